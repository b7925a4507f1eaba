/* A model's answer as edits; the story stands in proposal.h. */
#include "worker/llm/proposal.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/json.h"
#include "common/text/visible.h"
#include "worker/hcl/module/module.h"
#include "worker/llm/proposal_inside.h"

#define ANSWER_MAX_BYTES ((size_t)512 * 1024)
#define PATH_MAX_BYTES   512

struct edit {
    const char *file, *address, *text;
};

struct application {
    const struct prompt *prompt;
    const struct scope *scope;
    struct hcl_edits *edits;
    struct rule_outcome *outcome;
    struct buf new_path[PROPOSAL_EDITS_MAX], new_text[PROPOSAL_EDITS_MAX]; /* of new files */
    size_t n_new;
};

static int refuse(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
static int refuse(struct err *err, const char *format, ...)
{
    char text[ERR_TEXT_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)err_set(err, ERR_REJECT, "%s", text);
    return PROPOSAL_REFUSED;
}

/* --- JSON --- */

/* A text with characters that nobody sees is not one that a person could review. */
static bool is_visible(const char *text)
{
    uint32_t c;

    while (*text != '\0') {
        text += visible_decode(text, &c);
        if (visible_is_hidden(c))
            return false;
    }
    return true;
}

static int read_edit(const struct json *json, size_t i, struct edit *out, struct err *err)
{
    static const char *const names[] = {"file", "address", "text", "reason"};
    const char *key;
    const struct json *value;

    if (!json_is_object(json))
        return refuse(err, "edits[%zu] is no object", i);
    for (size_t k = 0; json_member(json, k, &key, &value); k++) {
        bool known = false;

        for (size_t n = 0; n < COUNT(names); n++)
            known = known || str_eq(names[n], key);
        if (!known)
            return refuse(err, "edits[%zu] has a member \"%.60s\", which is not in the schema", i,
                          key);
        if (!json_is_text(value))
            return refuse(err, "edits[%zu].%s is no text", i, key);
        if (!is_visible(json_text(value, "")))
            return refuse(err, "edits[%zu].%s has characters that nobody sees", i, key);
    }
    *out = (struct edit){json_get_text(json, "file", ""), json_get_text(json, "address", ""),
                         json_get_text(json, "text", "")};
    if (out->file[0] == '\0' || out->address[0] == '\0' || out->text[0] == '\0')
        return refuse(err, "edits[%zu] lacks its file, its address or its text", i);
    if (strlen(out->file) > PATH_MAX_BYTES || strlen(out->address) > 250 ||
        strlen(out->text) > PROPOSAL_TEXT_MAX_BYTES)
        return refuse(err, "edits[%zu] is too long", i);
    return 0;
}

/* --- one edit --- */

/* The one top-level block, or argument of a values file, that the text consists of. 0, refused, or
 * an error. */
static int parse_one(const struct edit *edit, struct hcl_file **out, struct err *err)
{
    const char *name = str_ends(edit->file, ".tfvars") ? "answer.tfvars" : "answer.tf";
    struct err why;
    int r = hcl_parse(out, name, edit->text, strlen(edit->text), &why);

    if (r == ERR_REJECT)
        return refuse(err, "the text of %.200s is no Terraform: %.240s", edit->address, why.text);
    if (r < 0)
        return err_nomem(err);
    const struct hcl_node *only = (*out)->body->child;
    if (only == NULL || only->next != NULL)
        return refuse(err, "the text of %.200s must be exactly one block", edit->address);
    return 0;
}

static int predict(struct application *to, const char *address, struct err *err)
{
    struct rule_outcome *outcome = to->outcome;

    for (size_t i = 0; i < outcome->n_predicted; i++) {
        if (str_eq(outcome->predicted[i], address))
            return 0;
    }
    if (outcome->n_predicted == COUNT(outcome->predicted))
        return refuse(err, "more than %zu blocks would change", COUNT(outcome->predicted));
    (void)str_copy(outcome->predicted[outcome->n_predicted++], sizeof outcome->predicted[0],
                   address);
    return 0;
}

static void write_address(const struct hcl_file *file, const struct hcl_node *node, char out[256])
{
    bool is_resource = node->kind == HCL_BLOCK && hcl_name_is(file, node, "resource");
    char label[128];
    size_t used = 0;

    out[0] = '\0';
    if (!is_resource)
        used = (size_t)snprintf(out, 256, "%.*s", (int)(node->name_end - node->name_start),
                                file->bytes + node->name_start);
    for (size_t i = 0; node->kind == HCL_BLOCK && used < 256 &&
                       hcl_block_label(file, node, i, label, sizeof label);
         i++)
        used += (size_t)snprintf(out + used, 256 - used, "%s%s", used > 0 ? "." : "", label);
}

static int change(struct application *to, size_t which, const struct hcl_file *wanted,
                  struct err *err)
{
    const struct scope_block *block = &to->scope->blocks[which];
    const struct prompt_block *shown = &to->prompt->blocks[which];
    char address[256];

    if (!block->may_change || shown->node == NULL)
        return refuse(err, "%.200s may not be changed", block->address);
    write_address(wanted, wanted->body->child, address);
    if (wanted->body->child->kind != shown->node->kind || !str_eq(address, block->address))
        return refuse(err, "the text of %.200s is another block: %.200s", block->address, address);
    const struct proposal_block parts = {
        .prompt = to->prompt,
        .edits = to->edits,
        .written_file = block->file,
        .shown_file = shown->file,
        .wanted_file = wanted,
        .written = block->block,
        .shown = shown->node,
        .wanted = wanted->body->child,
    };
    size_t before = hcl_edits_count(to->edits);
    int r = proposal_diff(&parts, err);
    if (r != 0)
        return r;
    if (hcl_edits_count(to->edits) == before) /* it repeats what it was shown */
        return 0;
    return predict(to, block->address, err);
}

/* --- new blocks --- */

static bool is_new_kind(const struct hcl_file *file, const struct hcl_node *node)
{
    static const char *const kinds[] = {"resource", "data", "variable"};

    for (size_t i = 0; node->kind == HCL_BLOCK && i < COUNT(kinds); i++) {
        if (hcl_name_is(file, node, kinds[i]))
            return true;
    }
    return false;
}

static size_t directory_len(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* Of the directory of the target's module, a plain name that ends in .tf. */
static bool is_beside_target(const struct scope *scope, const char *path)
{
    const char *target = scope->target->file->path;
    size_t len = directory_len(target);

    if (directory_len(path) != len || strncmp(path, target, len) != 0 || !str_ends(path, ".tf"))
        return false;
    for (const char *at = path + len; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at) && strchr("_-.", *at) == NULL)
            return false;
    }
    return path[len] != '.' && path[len] != '-';
}

