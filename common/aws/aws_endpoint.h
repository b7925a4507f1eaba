/*
 * AWS endpoints: where a service is. AWS_ENDPOINT_URL_<SERVICE_ID> goes before AWS_ENDPOINT_URL, as
 * in AWS's SDKs, and that before AWS's own host.
 */
#ifndef COMMON_AWS_AWS_ENDPOINT_H
#define COMMON_AWS_AWS_ENDPOINT_H

#include "common/aws/aws_credentials.h"

#define AWS_ENDPOINT_BYTES 512

/* Regions go into host names, and may come from an answer. */
bool aws_is_region(const char *region);
/* The override that counts for the service ("BEDROCK_RUNTIME", "STS"); NULL: there is none. lookup
 * NULL: the environment. */
const char *aws_endpoint_override(const char *service_id, aws_lookup_fn lookup, void *context);
/* scheme://host[:port][/path], without a slash at the end. host_label: the first part of AWS's own
 * host ("bedrock-runtime"). ERR_REJECT: the override is no URL, or there is no region. */
int aws_endpoint(char out[AWS_ENDPOINT_BYTES], const char *service_id, const char *host_label,
                 const char *region, aws_lookup_fn lookup, void *context, struct err *err) MUST_USE;

#endif
