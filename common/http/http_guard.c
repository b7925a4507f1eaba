/*
 * The guard: which addresses this process may talk to. It judges the address a socket is about to
 * be opened to, after resolving, so a name that points (or is made to point later) into the
 * machine or the private network gains nothing, and neither does an IPv4 address in IPv6 clothes.
 *
 * allow_private lets loopback, RFC 1918 and unique-local addresses pass; allow_metadata the
 * addresses at which a cloud hands credentials to its own machines, which are never only private.
 * Everything else that is not plainly public stays refused. Pure but for the socket; any thread.
 */
#include "common/http/http_internal.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

enum range_kind {
    RANGE_PRIVATE,
    RANGE_ODD,
    RANGE_METADATA, /* AWS's own services for its machines: keys, the clock, names */
    RANGE_HOLDS_V4, /* the last four bytes are the address that counts */
};

struct range {
    uint8_t prefix[16];
    int bits;
    enum range_kind kind;
    const char *why;
};

static const struct range v4_ranges[] = {
    {{0}, 8, RANGE_ODD, "this network"},
    {{10}, 8, RANGE_PRIVATE, "private"},
    {{100, 64}, 10, RANGE_ODD, "carrier-grade NAT"},
    {{127}, 8, RANGE_PRIVATE, "loopback"},
    {{169, 254}, 16, RANGE_ODD, "link-local"},
    {{172, 16}, 12, RANGE_PRIVATE, "private"},
    {{192, 0, 0}, 24, RANGE_ODD, "reserved"},
    {{192, 0, 2}, 24, RANGE_ODD, "documentation"},
    {{192, 88, 99}, 24, RANGE_ODD, "6to4 relay"},
    {{192, 168}, 16, RANGE_PRIVATE, "private"},
    {{198, 18}, 15, RANGE_ODD, "benchmarking"},
    {{198, 51, 100}, 24, RANGE_ODD, "documentation"},
    {{203, 0, 113}, 24, RANGE_ODD, "documentation"},
    {{224}, 4, RANGE_ODD, "multicast"},
    {{240}, 4, RANGE_ODD, "reserved"},
};

/* The first match counts, so ::1 stands before ::/96, and fd00:ec2::/32 before fc00::/7. */
static const struct range v6_ranges[] = {
    {{[15] = 1}, 128, RANGE_PRIVATE, "loopback"},
    {{[10] = 0xff, 0xff}, 96, RANGE_HOLDS_V4, ""},
    {{0}, 96, RANGE_ODD, "unspecified or IPv4-compatible"},
    {{0x00, 0x64, 0xff, 0x9b}, 96, RANGE_HOLDS_V4, ""},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, RANGE_ODD, "local NAT64"},
    {{0x01}, 64, RANGE_ODD, "discard"},
    {{0x20, 0x01, 0x00, 0x00}, 32, RANGE_ODD, "Teredo"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, RANGE_ODD, "documentation"},
    {{0x20, 0x02}, 16, RANGE_ODD, "6to4"},
    {{0xfd, 0x00, 0x0e, 0xc2}, 32, RANGE_METADATA, "the cloud's own"},
    {{0xfc}, 7, RANGE_PRIVATE, "unique-local"},
    {{0xfe, 0x80}, 10, RANGE_ODD, "link-local"},
    {{0xfe, 0xc0}, 10, RANGE_ODD, "site-local"},
    {{0xff}, 8, RANGE_ODD, "multicast"},
};

/* EC2 instance metadata, ECS task credentials, EKS pod identity. */
static const uint8_t metadata[][4] = {
    {169, 254, 169, 254}, {169, 254, 170, 2}, {169, 254, 170, 23}};

static bool in_range(const uint8_t *address, const struct range *range)
{
    int whole = range->bits / 8;
    int rest = range->bits % 8;

    if (memcmp(address, range->prefix, (size_t)whole) != 0)
        return false;
    if (rest == 0)
        return true;
    uint8_t mask = (uint8_t)(0xff << (8 - rest));
    return (address[whole] & mask) == range->prefix[whole];
}

static const struct range *find_range(const uint8_t *address, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (in_range(address, &ranges[i]))
            return &ranges[i];
    }
    return NULL;
}

static bool is_metadata(const uint8_t address[4])
{
    for (size_t i = 0; i < COUNT(metadata); i++) {
        if (memcmp(address, metadata[i], 4) == 0)
            return true;
    }
    return false;
}

static const char *v4_refusal(const uint8_t address[4], bool allow_private, bool allow_metadata)
{
    const struct range *range = find_range(address, v4_ranges, COUNT(v4_ranges));

    if (range == NULL || (range->kind == RANGE_PRIVATE && allow_private))
        return NULL;
    return allow_metadata && is_metadata(address) ? NULL : range->why;
}

static const char *v6_refusal(const uint8_t address[16], bool allow_private, bool allow_metadata)
{
    const struct range *range = find_range(address, v6_ranges, COUNT(v6_ranges));

    if (range == NULL || (range->kind == RANGE_PRIVATE && allow_private))
        return NULL;
    if (range->kind == RANGE_METADATA && allow_metadata)
        return NULL;
    if (range->kind == RANGE_HOLDS_V4)
        return v4_refusal(address + 12, allow_private, allow_metadata);
    return range->why;
}

const char *http_address_refusal(const struct sockaddr *address, bool allow_private,
                                 bool allow_metadata)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        return v4_refusal((const uint8_t *)&v4->sin_addr, allow_private, allow_metadata);
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        return v6_refusal(v6->sin6_addr.s6_addr, allow_private, allow_metadata);
    }
    return "not an internet address";
}

curl_socket_t http_guard_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http *http = context;
    const char *why = NULL;

    (void)purpose;
    /* With a proxy the socket goes to the proxy, which the operator chose by name. */
    if (http->proxy == NULL)
        why = http_address_refusal(&address->addr, http->options.allow_private,
                                   http->options.allow_metadata);
    if (why != NULL) {
        http->refused = true;
        (void)str_copy(http->refused_text, sizeof http->refused_text, why);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int http_guard_literal(const struct http *http, const char *host, struct err *err)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;

    if (getaddrinfo(host, NULL, &hints, &list) != 0)
        return 0;
    const char *why = http_address_refusal(list->ai_addr, http->options.allow_private,
                                           http->options.allow_metadata);
    freeaddrinfo(list);
    if (why == NULL)
        return 0;
    return err_set(err, ERR_REJECT,
                   "%s: refused, the address is %s; only public addresses may be called", host,
                   why);
}
