/* A question, put together; the story stands in prompt.h. */
#include <inttypes.h>
#include <stdio.h>

#include "common/json.h"
#include "proto/item.h"
#include "worker/llm/prompt_inside.h"

#define FIELD_MAX_BYTES  ((size_t)4 * 1024)  /* of a finding's text */
#define ANSWER_MAX_BYTES ((size_t)12 * 1024) /* of an earlier answer that is told again */
#define BLOCKS_MAX_BYTES ((size_t)48 * 1024)

const char PROMPT_TOOL[] = "propose_fix";
const char PROMPT_TOOL_DESCRIPTION[] =
    "Propose the smallest change of the Terraform code that makes the resource meet the "
    "requirement, or no edits when there is none to be made without guessing.";
const char PROMPT_TOOL_SCHEMA[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"edits\",\"summary\"],"
    "\"properties\":{"
    "\"summary\":{\"type\":\"string\",\"description\":\"One or two sentences for the reviewer: "
    "what changes and why; or, without edits, what is missing\"},"
    "\"edits\":{\"type\":\"array\",\"maxItems\":12,\"items\":{\"type\":\"object\","
    "\"additionalProperties\":false,\"required\":[\"file\",\"address\",\"text\",\"reason\"],"
    "\"properties\":{"
    "\"file\":{\"type\":\"string\",\"description\":\"The path as it is shown; of a new block, a "
    "file that is shown, or a new .tf file beside it\"},"
    "\"address\":{\"type\":\"string\",\"description\":\"As it is shown; of a new block the same "
    "form: aws_s3_bucket_versioning.logs, data.aws_iam_policy_document.tls, variable.kms_key\"},"
    "\"text\":{\"type\":\"string\",\"description\":\"The whole block as it shall be\"},"
    "\"reason\":{\"type\":\"string\"}}}}}}";

int prompt_new(struct prompt **out, struct err *err)
{
    CLEANUP(prompt_freep) struct prompt *prompt = calloc(1, sizeof *prompt);

    if (prompt == NULL)
        return err_nomem(err);
    prompt->system = BUF((size_t)64 * 1024);
    prompt->user = BUF(PROMPT_MAX_BYTES);
    template_version(prompt->version, sizeof prompt->version);
    *out = STEAL(prompt);
    return 0;
}

void prompt_free(struct prompt *prompt)
{
    if (prompt == NULL)
        return;
    prompt_blocks_done(prompt);
    hide_free(prompt->hide);
    buf_done(&prompt->system);
    buf_done(&prompt->user);
    free(prompt);
}

const char *prompt_system(const struct prompt *prompt)
{
    return buf_str(&prompt->system);
}

const char *prompt_user(const struct prompt *prompt)
{
    return buf_str(&prompt->user);
}

const char *prompt_sha256(const struct prompt *prompt)
{
    return prompt->sha256;
}

const char *prompt_version(const struct prompt *prompt)
{
    return prompt->version;
}

size_t prompt_hidden(const struct prompt *prompt)
{
    return prompt->hide != NULL ? hide_count(prompt->hide) : 0;
}

/* --- sections --- */

static void words(const struct prompt *prompt, const char *text, size_t max, struct buf *out)
{
    CLEANUP(mem_freep) char *cut = text != NULL ? strndup(text, max) : NULL;

    if (cut == NULL)
        return;
    str_drop_half_character(cut);
    hide_words(prompt->hide, cut, out);
    if (strlen(text) > max)
        buf_text(out, " […]");
}

static void field(const struct prompt *prompt, const char *name, const char *text, struct buf *out)
{
    if (text == NULL || text[0] == '\0')
        return;
    buf_print(out, "%s: ", name);
    words(prompt, text, FIELD_MAX_BYTES, out);
    buf_char(out, '\n');
}

static void write_finding(const struct prompt *prompt, const struct item *item, struct buf *out)
{
    field(prompt, "Source", item->source, out);
    field(prompt, "Test", item->control, out);
    field(prompt, "Title", item->title, out);
    field(prompt, "Description", item->description, out);
    field(prompt, "Why it fails", item->reason, out);
    field(prompt, "Framework", item->framework, out);
    field(prompt, "Resource", item->arn != NULL ? item->arn : item->resource_name, out);
}

static void write_rule(const struct prompt *prompt, const struct prompt_facts *facts,
                       struct buf *out)
{
    CLEANUP(buf_done) struct buf refused = BUF(PROMPT_MAX_BYTES);

    if (facts->rule == NULL) {
        template_write(out, "no_rule.md", NULL, 0);
        return;
    }
    words(prompt, facts->rule_refused, FIELD_MAX_BYTES, &refused);
    const struct template_value values[] = {
        {"title", facts->rule->title},
        {"reviewer", facts->rule->reviewer != NULL ? facts->rule->reviewer : ""},
        {"statement", facts->rule->text},
        {"refused", buf_str(&refused)},
    };
    template_write(out, "rule.md", values, COUNT(values));
}

static void write_inputs(const struct prompt *prompt, const struct prompt_facts *facts,
                         struct buf *out)
{
    CLEANUP(buf_done) struct buf lines = BUF(PROMPT_MAX_BYTES);

    if (facts->n_inputs == 0)
        return;
    for (size_t i = 0; i < facts->n_inputs; i++) {
        buf_print(&lines, "- %s: ", facts->inputs[i].name);
        words(prompt, facts->inputs[i].value, FIELD_MAX_BYTES, &lines);
        buf_char(&lines, '\n');
    }
    const struct template_value values[] = {{"inputs", buf_str(&lines)}};
    template_write(out, "inputs.md", values, COUNT(values));
}

static void write_earlier(const struct prompt *prompt, const struct prompt_facts *facts,
                          struct buf *out)
{
    for (size_t i = 0; i < facts->n_refusals; i++) {
        const struct prompt_refusal *refusal = &facts->refusals[i];
        CLEANUP(buf_done) struct buf answer = BUF(PROMPT_MAX_BYTES);
        CLEANUP(buf_done) struct buf why = BUF(PROMPT_MAX_BYTES);

        words(prompt, refusal->proposal_json != NULL ? refusal->proposal_json : "nothing usable",
              ANSWER_MAX_BYTES, &answer);
        words(prompt, refusal->why, FIELD_MAX_BYTES, &why);
        const struct template_value values[] = {
            {"answer", buf_str(&answer)},
            {"layer", refusal->layer},
            {"why", buf_str(&why)},
            {"fence", prompt->fence},
        };
        template_write(out, "earlier.md", values, COUNT(values));
    }
}

/* --- the whole --- */

/* A name that nobody who wrote the text could know. */
static void name_fence(struct prompt *prompt, uint64_t seed, unsigned turn)
{
    char text[64];
    char hex[SHA256_HEX_BYTES];

    (void)snprintf(text, sizeof text, "fence %" PRIx64 " %u", seed, turn);
    sha256_hex(text, strlen(text), hex);
    (void)snprintf(prompt->fence, sizeof prompt->fence, "=== %.12s", hex);
}

static int assemble(struct prompt *prompt, const struct prompt_facts *facts, struct err *err)
{
    CLEANUP(buf_done) struct buf finding = BUF(PROMPT_MAX_BYTES);
    CLEANUP(buf_done) struct buf rule = BUF(PROMPT_MAX_BYTES);
    CLEANUP(buf_done) struct buf inputs = BUF(PROMPT_MAX_BYTES);
    CLEANUP(buf_done) struct buf blocks = BUF(PROMPT_MAX_BYTES);
    CLEANUP(buf_done) struct buf left_out = BUF(PROMPT_MAX_BYTES);
    CLEANUP(buf_done) struct buf earlier = BUF(PROMPT_MAX_BYTES);
    CLEANUP(buf_done) struct buf control = BUF(PROMPT_MAX_BYTES);
    CLEANUP(buf_done) struct buf address = BUF(PROMPT_MAX_BYTES);
    CLEANUP(buf_done) struct buf severity = BUF(PROMPT_MAX_BYTES);
    int r = prompt_blocks_write(prompt, facts->scope, BLOCKS_MAX_BYTES, &blocks, &left_out, err);

    if (r < 0)
        return r;
    write_finding(prompt, facts->item, &finding);
    write_rule(prompt, facts, &rule);
    write_inputs(prompt, facts, &inputs);
    write_earlier(prompt, facts, &earlier);
    words(prompt, facts->control, FIELD_MAX_BYTES, &control);
    words(prompt,
          facts->instance_address != NULL ? facts->instance_address
                                          : facts->scope->blocks[0].address,
          FIELD_MAX_BYTES, &address);
    words(prompt, facts->item->severity, 40, &severity);
    const struct template_value values[] = {
        {"control", buf_str(&control)},
        {"address", buf_str(&address)},
        {"severity", severity.len > 0 ? buf_str(&severity) : "not told"},
        {"finding", buf_str(&finding)},
        {"rule", buf_str(&rule)},
        {"inputs", buf_str(&inputs)},
        {"blocks", buf_str(&blocks)},
        {"left_out", buf_str(&left_out)},
        {"earlier", buf_str(&earlier)},
        {"fence", prompt->fence},
        {"tool", PROMPT_TOOL},
    };
    template_write(&prompt->user, "question.md", values, COUNT(values));
    template_write(&prompt->system, "system.md", values, COUNT(values));
    r = buf_check(&prompt->user, err);
    return r < 0 ? err_wrap(err, r, "question to the model") : 0;
}

static void begin(struct prompt *prompt)
{
    prompt_blocks_done(prompt);
    buf_reset(&prompt->system);
    buf_reset(&prompt->user);
}

/* How often the fence's line stands in the text, if nobody else wrote it. */
static size_t count_fences(const char *text, const char *fence)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, fence)) != NULL; at += strlen(fence))
        n++;
    return n;
}

