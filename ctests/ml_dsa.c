/* Certificates with ML-DSA keys (draft-ietf-tls-mldsa), where libcrypto has such keys: from 3.5 on. */
#include "support.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

static const struct {
    const char *key, *scheme;
    int number;
} KINDS[] = {{"ML-DSA-44", "mldsa44", 0x0904}, {"ML-DSA-65", "mldsa65", 0x0905}, {"ML-DSA-87", "mldsa87", 0x0906}};

/* A new key; null where libcrypto has none of the kind. */
static EVP_PKEY *new_key(const char *kind)
{
    EVP_PKEY *key;

    ERR_set_mark();
    key = EVP_PKEY_Q_keygen(NULL, NULL, kind);
    ERR_pop_to_mark();
    return key;
}

/* A certificate that the key signs for itself. */
static X509 *self_signed(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509V3_CTX context;
    X509_EXTENSION *alternative;

    CHECK(X509_set_version(certificate, X509_VERSION_3));
    CHECK(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7));
    CHECK(X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) && X509_gmtime_adj(X509_getm_notAfter(certificate), 3600));
    CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"ml-dsa", -1, -1, 0));
    CHECK(X509_set_issuer_name(certificate, name));
    CHECK(X509_set_pubkey(certificate, key));
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    alternative = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, "DNS:localhost");
    CHECK(alternative != NULL && X509_add_ext(certificate, alternative, -1));
    CHECK(X509_sign(certificate, key, NULL) > 0);
    X509_EXTENSION_free(alternative);
    return certificate;
}

/* Lets one side use a new identity, and the other trust it. */
static int use_ml_dsa(SSL_CTX *own, SSL_CTX *peer, const char *kind)
{
    EVP_PKEY *key = new_key(kind);
    X509 *certificate;

    if (key == NULL)
        return 0;
    certificate = self_signed(key);
    CHECK_OK(SSL_CTX_use_certificate(own, certificate));
    CHECK_OK(SSL_CTX_use_PrivateKey(own, key));
    CHECK_OK(SSL_CTX_check_private_key(own));
    CHECK_EQ(X509_STORE_add_cert(SSL_CTX_get_cert_store(peer), certificate), 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return 1;
}

/* A pair whose server has no identity yet. */
static struct pair *plain_pair(int version)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_free(pair->ctx[SERVER]);
    pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
    if (version != 0)
        CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], version));
    return pair;
}

TEST(server_with_ml_dsa)
{
    for (size_t i = 0; i < 3; i++) {
        struct pair *pair = plain_pair(0);

        if (use_ml_dsa(pair->ctx[SERVER], pair->ctx[CLIENT], KINDS[i].key)) {
            pair_over_wire(pair);
            CHECK_OK(SSL_set1_host(pair->ssl[CLIENT], "localhost"));
            pair_handshake(pair);
            pair_settle(pair);
            CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_3_VERSION);
            CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
            check_alive(pair);
        }
        pair_free(pair);
    }
}

TEST(client_with_ml_dsa)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    if (use_ml_dsa(pair->ctx[CLIENT], pair->ctx[SERVER], "ML-DSA-65")) {
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
        CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
        check_alive(pair);
    }
    pair_free(pair);
}

/* Lists of signature algorithms have them by the registry's names, and choose by them. */
TEST(lists_of_schemes_with_ml_dsa)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    /* The server has an ECDSA key, too. */
    if (use_ml_dsa(pair->ctx[SERVER], pair->ctx[CLIENT], "ML-DSA-44")) {
        CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "ecdsa_secp256r1_sha256:mldsa44"));
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK(EVP_PKEY_is_a(X509_get0_pubkey(SSL_get0_peer_certificate(pair->ssl[CLIENT])), "EC"));
        pair_disconnect(pair);
        CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "mldsa44:ecdsa_secp256r1_sha256"));
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK(EVP_PKEY_is_a(X509_get0_pubkey(SSL_get0_peer_certificate(pair->ssl[CLIENT])), "ML-DSA-44"));
    }
    pair_free(pair);
}

/* TLS 1.2 has no such signatures. */
TEST(no_ml_dsa_in_tls12)
{
    struct pair *pair = plain_pair(TLS1_2_VERSION);
    struct outcome outcome[2];

    if (use_ml_dsa(pair->ctx[SERVER], pair->ctx[CLIENT], "ML-DSA-65")) {
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    }
    pair_free(pair);
}

/* The level counts: 1 has all of them, 5 the strongest alone. */
TEST(levels_with_ml_dsa)
{
    struct pair *pair = plain_pair(0);
    struct outcome outcome[2];

    if (use_ml_dsa(pair->ctx[SERVER], pair->ctx[CLIENT], "ML-DSA-44")) {
        SSL_CTX_set_security_level(pair->ctx[CLIENT], 4);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK(outcome[CLIENT].ret != 1 && outcome[SERVER].ret != 1);
        ERR_clear_error();
    }
    pair_free(pair);
}
