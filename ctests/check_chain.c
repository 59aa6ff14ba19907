/* SSL_check_chain(3), SSL_CTX_set_cert_flags, SSL_CTX_set1_client_certificate_types: what suits the peer. */
#include "support.h"

#define SIGNS (CERT_PKEY_SIGN | CERT_PKEY_EXPLICIT_SIGN)
#define CLIENT_OK (CERT_PKEY_ISSUER_NAME | CERT_PKEY_CERT_TYPE)
#define PARAMS (CERT_PKEY_EE_PARAM | CERT_PKEY_CA_PARAM)
#define SIGNATURES (CERT_PKEY_EE_SIGNATURE | CERT_PKEY_CA_SIGNATURE)
#define ALL (SIGNS | CLIENT_OK | PARAMS | SIGNATURES | CERT_PKEY_VALID)

struct checked {
    const char *identity;
    int flags, with_chain;
};

static struct checked checked[2][8];

static int check_all(SSL *ssl, void *side)
{
    for (struct checked *it = checked[*(int *)side]; it->identity != NULL; it++) {
        X509 *certificate = load_certificate(it->identity), *root = load_certificate("root");
        EVP_PKEY *key = load_key(it->identity);
        STACK_OF(X509) *chain = sk_X509_new_null();

        CHECK(sk_X509_push(chain, root));
        it->flags = SSL_check_chain(ssl, certificate, key, NULL);
        it->with_chain = SSL_check_chain(ssl, certificate, key, chain);
        CHECK_EQ(SSL_check_chain(ssl, NULL, key, NULL), 0);
        CHECK_EQ(SSL_check_chain(ssl, certificate, NULL, NULL), 0);
        CHECK_NO_ERRORS();
        sk_X509_free(chain);
        X509_free(root);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    return 1;
}

static struct pair *checking_pair(int version)
{
    static const char *const identities[] = {"ec", "rsa", "ed25519", "rsa-pss"};
    static int sides[] = {CLIENT, SERVER};
    struct pair *pair = pair_contexts(version);

    memset(checked, 0, sizeof(checked));
    for (int side = CLIENT; side <= SERVER; side++) {
        for (int i = 0; i < 4; i++)
            checked[side][i].identity = identities[i];
        SSL_CTX_set_cert_cb(pair->ctx[side], check_all, &sides[side]);
    }
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    return pair;
}

static struct checked *result(int side, const char *identity)
{
    struct checked *it = checked[side];

    while (strcmp(it->identity, identity) != 0)
        it++;
    return it;
}

/* With the default lists everything suits a server; a client of TLS 1.3 is asked for no types. */
TEST_VERSIONS(default_lists_take_every_kind_of_key)
{
    struct pair *pair = checking_pair(version);
    int tls13 = version == TLS1_3_VERSION;

    pair_over_wire(pair);
    pair_handshake(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        int no_type = side == CLIENT && tls13 ? CERT_PKEY_CERT_TYPE : 0;

        CHECK_EQ(result(side, "ec")->flags, ALL & ~no_type);
        CHECK_EQ(result(side, "ec")->with_chain, ALL & ~no_type);
        CHECK_EQ(result(side, "rsa")->flags, ALL & ~no_type);
        CHECK_EQ(result(side, "ed25519")->flags, ALL);
        CHECK_EQ(result(side, "rsa-pss")->flags, ALL);
    }
    pair_free(pair);
}

/* The schemes of the client decide about signatures: of the key, of the certificate, of its chain. */
TEST_VERSIONS(schemes_of_the_client_count)
{
    struct pair *pair = checking_pair(version);
    int tls13 = version == TLS1_3_VERSION;

    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], tls13 ? "ecdsa_secp256r1_sha256"
                                                                : "ECDSA+SHA256"));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(result(SERVER, "ec")->flags, ALL);
    CHECK_EQ(result(SERVER, "rsa")->flags & SIGNS, 0);
    CHECK_EQ(result(SERVER, "ed25519")->flags & SIGNS, 0);
    CHECK_EQ(result(SERVER, "rsa")->flags & CERT_PKEY_VALID, tls13 ? 0 : CERT_PKEY_VALID);
    pair_free(pair);
}

TEST_VERSIONS(curve_must_be_one_of_the_clients)
{
    struct pair *pair = checking_pair(version);

    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-384"), 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(result(SERVER, "ec")->flags & (CERT_PKEY_EE_PARAM | CERT_PKEY_VALID), 0);
    CHECK_EQ(result(SERVER, "rsa")->flags, ALL);
    pair_free(pair);
}

