/* SSL_set_bio(3), SSL_set_fd(3), SSL_get_rbio(3), SSL_get_fd(3), BIO_f_ssl(3). */
#include "support.h"

#include <sys/socket.h>
#include <unistd.h>

static int destroyed;

static int count_destroy(BIO *bio)
{
    (void)bio;
    destroyed++;
    return 1;
}

static BIO *counted_bio(void)
{
    static BIO_METHOD *method;
    BIO *bio;

    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "counted");
        BIO_meth_set_destroy(method, count_destroy);
    }
    bio = BIO_new(method);
    BIO_set_init(bio, 1);
    return bio;
}

static SSL_CTX *context;
static SSL *ssl;

static void start(void)
{
    context = SSL_CTX_new(TLS_method());
    ssl = SSL_new(context);
    CHECK(SSL_get_rbio(ssl) == NULL);
    CHECK(SSL_get_wbio(ssl) == NULL);
}

static void finish(int expected)
{
    SSL_free(ssl);
    SSL_CTX_free(context);
    CHECK_EQ(destroyed, expected);
    CHECK_NO_ERRORS();
}

/* SSL_set_bio() takes one reference when both are the same. */
TEST(set_bio_same_takes_one_reference)
{
    BIO *bio = counted_bio();

    start();
    SSL_set_bio(ssl, bio, bio);
    CHECK(SSL_get_rbio(ssl) == bio);
    CHECK(SSL_get_wbio(ssl) == bio);
    finish(1);
}

/* ... and one of each when they differ. */
TEST(set_bio_different_takes_both)
{
    BIO *reader = counted_bio(), *writer = counted_bio();

    start();
    SSL_set_bio(ssl, reader, writer);
    CHECK(SSL_get_rbio(ssl) == reader);
    CHECK(SSL_get_wbio(ssl) == writer);
    finish(2);
}

/* Setting the same pair again takes no reference. */
TEST(set_bio_again_changes_nothing)
{
    BIO *reader = counted_bio(), *writer = counted_bio();

    start();
    SSL_set_bio(ssl, reader, writer);
    SSL_set_bio(ssl, reader, writer);
    CHECK_EQ(destroyed, 0);
    finish(2);
}

/* "If the rbio parameter is the same as the previously set rbio ... one reference is consumed for
 * the wbio": only the write BIO changes. */
TEST(set_bio_changing_the_writer_only)
{
    BIO *reader = counted_bio(), *first = counted_bio(), *second = counted_bio();

    start();
    SSL_set_bio(ssl, reader, first);
    SSL_set_bio(ssl, reader, second);
    CHECK_EQ(destroyed, 1);
    CHECK(SSL_get_wbio(ssl) == second);
    finish(3);
}

/* Only the read BIO changes, and they differed. */
TEST(set_bio_changing_the_reader_only)
{
    BIO *first = counted_bio(), *second = counted_bio(), *writer = counted_bio();

    start();
    SSL_set_bio(ssl, first, writer);
    SSL_set_bio(ssl, second, writer);
    CHECK_EQ(destroyed, 1);
    CHECK(SSL_get_rbio(ssl) == second);
    finish(3);
}

/* From one for both to two: one reference of each is taken. */
TEST(set_bio_from_same_to_different)
{
    BIO *both = counted_bio(), *reader = counted_bio(), *writer = counted_bio();

    start();
    SSL_set_bio(ssl, both, both);
    SSL_set_bio(ssl, reader, writer);
    CHECK_EQ(destroyed, 1);
    finish(3);
}

/* "If the rbio and wbio parameters are the same and the rbio is the same as the previously set value, then no additional
 * references are consumed". */
TEST(set_bio_from_different_to_the_reader)
{
    BIO *reader = counted_bio(), *writer = counted_bio();

    start();
    SSL_set_bio(ssl, reader, writer);
    SSL_set_bio(ssl, reader, reader);
    CHECK_EQ(destroyed, 1);
    CHECK(SSL_get_wbio(ssl) == reader);
    finish(2);
}

/* "... and the rbio is not the same as the previously set value then one reference is consumed": but none of what was the writer. */
TEST(set_bio_from_different_to_the_writer)
{
    BIO *reader = counted_bio(), *writer = counted_bio();

    start();
    SSL_set_bio(ssl, reader, writer);
    SSL_set_bio(ssl, writer, writer);
    CHECK_EQ(destroyed, 1);
    CHECK(SSL_get_rbio(ssl) == writer && SSL_get_wbio(ssl) == writer);
    finish(2);
}

/* "... the wbio is the same as the previously set value and the old rbio and wbio values were the same as each other then one
 * reference is consumed for the rbio and no references are consumed for the wbio": but one of it is. */
TEST(set_bio_from_same_keeping_the_writer)
{
    BIO *both = counted_bio(), *reader = counted_bio();

    start();
    SSL_set_bio(ssl, both, both);
    CHECK_OK(BIO_up_ref(both));
    SSL_set_bio(ssl, reader, both);
    CHECK_EQ(destroyed, 0);
    CHECK(SSL_get_rbio(ssl) == reader && SSL_get_wbio(ssl) == both);
    finish(2);
}

