/* Sending what was chosen, and how to go on; the story stands in replay_do.h. */
#include "cli/replay_do.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "common/redis/claim_store.h"
#include "common/stop.h"
#include "proto/topics.h"

#define REMEMBER_RUNS_MS (30LL * 24 * 3600 * 1000)
#define WATCH_EVERY_MS   100
#define PATIENCE_MS      2000
#define COMMAND_MAX      ((size_t)64 * 1024)

int64_t replay_count_runs(const struct operator_doors *op, const char *id)
{
    char name[REPLAY_ID_BYTES + 16];
    int64_t n = 0;
    struct err err;

    snprintf(name, sizeof name, "replay:%s", id);
    if (claim_store_count(op->claims, name, REMEMBER_RUNS_MS, &n, &err) == 0)
        return n;
    fprintf(stderr, "plumb: whether replay %s ran before is not known: %s\n", id, err.text);
    return 0;
}

/* For a shell: what is typed again is what was meant. */
static void put_quoted(struct buf *out, const char *text)
{
    size_t plain = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:,=@%+");

    if (text[0] != '\0' && text[plain] == '\0') {
        buf_text(out, text);
        return;
    }
    buf_char(out, '\'');
    for (; *text != '\0'; text++)
        if (*text == '\'')
            buf_text(out, "'\\''");
        else
            buf_char(out, *text);
    buf_char(out, '\'');
}

static void put_option(struct buf *out, const char *name, const char *value)
{
    buf_print(out, " --%s ", name);
    put_quoted(out, value);
}

static void put_rate(struct buf *out, int64_t per_minute)
{
    bool whole = per_minute % 60 == 0;

    buf_print(out, " --rate %lld/%c", (long long)(whole ? per_minute / 60 : per_minute),
              whole ? 's' : 'm');
}

/* What was not sent, and what --max left out. */
static int find_rest(struct replay_choice **out, const struct replay_choice *choice,
                     struct err *err)
{
    CLEANUP(replay_choice_freep) struct replay_choice *rest = NULL;
    int r = replay_choice_new(&rest, err);

    for (size_t i = 0; r == 0 && i < choice->n + (size_t)choice->left_out; i++) {
        const struct replay_pick *pick = &choice->picks[i];
        if (i >= choice->n || !pick->is_done)
            r = replay_choice_add(rest, pick->partition, pick->offset, pick->at_unix_ms, err);
    }
    if (r < 0)
        return r;
    replay_choice_sort(rest, 0);
    *out = STEAL(rest);
    return 0;
}

/* Of each partition from its first record to its last. */
static void put_rest(struct buf *out, const struct replay_choice *rest)
{
    CLEANUP(buf_done) struct buf to = BUF(COMMAND_MAX);
    CLEANUP(buf_done) struct buf from = BUF(COMMAND_MAX);

    for (size_t i = 0; i < rest->n;) {
        const struct replay_pick *first = &rest->picks[i], *last = first;
        for (; i < rest->n && rest->picks[i].partition == first->partition; i++)
            last = &rest->picks[i];
        buf_print(&from, "%s%d:%lld", from.len > 0 ? "," : "", (int)first->partition,
                  (long long)first->offset);
        buf_print(&to, "%s%d:%lld", to.len > 0 ? "," : "", (int)first->partition,
                  (long long)last->offset + 1);
    }
    put_option(out, "from", buf_str(&from));
    put_option(out, "to", buf_str(&to));
}

static int64_t count_left(const struct replay_choice *choice)
{
    int64_t n = 0;

    for (size_t i = 0; i < choice->n; i++)
        n += !choice->picks[i].is_done;
    return n;
}

