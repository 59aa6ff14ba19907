/* SSL_write(3): SSL_write, SSL_write_ex, SSL_sendfile. */
#include "support.h"

#include <sys/socket.h>
#include <unistd.h>

#define RECORD 16384

/* "write num bytes from the buffer buf": the peer gets exactly these; SSL_write returns their number. */
TEST_SIDES(write_sends_the_bytes)
{
    static const size_t sizes[] = {1, 2, 255, 256, 1000, 16383, 16384, 16385, 40000, 100000};
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(100000);

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        transfer(pair->ssl[server], pair->ssl[!server], bytes, sizes[i]);
    free(bytes);
    pair_free(pair);
}

/* "On success SSL_write_ex() will store the number of bytes written in *written" and returns 1. */
TEST_SIDES(write_ex_stores_the_number_of_bytes_written)
{
    struct pair *pair = pair_established(version);
    char received[16];
    size_t written = 77, got = 0;

    CHECK_OK(SSL_write_ex(pair->ssl[server], "hello", 5, &written));
    CHECK_EQ(written, 5);
    CHECK_OK(SSL_read_ex(pair->ssl[!server], received, sizeof(received), &got));
    CHECK_EQ(got, 5);
    CHECK_MEM(received, "hello", 5);
    pair_free(pair);
}

/* A record holds at most 16384 bytes, so a write of n bytes makes ceil(n / 16384) records. */
TEST_VERSIONS(write_splits_into_records_of_16_KiB)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(2 * RECORD + 1);
    struct queue *queue = &pair->queue[SERVER];
    size_t position = queue->start;
    int records = 0;

    CHECK_EQ(SSL_write(pair->ssl[CLIENT], bytes, 2 * RECORD + 1), 2 * RECORD + 1);
    while (position < queue->end) {
        unsigned char *header = queue->bytes + position;

        CHECK_EQ(header[0], SSL3_RT_APPLICATION_DATA);
        CHECK_EQ(header[1], 3);
        CHECK_EQ(header[2], 3);
        position += 5 + ((size_t)header[3] << 8 | header[4]);
        records++;
    }
    CHECK_EQ(position, queue->end);
    CHECK_EQ(records, 3);
    free(bytes);
    pair_free(pair);
}

/* "SSL_sendfile() is available only when Kernel TLS is enabled". */
TEST_VERSIONS(sendfile_fails_without_kernel_tls)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(BIO_get_ktls_send(SSL_get_wbio(pair->ssl[CLIENT])), 0);
    CHECK_EQ(SSL_sendfile(pair->ssl[CLIENT], 0, 0, 10, 0), -1);
    CHECK_SSL_REASON(SSL_R_UNINITIALIZED);
    check_alive(pair);
    pair_free(pair);
}