/* Two BIOs that change places have one reference more taken of each. */
TEST(set_bio_swaps)
{
    BIO *first = counted_bio(), *second = counted_bio();

    start();
    SSL_set_bio(ssl, first, second);
    CHECK_OK(BIO_up_ref(first));
    CHECK_OK(BIO_up_ref(second));
    SSL_set_bio(ssl, second, first);
    CHECK_EQ(destroyed, 0);
    CHECK(SSL_get_rbio(ssl) == second && SSL_get_wbio(ssl) == first);
    finish(2);
}

/* NULL takes them away. */
TEST(set_bio_null_frees)
{
    BIO *reader = counted_bio(), *writer = counted_bio();

    start();
    SSL_set_bio(ssl, reader, writer);
    SSL_set_bio(ssl, NULL, NULL);
    CHECK_EQ(destroyed, 2);
    CHECK(SSL_get_rbio(ssl) == NULL);
    CHECK(SSL_get_wbio(ssl) == NULL);
    finish(2);
}

/* SSL_set0_rbio() and SSL_set0_wbio() take one reference each, always. */
TEST(set0_bios_take_one_reference_each)
{
    BIO *bio = counted_bio();

    start();
    CHECK_OK(BIO_up_ref(bio));
    SSL_set0_rbio(ssl, bio);
    SSL_set0_wbio(ssl, bio);
    CHECK(SSL_get_rbio(ssl) == bio);
    CHECK(SSL_get_wbio(ssl) == bio);
    SSL_set0_rbio(ssl, NULL);
    CHECK_EQ(destroyed, 0);
    SSL_set0_wbio(ssl, NULL);
    CHECK_EQ(destroyed, 1);
    finish(1);
}

/* "any existing rbio ... will also be freed (this includes the case where the rbio is set to the same value as previously)". */
TEST(set0_bios_take_a_reference_of_the_same_bio_again)
{
    BIO *reader = counted_bio(), *writer = counted_bio();

    start();
    for (int i = 0; i < 3; i++) {
        if (i > 0) {
            CHECK_OK(BIO_up_ref(reader));
            CHECK_OK(BIO_up_ref(writer));
        }
        SSL_set0_rbio(ssl, reader);
        SSL_set0_wbio(ssl, writer);
    }
    CHECK_EQ(destroyed, 0);
    finish(2);
}

/* The BIO that an application set is the one it gets, also within and after the handshake, when the
 * library buffers. */
TEST_SIDES(get_bio_is_what_was_set)
{
    struct pair *pair = pair_contexts(version);
    BIO *reader, *writer;

    pair_over_memory(pair);
    reader = SSL_get_rbio(pair->ssl[server]);
    writer = SSL_get_wbio(pair->ssl[server]);
    CHECK(reader != writer);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    CHECK(SSL_get_rbio(pair->ssl[server]) == reader);
    CHECK(SSL_get_wbio(pair->ssl[server]) == writer);
    pair_handshake(pair);
    CHECK(SSL_get_rbio(pair->ssl[server]) == reader);
    CHECK(SSL_get_wbio(pair->ssl[server]) == writer);
    pair_free(pair);
}

/* SSL_set_fd() makes a socket BIO for both directions that does not close the socket; SSL_get_fd()
 * gives it back. */
TEST(set_fd_sets_both_and_leaves_the_socket_open)
{
    int sockets[2];

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    start();
    CHECK_EQ(SSL_get_fd(ssl), -1);
    CHECK_EQ(SSL_get_rfd(ssl), -1);
    CHECK_EQ(SSL_get_wfd(ssl), -1);
    ERR_clear_error();
    CHECK_OK(SSL_set_fd(ssl, sockets[0]));
    CHECK_EQ(SSL_get_fd(ssl), sockets[0]);
    CHECK_EQ(SSL_get_rfd(ssl), sockets[0]);
    CHECK_EQ(SSL_get_wfd(ssl), sockets[0]);
    CHECK(SSL_get_rbio(ssl) == SSL_get_wbio(ssl));
    CHECK_EQ(BIO_method_type(SSL_get_rbio(ssl)), BIO_TYPE_SOCKET);
    CHECK_EQ(BIO_get_close(SSL_get_rbio(ssl)), BIO_NOCLOSE);
    SSL_free(ssl);
    ssl = NULL;
    CHECK_EQ(write(sockets[0], "x", 1), 1);
    finish(0);
}

/* SSL_set_rfd() and SSL_set_wfd() set one direction; with the same number they share the BIO. */
TEST(set_rfd_and_wfd)
{
    int sockets[2];

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    start();
    CHECK_OK(SSL_set_rfd(ssl, sockets[0]));
    CHECK_EQ(SSL_get_wfd(ssl), -1);
    ERR_clear_error();
    CHECK_EQ(SSL_get_fd(ssl), sockets[0]);
    CHECK_OK(SSL_set_wfd(ssl, sockets[1]));
    CHECK_EQ(SSL_get_rfd(ssl), sockets[0]);
    CHECK_EQ(SSL_get_wfd(ssl), sockets[1]);
    CHECK_OK(SSL_set_wfd(ssl, sockets[0]));
    CHECK(SSL_get_rbio(ssl) == SSL_get_wbio(ssl));
    SSL_free(ssl);
    ssl = NULL;
    finish(0);
}

