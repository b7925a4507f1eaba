/*
 * The HCL parser and formatter against real files and the real `terraform fmt`; the editor has
 * test_hcl_oracle_edits.c. Random, but with fixed seeds; all files of a question go to terraform in
 * one run, since its start is what costs.
 */
#include "tests/support/test.h"

#include "tests/support/hcl_oracle.h"
#include "tests/support/hcl_oracle_mutate.h"
#include "worker/hcl/format/format.h"
#include "worker/hcl/syntax/lexer.h"

/* --- the tree --- */

static void check_spans(const struct hcl_file *file, const struct hcl_node *node)
{
    uint32_t at = node->start;

    for (const struct hcl_node *child = node->child; child != NULL; child = child->next) {
        if (child->start < at || child->end < child->start || child->end > node->end)
            fail_msg("%s: node %u-%u stands wrong in %u-%u", file->path, child->start, child->end,
                     node->start, node->end);
        assert_true(child->height < node->height);
        at = child->end;
        check_spans(file, child);
    }
}

static void spans_nest_in_order_in_every_file(void **state)
{
    size_t bytes = 0;

    (void)state;
    oracle_need(oracle.corpus, "corpus");
    for (size_t i = 0; i < oracle.corpus->n; i++) {
        CLEANUP(hcl_file_freep)
        struct hcl_file *file =
            oracle_parse(oracle.corpus->items[i].path, oracle.corpus->items[i].bytes,
                         oracle.corpus->items[i].len);
        if (file == NULL)
            continue;
        check_spans(file, file->body);
        assert_int_equal(file->body->end, file->len);
        bytes += file->len;
    }
    print_message("%zu files, %zu bytes\n", oracle.corpus->n, bytes);
}

/* The numbers of the files that terraform named in "on f00012.tf line 3". */
static bool *refused_by_terraform(const struct buf *output, size_t n)
{
    bool *refused = calloc(n + 1, sizeof *refused);
    const char *at = buf_str(output);

    assert_non_null(refused);
    while ((at = strstr(at, "on f")) != NULL) {
        at += strlen("on f");
        char *end;
        size_t number = strtoul(at, &end, 10);
        if (str_starts(end, ".tf line") && number < n)
            refused[number] = true;
    }
    return refused;
}

/* Parses files f00000.tf .. and compares with what terraform said; counts the refused ones. */
static size_t same_verdicts(const struct hcl_corpus *files, const struct buf *output)
{
    CLEANUP(mem_freep) bool *theirs = refused_by_terraform(output, files->n);
    size_t refused = 0;

    for (size_t i = 0; i < files->n; i++) {
        CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
        struct err err = {0};
        int r = hcl_parse(&file, "it", files->items[i].bytes, files->items[i].len, &err);

        if ((r != 0) != theirs[i])
            fail_msg("%s: we say \"%s\", terraform the opposite", files->items[i].path,
                     r != 0 ? err.text : "fine");
        refused += r != 0;
    }
    return refused;
}

static void the_corpus_is_refused_exactly_where_terraform_refuses(void **state)
{
    (void)state;
    oracle_need(oracle.canonical, "corpus with terraform");
    print_message("%zu of %zu refused\n", same_verdicts(oracle.corpus, &oracle.told),
                  oracle.corpus->n);
}

static void damaged_files_get_the_same_verdict(void **state)
{
    CLEANUP(buf_done) struct buf output = BUF(ORACLE_OUTPUT_MAX);
    uint64_t seed = 20240611;
    size_t n = 0;

    (void)state;
    oracle_need(oracle.canonical, "corpus with terraform");
    const char *dir = oracle_new_dir("damaged");
    for (size_t i = hcl_dice(&seed, 2); i < oracle.corpus->n; i += 2) {
        CLEANUP(buf_done) struct buf text = BUF(ORACLE_OUTPUT_MAX);
        if (oracle.corpus->items[i].len < 20)
            continue;
        oracle_mutate(&oracle.corpus->items[i], &seed, &text);
        oracle_write(dir, n++, buf_str(&text), text.len);
    }
    (void)hcl_fmt(dir, "-list=false -write=false", &output);
    CLEANUP(hcl_corpus_freep) struct hcl_corpus *files = hcl_corpus_of(dir);
    size_t refused = same_verdicts(files, &output);
    print_message("%zu of %zu refused\n", refused, n);
    assert_in_range(refused, n / 10, n);
}

