/* Ours, as a side of the HCL bench: the full tree of each file, built and freed. */
#include "tests/bench/side.h"
#include "worker/hcl/syntax/tree.h"

static void *parse(const struct side_file *file)
{
    struct hcl_file *tree = NULL;
    struct err err;

    return hcl_parse(&tree, file->path, file->bytes, file->len, &err) == 0 ? tree : NULL;
}

static size_t blocks(const void *tree)
{
    const struct hcl_file *file = tree;
    const struct hcl_node *block = NULL;
    size_t n = 0;

    while ((block = hcl_block_next(file, file->body, NULL, block)) != NULL)
        n++;
    return n;
}

static void drop(void *tree)
{
    hcl_file_free(tree);
}

int main(int argc, char **argv)
{
    return side_parse_main(argc, argv, &(struct side_parser){parse, blocks, drop});
}
