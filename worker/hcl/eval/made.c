/* Histories of values: noting and walking them; the story stands in made.h and provenance.h. */
#include "worker/hcl/eval/made.h"

#define STEPS_MAX 100000

void frame_note(struct hcl_repo *repo, const struct hcl_value *v)
{
    struct frame *frame = repo->frame;

    if (frame == NULL || frame->hidden || (v->made == NULL && (!frame->whole || v->n == 0)))
        return;
    if (frame->inputs == NULL) {
        frame->inputs = frame->few;
        frame->cap = FRAME_FEW;
    }
    if (frame->n > 0 && frame->inputs[frame->n - 1].value == v)
        return;
    if (frame->n == frame->cap) {
        struct made_input *wider = arena_alloc(repo->arena, 2 * frame->cap * sizeof *frame->inputs);
        if (wider == NULL)
            return;
        memcpy(wider, frame->inputs, frame->n * sizeof *wider);
        frame->inputs = wider;
        frame->cap *= 2;
    }
    frame->inputs[frame->n++] = (struct made_input){v, frame->whole};
}

bool frame_hide(struct hcl_repo *repo)
{
    bool was = repo->frame != NULL && repo->frame->hidden;

    if (repo->frame != NULL)
        repo->frame->hidden = true;
    return was;
}

void frame_show(struct hcl_repo *repo, bool was_hidden)
{
    if (repo->frame != NULL)
        repo->frame->hidden = was_hidden;
}

static bool is_literal(const struct hcl_node *node)
{
    if (node->kind == HCL_NUMBER || node->kind == HCL_BOOL || node->kind == HCL_NULL)
        return true;
    if (node->kind != HCL_TEMPLATE)
        return false;
    for (const struct hcl_node *part = node->child; part != NULL; part = part->next)
        if (part->kind != HCL_INTERPOLATION)
            return true;
    return node->child == NULL;
}

static const struct hcl_value *with_made(struct hcl_repo *repo, const struct hcl_value *v,
                                         const struct hcl_made *made)
{
    struct hcl_made *kept = arena_alloc(repo->arena, sizeof *kept);
    struct hcl_value *copy = arena_alloc(repo->arena, sizeof *copy);

    if (kept == NULL || copy == NULL)
        return v;
    *kept = *made;
    *copy = *v;
    copy->made = kept;
    return copy;
}

static struct hcl_origin place(const struct scope *scope, const struct hcl_node *node)
{
    return (struct hcl_origin){
        .module = scope->module->shape, .file = scope->file, .node = node, .what = scope->what};
}

const struct hcl_value *made_of(const struct scope *scope, const struct hcl_node *node,
                                const struct hcl_value *v, const struct frame *frame)
{
    struct hcl_repo *repo = scope->repo;
    bool literal = is_literal(node);
    bool passes_on = node->kind == HCL_PARENTHESES || node->kind == HCL_INTERPOLATION ||
                     node->kind == HCL_VARIABLE || node->kind == HCL_EACH_ITEM;

    if (passes_on || (frame->n == 0 && !literal) || repo->budget == 0)
        return v;
    if (frame->n == 1 && frame->inputs[0].value == v && !literal)
        return v;
    struct hcl_made made = {.at = place(scope, node), .is_literal = literal, .before = v->made};
    if (frame->n > 0) {
        struct made_input *inputs = arena_alloc(repo->arena, frame->n * sizeof *inputs);
        if (inputs == NULL)
            return v;
        memcpy(inputs, frame->inputs, frame->n * sizeof *inputs);
        made.inputs = inputs;
        made.n = frame->n;
    }
    return with_made(repo, v, &made);
}

const struct hcl_value *made_written(const struct scope *scope, const struct hcl_node *node,
                                     const struct hcl_value *v)
{
    struct hcl_made made = {.at = place(scope, node),
                            .is_written = true,
                            .is_literal = is_literal(node),
                            .before = v->made};

    if (v->made != NULL && v->made->at.node == node && v->made->is_written)
        return v;
    return with_made(scope->repo, v, &made);
}

const struct hcl_value *made_from(struct hcl_repo *repo, const struct hcl_value *v,
                                  const struct hcl_value *from)
{
    if (from->made == NULL || v->made != NULL)
        return v;
    struct hcl_value *copy = arena_alloc(repo->arena, sizeof *copy);
    if (copy == NULL)
        return v;
    *copy = *v;
    copy->made = from->made;
    return copy;
}

/* --- walking --- */

struct step {
    const struct hcl_made *made;
    const struct hcl_value *value; /* its elements, when made is NULL */
};

struct walk {
    unsigned round;
    struct step *steps;
    size_t next, n, cap;
    struct hcl_span *out;
    size_t found, max;
    bool complete;
};

static void push(struct walk *walk, struct step step)
{
    if (step.made != NULL && step.made->round == walk->round)
        return;
    if (walk->n == STEPS_MAX) {
        walk->complete = false;
        return;
    }
    if (walk->n == walk->cap) {
        size_t cap = walk->cap == 0 ? 256 : 2 * walk->cap;
        struct step *wider = realloc(walk->steps, cap * sizeof *wider);
        if (wider == NULL) {
            walk->complete = false;
            return;
        }
        walk->steps = wider;
        walk->cap = cap;
    }
    /* The one field of a history that changes: which walk was there last. */
    if (step.made != NULL)
        ((struct hcl_made *)step.made)->round = walk->round;
    walk->steps[walk->n++] = step;
}

static void push_value(struct walk *walk, const struct hcl_value *v, bool whole)
{
    if (v->made != NULL)
        push(walk, (struct step){.made = v->made});
    if (whole && v->n > 0)
        push(walk, (struct step){.value = v});
}

static void list(struct walk *walk, const struct hcl_made *made)
{
    if (!made->is_literal && !made->is_written)
        return;
    for (size_t i = 0; i < walk->found; i++) {
        struct hcl_span *span = &walk->out[i];
        if (span->at.node != made->at.node || span->at.module != made->at.module)
            continue;
        span->is_whole = span->is_whole || made->is_written;
        return;
    }
    if (walk->found == walk->max) {
        walk->complete = false;
        return;
    }
    walk->out[walk->found++] = (struct hcl_span){
        .at = made->at, .is_literal = made->is_literal, .is_whole = made->is_written};
}

size_t hcl_spans(const struct hcl_module *module, const struct hcl_value *v, struct hcl_span *out,
                 size_t max, bool *complete)
{
    struct walk walk = {.round = ++module->repo->round, .out = out, .max = max, .complete = true};

    push_value(&walk, v, true);
    while (walk.next < walk.n && walk.found <= max) {
        struct step step = walk.steps[walk.next++];
        for (size_t i = 0; step.made == NULL && i < step.value->n; i++)
            push_value(&walk, step.value->items[i], true);
        if (step.made == NULL)
            continue;
        list(&walk, step.made);
        if (step.made->before != NULL)
            push(&walk, (struct step){.made = step.made->before});
        for (size_t i = 0; i < step.made->n; i++)
            push_value(&walk, step.made->inputs[i].value, step.made->inputs[i].whole);
    }
    free(walk.steps);
    if (complete != NULL)
        *complete = walk.complete;
    return walk.found;
}
