#include "cli/fix_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/buf.h"
#include "worker/scan/formats.h"
#include "worker/scan/report.h"
#include "worker/scan/rule_words.h"

#define OUT_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define COLUMNS_LEAST 60
#define COLUMNS_MOST  100 /* wider lines are hard to read */
#define PLACES_SHOWN  6
#define REASONS_SHOWN 3

struct telling {
    const struct repair_note **notes; /* by answer, then as a section groups them */
    size_t n;
    size_t columns;
    struct format_options paths;
    struct buf out;
};

/* --- order and groups --- */

static const char *means_of(const struct repair_note *note)
{
    const char *means = note->lacks != NULL ? rule_input_means(note->rule, note->lacks) : NULL;

    return means != NULL ? means : "";
}

/* What tells two notes of a rule apart: all of a BREAK rule's say the same, its plan. */
static const char *reason_of(const struct repair_note *note)
{
    bool is_own = note->answer == REPAIR_BY_HAND && note->rule->class != RULE_BREAK;

    return is_own ? note->text : "";
}

static int compare(const void *left, const void *right)
{
    const struct repair_note *a = *(const struct repair_note *const *)left;
    const struct repair_note *b = *(const struct repair_note *const *)right;
    int r = (int)a->answer - (int)b->answer;

    if (r == 0 && a->lacks != NULL && b->lacks != NULL)
        r = strcmp(a->lacks, b->lacks);
    if (r == 0)
        r = strcmp(means_of(a), means_of(b));
    if (r == 0)
        r = severity_rank(b->rule->severity) - severity_rank(a->rule->severity);
    if (r == 0)
        r = strcmp(a->rule->id, b->rule->id);
    if (r == 0)
        r = strcmp(reason_of(a), reason_of(b));
    if (r == 0)
        r = strcmp(a->file, b->file);
    return r != 0 ? r : (a > b) - (a < b);
}

typedef bool (*same_fn)(const struct repair_note *a, const struct repair_note *b);

static bool same_answer(const struct repair_note *a, const struct repair_note *b)
{
    return a->answer == b->answer;
}

static bool same_rule(const struct repair_note *a, const struct repair_note *b)
{
    return a->answer == b->answer && a->rule == b->rule;
}

static bool same_reason(const struct repair_note *a, const struct repair_note *b)
{
    return same_rule(a, b) && str_eq(reason_of(a), reason_of(b));
}

static bool same_input(const struct repair_note *a, const struct repair_note *b)
{
    return a->answer == b->answer && str_eq(a->lacks, b->lacks);
}

static bool same_means(const struct repair_note *a, const struct repair_note *b)
{
    return same_input(a, b) && str_eq(means_of(a), means_of(b));
}

/* Where the notes end that are the same as the one at i. */
static size_t group_end(const struct telling *telling, size_t i, same_fn is_same)
{
    size_t end = i + 1;

    while (end < telling->n && is_same(telling->notes[i], telling->notes[end]))
        end++;
    return end;
}

static size_t count_groups(const struct telling *telling, size_t i, size_t end, same_fn is_same)
{
    size_t n = 0;

    for (; i < end; i = group_end(telling, i, is_same))
        n++;
    return n;
}

/* --- text --- */

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static size_t columns_of_terminal(void)
{
    struct winsize size = {0};

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col > COLUMNS_MOST)
        return COLUMNS_MOST;
    return size.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : size.ws_col;
}

/* What a repository says may not steer the terminal. */
static void tame(struct buf *out)
{
    for (size_t i = 0; i < out->len; i++) {
        unsigned char c = (unsigned char)out->bytes[i];
        bool is_wide =
            c == 0xC2 && i + 1 < out->len && ((unsigned char)out->bytes[i + 1] & 0xE0) == 0x80;
        if ((c < 0x20 && c != '\n') || c == 0x7F || is_wide)
            out->bytes[i] = '?';
        if (is_wide)
            out->bytes[++i] = '?';
    }
}

/* Broken at blanks; each line but the first begins with the margin. */
static void put_words(struct telling *telling, const char *first, const char *margin,
                      const char *text)
{
    struct buf *out = &telling->out;
    size_t at = strlen(first);
    bool is_start = true;

    buf_text(out, first);
    while (*text != '\0') {
        size_t len = strcspn(text, " \n");
        if (!is_start && at + 1 + len > telling->columns) {
            buf_print(out, "\n%s", margin);
            at = strlen(margin);
            is_start = true;
        }
        buf_text(out, is_start ? "" : " ");
        buf_bytes(out, text, len);
        at += len + !is_start;
        is_start = false;
        text += len + (text[len] != '\0');
    }
    buf_char(out, '\n');
}

