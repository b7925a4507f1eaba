/* plumb import: a plain directory of Terraform becomes a bare repository that the local forge can
 * serve. */
#include <stdio.h>

#include "cli/command.h"
#include "common/files.h"
#include "worker/git/git.h"

struct options {
    const char *directory, *repository, *branch;
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'b':
        options->branch = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 1)
            argp_error(state, "unexpected argument \"%s\"", argument);
        *(state->arg_num == 0 ? &options->directory : &options->repository) = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->repository == NULL || !git_is_repository_name(options->repository))
            argp_error(state, "name a directory and a repository as owner/name");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int import(const struct options *options, const struct config *config, struct err *err)
{
    char forge[1024], parent[2048], path[2048];

    if (config->local_forge_dir[0] == '\0')
        return err_set(err, ERR_REJECT,
                       "LOCAL_FORGE_DIR is not set: where do the repositories live?");
    int r = files_absolute(config->local_forge_dir, forge, sizeof forge, err);
    if (r < 0)
        return r;
    snprintf(parent, sizeof parent, "%s/%.*s", forge, (int)strcspn(options->repository, "/"),
             options->repository);
    snprintf(path, sizeof path, "%s/%.200s.git", forge, options->repository);
    r = files_make_directory(parent, err);
    if (r == 0)
        r = git_start(err);
    if (r < 0)
        return r;
    r = git_import_directory(options->directory, path, options->branch, err);
    git_end();
    if (r == 0)
        printf("%s\n", path);
    return r;
}

static int run(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        {"branch", 'b', "NAME", 0, "The branch to make (main)", 0},
        {0},
    };
    struct argp argp = {
        .options = option_table,
        .parser = parse_option,
        .args_doc = "DIRECTORY OWNER/NAME",
        .doc =
            "Makes LOCAL_FORGE_DIR/OWNER/NAME.git, a bare repository whose one commit holds the "
            "directory's files. The directory is only read; .git, .terraform and symlinks are left "
            "out.\vExample:\n  LOCAL_FORGE_DIR=repos plumb import ~/infra acme/infra"};
    struct options options = {.branch = "main"};
    CLEANUP(config_done) struct config config = {0};
    struct err err;

    command_parse(&argp, argc, argv, &options);
    if (!command_config(&config))
        return EXIT_BAD_USE;
    return import(&options, &config, &err) < 0 ? command_fail(&err, EXIT_FOUND) : EXIT_DONE;
}

const struct command command_import = {"import", "make a bare repository of a plain directory", run,
                                       false};
