/* Text that is to be Terraform: what is not would only be found in what a fix writes. */
#include "worker/hcl/syntax/tree.h"
#include "worker/rules/render.h"
#include "worker/rules/rules.h"

/* Is the text one expression? why gets what is wrong; a lone word is a reference to nothing. */
static bool is_expression(const char *text, bool *is_word, struct err *why)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(buf_done) struct buf line = BUF(HCL_FILE_MAX_BYTES);

    *is_word = false;
    buf_print(&line, "x = %s\n", text);
    if (buf_check(&line, why) < 0 || hcl_parse(&file, "", buf_str(&line), line.len, why) < 0)
        return false;
    const struct hcl_node *only = file->body->child;
    (void)err_set(why, ERR_REJECT, "it is more than one expression, or a lone word");
    if (only == NULL || only->next != NULL || only->kind != HCL_ATTRIBUTE)
        return false;
    *is_word = only->child->kind == HCL_VARIABLE;
    return !*is_word;
}

int rule_input_check(const char *name, const char *value, struct err *err)
{
    struct err why;
    bool is_word = false;

    if (is_expression(value, &is_word, &why))
        return 0;
    /* The quotes were forgotten, or the shell took them. */
    return err_set(
        err, ERR_REJECT,
        "%s is %.200s, which is no value in Terraform: a text stands in quotes ('\"%s\"'), "
        "a list in brackets ('[\"one\", \"two\"]')",
        name, value, is_word ? value : "text");
}

int expression_check(const struct literal *literal, struct err *why)
{
    struct render render = {.subject = "aws_s.n", .name = "n"};
    struct literal copy = *literal;
    CLEANUP(buf_done) struct buf words = BUF(HCL_FILE_MAX_BYTES);
    bool is_word = false;

    render_literals(&render, &(struct literals){.items = &copy, .n = 1}, &words);
    if (is_expression(buf_str(&words), &is_word, why))
        return 0;
    /* ":1:9: what": the place in a made line means nothing. */
    const char *what = why->text[0] == ':' ? strstr(why->text, ": ") : NULL;
    if (what != NULL)
        memmove(why->text, what + 2, strlen(what + 2) + 1);
    return ERR_REJECT;
}
