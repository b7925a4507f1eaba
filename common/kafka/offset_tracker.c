/* Offset tracker; the story stands in offset_tracker.h. */
#include "common/kafka/offset_tracker.h"

#include "common/kafka/offset_list.h"

#define MAP_FULL_BYTES ((size_t)OFFSET_MAP_BYTES_MAX / 4 * 3)
/* Changes between two looks at a map's size, which walk over all that is unfinished. What outgrows
 * the last quarter in between is not told, so it is done again. */
#define LOOK_EVERY(unfinished) (32 + (unfinished) / 64)

/* What an earlier owner finished above its commit: the part of its map that is still ahead. */
struct earlier {
    char *map; /* NULL: nothing */
    size_t len;
    struct offset_map_reader reader; /* after run */
    struct offset_run run;           /* the next one; ends above every offset read */
    int64_t end;                     /* of what counts */
};

struct partition {
    char *topic;
    int32_t number;
    struct offset_list unfinished;
    struct earlier earlier;
    int64_t next; /* above every offset read; -1 at first */
    int64_t committed;
    size_t since_look; /* changes since the map's size was looked at */
    bool changed;      /* there is a done that no commit has told yet */
    bool full;
};

struct offset_tracker {
    struct partition *partitions; /* sorted by topic, then number */
    size_t n;
    size_t unfinished_max;
    size_t unfinished;
    int64_t generation;
};

static void earlier_done(struct earlier *earlier)
{
    free(earlier->map);
    *earlier = (struct earlier){0};
}

static void partitions_free(struct partition *partitions, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(partitions[i].topic);
        offset_list_done(&partitions[i].unfinished);
        earlier_done(&partitions[i].earlier);
    }
    free(partitions);
}

static int compare_names(const char *topic, int32_t number, const struct partition *p)
{
    int order = strcmp(topic, p->topic);

    if (order != 0)
        return order;
    return (number > p->number) - (number < p->number);
}

static int compare_partitions(const void *a, const void *b)
{
    const struct partition *p = a;

    return compare_names(p->topic, p->number, b);
}

int offset_tracker_new(struct offset_tracker **out, size_t unfinished_max, struct err *err)
{
    assert(unfinished_max > 0);

    struct offset_tracker *tracker = calloc(1, sizeof *tracker);
    if (tracker == NULL)
        return err_nomem(err);

    tracker->unfinished_max = unfinished_max;
    *out = tracker;
    return 0;
}

void offset_tracker_free(struct offset_tracker *tracker)
{
    if (tracker == NULL)
        return;
    partitions_free(tracker->partitions, tracker->n);
    free(tracker);
}

int offset_tracker_assign(struct offset_tracker *tracker, const struct offset_partition *partitions,
                          size_t n, struct err *err)
{
    struct partition *fresh = calloc(n > 0 ? n : 1, sizeof *fresh);

    if (fresh == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < n; i++) {
        fresh[i].topic = strdup(partitions[i].topic);
        if (fresh[i].topic == NULL) {
            partitions_free(fresh, i);
            return err_nomem(err);
        }
        fresh[i].number = partitions[i].partition;
        fresh[i].next = -1;
        fresh[i].committed = -1;
    }
    qsort(fresh, n, sizeof *fresh, compare_partitions);

    partitions_free(tracker->partitions, tracker->n);
    tracker->partitions = fresh;
    tracker->n = n;
    tracker->unfinished = 0;
    tracker->generation++;
    return 0;
}

int64_t offset_tracker_generation(const struct offset_tracker *tracker)
{
    return tracker->generation;
}

size_t offset_tracker_count(const struct offset_tracker *tracker)
{
    return tracker->n;
}

