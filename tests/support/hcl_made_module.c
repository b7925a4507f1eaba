/* Modules made by chance; the story stands in hcl_made_module.h. */
#include "tests/support/hcl_made_module.h"

#include <assert.h>
#include <string.h>

#include "common/base.h"

#define LAYERS 4
#define DEPTH  2

/* What a kind of expression may be; "#k" is one of kind k (n number, t text, b bool, l list of
 * texts, m map of texts), "#K" a literal, "#=k" a local of that kind. */
static const char *const NUMBERS[] = {"#N",
                                      "#=n",
                                      "length(#l)",
                                      "(#n + #n)",
                                      "(#b ? #n : #n)",
                                      "max(#n, #n)",
                                      "[#n, #n][1]",
                                      "sum([#n, #n])",
                                      "[{ v = #n }, { v = #n }][*].v[0]",
                                      "[for v in [#l, #l] : length(v)][1]",
                                      "-#n"};
static const char *const TEXTS[] = {"#T",
                                    "#=t",
                                    "\"${#t}-${#n}\"",
                                    "upper(#t)",
                                    "format(\"%s/%s\", #t, #n)",
                                    "join(\"-\", #l)",
                                    "(#b ? #t : #t)",
                                    "lookup(#m, \"a\", #t)",
                                    "try(#m.zz, #t)",
                                    "replace(#t, #t, #t)",
                                    "substr(#t, 0, 2)",
                                    "element(#l, #n)",
                                    "jsonencode(#m)",
                                    "coalesce(#t, #t)",
                                    "\"%{ if #b }${#t}x%{ else }y%{ endif }\"",
                                    "\"%{ for v in #l }${v},%{ endfor }\"",
                                    "#m.b",
                                    "trimprefix(#t, #t)",
                                    "tostring(#n)",
                                    "{ p = #t, q = #t }.q",
                                    "base64encode(#t)",
                                    "one([#t])",
                                    "[#l, #l][0][0]"};
static const char *const BOOLS[] = {"true",
                                    "false",
                                    "#=b",
                                    "(#n > #n)",
                                    "(#t == #t)",
                                    "!#b",
                                    "(#b && #b)",
                                    "(#b || #b)",
                                    "contains(#l, #t)",
                                    "can(#m.zz)",
                                    "alltrue([#b, #b])",
                                    "startswith(#t, #t)",
                                    "(#l == #l)"};
static const char *const LISTS[] = {"[#T, #T]",
                                    "#=l",
                                    "[for v in #l : upper(v)]",
                                    "[for v in #l : v if v != #t]",
                                    "[for i, v in #l : \"${i}${v}${#t}\"]",
                                    "concat(#l, #l)",
                                    "sort(#l)",
                                    "distinct(#l)",
                                    "keys(#m)",
                                    "values(#m)",
                                    "split(\"-\", #t)",
                                    "slice(#l, 0, 1)",
                                    "reverse(#l)",
                                    "tolist(toset(#l))",
                                    "flatten([#l, [#t]])",
                                    "compact(#l)",
                                    "(#b ? #l : #l)",
                                    "tolist([#t, #t])[*]",
                                    "flatten(chunklist(#l, 1))",
                                    "coalescelist(#l, #l)",
                                    "[[#t], #l][1]"};
static const char *const MAPS[] = {"{ a = #T, b = #T }",
                                   "#=m",
                                   "merge(#m, { b = #t })",
                                   "{ for k, v in #m : k => \"${v}${#t}\" }",
                                   "zipmap([\"a\", \"b\"], [#t, #t])",
                                   "{ for k, v in #m : k => v if k != \"a\" }",
                                   "{ a = #t, \"b\" = #t }",
                                   "tomap({ a = #t, b = #t })"};
static const struct {
    const char *const *items;
    size_t n;
} KINDS[] = {{NUMBERS, COUNT(NUMBERS)},
             {TEXTS, COUNT(TEXTS)},
             {BOOLS, COUNT(BOOLS)},
             {LISTS, COUNT(LISTS)},
             {MAPS, COUNT(MAPS)}};
static const char LETTERS[] = "ntblm";

struct maker {
    uint32_t dice;
    int locals; /* of each kind, so far */
    struct buf *out;
};

static size_t throw(struct maker * maker, size_t sides)
{
    assert(sides > 0);
    maker->dice = maker->dice * 1664525 + 1013904223;
    return (maker->dice >> 8) % sides;
}

static void make(struct maker *maker, char kind, int depth);

static void fill(struct maker *maker, const char *at, int depth)
{
    for (; *at != '\0'; at++) {
        if (*at != '#') {
            buf_char(maker->out, *at);
            continue;
        }
        at++;
        if (*at == 'N')
            buf_print(maker->out, "%zu", throw(maker, 4));
        else if (*at == 'T')
            buf_print(maker->out, "\"%c%c\"", (char)('a' + throw(maker, 3)),
                      (char)('a' + throw(maker, 3)));
        else if (*at == '=')
            buf_print(maker->out, "local.%c%zu", *++at, throw(maker, (size_t)maker->locals));
        else
            make(maker, *at, depth - 1);
    }
}

static void make(struct maker *maker, char kind, int depth)
{
    size_t k = (size_t)(strchr(LETTERS, kind) - LETTERS);
    size_t n = depth > 0 ? KINDS[k].n : maker->locals > 0 ? 2 : 1;

    fill(maker, KINDS[k].items[throw(maker, n)], depth);
}

