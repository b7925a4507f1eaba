/* Redis TLS; the story stands in redis_tls.h. */
#include "common/redis/redis_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* The last context asked for. Parsing a CA bundle takes tens of milliseconds and most of a
 * megabyte, and a process speaks to one Redis. */
static struct {
    pthread_mutex_t lock;
    char *ca_file; /* "" for the system's */
    SSL_CTX *context;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t method_once = PTHREAD_ONCE_INIT;
static BIO_METHOD *method;

static int socket_write(BIO *bio, const char *bytes, int len)
{
    int fd = (int)(intptr_t)BIO_get_data(bio);
    ssize_t n = send(fd, bytes, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT);

    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(bio);
    return (int)n;
}

static int socket_read(BIO *bio, char *bytes, int len)
{
    int fd = (int)(intptr_t)BIO_get_data(bio);
    ssize_t n = recv(fd, bytes, (size_t)len, MSG_DONTWAIT);

    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    return (int)n;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static void make_method(void)
{
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
    if (method == NULL)
        return;
    BIO_meth_set_write(method, socket_write);
    BIO_meth_set_read(method, socket_read);
    BIO_meth_set_ctrl(method, socket_control);
}

static const char *why(char *scratch, size_t size)
{
    unsigned long code = ERR_get_error();

    if (code == 0)
        return errno != 0 ? strerror(errno) : "the peer broke off";
    ERR_error_string_n(code, scratch, size);
    ERR_clear_error();
    return scratch;
}

static SSL_CTX *context_new(const char *ca_file)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    int ok;

    if (context == NULL)
        return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ok = ca_file[0] != '\0' ? SSL_CTX_load_verify_locations(context, ca_file, NULL)
                            : SSL_CTX_set_default_verify_paths(context);
    if (ok != 1) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

/* The caller owns one reference. */
static SSL_CTX *context_for(const char *ca_file)
{
    SSL_CTX *context = NULL;

    pthread_mutex_lock(&shared.lock);
    if (shared.context == NULL || !str_eq(shared.ca_file, ca_file)) {
        char *name = strdup(ca_file);

        context = name != NULL ? context_new(ca_file) : NULL;
        if (context == NULL) {
            free(name);
            pthread_mutex_unlock(&shared.lock);
            return NULL;
        }
        SSL_CTX_free(shared.context);
        free(shared.ca_file);
        shared.context = context;
        shared.ca_file = name;
    }
    context = shared.context;
    SSL_CTX_up_ref(context);
    pthread_mutex_unlock(&shared.lock);
    return context;
}

/* The certificate must be for this host; an address is looked for among the certificate's
 * addresses. */
static bool expect_host(SSL *ssl, const char *host)
{
    unsigned char address[16];

    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    return SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1;
}

int redis_tls_new(struct redis_tls **out, int fd, const char *host, const char *ca_file,
                  struct err *err)
{
    const char *file = ca_file != NULL ? ca_file : "";
    SSL_CTX *context = context_for(file);
    char scratch[200];

    if (context == NULL)
        return err_set(err, ERR_FATAL, "TLS: cannot use the CA certificates of %s: %s",
                       ca_file != NULL ? ca_file : "the system", why(scratch, sizeof scratch));

    CLEANUP(redis_tls_freep) struct redis_tls *tls = (struct redis_tls *)SSL_new(context);
    SSL_CTX_free(context);
    pthread_once(&method_once, make_method);
    BIO *bio = tls != NULL && method != NULL ? BIO_new(method) : NULL;
    if (bio == NULL)
        return err_nomem(err);
    BIO_set_data(bio, (void *)(intptr_t)fd);
    BIO_set_init(bio, 1);
    SSL_set_bio((SSL *)tls, bio, bio);
    SSL_set_connect_state((SSL *)tls);
    if (!expect_host((SSL *)tls, host))
        return err_set(err, ERR_FATAL, "TLS: %s cannot be a certificate's name", host);
    *out = STEAL(tls);
    return 0;
}

void redis_tls_free(struct redis_tls *tls)
{
    SSL_free((SSL *)tls);
    ERR_clear_error();
}

static int act(SSL *ssl, enum redis_tls_action action, void *bytes, size_t len)
{
    int n = len > INT_MAX ? INT_MAX : (int)len;

    switch (action) {
    case TLS_HANDSHAKE:
        return SSL_do_handshake(ssl);
    case TLS_READ:
        return SSL_read(ssl, bytes, n);
    case TLS_WRITE:
        return SSL_write(ssl, bytes, n);
    case TLS_PEEK:
        return SSL_peek(ssl, bytes, n);
    }
    return -1;
}

int redis_tls_step(struct redis_tls *tls, enum redis_tls_action action, void *bytes, size_t len,
                   short *out_events, struct err *err)
{
    SSL *ssl = (SSL *)tls;
    char scratch[200];
    int n;

    ERR_clear_error(); /* a stale entry of this thread would be taken for ours */
    errno = 0;
    n = act(ssl, action, bytes, len);
    if (n > 0)
        return n;

    switch (SSL_get_error(ssl, n)) {
    case SSL_ERROR_WANT_READ:
        *out_events = POLLIN;
        return -1;
    case SSL_ERROR_WANT_WRITE:
        *out_events = POLLOUT;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        break;
    }
    long verdict = SSL_get_verify_result(ssl);
    (void)err_set(err, ERR_RETRY, "TLS: %s",
                  verdict != X509_V_OK ? X509_verify_cert_error_string(verdict)
                                       : why(scratch, sizeof scratch));
    return -2;
}