/* --- the layout --- */

static void what_terraform_laid_out_counts_as_formatted(void **state)
{
    struct err err;

    (void)state;
    oracle_need(oracle.canonical, "corpus with terraform");
    for (size_t i = 0; i < oracle.canonical->n; i++) {
        const struct corpus_file *source = &oracle.canonical->items[i];
        CLEANUP(hcl_file_freep)
        struct hcl_file *file = oracle_parse(source->path, source->bytes, source->len);
        bool formatted = false;
        assert_non_null(file);
        assert_int_equal(hcl_is_formatted(file, &formatted, &err), 0);
        if (!formatted)
            fail_msg("%s is not", source->path);
    }
}

/* The same tokens with other blanks between, where there were any. */
static void stretch(const struct hcl_file *file, uint64_t *seed, struct buf *out)
{
    struct hcl_format_tokens tokens = {0};
    struct err err;
    size_t end = 0;

    assert_int_equal(hcl_format_scan(file, &tokens, &err), 0);
    for (size_t i = 0; i < tokens.n; i++) {
        const struct hcl_format_token *token = &tokens.items[i];
        for (uint32_t n = token->blanks > 0 ? 1 + hcl_dice(seed, 4) : 0; n > 0; n--)
            buf_char(out, ' ');
        buf_bytes(out, file->bytes + token->start, token->end - token->start);
        end = token->end;
    }
    buf_bytes(out, file->bytes + end, file->len - end);
    free(tokens.items);
}

static void formatting_brings_stretched_files_back(void **state)
{
    uint64_t seed = 7;
    struct err err;

    (void)state;
    oracle_need(oracle.canonical, "corpus with terraform");
    for (size_t i = 0; i < oracle.canonical->n; i++) {
        const struct corpus_file *source = &oracle.canonical->items[i];
        CLEANUP(buf_done) struct buf stretched = BUF(ORACLE_OUTPUT_MAX);
        CLEANUP(buf_done) struct buf back = BUF(ORACLE_OUTPUT_MAX);
        CLEANUP(hcl_file_freep)
        struct hcl_file *file = oracle_parse(source->path, source->bytes, source->len);
        stretch(file, &seed, &stretched);
        CLEANUP(hcl_file_freep)
        struct hcl_file *again = oracle_parse(source->path, buf_str(&stretched), stretched.len);
        assert_non_null(again);
        assert_int_equal(hcl_format(again, &back, &err), 0);
        if (back.len != source->len || memcmp(buf_str(&back), source->bytes, back.len) != 0)
            fail_msg("%s came back different", source->path);
    }
}

