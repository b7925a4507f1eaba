/* Shared options; the story stands in replay_options.h. */
#include "cli/replay_options.h"

#include "common/clock.h"

#define RATE_MAX 1000000
#define MINUTE_S 60

int replay_options_init(struct replay_options *out, struct err *err)
{
    memset(out, 0, sizeof *out);
    span_init(&out->span);
    out->now_unix_ms = clock_unix_ms();
    return selector_new(&out->selector, err);
}

void replay_options_done(struct replay_options *options)
{
    selector_free(options->selector);
    options->selector = NULL;
}

static bool parse_count(const char *text, int64_t max, int64_t *out, const char **rest)
{
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return false;
    long long n = strtoll(text, &end, 10);
    if (n < 1 || n > max)
        return false;
    *out = n;
    *rest = end;
    return true;
}

static void set_max(struct replay_options *options, const char *text, struct argp_state *state)
{
    const char *rest = "";

    if (!parse_count(text, INT32_MAX, &options->max, &rest) || *rest != '\0')
        argp_error(state, "--max=%s: a number from 1 on", text);
}

static void set_rate(struct replay_options *options, const char *text, struct argp_state *state)
{
    const char *rest = "";
    int64_t n = 0;

    if (parse_count(text, RATE_MAX, &n, &rest) && (*rest == '\0' || str_eq(rest, "/s")))
        options->rate_per_minute = n * MINUTE_S;
    else if (n > 0 && str_eq(rest, "/m"))
        options->rate_per_minute = n;
    else
        argp_error(state, "--rate=%s: 5/s, or 300/m", text);
}

static void set_format(struct replay_options *options, const char *text, struct argp_state *state)
{
    options->json = str_eq(text, "json");
    if (!options->json && !str_eq(text, "text"))
        argp_error(state, "there is no format \"%s\": text, json", text);
}

static void set_id(struct replay_options *options, const char *text, struct argp_state *state)
{
    options->id = text;
    if (!replay_id_is_valid(text))
        argp_error(state, "--id=%s: 1 to 64 letters, digits, dots, underscores or dashes", text);
}

static void set_reason(struct replay_options *options, const char *text, struct argp_state *state)
{
    options->reason = text;
    if (text[strspn(text, " \t\n")] == '\0' || strlen(text) > REPLAY_REASON_BYTES)
        argp_error(state, "--reason: 1 to %d characters", REPLAY_REASON_BYTES);
}

static void keep(const char **list, size_t *n, const char *text, struct argp_state *state)
{
    if (*n == REPLAY_TEXTS_MAX)
        argp_error(state, "\"%s\" is one too many: %d are taken", text, REPLAY_TEXTS_MAX);
    else
        list[(*n)++] = text;
}

static void add_limit(struct replay_options *options, int key, const char *text,
                      struct argp_state *state)
{
    bool from = key == REPLAY_KEY_FROM;
    struct err err;

    keep(from ? options->from : options->to, from ? &options->n_from : &options->n_to, text, state);
    int r = from ? span_add_from(&options->span, text, options->now_unix_ms, &err)
                 : span_add_to(&options->span, text, options->now_unix_ms, &err);
    if (r < 0)
        argp_error(state, "--%s: %s", from ? "from" : "to", err.text);
}

static void add_condition(struct replay_options *options, const char *text,
                          struct argp_state *state)
{
    struct err err;

    keep(options->where, &options->n_where, text, state);
    if (selector_add(options->selector, text, &err) < 0)
        argp_error(state, "--where: %s", err.text);
}

static void add_letter(struct replay_options *options, const char *text, struct argp_state *state)
{
    if (options->n_letters == REPLAY_IDS_MAX)
        argp_error(state, "more than %d letters: choose them with --where", REPLAY_IDS_MAX);
    else
        options->letters[options->n_letters++] = text;
}

error_t replay_options_parse(int key, char *argument, struct argp_state *state)
{
    struct replay_options *options = state->input;

    switch (key) {
    case REPLAY_KEY_TOPIC:
        options->topic = argument;
        break;
    case REPLAY_KEY_WHERE:
        add_condition(options, argument, state);
        break;
    case REPLAY_KEY_FROM:
    case REPLAY_KEY_TO:
        add_limit(options, key, argument, state);
        break;
    case REPLAY_KEY_MAX:
        set_max(options, argument, state);
        break;
    case REPLAY_KEY_RATE:
        set_rate(options, argument, state);
        break;
    case REPLAY_KEY_REASON:
        set_reason(options, argument, state);
        break;
    case REPLAY_KEY_FORMAT:
        set_format(options, argument, state);
        break;
    case REPLAY_KEY_ID:
        set_id(options, argument, state);
        break;
    case REPLAY_KEY_DRY_RUN:
        options->dry_run = true;
        break;
    case REPLAY_KEY_REVIEW:
        options->reopens_review = true;
        break;
    case REPLAY_KEY_ALL:
        options->all = true;
        break;
    case ARGP_KEY_ARG:
        add_letter(options, argument, state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}
