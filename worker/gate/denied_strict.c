/* Strict marks: what a model alone is not trusted with: what runs, and where secrets are shown. */
#include <ctype.h>
#include <strings.h>

#include "common/digest.h"
#include "worker/gate/denied_inside.h"

/* Arguments whose value is code, or says which code runs. */
static bool is_code_key(const char *key)
{
    static const char *const keys[] = {"user_data",
                                       "user_data_base64",
                                       "image",
                                       "image_id",
                                       "image_uri",
                                       "ami",
                                       "ami_id",
                                       "command",
                                       "entrypoint",
                                       "handler",
                                       "layers",
                                       "s3_key",
                                       "s3_object_version",
                                       "source_code_hash",
                                       "filename",
                                       "buildspec",
                                       "inline_code",
                                       "zip_file",
                                       "script",
                                       "script_location",
                                       "definition",
                                       "source_hash",
                                       "content",
                                       "content_base64",
                                       "runtime",
                                       "custom_data",
                                       "startup_script",
                                       "bootstrap_action",
                                       "step",
                                       "args"};

    return IS_ONE_OF(keys, key);
}

/* A document that others are laid over says what they say. */
static void mark_overlay(const struct walk *walk, const struct hcl_node *value)
{
    static const char *const keys[] = {"override_policy_documents", "source_policy_documents",
                                       "override_json", "source_json"};
    char hash[SHA256_HEX_BYTES];

    if (!IS_ONE_OF(keys, walk->key))
        return;
    sha256_hex(walk->file->bytes + value->start, value->end - value->start, hash);
    marks_add(walk->marks, "a policy over another, in %s (%.12s)", walk->key, hash);
}

void denied_code(const struct walk *walk, const struct hcl_node *value)
{
    char hash[SHA256_HEX_BYTES];

    if (!walk->marks->strict)
        return;
    mark_overlay(walk, value);
    if (!is_code_key(walk->key))
        return;
    sha256_hex(walk->file->bytes + value->start, value->end - value->start, hash);
    marks_add(walk->marks, "code that runs, in %s (%.12s)", walk->key, hash);
}

/* The definitions of containers hold what runs; in a text they cannot be told apart. */
void denied_definitions(const struct walk *walk, const struct hcl_node *value)
{
    char hash[SHA256_HEX_BYTES];

    if (!walk->marks->strict || !str_eq(walk->key, "container_definitions") ||
        value->kind != HCL_TEMPLATE)
        return;
    sha256_hex(walk->file->bytes + value->start, value->end - value->start, hash);
    marks_add(walk->marks, "container definitions as a text (%.12s)", hash);
}

static bool is_sensitive_name(const struct walk *walk, const char *name)
{
    for (size_t i = 0; walk->marks->sensitive != NULL && walk->marks->sensitive[i] != NULL; i++) {
        if (str_eq(walk->marks->sensitive[i], name))
            return true;
    }
    return false;
}

/* var.x, local.x, and what makes secrets. */
static void mark_named(const struct walk *walk, const struct hcl_node *node)
{
    char root[128], name[128];

    denied_name(walk, node->child, root, sizeof root);
    denied_name(walk, node, name, sizeof name);
    for (char *c = name; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    if ((str_eq(root, "var") && (is_sensitive_name(walk, name) || denied_is_secret_key(name))) ||
        (str_eq(root, "local") && denied_is_secret_key(name)) || str_eq(root, "random_password") ||
        str_eq(root, "tls_private_key"))
        marks_add(walk->marks, "a secret, %s.%s, shown in %s", root, name, walk->key);
}

/* Attributes of resources and data sources that are secrets: x.y.secret_string. */
static void mark_attribute(const struct walk *walk, const struct hcl_node *node)
{
    char name[128];

    denied_name(walk, node, name, sizeof name);
    if (denied_is_secret_key(name) || str_eq(name, "secret_string") ||
        str_eq(name, "secret_binary") || str_eq(name, "private_key_pem") || str_eq(name, "secret"))
        marks_add(walk->marks, "a secret, %s, shown in %s", name, walk->key);
}

/* A secret may be handed to what takes secrets, and to nothing that shows it. */
void denied_secret(const struct walk *walk, const struct hcl_node *node)
{
    if (!walk->marks->strict || denied_is_secret_key(walk->key))
        return;
    if (node->child->kind == HCL_VARIABLE)
        mark_named(walk, node);
    else
        mark_attribute(walk, node);
}
