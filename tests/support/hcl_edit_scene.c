/* Edits in a test; what the functions promise stands in hcl_edit_scene.h. */
#include "tests/support/hcl_edit_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

void edit_scene_begin(struct edit_scene *s, const char *text)
{
    *s = (struct edit_scene){0};
    if (hcl_parse(&s->file, "main.tf", text, strlen(text), &s->err) != 0)
        fail_msg("%s", s->err.text);
    assert_int_equal(hcl_edits_new(&s->edits, &s->err), 0);
    s->block = hcl_block_next(s->file, s->file->body, NULL, NULL);
    if (s->block == NULL)
        s->block = s->file->body;
}

void edit_scene_end(struct edit_scene *s)
{
    hcl_edits_free(s->edits);
    hcl_file_free(s->file);
}

void edit_scene_ok(struct edit_scene *s, int r)
{
    if (r != 0)
        fail_msg("%d: %s", r, s->err.text);
}

static const struct hcl_node *inside(const struct edit_scene *s, const struct hcl_node *value,
                                     const char *step, bool wants_key)
{
    char *end;
    size_t n = strtoul(step, &end, 10);

    if (value->kind == HCL_OBJECT) {
        const struct hcl_node *key = hcl_object_key(s->file, value, step);
        return key == NULL || wants_key ? key : key->next;
    }
    if (value->kind != HCL_TUPLE || *end != '\0')
        return NULL;
    for (value = value->child; value != NULL && n > 0; n--)
        value = value->next;
    return value;
}

const struct hcl_node *edit_scene_at(const struct edit_scene *s, const char *path)
{
    char steps[200];
    const struct hcl_node *at = s->block;
    const bool itself = path[0] == '=';
    char *rest = steps;

    assert_true(str_copy(steps, sizeof steps, path + itself));
    for (char *slash; (slash = strchr(rest, '/')) != NULL; rest = slash + 1) {
        *slash = '\0';
        at = hcl_block_next(s->file, at, rest, NULL);
        assert_non_null(at);
    }
    if (*rest == '\0')
        return at;
    size_t len = strcspn(rest, ".:");
    char sign = rest[len];
    rest[len] = '\0';
    at = hcl_attribute(s->file, at, rest);
    assert_non_null(at);
    if (itself)
        return at;
    at = at->child;
    while (sign != '\0') {
        bool wants_key = sign == ':';
        rest += len + 1;
        len = strcspn(rest, ".:");
        sign = rest[len];
        rest[len] = '\0';
        at = inside(s, at, rest, wants_key);
        assert_non_null(at);
    }
    return at;
}

void edit_scene_check_spans(const struct hcl_edited *edited)
{
    CLEANUP(buf_done) struct buf back = BUF(HCL_FILE_MAX_BYTES * 2);
    const struct hcl_edit_span before = {0, 0, 0, 0};
    struct hcl_edit_span last = before;
    struct err err;

    for (size_t i = 0; i <= edited->n_spans; i++) {
        struct hcl_edit_span end = {edited->old_len, edited->old_len, edited->len, edited->len};
        struct hcl_edit_span s = i < edited->n_spans ? edited->spans[i] : end;
        size_t kept = s.old_start - last.old_end;

        assert_true(s.old_start >= last.old_end && s.new_start >= last.new_end);
        assert_true(s.old_end >= s.old_start && s.new_end >= s.new_start);
        assert_int_equal(kept, s.new_start - last.new_end);
        if (i > 0 && i < edited->n_spans)
            assert_true(kept > 0);
        if (kept > 0)
            assert_memory_equal(edited->old_bytes + last.old_end, edited->bytes + last.new_end,
                                kept);
        if (i < edited->n_spans)
            assert_true(s.old_end > s.old_start || s.new_end > s.new_start);
        last = s;
    }
    assert_int_equal(hcl_edited_undo(edited, &back, &err), 0);
    assert_int_equal(back.len, edited->old_len);
    if (back.len > 0)
        assert_memory_equal(back.bytes, edited->old_bytes, back.len);
}

void edit_scene_gives(struct edit_scene *s, const char *expected)
{
    const struct hcl_edited *edited;
    size_t n;

    if (hcl_edits_apply(s->edits, &edited, &n, &s->err) != 0)
        fail_msg("%s", s->err.text);
    assert_int_equal(n, 1);
    assert_string_equal(edited[0].bytes, expected);
    assert_int_equal(edited[0].len, strlen(expected));
    edit_scene_check_spans(&edited[0]);
    edit_scene_end(s);
}

void edit_scene_refuses(struct edit_scene *s, const char *words)
{
    const struct hcl_edited *edited;
    size_t n;

    assert_int_equal(hcl_edits_apply(s->edits, &edited, &n, &s->err), ERR_REJECT);
    if (strstr(s->err.text, words) == NULL)
        fail_msg("%s", s->err.text);
    edit_scene_end(s);
}
