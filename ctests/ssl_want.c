/* SSL_want(3): SSL_want and its shortcuts. */
#include "support.h"

#include <openssl/async.h>

/* SSL_want() and every shortcut agree: "return 1 when the corresponding condition is true or 0
 * otherwise". */
static void check_want(const SSL *ssl, int expected)
{
    CHECK_EQ(SSL_want(ssl), expected);
    CHECK_EQ(SSL_want_nothing(ssl), expected == SSL_NOTHING);
    CHECK_EQ(SSL_want_read(ssl), expected == SSL_READING);
    CHECK_EQ(SSL_want_write(ssl), expected == SSL_WRITING);
    CHECK_EQ(SSL_want_x509_lookup(ssl), expected == SSL_X509_LOOKUP);
    CHECK_EQ(SSL_want_retry_verify(ssl), expected == SSL_RETRY_VERIFY);
    CHECK_EQ(SSL_want_async(ssl), expected == SSL_ASYNC_PAUSED);
    CHECK_EQ(SSL_want_async_job(ssl), expected == SSL_ASYNC_NO_JOBS);
    CHECK_EQ(SSL_want_client_hello_cb(ssl), expected == SSL_CLIENT_HELLO_CB);
}

/* "SSL_NOTHING: There is no data to be written or to be read": at first, and after success. */
TEST_SIDES(want_nothing)
{
    struct pair *pair = pair_contexts(version);
    SSL *self;
    char received[8];

    pair_over_wire(pair);
    self = pair->ssl[server];
    check_want(self, SSL_NOTHING);
    pair_handshake(pair);
    check_want(self, SSL_NOTHING);
    pair_settle(pair);
    CHECK_EQ(SSL_write(self, "data", 4), 4);
    check_want(self, SSL_NOTHING);
    CHECK_EQ(SSL_read(pair->ssl[!server], received, sizeof(received)), 4);
    check_want(pair->ssl[!server], SSL_NOTHING);
    CHECK_EQ(SSL_shutdown(self), 0);
    check_want(self, SSL_NOTHING);
    pair_free(pair);
}

/* "SSL_WRITING: There are data in the SSL buffer that must be written ... A call to
 * SSL_get_error(3) should return SSL_ERROR_WANT_WRITE." */
TEST_SIDES(want_write)
{
    struct pair *pair = pair_contexts(version);
    SSL *self;

    pair_over_wire(pair);
    self = pair->ssl[server];
    if (server)
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_do_handshake(self), SSL_ERROR_WANT_WRITE);
    check_want(self, SSL_WRITING);
    pair->end[server].write_room = SIZE_MAX;
    pair_handshake(pair);
    pair_settle(pair);
    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_write(self, "data", 4), SSL_ERROR_WANT_WRITE);
    check_want(self, SSL_WRITING);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(self, "data", 4), 4);
    check_want(self, SSL_NOTHING);
    pair->end[server].write_room = 0;
    CHECK_WANTS(self, SSL_shutdown(self), SSL_ERROR_WANT_WRITE);
    check_want(self, SSL_WRITING);
    pair_free(pair);
}

/* "SSL_READING: More data must be read from the underlying BIO layer ... A call to SSL_get_error(3)
 * should return SSL_ERROR_WANT_READ." */
TEST_SIDES(want_read)
{
    struct pair *pair = pair_contexts(version);
    SSL *self;
    char received[8];

    pair_over_wire(pair);
    self = pair->ssl[server];
    CHECK_WANTS(self, SSL_do_handshake(self), SSL_ERROR_WANT_READ);
    check_want(self, SSL_READING);
    pair_handshake(pair);
    pair_settle(pair);
    check_want(self, SSL_READING);
    CHECK_EQ(SSL_write(pair->ssl[!server], "data", 4), 4);
    CHECK_EQ(SSL_read(self, received, sizeof(received)), 4);
    check_want(self, SSL_NOTHING);
    CHECK_WANTS(self, SSL_read(self, received, 1), SSL_ERROR_WANT_READ);
    check_want(self, SSL_READING);
    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_WANTS(self, SSL_shutdown(self), SSL_ERROR_WANT_READ);
    check_want(self, SSL_READING);
    pair_free(pair);
}

