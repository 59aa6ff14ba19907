/* SSL_get_session(3): one object from the first message of a handshake on to its end. Programs keep the pointer without a
 * reference of their own, and find in the object later what the handshake came to. */
#include "support.h"

static SSL_SESSION *during[2];
static const unsigned char *id;
static int calls;

static int look_on_server(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    during[SERVER] = SSL_get_session(ssl);
    id = SSL_SESSION_get_id(during[SERVER], NULL);
    CHECK(SSL_SESSION_get0_peer(during[SERVER]) == NULL);
    return SSL_TLSEXT_ERR_OK;
}

static int look_on_client(int ok, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

    during[CLIENT] = SSL_get_session(ssl);
    CHECK(SSL_SESSION_get0_peer(during[CLIENT]) == NULL);
    return ok;
}

/* A pair whose sides look at the session in callbacks of the handshake, with certificates of both. */
static struct pair *looking_pair(int version, int tickets)
{
    struct pair *pair = pair_for_sessions(version, tickets);

    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], look_on_server);
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, look_on_client);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    trust(pair->ctx[SERVER], "root");
    use_identity(pair->ctx[CLIENT], "client");
    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"x", 1));
    during[CLIENT] = during[SERVER] = NULL;
    return pair;
}

TEST_VERSIONS(session_of_the_handshake_is_that_of_the_connection)
{
    int index = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);

    for (int tickets = 0; tickets < 2; tickets++) {
        struct pair *pair = looking_pair(version, tickets);

        /* Not even in TLS 1.3 do tickets make it another one here. */
        SSL_CTX_set_num_tickets(pair->ctx[SERVER], 0);
        pair_over_wire(pair);
        pair_handshake(pair);
        for (int side = 0; side < 2; side++) {
            CHECK(during[side] != NULL);
            CHECK(during[side] == SSL_get_session(pair->ssl[side]));
            CHECK(SSL_SESSION_get0_peer(during[side]) != NULL);
            CHECK(SSL_SESSION_get0_cipher(during[side]) == SSL_get_current_cipher(pair->ssl[side]));
            CHECK_OK(SSL_SESSION_set_ex_data(during[side], index, pair));
            CHECK(SSL_SESSION_get_ex_data(SSL_get_session(pair->ssl[side]), index) == pair);
        }
        check_alive(pair);
        pair_free(pair);
    }
}

/* Whoever looked during the handshake of TLS 1.2 can resume that session. */
TEST(session_of_the_handshake_can_be_resumed)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        struct pair *pair = looking_pair(TLS1_2_VERSION, tickets);
        SSL_SESSION *session = connect_with(pair, NULL, 0);

        CHECK(during[CLIENT] == session);
        SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], NULL);
        SSL_SESSION_free(connect_with(pair, session, 1));
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* The id of a session is a part of it: the pointer leads to what it is now. */
TEST(id_stays_where_it_is)
{
    struct pair *pair = looking_pair(TLS1_2_VERSION, 0);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    unsigned int length;
    const unsigned char *of_client = SSL_SESSION_get_id(session, &length);

    CHECK_EQ(length, 32);
    CHECK(SSL_SESSION_get_id(during[SERVER], NULL) == id);
    CHECK_MEM(id, of_client, 32);
    CHECK_OK(SSL_SESSION_set1_id(session, (const unsigned char *)"another", 7));
    CHECK(SSL_SESSION_get_id(session, &length) == of_client);
    CHECK_EQ(length, 7);
    CHECK_MEM(of_client, "another", 7);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* The first ticket of a server of TLS 1.3 is for the session of the handshake, the next one for another. */
TEST(first_ticket_keeps_the_session)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        for (int count = 1; count <= 2; count++) {
            struct pair *pair = looking_pair(TLS1_3_VERSION, tickets);
            SSL_SESSION *session;
            unsigned int length;

            SSL_CTX_set_num_tickets(pair->ctx[SERVER], count);
            pair_over_wire(pair);
            pair_handshake(pair);
            session = SSL_get_session(pair->ssl[SERVER]);
            CHECK_EQ(session == during[SERVER], count == 1);
            SSL_SESSION_get_id(session, &length);
            CHECK_EQ(length, 32);
            pair_free(pair);
        }
    }
}