/* Types and names are asked of clients. */
TEST(types_and_names_are_asked_of_clients)
{
    static const unsigned char types[] = {TLS_CT_RSA_SIGN};
    struct pair *pair = checking_pair(TLS1_2_VERSION);
    const unsigned char *got;

    CHECK_EQ(SSL_CTX_ctrl(pair->ctx[SERVER], SSL_CTRL_SET_CLIENT_CERT_TYPES, 300, (void *)types),
             0);
    CHECK_EQ(SSL_CTX_set1_client_certificate_types(pair->ctx[SERVER], types, 1), 1);
    CHECK_EQ(SSL_CTX_add_client_CA(pair->ctx[SERVER], lent_certificate("second")), 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get0_certificate_types(pair->ssl[CLIENT], &got), 1);
    CHECK_EQ(got[0], TLS_CT_RSA_SIGN);
    CHECK_EQ(result(CLIENT, "ec")->flags, ALL & ~CLIENT_OK);
    CHECK_EQ(result(CLIENT, "rsa")->flags, ALL & ~CERT_PKEY_ISSUER_NAME);
    pair_free(pair);
}

/* The types of a server that sets none follow from its schemes. */
TEST(default_types_follow_from_the_schemes)
{
    static const unsigned char expected[] = {TLS_CT_RSA_SIGN, TLS_CT_DSS_SIGN, TLS_CT_ECDSA_SIGN};
    struct pair *pair = checking_pair(TLS1_2_VERSION);
    const unsigned char *got;

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get0_certificate_types(pair->ssl[CLIENT], &got), 3);
    CHECK_MEM(got, expected, 3);
    pair_disconnect(pair);
    CHECK_OK(SSL_CTX_set1_client_sigalgs_list(pair->ctx[SERVER], "ed448"));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get0_certificate_types(pair->ssl[CLIENT], &got), 1);
    CHECK_EQ(got[0], TLS_CT_ECDSA_SIGN);
    pair_free(pair);
}

/* Before a peer has spoken there is nothing to go by but SHA-1. */
TEST(before_the_peer_spoke)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL *ssl = SSL_new(ctx);
    X509 *certificate = load_certificate("rsa");
    EVP_PKEY *key = load_key("rsa");

    CHECK_EQ(SSL_check_chain(ssl, certificate, key, NULL),
             CLIENT_OK | PARAMS | CERT_PKEY_CA_SIGNATURE);
    CHECK_OK(SSL_set1_sigalgs_list(ssl, "RSA+SHA256"));
    CHECK_EQ(SSL_check_chain(ssl, certificate, key, NULL), CLIENT_OK | PARAMS);
    X509_free(certificate);
    EVP_PKEY_free(key);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* With SSL_CERT_FLAG_TLS_STRICT the chain's signatures count as well. */
TEST(strict_flag)
{
    struct pair *pair = checking_pair(TLS1_2_VERSION);

    CHECK_EQ(SSL_CTX_set_cert_flags(pair->ctx[SERVER], SSL_CERT_FLAG_TLS_STRICT),
             SSL_CERT_FLAG_TLS_STRICT);
    CHECK_EQ(SSL_CTX_ctrl(pair->ctx[SERVER], SSL_CTRL_CERT_FLAGS, 2, NULL),
             2 | SSL_CERT_FLAG_TLS_STRICT);
    CHECK_EQ(SSL_CTX_clear_cert_flags(pair->ctx[SERVER], 2), SSL_CERT_FLAG_TLS_STRICT);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(result(SERVER, "ec")->with_chain, ALL);
    CHECK_EQ(SSL_clear_cert_flags(pair->ssl[SERVER], SSL_CERT_FLAG_TLS_STRICT), 0);
    CHECK_EQ(SSL_set_cert_flags(pair->ssl[SERVER], 1), 1);
    pair_free(pair);
}

TEST(subjects_are_added_from_a_uri)
{
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    X509 *root = load_certificate("root");

    CHECK_EQ(SSL_add_store_cert_subjects_to_stack(names, cert_path("root", "pem")), 1);
    CHECK_EQ(sk_X509_NAME_num(names), 1);
    CHECK_EQ(X509_NAME_cmp(sk_X509_NAME_value(names, 0), X509_get_subject_name(root)), 0);
    CHECK_EQ(SSL_add_store_cert_subjects_to_stack(names, cert_path("root", "pem")), 1);
    CHECK_EQ(sk_X509_NAME_num(names), 1);
    CHECK_EQ(SSL_add_store_cert_subjects_to_stack(names, cert_path("ec", "pem")), 1);
    CHECK_EQ(sk_X509_NAME_num(names), 2);
    ERR_clear_error();
    /* What is no certificate is passed over without a word. */
    CHECK_EQ(SSL_add_store_cert_subjects_to_stack(names, "/proc/version"), 1);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_add_store_cert_subjects_to_stack(names, "/nowhere/at/all.pem"), 0);
    CHECK(ERR_peek_error() != 0);
    ERR_clear_error();
    CHECK_EQ(sk_X509_NAME_num(names), 2);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    X509_free(root);
}
