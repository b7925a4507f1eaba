/* A rule pack from a text in a test. */
#ifndef TESTS_SUPPORT_RULES_TEXT_H
#define TESTS_SUPPORT_RULES_TEXT_H

#include "worker/rules/rules.h"

/* The built-in pack with this one behind it; fails the test when it is refused. Free with
 * rules_free. */
struct rules *rules_of_text(const char *pack);

#endif
