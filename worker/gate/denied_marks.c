/*
 * Denied marks: one walk over a file. Blocks that run code, read the disk or the network, or decide
 * which code Terraform loads; functions that read files; texts that look like credentials, or open
 * a network or a policy.
 */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "common/text/redact.h"
#include "worker/gate/denied_inside.h"

#define SHOWN 160

bool denied_is_one_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static void copy_span(const struct walk *walk, size_t start, size_t end, char *out, size_t size)
{
    size_t len = end - start;

    len = len < size ? len : size - 1;
    memcpy(out, walk->file->bytes + start, len);
    out[len] = '\0';
}

void denied_name(const struct walk *walk, const struct hcl_node *node, char *out, size_t size)
{
    copy_span(walk, node->name_start, node->name_end, out, size);
}

/* --- texts --- */

static bool is_policy_key(const char *key)
{
    static const char *const keys[] = {"action",      "actions",   "notaction",
                                       "not_actions", "principal", "principals",
                                       "identifiers", "aws",       "notprincipal"};

    return IS_ONE_OF(keys, key);
}

bool denied_is_secret_key(const char *key)
{
    static const char *const parts[] = {"password",   "secret_key",  "secret_access_key",
                                        "access_key", "private_key", "auth_token",
                                        "api_key",    "token_secret"};

    for (size_t i = 0; i < COUNT(parts); i++) {
        if (strstr(key, parts[i]) != NULL)
            return true;
    }
    return false;
}

static bool is_wildcard(const char *text)
{
    return str_eq(text, "*") || str_ends(text, ":*");
}

/* A policy written as JSON text: each wildcard after a quote counts. */
static void mark_policy_text(const struct walk *walk, const char *text)
{
    if (strstr(text, "\"Action\"") == NULL && strstr(text, "\"Principal\"") == NULL)
        return;
    for (const char *at = text; (at = strstr(at, "*\"")) != NULL; at++) {
        if (at > text && (at[-1] == '"' || at[-1] == ':'))
            marks_add(walk->marks, "a wildcard in a policy text");
    }
}

static void mark_credential(const struct walk *walk, const char *text, size_t len)
{
    CLEANUP(buf_done) struct buf clean = BUF((size_t)4 * 1024 * 1024);

    redact(&clean, text, len);
    if (clean.len != len || memcmp(buf_str(&clean), text, len) != 0)
        marks_add(walk->marks, "a text that looks like a credential");
}

static bool is_marked(const struct marks *marks, const char *mark)
{
    for (size_t i = 0; i < marks->n; i++) {
        if (str_eq(marks->items[i], mark))
            return true;
    }
    return false;
}

static void mark_networks(const struct walk *walk, const char *text, const char *network)
{
    char mark[64];

    (void)snprintf(mark, sizeof mark, "an open network, %s", network);
    for (const char *at = text; (at = strstr(at, network)) != NULL; at++) {
        if (!walk->marks->networks_once || !is_marked(walk->marks, mark))
            marks_add(walk->marks, "%s", mark);
    }
}

static void mark_text(const struct walk *walk, const struct hcl_node *literal)
{
    size_t len = literal->end - literal->start;
    char *text = arena_copy(walk->marks->arena, walk->file->bytes + literal->start, len);

    if (text == NULL) {
        walk->marks->failed = true;
        return;
    }
    mark_networks(walk, text, "0.0.0.0/0");
    mark_networks(walk, text, "::/0");
    if (is_policy_key(walk->key) && is_wildcard(text) && !walk->denies)
        marks_add(walk->marks, "a wildcard in %s: \"%.*s\"", walk->key, SHOWN, text);
    if (denied_is_secret_key(walk->key) && len > 0)
        marks_add(walk->marks, "a value written out for %s", walk->key);
    if (!walk->is_policy)
        mark_policy_text(walk, text);
    mark_credential(walk, text, len);
}

/* --- expressions --- */

static void mark_call(const struct walk *walk, const struct hcl_node *call)
{
    static const char *const readers[] = {"templatefile", "pathexpand", "abspath"};
    char name[128];
    char text[SHOWN];

    denied_name(walk, call, name, sizeof name);
    copy_span(walk, call->start, call->end, text, sizeof text);
    if (str_starts(name, "file") || IS_ONE_OF(readers, name) || strstr(name, "::") != NULL)
        marks_add(walk->marks, "a call that reads files or runs a provider: %s", text);
}

