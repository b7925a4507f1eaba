/* plumb: one program, one subcommand per role. This file finds the subcommand; each parses its own.
 */
#include <stdio.h>

#include "cli/command.h"
#include "version.h"

static const struct command *const commands[] = {
    &command_up,         &command_poll,      &command_work,         &command_sink,
    &command_once,       &command_history,   &command_audit_verify, &command_config_check,
    &command_doctor,     &command_import,    &command_scan,         &command_rules_list,
    &command_rules_show, &command_fix,       &command_replay,       &command_dlq_list,
    &command_dlq_show,   &command_dlq_retry, &command_dlq_purge,
};

static void usage(FILE *out)
{
    fputs("plumb turns compliance findings and Terraform drift into verified pull requests.\n\n"
          "Usage: plumb COMMAND [OPTION...]\n\n",
          out);
    for (size_t i = 0; i < COUNT(commands); i++)
        if (!commands[i]->hidden)
            fprintf(out, "  %-14s %s\n", commands[i]->name, commands[i]->summary);
    fputs(
        "\nplumb COMMAND --help tells more. Settings are environment variables: plumb config check "
        "lists them.\nA first try: plumb up --help\n",
        out);
}

/* How many words of argv the command's name takes; 0 when it is another. */
static int matches(const struct command *command, int argc, char **argv)
{
    const char *space = strchr(command->name, ' ');

    if (space == NULL)
        return str_eq(argv[1], command->name) ? 1 : 0;
    bool first = strncmp(argv[1], command->name, (size_t)(space - command->name)) == 0 &&
                 argv[1][space - command->name] == '\0';
    return first && argc > 2 && str_eq(argv[2], space + 1) ? 2 : 0;
}

/* plumb dlq --help: the commands that begin with that word. False: there are none. */
static bool show_verbs(const char *word)
{
    size_t len = strlen(word);
    bool any = false;

    for (size_t i = 0; i < COUNT(commands); i++) {
        if (strncmp(commands[i]->name, word, len) != 0 || commands[i]->name[len] != ' ')
            continue;
        if (!any)
            printf("Usage: plumb %s VERB [OPTION...]\n\n", word);
        any = true;
        printf("  plumb %-14s %s\n", commands[i]->name, commands[i]->summary);
    }
    if (any)
        printf("\nplumb %s VERB --help tells more.\n", word);
    return any;
}

/* The first word of a command of two words is told its second. */
static void complain(const char *word)
{
    size_t len = strlen(word);

    const char *before = "; is plumb ";
    const char *behind = "";

    fprintf(stderr, "plumb: there is no command \"%s\"", word);
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (strncmp(commands[i]->name, word, len) != 0 || commands[i]->name[len] != ' ')
            continue;
        fprintf(stderr, "%s%s", before, commands[i]->name);
        before = " or plumb ";
        behind = " meant?";
    }
    fprintf(stderr, "%s; plumb --help lists them\n", behind);
}

static bool asks_for_help(const char *word)
{
    return str_eq(word, "--help") || str_eq(word, "-h") || str_eq(word, "help");
}

int main(int argc, char **argv)
{
    char name[64];

    if (argc < 2) {
        usage(stderr);
        return EXIT_BAD_USE;
    }
    if (asks_for_help(argv[1])) {
        usage(stdout);
        return EXIT_DONE;
    }
    if (str_eq(argv[1], "--version")) {
        puts("plumb " PLUMB_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COUNT(commands); i++) {
        int words = matches(commands[i], argc, argv);
        if (words == 0)
            continue;
        snprintf(name, sizeof name, "plumb %s", commands[i]->name);
        argv[words] = name;
        return commands[i]->run(argc - words, argv + words);
    }
    if (argc > 2 && asks_for_help(argv[2]) && show_verbs(argv[1]))
        return EXIT_DONE;
    complain(argv[1]);
    return EXIT_BAD_USE;
}
