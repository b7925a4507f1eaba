/* Hiding; the story stands in hide.h. */
#include "worker/llm/hide.h"

#include <stdio.h>

#include "common/arena.h"
#include "common/text/redact.h"
#include "worker/hcl/edit/comments.h"
#include "worker/llm/clean.h"
#include "worker/llm/hide_place.h"
#include "worker/llm/looks.h"

#define MARK        "PLUMB_HIDDEN_"
#define ARENA_BYTES ((size_t)8 * 1024 * 1024)
#define SECRET_MIN  3 /* shorter ones are words like "a" */
#define KNOWN_MIN   6 /* shorter ones stand in ordinary words */
#define WORD        "+/=_-.~!@$%^&*:"

struct hide {
    struct arena *arena;
    const char *secrets[HIDE_MAX]; /* raw, as between the quotes */
    size_t lens[HIDE_MAX];
    size_t n;
};

int hide_new(struct hide **out, struct err *err)
{
    struct hide *hide = calloc(1, sizeof *hide);

    if (hide == NULL)
        return err_nomem(err);
    hide->arena = arena_new(ARENA_BYTES);
    if (hide->arena == NULL) {
        free(hide);
        return err_nomem(err);
    }
    *out = hide;
    return 0;
}

void hide_free(struct hide *hide)
{
    if (hide == NULL)
        return;
    arena_free(hide->arena);
    free(hide);
}

size_t hide_count(const struct hide *hide)
{
    return hide->n;
}

/* --- what is a secret --- */

static bool redact_changes(const char *text, size_t len)
{
    CLEANUP(buf_done) struct buf clean = BUF(HCL_FILE_MAX_BYTES * 2);

    redact(&clean, text, len);
    return clean.len != len || memcmp(buf_str(&clean), text, len) != 0;
}

/* --- marks --- */

/* 0 and the number of the mark, from 1 on. */
static int mark_of(struct hide *hide, const char *bytes, size_t len, size_t *out, struct err *err)
{
    for (size_t i = 0; i < hide->n; i++) {
        if (hide->lens[i] == len && memcmp(hide->secrets[i], bytes, len) == 0) {
            *out = i + 1;
            return 0;
        }
    }
    if (hide->n == HIDE_MAX)
        return err_set(err, ERR_REJECT, "more than %d secrets stand around the resource", HIDE_MAX);
    hide->secrets[hide->n] = arena_copy(hide->arena, bytes, len);
    if (hide->secrets[hide->n] == NULL)
        return err_set(err, ERR_REJECT, "the secrets around the resource are too long to hide");
    hide->lens[hide->n] = len;
    *out = ++hide->n;
    return 0;
}

/* --- a block --- */

struct walk {
    struct hide *hide;
    const struct hcl_file *file;
    const struct hcl_comments *comments;
    struct buf *out;
    size_t at;         /* bytes up to here are written */
    const char *name;  /* of the argument or key that we are under */
    bool is_sensitive; /* all of it is */
    struct err *err;
};

static void write_until(struct walk *walk, size_t end)
{
    if (end > walk->at)
        buf_bytes(walk->out, walk->file->bytes + walk->at, end - walk->at);
    walk->at = end > walk->at ? end : walk->at;
}

static bool holds_known(const struct hide *hide, const char *text, size_t len)
{
    for (size_t i = 0; i < hide->n; i++) {
        if (hide->lens[i] >= KNOWN_MIN &&
            memmem(text, len, hide->secrets[i], hide->lens[i]) != NULL)
            return true;
    }
    return false;
}

static bool is_secret(const struct walk *walk, const char *text, size_t len)
{
    if (len < SECRET_MIN)
        return false;
    return walk->is_sensitive || holds_known(walk->hide, text, len) ||
           looks_like_secret_name(walk->name) || looks_random(text, len) ||
           looks_like_userinfo(text, len) || redact_changes(text, len);
}

