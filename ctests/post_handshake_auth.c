/*
 * SSL_verify_client_post_handshake(3), SSL_CTX_set_post_handshake_auth(3): TLS 1.3 clients that are asked
 * for a certificate after the handshake.
 */
#include "support.h"

/* A pair that offers it; the client has the identity, if one is named. */
static struct pair *offering(const char *identity)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    trust(pair->ctx[SERVER], "root");
    if (identity != NULL)
        use_identity(pair->ctx[CLIENT], identity);
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    return pair;
}

static void request(struct pair *pair, int mode)
{
    SSL_set_verify(pair->ssl[SERVER], mode, NULL);
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    CHECK(SSL_in_init(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK(!SSL_in_init(pair->ssl[SERVER]));
}

static void read_nothing(SSL *ssl)
{
    char byte;

    CHECK_WANTS(ssl, SSL_read(ssl, &byte, 1), SSL_ERROR_WANT_READ);
}

/* The request is answered, and the tickets after it are read. */
static void answer(struct pair *pair)
{
    pair_settle(pair);
    pair_settle(pair);
}

static void check_refused(SSL *ssl, int reason)
{
    CHECK_EQ(SSL_verify_client_post_handshake(ssl), 0);
    CHECK_SSL_REASON(reason);
}

TEST(refusals_before_anything_is_sent)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);

    check_refused(pair->ssl[SERVER], SSL_R_WRONG_SSL_VERSION);
    check_refused(pair->ssl[CLIENT], SSL_R_WRONG_SSL_VERSION);
    pair_free(pair);

    pair = pair_contexts(TLS1_3_VERSION);
    pair_over_wire(pair);
    check_refused(pair->ssl[SERVER], SSL_R_WRONG_SSL_VERSION);
    pair_free(pair);

    pair = pair_established(TLS1_3_VERSION);
    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER, NULL);
    check_refused(pair->ssl[SERVER], SSL_R_EXTENSION_NOT_RECEIVED);
    pair_free(pair);

    pair = offering("client");
    check_refused(pair->ssl[CLIENT], SSL_R_NOT_SERVER);
    check_refused(pair->ssl[SERVER], SSL_R_INVALID_CONFIG);
    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER, NULL);
    CHECK_OK(SSL_key_update(pair->ssl[SERVER], SSL_KEY_UPDATE_NOT_REQUESTED));
    check_refused(pair->ssl[SERVER], SSL_R_STILL_IN_INIT);
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    check_refused(pair->ssl[SERVER], SSL_R_STILL_IN_INIT);
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    check_refused(pair->ssl[SERVER], SSL_R_REQUEST_SENT);
    pair_free(pair);
}

/* Data of both directions may come before the answer, and the request goes out with a write or read. */
TEST(application_data_around_the_request)
{
    struct pair *pair = offering("client");
    SSL *client = pair->ssl[CLIENT], *asker = pair->ssl[SERVER];
    char buffer[8];

    SSL_set_verify(asker, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    CHECK_OK(SSL_verify_client_post_handshake(asker));
    CHECK_EQ(SSL_write(asker, "after", 5), 5);
    CHECK_EQ(SSL_write(client, "before", 6), 6);
    CHECK_EQ(SSL_read(asker, buffer, 8), 6);
    CHECK_MEM(buffer, "before", 6);
    CHECK(SSL_get0_peer_certificate(asker) == NULL);
    CHECK_EQ(SSL_read(client, buffer, 8), 5);
    CHECK_MEM(buffer, "after", 5);
    CHECK_EQ(SSL_write(client, "answered", 8), 8);
    CHECK_EQ(SSL_read(asker, buffer, 8), 8);
    CHECK_MEM(buffer, "answered", 8);
    CHECK(SSL_get0_peer_certificate(asker) != NULL);
    CHECK_EQ(SSL_get_verify_result(asker), X509_V_OK);
    CHECK(SSL_SESSION_get0_peer(SSL_get_session(asker)) != NULL);
    read_nothing(client);

    /* And with a read. */
    CHECK_OK(SSL_verify_client_post_handshake(asker));
    read_nothing(asker);
    read_nothing(client);
    read_nothing(asker);
    check_alive(pair);
    pair_free(pair);
}

TEST(several_requests)
{
    static const char *const names[] = {"client", "rsa", "ed25519", "chained"};
    struct pair *pair = offering(NULL);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        X509 *expected = load_certificate(names[i]);

        SSL_certs_clear(pair->ssl[CLIENT]);
        use_identity_ssl(pair->ssl[CLIENT], names[i]);
        request(pair, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
        pair_settle(pair);
        CHECK_EQ(X509_cmp(SSL_get0_peer_certificate(pair->ssl[SERVER]), expected), 0);
        X509_free(expected);
        check_alive(pair);
    }
    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, NULL);
    check_refused(pair->ssl[SERVER], SSL_R_INVALID_CONFIG);
    pair_free(pair);
}

