/* What a context knows of chains that it has seen must not show: SSL_get0_peer_certificate(3), SSL_get_peer_cert_chain(3),
 * SSL_get0_verified_chain(3), SSL_get_verify_result(3), X509_set_ex_data(3). */
#include "support.h"

#include <openssl/x509v3.h>

/* Contexts that have done a handshake with this identity. */
static struct pair *experienced(int version, const char *identity)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], identity);
    for (int i = 0; i < 2; i++) {
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
        pair_disconnect(pair);
    }
    return pair;
}

static void check_refused(struct pair *pair, long result)
{
    struct outcome outcome[2];

    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), result);
    pair_disconnect(pair);
}

/* What the program writes into a certificate of one connection is not in that of the next. */
TEST_VERSIONS(certificates_are_the_connections_own)
{
    struct pair *pair = experienced(version, "chained");
    int index = X509_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    X509 *first[2] = {NULL, NULL}, *certificate;
    STACK_OF(X509) *chain;

    for (int i = 0; i < 3; i++) {
        pair_over_wire(pair);
        pair_handshake(pair);
        chain = SSL_get_peer_cert_chain(pair->ssl[CLIENT]);
        CHECK_EQ(sk_X509_num(chain), 2);
        for (int j = 0; j < 2; j++) {
            certificate = sk_X509_value(chain, j);
            CHECK(certificate != first[j]);
            CHECK(X509_get_ex_data(certificate, index) == NULL);
            CHECK_OK(X509_set_ex_data(certificate, index, pair));
            if (i == 0) {
                first[j] = certificate;
                X509_up_ref(certificate);
            }
        }
        pair_disconnect(pair);
    }
    X509_free(first[0]);
    X509_free(first[1]);
    pair_free(pair);
}

