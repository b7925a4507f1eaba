/*
 * invariants: do the promises hold over what a run left behind? The last word of every campaign.
 *
 *     invariants --dir DIR --kafka HOST:PORT --redis URL [--group GROUP] [--prefix PREFIX]
 *                [--github FILE] [--held-up] [--canary TEXT]… [--redis-losses N] [--underway]
 *                [--keep FILE]
 *     invariants --facts FILE [--underway]
 *
 * DIR holds data/, repositories/ and the roles' *.log. --facts judges what --keep has kept. Prints
 * each invariant with its counts. Ends with 0, with 1 after a violation, with 2 when it cannot
 * look.
 */
#include <getopt.h>
#include <stdio.h>

#include "common/files.h"
#include "common/json.h"
#include "tests/chaos/facts.h"
#include "tests/chaos/judge.h"

#define FACTS_MAX_BYTES ((size_t)1024 * 1024 * 1024)

struct order {
    struct facts_source source;
    const char *facts_file, *keep_file;
    enum judge_moment moment;
    size_t n_canaries;
};

static bool read_order(int argc, char **argv, struct order *order)
{
    static const struct option options[] = {{"dir", required_argument, NULL, 'd'},
                                            {"kafka", required_argument, NULL, 'k'},
                                            {"redis", required_argument, NULL, 'r'},
                                            {"group", required_argument, NULL, 'g'},
                                            {"prefix", required_argument, NULL, 'p'},
                                            {"github", required_argument, NULL, 'h'},
                                            {"canary", required_argument, NULL, 'c'},
                                            {"redis-losses", required_argument, NULL, 'l'},
                                            {"underway", no_argument, NULL, 'u'},
                                            {"keep", required_argument, NULL, 'w'},
                                            {"facts", required_argument, NULL, 'f'},
                                            {"held-up", no_argument, NULL, 'n'},
                                            {0}};
    struct facts_source *source = &order->source;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd':
            source->dir = optarg;
            break;
        case 'k':
            source->brokers = optarg;
            break;
        case 'r':
            source->redis_url = optarg;
            break;
        case 'g':
            source->group = optarg;
            break;
        case 'p':
            source->topic_prefix = optarg;
            break;
        case 'h':
            source->github_file = optarg;
            break;
        case 'c':
            if (order->n_canaries < FACTS_CANARIES_MAX - 1)
                source->canaries[order->n_canaries++] = optarg;
            break;
        case 'l':
            source->redis_losses = strtoll(optarg, NULL, 10);
            break;
        case 'n':
            source->held_up = true;
            break;
        case 'u':
            order->moment = JUDGE_UNDERWAY;
            break;
        case 'w':
            order->keep_file = optarg;
            break;
        case 'f':
            order->facts_file = optarg;
            break;
        default:
            return false;
        }
    }
    return order->facts_file != NULL ||
           (source->dir != NULL && source->brokers != NULL && source->redis_url != NULL);
}

static int get_facts(const struct order *order, struct json **out, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(FACTS_MAX_BYTES);

    if (order->facts_file == NULL)
        return facts_collect(&order->source, out, err);
    int r = files_read(order->facts_file, &text, err);
    return r < 0 ? r : json_parse(out, buf_str(&text), text.len, err);
}

int main(int argc, char **argv)
{
    struct order order = {.source = {.group = "plumb-workers", .topic_prefix = ""},
                          .moment = JUDGE_ENDED};
    CLEANUP(json_freep) struct json *facts = NULL;
    CLEANUP(buf_done) struct buf text = BUF(FACTS_MAX_BYTES);
    struct err err;

    if (!read_order(argc, argv, &order)) {
        fprintf(stderr, "usage: invariants --dir DIR --kafka HOST:PORT --redis URL …, or --facts "
                        "FILE; see the head of invariants_main.c\n");
        return 2;
    }
    int r = get_facts(&order, &facts, &err);
    if (r == 0 && order.keep_file != NULL) {
        json_write(facts, JSON_PRETTY, &text);
        r = files_write(order.keep_file, buf_str(&text), text.len, &err);
    }
    if (r < 0) {
        fprintf(stderr, "invariants: %s\n", err.text);
        return 2;
    }
    return judge(facts, order.moment, stdout) > 0 ? 1 : 0;
}