TEST(client_without_a_certificate)
{
    struct pair *pair = offering(NULL);
    SSL *client = pair->ssl[CLIENT], *asker = pair->ssl[SERVER];
    char byte;

    request(pair, SSL_VERIFY_PEER);
    pair_settle(pair);
    CHECK(SSL_get0_peer_certificate(asker) == NULL);
    CHECK_EQ(SSL_get_verify_result(asker), X509_V_OK);
    check_alive(pair);

    request(pair, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    read_nothing(client);
    CHECK_FAILS(asker, SSL_read(asker, &byte, 1), SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
    CHECK_EQ(SSL_read(client, &byte, 1), 0);
    CHECK_SSL_REASON(SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED);
    pair_free(pair);
}

/* An empty answer takes an earlier certificate away. */
TEST(certificate_that_is_withdrawn)
{
    struct pair *pair = offering("client");

    request(pair, SSL_VERIFY_PEER);
    pair_settle(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    SSL_certs_clear(pair->ssl[CLIENT]);
    request(pair, SSL_VERIFY_PEER);
    pair_settle(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    check_alive(pair);
    pair_free(pair);
}

TEST(certificate_that_is_not_trusted)
{
    struct pair *pair = offering("client");
    SSL *client = pair->ssl[CLIENT], *asker = pair->ssl[SERVER];
    char byte;

    SSL_CTX_set_cert_store(pair->ctx[SERVER], X509_STORE_new());
    request(pair, SSL_VERIFY_PEER);
    read_nothing(client);
    CHECK_FAILS(asker, SSL_read(asker, &byte, 1), SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_read(client, &byte, 1), 0);
    CHECK_SSL_REASON(SSL_R_TLSV1_ALERT_UNKNOWN_CA);
    pair_free(pair);
}

/* SSL_VERIFY_POST_HANDSHAKE keeps the first handshake from asking. */
TEST(mode_that_asks_only_later)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    trust(pair->ctx[SERVER], "root");
    use_identity(pair->ctx[CLIENT], "client");
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    pair_settle(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    pair_free(pair);
}

/* The answer is authenticated with the keys of the moment. */
TEST(after_key_updates)
{
    struct pair *pair = offering("client");

    for (int round = 0; round < 3; round++) {
        for (int side = CLIENT; side <= SERVER; side++) {
            CHECK_OK(SSL_key_update(pair->ssl[side], SSL_KEY_UPDATE_REQUESTED));
            CHECK_OK(SSL_do_handshake(pair->ssl[side]));
        }
        pair_settle(pair);
        request(pair, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
        CHECK_OK(SSL_key_update(pair->ssl[CLIENT], SSL_KEY_UPDATE_REQUESTED));
        CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
        answer(pair);
        CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
        check_alive(pair);
    }
    pair_free(pair);
}

/* A session that is resumed keeps the certificate, and the connection can ask again. */
TEST(session_with_the_certificate)
{
    struct pair *pair = offering("client");
    SSL_SESSION *session;

    request(pair, SSL_VERIFY_PEER);
    answer(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK(SSL_SESSION_is_resumable(session));
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    pair_disconnect(pair);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK(SSL_session_reused(pair->ssl[SERVER]));
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    pair_settle(pair);
    SSL_certs_clear(pair->ssl[CLIENT]);
    request(pair, SSL_VERIFY_PEER);
    answer(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    check_alive(pair);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* The client certificate callback is asked, and may take its time. */
static int asked;

static int on_client_certificate(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
    (void)ssl;
    if (asked++ == 0)
        return -1;
    *certificate = load_certificate("client");
    *key = load_key("client");
    return 1;
}

TEST(client_certificate_callback)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    char byte;

    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_client_cert_cb(pair->ctx[CLIENT], on_client_certificate);
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(asked, 0);
    request(pair, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1),
                SSL_ERROR_WANT_X509_LOOKUP);
    pair_settle(pair);
    CHECK_EQ(asked, 2);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    check_alive(pair);
    pair_free(pair);
}

/* Byte by byte, with retries of both directions. */
TEST(over_a_bad_wire)
{
    struct pair *pair = offering("chained");

    for (int side = CLIENT; side <= SERVER; side++) {
        pair->end[side].read_chunk = pair->end[side].write_chunk = 7;
        pair->end[side].random = 4711 + side;
    }
    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    for (int round = 0; round < 5000 && SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL; round++) {
        char byte;

        SSL_do_handshake(pair->ssl[SERVER]);
        SSL_read(pair->ssl[SERVER], &byte, 1);
        SSL_read(pair->ssl[CLIENT], &byte, 1);
        CHECK_NO_ERRORS();
    }
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    pair_free(pair);
}

/* After its close_notify a client answers nothing any more. */
TEST(request_after_the_client_has_closed)
{
    struct pair *pair = offering("client");
    char byte;

    request(pair, SSL_VERIFY_PEER);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    read_nothing(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], &byte, 1), 0);
    CHECK_SSL_ERROR(pair->ssl[SERVER], 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 1);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 1);
    pair_free(pair);
}

/* A server's close_notify and the client's answer to its request cross: the answer counts. */
static void check_answer_after_closing(int by_reading, int fatal)
{
    struct pair *pair = offering(fatal ? NULL : "client");
    SSL *server;
    char byte;

    request(pair, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    server = pair->ssl[SERVER];
    read_nothing(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_shutdown(server), 0);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], &byte, 1), 0);
    if (fatal) {
        CHECK_FAILS(server, by_reading ? SSL_read(server, &byte, 1) : SSL_shutdown(server),
                    SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
        pair_free(pair);
        return;
    }
    for (int i = 0; i < 2; i++)
        CHECK_WANTS(server, by_reading ? SSL_read(server, &byte, 1) : SSL_shutdown(server), SSL_ERROR_WANT_READ);
    CHECK(SSL_get0_peer_certificate(server) != NULL);
    CHECK(!SSL_in_init(server));
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_shutdown(server), 1);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

TEST(answer_after_the_server_has_closed)
{
    check_answer_after_closing(1, 0);
    check_answer_after_closing(0, 0);
    check_answer_after_closing(1, 1);
    check_answer_after_closing(0, 1);
}

/* "If val is 0 then the extension is not sent, otherwise it is": any other value, which the connection has from its context since
 * SSL_new(). */
TEST(values_that_offer_it)
{
    for (int value = -1; value < 3; value++) {
        struct pair *pair = pair_contexts(TLS1_3_VERSION);

        SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], value);
        pair_over_wire(pair);
        SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], !value);
        pair_handshake(pair);
        pair_settle(pair);
        SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER, NULL);
        if (value == 0)
            check_refused(pair->ssl[SERVER], SSL_R_EXTENSION_NOT_RECEIVED);
        else
            CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
        pair_free(pair);
    }
}

static int sessions_told;

static int tell_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl, (void)session;
    sessions_told++;
    return 0;
}

/* SSL_CTX_set_num_tickets(3): "If the initial handshake was a full handshake then SSL_set_num_tickets() can be called again prior to
 * calling SSL_verify_client_post_handshake() to update the number of tickets that will be sent." */
TEST(tickets_after_an_authentication)
{
    for (size_t number = 0; number < 4; number++) {
        struct pair *pair = pair_contexts(TLS1_3_VERSION);

        trust(pair->ctx[SERVER], "root");
        use_identity(pair->ctx[CLIENT], "client");
        SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
        SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(pair->ctx[CLIENT], tell_session);
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        sessions_told = 0;
        CHECK_OK(SSL_set_num_tickets(pair->ssl[SERVER], number));
        request(pair, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE);
        answer(pair);
        CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
        CHECK_EQ(sessions_told, number);
        pair_free(pair);
    }
}
