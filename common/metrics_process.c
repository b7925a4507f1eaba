/* /proc in Prometheus' words; the story stands in metrics_process.h. */
#include "common/metrics_process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void render_one(struct buf *out, const char *name, const char *kind, const char *help,
                       double value)
{
    buf_print(out, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, kind, name, value);
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static bool memory_pages(long *out_virtual, long *out_resident)
{
    FILE *file = fopen("/proc/self/statm", "re");
    bool read = false;

    if (file != NULL) {
        read = fscanf(file, "%ld %ld", out_virtual, out_resident) == 2;
        fclose(file);
    }
    return read;
}

static int open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int n = 0;

    if (folder == NULL)
        return -1;
    while (readdir(folder) != NULL)
        n++;
    closedir(folder);
    return n - 3; /* ".", ".." and the folder itself */
}

/* Field 22 of /proc/self/stat counts ticks since boot; the name before it may hold spaces. */
static bool start_unix_seconds(double *out)
{
    char text[1024];
    FILE *file = fopen("/proc/self/stat", "re");
    unsigned long long ticks;
    struct timespec since_boot;
    struct timespec now;

    if (file == NULL)
        return false;
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    const char *after_name = strrchr(text, ')');
    if (after_name == NULL ||
        sscanf(after_name + 1, " %*c%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s %llu",
               &ticks) != 1)
        return false;
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    clock_gettime(CLOCK_REALTIME, &now);
    double age = (double)since_boot.tv_sec - (double)ticks / (double)sysconf(_SC_CLK_TCK);
    *out = (double)now.tv_sec - age;
    return true;
}

void metrics_process_render(struct buf *out)
{
    double page = (double)sysconf(_SC_PAGESIZE);
    struct rlimit descriptors;
    long virtual_pages;
    long resident_pages;
    double start;

    render_one(out, "process_cpu_seconds_total", "counter",
               "Total user and system CPU time spent in seconds.", cpu_seconds());
    if (memory_pages(&virtual_pages, &resident_pages)) {
        render_one(out, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
                   (double)resident_pages * page);
        render_one(out, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.",
                   (double)virtual_pages * page);
    }
    int open_fds = open_descriptors();
    if (open_fds >= 0)
        render_one(out, "process_open_fds", "gauge", "Number of open file descriptors.", open_fds);
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0)
        render_one(out, "process_max_fds", "gauge", "Maximum number of open file descriptors.",
                   (double)descriptors.rlim_cur);
    if (start_unix_seconds(&start))
        render_one(out, "process_start_time_seconds", "gauge",
                   "Start time of the process since unix epoch in seconds.", start);
}
