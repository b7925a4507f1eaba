/* libyaml's events into a tree; the story stands in yaml.h. */
#include "common/yaml.h"

#include <stdarg.h>
#include <stdio.h>

#include <yaml.h>

#include "common/arena.h"
#include "common/buf.h"

#define TEXT_MAX_BYTES ((size_t)1024 * 1024)
#define TREE_MAX_BYTES ((size_t)128 * 1024 * 1024) /* 1 MiB of "[a,a,…" stays below */
#define DEPTH_MAX      64

struct yaml {
    struct arena *arena;
    const char *name;
    struct yaml_node *root;
};

struct reading {
    struct yaml *yaml;
    yaml_parser_t *parser;
    struct err *err;
};

static int complain_at(const struct yaml *yaml, const yaml_mark_t *mark, struct err *err,
                       const char *text)
{
    return err_set(err, ERR_REJECT, "%s:%zu:%zu: %s", yaml->name, mark->line + 1, mark->column + 1,
                   text);
}

static struct yaml_node place_of_key(const struct yaml_node *value)
{
    return (struct yaml_node){.line = value->key_line, .column = value->key_column};
}

static int next_event(struct reading *reading, yaml_event_t *event)
{
    yaml_parser_t *parser = reading->parser;

    if (yaml_parser_parse(parser, event))
        return 0;
    if (parser->error == YAML_MEMORY_ERROR)
        return err_nomem(reading->err);
    if (parser->error == YAML_READER_ERROR)
        return err_set(reading->err, ERR_REJECT, "%s: byte %zu: %s", reading->yaml->name,
                       parser->problem_offset, parser->problem);
    return complain_at(reading->yaml, &parser->problem_mark, reading->err, parser->problem);
}

/* --- building ------------------------------------------------------------------------------ */

static struct yaml_node *new_node(struct reading *reading, const yaml_event_t *event,
                                  enum yaml_kind kind)
{
    struct yaml_node *node = arena_alloc(reading->yaml->arena, sizeof *node);

    if (node != NULL) {
        node->kind = kind;
        node->line = (int)event->start_mark.line + 1;
        node->column = (int)event->start_mark.column + 1;
    }
    return node;
}

/* Adds a child to an open list (key NULL) or map; its arrays double inside the arena. */
static int grow(struct reading *reading, struct yaml_node *parent, size_t *capacity,
                const char *key, struct yaml_node *child)
{
    struct arena *arena = reading->yaml->arena;
    size_t n = parent->n;

    if (n == *capacity) {
        *capacity = n != 0 ? n * 2 : 4;
        const char **keys = arena_alloc(arena, *capacity * sizeof *keys);
        struct yaml_node **children = arena_alloc(arena, *capacity * sizeof *children);

        if (keys == NULL || children == NULL)
            return err_nomem(reading->err);
        if (n > 0) {
            memcpy(keys, parent->keys, n * sizeof *keys);
            memcpy(children, parent->children, n * sizeof *children);
        }
        parent->keys = keys;
        parent->children = children;
    }
    parent->keys[n] = key;
    parent->children[n] = child;
    parent->n++;
    return 0;
}

struct named {
    const char *key;
    const struct yaml_node *value;
};

static int by_key_then_place(const void *a, const void *b)
{
    const struct named *left = a;
    const struct named *right = b;
    int order = strcmp(left->key, right->key);

    if (order != 0)
        return order;
    if (left->value->key_line != right->value->key_line)
        return left->value->key_line < right->value->key_line ? -1 : 1;
    return left->value->key_column < right->value->key_column ? -1 : 1;
}

/* Sorted, because comparing each with each would take minutes for a hostile file. */
static int refuse_duplicates(struct reading *reading, const struct yaml_node *map)
{
    if (map->n < 2)
        return 0;
    struct named *sorted = arena_alloc(reading->yaml->arena, map->n * sizeof *sorted);

    if (sorted == NULL)
        return err_nomem(reading->err);
    for (size_t i = 0; i < map->n; i++)
        sorted[i] = (struct named){map->keys[i], map->children[i]};
    qsort(sorted, map->n, sizeof *sorted, by_key_then_place);
    for (size_t i = 1; i < map->n; i++) {
        const struct yaml_node at = place_of_key(sorted[i].value);
        if (str_eq(sorted[i - 1].key, sorted[i].key))
            return yaml_complain(reading->yaml, &at, reading->err,
                                 "the same map already has a key \"%s\"", sorted[i].key);
    }
    return 0;
}

