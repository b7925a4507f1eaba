/* I1, I4 and I8: what became of each item; the story stands in judge.h. */
#include <stdio.h>

#include "tests/chaos/index.h"
#include "tests/chaos/judge.h"

struct books { /* everything by item */
    struct index records, ended, rejected, told, told_rejected, planned, letters, states, pulls;
};

static void item_key(const struct json *element, char out[INDEX_KEY_BYTES])
{
    const char *fp = json_get_text(element, "fp", "");

    out[0] = '\0';
    if (fp[0] != '\0')
        snprintf(out, INDEX_KEY_BYTES, "%.64s/%lld", fp,
                 (long long)json_get_int(element, "generation", 1));
}

static void key_of_kind(const struct json *event, const char *kind, char out[INDEX_KEY_BYTES])
{
    out[0] = '\0';
    if (str_eq(json_get_text(event, "kind", ""), kind))
        item_key(event, out);
}

static void ended_key(const struct json *event, char out[INDEX_KEY_BYTES])
{
    key_of_kind(event, "item.ended", out);
}

static void planned_key(const struct json *event, char out[INDEX_KEY_BYTES])
{
    key_of_kind(event, "plan.saved", out);
}

static void rejected_key(const struct json *event, char out[INDEX_KEY_BYTES])
{
    out[0] = '\0';
    if (str_eq(json_get_text(event, "kind", ""), "record.rejected"))
        (void)str_copy(out, INDEX_KEY_BYTES, json_get_text(event, "node_id", ""));
}

static void letter_key(const struct json *record, char out[INDEX_KEY_BYTES])
{
    out[0] = '\0';
    if (str_eq(json_get_text(record, "topic", ""), "plumb.dlq.v1"))
        (void)str_copy(out, INDEX_KEY_BYTES, json_get_text(record, "from", ""));
}

static void fp_key(const struct json *element, char out[INDEX_KEY_BYTES])
{
    (void)str_copy(out, INDEX_KEY_BYTES, json_get_text(element, "fp", ""));
}

static void open_books(struct books *books, const struct json *facts)
{
    const struct json *events = json_find(facts, "log.events");
    const struct json *sent = json_get(facts, "sent");

    index_of(&books->records, json_get(facts, "records"), item_key);
    index_of(&books->letters, json_get(facts, "records"), letter_key);
    index_of(&books->ended, events, ended_key);
    index_of(&books->rejected, events, rejected_key);
    index_of(&books->told, sent, ended_key);
    index_of(&books->told_rejected, sent, rejected_key);
    index_of(&books->planned, sent, planned_key);
    index_of(&books->states, json_get(facts, "states"), fp_key);
    index_of(&books->pulls, json_get(facts, "pulls"), fp_key);
}

static void close_books(struct books *books)
{
    struct index *all[] = {&books->records, &books->ended,         &books->rejected,
                           &books->told,    &books->told_rejected, &books->planned,
                           &books->letters, &books->states,        &books->pulls};

    for (size_t i = 0; i < COUNT(all); i++)
        index_done(all[i]);
}

static bool is_end(const char *state)
{
    static const char *const ends[] = {"PR_OPEN",   "ADOPTED",    "MERGED", "CLOSED_BY_HUMAN",
                                       "NO_CHANGE", "SUPPRESSED", "DLQ",    "PENDING_REVIEW"};

    for (size_t i = 0; i < COUNT(ends); i++)
        if (str_eq(state, ends[i]))
            return true;
    return false;
}

/* Redis forgot, and the same work was found done: the first word stands in the trail. */
static bool is_opened(const char *state)
{
    return str_eq(state, "PR_OPEN") || str_eq(state, "ADOPTED");
}

static void name_of(const struct json *record, char out[INDEX_KEY_BYTES])
{
    snprintf(out, INDEX_KEY_BYTES, "%.200s/%lld/%lld", json_get_text(record, "topic", ""),
             (long long)json_get_int(record, "partition", -1),
             (long long)json_get_int(record, "offset", -1));
}

/* --- I1 --- */

static void check_end(struct judgement *j, const struct books *books, const char *key,
                      const struct json *event)
{
    const char *state = json_get_text(event, "state", "");
    const char *fp = json_get_text(event, "fp", "");
    size_t n;

    if (!is_end(state))
        judge_violation(j, 1, "item %s ended in \"%s\", which is no end", key, state);
    const struct index_entry *known = index_find(&books->states, fp, &n);
    const char *kept = n > 0 ? json_get_text(known->value, "state", "") : state;
    /* What Redis forgot is being walked again. */
    bool again = j->lossy && j->moment == JUDGE_UNDERWAY && !is_end(kept);
    if (!str_eq(kept, state) && !again && !(j->lossy && is_opened(kept) && is_opened(state)))
        judge_violation(j, 1, "item %s: the trail says %s, Redis says %s", key, state, kept);
    (void)index_find(&books->pulls, fp, &n);
    if ((str_eq(state, "PR_OPEN") || str_eq(state, "ADOPTED")) && n == 0)
        judge_violation(j, 1, "item %s ended %s, and the forge has no pull request of it", key,
                        state);
}

