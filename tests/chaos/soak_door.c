/* How bad, and for how long; the story stands in soak_door.h. */
#include "tests/chaos/soak_door.h"

#include <stdio.h>

#include "common/clock.h"

#define NOWHERE     "127.0.0.1:1" /* until it is known where it leads */
#define BAD_MIN_MS  1000
#define BAD_MORE_MS 5000 /* up to longer than a lease and than a session of the group */

int doors_open(struct doors *doors, struct err *err)
{
    int r = 0;

    *doors = (struct doors){0};
    for (size_t i = 0; r == 0 && i < DOORS; i++)
        r = proxy_start(&doors->at[i].proxy, NOWHERE, 0, err);
    return r;
}

void doors_close(struct doors *doors)
{
    for (size_t i = 0; i < DOORS; i++)
        proxy_stop(doors->at[i].proxy);
    *doors = (struct doors){0};
}

int door_lead(struct doors *doors, int door, const char *upstream, struct err *err)
{
    return proxy_lead_to(doors->at[door].proxy, upstream, err);
}

void door_address(const struct doors *doors, int door, const char *before, char out[DOOR_URL_BYTES])
{
    snprintf(out, DOOR_URL_BYTES, "%s127.0.0.1:%d", before, proxy_port(doors->at[door].proxy));
}

static struct proxy_faults choose(enum door_harm harm, uint64_t dice)
{
    int64_t n = (int64_t)(dice % 1000);

    switch (harm) {
    case DOOR_SLOW:
        return (struct proxy_faults){.latency_ms = 5 + n / 5, .jitter_ms = n / 3};
    case DOOR_SLICE:
        return (struct proxy_faults){.piece_bytes = (size_t)(1 + n % 64), .piece_pause_ms = 1};
    case DOOR_CUT:
        return (struct proxy_faults){.cut_after_bytes = 1 + n * n / 50, .cut_by_reset = n % 2 == 0};
    case DOOR_HOLD:
        return (struct proxy_faults){.hold = true};
    case DOOR_SWALLOW:
        return (struct proxy_faults){.swallow = true};
    default:
        return (struct proxy_faults){0};
    }
}

void door_harm(struct doors *doors, int door, enum door_harm harm, uint64_t dice)
{
    static const struct proxy_faults none = {0};
    struct proxy *proxy = doors->at[door].proxy;
    const struct proxy_faults faults = choose(harm, dice / 5000 / 3);
    int64_t direction = (int64_t)(dice / 5000 % 3);

    if (harm == DOOR_RESET) {
        proxy_reset(proxy);
        return;
    }
    /* One way or both: a lost reply is not a lost request. */
    proxy_set(proxy, TO_SERVER, direction != 1 ? &faults : &none);
    proxy_set(proxy, TO_CLIENT, direction != 0 ? &faults : &none);
    doors->at[door].swallows |= harm == DOOR_SWALLOW;
    doors->at[door].bad_until_ms = clock_mono_ms() + BAD_MIN_MS + (int64_t)(dice % BAD_MORE_MS);
}

void doors_mend(struct doors *doors, bool all)
{
    static const struct proxy_faults none = {0};
    int64_t now_ms = clock_mono_ms();

    for (size_t i = 0; i < DOORS; i++) {
        if (doors->at[i].bad_until_ms == 0 || (!all && now_ms < doors->at[i].bad_until_ms))
            continue;
        proxy_set(doors->at[i].proxy, TO_SERVER, &none);
        proxy_set(doors->at[i].proxy, TO_CLIENT, &none);
        /* As a firewall does that has forgotten them. */
        if (doors->at[i].swallows)
            proxy_reset(doors->at[i].proxy);
        doors->at[i].bad_until_ms = 0;
        doors->at[i].swallows = false;
    }
}

int64_t doors_connections(const struct doors *doors, bool github)
{
    int64_t all = 0;

    for (size_t i = 0; i < DOORS; i++) {
        int64_t n = proxy_connections(doors->at[i].proxy);
        if (n == 0 && (i != DOOR_GITHUB || github))
            return 0;
        all += n;
    }
    return all;
}
