/* The audit log's chain: what is appended holds, and every way to tamper with it is named. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/files.h"
#include "common/json.h"
#include "proto/audit.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "worker/sink/chain.h"
#include "worker/sink/sink.h"

enum { LINES = 5, LOG_MAX = 1024 * 1024 };

static char *directory;
static char path[512];

static struct audit_event *event_of(int i)
{
    struct audit_event *event = NULL;
    struct err err;
    char id[SHA256_HEX_BYTES], fingerprint[32];

    assert_ok(audit_event_new(&event, &err), err);
    snprintf(fingerprint, sizeof fingerprint, "fp-%d", i);
    audit_event_id(fingerprint, 1, "item.ended", id);
    event->at_unix_ms = 1700000000000 + i;
    assert_true(audit_event_set(event, &event->event_id, id));
    assert_true(audit_event_set(event, &event->kind, "item.ended"));
    assert_true(audit_event_set(event, &event->fingerprint, fingerprint));
    assert_true(audit_event_set(event, &event->node_id, "acme/infra:aws_s3_bucket.logs"));
    assert_true(audit_event_set(event, &event->suggestion_id, "s3-encryption"));
    assert_true(audit_event_set(event, &event->action, "remediate"));
    assert_true(audit_event_set(event, &event->status, "success"));
    assert_true(audit_event_set(event, &event->state, "PR_OPEN"));
    assert_true(audit_event_set(event, &event->pr_url, "https://git.example/acme/infra/pull/7"));
    assert_true(audit_event_set(event, &event->branch, "compliance-remediation/s3-abcdefgh"));
    assert_true(
        audit_event_set(event, &event->details_json, "{\"files\":[\"s3.tf\"],\"lines\":3}"));
    return event;
}

static void append(struct chain *chain, int i)
{
    CLEANUP(audit_event_freep) struct audit_event *event = event_of(i);
    const struct line_place place = {"plumb.audit.v1", i % 4, i};
    struct err err;

    assert_ok(chain_append(chain, event, &place, &err), err);
}

static struct chain *open_chain(void)
{
    struct chain *chain = NULL;
    struct err err;

    assert_ok(chain_open(&chain, directory, &err), err);
    return chain;
}

static int start(void **state)
{
    struct err err;

    (void)state;
    directory = temp_dir_make();
    snprintf(path, sizeof path, "%s/%s", directory, AUDIT_LOG_NAME);
    CLEANUP(chain_closep) struct chain *chain = open_chain();
    for (int i = 1; i <= LINES; i++)
        append(chain, i);
    assert_ok(chain_sync(chain, &err), err);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    temp_dir_remove(directory);
    return 0;
}

static struct buf log_read(void)
{
    struct buf bytes = BUF(LOG_MAX);
    struct err err;

    assert_ok(files_read(path, &bytes, &err), err);
    return bytes;
}

static void log_write_bytes(const char *bytes, size_t len)
{
    struct err err;

    assert_ok(files_write(path, bytes, len, &err), err);
}

static struct chain_report verify(void)
{
    struct chain_report report;
    struct err err;

    assert_ok(chain_verify(path, &report, &err), err);
    return report;
}

/* The bounds of line i (from 1), with its newline. */
static const char *line_of(const struct buf *log, int i, size_t *len)
{
    const char *start = log->bytes;

    while (--i > 0)
        start = strchr(start, '\n') + 1;
    *len = (size_t)(strchr(start, '\n') - start) + 1;
    return start;
}

/* Writes the log anew with these lines of the old one, in this order; 0 ends the list. */
static void rearrange(const int *lines)
{
    CLEANUP(buf_done) struct buf old = log_read();
    CLEANUP(buf_done) struct buf fresh = BUF(LOG_MAX);

    for (; *lines != 0; lines++) {
        size_t len;
        const char *line = line_of(&old, *lines, &len);
        buf_bytes(&fresh, line, len);
    }
    log_write_bytes(fresh.bytes, fresh.len);
}

static void assert_names_line(int64_t line)
{
    CLEANUP(chain_closep) struct chain *chain = NULL;
    struct chain_report report = verify();
    char named[32];
    struct err err;

    assert_int_equal(report.bad_line, line);
    assert_true(strlen(report.why) > 0);
    assert_int_equal(chain_open(&chain, directory, &err), ERR_FATAL);
    snprintf(named, sizeof named, "line %lld ", (long long)line);
    assert_has(err.text, named);
}

static void an_untouched_log_holds(void **state)
{
    CLEANUP(buf_done) struct buf log = log_read();
    char head[SHA256_HEX_BYTES];
    size_t len;

    (void)state;
    const char *last = line_of(&log, LINES, &len);
    sha256_hex(last, len - 1, head);
    struct chain_report report = verify();
    assert_int_equal(report.bad_line, 0);
    assert_int_equal(report.lines, LINES);
    assert_string_equal(report.head_sha256, head);
}

