/* One value of one setting: text in, field out, and back; see config_table.h. */
#include "common/config_table.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "common/json.h"

#define TIERS            4
#define TIER_MAX_SECONDS 604800

static void *field_of(struct config *config, const struct setting *setting)
{
    return (char *)config + setting->offset;
}

/* Without memory at start there is nothing to be said to anybody. */
static void store_text(char **field, const char *text, size_t len)
{
    char *copy = strndup(text, len);

    if (copy == NULL)
        abort();
    free(*field);
    *field = copy;
}

static bool read_number(const char *text, int64_t lowest, int64_t highest, int64_t *out)
{
    char *end;

    if (!isdigit((unsigned char)text[0]) && text[0] != '-')
        return false;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < lowest || value > highest)
        return false;
    *out = value;
    return true;
}

static bool read_bool(const char *text, bool *out)
{
    static const char *const yes[] = {"true", "1", "yes"};
    static const char *const no[] = {"false", "0", "no"};

    for (size_t i = 0; i < COUNT(yes); i++) {
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            *out = strcasecmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

/* The element of a comma list that equals text in any case, with its length; NULL if none. */
static const char *find_choice(const char *choices, const char *text, size_t len)
{
    for (const char *at = choices;;) {
        size_t n = strcspn(at, ",");
        if (n == len && strncasecmp(at, text, len) == 0)
            return at;
        if (at[n] == '\0')
            return NULL;
        at += n + 1;
    }
}

static bool store_choice(char **field, const char *choices, const char *text)
{
    size_t len = strlen(text);
    const char *found = find_choice(choices, text, len);

    if (found != NULL)
        store_text(field, found, len);
    return found != NULL;
}

static bool store_list(char **field, const char *choices, const char *text)
{
    CLEANUP(buf_done) struct buf list = BUF(4096);

    if (text[0] == '\0') {
        store_text(field, "", 0);
        return true;
    }
    for (const char *at = text;;) {
        size_t n = strcspn(at, ",");
        size_t from = 0;
        size_t to = n;

        while (from < to && isspace((unsigned char)at[from]))
            from++;
        while (to > from && isspace((unsigned char)at[to - 1]))
            to--;
        const char *found = find_choice(choices, at + from, to - from);
        if (found == NULL)
            return false;
        buf_text(&list, list.len > 0 ? "," : "");
        buf_bytes(&list, found, to - from);
        if (at[n] == '\0')
            break;
        at += n + 1;
    }
    store_text(field, buf_str(&list), list.len);
    return !list.too_long;
}

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text <= ' ' || *text == 0x7F)
            return false;
    }
    return true;
}

static bool store_url(char **field, const char *text)
{
    size_t scheme = str_starts(text, "https://")  ? strlen("https://")
                    : str_starts(text, "http://") ? strlen("http://")
                                                  : 0;
    size_t len = strlen(text);

    if (text[0] != '\0' && (scheme == 0 || text[scheme] == '\0' || text[scheme] == '/'))
        return false;
    if (!is_printable(text))
        return false;
    while (len > 0 && text[len - 1] == '/')
        len--;
    store_text(field, text, len);
    return true;
}

static bool store_redis_url(char **field, const char *text)
{
    if (!is_printable(text) || (!str_starts(text, "redis://") && !str_starts(text, "rediss://") &&
                                !str_starts(text, "unix://")))
        return false;
    store_text(field, text, strlen(text));
    return true;
}

bool config_is_repository(const char *text)
{
    const char *slash = strchr(text, '/');

    if (slash == NULL || slash == text || slash[1] == '\0' || strlen(text) > 140)
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at) && strchr("-_.", *at) == NULL && at != slash)
            return false;
    }
    /* "." and ".." are directories wherever a repository becomes a path. */
    return text[0] != '.' && !str_eq(slash, "/.") && !str_eq(slash, "/..");
}

