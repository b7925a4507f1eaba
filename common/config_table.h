/*
 * The table behind config.h: one row per environment variable. Only config*.c include it.
 *
 * A new variable is one field in struct config and one row in config_table.c; parsing, --help,
 * `plumb config check` and docs/configuration.md follow from the row.
 */
#ifndef COMMON_CONFIG_TABLE_H
#define COMMON_CONFIG_TABLE_H

#include "common/config.h"

enum setting_type {
    SETTING_TEXT,
    SETTING_NUMBER,     /* int64_t in lowest..highest */
    SETTING_BOOL,       /* true/false, yes/no, 1/0 */
    SETTING_LEVEL,      /* enum log_level */
    SETTING_CHOICE,     /* one of the choices, in their spelling; any case is read */
    SETTING_LIST,       /* comma list of the choices */
    SETTING_URL,        /* http:// or https://; a slash at the end is dropped */
    SETTING_REDIS_URL,  /* redis://, rediss:// or unix:// */
    SETTING_REPOSITORY, /* owner/name, or "" */
    SETTING_MAPPING,    /* JSON object of repositories */
    SETTING_TIERS,      /* four ascending numbers of seconds */
};

struct setting {
    const char *group; /* heading in the manual; rows of a group stand together */
    const char *key;
    const char *also; /* a second name that is read when key is not set; may be NULL */
    enum setting_type type;
    size_t offset; /* in struct config */
    const char *default_text;
    int64_t lowest;
    int64_t highest;
    const char *choices; /* comma list */
    bool secret;
    bool may_be_empty; /* set to nothing is a value of its own, not "unset" */
    const char *doc;
};

extern const struct setting config_settings[];
extern const size_t config_settings_count;

/* Stores text in the setting's field. False when it is not accepted; text is stripped. */
bool config_store(struct config *config, const struct setting *setting, const char *text);
/* The field as text again; borrowed from config or, for numbers, from scratch. */
const char *config_field_text(const struct config *config, const struct setting *setting,
                              char scratch[32]);
/* The password inside a URL ("scheme://user:password@…"): its place and length, or NULL. */
const char *config_url_password(const char *url, size_t *out_len);
/* Text in words: what is accepted, for messages and the manual. */
void config_describe_accepted(const struct setting *setting, struct buf *out);
/* "owner/name" with the characters that GitHub allows. */
bool config_is_repository(const char *text);

#endif
