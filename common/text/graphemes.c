/* libunistring's tables; the story stands in graphemes.h. */
#include "common/text/graphemes.h"

#include <unicase.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <unistr.h>

/* libunistring looks at two code points; flags (two of a kind make one) and pictures joined by a
 * ZERO WIDTH JOINER need more: rules GB11 to GB13 of Unicode's annex 29. */
const char *grapheme_end(const char *text)
{
    uint32_t before;
    uint32_t next;
    size_t flags = 0;
    bool picture = false; /* the cluster is a picture and what extends it */

    if (text[0] == '\0')
        return text;
    text += utf8_read(text, &before);
    picture = uc_is_property_extended_pictographic(before);
    for (size_t len; (len = utf8_read(text, &next)) > 0; text += len, before = next) {
        int class = uc_graphemeclusterbreak_property(next);
        int last = uc_graphemeclusterbreak_property(before);
        bool joined = picture && last == GBP_ZWJ && uc_is_property_extended_pictographic(next);
        flags = last == GBP_RI ? flags + 1 : 0;
        bool pair = last == GBP_RI && class == GBP_RI && flags % 2 == 1;
        bool pairs = last == GBP_RI && class == GBP_RI;
        if (!joined && !pair && (pairs || uc_is_grapheme_break(before, next)))
            break;
        picture = joined || (picture && (class == GBP_EXTEND || class == GBP_ZWJ));
    }
    return text;
}

size_t grapheme_count(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text = grapheme_end(text))
        n++;
    return n;
}

uint32_t letter_to_case(uint32_t letter, enum letter_case wanted)
{
    if (wanted == CASE_LOWER)
        return uc_tolower(letter);
    return wanted == CASE_UPPER ? uc_toupper(letter) : uc_totitle(letter);
}

bool is_letter_or_digit(uint32_t letter)
{
    return uc_is_general_category_withtable(letter, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nd);
}

bool is_white_space(uint32_t letter)
{
    return uc_is_property(letter, UC_PROPERTY_WHITE_SPACE);
}

size_t utf8_read(const char *text, uint32_t *out)
{
    ucs4_t letter = 0;
    int len = u8_strmbtouc(&letter, (const uint8_t *)text);

    *out = len > 0 ? letter : (unsigned char)*text;
    if (len < 0)
        return 1;
    return (size_t)len;
}

void utf8_write(struct buf *out, uint32_t code)
{
    uint8_t bytes[6];
    int len = u8_uctomb(bytes, code, sizeof bytes);

    if (len > 0)
        buf_bytes(out, bytes, (size_t)len);
}

bool utf8_normalise(struct buf *out, const char *text, size_t len)
{
    size_t n = 0;
    uint8_t *normal = u8_normalize(UNINORM_NFC, (const uint8_t *)text, len, NULL, &n);

    if (normal == NULL)
        return false;
    buf_bytes(out, normal, n);
    free(normal);
    return true;
}

bool text_is_utf8(const char *text, size_t len)
{
    return u8_check((const uint8_t *)text, len) == NULL;
}
