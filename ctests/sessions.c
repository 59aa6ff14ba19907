/* SSL_get_session(3), SSL_set_session(3), d2i_SSL_SESSION(3), SSL_SESSION_get_time(3) and their kin,
 * SSL_CTX_set_session_id_context(3), SSL_session_reused(3): sessions and their resumption. */
#include "support.h"

#include <openssl/pem.h>

static const unsigned char sid_context[] = "ctests";

/* Resumption by ticket and by the server's cache, in both versions, several times. */
static void check_resumption(int version, int tickets)
{
    struct pair *pair = pair_for_sessions(version, tickets);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *next;

    CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
    for (int i = 0; i < 3; i++) {
        next = connect_with(pair, session, 1);
        SSL_SESSION_free(session);
        session = next;
    }
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST_VERSIONS(resumption_by_ticket) { check_resumption(version, 1); }

TEST_VERSIONS(resumption_by_cache) { check_resumption(version, 0); }

/* A resumed handshake shows the same certificate and result, and the session's suite. */
TEST_VERSIONS(resumed_connection_knows_the_peer)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    X509 *expected = load_certificate("ec");

    CHECK_EQ(X509_cmp(SSL_SESSION_get0_peer(session), expected), 0);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_EQ(X509_cmp(SSL_get0_peer_certificate(pair->ssl[CLIENT]), expected), 0);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    CHECK(SSL_get_current_cipher(pair->ssl[CLIENT]) == SSL_SESSION_get0_cipher(session));
    X509_free(expected);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* So does the server know the client's. */
TEST_VERSIONS(resumed_connection_knows_the_client)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    use_identity(pair->ctx[CLIENT], "client");
    session = connect_with(pair, NULL, 0);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_get_session(), get0, get1: who owns what; SSL_SESSION_up_ref(). */
TEST_VERSIONS(session_references)
{
    struct pair *pair = pair_established(version);
    SSL_SESSION *borrowed = SSL_get_session(pair->ssl[CLIENT]);
    SSL_SESSION *owned = SSL_get1_session(pair->ssl[CLIENT]);

    CHECK(borrowed == owned);
    CHECK(SSL_get0_session(pair->ssl[CLIENT]) == owned);
    CHECK_OK(SSL_SESSION_up_ref(owned));
    SSL_SESSION_free(owned);
    pair_free(pair);
    CHECK_EQ(SSL_SESSION_get_protocol_version(owned), version);
    SSL_SESSION_free(owned);
}

/* Before the handshake there is no session. */
TEST(no_session_before_the_handshake)
{
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
    CHECK(SSL_get_session(pair->ssl[CLIENT]) == NULL);
    CHECK(SSL_get1_session(pair->ssl[CLIENT]) == NULL);
    pair_free(pair);
}

static int accept_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl;
    (void)alert;
    (void)argument;
    return SSL_TLSEXT_ERR_OK;
}

