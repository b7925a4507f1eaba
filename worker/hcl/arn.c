/* ARNs and the words that sources use for types, read against the tables of arn_table.h. */
#include "worker/hcl/types.h"

#include <ctype.h>
#include <strings.h>

#include "worker/hcl/arn_table.h"
#include "worker/hcl/locate.h"

#define WORD_MAX 96

/* The pieces of arn:partition:service:region:account:resource. */
struct pieces {
    char service[32];
    char region[32];
    char account[16];
    const char *resource;
};

/* Copies up to the next colon; NULL when there is none or it does not fit. */
static const char *take_piece(const char *at, char *out, size_t size)
{
    const char *colon = strchr(at, ':');

    if (colon == NULL || (size_t)(colon - at) >= size)
        return NULL;
    memcpy(out, at, (size_t)(colon - at));
    out[colon - at] = '\0';
    return colon + 1;
}

static bool split_arn(const char *arn, struct pieces *out)
{
    char partition[16];
    const char *at = arn;

    if (strnlen(arn, HCL_ARN_MAX + 1) > HCL_ARN_MAX || !str_starts(arn, "arn:"))
        return false;
    at = take_piece(at + 4, partition, sizeof partition);
    if (at == NULL || !str_starts(partition, "aws"))
        return false;
    at = take_piece(at, out->service, sizeof out->service);
    if (at != NULL)
        at = take_piece(at, out->region, sizeof out->region);
    if (at != NULL)
        at = take_piece(at, out->account, sizeof out->account);
    out->resource = at;
    return at != NULL && *at != '\0';
}

/* Matches and, where the pattern has "%", says which bytes it took. */
static bool match(const char *pattern, const char *text, const char **name, size_t *len)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '%' && *pattern != '*') {
            if (*text++ != *pattern)
                return false;
            continue;
        }
        const char *end = pattern[1] == '\0' ? text + strlen(text) : strchr(text, pattern[1]);
        if (end == NULL || end == text)
            return false;
        if (*pattern == '%') {
            *name = text;
            *len = (size_t)(end - text);
        }
        text = end;
    }
    return *text == '\0';
}

/* Secrets Manager: "-" and six letters or digits, which AWS adds. */
static bool has_random_end(const char *name, size_t len)
{
    if (len < 8 || name[len - 7] != '-')
        return false;
    for (size_t i = len - 6; i < len; i++)
        if (!isalnum((unsigned char)name[i]))
            return false;
    return true;
}

static void set_name(const struct arn_row *row, const char *name, size_t len, struct hcl_arn *out)
{
    if (row->name == ARN_LAST_PART) {
        const char *slash = memrchr(name, '/', len);
        if (slash != NULL) {
            len -= (size_t)(slash + 1 - name);
            name = slash + 1;
        }
    }
    if (row->name == ARN_RANDOM_END && has_random_end(name, len))
        len -= 7;
    memcpy(out->name, name, len);
    out->name[len] = '\0';
    out->is_id = row->name == ARN_ID;
}

bool hcl_arn_parse(const char *arn, struct hcl_arn *out)
{
    struct pieces pieces;

    if (!split_arn(arn, &pieces))
        return false;
    for (size_t i = 0; i < hcl_arn_row_count; i++) {
        const char *name = "";
        size_t len = 0;
        if (!str_eq(hcl_arn_rows[i].service, pieces.service) ||
            !match(hcl_arn_rows[i].pattern, pieces.resource, &name, &len))
            continue;
        out->type = hcl_arn_rows[i].type;
        (void)str_copy(out->region, sizeof out->region, pieces.region);
        (void)str_copy(out->account, sizeof out->account, pieces.account);
        set_name(&hcl_arn_rows[i], name, len, out);
        return true;
    }
    return false;
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
    return strcmp(key, *(const char *const *)row);
}

const char *hcl_type_of_word(const char *source_type)
{
    char word[WORD_MAX];
    char own[WORD_MAX];

    if (!squeeze(source_type, word, sizeof word))
        return NULL;
    const char *const *row =
        bsearch(word, hcl_type_words, hcl_type_word_count, sizeof hcl_type_words[0], by_word);
    if (row != NULL)
        return row[1];

    for (size_t i = 0; i < hcl_type_count(); i++)
        if (squeeze(hcl_type_at(i)->type, own, sizeof own) && str_eq(own, word))
            return hcl_type_at(i)->type;
    return NULL;
}
