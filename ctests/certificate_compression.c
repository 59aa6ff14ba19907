/*
 * Certificate compression (RFC 8879), of OpenSSL 3.2: SSL_CTX_set1_cert_comp_preference(3). Looked at is the client's
 * certificate: OpenSSL compresses a server's ahead or not at all.
 */
#include "later.h"

#include "support.h"

enum { ZLIB = 1, BROTLI = 2, ZSTD = 3 };
#define NO_TX ((uint64_t)1 << 32)
#define NO_RX ((uint64_t)1 << 33)

LATER("3.2", int, SSL_CTX_set1_cert_comp_preference, SSL_CTX *, int *, size_t)
LATER("3.2", int, SSL_set1_cert_comp_preference, SSL *, int *, size_t)
LATER("3.2", int, SSL_CTX_compress_certs, SSL_CTX *, int)
LATER("3.2", int, SSL_compress_certs, SSL *, int)
LATER("3.2", size_t, SSL_CTX_get1_compressed_cert, SSL_CTX *, int, unsigned char **, size_t *)
LATER("3.2", size_t, SSL_get1_compressed_cert, SSL *, int, unsigned char **, size_t *)
LATER("3.2", int, SSL_CTX_set1_compressed_cert, SSL_CTX *, int, unsigned char *, size_t, size_t)
LATER("3.2", int, SSL_set1_compressed_cert, SSL *, int, unsigned char *, size_t, size_t)

/* The algorithm of the CompressedCertificate that was sent; 0 for a plain Certificate. */
static int algorithm;

static void on_message(int write, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    const unsigned char *message = bytes;

    (void)version;
    (void)ssl;
    (void)argument;
    if (write && type == SSL3_RT_HANDSHAKE && length > 6 && message[0] == 25)
        algorithm = message[4] << 8 | message[5];
}

static int algorithm_of_handshake(struct pair *pair)
{
    algorithm = 0;
    SSL_set_msg_callback(pair->ssl[CLIENT], on_message);
    pair_handshake(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
    pair_disconnect(pair);
    return algorithm;
}

static void ask_for_certificate(struct pair *pair)
{
    use_identity(pair->ctx[CLIENT], "client");
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

/* "The filtered peer's preference order is used to determine what algorithm to use" */
TEST(algorithm_goes_by_the_peers_preference)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    int zlib_first[] = {ZLIB, ZSTD}, zstd_first[] = {ZSTD, ZLIB}, zstd[] = {ZSTD};

    NEEDS(SSL_set1_cert_comp_preference);
    ask_for_certificate(pair);
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[CLIENT], zlib_first, 2));
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[SERVER], zstd_first, 2));
    pair_over_wire(pair);
    CHECK_EQ(algorithm_of_handshake(pair), ZSTD);
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[SERVER], zlib_first, 2));
    pair_over_wire(pair);
    CHECK_EQ(algorithm_of_handshake(pair), ZLIB);
    pair_over_wire(pair);
    CHECK_OK(later_SSL_set1_cert_comp_preference(pair->ssl[CLIENT], zstd, 1));
    CHECK_EQ(algorithm_of_handshake(pair), ZSTD);
    pair_free(pair);
}

/* "Sending compressed certificates may be disabled … Receiving compressed certificates may be disabled" */
TEST(options_disable_either_direction)
{
    static const struct {
        int side;
        uint64_t option;
        int algorithm;
    } cases[] = {{CLIENT, NO_TX, 0}, {CLIENT, NO_RX, ZLIB}, {SERVER, NO_TX, ZLIB}, {SERVER, NO_RX, 0}};
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    int zlib[] = {ZLIB};

    NEEDS(SSL_set1_cert_comp_preference);
    ask_for_certificate(pair);
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[SERVER], zlib, 1));
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[CLIENT], zlib, 1));
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        pair_over_wire(pair);
        SSL_set_options(pair->ssl[cases[i].side], cases[i].option);
        CHECK_EQ(algorithm_of_handshake(pair), cases[i].algorithm);
    }
    pair_free(pair);
}

/* "Only those algorithms enabled in the library will be accepted in algs, unknown algorithms in algs are ignored." */
TEST(unknown_algorithms_are_ignored)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    int some[] = {99, ZLIB}, none[] = {99}, twice[] = {ZLIB, ZLIB};

    NEEDS(SSL_set1_cert_comp_preference);
    ask_for_certificate(pair);
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[SERVER], some, 2));
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[CLIENT], some, 2));
    CHECK_EQ(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[CLIENT], none, 1), 0);
    CHECK_EQ(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[CLIENT], twice, 2), 0);
    ERR_clear_error();
    pair_over_wire(pair);
    CHECK_EQ(algorithm_of_handshake(pair), ZLIB);
    pair_free(pair);
}

/* The algorithm of the server's CompressedCertificate; 0 for a plain Certificate. */
static int algorithm_of_server(struct pair *pair)
{
    algorithm = 0;
    SSL_set_msg_callback(pair->ssl[SERVER], on_message);
    pair_handshake(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) != NULL);
    pair_disconnect(pair);
    return algorithm;
}

/* "used to pre-compress all the configured certificates on an SSL_CTX/SSL object with algorithm alg. If alg is 0, then the
   certificates are compressed with the algorithms specified in the preference list" */
