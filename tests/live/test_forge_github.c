/* The GitHub forge against a process that speaks GitHub: what it finds, opens, adopts and refuses.
 */
#include <pthread.h>
#include <stdio.h>

#include "tests/support/github_scene.h"
#include "tests/support/raw_server.h"

/* --- the good days ------------------------------------------------------------- */

static void a_repository_tells_what_we_need_to_know(void **state)
{
    struct github_scene *scene = *state;
    CLEANUP(buf_done) struct buf url = BUF(1000);
    struct forge_repository repository;

    assert_ok(scene->forge->ops->repository(scene->forge, "acme/infra", &repository, &scene->err),
              scene->err);
    assert_string_equal(repository.default_branch, "main");
    assert_true(repository.can_push);
    assert_false(repository.archived);
    json_free(fake_post(scene->fake, "/_fake/settings",
                        "{'repository':'acme/infra','archived':true,'push':false}"));
    assert_ok(scene->forge->ops->repository(scene->forge, "acme/infra", &repository, &scene->err),
              scene->err);
    assert_false(repository.can_push);
    assert_true(repository.archived);

    assert_ok(scene->forge->ops->clone_url(scene->forge, "acme/infra", &url, &scene->err),
              scene->err);
    assert_true(str_starts(buf_str(&url), fake_url(scene->fake)));
    assert_true(str_ends(buf_str(&url), "/acme/infra.git"));
}

static void a_pull_request_is_a_labelled_draft_with_our_body(void **state)
{
    struct github_scene *scene = *state;
    CLEANUP(json_freep) struct json *root = NULL;
    struct forge_pr pr;

    assert_ok(scene_create(scene, "fix/one", &pr), scene->err);
    assert_true(pr.created);
    assert_int_equal(pr.number, 1);
    assert_int_equal(pr.state, FORGE_OPEN);
    assert_string_equal(pr.fingerprint, SCENE_FP);
    assert_int_equal(strlen(pr.head_commit), 40);
    assert_true(str_ends(pr.url, "/acme/infra/pull/1"));

    const struct json *pull = json_at(json_get(scene_told(scene, &root), "pulls"), 0);
    assert_true(json_get_bool(pull, "draft", false));
    assert_string_equal(json_get_text(pull, "body", ""), SCENE_BODY);
    assert_string_equal(json_text(json_find(pull, "head.ref"), ""), "fix/one");
    assert_string_equal(json_text(json_find(pull, "base.ref"), ""), "main");
    scene_assert_labels(scene, 2);
}

static void what_is_found_is_open_merged_or_closed(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr_request request = scene_request("fix/one");
    struct forge_pr pr;

    request.draft = false;
    assert_int_equal(scene_find(scene, "fix/one", &pr), FORGE_NO_PR);
    assert_ok(scene->forge->ops->create_pr(scene->forge, &request, &pr, &scene->err), scene->err);
    assert_int_equal(scene_find(scene, "fix/one", &pr), 0);
    assert_int_equal(pr.state, FORGE_OPEN);
    assert_false(pr.created);
    assert_int_equal(scene_find(scene, "fix/two", &pr), FORGE_NO_PR);
    assert_int_equal(scene_api(scene, "PATCH", "/pulls/1", "{\"state\":\"closed\"}"), 200);
    assert_int_equal(scene_find(scene, "fix/one", &pr), 0);
    assert_int_equal(pr.state, FORGE_CLOSED);
    assert_int_equal(scene_api(scene, "PATCH", "/pulls/1", "{\"state\":\"open\"}"), 200);
    assert_int_equal(scene_api(scene, "PUT", "/pulls/1/merge", "{}"), 200);
    assert_int_equal(scene_find(scene, "fix/one", &pr), 0);
    assert_int_equal(pr.state, FORGE_MERGED);
}

static int find_open(struct github_scene *scene, const char *fp, struct forge_pr *out)
{
    const struct forge_kin kin = {fp, "fix/kin", "fix/kinlong"};

    return scene->forge->ops->find_open(scene->forge, "acme/infra", &kin, out, &scene->err);
}

/* fix/kin-g7 and its like; each is a copy of fix/one. */
static void make_branch(struct github_scene *scene, const char *name)
{
    char command[400];

    snprintf(command, sizeof command, "git --git-dir '%s/acme/infra.git' branch '%s' fix/one",
             scene->dir, name);
    assert_int_equal(system(command), 0);
}

