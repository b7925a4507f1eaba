#include "worker/scan/baseline.h"

#include "common/files.h"
#include "common/json.h"

#define BASELINE_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define BASELINE_VERSION   1

struct entry {
    const char *fingerprint;
    const struct json *json;
    bool is_used;
};

static int by_fingerprint(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->fingerprint, ((const struct entry *)b)->fingerprint);
}

static bool was_asked(const char *id, const struct rule *const *rules, size_t n_rules)
{
    for (size_t i = 0; i < n_rules; i++)
        if (str_eq(rules[i]->id, id))
            return true;
    return false;
}

static int read_json(const char *path, struct json **out, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(BASELINE_MAX_BYTES);
    CLEANUP(json_freep) struct json *json = NULL;
    int r = files_read(path, &text, err);

    if (r < 0)
        return r;
    r = json_parse(&json, buf_str(&text), text.len, err);
    if (r < 0)
        return err_wrap(err, r, "%.200s", path);
    if (json_get_int(json, "version", 0) != BASELINE_VERSION ||
        !json_is_array(json_get(json, "findings")))
        return err_set(err, ERR_REJECT,
                       "%.200s: no baseline of version %d; plumb scan --write-baseline makes one",
                       path, BASELINE_VERSION);
    *out = STEAL(json);
    return 0;
}

static int keep_gone(struct report *report, const struct entry *entries, size_t n,
                     const struct rule *const *rules, size_t n_rules, struct err *err)
{
    report->gone = arena_alloc(report->arena, (n + 1) * sizeof *report->gone);
    if (report->gone == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < n && report->n_troubles == 0; i++) {
        const char *rule = json_get_text(entries[i].json, "rule", "");
        if (entries[i].is_used || !was_asked(rule, rules, n_rules))
            continue;
        report->gone[report->n_gone++] = (struct report_gone){
            .fingerprint = arena_text(report->arena, entries[i].fingerprint),
            .rule = arena_text(report->arena, rule),
            .address = arena_text(report->arena, json_get_text(entries[i].json, "address", "")),
            .file = arena_text(report->arena, json_get_text(entries[i].json, "file", ""))};
    }
    return 0;
}

int baseline_apply(struct report *report, const char *path, const struct rule *const *rules,
                   size_t n_rules, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    int r = read_json(path, &json, err);

    if (r < 0)
        return r;
    const struct json *list = json_get(json, "findings");
    size_t n = json_count(list);
    CLEANUP(mem_freep) struct entry *entries = calloc(n + 1, sizeof *entries);
    if (entries == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < n; i++)
        entries[i] =
            (struct entry){.fingerprint = json_get_text(json_at(list, i), "fingerprint", ""),
                           .json = json_at(list, i)};
    qsort(entries, n, sizeof *entries, by_fingerprint);

    for (size_t i = 0; i < report->n_findings; i++) {
        struct finding *finding = &report->findings[i];
        struct entry key = {.fingerprint = finding->fingerprint};
        struct entry *found = bsearch(&key, entries, n, sizeof *entries, by_fingerprint);
        if (found == NULL)
            continue;
        found->is_used = true;
        if (finding->status == FINDING_NEW)
            finding->status = FINDING_BASELINE;
    }
    report->has_baseline = true;
    return keep_gone(report, entries, n, rules, n_rules, err);
}

int baseline_write(const struct report *report, const char *path, size_t *n, struct err *err)
{
    CLEANUP(json_freep) struct json *json = json_object();
    CLEANUP(buf_done) struct buf text = BUF(BASELINE_MAX_BYTES);
    struct json *list = json_array();
    size_t written = 0;

    for (size_t i = 0; i < report->n_findings; i++) {
        const struct finding *finding = &report->findings[i];
        if (finding->status != FINDING_NEW && finding->status != FINDING_BASELINE)
            continue;
        struct json *one = json_object();
        json_set_text(one, "fingerprint", finding->fingerprint);
        json_set_text(one, "rule", finding->rule->id);
        json_set_text(one, "address", finding->address);
        json_set_text(one, "file", finding->file);
        json_push_give(list, one);
        written++;
    }
    json_set_int(json, "version", BASELINE_VERSION);
    json_set_give(json, "findings", list);
    json_write(json, JSON_PRETTY, &text);
    buf_char(&text, '\n');
    int r = buf_check(&text, err);
    if (r == 0)
        r = files_write(path, buf_str(&text), text.len, err);
    if (r == 0)
        *n = written;
    return r;
}
