/* format and formatlist: the verbs of Go's fmt, as Terraform has them. */
#include <stdio.h>

#include "common/text/graphemes.h"
#include "worker/hcl/functions/functions.h"

#define GENERAL_DIGITS 6    /* from so many before the point on, %g writes an exponent */
#define WIDTH_MAX      1000 /* wider is nobody's, and would let a short text ask for a long one */

struct verb {
    bool sharp, zero, minus, plus, space;
    int width, precision; /* -1: not given */
    size_t argument;      /* from 0 */
    char mode;
};

static bool read_count(const char **at, int *out)
{
    long n = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        n = n > WIDTH_MAX ? n : n * 10 + (**at - '0');
    *out = (int)n;
    return n <= WIDTH_MAX;
}

/* "%-05.2[1]f": flags, width, precision, which argument, mode. Leaves at behind it. */
static bool read_verb(const char **at, size_t next, struct verb *out)
{
    struct verb verb = {.width = -1, .precision = -1, .argument = next};
    bool ok = true;

    for (; **at != '\0' && strchr("#0-+ ", **at) != NULL; (*at)++) {
        verb.sharp = verb.sharp || **at == '#';
        verb.zero = verb.zero || **at == '0';
        verb.minus = verb.minus || **at == '-';
        verb.plus = verb.plus || **at == '+';
        verb.space = verb.space || **at == ' ';
    }
    if (**at >= '1' && **at <= '9')
        ok = read_count(at, &verb.width);
    if (**at == '.') {
        (*at)++;
        ok = read_count(at, &verb.precision) && ok;
    }
    if (**at == '[') {
        int which;
        (*at)++;
        if (**at < '1' || **at > '9' || !read_count(at, &which) || **at != ']')
            return false;
        verb.argument = (size_t)which - 1;
        (*at)++;
    }
    verb.mode = **at;
    *at += verb.mode != '\0';
    *out = verb;
    return ok && verb.mode != '\0';
}

static void pad(struct buf *out, const struct verb *verb, const char *text)
{
    long missing = verb->width - (long)grapheme_count(text);

    if (verb->minus)
        buf_text(out, text);
    for (; missing > 0; missing--)
        buf_char(out, verb->zero ? '0' : ' ');
    if (!verb->minus)
        buf_text(out, text);
}

/* A number's text padded as Go pads numbers: zeros stand behind the sign. */
static void pad_number(struct buf *out, const struct verb *verb, const char *text, bool negative)
{
    const char *sign = negative ? "-" : verb->plus ? "+" : verb->space ? " " : "";
    long missing = verb->width - (long)strlen(text) - (long)strlen(sign);
    bool zeros = verb->zero && !verb->minus;

    for (; !zeros && !verb->minus && missing > 0; missing--)
        buf_char(out, ' ');
    buf_text(out, sign);
    for (; zeros && missing > 0; missing--)
        buf_char(out, '0');
    buf_text(out, text);
    for (; missing > 0; missing--)
        buf_char(out, ' ');
}

