/*
 * Failing entities as items. Vanta says which entity fails which test, in seven fields: no
 * severity, no ARN, no repository. Severity comes from our table below, the ARN from vanta_arn.c,
 * the repository from GITHUB_REPO_MAPPING.
 */
#include "producer/sources/vanta.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/http/http.h"
#include "common/json.h"
#include "producer/formats_draft.h"

struct emission {
    const struct vanta *vanta;
    const struct json *test;
    struct format_options options;
    struct format_run run;
};

static char *repository_for(void *context, const char *resource)
{
    return config_repository_for(context, resource);
}

/* The first word that the test's id holds decides. */
static const char *severity_of(const char *test_id)
{
    static const struct {
        const char *word, *severity;
    } table[] = {
        {"public", "high"},       {"root", "high"},  {"mfa", "high"},        {"encrypt", "high"},
        {"unrestricted", "high"}, {"admin", "high"}, {"exposed", "high"},    {"ssh", "high"},
        {"rdp", "high"},          {"tag", "low"},    {"description", "low"}, {"owner", "low"},
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        if (strstr(test_id, table[i].word) != NULL)
            return table[i].severity;
    }
    return "medium";
}

static struct json *record_of(const struct json *test, const struct json *entity)
{
    struct json *record = json_object();
    struct json *about = json_object();

    json_set_text(about, "id", json_get_text(test, "id", NULL));
    json_set_text(about, "name", json_get_text(test, "name", NULL));
    json_set_text(about, "lastTestRunDate", json_get_text(test, "lastTestRunDate", NULL));
    json_set_give(record, "test", about);
    json_set_give(record, "entity", json_copy(entity));
    return record;
}

static void fill_resource(struct draft *draft, const struct config *config,
                          const struct vanta_match *match, const char *name)
{
    struct item *item = draft->item;
    const char *account = json_get_text(match->resource, "account", NULL);
    const char *region = json_get_text(match->resource, "region", config->aws_region);
    char arn[1024];

    /* Vanta's account is a name as often as a number; only the number is of use. */
    if (account == NULL || strlen(account) != 12 || strspn(account, "0123456789") != 12)
        account = config->aws_account_id;
    vanta_arn(match->kind, name, account, region, arn, sizeof arn);
    draft_set(draft, &item->arn, "arn", arn);
    draft_set(draft, &item->resource_name, "displayName", name);
    draft_set(draft, &item->resource_type, "kind", match->kind);
    draft_set(draft, &item->account, "account", account);
    draft_set(draft, &item->region, "region", region);
}

static void fill_reason(struct draft *draft, const struct json *test,
                        const struct vanta_match *match)
{
    static const char *const found[] = {
        [VANTA_BY_NOTHING] = "The resource is not in Vanta's inventory; it is known by name only.",
        [VANTA_BY_NAME] = "Resource found in Vanta's inventory by kind and name.",
        [VANTA_BY_ID] = "Resource found in Vanta's inventory by id.",
    };
    CLEANUP(buf_done) struct buf reason = BUF(64 * 1024);

    buf_print(&reason, "%.3900s ", json_get_text(test, "failureDescription", ""));
    buf_text(&reason, found[match->confidence]);
    draft_cut(draft, &draft->item->reason, buf_str(&reason));
}

static void fill(struct draft *draft, const struct emission *emission, const struct json *entity,
                 const struct vanta_match *match)
{
    const struct json *test = emission->test;
    const struct config *config = emission->vanta->context->config;
    struct item *item = draft->item;
    const char *test_id = json_get_text(test, "id", NULL);
    const char *created = json_get_text(entity, "createdDate", "");
    char event_id[512];

    snprintf(event_id, sizeof event_id, "%.200s:%.200s:%.60s", test_id,
             json_get_text(entity, "id", ""), created);
    draft_set(draft, &item->event_id, "event_id", event_id);
    draft_set(draft, &item->control, "test id", test_id);
    draft_cut(draft, &item->title, json_get_text(test, "name", NULL));
    draft_cut(draft, &item->description, json_get_text(test, "description", NULL));
    draft_set(draft, &item->severity, "severity", severity_of(test_id));
    draft_cut(draft, &item->framework, config->vanta_framework);
    fill_resource(draft, config, match, json_get_text(entity, "displayName", ""));
    fill_reason(draft, test, match);
    (void)clock_parse_rfc3339(created, &item->detected_unix_ms);
    draft_repository(draft);
}

static int emit_entity(void *context, const struct json *entity, struct err *err)
{
    const struct emission *emission = context;
    CLEANUP(json_freep) struct json *record = record_of(emission->test, entity);
    struct vanta_match match;
    struct draft draft;

    if (json_get_text(entity, "id", NULL) == NULL)
        return format_refuse_record(&emission->run, record, "the entity has no id", err);
    if (!str_eq(json_get_text(entity, "entityStatus", "FAILING"), "FAILING"))
        return 0;
    int r = vanta_find_resource(emission->vanta, emission->test, entity, &match, err);
    if (r < 0)
        return r;
    r = draft_start(&draft, &emission->run, record, ITEM_FINDING, "vanta", err);
    if (r < 0)
        return r;
    fill(&draft, emission, entity, &match);
    return draft_finish(&draft, err);
}

int vanta_emit_entities(const struct vanta *vanta, const struct json *test, struct err *err)
{
    const struct source_context *context = vanta->context;
    CLEANUP(buf_done) struct buf path = BUF(4096);
    struct emission emission = {
        .vanta = vanta,
        .test = test,
        .options = {.tenant = context->config->tenant,
                    .run_id = context->run_id,
                    .repository_for = repository_for,
                    .repository_context = (void *)(uintptr_t)context->config,
                    .now_unix_ms = context->now_unix_ms},
        .run = {.emit = context->emit, .refuse = context->refuse, .context = context->emit_context},
    };

    emission.run.options = &emission.options;
    buf_text(&path, "/v1/tests/");
    http_url_escape(&path, json_get_text(test, "id", ""));
    buf_text(&path, "/entities?entityStatus=FAILING");
    int r = buf_check(&path, err);
    if (r < 0)
        return r;
    return vanta_pages(vanta, VANTA_MANAGEMENT, buf_str(&path), emit_entity, &emission, err);
}
