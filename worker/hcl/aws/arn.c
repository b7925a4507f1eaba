/* What an ARN or a source's word for a type means; the forms are matched in arn_form.c. */
#include <ctype.h>
#include <strings.h>

#include "worker/hcl/aws/arn_form.h"
#include "worker/hcl/aws/types.h"

#define WORD_MAX 96

/* The type that answers for its family, or that the others only configure, where that one fits. */
static const struct arn_fit *chief(const struct arn_fit *fits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fits[i].row->kin[0] != '=' && fits[i].row->kin[0] != '<')
            return &fits[i];
    return n > 0 ? &fits[0] : NULL;
}

bool hcl_arn_parse(const char *arn, struct hcl_arn *out)
{
    struct arn_pieces pieces;
    struct arn_fit fits[ARN_FITS_MAX];

    if (!arn_split(arn, &pieces))
        return false;
    const struct arn_fit *fit = chief(fits, arn_fits(&pieces, fits, ARN_FITS_MAX));
    if (fit == NULL)
        return false;
    const struct arn_part *name = arn_name_part(fit);
    out->is_id = name == NULL;
    if (name == NULL)
        name = arn_id_part(fit);
    out->type = fit->row->type;
    (void)str_copy(out->region, sizeof out->region, pieces.region);
    (void)str_copy(out->account, sizeof out->account, pieces.account);
    size_t len = name != NULL ? name->len : 0;
    if (len > 0)
        memcpy(out->name, name->value, len);
    out->name[len] = '\0';
    return true;
}

const char *hcl_type_of_arn(const char *arn)
{
    struct hcl_arn parsed;

    return hcl_arn_parse(arn, &parsed) ? parsed.type : NULL;
}

/* "AWS::S3::Bucket", "AwsS3Bucket", "aws_s3_bucket" -> "s3bucket"; false when it is no such word.
 */
static bool squeeze(const char *word, char *out, size_t size)
{
    size_t n = 0;

    if (strncasecmp(word, "aws", 3) == 0)
        word += 3;
    for (; *word != '\0'; word++) {
        if (*word == ':' || *word == '_' || *word == '-' || *word == ' ')
            continue;
        if (!isalnum((unsigned char)*word) || n + 1 >= size)
            return false;
        out[n++] = (char)tolower((unsigned char)*word);
    }
    out[n] = '\0';
    return n > 0;
}

static int by_word(const void *key, const void *row)
{
    return strcmp(key, ((const struct type_word *)row)->word);
}

const char *hcl_type_of_word(const char *source_type)
{
    char word[WORD_MAX];

    if (!squeeze(source_type, word, sizeof word))
        return NULL;
    const struct type_word *found =
        bsearch(word, type_words, type_word_count, sizeof type_words[0], by_word);
    return found != NULL ? type_rows[found->row].type : NULL;
}
