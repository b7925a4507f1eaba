/*
 * The terraform source: what runs is not what the code says. DRIFT_DIRECTORIES names working
 * directories, each with the repository that it is a checkout of; each is planned, and every
 * address that would change is a drift event.
 *
 * The cursor is {"v":1,"dirs":{"owner/name=path": hash}}: a directory whose drift is the same as
 * last time says nothing again. A directory that cannot be planned does not stop the others; the
 * poll then ends with its error.
 */
#include "producer/sources/terraform.h"

#include <stdio.h>
#include <unistd.h>

#include "common/config.h"
#include "common/digest.h"
#include "common/json.h"
#include "common/log.h"
#include "producer/formats_draft.h"

#define CURSOR_MAX ((size_t)1024 * 1024)

struct directory {
    char key[1400]; /* as in DRIFT_DIRECTORIES */
    char repository[256];
    char path[1100];
};

/* One directory's drifts on their way. */
struct emission {
    const struct source_context *context;
    const struct directory *directory;
    const char *terraform_path;
    struct format_run run;
    struct json *ids; /* of what was found */
    bool silent;      /* only count: is it the same as last time? */
};

/* The next "owner/name=path" of the list; 0, 1 at the end, ERR_FATAL when it is malformed. */
static int next_directory(const char **at, struct directory *out, struct err *err)
{
    *at += strspn(*at, ", \t\n");
    size_t len = strcspn(*at, ",");
    if (len == 0)
        return 1;
    if (len >= sizeof out->key)
        return err_set(err, ERR_FATAL, "DRIFT_DIRECTORIES: an entry is too long");
    memcpy(out->key, *at, len);
    out->key[len] = '\0';
    *at += len;

    char *equals = strchr(out->key, '=');
    const char *slash = strchr(out->key, '/');
    if (equals == NULL || slash == NULL || slash > equals || equals[1] == '\0' ||
        (size_t)(equals - out->key) >= sizeof out->repository ||
        !str_copy(out->path, sizeof out->path, equals + 1))
        return err_set(err, ERR_FATAL, "DRIFT_DIRECTORIES: \"%.100s\" is not owner/name=path",
                       out->key);
    memcpy(out->repository, out->key, (size_t)(equals - out->key));
    out->repository[equals - out->key] = '\0';
    return 0;
}

static int check(const struct config *config, struct err *err)
{
    const char *at = config->drift_directories;
    struct directory directory;
    int r, n = 0;

    if (config->terraform_binary[0] == '\0')
        return err_set(err, ERR_FATAL, "source terraform: TERRAFORM_BINARY is empty");
    while ((r = next_directory(&at, &directory, err)) == 0)
        n++;
    if (r < 0)
        return r;
    if (n == 0)
        return err_set(err, ERR_FATAL,
                       "source terraform: set DRIFT_DIRECTORIES to owner/name=path,…");
    return 0;
}

/* Where in its repository the directory lies: counted from the nearest .git above it. "" when it is
 * the root or there is none. */
static void find_terraform_path(const char *directory, char *out, size_t size)
{
    CLEANUP(mem_freep) char *absolute = realpath(directory, NULL);
    char git[4200];

    out[0] = '\0';
    if (absolute == NULL)
        return;
    size_t len = strlen(absolute);
    for (size_t end = len; end > 0; end--) {
        if (end < len && absolute[end] != '/')
            continue;
        snprintf(git, sizeof git, "%.*s/.git", (int)end, absolute);
        if (access(git, F_OK) != 0)
            continue;
        if (end < len && !str_copy(out, size, absolute + end + 1))
            out[0] = '\0';
        return;
    }
}

static void fill_texts(struct draft *draft, const struct drift *drift)
{
    CLEANUP(buf_done) struct buf text = BUF(8192);
    struct item *item = draft->item;

    buf_print(&text, "%.300s: %s", drift->address,
              str_eq(drift->action, "delete")   ? "deleted"
              : str_eq(drift->action, "create") ? "missing"
                                                : "changed");
    draft_cut(draft, &item->title, buf_str(&text));
    buf_reset(&text);
    buf_text(&text, drift->happened_outside
                        ? "Something outside Terraform changed the resource."
                        : "Nothing outside Terraform explains this: the code may be ahead of what "
                          "was last applied.");
    if (drift->attributes.len > 0)
        buf_print(&text, " Differing: %s.", buf_str(&drift->attributes));
    draft_cut(draft, &item->reason, buf_str(&text));
}

static void fill(struct draft *draft, const struct emission *emission, const struct drift *drift)
{
    struct item *item = draft->item;
    const char *parts[] = {emission->directory->key, drift->address, drift->action,
                           buf_str(&drift->expected), buf_str(&drift->actual)};

    draft_set(draft, &item->control, "control", "terraform-drift");
    draft_set(draft, &item->repository, "repository", emission->directory->repository);
    draft_set(draft, &item->terraform_path, "path", emission->terraform_path);
    draft_set(draft, &item->address, "address", drift->address);
    draft_set(draft, &item->resource_type, "type", drift->type);
    draft_set(draft, &item->arn, "arn", drift->arn);
    draft_set(draft, &item->drift_action, "action", drift->action);
    draft_set(draft, &item->expected_json, "expected", buf_str(&drift->expected));
    draft_set(draft, &item->actual_json, "actual", buf_str(&drift->actual));
    fill_texts(draft, drift);
    draft_event_id(draft, parts, COUNT(parts));
}

