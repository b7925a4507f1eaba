/*
 * Layer "plan": what terraform would do, before the fix and with it. Where the operator wants it,
 * and last, since it is the only layer that reads the cloud.
 *
 * TERRAFORM_PLAN=state   the configured backend and the operator's read-only credentials; what
 *                        changes with the fix, and did not without it, must be an update or a
 *                        creation at a predicted address: nothing is destroyed or replaced.
 * TERRAFORM_PLAN=empty   no state and no backend: everything is a creation, so what is compared is
 *                        what would be created.
 *
 * A plan starts what the configuration names, so what is not known to be harmless is not planned
 * (plan_may.h).
 */
#include <stdio.h>

#include "common/arena.h"
#include "common/json.h"
#include "worker/gate/plan_may.h"
#include "worker/gate/terraform.h"

#define DEADLINE_MS 300000
#define MEMORY      ((size_t)16 * 1024 * 1024 * 1024)
#define ARENA_BYTES ((size_t)64 * 1024 * 1024)

struct planned { /* one address of a plan */
    const char *address;
    const char *actions; /* "update", "delete,create" … */
    const char *after;   /* canonical JSON; what is known only after apply is not in it */
    struct planned *next;
};

struct plan_look {
    struct gate_run *run;
    struct scratch scratch;
    struct arena *arena;
    char root[4200], directory[8300];
    char how[160];
    struct gate_layer_result *result;
};

enum { PLAN_NOT_RUN = 1 };

/* --- running it --- */

static int step(struct plan_look *look, const char *const *arguments, bool is_out,
                struct cage_result *ran, struct err *err)
{
    const struct gate_plan_settings *settings = look->run->in->plan;
    static const char *const nowhere[] = {"AWS_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true",
                                          "AWS_MAX_ATTEMPTS=1", NULL};
    const struct terraform_leave leave = {
        .environment = settings->with_state ? settings->environment : nowhere,
        .network = is_out && settings->with_state};
    int r = terraform_run_with(look->run, &look->scratch, look->directory, arguments, DEADLINE_MS,
                               MEMORY, &leave, ran, err);

    if (r == 0 && is_out)
        (void)str_copy(look->how, sizeof look->how, ran->how);
    return r;
}

/* 0; PLAN_NOT_RUN with why in line. */
static int run_step(struct plan_look *look, const char *const *arguments, char *line, size_t size,
                    struct err *err)
{
    struct cage_result ran;
    int r = step(look, arguments, true, &ran, err);

    if (r < 0)
        return r;
    if (ran.exit_code != 0) {
        terraform_first_line(buf_str(&ran.err), line, size);
        r = PLAN_NOT_RUN;
    }
    cage_result_done(&ran);
    return r;
}

static int read_plan(struct plan_look *look, struct json **out, char *line, size_t size,
                     struct err *err)
{
    static const char *const show[] = {"show", "-json", "plumb.plan", NULL};
    struct cage_result ran;
    struct err why;
    int r = step(look, show, false, &ran, err);

    if (r < 0)
        return r;
    if (ran.exit_code != 0 || json_parse(out, buf_str(&ran.out), ran.out.len, &why) < 0) {
        (void)snprintf(line, size, "the plan cannot be read");
        r = PLAN_NOT_RUN;
    }
    cage_result_done(&ran);
    return r;
}

/* --- what it says --- */

static const char *actions_of(struct arena *arena, const struct json *change)
{
    const struct json *actions = json_get(change, "actions");
    CLEANUP(buf_done) struct buf text = BUF(200);

    for (size_t i = 0; i < json_count(actions); i++)
        buf_print(&text, "%s%s", i > 0 ? "," : "", json_text(json_at(actions, i), "?"));
    return arena_text(arena, buf_str(&text));
}

static const char *after_of(struct arena *arena, const struct json *change)
{
    CLEANUP(buf_done) struct buf text = BUF(TERRAFORM_OUTPUT_MAX);

    json_write(json_get(change, "after"), JSON_CANONICAL, &text);
    return arena_text(arena, buf_str(&text));
}

static int collect(struct arena *arena, const struct json *plan, struct planned **out,
                   struct err *err)
{
    const struct json *changes = json_get(plan, "resource_changes");