/* "a write function will negotiate a TLS/SSL session, if not already explicitly performed". */
TEST_SIDES(write_performs_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    SSL *self, *peer;
    char received[16];
    int ret, peer_done = 0;

    pair_over_wire(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    for (int turn = 0; (ret = SSL_write(self, "early", 5)) <= 0; turn++) {
        CHECK(turn < 20);
        CHECK_SSL_ERROR(self, ret, SSL_ERROR_WANT_READ);
        CHECK_NO_ERRORS();
        if (!peer_done)
            peer_done = SSL_do_handshake(peer) == 1;
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(ret, 5);
    CHECK(SSL_is_init_finished(self));
    CHECK_EQ(SSL_read(peer, received, sizeof(received)), 5);
    CHECK_MEM(received, "early", 5);
    check_alive(pair);
    pair_free(pair);
}

/* The same through SSL_write_ex. */
TEST_SIDES(write_ex_performs_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    SSL *self, *peer;
    size_t written = 0;
    int ret, peer_done = 0;

    pair_over_wire(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    for (int turn = 0; (ret = SSL_write_ex(self, "early", 5, &written)) != 1; turn++) {
        CHECK(turn < 20);
        CHECK_EQ(ret, 0);
        CHECK_EQ(written, 0);
        CHECK_SSL_ERROR(self, ret, SSL_ERROR_WANT_READ);
        CHECK_NO_ERRORS();
        if (!peer_done)
            peer_done = SSL_do_handshake(peer) == 1;
    }
    CHECK_EQ(written, 5);
    pair_free(pair);
}

/* "If the peer requests a re-negotiation, it will be performed transparently": asked for by the
 * server while the client writes; the data goes through, in order. */
TEST(write_after_renegotiation_request_renegotiates)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    SSL *client, *server_ssl;
    char received[64];
    int ret, got = 0;

    pair_over_wire(pair);
    pair_handshake(pair);
    client = pair->ssl[CLIENT];
    server_ssl = pair->ssl[SERVER];
    CHECK_OK(SSL_renegotiate(server_ssl));
    CHECK_OK(SSL_do_handshake(server_ssl)); /* sends the HelloRequest */
    CHECK_WANTS(client, SSL_read(client, received, 1), SSL_ERROR_WANT_READ);
    for (int turn = 0; (ret = SSL_write(client, "renegotiated", 12)) <= 0; turn++) {
        CHECK(turn < 20);
        CHECK_SSL_ERROR(client, ret, SSL_ERROR_WANT_READ);
        CHECK_NO_ERRORS();
        CHECK_WANTS(server_ssl, SSL_read(server_ssl, received, sizeof(received)),
                    SSL_ERROR_WANT_READ);
    }
    CHECK_EQ(ret, 12);
    got = SSL_read(server_ssl, received, sizeof(received));
    CHECK_EQ(got, 12);
    CHECK_MEM(received, "renegotiated", 12);
    CHECK_EQ(SSL_num_renegotiations(client), 1);
    check_alive(pair);
    pair_free(pair);
}

/* "a call to a write function can also cause read operations!": the writer renegotiates. */
TEST(write_in_renegotiation_wants_read)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    SSL *client;
    unsigned long reads;

    pair_over_wire(pair);
    pair_handshake(pair);
    client = pair->ssl[CLIENT];
    CHECK_OK(SSL_renegotiate(client));
    CHECK_EQ(SSL_renegotiate_pending(client), 1);
    reads = pair->end[CLIENT].reads;
    CHECK_WANTS(client, SSL_write(client, "x", 1), SSL_ERROR_WANT_READ);
    CHECK(pair->end[CLIENT].reads > reads);
    CHECK_EQ(SSL_want(client), SSL_READING);
    pair_free(pair);
}

/* "the ssl must have been initialized to client or server mode". */
TEST(write_without_state_fails)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    size_t written = 3;

    CHECK_EQ(SSL_write(ssl, "x", 1), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNINITIALIZED);
    CHECK_EQ(SSL_write_ex(ssl, "x", 1, &written), 0);
    CHECK_SSL_ERROR(ssl, 0, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNINITIALIZED);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Even a method that serves one side only needs the state to be set. */
TEST(write_with_client_method_but_no_state_fails)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);

    CHECK_FAILS(ssl, SSL_write(ssl, "x", 1), SSL_R_UNINITIALIZED);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

static void *read_all_slowly(void *argument)
{
    SSL *ssl = argument;
    size_t total = 0, size = 3000000;
    unsigned char *received = malloc(size), *expected = pattern(size);

    CHECK_OK(SSL_do_handshake(ssl));
    while (total < size) {
        int ret = SSL_read(ssl, received + total, size - total < 7001 ? (int)(size - total) : 7001);

        CHECK(ret > 0);
        total += (size_t)ret;
    }
    CHECK_MEM(received, expected, size);
    free(received);
    free(expected);
    return NULL;
}

/* "If the underlying BIO is blocking, the write functions will only return, once the write
 * operation has been finished": three megabytes through a socket that holds far less. */
TEST_SIDES(write_blocking_returns_when_all_is_written)
{
    struct pair *pair = pair_contexts(version);
    unsigned char *bytes = pattern(3000000);
    pthread_t reader;

    pair_over_sockets(pair, 0);
    reader = background(read_all_slowly, pair->ssl[!server]);
    CHECK_EQ(SSL_write(pair->ssl[server], bytes, 3000000), 3000000);
    CHECK_NO_ERRORS();
    background_join(reader);
    free(bytes);
    pair_free(pair);
}

