/* The keys and certificates of the tests: PEM files that make_certs.c wrote when they were built. */
#include "support.h"

#include <openssl/pem.h>

const char *cert_path(const char *name, const char *extension)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s.%s", CERTS_DIR, name, extension);
    return path;
}

static FILE *open_file(const char *name, const char *extension)
{
    FILE *file = fopen(cert_path(name, extension), "r");

    CHECK(file != NULL);
    return file;
}

X509 *load_certificate(const char *name)
{
    FILE *file = open_file(name, "pem");
    X509 *cert = PEM_read_X509(file, NULL, NULL, NULL);

    fclose(file);
    CHECK(cert != NULL);
    return cert;
}

EVP_PKEY *load_key(const char *name)
{
    FILE *file = open_file(name, "key");
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);

    fclose(file);
    CHECK(key != NULL);
    return key;
}

/* Lent objects by their names, in the order in which they were first asked for. */
enum { MOST_LENT = 32 };
static struct {
    const char *name;
    X509 *certificate;
    EVP_PKEY *key;
} lent[MOST_LENT];

static size_t lent_index(const char *name)
{
    size_t i = 0;

    while (i < MOST_LENT && lent[i].name != NULL && strcmp(lent[i].name, name) != 0)
        i++;
    CHECK(i < MOST_LENT);
    lent[i].name = name;
    return i;
}

X509 *lent_certificate(const char *name)
{
    size_t i = lent_index(name);

    if (lent[i].certificate == NULL)
        lent[i].certificate = load_certificate(name);
    return lent[i].certificate;
}

EVP_PKEY *lent_key(const char *name)
{
    size_t i = lent_index(name);

    if (lent[i].key == NULL)
        lent[i].key = load_key(name);
    return lent[i].key;
}

void use_identity(SSL_CTX *context, const char *name)
{
    CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path(name, "pem")));
    CHECK_OK(SSL_CTX_use_PrivateKey_file(context, cert_path(name, "key"), SSL_FILETYPE_PEM));
}

void use_identity_ssl(SSL *ssl, const char *name)
{
    CHECK_OK(SSL_use_certificate_chain_file(ssl, cert_path(name, "pem")));
    CHECK_OK(SSL_use_PrivateKey_file(ssl, cert_path(name, "key"), SSL_FILETYPE_PEM));
}

void trust(SSL_CTX *context, const char *name)
{
    X509 *cert = load_certificate(name);

    CHECK_OK(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), cert));
    X509_free(cert);
}
