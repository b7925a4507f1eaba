/* forge.h over a table of pull requests, with GitHub's manners; the story stands in outside.h. */
#include <stdio.h>

#include "tests/sim/invariants.h"
#include "tests/sim/outside.h"
#include "worker/forge/names.h"

struct pull pulls[PULLS_MAX];
size_t n_pulls;

static size_t reopened_late;
static int64_t moment; /* the last one of the forge */

struct forge_model {
    struct forge base;
    int64_t looked_at;      /* when its thread last asked for the branch's pull request */
    int64_t looked_open_at; /* … and for an open one of any generation */
};

void git_model_begin(void);
void branch_delete(const char *name);

void outside_begin(void)
{
    n_pulls = 0;
    reopened_late = 0;
    moment = 0;
    git_model_begin();
}

size_t late_reopens(void)
{
    return reopened_late;
}

void people_close(struct pull *pull, bool merge, bool delete_branch)
{
    trace("people  %s %s%s", merge ? "merge" : "close", pull->branch,
          delete_branch ? " and delete the branch" : "");
    pull->state = merge ? FORGE_MERGED : FORGE_CLOSED;
    pull->closed_ms = sim_now_ms();
    pull->closed_at = ++moment;
    if (merge)
        people_push();
    if (delete_branch)
        branch_delete(pull->branch);
}

static int no_answer(enum fate fate, struct err *err)
{
    if (fate == FATE_DEAD)
        return err_set(err, ERR_FATAL, "this process was killed");
    if (fate == FATE_FAILS && chance(50))
        return err_throttled(err, 1000 + dice(2000), "forge model: slow down");
    return err_set(err, ERR_RETRY, "forge model: no answer");
}

static struct pull *newest(const char *branch)
{
    struct pull *found = NULL;

    for (size_t i = 0; i < n_pulls; i++)
        if (str_eq(pulls[i].branch, branch) &&
            (found == NULL || found->state != FORGE_OPEN || pulls[i].state == FORGE_OPEN))
            found = &pulls[i];
    return found;
}

static void describe(const struct pull *pull, struct forge_pr *out)
{
    *out = (struct forge_pr){.number = pull - pulls + 1, .state = pull->state};
    snprintf(out->url, sizeof out->url, "https://forge.example/acme/infra/pull/%td",
             pull - pulls + 1);
    (void)str_copy(out->branch, sizeof out->branch, pull->branch);
    (void)str_copy(out->fingerprint, sizeof out->fingerprint, pull->fp);
}

static int clone_url(struct forge *forge, const char *repository, struct buf *out, struct err *err)
{
    (void)forge;
    buf_print(out, "https://forge.example/%s.git", repository);
    return buf_check(out, err);
}

static int find_pr(struct forge *forge, const char *repository, const char *branch,
                   struct forge_pr *out, struct err *err)
{
    struct forge_model *model = (struct forge_model *)forge;
    enum fate fate = door_arrives(DOOR_FORGE);

    (void)repository;
    const struct pull *found = newest(branch);
    struct pull copy = found != NULL ? *found : (struct pull){0};
    int64_t looked_at = ++moment;
    fate = door_answers(DOOR_FORGE, fate);
    if (fate != FATE_DONE)
        return no_answer(fate, err);
    model->looked_at = looked_at;
    trace("forge   find %s -> %s", branch,
          found == NULL                ? "none"
          : copy.state == FORGE_OPEN   ? "open"
          : copy.state == FORGE_MERGED ? "merged"
                                       : "closed");
    if (found == NULL)
        return FORGE_NO_PR;
    describe(found, out);
    out->state = copy.state;
    return 0;
}

static int find_open(struct forge *forge, const char *repository, const struct forge_kin *kin,
                     struct forge_pr *out, struct err *err)
{
    struct forge_model *model = (struct forge_model *)forge;
    enum fate fate = door_arrives(DOOR_FORGE);
    const struct pull *found = NULL;

