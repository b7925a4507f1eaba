/* A handle that never subscribes, and one request by hand; the story stands in group.h. */
#include "tests/chaos/group.h"

#include <arpa/inet.h>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"

enum { ASK_MS = 10000, LEAVE_GROUP = 13 };

struct group {
    char name[128];
    char brokers[128];
    rd_kafka_t *rk;
    rd_kafka_topic_partition_list_t *partitions;
};

static int add_partitions(struct group *group, const char *topic, struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(group->rk, topic, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(group->rk, 0, handle, &metadata, ASK_MS);

    rd_kafka_topic_destroy(handle);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "metadata of %s: %s", topic, rd_kafka_err2str(code));
    for (int i = 0; metadata->topic_cnt > 0 && i < metadata->topics[0].partition_cnt; i++)
        rd_kafka_topic_partition_list_add(group->partitions, topic, i);
    rd_kafka_metadata_destroy(metadata);
    return 0;
}

int group_open(struct group **out, const char *brokers, const char *name, const char *const *topics,
               size_t n, struct err *err)
{
    CLEANUP(group_closep) struct group *group = calloc(1, sizeof *group);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256] = "";

    if (group == NULL)
        return err_nomem(err);
    (void)str_copy(group->name, sizeof group->name, name);
    (void)str_copy(group->brokers, sizeof group->brokers, brokers);
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers, why, sizeof why);
    rd_kafka_conf_set(conf, "group.id", name, why, sizeof why);
    rd_kafka_conf_set(conf, "log_level", "2", why, sizeof why);
    group->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (group->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return err_set(err, ERR_FATAL, "kafka: %s", why);
    }
    group->partitions = rd_kafka_topic_partition_list_new((int)n);
    for (size_t i = 0; i < n; i++) {
        int r = add_partitions(group, topics[i], err);
        if (r < 0)
            return r;
    }
    *out = STEAL(group);
    return 0;
}

void group_close(struct group *group)
{
    if (group == NULL)
        return;
    if (group->partitions != NULL)
        rd_kafka_topic_partition_list_destroy(group->partitions);
    if (group->rk != NULL)
        rd_kafka_destroy(group->rk);
    free(group);
}

/* Two questions, whatever the number of partitions: lanes ask often. */
bool group_is_at_rest(struct group *group)
{
    rd_kafka_topic_partition_list_t *committed = group->partitions;
    rd_kafka_topic_partition_list_t *ends = rd_kafka_topic_partition_list_copy(committed);
    bool rests = true;

    for (int i = 0; i < committed->cnt; i++) {
        committed->elems[i].offset = RD_KAFKA_OFFSET_INVALID;
        ends->elems[i].offset = RD_KAFKA_OFFSET_END; /* as a moment: the latest */
    }
    if (rd_kafka_committed(group->rk, committed, ASK_MS) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_offsets_for_times(group->rk, ends, ASK_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        rests = false;
    for (int i = 0; rests && i < committed->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &committed->elems[i];
        const rd_kafka_topic_partition_t *end =
            rd_kafka_topic_partition_list_find(ends, p->topic, p->partition);
        rests = end != NULL && end->err == RD_KAFKA_RESP_ERR_NO_ERROR &&
                (end->offset <= 0 || p->offset >= end->offset);
    }
    rd_kafka_topic_partition_list_destroy(ends);
    return rests;
}

/* --- a visit --- */

static rd_kafka_t *guest_new(const struct group *group)
{
    const char *const settings[][2] = {
        {"bootstrap.servers", group->brokers},
        {"group.id", group->name},
        {"client.id", "guest"},
        {"enable.auto.commit", "false"},
        {"auto.offset.reset", "latest"},
        {"partition.assignment.strategy", "range"},
        {"session.timeout.ms", "4000"},
        {"heartbeat.interval.ms", "500"},
        {"log_level", "2"},
    };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];

    for (size_t i = 0; i < COUNT(settings); i++)
        rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof why);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (rk == NULL)
        rd_kafka_conf_destroy(conf);
    else
        rd_kafka_poll_set_consumer(rk);
    return rk;
}

