#include "worker/rules/render.h"

#include <stdio.h>

const char *render_input(struct render *render, const char *name)
{
    for (size_t i = 0; i < render->n_inputs; i++) {
        if (str_eq(render->inputs[i].name, name) && render->inputs[i].value[0] != '\0')
            return render->inputs[i].value;
    }
    if (render->missing == NULL)
        render->missing = name;
    return NULL;
}

static void quoted(const char *text, struct buf *out)
{
    buf_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buf_char(out, '\\');
        if ((*text == '$' || *text == '%') && text[1] == '{')
            buf_char(out, *text);
        if (*text == '\n')
            buf_text(out, "\\n");
        else
            buf_char(out, *text);
    }
    buf_char(out, '"');
}

static void expression(struct render *render, const char *text, struct buf *out)
{
    while (*text != '\0') {
        if (str_starts(text, "{subject}")) {
            buf_text(out, render->subject);
            text += strlen("{subject}");
        } else if (str_starts(text, "{name}")) {
            buf_text(out, render->name);
            text += strlen("{name}");
        } else {
            buf_char(out, *text++);
        }
    }
}

static void literal(struct render *render, const struct literal *one, struct buf *out)
{
    const char *input;

    switch (one->kind) {
    case LITERAL_BOOL:
    case LITERAL_NUMBER:
        buf_text(out, one->text);
        break;
    case LITERAL_TEXT:
        quoted(one->text, out);
        break;
    case LITERAL_EXPRESSION:
        expression(render, one->text, out);
        break;
    case LITERAL_INPUT:
        input = render_input(render, one->text);
        buf_text(out, input != NULL ? input : "null");
        break;
    }
}

void render_literals(struct render *render, const struct literals *literals, struct buf *out)
{
    if (literals->is_list)
        buf_char(out, '[');
    for (size_t i = 0; i < literals->n; i++) {
        if (i > 0)
            buf_text(out, ", ");
        literal(render, &literals->items[i], out);
    }
    if (literals->is_list)
        buf_char(out, ']');
}

/* The width of the names in the group of arguments that starts at i. */
static int group_width(const struct body *body, size_t i)
{
    size_t width = 0;

    for (; i < body->n && !body->items[i].is_block; i++) {
        size_t len = strlen(body->items[i].name);

        width = len > width ? len : width;
    }
    return (int)width;
}

void render_body(struct render *render, const struct body *body, int depth, struct buf *out)
{
    int width = 0;

    for (size_t i = 0; i < body->n; i++) {
        const struct body_item *item = &body->items[i];
        bool starts_group = i == 0 || item->is_block || body->items[i - 1].is_block;

        if (starts_group && i > 0)
            buf_char(out, '\n');
        if (starts_group)
            width = group_width(body, i);
        buf_print(out, "%*s", depth * 2, "");
        if (!item->is_block) {
            buf_print(out, "%-*s = ", width, item->name);
            render_literals(render, &item->values, out);
        } else if (item->body->n == 0) {
            buf_print(out, "%s {}", item->name);
        } else {
            buf_print(out, "%s {\n", item->name);
            render_body(render, item->body, depth + 1,
                        out); /* the pack's depth is capped on reading */
            buf_print(out, "%*s}", depth * 2, "");
        }
        buf_char(out, '\n');
    }
}

void render_block(struct render *render, const char *type, const struct body *body, struct buf *out)
{
    buf_print(out, "%s {", type);
    if (body->n > 0)
        buf_char(out, '\n');
    render_body(render, body, 1, out);
    buf_char(out, '}');
}
