/* Forms with placeholders against texts; the story stands in arn_form.h, the notation in
 * aws_types.txt. */
#include "worker/hcl/aws/arn_form.h"

#include <ctype.h>

/* --- the pieces of an ARN --- */

/* Copies up to the next colon; NULL when there is none or it does not fit. */
static const char *take_piece(const char *at, char *out, size_t size)
{
    const char *colon = strchr(at, ':');

    if (colon == NULL || (size_t)(colon - at) >= size)
        return NULL;
    memcpy(out, at, (size_t)(colon - at));
    out[colon - at] = '\0';
    return colon + 1;
}

bool arn_split(const char *arn, struct arn_pieces *out)
{
    struct arn_pieces pieces;
    char partition[16];
    const char *at = arn;

    if (strnlen(arn, HCL_ARN_MAX + 1) > HCL_ARN_MAX || !str_starts(arn, "arn:"))
        return false;
    at = take_piece(at + 4, partition, sizeof partition);
    if (at == NULL || !str_starts(partition, "aws"))
        return false;
    at = take_piece(at, pieces.service, sizeof pieces.service);
    if (at != NULL)
        at = take_piece(at, pieces.region, sizeof pieces.region);
    if (at != NULL)
        at = take_piece(at, pieces.account, sizeof pieces.account);
    if (at == NULL || *at == '\0')
        return false;
    pieces.resource = at;
    *out = pieces;
    return true;
}

/* --- one placeholder --- */

enum extent {
    EXTENT_SEGMENT, /* up to the next "/" or ":" */
    EXTENT_WIDE,    /* to the last place where the form can go on */
    EXTENT_ANY,     /* to the first such place */
    EXTENT_PATH,
    EXTENT_FIXED,
    EXTENT_NONE, /* of what the text does not say */
};

struct placeholder {
    enum extent extent;
    size_t fixed; /* EXTENT_FIXED: bytes */
    bool is_kept; /* becomes a part */
    struct arn_part part;
};

/* "{+event_bus_name=default}" and the like, without its braces. */
static void read_placeholder(const char *at, size_t len, struct placeholder *out)
{
    *out = (struct placeholder){.is_kept = *at != '*'};
    if (*at == '*') {
        out->extent = EXTENT_ANY;
        return;
    }
    if (*at == '/') {
        out->extent = EXTENT_PATH;
        out->part = (struct arn_part){.argument = "path", .absent = "/", .absent_len = 1};
        return;
    }
    if (*at == '#') {
        out->part.kind = ARN_PART_ID;
        out->fixed = len > 1 ? (size_t)(at[1] - '0') : 0;
        out->extent = len > 1 ? EXTENT_FIXED : EXTENT_SEGMENT;
        return;
    }
    out->extent = *at == '+' ? EXTENT_WIDE : *at == '!' ? EXTENT_NONE : EXTENT_SEGMENT;
    at += out->extent != EXTENT_SEGMENT;
    size_t name = strcspn(at, "=#}");
    assert(name < sizeof out->part.argument);
    memcpy(out->part.argument, at, name);
    if (at[name] == '#')
        out->part.kind = ARN_PART_PARENT_ID;
    if (at[name] == '=') {
        out->part.absent = at + name + 1;
        out->part.absent_len = strcspn(out->part.absent, "}");
    }
}

/* How often what comes in text; its i-th place (from 0) into place. */
static size_t count_places(const char *text, const char *what, size_t len, size_t i,
                           const char **place)
{
    size_t n = 0;

    for (const char *at = text; (at = memmem(at, strlen(at), what, len)) != NULL; at += len)
        if (n++ == i)
            *place = at;
    return n;
}

/* The same in a form, where the names in braces do not count. */
static size_t count_in_form(const char *form, const char *what, size_t len)
{
    size_t n = 0;

    while (*form != '\0') {
        if (*form == '{')
            form += strcspn(form, "}");
        n += strncmp(form, what, len) == 0;
        form++;
    }
    return n;
}

/* The last place of the form's next fixed text that leaves as many of it as the form has; NULL: it
 * does not come so often. */
static const char *last_place(const char *text, const char *next, size_t len)
{
    const char *place = NULL;
    size_t wanted = count_in_form(next, next, len);
    size_t there = count_places(text, next, len, 0, &place);

    if (there < wanted)
        return NULL;
    (void)count_places(text, next, len, there - wanted, &place);
    return place;
}

