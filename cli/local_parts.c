/* An embedded broker and a private redis-server; the story stands in local_parts.h. */
#include "cli/local_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/kafka/embedded_broker.h"
#include "common/log.h"
#include "common/redis/redis.h"
#include "common/redis/source_state.h"
#include "common/stop.h"
#include "proto/topics.h"

#define REDIS_START_MS   10000
#define BROKER_CHECK_MS  1000
#define LOCAL_PARTITIONS 16
#define SOCKET_PATH_MAX  100 /* a unix socket's path has room for 107 bytes */

int config_replace(char **field, const char *text, struct err *err)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return err_nomem(err);
    free(*field);
    *field = copy;
    return 0;
}

static void exec_redis(const char *directory, const char *socket)
{
    char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    char *environment[] = {path, NULL}; /* none of our secrets */
    const char *const arguments[] = {"redis-server",
                                     "--port",
                                     "0",
                                     "--unixsocket",
                                     socket,
                                     "--unixsocketperm",
                                     "700",
                                     "--dir",
                                     directory,
                                     "--appendonly",
                                     "yes",
                                     "--appendfsync",
                                     "everysec",
                                     "--maxmemory-policy",
                                     "noeviction",
                                     "--save",
                                     "",
                                     "--loglevel",
                                     "warning",
                                     "--logfile",
                                     "redis.log",
                                     NULL};

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)setpgid(0, 0); /* Ctrl-C is for our parent, which ends us in order */
    execvpe("redis-server", (char *const *)arguments, environment);
    _exit(127);
}

static int wait_for_redis(pid_t pid, const char *url, struct err *err)
{
    CLEANUP(redis_freep) struct redis *redis = NULL;
    struct redis_options options = {.url = url, .timeout_ms = 500};
    int64_t until_ms = clock_mono_ms() + REDIS_START_MS;
    int status;
    int r = redis_new(&redis, &options, err);

    while (r == 0 && (r = redis_ping(redis, err)) == ERR_RETRY && clock_mono_ms() < until_ms) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return err_set(
                err, ERR_FATAL,
                "redis-server did not start: is it installed? (apt-get install redis-server)");
        (void)stop_wait(20);
        r = 0;
    }
    return r < 0 ? err_wrap(err, ERR_FATAL, "the private redis-server") : 0;
}

/* Two of them on one directory would take each other's socket and write the same log. The
 * redis-server inherits the lock, so it lasts as long as anybody writes there. */
static int lock_directory(const char *directory, struct err *err)
{
    char path[1100];

    snprintf(path, sizeof path, "%s/lock", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, ERR_FATAL, "%.200s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    close(fd);
    return err_set(err, ERR_FATAL,
                   "%.200s is in use by another plumb: set another DATA_DIR, or a REDIS_URL",
                   directory);
}

static int start_redis(struct local_parts *parts, struct config *config, const char *directory,
                       struct err *err)
{
    char where[1024], socket[1100], url[1200], absolute[4096];
    int r;

    snprintf(where, sizeof where, "%s/redis", directory);
    r = files_make_directory(where, err);
    if (r < 0 || realpath(where, absolute) == NULL)
        return err_wrap(err, ERR_FATAL, "the private redis-server");
    snprintf(socket, sizeof socket, "%.1000s/redis.sock", absolute);
    if (strlen(socket) > SOCKET_PATH_MAX) { /* deep directories: a short name elsewhere */
        (void)str_copy(parts->socket_dir, sizeof parts->socket_dir, "/tmp/plumb-XXXXXX");
        if (mkdtemp(parts->socket_dir) == NULL) /* ours alone: nobody can be there before us */
            return err_set(err, ERR_FATAL, "a directory in /tmp: %s", strerror(errno));
        snprintf(socket, sizeof socket, "%s/redis.sock", parts->socket_dir);
    }
    snprintf(url, sizeof url, "unix://%s", socket);
    int lock = lock_directory(where, err);
    if (lock < 0)
        return lock;
    pid_t pid = fork();
    int why = errno;
    if (pid == 0) {
        (void)fcntl(lock, F_SETFD, 0);
        exec_redis(absolute, socket);
    }
    close(lock);
    if (pid < 0)
        return err_set(err, ERR_FATAL, "fork: %s", strerror(why));
    parts->redis = pid;
    r = wait_for_redis(pid, url, err);
    return r < 0 ? r : config_replace(&config->redis_url, url, err);
}

/* The broker's process: says where it listens, then watches itself until its end is asked for. */
static void run_broker(int tell)
{
    CLEANUP(embedded_broker_stopp) struct embedded_broker *broker = NULL;
    struct err err;

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_NAME, "plumb-broker");
    log_open("broker", LOG_LEVEL_INFO);
    stop_forked();
    if (embedded_broker_start(&broker, topics_all, TOPIC_COUNT, LOCAL_PARTITIONS, &err) < 0) {
        LOG_ERROR("broker.failed", LOG_ERR(&err));
        _exit(1);
    }
    const char *brokers = embedded_broker_brokers(broker);
    if (write(tell, brokers, strlen(brokers)) < 0)
        _exit(1);
    close(tell);
    while (!stop_wait(BROKER_CHECK_MS))
        if (embedded_broker_check(broker, &err) < 0)
            LOG_ERROR("broker.evicted", LOG_ERR(&err));
    embedded_broker_stop(STEAL(broker));
    _exit(0);
}

