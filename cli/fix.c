/* plumb fix: what the rules would change in a directory, as a diff; with --write, changed. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/rule_choice.h"
#include "common/files.h"
#include "common/json.h"
#include "worker/fix/repair.h"
#include "worker/fix/write_back.h"
#include "worker/git/git.h"
#include "worker/policy.h"

#define INPUTS_MAX     (2 * POLICY_INPUTS_MAX)
#define DIFF_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define NOTE_MAX_BYTES ((size_t)64 * 1024)
#define TEXT_SHOWN     600

struct options {
    const char *directory;
    const char *policy;
    const char *repository;
    const char *report;
    struct rule_choice choice;
    struct rule_input inputs[INPUTS_MAX];
    size_t n_inputs;
    bool write, care, quiet;
};

enum { OPTION_POLICY = 256, OPTION_REPOSITORY, OPTION_CARE, OPTION_REPORT };

/* NAME=EXPRESSION, of which the name is cut off. */
static void take_input(struct argp_state *state, struct options *options, char *argument)
{
    char *equals = strchr(argument, '=');

    if (equals == NULL || equals == argument || equals[1] == '\0')
        argp_error(state, "an input is NAME=EXPRESSION, not \"%s\"", argument);
    else if (options->n_inputs == POLICY_INPUTS_MAX)
        argp_error(state, "more than %d inputs", POLICY_INPUTS_MAX);
    else {
        *equals = '\0';
        options->inputs[options->n_inputs++] = (struct rule_input){argument, equals + 1};
    }
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'w':
        options->write = true;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case 'r':
        rule_choice_add_id(&options->choice, argument, state);
        return 0;
    case 's':
        rule_choice_set_severity(&options->choice, argument, state);
        return 0;
    case 't':
        rule_choice_add_type(&options->choice, argument, state);
        return 0;
    case 'i':
        take_input(state, options, argument);
        return 0;
    case OPTION_POLICY:
        options->policy = argument;
        return 0;
    case OPTION_REPOSITORY:
        options->repository = argument;
        return 0;
    case OPTION_REPORT:
        options->report = argument;
        return 0;
    case OPTION_CARE:
        options->care = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->directory != NULL)
            argp_error(state, "unexpected argument \"%s\"", argument);
        options->directory = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which directory?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* A rule of class CARE that is named is meant. */
static void mean_what_is_named(struct options *options, const struct rule_list *chosen)
{
    for (size_t i = 0; i < chosen->n && options->choice.n_ids > 0; i++)
        options->care = options->care || chosen->items[i]->class == RULE_CARE;
}

/* --- what is told --- */

/* A file that a diff cannot name keeps nobody else's from being told; the last of them is err. */
static int print_diff(const struct repair *repair, struct err *err)
{
    CLEANUP(buf_done) struct buf diff = BUF(DIFF_MAX_BYTES);
    struct repair_file file;
    int r = git_start(err);
    int answer = r;

    for (size_t i = 0; (r == 0 || r == ERR_REJECT) && repair_file_at(repair, i, &file); i++) {
        r = git_text_diff(file.path, file.before, file.before_len, file.after, file.after_len,
                          &diff, err);
        answer = r < 0 ? r : answer;
    }
    (void)fwrite(buf_str(&diff), 1, diff.len, stdout);
    return answer;
}

static void print_note(const struct repair_note *note)
{
    CLEANUP(buf_done) struct buf line = BUF(NOTE_MAX_BYTES);
    const char *file = note->rule == NULL && note->file[0] == '\0' ? "." : note->file;
    size_t len = strlen(note->text);

    buf_text(&line, "  ");
    buf_shown(&line, file, strlen(file));
    if (note->rule != NULL) {
        buf_print(&line, ":%d  %s  ", note->line, note->rule->id);
        buf_shown(&line, note->address, strlen(note->address));
        buf_text(&line, "\n      ");
    } else {
        buf_text(&line, ": ");
    }
    buf_shown(&line, note->text, note->rule != NULL && len > TEXT_SHOWN ? TEXT_SHOWN : len);
    fprintf(stderr, "%s\n", buf_str(&line));
}