/* The reader shares the writer's BIO as well, but only if it is a socket's; another kind of BIO with that number is left alone. */
TEST(set_rfd_and_wfd_share_sockets_only)
{
    int sockets[2];

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    start();
    CHECK_OK(SSL_set_wfd(ssl, sockets[0]));
    CHECK(SSL_get_rbio(ssl) == NULL);
    CHECK_OK(SSL_set_rfd(ssl, sockets[0]));
    CHECK(SSL_get_rbio(ssl) == SSL_get_wbio(ssl));
    SSL_set0_rbio(ssl, BIO_new_fd(sockets[1], BIO_NOCLOSE));
    CHECK_OK(SSL_set_wfd(ssl, sockets[1]));
    CHECK(SSL_get_rbio(ssl) != SSL_get_wbio(ssl));
    CHECK_EQ(SSL_get_rfd(ssl), sockets[1]);
    CHECK_EQ(SSL_get_wfd(ssl), sockets[1]);
    finish(0);
}

/* "If there was already a BIO connected to ssl, BIO_free() will be called", also for the same descriptor, of any number. */
TEST(set_fd_replaces_what_was_there)
{
    BIO *reader = counted_bio(), *writer = counted_bio(), *socket_bio;
    int sockets[2];

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    start();
    SSL_set_bio(ssl, reader, writer);
    CHECK_OK(SSL_set_fd(ssl, sockets[0]));
    CHECK_EQ(destroyed, 2);
    socket_bio = SSL_get_rbio(ssl);
    CHECK_OK(BIO_up_ref(socket_bio));
    CHECK_OK(SSL_set_fd(ssl, sockets[0]));
    CHECK(SSL_get_rbio(ssl) != socket_bio);
    BIO_free(socket_bio);
    CHECK_OK(SSL_set_fd(ssl, -1));
    CHECK_EQ(SSL_get_fd(ssl), -1);
    finish(2);
}

/* The descriptor of a BIO further down is found. "-1: the underlying BIO is not of the correct type". */
TEST(get_fd_looks_down_the_chain)
{
    BIO *buffer = BIO_new(BIO_f_buffer());
    int sockets[2];

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    start();
    BIO_push(buffer, BIO_new_socket(sockets[1], BIO_NOCLOSE));
    SSL_set0_rbio(ssl, buffer);
    SSL_set0_wbio(ssl, BIO_new(BIO_s_mem()));
    CHECK_EQ(SSL_get_fd(ssl), sockets[1]);
    CHECK_EQ(SSL_get_wfd(ssl), -1);
    SSL_set0_rbio(ssl, BIO_new_fp(stdout, BIO_NOCLOSE));
    CHECK_EQ(SSL_get_fd(ssl), -1);
    finish(0);
}

/* A handshake over two one-way file descriptors. */
TEST_VERSIONS(set_rfd_and_wfd_of_pipes)
{
    struct pair *pair = pair_contexts(version);
    int up[2], down[2];

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, up), 0);
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, down), 0);
    for (int i = 0; i < 2; i++) {
        set_nonblocking(up[i]);
        set_nonblocking(down[i]);
    }
    pair_over_wire(pair);
    CHECK_OK(SSL_set_rfd(pair->ssl[CLIENT], down[0]));
    CHECK_OK(SSL_set_wfd(pair->ssl[CLIENT], up[1]));
    CHECK_OK(SSL_set_rfd(pair->ssl[SERVER], up[0]));
    CHECK_OK(SSL_set_wfd(pair->ssl[SERVER], down[1]));
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* The BIOs are changed in the middle of a connection: nothing is lost. */
TEST_SIDES(bios_can_change_when_established)
{
    struct pair *pair = pair_established(version);
    BIO *bio = wire_bio(&pair->end[server]);

    check_alive(pair);
    SSL_set_bio(pair->ssl[server], bio, bio);
    check_alive(pair);
    pair_free(pair);
}

/* The handshake and alerts flush the BIO; application data does not. */
TEST_SIDES(data_is_not_flushed_alerts_are)
{
    struct pair *pair = pair_established(version);
    unsigned long flushes = pair->end[server].flushes;

    CHECK_EQ(SSL_write(pair->ssl[server], "data", 4), 4);
    CHECK_EQ(pair->end[server].flushes, flushes);
    CHECK_EQ(SSL_shutdown(pair->ssl[server]), 0);
    CHECK(pair->end[server].flushes > flushes);
    pair_free(pair);
}

struct reading {
    unsigned char header[5];
    size_t have; /* of the record that is being read */
    unsigned long in_vain;
};

static size_t record_lacks(const struct reading *reading)
{
    if (reading->have < 5)
        return 5 - reading->have;
    return 5 + ((size_t)reading->header[3] << 8 | reading->header[4]) - reading->have;
}

static long watch_reads(BIO *bio, int operation, const char *bytes, size_t length, int number,
                        long argument, int result, size_t *processed)
{
    struct reading *reading = (struct reading *)BIO_get_callback_arg(bio);

    (void)number;
    (void)argument;
    if (operation == BIO_CB_READ)
        CHECK_EQ(length, record_lacks(reading));
    if (operation != (BIO_CB_READ | BIO_CB_RETURN))
        return result;
    if (result <= 0) {
        reading->in_vain++;
        return result;
    }
    for (size_t i = 0; i < *processed && reading->have + i < 5; i++)
        reading->header[reading->have + i] = (unsigned char)bytes[i];
    reading->have += *processed;
    if (reading->have >= 5 && record_lacks(reading) == 0)
        reading->have = 0;
    return result;
}

