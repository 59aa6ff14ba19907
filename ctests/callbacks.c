/* SSL_CTX_set_info_callback(3), SSL_CTX_set_msg_callback(3), SSL_CTX_set_keylog_callback(3). */
#include "support.h"

#include <openssl/err.h>

/* ---- info ---- */

static char sequence[1000];
static int exits_with_retry, exits_with_success;

static void append(const char *word)
{
    size_t length = strlen(sequence), word_length = strlen(word);

    /* A state that is reported several times in a row counts once. */
    if (length >= word_length + 1 && strcmp(sequence + length - word_length, word) == 0
        && sequence[length - word_length - 1] == ' ')
        return;
    snprintf(sequence + length, sizeof(sequence) - length, " %s", word);
}

static void record_info(const SSL *ssl, int where, int value)
{
    if (where == SSL_CB_HANDSHAKE_START) {
        append("start");
        CHECK_EQ(value, 1);
    } else if (where == SSL_CB_HANDSHAKE_DONE) {
        append("done");
        CHECK_EQ(value, 1);
    } else if (where & SSL_CB_LOOP) {
        CHECK_EQ(where, SSL_CB_LOOP | (SSL_is_server(ssl) ? SSL_ST_ACCEPT : SSL_ST_CONNECT));
        /* Whether the server waits for early data is its own affair. */
        if (SSL_get_state(ssl) != TLS_ST_EARLY_DATA)
            append(SSL_state_string(ssl));
    } else if (where & SSL_CB_EXIT) {
        CHECK_EQ(where, SSL_CB_EXIT | (SSL_is_server(ssl) ? SSL_ST_ACCEPT : SSL_ST_CONNECT));
        exits_with_retry += value < 0;
        exits_with_success += value == 1;
    } else if (where & SSL_CB_ALERT) {
        char text[64];

        snprintf(text, sizeof(text), "%s:%s:%s", where & SSL_CB_READ ? "read" : "write",
                 SSL_alert_type_string(value), SSL_alert_desc_string(value));
        append(text);
    }
}

/* The states come in the order of the handshake's messages, between START and DONE; each call that
 * has to wait ends with EXIT -1, the last with EXIT 1. */
TEST_SIDES(info_callback_follows_the_handshake)
{
    static const char *const expected[2][2] = {
        {" start PINIT TWCH TRSH TRSC TRSKE TRSD TWCKE TWCCS TWFIN TRST TRCCS TRFIN done",
         " start PINIT TRCH TWSH TWSC TWSKE TWSD TRCKE TRCCS TRFIN TWST TWCCS TWFIN done"},
        {" start PINIT TWCH TRSH TREE TRSC TRSCV TRFIN TWCCS TWFIN done",
         " start PINIT TRCH TWSH TWCCS TWEE TWSC TWSCV TWFIN TRFIN done TWST"},
    };
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_info_callback(pair->ctx[server], record_info);
    CHECK(SSL_CTX_get_info_callback(pair->ctx[server]) == record_info);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(sequence, expected[version == TLS1_3_VERSION][server]);
    CHECK(exits_with_retry >= 1);
    CHECK_EQ(exits_with_success, 1);
    pair_free(pair);
}

/* The state of a flight's last message is left when the transport has the flight, not before; meanwhile the
 * connection is in it. */
static void record_blocked(const SSL *ssl, int where, int value)
{
    char text[32];

    if (where == (SSL_CB_EXIT | (SSL_is_server(ssl) ? SSL_ST_ACCEPT : SSL_ST_CONNECT)) && value < 0) {
        snprintf(text, sizeof(text), "%s!", SSL_state_string(ssl));
        append(text);
    } else if (!(where & SSL_CB_EXIT)) {
        record_info(ssl, where, value);
    }
}

TEST_SIDES(info_callback_waits_for_the_transport)
{
    static const char *const expected[2][2] = {
        {" start PINIT TWCH! TWCH TWCH! TWCH TRSH TRSC TRSKE TRSD TWCKE TWCCS TWFIN! TWFIN TWFIN! TWFIN TRST TRCCS TRFIN done",
         " start PINIT TRCH TWSH TWSC TWSKE TWSD! TWSD TWSD! TWSD TRCKE TRCCS TRFIN TWST TWCCS TWFIN! TWFIN done"},
        {" start PINIT TWCH! TWCH TWCH! TWCH TRSH TREE TRSC TRSCV TRFIN TWCCS TWFIN! TWFIN done",
         " start PINIT TRCH TWSH TWCCS TWEE TWSC TWSCV TWFIN! TWFIN TED! TRFIN done TWST! TWST"},
    };
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_info_callback(pair->ctx[server], record_blocked);
    pair_over_wire(pair);
    for (int call = 0; call < 40; call++) {
        int side = call % 2;

        if (side == server)
            pair->end[side].write_room = call / 2 % 2 ? SIZE_MAX : 0;
        SSL_do_handshake(pair->ssl[side]);
        ERR_clear_error();
    }
    CHECK(SSL_is_init_finished(pair->ssl[server]));
    CHECK_STR(sequence, expected[version == TLS1_3_VERSION][server]);
    pair_free(pair);
}