static void print_notes(const struct repair *repair, enum repair_answer answer, const char *title)
{
    const struct repair_note *note;

    if (repair_count(repair, answer) == 0)
        return;
    fprintf(stderr, "\n%s\n", title);
    for (size_t i = 0; (note = repair_note_at(repair, i)) != NULL; i++)
        if (note->answer == answer)
            print_note(note);
}

static void print_counts(const struct repair *repair, const struct options *options)
{
    size_t fixed = repair_count(repair, REPAIR_FIXED);
    struct repair_file file;
    size_t files = 0;

    while (repair_file_at(repair, files, &file))
        files++;
    fprintf(stderr,
            "\n%zu finding%s fixed in %zu file%s%s; left: %zu for care, %zu for an input, "
            "%zu by hand; %zu unknown, %zu suppressed, %zu unreadable\n",
            fixed, fixed == 1 ? "" : "s", files, files == 1 ? "" : "s",
            files == 0       ? ""
            : options->write ? ", written"
                             : " (nothing is written without --write)",
            repair_count(repair, REPAIR_CARE_LEFT), repair_count(repair, REPAIR_NEEDS_INPUT),
            repair_count(repair, REPAIR_BY_HAND), repair_count(repair, REPAIR_UNKNOWN),
            repair_count(repair, REPAIR_SUPPRESSED), repair_count(repair, REPAIR_UNREADABLE));
}

static void print_all(const struct repair *repair, const struct options *options)
{
    if (!options->quiet) {
        print_notes(repair, REPAIR_FIXED, "Fixed:");
        print_notes(repair, REPAIR_CARE_LEFT,
                    "A fix is ready, but something may break (--care makes it too):");
        print_notes(repair, REPAIR_NEEDS_INPUT,
                    "An input is needed (--input NAME=EXPRESSION, or the policy file):");
        print_notes(repair, REPAIR_BY_HAND, "By hand:");
        print_notes(repair, REPAIR_UNREADABLE, "Not readable:");
    }
    print_notes(repair, REPAIR_WORSE, "Fixes that bring something worse, so nothing is written:");
    print_counts(repair, options);
}

/* For programs: what became of each finding. */
static int write_report(const struct repair *repair, const char *path, struct err *err)
{
    static const char *const answers[REPAIR_ANSWERS] = {
        "fixed", "care", "needs input", "by hand", "unknown", "suppressed", "worse", "unreadable"};
    CLEANUP(buf_done) struct buf text = BUF(DIFF_MAX_BYTES);
    const struct repair_note *note;

    for (size_t i = 0; (note = repair_note_at(repair, i)) != NULL; i++) {
        CLEANUP(json_freep) struct json *one = json_object();
        json_set_text(one, "answer", answers[note->answer]);
        json_set_text(one, "rule", note->rule != NULL ? note->rule->id : NULL);
        json_set_text(one, "address", note->address);
        json_set_text(one, "file", note->file);
        json_set_int(one, "line", note->line);
        json_set_text(one, "text", note->text);
        json_write(one, JSON_COMPACT, &text);
        buf_char(&text, '\n');
    }
    int r = buf_check(&text, err);
    return r < 0 ? r : files_write(path, buf_str(&text), text.len, err);
}

/* --- the work --- */

