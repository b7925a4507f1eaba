/*
 * Terraform as a child: init, plan -detailed-exitcode, show -json.
 *
 * The program, its providers and the configuration are not ours: they get no token of ours, an
 * environment of a few names, and time and output limits. AWS credentials go over where the
 * operator set them; they should be read-only. The directory itself is not written to: lock files
 * are read-only, the state is not locked.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/config.h"
#include "common/files.h"
#include "common/json.h"
#include "producer/child.h"
#include "producer/sources/terraform.h"

#define INIT_TIMEOUT_MS  600000
#define PLAN_TIMEOUT_MS  900000
#define SHOW_TIMEOUT_MS  300000
#define OUTPUT_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define WORDS_MAX_BYTES  ((size_t)4 * 1024 * 1024)
#define ENV_MAX          48
#define ENV_TEXT_MAX     8192

/* Of our own environment these go over, when set. */
static const char *const passed[] = {
    "PATH",
    "HOME",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_CA_BUNDLE",
};

struct run {
    const struct source_context *context;
    const char *directory;
    char work[64]; /* private: data, plan, CLI configuration; short, for providers make sockets in
                      it */
    char *env[ENV_MAX + 1];
    size_t n_env;
};

static void run_done(struct run *run)
{
    for (size_t i = 0; i < run->n_env; i++)
        free(run->env[i]);
    if (run->work[0] != '\0')
        files_remove_tree(run->work);
}

static int add_env(struct run *run, struct err *err, const char *format, ...) PRINTF_LIKE(3, 4);
static int add_env(struct run *run, struct err *err, const char *format, ...)
{
    CLEANUP(buf_done) struct buf text = BUF(ENV_TEXT_MAX);
    char entry[ENV_TEXT_MAX];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(entry, sizeof entry, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof entry || run->n_env >= ENV_MAX)
        return err_set(err, ERR_RETRY, "the environment for terraform is too long");
    buf_text(&text, entry);
    run->env[run->n_env] = buf_take(&text);
    if (run->env[run->n_env] == NULL)
        return err_nomem(err);
    run->n_env++;
    return 0;
}

