#include "tests/support/llm_case.h"

#include <dirent.h>
#include <stdio.h>

#include "common/files.h"
#include "common/json.h"
#include "proto/item.h"
#include "tests/support/hcl_make.h"
#include "tests/support/test.h"
#include "worker/gate/gate.h"
#include "worker/llm/proposal.h"

#define CASE_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define PART           "---- "

/* --- reading --- */

static char *rest_of(char *line, const char *prefix)
{
    return str_starts(line, prefix) ? line + strlen(prefix) : NULL;
}

static void read_input(struct llm_case *out, char *text)
{
    char *colon = strchr(text, ':');

    assert_non_null(colon);
    assert_true(out->n_inputs < LLM_CASE_INPUTS_MAX);
    *colon = '\0';
    out->inputs[out->n_inputs++] = (struct rule_input){strdup(text), strdup(colon + 2)};
}

static void read_head(struct llm_case *out, char *line)
{
    const struct {
        const char *name;
        char *field;
        size_t size;
    } fields[] = {{"control: ", out->control, sizeof out->control},
                  {"address: ", out->address, sizeof out->address},
                  {"refused_by: ", out->refused_by, sizeof out->refused_by},
                  {"why: ", out->why, sizeof out->why},
                  {"title: ", out->title, sizeof out->title},
                  {"reason: ", out->reason, sizeof out->reason},
                  {"description: ", out->description, sizeof out->description}};
    char *value = rest_of(line, "input ");

    if (value != NULL) {
        read_input(out, value);
        return;
    }
    for (size_t i = 0; i < COUNT(fields); i++) {
        value = rest_of(line, fields[i].name);
        if (value != NULL) {
            assert_true(str_copy(fields[i].field, fields[i].size, value));
            return;
        }
    }
    if (line[0] != '\0' && line[0] != '#')
        fail_msg("%s: what is \"%s\"?", out->path, line);
}

/* "file main.tf", "edit main.tf aws_x.y", "answer": where the lines that follow go. */
static char **open_part(struct llm_case *out, char *head)
{
    char *name = rest_of(head, "file ");
    struct llm_case_part *part;

    if (str_eq(head, "answer"))
        return &out->answer;
    if (name != NULL) {
        assert_true(out->n_files < LLM_CASE_FILES_MAX);
        part = &out->files[out->n_files++];
        assert_true(str_copy(part->name, sizeof part->name, name));
        return &part->text;
    }
    name = rest_of(head, "edit ");
    if (name == NULL)
        fail_msg("%s: what is \"%s\"?", out->path, head);
    char *address = strrchr(name, ' ');
    assert_non_null(address);
    assert_true(out->n_edits < LLM_CASE_EDITS_MAX);
    part = &out->edits[out->n_edits++];
    *address = '\0';
    assert_true(str_copy(part->name, sizeof part->name, name));
    assert_true(str_copy(part->address, sizeof part->address, address + 1));
    return &part->text;
}

static void close_part(char **part, struct buf *text)
{
    if (part != NULL)
        *part = strdup(buf_str(text));
    buf_reset(text);
}

void llm_case_read(struct llm_case *out, const char *path)
{
    CLEANUP(buf_done) struct buf text = BUF(CASE_MAX_BYTES);
    CLEANUP(buf_done) struct buf lines = BUF(CASE_MAX_BYTES);
    char **part = NULL;
    struct err err = {0};

    *out = (struct llm_case){.n_files = 0};
    (void)str_copy(out->path, sizeof out->path, path);
    assert_ok(files_read(path, &text, &err), err);
    for (char *line = text.bytes, *next; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (str_starts(line, PART)) {
            close_part(part, &lines);
            part = open_part(out, line + strlen(PART));
        } else if (part == NULL) {
            read_head(out, line);
        } else {
            buf_print(&lines, "%s\n", line);
        }
    }
    close_part(part, &lines);
    if (out->refused_by[0] == '\0' || out->address[0] == '\0' || out->n_files == 0)
        fail_msg("%s: it lacks refused_by, address or a file", path);
}

void llm_case_done(struct llm_case *one)
{
    for (size_t i = 0; i < one->n_files; i++)
        free(one->files[i].text);
    for (size_t i = 0; i < one->n_edits; i++)
        free(one->edits[i].text);
    for (size_t i = 0; i < one->n_inputs; i++) {
        free((char *)(uintptr_t)one->inputs[i].name);
        free((char *)(uintptr_t)one->inputs[i].value);
    }
    free(one->answer);
    *one = (struct llm_case){.n_files = 0};
}

void llm_case_answer(const struct llm_case *one, struct buf *out)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct json *edits;

    if (one->answer != NULL) {
        buf_text(out, one->answer);
        return;
    }
    json = json_object();
    edits = json_array();
    for (size_t i = 0; i < one->n_edits; i++) {
        struct json *edit = json_object();

        json_set_text(edit, "file", one->edits[i].name);
        json_set_text(edit, "address", one->edits[i].address);
        json_set_text(edit, "text", one->edits[i].text);
        json_set_text(edit, "reason", one->why);
        json_push_give(edits, edit);
    }
    json_set_text(json, "summary", one->why);
    json_set_give(json, "edits", edits);
    json_write(json, JSON_COMPACT, out);
}

/* --- trying --- */

static const char *directory_of(const struct llm_case *one)
{
    static char directory[300]; /* of the first file: the root */
    char *slash;

    (void)str_copy(directory, sizeof directory, one->files[0].name);
    slash = strrchr(directory, '/');
    *(slash != NULL ? slash : directory) = '\0';
    return directory;
}

