/* SSL_CTX_set_session_cache_mode(3), SSL_CTX_sess_set_get_cb(3), SSL_CTX_sess_number(3),
 * SSL_CTX_set_timeout(3), SSL_CTX_set_generate_session_id(3), SSL_CTX_set_tlsext_ticket_key_cb(3),
 * SSL_CTX_set_session_ticket_cb(3): what a server keeps, or gives its clients to keep. */
#include "support.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/lhash.h>

static const unsigned char sid_context[] = "ctests";

static SSL_SESSION *kept;
static int new_calls, get_calls, remove_calls, copy_from_get;

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    new_calls++;
    SSL_SESSION_free(kept);
    kept = session;
    return 1;
}

static SSL_SESSION *find_session(SSL *ssl, const unsigned char *id, int length, int *copy)
{
    unsigned int kept_length;

    (void)ssl;
    get_calls++;
    *copy = copy_from_get;
    CHECK_EQ(length, 32);
    if (kept == NULL || memcmp(SSL_SESSION_get_id(kept, &kept_length), id, 32) != 0)
        return NULL;
    return kept;
}

static void remove_session(SSL_CTX *context, SSL_SESSION *session)
{
    (void)context;
    CHECK(session != NULL);
    remove_calls++;
}

/* The client's new-session callback gets each session, with a reference that it may keep. */
TEST_VERSIONS(client_new_session_callback)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    CHECK_EQ(SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT
                                                                   | SSL_SESS_CACHE_NO_INTERNAL),
             SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_new_cb(pair->ctx[CLIENT], keep_session);
    CHECK(SSL_CTX_sess_get_new_cb(pair->ctx[CLIENT]) == keep_session);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(new_calls, version == TLS1_3_VERSION ? 2 : 1);
    CHECK(kept != NULL);
    SSL_SESSION_free(session);
    session = connect_with(pair, kept, 1);
    SSL_SESSION_free(session);
    SSL_SESSION_free(kept);
    pair_free(pair);
}

/* An external cache of the server: new, get, remove. */
TEST_VERSIONS(server_external_cache)
{
    struct pair *pair = pair_for_sessions(version, 0);
    SSL_SESSION *session, *next;

    SSL_CTX_set_session_cache_mode(pair->ctx[SERVER],
                                   SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], keep_session);
    SSL_CTX_sess_set_get_cb(pair->ctx[SERVER], find_session);
    SSL_CTX_sess_set_remove_cb(pair->ctx[SERVER], remove_session);
    CHECK(SSL_CTX_sess_get_get_cb(pair->ctx[SERVER]) == find_session);
    CHECK(SSL_CTX_sess_get_remove_cb(pair->ctx[SERVER]) == remove_session);
    SSL_CTX_set_num_tickets(pair->ctx[SERVER], 1);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(new_calls, 1);
    CHECK(kept != NULL);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 0);
    copy_from_get = 1;
    get_calls = 0;
    next = connect_with(pair, session, 1);
    CHECK(get_calls >= 1);
    CHECK_EQ(SSL_CTX_sess_cb_hits(pair->ctx[SERVER]), 1);
    SSL_SESSION_free(session);
    SSL_SESSION_free(next);
    SSL_SESSION_free(kept);
    pair_free(pair);
}

/* The internal cache counts, and sessions can be added, removed and flushed by hand. */
TEST(internal_cache)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
    SSL_CTX *context = pair->ctx[SERVER];
    SSL_SESSION *session, *next, *servers;

    CHECK_EQ(SSL_CTX_get_session_cache_mode(context), SSL_SESS_CACHE_SERVER);
    CHECK_EQ(SSL_CTX_sess_get_cache_size(context), SSL_SESSION_CACHE_MAX_SIZE_DEFAULT);
    CHECK_EQ(SSL_CTX_sess_number(context), 0);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_CTX_sess_number(context), 1);
    CHECK_EQ(SSL_CTX_sess_misses(context), 0);
    next = connect_with(pair, session, 1);
    CHECK_EQ(SSL_CTX_sess_hits(context), 1);
    CHECK_EQ(SSL_CTX_sess_number(context), 1);
    SSL_SESSION_free(next);

    SSL_CTX_sess_set_remove_cb(context, remove_session);
    pair_over_wire(pair);
    SSL_set_session(pair->ssl[CLIENT], session);
    pair_handshake(pair);
    servers = SSL_get1_session(pair->ssl[SERVER]);
    CHECK_OK(SSL_CTX_remove_session(context, servers));
    CHECK_EQ(remove_calls, 1);
    CHECK_EQ(SSL_CTX_sess_number(context), 0);
    CHECK_EQ(SSL_CTX_remove_session(context, servers), 0);
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    pair_disconnect(pair);
    next = connect_with(pair, session, 0);
    CHECK_EQ(SSL_CTX_sess_misses(context), 1);
    SSL_SESSION_free(next);
    SSL_SESSION_free(servers);
    SSL_SESSION_free(session);

    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_CTX_sess_number(context), 2);
    SSL_CTX_flush_sessions(context, time(NULL));
    CHECK_EQ(SSL_CTX_sess_number(context), 2);
    SSL_CTX_flush_sessions(context, time(NULL) + 10000);
    CHECK_EQ(SSL_CTX_sess_number(context), 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A session is added by hand. */
TEST(add_session)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
    SSL_SESSION *servers, *session;

    pair_over_wire(pair);
    pair_handshake(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    servers = SSL_get1_session(pair->ssl[SERVER]);
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    pair_disconnect(pair);
    SSL_CTX_flush_sessions(pair->ctx[SERVER], 0);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 0);
    CHECK_OK(SSL_CTX_add_session(pair->ctx[SERVER], servers));
    CHECK_EQ(SSL_CTX_add_session(pair->ctx[SERVER], servers), 0);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 1);
    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(servers);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* It is found by no id, but counts. */
TEST(add_session_without_id)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 1);
    SSL_SESSION *session = SSL_SESSION_new();

    CHECK_OK(SSL_CTX_add_session(pair->ctx[SERVER], session));
    CHECK_EQ(SSL_CTX_add_session(pair->ctx[SERVER], session), 0);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 1);
    CHECK_EQ(SSL_CTX_remove_session(pair->ctx[SERVER], session), 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* The oldest goes when the cache is full. */
TEST(cache_size_is_kept)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);

    CHECK_EQ(SSL_CTX_sess_set_cache_size(pair->ctx[SERVER], 2), SSL_SESSION_CACHE_MAX_SIZE_DEFAULT);
    CHECK_EQ(SSL_CTX_sess_get_cache_size(pair->ctx[SERVER]), 2);
    for (int i = 0; i < 4; i++)
        SSL_SESSION_free(connect_with(pair, NULL, 0));
    CHECK(SSL_CTX_sess_number(pair->ctx[SERVER]) >= 1);
    CHECK(SSL_CTX_sess_number(pair->ctx[SERVER]) <= 2);
    CHECK(SSL_CTX_sess_cache_full(pair->ctx[SERVER]) >= 2);
    pair_free(pair);
}

/* With the cache off nothing is resumed by id. */
TEST(cache_off)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
    SSL_SESSION *session;

    SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_OFF);
    session = connect_with(pair, NULL, 0);
    SSL_SESSION_free(connect_with(pair, session, 0));
    SSL_SESSION_free(session);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 0);
    pair_free(pair);
}

