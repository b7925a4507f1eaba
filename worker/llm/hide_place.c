#include "worker/llm/hide_place.h"

#include "common/buf.h"
#include "worker/hcl/syntax/tree.h"

#define PLACES_MAX      64
#define PATH_MAX_BYTES  ((size_t)16 * 1024)
#define PLACE_MAX_BYTES ((size_t)1024 * 1024)

struct places {
    const struct hcl_file *file;
    const char *mark;
    struct buf path;           /* of the node that we are at */
    struct buf at[PLACES_MAX]; /* path, then the text */
    size_t n;
    size_t n_marks; /* in them */
    bool is_unclear;
};

static bool holds(const struct places *places, const struct hcl_node *node)
{
    return memmem(places->file->bytes + node->start, node->end - node->start, places->mark,
                  strlen(places->mark)) != NULL;
}

static size_t count_marks(const char *text, size_t len, const char *mark)
{
    const char *end = text + len;
    size_t n = 0;

    for (; (text = memmem(text, (size_t)(end - text), mark, strlen(mark))) != NULL; text++)
        n++;
    return n;
}

static void note(struct places *places, const struct hcl_node *literal)
{
    if (places->n == PLACES_MAX) {
        places->is_unclear = true;
        return;
    }
    const char *text = places->file->bytes + literal->start;
    size_t len = literal->end - literal->start;
    struct buf *at = &places->at[places->n++];
    *at = BUF(PLACE_MAX_BYTES);
    buf_bytes(at, buf_str(&places->path), places->path.len);
    buf_char(at, '\n');
    buf_bytes(at, text, len);
    places->n_marks += count_marks(text, len, places->mark);
    places->is_unclear = places->is_unclear || places->path.too_long || at->too_long;
}

/* Trees are no higher than HCL_HEIGHT_MAX, so this recursion is bounded. */
static void walk(struct places *places, const struct hcl_node *node)
{
    const struct hcl_node *key = NULL;
    size_t i = 0;

    if (!holds(places, node))
        return;
    if (node->kind == HCL_LITERAL) {
        note(places, node);
        return;
    }
    if (node->child == NULL) /* a name, or what else is no text */
        places->is_unclear = true;
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next, i++) {
        size_t len = places->path.len;
        bool is_value = node->kind == HCL_OBJECT && i % 2 == 1;

        if (is_value) {
            buf_char(&places->path, '.');
            buf_bytes(&places->path, places->file->bytes + key->start, key->end - key->start);
        } else {
            buf_print(&places->path, "/%d:%zu", node->kind, node->kind == HCL_OBJECT ? 0 : i);
        }
        walk(places, child);
        places->path.len = len;
        key = child;
    }
}

/* False: it cannot be said where they stand. */
static bool find(struct places *places, const char *expression, const char *mark,
                 struct hcl_file **file)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
    struct err err;

    places->mark = mark;
    places->path = BUF(PATH_MAX_BYTES);
    buf_print(&text, "x = %s\n", expression);
    if (hcl_parse(file, "place.tf", buf_str(&text), text.len, &err) < 0)
        return false;
    places->file = *file;
    walk(places, (*file)->body);
    return !places->is_unclear && places->n_marks == count_marks(buf_str(&text), text.len, mark);
}

static void places_done(struct places *places)
{
    buf_done(&places->path);
    for (size_t i = 0; i < places->n; i++)
        buf_done(&places->at[i]);
}

static bool has(const struct places *places, const struct buf *place)
{
    for (size_t i = 0; i < places->n; i++) {
        if (str_eq(buf_str(&places->at[i]), buf_str(place)))
            return true;
    }
    return false;
}

bool hide_stays(const char *older, const char *expression, const char *mark)
{
    CLEANUP(hcl_file_freep) struct hcl_file *was_file = NULL;
    CLEANUP(hcl_file_freep) struct hcl_file *is_file = NULL;
    struct places was = {0};
    struct places is = {0};
    bool stays = find(&was, older, mark, &was_file) && find(&is, expression, mark, &is_file);

    for (size_t i = 0; i < is.n; i++)
        stays = stays && has(&was, &is.at[i]);
    places_done(&was);
    places_done(&is);
    return stays;
}
