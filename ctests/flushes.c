/*
 * BIO_flush(3) at the end of a flight: one that wants a retry is called again, or what a buffering BIO holds would never go out
 * and the peer would wait for ever.
 */
#include "support.h"

#include <openssl/bio.h>

TEST_VERSIONS(flush_is_repeated_in_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    unsigned long flushes;

    pair_over_wire(pair);
    pair->end[CLIENT].fail_flush = 1;
    CHECK(SSL_do_handshake(pair->ssl[CLIENT]) <= 0);
    flushes = pair->end[CLIENT].flushes;
    CHECK_EQ(flushes, 1);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_EQ(pair->end[CLIENT].flushes, 2);
    pair_free(pair);
}

TEST(flush_is_repeated_in_a_renegotiation)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    unsigned long flushes;

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    pair->end[CLIENT].fail_flush = 1;
    flushes = pair->end[CLIENT].flushes;
    CHECK(SSL_do_handshake(pair->ssl[CLIENT]) <= 0);
    CHECK_EQ(pair->end[CLIENT].flushes, flushes + 1);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_EQ(pair->end[CLIENT].flushes, flushes + 2);
    pair_free(pair);
}

TEST(flush_is_repeated_after_a_key_update)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    unsigned long flushes = pair->end[CLIENT].flushes;

    CHECK_OK(SSL_key_update(pair->ssl[CLIENT], SSL_KEY_UPDATE_REQUESTED));
    pair->end[CLIENT].fail_flush = 1;
    CHECK(SSL_do_handshake(pair->ssl[CLIENT]) <= 0);
    CHECK_EQ(pair->end[CLIENT].flushes, flushes + 1);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_EQ(pair->end[CLIENT].flushes, flushes + 2);
    pair_free(pair);
}

TEST_VERSIONS(flush_is_repeated_at_the_end_of_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    int last = version == TLS1_2_VERSION;
    unsigned long flushes;
    int ret;

    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    if (last)
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    pair->end[last].fail_flush = 1;
    flushes = pair->end[last].flushes;
    ret = SSL_do_handshake(pair->ssl[last]);
    CHECK(ret <= 0);
    CHECK_EQ(pair->end[last].flushes, flushes + 1);
    CHECK_OK(SSL_do_handshake(pair->ssl[last]));
    CHECK_EQ(pair->end[last].flushes, flushes + 2);
    pair_free(pair);
}

/* The same over a BIO that buffers and a transport that is full for a moment: nobody waits for ever. */
TEST_VERSIONS(handshake_over_a_buffer_and_a_full_transport)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        BIO *buffer = BIO_new(BIO_f_buffer());

        BIO_push(buffer, wire_bio(&pair->end[side]));
        SSL_set_bio(pair->ssl[side], buffer, buffer);
    }
    pair->end[CLIENT].write_room = 0;
    CHECK(SSL_do_handshake(pair->ssl[CLIENT]) <= 0);
    pair->end[CLIENT].write_room = SIZE_MAX;
    for (int turn = 0; turn < 10; turn++) {
        SSL_do_handshake(pair->ssl[CLIENT]);
        SSL_do_handshake(pair->ssl[SERVER]);
    }
    CHECK(SSL_is_init_finished(pair->ssl[CLIENT]));
    pair_free(pair);
}

/* DTLS: the handshake is not done before its last flight is flushed. */
static int fail_flushes, flushes;

static int pass_write(BIO *bio, const char *bytes, int length)
{
    int ret = BIO_write(BIO_next(bio), bytes, length);

    BIO_copy_next_retry(bio);
    return ret;
}

static int pass_read(BIO *bio, char *bytes, int length)
{
    int ret = BIO_read(BIO_next(bio), bytes, length);

    BIO_copy_next_retry(bio);
    return ret;
}

static long pass_ctrl(BIO *bio, int command, long number, void *pointer)
{
    if (command != BIO_CTRL_FLUSH)
        return BIO_ctrl(BIO_next(bio), command, number, pointer);
    BIO_clear_retry_flags(bio);
    flushes++;
    if (fail_flushes == 0)
        return 1;
    fail_flushes--;
    BIO_set_retry_write(bio);
    return -1;
}

static void interpose(SSL *ssl)
{
    static BIO_METHOD *method;
    BIO *bio, *below = SSL_get_rbio(ssl);

    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_FILTER, "flushes");
        BIO_meth_set_write(method, pass_write);
        BIO_meth_set_read(method, pass_read);
        BIO_meth_set_ctrl(method, pass_ctrl);
    }
    bio = BIO_new(method);
    BIO_set_init(bio, 1);
    BIO_up_ref(below);
    BIO_push(bio, below);
    SSL_set_bio(ssl, bio, bio);
}

/* The last flight is the server's. */
TEST_DTLS(flush_of_the_last_flight_is_repeated)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    pair_over_datagrams(pair);
    interpose(pair->ssl[SERVER]);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    fail_flushes = 2;
    flushes = 0;
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK_EQ(flushes, 1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK_EQ(flushes, 2);
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_EQ(flushes, 3);
    pair_free(pair);
}
