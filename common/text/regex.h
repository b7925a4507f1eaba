/*
 * Regex: Go's regular expressions (RE2 syntax), matched by PCRE2 behind one door.
 *
 *     regex_new() -> regex_next() … -> regex_free()
 *
 * Both take the leftmost match and prefer the first alternative, so where the syntax means the same
 * the answers are the same. regex_check.c lets only that common part through and writes down what
 * differs (\s, \z); everything else is refused, which is no verdict about the pattern.
 *
 * Matching is bounded in steps and memory. One regex per thread.
 */
#ifndef COMMON_TEXT_REGEX_H
#define COMMON_TEXT_REGEX_H

#include "common/base.h"
#include "common/buf.h"

#define REGEX_BYTES_MAX  4096
#define REGEX_GROUPS_MAX 99

struct regex;

enum regex_answer {
    REGEX_REFUSED = 1, /* syntax that is not known to mean the same, or none at all */
    REGEX_NONE = 2,    /* no further match */
    REGEX_LIMIT = 3,   /* too many steps: whether it matches is not known */
};

struct regex_match {
    size_t n; /* groups and the whole, which is the first */
    struct {
        size_t start, end; /* bytes of the subject; start SIZE_MAX: the group took no part */
    } spans[REGEX_GROUPS_MAX + 1];
};

/* 0, REGEX_REFUSED or ERR_FATAL (no memory). */
int regex_new(struct regex **out, const char *pattern, struct err *err) MUST_USE;
void regex_free(struct regex *regex);
DEFINE_CLEANUP(struct regex *, regex_free)

size_t regex_groups(const struct regex *regex);
/* Of group 1 …; NULL when it has no name. */
const char *regex_group_name(const struct regex *regex, size_t group);
/* Case is ignored somewhere, so that letters beyond ASCII may be taken otherwise than Go does. */
bool regex_ignores_case(const struct regex *regex);

/*
 * The first match at or after *at, which then stands where the next search begins; *last is the end
 * of the match before (SIZE_MAX at first): as in Go, an empty match there does not count.
 * 0, REGEX_NONE, REGEX_LIMIT. subject is UTF-8 with a NUL.
 */
int regex_next(const struct regex *regex, const char *subject, size_t *at, size_t *last,
               struct regex_match *out) MUST_USE;

/* --- regex_check.c --- */
struct regex_names {
    char names[REGEX_GROUPS_MAX + 1][64];
    size_t groups;
    bool ignores_case;
};
/* The pattern as PCRE2 must be given it; false: refused. */
bool regex_check(const char *pattern, struct buf *out, struct regex_names *names) MUST_USE;

#endif
