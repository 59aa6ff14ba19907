/* SSL_get_error(3), with every code that can be reached. */
#include "support.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/async.h>

/* SSL_ERROR_NONE "is returned if and only if ret > 0", whatever else is the case. */
TEST_VERSIONS(none_if_and_only_if_positive)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[CLIENT];
    char byte;

    CHECK_SSL_ERROR(ssl, 1, SSL_ERROR_NONE);
    CHECK_SSL_ERROR(ssl, INT_MAX, SSL_ERROR_NONE);
    ERR_raise(ERR_LIB_SSL, ERR_R_INTERNAL_ERROR);
    CHECK_SSL_ERROR(ssl, 1, SSL_ERROR_NONE);
    ERR_clear_error();
    CHECK_EQ(SSL_read(ssl, &byte, 1), -1);
    CHECK_SSL_ERROR(ssl, 1, SSL_ERROR_NONE);
    CHECK(SSL_get_error(ssl, 0) != SSL_ERROR_NONE);
    CHECK(SSL_get_error(ssl, -1) != SSL_ERROR_NONE);
    CHECK(SSL_get_error(ssl, INT_MIN) != SSL_ERROR_NONE);
    pair_free(pair);
}

/* A fresh connection that did nothing gives SYSCALL for a failure that did not happen. */
TEST(syscall_when_nothing_is_known)
{
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], -1, SSL_ERROR_SYSCALL);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], 0, SSL_ERROR_SYSCALL);
    pair_free(pair);
}

/* "SSL_get_error() inspects the current thread's OpenSSL error queue": an entry there, of whatever
 * library, makes an SSL_ERROR_SSL of a retry ("or SSL_get_error() will not work reliably"), and the
 * queue is left as it was. */
TEST_SIDES(error_queue_comes_first)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[server];
    char byte;

    CHECK_EQ(SSL_read(ssl, &byte, 1), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_WANT_READ);
    ERR_raise(ERR_LIB_EVP, ERR_R_INTERNAL_ERROR);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    CHECK_EQ(ERR_GET_LIB(ERR_peek_error()), ERR_LIB_EVP);
    ERR_clear_error();
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_WANT_READ);
    pair_free(pair);
}

/* An entry of the system library makes it SYSCALL. */
TEST_VERSIONS(system_error_in_the_queue_is_syscall)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[CLIENT];

    ERR_raise(ERR_LIB_SYS, 5);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SYSCALL);
    ERR_clear_error();
    pair_free(pair);
}

static void *look_at_error_elsewhere(void *ssl)
{
    CHECK_EQ(ERR_peek_error(), 0);
    return (void *)(intptr_t)SSL_get_error(ssl, -1);
}

/* "must be used in the same thread": the queue of another thread is empty. */
TEST_VERSIONS(error_queue_is_the_threads)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[SERVER];
    char byte;

    queue_add(&pair->queue[SERVER], "\x17\x03\x03\x00\x20garbage garbage garbage garbage!", 37);
    CHECK_EQ(SSL_read(ssl, &byte, 1), -1);
    CHECK_EQ((intptr_t)background_join(background(look_at_error_elsewhere, ssl)),
             SSL_ERROR_SYSCALL);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    ERR_clear_error();
    pair_free(pair);
}

/* "The TLS/SSL peer has closed the connection for writing by sending the close_notify alert.  No
 * more data can be read." */
TEST_SIDES(zero_return_after_close_notify)
{
    struct pair *pair = pair_established(version);
    char byte;
    size_t got;

    CHECK_EQ(SSL_shutdown(pair->ssl[!server]), 0);
    CHECK_EQ(SSL_read_ex(pair->ssl[server], &byte, 1, &got), 0);
    CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(SSL_read(pair->ssl[server], &byte, 1), 0);
    CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_ZERO_RETURN);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* "SSL_ERROR_ZERO_RETURN does not necessarily indicate that the underlying transport has been
 * closed": it goes on working. */
