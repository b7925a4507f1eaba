/* Looks: what is taken for a secret by what it looks like, or by what it is called. */
#ifndef WORKER_LLM_LOOKS_H
#define WORKER_LLM_LOOKS_H

#include "common/base.h"

/* "db_password", but not "password_length". */
bool looks_like_secret_name(const char *name);
/* A long text that looks random, and is nothing known (ARN, digest of an image, URL, path). */
bool looks_random(const char *text, size_t len);
/* How many letters, digits and characters of extra text begins with. */
size_t looks_run(const char *text, size_t len, const char *extra);
/* A URL with user:password@ in it. */
bool looks_like_userinfo(const char *text, size_t len);

#endif
