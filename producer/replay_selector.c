/* Conditions on records; the story stands in replay_selector.h. */
#include "producer/replay_selector.h"

#include "common/text/regex.h"

struct condition {
    char *text; /* as given */
    char *value;
    struct regex *regex; /* NULL: equality */
    enum selector_field field;
    bool negated;
};

struct selector {
    struct condition conditions[SELECTOR_CONDITIONS_MAX];
    size_t n;
};

static const char *const names[SELECTOR_FIELDS] = {
    [SELECTOR_REPOSITORY] = "repository",
    [SELECTOR_RULE] = "rule",
    [SELECTOR_CONTROL] = "control",
    [SELECTOR_STAGE] = "stage",
    [SELECTOR_ERROR] = "error",
    [SELECTOR_FINGERPRINT] = "fingerprint",
    [SELECTOR_SOURCE] = "source",
    [SELECTOR_TENANT] = "tenant",
    [SELECTOR_KIND] = "kind",
    [SELECTOR_RESOURCE] = "resource",
};

int selector_new(struct selector **out, struct err *err)
{
    struct selector *selector = calloc(1, sizeof *selector);

    if (selector == NULL)
        return err_nomem(err);
    *out = selector;
    return 0;
}

static void condition_done(struct condition *condition)
{
    regex_free(condition->regex);
    free(condition->text);
    free(condition->value);
}

void selector_free(struct selector *selector)
{
    if (selector == NULL)
        return;
    for (size_t i = 0; i < selector->n; i++)
        condition_done(&selector->conditions[i]);
    free(selector);
}

static bool find_field(const char *name, size_t len, enum selector_field *out)
{
    for (size_t i = 0; i < SELECTOR_FIELDS; i++)
        if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0) {
            *out = (enum selector_field)i;
            return true;
        }
    return false;
}

/* Field and operator; *value then is where the rest begins. */
static int read_head(const char *text, struct condition *out, const char **value, bool *is_regex,
                     struct err *err)
{
    size_t len = strcspn(text, "=~!");
    const char *at = text + len;

    out->negated = *at == '!';
    at += out->negated;
    if (*at != '=' && *at != '~')
        return err_set(err, ERR_REJECT,
                       "\"%.100s\" is no condition: FIELD=TEXT, FIELD!=TEXT, FIELD~REGEX or "
                       "FIELD!~REGEX",
                       text);
    *is_regex = *at == '~';
    *value = at + 1;
    if (find_field(text, len, &out->field))
        return 0;
    return err_set(err, ERR_REJECT,
                   "\"%.*s\" is no field: repository, rule, control, stage, error, fingerprint, "
                   "source, tenant, kind, resource",
                   (int)(len < 100 ? len : 100), text);
}

static int read_regex(struct condition *condition, struct err *err)
{
    int r = strlen(condition->value) <= REGEX_BYTES_MAX
                ? regex_new(&condition->regex, condition->value, err)
                : REGEX_REFUSED;

    return r == REGEX_REFUSED ? err_set(err, ERR_REJECT,
                                        "\"%.200s\" is no regular expression of RE2's syntax, or "
                                        "none whose meaning is "
                                        "sure",
                                        condition->value)
                              : r;
}

int selector_add(struct selector *selector, const char *text, struct err *err)
{
    struct condition condition = {.negated = false};
    const char *value = "";
    bool is_regex = false;
    int r = read_head(text, &condition, &value, &is_regex, err);

    if (r < 0)
        return r;
    if (selector->n == SELECTOR_CONDITIONS_MAX)
        return err_set(err, ERR_REJECT, "more than %d conditions", SELECTOR_CONDITIONS_MAX);
    condition.text = strdup(text);
    condition.value = strdup(value);
    if (condition.text == NULL || condition.value == NULL)
        r = err_nomem(err);
    else if (is_regex)
        r = read_regex(&condition, err);
    if (r < 0) {
        condition_done(&condition);
        return r;
    }
    selector->conditions[selector->n++] = condition;
    return 0;
}

/* 0 yes, SELECTOR_NO, SELECTOR_UNKNOWN; negation not yet looked at. */
static int compare(const struct condition *condition, const char *value)
{
    struct regex_match match;
    size_t at = 0, last = SIZE_MAX;

    if (value == NULL)
        return SELECTOR_NO;
    if (condition->regex == NULL)
        return str_eq(value, condition->value) ? 0 : SELECTOR_NO;
    int r = regex_next(condition->regex, value, &at, &last, &match);
    return r == REGEX_LIMIT ? SELECTOR_UNKNOWN : r == REGEX_NONE ? SELECTOR_NO : 0;
}

static int judge(const struct condition *condition, const struct selector_subject *subject)
{
    int r = compare(condition, subject->values[condition->field]);

    if (r == SELECTOR_NO && condition->field == SELECTOR_RULE)
        r = compare(condition, subject->values[SELECTOR_CONTROL]);
    if (r == SELECTOR_UNKNOWN || !condition->negated)
        return r;
    return r == 0 ? SELECTOR_NO : 0;
}

int selector_match(const struct selector *selector, const struct selector_subject *subject)
{
    int answer = 0;

    for (size_t i = 0; i < selector->n; i++) {
        int r = judge(&selector->conditions[i], subject);
        if (r == SELECTOR_NO)
            return r;
        if (r != 0)
            answer = r;
    }
    return answer;
}

const char *selector_condition(const struct selector *selector, size_t i)
{
    return i < selector->n ? selector->conditions[i].text : NULL;
}
