/* The words that a model is told: files, built into the binary. */
#include <stdio.h>

#include "common/embedded.h"
#include "worker/llm/prompt_inside.h"

#define TEMPLATES_VERSION                                                                          \
    1 /* goes up with their meaning; the hash says whether they are the same */

extern const struct embedded_text builtin_prompts[];

static const char *template_of(const char *name)
{
    for (const struct embedded_text *one = builtin_prompts; one->name != NULL; one++) {
        if (str_eq(one->name, name))
            return one->bytes;
    }
    return NULL;
}

static const char *value_of(const struct template_value *values, size_t n, const char *key,
                            size_t len)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(values[i].key) == len && memcmp(values[i].key, key, len) == 0)
            return values[i].text;
    }
    return NULL;
}

void template_write(struct buf *out, const char *name, const struct template_value *values,
                    size_t n)
{
    const char *at = template_of(name);
    const char *open;

    assert(at != NULL);
    while ((open = strstr(at, "{{")) != NULL) {
        const char *close = strstr(open, "}}");
        const char *value =
            close != NULL ? value_of(values, n, open + 2, (size_t)(close - open - 2)) : NULL;

        assert(value != NULL);
        buf_bytes(out, at, (size_t)(open - at));
        buf_text(out, value);
        at = close + 2;
    }
    buf_text(out, at);
}

void template_version(char *out, size_t size)
{
    const char *elements[16] = {PROMPT_TOOL, PROMPT_TOOL_DESCRIPTION, PROMPT_TOOL_SCHEMA};
    char hex[SHA256_HEX_BYTES];
    size_t n = 3;

    for (const struct embedded_text *one = builtin_prompts; one->name != NULL; one++) {
        assert(n < COUNT(elements));
        elements[n++] = one->bytes;
    }
    sha256_list_hex(elements, n, hex);
    (void)snprintf(out, size, "fix/%d sha256:%s", TEMPLATES_VERSION, hex);
}
