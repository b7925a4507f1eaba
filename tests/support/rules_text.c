/* The story stands in rules_text.h. */
#include "tests/support/rules_text.h"

#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

struct rules *rules_of_text(const char *pack)
{
    struct rules *rules = NULL;
    struct err err = {0};
    char *dir = temp_dir_make();
    char *path = temp_file_write(dir, "mine.yaml", pack);
    int r = rules_load(&rules, path, &err);

    free(path);
    temp_dir_remove(dir);
    if (r < 0)
        fail_msg("%s", err.text);
    return rules;
}
