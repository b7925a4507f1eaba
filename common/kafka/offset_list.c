/* Offset list; the story stands in offset_list.h. */
#include "common/kafka/offset_list.h"

enum { ROOM_MIN = 16, TAKEN_OUT = -1 };

void offset_list_done(struct offset_list *list)
{
    free(list->entries);
    *list = (struct offset_list){0};
}

static void sweep(struct offset_list *list)
{
    size_t to = 0;

    for (size_t i = list->first; i < list->end; i++)
        if (list->entries[i].read_at_ms != TAKEN_OUT)
            list->entries[to++] = list->entries[i];
    list->first = 0;
    list->end = to;
}

/* Swept before, so that all of it fits. */
static int set_room(struct offset_list *list, size_t room, struct err *err)
{
    struct offset_entry *entries = reallocarray(list->entries, room, sizeof *entries);

    if (entries == NULL)
        return err_nomem(err);
    list->entries = entries;
    list->room = room;
    return 0;
}

/* Each sweep frees a quarter or is followed by growth: a few moves for each added offset. */
static int make_room(struct offset_list *list, struct err *err)
{
    if (list->end < list->room)
        return 0;
    sweep(list);
    if (list->room > 0 && list->count * 4 <= list->room * 3)
        return 0;
    size_t more = list->room + list->room / 2;
    return set_room(list, more > ROOM_MIN ? more : ROOM_MIN, err);
}

static void give_back(struct offset_list *list)
{
    struct err ignored; /* no memory: it stays as large as it is */

    if (list->room <= ROOM_MIN || list->count * 2 >= list->room)
        return;
    sweep(list);
    size_t less = list->count + list->count / 2;
    (void)!set_room(list, less > ROOM_MIN ? less : ROOM_MIN, &ignored);
}

/* The place of the first entry at or above that offset. */
static size_t place(const struct offset_list *list, int64_t offset)
{
    size_t low = list->first;
    size_t high = list->end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->entries[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct offset_entry *find(const struct offset_list *list, int64_t offset)
{
    size_t i = place(list, offset);

    if (i == list->end || list->entries[i].offset != offset ||
        list->entries[i].read_at_ms == TAKEN_OUT)
        return NULL;
    return &list->entries[i];
}

int offset_list_add(struct offset_list *list, int64_t offset, int64_t read_at_ms, struct err *err)
{
    assert(read_at_ms >= 0);
    assert(list->end == list->first || offset > list->entries[list->end - 1].offset);

    int r = make_room(list, err);
    if (r < 0)
        return r;
    list->entries[list->end++] = (struct offset_entry){offset, read_at_ms};
    list->count++;
    return 0;
}

bool offset_list_remove(struct offset_list *list, int64_t offset)
{
    struct offset_entry *entry = find(list, offset);

    if (entry == NULL)
        return false;
    entry->read_at_ms = TAKEN_OUT;
    list->count--;
    while (list->first < list->end && list->entries[list->first].read_at_ms == TAKEN_OUT)
        list->first++;
    give_back(list);
    return true;
}

bool offset_list_has(const struct offset_list *list, int64_t offset)
{
    return find(list, offset) != NULL;
}

const struct offset_entry *offset_list_next(const struct offset_list *list, size_t *at)
{
    size_t i = *at < list->first ? list->first : *at;

    while (i < list->end && list->entries[i].read_at_ms == TAKEN_OUT)
        i++;
    *at = i + 1;
    return i < list->end ? &list->entries[i] : NULL;
}
