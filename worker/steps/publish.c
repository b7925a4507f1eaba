/*
 * Step 8: the branch, then the pull request. The branch is created, never moved; the commit is a
 * pure function of the plan, so repeating a push that succeeded changes nothing. The forge allows
 * one open pull request per branch, so repeating that changes nothing either.
 */
#include <stdio.h>

#include "common/fault.h"
#include "common/metrics.h"
#include "worker/forge/forge.h"
#include "worker/merge_history.h"
#include "worker/plan.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

#define LABELS_MAX 12

int publish_commit(struct item_run *run, const struct plan *plan, char out_commit[GIT_ID_BYTES],
                   struct err *err)
{
    struct git_change changes[PLAN_FILES_MAX];
    struct git_signature who = {"Plumbline", "plumbline@users.noreply.github.com",
                                plan->when_unix_s};

    for (size_t i = 0; i < plan->n_files; i++)
        changes[i] =
            (struct git_change){plan->files[i].path, plan->files[i].bytes, plan->files[i].len};
    return git_mirror_commit(run->mirror, plan->base_commit, changes, plan->n_files, plan->message,
                             &who, out_commit, err);
}

/* A plan from an earlier worker: this mirror may not have its base commit yet. */
static int prepare(struct item_run *run, struct err *err)
{
    char commit[GIT_ID_BYTES], branch[256];
    int r = 0;

    if (run->mirror != NULL)
        return 0;
    r = step_open_mirror(run, err);
    if (r == 0)
        r = git_mirror_fetch(run->mirror, run->plan->base_branch, branch, commit, err);
    if (r == GIT_NO_BRANCH)
        return err_set(err, ERR_REJECT, "base branch %s is gone", run->plan->base_branch);
    return r;
}

static bool is_ours(const struct item_run *run, const char *message)
{
    char trailer[128];

    snprintf(trailer, sizeof trailer, "\nFinding-Fingerprint: %s\n", run->fp);
    return strstr(message, trailer) != NULL;
}

enum { BRANCH_FOREIGN = 1 };

/* 0: the branch holds our commit, this one or an earlier one of the same finding. */
static int push(struct item_run *run, const char *commit, struct err *err)
{
    CLEANUP(buf_done) struct buf message = BUF(64 * 1024);
    char existing[GIT_ID_BYTES];
    int r = step_may_write(run, err);

    if (r == 0)
        r = git_mirror_push_new(run->mirror, commit, run->branch, existing, err);
    if (r != GIT_BRANCH_EXISTS)
        return r < 0 ? err_wrap(err, r, "push %s", run->branch) : r;
    r = git_mirror_remote_tip(run->mirror, run->branch, existing, &message, err);
    if (r == GIT_NO_BRANCH)
        return err_set(err, ERR_RETRY, "branch %s was deleted while we looked", run->branch);
    if (r < 0)
        return err_wrap(err, r, "look at branch %s", run->branch);
    return is_ours(run, buf_str(&message)) ? 0 : BRANCH_FOREIGN;
}

static int push_somewhere(struct item_run *run, const char *commit, struct err *err)
{
    int r = push(run, commit, err);

    if (r != BRANCH_FOREIGN)
        return r;
    step_branch_name(run, run->item->generation, true, run->branch);
    r = push(run, commit, err);
    if (r == BRANCH_FOREIGN)
        return err_set(err, ERR_REJECT, "branch %s exists and is not ours", run->branch);
    return r;
}

static size_t split_labels(char *text, const char *out[LABELS_MAX])
{
    char *rest = NULL;
    size_t n = 0;

    for (char *label = strtok_r(text, ",", &rest); label != NULL && n < LABELS_MAX;
         label = strtok_r(NULL, ",", &rest))
        out[n++] = label;
    return n;
}

/*
 * Minutes may have passed since find_pr looked, and a worker that lost its lease may have opened
 * the pull request meanwhile, and a person closed it: GitHub would take a second one. It would take
 * one beside another generation's, too, whose branch has another name. What happens between this
 * look and the request's arrival nobody can fence: GitHub does not know our claim.
 */
static int look_again(struct item_run *run, struct err *err)
{
    struct forge *forge = run->services->forge;
    struct forge_pr pr = {0};
    int r = forge->ops->find_pr(forge, run->item->repository, run->branch, &pr, err);

    if (r < 0)
        return err_wrap(err, r, "look for the pull request of %s again", run->branch);
    if (r == 0 && pr.state == FORGE_OPEN) /* create_pr adopts it */
        return 0;
    if (r == FORGE_NO_PR)
        r = step_find_open(run, &pr, err);
    if (r < 0)
        return err_wrap(err, r, "look for an open pull request again");
    return r == FORGE_NO_PR ? 0 : step_end_with(run, &pr);
}

static int open_pr(struct item_run *run, struct forge_pr *pr, struct err *err)
{
    struct forge *forge = run->services->forge;
    const char *labels[LABELS_MAX];
    CLEANUP(mem_freep) char *text = strdup(run->plan->labels);
    struct forge_pr_request request = {
        .repository = run->item->repository,
        .branch = run->branch,
        .base = run->plan->base_branch,
        .title = run->plan->title,
        .body = run->plan->body,
        .labels = labels,
        .draft = true,
        .patch = run->plan->patch,
    };

    if (text == NULL)
        return err_nomem(err);
    request.n_labels = split_labels(text, labels);
    int r = step_may_write(run, err);
    if (r == 0)
        r = forge->ops->create_pr(forge, &request, pr, err);
    if (r == FORGE_NO_BRANCH)
        return err_set(err, ERR_RETRY, "the forge does not see branch %s yet", run->branch);
    if (r == FORGE_NO_COMMITS)
        return err_set(err, ERR_REJECT, "branch %s holds nothing that %s has not", run->branch,
                       run->plan->base_branch);
    return r < 0 ? err_wrap(err, r, "open the pull request of %s", run->branch) : r;
}

int step_publish(struct item_run *run, struct err *err)
{
    char commit[GIT_ID_BYTES];
    struct forge_pr pr = {0};
    int r = prepare(run, err);

    if (r == 0)
        r = FAULT_REPLY("commit.made", publish_commit(run, run->plan, commit, err), err);
    if (r == 0)
        r = FAULT_REPLY("push.ok", push_somewhere(run, commit, err), err);
    if (r == 0)
        r = look_again(run, err);
    if (r != 0)
        return r;
    r = FAULT_REPLY("pr.ok", open_pr(run, &pr, err), err);
    if (r < 0)
        return r;
    if (run->end->details_json == NULL)
        run->end->details_json = strdup(run->plan->details_json);
    if (pr.created) {
        metric_count("plumb_prs_created_total", NULL, 1);
        merge_history_opened(run);
    }
    (void)str_copy(run->end->pr_url, sizeof run->end->pr_url, pr.url);
    (void)str_copy(run->end->branch, sizeof run->end->branch, run->branch);
    run->end->reason[0] = '\0';
    (void)str_copy(run->end->state, sizeof run->end->state, pr.created ? "PR_OPEN" : "ADOPTED");
    return STEP_ENDED;
}
