/* Rule packs: what is read, and how mistakes are told, worker/rules/pack.c. */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/temp_dir.h"
#include "worker/rules/rules.h"

static const char head[] =
    "pack: mine\nrules:\n  - id: my-rule\n    title: T\n    severity: low\n    class: SAFE\n"
    "    types: [aws_x]\n    reviewer: R\n";

static int load(const char *text, struct rules **out, struct err *err)
{
    char *dir = temp_dir_make();
    char *path = temp_file_write(dir, "mine.yaml", text);
    int r = rules_load(out, path, err);

    free(path);
    temp_dir_remove(dir);
    return r;
}

static void check_refused(const char *tail, const char *place, const char *what)
{
    char text[4096];
    struct rules *rules = NULL;
    struct err err = {0};

    (void)snprintf(text, sizeof text, "%s%s", head, tail);
    if (load(text, &rules, &err) != ERR_FATAL)
        fail_msg("was accepted: %s", tail);
    assert_null(rules);
    assert_has(err.text, place);
    assert_has(err.text, what);
}

static void the_built_in_pack_is_read(void **state)
{
    CLEANUP(rules_freep) struct rules *rules = NULL;
    struct err err = {0};

    (void)state;
    assert_ok(rules_load(&rules, NULL, &err), err);
    assert_true(rules_count(rules) >= 40);
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule *rule = rules_at(rules, i);

        assert_true(str_starts(rule->id, "aws-"));
        assert_true(rule->title[0] != '\0' && rule->reviewer[0] != '\0');
        assert_non_null(rule->types[0]);
        assert_non_null(rule->references[0]);
        if (rule->class == RULE_CARE || rule->class == RULE_BREAK)
            assert_true(rule->warning[0] != '\0');
    }
    assert_null(rules_at(rules, rules_count(rules)));
    assert_true(rules_get(rules, "aws-security-group-egress")->is_off);
    assert_false(rules_get(rules, "aws-security-group-ssh")->is_off);
}

static void a_rule_answers_to_every_tool_s_name_for_it(void **state)
{
    static const struct {
        const char *source, *control, *type, *id;
    } cases[] = {
        {"checkov", "CKV_AWS_21", NULL, "aws-s3-versioning"},
        {"sarif", "CKV_AWS_21", NULL, "aws-s3-versioning"},
        {"securityhub", "S3.14", NULL, "aws-s3-versioning"},
        {"securityhub", "s3.14", "aws_s3_bucket", "aws-s3-versioning"},
        {"vanta", "aws-s3-public-access-blocked", NULL, "aws-s3-public-access-block"},
        {"vanta", "aws-s3-versioning", NULL, "aws-s3-versioning"},
        {"checkov", "CKV_AWS_79", "aws_instance", "aws-ec2-instance-imdsv2"},
        {"checkov", "CKV_AWS_79", "aws_launch_template", "aws-ec2-launch-template-imdsv2"},
        {"securityhub", "3.6", NULL, "aws-kms-rotation"},
    };
    CLEANUP(rules_freep) struct rules *rules = NULL;
    struct err err = {0};

    (void)state;
    assert_ok(rules_load(&rules, "", &err), err);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct rule *rule =
            rules_for_control(rules, cases[i].source, cases[i].control, cases[i].type);

        assert_non_null(rule);
        assert_string_equal(rule->id, cases[i].id);
    }
    assert_null(rules_for_control(rules, "checkov", "CKV_AWS_999", NULL));
    assert_null(rules_for_control(rules, "vanta", "CKV_AWS_21", NULL));
    assert_null(rules_for_control(rules, "checkov", "CKV_AWS_21", "aws_kms_key"));
    assert_null(rules_get(rules, "none"));
}

static void a_user_s_pack_joins_the_built_in_one(void **state)
{
    CLEANUP(rules_freep) struct rules *rules = NULL;
    struct err err = {0};
    char text[1024];

    (void)state;
    (void)snprintf(
        text, sizeof text,
        "%s    aliases: [\"mine:1\"]\n    must:\n      - attribute: a.b\n        equals: true\n",
        head);
    assert_ok(load(text, &rules, &err), err);
    assert_non_null(rules_get(rules, "my-rule"));
    assert_non_null(rules_get(rules, "aws-kms-rotation"));
    assert_string_equal(rules_for_control(rules, "mine", "1", "aws_x")->id, "my-rule");
}

