/*
 * A poller that dies at any point loses nothing: the next one sends what is missing, and what is
 * sent twice has the same identity. The dying one is a child of this process, made before any
 * thread is.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/redis/source_state.h"
#include "producer/poll.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "tests/support/fake.h"
#include "tests/support/poll_scene.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define SCENARIO                                                                                   \
    "{\"tests\": [{\"id\": \"t1\", \"name\": \"n\", \"entities\": ["                               \
    "{\"id\": \"e1\", \"displayName\": \"one\", \"responseType\": \"S3 bucket\"},"                 \
    "{\"id\": \"e2\", \"displayName\": \"two\", \"responseType\": \"S3 bucket\"},"                 \
    "{\"id\": \"e3\", \"displayName\": \"three\", \"responseType\": \"S3 bucket\"}]}]}"
#define ENTITIES 3

struct victim {
    pid_t pid;
    int orders; /* one line for each setting, then it begins */
};

static void serve_orders(int orders, const char *fault)
{
    FILE *in = fdopen(orders, "r");
    char line[1024];
    struct config config;
    struct err err = {0};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *equals = strchr(line, '=');
        if (equals != NULL) {
            *equals = '\0';
            setenv(line, equals + 1, 1);
        }
    }
    setenv("PLUMB_FAULT", fault, 1);
    if (config_load_env(&config, &err) < 0 || poll_once(&config, &err) < 0)
        fprintf(stderr, "the victim: %s\n", err.text);
    _exit(3); /* it should not have come so far */
}

static struct victim victim_start(const char *fault)
{
    struct victim victim;
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0); /* the fake and Redis must not hold it open */
    victim.pid = fork();
    assert_true(victim.pid >= 0);
    if (victim.pid == 0) {
        close(ends[1]);
        serve_orders(ends[0], fault);
    }
    close(ends[0]);
    victim.orders = ends[1];
    return victim;
}

static void order(const struct victim *victim, const char *name, const char *value)
{
    assert_true(dprintf(victim->orders, "%s=%s\n", name, value) > 0);
}

static bool is_there(struct poll_scene *scene, const char *arn)
{
    for (size_t i = 0; i < scene->n; i++) {
        CLEANUP(item_freep) struct item *item = NULL;
        const struct queue_record *record = scene->records[i];

        assert_string_equal(record->topic, TOPIC_FINDINGS);
        assert_ok(item_decode(&item, record->value, record->value_len, &scene->err), scene->err);
        if (str_eq(item->arn, arn))
            return true;
    }
    return false;
}

/* Every entity is published; how much the victim got through before is not known, so we read on. */
static void read_all_entities(struct poll_scene *scene)
{
    static const char *const arns[ENTITIES] = {"arn:aws:s3:::one", "arn:aws:s3:::two",
                                               "arn:aws:s3:::three"};

    for (size_t k = 0; k < ENTITIES; k++) {
        while (!is_there(scene, arns[k]))
            poll_scene_read(scene, scene->n + 1);
    }
}

static const char *settings[] = {"SOURCES",
                                 "vanta",
                                 "VANTA_CLIENT_ID",
                                 "vci_test",
                                 "VANTA_CLIENT_SECRET",
                                 "vcs_secret",
                                 "GITHUB_REPOSITORY",
                                 "acme/infra",
                                 "VANTA_BASE_URL",
                                 NULL,
                                 NULL};

static void survive(const char *fault, size_t sent_at_least)
{
    struct victim victim = victim_start(fault);
    CLEANUP(buf_done) struct buf cursor = BUF(65536);
    char *dir = temp_dir_make();
    CLEANUP(mem_freep) char *path = temp_file_write(dir, "scenario.json", SCENARIO);
    struct fake *fake = fake_start("fake_vanta", "--scenario", path, NULL);
    struct poll_scene scene;
    int status = 0;

    settings[9] = fake_url(fake);
    poll_scene_start(&scene, BROKER_EMBEDDED, settings);
    for (size_t i = 0; settings[i] != NULL; i += 2)
        order(&victim, settings[i], settings[i + 1]);
    order(&victim, "KAFKA_BOOTSTRAP_SERVERS", broker_address(scene.broker));
    order(&victim, "REDIS_URL", redis_server_url(scene.server));
    order(&victim, "ALLOW_PRIVATE_HOSTS", "true");
    close(victim.orders);
    assert_int_equal(waitpid(victim.pid, &status, 0), victim.pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(source_cursor_read(scene.redis, "vanta", &cursor, &scene.err),
                     SOURCE_NO_CURSOR);

    /* Its lease runs out in a minute; we do not wait for that. */
    redis_do(scene.redis, "HSET plumb:source:vanta lease_until 0");
    assert_ok(poll_once(&scene.config, &scene.err), scene.err);
    poll_scene_read(&scene, ENTITIES + sent_at_least);
    read_all_entities(&scene);
    assert_ok(source_cursor_read(scene.redis, "vanta", &cursor, &scene.err), scene.err);
    poll_scene_stop(&scene);
    fake_stop(fake);
    temp_dir_remove(dir);
}

static void row_01_dying_after_the_fetch_loses_nothing(void **state)
{
    (void)state;
    survive("poll.fetched:kill@1", 0);
}

static void row_03_dying_after_any_item_of_a_page_loses_nothing(void **state)
{
    char fault[32];

    (void)state;
    for (int n = 1; n <= ENTITIES; n++) {
        snprintf(fault, sizeof fault, "poll.sent:kill@%d", n);
        survive(fault, 0);
    }
}

static void row_03_dying_after_the_acks_sends_them_twice_and_loses_nothing(void **state)
{
    (void)state;
    survive("poll.acked:kill@1", ENTITIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_01_dying_after_the_fetch_loses_nothing),
        cmocka_unit_test(row_03_dying_after_any_item_of_a_page_loses_nothing),
        cmocka_unit_test(row_03_dying_after_the_acks_sends_them_twice_and_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
