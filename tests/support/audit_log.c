/* A small audit log for tests; the story stands in audit_log.h. */
#include "tests/support/audit_log.h"

#include <stdio.h>

#include "common/files.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

static char *directory;
static char path[512];

struct audit_event *audit_log_event(int i)
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

void audit_log_append(struct chain *chain, int i)
{
    CLEANUP(audit_event_freep) struct audit_event *event = audit_log_event(i);
    const struct line_place place = {"plumb.audit.v1", i % 4, i};
    struct err err;

    assert_ok(chain_append(chain, event, &place, &err), err);
}

struct chain *audit_log_open(void)
{
    struct chain *chain = NULL;
    struct err err;

    assert_ok(chain_open(&chain, directory, &err), err);
    return chain;
}

int audit_log_start(void **state)
{
    struct err err;

    (void)state;
    directory = temp_dir_make();
    snprintf(path, sizeof path, "%s/%s", directory, AUDIT_LOG_NAME);
    CLEANUP(chain_closep) struct chain *chain = audit_log_open();
    for (int i = 1; i <= AUDIT_LOG_LINES; i++)
        audit_log_append(chain, i);
    assert_ok(chain_sync(chain, &err), err);
    return 0;
}

int audit_log_finish(void **state)
{
    (void)state;
    temp_dir_remove(directory);
    return 0;
}

struct buf audit_log_read(void)
{
    struct buf bytes = BUF(AUDIT_LOG_MAX_BYTES);
    struct err err;

    assert_ok(files_read(path, &bytes, &err), err);
    return bytes;
}

void audit_log_write(const char *bytes, size_t len)
{
    struct err err;

    assert_ok(files_write(path, bytes, len, &err), err);
}

struct chain_report audit_log_verify(void)
{
    struct chain_report report;
    struct err err;

    assert_ok(chain_verify(path, &report, &err), err);
    return report;
}

/* The bounds of line i (from 1), with its newline. */
const char *audit_log_line(const struct buf *log, int i, size_t *len)
{
    const char *start = log->bytes;

    while (--i > 0)
        start = strchr(start, '\n') + 1;
    *len = (size_t)(strchr(start, '\n') - start) + 1;
    return start;
}

const char *audit_log_directory(void)
{
    return directory;
}

const char *audit_log_path(void)
{
    return path;
}
