/* Which characters a reader sees; the story stands in visible.h. */
#include "common/text/visible.h"

struct range {
    uint32_t first;
    uint32_t last;
};

/* Controls, formatting, fillers, variation selectors, tags, private use, non-characters. */
static const struct range invisible[] = {
    {0x0000, 0x0008},   {0x000E, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD}, {0x034F, 0x034F},
    {0x061C, 0x061C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F}, {0x200B, 0x200F},
    {0x202A, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},   {0xD800, 0xF8FF}, {0xFDD0, 0xFDEF},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0x10FFFF}};

bool visible_is_hidden(uint32_t c)
{
    for (size_t i = 0; i < COUNT(invisible); i++)
        if (c >= invisible[i].first && c <= invisible[i].last)
            return true;
    return false;
}

static size_t length_of(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0;
    if (lead < 0xE0)
        return 2;
    if (lead < 0xF0)
        return 3;
    return lead < 0xF5 ? 4 : 0;
}

size_t visible_decode(const char *text, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t n = length_of(bytes[0]);
    uint32_t c = n <= 1 ? bytes[0] : bytes[0] & (0x7Fu >> n);

    *out = 0;
    for (size_t i = 1; i < n; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 1;
        c = c << 6 | (bytes[i] & 0x3Fu);
    }
    if (n == 0 || c < least[n])
        return 1;
    *out = c;
    return n;
}
