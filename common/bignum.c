/* MPFR's numbers as plain data; the story stands in bignum.h. */
#include "common/bignum.h"

#include <mpfr.h>
#include <stdio.h>

#define EXPONENT_BITS_MAX 13300 /* 10^4000 */

/* Reads a number without copying it: the limbs are MPFR's own layout. */
static void borrow(mpfr_t out, const struct bignum *number)
{
    mpfr_custom_init_set(out, number->kind, (mpfr_exp_t)number->exponent,
                         (mpfr_prec_t)number->precision, (void *)number->limbs);
}

/* A number of a size that is kept; *exponent is then its, and untouched for zero. */
static bool fits(mpfr_srcptr number, int64_t *exponent)
{
    if (mpfr_number_p(number) == 0 || mpfr_get_prec(number) > BIGNUM_BITS)
        return false;
    if (mpfr_sgn(number) == 0)
        return true;
    *exponent = mpfr_get_exp(number);
    return *exponent<EXPONENT_BITS_MAX && * exponent> - EXPONENT_BITS_MAX;
}

static bool keep(struct bignum *out, mpfr_srcptr number)
{
    struct bignum kept = {.precision = (unsigned)mpfr_get_prec(number)};
    int64_t exponent = 0;

    if (!fits(number, &exponent))
        return false;
    kept.exponent = exponent;
    kept.kind = mpfr_custom_get_kind(number);
    memcpy(kept.limbs, mpfr_custom_get_significand(number),
           mpfr_custom_get_size(mpfr_get_prec(number)));
    *out = kept;
    return true;
}

static bool keep_and_clear(struct bignum *out, mpfr_ptr number)
{
    bool kept = keep(out, number);

    mpfr_clear(number);
    return kept;
}

/* sign? digits? ('.' digits?)? ([eE] sign? digits)?, with a digit before the exponent. */
static bool is_decimal(const char *text)
{
    const char *digits = "0123456789";
    size_t n;

    text += *text == '+' || *text == '-';
    n = strspn(text, digits);
    text += n;
    if (*text == '.') {
        size_t more = strspn(text + 1, digits);
        text += 1 + more;
        n += more;
    }
    if (n == 0)
        return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        n = strspn(text, digits);
        if (n == 0 || n > 6)
            return false;
        text += n;
    }
    return *text == '\0';
}

bool bignum_parse(struct bignum *out, const char *text)
{
    mpfr_t number;

    if (!is_decimal(text))
        return false;
    mpfr_init2(number, BIGNUM_BITS);
    mpfr_set_str(number, text, 10, MPFR_RNDN);
    return keep_and_clear(out, number);
}

bool bignum_parse_integer(struct bignum *out, const char *text, int base)
{
    mpz_t integer;
    mpfr_t number;
    const char *digits = text + (*text == '+' || *text == '-');

    if (strlen(digits) > BIGNUM_BITS + 8 || *digits == '+' || *digits == '-' ||
        strpbrk(digits, " \t\n\r\v\f") != NULL)
        return false;
    if (mpz_init_set_str(integer, text[0] == '+' ? digits : text, base) != 0) {
        mpz_clear(integer);
        return false;
    }
    size_t bits = mpz_sizeinbase(integer, 2);
    mpfr_init2(number, bits < 64 ? 64 : bits > BIGNUM_BITS ? BIGNUM_BITS : (mpfr_prec_t)bits);
    mpfr_set_z(number, integer, MPFR_RNDN);
    mpz_clear(integer);
    return keep_and_clear(out, number) && bits <= BIGNUM_BITS;
}

void bignum_from_int(struct bignum *out, int64_t integer)
{
    mpfr_t number;

    mpfr_init2(number, 64);
    mpfr_set_sj(number, integer, MPFR_RNDN);
    keep_and_clear(out, number);
}

bool bignum_from_double(struct bignum *out, double value)
{
    mpfr_t number;

    mpfr_init2(number, 53);
    mpfr_set_d(number, value, MPFR_RNDN);
    return keep_and_clear(out, number);
}

static mpfr_prec_t wider(const struct bignum *a, const struct bignum *b)
{
    return (mpfr_prec_t)(a->precision > b->precision ? a->precision : b->precision);
}

