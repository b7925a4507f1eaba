/*
 * Test value: one evaluated value against one test. Three answers: a value that will be known only
 * when Terraform runs is unknown, never good and never bad.
 */
#include "worker/rules/check.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

void why_say(struct why why, const char *format, ...)
{
    va_list args;

    if (why.size == 0)
        return;
    va_start(args, format);
    (void)vsnprintf(why.text, why.size, format, args);
    va_end(args);
}

/* Terraform turns "true" into true and "1" into 1 where an argument wants it, so both count as
 * equal. */
static bool equals_bool(const struct literal *literal, const struct hcl_value *value)
{
    if (value->kind == HCL_V_BOOL)
        return value->boolean == literal->boolean;
    return value->kind == HCL_V_TEXT && str_eq(value->text, literal->boolean ? "true" : "false");
}

static bool equals_number(const struct literal *literal, const struct hcl_value *value)
{
    char *end = NULL;

    if (value->kind == HCL_V_NUMBER)
        return value->number == literal->number;
    if (value->kind != HCL_V_TEXT || value->text[0] == '\0')
        return false;
    return strtod(value->text, &end) == literal->number && *end == '\0';
}

bool literal_equals(const struct literal *literal, const struct hcl_value *value)
{
    switch (literal->kind) {
    case LITERAL_BOOL:
        return equals_bool(literal, value);
    case LITERAL_NUMBER:
        return equals_number(literal, value);
    case LITERAL_TEXT:
        return value->kind == HCL_V_TEXT && str_eq(value->text, literal->text);
    case LITERAL_INPUT:
    case LITERAL_EXPRESSION:
        break;
    }
    return false;
}

/* Do the text's ends fit those of "front*back"? The whole of a known text, or what is known of one.
 */
static bool ends_fit(const char *wanted, const char *star, const char *prefix, const char *suffix)
{
    size_t front = (size_t)(star - wanted);
    size_t back = strlen(star + 1);
    size_t have_front = strlen(prefix);
    size_t have_back = strlen(suffix);
    size_t n_front = front < have_front ? front : have_front;
    size_t n_back = back < have_back ? back : have_back;

    return memcmp(wanted, prefix, n_front) == 0 &&
           memcmp(star + 1 + back - n_back, suffix + have_back - n_back, n_back) == 0;
}

enum rule_verdict literal_matches(const struct literal *wanted, const struct hcl_value *value)
{
    const char *star = wanted->kind == LITERAL_TEXT ? strchr(wanted->text, '*') : NULL;
    const char *prefix = value->prefix != NULL ? value->prefix : "";
    const char *suffix = value->suffix != NULL ? value->suffix : "";
    bool known = value->kind != HCL_V_UNKNOWN && value->kind != HCL_V_REFERENCE;

    if (star == NULL)
        return !known ? RULE_UNKNOWN : literal_equals(wanted, value) ? RULE_HOLDS : RULE_FAILS;
    if (known)
        return value->kind == HCL_V_TEXT && strlen(value->text) + 1 >= strlen(wanted->text) &&
                       ends_fit(wanted->text, star, value->text, value->text)
                   ? RULE_HOLDS
                   : RULE_FAILS;
    if (!ends_fit(wanted->text, star, prefix, suffix))
        return RULE_FAILS;
    return strlen(prefix) >= (size_t)(star - wanted->text) && strlen(suffix) >= strlen(star + 1)
               ? RULE_HOLDS
               : RULE_UNKNOWN;
}

static bool any_equals(const struct literals *literals, const struct hcl_value *value)
{
    for (size_t i = 0; i < literals->n; i++) {
        if (literal_equals(&literals->items[i], value))
            return true;
    }
    return false;
}

static bool is_unknown(const struct hcl_value *value)
{
    return value->kind == HCL_V_UNKNOWN || value->kind == HCL_V_REFERENCE;
}

