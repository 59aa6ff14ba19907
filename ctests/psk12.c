/* Pre-shared keys below TLS 1.3: SSL_CTX_set_psk_client_callback(3), SSL_CTX_use_psk_identity_hint(3),
 * SSL_get_psk_identity(3). */
#include "support.h"

static const char *identity = "the client's identity", *expected_hint, *suite;
static unsigned int length[2] = {20, 20};
static unsigned char key[2] = {'k', 'k'};
static int calls[2], known = 1;

static unsigned int client_callback(SSL *ssl, const char *hint, char *id, unsigned int max_id,
                                    unsigned char *psk, unsigned int max_psk)
{
    calls[CLIENT]++;
    CHECK_EQ(SSL_get_state(ssl), TLS_ST_CW_KEY_EXCH);
    CHECK_EQ(max_id, PSK_MAX_IDENTITY_LEN);
    CHECK_EQ(max_psk, PSK_MAX_PSK_LEN);
    if (expected_hint == NULL)
        CHECK(hint == NULL);
    else
        CHECK_STR(hint, expected_hint);
    if (expected_hint == NULL)
        CHECK(SSL_get_psk_identity_hint(ssl) == NULL);
    else
        CHECK_STR(SSL_get_psk_identity_hint(ssl), expected_hint);
    CHECK(SSL_get_psk_identity(ssl) == NULL);
    CHECK_STR(SSL_CIPHER_get_name(SSL_get_pending_cipher(ssl)), suite);
    strcpy(id, identity);
    memset(psk, key[CLIENT], length[CLIENT] < max_psk ? length[CLIENT] : max_psk);
    return length[CLIENT];
}

static unsigned int server_callback(SSL *ssl, const char *id, unsigned char *psk, unsigned int max_psk)
{
    calls[SERVER]++;
    CHECK_EQ(SSL_get_state(ssl), TLS_ST_SR_KEY_EXCH);
    CHECK_EQ(max_psk, PSK_MAX_PSK_LEN);
    CHECK_STR(id, identity);
    CHECK_STR(SSL_get_psk_identity(ssl), identity);
    memset(psk, key[SERVER], length[SERVER] < max_psk ? length[SERVER] : max_psk);
    return known ? length[SERVER] : 0;
}

/* A server without a certificate, and a client; both have one suite. */
static struct pair *contexts(const char *name)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    SSL_CTX_free(pair->ctx[SERVER]);
    pair->ctx[SERVER] = SSL_CTX_new(TLS_method());
    suite = name;
    CHECK_EQ(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], name), 1);
    CHECK_EQ(SSL_CTX_set_cipher_list(pair->ctx[SERVER], name), 1);
    SSL_CTX_set_psk_client_callback(pair->ctx[CLIENT], client_callback);
    SSL_CTX_set_psk_server_callback(pair->ctx[SERVER], server_callback);
    return pair;
}

static void connect_pair(struct pair *pair)
{
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(calls[CLIENT], 1);
    CHECK_EQ(calls[SERVER], 1);
    CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), suite);
    CHECK_STR(SSL_get_psk_identity(pair->ssl[CLIENT]), identity);
    CHECK_STR(SSL_get_psk_identity(pair->ssl[SERVER]), identity);
    CHECK(SSL_get_psk_identity_hint(pair->ssl[SERVER]) == NULL);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 0);
    check_alive(pair);
    CHECK_NO_ERRORS();
}

static void check_failure(struct pair *pair, int client_reason, int server_reason)
{
    struct outcome outcome[2];

    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], client_reason);
    CHECK_OUTCOME(outcome[SERVER], server_reason);
    pair_free(pair);
}

TEST(plain_psk)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");

    connect_pair(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), 0);
    pair_free(pair);
}

TEST(plain_psk_of_sha384)
{
    struct pair *pair = contexts("PSK-AES256-GCM-SHA384");

    connect_pair(pair);
    pair_free(pair);
}

TEST(plain_psk_with_a_hint)
{
    struct pair *pair = contexts("PSK-CHACHA20-POLY1305");

    expected_hint = "the server's hint";
    CHECK_EQ(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], expected_hint), 1);
    connect_pair(pair);
    CHECK_STR(SSL_get_psk_identity_hint(pair->ssl[CLIENT]), expected_hint);
    pair_free(pair);
}

