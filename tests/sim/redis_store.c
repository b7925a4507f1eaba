/* Keys, fields, lifetimes and the clock of the simulated Redis; the story stands in redis_model.h.
 */
#include "tests/sim/redis_model.h"

#define KEYS_MAX      64
#define SNAPSHOTS_MAX 4

struct database {
    struct entry entries[KEYS_MAX];
};

static struct database now_db;
static struct database kept[SNAPSHOTS_MAX];
static size_t n_kept, next_kept;
static int64_t clock_ahead_us, last_us;
static size_t losses;

/* --- time: never twice the same microsecond, as a server answers one after the other --- */

int64_t redis_now_us(void)
{
    int64_t us = 1767225600000000LL + sim_now_ms() * 1000 + clock_ahead_us;

    if (us <= last_us && us > last_us - 1000)
        us = last_us + 1;
    last_us = us;
    return us;
}

void redis_move_clock(int64_t ms)
{
    clock_ahead_us += ms * 1000;
}

int64_t redis_now_ms(void)
{
    return (1767225600000000LL + sim_now_ms() * 1000 + clock_ahead_us) / 1000;
}

/* --- storage --- */

struct text redis_text_new(const char *bytes, size_t len)
{
    struct text text = {malloc(len + 1), len};

    assert(text.bytes != NULL);
    memcpy(text.bytes, bytes, len);
    text.bytes[len] = '\0';
    return text;
}

void redis_entry_done(struct entry *entry)
{
    free(entry->key);
    free(entry->value.bytes);
    for (int i = 0; i < REDIS_FIELDS_MAX; i++) {
        free(entry->names[i]);
        free(entry->fields[i].bytes);
    }
    *entry = (struct entry){0};
}

static void database_empty(struct database *db)
{
    for (int i = 0; i < KEYS_MAX; i++)
        if (db->entries[i].key != NULL)
            redis_entry_done(&db->entries[i]);
}

static void database_copy(struct database *to, const struct database *from)
{
    database_empty(to);
    for (int i = 0; i < KEYS_MAX; i++) {
        const struct entry *e = &from->entries[i];
        struct entry *copy = &to->entries[i];
        if (e->key == NULL)
            continue;
        copy->key = strdup(e->key);
        copy->is_hash = e->is_hash;
        copy->ends_at_ms = e->ends_at_ms;
        if (e->value.bytes != NULL)
            copy->value = redis_text_new(e->value.bytes, e->value.len);
        for (int f = 0; f < REDIS_FIELDS_MAX && e->names[f] != NULL; f++) {
            copy->names[f] = strdup(e->names[f]);
            copy->fields[f] = redis_text_new(e->fields[f].bytes, e->fields[f].len);
        }
    }
}

void redis_begin(void)
{
    redis_end();
    clock_ahead_us = last_us = 0;
    losses = 0;
}

void redis_end(void)
{
    database_empty(&now_db);
    for (size_t i = 0; i < n_kept; i++)
        database_empty(&kept[i]);
    n_kept = next_kept = 0;
}

void redis_empty(void)
{
    database_empty(&now_db);
    losses++;
}

void redis_keep_snapshot(void)
{
    database_copy(&kept[next_kept], &now_db);
    next_kept = (next_kept + 1) % SNAPSHOTS_MAX;
    if (n_kept < SNAPSHOTS_MAX)
        n_kept++;
}

bool redis_go_back(void)
{
    if (n_kept == 0)
        return false;
    database_copy(&now_db, &kept[dice((uint32_t)n_kept)]);
    losses++;
    return true;
}

size_t redis_losses(void)
{
    return losses;
}

struct entry *redis_entry(const char *key)
{
    for (int i = 0; i < KEYS_MAX; i++) {
        struct entry *e = &now_db.entries[i];
        if (e->key == NULL || !str_eq(e->key, key))
            continue;
        if (e->ends_at_ms == 0 || e->ends_at_ms > redis_now_ms())
            return e;
        redis_entry_done(e);
        return NULL;
    }
    return NULL;
}

struct entry *redis_entry_make(const char *key, bool is_hash)
{
    struct entry *e = redis_entry(key);
    int i = 0;

    if (e != NULL) {
        assert(e->is_hash == is_hash); /* WRONGTYPE would be our mistake */
        return e;
    }
    while (now_db.entries[i].key != NULL)
        assert(++i < KEYS_MAX);
    e = &now_db.entries[i];
    e->key = strdup(key);
    e->is_hash = is_hash;
    return e;
}

int redis_field_of(const struct entry *e, const char *name)
{
    for (int i = 0; i < REDIS_FIELDS_MAX && e->names[i] != NULL; i++)
        if (str_eq(e->names[i], name))
            return i;
    return -1;
}

const char *redis_field(const char *key, const char *field)
{
    const struct entry *e = redis_entry(key);
    int i = e != NULL ? redis_field_of(e, field) : -1;

    return i >= 0 ? e->fields[i].bytes : NULL;
}

void redis_field_set(struct entry *e, const char *name, const char *bytes, size_t len)
{
    int i = redis_field_of(e, name);

    if (i < 0) {
        i = 0;
        while (e->names[i] != NULL)
            assert(++i < REDIS_FIELDS_MAX);
        e->names[i] = strdup(name);
    }
    free(e->fields[i].bytes);
    e->fields[i] = redis_text_new(bytes, len);
}

bool redis_field_drop(struct entry *e, const char *name)
{
    int i = redis_field_of(e, name);
    int last = i;

    if (i < 0)
        return false;
    free(e->names[i]);
    free(e->fields[i].bytes);
    while (last + 1 < REDIS_FIELDS_MAX && e->names[last + 1] != NULL)
        last++;
    e->names[i] = e->names[last];
    e->fields[i] = e->fields[last];
    e->names[last] = NULL;
    e->fields[last] = (struct text){0};
    return true;
}
