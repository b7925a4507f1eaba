/*
 * Prompt: what a model is told. The words are templates (prompts/), with a version and a hash;
 * what stands in them comes from outside and is treated as hostile.
 *
 *     prompt_new -> prompt_write -> system, user, sha256 -> (proposal_apply) -> prompt_free
 *
 * Holds:    no secret leaves: what redact() knows, what looks like a credential, and what stands in
 *           arguments that hold secrets or in sensitive variables is replaced by a mark, which
 *           proposal_apply puts back; characters that cannot be seen, bidirectional marks and
 *           HTML comments are gone; text from outside stands in a fence whose name is drawn anew
 *           for each prompt and does not occur in the text; sizes are capped, and what was left out
 *           is named.
 * Does not: make a model safe. That is the gate's part.
 *
 * One thread.
 */
#ifndef WORKER_LLM_PROMPT_H
#define WORKER_LLM_PROMPT_H

#include "common/base.h"
#include "common/buf.h"
#include "common/digest.h"
#include "worker/llm/scope.h"
#include "worker/rules/rules.h"

#define PROMPT_MAX_BYTES ((size_t)96 * 1024) /* of the user text */

struct prompt;
struct item;

struct prompt_refusal { /* why an earlier answer was no fix */
    const char *layer;  /* of the gate, or "proposal", "answer" */
    const char *why;
    const char *proposal_json; /* the answer itself; NULL: there was none */
};

struct prompt_facts {
    const struct item *item;
    const char *control;
    const struct rule *rule;  /* NULL: none states what must hold */
    const char *rule_refused; /* why the rule makes no fix itself; NULL without a rule */
    const struct scope *scope;
    const char *instance_address;    /* that the finding names; NULL: the whole block */
    const struct rule_input *inputs; /* what policy allows to be used: keys, buckets, networks */
    size_t n_inputs;
    const struct prompt_refusal *refusals; /* oldest first */
    size_t n_refusals;
    uint64_t seed; /* of the fence's name: the same seed and facts give the same bytes */
};

int prompt_new(struct prompt **out, struct err *err) MUST_USE;
void prompt_free(struct prompt *prompt);
DEFINE_CLEANUP(struct prompt *, prompt_free)

/* ERR_REJECT: even the target alone is too large. May be called again, for the next question. */
int prompt_write(struct prompt *prompt, const struct prompt_facts *facts, struct err *err) MUST_USE;

const char *prompt_system(const struct prompt *prompt);
const char *prompt_user(const struct prompt *prompt);
const char *prompt_sha256(const struct prompt *prompt);  /* of both texts */
const char *prompt_version(const struct prompt *prompt); /* "fix/1 sha256:…": the templates' */
size_t prompt_hidden(const struct prompt *prompt);       /* how many values were replaced */

/* Appends text of an answer with the marks turned back into what they stand for. old: what was
 * shown of the same argument; NULL: it is new. ERR_REJECT: a mark that was never given, or that
 * old has not: a hidden value stays where it is. */
int prompt_reveal(const struct prompt *prompt, const char *text, const char *old, struct buf *out,
                  struct err *err) MUST_USE;

/* The tool that the model must call: its name, description and JSON Schema. */
extern const char PROMPT_TOOL[], PROMPT_TOOL_DESCRIPTION[], PROMPT_TOOL_SCHEMA[];

#endif
