/* A fake's process; the story stands in fake.h. */
#include "tests/support/fake.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/files.h"
#include "common/http/http.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define ARGS_MAX 24

struct fake {
    pid_t pid;
    char *dir;
    char port_file[512];
    char url[64];
    struct http *http;
};

static void run(const char *name, char **args)
{
    const char *bin = getenv("PLUMB_BIN_DIR");
    char path[1024];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(path, sizeof path, "%s/tests/%s", bin != NULL ? bin : "build/dev", name);
    execv(path, args);
    perror(path);
    _exit(127);
}

static bool has_port(void *context)
{
    struct fake *fake = context;
    CLEANUP(buf_done) struct buf text = BUF(64);
    struct err ignored = {0};

    if (waitpid(fake->pid, NULL, WNOHANG) == fake->pid) {
        fake->pid = 0;
        return true;
    }
    if (files_read(fake->port_file, &text, &ignored) < 0 || text.len == 0)
        return false;
    snprintf(fake->url, sizeof fake->url, "http://127.0.0.1:%d", atoi(text.bytes));
    return true;
}

struct fake *fake_start(const char *name, ...)
{
    struct fake *fake = calloc(1, sizeof *fake);
    const struct http_options options = {.user_agent = "plumb-test", .allow_private = true};
    struct err err = {0};
    char *args[ARGS_MAX + 4] = {(char *)(uintptr_t)name};
    size_t n = 1;
    va_list more;

    assert_non_null(fake);
    fake->dir = temp_dir_make();
    snprintf(fake->port_file, sizeof fake->port_file, "%s/port", fake->dir);
    va_start(more, name);
    while (n < ARGS_MAX && (args[n] = va_arg(more, char *)) != NULL)
        n++;
    va_end(more);
    args[n++] = (char *)(uintptr_t) "--port-file";
    args[n++] = fake->port_file;
    args[n] = NULL;
    fake->pid = fork();
    if (fake->pid == 0)
        run(name, args);
    assert_true(fake->pid > 0);
    assert_ok(http_new(&fake->http, &options, &err), err);
    if (!wait_until(has_port, fake, 20000) || fake->pid == 0)
        fail_msg("%s did not start", name);
    return fake;
}

void fake_stop(struct fake *fake)
{
    if (fake == NULL)
        return;
    if (fake->pid > 0) {
        kill(fake->pid, SIGTERM);
        waitpid(fake->pid, NULL, 0);
    }
    http_free(fake->http);
    temp_dir_remove(fake->dir);
    free(fake);
}

const char *fake_url(const struct fake *fake)
{
    return fake->url;
}

static struct json *ask(struct fake *fake, const char *method, const char *path, const char *body)
{
    static const struct http_header type = {"Content-Type", "application/json"};
    struct http_response response = {0};
    struct json *answer = NULL;
    struct err err = {0};
    char url[512];

    snprintf(url, sizeof url, "%s%s", fake->url, path);
    const struct http_request request = {.method = method,
                                         .url = url,
                                         .headers = &type,
                                         .n_headers = 1,
                                         .body = body,
                                         .body_len = body != NULL ? strlen(body) : 0};
    assert_ok(http_send(fake->http, &request, &response, &err), err);
    if (response.status / 100 != 2)
        fail_msg("%s %s: %d %s", method, path, response.status, buf_str(&response.body));
    if (response.body.len > 0)
        assert_ok(json_parse(&answer, buf_str(&response.body), response.body.len, &err), err);
    http_response_done(&response);
    return answer;
}

struct json *fake_post(struct fake *fake, const char *path, const char *json_with_apostrophes)
{
    CLEANUP(mem_freep) char *body = strdup(json_with_apostrophes);

    assert_non_null(body);
    for (char *c = body; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    return ask(fake, "POST", path, body);
}

void fake_fault(struct fake *fake, const char *json_with_apostrophes)
{
    json_free(fake_post(fake, "/_fake/faults", json_with_apostrophes));
}

struct json *fake_state(struct fake *fake)
{
    return ask(fake, "GET", "/_fake/state", NULL);
}

int64_t fake_requests(struct fake *fake, const char *method_and_path)
{
    CLEANUP(json_freep) struct json *state = fake_state(fake);

    return json_get_int(json_get(state, "requests"), method_and_path, 0);
}
