/* Passes of fixes over a tree; the story stands in repair.h. */
#include <stdio.h>

#include "worker/fix/repair_inside.h"

#define ATTEMPTS_MAX 32 /* each but the last bars a fix that does not hold */
#define PASSES_MAX   64
#define RETRIES_MAX  32 /* of one pass, each with one more finding put off */
#define NOTES_BYTES  ((size_t)64 * 1024 * 1024)

/* --- what a scan tells --- */

static int remember_first(struct pass *pass, const struct scan_hit *hit, struct err *err)
{
    char key[KEY_BYTES], line[16];

    (void)snprintf(line, sizeof line, "%d", hit->line);
    place_key(hit, key);
    int r = names_add_text(pass->places, key, line, err);
    finding_key(hit, key);
    return r == 0 && hit->verdict == RULE_FAILS ? names_add(pass->first, key, err) : r;
}

/* What a rule writes need not be what it demands. Such a fix is taken back, and told as left. */
static int refute(struct pass *pass, const struct scan_hit *hit, struct err *err)
{
    char key[KEY_BYTES];

    finding_key(hit, key);
    if (!names_has(pass->fixed, key))
        return 0;
    pass->refuted = true;
    return names_add_text(pass->barred, key, hit->why, err);
}

/* What fails now and did not before. An input that nobody gave is no fault of a new block. */
static bool is_worse(const struct pass *pass, const struct scan_hit *hit)
{
    const struct hcl_resource *resource = hit->resource;
    char address[1024];
    char key[KEY_BYTES];

    finding_key(hit, key);
    if (hit->verdict != RULE_FAILS || names_has(pass->first, key))
        return false;
    (void)snprintf(address, sizeof address, "%s.%s", resource->type, resource->name);
    block_key(hcl_module_directory(resource->module), address, key);
    return hit->rule->class != RULE_INPUT || !names_has(pass->added, key);
}

static int on_hit(void *context, const struct scan_hit *hit, struct err *err)
{
    struct pass *pass = context;
    int r = pass->is_first ? remember_first(pass, hit, err) : 0;

    if (r < 0 || pass->again || hit->repeated)
        return r;
    if (pass->is_last && hit->mark == NULL)
        r = refute(pass, hit, err);
    if (r < 0)
        return r;
    if (pass->is_last && is_worse(pass, hit))
        return note_hit(pass, REPAIR_WORSE, hit, hit->why, err);
    if (hit->mark != NULL)
        return pass->is_last ? note_hit(pass, REPAIR_SUPPRESSED, hit, hit->why, err) : 0;
    if (hit->verdict == RULE_UNKNOWN)
        return pass->is_last ? note_hit(pass, REPAIR_UNKNOWN, hit, hit->why, err) : 0;
    return mend(pass, hit, err);
}

/* A place that could be read before the fixes and cannot be now is worse than any finding. */
static int on_trouble(void *context, const struct scan_trouble *trouble, struct err *err)
{
    struct pass *pass = context;
    struct repair_note note = {
        .answer = REPAIR_UNREADABLE, .file = trouble->path, .text = trouble->text};
    char key[KEY_BYTES];
    int r = 0;

    block_key(trouble->path, "", key);
    if (pass->is_last && !names_has(pass->first, key))
        note.answer = REPAIR_WORSE;
    else if (!pass->is_first || pass->again)
        return 0;
    else
        r = names_add(pass->first, key, err);
    return r < 0 ? r : note_add(pass->repair, &note, err);
}

/* --- passes --- */

/* The same tree with the edited files in place of theirs. What could not be read stays so. */
static int tree_with(struct hcl_repo **out, const struct hcl_repo *from,
                     const struct hcl_edited *edited, size_t n, struct err *err)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    const char *path;
    int r = hcl_repo_new(&repo, err);

    for (size_t i = 0; r == 0 && (path = hcl_repo_path(from, i)) != NULL; i++) {
        const struct hcl_file *file = hcl_repo_file(from, path);
        const char *bytes = file != NULL ? file->bytes : "{";
        size_t len = file != NULL ? file->len : 1;
        for (size_t k = 0; k < n; k++)
            if (str_eq(edited[k].path, path)) {
                bytes = edited[k].bytes;
                len = edited[k].len;
            }
        r = hcl_repo_add(repo, path, bytes, len, err);
    }
    for (size_t k = 0; k < n && r == 0; k++)
        if (edited[k].is_new)
            r = hcl_repo_add(repo, edited[k].path, edited[k].bytes, edited[k].len, err);
    if (r == 0)
        *out = STEAL(repo);
    return r;
}

static int scan_once(struct pass *pass, struct hcl_repo *repo, struct err *err)
{
    const struct scan_watch watch = {.context = pass, .hit = on_hit, .trouble = on_trouble};
    struct scan_counts counts;

    return scan_repo(repo, pass->options->rules, pass->options->n_rules, pass->options->today,
                     &watch, &counts, err);
}

/* One pass; *changed: the tree that it makes, or NULL when it fixed nothing. */
static int run_pass(struct pass *pass, struct hcl_repo *repo, struct hcl_repo **changed,
                    struct err *err)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited = NULL;
    size_t n = 0;
    int r = hcl_edits_new(&edits, err);

    *changed = NULL;
    if (r < 0)
        return r;
    pass->edits = edits;
    pass->n_fixed = 0;
    pass->again = false;
    names_clear(pass->touched);
    names_clear(pass->fixed_now);
    r = hcl_repo_forget_roots(repo, err);
    if (r == 0)
        r = scan_once(pass, repo, err);
    if (r == 0 && !pass->again && pass->n_fixed > 0)
        r = hcl_edits_apply(edits, &edited, &n, err);
    if (r == 0 && n > 0)
        r = tree_with(changed, repo, edited, n, err);
    pass->edits = NULL;
    return r;
}