static bool store_repository(char **field, const char *text)
{
    if (text[0] != '\0' && !config_is_repository(text))
        return false;
    store_text(field, text, strlen(text));
    return true;
}

static bool store_mapping(char **field, const char *text)
{
    CLEANUP(json_freep) struct json *mapping = NULL;
    struct err ignored;
    const char *key;
    const struct json *value;

    if (json_parse(&mapping, text, strlen(text), &ignored) != 0 || !json_is_object(mapping))
        return false;
    for (size_t i = 0; json_member(mapping, i, &key, &value); i++) {
        const char *repository = json_text(value, NULL);
        if (repository == NULL || (repository[0] != '\0' && !config_is_repository(repository)))
            return false;
    }
    store_text(field, text, strlen(text));
    return true;
}

static bool store_tiers(char **field, const char *text)
{
    char plain[64] = "";
    size_t len = 0;
    int64_t before = 0;
    const char *at = text;

    for (int i = 0; i < TIERS; i++) {
        char number[8];
        size_t n = strspn(at, "0123456789");
        int64_t tier;

        snprintf(number, sizeof number, "%.*s", n < sizeof number ? (int)n : 0, at);
        if (!read_number(number, before + 1, TIER_MAX_SECONDS, &tier))
            return false;
        if (at[n] != (i < TIERS - 1 ? ',' : '\0'))
            return false;
        len +=
            (size_t)snprintf(plain + len, sizeof plain - len, "%s%" PRId64, i > 0 ? "," : "", tier);
        before = tier;
        at += n + 1;
        if (i < TIERS - 1)
            at += strspn(at, " ");
    }
    store_text(field, plain, len);
    return true;
}

bool config_store(struct config *config, const struct setting *setting, const char *text)
{
    void *field = field_of(config, setting);

    switch (setting->type) {
    case SETTING_NUMBER:
        return read_number(text, setting->lowest, setting->highest, field);
    case SETTING_BOOL:
        return read_bool(text, field);
    case SETTING_LEVEL:
        return log_level_parse(text, field);
    case SETTING_CHOICE:
        return store_choice(field, setting->choices, text);
    case SETTING_LIST:
        return store_list(field, setting->choices, text);
    case SETTING_URL:
        return store_url(field, text);
    case SETTING_REDIS_URL:
        return store_redis_url(field, text);
    case SETTING_REPOSITORY:
        return store_repository(field, text);
    case SETTING_MAPPING:
        return store_mapping(field, text);
    case SETTING_TIERS:
        return store_tiers(field, text);
    case SETTING_TEXT:
        break;
    }
    store_text(field, text, strlen(text));
    return true;
}

const char *config_field_text(const struct config *config, const struct setting *setting,
                              char scratch[32])
{
    static const char *const levels[] = {
        [LOG_LEVEL_DEBUG] = "DEBUG",
        [LOG_LEVEL_INFO] = "INFO",
        [LOG_LEVEL_WARN] = "WARNING",
        [LOG_LEVEL_ERROR] = "ERROR",
    };
    const void *field = (const char *)config + setting->offset;

    switch (setting->type) {
    case SETTING_NUMBER:
        snprintf(scratch, 32, "%" PRId64, *(const int64_t *)field);
        return scratch;
    case SETTING_BOOL:
        return *(const bool *)field ? "true" : "false";
    case SETTING_LEVEL:
        return levels[*(const enum log_level *)field];
    default:
        return *(char *const *)field;
    }
}

const char *config_url_password(const char *url, size_t *out_len)
{
    const char *host = strstr(url, "://");

    if (host == NULL)
        return NULL;
    host += strlen("://");
    /* The last @ before the path: a password may hold another one. */
    const char *at = memrchr(host, '@', strcspn(host, "/?#"));
    const char *colon = at != NULL ? memchr(host, ':', (size_t)(at - host)) : NULL;
    if (colon == NULL || colon + 1 == at)
        return NULL;
    *out_len = (size_t)(at - colon - 1);
    return colon + 1;
}
