/* SSL_state_string(3), SSL_rstate_string(3), SSL_alert_type_string(3),
 * SSL_export_keying_material(3), SSL_get_finished, SSL_get_client_random(3), SSL_key_update(3),
 * SSL_CTX_set_num_tickets, SSL_get_error strings. */
#include "support.h"

#include <openssl/x509.h>

/* Before, in the middle, after. */
TEST_SIDES(state_strings)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[server];
    CHECK_STR(SSL_state_string(ssl), "PINIT");
    CHECK_STR(SSL_state_string_long(ssl), "before SSL initialization");
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    if (!server) {
        CHECK_STR(SSL_state_string(ssl), "TWCH");
        CHECK_STR(SSL_state_string_long(ssl), "SSLv3/TLS write client hello");
        CHECK_EQ(SSL_get_state(ssl), TLS_ST_CW_CLNT_HELLO);
    }
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    if (server && version == TLS1_2_VERSION) {
        CHECK_STR(SSL_state_string(ssl), "TWSD");
        CHECK_STR(SSL_state_string_long(ssl), "SSLv3/TLS write server done");
    }
    pair_handshake(pair);
    CHECK_STR(SSL_state_string(ssl), "SSLOK");
    CHECK_STR(SSL_state_string_long(ssl), "SSL negotiation finished successfully");
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* After an error. */
TEST_VERSIONS(state_strings_after_an_error)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    queue_add(&pair->queue[CLIENT], "this is not TLS at all, is it?", 30);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_R_WRONG_VERSION_NUMBER);
    CHECK_STR(SSL_state_string(pair->ssl[CLIENT]), "SSLERR");
    CHECK_STR(SSL_state_string_long(pair->ssl[CLIENT]), "error");
    pair_free(pair);
}

/* The state of reading records. */
TEST_SIDES(read_state_strings)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[server];
    char byte;

    CHECK_STR(SSL_rstate_string(ssl), "RH");
    CHECK_STR(SSL_rstate_string_long(ssl), "read header");
    pair->end[server].read_room = 7;
    CHECK_EQ(SSL_write(pair->ssl[!server], "data", 4), 4);
    CHECK_WANTS(ssl, SSL_read(ssl, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_STR(SSL_rstate_string(ssl), "RB");
    CHECK_STR(SSL_rstate_string_long(ssl), "read body");
    pair_free(pair);
}

/* Alert texts. */
TEST(alert_strings)
{
    static const struct {
        int value;
        const char *name, *text;
    } alerts[] = {
        {SSL_AD_CLOSE_NOTIFY, "CN", "close notify"},
        {SSL_AD_UNEXPECTED_MESSAGE, "UM", "unexpected_message"},
        {SSL_AD_BAD_RECORD_MAC, "BM", "bad record mac"},
        {SSL_AD_RECORD_OVERFLOW, "RO", "record overflow"},
        {SSL_AD_HANDSHAKE_FAILURE, "HF", "handshake failure"},
        {SSL_AD_BAD_CERTIFICATE, "BC", "bad certificate"},
        {SSL_AD_UNSUPPORTED_CERTIFICATE, "UC", "unsupported certificate"},
        {SSL_AD_CERTIFICATE_REVOKED, "CR", "certificate revoked"},
        {SSL_AD_CERTIFICATE_EXPIRED, "CE", "certificate expired"},
        {SSL_AD_CERTIFICATE_UNKNOWN, "CU", "certificate unknown"},
        {SSL_AD_ILLEGAL_PARAMETER, "IP", "illegal parameter"},
        {SSL_AD_UNKNOWN_CA, "CA", "unknown CA"},
        {SSL_AD_ACCESS_DENIED, "AD", "access denied"},
        {SSL_AD_DECODE_ERROR, "DE", "decode error"},
        {SSL_AD_DECRYPT_ERROR, "CY", "decrypt error"},
        {SSL_AD_PROTOCOL_VERSION, "PV", "protocol version"},
        {SSL_AD_INSUFFICIENT_SECURITY, "IS", "insufficient security"},
        {SSL_AD_INTERNAL_ERROR, "IE", "internal error"},
        {SSL_AD_USER_CANCELLED, "US", "user canceled"},
        {SSL_AD_NO_RENEGOTIATION, "NR", "no renegotiation"},
        {SSL_AD_UNSUPPORTED_EXTENSION, "UE", "unsupported extension"},
        {SSL_AD_UNRECOGNIZED_NAME, "UN", "unrecognized name"},
        {SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE, "BR", "bad certificate status response"},
        {SSL_AD_UNKNOWN_PSK_IDENTITY, "UP", "unknown PSK identity"},
        {SSL_AD_NO_APPLICATION_PROTOCOL, "UK", "no application protocol"},
    };

    for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
        CHECK_STR(SSL_alert_desc_string(SSL3_AL_FATAL << 8 | alerts[i].value), alerts[i].name);
        CHECK_STR(SSL_alert_desc_string_long(alerts[i].value), alerts[i].text);
    }
    CHECK_STR(SSL_alert_desc_string(222), "UK");
    CHECK_STR(SSL_alert_desc_string_long(222), "unknown");
    CHECK_STR(SSL_alert_type_string(SSL3_AL_WARNING << 8), "W");
    CHECK_STR(SSL_alert_type_string(SSL3_AL_FATAL << 8), "F");
    CHECK_STR(SSL_alert_type_string(0), "U");
    CHECK_STR(SSL_alert_type_string_long(SSL3_AL_WARNING << 8), "warning");
    CHECK_STR(SSL_alert_type_string_long(SSL3_AL_FATAL << 8), "fatal");
    CHECK_STR(SSL_alert_type_string_long(0), "unknown");
}