static void put_exponent(struct buf *out, char e, long exponent)
{
    buf_print(out, "%c%c%02ld", e, exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

static void put_scientific(struct buf *out, const struct buf *digits, long point, int decimals,
                           char e)
{
    bool is_zero = buf_str(digits)[0] == '0';

    buf_char(out, buf_str(digits)[0]);
    for (int i = 1; i <= decimals; i++) {
        if (i == 1)
            buf_char(out, '.');
        buf_char(out, i < (int)digits->len ? digits->bytes[i] : '0');
    }
    put_exponent(out, e, is_zero ? 0 : point - 1);
}

static void put_fixed(struct buf *out, const struct buf *digits, long point, int decimals)
{
    long len = (long)digits->len;

    if (point <= 0)
        buf_char(out, '0');
    for (long i = 0; i < point; i++)
        buf_char(out, i < len ? digits->bytes[i] : '0');
    for (long i = point; i < point + decimals; i++) {
        if (i == point)
            buf_char(out, '.');
        buf_char(out, i >= 0 && i < len ? digits->bytes[i] : '0');
    }
}

/* Shortest digits; the exponent form for what is very large or small. */
static void put_general(struct buf *out, const struct bignum *number, char e)
{
    CLEANUP(buf_done) struct buf digits = BUF(1 << 16);
    long point;

    bignum_digits(number, -1, false, &digits, &point);
    if (point - 1 < -4 || point - 1 >= GENERAL_DIGITS)
        put_scientific(out, &digits, point, (int)digits.len - 1, e);
    else
        put_fixed(out, &digits, point,
                  (long)digits.len > point ? (int)((long)digits.len - point) : 0);
}

/* e, E, f, g, G; false: not evaluated. */
static bool put_float(struct buf *out, const struct verb *verb, const struct bignum *number)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf digits = BUF(1 << 16);
    int decimals = verb->precision < 0 ? 6 : verb->precision;
    long point;

    if (verb->sharp || ((verb->mode == 'g' || verb->mode == 'G') && verb->precision >= 0))
        return false;
    if (verb->mode == 'f') {
        bignum_digits(number, decimals, true, &digits, &point);
        put_fixed(&text, &digits, point, decimals);
    } else if (verb->mode == 'g' || verb->mode == 'G') {
        put_general(&text, number, verb->mode == 'g' ? 'e' : 'E');
    } else {
        bignum_digits(number, decimals, false, &digits, &point);
        put_scientific(&text, &digits, point, decimals, verb->mode);
    }
    pad_number(out, verb, buf_str(&text), bignum_sign(number) < 0);
    return true;
}

static bool put_integer(struct buf *out, const struct verb *verb, const struct bignum *number)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);
    int base = verb->mode == 'b' ? 2 : verb->mode == 'o' ? 8 : verb->mode == 'd' ? 10 : 16;

    if (verb->sharp || verb->precision >= 0)
        return false;
    bignum_print_integer(number, base, &text);
    for (size_t i = 0; i < text.len && verb->mode == 'X'; i++)
        if (text.bytes[i] >= 'a')
            text.bytes[i] = (char)(text.bytes[i] - 'a' + 'A');
    pad_number(out, verb, buf_str(&text) + (buf_str(&text)[0] == '-'), bignum_sign(number) < 0);
    return true;
}

static void put_text(struct hcl_repo *repo, struct buf *out, const struct verb *verb,
                     const struct hcl_value *text)
{
    CLEANUP(buf_done) struct buf cut = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf quoted = BUF(8 * TEXT_MAX);
    const char *end = text->text;

    for (int i = 0; i < verb->precision && *end != '\0'; i++)
        end = grapheme_end(end);
    if (verb->precision > 0)
        buf_bytes(&cut, text->text, (size_t)(end - text->text));
    else
        buf_text(&cut, text->text);
    if (verb->mode == 'q')
        write_json(repo, &quoted, &(struct hcl_value){.kind = HCL_V_TEXT, .text = buf_str(&cut)},
                   0);
    pad(out, verb, verb->mode == 'q' ? buf_str(&quoted) : buf_str(&cut));
}

/* %v: texts and numbers as they are, everything else as JSON. */
static void put_as_is(struct hcl_repo *repo, struct buf *out, const struct verb *verb,
                      const struct hcl_value *v)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);

    if (v->kind == HCL_V_TEXT && !verb->sharp)
        buf_text(&text, v->text);
    else if (v->kind == HCL_V_NUMBER && !verb->sharp) {
        buf_text(&text, bignum_sign(v->exact) < 0 ? "-" : "");
        put_general(&text, v->exact, 'e');
    } else
        write_json(repo, &text, v, 0);
    out->too_long = out->too_long || text.too_long;
    pad(out, verb, buf_str(&text));
}

static const struct hcl_value *not_evaluated(struct hcl_repo *repo)
{
    return value_unknown(repo, "this format is not evaluated");
}

/* NULL: written. v is known. */
static const struct hcl_value *put(struct hcl_repo *repo, struct buf *out, const struct verb *verb,
                                   const struct hcl_value *v)
{
    const struct hcl_value *to;

    if (verb->mode == 'v') {
        put_as_is(repo, out, verb, v);
        return NULL;
    }
    if (verb->mode == 't') {
        to = value_to_bool(repo, v);
        if (to->kind == HCL_V_BOOL)
            buf_text(out, to->boolean ? "true" : "false");
        return to->kind == HCL_V_BOOL ? NULL : to;
    }
    if (verb->mode == 's' || verb->mode == 'q') {
        to = value_to_text(repo, v);
        if (to->kind == HCL_V_TEXT)
            put_text(repo, out, verb, to);
        return to->kind == HCL_V_TEXT ? NULL : to;
    }
    to = value_to_number(repo, v);
    if (to->kind != HCL_V_NUMBER)
        return to;
    if (strchr("bdoxX", verb->mode) != NULL) {
        if (!bignum_is_integer(to->exact))
            return value_invalid(repo, "a whole number is needed");
        return put_integer(out, verb, to->exact) ? NULL : not_evaluated(repo);
    }
    if (strchr("eEfgG", verb->mode) == NULL)
        return value_invalid(repo, "there is no verb %%%c", verb->mode);
    return put_float(out, verb, to->exact) ? NULL : not_evaluated(repo);
}

