/* Scripts of tests/oracles from a test; the story stands in fleet_apply.h. */
#include "tests/support/fleet_apply.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <sys/wait.h>

#include "common/base.h"

const char *fleet_source(void)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");

    return source != NULL ? source : ".";
}

void fleet_need_full(void)
{
    if (getenv("PLUMB_FULL") != NULL)
        return;
    print_message("SKIPPED: it takes minutes; PLUMB_FULL=1 runs it\n");
    skip();
}

void fleet_oracle(const char *command, const char *output)
{
    char line[8192];
    char said[2048] = "";

    /* A script says on stdout why it skips, and on stderr what went wrong. */
    int len = snprintf(line, sizeof line,
                       "cd '%s' && { %s; } 2>&1 >'%s' || { r=$?; head -c 1000 "
                       "'%s'; exit $r; }",
                       fleet_source(), command, output, output);
    assert_true(len > 0 && (size_t)len < sizeof line);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    size_t n = fread(said, 1, sizeof said - 1, pipe);
    said[n] = '\0';
    while (fgetc(pipe) != EOF)
        ;
    int status = pclose(pipe);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        print_message("%s", said);
        skip();
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: %s", command, said);
}
