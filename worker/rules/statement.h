/*
 * Statement: what a rule demands, as data. The same tree is read by the check and by the fix.
 *
 *     statement_read.c (YAML -> statements) -> check.c, companion.c, ports.c -> fix.c, owner.c,
 * render.c
 *
 * A statement speaks of a body (a resource's, or a nested block's) and has one verb:
 *
 *     attribute  one argument, tested; the fix writes it where its value is owned
 *     block      a nested block (every one of them, or any of them) whose own statements hold
 *     companion  another resource that refers to the subject and whose own statements hold
 *     ports      no ingress from the whole world on these ports
 *     any        one of several statements; the fix makes the first one hold
 *
 * Everything is in the pack's arena and read-only after loading.
 */
#ifndef WORKER_RULES_STATEMENT_H
#define WORKER_RULES_STATEMENT_H

#include "common/arena.h"
#include "common/yaml.h"
#include "worker/rules/rules.h"

#define STATEMENT_DEPTH_MAX   8
#define COMPANION_PLACES_MAX  4
#define LOOK_AT_INSTANCES_MAX 256 /* of one resource; more are not looked at one by one */

enum literal_kind { LITERAL_BOOL, LITERAL_NUMBER, LITERAL_TEXT, LITERAL_INPUT, LITERAL_EXPRESSION };
struct literal {
    enum literal_kind kind;
    bool boolean;
    double number;
    const char *text; /* as written in the pack; LITERAL_INPUT: the input's name */
};
struct literals {
    struct literal *items;
    size_t n;
    bool is_list; /* written as a list, so it is one in Terraform too */
};

enum test_kind {
    TEST_ONE_OF,
    TEST_NONE_OF,
    TEST_AT_LEAST,
    TEST_CONTAINS,
    TEST_PRESENT,
    TEST_ABSENT
};
struct test {
    enum test_kind kind;
    struct literals values; /* one_of, none_of, contains */
    struct literals also;   /* at_least: values that are as good (0 = for ever) */
    double minimum;
};

struct body_item { /* one line of a block that the fix writes */
    const char *name;
    bool is_block;
    struct literals values; /* an argument */
    struct body *body;      /* a nested block */
};
struct body {
    struct body_item *items;
    size_t n;
};

struct statement;
struct statements {
    struct statement *items;
    size_t n;
};

enum statement_verb { VERB_ATTRIBUTE, VERB_BLOCK, VERB_COMPANION, VERB_PORTS, VERB_ANY };
struct statement {
    enum statement_verb verb;
    const char *name;       /* the argument, block type or companion's resource type; ports: "" */
    const char *reason;     /* in a guard: what to tell a person */
    bool absent_holds;      /* an absent argument or block is as good */
    struct test test;       /* attribute */
    struct literals set;    /* attribute: what the fix writes; empty: the fix cannot write it */
    bool any;               /* block: one good block is enough; else every block counts */
    struct body match;      /* block: which of several is meant */
    struct statements must; /* block, companion: what holds inside; any: the choices */
    struct body create;     /* block, companion: what the fix adds when there is none */
    bool can_create;
    const char *link; /* companion: its argument that names the subject */
    const char *const
        *to; /* companion: the subject's attributes it may use, the first is written */
    struct statement
        *inline_form;      /* companion: the older way, a block inside the subject; or NULL */
    struct literals ports; /* ports */
    const char *input;     /* ports: the input that says who may come in */
};

struct rule_statement {            /* behind rule->statement */
    struct statements only_when;   /* else the rule does not apply */
    struct statements refuse_when; /* any that holds stops the fix */
    struct statements must;
};

/* --- reading (statement_read.c, attribute_read.c, body_read.c) --- */
struct pack_reader {
    const struct yaml *yaml;
    struct arena *arena;
};
/* Keys of a statement: absent keys leave *out alone. */
int statement_text(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                   const char **out, struct err *err) MUST_USE;
int statement_bool(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                   bool *out, struct err *err) MUST_USE;
int statement_absent(const struct pack_reader *reader, const struct yaml_node *map, bool *out,
                     struct err *err) MUST_USE;
int attribute_read(const struct pack_reader *reader, const struct yaml_node *map,
                   struct statement *out, struct err *err) MUST_USE;
int statements_read(const struct pack_reader *reader, const struct yaml_node *list, int depth,
                    struct statements *out, struct err *err) MUST_USE;
int literals_read(const struct pack_reader *reader, const struct yaml_node *node,
                  struct literals *out, struct err *err) MUST_USE;
int body_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
              struct body *out, struct err *err) MUST_USE;

/* --- checking --- */
struct place { /* a body inside a resource */
    const struct hcl_module *root;
    const struct hcl_resource *resource;
    const struct hcl_node *body;
    const struct hcl_instance *only; /* the one instance that is meant; NULL: all of them */
};
/* The instances to look at: only, or the first LOOK_AT_INSTANCES_MAX of all. */
size_t place_instances(const struct place *place, const struct hcl_instance **out);
struct why {
    char *text;
    size_t size;
};
void why_say(struct why why, const char *format, ...) PRINTF_LIKE(2, 3);
enum rule_verdict statement_check(const struct place *place, const struct statement *statement,
                                  struct why why);
/* All must hold: one failure decides, then one unknown. */
enum rule_verdict statements_check(const struct place *place, const struct statements *list,
                                   struct why why);
enum rule_verdict ports_check(const struct place *place, const struct statement *statement,
                              struct why why);
/* value NULL or null is "absent". */
enum rule_verdict test_value(const struct statement *statement, const struct hcl_value *value,
                             struct why why);
bool literal_equals(const struct literal *literal, const struct hcl_value *value);
/* Does a block fit statement->match? UNKNOWN where an argument cannot be known. */
enum rule_verdict block_matches(const struct place *place, const struct statement *statement,
                                const struct hcl_node *block);
bool body_has_dynamic(const struct hcl_file *file, const struct hcl_node *body, const char *type);
/* The whole of rule_check but the type test, and the guards apart. */
enum rule_verdict guards_apply(const struct place *place, const struct rule_statement *statement,
                               struct why why);

/* --- companions (companion.c) --- */
enum companion_search { COMPANION_NONE, COMPANION_FOUND, COMPANION_PARTIAL, COMPANION_UNSURE };
struct companions {
    enum companion_search found;
    const struct hcl_resource *items[8];
    size_t n;
};
/* Who in the whole module tree refers to the subject. why is filled for COMPANION_PARTIAL (an
 * instance has none) and COMPANION_UNSURE. */
void companions_find(const struct place *subject, const struct statement *statement,
                     struct companions *out, struct why why);
/* The places inside the companion one where the subject's instance (or all of it) is answered. */
size_t companion_places(const struct place *subject, const struct statement *statement,
                        const struct hcl_resource *one, struct place *out, size_t max);
enum rule_verdict companion_check(const struct place *place, const struct statement *statement,
                                  struct why why);
/* Is the older form (a block in the subject) the one to look at or to write? */
bool inline_is_used(const struct place *subject, const struct statement *statement);
bool provider_is_older_than(const struct hcl_module *module, const char *provider, int major);
/* Where the rule's must is asked. A finding may name the companion: then the subject is the
 * resource that it refers to, where known. */
struct place rule_place(const struct rule *rule, const struct rule_target *target);

#endif
