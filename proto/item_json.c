/* Items as flat JSON objects, from the same table as the wire; the story stands in item.h. */
#include "common/json.h"
#include "proto/item.h"
#include "proto/item_fields.h"

static int read_field(struct item *item, const struct wire_entry *entry, const struct json *value,
                      struct err *err)
{
    void *place = (char *)item + entry->offset;

    if (json_is_null(value))
        return 0;
    if (entry->type == WIRE_FIELD_INT) {
        if (!json_is_number(value))
            return err_set(err, ERR_REJECT, "field %s is %s, not a number", entry->key,
                           json_type_name(value));
        *(int64_t *)place = json_int(value, 0);
        return 0;
    }
    if (!json_is_text(value))
        return err_set(err, ERR_REJECT, "field %s is %s, not a string", entry->key,
                       json_type_name(value));
    if (!item_set_text(item, place, json_text(value, "")))
        return err_set(err, ERR_REJECT, "field %s is longer than %d bytes", entry->key,
                       ITEM_TEXT_MAX);
    return 0;
}

int item_from_json(struct item **out, const struct json *json, enum item_kind kind, struct err *err)
{
    CLEANUP(item_freep) struct item *item = NULL;

    if (!json_is_object(json))
        return err_set(err, ERR_REJECT, "an item is a JSON object, this is %s",
                       json_type_name(json));
    const char *named = json_get_text(json, "kind", kind == ITEM_DRIFT ? "drift" : "finding");
    if (!str_eq(named, kind == ITEM_DRIFT ? "drift" : "finding"))
        return err_set(err, ERR_REJECT, "field kind is \"%.40s\" where a %s is expected", named,
                       kind == ITEM_DRIFT ? "drift" : "finding");
    int r = item_new(&item, kind, err);
    if (r < 0)
        return r;
    for (const struct wire_entry *entry = item_fields + 1; entry->key != NULL; entry++) {
        r = read_field(item, entry, json_get(json, entry->key), err);
        if (r < 0)
            return r;
    }
    r = item_check(item, err);
    if (r < 0)
        return r;
    *out = STEAL(item);
    return 0;
}

struct json *item_to_json(const struct item *item)
{
    struct json *json = json_object();

    json_set_text(json, "kind", item->kind == ITEM_DRIFT ? "drift" : "finding");
    for (const struct wire_entry *entry = item_fields + 1; entry->key != NULL; entry++) {
        const void *place = (const char *)item + entry->offset;
        if (entry->type == WIRE_FIELD_INT)
            json_set_int(json, entry->key, *(const int64_t *)place);
        else if (*(const char *const *)place != NULL)
            json_set_text(json, entry->key, *(const char *const *)place);
    }
    return json;
}
