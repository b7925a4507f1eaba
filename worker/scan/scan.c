/* One root after the other; the story stands in scan.h. */
#include "worker/scan/scan.h"

#include "worker/hcl/module/directory.h"
#include "worker/rules/companion.h"
#include "worker/scan/directories.h"
#include "worker/scan/marks.h"
#include "worker/scan/rule_index.h"
#include "worker/scan/answers.h"

#define WHY_BYTES   512
#define LOW_BYTES   ((size_t)56 * 1024 * 1024) /* below it a root is closed and opened again … */
#define ROUND_BYTES ((size_t)16 * 1024 * 1024) /* … once it took that much since */

struct scan {
    struct hcl_repo *repo;
    const struct scan_watch *watch;
    struct rule_index *index;
    struct answers *answers;
    struct directories *directories;
    struct scan_marks *marks;
    struct scan_counts *counts;
    const struct hcl_file *line_file; /* where lines were counted last, and how far */
    size_t line_offset;
    int line;
    const struct hcl_call *calls; /* of the root that is looked at */
    size_t n_calls;
};

/* --- reading --- */

struct reading {
    const struct scan_watch *watch;
    struct err err;
    int r; /* what a callback answered */
};

static int tell_trouble(const struct scan_watch *watch, enum scan_trouble_kind kind,
                        const char *path, const char *text, struct err *err)
{
    if (watch->trouble == NULL)
        return 0;
    return watch->trouble(watch->context, &(struct scan_trouble){kind, path, text}, err);
}

static void tell_unreadable(void *context, const char *path, const char *why)
{
    struct reading *reading = context;

    if (reading->r == 0)
        reading->r = tell_trouble(reading->watch, SCAN_FILE, path, why, &reading->err);
}

static int tell_broken(const struct hcl_repo *repo, const struct scan_watch *watch, struct err *err)
{
    const char *path;
    int r = 0;

    for (size_t i = 0; r == 0 && (path = hcl_repo_path(repo, i)) != NULL; i++) {
        const char *text = hcl_repo_broken(repo, path);
        if (text != NULL)
            r = tell_trouble(watch, SCAN_FILE, path, text, err);
    }
    return r;
}

int scan_read(struct hcl_repo *repo, const char *directory, const struct scan_watch *watch,
              struct err *err)
{
    struct reading reading = {.watch = watch};
    struct hcl_directory_watch watching = {.context = &reading, .unreadable = tell_unreadable};
    int r = hcl_repo_add_directory_watched(repo, directory, &watching, err);

    if (reading.r < 0) {
        *err = reading.err;
        return reading.r;
    }
    return r < 0 ? r : tell_broken(repo, watch, err);
}

/* --- asking --- */

/* The answer about a block: is it worse than those before, and who suppresses it. */
static int note(struct scan *scan, const struct rule_target *target, const struct hcl_node *written,
                struct scan_hit *hit, struct err *err)
{
    enum worst_answer answer = hit->verdict == RULE_HOLDS ? ANSWER_HOLDS : ANSWER_NOT_APPLICABLE;
    bool is_worse = false;

    if (hit->verdict == RULE_FAILS || hit->verdict == RULE_UNKNOWN) {
        hit->mark = scan_marks_find(scan->marks, hit->rule, target->resource, written, scan->calls,
                                    scan->n_calls);
        answer = hit->mark != NULL              ? ANSWER_SUPPRESSED
                 : hit->verdict == RULE_UNKNOWN ? ANSWER_UNKNOWN
                                                : ANSWER_FAILS;
    }
    int r = answers_worse(scan->answers, hit->rule, written, answer, &is_worse, err);
    hit->repeated = !is_worse;
    return r;
}

/* The line of an offset. Findings come in the order of their files, so what was counted before is
 * not counted again. */
static int line_of(struct scan *scan, const struct hcl_file *file, size_t offset)
{
    int column;

    if (hcl_is_json(file)) {
        int line;
        hcl_position(file, offset, &line, &column);
        return line;
    }
    if (scan->line_file != file || offset < scan->line_offset) {
        scan->line_file = file;
        scan->line_offset = 0;
        scan->line = 1;
    }
    for (; scan->line_offset < offset; scan->line_offset++)
        scan->line += file->bytes[scan->line_offset] == '\n';
    return scan->line;
}

static int tell_hit(struct scan *scan, const struct rule_target *target,
                    const struct hcl_place *written, struct scan_hit *hit, struct err *err)
{
    int r = note(scan, target, written->node, hit, err);

    if (r < 0 || hit->verdict == RULE_HOLDS || hit->verdict == RULE_NOT_APPLICABLE ||
        scan->watch->hit == NULL)
        return r;
    hit->root = target->root;
    hit->resource = target->resource;
    hit->file = written->file->path;
    hit->line = line_of(scan, written->file, written->node->start);
    hit->last_line = line_of(scan, written->file, written->node->end);
    return scan->watch->hit(scan->watch->context, hit, err);
}

static int scan_resource(struct scan *scan, const struct hcl_module *root,
                         const struct hcl_resource *resource, struct err *err)
{
    struct hcl_place written = hcl_written(resource->file, resource->block);
    struct rule_target target = {.root = root, .resource = resource};
    const struct rule *const *rules = NULL;
    size_t n = rule_index_of(scan->index, resource->type, &rules);
    bool unused;
    int r = answers_worse(scan->answers, NULL, written.node, ANSWER_HOLDS, &unused, err);

    for (size_t i = 0; i < n && r == 0; i++) {
        char why[WHY_BYTES] = "";
        struct scan_hit hit = {.rule = rules[i], .why = why};

        /* A companion that names its subject is answered there. */
        if (rule_place(rules[i], &target).resource != resource)
            continue;
        hit.verdict = rule_check_at(rules[i], &target, why, sizeof why);
        r = tell_hit(scan, &target, &written, &hit, err);
    }
    return r;
}

