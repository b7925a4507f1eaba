/* Where values come from: the exact spans on the ways a value can take. That no literal is
 * forgotten, whatever the module, is asked in test_hcl_provenance_promise.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hcl_make.h"
#include "worker/hcl/eval/provenance.h"

#define SPANS_MAX 64

/* "=" before a whole argument, "~" before what is no literal; path:line, the bytes written there.
 */
static void show_spans(const struct hcl_span *spans, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct hcl_origin *at = &spans[i].at;
        int line;
        int column;
        hcl_position(at->file, at->node->start, &line, &column);
        buf_print(out, "%s%s%s%s:%d %.*s", i > 0 ? " | " : "", spans[i].is_whole ? "=" : "",
                  spans[i].is_literal ? "" : "~", at->file->path, line,
                  (int)(at->node->end - at->node->start), at->file->bytes + at->node->start);
    }
}

static const struct hcl_node *written(const struct hcl_file *file, const char *name)
{
    const struct hcl_node *block = NULL;

    while ((block = hcl_block_next(file, file->body, "output", block)) != NULL) {
        char label[64];
        if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, name))
            return hcl_attribute(file, block, "value")->child;
    }
    fail_msg("no output %s", name);
    return NULL;
}

static const struct made_file FILES[] = {
    {"main.tf",
     "variable \"days\" { default = 7 }\n"
     "variable \"told\" { default = 1 }\n"
     "variable \"opts\" {\n  type = object({ size = optional(number, 30), n = number })\n"
     "  default = { n = 2 }\n}\n"
     "locals {\n  env  = \"prod\"\n  big  = true\n  list = [\"b\", \"a\"]\n"
     "  tags = { Team = \"core\", Env = local.env }\n  name = \"x-${local.env}\"\n}\n"
     "module \"log\" {\n  source = \"./log\"\n  days   = var.days\n}\n"
     "module \"logs\" {\n  source = \"./log\"\n  count  = 2\n  days   = null\n}\n"
     "resource \"aws_x\" \"r\" {\n  bucket = local.env\n}\n"
     "resource \"aws_x\" \"many\" {\n  for_each = { k = 5, l = 6 }\n  key = each.key\n"
     "  value = each.value\n}\n"},
    {"terraform.tfvars", "told = 2\n"},
    {"log/main.tf",
     "variable \"days\" {\n  default = 99\n  nullable = false\n}\nlocals { twice = var.days * 2 }\n"
     "output \"days\" { value = var.days }\noutput \"more\" { value = local.twice }\n"},
};

