/* Data files inside the binary, as common/embed.cmake writes them: a table of texts by name. */
#ifndef COMMON_EMBEDDED_H
#define COMMON_EMBEDDED_H

#include <stddef.h>

struct embedded_text {
    const char *name;  /* "aws/storage.yaml"; NULL at the end */
    const char *bytes; /* with a NUL after them */
    size_t len;
};

#endif
