/* SSL_do_handshake(3), with SSL_set_connect_state, SSL_set_accept_state and the state predicates. */
#include "support.h"

#include <unistd.h>

/* "SSL_do_handshake() will wait for a SSL/TLS handshake to take place. If the connection is in client
 * mode, the handshake will be started." */
TEST_SIDES(handshake_starts_or_waits)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[server], SSL_do_handshake(pair->ssl[server]), SSL_ERROR_WANT_READ);
    CHECK_EQ(pair->end[server].bytes_written > 0, !server);
    CHECK_EQ(SSL_in_init(pair->ssl[server]), 1);
    CHECK_EQ(SSL_is_init_finished(pair->ssl[server]), 0);
    pair_free(pair);
}

/* "The handshake routines may have to be explicitly set in advance". */
TEST(handshake_without_state_fails)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_do_handshake(ssl), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_CONNECTION_TYPE_NOT_SET);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_set_connect_state() and SSL_set_accept_state() choose the side; SSL_is_server() tells it. */
TEST(set_state_chooses_the_side)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    SSL_set_accept_state(ssl);
    CHECK_EQ(SSL_is_server(ssl), 1);
    SSL_set_connect_state(ssl);
    CHECK_EQ(SSL_is_server(ssl), 0);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* What SSL_is_server() says before a state is set depends on the method. */
TEST(is_server_by_method)
{
    const SSL_METHOD *methods[] = {TLS_method(), TLS_client_method(), TLS_server_method()};
    static const int expected[] = {1, 0, 1};

    for (int i = 0; i < 3; i++) {
        SSL_CTX *context = SSL_CTX_new(methods[i]);
        SSL *ssl = SSL_new(context);

        CHECK_EQ(SSL_is_server(ssl), expected[i]);
        SSL_free(ssl);
        SSL_CTX_free(context);
    }
}

/* A TLS_method() context serves both sides. */
TEST_VERSIONS(generic_method_serves_both_sides)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_free(pair->ctx[side]);
        pair->ctx[side] = SSL_CTX_new(TLS_method());
        SSL_CTX_set_max_proto_version(pair->ctx[side], version);
        use_identity(pair->ctx[side], "ec");
    }
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), version);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "If the underlying BIO is blocking, SSL_do_handshake() will only return once the handshake has been
 * finished": "1: ... successfully completed". */
TEST_SIDES(handshake_blocking_returns_when_done)
{
    struct pair *pair = pair_contexts(version);
    pthread_t peer;

    pair_over_sockets(pair, 0);
    peer = background(do_handshake, pair->ssl[!server]);
    CHECK_EQ(SSL_do_handshake(pair->ssl[server]), 1);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_in_init(pair->ssl[server]), 0);
    CHECK_EQ(SSL_is_init_finished(pair->ssl[server]), 1);
    CHECK_EQ(SSL_get_state(pair->ssl[server]), TLS_ST_OK);
    background_join(peer);
    pair_free(pair);
}

/* "... or an error occurred." */
TEST_SIDES(handshake_blocking_returns_on_error)
{
    struct pair *pair = pair_contexts(version);
    int ret, error;

    pair_over_sockets(pair, 0);
    close(pair->sockets[!server]);
    pair->sockets[!server] = -1;
    ret = SSL_do_handshake(pair->ssl[server]);
    CHECK(ret <= 0);
    error = SSL_get_error(pair->ssl[server], ret);
    CHECK_EQ(error, server ? SSL_ERROR_SSL : SSL_ERROR_SYSCALL);
    ERR_clear_error();
    pair_free(pair);
}

/* "If the underlying BIO is nonblocking ... SSL_ERROR_WANT_READ or SSL_ERROR_WANT_WRITE. The calling
 * process then must repeat the call": through chunks of every small size. */
