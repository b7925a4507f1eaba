/* What the tracker keeps: bytes of a commit's map, and of memory. Counted, not timed. */
#include <stdio.h>

#include "common/kafka/offset_tracker.h"
#include "tests/bench/queue_bench.h"

#define TOPIC         "bench"
#define IN_FLIGHT_MAX 10000 /* as QUEUE_UNFINISHED_MAX */

static int tracker_new(struct offset_tracker **out, struct err *err)
{
    CLEANUP(offset_tracker_freep) struct offset_tracker *tracker = NULL;
    const struct offset_partition partition = {TOPIC, 0};
    int r = offset_tracker_new(&tracker, IN_FLIGHT_MAX, err);

    if (r == 0)
        r = offset_tracker_assign(tracker, &partition, 1, err);
    if (r == 0)
        *out = STEAL(tracker);
    return r;
}

/* Offset 0 never ends, n above it do. every: of so many one is left unfinished; 0: of none. */
static int pile_up(size_t n, size_t every, struct offset_view *out, size_t *out_map_bytes,
                   struct err *err)
{
    CLEANUP(offset_tracker_freep) struct offset_tracker *tracker = NULL;
    char map[OFFSET_MAP_TEXT];
    int r = tracker_new(&tracker, err);

    for (size_t i = 0; r == 0 && i <= n; i++) {
        r = offset_tracker_read(tracker, 0, (int64_t)i, 1, err);
        if (r == 0 && i > 0 && (every == 0 || i % every != 0))
            (void)offset_tracker_done(tracker, TOPIC, 0, (int64_t)i,
                                      offset_tracker_generation(tracker));
    }
    if (r != 0)
        return r < 0 ? r : err_set(err, ERR_REJECT, "the tracker answered %d", r);
    offset_tracker_view(tracker, 0, out);
    *out_map_bytes = offset_tracker_map(tracker, 0, map);
    return 0;
}

int queue_verb_offsets(int argc, char **argv, struct err *err)
{
    struct offset_view stuck, holes, busy;
    size_t n, stuck_map, holes_map, ignored;
    int r = queue_number(argv[0], &n, err);

    (void)argc;
    if (r == 0)
        r = pile_up(n, 0, &stuck, &stuck_map, err);
    if (r == 0)
        r = pile_up(n, 100, &holes, &holes_map, err);
    if (r == 0)
        r = pile_up(IN_FLIGHT_MAX - 1, 1, &busy, &ignored, err);
    if (r < 0)
        return r;
    printf("done=%zu map_bytes=%zu memory_bytes=%zu holes=%zu holes_map_bytes=%zu "
           "in_flight=%zu in_flight_bytes=%zu\n",
           n, stuck_map, stuck.bytes, holes.unfinished - 1, holes_map, busy.unfinished, busy.bytes);
    return 0;
}
