/* The queue's options as the configuration names them. */
#ifndef COMMON_KAFKA_KAFKA_OPTIONS_H
#define COMMON_KAFKA_KAFKA_OPTIONS_H

#include "common/config.h"
#include "common/kafka/queue.h"

/* Borrows config's texts. */
struct queue_options kafka_options(const struct config *config, const char *client_id);

#endif
