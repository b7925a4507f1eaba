/*
 * Claims: what each edit is about, so that two that contradict each other are seen. Part of
 * edit_internal.h's files; the story stands in edit_claim.c.
 */
#ifndef WORKER_HCL_EDIT_EDIT_CLAIM_H
#define WORKER_HCL_EDIT_EDIT_CLAIM_H

#include "worker/hcl/edit/edit_internal.h"

enum claim_slot {
    CLAIM_TEXT,    /* the node's text is another afterwards */
    CLAIM_GONE,    /* the node and all in it goes */
    CLAIM_MEMBER,  /* of a body or object, by name: added */
    CLAIM_BLOCK,   /* added to a body, by its text */
    CLAIM_TOP,     /* a top-level block added, by directory, type and labels */
    CLAIM_ELEMENT, /* added to a tuple, by place and text */
    CLAIM_CHANGE,  /* no edit: the index of body and collection changes */
};
struct claim {
    const struct hcl_node *node; /* with slot and name: what it is about */
    enum claim_slot slot;
    const char *name;
    const char *text;    /* two claims about one thing must have the same */
    const char *verb;    /* as it is told to people: "set acl" */
    uint32_t start, end; /* exclusive for TEXT and GONE; else a point; UINT32_MAX: nowhere */
    struct touched *file;
    void *change;
    struct claim *next;
};
enum { EDIT_AGAIN = 1 };
/* 0, or EDIT_AGAIN when the very same edit was made before; ERR_REJECT, naming both, when it
 * contradicts one about the same thing. */
int edit_claim(struct hcl_edits *edits, struct touched *t, const struct claim *wanted,
               struct err *err) MUST_USE;
/* The change kept for a node; *slot is made (NULL) when new. */
int edit_change_slot(struct hcl_edits *edits, const struct hcl_node *node, void ***slot,
                     struct err *err) MUST_USE;
/* ERR_REJECT, naming both, when an edit lies inside what another replaces or removes. */
int edit_claims_agree(const struct touched *t, struct err *err) MUST_USE;
void edit_claims_done(struct hcl_edits *edits);

#endif