/* --- reading events ------------------------------------------------------------------------ */

static int read_node(struct reading *reading, const yaml_event_t *event, int depth,
                     struct yaml_node **out);

static int read_scalar(struct reading *reading, const yaml_event_t *event, struct yaml_node **out)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    struct yaml_node *node = new_node(reading, event, YAML_SCALAR);

    if (memchr(text, '\0', len) != NULL)
        return complain_at(reading->yaml, &event->start_mark, reading->err,
                           "a NUL inside text is not accepted");
    if (node == NULL || (node->text = arena_copy(reading->yaml->arena, text, len)) == NULL)
        return err_nomem(reading->err);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    *out = node;
    return 0;
}

static int read_list(struct reading *reading, const yaml_event_t *start, int depth,
                     struct yaml_node **out)
{
    struct yaml_node *node = new_node(reading, start, YAML_LIST);
    size_t capacity = 0;

    if (node == NULL)
        return err_nomem(reading->err);
    for (;;) {
        CLEANUP(yaml_event_delete) yaml_event_t event = {0};
        struct yaml_node *child = NULL;

        int r = next_event(reading, &event);
        if (r != 0)
            return r;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            break;
        r = read_node(reading, &event, depth + 1, &child);
        if (r == 0)
            r = grow(reading, node, &capacity, NULL, child);
        if (r != 0)
            return r;
    }
    *out = node;
    return 0;
}

static int read_member(struct reading *reading, const yaml_event_t *key_event, int depth,
                       struct yaml_node *map, size_t *capacity)
{
    CLEANUP(yaml_event_delete) yaml_event_t event = {0};
    struct yaml_node *key = NULL;
    struct yaml_node *value = NULL;

    int r = read_node(reading, key_event, depth + 1, &key);
    if (r != 0)
        return r;
    if (key->kind != YAML_SCALAR)
        return complain_at(reading->yaml, &key_event->start_mark, reading->err,
                           "a key must be plain text");
    r = next_event(reading, &event);
    if (r == 0)
        r = read_node(reading, &event, depth + 1, &value);
    if (r != 0)
        return r;
    value->key_line = key->line;
    value->key_column = key->column;
    return grow(reading, map, capacity, key->text, value);
}

static int read_map(struct reading *reading, const yaml_event_t *start, int depth,
                    struct yaml_node **out)
{
    struct yaml_node *node = new_node(reading, start, YAML_MAP);
    size_t capacity = 0;

    if (node == NULL)
        return err_nomem(reading->err);
    for (;;) {
        CLEANUP(yaml_event_delete) yaml_event_t event = {0};

        int r = next_event(reading, &event);
        if (r != 0)
            return r;
        if (event.type == YAML_MAPPING_END_EVENT)
            break;
        r = read_member(reading, &event, depth, node, &capacity);
        if (r != 0)
            return r;
    }
    *out = node;
    return refuse_duplicates(reading, node);
}

static int refuse_cleverness(struct reading *reading, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    const char *text = NULL;

    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    } else {
        text = "aliases are not accepted: write the value out";
    }
    if (anchor != NULL)
        text = "anchors are not accepted: write the value out";
    else if (tag != NULL)
        text = "tags are not accepted: remove the ! part";
    return text != NULL ? complain_at(reading->yaml, &event->start_mark, reading->err, text) : 0;
}

static int read_node(struct reading *reading, const yaml_event_t *event, int depth,
                     struct yaml_node **out)
{
    if (depth > DEPTH_MAX)
        return complain_at(reading->yaml, &event->start_mark, reading->err,
                           "nested deeper than 64 levels");
    int r = refuse_cleverness(reading, event);
    if (r != 0)
        return r;
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(reading, event, out);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return read_list(reading, event, depth, out);
    return read_map(reading, event, depth, out);
}

/* "---" alone reads as an empty plain scalar: a document without content, like no text at all. */
static bool is_nothing(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text[0] == '\0' && !node->quoted;
}

