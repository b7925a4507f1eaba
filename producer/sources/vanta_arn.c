/*
 * ARNs from what Vanta tells: a kind, a display name, sometimes account and region. Vanta gives no
 * ARN, so one is made only where kind and name leave no choice; a wrong ARN would lead to the wrong
 * resource.
 */
#include "producer/sources/vanta.h"

#include <ctype.h>
#include <stdio.h>

/* Service and resource part; the id kinds have names of a fixed shape and are left alone otherwise.
 */
static const struct {
    const char *kind;
    const char *service;
    const char *before; /* the name */
    const char *shape;  /* the name has to start so; NULL: any name */
} rules[] = {
    {"cloudtrail", "cloudtrail", "trail/", NULL},
    {"cloudtrailtrail", "cloudtrail", "trail/", NULL},
    {"cloudwatchloggroup", "logs", "log-group:", NULL},
    {"dynamodbtable", "dynamodb", "table/", NULL},
    {"ebsvolume", "ec2", "volume/", "vol-"},
    {"ec2instance", "ec2", "instance/", "i-"},
    {"ecrrepository", "ecr", "repository/", NULL},
    {"kinesisstream", "kinesis", "stream/", NULL},
    {"lambda", "lambda", "function:", NULL},
    {"lambdafunction", "lambda", "function:", NULL},
    {"rdscluster", "rds", "cluster:", NULL},
    {"rdsinstance", "rds", "db:", NULL},
    {"rdsdbinstance", "rds", "db:", NULL},
    {"securitygroup", "ec2", "security-group/", "sg-"},
    {"snstopic", "sns", "", NULL},
    {"sqsqueue", "sqs", "", NULL},
    {"vpc", "ec2", "vpc/", "vpc-"},
};

static bool is_bucket(const char *kind)
{
    return str_eq(kind, "s3bucket");
}

bool vanta_arn_knows(const char *normalised_kind)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (str_eq(rules[i].kind, normalised_kind))
            return true;
    }
    return is_bucket(normalised_kind);
}

static bool is_account(const char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;

    for (size_t i = 0; i < len; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
    }
    return len == 12;
}

static const char *partition_of(const char *region)
{
    if (region != NULL && str_starts(region, "us-gov-"))
        return "aws-us-gov";
    return region != NULL && str_starts(region, "cn-") ? "aws-cn" : "aws";
}

static bool is_plain(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && strchr("-_./+=@#", *c) == NULL)
            return false;
    }
    return name[0] != '\0';
}

void vanta_arn(const char *kind, const char *name, const char *account, const char *region,
               char *out, size_t size)
{
    char normalised[96];
    int n = 0;

    out[0] = '\0';
    if (str_starts(name, "arn:") && str_copy(out, size, name))
        return;
    out[0] = '\0';
    vanta_normalise(kind, normalised, sizeof normalised);
    if (!is_plain(name))
        return;
    if (is_bucket(normalised))
        n = snprintf(out, size, "arn:%s:s3:::%s", partition_of(region), name);
    if (is_account(account) && region != NULL && region[0] != '\0') {
        for (size_t i = 0; i < COUNT(rules); i++) {
            if (str_eq(rules[i].kind, normalised) &&
                (rules[i].shape == NULL || str_starts(name, rules[i].shape)))
                n = snprintf(out, size, "arn:%s:%s:%s:%s:%s%s", partition_of(region),
                             rules[i].service, region, account, rules[i].before, name);
        }
    }
    if (n < 0 || (size_t)n >= size)
        out[0] = '\0';
}