static int write_cli_config(const struct run *run, struct err *err)
{
    const char *mirror = run->context->config->terraform_mirror;
    CLEANUP(buf_done) struct buf text = BUF(16384);
    CLEANUP(buf_done) struct buf quoted = BUF(8192);
    char path[128];

    buf_text(&text, "disable_checkpoint = true\n");
    if (mirror[0] != '\0') {
        for (const char *c = mirror; *c != '\0'; c++)
            buf_print(&quoted, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
        buf_print(&text,
                  "provider_installation {\n  filesystem_mirror {\n    path = \"%s\"\n  }\n}\n",
                  buf_str(&quoted));
    }
    int r = buf_check(&text, err);
    if (r < 0)
        return r;
    snprintf(path, sizeof path, "%s/terraform.rc", run->work);
    return files_write(path, text.bytes, text.len, err);
}

/* Downloaded providers are kept between polls; one thread of one lease holder uses the place. */
static int add_plugin_cache(struct run *run, struct err *err)
{
    char path[2048];

    if (run->context->config->terraform_mirror[0] != '\0')
        return 0;
    snprintf(path, sizeof path, "%s/terraform-plugins", run->context->config->data_dir);
    int r = files_make_directory(path, err);
    CLEANUP(mem_freep) char *absolute = r == 0 ? realpath(path, NULL) : NULL;
    if (r < 0 || absolute == NULL)
        return r < 0 ? r : err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
    return add_env(run, err, "TF_PLUGIN_CACHE_DIR=%s", absolute);
}

static int add_environment(struct run *run, struct err *err)
{
    const struct config *config = run->context->config;
    int r = 0;

    for (size_t i = 0; i < COUNT(passed) && r == 0; i++) {
        const char *value = getenv(passed[i]);
        if (value != NULL)
            r = add_env(run, err, "%s=%s", passed[i], value);
    }
    if (r == 0 && config->https_proxy[0] != '\0')
        r = add_env(run, err, "HTTPS_PROXY=%s", config->https_proxy);
    if (r == 0 && config->ca_file[0] != '\0')
        r = add_env(run, err, "SSL_CERT_FILE=%s", config->ca_file);
    if (r == 0)
        r = add_env(run, err, "TF_IN_AUTOMATION=1");
    if (r == 0)
        r = add_env(run, err, "TF_INPUT=0");
    if (r == 0)
        r = add_env(run, err, "CHECKPOINT_DISABLE=1");
    if (r == 0)
        r = add_env(run, err, "TF_CLI_CONFIG_FILE=%s/terraform.rc", run->work);
    if (r == 0)
        r = add_env(run, err, "TF_DATA_DIR=%s/data", run->work);
    if (r == 0)
        r = add_env(run, err, "TMPDIR=%s", run->work);
    return r < 0 ? r : add_plugin_cache(run, err);
}

static int prepare(struct run *run, struct err *err)
{
    (void)str_copy(run->work, sizeof run->work, "/tmp/plumb-drift-XXXXXX");
    if (mkdtemp(run->work) == NULL) {
        run->work[0] = '\0';
        return err_set(err, ERR_RETRY, "a temporary directory: %s", strerror(errno));
    }
    int r = write_cli_config(run, err);
    return r < 0 ? r : add_environment(run, err);
}

/* The last lines of what terraform said, without the boxes it draws. */
static void last_words(const struct child_result *result, char *out, size_t size)
{
    const char *text = result->errors.len > 0 ? buf_str(&result->errors) : buf_str(&result->out);
    size_t len = strlen(text), n = 0;

    if (len > 400)
        text += len - 400;
    for (; *text != '\0' && n + 1 < size; text++) {
        if ((unsigned char)*text < 0x20 || *text == ' ') {
            if (n > 0 && out[n - 1] != ' ')
                out[n++] = ' ';
        } else if ((unsigned char)*text < 0x80) {
            out[n++] = *text;
        }
    }
    out[n] = '\0';
}

/* *out_code is the exit code; 0 and also_fine pass, others are ERR_RETRY with terraform's words. */
static int terraform(struct run *run, const char *const *argv, int64_t timeout_ms,
                     size_t max_output_bytes, int also_fine, struct child_result *out,
                     struct err *err)
{
    const struct child_options options = {
        .argv = argv,
        .env = (const char *const *)run->env,
        .directory = run->directory,
        .timeout_ms = timeout_ms,
        .max_output_bytes = max_output_bytes,
        .should_stop = run->context->should_stop,
        .stop_context = run->context->stop_context,
    };
    char words[420];
    int r = child_run(&options, out, err);

    if (r == ERR_REJECT)
        r = ERR_RETRY;
    if (r < 0 || out->exit_code == 0 || out->exit_code == also_fine)
        return r;
    last_words(out, words, sizeof words);
    return err_set(err, ERR_RETRY, "%s %s in %s: exit %d: %s", argv[0], argv[1], run->directory,
                   out->exit_code, words);
}

static int init(struct run *run, struct err *err)
{
    const char *const argv[] = {run->context->config->terraform_binary,
                                "init",
                                "-input=false",
                                "-no-color",
                                "-lockfile=readonly",
                                NULL};
    struct child_result result;
    int r = terraform(run, argv, INIT_TIMEOUT_MS, WORDS_MAX_BYTES, 0, &result, err);

    child_result_done(&result);
    return r;
}

/* *out_changes: exit code 2. */
static int plan(struct run *run, bool *out_changes, struct err *err)
{
    char out_option[128];
    const char *const argv[] = {run->context->config->terraform_binary,
                                "plan",
                                "-detailed-exitcode",
                                "-input=false",
                                "-lock=false",
                                "-no-color",
                                out_option,
                                NULL};
    struct child_result result;

    snprintf(out_option, sizeof out_option, "-out=%s/plan", run->work);
    int r = terraform(run, argv, PLAN_TIMEOUT_MS, WORDS_MAX_BYTES, 2, &result, err);
    *out_changes = result.exit_code == 2;
    child_result_done(&result);
    return r;
}

static int show(struct run *run, struct json **out, struct err *err)
{
    char file[128];
    const char *const argv[] = {
        run->context->config->terraform_binary, "show", "-json", "-no-color", file, NULL};
    struct child_result result;

    snprintf(file, sizeof file, "%s/plan", run->work);
    int r = terraform(run, argv, SHOW_TIMEOUT_MS, OUTPUT_MAX_BYTES, 0, &result, err);
    if (r == 0)
        r = json_parse(out, buf_str(&result.out), result.out.len, err);
    child_result_done(&result);
    return r == ERR_REJECT ? err_wrap(err, ERR_RETRY, "terraform show -json") : r;
}

int terraform_plan(const struct source_context *context, const char *directory, struct json **out,
                   struct err *err)
{
    CLEANUP(run_done) struct run run = {.context = context, .directory = directory};
    bool changes = false;
    int r = prepare(&run, err);

    if (r == 0)
        r = init(&run, err);
    if (r == 0)
        r = plan(&run, &changes, err);
    if (r == 0 && changes)
        return show(&run, out, err);
    if (r == 0)
        *out = NULL;
    return r;
}
