/*
 * Aliases: the names that other tools give to what a rule states. A pack writes them as
 * "tool:name"; a finding brings the tool (its source) and the name (its control).
 */
#include "worker/rules/rules.h"

#include <strings.h>

const struct rule *rules_get(const struct rules *rules, const char *id)
{
    for (size_t i = 0; i < rules_count(rules); i++) {
        if (str_eq(rules_at(rules, i)->id, id))
            return rules_at(rules, i);
    }
    return NULL;
}

/* Security Hub runs several standards; its own controls are the FSBP ones, and CIS ids arrive as
 * CIS.1.2. */
static bool tool_fits(const char *source, const char *tool, size_t tool_len)
{
    static const struct {
        const char *source, *tool;
    } also[] = {
        {"securityhub", "fsbp"}, {"securityhub", "cis"}, {"asff", "fsbp"}, {"sarif", "checkov"}};

    if (strlen(source) == tool_len && strncasecmp(source, tool, tool_len) == 0)
        return true;
    for (size_t i = 0; i < COUNT(also); i++) {
        if (strcasecmp(source, also[i].source) == 0 && strlen(also[i].tool) == tool_len &&
            strncasecmp(also[i].tool, tool, tool_len) == 0)
            return true;
    }
    return false;
}

static bool has_alias(const struct rule *rule, const char *source, const char *control)
{
    for (const char *const *alias = rule->aliases; *alias != NULL; alias++) {
        const char *colon = strchr(*alias, ':');

        if (colon != NULL && tool_fits(source, *alias, (size_t)(colon - *alias)) &&
            strcasecmp(colon + 1, control) == 0)
            return true;
    }
    return false;
}

static bool speaks_of(const struct rule *rule, const char *type)
{
    for (const char *const *t = rule->types; *t != NULL; t++) {
        if (str_eq(*t, type))
            return true;
    }
    return false;
}

const struct rule *rules_for_control(const struct rules *rules, const char *source,
                                     const char *control, const char *resource_type)
{
    const struct rule *rule = rules_get(rules, control);

    if (rule != NULL)
        return rule;
    for (size_t i = 0; i < rules_count(rules); i++) {
        rule = rules_at(rules, i);
        if (has_alias(rule, source, control) &&
            (resource_type == NULL || speaks_of(rule, resource_type)))
            return rule;
    }
    return NULL;
}