/* SSL_CTX_set_read_ahead(3): without it nothing is asked of the BIO but what the header lacks, and then the body; and a call
 * that comes away empty-handed asked in vain once. */
TEST_SIDES(reads_ask_for_header_and_body)
{
    struct pair *pair = pair_contexts(version);
    SSL *self, *peer;
    struct reading reading = {0};
    char received[300] = "";
    int done = 0, count = -1, calls = 0;

    pair_over_wire(pair);
    self = pair->ssl[server];
    peer = pair->ssl[!server];
    BIO_set_callback_ex(SSL_get_rbio(self), watch_reads);
    BIO_set_callback_arg(SSL_get_rbio(self), (char *)&reading);
    while (!done || SSL_do_handshake(peer) != 1) {
        unsigned long before = reading.in_vain;

        pair->end[server].read_room = calls++ % 2 ? 0 : 7;
        done = SSL_do_handshake(self) == 1;
        CHECK_EQ(reading.in_vain, before + !done);
        if (!done)
            SSL_do_handshake(peer);
    }
    CHECK_EQ(SSL_write(peer, received, sizeof(received)), sizeof(received));
    while (count < 0) {
        unsigned long before = reading.in_vain;

        pair->end[server].read_room = calls++ % 2 ? 0 : 5;
        count = SSL_read(self, received, sizeof(received));
        CHECK_EQ(reading.in_vain, before + (count < 0));
    }
    CHECK_EQ(count, sizeof(received));
    CHECK_EQ(reading.have, 0);
    pair_free(pair);
}

/* A buffering BIO below: the handshake passes, data waits for BIO_flush(). */
TEST_VERSIONS(buffer_below_the_ssl)
{
    struct pair *pair = pair_contexts(version);
    char received[8];

    pair_over_wire(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        BIO *buffer = BIO_new(BIO_f_buffer());

        BIO_push(buffer, wire_bio(&pair->end[side]));
        SSL_set_bio(pair->ssl[side], buffer, buffer);
    }
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "data", 4), 4);
    CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], received, 8), SSL_ERROR_WANT_READ);
    CHECK_EQ(BIO_flush(SSL_get_wbio(pair->ssl[CLIENT])), 1);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, 8), 4);
    pair_free(pair);
}

/* ---- BIO_f_ssl ---- */

/* Two SSL BIOs over the two ends of a BIO pair, without the SSL objects ever being touched. */
struct bio_pair {
    SSL_CTX *ctx[2];
    BIO *bio[2];
};

static void make_ssl_bios(struct bio_pair *made, struct pair *pair)
{
    BIO *end[2];

    CHECK_OK(BIO_new_bio_pair(&end[CLIENT], 0, &end[SERVER], 0));
    for (int side = CLIENT; side <= SERVER; side++) {
        made->bio[side] = BIO_new_ssl(pair->ctx[side], side == CLIENT);
        CHECK(made->bio[side] != NULL);
        CHECK_EQ(BIO_method_type(made->bio[side]), BIO_TYPE_SSL);
        CHECK(BIO_push(made->bio[side], end[side]) == made->bio[side]);
    }
}

static void shake_bios(struct bio_pair *made)
{
    int done[2] = {0, 0};

    for (int turn = 0; !done[CLIENT] || !done[SERVER]; turn++) {
        int side = turn % 2;

        CHECK(turn < 50);
        if (!done[side])
            done[side] = BIO_do_handshake(made->bio[side]) == 1;
        if (!done[side])
            CHECK(BIO_should_retry(made->bio[side]));
        CHECK_NO_ERRORS();
    }
}

static void free_ssl_bios(struct bio_pair *made)
{
    BIO_free_all(made->bio[CLIENT]);
    BIO_free_all(made->bio[SERVER]);
}

/* Reads and writes go through TLS; retries are told as BIOs tell them. */
TEST_VERSIONS(bio_f_ssl_transfers)
{
    struct pair *pair = pair_contexts(version);
    struct bio_pair made;
    char received[16];
    SSL *inner = NULL;

    make_ssl_bios(&made, pair);
    shake_bios(&made);
    CHECK_EQ(BIO_read(made.bio[SERVER], received, sizeof(received)), -1);
    CHECK(BIO_should_retry(made.bio[SERVER]));
    CHECK(BIO_should_read(made.bio[SERVER]));
    CHECK_EQ(BIO_write(made.bio[CLIENT], "hello", 5), 5);
    CHECK_EQ(BIO_read(made.bio[SERVER], received, 2), 2);
    CHECK_EQ(BIO_pending(made.bio[SERVER]), 3);
    CHECK_EQ(BIO_read(made.bio[SERVER], received + 2, sizeof(received) - 2), 3);
    CHECK_MEM(received, "hello", 5);
    CHECK_EQ(BIO_puts(made.bio[SERVER], "back"), 4);
    CHECK_EQ(BIO_flush(made.bio[SERVER]), 1);
    CHECK_EQ(BIO_read(made.bio[CLIENT], received, sizeof(received)), 4);
    CHECK_EQ(BIO_get_ssl(made.bio[CLIENT], &inner), 1);
    CHECK(inner != NULL);
    CHECK_EQ(SSL_version(inner), version);
    CHECK_NO_ERRORS();
    free_ssl_bios(&made);
    pair_free(pair);
}