TEST_VERSIONS(zero_return_leaves_the_transport_open)
{
    struct pair *pair = pair_contexts(version);
    char text[8];

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], text, 1), 0);
    CHECK_SSL_ERROR(pair->ssl[SERVER], 0, SSL_ERROR_ZERO_RETURN);
    CHECK_EQ(write(pair->sockets[CLIENT], "plain", 5), 5);
    CHECK_EQ(read(pair->sockets[SERVER], text, sizeof(text)), 5);
    CHECK_MEM(text, "plain", 5);
    pair_free(pair);
}

/* "This error can also appear when the option SSL_OP_IGNORE_UNEXPECTED_EOF is set." */
TEST_SIDES(zero_return_at_ignored_eof)
{
    struct pair *pair = pair_contexts(version);
    char byte;

    SSL_CTX_set_options(pair->ctx[server], SSL_OP_IGNORE_UNEXPECTED_EOF);
    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
    close(pair->sockets[!server]);
    pair->sockets[!server] = -1;
    CHECK_EQ(SSL_read(pair->ssl[server], &byte, 1), 0);
    CHECK_SSL_ERROR(pair->ssl[server], 0, SSL_ERROR_ZERO_RETURN);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* "SSL_ERROR_WANT_READ is returned when the last operation was a read operation from a nonblocking
 * BIO ... If at a later time the underlying BIO has data available ... the same function can be
 * called again." */
TEST_SIDES(want_read_then_success)
{
    struct pair *pair = pair_established(version);
    char received[8];

    CHECK_WANTS(pair->ssl[server], SSL_read(pair->ssl[server], received, 8), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_write(pair->ssl[!server], "data", 4), 4);
    CHECK_EQ(SSL_read(pair->ssl[server], received, 8), 4);
    CHECK_SSL_ERROR(pair->ssl[server], 4, SSL_ERROR_NONE);
    pair_free(pair);
}

/* "SSL_read() ... can also set SSL_ERROR_WANT_READ when there is still unprocessed data available
 * at ... the BIO layer, even for a blocking BIO": without AUTO_RETRY, after a ticket. */
TEST(want_read_from_a_blocking_bio)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    pthread_t peer;
    char byte;

    SSL_CTX_clear_mode(pair->ctx[CLIENT], SSL_MODE_AUTO_RETRY);
    pair_over_sockets(pair, 0);
    peer = background(do_handshake, pair->ssl[SERVER]);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    background_join(peer);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(recv(pair->sockets[CLIENT], &byte, 1, MSG_PEEK | MSG_DONTWAIT), 1);
    pair_free(pair);
}

/* "SSL_ERROR_WANT_WRITE is returned when the last operation was a write to a nonblocking BIO and it
 * was unable to sent all data to the BIO." */
TEST_SIDES(want_write_then_success)
{
    struct pair *pair = pair_established(version);

    pair->end[server].write_room = 10;
    CHECK_WANTS(pair->ssl[server], SSL_write(pair->ssl[server], "data", 4), SSL_ERROR_WANT_WRITE);
    pair->end[server].write_room = SIZE_MAX;
    CHECK_EQ(SSL_write(pair->ssl[server], "data", 4), 4);
    pair_free(pair);
}

/* "the retry may again lead to an SSL_ERROR_WANT_READ or SSL_ERROR_WANT_WRITE condition": a
 * handshake of single bytes in each direction. */