/* What a session tells. */
TEST_VERSIONS(session_properties)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;
    const unsigned char *bytes, *ticket = NULL;
    unsigned char key[64];
    unsigned int length;
    size_t ticket_length = 0;
    long now = time(NULL);

    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], accept_name);
    pair_over_wire(pair);
    SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example");
    pair_handshake(pair);
    pair_settle(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_SESSION_get_protocol_version(session), version);
    CHECK(SSL_SESSION_get0_cipher(session) == SSL_get_current_cipher(pair->ssl[CLIENT]));
    CHECK_STR(SSL_SESSION_get0_hostname(session), "server.example");
    CHECK(SSL_SESSION_get_time(session) >= now - 5 && SSL_SESSION_get_time(session) <= now + 60);
    CHECK_EQ(SSL_SESSION_get_timeout(session), 7200);
    CHECK_EQ(SSL_SESSION_has_ticket(session), 1);
    CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(session), 7200);
    SSL_SESSION_get0_ticket(session, &ticket, &ticket_length);
    CHECK(ticket != NULL && ticket_length > 32);
    bytes = SSL_SESSION_get_id(session, &length);
    CHECK(bytes != NULL);
    CHECK_EQ(length, 32);
    CHECK_EQ(SSL_SESSION_get_compress_id(session), 0);
    CHECK_EQ(SSL_SESSION_get_max_early_data(session), 0);
    CHECK_EQ(SSL_SESSION_get_max_fragment_length(session), 0);
    CHECK_EQ(SSL_SESSION_get_master_key(session, NULL, 0),
             version == TLS1_2_VERSION ? 48
                                       : (size_t)EVP_MD_get_size(SSL_CIPHER_get_handshake_digest(
                                           SSL_SESSION_get0_cipher(session))));
    CHECK(SSL_SESSION_get_master_key(session, key, sizeof(key)) >= 32);
    CHECK_NO_ERRORS();
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* The setters. */
TEST(session_setters)
{
    SSL_SESSION *session = SSL_SESSION_new();
    const unsigned char *bytes;
    unsigned int length;
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK(session != NULL);
    CHECK_EQ(SSL_SESSION_set_time(session, 1234567), 1234567);
    CHECK_EQ(SSL_SESSION_get_time(session), 1234567);
    CHECK_EQ(SSL_SESSION_set_timeout(session, 99), 1);
    CHECK_EQ(SSL_SESSION_get_timeout(session), 99);
    CHECK_OK(SSL_SESSION_set1_id(session, (const unsigned char *)"0123", 4));
    bytes = SSL_SESSION_get_id(session, &length);
    CHECK_EQ(length, 4);
    CHECK_MEM(bytes, "0123", 4);
    CHECK_EQ(SSL_SESSION_set1_id(session, sid_context, 33), 0);
    CHECK_SSL_REASON(SSL_R_SSL_SESSION_ID_TOO_LONG);
    CHECK_OK(SSL_SESSION_set1_id_context(session, sid_context, 6));
    bytes = SSL_SESSION_get0_id_context(session, &length);
    CHECK_EQ(length, 6);
    CHECK_MEM(bytes, sid_context, 6);
    CHECK_EQ(SSL_SESSION_set1_id_context(session, sid_context, 33), 0);
    CHECK_SSL_REASON(SSL_R_SSL_SESSION_ID_CONTEXT_TOO_LONG);
    CHECK_OK(SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION));
    CHECK_EQ(SSL_SESSION_get_protocol_version(session), TLS1_3_VERSION);
    CHECK_OK(SSL_SESSION_set1_hostname(session, "a.example"));
    CHECK_STR(SSL_SESSION_get0_hostname(session), "a.example");
    CHECK_OK(SSL_SESSION_set_max_early_data(session, 77));
    CHECK_EQ(SSL_SESSION_get_max_early_data(session), 77);
    CHECK_OK(SSL_SESSION_set1_master_key(session, sid_context, 6));
    CHECK_EQ(SSL_SESSION_get_master_key(session, NULL, 0), 6);
    CHECK_OK(SSL_SESSION_set1_ticket_appdata(session, "data", 4));
    CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
    CHECK_NO_ERRORS();
    SSL_CTX_free(context);
    SSL_SESSION_free(session);
}

/* i2d and d2i: the copy resumes as well; the bytes are the same again. */
TEST_VERSIONS(session_round_trip_in_der)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        struct pair *pair = pair_for_sessions(version, tickets);
        SSL_SESSION *session = connect_with(pair, NULL, 0), *copy;
        unsigned char *first = NULL, *second = NULL;
        const unsigned char *position;
        unsigned int length_a, length_b;
        int first_length, second_length;

        first_length = i2d_SSL_SESSION(session, NULL);
        CHECK(first_length > 50);
        CHECK_EQ(i2d_SSL_SESSION(session, &first), first_length);
        position = first;
        copy = d2i_SSL_SESSION(NULL, &position, first_length);
        CHECK(copy != NULL);
        CHECK_NO_ERRORS();
        CHECK(position == first + first_length);
        second_length = i2d_SSL_SESSION(copy, &second);
        CHECK_EQ(second_length, first_length);
        CHECK_MEM(second, first, (size_t)first_length);
        CHECK_MEM(SSL_SESSION_get_id(copy, &length_a), SSL_SESSION_get_id(session, &length_b), 32);
        CHECK_EQ(SSL_SESSION_get_protocol_version(copy), version);
        SSL_SESSION_free(session);
        session = connect_with(pair, copy, 1);
        SSL_SESSION_free(copy);
        SSL_SESSION_free(session);
        OPENSSL_free(first);
        OPENSSL_free(second);
        pair_free(pair);
    }
}

/* The PEM form, which s_client writes. */
TEST_VERSIONS(session_round_trip_in_pem)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *copy;
    BIO *memory = BIO_new(BIO_s_mem());

    CHECK_EQ(PEM_write_bio_SSL_SESSION(memory, session), 1);
    copy = PEM_read_bio_SSL_SESSION(memory, NULL, NULL, NULL);
    CHECK(copy != NULL);
    SSL_SESSION_free(session);
    session = connect_with(pair, copy, 1);
    SSL_SESSION_free(copy);
    SSL_SESSION_free(session);
    BIO_free(memory);
    pair_free(pair);
}

/* Bytes that are no session. */
TEST(d2i_of_garbage_fails)
{
    const unsigned char *position = (const unsigned char *)"\x30\x03\x02\x01\x01";

    CHECK(d2i_SSL_SESSION(NULL, &position, 5) == NULL);
    CHECK(ERR_peek_error() != 0);
    ERR_clear_error();
    position = (const unsigned char *)"garbage";
    CHECK(d2i_SSL_SESSION(NULL, &position, 7) == NULL);
    ERR_clear_error();
}

