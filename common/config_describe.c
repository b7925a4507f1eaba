/* The table of settings for people: --help, the manual, `plumb config check`. */
#include "common/config_table.h"

#include <ctype.h>
#include <inttypes.h>

void config_describe_accepted(const struct setting *setting, struct buf *out)
{
    switch (setting->type) {
    case SETTING_NUMBER:
        buf_print(out, "%" PRId64 " to %" PRId64, setting->lowest, setting->highest);
        return;
    case SETTING_BOOL:
        buf_text(out, "true or false");
        return;
    case SETTING_LEVEL:
    case SETTING_CHOICE:
        buf_text(out, "one of ");
        break;
    case SETTING_LIST:
        buf_text(out, "any of ");
        break;
    case SETTING_URL:
        buf_text(out, "an http:// or https:// URL");
        return;
    case SETTING_REDIS_URL:
        buf_text(out, "redis://host:port/db, rediss://host:port/db or unix:///path");
        return;
    case SETTING_REPOSITORY:
        buf_text(out, "owner/name");
        return;
    case SETTING_MAPPING:
        buf_text(out, "a JSON object whose values are owner/name");
        return;
    case SETTING_TIERS:
        buf_text(out, "four growing numbers of seconds, a,b,c,d");
        return;
    case SETTING_TEXT:
        buf_text(out, setting->secret ? "text of at least 6 bytes" : "text");
        return;
    }
    for (const char *at = setting->choices; *at != '\0'; at++)
        *at == ',' ? buf_text(out, ", ") : buf_char(out, *at);
}

static void describe_names(const struct setting *setting, struct buf *out, const char *mark)
{
    buf_print(out, "%s%s%s", mark, setting->key, mark);
    if (setting->also != NULL)
        buf_print(out, " or %s%s%s", mark, setting->also, mark);
}

static void describe_as_text(const struct setting *setting, struct buf *out)
{
    buf_text(out, "  ");
    describe_names(setting, out, "");
    if (setting->default_text[0] != '\0')
        buf_print(out, " (%s)", setting->default_text);
    buf_print(out, "\n      %s\n", setting->doc);
}

static void describe_as_markdown(const struct setting *setting, struct buf *out)
{
    buf_text(out, "| ");
    describe_names(setting, out, "`");
    if (setting->secret)
        buf_text(out, " (secret)");
    if (setting->default_text[0] != '\0')
        buf_print(out, " | `%s` | ", setting->default_text);
    else
        buf_text(out, " | | ");
    config_describe_accepted(setting, out);
    buf_print(out, " | %s |\n", setting->doc);
}

static const char markdown_intro[] =
    "# Configuration\n"
    "\n"
    "Plumbline is configured by environment variables. This page is written from the same table\n"
    "that reads them (`common/config_table.c`); `plumb config check` shows what a process would\n"
    "use and complains about what it cannot use.\n"
    "\n"
    "White space around a value is dropped, and a variable that is set to nothing counts as not\n"
    "set, except `TERRAFORM_BINARY`. A secret may be given as a file instead: set `NAME_FILE` to "
    "a\n"
    "path, and the first line of that file is the value, or all of it where it is PEM. Secrets "
    "are\n"
    "shown as set or unset only, and kept out of logs, audit and pull requests.\n";

void config_describe(struct buf *out, enum config_style style)
{
    const char *group = "";

    if (style == CONFIG_MARKDOWN)
        buf_text(out, markdown_intro);
    for (size_t i = 0; i < config_settings_count; i++) {
        const struct setting *setting = &config_settings[i];
        bool begins = !str_eq(group, setting->group);

        group = setting->group;
        if (style == CONFIG_MARKDOWN) {
            if (begins)
                buf_print(out,
                          "\n## %s\n\n| Variable | Default | Accepted | Meaning |\n"
                          "|---|---|---|---|\n",
                          group);
            describe_as_markdown(setting, out);
        } else {
            if (begins)
                buf_print(out, "%s%s:\n", i > 0 ? "\n" : "", group);
            describe_as_text(setting, out);
        }
    }
}

static void show_value(const struct setting *setting, const char *text, struct buf *out)
{
    bool is_url = setting->type == SETTING_URL || setting->type == SETTING_REDIS_URL;
    size_t password_len = 0;
    const char *password = is_url ? config_url_password(text, &password_len) : NULL;

    if (setting->secret) {
        buf_text(out, text[0] != '\0' ? "set" : "unset");
        return;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (at == password) {
            buf_text(out, "***");
            at += password_len - 1;
        } else {
            buf_char(out, iscntrl((unsigned char)*at) ? ' ' : *at);
        }
    }
}

void config_show(const struct config *config, struct buf *out)
{
    for (size_t i = 0; i < config_settings_count; i++) {
        const struct setting *setting = &config_settings[i];
        char scratch[32];

        buf_print(out, "%s=", setting->key);
        show_value(setting, config_field_text(config, setting, scratch), out);
        buf_char(out, '\n');
    }
}
