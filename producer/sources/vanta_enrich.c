/*
 * The resource behind an entity. An entity has an id and a display name; account and region stand
 * in Vanta's inventory (integrations -> resource kinds -> resources). That the entity's id is the
 * resource's id is not promised anywhere, so it is tried first, then the kind and the name, and the
 * item says which it was.
 *
 * The inventory costs requests from the small budget (20 a minute), so a kind is loaded only when
 * an entity may be of it, and once a poll.
 */
#include "producer/sources/vanta.h"

#include <ctype.h>
#include <stdio.h>

#include "common/http/http.h"
#include "common/json.h"
#include "common/log.h"

#define TEST_INTEGRATIONS_MAX 4

struct vanta_inventory {
    struct json *integrations; /* id -> array of kinds; NULL until loaded */
    struct json *kinds;        /* "id/kind" -> {"id": {…}, "name": {…}} */
};

struct vanta_inventory *vanta_inventory_new(void)
{
    struct vanta_inventory *inventory = calloc(1, sizeof *inventory);

    if (inventory != NULL)
        inventory->kinds = json_object();
    return inventory;
}

void vanta_inventory_free(struct vanta_inventory *inventory)
{
    if (inventory == NULL)
        return;
    json_free(inventory->integrations);
    json_free(inventory->kinds);
    free(inventory);
}

void vanta_normalise(const char *word, char *out, size_t size)
{
    static const char *const makers[] = {"aws", "amazon"};
    size_t n = 0;

    for (; *word != '\0' && n + 1 < size; word++) {
        if (isalnum((unsigned char)*word))
            out[n++] = (char)tolower((unsigned char)*word);
    }
    out[n] = '\0';
    for (size_t i = 0; i < COUNT(makers); i++) {
        size_t len = strlen(makers[i]);
        if (str_starts(out, makers[i]) && n > len)
            memmove(out, out + len, n - len + 1), n -= len;
    }
}

/* What may not be read is as good as empty: the item then goes without an ARN, which is better than
 * not at all. */
static int empty_if_refused(int r, const char *path, struct err *err)
{
    if (r == ERR_REJECT) {
        LOG_WARN("vanta.inventory_refused", LOG_TEXT("path", path), LOG_ERR(err));
        return 0;
    }
    return r == VANTA_INCOMPLETE ? 0 : r;
}

static int keep_integration(void *context, const struct json *element, struct err *err)
{
    const char *id = json_get_text(element, "integrationId", NULL);
    const struct json *kinds = json_get(element, "resourceKinds");

    (void)err;
    if (id != NULL)
        json_set_give(context, id, json_is_array(kinds) ? json_copy(kinds) : json_array());
    return 0;
}

static int load_integrations(const struct vanta *vanta, struct err *err)
{
    static const char PATH[] = "/v1/integrations";
    CLEANUP(json_freep) struct json *found = json_object();

    if (vanta->inventory->integrations != NULL)
        return 0;
    int r = vanta_pages(vanta, VANTA_INTEGRATIONS, PATH, keep_integration, found, err);
    r = empty_if_refused(r, PATH, err);
    if (r == 0)
        vanta->inventory->integrations = STEAL(found);
    return r;
}

/* Two resources of one name cannot be told apart by it: the name then stands for none. */
static int keep_resource(void *context, const struct json *element, struct err *err)
{
    struct json *const *maps = context; /* by id, by name */
    const char *id = json_get_text(element, "resourceId", NULL);
    const char *name = json_get_text(element, "displayName", NULL);

    (void)err;
    if (id != NULL)
        json_set_give(maps[0], id, json_copy(element));
    if (name != NULL && json_get(maps[1], name) == NULL)
        json_set_give(maps[1], name, json_copy(element));
    else if (name != NULL)
        json_set_bool(maps[1], name, false);
    return 0;
}

