/*
 * Closing: a fix of one opening on its way. The world's place in it is taken by those who may come
 * in.
 *
 *     fix_ports.c (what has to change) -> close_world.c (a list, where it is owned)
 *                                      -> split.c (an opening of more ports than are closed)
 *
 * Answers are 0, RULE_REFUSED or an error class.
 */
#ifndef WORKER_RULES_CLOSING_H
#define WORKER_RULES_CLOSING_H

#include "worker/rules/approved.h"
#include "worker/rules/owner.h"
#include "worker/rules/ports.h"

struct closing {
    struct fixer *fixer;
    const struct place *place; /* only: the instance at hand */
    const struct statement *statement;
    const struct opening *opening;
    struct opened opened;
    struct approved approved[2]; /* in the world's place, by family; none: the world only goes */
    struct port_piece pieces[PORT_PIECES_MAX];
    size_t n_pieces;  /* 1: all of its ports are closed */
    const char *what; /* "ingress" */
};
/* The expression that the opening has for an argument; NULL: it is not written in the resource. */
const struct hcl_node *closing_expression(const struct closing *closing, const char *name);

/* Replaces the world in one of the opening's sources. */
int close_world(const struct closing *closing, size_t family, struct err *err) MUST_USE;
/* What the source of a closed piece is to say, without brackets. is_here: it is a list that is
 * written in the opening itself; else it must be written out there now. */
int close_text(const struct closing *closing, size_t family, bool *is_here, struct buf *out,
               struct err *err) MUST_USE;
/* Does a change of the owner, from where here has its value, take the world from an instance or a
 * caller whose ports are none of those that are closed? Without owner: a change of the opening
 * itself. 0, RULE_REFUSED or an error class. */
int bystanders_refuse(const struct closing *closing, size_t family, const struct hcl_origin *here,
                      const struct hcl_origin *owner, struct err *err) MUST_USE;
/* May a rule that takes one range become one for each range? 0 or RULE_REFUSED. */
int spread_refuse(const struct closing *closing, size_t family);
/* "toset([…])" */
void spread_text(const struct closing *closing, size_t family, struct buf *out);
int spread_write(const struct closing *closing, size_t family, struct err *err) MUST_USE;

/* Cuts the opening into its pieces; split_refuse says beforehand whether that can be done. */
int split_refuse(const struct closing *closing);
int split_write(const struct closing *closing, struct err *err) MUST_USE;

#endif
