#include "worker/steps/external_module.h"

#include <stdio.h>

#include "worker/hcl/module/calls.h"
#include "worker/hcl/syntax/address.h"
#include "worker/rules/module_inputs.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

#define CALLS_MAX 512

/* Is the call the module of the address's first n steps? Keys do not count. */
static bool is_call(const struct hcl_call *call, const struct address *address, size_t n)
{
    CLEANUP(buf_done) struct buf path = BUF(ADDRESS_MAX_BYTES);
    const char *caller = hcl_module_path(call->caller);
    size_t len = strlen(caller);
    const char *rest;

    for (size_t i = 0; i < n; i++)
        buf_print(&path, "%smodule.%.*s", i > 0 ? "." : "", (int)address->steps[i].name.len,
                  address->steps[i].name.at);
    rest = buf_str(&path);
    if (len > 0 && (!str_starts(rest, caller) || rest[len] != '.'))
        return false;
    rest += len > 0 ? len + 1 : 0;
    return str_starts(rest, "module.") && str_eq(rest + strlen("module."), call->name);
}

static bool find_call(const struct hcl_module *root, const struct address *address,
                      struct hcl_call *out)
{
    CLEANUP(mem_freep) struct hcl_call *calls = calloc(CALLS_MAX, sizeof *calls);
    size_t n = calls != NULL ? hcl_calls(root, calls, CALLS_MAX) : 0;

    for (size_t i = 0; i < n && i < CALLS_MAX; i++) {
        for (size_t steps = 1; steps < address->n && calls[i].child == NULL; steps++) {
            if (is_call(&calls[i], address, steps)) {
                *out = calls[i];
                return true;
            }
        }
    }
    return false;
}

static int end_in(struct item_run *run, const struct hcl_call *call, const char *type)
{
    const struct rules *rules = run->services->shared->rules;
    const struct rule *exact =
        rules_for_control(rules, run->item->source, run->item->control, type);
    const struct rule *rule = exact != NULL ? exact : run->rule;
    char input[400] = "";
    bool warns = rule->class == RULE_CARE || rule->class == RULE_BREAK;
    int line = 0;
    int column = 0;

    hcl_position(call->file, call->block->start, &line, &column);
    if (call->source == NULL ||
        !module_input_say(rules, rule, type, call->source, call->version, input, sizeof input))
        return step_end(run, "PENDING_REVIEW",
                        "%.150s is not changed here: %.150s. No input of that module is known that "
                        "does what %.80s asks for: look for one in its documentation, and set it "
                        "at %.100s:%d",
                        run->item->address, call->outside, rule->id, call->file->path, line);
    return step_end(run, "PENDING_REVIEW",
                    "%s at %.100s:%d: %.150s is not changed here, %.150s%s%s", input,
                    call->file->path, line, run->item->address, call->outside,
                    warns ? ". Mind: " : "", warns ? rule->warning : "");
}

int external_module_end(struct item_run *run, const char *const *roots, size_t n, struct err *err)
{
    CLEANUP(mem_freep) struct address *address = calloc(1, sizeof *address);
    char type[128];

    if (address == NULL)
        return err_nomem(err);
    if (run->item->address == NULL || !address_parse(run->item->address, address) || address->n < 2)
        return 0;
    (void)snprintf(type, sizeof type, "%.*s", (int)address->steps[address->n - 1].kind.len,
                   address->steps[address->n - 1].kind.at);
    for (size_t i = 0; i < n; i++) {
        struct hcl_module *root;
        struct hcl_call call;
        struct err why;
        int r = hcl_module_open(run->repo, roots[i], &root, &why);

        if (r == ERR_REJECT)
            continue; /* not_found says which */
        if (r < 0) {
            *err = why;
            return r;
        }
        if (find_call(root, address, &call))
            return end_in(run, &call, type);
    }
    return 0;
}
