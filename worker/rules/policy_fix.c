/*
 * Policy statement, the fix: the statement is added where the document is written, if that document
 * serves nobody else and the subject can be named there.
 */
#include "worker/rules/policy_fix.h"

#include <stdio.h>

#include "worker/rules/companion.h"
#include "worker/rules/links.h"
#include "worker/rules/owner.h"
#include "worker/rules/policy_find.h"

static void where(const struct hcl_origin *at, char *out, size_t size)
{
    int line = 0;
    int column = 0;

    hcl_position(at->file, at->node->start, &line, &column);
    (void)snprintf(out, size, "%.300s:%d", at->file->path, line);
}

int policy_by_hand(struct policy_job *job, const char *why)
{
    char at[320];

    where(&job->document.owner, at, sizeof at);
    return fixer_refuse(job->fixer,
                        "the policy of %s is written at %s, %s: add a statement that does what %s "
                        "does there by hand",
                        job->place->resource->address, at, why, job->statement->policy->sid);
}

/* --- does the document serve anybody else? --- */

static bool is_data_named(const struct hcl_file *file, const struct hcl_node *node,
                          const char *name)
{
    const struct hcl_node *type = node->kind == HCL_GET_ATTR ? node->child : NULL;

    return type != NULL && type->kind == HCL_GET_ATTR && type->child->kind == HCL_VARIABLE &&
           hcl_name_is(file, node, name) && hcl_name_is(file, type, POLICY_DATA_TYPE) &&
           hcl_name_is(file, type->child, "data");
}

/* The parser caps the depth of a tree, so this recursion is capped too. */
static size_t data_mentions(const struct hcl_file *file, const struct hcl_node *node,
                            const char *name)
{
    size_t n = is_data_named(file, node, name);

    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        n += data_mentions(file, child, name);
    return n;
}

static int data_is_ours(struct policy_job *job)
{
    const struct hcl_resource *data = job->document.data;
    size_t n = 0;

    for (size_t i = 0; i < hcl_module_file_count(data->module); i++) {
        const struct hcl_file *file = hcl_module_file(data->module, i);

        n += data_mentions(file, file->body, data->name);
    }
    if (n == 1)
        return 0;
    return fixer_refuse(job->fixer,
                        "the policy of %s is %s, which is used in %zu places: give it a document "
                        "of its own, or add a statement that does what %s does by hand",
                        job->place->resource->address, data->address, n,
                        job->statement->policy->sid);
}

/* The way from the argument to the document: locals that nothing else reads. */
static int way_is_ours(struct policy_job *job)
{
    const struct hcl_value *value = job->document.value;
    const struct hcl_module *module = job->place->resource->module;
    char root[128] = "";
    char name[256] = "";

    if (!policy_same_module(job->document.owner.module, module))
        return policy_by_hand(job, "which is in another module");
    if (!str_eq(job->document.owner.what, "attribute") &&
        !str_eq(job->document.owner.what, "local"))
        return policy_by_hand(job, "in a variable, which cannot name the resource");
    for (size_t i = 0; i < value->n_origins; i++) {
        const struct hcl_origin *step = &value->origins[i];

        if (!policy_same_module(step->module, module))
            return policy_by_hand(job, "which is in another module");
        if (i + 1 == value->n_origins)
            break;
        if (!expr_name(step->file, step->node, 0, root, sizeof root) ||
            !expr_name(step->file, step->node, 1, name, sizeof name) || !str_eq(root, "local"))
            return policy_by_hand(job, "behind an expression");
        if (owner_uses(step, root, name) != 1)
            return policy_by_hand(job, "in a local that is used in other places too");
    }
    if (job->document.form != POLICY_BLOCKS)
        return 0;
    if (!policy_same_module(job->document.data->module, module))
        return policy_by_hand(job, "and its data source is in another module");
    return data_is_ours(job);
}

/* --- a Sid that is free --- */

static bool has_sid(const struct policy_node *statements, const char *sid)
{
    for (size_t i = 0; i < policy_count(statements); i++) {
        const struct policy_node *have = policy_get(policy_at(statements, i), "Sid");

        if (have != NULL && have->kind == POLICY_TEXT && str_eq(have->text, sid))
            return true;
    }
    return false;
}

static void choose_sid(struct policy_job *job)
{
    (void)snprintf(job->sid, sizeof job->sid, "%s", job->statement->policy->sid);
    for (int i = 2; i < 100 && has_sid(job->document.statements, job->sid); i++)
        (void)snprintf(job->sid, sizeof job->sid, "%.100s%d", job->statement->policy->sid, i);
}