/* The context's time-out goes into new sessions. */
TEST_VERSIONS(timeouts)
{
    struct pair *pair = pair_for_sessions(version, 0);

    CHECK_EQ(SSL_CTX_set_timeout(pair->ctx[SERVER], 333), 7200);
    CHECK_EQ(SSL_CTX_get_timeout(pair->ctx[SERVER]), 333);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_SESSION_get_timeout(SSL_get_session(pair->ssl[SERVER])), 333);
    pair_free(pair);
}

/* Statistics of a context. */
TEST_VERSIONS(statistics)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(session);
    CHECK_EQ(SSL_CTX_sess_connect(pair->ctx[CLIENT]), 2);
    CHECK_EQ(SSL_CTX_sess_connect_good(pair->ctx[CLIENT]), 2);
    CHECK_EQ(SSL_CTX_sess_connect_renegotiate(pair->ctx[CLIENT]), 0);
    CHECK_EQ(SSL_CTX_sess_accept(pair->ctx[SERVER]), 2);
    CHECK_EQ(SSL_CTX_sess_accept_good(pair->ctx[SERVER]), 2);
    CHECK_EQ(SSL_CTX_sess_hits(pair->ctx[CLIENT]), 1);
    CHECK_EQ(SSL_CTX_sess_hits(pair->ctx[SERVER]), 1);
    CHECK_EQ(SSL_CTX_sess_timeouts(pair->ctx[SERVER]), 0);
    pair_free(pair);
}

static SSL_CTX *second;

static int change_context(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    CHECK(SSL_set_SSL_CTX(ssl, second) == second);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int change_context_for_name(SSL *ssl, int *alert, void *argument)
{
    change_context(ssl, alert, argument);
    return SSL_TLSEXT_ERR_OK;
}

/* "SSL_CTX_sess_accept() returns the number of started SSL/TLS handshakes in server mode", "SSL_CTX_sess_hits() [...] of successfully
 * reused sessions". Where a callback of the server changes the context, handshakes count for the second one, and sessions for the
 * first, whose they are. */
TEST_VERSIONS(statistics_after_a_switch_of_contexts)
{
    for (int by_name = 0; by_name < 2; by_name++) {
        struct pair *pair = pair_for_sessions(version, 1);
        SSL_SESSION *session;

        second = SSL_CTX_new(TLS_method());
        use_identity(second, "ec");
        CHECK_OK(SSL_CTX_set_session_id_context(second, sid_context, sizeof(sid_context) - 1));
        if (by_name)
            SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], change_context_for_name);
        else
            SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], change_context, NULL);
        session = connect_with(pair, NULL, 0);
        CHECK_EQ(SSL_CTX_sess_accept(pair->ctx[SERVER]), 0);
        CHECK_EQ(SSL_CTX_sess_accept_good(pair->ctx[SERVER]), 0);
        CHECK_EQ(SSL_CTX_sess_accept(second), 1);
        CHECK_EQ(SSL_CTX_sess_accept_good(second), 1);
        SSL_SESSION_free(connect_with(pair, session, 1));
        CHECK_EQ(SSL_CTX_sess_hits(pair->ctx[SERVER]), 1);
        CHECK_EQ(SSL_CTX_sess_hits(second), 0);
        SSL_SESSION_free(session);
        pair_free(pair);
        SSL_CTX_free(second);
    }
}

/* All of a client's count for the context that its connection was made from. */
TEST_VERSIONS(statistics_of_a_client_that_changed_its_context)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    second = SSL_CTX_new(TLS_method());
    trust(second, "root");
    for (int reused = 1; reused >= 0; reused--) {
        if (!reused)
            SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
        pair_over_wire(pair);
        CHECK(SSL_set_SSL_CTX(pair->ssl[CLIENT], second) == second);
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        pair_handshake(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), reused);
        SSL_SESSION_free(pair_leave(pair));
    }
    CHECK_EQ(SSL_CTX_sess_connect(pair->ctx[CLIENT]), 3);
    CHECK_EQ(SSL_CTX_sess_connect_good(pair->ctx[CLIENT]), 3);
    CHECK_EQ(SSL_CTX_sess_hits(pair->ctx[CLIENT]), 1);
    CHECK_EQ(SSL_CTX_sess_misses(pair->ctx[CLIENT]), 1);
    CHECK_EQ(SSL_CTX_sess_connect(second), 0);
    CHECK_EQ(SSL_CTX_sess_connect_good(second), 0);
    SSL_SESSION_free(session);
    pair_free(pair);
    SSL_CTX_free(second);
}

static int generate_id(SSL *ssl, unsigned char *id, unsigned int *length)
{
    (void)ssl;
    memset(id, 'i', *length);
    return 1;
}

/* Session ids of one's own. */
TEST(generate_session_id)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
    const unsigned char *id;
    unsigned int length;

    CHECK_OK(SSL_CTX_set_generate_session_id(pair->ctx[SERVER], generate_id));
    pair_over_wire(pair);
    pair_handshake(pair);
    id = SSL_SESSION_get_id(SSL_get_session(pair->ssl[CLIENT]), &length);
    CHECK_EQ(length, 32);
    for (unsigned int i = 0; i < length; i++)
        CHECK_EQ(id[i], 'i');
    CHECK_EQ(SSL_has_matching_session_id(pair->ssl[SERVER], id, length), 1);
    CHECK_EQ(SSL_has_matching_session_id(pair->ssl[SERVER], sid_context, 6), 0);
    pair_free(pair);
}

static int named, name_length, name_answer;

static int name_session(SSL *ssl, unsigned char *id, unsigned int *length)
{
    CHECK_EQ(SSL_get_state(ssl), TLS_ST_SW_SESSION_TICKET);
    CHECK_EQ(*length, 32);
    memset(id, 'A' + named++, 32);
    *length = (unsigned int)name_length;
    return name_answer;
}

/* In TLS 1.3 each ticket is a session, which gets an id of its own. */
TEST(generated_ids_of_tls13)
{
    for (int tickets = 0; tickets <= 1; tickets++) {
        struct pair *pair = pair_for_sessions(TLS1_3_VERSION, tickets);
        const unsigned char *id;
        unsigned int length;

        named = 0;
        name_length = 8 + 24 * tickets;
        name_answer = 1;
        CHECK_OK(SSL_CTX_set_generate_session_id(pair->ctx[SERVER], name_session));
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(named, 2);
        id = SSL_SESSION_get_id(SSL_get_session(pair->ssl[SERVER]), &length);
        CHECK_EQ(length, name_length);
        CHECK_EQ(id[0], 'B');
        CHECK_OK(SSL_new_session_ticket(pair->ssl[SERVER]));
        CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
        id = SSL_SESSION_get_id(SSL_get_session(pair->ssl[SERVER]), &length);
        CHECK_EQ(named, 3);
        CHECK_EQ(id[0], 'C');
        pair_free(pair);
    }
}

TEST(generated_ids_of_tls13_that_are_none)
{
    static const struct {
        int answer, length, reason;
    } cases[] = {
        {0, 32, SSL_R_SSL_SESSION_ID_CALLBACK_FAILED},
        {1, 0, SSL_R_SSL_SESSION_ID_HAS_BAD_LENGTH},
        {1, 33, SSL_R_SSL_SESSION_ID_HAS_BAD_LENGTH},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
        struct outcome outcome[2];

        name_answer = cases[i].answer;
        name_length = cases[i].length;
        CHECK_OK(SSL_CTX_set_generate_session_id(pair->ctx[SERVER], name_session));
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[SERVER], cases[i].reason);
        pair_free(pair);
    }
}

/* ---- ticket callbacks ---- */

static int ticket_answer = 1, ticket_encrypts, ticket_decrypts;

