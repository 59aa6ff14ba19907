/*
 * SSL_set_connect_state(3) and SSL_clear(3) on a connection that was in use: what is still seen of it before the next handshake
 * begins, and what not. No man page tells.
 */
#include "support.h"

static struct pair *settled(int version)
{
    struct pair *pair = pair_established(version);

    pair_settle(pair);
    return pair;
}

static void start_over(SSL *ssl, int server)
{
    if (server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
}

/* Data that was not read is counted until the handshake begins, and cannot be read any more. */
TEST_VERSIONS(unread_data_is_seen_until_the_handshake)
{
    struct pair *pair = settled(version);
    SSL *client = pair->ssl[CLIENT];
    char byte;

    CHECK_EQ(SSL_write(pair->ssl[SERVER], "data", 4), 4);
    CHECK_EQ(SSL_peek(client, &byte, 1), 1);
    SSL_set_connect_state(client);
    CHECK_EQ(SSL_pending(client), 4);
    CHECK_EQ(SSL_has_pending(client), 1);
    CHECK_EQ(SSL_free_buffers(client), 0);
    CHECK_STR(SSL_get_version(client), version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2");
    CHECK(SSL_get_pending_cipher(client) != NULL);
    CHECK_WANTS(client, SSL_read(client, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_get_state(client), TLS_ST_CW_CLNT_HELLO);
    CHECK_EQ(SSL_pending(client), 0);
    CHECK_EQ(SSL_has_pending(client), 0);
    CHECK(SSL_get_pending_cipher(client) == NULL);
    pair_free(pair);
}

/* A renegotiation that was asked for stays asked for: no handshake begins, and SSL_clear() fails. */
TEST_SIDES(renegotiation_stays_pending)
{
    struct pair *pair;
    SSL *ssl;

    if (version == TLS1_3_VERSION)
        return;
    pair = settled(version);
    ssl = pair->ssl[server];
    CHECK_OK(SSL_renegotiate(ssl));
    CHECK_EQ(SSL_clear(ssl), 0);
    CHECK_SSL_REASON(ERR_R_INTERNAL_ERROR);
    start_over(ssl, server);
    CHECK_EQ(SSL_renegotiate_pending(ssl), 1);
    CHECK_FAILS(ssl, SSL_do_handshake(ssl), ERR_R_INTERNAL_ERROR);
    CHECK_EQ(SSL_clear(ssl), 0);
    CHECK_SSL_REASON(ERR_R_INTERNAL_ERROR);
    pair_free(pair);
}

/* A scheduled KeyUpdate is seen until the handshake begins. What may be asked for goes by the version negotiated. */
TEST(key_update_is_seen_until_the_handshake)
{
    struct pair *pair = settled(TLS1_3_VERSION);
    SSL *client = pair->ssl[CLIENT];

    CHECK_OK(SSL_key_update(client, SSL_KEY_UPDATE_REQUESTED));
    SSL_set_connect_state(client);
    CHECK_EQ(SSL_get_key_update_type(client), SSL_KEY_UPDATE_REQUESTED);
    CHECK_EQ(SSL_key_update(client, SSL_KEY_UPDATE_REQUESTED), 0);
    CHECK_SSL_REASON(SSL_R_STILL_IN_INIT);
    CHECK_EQ(SSL_renegotiate(client), 0);
    CHECK_SSL_REASON(SSL_R_WRONG_SSL_VERSION);
    CHECK_EQ(SSL_verify_client_post_handshake(client), 0);
    CHECK_SSL_REASON(SSL_R_NOT_SERVER);
    CHECK_WANTS(client, SSL_do_handshake(client), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_get_key_update_type(client), SSL_KEY_UPDATE_NONE);
    pair_free(pair);
}

/*
 * Once a version is negotiated the method is that of the version and the side, in TLS 1.3 that of a client: the other side is
 * refused. SSL_set_session() gives the context's method back.
 */
TEST_SIDES(method_is_of_the_side_that_negotiated)
{
    for (int next = 0; next < 2; next++) {
        struct pair *pair = settled(version);
        SSL *ssl = pair->ssl[server];
        int works = version == TLS1_3_VERSION ? next == CLIENT : next == server;

        start_over(ssl, next);
        if (works) {
            CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
        } else {
            CHECK_EQ(SSL_do_handshake(ssl), 0);
            CHECK_SSL_REASON(ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
            CHECK_OK(SSL_set_session(ssl, NULL));
            CHECK_STR(SSL_get_version(ssl), "TLSv1.3");
            if (next == server)
                CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
        }
        pair_free(pair);
    }
}

/* A connection that failed is no fresh one: SSL_dup() gives itself, and with a close_notify set by hand a call says so. */
TEST_VERSIONS(failure_before_the_hello_is_no_beginning)
{
    struct pair *pair = pair_contexts(version);
    SSL *self, *copy;

    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], 0));
    pair_over_wire(pair);
    self = pair->ssl[SERVER];
    CHECK_OK(SSL_set_ciphersuites(self, ""));
    CHECK_FAILS(self, SSL_do_handshake(self), SSL_R_NO_CIPHERS_AVAILABLE);
    copy = SSL_dup(self);
    CHECK(copy == self);
    SSL_free(copy);
    SSL_set_shutdown(self, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_EQ(SSL_do_handshake(self), -1);
    CHECK_SSL_ERROR(self, -1, SSL_ERROR_ZERO_RETURN);
    pair_free(pair);
}

/* The context that a server is given in its handshake may be one for clients. */
TEST(context_for_clients_does_for_a_server)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    SSL *self;

    pair_over_wire(pair);
    self = pair->ssl[SERVER];
    CHECK(SSL_set_SSL_CTX(self, pair->ctx[CLIENT]) == pair->ctx[CLIENT]);
    for (int turn = 0; turn < 3; turn++)
        CHECK_WANTS(self, SSL_do_handshake(self), SSL_ERROR_WANT_READ);
    pair_free(pair);
}

/* What a handshake could not write yet is in no buffer of records. */
TEST_VERSIONS(buffers_are_freed_while_a_flight_waits)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    pair->end[CLIENT].write_room = 10;
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_WRITE);
    CHECK_OK(SSL_free_buffers(pair->ssl[CLIENT]));
    pair->end[CLIENT].write_room = SIZE_MAX;
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/*
 * A renegotiation begins although there is data to be read (SSL_key_update(3): "the next read or write"): a read gives it out
 * in the handshake, a handshake of a client fails for it.
 */
