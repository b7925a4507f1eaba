/* What the verbs of plumb dlq share: the letters, read and judged. */
#ifndef CLI_DLQ_H
#define CLI_DLQ_H

#include "cli/operator.h"
#include "cli/replay_options.h"
#include "producer/letters.h"

struct dlq {
    struct operator_doors op;
    struct replay_names names;
    struct queue_scan *scan;
    struct letters letters;
    bool knows_ends;  /* Redis answered */
    size_t undecided; /* letters that an expression gave up on */
};

/* argp's parser of the verbs that act on letters: chosen by name, by conditions or with --all, and
 * with a reason unless nothing is done. Its input is a struct replay_options; wrong use ends the
 * program with words and code 2. */
error_t dlq_parse_choice(int key, char *argument, struct argp_state *state);
/* Opens everything and reads the letters. An exit code: EXIT_DONE, or after words on stderr
 * another. dlq_close in any case. */
int dlq_open(struct dlq *dlq, bool may_send);
void dlq_close(struct dlq *dlq);
/* Open, and what the options choose: conditions and limits. Counts what could not be judged, which
 * dlq_close then tells. */
bool dlq_is_chosen(struct dlq *dlq, const struct letter *letter,
                   const struct replay_options *options);
/* "3/17" */
void dlq_write_id(const struct letter *letter, char out[48]);

#endif
