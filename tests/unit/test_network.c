/* Ranges of addresses and of ports, and what makes them the world: tables. */
#include "tests/support/test.h"

#include "worker/rules/network.h"
#include "worker/rules/port_set.h"

static void a_range_is_read_however_it_is_written(void **state)
{
    static const struct {
        const char *text;
        bool is_range, is_ipv6;
        int bits;
    } rows[] = {
        {"10.0.0.0/8", true, false, 8},
        {"10.1.2.3/8", true, false, 8},
        {"0.0.0.0/0", true, false, 0},
        {"255.255.255.255/32", true, false, 32},
        {"::/0", true, true, 0},
        {"0:0:0:0:0:0:0:0/0", true, true, 0},
        {"0000:0000:0000:0000:0000:0000:0000:0000/0", true, true, 0},
        {"::0/0", true, true, 0},
        {"2001:DB8::1/128", true, true, 128},
        {"10.0.0.0", false, false, 0},
        {"10.0.0.0/", false, false, 0},
        {"10.0.0.0/33", false, false, 0},
        {"10.0.0.0/-1", false, false, 0},
        {"10.0.0.0/99999999999999999999", false, false, 0},
        {"10.0.0/8", false, false, 0},
        {"::/129", false, false, 0},
        {"", false, false, 0},
        {"/0", false, false, 0},
        {"pl-0123/0", false, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct network network = {0};

        if (network_read(rows[i].text, &network) != rows[i].is_range)
            fail_msg("%s", rows[i].text);
        if (rows[i].is_range &&
            (network.is_ipv6 != rows[i].is_ipv6 || network.bits != rows[i].bits))
            fail_msg("%s: %d bits", rows[i].text, network.bits);
    }
}

#define NETWORKS_MAX 12

struct world {
    const char *networks[NETWORKS_MAX];
    bool is_ipv6, is_world;
    const char *parts; /* 'x' what makes it the world, '.' what may stay */
};

static size_t networks_read(const struct world *row, struct network *out)
{
    size_t n = 0;

    for (; n < NETWORKS_MAX && row->networks[n] != NULL; n++)
        assert_true(network_read(row->networks[n], &out[n]));
    return n;
}

static void the_world_is_found_under_all_its_names(void **state)
{
    static const struct world rows[] = {
        {{"0.0.0.0/0"}, false, true, "x"},
        {{"1.2.3.4/0"}, false, true, "x"},
        {{"0.0.0.0/0"}, true, false, "."},
        {{"10.0.0.0/8", "0.0.0.0/0", "203.0.113.7/32"}, false, true, ".x."},
        {{"128.0.0.0/1", "0.0.0.0/1"}, false, true, "xx"},
        {{"0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/2"}, false, true, "xxx"},
        {{"0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/1", "8.8.8.8/32"}, false, true, "x.x."},
        {{"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"}, false, true, "xxx"},
        {{"0.0.0.0/1"}, false, false, "."},
        {{"0.0.0.0/1", "128.0.0.0/2"}, false, false, ".."},
        {{"0.0.0.0/5", "8.0.0.0/7", "11.0.0.0/8", "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3",
          "64.0.0.0/2", "128.0.0.0/1"},
         false,
         true,
         "xxxxxxxx"},
        {{"0.0.0.0/5", "8.0.0.0/7", "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/2",
          "128.0.0.0/1"},
         false,
         false,
         "......."}, /* 11.0.0.0/8 is missing */
        {{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}, false, false, "..."},
        {{"::/0"}, true, true, "x"},
        {{"::/0"}, false, false, "."},
        {{"::/1", "8000::/1"}, true, true, "xx"},
        {{"2000::/3"}, true, true, "x"},
        {{"2000::/4", "3000::/4", "2001:db8::/48"}, true, true, "xx."},
        {{"2000::/4"}, true, false, "."},
        {{"fc00::/7"}, true, false, "."},
        {{NULL}, false, false, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct network networks[NETWORKS_MAX];
        bool is_part[NETWORKS_MAX];
        size_t n = networks_read(&rows[i], networks);

        if (networks_are_world(networks, n, rows[i].is_ipv6) != rows[i].is_world ||
            networks_find_world(networks, n, rows[i].is_ipv6, is_part) != rows[i].is_world)
            fail_msg("row %zu", i);
        for (size_t k = 0; k < n; k++) {
            if (is_part[k] != (rows[i].parts[k] == 'x'))
                fail_msg("row %zu: %s", i, rows[i].networks[k]);
        }
    }
}

static void one_range_lies_within_others(void **state)
{
    static const struct {
        const char *one, *others[3];
        bool is_within;
    } rows[] = {
        {"10.1.0.0/16", {"10.0.0.0/8"}, true},
        {"10.0.0.0/8", {"10.0.0.0/9", "10.128.0.0/9"}, true},
        {"10.0.0.0/8", {"10.0.0.0/9", "10.128.0.0/10"}, false},
        {"0.0.0.0/0", {"10.0.0.0/8"}, false},
        {"0.0.0.0/0", {"::/0"}, false},
        {"10.0.0.0/8", {NULL}, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct network one;
        struct network others[3];
        size_t n = 0;

        assert_true(network_read(rows[i].one, &one));
        for (; n < COUNT(others) && rows[i].others[n] != NULL; n++)
            assert_true(network_read(rows[i].others[n], &others[n]));
        if (network_is_within(&one, others, n) != rows[i].is_within)
            fail_msg("row %zu", i);
    }
}

/* --- ports --- */

static struct literal SSH[] = {{.number = 22}};
static struct literal WEB[] = {{.number = 80}, {.number = 443}};
static const struct statement CLOSED = {.ports = {SSH, 1, true}, .ports_kind = PORTS_CLOSED};
static const struct statement OPEN_ONLY = {.ports = {WEB, 2, true}, .ports_kind = PORTS_OPEN_ONLY};
static const struct statement EVERY = {.ports_kind = PORTS_EVERY};

static void a_range_has_closed_ports_or_has_none(void **state)
{
    static const struct {
        const struct statement *statement;
        struct port_range range;
        int first; /* -1: none */
    } rows[] = {
        {&CLOSED, {22, 22}, 22},     {&CLOSED, {0, 65535}, 22},        {&CLOSED, {23, 65535}, -1},
        {&CLOSED, {0, 21}, -1},      {&CLOSED, {22, 21}, -1},          {&CLOSED, {0, -1}, -1},
        {&OPEN_ONLY, {80, 80}, -1},  {&OPEN_ONLY, {443, 443}, -1},     {&OPEN_ONLY, {80, 81}, 81},
        {&OPEN_ONLY, {0, 65535}, 0}, {&OPEN_ONLY, {8080, 8080}, 8080}, {&OPEN_ONLY, {0, -1}, -1},
        {&EVERY, {0, 65535}, 0},     {&EVERY, {1, 65535}, -1},         {&EVERY, {0, 65534}, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int first = -1;
        bool has = range_has_closed(rows[i].statement, &rows[i].range, &first);

        if (has != (rows[i].first >= 0) || (has && first != rows[i].first))
            fail_msg("row %zu: %d", i, first);
    }
}

static void a_range_is_cut_where_closed_ports_begin_and_end(void **state)
{
    static const struct {
        const struct statement *statement;
        struct port_range range;
        size_t n;
        struct port_piece pieces[5];
    } rows[] = {
        {&CLOSED, {22, 22}, 1, {{{22, 22}, true}}},
        {&CLOSED, {20, 25}, 3, {{{20, 21}, false}, {{22, 22}, true}, {{23, 25}, false}}},
        {&CLOSED, {22, 25}, 2, {{{22, 22}, true}, {{23, 25}, false}}},
        {&CLOSED, {20, 22}, 2, {{{20, 21}, false}, {{22, 22}, true}}},
        {&OPEN_ONLY, {8000, 9000}, 1, {{{8000, 9000}, true}}},
        {&OPEN_ONLY,
         {79, 444},
         5,
         {{{79, 79}, true},
          {{80, 80}, false},
          {{81, 442}, true},
          {{443, 443}, false},
          {{444, 444}, true}}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct port_piece pieces[5] = {0};
        size_t n = range_pieces(rows[i].statement, &rows[i].range, pieces, COUNT(pieces));

        assert_int_equal(n, rows[i].n);
        for (size_t k = 0; k < n; k++) {
            const struct port_piece *wanted = &rows[i].pieces[k];

            if (pieces[k].range.from != wanted->range.from ||
                pieces[k].range.to != wanted->range.to || pieces[k].is_closed != wanted->is_closed)
                fail_msg("row %zu, piece %zu", i, k);
        }
        assert_int_equal(range_pieces(rows[i].statement, &rows[i].range, pieces, 1), n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_is_read_however_it_is_written),
        cmocka_unit_test(the_world_is_found_under_all_its_names),
        cmocka_unit_test(one_range_lies_within_others),
        cmocka_unit_test(a_range_has_closed_ports_or_has_none),
        cmocka_unit_test(a_range_is_cut_where_closed_ports_begin_and_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
