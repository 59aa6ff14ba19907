/*
 * Bad input: records and handshake messages that are truncated, oversized, reordered, duplicated or
 * random. The reason and the alert are what the RFCs and the system's library say; the process lives;
 * nothing that was not authenticated is delivered.
 */
#include "support.h"

/* Puts bytes into what `side` will read. */
static void inject(struct pair *pair, int side, const void *bytes, size_t length)
{
    queue_add(&pair->queue[side], bytes, length);
}

/* Puts a record into what `side` will read. */
static void inject_record(struct pair *pair, int side, int type, const void *bytes, size_t length)
{
    unsigned char header[5] = {(unsigned char)type, 3, 3, (unsigned char)(length >> 8),
                               (unsigned char)length};

    inject(pair, side, header, 5);
    inject(pair, side, bytes, length);
}

/* The last thing that `side` was sent is a fatal alert in the clear. */
static void check_plain_alert(struct pair *pair, int side, int alert)
{
    const struct queue *queue = &pair->queue[side];

    CHECK(queue_length(queue) >= 7);
    CHECK_EQ(queue->bytes[queue->end - 7], SSL3_RT_ALERT);
    CHECK_EQ(queue->bytes[queue->end - 2], SSL3_AL_FATAL);
    CHECK_EQ(queue->bytes[queue->end - 1], alert);
}

/* The read fails with the reason; then the peer's read fails with the alert's. */
static void check_read_fails(struct pair *pair, int side, int reason, int alert_reason)
{
    char received[16] = "...............", byte;
    int ret = SSL_read(pair->ssl[side], received, sizeof(received));

    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[side], ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(reason);
    CHECK(strstr(received, "hello") == NULL);
    CHECK_FAILS(pair->ssl[!side], SSL_read(pair->ssl[!side], &byte, 1), alert_reason);
}

/* ---- records after the handshake ---- */

/* A record of another version. */
TEST_SIDES(record_of_another_version)
{
    struct pair *pair = pair_established(version);

    inject(pair, server, "\x17\x02\x00\x00\x20", 5);
    check_read_fails(pair, server, SSL_R_WRONG_VERSION_NUMBER, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    pair_free(pair);
}

/* A record longer than the protocol allows. */
TEST_SIDES(record_too_long)
{
    struct pair *pair = pair_established(version);

    inject(pair, server, "\x17\x03\x03\xff\xff", 5);
    check_read_fails(pair, server, SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_TLSV1_ALERT_RECORD_OVERFLOW);
    pair_free(pair);
}

/* TLS 1.3 allows 256 bytes beyond the plaintext's limit (RFC 8446, 5.2). */
TEST(record_longer_than_tls13_allows)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    unsigned char *bytes = pattern(16384 + 257);

    inject_record(pair, SERVER, SSL3_RT_APPLICATION_DATA, bytes, 16384 + 257);
    check_read_fails(pair, SERVER, SSL_R_ENCRYPTED_LENGTH_TOO_LONG,
                     SSL_R_TLSV1_ALERT_RECORD_OVERFLOW);
    free(bytes);
    pair_free(pair);
}