/* All getters give the same objects, whichever is called first. */
TEST_VERSIONS(getters_agree)
{
    struct pair *pair = experienced(version, "chained");

    for (int i = 0; i < 3; i++) {
        STACK_OF(X509) *sent, *verified;
        X509 *peer = NULL;

        pair_over_wire(pair);
        pair_handshake(pair);
        if (i == 0)
            peer = SSL_get0_peer_certificate(pair->ssl[CLIENT]);
        if (i == 1)
            sent = SSL_get_peer_cert_chain(pair->ssl[CLIENT]);
        verified = SSL_get0_verified_chain(pair->ssl[CLIENT]);
        sent = SSL_get_peer_cert_chain(pair->ssl[CLIENT]);
        CHECK(peer == NULL || peer == SSL_get0_peer_certificate(pair->ssl[CLIENT]));
        peer = SSL_get0_peer_certificate(pair->ssl[CLIENT]);
        CHECK_EQ(sk_X509_num(sent), 2);
        CHECK_EQ(sk_X509_num(verified), 3);
        CHECK(sk_X509_value(sent, 0) == peer);
        CHECK(sk_X509_value(verified, 0) == peer);
        CHECK(sk_X509_value(verified, 1) == sk_X509_value(sent, 1));
        CHECK_EQ(X509_check_issued(sk_X509_value(verified, 2), sk_X509_value(verified, 1)), X509_V_OK);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* Trust that was taken back. */
TEST_VERSIONS(anchors_are_looked_for_each_time)
{
    struct pair *pair = experienced(version, "chained");

    SSL_CTX_set_cert_store(pair->ctx[CLIENT], X509_STORE_new());
    check_refused(pair, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    pair_free(pair);
}

/* A time at which the chain is no longer good. */
TEST_VERSIONS(dates_are_checked_each_time)
{
    struct pair *pair = experienced(version, "chained");
    time_t later = time(NULL) + 200L * 366 * 86400;

    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(pair->ctx[CLIENT]), later);
    check_refused(pair, X509_V_ERR_CERT_HAS_EXPIRED);
    pair_free(pair);
}

static X509 *with_changed_byte(X509 *certificate, int from_end)
{
    unsigned char *der = NULL;
    int length = i2d_X509(certificate, &der);
    const unsigned char *input = der;

    der[length - from_end] ^= 1;
    certificate = d2i_X509(NULL, &input, length);
    CHECK(certificate != NULL);
    OPENSSL_free(der);
    return certificate;
}

/* A certificate like one that was seen, but for a bit of its signature. */
TEST_VERSIONS(signatures_of_other_certificates_count_for_nothing)
{
    struct pair *pair = experienced(version, "chained");
    X509 *leaf = load_certificate("chained"), *changed = with_changed_byte(leaf, 1);

    CHECK_OK(SSL_CTX_use_certificate(pair->ctx[SERVER], changed));
    check_refused(pair, X509_V_ERR_CERT_SIGNATURE_FAILURE);
    check_refused(pair, X509_V_ERR_CERT_SIGNATURE_FAILURE);
    CHECK_OK(SSL_CTX_use_certificate(pair->ctx[SERVER], leaf));
    pair_over_wire(pair);
    pair_handshake(pair);
    X509_free(changed);
    X509_free(leaf);
    pair_free(pair);
}

static int seen_depths, has_issuers;
static X509 *seen_leaf;

static int watch(int ok, X509_STORE_CTX *context)
{
    int depth = X509_STORE_CTX_get_error_depth(context);

    seen_depths |= 1 << depth;
    has_issuers &= X509_STORE_CTX_get0_current_issuer(context) != NULL;
    if (depth == 0)
        seen_leaf = X509_STORE_CTX_get_current_cert(context);
    return ok;
}

/* A callback sees every certificate of a chain that was seen before, and they are the connection's. */
TEST_VERSIONS(callback_is_told_of_seen_chains)
{
    struct pair *pair = experienced(version, "chained");

    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, watch);
    seen_depths = 0;
    has_issuers = 1;
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(seen_depths, 7);
    CHECK(has_issuers);
    CHECK(seen_leaf == SSL_get0_peer_certificate(pair->ssl[CLIENT]));
    pair_free(pair);
}

static int stored_calls;

static int count_calls(int ok, X509_STORE_CTX *context)
{
    (void)context;
    stored_calls++;
    return ok;
}

/* So does one of the store. */
TEST_VERSIONS(callback_of_the_store_is_told_of_seen_chains)
{
    struct pair *pair = experienced(version, "chained");

    X509_STORE_set_verify_cb(SSL_CTX_get_cert_store(pair->ctx[CLIENT]), count_calls);
    stored_calls = 0;
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(stored_calls >= 3);
    pair_free(pair);
}

static int mark, marked;
static char *marks = "12";

/*
 * Marks the certificates of the peer in the chain that was verified last, when the next comes; none may have another
 * connection's mark.
 */
static void mark_verified(const SSL *ssl, int where, int ret)
{
    STACK_OF(X509) *chain;

    (void)where;
    (void)ret;
    if (SSL_get_state(ssl) != TLS_ST_CR_SRVR_HELLO)
        return;
    chain = SSL_get0_verified_chain(ssl);
    CHECK_EQ(sk_X509_num(chain), 3);
    marked++;
    for (int i = 0; i + 1 < sk_X509_num(chain); i++) {
        X509 *certificate = sk_X509_value(chain, i);
        void *found = X509_get_ex_data(certificate, mark);

        CHECK(found == NULL || found == SSL_get_app_data(ssl));
        CHECK_OK(X509_set_ex_data(certificate, mark, SSL_get_app_data(ssl)));
    }
}

/* The chain of the handshake before is there until that of the renegotiation is verified. */
TEST(verified_chain_in_a_renegotiation_is_the_connections_own)
{
    struct pair *pair = experienced(TLS1_2_VERSION, "chained");

    mark = X509_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    for (int i = 0; i < 2; i++) {
        pair_over_wire(pair);
        pair_handshake(pair);
        SSL_set_app_data(pair->ssl[CLIENT], &marks[i]);
        SSL_set_info_callback(pair->ssl[CLIENT], mark_verified);
        CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
        for (int turn = 0; turn < 8; turn++) {
            char byte;

            SSL_do_handshake(pair->ssl[CLIENT]);
            SSL_read(pair->ssl[SERVER], &byte, 1);
        }
        CHECK(!SSL_renegotiate_pending(pair->ssl[CLIENT]));
        pair_disconnect(pair);
    }
    CHECK(marked > 1);
    pair_free(pair);
}