static int emit_drift(void *context, const struct drift *drift, struct err *err)
{
    struct emission *emission = context;
    CLEANUP(json_freep) struct json *record = json_object();
    struct draft draft;

    json_set_text(record, "directory", emission->directory->key);
    json_set_text(record, "address", drift->address);
    int r = draft_start(&draft, &emission->run, record, ITEM_DRIFT, "terraform", err);
    if (r < 0)
        return r;
    fill(&draft, emission, drift);
    json_push_text(emission->ids, draft.item->event_id);
    if (emission->silent) {
        item_free(draft.item);
        return 0;
    }
    return draft_finish(&draft, err);
}

static int walk(struct emission *emission, const struct json *plan, bool silent, struct json **ids,
                struct err *err)
{
    json_free(*ids);
    *ids = json_array();
    emission->ids = *ids;
    emission->silent = silent;
    return terraform_drifts(plan, emit_drift, emission, err);
}

static void hash_ids(const struct json *ids, char out[SHA256_HEX_BYTES])
{
    CLEANUP(buf_done) struct buf text = BUF(CURSOR_MAX);

    json_write(ids, JSON_COMPACT, &text);
    sha256_hex(buf_str(&text), text.len, out);
}

/* Looked at twice: first whether it is what was sent last time, then to send it. */
static int send_drifts(struct emission *emission, const struct json *plan, const char *noted,
                       char hash[SHA256_HEX_BYTES], struct err *err)
{
    CLEANUP(json_freep) struct json *ids = NULL;
    int r = walk(emission, plan, true, &ids, err);

    if (r < 0)
        return r;
    hash_ids(ids, hash);
    return str_eq(hash, noted) ? 0 : walk(emission, plan, false, &ids, err);
}

static int poll_directory(const struct source_context *context, const struct directory *directory,
                          const char *noted, char hash[SHA256_HEX_BYTES], struct err *err)
{
    CLEANUP(json_freep) struct json *plan = NULL;
    const struct format_options options = {.tenant = context->config->tenant,
                                           .run_id = context->run_id,
                                           .repository = directory->repository,
                                           .kind = ITEM_DRIFT,
                                           .now_unix_ms = context->now_unix_ms};
    char terraform_path[1100];
    int r = terraform_plan(context, directory->path, &plan, err);

    if (r < 0)
        return r;
    if (plan == NULL) {
        (void)str_copy(hash, SHA256_HEX_BYTES, "clean");
        return 0;
    }
    find_terraform_path(directory->path, terraform_path, sizeof terraform_path);
    struct emission emission = {
        .context = context,
        .directory = directory,
        .terraform_path = terraform_path,
        .run = {&options, context->emit, context->refuse, context->emit_context},
    };
    return send_drifts(&emission, plan, noted, hash, err);
}

static int poll_directories(const struct source_context *context, const struct json *before,
                            struct json *after, struct err *err)
{
    const char *at = context->config->drift_directories;
    struct directory directory;
    int r, first = 0;

    while ((r = next_directory(&at, &directory, err)) == 0) {
        const char *noted = json_get_text(before, directory.key, "");
        char hash[SHA256_HEX_BYTES] = "";
        struct err why = {0};

        bool stop = context->should_stop(context->stop_context);
        int done = stop ? err_set(&why, ERR_RETRY, "stopped")
                        : poll_directory(context, &directory, noted, hash, &why);
        json_set_text(after, directory.key, done == 0 ? hash : noted);
        if (done < 0 && first != 0)
            LOG_ERROR("drift.directory_failed", LOG_TEXT("directory", directory.path),
                      LOG_ERR(&why));
        if (done < 0 && first == 0) {
            first = done;
            *err = why;
        }
        if (done == ERR_FATAL)
            return done;
    }
    return r < 0 ? r : first;
}

static int terraform_poll(const struct source_context *context, const char *cursor,
                          struct buf *next_cursor, struct err *err)
{
    CLEANUP(json_freep) struct json *before = NULL;
    CLEANUP(json_freep) struct json *next = json_object();
    CLEANUP(buf_done) struct buf text = BUF(CURSOR_MAX);
    struct json *after = json_object();
    struct err ignored = {0};

    /* A cursor that cannot be read costs a second sending, nothing else. */
    if (cursor[0] != '\0' && json_parse(&before, cursor, strlen(cursor), &ignored) < 0)
        LOG_WARN("cursor.unreadable", LOG_TEXT("source", "terraform"), LOG_ERR(&ignored));
    int r = poll_directories(context, json_get(before, "dirs"), after, err);
    json_set_int(next, "v", 1);
    json_set_give(next, "dirs", after);
    json_write(next, JSON_COMPACT, &text);
    if (buf_check(&text, &ignored) == 0)
        buf_text(next_cursor, text.bytes);
    return r;
}

const struct source source_terraform = {
    .name = "terraform", .check = check, .poll = terraform_poll};
