/*
 * Offset list: the offsets of one partition that are in work, ascending, with the moment each was
 * read. Added at the end, taken out anywhere.
 *
 *     offset_list_add() … offset_list_remove()  ->  offset_list_done()
 *
 * An array in order. Taken out means marked; the marks are swept when there is no room, and the
 * array follows what is left in it: it never has room for more than twice that (and 16), so an
 * offset costs at most 32 bytes. Finding is O(log n), adding and removing cost O(log n) on average.
 */
#ifndef COMMON_KAFKA_OFFSET_LIST_H
#define COMMON_KAFKA_OFFSET_LIST_H

#include "common/base.h"

struct offset_entry {
    int64_t offset;
    int64_t read_at_ms; /* >= 0; -1: taken out */
};

struct offset_list { /* zeroed is empty */
    struct offset_entry *entries;
    size_t room;
    size_t first; /* in work, unless the list is empty */
    size_t end;
    size_t count; /* in work */
};

void offset_list_done(struct offset_list *list);
/* Above all others. 0 or ERR_FATAL (no memory). */
int offset_list_add(struct offset_list *list, int64_t offset, int64_t read_at_ms,
                    struct err *err) MUST_USE;
/* False when it is not there. */
bool offset_list_remove(struct offset_list *list, int64_t offset);
bool offset_list_has(const struct offset_list *list, int64_t offset);
/* In order: begin with *at = 0; NULL at the end. Borrowed until the next change. */
const struct offset_entry *offset_list_next(const struct offset_list *list, size_t *at);
static inline const struct offset_entry *offset_list_first(const struct offset_list *list)
{
    return list->count > 0 ? &list->entries[list->first] : NULL;
}
static inline size_t offset_list_bytes(const struct offset_list *list)
{
    return list->room * sizeof list->entries[0];
}

#endif