static void ask(const struct llm_case *one, const struct rule *rule, const struct scope *scope,
                struct prompt *prompt)
{
    const struct item item = {.source = "plumb",
                              .control = one->control,
                              .repository = "acme/infra",
                              .address = one->address,
                              .title = one->title,
                              .reason = one->reason,
                              .description = one->description,
                              .severity = "high"};
    const struct prompt_facts facts = {.item = &item,
                                       .control = one->control,
                                       .rule = rule,
                                       .rule_refused = rule != NULL ? "it cannot edit this" : NULL,
                                       .scope = scope,
                                       .inputs = one->inputs,
                                       .n_inputs = one->n_inputs,
                                       .seed = 7};
    struct err err = {0};

    assert_ok(prompt_write(prompt, &facts, &err), err);
}

static void judge(const struct llm_case *one, struct hcl_repo *repo, const struct rules *rules,
                  const struct hcl_edited *edited, size_t n, const struct rule_outcome *predicted,
                  struct llm_outcome *out)
{
    const struct gate_input input = {.rules = rules,
                                     .rule = rules_get(rules, one->control),
                                     .by_model = true,
                                     .inputs = one->inputs,
                                     .n_inputs = one->n_inputs,
                                     .before = repo,
                                     .directory = directory_of(one),
                                     .address = one->address,
                                     .edited = edited,
                                     .n_edited = n,
                                     .predicted = predicted->predicted,
                                     .n_predicted = predicted->n_predicted};
    struct gate_report report;
    struct err err = {0};

    assert_ok(gate_run(&input, &report, &err), err);
    for (size_t i = 0; i < report.n; i++) {
        if (report.layers[i].verdict != GATE_FAILED)
            continue;
        (void)str_copy(out->layer, sizeof out->layer, report.layers[i].layer);
        (void)str_copy(out->why, sizeof out->why, report.layers[i].detail);
        return;
    }
}

static void keep_after(const struct hcl_edited *edited, size_t n, struct llm_outcome *out)
{
    CLEANUP(buf_done) struct buf text = BUF(CASE_MAX_BYTES);

    for (size_t i = 0; i < n; i++)
        buf_print(&text, "---- file %s\n%s", edited[i].path, edited[i].bytes);
    out->after = strdup(buf_str(&text));
}

void llm_case_try(const struct llm_case *one, const struct rules *rules, struct llm_outcome *out)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    CLEANUP(prompt_freep) struct prompt *prompt = NULL;
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    CLEANUP(buf_done) struct buf answer = BUF(CASE_MAX_BYTES);
    struct made_file files[LLM_CASE_FILES_MAX];
    struct rule_outcome predicted = {0};
    struct proposal proposal = {0};
    const struct hcl_edited *edited = NULL;
    struct scope scope;
    struct err err = {0};
    size_t n = 0;

    *out = (struct llm_outcome){.layer = "nobody"};
    for (size_t i = 0; i < one->n_files; i++)
        files[i] = (struct made_file){one->files[i].name, one->files[i].text};
    repo = hcl_make_repo(files, one->n_files);
    struct hcl_module *root = hcl_make_open(repo, directory_of(one));
    const struct hcl_resource *target = hcl_resource_find(root, one->address);
    if (target == NULL)
        fail_msg("%s: there is no %s", one->path, one->address);
    assert_ok(scope_find(&scope, root, target, &err), err);
    assert_ok(prompt_new(&prompt, &err), err);
    ask(one, rules_get(rules, one->control), &scope, prompt);
    out->system = strdup(prompt_system(prompt));
    out->user = strdup(prompt_user(prompt));
    assert_ok(hcl_edits_new(&edits, &err), err);
    llm_case_answer(one, &answer);
    int r = proposal_apply(buf_str(&answer), prompt, &scope, edits, &predicted, &proposal, &err);
    if (r == 0)
        r = hcl_edits_apply(edits, &edited, &n, &err);
    if (r == 0) {
        keep_after(edited, n, out);
        judge(one, repo, rules, edited, n, &predicted, out);
        return;
    }
    assert_int_not_equal(r, ERR_FATAL);
    (void)str_copy(out->layer, sizeof out->layer, r == PROPOSAL_NOTHING ? "nothing" : "proposal");
    (void)str_copy(out->why, sizeof out->why, err.text);
}

void llm_outcome_done(struct llm_outcome *outcome)
{
    free(outcome->system);
    free(outcome->user);
    free(outcome->after);
    *outcome = (struct llm_outcome){.layer = ""};
}

/* --- the walk --- */

static int is_case(const struct dirent *entry)
{
    return str_ends(entry->d_name, ".case");
}

size_t llm_cases_each(const char *directory, void (*visit)(void *context, const char *path),
                      void *context)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");
    struct dirent **entries = NULL;
    char path[2048];

    (void)snprintf(path, sizeof path, "%s/tests/data/llm/%s", source != NULL ? source : ".",
                   directory);
    int n = scandir(path, &entries, is_case, alphasort);
    if (n < 0)
        fail_msg("%s cannot be read", path);
    for (int i = 0; i < n; i++) {
        (void)snprintf(path, sizeof path, "%s/tests/data/llm/%s/%s", source != NULL ? source : ".",
                       directory, entries[i]->d_name);
        visit(context, path);
        free(entries[i]);
    }
    free(entries);
    return (size_t)n;
}
