/* The local forge on real bare repositories, asked by several processes at once. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/files.h"
#include "common/json.h"
#include "tests/support/bare_repository.h"
#include "tests/support/test.h"
#include "worker/forge/forge.h"
#include "worker/forge/local_store.h"

#define FP   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BODY "## Why\n\n<!-- plumb fp=" FP " -->\n"

struct stage {
    char dir[64];
    char repositories[96];
    char pulls[96];
    struct forge *forge;
    struct err err;
};

static int stage_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    strcpy(stage->dir, "/tmp/plumb forge-XXXXXX");
    assert_non_null(mkdtemp(stage->dir));
    snprintf(stage->repositories, sizeof stage->repositories, "%s/repositories", stage->dir);
    snprintf(stage->pulls, sizeof stage->pulls, "%s/pulls", stage->dir);
    bare_repository_make(stage->repositories, "acme/infra");
    assert_int_equal(forge_local_new(&stage->forge, stage->repositories, stage->pulls, &stage->err),
                     0);
    *state = stage;
    return 0;
}

static int stage_down(void **state)
{
    struct stage *stage = *state;

    forge_free(stage->forge);
    files_remove_tree(stage->dir);
    free(stage);
    return 0;
}

static struct forge_pr_request request_for(const char *branch)
{
    static const char *const labels[] = {"compliance-remediation", "auto-generated"};

    return (struct forge_pr_request){
        .repository = "acme/infra",
        .branch = branch,
        .base = "main",
        .title = "Turn on versioning of <logs>",
        .body = BODY,
        .labels = labels,
        .n_labels = COUNT(labels),
        .draft = true,
        .patch = "--- a/main.tf\n+++ b/main.tf\n",
    };
}

static int create(struct stage *stage, const char *branch, struct forge_pr *out)
{
    struct forge_pr_request request = request_for(branch);

    return stage->forge->ops->create_pr(stage->forge, &request, out, &stage->err);
}

static char *read_all(struct stage *stage, const char *name)
{
    CLEANUP(buf_done) struct buf bytes = BUF(1000000);
    char path[256];

    snprintf(path, sizeof path, "%s/acme/infra/%s", stage->pulls, name);
    assert_int_equal(files_read(path, &bytes, &stage->err), 0);
    return buf_take(&bytes);
}

static void a_repository_tells_its_default_branch_and_where_to_clone(void **state)
{
    struct stage *stage = *state;
    CLEANUP(buf_done) struct buf url = BUF(4096);
    struct forge_repository repository;

    assert_int_equal(
        stage->forge->ops->repository(stage->forge, "acme/infra", &repository, &stage->err), 0);
    assert_string_equal(repository.default_branch, "main");
    assert_true(repository.can_push);
    assert_int_equal(stage->forge->ops->clone_url(stage->forge, "acme/infra", &url, &stage->err),
                     0);
    assert_int_equal(buf_str(&url)[0], '/');
    assert_true(str_ends(buf_str(&url), "/repositories/acme/infra.git"));
}

static void what_is_no_repository_is_rejected(void **state)
{
    static const char *const names[] = {"acme/none", "acme",        "",     "acme/infra/x",
                                        "../infra",  "acme/..",     "/etc", "acme/infra.git\n",
                                        "acme/.git", "acme/in fra", "a//b", "acme/infra/"};
    struct stage *stage = *state;
    CLEANUP(buf_done) struct buf url = BUF(4096);
    struct forge_repository repository;
    struct forge_pr pr;

    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(
            stage->forge->ops->repository(stage->forge, names[i], &repository, &stage->err),
            ERR_REJECT);
        assert_int_equal(stage->forge->ops->clone_url(stage->forge, names[i], &url, &stage->err),
                         ERR_REJECT);
        if (i > 0)
            assert_int_equal(
                stage->forge->ops->find_pr(stage->forge, names[i], "x", &pr, &stage->err),
                ERR_REJECT);
    }
}

static void a_branch_name_cannot_lead_out_of_the_repository(void **state)
{
    static const char *const names[] = {"",         "../../HEAD", "a/../b", "/etc/passwd", "a//b",
                                        "a.lock",   "a/.b",       "a b",    "a\nb",        "-x",
                                        "x.lock/y", "a@{1}",      "a~1",    "@",           "x/"};
    struct stage *stage = *state;
    struct forge_pr pr;

    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(create(stage, names[i], &pr), ERR_REJECT);
        assert_int_equal(
            stage->forge->ops->find_pr(stage->forge, "acme/infra", names[i], &pr, &stage->err),
            ERR_REJECT);
    }
}

static void a_pull_request_is_markdown_patch_and_record(void **state)
{
    struct stage *stage = *state;
    CLEANUP(mem_freep) char *page = NULL;
    CLEANUP(mem_freep) char *patch = NULL;
    CLEANUP(mem_freep) char *record = NULL;
    CLEANUP(json_freep) struct json *json = NULL;
    struct forge_pr pr;

    assert_int_equal(create(stage, "fix/one", &pr), 0);
    assert_int_equal(pr.number, 1);
    assert_true(pr.created);
    assert_int_equal(pr.state, FORGE_OPEN);
    assert_string_equal(pr.fingerprint, FP);
    assert_int_equal(strlen(pr.head_commit), 40);
    assert_true(str_starts(pr.url, "file:///tmp/plumb%20forge-"));
    assert_true(str_ends(pr.url, "/pulls/acme/infra/1.md"));

    page = read_all(stage, "1.md");
    assert_non_null(strstr(page, "# Turn on versioning of &lt;logs&gt;\n"));
    assert_non_null(strstr(page, "compliance-remediation, auto-generated"));
    assert_true(str_ends(page, BODY));
    patch = read_all(stage, "1.patch");
    assert_string_equal(patch, "--- a/main.tf\n+++ b/main.tf\n");
    record = read_all(stage, "1.json");
    assert_int_equal(json_parse(&json, record, strlen(record), &stage->err), 0);
    assert_string_equal(json_get_text(json, "head", ""), "fix/one");
    assert_true(json_get_bool(json, "draft", false));
}

static void asking_twice_gives_the_same_pull_request(void **state)
{
    struct stage *stage = *state;
    struct forge_pr first;
    struct forge_pr again;

    assert_int_equal(
        stage->forge->ops->find_pr(stage->forge, "acme/infra", "fix/one", &first, &stage->err),
        FORGE_NO_PR);
    assert_int_equal(create(stage, "fix/one", &first), 0);
    assert_int_equal(create(stage, "fix/one", &again), 0);
    assert_int_equal(again.number, first.number);
    assert_false(again.created);
    assert_int_equal(create(stage, "packed", &again), 0);
    assert_int_equal(again.number, 2);
    assert_int_equal(create(stage, "loose", &again), 0);
    assert_int_equal(again.number, 3);
    assert_int_equal(
        stage->forge->ops->find_pr(stage->forge, "acme/infra", "fix/one", &again, &stage->err), 0);
    assert_string_equal(again.url, first.url);
}

static int find_open(struct stage *stage, const struct forge_kin *kin, struct forge_pr *out)
{
    return stage->forge->ops->find_open(stage->forge, "acme/infra", kin, out, &stage->err);
}

static void an_open_one_of_any_generation_is_found(void **state)
{
    const struct forge_kin kin = {FP, "fix/kin", "fix/kinlong"};
    const struct forge_kin others = {"another", "fix/kin", "fix/kinlong"};
    struct stage *stage = *state;
    struct forge_pr pr;
    char command[256];

    snprintf(command, sizeof command,
             "git --git-dir '%s/acme/infra.git' branch fix/kinlong-g12 fix/one",
             stage->repositories);
    assert_int_equal(find_open(stage, &kin, &pr), FORGE_NO_PR);
    assert_int_equal(create(stage, "fix/one", &pr), 0);
    assert_int_equal(find_open(stage, &kin, &pr), FORGE_NO_PR);
    assert_int_equal(system(command), 0);
    assert_int_equal(create(stage, "fix/kinlong-g12", &pr), 0);
    assert_int_equal(find_open(stage, &kin, &pr), 0);
    assert_int_equal(pr.number, 2);
    assert_string_equal(pr.branch, "fix/kinlong-g12");
    assert_int_equal(find_open(stage, &others, &pr), FORGE_NO_PR);
    snprintf(command, sizeof command, "sed -i 's/\"open\"/\"closed\"/' '%s/acme/infra/2.json'",
             stage->pulls);
    assert_int_equal(system(command), 0);
    assert_int_equal(find_open(stage, &kin, &pr), FORGE_NO_PR);
}

static void a_pull_request_that_a_person_closed_stays_closed(void **state)
{
    struct stage *stage = *state;
    struct forge_pr pr;
    char command[256];

    assert_int_equal(create(stage, "fix/one", &pr), 0);
    snprintf(command, sizeof command, "sed -i 's/\"open\"/\"closed\"/' '%s/acme/infra/1.json'",
             stage->pulls);
    assert_int_equal(system(command), 0);
    assert_int_equal(create(stage, "fix/one", &pr), 0);
    assert_int_equal(pr.state, FORGE_CLOSED);
    assert_false(pr.created);
}

static void a_branch_must_be_there_and_differ(void **state)
{
    struct stage *stage = *state;
    struct forge_pr_request request = request_for("fix/one");
    struct forge_pr pr;

    assert_int_equal(create(stage, "not-pushed", &pr), FORGE_NO_BRANCH);
    assert_int_equal(create(stage, "same", &pr), FORGE_NO_COMMITS);
    request.base = "nowhere";
    assert_int_equal(stage->forge->ops->create_pr(stage->forge, &request, &pr, &stage->err),
                     ERR_REJECT);
}

/* As if the process had been killed between reserving the number and writing. */
static void a_half_written_pull_request_is_completed(void **state)
{
    struct stage *stage = *state;
    struct forge_pr pr;
    char dir[128];
    int64_t number = 0;

    snprintf(dir, sizeof dir, "%s/acme/infra", stage->pulls);
    assert_int_equal(local_store_reserve(dir, "fix/one", &number, &stage->err), 0);
    assert_int_equal(local_store_publish(dir, "1.md", "half", 4, &stage->err), 0);
    assert_int_equal(
        stage->forge->ops->find_pr(stage->forge, "acme/infra", "fix/one", &pr, &stage->err),
        FORGE_NO_PR);
    assert_int_equal(create(stage, "fix/one", &pr), 0);
    assert_int_equal(pr.number, number);
    assert_true(pr.created);
}

