/* Threads that share contexts and sessions: what one connection does is nothing to the others. */
#include "support.h"

enum { THREADS = 6, ROUNDS = 15 };

struct shared {
    SSL_CTX *ctx[2];
    SSL_SESSION *session;
    int version, number;
};

/* A whole connection between two SSL objects of these contexts; the client is left to be looked at. */
static void connect_in_thread(const struct shared *shared, SSL *ssl[2])
{
    BIO *ends[2];
    int done = 0;

    CHECK_EQ(BIO_new_bio_pair(&ends[0], 0, &ends[1], 0), 1);
    for (int side = 0; side < 2; side++) {
        ssl[side] = SSL_new(shared->ctx[side]);
        CHECK(ssl[side] != NULL);
        SSL_set_bio(ssl[side], ends[side], ends[side]);
    }
    SSL_set_connect_state(ssl[CLIENT]);
    SSL_set_accept_state(ssl[SERVER]);
    if (shared->session != NULL)
        CHECK_EQ(SSL_set_session(ssl[CLIENT], shared->session), 1);
    for (int turn = 0; turn < 50 && done != 2; turn++)
        done = (SSL_do_handshake(ssl[CLIENT]) == 1) + (SSL_do_handshake(ssl[SERVER]) == 1);
    CHECK_EQ(done, 2);
}

static void disconnect_in_thread(SSL *ssl[2])
{
    for (int side = 0; side < 2; side++) {
        SSL_set_shutdown(ssl[side], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(ssl[side]);
    }
}

static void *resume_shared(void *argument)
{
    const struct shared *shared = argument;

    for (int round = 0; round < ROUNDS; round++) {
        SSL *ssl[2];
        char byte;

        connect_in_thread(shared, ssl);
        CHECK_EQ(SSL_session_reused(ssl[CLIENT]), 1);
        /* The new tickets. */
        CHECK(SSL_read(ssl[CLIENT], &byte, 1) <= 0);
        disconnect_in_thread(ssl);
    }
    return NULL;
}

/* CVE-2014-3509, CVE-2015-1791: threads that resume one session, and get new tickets, leave it as it is. */
TEST_VERSIONS(threads_resume_one_session)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    struct shared shared = {{pair->ctx[0], pair->ctx[1]}, session, version, 0};
    unsigned char *before = NULL, *after = NULL;
    int length = i2d_SSL_SESSION(session, &before);
    pthread_t threads[THREADS];

    CHECK(length > 0);
    for (int i = 0; i < THREADS; i++)
        threads[i] = background(resume_shared, &shared);
    for (int i = 0; i < THREADS; i++)
        background_join(threads[i]);
    CHECK_EQ(i2d_SSL_SESSION(session, &after), length);
    CHECK_MEM(after, before, (size_t)length);
    OPENSSL_free(before);
    OPENSSL_free(after);
    SSL_SESSION_free(session);
    pair_free(pair);
}

static unsigned int psk_client(SSL *ssl, const char *hint, char *identity, unsigned int most, unsigned char *key,
                               unsigned int most_key)
{
    (void)ssl, (void)most_key;
    /* The identity repeats the hint. */
    snprintf(identity, most, "%s", hint);
    memset(key, 7, 16);
    return 16;
}

static unsigned int psk_server(SSL *ssl, const char *identity, unsigned char *key, unsigned int most_key)
{
    (void)ssl, (void)most_key;
    if (strncmp(identity, "hint", 4) != 0)
        return 0;
    memset(key, 7, 16);
    return 16;
}

static void *connect_with_hint(void *argument)
{
    const struct shared *shared = argument;
    char hint[32];

    snprintf(hint, sizeof(hint), "hint %d", shared->number);
    for (int round = 0; round < ROUNDS; round++) {
        SSL *ssl[2];

        connect_in_thread(shared, ssl);
        CHECK_STR(SSL_get_psk_identity_hint(ssl[CLIENT]), hint);
        CHECK_STR(SSL_get_psk_identity(ssl[SERVER]), hint);
        disconnect_in_thread(ssl);
    }
    return NULL;
}

/* CVE-2015-3196: a hint is of the connection, not of the client's context. */
TEST(threads_get_different_hints)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct shared shared[THREADS];
    pthread_t threads[THREADS];

    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "PSK-AES128-GCM-SHA256"));
    SSL_CTX_set_psk_client_callback(pair->ctx[CLIENT], psk_client);
    for (int i = 0; i < THREADS; i++) {
        char hint[32];

        snprintf(hint, sizeof(hint), "hint %d", i);
        shared[i] = (struct shared){{pair->ctx[CLIENT], SSL_CTX_new(TLS_server_method())}, NULL, TLS1_2_VERSION, i};
        CHECK_OK(SSL_CTX_set_cipher_list(shared[i].ctx[SERVER], "PSK-AES128-GCM-SHA256"));
        SSL_CTX_set_psk_server_callback(shared[i].ctx[SERVER], psk_server);
        CHECK_OK(SSL_CTX_use_psk_identity_hint(shared[i].ctx[SERVER], hint));
        threads[i] = background(connect_with_hint, &shared[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        background_join(threads[i]);
        SSL_CTX_free(shared[i].ctx[SERVER]);
    }
    pair_free(pair);
}

/* A record of all that it can hold, read byte by byte, and the record behind it. */
static void *read_single_bytes(void *argument)
{
    const struct shared *shared = argument;
    unsigned char *bytes = pattern(2 * 16384);

    for (int round = 0; round < 3; round++) {
        SSL *ssl[2];

        connect_in_thread(shared, ssl);
        for (int from = CLIENT; from <= SERVER; from++) {
            int sent = 0;

            for (size_t at = 0; at < 2 * 16384; at++) {
                unsigned char byte;

                /* The transport has less room than the records have need of. */
                if (sent <= 0)
                    sent = SSL_write(ssl[from], bytes, 2 * 16384);
                while (SSL_read(ssl[!from], &byte, 1) != 1 && sent <= 0)
                    sent = SSL_write(ssl[from], bytes, 2 * 16384);
                CHECK_EQ(byte, bytes[at]);
            }
            CHECK_EQ(sent, 2 * 16384);
        }
        disconnect_in_thread(ssl);
    }
    free(bytes);
    return NULL;
}

/* CVE-2010-5298: buffers that are released go to other connections, and no sooner than they are empty. */
TEST_VERSIONS(cve_2010_5298_threads_release_buffers)
{
    struct pair *pair = pair_contexts(version);
    struct shared shared = {{pair->ctx[0], pair->ctx[1]}, NULL, version, 0};
    pthread_t threads[THREADS];

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_mode(pair->ctx[side], SSL_MODE_RELEASE_BUFFERS);
        SSL_CTX_set_read_ahead(pair->ctx[side], 1);
    }
    for (int i = 0; i < THREADS; i++)
        threads[i] = background(read_single_bytes, &shared);
    for (int i = 0; i < THREADS; i++)
        background_join(threads[i]);
    pair_free(pair);
}