static void key_text(const struct walk *walk, const struct hcl_node *key, char *out, size_t size)
{
    copy_span(walk, key->start, key->end, out, size);
    if (out[0] == '"') {
        memmove(out, out + 1, strlen(out));
        if (out[0] != '\0' && str_ends(out, "\""))
            out[strlen(out) - 1] = '\0';
    }
    for (char *c = out; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
}

static bool object_denies(const struct walk *walk, const struct hcl_node *object)
{
    char text[64];

    for (const struct hcl_node *key = object->child; key != NULL && key->next != NULL;
         key = key->next->next) {
        key_text(walk, key, text, sizeof text);
        if (!str_eq(text, "effect"))
            continue;
        key_text(walk, key->next, text, sizeof text);
        return str_eq(text, "deny");
    }
    return false;
}

static void walk_expression(struct walk walk, const struct hcl_node *node);

static void walk_object(struct walk walk, const struct hcl_node *object)
{
    char name[128];

    walk.denies = walk.denies || object_denies(&walk, object);
    for (const struct hcl_node *key = object->child; key != NULL && key->next != NULL;
         key = key->next->next) {
        struct walk inside = walk;

        key_text(&walk, key, name, sizeof name);
        inside.key = name;
        denied_code(&inside, key->next);
        walk_expression(inside, key->next);
    }
}

/* The parser caps the depth of a tree at HCL_DEPTH_MAX, so this recursion is capped too. */
static void walk_expression(struct walk walk, const struct hcl_node *node)
{
    if (node->kind == HCL_LITERAL)
        mark_text(&walk, node);
    if (node->kind == HCL_CALL)
        mark_call(&walk, node);
    if (node->kind == HCL_GET_ATTR) {
        denied_secret(&walk, node);
    }
    if (node->kind == HCL_TEMPLATE)
        walk.is_policy = denied_policy_marks(walk.marks, walk.file, node);
    if (node->kind == HCL_OBJECT) {
        walk_object(walk, node);
        return;
    }
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        walk_expression(walk, child);
}

/* --- blocks --- */

/* Below the top a provider block is a resource's own: EKS names its key's provider in one. */
static void mark_block(const struct walk *walk, const struct hcl_node *block, const char *type,
                       bool top)
{
    static const char *const as_a_whole[] = {"terraform", "provider", "import", "removed", "moved"};
    static const char *const running[] = {"provisioner", "connection"};
    static const char *const data[] = {"external",
                                       "http",
                                       "local_file",
                                       "local_sensitive_file",
                                       "terraform_remote_state",
                                       "aws_lambda_invocation"};
    static const char *const resources[] = {"local_file", "local_sensitive_file", "null_resource",
                                            "terraform_data", "aws_lambda_invocation"};
    char label[128] = "";
    char text[900];

    (void)hcl_block_label(walk->file, block, 0, label, sizeof label);
    copy_span(walk, block->start, block->end, text, sizeof text);
    if (top && IS_ONE_OF(as_a_whole, type))
        marks_add(walk->marks, "a new or changed %s block: %s", type, text);
    if (IS_ONE_OF(running, type))
        marks_add(walk->marks, "a %s block: %s", type, text);
    if (str_eq(type, "data") && IS_ONE_OF(data, label))
        marks_add(walk->marks, "a data source %s", label);
    if (str_eq(type, "resource") && IS_ONE_OF(resources, label))
        marks_add(walk->marks, "a resource %s", label);
}

static void mark_module(const struct walk *walk, const struct hcl_node *block)
{
    static const char *const which[] = {"source", "version", "providers"};
    char text[SHOWN];

    for (size_t i = 0; i < COUNT(which); i++) {
        const struct hcl_node *attribute = hcl_attribute(walk->file, block, which[i]);

        if (attribute == NULL)
            continue;
        copy_span(walk, attribute->child->start, attribute->child->end, text, sizeof text);
        marks_add(walk->marks, "a module's %s %s", which[i], text);
    }
}

static bool block_denies(const struct walk *walk, const struct hcl_node *block)
{
    const struct hcl_node *effect = hcl_attribute(walk->file, block, "effect");
    char text[16];

    if (effect == NULL)
        return false;
    key_text(walk, effect->child, text, sizeof text);
    return str_eq(text, "deny");
}

static void walk_attribute(struct walk walk, const struct hcl_node *attribute)
{
    char name[128];

    denied_name(&walk, attribute, name, sizeof name);
    for (char *c = name; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    walk.key = name;
    denied_code(&walk, attribute->child);
    denied_definitions(&walk, attribute->child);
    walk_expression(walk, attribute->child);
}

/* The parser caps the depth of a tree at HCL_DEPTH_MAX, so this recursion is capped too. */
static void walk_body(struct walk walk, const struct hcl_node *body, bool top)
{
    for (const struct hcl_node *child = body->child; child != NULL; child = child->next) {
        struct walk inside = walk;
        char type[128];

        if (child->kind == HCL_ATTRIBUTE)
            walk_attribute(walk, child);
        if (child->kind != HCL_BLOCK)
            continue;
        denied_name(&walk, child, type, sizeof type);
        mark_block(&walk, child, type, top);
        if (top && str_eq(type, "module"))
            mark_module(&walk, child);
        inside.denies = walk.denies || block_denies(&walk, child);
        walk_body(inside, hcl_block_body(child), false);
    }
}

void denied_marks(struct marks *marks, const struct hcl_file *file)
{
    struct walk walk = {.marks = marks, .file = file, .key = ""};

    walk_body(walk, file->body, true);
}
