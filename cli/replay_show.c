/* What a replay would send: a table, or JSON. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/replay_do.h"
#include "cli/table.h"
#include "common/clock.h"
#include "common/json.h"

#define OUT_MAX_BYTES ((size_t)256 * 1024 * 1024)

struct showing {
    struct table table;
    struct json *records; /* NULL: a table */
    int64_t now_unix_ms;
    int64_t refused;
};

static struct json *describe(const struct replay_facts *facts, const char *target, const char *why)
{
    const struct queue_record *record = facts->record;
    struct json *json = json_object();
    char at[CLOCK_RFC3339_BYTES];

    clock_format_rfc3339(record->timestamp_unix_ms, at);
    json_set_text(json, "topic", record->topic);
    json_set_int(json, "partition", record->partition);
    json_set_int(json, "offset", record->offset);
    json_set_text(json, "timestamp", at);
    json_set_text(json, "repository", facts->repository);
    json_set_text(json, "rule", facts->rule);
    json_set_text(json, "resource", facts->resource);
    json_set_text(json, "fingerprint", facts->fp);
    json_set_text(json, "stage", facts->stage);
    json_set_text(json, "error", facts->error[0] != '\0' ? facts->error : facts->why_not);
    json_set_text(json, "to", target);
    json_set_text(json, "refused", why);
    return json;
}

static int add(void *context, const struct replay_facts *facts, struct replay_pick *pick,
               struct err *err)
{
    struct showing *showing = context;
    const struct queue_record *record = facts->record;
    const char *why = NULL;
    const char *target = replay_facts_target(facts, &why);
    char id[48], age[24];

    (void)err;
    pick->is_done = true;
    showing->refused += target == NULL;
    if (showing->records != NULL) {
        json_push_give(showing->records, describe(facts, target, why));
        return 0;
    }
    snprintf(id, sizeof id, "%d/%lld", (int)record->partition, (long long)record->offset);
    table_age(showing->now_unix_ms, record->timestamp_unix_ms, age);
    const char *what = why != NULL ? why : facts->error[0] != '\0' ? facts->error : facts->why_not;
    table_row(&showing->table,
              (const char *const[]){age, id, facts->repository, facts->rule, facts->resource,
                                    target != NULL ? target : "cannot be sent", what});
    return 0;
}

static void write_json(struct showing *showing, const struct replay_choice *choice,
                       const struct replay_request *request, struct buf *out)
{
    CLEANUP(json_freep) struct json *json = json_object();

    json_set_text(json, "id", request->id);
    json_set_text(json, "topic", request->topic);
    json_set_int(json, "looked_at", choice->looked_at);
    json_set_int(json, "repeats", choice->repeats);
    json_set_int(json, "own_copies", choice->own_copies);
    json_set_int(json, "answered", choice->answered);
    json_set_int(json, "left_out_by_max", choice->left_out);
    json_set_int(json, "not_decodable", choice->unreadable);
    json_set_int(json, "undecided", choice->undecided);
    json_set_give(json, "records", STEAL(showing->records));
    json_write(json, JSON_PRETTY, out);
    buf_char(out, '\n');
}

static void say_how_many(const struct replay_choice *choice, int64_t refused)
{
    long long n = (long long)choice->n - (long long)refused;

    printf("%lld record%s would be sent (of %lld that were read); nothing was.\n", n,
           n == 1 ? "" : "s", (long long)choice->looked_at);
    if (choice->left_out > 0)
        printf("%lld more left out by --max; when these were sent, it says how to go on.\n",
               (long long)choice->left_out);
}

int replay_show(const struct operator_doors *op, struct queue_scan *scan,
                struct replay_choice *choice, const struct replay_request *request, bool json)
{
    struct showing showing = {
        .table = {.titles = {"AGE", "RECORD", "REPOSITORY", "RULE", "RESOURCE", "TO", "ERROR"},
                  .columns = 7},
        .records = json ? json_array() : NULL,
        .now_unix_ms = clock_unix_ms(),
    };
    CLEANUP(buf_done) struct buf out = BUF(OUT_MAX_BYTES);
    struct err err;

    (void)op;
    int r = replay_walk(choice, scan, request->names, add, &showing, &err);
    if (r == 0 && json)
        write_json(&showing, choice, request, &out);
    else if (r == 0 && choice->n > 0)
        table_write(&showing.table, table_terminal_columns(), &out);
    json_free(showing.records);
    bool no_memory = showing.table.no_memory;
    table_done(&showing.table);
    if (r == 0 && no_memory)
        r = err_nomem(&err);
    if (r == 0)
        r = buf_check(&out, &err);
    if (r < 0)
        return command_fail(&err, EXIT_FOUND);
    fputs(buf_str(&out), stdout);
    if (!json && r == 0)
        say_how_many(choice, showing.refused);
    return r == REPLAY_STOPPED ? EXIT_FOUND : EXIT_DONE;
}
