/*
 * Intake: findings and drift events that others send. POST /v1/findings takes our own JSON (lines,
 * one object, one array), Security Hub's ASFF, Checkov and SARIF, told apart by content; POST
 * /v1/drift takes our own JSON only.
 *
 *     intake_new() -> intake_routes() into the server's table -> intake_free() after the server
 * stopped
 *
 * An answer 202 comes only after Kafka acked everything:
 * {"accepted":n,"refused":[{"index","error"}],"run_id"}. Refused records are told to the sender and
 * kept on the dead-letter topic. A body of which nothing could be accepted is 400.
 * ?repository=owner/name says it for formats that name none.
 *
 * Who may post: the holder of INTAKE_TOKEN; without one set, anybody if the server listens on
 * loopback, else nobody. Handlers run on the server's threads; an intake holds no state that
 * changes.
 */
#ifndef PRODUCER_INTAKE_H
#define PRODUCER_INTAKE_H

#include "common/base.h"
#include "common/http/http_server.h"

#define INTAKE_ROUTES 2

struct config;
struct intake;
struct queue_producer;

int intake_new(struct intake **out, const struct config *config, struct queue_producer *producer,
               struct err *err) MUST_USE;
void intake_free(struct intake *intake);
DEFINE_CLEANUP(struct intake *, intake_free)
void intake_routes(struct intake *intake, struct http_server_route out[INTAKE_ROUTES]);
/* No token is set, but others than this machine can reach the server: nobody may post. */
bool intake_is_closed(const struct config *config);

#endif
