/* Queue, inside: configuration, library logs and the watchdog of the exit path. */
#include "common/kafka/queue_internal.h"

#include "common/log.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int queue_conf_set(rd_kafka_conf_t *conf, const struct queue_setting *settings, size_t n,
                   struct err *err)
{
    char why[256];

    for (size_t i = 0; i < n; i++) {
        if (settings[i].value == NULL || settings[i].value[0] == '\0')
            continue;
        if (rd_kafka_conf_set(conf, settings[i].name, settings[i].value, why, sizeof why) !=
            RD_KAFKA_CONF_OK)
            return err_set(err, ERR_FATAL, "kafka setting %s: %s", settings[i].name, why);
    }
    return 0;
}

int queue_conf_set_int(rd_kafka_conf_t *conf, const char *name, int64_t value, struct err *err)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)value);
    return queue_conf_set(conf, &(struct queue_setting){name, text}, 1, err);
}

/* syslog's levels: 0-2 are emergencies, 3 an error (a refused connection, say), 4 a warning. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    enum log_level ours = level <= 2   ? LOG_LEVEL_ERROR
                          : level <= 4 ? LOG_LEVEL_WARN
                          : level <= 6 ? LOG_LEVEL_INFO
                                       : LOG_LEVEL_DEBUG;
    (void)rk;
    LOG_AT(ours, "queue.library", LOG_TEXT("facility", facility), LOG_TEXT("text", text));
}

int queue_conf_new(rd_kafka_conf_t **out, const struct queue_options *options, struct err *err)
{
    CLEANUP(rd_kafka_conf_destroyp) rd_kafka_conf_t *conf = rd_kafka_conf_new();
    const struct queue_setting settings[] = {
        {"bootstrap.servers", options->brokers},
        {"client.id", options->client_id},
        {"security.protocol", options->security_protocol},
        {"sasl.mechanisms", options->sasl_mechanism},
        {"sasl.username", options->sasl_username},
        {"sasl.password", options->sasl_password},
        {"ssl.ca.location", options->ssl_ca_file},
        {"ssl.certificate.location", options->ssl_certificate_file},
        {"ssl.key.location", options->ssl_key_file},
        {"socket.keepalive.enable", "true"},
        {"reconnect.backoff.max.ms", "2000"},
        {"log.connection.close", "false"},
        {"log.queue", "true"},
    };

    if (options->brokers == NULL || options->brokers[0] == '\0')
        return err_set(err, ERR_FATAL,
                       "no Kafka brokers are given: set KAFKA_BOOTSTRAP_SERVERS to host:port,…");
    int r = queue_conf_set(conf, settings, COUNT(settings), err);
    if (r < 0)
        return r;

    rd_kafka_conf_set_log_cb(conf, on_log);
    *out = STEAL(conf);
    return 0;
}

int queue_handle_new_give(rd_kafka_t **out, rd_kafka_type_t type, rd_kafka_conf_t *conf,
                          struct err *err)
{
    char why[256];
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);

    if (rk == NULL) {
        rd_kafka_conf_destroy(conf); /* librdkafka takes it only on success */
        return err_set(err, ERR_FATAL, "kafka client: %s", why);
    }
    rd_kafka_set_log_queue(rk, NULL);
    *out = rk;
    return 0;
}

int queue_handle_ping(rd_kafka_t *rk, int64_t timeout_ms, struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 0, NULL, &metadata, (int)timeout_ms);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "no Kafka broker answered within %lld ms: %s",
                       (long long)timeout_ms, rd_kafka_err2str(code));
    rd_kafka_metadata_destroy(metadata);
    return 0;
}

static void *watch(void *context)
{
    struct queue_watchdog *w = context;
    struct timespec until;
    int r = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += QUEUE_CLOSE_MS / 1000;
    pthread_mutex_lock(&w->lock);
    while (!w->over && r != ETIMEDOUT)
        r = pthread_cond_timedwait(&w->told, &w->lock, &until);
    bool over = w->over;
    pthread_mutex_unlock(&w->lock);

    if (!over) {
        LOG_ERROR("queue.close_hangs", LOG_TEXT("what", w->what), LOG_INT("ms", QUEUE_CLOSE_MS));
        _exit(1);
    }
    return NULL;
}

void queue_watchdog_start(struct queue_watchdog *w, const char *what)
{
    pthread_condattr_t monotonic;

    *w = (struct queue_watchdog){.what = what};
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->told, &monotonic);
    pthread_condattr_destroy(&monotonic);
    w->running = pthread_create(&w->thread, NULL, watch, w) == 0;
}

void queue_watchdog_stop(struct queue_watchdog *w)
{
    pthread_mutex_lock(&w->lock);
    w->over = true;
    pthread_cond_signal(&w->told);
    pthread_mutex_unlock(&w->lock);
    if (w->running)
        pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->told);
    pthread_mutex_destroy(&w->lock);
}
