/*
 * Redact: no secret leaves the process in words. A secret is registered once, when it is
 * read; from then on its value (raw, base64, URL-encoded, JSON-escaped) is replaced by
 * [redacted] wherever text goes out: log, audit, error text, PR body. Known shapes (ghp_, ghs_,
 * github_pat_, AKIA/ASIA ids, PEM private keys, xox, vat_, vcs_, hooks.slack.com paths) are
 * replaced too.
 *
 * Process-wide, any thread. Values shorter than 6 bytes are not registered (they would eat
 * ordinary words); the caller refuses such secrets at configuration time.
 */
#ifndef COMMON_TEXT_REDACT_H
#define COMMON_TEXT_REDACT_H

#include "common/base.h"
#include "common/buf.h"

void redact_register(const char *secret); /* NULL and "" are fine */
/* Appends text with every secret replaced. */
void redact(struct buf *out, const char *text, size_t len);
/* In place for a struct err. */
void redact_err(struct err *err);

#endif
