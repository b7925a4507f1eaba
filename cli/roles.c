/* plumb poll, plumb work, plumb sink: the three roles of production. */
#include "cli/command.h"
#include "producer/poll.h"
#include "worker/sink/sink.h"
#include "worker/worker.h"

#define ENDPOINTS                                                                                  \
    "\vHTTP: /health /ready /status /metrics on HTTP_ADDRESS:HTTP_PORT. SIGTERM drains within 25 " \
    "seconds.\nSettings: plumb config check, docs/configuration.md.\n\nExample:\n  "

static int run_poll(int argc, char **argv)
{
    return command_role(
        "poll", argc, argv,
        "Polls the configured SOURCES and serves POST /v1/findings and /v1/drift." ENDPOINTS
        "SOURCES=vanta VANTA_API_TOKEN_FILE=/run/secrets/vanta plumb poll",
        poll_run);
}

static int run_work(int argc, char **argv)
{
    return command_role("work", argc, argv,
                        "Turns items into pull requests. Run as many as you like." ENDPOINTS
                        "GITHUB_REMEDIATION_ENABLED=true ENVIRONMENT=production \\\n"
                        "  GITHUB_TOKEN_FILE=/run/secrets/github plumb work",
                        worker_run);
}

static int run_sink(int argc, char **argv)
{
    return command_role(
        "sink", argc, argv,
        "Keeps the audit trail (one writer) and serves GET /drift/history?limit=10." ENDPOINTS
        "AUDIT_DIR=/var/lib/plumb/audit plumb sink",
        sink_run);
}

const struct command command_poll = {"poll", "bring findings and drift in (role)", run_poll, false};
const struct command command_work = {"work", "turn items into pull requests (role)", run_work,
                                     false};
const struct command command_sink = {"sink", "keep the audit trail (role)", run_sink, false};
