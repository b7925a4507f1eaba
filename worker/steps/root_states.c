/* The states of an item's root modules; the story stands in root_states.h. */
#include "worker/steps/root_states.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/log.h"
#include "worker/policy.h"
#include "worker/services.h"
#include "worker/state_cache.h"

struct root_state {
    bool asked;
    struct state_held *held;
    char *why;
};

struct root_states {
    struct item_run *run;
    struct root_state *items;
    size_t n;
};

int root_states_new(struct root_states **out, struct item_run *run, size_t n_roots, struct err *err)
{
    CLEANUP(root_states_freep) struct root_states *states = calloc(1, sizeof *states);

    if (states == NULL)
        return err_nomem(err);
    states->run = run;
    states->items = calloc(n_roots + 1, sizeof *states->items);
    if (states->items == NULL)
        return err_nomem(err);
    states->n = n_roots;
    *out = STEAL(states);
    return 0;
}

void root_states_free(struct root_states *states)
{
    if (states == NULL)
        return;
    for (size_t i = 0; i < states->n; i++) {
        state_held_drop(states->items[i].held);
        free(states->items[i].why);
    }
    free(states->items);
    free(states);
}

static const struct state_source *source_of(const struct root_states *states, const char *directory)
{
    return policy_state(states->run->services->shared->policy, states->run->item->repository,
                        directory);
}

bool root_states_any(const struct root_states *states, const char *const *roots, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (source_of(states, roots[i]) != NULL)
            return true;
    return false;
}

static int take(struct root_states *states, const struct state_source *source,
                const char *directory, struct state_held **out, struct err *err)
{
    const struct services *services = states->run->services;
    char location[STATE_LOCATION_BYTES];
    int r = state_source_locate(source, states->run->item->repository, directory, location, err);

    if (r == 0)
        r = state_cache_take(services->shared->states, source, location, services->http,
                             clock_mono_ms(), out, err);
    return r;
}

/* Refused for good: the names have to do, and whoever reads the pull request is told. */
static int go_without(struct root_states *states, struct root_state *root, const char *directory,
                      struct err *err)
{
    size_t size = sizeof err->text + 32;

    LOG_WARN("state.not_available", LOG_TEXT("item", states->run->fp),
             LOG_TEXT("repository", states->run->item->repository),
             LOG_TEXT("directory", directory), LOG_ERR(err));
    root->why = malloc(size);
    if (root->why == NULL)
        return err_nomem(err);
    snprintf(root->why, size, "state not available: %s", err->text);
    return 0;
}

int root_states_get(struct root_states *states, size_t i, const char *directory,
                    const struct hcl_state **out, const char **out_why, struct err *err)
{
    struct root_state *root = &states->items[i];
    const struct state_source *source = root->asked ? NULL : source_of(states, directory);

    assert(i < states->n);
    if (source != NULL) {
        int r = take(states, source, directory, &root->held, err);
        if (r == ERR_REJECT && !source->required)
            r = go_without(states, root, directory, err);
        if (r < 0)
            return err_wrap(err, r, "state of %s", directory[0] != '\0' ? directory : "the top");
    }
    root->asked = true;
    *out = root->held != NULL ? state_held_state(root->held) : NULL;
    *out_why = root->why;
    return 0;
}
