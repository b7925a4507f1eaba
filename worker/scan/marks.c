#include "worker/scan/marks.h"

struct scan_marks {
    size_t n;
};

int scan_marks_new(struct scan_marks **out, struct err *err)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? err_nomem(err) : 0;
}

void scan_marks_free(struct scan_marks *marks)
{
    free(marks);
}

int scan_marks_find(struct scan_marks *marks, const struct rule *rule,
                    const struct hcl_resource *resource, const struct scan_mark **out,
                    struct err *err)
{
    (void)marks;
    (void)rule;
    (void)resource;
    (void)err;
    *out = NULL;
    return 0;
}
