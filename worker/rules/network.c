#include "worker/rules/network.h"

#include <arpa/inet.h>

#define NETWORKS_MAX 512

/* Nobody on the internet has these, so a list without them lets everybody in all the same. */
static const char *const not_public[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.168.0.0/16", "198.18.0.0/15",
    "224.0.0.0/3",   "198.51.100.0/24", "203.0.113.0/24",
};

static bool prefix_read(const char *text, int max, int *out)
{
    int bits = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || bits > max)
            return false;
        bits = bits * 10 + (*text - '0');
    }
    *out = bits;
    return bits <= max;
}

bool network_read(const char *text, struct network *out)
{
    const char *slash = strchr(text, '/');
    unsigned char bytes[16] = {0};
    struct network read = {0};
    char address[64];
    size_t width;

    if (slash == NULL || (size_t)(slash - text) >= sizeof address)
        return false;
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    read.is_ipv6 = strchr(address, ':') != NULL;
    width = read.is_ipv6 ? 16 : 4;
    if (inet_pton(read.is_ipv6 ? AF_INET6 : AF_INET, address, bytes) != 1 ||
        !prefix_read(slash + 1, (int)width * 8, &read.bits))
        return false;

    for (size_t i = 0; i < width; i++)
        read.first = read.first << 8 | bytes[i];
    /* A shift by all 128 bits is not defined, hence two. */
    network_address hosts = read.bits == 0 ? ~(network_address)0 : 0;
    int host_bits = (int)width * 8 - read.bits;
    if (read.bits > 0 && host_bits > 0)
        hosts = ((network_address)1 << host_bits) - 1;
    if (!read.is_ipv6)
        hosts &= 0xffffffff;
    read.first &= ~hosts;
    read.last = read.first | hosts;
    *out = read;
    return true;
}

/* Is every address from first to last in one of them? Walks on from range to range. */
static bool are_covering(const struct network *networks, size_t n, const struct network *wanted)
{
    network_address at = wanted->first;
    bool moved = true;

    while (moved) {
        moved = false;
        for (size_t i = 0; i < n; i++) {
            const struct network *one = &networks[i];

            if (one->is_ipv6 != wanted->is_ipv6 || one->first > at || one->last < at)
                continue;
            if (one->last >= wanted->last)
                return true;
            at = one->last + 1;
            moved = true;
        }
    }
    return false;
}

bool network_is_within(const struct network *one, const struct network *networks, size_t n)
{
    return are_covering(networks, n, one);
}

bool networks_are_world(const struct network *networks, size_t n, bool is_ipv6)
{
    struct network all[NETWORKS_MAX + COUNT(not_public)];
    struct network world;
    size_t n_all = 0;
    size_t n_own = 0;

    /* A /64 more or less does not matter: what is large decides, should there be too many. */
    for (size_t i = 0; i < n && n_own < NETWORKS_MAX; i++) {
        if (networks[i].is_ipv6 == is_ipv6)
            all[n_own++] = networks[i];
    }
    n_all = n_own;
    for (size_t i = 0; i < COUNT(not_public) && !is_ipv6; i++) {
        if (network_read(not_public[i], &all[n_all]))
            n_all++;
    }
    return n_own > 0 && network_read(is_ipv6 ? "2000::/3" : "0.0.0.0/0", &world) &&
           are_covering(all, n_all, &world);
}

int networks_world_bits(const struct network *networks, size_t n, bool is_ipv6)
{
    struct network rest[NETWORKS_MAX];
    int bits = -1;

    if (n > COUNT(rest) || !networks_are_world(networks, n, is_ipv6))
        return n > COUNT(rest) && networks_are_world(networks, n, is_ipv6) ? 128 : -1;
    for (bool is_world = true; is_world; bits++) {
        size_t n_rest = 0;

        for (size_t i = 0; i < n; i++) {
            if (networks[i].bits > bits + 1)
                rest[n_rest++] = networks[i];
        }
        is_world = networks_are_world(rest, n_rest, is_ipv6);
    }
    return bits;
}
