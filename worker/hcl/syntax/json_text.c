/* Strings of JSON: their escapes, and what they mean in Terraform. The story stands in json.h. */
#include "common/arena.h"
#include "worker/hcl/syntax/json.h"

#define UTF8_MAX 4

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind "\u" at at; -1 when they are not there. */
static int32_t code_unit(const char *bytes, size_t at, size_t end)
{
    int32_t unit = 0;

    if (end - at < 6 || bytes[at] != '\\' || bytes[at + 1] != 'u')
        return -1;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_digit(bytes[at + i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

size_t hcl_json_escape(const char *bytes, size_t at, size_t end)
{
    if (end - at < 2)
        return 0;
    if (bytes[at + 1] == 'u')
        return code_unit(bytes, at, end) >= 0 ? 6 : 0;
    return bytes[at + 1] != '\0' && strchr("\"\\/bfnrt", bytes[at + 1]) != NULL ? 2 : 0;
}

static size_t put_code_point(uint32_t code, char out[UTF8_MAX])
{
    static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
    size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

    out[0] = (char)(leads[more] | (code >> (6 * more)));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | ((code >> (6 * (more - i))) & 0x3F));
    return more + 1;
}

/* A pair of surrogates is one character; one alone stands for nothing. */
static size_t unicode_step(const char *bytes, size_t at, size_t end, char out[UTF8_MAX],
                           size_t *n_out)
{
    int32_t unit = code_unit(bytes, at, end);
    int32_t low = unit >= 0xD800 && unit < 0xDC00 ? code_unit(bytes, at + 6, end) : -1;

    if (low >= 0xDC00 && low < 0xE000) {
        uint32_t code = 0x10000U + (((uint32_t)unit - 0xD800U) << 10) + ((uint32_t)low - 0xDC00U);
        *n_out = put_code_point(code, out);
        return 12;
    }
    *n_out = put_code_point(unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : (uint32_t)unit, out);
    return 6;
}

/* One step through a string: how many bytes it takes, and what they stand for. */
static size_t step(const char *bytes, size_t at, size_t end, char out[UTF8_MAX], size_t *n_out)
{
    static const char from[] = "bfnrt";
    static const char to[] = "\b\f\n\r\t";

    *n_out = 1;
    if (bytes[at] != '\\') {
        out[0] = bytes[at];
        return 1;
    }
    if (bytes[at + 1] == 'u')
        return unicode_step(bytes, at, end, out, n_out);
    const char *known = strchr(from, bytes[at + 1]);
    out[0] = known != NULL ? to[known - from] : bytes[at + 1];
    return 2;
}

static bool note_stretch(struct json_reader *r, size_t start, size_t from)
{
    if (r->n == r->cap) {
        size_t wider = r->cap == 0 ? 64 : r->cap * 2;
        struct hcl_stretch *grown = reallocarray(r->stretches, wider, sizeof *grown);
        if (grown == NULL) {
            r->p.r = err_nomem(r->p.err);
            return false;
        }
        r->stretches = grown;
        r->cap = wider;
    }
    r->stretches[r->n++] = (struct hcl_stretch){.start = start, .end = r->used, .from = from};
    return true;
}

bool hcl_json_decode(struct json_reader *r, struct json_node *string)
{
    size_t start = r->used;

    for (size_t at = string->text_start; at < string->text_end;) {
        char out[UTF8_MAX];
        size_t n;
        at += step(r->bytes, at, string->text_end, out, &n);
        memcpy(r->bytes + r->used, out, n);
        r->used += n;
    }
    if (!note_stretch(r, start, string->text_start))
        return false;
    string->text_start = (uint32_t)start;
    string->text_end = (uint32_t)r->used;
    return true;
}

size_t hcl_json_place(const char *bytes, size_t from, size_t n)
{
    size_t done = 0;

    while (bytes[from] != '"') {
        char out[UTF8_MAX];
        size_t got;
        size_t end = from + 2;
        if (bytes[from] == '\\' && bytes[from + 1] == 'u')
            end = bytes[from + 6] == '\\' && bytes[from + 7] == 'u' ? from + 12 : from + 6;
        size_t taken = step(bytes, from, end, out, &got);
        if (done + got > n)
            break;
        done += got;
        from += taken;
    }
    return from;
}

/* --- as a node --- */

static struct hcl_node *literal(struct json_reader *r, const struct json_node *string)
{
    struct hcl_node *node = parse_node(&r->p, HCL_TEMPLATE, string->start, string->end);
    struct hcl_node *tail = NULL;

    if (node == NULL || string->text_start == string->text_end)
        return node;
    struct hcl_node *text = parse_node(&r->p, HCL_LITERAL, string->text_start, string->text_end);
    if (text == NULL)
        return NULL;
    text->flags = HCL_FLAG_HEREDOC | HCL_FLAG_RAW;
    return parse_add(&r->p, node, &tail, text) ? node : NULL;
}

static struct hcl_node *expression(struct parser *p)
{
    struct hcl_node *node = parse_expression(p);

    if (node != NULL && parse_peek(p).kind != HCL_T_EOF)
        return parse_fail(p, parse_peek(p).start,
                          "Extra characters after expression: this string is one reference or "
                          "type, and nothing else");
    return node;
}

struct hcl_node *hcl_json_string(struct json_reader *r, const struct json_node *string,
                                 enum json_how how)
{
    struct parser *p = &r->p;
    struct hcl_node *node;

    if (how == JSON_LITERAL)
        return literal(r, string);
    p->at = string->text_start;
    p->len = string->text_end;
    p->newlines = false;
    p->peeked_at = SIZE_MAX; /* what was peeked at may end elsewhere now */
    node =
        how == JSON_EXPRESSION ? expression(p) : parse_template_text(p, string->start, string->end);
    p->peeked_at = SIZE_MAX;
    return node;
}