static const struct {
    const char *tail, *place, *what;
} mistakes[] = {
    {"", "mine.yaml:3:", "must is missing"},
    {"    must: []\n", "mine.yaml:9:11", "at least one"},
    {"    colour: red\n", "mine.yaml:9:", "colour"},
    {"    must:\n      - attribute: a\n", "mine.yaml:10:9", "a test is missing"},
    {"    must:\n      - attribute: a\n        equals: 1\n        at_least: 2\n",
     "mine.yaml:12:", "one test"},
    {"    must:\n      - attribute: a..b\n        equals: 1\n", "mine.yaml:10:20", "no path"},
    {"    must:\n      - attribute: tags.a.b\n        equals: 1\n", "mine.yaml:10:20",
     "tags[\"a.b\"]"},
    {"    must:\n      - attribute: 'p[\"${x}\"]'\n        equals: 1\n", "mine.yaml:10:20",
     "no path"},
    {"    must:\n      - attribute: 'p[\"x\"'\n        equals: 1\n", "mine.yaml:10:20", "no path"},
    {"    must:\n      - attribute: a\n        equals: [1]\n", "mine.yaml:11:17", "one value"},
    {"    must:\n      - attribute: a\n        one_of: []\n", "mine.yaml:11:17", "empty"},
    {"    must:\n      - attribute: a\n        contains_none: x\n", "mine.yaml:11:24",
     "takes a list"},
    {"    must:\n      - attribute: a\n        contains_none: []\n", "mine.yaml:11:24", "empty"},
    {"    must:\n      - attribute: a\n        like: \"*.x\"\n", "mine.yaml:11:15",
     "a list of texts"},
    {"    must:\n      - attribute: a\n        like: [\"x?\"]\n", "mine.yaml:11:15",
     "a list of texts"},
    {"    must:\n      - attribute: a\n        present: no\n", "mine.yaml:11:18", "true or false"},
    {"    must:\n      - attribute: a\n        at_least: x\n", "mine.yaml:11:19", "a number"},
    {"    must:\n      - attribute: a\n        equals: 1\n        also: [2]\n",
     "mine.yaml:12:", "at_least only"},
    {"    must:\n      - attribute: a\n        equals: 1\n        absent: maybe\n",
     "mine.yaml:12:17", "'holds'"},
    {"    must:\n      - attribut: a\n", "mine.yaml:10:9", "starts with"},
    {"    must:\n      - attribute: a\n        equal: 1\n", "mine.yaml:11:", "equal"},
    {"    must:\n      - companion: aws_y\n", "mine.yaml:10:9", "link is missing"},
    {"    must:\n      - companion: c\n        link: a.b.c\n", "mine.yaml:11:15",
     "neither an argument"},
    {"    must:\n      - companion: c\n        link: .b\n", "mine.yaml:11:15",
     "neither an argument"},
    {"    must:\n      - companion: c\n        link: l\n        match: {m: [1]}\n",
     "mine.yaml:12:20", "plain values"},
    {"    must:\n      - companion: c\n        link: l\n        match: {m: {expression: "
     "i.j}}\n",
     "mine.yaml:12:20", "plain values"},
    {"    must:\n      - companion: c\n        link: l\n        match: {m: 1}\n        create: "
     "{n: 1}\n",
     "mine.yaml:13:17", "create must say m"},
    {"    must:\n      - companion: c\n        link: l\n        with: [{resource: r, name: "
     "\"{name}\", body: {}}]\n",
     "mine.yaml:12:15", "with goes with create"},
    {"    must:\n      - companion: c\n        link: l\n        create: {}\n        with: []\n",
     "mine.yaml:13:15", "1 to 8"},
    {"    must:\n      - companion: c\n        link: l\n        create: {}\n        with: "
     "[{resource: r, body: {}}]\n",
     "mine.yaml:13:16", "resource, name and body"},
    {"    must:\n      - companion: c\n        link: l\n        create: {}\n        with: "
     "[{resource: r, name: x, body: {}}]\n",
     "mine.yaml:13:36", "{name} in it"},
    {"    must:\n      - companion: c\n        link: l\n        create: {}\n        with: "
     "[{resource: c, name: \"{name}\", body: {}}]\n",
     "mine.yaml:13:16", "own address"},
    {"    must:\n      - companion: c\n        link: l\n        create: {}\n        with: "
     "[{resource: r, name: \"{name}\", body: {}}, {resource: r, name: \"{name}\", body: {}}]\n",
     "mine.yaml:13:", "there already"},
    {"    must:\n      - companion: c\n        link: l\n        create: {}\n        with: "
     "[{resource: r, name: \"{name}\", body: {}, count: 1}]\n",
     "mine.yaml:13:", "count"},
    {"    must:\n      - block: b\n        create: {\"9x\": 1}\n",
     "mine.yaml:11:", "no Terraform name"},
    {"    must:\n      - block: b\n        match: {c: {d: 1}}\n", "mine.yaml:11:", "not blocks"},
    {"    must:\n      - closed_ports: [70000]\n        input: x\n", "mine.yaml:10:", "0 to 65535"},
    {"    must:\n      - companion: aws_y\n        link: b\n        inline_below: 5\n",
     "mine.yaml:12:", "beside inline"},
    {"    must:\n      - companion: aws_y\n        link: b\n        inline: {block: b, create: "
     "{c: 1}}\n        inline_below: new\n",
     "mine.yaml:13:", "a major version"},
    {"    must:\n      - closed_ports: [22]\n", "mine.yaml:10:", "input is missing"},
    {"    must:\n      - open_only: [-1]\n        input: x\n", "mine.yaml:10:20", "0 to 65535"},
    {"    must:\n      - closed_ports: every\n        input: x\n", "mine.yaml:10:23", "0 to 65535"},
    {"    must:\n      - closed_ports: [22]\n        open_only: [80]\n        input: x\n",
     "mine.yaml:11:20", "exclude another"},
    {"    must:\n      - closed_ports: [22]\n        input: x\n        direction: in\n",
     "mine.yaml:12:20", "'ingress' or 'egress'"},
    {"    inputs: {i: {means: M}}\n    must:\n      - closed_ports: [22]\n        input: i\n"
     "        ipv6_input: j\n",
     "mine.yaml:13:21", "do not declare j"},
    {"    default: never\n    must:\n      - attribute: a\n        equals: 1\n", "mine.yaml:9:14",
     "no default"},
    {"    must:\n      - closed_ports: [22]\n        input: i\n", "mine.yaml:11:16",
     "do not declare i"},
    {"    must:\n      - {attribute: a, present: true, set: {input: i}}\n", "mine.yaml:10:52",
     "do not declare i"},
    {"    inputs: {i: {means: M}}\n    must:\n      - {attribute: a, equals: 1}\n",
     "mine.yaml:9:17", "input i is declared and never used"},
    {"    inputs: {i: M}\n    must:\n      - {attribute: a, present: true, set: {input: i}}\n",
     "mine.yaml:9:17", "means is missing"},
    {"    inputs: {i: {}}\n    must:\n      - {attribute: a, present: true, set: {input: i}}\n",
     "mine.yaml:9:17", "means is missing"},
    {"    inputs: []\n    must:\n      - {attribute: a, present: true, set: {input: i}}\n",
     "mine.yaml:9:13", "1 to 8"},
    {"    inputs: {i: {means: M, what: N}}\n    must:\n      - {attribute: a, present: true, "
     "set: {input: i}}\n",
     "mine.yaml:9:", "what"},
    {"    inputs: {i: {means: M, candidate: {type: t}}}\n    must:\n      - {attribute: a, "
     "present: true, set: {input: i}}\n",
     "mine.yaml:9:39", "a type and an attribute"},
    {"    inputs: {i: {means: M, candidate: t}}\n    must:\n      - {attribute: a, present: "
     "true, set: {input: i}}\n",
     "mine.yaml:9:39", "a type and an attribute"},
    {"    inputs: {i: {means: M}}\n    must:\n      - {attribute: a, equals: {input: i}}\n",
     "mine.yaml:11:32", "plain values"},
    {"    refuse_when:\n      - attribute: a\n        present: true\n    must:\n      - "
     "attribute: a\n"
     "        equals: 1\n",
     "mine.yaml:10:9", "reason"},
    {"    must:\n      - {attribute: a, present: true, set: {expression: \"aws_x..y\"}}\n",
     "mine.yaml:10:57", "no expression of Terraform: Invalid attribute name"},
    {"    must:\n      - {attribute: a, present: true, set: {expression: lone}}\n",
     "mine.yaml:10:57", "a lone word"},
    {"    aliases: []\n    must:\n      - attribute: a\n        equals: 1\n", "mine.yaml:9:14",
     "list of texts"},
    {"    must:\n      - attribute: a\n        equals: 1\n  - id: my-rule\n    title: T\n    "
     "severity: low\n"
     "    class: SAFE\n    types: [aws_z]\n    reviewer: R\n    must:\n      - attribute: a\n  "
     "      equals: 1\n",
     "mine.yaml:12:5", "there already"},
};

