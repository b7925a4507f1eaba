#include "worker/rules/render.h"

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

static bool is_plain_key(const char *key)
{
    size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    return n > 0 && key[n] == '\0' && (key[0] < '0' || key[0] > '9');
}

void render_key(const char *key, struct buf *out)
{
    if (is_plain_key(key))
        buf_text(out, key);
    else
        quoted(key, out);
}

void render_body(struct render *render, const struct body *body, struct buf *out)
{
    for (size_t i = 0; i < body->n; i++) {
        const struct body_item *item = &body->items[i];

        if (i > 0 && (item->is_block || body->items[i - 1].is_block))
            buf_char(out, '\n');
        if (item->is_block) { /* the pack's depth is capped on reading */
            render_block(render, item->name, item->body, out);
        } else {
            buf_print(out, "%s = ", item->name);
            if (item->key != NULL) {
                buf_text(out, "{ ");
                render_key(item->key, out);
                buf_text(out, " = ");
            }
            render_literals(render, &item->values, out);
            buf_text(out, item->key != NULL ? " }" : "");
        }
        buf_char(out, '\n');
    }
}

void render_block(struct render *render, const char *type, const struct body *body, struct buf *out)
{
    buf_print(out, "%s {", type);
    if (body->n > 0)
        buf_char(out, '\n');
    render_body(render, body, out);
    buf_char(out, '}');
}
