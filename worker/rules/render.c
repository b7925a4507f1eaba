#include "worker/rules/render.h"

const char *render_input(struct render *render, const char *name)
{
    for (size_t i = 0; i < render->n_inputs; i++) {
        if (str_eq(render->inputs[i].name, name) && render->inputs[i].value[0] != '\0')
            return render->inputs[i].value;
    }
    for (size_t i = 0; i < render->n_needs; i++) {
        struct render_need *one = &render->needs[i];

        if (!str_eq(one->need->name, name) || one->candidate[0] == '\0')
            continue;
        one->is_taken = true;
        render->taken = one;
        return one->candidate;
    }
    if (render->missing == NULL)
        render->missing = name;
    return NULL;
}

static void quoted(const char *text, const struct render *render, struct buf *out)
{
    bool escapes = false; /* "${name}" is Terraform's */

    buf_char(out, '"');
    for (; *text != '\0'; text++) {
        if (render != NULL && !escapes && str_starts(text, "{name}")) {
            buf_text(out, render->name);
            if (render->key != NULL)
                buf_print(out, "-${%s}", render->key);
            text += strlen("{name}") - 1;
            continue;
        }
        escapes = *text == '$' || *text == '%';
        if (*text == '"' || *text == '\\')
            buf_char(out, '\\');
        if (escapes && text[1] == '{')
            buf_char(out, *text);
        if (*text == '\n')
            buf_text(out, "\\n");
        else
            buf_char(out, *text);
    }
    buf_char(out, '"');
}

static void replaced(const struct render *render, const char *text, struct buf *out)
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

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* How long the address of a made resource is that stands at the text; 0: none does. */
static size_t made_at(const struct render *render, const char *text)
{
    for (size_t i = 0; i < render->n_made; i++) {
        size_t type = strlen(render->made[i].type);
        size_t name = strlen(render->made[i].name);

        if (str_starts(text, render->made[i].type) && text[type] == '.' &&
            str_starts(text + type + 1, render->made[i].name) &&
            !is_name_byte(text[type + 1 + name]) && text[type + 1 + name] != '[')
            return type + 1 + name;
    }
    return 0;
}

/* A resource that has count or for_each is referred to by its key. */
static void expression(const struct render *render, const char *text, struct buf *out)
{
    CLEANUP(buf_done) struct buf plain = BUF(128 * 1024); /* more than any out takes */
    char before = ' ';

    replaced(render, text, &plain);
    for (text = buf_str(&plain); *text != '\0';) {
        size_t len = render->key != NULL && !is_name_byte(before) && before != '.'
                         ? made_at(render, text)
                         : 0;

        if (len > 0) {
            buf_bytes(out, text, len);
            buf_print(out, "[%s]", render->key);
            text += len;
            before = ']';
            continue;
        }
        before = *text;
        buf_char(out, *text++);
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
        quoted(one->text, render, out);
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
        quoted(key, NULL, out);
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
