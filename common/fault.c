/* Reads PLUMB_FAULT at each passing; the story stands in fault.h. */
#include "common/fault.h"

#ifdef PLUMB_FAULT_POINTS
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define RULES_MAX   32
#define RULES_BYTES 1024
#define TOPICS_MAX  64
#define PAUSE_MS    700

static const char *const names[] = {
#define POINT(name, ...) name,
#include "common/fault_points.def"
#undef POINT
};

struct rule {
    char point[96];
    char action[16];
    int at;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char text[RULES_BYTES]; /* the rules that passed counts for */
static int passed[RULES_MAX];
static bool traced[COUNT(names)];
static _Thread_local const char *working_on;

static size_t index_of(const char *name)
{
    size_t i = 0;

    while (i < COUNT(names) && strcmp(names[i], name) != 0)
        i++;
    assert(i < COUNT(names)); /* add it to fault_points.def */
    return i;
}

static void trace(const char *what, const char *name, const char *action)
{
    const char *path = getenv("PLUMB_FAULT_TRACE");
    char line[160];

    if (path == NULL)
        return;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    int len = snprintf(line, sizeof line, "%s %s %s\n", what, name, action);
    if (write(fd, line, (size_t)len) < 0)
        perror("fault trace");
    close(fd);
}

/* A variable, or what stands in the file that it names; "" when there is none. */
static void read_setting(const char *name, char *out, size_t size)
{
    const char *value = getenv(name);

    out[0] = '\0';
    if (value != NULL && value[0] == '@') {
        int fd = open(value + 1, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? read(fd, out, size - 1) : 0;
        out[n > 0 ? n : 0] = '\0';
        if (fd >= 0)
            close(fd);
    } else if (value != NULL) {
        (void)str_copy(out, size, value);
    }
}

/* Other rules than last time count from the start. */
static void load_rules(void)
{
    char fresh[RULES_BYTES];

    read_setting("PLUMB_FAULT", fresh, sizeof fresh);
    if (strcmp(fresh, text) == 0)
        return;
    memcpy(text, fresh, sizeof text);
    memset(passed, 0, sizeof passed);
}

static bool next_rule(const char **at, struct rule *out)
{
    int used = 0;

    out->at = 1;
    if (sscanf(*at, "%95[^:]:%15[a-z]%n", out->point, out->action, &used) < 2)
        return false;
    *at += used;
    if (**at == '@')
        out->at = (int)strtol(*at + 1, (char **)at, 10);
    *at += **at == ',';
    return true;
}

/* "push.ok", or "push.ok=acme/r" while this thread works on acme/r. */
static bool is_meant(const char *point, const char *name)
{
    size_t len = strlen(name);

    if (strncmp(point, name, len) != 0)
        return false;
    return point[len] == '\0' ||
           (point[len] == '=' && working_on != NULL && strcmp(point + len + 1, working_on) == 0);
}

/* What is due at this passing; "" for nothing. */
static void due(const char *name, char action[16])
{
    size_t point = index_of(name);
    struct rule rule;

    action[0] = '\0';
    pthread_mutex_lock(&lock);
    load_rules();
    if (!traced[point])
        trace("passed", name, "");
    traced[point] = true;
    const char *at = text;
    for (int i = 0; i < RULES_MAX && next_rule(&at, &rule); i++)
        if (is_meant(rule.point, name) && ++passed[i] == rule.at)
            memcpy(action, rule.action, 16);
    pthread_mutex_unlock(&lock);
}

static void act(const char *name, const char *action)
{
    struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};

    fprintf(stderr, "{\"event\":\"fault.injected\",\"point\":\"%s\",\"action\":\"%s\"}\n", name,
            action);
    trace("acted", name, action);
    if (strcmp(action, "kill") == 0)
        kill(getpid(), SIGKILL);
    else if (strcmp(action, "stop") == 0)
        pthread_kill(pthread_self(), SIGSTOP); /* another thread's stop would let us run on a bit */
    else if (strcmp(action, "term") == 0)
        kill(getpid(), SIGTERM);
    else if (strcmp(action, "pause") == 0)
        nanosleep(&pause, NULL);
    else if (strcmp(action, "exit") == 0)
        _exit(70);
}

int64_t fault_clock(void)
{
    char off[32];

    read_setting("PLUMB_FAULT_CLOCK", off, sizeof off);
    return strtoll(off, NULL, 10);
}

void fault_subject(const char *subject)
{
    working_on = subject;
}

void fault_point(const char *name)
{
    char action[16];

    due(name, action);
    if (action[0] != '\0')
        act(name, action);
}

int fault_reply(const char *name, int r, struct err *err)
{
    char action[16];

    if (r != 0)
        return r;
    due(name, action);
    if (action[0] != '\0')
        act(name, action);
    return strcmp(action, "reply") == 0
               ? err_set(err, ERR_RETRY, "fault: the answer was lost at %s", name)
               : r;
}

bool fault_io(const char *name)
{
    char action[16];

    due(name, action);
    if (action[0] == '\0')
        return false;
    act(name, action);
    errno = strcmp(action, "enospc") == 0 ? ENOSPC : EIO;
    return strcmp(action, "enospc") == 0 || strcmp(action, "eio") == 0;
}

const char *fault_topic(const char *topic)
{
    static char known[TOPICS_MAX][128];
    const char *prefix = getenv("PLUMB_TOPIC_PREFIX");
    char full[128];
    size_t i = 0;

    if (prefix == NULL || str_starts(topic, prefix)) /* a record's topic has it already */
        return topic;
    snprintf(full, sizeof full, "%s%s", prefix, topic);
    pthread_mutex_lock(&lock);
    while (i < TOPICS_MAX && known[i][0] != '\0' && strcmp(known[i], full) != 0)
        i++;
    assert(i < TOPICS_MAX);
    if (known[i][0] == '\0') /* others read it without the lock */
        memcpy(known[i], full, sizeof full);
    pthread_mutex_unlock(&lock);
    return known[i];
}
#else
typedef int fault_points_are_off;
#endif
