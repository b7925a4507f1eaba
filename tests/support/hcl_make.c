/* Repositories for tests; what the functions promise stands in hcl_make.h. */
#include "tests/support/hcl_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "worker/hcl/module/directory.h"

struct hcl_file *hcl_make_file(const char *text)
{
    struct hcl_file *file = NULL;
    struct err err = {0};

    if (hcl_parse(&file, "main.tf", text, strlen(text), &err) != 0)
        fail_msg("%s: %s", text, err.text);
    return file;
}

struct hcl_repo *hcl_make_repo(const struct made_file *files, size_t n)
{
    struct hcl_repo *repo;
    struct err err;

    assert_int_equal(hcl_repo_new(&repo, &err), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(
            hcl_repo_add(repo, files[i].path, files[i].text, strlen(files[i].text), &err), 0);
    return repo;
}

struct hcl_module *hcl_make_open(struct hcl_repo *repo, const char *directory)
{
    struct hcl_module *module = NULL;
    struct err err;

    if (hcl_module_open(repo, directory, &module, &err) < 0)
        fail_msg("%s", err.text);
    return module;
}

struct hcl_repo *hcl_make_repo_of_directory(const char *directory)
{
    struct hcl_repo *repo = hcl_make_repo(NULL, 0);
    struct err err;

    if (hcl_repo_add_directory(repo, directory, &err) < 0)
        fail_msg("%s", err.text);
    return repo;
}

void hcl_make_show(const struct hcl_value *v, struct buf *out)
{
    switch (v->kind) {
    case HCL_V_UNKNOWN:
        buf_print(out, "?%s", v->unknown);
        return;
    case HCL_V_NULL:
        buf_text(out, "null");
        return;
    case HCL_V_BOOL:
        buf_text(out, v->boolean ? "true" : "false");
        return;
    case HCL_V_NUMBER:
        buf_print(out, "%.12g", v->number);
        return;
    case HCL_V_TEXT:
        buf_print(out, "\"%s\"", v->text);
        return;
    case HCL_V_REFERENCE:
        buf_print(out, "<%s>", v->text);
        return;
    case HCL_V_LIST:
    case HCL_V_OBJECT:
        break;
    }
    buf_char(out, v->kind == HCL_V_LIST ? '[' : '{');
    for (size_t i = 0; i < v->n; i++) {
        buf_text(out, i > 0 ? " " : "");
        if (v->kind == HCL_V_OBJECT)
            buf_print(out, "%s=", v->keys[i]);
        hcl_make_show(v->items[i], out);
    }
    buf_char(out, v->kind == HCL_V_LIST ? ']' : '}');
}
