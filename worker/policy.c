/* policies.yaml as a checked tree; the story stands in policy.h. */
#include "worker/policy.h"

#include <fnmatch.h>

#include "common/buf.h"
#include "common/files.h"
#include "common/yaml.h"
#include "proto/item.h"
#include "worker/policy_state.h"

#define POLICY_MAX_BYTES ((size_t)1024 * 1024)

struct policy {
    struct yaml *yaml; /* NULL: an empty policy */
    struct policy_states states;
};

static int want(const struct yaml *yaml, const struct yaml_node *node, enum yaml_kind kind,
                const char *what, struct err *err)
{
    static const char *const names[] = {"a text", "a list", "a map"};

    if (node == NULL || node->kind == kind)
        return 0;
    return yaml_complain(yaml, node, err, "%s must be %s", what, names[kind]);
}

static int check_input(const struct yaml *yaml, const struct yaml_node *node, const char *name,
                       struct err *err)
{
    struct err why;

    if (node->text[0] == '\0' || rule_input_check(name, node->text, &why) == 0)
        return 0;
    return yaml_complain(yaml, node, err, "%s", why.text);
}

static int check_scope(const struct yaml *yaml, const struct yaml_node *map, struct err *err)
{
    static const char *const drift_keys[] = {"action", NULL};
    const struct yaml_node *inputs = yaml_get(map, "inputs");
    const struct yaml_node *drift = yaml_get(map, "drift");
    int r = want(yaml, inputs, YAML_MAP, "inputs", err);

    if (r == 0)
        r = want(yaml, drift, YAML_MAP, "drift", err);
    for (size_t i = 0; r == 0 && inputs != NULL && i < inputs->n; i++) {
        r = want(yaml, inputs->children[i], YAML_SCALAR, inputs->keys[i], err);
        if (r == 0)
            r = check_input(yaml, inputs->children[i], inputs->keys[i], err);
    }
    if (r != 0 || drift == NULL)
        return r;
    r = yaml_only_keys(yaml, drift, drift_keys, err);
    const char *action = yaml_get_text(drift, "action", "review");
    if (r == 0 && !str_eq(action, "review") && !str_eq(action, "pull_request"))
        r = yaml_complain(yaml, drift, err, "drift.action is \"%s\", not pull_request or review",
                          action);
    return r;
}

static int check_suppress(const struct yaml *yaml, const struct yaml_node *list, struct err *err)
{
    static const char *const keys[] = {"control", "resource", "repository", "reason", NULL};
    int r = want(yaml, list, YAML_LIST, "suppress", err);

    for (size_t i = 0; r == 0 && list != NULL && i < list->n; i++) {
        const struct yaml_node *entry = list->children[i];
        r = want(yaml, entry, YAML_MAP, "an entry of suppress", err);
        if (r == 0)
            r = yaml_only_keys(yaml, entry, keys, err);
        for (size_t k = 0; r == 0 && k < entry->n; k++)
            r = want(yaml, entry->children[k], YAML_SCALAR, entry->keys[k], err);
        if (r == 0 && yaml_get(entry, "reason") == NULL)
            r = yaml_complain(yaml, entry, err, "a suppression needs a reason");
        if (r == 0 && entry->n < 2)
            r = yaml_complain(yaml, entry, err,
                              "a suppression needs one of control, resource, repository");
    }
    return r;
}

static int check_repositories(const struct yaml *yaml, const struct yaml_node *map, struct err *err)
{
    static const char *const keys[] = {"inputs", "drift", NULL};
    int r = want(yaml, map, YAML_MAP, "repositories", err);

    for (size_t i = 0; r == 0 && map != NULL && i < map->n; i++) {
        r = want(yaml, map->children[i], YAML_MAP, map->keys[i], err);
        if (r == 0)
            r = yaml_only_keys(yaml, map->children[i], keys, err);
        if (r == 0)
            r = check_scope(yaml, map->children[i], err);
    }
    return r;
}