TEST(renegotiation_does_not_wait_for_the_reader)
{
    struct pair *pair = settled(TLS1_2_VERSION);
    SSL *client = pair->ssl[CLIENT];
    char data[8];

    CHECK_EQ(SSL_write(pair->ssl[SERVER], "unread", 6), 6);
    CHECK_EQ(SSL_read(client, data, 1), 1);
    CHECK_OK(SSL_renegotiate(client));
    CHECK_EQ(SSL_read(client, data, 2), 2);
    CHECK_MEM(data, "nr", 2);
    CHECK_EQ(SSL_get_state(client), TLS_ST_CW_CLNT_HELLO);
    CHECK_EQ(SSL_read(client, data, 8), 3);
    CHECK_MEM(data, "ead", 3);
    pair_free(pair);

    pair = settled(TLS1_2_VERSION);
    client = pair->ssl[CLIENT];
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "unread", 6), 6);
    CHECK_EQ(SSL_read(client, data, 1), 1);
    CHECK_OK(SSL_renegotiate(client));
    CHECK_FAILS(client, SSL_do_handshake(client), SSL_R_UNEXPECTED_RECORD);
    pair_free(pair);

    pair = settled(TLS1_2_VERSION);
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "unread", 6), 6);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], data, 1), 1);
    CHECK_OK(SSL_renegotiate(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_EQ(SSL_num_renegotiations(pair->ssl[SERVER]), 1);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], data, 8), 5);
    pair_free(pair);
}

static int hellos_seen, names_seen;

static int look_at_hello(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    hellos_seen++;
    names_seen += SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) != NULL;
    return SSL_CLIENT_HELLO_SUCCESS;
}

/* Another client's name is not that of the one that comes. */
TEST_VERSIONS(former_client_is_not_told_when_another_comes)
{
    struct pair *pair = pair_contexts(version), *other = pair_contexts(version);
    SSL *self, *former;

    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], look_at_hello, NULL);
    pair_over_wire(pair);
    self = pair->ssl[SERVER];
    CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"));
    pair_handshake(pair);
    SSL_set_shutdown(self, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_OK(SSL_clear(self));
    CHECK_STR(SSL_get_servername(self, TLSEXT_NAMETYPE_host_name), "server.example");

    pair_over_wire(other);
    former = other->ssl[SERVER];
    SSL_up_ref(self);
    other->ssl[SERVER] = self;
    SSL_set0_rbio(self, SSL_get_rbio(former));
    SSL_set0_wbio(self, SSL_get_wbio(former));
    BIO_up_ref(SSL_get_rbio(former));
    BIO_up_ref(SSL_get_wbio(former));
    SSL_free(former);
    pair_handshake(other);
    CHECK_EQ(hellos_seen, 2);
    CHECK_EQ(names_seen, 0);
    pair_free(other);
    pair_free(pair);
}

/* A session can still be resumed when its connection gets a side anew; SSL_clear(3) of an open connection makes an end of it. */
TEST_SIDES(side_that_is_set_leaves_the_session_alone)
{
    struct pair *pair = settled(version);
    SSL_SESSION *session = SSL_get1_session(pair->ssl[server]);

    if (version == TLS1_3_VERSION || !server) {
        CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
        start_over(pair->ssl[server], server);
        CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
        CHECK(SSL_get_session(pair->ssl[server]) == session);
    }
    pair_disconnect(pair);
    SSL_SESSION_free(session);

    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    session = SSL_get1_session(pair->ssl[server]);
    CHECK_OK(SSL_clear(pair->ssl[server]));
    CHECK_EQ(SSL_SESSION_is_resumable(session), 0);
    CHECK(SSL_get_session(pair->ssl[server]) == NULL);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_set_session(3) takes away what a handshake that failed left. */
TEST_VERSIONS(session_that_began_is_taken_away)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];
    SSL *client;

    SSL_CTX_set_cert_store(pair->ctx[CLIENT], X509_STORE_new());
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    ERR_clear_error();
    client = pair->ssl[CLIENT];
    SSL_set_accept_state(client);
    CHECK(SSL_get_session(client) != NULL);
    CHECK_OK(SSL_set_session(client, NULL));
    CHECK(SSL_get_session(client) == NULL);
    pair_free(pair);
}

/* The answer to a hello of before is one of TLS 1.3, though it does not go with the hello: what may be asked for goes by that. */
TEST(answer_to_a_former_hello_has_a_version)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL *client;

    CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION));
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    CHECK_WANTS(client, SSL_do_handshake(client), SSL_ERROR_WANT_READ);
    SSL_set_connect_state(client);
    CHECK_WANTS(client, SSL_do_handshake(client), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    ERR_clear_error();
    CHECK_FAILS(client, SSL_do_handshake(client), SSL_R_INVALID_SESSION_ID);
    CHECK_EQ(SSL_verify_client_post_handshake(client), 0);
    CHECK_SSL_REASON(SSL_R_NOT_SERVER);
    pair_free(pair);
}