TEST_VERSIONS(wants_come_again_and_again)
{
    struct pair *pair = pair_contexts(version);
    int done[2] = {0, 0}, read_wants = 0, write_wants = 0;

    pair_over_wire(pair);
    pair->end[CLIENT].write_room = pair->end[SERVER].write_room = 0;
    while (!done[CLIENT] || !done[SERVER]) {
        for (int side = CLIENT; side <= SERVER; side++) {
            int ret, error;

            if (done[side])
                continue;
            pair->end[side].write_room = 1;
            ret = SSL_do_handshake(pair->ssl[side]);
            error = SSL_get_error(pair->ssl[side], ret);
            done[side] = ret == 1;
            read_wants += error == SSL_ERROR_WANT_READ;
            write_wants += error == SSL_ERROR_WANT_WRITE;
            CHECK(error == SSL_ERROR_NONE || error == SSL_ERROR_WANT_READ
                  || error == SSL_ERROR_WANT_WRITE);
            CHECK_NO_ERRORS();
        }
    }
    CHECK(read_wants > 100);
    CHECK(write_wants > 100);
    pair_free(pair);
}

/* "It is safe to call SSL_read() ... when more data is available even when the call that set this
 * error was an SSL_write()": a write in a renegotiation wants to read; a read gets the peer's data
 * and the write is called again. */
TEST(read_is_safe_while_a_write_wants_read)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    SSL *client, *server_ssl;
    char received[16];
    int got = 0, ret;

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    pair_over_wire(pair);
    pair_handshake(pair);
    client = pair->ssl[CLIENT];
    server_ssl = pair->ssl[SERVER];
    CHECK_OK(SSL_renegotiate(client));
    CHECK_WANTS(client, SSL_write(client, "after", 5), SSL_ERROR_WANT_READ);
    CHECK_WANTS(client, SSL_read(client, received, 1), SSL_ERROR_WANT_READ);
    for (int turn = 0; got == 0; turn++) {
        CHECK(turn < 20);
        ret = SSL_read(server_ssl, received, sizeof(received));
        if (ret > 0) {
            got = ret;
            break;
        }
        CHECK_SSL_ERROR(server_ssl, ret, SSL_ERROR_WANT_READ);
        ret = SSL_write(client, "after", 5);
        if (ret <= 0)
            CHECK_SSL_ERROR(client, ret, SSL_ERROR_WANT_READ);
    }
    CHECK_EQ(got, 5);
    CHECK_MEM(received, "after", 5);
    check_alive(pair);
    pair_free(pair);
}

/* "For socket BIOs (e.g. when SSL_set_fd() was used)" the codes are the same. */
TEST_SIDES(want_read_from_a_socket)
{
    struct pair *pair = pair_contexts(version);
    char byte;

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    CHECK_WANTS(pair->ssl[server], SSL_read(pair->ssl[server], &byte, 1), SSL_ERROR_WANT_READ);
    pair_free(pair);
}

/* "Any TLS/SSL I/O function can lead to either of SSL_ERROR_WANT_READ and SSL_ERROR_WANT_WRITE". */
TEST_SIDES(every_function_wants_either)
{
    for (int function = 0; function < 8; function++) {
        struct pair *pair = pair_contexts(version);
        SSL *ssl;
        char byte = 'x';
        size_t count;

        pair_over_wire(pair);
        ssl = pair->ssl[server];
        pair->end[server].write_room = 5;
        if (server)
            CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        for (int turn = 0; turn < 2; turn++) {
            int ret = 0;

            switch (function) {
            case 0: ret = SSL_do_handshake(ssl); break;
            case 1: ret = SSL_read(ssl, &byte, 1); break;
            case 2: ret = SSL_read_ex(ssl, &byte, 1, &count); break;
            case 3: ret = SSL_peek(ssl, &byte, 1); break;
            case 4: ret = SSL_peek_ex(ssl, &byte, 1, &count); break;
            case 5: ret = SSL_write(ssl, &byte, 1); break;
            case 6: ret = SSL_write_ex(ssl, &byte, 1, &count); break;
            case 7: ret = server ? SSL_accept(ssl) : SSL_connect(ssl); break;
            }
            CHECK(ret <= 0);
            CHECK_SSL_ERROR(ssl, ret, turn == 0 ? SSL_ERROR_WANT_WRITE : SSL_ERROR_WANT_READ);
            CHECK_NO_ERRORS();
            pair->end[server].write_room = SIZE_MAX;
        }
        pair_free(pair);
    }
}

