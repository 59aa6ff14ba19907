/* SSL_MODE_ASYNC: SSL_get_all_async_fds(3), SSL_set_async_callback(3), ASYNC_start_job(3). What an engine would do, callbacks
 * do here: they pause the job that they run in. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/async.h>
#include <openssl/ec.h>

static int pauses_left, wait_fd = -1, told;
static const char *told_argument;

/* Pauses the job as often as is left; waits for a descriptor meanwhile, and tells the program. */
static int pause_in_callback(SSL *ssl, void *argument)
{
    ASYNC_JOB *job = ASYNC_get_current_job();
    ASYNC_WAIT_CTX *wait;
    ASYNC_callback_fn done = NULL;
    void *done_argument = NULL;

    (void)ssl;
    (void)argument;
    if (job == NULL)
        return 1;
    wait = ASYNC_get_wait_ctx(job);
    if (wait_fd >= 0)
        CHECK_EQ(ASYNC_WAIT_CTX_set_wait_fd(wait, &wait_fd, wait_fd, NULL, NULL), 1);
    if (ASYNC_WAIT_CTX_get_callback(wait, &done, &done_argument) && done != NULL)
        told = done(done_argument);
    for (; pauses_left > 0; pauses_left--) {
        CHECK_EQ(ASYNC_WAIT_CTX_set_status(wait, ASYNC_STATUS_EAGAIN), 1);
        CHECK_EQ(ASYNC_pause_job(), 1);
    }
    if (wait_fd >= 0)
        CHECK_EQ(ASYNC_WAIT_CTX_clear_fd(wait, &wait_fd), 1);
    return 1;
}

static int note_done(SSL *ssl, void *argument)
{
    CHECK(ssl != NULL);
    told_argument = argument;
    return 7;
}

/* A server that pauses when it is about to choose its certificate, and a client that has sent its ClientHello. */
static struct pair *pausing_pair(int version, int pauses)
{
    struct pair *pair = pair_contexts(version);

    pauses_left = pauses;
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], pause_in_callback, NULL);
    SSL_CTX_set_mode(pair->ctx[SERVER], SSL_MODE_ASYNC);
    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    ERR_clear_error();
    return pair;
}

/* Before any job there is nothing to tell. */
TEST(no_job_yet)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    size_t count = 99, removed = 99;
    int status = 99;

    CHECK_EQ(SSL_set_mode(ssl, SSL_MODE_ASYNC) & SSL_MODE_ASYNC, SSL_MODE_ASYNC);
    CHECK_EQ(SSL_waiting_for_async(ssl), 0);
    CHECK_EQ(SSL_get_all_async_fds(ssl, NULL, &count), 0);
    CHECK_EQ(SSL_get_changed_async_fds(ssl, NULL, &count, NULL, &removed), 0);
    CHECK_EQ(SSL_get_async_status(ssl, &status), 0);
    CHECK(count == 99 && removed == 99 && status == 99);
    CHECK_OK(SSL_CTX_set_async_callback(context, note_done));
    CHECK_OK(SSL_CTX_set_async_callback_arg(context, NULL));
    CHECK_OK(SSL_set_async_callback(ssl, note_done));
    CHECK_OK(SSL_set_async_callback_arg(ssl, NULL));
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "SSL_waiting_for_async() will return 1 if the current SSL operation is waiting for an async operation to complete". */
TEST_VERSIONS(handshake_pauses_and_goes_on)
{
    struct pair *pair = pausing_pair(version, 3);
    SSL *self = pair->ssl[SERVER];
    int status = 99;

    for (int turn = 0; turn < 3; turn++) {
        CHECK_WANTS(self, SSL_accept(self), SSL_ERROR_WANT_ASYNC);
        CHECK_EQ(SSL_waiting_for_async(self), 1);
        CHECK_EQ(SSL_get_async_status(self, &status), 1);
        CHECK_EQ(status, ASYNC_STATUS_EAGAIN);
    }
    CHECK_WANTS(self, SSL_accept(self), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_waiting_for_async(self), 0);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "a list of the asynchronous file descriptors that have been added and a list that have been deleted". */
TEST_VERSIONS(descriptors)
{
    struct pair *pair = pausing_pair(version, 1);
    SSL *self = pair->ssl[SERVER];
    int all[2] = {-1, -1}, added[2] = {-1, -1}, removed[2] = {-1, -1};
    size_t count = 99, removed_count = 99;

    wait_fd = 5;
    CHECK_WANTS(self, SSL_accept(self), SSL_ERROR_WANT_ASYNC);
    CHECK_OK(SSL_get_all_async_fds(self, NULL, &count));
    CHECK_EQ(count, 1);
    CHECK_OK(SSL_get_all_async_fds(self, all, &count));
    CHECK_EQ(all[0], 5);
    CHECK_OK(SSL_get_changed_async_fds(self, NULL, &count, NULL, &removed_count));
    CHECK(count == 1 && removed_count == 0);
    CHECK_OK(SSL_get_changed_async_fds(self, added, &count, removed, &removed_count));
    CHECK(added[0] == 5 && removed[0] == -1);
    pair_handshake(pair);
    CHECK_OK(SSL_get_all_async_fds(self, NULL, &count));
    CHECK_EQ(count, 0);
    CHECK_OK(SSL_get_changed_async_fds(self, added, &count, removed, &removed_count));
    CHECK(count == 0 && removed_count == 1 && removed[0] == 5);
    pair_free(pair);
}

/* "when an engine completes a cryptography operation, the callback will be called": the connection's, which it has from its
 * context. */
TEST_VERSIONS(callback)
{
    for (int own = 0; own < 2; own++) {
        struct pair *pair = pair_contexts(version);

        told = 0;
        told_argument = NULL;
        pauses_left = 1;
        SSL_CTX_set_cert_cb(pair->ctx[SERVER], pause_in_callback, NULL);
        SSL_CTX_set_mode(pair->ctx[SERVER], SSL_MODE_ASYNC);
        CHECK_OK(SSL_CTX_set_async_callback(pair->ctx[SERVER], note_done));
        CHECK_OK(SSL_CTX_set_async_callback_arg(pair->ctx[SERVER], "context"));
        pair_over_wire(pair);
        if (own)
            CHECK_OK(SSL_set_async_callback_arg(pair->ssl[SERVER], "connection"));
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_ASYNC);
        CHECK_EQ(told, 7);
        CHECK_STR(told_argument, own ? "connection" : "context");
        pair_handshake(pair);
        pair_free(pair);
    }
}