/* An expression at o.tf:2, and every span that takes part, nearest first. */
static const char *const WAYS[][2] = {
    {"module.logs[1].days",
     "=~o.tf:2 module.logs[1].days | =~log/main.tf:6 var.days | o.tf:2 1 | =main.tf:20 2"
     " | =log/main.tf:2 99 | =main.tf:21 null | =log/main.tf:3 false"},
    {"flatten([slice([4, 5], 0, 1), [6]])",
     "=~o.tf:2 flatten([slice([4, 5], 0, 1), [6]]) | =o.tf:2 4 | =o.tf:2 6"
     " | =~o.tf:2 slice([4, 5], 0, 1) | =~o.tf:2 [6] | o.tf:2 0 | o.tf:2 1"},
    {"flatten([var.nope])", "=~o.tf:2 flatten([var.nope]) | =~o.tf:2 var.nope"},
    {"7", "=o.tf:2 7"},
    {"\"${7}\"", "=~o.tf:2 \"${7}\" | o.tf:2 7"},
    {"var.days", "=~o.tf:2 var.days | =main.tf:1 7"},
    {"var.told", "=~o.tf:2 var.told | =terraform.tfvars:1 2"},
    {"var.opts.size", "=~o.tf:2 var.opts.size | =main.tf:4 30 | =~main.tf:5 { n = 2 }"},
    {"var.opts.n", "=~o.tf:2 var.opts.n | =main.tf:5 2 | =~main.tf:5 { n = 2 }"},
    {"local.env", "=~o.tf:2 local.env | =main.tf:8 \"prod\""},
    {"local.name", "=~o.tf:2 local.name | =main.tf:12 \"x-${local.env}\" | =main.tf:8 \"prod\""},
    {"local.tags.Team", "=~o.tf:2 local.tags.Team | =main.tf:11 \"core\""
                        " | =~main.tf:11 { Team = \"core\", Env = local.env }"},
    {"local.tags[\"Env\"]",
     "=~o.tf:2 local.tags[\"Env\"] | =~main.tf:11 local.env | o.tf:2 \"Env\""
     " | =~main.tf:11 { Team = \"core\", Env = local.env } | =main.tf:8 \"prod\""},
    {"local.tags", "=~o.tf:2 local.tags | =~main.tf:11 { Team = \"core\", Env = local.env }"
                   " | =~main.tf:11 local.env | =main.tf:11 \"core\" | =main.tf:8 \"prod\""},
    {"local.list[1]",
     "=~o.tf:2 local.list[1] | =main.tf:10 \"a\" | o.tf:2 1 | =~main.tf:10 [\"b\", \"a\"]"},
    {"aws_x.r.bucket", "=~o.tf:2 aws_x.r.bucket | =~main.tf:24 local.env | =main.tf:8 \"prod\""},
    {"aws_x.many[\"k\"].value",
     "=~o.tf:2 aws_x.many[\"k\"].value | =~main.tf:29 each.value | =main.tf:27 5"
     " | o.tf:2 \"k\" | =~main.tf:27 { k = 5, l = 6 }"},
    {"aws_x.many[\"l\"].key",
     "=~o.tf:2 aws_x.many[\"l\"].key | =~main.tf:28 each.key | =~main.tf:27 { k = 5, l = 6 }"
     " | o.tf:2 \"l\""},
    {"[for r in aws_x.many : r.value]",
     "=~o.tf:2 [for r in aws_x.many : r.value] | =~o.tf:2 r.value"
     " | =~main.tf:27 { k = 5, l = 6 } | =~main.tf:29 each.value | =main.tf:27 5"
     " | =main.tf:27 6"},
    {"module.log.days",
     "=~o.tf:2 module.log.days | =~log/main.tf:6 var.days | =~main.tf:16 var.days"
     " | =main.tf:1 7"},
    {"module.log.more",
     "=~o.tf:2 module.log.more | =~log/main.tf:7 local.twice | =~log/main.tf:5 var.days * 2"
     " | =~main.tf:16 var.days | log/main.tf:5 2 | =main.tf:1 7"},
    {"\"a-${local.env}-b\"", "=o.tf:2 \"a-${local.env}-b\" | =main.tf:8 \"prod\""},
    {"upper(local.env)", "=~o.tf:2 upper(local.env) | =main.tf:8 \"prod\""},
    {"merge(local.tags, { Own = \"me\" }).Own",
     "=~o.tf:2 merge(local.tags, { Own = \"me\" }).Own | =o.tf:2 \"me\""
     " | =~main.tf:11 { Team = \"core\", Env = local.env }"},
    {"lookup(local.tags, \"Team\", \"none\")",
     "=~o.tf:2 lookup(local.tags, \"Team\", \"none\") | =main.tf:11 \"core\""
     " | =~main.tf:11 { Team = \"core\", Env = local.env } | o.tf:2 \"Team\""
     " | o.tf:2 \"none\""},
    {"local.big ? var.days : 3",
     "=~o.tf:2 local.big ? var.days : 3 | =main.tf:1 7 | =main.tf:9 true"},
    {"!local.big ? var.days : 3",
     "=~o.tf:2 !local.big ? var.days : 3 | o.tf:2 3 | =main.tf:9 true"},
    {"var.days + 1", "=~o.tf:2 var.days + 1 | =main.tf:1 7 | o.tf:2 1"},
    {"[for x in local.list : \"${x}!\"]",
     "=~o.tf:2 [for x in local.list : \"${x}!\"] | =o.tf:2 \"${x}!\""
     " | =~main.tf:10 [\"b\", \"a\"] | =main.tf:10 \"b\" | =main.tf:10 \"a\""},
    {"[for x in local.list : x if x != \"b\"]",
     "=~o.tf:2 [for x in local.list : x if x != \"b\"] | =~o.tf:2 x"
     " | =~main.tf:10 [\"b\", \"a\"] | =main.tf:10 \"a\" | =main.tf:10 \"b\" | o.tf:2 \"b\""},
    {"{ for k, v in local.tags : k => v if k == \"Env\" }",
     "=~o.tf:2 { for k, v in local.tags : k => v if k == \"Env\" } | =~o.tf:2 v"
     " | =~main.tf:11 { Team = \"core\", Env = local.env } | =~main.tf:11 local.env"
     " | o.tf:2 \"Env\" | =main.tf:8 \"prod\""},
    {"[{ n = 1 }, { n = 2 }][*].n",
     "=~o.tf:2 [{ n = 1 }, { n = 2 }][*].n | =o.tf:2 1 | =~o.tf:2 { n = 1 } | =o.tf:2 2"
     " | =~o.tf:2 { n = 2 }"},
    {"\"%{ if local.big }yes%{ else }no%{ endif }\"",
     "=o.tf:2 \"%{ if local.big }yes%{ else }no%{ endif }\" | =main.tf:9 true"},
    {"try(local.tags.Nope, \"d\")", "=~o.tf:2 try(local.tags.Nope, \"d\") | o.tf:2 \"d\""
                                    " | =~main.tf:11 { Team = \"core\", Env = local.env }"},
    {"(local.env)", "=~o.tf:2 (local.env) | =main.tf:8 \"prod\""},
    {"concat(local.list, [\"c\"])[0]",
     "=~o.tf:2 concat(local.list, [\"c\"])[0] | =main.tf:10 \"b\" | o.tf:2 0"
     " | =~main.tf:10 [\"b\", \"a\"]"},
    {"length(local.list)", "=~o.tf:2 length(local.list) | =~main.tf:10 [\"b\", \"a\"]"},
    {"keys(local.tags)",
     "=~o.tf:2 keys(local.tags) | =~main.tf:11 { Team = \"core\", Env = local.env }"},
};

