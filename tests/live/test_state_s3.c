/*
 * States in S3, read from a moto_server that checks signatures and rights: what botocore, with
 * which moto checks, does not take is not signed right.
 */
#include <stdio.h>

#include "common/aws/aws_credentials.h"
#include "common/clock.h"
#include "tests/support/http_scene.h"
#include "tests/support/moto_server.h"
#include "tests/support/test.h"
#include "worker/hcl/state/state.h"
#include "worker/state_cache.h"

#define BUCKET "acme-states"
/* moto recomputes paths of keys with other signs wrongly (botocore is refused too); those stand in
 * tests/data/sigv4. */
#define KEY "env/prod/a b.tfstate"
#define STATE                                                                                      \
    "{\"version\": 4, \"resources\": [{\"mode\": \"managed\", \"type\": \"aws_vpc\", \"name\": "   \
    "\"v\", \"instances\": [{\"attributes\": {\"id\": \"vpc-1\"}}]}]}"

static struct moto_server *moto;
static struct aws_keys reader, stranger;

static void put(const char *key, const char *text)
{
    CLEANUP(buf_done) struct buf path = BUF(1024);

    buf_text(&path, "/" BUCKET "/");
    aws_path_escape(&path, key);
    free(moto_server_call(
        moto,
        &(struct moto_call){.service = "s3", .method = "PUT", .path = buf_str(&path), .body = text},
        200));
}

static int start(void **state)
{
    (void)state;
    moto = moto_server_start();
    free(moto_server_call(
        moto, &(struct moto_call){.service = "s3", .method = "PUT", .path = "/" BUCKET}, 200));
    put(KEY, STATE);
    put("changing.tfstate", STATE);
    put("broken.tfstate", "{\"version\": 4, \"secret\": \"hunter2");
    moto_server_add_user(moto, "reader",
                         "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", "
                         "\"Action\": [\"s3:GetObject\", \"s3:PutObject\"], \"Resource\": "
                         "\"arn:aws:s3:::" BUCKET "/*\"}]}",
                         &reader);
    moto_server_add_user(moto, "stranger",
                         "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", "
                         "\"Action\": \"sqs:*\", \"Resource\": \"*\"}]}",
                         &stranger);
    moto_server_demand_keys(moto);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    moto_server_stop(moto);
    return 0;
}

struct bucket {
    struct http *http;
    struct aws_chain *chain;
    struct buf bytes;
    struct err err;
};

static void use_keys(const struct aws_keys *keys)
{
    setenv("AWS_ACCESS_KEY_ID", keys->key_id, 1);
    setenv("AWS_SECRET_ACCESS_KEY", keys->secret, 1);
    unsetenv("AWS_SESSION_TOKEN");
    setenv("AWS_ENDPOINT_URL_S3", moto_server_url(moto), 1);
    setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1", 1); /* the service's own comes first */
}

static struct bucket bucket_open(const struct aws_keys *keys)
{
    struct bucket bucket = {.bytes = BUF(HCL_STATE_MAX_BYTES)};

    use_keys(keys);
    bucket.bytes.secret = true;
    bucket.http = scene_http(&(struct http_options){.allow_private = true});
    assert_ok(aws_chain_new(&bucket.chain, &(struct aws_chain_options){.user_agent = "test/1"},
                            &bucket.err),
              bucket.err);
    return bucket;
}

static void bucket_close(struct bucket *bucket)
{
    buf_done(&bucket->bytes);
    aws_chain_free(bucket->chain);
    http_free(bucket->http);
}

static int fetch(struct bucket *bucket, const char *location, char etag[STATE_ETAG_BYTES])
{
    struct state_source source = {.source = location};
    struct state_fetch fetch = {
        .source = &source, .location = location, .http = bucket->http, .chain = bucket->chain};

    (void)str_copy(fetch.etag, sizeof fetch.etag, etag);
    buf_reset(&bucket->bytes);
    int r = state_source_fetch(&fetch, &bucket->bytes, &bucket->err);
    (void)str_copy(etag, STATE_ETAG_BYTES, fetch.etag);
    return r;
}

static void a_signed_get_is_taken_and_not_repeated(void **state)
{
    CLEANUP(bucket_close) struct bucket bucket = bucket_open(&reader);
    char etag[STATE_ETAG_BYTES] = "";

    (void)state;
    assert_ok(fetch(&bucket, "s3://" BUCKET "/" KEY, etag), bucket.err);
    assert_string_equal(buf_str(&bucket.bytes), STATE);
    assert_true(etag[0] != '\0');
    /* The same again: nothing is sent. */
    assert_int_equal(fetch(&bucket, "s3://" BUCKET "/" KEY, etag), STATE_UNCHANGED);
}

static void a_wrong_secret_is_refused(void **state)
{
    struct aws_keys wrong = reader;
    char etag[STATE_ETAG_BYTES] = "";

    (void)state;
    wrong.secret[0] = wrong.secret[0] == 'a' ? 'b' : 'a';
    CLEANUP(bucket_close) struct bucket bucket = bucket_open(&wrong);
    assert_int_equal(fetch(&bucket, "s3://" BUCKET "/" KEY, etag), ERR_REJECT);
    assert_has(bucket.err.text, "SignatureDoesNotMatch");
    assert_lacks(bucket.err.text, wrong.secret);
}

