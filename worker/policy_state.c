/* terraform_state: entries, checked; the story stands in policy.h. */
#include "worker/policy_state.h"

#include <ctype.h>
#include <fnmatch.h>

#define MAX_AGE_SECONDS     300 /* when the entry says nothing */
#define MAX_AGE_SECONDS_MAX 604800

static bool is_glob(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

/* "*" also stands for a slash. */
static bool is_any_owner(const char *repository)
{
    size_t glob = strcspn(repository, "*?[");

    return repository[glob] != '\0' && memchr(repository, '/', glob) == NULL;
}

/* The name of an environment variable: what is put there by mistake is the secret itself. */
static bool is_variable(const char *text)
{
    size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    return len > 0 && len <= 100 && text[len] == '\0' && !isdigit((unsigned char)text[0]);
}

static int check_names(const struct yaml *yaml, const struct yaml_node *entry, struct err *err)
{
    static const char *const names[] = {"password_env", "token_env"};

    for (size_t i = 0; i < COUNT(names); i++) {
        const struct yaml_node *node = yaml_get(entry, names[i]);
        if (node != NULL && !is_variable(node->text))
            return yaml_complain(yaml, node, err,
                                 "%s takes the name of an environment variable, in capitals",
                                 names[i]);
    }
    return 0;
}

/* Options that the kind of source does not have: a mistake that would be silent. */
static int check_kind(const struct yaml *yaml, const struct yaml_node *entry, const char *source,
                      struct err *err)
{
    static const char *const s3[] = {"region", "endpoint", "profile", NULL};
    static const char *const http[] = {"username", "password_env", "token_env", NULL};
    bool is_s3 = str_starts(source, "s3://");
    bool is_http = str_starts(source, "http");

    for (size_t i = 0; s3[i] != NULL; i++)
        if (!is_s3 && yaml_get(entry, s3[i]) != NULL)
            return yaml_complain(yaml, yaml_get(entry, s3[i]), err, "%s is for s3:// alone", s3[i]);
    for (size_t i = 0; http[i] != NULL; i++)
        if (!is_http && yaml_get(entry, http[i]) != NULL)
            return yaml_complain(yaml, yaml_get(entry, http[i]), err,
                                 "%s is for http:// and https:// alone", http[i]);
    if (yaml_get(entry, "username") != NULL && yaml_get(entry, "password_env") == NULL)
        return yaml_complain(yaml, yaml_get(entry, "username"), err,
                             "a username needs a password_env");
    if (yaml_get(entry, "token_env") != NULL && yaml_get(entry, "password_env") != NULL)
        return yaml_complain(yaml, yaml_get(entry, "token_env"), err,
                             "one of token_env and password_env, not both");
    return 0;
}

/* One state for many root modules would send findings to the wrong one. */
static int check_reach(const struct yaml *yaml, const struct yaml_node *entry,
                       const struct policy_state_entry *made, struct err *err)
{
    const char *source = made->source.source;
    bool names_repository =
        strstr(source, "{repository}") != NULL || strstr(source, "{name}") != NULL;

    if (is_glob(made->repository) && !names_repository)
        return yaml_complain(yaml, yaml_get(entry, "source"), err,
                             "repository is a pattern, so source must name {repository} or {name}: "
                             "a state belongs to one root module");
    if (is_any_owner(made->repository) && strstr(source, "{repository}") == NULL)
        return yaml_complain(yaml, yaml_get(entry, "source"), err,
                             "the owner in repository is a pattern, so source must name "
                             "{repository}: {name} is the same for every owner");
    if (is_glob(made->directory) && strstr(source, "{directory}") == NULL)
        return yaml_complain(yaml, yaml_get(entry, "source"), err,
                             "directory is a pattern, so source must name {directory}: a state "
                             "belongs to one root module");
    return 0;
}

static int read_numbers(const struct yaml *yaml, const struct yaml_node *entry,
                        struct state_source *out, struct err *err)
{
    const struct yaml_node *age = yaml_get(entry, "max_age_seconds");
    const char *required = yaml_get_text(entry, "required", "false");
    char *end = NULL;
    long seconds = age != NULL ? strtol(age->text, &end, 10) : MAX_AGE_SECONDS;

    if (age != NULL &&
        (end == age->text || *end != '\0' || seconds < 1 || seconds > MAX_AGE_SECONDS_MAX))
        return yaml_complain(yaml, age, err, "max_age_seconds is a number from 1 to %d",
                             MAX_AGE_SECONDS_MAX);
    if (!str_eq(required, "true") && !str_eq(required, "false"))
        return yaml_complain(yaml, yaml_get(entry, "required"), err, "required is true or false");
    out->max_age_ms = (int64_t)seconds * 1000;
    out->required = str_eq(required, "true");
    return 0;
}

static int read_entry(const struct yaml *yaml, const struct yaml_node *entry,
                      struct policy_state_entry *out, struct err *err)
{
    struct err why = {0};

    *out = (struct policy_state_entry){
        .repository = yaml_get_text(entry, "repository", NULL),
        .directory = yaml_get_text(entry, "directory", "."),
        .source = {.source = yaml_get_text(entry, "source", NULL),
                   .region = yaml_get_text(entry, "region", NULL),
                   .endpoint = yaml_get_text(entry, "endpoint", NULL),
                   .profile = yaml_get_text(entry, "profile", NULL),
                   .username = yaml_get_text(entry, "username", NULL),
                   .password_env = yaml_get_text(entry, "password_env", NULL),
                   .token_env = yaml_get_text(entry, "token_env", NULL)}};
    if (out->repository == NULL || out->source.source == NULL)
        return yaml_complain(yaml, entry, err, "a state needs a repository and a source");
    if (out->directory[0] == '\0')
        out->directory = ".";
    if (state_source_check(out->source.source, &why) < 0)
        return yaml_complain(yaml, yaml_get(entry, "source"), err, "%s", why.text);
    int r = check_kind(yaml, entry, out->source.source, err);
    if (r == 0)
        r = check_names(yaml, entry, err);
    if (r == 0)
        r = check_reach(yaml, entry, out, err);
    return r == 0 ? read_numbers(yaml, entry, &out->source, err) : r;
}

static int check_shape(const struct yaml *yaml, const struct yaml_node *entry, struct err *err)
{
    static const char *const keys[] = {"repository", "directory",       "source",       "region",
                                       "endpoint",   "profile",         "username",     "token_env",
                                       "required",   "max_age_seconds", "password_env", NULL};

    if (entry->kind != YAML_MAP)
        return yaml_complain(yaml, entry, err, "an entry of terraform_state must be a map");
    int r = yaml_only_keys(yaml, entry, keys, err);
    for (size_t i = 0; r == 0 && i < entry->n; i++)
        if (entry->children[i]->kind != YAML_SCALAR)
            r = yaml_complain(yaml, entry->children[i], err, "%s must be a text", entry->keys[i]);
    return r;
}

int policy_states_read(struct policy_states *out, const struct yaml *yaml,
                       const struct yaml_node *list, struct err *err)
{
    int r = 0;

    if (list == NULL)
        return 0;
    if (list->kind != YAML_LIST)
        return yaml_complain(yaml, list, err, "terraform_state must be a list");
    out->items = calloc(list->n + 1, sizeof *out->items);
    if (out->items == NULL)
        return err_nomem(err);
    for (size_t i = 0; r == 0 && i < list->n; i++) {
        r = check_shape(yaml, list->children[i], err);
        if (r == 0)
            r = read_entry(yaml, list->children[i], &out->items[i], err);
        out->n = i + 1;
    }
    return r;
}

void policy_states_done(struct policy_states *states)
{
    free(states->items);
    *states = (struct policy_states){0};
}

const struct state_source *policy_states_find(const struct policy_states *states,
                                              const char *repository, const char *directory)
{
    const char *place = directory[0] != '\0' ? directory : ".";

    for (size_t i = 0; i < states->n; i++)
        if (fnmatch(states->items[i].repository, repository, 0) == 0 &&
            fnmatch(states->items[i].directory, place, 0) == 0)
            return &states->items[i].source;
    return NULL;
}