/* The handshake starts with the first read or write. */
TEST_VERSIONS(bio_f_ssl_handshakes_by_itself)
{
    struct pair *pair = pair_contexts(version);
    struct bio_pair made;
    char received[16];
    int sent = 0, got = 0;

    make_ssl_bios(&made, pair);
    for (int turn = 0; got <= 0; turn++) {
        CHECK(turn < 20);
        if (sent <= 0) {
            sent = BIO_write(made.bio[CLIENT], "hello", 5);
            if (sent <= 0)
                CHECK(BIO_should_retry(made.bio[CLIENT]));
        }
        got = BIO_read(made.bio[SERVER], received, sizeof(received));
        if (got <= 0)
            CHECK(BIO_should_retry(made.bio[SERVER]));
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(got, 5);
    free_ssl_bios(&made);
    pair_free(pair);
}

/* BIO_ssl_shutdown() sends close_notify; the reader sees the end. */
TEST_VERSIONS(bio_f_ssl_shutdown)
{
    struct pair *pair = pair_contexts(version);
    struct bio_pair made;
    char received[16];

    make_ssl_bios(&made, pair);
    shake_bios(&made);
    BIO_ssl_shutdown(made.bio[CLIENT]);
    CHECK_EQ(BIO_read(made.bio[SERVER], received, sizeof(received)), 0);
    CHECK(!BIO_should_retry(made.bio[SERVER]));
    free_ssl_bios(&made);
    pair_free(pair);
}

/* An SSL object given to a BIO is freed with it, or is not. */
TEST_VERSIONS(bio_f_ssl_owns_its_ssl_or_not)
{
    struct pair *pair = pair_established(version);
    BIO *bio = BIO_new(BIO_f_ssl());
    char received[8];

    CHECK_EQ(BIO_set_ssl(bio, pair->ssl[CLIENT], BIO_NOCLOSE), 1);
    CHECK_EQ(BIO_write(bio, "hello", 5), 5);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 5);
    BIO_free_all(bio);
    check_alive(pair);

    bio = BIO_new(BIO_f_ssl());
    CHECK_OK(SSL_up_ref(pair->ssl[CLIENT]));
    CHECK_EQ(BIO_set_ssl(bio, pair->ssl[CLIENT], BIO_CLOSE), 1);
    CHECK_EQ(BIO_get_close(bio), BIO_CLOSE);
    BIO_free_all(bio);
    pair_free(pair);
}

