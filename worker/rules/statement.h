/*
 * Statement: what a rule demands, as data. The same tree is read by the check and by the fix.
 *
 *     statement_read.c (YAML -> statements) -> check.c, companion.c, ports.c
 *         -> fix.c, owner.c, render.c
 *
 * A statement speaks of a body (a resource's, or a nested block's) and has one verb:
 *
 *     attribute  one argument, tested; the fix writes it where its value is owned
 *     block      a nested block (every one of them, or any of them) whose own statements hold
 *     companion  another resource that refers to the subject and whose own statements hold
 *     ports      no ingress (or egress) from the whole world on these ports
 *     any        one of several statements; the fix makes the first one hold
 *     iam        an IAM policy document contains a statement (policy_statement.h)
 *
 * Everything is in the pack's arena and read-only after loading.
 */
#ifndef WORKER_RULES_STATEMENT_H
#define WORKER_RULES_STATEMENT_H

#include "worker/rules/need.h"

#define STATEMENT_DEPTH_MAX  8
#define COMPANION_PLACES_MAX 4
#define WITH_MAX             8 /* resources beside one companion */

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
    TEST_LIKE,
    TEST_AT_LEAST,
    TEST_CONTAINS,
    TEST_CONTAINS_NONE,
    TEST_PRESENT,
    TEST_ABSENT
};
struct test {
    enum test_kind kind;
    struct literals values; /* one_of, none_of, like, contains, contains_none */
    struct literals also;   /* at_least: values that are as good (0 = for ever) */
    double minimum;
};

struct body_item { /* one line of a block that the fix writes */
    const char *name;
    const char *key; /* an argument that is an object with this one key; else NULL */
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

struct with_resource {
    const char *type;
    const char *name; /* has {name} in it */
    struct body body;
};

enum ports_kind { PORTS_CLOSED, PORTS_OPEN_ONLY, PORTS_EVERY }; /* these, all but these, all */
enum statement_verb { VERB_ATTRIBUTE, VERB_BLOCK, VERB_COMPANION, VERB_PORTS, VERB_ANY, VERB_IAM };
#define VERB_COUNT (VERB_IAM + 1)
struct statement {
    enum statement_verb verb;
    const char *name;       /* the argument, block type or companion's resource type; ports: "" */
    const char *map;        /* attribute: it is a member of this argument, "map.key"; else NULL */
    const char *key;        /* its key there */
    const char *reason;     /* in a guard: what to tell a person */
    bool absent_holds;      /* an absent argument or block is as good */
    bool references_hold;   /* attribute: what another resource gives is as good */
    struct test test;       /* attribute */
    struct literals set;    /* attribute: what the fix writes; empty: it can only take away */
    bool any;               /* block: one good block is enough; else every block counts */
    struct body match;      /* block, companion: which of several is meant */
    struct statements must; /* block, companion: what holds inside; any: the choices */
    struct body create;     /* block, companion: what the fix adds when there is none */
    bool can_create;
    const char *link;     /* companion: its argument that names the subject */
    const char *link_key; /* or this key of it, where it is a map; NULL */
    const char *const
        *to; /* companion: the subject's attributes it may use, the first is written */
    struct with_resource *with; /* companion: what create needs beside it */
    size_t n_with;
    struct statement
        *inline_form; /* companion: the older way, a block inside the subject; or NULL */
    int inline_below; /* and the provider's major version that has the companion */
    enum ports_kind ports_kind;
    struct literals ports; /* ports */
    bool egress;           /* ports: who may be reached, not who may come in */
    const char *input;     /* ports: the input that says who may come in; and by IPv6 (or NULL) */
    const char *ipv6_input;
    const struct policy_want *policy; /* policy: what is wanted; name, link, to: where */
};

struct rule_statement { /* behind rule->statement */
    struct rule_needs needs;
    struct statements only_when;   /* else the rule does not apply */
    struct statements refuse_when; /* any that holds stops the fix */
    struct statements must;
};

#endif
