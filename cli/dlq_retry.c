/* plumb dlq retry: dead letters sent to their input topic again; each open one at most once. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/dlq.h"
#include "cli/replay_do.h"
#include "common/digest.h"
#include "proto/topics.h"

#define ID_CHARACTERS 16

static int add(struct replay_choice *choice, const struct letter *letter, struct err *err)
{
    return replay_choice_add(choice, letter->partition, letter->offset, letter->at_unix_ms, err);
}

/* Named ones are taken as they are named; one that is not open is said and left alone. */
static int choose_named(struct replay_choice *choice, const struct dlq *dlq,
                        const struct replay_options *options, int *code, struct err *err)
{
    for (size_t i = 0; i < options->n_letters; i++) {
        int32_t partition = 0;
        int64_t offset = 0;
        (void)letter_parse_id(options->letters[i], &partition, &offset);
        const struct letter *letter = letters_find(&dlq->letters, partition, offset);
        if (letter != NULL && letter_is_open(letter)) {
            int r = add(choice, letter, err);
            if (r < 0)
                return r;
            continue;
        }
        *code = EXIT_FOUND;
        if (letter == NULL)
            fprintf(stderr, "plumb: there is no letter %s\n", options->letters[i]);
        else
            fprintf(stderr, "plumb: letter %s is not open but %s%s%s; it is left alone\n",
                    options->letters[i], letter_state_name(letter->state),
                    letter->ended[0] != '\0' ? ", its item " : "", letter->ended);
    }
    return 0;
}

/* By conditions: what can never be sent again is not meant. */
static int choose(struct replay_choice *choice, struct dlq *dlq,
                  const struct replay_options *options, struct err *err)
{
    struct replay_options open_ones = *options;
    size_t hopeless = 0;
    int r = 0;

    open_ones.all = false;
    for (size_t i = 0; r == 0 && i < dlq->letters.n; i++) {
        const struct letter *letter = &dlq->letters.list[i];
        if (!dlq_is_chosen(dlq, letter, &open_ones))
            continue;
        if (letter->why_not[0] != '\0')
            hopeless++;
        else
            r = add(choice, letter, err);
    }
    if (hopeless > 0)
        fprintf(stderr,
                "plumb: %zu letter%s cannot be sent again and %s left alone; plumb dlq show says "
                "why\n",
                hopeless, hopeless == 1 ? "" : "s", hopeless == 1 ? "is" : "are");
    return r;
}

/* Of the letters themselves: the same letters are one retry, a new failure is another. */
static void make_id(const struct replay_choice *choice, char out[SHA256_HEX_BYTES])
{
    char digest[SHA256_HEX_BYTES] = "", place[96];

    for (size_t i = 0; i < choice->n; i++) {
        const struct replay_pick *pick = &choice->picks[i];
        snprintf(place, sizeof place, "%d/%lld/%lld", (int)pick->partition, (long long)pick->offset,
                 (long long)pick->at_unix_ms);
        const char *parts[] = {"retry-1", digest, place};
        sha256_list_hex(parts, COUNT(parts), digest);
    }
    memcpy(out, digest, sizeof digest);
    out[ID_CHARACTERS] = '\0';
}

static int send(struct dlq *dlq, struct replay_choice *choice, const struct replay_options *options)
{
    char id[SHA256_HEX_BYTES];
    const struct replay_request request = {
        .topic = TOPIC_DLQ,
        .span = &options->span,
        .selector = options->selector,
        .names = &dlq->names,
        .max = options->max,
        .rate_per_minute = options->rate_per_minute,
        .id = id,
        .by = dlq->op.by,
        .reason = options->reason != NULL ? options->reason : "",
    };

    replay_choice_sort(choice, options->max);
    make_id(choice, id);
    if (options->dry_run)
        return replay_show(&dlq->op, dlq->scan, choice, &request, options->json);
    if (choice->n == 0) {
        printf("nothing to send\n");
        return EXIT_DONE;
    }
    (void)replay_count_runs(&dlq->op, id);
    return replay_send(&dlq->op, dlq->scan, choice, &request, options);
}

static int retry(struct dlq *dlq, const struct replay_options *options)
{
    CLEANUP(replay_choice_freep) struct replay_choice *choice = NULL;
    int code = EXIT_DONE;
    struct err err;
    int r = replay_choice_new(&choice, &err);

    if (r == 0)
        choice->looked_at = (int64_t)dlq->letters.n;
    if (r == 0 && options->n_letters > 0)
        r = choose_named(choice, dlq, options, &code, &err);
    else if (r == 0)
        r = choose(choice, dlq, options, &err);
    if (r < 0)
        return command_fail(&err, EXIT_FOUND);
    int sent = send(dlq, choice, options);
    return sent == EXIT_DONE ? code : sent;
}

static int run(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        REPLAY_OPTION_WHERE,
        REPLAY_OPTION_SPAN,
        {"max", REPLAY_KEY_MAX, "N", 0, "At most so many, the oldest", 1},
        {"all", REPLAY_KEY_ALL, NULL, 0, "Every open letter", 1},
        REPLAY_OPTION_REASON,
        REPLAY_OPTION_RATE,
        REPLAY_OPTION_DRY_RUN,
        REPLAY_OPTION_FORMAT("Of --dry-run: text (the default) or json"),
        {0},
    };
    struct argp argp = {
        .options = option_table,
        .parser = dlq_parse_choice,
        .args_doc = "[ID...]",
        .doc = "Sends open dead letters to their input topic again, with their original bytes and "
               "a clean slate of attempts: an item in state DLQ runs once more. A letter that was "
               "sent is answered; when its item fails again, a new letter says so.\v"
               "Example:\n  plumb dlq retry 3/17 --reason 'the repository exists now'\n"
               "  plumb dlq retry --where stage=publish --rate 5/s \\\n    --reason 'GitHub was "
               "down'\n\n"
               "Exit 0 when all that was chosen was sent, 1 when not, 2 for bad use."};
    struct replay_options options;
    struct dlq dlq;
    struct err err;

    if (replay_options_init(&options, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    command_parse(&argp, argc, argv, &options);
    int code = dlq_open(&dlq, !options.dry_run);
    if (code == EXIT_DONE)
        code = retry(&dlq, &options);
    dlq_close(&dlq);
    replay_options_done(&options);
    return code;
}

const struct command command_dlq_retry = {"dlq retry", "send dead letters again", run, false};