static void an_open_one_of_any_generation_is_found_with_one_list(void **state)
{
    static const char *const strangers[] = {"fix/kin-rework", "fix/kin-g", "fix/kin-g2x",
                                            "fix/kinder"};
    struct github_scene *scene = *state;
    struct forge_pr made, found;

    for (size_t i = 0; i < COUNT(strangers); i++) {
        make_branch(scene, strangers[i]);
        assert_ok(scene_create(scene, strangers[i], &made), scene->err);
    }
    assert_int_equal(find_open(scene, SCENE_FP, &found), FORGE_NO_PR);
    assert_int_equal(
        fake_requests(scene->fake, "GET /repos/acme/infra/git/matching-refs/heads/fix/kin"), 1);
    assert_int_equal(fake_requests(scene->fake, "GET /repos/acme/infra/pulls"), 0);

    make_branch(scene, "fix/kinlong-g712");
    assert_int_equal(find_open(scene, SCENE_FP, &found), FORGE_NO_PR);
    assert_ok(scene_create(scene, "fix/kinlong-g712", &made), scene->err);
    assert_ok(find_open(scene, SCENE_FP, &found), scene->err);
    assert_string_equal(found.url, made.url);
    assert_string_equal(found.branch, "fix/kinlong-g712");
    assert_int_equal(find_open(scene, "another", &found), FORGE_NO_PR);
    char path[64];
    snprintf(path, sizeof path, "/pulls/%lld", (long long)made.number);
    assert_int_equal(scene_api(scene, "PATCH", path, "{\"state\":\"closed\"}"), 200);
    assert_int_equal(find_open(scene, SCENE_FP, &found), FORGE_NO_PR);
}

static void the_second_to_come_adopts(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr first;
    struct forge_pr second;

    assert_ok(scene_create(scene, "fix/one", &first), scene->err);
    assert_ok(scene_create(scene, "fix/one", &second), scene->err);
    assert_int_equal(second.number, first.number);
    assert_string_equal(second.url, first.url);
    assert_false(second.created);
    scene_assert_opened(scene, 1);
}

struct worker {
    pthread_t thread;
    const char *url;
    int answer;
    struct forge_pr pr;
};

static void *work(void *context)
{
    struct worker *worker = context;
    CLEANUP(http_freep) struct http *http = scene_client();
    CLEANUP(forge_freep) struct forge *forge = scene_forge(worker->url, http, NULL, SCENE_TOKEN);
    struct err err;

    worker->answer = scene_create_by(forge, "fix/one", &worker->pr, &err);
    return NULL;
}

static void many_workers_open_one_pull_request(void **state)
{
    struct github_scene *scene = *state;
    struct worker workers[6];
    int created = 0;

    for (size_t i = 0; i < COUNT(workers); i++) {
        workers[i] = (struct worker){.url = fake_url(scene->fake)};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < COUNT(workers); i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].answer, 0);
        assert_int_equal(workers[i].pr.number, 1);
        created += workers[i].pr.created;
    }
    assert_int_equal(created, 1);
    scene_assert_opened(scene, 1);
}

static void the_open_one_is_found_on_a_later_page(void **state)
{
    static const char again[] = "{\"title\":\"t\",\"head\":\"fix/one\",\"base\":\"main\"}";
    struct github_scene *scene = *state;
    struct forge_pr pr;
    char path[64];

    for (int i = 1; i <= 101; i++) {
        assert_int_equal(scene_api(scene, "POST", "/pulls", again), 201);
        snprintf(path, sizeof path, "/pulls/%d", i);
        assert_int_equal(scene_api(scene, "PATCH", path, "{\"state\":\"closed\"}"), 200);
    }
    assert_int_equal(scene_find(scene, "fix/one", &pr), 0);
    assert_int_equal(pr.number, 101);
    assert_int_equal(scene_api(scene, "PATCH", "/pulls/1", "{\"state\":\"open\"}"), 200);
    assert_int_equal(scene_find(scene, "fix/one", &pr), 0);
    assert_int_equal(pr.number, 1);
}

/* --- refusals ------------------------------------------------------------------- */

static void a_branch_must_be_there_and_differ(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr_request request = scene_request("fix/one");
    struct forge_pr pr;

    assert_int_equal(scene_create(scene, "not-pushed", &pr), FORGE_NO_BRANCH);
    assert_int_equal(scene_create(scene, "same", &pr), FORGE_NO_COMMITS);
    request.base = "nowhere";
    assert_int_equal(scene->forge->ops->create_pr(scene->forge, &request, &pr, &scene->err),
                     ERR_REJECT);
    assert_has(scene->err.text, "base invalid");
    assert_int_equal(scene_create(scene, "a..b", &pr), ERR_REJECT);
    assert_int_equal(scene_find(scene, "a..b", &pr), ERR_REJECT);
}

static void where_drafts_are_refused_it_is_no_draft(void **state)
{
    struct github_scene *scene = *state;
    CLEANUP(json_freep) struct json *root = NULL;
    struct forge_pr pr;

    json_free(
        fake_post(scene->fake, "/_fake/settings", "{'repository':'acme/infra','drafts':false}"));
    assert_ok(scene_create(scene, "fix/one", &pr), scene->err);
    const struct json *pull = json_at(json_get(scene_told(scene, &root), "pulls"), 0);
    assert_false(json_get_bool(pull, "draft", true));
    scene_assert_labels(scene, 2);
}

