/*
 * SSL_read(3), SSL_write(3), SSL_pending(3), SSL_get_error(3), SSL_shutdown(3), SSL_CTX_set_mode(3),
 * SSL_CTX_set_read_ahead(3), SSL_CTX_set_split_send_fragment(3): application data in datagrams.
 */
#include "support.h"

static void send_bytes(SSL *ssl, const char *bytes)
{
    CHECK_EQ(SSL_write(ssl, bytes, (int)strlen(bytes)), (int)strlen(bytes));
    CHECK_NO_ERRORS();
}

static void receive(SSL *ssl, const char *expected)
{
    char bytes[100];

    CHECK_EQ(SSL_read(ssl, bytes, sizeof(bytes)), (int)strlen(expected));
    CHECK_MEM(bytes, expected, strlen(expected));
    CHECK_NO_ERRORS();
}

static void receive_nothing(SSL *ssl)
{
    char byte;

    CHECK_WANTS(ssl, SSL_read(ssl, &byte, 1), SSL_ERROR_WANT_READ);
}

/* A write is a record and a datagram; a read returns what was in one record. */
TEST_DTLS_SIDES(boundaries_are_kept)
{
    struct pair *pair = pair_established(version);
    SSL *from = pair->ssl[!server], *to = pair->ssl[server];

    send_bytes(from, "one");
    send_bytes(from, "two and three");
    CHECK_EQ(pair->datagrams[server].count, 2);
    receive(to, "one");
    receive(to, "two and three");
    receive_nothing(to);
    pair_free(pair);
}

/* "SSL_pending() returns the number of bytes … inside ssl": what is left of a record. */
TEST_DTLS_SIDES(rest_of_a_record)
{
    struct pair *pair = pair_established(version);
    SSL *from = pair->ssl[!server], *to = pair->ssl[server];
    char bytes[8];
    size_t count = 7;

    send_bytes(from, "hello");
    send_bytes(from, "again");
    CHECK_EQ(SSL_pending(to), 0);
    CHECK_EQ(SSL_peek(to, bytes, 3), 3);
    CHECK_EQ(SSL_pending(to), 5);
    CHECK_EQ(SSL_read(to, bytes, 2), 2);
    CHECK_MEM(bytes, "he", 2);
    CHECK_EQ(SSL_pending(to), 3);
    CHECK_EQ(SSL_has_pending(to), 1);
    CHECK_OK(SSL_read_ex(to, bytes, 8, &count));
    CHECK_EQ(count, 3);
    CHECK_MEM(bytes, "llo", 3);
    CHECK_EQ(SSL_pending(to), 0);
    receive(to, "again");
    pair_free(pair);
}

/* Several records in a datagram are several reads. */
TEST_DTLS_SIDES(records_in_one_datagram)
{
    struct pair *pair = pair_established(version);
    struct datagrams *queue = &pair->datagrams[server];
    unsigned char bytes[400];
    size_t length = 0;

    send_bytes(pair->ssl[!server], "one");
    send_bytes(pair->ssl[!server], "two");
    send_bytes(pair->ssl[!server], "three");
    while (queue->count > 0) {
        struct datagram *datagram = datagram_take(queue, 0);

        CHECK(length + datagram->length <= sizeof(bytes));
        memcpy(bytes + length, datagram->bytes, datagram->length);
        length += datagram->length;
        free(datagram);
    }
    datagram_add(queue, bytes, length);
    receive(pair->ssl[server], "one");
    CHECK_EQ(queue->count, 0);
    CHECK_EQ(SSL_has_pending(pair->ssl[server]), 1);
    CHECK_EQ(SSL_pending(pair->ssl[server]), 0);
    receive(pair->ssl[server], "two");
    receive(pair->ssl[server], "three");
    CHECK_EQ(SSL_has_pending(pair->ssl[server]), 0);
    receive_nothing(pair->ssl[server]);
    pair_free(pair);
}

