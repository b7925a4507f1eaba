/*
 * Any bytes as a Terraform state: what is taken is found again under its own names, addresses come
 * apart and together again, and a refusal says something.
 */
#include "tests/fuzz/fuzz.h"

#include "worker/hcl/address.h"
#include "worker/hcl/state.h"

#define LOOKED_AT 64 /* instances of one state */

static bool is_among(const struct hcl_state_hit *hits, size_t n,
                     const struct hcl_state_instance *instance)
{
    for (size_t i = 0; i < n; i++)
        if (hits[i].instance == instance)
            return true;
    return false;
}

static void look_up(const struct hcl_state *state, const struct hcl_state_instance *instance)
{
    struct hcl_state_hit hits[LOOKED_AT];

    for (size_t i = 0; i < instance->n_names; i++) {
        const char *value = instance->names[i].value;
        size_t by_arn = hcl_state_by_arn(state, value, hits, LOOKED_AT);
        bool found = by_arn > LOOKED_AT || is_among(hits, by_arn, instance);
        size_t by_name = hcl_state_by_name(state, instance->type, value, hits, LOOKED_AT);
        found = found || by_name > LOOKED_AT || is_among(hits, by_name, instance);
        assert(found || strlen(value) > 2040);
        assert(!hcl_arn_same(value, "arn:aws:sqs:nowhere:0:nothing") ||
               strstr(value, "nothing") != NULL);
    }
}

static void take_apart(const char *text)
{
    static struct address address;
    CLEANUP(buf_done) struct buf again = BUF(64 * 1024);

    if (!address_parse(text, &address))
        return;
    address_write(&address, 0, address.n, &again);
    assert(str_eq(buf_str(&again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(hcl_state_freep) struct hcl_state *state = NULL;
    CLEANUP(buf_done) struct buf key = BUF(64 * 1024);
    struct err err = {0};
    int r = hcl_state_parse(&state, (const char *)data, size, &err);

    assert(r == 0 || (r == ERR_REJECT && err.text[0] != '\0'));
    for (size_t i = 0; r == 0 && i < hcl_state_count(state) && i < LOOKED_AT; i++) {
        const struct hcl_state_instance *instance = hcl_state_at(state, i);
        look_up(state, instance);
        take_apart(instance->address);
        hcl_key_text(instance->address, &key);
        assert(instance->deposed || hcl_state_by_address(state, instance->address) != NULL);
    }
    return 0;
}
