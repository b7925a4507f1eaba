/* Orders in words for a proxy; the story stands in proxy.h. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/chaos/proxy.h"

static const struct {
    const char *word;
    size_t at;
    enum { NUMBER, SIZE, FLAG } kind;
} words_known[] = {
    {"latency", offsetof(struct proxy_faults, latency_ms), NUMBER},
    {"jitter", offsetof(struct proxy_faults, jitter_ms), NUMBER},
    {"rate", offsetof(struct proxy_faults, bytes_per_second), NUMBER},
    {"piece", offsetof(struct proxy_faults, piece_bytes), SIZE},
    {"pause", offsetof(struct proxy_faults, piece_pause_ms), NUMBER},
    {"cut", offsetof(struct proxy_faults, cut_after_bytes), NUMBER},
    {"corrupt", offsetof(struct proxy_faults, corrupt_byte), NUMBER},
    {"hold", offsetof(struct proxy_faults, hold), FLAG},
    {"swallow", offsetof(struct proxy_faults, swallow), FLAG},
};

static int read_fault(char *word, struct proxy_faults *faults, struct err *err)
{
    char *equals = strchr(word, '=');
    int64_t value = equals != NULL ? strtoll(equals + 1, NULL, 10) : 0;

    if (equals != NULL)
        *equals = '\0';
    if (str_eq(word, "reset-after") && value > 0) {
        faults->cut_after_bytes = value;
        faults->cut_by_reset = true;
        return 0;
    }
    for (size_t i = 0; i < COUNT(words_known); i++) {
        void *field = (char *)faults + words_known[i].at;
        if (!str_eq(word, words_known[i].word) ||
            (words_known[i].kind == FLAG) != (equals == NULL) || value < 0)
            continue;
        if (words_known[i].kind == FLAG)
            *(bool *)field = true;
        else if (words_known[i].kind == SIZE)
            *(size_t *)field = (size_t)value;
        else
            *(int64_t *)field = value;
        return 0;
    }
    return err_set(err, ERR_REJECT, "\"%s\" is no fault, or wants a number", word);
}

static bool obey_alone(struct proxy *proxy, const char *word)
{
    static const struct proxy_faults none = {0};

    if (str_eq(word, "clear")) {
        proxy_set(proxy, TO_SERVER, &none);
        proxy_set(proxy, TO_CLIENT, &none);
    } else if (str_eq(word, "refuse") || str_eq(word, "accept")) {
        proxy_refuse(proxy, word[0] == 'r');
    } else if (str_eq(word, "reset")) {
        proxy_reset(proxy);
    } else {
        return false;
    }
    return true;
}

int proxy_order(struct proxy *proxy, const char *words, struct err *err)
{
    char copy[256], *rest = NULL;
    struct proxy_faults faults = {0};

    if (!str_copy(copy, sizeof copy, words))
        return err_set(err, ERR_REJECT, "too many words");
    const char *first = strtok_r(copy, " \n", &rest);
    if (first == NULL || obey_alone(proxy, first))
        return 0;
    bool both = str_eq(first, "both");
    if (!both && !str_eq(first, "to-client") && !str_eq(first, "to-server"))
        return err_set(err, ERR_REJECT,
                       "\"%s\" is none of to-client, to-server, both, clear, refuse, accept, reset",
                       first);
    for (char *word = strtok_r(NULL, " \n", &rest); word != NULL;
         word = strtok_r(NULL, " \n", &rest)) {
        int r = read_fault(word, &faults, err);
        if (r < 0)
            return r;
    }
    if (both || str_eq(first, "to-server"))
        proxy_set(proxy, TO_SERVER, &faults);
    if (both || str_eq(first, "to-client"))
        proxy_set(proxy, TO_CLIENT, &faults);
    return 0;
}