/* More than the path takes is sent all the same, up to a record; more than a record is refused, and nothing is sent. */
TEST_DTLS_SIDES(long_writes)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(16385);
    SSL *from = pair->ssl[!server];

    transfer(from, pair->ssl[server], bytes, 1473);
    transfer(from, pair->ssl[server], bytes, 16384);
    CHECK_EQ(SSL_write(from, bytes, 16385), -1);
    CHECK_SSL_ERROR(from, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_DTLS_MESSAGE_TOO_BIG);
    CHECK_EQ(pair->datagrams[server].count, 0);
    check_alive(pair);
    free(bytes);
    pair_free(pair);
}

/* "You should not call SSL_write() with num=0"; nothing is sent. */
TEST_DTLS_SIDES(empty_writes)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_write(pair->ssl[!server], "", 0), 0);
    CHECK_EQ(pair->datagrams[server].count, 0);
    ERR_clear_error();
    check_alive(pair);
    pair_free(pair);
}

/* "There is no support in … DTLS (any version)" for pipelines: fragments are no smaller for it. */
TEST_DTLS(split_send_fragment)
{
    struct pair *pair = pair_contexts(version);
    unsigned char *bytes = pattern(1200);

    CHECK_OK(SSL_CTX_set_split_send_fragment(pair->ctx[CLIENT], 512));
    pair_over_datagrams(pair);
    pair_handshake(pair);
    transfer(pair->ssl[CLIENT], pair->ssl[SERVER], bytes, 1200);
    free(bytes);
    CHECK(pair->link[CLIENT].largest > 1200);
    pair_free(pair);
}

/* Read-ahead has "no impact when used with DTLS". */
TEST_DTLS(read_ahead)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_read_ahead(pair->ctx[CLIENT], 1);
    pair_over_datagrams(pair);
    pair_handshake(pair);
    send_bytes(pair->ssl[SERVER], "one");
    send_bytes(pair->ssl[SERVER], "two");
    receive(pair->ssl[CLIENT], "one");
    CHECK_EQ(pair->datagrams[CLIENT].count, 1);
    receive(pair->ssl[CLIENT], "two");
    pair_free(pair);
}

/* A datagram that holds nothing looks like a transport that failed, but ends nothing. */
TEST_DTLS_SIDES(empty_datagram)
{
    struct pair *pair = pair_established(version);
    char byte;
    int ret;

    datagram_add(&pair->datagrams[server], "", 0);
    ret = SSL_read(pair->ssl[server], &byte, 1);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SYSCALL);
    CHECK_NO_ERRORS();
    CHECK_EQ(pair->datagrams[server].count, 0);
    check_alive(pair);
    pair_free(pair);
}

/* A link that is full: SSL_ERROR_WANT_WRITE, and the record goes out once. */
TEST_DTLS_SIDES(write_wants_a_retry)
{
    struct pair *pair = pair_established(version);
    SSL *from = pair->ssl[!server];

    pair->link[!server].full = 1;
    CHECK_WANTS(from, SSL_write(from, "hello", 5), SSL_ERROR_WANT_WRITE);
    CHECK_WANTS(from, SSL_write(from, "hello", 5), SSL_ERROR_WANT_WRITE);
    pair->link[!server].full = 0;
    send_bytes(from, "hello");
    CHECK_EQ(pair->datagrams[server].count, 1);
    receive(pair->ssl[server], "hello");
    check_alive(pair);
    pair_free(pair);
}

/* A datagram that cannot be sent is lost, no more: a later one may get through. */
TEST_DTLS_SIDES(write_that_fails)
{
    struct pair *pair = pair_established(version);
    SSL *from = pair->ssl[!server];

    pair->link[!server].fail_write = 1;
    CHECK_EQ(SSL_write(from, "hello", 5), -1);
    CHECK_SSL_ERROR(from, -1, SSL_ERROR_SYSCALL);
    ERR_clear_error();
    pair->link[!server].fail_write = 0;
    send_bytes(from, "again");
    receive(pair->ssl[server], "again");
    check_alive(pair);
    pair_free(pair);
}