/* --- writing it --- */

static struct policy_style style_of(const struct hcl_file *file, const struct hcl_node *object)
{
    const struct hcl_node *key = object->kind == HCL_OBJECT ? object->child : NULL;
    struct policy_style style = {false, false};

    if (key == NULL || key->next == NULL)
        return style;
    style.quoted_keys = key->kind == HCL_TEMPLATE;
    for (uint32_t at = key->end; at < key->next->start; at++)
        style.colons = style.colons || file->bytes[at] == ':';
    return style;
}

static int extend_encoded(struct policy_job *job, struct err *err)
{
    const struct policy_node *written = job->document.written;
    CLEANUP(buf_done) struct buf text = BUF(256 * 1024);
    struct hcl_place at;
    struct policy_style style;
    bool is_list;
    int r;

    if (written == NULL || written->at.node == NULL ||
        !policy_same_module(written->at.module, job->place->resource->module) ||
        (written->at.node->kind != HCL_TUPLE && written->at.node->kind != HCL_OBJECT))
        return policy_by_hand(job, "and its Statement is computed");
    if (written->at.node->start < job->document.owner.node->start ||
        written->at.node->end > job->document.owner.node->end ||
        written->at.file != job->document.owner.file)
        return policy_by_hand(job, "and its Statement elsewhere");
    at = hcl_written(written->at.file, written->at.node);
    is_list = at.node->kind == HCL_TUPLE;
    style = style_of(at.file, is_list && at.node->child != NULL ? at.node->child : at.node);
    if (!is_list)
        buf_print(&text, "[\n%.*s,\n", (int)(at.node->end - at.node->start),
                  at.file->bytes + at.node->start);
    policy_text_object(&job->words, &style, &text);
    if (!is_list)
        buf_text(&text, ",\n]");
    r = buf_check(&text, err);
    if (r < 0)
        return r;
    return is_list ? fixer_append(job->fixer, at.file, at.node, buf_str(&text), err)
                   : fixer_replace(job->fixer, at.file, at.node, buf_str(&text), err);
}

/* The editor moves the lines of a "<<-" heredoc in by the indentation of the line where it begins:
 * they must lose it first. false: a line begins left of it. */
static bool move_out(const struct hcl_place *at, const struct buf *text, struct buf *out)
{
    const char *bytes = at->file->bytes;
    const char *line = buf_str(text);
    size_t start = at->node->start;
    size_t indent;

    while (start > 0 && bytes[start - 1] != '\n')
        start--;
    indent = strspn(bytes + start, " \t");
    while (*line != '\0') {
        size_t len = strcspn(line, "\n") + 1;
        bool is_first = line == buf_str(text);
        bool is_blank = line[strspn(line, " \t\r")] == '\n';

        len = line[len - 1] == '\0' ? len - 1 : len;
        if (!is_first && !is_blank && strncmp(line, bytes + start, indent) != 0)
            return false;
        buf_bytes(out, line + (is_first || is_blank ? 0 : indent),
                  len - (is_first || is_blank ? 0 : indent));
        line += len;
    }
    return true;
}

static int extend_json(struct policy_job *job, struct err *err)
{
    const struct hcl_place at = hcl_written(job->document.owner.file, job->document.owner.node);
    CLEANUP(buf_done) struct buf text = BUF(1024 * 1024);
    CLEANUP(buf_done) struct buf moved = BUF(1024 * 1024);
    const char *why = NULL;
    int r = policy_json_extend(at.file, at.node, &job->words, &why, &text, err);

    if (r > 0)
        return policy_by_hand(job, why);
    if (r == 0 && (at.node->flags & HCL_FLAG_HEREDOC_INDENT) != 0) {
        if (!move_out(&at, &text, &moved))
            return policy_by_hand(job, "in lines that begin left of their block");
        r = buf_check(&moved, err);
        return r < 0 ? r : fixer_replace(job->fixer, at.file, at.node, buf_str(&moved), err);
    }
    return r < 0 ? r : fixer_replace(job->fixer, at.file, at.node, buf_str(&text), err);
}

static int extend_blocks(struct policy_job *job, struct err *err)
{
    const struct hcl_resource *data = job->document.data;
    const struct place inside = {job->place->root, data, hcl_block_body(data->block), NULL};
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    int r = fixer_refuse_overridden(job->fixer, &inside, "statement");

    if (r != 0)
        return r;
    policy_text_block(&job->words, &text);
    r = buf_check(&text, err);
    return r < 0 ? r : fixer_add_block(job->fixer, data->file, inside.body, buf_str(&text), err);
}

