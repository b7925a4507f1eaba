/*
 * Mark texts: what a comment says to scanners. Pure.
 *
 *     # checkov:skip=CKV_AWS_18,CKV_AWS_21:reason     also bridgecrew:skip=
 *     # tfsec:ignore:aws-s3-enable-versioning:exp:2026-01-02 reason     also "*", [param=value]
 *     # trivy:ignore:AVD-AWS-0089 reason
 *     # plumb:ignore aws-s3-versioning until=2026-01-02 reason
 *
 * A comment may hold several; each id is a mark of its own. The reason of tfsec's and trivy's is
 * what stands behind the last of them.
 */
#ifndef WORKER_SCAN_MARK_TEXT_H
#define WORKER_SCAN_MARK_TEXT_H

#include "worker/rules/rules.h"

#define MARK_ID_BYTES     128
#define MARK_REASON_BYTES 400
#define MARK_DATE_BYTES   11 /* "2026-01-02" and its NUL */
#define MARKS_IN_COMMENT  16

enum mark_kind { MARK_CHECKOV, MARK_TFSEC, MARK_TRIVY, MARK_PLUMB };
const char *mark_kind_name(enum mark_kind kind); /* "checkov:skip", "tfsec:ignore" … */

struct mark_text {
    enum mark_kind kind;
    char id[MARK_ID_BYTES];         /* "*": every rule (tfsec and trivy) */
    char reason[MARK_REASON_BYTES]; /* "": none */
    char until[MARK_DATE_BYTES];    /* "": for ever */
    const char *problem;            /* why it cannot be honoured; NULL: it can */
};

/* The marks of a comment, its "#" or slashes included; answers how many were written to out. */
size_t mark_texts(const char *comment, size_t len, struct mark_text out[MARKS_IN_COMMENT]);
/* Is the mark over on that day ("2026-01-02")? Ours counts to the end of its day; tfsec's and
 * trivy's, as theirs, to its beginning. */
bool mark_is_expired(const struct mark_text *mark, const char *today);
/* Does it speak of the rule? */
bool mark_names_rule(const struct mark_text *mark, const struct rule *rule);
/* The Checkov id of a tfsec or trivy id where both certainly ask for the same; NULL past the last.
 * i counts up from 0 (mark_names.c). */
const char *mark_checkov_id(const char *id, size_t i);

#endif
