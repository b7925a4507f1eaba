/* Reads PLUMB_FAULT at each passing; the story stands in fault.h. */
#include "common/fault.h"

#ifdef PLUMB_FAULT_POINTS
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RULES_MAX 32

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int passed[RULES_MAX];

static void act(const char *action)
{
    fprintf(stderr, "{\"event\":\"fault.injected\",\"action\":\"%s\"}\n", action);
    if (strcmp(action, "kill") == 0)
        kill(getpid(), SIGKILL);
    else if (strcmp(action, "stop") == 0)
        kill(getpid(), SIGSTOP);
    else if (strcmp(action, "term") == 0)
        kill(getpid(), SIGTERM);
    else
        _exit(70);
}

void fault_point(const char *name)
{
    const char *rules = getenv("PLUMB_FAULT");
    char one[96], action[16];
    int at, used;

    if (rules == NULL || rules[0] == '\0')
        return;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < RULES_MAX && *rules != '\0'; i++) {
        at = 1;
        used = 0;
        if (sscanf(rules, "%95[^:]:%15[a-z]%n", one, action, &used) < 2)
            break;
        rules += used;
        if (*rules == '@')
            at = (int)strtol(rules + 1, (char **)&rules, 10);
        if (*rules == ',')
            rules++;
        if (strcmp(one, name) == 0 && ++passed[i] == at)
            act(action);
    }
    pthread_mutex_unlock(&lock);
}
#else
typedef int fault_points_are_off;
#endif
