/*
 * A broker seen from outside the queue's door: what it keeps for a group, and what it keeps no
 * more. Failures end the test (cmocka's fail).
 */
#ifndef TESTS_SUPPORT_KAFKA_GROUP_H
#define TESTS_SUPPORT_KAFKA_GROUP_H

#include "tests/support/kafka.h"

#include "common/kafka/offset_map.h"

/* The committed offset, -1 when there is none, and its metadata. */
int64_t group_committed(struct broker *broker, const char *group, const char *topic,
                        int32_t partition, char metadata[OFFSET_MAP_TEXT]);
/* Commits for a group that has no members. */
void group_commit(struct broker *broker, const char *group, const char *topic, int32_t partition,
                  int64_t offset, const char *metadata);
/* Sends n records "v<first>" … to that partition. */
void send_to_partition(struct broker *broker, const char *topic, int32_t partition, int first,
                       int n);
/* Drops the records of that partition, at least those below before, as retention would; the
 * embedded broker does it by being sent more than it keeps. The first offset that is left. */
int64_t partition_trim(struct broker *broker, const char *topic, int32_t partition, int64_t before);
int64_t partition_end(struct broker *broker, const char *topic, int32_t partition);

#endif
