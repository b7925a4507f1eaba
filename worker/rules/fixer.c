#include "worker/rules/fixer.h"

#include <stdarg.h>
#include <stdio.h>

#include "worker/rules/candidate.h"

int fixer_refuse(struct fixer *fixer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(fixer->outcome->text, sizeof fixer->outcome->text, format, args);
    va_end(args);
    return RULE_REFUSED;
}

/* The pass ends as RULE_NEEDS_INPUT. */
static int misplaced(struct fixer *fixer, const struct hcl_place *at)
{
    int line = 0;
    int column = 0;

    hcl_position(at->file, at->node->start, &line, &column);
    (void)snprintf(fixer->misplaced, sizeof fixer->misplaced, "%s:%d", at->file->path, line);
    fixer->render.missing = fixer->render.taken->need->name;
    return RULE_REFUSED;
}

int fixer_place(struct fixer *fixer, const struct hcl_file **file, const struct hcl_node **node)
{
    struct hcl_place place = hcl_written(*file, *node);
    struct err why;

    if (hcl_may_edit(place.file, place.node, &why) < 0)
        return fixer_refuse(fixer, "%s", why.text);
    if (fixer->render.taken != NULL && !candidate_may_stand(fixer->subject, place.file, place.node))
        return misplaced(fixer, &place);
    *file = place.file;
    *node = place.node;
    return 0;
}

int fixer_refuse_overridden(struct fixer *fixer, const struct place *place, const char *type)
{
    const struct hcl_resource *resource = place->resource;
    bool on_top = place->body == hcl_block_body(resource->block);

    for (size_t i = 0; i < resource->n_overrides && on_top; i++) {
        const struct hcl_place *over = &resource->overrides[i];
        int line = 0;
        int column = 0;

        if (hcl_block_next(over->file, over->node, type, NULL) == NULL &&
            !body_has_dynamic(over->file, over->node, type))
            continue;
        hcl_position(over->file, over->node->start, &line, &column);
        return fixer_refuse(
            fixer, "the %s blocks of %s are overridden at %s:%d: change them there by hand", type,
            resource->address, over->file->path, line);
    }
    return 0;
}

int fixer_refuse_argument_overridden(struct fixer *fixer, const struct place *place,
                                     const char *name)
{
    const struct hcl_resource *resource = place->resource;
    bool on_top = place->body == hcl_block_body(resource->block);

    for (size_t i = 0; i < resource->n_overrides && on_top; i++) {
        const struct hcl_place *over = &resource->overrides[i];
        int line = 0;
        int column = 0;

        if (hcl_attribute(over->file, over->node, name) == NULL)
            continue;
        hcl_position(over->file, over->node->start, &line, &column);
        return fixer_refuse(fixer, "%s of %s is overridden at %s:%d: remove it there by hand", name,
                            resource->address, over->file->path, line);
    }
    return 0;
}

int fixer_refuse_to_guess(struct fixer *fixer, const struct statement *statement)
{
    return fixer_refuse(fixer, "the rule does not say what to write for %s: change it by hand",
                        statement->name);
}

void fixer_did(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *at,
               const char *format, ...)
{
    struct rule_outcome *outcome = fixer->outcome;
    struct hcl_place place = hcl_written(file, at);
    size_t used = strlen(outcome->text);
    char what[512];
    char sentence[1024];
    va_list args;
    int line = 0;
    int column = 0;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    hcl_position(place.file, place.node->start, &line, &column);
    (void)snprintf(sentence, sizeof sentence, "%s (%s:%d)", what, place.file->path, line);
    if (strstr(outcome->text, sentence) != NULL) /* for another instance */
        return;
    (void)snprintf(outcome->text + used, sizeof outcome->text - used, "%s%s", used > 0 ? "; " : "",
                   sentence);
}

int fixer_predict_address(struct fixer *fixer, const char *address)
{
    struct rule_outcome *outcome = fixer->outcome;

    for (size_t i = 0; i < outcome->n_predicted; i++) {
        if (str_eq(outcome->predicted[i], address))
            return 0;
    }
    if (outcome->n_predicted >= COUNT(outcome->predicted) ||
        !str_copy(outcome->predicted[outcome->n_predicted], sizeof outcome->predicted[0], address))
        return fixer_refuse(fixer, "the fix would touch more than %zu blocks: make it by hand",
                            COUNT(outcome->predicted));
    outcome->n_predicted++;
    return 0;
}

static void label_or_empty(const struct hcl_file *file, const struct hcl_node *block, size_t i,
                           char *out, size_t size)
{
    if (!hcl_block_label(file, block, i, out, size))
        out[0] = '\0';
}

