/* Bytes that stand elsewhere than where they are read; the story stands in source.h. */
#include "worker/hcl/syntax/source.h"

#include "worker/hcl/syntax/json.h"
#include "worker/hcl/syntax/tree.h"

struct hcl_place hcl_written(const struct hcl_file *file, const struct hcl_node *node)
{
    const struct hcl_merged_node *merged = (const struct hcl_merged_node *)node;

    return hcl_is_merged(file) ? (struct hcl_place){merged->file, merged->original}
                               : (struct hcl_place){file, node};
}

bool hcl_is_json(const struct hcl_file *file)
{
    return file->source != NULL && !file->source->is_merged;
}

bool hcl_is_merged(const struct hcl_file *file)
{
    return file->source != NULL && file->source->is_merged;
}

int hcl_may_edit(const struct hcl_file *file, const struct hcl_node *node, struct err *err)
{
    int line;
    int column;

    if (file->source == NULL)
        return 0;
    hcl_position(file, node->start, &line, &column);
    if (hcl_is_json(file))
        return err_set(err, ERR_REJECT,
                       "%s:%d: Terraform's JSON syntax is read but not edited; change it there by "
                       "hand",
                       file->path, line);
    return err_set(err, ERR_REJECT, "%s:%d: the block is merged from several files", file->path,
                   line);
}

static const struct hcl_stretch *stretch_at(const struct hcl_source *source, size_t offset)
{
    size_t low = 0;
    size_t high = source->n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (source->stretches[middle].end > offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low < source->n && source->stretches[low].start <= offset ? &source->stretches[low]
                                                                     : NULL;
}

void hcl_source_position(const struct hcl_file *file, size_t offset, int *line, int *column)
{
    const struct hcl_stretch *stretch = stretch_at(file->source, offset);

    if (stretch != NULL && stretch->file != NULL)
        hcl_position(stretch->file, offset - stretch->start, line, column);
    else if (stretch != NULL)
        hcl_position(file, hcl_json_place(file->bytes, stretch->from, offset - stretch->start),
                     line, column);
    else
        hcl_position(file, file->len, line, column);
}