/* An SSL over an SSL: what a client of an HTTPS proxy does. */
TEST_VERSIONS(bio_f_ssl_under_another_ssl)
{
    struct pair *outer = pair_contexts(version), *inner = pair_contexts(version);
    struct bio_pair made;

    make_ssl_bios(&made, outer);
    shake_bios(&made);
    pair_over_wire(inner);
    SSL_set_bio(inner->ssl[CLIENT], made.bio[CLIENT], made.bio[CLIENT]);
    SSL_set_bio(inner->ssl[SERVER], made.bio[SERVER], made.bio[SERVER]);
    pair_handshake(inner);
    pair_settle(inner);
    check_alive(inner);
    CHECK_EQ(SSL_shutdown(inner->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_shutdown(inner->ssl[SERVER]), 0);
    CHECK_EQ(SSL_shutdown(inner->ssl[CLIENT]), 1);
    pair_free(inner);
    pair_free(outer);
}

/* A buffering BIO on top. */
TEST_VERSIONS(bio_f_ssl_under_a_buffer)
{
    struct pair *pair = pair_contexts(version);
    struct bio_pair made;
    BIO *buffer = BIO_new(BIO_f_buffer());
    char line[32];

    make_ssl_bios(&made, pair);
    shake_bios(&made);
    BIO_push(buffer, made.bio[SERVER]);
    CHECK_EQ(BIO_puts(made.bio[CLIENT], "first\nsecond\n"), 13);
    CHECK_EQ(BIO_gets(buffer, line, sizeof(line)), 6);
    CHECK_STR(line, "first\n");
    CHECK_EQ(BIO_gets(buffer, line, sizeof(line)), 7);
    CHECK_STR(line, "second\n");
    made.bio[SERVER] = buffer;
    free_ssl_bios(&made);
    pair_free(pair);
}

/* BIO_new_buffer_ssl_connect() and BIO_new_ssl_connect() make whole chains. */
TEST(bio_ssl_connect_chains)
{
    SSL_CTX *client = SSL_CTX_new(TLS_client_method());
    BIO *bio = BIO_new_ssl_connect(client);
    SSL *inner = NULL;

    CHECK(bio != NULL);
    CHECK_EQ(BIO_method_type(bio), BIO_TYPE_SSL);
    CHECK_EQ(BIO_method_type(BIO_next(bio)), BIO_TYPE_CONNECT);
    CHECK_EQ(BIO_get_ssl(bio, &inner), 1);
    CHECK(inner != NULL);
    BIO_free_all(bio);
    bio = BIO_new_buffer_ssl_connect(client);
    CHECK(bio != NULL);
    CHECK_EQ(BIO_method_type(bio), BIO_TYPE_BUFFER);
    CHECK_EQ(BIO_method_type(BIO_next(bio)), BIO_TYPE_SSL);
    BIO_free_all(bio);
    SSL_CTX_free(client);
    CHECK_NO_ERRORS();
}

/* "copies the SSL Session ID between the BIOs to and from" */
TEST_VERSIONS(bio_ssl_session_is_copied)
{
    struct pair *pair = pair_for_sessions(version, 1);
    BIO *old = BIO_new_ssl(pair->ctx[CLIENT], 1), *new = BIO_new_ssl(pair->ctx[CLIENT], 1);
    BIO *memory = BIO_new(BIO_s_mem());
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    SSL *from, *to;

    CHECK_EQ(BIO_get_ssl(old, &from), 1);
    CHECK_EQ(BIO_get_ssl(new, &to), 1);
    CHECK_EQ(BIO_ssl_copy_session_id(new, memory), 0);
    CHECK_EQ(BIO_ssl_copy_session_id(memory, old), 0);
    CHECK_OK(SSL_set_session(from, session));
    CHECK_EQ(BIO_ssl_copy_session_id(new, old), 1);
    CHECK(SSL_get_session(to) == session);
    SSL_SESSION_free(session);
    BIO_free(memory);
    BIO_free_all(old);
    BIO_free_all(new);
    pair_free(pair);
}

/* "BIO_get_ssl() retrieves the SSL pointer": there is none in a new BIO, nor in one of another kind. */
TEST(bio_f_ssl_without_an_ssl)
{
    BIO *bio = BIO_new(BIO_f_ssl()), *memory = BIO_new(BIO_s_mem());
    SSL *inner = NULL;
    char byte;

    CHECK_EQ(BIO_get_init(bio), 0);
    CHECK_EQ(BIO_get_ssl(bio, &inner), 0);
    CHECK_EQ(BIO_get_ssl(memory, &inner), 0);
    CHECK(inner == NULL);
    CHECK_EQ(BIO_read(bio, &byte, 1), -1);
    CHECK_ERROR(ERR_LIB_BIO, BIO_R_UNINITIALIZED);
    CHECK_EQ(BIO_write(bio, "x", 1), -1);
    CHECK_ERROR(ERR_LIB_BIO, BIO_R_UNINITIALIZED);
    CHECK_EQ(BIO_do_handshake(bio), 0);
    CHECK_EQ(BIO_reset(bio), 0);
    BIO_free(bio);
    BIO_free(memory);
}

/* "BIO_new_ssl(), BIO_new_ssl_connect() and BIO_new_buffer_ssl_connect() return ... NULL if an error occurred". */
TEST(bio_new_ssl_without_a_context_fails)
{
    CHECK(BIO_new_ssl(NULL, 1) == NULL);
    CHECK_SSL_REASON(SSL_R_NULL_SSL_CTX);
    CHECK(BIO_new_ssl_connect(NULL) == NULL);
    CHECK_SSL_REASON(SSL_R_NULL_SSL_CTX);
    CHECK(BIO_new_buffer_ssl_connect(NULL) == NULL);
    CHECK_SSL_REASON(SSL_R_NULL_SSL_CTX);
}

/* "the servers name and port can be set ... on the BIO returned by BIO_new_ssl_connect() without having to locate the connect
 * BIO first". */
TEST(bio_ssl_connect_passes_the_name_on)
{
    SSL_CTX *client = SSL_CTX_new(TLS_client_method());
    BIO *bio = BIO_new_ssl_connect(client);
    SSL *inner = NULL;

    CHECK_EQ(BIO_set_conn_hostname(bio, "127.0.0.1:1"), 1);
    CHECK_STR(BIO_get_conn_hostname(bio), "127.0.0.1");
    CHECK_STR(BIO_get_conn_port(bio), "1");
    CHECK_EQ(BIO_get_ssl(bio, &inner), 1);
    CHECK_EQ(SSL_is_server(inner), 0);
    CHECK(SSL_get_rbio(inner) == BIO_next(bio) && SSL_get_wbio(inner) == BIO_next(bio));
    /* Nobody listens there. */
    CHECK_EQ(BIO_do_handshake(bio), -1);
    CHECK(!BIO_should_retry(bio));
    ERR_clear_error();
    BIO_free_all(bio);
    SSL_CTX_free(client);
}

/* "BIO_set_ssl_mode() sets the SSL BIO mode to client", or to server. */
TEST(bio_f_ssl_mode)
{
    struct pair *pair = pair_contexts(0);
    SSL_CTX *either = SSL_CTX_new(TLS_method());
    BIO *bio = BIO_new_ssl(either, 1);
    SSL *inner;

    CHECK_EQ(BIO_get_close(bio), BIO_CLOSE);
    CHECK_EQ(BIO_get_ssl(bio, &inner), 1);
    CHECK_EQ(SSL_is_server(inner), 0);
    CHECK_EQ(BIO_set_ssl_mode(bio, 0), 1);
    CHECK_EQ(SSL_is_server(inner), 1);
    CHECK_EQ(BIO_set_ssl_mode(bio, 1), 1);
    CHECK_EQ(SSL_is_server(inner), 0);
    CHECK_EQ(SSL_in_before(inner), 1);
    BIO_free(bio);
    SSL_CTX_free(either);
    pair_free(pair);
}

/* "BIO_set_ssl() sets the internal SSL pointer": another one takes its place, with its transport. */
TEST_VERSIONS(bio_f_ssl_gets_another_ssl)
{
    struct pair *pair = pair_established(version);
    BIO *bio = BIO_new(BIO_f_ssl());
    SSL *inner;
    char received[8];

    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(BIO_set_ssl(bio, pair->ssl[side], BIO_NOCLOSE), 1);
        CHECK_EQ(BIO_get_init(bio), 1);
        CHECK_EQ(BIO_get_ssl(bio, &inner), 1);
        CHECK(inner == pair->ssl[side]);
        CHECK(BIO_next(bio) == SSL_get_rbio(inner));
        CHECK_EQ(BIO_write(bio, "hello", 5), 5);
        CHECK_EQ(SSL_read(pair->ssl[!side], received, sizeof(received)), 5);
    }
    BIO_free(bio);
    /* It has put the first transport behind the second one, and leaves a reference of its own to each. */
    BIO_pop(SSL_get_rbio(pair->ssl[SERVER]));
    for (int side = CLIENT; side <= SERVER; side++)
        BIO_free(SSL_get_rbio(pair->ssl[side]));
    check_alive(pair);
    pair_free(pair);
}

