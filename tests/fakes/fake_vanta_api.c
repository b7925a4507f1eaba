/* What the scenario says, under Vanta's paths; the story stands in fake_vanta_internal.h. */
#include "tests/fakes/fake_vanta_internal.h"

#include <stdio.h>

#include "common/json.h"

#define SOME_DATE "2026-01-15T08:00:00.000Z"

static bool has_text(const struct json *array, const char *text)
{
    for (size_t i = 0; i < json_count(array); i++) {
        if (str_eq(json_text(json_at(array, i), ""), text))
            return true;
    }
    return false;
}

static const struct json *find(const struct json *array, const char *key, const char *value)
{
    for (size_t i = 0; i < json_count(array); i++) {
        if (str_eq(json_get_text(json_at(array, i), key, ""), value))
            return json_at(array, i);
    }
    return NULL;
}

static void set_default(struct json *object, const char *key, const char *text)
{
    if (json_get(object, key) == NULL)
        json_set_text(object, key, text);
}

/* A test as Vanta shows it: without what only the scenario knows, nullable members present. */
static struct json *test_view(const struct json *test)
{
    struct json *view = json_object();
    const struct json *value;
    const char *key;

    for (size_t i = 0; json_member(test, i, &key, &value); i++) {
        if (!str_eq(key, "entities") && !str_eq(key, "frameworks"))
            json_set_give(view, key, json_copy(value));
    }
    set_default(view, "status", "NEEDS_ATTENTION");
    set_default(view, "lastTestRunDate", SOME_DATE);
    set_default(view, "latestFlipDate", NULL);
    set_default(view, "owner", NULL);
    set_default(view, "category", "Infrastructure");
    if (json_get(view, "integrations") == NULL)
        json_set_give(view, "integrations", json_array());
    return view;
}

static struct json *entity_view(const struct json *entity)
{
    struct json *view = json_copy(entity);

    set_default(view, "entityStatus", "FAILING");
    set_default(view, "responseType", "Resource");
    set_default(view, "deactivatedReason", NULL);
    set_default(view, "createdDate", SOME_DATE);
    set_default(view, "lastUpdatedDate", SOME_DATE);
    return view;
}

static bool is_wanted(const struct fake_request *request, const struct json *test,
                      const struct json *view)
{
    const char *status = fake_query(request, "statusFilter");
    const char *framework = fake_query(request, "frameworkFilter");
    const char *integration = fake_query(request, "integrationFilter");

    if (status != NULL && !str_eq(status, json_get_text(view, "status", "")))
        return false;
    if (framework != NULL && !has_text(json_get(test, "frameworks"), framework))
        return false;
    return integration == NULL || has_text(json_get(view, "integrations"), integration);
}

static void list_tests(const struct fake_vanta *vanta, const struct fake_request *request,
                       struct fake_reply *reply)
{
    const struct json *tests = json_get(vanta->scenario, "tests");
    CLEANUP(json_freep) struct json *views = json_array();

    for (size_t i = 0; i < json_count(tests); i++) {
        struct json *view = test_view(json_at(tests, i));
        if (is_wanted(request, json_at(tests, i), view))
            json_push_give(views, view);
        else
            json_free(view);
    }
    fake_vanta_page(request, reply, views);
}

static void list_entities(const struct json *test, const struct fake_request *request,
                          struct fake_reply *reply)
{
    const struct json *entities = json_get(test, "entities");
    const char *status = fake_query(request, "entityStatus");
    CLEANUP(json_freep) struct json *views = json_array();

    for (size_t i = 0; i < json_count(entities); i++) {
        struct json *view = entity_view(json_at(entities, i));
        if (str_eq(json_get_text(view, "entityStatus", ""), status != NULL ? status : "FAILING"))
            json_push_give(views, view);
        else
            json_free(view);
    }
    fake_vanta_page(request, reply, views);
}

static void answer_test(const struct fake_vanta *vanta, const struct fake_request *request,
                        struct fake_reply *reply, const char *rest)
{
    const struct json *tests = json_get(vanta->scenario, "tests");
    size_t len = strcspn(rest, "/");
    char id[256];

    snprintf(id, sizeof id, "%.*s", (int)len, rest);
    const struct json *test = find(tests, "id", id);
    if (test == NULL)
        fake_reply_error(reply, 404, "no test %s", id);
    else if (rest[len] == '\0')
        fake_reply_json_give(reply, 200, test_view(test));
    else if (str_eq(rest + len, "/entities"))
        list_entities(test, request, reply);
    else
        fake_reply_error(reply, 404, "no such path");
}

static void list_integrations(const struct fake_vanta *vanta, const struct fake_request *request,
                              struct fake_reply *reply)
{
    const struct json *integrations = json_get(vanta->scenario, "integrations");
    CLEANUP(json_freep) struct json *views = json_array();

    for (size_t i = 0; i < json_count(integrations); i++) {
        static const char *const shown[] = {"integrationId", "displayName", "resourceKinds",
                                            "connections"};
        struct json *view = json_object();
        for (size_t k = 0; k < COUNT(shown); k++) {
            const struct json *value = json_get(json_at(integrations, i), shown[k]);
            json_set_give(view, shown[k], value != NULL ? json_copy(value) : json_array());
        }
        json_push_give(views, view);
    }
    fake_vanta_page(request, reply, views);
}

