/* The unified diff of two commits, as a reviewer would see it. */
#include "worker/git/git_internal.h"

#define CONTEXT_LINES 3
#define ID_ABBREV     12

static int tree_of(struct git_mirror *mirror, const char *commit_hex, git_tree **out,
                   struct err *err)
{
    CLEANUP(git_commit_freep) git_commit *commit = NULL;
    int r = git_find_commit(mirror->repo, commit_hex, &commit, err);

    if (r < 0)
        return r;
    int code = git_commit_tree(out, commit);
    return code < 0 ? git_fail(mirror, code, "read a tree of", err) : 0;
}

static int on_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
                   const git_diff_line *line, void *context)
{
    struct buf *out = context;

    (void)delta;
    (void)hunk;
    if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION ||
        line->origin == GIT_DIFF_LINE_DELETION)
        buf_char(out, line->origin);
    buf_bytes(out, line->content, line->content_len);
    return out->too_long || out->no_memory ? GIT_EUSER : 0;
}

static int count(struct git_mirror *mirror, git_diff *diff, struct git_diff_stat *out,
                 struct err *err)
{
    CLEANUP(git_diff_stats_freep) git_diff_stats *stats = NULL;
    int code = git_diff_get_stats(&stats, diff);

    if (code < 0)
        return git_fail(mirror, code, "compare commits of", err);
    *out = (struct git_diff_stat){.files = git_diff_stats_files_changed(stats),
                                  .added = git_diff_stats_insertions(stats),
                                  .removed = git_diff_stats_deletions(stats)};
    return 0;
}

int git_mirror_diff(struct git_mirror *mirror, const char *from, const char *to, struct buf *out,
                    struct git_diff_stat *stat, struct err *err)
{
    CLEANUP(git_tree_freep) git_tree *old_tree = NULL;
    CLEANUP(git_tree_freep) git_tree *new_tree = NULL;
    CLEANUP(git_diff_freep) git_diff *diff = NULL;
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    int code;
    int r;

    mirror->failed = 0;
    r = tree_of(mirror, from, &old_tree, err);
    if (r == 0)
        r = tree_of(mirror, to, &new_tree, err);
    if (r < 0)
        return r;
    options.context_lines = CONTEXT_LINES;
    options.id_abbrev = ID_ABBREV;
    code = git_diff_tree_to_tree(&diff, mirror->repo, old_tree, new_tree, &options);
    if (code < 0)
        return git_fail(mirror, code, "compare commits of", err);
    code = git_diff_print(diff, GIT_DIFF_FORMAT_PATCH, on_line, out);
    r = buf_check(out, err);
    if (r < 0)
        return err_wrap(err, r, "diff");
    return code < 0 ? git_fail(mirror, code, "compare commits of", err)
                    : count(mirror, diff, stat, err);
}
