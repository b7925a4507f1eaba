/* plumb rules list, plumb rules show: what is demanded, without reading YAML. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/rule_choice.h"
#include "common/json.h"
#include "worker/scan/report.h"
#include "worker/scan/rule_words.h"

#define OUT_MAX_BYTES ((size_t)16 * 1024 * 1024)
#define PROSE_COLUMNS 98

enum option_key { KEY_CLASS = 256, KEY_SEVERITY, KEY_TYPE };

typedef void (*list_fn)(const struct rule_list *rules, struct buf *out);

static void list_text(const struct rule_list *rules, struct buf *out);
static void list_json(const struct rule_list *rules, struct buf *out);
static void list_markdown(const struct rule_list *rules, struct buf *out);

static const struct format {
    const char *name;
    list_fn write;
} formats[] = {{"text", list_text}, {"json", list_json}, {"markdown", list_markdown}};

struct options {
    struct rule_choice choice;
    list_fn write;
    const char *id;
};

static int put(const struct buf *out)
{
    struct err err;

    if (buf_check(out, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    return fwrite(buf_str(out), 1, out->len, stdout) == out->len && fflush(stdout) == 0
               ? EXIT_DONE
               : EXIT_FOUND;
}

/* --- list --- */

static void write_texts(struct buf *out, const char *const *texts, const char *between)
{
    for (size_t i = 0; texts[i] != NULL; i++)
        buf_print(out, "%s%s", i > 0 ? between : "", texts[i]);
}

static void list_text(const struct rule_list *rules, struct buf *out)
{
    size_t widest = 0;

    for (size_t i = 0; i < rules->n; i++)
        widest = strlen(rules->items[i]->id) > widest ? strlen(rules->items[i]->id) : widest;
    for (size_t i = 0; i < rules->n; i++) {
        const struct rule *rule = rules->items[i];
        buf_print(out, "%-*s  %-5s  %-8s  %s%s\n", (int)widest, rule->id,
                  rule_class_name(rule->class), rule->severity, rule->title,
                  rule->is_off ? " (off: only where it is named)" : "");
    }
    buf_print(out, "%zu rule%s; plumb rules show ID tells more\n", rules->n,
              rules->n == 1 ? "" : "s");
}

static struct json *texts_json(const char *const *texts)
{
    struct json *json = json_array();

    for (; *texts != NULL; texts++)
        json_push_text(json, *texts);
    return json;
}

static void list_json(const struct rule_list *rules, struct buf *out)
{
    CLEANUP(json_freep) struct json *json = json_array();

    for (size_t i = 0; i < rules->n; i++) {
        const struct rule *rule = rules->items[i];
        CLEANUP(buf_done) struct buf verbs = BUF(1024);
        struct json *one = json_object();
        struct json *inputs = json_array();
        const char *names[RULE_INPUTS_MAX];
        size_t n = rule_inputs(rule, names);

        for (size_t k = 0; k < n; k++)
            json_push_text(inputs, names[k]);
        rule_verbs(rule, &verbs);
        json_set_text(one, "id", rule->id);
        json_set_text(one, "title", rule->title);
        json_set_text(one, "class", rule_class_name(rule->class));
        json_set_text(one, "severity", rule->severity);
        json_set_text(one, "default", rule->is_off ? "off" : "on");
        json_set_give(one, "types", texts_json(rule->types));
        json_set_give(one, "aliases", texts_json(rule->aliases));
        json_set_give(one, "inputs", inputs);
        json_set_text(one, "verbs", buf_str(&verbs));
        json_set_text(one, "pack", rule->pack);
        json_push_give(json, one);
    }
    json_write(json, JSON_PRETTY, out);
    buf_char(out, '\n');
}

static void list_markdown(const struct rule_list *rules, struct buf *out)
{
    buf_text(out, "| rule | holds when | class | severity | verbs | aliases |\n"
                  "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < rules->n; i++) {
        const struct rule *rule = rules->items[i];
        buf_print(out, "| `%s` | %s | %s%s | %s | ", rule->id, rule->title,
                  rule_class_name(rule->class), rule->is_off ? ", off" : "", rule->severity);
        rule_verbs(rule, out);
        buf_text(out, " | ");
        write_texts(out, rule->aliases, ", ");
        buf_text(out, " |\n");
    }
}

static list_fn format_named(const char *name, struct argp_state *state)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (str_eq(formats[i].name, name))
            return formats[i].write;
    argp_error(state, "there is no format \"%s\": text, json, markdown", name);
    return NULL;
}

