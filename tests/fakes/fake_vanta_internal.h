/*
 * A Vanta of paper, between its files: fake_vanta_main.c starts it and guards the door (token,
 * limits), fake_vanta_pages.c cuts lists into pages, fake_vanta_api.c answers from the scenario.
 *
 * The scenario is one JSON object:
 *     {"client_id","client_secret","api_token","token_life_seconds",
 *      "tests":[{…a test as Vanta gives it…, "frameworks":["soc2"], "entities":[{…}]}],
 *      "integrations":[{"integrationId","displayName","resourceKinds":[…],"connections":[…],
 *                       "resources":{"S3Bucket":[{…}]}}]}
 * Without client_id any client gets a token. Error bodies are our invention: Vanta documents none.
 *
 * POST /_fake/flip changes it between polls: {"test":id, "status", "lastTestRunDate",
 * "latestFlipDate", "add_entity":{…}, "remove_entity":id}.
 */
#ifndef TESTS_FAKES_FAKE_VANTA_INTERNAL_H
#define TESTS_FAKES_FAKE_VANTA_INTERNAL_H

#include "tests/fakes/common_http.h"

struct json;

enum limit_class { LIMIT_OAUTH, LIMIT_MANAGEMENT, LIMIT_INTEGRATIONS, LIMIT_COUNT };

#define LIMIT_MAX 10000

/* A sliding minute. */
struct limit {
    int64_t per_minute;
    int64_t taken_at_ms[LIMIT_MAX];
    size_t first, n;
    int64_t refused;
};

struct fake_vanta {
    struct json *scenario;
    struct limit limits[LIMIT_COUNT];
    int64_t retry_after_seconds; /* sent with 429; below 0: not at all */
    char token[80];              /* the one that lives; "" none yet */
    int64_t token_ends_at_ms;
    int64_t minted, unauthorized;
};

/* Answers {"results":{"pageInfo","data"}} with the page that is asked for. Fault "duplicate_cursor"
 * sends the reader in a circle. */
void fake_vanta_page(const struct fake_request *request, struct fake_reply *reply,
                     const struct json *elements);
/* Paths below /v1/, already authorised and within the limits; and /_fake/flip. */
void fake_vanta_answer(struct fake_vanta *vanta, const struct fake_request *request,
                       struct fake_reply *reply);
void fake_vanta_flip(struct fake_vanta *vanta, const struct fake_request *request,
                     struct fake_reply *reply);

#endif
