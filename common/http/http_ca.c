/*
 * The shared CA store. OpenSSL parses the whole CA bundle for every connection unless told
 * otherwise: 0.85 MB and 23 ms each, 1 GB for a thousand threads. So a bundle is parsed once per
 * process, and every SSL_CTX that curl makes borrows the same X509_STORE.
 *
 * Stores are counted by their users; the last one frees. A CA file that changes on disk is read
 * again when all its handles are gone (a restart, in practice). Any thread.
 */
#include "common/http/http_internal.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>

struct http_ca {
    struct http_ca *next;
    char *file; /* NULL: the system's */
    X509_STORE *store;
    size_t users;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct http_ca *stores;

static bool same_file(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : str_eq(a, b);
}

static struct http_ca *find(const char *ca_file)
{
    for (struct http_ca *ca = stores; ca != NULL; ca = ca->next) {
        if (same_file(ca->file, ca_file))
            return ca;
    }
    return NULL;
}

static bool load(X509_STORE *store, const char *ca_file)
{
    if (ca_file != NULL)
        return X509_STORE_load_file(store, ca_file) == 1;

    /* curl knows where its distribution keeps the bundle; OpenSSL's own guess comes second. */
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    if (info->cainfo != NULL && X509_STORE_load_file(store, info->cainfo) == 1)
        return true;
    if (info->capath != NULL && X509_STORE_load_path(store, info->capath) == 1)
        return true;
    return X509_STORE_set_default_paths(store) == 1;
}

static void ca_free(struct http_ca *ca)
{
    X509_STORE_free(ca->store);
    free(ca->file);
    free(ca);
}
DEFINE_CLEANUP(struct http_ca *, ca_free)

static int ca_new(struct http_ca **out, const char *ca_file, struct err *err)
{
    CLEANUP(ca_freep) struct http_ca *ca = calloc(1, sizeof *ca);

    if (ca == NULL)
        return err_nomem(err);
    ca->store = X509_STORE_new();
    if (ca->store == NULL)
        return err_nomem(err);
    if (ca_file != NULL) {
        ca->file = strdup(ca_file);
        if (ca->file == NULL)
            return err_nomem(err);
    }

    bool loaded = load(ca->store, ca_file);
    ERR_clear_error();
    if (!loaded)
        return err_set(err, ERR_FATAL,
                       "CA certificates %s: not readable, or no PEM certificate in it",
                       ca_file != NULL ? ca_file : "of this system");
    *out = STEAL(ca);
    return 0;
}

static int take_locked(struct http_ca **out, const char *ca_file, struct err *err)
{
    struct http_ca *ca = find(ca_file);

    if (ca == NULL) {
        int r = ca_new(&ca, ca_file, err);
        if (r < 0)
            return r;
        ca->next = stores;
        stores = ca;
    }
    ca->users++;
    *out = ca;
    return 0;
}

int http_ca_take(struct http_ca **out, const char *ca_file, struct err *err)
{
    pthread_mutex_lock(&lock);
    int r = take_locked(out, ca_file, err);
    pthread_mutex_unlock(&lock);
    return r;
}

static void drop_locked(struct http_ca *ca)
{
    assert(ca->users > 0);
    if (--ca->users > 0)
        return;

    struct http_ca **link = &stores;
    while (*link != ca)
        link = &(*link)->next;
    *link = ca->next;
    ca_free(ca);
}

void http_ca_drop(struct http_ca *ca)
{
    if (ca == NULL)
        return;
    pthread_mutex_lock(&lock);
    drop_locked(ca);
    pthread_mutex_unlock(&lock);
}

CURLcode http_ca_use(CURL *easy, void *ssl_ctx, void *ca)
{
    (void)easy;
    SSL_CTX_set1_cert_store(ssl_ctx, ((struct http_ca *)ca)->store);
    return CURLE_OK;
}
