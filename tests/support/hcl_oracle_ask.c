/* Questions to other parsers; the story stands in hcl_oracle_ask.h. */
#include "tests/support/hcl_oracle_ask.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/support/test.h"

const char *oracle_judge(const char *name)
{
    static char command[8192];
    const char *source = getenv("PLUMB_SOURCE_DIR");
    char path[2048];

    if (source == NULL)
        source = ".";
    snprintf(path, sizeof path, "%s/build/oracles/%s", source, name);
    if (access(path, X_OK) != 0) {
        fprintf(stderr, "SKIPPED: no %s; ./tests/oracles/setup puts it there\n", path);
        return NULL;
    }
    snprintf(command, sizeof command, "'%s'", path);
    return command;
}

bool oracle_wants_all(void)
{
    const char *full = getenv("PLUMB_FULL");

    return full != NULL && strcmp(full, "1") == 0;
}

void oracle_ask_add(struct oracle_ask *ask, const char *bytes, size_t len)
{
    buf_print(&ask->questions, "%zu\n", len);
    buf_bytes(&ask->questions, bytes, len);
    ask->n++;
}

void oracle_ask(struct oracle_ask *ask, const char *judge)
{
    char path[4200];
    char command[16384];
    char chunk[65536];
    struct err err = {0};
    size_t n;

    assert_ok(buf_check(&ask->questions, &err), err);
    snprintf(path, sizeof path, "%s/questions", oracle.scratch);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(buf_str(&ask->questions), 1, ask->questions.len, file),
                     ask->questions.len);
    assert_int_equal(fclose(file), 0);

    snprintf(command, sizeof command, "%s <'%s'", judge, path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while ((n = fread(chunk, 1, sizeof chunk, pipe)) > 0)
        buf_bytes(&ask->answers, chunk, n);
    assert_int_equal(pclose(pipe), 0);
    assert_ok(buf_check(&ask->answers, &err), err);
}

/* The frame's own newline and the next frame's digits become NULs: answers are texts. */
char *oracle_ask_next(struct oracle_ask *ask)
{
    char *frame = ask->answers.bytes + ask->read_at;
    char *answer;

    assert_true(ask->read_at < ask->answers.len);
    size_t len = strtoul(frame, &answer, 10);
    assert_int_equal(*answer, '\n');
    answer++;
    ask->read_at = (size_t)(answer - ask->answers.bytes) + len;
    assert_true(ask->read_at <= ask->answers.len);
    if (len > 0)
        answer[len - 1] = '\0'; /* its last newline */
    else
        *--answer = '\0';
    return answer;
}

void oracle_ask_reset(struct oracle_ask *ask)
{
    buf_reset(&ask->questions);
    buf_reset(&ask->answers);
    ask->n = 0;
    ask->read_at = 0;
}

void oracle_ask_done(struct oracle_ask *ask)
{
    buf_done(&ask->questions);
    buf_done(&ask->answers);
}

bool oracle_refuses(const char *answer)
{
    return str_starts(answer, "E ");
}

bool oracle_says(const char *answer, int number, const char *error)
{
    const char *line = strchr(error, ':');
    const char *column = line != NULL ? strchr(line + 1, ':') : NULL;
    const char *summary = column != NULL ? strchr(column + 1, ':') : NULL;

    if (summary == NULL)
        return false;
    summary += 2;
    const char *colon = strchr(summary, ':');
    size_t len = colon != NULL ? (size_t)(colon - summary) : strlen(summary);
    for (int i = 0; answer != NULL && *answer != '\0'; i++) {
        const char *end = strchrnul(answer, '\n');
        char *at;
        long theirs = strtol(answer + 2, &at, 10);
        (void)strtol(at, &at, 10);
        if ((number < 0 || i == number) && theirs == strtol(line + 1, NULL, 10) &&
            (size_t)(end - at - 1) == len && memcmp(at + 1, summary, len) == 0)
            return true;
        answer = *end != '\0' ? end + 1 : NULL;
    }
    return false;
}