static void put_places(struct telling *telling, size_t i, size_t end)
{
    CLEANUP(buf_done) struct buf line = BUF(OUT_MAX_BYTES);
    size_t stop = end - i <= PLACES_SHOWN ? end : i + PLACES_SHOWN - 1;

    for (size_t k = i; k < stop; k++) {
        const struct repair_note *note = telling->notes[k];
        bool is_same = k > i && str_eq(note->file, telling->notes[k - 1]->file);
        buf_text(&line, k == i ? "" : is_same ? ", " : "; ");
        if (!is_same) {
            format_path(&telling->paths, note->file, &line);
            buf_text(&line, ": ");
        }
        buf_text(&line, note->address);
    }
    if (stop < end)
        buf_print(&line, " and %zu more", end - stop);
    put_words(telling, "      ", "      ", buf_str(&line));
}

static void put_reasons(struct telling *telling, size_t i, size_t end)
{
    for (size_t shown = 0, stop; i < end && shown < REASONS_SHOWN; shown++, i = stop) {
        const struct repair_note *note = telling->notes[i];
        stop = group_end(telling, i, same_reason);
        put_places(telling, i, stop);
        if (note->answer == REPAIR_CARE_LEFT || note->rule->class != RULE_BREAK)
            put_words(telling, "      > ", "        ", note->text);
    }
    if (i < end)
        buf_print(&telling->out, "      and %zu more for other reasons (--verbose)\n", end - i);
}

/* What is fixed stands in the diff: of that a line for each rule will do. */
static void put_rules(struct telling *telling, size_t i, size_t end, const char *title)
{
    size_t n_rules = count_groups(telling, i, end, same_rule);
    char first[32];

    buf_print(&telling->out, "\n%s: %zu finding%s of %zu rule%s\n", title, end - i, plural(end - i),
              n_rules, plural(n_rules));
    for (size_t stop; i < end; i = stop) {
        const struct repair_note *note = telling->notes[i];
        CLEANUP(buf_done) struct buf head = BUF(OUT_MAX_BYTES);
        stop = group_end(telling, i, same_rule);
        (void)snprintf(first, sizeof first, "%5zu ", stop - i);
        buf_print(&head, "%s: %s", note->rule->id, note->rule->title);
        put_words(telling, first, "      ", buf_str(&head));
        if (note->answer != REPAIR_FIXED)
            put_reasons(telling, i, stop);
    }
}

/* --- inputs: as the policy file has them --- */

static void put_further(struct buf *out, const struct repair_note *note)
{
    const char *names[RULE_INPUTS_MAX];
    size_t n = rule_inputs(note->rule, names);
    size_t told = 0;

    for (size_t i = 0; i < n; i++) {
        if (str_eq(names[i], note->lacks))
            continue;
        buf_print(out, "%s%s", told == 0 ? " (takes also " : ", ", names[i]);
        told++;
    }
    buf_text(out, told > 0 ? ")" : "");
}

/* Rules that mean the same by an input. */
static void put_means(struct telling *telling, size_t i, size_t end)
{
    CLEANUP(buf_done) struct buf text = BUF(OUT_MAX_BYTES);
    const char *between = "";

    put_words(telling, "  # ", "  # ", means_of(telling->notes[i]));
    buf_print(&text, "%zu finding%s: ", end - i, plural(end - i));
    for (size_t stop; i < end; i = stop) {
        stop = group_end(telling, i, same_rule);
        buf_print(&text, "%s%s", between, telling->notes[i]->rule->id);
        put_further(&text, telling->notes[i]);
        between = ", ";
    }
    put_words(telling, "  #   ", "  #   ", buf_str(&text));
}

static void put_inputs(struct telling *telling, size_t i, size_t end)
{
    CLEANUP(buf_done) struct buf head = BUF(OUT_MAX_BYTES);

    buf_print(&head,
              "Waiting for an input: %zu finding%s. Give --input NAME=EXPRESSION; or fill in what "
              "you know of these, as Terraform writes it ('\"text\"', '[\"one\", \"two\"]'), and "
              "name the file with --policy:",
              end - i, plural(end - i));
    put_words(telling, "\n", "", buf_str(&head));
    buf_text(&telling->out, "\ninputs:\n");
    while (i < end) {
        const char *name = telling->notes[i]->lacks;
        size_t input_end = group_end(telling, i, same_input);
        for (size_t stop; i < input_end; i = stop) {
            stop = group_end(telling, i, same_means);
            put_means(telling, i, stop);
        }
        buf_print(&telling->out, "  %s: ''\n", name);
    }
}

/* --- the whole --- */

