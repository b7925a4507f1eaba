/*
 * A small bare repository for tests that need branches rather than contents, made by git itself.
 *
 *     bare_repository_make(dir, "acme/infra")  ->  dir/acme/infra.git
 *
 * main and same point to one commit; fix/one, fix/two, packed and loose to a second one after it
 * (all but loose are packed). Where git is missing, the test program says so and ends with 77.
 */
#ifndef TESTS_SUPPORT_BARE_REPOSITORY_H
#define TESTS_SUPPORT_BARE_REPOSITORY_H

void bare_repository_make(const char *dir, const char *name);

#endif
