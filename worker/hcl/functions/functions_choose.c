/* Functions that choose among values or convert one, and those that are outside of what can be
 * known from the code. try and can stand in functions.c: they look at expressions. */
#include "worker/hcl/functions/functions.h"

static const struct hcl_value *coalesce(const struct arguments *a)
{
    CLEANUP(mem_freep) const struct value_type **types = calloc(a->n + 1, sizeof *types);
    const struct value_type *common = &TYPE_OF_OPEN;
    size_t n = 0;

    for (size_t i = 0; i < a->n && types != NULL; i++)
        if (type_of(a->items[i])->kind != TYPE_ANY)
            types[n++] = type_of(a->items[i]);
    if (types != NULL && n > 0)
        common = type_unify(a->repo, types, n);
    if (common == NULL && n < a->n && a->repo->budget > 0)
        return value_unknown(a->repo, "coalesce of different types beside null");
    if (common == NULL || types == NULL)
        return a->repo->budget == 0 || types == NULL
                   ? &VALUE_EXHAUSTED
                   : refuse(a, "the values have no type in common");
    for (size_t i = 0; i < a->n; i++) {
        const struct hcl_value *v = a->items[i];
        if (v->kind == HCL_V_UNKNOWN)
            return value_blocked(a->repo, v);
        if (v->kind == HCL_V_NULL)
            continue;
        v = convert(a->repo, v, common);
        if (!(v->kind == HCL_V_TEXT && v->text[0] == '\0'))
            return v;
    }
    return refuse(a, "every value is null or empty");
}

static const struct hcl_value *coalescelist(const struct arguments *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct hcl_value *v = a->items[i];
        enum value_type_kind kind = type_of(v)->kind;
        if (value_is_open(v))
            return value_blocked(a->repo, v);
        if (v->kind == HCL_V_NULL)
            return refuse(a, "a list is null");
        if (kind != TYPE_LIST && kind != TYPE_TUPLE)
            return refuse(a, "a list is needed");
        if (v->n > 0)
            return v;
    }
    return refuse(a, "every list is empty");
}

/* --- converting; null stays null --- */

static const struct hcl_value *to_text(const struct arguments *a)
{
    return convert(a->repo, a->items[0], &TYPE_OF_TEXT);
}

static const struct hcl_value *to_number(const struct arguments *a)
{
    return convert(a->repo, a->items[0], &TYPE_OF_NUMBER);
}

static const struct hcl_value *to_bool(const struct arguments *a)
{
    return convert(a->repo, a->items[0], &TYPE_OF_BOOL);
}

/* Secrecy is a mark on a value; the value is what it was. */
static const struct hcl_value *same(const struct arguments *a)
{
    return a->items[0];
}

const struct function CHOOSE_FUNCTIONS[] = {
    {"coalesce", "a*", 1, ANY_COUNT, TAKES_OPEN | TAKES_NULL | PASSES_ON, coalesce},
    {"coalescelist", "a*", 1, ANY_COUNT, TAKES_OPEN | TAKES_NULL | PASSES_ON, coalescelist},
    {"nonsensitive", "a", 1, 1, TAKES_OPEN | TAKES_NULL | PASSES_ON, same},
    {"sensitive", "a", 1, 1, TAKES_OPEN | TAKES_NULL | PASSES_ON, same},
    {"tobool", "a", 1, 1, TAKES_OPEN | TAKES_NULL | GIVES_BOOL, to_bool},
    {"tonumber", "a", 1, 1, TAKES_OPEN | TAKES_NULL | GIVES_NUMBER, to_number},
    {"tostring", "a", 1, 1, TAKES_OPEN | TAKES_NULL | GIVES_TEXT, to_text},
};
const size_t CHOOSE_FUNCTION_COUNT = COUNT(CHOOSE_FUNCTIONS);

static const char READS_A_FILE[] = "reads a file";
static const char READS_THE_CLOCK[] = "reads the clock";
static const char DRAWS_LOTS[] = "gives another value each time";
static const char IS_OF_THE_MACHINE[] = "depends on the machine where terraform runs";

const struct function OUTSIDE_FUNCTIONS[] = {
    {"abspath", "s", 1, 1, GIVES_TEXT, NULL, IS_OF_THE_MACHINE},
    {"base64gzip", "s", 1, 1, GIVES_TEXT, NULL, "depends on how terraform compresses"},
    {"bcrypt", "sn", 1, 2, GIVES_TEXT, NULL, DRAWS_LOTS},
    {"ephemeralasnull", "a", 1, 1, TAKES_NULL, NULL, "needs to know what is ephemeral"},
    {"file", "s", 1, 1, GIVES_TEXT, NULL, READS_A_FILE},
    {"filebase64", "s", 1, 1, GIVES_TEXT, NULL, READS_A_FILE},
    {"filebase64sha256", "s", 1, 1, GIVES_TEXT, NULL, READS_A_FILE},
    {"filebase64sha512", "s", 1, 1, GIVES_TEXT, NULL, READS_A_FILE},
    {"fileexists", "s", 1, 1, GIVES_BOOL, NULL, "looks at files"},
    {"filemd5", "s", 1, 1, GIVES_TEXT, NULL, READS_A_FILE},
    {"fileset", "ss", 2, 2, 0, NULL, "looks at files"},
    {"filesha1", "s", 1, 1, GIVES_TEXT, NULL, READS_A_FILE},
    {"filesha256", "s", 1, 1, GIVES_TEXT, NULL, READS_A_FILE},
    {"filesha512", "s", 1, 1, GIVES_TEXT, NULL, READS_A_FILE},
    {"issensitive", "a", 1, 1, TAKES_NULL | GIVES_BOOL, NULL, "needs to know what is secret"},
    {"pathexpand", "s", 1, 1, GIVES_TEXT, NULL, IS_OF_THE_MACHINE},
    {"plantimestamp", "", 0, 0, GIVES_TEXT, NULL, READS_THE_CLOCK},
    {"rsadecrypt", "ss", 2, 2, GIVES_TEXT, NULL, "decrypts"},
    {"templatefile", "sa", 2, 2, GIVES_TEXT, NULL, READS_A_FILE},
    {"templatestring", "sa", 2, 2, GIVES_TEXT, NULL, "is not evaluated"},
    {"timestamp", "", 0, 0, GIVES_TEXT, NULL, READS_THE_CLOCK},
    {"uuid", "", 0, 0, GIVES_TEXT, NULL, DRAWS_LOTS},
    {"yamldecode", "s", 1, 1, 0, NULL, "reads YAML, which has too many ways to be read"},
    {"yamlencode", "a", 1, 1, TAKES_NULL | GIVES_TEXT, NULL, "is not evaluated"},
};
const size_t OUTSIDE_FUNCTION_COUNT = COUNT(OUTSIDE_FUNCTIONS);
