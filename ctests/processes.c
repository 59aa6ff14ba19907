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
        session = pair_leave(pair);
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

/* What is drawn at random for a connection, as far as a program can see it. */
struct drawn {
    unsigned char client[32], server[32], exported[32], session[32], ticket[32];
};

/* When a process forks in the life of a connection. */
enum { BEFORE_THE_CONNECTION, AFTER_THE_HELLO, AFTER_THE_HANDSHAKE };

/* Forks two processes at this moment, each of which goes on as the parent does. Which of the three this is. */
static int fork_twice(pid_t children[2])
{
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        CHECK(children[i] >= 0);
        if (children[i] == 0)
            return i + 1;
    }
    return 0;
}

/* The ticket's own bytes begin behind the name of the key, with the IV. */
static void note_ticket(const SSL_SESSION *session, struct drawn *drawn)
{
    const unsigned char *ticket;
    size_t length;

    SSL_SESSION_get0_ticket(session, &ticket, &length);
    CHECK(length > 48);
    memcpy(drawn->ticket, ticket + 16, 32);
}

static void check_forks(int version, int moment, int tickets)
{
    struct pair *pair = pair_contexts(version);
    struct drawn drawn[3];
    SSL_SESSION *session;
    const unsigned char *id;
    pid_t children[2];
    unsigned int length;
    int who = 0, pipes[2][2];

    for (int i = 0; i < 2; i++)
        CHECK_EQ(pipe(pipes[i]), 0);
    SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT);
    if (!tickets)
        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    SSL_CTX_free(SSL_CTX_new(TLS_method()));
    if (moment == BEFORE_THE_CONNECTION)
        who = fork_twice(children);
    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    if (moment == AFTER_THE_HELLO)
        who = fork_twice(children);
    pair_handshake(pair);
    if (moment == AFTER_THE_HANDSHAKE) {
        who = fork_twice(children);
        CHECK_EQ(SSL_new_session_ticket(pair->ssl[SERVER]), 1);
        CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), 1);
    }
    pair_settle(pair);
    check_alive(pair);
    memset(&drawn[who], 0, sizeof(drawn[who]));
    CHECK_EQ(SSL_get_client_random(pair->ssl[CLIENT], drawn[who].client, 32), 32);
    CHECK_EQ(SSL_get_server_random(pair->ssl[CLIENT], drawn[who].server, 32), 32);
    CHECK_OK(SSL_export_keying_material(pair->ssl[CLIENT], drawn[who].exported, 32, "fork", 4, NULL, 0, 0));
    session = SSL_get_session(pair->ssl[SERVER]);
    id = SSL_SESSION_get_id(session, &length);
    CHECK_EQ(length, tickets && version != TLS1_3_VERSION ? 0 : 32);
    memcpy(drawn[who].session, id, length);
    if (tickets)
        note_ticket(SSL_get_session(pair->ssl[CLIENT]), &drawn[who]);
    if (who > 0) {
        CHECK_EQ(write(pipes[who - 1][1], &drawn[who], sizeof(drawn[who])), sizeof(drawn[who]));
        pair_free(pair);
        _exit(0);
    }
    for (int i = 0; i < 2; i++) {
        int status;

        CHECK_EQ(waitpid(children[i], &status, 0), children[i]);
        CHECK_EQ(status, 0);
        CHECK_EQ(read(pipes[i][0], &drawn[i + 1], sizeof(*drawn)), sizeof(*drawn));
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
    for (int i = 0; i < 3; i++) {
        struct drawn *one = &drawn[i], *other = &drawn[(i + 1) % 3];

        CHECK_EQ(memcmp(one->client, other->client, 32) != 0, moment < AFTER_THE_HELLO);
        CHECK_EQ(memcmp(one->server, other->server, 32) != 0, moment < AFTER_THE_HANDSHAKE);
        CHECK_EQ(memcmp(one->exported, other->exported, 32) != 0, moment < AFTER_THE_HANDSHAKE);
        if (tickets)
            CHECK(memcmp(one->ticket, other->ticket, 32) != 0);
        else
            CHECK(memcmp(one->session, other->session, 32) != 0);
    }
    pair_free(pair);
}

/* Processes that share a context, or a connection in the middle of its handshake, draw nothing twice. */
TEST_VERSIONS(fork_before_the_connection) { check_forks(version, BEFORE_THE_CONNECTION, 1); }

TEST(fork_before_the_connection_without_tickets) { check_forks(TLS1_2_VERSION, BEFORE_THE_CONNECTION, 0); }

TEST_VERSIONS(fork_after_the_hello) { check_forks(version, AFTER_THE_HELLO, 1); }

TEST(fork_after_the_hello_without_tickets) { check_forks(TLS1_2_VERSION, AFTER_THE_HELLO, 0); }

/* Nor do new tickets of a connection that was shared. */
TEST(fork_after_the_handshake) { check_forks(TLS1_3_VERSION, AFTER_THE_HANDSHAKE, 1); }

/* How many connections were made and freed. */
static int made, freed;

static void on_made(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long number, void *pointer)
{
    (void)parent, (void)data, (void)all, (void)index, (void)number, (void)pointer;
    __atomic_add_fetch(&made, 1, __ATOMIC_RELAXED);
}

static void on_freed(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long number, void *pointer)
{
    (void)parent, (void)data, (void)all, (void)index, (void)number, (void)pointer;
    __atomic_add_fetch(&freed, 1, __ATOMIC_RELAXED);
}

/* A thread that lives for one connection, and takes and gives a reference to the context. Some of the connections begin. */
static void *come_and_go(void *argument)
{
    SSL_CTX *context = shared[CLIENT];
    SSL *ssl;

    CHECK_EQ(SSL_CTX_up_ref(context), 1);
    ssl = SSL_new(context);
    CHECK(ssl != NULL);
    if (argument != NULL) {
        SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl);
        CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
    }
    SSL_CTX_free(context);
    SSL_free(ssl);
    OPENSSL_thread_stop();
    return NULL;
}

TEST(ten_thousand_threads_come_and_go)
{
    enum { AT_ONCE = 40, WAVES = 250 };
    pthread_t threads[AT_ONCE];
    struct pair *pair;

    CHECK(SSL_get_ex_new_index(0, NULL, on_made, NULL, on_freed) >= 0);
    pair = pair_contexts(TLS1_3_VERSION);
    shared[CLIENT] = pair->ctx[CLIENT];
    for (int wave = 0; wave < WAVES; wave++) {
        for (int i = 0; i < AT_ONCE; i++)
            threads[i] = background(come_and_go, i % 8 == 0 ? pair : NULL);
        for (int i = 0; i < AT_ONCE; i++)
            background_join(threads[i]);
    }
    CHECK_EQ(made, AT_ONCE * WAVES);
    CHECK_EQ(freed, AT_ONCE * WAVES);
    pair_over_wire(pair);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
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