TEST_VERSIONS(handshake_in_chunks_of_every_size)
{
    struct pair *pair = pair_contexts(version);

    for (size_t chunk = 1; chunk < 40; chunk++) {
        pair_over_wire(pair);
        for (int side = CLIENT; side <= SERVER; side++) {
            pair->end[side].read_chunk = chunk;
            pair->end[side].write_chunk = 40 - chunk;
        }
        pair_handshake(pair);
        pair->end[CLIENT].read_chunk = pair->end[SERVER].read_chunk = SIZE_MAX;
        check_alive(pair);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* With read-ahead, which may take the peer's data together with the end of the handshake. */
TEST_VERSIONS(handshake_with_read_ahead_keeps_early_records)
{
    struct pair *pair = pair_contexts(version);
    char received[8];
    int ret;

    SSL_CTX_set_read_ahead(pair->ctx[SERVER], 1);
    SSL_CTX_set_read_ahead(pair->ctx[CLIENT], 1);
    pair_over_wire(pair);
    while ((ret = SSL_do_handshake(pair->ssl[CLIENT])) != 1) {
        CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_READ);
        SSL_do_handshake(pair->ssl[SERVER]);
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "data", 4), 4);
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 4);
    CHECK_MEM(received, "data", 4);
    pair_free(pair);
}

/* The application data of the client that follows its Finished in one flight is not lost. */
TEST_VERSIONS(handshake_leaves_data_behind_the_finished)
{
    struct pair *pair = pair_contexts(version);
    char received[8];
    int ret;

    pair_over_wire(pair);
    while ((ret = SSL_do_handshake(pair->ssl[CLIENT])) != 1) {
        SSL_do_handshake(pair->ssl[SERVER]);
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "data", 4), 4);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 4);
    CHECK_MEM(received, "data", 4);
    pair_free(pair);
}

/* "0: ... shut down controlled and by the specifications of the TLS/SSL protocol": OpenSSL returns -1 then, too. */
TEST_SIDES(handshake_ends_at_close_notify)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    if (server)
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[server]), -1);
    queue_add(&pair->queue[server], "\x15\x03\x03\x00\x02\x01\x00", 7);
    ret = SSL_do_handshake(pair->ssl[server]);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_ZERO_RETURN);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* "<0: ... a fatal error occurred"; the handshake stays failed. */
TEST_SIDES(handshake_stays_failed)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;
    size_t written;

    pair_over_wire(pair);
    ssl = pair->ssl[server];
    queue_add(&pair->queue[server], "\x16\x03\x01\x00\x04\x63\x00\x00\x00", 9);
    CHECK_FAILS(ssl, SSL_do_handshake(ssl), SSL_R_UNEXPECTED_MESSAGE);
    written = pair->end[server].bytes_written;
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(SSL_do_handshake(ssl), -1);
        CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SYSCALL);
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(pair->end[server].bytes_written, written);
    pair_free(pair);
}

/* The alert of a failed handshake reaches the peer. */
TEST_VERSIONS(handshake_failure_is_told_to_the_peer)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    queue_add(&pair->queue[CLIENT], "\x16\x03\x03\x00\x04\x63\x00\x00\x00", 9);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_UNEXPECTED_MESSAGE);
    CHECK_EQ(pair->queue[SERVER].bytes[pair->queue[SERVER].end - 7], SSL3_RT_ALERT);
    CHECK_EQ(pair->queue[SERVER].bytes[pair->queue[SERVER].end - 2], SSL3_AL_FATAL);
    CHECK_EQ(pair->queue[SERVER].bytes[pair->queue[SERVER].end - 1], SSL_AD_UNEXPECTED_MESSAGE);
    pair_free(pair);
}

/* Once established it returns 1 and sends nothing. */
TEST_SIDES(handshake_when_established_returns_1)
{
    struct pair *pair = pair_established(version);
    size_t written = pair->end[server].bytes_written;

    CHECK_OK(SSL_do_handshake(pair->ssl[server]));
    CHECK_EQ(pair->end[server].bytes_written, written);
    check_alive(pair);
    pair_free(pair);
}

/* SSL_in_before(), SSL_in_init(), SSL_is_init_finished() along the way. */
TEST_SIDES(state_predicates_follow_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[server];
    CHECK_EQ(SSL_in_before(ssl), 1);
    CHECK_EQ(SSL_in_init(ssl), 1);
    CHECK_EQ(SSL_is_init_finished(ssl), 0);
    CHECK_EQ(SSL_get_state(ssl), TLS_ST_BEFORE);
    if (server)
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_do_handshake(ssl), -1);
    CHECK_EQ(SSL_in_before(ssl), 0);
    CHECK_EQ(SSL_in_init(ssl), 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_in_before(ssl), 0);
    CHECK_EQ(SSL_in_init(ssl), 0);
    CHECK_EQ(SSL_is_init_finished(ssl), 1);
    pair_free(pair);
}
