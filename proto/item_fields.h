/* The one table of an item's fields: the wire and the JSON form both come from it. Inside proto
 * only. */
#ifndef PROTO_ITEM_FIELDS_H
#define PROTO_ITEM_FIELDS_H

#include "proto/wire.h"

extern const struct wire_entry item_fields[]; /* ends with key NULL; "kind" is its first entry */

#endif
