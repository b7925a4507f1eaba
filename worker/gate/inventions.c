/*
 * Layer "inventions": a model's fix names nothing that nobody knows. An account, an id, an ARN, an
 * address range, a bucket or a key that is written out must stand in the repository already, or
 * among the inputs that the operator allows; and what is referred to must be declared. Else the
 * finding goes away, and the encryption or the log goes nowhere.
 *
 * A rule's values are its own and its inputs', so only a model's fix is looked at.
 */
#include <ctype.h>
#include <stdio.h>

#include "worker/gate/gate_inside.h"
#include "worker/gate/linked.h"
#include "worker/rules/network.h"

#define TEXT_BYTES 600

struct look {
    const struct gate_run *run;
    const struct hcl_file *file;
    const char *key;  /* of the argument or object that we are under */
    const char *type; /* of the resource */
    char found[300];
};

/* --- what is a fact of somebody's account --- */

static bool has_id(const char *text)
{
    static const char *const prefixes[] = {"sg-",  "subnet-", "vpc-", "ami-", "eni-",  "igw-",
                                           "rtb-", "acl-",    "nat-", "tgw-", "vpce-", "vol-",
                                           "key-", "mrk-",    "pl-",  "fs-",  "fsap-", "cgw-",
                                           "lt-",  "pcx-",    "eip",  "i-",   "snap-", "vgw-"};

    for (size_t i = 0; i < COUNT(prefixes); i++) {
        size_t len = strlen(prefixes[i]);

        if (strncmp(text, prefixes[i], len) == 0 && strspn(text + len, "0123456789abcdef") >= 8)
            return true;
    }
    return false;
}

static bool has_account(const char *text)
{
    for (; *text != '\0'; text++) {
        size_t n = strspn(text, "0123456789");

        if (n == 12)
            return true;
        text += n > 0 ? n - 1 : 0;
    }
    return false;
}

static bool is_uuid(const char *text)
{
    static const size_t groups[] = {8, 4, 4, 4, 12};

    for (size_t i = 0; i < COUNT(groups); i++) {
        if (strspn(text, "0123456789abcdefABCDEF") != groups[i])
            return false;
        text += groups[i];
        if (i + 1 < COUNT(groups) && *text++ != '-')
            return false;
    }
    return *text == '\0';
}

/* "arn:aws:s3:::" before a reference names nothing; a managed policy is AWS's own. */
static bool is_arn(const char *text)
{
    const char *last = strrchr(text, ':');

    return str_starts(text, "arn:") && last != NULL && last[1] != '\0' && last[1] != '*' &&
           last[1] != '/' && !str_starts(text, "arn:aws:iam::aws:policy/");
}

/* Arguments that say where something goes, or by whose key or right. */
static bool is_destination(const char *key, const char *type)
{
    static const char *const words[] = {"bucket",      "kms",         "key_id",    "key_arn",
                                        "log_group",   "destination", "topic",     "role",
                                        "certificate", "web_acl",     "target_",   "queue",
                                        "cluster_id",  "snapshot_id", "master_key"};
    static const char *const not [] = {"prefix", "type",  "enabled", "days", "policy",
                                       "status", "name_", "format",  "tags"};
    bool is = false;

    if (str_eq(key, "bucket") && str_eq(type, "aws_s3_bucket")) /* its own name */
        return false;
    for (size_t i = 0; i < COUNT(words); i++)
        is = is || strstr(key, words[i]) != NULL;
    for (size_t i = 0; i < COUNT(not ); i++)
        is = is && strstr(key, not [i]) == NULL;
    return is;
}

static bool is_fact(const struct look *look, const char *text)
{
    struct network network;

    if (text[0] == '\0' || str_starts(text, "alias/aws/") || str_eq(text, "*"))
        return false;
    return has_id(text) || has_account(text) || is_uuid(text) || is_arn(text) ||
           network_read(text, &network) || strstr(text, "://") != NULL ||
           is_destination(look->key, look->type);
}

/* --- is it known? --- */

static bool stands_in_repository(const struct gate_run *run, const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < hcl_repo_file_count(run->in->before); i++) {
        const struct hcl_file *file = hcl_repo_file_at(run->in->before, i);

        if (memmem(file->bytes, file->len, text, len) != NULL)
            return true;
    }
    return false;
}

/* A bucket's ARN says nothing but its name. */
static bool is_known_bucket(const struct gate_run *run, const char *text)
{
    static const char prefix[] = "arn:aws:s3:::";
    char name[80];

    if (!str_starts(text, prefix))
        return false;
    (void)snprintf(name, sizeof name, "\"%.*s\"", (int)strcspn(text + strlen(prefix), "/*\""),
                   text + strlen(prefix));
    return strlen(name) > 4 && stands_in_repository(run, name);
}

static bool is_input(const struct gate_run *run, const char *text)
{
    for (size_t i = 0; i < run->in->n_inputs; i++) {
        if (strstr(run->in->inputs[i].value, text) != NULL)
            return true;
    }
    return false;
}

