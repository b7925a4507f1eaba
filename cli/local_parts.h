/*
 * Local parts: what one machine lacks when it has no Kafka and no Redis of its own: an embedded
 * broker and a private redis-server, each a child process that dies with us.
 */
#ifndef CLI_LOCAL_PARTS_H
#define CLI_LOCAL_PARTS_H

#include <sys/types.h>

#include "common/base.h"
#include "common/config.h"

struct local_parts {
    pid_t redis, broker;     /* 0: not ours */
    char socket_dir[32];     /* made for a socket whose path would be too long; "" none */
    char address_file[1100]; /* says where the parts listen, for local_parts_join; "" none */
};

/*
 * Starts what the environment names no server for (REDIS_URL, KAFKA_BOOTSTRAP_SERVERS), keeps it
 * under directory, and points config at it. Call before any thread exists: the broker is a fork of
 * us. ERR_FATAL: what could not be started, and what to install.
 */
int local_parts_start(struct local_parts *out, struct config *config, const char *directory,
                      struct err *err) MUST_USE;
void local_parts_stop(struct local_parts *parts);
/* Writes down in DATA_DIR where they listen, until local_parts_stop. */
int local_parts_announce(struct local_parts *parts, const struct config *config,
                         struct err *err) MUST_USE;
/* Points config at the parts of a running `plumb up` of the same DATA_DIR, where the environment
 * names no servers and there is one. */
int local_parts_join(struct config *config, struct err *err) MUST_USE;
/* Replaces an owned text of the configuration. */
int config_replace(char **field, const char *text, struct err *err) MUST_USE;

#endif
