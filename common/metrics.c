/* Counters under one lock, so that a scrape sees one moment; the story stands in metrics.h. */
#include "common/metrics.h"

#include <math.h>
#include <pthread.h>

#include "common/metrics_process.h"
#include "version.h"

#define FAMILIES_MAX 128
#define SERIES_MAX   200 /* of one family; values past it are counted under OVERFLOW */
#define OVERFLOW     "other"

/* Seconds. One set for all: from a Redis call to a slow clone. */
static const double bounds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                2.5,   5,    10,    30,   60,  120,  300};
static const char *const bound_names[] = {"0.005", "0.01", "0.025", "0.05", "0.1",
                                          "0.25",  "0.5",  "1",     "2.5",  "5",
                                          "10",    "30",   "60",    "120",  "300"};
_Static_assert(COUNT(bounds) == COUNT(bound_names), "each bound has a name");

struct series {
    char *label_value; /* NULL in a family without label */
    double value;      /* of a histogram: the sum */
    uint64_t count;
    uint64_t buckets[COUNT(bounds)]; /* not cumulative; the rest is count minus their sum */
};

struct family {
    struct metric_family declared;
    struct series *series;
    size_t n;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct family families[FAMILIES_MAX];
static size_t n_families;

static struct family *find_family(const char *name)
{
    for (size_t i = 0; i < n_families; i++) {
        if (str_eq(families[i].declared.name, name))
            return &families[i];
    }
    return NULL;
}

static struct series *find_series(const struct family *family, const char *label_value)
{
    for (size_t i = 0; i < family->n; i++) {
        const char *present = family->series[i].label_value;
        if (present == NULL || str_eq(present, label_value))
            return &family->series[i];
    }
    return NULL;
}

static struct series *add_series(struct family *family, const char *label_value)
{
    struct series *more = realloc(family->series, (family->n + 1) * sizeof *more);
    char *copy = label_value != NULL ? strdup(label_value) : NULL;

    if (more == NULL || (label_value != NULL && copy == NULL))
        abort(); /* a few bytes are missing: nothing else would work either */
    family->series = more;
    family->series[family->n] = (struct series){.label_value = copy};
    return &family->series[family->n++];
}

static struct series *series_for(const char *name, const char *label_value)
{
    struct family *family = find_family(name);

    assert(family != NULL);
    assert((family->declared.label != NULL) == (label_value != NULL));
    struct series *series = find_series(family, label_value);
    if (series == NULL && family->n >= SERIES_MAX) {
        label_value = OVERFLOW;
        series = find_series(family, label_value);
    }
    return series != NULL ? series : add_series(family, label_value);
}

void metrics_declare(const struct metric_family *declared, size_t n)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n; i++) {
        if (find_family(declared[i].name) != NULL)
            continue; /* two rooms of one process may share a family */
        assert(n_families < FAMILIES_MAX);
        struct family *family = &families[n_families++];

        *family = (struct family){.declared = declared[i]};
        const char *const *value = declared[i].label_values;
        if (declared[i].label == NULL)
            add_series(family, NULL);
        else
            for (; value != NULL && *value != NULL; value++)
                add_series(family, *value);
    }
    pthread_mutex_unlock(&lock);
}

void metric_count(const char *name, const char *label_value, double more)
{
    assert(more >= 0);
    pthread_mutex_lock(&lock);
    series_for(name, label_value)->value += more;
    pthread_mutex_unlock(&lock);
}

void metric_set(const char *name, const char *label_value, double value)
{
    pthread_mutex_lock(&lock);
    series_for(name, label_value)->value = value;
    pthread_mutex_unlock(&lock);
}