/* ---- exporters ---- */

/* Both sides export the same; label, context and its absence make a difference. */
TEST_VERSIONS(exporters_agree)
{
    struct pair *pair = pair_established(version);
    unsigned char client[4][40], server_bytes[40];
    static const char *const labels[] = {"EXPORTER-one", "EXPORTER-two", "EXPORTER-one",
                                         "EXPORTER-one"};

    for (int i = 0; i < 4; i++) {
        const unsigned char *context = (const unsigned char *)(i == 2 ? "context" : "");
        size_t length = i == 2 ? 7 : 0;
        int use = i >= 2;

        CHECK_OK(SSL_export_keying_material(pair->ssl[CLIENT], client[i], 40, labels[i],
                                            strlen(labels[i]), context, length, use));
        CHECK_OK(SSL_export_keying_material(pair->ssl[SERVER], server_bytes, 40, labels[i],
                                            strlen(labels[i]), context, length, use));
        CHECK_MEM(client[i], server_bytes, 40);
    }
    CHECK(memcmp(client[0], client[1], 40) != 0);
    CHECK(memcmp(client[0], client[2], 40) != 0);
    /* In TLS 1.3 an empty context is none; in TLS 1.2 it is not (RFC 5705, RFC 8446, 7.5). */
    CHECK_EQ(memcmp(client[0], client[3], 40) == 0, version == TLS1_3_VERSION);
    pair_free(pair);
}

/* Before the handshake there is nothing to export. */
TEST_VERSIONS(exporters_before_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    unsigned char bytes[32];

    pair_over_wire(pair);
    CHECK(SSL_export_keying_material(pair->ssl[CLIENT], bytes, 32, "EXPORTER-x", 10, NULL, 0, 0)
          <= 0);
    ERR_clear_error();
    pair_free(pair);
}

/* ---- Finished messages, randoms ---- */

/* What one side sent is what the other received. */
TEST_VERSIONS(finished_messages)
{
    struct pair *pair = pair_established(version);
    unsigned char sent[64], received[64];
    size_t expected = 12;

    if (version == TLS1_3_VERSION)
        expected = (size_t)EVP_MD_get_size(
            SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(pair->ssl[CLIENT])));
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(SSL_get_finished(pair->ssl[side], sent, sizeof(sent)), expected);
        CHECK_EQ(SSL_get_peer_finished(pair->ssl[!side], received, sizeof(received)), expected);
        CHECK_MEM(sent, received, expected);
        memset(sent, 0, sizeof(sent));
        CHECK_EQ(SSL_get_finished(pair->ssl[side], sent, 4), expected);
        CHECK_MEM(sent, received, 4);
        CHECK_EQ(sent[4], 0);
    }
    pair_free(pair);
}