TEST(hint_of_a_connection)
{
    struct pair *pair = contexts("PSK-CHACHA20-POLY1305");

    expected_hint = "another hint";
    CHECK_EQ(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], "the server's hint"), 1);
    pair_over_wire(pair);
    CHECK_EQ(SSL_use_psk_identity_hint(pair->ssl[SERVER], expected_hint), 1);
    pair_handshake(pair);
    CHECK_STR(SSL_get_psk_identity_hint(pair->ssl[CLIENT]), expected_hint);
    pair_free(pair);
}

TEST(empty_hint_is_none)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");

    CHECK_EQ(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], ""), 1);
    connect_pair(pair);
    CHECK(SSL_get_psk_identity_hint(pair->ssl[CLIENT]) == NULL);
    pair_free(pair);
}

TEST(hint_has_at_most_256_bytes)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");
    char hint[258];

    memset(hint, 'h', sizeof(hint));
    hint[257] = 0;
    CHECK_EQ(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], hint), 0);
    CHECK_SSL_REASON(SSL_R_DATA_LENGTH_TOO_LONG);
    hint[256] = 0;
    CHECK_OK(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], hint));
    expected_hint = hint;
    connect_pair(pair);
    hint[256] = 'h';
    CHECK_EQ(SSL_use_psk_identity_hint(pair->ssl[SERVER], hint), 0);
    CHECK_SSL_REASON(SSL_R_DATA_LENGTH_TOO_LONG);
    CHECK_OK(SSL_use_psk_identity_hint(pair->ssl[SERVER], NULL));
    CHECK_OK(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], NULL));
    CHECK_EQ(SSL_use_psk_identity_hint(NULL, "hint"), 0);
    CHECK(SSL_get_psk_identity(NULL) == NULL);
    CHECK(SSL_get_psk_identity_hint(NULL) == NULL);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

TEST(ecdhe_psk)
{
    struct pair *pair = contexts("ECDHE-PSK-CHACHA20-POLY1305");

    connect_pair(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_X25519);
    pair_free(pair);
}

TEST(ecdhe_psk_with_a_hint)
{
    struct pair *pair = contexts("ECDHE-PSK-CHACHA20-POLY1305");

    expected_hint = "the server's hint";
    CHECK_EQ(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], expected_hint), 1);
    connect_pair(pair);
    pair_free(pair);
}

TEST(ecdhe_psk_without_a_common_group)
{
    struct pair *pair = contexts("ECDHE-PSK-CHACHA20-POLY1305");

    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519"), 1);
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"), 1);
    check_failure(pair, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_UNSUPPORTED_ELLIPTIC_CURVE);
}

TEST(empty_identity)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");

    identity = "";
    connect_pair(pair);
    pair_free(pair);
}

TEST(longest_identity_and_psk)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");
    char id[257];

    memset(id, 'i', 256);
    id[256] = 0;
    identity = id;
    length[CLIENT] = length[SERVER] = PSK_MAX_PSK_LEN;
    connect_pair(pair);
    pair_free(pair);
}

TEST(keys_that_differ)
{
    key[SERVER] = 'x';
    check_failure(contexts("PSK-AES128-GCM-SHA256"), SSL_R_SSLV3_ALERT_BAD_RECORD_MAC,
                  SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
}

TEST(unknown_identity)
{
    known = 0;
    check_failure(contexts("PSK-AES128-GCM-SHA256"), SSL_R_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY,
                  SSL_R_PSK_IDENTITY_NOT_FOUND);
}

TEST(client_without_a_psk)
{
    length[CLIENT] = 0;
    check_failure(contexts("PSK-AES128-GCM-SHA256"), SSL_R_PSK_IDENTITY_NOT_FOUND,
                  SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
}

TEST(client_psk_that_is_too_long)
{
    length[CLIENT] = PSK_MAX_PSK_LEN + 1;
    check_failure(contexts("PSK-AES128-GCM-SHA256"), ERR_R_INTERNAL_ERROR,
                  SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
}

TEST(server_psk_that_is_too_long)
{
    length[SERVER] = PSK_MAX_PSK_LEN + 1;
    check_failure(contexts("PSK-AES128-GCM-SHA256"), SSL_R_TLSV1_ALERT_INTERNAL_ERROR, ERR_R_INTERNAL_ERROR);
}

TEST(server_without_callback_has_no_such_suite)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");

    SSL_CTX_set_psk_server_callback(pair->ctx[SERVER], NULL);
    check_failure(pair, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_NO_SHARED_CIPHER);
}

TEST(client_without_callback_has_no_such_suite)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");

    SSL_CTX_set_psk_client_callback(pair->ctx[CLIENT], NULL);
    pair_over_wire(pair);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_NO_CIPHERS_AVAILABLE);
    pair_free(pair);
}

