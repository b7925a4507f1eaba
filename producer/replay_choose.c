/* Which records a replay takes, and reading them again; the story stands in replay.h. */
#include "producer/replay.h"

#include <search.h>
#include <stdio.h>

#include "producer/scan_reader.h"

/* --- the choice --- */

int replay_choice_new(struct replay_choice **out, struct err *err)
{
    struct replay_choice *choice = calloc(1, sizeof *choice);

    if (choice == NULL)
        return err_nomem(err);
    *out = choice;
    return 0;
}

void replay_choice_free(struct replay_choice *choice)
{
    if (choice == NULL)
        return;
    free(choice->picks);
    free(choice);
}

int replay_choice_add(struct replay_choice *choice, int32_t partition, int64_t offset,
                      int64_t at_unix_ms, struct err *err)
{
    if (choice->n == choice->capacity) {
        size_t capacity = choice->capacity > 0 ? 2 * choice->capacity : 256;
        struct replay_pick *grown = reallocarray(choice->picks, capacity, sizeof *grown);
        if (grown == NULL)
            return err_nomem(err);
        choice->picks = grown;
        choice->capacity = capacity;
    }
    choice->picks[choice->n++] =
        (struct replay_pick){.partition = partition, .offset = offset, .at_unix_ms = at_unix_ms};
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct replay_pick *one = a, *other = b;

    if (one->partition != other->partition)
        return one->partition < other->partition ? -1 : 1;
    return one->offset < other->offset ? -1 : one->offset > other->offset;
}

static int by_age(const void *a, const void *b)
{
    const struct replay_pick *one = a, *other = b;

    if (one->at_unix_ms != other->at_unix_ms)
        return one->at_unix_ms < other->at_unix_ms ? -1 : 1;
    return by_place(a, b);
}

void replay_choice_sort(struct replay_choice *choice, int64_t max)
{
    if (max > 0 && choice->n > (size_t)max) {
        qsort(choice->picks, choice->n, sizeof *choice->picks, by_age);
        choice->left_out = (int64_t)choice->n - max;
        choice->n = (size_t)max;
    }
    if (choice->n > 0)
        qsort(choice->picks, choice->n, sizeof *choice->picks, by_place);
}

/* --- items that were chosen already --- */

struct known {
    char fp[SHA256_HEX_BYTES];
    size_t pick;
};

static int by_fp(const void *a, const void *b)
{
    return strcmp(((const struct known *)a)->fp, ((const struct known *)b)->fp);
}

struct choosing {
    const struct replay_request *request;
    struct replay_choice *choice;
    struct replay_choice *answered; /* letters that a mark speaks of */
    void *known;
};

/* Of the letter that it stands behind. */
static int note_mark(struct choosing *c, const struct queue_record *record, struct err *err)
{
    char of[24];

    (void)queue_record_text(record, HEADER_MARK_OF, of, sizeof of);
    return replay_choice_add(c->answered, record->partition, strtoll(of, NULL, 10), 0, err);
}

/* The item's earlier record gives way to this one, if this is the newer. */
static int choose_item(struct choosing *c, const struct queue_record *record, const char *fp,
                       struct err *err)
{
    struct known *known = calloc(1, sizeof *known);

    if (known == NULL)
        return err_nomem(err);
    (void)str_copy(known->fp, sizeof known->fp, fp);
    known->pick = c->choice->n;
    struct known **found = tsearch(known, &c->known, by_fp);
    if (found == NULL) {
        free(known);
        return err_nomem(err);
    }
    if (*found == known)
        return replay_choice_add(c->choice, record->partition, record->offset,
                                 record->timestamp_unix_ms, err);
    free(known);
    c->choice->repeats++;
    struct replay_pick *pick = &c->choice->picks[(*found)->pick];
    if (record->timestamp_unix_ms >= pick->at_unix_ms)
        *pick = (struct replay_pick){.partition = record->partition,
                                     .offset = record->offset,
                                     .at_unix_ms = record->timestamp_unix_ms};
    return 0;
}

/* What cannot be decoded fails again, and each copy adds one more that does: in an input topic it
 * is left to its letter. A letter of it goes once: of the same bytes the newest, and never one that
 * this very replay brought about. */
static int consider_unreadable(struct choosing *c, const struct replay_facts *facts,
                               struct err *err)
{
    char bytes[SHA256_HEX_BYTES];

    if (!facts->is_letter) {
        c->choice->unreadable++;
        return 0;
    }
    if (str_eq(facts->replay_id, c->request->id)) {
        c->choice->own_copies++;
        return 0;
    }
    replay_facts_digest(facts, bytes);
    return choose_item(c, facts->record, facts->fp[0] != '\0' ? facts->fp : bytes, err);
}

