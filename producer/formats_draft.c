/* Drafts: from fields to an item or a refusal; the story stands in formats_draft.h. */
#include "producer/formats_draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "common/json.h"

#define PEOPLE_TEXT_MAX 4096
#define REFUSED_MAX     ((size_t)900000)

int draft_start(struct draft *out, const struct format_run *run, const struct json *record,
                enum item_kind kind, const char *source, struct err *err)
{
    CLEANUP(item_freep) struct item *item = NULL;
    int r = item_new(&item, kind, err);

    if (r < 0)
        return r;
    item->generation = 1;
    item->detected_unix_ms = run->options->now_unix_ms;
    *out = (struct draft){.run = run, .record = record, .item = STEAL(item)};
    draft_set(out, &out->item->tenant, "tenant", run->options->tenant);
    draft_set(out, &out->item->run_id, "run_id", run->options->run_id);
    draft_set(out, &out->item->source, "source", source);
    return 0;
}

void draft_problem(struct draft *draft, const char *format, ...)
{
    va_list args;

    if (draft->problem[0] != '\0')
        return;
    va_start(args, format);
    vsnprintf(draft->problem, sizeof draft->problem, format, args);
    va_end(args);
}

void draft_set(struct draft *draft, const char **field, const char *name, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    if (!item_set_text(draft->item, field, text))
        draft_problem(draft, "%s: longer than %d bytes or not UTF-8", name, ITEM_TEXT_MAX);
}

void draft_cut(struct draft *draft, const char **field, const char *text)
{
    char cut[PEOPLE_TEXT_MAX + 1];

    if (text == NULL || text[0] == '\0')
        return;
    size_t len = strnlen(text, sizeof cut);
    if (len >= sizeof cut) {
        len = PEOPLE_TEXT_MAX;
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
            len--;
    }
    memcpy(cut, text, len);
    cut[len] = '\0';
    /* What does not fit even so is only for people: the finding goes on without it. */
    if (!item_set_text(draft->item, field, cut))
        *field = NULL;
}

static bool climbs(const char *path)
{
    for (const char *at = path; at != NULL; at = strchr(at, '/')) {
        if (*at == '/')
            at++;
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            return true;
    }
    return false;
}

void draft_file(struct draft *draft, const char *path)
{
    if (path == NULL)
        return;
    if (strstr(path, "://") != NULL || climbs(path) || strchr(path, '\\') != NULL) {
        draft_problem(draft, "file %.120s is no path inside the repository: scan from its root",
                      path);
        return;
    }
    while (path[0] == '/' || (path[0] == '.' && path[1] == '/'))
        path += path[0] == '/' ? 1 : 2;
    draft_set(draft, &draft->item->file, "file", path);
}

static char *mapped(const struct format_options *options, const char *resource)
{
    if (options->repository_for == NULL || resource == NULL)
        return NULL;
    return options->repository_for(options->repository_context, resource);
}

void draft_repository(struct draft *draft)
{
    const struct format_options *options = draft->run->options;
    struct item *item = draft->item;
    const char *name = item->address != NULL ? item->address : item->resource_name;
    CLEANUP(mem_freep) char *found = mapped(options, item->arn);

    if (found == NULL && options->repository != NULL)
        found = strdup(options->repository);
    if (found == NULL)
        found = mapped(options, name != NULL ? name : "");
    if (found == NULL)
        draft_problem(draft, "no repository for %.100s: set GITHUB_REPO_MAPPING",
                      item->arn != NULL ? item->arn : (name != NULL ? name : "it"));
    draft_set(draft, &item->repository, "repository", found);
}

void draft_event_id(struct draft *draft, const char *const *parts, size_t n)
{
    char hex[SHA256_HEX_BYTES];

    sha256_list_hex(parts, n, hex);
    draft_set(draft, &draft->item->event_id, "event_id", hex);
}

int format_refuse_record(const struct format_run *run, const struct json *record, const char *why,
                         struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(REFUSED_MAX);

    json_write(record, JSON_COMPACT, &text);
    if (text.too_long)
        buf_reset(&text), buf_text(&text, "{\"note\":\"the record was too long to keep\"}");
    return run->refuse(run->context, buf_str(&text), text.len, why, err);
}

int draft_finish(struct draft *draft, struct err *err)
{
    CLEANUP(item_freep) struct item *item = STEAL(draft->item);
    struct err why = {0};
    int r = 0;

    if (draft->problem[0] == '\0') {
        r = item_check(item, &why);
        if (r == 0)
            return draft->run->emit(draft->run->context, item, err);
        if (r != ERR_REJECT)
            return *err = why, r;
        draft_problem(draft, "%s", why.text);
    }
    return format_refuse_record(draft->run, draft->record, draft->problem, err);
}

const char *format_severity(const char *word)
{
    static const struct {
        const char *theirs, *ours;
    } words[] = {
        {"critical", "critical"}, {"high", "high"},
        {"error", "high"},        {"medium", "medium"},
        {"moderate", "medium"},   {"warning", "medium"},
        {"low", "low"},           {"note", "low"},
        {"minor", "low"},         {"informational", "info"},
        {"info", "info"},         {"none", "info"},
    };

    for (size_t i = 0; word != NULL && i < COUNT(words); i++) {
        if (strcasecmp(words[i].theirs, word) == 0)
            return words[i].ours;
    }
    return NULL;
}
