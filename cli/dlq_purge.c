/* plumb dlq purge: dead letters that need no answer are marked so. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/dlq.h"
#include "cli/table.h"
#include "common/clock.h"
#include "common/digest.h"
#include "common/json.h"
#include "common/stop.h"
#include "producer/letter_mark.h"
#include "producer/replay_audit.h"
#include "proto/topics.h"

#define BATCH       200
#define LISTED_MAX  200 /* in the audit event */
#define ID_TEXT_MAX 48

struct purge {
    struct dlq *dlq;
    const struct replay_options *options;
    const struct letter **chosen;
    size_t n, done;
    char id[SHA256_HEX_BYTES];
    int64_t started_unix_ms;
};

static bool is_named(const struct replay_options *options, const struct letter *letter)
{
    for (size_t i = 0; i < options->n_letters; i++) {
        int32_t partition = 0;
        int64_t offset = 0;
        (void)letter_parse_id(options->letters[i], &partition, &offset);
        if (letter->partition == partition && letter->offset == offset)
            return true;
    }
    return false;
}

static void choose(struct purge *purge)
{
    struct replay_options open_ones = *purge->options;

    open_ones.all = false;
    for (size_t i = 0; i < purge->dlq->letters.n; i++) {
        const struct letter *letter = &purge->dlq->letters.list[i];
        bool chosen = purge->options->n_letters > 0
                          ? is_named(purge->options, letter) && letter->state != LETTER_PURGED
                          : dlq_is_chosen(purge->dlq, letter, &open_ones);
        if (chosen && (purge->options->max == 0 || (int64_t)purge->n < purge->options->max))
            purge->chosen[purge->n++] = letter;
    }
}

static struct json *describe(const struct purge *purge, bool at_start)
{
    struct json *json = json_object();
    struct json *ids = json_array();
    struct json *where = json_array();
    char id[ID_TEXT_MAX];

    for (size_t i = 0; i < purge->n && i < LISTED_MAX; i++) {
        dlq_write_id(purge->chosen[i], id);
        json_push_text(ids, id);
    }
    for (size_t i = 0; i < purge->options->n_where; i++)
        json_push_text(where, purge->options->where[i]);
    json_set_give(json, "letters", ids);
    json_set_give(json, "where", where);
    json_set_int(json, "count", (int64_t)purge->n);
    if (!at_start)
        json_set_int(json, "marked", (int64_t)purge->done);
    return json;
}

static int tell(const struct purge *purge, const char *kind, const char *why, struct err *err)
{
    CLEANUP(json_freep)
    struct json *details = describe(purge, str_eq(kind, "dlq.purge_started"));
    const struct operator_event event = {
        .kind = kind,
        .action = "purge",
        .id = purge->id,
        .topic = TOPIC_DLQ,
        .by = purge->dlq->op.by,
        .reason = purge->options->reason,
        .why = why,
        .details = details,
        .started_unix_ms = purge->started_unix_ms,
        .now_unix_ms = clock_unix_ms(),
    };

    return operator_event_send(purge->dlq->op.producer, &event, err);
}

static int mark_some(struct purge *purge, struct queue_batch *batch, struct err *err)
{
    struct queue_producer *producer = purge->dlq->op.producer;
    size_t end = purge->done + BATCH < purge->n ? purge->done + BATCH : purge->n;
    struct err send_err;
    int sent = 0;

    for (size_t i = purge->done; sent == 0 && i < end; i++)
        sent = letter_mark_send(producer, batch, purge->chosen[i]->partition,
                                purge->chosen[i]->offset, MARK_PURGED, purge->id, &send_err);
    int r = queue_batch_wait(producer, batch, err);
    if (r == 0 && sent < 0) {
        *err = send_err;
        r = sent;
    }
    if (r == 0)
        purge->done = end;
    return r;
}

static int mark_all(struct purge *purge, struct err *err)
{
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    struct err end_err;
    int r = queue_batch_new(&batch, err);

    if (r == 0)
        r = tell(purge, "dlq.purge_started", NULL, err);
    if (r < 0)
        return r;
    while (r == 0 && purge->done < purge->n && !stop_requested())
        r = mark_some(purge, batch, err);
    const char *why = r < 0 ? err->text : purge->done < purge->n ? "stopped by the operator" : NULL;
    int told = tell(purge, "dlq.purge_finished", why, &end_err);
    if (r == 0 && told < 0) {
        *err = end_err;
        return told;
    }
    return r;
}