/* "... or an error occurred": the peer is gone. */
TEST_VERSIONS(write_blocking_returns_on_error)
{
    struct pair *pair = pair_contexts(version);
    unsigned char *bytes = pattern(3000000);
    pthread_t peer;
    int ret;

    pair_over_sockets(pair, 0);
    peer = background(do_handshake, pair->ssl[SERVER]);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    background_join(peer);
    close(pair->sockets[SERVER]);
    pair->sockets[SERVER] = -1;
    ret = SSL_write(pair->ssl[CLIENT], bytes, 3000000);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_SYSCALL);
    free(bytes);
    pair_free(pair);
}

/* "If the underlying BIO is nonblocking the write functions will also return when the underlying
 * BIO could not satisfy the needs": WANT_WRITE, and the repeated call goes on. */
TEST_SIDES(write_nonblocking_wants_write_and_continues)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[16];
    size_t written = 9;

    pair->end[server].write_room = 0;
    CHECK_EQ(SSL_write_ex(self, "hello", 5, &written), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_WANT_WRITE);
    CHECK_EQ(SSL_want(self), SSL_WRITING);
    CHECK_NO_ERRORS();
    for (int i = 0; i < 3; i++)
        CHECK_WANTS(self, SSL_write(self, "hello", 5), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = 3;
    CHECK_WANTS(self, SSL_write(self, "hello", 5), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, "hello", 5), 5);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_want(self), SSL_NOTHING);
    CHECK_EQ(SSL_read(pair->ssl[!server], received, sizeof(received)), 5);
    CHECK_MEM(received, "hello", 5);
    pair_free(pair);
}

/* "When using a nonblocking socket, nothing is to be done, but select() can be used". */
TEST_SIDES(write_nonblocking_socket_wants_write_when_full)
{
    struct pair *pair = pair_contexts(version);
    size_t size = 4000000, got = 0;
    unsigned char *bytes = pattern(size), *received = malloc(size);
    SSL *self, *peer;
    int ret, blocked = 0;

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    while ((ret = SSL_write(self, bytes, (int)size)) <= 0) {
        CHECK_SSL_ERROR(self, ret, SSL_ERROR_WANT_WRITE);
        CHECK_NO_ERRORS();
        blocked++;
        while (got < size && (ret = SSL_read(peer, received + got, (int)(size - got))) > 0)
            got += (size_t)ret;
        CHECK_SSL_ERROR(peer, ret, SSL_ERROR_WANT_READ);
    }
    CHECK_EQ(ret, size);
    CHECK(blocked > 0);
    while (got < size && (ret = SSL_read(peer, received + got, (int)(size - got))) > 0)
        got += (size_t)ret;
    CHECK_EQ(got, size);
    CHECK_MEM(received, bytes, size);
    free(bytes);
    free(received);
    pair_free(pair);
}

/* "When using a buffering BIO, like a BIO pair, data must be ... retrieved out of the BIO before
 * being able to continue." */
TEST_VERSIONS(write_over_bio_pair_continues_when_the_pair_is_emptied)
{
    struct pair *pair = pair_contexts(version);
    char received[1000], sent[1000];
    int blocked = 0, got = 0, ret;

    memset(sent, 'x', sizeof(sent));
    pair_over_bio_pair(pair, 100);
    pair_handshake(pair);
    while ((ret = SSL_write(pair->ssl[CLIENT], sent, sizeof(sent))) <= 0) {
        CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_WRITE);
        CHECK(blocked++ < 100);
        CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], received, sizeof(received)),
                    SSL_ERROR_WANT_READ);
    }
    CHECK_EQ(ret, 1000);
    CHECK(blocked >= 5);
    got = SSL_read(pair->ssl[SERVER], received, sizeof(received));
    CHECK_EQ(got, 1000);
    CHECK_MEM(received, sent, sizeof(sent));
    pair_free(pair);
}

/* "The write functions will only return with success when the complete contents ... has been
 * written": with room for two of three records, the call fails, and nothing counts as written. */
