/*
 * State: what Terraform says it made. From an ARN or an id to the address that a resource instance
 * has; nothing is guessed.
 *
 *     hcl_state_parse -> hcl_state_by_arn, hcl_state_by_name -> hit.instance->address
 *         -> hcl_state_free
 *
 * Reads a raw terraform.tfstate, version 4 (an internal format of Terraform, measured with 1.11),
 * and what `terraform show -json` prints (format_version 1.x, HashiCorp's "JSON Output Format").
 *
 * Holds:    of every managed resource instance its address and what finding tools may call it: arn,
 *           id and the name arguments of types.h. A state is full of secrets: every other value is
 *           passed over without being copied, and so is a name that Terraform marks sensitive.
 * Does not: wipe the bytes it reads: that is their owner's (struct buf, secret). Know which
 *           directory of which repository it belongs to: that is the caller's too.
 *
 * Memory: at most HCL_STATE_MEMORY besides the bytes. Read-only once parsed: any thread.
 */
#ifndef WORKER_HCL_STATE_STATE_H
#define WORKER_HCL_STATE_STATE_H

#include "common/base.h"

#define HCL_STATE_MAX_BYTES     ((size_t)64 * 1024 * 1024)
#define HCL_STATE_MEMORY        ((size_t)96 * 1024 * 1024)
#define HCL_STATE_INSTANCES_MAX 200000

struct hcl_state;

struct hcl_state_name {    /* one of the ways in which an instance may be called */
    const char *attribute; /* "arn", "id", "bucket", "tags.Name"; static */
    const char *value;
};

struct hcl_state_instance {
    const char *address; /* as terraform writes it: module.a["x"].aws_s3_bucket.b[0] */
    const char *type;
    const char *arn; /* NULL: it has none */
    const struct hcl_state_name *names;
    size_t n_names;
    bool tainted; /* the next apply makes it anew */
    bool deposed; /* replaced already; the next apply destroys it, and the code means another */
};

struct hcl_state_hit {
    const struct hcl_state_instance *instance;
    const struct hcl_state_name *name; /* what fitted */
};

/*
 * ERR_REJECT: not JSON, no state, a version that is not read (older ones, encrypted ones), over a
 * limit: the text says what, where and what to do, and quotes no value. ERR_FATAL no memory.
 */
int hcl_state_parse(struct hcl_state **out, const char *bytes, size_t len,
                    struct err *err) MUST_USE;
void hcl_state_free(struct hcl_state *state);
DEFINE_CLEANUP(struct hcl_state *, hcl_state_free)

size_t hcl_state_count(const struct hcl_state *state);
const struct hcl_state_instance *hcl_state_at(const struct hcl_state *state, size_t i);
size_t hcl_state_bytes(const struct hcl_state *state); /* of memory, about */

/*
 * The instances with this ARN in any attribute; O(log n). Spellings that mean the same thing are
 * tolerated (another partition, ":*" of a log group, a version or alias of a function, a secret's
 * version, a task definition's revision, an object in a bucket), and the nearest spelling wins.
 * Answers how many there are; out gets up to max of them.
 */
size_t hcl_state_by_arn(const struct hcl_state *state, const char *arn, struct hcl_state_hit *out,
                        size_t max);
/* The instances of a type (NULL: any; hcl_type_fits) with this id or name; likewise. A parameter's
 * "/a" and "a" are one name, and a KMS alias' "alias/a" and "a". An instance counts once. */
size_t hcl_state_by_name(const struct hcl_state *state, const char *type, const char *name,
                         struct hcl_state_hit *out, size_t max);
/* The current instance at an address; NULL: none. O(log n). */
const struct hcl_state_instance *hcl_state_by_address(const struct hcl_state *state,
                                                      const char *address);

/* The two may be one thing: equal up to the spellings above, or of one type with one name, and no
 * account or region against it. */
bool hcl_arn_same(const char *a, const char *b);

#endif
