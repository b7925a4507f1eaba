/*
 * Layer "regressions": a finding can be made to go away without being fixed. No comment that
 * silences a scanner, no resource switched off, nothing deleted, nothing that protected before and
 * does not any more.
 */
#include "worker/gate/gate_inside.h"

#include <stdio.h>

struct look {
    const struct rule *rule; /* what the fix is for */
    const struct hcl_resource *before;
    const struct hcl_resource *after;
    const struct hcl_instance *was, *is; /* the first instance of each */
    char found[300];
};

/* --- silencing --- */

static size_t count_in(const char *bytes, size_t len, const char *what)
{
    size_t n = 0;
    const char *end = bytes + len;

    for (const char *at = bytes;
         at < end && (at = memmem(at, (size_t)(end - at), what, strlen(what))) != NULL; at++)
        n++;
    return n;
}

static const char *silenced(const struct gate_run *run)
{
    static const char *const marks[] = {"checkov:skip", "tfsec:ignore",   "trivy:ignore",
                                        "kics-scan",    "terrascan:skip", "bridgecrew:skip",
                                        "nosec",        "tflint-ignore",  "plumb:ignore"};

    for (size_t i = 0; i < run->in->n_edited; i++) {
        const struct hcl_edited *edited = &run->in->edited[i];
        const struct hcl_file *before = gate_before(run, edited->path);

        for (size_t k = 0; k < COUNT(marks); k++) {
            size_t had = before != NULL ? count_in(before->bytes, before->len, marks[k]) : 0;

            if (count_in(edited->bytes, edited->len, marks[k]) > had)
                return marks[k];
        }
    }
    return NULL;
}

/* --- one argument --- */

static bool holds_word(const char *const *words, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strstr(name, words[i]) != NULL)
            return true;
    }
    return false;
}

/* Arguments whose true protects, and those whose true exposes. */
static bool is_protection(const char *name)
{
    static const char *const words[] = {
        "encrypt",    "protection",   "logging",       "log_",
        "rotation",   "block_public", "ignore_public", "restrict_public",
        "versioning", "validation",   "monitoring",    "private",
        "secure",     "enabled",      "enable_",       "prevent_destroy",
        "backup",     "drop_invalid", "scan_on_push",  "https",
        "tls",        "ssl",          "iam_database",  "multi_region",
        "sse",        "copy_tags"};

    return holds_word(words, COUNT(words), name) && strstr(name, "_disabled") == NULL;
}

static bool is_exposure(const char *name)
{
    static const char *const words[] = {"publicly_accessible", "public_ip",     "public_access",
                                        "skip_final_snapshot", "force_destroy", "force_delete",
                                        "privileged",          "allow_all",     "insecure",
                                        "map_public",          "root_access",   "internet_access",
                                        "encryption_disabled", "data_trace"};
    static const char *const protecting[] = {"block_public", "ignore_public", "restrict_public"};

    return holds_word(words, COUNT(words), name) &&
           !holds_word(protecting, COUNT(protecting), name);
}

static bool is_on_word(const char *text)
{
    static const char *const on[] = {"Enabled", "ENABLED",   "enabled", "enhanced",     "required",
                                     "Active",  "IMMUTABLE", "aws:kms", "aws:kms:dsse", "KMS"};

    for (size_t i = 0; i < COUNT(on); i++) {
        if (str_eq(on[i], text))
            return true;
    }
    return false;
}

static bool truth(const struct hcl_value *value, bool *known)
{
    *known = value != NULL && (value->kind == HCL_V_BOOL ||
                               (value->kind == HCL_V_TEXT &&
                                (str_eq(value->text, "true") || str_eq(value->text, "false"))));
    return *known && (value->kind == HCL_V_BOOL ? value->boolean : str_eq(value->text, "true"));
}

static bool is_worse(const char *name, const struct hcl_value *was, const struct hcl_value *is)
{
    bool was_known = false;
    bool is_known = false;
    bool was_true = truth(was, &was_known);
    bool is_true = truth(is, &is_known);

    if (was_known && was_true && is_protection(name) && !is_exposure(name))
        return !is_known || !is_true;
    if (was_known && !was_true && is_exposure(name))
        return !is_known || is_true;
    if (is_exposure(name) && was != NULL && was->kind == HCL_V_TEXT && !was_known)
        return !is_on_word(was->text) &&
               (is == NULL || is->kind != HCL_V_TEXT || is_on_word(is->text));
    if (was != NULL && was->kind == HCL_V_TEXT && is_on_word(was->text))
        return is == NULL || is->kind != HCL_V_TEXT || !is_on_word(is->text);
    if (was != NULL && was->kind == HCL_V_NUMBER && strstr(name, "retention") != NULL &&
        was->number > 0)
        return is == NULL || is->kind != HCL_V_NUMBER ||
               (is->number < was->number && is->number != 0);
    return false;
}