/* A transport that fails takes no flight at all. */
TEST_SIDES(info_callback_of_a_transport_that_fails)
{
    static const char *const expected[2][2] = {
        {" start PINIT TWCH!", " start PINIT TRCH TWSH TWSC TWSKE TWSD!"},
        {" start PINIT TWCH!", " start PINIT TRCH TWSH TWCCS TWEE TWSC TWSCV TWFIN!"},
    };
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_info_callback(pair->ctx[server], record_blocked);
    pair_over_wire(pair);
    pair->end[server].fail_write = 1;
    SSL_do_handshake(pair->ssl[!server]);
    SSL_do_handshake(pair->ssl[server]);
    SSL_do_handshake(pair->ssl[server]);
    ERR_clear_error();
    CHECK_STR(sequence, expected[version == TLS1_3_VERSION][server]);
    pair_free(pair);
}

/* Later: tickets that come, data that does not show, alerts. */
TEST_SIDES(info_callback_after_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    char byte;

    pair_over_wire(pair);
    pair_handshake(pair);
    SSL_set_info_callback(pair->ssl[server], record_info);
    CHECK(SSL_get_info_callback(pair->ssl[server]) == record_info);
    pair_settle(pair);
    if (version == TLS1_3_VERSION && !server) {
        CHECK_STR(sequence, " SSLOK TRST SSLOK TRST");
        CHECK_EQ(exits_with_success, 2);
    } else {
        CHECK_STR(sequence, "");
    }
    sequence[0] = 0;
    check_alive(pair);
    CHECK_STR(sequence, "");
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_read(pair->ssl[server], &byte, 1), 0);
    CHECK_STR(sequence, " write:W:CN read:W:CN");
    pair_free(pair);
}

/* Tickets that the program asks for: all that wait are sent in one go, by a handshake call or a write. */
TEST(info_callback_of_requested_tickets)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    SSL *host = pair->ssl[SERVER];

    SSL_set_info_callback(host, record_info);
    CHECK_OK(SSL_new_session_ticket(host));
    CHECK_OK(SSL_do_handshake(host));
    CHECK_STR(sequence, " SSLOK TWST");
    CHECK_EQ(exits_with_success, 1);
    sequence[0] = 0;
    CHECK_OK(SSL_new_session_ticket(host));
    CHECK_OK(SSL_new_session_ticket(host));
    CHECK_EQ(SSL_write(host, "x", 1), 1);
    CHECK_STR(sequence, " SSLOK TWST");
    CHECK_EQ(exits_with_success, 2);
    sequence[0] = 0;

    /* The transport takes a part of them. */
    pair->end[SERVER].write_room = 300;
    CHECK_OK(SSL_new_session_ticket(host));
    CHECK_OK(SSL_new_session_ticket(host));
    CHECK_EQ(SSL_do_handshake(host), -1);
    CHECK_EQ(exits_with_retry, 1);
    CHECK_STR(sequence, pair->end[SERVER].bytes_written == 0 ? "" : " SSLOK TWST");
    CHECK_STR(SSL_state_string(host), "TWST");
    pair->end[SERVER].write_room = SIZE_MAX;
    CHECK_OK(SSL_do_handshake(host));
    CHECK_STR(sequence, " SSLOK TWST");
    CHECK_EQ(exits_with_success, 3);
    CHECK_STR(SSL_state_string(host), "SSLOK");
    pair_free(pair);
}

/* Fatal alerts, on both sides. */
TEST_SIDES(info_callback_sees_fatal_alerts)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];
    const char *last;

    SSL_CTX_set_info_callback(pair->ctx[server], record_info);
    SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-RSA-AES128-GCM-SHA256");
    SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_ciphersuites(pair->ctx[SERVER], "TLS_AES_256_GCM_SHA384");
    pair_over_wire(pair);
    pair_try(pair, outcome);
    last = strrchr(sequence, ' ');
    CHECK_STR(last, server ? " write:F:HF" : " read:F:HF");
    pair_free(pair);
}

/* The connection's callback comes before the context's, which serves connections without one even
 * when it is set later. */
TEST_VERSIONS(info_callback_of_the_context_is_live)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    SSL_CTX_set_info_callback(pair->ctx[CLIENT], record_info);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK(strlen(sequence) > 0);
    pair_free(pair);
}

/* ---- messages ---- */

static char messages[1000];
static void *expected_argument;

