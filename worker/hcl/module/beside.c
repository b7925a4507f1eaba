/*
 * Beside: one root more, looked at while others are open. What roots take is given back only all
 * at once, so where little is left the root is opened in an arena of its own, and what the repo
 * knows of the open ones stands aside until it is closed.
 */
#include "worker/hcl/eval/memo.h"
#include "worker/hcl/module/module_inside.h"
#include "worker/hcl/module/roots.h"

#define BESIDE_BYTES ((size_t)32 * 1024 * 1024) /* left for one more root */

struct opened { /* of a directory */
    struct declarations *declared;
    struct hcl_module *root;
};

struct hcl_aside {
    struct hcl_repo *repo;
    struct arena *arena;
    struct root_index *indexes;
    struct reference_index *references;
    struct eval_memo *memo;
    struct type_table *types;
    struct opened *dirs; /* as many as the repo has */
};

static void aside_end(struct hcl_aside *aside)
{
    struct hcl_repo *repo = aside->repo;

    memo_free(repo->memo);
    arena_free(repo->arena);
    repo->arena = aside->arena;
    repo->indexes = aside->indexes;
    repo->references = aside->references;
    repo->memo = aside->memo;
    repo->types = aside->types;
    for (size_t i = 0; i < repo->n_dirs; i++) {
        repo->dirs[i]->declared = aside->dirs[i].declared;
        repo->dirs[i]->root = aside->dirs[i].root;
    }
    free(aside->dirs);
    free(aside);
}

static int aside_begin(struct hcl_repo *repo, struct hcl_aside **out, struct err *err)
{
    struct arena *fresh = arena_new(REPO_MAX_BYTES);
    struct hcl_aside *aside = malloc(sizeof *aside);
    struct opened *dirs = calloc(repo->n_dirs + 1, sizeof *dirs);

    if (fresh == NULL || aside == NULL || dirs == NULL) {
        arena_free(fresh);
        free(aside);
        free(dirs);
        return err_nomem(err);
    }
    *aside = (struct hcl_aside){repo,       repo->arena, repo->indexes, repo->references,
                                repo->memo, repo->types, dirs};
    for (size_t i = 0; i < repo->n_dirs; i++) {
        dirs[i] = (struct opened){repo->dirs[i]->declared, repo->dirs[i]->root};
        repo->dirs[i]->declared = NULL;
        repo->dirs[i]->root = NULL;
    }
    repo->arena = fresh;
    repo->indexes = NULL;
    repo->references = NULL;
    repo->memo = NULL;
    repo->types = NULL;
    *out = aside;
    return 0;
}

int hcl_beside_open(const struct hcl_module *module, const char *directory, struct hcl_beside *out,
                    struct err *err)
{
    struct hcl_repo *repo = module->repo;
    const struct repo_dir *dir = repo_dir_find(repo, directory);
    struct hcl_aside *aside = NULL;
    int r = 0;

    if (dir != NULL && dir->root == NULL && hcl_repo_left(repo) < BESIDE_BYTES)
        r = aside_begin(repo, &aside, err);
    if (r == 0)
        r = hcl_module_open(repo, directory, &out->root, err);
    if (r < 0 && aside != NULL)
        aside_end(aside);
    else
        out->aside = aside;
    return r;
}

void hcl_beside_close(struct hcl_beside *beside)
{
    if (beside->aside != NULL)
        aside_end(beside->aside);
    beside->aside = NULL;
}
