/* Scratch directories: each process its own, and the dead ones' are cleared away. */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "worker/scratch.h"

static bool is_there(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

static void two_owners_have_two_directories_and_leave_none(void **state)
{
    char *dir = temp_dir_make();
    struct scratch one, two;
    struct err err;

    (void)state;
    assert_ok(scratch_open(&one, dir, &err), err);
    assert_ok(scratch_open(&two, dir, &err), err);
    assert_string_not_equal(one.path, two.path);
    assert_true(is_there(one.path)); /* the second did not take the first for dead */
    struct scratch was_one = one, was_two = two;
    scratch_close(&one);
    scratch_close(&two);
    assert_false(is_there(was_one.path));
    assert_false(is_there(was_two.path));
    temp_dir_remove(dir);
}

static void what_a_dead_process_left_is_removed_by_the_next(void **state)
{
    char *dir = temp_dir_make();
    struct scratch dead = {0}, next;
    struct err err;
    int pipes[2];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct scratch mine;
        if (scratch_open(&mine, dir, &err) == 0 && write(pipes[1], &mine, sizeof mine) > 0)
            _exit(0); /* without scratch_close, as a killed one */
        _exit(1);
    }
    assert_int_equal(read(pipes[0], &dead, sizeof dead), sizeof dead);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    close(pipes[0]);
    close(pipes[1]);
    assert_true(is_there(dead.path));
    assert_ok(scratch_open(&next, dir, &err), err);
    assert_false(is_there(dead.path));
    scratch_close(&next);
    temp_dir_remove(dir);
}

enum { STARTERS = 8, STARTS = 200 };

/* Opens and closes as fast as it can; ends with 1 at the first failure. */
static pid_t starts_again_and_again(const char *dir)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    for (int i = 0; i < STARTS; i++) {
        struct scratch scratch;
        struct err err;
        if (scratch_open(&scratch, dir, &err) < 0 || !is_there(scratch.path))
            _exit(1);
        scratch_close(&scratch);
    }
    _exit(0);
}

static void who_starts_beside_another_keeps_its_directory(void **state)
{
    char *dir = temp_dir_make();
    pid_t pids[STARTERS];
    int failed = 0;

    (void)state;
    for (int i = 0; i < STARTERS; i++)
        pids[i] = starts_again_and_again(dir);
    for (int i = 0; i < STARTERS; i++) {
        int status = 0;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        failed += status != 0;
    }
    assert_int_equal(failed, 0);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_owners_have_two_directories_and_leave_none),
        cmocka_unit_test(what_a_dead_process_left_is_removed_by_the_next),
        cmocka_unit_test(who_starts_beside_another_keeps_its_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
