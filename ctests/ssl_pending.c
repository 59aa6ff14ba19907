/* SSL_pending(3): SSL_pending and SSL_has_pending. */
#include "support.h"

/* "Data is received in whole blocks known as records ... buffered by OpenSSL until it is read";
 * "SSL_pending() returns the number of bytes which have been processed, buffered and are available
 * inside ssl for immediate read." */
TEST_SIDES(pending_counts_what_is_left_of_the_record)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char received[10];

    CHECK_EQ(SSL_pending(self), 0);
    CHECK_EQ(SSL_has_pending(self), 0);
    CHECK_EQ(SSL_write(pair->ssl[!server], "0123456789", 10), 10);
    CHECK_EQ(SSL_pending(self), 0);
    CHECK_EQ(SSL_has_pending(self), 0);
    CHECK_EQ(SSL_read(self, received, 3), 3);
    CHECK_EQ(SSL_pending(self), 7);
    CHECK_EQ(SSL_has_pending(self), 1);
    CHECK_EQ(SSL_read(self, received, 6), 6);
    CHECK_EQ(SSL_pending(self), 1);
    CHECK_EQ(SSL_read(self, received, 10), 1);
    CHECK_EQ(SSL_pending(self), 0);
    CHECK_EQ(SSL_has_pending(self), 0);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* A peek processes the whole record. */
TEST_SIDES(pending_after_peek_is_the_whole_record)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(16384);
    char byte;

    CHECK_EQ(SSL_write(pair->ssl[!server], bytes, 16384), 16384);
    CHECK_EQ(SSL_peek(pair->ssl[server], &byte, 1), 1);
    CHECK_EQ(SSL_pending(pair->ssl[server]), 16384);
    free(bytes);
    pair_free(pair);
}

/* Only one record is processed, not the next. */
TEST_SIDES(pending_does_not_count_the_next_record)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[8];

    CHECK_EQ(SSL_write(peer, "first", 5), 5);
    CHECK_EQ(SSL_write(peer, "second", 6), 6);
    CHECK_EQ(SSL_read(self, received, 2), 2);
    CHECK_EQ(SSL_pending(self), 3);
    CHECK_EQ(SSL_read(self, received, 3), 3);
    CHECK_EQ(SSL_pending(self), 0);
    CHECK_EQ(SSL_has_pending(self), 0);
    pair_free(pair);
}

/* "If the SSL object's read_ahead flag is set, additional protocol bytes may have been read ... As
 * these bytes are still in an unprocessed state SSL_pending() will ignore them. Therefore, it is
 * possible for no more bytes to be readable from the underlying BIO ... and for SSL_pending() to
 * return 0, even though readable application data bytes are available"; "SSL_has_pending() returns 1
 * if s has buffered data (whether processed or unprocessed)". */
TEST_SIDES(pending_ignores_unprocessed_records)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[8];

    SSL_set_read_ahead(self, 1);
    CHECK_EQ(SSL_write(peer, "first", 5), 5);
    CHECK_EQ(SSL_write(peer, "second", 6), 6);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    CHECK_EQ(queue_length(&pair->queue[server]), 0);
    CHECK_EQ(SSL_pending(self), 0);
    CHECK_EQ(SSL_has_pending(self), 1);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 6);
    CHECK_EQ(SSL_has_pending(self), 0);
    pair_free(pair);
}

/* "it is possible for SSL_has_pending() to return 1, and then a subsequent call to SSL_read_ex() or
 * SSL_read() to return no data because the unprocessed buffered data when processed yielded no
 * application data": here a key update. */
TEST_SIDES(has_pending_may_be_no_application_data)
{
    struct pair *pair;
    SSL *self, *peer;
    char received[8];

    if (version == TLS1_2_VERSION)
        return;
    pair = pair_established(version);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    SSL_set_read_ahead(self, 1);
    CHECK_EQ(SSL_write(peer, "data", 4), 4);
    CHECK_OK(SSL_key_update(peer, SSL_KEY_UPDATE_NOT_REQUESTED));
    CHECK_OK(SSL_do_handshake(peer));
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 4);
    CHECK_EQ(SSL_pending(self), 0);
    CHECK_EQ(SSL_has_pending(self), 1);
    CHECK_WANTS(self, SSL_read(self, received, sizeof(received)), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_has_pending(self), 0);
    check_alive(pair);
    pair_free(pair);
}

