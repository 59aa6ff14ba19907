/*
 * CVE-2013-6449: the version in the header of the records that hold a ClientHello. No MAC covers it and RFC 8446 (5.1) has
 * it ignored; a server decides on it before it knows the connection's version.
 */
#include "support.h"

static const int versions[] = {0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x03ff};
enum { VERSIONS = sizeof(versions) / sizeof(*versions) };

/* Gives the record that waits for the server another version. */
static void set_record_version(struct pair *pair, int record_version)
{
    struct queue *queue = &pair->queue[SERVER];

    CHECK_EQ(queue->bytes[queue->start], SSL3_RT_HANDSHAKE);
    queue->bytes[queue->start + 1] = (unsigned char)(record_version >> 8);
    queue->bytes[queue->start + 2] = (unsigned char)record_version;
}

static void check_connects(struct pair *pair, int version)
{
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), version);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

/* The first hello, from a client of this version alone and from one of several. */
TEST_VERSIONS(cve_2013_6449_version_of_the_first_record)
{
    for (int i = 0; i < 2 * VERSIONS; i++) {
        struct pair *pair = pair_contexts(i < VERSIONS ? version : 0);

        SSL_CTX_set_max_proto_version(pair->ctx[SERVER], version);
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        set_record_version(pair, versions[i % VERSIONS]);
        check_connects(pair, version);
    }
}

/* The second hello, after a HelloRetryRequest. */
TEST(cve_2013_6449_version_of_the_second_hello)
{
    for (int i = 0; i < 2 * VERSIONS; i++) {
        struct pair *pair = pair_contexts(i < VERSIONS ? TLS1_3_VERSION : 0);

        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-256"));
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-256"));
        /* Or there is a ChangeCipherSpec before it. */
        SSL_CTX_clear_options(pair->ctx[CLIENT], SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        set_record_version(pair, versions[i % VERSIONS]);
        check_connects(pair, TLS1_3_VERSION);
    }
}
