/* What every test file includes: cmocka with the headers that it wants before itself. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Shows the text when r is not 0. */
#define assert_ok(r, err)                                                                          \
    do {                                                                                           \
        int r_ = (r);                                                                              \
        if (r_ != 0)                                                                               \
            fail_msg("answered %d: %s", r_, (err).text);                                           \
    } while (0)
#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        const char *text_ = (text);                                                                \
        if (strstr(text_, (part)) == NULL)                                                         \
            fail_msg("no \"%s\" in: %s", (part), text_);                                           \
    } while (0)
#define assert_lacks(text, part)                                                                   \
    do {                                                                                           \
        const char *text_ = (text);                                                                \
        if (strstr(text_, (part)) != NULL)                                                         \
            fail_msg("\"%s\" stands in: %s", (part), text_);                                       \
    } while (0)

#endif