static void every_way_a_value_can_take_is_told(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(WAYS); i++) {
        CLEANUP(buf_done) struct buf text = BUF(4096);
        CLEANUP(buf_done) struct buf shown = BUF(1 << 16);
        struct made_file files[COUNT(FILES) + 1];
        struct hcl_span spans[SPANS_MAX];
        bool complete = false;

        memcpy(files, FILES, sizeof FILES);
        buf_print(&text, "output \"o\" {\n  value = %s\n}\n", WAYS[i][0]);
        files[COUNT(FILES)] = (struct made_file){"o.tf", buf_str(&text)};
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
        const struct hcl_module *root = hcl_make_open(repo, "");
        const struct hcl_file *file = hcl_repo_file(repo, "o.tf");
        const struct hcl_value *v = hcl_eval(root, file, written(file, "o"), NULL);
        show_spans(spans, hcl_spans(root, v, spans, SPANS_MAX, &complete), &shown);
        assert_true(complete);
        if (!str_eq(buf_str(&shown), WAYS[i][1]))
            print_error("%s\n  is   %s\n  want %s\n", WAYS[i][0], buf_str(&shown), WAYS[i][1]);
        wrong += !str_eq(buf_str(&shown), WAYS[i][1]);
    }
    assert_int_equal(wrong, 0);
}

static void what_is_left_out_is_told(void **state)
{
    const struct made_file files[] = {
        {"main.tf", "output \"o\" {\n  value = [1, 2, 3, 4, 5, 6, 7, 8]\n}\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    const struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_file *file = hcl_repo_file(repo, "main.tf");
    const struct hcl_value *v = hcl_eval(root, file, written(file, "o"), NULL);
    struct hcl_span spans[SPANS_MAX] = {{{0}}};

    (void)state;
    for (size_t max = 0; max <= 9; max++) {
        bool complete = true;
        spans[max].at.what = "untouched";
        assert_int_equal(hcl_spans(root, v, spans, max, &complete), max);
        assert_string_equal(spans[max].at.what, "untouched");
        assert_int_equal(complete, max == 9);
    }
    assert_int_equal(hcl_spans(root, v, spans, SPANS_MAX, NULL), 9);
}

/* 2^12 ways lead to the one literal. */
static void a_place_with_many_ways_to_it_is_listed_once(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 16);
    struct hcl_span spans[SPANS_MAX];
    bool complete = false;
    size_t literals = 0;

    (void)state;
    buf_text(&text, "locals {\n  a0 = \"q\"\n");
    for (int i = 1; i <= 12; i++)
        buf_print(&text, "  a%d = \"${local.a%d}${local.a%d}\"\n", i, i - 1, i - 1);
    buf_text(&text, "}\noutput \"o\" {\n  value = local.a12\n}\n");
    const struct made_file files[] = {{"main.tf", buf_str(&text)}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    const struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_file *file = hcl_repo_file(repo, "main.tf");
    const struct hcl_value *v = hcl_eval(root, file, written(file, "o"), NULL);
    size_t n = hcl_spans(root, v, spans, SPANS_MAX, &complete);

    assert_true(complete);
    assert_int_equal(n, 14);
    for (size_t i = 0; i < n; i++) {
        literals += spans[i].is_literal;
        for (size_t j = 0; j < i; j++)
            assert_ptr_not_equal(spans[i].at.node, spans[j].at.node);
    }
    assert_int_equal(literals, 1);
    assert_true(spans[n - 1].is_literal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_a_value_can_take_is_told),
        cmocka_unit_test(what_is_left_out_is_told),
        cmocka_unit_test(a_place_with_many_ways_to_it_is_listed_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
