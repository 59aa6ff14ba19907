/* SSL_connect(3). */
#include "support.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* "SSL_connect() initiates the TLS/SSL handshake with a server": the first bytes are a ClientHello. */
TEST_VERSIONS(connect_sends_client_hello)
{
    struct pair *pair = pair_contexts(version);
    unsigned char *bytes;

    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK(queue_length(&pair->queue[SERVER]) > 50);
    bytes = pair->queue[SERVER].bytes + pair->queue[SERVER].start;
    CHECK_EQ(bytes[0], SSL3_RT_HANDSHAKE);
    CHECK_EQ(bytes[1], 3);
    CHECK_EQ(bytes[2], 1);
    CHECK_EQ(bytes[5], SSL3_MT_CLIENT_HELLO);
    CHECK_EQ(bytes[9] << 8 | bytes[10], TLS1_2_VERSION);
    pair_free(pair);
}

/* "The communication channel must already have been set": without a BIO it fails, without a reason. */
TEST_VERSIONS(connect_without_bio_fails)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl = SSL_new(pair->ctx[CLIENT]);

    CHECK_EQ(SSL_connect(ssl), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SYSCALL);
    SSL_free(ssl);
    pair_free(pair);
}

/* It sets the connect state itself. */
TEST_VERSIONS(connect_sets_the_state)
{
    struct pair *pair = pair_contexts(version);
    BIO *bio;

    pair_over_wire(pair);
    bio = SSL_get_rbio(pair->ssl[CLIENT]);
    CHECK_OK(BIO_up_ref(bio));
    SSL_free(pair->ssl[CLIENT]);
    pair->ssl[CLIENT] = SSL_new(pair->ctx[CLIENT]);
    SSL_set_bio(pair->ssl[CLIENT], bio, bio);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_is_server(pair->ssl[CLIENT]), 0);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* A context that only serves cannot connect. */
TEST(connect_with_a_server_method_fails)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL *ssl = SSL_new(context);
    BIO *bio = BIO_new(BIO_s_mem());

    SSL_set_bio(ssl, bio, bio);
    CHECK_EQ(SSL_connect(ssl), 0);
    CHECK_SSL_ERROR(ssl, 0, SSL_ERROR_SSL);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "If the underlying BIO is blocking, SSL_connect() will only return once the handshake has been
 * finished", with 1. */
TEST_VERSIONS(connect_blocking_returns_when_done)
{
    struct pair *pair = pair_contexts(version);
    pthread_t peer;

    pair_over_sockets(pair, 0);
    peer = background(do_handshake, pair->ssl[SERVER]);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), 1);
    CHECK_NO_ERRORS();
    CHECK(SSL_is_init_finished(pair->ssl[CLIENT]));
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    background_join(peer);
    pair_free(pair);
}

static void *close_at_once(void *argument)
{
    struct pair *pair = argument;
    char bytes[5];

    CHECK_EQ(recv(pair->sockets[SERVER], bytes, sizeof(bytes), 0), 5);
    shutdown(pair->sockets[SERVER], SHUT_RDWR);
    return NULL;
}

/* "... or an error occurred": the server goes away. */
TEST_VERSIONS(connect_blocking_returns_on_error)
{
    struct pair *pair = pair_contexts(version);
    pthread_t peer;
    int ret, error;

    pair_over_sockets(pair, 0);
    peer = background(close_at_once, pair);
    ret = SSL_connect(pair->ssl[CLIENT]);
    CHECK(ret <= 0);
    error = SSL_get_error(pair->ssl[CLIENT], ret);
    CHECK(error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL);
    background_join(peer);
    pair_free(pair);
}

/* "If the underlying BIO is nonblocking ... the return value -1 ... SSL_ERROR_WANT_READ". */
TEST_VERSIONS(connect_nonblocking_wants_read)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        CHECK_SSL_ERROR(pair->ssl[CLIENT], -1, SSL_ERROR_WANT_READ);
        CHECK_NO_ERRORS();
    }
    pair_handshake(pair);
    pair_free(pair);
}

/* "... or SSL_ERROR_WANT_WRITE": the ClientHello is sent once, not again by the repeated call. */
TEST_VERSIONS(connect_nonblocking_wants_write)
{
    struct pair *pair = pair_contexts(version);
    size_t length;
    unsigned char *bytes;

    pair_over_wire(pair);
    pair->end[CLIENT].write_room = 0;
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], -1, SSL_ERROR_WANT_WRITE);
    pair->end[CLIENT].write_room = 17;
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_WRITE);
    pair->end[CLIENT].write_room = SIZE_MAX;
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    length = queue_length(&pair->queue[SERVER]);
    bytes = pair->queue[SERVER].bytes + pair->queue[SERVER].start;
    CHECK_EQ(length, 5u + (bytes[3] << 8 | bytes[4]));
    pair_handshake(pair);
    pair_free(pair);
}

