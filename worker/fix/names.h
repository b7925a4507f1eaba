/*
 * Names: a set of texts, for findings and blocks that must be recognized again; each may carry
 * another text.
 *
 *     names_new -> names_add, names_has -> names_free
 */
#ifndef WORKER_FIX_NAMES_H
#define WORKER_FIX_NAMES_H

#include "common/base.h"

struct names;

int names_new(struct names **out, struct err *err) MUST_USE;
void names_free(struct names *names);
DEFINE_CLEANUP(struct names *, names_free)
/* The text is copied; one that is there already is fine. ERR_FATAL. */
int names_add(struct names *names, const char *text, struct err *err) MUST_USE;
/* Likewise; the text of one that is there already stays. */
int names_add_text(struct names *names, const char *name, const char *text,
                   struct err *err) MUST_USE;
/* What it carries, "" for nothing; NULL when there is no such name. */
const char *names_text(const struct names *names, const char *name);
/* Without what they carry. */
int names_add_all(struct names *names, const struct names *others, struct err *err) MUST_USE;
bool names_is_empty(const struct names *names);
bool names_has(const struct names *names, const char *text);
void names_clear(struct names *names);

#endif
