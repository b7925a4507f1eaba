/* Our tree in the words of HashiCorp's; the story stands in hcl_oracle_tree.h. */
#include "tests/support/hcl_oracle_tree.h"

#include "worker/hcl/syntax/lexer.h"

struct writer {
    const struct hcl_file *file;
    struct buf *out;
};

static void expression(struct writer *w, int depth, const struct hcl_node *node);

static void open_line(struct writer *w, int depth, const char *kind, size_t start, size_t end)
{
    for (int i = 0; i < depth; i++)
        buf_char(w->out, '.');
    buf_print(w->out, "%s %zu %zu", kind, start, end);
}

static void line(struct writer *w, int depth, const char *kind, size_t start, size_t end)
{
    open_line(w, depth, kind, start, end);
    buf_char(w->out, '\n');
}

static void name(struct writer *w, const struct hcl_node *node)
{
    buf_bytes(w->out, w->file->bytes + node->name_start, node->name_end - node->name_start);
}

static void named_line(struct writer *w, int depth, const char *kind, const struct hcl_node *node)
{
    open_line(w, depth, kind, node->start, node->end);
    buf_char(w->out, ' ');
    name(w, node);
    buf_char(w->out, '\n');
}

static void children(struct writer *w, int depth, const struct hcl_node *node)
{
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        expression(w, depth, child);
}

static void literal(struct writer *w, int depth, const struct hcl_node *first,
                    const struct hcl_node *behind)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
    size_t start = first->start + first->name_start; /* behind the dropped indentation */
    size_t end = 0;
    bool is_ascii = true;

    for (const struct hcl_node *piece = first; piece != behind; piece = piece->next) {
        hcl_literal_text(w->file, piece, &text);
        end = piece->end;
    }
    if (text.len == 0)
        return;
    for (size_t i = 0; i < text.len; i++)
        is_ascii = is_ascii && (unsigned char)buf_str(&text)[i] < 0x80;
    open_line(w, depth, "literal", start, end);
    buf_char(w->out, ' ');
    for (size_t i = 0; is_ascii && i < text.len; i++)
        buf_print(w->out, "%02x", (unsigned char)buf_str(&text)[i]);
    buf_text(w->out, is_ascii ? "\n" : "-\n");
}

static void parts(struct writer *w, int depth, const struct hcl_node *parent)
{
    const struct hcl_node *part = parent->child;

    while (part != NULL) {
        const struct hcl_node *behind = part;
        while (behind != NULL && behind->kind == HCL_LITERAL)
            behind = behind->next;
        if (behind != part)
            literal(w, depth, part, behind);
        else
            expression(w, depth, part);
        part = behind != part ? behind : part->next;
    }
}

/* What stands between two directives begins for HCL where its first expression does, not at the
 * "${" around that, and ends alike. */
static void between(struct writer *w, int depth, const struct hcl_node *node)
{
    const struct hcl_node *first = node->child;
    const struct hcl_node *last = first;

    while (last != NULL && last->next != NULL)
        last = last->next;
    size_t start = first == NULL                      ? node->start
                   : first->kind == HCL_INTERPOLATION ? first->child->start
                   : first->kind == HCL_LITERAL       ? first->start + first->name_start
                                                      : first->start;
    size_t end = last == NULL                      ? node->end
                 : last->kind == HCL_INTERPOLATION ? last->child->end
                                                   : last->end;
    line(w, depth, "template", start, end);
    parts(w, depth + 1, node);
}

/* Is the key of this INDEX one that HCL knows while it parses? */
static const char *constant_key(const struct hcl_node *key)
{
    if (key->kind == HCL_NUMBER)
        return "[number]";
    if (key->kind == HCL_TEMPLATE &&
        (key->child == NULL || (key->child->kind == HCL_LITERAL && key->child->next == NULL)))
        return "[text]";
    return NULL;
}

static bool is_step(const struct hcl_node *node)
{
    return node->kind == HCL_GET_ATTR ||
           (node->kind == HCL_INDEX && constant_key(node->child->next) != NULL);
}

static void steps(struct writer *w, int depth, const struct hcl_node *node)
{
    if (!is_step(node))
        return;
    steps(w, depth, node->child);
    /* A step begins at its dot or bracket, the first byte behind what it is a step of. */
    struct hcl_token open = hcl_lex(w->file->bytes, w->file->len, node->child->end, false);
    open_line(w, depth, "step", open.start, node->end);
    buf_char(w->out, ' ');
    if (node->kind == HCL_GET_ATTR)
        name(w, node);
    else
        buf_text(w->out, constant_key(node->child->next));
    buf_char(w->out, '\n');
}

static void traversal(struct writer *w, int depth, const struct hcl_node *node)
{
    const struct hcl_node *base = node;

    while (is_step(base))
        base = base->child;
    bool is_variable = base->kind == HCL_VARIABLE;
    open_line(w, depth, is_variable ? "variable" : "relative", node->start, node->end);
    if (is_variable)
        buf_char(w->out, ' ');
    if (is_variable)
        name(w, base);
    buf_char(w->out, '\n');
    if (!is_variable)
        expression(w, depth + 1, base);
    steps(w, depth + 1, node);
}