/* Both sides know both randoms. */
TEST_VERSIONS(randoms)
{
    struct pair *pair = pair_established(version);
    unsigned char left[32], right[32];

    CHECK_EQ(SSL_get_client_random(pair->ssl[CLIENT], NULL, 0), 32);
    CHECK_EQ(SSL_get_client_random(pair->ssl[CLIENT], left, 32), 32);
    CHECK_EQ(SSL_get_client_random(pair->ssl[SERVER], right, 32), 32);
    CHECK_MEM(left, right, 32);
    CHECK_EQ(SSL_get_server_random(pair->ssl[CLIENT], left, 32), 32);
    CHECK_EQ(SSL_get_server_random(pair->ssl[SERVER], right, 32), 32);
    CHECK_MEM(left, right, 32);
    CHECK_EQ(SSL_get_server_random(pair->ssl[CLIENT], left, 100), 32);
    CHECK_EQ(SSL_get_server_random(pair->ssl[CLIENT], left, 10), 10);
    pair_free(pair);
}

/* ---- key update and renegotiation ---- */

/* SSL_key_update(): only in TLS 1.3, only when established, only of two types. */
TEST_VERSIONS(key_update_preconditions)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[CLIENT];
    CHECK_EQ(SSL_get_key_update_type(ssl), SSL_KEY_UPDATE_NONE);
    if (version == TLS1_3_VERSION) {
        CHECK_EQ(SSL_connect(ssl), -1);
        CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    }
    pair_handshake(pair);
    pair_settle(pair);
    if (version == TLS1_2_VERSION) {
        CHECK_EQ(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 0);
        CHECK_SSL_REASON(SSL_R_WRONG_SSL_VERSION);
    } else {
        CHECK_EQ(SSL_key_update(ssl, 7), 0);
        CHECK_SSL_REASON(SSL_R_INVALID_KEY_UPDATE_TYPE);
        CHECK_OK(SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED));
        CHECK_EQ(SSL_get_key_update_type(ssl), SSL_KEY_UPDATE_NOT_REQUESTED);
        CHECK_OK(SSL_do_handshake(ssl));
        CHECK_EQ(SSL_get_key_update_type(ssl), SSL_KEY_UPDATE_NONE);
    }
    check_alive(pair);
    pair_free(pair);
}

/* A key update behind a blocked write must wait for it. */
TEST(key_update_with_blocked_write_fails)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    SSL *ssl = pair->ssl[CLIENT];
    char received[8];

    pair->end[CLIENT].write_room = 0;
    CHECK_WANTS(ssl, SSL_write(ssl, "data", 4), SSL_ERROR_WANT_WRITE);
    CHECK_EQ(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 0);
    CHECK_SSL_REASON(SSL_R_BAD_WRITE_RETRY);
    pair->end[CLIENT].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(ssl, "data", 4), 4);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 4);
    CHECK_OK(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED));
    check_alive(pair);
    pair_free(pair);
}

/* There is no renegotiation in TLS 1.3. */
TEST(renegotiation_in_tls13_fails)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);

    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(SSL_renegotiate(pair->ssl[side]), 0);
        CHECK_SSL_REASON(SSL_R_WRONG_SSL_VERSION);
        CHECK_EQ(SSL_renegotiate_abbreviated(pair->ssl[side]), 0);
        CHECK_SSL_REASON(SSL_R_WRONG_SSL_VERSION);
        CHECK_EQ(SSL_renegotiate_pending(pair->ssl[side]), 0);
    }
    check_alive(pair);
    pair_free(pair);
}

/* SSL_OP_NO_RENEGOTIATION */
TEST(renegotiation_can_be_disabled)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);

    SSL_set_options(pair->ssl[CLIENT], SSL_OP_NO_RENEGOTIATION);
    CHECK_EQ(SSL_renegotiate(pair->ssl[CLIENT]), 0);
    CHECK_SSL_REASON(SSL_R_NO_RENEGOTIATION);
    check_alive(pair);
    pair_free(pair);
}

