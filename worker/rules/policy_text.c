#include "worker/rules/policy_text.h"

#include <stdio.h>

#define SUBJECT "{subject}."

static void quoted(const char *text, struct buf *out)
{
    buf_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buf_char(out, '\\');
        if ((*text == '$' || *text == '%') && text[1] == '{') /* IAM's own ${…} */
            buf_char(out, *text);
        if (*text == '\n')
            buf_text(out, "\\n");
        else
            buf_char(out, *text);
    }
    buf_char(out, '"');
}

static bool is_name(const char *text)
{
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] ==
               '\0' &&
           (text[0] < '0' || text[0] > '9');
}

/* "{subject}.arn…" as Terraform: S.arn alone, or a text around it. always: a text in any case. */
static void resource(const struct policy_words *words, const char *text, bool always,
                     struct buf *out)
{
    const char *attribute = text + strlen("{subject}");
    size_t len;

    if (!str_starts(text, SUBJECT)) {
        quoted(text, out);
        return;
    }
    len = 1 + strspn(attribute + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
    if (attribute[len] == '\0' && !always)
        buf_print(out, "%s%.*s", words->self, (int)len, attribute);
    else
        buf_print(out, "\"${%s%.*s}%s\"", words->self, (int)len, attribute, attribute + len);
}

static void resources_in_lines(const struct policy_words *words, struct buf *out)
{
    const struct literals *resources = &words->want->resources;

    if (resources->n == 1) {
        resource(words, resources->items[0].text, false, out);
        return;
    }
    buf_text(out, "[\n");
    for (size_t i = 0; i < resources->n; i++) {
        resource(words, resources->items[i].text, false, out);
        buf_text(out, ",\n");
    }
    buf_char(out, ']');
}

static void texts(const struct literals *values, bool always_list, struct buf *out)
{
    bool is_list = always_list || values->n != 1;

    buf_text(out, is_list ? "[" : "");
    for (size_t i = 0; i < values->n; i++) {
        buf_text(out, i > 0 ? ", " : "");
        quoted(values->items[i].text, out);
    }
    buf_text(out, is_list ? "]" : "");
}

/* --- jsonencode --- */

static void key(const struct policy_style *style, const char *name, struct buf *out)
{
    if (is_name(name) && !style->quoted_keys)
        buf_text(out, name);
    else
        quoted(name, out);
    buf_text(out, style->colons ? ": " : " = ");
}

static void conditions_object(const struct policy_words *words, const struct policy_style *style,
                              struct buf *out)
{
    const struct policy_want *want = words->want;

    key(style, "Condition", out);
    buf_text(out, "{\n");
    for (size_t i = 0; i < want->n_conditions; i++) {
        const struct policy_condition *one = &want->conditions[i];
        bool is_first = i == 0 || !str_eq(one->operator, want->conditions[i - 1].operator);
        bool is_last =
            i + 1 == want->n_conditions || !str_eq(one->operator, want->conditions[i + 1].operator);

        if (is_first) {
            key(style, one->operator, out);
            buf_text(out, "{\n");
        }
        key(style, one->key, out);
        texts(&one->values, false, out);
        buf_text(out, is_last ? "\n}\n" : "\n");
    }
    buf_text(out, "}\n");
}

void policy_text_object(const struct policy_words *words, const struct policy_style *style,
                        struct buf *out)
{
    const struct policy_want *want = words->want;

