/* What in a state can name a resource, and when two ARNs are one. */
#include "worker/hcl/state/state_inside.h"

#include <stdio.h>

#include "worker/hcl/aws/types.h"

/* The ids of these are the random value itself, or nothing that a finding would say. */
static const char *const SECRET_TYPES[] = {"random_", "tls_", "vault_", "time_", "local_"};

/* Where the type table is silent: what providers usually call it. */
#define USUAL                                                                                      \
    "name bucket identifier function_name cluster_name cluster_identifier domain_name "            \
    "repository_name table_name"

/* Further ids that AWS gives, by type. */
static const char *const MORE[][2] = {
    {"aws_db_instance", "resource_id"},
    {"aws_rds_cluster", "cluster_resource_id"},
    {"aws_iam_role", "unique_id"},
    {"aws_iam_user", "unique_id"},
};

static const char *intern(struct state_reading *reading, const char *word, size_t len)
{
    for (size_t i = 0; i < reading->n_words; i++)
        if (strlen(reading->words[i]) == len && memcmp(reading->words[i], word, len) == 0)
            return reading->words[i];
    if (reading->n_words == STATE_WORDS_MAX)
        return NULL;
    char *copy = state_alloc(reading, len + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, word, len);
    return reading->words[reading->n_words++] = copy;
}

static bool add_word(struct state_reading *reading, const char *word, size_t len)
{
    const char *known = intern(reading, word, len);

    for (size_t i = 0; i < reading->n_wanted; i++)
        if (reading->wanted[i] == known)
            return true;
    if (reading->n_wanted < STATE_NAMES_MAX && known != NULL)
        reading->wanted[reading->n_wanted++] = known;
    return known != NULL;
}

/* "a b ^c": what a "^" stands before is half a name, and the state has the whole one. */
static bool add_words(struct state_reading *reading, const char *words)
{
    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        if (*words != '^' && !add_word(reading, words, len))
            return false;
        words += len + (words[len] == ' ');
    }
    return true;
}

bool state_want(struct state_reading *reading, const char *type)
{
    const struct hcl_type_row *row = hcl_type_find(type);

    if (reading->type != NULL && str_eq(reading->type, type))
        return true;
    reading->n_wanted = 0;
    reading->type = state_copy(reading, type);
    if (reading->type == NULL)
        return false;
    for (size_t i = 0; i < COUNT(SECRET_TYPES); i++)
        if (str_starts(type, SECRET_TYPES[i]))
            return true;
    bool ok =
        add_words(reading, "arn id") && add_words(reading, row != NULL ? row->identity : USUAL);
    for (size_t i = 0; ok && i < COUNT(MORE); i++)
        if (str_eq(MORE[i][0], type))
            ok = add_words(reading, MORE[i][1]);
    return ok;
}

/* --- ARNs --- */

/* Which part of a resource's text is beside the point: all from the n-th of these bytes on. */
struct spelling {
    const char *service;
    const char *prefix; /* of the resource */
    char separator;
    int n;
};

static const struct spelling SPELLINGS[] = {
    {"logs", "log-group:", ':', 2},        /* log-group:NAME:* and :log-stream:NAME */
    {"lambda", "function:", ':', 2},       /* function:NAME:VERSION */
    {"lambda", "layer:", ':', 3},          /* layer:NAME:VERSION:… */
    {"secretsmanager", "secret:", ':', 2}, /* secret:NAME-RANDOM:KEY:STAGE:VERSION */
    {"ecs", "task-definition/", ':', 1},   /* task-definition/FAMILY:REVISION */
    {"states", "stateMachine:", ':', 2},   /* stateMachine:NAME:VERSION */
    {"dynamodb", "table/", '/', 2},        /* table/NAME/index/… and /stream/… */
    {"s3", "", '/', 1},                    /* BUCKET/KEY */
    {"batch", "job-definition/", ':', 1},  /* job-definition/NAME:REVISION */
};

static size_t end_of_nth(const char *text, char separator, int n)
{
    const char *at = text;

    for (;; at++) {
        at = strchr(at, separator);
        if (at == NULL)
            return strlen(text);
        if (--n == 0)
            return (size_t)(at - text);
    }
}

static size_t resource_length(const char *service, size_t service_len, const char *resource,
                              bool is_bare)
{
    size_t len = strlen(resource);

    for (size_t i = 0; i < COUNT(SPELLINGS); i++) {
        const struct spelling *s = &SPELLINGS[i];
        if (strlen(s->service) != service_len || memcmp(s->service, service, service_len) != 0 ||
            !str_starts(resource, s->prefix))
            continue;
        /* An access point of S3 has an account, a bucket has none. */
        if (s->prefix[0] == '\0' && !is_bare)
            continue;
        size_t end = end_of_nth(resource, s->separator, s->n);
        if (end < len)
            len = end;
    }
    if (len > 2 && memcmp(resource + len - 2, ":*", 2) == 0)
        len -= 2;
    return len;
}

bool state_arn_normal(const char *arn, char out[CURSOR_TEXT_MAX + 1])
{
    const char *parts[5]; /* after partition, service, region, account: where the next begins */
    const char *at = arn;

    if (!str_starts(arn, "arn:aws") || strnlen(arn, CURSOR_TEXT_MAX + 1) > CURSOR_TEXT_MAX)
        return false;
    for (size_t i = 0; i < COUNT(parts); i++) {
        at = strchr(at, ':');
        if (at == NULL)
            return false;
        parts[i] = ++at;
    }
    const char *service = parts[1], *region = parts[2], *resource = parts[4];
    if (*resource == '\0')
        return false;
    size_t len = resource_length(service, (size_t)(region - 1 - service), resource,
                                 resource - region == 2 /* "::" */);
    int n = snprintf(out, CURSOR_TEXT_MAX + 1, "arn::%.*s%.*s", (int)(resource - service), service,
                     (int)len, resource);
    return n > 0 && n <= CURSOR_TEXT_MAX;
}

static bool agree(const char *a, const char *b)
{
    return a[0] == '\0' || b[0] == '\0' || str_eq(a, b);
}

bool hcl_arn_same(const char *a, const char *b)
{
    char one[CURSOR_TEXT_MAX + 1], other[CURSOR_TEXT_MAX + 1];
    struct hcl_arn first, second;

    if (state_arn_normal(a, one) && state_arn_normal(b, other) && str_eq(one, other))
        return true;
    return hcl_arn_parse(a, &first) && hcl_arn_parse(b, &second) &&
           hcl_type_fits(first.type, second.type) && str_eq(first.name, second.name) &&
           agree(first.account, second.account) && agree(first.region, second.region);
}
