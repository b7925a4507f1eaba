/* Ids that the log holds; the story stands in seen.h. */
#include "worker/sink/seen.h"

#include "common/digest.h"

enum { SEEN_START = 1024 };

struct key { /* all zeros: an empty place; no SHA-256 that anybody can find begins so */
    uint64_t high;
    uint64_t low;
};

struct seen {
    struct key *keys;
    size_t capacity; /* a power of two */
    size_t count;
};

static struct key key_of(const char *id)
{
    uint8_t digest[SHA256_BYTES];
    struct key key;

    sha256(id, strlen(id), digest);
    memcpy(&key.high, digest, sizeof key.high);
    memcpy(&key.low, digest + sizeof key.high, sizeof key.low);
    return key;
}

static bool is_empty(struct key key)
{
    return key.high == 0 && key.low == 0;
}

/* The place where the key is, or would be. */
static struct key *find(struct key *keys, size_t capacity, struct key key)
{
    size_t i = key.high & (capacity - 1);

    while (!is_empty(keys[i]) && (keys[i].high != key.high || keys[i].low != key.low))
        i = (i + 1) & (capacity - 1);
    return &keys[i];
}

int seen_new(struct seen **out, struct err *err)
{
    CLEANUP(mem_freep) struct seen *seen = calloc(1, sizeof *seen);

    if (seen == NULL)
        return err_nomem(err);
    seen->capacity = SEEN_START;
    seen->keys = calloc(seen->capacity, sizeof *seen->keys);
    if (seen->keys == NULL)
        return err_nomem(err);
    *out = STEAL(seen);
    return 0;
}

void seen_free(struct seen *seen)
{
    if (seen == NULL)
        return;
    free(seen->keys);
    free(seen);
}

bool seen_has(const struct seen *seen, const char *id)
{
    return !is_empty(*find(seen->keys, seen->capacity, key_of(id)));
}

static int grow(struct seen *seen, struct err *err)
{
    size_t capacity = 2 * seen->capacity;
    struct key *keys = calloc(capacity, sizeof *keys);

    if (keys == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < seen->capacity; i++)
        if (!is_empty(seen->keys[i]))
            *find(keys, capacity, seen->keys[i]) = seen->keys[i];
    free(seen->keys);
    seen->keys = keys;
    seen->capacity = capacity;
    return 0;
}

int seen_add(struct seen *seen, const char *id, struct err *err)
{
    struct key key = key_of(id);

    if (2 * (seen->count + 1) > seen->capacity) {
        int r = grow(seen, err);
        if (r < 0)
            return r;
    }
    struct key *place = find(seen->keys, seen->capacity, key);
    if (is_empty(*place))
        seen->count++;
    *place = key;
    return 0;
}