static int ticket_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                      EVP_MAC_CTX *mac, int encrypting)
{
    static unsigned char key[32] = "a key for tickets, thirty-two b", zero[16];
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, 32),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };

    (void)ssl;
    CHECK_EQ(EVP_MAC_CTX_set_params(mac, params), 1);
    if (encrypting) {
        ticket_encrypts++;
        memcpy(name, "ctests ticketkey", 16);
        memcpy(iv, zero, 16);
        CHECK_EQ(EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, iv), 1);
        return 1;
    }
    ticket_decrypts++;
    CHECK_MEM(name, "ctests ticketkey", 16);
    CHECK_EQ(EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, iv), 1);
    return ticket_answer;
}

/* SSL_CTX_set_tlsext_ticket_key_evp_cb(): keys of one's own; 2 renews the ticket, 0 refuses it. */
TEST_VERSIONS(ticket_key_callback)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session, *next;

    CHECK_EQ(SSL_CTX_set_tlsext_ticket_key_evp_cb(pair->ctx[SERVER], ticket_key), 1);
    session = connect_with(pair, NULL, 0);
    CHECK(ticket_encrypts > 0);
    CHECK_EQ(ticket_decrypts, 0);
    next = connect_with(pair, session, 1);
    CHECK_EQ(ticket_decrypts, 1);
    SSL_SESSION_free(next);
    ticket_answer = 2;
    ticket_encrypts = 0;
    next = connect_with(pair, session, 1);
    CHECK(ticket_encrypts > 0);
    SSL_SESSION_free(next);
    ticket_answer = 0;
    next = connect_with(pair, session, 0);
    SSL_SESSION_free(next);
    SSL_SESSION_free(session);
    pair_free(pair);
}

static int add_appdata(SSL *ssl, void *argument)
{
    CHECK_STR(argument, "appdata");
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), "mine", 4);
}

static int appdata_seen;

static SSL_TICKET_RETURN see_appdata(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
                                     size_t length, SSL_TICKET_STATUS status, void *argument)
{
    void *data;
    size_t data_length;

    (void)ssl;
    (void)name;
    (void)argument;
    if (status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW) {
        CHECK_EQ(length, 16);
        CHECK_EQ(SSL_SESSION_get0_ticket_appdata(session, &data, &data_length), 1);
        CHECK_EQ(data_length, 4);
        CHECK_MEM(data, "mine", 4);
        appdata_seen++;
        return SSL_TICKET_RETURN_USE_RENEW;
    }
    return SSL_TICKET_RETURN_IGNORE_RENEW;
}

/* SSL_CTX_set_session_ticket_cb(): data of the application in the ticket. */
TEST_VERSIONS(ticket_application_data)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    CHECK_EQ(SSL_CTX_set_session_ticket_cb(pair->ctx[SERVER], add_appdata, see_appdata, "appdata"),
             1);
    session = connect_with(pair, NULL, 0);
    SSL_SESSION_free(connect_with(pair, session, 1));
    CHECK_EQ(appdata_seen, 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

static int opened_status, opened_verdict;

static int no_appdata(SSL *ssl, void *argument)
{
    (void)ssl;
    (void)argument;
    return 1;
}

static SSL_TICKET_RETURN judge(SSL *ssl, SSL_SESSION *session, const unsigned char *name, size_t length, SSL_TICKET_STATUS status,
                               void *argument)
{
    (void)ssl;
    (void)name;
    (void)length;
    (void)argument;
    opened_status = status;
    return session == NULL ? SSL_TICKET_RETURN_IGNORE_RENEW : opened_verdict;
}

/* Whether a client that resumes gets another ticket is the program's decision, where it has one of the callbacks; in TLS 1.3 it
 * gets one where the program has none. */
TEST_VERSIONS(callbacks_decide_on_renewal)
{
    for (int keys = 0; keys < 3; keys++)
        for (int judges = 0; judges < 3; judges++) {
            struct pair *pair = pair_for_sessions(version, 1);
            SSL_SESSION *session, *next;
            int renews;

            ticket_answer = keys;
            if (keys > 0)
                CHECK_EQ(SSL_CTX_set_tlsext_ticket_key_evp_cb(pair->ctx[SERVER], ticket_key), 1);
            opened_verdict = judges == 1 ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
            if (judges > 0)
                CHECK_OK(SSL_CTX_set_session_ticket_cb(pair->ctx[SERVER], no_appdata, judge, NULL));
            session = connect_with(pair, NULL, 0);
            SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
            SSL_CTX_sess_set_new_cb(pair->ctx[CLIENT], keep_session);
            new_calls = opened_status = 0;
            next = connect_with(pair, session, 1);
            renews = keys == 0 ? version == TLS1_3_VERSION : keys == 2;
            if (judges > 0)
                CHECK_EQ(opened_status, renews ? SSL_TICKET_SUCCESS_RENEW : SSL_TICKET_SUCCESS);
            /* In TLS 1.2 a client that resumes keeps its session, with the new ticket. */
            CHECK_EQ(new_calls, version == TLS1_3_VERSION && (judges == 0 ? renews : judges == 2));
            SSL_SESSION_free(next);
            SSL_SESSION_free(session);
            pair_free(pair);
        }
}

/* The number of TLS 1.3 tickets, and more of them on request. */
TEST(tickets_on_request)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
    SSL *server_ssl;

    SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT
                                                          | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(pair->ctx[CLIENT], keep_session);
    CHECK_OK(SSL_CTX_set_num_tickets(pair->ctx[SERVER], 3));
    pair_over_wire(pair);
    server_ssl = pair->ssl[SERVER];
    CHECK_EQ(SSL_new_session_ticket(server_ssl), 0);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(new_calls, 3);
    CHECK_OK(SSL_new_session_ticket(server_ssl));
    CHECK_OK(SSL_do_handshake(server_ssl));
    pair_settle(pair);
    CHECK_EQ(new_calls, 4);
    SSL_SESSION_free(kept);
    pair_free(pair);
}

/* A session of TLS 1.3 is refused by a client that may only do TLS 1.2, and forgotten. */
TEST(session_of_another_version)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_min_proto_version(pair->ctx[side], TLS1_2_VERSION);
        SSL_CTX_set_max_proto_version(pair->ctx[side], TLS1_2_VERSION);
    }
    SSL_SESSION_free(connect_with(pair, session, 0));
    SSL_SESSION_free(session);
    pair_free(pair);
}

static int never_resume(SSL *ssl, int forward_secret)
{
    CHECK_EQ(SSL_is_server(ssl), 1);
    /* The suites of TLS 1.3 say nothing of the key exchange. */
    CHECK_EQ(forward_secret, SSL_version(ssl) == TLS1_2_VERSION);
    return 1;
}

/* SSL_CTX_set_not_resumable_session_callback(): what it refuses is neither cached nor put into a ticket. */
static void check_not_resumable(int version, int tickets)
{
    struct pair *pair = pair_for_sessions(version, tickets);
    SSL_SESSION *session;

    SSL_CTX_set_not_resumable_session_callback(pair->ctx[SERVER], never_resume);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_SESSION_has_ticket(session), 0);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 0);
    SSL_SESSION_free(connect_with(pair, session, 0));
    SSL_SESSION_free(session);

    SSL_CTX_set_not_resumable_session_callback(pair->ctx[SERVER], NULL);
    session = connect_with(pair, NULL, 0);
    SSL_CTX_set_not_resumable_session_callback(pair->ctx[SERVER], never_resume);
    /* A resumption is not asked about. */
    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST_VERSIONS(not_resumable_by_ticket) { check_not_resumable(version, 1); }

