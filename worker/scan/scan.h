/*
 * Scan: every rule over a tree of Terraform, straight from disk. One look, no network, nothing
 * changed.
 *
 *     scan_read (directory -> repo) -> scan_repo -> watch.hit, watch.trouble
 *
 * The root modules are looked at one after the other; a module that others call is looked at
 * through them. What a root takes is freed before the next is opened, so a tree may be larger than
 * memory has room for its roots. A directory that no root reaches because its callers cannot be
 * read (or call each other) is looked at as a root of its own.
 *
 * Each finding is told once for each block, as the first root shows it; through later roots it is
 * told again as repeated, or anew where they make it worse. What fails in one root fails.
 *
 * Holds:      unknown is told as unknown. A directory that cannot be read or opened is a trouble,
 *             and ends nothing.
 * Does not:   fetch modules. A remote module's resources are not seen.
 *
 * One thread per repo.
 */
#ifndef WORKER_SCAN_SCAN_H
#define WORKER_SCAN_SCAN_H

#include "worker/rules/rules.h"

struct scan_mark; /* marks.h: a comment that suppresses */

struct scan_hit { /* borrowed until the callback returns */
    const struct rule *rule;
    const struct hcl_module *root;
    const struct hcl_resource *resource;
    enum rule_verdict verdict; /* RULE_FAILS or RULE_UNKNOWN */
    const char *why;
    const char *file; /* where the block is written, and its lines */
    int line, last_line;
    bool repeated;                /* this block was told of with this verdict, or a worse one */
    const struct scan_mark *mark; /* a comment suppresses it; NULL: none does */
};

enum scan_trouble_kind {
    SCAN_FILE, /* path is not readable, or is no Terraform: text in terraform's words */
    SCAN_ROOT, /* path is a directory that cannot be opened as a module */
};
struct scan_trouble {
    enum scan_trouble_kind kind;
    const char *path; /* "" is the top */
    const char *text; /* "main.tf:3:1: …" where a place is known */
};

/* All answer 0 to go on, or an error class, which ends the scan. Any may be NULL. */
struct scan_watch {
    void *context;
    int (*hit)(void *context, const struct scan_hit *hit, struct err *err);
    int (*trouble)(void *context, const struct scan_trouble *trouble, struct err *err);
    /* At the end, of every mark in the tree; state is an enum scan_mark_state. */
    int (*mark)(void *context, const struct scan_mark *mark, int state, struct err *err);
};

struct scan_counts {
    size_t files;                 /* that were read */
    size_t directories;           /* with .tf files */
    size_t roots;                 /* that were opened */
    size_t resources;             /* blocks of managed resources, each once */
    size_t checks;                /* rules asked of blocks they apply to */
    size_t holds, fails, unknown; /* of those, by the worst answer */
    size_t suppressed;            /* would be fails or unknown, but for a mark */
};

/* Reads every Terraform file below the directory into the repo; what cannot be read is a trouble.
 * ERR_REJECT: no such directory, or larger than hcl_repo may be; ERR_RETRY: the directory itself
 * cannot be read; ERR_FATAL. */
int scan_read(struct hcl_repo *repo, const char *directory, const struct scan_watch *watch,
              struct err *err) MUST_USE;
/* Asks the rules (borrowed); today ("2026-01-02", UTC) decides which marks are expired. out is
 * filled on 0. ERR_FATAL, or what a callback said. */
int scan_repo(struct hcl_repo *repo, const struct rule *const *rules, size_t n_rules,
              const char *today, const struct scan_watch *watch, struct scan_counts *out,
              struct err *err) MUST_USE;

#endif