/* Pauses the job whenever the BIO is asked to do something, as often as is left. */
static long pause_in_bio(BIO *bio, int operation, const char *bytes, size_t length, int argi, long argl, int ret,
                         size_t *processed)
{
    (void)bio;
    (void)bytes;
    (void)length;
    (void)argi;
    (void)argl;
    (void)processed;
    if ((operation == BIO_CB_READ || operation == BIO_CB_WRITE) && pauses_left > 0
        && ASYNC_get_current_job() != NULL) {
        pauses_left--;
        CHECK_EQ(ASYNC_pause_job(), 1);
    }
    return ret;
}

/* Every operation can pause, and loses nothing by it. */
TEST_SIDES(every_operation_pauses)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server], *peer = pair->ssl[!server];
    char received[8];
    size_t count;

    SSL_set_mode(self, SSL_MODE_ASYNC);
    BIO_set_callback_ex(SSL_get_wbio(self), pause_in_bio);
    BIO_set_callback_ex(SSL_get_rbio(self), pause_in_bio);

    pauses_left = 1;
    CHECK_WANTS(self, SSL_write(self, "first", 5), SSL_ERROR_WANT_ASYNC);
    CHECK_EQ(SSL_write(self, "first", 5), 5);
    CHECK_EQ(SSL_read(peer, received, sizeof(received)), 5);
    CHECK_MEM(received, "first", 5);

    pauses_left = 1;
    CHECK_WANTS(self, SSL_write_ex(self, "again", 5, &count), SSL_ERROR_WANT_ASYNC);
    CHECK_OK(SSL_write_ex(self, "again", 5, &count));
    CHECK_EQ(count, 5);
    CHECK_EQ(SSL_read(peer, received, sizeof(received)), 5);

    CHECK_EQ(SSL_write(peer, "second", 6), 6);
    pauses_left = 2;
    CHECK_WANTS(self, SSL_peek(self, received, sizeof(received)), SSL_ERROR_WANT_ASYNC);
    CHECK_WANTS(self, SSL_peek(self, received, sizeof(received)), SSL_ERROR_WANT_ASYNC);
    CHECK_EQ(SSL_peek(self, received, sizeof(received)), 6);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 6);
    CHECK_MEM(received, "second", 6);

    pauses_left = 1;
    CHECK_WANTS(self, SSL_read_ex(self, received, sizeof(received), &count), SSL_ERROR_WANT_ASYNC);
    CHECK_EQ(SSL_read_ex(self, received, sizeof(received), &count), 0);
    CHECK_EQ(SSL_waiting_for_async(self), 0);
    CHECK_NO_ERRORS();

    pauses_left = 1;
    CHECK_WANTS(self, SSL_shutdown(self), SSL_ERROR_WANT_ASYNC);
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_shutdown(peer), 0);
    pauses_left = 1;
    CHECK_WANTS(self, SSL_shutdown(self), SSL_ERROR_WANT_ASYNC);
    CHECK_EQ(SSL_shutdown(self), 1);
    pair_free(pair);
}

