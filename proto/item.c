/* Items: life, checks and the wire; the story stands in item.h. */
#include "proto/item.h"

#include <ctype.h>
#include <stdio.h>

#include "common/arena.h"
#include "proto/item_fields.h"
#include "proto/wire.h"

#define ITEM_ARENA_BYTES ((size_t)2 * 1024 * 1024)

/* The wire order; new fields go to the end. */
const struct wire_entry item_fields[] = {
    {"kind", WIRE_FIELD_INT, offsetof(struct item, wire_kind)},
    {"event_id", WIRE_FIELD_TEXT, offsetof(struct item, event_id)},
    {"tenant", WIRE_FIELD_TEXT, offsetof(struct item, tenant)},
    {"source", WIRE_FIELD_TEXT, offsetof(struct item, source)},
    {"control", WIRE_FIELD_TEXT, offsetof(struct item, control)},
    {"repository", WIRE_FIELD_TEXT, offsetof(struct item, repository)},
    {"base_branch", WIRE_FIELD_TEXT, offsetof(struct item, base_branch)},
    {"run_id", WIRE_FIELD_TEXT, offsetof(struct item, run_id)},
    {"generation", WIRE_FIELD_INT, offsetof(struct item, generation)},
    {"detected_unix_ms", WIRE_FIELD_INT, offsetof(struct item, detected_unix_ms)},
    {"arn", WIRE_FIELD_TEXT, offsetof(struct item, arn)},
    {"address", WIRE_FIELD_TEXT, offsetof(struct item, address)},
    {"resource_name", WIRE_FIELD_TEXT, offsetof(struct item, resource_name)},
    {"resource_type", WIRE_FIELD_TEXT, offsetof(struct item, resource_type)},
    {"account", WIRE_FIELD_TEXT, offsetof(struct item, account)},
    {"region", WIRE_FIELD_TEXT, offsetof(struct item, region)},
    {"file", WIRE_FIELD_TEXT, offsetof(struct item, file)},
    {"line_start", WIRE_FIELD_INT, offsetof(struct item, line_start)},
    {"line_end", WIRE_FIELD_INT, offsetof(struct item, line_end)},
    {"terraform_path", WIRE_FIELD_TEXT, offsetof(struct item, terraform_path)},
    {"title", WIRE_FIELD_TEXT, offsetof(struct item, title)},
    {"description", WIRE_FIELD_TEXT, offsetof(struct item, description)},
    {"severity", WIRE_FIELD_TEXT, offsetof(struct item, severity)},
    {"framework", WIRE_FIELD_TEXT, offsetof(struct item, framework)},
    {"reason", WIRE_FIELD_TEXT, offsetof(struct item, reason)},
    {"url", WIRE_FIELD_TEXT, offsetof(struct item, url)},
    {"drift_action", WIRE_FIELD_TEXT, offsetof(struct item, drift_action)},
    {"expected_json", WIRE_FIELD_TEXT, offsetof(struct item, expected_json)},
    {"actual_json", WIRE_FIELD_TEXT, offsetof(struct item, actual_json)},
    {NULL, WIRE_FIELD_TEXT, 0},
};

int item_new(struct item **out, enum item_kind kind, struct err *err)
{
    struct arena *arena = arena_new(ITEM_ARENA_BYTES);
    struct item *item = arena != NULL ? arena_alloc(arena, sizeof *item) : NULL;

    if (item == NULL) {
        arena_free(arena);
        return err_nomem(err);
    }
    item->arena = arena;
    item->kind = kind;
    item->generation = 1;
    *out = item;
    return 0;
}

void item_free(struct item *item)
{
    if (item != NULL)
        arena_free(item->arena); /* the item itself lies in it */
}

static bool set_text(void *record, const char **field, const char *text, size_t len)
{
    struct item *item = record;

    if (len > ITEM_TEXT_MAX || !utf8_is_valid(text, len))
        return false;
    const char *copy = arena_copy(item->arena, text, len);
    if (copy == NULL)
        return false;
    *field = copy;
    return true;
}

bool item_set_text(struct item *item, const char **field, const char *text)
{
    if (text == NULL) {
        *field = NULL;
        return true;
    }
    return set_text(item, field, text, strlen(text));
}

static bool is_name_part(const char *s, size_t len)
{
    if (len == 0 || len > 100 || s[0] == '.')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)s[i]) && strchr("._-", s[i]) == NULL)
            return false;
    return true;
}

static bool is_repository(const char *text)
{
    const char *slash = strchr(text, '/');

    return slash != NULL && is_name_part(text, (size_t)(slash - text)) &&
           is_name_part(slash + 1, strlen(slash + 1));
}

/* A path of the repository: relative, and never climbing out of it. */
static bool is_inside(const char *path)
{
    if (path[0] == '/' || strchr(path, '\\') != NULL)
        return false;
    for (const char *p = path; p != NULL; p = strchr(p, '/')) {
        if (*p == '/')
            p++;
        if (str_starts(p, "..") && (p[2] == '/' || p[2] == '\0'))
            return false;
    }
    return true;
}

