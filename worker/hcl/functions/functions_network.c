/* Networks: addresses of IPv4 and IPv6 as one 128-bit number, an IPv4 one in the low 32 bits. */
#include <arpa/inet.h>
#include <stdio.h>

#include "worker/hcl/functions/functions.h"

typedef unsigned __int128 address_t;

struct network {
    address_t address; /* host bits cleared */
    int bits;          /* of the prefix */
    int width;         /* 32 or 128 */
};

static address_t host_mask(const struct network *network)
{
    int host = network->width - network->bits;

    return host == 0 ? 0 : ~(address_t)0 >> (128 - host);
}

/* Terraform reads octets with leading zeros in a way of its own: those are not read here. */
static bool has_leading_zero(const char *text)
{
    for (const char *at = text; *at != '\0' && *at != '/'; at++)
        if (*at == '0' && (at == text || at[-1] == '.') && at[1] >= '0' && at[1] <= '9')
            return true;
    return false;
}

static bool read_network(const char *text, struct network *out)
{
    char ip[64];
    uint8_t bytes[16];
    const char *slash = strchr(text, '/');
    bool is_v6 = strchr(text, ':') != NULL;
    struct network network = {.width = is_v6 ? 128 : 32};

    if (slash == NULL || (size_t)(slash - text) >= sizeof ip || slash[1] == '\0' ||
        strlen(slash + 1) > 3 || slash[1 + strspn(slash + 1, "0123456789")] != '\0')
        return false;
    memcpy(ip, text, (size_t)(slash - text));
    ip[slash - text] = '\0';
    network.bits = atoi(slash + 1);
    if (network.bits > network.width || inet_pton(is_v6 ? AF_INET6 : AF_INET, ip, bytes) != 1)
        return false;
    for (int i = 0; i < network.width / 8; i++)
        network.address = network.address << 8 | bytes[i];
    network.address &= ~host_mask(&network);
    *out = network;
    return true;
}

/* false: written otherwise by terraform (IPv4 inside IPv6). */
static bool print_address(address_t address, int width, char *out, size_t size)
{
    uint8_t bytes[16];

    for (int i = width / 8 - 1; i >= 0; i--, address >>= 8)
        bytes[i] = (uint8_t)address;
    if (inet_ntop(width == 128 ? AF_INET6 : AF_INET, bytes, out, (socklen_t)size) == NULL)
        return false;
    return width == 32 || strchr(out, '.') == NULL;
}

/* The argument as a network; NULL, or why not. */
static const struct hcl_value *network_at(const struct arguments *a, struct network *out)
{
    const char *text = text_at(a, 0);

    if (has_leading_zero(text) || (strchr(text, ':') != NULL && strchr(text, '.') != NULL))
        return value_unknown(a->repo, "this network is not evaluated");
    return read_network(text, out) ? NULL : refuse(a, "a network like 10.0.0.0/8 is needed");
}

static const struct hcl_value *address_value(const struct arguments *a, address_t address,
                                             const struct network *network, int bits)
{
    char text[80];
    char whole[96];

    if (!print_address(address, network->width, text, sizeof text))
        return value_unknown(a->repo, "this address is not evaluated");
    if (bits < 0)
        return value_text(a->repo, text);
    snprintf(whole, sizeof whole, "%s/%d", text, bits);
    return value_text(a->repo, whole);
}

static const struct hcl_value *no_number(const struct arguments *a, size_t i)
{
    return bignum_is_integer(a->items[i]->exact)
               ? value_unknown(a->repo, "%s with so large a number is not evaluated", a->name)
               : refuse(a, "a whole number is needed");
}

static const struct hcl_value *cidrhost(const struct arguments *a)
{
    struct network network;
    int64_t number;
    const struct hcl_value *stop = network_at(a, &network);

    if (stop != NULL)
        return stop;
    if (!int_at(a, 1, &number))
        return no_number(a, 1);
    address_t mask = host_mask(&network);
    address_t host = number < 0 ? (address_t)(-(number + 1)) : (address_t)number;
    if (host > mask)
        return refuse(a, "the network has no such host");
    return address_value(a, network.address | (number < 0 ? mask - host : host), &network, -1);
}

static const struct hcl_value *cidrnetmask(const struct arguments *a)
{
    struct network network;
    const struct hcl_value *stop = network_at(a, &network);

    if (stop != NULL)
        return stop;
    if (network.width == 128)
        return refuse(a, "an IPv6 network has no mask of that form");
    return address_value(a, ~host_mask(&network) & 0xFFFFFFFFU, &network, -1);
}

static const struct hcl_value *cidrsubnet(const struct arguments *a)
{
    struct network network;
    int64_t more = 0;
    int64_t which = 0;
    const struct hcl_value *stop = network_at(a, &network);

    if (stop != NULL)
        return stop;
    if (!int_at(a, 1, &more) || !int_at(a, 2, &which))
        return no_number(a, int_at(a, 1, &more) ? 2 : 1);
    if (more < 0 || which < 0)
        return value_unknown(a->repo, "cidrsubnet with negative numbers is not evaluated");
    if (network.bits + more > network.width || (more < 63 && which >= 1LL << more))
        return refuse(a, "there is no such network");
    int bits = network.bits + (int)more;
    address_t offset = bits == 0 ? 0 : (address_t)which << (network.width - bits);
    return address_value(a, network.address | offset, &network, bits);
}

/* One after the other, each where its size lets it begin. */
static const struct hcl_value *cidrsubnets(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    struct network whole = {0};
    const struct hcl_value *stop = network_at(a, &whole);

    if (stop != NULL)
        return stop;
    address_t next = whole.address;
    bool full = false;
    for (size_t i = 1; i < a->n; i++) {
        struct network one = whole;
        int64_t more = 0;
        if (!int_at(a, i, &more) || more < 1 || more > 32)
            return refuse(a, "a whole number from 1 to 32 is needed");
        one.bits += (int)more;
        if (one.bits > one.width)
            return refuse(a, "the network is too small");
        address_t mask = host_mask(&one);
        address_t start = (next + mask) & ~mask;
        if (full || start < next || (start & ~host_mask(&whole)) != whole.address ||
            start + mask > (whole.address | host_mask(&whole)))
            return refuse(a, "the network is too small");
        gather_add(&gather, NULL, address_value(a, start, &whole, one.bits));
        next = start + mask + 1;
        full = next <= start;
    }
    return gather_list(&gather, &TYPE_OF_TEXT);
}

const struct function NETWORK_FUNCTIONS[] = {
    {"cidrhost", "sn", 2, 2, GIVES_TEXT, cidrhost},
    {"cidrnetmask", "s", 1, 1, GIVES_TEXT, cidrnetmask},
    {"cidrsubnet", "snn", 3, 3, GIVES_TEXT, cidrsubnet},
    {"cidrsubnets", "sn*", 1, ANY_COUNT, 0, cidrsubnets},
};
const size_t NETWORK_FUNCTION_COUNT = COUNT(NETWORK_FUNCTIONS);
