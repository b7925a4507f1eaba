/* What stands on stderr after an event, common/log.h. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/json.h"
#include "common/log.h"
#include "common/text/redact.h"

/* Runs write_lines with stderr going to a file, and gives what came; the caller frees. */
static char *captured(void (*write_lines)(void))
{
    char *text = calloc(1, 1 << 20);
    FILE *file = tmpfile();
    int kept = dup(STDERR_FILENO);

    assert_non_null(file);
    dup2(fileno(file), STDERR_FILENO);
    write_lines();
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static struct json *line_of(void (*write_lines)(void))
{
    CLEANUP(mem_freep) char *text = captured(write_lines);
    struct json *json = NULL;
    struct err err;
    size_t len = strlen(text);

    assert_true(len > 0 && text[len - 1] == '\n');
    assert_ptr_equal(strchr(text, '\n'), text + len - 1);
    assert_ok(json_parse(&json, text, len, &err), err);
    return json;
}

static void write_event(void)
{
    struct err err = {.text = "no luck"};

    log_open("work", LOG_LEVEL_INFO);
    LOG_WARN("claim.lost", LOG_TEXT("item", "ab12"), LOG_INT("attempt", 3), LOG_ERR(&err),
             LOG_TEXT("nothing", NULL));
}

static void an_event_is_one_json_line(void **state)
{
    CLEANUP(json_freep) struct json *line = line_of(write_event);

    (void)state;
    assert_string_equal(json_get_text(line, "level", ""), "warn");
    assert_string_equal(json_get_text(line, "role", ""), "work");
    assert_string_equal(json_get_text(line, "event", ""), "claim.lost");
    assert_string_equal(json_get_text(line, "item", ""), "ab12");
    assert_int_equal(json_get_int(line, "attempt", 0), 3);
    assert_string_equal(json_get_text(line, "error", ""), "no luck");
    assert_string_equal(json_type_name(json_get(line, "nothing")), "null");
    assert_int_equal(strlen(json_get_text(line, "ts", "")), strlen("2026-01-15T12:30:45.123Z"));
}

static void write_hostile(void)
{
    struct err err = {.text = "bad \x01\xff\n\"end\" hunter2hunter2"};

    redact_register("hunter2hunter2");
    LOG_ERROR("bytes.odd", LOG_ERR(&err), LOG_TEXT("x", "\x1b[31m red ghp_0123456789abcdefABCD"));
}

static void hostile_text_stays_one_valid_line_without_secrets(void **state)
{
    CLEANUP(json_freep) struct json *line = line_of(write_hostile);

    (void)state;
    assert_string_equal(json_get_text(line, "error", ""),
                        "bad \x01\xEF\xBF\xBD\n\"end\" [redacted]");
    assert_string_equal(json_get_text(line, "x", ""), "\x1b[31m red [redacted]");
}

static void write_below_the_level(void)
{
    log_open("work", LOG_LEVEL_WARN);
    LOG_INFO("not.seen");
    LOG_DEBUG("not.seen", LOG_INT("n", 1));
}

static void what_is_below_the_level_is_not_written(void **state)
{
    CLEANUP(mem_freep) char *text = captured(write_below_the_level);

    (void)state;
    assert_string_equal(text, "");
}

static void write_endless(void)
{
    CLEANUP(mem_freep) char *text = malloc(300001);

    log_open("work", LOG_LEVEL_INFO);
    memset(text, 'a', 300000);
    text[300000] = '\0';
    LOG_INFO("much.text", LOG_TEXT("text", text));
}

static void an_endless_text_is_cut(void **state)
{
    CLEANUP(json_freep) struct json *line = line_of(write_endless);

    (void)state;
    assert_in_range(strlen(json_get_text(line, "text", "")), 8000, 9000);
    assert_true(str_ends(json_get_text(line, "text", ""), "…"));
}

static void *write_many(void *context)
{
    (void)context;
    for (int i = 0; i < 200; i++)
        LOG_INFO("many.lines", LOG_INT("i", i), LOG_TEXT("filler", "0123456789012345678901234567"));
    return NULL;
}

static void write_from_threads(void)
{
    pthread_t threads[4];

    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_create(&threads[i], NULL, write_many, NULL);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
}

static void lines_of_several_threads_stay_whole(void **state)
{
    CLEANUP(mem_freep) char *text = captured(write_from_threads);
    char *rest = NULL;
    int n = 0;

    (void)state;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        CLEANUP(json_freep) struct json *json = NULL;
        struct err err;
        assert_ok(json_parse(&json, line, strlen(line), &err), err);
        n++;
    }
    assert_int_equal(n, 800);
}

/* In a child with a terminal as stderr; gives what the terminal showed. */
static void on_a_terminal(const char *no_color, char *out, size_t size)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);

    if (terminal < 0)
        skip(); /* no pseudo terminals here */
    assert_int_equal(grantpt(terminal), 0);
    assert_int_equal(unlockpt(terminal), 0);
    int slave = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);

    pid_t child = fork();
    if (child == 0) {
        dup2(slave, STDERR_FILENO);
        no_color != NULL ? setenv("NO_COLOR", no_color, 1) : unsetenv("NO_COLOR");
        log_open("work", LOG_LEVEL_INFO);
        LOG_INFO("claim.lost", LOG_TEXT("why", "two words\x1b[2J"), LOG_INT("n", 4),
                 LOG_TEXT("c1", "x\xC2\x9By"));
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    ssize_t n = read(terminal, out, size - 1);
    close(slave);
    close(terminal);
    assert_true(n > 0);
    out[n] = '\0';
}

static void a_terminal_shows_a_plain_line_that_cannot_command_it(void **state)
{
    char shown[1000];

    (void)state;
    on_a_terminal("1", shown, sizeof shown);
    assert_has(shown, " INFO  claim.lost why=\"two words\\x1b[2J\" n=4 c1=x\\x9by");
    assert_lacks(shown, "\033");
    assert_lacks(shown, "{");
}

static void a_terminal_gets_colours_unless_told_not_to(void **state)
{
    char shown[1000];

    (void)state;
    on_a_terminal(NULL, shown, sizeof shown);
    assert_has(shown, "\033[32mINFO \033[0m claim.lost");
}

static void level_names_are_read_in_any_case(void **state)
{
    enum log_level level = LOG_LEVEL_DEBUG;

    (void)state;
    assert_true(log_level_parse("warning", &level));
    assert_int_equal(level, LOG_LEVEL_WARN);
    assert_true(log_level_parse("CRITICAL", &level));
    assert_int_equal(level, LOG_LEVEL_ERROR);
    assert_false(log_level_parse("loud", &level));
    assert_int_equal(level, LOG_LEVEL_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_json_line),
        cmocka_unit_test(hostile_text_stays_one_valid_line_without_secrets),
        cmocka_unit_test(what_is_below_the_level_is_not_written),
        cmocka_unit_test(an_endless_text_is_cut),
        cmocka_unit_test(lines_of_several_threads_stay_whole),
        cmocka_unit_test(a_terminal_shows_a_plain_line_that_cannot_command_it),
        cmocka_unit_test(a_terminal_gets_colours_unless_told_not_to),
        cmocka_unit_test(level_names_are_read_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
