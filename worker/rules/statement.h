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
 *     ports      no ingress from the whole world on these ports
 *     any        one of several statements; the fix makes the first one hold
 *     policy     an IAM policy document contains a statement (policy_statement.h)
 *
 * Everything is in the pack's arena and read-only after loading.
 */
#ifndef WORKER_RULES_STATEMENT_H
#define WORKER_RULES_STATEMENT_H

#include "common/base.h"

#define STATEMENT_DEPTH_MAX  8
#define COMPANION_PLACES_MAX 4

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

enum statement_verb {
    VERB_ATTRIBUTE,
    VERB_BLOCK,
    VERB_COMPANION,
    VERB_PORTS,
    VERB_ANY,
    VERB_POLICY
};
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
    const char *sid;       /* policy: of the statement that the fix writes */
    const struct policy_want *policy; /* policy; with name, link and to of a companion, or none */
};

struct rule_statement {            /* behind rule->statement */
    struct statements only_when;   /* else the rule does not apply */
    struct statements refuse_when; /* any that holds stops the fix */
    struct statements must;
};

#endif
