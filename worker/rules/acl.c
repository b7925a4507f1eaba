#include "worker/rules/acl.h"

#include <stdio.h>

/* What is denied before, and what is allowed in spite of it. */
struct walk {
    struct network denied[ACL_ENTRIES_MAX];
    struct network allowed[ACL_ENTRIES_MAX];
    size_t n_denied;
    bool may_open, may_close;
};

static void step(const struct acl_entry *entry, size_t family, struct walk *walk,
                 struct acl_open *out)
{
    bool is_plain = !entry->unsure && entry->allows != entry->denies;

    /* A number that is not known stands last: what is open even then is open. */
    if (!is_plain) {
        walk->may_open = walk->may_open || entry->allows;
        walk->may_close = walk->may_close || entry->denies;
    }
    if (!entry->has[family] || (entry->denies && !is_plain))
        return;
    if (entry->denies) {
        walk->denied[walk->n_denied++] = entry->networks[family];
    } else if (is_plain &&
               !network_is_within(&entry->networks[family], walk->denied, walk->n_denied)) {
        walk->allowed[out->n] = entry->networks[family];
        out->entries[out->n++] = entry;
    }
}

enum rule_verdict acl_port(const struct acl *acl, int port, size_t family, struct acl_open *out)
{
    struct walk walk = {.may_open = acl->unsure[0] != '\0', .may_close = acl->unsure[0] != '\0'};
    size_t n = 0;
    int bits;

    *out = (struct acl_open){.family = family, .port = port};
    for (size_t i = 0; i < acl->n; i++) {
        if (acl->items[i].range.from <= port && port <= acl->items[i].range.to)
            step(&acl->items[i], family, &walk, out);
    }
    bits = networks_world_bits(walk.allowed, out->n, family == 1);
    if (bits < 0)
        return walk.may_open ? RULE_UNKNOWN : RULE_HOLDS;
    for (size_t i = 0; i < out->n; i++) {
        if (walk.allowed[i].bits <= bits)
            out->entries[n++] = out->entries[i];
    }
    out->n = n;
    return walk.may_close ? RULE_UNKNOWN : RULE_FAILS;
}

/* An entry answers for what it opens itself, an ACL for all of its entries. */
static bool is_to_blame(const struct place *place, const struct acl_open *open)
{
    for (size_t i = 0; i < open->n; i++) {
        if (!str_eq(place->resource->type, "aws_network_acl_rule") ||
            open->entries[i]->place.resource == place->resource)
            return true;
    }
    return false;
}

static enum rule_verdict instance_check(const struct place *place,
                                        const struct statement *statement,
                                        const struct hcl_instance *instance, struct why why)
{
    CLEANUP(mem_freep) struct acl *acl = calloc(1, sizeof *acl);
    enum rule_verdict verdict = RULE_HOLDS;
    struct acl_open open;

    if (acl == NULL) {
        why_say(why, "there is no memory left to look at it");
        return RULE_UNKNOWN;
    }
    acl_read(place, instance, statement->egress, acl);
    for (size_t i = 0; i < statement->ports.n * 2; i++) {
        int port = (int)statement->ports.items[i / 2].number;
        enum rule_verdict one = acl_port(acl, port, i % 2, &open);

        if (one == RULE_FAILS && is_to_blame(place, &open)) {
            why_say(why, "port %d is open to the world through entry %.0f (%s)", port,
                    open.entries[0]->number, open.entries[0]->opening.sources[open.family]);
            return RULE_FAILS;
        }
        if (one != RULE_UNKNOWN)
            continue;
        why_say(why, "%s",
                acl->unsure[0] != '\0' ? acl->unsure : "an entry for that port cannot be known");
        verdict = RULE_UNKNOWN;
    }
    return verdict;
}

enum rule_verdict acl_check(const struct place *place, const struct statement *statement,
                            struct why why)
{
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    enum rule_verdict verdict = RULE_HOLDS;

    for (size_t i = 0; i < n; i++) {
        enum rule_verdict one = instance_check(place, statement, &instances[i], why);

        if (one == RULE_FAILS)
            return one;
        verdict = one == RULE_UNKNOWN ? one : verdict;
    }
    return verdict;
}