static int show(const struct purge *purge)
{
    CLEANUP(buf_done) struct buf out = BUF((size_t)64 * 1024 * 1024);
    struct table table = {.titles = {"AGE", "ID", "REPOSITORY", "RULE", "ERROR"}, .columns = 5};
    int64_t now_unix_ms = clock_unix_ms();
    char id[ID_TEXT_MAX], age[24];

    for (size_t i = 0; i < purge->n; i++) {
        const struct letter *letter = purge->chosen[i];
        dlq_write_id(letter, id);
        table_age(now_unix_ms, letter->failed_unix_ms, age);
        table_row(&table,
                  (const char *const[]){age, id, letter->repository, letter->rule, letter->error});
    }
    if (purge->n > 0)
        table_write(&table, table_terminal_columns(), &out);
    table_done(&table);
    printf("%s%zu letter%s would be purged; none was.\n", buf_str(&out), purge->n,
           purge->n == 1 ? "" : "s");
    return EXIT_DONE;
}

static int purge_chosen(struct purge *purge)
{
    struct err err;

    if (purge->options->dry_run)
        return show(purge);
    if (purge->n < purge->options->n_letters)
        fprintf(stderr, "plumb: %zu of the %zu named letters are not there, or purged already\n",
                purge->options->n_letters - purge->n, purge->options->n_letters);
    int named_missing = purge->n < purge->options->n_letters ? EXIT_FOUND : EXIT_DONE;
    if (purge->n == 0) {
        printf("nothing to purge\n");
        return named_missing;
    }
    int r = mark_all(purge, &err);
    printf("purge %s: %zu of %zu letter%s marked\n", purge->id, purge->done, purge->n,
           purge->n == 1 ? "" : "s");
    if (r < 0)
        return command_fail(&err, EXIT_FOUND);
    if (purge->done < purge->n)
        fprintf(stderr, "Stopped. To go on: the same command again.\n");
    return purge->done < purge->n ? EXIT_FOUND : named_missing;
}

static int run(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        REPLAY_OPTION_WHERE,
        REPLAY_OPTION_SPAN,
        {"max", REPLAY_KEY_MAX, "N", 0, "At most so many, the oldest", 1},
        {"all", REPLAY_KEY_ALL, NULL, 0, "Every open letter", 1},
        REPLAY_OPTION_REASON,
        REPLAY_OPTION_DRY_RUN,
        {0},
    };
    struct argp argp = {
        .options = option_table,
        .parser = dlq_parse_choice,
        .args_doc = "[ID...]",
        .doc = "Marks dead letters as needing no answer; plumb dlq list then leaves them out. "
               "Kafka deletes no single record: the bytes stay until retention takes them, and "
               "the item stays in state DLQ.\v"
               "Example:\n  plumb dlq purge --to 14d --reason 'older than the migration'"};
    struct replay_options options;
    struct dlq dlq;
    struct err err;
    char uuid[UUID_BYTES];

    if (replay_options_init(&options, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    command_parse(&argp, argc, argv, &options);
    int code = dlq_open(&dlq, !options.dry_run);
    struct purge purge = {.dlq = &dlq, .options = &options, .started_unix_ms = clock_unix_ms()};
    random_uuid(uuid);
    (void)str_copy(purge.id, sizeof purge.id, uuid);
    if (code == EXIT_DONE) {
        purge.chosen = calloc(dlq.letters.n + 1, sizeof *purge.chosen);
        if (purge.chosen == NULL) {
            (void)err_nomem(&err);
            code = command_fail(&err, EXIT_FOUND);
        } else {
            choose(&purge);
            code = purge_chosen(&purge);
        }
    }
    free(purge.chosen);
    dlq_close(&dlq);
    replay_options_done(&options);
    return code;
}

const struct command command_dlq_purge = {"dlq purge", "mark dead letters as done with", run,
                                          false};
