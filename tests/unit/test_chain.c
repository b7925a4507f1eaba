/* The audit log's chain: what is appended holds, and what a crash or a full disk leaves is put
 * right. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "common/json.h"
#include "tests/support/audit_log.h"
#include "tests/support/test.h"

static void an_untouched_log_holds(void **state)
{
    CLEANUP(buf_done) struct buf log = audit_log_read();
    char head[SHA256_HEX_BYTES];
    size_t len;

    (void)state;
    const char *last = audit_log_line(&log, AUDIT_LOG_LINES, &len);
    sha256_hex(last, len - 1, head);
    struct chain_report report = audit_log_verify();
    assert_int_equal(report.bad_line, 0);
    assert_int_equal(report.lines, AUDIT_LOG_LINES);
    assert_string_equal(report.head_sha256, head);
}

static void a_line_has_the_documented_fields(void **state)
{
    CLEANUP(buf_done) struct buf log = audit_log_read();
    CLEANUP(json_freep) struct json *line = NULL;
    CLEANUP(buf_done) struct buf again = BUF(AUDIT_LOG_MAX_BYTES);
    struct err err;
    size_t len;

    (void)state;
    const char *first = audit_log_line(&log, 1, &len);
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
    CLEANUP(chain_closep) struct chain *chain = audit_log_open();
    CLEANUP(audit_event_freep) struct audit_event *known = audit_log_event(3);
    CLEANUP(audit_event_freep) struct audit_event *fresh = audit_log_event(AUDIT_LOG_LINES + 1);
    struct err err;

    (void)state;
    assert_int_equal(chain_head(chain)->seq, AUDIT_LOG_LINES);
    assert_true(chain_has(chain, known->event_id));
    assert_false(chain_has(chain, fresh->event_id));
    audit_log_append(chain, AUDIT_LOG_LINES + 1);
    assert_true(chain_has(chain, fresh->event_id));
    assert_int_equal(audit_log_verify().lines, AUDIT_LOG_LINES); /* not before the sync */
    assert_ok(chain_sync(chain, &err), err);
    assert_int_equal(audit_log_verify().lines, AUDIT_LOG_LINES + 1);
    assert_int_equal(audit_log_verify().bad_line, 0);
}

static void a_second_writer_is_kept_out(void **state)
{
    CLEANUP(chain_closep) struct chain *chain = audit_log_open();
    struct chain *other = NULL;
    struct err err;

    (void)state;
    assert_int_equal(chain_open(&other, audit_log_directory(), &err), ERR_FATAL);
    assert_has(err.text, "another sink");
}

static void row_27_a_torn_tail_of_any_length_is_cut(void **state)
{
    CLEANUP(buf_done) struct buf log = audit_log_read();
    size_t last;
    struct err err;

    (void)state;
    const char *tail = audit_log_line(&log, AUDIT_LOG_LINES, &last);
    size_t good = (size_t)(tail - log.bytes);
    for (size_t kept = 1; kept < last; kept += kept < last - 5 ? 97 : 1) {
        audit_log_write(log.bytes, good + kept);
        assert_int_equal(audit_log_verify().bad_line, AUDIT_LOG_LINES);
        struct chain *chain = audit_log_open();
        assert_int_equal(chain_head(chain)->seq, AUDIT_LOG_LINES - 1);
        audit_log_append(chain,
                         AUDIT_LOG_LINES); /* it comes again: nobody was told that it was written */
        assert_ok(chain_sync(chain, &err), err);
        chain_close(chain);
        CLEANUP(buf_done) struct buf again = audit_log_read();
        assert_int_equal(again.len, log.len);
        assert_memory_equal(again.bytes, log.bytes, log.len);
    }
}

static void a_damaged_last_newline_is_not_taken_for_a_torn_line(void **state)
{
    CLEANUP(buf_done) struct buf log = audit_log_read();
    CLEANUP(chain_closep) struct chain *chain = NULL;
    struct err err;

    (void)state;
    log.bytes[log.len - 1] = '*';
    audit_log_write(log.bytes, log.len);
    assert_int_equal(chain_open(&chain, audit_log_directory(), &err), ERR_FATAL);
    assert_has(err.text, "line 5 ");
}

