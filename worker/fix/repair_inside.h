/* Repair inside: what passes (repair.c), findings (mend.c) and notes (repair_notes.c) share. */
#ifndef WORKER_FIX_REPAIR_INSIDE_H
#define WORKER_FIX_REPAIR_INSIDE_H

#include "common/arena.h"
#include "worker/fix/linked.h"
#include "worker/fix/names.h"
#include "worker/fix/repair.h"

#define KEY_BYTES 4096

struct repair {
    struct arena *arena; /* notes and their texts */
    struct repair_note *notes;
    size_t n, cap;
    size_t counts[REPAIR_ANSWERS];
    struct hcl_repo *before, *after; /* after is NULL when nothing changed */
};

/* What one pass knows. */
struct pass {
    struct repair *repair;
    const struct repair_options *options;
    struct names *first;     /* findings of the tree as it was */
    struct names *fixed;     /* findings that a pass before has fixed */
    struct names *fixed_now; /* findings that this pass fixes */
    struct names *added;     /* blocks that fixes have brought: they may lack inputs */
    struct names *touched;   /* blocks that this pass has changed */
    struct names *places;    /* resources of the tree as it was, with their lines */
    struct names *barred;    /* findings whose fix does not hold, with the reason; not the pass' */
    struct names *linked;    /* files that symlinks lead to, and those symlinks (linked.h) */
    struct names *put_off;   /* findings whose edits do not go with the others of this pass */
    struct hcl_edits *edits;
    size_t n_fixed; /* in this pass */
    bool is_first;  /* remembers what is found */
    bool is_last;   /* notes what is left, and fixes nothing */
    bool again;     /* an edit did not fit: the pass starts anew without it */
    bool refuted;   /* a fix was made and does not hold: all starts anew without it */
};

/* --- notes: texts are copied. 0 or ERR_FATAL --- */
int note_add(struct repair *repair, const struct repair_note *note, struct err *err) MUST_USE;
int note_hit(struct pass *pass, enum repair_answer answer, const struct scan_hit *hit,
             const char *text, struct err *err) MUST_USE;
/* A pass that starts anew takes back what it has said since there were n. */
void notes_take_back(struct repair *repair, size_t n);

/* --- names for the sets --- */
void finding_key(const struct scan_hit *hit, char out[KEY_BYTES]);
void place_key(const struct scan_hit *hit, char out[KEY_BYTES]); /* of its resource */
void block_key(const char *directory, const char *address, char out[KEY_BYTES]);

/* Fixes the finding in this pass, leaves it to the next, or notes why not. */
int mend(struct pass *pass, const struct scan_hit *hit, struct err *err) MUST_USE;

#endif
