/*
 * A report as JUnit XML: a suite for each file, a case for each finding. A new one is a failure;
 * what is suppressed, in the baseline or unknown is skipped, since it is no success either; what
 * cannot be read is an error.
 */
#include "worker/scan/formats.h"
#include "worker/scan/rule_words.h"

struct suite {
    size_t cases, failures, skipped;
};

/* XML 1.0 has no way to write most control characters. */
static void escape(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            buf_text(out, "&amp;");
            break;
        case '<':
            buf_text(out, "&lt;");
            break;
        case '>':
            buf_text(out, "&gt;");
            break;
        case '"':
            buf_text(out, "&quot;");
            break;
        case '\n':
        case '\t':
            buf_print(out, "&#%d;", *text);
            break;
        default:
            buf_char(out, (unsigned char)*text < 0x20 ? '?' : *text);
        }
    }
}

static void attribute(struct buf *out, const char *name, const char *text)
{
    CLEANUP(buf_done) struct buf clean = BUF(FORMAT_MAX_BYTES);

    buf_utf8(&clean, text, strlen(text));
    buf_print(out, " %s=\"", name);
    escape(out, buf_str(&clean));
    buf_char(out, '"');
}

static void skipped(struct buf *out, const struct finding *finding)
{
    CLEANUP(buf_done) struct buf words = BUF(64 * 1024);

    if (finding->status == FINDING_SUPPRESSED)
        buf_print(&words, "suppressed by %s: %s", finding->mark,
                  finding->reason[0] != '\0' ? finding->reason : "no reason is given");
    else if (finding->status == FINDING_BASELINE)
        buf_text(&words, "in the baseline");
    else
        buf_print(&words, "unknown: %s", finding->why);
    buf_text(out, "      <skipped");
    attribute(out, "message", buf_str(&words));
    buf_text(out, "/>\n");
}

static void failure(struct buf *out, const struct format_options *options,
                    const struct finding *finding)
{
    CLEANUP(buf_done) struct buf words = BUF(64 * 1024);

    format_path(options, finding->file, &words);
    buf_print(&words, ":%d: %s\nfix: ", finding->line, finding->why);
    rule_fix_words(finding->rule, &words);
    buf_text(out, "      <failure");
    attribute(out, "message", finding->rule->title);
    attribute(out, "type", finding->rule->severity);
    buf_char(out, '>');
    escape(out, buf_str(&words));
    buf_text(out, "</failure>\n");
}

static void one_case(struct buf *out, const struct format_options *options,
                     const struct finding *finding)
{
    CLEANUP(buf_done) struct buf name = BUF(16 * 1024);

    buf_print(&name, "%s %s", finding->rule->id, finding->address);
    buf_text(out, "    <testcase");
    attribute(out, "name", buf_str(&name));
    attribute(out, "classname", finding->rule->id);
    buf_text(out, ">\n");
    if (finding->status == FINDING_NEW)
        failure(out, options, finding);
    else
        skipped(out, finding);
    buf_text(out, "    </testcase>\n");
}

static void errors(struct buf *out, const struct report *report)
{
    if (report->n_troubles == 0)
        return;
    buf_print(out,
              "  <testsuite name=\"unreadable\" tests=\"%zu\" failures=\"0\" errors=\"%zu\" "
              "skipped=\"0\">\n",
              report->n_troubles, report->n_troubles);
    for (size_t i = 0; i < report->n_troubles; i++) {
        const struct report_trouble *trouble = &report->troubles[i];
        buf_text(out, "    <testcase");
        attribute(out, "name", trouble->path[0] != '\0' ? trouble->path : ".");
        attribute(out, "classname", "unreadable");
        buf_text(out, ">\n      <error");
        attribute(out, "message", trouble->text);
        buf_text(out, "/>\n    </testcase>\n");
    }
    buf_text(out, "  </testsuite>\n");
}

static struct suite suite_count(const struct report *report, size_t from, size_t *end)
{
    struct suite suite = {0};

    for (*end = from; *end < report->n_findings &&
                      str_eq(report->findings[*end].file, report->findings[from].file);
         (*end)++) {
        suite.cases++;
        suite.failures += report->findings[*end].status == FINDING_NEW;
    }
    suite.skipped = suite.cases - suite.failures;
    return suite;
}

void format_junit(const struct report *report, const struct format_options *options,
                  struct buf *out)
{
    struct report_totals totals;

    report_totals(report, &totals);
    buf_print(out,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<testsuites name=\"plumb scan\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
              "skipped=\"%zu\">\n",
              report->n_findings + report->n_troubles, totals.new_ones, report->n_troubles,
              report->n_findings - totals.new_ones);
    for (size_t i = 0; i < report->n_findings;) {
        CLEANUP(buf_done) struct buf path = BUF(16 * 1024);
        size_t end;
        struct suite suite = suite_count(report, i, &end);

        format_path(options, report->findings[i].file, &path);
        buf_text(out, "  <testsuite");
        attribute(out, "name", buf_str(&path));
        buf_print(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
                  suite.cases, suite.failures, suite.skipped);
        for (; i < end; i++)
            one_case(out, options, &report->findings[i]);
        buf_text(out, "  </testsuite>\n");
    }
    errors(out, report);
    buf_text(out, "</testsuites>\n");
}
