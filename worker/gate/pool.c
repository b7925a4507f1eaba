#include "worker/gate/pool.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#define TICK_MS  100 /* how soon a stop is noticed */
#define MAX_RUNS 64

static struct {
    pthread_mutex_t lock;
    pthread_cond_t left;
    int64_t max; /* 0: not asked for yet */
    int64_t running, waiting;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .left = PTHREAD_COND_INITIALIZER};

static int64_t read_number(const char *path, const char *name)
{
    FILE *file = fopen(path, "re");
    char line[256];
    long long number = -1;

    while (file != NULL && number < 0 && fgets(line, sizeof line, file) != NULL) {
        if (name == NULL || str_starts(line, name))
            (void)sscanf(line + (name != NULL ? strlen(name) : 0), " %lld", &number);
    }
    if (file != NULL)
        fclose(file);
    return number;
}

/* What the machine has to spare, or the container is allowed, whichever is less. */
static int64_t by_memory(void)
{
    int64_t bytes = read_number("/proc/meminfo", "MemAvailable:") * 1024;
    int64_t allowed = read_number("/sys/fs/cgroup/memory.max", NULL);
    int64_t runs;

    if (allowed > 0 && (bytes < 0 || allowed < bytes))
        bytes = allowed;
    runs = bytes / POOL_RUN_BYTES;
    if (runs < 1)
        return 1;
    return runs < MAX_RUNS ? runs : MAX_RUNS;
}

void pool_set_max(int64_t max)
{
    pthread_mutex_lock(&pool.lock);
    pool.max = max > 0 ? max : by_memory();
    pthread_mutex_unlock(&pool.lock);
}

int64_t pool_max(void)
{
    pthread_mutex_lock(&pool.lock);
    if (pool.max == 0)
        pool.max = by_memory();
    int64_t max = pool.max;
    pthread_mutex_unlock(&pool.lock);
    return max;
}

static void wait_a_tick(void)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TICK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&pool.left, &pool.lock, &until);
}

bool pool_enter(bool (*should_stop)(void *context), void *context)
{
    int64_t max = pool_max();
    bool stopped = false;

    pthread_mutex_lock(&pool.lock);
    pool.waiting++;
    while (pool.running >= max && !stopped) {
        wait_a_tick();
        pthread_mutex_unlock(&pool.lock); /* whoever is asked may take locks of its own */
        stopped = should_stop != NULL && should_stop(context);
        pthread_mutex_lock(&pool.lock);
    }
    pool.waiting--;
    pool.running += !stopped;
    pthread_mutex_unlock(&pool.lock);
    return !stopped;
}

void pool_leave(void)
{
    pthread_mutex_lock(&pool.lock);
    pool.running--;
    pthread_cond_signal(&pool.left);
    pthread_mutex_unlock(&pool.lock);
}