TEST_VERSIONS(not_resumable_by_cache) { check_not_resumable(version, 0); }

static void count_session(void *session, void *count)
{
    unsigned length;

    CHECK(SSL_SESSION_get_id(session, &length) != NULL);
    CHECK_EQ(length, 32);
    ++*(int *)count;
}

/* SSL_CTX_sessions(): the sessions of the cache, to be looked through. */
TEST(table_of_sessions)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
    OPENSSL_LHASH *table = (OPENSSL_LHASH *)SSL_CTX_sessions(pair->ctx[SERVER]);
    SSL_SESSION *session;
    int count = 0;

    CHECK(table != NULL);
    CHECK_EQ(OPENSSL_LH_num_items(table), 0);
    SSL_SESSION_free(connect_with(pair, NULL, 0));
    session = connect_with(pair, NULL, 0);
    CHECK((OPENSSL_LHASH *)SSL_CTX_sessions(pair->ctx[SERVER]) == table);
    CHECK_EQ(OPENSSL_LH_num_items(table), 2);
    OPENSSL_LH_doall_arg(table, count_session, &count);
    CHECK_EQ(count, 2);
    CHECK(OPENSSL_LH_retrieve(table, session) != NULL);
    SSL_SESSION_free(session);
    SSL_CTX_flush_sessions(pair->ctx[SERVER], 0);
    CHECK_EQ(OPENSSL_LH_num_items((OPENSSL_LHASH *)SSL_CTX_sessions(pair->ctx[SERVER])), 0);
    pair_free(pair);
}

/* Every 256 connections what expired is dropped, unless SSL_SESS_CACHE_NO_AUTO_CLEAR is set. */
TEST(expired_sessions_leave_by_themselves)
{
    for (int automatic = 0; automatic < 2; automatic++) {
        struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
        SSL_SESSION *session;

        SSL_CTX_set_session_cache_mode(pair->ctx[SERVER],
                                       SSL_SESS_CACHE_SERVER | (automatic ? 0 : SSL_SESS_CACHE_NO_AUTO_CLEAR));
        for (int i = 0; i < 10; i++) {
            session = SSL_SESSION_new();
            CHECK_OK(SSL_SESSION_set1_id(session, (unsigned char[]){1, (unsigned char)i}, 2));
            CHECK_EQ(SSL_SESSION_set_time(session, 1000), 1000);
            CHECK_OK(SSL_SESSION_set_timeout(session, 1));
            CHECK_OK(SSL_CTX_add_session(pair->ctx[SERVER], session));
            SSL_SESSION_free(session);
        }
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 10);
        for (int i = 0; i < 257; i++)
            SSL_SESSION_free(connect_with(pair, NULL, 0));
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), automatic ? 257 : 267);
        pair_free(pair);
    }
}

/* The fewer than that, though one, that there may be; and what counts as a miss on either side. */
TEST(size_and_misses)
{
    static const struct { long size, number; } sizes[] = {{1, 1}, {2, 1}, {3, 2}, {5, 4}, {0, 6}};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
        SSL_SESSION *first = NULL;

        SSL_CTX_sess_set_cache_size(pair->ctx[SERVER], sizes[i].size);
        for (int connection = 0; connection < 6; connection++) {
            SSL_SESSION *session = connect_with(pair, NULL, 0);

            if (first == NULL)
                first = session;
            else
                SSL_SESSION_free(session);
        }
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), sizes[i].number);
        CHECK_EQ(SSL_CTX_sess_cache_full(pair->ctx[SERVER]), 6 - sizes[i].number);
        SSL_SESSION_free(connect_with(pair, first, sizes[i].size == 0));
        CHECK_EQ(SSL_CTX_sess_misses(pair->ctx[SERVER]), sizes[i].size != 0);
        CHECK_EQ(SSL_CTX_sess_misses(pair->ctx[CLIENT]), sizes[i].size != 0);
        SSL_SESSION_free(first);
        pair_free(pair);
    }
}

/* A server keeps no session of TLS 1.3 that is in its ticket; a client keeps its own if it is told to. */
TEST_VERSIONS(who_keeps_what)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 0);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[CLIENT]), version == TLS1_2_VERSION ? 1 : 2);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* CVE-2024-2511: with SSL_OP_NO_TICKET in TLS 1.3 resumptions do not fill the cache. */
TEST(cache_stays_small_in_tls13)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 0);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    SSL_CTX_sess_set_cache_size(pair->ctx[SERVER], 20);
    for (int i = 0; i < 2000; i++) {
        SSL_SESSION *next = connect_with(pair, session, 1);

        SSL_SESSION_free(session);
        session = next;
        CHECK(SSL_CTX_sess_number(pair->ctx[SERVER]) <= 20);
    }
    SSL_SESSION_free(session);
    pair_free(pair);
}

static int sealed, opened_status;
static SSL_TICKET_RETURN ticket_verdict;

static int count_sealed(SSL *ssl, void *argument)
{
    (void)ssl;
    (void)argument;
    sealed++;
    return 1;
}

static SSL_TICKET_RETURN judge_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *name, size_t length,
                                      SSL_TICKET_STATUS status, void *argument)
{
    (void)ssl;
    (void)name;
    (void)argument;
    CHECK_EQ(session != NULL, status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW);
    CHECK_EQ(length, status == SSL_TICKET_EMPTY ? 0 : 16);
    opened_status = status;
    return ticket_verdict;
}

/* SSL_CTX_set_session_ticket_cb(3): what the program says of a ticket decides what is resumed, and whether others are sent.
 * In TLS 1.3 a ticket is renewed by default. */
TEST_VERSIONS(verdicts_on_tickets)
{
    static const struct { SSL_TICKET_RETURN verdict; int reused, sealed[2]; } cases[] = {
        {SSL_TICKET_RETURN_IGNORE, 0, {0, 0}},
        {SSL_TICKET_RETURN_IGNORE_RENEW, 0, {1, 2}},
        {SSL_TICKET_RETURN_USE, 1, {0, 0}},
        {SSL_TICKET_RETURN_USE_RENEW, 1, {1, 1}},
    };
    int tls13 = version == TLS1_3_VERSION;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_for_sessions(version, 1);
        SSL_SESSION *session = connect_with(pair, NULL, 0);

        CHECK_OK(SSL_CTX_set_session_ticket_cb(pair->ctx[SERVER], count_sealed, judge_ticket, NULL));
        sealed = 0;
        ticket_verdict = cases[i].verdict;
        SSL_SESSION_free(connect_with(pair, session, cases[i].reused));
        CHECK_EQ(opened_status, tls13 ? SSL_TICKET_SUCCESS_RENEW : SSL_TICKET_SUCCESS);
        CHECK_EQ(sealed, cases[i].sealed[tls13]);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* A timeout of 0 is the default. */
TEST_VERSIONS(timeout_of_nothing)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    SSL_CTX_set_timeout(pair->ctx[SERVER], 0);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(session), 7200);
    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A handshake that cannot begin does not count. */
TEST(handshakes_that_cannot_begin)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_1_VERSION));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE+AESGCM"));
    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_SSL_MASK);
    pair_over_wire(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(SSL_do_handshake(pair->ssl[side]), -1);
        ERR_clear_error();
    }
    CHECK_EQ(SSL_CTX_sess_connect(pair->ctx[CLIENT]), 0);
    CHECK_EQ(SSL_CTX_sess_accept(pair->ctx[SERVER]), 0);
    pair_free(pair);
}

