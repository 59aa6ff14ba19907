/* TLS 1.3: a client sends its Finished and data, and closes its socket before the server's tickets come. */
#include "support.h"

#include <errno.h>
#include <unistd.h>

#include <openssl/bio.h>

static struct pair *pair_whose_client_is_gone(void)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    pair_over_sockets(pair, 1);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "hello", 5), 5);
    close(pair->sockets[CLIENT]);
    pair->sockets[CLIENT] = -1;
    return pair;
}

TEST(tickets_to_a_client_that_is_gone)
{
    struct pair *pair = pair_whose_client_is_gone();
    char received[8];

    /* Writing the tickets fails with EPIPE: nobody needs them. What the client sent can be read. */
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 5);
    pair_free(pair);
}

/* The same over a BIO that buffers: it is the flush that fails. */
TEST(tickets_through_a_buffer_to_a_client_that_is_gone)
{
    struct pair *pair = pair_whose_client_is_gone();
    BIO *buffer = BIO_new(BIO_f_buffer());
    char received[8];

    SSL_set0_wbio(pair->ssl[SERVER], BIO_push(buffer, BIO_new_socket(pair->sockets[SERVER], BIO_NOCLOSE)));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 5);
    pair_free(pair);
}

/* Errors of the transport that say so: EPIPE and ECONNRESET. Any other fails the handshake. */
static int error_of_writes;

static int failing_write(BIO *bio, const char *bytes, int length)
{
    (void)bytes, (void)length;
    BIO_clear_retry_flags(bio);
    if (error_of_writes != 0)
        errno = error_of_writes;
    return -1;
}

static long flush_alone(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

TEST(errors_that_say_that_the_client_is_gone)
{
    /* 0: the transport says nothing, and what errno was before does not count. */
    static const int errors[] = {EPIPE, ECONNRESET, EIO, ENOTCONN, ETIMEDOUT, ECONNABORTED, 0};
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "failing");

    BIO_meth_set_write(method, failing_write);
    BIO_meth_set_ctrl(method, flush_alone);
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        struct pair *pair = pair_contexts(TLS1_3_VERSION);
        BIO *bio = BIO_new(method);
        int ret, error;

        error_of_writes = errors[i];
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
        BIO_set_init(bio, 1);
        SSL_set0_wbio(pair->ssl[SERVER], bio);
        errno = EPIPE;
        ret = SSL_do_handshake(pair->ssl[SERVER]);
        error = SSL_get_error(pair->ssl[SERVER], ret);
        if (i < 2)
            CHECK_EQ(ret, 1);
        else
            CHECK_EQ(error, SSL_ERROR_SYSCALL);
        pair_free(pair);
    }
    BIO_meth_free(method);
}
