/*
 * Secrets out of plans. Terraform prints sensitive values in clear and marks them in a tree of the
 * same shape beside; a missing branch means not sensitive. A provider may repeat a secret where
 * nothing marks it (terraform_data does: its output is its input), so a marked text is also
 * replaced wherever else it stands.
 */
#include "producer/sources/terraform.h"

#include "common/json.h"

#define DEPTH_MAX   64
#define SECRET_MIN  4 /* shorter texts ("", "no") would blank ordinary values */
#define SECRETS_MAX 5000
#define SENSITIVE   "(sensitive)"
#define KNOWN_LATER "(known after apply)"

struct mask_set {
    struct json *texts; /* as keys */
};

struct mask_set *mask_set_new(void)
{
    struct mask_set *set = calloc(1, sizeof *set);

    if (set != NULL)
        set->texts = json_object();
    return set;
}

void mask_set_free(struct mask_set *set)
{
    if (set == NULL)
        return;
    json_free(set->texts);
    free(set);
}

static bool is_true(const struct json *json)
{
    return json_bool(json, false);
}

/* The part of a mask for one member or element; a mask that is true stays true all the way down. */
static const struct json *part(const struct json *mask, const char *key, size_t i)
{
    if (json_is_bool(mask))
        return mask;
    return key != NULL ? json_get(mask, key) : json_at(mask, i);
}

static void learn(struct mask_set *set, const struct json *value, const struct json *mask,
                  int depth)
{
    const struct json *member;
    const char *key;

    if (mask == NULL || depth > DEPTH_MAX)
        return;
    if (json_is_object(value)) {
        for (size_t i = 0; json_member(value, i, &key, &member); i++)
            learn(set, member, part(mask, key, 0), depth + 1);
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_count(value); i++)
            learn(set, json_at(value, i), part(mask, NULL, i), depth + 1);
    } else if (json_is_text(value) && is_true(mask)) {
        const char *text = json_text(value, "");
        if (strlen(text) >= SECRET_MIN && json_count(set->texts) < SECRETS_MAX)
            json_set_bool(set->texts, text, true);
    }
}

void mask_learn(struct mask_set *set, const struct json *value, const struct json *mask)
{
    learn(set, value, mask, 0);
}

static struct json *apply(const struct mask_set *set, const struct json *value,
                          const struct json *mask, const struct json *unknown, int depth);

static struct json *apply_object(const struct mask_set *set, const struct json *value,
                                 const struct json *mask, const struct json *unknown, int depth)
{
    struct json *out = json_object();
    const struct json *member;
    const char *key;

    for (size_t i = 0; json_member(value, i, &key, &member); i++)
        json_set_give(out, key,
                      apply(set, member, part(mask, key, 0), part(unknown, key, 0), depth + 1));
    /* What is known only later stands in unknown alone. */
    for (size_t i = 0; json_is_object(unknown) && json_member(unknown, i, &key, &member); i++) {
        if (is_true(member) && json_is_null(json_get(value, key)))
            json_set_text(out, key, KNOWN_LATER);
    }
    return out;
}

static struct json *apply(const struct mask_set *set, const struct json *value,
                          const struct json *mask, const struct json *unknown, int depth)
{
    if (is_true(mask) || depth > DEPTH_MAX)
        return json_new_text(SENSITIVE);
    if (is_true(unknown))
        return json_new_text(KNOWN_LATER);
    if (json_is_object(value))
        return apply_object(set, value, mask, unknown, depth);
    if (json_is_array(value)) {
        struct json *out = json_array();
        for (size_t i = 0; i < json_count(value); i++)
            json_push_give(out, apply(set, json_at(value, i), part(mask, NULL, i),
                                      part(unknown, NULL, i), depth + 1));
        return out;
    }
    if (json_is_text(value) && json_get(set->texts, json_text(value, "")) != NULL)
        return json_new_text(SENSITIVE);
    return json_copy(value);
}

struct json *mask_apply(const struct mask_set *set, const struct json *value,
                        const struct json *mask, const struct json *unknown)
{
    return apply(set, value, mask, unknown, 0);
}
