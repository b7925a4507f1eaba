/* A report for people: by file, with colour on a terminal. */
#include <stdio.h>

#include "worker/scan/formats.h"
#include "worker/scan/rule_words.h"

#define BOLD    "\033[1m"
#define DIM     "\033[2m"
#define RED     "\033[31m"
#define GREEN   "\033[32m"
#define YELLOW  "\033[33m"
#define BLUE    "\033[34m"
#define CYAN    "\033[36m"
#define MAGENTA "\033[1;35m"
#define PLAIN   "\033[0m"

#define INDENT        14 /* of everything but the first line of a finding */
#define LABEL         5  /* "why  " */
#define COLUMNS_LEAST 60

struct text {
    const struct format_options *options;
    struct buf *out;
};

static void paint(const struct text *text, const char *color, const char *words)
{
    buf_text(text->out, text->options->color ? color : "");
    buf_shown(text->out, words, strlen(words));
    buf_text(text->out, text->options->color ? PLAIN : "");
}

static const char *severity_color(int rank)
{
    static const char *const colors[SEVERITIES] = {BLUE, YELLOW, RED, MAGENTA};

    return colors[rank];
}

/* Words behind what stands in the line up to indent, broken at blanks where the terminal ends. */
static void wrap(const struct text *text, size_t indent, const char *words)
{
    size_t columns = (size_t)text->options->columns;
    size_t width = columns == 0 || columns > COLUMNS_LEAST ? columns : COLUMNS_LEAST;
    size_t at = indent;

    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        if (at > indent && width > 0 && at + 1 + len > width) {
            buf_print(text->out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            buf_char(text->out, ' ');
            at++;
        }
        buf_shown(text->out, words, len);
        at += len;
        words += len + (words[len] == ' ');
    }
    buf_char(text->out, '\n');
}

static void labelled(const struct text *text, const char *label, const char *words)
{
    char padded[LABEL + 1];

    snprintf(padded, sizeof padded, "%-*s", LABEL, label);
    buf_print(text->out, "%*s", INDENT, "");
    paint(text, DIM, padded);
    wrap(text, INDENT + LABEL, words);
}

/* --- a finding --- */

static bool is_shown(const struct finding *finding, const struct format_options *options)
{
    switch (finding->status) {
    case FINDING_NEW:
        return true;
    case FINDING_BASELINE:
        return false;
    case FINDING_SUPPRESSED:
        return options->show_suppressed;
    case FINDING_UNKNOWN:
        return options->show_unknown;
    }
    return true;
}

static void head(const struct text *text, const struct finding *finding)
{
    const char *word = finding->status == FINDING_NEW ? finding->rule->severity
                                                      : finding_status_name(finding->status);
    const char *color = finding->status == FINDING_NEW
                            ? severity_color(severity_rank(finding->rule->severity))
                        : finding->status == FINDING_UNKNOWN ? CYAN
                                                             : DIM;
    char padded[INDENT - 2 + 1];

    snprintf(padded, sizeof padded, "%-*s", INDENT - 2, word);
    buf_text(text->out, "  ");
    paint(text, color, padded);
    paint(text, BOLD, finding->rule->title);
    if (text->options->columns > 0 &&
        INDENT + strlen(finding->rule->title) + 2 + strlen(finding->rule->id) >
            (size_t)text->options->columns)
        buf_print(text->out, "\n%*s", INDENT, "");
    else
        buf_text(text->out, "  ");
    paint(text, DIM, finding->rule->id);
    buf_char(text->out, '\n');
}

static void place(const struct text *text, const struct finding *finding)
{
    CLEANUP(buf_done) struct buf words = BUF(64 * 1024);

    buf_print(&words, "%s at ", finding->address);
    format_path(text->options, finding->file, &words);
    buf_print(&words, ":%d", finding->line);
    if (str_starts(finding->address, "module.")) {
        buf_text(&words, ", called from ");
        format_path(text->options, finding->root[0] != '\0' ? finding->root : ".", &words);
    }
    if (finding->n_more_roots > 0)
        buf_print(&words, " and %zu more root%s", finding->n_more_roots,
                  finding->n_more_roots == 1 ? "" : "s");
    buf_print(text->out, "%*s", INDENT, "");
    wrap(text, INDENT, buf_str(&words));
}

