/* GitHub floor; the story stands in github_floor.h. */
#include "worker/forge/github_floor.h"

#include <pthread.h>

struct github_floor {
    pthread_mutex_t lock;
    int64_t next_ms[2]; /* read, write */
};

int github_floor_new(struct github_floor **out, struct err *err)
{
    struct github_floor *floor = calloc(1, sizeof *floor);

    if (floor == NULL)
        return err_nomem(err);
    pthread_mutex_init(&floor->lock, NULL);
    *out = floor;
    return 0;
}

void github_floor_free(struct github_floor *floor)
{
    if (floor == NULL)
        return;
    pthread_mutex_destroy(&floor->lock);
    free(floor);
}

int64_t github_floor_take(struct github_floor *floor, bool is_write, int64_t now_mono_ms)
{
    int64_t *next_ms = &floor->next_ms[is_write];
    int64_t wait_ms;

    pthread_mutex_lock(&floor->lock);
    wait_ms = *next_ms > now_mono_ms ? *next_ms - now_mono_ms : 0;
    if (wait_ms == 0)
        *next_ms = now_mono_ms + (is_write ? GITHUB_FLOOR_WRITE_MS : GITHUB_FLOOR_READ_MS);
    pthread_mutex_unlock(&floor->lock);
    return wait_ms;
}