/* From the first open argument on only an end is known. */
static const struct hcl_value *format_rest(struct hcl_repo *repo, const struct hcl_value *open,
                                           struct buf *head, const char *rest)
{
    const char *after = strrchr(rest, '%') == NULL ? rest : NULL;
    char why[400];

    if (open->kind == HCL_V_UNKNOWN && open->prefix != NULL)
        buf_text(head, open->prefix);
    snprintf(why, sizeof why, "%s%s", value_why(open),
             open->kind == HCL_V_REFERENCE ? " is known only after apply" : "");
    return value_partial(repo, why, buf_str(head), after);
}

static const struct hcl_value *format_with(struct hcl_repo *repo, const char *at,
                                           const struct hcl_value **items, size_t n)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    size_t next = 0;
    size_t highest = 0;

    while (*at != '\0') {
        struct verb verb;
        size_t plain = strcspn(at, "%");
        buf_bytes(&out, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        if (at[1] == '%') {
            buf_char(&out, '%');
            at += 2;
            continue;
        }
        at++;
        if (!read_verb(&at, next, &verb))
            return not_evaluated(repo);
        if (verb.argument >= n)
            return value_invalid(repo, "a format has more verbs than arguments");
        next = verb.argument + 1;
        highest = next > highest ? next : highest;
        const struct hcl_value *open = value_open_part(repo, items[verb.argument], 0);
        if (open != NULL && open != items[verb.argument])
            return value_blocked(repo, open);
        if (open != NULL)
            return verb.mode == 's' && verb.width < 0 ? format_rest(repo, open, &out, at)
                                                      : value_blocked(repo, open);
        if (items[verb.argument]->kind == HCL_V_NULL)
            return value_unknown(repo, "null is formatted");
        const struct hcl_value *stop = put(repo, &out, &verb, items[verb.argument]);
        if (stop != NULL)
            return stop;
    }
    if (highest < n)
        return value_invalid(repo, "a format has more arguments than verbs");
    return value_from_buf(repo, &out);
}

static const struct hcl_value *format(const struct arguments *a)
{
    if (a->items[0]->kind != HCL_V_TEXT)
        return value_is_open(a->items[0]) ? value_blocked(a->repo, a->items[0])
                                          : refuse(a, "a text is needed");
    return format_with(a->repo, text_at(a, 0), a->items + 1, a->n - 1);
}

static bool is_list(const struct hcl_value *v)
{
    return v->kind == HCL_V_LIST;
}

static const struct hcl_value *formatlist(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *row[64];
    size_t n = SIZE_MAX;

    if (a->n > COUNT(row) || value_is_open(a->items[0]) || a->items[0]->kind != HCL_V_TEXT)
        return value_is_open(a->items[0]) ? value_blocked(a->repo, a->items[0])
                                          : not_evaluated(a->repo);
    for (size_t i = 1; i < a->n; i++) {
        if (value_is_open(a->items[i]) && !type_is_primitive(type_of(a->items[i])))
            return value_blocked(a->repo, a->items[i]);
        if (!is_list(a->items[i]))
            continue;
        if (n != SIZE_MAX && n != a->items[i]->n)
            return refuse(a, "the lists have different lengths");
        n = a->items[i]->n;
    }
    n = n == SIZE_MAX ? 1 : n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 1; j < a->n; j++)
            row[j - 1] = is_list(a->items[j]) ? a->items[j]->items[i] : a->items[j];
        const struct hcl_value *text = format_with(a->repo, text_at(a, 0), row, a->n - 1);
        if (text->kind == HCL_V_UNKNOWN && (text->invalid || a->repo->budget == 0))
            return text;
        gather_add(&gather, NULL, text);
    }
    return gather_list(&gather, &TYPE_OF_TEXT);
}

const struct function FORMAT_FUNCTIONS[] = {
    {"format", "sa*", 1, ANY_COUNT, TAKES_OPEN | TAKES_NULL | GIVES_TEXT, format},
    {"formatlist", "sa*", 1, ANY_COUNT, TAKES_OPEN | TAKES_NULL, formatlist},
};
const size_t FORMAT_FUNCTION_COUNT = COUNT(FORMAT_FUNCTIONS);
