/*
 * What a connection shows before and during its handshake, and after a handshake that failed: SSL_get_version(3),
 * SSL_get_session(3), SSL_get_current_cipher(3), SSL_want(3), SSL_get_state(3); the extensions of the peer's messages.
 */
#include "support.h"

/* One step of one side, which has to wait for the other. */
static void step(struct pair *pair, int side)
{
    CHECK_WANTS(pair->ssl[side], SSL_do_handshake(pair->ssl[side]), SSL_ERROR_WANT_READ);
}

static struct pair *over_memory(int version)
{
    struct pair *pair = pair_contexts(version);

    pair_over_memory(pair);
    return pair;
}

/* A client speaks of the highest version that it offers, a server of the one that it chose. */
TEST(version_after_client_hello_is_the_highest_offered)
{
    struct pair *pair = pair_contexts(0);

    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION);
    pair_over_memory(pair);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_3_VERSION);
    step(pair, CLIENT);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_2_VERSION);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), TLS1_3_VERSION);
    step(pair, SERVER);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), TLS1_2_VERSION);
    pair_free(pair);
}

/* There is a session as soon as a hello is sent or read; nothing can resume it. */
TEST(session_is_there_from_the_hello_on)
{
    struct pair *pair = over_memory(TLS1_2_VERSION);

    CHECK(SSL_get_session(pair->ssl[CLIENT]) == NULL);
    step(pair, CLIENT);
    CHECK(SSL_get_session(pair->ssl[CLIENT]) != NULL);
    CHECK_EQ(SSL_SESSION_is_resumable(SSL_get_session(pair->ssl[CLIENT])), 0);
    CHECK(SSL_get_session(pair->ssl[SERVER]) == NULL);
    step(pair, SERVER);
    CHECK(SSL_get_session(pair->ssl[SERVER]) != NULL);
    CHECK_EQ(SSL_SESSION_get_protocol_version(SSL_get_session(pair->ssl[SERVER])), TLS1_2_VERSION);
    pair_free(pair);
}

/* The suite is pending until it is written with. */
TEST(suite_is_pending_before_it_is_current)
{
    struct pair *pair = over_memory(TLS1_2_VERSION);

    step(pair, CLIENT);
    step(pair, SERVER);
    CHECK(SSL_get_current_cipher(pair->ssl[SERVER]) == NULL);
    CHECK(SSL_get_pending_cipher(pair->ssl[SERVER]) != NULL);
    step(pair, CLIENT);
    CHECK(SSL_get_current_cipher(pair->ssl[CLIENT]) == SSL_get_pending_cipher(pair->ssl[SERVER]));
    pair_free(pair);
}

/* What failed while it read waits for reading, what failed in what it read for nothing. */
TEST(failure_shows_where_it_was_found)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-RSA-AES128-GCM-SHA256");
    pair_over_memory(pair);
    step(pair, CLIENT);
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_NO_SHARED_CIPHER);
    CHECK_EQ(SSL_want(pair->ssl[SERVER]), SSL_NOTHING);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    CHECK_EQ(SSL_want(pair->ssl[CLIENT]), SSL_READING);
    pair_free(pair);
}

/* A handshake that nothing can come of fails before it begins. */
TEST(handshake_without_versions_or_suites_fails_at_once)
{
    struct pair *pair = pair_contexts(0);

    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_SSL_MASK);
    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_1_VERSION);
    SSL_CTX_set_security_level(pair->ctx[SERVER], 0);
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE-ECDSA-AES128-GCM-SHA256"));
    pair_over_memory(pair);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_NO_PROTOCOLS_AVAILABLE);
    CHECK_EQ(SSL_get_state(pair->ssl[CLIENT]), TLS_ST_BEFORE);
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_NO_CIPHERS_AVAILABLE);
    CHECK_EQ(SSL_get_state(pair->ssl[SERVER]), TLS_ST_BEFORE);
    pair_free(pair);
}

/* A read of no bytes waits for some as any other. */
TEST(read_of_nothing_waits_for_data)
{
    struct pair *pair = over_memory(TLS1_2_VERSION);
    char byte;

    pair_handshake(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 0), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "x", 1), 1);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], &byte, 0), 0);
    CHECK_EQ(SSL_pending(pair->ssl[CLIENT]), 1);
    pair_free(pair);
}

static int extensions[2][64], extension_count[2];

static void note_extension(SSL *ssl, int from_server, int type, const unsigned char *data, int length, void *argument)
{
    (void)data;
    CHECK_STR(argument, "argument");
    CHECK(length >= 0);
    CHECK_EQ(from_server, !SSL_is_server(ssl));
    extensions[from_server][extension_count[from_server]++] = type;
}

static int was_told(int from_server, int type)
{
    for (int i = 0; i < extension_count[from_server]; i++)
        if (extensions[from_server][i] == type)
            return 1;
    return 0;
}

/* The program is told of the extensions in all messages that have some. */
TEST(extensions_are_told)
{
    struct pair *pair = over_memory(TLS1_3_VERSION);

    for (int side = 0; side < 2; side++) {
        CHECK_EQ(SSL_set_tlsext_debug_callback(pair->ssl[side], note_extension), 1);
        CHECK_EQ(SSL_set_tlsext_debug_arg(pair->ssl[side], "argument"), 1);
    }
    SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example");
    pair_handshake(pair);
    CHECK(was_told(0, TLSEXT_TYPE_server_name));
    CHECK(was_told(0, TLSEXT_TYPE_key_share));
    CHECK(was_told(0, TLSEXT_TYPE_supported_versions));
    CHECK(was_told(1, TLSEXT_TYPE_key_share));
    CHECK(was_told(1, TLSEXT_TYPE_supported_versions));
    CHECK(!was_told(1, TLSEXT_TYPE_psk_kex_modes));
    pair_free(pair);
}

/* The suites of all versions that both sides have, whatever was negotiated. */
TEST(shared_suites_are_those_of_all_versions)
{
    struct pair *pair = pair_contexts(0);
    char names[4096];

    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_2_VERSION);
    pair_over_memory(pair);
    pair_handshake(pair);
    CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], names, sizeof(names)) == names);
    CHECK(strstr(names, "TLS_AES_128_GCM_SHA256") != NULL);
    CHECK(strstr(names, "ECDHE-ECDSA-AES128-GCM-SHA256") != NULL);
    pair_free(pair);
}
