/*
 * Metrics: counters, gauges and histograms in Prometheus' text format 0.0.4.
 *
 *     metrics_declare(families, COUNT(families));   once, before use
 *     metric_count("plumb_items_total", "PR_OPEN", 1);   ->  metrics_render(&buf)
 *
 * A family has no label or one; its known label values are declared, so every series starts at
 * 0. Two labels are written "topic,partition" and have values like "findings,3". An undeclared name
 * is our own mistake (assert); declaring a name again changes nothing. Any thread. Always adds the
 * process_* family of prometheus' practice and plumb_build_info{version}. Source: prometheus/docs
 * exposition_formats.md.
 */
#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include "common/base.h"
#include "common/buf.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_family {
    const char *name;
    enum metric_kind kind;
    const char *help;
    const char *label;               /* NULL: no label; several: "a,b", with values "1,2" */
    const char *const *label_values; /* NULL-ended, series to start at 0; may be NULL */
};

void metrics_declare(const struct metric_family *families, size_t n); /* borrowed for ever */
/* label_value: NULL for a family without label; of more than 200 the later ones are "other". */
void metric_count(const char *name, const char *label_value, double more);
void metric_set(const char *name, const char *label_value, double value);
void metric_observe(const char *name, const char *label_value, double value); /* seconds */
/* Its series with a label are gone (what they were about is): they are shown no more. */
void metric_forget(const char *name);
void metrics_render(struct buf *out);
/* For /status and tests: the value, a histogram's count; 0 when there is no such series. */
double metric_value(const char *name, const char *label_value);
void metrics_reset(void); /* forgets declarations and values: tests only */

#endif
