/* plumb audit verify and plumb history: reading the audit trail. */
#include <stdio.h>

#include "cli/command.h"
#include "common/json.h"
#include "worker/sink/sink.h"

#define HISTORY_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct options {
    const char *path;
    long limit;
    bool json, ended;
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    char *rest;

    switch (key) {
    case 'n':
        options->limit = strtol(argument, &rest, 10);
        if (*rest != '\0' || options->limit < 1 || options->limit > 100000)
            argp_error(state, "--limit=%s: a number from 1 to 100000", argument);
        return 0;
    case 'j':
        options->json = true;
        return 0;
    case 'e':
        options->ended = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->path != NULL)
            argp_error(state, "unexpected argument \"%s\"", argument);
        options->path = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The argument, or the log of the configuration's AUDIT_DIR or DATA_DIR. */
static bool find_log(const struct options *options, char out[2048])
{
    CLEANUP(config_done) struct config config = {0};

    if (options->path != NULL)
        return str_copy(out, 2048, options->path);
    if (!command_config(&config))
        return false;
    if (config.audit_dir[0] != '\0')
        snprintf(out, 2048, "%.2000s/audit.jsonl", config.audit_dir);
    else
        snprintf(out, 2048, "%.2000s/audit/audit.jsonl", config.data_dir);
    return true;
}

static int run_verify(int argc, char **argv)
{
    struct argp argp = {
        .parser = parse_option,
        .args_doc = "[AUDIT.jsonl]",
        .doc = "Reads the audit log from its first line and checks every hash and sequence number. "
               "Exit 1 names the "
               "first line that does not fit. A log cut at its end is still a whole chain: compare "
               "the head with one "
               "kept elsewhere.\vExample:\n  plumb audit verify plumb-data/audit/audit.jsonl"};
    struct options options = {0};
    struct chain_report report;
    char path[2048];
    struct err err;

    command_parse(&argp, argc, argv, &options);
    if (!find_log(&options, path))
        return EXIT_BAD_USE;
    if (chain_verify(path, &report, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    if (report.bad_line != 0) {
        printf("the chain breaks at line %lld: %s\n", (long long)report.bad_line, report.why);
        return EXIT_FOUND;
    }
    printf("the chain holds: %lld events, head %s\n", (long long)report.lines, report.head_sha256);
    return EXIT_DONE;
}

/* What an operator did, or the replay that made an item run again. */
static void print_replay(const struct json *event)
{
    const struct json *details = json_get(event, "details");
    const struct json *metadata = json_get(event, "metadata");
    const char *by = json_get_text(details, "by", "");
    int64_t run = json_get_int(metadata, "run", 0);

    if (by[0] != '\0')
        printf("%-24s  by %s: %s\n", "", by, json_get_text(details, "reason", ""));
    if (run > 0)
        printf("%-24s  run %lld, by replay %s\n", "", (long long)run + 1,
               json_get_text(metadata, "replay_id", "?"));
}

static void print_row(const struct json *event)
{
    const char *pr = json_get_text(event, "pr_url", "");
    const char *why = json_get_text(event, "error_message", "");
    const char *state = json_get_text(event, "state", "");

    if (state[0] == '\0') /* on its way still: say what happened */
        state = json_get_text(event, "kind", "");
    printf("%-24s  %-14s  %-15s  %s\n", json_get_text(event, "timestamp", ""),
           json_get_text(event, "status", ""), state, json_get_text(event, "node_id", ""));
    if (pr[0] != '\0')
        printf("%-24s  %s\n", "", pr);
    if (why[0] != '\0')
        printf("%-24s  %s\n", "", why);
    print_replay(event);
}

/* An item that ended: what was found where, then what came of it. */
static void print_ended(const struct json *event)
{
    const struct json *details = json_get(event, "details");
    const char *node = json_get_text(event, "node_id", "");
    const char *resource = strchr(node, ':');
    const char *file = json_text(json_at(json_get(details, "files"), 0), NULL);
    const char *pr = json_get_text(event, "pr_url", "");

    resource = resource != NULL ? resource + 1 : node;
    resource = json_get_text(details, "address", resource + (resource[0] == ':'));
    printf("%-15s %-36s %s\n", json_get_text(event, "state", ""),
           json_get_text(event, "suggestion_id", "-"), resource);
    if (file != NULL)
        printf("%-15s %s +%lld -%lld\n", "", file,
               (long long)json_get_int(details, "lines_added", 0),
               (long long)json_get_int(details, "lines_removed", 0));
    printf("%-15s %s\n", "", pr[0] != '\0' ? pr : json_get_text(event, "error_message", ""));
}

/* Newest first, as they come; the table of ends reads better as it happened. */
static void print_all(const struct json *events, bool ended)
{
    size_t n = json_count(events);

    if (ended)
        printf("%-15s %-36s %s\n", "STATE", "FINDING",
               "RESOURCE / CHANGE / PULL REQUEST OR REASON");
    for (size_t i = 0; i < n; i++) {
        if (ended)
            print_ended(json_at(events, n - 1 - i));
        else
            print_row(json_at(events, i));
    }
}

static int run_history(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        {"limit", 'n', "N", 0, "How many, the newest (10)", 0},
        {"json", 'j', NULL, 0, "As a JSON array", 0},
        {"ended", 'e', NULL, 0, "Items that ended alone, as a table", 0},
        {0},
    };
    struct argp argp = {
        .options = option_table,
        .parser = parse_option,
        .args_doc = "[AUDIT.jsonl]",
        .doc = "Shows the newest events of the audit trail.\vExample:\n  plumb history --limit 20"};
    CLEANUP(buf_done) struct buf text = BUF(HISTORY_MAX_BYTES);
    CLEANUP(json_freep) struct json *events = NULL;
    struct options options = {.limit = 10};
    char path[2048];
    struct err err;

    command_parse(&argp, argc, argv, &options);
    if (!find_log(&options, path))
        return EXIT_BAD_USE;
    if (history_read(path, options.ended ? HISTORY_ENDS : HISTORY_ALL, (size_t)options.limit, &text,
                     &err) < 0 ||
        json_parse(&events, buf_str(&text), text.len, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    if (options.json) {
        puts(buf_str(&text));
        return EXIT_DONE;
    }
    print_all(events, options.ended);
    return EXIT_DONE;
}

const struct command command_audit_verify = {"audit verify", "check the audit trail's chain",
                                             run_verify, false};
const struct command command_history = {"history", "show what happened lately", run_history, false};
