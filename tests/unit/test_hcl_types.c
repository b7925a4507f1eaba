/*
 * The type table: every row against ARNs that a person wrote, against ARNs made from its own forms,
 * and against what the real AWS provider's schema says (kept as data; test_hcl_schema.c asks the
 * provider again).
 */
#include <ctype.h>
#include <stdio.h>

#include "tests/support/test.h"
#include "worker/hcl/aws/types.h"
#include "worker/hcl/aws/arn_form.h"
#include "worker/hcl/locate/locate.h"

static FILE *open_data(const char *name)
{
    char path[1024];
    const char *source = getenv("PLUMB_SOURCE_DIR");

    snprintf(path, sizeof path, "%s/tests/data/types/%s", source != NULL ? source : ".", name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s cannot be read", path);
    return file;
}

/* The next line of tab separated columns that is no comment; false at the end. */
static bool next_row(FILE *file, char *line, size_t size, char **columns, size_t n)
{
    do {
        if (fgets(line, (int)size, file) == NULL)
            return false;
        line[strcspn(line, "\n")] = '\0';
    } while (line[0] == '#');
    for (size_t i = 0; i < n; i++) {
        columns[i] = strsep(&line, "\t");
        if (columns[i] == NULL)
            fail_msg("a row has only %zu columns: %s", i, columns[0]);
    }
    return true;
}

static void every_written_arn_tells_type_and_name(void **state)
{
    FILE *file = open_data("arns.tsv");
    char line[2048];
    char *column[4];
    size_t rows = 0;

    (void)state;
    for (; next_row(file, line, sizeof line, column, 4); rows++) {
        struct hcl_arn arn;
        bool is_name = str_eq(column[3], "name");
        if (!hcl_arn_parse(column[0], &arn))
            fail_msg("%s means nothing", column[0]);
        if (!str_eq(arn.type, column[1]) || arn.is_id == is_name ||
            (!str_eq(column[3], "all") && !str_eq(arn.name, column[2])))
            fail_msg("%s is %s \"%s\" (%s)", column[0], arn.type, arn.name,
                     arn.is_id ? "an id" : "a name");
    }
    fclose(file);
    assert_true(rows >= 150);
}

/* --- ARNs made from the forms --- */

/* Something that the placeholder may stand for; of a fixed length where it says so. */
static void append_sample(struct buf *out, const char *placeholder, size_t i)
{
    if (placeholder[0] == '!')
        return;
    if (placeholder[0] == '/')
        buf_text(out, "/a/b/");
    else if (placeholder[0] == '*')
        buf_text(out, "any");
    else if (placeholder[0] == '#' && isdigit((unsigned char)placeholder[1]))
        buf_print(out, "%.*s", placeholder[1] - '0', "00000000");
    else if (placeholder[0] == '+')
        buf_print(out, "wide/part%zu", i);
    else
        buf_print(out, "part%zu", i);
}

static void make_resource(const struct arn_form *form, struct buf *out)
{
    size_t i = 0;

    for (const char *at = form->resource; *at != '\0';) {
        if (*at != '{') {
            buf_char(out, *at++);
            continue;
        }
        append_sample(out, at + 1, i++);
        at += strcspn(at, "}") + 1;
    }
}

static bool is_among(const struct arn_fit *fits, size_t n, const struct hcl_type_row *row)
{
    for (size_t i = 0; i < n; i++)
        if (fits[i].row == row)
            return true;
    return false;
}

static void every_form_reads_what_is_made_from_it(void **state)
{
    size_t types = 0;
    size_t last = type_row_count;

    (void)state;
    for (size_t i = 0; i < arn_form_count; i++) {
        CLEANUP(buf_done) struct buf resource = BUF(1024);
        CLEANUP(buf_done) struct buf text = BUF(2048);
        struct arn_fit fits[ARN_FITS_MAX];
        struct arn_pieces pieces;
        const struct arn_form *form = &arn_forms[i];
        make_resource(form, &resource);
        if (!arn_form_fits(form, buf_str(&resource), &fits[0]))
            fail_msg("%s is not of the form %s", buf_str(&resource), form->resource);
        for (size_t k = 0; k < fits[0].n; k++)
            if (strncmp(fits[0].parts[k].value, "wide/part", 9) != 0 &&
                strncmp(fits[0].parts[k].value, "part", 4) != 0 &&
                fits[0].parts[k].value != fits[0].parts[k].absent &&
                fits[0].parts[k].kind != ARN_PART_ID)
                fail_msg("%s: %s of %s begins in the middle", type_rows[form->row].type,
                         fits[0].parts[k].argument, buf_str(&resource));
        if (str_eq(form->service, "id"))
            continue;
        buf_print(&text, "arn:aws:%s:%s:111122223333:%s", form->service,
                  form->has_region ? "eu-west-1" : "", buf_str(&resource));
        assert_true(arn_split(buf_str(&text), &pieces));
        if (!is_among(fits, arn_fits(&pieces, fits, ARN_FITS_MAX), &type_rows[form->row]))
            fail_msg("%s is no %s", buf_str(&text), type_rows[form->row].type);
        types += form->row != last;
        last = form->row;
    }
    print_message("%zu types with ARNs, %zu forms\n", types, arn_form_count);
    assert_true(types >= 400);
}

static void no_arn_has_more_meanings_than_there_is_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < arn_form_count; i++) {
        CLEANUP(buf_done) struct buf resource = BUF(1024);
        struct arn_fit fits[2 * ARN_FITS_MAX];
        struct arn_pieces pieces = {0};
        make_resource(&arn_forms[i], &resource);
        (void)str_copy(pieces.service, sizeof pieces.service, arn_forms[i].service);
        (void)str_copy(pieces.region, sizeof pieces.region, arn_forms[i].has_region ? "r" : "");
        pieces.resource = buf_str(&resource);
        if (!str_eq(pieces.service, "id"))
            assert_true(arn_fits(&pieces, fits, 2 * ARN_FITS_MAX) < ARN_FITS_MAX);
    }
}

