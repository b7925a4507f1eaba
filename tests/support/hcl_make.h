/* Terraform repositories from texts in a test, and values as one line of text. */
#ifndef TESTS_SUPPORT_HCL_MAKE_H
#define TESTS_SUPPORT_HCL_MAKE_H

#include "common/buf.h"
#include "worker/hcl/eval/evaluate.h"

struct made_file {
    const char *path;
    const char *text;
};

/* Parsed as main.tf; fails the test when it is refused. */
struct hcl_file *hcl_make_file(const char *text);
/* Fails the test when a file cannot be added. */
struct hcl_repo *hcl_make_repo(const struct made_file *files, size_t n);
/* Fails the test when the module cannot be opened. */
struct hcl_module *hcl_make_open(struct hcl_repo *repo, const char *directory);
/* The files below a directory on disk, with paths relative to it. */
struct hcl_repo *hcl_make_repo_of_directory(const char *directory);
/* "text", 12, true, null, [..], {a=..}, <aws_x.y.arn> for a reference, ?why for the unknown. */
void hcl_make_show(const struct hcl_value *v, struct buf *out);

#endif
