/*
 * What each edit lays claim to. Two about the very same thing meet here when the second is made:
 * equal, they are one; different, they contradict each other. Whether an edit lies inside what
 * another replaces or removes is seen at apply, when all are known. The story stands in
 * edit_internal.h.
 */
#include "worker/hcl/edit/edit_claim.h"

#include <search.h>
#include <stdio.h>

#define NOWHERE UINT32_MAX

static int by_subject(const void *a, const void *b)
{
    const struct claim *left = a;
    const struct claim *right = b;

    if (left->node != right->node)
        return (uintptr_t)left->node < (uintptr_t)right->node ? -1 : 1;
    if (left->slot != right->slot)
        return left->slot < right->slot ? -1 : 1;
    return strcmp(left->name, right->name);
}

/* "set acl = 1 (line 3)", one line, cut. */
static void describe(const struct claim *claim, char *out, size_t size)
{
    const struct hcl_file *file = claim->file->file;
    char where[32] = "";
    int line = 0;
    int column = 0;
    size_t shown = strcspn(claim->text, "\r\n");

    if (claim->start != NOWHERE) {
        hcl_position(file, claim->start, &line, &column);
        (void)snprintf(where, sizeof where, " (line %d)", line);
    }
    shown = shown < 60 ? shown : 60;
    (void)snprintf(out, size, "%.80s%s%.*s%s%s", claim->verb, shown > 0 ? " " : "", (int)shown,
                   claim->text, claim->text[shown] != '\0' ? " …" : "", where);
}

static int contradict(const struct claim *a, const struct claim *b, struct err *err)
{
    char first[200];
    char second[200];

    describe(a, first, sizeof first);
    describe(b, second, sizeof second);
    return err_set(err, ERR_REJECT, "%s: two edits contradict each other: \"%s\" and \"%s\"",
                   b->file->path, first, second);
}

/* Finds the claim about the same subject, or keeps a copy of this one: *is_new. */
static struct claim *keep(struct hcl_edits *edits, const struct claim *wanted, bool *is_new)
{
    struct claim **found = tfind(wanted, &edits->index, by_subject);
    struct claim *claim;

    *is_new = found == NULL;
    if (found != NULL)
        return *found;
    claim = arena_alloc(edits->arena, sizeof *claim);
    if (claim == NULL)
        return NULL;
    *claim = *wanted;
    claim->name = arena_text(edits->arena, wanted->name);
    claim->text = arena_text(edits->arena, wanted->text);
    claim->verb = arena_text(edits->arena, wanted->verb);
    if (claim->name == NULL || claim->text == NULL || claim->verb == NULL ||
        tsearch(claim, &edits->index, by_subject) == NULL)
        return NULL;
    return claim;
}

int edit_claim(struct hcl_edits *edits, struct touched *t, const struct claim *wanted,
               struct err *err)
{
    struct claim full = *wanted;
    bool is_new = false;

    full.file = t;
    full.name = full.name != NULL ? full.name : "";
    full.text = full.text != NULL ? full.text : "";
    struct claim *claim = keep(edits, &full, &is_new);
    if (claim == NULL)
        return err_nomem(err);
    if (!is_new)
        return str_eq(claim->text, full.text) ? EDIT_AGAIN : contradict(claim, &full, err);
    claim->next = t->claims;
    t->claims = claim;
    t->n_claims++;
    edits->count++;
    return 0;
}

int edit_change_slot(struct hcl_edits *edits, const struct hcl_node *node, void ***slot,
                     struct err *err)
{
    const struct claim wanted = {
        .node = node, .slot = CLAIM_CHANGE, .name = "", .text = "", .verb = ""};
    bool is_new = false;
    struct claim *claim = keep(edits, &wanted, &is_new);

    if (claim == NULL)
        return err_nomem(err);
    *slot = &claim->change;
    return 0;
}

static bool is_exclusive(const struct claim *claim)
{
    return claim->slot == CLAIM_TEXT || claim->slot == CLAIM_GONE;
}

/* What holds the others first. */
static int by_place(const void *a, const void *b)
{
    const struct claim *left = *(const struct claim *const *)a;
    const struct claim *right = *(const struct claim *const *)b;

    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    if (left->end != right->end)
        return left->end > right->end ? -1 : 1;
    return (int)is_exclusive(right) - (int)is_exclusive(left);
}

int edit_claims_agree(const struct touched *t, struct err *err)
{
    CLEANUP(mem_freep) const struct claim **sorted = calloc(t->n_claims + 1, sizeof(*sorted));
    const struct claim *holder = NULL;
    size_t n = 0;

    if (sorted == NULL)
        return err_nomem(err);
    for (const struct claim *claim = t->claims; claim != NULL; claim = claim->next)
        if (claim->start != NOWHERE)
            sorted[n++] = claim;
    qsort(sorted, n, sizeof(*sorted), by_place);
    for (size_t i = 0; i < n; i++) {
        /* A point where the holder begins lies before it. */
        if (holder != NULL && sorted[i]->start < holder->end &&
            (is_exclusive(sorted[i]) || sorted[i]->start > holder->start))
            return contradict(holder, sorted[i], err);
        if (is_exclusive(sorted[i]))
            holder = sorted[i];
    }
    return 0;
}

static void keep_it(void *claim)
{
    (void)claim; /* the arena's */
}

void edit_claims_done(struct hcl_edits *edits)
{
    tdestroy(edits->index, keep_it);
    edits->index = NULL;
}
