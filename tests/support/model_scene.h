/*
 * A pipeline whose worker asks a model: fake_llm, with a script that the test writes on as it goes.
 *
 *     model_scene_up -> model_scene_answer … model_scene_write -> pipeline_role(p, "work") …
 *         -> model_scene_down
 */
#ifndef TESTS_SUPPORT_MODEL_SCENE_H
#define TESTS_SUPPORT_MODEL_SCENE_H

#include "common/json.h"
#include "tests/support/pipeline.h"

struct model_scene {
    struct pipeline *p; /* NULL: no broker here, skip */
    struct json *script;
    char script_path[600], log_path[600];
    int port; /* of the fake */
};

void model_scene_up(struct model_scene *scene);
void model_scene_down(struct model_scene *scene);
/* An entry of the script, as fake_llm_main.c describes it, with ' for ". It counts once written. */
void model_scene_entry(struct model_scene *scene, const char *json_with_apostrophes);
/* An entry that changes one tag of aws_s3_bucket.NAME in main.tf, for the finding of that name. */
void model_scene_good(struct model_scene *scene, const char *name, const char *more_members);
void model_scene_write(struct model_scene *scene);
/* How many questions the fake has taken. */
int64_t model_scene_asked(struct model_scene *scene);
/* A finding about aws_s3_bucket.NAME of acme/r that no rule answers, on its way by the poller. */
void model_scene_post(struct model_scene *scene, size_t poll, const char *name);
/* acme/r with a bucket for each name; NULL-ended. */
void model_scene_repository(struct model_scene *scene, const char *const *names);

struct model_ends {
    size_t pr_open, dlq, review;
};
struct model_ends model_scene_ends(struct pipeline *p); /* by the audit log */
/* The item about aws_s3_bucket.NAME has ended in that state, with these words in its reason. */
void model_scene_reason(struct pipeline *p, const char *name, const char *state, const char *says);

#endif