TEST_SIDES(write_is_all_or_nothing_by_default)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(3 * RECORD), *received = malloc(3 * RECORD);
    size_t written = 7, got = 0, once;

    pair->end[server].write_room = 2 * RECORD + 500;
    CHECK_EQ(SSL_write_ex(pair->ssl[server], bytes, 3 * RECORD, &written), 0);
    CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_OK(SSL_write_ex(pair->ssl[server], bytes, 3 * RECORD, &written));
    CHECK_EQ(written, 3 * RECORD);
    while (got < 3 * RECORD) {
        CHECK_OK(SSL_read_ex(pair->ssl[!server], received + got, 3 * RECORD - got, &once));
        got += once;
    }
    CHECK_MEM(received, bytes, 3 * RECORD);
    CHECK_WANTS(pair->ssl[!server], SSL_read(pair->ssl[!server], received, 1), SSL_ERROR_WANT_READ);
    free(bytes);
    free(received);
    pair_free(pair);
}

/* With SSL_MODE_ENABLE_PARTIAL_WRITE "at least 1 application data byte has been written", "a
 * partial write is performed with the size of a message block, which is 16kB", and "a new write
 * call with a new buffer (with the already sent bytes removed) must be started". */
TEST_SIDES(write_partial_returns_after_whole_records)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    unsigned char *bytes = pattern(3 * RECORD), *received = malloc(3 * RECORD);
    size_t written = 0, got = 0, once;

    SSL_set_mode(self, SSL_MODE_ENABLE_PARTIAL_WRITE);
    pair->end[server].write_room = RECORD + 500;
    CHECK_EQ(SSL_write(self, bytes, 3 * RECORD), RECORD);
    CHECK_NO_ERRORS();
    written = RECORD;
    pair->end[server].write_room = SIZE_MAX;
    while (written < 3 * RECORD) {
        CHECK_OK(SSL_write_ex(self, bytes + written, 3 * RECORD - written, &once));
        CHECK(once > 0);
        CHECK_EQ(once % RECORD, 0);
        written += once;
    }
    CHECK_EQ(written, 3 * RECORD);
    while (got < 3 * RECORD) {
        CHECK_OK(SSL_read_ex(peer, received + got, 3 * RECORD - got, &once));
        got += once;
    }
    CHECK_MEM(received, bytes, 3 * RECORD);
    CHECK_WANTS(peer, SSL_read(peer, received, 1), SSL_ERROR_WANT_READ);
    free(bytes);
    free(received);
    pair_free(pair);
}

/* "Failure means that ... no bytes could be written (if SSL_MODE_ENABLE_PARTIAL_WRITE is in use)". */
TEST_SIDES(write_partial_fails_when_no_record_is_written)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    unsigned char *bytes = pattern(3 * RECORD);

    SSL_set_mode(self, SSL_MODE_ENABLE_PARTIAL_WRITE);
    pair->end[server].write_room = 100;
    CHECK_WANTS(self, SSL_write(self, bytes, 3 * RECORD), SSL_ERROR_WANT_WRITE);
    free(bytes);
    pair_free(pair);
}

/* "it must be repeated with the same arguments": another pointer is refused... */
TEST_SIDES(write_retry_with_another_buffer_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char first[] = "hello", second[] = "hello";
    size_t written;

    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_write(self, first, 5), SSL_ERROR_WANT_WRITE);
    CHECK_EQ(SSL_write(self, second, 5), -1);
    CHECK_SSL_ERROR(self, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_BAD_WRITE_RETRY);
    pair_free(pair);

    pair = pair_established(version);
    self = pair->ssl[server];
    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_write(self, first, 5), SSL_ERROR_WANT_WRITE);
    CHECK_EQ(SSL_write_ex(self, second, 5, &written), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_BAD_WRITE_RETRY);
    pair_free(pair);
}

/* ... and so is a shorter length. The connection is of no more use afterwards:
 * even the right retry fails. */
TEST_SIDES(write_retry_with_shorter_length_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];

    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_write(self, "hello", 5), SSL_ERROR_WANT_WRITE);
    CHECK_FAILS(self, SSL_write(self, "hello", 4), SSL_R_BAD_LENGTH);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, "hello", 5), -1);
    pair_free(pair);
}