int offset_tracker_slot(const struct offset_tracker *tracker, const char *topic, int32_t partition)
{
    size_t low = 0;
    size_t high = tracker->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_names(topic, partition, &tracker->partitions[middle]);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

/* --- what earlier owners finished --- */

/* To the next run that counts. */
static void earlier_step(struct earlier *earlier)
{
    if (!offset_map_next(&earlier->reader, &earlier->run))
        earlier_done(earlier);
    else if (earlier->run.end > earlier->end)
        earlier->run.end = earlier->end; /* empty when all of it is above: it holds nothing then */
}

/* Is it finished? Offsets are asked for in order. */
static bool earlier_has(struct earlier *earlier, int64_t offset)
{
    while (earlier->map != NULL && earlier->run.end <= offset)
        earlier_step(earlier);
    return earlier->map != NULL && earlier->run.first <= offset;
}

int offset_tracker_begin(struct offset_tracker *tracker, size_t slot, int64_t committed,
                         const char *map, size_t map_len, int64_t end, struct err *err)
{
    assert(slot < tracker->n && committed >= 0 && tracker->partitions[slot].next < 0);
    struct partition *p = &tracker->partitions[slot];
    struct offset_map_reader reader;

    p->committed = committed;
    p->next = committed;
    if (map_len == 0)
        return 0;
    if (!offset_map_open(&reader, map, map_len, committed))
        return OFFSET_NO_MAP;
    char *copy = malloc(map_len);
    if (copy == NULL)
        return err_nomem(err);

    memcpy(copy, map, map_len);
    p->earlier = (struct earlier){.map = copy, .len = map_len, .end = end};
    bool opens = offset_map_open(&p->earlier.reader, copy, map_len, committed);
    assert(opens);
    earlier_step(&p->earlier);
    return 0;
}

/* --- the map of now --- */

static int64_t committable(const struct partition *p)
{
    const struct offset_entry *first = offset_list_first(&p->unfinished);

    return first != NULL ? first->offset : p->next;
}

static void add_run(struct offset_map_writer *writer, int64_t first, int64_t end)
{
    if (first < end)
        offset_map_add(writer, (struct offset_run){first, end});
}

/* Between what is unfinished all is finished, up to what was read last. */
static void write_read(const struct partition *p, struct offset_map_writer *writer)
{
    const struct offset_entry *entry;
    int64_t from = committable(p);
    size_t at = 0;

    offset_map_begin(writer, from);
    while ((entry = offset_list_next(&p->unfinished, &at)) != NULL) {
        add_run(writer, from, entry->offset);
        from = entry->offset + 1;
    }
    add_run(writer, from, p->next);
}

static void write_earlier(const struct partition *p, struct offset_map_writer *writer)
{
    struct offset_map_reader ahead = p->earlier.reader;
    struct offset_run run = p->earlier.run;
    bool more = p->earlier.map != NULL;

    while (more) {
        add_run(writer, run.first < p->next ? p->next : run.first,
                run.end < p->earlier.end ? run.end : p->earlier.end);
        more = offset_map_next(&ahead, &run);
    }
}

size_t offset_tracker_map(const struct offset_tracker *tracker, size_t slot,
                          char out[OFFSET_MAP_TEXT])
{
    assert(slot < tracker->n);
    const struct partition *p = &tracker->partitions[slot];
    struct offset_map_writer writer;

    out[0] = '\0';
    if (committable(p) < 0)
        return 0;
    write_read(p, &writer);
    write_earlier(p, &writer);
    return offset_map_end(&writer, out);
}

/* What is still ahead does not count: to read on is how it gets smaller. */
static size_t read_map_bytes(const struct partition *p)
{
    struct offset_map_writer writer;
    char text[OFFSET_MAP_TEXT];

    write_read(p, &writer);
    return offset_map_end(&writer, text);
}

/* No look is needed where even the longest map of either form is short. */
static bool is_surely_short(const struct partition *p, size_t bytes)
{
    size_t longest = bytes - OFFSET_MAP_FRAME_BYTES;

    return p->next - committable(p) <= (int64_t)longest * OFFSET_MAP_BITS ||
           p->unfinished.count < longest / OFFSET_MAP_RUN_BYTES;
}

static void look_at_room(const struct offset_tracker *tracker, struct partition *p)
{
    size_t n = p->unfinished.count;
    size_t map_max = p->full ? MAP_FULL_BYTES / 2 : MAP_FULL_BYTES;

    if (p->full ? n > tracker->unfinished_max / 2 : n >= tracker->unfinished_max) {
        p->full = true;
        return;
    }
    if (is_surely_short(p, map_max)) {
        p->full = false;
        return;
    }
    if (++p->since_look < LOOK_EVERY(n))
        return;
    p->since_look = 0;
    p->full = read_map_bytes(p) > map_max;
}

/* --- reading and finishing --- */

void offset_tracker_view(const struct offset_tracker *tracker, size_t slot, struct offset_view *out)
{
    assert(slot < tracker->n);
    const struct partition *p = &tracker->partitions[slot];
    const struct offset_entry *first = offset_list_first(&p->unfinished);

    *out = (struct offset_view){
        .topic = p->topic,
        .partition = p->number,
        .committable = committable(p),
        .committed = p->committed,
        .next = p->next,
        .oldest_at_ms = first != NULL ? first->read_at_ms : -1,
        .unfinished = p->unfinished.count,
        .bytes = offset_list_bytes(&p->unfinished) + p->earlier.len,
        .due = committable(p) > p->committed || p->changed,
        .full = p->full,
    };
}

int offset_tracker_read(struct offset_tracker *tracker, size_t slot, int64_t offset, int64_t now_ms,
                        struct err *err)
{
    assert(slot < tracker->n && offset >= 0);
    struct partition *p = &tracker->partitions[slot];

    /* From the lowest unfinished to the last read, all was read or never there. */
    if (offset < p->next)
        return p->unfinished.count > 0 && offset >= committable(p) ? OFFSET_DUPLICATE
                                                                   : OFFSET_BEHIND;
    if (p->unfinished.count >= tracker->unfinished_max)
        return OFFSET_FULL;
    if (earlier_has(&p->earlier, offset)) {
        p->next = offset + 1;
        return OFFSET_FINISHED;
    }
    int r = offset_list_add(&p->unfinished, offset, now_ms, err);
    if (r < 0)
        return r;

    tracker->unfinished++;
    p->next = offset + 1;
    look_at_room(tracker, p);
    return 0;
}

int offset_tracker_done(struct offset_tracker *tracker, const char *topic, int32_t partition,
                        int64_t offset, int64_t generation)
{
    int slot = offset_tracker_slot(tracker, topic, partition);

    if (generation != tracker->generation || slot < 0)
        return -1;

    struct partition *p = &tracker->partitions[slot];
    if (!offset_list_remove(&p->unfinished, offset))
        return -1;
    tracker->unfinished--;
    p->changed = true;
    look_at_room(tracker, p);
    return slot;
}

void offset_tracker_committed(struct offset_tracker *tracker, size_t slot, int64_t offset)
{
    assert(slot < tracker->n);
    struct partition *p = &tracker->partitions[slot];

    if (offset > p->committed)
        p->committed = offset;
    p->changed = false;
}

size_t offset_tracker_unfinished(const struct offset_tracker *tracker)
{
    return tracker->unfinished;
}