/* A ticket is a session of its own to a client of TLS 1.3, which has that of the handshake before. */
TEST(each_ticket_is_another_session_to_a_client)
{
    struct pair *pair = looking_pair(TLS1_3_VERSION, 1);
    SSL_SESSION *session;

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(SSL_get_session(pair->ssl[CLIENT]) == during[CLIENT]);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    pair_settle(pair);
    CHECK(SSL_get_session(pair->ssl[CLIENT]) != session);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 0);
    CHECK_EQ(SSL_SESSION_is_resumable(SSL_get_session(pair->ssl[CLIENT])), 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* Node.js keeps the session that it finds here in the form of i2d_SSL_SESSION(3). */
static void look_when_done(const SSL *ssl, int where, int value)
{
    SSL_SESSION *session, *copy;
    unsigned char *form = NULL;
    const unsigned char *rest;
    int length;

    (void)value;
    if ((where & SSL_CB_HANDSHAKE_DONE) == 0)
        return;
    calls++;
    session = SSL_get_session(ssl);
    CHECK(SSL_SESSION_get0_peer(session) != NULL);
    length = i2d_SSL_SESSION(session, &form);
    CHECK(length > 0);
    rest = form;
    copy = d2i_SSL_SESSION(NULL, &rest, length);
    CHECK(copy != NULL);
    CHECK_EQ(X509_cmp(SSL_SESSION_get0_peer(copy), SSL_SESSION_get0_peer(session)), 0);
    CHECK_EQ(SSL_SESSION_get_protocol_version(copy), SSL_version(ssl));
    SSL_SESSION_free(copy);
    OPENSSL_free(form);
}

TEST_VERSIONS(session_is_complete_when_the_handshake_is_done)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        struct pair *pair = looking_pair(version, tickets);

        calls = 0;
        for (int side = 0; side < 2; side++)
            SSL_CTX_set_info_callback(pair->ctx[side], look_when_done);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(calls, 2);
        pair_free(pair);
    }
}

/* A certificate that comes after the handshake makes another session: the one before stays without. */
TEST(authentication_after_the_handshake_makes_another_session)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL_SESSION *before;
    X509 *certificate = load_certificate("client");

    SSL_CTX_set_num_tickets(pair->ctx[SERVER], 0);
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    use_identity(pair->ctx[CLIENT], "client");
    trust(pair->ctx[SERVER], "root");
    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"x", 1));
    pair_over_wire(pair);
    pair_handshake(pair);
    before = SSL_get1_session(pair->ssl[SERVER]);
    CHECK(SSL_SESSION_get0_peer(before) == NULL);
    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER, NULL);
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    check_alive(pair);
    check_alive(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    CHECK(SSL_get_session(pair->ssl[SERVER]) != before);
    CHECK(SSL_SESSION_get0_peer(before) == NULL);
    CHECK_EQ(X509_cmp(SSL_SESSION_get0_peer(SSL_get_session(pair->ssl[SERVER])), certificate), 0);
    X509_free(certificate);
    SSL_SESSION_free(before);
    pair_free(pair);
}