static void row_24_a_token_that_is_refused_makes_items_wait_for_a_new_one(void **state)
{
    struct github_scene *scene = *state;
    CLEANUP(forge_freep)
    struct forge *forge =
        scene_forge(fake_url(scene->fake), scene->http, NULL, "ghs_some-other-token");
    struct forge_pr pr;

    assert_int_equal(forge->ops->find_pr(forge, "acme/infra", "x", &pr, &scene->err), ERR_RETRY);
    assert_true(scene->err.retry_after_ms >= 60000); /* throttled: it costs no attempt */
    assert_has(scene->err.text, "Bad credentials");
    assert_lacks(scene->err.text, "ghs_");
}

static void row_24_a_token_that_may_not_is_rejected_at_once(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr pr;

    fake_fault(scene->fake, "{" SCENE_PULLS ",'fault':'permission'}");
    assert_int_equal(scene_create(scene, "fix/one", &pr), ERR_REJECT);
    assert_has(scene->err.text, "pull_requests=write");
    assert_int_equal(fake_requests(scene->fake, "POST /repos/acme/infra/pulls"), 1);
}

static void what_is_not_to_be_seen_is_rejected(void **state)
{
    struct github_scene *scene = *state;
    struct forge_repository repository;
    struct forge_pr pr;

    assert_int_equal(
        scene->forge->ops->repository(scene->forge, "acme/hidden", &repository, &scene->err),
        ERR_REJECT);
    assert_has(scene->err.text, "not found, or the token may not see it");
    assert_int_equal(
        scene->forge->ops->repository(scene->forge, "../acme/infra", &repository, &scene->err),
        ERR_REJECT);
    fake_fault(scene->fake, "{" SCENE_PULLS ",'fault':'moved'}");
    assert_int_equal(scene_create(scene, "fix/one", &pr), ERR_REJECT);
    assert_has(scene->err.text, "has moved");
}

/* --- the rest ------------------------------------------------------------------------ */

static void the_token_does_not_follow_a_link_to_another_server(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                 "Link: <http://127.0.0.1:1/elsewhere>; rel=\"next\"\r\n"
                 "Connection: close\r\n\r\n[]"}};
    struct github_scene *scene = *state;
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, 1);
    CLEANUP(forge_freep)
    struct forge *forge = scene_forge(raw_server_url(server, ""), scene->http, NULL, SCENE_TOKEN);
    CLEANUP(mem_freep) char *request = NULL;
    struct forge_pr pr;

    assert_int_equal(forge->ops->find_pr(forge, "acme/infra", "fix/one", &pr, &scene->err),
                     ERR_REJECT);
    assert_has(scene->err.text, "another server");
    request = raw_server_request(server, 0);
    assert_has(request, "head=acme%3Afix%2Fone");
    assert_has(request, "Accept: application/vnd.github+json");
    assert_has(request, "X-GitHub-Api-Version: 2022-11-28");
    assert_has(request, "User-Agent: plumb-test");
}

static void without_a_usable_token_there_is_no_forge(void **state)
{
    static const char *const tokens[] = {NULL, "", "two words", "line\n"};
    struct github_scene *scene = *state;
    struct forge *forge = NULL;

    for (size_t i = 0; i < COUNT(tokens); i++) {
        const struct forge_github_options options = {.http = scene->http,
                                                     .api_url = "https://api.github.com",
                                                     .git_url = "https://github.com",
                                                     .token = tokens[i]};
        assert_int_equal(forge_github_new(&forge, &options, &scene->err), ERR_FATAL);
    }
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, github_scene_up, github_scene_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(a_repository_tells_what_we_need_to_know),
        LIVE(a_pull_request_is_a_labelled_draft_with_our_body),
        LIVE(what_is_found_is_open_merged_or_closed),
        LIVE(an_open_one_of_any_generation_is_found_with_one_list),
        LIVE(the_second_to_come_adopts),
        LIVE(many_workers_open_one_pull_request),
        LIVE(the_open_one_is_found_on_a_later_page),
        LIVE(a_branch_must_be_there_and_differ),
        LIVE(where_drafts_are_refused_it_is_no_draft),
        LIVE(row_24_a_token_that_is_refused_makes_items_wait_for_a_new_one),
        LIVE(row_24_a_token_that_may_not_is_rejected_at_once),
        LIVE(what_is_not_to_be_seen_is_rejected),
        LIVE(the_token_does_not_follow_a_link_to_another_server),
        LIVE(without_a_usable_token_there_is_no_forge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