static bool remainder_of(struct bignum *out, const struct bignum *a, const struct bignum *b)
{
    mpfr_t x;
    mpfr_t y;
    mpfr_t quotient;
    mpfr_t work;

    if (bignum_sign(b) == 0) {
        *out = *a;
        return true;
    }
    borrow(x, a);
    borrow(y, b);
    mpfr_init2(quotient, wider(a, b));
    mpfr_init2(work, (mpfr_prec_t)a->precision);
    mpfr_div(quotient, x, y, MPFR_RNDN);
    mpfr_trunc(quotient, quotient);
    mpfr_set(work, quotient, MPFR_RNDN);
    mpfr_mul(work, y, work, MPFR_RNDN);
    mpfr_sub(work, x, work, MPFR_RNDN);
    mpfr_clear(quotient);
    return keep_and_clear(out, work);
}

bool bignum_calculate(struct bignum *out, char op, const struct bignum *a, const struct bignum *b)
{
    mpfr_t x;
    mpfr_t y;
    mpfr_t result;

    if (op == '%')
        return remainder_of(out, a, b);
    borrow(x, a);
    borrow(y, b);
    mpfr_init2(result, wider(a, b));
    if (op == '+')
        mpfr_add(result, x, y, MPFR_RNDN);
    else if (op == '-')
        mpfr_sub(result, x, y, MPFR_RNDN);
    else if (op == '*')
        mpfr_mul(result, x, y, MPFR_RNDN);
    else
        mpfr_div(result, x, y, MPFR_RNDN);
    return keep_and_clear(out, result);
}

void bignum_negate(struct bignum *number)
{
    number->kind = -number->kind;
}

void bignum_round(struct bignum *number, bool up)
{
    mpfr_t x;
    mpfr_t result;

    borrow(x, number);
    mpfr_init2(result, (mpfr_prec_t)number->precision);
    mpfr_rint(result, x, up ? MPFR_RNDU : MPFR_RNDD);
    keep_and_clear(number, result);
}

int bignum_compare(const struct bignum *a, const struct bignum *b)
{
    mpfr_t x;
    mpfr_t y;

    borrow(x, a);
    borrow(y, b);
    return mpfr_cmp(x, y);
}

int bignum_sign(const struct bignum *number)
{
    mpfr_t x;

    borrow(x, number);
    return mpfr_sgn(x);
}

bool bignum_is_integer(const struct bignum *number)
{
    mpfr_t x;

    borrow(x, number);
    return mpfr_integer_p(x) != 0;
}

double bignum_double(const struct bignum *number)
{
    mpfr_t x;

    borrow(x, number);
    return mpfr_get_d(x, MPFR_RNDN);
}

bool bignum_int(const struct bignum *number, int64_t *out)
{
    mpfr_t x;

    borrow(x, number);
    if (!mpfr_integer_p(x) || !mpfr_fits_intmax_p(x, MPFR_RNDN))
        return false;
    *out = mpfr_get_sj(x, MPFR_RNDN);
    return true;
}

/* Whether a text stands for the number rather than for its neighbours. At a power of two the one
 * below is nearer; that is left out of account, as in the texts that Terraform writes. */
static bool stands_for(const char *text, mpfr_srcptr number)
{
    mpfr_t back;
    mpfr_t half;
    bool same;

    mpfr_init2(back, mpfr_get_prec(number));
    mpfr_set_str(back, text, 10, MPFR_RNDN);
    same = mpfr_equal_p(back, number) != 0;
    if (!same && mpfr_min_prec(number) == 1) {
        mpfr_init2(half, 8);
        mpfr_set_ui_2exp(half, 1, mpfr_get_exp(number) - mpfr_get_prec(number) - 1, MPFR_RNDN);
        mpfr_set_prec(back, 4 * BIGNUM_BITS);
        mpfr_set_str(back, text, 10, MPFR_RNDN);
        mpfr_sub(back, back, number, MPFR_RNDN);
        same = mpfr_cmpabs(back, half) <= 0;
        mpfr_clear(half);
    }
    mpfr_clear(back);
    return same;
}