static void finding_text(const struct text *text, const struct finding *finding)
{
    CLEANUP(buf_done) struct buf words = BUF(64 * 1024);

    head(text, finding);
    place(text, finding);
    if (finding->why[0] != '\0')
        labelled(text, "why", finding->why);
    if (finding->status == FINDING_NEW) {
        rule_fix_words(finding->rule, &words);
        labelled(text, "fix", buf_str(&words));
    }
    if (finding->status == FINDING_SUPPRESSED) {
        buf_print(&words, "%s, line %d", finding->mark, finding->mark_line);
        if (!str_eq(finding->mark_file, finding->file)) {
            buf_text(&words, " of ");
            format_path(text->options, finding->mark_file, &words);
        }
        buf_print(&words, ": %s",
                  finding->reason[0] != '\0' ? finding->reason : "no reason is given");
        labelled(text, "by", buf_str(&words));
    }
    buf_char(text->out, '\n');
}

static void findings(const struct text *text, const struct report *report)
{
    const char *file = "";

    for (size_t i = 0; i < report->n_findings; i++) {
        const struct finding *finding = &report->findings[i];
        if (!is_shown(finding, text->options))
            continue;
        if (!str_eq(finding->file, file)) {
            CLEANUP(buf_done) struct buf path = BUF(16 * 1024);
            file = finding->file;
            format_path(text->options, file, &path);
            paint(text, BOLD, buf_str(&path));
            buf_text(text->out, "\n\n");
        }
        finding_text(text, finding);
    }
}

/* --- what else is to be told --- */

static void troubles(const struct text *text, const struct report *report)
{
    if (report->n_troubles == 0)
        return;
    paint(text, RED, "Not looked at, since it cannot be read");
    buf_char(text->out, '\n');
    for (size_t i = 0; i < report->n_troubles; i++) {
        const struct report_trouble *trouble = &report->troubles[i];
        CLEANUP(buf_done) struct buf words = BUF(16 * 1024);
        format_trouble(text->options, trouble, &words);
        if (trouble->n_roots > 0)
            buf_print(&words, " (%zu root module%s not looked at for it)", trouble->n_roots,
                      trouble->n_roots == 1 ? " is" : "s are");
        buf_text(text->out, "  ");
        wrap(text, 4, buf_str(&words));
    }
    buf_char(text->out, '\n');
}

static void marks(const struct text *text, const struct report *report)
{
    if (report->n_marks == 0)
        return;
    paint(text, YELLOW, "Comments that suppress, and need a look");
    buf_char(text->out, '\n');
    for (size_t i = 0; i < report->n_marks; i++) {
        const struct report_mark *mark = &report->marks[i];
        CLEANUP(buf_done) struct buf words = BUF(16 * 1024);
        format_path(text->options, mark->file, &words);
        buf_print(&words, ":%d: %s %s", mark->line, mark->mark, mark->words);
        buf_text(text->out, "  ");
        wrap(text, 4, buf_str(&words));
    }
    buf_char(text->out, '\n');
}

static void gone(const struct text *text, const struct report *report)
{
    if (report->n_gone == 0)
        return;
    paint(text, GREEN, "In the baseline, and mended or gone since");
    buf_char(text->out, '\n');
    for (size_t i = 0; i < report->n_gone; i++) {
        CLEANUP(buf_done) struct buf words = BUF(16 * 1024);
        buf_print(&words, "%s: %s in %s", report->gone[i].rule, report->gone[i].address,
                  report->gone[i].file);
        buf_text(text->out, "  ");
        wrap(text, 4, buf_str(&words));
    }
    buf_text(text->out, "  plumb scan --write-baseline writes it anew\n\n");
}

