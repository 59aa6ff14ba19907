/* SSL_read(3): SSL_read, SSL_read_ex, SSL_peek, SSL_peek_ex. */
#include "support.h"

#include <sys/socket.h>
#include <unistd.h>

#define RECORD 16384

/* "try to read num bytes from the specified ssl into the buffer buf"; the return value is the
 * number of bytes read. */
TEST_SIDES(read_returns_the_bytes)
{
    struct pair *pair = pair_established(version);
    char received[9] = ".........";

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    CHECK_EQ(SSL_read(pair->ssl[server], received, 8), 5);
    CHECK_NO_ERRORS();
    CHECK_MEM(received, "hello", 5);
    CHECK_EQ(received[8], '.');
    pair_free(pair);
}

/* "On success SSL_read_ex() will store the number of bytes actually read in *readbytes" and
 * "will return 1 for success or 0 for failure". */
TEST_SIDES(read_ex_stores_the_number_of_bytes)
{
    struct pair *pair = pair_established(version);
    char received[8];
    size_t got = 99;

    CHECK_EQ(SSL_read_ex(pair->ssl[server], received, sizeof(received), &got), 0);
    CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    CHECK_OK(SSL_read_ex(pair->ssl[server], received, sizeof(received), &got));
    CHECK_EQ(got, 5);
    CHECK_MEM(received, "hello", 5);
    pair_free(pair);
}

/* "SSL_peek_ex() and SSL_peek() are identical ... except no bytes are actually removed". */
TEST_SIDES(peek_leaves_the_bytes)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8];
    size_t got;

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    CHECK_EQ(SSL_peek(self, received, 3), 3);
    CHECK_MEM(received, "hel", 3);
    CHECK_EQ(SSL_pending(self), 5);
    CHECK_OK(SSL_peek_ex(self, received, sizeof(received), &got));
    CHECK_EQ(got, 5);
    CHECK_MEM(received, "hello", 5);
    CHECK_EQ(SSL_peek(self, received, 1), 1);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    CHECK_MEM(received, "hello", 5);
    CHECK_EQ(SSL_peek(self, received, 1), -1);
    CHECK_SSL_ERROR(self, -1, SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_peek_ex(self, received, 1, &got), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_WANT_READ);
    pair_free(pair);
}

/* A peek after a part was read shows what is left. */
TEST_VERSIONS(peek_after_partial_read_shows_the_rest)
{
    struct pair *pair = pair_established(version);
    char received[8];

    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "hello", 5), 5);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, 2), 2);
    CHECK_EQ(SSL_peek(pair->ssl[SERVER], received, sizeof(received)), 3);
    CHECK_MEM(received, "llo", 3);
    pair_free(pair);
}

/* "a read function will negotiate a TLS/SSL session, if not already explicitly performed". */
TEST_SIDES(read_performs_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    SSL *self, *peer;
    char received[8];
    int ret, sent = 0;

    pair_over_wire(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    for (int turn = 0; (ret = SSL_read(self, received, sizeof(received))) <= 0; turn++) {
        CHECK(turn < 20);
        CHECK_SSL_ERROR(self, ret, SSL_ERROR_WANT_READ);
        CHECK_NO_ERRORS();
        if (!sent)
            sent = SSL_write(peer, "hello", 5) == 5;
    }
    CHECK_EQ(ret, 5);
    CHECK(SSL_is_init_finished(self));
    pair_free(pair);
}

/* So does a peek. */
TEST_SIDES(peek_performs_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    char received[8];
    size_t got;
    int sent = 0;

    pair_over_wire(pair);
    for (int turn = 0; SSL_peek_ex(pair->ssl[server], received, sizeof(received), &got) != 1;
         turn++) {
        CHECK(turn < 20);
        CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_WANT_READ);
        if (!sent)
            sent = SSL_write(pair->ssl[!server], "hello", 5) == 5;
    }
    CHECK_EQ(got, 5);
    CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), 5);
    pair_free(pair);
}

