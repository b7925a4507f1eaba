/*
 * Edits in a test: a file from text, things in it by path, what stands there afterwards.
 *
 *     edit_scene_begin(&s, "r {\n  a = [1]\n}\n") -> hcl_edit_append(s.edits, s.file,
 * edit_scene_at(&s, "a"), …) -> edit_scene_gives(&s, "…")
 *
 * Whatever goes wrong fails the test.
 */
#ifndef TESTS_SUPPORT_HCL_EDIT_SCENE_H
#define TESTS_SUPPORT_HCL_EDIT_SCENE_H

#include "worker/hcl/edit/edit.h"

struct edit_scene {
    struct hcl_file *file;
    struct hcl_edits *edits;
    const struct hcl_node *block; /* the first one, or the file's body */
    struct err err;
};

void edit_scene_begin(struct edit_scene *s, const char *text);
void edit_scene_end(struct edit_scene *s);
/* In the first block: "a" the value of an argument, "b/" a nested block, "a.0" an element, "a.k" a
 * key's value, "=a" the argument itself, "a:k" a key's node. */
const struct hcl_node *edit_scene_at(const struct edit_scene *s, const char *path);
/* Applies, compares, undoes, and ends the scene. */
void edit_scene_gives(struct edit_scene *s, const char *expected);
/* Applying is refused with that in the words; ends the scene. */
void edit_scene_refuses(struct edit_scene *s, const char *words);
/* A call that must have done it. */
void edit_scene_ok(struct edit_scene *s, int r);
/* What must hold of every result: the bytes outside the spans are kept, the spans are in order and
 * apart, and undoing gives the old bytes. */
void edit_scene_check_spans(const struct hcl_edited *edited);

#endif