static int extend(struct policy_job *job, struct err *err)
{
    const struct hcl_resource *policy = job->place->resource;
    int r = way_is_ours(job);

    if (r == 0)
        r = policy_name_subject(job);
    if (r != 0)
        return r;
    choose_sid(job);
    job->words = (struct policy_words){job->statement->policy, job->sid, job->self};
    switch (job->document.form) {
    case POLICY_ENCODED:
        r = extend_encoded(job, err);
        break;
    case POLICY_JSON:
        r = extend_json(job, err);
        break;
    case POLICY_BLOCKS:
        r = extend_blocks(job, err);
        break;
    case POLICY_ELSEWHERE:
        r = policy_by_hand(job, "where it is computed");
        break;
    }
    if (r == 0)
        fixer_did(job->fixer, job->document.owner.file, job->document.owner.node,
                  "added the statement %s to the policy of %s", job->sid, policy->address);
    return r;
}

/* --- which policy --- */

static const struct hcl_resource *subject_of(const struct policy_job *job,
                                             const struct place *subject,
                                             const struct hcl_instance *instance)
{
    const struct hcl_value *link =
        hcl_eval_attribute(job->place->resource, job->place->body, job->statement->link, instance);

    if (subject != NULL)
        return subject->resource;
    return link != NULL ? link->resource : NULL;
}

int policy_extend(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  const struct place *subject, struct err *err)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(POLICY_ARENA_MAX);
    struct policy_job job = {.fixer = fixer, .place = place, .statement = statement};
    const char *argument = statement->policy->argument;
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);

    if (arena == NULL)
        return err_nomem(err);
    if (fixer_is_ignored(place, argument))
        return fixer_refuse_ignored(fixer, place, argument);
    for (size_t i = 0; i < n; i++) {
        struct policy_document other;

        if (!policy_read(arena, place, argument, &instances[i], i == 0 ? &job.document : &other))
            return fixer_refuse(fixer, "%s has no %s: write one by hand", place->resource->address,
                                argument);
        if (i > 0 && other.owner.node != job.document.owner.node)
            return policy_by_hand(&job, "and other instances have others");
    }
    job.subject = subject_of(&job, subject, n > 0 ? &instances[0] : NULL);
    return extend(&job, err);
}

/* A document in the subject itself cannot refer to the subject. */
static int extend_own(struct fixer *fixer, const struct place *place,
                      const struct statement *statement, struct err *err)
{
    const struct policy_want *want = statement->policy;
    bool says_subject = false;

    for (size_t i = 0; i < want->resources.n; i++)
        says_subject = says_subject || str_starts(want->resources.items[i].text, "{subject}");
    if (says_subject || hcl_attribute(place->resource->file, place->body, want->argument) == NULL)
        return fixer_refuse(fixer, "add a statement that does what %s does to the %s of %s by hand",
                            statement->policy->sid, want->argument, place->resource->address);
    return policy_extend(fixer, place, statement, place, err);
}

int policy_statement_fix(struct fixer *fixer, const struct place *place,
                         const struct statement *statement, struct err *err)
{
    struct companions companions;
    struct place inside[COMPANION_PLACES_MAX];
    char reason[256] = "";

    if (statement->name == NULL)
        return extend_own(fixer, place, statement, err);
    if (str_eq(place->resource->type, statement->name))
        return policy_extend(fixer, place, statement, NULL, err);
    companions_find(place, statement, &companions, (struct why){reason, sizeof reason});
    if (companions.found == COMPANION_PARTIAL || companions.found == COMPANION_UNSURE)
        return fixer_refuse(fixer, "%s: extend or untangle it by hand", reason);
    if (companions.n > 1)
        return fixer_refuse(fixer,
                            "%s and %s both give %s a policy, and the last one applied wins: make "
                            "them one by hand first",
                            companions.items[0]->address, companions.items[1]->address,
                            place->resource->address);
    if (companions.n == 0)
        return policy_create(fixer, place, statement, err);
    if (companion_places(place, statement, companions.items[0], inside, COUNT(inside)) != 1)
        return fixer_refuse(fixer, "several instances of %s speak of it: change them by hand",
                            companions.items[0]->address);
    return policy_extend(fixer, &inside[0], statement, place, err);
}
