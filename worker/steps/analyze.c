/*
 * Step 5: which block of Terraform is meant. Every root module that may hold the resource is
 * opened, and the finding's words (address, file and line, ARN, name) are held against the root's
 * Terraform state, where the policy file knows one, and against what evaluates.
 */
#include <stdio.h>

#include "common/config.h"
#include "worker/hcl/aws/types.h"
#include "worker/hcl/locate/locate.h"
#include "worker/services.h"
#include "worker/steps/external_module.h"
#include "worker/steps/root_states.h"
#include "worker/steps/steps.h"

#define ROOTS_MAX   256
#define MATCHES_MAX 8

struct search {
    struct item_run *run;
    struct hcl_query query;
    const char *in_file; /* only blocks of this file count; NULL: any */
    struct root_states *states;
    bool use_states; /* now: the query is one that a state can answer */
    size_t n_found;
    struct hcl_match first;
    struct hcl_module *root;     /* of first */
    bool in_any_root;            /* the same block fits under another root too */
    char others[256];            /* addresses of the rest, for the message */
    char broken[ERR_TEXT_BYTES]; /* why a root could not be opened */
    char first_why[256];         /* what is to be told of the state of first's root */
    char says[ERR_TEXT_BYTES];   /* what a state knows and the code does not */
};

static void forget_matches(struct search *search)
{
    search->n_found = 0;
    search->others[0] = '\0';
    search->in_any_root = false;
}

/* A scanner names files from where it was started, which may be below the repository's top. */
static bool is_file(const char *path, const char *named)
{
    size_t len = strlen(path), n = strlen(named);

    return len >= n && str_eq(path + len - n, named) && (len == n || path[len - n - 1] == '/');
}

static void note_match(struct search *search, struct hcl_module *root,
                       const struct hcl_match *match)
{
    const struct hcl_resource *known = search->first.resource;

    if (search->in_file != NULL && !is_file(match->resource->file->path, search->in_file))
        return;

    /* What one root is sure of is no candidate's of another root. */
    if (search->n_found > 0 && match->certainty != search->first.certainty) {
        if (match->certainty == HCL_CANDIDATE)
            return;
        forget_matches(search);
    }

    /* One local module called from several roots: the block is the same, and so is the fix. */
    if (search->n_found > 0 && known->block->start == match->resource->block->start &&
        str_eq(known->file->path, match->resource->file->path)) {
        if (match->instance != search->first.instance)
            search->first.instance = NULL; /* several of its instances fit: the block is meant */
        search->in_any_root = search->in_any_root || root != search->root;
        return;
    }
    if (search->n_found++ == 0) {
        search->first = *match;
        search->root = root;
        return;
    }
    size_t used = strlen(search->others);
    snprintf(search->others + used, sizeof search->others - used, " %s:%s",
             match->resource->file->path, match->resource->address);
}

/* The state joins the query; what it says that the code does not answer is kept for the message. */
static int add_state(struct search *search, size_t i, const char *directory,
                     struct hcl_module *root, const char **out_why, struct err *err)
{
    *out_why = NULL;
    search->query.state = NULL;
    if (!search->use_states)
        return 0;
    int r = root_states_get(search->states, i, directory, &search->query.state, out_why, err);
    if (r < 0)
        return r;
    const char *says = hcl_state_says(root, &search->query);
    if (search->says[0] == '\0' && (says != NULL || *out_why != NULL))
        (void)str_copy(search->says, sizeof search->says, says != NULL ? says : *out_why);
    return 0;
}

static int search_root(struct search *search, size_t i, const char *directory, struct err *err)
{
    struct hcl_match matches[MATCHES_MAX];
    struct hcl_module *root;
    const char *state_why;
    struct err why;
    int r = hcl_module_open(search->run->repo, directory, &root, &why);

    if (r == ERR_REJECT) {
        (void)str_copy(search->broken, sizeof search->broken, why.text);
        return 0;
    }
    if (r < 0) {
        *err = why;
        return r;
    }
    r = add_state(search, i, directory, root, &state_why, err);
    if (r < 0)
        return r;
    size_t n = hcl_locate(root, &search->query, matches, MATCHES_MAX);
    for (size_t k = 0; k < n && k < MATCHES_MAX; k++)
        note_match(search, root, &matches[k]);
    if (search->n_found > 0 && search->root == root)
        (void)str_copy(search->first_why, sizeof search->first_why,
                       state_why != NULL ? state_why : "");
    return 0;
}

static const char *wanted_type(const struct item *item)
{
    if (item->arn != NULL && hcl_type_of_arn(item->arn) != NULL)
        return hcl_type_of_arn(item->arn);
    return item->resource_type != NULL ? hcl_type_of_word(item->resource_type) : NULL;
}

static const char *search_under(const struct item_run *run)
{
    const char *configured = run->services->shared->config->terraform_path;

    if (run->item->terraform_path != NULL)
        return run->item->terraform_path;
    return str_eq(configured, ".") ? "" : configured;
}

