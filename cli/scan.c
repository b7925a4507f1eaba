/* plumb scan: every rule over a directory of Terraform, and what was found. */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/rule_choice.h"
#include "common/files.h"
#include "version.h"
#include "worker/scan/baseline.h"
#include "worker/scan/formats.h"

enum option_key {
    KEY_RULE = 256,
    KEY_SEVERITY,
    KEY_CLASS,
    KEY_BASELINE,
    KEY_WRITE_BASELINE,
    KEY_SHOW_SUPPRESSED,
    KEY_SHOW_UNKNOWN,
};

typedef void (*format_fn)(const struct report *report, const struct format_options *options,
                          struct buf *out);

static const struct format {
    const char *name;
    format_fn write;
} formats[] = {
    {"text", format_text}, {"json", format_json}, {"sarif", format_sarif}, {"junit", format_junit}};

struct options {
    const char *directory, *baseline, *write_baseline, *output;
    const struct format *format;
    struct rule_choice choice;
    bool show_suppressed, show_unknown;
};

static const struct format *format_named(const char *name, struct argp_state *state)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (str_eq(formats[i].name, name))
            return &formats[i];
    argp_error(state, "there is no format \"%s\": text, json, sarif, junit", name);
    return NULL;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'f':
        options->format = format_named(argument, state);
        return 0;
    case 'o':
        options->output = argument;
        return 0;
    case KEY_RULE:
        rule_choice_add_id(&options->choice, argument, state);
        return 0;
    case KEY_SEVERITY:
        rule_choice_set_severity(&options->choice, argument, state);
        return 0;
    case KEY_CLASS:
        rule_choice_add_class(&options->choice, argument, state);
        return 0;
    case KEY_BASELINE:
        options->baseline = argument;
        return 0;
    case KEY_WRITE_BASELINE:
        options->write_baseline = argument;
        return 0;
    case KEY_SHOW_SUPPRESSED:
        options->show_suppressed = true;
        return 0;
    case KEY_SHOW_UNKNOWN:
        options->show_unknown = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->directory != NULL)
            argp_error(state, "unexpected argument \"%s\"", argument);
        options->directory = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which directory? \".\" is this one");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* --- the scan --- */

static void write_today(char out[MARK_DATE_BYTES])
{
    time_t now = time(NULL);
    struct tm day;

    gmtime_r(&now, &day);
    (void)strftime(out, MARK_DATE_BYTES, "%Y-%m-%d", &day);
}

static int scan(const struct options *options, const struct rule_list *rules, struct report *report,
                struct err *err)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct scan_watch watch = report_watch(report);
    struct scan_counts counts = {0};
    char today[MARK_DATE_BYTES];
    int r = hcl_repo_new(&repo, err);

    write_today(today);
    if (r == 0)
        r = scan_read(repo, options->directory, &watch, err);
    if (r == 0)
        r = scan_repo(repo, rules->items, rules->n, today, &watch, &counts, err);
    if (r == 0)
        report_finish(report, &counts, rules->n);
    return r;
}

/* --- the answer --- */

