/* Headers of repeated records; the story stands in replay.h. */
#include "proto/replay.h"

#include "proto/onward.h"

bool replay_id_is_valid(const char *id)
{
    size_t len = strnlen(id, REPLAY_ID_BYTES);

    return len > 0 && len < REPLAY_ID_BYTES &&
           strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

bool replay_keeps_header(const char *key)
{
    return onward_keeps_header(key) && !str_starts(key, HEADER_REPLAY_PREFIX);
}