/* A segment ends at "/" or ":", or where the form goes on: a name may hold "-" and "_" itself, so
 * there at the last one. */
static size_t segment_length(const struct placeholder *placeholder, const char *text, char next)
{
    size_t len = strcspn(text, "/:");
    bool is_name = placeholder->part.kind == ARN_PART_VALUE && (next == '-' || next == '_');

    if (next == '\0' || next == '/' || next == ':')
        return len;
    const char *end = is_name ? memrchr(text, next, len) : memchr(text, next, len);
    return end != NULL ? (size_t)(end - text) : 0;
}

static size_t fixed_length(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)text[i]))
            return 0;
    return n;
}

/* How much of text the placeholder takes when the form goes on with next; 0: it does not fit. */
static size_t take(const struct placeholder *placeholder, const char *text, const char *next)
{
    size_t fixed = strcspn(next, "{");
    const char *end = text + strlen(text);

    switch (placeholder->extent) {
    case EXTENT_NONE:
        return 0;
    case EXTENT_FIXED:
        return fixed_length(text, placeholder->fixed);
    case EXTENT_SEGMENT:
        return segment_length(placeholder, text, *next);
    case EXTENT_PATH:
        end = text[0] == '/' ? strrchr(text, '/') + 1 : text;
        break;
    case EXTENT_ANY:
        end = fixed > 0 ? strchr(text, *next) : end;
        break;
    case EXTENT_WIDE:
        end = fixed > 0 ? last_place(text, next, fixed) : end;
        break;
    }
    return end != NULL ? (size_t)(end - text) : 0;
}

/* --- a form --- */

bool arn_form_fits(const struct arn_form *form, const char *text, struct arn_fit *out)
{
    const char *at = form->resource;

    out->row = &type_rows[form->row];
    out->n = 0;
    out->is_whole = true;
    while (*at != '\0') {
        struct placeholder placeholder;
        if (*at != '{') {
            if (*at++ != *text++)
                return false;
            continue;
        }
        size_t len = strcspn(at, "}");
        read_placeholder(at + 1, len - 1, &placeholder);
        at += len + 1;
        size_t taken = take(&placeholder, text, at);
        if (taken == 0 && placeholder.extent != EXTENT_NONE)
            return false;
        placeholder.part.value = taken > 0 ? text : placeholder.part.absent;
        placeholder.part.len = taken > 0 ? taken : placeholder.part.absent_len;
        text += taken;
        assert(out->n < ARN_PARTS_MAX);
        if (placeholder.is_kept)
            out->parts[out->n++] = placeholder.part;
        out->is_whole = out->is_whole && placeholder.extent != EXTENT_ANY;
    }
    return *text == '\0';
}

const struct arn_form *arn_forms_of(const struct hcl_type_row *row, size_t *n)
{
    size_t wanted = (size_t)(row - type_rows);
    size_t low = 0;
    size_t high = arn_form_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (arn_forms[middle].row < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    for (*n = 0; low + *n < arn_form_count && arn_forms[low + *n].row == wanted;)
        ++*n;
    return &arn_forms[low];
}

size_t arn_fits(const struct arn_pieces *pieces, struct arn_fit *out, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < arn_form_count && n < max; i++) {
        const struct arn_form *form = &arn_forms[i];
        if (str_eq(form->service, pieces->service) &&
            form->has_region == (pieces->region[0] != '\0') &&
            arn_form_fits(form, pieces->resource, &out[n]))
            n++;
    }
    return n;
}

const struct arn_part *arn_name_part(const struct arn_fit *fit)
{
    size_t len = strcspn(fit->row->identity, " ");

    for (size_t i = 0; i < fit->n; i++)
        if (fit->parts[i].kind == ARN_PART_VALUE && len > 0 &&
            strlen(fit->parts[i].argument) == len &&
            memcmp(fit->parts[i].argument, fit->row->identity, len) == 0)
            return &fit->parts[i];
    return NULL;
}

const struct arn_part *arn_id_part(const struct arn_fit *fit)
{
    for (size_t i = fit->n; i > 0; i--)
        if (fit->parts[i - 1].kind == ARN_PART_ID)
            return &fit->parts[i - 1];
    return NULL;
}