static void say_how_to_go_on(const struct replay_choice *choice,
                             const struct replay_request *request,
                             const struct replay_options *options)
{
    CLEANUP(buf_done) struct buf command = BUF(COMMAND_MAX);
    CLEANUP(replay_choice_freep) struct replay_choice *rest = NULL;
    int64_t left = count_left(choice);
    struct err err;

    if (options->topic == NULL) { /* dlq retry: what was sent is marked */
        fprintf(stderr, "To go on: the same command again; it leaves out what was sent.\n");
        return;
    }
    if (find_rest(&rest, choice, &err) < 0) {
        (void)command_fail(&err, EXIT_FOUND);
        return;
    }
    buf_text(&command, "plumb replay");
    put_option(&command, "topic", request->topic);
    put_option(&command, "id", request->id);
    for (size_t i = 0; i < options->n_where; i++)
        put_option(&command, "where", options->where[i]);
    for (size_t i = 0; i < options->n_from; i++)
        if (strchr(options->from[i], ':') == NULL || strchr(options->from[i], '-') != NULL)
            put_option(&command, "from", options->from[i]);
    for (size_t i = 0; i < options->n_to; i++)
        if (strchr(options->to[i], ':') == NULL || strchr(options->to[i], '-') != NULL)
            put_option(&command, "to", options->to[i]);
    put_rest(&command, rest);
    if (options->max > 0)
        buf_print(&command, " --max %lld", (long long)(left > 0 ? left : options->max));
    if (options->rate_per_minute > 0)
        put_rate(&command, options->rate_per_minute);
    if (request->reopens_review)
        buf_text(&command, " --reopen-review");
    put_option(&command, "reason", request->reason);
    fprintf(stderr, "To go on:\n  %s\n", buf_str(&command));
}

static void say_what_happened(const struct replay_choice *choice,
                              const struct replay_request *request,
                              const struct replay_totals *totals)
{
    printf("replay %s: %lld of %zu record%s sent", request->id, (long long)totals->sent, choice->n,
           choice->n == 1 ? "" : "s");
    if (totals->refused > 0)
        printf(", %lld refused", (long long)totals->refused);
    if (totals->gone > 0)
        printf(", %lld gone meanwhile (retention)", (long long)totals->gone);
    if (choice->left_out > 0)
        printf("; %lld more left out by --max", (long long)choice->left_out);
    putchar('\n');
    if (totals->refused > 0)
        printf("  refused: %s\n", totals->first_refusal);
    fflush(stdout); /* before the words on standard error that go with it */
}

/* --- a stop that takes long --- */

/* Beside the sending: a stop while the broker is away may end at the drain's limit, without a word
 * of replay_send's. */
struct stop_watcher {
    const struct replay_choice *choice;
    const struct replay_request *request;
    const struct replay_options *options;
    atomic_bool ended;
};

static void *say_when_a_stop_takes_long(void *context)
{
    struct stop_watcher *w = context;

    while (!atomic_load(&w->ended) && !stop_wait(WATCH_EVERY_MS))
        ;
    for (int ms = 0; ms < PATIENCE_MS && !atomic_load(&w->ended); ms += WATCH_EVERY_MS)
        usleep(WATCH_EVERY_MS * 1000);
    if (atomic_load(&w->ended))
        return NULL;
    fprintf(stderr, "\nStopping; %zu of %zu are done so far, and the broker is still waited for. ",
            w->choice->n - (size_t)count_left(w->choice), w->choice->n);
    say_how_to_go_on(w->choice, w->request, w->options);
    return NULL;
}

int replay_send(const struct operator_doors *op, struct queue_scan *scan,
                struct replay_choice *choice, const struct replay_request *request,
                const struct replay_options *options)
{
    struct progress progress = progress_start("replay");
    struct replay_watch watch = {progress_show, &progress};
    struct replay_totals totals;
    struct stop_watcher watcher = {choice, request, options, false};
    struct err err = {.text = ""};
    pthread_t thread;
    bool watched = pthread_create(&thread, NULL, say_when_a_stop_takes_long, &watcher) == 0;
    int r = replay_run(choice, scan, request, op->producer, &watch, &totals, &err);

    atomic_store(&watcher.ended, true);
    if (watched)
        pthread_join(thread, NULL);
    progress_end(&progress);
    if (r < 0)
        (void)command_fail(&err, EXIT_FOUND);
    say_what_happened(choice, request, &totals);
    if (r != 0 || choice->left_out > 0) {
        if (r == REPLAY_STOPPED)
            fprintf(stderr, "Stopped. ");
        say_how_to_go_on(choice, request, options);
    }
    return r == 0 && totals.refused == 0 && totals.gone == 0 ? EXIT_DONE : EXIT_FOUND;
}
