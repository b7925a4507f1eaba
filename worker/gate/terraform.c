#include "worker/gate/terraform.h"

#include <stdio.h>
#include <unistd.h>

#include "worker/gate/pool.h"

#define ARGUMENTS_MAX 16
#define OWN_VARIABLES 8
#define FILES_MAX     5000
#define BYTES_MAX     ((size_t)64 * 1024 * 1024)

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
    return terraform_run_with(run, scratch, directory, arguments, deadline_ms, memory_max_bytes,
                              NULL, result, err);
}

static int run_in_turn(const struct cage_command *command, struct cage_result *result,
                       struct err *err)
{
    if (!pool_enter(command->should_stop, command->stop_context))
        return err_set(err, ERR_RETRY, "stopped before terraform's turn came");
    int r = cage_run(command, result, err);
    pool_leave();
    return r;
}

int terraform_run_with(const struct gate_run *run, const struct scratch *scratch,
                       const char *directory, const char *const *arguments, int64_t deadline_ms,
                       size_t memory_max_bytes, const struct terraform_leave *leave,
                       struct cage_result *result, struct err *err)
{
    char config[4200];
    char home[4200];
    char data[4200];
    char tmp[4200];
    const char *environment[OWN_VARIABLES + TERRAFORM_ENV_MAX + 1] = {"TF_IN_AUTOMATION=1",
                                                                      "TF_INPUT=0",
                                                                      "CHECKPOINT_DISABLE=1",
                                                                      "LANG=C.UTF-8",
                                                                      config,
                                                                      data,
                                                                      home,
                                                                      tmp};
    char binary[4096];
    const char *argv[ARGUMENTS_MAX + 2] = {binary};

    if (!terraform_find(run, binary, sizeof binary))
        return err_set(err, ERR_RETRY, "terraform is gone");

    (void)snprintf(config, sizeof config, "TF_CLI_CONFIG_FILE=%s/terraform.rc", scratch->path);
    (void)snprintf(data, sizeof data, "TF_DATA_DIR=%s/data", scratch->path);
    (void)snprintf(home, sizeof home, "HOME=%s/home", scratch->path);
    (void)snprintf(tmp, sizeof tmp, "TMPDIR=%s/home", scratch->path);
    for (size_t i = 0; leave != NULL && leave->environment != NULL && i < TERRAFORM_ENV_MAX &&
                       leave->environment[i] != NULL;
         i++)
        environment[OWN_VARIABLES + i] = leave->environment[i];
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    return run_in_turn(&(struct cage_command){.argv = argv,
                                              .keep_network = leave != NULL && leave->network,
                                              .environment = environment,
                                              .directory = directory,
                                              .deadline_ms = deadline_ms,
                                              .memory_max_bytes = memory_max_bytes,
                                              .output_max_bytes = TERRAFORM_OUTPUT_MAX,
                                              .should_stop = run->in->should_stop,
                                              .stop_context = run->in->stop_context},
                       result, err);
}

int terraform_write_before(const struct gate_run *run, const char *root, struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < hcl_repo_file_count(run->in->before) && r == 0; i++) {
        const struct hcl_file *file = hcl_repo_file_at(run->in->before, i);

        r = scratch_write(root, file->path, file->bytes, file->len, err);
    }
    return r;
}

int terraform_write_after(const struct gate_run *run, const char *root, struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < run->in->n_edited && r == 0; i++)
        r = scratch_write(root, run->in->edited[i].path, run->in->edited[i].bytes,
                          run->in->edited[i].len, err);
    return r;
}

bool terraform_may_copy(const struct gate_run *run)
{
    size_t n = hcl_repo_file_count(run->in->before);
    size_t bytes = 0;

    for (size_t i = 0; i < n && n <= FILES_MAX; i++)
        bytes += hcl_repo_file_at(run->in->before, i)->len;
    return n <= FILES_MAX && bytes <= BYTES_MAX;
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