/* Handshakes with a pause at each read and write of the transport. */
TEST_SIDES(handshake_with_many_pauses)
{
    struct pair *pair = pair_contexts(version);
    int pauses = 0, done[2] = {0, 0};

    pair_over_wire(pair);
    SSL_set_mode(pair->ssl[server], SSL_MODE_ASYNC);
    BIO_set_callback_ex(SSL_get_wbio(pair->ssl[server]), pause_in_bio);
    BIO_set_callback_ex(SSL_get_rbio(pair->ssl[server]), pause_in_bio);
    for (int turn = 0; !done[0] || !done[1]; turn++) {
        SSL *ssl = pair->ssl[turn % 2];
        int ret, error;

        CHECK(turn < 200);
        pauses_left = 1;
        ret = SSL_do_handshake(ssl);
        error = SSL_get_error(ssl, ret);
        CHECK(ret == 1 || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_ASYNC);
        pauses += error == SSL_ERROR_WANT_ASYNC;
        done[turn % 2] = ret == 1;
        CHECK_NO_ERRORS();
    }
    CHECK(pauses >= 4);
    pauses_left = 0;
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Whatever is called next goes on with the paused job, and returns what that comes to. */
TEST_VERSIONS(another_call_goes_on_with_the_job)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[SERVER];
    char received[8];

    SSL_set_mode(self, SSL_MODE_ASYNC);
    BIO_set_callback_ex(SSL_get_wbio(self), pause_in_bio);
    pauses_left = 1;
    CHECK_WANTS(self, SSL_write(self, "first", 5), SSL_ERROR_WANT_ASYNC);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 5);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], received, sizeof(received)), 5);
    CHECK_MEM(received, "first", 5);
    check_alive(pair);
    pair_free(pair);
}

/* A write that finds the transport full after the pause is not to be gone on with, but repeated. */
TEST_VERSIONS(blocked_after_a_pause)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[SERVER];
    char received[8];

    SSL_set_mode(self, SSL_MODE_ASYNC);
    BIO_set_callback_ex(SSL_get_wbio(self), pause_in_bio);
    pauses_left = 1;
    CHECK_WANTS(self, SSL_write(self, "first", 5), SSL_ERROR_WANT_ASYNC);
    pair->end[SERVER].write_room = 0;
    CHECK_EQ(SSL_write(self, "first", 5), -1);
    CHECK_EQ(SSL_waiting_for_async(self), 0);
    pair->end[SERVER].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, "first", 5), 5);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], received, sizeof(received)), 5);
    pair_free(pair);
}

/* Two connections whose jobs are paused at the same time do not disturb each other. */
TEST_VERSIONS(two_connections_pause)
{
    struct pair *first = pausing_pair(version, 1), *second;

    CHECK_WANTS(first->ssl[SERVER], SSL_accept(first->ssl[SERVER]), SSL_ERROR_WANT_ASYNC);
    pauses_left = 0;
    second = pausing_pair(version, 1);
    CHECK_WANTS(second->ssl[SERVER], SSL_accept(second->ssl[SERVER]), SSL_ERROR_WANT_ASYNC);
    pauses_left = 0;
    pair_handshake(first);
    CHECK_EQ(SSL_waiting_for_async(second->ssl[SERVER]), 1);
    pair_handshake(second);
    check_alive(first);
    check_alive(second);
    pair_free(first);
    pair_free(second);
}

/* A connection may be freed while its job is paused, and started over. */
TEST_VERSIONS(freed_during_a_pause)
{
    struct pair *pair;

    leaks_are_meant(); /* the job is lost, with what stands on its stack */
    pair = pausing_pair(version, 1);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_ASYNC);
    pair_disconnect(pair);
    pauses_left = 0;
    pair_over_wire(pair);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

TEST_VERSIONS(cleared_during_a_pause)
{
    struct pair *pair = pausing_pair(version, 1);
    SSL *self = pair->ssl[SERVER];

    CHECK_WANTS(self, SSL_accept(self), SSL_ERROR_WANT_ASYNC);
    CHECK_EQ(SSL_clear(self), 1);
    CHECK_EQ(SSL_waiting_for_async(self), 1);
    CHECK_EQ(SSL_accept(self), -1);
    CHECK_EQ(SSL_waiting_for_async(self), 0);
    pair_free(pair);
}

