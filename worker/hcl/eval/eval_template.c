/* Quoted texts and heredocs with what is interpolated into them. */
#include <stdio.h>

#include "worker/hcl/eval/made.h"

/* A text being written. From the first open part on only its end is known, and what came before. */
struct sheet {
    const struct scope *scope;
    struct buf head; /* all of it, or what stands before the first open part */
    struct buf tail; /* what stands behind the last open part */
    const struct hcl_value *open;
};

static void write_parts(struct sheet *sheet, const struct scope *scope,
                        const struct hcl_node *part);

static void write_text(struct sheet *sheet, const char *text)
{
    buf_text(sheet->open == NULL ? &sheet->head : &sheet->tail, text);
}

static void write_open(struct sheet *sheet, const struct hcl_value *v)
{
    if (v->kind == HCL_V_UNKNOWN && v->prefix != NULL && sheet->open == NULL)
        buf_text(&sheet->head, v->prefix);
    if (sheet->open == NULL)
        sheet->open = v;
    buf_reset(&sheet->tail);
    if (v->kind == HCL_V_UNKNOWN && v->suffix != NULL)
        buf_text(&sheet->tail, v->suffix);
}

static void write_value(struct sheet *sheet, const struct hcl_value *v)
{
    struct hcl_repo *repo = sheet->scope->repo;
    const struct hcl_value *text = v->kind == HCL_V_NULL
                                       ? value_invalid(repo, "a text contains null")
                                       : value_to_text(repo, v);

    if (text->kind == HCL_V_TEXT)
        write_text(sheet, text->text);
    else
        write_open(sheet, text);
}

static void write_if(struct sheet *sheet, const struct scope *scope, const struct hcl_node *node)
{
    const struct hcl_node *then = node->child->next;
    const struct hcl_value *condition = value_to_bool(scope->repo, eval(scope, node->child));

    if (condition->kind != HCL_V_BOOL)
        write_open(sheet, value_is_open(condition)
                              ? value_blocked(scope->repo, condition)
                              : value_invalid(scope->repo, "a condition is null"));
    else if (condition->boolean)
        write_parts(sheet, scope, then->child);
    else if (then->next != NULL)
        write_parts(sheet, scope, then->next->child);
}

static void write_for(struct sheet *sheet, const struct scope *scope, const struct hcl_node *node)
{
    char names[2][NAME_BYTES_MAX] = {"", ""};
    struct hcl_for parts;

    hcl_for_parts(node, &parts);
    const struct hcl_value *from = eval(scope, parts.collection);
    if (from->kind != HCL_V_LIST && from->kind != HCL_V_OBJECT) {
        write_open(sheet, value_is_open(from) ? value_blocked(scope->repo, from)
                                              : value_invalid(scope->repo, "for over no list"));
        return;
    }
    if ((parts.key_name != NULL && !eval_name(scope->file, parts.key_name, names[0])) ||
        !eval_name(scope->file, parts.value_name, names[1])) {
        write_open(sheet, value_invalid(scope->repo, "a name is too long"));
        return;
    }
    for (size_t i = 0; i < from->n && scope->repo->budget > 0; i++) {
        const struct binding key = {names[0], eval_element_key(scope->repo, from, i),
                                    scope->bindings};
        const struct binding value = {names[1], from->items[i], &key};
        struct scope inner = *scope;
        inner.bindings = &value;
        frame_note(scope->repo, key.value);
        write_parts(sheet, &inner, parts.value->child);
    }
}

static void write_parts(struct sheet *sheet, const struct scope *scope, const struct hcl_node *part)
{
    struct hcl_repo *repo = scope->repo;

    if (repo->depth >= EVAL_DEPTH_MAX) {
        write_open(sheet, &VALUE_EXHAUSTED);
        return;
    }
    repo->depth++;
    for (; part != NULL; part = part->next) {
        if (repo->budget == 0) {
            write_open(sheet, &VALUE_EXHAUSTED);
            break;
        }
        repo->budget--;
        if (part->kind == HCL_LITERAL)
            hcl_literal_text(scope->file, part, sheet->open == NULL ? &sheet->head : &sheet->tail);
        else if (part->kind == HCL_DIRECTIVE && part->op == 'i')
            write_if(sheet, scope, part);
        else if (part->kind == HCL_DIRECTIVE)
            write_for(sheet, scope, part);
        else
            write_value(sheet, eval(scope, part));
    }
    repo->depth--;
}

static const struct hcl_value *finish(const struct sheet *sheet)
{
    struct hcl_repo *repo = sheet->scope->repo;
    char why[400];
    struct err err;

    if (buf_check(&sheet->head, &err) < 0 || buf_check(&sheet->tail, &err) < 0)
        return value_unknown(repo, "a text is %s", err.text);
    if (sheet->open == NULL)
        return value_text_n(repo, buf_str(&sheet->head), sheet->head.len);
    if (sheet->open->kind == HCL_V_UNKNOWN && sheet->open->invalid)
        return value_blocked(repo, sheet->open);
    snprintf(why, sizeof why, "%s%s", value_why(sheet->open),
             sheet->open->kind == HCL_V_REFERENCE ? " is known only after apply" : "");
    return value_partial(repo, why, buf_str(&sheet->head), buf_str(&sheet->tail));
}

const struct hcl_value *eval_template(const struct scope *scope, const struct hcl_node *node)
{
    const struct hcl_node *part = node->child;

    if (part != NULL && part->next == NULL && part->kind == HCL_INTERPOLATION)
        return eval(scope, part->child);

    CLEANUP(buf_done) struct buf head = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf tail = BUF(TEXT_MAX);
    struct sheet sheet = {.scope = scope, .head = head, .tail = tail};
    write_parts(&sheet, scope, part);
    const struct hcl_value *v = finish(&sheet);
    head = sheet.head;
    tail = sheet.tail;
    return v;
}