static int load_kind(const struct vanta *vanta, const char *integration, const char *kind,
                     const struct json **out, struct err *err)
{
    struct json *kinds = vanta->inventory->kinds;
    CLEANUP(json_freep) struct json *by_id = json_object();
    CLEANUP(json_freep) struct json *by_name = json_object();
    CLEANUP(buf_done) struct buf path = BUF(2048);
    struct json *maps[] = {by_id, by_name};
    char key[256];

    snprintf(key, sizeof key, "%s/%s", integration, kind);
    *out = json_get(kinds, key);
    if (*out != NULL)
        return 0;
    buf_text(&path, "/v1/integrations/");
    http_url_escape(&path, integration);
    buf_text(&path, "/resource-kinds/");
    http_url_escape(&path, kind);
    buf_text(&path, "/resources?isInScope=true");
    int r = buf_check(&path, err);
    if (r == 0)
        r = vanta_pages(vanta, VANTA_INTEGRATIONS, buf_str(&path), keep_resource, maps, err);
    r = empty_if_refused(r, buf_str(&path), err);
    if (r < 0)
        return r;

    struct json *loaded = json_object();
    json_set_give(loaded, "id", STEAL(by_id));
    json_set_give(loaded, "name", STEAL(by_name));
    json_set_give(kinds, key, loaded);
    *out = json_get(kinds, key);
    return 0;
}

static void look_up(const struct json *loaded, const struct json *entity, const char *kind,
                    bool same_kind, struct vanta_match *out)
{
    const char *id = json_get_text(entity, "id", "");
    const char *name = json_get_text(entity, "displayName", "");
    const struct json *found = json_get(json_get(loaded, "id"), id);

    if (json_is_object(found)) {
        out->confidence = VANTA_BY_ID;
    } else {
        found = same_kind ? json_get(json_get(loaded, "name"), name) : NULL;
        out->confidence = json_is_object(found) ? VANTA_BY_NAME : VANTA_BY_NOTHING;
    }
    if (out->confidence != VANTA_BY_NOTHING) {
        out->resource = found;
        (void)str_copy(out->kind, sizeof out->kind, kind);
    }
}

static bool has_kind(const struct json *kinds, const char *normalised)
{
    char theirs[96];

    for (size_t i = 0; i < json_count(kinds); i++) {
        vanta_normalise(json_text(json_at(kinds, i), ""), theirs, sizeof theirs);
        if (str_eq(theirs, normalised))
            return true;
    }
    return false;
}

/* The kind that the entity says, where the integration has it; else all kinds that could give an
 * ARN, by id. */
static int find_in(const struct vanta *vanta, const char *integration, const struct json *entity,
                   struct vanta_match *out, struct err *err)
{
    const struct json *kinds = json_get(vanta->inventory->integrations, integration);
    char wanted[96], theirs[96];

    vanta_normalise(json_get_text(entity, "responseType", ""), wanted, sizeof wanted);
    bool named = has_kind(kinds, wanted);
    for (size_t i = 0; i < json_count(kinds) && out->confidence == VANTA_BY_NOTHING; i++) {
        const char *kind = json_text(json_at(kinds, i), "");
        const struct json *loaded = NULL;

        vanta_normalise(kind, theirs, sizeof theirs);
        if (named ? !str_eq(theirs, wanted) : !vanta_arn_knows(theirs))
            continue;
        int r = load_kind(vanta, integration, kind, &loaded, err);
        if (r < 0)
            return r;
        look_up(loaded, entity, kind, named, out);
    }
    return 0;
}

int vanta_find_resource(const struct vanta *vanta, const struct json *test,
                        const struct json *entity, struct vanta_match *out, struct err *err)
{
    const struct json *integrations = json_get(test, "integrations");
    size_t n = json_count(integrations);
    int r = n > 0 ? load_integrations(vanta, err) : 0;

    *out = (struct vanta_match){.confidence = VANTA_BY_NOTHING};
    (void)str_copy(out->kind, sizeof out->kind, json_get_text(entity, "responseType", ""));
    for (size_t i = 0; r == 0 && i < n && i < TEST_INTEGRATIONS_MAX; i++) {
        const char *integration = json_text(json_at(integrations, i), "");
        if (out->confidence == VANTA_BY_NOTHING)
            r = find_in(vanta, integration, entity, out, err);
    }
    return r;
}
