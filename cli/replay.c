/* plumb replay: records that a topic still holds, sent to their input topic again. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/replay_do.h"
#include "common/digest.h"
#include "common/log.h"
#include "common/stop.h"
#include "proto/topics.h"

#define ID_CHARACTERS 16

static const char *const sources[] = {TOPIC_FINDINGS,  TOPIC_DRIFT,    TOPIC_DLQ,
                                      TOPIC_RETRY_30S, TOPIC_RETRY_5M, TOPIC_RETRY_30M,
                                      TOPIC_RETRY_2H};

static bool is_source(const char *topic)
{
    for (size_t i = 0; i < COUNT(sources); i++)
        if (str_eq(topic, sources[i]))
            return true;
    return false;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    const struct replay_options *options = state->input;

    if (key == ARGP_KEY_ARG)
        argp_error(state, "unexpected argument \"%s\"", argument);
    if (key != ARGP_KEY_END)
        return replay_options_parse(key, argument, state);
    if (options->topic == NULL)
        argp_error(state, "which topic? --topic " TOPIC_FINDINGS ", say");
    else if (!is_source(options->topic))
        argp_error(state,
                   "--topic=%s: " TOPIC_FINDINGS ", " TOPIC_DRIFT ", " TOPIC_DLQ
                   " or a plumb.retry.… topic",
                   options->topic);
    if (options->reason == NULL && !options->dry_run)
        argp_error(state, "why? --reason stands in the audit trail (or try --dry-run first)");
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The same selection has the same id, in whatever order it was typed. How many, how fast and why
 * are no part of it. */
static void make_id(const struct replay_options *options, char out[SHA256_HEX_BYTES])
{
    const char *parts[3 * REPLAY_TEXTS_MAX + 8] = {"replay-1", options->topic};
    size_t n = 2;
    const struct {
        const char *name;
        const char *const *texts;
        size_t n;
    } lists[] = {{"from", options->from, options->n_from},
                 {"to", options->to, options->n_to},
                 {"where", options->where, options->n_where}};

    for (size_t i = 0; i < COUNT(lists); i++) {
        parts[n++] = lists[i].name;
        memcpy(parts + n, lists[i].texts, lists[i].n * sizeof *parts);
        qsort(parts + n, lists[i].n, sizeof *parts, by_text);
        n += lists[i].n;
    }
    parts[n++] = options->reopens_review ? "review" : "";
    sha256_list_hex(parts, n, out);
    out[ID_CHARACTERS] = '\0';
}

static void say_when_it_ran_before(const struct operator_doors *op, const char *id)
{
    if (replay_count_runs(op, id) > 1)
        fprintf(stderr,
                "plumb: replay %s ran before: an item that it opened again then is not opened "
                "again now. For a new start give another --id.\n",
                id);
}

static int replay(struct operator_doors *op, const struct replay_options *options,
                  const struct replay_request *request)
{
    CLEANUP(queue_scan_freep) struct queue_scan *scan = NULL;
    CLEANUP(replay_choice_freep) struct replay_choice *choice = NULL;
    struct progress progress = progress_start("replay");
    struct replay_watch watch = {progress_show, &progress};
    struct err err;
    int r = operator_scan(op, request->topic, &scan, &err);

    if (r == 0)
        r = replay_choose(&choice, scan, request, &watch, &err);
    progress_end(&progress);
    if (r < 0)
        return command_fail(&err, EXIT_FOUND);
    if (r == REPLAY_STOPPED) {
        fprintf(stderr, "Stopped before anything was sent.\n");
        return EXIT_FOUND;
    }
    if (choice->undecided > 0)
        fprintf(stderr,
                "plumb: an expression gave up on %lld records; they are left out. A simpler one "
                "may judge them.\n",
                (long long)choice->undecided);
    if (choice->unreadable > 0)
        fprintf(stderr,
                "plumb: %lld record%s could not be decoded and %s left out; plumb dlq list has "
                "their letters\n",
                (long long)choice->unreadable, choice->unreadable == 1 ? "" : "s",
                choice->unreadable == 1 ? "was" : "were");
    if (options->dry_run)
        return replay_show(op, scan, choice, request, options->json);
    if (choice->n == 0) {
        printf("nothing matches, of %lld records that were read\n", (long long)choice->looked_at);
        return EXIT_DONE;
    }
    say_when_it_ran_before(op, request->id);
    return replay_send(op, scan, choice, request, options);
}

static int with_options(struct replay_options *options)
{
    struct operator_doors op = {.by = ""};
    char id[SHA256_HEX_BYTES];
    struct err err;

    if (!command_config(&op.config))
        return EXIT_BAD_USE;
    log_open("replay", LOG_LEVEL_WARN);
    stop_install();
    make_id(options, id);
    int r = operator_open(&op, !options->dry_run, &err);
    struct replay_names names = operator_names(&op);
    const struct replay_request request = {
        .topic = options->topic,
        .span = &options->span,
        .selector = options->selector,
        .names = &names,
        .max = options->max,
        .rate_per_minute = options->rate_per_minute,
        .id = options->id != NULL ? options->id : id,
        .by = op.by,
        .reason = options->reason != NULL ? options->reason : "",
        .reopens_review = options->reopens_review,
    };
    int code = r < 0 ? command_fail(&err, EXIT_FOUND) : replay(&op, options, &request);
    operator_close(&op);
    return code;
}

static int run(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        {"topic", REPLAY_KEY_TOPIC, "TOPIC", 0, "Whose records: " TOPIC_FINDINGS " …", 1},
        REPLAY_OPTION_SPAN,
        REPLAY_OPTION_WHERE,
        {"max", REPLAY_KEY_MAX, "N", 0,
         "At most so many, the oldest; its end says how the next are sent", 1},
        REPLAY_OPTION_REASON,
        REPLAY_OPTION_RATE,
        REPLAY_OPTION_DRY_RUN,
        {"id", REPLAY_KEY_ID, "ID", 0,
         "Name of this replay (made from what is chosen): under one id an item opens again once",
         2},
        REPLAY_OPTION_REVIEW,
        REPLAY_OPTION_FORMAT("Of --dry-run: text (the default) or json"),
        {0},
    };
    struct argp argp = {
        .options = option_table,
        .parser = parse_option,
        .doc = "Sends records that a topic still holds to the input topic again (findings or "
               "drift, by what each is): every item once, by its newest record. What cannot be "
               "decoded is left out: it has its letter. Workers go on "
               "where they are; what ended stays ended, but for items in the dead-letter queue, "
               "which run again. Nothing that arrives after the start is looked at. Running it "
               "twice does no more than once.\v"
               "Example:\n"
               "  plumb replay --topic plumb.findings.v1 --from 2h \\\n"
               "    --where repository=acme/infra --dry-run\n"
               "  plumb replay --topic plumb.dlq.v1 --where stage=publish \\\n"
               "    --where 'error~rate limit' --max 500 --rate 5/s \\\n"
               "    --reason 'GitHub was down, INC-4711'\n\n"
               "Exit 0 when all that was chosen was sent, 1 when not (it says how to go on), 2 for "
               "bad use."};
    struct replay_options options;
    struct err err;

    if (replay_options_init(&options, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    command_parse(&argp, argc, argv, &options);
    int code = with_options(&options);
    replay_options_done(&options);
    return code;
}

const struct command command_replay = {"replay", "send records of a topic again", run, false};