static int look_up(SSL *self, void *argument)
{
    (void)self;
    (void)argument;
    return -1;
}

/* A callback that wants to be called again is a special retry with its reason. */
TEST_VERSIONS(bio_f_ssl_tells_why_it_waits)
{
    struct pair *pair = pair_contexts(version);
    struct bio_pair made;
    char byte;

    SSL_CTX_set_cert_cb(pair->ctx[SERVER], look_up, NULL);
    make_ssl_bios(&made, pair);
    CHECK_EQ(BIO_do_handshake(made.bio[CLIENT]), -1);
    CHECK(BIO_should_read(made.bio[CLIENT]) && !BIO_should_io_special(made.bio[CLIENT]));
    for (int how = 0; how < 3; how++) {
        BIO *self = made.bio[SERVER];

        CHECK_EQ(how == 0 ? BIO_do_handshake(self) : how == 1 ? BIO_read(self, &byte, 1) : BIO_write(self, "x", 1), -1);
        CHECK(BIO_should_retry(self) && BIO_should_io_special(self) && !BIO_should_read(self));
        CHECK_EQ(BIO_get_retry_reason(self), BIO_RR_SSL_X509_LOOKUP);
        CHECK_NO_ERRORS();
    }
    free_ssl_bios(&made);
    pair_free(pair);
}

/* Reads and writes of nothing, lines, and what is counted. "BIO_do_handshake() ... If a connection has already been established
 * this call has no effect." */
TEST_VERSIONS(bio_f_ssl_reads_and_writes_of_nothing)
{
    struct pair *pair = pair_contexts(version);
    struct bio_pair made;
    char received[8];
    size_t count;

    make_ssl_bios(&made, pair);
    shake_bios(&made);
    CHECK_EQ(BIO_do_handshake(made.bio[CLIENT]), 1);
    CHECK_EQ(BIO_write(made.bio[CLIENT], "", 0), 0);
    CHECK_EQ(BIO_write(made.bio[CLIENT], "hello", 5), 5);
    CHECK_EQ(BIO_read(made.bio[SERVER], received, 0), 0);
    CHECK_EQ(BIO_read_ex(made.bio[SERVER], received, 2, &count), 1);
    CHECK_EQ(count, 2);
    CHECK_EQ(BIO_ctrl_pending(made.bio[SERVER]), 3);
    CHECK_NO_ERRORS();
    CHECK_EQ(BIO_gets(made.bio[SERVER], received, sizeof(received)), -2);
    CHECK_ERROR(ERR_LIB_BIO, BIO_R_UNSUPPORTED_METHOD);
    CHECK_EQ(BIO_number_written(made.bio[CLIENT]), 5);
    CHECK_EQ(BIO_number_read(made.bio[SERVER]), 2);
    CHECK_EQ(BIO_read(made.bio[SERVER], received, sizeof(received)), 3);
    free_ssl_bios(&made);
    pair_free(pair);
}

/* "Calling BIO_reset() on an SSL BIO closes down any current SSL connection by calling SSL_shutdown() ... The SSL BIO is then reset
 * to the initial accept or connect state." */
TEST_SIDES(bio_f_ssl_reset)
{
    struct pair *pair = pair_contexts(version);
    struct bio_pair made;
    SSL_SESSION *session;
    SSL *inner;

    make_ssl_bios(&made, pair);
    shake_bios(&made);
    CHECK_EQ(BIO_get_ssl(made.bio[server], &inner), 1);
    session = SSL_get1_session(inner);
    /* Its value is that of the transport's, and a BIO pair knows no such thing. */
    CHECK_EQ(BIO_reset(made.bio[server]), 0);
    CHECK_EQ(SSL_in_before(inner), 1);
    CHECK_EQ(SSL_is_server(inner), server);
    CHECK_EQ(SSL_get_shutdown(inner), 0);
    CHECK(SSL_get_session(inner) == session);
    SSL_SESSION_free(session);
    free_ssl_bios(&made);
    pair_free(pair);
}