/* The text form. */
TEST_VERSIONS(session_print)
{
    struct pair *pair = pair_established(version);
    BIO *memory = BIO_new(BIO_s_mem());
    char *text;
    long length;

    CHECK_OK(SSL_SESSION_print(memory, SSL_get_session(pair->ssl[CLIENT])));
    length = BIO_get_mem_data(memory, &text);
    BIO_write(memory, "", 1);
    BIO_get_mem_data(memory, &text);
    CHECK(length > 100);
    CHECK(strstr(text, "SSL-Session:\n") == text);
    CHECK(strstr(text, version == TLS1_3_VERSION ? "    Protocol  : TLSv1.3\n"
                                                 : "    Protocol  : TLSv1.2\n")
          != NULL);
    CHECK(strstr(text, "    Cipher    : ") != NULL);
    CHECK(strstr(text, "    Session-ID: ") != NULL);
    CHECK(strstr(text, "    Timeout   : 7200 (sec)\n") != NULL);
    BIO_free(memory);
    pair_free(pair);
}

/* SSL_SESSION_dup() is a session of its own. */
TEST_VERSIONS(session_dup)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *copy = SSL_SESSION_dup(session);

    CHECK(copy != NULL && copy != session);
    SSL_SESSION_set_timeout(copy, 55);
    CHECK_EQ(SSL_SESSION_get_timeout(session), 7200);
    SSL_SESSION_free(copy);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_copy_session_id() */
TEST_VERSIONS(session_copied_between_connections)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    SSL *other = SSL_new(pair->ctx[CLIENT]);

    CHECK_OK(SSL_set_session(other, session));
    pair_over_wire(pair);
    CHECK_OK(SSL_copy_session_id(pair->ssl[CLIENT], other));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    SSL_free(other);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A TLS 1.3 client does not offer a session that has expired; in TLS 1.2 that is the server's
 * business. */
TEST_VERSIONS(expired_session_of_the_client)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    SSL_SESSION_set_time(session, time(NULL) - 10000);
    SSL_SESSION_free(connect_with(pair, session, version == TLS1_2_VERSION));
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A session that has expired in the server's cache is removed, and counted. */
TEST(expired_session_of_the_server)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
    SSL_SESSION *session;

    pair_over_wire(pair);
    pair_handshake(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    SSL_SESSION_set_time(SSL_get_session(pair->ssl[SERVER]), time(NULL) - 10000);
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    pair_disconnect(pair);
    SSL_SESSION_free(connect_with(pair, session, 0));
    CHECK_EQ(SSL_CTX_sess_timeouts(pair->ctx[SERVER]), 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A session whose connection ended without shutdown is not offered again. */
TEST_VERSIONS(session_of_a_broken_connection)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
    pair_disconnect(pair);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 0);
    SSL_SESSION_free(connect_with(pair, session, 0));
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A server with other keys does not know the ticket, and makes a full handshake. */
TEST_VERSIONS(foreign_ticket_is_ignored)
{
    struct pair *pair = pair_for_sessions(version, 1), *other = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *next = connect_with(other, session, 0);

    SSL_SESSION_free(session);
    SSL_SESSION_free(next);
    pair_free(pair);
    pair_free(other);
}

/* Servers that share ticket keys know each other's tickets. */
TEST_VERSIONS(shared_ticket_keys)
{
    struct pair *pair = pair_for_sessions(version, 1), *other = pair_for_sessions(version, 1);
    unsigned char keys[80];
    SSL_SESSION *session, *next;

    CHECK_EQ(SSL_CTX_get_tlsext_ticket_keys(pair->ctx[SERVER], NULL, 0), 80);
    CHECK_EQ(SSL_CTX_get_tlsext_ticket_keys(pair->ctx[SERVER], keys, 80), 1);
    CHECK_EQ(SSL_CTX_set_tlsext_ticket_keys(other->ctx[SERVER], keys, 80), 1);
    CHECK_EQ(SSL_CTX_set_tlsext_ticket_keys(other->ctx[SERVER], keys, 48), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_TICKET_KEYS_LENGTH);
    session = connect_with(pair, NULL, 0);
    next = connect_with(other, session, 1);
    SSL_SESSION_free(session);
    SSL_SESSION_free(next);
    pair_free(pair);
    pair_free(other);
}

/* A server that asks for client certificates needs a session id context to resume. */
TEST_VERSIONS(session_id_context_is_needed_with_verification)
{
    struct pair *pair = pair_contexts(version);
    SSL_SESSION *session;
    struct outcome outcome[2];

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    session = connect_with(pair, NULL, 0);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SESSION_ID_CONTEXT_UNINITIALIZED);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* Another session id context does not resume. */
TEST_VERSIONS(session_id_context_separates)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *next;

    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"other", 5));
    next = connect_with(pair, session, 0);
    CHECK_EQ(SSL_CTX_set_session_id_context(pair->ctx[SERVER], sid_context, 33), 0);
    CHECK_SSL_REASON(SSL_R_SSL_SESSION_ID_CONTEXT_TOO_LONG);
    SSL_SESSION_free(session);
    SSL_SESSION_free(next);
    pair_free(pair);
}