static void counted(struct buf *out, size_t n, const char *one, const char *many)
{
    buf_print(out, "%zu %s", n, n == 1 ? one : many);
}

static void totals_line(const struct report *report, bool color, const char *between_halves,
                        struct buf *out)
{
    const struct scan_counts *counts = &report->counts;
    const struct format_options options = {.color = color};
    const struct text text = {&options, out};
    CLEANUP(buf_done) struct buf found = BUF(256);
    struct report_totals totals;

    report_totals(report, &totals);
    counted(out, counts->files, "file, ", "files, ");
    counted(out, counts->resources, "resource, ", "resources, ");
    counted(out, report->n_rules, "rule:", "rules:");
    buf_text(out, between_halves);
    counted(&found, totals.new_ones, "finding", "findings");
    paint(&text, totals.new_ones > 0 ? RED : GREEN,
          totals.new_ones > 0 ? buf_str(&found) : "no findings");
    const char *between = " (";
    for (int rank = SEVERITIES - 1; rank >= 0; rank--) {
        char one[64];
        if (totals.by_severity[rank] == 0)
            continue;
        snprintf(one, sizeof one, "%zu %s", totals.by_severity[rank], severity_name(rank));
        buf_text(out, between);
        paint(&text, severity_color(rank), one);
        between = ", ";
    }
    buf_text(out, totals.new_ones > 0 ? ")" : "");
    buf_print(out, ", %zu unknown, %zu suppressed", totals.unknown, totals.suppressed);
    if (report->has_baseline)
        buf_print(out, ", %zu in the baseline", totals.baseline);
    buf_print(out, ", %zu unreadable", report->n_troubles);
}

void format_totals(const struct report *report, bool color, struct buf *out)
{
    totals_line(report, color, " ", out);
}

/* On a terminal that is too narrow it is broken where it reads well. */
static void last_line(const struct text *text, const struct report *report)
{
    CLEANUP(buf_done) struct buf plain = BUF(4096);
    size_t columns = (size_t)text->options->columns;

    totals_line(report, false, " ", &plain);
    totals_line(report, text->options->color, columns > 0 && plain.len > columns ? "\n  " : " ",
                text->out);
    buf_char(text->out, '\n');
}

void format_text(const struct report *report, const struct format_options *options, struct buf *out)
{
    const struct text text = {options, out};
    struct report_totals totals;

    report_totals(report, &totals);
    findings(&text, report);
    troubles(&text, report);
    marks(&text, report);
    gone(&text, report);
    if (totals.unknown > 0 && !options->show_unknown) {
        paint(&text, DIM, "What is unknown is not compliant: --show-unknown tells why.");
        buf_char(out, '\n');
    }
    last_line(&text, report);
}

void format_path(const struct format_options *options, const char *file, struct buf *out)
{
    const char *directory = options->directory;
    size_t len = strlen(directory);

    while (str_starts(directory, "./")) {
        directory += 2 + strspn(directory + 2, "/");
        len = strlen(directory);
    }
    while (len > 1 && directory[len - 1] == '/')
        len--;
    if (len == 0 || (len == 1 && directory[0] == '.'))
        buf_text(out, file);
    else if (str_eq(file, "."))
        buf_bytes(out, directory, len);
    else
        buf_print(out, "%.*s%s%s", (int)len, directory, directory[len - 1] == '/' ? "" : "/", file);
}

void format_trouble(const struct format_options *options, const struct report_trouble *trouble,
                    struct buf *out)
{
    /* What terraform says begins with the path. */
    if (!str_starts(trouble->text, trouble->path)) {
        format_path(options, trouble->path, out);
        buf_text(out, ": ");
        buf_text(out, trouble->text);
    } else {
        format_path(options, trouble->text, out);
    }
}
