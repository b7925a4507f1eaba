#include "worker/rules/policy_match.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

/* --- three answers --- */

static enum rule_verdict both(enum rule_verdict a, enum rule_verdict b)
{
    if (a == RULE_FAILS || b == RULE_FAILS)
        return RULE_FAILS;
    return a == RULE_UNKNOWN ? a : b;
}

static enum rule_verdict either(enum rule_verdict a, enum rule_verdict b)
{
    if (a == RULE_HOLDS || b == RULE_HOLDS)
        return RULE_HOLDS;
    return a == RULE_UNKNOWN ? a : b;
}

/* --- patterns --- */

static bool same(char a, char b, bool any_case)
{
    return any_case ? tolower((unsigned char)a) == tolower((unsigned char)b) : a == b;
}

enum rule_verdict policy_glob_covers(const char *pattern, const char *wanted, bool any_case)
{
    const char *star = NULL;
    const char *from = NULL;

    if (strchr(pattern, POLICY_HOLE) != NULL || strchr(wanted, POLICY_HOLE) != NULL)
        return RULE_UNKNOWN;
    while (*wanted != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            from = wanted;
        } else if (same(*pattern, *wanted, any_case) || (*pattern == '?' && *wanted != '*')) {
            pattern++;
            wanted++;
        } else if (star != NULL) {
            pattern = star + 1;
            wanted = ++from;
        } else {
            return RULE_FAILS;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0' ? RULE_HOLDS : RULE_FAILS;
}

/* --- what a resource may be written as --- */

#define SUBJECT "{subject}."

/* A bucket's ARN says nothing but its name. */
static void bucket_forms(const struct policy_subject *subject, const char *rest, struct buf *out,
                         size_t *n)
{
    static const char *const names[] = {"id", "bucket"};

    for (size_t i = 0; subject->address != NULL && i < COUNT(names); i++, (*n)++) {
        buf_print(out, "arn:aws:s3:::%c%s.%s%c%s", POLICY_REF, subject->address, names[i],
                  POLICY_REF_END, rest);
        buf_char(out, '\0');
    }
    if (subject->name == NULL)
        return;
    buf_print(out, "arn:aws:s3:::%s%s", subject->name, rest);
    buf_char(out, '\0');
    (*n)++;
}

size_t policy_resource_forms(const struct policy_subject *subject, const char *wanted,
                             struct buf *out)
{
    const char *attribute = wanted + strlen(SUBJECT);
    const char *rest;
    size_t n = 0;

    if (!str_starts(wanted, SUBJECT)) {
        buf_text(out, wanted);
        buf_char(out, '\0');
        return 1;
    }
    rest = attribute + strspn(attribute, "abcdefghijklmnopqrstuvwxyz_0123456789");
    if (subject->address != NULL) {
        buf_print(out, "%c%s.%.*s%c%s", POLICY_REF, subject->address, (int)(rest - attribute),
                  attribute, POLICY_REF_END, rest);
        buf_char(out, '\0');
        n++;
    }
    if (str_eq(subject->type, "aws_s3_bucket") && str_starts(attribute, "arn"))
        bucket_forms(subject, rest, out, &n);
    return n;
}

/* The partition is the account's own whatever the policy calls it: "arn:…:s3:::x" in one spelling.
 */
static void one_partition(const char *text, struct buf *out)
{
    static const char *const spellings[] = {"aws:", "aws-cn:", "aws-us-gov:"};
    const char *rest = str_starts(text, "arn:") ? text + strlen("arn:") : NULL;
    const char *end = rest != NULL ? strchr(rest, POLICY_REF_END) : NULL;

    for (size_t i = 0; rest != NULL && i < COUNT(spellings); i++) {
        if (str_starts(rest, spellings[i])) {
            buf_print(out, "arn:aws:%s", rest + strlen(spellings[i]));
            return;
        }
    }
    if (end != NULL && rest[0] == POLICY_REF && end[1] == ':' &&
        str_starts(rest + 1, "data.aws_partition.") && end - rest > 10 &&
        strncmp(end - strlen(".partition"), ".partition", strlen(".partition")) == 0)
        buf_print(out, "arn:aws%s", end + 1);
    else
        buf_text(out, text);
}

/* An instance that is not known is not known to be the same as another one. */
static bool is_open_instance(const struct policy_subject *subject)
{
    return subject->address != NULL && str_ends(subject->address, "[?]");
}

/* May an ARN that is written out be the subject's? A bucket's has nothing but the name in it;
 * others have an account and a region, which the code does not tell. */
static bool may_be_its_own(const struct policy_subject *subject)
{
    return subject->is_named_later || !str_eq(subject->type, "aws_s3_bucket");
}

static enum rule_verdict resource_covers(const char *pattern, const char *wanted,
                                         const struct policy_subject *subject)
{
    CLEANUP(buf_done) struct buf spelled = BUF(POLICY_TEXT_MAX);
    CLEANUP(buf_done) struct buf forms = BUF(POLICY_TEXT_MAX);
    size_t n = policy_resource_forms(subject, wanted, &forms);
    const char *form = buf_str(&forms);
    enum rule_verdict verdict = RULE_FAILS;
    struct err err;

    one_partition(pattern, &spelled);
    if (buf_check(&spelled, &err) < 0 || buf_check(&forms, &err) < 0)
        return RULE_UNKNOWN;
    if (str_eq(pattern, "*"))
        return RULE_HOLDS;
    if (n == 0)
        return RULE_UNKNOWN;
    for (size_t i = 0; i < n && verdict != RULE_HOLDS; i++, form += strlen(form) + 1)
        verdict = either(verdict, policy_glob_covers(buf_str(&spelled), form, false));
    if (verdict == RULE_HOLDS && is_open_instance(subject) && strchr(pattern, POLICY_REF) != NULL)
        return RULE_UNKNOWN;
    if (verdict == RULE_FAILS && may_be_its_own(subject) && str_starts(wanted, SUBJECT) &&
        str_starts(buf_str(&spelled), "arn:") && strchr(pattern, POLICY_REF) == NULL)
        return RULE_UNKNOWN;
    return verdict;
}

/* --- parts of a statement --- */

static enum rule_verdict any_resource(const struct policy_node *have, const char *wanted,
                                      const struct policy_subject *subject)
{
    enum rule_verdict verdict = RULE_FAILS;

    for (size_t i = 0; i < policy_count(have) && verdict != RULE_HOLDS; i++) {
        const struct policy_node *one = policy_at(have, i);

        verdict =
            either(verdict, one->kind == POLICY_TEXT ? resource_covers(one->text, wanted, subject)
                                                     : RULE_UNKNOWN);
    }
    return verdict;
}

static enum rule_verdict any_action(const struct policy_node *have, const char *wanted)
{
    enum rule_verdict verdict = RULE_FAILS;

