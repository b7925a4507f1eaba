/*
 * YAML: libyaml's events as a small tree that knows its lines, so that every complaint about a
 * policy file or a rule pack can say where.
 *
 *     yaml_parse()  ->  yaml_get(), yaml_at() …  ->  yaml_free()
 *
 * One document; anchors, aliases and tags are refused; duplicate keys are refused; depth 64,
 * 1 MiB of text. Scalars stay text: their meaning belongs to the reader. Nodes are borrowed from
 * the tree.
 */
#ifndef COMMON_YAML_H
#define COMMON_YAML_H

#include "common/base.h"

struct yaml; /* the document */

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    int line; /* 1-based */
    int column;
    int key_line; /* where its own key stands, in a map; else 0 */
    int key_column;
    const char *text;  /* YAML_SCALAR */
    bool quoted;       /* YAML_SCALAR: written in quotes or as a block, so certainly a string */
    size_t n;          /* children */
    const char **keys; /* YAML_MAP */
    struct yaml_node **children;
};

/* name is used in messages ("policies.yaml:3:7: ..."). ERR_REJECT or ERR_FATAL. An empty
 * document gives a map without keys. */
int yaml_parse(struct yaml **out, const char *name, const char *bytes, size_t len,
               struct err *err) MUST_USE;
/* Under a symbol of its own: libyaml exports a yaml_free too, and its insides would call ours. */
void yaml_free(struct yaml *yaml) __asm__("plumb_yaml_free");
DEFINE_CLEANUP(struct yaml *, yaml_free)

const struct yaml_node *yaml_root(const struct yaml *yaml);
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key); /* may be NULL */
const char *yaml_get_text(const struct yaml_node *map, const char *key, const char *fallback);
/* ERR_REJECT naming the first key of map that is not in allowed (NULL-ended), with its line. */
int yaml_only_keys(const struct yaml *yaml, const struct yaml_node *map, const char *const *allowed,
                   struct err *err) MUST_USE;
/* err_set with "name:line:column: " before the text; returns ERR_REJECT. */
int yaml_complain(const struct yaml *yaml, const struct yaml_node *node, struct err *err,
                  const char *format, ...) PRINTF_LIKE(4, 5);

#endif
