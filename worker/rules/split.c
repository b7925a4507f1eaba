/*
 * Split: an opening of more ports than the rule closes is cut into pieces. The first piece stays
 * where it was, with all its comments; each other one is a copy beside it. Only the pieces that are
 * closed lose the world.
 */
#include <stdio.h>

#include "worker/rules/closing.h"

static bool is_resource(const struct closing *closing)
{
    return closing->opening->form == OPENING_RULE || closing->opening->form == OPENING_VPC_RULE;
}

/* --- what cannot be split --- */

/* "0 to 21, 22, 23 to 100" */
static void pieces_say(const struct closing *closing, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < closing->n_pieces && i < PORT_PIECES_MAX && used < size; i++) {
        const struct port_range *range = &closing->pieces[i].range;
        const char *between = i > 0 ? ", " : "";

        if (range->from == range->to)
            (void)snprintf(out + used, size - used, "%s%d", between, range->from);
        else
            (void)snprintf(out + used, size - used, "%s%d to %d", between, range->from, range->to);
        used = strlen(out);
    }
}

static int refuse_every_port(const struct closing *closing)
{
    return fixer_refuse(closing->fixer,
                        "the %s of %s opens every port: write one for each port that is needed, "
                        "and let only %s reach port %d",
                        closing->what, closing->place->resource->address, closing->statement->input,
                        closing->opened.port);
}

static bool is_number(const struct closing *closing, const char *name)
{
    const struct hcl_node *node = closing_expression(closing, name);

    return node != NULL && node->kind == HCL_NUMBER;
}

/* A copy of a heredoc would have to end in a line of its own. */
static bool has_heredoc(const struct hcl_node *node)
{
    bool has = node->kind == HCL_TEMPLATE && (node->flags & HCL_FLAG_HEREDOC) != 0;

    for (const struct hcl_node *child = node->child; child != NULL && !has; child = child->next)
        has = has_heredoc(child);
    return has;
}

int split_refuse(const struct closing *closing)
{
    const struct hcl_resource *resource = closing->place->resource;
    bool is_many = resource->has_count || resource->has_for_each;
    const char *why = NULL;
    char pieces[200];

    if (closing->opened.range.from == 0 && closing->opened.range.to == PORT_LAST)
        return refuse_every_port(closing);
    if (is_resource(closing) && is_many)
        why = "it has count or for_each";
    else if (closing->opening->body == NULL)
        why = "it is an element of a list";
    else if (!is_number(closing, "from_port") || !is_number(closing, "to_port"))
        why = "from_port and to_port are not written there as numbers";
    else if (closing->n_pieces > PORT_PIECES_MAX)
        why = "it would take too many pieces";
    else if (resource->n_overrides > 0)
        why = "an override file changes it";
    else if (has_heredoc(closing->opening->body))
        why = "it holds a heredoc";
    if (why == NULL)
        return 0;
    pieces_say(closing, pieces, sizeof pieces);
    return fixer_refuse(closing->fixer,
                        "the %s of %s opens other ports too, and %s: split it by hand into %s, and "
                        "let only %s reach port %d",
                        closing->what, resource->address, why, pieces, closing->statement->input,
                        closing->opened.port);
}

/* --- the copies --- */

static void source_text(const struct closing *closing, const struct hcl_node *node, struct buf *out)
{
    buf_bytes(out, closing->place->resource->file->bytes + node->start, node->end - node->start);
}

static int family_of(const struct closing *closing, const char *name)
{
    for (int i = 0; i < 2; i++) {
        if (closing->opened.family[i] && str_eq(name, closing->opening->sources[i]))
            return i;
    }
    return -1;
}

static int closed_text(const struct closing *closing, int family, const char *name, struct buf *out,
                       struct err *err)
{
    CLEANUP(buf_done) struct buf inside = BUF(64 * 1024);
    bool is_here = false;
    int r = close_text(closing, (size_t)family, &is_here, &inside, err);

    if (r != 0)
        return r;
    if (closing->opening->form == OPENING_VPC_RULE)
        buf_print(out, "%s = %s\n", name,
                  closing->approved[family].n > 1 ? "each.value" : buf_str(&inside));
    else
        buf_print(out, "%s = [%s]\n", name, buf_str(&inside));
    return 0;
}

static int argument_text(const struct closing *closing, const struct port_piece *piece,
                         const struct hcl_node *attribute, struct buf *out, struct err *err)
{
    const struct hcl_file *file = closing->place->resource->file;
    char name[128] = "";
    size_t len = attribute->name_end - attribute->name_start;
    int family;

    if (len < sizeof name)
        memcpy(name, file->bytes + attribute->name_start, len);
    family = family_of(closing, name);
    if (str_eq(name, "from_port"))
        buf_print(out, "from_port = %d\n", piece->range.from);
    else if (str_eq(name, "to_port"))
        buf_print(out, "to_port = %d\n", piece->range.to);
    else if (piece->is_closed && family >= 0)
        return closed_text(closing, family, name, out, err);
    else {
        source_text(closing, attribute, out);
        buf_char(out, '\n');
    }
    return 0;
}

static void piece_name(const struct closing *closing, const struct port_piece *piece, char *out,
                       size_t size)
{
    const char *name = closing->place->resource->name;

    if (piece->range.from == piece->range.to)
        (void)snprintf(out, size, "%s_%d", name, piece->range.from);
    else
        (void)snprintf(out, size, "%s_%d_%d", name, piece->range.from, piece->range.to);
}