/* A server refuses a client's renegotiation by default, with a warning that the client takes badly. */
TEST(client_renegotiation_is_refused_by_default)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);
    SSL *client = pair->ssl[CLIENT], *server_ssl = pair->ssl[SERVER];
    char byte;

    CHECK_OK(SSL_renegotiate(client));
    CHECK_WANTS(client, SSL_do_handshake(client), SSL_ERROR_WANT_READ);
    CHECK_WANTS(server_ssl, SSL_read(server_ssl, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_FAILS(client, SSL_do_handshake(client), SSL_R_NO_RENEGOTIATION);
    pair_free(pair);
}

/* The server renegotiates, whole and abbreviated, with data before and after. */
TEST(server_renegotiation)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);
    SSL *client = pair->ssl[CLIENT], *server_ssl = pair->ssl[SERVER];

    CHECK_EQ(SSL_get_secure_renegotiation_support(client), 1);
    CHECK_EQ(SSL_get_secure_renegotiation_support(server_ssl), 1);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(i % 2 ? SSL_renegotiate_abbreviated(server_ssl) : SSL_renegotiate(server_ssl));
        CHECK_EQ(SSL_renegotiate_pending(server_ssl), 1);
        CHECK_OK(SSL_do_handshake(server_ssl));
        for (int turn = 0; SSL_num_renegotiations(client) <= i || SSL_in_init(client)
                           || SSL_in_init(server_ssl) || SSL_renegotiate_pending(server_ssl);
             turn++) {
            CHECK(turn < 20);
            pair_settle(pair);
        }
        check_alive(pair);
    }
    CHECK_EQ(SSL_total_renegotiations(client), 3);
    CHECK_EQ(SSL_clear_num_renegotiations(client), 3);
    CHECK_EQ(SSL_num_renegotiations(client), 0);
    pair_free(pair);
}

/* Renegotiation to get a client certificate: what Apache does. */
TEST(server_renegotiation_for_a_client_certificate)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    SSL *server_ssl;

    use_identity(pair->ctx[CLIENT], "client");
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"x", 1);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
    pair_over_wire(pair);
    pair_handshake(pair);
    server_ssl = pair->ssl[SERVER];
    CHECK(SSL_get0_peer_certificate(server_ssl) == NULL);
    SSL_set_verify(server_ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    CHECK_OK(SSL_renegotiate(server_ssl));
    CHECK_OK(SSL_do_handshake(server_ssl));
    for (int turn = 0; SSL_get0_peer_certificate(server_ssl) == NULL || SSL_in_init(server_ssl);
         turn++) {
        CHECK(turn < 20);
        pair_settle(pair);
    }
    CHECK_EQ(SSL_get_verify_result(server_ssl), X509_V_OK);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

/* ---- the rest ---- */

/* The extended master secret is used in TLS 1.2; TLS 1.3 has no need of it. */
TEST_VERSIONS(extended_master_secret)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_get_extms_support(pair->ssl[CLIENT]), version == TLS1_2_VERSION);
    CHECK_EQ(SSL_get_extms_support(pair->ssl[SERVER]), version == TLS1_2_VERSION);
    pair_free(pair);
}

/* No compression. */
TEST_VERSIONS(compression_is_none)
{
    struct pair *pair = pair_established(version);

    CHECK(SSL_get_current_compression(pair->ssl[CLIENT]) == NULL);
    CHECK(SSL_get_current_expansion(pair->ssl[CLIENT]) == NULL);
    pair_free(pair);
}

