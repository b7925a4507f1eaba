/*
 * Address: how Terraform writes the place of a resource instance, taken apart and put together.
 *
 *     module.net["eu"].aws_subnet.a[0]  ->  (module, net, ["eu"]) (aws_subnet, a, [0])
 *
 * Instance keys keep their brackets. Pure; the parts are borrowed from the text.
 */
#ifndef WORKER_HCL_SYNTAX_ADDRESS_H
#define WORKER_HCL_SYNTAX_ADDRESS_H

#include "common/buf.h"

#define ADDRESS_STEPS_MAX 66 /* 64 modules, a resource and one to spare */
#define ADDRESS_MAX_BYTES ((size_t)16 * 1024)

struct address_part {
    const char *at;
    size_t len;
};
struct address_step {
    struct address_part kind; /* "module", or the resource's type */
    struct address_part name;
    struct address_part key; /* with its brackets; empty without */
};
struct address {
    struct address_step steps[ADDRESS_STEPS_MAX];
    size_t n; /* the last may be a module */
};

/* False: no address of managed resources or modules. out points into text. */
bool address_parse(const char *text, struct address *out);
/* Steps from..to, joined by dots. */
void address_write(const struct address *address, size_t from, size_t to, struct buf *out);
bool address_part_eq(struct address_part a, struct address_part b);

/* An instance key of for_each as Terraform writes it: ["a\"b"]. Characters that Unicode knows as
 * unprintable are escaped; those it has not assigned are not. */
void hcl_key_text(const char *key, struct buf *out);

#endif
