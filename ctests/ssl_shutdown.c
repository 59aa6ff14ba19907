/* SSL_shutdown(3), with SSL_get_shutdown, SSL_set_shutdown and quiet shutdown. */
#include "support.h"

#include <sys/socket.h>
#include <unistd.h>

/* "It sends the close_notify shutdown alert to the peer." */
TEST_SIDES(shutdown_sends_close_notify)
{
    struct pair *pair = pair_established(version);
    char byte;

    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_get_shutdown(pair->ssl[server]), SSL_SENT_SHUTDOWN);
    CHECK(queue_length(&pair->queue[!server]) > 0);
    CHECK_EQ(SSL_get_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_read(pair->ssl[!server], &byte, 1), 0);
    CHECK_SSL_ERROR(pair->ssl[!server], 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(SSL_get_shutdown(pair->ssl[!server]), SSL_RECEIVED_SHUTDOWN);
    pair_free(pair);
}

/* It is sent once only. */
TEST_SIDES(shutdown_sends_close_notify_once)
{
    struct pair *pair = pair_established(version);
    size_t written;

    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    written = pair->end[server].bytes_written;
    CHECK_WANTS(pair->ssl[server], SSL_shutdown(pair->ssl[server]), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 1);
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 1);
    CHECK_EQ(pair->end[server].bytes_written, written);
    pair_free(pair);
}

/* "Whether the operation succeeds or not, the SSL_SENT_SHUTDOWN flag is set". */
TEST_SIDES(shutdown_sets_sent_flag_when_it_fails)
{
    struct pair *pair = pair_established(version);
    int ret;

    pair->end[server].fail_write = 1;
    ret = SSL_shutdown(pair->ssl[server]);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SYSCALL);
    CHECK_EQ(SSL_get_shutdown(pair->ssl[server]), SSL_SENT_SHUTDOWN);
    pair_free(pair);
}

/* "a currently open session is considered closed and good and will be kept in the session cache for
 * further reuse": and a session whose connection was not shut down is not. */
TEST_VERSIONS(shutdown_keeps_the_session_in_the_cache)
{
    for (int proper = 0; proper < 2; proper++) {
        struct pair *pair = pair_contexts(version);
        SSL_SESSION *session;

        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
        SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"test", 4);
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        session = SSL_get1_session(pair->ssl[CLIENT]);
        if (proper) {
            CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
            CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
        }
        pair_disconnect(pair);
        pair_over_wire(pair);
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        pair_handshake(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), proper);
        CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), proper);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* "SSL_shutdown() must not be called if a previous fatal error has occurred on a connection": when
 * it is all the same, it fails and sends nothing. */
TEST_SIDES(shutdown_after_fatal_error_fails)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[server];
    size_t written;
    char byte;

    queue_add(&pair->queue[server], "\x17\x03\x03\x00\x20garbage garbage garbage garbage!", 37);
    CHECK_EQ(SSL_read(ssl, &byte, 1), -1);
    ERR_clear_error();
    written = pair->end[server].bytes_written;
    CHECK_FAILS(ssl, SSL_shutdown(ssl), SSL_R_SHUTDOWN_WHILE_IN_INIT);
    CHECK_EQ(pair->end[server].bytes_written, written);
    pair_free(pair);
}

/* In the middle of a handshake it is refused. */
TEST_SIDES(shutdown_within_the_handshake_fails)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[server];
    if (server)
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_do_handshake(ssl), -1);
    CHECK_FAILS(ssl, SSL_shutdown(ssl), SSL_R_SHUTDOWN_WHILE_IN_INIT);
    CHECK_EQ(SSL_get_shutdown(ssl), 0);
    pair_handshake(pair);
    pair_free(pair);
}

/* Before a state was set there is nothing to shut down. */
TEST(shutdown_without_state_fails)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_shutdown(ssl), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNINITIALIZED);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "The shutdown procedure consists of two steps ... The order of those two steps depends on the
 * application": both sides first, in either order. */
TEST_SIDES(shutdown_in_both_orders)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];

    /* We first: 0, then the peer answers, then 1. */
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_shutdown(peer), 0);
    CHECK_EQ(SSL_shutdown(peer), 1);
    CHECK_EQ(SSL_shutdown(self), 1);
    CHECK_EQ(SSL_get_shutdown(self), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_EQ(SSL_get_shutdown(peer), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* Both send at the same time: the alerts cross. */
TEST_VERSIONS(shutdown_from_both_sides_at_once)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 1);
    pair_free(pair);
}

