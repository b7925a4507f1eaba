#include "worker/gate/terraform.h"

#include <stdio.h>
#include <unistd.h>

#define ARGUMENTS_MAX 16

bool terraform_find(const struct gate_run *run, char *out, size_t size)
{
    const char *binary = run->in->terraform_binary;
    const char *path = getenv("PATH");

    if (binary == NULL || binary[0] == '\0')
        return false;
    if (strchr(binary, '/') != NULL)
        return binary[0] == '/' && str_copy(out, size, binary) && access(out, X_OK) == 0;
    while (path != NULL && *path != '\0') {
        int len = (int)strcspn(path, ":");
        int n = snprintf(out, size, "%.*s/%s", len, path, binary);

        if (path[0] == '/' && n > 0 && (size_t)n < size && access(out, X_OK) == 0)
            return true;
        path += len + (path[len] == ':');
    }
    return false;
}

bool terraform_is_there(const struct gate_run *run)
{
    char path[4096];

    return terraform_find(run, path, sizeof path);
}

int terraform_configure(const struct gate_run *run, const struct scratch *scratch, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(16384);
    const char *mirror = run->in->terraform_mirror;
    bool has_mirror = mirror != NULL && mirror[0] != '\0';

    if (has_mirror && strpbrk(mirror, "\"\\\n$%") != NULL)
        return err_set(err, ERR_FATAL,
                       "the provider mirror's path holds a character that Terraform would read");
    buf_text(&text,
             "disable_checkpoint = true\n\nprovider_installation {\n  filesystem_mirror {\n");
    if (has_mirror)
        buf_print(&text, "    path = \"%s\"\n", mirror);
    else
        buf_print(&text, "    path = \"%s/none\"\n", scratch->path);
    buf_text(&text, "  }\n}\n");
    if (buf_check(&text, err) < 0)
        return ERR_FATAL;
    if (scratch_write(scratch->path, "none/empty", "", 0, err) < 0 ||
        scratch_write(scratch->path, "home/empty", "", 0, err) < 0)
        return ERR_RETRY;
    return scratch_write(scratch->path, "terraform.rc", buf_str(&text), text.len, err);
}

int terraform_run(const struct gate_run *run, const struct scratch *scratch, const char *directory,
                  const char *const *arguments, int64_t deadline_ms, size_t memory_max_bytes,
                  struct cage_result *result, struct err *err)
{
    char config[4200];
    char home[4200];
    char data[4200];
    char tmp[4200];
    const char *environment[] = {"TF_IN_AUTOMATION=1",
                                 "TF_INPUT=0",
                                 "CHECKPOINT_DISABLE=1",
                                 "LANG=C.UTF-8",
                                 config,
                                 data,
                                 home,
                                 tmp,
                                 NULL};
    char binary[4096];
    const char *argv[ARGUMENTS_MAX + 2] = {binary};

    if (!terraform_find(run, binary, sizeof binary))
        return err_set(err, ERR_RETRY, "terraform is gone");

    (void)snprintf(config, sizeof config, "TF_CLI_CONFIG_FILE=%s/terraform.rc", scratch->path);
    (void)snprintf(data, sizeof data, "TF_DATA_DIR=%s/data", scratch->path);
    (void)snprintf(home, sizeof home, "HOME=%s/home", scratch->path);
    (void)snprintf(tmp, sizeof tmp, "TMPDIR=%s/home", scratch->path);
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    return cage_run(&(struct cage_command){.argv = argv,
                                           .environment = environment,
                                           .directory = directory,
                                           .deadline_ms = deadline_ms,
                                           .memory_max_bytes = memory_max_bytes,
                                           .output_max_bytes = TERRAFORM_OUTPUT_MAX,
                                           .should_stop = run->in->should_stop,
                                           .stop_context = run->in->stop_context},
                    result, err);
}

void terraform_first_line(const char *text, char *out, size_t size)
{
    static const char *const boxes[] = {"│", "╷", "╵"};

    out[0] = '\0';
    while (*text != '\0') {
        size_t len;

        for (size_t i = 0; i < COUNT(boxes); i++) {
            if (str_starts(text, boxes[i]))
                text += strlen(boxes[i]);
        }
        text += strspn(text, " \t\r");
        len = strcspn(text, "\n");
        if (len > 0) {
            (void)snprintf(out, size, "%.*s", (int)len, text);
            return;
        }
        text += *text == '\n';
    }
}
