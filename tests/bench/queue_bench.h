/*
 * Queue bench: our own sides of ./dev bench queue, one program with a verb for each measurement.
 *
 *     bench_queue VERB ARGUMENTS…      one line of "key=value" on standard output
 *
 * What is measured are the worker's doors as they are (claim_store, queue_consumer with its
 * tracker, queue_producer), strung together as worker.c and item_thread.c do it, with steps that
 * do nothing. Every verb counts what it did: an item that ends twice, or not at all, fails it.
 *
 * For the bench alone.
 */
#ifndef TESTS_BENCH_QUEUE_BENCH_H
#define TESTS_BENCH_QUEUE_BENCH_H

#include "common/base.h"

#define QUEUE_BENCH_KEY     "%08x" /* of a record: which item it is */
#define QUEUE_BENCH_KEY_LEN 8

/* A verb's arguments, without its name; 0 or an error class. It prints its line itself. */
typedef int (*queue_verb_fn)(int argc, char **argv, struct err *err);

int queue_verb_script(int argc, char **argv, struct err *err);  /* the take script's text */
int queue_verb_claims(int argc, char **argv, struct err *err);  /* URL CLAIMS THREADS */
int queue_verb_offsets(int argc, char **argv, struct err *err); /* OFFSETS */
int queue_verb_broker(int argc, char **argv, struct err *err);  /* PARTITIONS; to end of input */
int queue_verb_fill(int argc, char **argv, struct err *err);    /* BROKERS TOPIC ITEMS PARTITIONS */
int queue_verb_depth(int argc, char **argv, struct err *err);   /* BROKERS TOPIC */
int queue_verb_raw(int argc, char **argv, struct err *err);     /* BROKERS TOPIC ITEMS GROUP */
int queue_verb_noop(int argc, char **argv, struct err *err);    /* BROKERS TOPIC ITEMS GROUP */
/* BROKERS TOPIC ITEMS GROUP URL THREADS first|again|known */
int queue_verb_path(int argc, char **argv, struct err *err);

int64_t queue_now_ns(void);
/* A whole number of at least 1, or ERR_REJECT. */
int queue_number(const char *text, size_t *out, struct err *err) MUST_USE;

/* Which items ended, and that none did twice. For one thread. */
struct queue_tally {
    unsigned char *seen;
    size_t items, ended;
    int64_t first_ns, last_ns; /* of the first record's arrival, of the last commit */
};
int queue_tally_new(struct queue_tally *out, size_t items, struct err *err) MUST_USE;
void queue_tally_done(struct queue_tally *tally);
/* ERR_REJECT: not one of ours, or ended before. */
int queue_tally_end(struct queue_tally *tally, const void *key, size_t len,
                    struct err *err) MUST_USE;
void queue_tally_print(const struct queue_tally *tally);

#endif