/* n digits of it, nearest; without the sign. Returns whether they stand for it. */
static bool digits_of(mpfr_srcptr number, size_t n, struct buf *out, long *point)
{
    mpfr_exp_t exponent;
    char *digits = mpfr_get_str(NULL, &exponent, 10, n, number, MPFR_RNDN);
    CLEANUP(buf_done) struct buf text = BUF(1 << 16);

    if (digits == NULL)
        return false;
    buf_print(&text, "%s0.%se%ld", digits[0] == '-' ? "-" : "", digits + (digits[0] == '-'),
              (long)exponent);
    buf_reset(out);
    buf_text(out, digits + (digits[0] == '-'));
    mpfr_free_str(digits);
    *point = exponent;
    return stands_for(buf_str(&text), number);
}

static void drop_zeros(struct buf *digits)
{
    while (digits->len > 1 && digits->bytes[digits->len - 1] == '0')
        digits->bytes[--digits->len] = '\0';
}

/* More digits never read back worse, so halving finds the fewest. */
static void shortest(mpfr_srcptr number, struct buf *out, long *point)
{
    size_t low = 1;
    size_t high = 2 + (size_t)mpfr_get_prec(number) * 302 / 1000;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (digits_of(number, middle, out, point))
            high = middle;
        else
            low = middle + 1;
    }
    digits_of(number, low, out, point);
    drop_zeros(out);
}

void bignum_digits(const struct bignum *number, int decimals, bool fixed, struct buf *out,
                   long *point)
{
    mpfr_t x;
    mpfr_t scaled;

    borrow(x, number);
    buf_reset(out);
    *point = 0;
    if (mpfr_zero_p(x)) {
        buf_char(out, '0');
        *point = 1;
        return;
    }
    if (decimals < 0) {
        shortest(x, out, point);
        return;
    }
    if (!fixed) {
        digits_of(x, (size_t)decimals + 1, out, point);
        return;
    }
    /* 10^decimals times it, exactly, and to the nearest integer. */
    mpfr_init2(scaled, (mpfr_prec_t)number->precision + 4L * decimals + 64);
    mpfr_ui_pow_ui(scaled, 10, (unsigned long)decimals, MPFR_RNDN);
    mpfr_mul(scaled, scaled, x, MPFR_RNDN);
    mpfr_rint(scaled, scaled, MPFR_RNDN);
    mpfr_abs(scaled, scaled, MPFR_RNDN);
    if (mpfr_zero_p(scaled))
        buf_char(out, '0');
    else {
        mpfr_exp_t exponent;
        char *digits = mpfr_get_str(NULL, &exponent, 10, 0, scaled, MPFR_RNDN);
        if (digits != NULL)
            for (long i = 0; i < exponent; i++)
                buf_char(out, i < (long)strlen(digits) ? digits[i] : '0');
        mpfr_free_str(digits);
    }
    *point = (long)out->len - decimals;
    mpfr_clear(scaled);
}

void bignum_print(const struct bignum *number, struct buf *out)
{
    CLEANUP(buf_done) struct buf digits = BUF(1 << 16);
    long point;
    mpfr_t x;

    borrow(x, number);
    bignum_digits(number, -1, false, &digits, &point);
    if (mpfr_signbit(x))
        buf_char(out, '-');
    if (point <= 0)
        buf_text(out, "0.");
    for (long i = point; i < 0; i++)
        buf_char(out, '0');
    for (long i = 0; i < (long)digits.len; i++) {
        if (i == point && i > 0)
            buf_char(out, '.');
        buf_char(out, digits.bytes[i]);
    }
    for (long i = (long)digits.len; i < point; i++)
        buf_char(out, '0');
}

void bignum_print_integer(const struct bignum *number, int base, struct buf *out)
{
    mpfr_t x;
    mpz_t integer;

    borrow(x, number);
    mpz_init(integer);
    mpfr_get_z(integer, x, MPFR_RNDN);
    char *digits = mpz_get_str(NULL, base, integer);
    if (digits != NULL)
        buf_text(out, digits);
    void (*release)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &release);
    if (digits != NULL)
        release(digits, strlen(digits) + 1);
    mpz_clear(integer);
}
