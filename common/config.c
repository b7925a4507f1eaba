/* Environment into struct config; the story stands in config.h, the variables in config_table.c. */
#include "common/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "common/config_table.h"
#include "common/files.h"
#include "common/json.h"
#include "common/text/redact.h"

#define VALUE_MAX_BYTES  ((size_t)256 * 1024)
#define SECRET_MIN_BYTES 6

struct loading {
    struct config *config;
    config_lookup_fn lookup;
    void *context;
    struct err *err;
};

/* Where the value came from, for messages. */
struct given {
    char name[96];
    char *text; /* owned, stripped */
};

static void given_done(struct given *given)
{
    free(given->text);
    given->text = NULL;
}

static char *stripped(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    return strndup(text, len);
}

/* The message names the value unless it is a secret. */
static int refuse(struct loading *loading, const struct setting *setting, const struct given *given)
{
    CLEANUP(buf_done) struct buf accepted = BUF(1024);

    config_describe_accepted(setting, &accepted);
    if (setting->secret)
        return err_set(loading->err, ERR_FATAL, "%s: accepted is %s", given->name,
                       buf_str(&accepted));
    (void)err_set(loading->err, ERR_FATAL, "%s=%.100s: accepted is %s", given->name, given->text,
                  buf_str(&accepted));
    redact_err(loading->err); /* a URL may carry a password */
    return ERR_FATAL;
}

/* --- finding the value --------------------------------------------------------------------- */

static int read_secret(struct loading *loading, const char *name, const char *path, char **out)
{
    CLEANUP(mem_freep) char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return err_set(loading->err, ERR_FATAL, "%s: cannot open %s: %s", name, path,
                       strerror(errno));
    ssize_t len = getdelim(&text, &size, '\0', file);
    fclose(file);
    if (len <= 0)
        return err_set(loading->err, ERR_FATAL, "%s: %s holds no line of text", name, path);
    text[files_secret_len(text)] = '\0';
    *out = stripped(text);
    explicit_bzero(text, size);
    return *out != NULL ? 0 : err_nomem(loading->err);
}

/* A secret by value or by NAME_FILE; both at once is a contradiction that we do not settle. */
static int look_up_secret_file(struct loading *loading, const char *key, struct given *given)
{
    char name[sizeof given->name];

    snprintf(name, sizeof name, "%s_FILE", key);
    const char *path = loading->lookup(loading->context, name);
    if (path == NULL || path[0] == '\0')
        return 0;
    if (given->text != NULL)
        return err_set(loading->err, ERR_FATAL, "%s and %s are both set: remove one", key, name);
    (void)str_copy(given->name, sizeof given->name, name);
    return read_secret(loading, name, path, &given->text);
}

/* Leaves given->text NULL when the variable is not set. */
static int look_up(struct loading *loading, const struct setting *setting, const char *key,
                   struct given *given)
{
    const char *raw = loading->lookup(loading->context, key);

    if (raw != NULL && strlen(raw) > VALUE_MAX_BYTES)
        return err_set(loading->err, ERR_FATAL, "%s: longer than %zu bytes", key, VALUE_MAX_BYTES);
    if (raw != NULL) {
        (void)str_copy(given->name, sizeof given->name, key);
        given->text = stripped(raw);
        if (given->text == NULL)
            return err_nomem(loading->err);
        if (given->text[0] == '\0' && !setting->may_be_empty)
            given_done(given);
    }
    return setting->secret ? look_up_secret_file(loading, key, given) : 0;
}

static int find_value(struct loading *loading, const struct setting *setting, struct given *given)
{
    int r = look_up(loading, setting, setting->key, given);

    if (r == 0 && given->text == NULL && setting->also != NULL)
        r = look_up(loading, setting, setting->also, given);
    if (r != 0 || given->text != NULL)
        return r;
    (void)str_copy(given->name, sizeof given->name, setting->key);
    given->text = strdup(setting->default_text);
    return given->text != NULL ? 0 : err_nomem(loading->err);
}

/* --- loading ------------------------------------------------------------------------------- */

static int take_secret(struct loading *loading, const char *name, const char *secret)
{
    if (secret[0] == '\0')
        return 0;
    if (strlen(secret) < SECRET_MIN_BYTES)
        return err_set(loading->err, ERR_FATAL,
                       "%s: a secret shorter than %d bytes is not accepted: it could not be kept "
                       "out of the logs",
                       name, SECRET_MIN_BYTES);
    redact_register(secret);
    return 0;
}

