/* What several steps need; the story stands in steps.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/config.h"
#include "common/stop.h"
#include "common/text/redact.h"
#include "worker/forge/forge.h"
#include "worker/lease.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

#define CONTEXT_MAX 48

static void write_reason(struct item_run *run, const char *format, va_list args)
{
    struct err clean = {0};

    vsnprintf(clean.text, sizeof clean.text, format, args);
    redact_err(&clean);
    (void)str_copy(run->end->reason, sizeof run->end->reason, clean.text);
}

int step_end(struct item_run *run, const char *state, const char *format, ...)
{
    va_list args;

    (void)str_copy(run->end->state, sizeof run->end->state, state);
    va_start(args, format);
    write_reason(run, format, args);
    va_end(args);
    return STEP_ENDED;
}

int step_defer(struct item_run *run, int64_t wait_ms, const char *format, ...)
{
    va_list args;

    run->end->wait_ms = wait_ms;
    va_start(args, format);
    write_reason(run, format, args);
    va_end(args);
    return STEP_DEFERRED;
}

/* What our own Redis or Kafka will not take is never the item's fault, so it does not end the item.
 */
int step_own_door(struct item_run *run, int r)
{
    if (r == ERR_REJECT)
        r = ERR_RETRY;
    run->own_door_failed = run->own_door_failed || r == ERR_RETRY;
    return r;
}

int step_may_write(struct item_run *run, struct err *err)
{
    if (stop_requested())
        return err_set(err, ERR_RETRY, "stopped");
    if (!lease_holds(run->lease))
        return err_set(err, ERR_RETRY, "the lease ran out");
    return 0;
}

/* Letters and digits of the text, anything else one dash; never empty. */
static void write_context(const char *text, char out[CONTEXT_MAX + 1])
{
    size_t n = 0;

    for (; *text != '\0' && n < CONTEXT_MAX; text++) {
        if (isalnum((unsigned char)*text))
            out[n++] = (char)tolower((unsigned char)*text);
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    if (n == 0)
        out[n++] = 'x';
    out[n] = '\0';
}

void step_branch_name(const struct item_run *run, int64_t generation, bool long_name, char out[256])
{
    bool drift = run->item->kind == ITEM_DRIFT;
    char context[CONTEXT_MAX + 1], short_fp[16], suffix[24] = "";
    uint8_t bytes[SHA256_BYTES];

    for (size_t i = 0; i < sizeof bytes; i++) {
        char pair[3] = {run->fp[2 * i], run->fp[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    base32_prefix(bytes, sizeof bytes, long_name ? 13 : 8, short_fp);
    write_context(drift ? run->item->address : run->control, context);
    if (generation > 1)
        snprintf(suffix, sizeof suffix, "-g%lld", (long long)generation);
    snprintf(out, 256, "%s/%s-%s%s", drift ? "drift-remediation" : "compliance-remediation",
             context, short_fp, suffix);
}

int step_find_open(struct item_run *run, struct forge_pr *pr, struct err *err)
{
    struct forge *forge = run->services->forge;
    char name[256], long_name[256];
    const struct forge_kin kin = {run->fp, name, long_name};

    step_branch_name(run, 1, false, name);
    step_branch_name(run, 1, true, long_name);
    int r = forge->ops->find_open(forge, run->item->repository, &kin, pr, err);
    if (r == 0)
        (void)str_copy(run->branch, sizeof run->branch, pr->branch);
    return r;
}

int step_open_mirror(struct item_run *run, struct err *err)
{
    const struct shared *shared = run->services->shared;
    struct forge *forge = run->services->forge;
    CLEANUP(buf_done) struct buf url = BUF(4096);
    struct git_options options = {
        .http = run->services->http,
        .username = "x-access-token",
        .token = "",
        .tokens = environment_is_github(shared->config) ? &shared->github_tokens : NULL,
        .max_bytes = shared->config->git_max_bytes,
        .should_stop = services_should_stop,
        .stop_context = run->services,
    };

    if (run->mirror != NULL)
        return 0;
    int r = forge->ops->clone_url(forge, run->item->repository, &url, err);
    if (r < 0)
        return r;
    return git_mirror_open(&run->mirror, shared->mirror_dir, run->item->repository, buf_str(&url),
                           &options, err);
}
