/*
 * Commit metadata, both ways: any bytes as a map of any offset, and any runs as a map that is read
 * again. A tracker begins with whatever text it is given.
 *
 * The input: what to do, eight bytes of the committed offset, then the text or the runs.
 */
#include "tests/fuzz/fuzz.h"

#include "common/kafka/offset_tracker.h"

#define HEAD_BYTES 9
#define READS      48
#define RUNS_MAX   4096

static int64_t offset_from(const uint8_t *data)
{
    uint64_t offset = 0;

    for (int i = 0; i < 8; i++)
        offset = offset << 8 | data[i];
    return (int64_t)(offset & INT64_MAX);
}

/* All that it says, ascending, written again; the bytes. */
static size_t write_again(struct offset_map_reader reader, int64_t base, char out[OFFSET_MAP_TEXT])
{
    static struct offset_map_writer writer;
    struct offset_run run;
    int64_t last = -1; /* the first run may begin at base */

    offset_map_begin(&writer, base);
    while (offset_map_next(&reader, &run)) {
        assert(run.first >= base && run.first > last && run.end > run.first);
        last = run.end;
        offset_map_add(&writer, run);
    }
    assert(last > base);
    return offset_map_end(&writer, out);
}

static void same(struct offset_map_reader one, struct offset_map_reader other)
{
    struct offset_run a;
    struct offset_run b;

    while (offset_map_next(&one, &a)) {
        bool is_there = offset_map_next(&other, &b);
        assert(is_there && a.first == b.first && a.end == b.end);
    }
    assert(!offset_map_next(&other, &b));
}

/* Read to the end and written again, it is the same. */
static void holds(const char *text, size_t len, int64_t base)
{
    char again[OFFSET_MAP_TEXT];
    struct offset_map_reader reader;
    struct offset_map_reader twin;

    if (!offset_map_open(&reader, text, len, base))
        return;
    size_t again_len = write_again(reader, base, again);
    assert(again_len > 0 && again_len <= OFFSET_MAP_BYTES_MAX && strlen(again) == again_len);
    bool opens = offset_map_open(&twin, again, again_len, base);
    assert(opens);
    same(reader, twin);
}

/* One record more; the next one's commit is not above it. */
static void reads(struct offset_tracker *tracker, int64_t base, int64_t offset)
{
    struct offset_view view;
    char map[OFFSET_MAP_TEXT];
    struct err err;
    int r = offset_tracker_read(tracker, 0, offset, 0, &err);

    assert(r == 0 || r == OFFSET_FINISHED);
    if (r == 0 && offset % 3 == 0)
        (void)offset_tracker_done(tracker, "t", 0, offset, offset_tracker_generation(tracker));
    offset_tracker_view(tracker, 0, &view);
    assert(view.committable >= base && view.committable <= offset + 1);
    if (offset % 8 == 0)
        holds(map, offset_tracker_map(tracker, 0, map), view.committable);
}

/* A tracker that begins so hands out all that the map does not say, and commits nothing else. */
static void begins(const char *text, size_t len, int64_t base)
{
    static const struct offset_partition one[] = {{"t", 0}};
    CLEANUP(offset_tracker_freep) struct offset_tracker *tracker = NULL;
    struct err err;

    if (base > INT64_MAX - READS)
        return;
    int r = offset_tracker_new(&tracker, READS, &err);
    assert(r == 0);
    r = offset_tracker_assign(tracker, one, 1, &err);
    assert(r == 0);
    r = offset_tracker_begin(tracker, 0, base, text, len, base + READS, &err);
    assert(r == 0 || r == OFFSET_NO_MAP);
    for (int64_t offset = base; offset < base + READS; offset++)
        reads(tracker, base, offset);
}

/* Two bytes a run: what lies before it, and its length. Runs that touch are one. */
static size_t runs_from(const uint8_t *data, size_t size, int64_t base, struct offset_run *runs,
                        struct offset_map_writer *writer)
{
    int64_t at = base;
    size_t n = 0;

    for (size_t i = 0; i + 1 < size && n < RUNS_MAX; i += 2) {
        int64_t skip = data[i] < 250 ? data[i] : (int64_t)1 << (data[i] - 250) * 8;
        struct offset_run run = {at + skip, at + skip + 1 + data[i + 1]};
        offset_map_add(writer, run);
        if (skip == 0 && n > 0)
            runs[n - 1].end = run.end;
        else
            runs[n++] = run;
        at = run.end;
    }
    return n;
}

/* What is read is what was added, from the first on; so few that they fit are all there. */
static void round_trip(const uint8_t *data, size_t size, int64_t anywhere)
{
    static struct offset_map_writer writer;
    static struct offset_run runs[RUNS_MAX];
    int64_t base = anywhere >> 8; /* not near the last one */
    char text[OFFSET_MAP_TEXT];
    struct offset_map_reader reader;
    struct offset_run run;
    size_t i = 0;

    offset_map_begin(&writer, base);
    size_t n = runs_from(data, size, base, runs, &writer);
    size_t len = offset_map_end(&writer, text);
    assert(len <= OFFSET_MAP_BYTES_MAX && strlen(text) == len && (len > 0) == (n > 0));
    if (len == 0)
        return;
    assert(!offset_map_open(&reader, text, len, base + 1));
    bool opens = offset_map_open(&reader, text, len, base);
    assert(opens);
    for (bool cut = false; offset_map_next(&reader, &run); i++) {
        assert(!cut && i < n && run.first == runs[i].first && run.end <= runs[i].end);
        cut = run.end < runs[i].end; /* then it is the last */
    }
    assert(i == n || n * OFFSET_MAP_RUN_BYTES + OFFSET_MAP_FRAME_BYTES > OFFSET_MAP_BYTES_MAX);
    holds(text, len, base);
}

/* The fuzzer cannot guess the sum, so it is made to fit. */
static void with_its_sum(const uint8_t *data, size_t size, int64_t base)
{
    char text[OFFSET_MAP_BYTES_MAX];

    if (size > OFFSET_MAP_BYTES_MAX - OFFSET_MAP_SUM_BYTES)
        return;
    memcpy(text, data, size);
    offset_map_sum(text + size, text, size);
    holds(text, size + OFFSET_MAP_SUM_BYTES, base);
    begins(text, size + OFFSET_MAP_SUM_BYTES, base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD_BYTES)
        return 0;
    int64_t base = offset_from(data + 1);
    const uint8_t *rest = data + HEAD_BYTES;
    size_t n = size - HEAD_BYTES;

    if (data[0] % 3 == 0) {
        round_trip(rest, n, base);
    } else if (data[0] % 3 == 1) {
        with_its_sum(rest, n, base);
    } else {
        holds((const char *)rest, n, base);
        begins((const char *)rest, n, base);
    }
    return 0;
}