/* "If the peer requests a re-negotiation, it will be performed transparently". */
TEST(read_renegotiates_on_request)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    SSL *client, *server_ssl;
    char received[8];
    int sent = 0;

    pair_over_wire(pair);
    pair_handshake(pair);
    client = pair->ssl[CLIENT];
    server_ssl = pair->ssl[SERVER];
    CHECK_OK(SSL_renegotiate(server_ssl));
    for (int turn = 0; sent <= 0; turn++) {
        CHECK(turn < 20);
        sent = SSL_do_handshake(server_ssl) == 1 && !SSL_renegotiate_pending(server_ssl)
               && SSL_num_renegotiations(client) == 1;
        CHECK_NO_ERRORS();
        CHECK_WANTS(client, SSL_read(client, received, sizeof(received)), SSL_ERROR_WANT_READ);
        CHECK_WANTS(server_ssl, SSL_read(server_ssl, received, 1), SSL_ERROR_WANT_READ);
    }
    CHECK(SSL_is_init_finished(client));
    CHECK(SSL_is_init_finished(server_ssl));
    check_alive(pair);
    pair_free(pair);
}

/* "the ssl must have been initialized to client or server mode". */
TEST(read_without_state_fails)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    char byte;
    size_t got;

    CHECK_EQ(SSL_read(ssl, &byte, 1), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNINITIALIZED);
    CHECK_EQ(SSL_read_ex(ssl, &byte, 1, &got), 0);
    CHECK_SSL_REASON(SSL_R_UNINITIALIZED);
    CHECK_EQ(SSL_peek(ssl, &byte, 1), -1);
    CHECK_SSL_REASON(SSL_R_UNINITIALIZED);
    CHECK_EQ(SSL_peek_ex(ssl, &byte, 1, &got), 0);
    CHECK_SSL_REASON(SSL_R_UNINITIALIZED);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "Only when a record has been completely received, can it be processed": of a record that arrives
 * byte by byte nothing is delivered before its last byte. */
TEST_SIDES(read_delivers_only_complete_records)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8];
    size_t length;

    pair->end[server].read_room = 0;
    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    length = queue_length(&pair->queue[server]);
    for (size_t i = 0; i < length - 1; i++) {
        pair->end[server].read_room = 1;
        CHECK_WANTS(self, SSL_read(self, received, sizeof(received)), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_pending(self), 0);
    }
    pair->end[server].read_room = 1;
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    CHECK_MEM(received, "hello", 5);
    pair_free(pair);
}

/* "data that was not retrieved at the last read call can still be buffered inside the SSL layer and
 * will be retrieved on the next read call": without touching the BIO. */
TEST_SIDES(read_retrieves_buffered_data_first)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8];
    unsigned long reads;

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    CHECK_EQ(SSL_read(self, received, 2), 2);
    CHECK_MEM(received, "he", 2);
    reads = pair->end[server].reads;
    CHECK_EQ(SSL_read(self, received, 2), 2);
    CHECK_MEM(received, "ll", 2);
    /* "If num is higher than the number of bytes buffered then the read functions will return with
     * the bytes buffered." */
    CHECK_EQ(SSL_read(self, received, 8), 1);
    CHECK_MEM(received, "o", 1);
    CHECK_EQ(pair->end[server].reads, reads);
    pair_free(pair);
}

/* "If no more bytes are in the buffer, the read functions will trigger the processing of the next
 * record"; "At most the contents of one record will be returned." */
TEST_SIDES(read_returns_at_most_one_record)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[16];

    CHECK_EQ(SSL_write(peer, "one", 3), 3);
    CHECK_EQ(SSL_write(peer, "three", 5), 5);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 3);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    CHECK_MEM(received, "three", 5);
    pair_free(pair);
}

/* The same with read-ahead, where both records are in the SSL already. */
TEST_SIDES(read_with_read_ahead_returns_at_most_one_record)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[16];

    SSL_set_read_ahead(self, 1);
    CHECK_EQ(SSL_get_read_ahead(self), 1);
    CHECK_EQ(SSL_write(peer, "one", 3), 3);
    CHECK_EQ(SSL_write(peer, "three", 5), 5);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 3);
    CHECK_EQ(queue_length(&pair->queue[server]), 0);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    CHECK_MEM(received, "three", 5);
    pair_free(pair);
}

/* Records of 16 KiB come whole. */
TEST_SIDES(read_of_large_buffer_returns_16_KiB)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(2 * RECORD), *received = malloc(2 * RECORD);

    CHECK_EQ(SSL_write(pair->ssl[!server], bytes, 2 * RECORD), 2 * RECORD);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(SSL_read(pair->ssl[server], received, 2 * RECORD), RECORD);
        CHECK_MEM(received, bytes + i * RECORD, RECORD);
    }
    free(bytes);
    free(received);
    pair_free(pair);
}

