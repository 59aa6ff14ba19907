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
