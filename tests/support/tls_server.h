/*
 * TLS for tests: certificates made on the spot and a server that shows them, both by the openssl
 * command line, so that the other end of the handshake is nobody's work of this project.
 *
 *     tls_make_ca(dir, "ca") -> tls_make_cert(dir, "ca", "server", "IP:127.0.0.1")
 *         -> tls_server_start(dir, "server", "-tls1_3") -> tls_server_port() -> tls_server_stop()
 *
 * Files are dir/NAME.pem and dir/NAME.key. The server answers every GET with 200 and a page.
 */
#ifndef TESTS_SUPPORT_TLS_SERVER_H
#define TESTS_SUPPORT_TLS_SERVER_H

#include "common/base.h"

struct tls_server;

bool tls_is_available(void); /* is there an openssl program? */
void tls_make_ca(const char *dir, const char *name);
void tls_make_cert(const char *dir, const char *ca, const char *name, const char *san);

/* version: "-tls1_1", "-tls1_2" or "-tls1_3". */
struct tls_server *tls_server_start(const char *dir, const char *name, const char *version);
int tls_server_port(const struct tls_server *server);
void tls_server_stop(struct tls_server *server);
DEFINE_CLEANUP(struct tls_server *, tls_server_stop)

#endif
