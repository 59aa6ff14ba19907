/* What generate.py writes, and panics.c runs: every function of the library, called on objects of its own. */
#ifndef CTESTS_PANICS_H
#define CTESTS_PANICS_H

#include <limits.h>
#include <stdio.h>

#include <openssl/ssl.h>

struct objects {
    SSL *ssl;
    SSL_CTX *ssl_ctx;
    SSL_SESSION *ssl_session;
    SSL_CONF_CTX *ssl_conf_ctx;
    const SSL_CIPHER *ssl_cipher;
    const SSL_METHOD *ssl_method;
    BIO *bio;     /* in memory */
    BIO *ssl_bio; /* with a connection */
    FILE *file;
    X509 *x509;
    EVP_PKEY *evp_pkey;
    RSA *rsa;
    X509_STORE *x509_store;
    X509_VERIFY_PARAM *x509_verify_param;
    X509_NAME *x509_name;
    char *room;
    char **arguments;
};

#define FAILED LONG_MIN
enum { PLAIN = 1, NO_OBJECT = 2 };

struct function {
    const char *name;
    long (*call)(struct objects *); /* FAILED, or what it returned */
    int handles;                    /* bits: it takes an SSL, SSL_CTX, SSL_SESSION, SSL_CONF_CTX */
    int flags;
};

extern const struct function functions[];

void *find(const char *name);

#endif
