/* jsonencode, as terraform writes it (keys sorted; <, > and & escaped), and jsondecode. */
#include <stdio.h>

#include "common/text/graphemes.h"
#include "worker/hcl/functions/functions.h"

static void write_json_text(struct buf *out, const char *text)
{
    uint32_t letter;

    buf_char(out, '"');
    while (*text != '\0') {
        size_t len = utf8_read(text, &letter);
        if (letter == '"' || letter == '\\')
            buf_print(out, "\\%c", (char)letter);
        else if (letter == '\n' || letter == '\r' || letter == '\t' || letter == '\b' ||
                 letter == '\f')
            buf_print(out, "\\%c",
                      letter == '\n'   ? 'n'
                      : letter == '\r' ? 'r'
                      : letter == '\t' ? 't'
                      : letter == '\b' ? 'b'
                                       : 'f');
        else if (letter < 0x20 || letter == '<' || letter == '>' || letter == '&' ||
                 letter == 0x2028 || letter == 0x2029)
            buf_print(out, "\\u%04x", letter);
        else
            buf_bytes(out, text, len);
        text += len;
    }
    buf_char(out, '"');
}

void write_json(struct hcl_repo *repo, struct buf *out, const struct hcl_value *v, int depth)
{
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
        value_print(v, out);
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

    if (open != NULL)
        return value_blocked(a->repo, open);
    write_json(a->repo, &out, a->items[0], 0);
    return value_from_buf(a->repo, &out);
}

/* --- reading --- */

struct reader {
    const struct arguments *a;
    const char *at;
    int depth;
};

static const struct hcl_value *read_value(struct reader *reader);

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

static const struct hcl_value *malformed(const struct reader *reader)
{
    return refuse(reader->a, "this is no JSON");
}

static bool read_hex(const char *at, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = at[i] != '\0' ? strchr(digits, at[i] | 0x20) : NULL;
        if (digit == NULL || (at[i] < '0'))
            return false;
        *out = *out << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/* The escape at the reader; its text goes to out. */
static bool read_escape(struct reader *reader, struct buf *out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    char what = reader->at[1];
    const char *simple = what != '\0' ? strchr(from, what) : NULL;
    uint32_t code;
    uint32_t low;

    if (simple != NULL) {
        buf_char(out, to[simple - from]);
        reader->at += 2;
        return true;
    }
    if (what != 'u' || !read_hex(reader->at + 2, &code))
        return false;
    reader->at += 6;
    if (code >= 0xD800 && code < 0xDC00 && reader->at[0] == '\\' && reader->at[1] == 'u' &&
        read_hex(reader->at + 2, &low) && low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        reader->at += 6;
    }
    utf8_write(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
    return true;
}

static const struct hcl_value *read_text(struct reader *reader)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);

    for (reader->at++; *reader->at != '"';) {
        if ((unsigned char)*reader->at < 0x20)
            return malformed(reader);
        if (*reader->at == '\\') {
            if (!read_escape(reader, &out))
                return malformed(reader);
            continue;
        }
        buf_char(&out, *reader->at++);
    }
    reader->at++;
    return value_from_buf(reader->a->repo, &out);
}

static const struct hcl_value *read_number(struct reader *reader)
{
    char digits[512];
    const char *start = reader->at + (*reader->at == '-');
    size_t len = strspn(reader->at, "+-0123456789.eE");
    struct bignum number;

    if (len >= sizeof digits)
        return value_unknown(reader->a->repo, "a number is too long");
    memcpy(digits, reader->at, len);
    digits[len] = '\0';
    bool odd = (start[0] == '0' && start[1] >= '0' && start[1] <= '9') || start[0] < '0' ||
               start[0] > '9' || digits[len - 1] == '.' || strstr(digits, ".e") != NULL ||
               strstr(digits, ".E") != NULL;
    if (odd)
        return malformed(reader);
    reader->at += len;
    return bignum_parse(&number, digits)
               ? value_exact(reader->a->repo, &number)
               : value_unknown(reader->a->repo, "a number is out of range");
}

/* "key" and its colon; anything but a text is what stops the reading. */
static const struct hcl_value *read_key(struct reader *reader)
{
    if (*reader->at != '"')
        return malformed(reader);
    const struct hcl_value *key = read_text(reader);
    skip_blanks(reader);
    if (key->kind == HCL_V_TEXT && *reader->at++ != ':')
        return malformed(reader);
    return key;
}

static const struct hcl_value *read_members(struct reader *reader, char close)
{
    struct gather gather = {.repo = reader->a->repo};

    reader->at++;
    skip_blanks(reader);
    while (*reader->at != close) {
        const struct hcl_value *key = NULL;
        if (close == '}') {
            key = read_key(reader);
            if (key->kind != HCL_V_TEXT)
                return key;
        }
        const struct hcl_value *item = read_value(reader);
        if (item->kind == HCL_V_UNKNOWN)
            return item;
        gather_add(&gather, key != NULL ? key->text : NULL, item);
        skip_blanks(reader);
        if (*reader->at == close)
            break;
        if (*reader->at++ != ',' || gather.failed)
            return gather.failed ? &VALUE_EXHAUSTED : malformed(reader);
        skip_blanks(reader);
        if (*reader->at == close)
            return malformed(reader);
    }
    reader->at++;
    if (close == ']')
        return gather_tuple(&gather);
    size_t n = gather.n;
    const struct hcl_value *object = gather_object(&gather);
    return object->kind != HCL_V_OBJECT || object->n == n
               ? object
               : value_unknown(reader->a->repo, "a JSON object has a key twice");
}

static const struct hcl_value *read_word(struct reader *reader)
{
    static const struct {
        const char *word;
        const struct hcl_value *value;
    } words[] = {{"true", &VALUE_TRUE}, {"false", &VALUE_FALSE}, {"null", &VALUE_NULL}};

    for (size_t i = 0; i < COUNT(words); i++)
        if (str_starts(reader->at, words[i].word)) {
            reader->at += strlen(words[i].word);
            return words[i].value;
        }
    return malformed(reader);
}

static const struct hcl_value *read_value(struct reader *reader)
{
    const struct hcl_value *v;

    if (++reader->depth > VALUE_DEPTH_MAX || reader->a->repo->budget == 0)
        return &VALUE_EXHAUSTED;
    reader->a->repo->budget--;
    skip_blanks(reader);
    if (*reader->at == '{' || *reader->at == '[')
        v = read_members(reader, *reader->at == '{' ? '}' : ']');
    else if (*reader->at == '"')
        v = read_text(reader);
    else if (*reader->at == '-' || (*reader->at >= '0' && *reader->at <= '9'))
        v = read_number(reader);
    else
        v = read_word(reader);
    reader->depth--;
    return v;
}

static const struct hcl_value *jsondecode(const struct arguments *a)
{
    struct reader reader = {.a = a, .at = text_at(a, 0)};
    const struct hcl_value *v = read_value(&reader);

    skip_blanks(&reader);
    return v->kind == HCL_V_UNKNOWN || *reader.at == '\0' ? v : malformed(&reader);
}

const struct function JSON_FUNCTIONS[] = {
    {"jsondecode", "s", 1, 1, 0, jsondecode},
    {"jsonencode", "a", 1, 1, TAKES_NULL | GIVES_TEXT, jsonencode},
};
const size_t JSON_FUNCTION_COUNT = COUNT(JSON_FUNCTIONS);
