/*
 * One thread reads and writes while others ask for the connection's facts. No man page promises it, but httpd does so: the
 * threads of HTTP/2's streams look at the connection that another thread serves.
 */
#include "support.h"

#define ASKERS 3
#define ROUNDS 4000

static SSL *asked;
static int finished;

/* Everything that httpd asks for, and what else says something of an established connection. */
static void *ask(void *argument)
{
    unsigned long rounds = 0;

    (void)argument;
    while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
        SSL_SESSION *session;
        X509 *certificate;
        unsigned char finish[64];

        CHECK(SSL_version(asked) >= TLS1_2_VERSION);
        CHECK_STR(SSL_get_servername(asked, TLSEXT_NAMETYPE_host_name), "server.example");
        CHECK(SSL_get_current_cipher(asked) != NULL);
        CHECK(SSL_CIPHER_get_bits(SSL_get_current_cipher(asked), NULL) >= 128);
        CHECK_EQ(SSL_session_reused(asked), 0);
        CHECK_EQ(SSL_get_verify_result(asked), X509_V_OK);
        CHECK(SSL_get_SSL_CTX(asked) != NULL);
        CHECK(SSL_get_negotiated_group(asked) != 0);
        CHECK(SSL_get_finished(asked, finish, sizeof(finish)) > 0);
        SSL_get_shutdown(asked);
        SSL_pending(asked);
        CHECK(SSL_get_peer_signature_type_nid(asked, &(int){ 0 }) == !SSL_is_server(asked));
        session = SSL_get1_session(asked);
        CHECK(session != NULL && SSL_SESSION_get0_cipher(session) != NULL);
        SSL_SESSION_free(session);
        certificate = SSL_get1_peer_certificate(asked);
        CHECK_EQ(certificate != NULL, !SSL_is_server(asked));
        X509_free(certificate);
        CHECK(SSL_get_ex_data(asked, 0) == NULL);
        rounds++;
    }
    CHECK(rounds > 0);
    CHECK_NO_ERRORS();
    OPENSSL_thread_stop();
    return NULL;
}

TEST_SIDES(facts_may_be_asked_for_while_another_thread_reads_and_writes)
{
    struct pair *pair = pair_contexts(version);
    pthread_t threads[ASKERS];
    unsigned char *sent = pattern(20000), received[20000];

    pair_over_wire(pair);
    CHECK_EQ(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"), 1);
    pair_handshake(pair);
    pair_settle(pair);
    asked = pair->ssl[server];
    for (int i = 0; i < ASKERS; i++)
        threads[i] = background(ask, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        size_t length = 1 + (size_t)round * 7919 % sizeof(received), there = 0;

        /* Both ways: our thread alone uses the connection. */
        for (int from = 0; from < 2; from++, there = 0) {
            CHECK_EQ(SSL_write(pair->ssl[from], sent, (int)length), length);
            while (there < length) {
                int count = SSL_read(pair->ssl[!from], received + there, (int)(length - there));

                CHECK(count > 0);
                there += (size_t)count;
            }
            CHECK_MEM(received, sent, length);
        }
        if (round % 500 == 0 && version == TLS1_3_VERSION) {
            CHECK_OK(SSL_key_update(pair->ssl[server], SSL_KEY_UPDATE_REQUESTED));
            check_alive(pair);
        }
    }
    __atomic_store_n(&finished, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < ASKERS; i++)
        background_join(threads[i]);
    check_alive(pair);
    CHECK_NO_ERRORS();
    free(sent);
    pair_free(pair);
}

static pthread_barrier_t barrier;

/* The first questions about a connection, all at once: what they give is made then, and there is one of each. */
static void *ask_first(void *argument)
{
    (void)argument;
    for (;;) {
        STACK_OF(X509) *chain, *verified;
        SSL_SESSION *session;

        pthread_barrier_wait(&barrier);
        if (finished)
            break;
        chain = SSL_get_peer_cert_chain(asked);
        verified = SSL_get0_verified_chain(asked);
        session = SSL_get_session(asked);
        CHECK_EQ(sk_X509_num(chain), 1);
        CHECK_EQ(sk_X509_num(verified), 2);
        CHECK_EQ(X509_cmp(sk_X509_value(chain, 0), sk_X509_value(verified, 0)), 0);
        CHECK(SSL_get0_peer_certificate(asked) == sk_X509_value(chain, 0));
        CHECK(SSL_get0_peer_certificate(asked) == SSL_get0_peer_certificate(asked));
        CHECK(SSL_SESSION_get0_cipher(session) == SSL_get_current_cipher(asked));
        CHECK_STR(SSL_get_servername(asked, TLSEXT_NAMETYPE_host_name), "server.example");
        CHECK(sk_SSL_CIPHER_num(SSL_get_ciphers(asked)) > 0);
        pthread_barrier_wait(&barrier);
        /* Nobody asks first any more: all got the same, and still have it. */
        CHECK(SSL_get0_verified_chain(asked) == verified);
        CHECK(SSL_get_peer_cert_chain(asked) == chain);
        CHECK(SSL_get_session(asked) == session);
        CHECK_EQ(sk_X509_num(verified), 2);
        pthread_barrier_wait(&barrier);
    }
    CHECK_NO_ERRORS();
    OPENSSL_thread_stop();
    return NULL;
}

TEST_VERSIONS(first_questions_of_several_threads_have_one_answer)
{
    struct pair *pair = pair_contexts(version);
    pthread_t threads[ASKERS];

    pthread_barrier_init(&barrier, NULL, ASKERS + 1);
    for (int i = 0; i < ASKERS; i++)
        threads[i] = background(ask_first, NULL);
    for (int round = 0; round < 300; round++) {
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"), 1);
        pair_handshake(pair);
        asked = pair->ssl[CLIENT];
        for (int phase = 0; phase < 3; phase++)
            pthread_barrier_wait(&barrier);
        check_alive(pair);
        pair_disconnect(pair);
    }
    finished = 1;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ASKERS; i++)
        background_join(threads[i]);
    pair_free(pair);
}
