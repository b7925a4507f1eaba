/* Functions over texts. What a reader takes for one character counts as one. */
#include "common/text/graphemes.h"
#include "worker/hcl/functions/functions.h"

static const struct hcl_value *change_case(const struct arguments *a, enum letter_case wanted)
{
    CLEANUP(buf_done) struct buf out = BUF(2 * TEXT_MAX);
    uint32_t letter;

    for (const char *at = text_at(a, 0); *at != '\0';) {
        at += utf8_read(at, &letter);
        utf8_write(&out, letter_to_case(letter, wanted));
    }
    return value_from_buf(a->repo, &out);
}

static const struct hcl_value *lower(const struct arguments *a)
{
    return change_case(a, CASE_LOWER);
}

static const struct hcl_value *upper(const struct arguments *a)
{
    return change_case(a, CASE_UPPER);
}

/* What stands before the first letter of a word. */
static bool separates(uint32_t letter)
{
    if (letter < 0x80)
        return !is_letter_or_digit(letter) && letter != '_';
    return is_white_space(letter);
}

static const struct hcl_value *title(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(2 * TEXT_MAX);
    uint32_t before = ' ';
    uint32_t letter;

    for (const char *at = text_at(a, 0); *at != '\0'; before = letter) {
        at += utf8_read(at, &letter);
        utf8_write(&out, separates(before) ? letter_to_case(letter, CASE_TITLE) : letter);
    }
    return value_from_buf(a->repo, &out);
}

/* --- trimming --- */

static bool is_in(const char *set, uint32_t wanted)
{
    uint32_t letter;

    while (*set != '\0') {
        set += utf8_read(set, &letter);
        if (letter == wanted)
            return true;
    }
    return false;
}

/* Off both ends: what stands in set, or white space when set is NULL. */
static const struct hcl_value *trim_of(const struct arguments *a, const char *set)
{
    const char *start = text_at(a, 0);
    const char *end = NULL; /* behind the last letter that stays */
    uint32_t letter;

    for (const char *at = start; *at != '\0';) {
        const char *here = at;
        at += utf8_read(at, &letter);
        if (set != NULL ? is_in(set, letter) : is_white_space(letter))
            continue;
        if (end == NULL)
            start = here;
        end = at;
    }
    return value_text_n(a->repo, start, end != NULL ? (size_t)(end - start) : 0);
}

static const struct hcl_value *trim(const struct arguments *a)
{
    return trim_of(a, text_at(a, 1));
}

static const struct hcl_value *trimspace(const struct arguments *a)
{
    return trim_of(a, NULL);
}

static const struct hcl_value *trimprefix(const struct arguments *a)
{
    const char *text = text_at(a, 0);
    const char *end = text_at(a, 1);

    return value_text(a->repo, text + (str_starts(text, end) ? strlen(end) : 0));
}

static const struct hcl_value *trimsuffix(const struct arguments *a)
{
    const char *text = text_at(a, 0);
    const char *end = text_at(a, 1);

    return value_text_n(a->repo, text, strlen(text) - (str_ends(text, end) ? strlen(end) : 0));
}

static const struct hcl_value *chomp(const struct arguments *a)
{
    size_t len = strlen(text_at(a, 0));

    while (len > 0 && strchr("\r\n", text_at(a, 0)[len - 1]) != NULL)
        len--;
    return value_text_n(a->repo, text_at(a, 0), len);
}

/* --- asking --- */

static const struct hcl_value *startswith(const struct arguments *a)
{
    return value_bool(str_starts(text_at(a, 0), text_at(a, 1)));
}

static const struct hcl_value *endswith(const struct arguments *a)
{
    return value_bool(str_ends(text_at(a, 0), text_at(a, 1)));
}

static const struct hcl_value *strcontains(const struct arguments *a)
{
    return value_bool(strstr(text_at(a, 0), text_at(a, 1)) != NULL);
}

/* --- cutting and joining --- */

static const struct hcl_value *substr(const struct arguments *a)
{
    const char *text = text_at(a, 0);
    int64_t offset;
    int64_t length;

    if (!int_at(a, 1, &offset) || !int_at(a, 2, &length))
        return refuse(a, "a whole number is needed");
    if (offset < 0) {
        offset += (int64_t)grapheme_count(text);
        length = length == 0 ? -1 : length; /* an oddity of Terraform's own */
    } else if (length == 0)
        return value_text(a->repo, "");
    while (offset-- > 0 && *text != '\0')
        text = grapheme_end(text);
    const char *end = text;
    if (length < 0)
        return value_text(a->repo, text);
    while (length-- > 0 && *end != '\0')
        end = grapheme_end(end);
    return value_text_n(a->repo, text, (size_t)(end - text));
}

static const struct hcl_value *strrev(const struct arguments *a)
{
    const char *text = text_at(a, 0);
    size_t len = strlen(text);
    char *back = arena_alloc(a->repo->arena, len + 1);
    size_t left = len;

    if (back == NULL)
        return &VALUE_EXHAUSTED;
    for (const char *at = text; *at != '\0';) {
        const char *end = grapheme_end(at);
        left -= (size_t)(end - at);
        memcpy(back + left, at, (size_t)(end - at));
        at = end;
    }
    return value_text_n(a->repo, back, len);
}

