/* SSL_CTX_set_tlsext_max_fragment_length(3), SSL_CTX_set_record_padding_callback(3),
 * SSL_CTX_set_max_send_fragment(3), SSL_CTX_set_max_pipelines(3). */
#include "support.h"

/* The largest body of the records that wait for one side. */
static size_t largest_record(const struct queue *queue)
{
    const unsigned char *bytes = queue->bytes + queue->start;
    size_t left = queue_length(queue), largest = 0;

    while (left >= 5) {
        size_t length = (size_t)(bytes[3] << 8 | bytes[4]);

        if (length > largest)
            largest = length;
        CHECK(left >= 5 + length);
        bytes += 5 + length;
        left -= 5 + length;
    }
    return largest;
}

/* The overhead of a record with an AES-GCM suite. */
static size_t overhead(int version)
{
    return version == TLS1_3_VERSION ? 17 : 24;
}

static void check_largest(struct pair *pair, int from, size_t expected)
{
    /* A larger frame would be another stack to valgrind. */
    static unsigned char sent[20000], received[20000];
    size_t count, total = 0;

    fill_pattern(sent, sizeof(sent), 0);
    CHECK_EQ(SSL_write(pair->ssl[from], sent, sizeof(sent)), (int)sizeof(sent));
    CHECK_EQ(largest_record(&pair->queue[!from]), expected);
    while (total < sizeof(sent)) {
        CHECK_OK(SSL_read_ex(pair->ssl[!from], received + total, sizeof(received) - total, &count));
        total += count;
    }
    CHECK_MEM(received, sent, sizeof(sent));
}

/* ---- max_fragment_length ---- */

TEST_VERSIONS(fragment_length_is_negotiated_and_kept)
{
    for (int code = 0; code <= 4; code++) {
        size_t most = code == 0 ? 16384 : (size_t)256 << code;
        struct pair *pair = pair_contexts(version);

        CHECK_OK(SSL_CTX_set_tlsext_max_fragment_length(pair->ctx[CLIENT], (uint8_t)code));
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        for (int side = CLIENT; side <= SERVER; side++) {
            CHECK_EQ(SSL_SESSION_get_max_fragment_length(SSL_get_session(pair->ssl[side])), code);
            check_largest(pair, side, most + overhead(version));
        }
        pair_free(pair);
    }
}

/* What the program allows and what the client asks for: the extension counts, for both. */
TEST_VERSIONS(fragment_length_and_send_fragment)
{
    struct pair *pair = pair_contexts(version);

    CHECK_EQ(SSL_CTX_set_max_send_fragment(pair->ctx[SERVER], 600), 1);
    CHECK_EQ(SSL_CTX_set_max_send_fragment(pair->ctx[SERVER], 511), 0);
    CHECK_EQ(SSL_CTX_set_max_send_fragment(pair->ctx[SERVER], 16385), 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_largest(pair, SERVER, 600 + overhead(version));
    check_largest(pair, CLIENT, 16384 + overhead(version));
    pair_free(pair);
}

TEST_VERSIONS(fragment_length_belongs_to_the_session)
{
    struct pair *pair = pair_for_sessions(version, 1);
    struct outcome outcome[2];
    SSL_SESSION *session;

    CHECK_OK(SSL_CTX_set_tlsext_max_fragment_length(pair->ctx[CLIENT], 2));
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_SESSION_get_max_fragment_length(session), 2);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    pair_settle(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(SSL_SESSION_get_max_fragment_length(SSL_get_session(pair->ssl[side])), 2);
        check_largest(pair, side, 1024 + overhead(version));
    }
    pair_disconnect(pair);
    SSL_SESSION_free(session);

    /* Another length: the server keeps to the session's, which the client did not ask for. */
    session = connect_with(pair, NULL, 0);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    CHECK_OK(SSL_set_tlsext_max_fragment_length(pair->ssl[CLIENT], 3));
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
    pair_disconnect(pair);
    SSL_SESSION_free(session);

    /* None. */
    session = connect_with(pair, NULL, 0);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    CHECK_OK(SSL_set_tlsext_max_fragment_length(pair->ssl[CLIENT], 0));
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_UNSOLICITED_EXTENSION);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_TLSV1_UNSUPPORTED_EXTENSION);
    pair_disconnect(pair);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(fragment_length_codes)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    for (int code = 0; code < 256; code++) {
        CHECK_EQ(SSL_CTX_set_tlsext_max_fragment_length(context, (uint8_t)code), code <= 4);
        if (code > 4)
            CHECK_SSL_REASON(SSL_R_SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH);
        CHECK_EQ(SSL_set_tlsext_max_fragment_length(ssl, (uint8_t)code), code <= 4);
        if (code > 4)
            CHECK_SSL_REASON(SSL_R_SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH);
    }
    CHECK_NO_ERRORS();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* ---- pipelines ---- */