/* Starts anew as long as an edit does not go with the others. */
static int run_pass_whole(struct pass *pass, struct hcl_repo *repo, struct hcl_repo **changed,
                          struct err *err)
{
    size_t n_notes = pass->repair->n;

    names_clear(pass->put_off);
    for (int i = 0; i < RETRIES_MAX; i++) {
        int r = run_pass(pass, repo, changed, err);
        if (r < 0)
            return r;
        if (!pass->again)
            return names_add_all(pass->fixed, pass->fixed_now, err);
        notes_take_back(pass->repair, n_notes);
    }
    return err_set(err, ERR_FATAL, "the fixes of this tree do not fit together");
}

static int run_passes(struct pass *pass, struct err *err)
{
    struct repair *repair = pass->repair;
    struct hcl_repo *unchanged = NULL;
    int r = 0;

    pass->is_first = true;
    for (int i = 0; i < PASSES_MAX && r == 0; i++) {
        struct hcl_repo *changed = NULL;
        r = run_pass_whole(pass, repair->after != NULL ? repair->after : repair->before, &changed,
                           err);
        pass->is_first = false;
        if (changed == NULL)
            break;
        hcl_repo_free(repair->after);
        repair->after = changed;
    }
    if (r < 0)
        return r;
    pass->is_last = true;
    return run_pass(pass, repair->after != NULL ? repair->after : repair->before, &unchanged, err);
}

static void pass_done(struct pass *pass)
{
    names_free(pass->first);
    names_free(pass->fixed);
    names_free(pass->fixed_now);
    names_free(pass->added);
    names_free(pass->touched);
    names_free(pass->places);
    names_free(pass->linked);
    names_free(pass->put_off);
}

static int pass_open(struct pass *pass, struct err *err)
{
    struct names **sets[] = {&pass->first,   &pass->fixed,  &pass->fixed_now, &pass->added,
                             &pass->touched, &pass->places, &pass->linked,    &pass->put_off};
    int r = 0;

    for (size_t i = 0; i < COUNT(sets) && r == 0; i++)
        r = names_new(sets[i], err);
    return r;
}

/* *refuted: barred has more names now, and *out is not to be used. */
static int attempt(struct repair **out, const char *directory, const struct repair_options *options,
                   struct names *barred, bool *refuted, struct err *err)
{
    CLEANUP(repair_freep) struct repair *repair = calloc(1, sizeof *repair);
    struct pass pass = {.repair = repair, .options = options, .barred = barred};
    const struct scan_watch watch = {.context = &pass, .trouble = on_trouble};

    if (repair == NULL)
        return err_nomem(err);
    repair->arena = arena_new(NOTES_BYTES);
    if (repair->arena == NULL)
        return err_nomem(err);
    pass.is_first = true;
    int r = hcl_repo_new(&repair->before, err);
    if (r == 0)
        r = pass_open(&pass, err);
    if (r == 0)
        r = scan_read(repair->before, directory, &watch, err);
    if (r == 0)
        r = linked_find(pass.linked, repair->before, directory, err);
    if (r == 0)
        r = run_passes(&pass, err);
    pass_done(&pass);
    *refuted = pass.refuted;
    if (r == 0)
        *out = STEAL(repair);
    return r;
}

int repair_tree(struct repair **out, const char *directory, const struct repair_options *options,
                struct err *err)
{
    CLEANUP(names_freep) struct names *barred = NULL;
    int r = names_new(&barred, err);

    for (int i = 0; r == 0 && i < ATTEMPTS_MAX; i++) {
        CLEANUP(repair_freep) struct repair *repair = NULL;
        bool refuted = false;
        r = attempt(&repair, directory, options, barred, &refuted, err);
        if (r == 0 && !refuted) {
            *out = STEAL(repair);
            return 0;
        }
    }
    return r < 0 ? r : err_set(err, ERR_FATAL, "the fixes of this tree do not hold");
}

void repair_free(struct repair *repair)
{
    if (repair == NULL)
        return;
    hcl_repo_free(repair->before);
    hcl_repo_free(repair->after);
    arena_free(repair->arena);
    free(repair->notes);
    free(repair);
}

/* --- what came out --- */

bool repair_file_at(const struct repair *repair, size_t i, struct repair_file *out)
{
    const char *path;

    for (size_t at = 0; repair->after != NULL; at++) {
        path = hcl_repo_path(repair->after, at);
        if (path == NULL)
            break;
        const struct hcl_file *now = hcl_repo_file(repair->after, path);
        const struct hcl_file *was = hcl_repo_file(repair->before, path);
        if (now == NULL ||
            (was != NULL && was->len == now->len && memcmp(was->bytes, now->bytes, was->len) == 0))
            continue;
        if (i-- > 0)
            continue;
        *out = (struct repair_file){.path = path, .after = now->bytes, .after_len = now->len};
        if (was != NULL) {
            out->before = was->bytes;
            out->before_len = was->len;
        }
        return true;
    }
    return false;
}

const struct repair_note *repair_note_at(const struct repair *repair, size_t i)
{
    return i < repair->n ? &repair->notes[i] : NULL;
}

size_t repair_count(const struct repair *repair, enum repair_answer answer)
{
    return repair->counts[answer];
}
