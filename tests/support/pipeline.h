/*
 * Pipeline: the whole program as its users run it, small: a private Redis, a broker (embedded or a
 * real Kafka), and plumb's roles as processes of the built binary, each with an environment that
 * the test states.
 *
 *     pipeline_start(BROKER_EMBEDDED) -> pipeline_set("NAME", "value") …
 *         -> pipeline_role(p, "work") … -> pipeline_stop
 *
 * Everything lies in p->dir: repositories/ (bare), data/, audit/. Whatever cannot be made ends the
 * test.
 */
#ifndef TESTS_SUPPORT_PIPELINE_H
#define TESTS_SUPPORT_PIPELINE_H

#include <sys/types.h>

#include "common/base.h"
#include "common/buf.h"
#include "tests/support/kafka.h"

#define PIPELINE_ENV_MAX   64
#define PIPELINE_ROLES_MAX 12

struct redis_server;
struct json;

struct pipeline_role {
    pid_t pid; /* 0: ended */
    const char *name;
    int port;
};

struct pipeline {
    char *dir;
    struct redis_server *redis;
    struct broker *broker;
    char *env[PIPELINE_ENV_MAX]; /* "NAME=value" */
    size_t n_env;
    struct pipeline_role roles[PIPELINE_ROLES_MAX];
    size_t n_roles;
};

/* NULL when this kind of broker is not to be had here: the caller says so and skips. */
struct pipeline *pipeline_start(enum broker_kind kind);
void pipeline_stop(struct pipeline *p); /* ends every role it started, by pid */

/* For the roles that are started from now on. NULL value: unset. */
void pipeline_set(struct pipeline *p, const char *name, const char *value);
/* Starts `plumb NAME`, waits until its /health answers; output goes to dir/NAME-N.log. Returns its
 * index. */
size_t pipeline_role(struct pipeline *p, const char *name);
/* The same without waiting: for a role that is about to die. */
size_t pipeline_role_unwatched(struct pipeline *p, const char *name);
/* Sends the signal and waits for the end; returns the wait status. */
int pipeline_end_role(struct pipeline *p, size_t role, int signal);
/* Waits until it has stopped itself (a fault point's "stop"). */
void pipeline_wait_stopped(struct pipeline *p, size_t role, int64_t deadline_ms);
/* Waits until the role ends by itself. */
int pipeline_wait_role(struct pipeline *p, size_t role, int64_t deadline_ms);

/* The ends of the roles' logs onto stderr, for a test that is about to fail. */
void pipeline_show_logs(struct pipeline *p);
/* A fake of tests/fakes: started with --port-file and these further arguments (NULL-ended); returns
 * its port. */
int pipeline_fake(struct pipeline *p, const char *fake, const char *const *arguments);

/* Runs `plumb ARGUMENTS…` (NULL-ended) beside the roles; what it wrote, on both outputs, and its
 * exit code. In two halves for one that is to be sent a signal. */
int pipeline_command(struct pipeline *p, struct buf *out, const char *const *arguments);
pid_t pipeline_command_start(struct pipeline *p, const char *const *arguments, int *out);
int pipeline_command_end(pid_t pid, int from, struct buf *out);

/* A GET or POST on loopback; the status, and the body in *out when not NULL. */
int pipeline_http(int port, const char *method, const char *path, const char *body,
                  struct buf *out);
/* A POST that must be taken (202). One that is not for want of Kafka (503) is repeated, as senders
 * do; ends the test otherwise. */
void pipeline_post(int port, const char *path, const char *body);
/* A metric's value on a role, summed over its labels. */
int64_t pipeline_metric(struct pipeline *p, size_t role, const char *name);

/* A bare repository repositories/NAME.git of these files ("path", "text", …, NULL), made by the git
 * command. */
void pipeline_repository(struct pipeline *p, const char *name, const char *const *files);

/* The audit log as an array of events (needs a sink); the caller frees. An absent log is an empty
 * array. */
struct json *pipeline_events(struct pipeline *p);
/* Waits until that many distinct items have ended (and records were rejected); ends the test at the
 * deadline with what it saw. */
void pipeline_wait_ended(struct pipeline *p, size_t n, int64_t deadline_ms);
/* How many files end so, anywhere below dir/sub. */
size_t pipeline_count_files(struct pipeline *p, const char *sub, const char *suffix);
/* True when the bytes stand in any regular file below dir. Tells where on stdout. */
bool pipeline_grep(struct pipeline *p, const char *bytes);

#endif
