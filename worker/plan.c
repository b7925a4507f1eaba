/* Plans to JSON and back; the story stands in plan.h. */
#include "worker/plan.h"

#include "common/json.h"

#define PLAN_VERSION 1

int plan_new(struct plan **out, struct err *err)
{
    struct plan *plan = calloc(1, sizeof *plan);

    if (plan == NULL)
        return err_nomem(err);
    *out = plan;
    return 0;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    char *texts[] = {plan->base_branch, plan->base_commit, plan->message,      plan->title,
                     plan->body,        plan->patch,       plan->details_json, plan->labels};
    for (size_t i = 0; i < COUNT(texts); i++)
        free(texts[i]);
    for (size_t i = 0; i < plan->n_files; i++) {
        free(plan->files[i].path);
        free(plan->files[i].bytes);
    }
    free(plan);
}

int plan_set(char **field, const char *text, struct err *err)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return err_nomem(err);
    free(*field);
    *field = copy;
    return 0;
}

int plan_add_file(struct plan *plan, const char *path, const char *bytes, size_t len,
                  struct err *err)
{
    if (plan->n_files == PLAN_FILES_MAX)
        return err_set(err, ERR_REJECT, "a fix may touch at most %d files", PLAN_FILES_MAX);
    CLEANUP(mem_freep) char *name = strdup(path);
    CLEANUP(mem_freep) char *copy = malloc(len + 1);
    if (name == NULL || copy == NULL)
        return err_nomem(err);
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    plan->files[plan->n_files++] = (struct plan_file){STEAL(name), STEAL(copy), len};
    return 0;
}

void plan_seal(struct plan *plan)
{
    const char *elements[2 * PLAN_FILES_MAX + 1] = {plan->base_commit};
    size_t n = 1;

    for (size_t i = 0; i < plan->n_files; i++) {
        elements[n++] = plan->files[i].path;
        elements[n++] = plan->files[i].bytes;
    }
    sha256_list_hex(elements, n, plan->digest);
}

int plan_encode(const struct plan *plan, struct buf *out, struct err *err)
{
    CLEANUP(json_freep) struct json *json = json_object();
    struct json *files = json_array();

    json_set_int(json, "v", PLAN_VERSION);
    json_set_text(json, "base_branch", plan->base_branch);
    json_set_text(json, "base_commit", plan->base_commit);
    json_set_text(json, "message", plan->message);
    json_set_int(json, "when_unix_s", plan->when_unix_s);
    json_set_text(json, "title", plan->title);
    json_set_text(json, "body", plan->body);
    json_set_text(json, "patch", plan->patch);
    json_set_text(json, "details_json", plan->details_json);
    json_set_text(json, "labels", plan->labels);
    for (size_t i = 0; i < plan->n_files; i++) {
        struct json *file = json_object();
        json_set_text(file, "path", plan->files[i].path);
        json_set_text(file, "text", plan->files[i].bytes);
        json_push_give(files, file);
    }
    json_set_give(json, "files", files);
    json_write(json, JSON_COMPACT, out);
    return buf_check(out, err);
}

static int read_files(struct plan *plan, const struct json *files, struct err *err)
{
    for (size_t i = 0; i < json_count(files); i++) {
        const char *text = json_get_text(json_at(files, i), "text", NULL);
        const char *path = json_get_text(json_at(files, i), "path", NULL);
        if (text == NULL || path == NULL)
            return err_set(err, ERR_REJECT, "the saved plan is damaged");
        int r = plan_add_file(plan, path, text, strlen(text), err);
        if (r < 0)
            return r;
    }
    return 0;
}

int plan_decode(struct plan **out, const char *bytes, size_t len, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(plan_freep) struct plan *plan = NULL;
    int r = json_parse(&json, bytes, len, err);

    if (r == 0 && json_get_int(json, "v", 0) != PLAN_VERSION)
        r = err_set(err, ERR_REJECT, "the saved plan has another version");
    if (r == 0)
        r = plan_new(&plan, err);
    if (r < 0)
        return r;
    const struct {
        const char *key;
        char **field;
    } texts[] = {
        {"base_branch", &plan->base_branch},
        {"base_commit", &plan->base_commit},
        {"message", &plan->message},
        {"title", &plan->title},
        {"body", &plan->body},
        {"patch", &plan->patch},
        {"details_json", &plan->details_json},
        {"labels", &plan->labels},
    };
    for (size_t i = 0; r == 0 && i < COUNT(texts); i++)
        r = plan_set(texts[i].field, json_get_text(json, texts[i].key, ""), err);
    if (r == 0)
        r = read_files(plan, json_get(json, "files"), err);
    if (r < 0)
        return r;
    plan->when_unix_s = json_get_int(json, "when_unix_s", 0);
    plan_seal(plan);
    *out = STEAL(plan);
    return 0;
}
