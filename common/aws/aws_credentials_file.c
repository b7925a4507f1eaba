/*
 * The shared credentials file, as AWS's command line writes it: [profile], then name = value.
 * Comments are lines that begin with # or ;.
 */
#include "common/aws/aws_credentials_internal.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "common/files.h"

#define FILE_MAX_BYTES ((size_t)1024 * 1024)

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return text;
}

/* False when the value is longer than any real one. */
static bool take_value(char *line, struct aws_keys *out)
{
    char *equals = strchr(line, '=');

    if (equals == NULL)
        return true;
    *equals = '\0';
    const char *name = trim(line), *value = trim(equals + 1);
    if (str_eq(name, "aws_access_key_id"))
        return str_copy(out->key_id, sizeof out->key_id, value);
    if (str_eq(name, "aws_secret_access_key"))
        return str_copy(out->secret, sizeof out->secret, value);
    if (str_eq(name, "aws_session_token"))
        return str_copy(out->token, sizeof out->token, value);
    return true;
}

/* [name]; also "[profile name]", which some tools write here. */
static bool is_section(char *line, const char *profile)
{
    char *end = strchr(line, ']');

    if (end == NULL)
        return false;
    *end = '\0';
    const char *name = trim(line + 1);
    if (str_starts(name, "profile "))
        name += 8;
    return str_eq(name, profile);
}

static bool read_profile(char *text, const char *profile, struct aws_keys *out)
{
    bool inside = false, ok = true;
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        line = trim(line);
        if (line[0] == '#' || line[0] == ';')
            continue;
        if (line[0] == '[')
            inside = is_section(line, profile);
        else if (inside)
            ok = take_value(line, out) && ok;
    }
    return ok;
}

static bool find_file(const struct aws_chain *chain, char out[1024])
{
    const char *path = aws_variable(chain, "AWS_SHARED_CREDENTIALS_FILE");
    const char *home = aws_variable(chain, "HOME");

    if (path != NULL)
        return str_copy(out, 1024, path);
    return home != NULL && snprintf(out, 1024, "%s/.aws/credentials", home) < 1024;
}

int aws_keys_of_file(const struct aws_chain *chain, struct aws_keys *out, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(FILE_MAX_BYTES);
    const char *wanted =
        chain->profile != NULL ? chain->profile : aws_variable(chain, "AWS_PROFILE");
    const char *profile = wanted != NULL ? wanted : "default";
    char path[1024];

    text.secret = true;
    if (!find_file(chain, path) || (wanted == NULL && access(path, F_OK) != 0 && errno == ENOENT))
        return wanted == NULL
                   ? AWS_NOT_HERE
                   : err_set(err, ERR_REJECT, "no credentials file for profile %.60s", profile);
    int r = files_read(path, &text, err);
    if (r < 0)
        return err_wrap(err, r, "AWS credentials file");
    struct aws_keys keys = {0};
    bool ok = text.len == 0 || read_profile(text.bytes, profile, &keys);
    if (ok && keys.key_id[0] != '\0' && keys.secret[0] != '\0')
        *out = keys;
    else if (wanted == NULL && ok && keys.key_id[0] == '\0' && keys.secret[0] == '\0')
        r = AWS_NOT_HERE;
    else
        r = err_set(
            err, ERR_REJECT,
            "AWS credentials file %.200s: profile %.60s has no usable aws_access_key_id and "
            "aws_secret_access_key",
            path, profile);
    aws_keys_wipe(&keys);
    return r;
}