static int check_required(const struct item *item, struct err *err)
{
    const struct {
        const char *name, *text;
    } required[] = {
        {"tenant", item->tenant},
        {"source", item->source},
        {"control", item->control},
        {"repository", item->repository},
    };

    for (size_t i = 0; i < COUNT(required); i++)
        if (required[i].text == NULL || required[i].text[0] == '\0')
            return err_set(err, ERR_REJECT, "field %s is missing", required[i].name);
    return 0;
}

int item_check(const struct item *item, struct err *err)
{
    static const char *const severities[] = {"critical", "high", "medium", "low", "info"};
    bool known = item->severity == NULL;
    int r = check_required(item, err);

    if (r < 0)
        return r;
    if (!is_repository(item->repository))
        return err_set(err, ERR_REJECT, "field repository is not owner/name: \"%.120s\"",
                       item->repository);
    if (item->arn == NULL && item->address == NULL && item->resource_name == NULL)
        return err_set(err, ERR_REJECT,
                       "no resource: one of the fields arn, address, resource_name is needed");
    for (size_t i = 0; i < COUNT(severities); i++)
        known = known || str_eq(item->severity, severities[i]);
    if (!known)
        return err_set(err, ERR_REJECT,
                       "field severity is none of critical, high, medium, low, info: \"%.40s\"",
                       item->severity);
    if ((item->file != NULL && !is_inside(item->file)) ||
        (item->terraform_path != NULL && !is_inside(item->terraform_path)))
        return err_set(err, ERR_REJECT,
                       "fields file and terraform_path are paths inside the repository");
    if (item->generation < 1 || item->generation > INT32_MAX)
        return err_set(err, ERR_REJECT, "field generation is not a positive number");
    if (item->kind == ITEM_DRIFT && item->address == NULL)
        return err_set(err, ERR_REJECT, "a drift event needs the field address");
    return 0;
}

int item_encode(const struct item *item, struct buf *out, struct err *err)
{
    struct item copy = *item;
    int r = item_check(item, err);

    if (r < 0)
        return r;
    copy.wire_kind = item->kind;
    r = wire_encode_table(&copy, item_fields, ITEM_VERSION_MAJOR * 1000 + ITEM_VERSION_MINOR, out,
                          err);
    if (r < 0)
        return r;
    if (out->len > ITEM_MAX_BYTES)
        return err_set(err, ERR_REJECT, "item is %zu bytes, over %d", out->len, ITEM_MAX_BYTES);
    return 0;
}

int item_decode(struct item **out, const void *bytes, size_t len, struct err *err)
{
    CLEANUP(item_freep) struct item *item = NULL;
    int64_t version = 0;

    if (len > ITEM_MAX_BYTES)
        return err_set(err, ERR_REJECT, "item is %zu bytes, over %d", len, ITEM_MAX_BYTES);
    int r = item_new(&item, ITEM_FINDING, err);
    if (r < 0)
        return r;
    r = wire_decode_table(item, item_fields, ITEM_VERSION_MAJOR, bytes, len, set_text, &version,
                          err);
    if (r < 0)
        return r;
    if (item->wire_kind != ITEM_FINDING && item->wire_kind != ITEM_DRIFT)
        return err_set(err, ERR_REJECT, "field kind is %lld, neither finding (0) nor drift (1)",
                       (long long)item->wire_kind);
    item->kind = (enum item_kind)item->wire_kind;
    r = item_check(item, err);
    if (r < 0)
        return r;
    *out = STEAL(item);
    return 0;
}

void item_resource_key(const struct item *item, char *out, size_t size)
{
    const char *file = item->file != NULL ? item->file : "";
    const char *slash = strrchr(file, '/');

    if (item->arn != NULL)
        (void)str_copy(out, size, item->arn);
    else if (item->address != NULL && item->terraform_path != NULL)
        snprintf(out, size, "%s:%s", item->terraform_path, item->address);
    else if (item->address != NULL)
        snprintf(out, size, "%.*s:%s", slash != NULL ? (int)(slash - file) : 0, file,
                 item->address);
    else
        snprintf(out, size, "%s:%s", item->resource_type != NULL ? item->resource_type : "",
                 item->resource_name);
}

void item_claim_name(const char *fp, int64_t generation, char out[SHA256_HEX_BYTES])
{
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)generation);
    const char *later[] = {"generation", number, fp};
    if (generation > 1)
        sha256_list_hex(later, COUNT(later), out);
    else
        (void)str_copy(out, SHA256_HEX_BYTES, fp);
}

void item_fingerprint(const struct item *item, const char *control, char out[SHA256_HEX_BYTES])
{
    char resource[2048];
    const char *base = item->base_branch != NULL ? item->base_branch : "";

    item_resource_key(item, resource, sizeof resource);
    const char *elements[] = {"1", item->tenant, control, resource, item->repository, base};
    sha256_list_hex(elements, COUNT(elements), out);
}