/* Token sequences that real files seldom hold, laid out by both. */
static void odd_layouts_come_out_as_from_terraform(void **state)
{
    static const char *const odd[] = {
        "a   {\nb=1\n ccc =-x+ - 2 #d\n  \n}\n",
        "a = [for  x in[1]:x if ! x]\nb={for k,v in{}:k=>v...}\n",
        "a={b=1,c={}}\nbb=[ ]\n",
        "a = \"${ x [ 0 ] }  ${  {} }%{ if  a }x${  b }%{else}%{ endif~}\"\n",
        "a = f( x ,y... )\nbcd = provider :: g ( )\n",
        "a = 1 # x\nbcd = 2    # y\n\ne = 1# z",
        "x {\na = merge({\nb = 1\n}, {\n  c = 1\n  })\n}\n",
        "x {\n a = <<EOT\n  ${ b }\n EOT\n bcd=1\n}\n",
        "x {\n a = [<<EOT\n  ${ b }\n EOT\n ,1]\n bcd=1\n}\n",
        "x {\n a = <<-EOT\n  ${ [\n1,\n2 ] }\n  y\n EOT\n bcd=1\n }\n",
        "x {\n a = <<-EOT\n %{ if b }\n  ${ c\n} y\n%{endif}\n EOT\n bcd=1\n }\n",
        "a = b . c[ * ] . d . 0 . e .* . f\nbb = ( 1+2 )*-3==4&&! c||d ?- e:f\n",
        "x \"y\" \"z\" {a=1}\nx{}\nx { \n }\n",
        "  # lead\na=1 /* in */ # out\n/* two\nlines */ bcd=2 // out\n\t# tab\nq  =  1\n",
        "a = [\n1 ,\n  # c\n 2 , # d\n 33, # e\n]\n",
        "a = x-1\nb = x -1\nc = [-1,- 1]\nd = x ? -1 : - 2\ne = f(-1, - x)\ng = !(a)\n",
        "a = {\n b = {c = 1\n d = 2}\n ee = 3\n}\n",
        "a = ([{(\n1)}\n])\n",
        "gr\u00f6\u00dfe = 1\nb = \"\u00e9\" # x\ncc = 1 # y\n",
        "a = x[\"k\"] [0]\nb = f(x) [0]\nc = {} [0]\nd = 1 [0]\ne = \"x\" [0]\n",
        "a = 1\r\nbcd = 2 # x\r\n\r\nx{\r\ny=1\r\n}\r\n",
        "a = x % 2 > 1 && y < 3 || z <= 4\nb = x=>1\n",
        "a = \"$${x} %%{y}\"\nbb = \"${~ x ~}!\"\n",
        "a = if\nfor = in [0]\nb = x in [0]\n",
        "\n\n  \na = 1\n\n\n\nb = 2\n\n  ",
        "a=1 #* x\nbcd =2 //* y\ne=3 # z\n#*\nf  = 4\n",
    };
    CLEANUP(buf_done) struct buf output = BUF(ORACLE_OUTPUT_MAX);
    struct err err;

    (void)state;
    oracle_need(oracle.canonical, "corpus with terraform");
    const char *dir = oracle_new_dir("odd");
    for (size_t i = 0; i < COUNT(odd); i++) {
        CLEANUP(hcl_file_freep) struct hcl_file *file = oracle_parse("it", odd[i], strlen(odd[i]));
        if (file != NULL)
            oracle_write(dir, i, odd[i], strlen(odd[i]));
    }
    assert_int_equal(hcl_fmt(dir, "", &output), 0);
    CLEANUP(hcl_corpus_freep) struct hcl_corpus *theirs = hcl_corpus_of(dir);
    for (size_t i = 0; i < theirs->n; i++) {
        const char *text = odd[atol(theirs->items[i].path + 1)];
        CLEANUP(buf_done) struct buf ours = BUF(ORACLE_OUTPUT_MAX);
        CLEANUP(hcl_file_freep) struct hcl_file *file = oracle_parse("it", text, strlen(text));
        assert_int_equal(hcl_format(file, &ours, &err), 0);
        if (ours.len != theirs->items[i].len ||
            memcmp(buf_str(&ours), theirs->items[i].bytes, ours.len) != 0)
            fail_msg("from:\n%s\nours:\n%s\ntheirs:\n%.*s", text, buf_str(&ours),
                     (int)theirs->items[i].len, theirs->items[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_nest_in_order_in_every_file),
        cmocka_unit_test(the_corpus_is_refused_exactly_where_terraform_refuses),
        cmocka_unit_test(damaged_files_get_the_same_verdict),
        cmocka_unit_test(what_terraform_laid_out_counts_as_formatted),
        cmocka_unit_test(formatting_brings_stretched_files_back),
        cmocka_unit_test(odd_layouts_come_out_as_from_terraform),
    };
    return cmocka_run_group_tests_name("hcl_oracle", tests, oracle_set_up, oracle_tear_down);
}