static int columns_of_terminal(void)
{
    struct winsize size = {0};

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int show(const struct options *options, const struct report *report, struct err *err)
{
    CLEANUP(buf_done) struct buf out = BUF(FORMAT_MAX_BYTES);
    bool is_terminal = options->output == NULL && isatty(STDOUT_FILENO) == 1;
    const char *no_color = getenv("NO_COLOR");
    struct format_options how = {
        .directory = options->directory,
        .version = PLUMB_VERSION,
        .color = is_terminal && (no_color == NULL || no_color[0] == '\0'),
        .columns = is_terminal ? columns_of_terminal() : 0,
        .show_suppressed = options->show_suppressed,
        .show_unknown = options->show_unknown,
    };

    options->format->write(report, &how, &out);
    int r = buf_check(&out, err);
    if (r < 0)
        return r;
    if (options->output != NULL) {
        r = files_write(options->output, buf_str(&out), out.len, err);
        buf_reset(&out);
        format_totals(report, false, &out);
        buf_char(&out, '\n');
    }
    if (r == 0 && (fwrite(buf_str(&out), 1, out.len, stdout) != out.len || fflush(stdout) != 0))
        r = err_set(err, ERR_RETRY, "standard output: %s", strerror(errno));
    return r;
}

static int write_baseline(const struct options *options, const struct report *report,
                          struct err *err)
{
    size_t n = 0;
    int r = baseline_write(report, options->write_baseline, &n, err);

    if (r == 0)
        fprintf(stderr, "plumb: %s holds %zu finding%s now\n", options->write_baseline, n,
                n == 1 ? "" : "s");
    return r;
}

static int answer(const struct options *options, const struct report *report)
{
    struct report_totals totals;

    report_totals(report, &totals);
    if (report->counts.roots == 0) {
        fprintf(stderr, "plumb: %s: %s\n", options->directory,
                report->n_troubles > 0 ? "nothing in it could be read"
                                       : "there is no Terraform in it");
        return EXIT_BAD_USE;
    }
    return totals.new_ones > 0 && options->write_baseline == NULL ? EXIT_FOUND : EXIT_DONE;
}

static int run_with(const struct options *options, const struct rule_list *rules, bool all_asked)
{
    CLEANUP(report_freep) struct report *report = NULL;
    struct err err;
    int r = report_new(&report, &err);

    if (r == 0) {
        report->all_asked = all_asked;
        r = scan(options, rules, report, &err);
    }
    if (r == 0 && options->baseline != NULL)
        r = baseline_apply(report, options->baseline, rules->items, rules->n, &err);
    if (r == 0)
        r = show(options, report, &err);
    if (r == 0 && options->write_baseline != NULL)
        r = write_baseline(options, report, &err);
    return r < 0 ? command_fail(&err, EXIT_BAD_USE) : answer(options, report);
}

static const struct argp_option option_table[] = {
    {"format", 'f', "FORMAT", 0, "text (the default), json, sarif or junit", 1},
    {"output", 'o', "FILE", 0, "Write there; the terminal gets the last line alone", 1},
    {"show-suppressed", KEY_SHOW_SUPPRESSED, NULL, 0, "Show what comments suppress, with reasons",
     1},
    {"show-unknown", KEY_SHOW_UNKNOWN, NULL, 0,
     "Show what cannot be judged, and why; it is counted in any case", 1},
    {"rule", KEY_RULE, "ID", 0, "Ask this rule alone (our id, or CKV_AWS_18, S3.9 …); may repeat",
     2},
    {"severity", KEY_SEVERITY, "LEAST", 0, "Rules of this severity and above: low … critical", 2},
    {"class", KEY_CLASS, "CLASS", 0, "Rules of this class: SAFE, INPUT, CARE, BREAK; may repeat",
     2},
    {"baseline", KEY_BASELINE, "FILE", 0, "Findings that this file holds are not counted", 3},
    {"write-baseline", KEY_WRITE_BASELINE, "FILE", 0,
     "Write all findings there, for --baseline, and exit 0", 3},
    {0},
};

static int run(int argc, char **argv)
{
    struct argp argp = {.options = option_table,
                        .parser = parse_option,
                        .args_doc = "DIR",
                        .doc = "Asks every rule about the Terraform below DIR. Nothing is "
                               "changed, run or fetched. Exit 0 without findings, 1 with, 2 for "
                               "bad use or when nothing could be read.\v"
                               "Comments suppress where they stand at a resource:\n"
                               "  # plumb:ignore RULE-ID until=2027-01-31 the reason\n"
                               "and checkov:skip=, tfsec:ignore:, trivy:ignore: count too."};
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(rule_list_done) struct rule_list chosen = {0};
    struct options options = {.format = &formats[0]};
    struct err err;

    command_parse(&argp, argc, argv, &options);
    int code = rules_of_environment(&rules);
    if (code != EXIT_DONE)
        return code;
    if (rule_choice_make(&options.choice, rules, &chosen, &err) < 0)
        return command_fail(&err, EXIT_BAD_USE);
    return run_with(&options, &chosen, rule_choice_is_whole(&options.choice));
}

const struct command command_scan = {"scan", "look for findings in a directory of Terraform", run,
                                     false};