/* A connection reads the time-out of its context when it makes the session. */
TEST_VERSIONS(time_out_that_is_changed_after_the_connection_was_made)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    SSL_CTX_set_timeout(pair->ctx[CLIENT], 99);
    SSL_CTX_set_timeout(pair->ctx[SERVER], 77);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_SESSION_get_timeout(SSL_get0_session(pair->ssl[SERVER])), 77);
    if (version == TLS1_2_VERSION)
        CHECK_EQ(SSL_SESSION_get_timeout(SSL_get0_session(pair->ssl[CLIENT])), 99);
    CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(SSL_get0_session(pair->ssl[CLIENT])), 77);
    pair_free(pair);
}

/* A handshake that has begun has a session, which says no more than the version; in TLS 1.3 the suite as well, once
 * it is chosen. */
TEST_VERSIONS(session_of_a_handshake_that_has_begun)
{
    struct pair *pair = pair_contexts(version);
    SSL_SESSION *session;

    pair_over_wire(pair);
    CHECK(SSL_get0_session(pair->ssl[CLIENT]) == NULL);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    session = SSL_get0_session(pair->ssl[CLIENT]);
    CHECK(session != NULL);
    CHECK_EQ(SSL_SESSION_get_protocol_version(session), version);
    CHECK(SSL_SESSION_get0_cipher(session) == NULL);
    CHECK(SSL_get0_session(pair->ssl[SERVER]) == NULL);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    session = SSL_get0_session(pair->ssl[SERVER]);
    CHECK(session != NULL);
    CHECK_EQ(SSL_SESSION_get0_cipher(session) != NULL, version == TLS1_3_VERSION);
    /* It stays until another handshake begins. */
    CHECK_OK(SSL_clear(pair->ssl[CLIENT]));
    CHECK(SSL_get0_session(pair->ssl[CLIENT]) != NULL);
    pair_free(pair);
}

/* The session that a client is given is the connection's until the server answers, with its peer. */
TEST_VERSIONS(peer_of_a_session_that_is_offered)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    X509 *peer = SSL_SESSION_get0_peer(session);

    CHECK(peer != NULL);
    pair_over_wire(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(X509_cmp(SSL_get0_peer_certificate(pair->ssl[CLIENT]), peer), 0);
        CHECK(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[CLIENT])) > 0);
        if (i == 0)
            CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    }
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], NULL));
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* In a resumption nobody signs, and a server of TLS 1.2 does not look at the client's lists. */
TEST_VERSIONS(resumption_has_no_signature_and_no_lists)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    int nid;

    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_get_peer_signature_nid(pair->ssl[CLIENT], &nid), 0);
    CHECK_EQ(SSL_get_peer_signature_type_nid(pair->ssl[CLIENT], &nid), 0);
    CHECK_EQ(SSL_get_client_ciphers(pair->ssl[SERVER]) != NULL, version == TLS1_3_VERSION);
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1) > 0, version == TLS1_3_VERSION);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* The time-out is read when the session is begun, with the hello: what is set later is for later handshakes. */
TEST_VERSIONS(time_out_that_is_changed_in_the_handshake)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_timeout(pair->ctx[CLIENT], 99);
    SSL_CTX_set_timeout(pair->ctx[SERVER], 77);
    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    SSL_CTX_set_timeout(pair->ctx[CLIENT], 999);
    SSL_CTX_set_timeout(pair->ctx[SERVER], 777);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_SESSION_get_timeout(SSL_get0_session(pair->ssl[CLIENT])), 99);
    CHECK_EQ(SSL_SESSION_get_timeout(SSL_get0_session(pair->ssl[SERVER])), 77);
    CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(SSL_get0_session(pair->ssl[CLIENT])), 77);
    pair_free(pair);
}

