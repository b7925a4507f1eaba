/* The value of an input is Terraform. What is not would only be found in what a fix writes. */
#include "worker/hcl/syntax/tree.h"
#include "worker/rules/rules.h"

int rule_input_check(const char *name, const char *value, struct err *err)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
    struct err why = {0};

    buf_print(&text, "x = %s\n", value);
    int r = buf_check(&text, &why);
    if (r == 0)
        r = hcl_parse(&file, "value", buf_str(&text), text.len, &why);
    const struct hcl_node *only = r == 0 ? file->body->child : NULL;
    bool is_one = only != NULL && only->next == NULL && only->kind == HCL_ATTRIBUTE;
    /* A lone word is a reference to nothing: quotes were forgotten, or the shell took them. */
    if (is_one && only->child->kind != HCL_VARIABLE)
        return 0;
    return err_set(
        err, ERR_REJECT,
        "%s is %.200s, which is no value in Terraform: a text stands in quotes ('\"%s\"'), "
        "a list in brackets ('[\"one\", \"two\"]')",
        name, value, is_one ? value : "text");
}