/* In a job of the program's own there is no second one: the pause is the program's. */
static size_t untouched;
enum { JOB_STACK = 32768, LEFT_FREE = 4096 };

static int handshake_in_job(void *argument)
{
    struct pair *pair = *(struct pair **)argument;

    CHECK_EQ(SSL_waiting_for_async(pair->ssl[SERVER]), 0);
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    return 1;
}

TEST_VERSIONS(own_job_of_the_program)
{
    struct pair *pair = pausing_pair(version, 2);
    ASYNC_WAIT_CTX *wait = ASYNC_WAIT_CTX_new();
    ASYNC_JOB *job = NULL;
    int ret = 0;

    for (int turn = 0; turn < 2; turn++)
        CHECK_EQ(ASYNC_start_job(&job, wait, &ret, handshake_in_job, &pair, sizeof(pair)), ASYNC_PAUSE);
    CHECK_EQ(ASYNC_start_job(&job, wait, &ret, handshake_in_job, &pair, sizeof(pair)), ASYNC_FINISH);
    CHECK_EQ(ret, 1);
    ASYNC_WAIT_CTX_free(wait);
    pair_free(pair);
}

/* The stack of a job has 32 kB, and nothing behind it that would stop who needs more. */
static int handshake_on_painted_stack(void *argument)
{
    unsigned char here;
    unsigned char *lowest = &here - (JOB_STACK - LEFT_FREE), *touched = lowest;
    int ret;

    /* Under valgrind, for which tests get more time, nobody may touch what is below the top of a stack. */
    if (getenv("CTEST_SECONDS") != NULL) {
        untouched = SIZE_MAX;
        return handshake_in_job(argument);
    }
    for (unsigned char *byte = lowest; byte < &here - 512; byte++)
        *(volatile unsigned char *)byte = 0xa5;
    ret = handshake_in_job(argument);
    while (*(volatile unsigned char *)touched == 0xa5)
        touched++;
    untouched = (size_t)(touched - lowest);
    return ret;
}

TEST_VERSIONS(stack_of_a_job_suffices)
{
    static const char *const identities[] = {"ec", "rsa", "chained", "ed25519", "rsa-pss"};
    static const char *const groups[] = {"X25519:P-256", "P-256", "P-521:P-256", "X25519MLKEM768:P-256"};

    for (size_t i = 0; i < 5; i++)
        for (size_t g = 0; g < 4; g++) {
            struct pair *pair = pair_contexts(version);
            ASYNC_WAIT_CTX *wait = ASYNC_WAIT_CTX_new();
            ASYNC_JOB *job = NULL;
            int ret = 0;

            use_identity(pair->ctx[SERVER], identities[i]);
            /* OpenSSL 3.0 has no hybrids. */
            if (SSL_CTX_set1_groups_list(pair->ctx[CLIENT], groups[g]) == 1)
                CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], groups[g]), 1);
            ERR_clear_error();
            pair_over_wire(pair);
            pauses_left = 0;
            CHECK_EQ(ASYNC_start_job(&job, wait, &ret, handshake_on_painted_stack, &pair, sizeof(pair)),
                     ASYNC_FINISH);
            CHECK_EQ(ret, 1);
            CHECK(untouched > 8 * 1024);
            ASYNC_WAIT_CTX_free(wait);
            pair_free(pair);
        }
}

/* Reads early data; how often the job paused meanwhile. */
static int read_early(SSL *ssl, const char *text)
{
    char buffer[100];
    size_t length = 0;
    int pauses = 0, result;

    while ((result = SSL_read_early_data(ssl, buffer, sizeof(buffer), &length)) == SSL_READ_EARLY_DATA_ERROR) {
        CHECK_EQ(SSL_get_error(ssl, 0), SSL_ERROR_WANT_ASYNC);
        CHECK_EQ(SSL_waiting_for_async(ssl), 1);
        CHECK_NO_ERRORS();
        pauses++;
    }
    CHECK_EQ(result, text != NULL ? SSL_READ_EARLY_DATA_SUCCESS : SSL_READ_EARLY_DATA_FINISH);
    CHECK_EQ(length, text != NULL ? strlen(text) : 0);
    if (text != NULL)
        CHECK_MEM(buffer, text, length);
    return pauses;
}