static int read_stream(struct reading *reading)
{
    struct yaml *yaml = reading->yaml;

    for (;;) {
        CLEANUP(yaml_event_delete) yaml_event_t event = {0};

        int r = next_event(reading, &event);
        if (r != 0)
            return r;
        if (event.type == YAML_STREAM_END_EVENT)
            break;
        if (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_END_EVENT)
            continue;
        if (event.type == YAML_DOCUMENT_START_EVENT && yaml->root == NULL)
            continue;
        if (event.type == YAML_DOCUMENT_START_EVENT)
            return complain_at(yaml, &event.start_mark, reading->err,
                               "only one document is accepted");
        r = read_node(reading, &event, 1, &yaml->root);
        if (r != 0)
            return r;
    }
    if (yaml->root == NULL || is_nothing(yaml->root)) {
        static const yaml_event_t top = {0};
        yaml->root = new_node(reading, &top, YAML_MAP);
    }
    return yaml->root != NULL ? 0 : err_nomem(reading->err);
}

int yaml_parse(struct yaml **out, const char *name, const char *bytes, size_t len, struct err *err)
{
    CLEANUP(yaml_freep) struct yaml *yaml = calloc(1, sizeof *yaml);
    CLEANUP(yaml_parser_delete) yaml_parser_t parser = {0};

    if (len > TEXT_MAX_BYTES)
        return err_set(err, ERR_REJECT, "%s: longer than %zu bytes", name, TEXT_MAX_BYTES);
    if (yaml == NULL || (yaml->arena = arena_new(TREE_MAX_BYTES)) == NULL ||
        (yaml->name = arena_text(yaml->arena, name)) == NULL || !yaml_parser_initialize(&parser))
        return err_nomem(err);

    if (len >= 3 &&
        memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) { /* libyaml would count it as a column */
        bytes += 3;
        len -= 3;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)(bytes != NULL ? bytes : ""), len);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    int r = read_stream(&(struct reading){.yaml = yaml, .parser = &parser, .err = err});
    if (r != 0)
        return r;
    *out = STEAL(yaml);
    return 0;
}

void yaml_free(struct yaml *yaml)
{
    if (yaml == NULL)
        return;
    arena_free(yaml->arena);
    free(yaml);
}

/* --- looking ------------------------------------------------------------------------------- */

const struct yaml_node *yaml_root(const struct yaml *yaml)
{
    return yaml->root;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++) {
        if (str_eq(map->keys[i], key))
            return map->children[i];
    }
    return NULL;
}

const char *yaml_get_text(const struct yaml_node *map, const char *key, const char *fallback)
{
    const struct yaml_node *node = yaml_get(map, key);

    return node != NULL && node->kind == YAML_SCALAR ? node->text : fallback;
}

static int complain_of_unknown(const struct yaml *yaml, const struct yaml_node *value,
                               const char *key, const char *const *allowed, struct err *err)
{
    CLEANUP(buf_done) struct buf list = BUF(ERR_TEXT_BYTES);
    const struct yaml_node at = place_of_key(value);

    for (size_t i = 0; allowed[i] != NULL; i++)
        buf_print(&list, "%s%s", i > 0 ? ", " : "", allowed[i]);
    return yaml_complain(yaml, &at, err, "unknown key \"%s\"; possible here: %s", key,
                         buf_str(&list));
}

int yaml_only_keys(const struct yaml *yaml, const struct yaml_node *map, const char *const *allowed,
                   struct err *err)
{
    for (size_t i = 0; i < map->n && map->kind == YAML_MAP; i++) {
        size_t k = 0;
        while (allowed[k] != NULL && !str_eq(allowed[k], map->keys[i]))
            k++;
        if (allowed[k] == NULL)
            return complain_of_unknown(yaml, map->children[i], map->keys[i], allowed, err);
    }
    return 0;
}

int yaml_complain(const struct yaml *yaml, const struct yaml_node *node, struct err *err,
                  const char *format, ...)
{
    char text[ERR_TEXT_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(err, ERR_REJECT, "%s:%d:%d: %s", yaml->name, node->line, node->column, text);
}