/* Without read-ahead nothing beyond the current record is taken from the BIO: a program may hand
 * the socket to others after the close_notify. */
TEST_SIDES(read_takes_no_more_than_the_record_from_the_bio)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[16];
    size_t second;

    CHECK_EQ(SSL_get_read_ahead(self), 0);
    CHECK_EQ(SSL_write(peer, "one", 3), 3);
    second = queue_length(&pair->queue[server]);
    CHECK_EQ(SSL_write(peer, "two", 3), 3);
    second = queue_length(&pair->queue[server]) - second;
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 3);
    CHECK_EQ(queue_length(&pair->queue[server]), second);
    pair_free(pair);
}

/* Nor beyond the close_notify. */
TEST_SIDES(read_leaves_what_follows_close_notify)
{
    struct pair *pair = pair_established(version);
    char received[16];

    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    queue_add(&pair->queue[server], "plain text", 10);
    CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), 0);
    CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(queue_length(&pair->queue[server]), 10);
    CHECK_MEM(pair->queue[server].bytes + pair->queue[server].start, "plain text", 10);
    pair_free(pair);
}

/* "it may be necessary to read several packets from the transport layer". */
TEST_SIDES(read_takes_several_calls_of_the_bio)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(RECORD), *received = malloc(RECORD);

    pair->end[server].read_chunk = 1000;
    CHECK_EQ(SSL_write(pair->ssl[!server], bytes, RECORD), RECORD);
    CHECK_EQ(SSL_read(pair->ssl[server], received, RECORD), RECORD);
    CHECK_MEM(received, bytes, RECORD);
    CHECK(pair->end[server].reads > 16);
    free(bytes);
    free(received);
    pair_free(pair);
}

/* "If SSL_MODE_AUTO_RETRY has been switched off and a non-application data record has been
 * processed, the read function can return and set the error to SSL_ERROR_WANT_READ. In this case
 * there might still be unprocessed data available in the BIO." */
TEST(read_without_auto_retry_returns_after_session_ticket)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    char received[16];
    int tickets = 0, ret;

    SSL_CTX_clear_mode(pair->ctx[CLIENT], SSL_MODE_AUTO_RETRY);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "hello", 5), 5);
    while ((ret = SSL_read(pair->ssl[CLIENT], received, sizeof(received))) <= 0) {
        CHECK_EQ(ret, -1);
        CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_READ);
        CHECK_NO_ERRORS();
        CHECK(queue_length(&pair->queue[CLIENT]) > 0);
        CHECK(++tickets <= 2);
    }
    CHECK_EQ(ret, 5);
    CHECK_EQ(tickets, 2);
    pair_free(pair);
}

/* With SSL_MODE_AUTO_RETRY, the default, one call passes over both tickets. */
TEST(read_with_auto_retry_passes_over_session_tickets)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    char received[16];

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "hello", 5), 5);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], received, sizeof(received)), 5);
    pair_free(pair);
}

static void *write_after_reader_waits(void *argument)
{
    SSL *ssl = argument;

    CHECK_OK(SSL_do_handshake(ssl));
    CHECK_EQ(SSL_write(ssl, "late", 4), 4);
    return NULL;
}

/* "If the underlying BIO is blocking, a read function will only return once the read operation has
 * been finished or an error occurred" */
TEST_SIDES(read_blocking_returns_with_data)
{
    struct pair *pair = pair_contexts(version);
    char received[16];
    pthread_t writer;

    pair_over_sockets(pair, 0);
    writer = background(write_after_reader_waits, pair->ssl[!server]);
    CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), 4);
    CHECK_NO_ERRORS();
    CHECK_MEM(received, "late", 4);
    background_join(writer);
    pair_free(pair);
}

/* "... except when a non-application data record has been processed and SSL_MODE_AUTO_RETRY is not
 * set": a blocking read that sees a ticket and no data returns. */
TEST(read_blocking_without_auto_retry_returns_after_ticket)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    pthread_t peer;
    char byte;
    int ret;

    SSL_CTX_clear_mode(pair->ctx[CLIENT], SSL_MODE_AUTO_RETRY);
    pair_over_sockets(pair, 0);
    peer = background(do_handshake, pair->ssl[SERVER]);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    background_join(peer);
    for (int ticket = 0; ticket < 2; ticket++) {
        ret = SSL_read(pair->ssl[CLIENT], &byte, 1);
        CHECK_EQ(ret, -1);
        CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_READ);
    }
    pair_free(pair);
}

