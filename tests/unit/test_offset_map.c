/* The codec of a commit's metadata: what is written is read, and nothing else is. */
#include "tests/support/test.h"

#include "common/kafka/offset_map.h"

#include <ctype.h>

enum { RUNS_MAX = 40000 };

static size_t write_map(int64_t base, const struct offset_run *runs, size_t n,
                        char out[OFFSET_MAP_TEXT])
{
    struct offset_map_writer writer;

    offset_map_begin(&writer, base);
    for (size_t i = 0; i < n; i++)
        offset_map_add(&writer, runs[i]);
    size_t len = offset_map_end(&writer, out);
    assert_int_equal(strlen(out), len);
    assert_true(len <= OFFSET_MAP_BYTES_MAX);
    for (size_t i = 0; i < len; i++)
        assert_true(isalnum((unsigned char)out[i]) || out[i] == '-' || out[i] == '_');
    return len;
}

/* The map holds those runs and no more. */
static void check_reads(const char *text, size_t len, int64_t base, const struct offset_run *runs,
                        size_t n)
{
    struct offset_map_reader reader;
    struct offset_run run;

    assert_true(offset_map_open(&reader, text, len, base));
    for (size_t i = 0; i < n; i++) {
        assert_true(offset_map_next(&reader, &run));
        assert_int_equal(run.first, runs[i].first);
        assert_int_equal(run.end, runs[i].end);
    }
    assert_false(offset_map_next(&reader, &run));
    assert_false(offset_map_next(&reader, &run));
}

static void nothing_finished_is_no_text(void **state)
{
    char text[OFFSET_MAP_TEXT];
    struct offset_map_reader reader;

    (void)state;
    assert_int_equal(write_map(7, NULL, 0, text), 0);
    assert_string_equal(text, "");
    assert_false(offset_map_open(&reader, text, 0, 7));
}

/* Stored by brokers, so these very bytes must stay readable. */
static void the_bytes_are_these(void **state)
{
    const struct offset_run one[] = {{1000001, 1050001}};
    const struct offset_run three[] = {{43, 46}, {48, 49}, {51, 53}};
    char text[OFFSET_MAP_TEXT];

    (void)state;
    assert_int_equal(write_map(1000000, one, 1, text), 17);
    assert_string_equal(text, "1gywerBw6wBWq_Y3f");
    check_reads(text, strlen(text), 1000000, one, 1);
    assert_int_equal(write_map(40, three, 3, text), 13);
    assert_string_equal(text, "1oBb4kB86vggS"); /* 000111 001001 1, lowest first */
    check_reads(text, strlen(text), 40, three, 3);
}

static void offsets_may_be_as_large_as_they_get(void **state)
{
    const struct offset_run runs[] = {{INT64_MAX - 9, INT64_MAX - 7}, {INT64_MAX - 1, INT64_MAX}};
    const struct offset_run all[] = {{0, INT64_MAX}};
    char text[OFFSET_MAP_TEXT];

    (void)state;
    size_t len = write_map(0, runs, 2, text);
    check_reads(text, len, 0, runs, 2);
    len = write_map(INT64_MAX - 10, runs, 2, text);
    check_reads(text, len, INT64_MAX - 10, runs, 2);
    len = write_map(0, all, 1, text);
    check_reads(text, len, 0, all, 1);
    assert_true(len <= OFFSET_MAP_FRAME_BYTES + OFFSET_MAP_RUN_BYTES);
}

static void runs_that_touch_are_one(void **state)
{
    const struct offset_run runs[] = {{5, 6}, {6, 9}, {10, 11}};
    const struct offset_run merged[] = {{5, 9}, {10, 11}};
    char text[OFFSET_MAP_TEXT];

    (void)state;
    size_t len = write_map(5, runs, 3, text);
    check_reads(text, len, 5, merged, 2);
}

static void the_shorter_form_is_taken(void **state)
{
    struct offset_run *runs = calloc(RUNS_MAX, sizeof *runs);
    char text[OFFSET_MAP_TEXT];

    (void)state;
    assert_non_null(runs);
    for (int64_t i = 0; i < 3000; i++) /* every second: bits */
        runs[i] = (struct offset_run){2 * i + 1, 2 * i + 2};
    size_t len = write_map(0, runs, 3000, text);
    assert_int_equal(text[2], 'b');
    assert_in_range(len, 1000, 1020);
    check_reads(text, len, 0, runs, 3000);
    for (int64_t i = 0; i < 100; i++) /* far apart: runs */
        runs[i] = (struct offset_run){1000 * i + 1, 1000 * i + 900};
    len = write_map(0, runs, 100, text);
    assert_int_equal(text[2], 'r');
    assert_in_range(len, 300, 420);
    check_reads(text, len, 0, runs, 100);
    free(runs);
}

