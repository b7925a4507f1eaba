/* Functions that choose, convert, encode and calculate. */
#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>

#include "worker/hcl/functions.h"

/* --- choosing --- */

static bool fails(const struct hcl_value *v)
{
    return v->kind == HCL_V_UNKNOWN && v->invalid;
}

static const struct hcl_value *try_each(const struct arguments *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (!fails(a->items[i]))
            return a->items[i];
    return a->items[a->n - 1];
}

static const struct hcl_value *can(const struct arguments *a)
{
    if (a->items[0]->kind == HCL_V_UNKNOWN && !fails(a->items[0]))
        return value_blocked(a->repo, a->items[0]);
    return value_bool(!fails(a->items[0]));
}

static const struct hcl_value *coalesce(const struct arguments *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct hcl_value *v = a->items[i];
        if (v->kind == HCL_V_UNKNOWN)
            return value_blocked(a->repo, v);
        if (v->kind != HCL_V_NULL && !(v->kind == HCL_V_TEXT && v->text[0] == '\0'))
            return v;
    }
    return value_invalid(a->repo, "coalesce finds no value");
}

/* --- converting; null stays null --- */

static const struct hcl_value *to_text(const struct arguments *a)
{
    return value_to_text(a->repo, a->items[0]);
}

static const struct hcl_value *to_number(const struct arguments *a)
{
    return value_to_number(a->repo, a->items[0]);
}

static const struct hcl_value *to_bool(const struct arguments *a)
{
    return value_to_bool(a->repo, a->items[0]);
}

/* --- numbers --- */

static const struct hcl_value *best(const struct arguments *a, double (*pick)(double, double))
{
    double result = 0;

    for (size_t i = 0; i < a->n; i++) {
        const struct hcl_value *v = value_to_number(a->repo, a->items[i]);
        if (v->kind != HCL_V_NUMBER)
            return value_invalid(a->repo, "a number is needed");
        result = i == 0 ? v->number : pick(result, v->number);
    }
    return value_number(a->repo, result);
}

static const struct hcl_value *max_of(const struct arguments *a)
{
    return best(a, fmax);
}

static const struct hcl_value *min_of(const struct arguments *a)
{
    return best(a, fmin);
}

/* --- jsonencode, as terraform writes it: keys sorted, <, > and & escaped --- */

static void write_json_text(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            buf_print(out, "\\%c", *at);
        else if (*at == '\n' || *at == '\r' || *at == '\t')
            buf_print(out, "\\%c", *at == '\n' ? 'n' : *at == '\r' ? 'r' : 't');
        else if (*at < 0x20 || *at == '<' || *at == '>' || *at == '&')
            buf_print(out, "\\u%04x", *at);
        else
            buf_char(out, (char)*at);
    }
    buf_char(out, '"');
}

static void write_json(struct hcl_repo *repo, struct buf *out, const struct hcl_value *v, int depth)
{
    char number[64];

    if (repo->budget == 0 || depth > VALUE_DEPTH_MAX) {
        out->too_long = true; /* too much to visit is too much to write */
        return;
    }
    repo->budget--;
    switch (v->kind) {
    case HCL_V_BOOL:
        buf_text(out, v->boolean ? "true" : "false");
        return;
    case HCL_V_NUMBER:
        value_print_number(v->number, number, sizeof number);
        buf_text(out, number);
        return;
    case HCL_V_TEXT:
        write_json_text(out, v->text);
        return;
    case HCL_V_LIST:
    case HCL_V_OBJECT:
        break;
    default:
        buf_text(out, "null");
        return;
    }
    buf_char(out, v->kind == HCL_V_LIST ? '[' : '{');
    for (size_t i = 0; i < v->n && !out->too_long; i++) {
        if (i > 0)
            buf_char(out, ',');
        if (v->kind == HCL_V_OBJECT) {
            write_json_text(out, v->keys[i]);
            buf_char(out, ':');
        }
        write_json(repo, out, v->items[i], depth + 1);
    }
    buf_char(out, v->kind == HCL_V_LIST ? ']' : '}');
}

static const struct hcl_value *jsonencode(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    const struct hcl_value *open = value_open_part(a->repo, a->items[0], 0);
    struct err err;

    if (open != NULL)
        return value_blocked(a->repo, open);
    write_json(a->repo, &out, a->items[0], 0);
    if (buf_check(&out, &err) < 0)
        return value_unknown(a->repo, "the JSON text is %s", err.text);
    return value_text_n(a->repo, buf_str(&out), out.len);
}

/* --- networks, IPv4 --- */

static bool read_network(const char *text, uint32_t *address, unsigned *bits)
{
    char ip[32];
    struct in_addr parsed;
    const char *slash = strchr(text, '/');

    if (slash == NULL || (size_t)(slash - text) >= sizeof ip || slash[1] == '\0' ||
        strlen(slash + 1) > 2 || slash[1 + strspn(slash + 1, "0123456789")] != '\0')
        return false;
    memcpy(ip, text, (size_t)(slash - text));
    ip[slash - text] = '\0';
    *bits = (unsigned)strtoul(slash + 1, NULL, 10);
    if (*bits > 32 || inet_pton(AF_INET, ip, &parsed) != 1)
        return false;
    uint32_t mask = *bits == 0 ? 0 : UINT32_MAX << (32 - *bits);
    *address = ntohl(parsed.s_addr) & mask;
    return true;
}

static bool is_small_count(const struct hcl_value *v)
{
    return v->kind == HCL_V_NUMBER && v->number >= 0 && v->number < 4294967296.0 &&
           v->number == floor(v->number);
}

static const struct hcl_value *cidrsubnet(const struct arguments *a)
{
    const struct hcl_value *more = value_to_number(a->repo, a->items[1]);
    const struct hcl_value *which = value_to_number(a->repo, a->items[2]);
    uint32_t address;
    unsigned bits;

    if (a->items[0]->kind != HCL_V_TEXT || !is_small_count(more) || !is_small_count(which))
        return value_invalid(a->repo, "cidrsubnet takes a network and two numbers");
    if (strchr(a->items[0]->text, ':') != NULL)
        return value_unknown(a->repo, "cidrsubnet of IPv6 is not evaluated");
    if (!read_network(a->items[0]->text, &address, &bits) || bits + more->number > 32 ||
        which->number >= ldexp(1, (int)more->number))
        return value_invalid(a->repo, "cidrsubnet: no such network");

    bits += (unsigned)more->number;
    if (bits > 0)
        address |= (uint32_t)((uint64_t)which->number << (32 - bits));
    char text[64];
    snprintf(text, sizeof text, "%u.%u.%u.%u/%u", address >> 24, (address >> 16) & 255,
             (address >> 8) & 255, address & 255, bits);
    return value_text(a->repo, text);
}

const struct function OTHER_FUNCTIONS[] = {
    {"can", 1, 1, false, can},
    {"cidrsubnet", 3, 3, true, cidrsubnet},
    {"coalesce", 1, ANY_COUNT, false, coalesce},
    {"jsonencode", 1, 1, false, jsonencode},
    {"max", 1, ANY_COUNT, true, max_of},
    {"min", 1, ANY_COUNT, true, min_of},
    {"tobool", 1, 1, false, to_bool},
    {"tonumber", 1, 1, false, to_number},
    {"tostring", 1, 1, false, to_text},
    {"try", 1, ANY_COUNT, false, try_each},
};
const size_t OTHER_FUNCTION_COUNT = COUNT(OTHER_FUNCTIONS);
