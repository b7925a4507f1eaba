/* Values files that terraform reads only when told to (-var-file): what they give a root's
 * variables, and which values would be others with them. */
#include "worker/hcl/eval/eval.h"
#include "worker/hcl/eval/provenance.h"
#include "worker/hcl/module/declared.h"

#define SPANS_MAX 64

static bool is_told_of(const struct hcl_module *root, const struct repo_file *entry)
{
    const struct repo_dir *dir = repo_dir_find(root->repo, entry->directory);

    if (entry->file == NULL || repo_is_configuration(entry->path))
        return false;
    return dir == root->dir ? !module_reads_values(entry->path) : dir == NULL || !dir->has_tf;
}

const struct hcl_node *hcl_other_values(const struct hcl_module *root, const char *variable,
                                        size_t *next, const struct hcl_file **file)
{
    const struct hcl_repo *repo = root->repo;
    const struct hcl_node *found = NULL;

    for (; *next < repo->n_files && found == NULL; (*next)++) {
        const struct repo_file *entry = repo->files[*next];

        if (!is_told_of(root, entry))
            continue;
        found = hcl_attribute(entry->file, entry->file->body, variable);
        *file = entry->file;
    }
    return found != NULL ? found->child : NULL;
}

/* Where the root's variable has its value from without such a file; NULL: nowhere. */
static const struct hcl_node *present_value(const struct hcl_module *root, const char *variable,
                                            const struct hcl_file **file)
{
    const struct assigned *assigned = declared_value(root->dir->declared, variable);

    if (assigned != NULL) {
        *file = assigned->file;
        return assigned->attribute->child;
    }
    const struct declared *declared =
        declared_find(root->dir->declared, DECLARED_VARIABLE, "", variable);
    if (declared == NULL)
        return NULL;
    *file = declared->file;
    const struct hcl_node *given = hcl_attribute(declared->file, declared->node, "default");
    return given != NULL ? given->child : NULL;
}

/* Does a span lie inside the node? */
static bool took_part(const struct hcl_span *spans, size_t n, const struct hcl_file *file,
                      const struct hcl_node *node)
{
    for (size_t i = 0; i < n; i++)
        if (spans[i].at.file == file && spans[i].at.node->start >= node->start &&
            spans[i].at.node->end <= node->end)
            return true;
    return false;
}

bool hcl_may_be_told(const struct hcl_module *root)
{
    for (size_t i = 0; i < root->repo->n_files; i++)
        if (is_told_of(root, root->repo->files[i]))
            return true;
    return false;
}

const struct hcl_file *hcl_told_otherwise(const struct hcl_module *root, const struct hcl_value *v)
{
    const struct hcl_repo *repo = root->repo;
    struct hcl_span spans[SPANS_MAX];
    size_t n = SIZE_MAX; /* asked for once there is a file to compare with */

    for (size_t i = 0; i < repo->n_files; i++) {
        const struct repo_file *entry = repo->files[i];
        if (!is_told_of(root, entry))
            continue;
        if (n == SIZE_MAX)
            n = hcl_spans(root, v, spans, SPANS_MAX, NULL);
        for (const struct hcl_node *at = entry->file->body->child; at != NULL; at = at->next) {
            char name[NAME_BYTES_MAX];
            const struct hcl_file *file = NULL;
            if (at->kind != HCL_ATTRIBUTE || !eval_name(entry->file, at, name))
                continue;
            const struct hcl_node *present = present_value(root, name, &file);
            if (present != NULL && took_part(spans, n, file, present))
                return entry->file;
        }
    }
    return NULL;
}