static void for_each(struct writer *w, int depth, const char *kind, const struct hcl_node *node)
{
    struct hcl_for f;

    hcl_for_parts(node, &f);
    open_line(w, depth, kind, node->start, node->end);
    buf_char(w->out, ' ');
    if (f.key_name != NULL)
        name(w, f.key_name);
    buf_char(w->out, ',');
    name(w, f.value_name);
    buf_text(w->out, (node->flags & HCL_FLAG_EXPAND) != 0 ? " true\n" : " false\n");
    for (const struct hcl_node *part = f.collection; part != NULL; part = part->next)
        expression(w, depth + 1, part);
}

static void directive(struct writer *w, int depth, const struct hcl_node *node)
{
    if (node->op == 'f') {
        for_each(w, depth, "directive", node);
        return;
    }
    const struct hcl_node *yes = node->child->next;
    line(w, depth, "conditional", node->start, node->end);
    children(w, depth + 1, node);
    if (yes->next == NULL)
        line(w, depth + 1, "template", yes->end, yes->end);
}

static void object(struct writer *w, int depth, const struct hcl_node *node)
{
    line(w, depth, "object", node->start, node->end);
    for (const struct hcl_node *key = node->child; key != NULL; key = key->next->next) {
        if ((key->flags & HCL_FLAG_KEY_EXPR) != 0)
            expression(w, depth + 1, key);
        else
            line(w, depth + 1, "key", key->start, key->end);
        expression(w, depth + 1, key->next);
    }
}

static void operation(struct writer *w, int depth, const char *kind, const struct hcl_node *node)
{
    open_line(w, depth, kind, node->start, node->end);
    buf_print(w->out, " %c\n", node->op);
    children(w, depth + 1, node);
}

static void call(struct writer *w, int depth, const struct hcl_node *node)
{
    open_line(w, depth, "call", node->start, node->end);
    buf_char(w->out, ' ');
    /* "a :: b" is the function a::b. */
    for (size_t i = node->name_start; i < node->name_end; i++)
        if (strchr(" \t\r\n", w->file->bytes[i]) == NULL)
            buf_char(w->out, w->file->bytes[i]);
    buf_text(w->out, (node->flags & HCL_FLAG_EXPAND) != 0 ? " true\n" : " false\n");
    children(w, depth + 1, node);
}

static void compound(struct writer *w, int depth, const char *kind, const struct hcl_node *node)
{
    line(w, depth, kind, node->start, node->end);
    children(w, depth + 1, node);
}

static void expression(struct writer *w, int depth, const struct hcl_node *node)
{
    switch (node->kind) {
    case HCL_NUMBER:
    case HCL_BOOL:
    case HCL_NULL:
        open_line(w, depth, "value", node->start, node->end);
        buf_text(w->out, " -\n");
        return;
    case HCL_PART:
        between(w, depth, node);
        return;
    case HCL_TEMPLATE:
        line(w, depth, "template", node->start, node->end);
        parts(w, depth + 1, node);
        return;
    case HCL_INTERPOLATION:
        expression(w, depth, node->child);
        return;
    case HCL_DIRECTIVE:
        directive(w, depth, node);
        return;
    case HCL_VARIABLE:
    case HCL_GET_ATTR:
        traversal(w, depth, node);
        return;
    case HCL_INDEX:
        if (is_step(node))
            traversal(w, depth, node);
        else
            compound(w, depth, "index", node);
        return;
    case HCL_SPLAT:
        compound(w, depth, "splat", node);
        return;
    case HCL_EACH_ITEM:
        line(w, depth, "each", node->end, node->end);
        return;
    case HCL_CALL:
        call(w, depth, node);
        return;
    case HCL_TUPLE:
        compound(w, depth, "tuple", node);
        return;
    case HCL_OBJECT:
        object(w, depth, node);
        return;
    case HCL_FOR_TUPLE:
    case HCL_FOR_OBJECT:
        for_each(w, depth, "for", node);
        return;
    case HCL_UNARY:
    case HCL_BINARY:
        operation(w, depth, node->kind == HCL_UNARY ? "unary" : "binary", node);
        return;
    case HCL_CONDITIONAL:
        compound(w, depth, "conditional", node);
        return;
    case HCL_PARENTHESES:
        compound(w, depth, "parentheses", node);
        return;
    default:
        buf_print(w->out, "unexpected kind %d\n", node->kind);
    }
}

static void body(struct writer *w, int depth, const struct hcl_node *node)
{
    for (const struct hcl_node *item = node->child; item != NULL; item = item->next) {
        named_line(w, depth, item->kind == HCL_BLOCK ? "block" : "attribute", item);
        for (const struct hcl_node *part = item->child; part != NULL; part = part->next) {
            if (part->kind == HCL_LABEL)
                line(w, depth + 1, "label", part->start, part->end);
            else if (part->kind == HCL_BODY)
                line(w, depth + 1, "body", part->start, part->end);
            else
                expression(w, depth + 1, part);
            if (part->kind == HCL_BODY)
                body(w, depth + 2, part);
        }
    }
}

void oracle_tree(const struct hcl_file *file, struct buf *out)
{
    struct writer w = {file, out};

    body(&w, 0, file->body);
}
