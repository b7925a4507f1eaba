/* From text to JSON nodes; the story stands in json.h. */
#include "common/arena.h"
#include "worker/hcl/syntax/json.h"

static struct json_node *value(struct json_reader *r);

bool hcl_json_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The byte at the next token; '\0' at the end. */
static char peek(struct json_reader *r)
{
    while (r->p.at < r->text_len && hcl_json_is_blank(r->bytes[r->p.at]))
        r->p.at++;
    return r->p.at < r->text_len ? r->bytes[r->p.at] : '\0';
}

static struct json_node *make(struct json_reader *r, enum json_kind kind, size_t start)
{
    struct json_node *node = arena_alloc(r->scratch, sizeof *node);

    if (node == NULL) {
        if (r->p.r == 0)
            r->p.r = err_nomem(r->p.err);
        return NULL;
    }
    node->kind = (uint8_t)kind;
    node->start = (uint32_t)start;
    node->end = (uint32_t)r->p.at;
    return node;
}

static struct json_node *string(struct json_reader *r)
{
    size_t start = r->p.at++;
    bool escaped = false;

    while (r->p.at < r->text_len && r->bytes[r->p.at] != '"') {
        unsigned char c = (unsigned char)r->bytes[r->p.at];
        size_t n = c == '\\' ? hcl_json_escape(r->bytes, r->p.at, r->text_len) : 1;
        if (n == 0)
            return parse_fail(&r->p, r->p.at, "Invalid JSON string: an unknown escape sequence");
        if (c < ' ')
            return parse_fail(&r->p, r->p.at,
                              "Invalid JSON string: a control character must be escaped");
        escaped = escaped || c == '\\';
        r->p.at += n;
    }
    if (r->p.at >= r->text_len)
        return parse_fail(&r->p, start, "Invalid JSON string: it has no closing quote");
    r->p.at++;
    struct json_node *node = make(r, JSON_STRING, start);
    if (node == NULL)
        return NULL;
    node->text_start = node->start + 1;
    node->text_end = node->end - 1;
    return !escaped || hcl_json_decode(r, node) ? node : NULL;
}

static bool is_digit(const struct json_reader *r, size_t at)
{
    return at < r->text_len && r->bytes[at] >= '0' && r->bytes[at] <= '9';
}

static size_t skip_digits(const struct json_reader *r, size_t at)
{
    while (is_digit(r, at))
        at++;
    return at;
}

/* The end of the number at start; 0 when it is none. */
static size_t number_end(const struct json_reader *r, size_t start)
{
    size_t at = start + (r->bytes[start] == '-');

    if (!is_digit(r, at))
        return 0;
    at = r->bytes[at] == '0' ? at + 1 : skip_digits(r, at);
    if (at < r->text_len && r->bytes[at] == '.') {
        if (!is_digit(r, at + 1))
            return 0;
        at = skip_digits(r, at + 1);
    }
    if (at < r->text_len && (r->bytes[at] == 'e' || r->bytes[at] == 'E')) {
        at++;
        if (at < r->text_len && (r->bytes[at] == '+' || r->bytes[at] == '-'))
            at++;
        if (!is_digit(r, at))
            return 0;
        at = skip_digits(r, at);
    }
    return at;
}

static bool goes_on(const struct json_reader *r, size_t at)
{
    static const char ENDS[] = ",:]} \t\r\n\"[{";

    return at < r->text_len && strchr(ENDS, r->bytes[at]) == NULL;
}

static struct json_node *number(struct json_reader *r)
{
    size_t start = r->p.at;
    size_t end = number_end(r, start);

    if (end == 0 || goes_on(r, end))
        return parse_fail(&r->p, start, "Invalid JSON number: this is no number of JSON");
    r->p.at = end;
    return make(r, JSON_NUMBER, start);
}

