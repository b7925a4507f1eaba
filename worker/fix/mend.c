/* One finding: its fix, when it touches nothing that this pass has changed. */
#include <stdio.h>

#include "worker/fix/repair_inside.h"

/* --- blocks that this pass has changed --- */

/* A fix touches blocks of the resource's module, or of those that call it. */
static bool touches(const struct pass *pass, const struct scan_hit *hit,
                    const struct rule_outcome *outcome)
{
    char key[KEY_BYTES];

    for (const struct hcl_module *m = hit->resource->module; m != NULL; m = hcl_module_parent(m))
        for (size_t i = 0; i < outcome->n_predicted; i++) {
            block_key(hcl_module_directory(m), outcome->predicted[i], key);
            if (names_has(pass->touched, key))
                return true;
        }
    return false;
}

/* Is there no such block yet in the resource's module? */
static bool is_new_block(const struct scan_hit *hit, const char *address)
{
    const char *path = hcl_module_path(hit->resource->module);
    char full[KEY_BYTES];

    (void)snprintf(full, sizeof full, "%s%s%s", path, path[0] != '\0' ? "." : "", address);
    return hcl_resource_find(hit->root, full) == NULL;
}

static int touch(const struct pass *pass, const struct scan_hit *hit,
                 const struct rule_outcome *outcome, struct err *err)
{
    char key[KEY_BYTES];
    int r = 0;

    for (size_t i = 0; i < outcome->n_predicted && r == 0; i++) {
        block_key(hcl_module_directory(hit->resource->module), outcome->predicted[i], key);
        if (is_new_block(hit, outcome->predicted[i]))
            r = names_add(pass->added, key, err);
    }
    for (const struct hcl_module *m = hit->resource->module; m != NULL; m = hcl_module_parent(m))
        for (size_t i = 0; i < outcome->n_predicted && r == 0; i++) {
            block_key(hcl_module_directory(m), outcome->predicted[i], key);
            r = names_add(pass->touched, key, err);
        }
    return r;
}

/* --- the fix --- */

static int ask(const struct pass *pass, const struct scan_hit *hit, struct hcl_edits *edits,
               struct rule_outcome *outcome, struct err *err)
{
    struct rule_target target = {.root = hit->root, .resource = hit->resource};

    return rule_fix_at(hit->rule, &target, pass->options->inputs, pass->options->n_inputs, edits,
                       outcome, err);
}

/* ERR_REJECT where the edits touch a file that stands in several directories. */
static int check_linked(const struct pass *pass, struct hcl_edits *alone, struct err *err)
{
    const struct hcl_edited *edited = NULL;
    size_t n = 0;
    int r = names_is_empty(pass->linked) ? 0 : hcl_edits_apply(alone, &edited, &n, err);

    for (size_t i = 0; r == 0 && i < n; i++)
        if (names_has(pass->linked, edited[i].path))
            return err_set(err, ERR_REJECT,
                           "%.200s stands in several places by a symlink: a fix here would be one "
                           "there too",
                           edited[i].path);
    return r;
}

/* The fix alone first: what it would touch is known then, and whether there is one. */
static int ask_alone(const struct pass *pass, const struct scan_hit *hit,
                     struct rule_outcome *outcome, struct err *err)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *alone = NULL;
    int r = hcl_edits_new(&alone, err);

    if (r == 0)
        r = ask(pass, hit, alone, outcome, err);
    return r == 0 ? check_linked(pass, alone, err) : r;
}

static int leave(struct pass *pass, const struct scan_hit *hit, int answer,
                 const struct rule_outcome *outcome, struct err *err)
{
    if (answer == 0)
        return note_hit(pass, REPAIR_CARE_LEFT, hit, hit->rule->warning, err);
    if (answer != RULE_NEEDS_INPUT)
        return note_hit(pass, REPAIR_BY_HAND, hit, outcome->text, err);
    int r = note_hit(pass, REPAIR_NEEDS_INPUT, hit, outcome->text, err);
    if (r == 0)
        pass->repair->notes[pass->repair->n - 1].lacks = outcome->lacks;
    return r;
}

static int leave_barred(struct pass *pass, const struct scan_hit *hit, const char *why,
                        struct err *err)
{
    char text[1024];

    if (!pass->is_last)
        return 0;
    (void)snprintf(text, sizeof text, "what the rule would write does not hold: %.900s", why);
    return note_hit(pass, REPAIR_BY_HAND, hit, text, err);
}

static int put_off(struct pass *pass, const struct scan_hit *hit, struct err *err)
{
    char key[KEY_BYTES];

    finding_key(hit, key);
    pass->again = true;
    return names_add(pass->put_off, key, err);
}

int mend(struct pass *pass, const struct scan_hit *hit, struct err *err)
{
    struct rule_outcome outcome = {0};
    char key[KEY_BYTES];
    struct err why = {0};

    finding_key(hit, key);
    if (names_has(pass->put_off, key) || names_has(pass->fixed, key))
        return 0;
    if (names_has(pass->barred, key))
        return leave_barred(pass, hit, names_text(pass->barred, key), err);
    int r = ask_alone(pass, hit, &outcome, &why);
    if (r < 0 && r != ERR_REJECT) {
        *err = why;
        return r;
    }
    bool is_left = r != 0 || (hit->rule->class == RULE_CARE && !pass->options->with_care);
    if (is_left && !pass->is_last)
        return 0;
    if (is_left && r < 0)
        return note_hit(pass, REPAIR_BY_HAND, hit, why.text, err);
    if (is_left)
        return leave(pass, hit, r, &outcome, err);
    if (pass->is_last || touches(pass, hit, &outcome))
        return 0; /* the next pass */
    r = ask(pass, hit, pass->edits, &outcome, &why);
    if (r == ERR_REJECT)
        return put_off(pass, hit, err);
    if (r < 0) {
        *err = why;
        return r;
    }
    pass->n_fixed++;
    r = touch(pass, hit, &outcome, err);
    if (r == 0)
        r = names_add(pass->fixed_now, key, err);
    return r < 0 ? r : note_hit(pass, REPAIR_FIXED, hit, outcome.text, err);
}
