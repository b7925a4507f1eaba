/*
 * Random edits of any file that parses, by every verb: each edit is accepted or refused in words,
 * and what accepted edits give is judged: it parses, the spans say all that changed and undo it, a
 * formatted file stays formatted; and of a single edit, that it did what was asked, and nothing
 * else.
 *
 * The input: a byte for the number of edits, two for each edit (the seed of its dice), then the
 * file.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#include "tests/support/hcl_edit_dice.h"
#include "worker/hcl/edit/edit.h"

#define EDITS_MAX 6

/* splitmix64 */
static uint32_t next(void *context, uint32_t sides)
{
    uint64_t *seed = context;
    uint64_t x = *seed += 0x9E3779B97F4A7C15U;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return (uint32_t)((x ^ (x >> 31)) % sides);
}

static void fail_when(const char *wrong, const struct thrown *thrown)
{
    if (wrong == NULL)
        return;
    fprintf(stderr, "%s (%s): %s\n", thrown->verb, thrown->value, wrong);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited;
    struct thrown thrown = {0};
    struct err err = {0};
    size_t n = size > 0 ? data[0] % (EDITS_MAX + 1) : 0;
    size_t throws = n;

    if (size < 1 + 2 * n ||
        hcl_parse(&file, "fuzz.tf", (const char *)data + 1 + 2 * n, size - 1 - 2 * n, &err) != 0)
        return 0;
    int r = hcl_edits_new(&edits, &err);
    assert(r == 0);
    for (size_t i = 0; i < throws; i++) {
        uint64_t seed = (uint64_t)data[1 + 2 * i] << 8 | data[2 + 2 * i];
        const struct dice dice = {next, &seed};
        r = edit_dice_throw(&dice, file, edits, &thrown, &err);
        assert(r == 0);
        assert(thrown.kind != THROWN_REFUSED || err.text[0] != '\0');
    }
    r = hcl_edits_apply(edits, &edited, &n, &err);
    if (r != 0) {
        assert(r == ERR_REJECT && err.text[0] != '\0');
        return 0;
    }
    assert(n <= 1);
    if (n == 0)
        return 0;
    fail_when(edit_judge_bytes(file, &edited[0], &after), &thrown);
    if (throws == 1)
        fail_when(edit_judge_meaning(&thrown, &edited[0], after), &thrown);
    return 0;
}