/* Evaluating takes memory that only closing the root gives back. */
static bool is_low(const struct scan *scan, size_t left_at_first)
{
    size_t left = hcl_repo_left(scan->repo);

    return left == 0 || (left < LOW_BYTES && left_at_first - left > ROUND_BYTES);
}

/* The resources from *at on, which moves along, until memory is low. */
static int scan_from(struct scan *scan, const struct hcl_module *root, size_t *at, struct err *err)
{
    size_t left = hcl_repo_left(scan->repo);
    size_t first = *at;
    int r = 0;

    for (; *at < hcl_resource_count(root) && r == 0; (*at)++) {
        const struct hcl_resource *resource = hcl_resource_at(root, *at);
        struct err why;

        if (*at > first && is_low(scan, left))
            return 0;
        if (!resource->is_data)
            r = scan_resource(scan, root, resource, err);
        if (r == 0 && hcl_repo_left(scan->repo) == 0) {
            (void)err_set(&why, ERR_REJECT, "%.200s takes more memory to judge than a root may",
                          resource->address);
            r = tell_trouble(scan->watch, SCAN_ROOT, hcl_module_directory(root), why.text, err);
        }
    }
    return r;
}

static int scan_opened(struct scan *scan, const struct hcl_module *root, size_t *at,
                       struct err *err)
{
    size_t n = hcl_calls(root, NULL, 0);
    CLEANUP(mem_freep) struct hcl_call *calls = calloc(n + 1, sizeof *calls);

    if (calls == NULL)
        return err_nomem(err);
    scan->calls = calls;
    scan->n_calls = hcl_calls(root, calls, n);
    if (*at == 0) {
        scan->counts->roots++;
        directories_visit(scan->directories, root, calls, scan->n_calls);
    }
    return scan_from(scan, root, at, err);
}

static int scan_root(struct scan *scan, const char *directory, struct err *err)
{
    size_t at = 0;
    size_t n = 1;
    int r = 0;

    while (r == 0 && at < n) {
        struct hcl_module *root = NULL;
        struct err why;

        r = hcl_repo_forget_roots(scan->repo, err);
        if (r < 0)
            return r;
        r = hcl_module_open(scan->repo, directory, &root, &why);
        if (r == ERR_REJECT) {
            directories_give_up(scan->directories, directory);
            return tell_trouble(scan->watch, SCAN_ROOT, directory, why.text, err);
        }
        if (r < 0)
            return err_set(err, r, "%s", why.text);
        n = hcl_resource_count(root);
        r = scan_opened(scan, root, &at, err);
    }
    return r;
}

static int scan_roots(struct scan *scan, struct err *err)
{
    size_t n = hcl_repo_roots(scan->repo, "", NULL, 0);
    CLEANUP(mem_freep) const char **roots = calloc(n + 1, sizeof *roots);
    const char *left;
    int r = 0;

    if (roots == NULL)
        return err_nomem(err);
    n = hcl_repo_roots(scan->repo, "", roots, n);
    for (size_t i = 0; i < n && r == 0; i++)
        r = scan_root(scan, roots[i], err);
    while (r == 0 && (left = directories_next(scan->directories)) != NULL)
        r = scan_root(scan, left, err);
    return r;
}

static void count(struct scan *scan)
{
    struct scan_counts *counts = scan->counts;

    while (hcl_repo_path(scan->repo, counts->files) != NULL)
        counts->files++;
    counts->directories = directories_count(scan->directories);
    counts->resources = answers_blocks(scan->answers);
    counts->holds = answers_count(scan->answers, ANSWER_HOLDS);
    counts->fails = answers_count(scan->answers, ANSWER_FAILS);
    counts->unknown = answers_count(scan->answers, ANSWER_UNKNOWN);
    counts->suppressed = answers_count(scan->answers, ANSWER_SUPPRESSED);
    counts->checks = counts->holds + counts->fails + counts->unknown + counts->suppressed;
}

static int tell_marks(const struct scan *scan, const struct rule *const *rules, size_t n_rules,
                      struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < scan_marks_count(scan->marks) && r == 0; i++) {
        const struct scan_mark *mark = scan_marks_at(scan->marks, i);
        if (scan->watch->mark != NULL)
            r = scan->watch->mark(scan->watch->context, mark,
                                  (int)scan_mark_state(mark, rules, n_rules), err);
    }
    return r;
}

int scan_repo(struct hcl_repo *repo, const struct rule *const *rules, size_t n_rules,
              const char *today, const struct scan_watch *watch, struct scan_counts *out,
              struct err *err)
{
    CLEANUP(rule_index_freep) struct rule_index *index = NULL;
    CLEANUP(answers_freep) struct answers *answers = NULL;
    CLEANUP(directories_freep) struct directories *directories = NULL;
    CLEANUP(scan_marks_freep) struct scan_marks *marks = NULL;
    struct scan_counts counts = {0};
    int r = rule_index_new(&index, rules, n_rules, err);

    if (r == 0)
        r = answers_new(&answers, err);
    if (r == 0)
        r = directories_new(&directories, repo, err);
    if (r == 0)
        r = scan_marks_new(&marks, repo, today, err);
    if (r < 0)
        return r;

    struct scan scan = {.repo = repo,
                        .watch = watch,
                        .index = index,
                        .answers = answers,
                        .directories = directories,
                        .marks = marks,
                        .counts = &counts};
    r = scan_roots(&scan, err);
    if (r == 0)
        r = tell_marks(&scan, rules, n_rules, err);
    if (r < 0)
        return r;
    count(&scan);
    *out = counts;
    return 0;
}
