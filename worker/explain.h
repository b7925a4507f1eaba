/*
 * Explain: what happens to an item on its way, told to whoever sits at the terminal
 * (`plumb once --explain`): the question to the model, its answer, each verdict, the diff.
 *
 * Secrets are redacted; what others wrote cannot steer the terminal. Does nothing where
 * services->explain is NULL.
 */
#ifndef WORKER_EXPLAIN_H
#define WORKER_EXPLAIN_H

#include "common/base.h"

struct gate_report;
struct services;

/* A heading, and text of any number of lines below it. */
void explain_text(const struct services *services, const char *title, const char *text);
/* Likewise, JSON laid out to be read; any other text as it is. */
void explain_json(const struct services *services, const char *title, const char *json);
/* One line under the heading above. */
void explain_line(const struct services *services, const char *format, ...) PRINTF_LIKE(2, 3);
void explain_gate(const struct services *services, const struct gate_report *report);

#endif