TEST(certificate_compressed_ahead_is_sent)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    int both[] = {ZLIB, ZSTD};

    NEEDS(SSL_compress_certs);
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[CLIENT], both, 2));
    CHECK_EQ(later_SSL_CTX_compress_certs(pair->ctx[SERVER], 99), 0);
    CHECK_OK(later_SSL_CTX_compress_certs(pair->ctx[SERVER], ZSTD));
    pair_over_wire(pair);
    CHECK_EQ(algorithm_of_server(pair), ZSTD);
    CHECK_OK(later_SSL_CTX_compress_certs(pair->ctx[SERVER], 0));
    pair_over_wire(pair);
    CHECK_EQ(algorithm_of_server(pair), ZLIB);
    SSL_CTX_set_options(pair->ctx[CLIENT], NO_RX);
    pair_over_wire(pair);
    CHECK_EQ(algorithm_of_server(pair), 0);
    pair_free(pair);
}

TEST(connection_compresses_ahead_for_itself)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    int zlib[] = {ZLIB};

    NEEDS(SSL_compress_certs);
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[CLIENT], zlib, 1));
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[SERVER], zlib, 1));
    pair_over_wire(pair);
    CHECK_EQ(later_SSL_compress_certs(pair->ssl[SERVER], ZSTD), 0);
    CHECK_OK(later_SSL_compress_certs(pair->ssl[SERVER], ZLIB));
    CHECK_EQ(later_SSL_compress_certs(pair->ssl[CLIENT], ZLIB), 0);
    CHECK_EQ(algorithm_of_server(pair), ZLIB);
    pair_free(pair);
}

/* "only server certificates may be pre-compressed" */
TEST(client_compresses_nothing_ahead)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    unsigned char *data;
    size_t length;
    SSL *ssl;

    NEEDS(SSL_compress_certs);
    use_identity(ctx, "client");
    CHECK_EQ(later_SSL_CTX_compress_certs(ctx, 0), 0);
    CHECK_EQ(later_SSL_CTX_get1_compressed_cert(ctx, ZLIB, &data, &length), 0);
    ssl = SSL_new(ctx);
    CHECK_EQ(later_SSL_compress_certs(ssl, ZLIB), 0);
    CHECK_EQ(later_SSL_get1_compressed_cert(ssl, ZLIB, &data, &length), 0);
    CHECK_EQ(later_SSL_set1_compressed_cert(ssl, ZLIB, (unsigned char *)"abc", 3, 7), 0);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* A server without certificates has none to compress. */
TEST(without_certificates_nothing_is_compressed_ahead)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    NEEDS(SSL_compress_certs);
    CHECK_EQ(later_SSL_CTX_compress_certs(ctx, 0), 0);
    use_identity(ctx, "rsa");
    CHECK_EQ(later_SSL_CTX_compress_certs(ctx, -1), 0);
    CHECK_EQ(later_SSL_CTX_compress_certs(ctx, ZLIB), 1);
    CHECK_NO_ERRORS();
    SSL_CTX_free(ctx);
}

/* "copies the pre-compressed certificate … sets the pre-compressed certificate": from one process to another. */
TEST(compressed_certificate_is_handed_over)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION), *other = pair_contexts(TLS1_3_VERSION);
    unsigned char *data = NULL, *again = NULL;
    size_t length = 0, original = 0, same = 0;
    int zlib[] = {ZLIB};

    NEEDS(SSL_compress_certs);
    length = later_SSL_CTX_get1_compressed_cert(pair->ctx[SERVER], ZLIB, &data, &original);
    CHECK(length > 100 && data != NULL && original > length);
    CHECK_EQ(later_SSL_CTX_get1_compressed_cert(pair->ctx[SERVER], 99, &again, &same), 0);
    pair_over_wire(pair);
    CHECK_EQ(later_SSL_get1_compressed_cert(pair->ssl[SERVER], ZLIB, &again, &same), length);
    CHECK_EQ(same, original);
    CHECK_MEM(again, data, length);
    OPENSSL_free(again);
    pair_free(pair);

    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(other->ctx[CLIENT], zlib, 1));
    CHECK_EQ(later_SSL_CTX_set1_compressed_cert(other->ctx[SERVER], ZLIB, data, 0, original), 0);
    CHECK_EQ(later_SSL_CTX_set1_compressed_cert(other->ctx[SERVER], 99, data, length, original), 0);
    ERR_clear_error();
    pair_over_wire(other);
    CHECK_OK(later_SSL_set1_compressed_cert(other->ssl[SERVER], ZLIB, data, length, original));
    CHECK_EQ(algorithm_of_server(other), ZLIB);
    CHECK_OK(later_SSL_CTX_set1_compressed_cert(other->ctx[SERVER], ZLIB, data, length, original));
    OPENSSL_free(data);
    pair_over_wire(other);
    CHECK_EQ(algorithm_of_server(other), ZLIB);
    pair_free(other);
}

/* What does not decompress is sent as the program gave it: the client refuses it. */
TEST(compressed_certificate_is_the_programs_affair)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    unsigned char *data = NULL;
    size_t length, original = 0;
    int zlib[] = {ZLIB};
    struct outcome outcome[2];

    NEEDS(SSL_compress_certs);
    CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[CLIENT], zlib, 1));
    length = later_SSL_CTX_get1_compressed_cert(pair->ctx[SERVER], ZLIB, &data, &original);
    data[length / 2] ^= 1;
    CHECK_OK(later_SSL_CTX_set1_compressed_cert(pair->ctx[SERVER], ZLIB, data, length, original));
    OPENSSL_free(data);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_BAD_DECOMPRESSION);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_BAD_CERTIFICATE);
    pair_free(pair);
}