    buf_text(out, "{\n");
    key(style, "Sid", out);
    quoted(words->sid, out);
    buf_char(out, '\n');
    key(style, "Effect", out);
    quoted(want->effect, out);
    buf_char(out, '\n');
    key(style, "Principal", out);
    buf_text(out, "\"*\"\n");
    key(style, "Action", out);
    texts(&want->actions, false, out);
    buf_char(out, '\n');
    key(style, "Resource", out);
    resources_in_lines(words, out);
    buf_char(out, '\n');
    if (want->n_conditions > 0)
        conditions_object(words, style, out);
    buf_char(out, '}');
}

/* --- a data source's block --- */

void policy_text_block(const struct policy_words *words, struct buf *out)
{
    const struct policy_want *want = words->want;

    buf_text(out, "statement {\nsid = ");
    quoted(words->sid, out);
    buf_text(out, "\neffect = ");
    quoted(want->effect, out);
    buf_text(out, "\nactions = ");
    texts(&want->actions, true, out);
    buf_text(out, want->resources.n == 1 ? "\nresources = [" : "\nresources = ");
    resources_in_lines(words, out);
    buf_text(out, want->resources.n == 1 ? "]\n" : "\n");
    buf_text(out, "\nprincipals {\ntype = \"*\"\nidentifiers = [\"*\"]\n}\n");
    for (size_t i = 0; i < want->n_conditions; i++) {
        const struct policy_condition *one = &want->conditions[i];

        buf_text(out, "\ncondition {\ntest = ");
        quoted(one->operator, out);
        buf_text(out, "\nvariable = ");
        quoted(one->key, out);
        buf_text(out, "\nvalues = ");
        texts(&one->values, true, out);
        buf_text(out, "\n}\n");
    }
    buf_char(out, '}');
}

/* --- JSON --- */

struct sheet { /* JSON being written */
    const struct policy_layout *layout;
    struct buf *out;
    int level;
};

static void new_line(struct sheet *sheet)
{
    if (sheet->layout->step[0] == '\0')
        return;
    buf_print(sheet->out, "\n%s", sheet->layout->indent);
    for (int i = 0; i < sheet->level; i++)
        buf_text(sheet->out, sheet->layout->step);
}

static void opened(struct sheet *sheet, char bracket)
{
    buf_char(sheet->out, bracket);
    sheet->level++;
    new_line(sheet);
}

static void closed(struct sheet *sheet, char bracket)
{
    sheet->level--;
    new_line(sheet);
    buf_char(sheet->out, bracket);
}

static void next(struct sheet *sheet)
{
    buf_text(sheet->out, sheet->layout->step[0] == '\0' && strchr(sheet->layout->colon, ' ') != NULL
                             ? ", "
                             : ",");
    new_line(sheet);
}

static void name(struct sheet *sheet, const char *text)
{
    quoted(text, sheet->out);
    buf_text(sheet->out, sheet->layout->colon);
}

static void json_values(struct sheet *sheet, const struct policy_words *words,
                        const struct literals *values)
{
    if (values->n > 1)
        opened(sheet, '[');
    for (size_t i = 0; i < values->n; i++) {
        if (i > 0)
            next(sheet);
        resource(words, values->items[i].text, true, sheet->out);
    }
    if (values->n > 1)
        closed(sheet, ']');
}

static void json_conditions(struct sheet *sheet, const struct policy_words *words)
{
    const struct policy_want *want = words->want;

    name(sheet, "Condition");
    opened(sheet, '{');
    for (size_t i = 0; i < want->n_conditions; i++) {
        const struct policy_condition *one = &want->conditions[i];
        bool is_first = i == 0 || !str_eq(one->operator, want->conditions[i - 1].operator);
        bool is_last =
            i + 1 == want->n_conditions || !str_eq(one->operator, want->conditions[i + 1].operator);

        if (i > 0)
            next(sheet);
        if (is_first) {
            name(sheet, one->operator);
            opened(sheet, '{');
        }
        name(sheet, one->key);
        json_values(sheet, words, &one->values);
        if (is_last)
            closed(sheet, '}');
    }
    closed(sheet, '}');
}

void policy_text_json(const struct policy_words *words, const struct policy_layout *layout,
                      struct buf *out)
{
    struct sheet sheet = {layout, out, 0};
    const struct policy_want *want = words->want;

    opened(&sheet, '{');
    name(&sheet, "Sid");
    quoted(words->sid, out);
    next(&sheet);
    name(&sheet, "Effect");
    quoted(want->effect, out);
    next(&sheet);
    name(&sheet, "Principal");
    buf_text(out, "\"*\"");
    next(&sheet);
    name(&sheet, "Action");
    json_values(&sheet, words, &want->actions);
    next(&sheet);
    name(&sheet, "Resource");
    json_values(&sheet, words, &want->resources);
    if (want->n_conditions > 0) {
        next(&sheet);
        json_conditions(&sheet, words);
    }
    closed(&sheet, '}');
}
