/* Words of a pull request; the story stands in pr_text.h. */
#include "worker/pr_text.h"

#include <ctype.h>
#include <stdio.h>

#include "worker/confidence.h"
#include "worker/drift_record.h"
#include "worker/forge/forge.h"
#include "worker/hcl/module/roots.h"
#include "worker/item.h"
#include "worker/model_trace.h"
#include "worker/outside.h"

#define FIELD_MAX_BYTES 400
#define ROOTS_NAMED_MAX 20
#define TITLE_MAX_BYTES 100

static const char *subject(const struct item_run *run)
{
    return run->item->kind == ITEM_DRIFT ? run->item->address : run->resource->address;
}

void pr_title(const struct item_run *run, struct buf *out)
{
    const struct item *item = run->item;

    buf_text(out, item->kind == ITEM_DRIFT ? "fix(drift): " : "fix(compliance): ");
    if (item->kind == ITEM_DRIFT)
        buf_text(out, drift_verb(item));
    else if (run->rule != NULL)
        buf_print(out, "%s:", run->rule->title);
    else
        outside_plain(out, item->title != NULL ? item->title : run->control, TITLE_MAX_BYTES);
    buf_text(out, run->rule == NULL && item->kind != ITEM_DRIFT ? ": " : " ");
    outside_plain(out, subject(run), 120);
}

void pr_commit_message(const struct item_run *run, struct buf *out)
{
    pr_title(run, out);
    buf_text(out, "\n\nControl: ");
    outside_plain(out, run->control, 200);
    buf_text(out, "\nSource: ");
    outside_plain(out, run->item->source, 60);
    buf_text(out, " ");
    outside_plain(out, run->item->control, 200);
    buf_print(out, "\n\nFinding-Fingerprint: %s\n", run->fp);
}

/* A label holds no comma and no control character; GitHub cuts at 50. */
static void add_label(struct buf *out, const char *prefix, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    buf_print(out, ",%s", prefix);
    for (size_t n = strlen(prefix); *text != '\0' && n < 50; text++, n++)
        buf_char(out, isalnum((unsigned char)*text) ? (char)tolower((unsigned char)*text) : '-');
}

void pr_labels(const struct item_run *run, struct buf *out)
{
    buf_text(out, run->item->kind == ITEM_DRIFT ? "drift-remediation" : "compliance-remediation");
    buf_text(out, ",auto-generated");
    add_label(out, "severity:", run->item->severity);
    add_label(out, "framework:", run->item->framework);
}

static void fact(struct buf *out, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    buf_print(out, "| %s | ", name);
    outside_markdown(out, value, FIELD_MAX_BYTES);
    buf_text(out, " |\n");
}

static void facts(const struct item_run *run, struct buf *out)
{
    const struct item *item = run->item;
    char source[400];

    snprintf(source, sizeof source, "%.60s: %.300s", item->source, item->control);
    buf_text(out, "| | |\n|---|---|\n");
    fact(out, "Reported by", source);
    fact(out, "Finding", item->title);
    fact(out, "Severity", item->severity);
    fact(out, "Framework", item->framework);
    fact(out, "Resource", item->arn != NULL ? item->arn : item->resource_name);
    fact(out, "Terraform address", subject(run));
    if (run->resource != NULL)
        fact(out, "File", run->resource->file->path);
    fact(out, "Found by", run->located_how);
    fact(out, "Why it fails", item->reason);
    buf_text(out, "\n");
}

static void rule_words(const struct rule *rule, struct buf *out)
{
    if (rule->reviewer != NULL && rule->reviewer[0] != '\0')
        buf_print(out, "%s\n\n", rule->reviewer);
    if (rule->warning != NULL && rule->warning[0] != '\0')
        buf_print(out, "> [!WARNING]\n> %s\n\n", rule->warning);
}

/* Who wrote the change, in words that nobody takes for a promise. */
static void model_words(const struct item_run *run, struct buf *out)
{
    buf_text(out, "> [!WARNING]\n> This change was written by a language model (");
    outside_markdown(out, run->model->model, 160);
    buf_text(out, "), ");
    buf_text(out,
             run->rule != NULL
                 ? "since the rule that answers this finding cannot edit what is written "
                   "there. The rule itself has checked the result.\n\n"
                 : "since no rule answers this finding. **Nothing here proves that the finding "
                   "is gone**: read the change as you would a stranger's.\n\n");
    if (run->model->summary[0] == '\0')
        return;
    buf_text(out, "Its own words, which prove nothing: ");
    outside_markdown(out, run->model->summary, sizeof run->model->summary);
    buf_text(out, "\n\n");
}