static int calls;

static int client_cert_later(SSL *ssl, X509 **cert, EVP_PKEY **key)
{
    (void)ssl;
    (void)cert;
    (void)key;
    return calls++ == 0 ? -1 : 0;
}

/* "SSL_X509_LOOKUP: ... a call to SSL_get_error(3) should return SSL_ERROR_WANT_X509_LOOKUP." */
TEST_VERSIONS(want_x509_lookup)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;
    int ret = 0;

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_client_cert_cb(pair->ctx[CLIENT], client_cert_later);
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    for (int turn = 0; calls == 0; turn++) {
        CHECK(turn < 10);
        ret = SSL_connect(client);
        if (calls == 0)
            SSL_accept(pair->ssl[SERVER]);
    }
    CHECK_SSL_ERROR(client, ret, SSL_ERROR_WANT_X509_LOOKUP);
    check_want(client, SSL_X509_LOOKUP);
    pair_handshake(pair);
    check_want(client, SSL_NOTHING);
    pair_free(pair);
}

static int verify_later(X509_STORE_CTX *store_context, void *argument)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx());

    (void)argument;
    return calls++ == 0 ? SSL_set_retry_verify(ssl) : 1;
}

/* "SSL_RETRY_VERIFY: ... a certificate verification callback has asked to be called again via
 * SSL_set_retry_verify(3)." */
TEST_VERSIONS(want_retry_verify)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;
    int ret = 0;

    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], verify_later, NULL);
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    for (int turn = 0; calls == 0; turn++) {
        CHECK(turn < 10);
        ret = SSL_connect(client);
        if (calls == 0)
            SSL_accept(pair->ssl[SERVER]);
    }
    CHECK_SSL_ERROR(client, ret, SSL_ERROR_WANT_RETRY_VERIFY);
    check_want(client, SSL_RETRY_VERIFY);
    pair_handshake(pair);
    check_want(client, SSL_NOTHING);
    pair_free(pair);
}

static int pause_job(SSL *ssl, void *argument)
{
    (void)ssl;
    (void)argument;
    if (ASYNC_get_current_job() != NULL)
        CHECK_EQ(ASYNC_pause_job(), 1);
    return 1;
}

/* "SSL_ASYNC_PAUSED: An asynchronous operation partially completed and was then paused."
 * "SSL_ASYNC_NO_JOBS: The asynchronous job could not be started". */
TEST_VERSIONS(want_async_and_async_job)
{
    struct pair *first = pair_contexts(version), *second = pair_contexts(version);

    CHECK_OK(ASYNC_init_thread(1, 0));
    SSL_CTX_set_cert_cb(first->ctx[SERVER], pause_job, NULL);
    SSL_CTX_set_mode(first->ctx[SERVER], SSL_MODE_ASYNC);
    SSL_CTX_set_mode(second->ctx[SERVER], SSL_MODE_ASYNC);
    pair_over_wire(first);
    pair_over_wire(second);
    CHECK_EQ(SSL_connect(first->ssl[CLIENT]), -1);
    CHECK_WANTS(first->ssl[SERVER], SSL_accept(first->ssl[SERVER]), SSL_ERROR_WANT_ASYNC);
    check_want(first->ssl[SERVER], SSL_ASYNC_PAUSED);
    CHECK_WANTS(second->ssl[SERVER], SSL_accept(second->ssl[SERVER]), SSL_ERROR_WANT_ASYNC_JOB);
    check_want(second->ssl[SERVER], SSL_ASYNC_NO_JOBS);
    pair_handshake(first);
    check_want(first->ssl[SERVER], SSL_NOTHING);
    pair_handshake(second);
    pair_free(first);
    pair_free(second);
    ASYNC_cleanup_thread();
}