/* A record too short for its tag. */
TEST_SIDES(record_too_short)
{
    struct pair *pair = pair_established(version);

    inject_record(pair, server, SSL3_RT_APPLICATION_DATA, "abc", 3);
    if (on_the_oracle() && version == TLS1_2_VERSION && OpenSSL_version_num() < 0x30000160L)
        /* It took that for a fault of its own before 3.0.22. */
        check_read_fails(pair, server, ERR_R_INTERNAL_ERROR, SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
    else
        check_read_fails(pair, server, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
                         SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
    pair_free(pair);
}

/* A record of an unknown type. */
TEST_SIDES(record_of_unknown_type)
{
    struct pair *pair = pair_established(version);
    char byte;
    int ret;

    inject_record(pair, server, 99, "0123456789012345678901234567890123456789", 40);
    ret = SSL_read(pair->ssl[server], &byte, 1);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(version == TLS1_3_VERSION ? SSL_R_BAD_RECORD_TYPE
                                               : SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    pair_free(pair);
}

/* A record that is changed in any place is refused. */
TEST_SIDES(record_with_any_bit_changed)
{
    for (size_t position = 5; position < 60; position++) {
        struct pair *pair = pair_established(version);
        struct queue *queue = &pair->queue[server];
        size_t start = queue->start;

        CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
        if (start + position >= queue->end) {
            pair_free(pair);
            break;
        }
        queue->bytes[start + position] ^= (unsigned char)(1 << position % 8);
        check_read_fails(pair, server, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
                         SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
        pair_free(pair);
    }
}

/* A record that comes twice. */
TEST_SIDES(record_replayed)
{
    struct pair *pair = pair_established(version);
    struct queue *queue = &pair->queue[server];
    unsigned char copy[200], received[8];
    size_t length;

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    length = queue_length(queue);
    CHECK(length < sizeof(copy));
    memcpy(copy, queue->bytes + queue->start, length);
    CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), 5);
    inject(pair, server, copy, length);
    check_read_fails(pair, server, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
                     SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
    pair_free(pair);
}

/* A record that is lost. */
TEST_SIDES(record_lost)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    queue_drop(&pair->queue[server], queue_length(&pair->queue[server]));
    CHECK_EQ(SSL_write(pair->ssl[!server], "again", 5), 5);
    check_read_fails(pair, server, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
                     SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
    pair_free(pair);
}

/* What was authenticated before the bad record is delivered. */
TEST_SIDES(good_record_before_a_bad_one)
{
    for (int read_ahead = 0; read_ahead < 2; read_ahead++) {
        struct pair *pair = pair_established(version);
        char received[8];

        SSL_set_read_ahead(pair->ssl[server], read_ahead);
        CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
        inject_record(pair, server, SSL3_RT_APPLICATION_DATA,
                      "0123456789012345678901234567890123456789", 40);
        CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), 5);
        CHECK_MEM(received, "hello", 5);
        check_read_fails(pair, server, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
                         SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
        pair_free(pair);
    }
}

/* Plain alerts after the handshake are no alerts. */
TEST_SIDES(plain_alert_after_the_handshake)
{
    struct pair *pair = pair_established(version);
    char byte;
    int ret;

    inject_record(pair, server, SSL3_RT_ALERT, "\x01\x00", 2);
    ret = SSL_read(pair->ssl[server], &byte, 1);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SSL);
    ERR_clear_error();
    CHECK_EQ(SSL_get_shutdown(pair->ssl[server]) & SSL_RECEIVED_SHUTDOWN, 0);
    pair_free(pair);
}

/* ---- records before and in the handshake ---- */

/* Something that is not TLS. */
TEST_SIDES(garbage_instead_of_a_handshake)
{
    static const struct {
        const char *bytes;
        int reason;
    } inputs[] = {
        {"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", SSL_R_WRONG_VERSION_NUMBER},
        {"220 mail.example ESMTP ready for you\r\n", SSL_R_WRONG_VERSION_NUMBER},
        {"\x16\x09\x09 and so on and so on", SSL_R_WRONG_VERSION_NUMBER},
    };

    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        struct pair *pair = pair_contexts(version);

        pair_over_wire(pair);
        inject(pair, server, inputs[i].bytes, strlen(inputs[i].bytes));
        CHECK_FAILS(pair->ssl[server], SSL_do_handshake(pair->ssl[server]), inputs[i].reason);
        pair_free(pair);
    }
}

/* Application data before any handshake. */
TEST_SIDES(application_data_before_the_handshake)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    inject_record(pair, server, SSL3_RT_APPLICATION_DATA, "hello", 5);
    CHECK_EQ(SSL_do_handshake(pair->ssl[server]), -1);
    CHECK_SSL_ERROR(pair->ssl[server], -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNEXPECTED_MESSAGE);
    check_plain_alert(pair, !server, SSL_AD_UNEXPECTED_MESSAGE);
    pair_free(pair);
}

