#include "tests/support/model_scene.h"

#include <stdio.h>

#include "common/files.h"
#include "tests/support/test.h"

#define TEXT_MAX ((size_t)1024 * 1024)

void model_scene_up(struct model_scene *scene)
{
    char url[64];

    *scene = (struct model_scene){.p = pipeline_start(BROKER_EMBEDDED)};
    if (scene->p == NULL)
        return;
    scene->script = json_array();
    snprintf(scene->script_path, sizeof scene->script_path, "%s/script.json", scene->p->dir);
    snprintf(scene->log_path, sizeof scene->log_path, "%s/questions.log", scene->p->dir);
    model_scene_write(scene);
    scene->port = pipeline_fake(scene->p, "fake_llm",
                                (const char *const[]){"--script", scene->script_path, "--log",
                                                      scene->log_path, "--api-key",
                                                      "canary-model-key-0123456789", NULL});
    snprintf(url, sizeof url, "http://127.0.0.1:%d", scene->port);
    pipeline_set(scene->p, "LLM_PROVIDER", "openai");
    pipeline_set(scene->p, "LLM_MODEL", "test-model");
    pipeline_set(scene->p, "LLM_API_KEY", "canary-model-key-0123456789");
    pipeline_set(scene->p, "LLM_BASE_URL", url);
    pipeline_set(scene->p, "ALLOW_PRIVATE_HOSTS", "true");
    pipeline_set(scene->p, "TERRAFORM_BINARY", "");
    pipeline_set(scene->p, "MAX_PR_PER_RUN", "0");
    pipeline_set(scene->p, "LLM_REQUESTS_PER_MINUTE", "100000");
    pipeline_set(scene->p, "LLM_TOKENS_PER_MINUTE", "1000000000");
    pipeline_set(scene->p, "LLM_DAY_CENTS", "0");
    pipeline_set(scene->p, "LLM_REPOSITORY_DAY_CENTS", "0");
}

void model_scene_down(struct model_scene *scene)
{
    pipeline_stop(scene->p);
    json_free(scene->script);
}

void model_scene_entry(struct model_scene *scene, const char *json_with_apostrophes)
{
    CLEANUP(mem_freep) char *text = strdup(json_with_apostrophes);
    struct json *entry = NULL;
    struct err err = {0};

    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    assert_ok(json_parse(&entry, text, strlen(text), &err), err);
    json_push_give(scene->script, entry);
}

void model_scene_good(struct model_scene *scene, const char *name, const char *more_members)
{
    char text[2048];

    snprintf(
        text, sizeof text,
        "{'match': 'bucket %s wants an owner.'%s%s, 'input': {'summary': 'Names the owner.', "
        "'edits': [{'file': 'main.tf', 'address': 'aws_s3_bucket.%s', 'reason': 'owner', "
        "'text': 'resource \\\"aws_s3_bucket\\\" \\\"%s\\\" {\\n  bucket = \\\"acme-%s\\\"\\n\\n "
        " tags = {\\n    Owner = \\\"platform\\\"\\n  }\\n}'}]}}",
        name, more_members[0] != '\0' ? ", " : "", more_members, name, name, name);
    model_scene_entry(scene, text);
}

void model_scene_write(struct model_scene *scene)
{
    CLEANUP(buf_done) struct buf text = BUF(16 * TEXT_MAX);
    struct err err = {0};

    json_write(scene->script, JSON_COMPACT, &text);
    assert_ok(files_write(scene->script_path, text.bytes, text.len, &err), err);
}

int64_t model_scene_asked(struct model_scene *scene)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);
    CLEANUP(json_freep) struct json *state = NULL;
    struct err err = {0};

    assert_int_equal(pipeline_http(scene->port, "GET", "/_fake/state", NULL, &text), 200);
    assert_ok(json_parse(&state, text.bytes, text.len, &err), err);
    return json_get_int(json_get(state, "fake"), "answered", 0);
}

void model_scene_post(struct model_scene *scene, size_t poll, const char *name)
{
    char text[1024];

    snprintf(text, sizeof text,
             "{\"tenant\":\"t\",\"source\":\"plumb\",\"control\":\"owner-tag\",\"repository\":"
             "\"acme/r\",\"address\":\"aws_s3_bucket.%s\",\"file\":\"main.tf\",\"title\":\"The "
             "bucket %s wants an owner.\",\"severity\":\"low\"}\n",
             name, name);
    pipeline_post(scene->p->roles[poll].port, "/v1/findings", text);
}

void model_scene_repository(struct model_scene *scene, const char *const *names)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);

    for (size_t i = 0; names[i] != NULL; i++)
        buf_print(&text, "%sresource \"aws_s3_bucket\" \"%s\" {\n  bucket = \"acme-%s\"\n}\n",
                  i > 0 ? "\n" : "", names[i], names[i]);
    pipeline_repository(scene->p, "acme/r", (const char *const[]){"main.tf", buf_str(&text), NULL});
}

struct model_ends model_scene_ends(struct pipeline *p)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    struct model_ends ends = {0};

    for (size_t i = 0; i < json_count(events); i++) {
        const char *state = json_get_text(json_at(events, i), "state", "");

        if (!str_eq(json_get_text(json_at(events, i), "kind", ""), "item.ended"))
            continue;
        ends.pr_open += str_eq(state, "PR_OPEN");
        ends.dlq += str_eq(state, "DLQ");
        ends.review += str_eq(state, "PENDING_REVIEW");
    }
    return ends;
}

void model_scene_reason(struct pipeline *p, const char *name, const char *state, const char *says)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    char node[200];

    snprintf(node, sizeof node, "aws_s3_bucket.%s", name);
    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);

        if (!str_eq(json_get_text(event, "kind", ""), "item.ended") ||
            strstr(json_get_text(event, "node_id", ""), node) == NULL)
            continue;
        assert_string_equal(json_get_text(event, "state", ""), state);
        assert_has(json_get_text(event, "error_message", ""), says);
        return;
    }
    fail_msg("%s has not ended", name);
}
