/*
 * Claim scripts: the changes of a claim record, each one Lua script, for claim_store.c alone.
 *
 * KEYS[1] is the record plumb:item:<fp>, a hash:
 *
 *     state         CLAIMED, FREE, or how it ended
 *     owner, fence  of the last take; kept after finish and release, so that either may be repeated
 *     lease_until   Redis' clock in ms; past it anybody may take
 *     attempts      charged by release
 *     crashes       takes that have not come back: one while CLAIMED, more when workers died
 *     pr_url, branch, reason, updated_at
 *     run, replay   how often a replay opened it again, and which did last
 *     replay:<id>   when that replay opened it
 *
 * Every script answers a list: the code first (0, or enum claim_answer), then what its comment
 * says. Change of the fields: keep reading absent ones; old records live on for the whole
 * retention.
 */
#ifndef COMMON_REDIS_CLAIM_SCRIPT_H
#define COMMON_REDIS_CLAIM_SCRIPT_H

#include "common/redis/redis.h"

/* state pr_url branch reason attempts crashes fence updated_at run replay */
#define CLAIM_RECORD_FIELDS 10

/* owner lease_ms -> 0 fence attempts crashes run replay */
extern struct redis_script claim_script_take;
extern struct redis_script claim_script_renew;     /* owner fence lease_ms -> 0 */
extern struct redis_script claim_script_save_plan; /* + KEYS[2] plan; owner fence bytes -> 0 */
/* + KEYS[2] answers; owner fence name bytes keep_ms -> 0 */
extern struct redis_script claim_script_save_answer;
/* + KEYS[2] plan; owner fence state pr_url branch reason retention_ms -> 0 */
extern struct redis_script claim_script_finish;
extern struct redis_script claim_script_release; /* owner fence charge(0, 1) -> 0 */
extern struct redis_script claim_script_reopen; /* replay states ("DLQ,…") -> 0, or 6 and record */
extern struct redis_script claim_script_read;   /* -> 0 and the record's fields */
extern struct redis_script claim_script_count;  /* KEYS[1] counter; ttl_ms -> 0 value */

#endif