/* "If *a is not NULL" the object there is filled; the position moves behind what was read, and not where nothing was. */
TEST(d2i_into_an_object)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL_SESSION *session = SSL_SESSION_new(), *into = SSL_SESSION_new(), *same = into, *none = NULL, *read;
    unsigned char der[500], *end = der;
    const unsigned char *position = der;
    int length;

    CHECK_OK(SSL_SESSION_set_protocol_version(session, TLS1_2_VERSION));
    CHECK_OK(SSL_SESSION_set_cipher(session, sk_SSL_CIPHER_value(SSL_CTX_get_ciphers(context), 4)));
    SSL_SESSION_set_time(session, 77);
    length = i2d_SSL_SESSION(session, &end);
    CHECK(length > 0 && length < 400 && end == der + length);
    /* What follows is not looked at. */
    der[length] = 0x30;
    read = d2i_SSL_SESSION(&into, &position, length + 1);
    CHECK(read == same && into == same && position == der + length);
    CHECK_EQ(SSL_SESSION_get_time(into), 77);
    position = der;
    read = d2i_SSL_SESSION(&none, &position, length);
    CHECK(read != NULL && read == none);
    position = der;
    CHECK(d2i_SSL_SESSION(NULL, &position, length - 1) == NULL);
    CHECK(position == der);
    ERR_clear_error();
    position = (const unsigned char *)"garbage";
    CHECK(d2i_SSL_SESSION(&into, &position, 7) == NULL);
    CHECK(into == same);
    ERR_clear_error();
    SSL_SESSION_free(session);
    SSL_SESSION_free(into);
    SSL_SESSION_free(none);
    SSL_CTX_free(context);
}

/* "When the session is not valid, 0 is returned and no operation is performed." */
TEST(i2d_of_a_session_without_a_suite)
{
    SSL_SESSION *session = SSL_SESSION_new();
    unsigned char der[8] = {0}, *end = der;

    CHECK_OK(SSL_SESSION_set_protocol_version(session, TLS1_2_VERSION));
    CHECK(SSL_SESSION_get0_cipher(session) == NULL);
    CHECK_EQ(i2d_SSL_SESSION(session, NULL), 0);
    CHECK_EQ(i2d_SSL_SESSION(session, &end), 0);
    CHECK(end == der && der[0] == 0);
    CHECK_NO_ERRORS();
    SSL_SESSION_free(session);
}

/* A session that nobody made on a connection. */
TEST(new_session_is_empty)
{
    SSL_SESSION *session = SSL_SESSION_new();
    const unsigned char *bytes;
    unsigned int count;
    size_t length;

    CHECK(SSL_SESSION_get0_hostname(session) == NULL);
    SSL_SESSION_get0_alpn_selected(session, &bytes, &length);
    CHECK(bytes == NULL && length == 0);
    CHECK(SSL_SESSION_get_id(session, &count) != NULL && count == 0);
    CHECK(SSL_SESSION_get0_id_context(session, &count) != NULL && count == 0);
    CHECK_EQ(SSL_SESSION_has_ticket(session), 0);
    SSL_SESSION_get0_ticket(session, NULL, &length);
    CHECK_EQ(length, 0);
    CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(session), 0);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 0);
    CHECK_EQ(SSL_SESSION_get_compress_id(session), 0);
    CHECK_EQ(SSL_SESSION_get_protocol_version(session), 0);
    CHECK_EQ(SSL_SESSION_get_max_early_data(session), 0);
    CHECK_EQ(SSL_SESSION_get_max_fragment_length(session), 0);
    CHECK_EQ(SSL_SESSION_get_timeout(session), 304);
    CHECK(SSL_SESSION_get_time(session) >= time(NULL) - 60);
    CHECK(SSL_SESSION_get0_peer(session) == NULL && SSL_SESSION_get0_cipher(session) == NULL);
    CHECK_NO_ERRORS();
    SSL_SESSION_free(session);
}

/* "SSL_SESSION_set1_hostname() sets ... a copy of the string", "A copy of the input value is made": NULL and nothing take them away. */
TEST(names_of_a_session_are_copied)
{
    SSL_SESSION *session = SSL_SESSION_new();
    unsigned char protocol[2] = {'h', '2'};
    char name[] = "a.example";
    const unsigned char *bytes;
    size_t length;

    CHECK_OK(SSL_SESSION_set1_hostname(session, name));
    CHECK_OK(SSL_SESSION_set1_alpn_selected(session, protocol, 2));
    name[0] = 'x', protocol[0] = 'x';
    CHECK_STR(SSL_SESSION_get0_hostname(session), "a.example");
    SSL_SESSION_get0_alpn_selected(session, &bytes, &length);
    CHECK_EQ(length, 2);
    CHECK_MEM(bytes, "h2", 2);
    CHECK_OK(SSL_SESSION_set1_hostname(session, ""));
    CHECK_STR(SSL_SESSION_get0_hostname(session), "");
    CHECK_OK(SSL_SESSION_set1_hostname(session, NULL));
    CHECK(SSL_SESSION_get0_hostname(session) == NULL);
    for (int how = 0; how < 2; how++) {
        CHECK_OK(SSL_SESSION_set1_alpn_selected(session, protocol, 2));
        CHECK_OK(SSL_SESSION_set1_alpn_selected(session, how ? protocol : NULL, how ? 0 : 5));
        SSL_SESSION_get0_alpn_selected(session, &bytes, &length);
        CHECK(bytes == NULL && length == 0);
    }
    SSL_SESSION_free(session);
}

