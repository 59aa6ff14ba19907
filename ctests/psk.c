/* Pre-shared keys of TLS 1.3: SSL_CTX_set_psk_use_session_callback(3),
 * SSL_CTX_set_psk_find_session_callback(3), and the older callbacks as they serve TLS 1.3. */
#include "support.h"

enum { AES_128 = 0x1301, AES_256 = 0x1302, CHACHA = 0x1303 };

static const unsigned char right_key[48] = "a key that both sides know, and nobody besides";
static const unsigned char wrong_key[48] = "a key that one of them has made up for himself";

/* What the callbacks of each side give. */
static struct {
    const unsigned char *key;
    size_t length;
    int suite, version, ret, nothing, calls;
} side[2] = {
    {right_key, 48, AES_256, TLS1_3_VERSION, 1, 0, 0},
    {right_key, 48, AES_256, TLS1_3_VERSION, 1, 0, 0},
};
static int digests[4], ticket_first;

static SSL_SESSION *session_of(SSL *ssl, int which)
{
    unsigned char id[2] = {(unsigned char)(side[which].suite >> 8), (unsigned char)side[which].suite};
    SSL_SESSION *session = SSL_SESSION_new();

    CHECK(session != NULL);
    CHECK_EQ(SSL_SESSION_set1_master_key(session, side[which].key, side[which].length), 1);
    CHECK_EQ(SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, id)), 1);
    CHECK_EQ(SSL_SESSION_set_protocol_version(session, side[which].version), 1);
    return session;
}

static int use_session(SSL *ssl, const EVP_MD *digest, const unsigned char **identity, size_t *length,
                       SSL_SESSION **session)
{
    CHECK_EQ(SSL_get_state(ssl), TLS_ST_CW_CLNT_HELLO);
    CHECK(!SSL_is_server(ssl));
    digests[side[CLIENT].calls++] = digest != NULL ? EVP_MD_get_type(digest) : NID_undef;
    *session = NULL;
    *identity = NULL;
    *length = 0;
    if (!side[CLIENT].nothing) {
        *identity = (const unsigned char *)"an identity\0of 19";
        *length = 17;
        *session = session_of(ssl, CLIENT);
    }
    return side[CLIENT].ret;
}

static int find_session(SSL *ssl, const unsigned char *identity, size_t length, SSL_SESSION **session)
{
    CHECK_EQ(SSL_get_state(ssl), TLS_ST_SR_CLNT_HELLO);
    CHECK(SSL_is_server(ssl));
    side[SERVER].calls++;
    *session = NULL;
    if (length != 17) {
        ticket_first = side[SERVER].calls == 1;
        return side[SERVER].ret;
    }
    CHECK_MEM(identity, "an identity\0of 19", 17);
    if (!side[SERVER].nothing)
        *session = session_of(ssl, SERVER);
    return side[SERVER].ret;
}

static struct pair *contexts(int certificate)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    if (!certificate) {
        SSL_CTX_free(pair->ctx[SERVER]);
        pair->ctx[SERVER] = SSL_CTX_new(TLS_method());
    }
    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], use_session);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], find_session);
    return pair;
}

static void check_reused(struct pair *pair, int reused)
{
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), reused);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), reused);
    CHECK_EQ(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL, reused);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
}

/* Which alert tells of a binder that is wrong is not the same everywhere: illegal_parameter in the system's library,
 * decrypt_error where RFC 8446 §6.2 is followed. */
static void check_binder_refused(struct pair *pair)
{
    struct outcome outcome[2];

    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_BINDER_DOES_NOT_VERIFY);
    CHECK_EQ(outcome[CLIENT].error, SSL_ERROR_SSL);
    CHECK(ERR_GET_REASON(outcome[CLIENT].first) == SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER
          || ERR_GET_REASON(outcome[CLIENT].first) == SSL_R_TLSV1_ALERT_DECRYPT_ERROR);
    pair_free(pair);
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

static void check_success(struct pair *pair, int reused)
{
    pair_over_wire(pair);
    pair_handshake(pair);
    check_reused(pair, reused);
    pair_settle(pair);
    check_alive(pair);
    CHECK_NO_ERRORS();
}

/* ---- session callbacks ---- */

TEST(psk_needs_no_certificate)
{
    struct pair *pair = contexts(0);

    check_success(pair, 1);
    CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), "TLS_AES_256_GCM_SHA384");
    CHECK_EQ(side[CLIENT].calls, 1);
    CHECK_EQ(side[SERVER].calls, 1);
    CHECK_EQ(digests[0], NID_undef);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    CHECK(SSL_get_peer_cert_chain(pair->ssl[CLIENT]) == NULL);
    pair_free(pair);
}

