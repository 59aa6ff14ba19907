/*
 * What a program sets for one connection in place of its context: SSL_set_cert_cb(3), SSL_set_generate_session_id(3),
 * SSL_set_not_resumable_session_callback, SSL_set_post_handshake_auth(3), SSL_set_psk_server_callback(3),
 * SSL_set_record_padding_callback_arg(3), SSL_set_tmp_dh_callback(3). The context's next connection has none of it.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/dh.h>

static int calls;

static int give_certificate(SSL *ssl, void *argument)
{
    calls++;
    use_identity_ssl(ssl, argument);
    return 1;
}

static void check_peer(SSL *ssl, const char *name)
{
    X509 *wanted = load_certificate(name);

    CHECK_EQ(X509_cmp(SSL_get0_peer_certificate(ssl), wanted), 0);
    X509_free(wanted);
}

TEST_VERSIONS(certificate_callback_of_one_connection)
{
    struct pair *pair = pair_contexts(version);

    calls = 0;
    pair_over_wire(pair);
    SSL_set_cert_cb(pair->ssl[SERVER], give_certificate, "rsa");
    SSL_certs_clear(pair->ssl[SERVER]);
    pair_handshake(pair);
    CHECK_EQ(calls, 1);
    check_peer(pair->ssl[CLIENT], "rsa");
    pair_disconnect(pair);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(calls, 1);
    check_peer(pair->ssl[CLIENT], "ec");
    pair_free(pair);
}

static int make_id(SSL *ssl, unsigned char *id, unsigned int *length)
{
    (void)ssl;
    calls++;
    memset(id, 'i', *length);
    return 1;
}

static int begins_with_i(SSL *ssl)
{
    unsigned int length;
    const unsigned char *id = SSL_SESSION_get_id(SSL_get_session(ssl), &length);

    CHECK_EQ(length, 32);
    return memcmp(id, "iiiiiiii", 8) == 0;
}

TEST(session_ids_of_one_connection)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_generate_session_id(pair->ssl[SERVER], make_id));
    pair_handshake(pair);
    CHECK(begins_with_i(pair->ssl[CLIENT]));
    pair_disconnect(pair);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(!begins_with_i(pair->ssl[CLIENT]));
    pair_free(pair);
}

static int refuse_to_resume(SSL *ssl, int is_forward_secure)
{
    (void)ssl;
    /* In TLS 1.3 it is asked before there is a suite. */
    CHECK_EQ(is_forward_secure, SSL_version(ssl) != TLS1_3_VERSION);
    calls++;
    return 1;
}

TEST_VERSIONS(one_connection_is_not_resumable)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    calls = 0;
    pair_over_wire(pair);
    SSL_set_not_resumable_session_callback(pair->ssl[SERVER], refuse_to_resume);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK(calls > 0);
    CHECK_EQ(SSL_SESSION_has_ticket(SSL_get_session(pair->ssl[CLIENT])), 0);
    pair_disconnect(pair);
    calls = 0;
    session = connect_with(pair, NULL, 0);
    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(session);
    CHECK_EQ(calls, 0);
    pair_free(pair);
}

/* "If the extension was not sent, SSL_verify_client_post_handshake() fails" */
TEST(one_connection_offers_post_handshake_authentication)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    pair_over_wire(pair);
    SSL_set_post_handshake_auth(pair->ssl[CLIENT], 1);
    pair_handshake(pair);
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    pair_disconnect(pair);
    pair_over_wire(pair);
    SSL_set_post_handshake_auth(pair->ssl[CLIENT], 1);
    SSL_set_post_handshake_auth(pair->ssl[CLIENT], 0);
    pair_handshake(pair);
    CHECK_EQ(SSL_verify_client_post_handshake(pair->ssl[SERVER]), 0);
    CHECK_SSL_REASON(SSL_R_EXTENSION_NOT_RECEIVED);
    pair_free(pair);
}

static unsigned int client_key(SSL *ssl, const char *hint, char *identity, unsigned int room, unsigned char *key,
                               unsigned int key_room)
{
    (void)ssl;
    (void)hint;
    (void)key_room;
    snprintf(identity, room, "client");
    memset(key, 'k', 16);
    return 16;
}

static unsigned int server_key(SSL *ssl, const char *identity, unsigned char *key, unsigned int room)
{
    (void)ssl;
    (void)room;
    CHECK_STR(identity, "client");
    calls++;
    memset(key, 'k', 16);
    return 16;
}

TEST(pre_shared_key_of_one_connection)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "ECDHE-PSK-CHACHA20-POLY1305"));
    SSL_CTX_set_psk_client_callback(pair->ctx[CLIENT], client_key);
    calls = 0;
    pair_over_wire(pair);
    SSL_set_psk_server_callback(pair->ssl[SERVER], server_key);
    pair_handshake(pair);
    CHECK_EQ(calls, 1);
    CHECK_STR(SSL_get_psk_identity(pair->ssl[SERVER]), "client");
    pair_disconnect(pair);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    pair_free(pair);
}

static const char *padding_argument;

static size_t no_padding(SSL *ssl, int type, size_t length, void *argument)
{
    (void)ssl;
    (void)type;
    (void)length;
    padding_argument = argument;
    return 0;
}

TEST(argument_of_the_padding_callback_of_one_connection)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    SSL_CTX_set_record_padding_callback(pair->ctx[CLIENT], no_padding);
    SSL_CTX_set_record_padding_callback_arg(pair->ctx[CLIENT], "context");
    pair_over_wire(pair);
    CHECK_STR(SSL_get_record_padding_callback_arg(pair->ssl[CLIENT]), "context");
    SSL_set_record_padding_callback_arg(pair->ssl[CLIENT], "connection");
    CHECK_STR(SSL_get_record_padding_callback_arg(pair->ssl[CLIENT]), "connection");
    CHECK_STR(SSL_CTX_get_record_padding_callback_arg(pair->ctx[CLIENT]), "context");
    pair_handshake(pair);
    CHECK_STR(padding_argument, "connection");
    pair_free(pair);
}

static DH *group14(SSL *ssl, int is_export, int bits)
{
    static DH *parameters;

    (void)ssl;
    (void)is_export;
    (void)bits;
    calls++;
    if (parameters == NULL)
        parameters = DH_new_by_nid(NID_modp_2048);
    return parameters;
}

TEST(diffie_hellman_callback_of_one_connection)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];

    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "DHE-RSA-AES128-GCM-SHA256"));
    calls = 0;
    pair_over_wire(pair);
    SSL_set_tmp_dh_callback(pair->ssl[SERVER], group14);
    pair_handshake(pair);
    CHECK(calls > 0);
    pair_disconnect(pair);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    pair_free(pair);
}
