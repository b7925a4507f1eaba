/* Following moved blocks; the story stands in moved.h. */
#include "worker/hcl/locate/moved.h"

#include "worker/hcl/syntax/address.h"
#include "worker/hcl/module/module_inside.h"

#define MOVES_MAX 64 /* one after the other; a ring of moves ends here */

/* The bytes of an expression without blanks outside of quotes: an address as it is written. */
static bool written(const struct hcl_file *file, const struct hcl_node *block, const char *name,
                    struct buf *out)
{
    const struct hcl_node *attribute = hcl_attribute(file, block, name);
    bool quoted = false;

    if (attribute == NULL)
        return false;
    for (size_t i = attribute->child->start; i < attribute->child->end; i++) {
        char c = file->bytes[i];
        if (c == '"' && file->bytes[i - 1] != '\\')
            quoted = !quoted;
        if (quoted || strchr(" \t\r\n", c) == NULL)
            buf_char(out, c);
    }
    buf_char(out, '\0'); /* the parts of an address end at a NUL */
    return !out->too_long && !out->no_memory;
}

static bool same_step(const struct address_step *a, const struct address_step *b)
{
    return address_part_eq(a->kind, b->kind) && address_part_eq(a->name, b->name);
}

static bool is_module(const struct address_step *step)
{
    return step->kind.len == 6 && memcmp(step->kind.at, "module", 6) == 0;
}

/* One moved block, in the module whose address takes the first base steps. */
struct move {
    size_t base;
    struct address from, to;
};

static bool fits(const struct move *move, const struct address *address)
{
    size_t n = move->from.n;
    size_t end = move->base + n;
    const struct address_step *last = &move->from.steps[n - 1];
    bool whole = last->key.len == 0 && move->to.steps[move->to.n - 1].key.len == 0;

    if (address->n < end || (!is_module(last) && address->n > end))
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct address_step *step = &address->steps[move->base + i];
        bool any_key = whole && i + 1 == n;
        if (!same_step(step, &move->from.steps[i]) ||
            (!any_key && !address_part_eq(step->key, move->from.steps[i].key)))
            return false;
    }
    return true;
}

static void write_moved(const struct move *move, const struct address *address, struct buf *out)
{
    size_t last = move->base + move->from.n - 1;
    bool keyed = move->to.steps[move->to.n - 1].key.len > 0;

    address_write(address, 0, move->base, out);
    if (move->base > 0)
        buf_char(out, '.');
    address_write(&move->to, 0, move->to.n, out);
    if (!keyed && move->from.steps[move->from.n - 1].key.len == 0)
        buf_bytes(out, address->steps[last].key.at, address->steps[last].key.len);
    if (last + 1 < address->n)
        buf_char(out, '.');
    address_write(address, last + 1, address->n, out);
}

static bool try_block(const struct hcl_file *file, const struct hcl_node *block, size_t base,
                      const struct address *address, struct buf *out)
{
    CLEANUP(buf_done) struct buf from = BUF(ADDRESS_MAX_BYTES);
    CLEANUP(buf_done) struct buf to = BUF(ADDRESS_MAX_BYTES);
    struct move *move = malloc(sizeof *move);
    bool ok = move != NULL && written(file, block, "from", &from) &&
              written(file, block, "to", &to) && address_parse(buf_str(&from), &move->from) &&
              address_parse(buf_str(&to), &move->to);

    if (ok) {
        move->base = base;
        ok = fits(move, address);
    }
    if (ok)
        write_moved(move, address, out);
    free(move);
    return ok;
}

static bool try_files(const struct hcl_module *module, size_t base, const struct address *address,
                      struct buf *out)
{
    for (size_t i = 0; i < hcl_module_file_count(module); i++) {
        const struct hcl_file *file = hcl_module_file(module, i);
        const struct hcl_node *block = NULL;
        while ((block = hcl_block_next(file, file->body, "moved", block)) != NULL)
            if (try_block(file, block, base, address, out))
                return true;
    }
    return false;
}

static const struct hcl_module *child(const struct hcl_module *module,
                                      const struct address_step *step)
{
    for (size_t i = 0; i < module->n_calls; i++) {
        const struct module_call *call = &module->calls[i];
        if (call->shape != NULL && strlen(call->name) == step->name.len &&
            memcmp(call->name, step->name.at, step->name.len) == 0)
            return call->shape;
    }
    return NULL;
}

/* One move, by a block of the root or of a module on the way to the address. */
static bool move_once(const struct hcl_module *root, const char *from, struct buf *out)
{
    struct address *address = malloc(sizeof *address);
    const struct hcl_module *module = root;
    bool moved = false;

    if (address == NULL || !address_parse(from, address)) {
        free(address);
        return false;
    }
    for (size_t base = 0; module != NULL && !moved; base++) {
        moved = try_files(module, base, address, out);
        bool deeper = base < address->n && is_module(&address->steps[base]);
        module = deeper ? child(module, &address->steps[base]) : NULL;
    }
    free(address);
    return moved && !out->too_long && !out->no_memory;
}

bool hcl_moved(const struct hcl_module *root, const char *address, struct buf *out)
{
    CLEANUP(buf_done) struct buf at = BUF(ADDRESS_MAX_BYTES);
    CLEANUP(buf_done) struct buf next = BUF(ADDRESS_MAX_BYTES);
    size_t n = 0;

    buf_text(&at, address);
    while (n < MOVES_MAX && move_once(root, buf_str(&at), &next)) {
        struct buf swap = at;
        at = next;
        next = swap;
        buf_reset(&next);
        n++;
    }
    if (n == 0 || n == MOVES_MAX)
        return false;
    buf_text(out, buf_str(&at));
    return !out->too_long && !out->no_memory;
}
