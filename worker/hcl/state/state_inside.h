/* State inside: what the files behind state.h share, and nobody else sees. */
#ifndef WORKER_HCL_STATE_STATE_INSIDE_H
#define WORKER_HCL_STATE_STATE_INSIDE_H

#include "common/arena.h"
#include "worker/hcl/state/state.h"
#include "worker/hcl/state/state_json.h"

#define STATE_NAMES_MAX 24  /* for one instance */
#define STATE_WORDS_MAX 256 /* different attribute names; the tables know far fewer */

struct state_key { /* one entry of the index */
    const char *text;
    uint32_t instance;
    uint32_t name;
};

struct hcl_state {
    struct arena *arena;
    struct hcl_state_instance *instances;
    size_t n, cap;
    struct state_key *arns;  /* by normal form, then in order */
    struct state_key *names; /* every other value, likewise */
    uint32_t *addresses;     /* instances by address, the current ones alone */
    size_t n_arns, n_names, n_addresses;
    size_t arena_bytes; /* spent, and what the index will need */
};

/* What is being read. */
struct state_reading {
    struct hcl_state *state;
    struct cursor *c;
    bool no_memory;
    const char *words[STATE_WORDS_MAX]; /* attribute names, each kept once */
    size_t n_words;
    const char *type;                        /* the last one */
    const char *wanted[STATE_NAMES_MAX + 1]; /* the attributes that can name one of it */
    size_t n_wanted;
};

/* --- state_names.c --- */
/* Fills type and wanted; nothing is wanted of types whose id may be the secret itself. False
 * without memory. */
bool state_want(struct state_reading *reading, const char *type);
/* The spelling under which ARNs are compared; false when it is no ARN, or too long. */
bool state_arn_normal(const char *arn, char out[CURSOR_TEXT_MAX + 1]);

/* --- state_instance.c --- */
/* Where the parts of one instance begin in the bytes (0: absent), and what is known of it. */
struct state_parts {
    const char *address; /* in the state's arena */
    const char *type;
    size_t attributes;
    size_t sensitive_paths;  /* raw state: a list of paths */
    size_t sensitive_values; /* show -json: an object like the attributes */
    bool tainted, deposed;
};
bool state_add_instance(struct state_reading *reading, const struct state_parts *parts);
/* Memory of the state's; NULL: no_memory is set, or its share is used up and the cursor failed. */
void *state_alloc(struct state_reading *reading, size_t bytes);
char *state_copy(struct state_reading *reading, const char *text);

/* --- state_raw.c, state_show.c: the cursor stands at the list or object --- */
bool state_read_raw(struct state_reading *reading);
bool state_read_show(struct state_reading *reading);

/* --- state_index.c --- */
int state_index(struct hcl_state *state, struct err *err) MUST_USE;

#endif
