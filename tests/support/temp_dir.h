/*
 * A directory of a test's own, gone with all that is in it when the test is over.
 *
 *     char *dir = temp_dir_make();  …  temp_dir_remove(dir);
 */
#ifndef TESTS_SUPPORT_TEMP_DIR_H
#define TESTS_SUPPORT_TEMP_DIR_H

char *temp_dir_make(void);       /* ends the test when it cannot; short enough for unix sockets */
void temp_dir_remove(char *dir); /* frees dir too; NULL is fine */

/* dir/name with these bytes in it; returns the path, which the caller frees. */
char *temp_file_write(const char *dir, const char *name, const char *text);

#endif
