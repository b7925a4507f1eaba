/*
 * Marker: the comment at the end of a pull request's body by which we know our own again.
 *
 *     <!-- plumb fp=<64 hex> plan=sha256:<64 hex> -->
 *
 * Nobody else can write one into a body through us: markdown_escape lets no comment through. The
 * plan is left out when there is none.
 */
#include "worker/forge/forge.h"

#define HEX_LEN 64

static const char opening[] = "<!-- plumb fp=";
static const char plan_opening[] = " plan=sha256:";
static const char closing[] = " -->";

/* Copies 64 lower-case hex digits; NULL when they are not there, else what follows. */
static const char *read_hex(const char *at, char out[HEX_LEN + 1])
{
    if (strspn(at, "0123456789abcdef") != HEX_LEN)
        return NULL;
    memcpy(out, at, HEX_LEN);
    out[HEX_LEN] = '\0';
    return at + HEX_LEN;
}

static bool read_one(const char *at, char fp[HEX_LEN + 1], char plan[HEX_LEN + 1])
{
    at = read_hex(at, fp);
    plan[0] = '\0';
    if (at != NULL && str_starts(at, plan_opening))
        at = read_hex(at + strlen(plan_opening), plan);
    return at != NULL && str_starts(at, closing);
}

bool forge_marker_read(const char *body, char fp[65], char plan_sha256[65])
{
    char found_fp[HEX_LEN + 1];
    char found_plan[HEX_LEN + 1];

    for (const char *at = body; (at = strstr(at, opening)) != NULL;) {
        at += strlen(opening);
        if (!read_one(at, found_fp, found_plan))
            continue;
        memcpy(fp, found_fp, sizeof found_fp);
        memcpy(plan_sha256, found_plan, sizeof found_plan);
        return true;
    }
    return false;
}

void forge_marker_write(struct buf *out, const char *fp, const char *plan_sha256)
{
    buf_print(out, "%s%s", opening, fp);
    if (plan_sha256 != NULL && plan_sha256[0] != '\0')
        buf_print(out, "%s%s", plan_opening, plan_sha256);
    buf_print(out, "%s\n", closing);
}