/* ... nor one that cannot since the context has changed, of which the connection has its suites. */
TEST(handshake_that_cannot_begin_any_more)
{
    struct pair *pair = pair_contexts(TLS1_1_VERSION);

    pair_over_wire(pair);
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE+AESGCM"));
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK_SSL_REASON(SSL_R_NO_CIPHERS_AVAILABLE);
    CHECK_EQ(SSL_CTX_sess_accept(pair->ctx[SERVER]), 0);
    pair_free(pair);
}

/* What the modes of a server's cache do: who keeps the session, who is asked for it, and what is told when the context is freed. A
 * server without SSL_SESS_CACHE_SERVER stores nothing and tells no callback; "The get_session_cb() is always called, even when
 * session caching was disabled" is true of TLS 1.3 alone. */
TEST_VERSIONS(modes_of_a_servers_cache)
{
    static const struct { long mode; int stored, told, asked_tls12, asked_tls13, reused; } cases[] = {
        {SSL_SESS_CACHE_SERVER, 1, 1, 0, 0, 1},
        {SSL_SESS_CACHE_BOTH, 1, 1, 0, 0, 1},
        {SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL_LOOKUP, 1, 1, 1, 1, 1},
        {SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL_STORE, 0, 1, 1, 1, 1},
        {SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL, 0, 1, 1, 1, 1},
        {SSL_SESS_CACHE_CLIENT, 0, 0, 0, 1, 0},
        {SSL_SESS_CACHE_OFF, 0, 0, 0, 1, 0},
        {SSL_SESS_CACHE_NO_INTERNAL, 0, 0, 0, 1, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_for_sessions(version, 0);
        SSL_SESSION *session;

        new_calls = get_calls = remove_calls = 0;
        copy_from_get = 1;
        SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], cases[i].mode);
        CHECK_EQ(SSL_CTX_get_session_cache_mode(pair->ctx[SERVER]), cases[i].mode);
        SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], keep_session);
        SSL_CTX_sess_set_get_cb(pair->ctx[SERVER], find_session);
        SSL_CTX_sess_set_remove_cb(pair->ctx[SERVER], remove_session);
        CHECK_OK(SSL_CTX_set_num_tickets(pair->ctx[SERVER], 1));
        session = connect_with(pair, NULL, 0);
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), cases[i].stored);
        CHECK_EQ(new_calls, cases[i].told);
        SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], NULL);
        SSL_SESSION_free(connect_with(pair, session, cases[i].reused));
        CHECK_EQ(get_calls, version == TLS1_2_VERSION ? cases[i].asked_tls12 : cases[i].asked_tls13);
        CHECK_EQ(SSL_CTX_sess_hits(pair->ctx[SERVER]), cases[i].reused);
        CHECK_EQ(SSL_CTX_sess_cb_hits(pair->ctx[SERVER]), cases[i].reused && get_calls > 0);
        CHECK_EQ(remove_calls, 0);
        /* TLS 1.3 makes a session of each resumption. */
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), cases[i].stored * (version == TLS1_3_VERSION ? 2 : 1));
        SSL_CTX_free(pair->ctx[SERVER]);
        CHECK_EQ(remove_calls, cases[i].stored * (version == TLS1_3_VERSION ? 2 : 1));
        pair->ctx[SERVER] = NULL;
        SSL_SESSION_free(session);
        SSL_SESSION_free(kept);
        kept = NULL;
        pair_free(pair);
    }
}

/* SSL_CTX_free(3): "If this is not desired, the user should explicitly unset the callback by calling SSL_CTX_sess_set_remove_cb(ctx,
 * NULL) prior to calling SSL_CTX_free()." */
TEST(removal_is_not_told_without_callback)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);

    SSL_CTX_sess_set_remove_cb(pair->ctx[SERVER], remove_session);
    SSL_SESSION_free(connect_with(pair, NULL, 0));
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 1);
    SSL_CTX_sess_set_remove_cb(pair->ctx[SERVER], NULL);
    pair_free(pair);
    CHECK_EQ(remove_calls, 0);
}

/* SSL_SESS_CACHE_NO_INTERNAL_STORE: "any successful session lookups in the external cache … would normally be copied into the local
 * cache before processing continues - this flag prevents these additions to the internal cache as well." */
TEST(session_found_elsewhere_is_stored)
{
    for (int store = 0; store < 2; store++) {
        struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
        SSL_SESSION *session;

        SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], keep_session);
        SSL_CTX_sess_set_get_cb(pair->ctx[SERVER], find_session);
        copy_from_get = 1;
        session = connect_with(pair, NULL, 0);
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 0);
        if (store)
            SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_SERVER);
        get_calls = 0;
        SSL_SESSION_free(connect_with(pair, session, 1));
        CHECK_EQ(get_calls, 1);
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), store);
        SSL_SESSION_free(connect_with(pair, session, 1));
        CHECK_EQ(get_calls, store ? 1 : 2);
        SSL_SESSION_free(session);
        SSL_SESSION_free(kept);
        kept = NULL;
        pair_free(pair);
    }
}

static int leave_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl, (void)session;
    new_calls++;
    return 0;
}

/* "If the callback returns 0, the session will be immediately removed from the internal cache": it is not in truth. */
TEST_VERSIONS(session_that_the_program_does_not_keep)
{
    struct pair *pair = pair_for_sessions(version, 0);
    SSL_SESSION *session;

    SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], leave_session);
    SSL_CTX_sess_set_remove_cb(pair->ctx[SERVER], remove_session);
    CHECK_OK(SSL_CTX_set_num_tickets(pair->ctx[SERVER], 1));
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(new_calls, 1);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 1);
    SSL_SESSION_free(connect_with(pair, session, 1));
    CHECK_EQ(remove_calls, 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

static SSL_SESSION *session_called(int number)
{
    SSL_SESSION *session = SSL_SESSION_new();
    unsigned char id[32] = {0};

    id[0] = (unsigned char)number;
    CHECK_OK(SSL_SESSION_set1_id(session, id, sizeof(id)));
    return session;
}

static int removed_resumable;

static void note_whether_resumable(SSL_CTX *context, SSL_SESSION *session)
{
    (void)context;
    remove_calls++;
    removed_resumable += SSL_SESSION_is_resumable(session);
}

/* "SSL_CTX_remove_session() removes the session c from the context ctx and marks it as non-resumable": so does whatever else takes
 * one out of a cache, and the callback sees it so already. One that is not there is marked as well. One that makes room for another
 * of the same id stays as it is. */
TEST(sessions_that_leave_the_cache_are_not_resumable)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL_SESSION *session[7], *same = session_called(6);

    for (int i = 0; i < 7; i++) {
        session[i] = session_called(i);
        CHECK_EQ(SSL_SESSION_is_resumable(session[i]), 1);
    }
    SSL_CTX_sess_set_remove_cb(context, note_whether_resumable);
    CHECK_EQ(SSL_CTX_remove_session(context, session[0]), 0);
    CHECK_EQ(remove_calls, 1);
    CHECK_EQ(SSL_SESSION_is_resumable(session[0]), 0);
    CHECK_OK(SSL_CTX_add_session(context, session[1]));
    CHECK_OK(SSL_CTX_remove_session(context, session[1]));
    CHECK_EQ(remove_calls, 2);
    CHECK_EQ(SSL_SESSION_is_resumable(session[1]), 0);
    CHECK_OK(SSL_CTX_add_session(context, session[2]));
    SSL_CTX_flush_sessions(context, 0);
    CHECK_EQ(remove_calls, 3);
    CHECK_EQ(SSL_SESSION_is_resumable(session[2]), 0);
    SSL_CTX_sess_set_cache_size(context, 2);
    CHECK_OK(SSL_CTX_add_session(context, session[3]));
    CHECK_OK(SSL_CTX_add_session(context, session[4]));
    CHECK_OK(SSL_CTX_add_session(context, session[5]));
    CHECK_EQ(SSL_SESSION_is_resumable(session[3]), 0);
    CHECK_EQ(SSL_SESSION_is_resumable(session[5]), 1);
    SSL_CTX_sess_set_cache_size(context, 0);
    CHECK_OK(SSL_CTX_add_session(context, session[6]));
    CHECK_OK(SSL_CTX_add_session(context, same));
    CHECK_EQ(SSL_SESSION_is_resumable(session[6]), 1);
    SSL_CTX_free(context);
    CHECK_EQ(SSL_SESSION_is_resumable(session[5]), 0);
    CHECK_EQ(SSL_SESSION_is_resumable(same), 0);
    CHECK_EQ(SSL_SESSION_is_resumable(session[6]), 1);
    CHECK_EQ(removed_resumable, 0);
    for (int i = 0; i < 7; i++)
        SSL_SESSION_free(session[i]);
    SSL_SESSION_free(same);
}