/* What is too long is refused, and leaves what was there. A session without an id cannot be resumed. */
TEST(ids_of_a_session_have_bounds)
{
    SSL_SESSION *session = SSL_SESSION_new();
    unsigned char bytes[33] = "0123456789abcdefghijklmnopqrstuv";
    unsigned int length;

    CHECK_OK(SSL_SESSION_set1_id(session, bytes, 32));
    CHECK_OK(SSL_SESSION_set1_id_context(session, bytes, 32));
    CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
    CHECK_EQ(SSL_SESSION_set1_id(session, bytes, 33), 0);
    CHECK_EQ(SSL_SESSION_set1_id_context(session, bytes, 33), 0);
    ERR_clear_error();
    CHECK_MEM(SSL_SESSION_get_id(session, &length), bytes, 32);
    CHECK_EQ(length, 32);
    CHECK_MEM(SSL_SESSION_get0_id_context(session, &length), bytes, 32);
    CHECK_EQ(length, 32);
    CHECK(SSL_SESSION_get_id(session, NULL) != NULL && SSL_SESSION_get0_id_context(session, NULL) != NULL);
    CHECK_OK(SSL_SESSION_set1_id(session, bytes, 0));
    CHECK_EQ(SSL_SESSION_is_resumable(session), 0);
    CHECK_NO_ERRORS();
    SSL_SESSION_free(session);
}

/* "SSL_SESSION_get_master_key() ... copies as many bytes as it can"; the key that is set "is copied". */
TEST(master_key_is_copied)
{
    SSL_SESSION *session = SSL_SESSION_new();
    unsigned char key[48], out[48];

    memset(key, 'k', sizeof(key));
    CHECK_OK(SSL_SESSION_set1_master_key(session, key, sizeof(key)));
    memset(key, 'x', sizeof(key));
    memset(out, 0x55, sizeof(out));
    CHECK_EQ(SSL_SESSION_get_master_key(session, NULL, 0), 48);
    CHECK_EQ(SSL_SESSION_get_master_key(session, out, 3), 3);
    CHECK_MEM(out, "kkk\x55", 4);
    CHECK_EQ(SSL_SESSION_get_master_key(session, out, sizeof(out) + 100), 48);
    CHECK_EQ(out[47], 'k');
    CHECK_OK(SSL_SESSION_set1_master_key(session, key, 5));
    CHECK_EQ(SSL_SESSION_get_master_key(session, NULL, 0), 5);
    SSL_SESSION_free(session);
}

/* "If any of the function is passed the NULL pointer for the session s, 0 is returned." A life below 0 is refused. */
TEST(times_of_no_session)
{
    SSL_SESSION *session = SSL_SESSION_new();

    CHECK_EQ(SSL_SESSION_set_time(NULL, 1), 0);
    CHECK_EQ(SSL_SESSION_get_time(NULL), 0);
    CHECK_EQ(SSL_SESSION_set_timeout(NULL, 1), 0);
    CHECK_EQ(SSL_SESSION_get_timeout(NULL), 0);
    CHECK_EQ(SSL_SESSION_set_timeout(session, 5), 1);
    CHECK_EQ(SSL_SESSION_set_timeout(session, -5), 0);
    CHECK_EQ(SSL_SESSION_get_timeout(session), 5);
    CHECK_EQ(SSL_SESSION_set_timeout(session, LONG_MAX), 1);
    CHECK_EQ(SSL_SESSION_get_timeout(session), LONG_MAX);
    CHECK_NO_ERRORS();
    SSL_SESSION_free(session);
}

static int known_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl;
    (void)alert;
    return *(int *)argument;
}

/* "SSL_SESSION_get0_hostname() retrieves the ... value that was sent by the client ... if the server acknowledged": in TLS 1.3 a
 * client's session has the name in any case. */
TEST_VERSIONS(name_of_a_session_was_acknowledged)
{
    int verdicts[] = {SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_NOACK};

    for (int i = 0; i < 3; i++) {
        struct pair *pair = pair_contexts(version);
        const char *client, *server;

        if (i < 2) {
            SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], known_name);
            SSL_CTX_set_tlsext_servername_arg(pair->ctx[SERVER], &verdicts[i]);
        }
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "a.example"), 1);
        pair_handshake(pair);
        pair_settle(pair);
        client = SSL_SESSION_get0_hostname(SSL_get_session(pair->ssl[CLIENT]));
        server = SSL_SESSION_get0_hostname(SSL_get_session(pair->ssl[SERVER]));
        if (i == 0) {
            CHECK_STR(client, "a.example");
            CHECK_STR(server, "a.example");
        } else {
            CHECK(server == NULL);
        }
        pair_free(pair);
    }
}