static void row_28_without_room_the_batch_waits_and_the_file_stays(void **state)
{
    CLEANUP(chain_closep) struct chain *chain = audit_log_open();
    struct rlimit before, tight;
    struct err err;

    (void)state;
    CLEANUP(buf_done) struct buf log = audit_log_read();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = log.len + 100; /* room for a part of a line */
    audit_log_append(chain, AUDIT_LOG_LINES + 1);
    audit_log_append(chain, AUDIT_LOG_LINES + 2);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    int r = chain_sync(chain, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(r, ERR_RETRY);
    CLEANUP(buf_done) struct buf after = audit_log_read();
    assert_int_equal(after.len, log.len);

    assert_ok(chain_sync(chain, &err), err);
    assert_int_equal(audit_log_verify().bad_line, 0);
    assert_int_equal(audit_log_verify().lines, AUDIT_LOG_LINES + 2);
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
    CLEANUP(buf_done) struct buf text = BUF(AUDIT_LOG_MAX_BYTES);
    CLEANUP(json_freep) struct json *list = NULL;
    struct err err;

    (void)state;
    assert_ok(history_read(audit_log_path(), HISTORY_ALL, 3, &text, &err), err);
    assert_ok(json_parse(&list, text.bytes, text.len, &err), err);
    assert_int_equal(json_count(list), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(json_get_int(json_at(list, i), "seq", 0), AUDIT_LOG_LINES - (int64_t)i);
    assert_string_equal(json_get_text(json_at(list, 0), "status", ""), "success");
    assert_true(json_is_null(json_get(json_at(list, 0), "error_message")));
    assert_true(json_is_object(json_get(json_at(list, 0), "metadata")));
}

static void history_reaches_over_many_blocks_and_stops_at_the_first(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF((size_t)4 * AUDIT_LOG_MAX_BYTES);
    CLEANUP(json_freep) struct json *list = NULL;
    CLEANUP(chain_closep) struct chain *chain = audit_log_open();
    struct err err;

    (void)state;
    for (int i = AUDIT_LOG_LINES + 1; i <= 400; i++)
        audit_log_append(chain, i);
    assert_ok(chain_sync(chain, &err), err);
    assert_ok(history_read(audit_log_path(), HISTORY_ALL, 1000, &text, &err), err);
    assert_ok(json_parse(&list, text.bytes, text.len, &err), err);
    assert_int_equal(json_count(list), 400);
    for (size_t i = 0; i < 400; i++)
        assert_int_equal(json_get_int(json_at(list, i), "seq", 0), 400 - (int64_t)i);
}

static void append_a_deferral(struct chain *chain, int i)
{
    CLEANUP(audit_event_freep) struct audit_event *event = audit_log_event(i);
    const struct line_place place = {"plumb.audit.v1", 0, i};
    struct err err;

    assert_true(audit_event_set(event, &event->kind, "item.deferred"));
    assert_ok(chain_append(chain, event, &place, &err), err);
}

static void history_of_ends_counts_ends(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF((size_t)4 * AUDIT_LOG_MAX_BYTES);
    CLEANUP(json_freep) struct json *list = NULL;
    CLEANUP(chain_closep) struct chain *chain = audit_log_open();
    struct err err;

    (void)state;
    for (int i = AUDIT_LOG_LINES + 1; i <= 400; i++)
        append_a_deferral(chain, i);
    assert_ok(chain_sync(chain, &err), err);
    assert_ok(history_read(audit_log_path(), HISTORY_ENDS, 3, &text, &err), err);
    assert_ok(json_parse(&list, text.bytes, text.len, &err), err);
    assert_int_equal(json_count(list), 3);
    assert_int_equal(json_get_int(json_at(list, 0), "seq", 0), AUDIT_LOG_LINES);
    assert_string_equal(json_get_text(json_at(list, 0), "kind", ""), "item.ended");
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, audit_log_start, audit_log_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(an_untouched_log_holds),
        STORY(a_line_has_the_documented_fields),
        STORY(the_chain_goes_on_where_it_ended),
        STORY(a_second_writer_is_kept_out),
        STORY(row_27_a_torn_tail_of_any_length_is_cut),
        STORY(a_damaged_last_newline_is_not_taken_for_a_torn_line),
        STORY(row_28_without_room_the_batch_waits_and_the_file_stays),
        STORY(a_log_that_is_not_there_cannot_be_verified),
        STORY(history_shows_the_newest_first),
        STORY(history_reaches_over_many_blocks_and_stops_at_the_first),
        STORY(history_of_ends_counts_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