/* A heredoc's literal is a line: its end stays. */
static int write_literal(struct walk *walk, const struct hcl_node *literal)
{
    const char *text = walk->file->bytes + literal->start;
    size_t len = literal->end - literal->start;
    size_t number;

    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    write_until(walk, literal->start);
    if (is_secret(walk, text, len)) {
        int r = mark_of(walk->hide, text, len, &number, walk->err);

        if (r < 0)
            return r;
        buf_print(walk->out, MARK "%zu", number);
    } else {
        CLEANUP(mem_freep) char *copy = strndup(text, len);

        if (copy == NULL)
            return err_nomem(walk->err);
        (void)clean_text(walk->out, copy, strlen(copy));
    }
    walk->at = literal->start + len;
    write_until(walk, literal->end);
    return 0;
}

static void copy_name(const struct walk *walk, size_t start, size_t end, char out[128])
{
    size_t len = end - start < 128 ? end - start : 127;

    memcpy(out, walk->file->bytes + start, len);
    out[len] = '\0';
}

static int walk_node(struct walk *walk, const struct hcl_node *node);

/* name: of what stands in it, for as long as that lasts. */
static int walk_under(struct walk *walk, const struct hcl_node *node, const char *name)
{
    const char *outer = walk->name;

    walk->name = name;
    int r = walk_node(walk, node);
    walk->name = outer;
    return r;
}

static int walk_object(struct walk *walk, const struct hcl_node *object)
{
    int r = 0;

    for (const struct hcl_node *key = object->child; r == 0 && key != NULL && key->next != NULL;
         key = key->next->next) {
        char name[128];

        copy_name(walk, key->start, key->end, name);
        r = walk_node(walk, key);
        if (r == 0)
            r = walk_under(walk, key->next, looks_like_secret_name(walk->name) ? walk->name : name);
    }
    return r;
}

/* Trees are no higher than HCL_HEIGHT_MAX, so this recursion is bounded. */
static int walk_node(struct walk *walk, const struct hcl_node *node)
{
    char name[128];
    int r = 0;

    if (node->kind == HCL_LITERAL)
        return write_literal(walk, node);
    if (node->kind == HCL_OBJECT)
        return walk_object(walk, node);
    if (node->kind == HCL_ATTRIBUTE) {
        copy_name(walk, node->name_start, node->name_end, name);
        /* "default" says nothing: the variable's own name does */
        return walk_under(walk, node->child, str_eq(name, "default") ? walk->name : name);
    }
    for (const struct hcl_node *child = node->child; child != NULL && r == 0; child = child->next)
        r = walk_node(walk, child);
    return r;
}

/* A variable that says "sensitive = true", and everything in it. */
static bool is_sensitive_variable(const struct hcl_file *file, const struct hcl_node *node)
{
    const struct hcl_node *sensitive =
        node->kind == HCL_BLOCK && hcl_name_is(file, node, "variable")
            ? hcl_attribute(file, node, "sensitive")
            : NULL;

    return sensitive != NULL &&
           !(sensitive->child->kind == HCL_BOOL && hcl_name_is(file, sensitive->child, "false"));
}

/* A comment is told as a reader may see it, in as many lines as it has. */
static void replace_comments(struct walk *walk, const struct buf *code, struct buf *out);

int hide_block(struct hide *hide, const struct hcl_file *file, const struct hcl_node *node,
               struct buf *out, struct err *err)
{
    CLEANUP(buf_done) struct buf code = BUF(HCL_FILE_MAX_BYTES * 2);
    char name[128] = "";
    struct walk walk = {
        .hide = hide, .file = file, .out = &code, .at = node->start, .name = name, .err = err};

    if (memmem(file->bytes + node->start, node->end - node->start, MARK, strlen(MARK)) != NULL)
        return err_set(err, ERR_REJECT, "it imitates our marks (" MARK ")");
    if (node->kind == HCL_BLOCK && hcl_name_is(file, node, "variable"))
        (void)hcl_block_label(file, node, 0, name, sizeof name);
    walk.is_sensitive = is_sensitive_variable(file, node);
    int r = walk_node(&walk, node);
    if (r < 0)
        return r;
    write_until(&walk, node->end);
    replace_comments(&walk, &code, out);
    r = buf_check(&code, err);
    return r < 0 ? r : buf_check(out, err);
}

