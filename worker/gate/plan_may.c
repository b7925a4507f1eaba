/*
 * What may be named in a configuration that is planned. The AWS provider's arguments are a list of
 * those that are harmless, for the others may name files of the repository, and a file of AWS' own
 * shape may name a program (credential_process), or lead requests to a stranger (endpoints).
 */
#include "worker/gate/plan_may.h"

#include <stdio.h>

#include "worker/hcl/module/calls.h"
#include "worker/hcl/syntax/source.h"

#define CALLS_MAX 512

struct look {
    const struct hcl_module *root;
    bool with_state; /* else there is a backend of ours */
    char *why;
    size_t size;
};

#define REFUSE(look, ...)      ((void)snprintf((look)->why, (look)->size, __VA_ARGS__), false)
#define IS_ONE_OF(names, name) is_one_of(names, COUNT(names), name)

static bool is_one_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(names[i], name))
            return true;
    }
    return false;
}

static void copy_name(const struct hcl_file *file, const struct hcl_node *node, char out[128])
{
    (void)snprintf(out, 128, "%.*s", (int)(node->name_end - node->name_start),
                   file->bytes + node->name_start);
}

/* --- resources and modules --- */

static bool resources_may(struct look *look)
{
    static const char *const asking[] = {"external",     "http",
                                         "local_file",   "local_sensitive_file",
                                         "archive_file", "aws_lambda_invocation"};

    for (size_t i = 0; i < hcl_resource_count(look->root); i++) {
        const struct hcl_resource *resource = hcl_resource_at(look->root, i);

        if (resource->is_data && IS_ONE_OF(asking, resource->type))
            return REFUSE(look, "a plan would run %.200s", resource->address);
    }
    return true;
}

/* --- functions --- */

/* Only Terraform's own files are copied for a plan, so what these read lies elsewhere on our
 * machine, /proc included. The parser caps the height of a tree (HCL_HEIGHT_MAX). */
static bool expressions_may(struct look *look, const struct hcl_file *file,
                            const struct hcl_node *node)
{
    static const char *const reading[] = {"file",       "filebase64",       "filemd5",
                                          "filesha1",   "filesha256",       "filesha512",
                                          "fileexists", "filebase64sha256", "filebase64sha512",
                                          "fileset",    "templatefile"};
    char name[128];

    if (node->kind == HCL_CALL) {
        copy_name(file, node, name);
        const char *plain = str_starts(name, "core::") ? name + strlen("core::") : name;
        if (IS_ONE_OF(reading, plain))
            return REFUSE(look, "a plan would read what %.60s() names in %.200s", plain,
                          file->path);
    }
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next) {
        if (!expressions_may(look, file, child))
            return false;
    }
    return true;
}

/* --- settings --- */

static bool provider_may(struct look *look, const struct hcl_file *file,
                         const struct hcl_node *block)
{
    static const char *const harmless[] = {"alias",
                                           "region",
                                           "version",
                                           "default_tags",
                                           "ignore_tags",
                                           "allowed_account_ids",
                                           "forbidden_account_ids",
                                           "max_retries",
                                           "retry_mode",
                                           "assume_role",
                                           "s3_use_path_style",
                                           "s3_us_east_1_regional_endpoint",
                                           "use_fips_endpoint",
                                           "use_dualstack_endpoint",
                                           "skip_credentials_validation",
                                           "skip_region_validation",
                                           "skip_requesting_account_id",
                                           "skip_metadata_api_check",
                                           "sts_region"};
    char provider[128] = "", name[128];

    (void)hcl_block_label(file, block, 0, provider, sizeof provider);
    for (const struct hcl_node *at = hcl_block_body(block)->child; at != NULL; at = at->next) {
        if (at->kind != HCL_ATTRIBUTE && at->kind != HCL_BLOCK)
            continue;
        copy_name(file, at, name);
        if (!str_eq(provider, "aws") || !IS_ONE_OF(harmless, name))
            return REFUSE(look, "a plan would go by %.100s of provider %.60s in %.120s", name,
                          provider, file->path);
    }
    return true;
}

static bool backend_may(struct look *look, const struct hcl_file *file,
                        const struct hcl_node *block)
{
    static const char *const harmless[] = {"bucket",
                                           "key",
                                           "region",
                                           "encrypt",
                                           "kms_key_id",
                                           "acl",
                                           "dynamodb_table",
                                           "use_lockfile",
                                           "workspace_key_prefix",
                                           "assume_role",
                                           "role_arn",
                                           "external_id",
                                           "session_name",
                                           "max_retries",
                                           "use_path_style",
                                           "force_path_style",
                                           "skip_credentials_validation",
                                           "skip_region_validation",
                                           "skip_requesting_account_id",
                                           "skip_metadata_api_check",
                                           "skip_s3_checksum",
                                           "allowed_account_ids",
                                           "forbidden_account_ids",
                                           "path"};
    char backend[128] = "", name[128];

    (void)hcl_block_label(file, block, 0, backend, sizeof backend);
    if (!str_eq(backend, "s3") && !str_eq(backend, "local"))
        return REFUSE(look, "a plan reads states from S3 only, and %.120s names a backend %.60s",
                      file->path, backend);
    for (const struct hcl_node *at = hcl_block_body(block)->child; at != NULL; at = at->next) {
        if (at->kind != HCL_ATTRIBUTE && at->kind != HCL_BLOCK)
            continue;
        copy_name(file, at, name);
        if (!IS_ONE_OF(harmless, name))
            return REFUSE(look, "a plan would go by %.100s of backend %.60s in %.120s", name,
                          backend, file->path);
    }
    return true;
}

static bool terraform_block_may(struct look *look, const struct hcl_file *file,
                                const struct hcl_node *block)
{
    const struct hcl_node *at = NULL;

    if (hcl_block_next(file, hcl_block_body(block), "cloud", NULL) != NULL)
        return REFUSE(look, "a plan would run in the cloud that %.200s names", file->path);
    while ((at = hcl_block_next(file, hcl_block_body(block), "backend", at)) != NULL) {
        if (look->with_state && !backend_may(look, file, at))
            return false;
    }
    return true;
}

static bool file_may(struct look *look, const struct hcl_file *file)
{
    const struct hcl_node *block = NULL;

    if (hcl_is_json(file))
        return REFUSE(look, "%.200s is JSON, and is not looked through for what a plan would run",
                      file->path);
    while ((block = hcl_block_next(file, file->body, "provider", block)) != NULL) {
        if (!provider_may(look, file, block))
            return false;
    }
    while ((block = hcl_block_next(file, file->body, "terraform", block)) != NULL) {
        if (!terraform_block_may(look, file, block))
            return false;
    }
    return expressions_may(look, file, file->body);
}

static bool module_may(struct look *look, const struct hcl_module *module)
{
    for (size_t i = 0; i < hcl_module_file_count(module); i++) {
        if (!file_may(look, hcl_module_file(module, i)))
            return false;
    }
    return true;
}

bool plan_may(const struct hcl_module *root, bool with_state, char *why, size_t size)
{
    struct look look = {root, with_state, why, size};
    struct hcl_call calls[CALLS_MAX];
    size_t n = hcl_calls(root, calls, CALLS_MAX);

    if (n > CALLS_MAX)
        return REFUSE(&look, "%zu modules are called: too many for a plan here", n);
    for (size_t i = 0; i < n; i++) {
        if (calls[i].child == NULL)
            return REFUSE(&look, "a plan would fetch module %.200s", calls[i].name);
        if (!module_may(&look, calls[i].child))
            return false;
    }
    return module_may(&look, root) && resources_may(&look);
}
