/* Rules that write what they do not accept: such a fix is taken back, and the others stay. And the
 * lines that notes speak of are those of the files as they were. */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/files.h"
#include "tests/support/temp_dir.h"
#include "worker/fix/repair.h"

static const char pack[] = "pack: mistaken\n"
                           "rules:\n"
                           "  - id: good\n"
                           "    title: t\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_sqs_queue]\n"
                           "    reviewer: r\n"
                           "    must:\n"
                           "      - {attribute: delay_seconds, equals: 7}\n"
                           "  - id: self\n"
                           "    title: t\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_sqs_queue]\n"
                           "    reviewer: r\n"
                           "    must:\n"
                           "      - attribute: policy\n"
                           "        present: true\n"
                           "        set: {expression: \"{subject}.arn + 1\"}\n"
                           "  - id: lacking\n"
                           "    title: t\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_sqs_queue]\n"
                           "    reviewer: r\n"
                           "    must:\n"
                           "      - companion: aws_sqs_queue_redrive_allow_policy\n"
                           "        link: queue_url\n"
                           "        to: [id, url]\n"
                           "        must:\n"
                           "          - {attribute: redrive_allow_policy, equals: all}\n"
                           "        create: {redrive_allow_policy: none}\n"
                           "  - id: breaker\n"
                           "    title: t\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_ecs_service]\n"
                           "    reviewer: r\n"
                           "    must:\n"
                           "      - block: deployment_circuit_breaker\n"
                           "        must:\n"
                           "          - {attribute: enable, equals: true}\n"
                           "        create: {enable: true}\n";

struct scene {
    char *dir;
    struct rules *rules;
};

static void scene_open(struct scene *s, const char *text)
{
    char path[1024];
    struct err err;

    s->dir = temp_dir_make();
    snprintf(path, sizeof path, "%s/tree", s->dir);
    assert_ok(files_make_directory(path, &err), err);
    snprintf(path, sizeof path, "%s/tree/main.tf", s->dir);
    assert_ok(files_write(path, text, strlen(text), &err), err);
    snprintf(path, sizeof path, "%s/pack.yaml", s->dir);
    assert_ok(files_write(path, pack, strlen(pack), &err), err);
    assert_ok(rules_load(&s->rules, path, &err), err);
}

static void scene_close(struct scene *s)
{
    rules_free(s->rules);
    temp_dir_remove(s->dir);
}

static struct repair *repair_by(const struct scene *s, const char *one, const char *other)
{
    const struct rule *chosen[] = {rules_get(s->rules, one), rules_get(s->rules, other)};
    const struct repair_options options = {.rules = chosen, .n_rules = 2, .today = "2026-01-02"};
    struct repair *repair = NULL;
    char path[1024];
    struct err err;

    snprintf(path, sizeof path, "%s/tree", s->dir);
    assert_ok(repair_tree(&repair, path, &options, &err), err);
    return repair;
}

static const struct repair_note *note_of(const struct repair *repair, const char *rule)
{
    const struct repair_note *note;

    for (size_t i = 0; (note = repair_note_at(repair, i)) != NULL; i++)
        if (str_eq(note->rule->id, rule))
            return note;
    fail_msg("nothing is said of %s", rule);
    return NULL;
}

#define QUEUE "resource \"aws_sqs_queue\" \"orders\" {\n  name = \"orders\"\n}\n"
#define FIXED                                                                                      \
    "resource \"aws_sqs_queue\" \"orders\" {\n  name          = \"orders\"\n"                      \
    "  delay_seconds = 7\n}\n"

/* The good rule's fix is made, and of the other's nothing is left. */
static void only_the_good_one_stays(const char *bad, const char *why)
{
    struct scene s;
    struct repair_file file;

    scene_open(&s, QUEUE);
    CLEANUP(repair_freep) struct repair *repair = repair_by(&s, bad, "good");
    assert_int_equal(repair_count(repair, REPAIR_FIXED), 1);
    assert_int_equal(note_of(repair, "good")->answer, REPAIR_FIXED);
    assert_int_equal(note_of(repair, bad)->answer, REPAIR_BY_HAND);
    assert_has(note_of(repair, bad)->text, "what the rule would write does not hold");
    assert_has(note_of(repair, bad)->text, why);
    assert_true(repair_file_at(repair, 0, &file));
    assert_int_equal(file.after_len, strlen(FIXED));
    assert_memory_equal(file.after, FIXED, file.after_len);
    assert_false(repair_file_at(repair, 1, &file));
    scene_close(&s);
}

static void a_companion_that_lacks_what_is_demanded_is_taken_back(void **state)
{
    (void)state;
    only_the_good_one_stays("lacking", "redrive_allow_policy");
}

static void a_fix_after_which_nobody_can_tell_is_taken_back(void **state)
{
    (void)state;
    only_the_good_one_stays("self", "policy");
}

static void lines_are_those_of_the_files_as_they_were(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, "resource \"aws_ecs_service\" \"a\" {\n  name = \"a\"\n}\n\n"
                   "resource \"aws_ecs_service\" \"b\" {\n  name = \"b\"\n  lifecycle {\n"
                   "    ignore_changes = [deployment_circuit_breaker]\n  }\n}\n");
    CLEANUP(repair_freep) struct repair *repair = repair_by(&s, "breaker", "good");
    assert_int_equal(repair_count(repair, REPAIR_FIXED), 1);
    assert_int_equal(repair_count(repair, REPAIR_BY_HAND), 1);
    for (size_t i = 0; i < 2; i++) {
        const struct repair_note *note = repair_note_at(repair, i);
        assert_int_equal(note->line, str_eq(note->address, "aws_ecs_service.a") ? 1 : 5);
    }
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_companion_that_lacks_what_is_demanded_is_taken_back),
        cmocka_unit_test(a_fix_after_which_nobody_can_tell_is_taken_back),
        cmocka_unit_test(lines_are_those_of_the_files_as_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