/* "SSL_CTX_remove_session() removes the session c from the context ctx and marks it as non-resumable": so does whatever else takes one
 * out. The program may still have it, and its callback find it: it is not resumed, and is no hit. */
TEST_VERSIONS(session_that_left_the_cache_is_not_resumed_by_the_program)
{
    for (int how = 0; how < 4; how++) {
        struct pair *pair = pair_for_sessions(version, 0);
        SSL_SESSION *session, *other = session_called(1);

        kept = NULL;
        copy_from_get = how % 2;
        SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], keep_session);
        SSL_CTX_sess_set_get_cb(pair->ctx[SERVER], find_session);
        CHECK_OK(SSL_CTX_set_num_tickets(pair->ctx[SERVER], 1));
        session = connect_with(pair, NULL, 0);
        SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], NULL);
        if (how < 2)
            CHECK_OK(SSL_CTX_remove_session(pair->ctx[SERVER], kept));
        else if (how == 2)
            SSL_CTX_flush_sessions(pair->ctx[SERVER], 0);
        else {
            SSL_CTX_sess_set_cache_size(pair->ctx[SERVER], 1);
            CHECK_OK(SSL_CTX_add_session(pair->ctx[SERVER], other));
        }
        CHECK_EQ(SSL_SESSION_is_resumable(kept), 0);
        get_calls = 0;
        SSL_SESSION_free(connect_with(pair, session, 0));
        CHECK_EQ(get_calls, 1);
        CHECK_EQ(SSL_CTX_sess_cb_hits(pair->ctx[SERVER]), 0);
        SSL_SESSION_free(session);
        SSL_SESSION_free(other);
        if (copy_from_get)
            SSL_SESSION_free(kept);
        pair_free(pair);
    }
}

/* ... and so no other context offers what was in the cache of one that is gone. */
TEST_VERSIONS(session_of_a_context_that_is_gone)
{
    for (int cached = 0; cached < 2; cached++) {
        struct pair *pair = pair_for_sessions(version, 1);
        SSL_CTX *other = SSL_CTX_new(TLS_method());
        SSL_SESSION *session;

        SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], cached ? SSL_SESS_CACHE_CLIENT : SSL_SESS_CACHE_OFF);
        session = connect_with(pair, NULL, 0);
        CHECK_EQ(SSL_CTX_set_max_proto_version(other, version), 1);
        SSL_CTX_free(pair->ctx[CLIENT]);
        pair->ctx[CLIENT] = other;
        SSL_SESSION_free(connect_with(pair, session, !cached));
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* "SSL_CTX_flush_sessions() causes a run through the session cache of ctx to remove sessions expired at time tm": those whose time is
 * over before it. 0 is the end of all. */
TEST(sessions_expire_after_their_last_second)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    SSL_CTX_sess_set_remove_cb(context, remove_session);
    for (int i = 0; i < 4; i++) {
        SSL_SESSION *session = session_called(i);

        SSL_SESSION_set_time(session, 1000);
        SSL_SESSION_set_timeout(session, 100 * i);
        CHECK_OK(SSL_CTX_add_session(context, session));
        SSL_SESSION_free(session);
    }
    SSL_CTX_flush_sessions(context, 1100);
    CHECK_EQ(SSL_CTX_sess_number(context), 3);
    SSL_CTX_flush_sessions(context, 1101);
    CHECK_EQ(SSL_CTX_sess_number(context), 2);
    SSL_CTX_flush_sessions(context, 1);
    CHECK_EQ(SSL_CTX_sess_number(context), 2);
    SSL_CTX_flush_sessions(context, 0);
    CHECK_EQ(SSL_CTX_sess_number(context), 0);
    CHECK_EQ(remove_calls, 4);
    SSL_CTX_free(context);
}

/* "If the size of the session cache is reduced and more sessions are already in the session cache, old session will be removed at the
 * next time a session shall be added." An identical one does not count as added. */
TEST(smaller_size_counts_at_the_next_session)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL_SESSION *session[4];

    for (int i = 0; i < 4; i++)
        session[i] = session_called(i);
    for (int i = 0; i < 3; i++)
        CHECK_OK(SSL_CTX_add_session(context, session[i]));
    CHECK_EQ(SSL_CTX_sess_set_cache_size(context, 1), SSL_SESSION_CACHE_MAX_SIZE_DEFAULT);
    CHECK_EQ(SSL_CTX_sess_number(context), 3);
    CHECK_EQ(SSL_CTX_add_session(context, session[2]), 0);
    CHECK_EQ(SSL_CTX_sess_number(context), 3);
    CHECK_OK(SSL_CTX_add_session(context, session[3]));
    CHECK_EQ(SSL_CTX_sess_number(context), 1);
    CHECK_EQ(SSL_CTX_sess_cache_full(context), 3);
    CHECK_EQ(SSL_SESSION_is_resumable(session[3]), 1);
    /* "A special case is the size 0, which is used for unlimited size." */
    CHECK_EQ(SSL_CTX_sess_set_cache_size(context, 0), 1);
    for (int i = 4; i < 40; i++) {
        SSL_SESSION *another = session_called(i);

        CHECK_OK(SSL_CTX_add_session(context, another));
        SSL_SESSION_free(another);
    }
    CHECK_EQ(SSL_CTX_sess_number(context), 37);
    for (int i = 0; i < 4; i++)
        SSL_SESSION_free(session[i]);
    SSL_CTX_free(context);
}

/* "This can happen when the session is removed because it is expired or when a connection was not shutdown cleanly": the client's
 * cache loses it, too. */
TEST_VERSIONS(broken_connection_leaves_the_clients_cache)
{
    struct pair *pair = pair_for_sessions(version, 1);
    int sessions = version == TLS1_3_VERSION ? 2 : 1;

    SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_remove_cb(pair->ctx[CLIENT], remove_session);
    SSL_SESSION_free(connect_with(pair, NULL, 0));
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[CLIENT]), sessions);
    CHECK_EQ(remove_calls, 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[CLIENT]), 2 * sessions);
    pair_disconnect(pair);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[CLIENT]), 2 * sessions - 1);
    CHECK_EQ(remove_calls, 1);
    pair_free(pair);
}

/* "SSL_SESS_CACHE_UPDATE_TIME: Updates the timestamp of the session when it is used, increasing the lifespan of the session." It does
 * not in truth, in TLS 1.2. */