TEST(psk_of_sha256)
{
    struct pair *pair = contexts(0);

    side[CLIENT].suite = CHACHA;
    side[SERVER].suite = AES_128;
    side[CLIENT].length = side[SERVER].length = 32;
    CHECK_EQ(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256"), 1);
    check_success(pair, 1);
    CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), "TLS_AES_128_GCM_SHA256");
    pair_free(pair);
}

TEST(psk_as_long_as_it_may_be)
{
    static unsigned char key[513];
    struct pair *pair = contexts(0);
    SSL_SESSION *session = SSL_SESSION_new();

    memset(key, 7, sizeof(key));
    CHECK_EQ(SSL_SESSION_set1_master_key(session, key, 513), 0);
    CHECK_EQ(SSL_SESSION_set1_master_key(session, key, 512), 1);
    SSL_SESSION_free(session);
    side[CLIENT].key = side[SERVER].key = key;
    side[CLIENT].length = side[SERVER].length = 512;
    check_success(pair, 1);
    pair_free(pair);
}

/* The suite is chosen first; a PSK for another hash does not count. */
TEST(psk_of_another_hash_than_the_suite_is_not_used)
{
    struct pair *pair = contexts(1);

    side[CLIENT].suite = side[SERVER].suite = AES_128;
    check_success(pair, 0);
    CHECK_EQ(side[SERVER].calls, 1);
    pair_free(pair);
    check_failure(contexts(0), SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
}

TEST(client_without_psk_sees_a_certificate)
{
    struct pair *pair = contexts(1);

    side[CLIENT].nothing = 1;
    check_success(pair, 0);
    CHECK_EQ(side[CLIENT].calls, 1);
    CHECK_EQ(side[SERVER].calls, 0);
    pair_free(pair);
}

TEST(unknown_identity_leads_to_a_certificate)
{
    struct pair *pair = contexts(1);

    side[SERVER].nothing = 1;
    check_success(pair, 0);
    CHECK_EQ(side[SERVER].calls, 1);
    pair_free(pair);
    check_failure(contexts(0), SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
}

TEST(wrong_key_makes_a_wrong_binder)
{
    side[SERVER].key = wrong_key;
    check_binder_refused(contexts(1));
}

TEST(use_callback_that_fails)
{
    struct pair *pair = contexts(1);

    side[CLIENT].ret = 0;
    pair_over_wire(pair);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_BAD_PSK);
    pair_free(pair);
}

TEST(use_callback_with_a_session_of_tls12)
{
    struct pair *pair = contexts(1);

    side[CLIENT].version = TLS1_2_VERSION;
    pair_over_wire(pair);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_BAD_PSK);
    pair_free(pair);
}

TEST(find_callback_that_fails)
{
    side[SERVER].ret = 0;
    check_failure(contexts(1), SSL_R_TLSV1_ALERT_INTERNAL_ERROR, SSL_R_BAD_EXTENSION);
}

TEST(client_of_tls12_is_not_asked)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], use_session);
    check_success(pair, 0);
    CHECK_EQ(side[CLIENT].calls, 0);
    pair_free(pair);
}

TEST(psk_is_of_no_use_to_a_server_of_tls12)
{
    struct pair *pair = contexts(1);

    SSL_CTX_set_min_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION);
    SSL_CTX_set_min_proto_version(pair->ctx[SERVER], TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_2_VERSION);
    check_success(pair, 0);
    CHECK_EQ(side[CLIENT].calls, 1);
    CHECK_EQ(side[SERVER].calls, 0);
    pair_free(pair);
}

TEST(callbacks_of_a_connection_go_before_the_contexts)
{
    struct pair *pair = contexts(0);

    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], NULL);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], NULL);
    pair_over_wire(pair);
    SSL_set_psk_use_session_callback(pair->ssl[CLIENT], use_session);
    SSL_set_psk_find_session_callback(pair->ssl[SERVER], find_session);
    pair_handshake(pair);
    check_reused(pair, 1);
    pair_free(pair);
}

TEST(callbacks_are_copied_to_connections)
{
    struct pair *pair = contexts(0);

    pair_over_wire(pair);
    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], NULL);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], NULL);
    pair_handshake(pair);
    check_reused(pair, 1);
    pair_free(pair);
}