/* "It is acceptable for an application to only send its shutdown alert and then close the underlying
 * connection": the peer sees a clean end, and what was sent before. */
TEST_SIDES(shutdown_and_close_is_a_clean_end_for_the_peer)
{
    struct pair *pair = pair_contexts(version);
    SSL *peer;
    char received[8];
    int ret;

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], received, 1), SSL_ERROR_WANT_READ);
    peer = pair->ssl[!server];
    CHECK_EQ(SSL_write(pair->ssl[server], "bye", 3), 3);
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    close(pair->sockets[server]);
    pair->sockets[server] = -1;
    CHECK_EQ(SSL_read(peer, received, sizeof(received)), 3);
    ret = SSL_read(peer, received, sizeof(received));
    CHECK_EQ(ret, 0);
    CHECK_SSL_ERROR(peer, ret, SSL_ERROR_ZERO_RETURN);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* "When a client only writes and never reads ... the client might not be able to resume the session
 * because it did not received and process the session ticket ... it is recommended to do a complete
 * shutdown procedure": in TLS 1.3 the second SSL_shutdown() receives the tickets. */
TEST(shutdown_receives_session_tickets)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL_SESSION *session;

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "x", 1), 1);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 0);
    SSL_SESSION_free(session);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 1);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* "When the underlying connection shall be used for more communications, the complete shutdown
 * procedure must be performed, so that the peers stay synchronized": then plain bytes follow, and a
 * new TLS connection over the same transport. */
TEST_VERSIONS(shutdown_leaves_the_transport_synchronized)
{
    struct pair *pair = pair_contexts(version);
    char plain[8];

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 1);
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(write(pair->sockets[side], "plain", 5), 5);
        CHECK_EQ(read(pair->sockets[!side], plain, sizeof(plain)), 5);
        CHECK_MEM(plain, "plain", 5);
    }
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_free(pair->ssl[side]);
        pair->ssl[side] = SSL_new(pair->ctx[side]);
        CHECK_OK(SSL_set_fd(pair->ssl[side], pair->sockets[side]));
    }
    SSL_set_connect_state(pair->ssl[CLIENT]);
    SSL_set_accept_state(pair->ssl[SERVER]);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "SSL_shutdown() only closes the write direction. It is not possible to call SSL_write() after
 * calling SSL_shutdown(). The read direction is closed by the peer." */
TEST_SIDES(shutdown_closes_the_write_direction_only)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];

    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_FAILS(self, SSL_write(self, "x", 1), SSL_R_PROTOCOL_IS_SHUTDOWN);
    transfer(peer, self, "still", 5);
    transfer(peer, self, "open", 4);
    CHECK_EQ(SSL_shutdown(peer), 0);
    CHECK_EQ(SSL_shutdown(self), 1);
    pair_free(pair);
}

static void *answer_shutdown(void *argument)
{
    SSL *ssl = argument;
    char byte;

    CHECK_OK(SSL_do_handshake(ssl));
    CHECK_EQ(SSL_read(ssl, &byte, 1), 0);
    CHECK_SSL_ERROR(ssl, 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(SSL_shutdown(ssl), 1);
    return NULL;
}

/* "If the underlying BIO is blocking, SSL_shutdown() will only return once the handshake step has
 * been finished or an error occurred." */
TEST_SIDES(shutdown_blocking_waits_for_the_peer)
{
    struct pair *pair = pair_contexts(version);
    SSL *self;
    pthread_t peer;

    pair_over_sockets(pair, 0);
    self = pair->ssl[server];
    peer = background(answer_shutdown, pair->ssl[!server]);
    CHECK_OK(SSL_do_handshake(self));
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_shutdown(self), 1);
    CHECK_NO_ERRORS();
    background_join(peer);
    pair_free(pair);
}

/* "If the underlying BIO is nonblocking ... SSL_ERROR_WANT_READ or SSL_ERROR_WANT_WRITE. The calling
 * process then must repeat the call". */
