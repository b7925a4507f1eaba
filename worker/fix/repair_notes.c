/* What became of findings, and how they and their blocks are named. */
#include <stdio.h>

#include "worker/fix/repair_inside.h"

int note_add(struct repair *repair, const struct repair_note *note, struct err *err)
{
    if (repair->n == repair->cap) {
        size_t cap = repair->cap == 0 ? 256 : repair->cap * 2;
        struct repair_note *notes = realloc(repair->notes, cap * sizeof *notes);
        if (notes == NULL)
            return err_nomem(err);
        repair->notes = notes;
        repair->cap = cap;
    }
    struct repair_note copy = *note;
    copy.file = arena_text(repair->arena, note->file);
    copy.text = arena_text(repair->arena, note->text);
    copy.address = note->address != NULL ? arena_text(repair->arena, note->address) : NULL;
    if (copy.file == NULL || copy.text == NULL || (note->address != NULL && copy.address == NULL))
        return err_nomem(err);
    repair->notes[repair->n++] = copy;
    repair->counts[note->answer]++;
    return 0;
}

/* Where it stands in the tree as it was; a resource that a fix has brought stands in the new one.
 */
static int line_of(const struct pass *pass, const struct scan_hit *hit)
{
    char key[KEY_BYTES];

    place_key(hit, key);
    const char *line = names_text(pass->places, key);
    return line != NULL ? (int)strtol(line, NULL, 10) : hit->line;
}

int note_hit(struct pass *pass, enum repair_answer answer, const struct scan_hit *hit,
             const char *text, struct err *err)
{
    return note_add(pass->repair,
                    &(struct repair_note){.answer = answer,
                                          .rule = hit->rule,
                                          .address = hit->resource->address,
                                          .file = hit->file,
                                          .line = line_of(pass, hit),
                                          .text = text},
                    err);
}

void notes_take_back(struct repair *repair, size_t n)
{
    while (repair->n > n)
        repair->counts[repair->notes[--repair->n].answer]--;
}

void finding_key(const struct scan_hit *hit, char out[KEY_BYTES])
{
    (void)snprintf(out, KEY_BYTES, "%s\t%s\t%s", hit->rule->id, hcl_module_directory(hit->root),
                   hit->resource->address);
}

void place_key(const struct scan_hit *hit, char out[KEY_BYTES])
{
    block_key(hcl_module_directory(hit->root), hit->resource->address, out);
}

void block_key(const char *directory, const char *address, char out[KEY_BYTES])
{
    (void)snprintf(out, KEY_BYTES, "%s\t%s", directory, address);
}