/* BIO_flush(3): what a BIO that buffers may not keep back are flights, those that are sent again too, and alerts. */
TEST_DTLS(flights_and_alerts_are_flushed)
{
    struct pair *pair = pair_contexts(version);

    pair_over_datagrams(pair);
    advance_clock(0);
    for (int turn = 0; turn < 4; turn++) {
        int side = turn % 2;

        CHECK_EQ(SSL_do_handshake(pair->ssl[side]), turn == 3 ? 1 : -1);
        CHECK(pair->link[side].sent > 0);
        CHECK_EQ(pair->link[side].flushed, pair->link[side].sent);
        if (turn == 2) {
            unsigned long sent = pair->link[side].sent;

            datagrams_drop(&pair->datagrams[!side]);
            advance_clock(1000000);
            CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[side]), 1);
            CHECK(pair->link[side].sent > sent);
            CHECK_EQ(pair->link[side].flushed, pair->link[side].sent);
        }
    }
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    check_alive(pair);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_EQ(pair->link[CLIENT].flushed, pair->link[CLIENT].sent);
    pair_free(pair);
}

/* The alert of a handshake that fails. */
TEST_DTLS(fatal_alert_is_flushed)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    pair_over_datagrams(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
    CHECK_EQ(pair->link[SERVER].flushed, pair->link[SERVER].sent);
    pair_free(pair);
}

/* A link that is full in a handshake. */
TEST_DTLS(handshake_wants_to_write)
{
    struct pair *pair = pair_contexts(version);
    struct timeval left;

    pair_over_datagrams(pair);
    pair->link[CLIENT].full = 1;
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_WRITE);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_WRITE);
    pair->link[CLIENT].full = 0;
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_EQ(DTLSv1_get_timeout(pair->ssl[CLIENT], &left), 1);
    CHECK_EQ(pair->datagrams[SERVER].count, 1);
    pair->link[SERVER].full = 1;
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_WRITE);
    pair->link[SERVER].full = 0;
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* What is lost is lost, what overtakes is delivered as it comes, what comes twice is delivered once. */
TEST_DTLS_SIDES(lost_reordered_and_repeated)
{
    struct pair *pair = pair_established(version);
    struct datagrams *queue = &pair->datagrams[server];
    struct datagram *one, *two;
    SSL *from = pair->ssl[!server], *to = pair->ssl[server];

    send_bytes(from, "one");
    send_bytes(from, "lost");
    send_bytes(from, "two");
    one = datagram_take(queue, 0);
    datagrams_drop(queue);
    send_bytes(from, "three");
    two = datagram_take(queue, 0);
    datagram_add(queue, two->bytes, two->length);
    datagram_add(queue, one->bytes, one->length);
    datagram_add(queue, two->bytes, two->length);
    datagram_add(queue, one->bytes, one->length);
    receive(to, "three");
    receive(to, "one");
    receive_nothing(to);
    check_alive(pair);
    free(one);
    free(two);
    pair_free(pair);
}

/* The window of replay protection has 64 places or more (RFC 6347, 4.1.2.6): what is older is not delivered. */
TEST_DTLS_SIDES(replay_window)
{
    static const struct {
        int number, delivered;
    } order[] = {{299, 1}, {298, 1}, {236, 1}, {100, 0}, {0, 0}, {250, 1}, {250, 0}, {299, 0}, {236, 0}, {237, 1}, {237, 0}};
    struct pair *pair = pair_established(version);
    struct datagrams *queue = &pair->datagrams[server];
    struct datagram *sent[300];

    for (int i = 0; i < 300; i++) {
        send_bytes(pair->ssl[!server], "hello");
        sent[i] = datagram_take(queue, 0);
    }
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        datagram_add(queue, sent[order[i].number]->bytes, sent[order[i].number]->length);
        if (order[i].delivered)
            receive(pair->ssl[server], "hello");
        else
            receive_nothing(pair->ssl[server]);
    }
    for (int i = 0; i < 300; i++)
        free(sent[i]);
    check_alive(pair);
    pair_free(pair);
}

