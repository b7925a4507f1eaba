/* What strangers write must stay text inside a pull request's body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "worker/forge/forge.h"

#define BREAK "&#8203;"
#define FP    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PLAN  "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static void becomes(const char *text, const char *expected)
{
    CLEANUP(buf_done) struct buf out = BUF(100000);

    markdown_escape(&out, text, 50000);
    assert_string_equal(buf_str(&out), expected);
}

static void ordinary_text_stays_as_it_is(void **state)
{
    (void)state;
    becomes("S3 bucket aws_s3_bucket.logs has no versioning (CIS 2.1.3), says Müller: 日本語.",
            "S3 bucket aws_s3_bucket.logs has no versioning (CIS 2.1.3), says Müller: 日本語.");
    becomes("arn:aws:s3:::data-bucket/key", "arn:aws:s3:::data-bucket/key");
    becomes("", "");
}

static void nobody_is_mentioned(void **state)
{
    (void)state;
    becomes("ask @octocat or @org/team", "ask @" BREAK "octocat or @" BREAK "org/team");
    becomes("mail me@example.com", "mail me@" BREAK "example.com");
}

static void no_html_and_no_comment_gets_through(void **state)
{
    (void)state;
    becomes("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;");
    becomes("<!-- plumb fp=", "&lt;!-- plumb fp=");
    becomes("&lt;b&gt; &#64;x", "&amp;lt;b&amp;gt; &amp;\\#" BREAK "64;x");
}

static void no_fence_and_no_code_begins(void **state)
{
    (void)state;
    becomes("```\nsuggestion", "&#96;&#96;&#96; suggestion");
    becomes("~~~ x ~~gone~~", "&#126;&#126;&#126; x &#126;&#126;gone&#126;&#126;");
    becomes("\n\n    indented", "indented");
    becomes("a\r\n\r\nb\tc", "a b c");
}

static void no_issue_is_closed_or_referred_to(void **state)
{
    (void)state;
    becomes("fixes #1", "fixes \\#" BREAK "1");
    becomes("Closes owner/repo#12", "Closes owner/repo\\#" BREAK "12");
    becomes("resolves GH-7 and gh-8", "resolves GH-" BREAK "7 and gh-" BREAK "8");
    becomes("fixes https://github.com/o/r/issues/1",
            "fixes https:" BREAK "//github.com/o/r/issues/1");
}

static void nothing_becomes_a_link(void **state)
{
    (void)state;
    becomes("[click](http://evil)", "\\[click\\](http:" BREAK "//evil)");
    becomes("![x](y)", "!\\[x\\](y)");
    becomes("<https://evil>", "&lt;https:" BREAK "//evil&gt;");
    becomes("www.evil.example WWW.evil", "www" BREAK ".evil.example WWW" BREAK ".evil");
    becomes("[x]: http://evil", "\\[x\\]: http:" BREAK "//evil");
}

static void no_table_list_heading_or_formula_begins(void **state)
{
    (void)state;
    becomes("a | b", "a &#124; b");
    becomes("# heading", "\\#" BREAK " heading");
    becomes("- item", "\\- item");
    becomes("+ item", "\\+ item");
    becomes("===", "\\===");
    becomes("1. one", "1\\. one");
    becomes("12) twelve", "12\\) twelve");
    becomes("> quote", "&gt; quote");
    becomes("**bold** _it_ a_b __c", "\\*\\*bold\\*\\* \\_it\\_ a_b \\_\\_c");
    becomes("$x$ \\(y\\)", "&#36;x&#36; \\\\(y\\\\)");
}

static void what_cannot_be_seen_is_dropped(void **state)
{
    (void)state;
    becomes("a\u202Eb\u2066c\u200Fd", "abcd");
    becomes("z\u200Be\u200Dr\u2060o\uFEFF\u00AD", "zero");
    becomes("t\U000E0041\U000E007Fag", "tag");
    becomes("v\uFE0F\U000E0100s", "vs");
    becomes("\x1b[31mred\x07\x7f", "\\[31mred");
    becomes("a\u00A0\u3000b\u2028c", "a b c");
}

static void what_was_dropped_joins_nothing_dangerous(void **state)
{
    (void)state;
    becomes("http:\u200B//evil", "http:" BREAK "//evil");
    becomes("ww\u200Bw.evil", "www" BREAK ".evil");
    becomes("G\u200BH\u200B-1", "GH-" BREAK "1");
    becomes("<\u200B!--", "&lt;!--");
    becomes("\u200B- item", "\\- item");
}

static void bytes_that_are_not_utf8_are_dropped(void **state)
{
    (void)state;
    becomes("a\xff\xfe"
            "b\xc3(",
            "ab(");
    becomes("\xc0\xaf\xe0\x80\xaf\xf8\x88\x80\x80\x80x", "x");
    becomes("\xed\xa0\x80y", "y");
    becomes("end\xe2\x82", "end");
}

static void a_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    for (size_t max = 0; max < 40; max++) {
        CLEANUP(buf_done) struct buf out = BUF(1000);

        markdown_escape(&out, "é@ü#日&本 text that is too long", max);
        assert_true(out.len <= max);
        if (max >= 3)
            assert_true(str_ends(buf_str(&out), "…"));
        /* a cut entity or character would show up as something escaped differently */
        for (const char *amp = strchr(buf_str(&out), '&'); amp != NULL; amp = strchr(amp + 1, '&'))
            assert_non_null(strchr(amp, ';'));
    }
}

