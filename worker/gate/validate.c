/*
 * Layer "validate": terraform's own opinion of the module, before and after. Only errors that the
 * fix brings count: many a module does not validate to begin with. Without the provider's schema
 * terraform stops before it has looked at anything, so that is "not run", never a verdict.
 */
#include <stdio.h>

#include "common/json.h"
#include "worker/gate/marks.h"
#include "worker/gate/terraform.h"

#define INIT_DEADLINE_MS 120000
#define DEADLINE_MS      120000
#define MEMORY                                                                                     \
    ((size_t)16 * 1024 * 1024 * 1024) /* the AWS provider reserves far more than it uses */

/* --- diagnostics --- */

/* Lines move with a fix, so an error is known by its words and its file. */
static void marks_from(struct marks *marks, const struct json *diagnostics)
{
    for (size_t i = 0; i < json_count(diagnostics); i++) {
        const struct json *one = json_at(diagnostics, i);

        if (str_eq(json_get_text(one, "severity", ""), "error"))
            marks_add(marks, "%.200s: %.300s (%.200s)", json_get_text(one, "summary", ""),
                      json_get_text(one, "detail", ""),
                      json_text(json_find(one, "range.filename"), "no file"));
    }
}

static bool lacks_schema(const struct marks *marks)
{
    static const char *const starts[] = {
        "Missing required provider", "Module not installed", "Failed to load plugin schemas",
        "Required plugins are not installed", "Inconsistent dependency lock file"};

    for (size_t i = 0; i < marks->n; i++) {
        for (size_t k = 0; k < COUNT(starts); k++) {
            if (str_starts(marks->items[i], starts[k]))
                return true;
        }
    }
    return false;
}

enum validated { VALIDATED = 0, NOT_VALIDATED = 1 };

/* VALIDATED with the errors, or NOT_VALIDATED with the result filled. */
static int validate_once(struct gate_run *run, const struct scratch *scratch, const char *directory,
                         struct marks *marks, struct gate_layer_result *result, struct err *err)
{
    static const char *const arguments[] = {"validate", "-json", "-no-color", NULL};
    CLEANUP(json_freep) struct json *json = NULL;
    struct cage_result ran;
    struct err parse_err = {0};
    int r = terraform_run(run, scratch, directory, arguments, DEADLINE_MS, MEMORY, &ran, err);

    if (r < 0)
        return r;
    if (ran.timed_out)
        (void)gate_not_run(result, "terraform validate took more than %d s", DEADLINE_MS / 1000);
    else if (json_parse(&json, buf_str(&ran.out), ran.out.len, &parse_err) < 0)
        (void)gate_not_run(result, "terraform validate said nothing readable (code %d)",
                           ran.exit_code);
    else
        marks_from(marks, json_get(json, "diagnostics"));
    if (json != NULL && lacks_schema(marks))
        (void)gate_not_run(result, "provider schema unavailable");
    cage_result_done(&ran);
    return json == NULL || lacks_schema(marks) ? NOT_VALIDATED : VALIDATED;
}

/* 0, or NOT_VALIDATED with the result filled. */
static int init(struct gate_run *run, const struct scratch *scratch, const char *directory,
                char *how, size_t how_size, struct gate_layer_result *result, struct err *err)
{
    static const char *const arguments[] = {"init", "-backend=false", "-input=false", "-no-color",
                                            NULL};
    struct cage_result ran;
    char line[200];
    int r = terraform_run(run, scratch, directory, arguments, INIT_DEADLINE_MS, MEMORY, &ran, err);

    if (r < 0)
        return r;
    (void)snprintf(how, how_size, "%s", ran.how);
    if (ran.exit_code != 0) {
        bool provider = strstr(buf_str(&ran.err), "provider") != NULL;

        terraform_first_line(buf_str(&ran.err), line, sizeof line);
        (void)gate_not_run(result, "%s: terraform init: %s",
                           provider ? "provider schema unavailable"
                                    : "the module cannot be initialised here",
                           ran.timed_out ? "out of time" : line);
        r = NOT_VALIDATED;
    }
    cage_result_done(&ran);
    return r;
}

static int compare(struct gate_run *run, const struct scratch *scratch, const char *root,
                   const char *directory, struct marks *before, struct marks *after,
                   struct gate_layer_result *result, struct err *err)
{
    char how[160] = "";
    const char *found;
    int r = init(run, scratch, directory, how, sizeof how, result, err);

    if (r == 0)
        r = validate_once(run, scratch, directory, before, result, err);
    if (r == VALIDATED)
        r = terraform_write_after(run, root, err);
    if (r == VALIDATED)
        r = validate_once(run, scratch, directory, after, result, err);
    if (r != VALIDATED)
        return r < 0 ? r : 0;

    found = marks_new_one(before, after);
    if (found != NULL)
        return gate_fail(result, "new error: %.300s", found);
    if (before->n > 0)
        return gate_pass(result, "no new error; %zu that were there before stay (%s)", after->n,
                         how);
    return gate_pass(result, "terraform validate is content (%s)", how);
}

int gate_validate(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    CLEANUP(scratch_done) struct scratch scratch = {0};
    struct marks before = {0};
    struct marks after = {0};
    char root[4200];
    char directory[8300];
    int r;

    if (!terraform_is_there(run))
        return gate_not_run(result, "terraform is not installed");
    if (!terraform_may_copy(run))
        return gate_not_run(result, "the repository is too large to be copied");
    r = scratch_new(&scratch, run->in->scratch_dir, err);
    (void)snprintf(root, sizeof root, "%s/repo", scratch.path);
    (void)snprintf(directory, sizeof directory, "%s/%s", root, run->in->directory);
    if (r == 0)
        r = terraform_configure(run, &scratch, err);
    if (r == 0)
        r = terraform_write_before(run, root, err);
    if (r == 0)
        r = marks_new(&before, err);
    if (r == 0)
        r = marks_new(&after, err);
    if (r == 0)
        r = compare(run, &scratch, root, directory, &before, &after, result, err);
    marks_done(&before);
    marks_done(&after);
    return r;
}
