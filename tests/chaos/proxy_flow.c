/* One direction: what came, when it is due, and how it leaves; the story stands in proxy_flow.h. */
#include "tests/chaos/proxy_flow.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define SLICES_PER_SECOND 50
#define FLIPPED           0x55

static int64_t delay(const struct proxy_faults *faults, uint32_t *dice)
{
    *dice = *dice * 1103515245U + 12345U;
    return faults->latency_ms +
           (faults->jitter_ms > 0 ? (int64_t)(*dice >> 8) % (faults->jitter_ms + 1) : 0);
}

bool flow_has_room(const struct flow *flow)
{
    return !flow->ended && flow->len < FLOW_BYTES && flow->n_chunks < FLOW_CHUNKS_MAX;
}

int64_t flow_take_in(struct flow *flow, const struct proxy_faults *faults, int from, int64_t now_ms,
                     uint32_t *dice)
{
    ssize_t n = recv(from, flow->bytes + flow->len, FLOW_BYTES - flow->len, 0);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (n == 0) {
        flow->ended = true;
        return 0;
    }
    flow->dead = flow->dead || faults->swallow;
    if (flow->dead)
        return n;
    int64_t due_ms = now_ms + delay(faults, dice);
    flow->last_due_ms = due_ms > flow->last_due_ms ? due_ms : flow->last_due_ms;
    flow->chunks[flow->n_chunks++] = (struct chunk){(size_t)n, flow->last_due_ms};
    flow->len += (size_t)n;
    return n;
}

static void drop_sent(struct flow *flow, size_t n)
{
    memmove(flow->bytes, flow->bytes + n, flow->len - n);
    flow->len -= n;
    flow->chunks[0].len -= n;
    if (flow->chunks[0].len == 0)
        memmove(flow->chunks, flow->chunks + 1, --flow->n_chunks * sizeof flow->chunks[0]);
}

/* How much of the first chunk may go in one write. */
static size_t portion(const struct flow *flow, const struct proxy_faults *faults)
{
    size_t slice = (size_t)(faults->bytes_per_second / SLICES_PER_SECOND + 1);
    size_t n = flow->chunks[0].len;

    if (faults->piece_bytes > 0 && n > faults->piece_bytes)
        n = faults->piece_bytes;
    if (faults->bytes_per_second > 0 && n > slice)
        n = slice;
    if (faults->cut_after_bytes > 0 && flow->passed + (int64_t)n > faults->cut_after_bytes)
        n = (size_t)(faults->cut_after_bytes - flow->passed);
    return n;
}

static int64_t pause_after(const struct proxy_faults *faults, size_t n)
{
    int64_t pause_ms = faults->piece_bytes > 0 ? faults->piece_pause_ms : 0;
    int64_t by_rate_ms =
        faults->bytes_per_second > 0 ? (int64_t)n * 1000 / faults->bytes_per_second : 0;

    return by_rate_ms > pause_ms ? by_rate_ms : pause_ms;
}

/* Of a copy: what is not taken now is sent again. */
static ssize_t send_portion(const struct flow *flow, const struct proxy_faults *faults, int to,
                            size_t n)
{
    int64_t at = faults->corrupt_byte - 1 - flow->passed;
    char copy[FLOW_BYTES];

    memcpy(copy, flow->bytes, n);
    if (faults->corrupt_byte > 0 && at >= 0 && at < (int64_t)n)
        copy[at] ^= FLIPPED;
    return send(to, copy, n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

enum flow_outcome flow_pass_on(struct flow *flow, const struct proxy_faults *faults, int epoch,
                               int to, int64_t now_ms)
{
    if (flow->epoch != epoch) {
        flow->epoch = epoch;
        flow->passed = 0;
        flow->next_ms = 0;
    }
    while (flow_wants_at(flow, faults) <= now_ms) {
        size_t n = portion(flow, faults);
        ssize_t sent = send_portion(flow, faults, to, n);
        if (sent < 0)
            return errno == EAGAIN ? FLOW_GOES_ON : FLOW_BROKEN;
        flow->passed += sent;
        flow->next_ms = now_ms + pause_after(faults, n);
        drop_sent(flow, (size_t)sent);
        if (faults->cut_after_bytes > 0 && flow->passed >= faults->cut_after_bytes)
            return FLOW_CUT;
    }
    if (flow->ended && flow->len == 0 && !flow->told && !flow->dead && !faults->hold) {
        flow->told = true;
        (void)shutdown(to, SHUT_WR);
    }
    return FLOW_GOES_ON;
}

int64_t flow_wants_at(const struct flow *flow, const struct proxy_faults *faults)
{
    if (flow->n_chunks == 0 || flow->dead || faults->hold)
        return INT64_MAX;
    return flow->chunks[0].due_ms > flow->next_ms ? flow->chunks[0].due_ms : flow->next_ms;
}