/* "if SSL_MODE_AUTO_RETRY is set and only non-application data is available the call will hang":
 * it waits for data, here until the time-out of the socket ends the wait. */
TEST(read_blocking_with_auto_retry_waits_for_data)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    struct timeval timeout = {0, 20000};
    pthread_t peer;
    char byte;
    int ret;

    pair_over_sockets(pair, 0);
    peer = background(do_handshake, pair->ssl[SERVER]);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    background_join(peer);
    setsockopt(pair->sockets[CLIENT], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    ret = SSL_read(pair->ssl[CLIENT], &byte, 1);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_READ);
    CHECK_EQ(recv(pair->sockets[CLIENT], &byte, 1, MSG_DONTWAIT), -1);
    pair_free(pair);
}

/* "If the underlying BIO is nonblocking, a read function will also return ... SSL_ERROR_WANT_READ",
 * any number of times. */
TEST_SIDES(read_nonblocking_wants_read)
{
    struct pair *pair = pair_established(version);
    char byte;

    for (int i = 0; i < 3; i++) {
        CHECK_EQ(SSL_read(pair->ssl[server], &byte, 1), -1);
        CHECK_WANTS(pair->ssl[server], SSL_read(pair->ssl[server], &byte, 1), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_want(pair->ssl[server]), SSL_READING);
    }
    check_alive(pair);
    pair_free(pair);
}

/* "a read function can also cause write operations": WANT_WRITE from a read in the handshake. */
TEST_SIDES(read_in_handshake_wants_write)
{
    struct pair *pair = pair_contexts(version);
    SSL *self;
    char byte;

    pair_over_wire(pair);
    self = pair->ssl[server];
    pair->end[server].write_room = 0;
    if (server)
        CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(self, SSL_read(self, &byte, 1), SSL_ERROR_WANT_WRITE);
    CHECK_EQ(SSL_want(self), SSL_WRITING);
    CHECK_WANTS(self, SSL_read(self, &byte, 1), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_WANTS(self, SSL_read(self, &byte, 1), SSL_ERROR_WANT_READ);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* A key update that asks for one in return, while the way back is blocked: the data behind it comes
 * or the read wants to write, and no byte is lost in either direction. */
TEST_SIDES(read_of_key_update_request_with_the_way_back_blocked)
{
    struct pair *pair;
    SSL *self, *peer;
    char received[16];
    int ret;

    if (version == TLS1_2_VERSION)
        return;
    pair = pair_established(version);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    CHECK_OK(SSL_key_update(peer, SSL_KEY_UPDATE_REQUESTED));
    CHECK_EQ(SSL_get_key_update_type(peer), SSL_KEY_UPDATE_REQUESTED);
    CHECK_EQ(SSL_write(peer, "after", 5), 5);
    CHECK_EQ(SSL_get_key_update_type(peer), SSL_KEY_UPDATE_NONE);
    pair->end[server].write_room = 0;
    for (int turn = 0; (ret = SSL_read(self, received, sizeof(received))) <= 0; turn++) {
        CHECK_SSL_ERROR(self, ret, SSL_ERROR_WANT_WRITE);
        CHECK(turn < 2);
        pair->end[server].write_room = SIZE_MAX;
    }
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(ret, 5);
    CHECK_MEM(received, "after", 5);
    for (int i = 0; i < 3; i++)
        check_alive(pair);
    pair_free(pair);
}

/* The update is sent at once by SSL_do_handshake; many of them, in both directions at once. */
TEST(read_through_many_key_updates)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);

    for (int i = 0; i < 20; i++) {
        for (int side = CLIENT; side <= SERVER; side++) {
            CHECK_OK(SSL_key_update(pair->ssl[side], i % 2 ? SSL_KEY_UPDATE_REQUESTED
                                                           : SSL_KEY_UPDATE_NOT_REQUESTED));
            if (i % 3 == 0)
                CHECK_OK(SSL_do_handshake(pair->ssl[side]));
        }
        check_alive(pair);
    }
    pair_free(pair);
}

/* "SSL_pending(3) can be used to find out whether there are buffered bytes available for immediate
 * retrieval. In this case the read function can be called without blocking". */