/* "It is also possible in this scenario for SSL_has_pending() to continue to return 1 even after an
 * SSL_read_ex() or SSL_read() call because ... OpenSSL has only received a partial record so far". */
TEST_SIDES(has_pending_with_a_partial_record)
{
    for (int read_ahead = 0; read_ahead < 2; read_ahead++) {
        struct pair *pair = pair_established(version);
        SSL *self = pair->ssl[server];
        char received[8];

        SSL_set_read_ahead(self, read_ahead);
        pair->end[server].read_room = 8;
        CHECK_EQ(SSL_write(pair->ssl[!server], "data", 4), 4);
        CHECK_WANTS(self, SSL_read(self, received, sizeof(received)), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_pending(self), 0);
        CHECK_EQ(SSL_has_pending(self), 1);
        CHECK_WANTS(self, SSL_read(self, received, sizeof(received)), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_has_pending(self), 1);
        pair->end[server].read_room = SIZE_MAX;
        CHECK_EQ(SSL_read(self, received, sizeof(received)), 4);
        CHECK_EQ(SSL_has_pending(self), 0);
        pair_free(pair);
    }
}

/* A close_notify is no data. */
TEST_SIDES(pending_after_close_notify_is_0)
{
    struct pair *pair = pair_established(version);
    char byte;

    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_read(pair->ssl[server], &byte, 1), 0);
    CHECK_EQ(SSL_pending(pair->ssl[server]), 0);
    CHECK_EQ(SSL_has_pending(pair->ssl[server]), 0);
    pair_free(pair);
}

/* Before and within the handshake there is nothing. */
TEST_SIDES(pending_before_the_handshake_is_0)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    CHECK_EQ(SSL_pending(pair->ssl[server]), 0);
    CHECK_EQ(SSL_has_pending(pair->ssl[server]), 0);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    CHECK_EQ(SSL_pending(pair->ssl[server]), 0);
    pair_free(pair);
}

/* SSL_free_buffers(3): "returns 0 when there is pending data to be read or written"; "also returned if the buffers had been freed before". */
TEST_SIDES(buffers_are_kept_while_data_waits)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[40];

    CHECK_OK(SSL_free_buffers(self));
    CHECK_OK(SSL_free_buffers(self));
    CHECK_OK(SSL_alloc_buffers(self));
    CHECK_OK(SSL_alloc_buffers(self));
    /* A record that was read ahead and not looked at. */
    SSL_set_read_ahead(self, 1);
    CHECK_EQ(SSL_write(peer, "first", 5), 5);
    CHECK_EQ(SSL_write(peer, "second", 6), 6);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    CHECK_EQ(SSL_pending(self), 0);
    CHECK_EQ(SSL_has_pending(self), 1);
    CHECK_EQ(SSL_free_buffers(self), 0);
    CHECK_OK(SSL_alloc_buffers(self));
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 6);
    CHECK_MEM(received, "second", 6);
    CHECK_EQ(SSL_has_pending(self), 0);
    CHECK_OK(SSL_free_buffers(self));
    /* Part of one. */
    SSL_set_read_ahead(self, 0);
    pair->end[server].read_room = 8;
    CHECK_EQ(SSL_write(peer, "third", 5), 5);
    CHECK_WANTS(self, SSL_read(self, received, sizeof(received)), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_has_pending(self), 1);
    CHECK_EQ(SSL_free_buffers(self), 0);
    pair->end[server].read_room = SIZE_MAX;
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    CHECK_MEM(received, "third", 5);
    /* One that the transport does not take. */
    pair->end[server].write_room = 3;
    CHECK_WANTS(self, SSL_write(self, "x", 1), SSL_ERROR_WANT_WRITE);
    CHECK_EQ(SSL_free_buffers(self), 0);
    CHECK_NO_ERRORS();
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, "x", 1), 1);
    CHECK_OK(SSL_free_buffers(self));
    CHECK_EQ(SSL_read(peer, received, sizeof(received)), 1);
    pair_free(pair);
}

/* Before there is a connection nothing waits, and there are no buffers that could not be freed. */
TEST(buffers_before_the_handshake)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_pending(ssl), 0);
    CHECK_EQ(SSL_has_pending(ssl), 0);
    CHECK_OK(SSL_free_buffers(ssl));
    CHECK_OK(SSL_alloc_buffers(ssl));
    CHECK_OK(SSL_free_buffers(ssl));
    SSL_free(ssl);
    SSL_CTX_free(context);
}