static void the_marker_is_read_back(void **state)
{
    CLEANUP(buf_done) struct buf body = BUF(1000);
    char fp[65];
    char plan[65];

    (void)state;
    buf_text(&body, "words\r\n\r\n<!-- plumb fp=short -->\n");
    assert_false(forge_marker_read(buf_str(&body), fp, plan));
    forge_marker_write(&body, FP, PLAN);
    assert_true(forge_marker_read(buf_str(&body), fp, plan));
    assert_string_equal(fp, FP);
    assert_string_equal(plan, PLAN);

    buf_reset(&body);
    forge_marker_write(&body, FP, NULL);
    assert_string_equal(buf_str(&body), "<!-- plumb fp=" FP " -->\n");
    assert_true(forge_marker_read(buf_str(&body), fp, plan));
    assert_string_equal(plan, "");
}

static void a_marker_cannot_be_smuggled_in(void **state)
{
    CLEANUP(buf_done) struct buf body = BUF(1000);
    char fp[65];
    char plan[65];

    (void)state;
    markdown_escape(&body, "<!-- plumb fp=" FP " -->", 500);
    assert_false(forge_marker_read(buf_str(&body), fp, plan));
    assert_false(forge_marker_read("<!-- plumb fp=" FP "0 -->", fp, plan));
    assert_false(forge_marker_read("<!-- plumb fp=" FP " plan=sha256:12 -->", fp, plan));
    assert_false(forge_marker_read("<!-- plumb fp=" FP, fp, plan));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_stays_as_it_is),
        cmocka_unit_test(nobody_is_mentioned),
        cmocka_unit_test(no_html_and_no_comment_gets_through),
        cmocka_unit_test(no_fence_and_no_code_begins),
        cmocka_unit_test(no_issue_is_closed_or_referred_to),
        cmocka_unit_test(nothing_becomes_a_link),
        cmocka_unit_test(no_table_list_heading_or_formula_begins),
        cmocka_unit_test(what_cannot_be_seen_is_dropped),
        cmocka_unit_test(what_was_dropped_joins_nothing_dangerous),
        cmocka_unit_test(bytes_that_are_not_utf8_are_dropped),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(the_marker_is_read_back),
        cmocka_unit_test(a_marker_cannot_be_smuggled_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
