/* Dead letters and what became of them; the story stands in letters.h. */
#include "producer/letters.h"

#include <stdio.h>

#include "common/arena.h"
#include "common/redis/claim_store.h"
#include "producer/scan_reader.h"
#include "proto/topics.h"

struct letter_mark {
    int32_t partition;
    int64_t offset;
    const char *text, *by;
    struct letter_mark *next;
};

/* --- reading --- */

static const char *kept(struct letters *letters, const char *text)
{
    return text == NULL || text[0] == '\0' ? "" : arena_text(letters->arena, text);
}

static int grow(struct letters *letters, struct err *err)
{
    if (letters->n < letters->capacity)
        return 0;
    size_t capacity = letters->capacity > 0 ? 2 * letters->capacity : 64;
    struct letter *grown = reallocarray(letters->list, capacity, sizeof *grown);
    if (grown == NULL)
        return err_nomem(err);
    letters->list = grown;
    letters->capacity = capacity;
    return 0;
}

static bool has_all_texts(const struct letter *l)
{
    return l->repository != NULL && l->rule != NULL && l->control != NULL && l->stage != NULL &&
           l->error != NULL && l->fp != NULL && l->claim != NULL && l->resource != NULL &&
           l->source != NULL && l->tenant != NULL && l->origin_topic != NULL &&
           l->why_not != NULL && l->same != NULL;
}

static int add_letter(struct letters *letters, const struct replay_facts *facts, struct err *err)
{
    const struct queue_record *record = facts->record;
    const struct item *item = facts->item;
    const char *why_not = NULL;
    char bytes[SHA256_HEX_BYTES] = "";
    int r = grow(letters, err);

    if (r < 0)
        return r;
    (void)replay_facts_target(facts, &why_not);
    if (facts->fp[0] == '\0' && !facts->is_refused_input)
        replay_facts_digest(facts, bytes);
    const struct letter letter = {
        .partition = record->partition,
        .offset = record->offset,
        .failed_unix_ms = facts->failed_unix_ms,
        .at_unix_ms = record->timestamp_unix_ms,
        .ended = "",
        .repository = kept(letters, facts->repository),
        .rule = kept(letters, facts->rule),
        .control = kept(letters, item != NULL ? item->control : NULL),
        .stage = kept(letters, facts->stage),
        .error = kept(letters, facts->error),
        .fp = kept(letters, facts->fp),
        .claim = kept(letters, facts->claim[0] != '\0' ? facts->claim : facts->fp),
        .resource = kept(letters, facts->resource),
        .source = kept(letters, item != NULL ? item->source : NULL),
        .tenant = kept(letters, item != NULL ? item->tenant : NULL),
        .kind = item == NULL               ? ""
                : item->kind == ITEM_DRIFT ? "drift"
                                           : "finding",
        .origin_topic = kept(letters, facts->origin_topic),
        .origin_partition = facts->origin_partition,
        .origin_offset = facts->origin_offset,
        .mark = "",
        .mark_by = "",
        .same = kept(letters, facts->fp[0] != '\0' ? facts->fp : bytes),
        .why_not = kept(letters, why_not),
        .value_len = record->value_len,
    };
    if (!has_all_texts(&letter))
        return err_set(err, ERR_FATAL, "more dead letters than fit into memory");
    letters->list[letters->n++] = letter;
    return 0;
}

/* Kept aside until all letters are there and in order. */
static int take_mark(struct letters *letters, const struct queue_record *record, struct err *err)
{
    struct letter_mark *mark = arena_alloc(letters->arena, sizeof *mark);
    char text[16], of[24], by[REPLAY_ID_BYTES];

    (void)queue_record_text(record, HEADER_MARK, text, sizeof text);
    (void)queue_record_text(record, HEADER_MARK_OF, of, sizeof of);
    (void)queue_record_text(record, HEADER_MARK_BY, by, sizeof by);
    if (mark == NULL)
        return err_nomem(err);
    *mark = (struct letter_mark){.partition = record->partition,
                                 .offset = strtoll(of, NULL, 10),
                                 .text = kept(letters, text),
                                 .by = kept(letters, by),
                                 .next = letters->marks};
    letters->marks = mark;
    return mark->text == NULL || mark->by == NULL ? err_nomem(err) : 0;
}