static int fix(struct options *options, const struct rule *const *rules, size_t n_rules)
{
    CLEANUP(repair_freep) struct repair *repair = NULL;
    time_t now = time(NULL);
    struct tm utc;
    char today[sizeof "2026-01-02"] = "";
    (void)strftime(today, sizeof today, "%F", gmtime_r(&now, &utc));
    const struct repair_options how = {.rules = rules,
                                       .n_rules = n_rules,
                                       .inputs = options->inputs,
                                       .n_inputs = options->n_inputs,
                                       .with_care = options->care,
                                       .today = today};
    struct err err;
    int r = repair_tree(&repair, options->directory, &how, &err);

    if (r < 0)
        return command_fail(&err, r == ERR_FATAL ? EXIT_FOUND : EXIT_BAD_USE);
    if (options->report != NULL)
        r = write_report(repair, options->report, &err);
    if (repair_count(repair, REPAIR_WORSE) > 0) {
        print_all(repair, options);
        return EXIT_FOUND;
    }
    if (r == 0)
        r = options->write ? write_back(repair, options->directory, &err)
                           : print_diff(repair, &err);
    if (fflush(stdout) != 0)
        r = err_set(&err, ERR_RETRY, "the diff could not be written");
    if (r < 0 && options->write) /* the notes would tell of what is not so */
        return command_fail(&err, EXIT_FOUND);
    print_all(repair, options);
    return r < 0 ? command_fail(&err, EXIT_FOUND) : EXIT_DONE;
}

static int run(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        {"write", 'w', NULL, 0, "Change the files; without it the diff is printed", 0},
        {"rule", 'r', "ID", 0,
         "Only this rule, by its id or another tool's, CARE or not; may be repeated", 0},
        {"severity", 's', "LEAST", 0, "low, medium, high or critical: this or worse", 0},
        {"type", 't', "TYPE", 0, "Only rules of this resource type; may be repeated", 0},
        {"care", OPTION_CARE, NULL, 0, "Rules of class CARE too: callers may break", 0},
        {"input", 'i', "NAME=EXPRESSION", 0,
         "What a rule asks for, as Terraform writes it; may be repeated", 0},
        {"policy", OPTION_POLICY, "FILE", 0, "The policy file with inputs (else POLICY_FILE)", 0},
        {"repository", OPTION_REPOSITORY, "OWNER/NAME", 0, "Whose inputs of the policy file count",
         0},
        {"report", OPTION_REPORT, "FILE", 0,
         "Write there what became of each finding, a JSON object a line", 0},
        {"quiet", 'q', NULL, 0, "Only the diff and the counts", 0},
        {0},
    };
    struct argp argp = {
        .options = option_table,
        .parser = parse_option,
        .args_doc = "DIR",
        .doc =
            "Fixes what the rules find in the Terraform below DIR, as a unified diff on standard "
            "output; what was done and what was left stands on standard error. Fixes of class "
            "SAFE and INPUT are made; BREAK never. Exit 0 also when something is left, 1 when "
            "it failed, 2 bad use.\vExamples:\n  plumb fix infra | git apply\n"
            "  plumb fix infra --write --rule aws-s3-versioning\n"
            "  plumb fix infra --input log_bucket='\"acme-logs\"'"};
    CLEANUP(config_done) struct config config = {0};
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(policy_freep) struct policy *policy = NULL;
    static struct options options;
    CLEANUP(rule_list_done) struct rule_list chosen = {0};
    struct err err;

    command_parse(&argp, argc, argv, &options);
    if (!command_config(&config))
        return EXIT_BAD_USE;
    if (rules_load(&rules, config.rules_path, &err) < 0 ||
        policy_load(&policy, options.policy != NULL ? options.policy : config.policy_file, &err) <
            0)
        return command_fail(&err, EXIT_BAD_USE);
    /* What stands on the command line comes first and counts. */
    options.n_inputs += policy_inputs(policy, options.repository != NULL ? options.repository : "",
                                      options.inputs + options.n_inputs);
    if (rule_choice_make(&options.choice, rules, &chosen, &err) < 0)
        return command_fail(&err, EXIT_BAD_USE);
    mean_what_is_named(&options, &chosen);
    return fix(&options, chosen.items, chosen.n);
}

const struct command command_fix = {"fix", "fix what the rules find in a directory", run, false};
