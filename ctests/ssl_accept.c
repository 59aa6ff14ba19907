/* SSL_accept(3). */
#include "support.h"

#include <sys/socket.h>
#include <unistd.h>

/* "SSL_accept() waits for a TLS/SSL client to initiate the TLS/SSL handshake": it sends nothing. */
TEST_VERSIONS(accept_waits_for_the_client)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
        CHECK_SSL_ERROR(pair->ssl[SERVER], -1, SSL_ERROR_WANT_READ);
        CHECK_NO_ERRORS();
    }
    CHECK_EQ(pair->end[SERVER].bytes_written, 0);
    pair_handshake(pair);
    pair_free(pair);
}

/* "The communication channel must already have been set": without a BIO it fails. */
TEST_VERSIONS(accept_without_bio_fails)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl = SSL_new(pair->ctx[SERVER]);

    CHECK_EQ(SSL_accept(ssl), -1);
    CHECK_SSL_ERROR(ssl, -1, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_READ_BIO_NOT_SET);
    SSL_free(ssl);
    pair_free(pair);
}

/* It sets the accept state itself. */
TEST_VERSIONS(accept_sets_the_state)
{
    struct pair *pair = pair_contexts(version);
    BIO *bio;

    pair_over_wire(pair);
    bio = SSL_get_rbio(pair->ssl[SERVER]);
    CHECK_OK(BIO_up_ref(bio));
    SSL_free(pair->ssl[SERVER]);
    pair->ssl[SERVER] = SSL_new(pair->ctx[SERVER]);
    SSL_set_bio(pair->ssl[SERVER], bio, bio);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_is_server(pair->ssl[SERVER]), 1);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* A context that only connects cannot accept. */
TEST(accept_with_a_client_method_fails)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    BIO *bio = BIO_new(BIO_s_mem());

    SSL_set_bio(ssl, bio, bio);
    CHECK_EQ(SSL_accept(ssl), 0);
    CHECK_SSL_ERROR(ssl, 0, SSL_ERROR_SSL);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "If the underlying BIO is blocking, SSL_accept() will only return once the handshake has been
 * finished", with 1. */
TEST_VERSIONS(accept_blocking_returns_when_done)
{
    struct pair *pair = pair_contexts(version);
    pthread_t peer;

    pair_over_sockets(pair, 0);
    peer = background(do_handshake, pair->ssl[CLIENT]);
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), 1);
    CHECK_NO_ERRORS();
    CHECK(SSL_is_init_finished(pair->ssl[SERVER]));
    background_join(peer);
    pair_free(pair);
}

/* "... or an error occurred": the client closes without a word. */
TEST_VERSIONS(accept_blocking_returns_on_error)
{
    struct pair *pair = pair_contexts(version);

    pair_over_sockets(pair, 0);
    close(pair->sockets[CLIENT]);
    pair->sockets[CLIENT] = -1;
    CHECK_FAILS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]),
                SSL_R_UNEXPECTED_EOF_WHILE_READING);
    pair_free(pair);
}

/* The client's flight comes byte by byte: SSL_accept() does not return 1 before its last byte. */
TEST_VERSIONS(accept_returns_1_only_at_the_end)
{
    struct pair *pair = pair_contexts(version);
    SSL *server_ssl;
    int ret = 0;

    pair_over_wire(pair);
    server_ssl = pair->ssl[SERVER];
    while (ret != 1) {
        SSL_do_handshake(pair->ssl[CLIENT]);
        CHECK_NO_ERRORS();
        pair->end[SERVER].read_room = 1;
        ret = SSL_accept(server_ssl);
        if (ret == 1)
            break;
        CHECK_EQ(ret, -1);
        CHECK_SSL_ERROR(server_ssl, ret, SSL_ERROR_WANT_READ);
        CHECK(!SSL_is_init_finished(server_ssl));
    }
    CHECK(SSL_is_init_finished(server_ssl));
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 0);
    pair->end[SERVER].read_room = SIZE_MAX;
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "SSL_ERROR_WANT_WRITE": the server's flight has to wait, and is sent once. */
TEST_VERSIONS(accept_nonblocking_wants_write)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    for (size_t room = 0; room < 60; room += 20) {
        pair->end[SERVER].write_room = room;
        CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
        CHECK_SSL_ERROR(pair->ssl[SERVER], -1, SSL_ERROR_WANT_WRITE);
        CHECK_NO_ERRORS();
    }
    pair->end[SERVER].write_room = SIZE_MAX;
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* The server's last flight waits as well: it is not done before all is sent. */
TEST_VERSIONS(accept_is_not_done_while_its_last_flight_waits)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    SSL_connect(pair->ssl[CLIENT]);
    pair->end[SERVER].write_room = 0;
    ret = SSL_accept(pair->ssl[SERVER]);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[SERVER], ret, SSL_ERROR_WANT_WRITE);
    pair->end[SERVER].write_room = SIZE_MAX;
    CHECK_OK(SSL_accept(pair->ssl[SERVER]));
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "0: ... shut down controlled": the client sends close_notify after its hello. */
TEST_VERSIONS(accept_ends_at_close_notify)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], version);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    queue_add(&pair->queue[SERVER], "\x15\x03\x03\x00\x02\x01\x00", 7);
    ret = SSL_accept(pair->ssl[SERVER]);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(pair->ssl[SERVER], ret, SSL_ERROR_ZERO_RETURN);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* "<0: ... a fatal error occurred at the protocol level": no certificate to show, */
