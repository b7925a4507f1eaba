/*
 * Offset map: which offsets above the committed one are finished, as a text that fits a commit's
 * metadata, so that the next owner of a partition does not do finished work again.
 *
 *     offset_map_begin() -> offset_map_add() … -> offset_map_end()     and back
 *     offset_map_open()  -> offset_map_next() … until false
 *
 *     | "1" | base | "r" | skip done skip done … | sum |     runs, from base on
 *     | "1" | base | "b" | six offsets a character | sum |   bits, from base on, lowest first
 *
 * Every character stands for six bits (A-Z a-z 0-9 - _, the value is the place). A number takes
 * five bits a character, lowest first, and the sixth says that more follow. sum: six characters of
 * the SHA-256 of all before it. base is the committed offset itself: a tool that carries offsets
 * over to another cluster changes the offset and keeps the metadata, and then this says nothing.
 *
 * Holds:    a map is at most OFFSET_MAP_BYTES_MAX bytes, without NUL; of too many runs it holds as
 *           many finished offsets as it can, in whichever form holds more, then is shorter; what
 *           opens is well formed, ascending, and of that base. To forget is safe (work is done
 *           again), to invent is not, so whatever looks odd is no map.
 * Does not: tell a liar who can commit offsets anyway.
 * A change of format takes a new first character; the old reader stays for one release, and a
 * reader that does not know a format does the work again.
 */
#ifndef COMMON_KAFKA_OFFSET_MAP_H
#define COMMON_KAFKA_OFFSET_MAP_H

#include "common/base.h"

/* What brokers take (offset.metadata.max.bytes); the embedded one would take more. */
#define OFFSET_MAP_BYTES_MAX 4096
#define OFFSET_MAP_TEXT      (OFFSET_MAP_BYTES_MAX + 1) /* with the NUL */
/* Everything but the runs, and one run, at most. */
#define OFFSET_MAP_FRAME_BYTES 21
#define OFFSET_MAP_RUN_BYTES   26
#define OFFSET_MAP_SUM_BYTES   6
#define OFFSET_MAP_BITS        6 /* offsets that one character stands for, at best */

struct offset_run { /* finished: first … end - 1; never empty */
    int64_t first, end;
};

struct offset_map_form { /* one way to write the same */
    size_t len;
    int64_t finished; /* offsets that it holds */
    char text[OFFSET_MAP_BYTES_MAX];
};

struct offset_map_writer {
    int64_t base;
    struct offset_run pending; /* may still grow */
    int64_t at;                /* the end of the last run in runs */
    size_t room;               /* for a form's text */
    bool runs_full;
    struct offset_map_form runs, bits;
};

void offset_map_begin(struct offset_map_writer *writer, int64_t base); /* >= 0 */
/* Ascending, none below base, none overlapping. */
void offset_map_add(struct offset_map_writer *writer, struct offset_run run);
/* Its bytes without the NUL; 0 and "" when nothing is finished. */
size_t offset_map_end(struct offset_map_writer *writer, char out[OFFSET_MAP_TEXT]);

/* The sum of such a text; for who makes maps by hand. */
void offset_map_sum(char out[OFFSET_MAP_SUM_BYTES], const char *text, size_t len);

struct offset_map_reader {
    const char *at, *end; /* borrowed text, of the runs or bits alone */
    int64_t offset;
    unsigned bit; /* of *at */
    bool is_bits;
    bool begun;
};

/* False: no map of this base; then nothing may be asked of the reader. text is borrowed. */
bool offset_map_open(struct offset_map_reader *reader, const char *text, size_t len, int64_t base);
/* The next run, ascending, or false. A reader is plain data: a copy goes its own way. */
bool offset_map_next(struct offset_map_reader *reader, struct offset_run *out);

#endif