TEST_SIDES(read_of_pending_bytes_does_not_touch_the_bio)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[16];

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    CHECK_EQ(SSL_read(self, received, 1), 1);
    CHECK_EQ(SSL_pending(self), 4);
    pair->end[server].fail_read = 1;
    CHECK_EQ(SSL_read(self, received, 4), 4);
    pair_free(pair);
}

/* A read of nothing. */
TEST_SIDES(read_of_nothing_returns_0)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8];
    size_t got = 9;

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    CHECK_EQ(SSL_read(self, received, 0), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_read_ex(self, received, 0, &got), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_peek(self, received, 0), 0);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    pair_free(pair);
}

/* A negative number is refused. */
TEST_SIDES(read_of_negative_length_fails)
{
    struct pair *pair = pair_established(version);
    char byte;

    CHECK_EQ(SSL_read(pair->ssl[server], &byte, -1), -1);
    CHECK_SSL_ERROR(pair->ssl[server], -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_BAD_LENGTH);
    CHECK_EQ(SSL_peek(pair->ssl[server], &byte, -5), -1);
    CHECK_SSL_REASON(SSL_R_BAD_LENGTH);
    check_alive(pair);
    pair_free(pair);
}

/* One of nothing waits for data all the same, takes none, and sees the peer's close_notify. */
TEST_SIDES(read_of_nothing_waits)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[8];
    size_t count = 99;

    CHECK_WANTS(self, SSL_read(self, received, 0), SSL_ERROR_WANT_READ);
    CHECK_WANTS(self, SSL_read(self, NULL, 0), SSL_ERROR_WANT_READ);
    CHECK_WANTS(self, SSL_peek(self, received, 0), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_write(peer, "hello", 5), 5);
    CHECK_EQ(SSL_read(self, received, 0), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_SYSCALL);
    CHECK_EQ(SSL_pending(self), 5);
    CHECK_EQ(SSL_read_ex(self, received, 0, &count), 0);
    CHECK_EQ(count, 99);
    CHECK_EQ(SSL_read(self, received, 8), 5);
    CHECK_MEM(received, "hello", 5);
    CHECK_EQ(SSL_shutdown(peer), 0);
    CHECK_EQ(SSL_read(self, received, 0), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* After the peer's close_notify: 0, ZERO_RETURN, again and again; what came before it is delivered. */
TEST_SIDES(read_after_peers_close_notify_is_zero_return)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8];
    size_t got;

    CHECK_EQ(SSL_write(pair->ssl[!server], "last", 4), 4);
    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 4);
    CHECK_EQ(SSL_get_shutdown(self), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(SSL_read(self, received, sizeof(received)), 0);
        CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
        CHECK_NO_ERRORS();
        CHECK_EQ(SSL_read_ex(self, received, sizeof(received), &got), 0);
        CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
        CHECK_EQ(SSL_peek(self, received, 1), 0);
        CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
        CHECK_EQ(SSL_get_shutdown(self), SSL_RECEIVED_SHUTDOWN);
    }
    pair_free(pair);
}

/* After our own close_notify the peer may still send. */
TEST_SIDES(read_after_own_close_notify_returns_data)
{
    struct pair *pair = pair_established(version);
    char received[8];

    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    CHECK_EQ(SSL_write(pair->ssl[!server], "more", 4), 4);
    CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), 4);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), 0);
    CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_ZERO_RETURN);
    pair_free(pair);
}