/* ---- SSL_shutdown() ---- */

TEST_DTLS_SIDES(shutdown)
{
    struct pair *pair = pair_established(version);
    SSL *first = pair->ssl[!server], *second = pair->ssl[server];
    char byte;

    send_bytes(first, "hello");
    CHECK_EQ(SSL_shutdown(first), 0);
    CHECK_EQ(SSL_get_shutdown(first), SSL_SENT_SHUTDOWN);
    CHECK_EQ(SSL_write(first, "x", 1), -1);
    CHECK_SSL_REASON(SSL_R_PROTOCOL_IS_SHUTDOWN);
    receive(second, "hello");
    CHECK_EQ(SSL_read(second, &byte, 1), 0);
    CHECK_SSL_ERROR(second, 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(SSL_get_shutdown(second), SSL_RECEIVED_SHUTDOWN);
    /* The other direction stays open. */
    send_bytes(second, "and you");
    receive(first, "and you");
    CHECK_OK(SSL_shutdown(second));
    CHECK_OK(SSL_shutdown(first));
    CHECK_EQ(SSL_get_shutdown(first), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    pair_free(pair);
}

/* close_notify gets lost like anything else. */
TEST_DTLS(shutdown_is_lost)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    datagrams_drop(&pair->datagrams[SERVER]);
    receive_nothing(pair->ssl[SERVER]);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), -1);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], -1, SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK_OK(SSL_shutdown(pair->ssl[CLIENT]));
    pair_free(pair);
}

/* Data that crosses our close_notify is dropped while we wait for the peer's, where in TLS it is fatal. The system's library
 * drops one record a call, and says SSL_ERROR_SYSCALL of all but the last call. */
TEST_DTLS_SIDES(data_crosses_the_shutdown)
{
    struct pair *pair = pair_established(version);
    SSL *first = pair->ssl[!server], *second = pair->ssl[server];
    int resumable = SSL_SESSION_is_resumable(SSL_get_session(first));

    CHECK_EQ(SSL_shutdown(first), 0);
    send_bytes(second, "one");
    send_bytes(second, "two");
    for (int calls = on_the_oracle() ? 2 : 0; calls > 0; calls--)
        CHECK_EQ(SSL_shutdown(first), -1);
    CHECK_WANTS(first, SSL_shutdown(first), SSL_ERROR_WANT_READ);
    CHECK_NO_ERRORS();
    CHECK_EQ(pair->datagrams[!server].count, 0);
    CHECK_EQ(pair->datagrams[server].count, 1);
    CHECK_EQ(SSL_SESSION_is_resumable(SSL_get_session(first)), resumable);
    CHECK_EQ(SSL_shutdown(second), 0);
    CHECK_OK(SSL_shutdown(first));
    pair_free(pair);
}

TEST_DTLS(shutdown_before_the_handshake_is_done)
{
    struct pair *pair = pair_contexts(version);

    pair_over_datagrams(pair);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), -1);
    CHECK_SSL_REASON(SSL_R_SHUTDOWN_WHILE_IN_INIT);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), -1);
    CHECK_SSL_REASON(SSL_R_SHUTDOWN_WHILE_IN_INIT);
    pair_free(pair);
}

/* A read or write begins the handshake. */
TEST_DTLS(handshake_by_read_and_write)
{
    struct pair *pair = pair_contexts(version);
    int done = 0;

    pair_over_datagrams(pair);
    for (int turn = 0; turn < 8 && !done; turn++) {
        char bytes[8];

        done = SSL_write(pair->ssl[CLIENT], "hello", 5) == 5;
        if (!done)
            CHECK_SSL_ERROR(pair->ssl[CLIENT], -1, SSL_ERROR_WANT_READ);
        if (SSL_read(pair->ssl[SERVER], bytes, 8) != 5)
            CHECK_SSL_ERROR(pair->ssl[SERVER], -1, SSL_ERROR_WANT_READ);
    }
    CHECK(done);
    check_alive(pair);
    pair_free(pair);
}
