/*
 * The Vanta source: failing tests, and of those that ran since the last poll every failing entity.
 *
 * The cursor is {"v":1,"tests":{id: lastTestRunDate}}. It says of each test the run whose entities
 * were all emitted; so nothing is missed by a slow poll, a stop or a failure, whatever the clock
 * does: a test whose run is another than the noted one is read again. Tests that no longer need
 * attention leave the cursor.
 */
#include "producer/sources/vanta.h"

#include <stdio.h>

#include "common/config.h"
#include "common/digest.h"
#include "common/fault.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/log.h"

#define CURSOR_MAX ((size_t)8 * 1024 * 1024)

static int check(const struct config *config, struct err *err)
{
    bool has_client = config->vanta_client_id[0] != '\0' && config->vanta_client_secret[0] != '\0';

    if (config->vanta_api_token[0] == '\0' && !has_client)
        return err_set(err, ERR_FATAL,
                       "source vanta: set VANTA_CLIENT_ID and VANTA_CLIENT_SECRET, or "
                       "VANTA_API_TOKEN");
    if (http_url_check(config->vanta_base_url, err) < 0)
        return err_wrap(err, ERR_FATAL, "VANTA_BASE_URL");
    return 0;
}

/* Limits and the one live token belong to an application at a base URL: replicas of it share both.
 */
static void name_scopes(struct vanta *vanta)
{
    static const char *const classes[VANTA_CLASS_COUNT] = {
        [VANTA_OAUTH] = "oauth",
        [VANTA_MANAGEMENT] = "management",
        [VANTA_INTEGRATIONS] = "integrations",
    };
    const struct config *config = vanta->context->config;
    bool fixed = config->vanta_api_token[0] != '\0';
    const char *who[] = {vanta->base, fixed ? config->vanta_api_token : config->vanta_client_id};
    char hex[SHA256_HEX_BYTES];

    sha256_list_hex(who, COUNT(who), hex);
    snprintf(vanta->provider, sizeof vanta->provider, "vanta:%.16s", hex);
    for (int i = 0; i < VANTA_CLASS_COUNT; i++)
        snprintf(vanta->scopes[i], sizeof vanta->scopes[i], "vanta:%s:%.16s", classes[i], hex);
}

static int vanta_init(struct vanta *vanta, const struct source_context *context, struct err *err)
{
    *vanta = (struct vanta){.context = context};
    if (!str_copy(vanta->base, sizeof vanta->base, context->config->vanta_base_url))
        return err_set(err, ERR_FATAL, "VANTA_BASE_URL is too long");
    size_t len = strlen(vanta->base);
    if (len > 0 && vanta->base[len - 1] == '/')
        vanta->base[len - 1] = '\0';
    name_scopes(vanta);
    random_uuid(vanta->owner);
    return 0;
}

static int keep_test(void *context, const struct json *test, struct err *err)
{
    struct json *tests = context;
    const char *id = json_get_text(test, "id", NULL);

    (void)err;
    /* The filter is asked for, and checked: entities of a passing test must never become items. */
    if (id != NULL && str_eq(json_get_text(test, "status", "NEEDS_ATTENTION"), "NEEDS_ATTENTION"))
        json_set_give(tests, id, json_copy(test));
    return 0;
}

static int list_tests(const struct vanta *vanta, struct json *out, struct err *err)
{
    const char *framework = vanta->context->config->vanta_framework;
    CLEANUP(buf_done) struct buf path = BUF(4096);

    buf_text(&path, "/v1/tests?statusFilter=NEEDS_ATTENTION");
    if (framework[0] != '\0') {
        buf_text(&path, "&frameworkFilter=");
        http_url_escape(&path, framework);
    }
    int r = buf_check(&path, err);
    if (r < 0)
        return r;
    return vanta_pages(vanta, VANTA_MANAGEMENT, buf_str(&path), keep_test, out, err);
}

/* A test that Vanta refuses to tell about (deleted meanwhile) must not stop the others: it keeps
 * its old entry. */
static int poll_test(const struct vanta *vanta, const struct json *test, const char *id,
                     const struct json *before, struct json *after, struct err *err)
{
    const char *run_at = json_get_text(test, "lastTestRunDate", "");
    const char *noted = json_get_text(before, id, "");

    if (run_at[0] != '\0' && str_eq(run_at, noted)) {
        json_set_text(after, id, noted);
        return 0;
    }
    int r = vanta_emit_entities(vanta, test, err);
    if (r == 0) {
        json_set_text(after, id, run_at);
        return 0;
    }
    if (noted[0] != '\0')
        json_set_text(after, id, noted);
    if (r == ERR_REJECT)
        LOG_ERROR("vanta.test_refused", LOG_TEXT("test", id), LOG_ERR(err));
    return r == ERR_REJECT || r == VANTA_INCOMPLETE ? 0 : r;
}

static int poll_tests(const struct vanta *vanta, const struct json *tests, bool all_seen,
                      const struct json *before, struct json *after, struct err *err)
{
    const struct json *test;
    const struct json *noted;
    const char *id;
    int r = 0;

    for (size_t i = 0; r == 0 && json_member(tests, i, &id, &test); i++)
        r = poll_test(vanta, test, id, before, after, err);
    /* What was not reached, or not listed because the list was cut short, keeps its entry. */
    for (size_t i = 0; (r < 0 || !all_seen) && json_member(before, i, &id, &noted); i++) {
        if (json_get(after, id) == NULL && (!all_seen || json_get(tests, id) != NULL))
            json_set_text(after, id, json_text(noted, ""));
    }
    return r;
}

static void write_cursor(struct json *tests_give, struct buf *out)
{
    CLEANUP(json_freep) struct json *cursor = json_object();
    CLEANUP(buf_done) struct buf text = BUF(CURSOR_MAX);
    struct err ignored = {0};

    json_set_int(cursor, "v", 1);
    json_set_give(cursor, "tests", tests_give);
    json_write(cursor, JSON_COMPACT, &text);
    if (buf_check(&text, &ignored) == 0)
        buf_text(out, text.bytes);
}

static int vanta_poll(const struct source_context *context, const char *cursor,
                      struct buf *next_cursor, struct err *err)
{
    CLEANUP(vanta_inventory_freep) struct vanta_inventory *inventory = vanta_inventory_new();
    CLEANUP(json_freep) struct json *before = NULL;
    CLEANUP(json_freep) struct json *tests = json_object();
    struct err ignored = {0};
    struct vanta vanta;
    int r = vanta_init(&vanta, context, err);

    if (inventory == NULL)
        return err_nomem(err);
    if (r < 0)
        return r;
    vanta.inventory = inventory;
    /* A cursor that cannot be read costs a second sending, nothing else. */
    if (cursor[0] != '\0' && json_parse(&before, cursor, strlen(cursor), &ignored) < 0)
        LOG_WARN("cursor.unreadable", LOG_TEXT("source", "vanta"), LOG_ERR(&ignored));

    r = list_tests(&vanta, tests, err);
    if (r < 0)
        return r;
    FAULT_POINT("poll.fetched");
    struct json *after = json_object();
    r = poll_tests(&vanta, tests, r != VANTA_INCOMPLETE, json_get(before, "tests"), after, err);
    write_cursor(after, next_cursor);
    return r;
}

const struct source source_vanta = {.name = "vanta", .check = check, .poll = vanta_poll};
