/* A small bare repository; the story stands in bare_repository.h. */
#include "tests/support/bare_repository.h"

#include <stdio.h>
#include <stdlib.h>

static const char script[] =
    "set -e; export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1\n"
    "export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com\n"
    "export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com\n"
    "mkdir -p '%s/%s.git'; cd '%s/%s.git'\n"
    "git init -q --bare -b main .\n"
    "tree=$(git mktree </dev/null)\n"
    "first=$(git commit-tree -m one $tree); next=$(git commit-tree -m two -p $first $tree)\n"
    "for b in main same; do git update-ref refs/heads/$b $first; done\n"
    "for b in fix/one fix/two packed; do git update-ref refs/heads/$b $next; done\n"
    "git pack-refs --all; git update-ref refs/heads/loose $next\n";

void bare_repository_make(const char *dir, const char *name)
{
    char command[4096];

    if (system("command -v git >/dev/null 2>&1") != 0) {
        fprintf(stderr, "SKIPPED: git is not installed\n");
        exit(77);
    }
    snprintf(command, sizeof command, script, dir, name, dir, name);
    if (system(command) != 0) {
        fprintf(stderr, "bare_repository: git could not make %s/%s.git\n", dir, name);
        exit(1);
    }
}