void metric_observe(const char *name, const char *label_value, double value)
{
    pthread_mutex_lock(&lock);
    struct series *series = series_for(name, label_value);
    series->value += value;
    series->count++;
    for (size_t i = 0; i < COUNT(bounds); i++) {
        if (value <= bounds[i]) {
            series->buckets[i]++;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
}

void metric_forget(const char *name)
{
    pthread_mutex_lock(&lock);
    struct family *family = find_family(name);

    assert(family != NULL && family->declared.label != NULL);
    for (size_t i = 0; i < family->n; i++)
        free(family->series[i].label_value);
    family->n = 0;
    pthread_mutex_unlock(&lock);
}

/* --- rendering ----------------------------------------------------------------------------- */

static void put_escaped_part(struct buf *out, const char *text, size_t len, bool quotes)
{
    for (const char *end = text + len; text < end; text++) {
        if (*text == '\n')
            buf_text(out, "\\n");
        else if (*text == '\\' || (*text == '"' && quotes))
            buf_print(out, "\\%c", *text);
        else
            buf_char(out, *text);
    }
}

static void put_escaped(struct buf *out, const char *text, bool quotes)
{
    put_escaped_part(out, text, strlen(text), quotes);
}

/* name="value",name="value": one pair for each name; the last takes all that is left. */
static void put_labels(struct buf *out, const char *names, const char *values)
{
    while (true) {
        const char *comma = strchr(names, ',');
        size_t name_len = comma != NULL ? (size_t)(comma - names) : strlen(names);
        size_t value_len = comma != NULL ? strcspn(values, ",") : strlen(values);
        buf_bytes(out, names, name_len);
        buf_text(out, "=\"");
        put_escaped_part(out, values, value_len, true);
        buf_char(out, '"');
        if (comma == NULL)
            return;
        buf_char(out, ',');
        names = comma + 1;
        values += value_len + (values[value_len] == ',');
    }
}

static void put_number(struct buf *out, double value)
{
    if (isnan(value))
        buf_text(out, "NaN");
    else if (isinf(value))
        buf_text(out, value > 0 ? "+Inf" : "-Inf");
    else
        buf_print(out, "%.17g", value);
}

/* name_suffix{label="value",le="bound"} value; suffix "" and le NULL leave their part out. */
static void put_sample(struct buf *out, const struct family *family, const struct series *series,
                       const char *suffix, const char *le, double value)
{
    bool labelled = series->label_value != NULL;

    buf_print(out, "%s%s", family->declared.name, suffix);
    if (labelled || le != NULL)
        buf_char(out, '{');
    if (labelled)
        put_labels(out, family->declared.label, series->label_value);
    if (le != NULL)
        buf_print(out, "%sle=\"%s\"", labelled ? "," : "", le);
    if (labelled || le != NULL)
        buf_char(out, '}');
    buf_char(out, ' ');
    put_number(out, value);
    buf_char(out, '\n');
}

static void put_histogram(struct buf *out, const struct family *family, const struct series *series)
{
    uint64_t so_far = 0;

    for (size_t i = 0; i < COUNT(bounds); i++) {
        so_far += series->buckets[i];
        put_sample(out, family, series, "_bucket", bound_names[i], (double)so_far);
    }
    put_sample(out, family, series, "_bucket", "+Inf", (double)series->count);
    put_sample(out, family, series, "_sum", NULL, series->value);
    put_sample(out, family, series, "_count", NULL, (double)series->count);
}

static void put_family(struct buf *out, const struct family *family)
{
    static const char *const kinds[] = {
        [METRIC_COUNTER] = "counter",
        [METRIC_GAUGE] = "gauge",
        [METRIC_HISTOGRAM] = "histogram",
    };

    buf_print(out, "# HELP %s ", family->declared.name);
    put_escaped(out, family->declared.help, false);
    buf_print(out, "\n# TYPE %s %s\n", family->declared.name, kinds[family->declared.kind]);
    for (size_t i = 0; i < family->n; i++) {
        if (family->declared.kind == METRIC_HISTOGRAM)
            put_histogram(out, family, &family->series[i]);
        else
            put_sample(out, family, &family->series[i], "", NULL, family->series[i].value);
    }
}

void metrics_render(struct buf *out)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_families; i++)
        put_family(out, &families[i]);
    pthread_mutex_unlock(&lock);
    buf_text(out, "# HELP plumb_build_info What is running.\n# TYPE plumb_build_info gauge\n"
                  "plumb_build_info{version=\"" PLUMB_VERSION "\"} 1\n");
    metrics_process_render(out);
}

double metric_value(const char *name, const char *label_value)
{
    double value = 0;

    pthread_mutex_lock(&lock);
    const struct family *family = find_family(name);
    bool fits = family != NULL && (family->declared.label != NULL) == (label_value != NULL);
    const struct series *series = fits ? find_series(family, label_value) : NULL;
    if (series != NULL && family->declared.kind == METRIC_HISTOGRAM)
        value = (double)series->count;
    else if (series != NULL)
        value = series->value;
    pthread_mutex_unlock(&lock);
    return value;
}

void metrics_reset(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_families; i++) {
        for (size_t k = 0; k < families[i].n; k++)
            free(families[i].series[k].label_value);
        free(families[i].series);
    }
    n_families = 0;
    pthread_mutex_unlock(&lock);
}