void hcl_made_module(uint32_t seed, struct buf *out)
{
    struct maker maker = {.dice = seed, .out = out};

    buf_text(out, "locals {\n");
    for (; maker.locals < LAYERS; maker.locals++)
        for (size_t k = 0; k < COUNT(KINDS); k++) {
            buf_print(out, "  %c%d = ", LETTERS[k], maker.locals);
            make(&maker, LETTERS[k], maker.locals == 0 ? 0 : DEPTH);
            buf_char(out, '\n');
        }
    buf_text(out, "}\n");
}

const struct made_file HCL_SHOP[] = {
    {"main.tf",
     "variable \"days\" { default = 7 }\n"
     "variable \"told\" {\n  default  = 1\n  nullable = false\n}\n"
     "variable \"maybe\" {\n  type = string\n  default = null\n}\n"
     "variable \"opts\" {\n"
     "  type = object({ size = optional(number, 30), n = number, o = optional(bool) })\n"
     "  default = { n = \"2\" }\n}\n"
     "locals {\n  env  = \"prod\"\n  big  = true\n  list = [\"b\", \"a\", \"b\"]\n"
     "  tags = { Team = \"core\", Env = local.env, \"Odd key\" = 3 }\n"
     "  name = \"x-${local.env}-${var.told}\"\n"
     "  half = local.big ? var.days : 3\n  both = local.big && var.days > 3\n"
     "  all  = merge(local.tags, { Own = \"me\" })\n  sum = var.opts.size + var.opts.n\n"
     "  text = <<-EOT\n    a ${local.env}\n    %{ for x in local.list ~}\n    - ${x}\n"
     "    %{ endfor ~}\n  EOT\n}\n"
     "module \"log\" {\n  source = \"./log\"\n  count  = 2\n  days   = var.days\n"
     "  name   = \"log-${count.index}\"\n  unset  = null\n}\n"
     "resource \"aws_x\" \"r\" {\n  bucket = local.name\n  n = local.all[\"Own\"]\n"
     "  rule {\n    days = local.half\n    on = !local.both\n  }\n}\n"
     "resource \"aws_x\" \"many\" {\n  for_each = { k = 5, l = 6 }\n  key = each.key\n"
     "  value = each.value\n  log = module.log[0].days\n}\n"
     "resource \"aws_x\" \"set\" {\n  for_each = toset(concat(local.list, [\"c\"]))\n"
     "  key = upper(each.value)\n}\n"
     "resource \"aws_x\" \"some\" {\n  count = var.opts.n\n  at = count.index * 10\n}\n"},
    {"out.tf", "output \"a\" { value = [for r in aws_x.many : r.value] }\n"
               "output \"b\" { value = aws_x.some[*].at }\n"
               "output \"c\" { value = module.log[1].more }\n"
               "output \"d\" { value = { for k, v in local.tags : k => v if k != \"Env\" } }\n"
               "output \"e\" { value = lookup(local.tags, \"Team\", \"none\") }\n"
               "output \"f\" { value = try(local.tags.Nope, \"d\") }\n"
               "output \"g\" { value = length(local.list) }\n"
               "output \"h\" { value = keys(local.all) }\n"
               "output \"i\" { value = coalesce(var.maybe, \"c\", \"d\") }\n"
               "output \"j\" { value = distinct(local.list)[0] }\n"
               "output \"k\" { value = jsonencode({ a = local.tags.Team, b = [1, null] }) }\n"
               "output \"l\" { value = { for x in local.list : x => \"v\"... } }\n"
               "output \"m\" { value = element([10, 20, 30], 1) }\n"
               "output \"n\" { value = contains(local.list, \"a\") ? \"y\" : \"n\" }\n"
               "output \"o\" { value = [[1, 2], [3]][0][1] }\n"
               "output \"p\" { value = can(local.tags.Nope) || false }\n"
               "output \"q\" { value = zipmap([\"a\", \"b\"], [1, 2]).b }\n"
               "output \"r\" { value = slice([1, 2, 3, 4], 1, 3) }\n"
               "output \"s\" { value = var.opts }\n"
               "output \"t\" { value = module.log[*].name }\n"
               "output \"u\" { value = flatten([[1], [2, [3]]])[2] }\n"
               "output \"v\" { value = [for i, x in [\"p\", \"q\"] : \"${i}${x}\"][1] }\n"
               "output \"w\" { value = one([for x in local.list : x if x == \"a\"]) }\n"
               "output \"x\" { value = { (local.env) = 1, other = 2 } }\n"
               "output \"y\" { value = { (local.env) = 1, other = 2 }.other }\n"
               "output \"z\" { value = false && local.big }\n"},
    {"terraform.tfvars", "told = 2\n"},
    {"log/main.tf",
     "variable \"days\" { default = 99 }\nvariable \"name\" {}\n"
     "variable \"unset\" {\n  default = 12\n  nullable = false\n}\n"
     "locals { twice = var.days * 2 }\nresource \"aws_l\" \"g\" {\n  days = var.days\n"
     "  name = var.name\n  unset = var.unset\n}\n"
     "output \"days\" { value = var.days }\noutput \"more\" { value = local.twice }\n"
     "output \"name\" { value = \"${var.name}!\" }\n"},
};
const size_t HCL_SHOP_COUNT = COUNT(HCL_SHOP);