/* BIOs of programs do not always clear the flag of an earlier call of the other kind: what the connection waits for counts. */
TEST_VERSIONS(both_flags_of_a_bio)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;
    char bytes[1000] = "";

    pair_over_wire(pair);
    pair_handshake(pair);
    ssl = pair->ssl[SERVER];
    CHECK_WANTS(ssl, SSL_read(ssl, bytes, sizeof bytes), SSL_ERROR_WANT_READ);
    BIO_set_flags(SSL_get_rbio(ssl), BIO_FLAGS_WRITE);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_WANT_READ);
    BIO_clear_flags(SSL_get_rbio(ssl), BIO_FLAGS_READ);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_WANT_WRITE);

    pair->end[SERVER].write_room = 5;
    CHECK_WANTS(ssl, SSL_write(ssl, bytes, sizeof bytes), SSL_ERROR_WANT_WRITE);
    BIO_set_flags(SSL_get_wbio(ssl), BIO_FLAGS_READ);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_WANT_WRITE);
    BIO_clear_flags(SSL_get_wbio(ssl), BIO_FLAGS_WRITE);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_WANT_READ);
    pair_free(pair);
}

/* A BIO that is not connected or not accepted yet. */
static int special_reason;

static int special_call(BIO *bio)
{
    BIO_clear_retry_flags(bio);
    BIO_set_retry_special(bio);
    BIO_set_retry_reason(bio, special_reason);
    return -1;
}

static int special_write(BIO *bio, const char *bytes, int length)
{
    (void)bytes;
    (void)length;
    return special_call(bio);
}

static int special_read(BIO *bio, char *bytes, int length)
{
    (void)bytes;
    (void)length;
    return special_call(bio);
}

static long special_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

/* "SSL_ERROR_WANT_CONNECT, SSL_ERROR_WANT_ACCEPT: The underlying BIO was not connected yet". */
TEST_SIDES(want_connect_and_accept)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "special");
    struct pair *pair = pair_contexts(version);
    BIO *bio;

    BIO_meth_set_write(method, special_write);
    BIO_meth_set_read(method, special_read);
    BIO_meth_set_ctrl(method, special_ctrl);
    bio = BIO_new(method);
    BIO_set_init(bio, 1);
    pair_over_wire(pair);
    SSL_set_bio(pair->ssl[server], bio, bio);
    special_reason = BIO_RR_CONNECT;
    CHECK_WANTS(pair->ssl[server], SSL_do_handshake(pair->ssl[server]), SSL_ERROR_WANT_CONNECT);
    special_reason = BIO_RR_ACCEPT;
    CHECK_WANTS(pair->ssl[server], SSL_do_handshake(pair->ssl[server]), SSL_ERROR_WANT_ACCEPT);
    pair_free(pair);
    BIO_meth_free(method);
}

/* A real accepting BIO that nobody connects to. */
TEST(want_accept_from_an_accept_bio)
{
    struct pair *pair = pair_contexts(0);
    BIO *bio = BIO_new_accept("127.0.0.1:0");

    BIO_set_nbio_accept(bio, 1);
    pair_over_wire(pair);
    CHECK_EQ(BIO_do_accept(bio), 1);
    SSL_set_bio(pair->ssl[SERVER], bio, bio);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_ACCEPT);
    pair_free(pair);
}

/* A filter above the source passes its retry on. */
TEST_VERSIONS(wants_pass_through_filter_bios)
{
    struct pair *pair = pair_contexts(version);
    BIO *filter = BIO_new(BIO_f_null());
    char byte;

    pair_over_wire(pair);
    CHECK_OK(BIO_up_ref(SSL_get_rbio(pair->ssl[CLIENT])));
    BIO_push(filter, SSL_get_rbio(pair->ssl[CLIENT]));
    SSL_set_bio(pair->ssl[CLIENT], filter, filter);
    pair->end[CLIENT].write_room = 0;
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_WRITE);
    pair->end[CLIENT].write_room = SIZE_MAX;
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    pair_handshake(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
    check_alive(pair);
    pair_free(pair);
}