static void who_made_it(const struct item_run *run, struct buf *out)
{
    if (run->rule != NULL)
        rule_words(run->rule, out);
    if (run->model != NULL)
        model_words(run, out);
    confidence_write(out, &run->gate, run->model != NULL, &run->history);
}

static void gate_table(const struct gate_report *gate, struct buf *out)
{
    buf_text(out, "### Checks before this pull request\n\n| check | result | |\n|---|---|---|\n");
    for (size_t i = 0; i < gate->n; i++) {
        buf_print(out, "| %s | %s | ", gate->layers[i].layer,
                  gate_verdict_name(gate->layers[i].verdict));
        outside_markdown(out, gate->layers[i].detail, FIELD_MAX_BYTES);
        buf_text(out, " |\n");
    }
    buf_text(out, "\n");
}

/* A module's own text is changed for all who call it, and a reviewer looks at one root. */
static int also_called_from(const struct item_run *run, struct buf *out, struct err *err)
{
    struct hcl_roots roots = {.n = 0};
    size_t n;
    int r = 0;

    for (size_t i = 0; run->root != NULL && i < run->n_edited && r == 0; i++)
        r = hcl_other_roots(run->root, run->edited[i].path, &roots, err);
    if (r < 0 || roots.n == 0)
        return r;
    n = roots.n < ROOTS_NAMED_MAX ? roots.n : ROOTS_NAMED_MAX;
    buf_text(out, "\nThis module is also called from: ");
    for (size_t i = 0; i < n; i++) {
        buf_text(out, i > 0 ? ", " : "");
        outside_markdown(out, roots.items[i][0] != '\0' ? roots.items[i] : "the top directory",
                         FIELD_MAX_BYTES);
    }
    if (roots.n + roots.n_more > n)
        buf_print(out, " and %zu more", roots.n + roots.n_more - n);
    buf_char(out, '\n');
    return 0;
}

static int what_changes(const struct item_run *run, const struct git_diff_stat *stat,
                        struct buf *out, struct err *err)
{
    int r;

    buf_print(out, "### What changes\n\n%zu line%s added, %zu removed, against `%.12s`, in\n\n",
              stat->added, stat->added == 1 ? "" : "s", stat->removed, run->base_commit);
    for (size_t i = 0; i < run->n_edited; i++) {
        buf_text(out, "- ");
        outside_markdown(out, run->edited[i].path, FIELD_MAX_BYTES);
        buf_text(out, run->edited[i].is_new ? " (new)\n" : "\n");
    }
    r = also_called_from(run, out, err);
    buf_char(out, '\n');
    return r;
}

static void checklist(const struct item_run *run, struct buf *out)
{
    buf_text(out, "### For the reviewer\n\n");
    if (run->item->kind == ITEM_DRIFT) {
        buf_text(out,
                 "- [ ] Decide which is right, the code or what runs, and change the other.\n\n");
        return;
    }
    buf_text(out,
             "- [ ] `terraform plan` shows an in-place update or a create, and nothing else.\n");
    if (run->model != NULL)
        buf_text(out, "- [ ] The change does what the finding asks for, and nothing else.\n");
    if (run->rule != NULL && run->rule->class != RULE_SAFE)
        buf_text(out, "- [ ] The warning above does not apply here, or its owner agrees.\n");
    buf_text(out, "\n");
}

static void references(const struct rule *rule, struct buf *out)
{
    for (size_t i = 0; rule->references != NULL && rule->references[i] != NULL; i++)
        buf_print(out, "%s<%s>\n", i == 0 ? "References:\n" : "", rule->references[i]);
}

int pr_body(const struct item_run *run, const struct git_diff_stat *stat, const char *plan_sha256,
            struct buf *out, struct err *err)
{
    bool drift = run->item->kind == ITEM_DRIFT;
    int r;

    buf_text(out, drift ? "## Drift Remediation\n\n" : "## Compliance Remediation\n\n");
    facts(run, out);
    r = what_changes(run, stat, out, err);
    if (r < 0)
        return r;
    if (drift) {
        r = drift_table(run->item, out, err);
        if (r < 0)
            return r;
        buf_text(out, "\n");
    } else {
        who_made_it(run, out);
    }
    gate_table(&run->gate, out);
    checklist(run, out);
    if (!drift && run->rule != NULL)
        references(run->rule, out);
    buf_text(out, "\n---\n*Opened by Plumbline. Close it without merging to say no: it will not "
                  "come again.*\n");
    forge_marker_write(out, run->fp, plan_sha256);
    return buf_check(out, err);
}
