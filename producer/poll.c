/* The poll role: its sources, their threads, its HTTP; the story stands in poll.h. */
#include "producer/poll.h"

#include <pthread.h>
#include <stdio.h>

#include "common/config.h"
#include "common/http/http_server.h"
#include "common/log.h"
#include "common/kafka/kafka_options.h"
#include "common/kafka/queue.h"
#include "common/stop.h"
#include "producer/intake.h"
#include "producer/poll_health.h"
#include "producer/poller.h"
#include "producer/source.h"
#include "proto/topics.h"

#define SOURCES_MAX         8
#define DELIVERY_TIMEOUT_MS 15000 /* a request of the intake waits for it; a poll is repeated */
#define TOPICS_AGAIN_MS     3000
#define SERVER_THREADS      4

static const struct source *const sources_known[] = {&source_vanta, &source_file,
                                                     &source_terraform};

/* Everything the role owns; freed in the reverse order of its making. */
struct role {
    const struct config *config;
    struct queue_producer *producer;
    struct poller *pollers[SOURCES_MAX];
    pthread_t threads[SOURCES_MAX];
    size_t n_pollers, n_threads;
    struct intake *intake;
    struct poll_health *health;
    struct http_server *server;
};

static const struct source *find_source(const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT(sources_known); i++) {
        const char *known = sources_known[i]->name;
        if (strlen(known) == len && memcmp(known, name, len) == 0)
            return sources_known[i];
    }
    return NULL;
}

static int add_poller(struct role *role, const char *name, size_t len, struct err *err)
{
    const struct source *source = find_source(name, len);

    if (source == NULL)
        return err_set(err, ERR_FATAL, "SOURCES: no source %.*s; known are vanta, file, terraform",
                       (int)len, name);
    for (size_t i = 0; i < role->n_pollers; i++) {
        struct poller_status status;
        poller_status(role->pollers[i], &status);
        if (str_eq(status.source, source->name))
            return 0; /* named twice */
    }
    int r = source->check(role->config, err);
    if (r == 0)
        r = poller_new(&role->pollers[role->n_pollers], source, role->config, role->producer, err);
    if (r == 0)
        role->n_pollers++;
    return r;
}

static int add_pollers(struct role *role, struct err *err)
{
    const char *at = role->config->sources;
    int r = 0;

    while (*at != '\0' && r == 0) {
        at += strspn(at, ", \t");
        size_t len = strcspn(at, ", \t");
        if (len > 0)
            r = add_poller(role, at, len, err);
        at += len;
    }
    return r;
}

static int add_producer(struct role *role, struct err *err)
{
    struct queue_options options = kafka_options(role->config, "plumb-poll");

    options.delivery_timeout_ms = DELIVERY_TIMEOUT_MS;
    return queue_producer_new(&role->producer, &options, err);
}

static int add_server(struct role *role, struct err *err)
{
    const struct config *config = role->config;
    struct http_server_route routes[INTAKE_ROUTES + POLL_HEALTH_ROUTES];
    const struct http_server_options options = {
        .address = config->http_address,
        .port = (uint16_t)config->http_port,
        .max_body_bytes = (size_t)config->intake_max_bytes,
        .threads = SERVER_THREADS,
    };
    int r = intake_new(&role->intake, config, role->producer, err);

    if (r == 0)
        r = poll_health_new(&role->health, config, role->producer, role->pollers, role->n_pollers,
                            err);
    if (r < 0)
        return r;
    intake_routes(role->intake, routes);
    poll_health_routes(role->health, routes + INTAKE_ROUTES);
    r = http_server_start(&role->server, &options, routes, COUNT(routes), err);
    if (r < 0)
        return r;
    LOG_INFO("poll.listening", LOG_TEXT("address", config->http_address),
             LOG_INT("port", http_server_port(role->server)));
    if (intake_is_closed(config))
        LOG_WARN("intake.closed", LOG_TEXT("why", "INTAKE_TOKEN is not set and HTTP_ADDRESS is not "
                                                  "loopback"));
    return 0;
}

static void role_done(struct role *role)
{
    for (size_t i = 0; i < role->n_threads; i++)
        pthread_join(role->threads[i], NULL);
    http_server_stop(role->server);
    poll_health_free(role->health);
    intake_free(role->intake);
    for (size_t i = 0; i < role->n_pollers; i++)
        poller_free(role->pollers[i]);
    queue_producer_free(role->producer);
}

static int ensure_topics(struct role *role, struct err *err)
{
    return queue_ensure_topics(role->producer, topics_all, TOPIC_COUNT,
                               (int)role->config->kafka_partitions,
                               (int)role->config->kafka_replication, err);
}

/* Kafka may start after us. Until its topics stand nothing is polled, for nothing could be sent. */
static int wait_for_topics(struct role *role, struct err *err)
{
    bool told = false;

    while (!stop_requested()) {
        int r = ensure_topics(role, err);
        if (r != ERR_RETRY)
            return r;
        if (!told)
            LOG_WARN("kafka.topics_wait", LOG_ERR(err));
        told = true;
        stop_wait(TOPICS_AGAIN_MS);
    }
    return 0;
}

static void *run_poller(void *context)
{
    poller_run(context);
    return NULL;
}

static int start_threads(struct role *role, struct err *err)
{
    for (size_t i = 0; i < role->n_pollers; i++) {
        if (pthread_create(&role->threads[i], NULL, run_poller, role->pollers[i]) != 0)
            return err_set(err, ERR_FATAL, "cannot start a thread");
        role->n_threads++;
    }
    return 0;
}

int poll_run(const struct config *config, struct err *err)
{
    CLEANUP(role_done) struct role role = {.config = config};

    poll_declare_metrics();
    int r = add_producer(&role, err);
    if (r == 0)
        r = add_pollers(&role, err);
    if (r == 0)
        r = add_server(&role, err);
    if (r == 0)
        r = wait_for_topics(&role, err);
    if (r == 0)
        r = start_threads(&role, err);
    if (r < 0 && role.n_threads > 0)
        stop_request(); /* for the threads that did start */
    if (r < 0)
        return r;
    while (!stop_wait(60000))
        ;
    LOG_INFO("poll.stopping");
    return 0;
}

int poll_once(const struct config *config, struct err *err)
{
    CLEANUP(role_done) struct role role = {.config = config};
    int first = 0;

    poll_declare_metrics();
    int r = add_producer(&role, err);
    if (r == 0)
        r = add_pollers(&role, err);
    if (r == 0)
        r = ensure_topics(&role, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < role.n_pollers; i++) {
        struct err why = {0};
        r = poller_pass(role.pollers[i], &why);
        if (r == POLLER_HELD)
            r = err_set(&why, ERR_RETRY, "another process polls this source now");
        if (r < 0 && first == 0) {
            struct poller_status status;
            poller_status(role.pollers[i], &status);
            *err = why;
            first = err_wrap(err, r, "source %s", status.source);
        }
    }
    return first;
}
