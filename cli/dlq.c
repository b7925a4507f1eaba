/* plumb dlq list, and what its verbs share; dlq_show.c, dlq_retry.c and dlq_purge.c have the rest.
 */
#include "cli/dlq.h"

#include <stdio.h>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/log.h"
#include "common/stop.h"
#include "proto/topics.h"

#define LIST_DEFAULT  100
#define OUT_MAX_BYTES ((size_t)256 * 1024 * 1024)

/* --- shared --- */

static int read_letters(struct dlq *dlq, struct err *err)
{
    struct progress progress = progress_start("dlq");
    struct replay_watch watch = {progress_show, &progress};
    struct err redis_err;
    int r = operator_scan(&dlq->op, TOPIC_DLQ, &dlq->scan, err);

    if (r == 0)
        r = letters_read(&dlq->letters, dlq->scan, &dlq->names, &watch, err);
    progress_end(&progress);
    if (r != 0)
        return r;
    r = letters_judge(&dlq->letters, dlq->op.claims, &redis_err);
    dlq->knows_ends = r == 0;
    if (r != ERR_RETRY)
        return r;
    fprintf(stderr,
            "plumb: Redis does not answer, so letters whose items have ended since are shown as "
            "open: %s\n",
            redis_err.text);
    return letters_judge(&dlq->letters, NULL, err);
}

error_t dlq_parse_choice(int key, char *argument, struct argp_state *state)
{
    const struct replay_options *options = state->input;
    int64_t offset;
    int32_t partition;

    if (key == ARGP_KEY_ARG && !letter_parse_id(argument, &partition, &offset))
        argp_error(state, "\"%s\" is no letter: PARTITION/OFFSET, as plumb dlq list shows it",
                   argument);
    if (key != ARGP_KEY_END)
        return replay_options_parse(key, argument, state);
    bool limited = options->n_where > 0 || options->n_from > 0 || options->n_to > 0;
    if (options->n_letters == 0 && !limited && !options->all)
        argp_error(state,
                   "which letters? Name them (3/17), choose with --where, --from or --to, or "
                   "say --all");
    if (options->n_letters > 0 && (limited || options->all))
        argp_error(state, "either letters by name, or conditions");
    if (options->reason == NULL && !options->dry_run)
        argp_error(state, "why? --reason stands in the audit trail (or try --dry-run first)");
    return 0;
}

int dlq_open(struct dlq *dlq, bool may_send)
{
    struct err err;

    *dlq = (struct dlq){.knows_ends = false};
    if (!command_config(&dlq->op.config))
        return EXIT_BAD_USE;
    log_open("dlq", LOG_LEVEL_WARN);
    stop_install();
    int r = operator_open(&dlq->op, may_send, &err);
    dlq->names = operator_names(&dlq->op);
    if (r == 0)
        r = read_letters(dlq, &err);
    if (r == REPLAY_STOPPED)
        fprintf(stderr, "Stopped before anything was done.\n");
    if (r != 0)
        return r < 0 ? command_fail(&err, EXIT_FOUND) : EXIT_FOUND;
    return EXIT_DONE;
}

void dlq_close(struct dlq *dlq)
{
    if (dlq->undecided > 0)
        fprintf(stderr,
                "plumb: an expression gave up on %zu letters; they are left out. A simpler one may "
                "judge them.\n",
                dlq->undecided);
    letters_free(&dlq->letters);
    queue_scan_free(dlq->scan);
    operator_close(&dlq->op);
}

/* Whatever its state. */
static bool is_meant(struct dlq *dlq, const struct letter *letter,
                     const struct replay_options *options)
{
    struct selector_subject subject;
    int64_t from = 0, to = INT64_MAX;

    span_narrow(&options->span, letter->partition, &from, &to);
    letter_subject(letter, &subject);
    if (letter->offset < from || letter->offset >= to ||
        !span_holds_time(&options->span, letter->failed_unix_ms))
        return false;
    int answer = selector_match(options->selector, &subject);
    dlq->undecided += answer == SELECTOR_UNKNOWN;
    return answer == 0;
}

