/* plumb fix: what the rules would change in a directory, as a diff; with --write, changed. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/fix_words.h"
#include "cli/rule_choice.h"
#include "common/files.h"
#include "common/json.h"
#include "worker/fix/repair.h"
#include "worker/fix/write_back.h"
#include "worker/git/git.h"
#include "worker/policy.h"
#include "worker/scan/formats.h"
#include "worker/scan/rule_words.h"

#define INPUTS_MAX     (2 * POLICY_INPUTS_MAX)
#define DIFF_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct options {
    const char *directory;
    const char *policy;
    const char *repository;
    const char *report;
    struct rule_choice choice;
    struct rule_input inputs[INPUTS_MAX];
    size_t n_inputs;
    enum fix_detail detail;
    bool write, care;
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
        struct err err;
        *equals = '\0';
        if (rule_input_check(argument, equals + 1, &err) < 0)
            argp_error(state, "%s", err.text);
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
        options->detail = FIX_COUNTS;
        return 0;
    case 'v':
        options->detail = FIX_EACH;
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

/* git apply takes the diff where plumb stands, when DIR is below that; else it takes it in DIR. */
static bool is_below(const char *directory)
{
    return directory[0] != '/' && strstr(directory, "..") == NULL;
}

/* A file that a diff cannot name keeps nobody else's from being told; the last of them is err. */
static int print_diff(const struct repair *repair, const char *directory, struct err *err)
{
    CLEANUP(buf_done) struct buf diff = BUF(DIFF_MAX_BYTES);
    const struct format_options paths = {.directory = is_below(directory) ? directory : "."};
    struct repair_file file;
    int r = git_start(err);
    int answer = r;

    for (size_t i = 0; (r == 0 || r == ERR_REJECT) && repair_file_at(repair, i, &file); i++) {
        CLEANUP(buf_done) struct buf path = BUF(16 * 1024);
        format_path(&paths, file.path, &path);
        r = git_text_diff(buf_str(&path), file.before, file.before_len, file.after, file.after_len,
                          &diff, err);
        answer = r < 0 ? r : answer;
    }
    (void)fwrite(buf_str(&diff), 1, diff.len, stdout);
    return answer;
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
        if (note->lacks != NULL)
            json_set_text(one, "input", note->lacks);
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
    bool is_worse = repair_count(repair, REPAIR_WORSE) > 0;
    if (r == 0 && !is_worse)
        r = options->write ? write_back(repair, options->directory, &err)
                           : print_diff(repair, options->directory, &err);
    if (fflush(stdout) != 0)
        r = err_set(&err, ERR_RETRY, "the diff could not be written");
    if (r < 0 && options->write) /* the words would tell of what is not so */
        return command_fail(&err, EXIT_FOUND);
    struct err untold;
    int told = fix_tell(repair,
                        &(struct fix_telling){.directory = options->directory,
                                              .detail = options->detail,
                                              .is_written = options->write && !is_worse},
                        &untold);
    if (r < 0)
        return command_fail(&err, EXIT_FOUND);
    if (told < 0)
        return command_fail(&untold, EXIT_FOUND);
    return is_worse ? EXIT_FOUND : EXIT_DONE;
}

/* A mistake in a name would go unnoticed: the finding just stays. */
static int check_names(const struct options *options, const struct rules *rules, struct err *err)
{
    for (size_t i = 0; i < options->n_inputs; i++) {
        bool is_taken = false;
        for (size_t k = 0; k < rules_count(rules) && !is_taken; k++)
            is_taken = rule_input_means(rules_at(rules, k), options->inputs[i].name) != NULL;
        if (!is_taken)
            return err_set(err, ERR_REJECT, "no rule takes an input %.200s",
                           options->inputs[i].name);
    }
    return 0;
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
        {"verbose", 'v', NULL, 0, "Each finding by itself, with the whole text", 0},
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
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(policy_freep) struct policy *policy = NULL;
    static struct options options = {.detail = FIX_BY_RULE};
    CLEANUP(rule_list_done) struct rule_list chosen = {0};
    struct err err;

    command_parse(&argp, argc, argv, &options);
    int code = rules_of_environment(&rules);
    if (code != EXIT_DONE)
        return code;
    if (check_names(&options, rules, &err) < 0)
        return command_fail(&err, EXIT_BAD_USE);
    if (policy_load(&policy, options.policy != NULL ? options.policy : getenv("POLICY_FILE"),
                    &err) < 0)
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