TEST_SIDES(shutdown_nonblocking_wants_write)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char byte;

    pair->end[server].write_room = 0;
    CHECK_EQ(SSL_shutdown(self), -1);
    CHECK_SSL_ERROR(self, -1, SSL_ERROR_WANT_WRITE);
    CHECK_NO_ERRORS();
    CHECK_WANTS(self, SSL_shutdown(self), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = 4;
    CHECK_WANTS(self, SSL_shutdown(self), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_read(peer, &byte, 1), 0);
    CHECK_SSL_ERROR(peer, 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(queue_length(&pair->queue[!server]), 0);
    CHECK_EQ(SSL_shutdown(peer), 1);
    CHECK_EQ(SSL_shutdown(self), 1);
    pair_free(pair);
}

/* The second step wants to read. */
TEST_SIDES(shutdown_nonblocking_wants_read)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];

    CHECK_EQ(SSL_shutdown(self), 0);
    for (int i = 0; i < 3; i++)
        CHECK_WANTS(self, SSL_shutdown(self), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_shutdown(self), 1);
    pair_free(pair);
}

/* "When using a buffering BIO, like a BIO pair, data must be ... retrieved out of the BIO". */
TEST_VERSIONS(shutdown_over_a_small_bio_pair)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_bio_pair(pair, 10);
    pair_handshake(pair);
    for (int turn = 0; (ret = SSL_shutdown(pair->ssl[CLIENT])) < 0; turn++) {
        char byte;

        CHECK(turn < 20);
        CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_WRITE);
        CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
    }
    CHECK_EQ(ret, 0);
    pair_free(pair);
}

/* "After SSL_shutdown() returned 0, it is possible to call SSL_shutdown() again to wait for the
 * peer's close_notify alert. SSL_shutdown() will return 1 in that case. However, it is recommended
 * to wait for it using SSL_read() instead." */
TEST_SIDES(shutdown_can_be_completed_by_read)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8];

    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_write(pair->ssl[!server], "rest", 4), 4);
    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 4);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(SSL_get_shutdown(self), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_EQ(SSL_shutdown(self), 1);
    pair_free(pair);
}

/* "When "quiet shutdown" is enabled, SSL_shutdown() will always succeed and return 1", and nothing is
 * sent; the peer sees an unexpected EOF. */
TEST_SIDES(shutdown_quiet_sends_nothing)
{
    struct pair *pair = pair_contexts(version);
    SSL *self, *peer;
    size_t written;
    char byte;

    SSL_CTX_set_quiet_shutdown(pair->ctx[server], 1);
    CHECK_EQ(SSL_CTX_get_quiet_shutdown(pair->ctx[server]), 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    CHECK_EQ(SSL_get_quiet_shutdown(self), 1);
    CHECK_EQ(SSL_get_quiet_shutdown(peer), 0);
    written = pair->end[server].bytes_written;
    CHECK_OK(SSL_shutdown(self));
    CHECK_EQ(SSL_get_shutdown(self), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_EQ(pair->end[server].bytes_written, written);
    pair->end[!server].eof = 1;
    CHECK_FAILS(peer, SSL_read(peer, &byte, 1), SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_free(pair);
}

/* It can be set on the connection. */
TEST_VERSIONS(shutdown_quiet_on_the_connection)
{
    struct pair *pair = pair_established(version);

    SSL_set_quiet_shutdown(pair->ssl[CLIENT], 1);
    CHECK_OK(SSL_shutdown(pair->ssl[CLIENT]));
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 0);
    pair_free(pair);
}

/* "Waiting for the close_notify alert when the peer just closes the connection will result in an
 * error being generated." */
TEST_SIDES(shutdown_at_eof_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    int ret;

    pair->end[server].eof = 1;
    CHECK_EQ(SSL_shutdown(self), 0);
    ret = SSL_shutdown(self);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(self, ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_free(pair);
}

/* "The error can be ignored using the SSL_OP_IGNORE_UNEXPECTED_EOF." The system's library forgets
 * by it that the close_notify was sent, and needs one more call. */
TEST_SIDES(shutdown_at_ignored_eof_succeeds)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];

    SSL_set_options(self, SSL_OP_IGNORE_UNEXPECTED_EOF);
    pair->end[server].eof = 1;
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK(SSL_shutdown(self) >= 0);
    CHECK_NO_ERRORS();
    CHECK(SSL_get_shutdown(self) & SSL_RECEIVED_SHUTDOWN);
    CHECK_OK(SSL_shutdown(self));
    pair_free(pair);
}

/* First to close: "SSL_shutdown() will only send the alert and then set the SSL_SENT_SHUTDOWN flag
 * ... If successful, SSL_shutdown() will return 0": it does not read, even if the peer's
 * close_notify is there already. */
TEST_SIDES(shutdown_first_only_sends)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    unsigned long reads;

    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    reads = pair->end[server].reads;
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(pair->end[server].reads, reads);
    CHECK_EQ(SSL_get_shutdown(self), SSL_SENT_SHUTDOWN);
    CHECK_EQ(SSL_shutdown(self), 1);
    pair_free(pair);
}