    for (size_t i = 0; i < policy_count(have) && verdict != RULE_HOLDS; i++) {
        const struct policy_node *one = policy_at(have, i);

        verdict =
            either(verdict, one->kind == POLICY_TEXT ? policy_glob_covers(one->text, wanted, true)
                                                     : RULE_UNKNOWN);
    }
    return verdict;
}

static enum rule_verdict has_text(const struct policy_node *have, const char *text, bool any_case)
{
    enum rule_verdict verdict = RULE_FAILS;

    for (size_t i = 0; i < policy_count(have); i++) {
        const struct policy_node *one = policy_at(have, i);

        if (one->kind != POLICY_TEXT || strchr(one->text, POLICY_HOLE) != NULL ||
            strchr(one->text, POLICY_REF) != NULL)
            verdict = RULE_UNKNOWN;
        else if (any_case ? strcasecmp(one->text, text) == 0 : str_eq(one->text, text))
            return RULE_HOLDS;
    }
    return verdict;
}

/* "*" and {"AWS": "*"} are everyone; a service or a canonical user never is. */
static enum rule_verdict is_everyone(const struct policy_node *principal)
{
    enum rule_verdict verdict = RULE_FAILS;

    if (principal == NULL)
        return RULE_FAILS;
    if (principal->kind != POLICY_OBJECT)
        return principal->kind == POLICY_OPEN ? RULE_UNKNOWN : has_text(principal, "*", false);
    for (size_t i = 0; i < principal->n && verdict != RULE_HOLDS; i++) {
        if (str_eq(principal->keys[i], "AWS") || str_eq(principal->keys[i], "*"))
            verdict = either(verdict, has_text(principal->items[i], "*", false));
    }
    return verdict;
}

/* Is the operator the wanted one, or the one that also holds where the key is absent? */
static bool is_operator(const char *have, const char *wanted)
{
    size_t len = strlen(wanted);

    return strncmp(have, wanted, len) == 0 && (have[len] == '\0' || str_eq(have + len, "IfExists"));
}

/* One line of a condition narrows the statement, unless the wanted one is narrowed alike. */
static enum rule_verdict line_is_wanted(const char *operator, const char * key,
                                        const struct policy_node *values,
                                        const struct policy_want *want)
{
    enum rule_verdict verdict = RULE_HOLDS;

    for (size_t i = 0; i < want->n_conditions; i++) {
        const struct policy_condition *one = &want->conditions[i];

        if (!is_operator(operator, one->operator) || strcasecmp(key, one->key) != 0)
            continue;
        for (size_t k = 0; k < one->values.n; k++)
            verdict = both(verdict, has_text(values, one->values.items[k].text,
                                             str_eq(one->operator, "Bool")));
        return verdict;
    }
    return RULE_FAILS;
}

static enum rule_verdict condition_is_wide(const struct policy_node *condition,
                                           const struct policy_want *want)
{
    enum rule_verdict verdict = RULE_HOLDS;

    if (condition == NULL)
        return RULE_HOLDS;
    if (condition->kind != POLICY_OBJECT)
        return RULE_UNKNOWN;
    for (size_t i = 0; i < condition->n; i++) {
        const struct policy_node *keys = condition->items[i];

        if (keys->kind != POLICY_OBJECT)
            verdict = both(verdict, RULE_UNKNOWN);
        for (size_t k = 0; keys->kind == POLICY_OBJECT && k < keys->n; k++)
            verdict = both(verdict,
                           line_is_wanted(condition->keys[i], keys->keys[k], keys->items[k], want));
    }
    return verdict;
}

/* --- statements --- */

struct parts { /* of one statement, for one action and one resource */
    enum rule_verdict effect, principal, action, resource, condition;
};

static enum rule_verdict positive(const struct policy_node *statement, const char * not,
                                  enum rule_verdict verdict)
{
    return policy_get(statement, not ) != NULL ? RULE_FAILS : verdict;
}

static struct parts parts_of(const struct policy_node *statement, const struct policy_want *want,
                             const struct policy_subject *subject, const char *action,
                             const char *resource)
{
    struct parts out;

    out.effect = has_text(policy_get(statement, "Effect"), want->effect, false);
    out.principal =
        positive(statement, "NotPrincipal", is_everyone(policy_get(statement, "Principal")));
    out.action =
        positive(statement, "NotAction", any_action(policy_get(statement, "Action"), action));
    out.resource = positive(statement, "NotResource",
                            any_resource(policy_get(statement, "Resource"), resource, subject));
    out.condition = condition_is_wide(policy_get(statement, "Condition"), want);
    return out;
}

/* A statement that nearly does it says best what is wrong. */
static void say_near_miss(const struct policy_node *statement, const struct parts *parts,
                          const char *resource, struct why why)
{
    const struct policy_node *sid = policy_get(statement, "Sid");
    const char *name = sid != NULL && sid->kind == POLICY_TEXT ? sid->text : "a statement";

    if (parts->effect != RULE_HOLDS || parts->condition == RULE_UNKNOWN)
        return;
    if (parts->condition == RULE_FAILS && parts->principal == RULE_HOLDS &&
        parts->action == RULE_HOLDS && parts->resource == RULE_HOLDS)
        why_say(why, "%.80s has a condition that narrows it", name);
    else if (parts->condition == RULE_HOLDS && parts->principal == RULE_FAILS)
        why_say(why, "%.80s does not speak of everyone", name);
    else if (parts->condition == RULE_HOLDS && parts->action == RULE_FAILS)
        why_say(why, "%.80s does not cover every action", name);
    else if (parts->condition == RULE_HOLDS && parts->resource == RULE_FAILS)
        why_say(why, "%.80s does not cover %s", name, resource);
}

static enum rule_verdict pair_covered(const struct policy_node *statements,
                                      const struct policy_want *want,
                                      const struct policy_subject *subject, const char *action,
                                      const char *resource, struct why why)
{
    enum rule_verdict verdict = RULE_FAILS;

    for (size_t i = 0; i < statements->n && verdict != RULE_HOLDS; i++) {
        const struct policy_node *one = statements->items[i];
        struct parts parts;

        if (one->kind != POLICY_OBJECT) {
            if (verdict != RULE_UNKNOWN)
                why_say(why, "%.200s",
                        one->kind == POLICY_OPEN ? one->text : "a statement is no object");
            verdict = RULE_UNKNOWN;
            continue;
        }
        parts = parts_of(one, want, subject, action, resource);
        enum rule_verdict all =
            both(both(both(parts.effect, parts.principal), both(parts.action, parts.resource)),
                 parts.condition);
        if (all == RULE_UNKNOWN && verdict != RULE_UNKNOWN)
            why_say(why, "whom or what a statement of the policy speaks of is not known");
        verdict = either(verdict, all);
        if (verdict == RULE_FAILS)
            say_near_miss(one, &parts, resource, why);
    }
    return verdict;
}

enum rule_verdict policy_covers(const struct policy_node *statements,
                                const struct policy_want *want,
                                const struct policy_subject *subject, struct why why)
{
    enum rule_verdict verdict = RULE_HOLDS;
    char reason[256] = "";

    if (statements->kind != POLICY_LIST) {
        why_say(why, "%s",
                statements->kind == POLICY_OPEN ? statements->text : "the policy is no list");
        return RULE_UNKNOWN;
    }
    for (size_t a = 0; a < want->actions.n; a++) {
        for (size_t i = 0; i < want->resources.n && verdict != RULE_FAILS; i++) {
            enum rule_verdict one =
                pair_covered(statements, want, subject, want->actions.items[a].text,
                             want->resources.items[i].text, (struct why){reason, sizeof reason});

            verdict = both(verdict, one);
        }
    }
    why_say(why, "%s", verdict == RULE_HOLDS ? "" : reason);
    return verdict;
}