static void describe(const struct hcl_value *value, char *out, size_t size)
{
    switch (value->kind) {
    case HCL_V_BOOL:
        (void)snprintf(out, size, "%s", value->boolean ? "true" : "false");
        break;
    case HCL_V_NUMBER:
        (void)snprintf(out, size, "%.17g", value->number);
        break;
    case HCL_V_TEXT:
        (void)snprintf(out, size, "\"%.60s\"", value->text);
        break;
    case HCL_V_LIST:
        (void)snprintf(out, size, "a list of %zu", value->n);
        break;
    case HCL_V_OBJECT:
        (void)snprintf(out, size, "an object");
        break;
    case HCL_V_REFERENCE:
        (void)snprintf(out, size, "%.100s", value->text);
        break;
    case HCL_V_NULL:
    case HCL_V_UNKNOWN:
        (void)snprintf(out, size, "not set");
        break;
    }
}

static enum rule_verdict contains_all(const struct statement *statement,
                                      const struct hcl_value *value, struct why why)
{
    const struct literals *wanted = &statement->test.values;
    bool unsure = false;

    if (value->kind != HCL_V_LIST) {
        why_say(why, "%s is not a list", statement->name);
        return RULE_FAILS;
    }
    for (size_t i = 0; i < value->n; i++)
        unsure = unsure || is_unknown(value->items[i]);
    for (size_t i = 0; i < wanted->n; i++) {
        bool found = false;

        for (size_t k = 0; k < value->n && !found; k++)
            found = literal_equals(&wanted->items[i], value->items[k]);
        if (found)
            continue;
        why_say(why, "%s %s \"%s\"", statement->name, unsure ? "may lack" : "lacks",
                wanted->items[i].text);
        return unsure ? RULE_UNKNOWN : RULE_FAILS;
    }
    return RULE_HOLDS;
}

static enum rule_verdict contains_none(const struct statement *statement,
                                       const struct hcl_value *value, struct why why)
{
    enum rule_verdict verdict = RULE_HOLDS;

    if (value->kind != HCL_V_LIST) {
        why_say(why, "%s is not a list", statement->name);
        return RULE_UNKNOWN;
    }
    for (size_t i = 0; i < value->n; i++) {
        char is[128];

        if (any_equals(&statement->test.values, value->items[i])) {
            describe(value->items[i], is, sizeof is);
            why_say(why, "%s contains %s", statement->name, is);
            return RULE_FAILS;
        }
        if (!is_unknown(value->items[i]))
            continue;
        why_say(why, "an element of %s cannot be known", statement->name);
        verdict = RULE_UNKNOWN;
    }
    return verdict;
}

static bool at_least(const struct test *test, const struct hcl_value *value)
{
    double number = value->number;
    char *end = NULL;

    if (any_equals(&test->also, value))
        return true;
    if (value->kind == HCL_V_TEXT) {
        number = strtod(value->text, &end);
        return end != value->text && *end == '\0' && number >= test->minimum;
    }
    return value->kind == HCL_V_NUMBER && number >= test->minimum;
}

static enum rule_verdict unknown_value(const struct statement *statement,
                                       const struct hcl_value *value, struct why why)
{
    why_say(why, "%s cannot be known: %s", statement->name,
            value->kind == HCL_V_REFERENCE ? value->text
            : value->unknown != NULL       ? value->unknown
                                           : "its value is computed");
    return RULE_UNKNOWN;
}

/* --- like --- */

static bool is_like(const char *form, const char *text)
{
    return fnmatch(form, text, FNM_NOESCAPE) == 0;
}

/* A text of which only the ends are known, or nothing. */
static enum rule_verdict ends_are_like(const char *form, const struct hcl_value *value)
{
    const char *prefix = value->prefix != NULL ? value->prefix : "";
    const char *suffix = value->suffix != NULL ? value->suffix : "";
    const char *last = strrchr(form, '*');
    char outer[256];

    if ((form[0] == '*' && is_like(form, suffix)) || (str_ends(form, "*") && is_like(form, prefix)))
        return RULE_HOLDS;
    if (last == NULL)
        return RULE_UNKNOWN;
    (void)snprintf(outer, sizeof outer, "%.*s%s", (int)strcspn(form, "*"), form, last);
    return ends_fit(outer, strchr(outer, '*'), prefix, suffix) ? RULE_UNKNOWN : RULE_FAILS;
}

