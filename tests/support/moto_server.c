/* A private moto_server; the story stands in moto_server.h. */
#include "tests/support/moto_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/support/http_scene.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define START_MS 60000

struct moto_server {
    pid_t pid;
    char host[64];
    char url[80];
    struct http *http;
};

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert(fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0);
    assert(getsockname(fd, (struct sockaddr *)&address, &len) == 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void run(const char *port)
{
    int null = open("/dev/null", O_RDWR);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    unsetenv("LD_PRELOAD");
    execlp("moto_server", "moto_server", "-H", "127.0.0.1", "-p", port, (char *)NULL);
    _exit(127);
}

static bool answers(void *context)
{
    struct moto_server *moto = context;
    struct http_response response;
    struct err err;
    char url[128];

    snprintf(url, sizeof url, "%s/moto-api/data.json", moto->url);
    struct http_request request = {.method = "GET", .url = url, .max_attempts = 1};
    int r = http_send(moto->http, &request, &response, &err);
    bool up = r == 0 && response.status == 200;
    http_response_done(&response);
    return up;
}

struct moto_server *moto_server_start(void)
{
    struct moto_server *moto = calloc(1, sizeof *moto);
    char port[16];

    assert(moto != NULL);
    /* A shim of a version manager may be there without the program behind it. */
    if (system("moto_server --help >/dev/null 2>&1") != 0) {
        fprintf(stderr, "SKIPPED: moto_server (Python's moto with its server) is not installed\n");
        exit(77);
    }
    snprintf(port, sizeof port, "%d", free_port());
    snprintf(moto->host, sizeof moto->host, "127.0.0.1:%s", port);
    snprintf(moto->url, sizeof moto->url, "http://%s", moto->host);
    moto->http = scene_http(&(struct http_options){.allow_private = true});
    moto->pid = fork();
    assert(moto->pid >= 0);
    if (moto->pid == 0)
        run(port);
    if (!wait_until(answers, moto, START_MS)) {
        fprintf(stderr, "moto_server did not start\n");
        moto_server_stop(moto);
        exit(1);
    }
    return moto;
}

void moto_server_stop(struct moto_server *moto)
{
    if (moto == NULL)
        return;
    kill(moto->pid, SIGKILL);
    waitpid(moto->pid, NULL, 0);
    http_free(moto->http);
    free(moto);
}

const char *moto_server_url(const struct moto_server *moto)
{
    return moto->url;
}

char *moto_server_call(struct moto_server *moto, const struct moto_call *call, int wanted)
{
    static const struct aws_keys keys = {.key_id = "test", .secret = "test"};
    const char *body = call->body != NULL ? call->body : "";
    struct http_header type = {"Content-Type", call->content_type};
    struct aws_request request = {.method = call->method,
                                  .scheme = "http",
                                  .host = moto->host,
                                  .path = call->path,
                                  .query = call->query,
                                  .n_query = call->n_query,
                                  .headers = &type,
                                  .n_headers = call->content_type != NULL ? 1 : 0,
                                  .body = body,
                                  .body_len = strlen(body)};
    struct aws_scope scope = {"us-east-1", call->service, str_eq(call->service, "s3")};
    struct aws_signature signature;
    struct http_response response;
    struct err err = {0};

    assert_ok(aws_sign(&signature, &request, &scope, &keys, clock_unix_ms(), &err), err);
    struct http_request http = {.method = call->method,
                                .url = buf_str(&signature.url),
                                .headers = signature.headers,
                                .n_headers = signature.n_headers,
                                .body = body,
                                .body_len = strlen(body)};
    assert_ok(http_send(moto->http, &http, &response, &err), err);
    if (response.status != wanted)
        fail_msg("%s %s: HTTP %d: %s", call->method, call->path, response.status,
                 buf_str(&response.body));
    char *text = buf_take(&response.body);
    http_response_done(&response);
    aws_signature_done(&signature);
    assert_non_null(text);
    return text;
}

static void take_element(const char *xml, const char *name, char *out, size_t size)
{
    char open[64];

    snprintf(open, sizeof open, "<%s>", name);
    const char *at = strstr(xml, open);
    assert_non_null(at);
    at += strlen(open);
    size_t len = strcspn(at, "<");
    assert_in_range(len, 1, size - 1);
    memcpy(out, at, len);
    out[len] = '\0';
}

void moto_server_add_user(struct moto_server *moto, const char *name, const char *policy,
                          struct aws_keys *out)
{
    CLEANUP(buf_done) struct buf form = BUF(16384);
    struct moto_call call = {.service = "iam",
                             .method = "POST",
                             .path = "/",
                             .content_type = "application/x-www-form-urlencoded"};

    *out = (struct aws_keys){0};
    buf_print(&form, "Action=CreateUser&Version=2010-05-08&UserName=%s", name);
    call.body = buf_str(&form);
    free(moto_server_call(moto, &call, 200));

    buf_reset(&form);
    buf_print(&form,
              "Action=PutUserPolicy&Version=2010-05-08&UserName=%s&PolicyName=p&"
              "PolicyDocument=",
              name);
    http_url_escape(&form, policy);
    call.body = buf_str(&form);
    free(moto_server_call(moto, &call, 200));

    buf_reset(&form);
    buf_print(&form, "Action=CreateAccessKey&Version=2010-05-08&UserName=%s", name);
    call.body = buf_str(&form);
    CLEANUP(mem_freep) char *answer = moto_server_call(moto, &call, 200);
    take_element(answer, "AccessKeyId", out->key_id, sizeof out->key_id);
    take_element(answer, "SecretAccessKey", out->secret, sizeof out->secret);
}

void moto_server_demand_keys(struct moto_server *moto)
{
    struct http_response response;
    struct err err = {0};
    char url[128];

    snprintf(url, sizeof url, "%s/moto-api/reset-auth", moto->url);
    struct http_request request = {.method = "POST", .url = url, .body = "0", .body_len = 1};
    assert_ok(http_send(moto->http, &request, &response, &err), err);
    assert_int_equal(response.status, 200);
    http_response_done(&response);
}