static int by_place(const void *a, const void *b)
{
    const struct letter *one = a, *other = b;

    if (one->partition != other->partition)
        return one->partition < other->partition ? -1 : 1;
    return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* The newest mark of a letter counts, and the list begins with the newest. A mark without a letter:
 * retention took that. */
static void set_marks(struct letters *letters)
{
    qsort(letters->list, letters->n, sizeof *letters->list, by_place);
    for (const struct letter_mark *mark = letters->marks; mark != NULL; mark = mark->next) {
        const struct letter key = {.partition = mark->partition, .offset = mark->offset};
        struct letter *letter =
            bsearch(&key, letters->list, letters->n, sizeof *letters->list, by_place);
        if (letter == NULL || letter->mark[0] != '\0')
            continue;
        letter->mark = mark->text;
        letter->mark_by = mark->by;
    }
}

static int take(struct letters *letters, const struct queue_record *record,
                const struct replay_names *names, struct err *err)
{
    struct replay_facts facts;
    int r = replay_facts_read(&facts, record, names, err);

    if (r == 0)
        r = facts.is_mark ? take_mark(letters, record, err) : add_letter(letters, &facts, err);
    replay_facts_done(&facts);
    return r;
}

static int read_all(struct letters *letters, struct queue_scan *scan,
                    const struct replay_names *names, const struct replay_watch *watch,
                    struct err *err)
{
    struct scan_reader reader;
    int64_t total = 0, done = 0;
    size_t n;
    const struct queue_extent *extents = queue_scan_extents(scan, &n);
    int r = scan_reader_start(&reader, scan, err);

    for (size_t i = 0; i < n; i++)
        total += extents[i].to - extents[i].from;
    while (r == 0) {
        CLEANUP(queue_record_freep) struct queue_record *record = NULL;
        r = scan_reader_next(&reader, &record, err);
        if (r == 0)
            r = take(letters, record, names, err);
        if (r == 0)
            watch->progress(watch->context, "read", ++done, total, (int64_t)letters->n);
    }
    return r == SCAN_READER_END ? 0 : r == SCAN_READER_STOPPED ? REPLAY_STOPPED : r;
}

static int by_age(const void *a, const void *b)
{
    const struct letter *one = a, *other = b;

    if (one->failed_unix_ms != other->failed_unix_ms)
        return one->failed_unix_ms < other->failed_unix_ms ? -1 : 1;
    return by_place(a, b);
}

int letters_read(struct letters *out, struct queue_scan *scan, const struct replay_names *names,
                 const struct replay_watch *watch, struct err *err)
{
    *out = (struct letters){.arena = arena_new(LETTERS_MAX_BYTES)};
    if (out->arena == NULL)
        return err_nomem(err);
    int r = read_all(out, scan, names, watch, err);
    if (r != 0 || out->n == 0)
        return r;
    set_marks(out);
    qsort(out->list, out->n, sizeof *out->list, by_age);
    return 0;
}

void letters_free(struct letters *letters)
{
    arena_free(letters->arena);
    free(letters->list);
    *letters = (struct letters){0};
}

/* --- judging --- */

/* By item; of one item the newest first. */
static int by_item(const void *a, const void *b)
{
    const struct letter *one = *(const struct letter *const *)a;
    const struct letter *other = *(const struct letter *const *)b;
    int order = strcmp(one->same, other->same);

    return order != 0 ? order : by_age(other, one);
}

/* By marks and Redis' word; whether a later letter stands for it is looked at first. */
static enum letter_state judge(const struct letter *letter, bool asked)
{
    bool retried = str_eq(letter->mark, MARK_RETRIED);

    if (str_eq(letter->mark, MARK_PURGED))
        return LETTER_PURGED;
    if (letter->ended[0] == '\0')
        return retried                          ? LETTER_RETRIED
               : asked && letter->fp[0] != '\0' ? LETTER_FORGOTTEN
                                                : LETTER_OPEN;
    if (str_eq(letter->ended, "DLQ"))
        return retried ? LETTER_RETRIED : LETTER_OPEN;
    bool under_way = str_eq(letter->ended, "FREE") || str_eq(letter->ended, "CLAIMED");
    return under_way ? LETTER_RETRIED : LETTER_ENDED;
}

static int ask(struct letters *letters, struct letter *letter, struct claim_store *claims,
               struct err *err)
{
    struct claim_record record = {0};

    if (claims == NULL || letter->claim[0] == '\0')
        return 0;
    int r = claim_store_read(claims, letter->claim, &record, err);
    if (r < 0)
        return r;
    letter->ended = kept(letters, record.state);
    return letter->ended == NULL ? err_nomem(err) : 0;
}

static int judge_all(struct letters *letters, struct letter **sorted, struct claim_store *claims,
                     struct err *err)
{
    for (size_t i = 0; i < letters->n; i++)
        sorted[i] = &letters->list[i];
    if (letters->n > 0)
        qsort(sorted, letters->n, sizeof(struct letter *), by_item);
    for (size_t i = 0; i < letters->n; i++) {
        struct letter *letter = sorted[i];
        bool same = i > 0 && letter->same[0] != '\0' && str_eq(letter->same, sorted[i - 1]->same);
        int r = same ? 0 : ask(letters, letter, claims, err);
        if (r < 0)
            return r;
        letter->state = str_eq(letter->mark, MARK_PURGED) ? LETTER_PURGED
                        : same                            ? LETTER_SUPERSEDED
                                                          : judge(letter, claims != NULL);
    }
    return 0;
}

int letters_judge(struct letters *letters, struct claim_store *claims, struct err *err)
{
    CLEANUP(mem_freep) struct letter **sorted = calloc(letters->n + 1, sizeof *sorted);

    if (sorted == NULL)
        return err_nomem(err);
    return judge_all(letters, sorted, claims, err);
}

/* --- looking --- */

bool letter_is_open(const struct letter *letter)
{
    return letter->state == LETTER_OPEN || letter->state == LETTER_FORGOTTEN;
}

const char *letter_state_name(enum letter_state state)
{
    static const char *const names[] = {"open",  "forgotten",  "retried",
                                        "ended", "superseded", "purged"};

    return names[state];
}

static const char *said(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

void letter_subject(const struct letter *letter, struct selector_subject *out)
{
    *out = (struct selector_subject){.values = {
                                         [SELECTOR_REPOSITORY] = said(letter->repository),
                                         [SELECTOR_RULE] = said(letter->rule),
                                         [SELECTOR_CONTROL] = said(letter->control),
                                         [SELECTOR_STAGE] = said(letter->stage),
                                         [SELECTOR_ERROR] = said(letter->error),
                                         [SELECTOR_FINGERPRINT] = said(letter->fp),
                                         [SELECTOR_SOURCE] = said(letter->source),
                                         [SELECTOR_TENANT] = said(letter->tenant),
                                         [SELECTOR_KIND] = said(letter->kind),
                                         [SELECTOR_RESOURCE] = said(letter->resource),
                                     }};
}

struct letter *letters_find(const struct letters *letters, int32_t partition, int64_t offset)
{
    for (size_t i = letters->n; i > 0; i--)
        if (letters->list[i - 1].partition == partition && letters->list[i - 1].offset == offset)
            return &letters->list[i - 1];
    return NULL;
}

bool letter_parse_id(const char *text, int32_t *partition, int64_t *offset)
{
    char *rest;

    if (str_starts(text, TOPIC_DLQ "/"))
        text += strlen(TOPIC_DLQ "/");
    if (text[0] < '0' || text[0] > '9')
        return false;
    long long first = strtoll(text, &rest, 10);
    if ((*rest != '/' && *rest != ':') || rest[1] < '0' || rest[1] > '9' || first > INT32_MAX)
        return false;
    long long second = strtoll(rest + 1, &rest, 10);
    if (*rest != '\0' || second == INT64_MAX)
        return false;
    *partition = (int32_t)first;
    *offset = second;
    return true;
}
