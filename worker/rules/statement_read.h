/*
 * Reading statements: a rule's YAML as the data of statement.h. statement_read.c reads a list of
 * statements, attribute_read.c, companion_read.c and body_read.c what stands inside one.
 *
 * Answers are 0, ERR_FATAL with file:line:column; everything read is in the pack's arena.
 */
#ifndef WORKER_RULES_STATEMENT_READ_H
#define WORKER_RULES_STATEMENT_READ_H

#include "common/arena.h"
#include "common/yaml.h"
#include "worker/rules/statement.h"

struct pack_reader {
    const struct yaml *yaml;
    struct arena *arena;
    struct rule_needs *needs; /* of the rule that is read */
};
/* The rule's inputs, before anything that uses them. */
int needs_read(const struct pack_reader *reader, const struct yaml_node *map,
               struct err *err) MUST_USE;
/* The text at node takes this input: it must be declared. */
int needs_use(const struct pack_reader *reader, const struct yaml_node *node, const char *name,
              struct err *err) MUST_USE;
/* At the end: none is declared for nothing. */
int needs_all_used(const struct pack_reader *reader, const struct yaml_node *map,
                   struct err *err) MUST_USE;
/* Keys of a statement: absent keys leave *out alone. */
int statement_text(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                   const char **out, struct err *err) MUST_USE;
int statement_bool(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                   bool *out, struct err *err) MUST_USE;
int statement_absent(const struct pack_reader *reader, const struct yaml_node *map, bool *out,
                     struct err *err) MUST_USE;
/* The list of a subject's attributes; NULL: the usual ones. */
int statement_to(const struct pack_reader *reader, const struct yaml_node *node,
                 const char *const **out, struct err *err) MUST_USE;
/* A block statement's keys, for what holds one inside. */
extern const char *const block_keys[];
int block_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
               struct statement *out, struct err *err) MUST_USE;
/* closed_ports and open_only (ports_read.c). */
extern const char *const ports_keys[];
int ports_read(const struct pack_reader *reader, const struct yaml_node *map, struct statement *out,
               struct err *err) MUST_USE;
int companion_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                   struct statement *out, struct err *err) MUST_USE;
/* must and create, where they are given. */
int must_and_create_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                         struct statement *out, struct err *err) MUST_USE;
/* match NULL: nothing. */
int match_read(const struct pack_reader *reader, const struct yaml_node *match, int depth,
               struct body *out, struct err *err) MUST_USE;
int attribute_read(const struct pack_reader *reader, const struct yaml_node *map,
                   struct statement *out, struct err *err) MUST_USE;
int statements_read(const struct pack_reader *reader, const struct yaml_node *list, int depth,
                    struct statements *out, struct err *err) MUST_USE;
int literals_read(const struct pack_reader *reader, const struct yaml_node *node,
                  struct literals *out, struct err *err) MUST_USE;
int body_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
              struct body *out, struct err *err) MUST_USE;

#endif