TEST(update_time_updates_nothing)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        struct pair *pair = pair_for_sessions(TLS1_2_VERSION, tickets);
        SSL_SESSION *session;

        advance_clock(0);
        SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_UPDATE_TIME);
        SSL_CTX_set_timeout(pair->ctx[SERVER], 100);
        session = connect_with(pair, NULL, 0);
        SSL_SESSION_set_timeout(session, 1000);
        advance_clock(60 * 1000000L);
        SSL_SESSION_free(connect_with(pair, session, 1));
        advance_clock(60 * 1000000L);
        SSL_SESSION_free(connect_with(pair, session, 0));
        CHECK_EQ(SSL_CTX_sess_timeouts(pair->ctx[SERVER]), 1);
        CHECK_EQ(SSL_CTX_sess_hits(pair->ctx[SERVER]), 1);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* SSL_CTX_set_timeout(3): "This timeout value is used as the ticket lifetime hint for stateless session tickets … For TLSv1.3,
 * RFC8446 limits transmission of this value to 1 week (604800 seconds)." */
TEST_VERSIONS(hint_is_the_timeout)
{
    static const long seconds[] = {1, 300, 604800, 604801, 100000000};

    for (int i = 0; i < 5; i++) {
        struct pair *pair = pair_for_sessions(version, 1);
        long hint = version == TLS1_3_VERSION && seconds[i] > 604800 ? 604800 : seconds[i];

        CHECK_EQ(SSL_CTX_set_timeout(pair->ctx[SERVER], seconds[i]), 7200);
        CHECK_EQ(SSL_CTX_get_timeout(pair->ctx[SERVER]), seconds[i]);
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(SSL_get_session(pair->ssl[CLIENT])), hint);
        CHECK_EQ(SSL_SESSION_get_timeout(SSL_get_session(pair->ssl[SERVER])), seconds[i]);
        /* The client goes by a time of its own. */
        CHECK_EQ(SSL_SESSION_get_timeout(SSL_get_session(pair->ssl[CLIENT])), 7200);
        pair_free(pair);
    }
}

/* "Tickets generated during a resumed handshake have a value of 0 for the ticket lifetime hint", in TLS 1.2. */
TEST_VERSIONS(hint_of_a_renewed_ticket)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    CHECK_EQ(SSL_CTX_set_tlsext_ticket_key_evp_cb(pair->ctx[SERVER], ticket_key), 1);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(session), 7200);
    ticket_answer = 2;
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    /* What was offered stays as it was: the renewed one is another. */
    CHECK(SSL_get_session(pair->ssl[CLIENT]) != session);
    CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(SSL_get_session(pair->ssl[CLIENT])), version == TLS1_2_VERSION ? 0 : 7200);
    CHECK_EQ(SSL_SESSION_get_ticket_lifetime_hint(session), 7200);
    SSL_SESSION_free(session);
    pair_free(pair);
}

static int sealing_answer;

static int seal_or_not(SSL *ssl, unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seals)
{
    (void)ssl;
    if (seals)
        ticket_encrypts++;
    if (seals && sealing_answer <= 0)
        return sealing_answer;
    CHECK_EQ(ticket_keys(name, vector, cipher, mac, seals), 1);
    return 1;
}

/* The callback for a new ticket: with 0 "the SSL/TLS session will continue", without one; "less than 0 This indicates an error". */
TEST_VERSIONS(ticket_key_callback_without_a_key)
{
    for (sealing_answer = 0; sealing_answer >= -1; sealing_answer--) {
        struct pair *pair = pair_for_sessions(version, 1);
        struct outcome outcome[2];

        ticket_encrypts = 0;
        CHECK_EQ(SSL_CTX_set_tlsext_ticket_key_evp_cb(pair->ctx[SERVER], seal_or_not), 1);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (sealing_answer < 0) {
            CHECK_OUTCOME(outcome[SERVER], SSL_R_CALLBACK_FAILED);
            CHECK_EQ(ticket_encrypts, 1);
        } else {
            CHECK_EQ(outcome[SERVER].ret, 1);
            CHECK_EQ(ticket_encrypts, version == TLS1_3_VERSION ? 2 : 1);
            pair_settle(pair);
            CHECK_EQ(SSL_SESSION_has_ticket(SSL_get_session(pair->ssl[CLIENT])), 0);
            check_alive(pair);
        }
        pair_free(pair);
    }
}

/* SSL_CTX_set_num_tickets(3): "Following a resumption the number of tickets issued will never be more than 1 … If num_tickets is set
 * to 0 then no tickets will be issued for either a normal connection or a resumption." */
TEST(tickets_after_a_resumption)
{
    for (size_t number = 0; number < 5; number += 2) {
        struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
        SSL_SESSION *session = connect_with(pair, NULL, 0);

        SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(pair->ctx[CLIENT], leave_session);
        CHECK_OK(SSL_CTX_set_num_tickets(pair->ctx[SERVER], number));
        new_calls = 0;
        SSL_SESSION_free(connect_with(pair, session, 1));
        CHECK_EQ(new_calls, number > 0);
        new_calls = 0;
        SSL_SESSION_free(connect_with(pair, NULL, 0));
        CHECK_EQ(new_calls, number);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* SSL_new_session_ticket(): "all such requests are queued and written together when it is safe to do so and triggered by SSL_write()
 * or SSL_do_handshake()"; "only for TLS 1.3 connections", on a server. */
TEST_VERSIONS(requests_for_tickets_wait_for_a_write)
{
    struct pair *pair = pair_contexts(version);
    int tls13 = version == TLS1_3_VERSION;

    SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    SSL_CTX_sess_set_new_cb(pair->ctx[CLIENT], leave_session);
    CHECK_EQ(SSL_new_session_ticket(pair->ssl[CLIENT]), 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(SSL_new_session_ticket(pair->ssl[SERVER]), tls13);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 0);
    transfer(pair->ssl[SERVER], pair->ssl[CLIENT], "data", 4);
    CHECK_EQ(new_calls, tls13 ? 3 : 0);
    transfer(pair->ssl[SERVER], pair->ssl[CLIENT], "data", 4);
    CHECK_EQ(new_calls, tls13 ? 3 : 0);
    pair_free(pair);
}

static int told_in_the_handshake;
static SSL_SESSION *told_last;

static int note_new_session(SSL *ssl, SSL_SESSION *session)
{
    /* "The new_session_cb() is passed the ssl connection and the nascent ssl session sess." */
    CHECK(SSL_get_session(ssl) == session);
    new_calls++;
    told_last = session;
    return 0;
}

/* "applications should expect the new_session_cb() function to be invoked during the handshake (for <= TLSv1.2) or after the handshake
 * (for TLSv1.3)": not of a resumption below TLS 1.3, and not on a server that sends its session as a ticket there. */
TEST_SIDES(new_session_is_told_in_time)
{
    int tls13 = version == TLS1_3_VERSION;

    for (int tickets = 0; tickets < 2; tickets++)
        for (int resumes = 0; resumes < 2; resumes++) {
            struct pair *pair = pair_for_sessions(version, tickets);
            SSL_SESSION *session = resumes ? connect_with(pair, NULL, 0) : NULL;
            int expected = tls13 ? 2 - resumes : !resumes && !(server && tickets);

            SSL_CTX_set_session_cache_mode(pair->ctx[server], SSL_SESS_CACHE_BOTH);
            SSL_CTX_sess_set_new_cb(pair->ctx[server], note_new_session);
            new_calls = 0;
            told_last = NULL;
            pair_over_wire(pair);
            if (resumes)
                CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
            pair_handshake(pair);
            told_in_the_handshake = new_calls;
            pair_settle(pair);
            CHECK_EQ(new_calls, expected);
            /* A client of TLS 1.3 reads its tickets later. */
            CHECK_EQ(told_in_the_handshake, tls13 && !server ? 0 : expected);
            if (expected)
                CHECK(told_last == SSL_get_session(pair->ssl[server]));
            SSL_SESSION_free(session);
            pair_free(pair);
        }
}

static int copy_answer, references;

static void count_free(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long number, void *pointer)
{
    (void)parent, (void)all, (void)index, (void)number, (void)pointer;
    references -= data != NULL;
}

static SSL_SESSION *hand_over(SSL *ssl, const unsigned char *id, int length, int *copy)
{
    (void)ssl, (void)id, (void)length;
    CHECK_EQ(*copy, 1);
    if (copy_answer >= 0)
        *copy = copy_answer;
    if (copy_answer == 0)
        CHECK_OK(SSL_SESSION_up_ref(kept));
    return kept;
}

/* "By setting the parameter copy to 1, the callback can require the SSL engine to increment the reference count of the SSL_SESSION
 * object; setting copy to 0 causes the reference count to remain unchanged. If the get_session_cb() does not write to copy, the reference
 * count is incremented": in each case the session is freed when the program frees it and not before. (In TLS 1.3 it is duplicated
 * besides.) */
TEST(reference_of_a_session_that_is_found)
{
    int index = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, count_free);

    for (copy_answer = -1; copy_answer < 2; copy_answer++) {
        struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 0);
        SSL_SESSION *session;

        kept = NULL;
        SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], keep_session);
        SSL_CTX_sess_set_get_cb(pair->ctx[SERVER], hand_over);
        session = connect_with(pair, NULL, 0);
        CHECK_OK(SSL_SESSION_set_ex_data(kept, index, pair));
        references = 1;
        SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], NULL);
        for (int i = 0; i < 3; i++)
            SSL_SESSION_free(connect_with(pair, session, 1));
        SSL_SESSION_free(session);
        pair_free(pair);
        CHECK_EQ(references, 1);
        SSL_SESSION_free(kept);
        CHECK_EQ(references, 0);
        kept = NULL;
    }
}

