/*
 * Big numbers: binary floats of up to 512 bits, as Terraform computes (MPFR behind one door).
 *
 *     bignum_parse(), bignum_from_int() -> bignum_calculate() … -> bignum_print()
 *
 * A number carries its own precision, because Terraform's do: a number that was written down has
 * 512 bits, a count has 64, what a float function gave has 53, and a result has the larger of its
 * operands'. Every rounding is to the nearest, ties to even.
 *
 * Plain data: copy it freely. Magnitudes stay within 10^±BIGNUM_EXPONENT_MAX, so no text is long.
 * Safe from every thread.
 */
#ifndef COMMON_BIGNUM_H
#define COMMON_BIGNUM_H

#include "common/base.h"
#include "common/buf.h"

#define BIGNUM_BITS         512
#define BIGNUM_EXPONENT_MAX 4000

struct bignum {
    uint64_t limbs[BIGNUM_BITS / 64];
    int64_t exponent;
    int kind;           /* MPFR's: zero or regular, with the sign */
    unsigned precision; /* bits, 1 … BIGNUM_BITS */
};

/* A decimal number: sign, digits, a point, an exponent. false: it is none, or out of range. */
bool bignum_parse(struct bignum *out, const char *text) MUST_USE;
/* An integer in base 2 … 62 with an optional sign; 64 bits or as many as it needs. false: it is
 * none, or it needs more than BIGNUM_BITS. */
bool bignum_parse_integer(struct bignum *out, const char *text, int base) MUST_USE;
void bignum_from_int(struct bignum *out, int64_t integer);
/* 53 bits. false: not finite. */
bool bignum_from_double(struct bignum *out, double number) MUST_USE;

/* op: + - * / and % (the remainder of a division that rounds towards zero; a itself when b is 0).
 * false: out of range, or a division by zero. */
bool bignum_calculate(struct bignum *out, char op, const struct bignum *a,
                      const struct bignum *b) MUST_USE;
void bignum_negate(struct bignum *number);
/* To the next integer below or above. */
void bignum_round(struct bignum *number, bool up);

int bignum_compare(const struct bignum *a, const struct bignum *b); /* < 0, 0, > 0 */
int bignum_sign(const struct bignum *number);
bool bignum_is_integer(const struct bignum *number);
double bignum_double(const struct bignum *number); /* the nearest */
/* false: no integer, or too large; out is untouched. */
bool bignum_int(const struct bignum *number, int64_t *out);
/* Appends the shortest decimal that reads back as the same number, without an exponent. */
void bignum_print(const struct bignum *number, struct buf *out);
/* The same number's digits and the place of the point: 0.DIGITS times 10^*point; decimals < 0: as
 * few as read back, else as many as stand behind the point (fixed) or after the first digit. */
void bignum_digits(const struct bignum *number, int decimals, bool fixed, struct buf *out,
                   long *point);
/* An integer, in base 2, 8, 10 or 16. */
void bignum_print_integer(const struct bignum *number, int base, struct buf *out);

#endif