static void one_end(struct judgement *j, const struct books *books, const char *key)
{
    size_t n;
    const struct index_entry *ended = index_find(&books->ended, key, &n);

    if (n > 1 || (n == 0 && j->moment == JUDGE_ENDED))
        judge_violation(j, 1, "item %s ended %zu times", key, n);
    for (size_t i = 0; i < n; i++)
        check_end(j, books, key, ended[i].value);
    if (n > 0 && str_eq(json_get_text(ended->value, "state", ""), "DLQ")) {
        size_t on_topics;
        const struct index_entry *records = index_find(&books->records, key, &on_topics);
        bool there = false;
        for (size_t i = 0; i < on_topics; i++)
            there |= str_eq(json_get_text(records[i].value, "topic", ""), "plumb.dlq.v1");
        if (!there)
            judge_violation(j, 1, "item %s ended DLQ and is not in the dead-letter queue", key);
    }
}

static void one_rejection(struct judgement *j, const struct books *books, const struct json *record)
{
    char name[INDEX_KEY_BYTES];
    size_t told, letters;

    name_of(record, name);
    (void)index_find(&books->rejected, name, &told);
    (void)index_find(&books->letters, name, &letters);
    if (told > 1 || (told == 0 && j->moment == JUDGE_ENDED))
        judge_violation(j, 1, "unreadable record %s was rejected %zu times", name, told);
    if (told > 0 && letters == 0)
        judge_violation(j, 1, "unreadable record %s is not in the dead-letter queue", name);
}

static bool is_item_topic(const struct json *record)
{
    const char *topic = json_get_text(record, "topic", "");

    return str_eq(topic, "plumb.findings.v1") || str_eq(topic, "plumb.drift.v1");
}

static void judge_ends(struct judgement *j, const struct books *books)
{
    const struct json *records = json_get(j->facts, "records");
    size_t n;

    j->verdicts[1].what = "items";
    for (size_t i = 0; i < books->records.n; i += index_group(&books->records, i)) {
        one_end(j, books, books->records.entries[i].key);
        j->verdicts[1].looked_at++;
    }
    for (size_t i = 0; i < json_count(records); i++) {
        const struct json *record = json_at(records, i);
        if (is_item_topic(record) && json_get_text(record, "fp", "")[0] == '\0') {
            one_rejection(j, books, record);
            j->verdicts[1].looked_at++;
        }
    }
    for (size_t i = 0; i < books->ended.n; i++) {
        const char *key = books->ended.entries[i].key;
        if (index_find(&books->records, key, &n), n == 0)
            judge_violation(j, 1, "item %s ended, and no topic has it", key);
    }
}

/* --- I4 --- */

static void place_key(const struct json *element, char out[INDEX_KEY_BYTES])
{
    snprintf(out, INDEX_KEY_BYTES, "%.200s/%lld", json_get_text(element, "topic", ""),
             (long long)json_get_int(element, "partition", -1));
}

static bool is_below_commit(const struct index *offsets, const struct json *record)
{
    char key[INDEX_KEY_BYTES];
    size_t n;

    place_key(record, key);
    const struct index_entry *entry = index_find(offsets, key, &n);
    return n > 0 &&
           json_get_int(record, "offset", -1) < json_get_int(entry->value, "committed", -1);
}

/* An item is safe when its end was told, or when a record of it will still be read. */
static bool is_safe(const struct books *books, const struct index *offsets, const char *key)
{
    size_t n;
    const struct index_entry *records;

    if (index_find(&books->told, key, &n), n > 0)
        return true;
    records = index_find(&books->records, key, &n);
    for (size_t i = 0; i < n; i++)
        if (!str_eq(json_get_text(records[i].value, "topic", ""), "plumb.dlq.v1") &&
            !is_below_commit(offsets, records[i].value))
            return true;
    return false;
}

static void judge_commits(struct judgement *j, const struct books *books)
{
    const struct json *records = json_get(j->facts, "records");
    struct index offsets;
    char name[INDEX_KEY_BYTES];
    size_t n, letters;

    j->verdicts[4].what = "records";
    index_of(&offsets, json_get(j->facts, "offsets"), place_key);
    for (size_t i = 0; i < books->records.n; i += index_group(&books->records, i)) {
        j->verdicts[4].looked_at += (int64_t)index_group(&books->records, i);
        if (!is_safe(books, &offsets, books->records.entries[i].key))
            judge_violation(j, 4, "item %s: every record of it is committed, and it has no end",
                            books->records.entries[i].key);
    }
    for (size_t i = 0; i < json_count(records); i++) {
        const struct json *record = json_at(records, i);
        if (!is_item_topic(record) || json_get_text(record, "fp", "")[0] != '\0' ||
            !is_below_commit(&offsets, record))
            continue;
        name_of(record, name);
        j->verdicts[4].looked_at++;
        (void)index_find(&books->told_rejected, name, &n);
        (void)index_find(&books->letters, name, &letters);
        if (n == 0 || letters == 0)
            judge_violation(j, 4, "unreadable record %s is committed and nobody was told", name);
    }
    index_done(&offsets);
}

/* --- I8 --- */

static void judge_cost(struct judgement *j, const struct books *books)
{
    size_t allowed = 1 + (size_t)json_get_int(j->facts, "redis_losses", 0);

    j->verdicts[8].what = "plans";
    for (size_t i = 0; i < books->planned.n;) {
        size_t n = index_group(&books->planned, i);
        if (n > allowed)
            judge_violation(j, 8, "item %s was planned %zu times", books->planned.entries[i].key,
                            n);
        j->verdicts[8].looked_at += (int64_t)n;
        i += n;
    }
}

void judge_items(struct judgement *j)
{
    struct books books;

    open_books(&books, j->facts);
    judge_ends(j, &books);
    judge_commits(j, &books);
    judge_cost(j, &books);
    close_books(&books);
}