static struct json *kinds_view(const struct json *integration, const char *id)
{
    const struct json *kinds = json_get(integration, "resourceKinds");
    struct json *views = json_array();

    for (size_t i = 0; i < json_count(kinds); i++) {
        struct json *view = json_object();
        json_set_text(view, "integrationId", id);
        json_set_text(view, "resourceKind", json_text(json_at(kinds, i), ""));
        json_set_bool(view, "isScopable", true);
        json_push_give(views, view);
    }
    return views;
}

static void list_resources(const struct json *integration, const struct fake_request *request,
                           struct fake_reply *reply, const char *kind)
{
    const struct json *resources = json_get(json_get(integration, "resources"), kind);
    CLEANUP(json_freep) struct json *views = json_array();

    for (size_t i = 0; i < json_count(resources); i++) {
        struct json *view = json_copy(json_at(resources, i));
        set_default(view, "resourceKind", kind);
        set_default(view, "responseType", "Resource");
        set_default(view, "description", NULL);
        set_default(view, "owner", NULL);
        json_push_give(views, view);
    }
    fake_vanta_page(request, reply, views);
}

static void answer_integration(const struct fake_vanta *vanta, const struct fake_request *request,
                               struct fake_reply *reply, const char *rest)
{
    const struct json *integrations = json_get(vanta->scenario, "integrations");
    char id[128] = "", word[64] = "", kind[128] = "", tail[64] = "";
    int n = sscanf(rest, "%127[^/]/%63[^/]/%127[^/]/%63[^/]", id, word, kind, tail);
    const struct json *integration = find(integrations, "integrationId", id);

    if (integration == NULL)
        fake_reply_error(reply, 404, "no integration %s", id);
    else if (n == 2 && str_eq(word, "resource-kinds"))
        fake_reply_json_give(reply, 200, kinds_view(integration, id));
    else if (n == 4 && str_eq(word, "resource-kinds") && str_eq(tail, "resources"))
        list_resources(integration, request, reply, kind);
    else
        fake_reply_error(reply, 404, "no such path");
}

void fake_vanta_answer(struct fake_vanta *vanta, const struct fake_request *request,
                       struct fake_reply *reply)
{
    static const char TESTS[] = "/v1/tests/";
    static const char INTEGRATIONS[] = "/v1/integrations/";
    const char *path = request->path;

    if (!str_eq(request->method, "GET"))
        fake_reply_error(reply, 405, "only GET here");
    else if (str_eq(path, "/v1/tests"))
        list_tests(vanta, request, reply);
    else if (str_starts(path, TESTS))
        answer_test(vanta, request, reply, path + strlen(TESTS));
    else if (str_eq(path, "/v1/integrations"))
        list_integrations(vanta, request, reply);
    else if (str_starts(path, INTEGRATIONS))
        answer_integration(vanta, request, reply, path + strlen(INTEGRATIONS));
    else
        fake_reply_error(reply, 404, "no such path");
}

/* --- the scenario changes --- */

static struct json *entities_without(const struct json *entities, const char *id,
                                     const struct json *added)
{
    struct json *kept = json_array();

    for (size_t i = 0; i < json_count(entities); i++) {
        if (!str_eq(json_get_text(json_at(entities, i), "id", ""), id))
            json_push_give(kept, json_copy(json_at(entities, i)));
    }
    if (added != NULL)
        json_push_give(kept, json_copy(added));
    return kept;
}

static struct json *flipped(const struct json *test, const struct json *change)
{
    static const char *const texts[] = {"status", "lastTestRunDate", "latestFlipDate"};
    struct json *next = json_copy(test);

    for (size_t i = 0; i < COUNT(texts); i++) {
        if (json_get(change, texts[i]) != NULL)
            json_set_text(next, texts[i], json_get_text(change, texts[i], NULL));
    }
    json_set_give(next, "entities",
                  entities_without(json_get(test, "entities"),
                                   json_get_text(change, "remove_entity", ""),
                                   json_get(change, "add_entity")));
    return next;
}

void fake_vanta_flip(struct fake_vanta *vanta, const struct fake_request *request,
                     struct fake_reply *reply)
{
    const struct json *tests = json_get(vanta->scenario, "tests");
    CLEANUP(json_freep) struct json *change = NULL;
    struct json *next = json_array();
    struct err err = {0};

    if (json_parse(&change, request->body, request->body_len, &err) < 0) {
        json_free(next);
        fake_reply_error(reply, 400, "%s", err.text);
        return;
    }
    const char *id = json_get_text(change, "test", "");
    for (size_t i = 0; i < json_count(tests); i++) {
        const struct json *test = json_at(tests, i);
        bool it = str_eq(json_get_text(test, "id", ""), id);
        json_push_give(next, it ? flipped(test, change) : json_copy(test));
    }
    bool known = find(tests, "id", id) != NULL;
    json_set_give(vanta->scenario, "tests", next);
    if (known)
        reply->status = 204;
    else
        fake_reply_error(reply, 404, "no test %s", id);
}
