/*
 * Denied policy: a policy written as JSON text, statement by statement, so that "*" in a Deny is
 * told from "*" in an Allow. What is put into the text is left out; a text that is then no JSON, or
 * no policy, is not judged here.
 */
#include "common/json.h"
#include "worker/gate/marks.h"

#define POLICY_BYTES_MAX ((size_t)1024 * 1024)

static void mark_wildcards(struct marks *marks, const struct json *json)
{
    const char *text = json_text(json, "");
    const char *key = NULL;
    const struct json *value = NULL;

    if (str_eq(text, "*") || str_ends(text, ":*"))
        marks_add(marks, "a wildcard in a policy text");
    /* The parser caps the depth of a tree, so this recursion is capped too. */
    for (size_t i = 0; json_is_array(json) && i < json_count(json); i++)
        mark_wildcards(marks, json_at(json, i));
    for (size_t i = 0; json_is_object(json) && json_member(json, i, &key, &value); i++)
        mark_wildcards(marks, value);
}

static void mark_statement(struct marks *marks, const struct json *statement)
{
    if (!str_eq(json_get_text(statement, "Effect", ""), "Deny"))
        mark_wildcards(marks, statement);
}

bool denied_policy_marks(struct marks *marks, const struct hcl_file *file,
                         const struct hcl_node *node)
{
    CLEANUP(buf_done) struct buf text = BUF(POLICY_BYTES_MAX);
    CLEANUP(json_freep) struct json *json = NULL;
    const struct json *statements;
    struct err err;

    for (const struct hcl_node *part = node->child; part != NULL; part = part->next) {
        if (part->kind == HCL_LITERAL)
            hcl_literal_text(file, part, &text);
        else
            buf_char(&text, '?');
    }
    if (strstr(buf_str(&text), "\"Statement\"") == NULL || buf_check(&text, &err) < 0 ||
        json_parse(&json, buf_str(&text), text.len, &err) < 0)
        return false;
    statements = json_get(json, "Statement");
    if (json_is_object(statements))
        mark_statement(marks, statements);
    for (size_t i = 0; json_is_array(statements) && i < json_count(statements); i++)
        mark_statement(marks, json_at(statements, i));
    return json_is_object(statements) || json_is_array(statements);
}