static void look_at_text(struct look *look, const struct hcl_node *literal)
{
    char text[TEXT_BYTES];
    size_t len = literal->end - literal->start;

    if (look->found[0] != '\0')
        return;
    len = len < sizeof text ? len : sizeof text - 1;
    memcpy(text, look->file->bytes + literal->start, len);
    text[len] = '\0';
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        text[--len] = '\0';
    if (is_fact(look, text) && !stands_in_repository(look->run, text) &&
        !is_known_bucket(look->run, text) && !is_input(look->run, text))
        (void)snprintf(look->found, sizeof look->found,
                       "%.160s (in %.60s) stands nowhere in the repository, nor among the inputs",
                       text, look->key);
}

static void key_of(const struct hcl_file *file, size_t start, size_t end, char out[128])
{
    size_t len = end - start < 128 ? end - start : 127;

    memcpy(out, file->bytes + start, len);
    out[len] = '\0';
    for (char *c = out; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
}

static void walk(struct look *look, const struct hcl_node *node);

static void walk_under(struct look *look, const struct hcl_node *node, const char *key)
{
    const char *outer = look->key;

    look->key = key;
    walk(look, node);
    look->key = outer;
}

/* Trees are no higher than HCL_HEIGHT_MAX, so this recursion is bounded. */
static void walk(struct look *look, const struct hcl_node *node)
{
    char key[128];

    if (node->kind == HCL_LITERAL)
        look_at_text(look, node);
    if (node->kind == HCL_OBJECT) {
        for (const struct hcl_node *one = node->child; one != NULL && one->next != NULL;
             one = one->next->next) {
            key_of(look->file, one->start, one->end, key);
            walk_under(look, one->next, key);
        }
        return;
    }
    if (node->kind == HCL_ATTRIBUTE) {
        key_of(look->file, node->name_start, node->name_end, key);
        walk_under(look, node->child, key);
        return;
    }
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        walk(look, child);
}

/* --- is it declared? --- */

static bool is_in_same_directory(const char *a, const char *b)
{
    const char *end_a = strrchr(a, '/');
    const char *end_b = strrchr(b, '/');
    size_t len_a = end_a != NULL ? (size_t)(end_a - a) : 0;
    size_t len_b = end_b != NULL ? (size_t)(end_b - b) : 0;

    return len_a == len_b && strncmp(a, b, len_a) == 0;
}

static bool declares(const struct hcl_file *file, const char *type, const char *first,
                     const char *second)
{
    const struct hcl_node *block = NULL;
    char label[LINKED_NAME_BYTES];

    while ((block = hcl_block_next(file, file->body, type, block)) != NULL) {
        if (str_eq(type, "locals")
                ? hcl_attribute(file, block, first) != NULL
                : hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, first) &&
                      (second == NULL || (hcl_block_label(file, block, 1, label, sizeof label) &&
                                          str_eq(label, second))))
            return true;
    }
    return false;
}

static bool is_declared(const struct look *look, const char *type, const char *first,
                        const char *second)
{
    const struct hcl_repo *repo = look->run->after;

    for (size_t i = 0; i < hcl_repo_file_count(repo); i++) {
        const struct hcl_file *file = hcl_repo_file_at(repo, i);

        if (is_in_same_directory(file->path, look->file->path) &&
            declares(file, type, first, second))
            return true;
    }
    return false;
}

static bool look_at_mention(void *context, const struct mention *mention)
{
    struct look *look = context;
    char address[4 * LINKED_NAME_BYTES];
    const char *root = mention->root;
    bool declared = true;

    mention_address(mention, address);
    if (str_eq(root, "var"))
        declared = is_declared(look, "variable", mention->first, NULL);
    else if (str_eq(root, "local"))
        declared = is_declared(look, "locals", mention->first, NULL);
    else if (str_eq(root, "module"))
        declared = is_declared(look, "module", mention->first, NULL);
    else if (str_eq(root, "data"))
        declared = is_declared(look, "data", mention->first, mention->second);
    else if (str_starts(root, "aws_")) /* other names may be those of a for or a dynamic block */
        declared = is_declared(look, "resource", root, mention->first);
    if (!declared)
        (void)snprintf(look->found, sizeof look->found,
                       "it refers to %.200s, which is not declared", address);
    return declared;
}

int gate_inventions(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < run->in->n_edited; i++) {
        const struct hcl_file *file = gate_after(run, run->in->edited[i].path);

        for (const struct hcl_node *node = file != NULL ? file->body->child : NULL; node != NULL;
             node = node->next) {
            char type[LINKED_NAME_BYTES] = "";
            struct look look = {.run = run, .file = file, .key = "", .type = type};

            if (node->kind == HCL_BLOCK)
                (void)hcl_block_label(file, node, 0, type, sizeof type);
            walk(&look, node);
            if (look.found[0] == '\0')
                (void)each_mention(file, node, look_at_mention, &look);
            if (look.found[0] != '\0')
                return gate_fail(result, "%s", look.found);
        }
    }
    return gate_pass(result, "no account, id, network or name that nobody knows");
}
