/*
 * What is outside: one repository and its pull requests, and behind git.h and forge.h a client of
 * each. A branch is created, never moved, by whoever comes first; the forge allows one open pull
 * request per branch, and a new one where the last is closed, as GitHub does.
 */
#ifndef TESTS_SIM_OUTSIDE_H
#define TESTS_SIM_OUTSIDE_H

#include "tests/sim/sim.h"
#include "worker/forge/forge.h"
#include "worker/git/git.h"

#define PULLS_MAX    64
#define BRANCHES_MAX 64
#define COMMITS_MAX  256

struct pull {
    char fp[65];
    char branch[256];
    enum forge_state state;
    int64_t closed_ms; /* 0: open */
    /* Moments of the forge, in the order in which they were: a millisecond holds several. */
    int64_t opened_at, closed_at;
};

extern struct pull pulls[PULLS_MAX];
extern size_t n_pulls;

void outside_begin(void);
struct forge *forge_model_new(void);
/* people.c: findings are sent, sent again, and pull requests answered. */
void people_begin(void);
void *people_find(void *n_findings);
bool people_have_sent_all(void);
void people_send_again(void);
void people_replay(void); /* what has ended, or what was replayed before */
void people_answer(bool merge);
void people_see(struct pull *pull); /* a new one */

/* What people do to a pull request. Both may delete the branch, as GitHub can by itself. */
void people_close(struct pull *pull, bool merge, bool delete_branch);
void people_push(void); /* the base branch moves on */
bool branch_exists(const char *branch);
size_t plans_made(void); /* diffs asked for: once per plan */
size_t
late_reopens(void); /* closed between a worker's look and its request: nobody can fence that */

#endif
