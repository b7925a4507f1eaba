/* Where modules come from; the story stands in calls.h. */
#include "worker/hcl/module/calls.h"

#include "worker/hcl/module/declared.h"
#include "worker/hcl/eval/eval.h"

/* --- arguments --- */

static int by_name(const void *a, const void *b)
{
    const struct argument *left = a;
    const struct argument *right = b;
    int r = memcmp(left->name, right->name, left->len < right->len ? left->len : right->len);

    return r != 0 ? r : (left->len > right->len) - (left->len < right->len);
}

static size_t list_arguments(const struct declared *call, struct argument *out)
{
    const char *bytes = call->file->bytes;
    size_t n = 0;

    for (const struct hcl_node *at = hcl_block_body(call->node)->child; at != NULL; at = at->next) {
        if (at->kind != HCL_ATTRIBUTE)
            continue;
        if (out != NULL)
            out[n] = (struct argument){bytes + at->name_start, at->name_end - at->name_start, at};
        n++;
    }
    return n;
}

int calls_index(struct hcl_repo *repo, struct declarations *in, struct err *err)
{
    for (size_t i = 0; i < in->n; i++) {
        struct declared *call = &in->items[i];
        if (call->kind != DECLARED_MODULE)
            continue;
        size_t n = list_arguments(call, NULL);
        struct argument *arguments = arena_alloc(repo->arena, (n + 1) * sizeof *arguments);
        if (arguments == NULL)
            return err_nomem(err);
        list_arguments(call, arguments);
        if (n > 1)
            qsort(arguments, n, sizeof *arguments, by_name);
        call->arguments = arguments;
        call->n_arguments = n;
    }
    return 0;
}

const struct hcl_node *call_argument(const struct module_call *call, const char *name)
{
    const struct argument wanted = {.name = name, .len = strlen(name)};
    const struct argument *found = NULL;

    if (call->declared->n_arguments > 0)
        found = bsearch(&wanted, call->declared->arguments, call->declared->n_arguments,
                        sizeof wanted, by_name);
    return found != NULL ? found->attribute : NULL;
}

/* --- sources --- */

static const char *text_of(struct hcl_repo *repo, const struct module_call *call, const char *name)
{
    const struct hcl_node *attribute = hcl_attribute(call->file, call->block, name);

    return attribute != NULL ? eval_literal_text(repo, call->file, attribute->child) : NULL;
}

void call_read(struct hcl_repo *repo, struct module_call *call)
{
    call->source = text_of(repo, call, "source");
    call->version = text_of(repo, call, "version");
}

const char *call_outside(struct hcl_repo *repo, const struct module_call *call, bool is_local)
{
    return arena_print(repo->arena, "module %s comes from %.200s%s%.80s%s", call->name,
                       call->source != NULL ? call->source : "a source that is not a plain text",
                       call->version != NULL ? " version " : "",
                       call->version != NULL ? call->version : "",
                       is_local ? ", which is not in this repository" : "");
}

/* --- kinds --- */

static bool is_name(const char *text, size_t len, bool may_have_dots)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_';
        if (!word && !(may_have_dots && (c == '.' || c == ':')))
            return false;
    }
    return len > 0;
}

/* "namespace/name/system" or "host/namespace/name/system", and "//below" behind it or not. */
static bool is_registry(const char *source)
{
    const char *below = strstr(source, "//");
    const char *end = below != NULL ? below : source + strlen(source);
    int parts = 0;

    for (const char *at = source; at <= end; parts++) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        size_t len = (size_t)((slash != NULL ? slash : end) - at);
        if (!is_name(at, len, parts == 0))
            return false;
        at += len + 1;
    }
    const char *dot = strchr(source, '.');
    bool has_host = dot != NULL && dot < end;
    return parts == (has_host ? 4 : 3);
}

static bool begins_with_one_of(const char *source, const char *const *starts)
{
    for (; *starts != NULL; starts++)
        if (str_starts(source, *starts))
            return true;
    return false;
}

enum hcl_module_kind hcl_module_kind_of(const char *source)
{
    static const char *const git[] = {"git::", "git@", "github.com/", "bitbucket.org/", NULL};
    static const char *const archive[] = {"http://", "https://", "s3::", "gcs::", NULL};

    if (source == NULL)
        return HCL_MODULE_UNKNOWN;
    if (repo_source_is_local(source))
        return HCL_MODULE_LOCAL;
    if (begins_with_one_of(source, git))
        return HCL_MODULE_GIT;
    if (begins_with_one_of(source, archive))
        return HCL_MODULE_ARCHIVE;
    return is_registry(source) ? HCL_MODULE_REGISTRY : HCL_MODULE_OTHER;
}

const char *hcl_module_kind_name(enum hcl_module_kind kind)
{
    static const char *const names[] = {"local", "registry", "git", "archive", "other", "unknown"};

    return names[kind];
}

/* --- the list --- */

struct listing {
    struct hcl_call *out;
    size_t max, n;
};

static void list_calls(const struct hcl_module *module, struct listing *listing)
{
    for (size_t i = 0; i < module->n_calls; i++) {
        const struct module_call *call = &module->calls[i];
        struct hcl_place written = hcl_written(call->file, call->block);
        if (listing->n++ < listing->max)
            listing->out[listing->n - 1] = (struct hcl_call){
                .caller = module,
                .name = call->name,
                .source = call->source,
                .version = call->version,
                .kind = hcl_module_kind_of(call->source),
                .file = written.file,
                .block = written.node,
                .child = call->shape,
                .outside = call->outside,
            };
    }
    for (size_t i = 0; i < module->n_calls; i++)
        if (module->calls[i].shape != NULL)
            list_calls(module->calls[i].shape, listing);
}

size_t hcl_calls(const struct hcl_module *root, struct hcl_call *out, size_t max)
{
    struct listing listing = {.out = out, .max = max};

    list_calls(root, &listing);
    return listing.n;
}