static int generated_for_context, generated_for_connection;

static int generate_for_context(SSL *ssl, unsigned char *id, unsigned int *length)
{
    (void)ssl;
    memset(id, ++generated_for_context, *length);
    return 1;
}

static int generate_for_connection(SSL *ssl, unsigned char *id, unsigned int *length)
{
    (void)ssl;
    memset(id, 100 + ++generated_for_connection, *length);
    return 1;
}

/* "SSL_set_generate_session_id() sets the callback function … for ssl": in place of the context's. A server of TLS 1.2 that sends its
 * session as a ticket needs no id. */
TEST_VERSIONS(generator_of_the_connection_goes_first)
{
    for (int tickets = 0; tickets < 2; tickets++)
        for (int own = 0; own < 2; own++) {
            struct pair *pair = pair_for_sessions(version, tickets);
            int needed = version == TLS1_3_VERSION || !tickets;

            generated_for_context = generated_for_connection = 0;
            CHECK_OK(SSL_CTX_set_generate_session_id(pair->ctx[SERVER], generate_for_context));
            pair_over_wire(pair);
            if (own)
                CHECK_OK(SSL_set_generate_session_id(pair->ssl[SERVER], generate_for_connection));
            pair_handshake(pair);
            CHECK_EQ(generated_for_connection > 0, own && needed);
            CHECK_EQ(generated_for_context > 0, !own && needed);
            pair_free(pair);
        }
}

/* SSL_CTX_set_session_ticket_cb(3): "The gen_cb callback must return 1 to continue the connection. A return of 0 will terminate the
 * connection with an INTERNAL_ERROR alert." */
static int no_ticket_data(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    return 0;
}

TEST_VERSIONS(ticket_callback_that_fails)
{
    struct pair *pair = pair_for_sessions(version, 1);
    struct outcome outcome[2];

    CHECK_OK(SSL_CTX_set_session_ticket_cb(pair->ctx[SERVER], no_ticket_data, NULL, NULL));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], ERR_R_INTERNAL_ERROR);
    pair_free(pair);
}

/* "The new_session_cb() is called whenever a new session has been negotiated and session caching is enabled": by the mode that the
 * context has then, also for connections that were there before. */
TEST_VERSIONS(mode_that_is_set_after_the_connection_was_made)
{
    struct pair *pair = pair_contexts(version);
    int sessions = version == TLS1_3_VERSION ? 2 : 1;

    pair_over_wire(pair);
    SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(pair->ctx[CLIENT], leave_session);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(new_calls, sessions);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[CLIENT]), sessions);
    pair_free(pair);
}

/* So a cache that is switched off takes nothing more, and looks nothing up. */
TEST_VERSIONS(cache_that_is_switched_off_after_the_connection_was_made)
{
    struct pair *pair = pair_for_sessions(version, 0);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    long number = SSL_CTX_sess_number(pair->ctx[SERVER]);
    unsigned int length;

    pair_over_wire(pair);
    SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL_LOOKUP);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 0);
    SSL_SESSION_free(pair_leave(pair));
    SSL_SESSION_free(session);
    SSL_CTX_flush_sessions(pair->ctx[SERVER], 0);
    CHECK(number > 0);

    pair_over_wire(pair);
    SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_OFF);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 0);
    session = pair_leave(pair);
    SSL_SESSION_get_id(session, &length);
    CHECK_EQ(length, version == TLS1_3_VERSION ? 32 : 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* After a switch of contexts the mode is the first one's, in whose cache the sessions are; but in TLS 1.2 they get an id only if the
 * second one's cache is on. */
TEST(modes_after_a_switch_of_contexts)
{
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct pair *pair = pair_for_sessions(version, 0);
        SSL_SESSION *session;
        int kept_sessions = version == TLS1_3_VERSION ? 2 : 0;

        second = SSL_CTX_new(TLS_method());
        use_identity(second, "ec");
        CHECK_OK(SSL_CTX_set_session_id_context(second, sid_context, sizeof(sid_context) - 1));
        SSL_CTX_set_session_cache_mode(second, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], change_context, NULL);
        session = connect_with(pair, NULL, 0);
        CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), kept_sessions);
        SSL_SESSION_free(connect_with(pair, session, kept_sessions > 0));
        SSL_SESSION_free(session);
        pair_free(pair);
        SSL_CTX_free(second);
    }
}

static int number_session(SSL *ssl, unsigned char *id, unsigned int *length)
{
    (void)ssl;
    memset(id, ++named, *length);
    return 1;
}

/* The generator of ids that the context had when the connection was made is the connection's; one without any has the context's. */
TEST_VERSIONS(generator_that_is_set_after_the_connection_was_made)
{
    struct pair *pair = pair_for_sessions(version, 0);

    for (int turn = 0; turn < 3; turn++) {
        named = 0;
        pair_over_wire(pair);
        if (turn == 1)
            CHECK_OK(SSL_set_generate_session_id(pair->ssl[SERVER], NULL));
        else
            CHECK_OK(SSL_CTX_set_generate_session_id(pair->ctx[SERVER], turn == 0 ? number_session : NULL));
        SSL_CTX_flush_sessions(pair->ctx[SERVER], 0);
        pair_handshake(pair);
        CHECK(named > 0);
        pair_disconnect(pair);
    }
    pair_free(pair);
}
