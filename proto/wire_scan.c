/* The walk over untrusted msgpack before anything is allocated for it; the story stands in wire.h.
 */
#include "proto/wire.h"

struct scan {
    const uint8_t *bytes;
    size_t len;
    size_t at;
};

/* How a type byte goes on: payload is skipped, then n child values follow. */
struct shape {
    size_t length_bytes; /* big-endian length after the type byte; 0: fixed */
    size_t payload;      /* fixed payload, or what to add to a read length (ext's type byte) */
    uint64_t children;   /* fixed number of children */
    unsigned per_length; /* children per read length: 1 array, 2 map, 0: the length counts bytes */
};

static bool shape_of_fixed(uint8_t type, struct shape *out)
{
    *out = (struct shape){0};
    if (type <= 0x7F || type >= 0xE0)
        return true;
    if (type >= 0x80 && type <= 0x8F)
        out->children = 2u * (type & 0x0Fu);
    else if (type >= 0x90 && type <= 0x9F)
        out->children = type & 0x0Fu;
    else if (type >= 0xA0 && type <= 0xBF)
        out->payload = type & 0x1Fu;
    else
        return false;
    return true;
}

static bool shape_of(uint8_t type, struct shape *out)
{
    static const struct shape shapes[] = {
        [0xC0 - 0xC0] = {0},          [0xC2 - 0xC0] = {0},          [0xC3 - 0xC0] = {0},
        [0xC4 - 0xC0] = {1, 0},       [0xC5 - 0xC0] = {2, 0},       [0xC6 - 0xC0] = {4, 0},
        [0xC7 - 0xC0] = {1, 1},       [0xC8 - 0xC0] = {2, 1},       [0xC9 - 0xC0] = {4, 1},
        [0xCA - 0xC0] = {0, 4},       [0xCB - 0xC0] = {0, 8},       [0xCC - 0xC0] = {0, 1},
        [0xCD - 0xC0] = {0, 2},       [0xCE - 0xC0] = {0, 4},       [0xCF - 0xC0] = {0, 8},
        [0xD0 - 0xC0] = {0, 1},       [0xD1 - 0xC0] = {0, 2},       [0xD2 - 0xC0] = {0, 4},
        [0xD3 - 0xC0] = {0, 8},       [0xD4 - 0xC0] = {0, 2},       [0xD5 - 0xC0] = {0, 3},
        [0xD6 - 0xC0] = {0, 5},       [0xD7 - 0xC0] = {0, 9},       [0xD8 - 0xC0] = {0, 17},
        [0xD9 - 0xC0] = {1, 0},       [0xDA - 0xC0] = {2, 0},       [0xDB - 0xC0] = {4, 0},
        [0xDC - 0xC0] = {2, 0, 0, 1}, [0xDD - 0xC0] = {4, 0, 0, 1}, [0xDE - 0xC0] = {2, 0, 0, 2},
        [0xDF - 0xC0] = {4, 0, 0, 2},
    };

    if (shape_of_fixed(type, out))
        return true;
    if (type == 0xC1)
        return false;
    *out = shapes[type - 0xC0];
    return true;
}

/* Reads one value's head; *children gets how many values follow it. */
static int scan_head(struct scan *scan, uint64_t *children, struct err *err)
{
    struct shape shape;
    uint64_t length = 0;

    if (scan->at >= scan->len)
        return err_set(err, ERR_REJECT, "msgpack ends early at byte %zu", scan->at);
    if (!shape_of(scan->bytes[scan->at], &shape))
        return err_set(err, ERR_REJECT, "msgpack has an unknown type at byte %zu", scan->at);
    scan->at++;
    if (shape.length_bytes > scan->len - scan->at)
        return err_set(err, ERR_REJECT, "msgpack ends early at byte %zu", scan->at);
    for (size_t i = 0; i < shape.length_bytes; i++)
        length = length << 8 | scan->bytes[scan->at++];

    *children = shape.children + length * shape.per_length;
    uint64_t skip = shape.payload + (shape.per_length == 0 ? length : 0);
    /* Every child is at least one byte, so a count past what is left is a lie. */
    if (skip > scan->len - scan->at || *children > scan->len - scan->at - skip)
        return err_set(err, ERR_REJECT, "msgpack declares more than there is at byte %zu",
                       scan->at);
    scan->at += skip;
    return 0;
}

int wire_scan(const void *bytes, size_t len, struct err *err)
{
    struct scan scan = {bytes, len, 0};
    uint64_t open[WIRE_DEPTH_MAX];
    size_t depth = 0;

    bool is_map = len > 0 && ((scan.bytes[0] & 0xF0) == 0x80 || scan.bytes[0] == 0xDE ||
                              scan.bytes[0] == 0xDF);
    if (!is_map)
        return err_set(err, ERR_REJECT, "not a msgpack map");
    do {
        uint64_t children = 0;
        int r = scan_head(&scan, &children, err);
        if (r < 0)
            return r;
        if (scan.at > 0 && depth == 0 && children > 2 * WIRE_FIELDS_MAX)
            return err_set(err, ERR_REJECT, "msgpack map has over %d fields", WIRE_FIELDS_MAX);
        if (children > 0) {
            if (depth == WIRE_DEPTH_MAX)
                return err_set(err, ERR_REJECT, "msgpack is nested deeper than %d", WIRE_DEPTH_MAX);
            open[depth++] = children;
            continue;
        }
        while (depth > 0 && --open[depth - 1] == 0)
            depth--;
    } while (depth > 0);

    if (scan.at != len)
        return err_set(err, ERR_REJECT, "%zu bytes after the msgpack map", len - scan.at);
    return 0;
}

bool utf8_is_valid(const char *text, size_t len)
{
    const uint8_t *s = (const uint8_t *)text;
    size_t i = 0;

    while (i < len) {
        uint8_t lead = s[i];
        size_t more = lead < 0x80 ? 0 : lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead == 0 || (lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || more > len - i - 1)
            return false;
        for (size_t k = 1; k <= more; k++)
            if ((s[i + k] & 0xC0) != 0x80)
                return false;
        if ((lead == 0xE0 && s[i + 1] < 0xA0) || (lead == 0xED && s[i + 1] > 0x9F) ||
            (lead == 0xF0 && s[i + 1] < 0x90) || (lead == 0xF4 && s[i + 1] > 0x8F))
            return false;
        i += more + 1;
    }
    return true;
}
