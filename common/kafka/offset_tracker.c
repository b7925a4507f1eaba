/* Offset tracker; the story stands in offset_tracker.h. */
#include "common/kafka/offset_tracker.h"

struct entry {
    int64_t offset;
    bool done;
};

/* A ring in the order of offsets. Its first entry is never done: that is what committable means. */
struct partition {
    char *topic;
    int32_t number;
    struct entry *ring; /* capacity is 0 or a power of two */
    size_t capacity;
    size_t first;
    size_t count;
    size_t unfinished;
    int64_t next; /* above every offset read; -1 at first */
    int64_t committed;
};

struct offset_tracker {
    struct partition *partitions; /* sorted by topic, then number */
    size_t n;
    size_t window_max;
    size_t unfinished;
    int64_t generation;
};

enum { RING_START = 16 };

static struct entry *entry_at(const struct partition *p, size_t i)
{
    return &p->ring[(p->first + i) & (p->capacity - 1)];
}

static void partitions_free(struct partition *partitions, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(partitions[i].topic);
        free(partitions[i].ring);
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

int offset_tracker_new(struct offset_tracker **out, size_t window_max, struct err *err)
{
    assert(window_max > 0);

    struct offset_tracker *tracker = calloc(1, sizeof *tracker);
    if (tracker == NULL)
        return err_nomem(err);

    tracker->window_max = window_max;
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

void offset_tracker_view(const struct offset_tracker *tracker, size_t slot, struct offset_view *out)
{
    assert(slot < tracker->n);
    const struct partition *p = &tracker->partitions[slot];

    *out = (struct offset_view){
        .topic = p->topic,
        .partition = p->number,
        .committable = p->count > 0 ? entry_at(p, 0)->offset : p->next,
        .committed = p->committed,
        .unfinished = p->unfinished,
        .window = p->count,
        .full = p->count >= tracker->window_max,
    };
}

/* The entry of that offset, or NULL. */
static struct entry *find(const struct partition *p, int64_t offset)
{
    size_t low = 0;
    size_t high = p->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct entry *e = entry_at(p, middle);
        if (e->offset == offset)
            return e;
        if (e->offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int ring_grow(struct partition *p, struct err *err)
{
    size_t capacity = p->capacity > 0 ? 2 * p->capacity : RING_START;
    struct entry *ring = calloc(capacity, sizeof *ring);

    if (ring == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < p->count; i++)
        ring[i] = *entry_at(p, i);
    free(p->ring);
    p->ring = ring;
    p->capacity = capacity;
    p->first = 0;
    return 0;
}

int offset_tracker_read(struct offset_tracker *tracker, size_t slot, int64_t offset,
                        struct err *err)
{
    assert(slot < tracker->n && offset >= 0);
    struct partition *p = &tracker->partitions[slot];

    /* Between the window's first and the last read, only what the window holds was ever read;
     * an unknown offset there was a gap before and cannot be put in order any more. */
    if (offset < p->next)
        return p->count > 0 && offset >= entry_at(p, 0)->offset ? OFFSET_DUPLICATE : OFFSET_BEHIND;
    if (p->count >= tracker->window_max)
        return OFFSET_FULL;
    if (p->count == p->capacity) {
        int r = ring_grow(p, err);
        if (r < 0)
            return r;
    }

    *entry_at(p, p->count) = (struct entry){.offset = offset};
    p->count++;
    p->unfinished++;
    tracker->unfinished++;
    p->next = offset + 1;
    return 0;
}

int offset_tracker_done(struct offset_tracker *tracker, const char *topic, int32_t partition,
                        int64_t offset, int64_t generation)
{
    int slot = offset_tracker_slot(tracker, topic, partition);

    if (generation != tracker->generation || slot < 0)
        return -1;

    struct partition *p = &tracker->partitions[slot];
    struct entry *e = find(p, offset);
    if (e == NULL || e->done)
        return -1;
    e->done = true;
    p->unfinished--;
    tracker->unfinished--;

    size_t before = p->count;
    while (p->count > 0 && entry_at(p, 0)->done) {
        p->first = (p->first + 1) & (p->capacity - 1);
        p->count--;
    }
    return p->count < before ? slot : -1;
}

void offset_tracker_committed(struct offset_tracker *tracker, size_t slot, int64_t offset)
{
    assert(slot < tracker->n);
    struct partition *p = &tracker->partitions[slot];

    if (offset > p->committed)
        p->committed = offset;
}

size_t offset_tracker_unfinished(const struct offset_tracker *tracker)
{
    return tracker->unfinished;
}