/* A renegotiation makes a session of its own, without the program's data of one that was resumed by a ticket. */
TEST(renegotiation_after_a_resumption_has_no_data)
{
    int index = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK_OK(SSL_SESSION_set_ex_data(SSL_get_session(pair->ssl[SERVER]), index, pair));
    SSL_set_options(pair->ssl[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    for (int i = 0; i < 4; i++) {
        SSL_do_handshake(pair->ssl[CLIENT]);
        CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &(char){ 0 }, 1), SSL_ERROR_WANT_READ);
    }
    check_alive(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 0);
    CHECK(SSL_SESSION_get_ex_data(SSL_get_session(pair->ssl[SERVER]), index) == NULL);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A session of one's own whose id begins with `first`. */
static SSL_SESSION *session_with(int first, long timeout)
{
    SSL_SESSION *session = SSL_SESSION_new();
    unsigned char id[32] = {(unsigned char)first};

    CHECK_OK(SSL_SESSION_set1_id(session, id, sizeof(id)));
    CHECK_OK(SSL_SESSION_set_protocol_version(session, TLS1_2_VERSION));
    CHECK_OK(SSL_SESSION_set_timeout(session, timeout));
    return session;
}

static char removed[32];

static void note_removed(SSL_CTX *context, SSL_SESSION *session)
{
    unsigned int length;
    const char name[2] = {(char)*SSL_SESSION_get_id(session, &length), 0};

    (void)context;
    strcat(removed, name);
}

/* A cache goes by the lifetime that a session has now, not by the one that it came with. */
TEST(lifetime_of_a_session_in_a_cache)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL_SESSION *longer = session_with('l', 1000), *shorter = session_with('s', 2000), *earlier = session_with('e', 3000);
    long now = (long)time(NULL);

    SSL_CTX_sess_set_remove_cb(context, note_removed);
    CHECK_OK(SSL_CTX_add_session(context, longer));
    CHECK_OK(SSL_CTX_add_session(context, shorter));
    CHECK_OK(SSL_CTX_add_session(context, earlier));
    CHECK_OK(SSL_SESSION_set_timeout(longer, 5000));
    SSL_CTX_flush_sessions(context, now + 1500);
    CHECK_STR(removed, "");
    CHECK_OK(SSL_SESSION_set_timeout(shorter, 10));
    SSL_CTX_flush_sessions(context, now + 100);
    CHECK_STR(removed, "s");
    CHECK_EQ(SSL_SESSION_set_time(earlier, now - 10000), now - 10000);
    SSL_CTX_flush_sessions(context, now);
    CHECK_STR(removed, "se");
    CHECK_EQ(SSL_CTX_sess_number(context), 1);
    SSL_SESSION_free(longer);
    SSL_SESSION_free(shorter);
    SSL_SESSION_free(earlier);
    SSL_CTX_free(context);
    CHECK_STR(removed, "sel");
}

/* A session that is added again, or given a time-out, makes room after those that expire with it. */
TEST(turn_of_a_session_in_a_cache)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL_SESSION *sessions[6];
    long now = (long)time(NULL);

    SSL_CTX_sess_set_remove_cb(context, note_removed);
    SSL_CTX_sess_set_cache_size(context, 4);
    for (int i = 0; i < 6; i++) {
        sessions[i] = session_with('0' + i, 1000);
        SSL_SESSION_set_time(sessions[i], now);
    }
    for (int i = 0; i < 3; i++)
        CHECK_OK(SSL_CTX_add_session(context, sessions[i]));
    CHECK_EQ(SSL_CTX_add_session(context, sessions[0]), 0);
    CHECK_OK(SSL_CTX_add_session(context, sessions[3]));
    CHECK_STR(removed, "1");
    CHECK_OK(SSL_SESSION_set_timeout(sessions[2], 1000));
    CHECK_OK(SSL_CTX_add_session(context, sessions[4]));
    CHECK_STR(removed, "10");
    CHECK_OK(SSL_SESSION_set_timeout(sessions[3], 9000));
    CHECK_OK(SSL_CTX_add_session(context, sessions[5]));
    CHECK_STR(removed, "102");
    for (int i = 0; i < 6; i++)
        SSL_SESSION_free(sessions[i]);
    SSL_CTX_free(context);
}

static int looks_for_certificate;