#define PROCESSES 5

static pid_t ask_from_a_process(struct stage *stage, const int start[2])
{
    pid_t pid = fork();
    struct forge_pr pr;
    char byte;

    if (pid != 0)
        return pid;
    /* All begin when nobody holds the pipe's writing end any more. */
    close(start[1]);
    if (read(start[0], &byte, 1) != 0 || create(stage, "fix/one", &pr) != 0)
        _exit(255);
    _exit((int)pr.number * 2 + (pr.created ? 1 : 0));
}

static void many_processes_open_one_pull_request(void **state)
{
    struct stage *stage = *state;
    pid_t pids[PROCESSES];
    int start[2];
    int number = 0;
    int created = 0;

    assert_int_equal(pipe(start), 0);
    for (int i = 0; i < PROCESSES; i++)
        pids[i] = ask_from_a_process(stage, start);
    close(start[0]);
    close(start[1]);
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status));
        assert_int_not_equal(WEXITSTATUS(status), 255);
        if (number == 0)
            number = WEXITSTATUS(status) / 2;
        assert_int_equal(WEXITSTATUS(status) / 2, number);
        created += WEXITSTATUS(status) % 2;
    }
    assert_int_equal(created, 1);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, stage_up, stage_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(a_repository_tells_its_default_branch_and_where_to_clone),
        LIVE(what_is_no_repository_is_rejected),
        LIVE(a_branch_name_cannot_lead_out_of_the_repository),
        LIVE(a_pull_request_is_markdown_patch_and_record),
        LIVE(asking_twice_gives_the_same_pull_request),
        LIVE(an_open_one_of_any_generation_is_found),
        LIVE(a_pull_request_that_a_person_closed_stays_closed),
        LIVE(a_branch_must_be_there_and_differ),
        LIVE(a_half_written_pull_request_is_completed),
        LIVE(many_processes_open_one_pull_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
