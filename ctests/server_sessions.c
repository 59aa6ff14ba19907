/*
 * SSL_get_session(3) on a server, in its callbacks: the session of a former client, and one that was found and is not resumed.
 * No man page tells.
 */
#include "support.h"

static SSL_SESSION *former;
static int data_index, calls;
static int expects_key, expects_former_in_lookup, refuses_protocol;
static int suites_seen, groups_seen;

/* What the handshake has is none of the former session. */
static void check_own_session(SSL *ssl)
{
    SSL_SESSION *session = SSL_get_session(ssl);

    calls++;
    CHECK(session != NULL && session != former);
    CHECK(SSL_SESSION_get_ex_data(session, data_index) == NULL);
    CHECK_EQ(SSL_SESSION_get_master_key(session, NULL, 0) > 0, expects_key);
}

static int look_at_hello(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    calls++;
    CHECK(SSL_get_session(ssl) == former);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int look_for_keys(SSL *ssl, unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
                         int seals)
{
    if (!seals && former != NULL) {
        calls++;
        CHECK(SSL_get_session(ssl) == (expects_former_in_lookup ? former : NULL));
    }
    return ticket_keys(name, vector, cipher, mac, seals);
}

static int look_at_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    check_own_session(ssl);
    return SSL_TLSEXT_ERR_OK;
}

static int look_at_certificate(SSL *ssl, void *argument)
{
    char names[512];

    (void)argument;
    check_own_session(ssl);
    suites_seen = SSL_get_client_ciphers(ssl) != NULL && SSL_get_shared_ciphers(ssl, names, sizeof(names)) != NULL;
    groups_seen = SSL_get1_groups(ssl, NULL) > 0 && SSL_get_shared_group(ssl, -1) > 0;
    return 1;
}

static int look_at_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                            unsigned int in_length, void *argument)
{
    (void)in_length, (void)argument;
    check_own_session(ssl);
    *out = in + 1;
    *out_length = in[0];
    return refuses_protocol ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_OK;
}

static struct pair *pair_with_data(int version, int tickets)
{
    struct pair *pair = pair_for_sessions(version, tickets);

    data_index = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\2h2", 3), 0);
    return pair;
}

static void look_in_callbacks(struct pair *pair)
{
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], look_at_name);
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], look_at_certificate, NULL);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], look_at_protocol, NULL);
}

/* Connects, with the program's data in the server's session, which is the former one then. */
static SSL_SESSION *connect_former(struct pair *pair)
{
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    former = SSL_get1_session(pair->ssl[SERVER]);
    CHECK_OK(SSL_SESSION_set_ex_data(former, data_index, pair));
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    return SSL_get1_session(pair->ssl[CLIENT]);
}

/* Another client comes to the same SSL of the server. */
static void reuse_server(struct pair *pair)
{
    SSL *server = pair->ssl[SERVER];
    BIO *bio;

    CHECK_OK(SSL_up_ref(server));
    pair_disconnect(pair);
    pair_over_wire(pair);
    SSL_free(pair->ssl[SERVER]);
    pair->ssl[SERVER] = server;
    bio = wire_bio(&pair->end[SERVER]);
    SSL_set_bio(server, bio, bio);
}

static void check_next_client(int version, int tickets, int resumes, int clears)
{
    struct pair *pair = pair_with_data(version, tickets);
    SSL_SESSION *another;
    SSL *server;

    former = NULL;
    if (tickets)
        SSL_CTX_set_tlsext_ticket_key_evp_cb(pair->ctx[SERVER], look_for_keys);
    another = connect_with(pair, NULL, 0);
    SSL_SESSION_free(connect_former(pair));
    reuse_server(pair);
    server = pair->ssl[SERVER];
    if (clears)
        CHECK_OK(SSL_clear(server));
    else
        SSL_set_accept_state(server);
    CHECK(SSL_get_session(server) == former);
    CHECK_WANTS(server, SSL_do_handshake(server), SSL_ERROR_WANT_READ);
    CHECK(SSL_get_session(server) == former);

    look_in_callbacks(pair);
    SSL_set_cert_cb(server, look_at_certificate, NULL);
    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], look_at_hello, NULL);
    expects_key = resumes;
    expects_former_in_lookup = version == TLS1_2_VERSION;
    calls = 0;
    if (resumes)
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], another));
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_session_reused(server), resumes);
    CHECK_EQ(calls, resumes ? 3 + tickets : 4);
    expects_key = 1;
    check_own_session(server);
    SSL_SESSION_free(another);
    SSL_SESSION_free(former);
    pair_free(pair);
}

/* The former client's session is seen until the next one is known. Its data go to none. */
TEST_VERSIONS(session_of_a_former_client)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        for (int resumes = 0; resumes < 2; resumes++) {
            check_next_client(version, tickets, resumes, 1);
            /* What spoke TLS 1.3 is no server any more. */
            if (version == TLS1_2_VERSION)
                check_next_client(version, tickets, resumes, 0);
        }
    }
}