static void a_line_has_the_documented_fields(void **state)
{
    CLEANUP(buf_done) struct buf log = log_read();
    CLEANUP(json_freep) struct json *line = NULL;
    CLEANUP(buf_done) struct buf again = BUF(LOG_MAX);
    struct err err;
    size_t len;

    (void)state;
    const char *first = line_of(&log, 1, &len);
    assert_ok(json_parse(&line, first, len - 1, &err), err);
    assert_string_equal(json_get_text(line, "node_id", ""), "acme/infra:aws_s3_bucket.logs");
    assert_string_equal(json_get_text(line, "suggestion_id", ""), "s3-encryption");
    assert_string_equal(json_get_text(line, "timestamp", ""), "2023-11-14T22:13:20.001Z");
    assert_true(json_is_null(json_get(line, "error_message")));
    assert_string_equal(json_text(json_find(line, "metadata.branch"), ""),
                        "compliance-remediation/s3-abcdefgh");
    assert_true(json_is_bool(json_find(line, "metadata.dry_run")));
    assert_int_equal(json_int(json_find(line, "details.lines"), 0), 3);
    assert_int_equal(json_get_int(line, "seq", 0), 1);
    assert_int_equal(json_get_int(line, "partition", -1), 1);
    assert_int_equal(json_get_int(line, "offset", -1), 1);
    assert_string_equal(json_get_text(line, "prev", ""),
                        "0000000000000000000000000000000000000000000000000000000000000000");
    json_write(line, JSON_CANONICAL, &again);
    assert_int_equal(again.len, len - 1);
    assert_memory_equal(again.bytes, first, len - 1);
}

static void the_chain_goes_on_where_it_ended(void **state)
{
    CLEANUP(chain_closep) struct chain *chain = open_chain();
    CLEANUP(audit_event_freep) struct audit_event *known = event_of(3);
    CLEANUP(audit_event_freep) struct audit_event *fresh = event_of(LINES + 1);
    struct err err;

    (void)state;
    assert_int_equal(chain_head(chain)->seq, LINES);
    assert_true(chain_has(chain, known->event_id));
    assert_false(chain_has(chain, fresh->event_id));
    append(chain, LINES + 1);
    assert_true(chain_has(chain, fresh->event_id));
    assert_int_equal(verify().lines, LINES); /* not before the sync */
    assert_ok(chain_sync(chain, &err), err);
    assert_int_equal(verify().lines, LINES + 1);
    assert_int_equal(verify().bad_line, 0);
}

static void a_second_writer_is_kept_out(void **state)
{
    CLEANUP(chain_closep) struct chain *chain = open_chain();
    struct chain *other = NULL;
    struct err err;

    (void)state;
    assert_int_equal(chain_open(&other, directory, &err), ERR_FATAL);
    assert_has(err.text, "another sink");
}

static void every_flipped_bit_is_noticed_and_its_line_named(void **state)
{
    CLEANUP(buf_done) struct buf log = log_read();
    int fd = open(path, O_RDWR);
    int64_t line = 1;

    (void)state;
    assert_true(fd >= 0);
    for (size_t i = 0; i < log.len; i++) {
        char changed = (char)(log.bytes[i] ^ (1 << i % 8));
        assert_int_equal(pwrite(fd, &changed, 1, (off_t)i), 1);
        struct chain_report report = verify();
        if (report.bad_line != line)
            fail_msg("byte %zu: line %lld is named instead of %lld", i, (long long)report.bad_line,
                     (long long)line);
        assert_int_equal(pwrite(fd, &log.bytes[i], 1, (off_t)i), 1);
        line += log.bytes[i] == '\n';
    }
    close(fd);
    assert_int_equal(verify().bad_line, 0);
}

static void an_edited_line_is_named(void **state)
{
    CLEANUP(buf_done) struct buf log = log_read();
    size_t len;

    (void)state;
    char *status = strstr((char *)(uintptr_t)line_of(&log, 3, &len), "success");
    memcpy(status, "failed!", 7);
    log_write_bytes(log.bytes, log.len);
    assert_names_line(3);
}

/* Whoever can edit can hash too; then the next line tells. */
static void an_edited_line_with_a_new_seal_is_found_by_the_next_one(void **state)
{
    CLEANUP(buf_done) struct buf log = log_read();
    char seal[SHA256_HEX_BYTES];
    size_t len;

    (void)state;
    char *line = (char *)(uintptr_t)line_of(&log, 3, &len);
    memcpy(strstr(line, "success"), "failed!", 7);
    char *end = strstr(line, ",\"verify_sha256\"");
    sha256_hex(line, (size_t)(end - line), seal);
    memcpy(end + strlen(",\"verify_sha256\":\""), seal, 64);
    log_write_bytes(log.bytes, log.len);
    assert_names_line(4);
}

static void deleted_inserted_reordered_and_repeated_lines_are_named(void **state)
{
    CLEANUP(buf_done) struct buf log = log_read();
    const struct {
        int64_t bad_line;
        int lines[LINES + 2];
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
        log_write_bytes(log.bytes, log.len);
        rearrange(cases[i].lines);
        assert_names_line(cases[i].bad_line);
    }
}