static int look_when_authenticated(SSL *ssl, void *argument)
{
    (void)argument;
    looks_for_certificate++;
    CHECK(SSL_SESSION_get0_peer(SSL_get_session(ssl)) != NULL);
    CHECK_EQ(SSL_SESSION_get_master_key(SSL_get_session(ssl), NULL, 0), 0);
    return 1;
}

/* A client's session has the peer as soon as that is verified, below TLS 1.3 the suite with its second flight. */
TEST_VERSIONS(session_of_the_client_learns_what_is_known)
{
    struct pair *pair = pair_contexts(version);
    SSL_SESSION *session;

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    trust(pair->ctx[SERVER], "root");
    use_identity(pair->ctx[CLIENT], "client");
    SSL_CTX_set_cert_cb(pair->ctx[CLIENT], look_when_authenticated, NULL);
    looks_for_certificate = 0;
    pair_over_wire(pair);
    for (int side = 0; side < 2; side++)
        CHECK_WANTS(pair->ssl[side], SSL_do_handshake(pair->ssl[side]), SSL_ERROR_WANT_READ);
    SSL_do_handshake(pair->ssl[CLIENT]);
    CHECK_EQ(looks_for_certificate, 1);
    session = SSL_get_session(pair->ssl[CLIENT]);
    CHECK(SSL_SESSION_get0_peer(session) != NULL);
    CHECK(SSL_SESSION_get0_cipher(session) != NULL);
    if (version == TLS1_2_VERSION) {
        CHECK(SSL_SESSION_get0_cipher(SSL_get_session(pair->ssl[SERVER])) == NULL);
        pair_handshake(pair);
        CHECK(SSL_get_session(pair->ssl[CLIENT]) == session);
    }
    pair_free(pair);
}

/* A connection whose session the program took away has none. */
TEST(no_session_once_it_is_taken_away)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);

    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], NULL));
    CHECK(SSL_get_session(pair->ssl[CLIENT]) == NULL);
    pair_free(pair);
}

/* What a handshake that failed was to make its session of is not resumed. */
TEST(session_of_a_handshake_that_failed)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    SSL_SESSION *session;

    SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_BOTH);
    pair_over_wire(pair);
    for (int side = 0; side < 2; side++)
        CHECK_WANTS(pair->ssl[side], SSL_do_handshake(pair->ssl[side]), SSL_ERROR_WANT_READ);
    SSL_do_handshake(pair->ssl[CLIENT]);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK(session != NULL);
    SSL_do_handshake(pair->ssl[SERVER]);
    /* The Finished. */
    pair->queue[CLIENT].bytes[pair->queue[CLIENT].end - 1] ^= 1;
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    CHECK_EQ(SSL_SESSION_is_resumable(session), 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* "For TLSv1.3 connections [the group] reflects the state of the current connection": a client's session is a copy of what it offered
 * where it resumes that with another group. What was offered stays resumable, however the connection ends. */
TEST(session_resumed_with_another_group_is_a_copy)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
    SSL_SESSION *session;

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-384"));
    session = connect_with(pair, NULL, 0);
    for (int other = 0; other < 2; other++) {
        SSL *ssl;

        if (other)
            CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-521"));
        pair_over_wire(pair);
        ssl = pair->ssl[CLIENT];
        CHECK_OK(SSL_set_session(ssl, session));
        pair_handshake(pair);
        CHECK_EQ(SSL_session_reused(ssl), 1);
        CHECK_EQ(SSL_get_session(ssl) != session, other);
        CHECK_EQ(SSL_get_negotiated_group(ssl), other ? NID_secp521r1 : NID_secp384r1);
        if (other)
            pair_disconnect(pair);
        else
            SSL_SESSION_free(pair_leave(pair));
        CHECK_EQ(SSL_SESSION_is_resumable(session), 1);
    }
    SSL_SESSION_free(session);
    pair_free(pair);
}