/* "When SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER was set ... the pointer can be different". */
TEST_SIDES(write_retry_with_moving_buffer_succeeds)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    unsigned char *bytes = pattern(2 * RECORD), *copy, received[RECORD];

    SSL_set_mode(self, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    pair->end[server].write_room = RECORD + 100;
    CHECK_WANTS(self, SSL_write(self, bytes, 2 * RECORD), SSL_ERROR_WANT_WRITE);
    copy = pattern(2 * RECORD);
    memset(bytes, 0xee, 2 * RECORD);
    free(bytes);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, copy, 2 * RECORD), 2 * RECORD);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(SSL_read(pair->ssl[!server], received, RECORD), RECORD);
        CHECK_MEM(received, copy + i * RECORD, RECORD);
    }
    free(copy);
    pair_free(pair);
}

/* ... "but the data and length should still be the same": a shorter length is refused. */
TEST_SIDES(write_retry_with_moving_buffer_and_shorter_length_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];

    SSL_set_mode(self, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_write(self, "hello", 5), SSL_ERROR_WANT_WRITE);
    CHECK_FAILS(self, SSL_write(self, "help", 4), SSL_R_BAD_LENGTH);
    pair_free(pair);
}

/* A longer retry that begins alike is taken: the rest follows. */
TEST_SIDES(write_retry_with_longer_length_succeeds)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    const char *bytes = "hello, world";
    char received[32];
    int got = 0;

    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_write(self, bytes, 5), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, bytes, 12), 12);
    while (got < 12) {
        int ret = SSL_read(pair->ssl[!server], received + got, (int)sizeof(received) - got);

        CHECK(ret > 0);
        got += ret;
    }
    CHECK_MEM(received, bytes, 12);
    pair_free(pair);
}

/* "You should not call SSL_write() with num=0, it will return an error." */
TEST_SIDES(write_of_nothing_returns_0_and_sends_nothing)
{
    struct pair *pair = pair_established(version);
    size_t before = pair->end[server].bytes_written;

    CHECK_EQ(SSL_write(pair->ssl[server], "", 0), 0);
    CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_SYSCALL);
    CHECK_NO_ERRORS();
    CHECK_EQ(pair->end[server].bytes_written, before);
    check_alive(pair);
    pair_free(pair);
}

/* "SSL_write_ex() can be called with num=0, but will not send application data to the peer." */
TEST_SIDES(write_ex_of_nothing_succeeds_and_sends_nothing)
{
    struct pair *pair = pair_established(version);
    size_t before = pair->end[server].bytes_written, written = 5;

    CHECK_OK(SSL_write_ex(pair->ssl[server], "", 0, &written));
    CHECK_EQ(written, 0);
    CHECK_OK(SSL_write_ex(pair->ssl[server], NULL, 0, &written));
    CHECK_EQ(pair->end[server].bytes_written, before);
    check_alive(pair);
    pair_free(pair);
}

/* SSL_write_ex of nothing still performs the handshake. */
TEST_VERSIONS(write_ex_of_nothing_starts_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    size_t written;

    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_write_ex(pair->ssl[CLIENT], "", 0, &written),
                SSL_ERROR_WANT_READ);
    CHECK(pair->end[CLIENT].bytes_written > 0);
    pair_free(pair);
}

/* A negative number is refused. */
TEST_SIDES(write_of_negative_length_fails)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_write(pair->ssl[server], "x", -1), -1);
    CHECK_SSL_ERROR(pair->ssl[server], -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_BAD_LENGTH);
    check_alive(pair);
    pair_free(pair);
}

/* "It is not possible to call SSL_write() after calling SSL_shutdown()" (SSL_shutdown(3)). */
TEST_SIDES(write_after_own_close_notify_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    size_t written;

    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_write(self, "x", 1), -1);
    CHECK_SSL_ERROR(self, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_PROTOCOL_IS_SHUTDOWN);
    CHECK_EQ(SSL_write_ex(self, "x", 1, &written), 0);
    CHECK_SSL_REASON(SSL_R_PROTOCOL_IS_SHUTDOWN);
    pair_free(pair);
}

/* The peer's close_notify closes its direction only. */
TEST_SIDES(write_after_peers_close_notify_succeeds)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[8];

    CHECK_EQ(SSL_shutdown(peer), 0);
    CHECK_EQ(SSL_read(self, received, 1), 0);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_ZERO_RETURN);
    transfer(self, peer, "still here", 10);
    pair_free(pair);
}

/*
 * RFC 8446, 4.6.3: the KeyUpdate that the peer asked for comes before the next application data; reading and handshakes leave it
 * to that, and a write that was begun before is completed first.
 */