/* Early data functions outside of early data. */
TEST(early_data_defaults)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    size_t count;
    char byte;

    CHECK_EQ(SSL_get_max_early_data(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_get_early_data_status(pair->ssl[CLIENT]), SSL_EARLY_DATA_NOT_SENT);
    CHECK_EQ(SSL_write_early_data(pair->ssl[CLIENT], "x", 1, &count), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
    CHECK_EQ(SSL_read_early_data(pair->ssl[SERVER], &byte, 1, &count), SSL_READ_EARLY_DATA_ERROR);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
    check_alive(pair);
    pair_free(pair);
}

/* Debian's OpenSSL has no compression, and so no method that could be asked. */
TEST(compression_methods_have_no_names)
{
    CHECK(SSL_COMP_get_name(NULL) == NULL);
    CHECK_EQ(sk_SSL_COMP_num(SSL_COMP_get_compression_methods()) > 0, 0);
}

/* "does nothing" */
TEST(set_debug_does_nothing)
{
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    SSL_set_debug(pair->ssl[CLIENT], 1);
#pragma GCC diagnostic pop
    pair_handshake(pair);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* SSL_alert_type_string(3): alerts that TLS sends no more, and what is none. The type stands in the upper byte, whatever the lower. */
TEST(alert_strings_of_old_versions)
{
    static const struct {
        int value;
        const char *name, *text;
    } alerts[] = {
        {SSL3_AD_NO_CERTIFICATE, "NC", "no certificate"},
        {TLS1_AD_DECRYPTION_FAILED, "DC", "decryption failed"},
        {SSL3_AD_DECOMPRESSION_FAILURE, "DF", "decompression failure"},
        {TLS1_AD_EXPORT_RESTRICTION, "ER", "export restriction"},
        {TLS1_AD_CERTIFICATE_UNOBTAINABLE, "CO", "certificate unobtainable"},
        {TLS1_AD_BAD_CERTIFICATE_HASH_VALUE, "BH", "bad certificate hash value"},
    };

    for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
        CHECK_STR(SSL_alert_desc_string(SSL3_AL_WARNING << 8 | alerts[i].value), alerts[i].name);
        CHECK_STR(SSL_alert_desc_string_long(SSL3_AL_WARNING << 8 | alerts[i].value), alerts[i].text);
    }
    CHECK_STR(SSL_alert_desc_string(-1), "UK");
    CHECK_STR(SSL_alert_type_string(SSL3_AL_FATAL << 8 | SSL_AD_BAD_RECORD_MAC), "F");
    CHECK_STR(SSL_alert_type_string(SSL3_AL_FATAL), "U");
    CHECK_STR(SSL_alert_type_string_long(3 << 8), "unknown");
    CHECK_STR(SSL_alert_type_string(-1), "U");
}

/* "SSL_key_update() must only be called after the initial handshake has been completed and TLSv1.3 has been negotiated". */
TEST_SIDES(key_update_before_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    SSL *self;

    pair_over_wire(pair);
    self = pair->ssl[server];
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(SSL_key_update(self, SSL_KEY_UPDATE_REQUESTED), 0);
        CHECK_SSL_REASON(SSL_R_WRONG_SSL_VERSION);
        CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_NONE);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    }
    pair_free(pair);
}

/* "It is an error if updatetype is set to SSL_KEY_UPDATE_NONE." One update is scheduled at a time, and the state tells of it. */
TEST(key_update_is_scheduled_once)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL *self = pair->ssl[side];

        CHECK_EQ(SSL_key_update(self, SSL_KEY_UPDATE_NONE), 0);
        CHECK_SSL_REASON(SSL_R_INVALID_KEY_UPDATE_TYPE);
        CHECK_OK(SSL_key_update(self, SSL_KEY_UPDATE_REQUESTED));
        CHECK_EQ(SSL_in_init(self), 1);
        CHECK_EQ(SSL_is_init_finished(self), 0);
        CHECK_EQ(SSL_get_state(self), TLS_ST_OK);
        CHECK_EQ(SSL_key_update(self, SSL_KEY_UPDATE_NOT_REQUESTED), 0);
        CHECK_SSL_REASON(SSL_R_STILL_IN_INIT);
        CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_REQUESTED);
        check_alive(pair);
        check_alive(pair);
        CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_NONE);
        CHECK_EQ(SSL_in_init(self), 0);
    }
    pair_free(pair);
}