static bool same_source(const struct look *look, const struct hcl_node *a, const struct hcl_node *b)
{
    return a->end - a->start == b->end - b->start &&
           memcmp(look->before->file->bytes + a->start, look->after->file->bytes + b->start,
                  a->end - a->start) == 0;
}

static bool argument_fell(struct look *look, const struct hcl_node *body_was,
                          const struct hcl_node *body_is, const struct hcl_node *attribute)
{
    const struct hcl_node *now;
    char name[128];
    size_t len = attribute->name_end - attribute->name_start;

    len = len < sizeof name ? len : sizeof name - 1;
    memcpy(name, look->before->file->bytes + attribute->name_start, len);
    name[len] = '\0';
    now = hcl_attribute(look->after->file, body_is, name);
    if (now == NULL && look->rule != NULL &&
        rule_wants_absent(look->rule, look->before->type, name))
        return false;
    if (now == NULL)
        (void)snprintf(look->found, sizeof look->found, "%.80s is gone from %.120s", name,
                       look->before->address);
    else if (str_eq(name, "ignore_changes") && !same_source(look, attribute, now))
        (void)snprintf(look->found, sizeof look->found, "ignore_changes of %.120s changed",
                       look->before->address);
    else if (is_worse(name, hcl_eval_attribute(look->before, body_was, name, look->was),
                      hcl_eval_attribute(look->after, body_is, name, look->is)))
        (void)snprintf(look->found, sizeof look->found, "%.80s of %.120s protects less than before",
                       name, look->before->address);
    return look->found[0] != '\0';
}

/* --- bodies --- */

static const struct hcl_node *nth_block(const struct hcl_file *file, const struct hcl_node *body,
                                        const char *type, size_t n)
{
    const struct hcl_node *block = NULL;

    do
        block = hcl_block_next(file, body, type, block);
    while (block != NULL && n-- > 0);
    return block;
}

static size_t blocks_ahead(const struct hcl_file *file, const struct hcl_node *body,
                           const char *type, const struct hcl_node *of)
{
    const struct hcl_node *block = NULL;
    size_t n = 0;

    while ((block = hcl_block_next(file, body, type, block)) != NULL && block != of)
        n++;
    return n;
}

/* The parser caps the depth of a tree at HCL_DEPTH_MAX, so this recursion is capped too. */
static bool body_fell(struct look *look, const struct hcl_node *was, const struct hcl_node *is)
{
    const struct hcl_file *file = look->before->file;

    for (const struct hcl_node *child = was->child; child != NULL; child = child->next) {
        const struct hcl_node *now;
        char type[128];
        size_t len = child->name_end - child->name_start;

        if (child->kind == HCL_ATTRIBUTE && argument_fell(look, was, is, child))
            return true;
        if (child->kind != HCL_BLOCK)
            continue;
        len = len < sizeof type ? len : sizeof type - 1;
        memcpy(type, file->bytes + child->name_start, len);
        type[len] = '\0';
        now = nth_block(look->after->file, is, type, blocks_ahead(file, was, type, child));
        if (now == NULL) {
            (void)snprintf(look->found, sizeof look->found, "a %.60s block is gone from %.120s",
                           type, look->before->address);
            return true;
        }
        if (body_fell(look, hcl_block_body(child), hcl_block_body(now)))
            return true;
    }
    return false;
}

/* --- what is new --- */

static bool is_off_word(const struct hcl_value *value)
{
    static const char *const off[] = {"Disabled", "DISABLED", "disabled"};

    for (size_t i = 0; value->kind == HCL_V_TEXT && i < COUNT(off); i++) {
        if (str_eq(off[i], value->text))
            return true;
    }
    return false;
}

/* A list is no switch: what it opens is the denied layer's matter. */
static bool is_on(const struct hcl_value *value)
{
    bool known = false;
    bool on = truth(value, &known);

    if (value == NULL || value->kind == HCL_V_NULL || value->kind == HCL_V_LIST)
        return false;
    return known ? on : !is_off_word(value);
}