static int client_cert_calls;

static int client_cert_later(SSL *ssl, X509 **cert, EVP_PKEY **key)
{
    (void)ssl;
    if (client_cert_calls++ < 2)
        return -1;
    *cert = load_certificate("client");
    *key = load_key("client");
    return 1;
}

/* "an application callback set by SSL_CTX_set_client_cert_cb() has asked to be called again." */
TEST_VERSIONS(want_x509_lookup_from_client_cert_cb)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;
    X509 *peer;
    int lookups = 0, ret = 0;

    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_client_cert_cb(pair->ctx[CLIENT], client_cert_later);
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    for (int turn = 0; turn < 20 && ret != 1; turn++) {
        int error;

        ret = SSL_do_handshake(client);
        error = SSL_get_error(client, ret);
        CHECK_NO_ERRORS();
        if (error == SSL_ERROR_WANT_X509_LOOKUP) {
            CHECK_EQ(ret, -1);
            CHECK_EQ(SSL_want(client), SSL_X509_LOOKUP);
            CHECK_EQ(SSL_want_x509_lookup(client), 1);
            lookups++;
        } else {
            CHECK(error == SSL_ERROR_NONE || error == SSL_ERROR_WANT_READ);
            SSL_do_handshake(pair->ssl[SERVER]);
            CHECK_NO_ERRORS();
        }
    }
    CHECK_EQ(lookups, 2);
    CHECK_EQ(client_cert_calls, 3);
    pair_handshake(pair);
    peer = SSL_get1_peer_certificate(pair->ssl[SERVER]);
    CHECK(peer != NULL);
    X509_free(peer);
    pair_free(pair);
}

static int cert_calls;

static int cert_later(SSL *ssl, void *argument)
{
    (void)ssl;
    CHECK(argument == &cert_calls);
    return cert_calls++ < 2 ? -1 : 1;
}

/* The same from SSL_CTX_set_cert_cb(), on the server. */
TEST_VERSIONS(want_x509_lookup_from_cert_cb)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    SSL_CTX_set_cert_cb(pair->ctx[SERVER], cert_later, &cert_calls);
    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(ssl, SSL_accept(ssl), SSL_ERROR_WANT_X509_LOOKUP);
    CHECK_EQ(SSL_want(ssl), SSL_X509_LOOKUP);
    CHECK_WANTS(ssl, SSL_accept(ssl), SSL_ERROR_WANT_X509_LOOKUP);
    CHECK_EQ(cert_calls, 2);
    pair_handshake(pair);
    CHECK_EQ(cert_calls, 3);
    pair_free(pair);
}

/* A job that pauses inside a callback, as an asynchronous engine would. */
static int pause_in_callback(SSL *ssl, void *argument)
{
    (void)ssl;
    (void)argument;
    if (ASYNC_get_current_job() != NULL)
        CHECK_EQ(ASYNC_pause_job(), 1);
    return 1;
}

/* "SSL_ERROR_WANT_ASYNC: ... an asynchronous engine is still processing data"; "The TLS/SSL I/O
 * function should be called again later." */
