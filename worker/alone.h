/*
 * Alone: an item that a worker died under is walked with no other beside it. A death is counted
 * against all that were under way, and only so is the next one counted against its cause.
 *
 *     alone_enter -> claim, and with crashes: alone_ask -> the walk, the claim given back
 *     -> alone_leave
 *
 * While one asks or is alone, those that come wait at the door, where they hold no claim, and those
 * that are under way finish. They wait for nobody: a second one that asks is refused. So at most
 * one item of a worker that may be its death has a claim and keeps it. One for all item threads;
 * any thread.
 */
#ifndef WORKER_ALONE_H
#define WORKER_ALONE_H

#include "common/base.h"

struct alone;

/* Asked while waiting: true ends the wait. Called with the lock of struct alone. */
typedef bool (*alone_stop_fn)(void *context);

enum alone_answer {
    ALONE_TAKEN = 1,   /* another asks or is alone: give the claim back and come again */
    ALONE_STOPPED = 2, /* should_stop said so */
};

int alone_new(struct alone **out, struct err *err) MUST_USE;
void alone_free(struct alone *alone); /* nobody may be in any more; NULL is fine */
DEFINE_CLEANUP(struct alone *, alone_free)

/* Waits at the door while another asks or is alone. False: should_stop said so; do not leave. */
bool alone_enter(struct alone *alone, alone_stop_fn should_stop, void *context) MUST_USE;
/* For who has entered, once. 0: no other is in, and none comes until alone_leave. */
int alone_ask(struct alone *alone, alone_stop_fn should_stop, void *context) MUST_USE;
/* is_alone: alone_ask answered 0. */
void alone_leave(struct alone *alone, bool is_alone);

#endif
