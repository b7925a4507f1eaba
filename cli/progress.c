/* How far it is; the story stands in progress.h. */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"

enum { BAR_EVERY_MS = 100, LINE_EVERY_MS = 5000, BAR_WIDTH = 24, SETTLE_MS = 500 };

struct progress progress_start(const char *title)
{
    const char *term = getenv("TERM");

    return (struct progress){
        .title = title,
        .is_terminal = isatty(STDERR_FILENO) == 1 && (term == NULL || !str_eq(term, "dumb")),
    };
}

/* "1:05", "2:03:09". */
static void write_duration(int64_t ms, char out[32])
{
    long long seconds = (long long)((ms + 999) / 1000);

    if (seconds >= 3600)
        snprintf(out, 32, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        snprintf(out, 32, "%lld:%02lld", seconds / 60, seconds % 60);
}

static void write_rate(const struct progress *p, int64_t done, int64_t total, char out[96])
{
    int64_t ms = clock_mono_ms() - p->phase_at_ms;
    char left[32];

    out[0] = '\0';
    if (ms < SETTLE_MS || done == 0)
        return;
    write_duration(total > done ? ms * (total - done) / done : 0, left);
    snprintf(out, 96, ", %.1f/s, %s left", (double)done * 1000.0 / (double)ms, left);
}

static void show_bar(struct progress *p, int64_t done, int64_t total, const char *found,
                     const char *rate)
{
    int filled = total > 0 ? (int)(done * BAR_WIDTH / total) : BAR_WIDTH;
    char bar[BAR_WIDTH + 1];

    filled = filled > BAR_WIDTH ? BAR_WIDTH : filled;
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', (size_t)filled);
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r\033[K%s [%s] %lld of %lld %s%s%s", p->title, bar, (long long)done,
            (long long)total, p->what, found, rate);
    fflush(stderr);
    p->bar_stands = true;
}

void progress_show(void *context, const char *what, int64_t done, int64_t total, int64_t found)
{
    struct progress *p = context;
    int64_t now_ms = clock_mono_ms();
    char rate[96], other[64] = "";

    if (p->what == NULL || !str_eq(p->what, what)) {
        progress_end(p);
        p->what = what;
        p->phase_at_ms = p->shown_at_ms = now_ms;
    }
    bool is_last = done >= total;
    if (now_ms - p->shown_at_ms < (p->is_terminal ? BAR_EVERY_MS : LINE_EVERY_MS) &&
        !(is_last && p->bar_stands))
        return;
    p->shown_at_ms = now_ms;
    if (found > 0 || str_eq(what, "read"))
        snprintf(other, sizeof other, ", %lld %s", (long long)found,
                 str_eq(what, "read") ? "match" : "refused");
    write_rate(p, done, total, rate);
    if (p->is_terminal)
        show_bar(p, done, total, other, rate);
    else
        fprintf(stderr, "%s: %lld of %lld %s%s%s\n", p->title, (long long)done, (long long)total,
                p->what, other, rate);
}

void progress_end(struct progress *p)
{
    if (p->bar_stands)
        fputc('\n', stderr);
    p->bar_stands = false;
    p->what = NULL;
}
