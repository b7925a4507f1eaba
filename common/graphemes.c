/* libunistring's tables; the story stands in graphemes.h. */
#include "common/graphemes.h"

#include <unicase.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <unistr.h>

const char *grapheme_end(const char *text)
{
    const uint8_t *start = (const uint8_t *)text;
    size_t look = strlen(text);

    if (look == 0)
        return text;
    /* CR and LF are one; other ASCII before ASCII stands alone. */
    if (start[0] < 0x80 && start[1] < 0x80)
        return text + (start[0] == '\r' && start[1] == '\n' ? 2 : 1);
    return (const char *)u8_grapheme_next(start, start + look);
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
