/* plumb config check: what the settings are, and whether the files they name can be read. */
#include <stdio.h>

#include "cli/command.h"
#include "worker/outlet.h"
#include "worker/policy.h"
#include "worker/rules/rules.h"

#define SHOW_MAX_BYTES ((size_t)1024 * 1024)

struct options {
    bool describe, markdown;
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'd':
        options->describe = true;
        return 0;
    case 'm':
        options->describe = options->markdown = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int check_files(const struct config *config, struct err *err)
{
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(policy_freep) struct policy *policy = NULL;
    int64_t tiers[4];
    int r = outlet_parse_tiers(config->retry_tiers, tiers, err);

    if (r == 0)
        r = rules_load(&rules, config->rules_path, err);
    if (r == 0)
        r = policy_load(&policy, config->policy_file, err);
    if (r == 0)
        printf("\n%zu rules loaded; policy file: %s\nThe configuration holds.\n",
               rules_count(rules), config->policy_file[0] != '\0' ? config->policy_file : "none");
    return r;
}

static int run(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        {"describe", 'd', NULL, 0, "Every setting with its default and meaning instead", 0},
        {"markdown", 'm', NULL, 0, "The same as Markdown (docs/configuration.md)", 0},
        {0},
    };
    struct argp argp = {
        .options = option_table,
        .parser = parse_option,
        .doc =
            "Shows every setting as it is now (secrets as set or unset) and reads the policy file "
            "and rule packs. Exit 2 says what is wrong.\vExample:\n  POLICY_FILE=policies.yaml "
            "plumb config check"};
    CLEANUP(buf_done) struct buf text = BUF(SHOW_MAX_BYTES);
    CLEANUP(config_done) struct config config = {0};
    struct options options = {0};
    struct err err;

    command_parse(&argp, argc, argv, &options);
    if (options.describe) {
        config_describe(&text, options.markdown ? CONFIG_MARKDOWN : CONFIG_TEXT);
        fputs(buf_str(&text), stdout);
        return EXIT_DONE;
    }
    if (!command_config(&config))
        return EXIT_BAD_USE;
    config_show(&config, &text);
    fputs(buf_str(&text), stdout);
    return check_files(&config, &err) < 0 ? command_fail(&err, EXIT_BAD_USE) : EXIT_DONE;
}

const struct command command_config_check = {"config check", "show and check the settings", run,
                                             false};
