/*
 * How well a resource fits a name or the parts of an ARN.
 *
 * FIT_YES is only said where the code leaves no choice: the value is written, or it is a prefix
 * that Terraform completes and the rest has the shape that Terraform gives it. Everything else that
 * does not speak against the resource makes it a candidate at most.
 */
#include <ctype.h>
#include <stdio.h>

#include "worker/hcl/eval/value.h"
#include "worker/hcl/locate/locate_inside.h"

#define HINT_MIN 3 /* bytes of a known end that are worth to be told */

static bool text_is(struct text text, const char *other)
{
    return strlen(other) == text.len && memcmp(text.at, other, text.len) == 0;
}

static bool text_starts(struct text text, const char *prefix)
{
    size_t len = strlen(prefix);

    return len <= text.len && memcmp(text.at, prefix, len) == 0;
}

static bool text_ends(struct text text, const char *suffix)
{
    size_t len = strlen(suffix);

    return len <= text.len && memcmp(text.at + text.len - len, suffix, len) == 0;
}

/* What a finding, an ARN and an argument may write differently: KMS says "alias/", an OpenID
 * provider has a scheme, and the slash before a parameter's name is the ARN's. Of no other type,
 * though: the log groups "/aws/x" and "aws/x" are two. */
static struct text bare(const char *type, struct text name)
{
    static const struct {
        const char *type, *front;
    } fronts[] = {{"aws_kms_alias", "alias/"},
                  {"aws_iam_openid_connect_provider", "https://"},
                  {"aws_ssm_parameter", "/"}};

    for (size_t i = 0; i < COUNT(fronts); i++)
        if (str_eq(type, fronts[i].type) && text_starts(name, fronts[i].front)) {
            name.at += strlen(fronts[i].front);
            name.len -= strlen(fronts[i].front);
        }
    return name;
}

static bool same_name(const char *type, struct text name, const char *other)
{
    struct text one = bare(type, name);
    struct text two = bare(type, (struct text){other, strlen(other)});

    return one.len == two.len && memcmp(one.at, two.at, one.len) == 0;
}

/*
 * What Terraform's AWS provider appends to a name_prefix: the time as 18 digits, then a counter as
 * 8 hexadecimal ones. Nothing else makes such names, so what stands before it is the whole prefix.
 * A ".fifo" comes last.
 */
#define UNIQUE_LEN  26
#define UNIQUE_TIME 18

static bool has_unique_end(struct text name, size_t *before)
{
    if (text_ends(name, ".fifo"))
        name.len -= strlen(".fifo");
    if (name.len < UNIQUE_LEN)
        return false;
    const char *end = name.at + name.len - UNIQUE_LEN;
    for (size_t i = 0; i < UNIQUE_LEN; i++)
        if (i < UNIQUE_TIME ? !isdigit((unsigned char)end[i]) : !isxdigit((unsigned char)end[i]))
            return false;
    *before = name.len - UNIQUE_LEN;
    return true;
}

static enum fit fits_ends(struct text name, const struct hcl_value *v, bool is_prefix)
{
    const char *prefix = v->prefix != NULL ? v->prefix : "";
    const char *suffix = v->suffix != NULL && !is_prefix ? v->suffix : "";
    size_t known = strlen(prefix) + strlen(suffix);

    if (name.len < known || !text_starts(name, prefix) || !text_ends(name, suffix))
        return FIT_NO;
    return known >= HINT_MIN ? FIT_PART : FIT_OPEN;
}

static enum fit fits_prefix(struct text name, const struct hcl_value *v)
{
    size_t before;
    bool is_unique = has_unique_end(name, &before);

    if (v->kind == HCL_V_TEXT && is_unique && text_is((struct text){name.at, before}, v->text))
        return FIT_YES;
    /* With another end it may still be an older provider's, or one that AWS completed. */
    if (v->kind == HCL_V_TEXT)
        return !is_unique && v->text[0] != '\0' && text_starts(name, v->text) ? FIT_PART : FIT_NO;
    return v->kind == HCL_V_UNKNOWN ? fits_ends(name, v, true) : FIT_OPEN;
}

/* References are followed so far; a hostile repository may tie them into a ring. */
#define FOLLOW_MAX 4
/* Of a reference with a key that is not known so many instances are looked at. */
#define ANY_INSTANCE_MAX 64

