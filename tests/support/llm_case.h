/*
 * An answer of a model, as data: what the repository says, what the model answers, and what is to
 * become of it. One file a case:
 *
 *     control: aws-s3-versioning        a rule's id, or anything else: then no rule answers
 *     address: aws_s3_bucket.logs
 *     refused_by: widening              "proposal", a layer of the gate, or "nobody"
 *     why: what this one tries
 *     input log_bucket: "acme-logs"     of the operator's; any number of these
 *     title: the finding's              likewise reason, description; all may be left out
 *     ---- file main.tf                 a file of the repository
 *     …
 *     ---- edit main.tf aws_s3_bucket.logs
 *     …                                 the block's new text
 *     ---- answer                       instead of edits: the tool's input itself, JSON
 *
 *     llm_case_read -> llm_case_try -> outcome.layer, .why, .user … -> llm_case_done
 */
#ifndef TESTS_SUPPORT_LLM_CASE_H
#define TESTS_SUPPORT_LLM_CASE_H

#include "common/buf.h"
#include "worker/rules/rules.h"

#define LLM_CASE_FILES_MAX  12
#define LLM_CASE_EDITS_MAX  16
#define LLM_CASE_INPUTS_MAX 8

struct llm_case_part {
    char name[300];    /* path */
    char address[300]; /* of an edit */
    char *text;        /* owned */
};

struct llm_case {
    char path[1024];
    char control[200], address[300], refused_by[40], why[300];
    char title[1200], reason[1200], description[1200];
    struct llm_case_part files[LLM_CASE_FILES_MAX];
    struct llm_case_part edits[LLM_CASE_EDITS_MAX];
    size_t n_files, n_edits;
    char *answer; /* NULL: made of the edits */
    struct rule_input inputs[LLM_CASE_INPUTS_MAX];
    size_t n_inputs;
};

struct llm_outcome {
    char layer[40]; /* that refused it; "nobody" */
    char why[600];
    char *system, *user; /* as the model was asked; owned */
    char *after;         /* all edited files, one after the other; owned; NULL: refused before */
};

/* Ends the test where the file is no case. */
void llm_case_read(struct llm_case *out, const char *path);
void llm_case_done(struct llm_case *one);
/* The tool's input. */
void llm_case_answer(const struct llm_case *one, struct buf *out);
/* Everything but the network and terraform: scope, question, proposal, gate. */
void llm_case_try(const struct llm_case *one, const struct rules *rules, struct llm_outcome *out);
void llm_outcome_done(struct llm_outcome *outcome);

/* Calls visit for each *.case below tests/data/llm/<directory>, by name; answers how many. */
size_t llm_cases_each(const char *directory, void (*visit)(void *context, const char *path),
                      void *context);

#endif
