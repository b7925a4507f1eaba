/* plumb once: one finding through the whole path, in this process, and how it ended. */
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/local_parts.h"
#include "common/files.h"
#include "common/json.h"
#include "common/kafka/queue.h"
#include "common/stop.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "worker/item.h"
#include "worker/services.h"
#include "worker/worker.h"

#define FILE_MAX_BYTES ((size_t)1024 * 1024)
#define WALKS_MAX      5
#define WALK_WAIT_MS   1000

struct options {
    const char *path;
    bool drift;
    bool explain;
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'd':
        options->drift = true;
        return 0;
    case 'e':
        options->explain = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->path != NULL)
            argp_error(state, "unexpected argument \"%s\"", argument);
        options->path = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which finding? Name a JSON file");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int read_item(const struct options *options, struct item **out, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(FILE_MAX_BYTES);
    CLEANUP(json_freep) struct json *json = NULL;
    int r = files_read(options->path, &text, err);

    if (r < 0)
        return r;
    r = json_parse(&json, buf_str(&text), text.len, err);
    if (r == 0)
        r = item_from_json(out, json, options->drift ? ITEM_DRIFT : ITEM_FINDING, err);
    return r < 0 ? err_wrap(err, r, "%s", options->path) : 0;
}

static int print_end(const struct item_end *end)
{
    printf("state        %s%s\n", end->state, end->repeated ? " (it had ended before)" : "");
    if (end->reason[0] != '\0')
        printf("reason       %s\n", end->reason);
    if (end->pr_url[0] != '\0')
        printf("pull request %s\n", end->pr_url);
    if (end->branch[0] != '\0')
        printf("branch       %s\n", end->branch);
    printf("control      %s\nfingerprint  %s\n", end->control, end->fp);
    if (end->details_json != NULL)
        printf("details      %s\n", end->details_json);
    return str_eq(end->state, "DLQ") ? EXIT_FOUND : EXIT_DONE;
}

static int walk(struct services *services, const struct item *item, struct err *err)
{
    int r = ERR_RETRY;
    int code = EXIT_FOUND;

    for (int i = 0; i < WALKS_MAX && r == ERR_RETRY && !stop_requested(); i++) {
        CLEANUP(item_end_done) struct item_end end = {0};
        r = item_walk(services, item, NULL, &end, err);
        if (r == 0)
            code = print_end(&end);
        else if (r == ITEM_DEFERRED)
            printf("not now      %s\n", end.reason);
        else if (r == ERR_RETRY)
            (void)stop_wait(WALK_WAIT_MS);
    }
    return r < 0 ? command_fail(err, EXIT_FOUND) : code;
}

static int with_doors(struct config *config, const struct item *item, bool explain, struct err *err)
{
    struct shared shared;
    struct services services;
    int r = shared_open(&shared, config, err);

    if (r < 0)
        return command_fail(err, EXIT_FOUND);
    r = services_open(&services, &shared, err);
    services.explain = explain ? stdout : NULL;
    if (r == 0)
        r = queue_ensure_topics(shared.producer, topics_all, TOPIC_COUNT,
                                (int)config->kafka_partitions, (int)config->kafka_replication, err);
    int code = r < 0 ? command_fail(err, EXIT_FOUND) : walk(&services, item, err);
    services_close(&services);
    shared_close(&shared);
    return code;
}

static int run(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        {"drift", 'd', NULL, 0, "The file holds a drift event, not a finding", 0},
        {"explain", 'e', NULL, 0,
         "Tell what happens on the way: the question to the model, its answer, every verdict of "
         "the "
         "gate, and the diff",
         0},
        {0},
    };
    struct argp argp = {.options = option_table,
                        .parser = parse_option,
                        .args_doc = "FINDING.json",
                        .doc = "Takes one finding (the fields of proto/SCHEMA.md as JSON) through "
                               "the whole path and says how it "
                               "ended. Without KAFKA_BOOTSTRAP_SERVERS or REDIS_URL embedded parts "
                               "are used. Exit 1 when it went "
                               "to the dead-letter queue.\vExample:\n  LOCAL_FORGE_DIR=repos "
                               "GITHUB_REMEDIATION_ENABLED=true \\\n"
                               "  plumb once finding.json"};
    CLEANUP(config_done) struct config config = {0};
    CLEANUP(item_freep) struct item *item = NULL;
    struct options options = {0};
    struct local_parts parts;
    struct err err;

    command_parse(&argp, argc, argv, &options);
    if (!command_config(&config))
        return EXIT_BAD_USE;
    log_open("once", LOG_LEVEL_WARN);
    if (read_item(&options, &item, &err) < 0)
        return command_fail(&err, EXIT_BAD_USE);
    stop_install();
    worker_declare_metrics();
    if (local_parts_start(&parts, &config, config.data_dir, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    int code = with_doors(&config, item, options.explain, &err);
    local_parts_stop(&parts);
    return code;
}

const struct command command_once = {"once", "take one finding through the whole path", run, false};
