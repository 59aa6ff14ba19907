/* SSL_CTX_set_mode(3): modes of contexts and connections. */
#include "support.h"

#define RECORD 16384

/* "SSL_CTX_set_mode() adds the mode set via bit-mask in mode to ctx. Options already set before are
 * not cleared." It returns "the new mode bit-mask after adding mode". */
TEST(ctx_set_mode_adds)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    long start = SSL_CTX_get_mode(context);

    CHECK_EQ(SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE),
             start | SSL_MODE_ENABLE_PARTIAL_WRITE);
    CHECK_EQ(SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS),
             start | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
    CHECK_EQ(SSL_CTX_get_mode(context),
             start | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
    CHECK_EQ(SSL_CTX_set_mode(context, 0), SSL_CTX_get_mode(context));
    CHECK_NO_ERRORS();
    SSL_CTX_free(context);
}

/* "SSL_CTX_clear_mode() removes the mode set via bit-mask in mode from ctx." */
TEST(ctx_clear_mode_removes)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
    CHECK_EQ(SSL_CTX_clear_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY),
             SSL_MODE_ENABLE_PARTIAL_WRITE);
    CHECK_EQ(SSL_CTX_get_mode(context), SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_free(context);
}

/* The same of SSL_set_mode, SSL_clear_mode, SSL_get_mode. */
TEST(ssl_modes_add_and_remove)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_get_mode(ssl), SSL_MODE_AUTO_RETRY);
    CHECK_EQ(SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE),
             SSL_MODE_AUTO_RETRY | SSL_MODE_ENABLE_PARTIAL_WRITE);
    CHECK_EQ(SSL_set_mode(ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER),
             SSL_MODE_AUTO_RETRY | SSL_MODE_ENABLE_PARTIAL_WRITE
                 | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    CHECK_EQ(SSL_clear_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE),
             SSL_MODE_AUTO_RETRY | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    CHECK_EQ(SSL_get_mode(ssl), SSL_MODE_AUTO_RETRY | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    CHECK_EQ(SSL_CTX_get_mode(context), SSL_MODE_AUTO_RETRY);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "All modes are off by default except for SSL_MODE_AUTO_RETRY". */
TEST(only_auto_retry_is_on_by_default)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_EQ(SSL_CTX_get_mode(context), SSL_MODE_AUTO_RETRY);
    SSL_CTX_free(context);
}

/* A connection copies the context's modes when it is made. */
TEST(ssl_copies_the_modes_of_its_context)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;

    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE);
    ssl = SSL_new(context);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    CHECK_EQ(SSL_get_mode(ssl), SSL_MODE_AUTO_RETRY | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_MODE_ENABLE_PARTIAL_WRITE: "Allow SSL_write_ex(..., n, &r) to return with 0 < r < n ... This
 * works in a similar way for SSL_write()", "the next call ... must only send the n-r bytes left". */
TEST_SIDES(partial_write_reports_a_single_record)
{
    struct pair *pair = pair_contexts(version);
    SSL *self, *peer;
    unsigned char *bytes = pattern(2 * RECORD + 100), *received = malloc(RECORD);
    size_t once = 0;

    SSL_CTX_set_mode(pair->ctx[server], SSL_MODE_ENABLE_PARTIAL_WRITE);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    pair->end[server].write_room = RECORD + 100;
    CHECK_OK(SSL_write_ex(self, bytes, 2 * RECORD + 100, &once));
    CHECK_EQ(once, RECORD);
    CHECK_WANTS(self, SSL_write(self, bytes + RECORD, RECORD + 100), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    for (size_t written = RECORD; written < 2 * RECORD + 100; written += once) {
        CHECK_OK(SSL_write_ex(self, bytes + written, 2 * RECORD + 100 - written, &once));
        CHECK(once > 0);
    }
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(SSL_read(peer, received, RECORD), RECORD);
        CHECK_MEM(received, bytes + i * RECORD, RECORD);
    }
    CHECK_EQ(SSL_read(peer, received, RECORD), 100);
    CHECK_MEM(received, bytes + 2 * RECORD, 100);
    free(bytes);
    free(received);
    pair_free(pair);
}

/* "When not set (the default), [they] will only report success once the complete chunk was
 * written." */
TEST_SIDES(without_partial_write_the_chunk_is_written_whole)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(2 * RECORD);

    pair->end[server].write_room = RECORD + 100;
    CHECK_WANTS(pair->ssl[server], SSL_write(pair->ssl[server], bytes, 2 * RECORD),
                SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(pair->ssl[server], bytes, 2 * RECORD), 2 * RECORD);
    free(bytes);
    pair_free(pair);
}

/* SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER: "retry ... with changed buffer location"; "This is not the
 * default". */
TEST_SIDES(moving_buffer_must_be_allowed)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char first[] = "text", second[] = "text", received[8];

    SSL_set_mode(self, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_write(self, first, 4), SSL_ERROR_WANT_WRITE);
    CHECK_WANTS(self, SSL_write(self, second, 4), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, second, 4), 4);
    CHECK_EQ(SSL_read(pair->ssl[!server], received, sizeof(received)), 4);

    SSL_clear_mode(self, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_write(self, first, 4), SSL_ERROR_WANT_WRITE);
    CHECK_FAILS(self, SSL_write(self, second, 4), SSL_R_BAD_WRITE_RETRY);
    pair_free(pair);
}

/* SSL_MODE_AUTO_RETRY: "If a non-application data record was processed, SSL_read ... can return with
 * a failure and indicate the need to retry with SSL_ERROR_WANT_READ"; with the flag "it [tries] to
 * process the next record instead of returning". Here the record is a key update. */
TEST_SIDES(auto_retry_decides_what_a_key_update_does)
{
    struct pair *pair;
    SSL *self, *peer;
    char received[8];

    if (version == TLS1_2_VERSION)
        return;
    pair = pair_established(version);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    CHECK_OK(SSL_key_update(peer, SSL_KEY_UPDATE_NOT_REQUESTED));
    CHECK_EQ(SSL_write(peer, "first", 5), 5);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);

    SSL_clear_mode(self, SSL_MODE_AUTO_RETRY);
    CHECK_OK(SSL_key_update(peer, SSL_KEY_UPDATE_NOT_REQUESTED));
    CHECK_EQ(SSL_write(peer, "second", 6), 6);
    CHECK_WANTS(self, SSL_read(self, received, sizeof(received)), SSL_ERROR_WANT_READ);
    CHECK(queue_length(&pair->queue[server]) > 0);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 6);
    pair_free(pair);
}

/* In TLS 1.2 the record is a HelloRequest, which a client that may not renegotiate answers with a
 * warning. */
TEST(auto_retry_decides_what_a_hello_request_does)
{
    for (int auto_retry = 0; auto_retry < 2; auto_retry++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        SSL *client, *server_ssl;
        char received[8];
        int ret;

        SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_RENEGOTIATION);
        if (!auto_retry)
            SSL_CTX_clear_mode(pair->ctx[CLIENT], SSL_MODE_AUTO_RETRY);
        pair_over_wire(pair);
        pair_handshake(pair);
        client = pair->ssl[CLIENT];
        server_ssl = pair->ssl[SERVER];
        CHECK_OK(SSL_renegotiate(server_ssl));
        CHECK_OK(SSL_do_handshake(server_ssl));
        CHECK_EQ(SSL_write(server_ssl, "data", 4), 4);
        ret = SSL_read(client, received, sizeof(received));
        if (!auto_retry) {
            CHECK_WANTS(client, ret, SSL_ERROR_WANT_READ);
            ret = SSL_read(client, received, sizeof(received));
        }
        CHECK_EQ(ret, 4);
        pair_free(pair);
    }
}

