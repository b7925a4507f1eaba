/*
 * tree-sitter's HCL grammar as a side of the HCL bench. A tree with an error or a missing token in
 * it counts as refused. Built by the bench itself, against the sources that npm has brought.
 */
#include <tree_sitter/api.h>

#include "tests/bench/side.h"

const TSLanguage *tree_sitter_hcl(void);

static TSParser *parser;

static void *parse(const struct side_file *file)
{
    TSTree *tree = ts_parser_parse_string(parser, NULL, file->bytes, (uint32_t)file->len);

    if (tree != NULL && ts_node_has_error(ts_tree_root_node(tree))) {
        ts_tree_delete(tree);
        tree = NULL;
    }
    return tree;
}

/* config_file > body > block */
static size_t blocks(const void *tree)
{
    TSNode root = ts_tree_root_node(tree);
    size_t n = 0;

    for (uint32_t i = 0; i < ts_node_named_child_count(root); i++) {
        TSNode body = ts_node_named_child(root, i);
        if (!str_eq(ts_node_type(body), "body"))
            continue;
        for (uint32_t k = 0; k < ts_node_named_child_count(body); k++)
            n += str_eq(ts_node_type(ts_node_named_child(body, k)), "block");
    }
    return n;
}

static void drop(void *tree)
{
    ts_tree_delete(tree);
}

int main(int argc, char **argv)
{
    struct err err;

    parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_hcl())) {
        err_set(&err, ERR_REJECT, "this tree-sitter does not take the grammar's version");
        return side_fail(&err);
    }
    int status = side_parse_main(argc, argv, &(struct side_parser){parse, blocks, drop});
    ts_parser_delete(parser);
    return status;
}
