#include "worker/plan_leave.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/config.h"
#include "common/files.h"
#include "common/text/redact.h"

#define FILE_MAX_BYTES ((size_t)256 * 1024)
#define LINES_MAX      64

struct plan_leave {
    struct gate_plan_settings settings;
    char *lines[LINES_MAX + 1]; /* NULL-ended; owned, wiped */
    size_t n;
};

static bool may_be_given(const char *name)
{
    static const char *const whole[] = {"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE"};

    for (size_t i = 0; i < COUNT(whole); i++) {
        if (str_eq(whole[i], name))
            return true;
    }
    return str_starts(name, "AWS_") || str_starts(name, "TF_VAR_");
}

/* A region is no secret, and stands in ordinary words. */
static bool is_secret_name(const char *name)
{
    return strstr(name, "SECRET") != NULL || strstr(name, "TOKEN") != NULL ||
           strstr(name, "KEY") != NULL || strstr(name, "PASSWORD") != NULL ||
           str_starts(name, "TF_VAR_");
}

static int check_owner(const char *path, struct err *err)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return err_set(err, ERR_FATAL, "TERRAFORM_PLAN_ENV_FILE %.300s: %s", path, strerror(errno));
    if ((about.st_mode & 077) != 0)
        return err_set(err, ERR_FATAL,
                       "TERRAFORM_PLAN_ENV_FILE %.300s may be read by others: chmod 600", path);
    return 0;
}

static int take_line(struct plan_leave *leave, char *line, size_t number, struct err *err)
{
    char name[128];
    char *equals = strchr(line, '=');

    while (isspace((unsigned char)*line))
        line++;
    if (*line == '\0' || *line == '#')
        return 0;
    if (equals == NULL || (size_t)(equals - line) >= sizeof name)
        return err_set(err, ERR_FATAL, "TERRAFORM_PLAN_ENV_FILE line %zu: no NAME=value", number);
    (void)snprintf(name, sizeof name, "%.*s", (int)(equals - line), line);
    if (!may_be_given(name))
        return err_set(err, ERR_FATAL,
                       "TERRAFORM_PLAN_ENV_FILE line %zu: %s is not handed to terraform; AWS_*, "
                       "TF_VAR_*, proxies and SSL_CERT_FILE are",
                       number, name);
    if (leave->n == LINES_MAX)
        return err_set(err, ERR_FATAL, "TERRAFORM_PLAN_ENV_FILE has more than %d lines", LINES_MAX);
    leave->lines[leave->n] = strdup(line);
    if (leave->lines[leave->n++] == NULL)
        return err_nomem(err);
    if (is_secret_name(name))
        redact_register(equals + 1);
    return 0;
}

static int read_file(struct plan_leave *leave, const char *path, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(FILE_MAX_BYTES);
    char *rest = NULL;
    size_t number = 0;
    int r = check_owner(path, err);

    text.secret = true;
    if (r == 0)
        r = files_read(path, &text, err);
    if (r < 0)
        return ERR_FATAL;
    for (char *line = text.bytes; line != NULL && *line != '\0' && r == 0; line = rest) {
        size_t len = strcspn(line, "\n");

        rest = line[len] == '\n' ? line + len + 1 : line + len;
        line[len] = '\0';
        r = take_line(leave, line, ++number, err);
    }
    return r;
}

int plan_leave_open(struct plan_leave **out, const struct config *config, struct err *err)
{
    struct plan_leave *leave;
    int r = 0;

    if (str_eq(config->terraform_plan, "off"))
        return 0;
    leave = calloc(1, sizeof *leave);
    if (leave == NULL)
        return err_nomem(err);
    leave->settings.with_state = str_eq(config->terraform_plan, "state");
    leave->settings.environment = (const char *const *)leave->lines;
    if (config->terraform_plan_env_file[0] != '\0')
        r = read_file(leave, config->terraform_plan_env_file, err);
    if (r < 0) {
        plan_leave_free(leave);
        return r;
    }
    *out = leave;
    return 0;
}

void plan_leave_free(struct plan_leave *leave)
{
    if (leave == NULL)
        return;
    for (size_t i = 0; i < leave->n; i++) {
        if (leave->lines[i] != NULL)
            explicit_bzero(leave->lines[i], strlen(leave->lines[i]));
        free(leave->lines[i]);
    }
    free(leave);
}

const struct gate_plan_settings *plan_leave_settings(const struct plan_leave *leave)
{
    return leave != NULL ? &leave->settings : NULL;
}