/* "The key update will not take place until the next time an IO operation such as SSL_read_ex()", or a look at what came. */
TEST(key_update_goes_out_with_a_peek)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL *self = pair->ssl[side], *other = pair->ssl[!side];
        unsigned long written = pair->end[side].bytes_written;
        char byte;

        CHECK_OK(SSL_key_update(self, SSL_KEY_UPDATE_REQUESTED));
        CHECK_EQ(pair->end[side].bytes_written, written);
        CHECK_WANTS(self, SSL_peek(self, &byte, 1), SSL_ERROR_WANT_READ);
        /* A header, the message, its inner type and a tag. */
        CHECK_EQ(pair->end[side].bytes_written, written + 5 + 5 + 1 + 16);
        CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_NONE);
        written = pair->end[!side].bytes_written;
        CHECK_WANTS(other, SSL_read(other, &byte, 1), SSL_ERROR_WANT_READ);
        /* The other side owes its own, and pays with its next data. */
        CHECK_EQ(SSL_get_key_update_type(other), SSL_KEY_UPDATE_NOT_REQUESTED);
        CHECK_EQ(pair->end[!side].bytes_written, written);
        check_alive(pair);
        CHECK_EQ(SSL_get_key_update_type(other), SSL_KEY_UPDATE_NONE);
    }
    pair_free(pair);
}

/* A scheduled update is a handshake: SSL_shutdown() waits until it was sent. */
TEST(no_shutdown_before_a_scheduled_key_update)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    SSL *self = pair->ssl[CLIENT];

    CHECK_OK(SSL_key_update(self, SSL_KEY_UPDATE_NOT_REQUESTED));
    CHECK_EQ(SSL_shutdown(self), -1);
    CHECK_SSL_REASON(SSL_R_SHUTDOWN_WHILE_IN_INIT);
    CHECK_EQ(SSL_get_key_update_type(self), SSL_KEY_UPDATE_NOT_REQUESTED);
    CHECK_OK(SSL_do_handshake(self));
    CHECK_EQ(SSL_shutdown(self), 0);
    pair_free(pair);
}

/*
 * "SSL_renegotiate() schedules a completely new handshake", "SSL_renegotiate_abbreviated() ... will attempt to resume the session";
 * "When called from the server side, [they] behave identically". The client that is asked resumes.
 */
TEST(renegotiation_is_whole_or_abbreviated)
{
    for (int i = 0; i < 4; i++) {
        struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 1);
        int server = i / 2, abbreviated = i % 2;
        unsigned char before[32], after[32];
        SSL *self;

        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
        pair_over_wire(pair);
        pair_handshake(pair);
        self = pair->ssl[server];
        SSL_get_client_random(self, before, 32);
        CHECK_EQ(SSL_renegotiate_pending(self), 0);
        CHECK_OK(abbreviated ? SSL_renegotiate_abbreviated(self) : SSL_renegotiate(self));
        CHECK_EQ(SSL_renegotiate_pending(self), 1);
        /* Scheduled, not begun. */
        CHECK_EQ(SSL_in_init(self), 0);
        CHECK_EQ(SSL_is_init_finished(self), 1);
        CHECK_EQ(SSL_num_renegotiations(self), 0);
        for (int turn = 0; turn < 3; turn++) {
            char byte;

            CHECK_WANTS(self, SSL_read(self, &byte, 1), SSL_ERROR_WANT_READ);
            CHECK_WANTS(pair->ssl[!server], SSL_read(pair->ssl[!server], &byte, 1), SSL_ERROR_WANT_READ);
        }
        CHECK_EQ(SSL_renegotiate_pending(self), 0);
        CHECK_EQ(SSL_session_reused(self), server || abbreviated);
        CHECK_EQ(SSL_session_reused(pair->ssl[!server]), server || abbreviated);
        SSL_get_client_random(self, after, 32);
        CHECK(memcmp(before, after, 32) != 0);
        CHECK_EQ(SSL_num_renegotiations(self), 1);
        /* A server that was told to counts nothing. */
        CHECK_EQ(SSL_total_renegotiations(pair->ssl[!server]), server);
        check_alive(pair);
        CHECK_OK(SSL_clear(self));
        CHECK_EQ(SSL_total_renegotiations(self), 0);
        pair_free(pair);
    }
}