static void who_has_no_right_is_told_which_one_is_needed(void **state)
{
    CLEANUP(bucket_close) struct bucket bucket = bucket_open(&stranger);
    char etag[STATE_ETAG_BYTES] = "";

    (void)state;
    assert_int_equal(fetch(&bucket, "s3://" BUCKET "/" KEY, etag), ERR_REJECT);
    assert_has(bucket.err.text, "HTTP 403 AccessDenied");
    assert_has(bucket.err.text, "s3:GetObject");
}

static void what_is_not_there_is_told(void **state)
{
    CLEANUP(bucket_close) struct bucket bucket = bucket_open(&reader);
    char etag[STATE_ETAG_BYTES] = "";

    (void)state;
    assert_int_equal(fetch(&bucket, "s3://" BUCKET "/none", etag), ERR_REJECT);
    assert_has(bucket.err.text, "s3://" BUCKET "/none: HTTP 404 NoSuchKey");
    /* Without keys at all it is said what was looked for. */
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    struct aws_chain *none = NULL;
    assert_ok(
        aws_chain_new(&none, &(struct aws_chain_options){.user_agent = "test/1"}, &bucket.err),
        bucket.err);
    aws_chain_free(bucket.chain);
    bucket.chain = none;
    assert_int_equal(fetch(&bucket, "s3://" BUCKET "/none", etag), ERR_REJECT);
    assert_has(bucket.err.text, "no AWS credentials");
}

static void a_state_that_changed_is_read_anew_and_one_that_did_not_is_kept(void **state)
{
    CLEANUP(bucket_close) struct bucket bucket = bucket_open(&reader);
    CLEANUP(state_cache_freep) struct state_cache *cache = NULL;
    struct state_source source = {.source = "s3://" BUCKET "/changing.tfstate", .max_age_ms = 1000};
    struct state_held *first = NULL, *same = NULL, *changed = NULL;
    int64_t now_ms = 5000;

    (void)state;
    assert_ok(state_cache_new(&cache, "test/1", &bucket.err), bucket.err);
    assert_ok(
        state_cache_take(cache, &source, source.source, bucket.http, now_ms, &first, &bucket.err),
        bucket.err);
    assert_ok(state_cache_take(cache, &source, source.source, bucket.http, now_ms + 2000, &same,
                               &bucket.err),
              bucket.err);
    assert_ptr_equal(first, same);

    /* The reader may write too, so that the test can. */
    struct aws_signature signature;
    static const char text[] = "{\"version\": 4, \"resources\": []}";
    struct aws_request put_request = {.method = "PUT",
                                      .scheme = "http",
                                      .host = moto_server_url(moto) + 7,
                                      .path = "/" BUCKET "/changing.tfstate",
                                      .body = text,
                                      .body_len = strlen(text)};
    assert_ok(aws_sign(&signature, &put_request, &(struct aws_scope){"us-east-1", "s3", true},
                       &reader, clock_unix_ms(), &bucket.err),
              bucket.err);
    struct http_request http = {.method = "PUT",
                                .url = buf_str(&signature.url),
                                .headers = signature.headers,
                                .n_headers = signature.n_headers,
                                .body = text,
                                .body_len = strlen(text)};
    struct http_response response;
    assert_ok(http_send(bucket.http, &http, &response, &bucket.err), bucket.err);
    assert_int_equal(response.status, 200);
    http_response_done(&response);
    aws_signature_done(&signature);

    assert_ok(state_cache_take(cache, &source, source.source, bucket.http, now_ms + 4000, &changed,
                               &bucket.err),
              bucket.err);
    assert_int_equal(hcl_state_count(state_held_state(first)), 1); /* still whole */
    assert_int_equal(hcl_state_count(state_held_state(changed)), 0);
    state_held_drop(first);
    state_held_drop(same);
    state_held_drop(changed);
}

static void a_broken_state_is_refused_without_a_word_of_it(void **state)
{
    CLEANUP(bucket_close) struct bucket bucket = bucket_open(&reader);
    CLEANUP(state_cache_freep) struct state_cache *cache = NULL;
    struct state_source source = {.source = "s3://" BUCKET "/broken.tfstate", .max_age_ms = 1000};
    struct state_held *held = NULL;

    (void)state;
    assert_ok(state_cache_new(&cache, "test/1", &bucket.err), bucket.err);
    assert_int_equal(
        state_cache_take(cache, &source, source.source, bucket.http, 1, &held, &bucket.err),
        ERR_REJECT);
    assert_has(bucket.err.text, "s3://" BUCKET "/broken.tfstate: terraform state, line 1");
    assert_lacks(bucket.err.text, "hunter2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_get_is_taken_and_not_repeated),
        cmocka_unit_test(a_wrong_secret_is_refused),
        cmocka_unit_test(who_has_no_right_is_told_which_one_is_needed),
        cmocka_unit_test(a_state_that_changed_is_read_anew_and_one_that_did_not_is_kept),
        cmocka_unit_test(a_broken_state_is_refused_without_a_word_of_it),
        cmocka_unit_test(what_is_not_there_is_told),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