TEST(several_pipelines_read_ahead)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *other;

    CHECK_EQ(SSL_set_max_pipelines(ssl, 1), 1);
    CHECK_EQ(SSL_get_read_ahead(ssl), 0);
    CHECK_EQ(SSL_set_max_pipelines(ssl, 2), 1);
    CHECK_EQ(SSL_get_read_ahead(ssl), 1);
    CHECK_EQ(SSL_set_max_pipelines(ssl, 33), 0);
    CHECK_EQ(SSL_CTX_set_max_pipelines(context, 32), 1);
    CHECK_EQ(SSL_CTX_get_read_ahead(context), 0);
    other = SSL_new(context);
    CHECK_EQ(SSL_get_read_ahead(other), 1);
    CHECK_EQ(SSL_CTX_set_split_send_fragment(context, 16385), 0);
    CHECK_EQ(SSL_CTX_set_split_send_fragment(context, 0), 0);
    CHECK_EQ(SSL_CTX_set_split_send_fragment(context, 1), 1);
    CHECK_NO_ERRORS();
    SSL_free(other);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* ---- padding ---- */

static int asked, asked_handshake;
static size_t last_length;
static int last_type;
static size_t answer;

static size_t say_padding(SSL *ssl, int type, size_t length, void *argument)
{
    CHECK_STR(argument, "argument");
    CHECK(SSL_get_record_padding_callback_arg(ssl) == argument);
    asked++;
    if (type == SSL3_RT_HANDSHAKE)
        asked_handshake++;
    last_type = type;
    last_length = length;
    return answer;
}

TEST(padding_callback_says_how_much)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    unsigned char *large = pattern(16384), received[100];

    CHECK(SSL_CTX_get_record_padding_callback_arg(pair->ctx[CLIENT]) == NULL);
    SSL_CTX_set_record_padding_callback(pair->ctx[CLIENT], say_padding);
    SSL_CTX_set_record_padding_callback_arg(pair->ctx[CLIENT], "argument");
    CHECK_STR(SSL_CTX_get_record_padding_callback_arg(pair->ctx[CLIENT]), "argument");
    pair_over_wire(pair);
    answer = 100;
    pair_handshake(pair);
    CHECK_EQ(asked, 1);
    CHECK_EQ(asked_handshake, 1);
    pair_settle(pair);

    asked = 0;
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "hello", 5), 5);
    CHECK_EQ(asked, 1);
    CHECK_EQ(last_type, SSL3_RT_APPLICATION_DATA);
    CHECK_EQ(last_length, 6);
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 5 + 6 + 100 + 16);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 5);

    /* Too much is cut to a full record. */
    answer = 1000000;
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "hello", 5), 5);
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 5 + 16384 + 16);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 5);

    /* A full record is not asked about. */
    asked = 0;
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], large, 16384), 16384);
    CHECK_EQ(asked, 0);
    queue_drop(&pair->queue[SERVER], queue_length(&pair->queue[SERVER]));

    /* Nobody is asked any more. */
    CHECK_EQ(SSL_set_record_padding_callback(pair->ssl[CLIENT], NULL), 1);
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "hello", 5), 5);
    CHECK_EQ(asked, 0);
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 5 + 6 + 16);
    CHECK_NO_ERRORS();
    OPENSSL_free(large);
    pair_free(pair);
}

TEST(padding_callback_is_for_tls13_alone)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    asked = 0;
    SSL_CTX_set_record_padding_callback(pair->ctx[SERVER], say_padding);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "hello", 5), 5);
    CHECK_EQ(asked, 0);
    pair_free(pair);
}

/* The callback goes before blocks, and gets all records of a server's handshake. */
TEST(padding_callback_goes_before_blocks)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    char received[100];

    asked = 0;
    answer = 7;
    SSL_CTX_set_record_padding_callback(pair->ctx[SERVER], say_padding);
    SSL_CTX_set_record_padding_callback_arg(pair->ctx[SERVER], "argument");
    CHECK_EQ(SSL_CTX_set_block_padding(pair->ctx[SERVER], 512), 1);
    CHECK_EQ(SSL_CTX_set_num_tickets(pair->ctx[SERVER], 0), 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(asked >= 4);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "hello", 5), 5);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 5 + 6 + 7 + 16);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], received, sizeof(received)), 5);
    check_alive(pair);
    pair_free(pair);
}

