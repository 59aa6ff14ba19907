/*
 * SSL_get0_raw_cipherlist(3), SSL_get0_ec_point_formats(3), SSL_set1_client_certificate_types(3): lists of
 * the peer as they came.
 */
#include "support.h"

TEST_VERSIONS(suites_as_the_client_sent_them)
{
    struct pair *pair = pair_contexts(version);
    const unsigned char *suites = NULL;
    long length;

    pair_over_wire(pair);
    CHECK_EQ(SSL_get0_raw_cipherlist(pair->ssl[SERVER], NULL), 2);
    CHECK_EQ(SSL_get0_raw_cipherlist(pair->ssl[SERVER], &suites), 0);
    pair_handshake(pair);
    length = SSL_get0_raw_cipherlist(pair->ssl[SERVER], &suites);
    CHECK(length >= 4 && length % 2 == 0 && suites != NULL);
    /* The last one is TLS_EMPTY_RENEGOTIATION_INFO_SCSV. */
    CHECK_EQ(suites[length - 2] << 8 | suites[length - 1], 0x00ff);
    suites = NULL;
    CHECK_EQ(SSL_get0_raw_cipherlist(pair->ssl[CLIENT], &suites), 0);
    CHECK(suites == NULL);
    pair_free(pair);
}

TEST(point_formats_of_the_peer)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    const unsigned char *formats = NULL;

    pair_over_wire(pair);
    CHECK_EQ(SSL_get0_ec_point_formats(pair->ssl[SERVER], &formats), 0);
    pair_handshake(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK(SSL_get0_ec_point_formats(pair->ssl[side], &formats) >= 1);
        CHECK_EQ(formats[0], TLSEXT_ECPOINTFORMAT_uncompressed);
    }
    pair_free(pair);
}

TEST(client_asks_for_no_certificate_types)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    const unsigned char types[] = {TLS_CT_RSA_SIGN};

    pair_over_wire(pair);
    CHECK_EQ(SSL_set1_client_certificate_types(pair->ssl[CLIENT], types, 1), 0);
    CHECK_EQ(SSL_set1_client_certificate_types(pair->ssl[SERVER], types, 1), 1);
    pair_free(pair);
}

/* What the last verification said stays when a renegotiation brings no certificate. */
static int accept_all(int ok, X509_STORE_CTX *store)
{
    (void)ok;
    (void)store;
    return 1;
}

TEST(verify_result_after_a_renegotiation_without_a_certificate)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    char byte;

    use_identity(pair->ctx[CLIENT], "client");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, accept_all);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    CHECK(SSL_get_verify_result(pair->ssl[SERVER]) != X509_V_OK);
    SSL_certs_clear(pair->ssl[CLIENT]);
    CHECK_OK(SSL_renegotiate(pair->ssl[SERVER]));
    for (int round = 0; round < 6; round++) {
        SSL_do_handshake(pair->ssl[SERVER]);
        SSL_read(pair->ssl[CLIENT], &byte, 1);
        SSL_read(pair->ssl[SERVER], &byte, 1);
    }
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_renegotiate_pending(pair->ssl[SERVER]), 0);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    CHECK(SSL_get_verify_result(pair->ssl[SERVER]) != X509_V_OK);
    pair_free(pair);
}

/* The client's signature algorithms matter to a full handshake alone: a server that resumes knows of none. */
TEST_VERSIONS(signature_algorithms_of_a_resumption)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK_EQ(SSL_get_sigalgs(pair->ssl[SERVER], 0, NULL, NULL, NULL, NULL, NULL), 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* What the last client offered is told until another one does. */
TEST_VERSIONS(groups_of_a_client_after_a_new_beginning)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[SERVER];
    int count = SSL_get1_groups(self, NULL);

    CHECK(count > 0);
    SSL_set_accept_state(self);
    CHECK_EQ(SSL_get1_groups(self, NULL), count);
    CHECK_OK(SSL_clear(self));
    CHECK_EQ(SSL_get1_groups(self, NULL), count);
    pair_free(pair);
}
