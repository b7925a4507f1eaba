/* Brokers for tests; the story stands in kafka.h. */
#include "tests/support/kafka.h"

#include "common/clock.h"
#include "common/files.h"
#include "common/kafka/embedded_broker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { ADDRESS_MAX = 100 };

struct broker {
    struct embedded_broker *embedded;
    char *directory; /* of a real one of our own; NULL: shared or embedded */
    char address[ADDRESS_MAX];
    char behind[ADDRESS_MAX]; /* "" unless started so */
};

static const char *environment(const char *name, const char *fallback)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : fallback;
}

/* The first line of a file in the fixture's directory; false when there is none. */
static bool fixture_line(const char *file, char *out, size_t size)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/kafka/%s", environment("PLUMB_BIN_DIR", "build/dev"), file);
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return false;
    bool read = fgets(out, (int)size, stream) != NULL;
    fclose(stream);
    if (read)
        out[strcspn(out, "\n")] = '\0';
    return read;
}

static bool has_program(const char *name)
{
    char command[64];

    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", name);
    return system(command) == 0;
}

const char *broker_kind_name(enum broker_kind kind)
{
    return kind == BROKER_EMBEDDED ? "the embedded broker" : "real Apache Kafka";
}

bool broker_wanted(enum broker_kind kind)
{
    const char *choice = environment("PLUMB_KAFKA", "");
    char why[256] = "Java or Maven is missing";

    if (kind == BROKER_EMBEDDED) {
        if (str_eq(choice, "real"))
            print_message("SKIPPED: %s (PLUMB_KAFKA=real)\n", broker_kind_name(kind));
        return !str_eq(choice, "real");
    }
    if (str_eq(choice, "embedded")) {
        print_message("SKIPPED: %s (PLUMB_KAFKA=embedded)\n", broker_kind_name(kind));
        return false;
    }
    bool there =
        !fixture_line("skipped", why, sizeof why) &&
        (fixture_line("bootstrap", why, sizeof why) || (has_program("java") && has_program("mvn")));
    if (!there && choice[0] != '\0')
        fail_msg("PLUMB_KAFKA=%s asks for a real Kafka: %s", choice, why);
    if (!there)
        print_message("SKIPPED: %s: %s\n", broker_kind_name(kind), why);
    return there;
}

/* Runs tests/kafka/kafka; its first line of output goes to out. */
static void script(const char *verb, const char *directory, char *out, size_t size)
{
    char command[2 * PATH_MAX];

    snprintf(command, sizeof command, "'%s/tests/kafka/kafka' %s '%s'",
             environment("PLUMB_SOURCE_DIR", "."), verb, directory);
    FILE *stream = popen(command, "re");
    assert_non_null(stream);
    out[0] = '\0';
    if (fgets(out, (int)size, stream) != NULL)
        out[strcspn(out, "\n")] = '\0';
    if (pclose(stream) != 0)
        fail_msg("tests/kafka/kafka %s %s failed", verb, directory);
}

static void start_embedded(struct broker *broker)
{
    struct err err;

    if (embedded_broker_start(&broker->embedded, NULL, 0, 1, &err) != 0)
        fail_msg("%s", err.text);
    str_copy(broker->address, sizeof broker->address, embedded_broker_brokers(broker->embedded));
}

static void start_real(struct broker *broker)
{
    char template[] = "/tmp/plumb-kafka-XXXXXX";

    assert_non_null(mkdtemp(template));
    broker->directory = strdup(template);
    assert_non_null(broker->directory);
    script("start", broker->directory, broker->address, sizeof broker->address);
}

static struct broker *start(enum broker_kind kind, bool own)
{
    struct broker *broker = calloc(1, sizeof *broker);

    assert_non_null(broker);
    if (kind == BROKER_EMBEDDED)
        start_embedded(broker);
    else if (own || !fixture_line("bootstrap", broker->address, sizeof broker->address))
        start_real(broker);
    print_message("broker: %s at %s\n", broker_kind_name(kind), broker->address);
    return broker;
}

struct broker *broker_start(enum broker_kind kind)
{
    return start(kind, false);
}

struct broker *broker_start_own(enum broker_kind kind)
{
    return start(kind, true);
}

struct broker *broker_start_behind(int proxy_port)
{
    char port[16], path[PATH_MAX];

    snprintf(port, sizeof port, "%d", proxy_port);
    setenv("PLUMB_KAFKA_BEHIND", port, 1);
    struct broker *broker = start(BROKER_REAL, true);
    unsetenv("PLUMB_KAFKA_BEHIND");
    snprintf(path, sizeof path, "%s/behind", broker->directory);
    FILE *stream = fopen(path, "re");
    assert_non_null(stream);
    assert_non_null(fgets(broker->behind, sizeof broker->behind, stream));
    fclose(stream);
    broker->behind[strcspn(broker->behind, "\n")] = '\0';
    return broker;
}

const char *broker_behind(const struct broker *broker)
{
    return broker->behind;
}

void broker_stop(struct broker *broker)
{
    char ignored[8];

    if (broker == NULL)
        return;
    embedded_broker_stop(broker->embedded);
    if (broker->directory != NULL) {
        script("kill", broker->directory, ignored, sizeof ignored);
        files_remove_tree(broker->directory);
    }
    free(broker->directory);
    free(broker);
}

const char *broker_address(const struct broker *broker)
{
    return broker->address;
}

struct queue_options broker_options(const struct broker *broker)
{
    return (struct queue_options){
        .brokers = broker->address,
        .client_id = "test",
        .session_timeout_ms = 4000,
        .fetch_wait_ms = 20,
    };
}

void broker_make_topics(struct broker *broker, const char *const *topics, size_t n, int partitions)
{
    struct queue_options options = broker_options(broker);
    struct queue_producer *producer = NULL;
    struct err err;
    int r = 0;

    if (broker->embedded != NULL) {
        for (size_t i = 0; r == 0 && i < n; i++)
            r = embedded_broker_add_topic(broker->embedded, topics[i], partitions, &err);
    } else {
        r = queue_producer_new(&producer, &options, &err);
        if (r == 0)
            r = queue_ensure_topics(producer, topics, n, partitions, 1, &err);
        queue_producer_free(producer);
    }
    if (r != 0)
        fail_msg("%s", err.text);
}

void broker_set_up(struct broker *broker, bool up)
{
    char ignored[ADDRESS_MAX];

    if (broker->embedded != NULL) {
        embedded_broker_set_up(broker->embedded, up);
        return;
    }
    assert_non_null(broker->directory); /* others use the shared one */
    script(up ? "start" : "kill", broker->directory, ignored, sizeof ignored);
}

struct embedded_broker *broker_embedded(struct broker *broker)
{
    return broker->embedded;
}

void fresh_name(char out[FRESH_NAME_BYTES], const char *stem)
{
    static int last;

    snprintf(out, FRESH_NAME_BYTES, "%.40s-%lld-%d-%d", stem, (long long)clock_unix_ms(),
             (int)getpid(), ++last);
}