/* "Setting SSL_MODE_AUTO_RETRY for a nonblocking BIO will process non-application data records until
 * either no more data is available or an application data record has been processed." */
TEST(auto_retry_processes_all_there_is)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    char received[8];

    SSL_CTX_set_num_tickets(pair->ctx[SERVER], 5);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(queue_length(&pair->queue[CLIENT]) > 0);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], received, 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 0);
    CHECK_OK(SSL_key_update(pair->ssl[SERVER], SSL_KEY_UPDATE_NOT_REQUESTED));
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "data", 4), 4);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "more", 4), 4);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], received, sizeof(received)), 4);
    CHECK_MEM(received, "data", 4);
    CHECK(queue_length(&pair->queue[CLIENT]) > 0);
    pair_free(pair);
}

static void *serve_ticket_and_data(void *argument)
{
    SSL *ssl = argument;

    CHECK_OK(SSL_do_handshake(ssl));
    CHECK_EQ(SSL_write(ssl, "data", 4), 4);
    return NULL;
}

/* "In a blocking environment ... the functions [will] only return after successfully processing an
 * application data record or a failure." */
TEST(auto_retry_on_a_blocking_bio_returns_with_data)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    pthread_t peer;
    char received[8];

    pair_over_sockets(pair, 0);
    peer = background(serve_ticket_and_data, pair->ssl[SERVER]);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], received, sizeof(received)), 4);
    background_join(peer);
    pair_free(pair);
}

/* SSL_MODE_RELEASE_BUFFERS: "When we no longer need a read buffer or a write buffer for a given SSL,
 * then release the memory": all goes on working, whether records come whole, in pieces, or behind
 * each other with read-ahead. */
TEST_SIDES(release_buffers_changes_nothing)
{
    for (int read_ahead = 0; read_ahead < 2; read_ahead++) {
        struct pair *pair = pair_contexts(version);
        SSL *self, *peer;
        unsigned char *bytes = pattern(40000), received[16];

        for (int side = CLIENT; side <= SERVER; side++) {
            SSL_CTX_set_mode(pair->ctx[side], SSL_MODE_RELEASE_BUFFERS);
            SSL_CTX_set_read_ahead(pair->ctx[side], read_ahead);
        }
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        self = pair->ssl[server];
        peer = pair->ssl[!server];
        transfer(self, peer, bytes, 40000);
        pair->end[!server].read_chunk = 3;
        transfer(self, peer, bytes, 100);
        pair->end[!server].read_chunk = SIZE_MAX;
        CHECK_EQ(SSL_write(self, "one", 3), 3);
        CHECK_EQ(SSL_write(self, "two", 3), 3);
        CHECK_EQ(SSL_read(peer, received, 1), 1);
        CHECK_EQ(SSL_read(peer, received, 16), 2);
        CHECK_EQ(SSL_read(peer, received, 16), 3);
        CHECK_WANTS(peer, SSL_read(peer, received, 1), SSL_ERROR_WANT_READ);
        check_alive(pair);
        free(bytes);
        pair_free(pair);
    }
}

/* CVE-2014-0198: an alert becomes due while a record of data is half sent, or before one is sent at all. Either goes out whole, with
 * SSL_MODE_RELEASE_BUFFERS and without. The system's library loses the alert in the first case, and the data's place in the second. */