TEST_SIDES(write_answers_requests_for_key_updates)
{
    struct pair *pair;
    SSL *self, *peer;
    unsigned char *bytes, *received;
    size_t sent, got, total = 0;
    char byte;

    if (version != TLS1_3_VERSION)
        return;
    pair = pair_established(version);
    pair_settle(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    bytes = pattern(40000);
    received = malloc(40000);
    pair->end[server].write_room = 17000;
    CHECK_WANTS(self, SSL_write(self, bytes, 40000), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_OK(SSL_key_update(peer, SSL_KEY_UPDATE_REQUESTED));
    CHECK_OK(SSL_do_handshake(peer));
    sent = pair->end[server].bytes_written;
    CHECK_WANTS(self, SSL_read(self, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_NOT_REQUESTED);
    CHECK(SSL_is_init_finished(self));
    CHECK_OK(SSL_do_handshake(self));
    CHECK_EQ(pair->end[server].bytes_written, sent);
    CHECK_EQ(SSL_write(self, bytes, 40000), 40000);
    CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_NOT_REQUESTED);
    while (total < 40000) {
        CHECK_OK(SSL_read_ex(peer, received + total, 40000 - total, &got));
        total += got;
    }
    CHECK_MEM(received, bytes, 40000);
    /* A KeyUpdate is 27 bytes with its protection, the data 23. */
    sent = pair->end[server].bytes_written;
    pair->end[server].write_room = 3;
    CHECK_WANTS(self, SSL_write(self, bytes, 1), SSL_ERROR_WANT_WRITE);
    CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_NONE);
    CHECK(SSL_in_init(self));
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, bytes + 1, 1), 1);
    CHECK_EQ(pair->end[server].bytes_written, sent + 27 + 23);
    CHECK_EQ(SSL_read(peer, received, 10), 1);
    check_alive(pair);
    free(bytes);
    free(received);
    pair_free(pair);
}

/* What the program asks the peer for goes out with the answer to what the peer asked for. */
TEST_SIDES(answer_is_the_programs_key_update)
{
    struct pair *pair;
    SSL *self, *peer;
    char byte;

    if (version != TLS1_3_VERSION)
        return;
    pair = pair_established(version);
    pair_settle(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    CHECK_OK(SSL_key_update(peer, SSL_KEY_UPDATE_REQUESTED));
    CHECK_OK(SSL_do_handshake(peer));
    CHECK_WANTS(self, SSL_read(self, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_OK(SSL_key_update(self, SSL_KEY_UPDATE_REQUESTED));
    CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_REQUESTED);
    CHECK_EQ(SSL_write(self, "x", 1), 1);
    CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_NONE);
    CHECK_EQ(SSL_read(peer, &byte, 1), 1);
    CHECK_EQ(SSL_get_key_update_type(peer), SSL_KEY_UPDATE_NOT_REQUESTED);
    check_alive(pair);
    pair_free(pair);
}

/* In a handshake the end of the transport is no end of what is written. */
TEST_VERSIONS(write_into_a_handshake_that_ends_returns_minus_1)
{
    struct pair *pair = pair_contexts(version);
    SSL *self;

    pair_over_wire(pair);
    self = pair->ssl[SERVER];
    pair->end[SERVER].eof = 1;
    CHECK_EQ(SSL_write(self, "x", 1), -1);
    CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_free(pair);
}

/* After a fatal error the connection is dead. */
TEST_SIDES(write_after_fatal_error_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    size_t before, written;
    char byte;

    queue_add(&pair->queue[server], "\x17\x03\x03\x00\x20garbage garbage garbage garbage!", 37);
    CHECK_FAILS(self, SSL_read(self, &byte, 1), SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    before = pair->end[server].bytes_written;
    CHECK_EQ(SSL_write(self, "x", 1), -1);
    CHECK_SSL_ERROR(self, -1, SSL_ERROR_SYSCALL);
    CHECK_EQ(SSL_write_ex(self, "x", 1, &written), 0);
    CHECK_EQ(pair->end[server].bytes_written, before);
    pair_free(pair);
}

/* The BIO fails for good: SSL_ERROR_SYSCALL. */
TEST_SIDES(write_with_failing_bio_is_syscall)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    int ret;

    pair->end[server].fail_write = 1;
    ret = SSL_write(self, "x", 1);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(self, ret, SSL_ERROR_SYSCALL);
    pair_free(pair);
}

/* Without a BIO to write to. */
TEST_VERSIONS(write_without_bio_fails)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[CLIENT];

    SSL_set0_wbio(self, NULL);
    CHECK_WANTS(self, SSL_read(self, &(char){ 0 }, 1), SSL_ERROR_WANT_READ);
    CHECK_FAILS(self, SSL_write(self, "x", 1), SSL_R_BIO_NOT_SET);
    CHECK_EQ(SSL_want(self), SSL_NOTHING);
    pair_free(pair);
}