static void every_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++)
        check_refused(mistakes[i].tail, mistakes[i].place, mistakes[i].what);
}

static void one_test_of_a_tool_has_one_answer_per_type(void **state)
{
    struct rules *rules = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(
        load("pack: mine\nrules:\n  - id: twin\n    title: T\n    severity: low\n    class: SAFE\n"
             "    types: [aws_kms_key]\n    aliases: [\"checkov:CKV_AWS_7\"]\n    reviewer: R\n"
             "    must:\n      - attribute: a\n        equals: 1\n",
             &rules, &err),
        ERR_FATAL);
    assert_has(err.text, "mine.yaml:8:");
    assert_has(err.text, "answered by rule aws-kms-rotation");
}

static void wrong_facts_are_refused(void **state)
{
    static const struct {
        const char *text, *what;
    } cases[] = {
        {"pack: x\nrules:\n  - id: a\n    title: T\n    severity: huge\n",
         "'huge' is no severity: low, medium, high or critical"},
        {"pack: x\nrules:\n  - id: a\n    title: T\n    severity: low\n    class: OK\n",
         "'OK' is no class"},
        {"pack: x\nrules:\n  - id: a\n    title: T\n    severity: low\n    class: BREAK\n    "
         "types: [t]\n"
         "    reviewer: R\n    must:\n      - attribute: a\n        equals: 1\n",
         "no warning"},
        {"pack: x\nrules:\n  - id: My Rule\n", ":3:9: an id is small letters"},
        {"pack: x\nrules:\n  - id: a\n    title: T\n    severity: low\n    class: SAFE\n"
         "    types: [t]\n    aliases: [\"mine:1\", CKV_AWS_7]\n",
         ":8:25: an alias is source:name"},
        {"pack: x\n", "rules must be a list"},
        {"- 1\n", "a rule pack is a map"},
        {"pack: [\n", "mine.yaml:"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rules *rules = NULL;
        struct err err = {0};

        assert_int_equal(load(cases[i].text, &rules, &err), ERR_FATAL);
        assert_has(err.text, cases[i].what);
    }
}

static void an_absent_pack_is_named(void **state)
{
    struct rules *rules = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(rules_load(&rules, "/nowhere/at/all.yaml", &err), ERR_FATAL);
    assert_has(err.text, "/nowhere/at/all.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_pack_is_read),
        cmocka_unit_test(a_rule_answers_to_every_tool_s_name_for_it),
        cmocka_unit_test(a_user_s_pack_joins_the_built_in_one),
        cmocka_unit_test(every_mistake_is_told_with_its_place),
        cmocka_unit_test(one_test_of_a_tool_has_one_answer_per_type),
        cmocka_unit_test(wrong_facts_are_refused),
        cmocka_unit_test(an_absent_pack_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
