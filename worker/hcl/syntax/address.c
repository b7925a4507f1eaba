/* Addresses; the story stands in address.h. */
#include "worker/hcl/syntax/address.h"

bool address_part_eq(struct address_part a, struct address_part b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* Up to one of these bytes, or the end. */
static struct address_part take(const char **at, const char *until)
{
    struct address_part part = {*at, strcspn(*at, until)};

    *at += part.len;
    return part;
}

/* "[0]" or ["…"] at *at; false when it does not end. */
static bool take_key(const char **at, struct address_part *out)
{
    const char *start = *at;
    const char *end = start + 1;
    bool quoted = false;

    for (; *end != '\0' && (quoted || *end != ']'); end++) {
        if (quoted && *end == '\\' && end[1] != '\0')
            end++;
        else if (*end == '"')
            quoted = !quoted;
    }
    if (*end == '\0' || end == start + 1)
        return false;
    *at = end + 1;
    *out = (struct address_part){start, (size_t)(*at - start)};
    return true;
}

bool address_parse(const char *text, struct address *out)
{
    const char *at = text;

    out->n = 0;
    for (;;) {
        struct address_step step = {.kind = take(&at, ".[")};
        if (*at != '.' || step.kind.len == 0 || out->n == ADDRESS_STEPS_MAX)
            return false;
        at++;
        step.name = take(&at, ".[");
        step.key = (struct address_part){at, 0};
        if (step.name.len == 0 || (*at == '[' && !take_key(&at, &step.key)))
            return false;
        out->steps[out->n++] = step;
        if (*at == '\0')
            return true;
        bool is_module = address_part_eq(step.kind, (struct address_part){"module", 6});
        if (*at != '.' || !is_module)
            return false;
        at++;
    }
}

void address_write(const struct address *address, size_t from, size_t to, struct buf *out)
{
    for (size_t i = from; i < to; i++) {
        const struct address_step *step = &address->steps[i];
        if (i > from)
            buf_char(out, '.');
        buf_bytes(out, step->kind.at, step->kind.len);
        buf_char(out, '.');
        buf_bytes(out, step->name.at, step->name.len);
        buf_bytes(out, step->key.at, step->key.len);
    }
}

/* --- keys --- */

/* What Unicode knows as no graphic character, and as blanks other than the plain one (categories
 * C and Z). */
static const uint32_t UNPRINTABLE[][2] = {
    {0x0000, 0x001F}, {0x007F, 0x00A0}, {0x00AD, 0x00AD},   {0x0600, 0x0605},    {0x061C, 0x061C},
    {0x06DD, 0x06DD}, {0x070F, 0x070F}, {0x1680, 0x1680},   {0x180E, 0x180E},    {0x2000, 0x200F},
    {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000},   {0xE000, 0xF8FF},    {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0001, 0xE007F}, {0xF0000, 0x10FFFF},
};

static bool is_printable(uint32_t code)
{
    for (size_t i = 0; i < COUNT(UNPRINTABLE); i++)
        if (code >= UNPRINTABLE[i][0] && code <= UNPRINTABLE[i][1])
            return false;
    return true;
}

/* The character at text, which is valid UTF-8, and its bytes. */
static size_t read_character(const char *text, uint32_t *out)
{
    unsigned char lead = (unsigned char)text[0];
    size_t len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t code = len == 1 ? lead : lead & (0xFFU >> (len + 1));
    size_t n = 1;

    for (; n < len && text[n] != '\0'; n++)
        code = code << 6 | ((unsigned char)text[n] & 0x3F);
    *out = code;
    return n;
}

static void write_character(const char *at, size_t len, uint32_t code, struct buf *out)
{
    static const char special[] = "\n\r\t\"\\", letter[] = "nrt\"\\";
    const char *known = code < 0x80 && code != 0 ? strchr(special, (char)code) : NULL;

    if (known != NULL)
        buf_print(out, "\\%c", letter[known - special]);
    else if ((code == '$' || code == '%') && at[1] == '{')
        buf_print(out, "%c%c", (char)code, (char)code);
    else if (is_printable(code))
        buf_bytes(out, at, len);
    else
        buf_print(out, code < 0x10000 ? "\\u%04x" : "\\U%08x", code);
}

void hcl_key_text(const char *key, struct buf *out)
{
    buf_text(out, "[\"");
    while (*key != '\0') {
        uint32_t code;
        size_t len = read_character(key, &code);
        write_character(key, len, code, out);
        key += len;
    }
    buf_text(out, "\"]");
}
