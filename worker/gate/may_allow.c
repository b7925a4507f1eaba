/*
 * What a fix may allow that was not allowed before: a service of AWS single actions, as the
 * delivery of logs needs it; the role of a new log to write there; a key's owner. Nothing else.
 */
#include <stdio.h>
#include <strings.h>

#include "worker/gate/said.h"

static bool is_plain_action(void *context, const char *action)
{
    (void)context;
    return action != NULL && strpbrk(action, "*?") == NULL && strchr(action, POLICY_HOLE) == NULL;
}

static bool is_service(void *context, const char *principal)
{
    (void)context;
    return principal != NULL && str_starts(principal, "Service ") &&
           strpbrk(principal, "*?") == NULL && str_ends(principal, ".amazonaws.com");
}

/* What services need for the delivery of logs and messages: all that a model may let one do. */
static bool is_delivery(void *context, const char *action)
{
    static const char *const actions[] = {"s3:PutObject",
                                          "s3:GetBucketAcl",
                                          "logs:CreateLogGroup",
                                          "logs:CreateLogStream",
                                          "logs:PutLogEvents",
                                          "logs:DescribeLogGroups",
                                          "logs:DescribeLogStreams",
                                          "sns:Publish",
                                          "sqs:SendMessage",
                                          "kms:Encrypt",
                                          "kms:Decrypt",
                                          "kms:ReEncryptFrom",
                                          "kms:ReEncryptTo",
                                          "kms:GenerateDataKey",
                                          "kms:DescribeKey"};
    const bool *is_new = context;

    for (size_t i = 0; action != NULL && i < COUNT(actions); i++) {
        if (strcasecmp(actions[i], action) == 0)
            return true;
    }
    return action != NULL && *is_new && strcasecmp(action, "sts:AssumeRole") == 0;
}

/* is_new: the document is. */
static bool is_service_grant(const struct policy_node *statement, bool by_model, bool is_new)
{
    if (by_model && !each_text(statement_get(statement, "Action"), is_delivery, &is_new))
        return false;
    return statement->kind == POLICY_OBJECT && !statement_is_negative(statement) &&
           statement_get(statement, "Principal") != NULL &&
           policy_count(statement_get(statement, "Action")) > 0 &&
           each_text(statement_get(statement, "Action"), is_plain_action, NULL) &&
           each_principal(statement, is_service, NULL);
}

struct owners { /* who may own a key */
    const struct gate_input *in;
};

/* The account that the code itself runs in, or whom the operator's inputs name. */
static bool is_owner(void *context, const char *principal)
{
    const struct owners *owners = context;
    const char *name = principal != NULL && str_starts(principal, "AWS ") ? principal + 4 : NULL;

    if (name == NULL || strpbrk(name, "*?") != NULL)
        return false;
    if (str_ends(name, ":root") && strstr(name, "data.aws_caller_identity.") != NULL)
        return true;
    for (size_t i = 0; i < owners->in->n_inputs; i++) {
        if (strstr(owners->in->inputs[i].value, name) != NULL)
            return true;
    }
    return false;
}

/* A key's policy names who owns it, or nobody could ever change it. */
static bool is_key_owner(const struct gate_input *in, const struct document *document,
                         const struct policy_node *statement)
{
    struct owners owners = {in};

    return strstr(document->where, "aws_kms_") != NULL && !statement_is_negative(statement) &&
           statement_get(statement, "Principal") != NULL &&
           each_principal(statement, is_owner, &owners);
}

static bool is_log_action(void *context, const char *action)
{
    return is_plain_action(context, action) && str_starts(action, "logs:");
}

static bool is_declared_here(void *context, const char *resource)
{
    (void)context;
    return resource != NULL && resource[0] == POLICY_REF && strchr(resource, POLICY_HOLE) == NULL;
}

/* The role of a new log may write to that log. */
static bool is_log_writer(const struct policy_node *statement)
{
    return statement->kind == POLICY_OBJECT && !statement_is_negative(statement) &&
           statement_get(statement, "Principal") == NULL &&
           policy_count(statement_get(statement, "Action")) > 0 &&
           policy_count(statement_get(statement, "Resource")) > 0 &&
           each_text(statement_get(statement, "Action"), is_log_action, NULL) &&
           each_text(statement_get(statement, "Resource"), is_declared_here, NULL);
}

bool statement_may_be_new(const struct gate_input *in, const struct document *has,
                          const struct document *had, const struct policy_node *statement)
{
    return is_service_grant(statement, in->by_model, had == NULL) ||
           is_key_owner(in, has, statement) || (had == NULL && is_log_writer(statement));
}