static int supported(SSL *ssl, const char *name)
{
    STACK_OF(SSL_CIPHER) *ciphers = SSL_get1_supported_ciphers(ssl);
    int i, found = 0;

    for (i = 0; i < sk_SSL_CIPHER_num(ciphers); i++)
        found |= strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)), name) == 0;
    sk_SSL_CIPHER_free(ciphers);
    return found;
}

/* What is supported goes by the client's callback, on either side. */
TEST(supported_ciphers_go_by_the_callback)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256");

    pair_over_wire(pair);
    CHECK(supported(pair->ssl[CLIENT], "PSK-AES128-GCM-SHA256"));
    CHECK(!supported(pair->ssl[SERVER], "PSK-AES128-GCM-SHA256"));
    SSL_set_psk_client_callback(pair->ssl[CLIENT], NULL);
    CHECK(!supported(pair->ssl[CLIENT], "PSK-AES128-GCM-SHA256"));
    CHECK(supported(pair->ssl[CLIENT], "ECDHE-RSA-AES128-GCM-SHA256"));
    pair_free(pair);
}

/* A server that wants certificates gets none here, and goes on. */
TEST(no_certificate_is_asked_for)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    CHECK_EQ(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"x", 1), 1);
    connect_pair(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
    pair_free(pair);
}

static void resume(int tickets)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");
    SSL_SESSION *session;
    int i;

    expected_hint = "the server's hint";
    CHECK_EQ(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], expected_hint), 1);
    CHECK_EQ(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"x", 1), 1);
    if (!tickets)
        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    connect_pair(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    for (i = 0; i < 2; i++)
        SSL_set_shutdown(pair->ssl[i], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_session(pair->ssl[CLIENT], session), 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK_EQ(calls[CLIENT], 1);
    CHECK_EQ(calls[SERVER], 1);
    CHECK_STR(SSL_get_psk_identity(pair->ssl[CLIENT]), identity);
    CHECK_STR(SSL_get_psk_identity(pair->ssl[SERVER]), identity);
    CHECK_STR(SSL_get_psk_identity_hint(pair->ssl[CLIENT]), expected_hint);
    check_alive(pair);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(session_with_psk_is_resumed_by_ticket)
{
    resume(1);
}

TEST(session_with_psk_is_resumed_by_id)
{
    resume(0);
}

/* The session says which PSK it came from, also as text and after a round trip. */
TEST(session_names_the_identity)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");
    BIO *bio = BIO_new(BIO_s_mem());
    unsigned char *der = NULL;
    const unsigned char *start;
    SSL_SESSION *copy;
    char *text;
    int size;

    expected_hint = "the server's hint";
    CHECK_EQ(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], expected_hint), 1);
    connect_pair(pair);
    size = i2d_SSL_SESSION(SSL_get0_session(pair->ssl[CLIENT]), &der);
    start = der;
    copy = d2i_SSL_SESSION(NULL, &start, size);
    CHECK(copy != NULL);
    CHECK_EQ(SSL_SESSION_print(bio, copy), 1);
    CHECK(BIO_write(bio, "", 1) == 1);
    BIO_get_mem_data(bio, &text);
    CHECK(strstr(text, "PSK identity: the client's identity\n") != NULL);
    CHECK(strstr(text, "PSK identity hint: the server's hint\n") != NULL);
    SSL_SESSION_free(copy);
    OPENSSL_free(der);
    BIO_free(bio);
    pair_free(pair);
}

/* ---- what a peer should not send ---- */

/* Seen by the message callback: the body of the ClientKeyExchange that comes is that of a PSK. */
static size_t key_exchange_length;

