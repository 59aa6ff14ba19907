/*
 * Private keys that cannot be read, only used: what engines and tokens give. The public half and a
 * method that signs elsewhere are all that the library gets.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "support.h"

#include <openssl/ec.h>
#include <openssl/engine.h>
#include <openssl/rsa.h>

static EVP_PKEY *real_key;
static int signatures;

static ECDSA_SIG *sign_elsewhere(const unsigned char *digest, int length, const BIGNUM *inverse,
                                 const BIGNUM *r, EC_KEY *key)
{
    (void)inverse;
    (void)r;
    (void)key;
    signatures++;
    return ECDSA_do_sign(digest, length, (EC_KEY *)EVP_PKEY_get0_EC_KEY(real_key));
}

static int sign_der_elsewhere(int type, const unsigned char *digest, int length,
                              unsigned char *signature, unsigned int *signature_length,
                              const BIGNUM *inverse, const BIGNUM *r, EC_KEY *key)
{
    (void)inverse;
    (void)r;
    (void)key;
    signatures++;
    return ECDSA_sign(type, digest, length, signature, signature_length,
                      (EC_KEY *)EVP_PKEY_get0_EC_KEY(real_key));
}

static EVP_PKEY *external_ec_key(void)
{
    const EC_KEY *real = EVP_PKEY_get0_EC_KEY(real_key);
    static EC_KEY_METHOD *method; /* lives as long as the key */
    EC_KEY *key = EC_KEY_new();
    EVP_PKEY *wrapped = EVP_PKEY_new();

    method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    EC_KEY_METHOD_set_sign(method, sign_der_elsewhere, NULL, sign_elsewhere);
    CHECK_EQ(EC_KEY_set_group(key, EC_KEY_get0_group(real)), 1);
    CHECK_EQ(EC_KEY_set_public_key(key, EC_KEY_get0_public_key(real)), 1);
    CHECK_EQ(EC_KEY_set_method(key, method), 1);
    CHECK_EQ(EVP_PKEY_assign_EC_KEY(wrapped, key), 1);
    return wrapped;
}

static int encrypt_elsewhere(int length, const unsigned char *from, unsigned char *to, RSA *rsa,
                             int padding)
{
    (void)rsa;
    signatures++;
    return RSA_private_encrypt(length, from, to, (RSA *)EVP_PKEY_get0_RSA(real_key), padding);
}

static EVP_PKEY *external_rsa_key(void)
{
    const RSA *real = EVP_PKEY_get0_RSA(real_key);
    static RSA_METHOD *method; /* lives as long as the key */
    RSA *key = RSA_new();
    EVP_PKEY *wrapped = EVP_PKEY_new();

    method = RSA_meth_dup(RSA_get_default_method());
    RSA_meth_set_priv_enc(method, encrypt_elsewhere);
    RSA_meth_set_flags(method, RSA_METHOD_FLAG_NO_CHECK);
    CHECK_EQ(RSA_set0_key(key, BN_dup(RSA_get0_n(real)), BN_dup(RSA_get0_e(real)), NULL), 1);
    CHECK_EQ(RSA_set_method(key, method), 1);
    CHECK_EQ(EVP_PKEY_assign_RSA(wrapped, key), 1);
    return wrapped;
}

static EVP_PKEY_METHOD *engine_method;
static int (*usual_sign)(EVP_PKEY_CTX *, unsigned char *, size_t *, const unsigned char *, size_t);

static int sign_in_engine(EVP_PKEY_CTX *context, unsigned char *signature, size_t *length,
                          const unsigned char *digest, size_t digest_length)
{
    signatures += signature != NULL;
    return usual_sign(context, signature, length, digest, digest_length);
}

static int engine_methods(ENGINE *engine, EVP_PKEY_METHOD **method, const int **kinds, int kind)
{
    static const int all[] = {EVP_PKEY_RSA};

    (void)engine;
    if (method == NULL) {
        *kinds = all;
        return 1;
    }
    *method = kind == EVP_PKEY_RSA ? engine_method : NULL;
    return *method != NULL;
}

/* A key that is all there, whose program wants an engine to sign with it (EVP_PKEY_set1_engine(3)). */
static EVP_PKEY *engine_rsa_key(void)
{
    static ENGINE *engine; /* lives as long as the key */
    EVP_PKEY *wrapped = EVP_PKEY_new();
    RSA *rsa = EVP_PKEY_get1_RSA(real_key);
    int (*usual_start)(EVP_PKEY_CTX *);

    engine_method = EVP_PKEY_meth_new(EVP_PKEY_RSA, EVP_PKEY_FLAG_AUTOARGLEN);
    EVP_PKEY_meth_copy(engine_method, EVP_PKEY_meth_find(EVP_PKEY_RSA));
    EVP_PKEY_meth_get_sign(engine_method, &usual_start, &usual_sign);
    EVP_PKEY_meth_set_sign(engine_method, usual_start, sign_in_engine);
    engine = ENGINE_new();
    CHECK_EQ(ENGINE_set_id(engine, "test") && ENGINE_set_name(engine, "of a test"), 1);
    CHECK_EQ(ENGINE_set_pkey_meths(engine, engine_methods), 1);
    CHECK_EQ(EVP_PKEY_assign_RSA(wrapped, rsa), 1);
    CHECK_EQ(EVP_PKEY_set1_engine(wrapped, engine), 1);
    return wrapped;
}

/* Handshakes with the identity whose key is elsewhere, on either side. */
static void check_external(int version, int server, const char *name, EVP_PKEY *(*make)(void))
{
    struct pair *pair = pair_contexts(version);
    X509 *cert = load_certificate(name);
    EVP_PKEY *key;

    real_key = load_key(name);
    key = make();
    CHECK_OK(SSL_CTX_use_certificate(pair->ctx[server], cert));
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[server], key));
    if (server) {
        SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], strcmp(name, "rsa") == 0
                                                         ? "RSA-PSS+SHA256:ECDSA+SHA256"
                                                         : "ECDSA+SHA256:RSA-PSS+SHA256");
        SSL_CTX_set_cipher_list(pair->ctx[CLIENT], strcmp(name, "rsa") == 0 ? "aRSA" : "aECDSA");
    } else {
        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           NULL);
    }
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    CHECK_EQ(signatures, 1);
    CHECK_EQ(X509_cmp(SSL_get0_peer_certificate(pair->ssl[!server]), cert), 0);
    X509_free(cert);
    EVP_PKEY_free(key);
    EVP_PKEY_free(real_key);
    pair_free(pair);
}

TEST_SIDES(ec_key_elsewhere) { check_external(version, server, "ec", external_ec_key); }

TEST_SIDES(rsa_key_elsewhere) { check_external(version, server, "rsa", external_rsa_key); }

TEST_SIDES(rsa_key_of_an_engine) { check_external(version, server, "rsa", engine_rsa_key); }

/* Such a key counts as the certificate's own, although its private half cannot be compared. */
TEST(external_key_passes_the_check)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    X509 *cert = load_certificate("ec");
    EVP_PKEY *key;

    real_key = load_key("ec");
    key = external_ec_key();
    CHECK_OK(SSL_CTX_use_certificate(context, cert));
    CHECK_OK(SSL_CTX_use_PrivateKey(context, key));
    CHECK_OK(SSL_CTX_check_private_key(context));
    X509_free(cert);
    EVP_PKEY_free(key);
    EVP_PKEY_free(real_key);
    SSL_CTX_free(context);
}
