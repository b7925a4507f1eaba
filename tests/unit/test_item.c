/* Items on the wire: golden bytes, hostile bytes, identity. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/files.h"
#include "common/json.h"
#include "proto/item.h"
#include "proto/wire.h"

static const char *data_dir(void)
{
    static char path[1024];
    const char *top = getenv("PLUMB_SOURCE_DIR");

    snprintf(path, sizeof path, "%s/tests/data/item", top != NULL ? top : ".");
    return path;
}

static void read_text(const char *path, struct buf *out)
{
    struct err err;

    if (files_read(path, out, &err) < 0)
        fail_msg("%s", err.text);
}

/* Hex with white space and # comments to the end of the line. */
static size_t unhex(const char *text, uint8_t *out, size_t size)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        if (*text == '#')
            text += strcspn(text, "\n");
        if (*text == '\0')
            break;
        if (strchr(" \n", *text) != NULL)
            continue;
        char pair[3] = {text[0], text[1], '\0'};
        assert_true(n < size);
        out[n++] = (uint8_t)strtoul(pair, NULL, 16);
        text++;
    }
    return n;
}

typedef void (*case_fn)(const char *directory);

static int for_each_case(const char *under, case_fn check)
{
    char path[2048];
    int n = 0;

    snprintf(path, sizeof path, "%s/%s", data_dir(), under);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char one[4096];
        snprintf(one, sizeof one, "%s/%s", path, entry->d_name);
        check(one);
        n++;
    }
    closedir(dir);
    return n;
}

static void decodes_to_its_json(const char *directory)
{
    CLEANUP(buf_done) struct buf hex = BUF(100000);
    CLEANUP(buf_done) struct buf json = BUF(100000);
    CLEANUP(buf_done) struct buf seen = BUF(100000);
    CLEANUP(item_freep) struct item *item = NULL;
    uint8_t bytes[8192];
    char path[5000];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/in.hex", directory);
    read_text(path, &hex);
    snprintf(path, sizeof path, "%s/out.json", directory);
    read_text(path, &json);
    size_t len = unhex(buf_str(&hex), bytes, sizeof bytes);
    int r = item_decode(&item, bytes, len, &err);
    if (r != 0)
        fail_msg("%s: %s", directory, err.text);
    CLEANUP(json_freep) struct json *tree = item_to_json(item);
    json_write(tree, JSON_PRETTY, &seen);
    buf_char(&seen, '\n');
    if (!str_eq(buf_str(&seen), buf_str(&json)))
        fail_msg("%s: decoded to\n%s", directory, buf_str(&seen));
}

static void every_golden_item_still_decodes(void **state)
{
    (void)state;
    assert_true(for_each_case("v1.0", decodes_to_its_json) >= 4);
}

static void is_refused_with_its_message(const char *directory)
{
    CLEANUP(buf_done) struct buf hex = BUF(100000);
    CLEANUP(buf_done) struct buf text = BUF(10000);
    CLEANUP(item_freep) struct item *item = NULL;
    uint8_t bytes[8192];
    char path[5000];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/in.hex", directory);
    read_text(path, &hex);
    snprintf(path, sizeof path, "%s/error.txt", directory);
    read_text(path, &text);
    size_t len = unhex(buf_str(&hex), bytes, sizeof bytes);
    if (item_decode(&item, bytes, len, &err) != ERR_REJECT)
        fail_msg("%s was accepted", directory);
    strcat(err.text, "\n");
    if (!str_eq(err.text, buf_str(&text)))
        fail_msg("%s: refused with \"%s\"", directory, err.text);
}

static void every_bad_record_is_refused_with_its_reason(void **state)
{
    (void)state;
    assert_true(for_each_case("bad", is_refused_with_its_message) >= 12);
}

static struct item *sample(void)
{
    struct item *item;
    struct err err;

    assert_int_equal(item_new(&item, ITEM_FINDING, &err), 0);
    assert_true(item_set_text(item, &item->tenant, "default"));
    assert_true(item_set_text(item, &item->source, "vanta"));
    assert_true(item_set_text(item, &item->control, "aws-s3-versioning"));
    assert_true(item_set_text(item, &item->repository, "acme/platform"));
    assert_true(item_set_text(item, &item->arn, "arn:aws:s3:::orders"));
    item->detected_unix_ms = 1768480245000;
    return item;
}

static void what_is_encoded_decodes_to_the_same(void **state)
{
    CLEANUP(item_freep) struct item *item = sample();
    CLEANUP(item_freep) struct item *again = NULL;
    CLEANUP(buf_done) struct buf bytes = BUF(100000);
    CLEANUP(buf_done) struct buf twice = BUF(100000);
    struct err err;

    (void)state;
    assert_int_equal(item_encode(item, &bytes, &err), 0);
    assert_int_equal(item_decode(&again, bytes.bytes, bytes.len, &err), 0);
    assert_int_equal(item_encode(again, &twice, &err), 0);
    assert_int_equal(bytes.len, twice.len);
    assert_memory_equal(bytes.bytes, twice.bytes, bytes.len);
}