TEST_VERSIONS(want_async_while_the_job_is_paused)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;
    size_t count = 9;

    CHECK(ASYNC_is_capable());
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], pause_in_callback, NULL);
    SSL_CTX_set_mode(pair->ctx[SERVER], SSL_MODE_ASYNC);
    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_EQ(SSL_waiting_for_async(ssl), 0);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(ssl, SSL_accept(ssl), SSL_ERROR_WANT_ASYNC);
    CHECK_EQ(SSL_want(ssl), SSL_ASYNC_PAUSED);
    CHECK_EQ(SSL_want_async(ssl), 1);
    CHECK_EQ(SSL_waiting_for_async(ssl), 1);
    CHECK_OK(SSL_get_all_async_fds(ssl, NULL, &count));
    CHECK_EQ(count, 0);
    pair_handshake(pair);
    CHECK_EQ(SSL_waiting_for_async(ssl), 0);
    check_alive(pair);
    pair_free(pair);
    ASYNC_cleanup_thread();
}

/* "SSL_ERROR_WANT_ASYNC_JOB: The asynchronous job could not be started because there were no async
 * jobs available in the pool". */
TEST_VERSIONS(want_async_job_when_the_pool_is_empty)
{
    struct pair *first = pair_contexts(version), *second = pair_contexts(version);

    CHECK_OK(ASYNC_init_thread(1, 1));
    SSL_CTX_set_cert_cb(first->ctx[SERVER], pause_in_callback, NULL);
    SSL_CTX_set_mode(first->ctx[SERVER], SSL_MODE_ASYNC);
    SSL_CTX_set_mode(second->ctx[SERVER], SSL_MODE_ASYNC);
    pair_over_wire(first);
    pair_over_wire(second);
    CHECK_EQ(SSL_connect(first->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_connect(second->ssl[CLIENT]), -1);
    CHECK_WANTS(first->ssl[SERVER], SSL_accept(first->ssl[SERVER]), SSL_ERROR_WANT_ASYNC);
    CHECK_WANTS(second->ssl[SERVER], SSL_accept(second->ssl[SERVER]), SSL_ERROR_WANT_ASYNC_JOB);
    CHECK_EQ(SSL_want(second->ssl[SERVER]), SSL_ASYNC_NO_JOBS);
    CHECK_EQ(SSL_want_async_job(second->ssl[SERVER]), 1);
    pair_handshake(first);
    pair_handshake(second);
    pair_free(first);
    pair_free(second);
    ASYNC_cleanup_thread();
}

static int hello_calls;

static int hello_later(SSL *ssl, int *alert, void *argument)
{
    (void)ssl;
    (void)alert;
    (void)argument;
    return hello_calls++ < 2 ? SSL_CLIENT_HELLO_RETRY : SSL_CLIENT_HELLO_SUCCESS;
}

/* "SSL_ERROR_WANT_CLIENT_HELLO_CB: ... an application callback set by
 * SSL_CTX_set_client_hello_cb() has asked to be called again." */
TEST_VERSIONS(want_client_hello_cb)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], hello_later, NULL);
    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_WANTS(ssl, SSL_accept(ssl), SSL_ERROR_WANT_CLIENT_HELLO_CB);
    CHECK_EQ(SSL_want(ssl), SSL_CLIENT_HELLO_CB);
    CHECK_EQ(SSL_want_client_hello_cb(ssl), 1);
    CHECK_WANTS(ssl, SSL_accept(ssl), SSL_ERROR_WANT_CLIENT_HELLO_CB);
    pair_handshake(pair);
    CHECK_EQ(hello_calls, 3);
    check_alive(pair);
    pair_free(pair);
}

static int verify_calls;

static int verify_later(X509_STORE_CTX *store_context, void *argument)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx());

    (void)argument;
    CHECK(ssl != NULL);
    if (verify_calls++ < 2)
        return SSL_set_retry_verify(ssl);
    return 1;
}

