/*
 * Reading statements: a rule's YAML as the data of statement.h. statement_read.c reads a list of
 * statements, attribute_read.c and body_read.c what stands inside one.
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
};
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
int attribute_read(const struct pack_reader *reader, const struct yaml_node *map,
                   struct statement *out, struct err *err) MUST_USE;
int statements_read(const struct pack_reader *reader, const struct yaml_node *list, int depth,
                    struct statements *out, struct err *err) MUST_USE;
int literals_read(const struct pack_reader *reader, const struct yaml_node *node,
                  struct literals *out, struct err *err) MUST_USE;
int body_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
              struct body *out, struct err *err) MUST_USE;

#endif