static void note_key_exchange(int write, int version, int type, const void *buffer, size_t size, SSL *ssl,
                              void *argument)
{
    (void)version, (void)ssl, (void)argument;
    if (!write && type == SSL3_RT_HANDSHAKE && ((const unsigned char *)buffer)[0] == SSL3_MT_CLIENT_KEY_EXCHANGE)
        key_exchange_length = size;
}

TEST(client_key_exchange_is_the_identity)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");

    SSL_CTX_set_msg_callback(pair->ctx[SERVER], note_key_exchange);
    connect_pair(pair);
    CHECK_EQ(key_exchange_length, 4 + 2 + strlen(identity));
    pair_free(pair);
}

/* The server's flight is edited on its way: what stands behind ServerHello. */
static size_t find_message(const struct queue *queue, int type)
{
    size_t at = queue->start;

    while (at < queue->end && queue->bytes[at + 5] != type)
        at += 5 + (size_t)(queue->bytes[at + 3] << 8 | queue->bytes[at + 4]);
    CHECK(at < queue->end);
    return at;
}

TEST(client_key_exchange_with_a_wrong_length)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");
    size_t at;

    pair_over_wire(pair);
    SSL_do_handshake(pair->ssl[CLIENT]);
    SSL_do_handshake(pair->ssl[SERVER]);
    SSL_do_handshake(pair->ssl[CLIENT]);
    at = find_message(pair->end[SERVER].in, SSL3_MT_CLIENT_KEY_EXCHANGE);
    pair->end[SERVER].in->bytes[at + 5 + 4 + 1] -= 1;
    /* Whether the program is asked before the length is found to be wrong is not the same everywhere. */
    identity = "the client's identit";
    ERR_clear_error();
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_LENGTH_MISMATCH);
    pair_free(pair);
}

TEST(client_key_exchange_that_is_cut)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");
    size_t at;

    pair_over_wire(pair);
    SSL_do_handshake(pair->ssl[CLIENT]);
    SSL_do_handshake(pair->ssl[SERVER]);
    SSL_do_handshake(pair->ssl[CLIENT]);
    at = find_message(pair->end[SERVER].in, SSL3_MT_CLIENT_KEY_EXCHANGE);
    pair->end[SERVER].in->bytes[at + 5 + 4 + 1] += 1;
    ERR_clear_error();
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_LENGTH_MISMATCH);
    CHECK_EQ(calls[SERVER], 0);
    pair_free(pair);
}

TEST(hint_with_a_wrong_length)
{
    int change;

    for (change = -1; change <= 1; change += 2) {
        struct pair *pair = contexts("PSK-AES128-GCM-SHA256");
        size_t at;

        CHECK_EQ(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], "the server's hint"), 1);
        pair_over_wire(pair);
        SSL_do_handshake(pair->ssl[CLIENT]);
        SSL_do_handshake(pair->ssl[SERVER]);
        at = find_message(pair->end[CLIENT].in, SSL3_MT_SERVER_KEY_EXCHANGE);
        pair->end[CLIENT].in->bytes[at + 5 + 4 + 1] += (unsigned char)change;
        ERR_clear_error();
        CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]),
                    change < 0 ? SSL_R_EXTRA_DATA_IN_MESSAGE : SSL_R_LENGTH_MISMATCH);
        CHECK_EQ(calls[CLIENT], 0);
        pair_free(pair);
    }
}

/* CVE-2014-5139: a server that chooses a suite that the client cannot have offered. */
TEST(suite_that_was_not_offered)
{
    struct pair *pair = contexts("PSK-AES128-GCM-SHA256");
    size_t at;

    CHECK_EQ(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ALL"), 1);
    pair_over_wire(pair);
    SSL_do_handshake(pair->ssl[CLIENT]);
    SSL_do_handshake(pair->ssl[SERVER]);
    SSL_set_psk_client_callback(pair->ssl[CLIENT], NULL);
    at = find_message(pair->end[CLIENT].in, SSL3_MT_SERVER_HELLO);
    /* PSK-NULL-SHA256, which ALL has not. */
    at += 5 + 4 + 2 + 32;
    at += 1 + pair->end[CLIENT].in->bytes[at];
    pair->end[CLIENT].in->bytes[at + 1] = 0xb0;
    ERR_clear_error();
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_WRONG_CIPHER_RETURNED);
    pair_free(pair);
}