static int pause_for_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    return pause_in_callback(ssl, argument) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* The handshake below SSL_read_early_data() and SSL_write_early_data() is a job as well. */
TEST(early_data_pauses_and_goes_on)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
    SSL_SESSION *session;
    size_t written;
    char buffer[10];

    CHECK_OK(SSL_CTX_set_max_early_data(pair->ctx[SERVER], 1000));
    session = connect_with(pair, NULL, 0);
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], pause_for_name);
    SSL_CTX_set_mode(pair->ctx[SERVER], SSL_MODE_ASYNC);
    SSL_CTX_set_mode(pair->ctx[CLIENT], SSL_MODE_ASYNC);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pauses_left = 0;
    CHECK_OK(SSL_write_early_data(pair->ssl[CLIENT], "early", 5, &written));
    pauses_left = 2;
    CHECK_EQ(read_early(pair->ssl[SERVER], "early"), 2);
    CHECK_EQ(SSL_get_early_data_status(pair->ssl[SERVER]), SSL_EARLY_DATA_ACCEPTED);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_EQ(read_early(pair->ssl[SERVER], NULL), 0);
    CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], buffer, sizeof(buffer)), SSL_ERROR_WANT_READ);
    check_alive(pair);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* ---- a key whose signatures take a while, as one in an engine or a provider may ---- */

static int (*sign_now)(int, const unsigned char *, int, unsigned char *, unsigned int *, const BIGNUM *, const BIGNUM *, EC_KEY *);
static int signatures;

static int sign_with_pauses(int type, const unsigned char *digest, int digest_length, unsigned char *signature,
                            unsigned int *length, const BIGNUM *inverse, const BIGNUM *point, EC_KEY *key)
{
    for (; pauses_left > 0; pauses_left--)
        CHECK_EQ(ASYNC_pause_job(), 1);
    signatures++;
    return sign_now(type, digest, digest_length, signature, length, inverse, point, key);
}

/* The same key with a method of its own, which makes it one that only libcrypto can use. */
static EVP_PKEY *slow_key(const char *name)
{
    static EC_KEY_METHOD *method; /* which the keys need to their end */
    EVP_PKEY *plain = load_key(name), *slow = EVP_PKEY_new();
    EC_KEY *key = EVP_PKEY_get1_EC_KEY(plain);
    int (*setup)(EC_KEY *, BN_CTX *, BIGNUM **, BIGNUM **);
    ECDSA_SIG *(*sign_sig)(const unsigned char *, int, const BIGNUM *, const BIGNUM *, EC_KEY *);

    method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    EC_KEY_METHOD_get_sign(method, &sign_now, &setup, &sign_sig);
    EC_KEY_METHOD_set_sign(method, sign_with_pauses, setup, sign_sig);
    CHECK(EC_KEY_set_method(key, method) && EVP_PKEY_assign_EC_KEY(slow, key));
    EVP_PKEY_free(plain);
    return slow;
}

TEST_SIDES(key_that_pauses)
{
    struct pair *pair = pair_contexts(version);
    EVP_PKEY *key = slow_key(server ? "ec" : "client");
    int waits = 0, done[2] = {0, 0};

    if (server) {
        CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], key));
    } else {
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        trust(pair->ctx[SERVER], "root");
        CHECK_OK(SSL_CTX_use_certificate_file(pair->ctx[CLIENT], cert_path("client", "pem"), SSL_FILETYPE_PEM));
        CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[CLIENT], key));
    }
    SSL_CTX_set_mode(pair->ctx[server], SSL_MODE_ASYNC);
    pair_over_wire(pair);
    pauses_left = 2;
    for (int turn = 0; !done[0] || !done[1]; turn++) {
        SSL *ssl = pair->ssl[turn % 2];
        int ret = SSL_do_handshake(ssl), error = SSL_get_error(ssl, ret);

        CHECK(turn < 100);
        CHECK(ret == 1 || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_ASYNC);
        CHECK_EQ(SSL_waiting_for_async(ssl), error == SSL_ERROR_WANT_ASYNC);
        if (error == SSL_ERROR_WANT_ASYNC) {
            CHECK_EQ(turn % 2, server);
            waits++;
            /* What the program may ask meanwhile. */
            CHECK(SSL_in_init(ssl) && !SSL_is_init_finished(ssl));
            CHECK_EQ(SSL_version(ssl), version);
            CHECK(SSL_get_current_cipher(ssl) != NULL || SSL_get_pending_cipher(ssl) != NULL);
        }
        done[turn % 2] = ret == 1;
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(waits, 2);
    CHECK_EQ(signatures, 1);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
    EVP_PKEY_free(key);
}