static int head_text(const struct closing *closing, const struct port_piece *piece, struct buf *out)
{
    const struct hcl_resource *resource = closing->place->resource;
    const char *module = hcl_module_path(resource->module);
    char name[256];
    char address[512];
    char full[1024];

    if (!is_resource(closing)) {
        buf_print(out, "%s {\n", closing->what);
        return 0;
    }
    piece_name(closing, piece, name, sizeof name);
    (void)snprintf(address, sizeof address, "%s.%s", resource->type, name);
    (void)snprintf(full, sizeof full, "%s%s%s", module, module[0] != '\0' ? "." : "", address);
    if (hcl_resource_find(closing->place->root, full) != NULL)
        return fixer_refuse(closing->fixer, "%s is there already: split %s by hand", full,
                            resource->address);
    buf_print(out, "resource \"%s\" \"%s\" {\n", resource->type, name);
    return fixer_predict_address(closing->fixer, address);
}

static int piece_text(const struct closing *closing, const struct port_piece *piece,
                      struct buf *out, struct err *err)
{
    int r = head_text(closing, piece, out);

    for (size_t i = 0; i < 2 && r == 0; i++) {
        if (!piece->is_closed || !closing->opened.family[i] || closing->approved[i].n < 2 ||
            closing->opening->form != OPENING_VPC_RULE)
            continue;
        buf_text(out, "for_each = ");
        spread_text(closing, i, out);
        buf_text(out, "\n\n");
    }
    for (const struct hcl_node *one = closing->opening->body->child; one != NULL && r == 0;
         one = one->next) {
        if (one->kind == HCL_ATTRIBUTE) {
            r = argument_text(closing, piece, one, out, err);
        } else {
            buf_char(out, '\n');
            source_text(closing, one, out);
            buf_char(out, '\n');
        }
    }
    buf_text(out, "}");
    return r != 0 ? r : buf_check(out, err);
}

/* --- the first piece --- */

static int port_write(const struct closing *closing, const char *name, int was, int port,
                      struct err *err)
{
    char text[16];

    if (was == port)
        return 0;
    (void)snprintf(text, sizeof text, "%d", port);
    return fixer_replace(closing->fixer, closing->place->resource->file,
                         closing_expression(closing, name), text, err);
}

/* Its list becomes one of its own; an owner elsewhere still speaks for the other pieces. */
static int first_closed(const struct closing *closing, size_t family, struct err *err)
{
    const struct hcl_file *file = closing->place->resource->file;
    const struct hcl_node *node = closing_expression(closing, closing->opening->sources[family]);
    CLEANUP(buf_done) struct buf inside = BUF(64 * 1024);
    CLEANUP(buf_done) struct buf list = BUF(64 * 1024);
    bool is_here = false;
    int r = close_text(closing, family, &is_here, &inside, err);

    if (r != 0 || is_here)
        return r != 0 ? r : close_world(closing, family, err);
    if (closing->opening->form == OPENING_VPC_RULE)
        buf_text(&list, buf_str(&inside));
    else
        buf_print(&list, "[%s]", buf_str(&inside));
    r = buf_check(&list, err);
    return r < 0 ? r : fixer_replace(closing->fixer, file, node, buf_str(&list), err);
}

static int first_write(const struct closing *closing, struct err *err)
{
    const struct port_piece *first = &closing->pieces[0];
    int r = port_write(closing, "from_port", closing->opened.range.from, first->range.from, err);

    if (r == 0)
        r = port_write(closing, "to_port", closing->opened.range.to, first->range.to, err);
    for (size_t i = 0; i < 2 && r == 0 && first->is_closed; i++) {
        if (closing->opened.family[i])
            r = first_closed(closing, i, err);
    }
    return r;
}

int split_write(const struct closing *closing, struct err *err)
{
    const struct hcl_resource *resource = closing->place->resource;
    const struct hcl_node *block = is_resource(closing) ? resource->block : closing->opening->block;
    CLEANUP(buf_done) struct buf text = BUF(256 * 1024);
    char pieces[200];
    int r = 0;

    if (fixer_has_replaced(closing->fixer, block))
        return 0;
    for (size_t i = 0; i < 2 && r == 0; i++) {
        if (closing->pieces[0].is_closed && closing->opened.family[i] &&
            closing->opening->form == OPENING_VPC_RULE && closing->approved[i].n > 1)
            r = fixer_refuse(closing->fixer,
                             "%s opens other ports too, and %s names several ranges: split it by "
                             "hand",
                             resource->address, closing->statement->input);
    }
    if (r == 0)
        r = first_write(closing, err);
    for (size_t i = 1; i < closing->n_pieces && r == 0; i++) {
        buf_text(&text, i > 1 ? "\n\n" : "");
        r = piece_text(closing, &closing->pieces[i], &text, err);
    }
    if (r == 0)
        r = buf_check(&text, err);
    if (r == 0)
        r = fixer_add_behind(closing->fixer, resource->file, block, buf_str(&text), err);
    if (r != 0)
        return r;
    pieces_say(closing, pieces, sizeof pieces);
    fixer_did(closing->fixer, resource->file, block,
              "split the %s of %s into %s, and restricted %d", closing->what, resource->address,
              pieces, closing->opened.port);
    return 0;
}