/* "The peer is still allowed to send data after receiving the close_notify event ... SSL_read()
 * should be called until all data is received ... <= 0 and ... SSL_ERROR_ZERO_RETURN." */
TEST_SIDES(shutdown_then_peer_sends_more)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    unsigned char *bytes = pattern(50000), received[1000];
    size_t got = 0;
    char byte;
    int ret;

    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_read(peer, &byte, 1), 0);
    CHECK_EQ(SSL_write(peer, bytes, 50000), 50000);
    CHECK_EQ(SSL_shutdown(peer), 1);
    while ((ret = SSL_read(self, received, sizeof(received))) > 0) {
        CHECK_MEM(received, bytes + got, (size_t)ret);
        got += (size_t)ret;
    }
    CHECK_SSL_ERROR(self, ret, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(got, 50000);
    free(bytes);
    pair_free(pair);
}

/* Peer closes: "SSL_RECEIVED_SHUTDOWN flag is set. SSL_read() will return <= 0 ...
 * SSL_ERROR_ZERO_RETURN. SSL_shutdown() will send the close_notify alert, set the SSL_SENT_SHUTDOWN
 * flag. If successful, SSL_shutdown() will return 1." */
TEST_SIDES(shutdown_after_peers_returns_1)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char byte;

    CHECK_EQ(SSL_shutdown(peer), 0);
    CHECK_EQ(SSL_read(self, &byte, 1), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(SSL_get_shutdown(self), SSL_RECEIVED_SHUTDOWN);
    CHECK_OK(SSL_shutdown(self));
    CHECK_EQ(SSL_get_shutdown(self), SSL_RECEIVED_SHUTDOWN | SSL_SENT_SHUTDOWN);
    CHECK_EQ(SSL_read(peer, &byte, 1), 0);
    CHECK_SSL_ERROR(peer, 0, SSL_ERROR_ZERO_RETURN);
    pair_free(pair);
}

/* "0: ... SSL_get_error(3) should not get called, it may misleadingly indicate an error": what it
 * says is SYSCALL, with an empty queue. */
TEST_VERSIONS(shutdown_returning_0_is_no_error)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_NO_ERRORS();
    CHECK_SSL_ERROR(pair->ssl[CLIENT], 0, SSL_ERROR_SYSCALL);
    pair_free(pair);
}

/* "<0 ... can also occur when not all data was read using SSL_read()." */
TEST_SIDES(shutdown_with_unread_data_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    int resumable = SSL_SESSION_is_resumable(SSL_get_session(self));

    CHECK_EQ(SSL_write(peer, "unread", 6), 6);
    CHECK_EQ(SSL_shutdown(peer), 0);
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_FAILS(self, SSL_shutdown(self), SSL_R_APPLICATION_DATA_AFTER_CLOSE_NOTIFY);
    /* No alert tells of that, and the session is none the worse for it. */
    CHECK_EQ(SSL_SESSION_is_resumable(SSL_get_session(self)), resumable);
    pair_free(pair);
}

/* SSL_set_shutdown() sets the flags that SSL_get_shutdown() gets; with SENT set nothing is sent, and
 * with RECEIVED set reads are at the end. */