/* SSL_ERROR_WANT_RETRY_VERIFY, when the verify callback called SSL_set_retry_verify(3). */
TEST_VERSIONS(want_retry_verify)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;
    int retries = 0;

    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], verify_later, NULL);
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    for (int turn = 0; turn < 20 && verify_calls < 3; turn++) {
        int ret = SSL_do_handshake(client), error = SSL_get_error(client, ret);

        CHECK_NO_ERRORS();
        if (error == SSL_ERROR_WANT_RETRY_VERIFY) {
            CHECK_EQ(ret, -1);
            CHECK_EQ(SSL_want(client), SSL_RETRY_VERIFY);
            CHECK_EQ(SSL_want_retry_verify(client), 1);
            retries++;
        } else {
            SSL_do_handshake(pair->ssl[SERVER]);
            CHECK_NO_ERRORS();
        }
    }
    CHECK_EQ(retries, 2);
    pair_handshake(pair);
    CHECK_EQ(verify_calls, 3);
    pair_free(pair);
}

/* "Some non-recoverable, fatal I/O error occurred ... For socket I/O on Unix systems, consult
 * errno". */
TEST_SIDES(syscall_on_transport_failure)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[server];
    char byte = 'x';
    int ret;

    pair->end[server].fail_read = 1;
    errno = 0;
    ret = SSL_read(ssl, &byte, 1);
    CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_SYSCALL);
    CHECK_EQ(errno, ECONNRESET);
    pair->end[server].fail_write = 1;
    ret = SSL_write(ssl, &byte, 1);
    CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_SYSCALL);
    CHECK_EQ(errno, EPIPE);
    pair_free(pair);
}

/* The same in the handshake. */
TEST_SIDES(syscall_on_transport_failure_in_handshake)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    pair->end[server].fail_read = 1;
    ret = SSL_do_handshake(pair->ssl[server]);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SYSCALL);
    pair_free(pair);
}

/* A socket whose peer is gone. */
TEST_VERSIONS(syscall_on_a_broken_socket)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    close(pair->sockets[SERVER]);
    pair->sockets[SERVER] = -1;
    ret = SSL_write(pair->ssl[CLIENT], "x", 1);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_SYSCALL);
    CHECK_EQ(errno, EPIPE);
    pair_free(pair);
}

/* "A non-recoverable, fatal error in the SSL library occurred, usually a protocol error.  The
 * OpenSSL error queue contains more information". */
TEST_SIDES(ssl_on_protocol_error)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;
    int ret;

    pair_over_wire(pair);
    ssl = pair->ssl[server];
    queue_add(&pair->queue[server], "this is not TLS at all, is it?", 30);
    ret = SSL_do_handshake(ssl);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_WRONG_VERSION_NUMBER);
    pair_free(pair);
}

/* A web browser on a TLS port is told apart. */
TEST(ssl_on_http_request)
{
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
    queue_add(&pair->queue[SERVER], "GET / HTTP/1.0\r\n\r\n", 18);
    CHECK_FAILS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_R_HTTP_REQUEST);
    pair_disconnect(pair);
    pair_over_wire(pair);
    queue_add(&pair->queue[SERVER], "CONNECT example.com:443 HTTP/1.1\r\n", 34);
    CHECK_FAILS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_R_HTTPS_PROXY_REQUEST);
    pair_free(pair);
}

/* "On an unexpected EOF ... Since OpenSSL 3.0 the returned error is SSL_ERROR_SSL with a meaningful
 * error on the error stack (SSL_R_UNEXPECTED_EOF_WHILE_READING)." */
TEST_SIDES(ssl_on_unexpected_eof)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;
    char byte;
    int ret;

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    ssl = pair->ssl[server];
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
    close(pair->sockets[!server]);
    pair->sockets[!server] = -1;
    ret = SSL_read(ssl, &byte, 1);
    CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_free(pair);
}

/* The end of the transport is what BIO_eof() says: a BIO that reads 0 bytes and denies its end has
 * failed in some other way. */