/* Of too much, the lowest offsets are told, as many as either form can. */
static void too_much_is_cut_and_never_invented(void **state)
{
    struct offset_run *runs = calloc(RUNS_MAX, sizeof *runs);
    char text[OFFSET_MAP_TEXT];
    size_t kept;

    (void)state;
    assert_non_null(runs);
    for (int64_t i = 0; i < RUNS_MAX; i++)
        runs[i] = (struct offset_run){2 * i + 1, 2 * i + 2};
    size_t len = write_map(0, runs, RUNS_MAX, text);
    assert_int_equal(len, OFFSET_MAP_BYTES_MAX);
    kept = (OFFSET_MAP_BYTES_MAX - 9) * 6 / 2;
    check_reads(text, len, 0, runs, kept);

    for (int64_t base = 0, digits = 1; digits <= 3; base = 32 * base + 32, digits++) {
        for (int64_t i = 0; i < RUNS_MAX; i++)
            runs[i] = (struct offset_run){base + 100 * i + 1, base + 100 * i + 90};
        len = write_map(base, runs, RUNS_MAX, text);
        assert_in_range(len, OFFSET_MAP_BYTES_MAX - 2, OFFSET_MAP_BYTES_MAX);
        kept = (size_t)(OFFSET_MAP_BYTES_MAX - 8 - digits) / 3;
        check_reads(text, len, base, runs, kept);
    }
    free(runs);
}

static void any_change_of_any_byte_makes_it_no_map(void **state)
{
    const struct offset_run runs[] = {{43, 46}, {48, 49}, {51, 1053}};
    char text[OFFSET_MAP_TEXT];
    struct offset_map_reader reader;

    (void)state;
    size_t len = write_map(40, runs, 3, text);
    for (size_t i = 0; i < len; i++)
        for (int c = 0; c < 256; c++) {
            char was = text[i];
            text[i] = (char)c;
            assert_int_equal(offset_map_open(&reader, text, len, 40), (char)c == was);
            text[i] = was;
        }
    for (size_t cut = 0; cut < len; cut++)
        assert_false(offset_map_open(&reader, text, cut, 40));
    assert_false(offset_map_open(&reader, text, len, 41));
    assert_false(offset_map_open(&reader, text, len, -1));
}

/* Written by somebody who knows the sum. */
static void a_right_sum_is_not_enough(void **state)
{
    const struct {
        const char *body;
        bool is_map;
    } tries[] = {
        {"1oBrDDCB", true}, /* so it is these bytes, not how they are put together here */
        {"1oBrADCB", true}, /* the first offset may be finished */
        {"1oBb4kB", true},
        {"1oBbAAB", true},
        {"", false},
        {"1", false},
        {"1oB", false},
        {"1oBr", false}, /* nothing is finished */
        {"1oBb", false},
        {"1oBbAAAA", false},
        {"1oBrD", false},    /* a run without an end */
        {"1oBrDg", false},   /* a number without an end */
        {"1oBrDA", false},   /* an empty run */
        {"1oBrDDAB", false}, /* runs that touch */
        {"1oBrgAD", false},  /* a number longer than it need be */
        {"1oBrDD!", false},
        {"1oBb4k!", false},
        {"1oBb4k=", false},
        {"1oBxDD", false},
        {"2oBrDD", false},
        {"1oBrggggggggggggID", false}, /* a number of 64 bits */
        {"1oBrggggggggggggQD", false}, /* one of 65 */
        {"1oBr_____________D", false},
        {"1oBrD____________H", false}, /* a run past the last offset */
        {"1oBr____________HD", false},
    };
    struct offset_map_reader reader;
    char text[OFFSET_MAP_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(tries); i++) {
        size_t len = strlen(tries[i].body);
        memcpy(text, tries[i].body, len);
        offset_map_sum(text + len, text, len);
        if (offset_map_open(&reader, text, len + OFFSET_MAP_SUM_BYTES, 40) != tries[i].is_map)
            fail_msg("%s", tries[i].body);
    }
    memset(text, 'B', sizeof text); /* bits, and one byte too many */
    memcpy(text, "1oBb", 4);
    offset_map_sum(text + OFFSET_MAP_BYTES_MAX - OFFSET_MAP_SUM_BYTES, text,
                   OFFSET_MAP_BYTES_MAX - OFFSET_MAP_SUM_BYTES);
    assert_true(offset_map_open(&reader, text, OFFSET_MAP_BYTES_MAX, 40));
    text[OFFSET_MAP_BYTES_MAX - OFFSET_MAP_SUM_BYTES] = 'B';
    offset_map_sum(text + OFFSET_MAP_BYTES_MAX - OFFSET_MAP_SUM_BYTES + 1, text,
                   OFFSET_MAP_BYTES_MAX - OFFSET_MAP_SUM_BYTES + 1);
    assert_false(offset_map_open(&reader, text, OFFSET_MAP_BYTES_MAX + 1, 40));
}

static void metadata_of_others_is_no_map(void **state)
{
    const char *const others[] = {
        "",
        "1",
        "NOMETADATA",
        "{\"version\":1}",
        "1oBb4kB",
        "n5mbBAAA=",
        "bitset:0101",
        "\n",
        "111111111",
        "1AAr000000",
        "\xff\xfe\xfd\xfc\xfb\xfa\xf9",
    };
    struct offset_map_reader reader;

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(offset_map_open(&reader, others[i], strlen(others[i]), 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_finished_is_no_text),
        cmocka_unit_test(the_bytes_are_these),
        cmocka_unit_test(offsets_may_be_as_large_as_they_get),
        cmocka_unit_test(runs_that_touch_are_one),
        cmocka_unit_test(the_shorter_form_is_taken),
        cmocka_unit_test(too_much_is_cut_and_never_invented),
        cmocka_unit_test(any_change_of_any_byte_makes_it_no_map),
        cmocka_unit_test(a_right_sum_is_not_enough),
        cmocka_unit_test(metadata_of_others_is_no_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