static int consider(struct choosing *c, const struct queue_record *record, struct err *err)
{
    struct selector_subject subject;
    struct replay_facts facts;
    int r = replay_facts_read(&facts, record, c->request->names, err);

    if (r < 0 || facts.is_mark) {
        replay_facts_done(&facts);
        return r < 0 ? r : note_mark(c, record, err);
    }
    replay_facts_subject(&facts, &subject);
    int answer = selector_match(c->request->selector, &subject);
    if (answer == SELECTOR_UNKNOWN)
        c->choice->undecided++;
    else if (answer == 0 && str_eq(facts.replay_id, c->request->id) && !facts.is_letter)
        c->choice->own_copies++;
    else if (answer == 0 && facts.item == NULL)
        r = consider_unreadable(c, &facts, err);
    else if (answer == 0)
        r = choose_item(c, record, facts.fp, err);
    replay_facts_done(&facts);
    return r;
}

/* --- reading --- */

static int set_extents(struct queue_scan *scan, const struct replay_span *span, int64_t *total,
                       struct err *err)
{
    size_t n;
    struct queue_extent *extents = queue_scan_extents(scan, &n);
    int r =
        span->from_unix_ms != INT64_MIN ? queue_scan_from_time(scan, span->from_unix_ms, err) : 0;

    if (r < 0)
        return r;
    *total = 0;
    for (size_t i = 0; i < n; i++) {
        span_narrow(span, extents[i].partition, &extents[i].from, &extents[i].to);
        *total += extents[i].to - extents[i].from;
    }
    return 0;
}

static int look_at_all(struct choosing *c, struct queue_scan *scan,
                       const struct replay_watch *watch, struct err *err)
{
    struct scan_reader reader;
    int64_t total;
    int r = set_extents(scan, c->request->span, &total, err);

    if (r == 0)
        r = scan_reader_start(&reader, scan, err);
    while (r == 0) {
        CLEANUP(queue_record_freep) struct queue_record *record = NULL;
        r = scan_reader_next(&reader, &record, err);
        if (r != 0)
            break;
        c->choice->looked_at++;
        if (span_holds_time(c->request->span, record->timestamp_unix_ms))
            r = consider(c, record, err);
        watch->progress(watch->context, "read", c->choice->looked_at, total, (int64_t)c->choice->n);
    }
    return r == SCAN_READER_END ? 0 : r == SCAN_READER_STOPPED ? REPLAY_STOPPED : r;
}

/* A letter that was sent again or purged is answered; its item's newest was looked for before, so
 * that no older letter of it comes up in its place. */
static void drop_answered(struct replay_choice *choice, struct replay_choice *answered)
{
    size_t kept = 0;

    if (answered->n == 0)
        return;
    replay_choice_sort(answered, 0);
    for (size_t i = 0; i < choice->n; i++)
        if (bsearch(&choice->picks[i], answered->picks, answered->n, sizeof *answered->picks,
                    by_place) == NULL)
            choice->picks[kept++] = choice->picks[i];
    choice->answered = (int64_t)(choice->n - kept);
    choice->n = kept;
}

int replay_choose(struct replay_choice **out, struct queue_scan *scan,
                  const struct replay_request *request, const struct replay_watch *watch,
                  struct err *err)
{
    CLEANUP(replay_choice_freep) struct replay_choice *choice = NULL;
    CLEANUP(replay_choice_freep) struct replay_choice *answered = NULL;
    int r = replay_choice_new(&choice, err);

    if (r == 0)
        r = replay_choice_new(&answered, err);
    if (r < 0)
        return r;
    struct choosing choosing = {request, choice, answered, NULL};
    r = look_at_all(&choosing, scan, watch, err);
    tdestroy(choosing.known, free);
    if (r != 0)
        return r;
    drop_answered(choice, answered);
    replay_choice_sort(choice, request->max);
    *out = STEAL(choice);
    return 0;
}

/* --- the chosen ones once more --- */

/* Of each partition from its first chosen record to its last; the picks are in order. */
static void set_extents_of(struct queue_scan *scan, const struct replay_choice *choice)
{
    size_t n;
    struct queue_extent *extents = queue_scan_extents(scan, &n);

    for (size_t i = 0; i < n; i++) {
        extents[i].from = extents[i].to = extents[i].low;
        for (size_t k = 0; k < choice->n; k++) {
            if (choice->picks[k].partition != extents[i].partition)
                continue;
            if (extents[i].from == extents[i].to)
                extents[i].from = choice->picks[k].offset;
            extents[i].to = choice->picks[k].offset + 1;
        }
    }
}

int replay_walk(struct replay_choice *choice, struct queue_scan *scan,
                const struct replay_names *names, replay_each_fn each, void *context,
                struct err *err)
{
    struct scan_reader reader;

    set_extents_of(scan, choice);
    int r = scan_reader_start(&reader, scan, err);
    while (r == 0) {
        CLEANUP(queue_record_freep) struct queue_record *record = NULL;
        r = scan_reader_next(&reader, &record, err);
        if (r != 0)
            break;
        const struct replay_pick key = {.partition = record->partition, .offset = record->offset};
        struct replay_pick *pick =
            bsearch(&key, choice->picks, choice->n, sizeof *choice->picks, by_place);
        if (pick == NULL)
            continue;
        struct replay_facts facts;
        r = replay_facts_read(&facts, record, names, err);
        if (r == 0)
            r = each(context, &facts, pick, err);
        replay_facts_done(&facts);
    }
    return r == SCAN_READER_END ? 0 : r == SCAN_READER_STOPPED ? REPLAY_STOPPED : r;
}
