/* plumb dlq show: one dead letter, whole: what became of it, its headers, its value. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/dlq.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/redis/claim_store.h"
#include "proto/topics.h"

#define OUT_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define EXCERPT_BYTES 512
#define HEX_PER_LINE  16
#define VALUE_SHOWN   ((size_t)256 * 1024)

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    const struct replay_options *options = state->input;
    int64_t offset;
    int32_t partition;

    if (key == ARGP_KEY_ARG && !letter_parse_id(argument, &partition, &offset))
        argp_error(state, "\"%s\" is no letter: PARTITION/OFFSET, as plumb dlq list shows it",
                   argument);
    if (key == ARGP_KEY_ARG && options->n_letters > 0)
        argp_error(state, "one letter at a time");
    if (key == ARGP_KEY_END && options->n_letters == 0)
        argp_error(state, "which letter? plumb dlq list shows their ids");
    return key == ARGP_KEY_END ? 0 : replay_options_parse(key, argument, state);
}

static void put_line(struct buf *out, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    buf_print(out, "%-12s ", name);
    buf_shown(out, text, strlen(text));
    buf_char(out, '\n');
}

static void put_moment(struct buf *out, const char *name, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];

    clock_format_rfc3339(unix_ms, at);
    put_line(out, name, at);
}

/* --- what became of it --- */

static void put_item(struct buf *out, const struct dlq *dlq, const struct letter *letter)
{
    struct claim_record record = {0};
    struct err err;

    if (!dlq->knows_ends || letter->fp[0] == '\0' ||
        claim_store_read(dlq->op.claims, letter->fp, &record, &err) < 0)
        return;
    if (record.state[0] == '\0') {
        put_line(out, "item", "Redis knows it no more");
        return;
    }
    buf_print(out, "%-12s %s, attempts %lld, crashes %lld", "item", record.state,
              (long long)record.attempts, (long long)record.crashes);
    if (record.run > 0)
        buf_print(out, ", opened again %lld time%s, last by replay %s", (long long)record.run,
                  record.run == 1 ? "" : "s", record.replay);
    buf_char(out, '\n');
    put_line(out, "", record.reason);
    put_line(out, "", record.pr_url);
}

static void put_head(struct buf *out, const struct dlq *dlq, const struct letter *letter)
{
    char text[400];

    snprintf(text, sizeof text, TOPIC_DLQ "/%d/%lld", (int)letter->partition,
             (long long)letter->offset);
    put_line(out, "letter", text);
    snprintf(text, sizeof text, "%s%s%s", letter_state_name(letter->state),
             letter->mark[0] == '\0'              ? ""
             : str_eq(letter->mark, MARK_RETRIED) ? ", sent again by replay "
                                                  : ", purged by ",
             letter->mark_by);
    put_line(out, "state", text);
    put_moment(out, "failed at", letter->failed_unix_ms);
    put_line(out, "stage", letter->stage);
    put_line(out, "error", letter->error);
    if (letter->origin_partition >= 0) {
        snprintf(text, sizeof text, "%.250s/%lld/%lld", letter->origin_topic,
                 (long long)letter->origin_partition, (long long)letter->origin_offset);
        put_line(out, "read from", text);
    }
    put_line(out, "repository", letter->repository);
    put_line(out, "rule", letter->rule);
    put_line(out, "resource", letter->resource);
    put_line(out, "fingerprint", letter->fp);
    put_item(out, dlq, letter);
    if (letter->why_not[0] != '\0')
        put_line(out, "no retry", letter->why_not);
}

/* --- the record itself --- */

static void put_headers(struct buf *out, const struct queue_record *record)
{
    size_t n;
    const struct queue_header *headers = queue_record_headers(record, &n);

    buf_text(out, "\nheaders\n");
    for (size_t i = 0; i < n; i++) {
        CLEANUP(buf_done) struct buf text = BUF(OUT_MAX_BYTES);
        buf_text(out, "  ");
        buf_shown(out, headers[i].key, strlen(headers[i].key));
        buf_text(out, ": ");
        if (headers[i].value != NULL)
            buf_utf8(&text, headers[i].value, headers[i].len);
        buf_shown(out, buf_str(&text), text.len);
        buf_char(out, '\n');
    }
}

static void put_hex_line(struct buf *out, const unsigned char *bytes, size_t at, size_t n)
{
    buf_print(out, "  %06zx ", at);
    for (size_t i = 0; i < HEX_PER_LINE; i++)
        if (i < n)
            buf_print(out, " %02x", bytes[at + i]);
        else
            buf_text(out, "   ");
    buf_text(out, "  ");
    for (size_t i = 0; i < n; i++) {
        unsigned char c = bytes[at + i];
        buf_char(out, c >= 0x20 && c < 0x7f ? (char)c : '.');
    }
    buf_char(out, '\n');
}

