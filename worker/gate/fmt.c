/*
 * Layer "fmt": an edited file that was in terraform's own format still is. A file that was not is
 * left as its people write it: reformatting it would bury the fix.
 */
#include <stdio.h>

#include "worker/gate/terraform.h"

#define DEADLINE_MS 30000
#define MEMORY      ((size_t)2 * 1024 * 1024 * 1024)

/* Files lie flat, numbered: their own paths would only be one more thing to get wrong. */
static void flat_name(const struct gate_run *run, const char *side, size_t i, char *out,
                      size_t size)
{
    (void)snprintf(out, size, "fmt/%s/%zu%s", side, i,
                   str_ends(run->in->edited[i].path, ".tfvars") ? ".tfvars" : ".tf");
}

static int write_both(const struct gate_run *run, const struct scratch *scratch, struct err *err)
{
    char name[64];
    int r = 0;

    for (size_t i = 0; i < run->in->n_edited && r == 0; i++) {
        const struct hcl_edited *edited = &run->in->edited[i];
        const struct hcl_file *before = gate_before(run, edited->path);

        flat_name(run, "after", i, name, sizeof name);
        r = scratch_write(scratch->path, name, edited->bytes, edited->len, err);
        flat_name(run, "before", i, name, sizeof name);
        if (r == 0 && before != NULL)
            r = scratch_write(scratch->path, name, before->bytes, before->len, err);
    }
    return r;
}

/* terraform lists the files that it would change, one a line. */
static bool is_listed(const struct gate_run *run, const struct buf *out, const char *side, size_t i)
{
    char name[64];
    const char *at;
    size_t len;

    flat_name(run, side, i, name, sizeof name);
    len = strlen(name) - strlen("fmt/");
    at = strstr(buf_str(out), name + strlen("fmt/"));
    return at != NULL && (at[len] == '\n' || at[len] == '\0');
}

static int judge(const struct gate_run *run, const struct cage_result *ran,
                 struct gate_layer_result *result)
{
    size_t loose = 0;
    char line[200];

    if (ran->timed_out)
        return gate_not_run(result, "terraform fmt took more than %d s", DEADLINE_MS / 1000);
    if (ran->exit_code == 2) {
        terraform_first_line(buf_str(&ran->err), line, sizeof line);
        return gate_fail(result, "terraform fmt cannot read the result: %s", line);
    }
    if (ran->exit_code != 0 && ran->exit_code != 3)
        return gate_not_run(result, "terraform fmt ended with code %d", ran->exit_code);

    for (size_t i = 0; i < run->in->n_edited; i++) {
        bool was_loose = !run->in->edited[i].is_new && is_listed(run, &ran->out, "before", i);

        if (is_listed(run, &ran->out, "after", i) && !was_loose)
            return gate_fail(result, "%.200s is not in terraform's format any more",
                             run->in->edited[i].path);
        loose += was_loose;
    }
    if (loose > 0)
        return gate_pass(result, "%zu file%s already not in terraform's format; left so (%s)",
                         loose, loose == 1 ? " was" : "s were", ran->how);
    return gate_pass(result, "terraform fmt -check is content (%s)", ran->how);
}

int gate_fmt(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    static const char *const arguments[] = {"fmt",        "-check",    "-list=true",
                                            "-recursive", "-no-color", NULL};
    CLEANUP(scratch_done) struct scratch scratch = {0};
    struct cage_result ran;
    char directory[4200];
    int r;

    if (!terraform_is_there(run))
        return gate_not_run(result, "terraform is not installed");
    r = scratch_new(&scratch, run->in->scratch_dir, err);
    if (r == 0)
        r = terraform_configure(run, &scratch, err);
    if (r == 0)
        r = write_both(run, &scratch, err);
    if (r < 0)
        return r;

    (void)snprintf(directory, sizeof directory, "%s/fmt", scratch.path);
    r = terraform_run(run, &scratch, directory, arguments, DEADLINE_MS, MEMORY, &ran, err);
    if (r < 0)
        return r;
    r = judge(run, &ran, result);
    cage_result_done(&ran);
    return r;
}