static void every_cut_of_a_record_is_refused(void **state)
{
    CLEANUP(item_freep) struct item *item = sample();
    CLEANUP(buf_done) struct buf bytes = BUF(100000);
    struct err err;

    (void)state;
    assert_int_equal(item_encode(item, &bytes, &err), 0);
    for (size_t len = 0; len < bytes.len; len++) {
        CLEANUP(item_freep) struct item *cut = NULL;
        uint8_t *copy = malloc(len + 1); /* exact size, so that ASan sees a read past it */
        memcpy(copy, bytes.bytes, len);
        int r = item_decode(&cut, copy, len, &err);
        free(copy);
        assert_int_equal(r, ERR_REJECT);
    }
}

static void a_declared_giant_is_refused_before_memory_is_asked_for(void **state)
{
    static const uint8_t giants[][8] = {{0xdf, 0xff, 0xff, 0xff, 0xff, 0x2a},
                                        {0x81, 0xa1, 'v', 0xdd, 0x10, 0, 0, 0},
                                        {0x81, 0xa1, 'v', 0xdb, 0xff, 0xff, 0xff, 0xff},
                                        {0x81, 0xa1, 'v', 0xc6, 0x7f, 0xff, 0xff, 0xff}};
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(giants); i++)
        assert_int_equal(wire_scan(giants[i], sizeof giants[i], &err), ERR_REJECT);
}

static void the_fingerprint_changes_with_each_part_of_the_identity(void **state)
{
    CLEANUP(item_freep) struct item *item = sample();
    char first[SHA256_HEX_BYTES], other[SHA256_HEX_BYTES];

    (void)state;
    item_fingerprint(item, "aws-s3-versioning", first);
    item_fingerprint(item, "aws-s3-versioning", other);
    assert_string_equal(first, other);
    const char **fields[] = {&item->tenant, &item->repository, &item->arn, &item->base_branch};
    for (size_t i = 0; i < COUNT(fields); i++) {
        const char *kept = *fields[i];
        *fields[i] = "other";
        item_fingerprint(item, "aws-s3-versioning", other);
        assert_string_not_equal(first, other);
        *fields[i] = kept;
    }
    item_fingerprint(item, "vanta:aws-s3-versioning", other);
    assert_string_not_equal(first, other);
    item->title = "words for people do not count";
    item->generation = 2;
    item_fingerprint(item, "aws-s3-versioning", other);
    assert_string_equal(first, other);
}

static void an_item_that_climbs_out_of_the_repository_is_refused(void **state)
{
    static const char *const bad[] = {"/etc/passwd", "../x.tf", "a/../../x.tf", "a/..", "..\\x.tf"};
    static const char *const good[] = {"x.tf", "a/b.tf", "a..b/x.tf", "a/..b/x.tf"};
    CLEANUP(item_freep) struct item *item = sample();
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        item->file = bad[i];
        assert_int_equal(item_check(item, &err), ERR_REJECT);
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        item->file = good[i];
        assert_int_equal(item_check(item, &err), 0);
    }
}

static void a_text_that_is_no_utf8_is_refused(void **state)
{
    CLEANUP(item_freep) struct item *item = sample();

    (void)state;
    assert_false(item_set_text(item, &item->title, "\xff"));
    assert_false(item_set_text(item, &item->title, "\xc0\x80"));
    assert_false(item_set_text(item, &item->title, "\xed\xa0\x80"));
    assert_true(item_set_text(item, &item->title, "gr\xc3\xbc\xc3\x9f"));
    assert_true(item_set_text(item, &item->title, NULL));
}

static void json_with_a_wrong_type_names_the_field(void **state)
{
    static const char text[] = "{\"tenant\":\"t\",\"source\":7}";
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(item_freep) struct item *item = NULL;
    struct err err;

    (void)state;
    assert_int_equal(json_parse(&json, text, sizeof text - 1, &err), 0);
    assert_int_equal(item_from_json(&item, json, ITEM_FINDING, &err), ERR_REJECT);
    assert_non_null(strstr(err.text, "source"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_golden_item_still_decodes),
        cmocka_unit_test(every_bad_record_is_refused_with_its_reason),
        cmocka_unit_test(what_is_encoded_decodes_to_the_same),
        cmocka_unit_test(every_cut_of_a_record_is_refused),
        cmocka_unit_test(a_declared_giant_is_refused_before_memory_is_asked_for),
        cmocka_unit_test(the_fingerprint_changes_with_each_part_of_the_identity),
        cmocka_unit_test(an_item_that_climbs_out_of_the_repository_is_refused),
        cmocka_unit_test(a_text_that_is_no_utf8_is_refused),
        cmocka_unit_test(json_with_a_wrong_type_names_the_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
