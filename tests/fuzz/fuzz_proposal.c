/*
 * Any bytes as a model's answer, and as the text of one block in an answer that is otherwise right:
 * refused in words, or edits of the blocks that may change, and of nothing else; a hidden value
 * shows nowhere where it was not.
 *
 * The input: a byte, even for a whole answer; odd for a block's text, and then it also says which
 * block.
 */
#include "tests/fuzz/fuzz.h"

#include "common/json.h"
#include "proto/item.h"
#include "worker/llm/prompt.h"
#include "worker/llm/proposal.h"
#include "worker/llm/scope.h"

#define SECRET "hunter2-hunter2"

static const char module[] =
    "resource \"aws_s3_bucket\" \"a\" {\n  # whose\n  bucket = var.name\n  tags   = "
    "local.tags\n}\n\n"
    "resource \"aws_s3_bucket_versioning\" \"a\" {\n  bucket = aws_s3_bucket.a.id\n\n"
    "  versioning_configuration {\n    status = \"Suspended\"\n  }\n}\n\n"
    "resource \"aws_db_instance\" \"b\" {\n  password = \"" SECRET "\"\n"
    "  tags     = { bucket = aws_s3_bucket.a.arn }\n}\n\n"
    "locals {\n  tags = { Name = \"a\" }\n}\n\nvariable \"name\" {\n  default = \"a\"\n}\n";

struct world {
    struct hcl_repo *repo;
    struct hcl_module *root;
    struct scope scope;
    struct prompt *prompt;
};

static void open_world(struct world *world)
{
    static struct item item; /* a finding that says nothing */
    struct err err;
    int r = hcl_repo_new(&world->repo, &err);

    if (r == 0)
        r = hcl_repo_add(world->repo, "main.tf", module, strlen(module), &err);
    if (r == 0)
        r = hcl_module_open(world->repo, "", &world->root, &err);
    if (r == 0)
        r = scope_find(&world->scope, world->root,
                       hcl_resource_find(world->root, "aws_s3_bucket.a"), &err);
    if (r == 0)
        r = prompt_new(&world->prompt, &err);
    const struct prompt_facts facts = {
        .item = &item, .control = "fuzz", .scope = &world->scope, .seed = 1};
    if (r == 0)
        r = prompt_write(world->prompt, &facts, &err);
    assert(r == 0);
    assert(strstr(prompt_user(world->prompt), SECRET) == NULL);
}

/* Freed by the caller. */
static char *write_answer(const struct world *world, const uint8_t *data, size_t size)
{
    CLEANUP(mem_freep) char *text = fuzz_text(data + 1, size - 1);
    CLEANUP(json_freep) struct json *answer = json_object();
    CLEANUP(buf_done) struct buf out = BUF((size_t)1024 * 1024);

    if (data[0] % 2 == 0)
        return strdup(text);
    struct json *edits = json_array();
    struct json *edit = json_object();
    json_set_text(edit, "file", "main.tf");
    json_set_text(edit, "address",
                  data[0] / 2U < world->scope.n ? world->scope.blocks[data[0] / 2].address
                                                : "aws_s3_bucket_acl.new");
    json_set_text(edit, "text", text);
    json_set_text(edit, "reason", "r");
    json_push_give(edits, edit);
    json_set_give(answer, "edits", edits);
    json_set_text(answer, "summary", "s");
    json_write(answer, JSON_COMPACT, &out);
    return strdup(buf_str(&out));
}

static size_t count_of(const char *text, size_t len, const char *part)
{
    size_t n = 0;
    const char *end = text + len;

    for (const char *at = text; (at = memmem(at, (size_t)(end - at), part, strlen(part))) != NULL;
         at++)
        n++;
    return n;
}

/* The blocks that may not change stand there still, byte for byte. */
static void judge(const struct world *world, const struct hcl_edited *edited)
{
    CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
    struct err err;
    int r = hcl_parse(&after, edited->path, edited->bytes, edited->len, &err);

    assert(r == 0);
    assert(strchr(edited->path, '/') == NULL && str_ends(edited->path, ".tf"));
    for (size_t i = 0; i < world->scope.n && !edited->is_new; i++) {
        const struct scope_block *one = &world->scope.blocks[i];
        size_t len = one->block->end - one->block->start;

        assert(one->may_change || memmem(edited->bytes, edited->len,
                                         one->file->bytes + one->block->start, len) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited;
    struct rule_outcome outcome = {0};
    struct proposal proposal = {0};
    static struct world world; /* an answer changes nothing in it */
    struct err err = {0};
    size_t n = 0;
    size_t shown = 0;

    if (size < 2)
        return 0;
    if (world.prompt == NULL)
        open_world(&world);
    CLEANUP(mem_freep) char *answer = write_answer(&world, data, size);
    assert(answer != NULL);
    size_t known = count_of(answer, strlen(answer), SECRET) + 1; /* it may have been guessed */
    int r = hcl_edits_new(&edits, &err);
    assert(r == 0);
    r = proposal_apply(answer, world.prompt, &world.scope, edits, &outcome, &proposal, &err);
    assert(r == 0 || r == PROPOSAL_REFUSED || r == PROPOSAL_NOTHING || r == ERR_REJECT);
    assert(r == 0 || r == PROPOSAL_NOTHING || err.text[0] != '\0');
    if (r == 0)
        r = hcl_edits_apply(edits, &edited, &n, &err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        judge(&world, &edited[i]);
        shown += count_of(edited[i].bytes, edited[i].len, SECRET);
    }
    assert(shown <= known);
    return 0;
}