static enum fit fits_name(struct located *located, size_t i, struct text name, bool by_arn,
                          int depth, const char **how);

static bool has_identity(const struct hcl_type_row *row)
{
    return row->identity[0] != '\0' && !str_starts(row->identity, "tags.");
}

/* A reference to something whose name is name? Its instance counts where it is known. */
static enum fit fits_target(const struct hcl_value *v, struct text name, int depth)
{
    struct located *target = v->resource != NULL ? locate_indexed(v->resource) : NULL;
    bool is_one = v->instance != NULL && strstr(v->instance->address, "[?]") == NULL;
    enum fit best = FIT_NO;

    if (target == NULL || !has_identity(target->row) || depth >= FOLLOW_MAX)
        return FIT_OPEN;
    size_t n = locate_instances(target);
    if (!is_one && n > (depth == 0 ? ANY_INSTANCE_MAX : 1))
        return FIT_OPEN;
    for (size_t i = 0; i < n; i++) {
        if (is_one && !str_eq(v->instance->address, target->instances[i].address))
            continue;
        enum fit fit = fits_name(target, i, name, true, depth + 1, NULL);
        best = fit > best ? fit : best;
    }
    return best == FIT_YES && !is_one && n > 1 ? FIT_PART : best;
}

static enum fit fits_value(const char *type, const struct hcl_value *v, struct text name,
                           bool is_prefix, int depth)
{
    if (v == NULL)
        return FIT_NO;
    if (is_prefix)
        return fits_prefix(name, v);
    if (v->kind == HCL_V_TEXT)
        return same_name(type, name, v->text) ? FIT_YES : FIT_NO;
    if (v->kind == HCL_V_REFERENCE)
        return fits_target(v, name, depth);
    return v->kind == HCL_V_UNKNOWN ? fits_ends(name, v, false) : FIT_NO;
}

static const char *explain(const struct hcl_resource *resource, struct text argument,
                           const struct hcl_value *v, const struct hcl_file *otherwise)
{
    struct arena *arena = resource->module->repo->arena;
    const char *where = v->n_origins > 0 ? v->origins[v->n_origins - 1].what : "attribute";

    if (v->kind == HCL_V_TEXT && otherwise != NULL)
        return arena_print(arena, "%.*s = \"%s\" here, but another with -var-file=%.200s",
                           (int)argument.len, argument.at, v->text, otherwise->path);
    if (v->kind == HCL_V_TEXT)
        return arena_print(arena, "%.*s = \"%s\" (%s)", (int)argument.len, argument.at, v->text,
                           where);
    if (v->kind == HCL_V_UNKNOWN && (v->prefix != NULL || v->suffix != NULL))
        return arena_print(arena, "%.*s = \"%s…%s\" (known in part: %s)", (int)argument.len,
                           argument.at, v->prefix != NULL ? v->prefix : "",
                           v->suffix != NULL ? v->suffix : "", v->unknown);
    if (v->kind == HCL_V_REFERENCE)
        return arena_print(arena, "%.*s = %s", (int)argument.len, argument.at, v->text);
    return arena_print(arena, "%.*s is not known: %s", (int)argument.len, argument.at,
                       value_why(v));
}

/* Neither name nor prefix is written: Terraform makes "terraform-" or "tf-…-" of its own. */
static enum fit fits_unnamed(const struct hcl_resource *resource, struct text name,
                             const char **how)
{
    size_t before;

    if (!has_unique_end(name, &before) ||
        !(text_starts(name, "terraform-") || text_starts(name, "tf-")))
        return FIT_NO;
    if (how != NULL)
        *how = arena_print(resource->module->repo->arena,
                           "the block has no name, and Terraform made this one");
    return FIT_OPEN;
}

