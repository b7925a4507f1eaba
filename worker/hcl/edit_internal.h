/*
 * Edits, inside: what the edit*.c files share. Users read edit.h.
 *
 * An edit is kept as a splice (bytes replaced by text), except for what is added to a body: that is
 * gathered per body, because the place and the blanks around depend on all of it. edit_layout.c
 * turns it into splices when everything is known; edit_apply.c puts splices in.
 *
 * All memory is the arena of the edits.
 */
#ifndef WORKER_HCL_EDIT_INTERNAL_H
#define WORKER_HCL_EDIT_INTERNAL_H

#include "common/arena.h"
#include "worker/hcl/edit.h"

#define EDITS_MAX_BYTES ((size_t)64 * 1024 * 1024)

enum {
    SPLICE_GAP_BEFORE = 1, /* a blank line before, unless it comes first in its body or file */
    SPLICE_GAP_AFTER = 2,  /* and after, unless it comes last */
    SPLICE_OWN_LINE = 4,   /* starts on a line of its own */
};

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

struct body_change {
    const struct hcl_node *body;
    struct addition *arguments, *blocks; /* in order */
    struct body_change *next;
};

struct touched {
    const struct hcl_file *file; /* NULL: a new one */
    const char *path;
    const char *text; /* of a new one */
    const char *eol;  /* as the file ends its lines */
    struct splice *splices;
    size_t n_splices;
    struct body_change *bodies;
    struct buf bytes; /* the result, owned */
    struct touched *next;
};

struct hcl_edits {
    struct arena *arena;
    struct touched *files;
    size_t n_files;
    size_t count;
    bool applied;
    struct hcl_edited *edited; /* in the arena */
};

int edit_splice(struct hcl_edits *edits, struct touched *t, size_t start, size_t end,
                const char *text, int flags, struct err *err) MUST_USE;

/* --- edit_snippet.c: the text that callers bring ---
 * Checked to be what it claims, laid out as terraform fmt does, without newlines at the end. */
int edit_snippet_value(struct arena *arena, const char *name, const char *expression,
                       const char **out, struct err *err) MUST_USE;
int edit_snippet_blocks(struct arena *arena, const char *text, const char **out,
                        struct err *err) MUST_USE;
/* Appends the snippet with every line but the first indented, the text of "<<" heredocs excepted.
 */
int edit_snippet_put(struct buf *out, const char *snippet, bool is_value, const char *indent,
                     const char *eol, struct err *err) MUST_USE;

/* --- edit_layout.c: where things stand --- */
const char *edit_eol(const struct hcl_file *file);
/* The blanks that the line of offset starts with, copied. NULL without memory. */
const char *edit_indent(struct arena *arena, const struct hcl_file *file, size_t offset);
size_t edit_line_start(const struct hcl_file *file, size_t offset);
size_t edit_line_end(const struct hcl_file *file, size_t offset); /* behind its newline */
int edit_layout(struct hcl_edits *edits, struct touched *t, const struct body_change *change,
                struct err *err) MUST_USE;
int edit_layout_remove(struct hcl_edits *edits, struct touched *t, const struct hcl_node *node,
                       struct err *err) MUST_USE;

/* --- edit_apply.c --- */
int edit_apply(struct hcl_edits *edits, struct touched *t, struct err *err) MUST_USE;

#endif