bool dlq_is_chosen(struct dlq *dlq, const struct letter *letter,
                   const struct replay_options *options)
{
    return (options->all || letter_is_open(letter)) && is_meant(dlq, letter, options);
}

void dlq_write_id(const struct letter *letter, char out[48])
{
    snprintf(out, 48, "%d/%lld", (int)letter->partition, (long long)letter->offset);
}

/* --- list --- */

struct listing {
    const struct letter **chosen; /* oldest first */
    size_t n;
    size_t hidden[LETTER_PURGED + 1]; /* by state: meant, but not open; not shown */
    size_t older;                     /* cut off by max */
};

static void choose(struct listing *out, struct dlq *dlq, const struct replay_options *options)
{
    int64_t max = options->max > 0 ? options->max : options->json ? INT64_MAX : LIST_DEFAULT;

    for (size_t i = 0; i < dlq->letters.n; i++) {
        const struct letter *letter = &dlq->letters.list[i];
        if (!is_meant(dlq, letter, options))
            continue;
        if (options->all || letter_is_open(letter))
            out->chosen[out->n++] = letter;
        else
            out->hidden[letter->state]++;
    }
    if ((int64_t)out->n > max) { /* the newest are what is happening now */
        out->older = out->n - (size_t)max;
        out->n = (size_t)max;
        memmove(out->chosen, out->chosen + out->older, out->n * sizeof(struct letter *));
    }
}

static struct json *describe(const struct letter *letter)
{
    struct json *json = json_object();
    char id[48], at[CLOCK_RFC3339_BYTES];

    dlq_write_id(letter, id);
    clock_format_rfc3339(letter->failed_unix_ms, at);
    json_set_text(json, "id", id);
    json_set_text(json, "failed_at", at);
    json_set_text(json, "state", letter_state_name(letter->state));
    json_set_text(json, "item_state", letter->ended);
    json_set_text(json, "repository", letter->repository);
    json_set_text(json, "rule", letter->rule);
    json_set_text(json, "resource", letter->resource);
    json_set_text(json, "kind", letter->kind);
    json_set_text(json, "stage", letter->stage);
    json_set_text(json, "error", letter->error);
    json_set_text(json, "fingerprint", letter->fp);
    json_set_text(json, "origin_topic", letter->origin_topic);
    json_set_int(json, "origin_partition", letter->origin_partition);
    json_set_int(json, "origin_offset", letter->origin_offset);
    json_set_text(json, "marked_by", letter->mark_by);
    json_set_text(json, "not_retryable", letter->why_not[0] != '\0' ? letter->why_not : NULL);
    return json;
}

static void write_json(const struct listing *listing, struct buf *out)
{
    CLEANUP(json_freep) struct json *json = json_object();
    struct json *letters = json_array();
    struct json *hidden = json_object();

    for (size_t i = 0; i < listing->n; i++)
        json_push_give(letters, describe(listing->chosen[i]));
    for (size_t i = 0; i < COUNT(listing->hidden); i++)
        if (listing->hidden[i] > 0)
            json_set_int(hidden, letter_state_name((enum letter_state)i),
                         (int64_t)listing->hidden[i]);
    json_set_give(json, "letters", letters);
    json_set_int(json, "older_not_shown", (int64_t)listing->older);
    json_set_give(json, "hidden", hidden);
    json_write(json, JSON_PRETTY, out);
    buf_char(out, '\n');
}

static void add_row(struct table *table, const struct letter *letter, int64_t now_unix_ms)
{
    char id[48], age[24], state[40];

    dlq_write_id(letter, id);
    table_age(now_unix_ms, letter->failed_unix_ms, age);
    snprintf(state, sizeof state, "%s%s%s", letter_state_name(letter->state),
             letter->state == LETTER_ENDED ? " " : "",
             letter->state == LETTER_ENDED ? letter->ended : "");
    table_row(table, (const char *const[]){age, id, state, letter->repository,
                                           letter->rule[0] != '\0' ? letter->rule : "-",
                                           letter->resource, letter->stage, letter->error});
}

