/*
 * The offset tracker and its map against a naive model, at random: reads with gaps, finishing in
 * any order and twice, stale generations, commits that arrive or fail, and owners that die and are
 * followed by others who have nothing but the last commit. PLUMB_SEED=N repeats a run.
 */
#include "tests/support/test.h"

#include "common/kafka/offset_tracker.h"

#include <time.h>

enum { OFFSETS = 2400, ROUNDS = 50, STEPS = 6000, UNFINISHED_MAX = 400 };

static const struct offset_partition one[] = {{"findings", 3}};

enum fate { UNREAD, IN_WORK, FINISHED };

struct model { /* everything is looked up by walking over all offsets */
    bool exists[OFFSETS];
    bool worked_on[OFFSETS]; /* by anybody, ever */
    enum fate fate[OFFSETS]; /* as this owner sees it */
    bool promised[OFFSETS];  /* finished by the last commit that arrived */
    int64_t next;            /* of this owner; -1: nothing read, nothing committed */
    int64_t committed;       /* -1: never */
    char map[OFFSET_MAP_TEXT];
    bool spoilt; /* on its way: it says nothing any more */
    int64_t restarts, repeated, steps;
};

static uint32_t dice(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*seed >> 33);
}

static int64_t lowest_unfinished(const struct model *m)
{
    for (int64_t i = 0; i < OFFSETS; i++)
        if (m->fate[i] == IN_WORK)
            return i;
    return m->next;
}

static size_t unfinished(const struct model *m)
{
    size_t n = 0;

    for (size_t i = 0; i < OFFSETS; i++)
        n += m->fate[i] == IN_WORK;
    return n;
}

static struct offset_view view(const struct offset_tracker *tracker)
{
    struct offset_view out;

    offset_tracker_view(tracker, 0, &out);
    return out;
}

/* The record a broker would give next. */
static int64_t next_there(const struct model *m)
{
    int64_t offset = m->next < 0 ? 0 : m->next;

    while (offset < OFFSETS && !m->exists[offset])
        offset++;
    return offset;
}

static void step_read(struct offset_tracker *tracker, struct model *m, uint64_t *seed)
{
    bool back = m->next > 0 && dice(seed) % 10 == 0;
    int64_t offset = back ? dice(seed) % (uint32_t)m->next : next_there(m);
    int expected = 0;
    struct err err;

    if (offset >= OFFSETS)
        return;
    if (back)
        expected =
            unfinished(m) > 0 && offset >= lowest_unfinished(m) ? OFFSET_DUPLICATE : OFFSET_BEHIND;
    else if (unfinished(m) >= UNFINISHED_MAX)
        expected = OFFSET_FULL;
    else if (m->promised[offset])
        expected = OFFSET_FINISHED;
    assert_int_equal(offset_tracker_read(tracker, 0, offset, 0, &err), expected);
    if (expected == 0 && m->worked_on[offset])
        m->repeated++;
    if (expected == 0 || expected == OFFSET_FINISHED) {
        m->fate[offset] = expected == 0 ? IN_WORK : FINISHED;
        m->next = offset + 1;
    }
}

static void step_done(struct offset_tracker *tracker, struct model *m, uint64_t *seed)
{
    int64_t stale = dice(seed) % 8 == 0;
    int64_t offset = dice(seed) % OFFSETS;
    int64_t lowest = lowest_unfinished(m);

    for (int tries = 0; tries < 40 && m->fate[offset] != IN_WORK; tries++)
        offset = (lowest + dice(seed) % 900 + 1) % OFFSETS;
    bool counts = !stale && m->fate[offset] == IN_WORK;
    int slot = offset_tracker_done(tracker, "findings", 3, offset,
                                   offset_tracker_generation(tracker) - stale);
    assert_int_equal(slot >= 0, counts);
    if (counts) {
        m->fate[offset] = FINISHED;
        m->worked_on[offset] = true;
    }
}

/* What the broker would have after this commit tells of nothing that was not worked on. */
static void check_commit(const struct model *m, int64_t offset, const char *map, size_t len,
                         bool promised[OFFSETS])
{
    struct offset_map_reader reader;
    struct offset_run run;

    memset(promised, 0, OFFSETS * sizeof promised[0]);
    for (int64_t i = 0; i < offset; i++) {
        assert_true(!m->exists[i] || m->worked_on[i]);
        promised[i] = true;
    }
    if (len == 0)
        return;
    assert_true(offset_map_open(&reader, map, len, offset));
    while (offset_map_next(&reader, &run))
        for (int64_t i = run.first; i < run.end; i++) {
            assert_true(i < OFFSETS && i > offset - 1);
            assert_true(!m->exists[i] || m->worked_on[i]);
            promised[i] = true;
        }
}

/* The map is small enough here to tell of everything. */
static void check_complete(const struct model *m, const bool promised[OFFSETS])
{
    for (int64_t i = 0; i < m->next; i++)
        if (m->exists[i])
            assert_int_equal(promised[i], m->fate[i] == FINISHED);
}

