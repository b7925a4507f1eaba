/* Offset map: both directions of the codec; the story stands in offset_map.h. */
#include "common/kafka/offset_map.h"

#include "common/digest.h"

enum { VERSION = '1', RUNS = 'r', BITS = 'b', MORE = 32 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Above it bits could stand for offsets that do not exist. */
#define BITS_BASE_MAX (INT64_MAX - (int64_t)OFFSET_MAP_BYTES_MAX * OFFSET_MAP_BITS)

/* --- characters and numbers --- */

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return 26 + c - 'a';
    if (c >= '0' && c <= '9')
        return 52 + c - '0';
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

static size_t put_number(char *out, int64_t number)
{
    uint64_t left = (uint64_t)number;
    size_t n = 0;

    do {
        out[n++] = alphabet[(left & 31) | (left > 31 ? MORE : 0)];
        left >>= 5;
    } while (left > 0);
    return n;
}

/* False when there is none, or one that is not written the shortest way or does not fit. */
static bool take_number(const char **at, const char *end, int64_t *out)
{
    uint64_t number = 0;

    for (unsigned shift = 0; *at < end && shift < 64; shift += 5) {
        int value = value_of(*(*at)++);
        uint64_t digit = (uint64_t)value & 31;
        if (value < 0 || (digit << shift) >> shift != digit)
            return false;
        number |= digit << shift;
        if (value < MORE) {
            *out = (int64_t)number;
            return number <= INT64_MAX && (digit > 0 || shift == 0);
        }
    }
    return false;
}

void offset_map_sum(char out[OFFSET_MAP_SUM_BYTES], const char *text, size_t len)
{
    uint8_t hash[SHA256_BYTES];

    sha256(text, len, hash);
    for (size_t i = 0; i < OFFSET_MAP_SUM_BYTES; i++)
        out[i] = alphabet[hash[i] & 63];
}

/* --- writing --- */

void offset_map_begin(struct offset_map_writer *writer, int64_t base)
{
    char number[OFFSET_MAP_RUN_BYTES];

    assert(base >= 0);
    writer->base = base;
    writer->pending = (struct offset_run){base, base};
    writer->at = base;
    writer->room = OFFSET_MAP_BYTES_MAX - 2 - put_number(number, base) - OFFSET_MAP_SUM_BYTES;
    writer->runs_full = false;
    writer->runs.len = writer->bits.len = 0;
    writer->runs.finished = writer->bits.finished = 0;
}

static void put_run(struct offset_map_writer *writer, struct offset_run run)
{
    char bytes[OFFSET_MAP_RUN_BYTES];

    if (writer->runs_full)
        return;
    size_t n = put_number(bytes, run.first - writer->at);
    n += put_number(bytes + n, run.end - run.first);
    writer->runs_full = n > writer->room - writer->runs.len;
    if (writer->runs_full)
        return;
    memcpy(writer->runs.text + writer->runs.len, bytes, n);
    writer->runs.len += n;
    writer->runs.finished += run.end - run.first;
    writer->at = run.end;
}

/* text holds values here, not yet characters. */
static void put_bits(struct offset_map_writer *writer, struct offset_run run)
{
    struct offset_map_form *form = &writer->bits;
    int64_t last = writer->base > BITS_BASE_MAX ? 0 : (int64_t)writer->room * OFFSET_MAP_BITS;
    int64_t from = run.first - writer->base;
    int64_t to = run.end - writer->base < last ? run.end - writer->base : last;

    if (from >= to)
        return;
    form->finished += to - from;
    size_t len = (size_t)(to + OFFSET_MAP_BITS - 1) / OFFSET_MAP_BITS;
    memset(form->text + form->len, 0, len - form->len);
    form->len = len;
    while (from < to) {
        int64_t bit = from % OFFSET_MAP_BITS;
        int64_t n = OFFSET_MAP_BITS - bit < to - from ? OFFSET_MAP_BITS - bit : to - from;
        form->text[from / OFFSET_MAP_BITS] |= (char)(((1U << n) - 1) << bit);
        from += n;
    }
}

static void put_pending(struct offset_map_writer *writer)
{
    if (writer->pending.end == writer->pending.first)
        return;
    put_run(writer, writer->pending);
    put_bits(writer, writer->pending);
}

void offset_map_add(struct offset_map_writer *writer, struct offset_run run)
{
    assert(run.first >= writer->pending.end && run.end > run.first);

    if (run.first == writer->pending.end) {
        writer->pending.end = run.end;
        return;
    }
    put_pending(writer);
    writer->pending = run;
}

size_t offset_map_end(struct offset_map_writer *writer, char out[OFFSET_MAP_TEXT])
{
    put_pending(writer);
    bool bits =
        writer->bits.finished > writer->runs.finished ||
        (writer->bits.finished == writer->runs.finished && writer->bits.len < writer->runs.len);
    const struct offset_map_form *form = bits ? &writer->bits : &writer->runs;
    size_t n = 0;

    out[0] = '\0';
    if (form->finished == 0)
        return 0;
    out[n++] = VERSION;
    n += put_number(out + n, writer->base);
    out[n++] = bits ? BITS : RUNS;
    for (size_t i = 0; i < form->len; i++)
        out[n++] = bits ? alphabet[(unsigned char)form->text[i]] : form->text[i];
    offset_map_sum(out + n, out, n);
    n += OFFSET_MAP_SUM_BYTES;
    out[n] = '\0';
    return n;
}

/* --- reading --- */

enum step { STEP_END, STEP_RUN, STEP_BAD };

static enum step step_runs(struct offset_map_reader *reader, struct offset_run *out)
{
    int64_t skip;
    int64_t done;

