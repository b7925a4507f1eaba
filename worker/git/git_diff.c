/* The unified diff of two commits, or of two texts, as a reviewer would see it. */
#include "worker/git/git_internal.h"

#define CONTEXT_LINES 3
#define ID_ABBREV     12

DEFINE_CLEANUP(git_patch *, git_patch_free)

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

/* A name with a blank in it ends in a tab, as git writes it, or patch takes the first word only. */
static void put_header(const char *bytes, size_t len, struct buf *out)
{
    while (len > 0) {
        const char *newline = memchr(bytes, '\n', len);
        size_t line = newline != NULL ? (size_t)(newline - bytes) : len;
        bool is_name = line > 4 && (memcmp(bytes, "--- ", 4) == 0 || memcmp(bytes, "+++ ", 4) == 0);
        buf_bytes(out, bytes, line);
        if (is_name && bytes[4] != '"' && memchr(bytes + 4, ' ', line - 4) != NULL)
            buf_char(out, '\t');
        if (newline != NULL)
            buf_char(out, '\n');
        bytes += line + (newline != NULL);
        len -= line + (newline != NULL);
    }
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
    if (line->origin == GIT_DIFF_LINE_FILE_HDR)
        put_header(line->content, line->content_len, out);
    else
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

int git_text_diff(const char *path, const char *before, size_t before_len, const char *after,
                  size_t after_len, struct buf *out, struct err *err)
{
    CLEANUP(git_patch_freep) git_patch *patch = NULL;
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    int code;
    int r;

    if (!git_is_tree_path(path))
        return err_set(err, ERR_REJECT, "diff: not a path in a repository: %.200s", path);
    options.context_lines = CONTEXT_LINES;
    options.id_abbrev = ID_ABBREV;
    options.flags = GIT_DIFF_FORCE_TEXT;
    code =
        git_patch_from_buffers(&patch, before, before_len, path, after, after_len, path, &options);
    if (code == 0)
        code = git_patch_print(patch, on_line, out);
    r = buf_check(out, err);
    if (r < 0)
        return err_wrap(err, r, "diff of %s", path);
    return code < 0 ? git_fail(NULL, code, "compare two texts", err) : 0;
}