/* "SSL_SESSION_dup() creates a new SSL_SESSION structure that is a copy of src", and lives on without it. */
TEST_VERSIONS(duplicate_has_everything)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *copy;
    unsigned char *first = NULL, *second = NULL;
    int length, index = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);

    CHECK_OK(SSL_SESSION_set1_hostname(session, "a.example"));
    CHECK_OK(SSL_SESSION_set1_alpn_selected(session, (const unsigned char *)"h2", 2));
    CHECK_OK(SSL_SESSION_set1_ticket_appdata(session, "data", 4));
    CHECK_OK(SSL_SESSION_set_ex_data(session, index, pair));
    copy = SSL_SESSION_dup(session);
    length = i2d_SSL_SESSION(session, &first);
    CHECK_EQ(i2d_SSL_SESSION(copy, &second), length);
    CHECK_MEM(second, first, (size_t)length);
    CHECK(SSL_SESSION_get_ex_data(copy, index) == pair);
    CHECK_EQ(X509_cmp(SSL_SESSION_get0_peer(copy), SSL_SESSION_get0_peer(session)), 0);
    CHECK_EQ(SSL_SESSION_is_resumable(copy), 1);
    CHECK_OK(SSL_SESSION_set1_hostname(session, "b.example"));
    SSL_SESSION_free(session);
    CHECK_STR(SSL_SESSION_get0_hostname(copy), "a.example");
    CHECK_OK(SSL_SESSION_set1_hostname(copy, NULL));
    SSL_SESSION_free(connect_with(pair, copy, 1));
    OPENSSL_free(first);
    OPENSSL_free(second);
    SSL_SESSION_free(copy);
    pair_free(pair);
}

/*
 * SSL_set_shutdown(3): "If the session is still open, when SSL_clear(3) or SSL_free(3) is called, it is considered bad and
 * removed"; "The actual condition for a correctly closed session is SSL_SENT_SHUTDOWN". So it is in SSL_set_session().
 */
TEST_SIDES(session_is_closed_by_what_was_sent)
{
    static const int modes[] = {0, SSL_SENT_SHUTDOWN, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN};

    for (int i = 0; i < 9; i++) {
        struct pair *pair = pair_for_sessions(version, 0);
        SSL *self;
        SSL_SESSION *session;
        long cached;

        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        self = pair->ssl[server];
        session = SSL_get1_session(self);
        cached = SSL_CTX_sess_number(pair->ctx[server]);
        SSL_set_shutdown(self, modes[i / 3]);
        CHECK_EQ(SSL_get_shutdown(self), modes[i / 3]);
        if (i % 3 == 0) {
            CHECK_OK(SSL_clear(self));
        } else if (i % 3 == 1) {
            CHECK_OK(SSL_set_session(self, NULL));
        } else {
            SSL_free(self);
            pair->ssl[server] = NULL;
        }
        CHECK_EQ(SSL_SESSION_is_resumable(session), i >= 3);
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[server]), cached - (server && i < 3));
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* A quiet shutdown closes the session as well. */
TEST_SIDES(session_is_closed_quietly)
{
    struct pair *pair = pair_for_sessions(version, 0);
    SSL_SESSION *session;

    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    session = SSL_get1_session(pair->ssl[server]);
    SSL_set_quiet_shutdown(pair->ssl[server], 1);
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 1);
    CHECK_EQ(SSL_get_shutdown(pair->ssl[server]), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    pair_disconnect(pair);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* "the reference count of session is incremented by 1 ... This is also the case when session is a NULL pointer": the old one is let go,
 * and can be used elsewhere. */
TEST_VERSIONS(set_session_replaces_and_takes_away)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *first = connect_with(pair, NULL, 0), *second = connect_with(pair, NULL, 0);
    SSL *client;

    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    CHECK_OK(SSL_set_session(client, first));
    CHECK_OK(SSL_set_session(client, first));
    CHECK(SSL_get_session(client) == first && SSL_get0_session(client) == first);
    CHECK_OK(SSL_set_session(client, second));
    CHECK(SSL_get_session(client) == second);
    CHECK_EQ(SSL_SESSION_is_resumable(first), 1);
    SSL_SESSION_free(second);
    CHECK_OK(SSL_set_session(client, NULL));
    CHECK(SSL_get_session(client) == NULL && SSL_get1_session(client) == NULL);
    SSL_free(client);
    pair->ssl[CLIENT] = NULL;
    CHECK_EQ(SSL_SESSION_is_resumable(first), 1);
    pair_disconnect(pair);
    SSL_SESSION_free(connect_with(pair, first, 1));
    SSL_SESSION_free(first);
    pair_free(pair);
}

/* SSL_set_shutdown(3): "The actual condition for a correctly closed session is SSL_SENT_SHUTDOWN": one that the peer alone has closed is not
 * resumed any more. */
