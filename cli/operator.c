/* An operator's doors; the story stands in operator.h. */
#include "cli/operator.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/local_parts.h"
#include "common/kafka/kafka_options.h"
#include "common/redis/claim_store.h"
#include "common/redis/redis.h"
#include "worker/identity.h"

static_assert(FACTS_CONTROL_BYTES == IDENTITY_CONTROL_BYTES, "the same text");

/* Who is at the keyboard, also behind sudo. */
static void find_out_who(char *out, size_t size)
{
    const struct passwd *entry = getpwuid(getuid());
    const char *user = getenv("SUDO_USER");
    char host[64] = "";

    /* sudo runs as root; from anybody else it is only a word, and the trail must not take it. */
    if (getuid() != 0 || user == NULL || user[0] == '\0')
        user = entry != NULL ? entry->pw_name : "unknown";
    (void)gethostname(host, sizeof host - 1);
    snprintf(out, size, "%.80s@%.60s", user, host);
}

int operator_open(struct operator_doors *op, bool may_send, struct err *err)
{
    int r = local_parts_join(&op->config, err);
    struct redis_options redis = {.url = op->config.redis_url, .ca_file = op->config.redis_ca_file};
    struct queue_options options = kafka_options(&op->config, "plumb-operator");

    find_out_who(op->by, sizeof op->by);
    if (r == 0)
        r = rules_load(&op->rules, op->config.rules_path, err);
    if (r == 0)
        r = redis_new(&op->redis, &redis, err);
    if (r == 0)
        r = claim_store_new(&op->claims, op->redis, err);
    if (r == 0 && may_send)
        r = queue_producer_new(&op->producer, &options, err);
    return r;
}

void operator_close(struct operator_doors *op)
{
    queue_producer_free(op->producer);
    claim_store_free(op->claims);
    redis_free(op->redis);
    rules_free(op->rules);
    config_done(&op->config);
}

static void name(void *context, const struct item *item, char control[FACTS_CONTROL_BYTES],
                 char fp[SHA256_HEX_BYTES])
{
    (void)identity_of(context, item, control, fp);
}

struct replay_names operator_names(const struct operator_doors *op)
{
    return (struct replay_names){name, op->rules};
}

int operator_scan(const struct operator_doors *op, const char *topic, struct queue_scan **out,
                  struct err *err)
{
    struct queue_options options = kafka_options(&op->config, "plumb-operator");

    int r = queue_scan_new(out, &options, topic, err);
    return r == ERR_RETRY
               ? err_wrap(err, r, "kafka at %s (plumb doctor tells more)", op->config.kafka_brokers)
               : r;
}