static void record_message(int writing, int version, int type, const void *bytes, size_t length,
                           SSL *ssl, void *argument)
{
    char text[32];

    (void)version;
    (void)ssl;
    CHECK(argument == expected_argument);
    CHECK(length > 0);
    if (type == SSL3_RT_HANDSHAKE) {
        CHECK_EQ(length, 4 + ((size_t)((const unsigned char *)bytes)[1] << 16
                              | (size_t)((const unsigned char *)bytes)[2] << 8
                              | ((const unsigned char *)bytes)[3]));
        snprintf(text, sizeof(text), " %c%d", writing ? 'w' : 'r', *(const unsigned char *)bytes);
        strcat(messages, text);
    } else if (type == SSL3_RT_HEADER) {
        CHECK_EQ(length, 5);
    }
}

/* Every handshake message, whole, in its order. */
TEST_SIDES(msg_callback_sees_every_message)
{
    static const char *const expected[2][2] = {
        {" w1 r2 r11 r12 r14 w16 w20 r4 r20", " r1 w2 w11 w12 w14 r16 r20 w4 w20"},
        {" w1 r2 r8 r11 r15 r20 w20 r4 r4", " r1 w2 w8 w11 w15 w20 r20 w4 w4"},
    };
    struct pair *pair = pair_contexts(version);
    int argument;

    expected_argument = &argument;
    SSL_CTX_set_msg_callback(pair->ctx[server], record_message);
    SSL_CTX_set_msg_callback_arg(pair->ctx[server], &argument);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_STR(messages, expected[version == TLS1_3_VERSION][server]);
    pair_free(pair);
}

/* ---- key log ---- */

static char keylog[8][300];
static int keylog_lines;

static void record_key(const SSL *ssl, const char *line)
{
    CHECK(ssl != NULL);
    CHECK(keylog_lines < 8);
    CHECK(strchr(line, '\n') == NULL);
    snprintf(keylog[keylog_lines++], sizeof(keylog[0]), "%s", line);
}

static void check_logged(const char *label, const unsigned char random[32], size_t secret_length)
{
    char start[200];
    size_t length = (size_t)snprintf(start, sizeof(start), "%s ", label);

    for (int i = 0; i < 32; i++)
        length += (size_t)snprintf(start + length, sizeof(start) - length, "%02x", random[i]);
    for (int i = 0; i < keylog_lines; i++)
        if (strncmp(keylog[i], start, length) == 0) {
            CHECK_EQ(strlen(keylog[i]), length + 1 + 2 * secret_length);
            return;
        }
    test_fail(__FILE__, __LINE__, "no line %s", label);
}

/* The lines of the NSS key log format, with the client's random. */
TEST_SIDES(keylog_callback_gets_the_secrets)
{
    struct pair *pair = pair_contexts(version);
    unsigned char random[32];

    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256"));
    SSL_CTX_set_keylog_callback(pair->ctx[server], record_key);
    CHECK(SSL_CTX_get_keylog_callback(pair->ctx[server]) == record_key);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_client_random(pair->ssl[server], random, 32), 32);
    if (version == TLS1_2_VERSION) {
        CHECK_EQ(keylog_lines, 1);
        check_logged("CLIENT_RANDOM", random, 48);
    } else {
        CHECK_EQ(keylog_lines, 5);
        check_logged("CLIENT_HANDSHAKE_TRAFFIC_SECRET", random, 32);
        check_logged("SERVER_HANDSHAKE_TRAFFIC_SECRET", random, 32);
        check_logged("CLIENT_TRAFFIC_SECRET_0", random, 32);
        check_logged("SERVER_TRAFFIC_SECRET_0", random, 32);
        check_logged("EXPORTER_SECRET", random, 32);
    }
    pair_free(pair);
}

/* ---- whose callback is called ---- */

static int own_calls, contexts_calls;
static const void *argument_seen;

static void count_own_info(const SSL *ssl, int where, int value)
{
    (void)ssl, (void)where, (void)value;
    own_calls++;
}

static void count_contexts_info(const SSL *ssl, int where, int value)
{
    (void)ssl, (void)where, (void)value;
    contexts_calls++;
}

/* "The setting for ctx is overridden from the setting for a specific SSL object, if specified." SSL_set_info_callback(): "When callback
 * is NULL, the callback setting currently valid for ctx is used." SSL_get_info_callback() gives back the connection's alone. */
