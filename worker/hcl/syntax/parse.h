/*
 * Parser, inside: what the parse_*.c files share. Users of the tree read tree.h.
 *
 *     hcl_parse -> parse_body -> parse_expression -> parse_template -> parse_expression …
 *
 * Every parse_ function returns its node, or NULL after parse_fail (or no memory) has set p->r;
 * callers pass the NULL on. All memory is the file's arena. The stack is bounded by parse_enter.
 */
#ifndef WORKER_HCL_SYNTAX_PARSE_H
#define WORKER_HCL_SYNTAX_PARSE_H

#include "worker/hcl/syntax/lexer.h"
#include "worker/hcl/syntax/tree.h"

struct parser {
    struct hcl_file *file;
    const char *bytes;
    size_t len;
    size_t at;
    bool newlines; /* newlines are tokens here */
    int depth;
    size_t n_nodes;
    struct hcl_node *fresh; /* n_fresh nodes from the arena, not used yet */
    size_t n_fresh;
    struct hcl_token peeked; /* valid while at and newlines are as below */
    size_t peeked_at;
    bool peeked_newlines;
    int r;
    struct err *err;
};

struct hcl_token parse_peek(struct parser *p);
struct hcl_token parse_read(struct parser *p); /* peeks and steps over */
bool parse_is(const struct parser *p, struct hcl_token token, const char *keyword);
/* Records "path:line:column: text" unless something failed before; gives NULL. */
void *parse_fail(struct parser *p, size_t at, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same about a token that does not belong where it stands; one that belongs nowhere is called
 * by its own name instead. */
void *parse_unexpected(struct parser *p, struct hcl_token token, const char *what);
bool parse_enter(struct parser *p, size_t at); /* one level down; false: too deep */
void parse_leave(struct parser *p);

struct hcl_node *parse_node(struct parser *p, enum hcl_kind kind, size_t start, size_t end);
/* Appends a child, keeping the heights; false when that makes the tree too tall. tail: NULL or the
 * last child. */
bool parse_add(struct parser *p, struct hcl_node *parent, struct hcl_node **tail,
               struct hcl_node *child);

/* The body up to (not over) closer: '}' or HCL_T_EOF. It begins at p->at. */
struct hcl_node *parse_body(struct parser *p, int closer);
/* Refuses a body of which two of the n_attributes arguments have one name. */
bool parse_unique(struct parser *p, const struct hcl_node *body, size_t n_attributes);
struct hcl_node *parse_expression(struct parser *p);
/* "(…)" behind a name, "[…]" and "{…}" from their first token. */
struct hcl_node *parse_call(struct parser *p, struct hcl_token name);
struct hcl_node *parse_tuple(struct parser *p);
struct hcl_node *parse_object(struct parser *p);
struct hcl_node *parse_for(struct parser *p, struct hcl_token open);
/* "k, v in collection": its names and the collection become children. noun: what they belong to,
 * for the error. */
bool parse_for_head(struct parser *p, struct hcl_node *node, struct hcl_node **tail,
                    const char *noun);
struct hcl_node *parse_template(struct parser *p); /* at the quote or the heredoc opening */
/* The length of "${" or "%{" at at ("${~" counts three), of an escape "$${" negative, else 0. */
int parse_sequence(const struct parser *p, size_t at);
/* The length of the character at at in a string, a label or a heredoc; an escape counts as one
 * ("\\n", "$${"), and so does a "$". 0 after a failure. */
size_t parse_character(struct parser *p, size_t at, bool in_heredoc);
/* All bytes up to p->len are a template without quotes, as JSON's strings are; only its literals
 * are flagged as a heredoc's, for there are no escapes in them. start, end: the node's span. */
struct hcl_node *parse_template_text(struct parser *p, size_t start, size_t end);
/* Fills the indentation to drop into the literals of a "<<-" heredoc. */
void parse_flush(const struct hcl_file *file, struct hcl_node *heredoc);

#endif
