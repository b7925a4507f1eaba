/* Signals into one flag and one descriptor; the story stands in stop.h. */
#include "common/stop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/clock.h"

static atomic_bool stopping;
static atomic_llong first_signal_at_ms; /* monotonic; 0 none yet */
/* Readable from the first request on and never drained, so that every waiter wakes. */
static atomic_int wake_fd = -1;
static pthread_once_t wake_once = PTHREAD_ONCE_INIT;

static void make_wake_fd(void)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (fd < 0) {
        perror("plumb: eventfd");
        abort();
    }
    atomic_store(&wake_fd, fd);
}

/* Only async-signal-safe calls: it also runs inside the handler. */
static void begin(void)
{
    uint64_t one = 1;
    int kept_errno = errno;

    if (!atomic_exchange(&stopping, true)) {
        alarm(STOP_DRAIN_MS / 1000);
        ssize_t written = write(atomic_load(&wake_fd), &one, sizeof one);
        (void)written; /* a full counter is readable too */
    }
    errno = kept_errno;
}

static void on_stop_signal(int number)
{
    long long none = 0;
    long long now_ms = (long long)clock_mono_ms();

    (void)number;
    if (!atomic_compare_exchange_strong(&first_signal_at_ms, &none, now_ms) &&
        now_ms - none > STOP_SAME_WISH_MS)
        _exit(1);
    begin();
}

static void on_deadline(int number)
{
    static const char text[] = "plumb: could not drain in time; ending now\n";

    (void)number;
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    _exit(1);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void stop_install(void)
{
    pthread_once(&wake_once, make_wake_fd);
    handle(SIGALRM, on_deadline);
    handle(SIGTERM, on_stop_signal);
    handle(SIGINT, on_stop_signal);
    handle(SIGPIPE, SIG_IGN);
}

bool stop_requested(void)
{
    return atomic_load(&stopping);
}

void stop_request(void)
{
    pthread_once(&wake_once, make_wake_fd);
    handle(SIGALRM, on_deadline);
    begin();
}

bool stop_wait(int64_t ms)
{
    int64_t deadline_ms = clock_mono_ms() + (ms > 0 ? ms : 0);

    pthread_once(&wake_once, make_wake_fd);
    while (!stop_requested()) {
        struct pollfd wake = {.fd = atomic_load(&wake_fd), .events = POLLIN};
        int64_t left_ms = deadline_ms - clock_mono_ms();

        if (left_ms <= 0)
            break;
        (void)poll(&wake, 1, left_ms > INT32_MAX ? INT32_MAX : (int)left_ms);
    }
    return stop_requested();
}

void stop_forked(void)
{
    int shared = atomic_exchange(&wake_fd, -1);

    if (shared >= 0)
        close(shared); /* only this process' copy */
    make_wake_fd();
    atomic_store(&first_signal_at_ms, 0);
    atomic_store(&stopping, false);
    stop_install();
}

void stop_reset(void)
{
    uint64_t count;

    pthread_once(&wake_once, make_wake_fd);
    alarm(0);
    atomic_store(&first_signal_at_ms, 0);
    atomic_store(&stopping, false);
    ssize_t drained = read(atomic_load(&wake_fd), &count, sizeof count);
    (void)drained;
}