static void put_bytes(struct buf *out, const struct queue_record *record)
{
    size_t shown = record->value_len < EXCERPT_BYTES ? record->value_len : EXCERPT_BYTES;

    for (size_t at = 0; at < shown; at += HEX_PER_LINE)
        put_hex_line(out, record->value, at, shown - at < HEX_PER_LINE ? shown - at : HEX_PER_LINE);
    if (shown < record->value_len)
        buf_print(out, "  … %zu bytes more\n", record->value_len - shown);
}

static void put_json(struct buf *out, const struct json *json)
{
    CLEANUP(buf_done) struct buf text = BUF(OUT_MAX_BYTES);
    const char *at;

    json_write(json, JSON_PRETTY, &text);
    at = buf_str(&text);
    while (*at != '\0') { /* line by line: newlines are ours, all else is shown */
        size_t len = strcspn(at, "\n");
        buf_text(out, "  ");
        buf_shown(out, at, len);
        buf_char(out, '\n');
        at += len + (at[len] == '\n');
    }
}

static void put_value(struct buf *out, const struct replay_facts *facts)
{
    const struct queue_record *record = facts->record;
    CLEANUP(json_freep) struct json *json = NULL;
    struct err err;

    if (facts->item != NULL) {
        json = item_to_json(facts->item);
        buf_print(out, "\nvalue: %zu bytes, %s\n", record->value_len,
                  facts->item->kind == ITEM_DRIFT ? "a drift event" : "a finding");
        put_json(out, json);
        return;
    }
    buf_print(out, "\nvalue: %zu bytes, not to be decoded: ", record->value_len);
    buf_shown(out, facts->why_not, strlen(facts->why_not));
    buf_char(out, '\n');
    if (record->value_len > 0 && record->value_len <= VALUE_SHOWN &&
        json_parse(&json, record->value, record->value_len, &err) == 0)
        put_json(out, json);
    else
        put_bytes(out, record);
}

struct showing {
    const struct dlq *dlq;
    const struct letter *letter;
    struct buf out;
};

static int show_one(void *context, const struct replay_facts *facts, struct replay_pick *pick,
                    struct err *err)
{
    struct showing *showing = context;

    pick->is_done = true;
    put_head(&showing->out, showing->dlq, showing->letter);
    put_headers(&showing->out, facts->record);
    put_value(&showing->out, facts);
    return buf_check(&showing->out, err);
}

static int show(struct dlq *dlq, const struct replay_options *options)
{
    CLEANUP(replay_choice_freep) struct replay_choice *choice = NULL;
    struct showing showing = {.dlq = dlq, .out = BUF(OUT_MAX_BYTES)};
    int32_t partition = 0;
    int64_t offset = 0;
    struct err err;

    (void)letter_parse_id(options->letters[0], &partition, &offset);
    showing.letter = letters_find(&dlq->letters, partition, offset);
    if (showing.letter == NULL) {
        fprintf(stderr,
                "plumb: there is no letter %s (any more); plumb dlq list --all shows them\n",
                options->letters[0]);
        return EXIT_FOUND;
    }
    int r = replay_choice_new(&choice, &err);
    if (r == 0)
        r = replay_choice_add(choice, partition, offset, 0, &err);
    if (r == 0)
        r = replay_walk(choice, dlq->scan, &dlq->names, show_one, &showing, &err);
    if (r == 0)
        fputs(buf_str(&showing.out), stdout);
    buf_done(&showing.out);
    return r < 0 ? command_fail(&err, EXIT_FOUND) : r == 0 ? EXIT_DONE : EXIT_FOUND;
}

static int run(int argc, char **argv)
{
    struct argp argp = {.parser = parse_option,
                        .args_doc = "ID",
                        .doc = "Shows a dead letter: what became of it, every header, and its "
                               "value: decoded, or the start of its bytes.\v"
                               "Example:\n  plumb dlq show 3/17"};
    struct replay_options options;
    struct dlq dlq;
    struct err err;

    if (replay_options_init(&options, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    command_parse(&argp, argc, argv, &options);
    int code = dlq_open(&dlq, false);
    if (code == EXIT_DONE)
        code = show(&dlq, &options);
    dlq_close(&dlq);
    replay_options_done(&options);
    return code;
}

const struct command command_dlq_show = {"dlq show", "show a dead letter whole", run, false};