TEST_SIDES(syscall_on_a_bio_without_eof)
{
    struct pair *pair = pair_established(version);
    char byte;
    int ret;

    pair->end[server].eof = pair->end[server].hide_eof = 1;
    ret = SSL_read(pair->ssl[server], &byte, 1);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(pair->ssl[server], ret, SSL_ERROR_SYSCALL);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* The end of a memory BIO: what Python's ssl.MemoryBIO.write_eof() sets. */
TEST_SIDES(ssl_on_the_end_of_a_memory_bio)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;
    char byte;
    int ret;

    pair_over_memory(pair);
    pair_handshake(pair);
    pair_settle(pair);
    ssl = pair->ssl[server];
    BIO_set_mem_eof_return(SSL_get_rbio(ssl), 0);
    ret = SSL_read(ssl, &byte, 1);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_free(pair);
}

/* In the middle of a handshake as well; with SSL_OP_IGNORE_UNEXPECTED_EOF it is a ZERO_RETURN. */
TEST_SIDES(eof_in_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;
    int ret;

    pair_over_wire(pair);
    ssl = pair->ssl[server];
    pair->end[server].eof = 1;
    ret = SSL_do_handshake(ssl);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_disconnect(pair);

    SSL_CTX_set_options(pair->ctx[server], SSL_OP_IGNORE_UNEXPECTED_EOF);
    pair_over_wire(pair);
    ssl = pair->ssl[server];
    pair->end[server].eof = 1;
    ret = SSL_do_handshake(ssl);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(ssl, ret, SSL_ERROR_ZERO_RETURN);
    pair_free(pair);
}

/* "If this error occurs then no further I/O operations should be performed": they fail, and neither
 * read nor write the transport. */
TEST_SIDES(nothing_works_after_a_fatal_error)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[server];
    char byte = 'x';
    size_t written;

    queue_add(&pair->queue[server], "\x17\x03\x03\x00\x20garbage garbage garbage garbage!", 37);
    CHECK_EQ(SSL_read(ssl, &byte, 1), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    ERR_clear_error();
    written = pair->end[server].bytes_written;
    pair->end[server].reads = 0;
    CHECK_EQ(SSL_read(ssl, &byte, 1), -1);
    CHECK_EQ(SSL_write(ssl, &byte, 1), -1);
    CHECK_EQ(SSL_do_handshake(ssl), -1);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_shutdown(ssl), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_SHUTDOWN_WHILE_IN_INIT);
    CHECK_EQ(pair->end[server].bytes_written, written);
    CHECK_EQ(pair->end[server].reads, 0);
    pair_free(pair);
}

static int warn_of_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl;
    (void)argument;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_WARNING;
}

/* "The connection was closed" is said only if the last warning of the peer was close_notify, or there was none. */
TEST(last_warning_decides_about_zero_return)
{
    for (int warns = 0; warns < 2; warns++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        SSL *client;
        char byte;

        if (warns)
            SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], warn_of_name);
        pair_over_wire(pair);
        client = pair->ssl[CLIENT];
        CHECK_OK(SSL_set_tlsext_host_name(client, "server.example"));
        pair_handshake(pair);
        SSL_set_shutdown(client, SSL_RECEIVED_SHUTDOWN);
        CHECK_EQ(SSL_read(client, &byte, 1), 0);
        CHECK_SSL_ERROR(client, 0, warns ? SSL_ERROR_SYSCALL : SSL_ERROR_ZERO_RETURN);
        SSL_set_shutdown(client, 0);
        CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
        CHECK_EQ(SSL_read(client, &byte, 1), 0);
        CHECK_SSL_ERROR(client, 0, SSL_ERROR_ZERO_RETURN);
        pair_disconnect(pair);

        SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_IGNORE_UNEXPECTED_EOF);
        pair_over_wire(pair);
        client = pair->ssl[CLIENT];
        CHECK_OK(SSL_set_tlsext_host_name(client, "server.example"));
        pair_handshake(pair);
        pair->end[CLIENT].eof = 1;
        CHECK_EQ(SSL_read(client, &byte, 1), 0);
        CHECK_SSL_ERROR(client, 0, SSL_ERROR_ZERO_RETURN);
        pair_free(pair);
    }
}