bool address_of_node(const struct hcl_file *file, const struct hcl_node *node, char *out,
                     size_t size)
{
    const struct hcl_node *top = file->body->child;
    char type[128];
    char first[128];
    char second[128];
    size_t len;

    while (top != NULL && !(top->start <= node->start && node->end <= top->end))
        top = top->next;
    if (top == NULL)
        return false;
    len = top->name_end - top->name_start;
    len = len < sizeof type ? len : sizeof type - 1;
    memcpy(type, file->bytes + top->name_start, len);
    type[len] = '\0';

    if (top->kind == HCL_ATTRIBUTE)
        return str_copy(out, size, type);
    label_or_empty(file, top, 0, first, sizeof first);
    label_or_empty(file, top, 1, second, sizeof second);
    if (str_eq(type, "resource"))
        return (size_t)snprintf(out, size, "%s.%s", first, second) < size;
    if (second[0] != '\0')
        return (size_t)snprintf(out, size, "%s.%s.%s", type, first, second) < size;
    return (size_t)snprintf(out, size, "%s%s%s", type, first[0] != '\0' ? "." : "", first) < size;
}

int fixer_predict(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *node)
{
    char address[256];

    if (!address_of_node(file, node, address, sizeof address))
        return fixer_refuse(fixer, "%s: the block to change has no address", file->path);
    return fixer_predict_address(fixer, address);
}

bool fixer_has_replaced(const struct fixer *fixer, const struct hcl_node *node)
{
    for (size_t i = 0; i < fixer->n_fixed; i++) {
        if (fixer->fixed[i] == node)
            return true;
    }
    return false;
}

/* Notes that the node changes: 0, or RULE_REFUSED. */
static int claim(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *node)
{
    int r = fixer_place(fixer, &file, &node);

    if (fixer->n_fixed >= FIXED_NODES_MAX)
        return fixer_refuse(fixer, "more than %d values would change: make it by hand",
                            FIXED_NODES_MAX);
    r = fixer_predict(fixer, file, node);
    if (r == 0)
        fixer->fixed[fixer->n_fixed++] = node;
    return r;
}

int fixer_replace(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *node,
                  const char *text, struct err *err)
{
    int r = 0;

    if (fixer_has_replaced(fixer, node))
        return 0;
    r = claim(fixer, file, node);
    return r == 0 && fixer->edits != NULL ? hcl_edit_replace(fixer->edits, file, node, text, err)
                                          : r;
}

int fixer_append(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *tuple,
                 const char *text, struct err *err)
{
    int r = 0;

    if (fixer_has_replaced(fixer, tuple))
        return 0;
    r = claim(fixer, file, tuple);
    return r == 0 && fixer->edits != NULL ? hcl_edit_append(fixer->edits, file, tuple, text, err)
                                          : r;
}

int fixer_exchange(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *element,
                   const char *text, struct err *err)
{
    int r = 0;

    if (fixer_has_replaced(fixer, element))
        return 0;
    r = claim(fixer, file, element);
    if (r != 0 || fixer->edits == NULL)
        return r;
    return text != NULL ? hcl_edit_exchange(fixer->edits, file, element, text, err)
                        : hcl_edit_remove(fixer->edits, file, element, err);
}

int fixer_set(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *body,
              const char *name, const char *text, struct err *err)
{
    int r = fixer_place(fixer, &file, &body);

    if (r == 0)
        r = fixer_predict(fixer, file, body);
    if (r != 0)
        return r;
    return fixer->edits != NULL ? hcl_edit_set(fixer->edits, file, body, name, text, err) : 0;
}

int fixer_add_block(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *body,
                    const char *text, struct err *err)
{
    int r = fixer_place(fixer, &file, &body);

    if (r == 0)
        r = fixer_predict(fixer, file, body);
    if (r != 0)
        return r;
    return fixer->edits != NULL ? hcl_edit_add_block(fixer->edits, file, body, text, err) : 0;
}

int fixer_set_key(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *object,
                  const char *key, const char *text, struct err *err)
{
    int r = fixer_place(fixer, &file, &object);

    if (r == 0)
        r = fixer_predict(fixer, file, object);
    if (r != 0 || fixer->edits == NULL)
        return r;
    return text != NULL
               ? hcl_edit_set_key(fixer->edits, file, object, key, text, err)
               : hcl_edit_remove(fixer->edits, file, hcl_object_key(file, object, key), err);
}

int fixer_add_behind(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *block,
                     const char *text, struct err *err)
{
    int r = 0;

    if (fixer_has_replaced(fixer, block))
        return 0;
    r = claim(fixer, file, block);
    return r == 0 && fixer->edits != NULL
               ? hcl_edit_add_beside(fixer->edits, file, block, HCL_AFTER, text, err)
               : r;
}
