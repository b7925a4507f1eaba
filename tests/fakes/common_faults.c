/* The list of faults still to come; the story stands in common_faults.h. */
#include "tests/fakes/common_faults.h"

#include "common/json.h"

#define FAULTS_MAX 64

static struct entry {
    char method[16];
    char path_prefix[256];
    int64_t times;
    struct fault fault;
} entries[FAULTS_MAX];
static size_t n_entries;

static int add_one(const struct json *json, struct err *err)
{
    const struct json *match = json_get(json, "match");
    struct entry entry = {.times = json_get_int(json, "times", 1)};
    const char *name = json_get_text(json, "fault", "");

    if (n_entries == FAULTS_MAX)
        return err_set(err, ERR_REJECT, "at most %d faults", FAULTS_MAX);
    if (!json_is_object(json) || name[0] == '\0')
        return err_set(err, ERR_REJECT, "a fault needs a \"fault\"");
    (void)str_copy(entry.method, sizeof entry.method, json_get_text(match, "method", ""));
    (void)str_copy(entry.path_prefix, sizeof entry.path_prefix,
                   json_get_text(match, "path_prefix", ""));
    (void)str_copy(entry.fault.name, sizeof entry.fault.name, name);
    (void)str_copy(entry.fault.retry_after, sizeof entry.fault.retry_after,
                   json_get_text(json, "retry_after", ""));
    (void)str_copy(entry.fault.body, sizeof entry.fault.body, json_get_text(json, "body", ""));
    entry.fault.status = (int)json_get_int(json, "status", str_eq(name, "effect") ? 502 : 503);
    entry.fault.delay_ms = json_get_int(json, "delay_ms", 100);
    entries[n_entries++] = entry;
    return 0;
}

int faults_add(const struct json *faults, struct err *err)
{
    int r = 0;

    if (!json_is_array(faults))
        return add_one(faults, err);
    for (size_t i = 0; i < json_count(faults) && r == 0; i++)
        r = add_one(json_at(faults, i), err);
    return r;
}

void faults_clear(void)
{
    n_entries = 0;
}

bool faults_take(const char *method, const char *path, struct fault *out)
{
    for (size_t i = 0; i < n_entries; i++) {
        struct entry *entry = &entries[i];
        if ((entry->method[0] != '\0' && !str_eq(entry->method, method)) ||
            !str_starts(path, entry->path_prefix))
            continue;
        *out = entry->fault;
        if (--entry->times <= 0) {
            memmove(entry, entry + 1, (n_entries - i - 1) * sizeof *entry);
            n_entries--;
        }
        return true;
    }
    return false;
}

struct json *faults_left(void)
{
    struct json *left = json_array();

    for (size_t i = 0; i < n_entries; i++) {
        struct json *one = json_object();
        json_set_text(one, "fault", entries[i].fault.name);
        json_set_text(one, "path_prefix", entries[i].path_prefix);
        json_set_int(one, "times", entries[i].times);
        json_push_give(left, one);
    }
    return left;
}