/* A session that is found and refused is not the connection's. Where its handshake fails it stays in the cache. */
TEST_VERSIONS(session_that_is_refused)
{
    for (int by_context = 0; by_context < 2; by_context++) {
        for (refuses_protocol = 0; refuses_protocol < 2; refuses_protocol++) {
            struct outcome outcome[2];
            SSL_SESSION *session;
            struct pair *pair;
            long count;

            /* RFC 7627 section 5.3: a session without the extended master secret does for no client that has it. */
            if (!by_context && version == TLS1_3_VERSION)
                continue;
            pair = pair_with_data(version, 0);
            SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_EXTENDED_MASTER_SECRET);
            session = connect_former(pair);
            pair_disconnect(pair);
            count = SSL_CTX_sess_number(pair->ctx[SERVER]);
            CHECK(count > 0);

            look_in_callbacks(pair);
            expects_key = calls = 0;
            pair_over_wire(pair);
            if (by_context)
                CHECK_OK(SSL_set_session_id_context(pair->ssl[SERVER], (const unsigned char *)"other", 5));
            else
                SSL_clear_options(pair->ssl[CLIENT], SSL_OP_NO_EXTENDED_MASTER_SECRET);
            CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
            pair_try(pair, outcome);
            CHECK_EQ(calls, version == TLS1_3_VERSION && refuses_protocol ? 2 : 3);
            if (refuses_protocol) {
                CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_APPLICATION_PROTOCOL);
                CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), count);
            } else {
                CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 0);
                CHECK(SSL_CTX_sess_number(pair->ctx[SERVER]) > count);
                expects_key = 1;
                check_own_session(pair->ssl[SERVER]);
            }
            ERR_clear_error();
            SSL_SESSION_free(session);
            SSL_SESSION_free(former);
            pair_free(pair);
        }
    }
    refuses_protocol = 0;
}

static SSL_CTX *other_host;

static int change_host(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    CHECK(SSL_SESSION_get_master_key(SSL_get_session(ssl), NULL, 0) > 0);
    CHECK_OK(SSL_SESSION_set_ex_data(SSL_get_session(ssl), data_index, other_host));
    CHECK(SSL_set_SSL_CTX(ssl, other_host) == other_host);
    return SSL_TLSEXT_ERR_OK;
}

/* One host's session is not resumed by another here, as OpenSSL would: the client's lists are there for the full handshake. */
TEST_VERSIONS(session_of_another_host)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        struct pair *pair = pair_with_data(version, tickets);
        SSL_SESSION *session = connect_former(pair);

        pair_disconnect(pair);
        other_host = SSL_CTX_new(TLS_server_method());
        use_identity(other_host, "ec");
        CHECK_OK(SSL_CTX_set_session_id_context(other_host, (const unsigned char *)"other", 5));
        SSL_CTX_set_cert_cb(other_host, look_at_certificate, NULL);
        SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], change_host);
        expects_key = suites_seen = groups_seen = 0;
        pair_over_wire(pair);
        CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "b.example"));
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), on_the_oracle());
        CHECK_EQ(suites_seen, !on_the_oracle());
        CHECK_EQ(groups_seen, !on_the_oracle());
        expects_key = 1;
        if (!on_the_oracle())
            check_own_session(pair->ssl[SERVER]);
        SSL_SESSION_free(session);
        SSL_SESSION_free(former);
        pair_free(pair);
        SSL_CTX_free(other_host);
    }
}

/* A server of TLS 1.3 makes its session when it has chosen a suite, an older one before that. */
TEST_VERSIONS(session_without_a_suite)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256"));
    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[SERVER], "TLS_AES_256_GCM_SHA384"));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-GCM-SHA256"));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE-ECDSA-AES256-GCM-SHA384"));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    CHECK_EQ(SSL_get_session(pair->ssl[SERVER]) != NULL, version != TLS1_3_VERSION);
    CHECK(SSL_get_session(pair->ssl[CLIENT]) != NULL);
    pair_free(pair);
}

static unsigned int ids[4];
static int id_count, fails;

static int note_id(SSL *ssl)
{
    SSL_SESSION_get_id(SSL_get_session(ssl), &ids[id_count++]);
    return 1;
}

static int make_id(SSL *ssl, unsigned char *id, unsigned int *length)
{
    (void)ssl;
    ids[id_count++] = 0;
    memset(id, 1, *length);
    return 1;
}

static int id_at_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    note_id(ssl);
    return SSL_TLSEXT_ERR_OK;
}

static int id_at_certificate(SSL *ssl, void *argument)
{
    (void)argument;
    return note_id(ssl) && !fails;
}

static void id_at_removal(SSL_CTX *context, SSL_SESSION *session)
{
    (void)context;
    SSL_SESSION_get_id(session, &ids[id_count++]);
}

/* SSL_CTX_set_generate_session_id(3): below TLS 1.3 a session without a ticket has its id before the extensions are looked at, and leaves
 * it to the cache's callback when the handshake fails. */
TEST(id_of_a_new_session)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        for (fails = 0; fails < 2; fails++) {
            struct pair *pair = pair_for_sessions(TLS1_2_VERSION, tickets);
            struct outcome outcome[2];

            SSL_CTX_set_generate_session_id(pair->ctx[SERVER], make_id);
            SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], id_at_name);
            SSL_CTX_set_cert_cb(pair->ctx[SERVER], id_at_certificate, NULL);
            SSL_CTX_sess_set_remove_cb(pair->ctx[SERVER], id_at_removal);
            id_count = 0;
            pair_over_wire(pair);
            pair_try(pair, outcome);
            if (tickets) {
                CHECK(id_count == 2 && ids[0] == 0 && ids[1] == 0);
            } else {
                CHECK_EQ(id_count, 3 + fails);
                CHECK(ids[0] == 0 && ids[1] == 32 && ids[2] == 32);
                CHECK(!fails || ids[3] == 32);
            }
            CHECK_EQ(outcome[SERVER].ret, fails ? -1 : 1);
            SSL_CTX_sess_set_remove_cb(pair->ctx[SERVER], NULL);
            pair_free(pair);
        }
    }
}
