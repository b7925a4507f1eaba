/*
 * proxy: the fault proxy for people. Prints its port, then takes one order a line from stdin:
 *
 *     proxy 127.0.0.1:6379 [PORT]
 *     to-client latency=200 jitter=50      both rate=1000      to-server cut=4096
 *     to-client reset-after=10             both hold           to-client swallow
 *     to-client piece=1 pause=2            to-client corrupt=7 refuse, accept, reset, clear
 *
 * Ends with stdin.
 */
#include <stdio.h>

#include "tests/chaos/proxy.h"

int main(int argc, char **argv)
{
    CLEANUP(proxy_stopp) struct proxy *proxy = NULL;
    char line[256];
    struct err err;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: proxy HOST:PORT|unix:///path [PORT]\n");
        return 2;
    }
    if (proxy_start(&proxy, argv[1], argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0, &err) < 0) {
        fprintf(stderr, "proxy: %s\n", err.text);
        return 1;
    }
    printf("%d\n", proxy_port(proxy));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL)
        if (proxy_order(proxy, line, &err) < 0)
            fprintf(stderr, "proxy: %s\n", err.text);
    return 0;
}
