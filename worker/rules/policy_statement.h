/*
 * Policy statement: an IAM policy document contains a statement. A verb of the rules.
 *
 *     - policy_statement: DenyInsecureTransport      # the Sid that the fix writes
 *       in: {companion: aws_s3_bucket_policy, link: bucket, argument: policy, inline: policy}
 *       effect: Deny                                 # or Allow
 *       principal: "*"                               # everyone; nothing else is known
 *       actions: ["s3:*"]
 *       resources: ["{subject}.arn", …]              # and with a slash and a star behind it
 *       condition: {Bool: {"aws:SecureTransport": "false"}}
 *
 * in says where the document is: in an argument of a companion, found as companions are (link, to),
 * and written where there is none; inline names the older place, an argument of the subject. Or,
 * with argument alone, in the subject itself. A resource is a text, or "{subject}.attribute" and
 * what follows it.
 *
 * The document is read from jsonencode, from JSON (a heredoc, a quoted text) and from
 * data.aws_iam_policy_document, through locals, variables and outputs; what they compute, and what
 * templatefile or file would give, is unknown. It is compared by what it means: the statement
 * stands in it when for every action and resource some statement says at least as much. So "*"
 * contains "s3:*", a condition less is more, and a list may be a single text; a NotPrincipal, a
 * NotAction, a NotResource, or a condition more is less. References are compared as references, and
 * a bucket's ARN may also be put together from its name.
 *
 * The fix adds a statement where the document is written, under the Sid or one with a number, and
 * takes nothing away. Where there is no document it adds a data source and the companion. It
 * refuses where the document serves somebody else too, comes from another module, or cannot be
 * edited.
 *
 *     policy_statement_read.c -> policy_statement.c (check)  -> policy_document.c, policy_match.c
 *                             -> policy_fix.c, policy_create.c -> policy_text.c, policy_json.c
 */
#ifndef WORKER_RULES_POLICY_STATEMENT_H
#define WORKER_RULES_POLICY_STATEMENT_H

#include "worker/rules/fixer.h"
#include "worker/rules/statement_read.h"

struct policy_condition {
    const char *operator;
    const char *key;
    struct literals values;
};
struct policy_want {
    const char *sid;             /* of the statement that the fix writes */
    const char *argument;        /* that holds the document */
    const char *inline_argument; /* of the subject, the older place; NULL: there is none */
    const char *effect;
    struct literals actions, resources;
    struct policy_condition *conditions;
    size_t n_conditions;
};

extern const char *const policy_statement_keys[];
int policy_statement_read(const struct pack_reader *reader, const struct yaml_node *map,
                          struct statement *out, struct err *err) MUST_USE;
enum rule_verdict policy_statement_check(const struct place *place,
                                         const struct statement *statement, struct why why);
/* For a statement that fails. 0, RULE_REFUSED, an error class. */
int policy_statement_fix(struct fixer *fixer, const struct place *place,
                         const struct statement *statement, struct err *err) MUST_USE;

#endif