static void write_comment(struct walk *walk, const char *text, size_t len, struct buf *out)
{
    CLEANUP(mem_freep) char *copy = strndup(text, len);
    CLEANUP(buf_done) struct buf words = BUF(HCL_FILE_MAX_BYTES);
    bool is_block = len >= 4 && text[0] == '/' && text[1] == '*';

    if (copy == NULL)
        return;
    hide_words(walk->hide, copy, &words);
    /* Whatever was taken out of it, it is one comment still. */
    const char *seen = buf_str(&words);
    if (is_block && (!str_starts(seen, "/*") || !str_ends(seen, "*/") ||
                     strstr(seen + 2, "*/") != seen + strlen(seen) - 2))
        seen = "/* " CLEAN_MARK " */";
    if (!is_block && (strpbrk(seen, "\n") != NULL || (seen[0] != '#' && !str_starts(seen, "//"))))
        seen = "# " CLEAN_MARK;
    buf_text(out, seen);
}

static void replace_comments(struct walk *walk, const struct buf *code, struct buf *out)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(hcl_comments_freep) struct hcl_comments *comments = NULL;
    struct err err;
    size_t at = 0;

    if (hcl_parse(&file, "shown.tf", buf_str(code), code->len, &err) < 0 ||
        hcl_comments_new(&comments, file, &err) < 0) {
        out->too_long = true; /* it cannot be shown */
        return;
    }
    struct hcl_comment_run run = hcl_comments_between(comments, 0, code->len);
    for (size_t i = 0; i < run.n; i++) {
        buf_bytes(out, buf_str(code) + at, run.items[i].start - at);
        write_comment(walk, buf_str(code) + run.items[i].start,
                      run.items[i].end - run.items[i].start, out);
        at = run.items[i].end;
    }
    buf_text(out, buf_str(code) + at);
}

/* --- words --- */

/* The number of the secret that begins at text, or 0. */
static size_t secret_at(const struct hide *hide, const char *text)
{
    for (size_t i = 0; i < hide->n; i++) {
        if (hide->lens[i] >= KNOWN_MIN && strncmp(text, hide->secrets[i], hide->lens[i]) == 0)
            return i + 1;
    }
    return 0;
}

void hide_words(struct hide *hide, const char *text, struct buf *out)
{
    CLEANUP(buf_done) struct buf seen = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(buf_done) struct buf clean = BUF(HCL_FILE_MAX_BYTES);
    const char *begun = NULL; /* the word that we are in has been looked at */

    (void)clean_text(&seen, text, strlen(text));
    redact(&clean, buf_str(&seen), seen.len);
    for (const char *at = buf_str(&clean); *at != '\0';) {
        size_t number = secret_at(hide, at);
        size_t n = at < begun ? 0 : looks_run(at, strlen(at), WORD);

        if (number > 0) {
            buf_print(out, MARK "%zu", number);
            at += hide->lens[number - 1];
        } else if (n > 0 && (looks_random(at, n) || looks_like_userinfo(at, n))) {
            buf_text(out, "[hidden]");
            at += n;
        } else {
            begun = n > 0 ? at + n : begun;
            buf_char(out, *at++);
        }
    }
}

/* --- back again --- */

int hide_reveal(const struct hide *hide, const char *text, const char *old, struct buf *out,
                struct err *err)
{
    const char *mark = strstr(text, MARK);
    bool stays = mark == NULL || (old != NULL && hide_stays(old, text, MARK));

    while ((mark = strstr(text, MARK)) != NULL) {
        const char *digits = mark + strlen(MARK);
        size_t n_digits = strspn(digits, "0123456789");
        size_t number = n_digits > 0 && n_digits < 6 ? (size_t)strtoul(digits, NULL, 10) : 0;

        if (number == 0 || number > hide->n)
            return err_set(err, ERR_REJECT, "%.40s stands for nothing that was shown", mark);
        if (!stays)
            return err_set(err, ERR_REJECT,
                           MARK "%zu stands where it did not stand before: a hidden value may only "
                                "stay where it is",
                           number);
        buf_bytes(out, text, (size_t)(mark - text));
        buf_bytes(out, hide->secrets[number - 1], hide->lens[number - 1]);
        text = digits + n_digits;
    }
    buf_text(out, text);
    return buf_check(out, err);
}