/* A handshake message that does not belong there. */
TEST_SIDES(handshake_message_out_of_order)
{
    static const int types[] = {SSL3_MT_FINISHED, SSL3_MT_CERTIFICATE, SSL3_MT_SERVER_DONE,
                                SSL3_MT_CERTIFICATE_VERIFY, 77};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct pair *pair = pair_contexts(version);
        unsigned char message[4] = {(unsigned char)types[i]};

        pair_over_wire(pair);
        inject_record(pair, server, SSL3_RT_HANDSHAKE, message, 4);
        CHECK_FAILS(pair->ssl[server], SSL_do_handshake(pair->ssl[server]),
                    SSL_R_UNEXPECTED_MESSAGE);
        check_plain_alert(pair, !server, SSL_AD_UNEXPECTED_MESSAGE);
        pair_free(pair);
    }
}

/* A handshake message that claims to be huge is refused at its header: no memory is taken for it. */
TEST_SIDES(handshake_message_too_large)
{
    struct pair *pair = pair_contexts(version);
    unsigned char message[4] = {0, 0xff, 0xff, 0xff};

    message[0] = server ? SSL3_MT_CLIENT_HELLO : SSL3_MT_SERVER_HELLO;
    pair_over_wire(pair);
    inject_record(pair, server, SSL3_RT_HANDSHAKE, message, 4);
    CHECK_FAILS(pair->ssl[server], SSL_do_handshake(pair->ssl[server]),
                SSL_R_EXCESSIVE_MESSAGE_SIZE);
    check_plain_alert(pair, !server, SSL_AD_ILLEGAL_PARAMETER);
    pair_free(pair);
}

/* An empty handshake record. */
TEST_SIDES(empty_handshake_records)
{
    struct pair *pair = pair_contexts(version);
    int error;

    pair_over_wire(pair);
    for (int i = 0; i < 100; i++)
        inject_record(pair, server, SSL3_RT_HANDSHAKE, "", 0);
    CHECK_EQ(SSL_do_handshake(pair->ssl[server]), -1);
    error = SSL_get_error(pair->ssl[server], -1);
    CHECK_EQ(error, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_RECORD_TOO_SMALL);
    pair_free(pair);
}

/* Alerts that are malformed or unknown. A server takes none before the ClientHello. */
TEST_SIDES(malformed_alerts)
{
    static const struct {
        const char *bytes;
        size_t length;
        int reason;
    } alerts[] = {
        {"\x02", 1, SSL_R_INVALID_ALERT},
        {"\x02\x28\x00", 3, SSL_R_INVALID_ALERT},
        {"\x09\x28", 2, SSL_R_UNKNOWN_ALERT_TYPE},
        {"\x02\x77", 2, SSL_AD_REASON_OFFSET + 0x77},
    };

    for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
        struct pair *pair = pair_contexts(version);
        int ret;

        pair_over_wire(pair);
        inject_record(pair, server, SSL3_RT_ALERT, alerts[i].bytes, alerts[i].length);
        ret = SSL_do_handshake(pair->ssl[server]);
        CHECK(ret <= 0);
        CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SSL);
        CHECK_SSL_REASON(server ? SSL_R_UNEXPECTED_MESSAGE : alerts[i].reason);
        pair_free(pair);
    }
}

/* Warning alerts without end. A server takes none before the ClientHello. */
TEST_SIDES(too_many_warning_alerts)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    for (int i = 0; i < 20; i++)
        inject_record(pair, server, SSL3_RT_ALERT, "\x01\x5a", 2);
    ret = SSL_do_handshake(pair->ssl[server]);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(server ? SSL_R_UNEXPECTED_MESSAGE : SSL_R_TOO_MANY_WARN_ALERTS);
    pair_free(pair);
}

/* A few key updates in a row are no attack. */
TEST(several_key_updates_in_a_row)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);

    for (int i = 0; i < 20; i++) {
        CHECK_OK(SSL_key_update(pair->ssl[CLIENT], SSL_KEY_UPDATE_NOT_REQUESTED));
        CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    }
    check_alive(pair);
    pair_free(pair);
}

/* ---- messages that are cut or changed ---- */

