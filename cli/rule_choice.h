/*
 * Rule choice: which rules a person asks for on the command line.
 *
 *     rule_choice_add_id, …_set_severity, …_add_class, …_add_type (while argp parses)
 *         -> rule_choice_make
 */
#ifndef CLI_RULE_CHOICE_H
#define CLI_RULE_CHOICE_H

#include <argp.h>

#include "worker/rules/rules.h"

#define RULE_CHOICE_MAX 64 /* of each option */

struct rule_choice {
    const char *ids[RULE_CHOICE_MAX];
    size_t n_ids;
    const char *types[RULE_CHOICE_MAX];
    size_t n_types;
    int least_severity;
    unsigned classes; /* a bit for each; 0: all */
    bool with_off;    /* those that are asked only by name, too */
};

struct rule_list {
    const struct rule **items; /* in the order of the packs */
    size_t n;
};
void rule_list_done(struct rule_list *list);

/* The built-in rules and those of PLUMB_RULES_PATH. Of the environment nothing else is read, so no
 * other program's setting can be in the way. 0, or a message on stderr and an exit code. */
int rules_of_environment(struct rules **out);

/* These end the program through argp where the text is none of the choices. */
void rule_choice_add_id(struct rule_choice *choice, const char *id, struct argp_state *state);
void rule_choice_add_type(struct rule_choice *choice, const char *type, struct argp_state *state);
void rule_choice_set_severity(struct rule_choice *choice, const char *least,
                              struct argp_state *state);
void rule_choice_add_class(struct rule_choice *choice, const char *name, struct argp_state *state);
/* Does it leave no rule out? */
bool rule_choice_is_whole(const struct rule_choice *choice);
/* Rules that fit all options. ERR_REJECT: an id that no rule has, or nothing is left; ERR_FATAL. */
int rule_choice_make(const struct rule_choice *choice, const struct rules *rules,
                     struct rule_list *out, struct err *err) MUST_USE;

#endif