/* SSL_get_client_random(3): "It copies as many bytes as it can of this value into the buffer", which begins before the handshake. */
TEST_VERSIONS(randoms_in_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    unsigned char random[32], zeros[32] = {0};

    pair_over_wire(pair);
    CHECK_EQ(SSL_get_client_random(pair->ssl[CLIENT], NULL, 0), 32);
    CHECK_EQ(SSL_get_server_random(pair->ssl[CLIENT], NULL, 0), 32);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_get_client_random(pair->ssl[CLIENT], random, 32), 32);
    /* Behind the header of the record, that of the message, and the version. */
    CHECK_MEM(random, pair->queue[SERVER].bytes + pair->queue[SERVER].start + 11, 32);
    CHECK_EQ(SSL_get_server_random(pair->ssl[CLIENT], random, 32), 32);
    CHECK_MEM(random, zeros, 32);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_get_server_random(pair->ssl[SERVER], random, 32), 32);
    CHECK_MEM(random, pair->queue[CLIENT].bytes + pair->queue[CLIENT].start + 11, 32);
    pair_free(pair);
}

/* SSL_get_peer_tmp_key(3): "Under that name [SSL_get_server_tmp_key()] it worked just on the client side"; 0 before there is a key. */
TEST_SIDES(temporary_keys_before_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    EVP_PKEY *key = NULL;
    SSL *self;
    char group[20];

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256"));
    pair_over_wire(pair);
    self = pair->ssl[server];
    CHECK_EQ(SSL_get_peer_tmp_key(self, &key), 0);
    CHECK_EQ(SSL_get_server_tmp_key(self, &key), 0);
    CHECK_EQ(SSL_get_tmp_key(self, &key), 0);
    CHECK(key == NULL);
    pair_handshake(pair);
    if (!server || version == TLS1_3_VERSION) {
        CHECK_EQ(SSL_get_peer_tmp_key(self, &key), 1);
        CHECK_EQ(EVP_PKEY_get_group_name(key, group, sizeof(group), NULL), 1);
        CHECK_STR(group, "prime256v1");
        EVP_PKEY_free(key);
    } else {
        CHECK_EQ(SSL_get_peer_tmp_key(self, &key), 0);
    }
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* SSL_group_to_name(3): the id is "as returned by a call to SSL_get1_groups()", a NID where there is one; NULL for what is no group. */
TEST(groups_have_names)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_STR(SSL_group_to_name(ssl, NID_X9_62_prime256v1), "secp256r1");
    CHECK_STR(SSL_group_to_name(ssl, NID_X25519), "x25519");
    CHECK_STR(SSL_group_to_name(ssl, NID_ffdhe2048), "ffdhe2048");
    CHECK(SSL_group_to_name(ssl, 23) == NULL);
    CHECK(SSL_group_to_name(ssl, 0) == NULL);
    CHECK(SSL_group_to_name(ssl, 0x12345) == NULL);
    CHECK_NO_ERRORS();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Bounds and options of a server that change when it is established do not end a connection of a version that they permit no more: a
 * renegotiation keeps the version. */
TEST(renegotiation_keeps_a_version_that_is_permitted_no_more)
{
    for (int how = 0; how < 3; how++) {
        struct pair *pair = pair_established(TLS1_2_VERSION);
        char byte;

        if (how == 0)
            SSL_set_options(pair->ssl[SERVER], SSL_OP_NO_TLSv1_2);
        else if (how == 1)
            CHECK_EQ(SSL_set_max_proto_version(pair->ssl[SERVER], TLS1_1_VERSION), 1);
        else
            CHECK_EQ(SSL_set_min_proto_version(pair->ssl[SERVER], TLS1_3_VERSION), 1);
        CHECK_OK(SSL_renegotiate(pair->ssl[SERVER]));
        CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
        for (int turn = 0; turn < 3; turn++)
            for (int side = CLIENT; side <= SERVER; side++)
                CHECK_WANTS(pair->ssl[side], SSL_read(pair->ssl[side], &byte, 1), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_num_renegotiations(pair->ssl[CLIENT]), 1);
        CHECK_EQ(SSL_renegotiate_pending(pair->ssl[SERVER]), 0);
        check_alive(pair);
        pair_free(pair);
    }
}