/* The first flight, cut at any length, and then the end of the transport. */
TEST_SIDES(first_flight_truncated)
{
    size_t length = 1;

    for (size_t cut = 0; cut < length; cut += 1 + cut / 40) {
        struct pair *pair = pair_contexts(version);
        struct queue *queue;
        int ret;

        pair_over_wire(pair);
        queue = &pair->queue[server];
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        if (!server)
            CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
        length = queue_length(queue);
        queue->end = queue->start + cut;
        pair->end[server].eof = 1;
        ret = SSL_do_handshake(pair->ssl[server]);
        CHECK(ret <= 0);
        CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SSL);
        CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
        pair_free(pair);
    }
}

/* A ClientHello whose message ends early is a decoding error, wherever it ends. */
TEST_VERSIONS(client_hello_cut_within_the_message)
{
    size_t length = 100;

    for (size_t cut = 1; cut < length; cut += 1 + cut / 30) {
        struct pair *pair = pair_contexts(version);
        struct queue *queue;
        unsigned char *record;
        size_t body;
        int ret;

        pair_over_wire(pair);
        queue = &pair->queue[SERVER];
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        record = queue->bytes + queue->start;
        length = queue_length(queue) - 9;
        body = length - cut;
        queue->end -= cut;
        record[3] = (unsigned char)((body + 4) >> 8);
        record[4] = (unsigned char)(body + 4);
        record[7] = (unsigned char)(body >> 8);
        record[8] = (unsigned char)body;
        ret = SSL_accept(pair->ssl[SERVER]);
        CHECK_EQ(ret, -1);
        /* A cut just before the extensions leaves a message of a client without any. */
        if (SSL_get_error(pair->ssl[SERVER], ret) != SSL_ERROR_WANT_READ)
            CHECK_SSL_ERROR(pair->ssl[SERVER], ret, SSL_ERROR_SSL);
        ERR_clear_error();
        pair_free(pair);
    }
}

/* Bytes behind the end of a ClientHello. */
TEST_VERSIONS(client_hello_with_trailing_byte)
{
    struct pair *pair = pair_contexts(version);
    struct queue *queue;
    unsigned char *record;
    size_t body;

    pair_over_wire(pair);
    queue = &pair->queue[SERVER];
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    queue_add(queue, "", 1);
    record = queue->bytes + queue->start;
    body = queue_length(queue) - 9;
    record[3] = (unsigned char)((body + 4) >> 8);
    record[4] = (unsigned char)(body + 4);
    record[7] = (unsigned char)(body >> 8);
    record[8] = (unsigned char)body;
    CHECK_FAILS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_R_LENGTH_MISMATCH);
    check_plain_alert(pair, CLIENT, SSL_AD_DECODE_ERROR);
    pair_free(pair);
}

/* Whether the byte at `position` is of the version in a record's header, which is not authenticated. */
static int is_record_version(const struct queue *queue, size_t position)
{
    const unsigned char *bytes = (const unsigned char *)queue->bytes + queue->start;
    size_t record = 0;

    while (record + 5 <= position)
        record += 5 + (bytes[record + 3] << 8 | bytes[record + 4]);
    return position == record + 1 || position == record + 2;
}

/* A change anywhere in the server's flight: the client never completes with a peer that saw
 * something else, and never hangs or crashes. */
TEST_VERSIONS(server_flight_with_any_byte_changed)
{
    size_t length = 1;

    for (size_t position = 0; position < length; position += 7) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];
        struct queue *queue;

        pair_over_wire(pair);
        queue = &pair->queue[CLIENT];
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
        length = queue_length(queue);
        /* A signature may be shorter than that of the handshake before. */
        if (position >= length || is_record_version(queue, position)) {
            pair_free(pair);
            continue;
        }
        queue->bytes[queue->start + position] ^= 0x10;
        pair_try(pair, outcome);
        CHECK(outcome[CLIENT].ret != 1 || outcome[SERVER].ret != 1);
        CHECK(outcome[CLIENT].error == SSL_ERROR_SSL || outcome[CLIENT].error == SSL_ERROR_WANT_READ
              || outcome[CLIENT].error == SSL_ERROR_NONE);
        pair_free(pair);
    }
}