/* A record that does not authenticate is fatal, tells the peer, and nothing of it is delivered. */
TEST_SIDES(read_of_forged_record_is_fatal)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8] = "........";
    int ret;

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    pair->queue[server].bytes[pair->queue[server].end - 1] ^= 1;
    ret = SSL_read(self, received, sizeof(received));
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(self, ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    CHECK(memcmp(received, "he", 2) != 0);
    CHECK_FAILS(pair->ssl[!server], SSL_read(pair->ssl[!server], received, 1),
                SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
    CHECK_EQ(SSL_get_shutdown(pair->ssl[!server]), SSL_RECEIVED_SHUTDOWN);
    pair_free(pair);
}

/* After a fatal error of its own, a read fails and adds nothing to the queue. */
TEST_SIDES(read_after_fatal_error_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[8];
    int ret;

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    pair->queue[server].bytes[pair->queue[server].end - 1] ^= 1;
    CHECK_FAILS(self, SSL_read(self, received, 1), SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    for (int i = 0; i < 2; i++) {
        ret = SSL_read(self, received, sizeof(received));
        CHECK_EQ(ret, -1);
        CHECK_SSL_ERROR(self, ret, SSL_ERROR_SYSCALL);
        CHECK_NO_ERRORS();
    }
    pair_free(pair);
}

/* A fatal alert of the peer: SSL_ERROR_SSL with the alert as reason, then 0. */
TEST_SIDES(read_after_peers_fatal_alert_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[8];
    int ret;

    queue_add(&pair->queue[!server], "\x17\x03\x03\x00\x20garbage garbage garbage garbage!", 37);
    CHECK_FAILS(peer, SSL_read(peer, received, 1), SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    ret = SSL_read(self, received, 1);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(self, ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
    ret = SSL_read(self, received, 1);
    CHECK_EQ(ret, 0);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* The end of the transport without close_notify is an error (SSL_get_error(3)). */
TEST_SIDES(read_at_unexpected_eof_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char byte;
    int ret;

    pair->end[server].eof = 1;
    ret = SSL_read(self, &byte, 1);
    CHECK_EQ(ret, 0);
    CHECK_SSL_ERROR(self, ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_free(pair);
}

/* The end in the middle of a record is no better. */
TEST_SIDES(read_at_eof_within_a_record_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char byte;

    queue_add(&pair->queue[server], "\x17\x03\x03\x00\x20gar", 8);
    pair->end[server].eof = 1;
    CHECK_FAILS(self, SSL_read(self, &byte, 1), SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_free(pair);
}

/* With SSL_OP_IGNORE_UNEXPECTED_EOF "a closed connection will be treated as if the close_notify
 * alert was received" (SSL_CTX_set_options(3)). */
TEST_SIDES(read_at_ignored_eof_is_zero_return)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char byte;

    SSL_set_options(self, SSL_OP_IGNORE_UNEXPECTED_EOF);
    pair->end[server].eof = 1;
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(SSL_read(self, &byte, 1), 0);
        CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
        CHECK_NO_ERRORS();
        CHECK_EQ(SSL_get_shutdown(self), SSL_RECEIVED_SHUTDOWN);
    }
    pair_free(pair);
}

/* The transport fails: SSL_ERROR_SYSCALL. */
TEST_SIDES(read_with_failing_bio_is_syscall)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char byte;
    int ret;

    pair->end[server].fail_read = 1;
    ret = SSL_read(self, &byte, 1);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(self, ret, SSL_ERROR_SYSCALL);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* Without a BIO to read from. */
TEST_VERSIONS(read_without_bio_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[CLIENT];
    char byte;

    SSL_set0_rbio(self, NULL);
    CHECK_FAILS(self, SSL_read(self, &byte, 1), SSL_R_READ_BIO_NOT_SET);
    pair_free(pair);
}

/* Without any BIO the alert that tells of it has nowhere to go. */
TEST_VERSIONS(read_without_bios_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[CLIENT];
    char byte;

    SSL_set_bio(self, NULL, NULL);
    CHECK_EQ(SSL_read(self, &byte, 1), -1);
    CHECK_EQ(ERR_GET_REASON(ERR_get_error()), SSL_R_READ_BIO_NOT_SET);
    CHECK_EQ(ERR_GET_REASON(ERR_get_error()), SSL_R_BIO_NOT_SET);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* Read-ahead takes what the BIO has in one call. */
TEST_SIDES(read_ahead_reads_many_records_at_once)
{
    struct pair *pair = pair_contexts(version);
    char received[16];
    unsigned long reads;

    SSL_CTX_set_read_ahead(pair->ctx[server], 1);
    CHECK_EQ(SSL_CTX_get_read_ahead(pair->ctx[server]), 1);
    pair_over_wire(pair);
    CHECK_EQ(SSL_get_read_ahead(pair->ssl[server]), 1);
    pair_handshake(pair);
    pair_settle(pair);
    for (int i = 0; i < 50; i++)
        CHECK_EQ(SSL_write(pair->ssl[!server], "0123456789", 10), 10);
    reads = pair->end[server].reads;
    for (int i = 0; i < 50; i++)
        CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), 10);
    CHECK(pair->end[server].reads - reads < 10);
    pair_free(pair);
}

/* Both sides write at once through small pipes, and nothing is lost or stuck. */
TEST_VERSIONS(read_and_write_in_both_directions)
{
    const size_t total = 1000000;
    struct pair *pair = pair_contexts(version);
    unsigned char *bytes = pattern(total), *received = malloc(20000);
    size_t sent[2] = {0, 0}, got[2] = {0, 0};

    pair_over_wire(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        pair->end[side].random = 99 + (uint64_t)side;
        pair->end[side].out_limit = 20000;
    }
    pair_handshake(pair);
    while (got[CLIENT] < total || got[SERVER] < total) {
        for (int side = CLIENT; side <= SERVER; side++) {
            SSL *ssl = pair->ssl[side];
            int ret;

            if (sent[side] < total) {
                ret = SSL_write(ssl, bytes + sent[side], 10000);
                if (ret > 0)
                    sent[side] += (size_t)ret;
                else
                    CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_WANT_WRITE);
            }
            ret = SSL_read(ssl, received, 20000);
            if (ret > 0) {
                CHECK_MEM(received, bytes + got[side], (size_t)ret);
                got[side] += (size_t)ret;
            } else {
                CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_WANT_READ);
            }
            CHECK_NO_ERRORS();
        }
    }
    free(bytes);
    free(received);
    pair_free(pair);
}

/* Key updates of both sides all the time, under random blocking. */
TEST(read_through_key_updates_and_random_blocking)
{
    const size_t total = 2000000;
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL *client, *server_ssl;
    unsigned char *bytes = pattern(total), *received = malloc(20000);
    size_t sent = 0, got = 0;
    int turn = 0, writing = 0;

    pair_over_wire(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        pair->end[side].random = 7 + (uint64_t)side;
        pair->end[side].out_limit = 20000;
    }
    pair_handshake(pair);
    client = pair->ssl[CLIENT];
    server_ssl = pair->ssl[SERVER];
    while (got < total) {
        int ret;

        turn++;
        if (sent < total) {
            if (!writing && turn % 3 == 0)
                CHECK_OK(SSL_key_update(client, turn % 2 ? SSL_KEY_UPDATE_REQUESTED
                                                         : SSL_KEY_UPDATE_NOT_REQUESTED));
            ret = SSL_write(client, bytes + sent, sent + 10000 < total ? 10000 : total - sent);
            writing = ret <= 0;
            if (ret > 0)
                sent += (size_t)ret;
            else
                CHECK_SSL_ERROR(client, ret, SSL_ERROR_WANT_WRITE);
        }
        if (!writing) {
            ret = SSL_read(client, received, 1);
            CHECK_EQ(ret, -1);
            CHECK_EQ(SSL_get_error(client, ret) == SSL_ERROR_WANT_READ
                         || SSL_get_error(client, ret) == SSL_ERROR_WANT_WRITE, 1);
        }
        if (turn % 7 == 0 && SSL_get_key_update_type(server_ssl) == SSL_KEY_UPDATE_NONE
            && !SSL_in_init(server_ssl))
            CHECK_OK(SSL_key_update(server_ssl, SSL_KEY_UPDATE_NOT_REQUESTED));
        ret = SSL_read(server_ssl, received, 20000);
        if (ret > 0) {
            CHECK_MEM(received, bytes + got, (size_t)ret);
            got += (size_t)ret;
        } else {
            int error = SSL_get_error(server_ssl, ret);

            CHECK(error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE);
        }
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(got, total);
    free(bytes);
    free(received);
    pair_free(pair);
}

/* At the end of the transport it returns what the BIO returned: 0 where its peer wrote no more, -1 where the other half of the pair
 * is gone. */
TEST_VERSIONS(read_at_the_end_of_a_bio_pair)
{
    for (int gone = 0; gone < 2; gone++) {
        struct pair *pair = pair_contexts(version);
        char bytes[1000];

        pair_over_bio_pair(pair, 0);
        pair_handshake(pair);
        if (gone) {
            SSL_set_bio(pair->ssl[CLIENT], NULL, NULL);
        } else {
            CHECK_OK(BIO_shutdown_wr(SSL_get_wbio(pair->ssl[CLIENT])));
        }
        CHECK_EQ(SSL_read(pair->ssl[SERVER], bytes, sizeof(bytes)), gone ? -1 : 0);
        CHECK_SSL_ERROR(pair->ssl[SERVER], -1, SSL_ERROR_SSL);
        ERR_clear_error();
        pair_free(pair);
    }
}
