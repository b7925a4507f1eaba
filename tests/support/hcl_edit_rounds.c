/* Many edits by dice; the story stands in hcl_edit_rounds.h. */
#include "tests/support/hcl_edit_rounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/support/hcl_edit_dice.h"
#include "worker/hcl/format/format.h"

#define TEXT_MAX     ((size_t)32 * 1024 * 1024)
#define THROWS_MAX   4
#define FILE_LEN_MAX ((size_t)200 * 1024) /* a few giants would take all the time */

static uint32_t next(void *context, uint32_t sides)
{
    return hcl_dice(context, sides);
}

size_t edit_rounds_count(size_t sample, size_t full)
{
    const char *wanted = getenv("PLUMB_FULL");

    return wanted != NULL && str_eq(wanted, "1") ? full : sample;
}

static void with_crlf(const struct corpus_file *source, struct buf *out)
{
    for (size_t i = 0; i < source->len; i++) {
        if (source->bytes[i] == '\n' && (i == 0 || source->bytes[i - 1] != '\r'))
            buf_char(out, '\r');
        buf_char(out, source->bytes[i]);
    }
}

/* As our own formatter, with all that it knows, would have it. */
static void laid_out(const struct corpus_file *source, struct buf *out)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    struct err err;

    if (hcl_parse(&file, "it.tf", source->bytes, source->len, &err) != 0 ||
        hcl_format(file, out, &err) != 0)
        buf_reset(out);
}

/* One of the ways the file could stand in a repository. NULL when that does not parse. */
static struct hcl_file *some_file(struct edit_rounds *rounds)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);
    const struct corpus_file *source =
        &rounds->files->items[hcl_dice(&rounds->seed, (uint32_t)rounds->files->n)];
    struct hcl_file *file = NULL;
    struct err err;

    if (source->len > FILE_LEN_MAX)
        return NULL;
    switch (hcl_dice(&rounds->seed, 8)) {
    case 0:
        with_crlf(source, &text);
        break;
    case 1:
        buf_text(&text, "\xEF\xBB\xBF");
        buf_bytes(&text, source->bytes, source->len);
        break;
    case 2:
        buf_bytes(&text, source->bytes, source->len);
        while (text.len > 0 && text.bytes[text.len - 1] == '\n')
            text.bytes[--text.len] = '\0';
        break;
    case 3:
        laid_out(source, &text);
        break;
    default:
        buf_bytes(&text, source->bytes, source->len);
    }
    return hcl_parse(&file, "it.tf", buf_str(&text), text.len, &err) == 0 ? file : NULL;
}

static void count_verb(struct edit_rounds *rounds, const char *verb)
{
    size_t i = 0;

    while (rounds->verbs[i] != NULL && !str_eq(rounds->verbs[i], verb))
        i++;
    assert_true(i < COUNT(rounds->verbs));
    rounds->verbs[i] = verb;
    rounds->by_verb[i]++;
}

static void judge(struct edit_rounds *rounds, const struct hcl_file *file,
                  const struct thrown *thrown, size_t n, const struct hcl_edited *edited)
{
    CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
    const char *wrong = edit_judge_bytes(file, edited, &after);
    bool formatted = false;
    struct err err;

    if (wrong == NULL && n == 1)
        wrong = edit_judge_meaning(thrown, edited, after);
    if (wrong != NULL)
        fail_msg("%s: %s\n--- before\n%.*s\n--- after\n%.*s\n--- value\n%s", thrown->verb, wrong,
                 (int)file->len, file->bytes, (int)edited->len, edited->bytes, thrown->value);
    assert_int_equal(hcl_is_formatted(file, &formatted, &err), 0);
    rounds->formatted += formatted;
    rounds->unchanged += edited->n_spans == 0;
    if (formatted && rounds->keep != NULL)
        rounds->keep(rounds->context, edited->bytes, edited->len);
}

static void one_round(struct edit_rounds *rounds, const struct hcl_file *file)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct dice dice = {next, &rounds->seed};
    size_t wanted = hcl_dice(&rounds->seed, 5) == 0 ? THROWS_MAX : 1;
    const struct hcl_edited *edited;
    struct thrown thrown = {0};
    struct err err;
    size_t thrown_n = 0;
    size_t n;

    assert_int_equal(hcl_edits_new(&edits, &err), 0);
    for (size_t i = 0; i < wanted; i++) {
        assert_int_equal(edit_dice_throw(&dice, file, edits, &thrown, &err), 0);
        if (thrown.kind == THROWN_REFUSED && wanted == 1) {
            if (strstr(err.text, "a heredoc's end marker") == NULL)
                fail_msg("%s refused: %s", thrown.verb, err.text);
            rounds->refused++;
            rounds->refused_alone++;
        }
        thrown_n += thrown.kind != THROWN_NOTHING && thrown.kind != THROWN_REFUSED;
    }
    if (thrown_n == 0)
        return;
    int r = hcl_edits_apply(edits, &edited, &n, &err);
    if (r != 0) {
        assert_int_equal(r, ERR_REJECT);
        rounds->refused++;
        rounds->refused_alone += wanted == 1;
        return;
    }
    assert_int_equal(n, 1);
    judge(rounds, file, &thrown, wanted, &edited[0]);
    rounds->made += thrown_n;
    rounds->several += wanted > 1;
    if (wanted == 1)
        count_verb(rounds, thrown.verb);
}

void edit_rounds_run(struct edit_rounds *rounds, size_t edits)
{
    while (rounds->made < edits) {
        CLEANUP(hcl_file_freep) struct hcl_file *file = some_file(rounds);
        if (file != NULL)
            one_round(rounds, file);
    }
}

void edit_rounds_report(const struct edit_rounds *rounds)
{
    print_message("%zu edits made, %zu sets refused (%zu of one edit), %zu sets of several, "
                  "%zu changed nothing, %zu files formatted\n",
                  rounds->made, rounds->refused, rounds->refused_alone, rounds->several,
                  rounds->unchanged, rounds->formatted);
    for (size_t i = 0; rounds->verbs[i] != NULL; i++)
        print_message("  %s %zu", rounds->verbs[i], rounds->by_verb[i]);
    print_message("\n");
    /* Sets of several may contradict themselves; alone, a heredoc before a comment is refused. */
    assert_true(rounds->refused * 8 < rounds->made);
    assert_true(rounds->refused_alone * 500 <= rounds->made);
}
