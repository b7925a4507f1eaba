/*
 * Any bytes as a rule pack and as a policy file: refused with their place, or good. The rules of a
 * pack that loads are asked about a small module: each answers, and a fix is a file that parses.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "worker/hcl/edit/edit.h"
#include "worker/hcl/module/module.h"
#include "worker/policy.h"
#include "worker/rules/rules.h"

static const char module[] =
    "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n  tags   = merge(var.tags, { Name = "
    "\"a\" })\n}\n"
    "resource \"aws_s3_bucket_versioning\" \"a\" {\n  bucket = aws_s3_bucket.a.id\n"
    "  versioning_configuration {\n    status = \"Suspended\"\n  }\n}\n"
    "resource \"aws_security_group\" \"b\" {\n  ingress {\n    from_port = 0\n    to_port = 65535\n"
    "    protocol = \"tcp\"\n    cidr_blocks = [\"0.0.0.0/0\", var.office]\n  }\n}\n"
    "resource \"aws_kms_key\" \"c\" {\n  enable_key_rotation = var.rotate\n}\n"
    "resource \"aws_sqs_queue\" \"d\" {\n  for_each = toset([\"x\", \"y\"])\n  name     = "
    "each.key\n"
    "  l        = [\"a\", \"b\"]\n  tags     = local.tags\n}\n"
    "resource \"aws_cloudwatch_metric_alarm\" \"d\" {\n  namespace  = \"AWS/SQS\"\n"
    "  dimensions = { QueueName = \"z\" }\n}\n"
    "locals {\n  tags = {\n    Name = \"d\"\n  }\n}\n"
    "variable \"tags\" {\n  default = {}\n}\n"
    "variable \"rotate\" {\n  default = false\n}\n";

static void ask(const struct rule *rule, const struct hcl_module *root,
                const struct hcl_resource *resource)
{
    static const struct rule_input inputs[] = {{"approved_cidrs", "[\"10.0.0.0/8\"]"}};
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited;
    struct rule_outcome outcome = {0};
    char why[300] = "";
    struct err err;
    size_t n;
    int r = hcl_edits_new(&edits, &err);

    assert(r == 0);
    (void)rule_check(rule, root, resource, why, sizeof why);
    if (rule_fix(rule, root, resource, inputs, COUNT(inputs), edits, &outcome, &err) != 0 ||
        hcl_edits_apply(edits, &edited, &n, &err) != 0)
        return;
    for (size_t i = 0; i < n; i++) {
        CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
        r = hcl_parse(&after, edited[i].path, edited[i].bytes, edited[i].len, &err);
        assert(r == 0);
    }
}

static void ask_all(const struct rules *rules)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct hcl_module *root;
    struct err err;
    int r = hcl_repo_new(&repo, &err);

    assert(r == 0);
    r = hcl_repo_add(repo, "main.tf", module, strlen(module), &err);
    assert(r == 0);
    r = hcl_module_open(repo, "", &root, &err);
    assert(r == 0);
    for (size_t i = 0; i < rules_count(rules); i++)
        for (size_t k = 0; k < hcl_resource_count(root); k++)
            ask(rules_at(rules, i), root, hcl_resource_at(root, k));
}

/* A file of these bytes that only this process sees. */
static int file_of(const uint8_t *data, size_t size, char *path, size_t path_size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    assert(fd >= 0);
    ssize_t written = write(fd, data, size);
    assert(written == (ssize_t)size);
    snprintf(path, path_size, "/proc/self/fd/%d", fd);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(policy_freep) struct policy *policy = NULL;
    struct rule_input inputs[POLICY_INPUTS_MAX];
    struct err err = {0};
    char path[64];
    int fd = file_of(data, size, path, sizeof path);

    if (rules_load_text(&rules, "fuzz.yaml", (const char *)data, size, &err) == 0)
        ask_all(rules);
    else
        assert(err.text[0] != '\0');
    if (policy_load(&policy, path, &err) == 0) {
        size_t n = policy_inputs(policy, "acme/infra", inputs);
        assert(n <= POLICY_INPUTS_MAX);
        (void)policy_drift_action(policy, "acme/infra", "review");
    } else {
        assert(err.text[0] != '\0');
    }
    close(fd);
    return 0;
}