static int hex_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* The password goes out as it stands in the URL or decoded, as the server wants it. */
static int take_url_password(struct loading *loading, const char *name, const char *url)
{
    size_t len;
    const char *password = config_url_password(url, &len);

    if (password == NULL)
        return 0;
    CLEANUP(mem_freep) char *text = strndup(password, len);
    if (text == NULL)
        return err_nomem(loading->err);
    int r = take_secret(loading, name, text);
    char *end = text;
    for (const char *at = text; *at != '\0'; at++) {
        bool is_code =
            at[0] == '%' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2]);
        *end++ = is_code ? (char)(hex_value(at[1]) << 4 | hex_value(at[2])) : *at;
        at += is_code ? 2 : 0;
    }
    *end = '\0';
    return r != 0 ? r : take_secret(loading, name, text);
}

static int load_one(struct loading *loading, const struct setting *setting)
{
    CLEANUP(given_done) struct given given = {0};

    int r = find_value(loading, setting, &given);
    if (r != 0)
        return r;
    if (setting->secret)
        r = take_secret(loading, given.name, given.text);
    else if (setting->type == SETTING_URL || setting->type == SETTING_REDIS_URL)
        r = take_url_password(loading, given.name, given.text);
    if (r != 0)
        return r;
    return config_store(loading->config, setting, given.text) ? 0
                                                              : refuse(loading, setting, &given);
}

static void config_donep(struct config *config)
{
    config_done(config);
}

/* One text of all that is wrong, as far as there is room for it: who mends settings wants to see
 * them at once. */
static int refuse_all(const struct buf *wrong, int n, struct err *err)
{
    if (n == 1)
        return err_set(err, ERR_FATAL, "%s", buf_str(wrong) + strlen("\n  "));
    return err_set(err, ERR_FATAL, "%d settings are wrong:%s", n, buf_str(wrong));
}

int config_load(struct config *out, config_lookup_fn lookup, void *context, struct err *err)
{
    CLEANUP(config_donep) struct config config = {0};
    CLEANUP(buf_done) struct buf wrong = BUF(64 * ERR_TEXT_BYTES);
    struct loading loading = {&config, lookup, context, err};
    int n = 0;

    for (size_t i = 0; i < config_settings_count; i++) {
        if (load_one(&loading, &config_settings[i]) == 0)
            continue;
        buf_print(&wrong, "\n  %s", err->text);
        n++;
    }
    if (n > 0)
        return refuse_all(&wrong, n, err);
    *out = config;
    config = (struct config){0};
    return 0;
}

static const char *from_environment(void *context, const char *name)
{
    (void)context;
    return getenv(name);
}

int config_load_env(struct config *out, struct err *err)
{
    return config_load(out, from_environment, NULL, err);
}

void config_done(struct config *config)
{
    for (size_t i = 0; i < config_settings_count; i++) {
        const struct setting *setting = &config_settings[i];
        if (setting->type == SETTING_NUMBER || setting->type == SETTING_BOOL ||
            setting->type == SETTING_LEVEL)
            continue;
        mem_freep((char *)config + setting->offset);
    }
    *config = (struct config){0};
}

/* --- which repository ---------------------------------------------------------------------- */

static const char *mapped(const struct json *mapping, const char *resource)
{
    const char *best = NULL;
    size_t best_len = 0;
    const char *key;
    const struct json *value;

    for (size_t i = 0; json_member(mapping, i, &key, &value); i++) {
        size_t len = strlen(key);
        const char *repository = json_text(value, "");

        if (str_eq(key, "default") || repository[0] == '\0' || !str_starts(resource, key))
            continue;
        if (best == NULL || len > best_len) {
            best = repository;
            best_len = len;
        }
    }
    return best != NULL ? best : json_get_text(mapping, "default", "");
}

char *config_repository_for(const struct config *config, const char *resource)
{
    CLEANUP(json_freep) struct json *mapping = NULL;
    struct err ignored;
    const char *text = config->github_repo_mapping;

    if (json_parse(&mapping, text, strlen(text), &ignored) != 0)
        return NULL; /* config_load has read it before, so only memory can be missing */
    const char *repository = mapped(mapping, resource != NULL ? resource : "");
    if (repository[0] == '\0')
        repository = config->github_repository;
    return repository[0] != '\0' ? strdup(repository) : NULL;
}