static int not_found(struct search *search, size_t n_roots, struct err *err)
{
    const struct item *item = search->run->item;
    const char *name = item->address != NULL ? item->address
                       : item->arn != NULL   ? item->arn
                                             : item->resource_name;

    return err_set(
        err, ERR_REJECT,
        "%.200s is in none of the %zu root modules of %s at %.12s: is it managed elsewhere, or is "
        "TERRAFORM_PATH wrong?%s%.240s%s%.200s",
        name, n_roots, item->repository, search->run->base_commit,
        search->says[0] != '\0' ? " Note: " : "", search->says,
        search->broken[0] != '\0' ? " One module could not be read: " : "", search->broken);
}

static int search_all(struct search *search, const char *const *roots, size_t n, struct err *err)
{
    forget_matches(search);
    for (size_t i = 0; i < n && i < ROOTS_MAX; i++) {
        int r = search_root(search, i, roots[i], err);
        if (r < 0)
            return r;
    }
    return 0;
}

/*
 * What a state knows for certain in one root counts before names that would fit in another. A place
 * in a file comes before both.
 */
static int search_states(struct search *search, const char *const *roots, size_t n, struct err *err)
{
    struct hcl_query all = search->query;
    int r = 0;

    if (all.file != NULL && all.line_start > 0) {
        search->query = (struct hcl_query){
            .file = all.file, .line_start = all.line_start, .line_end = all.line_end};
        r = search_all(search, roots, n, err);
    }
    search->query = all;
    if (r < 0 || search->n_found > 0)
        return r;
    search->use_states = search->query.state_only = true;
    r = search_all(search, roots, n, err);
    search->query = all;
    return r;
}

/*
 * The most telling words first: an address in its file, the address anywhere, and only then
 * everything that is known, so that a line number in a file of the same name never beats an
 * address.
 */
static int search_by_words(struct search *search, const char *const *roots, size_t n,
                           struct err *err)
{
    const struct item *item = search->run->item;
    struct hcl_query all = search->query;
    int r = 0;

    if (item->address != NULL) {
        search->query = (struct hcl_query){.address = item->address};
        search->in_file = item->file;
        r = search_all(search, roots, n, err);
        search->in_file = NULL;
        if (r == 0 && search->n_found == 0 && item->file != NULL)
            r = search_all(search, roots, n, err);
        search->query = all;
    }
    if (r == 0 && search->n_found == 0 && root_states_any(search->states, roots, n))
        r = search_states(search, roots, n, err);
    if (r == 0 && search->n_found == 0)
        r = search_all(search, roots, n, err);
    return r;
}

static void tell_how(const struct search *search)
{
    struct item_run *run = search->run;
    size_t size = sizeof run->located_how;

    (void)str_copy(run->located_how, size, search->first.how);
    if (search->first_why[0] == '\0')
        return;
    size_t used = strlen(run->located_how);
    snprintf(run->located_how + used, size - used, "; %s", search->first_why);
}

/* Nothing sure, or too much of it: a person chooses. */
static int ambiguous(const struct search *search)
{
    const struct hcl_match *first = &search->first;
    const char *state = search->first_why[0] != '\0' ? search->first_why
                        : search->use_states         ? "its Terraform state does not either"
                                                     : "a Terraform state would";

    if (first->certainty == HCL_CANDIDATE)
        return step_end(search->run, "PENDING_REVIEW",
                        "%zu block%s may be it, and the code alone does not tell; %.160s: %s:%s "
                        "(%.160s)%s",
                        search->n_found, search->n_found == 1 ? "" : "s", state,
                        first->resource->file->path, first->resource->address, first->how,
                        search->others);
    return step_end(search->run, "PENDING_REVIEW",
                    "%zu blocks fit and nothing tells which is meant: %s:%s%s", search->n_found,
                    first->resource->file->path, first->resource->address, search->others);
}

int step_analyze(struct item_run *run, struct err *err)
{
    const struct item *item = run->item;
    const char *roots[ROOTS_MAX];
    struct search search = {
        .run = run,
        .query = {.arn = item->arn,
                  .address = item->address,
                  .name = item->resource_name,
                  .file = item->file,
                  .type = wanted_type(item),
                  .line_start = item->line_start,
                  .line_end = item->line_end},
    };

    if (item->kind == ITEM_DRIFT)
        return 0;
    size_t n = hcl_repo_roots(run->repo, search_under(run), roots, ROOTS_MAX);
    n = n < ROOTS_MAX ? n : ROOTS_MAX;
    CLEANUP(root_states_freep) struct root_states *states = NULL;
    int r = root_states_new(&states, run, n, err);
    search.states = states;
    if (r == 0)
        r = search_by_words(&search, roots, n, err);
    if (r < 0)
        return r;
    if (search.n_found == 0) {
        r = external_module_end(run, roots, n, err);
        return r != 0 ? r : not_found(&search, n, err);
    }
    if (search.n_found > 1 || search.first.certainty == HCL_CANDIDATE)
        return ambiguous(&search);
    run->root = search.root;
    run->resource = search.first.resource;
    run->instance = search.first.instance;
    run->in_any_root = search.in_any_root;
    tell_how(&search);
    return 0;
}
