/* The guest's thread; the story stands in soak_guest.h. */
#include "tests/chaos/soak_guest.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

enum { STAY_MS = 300, AWAY_MS = 300 };

struct guest {
    const struct group *group;
    pthread_t thread;
    atomic_int invited, visits;
    atomic_bool stop;
};

static void *live(void *context)
{
    struct guest *guest = context;

    while (!atomic_load(&guest->stop)) {
        if (atomic_load(&guest->invited) > 0) {
            atomic_fetch_sub(&guest->invited, 1);
            if (group_visit(guest->group, STAY_MS))
                atomic_fetch_add(&guest->visits, 1);
        }
        (void)poll(NULL, 0, AWAY_MS);
    }
    return NULL;
}

int guest_start(struct guest **out, const struct group *group, struct err *err)
{
    struct guest *guest = calloc(1, sizeof *guest);

    if (guest == NULL)
        return err_nomem(err);
    guest->group = group;
    if (pthread_create(&guest->thread, NULL, live, guest) != 0) {
        free(guest);
        return err_set(err, ERR_FATAL, "no thread for the guest");
    }
    *out = guest;
    return 0;
}

void guest_stop(struct guest *guest)
{
    if (guest == NULL)
        return;
    atomic_store(&guest->stop, true);
    pthread_join(guest->thread, NULL);
    free(guest);
}

void guest_invite(struct guest *guest, int times)
{
    atomic_store(&guest->invited, times);
}

int guest_visits(struct guest *guest)
{
    return guest != NULL ? atomic_load(&guest->visits) : 0;
}