static enum fit fits_name(struct located *located, size_t i, struct text name, bool by_arn,
                          int depth, const char **how)
{
    enum fit best = FIT_NO;
    bool is_named = false;
    struct text argument = {0};
    const struct hcl_value *value = NULL;
    const struct hcl_file *otherwise = NULL;
    const char *at = located->row->identity;

    for (size_t k = 0; *at != '\0' && k < IDENTITY_MAX; k++) {
        size_t len = strcspn(at, " ");
        bool is_prefix = *at == '^';
        const struct hcl_value *v =
            by_arn && k > 0 && !is_prefix ? NULL : locate_identity(located, i, k);
        enum fit fit = fits_value(located->resource->type, v, name, is_prefix, depth);
        const struct hcl_file *told =
            v != NULL && fit == FIT_NO ? locate_told_otherwise(located, i, k) : NULL;
        if (told != NULL)
            fit = FIT_OPEN; /* terraform may be run with that file, and then it is another */
        is_named = is_named || v != NULL;
        if (fit > best) {
            best = fit;
            otherwise = told;
            argument = (struct text){at + is_prefix, len - is_prefix};
            value = v;
        }
        at += len + (at[len] == ' ');
    }
    if (!is_named && by_arn)
        return fits_unnamed(located->resource, name, how);
    if (how != NULL && best > FIT_NO)
        *how = explain(located->resource, argument, value, otherwise);
    return best;
}

enum fit locate_fits_name(struct located *located, size_t i, struct text name, bool by_arn,
                          const char **how)
{
    return fits_name(located, i, name, by_arn, 0, how);
}

/* --- the parts of an ARN --- */

/* A written value says the name itself, or an ARN that ends in it. */
static enum fit fits_text(const char *type, const char *text, struct text wanted)
{
    struct hcl_arn arn;

    if (same_name(type, wanted, text))
        return FIT_YES;
    return hcl_arn_parse(text, &arn) && text_is(wanted, arn.name) ? FIT_YES : FIT_NO;
}

/* An argument beside the name: the cluster of a service, the API of a stage. */
static enum fit fits_scope(struct located *located, size_t i, const struct arn_part *part)
{
    const struct hcl_resource *resource = located->resource;
    struct text wanted = {part->value, part->len};
    const struct hcl_value *v = locate_argument(located, i, part->argument);

    if (v == NULL || v->kind == HCL_V_NULL) {
        if (part->absent == NULL)
            return FIT_OPEN;
        return part->absent_len == part->len && memcmp(part->absent, part->value, part->len) == 0
                   ? FIT_YES
                   : FIT_NO;
    }
    if (v->kind == HCL_V_BOOL || v->kind == HCL_V_NUMBER)
        v = value_to_text(resource->module->repo, v);
    if (v->kind == HCL_V_TEXT)
        return fits_text(resource->type, v->text, wanted);
    if (part->kind == ARN_PART_PARENT_ID)
        return FIT_OPEN; /* the other's id is made when it is applied */
    if (v->kind == HCL_V_REFERENCE)
        return fits_target(v, wanted, 0);
    return v->kind == HCL_V_UNKNOWN ? fits_ends(wanted, v, false) : FIT_OPEN;
}

/* Without a name, and without an id that AWS made: everything in the ARN is written somewhere. */
static bool is_all_written(const struct arn_fit *fit)
{
    return fit->n > 0 && arn_id_part(fit) == NULL;
}

enum fit locate_fits_parts(struct located *located, size_t i, const struct arn_fit *fit,
                           const char **how)
{
    struct arena *arena = located->resource->module->repo->arena;
    const struct arn_part *name = arn_name_part(fit);
    const struct arn_part *open = NULL;
    enum fit worst = FIT_YES;

    if (how != NULL)
        *how = NULL;
    if (name != NULL)
        worst = locate_fits_name(located, i, (struct text){name->value, name->len}, true, how);
    for (size_t k = 0; k < fit->n && worst != FIT_NO; k++) {
        const struct arn_part *part = &fit->parts[k];
        if (part == name || part->kind == ARN_PART_ID)
            continue;
        enum fit scope = fits_scope(located, i, part);
        open = scope < FIT_YES ? part : open;
        worst = scope < worst ? scope : worst;
    }
    if (worst == FIT_NO)
        return FIT_NO;
    if (name == NULL && !is_all_written(fit)) {
        if (how != NULL)
            *how = "only an id made by AWS tells it, and the code does not hold that";
        return FIT_OPEN;
    }
    if (how == NULL)
        return worst;
    if (*how == NULL)
        *how = "all that the ARN says is written";
    if (open != NULL)
        *how = arena_print(arena, "%s, but its %s is not known", *how, open->argument);
    return worst;
}