static void step_commit(struct offset_tracker *tracker, struct model *m, uint64_t *seed)
{
    static bool promised[OFFSETS];
    char map[OFFSET_MAP_TEXT];
    struct offset_view v = view(tracker);

    if (!v.due)
        return;
    size_t len = offset_tracker_map(tracker, 0, map);
    assert_in_range(len, 0, OFFSET_MAP_BYTES_MAX);
    check_commit(m, v.committable, map, len, promised);
    check_complete(m, promised);
    assert_true(v.committable >= m->committed);
    if (dice(seed) % 3 == 0) /* lost on the way */
        return;
    m->committed = v.committable;
    memcpy(m->map, map, len + 1);
    m->spoilt = false;
    memcpy(m->promised, promised, sizeof promised);
    offset_tracker_committed(tracker, 0, v.committable);
    assert_false(view(tracker).due);
}

static void restart(struct offset_tracker *tracker, struct model *m, uint64_t *seed)
{
    struct err err;
    size_t len = strlen(m->map);

    m->restarts++;
    assert_int_equal(offset_tracker_assign(tracker, one, 1, &err), 0);
    for (int64_t i = 0; i < OFFSETS; i++)
        m->fate[i] = i < m->committed ? FINISHED : UNREAD;
    m->next = m->committed;
    if (len > 0 && !m->spoilt && dice(seed) % 8 == 0) {
        m->spoilt = true;
        m->map[dice(seed) % len] ^= (char)(1 + dice(seed) % 255);
        memset(m->promised, 0, sizeof m->promised);
    }
    if (m->committed >= 0)
        assert_int_equal(offset_tracker_begin(tracker, 0, m->committed, m->map, len, OFFSETS, &err),
                         m->spoilt ? OFFSET_NO_MAP : 0);
}

static void check(const struct offset_tracker *tracker, const struct model *m)
{
    struct offset_view v = view(tracker);

    assert_int_equal(v.committable, lowest_unfinished(m));
    assert_int_equal(v.committed, m->committed);
    assert_int_equal(v.next, m->next);
    assert_int_equal(v.unfinished, unfinished(m));
    assert_int_equal(offset_tracker_unfinished(tracker), unfinished(m));
    assert_true(v.bytes <= 32 * v.unfinished + 256 + OFFSET_MAP_BYTES_MAX);
}

/* Everything that exists ends worked on, whatever happened. */
static void drain(struct offset_tracker *tracker, struct model *m, uint64_t *seed)
{
    while (next_there(m) < OFFSETS || unfinished(m) > 0) {
        step_read(tracker, m, seed);
        int64_t lowest = lowest_unfinished(m);
        if (unfinished(m) > 0 && (next_there(m) >= OFFSETS || unfinished(m) >= UNFINISHED_MAX)) {
            assert_true(offset_tracker_done(tracker, "findings", 3, lowest,
                                            offset_tracker_generation(tracker)) >= 0);
            m->fate[lowest] = FINISHED;
            m->worked_on[lowest] = true;
        }
    }
    for (int64_t i = 0; i < OFFSETS; i++)
        assert_true(!m->exists[i] || m->worked_on[i]);
}

static int64_t one_round(struct offset_tracker *tracker, struct model *m, uint64_t *seed)
{
    uint32_t reads = 30 + dice(seed) % 40;
    struct err err;

    memset(m, 0, sizeof *m);
    m->next = m->committed = -1;
    for (size_t i = 0; i < OFFSETS; i++)
        m->exists[i] = dice(seed) % 12 != 0;
    assert_int_equal(offset_tracker_assign(tracker, one, 1, &err), 0);
    for (int step = 0; step < STEPS; step++) {
        uint32_t what = dice(seed) % 1000;
        if (what < 2)
            restart(tracker, m, seed);
        else if (what < 20)
            step_commit(tracker, m, seed);
        else if (dice(seed) % 100 < reads)
            step_read(tracker, m, seed);
        else
            step_done(tracker, m, seed);
        if (step % 32 == 0)
            check(tracker, m);
    }
    drain(tracker, m, seed);
    check(tracker, m);
    return m->restarts;
}

static void it_agrees_with_a_naive_model(void **state)
{
    CLEANUP(offset_tracker_freep) struct offset_tracker *tracker = NULL;
    static struct model model;
    const char *given = getenv("PLUMB_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    int64_t restarts = 0;
    int64_t repeated = 0;
    struct err err;

    (void)state;
    print_message("PLUMB_SEED=%llu\n", (unsigned long long)seed);
    assert_int_equal(offset_tracker_new(&tracker, UNFINISHED_MAX, &err), 0);
    for (int round = 0; round < ROUNDS; round++) {
        restarts += one_round(tracker, &model, &seed);
        repeated += model.repeated;
    }
    print_message("%d operations, %lld restarts, %lld records worked on again\n", ROUNDS * STEPS,
                  (long long)restarts, (long long)repeated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_agrees_with_a_naive_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