TEST(cve_2014_0198_alert_beside_a_blocked_write)
{
    unsigned char *bytes = pattern(RECORD), *received = malloc(RECORD);

    for (int i = 0; i < 4; i++) {
        int before = i % 2;
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        SSL *self, *peer;

        CHECK(received != NULL);
        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_RENEGOTIATION);
        if (i >= 2)
            SSL_CTX_set_mode(pair->ctx[SERVER], SSL_MODE_RELEASE_BUFFERS);
        pair_over_wire(pair);
        pair_handshake(pair);
        self = pair->ssl[SERVER];
        peer = pair->ssl[CLIENT];
        if (!before) {
            pair->end[SERVER].write_room = 100;
            CHECK_WANTS(self, SSL_write(self, bytes, RECORD), SSL_ERROR_WANT_WRITE);
        }
        pair->end[SERVER].write_room = 0;
        CHECK_OK(SSL_renegotiate(peer));
        CHECK_WANTS(peer, SSL_do_handshake(peer), SSL_ERROR_WANT_READ);
        /* The answer is the warning no_renegotiation. */
        CHECK_EQ(SSL_read(self, received, RECORD), -1);
        CHECK_NO_ERRORS();
        CHECK_WANTS(self, SSL_write(self, bytes, RECORD), SSL_ERROR_WANT_WRITE);
        pair->end[SERVER].write_room = SIZE_MAX;
        CHECK_EQ(SSL_write(self, bytes, RECORD), RECORD);
        CHECK_NO_ERRORS();
        if (!before) {
            CHECK_EQ(SSL_read(peer, received, RECORD), RECORD);
            CHECK_MEM(received, bytes, RECORD);
        }
        if (!on_the_oracle())
            CHECK_FAILS(peer, SSL_read(peer, received, RECORD), SSL_R_NO_RENEGOTIATION);
        if (before && !on_the_oracle()) {
            struct queue *rest = &pair->queue[CLIENT];

            CHECK_EQ(rest->bytes[rest->start], SSL3_RT_APPLICATION_DATA);
            CHECK_EQ(queue_length(rest), 5 + (size_t)(rest->bytes[rest->start + 3] << 8 | rest->bytes[rest->start + 4]));
        }
        pair_free(pair);
    }
    free(bytes);
    free(received);
}

/* SSL_MODE_SEND_FALLBACK_SCSV: "Send TLS_FALLBACK_SCSV in the ClientHello." A server that could do
 * better refuses (RFC 7507). */
TEST(fallback_scsv_is_refused_by_a_better_server)
{
    struct pair *pair = pair_contexts(0);
    struct outcome outcome[2];

    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION);
    SSL_CTX_set_mode(pair->ctx[CLIENT], SSL_MODE_SEND_FALLBACK_SCSV);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_INAPPROPRIATE_FALLBACK);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_INAPPROPRIATE_FALLBACK);
    pair_free(pair);
}

/* A server that cannot do better accepts it. */
TEST(fallback_scsv_is_accepted_by_an_equal_server)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    static const unsigned char scsv[] = {0x56, 0x00};
    int found = 0;

    SSL_CTX_set_mode(pair->ctx[CLIENT], SSL_MODE_SEND_FALLBACK_SCSV);
    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    for (size_t i = pair->queue[SERVER].start; i + 1 < pair->queue[SERVER].end; i++)
        found |= memcmp(pair->queue[SERVER].bytes + i, scsv, 2) == 0;
    CHECK(found);
    pair_handshake(pair);
    pair_free(pair);
}

/* SSL_MODE_ASYNC: "Enable asynchronous processing": without an asynchronous engine all goes its
 * usual way. */
TEST_SIDES(async_without_an_engine_is_synchronous)
{
    struct pair *pair = pair_contexts(version);
    unsigned char *bytes = pattern(40000);

    SSL_CTX_set_mode(pair->ctx[server], SSL_MODE_ASYNC);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    transfer(pair->ssl[server], pair->ssl[!server], bytes, 40000);
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 1);
    free(bytes);
    pair_free(pair);
}

/* SSL_MODE_DTLS_SCTP_LABEL_LENGTH_BUG "only applies to DTLS over SCTP": it can be set, and changes
 * nothing for TLS. */
TEST_VERSIONS(sctp_label_mode_changes_nothing_for_tls)
{
    struct pair *pair = pair_contexts(version);

    CHECK(SSL_CTX_set_mode(pair->ctx[CLIENT], SSL_MODE_DTLS_SCTP_LABEL_LENGTH_BUG)
          & SSL_MODE_DTLS_SCTP_LABEL_LENGTH_BUG);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}