TEST_SIDES(set_shutdown_sets_the_state)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char byte;

    CHECK_EQ(SSL_write(pair->ssl[!server], "x", 1), 1);
    SSL_set_shutdown(self, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_EQ(SSL_get_shutdown(self), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_EQ(SSL_read(self, &byte, 1), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
    CHECK_FAILS(self, SSL_write(self, "x", 1), SSL_R_PROTOCOL_IS_SHUTDOWN);
    CHECK_OK(SSL_shutdown(self));
    CHECK_EQ(queue_length(&pair->queue[!server]), 0);
    SSL_set_shutdown(self, 0);
    CHECK_EQ(SSL_get_shutdown(self), 0);
    CHECK_EQ(SSL_read(self, &byte, 1), 1);
    check_alive(pair);
    pair_free(pair);
}

/* A blocked application write goes out before the close_notify. */
TEST_SIDES(shutdown_does_not_overtake_a_blocked_write)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[16];

    pair->end[server].write_room = 7;
    CHECK_WANTS(self, SSL_write(self, "blocked", 7), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, "blocked", 7), 7);
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_read(peer, received, sizeof(received)), 7);
    CHECK_MEM(received, "blocked", 7);
    CHECK_EQ(SSL_read(peer, received, 1), 0);
    CHECK_SSL_ERROR(peer, 0, SSL_ERROR_ZERO_RETURN);
    pair_free(pair);
}

/* TLS 1.2 answers a close_notify by itself nowhere: the peer's read sends nothing. */
TEST_SIDES(shutdown_is_not_answered_by_read)
{
    struct pair *pair = pair_established(version);
    SSL *peer = pair->ssl[!server];
    size_t written;
    char byte;

    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    written = pair->end[!server].bytes_written;
    CHECK_EQ(SSL_read(peer, &byte, 1), 0);
    CHECK_EQ(pair->end[!server].bytes_written, written);
    pair_free(pair);
}

/* After a close_notify there is no alert that could not be sent: a read without a BIO fails for one reason alone. */
TEST_SIDES(failure_after_close_is_the_only_error)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char byte;

    pair_settle(pair);
    CHECK_EQ(SSL_shutdown(self), 0);
    SSL_set_bio(self, NULL, NULL);
    CHECK_EQ(SSL_read(self, &byte, 1), -1);
    CHECK_EQ(ERR_GET_REASON(ERR_get_error()), SSL_R_READ_BIO_NOT_SET);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* What has no transport any more cannot tell the peer of its end: it is dead. */
TEST_SIDES(transport_that_is_gone)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    int wanted = SSL_want(self);

    SSL_set_bio(self, NULL, NULL);
    CHECK_FAILS(self, SSL_shutdown(self), SSL_R_BIO_NOT_SET);
    CHECK_EQ(SSL_in_init(self), 1);
    CHECK_STR(SSL_state_string(self), "SSLERR");
    CHECK_EQ(SSL_want(self), wanted);
    pair_free(pair);
}

/* Data that came after we closed is not there to be read afterwards. */
TEST_SIDES(data_after_our_close_is_dropped)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];

    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_write(pair->ssl[!server], "late", 4), 4);
    CHECK_FAILS(self, SSL_shutdown(self), SSL_R_APPLICATION_DATA_AFTER_CLOSE_NOTIFY);
    CHECK_EQ(SSL_pending(self), 0);
    CHECK_EQ(SSL_has_pending(self), 0);
    pair_free(pair);
}

/* A close_notify that the transport does not take keeps nobody from reading. */
TEST_SIDES(read_while_our_close_is_blocked)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8];

    CHECK_EQ(SSL_write(pair->ssl[!server], "data", 4), 4);
    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_shutdown(self), SSL_ERROR_WANT_WRITE);
    CHECK_EQ(SSL_peek(self, received, sizeof(received)), 4);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 4);
    CHECK_WANTS(self, SSL_read(self, received, 1), SSL_ERROR_WANT_READ);
    pair_free(pair);
}

/* Our close_notify is the last that we send, be it that the program says so: no alert follows it. */
TEST_SIDES(no_alert_after_our_close)
{
    for (int said = 0; said < 2; said++) {
        struct pair *pair = pair_established(version);
        SSL *ssl = pair->ssl[server];
        size_t written;
        char byte;

        if (said)
            SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN);
        else
            CHECK_EQ(SSL_shutdown(ssl), 0);
        written = pair->end[server].bytes_written;
        queue_add(&pair->queue[server], "\x17\x03\x03\x00\x20garbage garbage garbage garbage!", 37);
        CHECK_FAILS(ssl, SSL_read(ssl, &byte, 1), SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        CHECK_EQ(pair->end[server].bytes_written, written);
        pair_free(pair);
    }
}