/* ---- HelloRetryRequest ---- */

TEST(psk_after_hello_retry_request)
{
    struct pair *pair = contexts(0);

    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"), 1);
    check_success(pair, 1);
    CHECK_EQ(side[CLIENT].calls, 2);
    CHECK_EQ(side[SERVER].calls, 2);
    CHECK_EQ(digests[0], NID_undef);
    CHECK_EQ(digests[1], NID_sha384);
    pair_free(pair);
}

TEST(psk_after_hello_retry_request_must_have_its_hash)
{
    struct pair *pair = contexts(1);
    struct outcome outcome[2];

    side[CLIENT].suite = side[SERVER].suite = AES_128;
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"), 1);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_BAD_PSK);
    CHECK_EQ(digests[1], NID_sha384);
    pair_free(pair);
}

/* ---- beside sessions ---- */

/* The ticket comes first, and the program is asked about it as well. */
TEST(ticket_goes_before_the_psk)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    pair_disconnect(pair);
    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], use_session);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], find_session);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_session(pair->ssl[CLIENT], session), 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) != NULL);
    CHECK(ticket_first);
    CHECK_EQ(side[SERVER].calls, 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A ticket that does not open leaves the PSK as the second identity. */
TEST(psk_is_the_second_identity)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    unsigned char keys[80];

    pair_disconnect(pair);
    memset(keys, 9, sizeof(keys));
    CHECK_EQ(SSL_CTX_set_tlsext_ticket_keys(pair->ctx[SERVER], keys, sizeof(keys)), 1);
    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], use_session);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], find_session);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_session(pair->ssl[CLIENT], session), 1);
    pair_handshake(pair);
    check_reused(pair, 1);
    CHECK_EQ(side[SERVER].calls, 2);
    CHECK(ticket_first);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(session_of_tls12_is_offered_without_the_psk)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    int i;

    pair_disconnect(pair);
    for (i = 0; i < 2; i++)
        SSL_CTX_set_max_proto_version(pair->ctx[i], 0);
    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], use_session);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], find_session);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_session(pair->ssl[CLIENT], session), 1);
    pair_handshake(pair);
    CHECK_EQ(side[CLIENT].calls, 1);
    CHECK_EQ(side[SERVER].calls, 0);
    CHECK_STR(SSL_get_version(pair->ssl[CLIENT]), "TLSv1.3");
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(connection_by_psk_gives_tickets)
{
    struct pair *pair = contexts(0);
    SSL_SESSION *session;

    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_SESSION_has_ticket(session), 1);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
    SSL_set_shutdown(pair->ssl[CLIENT], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    pair_disconnect(pair);
    side[CLIENT].nothing = 1;
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_session(pair->ssl[CLIENT], session), 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_UNSPECIFIED);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(client_with_a_session_id_context_does_not_take_it)
{
    struct pair *pair = contexts(0);

    CHECK_EQ(SSL_CTX_set_session_id_context(pair->ctx[CLIENT], (const unsigned char *)"abc", 3), 1);
    check_failure(pair, SSL_R_ATTEMPT_TO_REUSE_SESSION_IN_DIFFERENT_CONTEXT,
                  SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
}

TEST(server_takes_it_in_any_session_id_context)
{
    struct pair *pair = contexts(0);

    CHECK_EQ(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"abc", 3), 1);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    check_success(pair, 1);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_ERR_UNSPECIFIED);
    pair_free(pair);
}

/* ---- the key exchange besides ---- */

TEST(psk_with_dhe_where_both_would_do_without)
{
    struct pair *pair = contexts(0);

    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_ALLOW_NO_DHE_KEX);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_NO_DHE_KEX);
    check_success(pair, 1);
    CHECK(SSL_get_negotiated_group(pair->ssl[CLIENT]) != 0);
    pair_free(pair);
}

/* ---- the callbacks of TLS 1.2 ---- */

static unsigned int plain_client(SSL *ssl, const char *hint, char *identity, unsigned int max_identity,
                                 unsigned char *psk, unsigned int max_psk)
{
    CHECK(!SSL_is_server(ssl));
    CHECK(hint == NULL);
    CHECK_EQ(max_identity, PSK_MAX_IDENTITY_LEN);
    CHECK_EQ(max_psk, PSK_MAX_PSK_LEN);
    side[CLIENT].calls++;
    if (side[CLIENT].nothing)
        return 0;
    strcpy(identity, "plain identity");
    memcpy(psk, side[CLIENT].key, 32);
    return 32;
}