    (void)repository;
    for (size_t i = 0; i < n_pulls; i++)
        if (pulls[i].state == FORGE_OPEN && str_eq(pulls[i].fp, kin->fingerprint) &&
            forge_is_kin(kin, pulls[i].branch))
            found = &pulls[i];
    int64_t looked_at = ++moment;
    fate = door_answers(DOOR_FORGE, fate);
    if (fate != FATE_DONE)
        return no_answer(fate, err);
    model->looked_open_at = looked_at;
    trace("forge   find open %s -> %s", kin->name, found != NULL ? found->branch : "none");
    if (found == NULL)
        return FORGE_NO_PR;
    describe(found, out);
    out->state = FORGE_OPEN; /* as it was looked at */
    return 0;
}

/* An open one that was there already. */
static int adopt(const char *branch, struct forge_pr *out, struct err *err)
{
    enum fate fate = door_answers(DOOR_FORGE, door_arrives(DOOR_FORGE));

    if (fate != FATE_DONE)
        return no_answer(fate, err);
    const struct pull *found = newest(branch);
    if (found == NULL || found->state != FORGE_OPEN)
        return err_set(err, ERR_RETRY, "forge model: it exists, but is not listed");
    describe(found, out);
    return 0;
}

/* A person's answer may not be overruled by a worker that looked after it was given. */
static void check_reopen(const struct forge_model *model, const char *branch)
{
    for (size_t i = 0; i < n_pulls; i++) {
        if (!str_eq(pulls[i].branch, branch) || pulls[i].state == FORGE_OPEN)
            continue;
        if (model->looked_at > pulls[i].closed_at)
            violation("G3: %s was closed at %lld, looked at after that, and opened again", branch,
                      (long long)pulls[i].closed_ms);
        reopened_late++;
    }
}

static struct pull *post(const struct forge_model *model, const struct forge_pr_request *request)
{
    char plan[65];

    check_reopen(model, request->branch);
    assert(n_pulls < PULLS_MAX);
    struct pull *pull = &pulls[n_pulls++];
    *pull = (struct pull){.state = FORGE_OPEN, .opened_at = ++moment};
    (void)str_copy(pull->branch, sizeof pull->branch, request->branch);
    if (!forge_marker_read(request->body, pull->fp, plan))
        violation("a pull request without its marker");
    trace("forge   create %s -> #%td", request->branch, pull - pulls + 1);
    invariants_opened(pull, model->looked_open_at);
    people_see(pull);
    return pull;
}

static int create_pr(struct forge *forge, const struct forge_pr_request *request,
                     struct forge_pr *out, struct err *err)
{
    struct forge_model *model = (struct forge_model *)forge;
    enum fate fate = door_arrives(DOOR_FORGE);
    const struct pull *made = NULL;
    struct err unused;

    if (fate == FATE_DONE || fate == FATE_ANSWER_LOST) {
        const struct pull *found = newest(request->branch);
        if (!branch_exists(request->branch))
            return fate == FATE_DONE ? FORGE_NO_BRANCH : no_answer(fate, err);
        if (found == NULL || found->state != FORGE_OPEN)
            made = post(model, request);
    }
    fate = door_answers(DOOR_FORGE, fate);
    if (fate == FATE_DONE && made == NULL)
        return adopt(request->branch, out, err);
    if (fate == FATE_DONE) {
        describe(made, out);
        out->state = FORGE_OPEN;
        out->created = true;
        return 0;
    }
    int r = no_answer(fate, err);
    if (r == ERR_RETRY && err->retry_after_ms == 0 && adopt(request->branch, out, &unused) == 0)
        return 0;
    return r;
}

static int repository(struct forge *forge, const char *name, struct forge_repository *out,
                      struct err *err)
{
    (void)forge;
    (void)name;
    (void)out;
    return err_set(err, ERR_REJECT, "forge model: not asked for by workers");
}

static void forge_model_free(struct forge *forge)
{
    free(forge);
}

struct forge *forge_model_new(void)
{
    static const struct forge_ops ops = {
        .name = "model",
        .repository = repository,
        .clone_url = clone_url,
        .find_pr = find_pr,
        .find_open = find_open,
        .create_pr = create_pr,
        .free = forge_model_free,
    };
    struct forge_model *model = calloc(1, sizeof *model);

    assert(model != NULL);
    model->base.ops = &ops;
    return &model->base;
}