TEST_VERSIONS(accept_without_certificate_fails)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_free(pair->ctx[SERVER]);
    pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_EQ(outcome[SERVER].ret, -1);
    if (version == TLS1_3_VERSION) {
        /* Without a certificate a server does not take part in TLS 1.3. */
        CHECK_OUTCOME(outcome[SERVER], SSL_R_UNSUPPORTED_PROTOCOL);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    } else {
        CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    }
    pair_free(pair);
}

/* no cipher suite in common, */
TEST_VERSIONS(accept_without_shared_cipher_fails)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-GCM-SHA256"));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE-ECDSA-AES256-GCM-SHA384"));
    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256"));
    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[SERVER], "TLS_AES_256_GCM_SHA384"));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* a client without the certificate that is asked for. */
TEST_VERSIONS(accept_without_client_certificate_fails)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
    if (version == TLS1_2_VERSION)
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* A fatal alert of the client. */
TEST_VERSIONS(accept_fails_at_fatal_alert)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    queue_add(&pair->queue[SERVER], "\x15\x03\x03\x00\x02\x02\x30", 7);
    ret = SSL_accept(pair->ssl[SERVER]);
    CHECK(ret <= 0);
    CHECK_SSL_ERROR(pair->ssl[SERVER], ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_TLSV1_ALERT_UNKNOWN_CA);
    pair_free(pair);
}

/* "a connection failure occurred". */
TEST_VERSIONS(accept_fails_with_the_transport)
{
    struct pair *pair = pair_contexts(version);
    int ret;

    pair_over_wire(pair);
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    pair->end[SERVER].fail_write = 1;
    ret = SSL_accept(pair->ssl[SERVER]);
    CHECK_EQ(ret, -1);
    CHECK_SSL_ERROR(pair->ssl[SERVER], ret, SSL_ERROR_SYSCALL);
    pair_free(pair);
}

/* Once established, SSL_accept() returns 1 and does nothing. */
TEST_VERSIONS(accept_when_established_returns_1)
{
    struct pair *pair = pair_established(version);
    size_t written = pair->end[SERVER].bytes_written;

    CHECK_OK(SSL_accept(pair->ssl[SERVER]));
    CHECK_EQ(pair->end[SERVER].bytes_written, written);
    check_alive(pair);
    pair_free(pair);
}

/* Every kind of certificate. */
TEST_VERSIONS(accept_with_every_kind_of_certificate)
{
    static const char *const names[] = {"ec", "ec384", "rsa", "rsa-pss", "ed25519", "chained"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct pair *pair = pair_contexts(version);
        X509 *sent, *received;

        SSL_CTX_free(pair->ctx[SERVER]);
        pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
        SSL_CTX_set_max_proto_version(pair->ctx[SERVER], version);
        use_identity(pair->ctx[SERVER], names[i]);
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
        sent = load_certificate(names[i]);
        received = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
        CHECK_EQ(X509_cmp(sent, received), 0);
        X509_free(sent);
        X509_free(received);
        check_alive(pair);
        pair_free(pair);
    }
}
