/* Threads that share a context, processes that fork, and exit in any order. */
#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS 25

static SSL_CTX *shared[2];

/* Handshakes over memory, again and again, with resumption, on the shared contexts. */
static void *connect_many(void *argument)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    SSL_SESSION *session = NULL;

    (void)argument;
    pair->sockets[0] = pair->sockets[1] = -1;
    pair->ctx[CLIENT] = shared[CLIENT];
    pair->ctx[SERVER] = shared[SERVER];
    for (int round = 0; round < ROUNDS; round++) {
        pair_over_wire(pair);
        if (session != NULL)
            CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), session != NULL);
        check_alive(pair);
        SSL_SESSION_free(session);
        session = SSL_get1_session(pair->ssl[CLIENT]);
        SSL_shutdown(pair->ssl[CLIENT]);
        SSL_shutdown(pair->ssl[SERVER]);
        pair_disconnect(pair);
    }
    SSL_SESSION_free(session);
    free(pair);
    OPENSSL_thread_stop();
    return NULL;
}

static void check_threads(int version, int tickets)
{
    struct pair *pair = pair_contexts(version);
    pthread_t threads[THREADS];

    if (!tickets)
        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    shared[CLIENT] = pair->ctx[CLIENT];
    shared[SERVER] = pair->ctx[SERVER];
    /* The method of the wire is made before the threads that use it. */
    BIO_free(wire_bio(&pair->end[CLIENT]));
    for (int i = 0; i < THREADS; i++)
        threads[i] = background(connect_many, NULL);
    for (int i = 0; i < THREADS; i++)
        background_join(threads[i]);
    CHECK_EQ(SSL_CTX_sess_accept_good(pair->ctx[SERVER]), THREADS * ROUNDS);
    CHECK_EQ(SSL_CTX_sess_connect_good(pair->ctx[CLIENT]), THREADS * ROUNDS);
    CHECK_EQ(SSL_CTX_sess_hits(pair->ctx[SERVER]), THREADS * (ROUNDS - 1));
    pair_free(pair);
}

TEST_VERSIONS(threads_share_contexts) { check_threads(version, 1); }

TEST_VERSIONS(threads_share_the_session_cache) { check_threads(version, 0); }

/* One connection is used by one thread after the other. */
static void *use_connection(void *argument)
{
    struct pair *pair = argument;

    check_alive(pair);
    CHECK_NO_ERRORS();
    return NULL;
}

TEST_VERSIONS(connection_moves_between_threads)
{
    struct pair *pair = pair_established(version);

    for (int i = 0; i < 4; i++)
        background_join(background(use_connection, pair));
    check_alive(pair);
    pair_free(pair);
}

/* A server that forks after it accepted: the child talks, the parent closes. */
TEST_VERSIONS(connection_is_used_after_fork)
{
    struct pair *pair = pair_contexts(version);
    char received[8];
    pid_t child;
    int status;

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        if (SSL_write(pair->ssl[SERVER], "child", 5) != 5 || SSL_shutdown(pair->ssl[SERVER]) != 0)
            _exit(1);
        _exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], received, sizeof(received)), 5);
    CHECK_MEM(received, "child", 5);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], received, sizeof(received)), 0);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], 0, SSL_ERROR_ZERO_RETURN);
    pair_free(pair);
}

/* Children of one parent do not use the same randoms. */
TEST(randoms_differ_after_fork)
{
    unsigned char randoms[2][32];

    SSL_CTX_free(SSL_CTX_new(TLS_method()));
    for (int i = 0; i < 2; i++) {
        int pipes[2], status;
        pid_t child;

        CHECK_EQ(pipe(pipes), 0);
        fflush(stdout);
        child = fork();
        if (child == 0) {
            struct pair *pair = pair_contexts(TLS1_3_VERSION);
            unsigned char random[32];

            pair_over_wire(pair);
            SSL_connect(pair->ssl[CLIENT]);
            if (SSL_get_client_random(pair->ssl[CLIENT], random, 32) != 32
                || write(pipes[1], random, 32) != 32)
                _exit(1);
            _exit(0);
        }
        CHECK_EQ(waitpid(child, &status, 0), child);
        CHECK_EQ(status, 0);
        CHECK_EQ(read(pipes[0], randoms[i], 32), 32);
        close(pipes[0]);
        close(pipes[1]);
    }
    CHECK(memcmp(randoms[0], randoms[1], 32) != 0);
}

/* Objects that are freed by an atexit handler which runs after libcrypto's own. */
static struct pair *left_over;

static void free_late(void)
{
    pair_free(left_over);
}

TEST_VERSIONS(objects_are_freed_at_exit)
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        atexit(free_late);
        left_over = pair_established(version);
        exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

/* Objects that are never freed. */
TEST_VERSIONS(objects_are_left_at_exit)
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        leaks_are_meant();
        check_alive(pair_established(version));
        exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

static void *leave_connection(void *argument)
{
    check_alive(argument);
    pthread_exit(NULL);
}

/* A thread that ends without any clean-up. */
TEST_VERSIONS(thread_ends_without_cleanup)
{
    struct pair *pair = pair_established(version);

    background_join(background(leave_connection, pair));
    check_alive(pair);
    pair_free(pair);
}
