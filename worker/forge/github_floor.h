/*
 * GitHub floor: what one process may ask for while Redis, and with it the fleet's budget, is away.
 *
 *     github_floor_take(&floor, is_write, clock_mono_ms())  ->  0, or how long to wait
 *
 * One write a minute and one read a second: little enough that eight processes together stay below
 * every limit of a token, and enough to end what was begun. Nothing is saved up. One floor for all
 * threads of the process.
 */
#ifndef WORKER_FORGE_GITHUB_FLOOR_H
#define WORKER_FORGE_GITHUB_FLOOR_H

#include "common/base.h"

#define GITHUB_FLOOR_WRITE_MS 60000
#define GITHUB_FLOOR_READ_MS  1000

struct github_floor;

int github_floor_new(struct github_floor **out, struct err *err) MUST_USE;
void github_floor_free(struct github_floor *floor);
DEFINE_CLEANUP(struct github_floor *, github_floor_free)

int64_t github_floor_take(struct github_floor *floor, bool is_write, int64_t now_mono_ms) MUST_USE;

#endif
