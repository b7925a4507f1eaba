/*
 * Edits, inside: what the edit*.c files share. Users read edit.h.
 *
 *     edit.c             the set, its files, apply and undo
 *     edit_claim.c       what each edit lays claim to: repeats and contradictions
 *     edit_body.c        verbs for arguments and blocks: edit_layout.c, edit_remove.c say where
 *     edit_top.c         blocks beside blocks
 *     edit_item.c        verbs for elements and keys: edit_collection*.c say where
 *     edit_rename.c      labels and references
 *     edit_snippet.c     texts that callers bring          edit_fit.c         where they stand
 *     edit_apply.c       splices into bytes, laid out again  edit_spans.c       what changed
 *
 * An edit is kept as a splice (bytes replaced by text), except for what changes the members of a
 * body or collection: that is gathered, because the place, the blanks and the commas around depend
 * on all of it. It becomes splices when everything is known.
 *
 * All memory is the arena of the edits, unless said.
 */
#ifndef WORKER_HCL_EDIT_EDIT_INTERNAL_H
#define WORKER_HCL_EDIT_EDIT_INTERNAL_H

#include "common/arena.h"
#include "worker/hcl/edit/comments.h"
#include "worker/hcl/edit/edit.h"

#define EDITS_MAX_BYTES ((size_t)64 * 1024 * 1024)

enum {
    SPLICE_GAP_BEFORE = 1, /* a blank line before, unless it comes first in its body or file */
    SPLICE_GAP_AFTER = 2,  /* and after, unless it comes last */
    SPLICE_OWN_LINE = 4,   /* starts on a line of its own */
    SPLICE_FIRST = 8,      /* before others that are put in at that place */
};

/* Removals (no text) may overlap each other; an insertion inside one stays. */
struct splice {
    size_t start, end; /* of the old bytes */
    const char *text;
    int flags;
    size_t order; /* of splices at one place */
    struct splice *next;
};

struct addition {
    const char *name; /* of an argument; NULL for a block */
    const char *text; /* the value, or the whole block, at indentation 0 */
    struct addition *next;
};
struct additions {
    struct addition *first, *last;
};

struct body_change {
    const struct hcl_node *body;
    struct additions arguments, blocks;
    struct body_change *next;
};

struct item_change {
    const struct hcl_node *anchor; /* an element or key; NULL: the end */
    enum { ITEM_BEFORE, ITEM_AFTER, ITEM_REMOVE } how;
    const char *key;  /* of a pair, as meant; NULL for an element */
    const char *text; /* the value, at indentation 0 */
    struct item_change *next;
};

struct collection_change {
    const struct hcl_node *node; /* HCL_TUPLE or HCL_OBJECT */
    struct item_change *first, *last;
    struct collection_change *next;
};

struct touched {
    const struct hcl_file *file; /* NULL: a new one */
    const char *path;
    const char *text; /* of a new one */
    const char *eol;  /* as the file ends its lines */
    struct splice *splices;
    size_t n_splices;
    struct body_change *bodies;
    struct collection_change *collections;
    struct claim *claims;
    size_t n_claims;
    struct hcl_comments *comments; /* owned; made when first asked for */
    struct buf bytes;              /* the result, owned */
    const struct hcl_edit_span *spans;
    size_t n_spans;
    struct touched *next;
};

struct hcl_edits {
    struct arena *arena;
    struct touched *files;
    size_t n_files;
    size_t count;
    bool applied;
    void *index;               /* of claims and changes, by what they are about: tsearch */
    struct hcl_edited *edited; /* in the arena */
};

/* --- edit.c --- */
/* The record of the file, made when it is new to the set. ERR_REJECT after apply. */
int edit_touch(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *node,
               struct touched **out, struct err *err) MUST_USE;
int edit_splice(struct hcl_edits *edits, struct touched *t, size_t start, size_t end,
                const char *text, int flags, struct err *err) MUST_USE;
/* Takes the text of a buffer, or its failure. */
int edit_splice_buf(struct hcl_edits *edits, struct touched *t, size_t start, size_t end,
                    const struct buf *text, int flags, struct err *err) MUST_USE;
int edit_comments(struct touched *t, const struct hcl_comments **out, struct err *err) MUST_USE;
/* ERR_REJECT "path:line: why". */
int edit_refuse(const struct hcl_file *file, size_t offset, const char *why,
                struct err *err) MUST_USE;

/* --- edit_snippet.c ---
 * Checked to be what it claims, laid out as terraform fmt does, without newlines at the end. */
int edit_snippet_value(struct arena *arena, const char *name, const char *expression,
                       const char **out, struct err *err) MUST_USE;
int edit_snippet_blocks(struct arena *arena, const char *text, const char **out,
                        struct err *err) MUST_USE;
/* "1, 2": the elements of a list, each as edit_snippet_value gives it; at least one. */
int edit_snippet_elements(struct arena *arena, const char *text, struct additions *out,
                          struct err *err) MUST_USE;
/* Appends the snippet with every line but the first indented, the text of "<<" heredocs excepted.
 */
int edit_snippet_put(struct buf *out, const char *snippet, bool is_value, const char *indent,
                     const char *eol, struct err *err) MUST_USE;

/* --- edit_fit.c --- */
/* The expression with the parentheses or blanks that it needs in the place of node. ERR_REJECT when
 * no expression of its own stands there. */
int edit_fit(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *node,
             const char *text, const char **out, struct err *err) MUST_USE;
bool edit_ends_in_heredoc(const char *text);
int edit_refuse_heredoc(const struct hcl_file *file, size_t offset, struct err *err) MUST_USE;

/* --- edit_body.c --- */
int edit_value(struct hcl_edits *edits, struct touched *t, const struct hcl_node *value,
               const char *text, const char *verb, struct err *err) MUST_USE;

/* --- edit_layout.c: where things stand --- */
const char *edit_eol(const struct hcl_file *file);
/* The blanks that the line of offset starts with, copied. NULL without memory. */
const char *edit_indent(struct arena *arena, const struct hcl_file *file, size_t offset);
size_t edit_line_start(const struct hcl_file *file, size_t offset);
size_t edit_line_end(const struct hcl_file *file, size_t offset); /* behind its newline */
int edit_layout(struct hcl_edits *edits, struct touched *t, const struct body_change *change,
                struct err *err) MUST_USE;

/* --- edit_remove.c --- */
const struct hcl_node *edit_parent(const struct hcl_file *file, const struct hcl_node *node);
/* Removes the whole lines from start to end (behind a newline), and the blank line that would be
 * one too many; floor is where the member before ends, or its holder begins (is_first). */
int edit_remove_lines(struct hcl_edits *edits, struct touched *t, size_t start, size_t end,
                      size_t floor, bool is_first, struct err *err) MUST_USE;
int edit_remove_member(struct hcl_edits *edits, struct touched *t, const struct hcl_node *body,
                       const struct hcl_node *node, struct err *err) MUST_USE;

/* --- edit_item.c, edit_collection.c --- */
int edit_remove_item(struct hcl_edits *edits, struct touched *t, const struct hcl_node *collection,
                     const struct hcl_node *item, struct err *err) MUST_USE;
int edit_collection(struct hcl_edits *edits, struct touched *t,
                    const struct collection_change *change, struct err *err) MUST_USE;

/* --- edit_apply.c --- */
int edit_apply(struct hcl_edits *edits, struct touched *t, struct err *err) MUST_USE;

#endif