static int check(const struct yaml *yaml, struct err *err)
{
    static const char *const keys[] = {"inputs",       "drift",           "suppress",
                                       "repositories", "terraform_state", NULL};
    const struct yaml_node *root = yaml_root(yaml);
    int r = want(yaml, root, YAML_MAP, "the policy file", err);

    if (r == 0)
        r = yaml_only_keys(yaml, root, keys, err);
    if (r == 0)
        r = check_scope(yaml, root, err);
    if (r == 0)
        r = check_suppress(yaml, yaml_get(root, "suppress"), err);
    if (r == 0)
        r = check_repositories(yaml, yaml_get(root, "repositories"), err);
    return r;
}

int policy_load(struct policy **out, const char *path, struct err *err)
{
    CLEANUP(policy_freep) struct policy *policy = calloc(1, sizeof *policy);
    CLEANUP(buf_done) struct buf text = BUF(POLICY_MAX_BYTES);

    if (policy == NULL)
        return err_nomem(err);
    if (path != NULL && path[0] != '\0') {
        int r = files_read(path, &text, err);
        if (r == 0)
            r = yaml_parse(&policy->yaml, path, buf_str(&text), text.len, err);
        if (r == 0)
            r = check(policy->yaml, err);
        if (r == 0)
            r = policy_states_read(&policy->states, policy->yaml,
                                   yaml_get(yaml_root(policy->yaml), "terraform_state"), err);
        if (r < 0)
            return err_wrap(
                err, ERR_FATAL,
                "POLICY_FILE"); /* the operator's file: the process cannot go on with it */
    }
    *out = STEAL(policy);
    return 0;
}

void policy_free(struct policy *policy)
{
    if (policy == NULL)
        return;
    policy_states_done(&policy->states);
    yaml_free(policy->yaml);
    free(policy);
}

static const struct yaml_node *top(const struct policy *policy, const char *key)
{
    return policy->yaml != NULL ? yaml_get(yaml_root(policy->yaml), key) : NULL;
}

static bool fits(const struct yaml_node *entry, const char *key, const char *text)
{
    const char *glob = yaml_get_text(entry, key, NULL);

    return glob == NULL || fnmatch(glob, text != NULL ? text : "", 0) == 0;
}

const char *policy_suppressed(const struct policy *policy, const struct item *item,
                              const char *control)
{
    const struct yaml_node *list = top(policy, "suppress");
    char resource[2048];

    item_resource_key(item, resource, sizeof resource);
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        const struct yaml_node *entry = list->children[i];
        bool names_it = fits(entry, "resource", item->address) ||
                        fits(entry, "resource", item->resource_name) ||
                        fits(entry, "resource", resource);
        if (names_it && fits(entry, "control", control) &&
            fits(entry, "repository", item->repository))
            return yaml_get_text(entry, "reason", "");
    }
    return NULL;
}

const char *policy_drift_action(const struct policy *policy, const char *repository,
                                const char *fallback)
{
    const struct yaml_node *own = yaml_get(top(policy, "repositories"), repository);
    const char *general = yaml_get_text(top(policy, "drift"), "action", fallback);

    return yaml_get_text(yaml_get(own, "drift"), "action", general);
}

/* An empty one is not given: a list of all that may be asked for can be kept half filled. */
static size_t add_inputs(const struct yaml_node *map, struct rule_input *out, size_t n)
{
    for (size_t i = 0; map != NULL && i < map->n; i++) {
        bool known = map->children[i]->text[0] == '\0';
        for (size_t k = 0; k < n; k++)
            known = known || str_eq(out[k].name, map->keys[i]);
        if (!known && n < POLICY_INPUTS_MAX)
            out[n++] = (struct rule_input){map->keys[i], map->children[i]->text};
    }
    return n;
}

size_t policy_inputs(const struct policy *policy, const char *repository,
                     struct rule_input out[POLICY_INPUTS_MAX])
{
    const struct yaml_node *own = yaml_get(top(policy, "repositories"), repository);
    size_t n = add_inputs(yaml_get(own, "inputs"), out, 0);

    return add_inputs(top(policy, "inputs"), out, n);
}

const struct state_source *policy_state(const struct policy *policy, const char *repository,
                                        const char *directory)
{
    return policy_states_find(&policy->states, repository, directory);
}