static int gather(struct telling *telling, const struct repair *repair, struct err *err)
{
    const struct repair_note *note;
    size_t n = 0;

    while (repair_note_at(repair, n) != NULL)
        n++;
    telling->notes = calloc(n + 1, sizeof *telling->notes);
    if (telling->notes == NULL)
        return err_nomem(err);
    for (size_t i = 0; (note = repair_note_at(repair, i)) != NULL; i++)
        if (note->answer <= REPAIR_BY_HAND)
            telling->notes[telling->n++] = note;
    qsort(telling->notes, telling->n, sizeof *telling->notes, compare);
    return 0;
}

static void put_note(struct telling *telling, const struct repair_note *note)
{
    struct buf *out = &telling->out;
    const struct report_trouble trouble = {.path = note->file, .text = note->text};

    buf_text(out, "  ");
    if (note->rule == NULL) {
        format_trouble(&telling->paths, &trouble, out);
        buf_char(out, '\n');
        return;
    }
    format_path(&telling->paths, note->file, out);
    buf_print(out, ":%d  %s  %s\n      %s\n", note->line, note->rule->id, note->address,
              note->text);
}

static void put_each(struct telling *telling, const struct repair *repair,
                     enum repair_answer answer, const char *title)
{
    const struct repair_note *note;
    const char *last = "";

    if (repair_count(repair, answer) == 0)
        return;
    buf_print(&telling->out, "\n%s:\n", title);
    for (size_t i = 0; (note = repair_note_at(repair, i)) != NULL; i++) {
        if (note->answer != answer)
            continue;
        /* A file that cannot be read is told once, not for its directory too. */
        if (note->rule != NULL || !str_eq(note->text, last))
            put_note(telling, note);
        last = note->text;
    }
}

static void put_counts(struct buf *out, const struct repair *repair, bool is_written)
{
    size_t fixed = repair_count(repair, REPAIR_FIXED);
    struct repair_file file;
    size_t files = 0;

    while (repair_file_at(repair, files, &file))
        files++;
    buf_print(out,
              "\n%zu finding%s fixed in %zu file%s%s; left: %zu for care, %zu for an input, "
              "%zu by hand; %zu unknown, %zu suppressed, %zu unreadable\n",
              fixed, plural(fixed), files, plural(files),
              files == 0   ? ""
              : is_written ? ", written"
                           : " (nothing is written without --write)",
              repair_count(repair, REPAIR_CARE_LEFT), repair_count(repair, REPAIR_NEEDS_INPUT),
              repair_count(repair, REPAIR_BY_HAND), repair_count(repair, REPAIR_UNKNOWN),
              repair_count(repair, REPAIR_SUPPRESSED), repair_count(repair, REPAIR_UNREADABLE));
}

int fix_tell(const struct repair *repair, const struct fix_telling *how, struct err *err)
{
    const char *const titles[] = {
        [REPAIR_FIXED] = how->is_written ? "Fixed" : "Fixed by this diff",
        [REPAIR_CARE_LEFT] = "Ready, but something may break (--care fixes these too)",
        [REPAIR_NEEDS_INPUT] = "Waiting for an input (--input NAME=EXPRESSION, or the policy file)",
        [REPAIR_BY_HAND] = "By hand (plumb rules show ID tells how)"};
    struct telling telling = {.paths = {.directory = how->directory},
                              .columns = columns_of_terminal(),
                              .out = BUF(OUT_MAX_BYTES)};
    int r = gather(&telling, repair, err);

    for (size_t i = 0, end; r == 0 && how->detail == FIX_BY_RULE && i < telling.n; i = end) {
        enum repair_answer answer = telling.notes[i]->answer;
        end = group_end(&telling, i, same_answer);
        if (answer == REPAIR_NEEDS_INPUT)
            put_inputs(&telling, i, end);
        else
            put_rules(&telling, i, end, titles[answer]);
    }
    for (int answer = 0; r == 0 && how->detail == FIX_EACH && answer <= REPAIR_BY_HAND; answer++)
        put_each(&telling, repair, (enum repair_answer)answer, titles[answer]);
    if (r == 0 && how->detail != FIX_COUNTS)
        put_each(&telling, repair, REPAIR_UNREADABLE, "Not readable");
    if (r == 0) {
        put_each(&telling, repair, REPAIR_WORSE,
                 "Fixes that bring a new finding, so nothing is written");
        put_counts(&telling.out, repair, how->is_written);
        r = buf_check(&telling.out, err);
    }
    tame(&telling.out);
    if (r == 0)
        (void)fwrite(buf_str(&telling.out), 1, telling.out.len, stderr);
    buf_done(&telling.out);
    free(telling.notes);
    return r;
}