static int start_broker(struct local_parts *parts, struct config *config, struct err *err)
{
    char brokers[128] = "";
    int pipes[2];

    if (pipe(pipes) != 0)
        return err_set(err, ERR_FATAL, "pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(pipes[0]);
        run_broker(pipes[1]);
    }
    close(pipes[1]);
    ssize_t n = pid > 0 ? read(pipes[0], brokers, sizeof brokers - 1) : -1;
    close(pipes[0]);
    if (n <= 0)
        return err_set(err, ERR_FATAL, "the embedded broker did not start");
    parts->broker = pid;
    config->kafka_fetch_wait_ms = 20;
    config->kafka_session_timeout_ms = 6000;
    return config_replace(&config->kafka_brokers, brokers, err);
}

/* The broker is new and empty. What the sources sent to the one before and nobody finished went
 * with it, so they begin anew; claims recognise what did end. */
static int forget_cursors(const struct config *config, struct err *err)
{
    CLEANUP(redis_freep) struct redis *redis = NULL;
    struct redis_options options = {.url = config->redis_url, .ca_file = config->redis_ca_file};
    int r = redis_new(&redis, &options, err);

    return r == 0 ? source_cursors_forget(redis, err) : r;
}

/* --- where they are, for other commands ------------------------------------ */

/* Two lines: the brokers, Redis' URL. What is not ours the environment has to name to them as well.
 */
int local_parts_announce(struct local_parts *parts, const struct config *config, struct err *err)
{
    char text[1400];

    if (parts->broker <= 0 && parts->redis <= 0)
        return 0;
    int r = files_make_directory(config->data_dir, err);
    if (r < 0)
        return r;
    snprintf(parts->address_file, sizeof parts->address_file, "%.1000s/parts", config->data_dir);
    snprintf(text, sizeof text, "%.200s\n%.1100s\n", parts->broker > 0 ? config->kafka_brokers : "",
             parts->redis > 0 ? config->redis_url : "");
    return files_write(parts->address_file, text, strlen(text), err);
}

int local_parts_join(struct config *config, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(4096);
    char path[1100];
    struct err ignored;
    int r = 0;

    snprintf(path, sizeof path, "%.1000s/parts", config->data_dir);
    if (files_read(path, &text, &ignored) < 0 || text.len == 0)
        return 0;
    char *brokers = text.bytes;
    char *url = strchr(brokers, '\n');
    if (url == NULL)
        return 0;
    *url++ = '\0';
    url[strcspn(url, "\n")] = '\0';
    if (brokers[0] != '\0' && getenv("KAFKA_BOOTSTRAP_SERVERS") == NULL)
        r = config_replace(&config->kafka_brokers, brokers, err);
    if (r == 0 && url[0] != '\0' && getenv("REDIS_URL") == NULL)
        r = config_replace(&config->redis_url, url, err);
    if (r == 0 && brokers[0] != '\0')
        config->kafka_fetch_wait_ms = 20;
    return r;
}

int local_parts_start(struct local_parts *out, struct config *config, const char *directory,
                      struct err *err)
{
    int r = 0;

    *out = (struct local_parts){0};
    if (getenv("REDIS_URL") == NULL)
        r = start_redis(out, config, directory, err);
    if (r == 0 && getenv("KAFKA_BOOTSTRAP_SERVERS") == NULL)
        r = start_broker(out, config, err);
    if (r == 0 && out->broker > 0)
        r = forget_cursors(config, err);
    if (r < 0)
        local_parts_stop(out);
    return r;
}

static void end(pid_t pid)
{
    if (pid <= 0)
        return;
    (void)kill(pid, SIGTERM);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

void local_parts_stop(struct local_parts *parts)
{
    if (parts->address_file[0] != '\0')
        (void)unlink(parts->address_file);
    end(parts->broker);
    end(parts->redis);
    if (parts->socket_dir[0] != '\0')
        (void)rmdir(parts->socket_dir); /* redis took its socket with it */
    *parts = (struct local_parts){0};
}