    if (reader->at == reader->end)
        return STEP_END;
    if (!take_number(&reader->at, reader->end, &skip) ||
        !take_number(&reader->at, reader->end, &done) || (skip == 0 && reader->begun) ||
        done == 0 || skip > INT64_MAX - reader->offset || done > INT64_MAX - reader->offset - skip)
        return STEP_BAD;
    reader->begun = true;
    *out = (struct offset_run){reader->offset + skip, reader->offset + skip + done};
    reader->offset = out->end;
    return STEP_RUN;
}

static bool take_bit(struct offset_map_reader *reader)
{
    bool is_set = ((unsigned)value_of(*reader->at) >> reader->bit & 1) != 0;

    reader->offset++;
    if (++reader->bit == OFFSET_MAP_BITS) {
        reader->bit = 0;
        reader->at++;
    }
    return is_set;
}

static enum step step_bits(struct offset_map_reader *reader, struct offset_run *out)
{
    struct offset_run run = {0, 0};

    while (reader->at < reader->end) {
        int64_t offset = reader->offset;
        if (value_of(*reader->at) < 0)
            return STEP_BAD;
        bool is_set = take_bit(reader);
        if (is_set && run.end == 0)
            run.first = offset;
        if (is_set)
            run.end = offset + 1;
        else if (run.end > 0)
            break;
    }
    if (run.end == 0)
        return STEP_END;
    *out = run;
    return STEP_RUN;
}

static enum step step(struct offset_map_reader *reader, struct offset_run *out)
{
    return reader->is_bits ? step_bits(reader, out) : step_runs(reader, out);
}

bool offset_map_open(struct offset_map_reader *reader, const char *text, size_t len, int64_t base)
{
    struct offset_map_reader found = {.at = text, .end = text + len, .offset = base};
    struct offset_run run;
    char sum[OFFSET_MAP_SUM_BYTES];
    int64_t written_base;
    enum step last;

    if (len <= OFFSET_MAP_SUM_BYTES || len > OFFSET_MAP_BYTES_MAX || base < 0)
        return false;
    found.end -= OFFSET_MAP_SUM_BYTES;
    offset_map_sum(sum, text, len - OFFSET_MAP_SUM_BYTES);
    if (memcmp(sum, found.end, OFFSET_MAP_SUM_BYTES) != 0 || *found.at++ != VERSION ||
        !take_number(&found.at, found.end, &written_base) || written_base != base ||
        found.at == found.end)
        return false;
    char form = *found.at++;
    found.is_bits = form == BITS;
    if (form != RUNS && (form != BITS || base > BITS_BASE_MAX))
        return false;

    struct offset_map_reader ahead = found;
    size_t n = 0;
    while ((last = step(&ahead, &run)) == STEP_RUN)
        n++;
    if (last == STEP_BAD || n == 0)
        return false;
    *reader = found;
    return true;
}

bool offset_map_next(struct offset_map_reader *reader, struct offset_run *out)
{
    return step(reader, out) == STEP_RUN;
}