/* --- the table itself --- */

static void every_kin_is_a_row_that_answers(void **state)
{
    (void)state;
    assert_true(type_row_count >= 560);
    for (size_t i = 0; i < type_row_count; i++) {
        const struct hcl_type_row *row = &type_rows[i];
        assert_true(i == 0 || strcmp(type_rows[i - 1].type, row->type) < 0);
        assert_ptr_equal(hcl_type_find(row->type), row);
        assert_true(hcl_type_fits(hcl_type_of_word(row->type), row->type));
        if (row->kin[0] == '\0' || row->kin[0] == '!')
            continue;
        const struct hcl_type_row *head = hcl_type_find(row->kin + 1);
        if (head == NULL || head->kin[0] != '\0')
            fail_msg("%s points at %s", row->type, row->kin);
    }
}

static void every_type_of_the_findings_catalogue_is_known(void **state)
{
    FILE *file = open_data("catalogue.txt");
    char line[256];
    char *column[1];
    size_t n = 0;

    (void)state;
    for (; next_row(file, line, sizeof line, column, 1); n++)
        if (hcl_type_find(column[0]) == NULL)
            fail_msg("%s is not in the table", column[0]);
    fclose(file);
    assert_true(n >= 90);
}

/* --- the provider's schema, as recorded --- */

struct record {
    char (*lines)[128]; /* "type argument", sorted */
    size_t n;
};

static int by_line(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void read_record(struct record *out)
{
    FILE *file = open_data("schema-5.100.0.tsv");
    char line[256];
    char *column[3];

    out->lines = calloc(4000, sizeof *out->lines);
    assert_non_null(out->lines);
    while (next_row(file, line, sizeof line, column, 3)) {
        assert_true(out->n < 4000);
        if (str_eq(column[2], "argument") || str_eq(column[2], "type"))
            snprintf(out->lines[out->n++], sizeof out->lines[0], "%s %s", column[0], column[1]);
    }
    fclose(file);
    qsort(out->lines, out->n, sizeof *out->lines, by_line);
}

static void must_be_argument(const struct record *record, const char *type, const char *argument,
                             size_t len)
{
    char key[128];
    const char *dot = memchr(argument, '.', len);

    snprintf(key, sizeof key, "%s %.*s", type, (int)(dot != NULL ? (size_t)(dot - argument) : len),
             argument);
    if (bsearch(key, record->lines, record->n, sizeof *record->lines, by_line) == NULL)
        fail_msg("%s: the provider's schema has no such argument", key);
}

static void every_argument_is_one_of_the_provider(void **state)
{
    struct record record = {0};

    (void)state;
    read_record(&record);
    for (size_t i = 0; i < type_row_count; i++) {
        must_be_argument(&record, type_rows[i].type, "-", 1); /* the type itself */
        for (const char *at = type_rows[i].identity; *at != '\0';) {
            size_t len = strcspn(at, " ");
            must_be_argument(&record, type_rows[i].type, at + (*at == '^'), len - (*at == '^'));
            at += len + (at[len] == ' ');
        }
    }
    for (size_t i = 0; i < arn_form_count; i++) {
        CLEANUP(buf_done) struct buf text = BUF(1024);
        struct arn_fit fit;
        make_resource(&arn_forms[i], &text);
        if (!arn_form_fits(&arn_forms[i], buf_str(&text), &fit))
            fail_msg("%s is not of the form %s", buf_str(&text), arn_forms[i].resource);
        for (size_t k = 0; k < fit.n; k++)
            if (fit.parts[k].kind != ARN_PART_ID)
                must_be_argument(&record, fit.row->type, fit.parts[k].argument,
                                 strlen(fit.parts[k].argument));
    }
    free(record.lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_written_arn_tells_type_and_name),
        cmocka_unit_test(every_form_reads_what_is_made_from_it),
        cmocka_unit_test(no_arn_has_more_meanings_than_there_is_room),
        cmocka_unit_test(every_kin_is_a_row_that_answers),
        cmocka_unit_test(every_type_of_the_findings_catalogue_is_known),
        cmocka_unit_test(every_argument_is_one_of_the_provider),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
