/*
 * JSON: Terraform's other syntax (.tf.json, .tfvars.json), read into the same tree as the native
 * one, so that whoever looks at a tree need not know. Edits are refused (source.h).
 *
 *     hcl_json_parse() -> file->body … -> hcl_file_free()
 *
 * Written from Terraform's public description of its JSON configuration syntax and HashiCorp's HCL
 * JSON specification (hcl/json/spec.md), and held against terraform itself. What Terraform itself
 * knows to be blocks (resource, lifecycle, dynamic …) become HCL_BLOCK, with labels from the levels
 * of objects above; everything else becomes an HCL_ATTRIBUTE. So a block of a resource's own type
 * ("ingress") is an argument here, with an object or a list of them: only the provider's schema
 * tells them apart. Strings are templates; some are taken literally (descriptions, defaults,
 * sources, all of a values file), some are references (depends_on, provider, type …).
 *
 * Unlike in native syntax, labels and decoded strings stand outside the spans of what they belong
 * to. Refuses, as terraform does: two equal arguments, wrong types; stricter in invalid UTF-8,
 * nesting above HCL_DEPTH_MAX, size, and two equal properties that may be blocks of a resource's
 * type.
 *
 * json_read.c reads JSON; json_tree.c makes the tree by the tables of json_shape.c; json_text.c
 * knows strings.
 */
#ifndef WORKER_HCL_SYNTAX_JSON_H
#define WORKER_HCL_SYNTAX_JSON_H

#include "worker/hcl/syntax/parse.h"

/* As hcl_parse. A path that ends in ".tfvars.json" is a values file. */
int hcl_json_parse(struct hcl_file **out, const char *path, const char *bytes, size_t len,
                   struct err *err) MUST_USE;
bool hcl_path_is_json(const char *path);

/* --- inside --- */

/* clang-format off */
enum json_kind { JSON_NULL, JSON_TRUE, JSON_FALSE, JSON_NUMBER, JSON_STRING, JSON_ARRAY,
                 JSON_OBJECT };
/* clang-format on */

struct json_node {
    uint8_t kind;
    uint32_t start, end;           /* with quotes, brackets, braces */
    uint32_t text_start, text_end; /* JSON_STRING: its text, in place or decoded */
    const struct json_node *key;   /* JSON_STRING; NULL but in an object */
    struct json_node *child, *next;
};

struct json_reader {
    struct parser p; /* p.at walks the text; p.file->bytes is bytes */
    char *bytes;     /* the text, and behind it room for what is decoded */
    size_t text_len;
    size_t used;                   /* of bytes */
    struct hcl_stretch *stretches; /* owned */
    size_t n, cap;
    struct arena *scratch; /* for the json_nodes */
};

/* How the value of a property is meant. */
/* clang-format off */
enum json_how {
    JSON_VALUE,      /* strings are templates */
    JSON_LITERAL,    /* strings stand for themselves */
    JSON_EXPRESSION, /* strings, also within a list or object, are expressions: references, types */
    JSON_BLOCK,      /* blocks, below as many levels of labels */
};
/* clang-format on */

struct json_shape;
struct json_property {
    const char *name;
    enum json_how how;
    int labels;                    /* JSON_BLOCK */
    const struct json_shape *body; /* JSON_BLOCK */
};
struct json_shape { /* what a body may hold */
    const struct json_property *properties;
    size_t n;
    enum json_how rest; /* of any other property */
    bool closed;        /* there are no others */
};
extern const struct json_shape JSON_SHAPE_FILE, JSON_SHAPE_VALUES;

/* --- json_read.c: the whole text; NULL after a failure (r->p.r). An empty text is an empty
 * object. --- */
struct json_node *hcl_json_read(struct json_reader *r);
bool hcl_json_is_blank(char c);

/* --- json_text.c --- */
/* Decodes the escapes of the string, behind the text. false: failed. */
bool hcl_json_decode(struct json_reader *r, struct json_node *string);
/* The offset in the text where byte n of the string's decoded form comes from. */
size_t hcl_json_place(const char *bytes, size_t from, size_t n);
/* The string's escape at at ('\\'), inside end; its length, or 0 when it is none. */
size_t hcl_json_escape(const char *bytes, size_t at, size_t end);
/* The string as a node of the tree, as meant; NULL after a failure. */
struct hcl_node *hcl_json_string(struct json_reader *r, const struct json_node *string,
                                 enum json_how how);

/* --- json_tree.c --- */
struct hcl_node *hcl_json_file_body(struct json_reader *r, const struct json_node *top,
                                    const struct json_shape *shape);

#endif
