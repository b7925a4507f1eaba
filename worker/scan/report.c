#include "worker/scan/report.h"

#define REPORT_MAX_BYTES ((size_t)256 * 1024 * 1024)

static const char *const severities[SEVERITIES] = {"low", "medium", "high", "critical"};

const char *finding_status_name(enum finding_status status)
{
    static const char *const names[] = {"new", "baseline", "suppressed", "unknown"};

    return names[status];
}

int severity_rank(const char *severity)
{
    for (int i = 0; i < SEVERITIES; i++)
        if (str_eq(severities[i], severity))
            return i;
    return -1;
}

const char *severity_name(int rank)
{
    return severities[rank];
}

int report_new(struct report **out, struct err *err)
{
    CLEANUP(report_freep) struct report *report = calloc(1, sizeof *report);

    if (report == NULL)
        return err_nomem(err);
    report->arena = arena_new(REPORT_MAX_BYTES);
    if (report->arena == NULL)
        return err_nomem(err);
    *out = STEAL(report);
    return 0;
}

void report_free(struct report *report)
{
    if (report == NULL)
        return;
    free(report->findings);
    free(report->troubles);
    free(report->marks);
    arena_free(report->arena);
    free(report);
}

static bool has_room(void **items, size_t n, size_t *cap, size_t size)
{
    size_t wider = *cap == 0 ? 64 : *cap * 2;
    void *grown = n < *cap ? *items : reallocarray(*items, wider, size);

    if (grown == NULL)
        return false;
    *cap = n < *cap ? *cap : wider;
    *items = grown;
    return true;
}

/* --- what the scan tells --- */

static const char *mark_words(struct report *report, const struct mark_text *mark)
{
    const char *between = mark->kind == MARK_CHECKOV ? "=" : mark->kind == MARK_PLUMB ? " " : ":";

    return arena_print(report->arena, "%s%s%s", mark_kind_name(mark->kind), between, mark->id);
}

static bool fill(struct report *report, const struct scan_hit *hit, struct finding *out)
{
    struct arena *arena = report->arena;

    *out = (struct finding){
        .rule = hit->rule,
        .verdict = hit->verdict,
        .status = hit->mark != NULL              ? FINDING_SUPPRESSED
                  : hit->verdict == RULE_UNKNOWN ? FINDING_UNKNOWN
                                                 : FINDING_NEW,
        .address = arena_text(arena, hit->resource->address),
        .root = arena_text(arena, hcl_module_directory(hit->root)),
        .file = arena_text(arena, hit->file),
        .line = hit->line,
        .last_line = hit->last_line,
        .why = arena_text(arena, hit->why),
        .order = report->n_findings,
    };
    if (hit->mark != NULL) {
        out->mark = mark_words(report, &hit->mark->text);
        out->reason = arena_text(arena, hit->mark->text.reason);
        out->mark_file = arena_text(arena, hit->mark->file);
        out->mark_line = hit->mark->line;
    }
    const char *const parts[] = {"plumb-scan/1", hit->rule->id, hit->resource->address, hit->file};
    sha256_list_hex(parts, COUNT(parts), out->fingerprint);
    return out->address != NULL && out->root != NULL && out->file != NULL && out->why != NULL;
}

static int keep_hit(void *context, const struct scan_hit *hit, struct err *err)
{
    struct report *report = context;

    if (!has_room((void **)&report->findings, report->n_findings, &report->cap_findings,
                  sizeof *report->findings) ||
        !fill(report, hit, &report->findings[report->n_findings]))
        return err_nomem(err);
    /* One that is repeated says nothing new but that there is one more root. */
    report->findings[report->n_findings].n_more_roots = hit->repeated;
    report->n_findings++;
    return 0;
}

static int keep_trouble(void *context, const struct scan_trouble *trouble, struct err *err)
{
    struct report *report = context;

    for (size_t i = 0; i < report->n_troubles; i++) {
        struct report_trouble *known = &report->troubles[i];
        if (trouble->kind == SCAN_ROOT && str_eq(known->text, trouble->text)) {
            known->n_roots++;
            return 0;
        }
    }
    if (!has_room((void **)&report->troubles, report->n_troubles, &report->cap_troubles,
                  sizeof *report->troubles))
        return err_nomem(err);
    report->troubles[report->n_troubles++] =
        (struct report_trouble){.kind = trouble->kind,
                                .n_roots = trouble->kind == SCAN_ROOT,
                                .path = arena_text(report->arena, trouble->path),
                                .text = arena_text(report->arena, trouble->text)};
    return 0;
}

