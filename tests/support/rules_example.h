/*
 * One example of the rule language: a statement, a module, what the check says of it and what the
 * fix makes of it. The subject is aws_x.y, wherever it stands.
 */
#ifndef TESTS_SUPPORT_RULES_EXAMPLE_H
#define TESTS_SUPPORT_RULES_EXAMPLE_H

#include "worker/rules/rules.h"

#define CHANGED   0
#define X(inside) "resource \"aws_x\" \"y\" {\n" inside "}\n"

struct example {
    const char *must; /* the statement */
    const char *text; /* main.tf */
    enum rule_verdict verdict;
    int answer;
    const char *then; /* CHANGED: the new main.tf; else what the outcome says */
};
/* A pack with one rule for aws_x; must is its statements, each line with six blanks in front. */
struct rules *rules_example_pack(const char *must);
/* Checked, fixed, and checked again; fails the test where anything differs. */
void rules_example_check(const struct example *examples, size_t n);

#endif
