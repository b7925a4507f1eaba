#include "common/aws/aws_endpoint.h"

#include <stdio.h>

bool aws_is_region(const char *region)
{
    size_t len = strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return len > 0 && len < 33 && region[len] == '\0';
}

static const char *variable(const char *name, aws_lookup_fn lookup, void *context)
{
    const char *value = lookup != NULL ? lookup(context, name) : getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

const char *aws_endpoint_override(const char *service_id, aws_lookup_fn lookup, void *context)
{
    char name[80];

    (void)snprintf(name, sizeof name, "AWS_ENDPOINT_URL_%.48s", service_id);
    const char *own = variable(name, lookup, context);
    return own != NULL ? own : variable("AWS_ENDPOINT_URL", lookup, context);
}

int aws_endpoint(char out[AWS_ENDPOINT_BYTES], const char *service_id, const char *host_label,
                 const char *region, aws_lookup_fn lookup, void *context, struct err *err)
{
    const char *override = aws_endpoint_override(service_id, lookup, context);
    size_t len;

    if (override == NULL) {
        if (!aws_is_region(region))
            return err_set(err, ERR_REJECT, "\"%.40s\" is no AWS region: set AWS_REGION", region);
        (void)snprintf(out, AWS_ENDPOINT_BYTES, "https://%.60s.%s.amazonaws.com%s", host_label,
                       region, str_starts(region, "cn-") ? ".cn" : "");
        return 0;
    }
    int r = http_url_check(override, err);
    if (r < 0)
        return err_wrap(err, r, "AWS_ENDPOINT_URL of %s", service_id);
    if (!str_copy(out, AWS_ENDPOINT_BYTES, override) || strpbrk(out, "?#") != NULL)
        return err_set(err, ERR_REJECT, "AWS_ENDPOINT_URL of %s is too long, or has a query",
                       service_id);
    for (len = strlen(out); len > 0 && out[len - 1] == '/'; len--)
        out[len - 1] = '\0';
    return 0;
}
