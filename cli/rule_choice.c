#include "cli/rule_choice.h"

#include <strings.h>

#include "cli/command.h"
#include "worker/scan/report.h"
#include "worker/scan/rule_words.h"

static const char *rules_path_alone(void *context, const char *name)
{
    (void)context;
    return str_starts(name, "PLUMB_RULES_PATH") ? getenv(name) : NULL;
}

int rules_of_environment(struct rules **out)
{
    CLEANUP(config_done) struct config config = {0};
    struct err err;

    if (config_load(&config, rules_path_alone, NULL, &err) < 0 ||
        rules_load(out, config.rules_path, &err) < 0)
        return command_fail(&err, EXIT_BAD_USE);
    return EXIT_DONE;
}

void rule_list_done(struct rule_list *list)
{
    free(list->items);
    *list = (struct rule_list){0};
}

static void add(const char **list, size_t *n, const char *text, struct argp_state *state)
{
    if (*n == RULE_CHOICE_MAX)
        argp_error(state, "an option is given more than %d times", RULE_CHOICE_MAX);
    else
        list[(*n)++] = text;
}

void rule_choice_add_id(struct rule_choice *choice, const char *id, struct argp_state *state)
{
    add(choice->ids, &choice->n_ids, id, state);
}

void rule_choice_add_type(struct rule_choice *choice, const char *type, struct argp_state *state)
{
    add(choice->types, &choice->n_types, type, state);
}

void rule_choice_set_severity(struct rule_choice *choice, const char *least,
                              struct argp_state *state)
{
    choice->least_severity = severity_rank(least);
    if (choice->least_severity < 0)
        argp_error(state, "there is no severity \"%s\": low, medium, high, critical", least);
}

void rule_choice_add_class(struct rule_choice *choice, const char *name, struct argp_state *state)
{
    for (int class = RULE_SAFE; class <= RULE_BREAK; class ++)
        if (strcasecmp(rule_class_name((enum rule_class) class), name) == 0) {
            choice->classes |= 1U << class;
            return;
        }
    argp_error(state, "there is no class \"%s\": SAFE, INPUT, CARE, BREAK", name);
}

static bool is_asked_for(const struct rule_choice *choice, const struct rule *rule)
{
    for (size_t i = 0; i < choice->n_ids; i++)
        if (rule_is_named(rule, choice->ids[i]))
            return true;
    return choice->n_ids == 0 && (!rule->is_off || choice->with_off);
}

static bool has_type(const struct rule_choice *choice, const struct rule *rule)
{
    for (size_t i = 0; i < choice->n_types; i++)
        for (const char *const *type = rule->types; *type != NULL; type++)
            if (str_eq(*type, choice->types[i]))
                return true;
    return choice->n_types == 0;
}

static int ids_check(const struct rule_choice *choice, const struct rules *rules, struct err *err)
{
    for (size_t i = 0; i < choice->n_ids; i++) {
        size_t k = 0;
        while (k < rules_count(rules) && !rule_is_named(rules_at(rules, k), choice->ids[i]))
            k++;
        if (k == rules_count(rules))
            return err_set(err, ERR_REJECT, "there is no rule \"%.100s\"; plumb rules list has all",
                           choice->ids[i]);
    }
    return 0;
}

bool rule_choice_is_whole(const struct rule_choice *choice)
{
    return choice->n_ids == 0 && choice->n_types == 0 && choice->classes == 0 &&
           choice->least_severity == 0;
}

int rule_choice_make(const struct rule_choice *choice, const struct rules *rules,
                     struct rule_list *out, struct err *err)
{
    CLEANUP(rule_list_done) struct rule_list list = {0};
    int r = ids_check(choice, rules, err);

    if (r < 0)
        return r;
    list.items = calloc(rules_count(rules) + 1, sizeof *list.items);
    if (list.items == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule *rule = rules_at(rules, i);
        bool has_class = choice->classes == 0 || (choice->classes & (1U << rule->class)) != 0;
        if (has_class && severity_rank(rule->severity) >= choice->least_severity &&
            is_asked_for(choice, rule) && has_type(choice, rule))
            list.items[list.n++] = rule;
    }
    if (list.n == 0)
        return err_set(err, ERR_REJECT, "no rule fits all of these options");
    *out = list;
    list = (struct rule_list){0};
    return 0;
}
