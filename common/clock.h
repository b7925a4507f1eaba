/*
 * Clock: the only place that reads time. Logic takes now as a parameter; loops call these.
 * Monotonic time orders and expires; wall-clock time is data.
 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include "common/base.h"

#define CLOCK_RFC3339_BYTES 32 /* "2026-01-15T12:30:45.123Z" and its NUL fit */

int64_t clock_mono_ms(void);
int64_t clock_unix_ms(void);
/* UTC with milliseconds, e.g. 2026-01-15T12:30:45.123Z */
void clock_format_rfc3339(int64_t unix_ms, char out[CLOCK_RFC3339_BYTES]);
/* Reads RFC 3339 with optional fraction and any offset. False when the text is not a date. */
bool clock_parse_rfc3339(const char *text, int64_t *out_unix_ms);

#endif