TEST_VERSIONS(info_callback_of_the_connection_goes_first)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    SSL_CTX_set_info_callback(pair->ctx[SERVER], count_contexts_info);
    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK(SSL_get_info_callback(ssl) == NULL);
    SSL_set_info_callback(ssl, count_own_info);
    CHECK(SSL_get_info_callback(ssl) == count_own_info);
    CHECK(SSL_CTX_get_info_callback(pair->ctx[SERVER]) == count_contexts_info);
    pair_handshake(pair);
    CHECK(own_calls > 0);
    CHECK_EQ(contexts_calls, 0);
    own_calls = 0;
    SSL_set_info_callback(ssl, NULL);
    CHECK_EQ(SSL_shutdown(ssl), 0);
    CHECK_EQ(own_calls, 0);
    CHECK_EQ(contexts_calls, 1);
    pair_free(pair);
}

/* A duplicate and SSL_clear() keep the connection's callback. */
TEST(info_callback_stays_with_the_connection)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *copy;

    SSL_set_accept_state(ssl);
    SSL_set_info_callback(ssl, count_own_info);
    CHECK_OK(SSL_clear(ssl));
    CHECK(SSL_get_info_callback(ssl) == count_own_info);
    copy = SSL_dup(ssl);
    CHECK(SSL_get_info_callback(copy) == count_own_info);
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

static void count_messages(int writing, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    (void)writing, (void)version, (void)type, (void)bytes, (void)length, (void)ssl;
    own_calls++;
    argument_seen = argument;
}

/* "SSL_CTX_set_msg_callback() and SSL_CTX_set_msg_callback_arg() specify default settings that will be copied to new SSL objects by
 * SSL_new(3) … Using a NULL pointer for cb disables the message callback." */
TEST_VERSIONS(msg_callback_is_copied_with_its_argument)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_msg_callback(pair->ctx[SERVER], count_messages);
    SSL_CTX_set_msg_callback_arg(pair->ctx[SERVER], "first");
    pair_over_wire(pair);
    SSL_CTX_set_msg_callback(pair->ctx[SERVER], NULL);
    SSL_CTX_set_msg_callback_arg(pair->ctx[SERVER], "second");
    pair_handshake(pair);
    CHECK(own_calls > 0);
    CHECK_STR(argument_seen, "first");
    SSL_set_msg_callback(pair->ssl[SERVER], NULL);
    own_calls = 0;
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK_EQ(own_calls, 0);
    pair_disconnect(pair);
    /* A duplicate has them from the connection. */
    pair_over_wire(pair);
    SSL_set_msg_callback(pair->ssl[CLIENT], count_messages);
    SSL_set_msg_callback_arg(pair->ssl[CLIENT], "third");
    {
        SSL *copy = SSL_dup(pair->ssl[CLIENT]);
        BIO *bio = wire_bio(&pair->end[CLIENT]);

        SSL_set_bio(copy, bio, bio);
        SSL_free(pair->ssl[CLIENT]);
        pair->ssl[CLIENT] = copy;
    }
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK(own_calls > 0);
    CHECK_STR(argument_seen, "third");
    pair_free(pair);
}

/* "if SSL_CTX_set_keylog_callback is called with NULL as the value of cb, no logging of key material will be done", from then on, for
 * connections that are there, too. */
TEST_VERSIONS(keylog_callback_that_is_taken_away)
{
    struct pair *pair = pair_contexts(version);

    CHECK(SSL_CTX_get_keylog_callback(pair->ctx[SERVER]) == NULL);
    SSL_CTX_set_keylog_callback(pair->ctx[SERVER], record_key);
    pair_over_wire(pair);
    SSL_CTX_set_keylog_callback(pair->ctx[SERVER], NULL);
    CHECK(SSL_CTX_get_keylog_callback(pair->ctx[SERVER]) == NULL);
    pair_handshake(pair);
    CHECK_EQ(keylog_lines, 0);
    pair_free(pair);
}

/* SSL_in_init(3): "SSL_in_before() returns 1 if no SSL/TLS handshake has yet been initiated", which is so when the info callback is told that it
 * starts; "SSL_in_init() returns 1 if the SSL/TLS state machine is currently processing or awaiting handshake messages": in each loop. */
static int starts, dones, loops;

static void look(const SSL *ssl, int where, int value)
{
    (void)value;
    if (where == SSL_CB_HANDSHAKE_START && starts++ == 0)
        CHECK_EQ(SSL_in_before(ssl), 1);
    if (where == SSL_CB_HANDSHAKE_DONE) {
        dones++;
        CHECK_EQ(SSL_in_init(ssl), 0);
    }
    if (where == SSL_CB_ACCEPT_LOOP || where == SSL_CB_CONNECT_LOOP) {
        loops++;
        CHECK_EQ(SSL_in_before(ssl), 0);
        CHECK_EQ(SSL_in_init(ssl), 1);
        CHECK_EQ(SSL_is_init_finished(ssl), 0);
    }
}

TEST_SIDES(info_callback_sees_the_handshake_begin_and_end)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    SSL_set_info_callback(pair->ssl[server], look);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK(starts > 0 && dones > 0 && loops > 0);
    pair_free(pair);
}