static const struct hcl_value *split(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const char *by = text_at(a, 0);
    const char *text = text_at(a, 1);
    uint32_t letter;

    for (; by[0] == '\0' && *text != '\0' && !gather.failed;) {
        size_t len = utf8_read(text, &letter);
        gather_add(&gather, NULL, value_text_n(a->repo, text, len));
        text += len;
    }
    if (by[0] == '\0')
        return gather_list(&gather, &TYPE_OF_TEXT);
    for (const char *hit; (hit = strstr(text, by)) != NULL && !gather.failed;
         text = hit + strlen(by))
        gather_add(&gather, NULL, value_text_n(a->repo, text, (size_t)(hit - text)));
    gather_add(&gather, NULL, value_text(a->repo, text));
    return gather_list(&gather, &TYPE_OF_TEXT);
}

/* Every list's items; false when one of them is open or null, which then stands in *stop. */
static bool join_list(const char *by, const struct hcl_value *list, bool *first, struct buf *out,
                      const struct hcl_value **stop)
{
    for (size_t i = 0; i < list->n && !out->too_long; i++) {
        if (!*first)
            buf_text(out, by);
        *first = false;
        *stop = list->items[i];
        if (list->items[i]->kind != HCL_V_TEXT)
            return false;
        buf_text(out, list->items[i]->text);
    }
    return true;
}

static const struct hcl_value *join(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    const struct hcl_value *stop = NULL;
    bool first = true;

    for (size_t i = 1; i < a->n; i++) {
        if (join_list(text_at(a, 0), a->items[i], &first, &out, &stop))
            continue;
        if (stop->kind == HCL_V_NULL)
            return refuse(a, "a list contains null");
        return value_partial(a->repo, value_why(stop), buf_str(&out), NULL);
    }
    return value_from_buf(a->repo, &out);
}

static const struct hcl_value *indent(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    int64_t spaces;

    if (!int_at(a, 0, &spaces))
        return refuse(a, "a whole number is needed");
    if (spaces < 0 || spaces > 10000)
        return value_unknown(a->repo, "indent by so much is not evaluated");
    for (const char *at = text_at(a, 1); *at != '\0' && !out.too_long; at++) {
        buf_char(&out, *at);
        if (*at == '\n')
            buf_print(&out, "%*s", (int)spaces, "");
    }
    return value_from_buf(a->repo, &out);
}

/* --- paths, as on Unix --- */

static const struct hcl_value *basename_of(const struct arguments *a)
{
    const char *path = text_at(a, 0);
    size_t len = strlen(path);

    if (len == 0)
        return value_text(a->repo, ".");
    while (len > 1 && path[len - 1] == '/')
        len--;
    if (len == 1)
        return value_text_n(a->repo, path, 1);
    size_t start = len;
    while (start > 0 && path[start - 1] != '/')
        start--;
    return value_text_n(a->repo, path + start, len - start);
}

/* One part of a path that is being cleaned: "." goes, ".." takes the part before it away. */
static void add_part(struct buf *out, const char *part, size_t len, bool rooted)
{
    if (len == 0 || (len == 1 && part[0] == '.'))
        return;
    bool up = len == 2 && part[0] == '.' && part[1] == '.';
    const char *last = out->len > 0 ? strrchr(buf_str(out), '/') : NULL;
    const char *tail = last != NULL ? last + 1 : buf_str(out);
    if (up && out->len > 0 && tail[0] != '\0' && !str_eq(tail, "..")) {
        out->len = last == NULL ? 0 : (size_t)(last - out->bytes) + (last == out->bytes && rooted);
        out->bytes[out->len] = '\0';
        return;
    }
    if (up && rooted)
        return;
    if (out->len > 0 && out->bytes[out->len - 1] != '/')
        buf_char(out, '/');
    buf_bytes(out, part, len);
}

static const struct hcl_value *dirname_of(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    const char *path = text_at(a, 0);
    const char *last = strrchr(path, '/');
    const char *end = last != NULL ? last + 1 : path;
    bool rooted = path[0] == '/';

    if (rooted)
        buf_char(&out, '/');
    for (const char *at = path; at < end;) {
        size_t len = strcspn(at, "/");
        add_part(&out, at, at + len < end ? len : (size_t)(end - at), rooted);
        at += len + 1;
    }
    return value_text(a->repo, out.len > 0 ? buf_str(&out) : ".");
}

const struct function TEXT_FUNCTIONS[] = {
    {"basename", "s", 1, 1, GIVES_TEXT, basename_of},
    {"chomp", "s", 1, 1, GIVES_TEXT, chomp},
    {"dirname", "s", 1, 1, GIVES_TEXT, dirname_of},
    {"endswith", "ss", 2, 2, GIVES_BOOL, endswith},
    {"indent", "ns", 2, 2, GIVES_TEXT, indent},
    {"join", "st*", 2, ANY_COUNT, GIVES_TEXT, join},
    {"lower", "s", 1, 1, GIVES_TEXT, lower},
    {"split", "ss", 2, 2, 0, split},
    {"startswith", "ss", 2, 2, GIVES_BOOL, startswith},
    {"strcontains", "ss", 2, 2, GIVES_BOOL, strcontains},
    {"strrev", "s", 1, 1, GIVES_TEXT, strrev},
    {"substr", "snn", 3, 3, GIVES_TEXT, substr},
    {"title", "s", 1, 1, GIVES_TEXT, title},
    {"trim", "ss", 2, 2, GIVES_TEXT, trim},
    {"trimprefix", "ss", 2, 2, GIVES_TEXT, trimprefix},
    {"trimspace", "s", 1, 1, GIVES_TEXT, trimspace},
    {"trimsuffix", "ss", 2, 2, GIVES_TEXT, trimsuffix},
    {"upper", "s", 1, 1, GIVES_TEXT, upper},
};
const size_t TEXT_FUNCTION_COUNT = COUNT(TEXT_FUNCTIONS);