static unsigned int plain_server(SSL *ssl, const char *identity, unsigned char *psk, unsigned int max_psk)
{
    CHECK(SSL_is_server(ssl));
    CHECK_STR(identity, "plain identity");
    CHECK_EQ(max_psk, PSK_MAX_PSK_LEN);
    side[SERVER].calls++;
    if (side[SERVER].nothing)
        return 0;
    memcpy(psk, side[SERVER].key, 32);
    return 32;
}

static struct pair *plain_contexts(int certificate)
{
    struct pair *pair = contexts(certificate);

    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], NULL);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], NULL);
    SSL_CTX_set_psk_client_callback(pair->ctx[CLIENT], plain_client);
    SSL_CTX_set_psk_server_callback(pair->ctx[SERVER], plain_server);
    return pair;
}

/* Without a certificate the server chooses a suite of SHA-256. */
TEST(plain_psk_goes_with_sha256)
{
    struct pair *pair = plain_contexts(0);

    check_success(pair, 1);
    CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), "TLS_CHACHA20_POLY1305_SHA256");
    CHECK_EQ(side[CLIENT].calls, 1);
    CHECK_EQ(side[SERVER].calls, 1);
    pair_free(pair);
}

TEST(plain_psk_gives_way_to_a_certificate)
{
    struct pair *pair = plain_contexts(1);

    check_success(pair, 0);
    CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), "TLS_AES_256_GCM_SHA384");
    CHECK_EQ(side[SERVER].calls, 1);
    pair_free(pair);
}

TEST(plain_psk_that_is_wrong)
{
    side[SERVER].key = wrong_key;
    check_binder_refused(plain_contexts(0));
}

TEST(plain_psk_that_is_unknown)
{
    side[SERVER].nothing = 1;
    check_failure(plain_contexts(0), SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
                  SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
}

TEST(client_without_plain_psk)
{
    struct pair *pair = plain_contexts(1);

    side[CLIENT].nothing = 1;
    check_success(pair, 0);
    CHECK_EQ(side[CLIENT].calls, 1);
    CHECK_EQ(side[SERVER].calls, 0);
    pair_free(pair);
}

/* The session callbacks are asked first, the others where those have nothing. */
TEST(session_callbacks_go_before_the_plain_ones)
{
    struct pair *pair = plain_contexts(0);

    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], use_session);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], find_session);
    CHECK_EQ(SSL_CTX_set_ciphersuites(pair->ctx[SERVER], "TLS_AES_256_GCM_SHA384"), 1);
    check_success(pair, 1);
    CHECK_EQ(side[CLIENT].calls, 1);
    CHECK_EQ(side[SERVER].calls, 1);
    pair_free(pair);
}

/* ---- callbacks that use the connection ---- */

static int data_index;

static int use_session_reentering(SSL *ssl, const EVP_MD *digest, const unsigned char **identity,
                                  size_t *length, SSL_SESSION **session)
{
    CHECK_EQ(SSL_set_ex_data(ssl, data_index, &data_index), 1);
    CHECK(SSL_get_ex_data(ssl, data_index) == &data_index);
    CHECK(SSL_get_SSL_CTX(ssl) != NULL);
    CHECK_EQ(SSL_set_num_tickets(ssl, 1), 1);
    CHECK(SSL_get_psk_identity(ssl) == NULL);
    SSL_set_psk_use_session_callback(ssl, use_session);
    return use_session(ssl, digest, identity, length, session);
}

static int find_session_reentering(SSL *ssl, const unsigned char *identity, size_t length,
                                   SSL_SESSION **session)
{
    CHECK_EQ(SSL_set_ex_data(ssl, data_index, &data_index), 1);
    CHECK_STR(SSL_get_version(ssl), "TLSv1.3");
    CHECK_EQ(SSL_set_num_tickets(ssl, 0), 1);
    SSL_set_psk_find_session_callback(ssl, find_session);
    return find_session(ssl, identity, length, session);
}

TEST(callbacks_may_use_the_connection)
{
    struct pair *pair = contexts(0);

    data_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], use_session_reentering);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], find_session_reentering);
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"), 1);
    check_success(pair, 1);
    CHECK(SSL_get_ex_data(pair->ssl[CLIENT], data_index) == &data_index);
    CHECK_EQ(side[CLIENT].calls, 2);
    CHECK_EQ(side[SERVER].calls, 2);
    pair_free(pair);
}
