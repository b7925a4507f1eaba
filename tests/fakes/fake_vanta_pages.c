/* Lists in pages, as Vanta cuts them: 10 elements unless asked, 100 at most, an opaque cursor. */
#include "tests/fakes/fake_vanta_internal.h"

#include <stdio.h>

#include "common/digest.h"
#include "common/json.h"

#define PAGE_SIZE_DEFAULT 10
#define PAGE_SIZE_MAX     100

static void cursor_of(size_t index, struct buf *out)
{
    char text[64];

    snprintf(text, sizeof text, "arrayconnection:%zu", index);
    base64_encode(out, text, strlen(text));
}

/* The index after the cursor's element; false when it is none of ours. */
static bool after_cursor(const char *cursor, size_t *out)
{
    CLEANUP(buf_done) struct buf text = BUF(256);
    struct err ignored = {0};
    unsigned long long index;

    if (base64_decode(&text, cursor, strlen(cursor), &ignored) < 0 ||
        sscanf(buf_str(&text), "arrayconnection:%llu", &index) != 1)
        return false;
    *out = (size_t)index + 1;
    return true;
}

static bool page_size(const struct fake_request *request, size_t *out)
{
    const char *text = fake_query(request, "pageSize");
    long size = text != NULL ? strtol(text, NULL, 10) : PAGE_SIZE_DEFAULT;

    *out = (size_t)size;
    return size >= 1 && size <= PAGE_SIZE_MAX;
}

void fake_vanta_page(const struct fake_request *request, struct fake_reply *reply,
                     const struct json *elements)
{
    const char *cursor = fake_query(request, "pageCursor");
    CLEANUP(buf_done) struct buf first = BUF(256);
    CLEANUP(buf_done) struct buf last = BUF(256);
    size_t start = 0, size;

    if (!page_size(request, &size)) {
        fake_reply_error(reply, 400, "pageSize has to be 1 to 100");
        return;
    }
    if (cursor != NULL && !after_cursor(cursor, &start)) {
        fake_reply_error(reply, 400, "pageCursor is not one of ours");
        return;
    }
    size_t total = json_count(elements);
    size_t end = start + size < total ? start + size : total;
    struct json *data = json_array();
    for (size_t i = start; i < end; i++)
        json_push_give(data, json_copy(json_at(elements, i)));
    cursor_of(start, &first);
    cursor_of(end > 0 ? end - 1 : 0, &last);

    bool circle = request->fault != NULL && str_eq(request->fault, "duplicate_cursor");
    struct json *info = json_object();
    json_set_bool(info, "hasNextPage", circle || end < total);
    json_set_bool(info, "hasPreviousPage", start > 0);
    json_set_text(info, "startCursor", end > start ? buf_str(&first) : NULL);
    json_set_text(info, "endCursor",
                  circle && cursor != NULL ? cursor : (end > start ? buf_str(&last) : NULL));
    struct json *results = json_object();
    json_set_give(results, "pageInfo", info);
    json_set_give(results, "data", data);
    struct json *body = json_object();
    json_set_give(body, "results", results);
    fake_reply_json_give(reply, 200, body);
}