    for (size_t i = 0; i < json_count(changes); i++) {
        const struct json *one = json_at(changes, i);
        const struct json *change = json_get(one, "change");
        struct planned *planned = arena_alloc(arena, sizeof *planned);

        if (planned == NULL)
            return err_nomem(err);
        planned->address = arena_text(arena, json_get_text(one, "address", "?"));
        planned->actions = actions_of(arena, change);
        planned->after = after_of(arena, change);
        if (planned->address == NULL || planned->actions == NULL || planned->after == NULL)
            return err_nomem(err);
        planned->next = *out;
        *out = planned;
    }
    return 0;
}

/* "module.a["x"].aws_s3_bucket.b[0]" -> "aws_s3_bucket.b": as a block is called where it is
 * written. */
static void plain(const char *address, char out[256])
{
    size_t n = 0;
    const char *last = address;
    int depth = 0;
    const char *dots[3] = {address, address, address};

    for (const char *at = address; *at != '\0'; at++) {
        depth += *at == '[';
        depth -= *at == ']';
        if (*at == '.' && depth == 0) {
            dots[0] = dots[1];
            dots[1] = at + 1;
        }
    }
    last = dots[0];
    for (depth = 0; *last != '\0' && n < 255; last++) {
        depth += *last == '[';
        if (depth == 0)
            out[n++] = *last;
        depth -= *last == ']';
    }
    out[n] = '\0';
}

static bool is_predicted(const struct gate_run *run, const char *address)
{
    char name[256], target[256];

    plain(address, name);
    plain(run->in->address, target);
    if (str_eq(name, target))
        return true;
    for (size_t i = 0; i < run->in->n_predicted; i++) {
        if (str_eq(run->in->predicted[i], name))
            return true;
    }
    return false;
}

static const struct planned *find(const struct planned *list, const char *address)
{
    while (list != NULL && !str_eq(list->address, address))
        list = list->next;
    return list;
}

static bool is_quiet(const char *actions)
{
    return str_eq(actions, "no-op") || str_eq(actions, "read");
}

static int compare(struct plan_look *look, const struct planned *before,
                   const struct planned *after)
{
    size_t n = 0;

    for (const struct planned *had = before; had != NULL; had = had->next) {
        if (find(after, had->address) == NULL)
            return gate_fail(look->result, "%.200s is planned no more", had->address);
    }
    for (const struct planned *has = after; has != NULL; has = has->next) {
        const struct planned *had = find(before, has->address);
        bool same =
            had != NULL && str_eq(had->actions, has->actions) && str_eq(had->after, has->after);

        if (same || is_quiet(has->actions))
            continue;
        if (strstr(has->actions, "delete") != NULL)
            return gate_fail(look->result, "%.200s would be %s", has->address,
                             strstr(has->actions, "create") != NULL ? "replaced" : "destroyed");
        if (!is_predicted(look->run, has->address))
            return gate_fail(look->result, "%.200s would change too (%s)", has->address,
                             has->actions);
        n++;
    }
    return gate_pass(look->result,
                     "%zu address%s changed by the fix, all predicted, nothing "
                     "replaced or destroyed%s (%s)",
                     n, n == 1 ? "" : "es",
                     look->run->in->plan->with_state ? "" : "; planned without a state", look->how);
}

/* --- before and after --- */

static int plan_once(struct plan_look *look, struct planned **out, char *line, size_t size,
                     struct err *err)
{
    static const char *const plan[] = {"plan",      "-input=false",    "-lock=false",
                                       "-no-color", "-out=plumb.plan", NULL};
    CLEANUP(json_freep) struct json *json = NULL;
    int r = run_step(look, plan, line, size, err);

    if (r == 0)
        r = read_plan(look, &json, line, size, err);
    return r != 0 ? r : collect(look->arena, json, out, err);
}

static int look_at_both(struct plan_look *look, struct err *err)
{
    static const char *const init[] = {"init", "-input=false", "-no-color", NULL};
    struct planned *before = NULL;
    struct planned *after = NULL;
    char line[240] = "";
    int r = run_step(look, init, line, sizeof line, err);

    if (r == 0)
        r = plan_once(look, &before, line, sizeof line, err);
    if (r == PLAN_NOT_RUN)
        return gate_not_run(look->result, "no plan before the fix either: %s", line);
    if (r == 0)
        r = terraform_write_after(look->run, look->root, err);
    if (r == 0)
        r = plan_once(look, &after, line, sizeof line, err);
    if (r == PLAN_NOT_RUN)
        return gate_fail(look->result, "with the fix there is no plan: %s", line);
    return r < 0 ? r : compare(look, before, after);
}