static bool is_taken(const struct scope *scope, const char *address)
{
    const struct hcl_module *module = scope->target->module;
    char other[256];

    for (size_t i = 0; i < hcl_module_file_count(module); i++) {
        const struct hcl_file *file = hcl_module_file(module, i);

        for (const struct hcl_node *node = file->body->child; node != NULL; node = node->next) {
            write_address(file, node, other);
            if (str_eq(other, address))
                return true;
        }
    }
    return false;
}

/* Several blocks may go into one new file, which is written once. */
static void add_to_new_file(struct application *to, const char *path, const char *text)
{
    size_t i = 0;

    while (i < to->n_new && !str_eq(buf_str(&to->new_path[i]), path))
        i++;
    if (i == to->n_new) {
        to->new_path[i] = BUF(PATH_MAX_BYTES + 1);
        to->new_text[i] = BUF(PROPOSAL_EDITS_MAX * PROPOSAL_TEXT_MAX_BYTES);
        buf_text(&to->new_path[to->n_new++], path);
    } else {
        buf_char(&to->new_text[i], '\n');
    }
    buf_text(&to->new_text[i], text);
    buf_char(&to->new_text[i], '\n');
}

static int put_in(struct application *to, const struct edit *edit, const char *text,
                  struct err *err)
{
    const struct hcl_repo *repo = hcl_module_repo(to->scope->root);
    const struct hcl_resource *target = to->scope->target;
    const struct hcl_file *file = hcl_repo_file(repo, edit->file);
    int r;

    if (file == NULL && hcl_repo_broken(repo, edit->file) != NULL)
        return refuse(err, "%.300s cannot be read", edit->file);
    if (file == NULL) {
        add_to_new_file(to, edit->file, text);
        return 0;
    }
    r = hcl_edit_add_top(to->edits, file, file == target->file ? target->block : NULL, text, err);
    return r == ERR_REJECT ? PROPOSAL_REFUSED : r;
}

static int add(struct application *to, const struct edit *edit, const struct hcl_file *wanted,
               struct err *err)
{
    const struct hcl_node *block = wanted->body->child;
    CLEANUP(buf_done) struct buf text = BUF(PROPOSAL_TEXT_MAX_BYTES);
    CLEANUP(buf_done) struct buf source = BUF(PROPOSAL_TEXT_MAX_BYTES);
    char address[256];

