/*
 * ACL: does a network ACL let the whole world reach a port? Unlike a security group it has denials,
 * and an order: the entry with the lowest number that fits decides. Its entries stand in the ACL
 * itself and in aws_network_acl_rule resources, so all of them are put in one row first.
 *
 * TCP is what is asked about. Pure; borrowed from the module.
 */
#ifndef WORKER_RULES_ACL_H
#define WORKER_RULES_ACL_H

#include "worker/rules/fixer.h"
#include "worker/rules/network.h"
#include "worker/rules/opening.h"

#define ACL_ENTRIES_MAX 256

struct acl_entry {
    struct place place; /* only: the instance at hand */
    struct opening opening;
    double number;
    bool allows, denies; /* both: it cannot be known which */
    bool unsure;         /* something else about it cannot be known */
    struct port_range range;
    bool has[2]; /* a range of that family */
    struct network networks[2];
};
struct acl {
    struct acl_entry items[ACL_ENTRIES_MAX]; /* in the order in which they count */
    size_t n;
    char unsure[256]; /* why some entries cannot be known; "" all are */
};
struct acl_open { /* what makes a port open: these entries, of that family */
    const struct acl_entry *entries[ACL_ENTRIES_MAX];
    size_t n;
    size_t family;
    int port;
};

/* Does the place speak of an ACL or of an entry of one? */
bool acl_is_meant(const struct place *place);
/* All entries of the ACL that this instance of the place is, or belongs to. */
void acl_read(const struct place *place, const struct hcl_instance *instance, bool egress,
              struct acl *out);
enum rule_verdict acl_port(const struct acl *acl, int port, size_t family, struct acl_open *out);

enum rule_verdict acl_check(const struct place *place, const struct statement *statement,
                            struct why why);
/* Narrows the entries that open a port (fix_acl.c). 0, RULE_REFUSED or an error class. */
int acl_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
            struct err *err) MUST_USE;

#endif