static int write_table(const struct listing *listing, struct buf *out, struct err *err)
{
    struct table table = {
        .titles = {"AGE", "ID", "STATE", "REPOSITORY", "RULE", "RESOURCE", "STAGE", "ERROR"},
        .columns = 8};
    int64_t now_unix_ms = clock_unix_ms();
    int r = 0;

    for (size_t i = 0; i < listing->n; i++)
        add_row(&table, listing->chosen[i], now_unix_ms);
    if (table.no_memory)
        r = err_nomem(err);
    else if (listing->n > 0)
        table_write(&table, table_terminal_columns(), out);
    table_done(&table);
    return r;
}

static void write_rest(const struct listing *listing, struct buf *out)
{
    const char *before = "; not shown: ";

    buf_print(out, "%zu letter%s", listing->n, listing->n == 1 ? "" : "s");
    if (listing->older > 0)
        buf_print(out, " (and %zu older ones: --max)", listing->older);
    for (size_t i = 0; i < COUNT(listing->hidden); i++) {
        if (listing->hidden[i] == 0)
            continue;
        buf_print(out, "%s%zu %s", before, listing->hidden[i],
                  letter_state_name((enum letter_state)i));
        before = ", ";
    }
    buf_text(out, before[0] == ',' ? " (--all)\n" : "\n");
}

static int show(struct dlq *dlq, const struct replay_options *options, struct err *err)
{
    CLEANUP(mem_freep) const struct letter **chosen = calloc(dlq->letters.n + 1, sizeof *chosen);
    CLEANUP(buf_done) struct buf out = BUF(OUT_MAX_BYTES);
    struct listing listing = {.chosen = chosen};
    int r = 0;

    if (chosen == NULL)
        return err_nomem(err);
    choose(&listing, dlq, options);
    if (options->json) {
        write_json(&listing, &out);
    } else {
        r = write_table(&listing, &out, err);
        write_rest(&listing, &out);
    }
    if (r == 0)
        r = buf_check(&out, err);
    if (r == 0)
        fputs(buf_str(&out), stdout);
    return r;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG)
        argp_error(state, "unexpected argument \"%s\"", argument);
    return replay_options_parse(key, argument, state);
}

static int run_list(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        REPLAY_OPTION_WHERE,
        REPLAY_OPTION_SPAN,
        {"max", REPLAY_KEY_MAX, "N", 0, "The newest so many (100; with json all)", 1},
        {"all", REPLAY_KEY_ALL, NULL, 0, "Also what was answered: retried, ended, purged …", 1},
        REPLAY_OPTION_FORMAT("text (the default) or json"),
        {0},
    };
    struct argp argp = {
        .options = option_table,
        .parser = parse_option,
        .doc = "Lists the dead letters that nobody has answered yet, the newest last. A letter "
               "counts as answered when it was sent again, when its item has ended otherwise "
               "since, when a later letter of the same item stands for it, or when it was purged. "
               "\"forgotten\" means that Redis knows its item no more "
               "(STATE_RETENTION_DAYS).\v"
               "Example:\n  plumb dlq list --where stage=publish --from 2h"};
    struct replay_options options;
    struct dlq dlq;
    struct err err;

    if (replay_options_init(&options, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    command_parse(&argp, argc, argv, &options);
    int code = dlq_open(&dlq, false);
    if (code == EXIT_DONE && show(&dlq, &options, &err) < 0)
        code = command_fail(&err, EXIT_FOUND);
    dlq_close(&dlq);
    replay_options_done(&options);
    return code;
}

const struct command command_dlq_list = {"dlq list", "list the dead letters", run_list, false};