    if (!is_new_kind(wanted, block))
        return refuse(err,
                      "%.200s in %.200s was not shown, and only a resource, a data source or a "
                      "variable may be new",
                      edit->address, edit->file);
    write_address(wanted, block, address);
    if (!str_eq(address, edit->address))
        return refuse(err, "the text of %.200s is another block: %.200s", edit->address, address);
    if (is_taken(to->scope, address))
        return refuse(err,
                      "%.200s exists already, and was not shown in %.200s as one that may "
                      "change",
                      address, edit->file);
    if (!is_beside_target(to->scope, edit->file))
        return refuse(err, "%.300s is no .tf file beside %.100s", edit->file,
                      to->scope->target->file->path);
    proposal_text(wanted, block, &source);
    int r = prompt_reveal(to->prompt, buf_str(&source), NULL, &text, err);
    if (r == ERR_REJECT)
        return PROPOSAL_REFUSED;
    if (r == 0)
        r = put_in(to, edit, buf_str(&text), err);
    return r != 0 ? r : predict(to, address, err);
}

static int apply_one(struct application *to, const struct edit *edit, struct err *err)
{
    CLEANUP(hcl_file_freep) struct hcl_file *wanted = NULL;
    int r = parse_one(edit, &wanted, err);

    if (r != 0)
        return r;
    for (size_t i = 0; i < to->scope->n; i++) {
        if (to->prompt->blocks[i].text != NULL &&
            str_eq(to->scope->blocks[i].address, edit->address) &&
            str_eq(to->scope->blocks[i].file->path, edit->file))
            return change(to, i, wanted, err);
    }
    return add(to, edit, wanted, err);
}

/* --- all of them --- */

static int write_new_files(struct application *to, struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < to->n_new; i++) {
        if (r == 0)
            r = buf_check(&to->new_text[i], err);
        if (r == 0)
            r = hcl_edit_new_file(to->edits, buf_str(&to->new_path[i]), buf_str(&to->new_text[i]),
                                  err);
        buf_done(&to->new_path[i]);
        buf_done(&to->new_text[i]);
    }
    return r == ERR_REJECT ? PROPOSAL_REFUSED : r;
}

static int apply_all(struct application *to, const struct json *edits, struct err *err)
{
    size_t n = json_count(edits);
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        struct edit edit;

        r = read_edit(json_at(edits, i), i, &edit, err);
        if (r == 0)
            r = apply_one(to, &edit, err);
    }
    int written = write_new_files(to, err);
    if (r == 0)
        r = written;
    if (r == 0 && hcl_edits_count(to->edits) == 0)
        return refuse(err, "the edits change nothing: every block is as it was shown");
    return r;
}

static int check_members(const struct json *json, struct err *err)
{
    const char *key;
    const struct json *value;

    if (!json_is_object(json))
        return refuse(err, "the answer is no object");
    for (size_t i = 0; json_member(json, i, &key, &value); i++) {
        if (!str_eq(key, "edits") && !str_eq(key, "summary"))
            return refuse(err, "the answer has a member \"%.60s\", which is not in the schema",
                          key);
    }
    if (!json_is_array(json_get(json, "edits")))
        return refuse(err, "the answer has no list \"edits\"");
    if (json_count(json_get(json, "edits")) > PROPOSAL_EDITS_MAX)
        return refuse(err, "more than %d edits", PROPOSAL_EDITS_MAX);
    return 0;
}

int proposal_apply(const char *json, const struct prompt *prompt, const struct scope *scope,
                   struct hcl_edits *edits, struct rule_outcome *outcome, struct proposal *out,
                   struct err *err)
{
    CLEANUP(json_freep) struct json *tree = NULL;
    struct application to = {.prompt = prompt, .scope = scope, .edits = edits, .outcome = outcome};
    struct err why;

    if (strlen(json) > ANSWER_MAX_BYTES)
        return refuse(err, "the answer is longer than %zu bytes", ANSWER_MAX_BYTES);
    int r = json_parse(&tree, json, strlen(json), &why);
    if (r == ERR_REJECT)
        return refuse(err, "the answer is no JSON: %.200s", why.text);
    if (r < 0)
        return err_nomem(err);
    r = check_members(tree, err);
    if (r != 0)
        return r;
    (void)str_copy(out->summary, sizeof out->summary, json_get_text(tree, "summary", ""));
    str_drop_half_character(out->summary);
    out->n_edits = json_count(json_get(tree, "edits"));
    if (out->n_edits == 0)
        return PROPOSAL_NOTHING;
    return apply_all(&to, json_get(tree, "edits"), err);
}