/* The same facts with another fence give another text exactly where fences are. */
static bool is_fenced(const struct prompt *prompt, const struct prompt_facts *facts)
{
    size_t shown = 0;

    for (size_t i = 0; i < facts->scope->n; i++)
        shown += prompt->blocks[i].text != NULL;
    return count_fences(prompt_user(prompt), prompt->fence) ==
           2 * (1 + shown + 2 * facts->n_refusals);
}

int prompt_write(struct prompt *prompt, const struct prompt_facts *facts, struct err *err)
{
    const char *texts[2];
    int r = 0;

    hide_free(prompt->hide);
    prompt->hide = NULL;
    r = hide_new(&prompt->hide, err);
    for (unsigned turn = 0; r == 0; turn++) {
        begin(prompt);
        name_fence(prompt, facts->seed, turn);
        r = assemble(prompt, facts, err);
        if (r < 0)
            return r;
        if (is_fenced(prompt, facts))
            break;
        if (turn == 8) /* who can foresee eight of them has the seed */
            return err_set(err, ERR_REJECT, "the text around the resource imitates our fences");
    }
    if (r < 0)
        return r;
    texts[0] = prompt_system(prompt);
    texts[1] = prompt_user(prompt);
    sha256_list_hex(texts, COUNT(texts), prompt->sha256);
    return 0;
}

int prompt_reveal(const struct prompt *prompt, const char *text, const char *old, struct buf *out,
                  struct err *err)
{
    return hide_reveal(prompt->hide, text, old, out, err);
}
