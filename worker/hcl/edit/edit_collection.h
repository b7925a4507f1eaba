/*
 * A collection as its editor sees it: between edit_collection.c (what becomes of it) and
 * edit_collection_read.c (how it stands in the file). The story stands in edit_collection.c.
 */
#ifndef WORKER_HCL_EDIT_EDIT_COLLECTION_H
#define WORKER_HCL_EDIT_EDIT_COLLECTION_H

#include "worker/hcl/edit/edit_internal.h"

struct item {
    const struct hcl_node *key; /* the element itself in a tuple */
    const struct hcl_node *value;
    size_t lead;    /* where its leading comments begin, or it itself */
    size_t own_end; /* behind its comma and trailing comments */
    size_t comma;   /* 0: none */
    bool is_first_on_line, ends_line;
    bool has_line_comment; /* the last of what trails it */
    bool is_removed;
    bool is_followed; /* by anything, once all is changed; its own after not counted */
    struct item_change *before, *before_last;
    struct item_change *after, *after_last;
};

struct collection {
    struct hcl_edits *edits;
    struct touched *t;
    const struct hcl_node *node;
    const struct hcl_comments *comments;
    struct item *items; /* owned */
    size_t n;
    struct item_change *rest, *rest_last; /* for one without items */
    bool is_object;
    bool ends_in_comma; /* after the last item */
    bool uses_commas;   /* tuples always */
};

/* Reads the items; free(c->items). */
int collection_read(struct collection *c, struct err *err) MUST_USE;
bool collection_same_line(const struct collection *c, size_t from, size_t to);
/* Does the value end in a heredoc, so that only a newline may follow? */
bool collection_ends_in_heredoc(const struct hcl_node *value);
/* "key = " as the pairs beside it have it; like may be NULL. */
void collection_key(const struct collection *c, const struct item *like, const char *key,
                    struct buf *out);
/* Makes the splices that take the removed items away. */
int collection_remove(const struct collection *c, struct err *err) MUST_USE;

#endif
