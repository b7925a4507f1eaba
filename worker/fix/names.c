/* A tree of texts, as libc's tsearch keeps it; the story stands in names.h. */
#include "worker/fix/names.h"

#include <search.h>

struct names {
    void *tree;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

int names_new(struct names **out, struct err *err)
{
    *out = calloc(1, sizeof **out);
    return *out != NULL ? 0 : err_nomem(err);
}

void names_clear(struct names *names)
{
    tdestroy(names->tree, free);
    names->tree = NULL;
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    names_clear(names);
    free(names);
}

bool names_has(const struct names *names, const char *text)
{
    return tfind(text, &names->tree, by_text) != NULL;
}

bool names_is_empty(const struct names *names)
{
    return names->tree == NULL;
}

/* A name's text lies behind its NUL. */
int names_add_text(struct names *names, const char *name, const char *text, struct err *err)
{
    CLEANUP(mem_freep) char *copy = NULL;
    size_t name_bytes = strlen(name) + 1, text_bytes = strlen(text) + 1;

    if (names_has(names, name))
        return 0;
    copy = malloc(name_bytes + text_bytes);
    if (copy == NULL)
        return err_nomem(err);
    memcpy(copy, name, name_bytes);
    memcpy(copy + name_bytes, text, text_bytes);
    if (tsearch(copy, &names->tree, by_text) == NULL)
        return err_nomem(err);
    copy = NULL; /* the tree's now */
    return 0;
}

const char *names_text(const struct names *names, const char *name)
{
    char *const *node = tfind(name, &names->tree, by_text);

    return node != NULL ? *node + strlen(*node) + 1 : NULL;
}

int names_add(struct names *names, const char *name, struct err *err)
{
    return names_add_text(names, name, "", err);
}

struct adding {
    struct names *names;
    struct err *err;
    int r;
};

static void add_one(const void *node, VISIT visit, void *context)
{
    struct adding *adding = context;

    if ((visit == postorder || visit == leaf) && adding->r == 0)
        adding->r = names_add(adding->names, *(char *const *)node, adding->err);
}

int names_add_all(struct names *names, const struct names *others, struct err *err)
{
    struct adding adding = {names, err, 0};

    twalk_r(others->tree, add_one, &adding);
    return adding.r;
}