/* An argument that exposes and was not there before. was: NULL where the block itself is new. The
 * parser caps the depth of a tree at HCL_DEPTH_MAX, so this recursion is capped too. */
static bool body_opens(struct look *look, const struct hcl_node *was, const struct hcl_node *is)
{
    const struct hcl_file *file = look->after->file;

    for (const struct hcl_node *child = is->child; child != NULL; child = child->next) {
        char name[128];
        size_t len = child->name_end - child->name_start;

        len = len < sizeof name ? len : sizeof name - 1;
        memcpy(name, file->bytes + child->name_start, len);
        name[len] = '\0';
        if (child->kind == HCL_BLOCK) {
            const struct hcl_node *before =
                was == NULL
                    ? NULL
                    : nth_block(look->before->file, was, name, blocks_ahead(file, is, name, child));

            if (body_opens(look, before != NULL ? hcl_block_body(before) : NULL,
                           hcl_block_body(child)))
                return true;
        } else if (child->kind == HCL_ATTRIBUTE && is_exposure(name) &&
                   (was == NULL || hcl_attribute(look->before->file, was, name) == NULL) &&
                   is_on(hcl_eval_attribute(look->after, is, name, look->is))) {
            (void)snprintf(look->found, sizeof look->found, "%.80s is switched on in %.120s", name,
                           look->after->address);
            return true;
        }
    }
    return false;
}

/* Telling Terraform to look away is no fix either. */
static bool looks_away(const struct hcl_resource *resource)
{
    const struct hcl_node *lifecycle =
        hcl_block_next(resource->file, resource->block, "lifecycle", NULL);

    return lifecycle != NULL && hcl_attribute(resource->file, lifecycle, "ignore_changes") != NULL;
}

static bool resource_fell(struct look *look)
{
    const struct hcl_instance *was = NULL;
    const struct hcl_instance *is = NULL;
    size_t n_was = hcl_instances(look->before, &was);
    size_t n_is = hcl_instances(look->after, &is);

    if (n_was > 0 && n_is == 0) {
        (void)snprintf(look->found, sizeof look->found, "%.200s has no instances any more",
                       look->before->address);
        return true;
    }
    if (looks_away(look->after) && !looks_away(look->before)) {
        (void)snprintf(look->found, sizeof look->found, "%.200s ignores changes now",
                       look->before->address);
        return true;
    }
    if (n_is < n_was) {
        (void)snprintf(look->found, sizeof look->found,
                       "%.200s has %zu instances, not %zu any more", look->before->address, n_is,
                       n_was);
        return true;
    }
    look->was = n_was > 0 ? &was[0] : NULL;
    look->is = n_is > 0 ? &is[0] : NULL;
    return body_fell(look, hcl_block_body(look->before->block),
                     hcl_block_body(look->after->block)) ||
           body_opens(look, hcl_block_body(look->before->block),
                      hcl_block_body(look->after->block));
}

/* A resource that the fix brings in may not expose anything either. */
static bool new_resource_opens(const struct gate_run *run, struct look *look)
{
    const struct hcl_instance *is = NULL;

    if (hcl_resource_find(run->before, look->after->address) != NULL)
        return false;
    look->is = hcl_instances(look->after, &is) > 0 ? &is[0] : NULL;
    return body_opens(look, NULL, hcl_block_body(look->after->block));
}

int gate_regressions(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    const char *mark = silenced(run);

    (void)err;
    if (mark != NULL)
        return gate_fail(result, "the fix adds a comment that silences scanners: %s", mark);
    for (size_t i = 0; i < hcl_resource_count(run->before); i++) {
        struct look look = {.rule = run->in->rule, .before = hcl_resource_at(run->before, i)};

        look.after = hcl_resource_find(run->root_after, look.before->address);
        if (look.after == NULL)
            return gate_fail(result, "%.300s is gone", look.before->address);
        if (resource_fell(&look))
            return gate_fail(result, "%s", look.found);
    }
    for (size_t i = 0; i < hcl_resource_count(run->root_after); i++) {
        struct look look = {.after = hcl_resource_at(run->root_after, i)};

        if (new_resource_opens(run, &look))
            return gate_fail(result, "%s", look.found);
    }
    return gate_pass(result, "nothing silenced, deleted, exposed or switched off");
}