/* Whatever is retried, every byte arrives once and in order: 20 MB over a wire that blocks at
 * random, in writes of random sizes. */
static void send_much(int version, int server, long mode)
{
    const size_t total = 20000000;
    struct pair *pair = pair_contexts(version);
    SSL *self, *peer;
    unsigned char *bytes = pattern(total), *received = malloc(70000), *copy = NULL;
    size_t sent = 0, got = 0, length = 0;
    uint64_t seed = 0x9e3779b97f4a7c15;

    pair_over_wire(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        pair->end[side].random = 12345 + (uint64_t)side;
        pair->end[side].out_limit = 50000;
    }
    pair_handshake(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    SSL_set_mode(self, mode);
    while (got < total) {
        int ret;

        if (sent < total) {
            if (length == 0) {
                length = 1 + next_random(&seed) % (next_random(&seed) % 4 ? 50000 : 300);
                if (length > total - sent)
                    length = total - sent;
            }
            if (mode & SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) {
                free(copy);
                copy = malloc(length);
                memcpy(copy, bytes + sent, length);
            }
            ret = SSL_write(self, copy != NULL ? copy : bytes + sent, (int)length);
            if (ret > 0) {
                if (mode & SSL_MODE_ENABLE_PARTIAL_WRITE)
                    CHECK(ret <= (int)length);
                else
                    CHECK_EQ(ret, length);
                sent += (size_t)ret;
                length = 0;
            } else {
                CHECK_SSL_ERROR(self, ret, SSL_ERROR_WANT_WRITE);
            }
            CHECK_NO_ERRORS();
        }
        ret = SSL_read(peer, received, 1 + (int)(next_random(&seed) % 70000));
        if (ret > 0) {
            CHECK_MEM(received, bytes + got, (size_t)ret);
            got += (size_t)ret;
        } else {
            CHECK_SSL_ERROR(peer, ret, SSL_ERROR_WANT_READ);
        }
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(sent, total);
    CHECK_EQ(got, total);
    free(bytes);
    free(received);
    free(copy);
    pair_free(pair);
}

TEST_SIDES(write_20_MB_through_random_blocking) { send_much(version, server, 0); }

TEST_SIDES(write_20_MB_with_partial_writes)
{
    send_much(version, server, SSL_MODE_ENABLE_PARTIAL_WRITE);
}

TEST_VERSIONS(write_20_MB_with_all_modes)
{
    send_much(version, CLIENT,
              SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                  | SSL_MODE_RELEASE_BUFFERS);
}

/* A read or a write that does not get through the handshake is -1, whatever ended that. */
TEST(end_of_the_transport_in_the_handshake)
{
    for (int writes = 0; writes < 2; writes++) {
        for (int closes = 0; closes < 2; closes++) {
            static const unsigned char close_notify[] = {21, 3, 1, 0, 2, 1, 0};
            struct pair *pair = pair_contexts(TLS1_2_VERSION);
            SSL *self;
            char byte = 0;

            pair_over_wire(pair);
            self = pair->ssl[CLIENT];
            if (closes)
                queue_add(&pair->queue[CLIENT], close_notify, sizeof(close_notify));
            else
                pair->end[CLIENT].eof = 1;
            CHECK_EQ(writes ? SSL_write(self, &byte, 1) : SSL_read(self, &byte, 1), -1);
            CHECK_EQ(SSL_get_error(self, -1), closes ? SSL_ERROR_ZERO_RETURN : SSL_ERROR_SSL);
            ERR_clear_error();
            pair_free(pair);
        }
    }
}