/* What another resource gives goes by its address. */
static enum rule_verdict like(const char *form, const struct hcl_value *value)
{
    if (value->kind == HCL_V_UNKNOWN)
        return ends_are_like(form, value);
    return (value->kind == HCL_V_TEXT || value->kind == HCL_V_REFERENCE) &&
                   is_like(form, value->text)
               ? RULE_HOLDS
               : RULE_FAILS;
}

static enum rule_verdict like_any(const struct statement *statement, const struct hcl_value *value,
                                  struct why why)
{
    const struct literals *forms = &statement->test.values;
    enum rule_verdict verdict = RULE_FAILS;
    char is[128];

    for (size_t i = 0; i < forms->n && verdict != RULE_HOLDS; i++) {
        enum rule_verdict one = like(forms->items[i].text, value);

        if (one != RULE_FAILS)
            verdict = one;
    }
    if (verdict == RULE_UNKNOWN)
        return unknown_value(statement, value, why);
    describe(value, is, sizeof is);
    if (verdict == RULE_FAILS)
        why_say(why, "%s is %s, not like %s", statement->name, is, forms->items[0].text);
    return verdict;
}

/* --- any test --- */

static enum rule_verdict known_value(const struct statement *statement,
                                     const struct hcl_value *value, struct why why)
{
    const struct test *test = &statement->test;
    char is[128];
    bool good = false;

    if (test->kind == TEST_CONTAINS)
        return contains_all(statement, value, why);
    if (test->kind == TEST_CONTAINS_NONE)
        return contains_none(statement, value, why);
    if (test->kind == TEST_AT_LEAST)
        good = at_least(test, value);
    else if (test->kind == TEST_ONE_OF)
        good = any_equals(&test->values, value);
    else if (test->kind == TEST_NONE_OF)
        good = !any_equals(&test->values, value);

    describe(value, is, sizeof is);
    if (!good && test->kind == TEST_NONE_OF)
        why_say(why, "%s is %s", statement->name, is);
    else if (!good)
        why_say(why, "%s is %s, not %s%s", statement->name, is,
                test->kind == TEST_AT_LEAST ? "at least " : "", test->values.items[0].text);
    return good ? RULE_HOLDS : RULE_FAILS;
}

static bool is_empty(const struct hcl_value *value)
{
    return (value->kind == HCL_V_TEXT && value->text[0] == '\0') ||
           (value->kind == HCL_V_LIST && value->n == 0);
}

/* The JSON of a policy document is read from the cloud, and is surely a text. */
static bool is_policy_text(const struct hcl_value *value)
{
    return value->resource != NULL && value->resource->is_data &&
           str_eq(value->resource->type, "aws_iam_policy_document") &&
           str_eq(value->attribute, "json");
}

/* "${aws_x.y.arn}:*" is not known, but it is surely not empty. */
static bool is_surely_there(const struct hcl_value *value)
{
    return value->kind != HCL_V_UNKNOWN || (value->prefix != NULL && value->prefix[0] != '\0') ||
           (value->suffix != NULL && value->suffix[0] != '\0') || is_policy_text(value);
}

enum rule_verdict test_value(const struct statement *statement, const struct hcl_value *value,
                             struct why why)
{
    enum test_kind kind = statement->test.kind;

    if (value == NULL || value->kind == HCL_V_NULL) {
        if (kind == TEST_ABSENT || statement->absent_holds)
            return RULE_HOLDS;
        why_say(why, "%s is not set", statement->name);
        return RULE_FAILS;
    }
    if (kind == TEST_ABSENT && value->kind != HCL_V_UNKNOWN) {
        why_say(why, "%s is set", statement->name);
        return RULE_FAILS;
    }
    if (kind == TEST_PRESENT && is_empty(value)) {
        why_say(why, "%s is empty", statement->name);
        return RULE_FAILS;
    }
    if (kind == TEST_PRESENT && is_surely_there(value))
        return RULE_HOLDS;
    if (statement->references_hold && value->kind == HCL_V_REFERENCE)
        return RULE_HOLDS;
    if (kind == TEST_LIKE)
        return like_any(statement, value, why);
    if (is_unknown(value))
        return unknown_value(statement, value, why);
    return known_value(statement, value, why);
}