/* A program that says that nothing was sent has close_notify sent again. */
TEST_SIDES(close_notify_again)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[server];
    size_t written;

    CHECK_EQ(SSL_shutdown(ssl), 0);
    written = pair->end[server].bytes_written;
    SSL_set_shutdown(ssl, 0);
    CHECK_EQ(SSL_shutdown(ssl), 0);
    CHECK(pair->end[server].bytes_written > written);
    pair_free(pair);
}

/* For one who waits for the peer's close_notify a fatal alert is the end, too: 1, with the alert in the queue. */
TEST_SIDES(fatal_alert_instead_of_close_notify)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[server];
    char byte;

    CHECK_EQ(SSL_shutdown(ssl), 0);
    queue_drop(&pair->queue[!server], queue_length(&pair->queue[!server]));
    queue_add(&pair->queue[!server], "\x17\x03\x03\x00\x20garbage garbage garbage garbage!", 37);
    CHECK_FAILS(pair->ssl[!server], SSL_read(pair->ssl[!server], &byte, 1), SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    CHECK_EQ(SSL_shutdown(ssl), 1);
    CHECK_SSL_REASON(SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
    CHECK_EQ(SSL_get_shutdown(ssl), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    CHECK_FAILS(ssl, SSL_shutdown(ssl), SSL_R_SHUTDOWN_WHILE_IN_INIT);
    pair_free(pair);
}

/* Who has closed, or says so, takes part in no renegotiation. */
TEST(set_shutdown_before_a_renegotiation)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);
    char byte;

    SSL_set_shutdown(pair->ssl[SERVER], SSL_SENT_SHUTDOWN);
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 0);
    CHECK_EQ(SSL_in_init(pair->ssl[SERVER]), 0);
    pair_free(pair);
}

/*
 * SSL_set_shutdown(3): "SSL_set_shutdown() can be used to set this state without sending a close alert to the peer". What SSL_shutdown()
 * returns and sends then, when the peer has done nothing, closed, or sent data; twice. A quiet shutdown "will always succeed and return 1".
 */
TEST_SIDES(shutdown_from_every_state)
{
    enum { NOTHING, CLOSED, DATA };
    static const struct { int mode, peer, first, second, after, sends; } cases[] = {
        {0, NOTHING, 0, -1, SSL_SENT_SHUTDOWN, 1},
        {0, CLOSED, 0, 1, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, 1},
        {0, DATA, 0, -1, SSL_SENT_SHUTDOWN, 1},
        {SSL_SENT_SHUTDOWN, NOTHING, -1, -1, SSL_SENT_SHUTDOWN, 0},
        {SSL_SENT_SHUTDOWN, CLOSED, 1, 1, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, 0},
        {SSL_SENT_SHUTDOWN, DATA, -1, -1, SSL_SENT_SHUTDOWN, 0},
        {SSL_RECEIVED_SHUTDOWN, NOTHING, 1, 1, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, 1},
        {SSL_RECEIVED_SHUTDOWN, CLOSED, 1, 1, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, 1},
        {SSL_RECEIVED_SHUTDOWN, DATA, 1, 1, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, 1},
        {SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, NOTHING, 1, 1, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, 0},
        {SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, DATA, 1, 1, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int quiet = 0; quiet <= 1; quiet++) {
            struct pair *pair = pair_established(version);
            SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
            size_t written;

            if (cases[i].peer == CLOSED)
                CHECK_EQ(SSL_shutdown(peer), 0);
            if (cases[i].peer == DATA)
                CHECK_EQ(SSL_write(peer, "data", 4), 4);
            SSL_set_shutdown(self, cases[i].mode);
            SSL_set_quiet_shutdown(self, quiet);
            written = pair->end[server].bytes_written;
            CHECK_EQ(SSL_shutdown(self), quiet ? 1 : cases[i].first);
            ERR_clear_error();
            CHECK_EQ(SSL_shutdown(self), quiet ? 1 : cases[i].second);
            ERR_clear_error();
            CHECK_EQ(SSL_get_shutdown(self), quiet ? SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN : cases[i].after);
            CHECK_EQ(pair->end[server].bytes_written > written, !quiet && cases[i].sends);
            /* "It is not possible to call SSL_write() after calling SSL_shutdown()." */
            CHECK_EQ(SSL_write(self, "x", 1), -1);
            CHECK_SSL_REASON(SSL_R_PROTOCOL_IS_SHUTDOWN);
            pair_free(pair);
        }
    }
}
