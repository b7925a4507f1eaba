/* Files: the few whole-file operations that several rooms need. Paths are the operator's, never
 * input. */
#ifndef COMMON_FILES_H
#define COMMON_FILES_H

#include "common/base.h"
#include "common/buf.h"

/* Makes the directory and its parents (mode 0750). ERR_RETRY with the path and why. */
int files_make_directory(const char *path, struct err *err) MUST_USE;
/* The path from the root of the file system, without looking whether it exists. ERR_RETRY: too
 * long, or no working directory. */
int files_absolute(const char *path, char *out, size_t size, struct err *err) MUST_USE;
/* Removes the directory and everything below it; never follows symlinks. Absent is fine. */
void files_remove_tree(const char *path);
/* Appends the whole file. ERR_REJECT: absent, not a regular file, or over out's maximum. */
int files_read(const char *path, struct buf *out, struct err *err) MUST_USE;
/* How much of a secret's file is the secret: its first line, or all of it where that begins PEM. */
size_t files_secret_len(const char *text);
/* Writes to a temporary beside it, syncs, renames. ERR_RETRY. */
int files_write(const char *path, const void *bytes, size_t len, struct err *err) MUST_USE;

#endif