static void lines_missing_at_the_end_show_only_against_a_kept_head(void **state)
{
    struct chain_report before = verify();

    (void)state;
    rearrange((const int[]){1, 2, 3, 4, 0});
    struct chain_report after = verify();
    assert_int_equal(after.bad_line, 0);
    assert_int_equal(after.lines, LINES - 1);
    assert_string_not_equal(after.head_sha256, before.head_sha256);
}

static void a_torn_tail_of_any_length_is_cut(void **state)
{
    CLEANUP(buf_done) struct buf log = log_read();
    size_t last;
    struct err err;

    (void)state;
    const char *tail = line_of(&log, LINES, &last);
    size_t good = (size_t)(tail - log.bytes);
    for (size_t kept = 1; kept < last; kept += kept < last - 5 ? 97 : 1) {
        log_write_bytes(log.bytes, good + kept);
        assert_int_equal(verify().bad_line, LINES);
        struct chain *chain = open_chain();
        assert_int_equal(chain_head(chain)->seq, LINES - 1);
        append(chain, LINES); /* it comes again: nobody was told that it was written */
        assert_ok(chain_sync(chain, &err), err);
        chain_close(chain);
        CLEANUP(buf_done) struct buf again = log_read();
        assert_int_equal(again.len, log.len);
        assert_memory_equal(again.bytes, log.bytes, log.len);
    }
}

static void a_damaged_last_newline_is_not_taken_for_a_torn_line(void **state)
{
    CLEANUP(buf_done) struct buf log = log_read();
    CLEANUP(chain_closep) struct chain *chain = NULL;
    struct err err;

    (void)state;
    log.bytes[log.len - 1] = '*';
    log_write_bytes(log.bytes, log.len);
    assert_int_equal(chain_open(&chain, directory, &err), ERR_FATAL);
    assert_has(err.text, "line 5 ");
}

static void without_room_the_batch_waits_and_the_file_stays(void **state)
{
    CLEANUP(chain_closep) struct chain *chain = open_chain();
    struct rlimit before, tight;
    struct err err;

    (void)state;
    CLEANUP(buf_done) struct buf log = log_read();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = log.len + 100; /* room for a part of a line */
    append(chain, LINES + 1);
    append(chain, LINES + 2);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    int r = chain_sync(chain, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(r, ERR_RETRY);
    CLEANUP(buf_done) struct buf after = log_read();
    assert_int_equal(after.len, log.len);

    assert_ok(chain_sync(chain, &err), err);
    assert_int_equal(verify().bad_line, 0);
    assert_int_equal(verify().lines, LINES + 2);
}

static void a_log_that_is_not_there_cannot_be_verified(void **state)
{
    struct chain_report report;
    struct err err;

    (void)state;
    assert_int_equal(chain_verify("/nonexistent/audit.jsonl", &report, &err), ERR_REJECT);
}

static void history_shows_the_newest_first(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(LOG_MAX);
    CLEANUP(json_freep) struct json *list = NULL;
    struct err err;

    (void)state;
    assert_ok(history_read(path, 3, &text, &err), err);
    assert_ok(json_parse(&list, text.bytes, text.len, &err), err);
    assert_int_equal(json_count(list), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(json_get_int(json_at(list, i), "seq", 0), LINES - (int64_t)i);
    assert_string_equal(json_get_text(json_at(list, 0), "status", ""), "success");
    assert_true(json_is_null(json_get(json_at(list, 0), "error_message")));
    assert_true(json_is_object(json_get(json_at(list, 0), "metadata")));
}

static void history_reaches_over_many_blocks_and_stops_at_the_first(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF((size_t)4 * LOG_MAX);
    CLEANUP(json_freep) struct json *list = NULL;
    CLEANUP(chain_closep) struct chain *chain = open_chain();
    struct err err;

    (void)state;
    for (int i = LINES + 1; i <= 400; i++)
        append(chain, i);
    assert_ok(chain_sync(chain, &err), err);
    assert_ok(history_read(path, 1000, &text, &err), err);
    assert_ok(json_parse(&list, text.bytes, text.len, &err), err);
    assert_int_equal(json_count(list), 400);
    for (size_t i = 0; i < 400; i++)
        assert_int_equal(json_get_int(json_at(list, i), "seq", 0), 400 - (int64_t)i);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(an_untouched_log_holds),
        STORY(a_line_has_the_documented_fields),
        STORY(the_chain_goes_on_where_it_ended),
        STORY(a_second_writer_is_kept_out),
        STORY(every_flipped_bit_is_noticed_and_its_line_named),
        STORY(an_edited_line_is_named),
        STORY(an_edited_line_with_a_new_seal_is_found_by_the_next_one),
        STORY(deleted_inserted_reordered_and_repeated_lines_are_named),
        STORY(lines_missing_at_the_end_show_only_against_a_kept_head),
        STORY(a_torn_tail_of_any_length_is_cut),
        STORY(a_damaged_last_newline_is_not_taken_for_a_torn_line),
        STORY(without_room_the_batch_waits_and_the_file_stays),
        STORY(a_log_that_is_not_there_cannot_be_verified),
        STORY(history_shows_the_newest_first),
        STORY(history_reaches_over_many_blocks_and_stops_at_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
