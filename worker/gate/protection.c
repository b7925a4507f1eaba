#include "worker/gate/protection.h"

#include <ctype.h>
#include <strings.h>

static bool holds_word(const char *const *words, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strstr(name, words[i]) != NULL)
            return true;
    }
    return false;
}

/* Arguments whose true protects, and those whose true exposes. */
static bool is_protection(const char *name)
{
    static const char *const words[] = {
        "encrypt",    "protection",   "logging",       "log_",
        "rotation",   "block_public", "ignore_public", "restrict_public",
        "versioning", "validation",   "monitoring",    "private",
        "secure",     "enabled",      "enable_",       "prevent_destroy",
        "backup",     "drop_invalid", "scan_on_push",  "https",
        "tls",        "ssl",          "iam_database",  "multi_region",
        "sse",        "copy_tags"};

    if (str_eq(name, "internal")) /* a load balancer's */
        return true;
    return holds_word(words, COUNT(words), name) && strstr(name, "_disabled") == NULL;
}

bool protection_is_exposure(const char *name)
{
    static const char *const words[] = {"publicly_accessible", "public_ip",     "public_access",
                                        "skip_final_snapshot", "force_destroy", "force_delete",
                                        "privileged",          "allow_all",     "insecure",
                                        "map_public",          "root_access",   "internet_access",
                                        "encryption_disabled", "data_trace"};
    static const char *const protecting[] = {"block_public", "ignore_public", "restrict_public"};

    return holds_word(words, COUNT(words), name) &&
           !holds_word(protecting, COUNT(protecting), name);
}

static bool is_on_word(const char *text)
{
    static const char *const on[] = {"Enabled",      "ENABLED", "enabled",    "enhanced",
                                     "required",     "Active",  "IMMUTABLE",  "aws:kms",
                                     "aws:kms:dsse", "KMS",     "COMPLIANCE", "AWS_IAM"};

    for (size_t i = 0; i < COUNT(on); i++) {
        if (str_eq(on[i], text))
            return true;
    }
    return false;
}

bool protection_truth(const struct hcl_value *value, bool *known)
{
    *known = value != NULL && (value->kind == HCL_V_BOOL ||
                               (value->kind == HCL_V_TEXT &&
                                (str_eq(value->text, "true") || str_eq(value->text, "false"))));
    return *known && (value->kind == HCL_V_BOOL ? value->boolean : str_eq(value->text, "true"));
}

/* The oldest TLS that a policy's name lets in: "ELBSecurityPolicy-TLS13-1-2-2021-06",
 * "TLSv1.2_2021", "Policy-Min-TLS-1-2-2019-07" are 12; 0: it does not say. */
static int oldest_tls(const char *text)
{
    const char *tls = strcasestr(text, "TLS");

    for (; tls != NULL; tls = strcasestr(tls + 3, "TLS")) {
        const char *at = tls + 3 + strcspn(tls + 3, "0123456789");

        if (at[0] == '1' && at[1] == '3' && at[2] == '-') /* what it offers; the oldest follows */
            at += 3;
        if (at[0] == '1' && strchr("-._", at[1]) != NULL && at[1] != '\0' &&
            isdigit((unsigned char)at[2]) && !isdigit((unsigned char)at[3]))
            return 10 + at[2] - '0';
    }
    return 0;
}

static bool is_older_tls(const char *name, const struct hcl_value *was, const struct hcl_value *is)
{
    if (strstr(name, "tls") == NULL && strstr(name, "ssl") == NULL &&
        strstr(name, "protocol_version") == NULL && strstr(name, "security_policy") == NULL)
        return false;
    if (was == NULL || was->kind != HCL_V_TEXT || oldest_tls(was->text) == 0)
        return false;
    return is == NULL || is->kind != HCL_V_TEXT || oldest_tls(is->text) < oldest_tls(was->text);
}

/* How long something is kept. */
static bool is_time_to_keep(const char *name)
{
    return strstr(name, "retention") != NULL || strstr(name, "deletion_window") != NULL;
}

bool protection_is_worse(const char *name, const struct hcl_value *was, const struct hcl_value *is)
{
    bool was_known = false;
    bool is_known = false;
    bool was_true = protection_truth(was, &was_known);
    bool is_true = protection_truth(is, &is_known);

    if (is_older_tls(name, was, is))
        return true;
    if (was_known && was_true && is_protection(name) && !protection_is_exposure(name))
        return !is_known || !is_true;
    if (was_known && !was_true && protection_is_exposure(name))
        return !is_known || is_true;
    if (protection_is_exposure(name) && was != NULL && was->kind == HCL_V_TEXT && !was_known)
        return !is_on_word(was->text) &&
               (is == NULL || is->kind != HCL_V_TEXT || is_on_word(is->text));
    if (was != NULL && was->kind == HCL_V_TEXT && is_on_word(was->text))
        return is == NULL || is->kind != HCL_V_TEXT || !is_on_word(is->text);
    if (was != NULL && was->kind == HCL_V_NUMBER && is_time_to_keep(name) && was->number > 0)
        return is == NULL || is->kind != HCL_V_NUMBER ||
               (is->number < was->number && (is->number != 0 || strstr(name, "backup") != NULL));
    return false;
}