TEST_SIDES(session_is_not_closed_by_what_was_received)
{
    for (int how = 0; how < 3; how++) {
        struct pair *pair = pair_for_sessions(version, 0);
        SSL_SESSION *session;
        SSL *self;
        char byte;
        long cached;

        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        self = pair->ssl[server];
        session = SSL_get1_session(self);
        cached = SSL_CTX_sess_number(pair->ctx[server]);
        CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
        CHECK_EQ(SSL_read(self, &byte, 1), 0);
        CHECK_EQ(SSL_get_shutdown(self), SSL_RECEIVED_SHUTDOWN);
        if (how == 0) {
            CHECK_OK(SSL_clear(self));
        } else if (how == 1) {
            CHECK_OK(SSL_set_session(self, NULL));
        } else {
            SSL_free(self);
            pair->ssl[server] = NULL;
        }
        CHECK_EQ(SSL_SESSION_is_resumable(session), 0);
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[server]), cached - server);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* SSL_SESSION_get0_hostname(3): "the … value that was sent by the client when the session was created". Each ticket of TLS 1.3 is a
 * session: OpenSSL gives one of a resumption the name of the first. And the hint of
 * how long a ticket lives is in a client's session alone. */
static int any_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl, (void)alert, (void)argument;
    return SSL_TLSEXT_ERR_OK;
}

TEST(name_of_a_session_is_that_of_its_connection)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 0);
    SSL_SESSION *session = NULL;
    const char *second = on_the_oracle() ? "a.example" : "b.example";

    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], any_name);
    for (int i = 0; i < 2; i++) {
        pair_over_wire(pair);
        if (session != NULL)
            CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        CHECK_EQ(SSL_set_tlsext_host_name(pair->ssl[CLIENT], i ? "b.example" : "a.example"), 1);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), i);
        CHECK_STR(SSL_SESSION_get0_hostname(SSL_get_session(pair->ssl[SERVER])), i ? second : "a.example");
        CHECK_STR(SSL_SESSION_get0_hostname(SSL_get_session(pair->ssl[CLIENT])), i ? second : "a.example");
        SSL_SESSION_free(session);
        session = pair_leave(pair);
    }
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(hint_is_for_the_client)
{
    for (int tickets = 0; tickets <= 1; tickets++) {
        struct pair *pair = pair_for_sessions(TLS1_3_VERSION, tickets);

        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(SSL_get_session(pair->ssl[CLIENT])), 7200);
        CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(SSL_get_session(pair->ssl[SERVER])), 0);
        pair_free(pair);
    }
}

/* SSL_get_peer_cert_chain(3): NULL where "the certificate chain is no longer available when a session is reused". */
TEST_VERSIONS(chain_is_no_longer_there_in_a_resumption)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session, *read;
    unsigned char *der = NULL;
    const unsigned char *position;
    int length;

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    trust(pair->ctx[SERVER], "root");
    use_identity(pair->ctx[CLIENT], "client");
    session = connect_with(pair, NULL, 0);
    length = i2d_SSL_SESSION(session, &der);
    position = der;
    read = d2i_SSL_SESSION(NULL, &position, length);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], read));
    pair_handshake(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(SSL_session_reused(pair->ssl[side]), 1);
        CHECK(SSL_get0_peer_certificate(pair->ssl[side]) != NULL);
        CHECK(SSL_get_peer_cert_chain(pair->ssl[side]) == NULL);
    }
    OPENSSL_free(der);
    SSL_SESSION_free(read);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* What a program took away from a server that resumed it is no more the connection's: it outlives that in the cache. */
TEST_VERSIONS(session_that_was_taken_away_stays_in_the_cache)
{
    struct pair *pair = pair_for_sessions(version, 0);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    SSL *self;
    long cached;

    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    pair_settle(pair);
    self = pair->ssl[SERVER];
    CHECK_EQ(SSL_session_reused(self), 1);
    SSL_set_shutdown(self, SSL_SENT_SHUTDOWN);
    CHECK_OK(SSL_set_session(self, NULL));
    SSL_set_shutdown(self, 0);
    CHECK(SSL_get_session(self) == NULL);
    cached = SSL_CTX_sess_number(pair->ctx[SERVER]);
    CHECK(cached > 0);
    pair->ssl[SERVER] = NULL;
    SSL_free(self);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), cached);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_set_session(3): "SSL_SESSION_free() will be called for that session. This is also the case when session is a NULL pointer." What
 * the connection knows goes with it in OpenSSL, which gives it the method of the context again. */
TEST_VERSIONS(session_of_a_connection_is_taken_away)
{
    struct pair *pair = pair_established(version);
    SSL *client = pair->ssl[CLIENT];

    SSL_set_shutdown(client, SSL_SENT_SHUTDOWN);
    CHECK_OK(SSL_set_session(client, NULL));
    CHECK(SSL_get_session(client) == NULL);
    CHECK((SSL_get0_peer_certificate(client) == NULL) == on_the_oracle());
    CHECK((SSL_get_current_cipher(client) == NULL) == on_the_oracle());
    CHECK_EQ(SSL_version(client), on_the_oracle() ? TLS1_3_VERSION : version);
    pair_free(pair);
}
