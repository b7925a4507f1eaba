/*
 * Base: what every file of Plumbline stands on. Errors, ownership, small strings.
 *
 * A fallible function returns int. 0 is done. A positive value is an answer of that very
 * function, named in its header. A negative value is one of three classes (below), passed up
 * unchanged; its text travels in struct err. Outputs are untouched unless 0 is returned.
 *
 * Holds no state; every function is safe from every thread.
 */
#ifndef COMMON_BASE_H
#define COMMON_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* CLEANUP(x_freep) struct x *p = NULL;  the pointer is freed when its scope ends. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define DEFINE_CLEANUP(type, fn)                                                                   \
    static inline void fn##p(type *p)                                                              \
    {                                                                                              \
        if (*p != NULL)                                                                            \
            fn(*p);                                                                                \
    }
/* Hands an owned pointer over: *out = STEAL(p); */
#define STEAL(p)                                                                                   \
    ({                                                                                             \
        __typeof__(p) stolen_ = (p);                                                               \
        (p) = NULL;                                                                                \
        stolen_;                                                                                   \
    })
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum err_class {
    ERR_RETRY = -1,  /* the world failed: back off, then the same again */
    ERR_REJECT = -2, /* this input can never work: dead-letter it with the text */
    ERR_FATAL = -3,  /* this process cannot go on: bad configuration, no memory */
};

#define ERR_TEXT_BYTES 512

struct err {
    char text[ERR_TEXT_BYTES];
    int64_t retry_after_ms; /* > 0: the other side said when; costs no attempt. Else 0. */
    bool is_failure;        /* the other side failed, so it costs an attempt all the same */
};

/* Both write the text, cut to fit on a UTF-8 boundary. err_set returns cls; err_wrap puts
 * "noun: " before the present text and returns r. */
int err_set(struct err *err, int cls, const char *format, ...) PRINTF_LIKE(3, 4);
int err_wrap(struct err *err, int r, const char *format, ...) PRINTF_LIKE(3, 4);
/* As err_set, and says that the other side asked for retry_after_ms of patience. */
int err_throttled(struct err *err, int64_t retry_after_ms, const char *format, ...)
    PRINTF_LIKE(3, 4);
int err_nomem(struct err *err);      /* ERR_FATAL, "out of memory" */
const char *err_class_name(int cls); /* "retry", "reject", "fatal", "answer" */

static inline bool str_eq(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}
static inline bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}
bool str_ends(const char *s, const char *suffix);
/* Copies at most size - 1 bytes and always ends with NUL; false when it had to cut. */
bool str_copy(char *out, size_t size, const char *s);
/* Ends a text where its last UTF-8 character begins, if a cut left only a part of that. */
void str_drop_half_character(char *text);

static inline void mem_freep(void *p) /* CLEANUP(mem_freep) char *text = NULL; */
{
    free(*(void **)p);
}

#endif