/* Nothing is asked of AWS: neither who we are, nor what there is. */
static void write_provider(struct buf *out, const char *alias)
{
    buf_text(out, "provider \"aws\" {\n");
    if (alias[0] != '\0')
        buf_print(out, "  alias = \"%s\"\n", alias);
    buf_text(out, "  access_key = \"none\"\n  secret_key = \"none\"\n"
                  "  skip_credentials_validation = true\n  skip_requesting_account_id = true\n"
                  "  skip_metadata_api_check = true\n  skip_region_validation = true\n}\n");
}

static void alias_of(const struct hcl_file *file, const struct hcl_node *block, char out[128])
{
    const struct hcl_node *alias = hcl_attribute(file, block, "alias");
    const struct hcl_node *text =
        alias != NULL && alias->child->kind == HCL_TEMPLATE ? alias->child->child : NULL;

    out[0] = '\0';
    if (text != NULL && text->kind == HCL_LITERAL && text->next == NULL)
        (void)snprintf(out, 128, "%.*s", (int)(text->end - text->start), file->bytes + text->start);
}

/* Over each configuration of the provider that the root has. */
static bool write_providers(const struct hcl_module *root, struct buf *out)
{
    bool has_default = false;
    char name[128], alias[128];

    for (size_t i = 0; i < hcl_module_file_count(root); i++) {
        const struct hcl_file *file = hcl_module_file(root, i);
        const struct hcl_node *block = NULL;

        while ((block = hcl_block_next(file, file->body, "provider", block)) != NULL) {
            if (!hcl_block_label(file, block, 0, name, sizeof name) || !str_eq(name, "aws"))
                continue;
            alias_of(file, block, alias);
            has_default = has_default || alias[0] == '\0';
            write_provider(out, alias);
        }
    }
    return has_default;
}

static int write_beside(struct plan_look *look, const char *name, const struct buf *text,
                        struct err *err)
{
    const char *directory = look->run->in->directory;
    char path[1200];

    (void)snprintf(path, sizeof path, "%s%s%s", directory, directory[0] != '\0' ? "/" : "", name);
    return scratch_write(look->root, path, buf_str(text), text->len, err);
}

/* Without a state the backend is one that is empty. */
static int write_emptiness(struct plan_look *look, struct err *err)
{
    CLEANUP(buf_done) struct buf over = BUF((size_t)64 * 1024);
    CLEANUP(buf_done) struct buf beside = BUF((size_t)64 * 1024);

    buf_text(&over, "terraform {\n  backend \"local\" {}\n}\n");
    if (!write_providers(look->run->before, &over))
        write_provider(&beside, "");
    int r = buf_check(&over, err);
    if (r == 0)
        r = write_beside(look, "plumb_plan_override.tf", &over, err);
    if (r == 0 && beside.len > 0)
        r = write_beside(look, "plumb_plan.tf", &beside, err);
    return r;
}

static int set_up(struct plan_look *look, struct err *err)
{
    int r = terraform_configure(look->run, &look->scratch, err);

    if (r == 0)
        r = terraform_write_before(look->run, look->root, err);
    if (r == 0 && !look->run->in->plan->with_state)
        r = write_emptiness(look, err);
    return r;
}

int gate_plan(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    struct plan_look look = {.run = run, .result = result};
    char why[400];

    if (run->in->plan == NULL)
        return gate_not_run(result, "TERRAFORM_PLAN is off");
    if (!terraform_is_there(run))
        return gate_not_run(result, "terraform is not installed");
    if (!terraform_may_copy(run))
        return gate_not_run(result, "the repository is too large to be copied");
    bool with_state = run->in->plan->with_state;
    if (!plan_may(run->before, with_state, why, sizeof why) ||
        !plan_may(run->root_after, with_state, why, sizeof why))
        return gate_not_run(result, "%s", why);
    look.arena = arena_new(ARENA_BYTES);
    if (look.arena == NULL)
        return err_nomem(err);
    int r = scratch_new(&look.scratch, run->in->scratch_dir, err);
    (void)snprintf(look.root, sizeof look.root, "%s/repo", look.scratch.path);
    (void)snprintf(look.directory, sizeof look.directory, "%s/%s", look.root, run->in->directory);
    if (r == 0)
        r = set_up(&look, err);
    if (r == 0)
        r = look_at_both(&look, err);
    scratch_done(&look.scratch);
    arena_free(look.arena);
    return r;
}