static error_t parse_list(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'f':
        options->write = format_named(argument, state);
        return 0;
    case KEY_CLASS:
        rule_choice_add_class(&options->choice, argument, state);
        return 0;
    case KEY_SEVERITY:
        rule_choice_set_severity(&options->choice, argument, state);
        return 0;
    case KEY_TYPE:
        rule_choice_add_type(&options->choice, argument, state);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument \"%s\"", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run_list(int argc, char **argv)
{
    static const struct argp_option option_table[] = {
        {"class", KEY_CLASS, "CLASS", 0, "SAFE, INPUT, CARE or BREAK; may repeat", 0},
        {"severity", KEY_SEVERITY, "LEAST", 0, "This severity and above: low … critical", 0},
        {"type", KEY_TYPE, "TYPE", 0, "Rules that speak of this Terraform type; may repeat", 0},
        {"format", 'f', "FORMAT", 0, "text (the default), json or markdown", 0},
        {0},
    };
    struct argp argp = {.options = option_table,
                        .parser = parse_list,
                        .doc = "Lists the rules: those that are built in, and those of "
                               "PLUMB_RULES_PATH."};
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(rule_list_done) struct rule_list chosen = {0};
    CLEANUP(buf_done) struct buf out = BUF(OUT_MAX_BYTES);
    struct options options = {.write = list_text};
    struct err err;

    command_parse(&argp, argc, argv, &options);
    int code = rules_of_environment(&rules);
    if (code != EXIT_DONE)
        return code;
    options.choice.with_off = true;
    if (rule_choice_make(&options.choice, rules, &chosen, &err) < 0)
        return command_fail(&err, EXIT_BAD_USE);
    options.write(&chosen, &out);
    return put(&out);
}

/* --- show --- */

/* A text of one long line, broken at blanks. */
static void paragraph(struct buf *out, const char *head, const char *text)
{
    size_t at = PROSE_COLUMNS;

    if (text[0] != '\0')
        buf_print(out, "\n%s", head);
    while (*text != '\0') {
        size_t len = strcspn(text, " \n");
        bool is_full = at + 1 + len > PROSE_COLUMNS;
        buf_text(out, is_full ? "\n  " : " ");
        buf_bytes(out, text, len);
        at = text[len] == '\n' ? PROSE_COLUMNS : (is_full ? 2 : at + 1) + len;
        text += len + (text[len] != '\0');
    }
    buf_text(out, at > 0 && out->len > 0 && out->bytes[out->len - 1] != '\n' ? "\n" : "");
}

/* A text whose lines stay. */
static void section(struct buf *out, const char *head, const char *text)
{
    if (text[0] == '\0')
        return;
    buf_print(out, "\n%s\n", head);
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        buf_print(out, "  %.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static void show_lists(const struct rule *rule, struct buf *out)
{
    CLEANUP(buf_done) struct buf words = BUF(OUT_MAX_BYTES);

    buf_text(out, "\ntypes     ");
    write_texts(out, rule->types, ", ");
    if (rule->aliases[0] != NULL) {
        buf_text(out, "\naliases   ");
        write_texts(out, rule->aliases, ", ");
    }
    if (rule->is_off)
        buf_text(out, "\ndefault   off: asked only where a finding or a person names it");
    if (rule->class == RULE_BREAK)
        buf_text(&words, "by hand; the steps stand below");
    else
        rule_fix_words(rule, &words);
    buf_print(out, "\nfix       %s\npack      %s\n", buf_str(&words), rule->pack);
}

static void show(const struct rule *rule, struct buf *out)
{
    CLEANUP(buf_done) struct buf words = BUF(OUT_MAX_BYTES);

    buf_print(out, "%s\n%s\n\nclass     %s\nseverity  %s", rule->id, rule->title,
              rule_class_name(rule->class), rule->severity);
    show_lists(rule, out);
    rule_must_words(rule, &words);
    section(out, "What must hold", buf_str(&words));
    buf_reset(&words);
    rule_input_words(rule, &words);
    section(out, "Inputs that the fix needs (POLICY_FILE)", buf_str(&words));
    paragraph(out, rule->class == RULE_BREAK ? "How to get there by hand" : "What may break",
              rule->warning);
    paragraph(out, "For the reviewer", rule->reviewer);
    buf_reset(&words);
    write_texts(&words, rule->references, "\n");
    section(out, "References", buf_str(&words));
    section(out, "As it is written", rule->text);
}

static error_t parse_show(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (options->id != NULL)
            argp_error(state, "unexpected argument \"%s\"", argument);
        options->id = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which rule? plumb rules list has all");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run_show(int argc, char **argv)
{
    struct argp argp = {.parser = parse_show,
                        .args_doc = "ID",
                        .doc = "Everything about a rule: what must hold, what its fix needs and "
                               "may break, and its YAML. ID is ours, or another's: CKV_AWS_18, "
                               "fsbp:S3.9. A name that several rules have shows them all."};
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(buf_done) struct buf out = BUF(OUT_MAX_BYTES);
    struct options options = {0};

    command_parse(&argp, argc, argv, &options);
    int code = rules_of_environment(&rules);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < rules_count(rules); i++) {
        if (!rule_is_named(rules_at(rules, i), options.id))
            continue;
        buf_text(&out, out.len > 0 ? "\n\n" : "");
        show(rules_at(rules, i), &out);
    }
    if (out.len > 0)
        return put(&out);
    fprintf(stderr, "plumb: there is no rule \"%s\"; plumb rules list has all\n", options.id);
    return EXIT_BAD_USE;
}

const struct command command_rules_list = {"rules list", "list the rules", run_list, false};
const struct command command_rules_show = {"rules show", "tell everything about a rule", run_show,
                                           false};