static int hello_later(SSL *ssl, int *alert, void *argument)
{
    (void)ssl;
    (void)alert;
    (void)argument;
    return calls++ == 0 ? SSL_CLIENT_HELLO_RETRY : SSL_CLIENT_HELLO_SUCCESS;
}

/* "SSL_CLIENT_HELLO_CB: ... an application callback set by SSL_CTX_set_client_hello_cb() has asked
 * to be called again." */
TEST_VERSIONS(want_client_hello_cb)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], hello_later, NULL);
    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_CLIENT_HELLO_CB);
    check_want(pair->ssl[SERVER], SSL_CLIENT_HELLO_CB);
    pair_handshake(pair);
    check_want(pair->ssl[SERVER], SSL_NOTHING);
    pair_free(pair);
}

/* "Unlike SSL_get_error(3), which also evaluates the error queue, the results are obtained by
 * examining an internal state flag only." */
TEST_SIDES(want_does_not_look_at_the_error_queue)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];

    check_want(self, SSL_READING);
    ERR_raise(ERR_LIB_SSL, ERR_R_INTERNAL_ERROR);
    check_want(self, SSL_READING);
    CHECK_SSL_ERROR(self, -1, SSL_ERROR_SSL);
    ERR_clear_error();
    CHECK_SSL_ERROR(self, -1, SSL_ERROR_WANT_READ);
    pair_free(pair);
}

/* After the peer's close SSL_read wants nothing any more; SSL_peek leaves what was wanted. */
TEST_SIDES(want_after_the_peers_close)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    char byte;

    CHECK_WANTS(self, SSL_read(self, &byte, 1), SSL_ERROR_WANT_READ);
    SSL_set_shutdown(self, SSL_RECEIVED_SHUTDOWN);
    CHECK_EQ(SSL_peek(self, &byte, 1), 0);
    CHECK_EQ(SSL_want(self), SSL_READING);
    CHECK_EQ(SSL_read(self, &byte, 1), 0);
    CHECK_EQ(SSL_want(self), SSL_NOTHING);
    pair_free(pair);
}

/* SSL_set_retry_verify(3): the handshake "should be suspended", and is so each time that it is asked for; "SSL_want_retry_verify(3) will
 * return 1 as a consequence until the handshake is resumed again". */
static int verify_calls;

static int verify_much_later(X509_STORE_CTX *store_context, void *argument)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx());

    (void)argument;
    CHECK_EQ(SSL_want_retry_verify(ssl), 0);
    return verify_calls++ < 3 ? SSL_set_retry_verify(ssl) : 1;
}

TEST_VERSIONS(want_retry_verify_again_and_again)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;

    verify_calls = 0;
    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], verify_much_later, NULL);
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    CHECK_WANTS(client, SSL_connect(client), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    for (int i = 1; i <= 3; i++) {
        CHECK_WANTS(client, SSL_connect(client), SSL_ERROR_WANT_RETRY_VERIFY);
        CHECK_EQ(SSL_want(client), SSL_RETRY_VERIFY);
        CHECK_EQ(SSL_want_retry_verify(client), 1);
        CHECK_EQ(verify_calls, i);
    }
    pair_handshake(pair);
    CHECK_EQ(verify_calls, 4);
    CHECK_EQ(SSL_want_retry_verify(client), 0);
    CHECK_EQ(SSL_get_verify_result(client), X509_V_OK);
    pair_free(pair);
}

/* A callback that refuses, whatever it asked for, ends the handshake. */
static int refuse_and_retry(X509_STORE_CTX *store_context, void *argument)
{
    (void)argument;
    CHECK_EQ(SSL_set_retry_verify(X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx())), 1);
    return 0;
}

TEST_VERSIONS(want_nothing_of_a_callback_that_refuses)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], refuse_and_retry, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_want_retry_verify(pair->ssl[CLIENT]), 0);
    pair_free(pair);
}
