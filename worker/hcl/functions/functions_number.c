/* Functions over numbers. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>

#include "worker/hcl/functions/functions.h"

static const struct hcl_value *absolute(const struct arguments *a)
{
    struct bignum number = *a->items[0]->exact;

    if (bignum_sign(&number) < 0)
        bignum_negate(&number);
    return value_exact(a->repo, &number);
}

/* The integer it rounds to has the bits it needs, at least 64. */
static const struct hcl_value *rounded(const struct arguments *a, bool up)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);
    struct bignum number = *a->items[0]->exact;
    struct bignum result;

    bignum_round(&number, up);
    bignum_print_integer(&number, 10, &text);
    return bignum_parse_integer(&result, buf_str(&text), 10)
               ? value_exact(a->repo, &result)
               : value_unknown(a->repo, "%s of a number beyond %d bits", a->name, BIGNUM_BITS);
}

static const struct hcl_value *ceiling(const struct arguments *a)
{
    return rounded(a, true);
}

static const struct hcl_value *floor_of(const struct arguments *a)
{
    return rounded(a, false);
}

static const struct hcl_value *signum(const struct arguments *a)
{
    if (!bignum_is_integer(a->items[0]->exact))
        return refuse(a, "a whole number is needed");
    return value_int(a->repo, bignum_sign(a->items[0]->exact));
}

static const struct hcl_value *best(const struct arguments *a, int wanted)
{
    const struct hcl_value *found = a->items[0];

    for (size_t i = 1; i < a->n; i++)
        if (bignum_compare(a->items[i]->exact, found->exact) * wanted > 0)
            found = a->items[i];
    return value_exact(a->repo, found->exact);
}

static const struct hcl_value *max_of(const struct arguments *a)
{
    return best(a, 1);
}

static const struct hcl_value *min_of(const struct arguments *a)
{
    return best(a, -1);
}

/* --- floats --- */

/* The natural logarithm as Terraform has it: x = 2^k * (1 + f), and a polynomial in f / (2 + f)
 * (the method and its coefficients are W. J. Cody and W. Waite's and Sun's fdlibm). The C library's
 * own may differ in the last bit. */
static double natural_log(double x)
{
    static const double odd[] = {6.666666666666735130e-01, 2.857142874366239149e-01,
                                 1.818357216161805012e-01, 1.479819860511658591e-01};
    static const double even[] = {3.999999999940941908e-01, 2.222219843214978396e-01,
                                  1.531383769920937332e-01};
    const double ln2_high = 6.93147180369123816490e-01;
    const double ln2_low = 1.90821492927058770002e-10;
    int exponent;
    double fraction = frexp(x, &exponent);

    if (fraction < sqrt(2) / 2) {
        fraction *= 2;
        exponent--;
    }
    double f = fraction - 1;
    double k = exponent;
    double s = f / (2 + f);
    double s2 = s * s;
    double s4 = s2 * s2;
    double t1 = s2 * (odd[0] + s4 * (odd[1] + s4 * (odd[2] + s4 * odd[3])));
    double t2 = s4 * (even[0] + s4 * (even[1] + s4 * even[2]));
    double half = 0.5 * f * f;
    return k * ln2_high - ((half - (s * (half + (t1 + t2)) + k * ln2_low)) - f);
}

static const struct hcl_value *logarithm(const struct arguments *a)
{
    double number = a->items[0]->number;
    double base = a->items[1]->number;

    if (!(number > 0) || !(base > 0) || base == 1 || number > 1e300 || base > 1e300)
        return value_unknown(a->repo, "log of these numbers is not evaluated");
    return value_number(a->repo, natural_log(number) / natural_log(base));
}

/* By squaring, mantissa and exponent apart, as Terraform does. */
static double whole_power(double x, int64_t power)
{
    double result = 1;
    int result_exponent = 0;
    int exponent;
    double factor = frexp(x, &exponent);

    for (int64_t left = power < 0 ? -power : power; left != 0; left >>= 1) {
        if (left & 1) {
            result *= factor;
            result_exponent += exponent;
        }
        factor *= factor;
        exponent *= 2;
        if (factor < 0.5) {
            factor += factor;
            exponent--;
        }
    }
    if (power < 0) {
        result = 1 / result;
        result_exponent = -result_exponent;
    }
    return ldexp(result, result_exponent);
}

static const struct hcl_value *power(const struct arguments *a)
{
    double x = a->items[0]->number;
    int64_t power;

    if (int_at(a, 1, &power) && power == 0)
        return value_number(a->repo, 1);
    if (x == 0 || fabs(x) > 1e100 || fabs(x) < 1e-100 || !int_at(a, 1, &power) || power > 100000 ||
        power < -100000)
        return a->items[1]->number == 1 ? value_number(a->repo, x)
               : a->items[1]->number == 0.5 && x >= 0
                   ? value_number(a->repo, sqrt(x))
                   : value_unknown(a->repo, "pow of these numbers is not evaluated");
    if (fabs(log2(fabs(x)) * (double)power) > 1000)
        return value_unknown(a->repo, "a number is out of range");
    return value_number(a->repo, power == 1 ? x : whole_power(x, power));
}

static const struct hcl_value *parseint(const struct arguments *a)
{
    const struct hcl_value *text = value_to_text(a->repo, a->items[0]);
    char digits[160];
    struct bignum number;
    int64_t base;

    if (type_of(a->items[0])->kind != TYPE_TEXT || text->kind != HCL_V_TEXT)
        return refuse(a, "a text is needed");
    if (!int_at(a, 1, &base) || base < 2 || base > 62)
        return refuse(a, "a base from 2 to 62 is needed");
    if (strlen(text->text) > 128)
        return value_unknown(a->repo, "parseint of so many digits is not evaluated");
    snprintf(digits, sizeof digits, "%s", text->text);
    /* Above 36 the small letters come first in Terraform, the large ones in GMP. */
    for (char *at = digits; *at != '\0' && base > 36; at++)
        *at = (char)(isalpha((unsigned char)*at) ? *at ^ 0x20 : *at);
    if (!bignum_parse_integer(&number, digits, (int)base))
        return refuse(a, "this is no number in that base");
    return value_exact(a->repo, &number);
}

const struct function NUMBER_FUNCTIONS[] = {
    {"abs", "n", 1, 1, GIVES_NUMBER, absolute},
    {"ceil", "n", 1, 1, GIVES_NUMBER, ceiling},
    {"floor", "n", 1, 1, GIVES_NUMBER, floor_of},
    {"log", "nn", 2, 2, GIVES_NUMBER, logarithm},
    {"max", "n*", 1, ANY_COUNT, GIVES_NUMBER, max_of},
    {"min", "n*", 1, ANY_COUNT, GIVES_NUMBER, min_of},
    {"parseint", "an", 2, 2, GIVES_NUMBER, parseint},
    {"pow", "nn", 2, 2, GIVES_NUMBER, power},
    {"signum", "n", 1, 1, GIVES_NUMBER, signum},
};
const size_t NUMBER_FUNCTION_COUNT = COUNT(NUMBER_FUNCTIONS);