/* The server's flight comes byte by byte: SSL_connect() does not return 1 before its last byte. */
TEST_VERSIONS(connect_returns_1_only_at_the_end)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;
    int ret = 0;

    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    pair->end[CLIENT].read_room = 0;
    while (ret != 1) {
        pair->end[CLIENT].read_room = 1;
        ret = SSL_connect(client);
        if (ret == 1)
            break;
        CHECK_EQ(ret, -1);
        CHECK_SSL_ERROR(client, ret, SSL_ERROR_WANT_READ);
        CHECK(!SSL_is_init_finished(client));
        CHECK(SSL_in_init(client));
        SSL_do_handshake(pair->ssl[SERVER]);
        CHECK_NO_ERRORS();
    }
    CHECK(SSL_is_init_finished(client));
    CHECK(!SSL_in_init(client));
    pair->end[CLIENT].read_room = SIZE_MAX;
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "When using a buffering BIO, like a BIO pair, data must be written into or retrieved out of the
 * BIO before being able to continue": through a pair that holds 16 bytes. */
TEST_VERSIONS(connect_over_a_tiny_bio_pair)
{
    struct pair *pair = pair_contexts(version);

    pair_over_bio_pair(pair, 16);
    pair_handshake(pair);
    pair_free(pair);
}

/* Over two memory BIOs. */
TEST_VERSIONS(connect_over_memory_bios)
{
    struct pair *pair = pair_contexts(version);

    pair_over_memory(pair);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Over nonblocking sockets. */
TEST_VERSIONS(connect_over_nonblocking_sockets)
{
    struct pair *pair = pair_contexts(version);

    pair_over_sockets(pair, 1);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Random pieces and retries on both sides, many times. */
TEST_VERSIONS(connect_through_random_blocking)
{
    struct pair *pair = pair_contexts(version);

    for (uint64_t seed = 1; seed <= 30; seed++) {
        pair_over_wire(pair);
        pair->end[CLIENT].random = seed;
        pair->end[SERVER].random = seed << 20;
        pair_handshake(pair);
        pair->end[CLIENT].random = pair->end[SERVER].random = 0;
        check_alive(pair);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* The end of each flight flushes the BIO. */
TEST_SIDES(connect_flushes_the_bio)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(pair->end[server].flushes >= 2);
    pair_free(pair);
}

/* "Many systems implement Nagle's algorithm ... BIO_set_tcp_ndelay() can be used": over TCP. */
TEST_VERSIONS(connect_over_tcp_with_nodelay)
{
    struct pair *pair = pair_contexts(version);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 0;
    pthread_t peer;

    CHECK_EQ(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    CHECK_EQ(listen(listener, 1), 0);
    CHECK_EQ(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    pair_over_wire(pair);
    pair->sockets[CLIENT] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_EQ(connect(pair->sockets[CLIENT], (struct sockaddr *)&address, sizeof(address)), 0);
    pair->sockets[SERVER] = accept(listener, NULL, NULL);
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_set_fd(pair->ssl[side], pair->sockets[side]));
    CHECK_EQ(BIO_set_tcp_ndelay(SSL_get_fd(pair->ssl[CLIENT]), 1), 1);
    length = sizeof(on);
    CHECK_EQ(getsockopt(pair->sockets[CLIENT], IPPROTO_TCP, TCP_NODELAY, &on, &length), 0);
    CHECK(on);
    peer = background(do_handshake, pair->ssl[SERVER]);
    CHECK_OK(SSL_connect(pair->ssl[CLIENT]));
    background_join(peer);
    check_alive(pair);
    close(listener);
    pair_free(pair);
}

/* "0: The TLS/SSL handshake was not successful but was shut down controlled": the server sends
 * close_notify instead of its hello. */
TEST_VERSIONS(connect_ends_at_close_notify)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    queue_add(&pair->queue[CLIENT], "\x15\x03\x03\x00\x02\x01\x00", 7);
    ret = SSL_connect(pair->ssl[CLIENT]);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_ZERO_RETURN);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_get_shutdown(pair->ssl[CLIENT]), SSL_RECEIVED_SHUTDOWN);
    pair_free(pair);
}

/* "<0: ... a fatal error occurred either at the protocol level": an alert of the server, */
TEST_VERSIONS(connect_fails_at_fatal_alert)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    queue_add(&pair->queue[CLIENT], "\x15\x03\x03\x00\x02\x02\x28", 7);
    ret = SSL_connect(pair->ssl[CLIENT]);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* a certificate that cannot be verified, of which the server is told, */
TEST_VERSIONS(connect_fails_at_bad_certificate)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    use_identity(pair->ctx[SERVER], "stranger");
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_EQ(outcome[CLIENT].ret, -1);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]),
             X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    if (version == TLS1_2_VERSION)
        CHECK_OUTCOME(outcome[SERVER], SSL_R_TLSV1_ALERT_UNKNOWN_CA);
    pair_free(pair);
}

/* no common version, */
TEST(connect_fails_without_common_version)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    struct outcome outcome[2];

    SSL_CTX_set_min_proto_version(pair->ctx[SERVER], TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_2_VERSION);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_UNSUPPORTED_PROTOCOL);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    pair_free(pair);
}

/* or "a connection failure occurred". */
TEST_VERSIONS(connect_fails_with_the_transport)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    pair->end[CLIENT].fail_write = 1;
    ret = SSL_connect(pair->ssl[CLIENT]);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_SYSCALL);
    pair_free(pair);
}

/* Once established, SSL_connect() returns 1 and does nothing. */
TEST_VERSIONS(connect_when_established_returns_1)
{
    struct pair *pair = pair_established(version);
    size_t written = pair->end[CLIENT].bytes_written;

    CHECK_OK(SSL_connect(pair->ssl[CLIENT]));
    CHECK_EQ(pair->end[CLIENT].bytes_written, written);
    check_alive(pair);
    pair_free(pair);
}
