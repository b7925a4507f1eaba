/* Whoever tampers with the audit log: every way is noticed, and the line is named. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/support/audit_log.h"
#include "tests/support/test.h"

/* Writes the log anew with these lines of the old one, in this order; 0 ends the list. */
static void rearrange(const int *lines)
{
    CLEANUP(buf_done) struct buf old = audit_log_read();
    CLEANUP(buf_done) struct buf fresh = BUF(AUDIT_LOG_MAX_BYTES);

    for (; *lines != 0; lines++) {
        size_t len;
        const char *line = audit_log_line(&old, *lines, &len);
        buf_bytes(&fresh, line, len);
    }
    audit_log_write(fresh.bytes, fresh.len);
}

static void assert_names_line(int64_t line)
{
    CLEANUP(chain_closep) struct chain *chain = NULL;
    struct chain_report report = audit_log_verify();
    char named[32];
    struct err err;

    assert_int_equal(report.bad_line, line);
    assert_true(strlen(report.why) > 0);
    assert_int_equal(chain_open(&chain, audit_log_directory(), &err), ERR_FATAL);
    snprintf(named, sizeof named, "line %lld ", (long long)line);
    assert_has(err.text, named);
}

static void row_27_every_flipped_bit_is_noticed_and_its_line_named(void **state)
{
    CLEANUP(buf_done) struct buf log = audit_log_read();
    int fd = open(audit_log_path(), O_RDWR);
    int64_t line = 1;

    (void)state;
    assert_true(fd >= 0);
    for (size_t i = 0; i < log.len; i++) {
        char changed = (char)(log.bytes[i] ^ (1 << i % 8));
        assert_int_equal(pwrite(fd, &changed, 1, (off_t)i), 1);
        struct chain_report report = audit_log_verify();
        if (report.bad_line != line)
            fail_msg("byte %zu: line %lld is named instead of %lld", i, (long long)report.bad_line,
                     (long long)line);
        assert_int_equal(pwrite(fd, &log.bytes[i], 1, (off_t)i), 1);
        line += log.bytes[i] == '\n';
    }
    close(fd);
    assert_int_equal(audit_log_verify().bad_line, 0);
}

static void an_edited_line_is_named(void **state)
{
    CLEANUP(buf_done) struct buf log = audit_log_read();
    size_t len;

    (void)state;
    char *status = strstr((char *)(uintptr_t)audit_log_line(&log, 3, &len), "success");
    memcpy(status, "failed!", 7);
    audit_log_write(log.bytes, log.len);
    assert_names_line(3);
}

/* Whoever can edit can hash too; then the next line tells. */
static void an_edited_line_with_a_new_seal_is_found_by_the_next_one(void **state)
{
    CLEANUP(buf_done) struct buf log = audit_log_read();
    char seal[SHA256_HEX_BYTES];
    size_t len;

    (void)state;
    char *line = (char *)(uintptr_t)audit_log_line(&log, 3, &len);
    memcpy(strstr(line, "success"), "failed!", 7);
    char *end = strstr(line, ",\"verify_sha256\"");
    sha256_hex(line, (size_t)(end - line), seal);
    memcpy(end + strlen(",\"verify_sha256\":\""), seal, 64);
    audit_log_write(log.bytes, log.len);
    assert_names_line(4);
}

static void deleted_inserted_reordered_and_repeated_lines_are_named(void **state)
{
    CLEANUP(buf_done) struct buf log = audit_log_read();
    const struct {
        int64_t bad_line;
        int lines[AUDIT_LOG_LINES + 2];
    } cases[] = {
        {1, {2, 3, 4, 5, 0}},       /* the first is gone */
        {3, {1, 2, 4, 5, 0}},       /* one from the middle */
        {2, {1, 3, 2, 4, 5, 0}},    /* two change places */
        {4, {1, 2, 3, 3, 4, 5, 0}}, /* one twice */
        {6, {1, 2, 3, 4, 5, 5, 0}}, /* the last twice */
        {4, {1, 2, 3, 1, 4, 5, 0}}, /* one from elsewhere */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        audit_log_write(log.bytes, log.len);
        rearrange(cases[i].lines);
        assert_names_line(cases[i].bad_line);
    }
}

static void lines_missing_at_the_end_show_only_against_a_kept_head(void **state)
{
    struct chain_report before = audit_log_verify();

    (void)state;
    rearrange((const int[]){1, 2, 3, 4, 0});
    struct chain_report after = audit_log_verify();
    assert_int_equal(after.bad_line, 0);
    assert_int_equal(after.lines, AUDIT_LOG_LINES - 1);
    assert_string_not_equal(after.head_sha256, before.head_sha256);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, audit_log_start, audit_log_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(row_27_every_flipped_bit_is_noticed_and_its_line_named),
        STORY(an_edited_line_is_named),
        STORY(an_edited_line_with_a_new_seal_is_found_by_the_next_one),
        STORY(deleted_inserted_reordered_and_repeated_lines_are_named),
        STORY(lines_missing_at_the_end_show_only_against_a_kept_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
