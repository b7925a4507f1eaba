/*
 * The Redis server of the simulation: texts and hashes with lifetimes, TIME, and EVAL by a real Lua
 * 5.1, which is what Redis runs, so the claim scripts are the product's own. A command that the
 * model does not know ends the program and says which.
 *
 * Its clock is its own: nature moves it. A snapshot is what a replica had; going back to it loses
 * every write since.
 */
#ifndef TESTS_SIM_REDIS_MODEL_H
#define TESTS_SIM_REDIS_MODEL_H

#include "tests/sim/sim.h"

struct redis_reply; /* common/redis/redis.h */

void redis_begin(void);
void redis_end(void);
int64_t redis_now_us(void);
void redis_move_clock(int64_t ms);
void redis_empty(void);
void redis_keep_snapshot(void);
bool redis_go_back(void);  /* false: no snapshot */
size_t redis_losses(void); /* of all kinds, so far */

/* What EVAL and commands do; argv without the command's name of an EVAL. Owned reply, an error's
 * text in *error (static) and NULL otherwise. */
struct redis_reply *redis_do(size_t argc, const char *const *argv, const size_t *lens,
                             const char **error);
struct redis_reply *redis_do_script(const char *text, size_t n_keys, size_t argc,
                                    const char *const *argv, const size_t *lens,
                                    const char **error);
/* A field of a hash for invariants; NULL when absent. */
const char *redis_field(const char *key, const char *field);

/* --- entries: redis_store.c for redis_commands.c --- */
#define REDIS_FIELDS_MAX 40 /* a record has a mark of each replay */
struct text {
    char *bytes;
    size_t len;
};
struct entry {
    char *key; /* NULL: free */
    bool is_hash;
    struct text value;
    char *names[REDIS_FIELDS_MAX];
    struct text fields[REDIS_FIELDS_MAX];
    int64_t ends_at_ms; /* Redis' clock; 0: never */
};
int64_t redis_now_ms(void);
struct text redis_text_new(const char *bytes, size_t len);
struct entry *redis_entry(const char *key); /* NULL: absent, or its time is over */
struct entry *redis_entry_make(const char *key, bool is_hash);
void redis_entry_done(struct entry *entry);
int redis_field_of(const struct entry *entry, const char *name); /* -1: absent */
void redis_field_set(struct entry *entry, const char *name, const char *bytes, size_t len);
bool redis_field_drop(struct entry *entry, const char *name);

/* --- replies --- */
struct redis_reply *reply_nil(void);
struct redis_reply *reply_int(int64_t number);
struct redis_reply *reply_text(const char *bytes, size_t len);
struct redis_reply *reply_list(size_t n);
void reply_put_give(struct redis_reply *list, size_t i, struct redis_reply *element);
int64_t reply_code(const struct redis_reply *reply); /* a script's first number; -1 none */
void reply_set_code(struct redis_reply *reply, int64_t code);

#endif
