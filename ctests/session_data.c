/* SSL_SESSION_set_ex_data(3): the program's data go with a connection's session from the handshake on, and into the sessions
 * that later tickets stand for. */
#include "support.h"

static char during[] = "during", after[] = "after";
static int index_during = -1, index_after = -1;

static int note_on_server(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    CHECK_OK(SSL_SESSION_set_ex_data(SSL_get_session(ssl), index_during, during));
    return SSL_TLSEXT_ERR_OK;
}

static int note_on_client(int ok, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

    CHECK_OK(SSL_SESSION_set_ex_data(SSL_get_session(ssl), index_during, during));
    return ok;
}

static void new_indices(void)
{
    index_during = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    index_after = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    CHECK(index_during >= 0 && index_after > index_during);
}

/* As connect_with(), but the connection stays. */
static SSL_SESSION *stay_connected(struct pair *pair, SSL_SESSION *session)
{
    pair_over_wire(pair);
    if (session != NULL)
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), session != NULL);
    return SSL_get1_session(pair->ssl[CLIENT]);
}

static void disconnect(struct pair *pair)
{
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    pair_disconnect(pair);
}

/* Set in a callback of the handshake, found when it is done and the tickets have come. */
TEST_VERSIONS(data_of_the_handshake_stay_in_the_session)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        struct pair *pair = pair_for_sessions(version, tickets);
        SSL_SESSION *session;

        new_indices();
        SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], note_on_server);
        SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, note_on_client);
        session = stay_connected(pair, NULL);
        CHECK(SSL_SESSION_get_ex_data(session, index_during) == during);
        CHECK(SSL_SESSION_get_ex_data(SSL_get_session(pair->ssl[SERVER]), index_during) == during);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* Set after the handshake, found on the connections that resume the session, one after the other. Nothing of it is in a ticket:
 * the server finds its data where its cache has the session. */
TEST_VERSIONS(data_go_with_resumption)
{
    for (int tickets = 0; tickets < 2; tickets++) {
        struct pair *pair = pair_for_sessions(version, tickets);
        SSL_SESSION *session, *next;

        new_indices();
        session = stay_connected(pair, NULL);
        CHECK_OK(SSL_SESSION_set_ex_data(session, index_after, after));
        CHECK_OK(SSL_SESSION_set_ex_data(SSL_get_session(pair->ssl[SERVER]), index_after, after));
        disconnect(pair);
        for (int i = 0; i < 3; i++) {
            void *wanted = tickets == 0 ? after : NULL;

            next = stay_connected(pair, session);
            CHECK(SSL_SESSION_get_ex_data(next, index_after) == after);
            CHECK(SSL_SESSION_get_ex_data(SSL_get_session(pair->ssl[SERVER]), index_after) == wanted);
            disconnect(pair);
            SSL_SESSION_free(session);
            session = next;
        }
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}