static const char *state_words(struct report *report, const struct scan_mark *mark,
                               enum scan_mark_state state)
{
    switch (state) {
    case MARK_USED:
        return mark->text.reason[0] == '\0' ? "gives no reason" : NULL;
    case MARK_EXPIRED:
        return arena_print(report->arena, "is over since %s and is not honoured", mark->text.until);
    case MARK_BAD:
        return arena_print(report->arena, "is not honoured: %s", mark->text.problem);
    case MARK_FITS_NOTHING:
        return mark->block == NULL ? "stands at no resource where it counts"
                                   : "fits nothing: what it speaks of is no finding here";
    case MARK_NOT_OURS:
        return mark->text.kind == MARK_PLUMB && report->all_asked
                   ? "fits nothing: no rule has that name"
                   : NULL;
    }
    return NULL;
}

static int keep_mark(void *context, const struct scan_mark *mark, int state, struct err *err)
{
    struct report *report = context;
    const char *words = state_words(report, mark, (enum scan_mark_state)state);

    if (words == NULL)
        return 0;
    if (!has_room((void **)&report->marks, report->n_marks, &report->cap_marks,
                  sizeof *report->marks))
        return err_nomem(err);
    report->marks[report->n_marks++] =
        (struct report_mark){.mark = mark_words(report, &mark->text),
                             .file = arena_text(report->arena, mark->file),
                             .line = mark->line,
                             .state = (enum scan_mark_state)state,
                             .words = words};
    return 0;
}

struct scan_watch report_watch(struct report *report)
{
    return (struct scan_watch){
        .context = report, .hit = keep_hit, .trouble = keep_trouble, .mark = keep_mark};
}

/* --- order --- */

static int by_place(const void *a, const void *b)
{
    const struct finding *one = a;
    const struct finding *other = b;
    int order = strcmp(one->file, other->file);

    if (order == 0)
        order = (one->line > other->line) - (one->line < other->line);
    if (order == 0)
        order = severity_rank(other->rule->severity) - severity_rank(one->rule->severity);
    if (order == 0)
        order = strcmp(one->rule->id, other->rule->id);
    return order != 0 ? order : (one->order > other->order) - (one->order < other->order);
}

/* The first that shows the worst; later ones of the same block are only counted. */
static void fold(struct report *report)
{
    struct finding *items = report->findings;
    size_t n = 0;

    for (size_t i = 0; i < report->n_findings; i++) {
        struct finding *last = n > 0 ? &items[n - 1] : NULL;
        bool is_same = last != NULL && last->rule == items[i].rule && last->line == items[i].line &&
                       str_eq(last->file, items[i].file);
        size_t more = is_same ? last->n_more_roots + 1 : 0;

        if (is_same && items[i].n_more_roots > 0) {
            last->n_more_roots = more;
            continue;
        }
        /* One that is not repeated is worse than all before it. */
        n -= is_same;
        items[n] = items[i];
        items[n++].n_more_roots = more;
    }
    report->n_findings = n;
}

void report_finish(struct report *report, const struct scan_counts *counts, size_t n_rules)
{
    report->counts = *counts;
    report->n_rules = n_rules;
    if (report->n_findings > 0)
        qsort(report->findings, report->n_findings, sizeof *report->findings, by_place);
    fold(report);
}

void report_totals(const struct report *report, struct report_totals *out)
{
    const char *file = NULL;

    *out = (struct report_totals){0};
    for (size_t i = 0; i < report->n_findings; i++) {
        const struct finding *finding = &report->findings[i];
        out->new_ones += finding->status == FINDING_NEW;
        out->baseline += finding->status == FINDING_BASELINE;
        out->suppressed += finding->status == FINDING_SUPPRESSED;
        out->unknown += finding->status == FINDING_UNKNOWN;
        if (finding->status != FINDING_NEW)
            continue;
        out->by_severity[severity_rank(finding->rule->severity)]++;
        out->files += file == NULL || !str_eq(file, finding->file);
        file = finding->file;
    }
}