static struct json_node *keyword(struct json_reader *r)
{
    static const struct {
        const char *word;
        enum json_kind kind;
    } words[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
    size_t start = r->p.at;

    for (size_t i = 0; i < COUNT(words); i++) {
        size_t n = strlen(words[i].word);
        if (r->text_len - start < n || memcmp(r->bytes + start, words[i].word, n) != 0 ||
            goes_on(r, start + n))
            continue;
        r->p.at += n;
        return make(r, words[i].kind, start);
    }
    return parse_fail(&r->p, start, "Invalid JSON keyword: only true, false and null are there");
}

/* --- arrays and objects --- */

static struct json_node *property(struct json_reader *r)
{
    if (peek(r) != '"')
        return parse_fail(&r->p, r->p.at,
                          "Invalid object property name: it must be a string in double quotes");
    struct json_node *key = string(r);
    if (key == NULL)
        return NULL;
    if (peek(r) != ':')
        return parse_fail(&r->p, r->p.at,
                          "Missing property value colon: a colon must stand between a property's "
                          "name and its value");
    r->p.at++;
    struct json_node *node = value(r);
    if (node != NULL)
        node->key = key;
    return node;
}

/* Behind an element: is there another? */
static bool is_followed(struct json_reader *r, const struct json_node *list, char close)
{
    char c = peek(r);
    const char *what = close == '}' ? "object" : "array";

    if (c == close)
        return false;
    if (c == '\0' && r->p.at >= r->text_len) {
        parse_fail(&r->p, list->start, "Unclosed %s: its end is missing before the end of the file",
                   what);
        return false;
    }
    if (c != ',') {
        parse_fail(&r->p, r->p.at, "Missing comma: in an %s one must stand between two elements",
                   what);
        return false;
    }
    r->p.at++;
    if (peek(r) == close)
        parse_fail(&r->p, r->p.at, "Trailing comma: JSON does not permit one in an %s", what);
    return r->p.r == 0;
}

static struct json_node *list(struct json_reader *r, enum json_kind kind, char close)
{
    struct json_node *node = make(r, kind, r->p.at);
    struct json_node *tail = NULL;

    if (node == NULL || !parse_enter(&r->p, r->p.at))
        return NULL;
    r->p.at++;
    for (bool more = peek(r) != close; more; more = is_followed(r, node, close)) {
        if (peek(r) == '\0' && r->p.at >= r->text_len)
            return parse_fail(&r->p, node->start,
                              "Unclosed %s: its end is missing before the end of the file",
                              kind == JSON_OBJECT ? "object" : "array");
        struct json_node *one = kind == JSON_OBJECT ? property(r) : value(r);
        if (one == NULL)
            return NULL;
        if (tail != NULL)
            tail->next = one;
        else
            node->child = one;
        tail = one;
    }
    if (r->p.r != 0)
        return NULL;
    parse_leave(&r->p);
    node->end = (uint32_t)++r->p.at;
    return node;
}

static struct json_node *value(struct json_reader *r)
{
    char c = peek(r);

    if (c == '{')
        return list(r, JSON_OBJECT, '}');
    if (c == '[')
        return list(r, JSON_ARRAY, ']');
    if (c == '"')
        return string(r);
    if (c == '-' || (c >= '0' && c <= '9'))
        return number(r);
    if (c >= 'a' && c <= 'z')
        return keyword(r);
    return parse_fail(&r->p, r->p.at,
                      "%s: a JSON value must start with a brace, a bracket, a number, a string, "
                      "or a keyword",
                      r->p.at >= r->text_len ? "Missing JSON value" : "Invalid start of value");
}

struct json_node *hcl_json_read(struct json_reader *r)
{
    if (peek(r) == '\0' && r->p.at >= r->text_len)
        return make(r, JSON_OBJECT, r->p.at);
    struct json_node *top = value(r);
    if (top != NULL && (peek(r) != '\0' || r->p.at < r->text_len))
        return parse_fail(&r->p, r->p.at,
                          "Extraneous data after value: nothing may follow the JSON value");
    return top;
}