/* Lets librdkafka answer the group; what comes is somebody else's. */
static void attend(rd_kafka_t *rk)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(rk, 50);

    if (message != NULL)
        rd_kafka_message_destroy(message);
}

static bool has_partitions(rd_kafka_t *rk)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    bool has = rd_kafka_assignment(rk, &list) == RD_KAFKA_RESP_ERR_NO_ERROR && list->cnt > 0;

    if (list != NULL)
        rd_kafka_topic_partition_list_destroy(list);
    return has;
}

bool group_visit(const struct group *group, int64_t stay_ms)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(8);
    rd_kafka_t *rk = guest_new(group);
    int64_t until_ms = clock_mono_ms() + ASK_MS;

    for (int i = 0; i < group->partitions->cnt; i++)
        if (group->partitions->elems[i].partition == 0)
            rd_kafka_topic_partition_list_add(topics, group->partitions->elems[i].topic,
                                              RD_KAFKA_PARTITION_UA);
    bool came = rk != NULL && rd_kafka_subscribe(rk, topics) == RD_KAFKA_RESP_ERR_NO_ERROR;
    while (came && !has_partitions(rk) && clock_mono_ms() < until_ms)
        attend(rk);
    came = came && has_partitions(rk);
    until_ms = clock_mono_ms() + stay_ms;
    while (came && clock_mono_ms() < until_ms)
        attend(rk);
    rd_kafka_topic_partition_list_destroy(topics);
    if (rk != NULL) {
        (void)rd_kafka_consumer_close(rk);
        rd_kafka_destroy(rk);
    }
    return came;
}

/* --- eviction --- */

static void put_int(struct buf *out, int64_t value, size_t bytes)
{
    for (size_t i = bytes; i > 0; i--)
        buf_char(out, (char)(value >> (8 * (i - 1)) & 0xff));
}

static void put_text(struct buf *out, const char *text)
{
    put_int(out, (int64_t)strlen(text), 2);
    buf_text(out, text);
}

static int connect_to(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_port = htons((uint16_t)strtol(strrchr(address, ':') + 1, NULL, 10));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* LeaveGroup, version 0: header (key, version, correlation, client), group, member; the answer is
 * size, correlation, error code. */
static int leave(const struct group *group, const char *member, struct err *err)
{
    CLEANUP(buf_done) struct buf request = BUF(4096);
    CLEANUP(buf_done) struct buf framed = BUF(4096);
    unsigned char answer[10];
    int fd = connect_to(group->brokers);

    if (fd < 0)
        return err_set(err, ERR_RETRY, "no connection to %s", group->brokers);
    put_int(&request, LEAVE_GROUP, 2);
    put_int(&request, 0, 2);
    put_int(&request, 1, 4);
    put_text(&request, "chaos");
    put_text(&request, group->name);
    put_text(&request, member);
    put_int(&framed, (int64_t)request.len, 4);
    buf_bytes(&framed, request.bytes, request.len);
    bool sent = send(fd, framed.bytes, framed.len, MSG_NOSIGNAL) == (ssize_t)framed.len &&
                recv(fd, answer, sizeof answer, MSG_WAITALL) == sizeof answer;
    close(fd);
    /* 25: it is no member any more. */
    if (sent && answer[8] == 0 && (answer[9] == 0 || answer[9] == 25))
        return 0;
    return err_set(err, ERR_RETRY, "LeaveGroup of %s was answered with %d", member,
                   sent ? answer[9] : -1);
}

int group_evict(struct group *group, struct err *err)
{
    const struct rd_kafka_group_list *list = NULL;
    rd_kafka_resp_err_t code = rd_kafka_list_groups(group->rk, group->name, &list, ASK_MS);
    int r = 0;

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "list of %s: %s", group->name, rd_kafka_err2str(code));
    for (int i = 0; i < list->group_cnt; i++)
        for (int k = 0; r == 0 && k < list->groups[i].member_cnt; k++)
            r = leave(group, list->groups[i].members[k].member_id, err);
    rd_kafka_group_list_destroy(list);
    return r;
}