/* "BIO_pop()": the connection loses its transport when the SSL BIO leaves the chain, and only then. */
TEST_VERSIONS(bio_f_ssl_popped)
{
    struct pair *pair = pair_contexts(version);
    struct bio_pair made;
    BIO *below, *buffer = BIO_new(BIO_f_buffer());
    SSL *inner;

    make_ssl_bios(&made, pair);
    CHECK_EQ(BIO_get_ssl(made.bio[CLIENT], &inner), 1);
    below = BIO_next(made.bio[CLIENT]);
    BIO_push(buffer, made.bio[CLIENT]);
    CHECK(BIO_pop(buffer) == made.bio[CLIENT]);
    CHECK(SSL_get_rbio(inner) == below && SSL_get_wbio(inner) == below);
    shake_bios(&made);
    CHECK(BIO_pop(made.bio[CLIENT]) == below);
    CHECK(SSL_get_rbio(inner) == NULL && SSL_get_wbio(inner) == NULL);
    CHECK(BIO_next(made.bio[CLIENT]) == NULL);
    BIO_free(below);
    BIO_free(buffer);
    free_ssl_bios(&made);
    pair_free(pair);
}

/* BIO_f_ssl(3): "When set after every num bytes of I/O (read and write) the SSL session is automatically renegotiated. num must be at least
 * 512 bytes." The setters return the former value; a time-out below 60 is 5. */
static void shake(BIO *bio[2])
{
    for (int turn = 0; turn < 12; turn++)
        BIO_do_handshake(bio[turn % 2]);
    CHECK_EQ(BIO_do_handshake(bio[CLIENT]), 1);
    CHECK_EQ(BIO_do_handshake(bio[SERVER]), 1);
}

static void make(struct pair *pair, BIO *bio[2])
{
    BIO *end[2];

    CHECK_OK(BIO_new_bio_pair(&end[CLIENT], 0, &end[SERVER], 0));
    for (int side = CLIENT; side <= SERVER; side++) {
        bio[side] = BIO_new_ssl(pair->ctx[side], side == CLIENT);
        BIO_push(bio[side], end[side]);
    }
    shake(bio);
}

TEST(bio_f_ssl_renegotiation_settings)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    BIO *bio[2];

    make(pair, bio);
    CHECK_EQ(BIO_set_ssl_renegotiate_bytes(bio[CLIENT], 512), 0);
    CHECK_EQ(BIO_set_ssl_renegotiate_bytes(bio[CLIENT], 1000), 512);
    CHECK_EQ(BIO_set_ssl_renegotiate_bytes(bio[CLIENT], 511), 1000);
    CHECK_EQ(BIO_set_ssl_renegotiate_bytes(bio[CLIENT], 600), 1000);
    CHECK_EQ(BIO_set_ssl_renegotiate_timeout(bio[CLIENT], 60), 0);
    CHECK_EQ(BIO_set_ssl_renegotiate_timeout(bio[CLIENT], 30), 60);
    CHECK_EQ(BIO_set_ssl_renegotiate_timeout(bio[CLIENT], 0), 5);
    BIO_free_all(bio[CLIENT]);
    BIO_free_all(bio[SERVER]);
    pair_free(pair);
}

TEST(bio_f_ssl_renegotiates_by_itself)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    char bytes[100] = "";
    BIO *bio[2];
    SSL *client;

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    make(pair, bio);
    BIO_set_ssl_renegotiate_bytes(bio[CLIENT], 600);
    for (int i = 0; i < 20; i++) {
        BIO_write(bio[CLIENT], bytes, sizeof(bytes));
        BIO_read(bio[SERVER], bytes, sizeof(bytes));
        BIO_read(bio[CLIENT], bytes, sizeof(bytes));
    }
    CHECK_NO_ERRORS();
    CHECK_EQ(BIO_get_num_renegotiates(bio[CLIENT]), 2);
    CHECK_EQ(BIO_get_ssl(bio[CLIENT], &client), 1);
    CHECK_EQ(SSL_total_renegotiations(client), 2);
    BIO_free_all(bio[CLIENT]);
    BIO_free_all(bio[SERVER]);
    pair_free(pair);
}

/* BIO_f_ssl(3): "The SSL BIO is then reset to the initial accept or connect state." Another handshake works. */
static void shake_both(BIO *bio[2])
{
    int done[2] = {0, 0};

    for (int turn = 0; !done[CLIENT] || !done[SERVER]; turn++) {
        int side = turn % 2;

        CHECK(turn < 50);
        if (!done[side])
            done[side] = BIO_do_handshake(bio[side]) == 1;
        if (!done[side])
            CHECK(BIO_should_retry(bio[side]));
    }
}

TEST_VERSIONS(bio_f_ssl_reset_and_again)
{
    struct pair *pair = pair_contexts(version);
    BIO *bio[2], *end[2];

    CHECK_OK(BIO_new_bio_pair(&end[CLIENT], 0, &end[SERVER], 0));
    for (int side = CLIENT; side <= SERVER; side++) {
        bio[side] = BIO_new_ssl(pair->ctx[side], side == CLIENT);
        BIO_push(bio[side], end[side]);
    }
    shake_both(bio);
    CHECK_EQ(BIO_reset(bio[SERVER]), 0);
    CHECK_EQ(BIO_reset(bio[CLIENT]), 0);
    shake_both(bio);
    BIO_free_all(bio[CLIENT]);
    BIO_free_all(bio[SERVER]);
    pair_free(pair);
}