TEST(block_padding_stays_within_the_fragment)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    unsigned char *bytes = pattern(520);

    CHECK_EQ(SSL_CTX_set_max_send_fragment(pair->ctx[CLIENT], 600), 1);
    CHECK_EQ(SSL_CTX_set_block_padding(pair->ctx[CLIENT], 512), 1);
    CHECK_EQ(SSL_CTX_set_block_padding(pair->ctx[CLIENT], 16385), 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    queue_drop(&pair->queue[SERVER], queue_length(&pair->queue[SERVER]));
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "0123456789", 10), 10);
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 5 + 512 + 16);
    queue_drop(&pair->queue[SERVER], queue_length(&pair->queue[SERVER]));
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], bytes, 520), 520);
    free(bytes);
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 5 + 600 + 16);
    pair_free(pair);
}

/* Records are as long as the fragments that a pipeline would have, with pipelines and without. */
/* RFC 8446, 5.1: an alert is not split, whatever else is. */
TEST_SIDES(split_leaves_alerts_whole)
{
    struct pair *pair = pair_contexts(version);
    char byte;

    CHECK_EQ(SSL_CTX_set_split_send_fragment(pair->ctx[server], 1), 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    CHECK_EQ(SSL_read(pair->ssl[!server], &byte, 1), 0);
    CHECK_EQ(SSL_get_error(pair->ssl[!server], 0), SSL_ERROR_ZERO_RETURN);
    pair_free(pair);
}

TEST_SIDES(split_fragments)
{
    struct pair *pair = pair_contexts(version);

    CHECK_EQ(SSL_CTX_set_split_send_fragment(pair->ctx[server], 100), 1);
    pair_over_wire(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    if (server)
        CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK_EQ(largest_record(&pair->queue[!server]), server && version == TLS1_3_VERSION ? 117 : 100);
    pair_handshake(pair);
    pair_settle(pair);
    check_largest(pair, server, 100 + overhead(version));
    pair_disconnect(pair);

    /* What is sent at most bounds it, for good. */
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_set_split_send_fragment(pair->ssl[server], 16384), 1);
    CHECK_EQ(SSL_set_max_send_fragment(pair->ssl[server], 600), 1);
    CHECK_EQ(SSL_set_split_send_fragment(pair->ssl[server], 601), 0);
    CHECK_EQ(SSL_set_max_send_fragment(pair->ssl[server], 16384), 1);
    check_largest(pair, server, 600 + overhead(version));
    pair_free(pair);
}

/* "split_send_fragment must always be less than or equal to max_send_fragment": a lower limit lowers it, a higher one leaves it there, so
 * that records stay as short. */
TEST_VERSIONS(lower_fragment_lowers_the_split)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(8000);

    CHECK_EQ(SSL_set_split_send_fragment(pair->ssl[SERVER], 16384), 1);
    CHECK_EQ(SSL_set_max_send_fragment(pair->ssl[SERVER], 1000), 1);
    CHECK_EQ(SSL_set_split_send_fragment(pair->ssl[SERVER], 1001), 0);
    CHECK_EQ(SSL_set_max_send_fragment(pair->ssl[SERVER], 4000), 1);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], bytes, 8000), 8000);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 8 * (5 + 1000 + overhead(version)));
    queue_drop(&pair->queue[CLIENT], queue_length(&pair->queue[CLIENT]));
    CHECK_EQ(SSL_set_split_send_fragment(pair->ssl[SERVER], 4000), 1);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], bytes, 8000), 8000);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 2 * (5 + 4000 + overhead(version)));
    free(bytes);
    pair_free(pair);
}

/* SSL_CTX_set_record_padding_callback(3): "The callback is invoked for every record before encryption. The type parameter … may be one
 * of SSL3_RT_APPLICATION_DATA, SSL3_RT_HANDSHAKE, or SSL3_RT_ALERT." */
static int padded_alerts;

static size_t pad_by_100(SSL *ssl, int type, size_t length, void *argument)
{
    (void)ssl, (void)argument;
    padded_alerts += type == SSL3_RT_ALERT && length == 3;
    return 100;
}

TEST(alerts_are_padded)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);

    CHECK_OK(SSL_set_record_padding_callback(pair->ssl[SERVER], pad_by_100));
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK_EQ(padded_alerts, 1);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 5 + 2 + 1 + 100 + 16);
    CHECK_OK(SSL_set_block_padding(pair->ssl[CLIENT], 512));
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 5 + 512 + 16);
    pair_free(pair);
}