/* A change anywhere in the ClientHello. */
TEST_VERSIONS(client_hello_with_any_byte_changed)
{
    size_t length = 12;

    /* The version of the record is not authenticated; everything behind it is. */
    for (size_t position = 9; position < length; position += 3) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];
        struct queue *queue;

        pair_over_wire(pair);
        queue = &pair->queue[SERVER];
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        length = queue_length(queue);
        queue->bytes[queue->start + position] ^= 0x10;
        pair_try(pair, outcome);
        CHECK(outcome[CLIENT].ret != 1 || outcome[SERVER].ret != 1);
        pair_free(pair);
    }
}

/* Random bytes behind a good first flight. */
TEST_SIDES(random_bytes_in_the_handshake)
{
    uint64_t seed = 88172645463325252;

    for (int round = 0; round < 100; round++) {
        struct pair *pair = pair_contexts(version);
        unsigned char record[300];
        size_t length = 5 + next_random(&seed) % 200;
        int ret, error;

        pair_over_wire(pair);
        if (server)
            CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        CHECK_EQ(SSL_do_handshake(pair->ssl[server]), -1);
        for (size_t i = 0; i < length; i++)
            record[i] = (unsigned char)next_random(&seed);
        record[0] = (unsigned char)(20 + next_random(&seed) % 4);
        record[1] = record[2] = 3;
        record[3] = (unsigned char)((length - 5) >> 8);
        record[4] = (unsigned char)(length - 5);
        inject(pair, server, record, length);
        ret = SSL_do_handshake(pair->ssl[server]);
        error = SSL_get_error(pair->ssl[server], ret);
        CHECK(ret <= 0);
        CHECK(error == SSL_ERROR_SSL || error == SSL_ERROR_WANT_READ);
        ERR_clear_error();
        pair_free(pair);
    }
}

/* A Finished that does not fit: the last byte of the client's flight in TLS 1.2 is encrypted, so the
 * record fails; a wrong Finished itself needs a changed transcript. */
TEST_VERSIONS(finished_of_a_changed_transcript)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];
    struct queue *queue;

    pair_over_wire(pair);
    queue = &pair->queue[SERVER];
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    queue->bytes[queue->start + 9 + 2 + 10] ^= 1; /* in the random */
    pair_try(pair, outcome);
    CHECK(outcome[CLIENT].ret != 1);
    if (version == TLS1_3_VERSION)
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    else
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_BAD_SIGNATURE);
    pair_free(pair);
}

/* The sentinel of a downgrade in the server's random (RFC 8446, 4.1.3). */
TEST(downgrade_sentinel_is_checked)
{
    struct pair *pair = pair_contexts(0);
    struct outcome outcome[2];
    struct queue *queue;

    /* A server of both versions that is made to believe that the client only does TLS 1.2. */
    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION);
    pair_over_wire(pair);
    queue = &pair->queue[CLIENT];
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    CHECK_MEM(queue->bytes + queue->start + 9 + 2 + 24, "DOWNGRD\x01", 8);
    pair_try(pair, outcome);
    CHECK_EQ(outcome[CLIENT].ret, 1);
    pair_disconnect(pair);

    /* A client of both versions refuses it. */
    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], 0);
    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_2_VERSION);
    pair_over_wire(pair);
    queue = &pair->queue[CLIENT];
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    memcpy(queue->bytes + queue->start + 9 + 2 + 24, "DOWNGRD\x01", 8);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]),
                SSL_R_INAPPROPRIATE_FALLBACK);
    check_plain_alert(pair, SERVER, SSL_AD_ILLEGAL_PARAMETER);
    pair_free(pair);
}

/* An alert in another version than that of the connection is not answered by one. */
TEST(alert_in_another_version)
{
    static const unsigned char alert[] = {21, 3, 2, 0, 2, 2, 40};
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    pair_over_wire(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    queue_drop(&pair->queue[CLIENT], queue_length(&pair->queue[CLIENT]));
    queue_add(&pair->queue[SERVER], alert, sizeof(alert));
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK_SSL_REASON(SSL_R_WRONG_VERSION_NUMBER);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 0);
    pair_free(pair);
}
