/*
 * Any bytes as a Terraform state: what is taken is found again under its own names, addresses come
 * apart and together again, a refusal says something, and whatever the state says leads into a
 * small module with moved blocks or nowhere.
 */
#include "tests/fuzz/fuzz.h"

#include "worker/hcl/syntax/address.h"
#include "worker/hcl/locate/locate.h"
#include "worker/hcl/state/state.h"

#define LOOKED_AT 64 /* instances of one state */
#define LOCATED   8  /* of them, in code */

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

static const char ROOT[] = "resource \"aws_vpc\" \"v\" {\n  count = 1\n}\n"
                           "resource \"a\" \"c\" {\n  for_each = toset([\"k\", \"a.b\"])\n}\n"
                           "resource \"aws_sqs_queue\" \"q\" {\n  name = \"jobs\"\n}\n"
                           "moved {\n  from = a.b\n  to = a.c\n}\n"
                           "moved {\n  from = a.c[\"x\"]\n  to = a.c[\"k\"]\n}\n"
                           "moved {\n  from = module.m\n  to = module.n[\"k\"]\n}\n"
                           "moved {\n  from = module.net[\"eu\"]\n  to = module.n\n}\n"
                           "module \"n\" {\n  source = \"./n\"\n  for_each = var.unknown\n}\n";
static const char CHILD[] = "resource \"aws_lambda_function\" \"g\" {}\n"
                            "moved {\n  from = aws_lambda_function.f\n"
                            "  to = aws_lambda_function.g\n}\n";

static struct hcl_module *open_code(struct hcl_repo *repo)
{
    struct hcl_module *root = NULL;
    struct err err;
    int r = hcl_repo_add(repo, "main.tf", ROOT, strlen(ROOT), &err);

    if (r == 0)
        r = hcl_repo_add(repo, "n/main.tf", CHILD, strlen(CHILD), &err);
    if (r == 0)
        r = hcl_module_open(repo, "", &root, &err);
    assert(r == 0);
    return root;
}

static void locate_all(const struct hcl_state *state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct hcl_match matches[4];
    struct err err;
    int r = hcl_repo_new(&repo, &err);

    assert(r == 0);
    struct hcl_module *root = open_code(repo);
    for (size_t i = 0; i < hcl_state_count(state) && i < LOCATED; i++) {
        const struct hcl_state_instance *instance = hcl_state_at(state, i);
        for (size_t k = 0; k < instance->n_names; k++) {
            const char *value = instance->names[k].value;
            struct hcl_query query = {.arn = value, .name = value, .state = state};
            size_t n = hcl_locate(root, &query, matches, COUNT(matches));
            for (size_t m = 0; m < n && m < COUNT(matches); m++)
                assert(matches[m].resource != NULL && matches[m].how != NULL);
            const char *says = hcl_state_says(root, &query);
            assert(says == NULL || says[0] != '\0');
        }
    }
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
    if (r == 0 && hcl_state_count(state) > 0)
        locate_all(state);
    return 0;
}
