/*
 * DTLS_get_data_mtu(3), SSL_set_mtu(), DTLS_set_link_mtu(), DTLS_get_link_min_mtu(), SSL_OP_NO_QUERY_MTU of
 * SSL_CTX_set_options(3), BIO_s_datagram(3): how long datagrams are.
 */
#include "support.h"

static struct pair *pair_with(int version, uint64_t options)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "chained");
    SSL_CTX_set_options(pair->ctx[CLIENT], options);
    SSL_CTX_set_options(pair->ctx[SERVER], options);
    pair_over_datagrams(pair);
    return pair;
}

/* SSL_OP_NO_QUERY_MTU: the program says how long datagrams may be, without what is around them. */
TEST_DTLS(mtu_of_the_program)
{
    static const int sizes[] = {228, 256, 400, 576, 1200, 1472, 4000, 9000};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct pair *pair = pair_with(version, SSL_OP_NO_QUERY_MTU);

        for (int side = CLIENT; side <= SERVER; side++)
            CHECK_EQ(SSL_set_mtu(pair->ssl[side], sizes[i]), sizes[i]);
        pair_handshake(pair);
        for (int side = CLIENT; side <= SERVER; side++) {
            size_t most = DTLS_get_data_mtu(pair->ssl[side]);
            unsigned char *bytes = pattern(most + 1);

            CHECK(most < (size_t)sizes[i] && most > (size_t)sizes[i] - 100);
            pair->link[side].largest = 0;
            transfer(pair->ssl[side], pair->ssl[!side], bytes, most);
            CHECK(pair->link[side].largest <= (size_t)sizes[i]);
            if (version == DTLS1_2_VERSION)
                CHECK_EQ(pair->link[side].largest, sizes[i]);
            free(bytes);
        }
        pair_free(pair);
    }
}

/* A flight is packed into datagrams that are as long as they may be. */
TEST_DTLS(flights_fill_datagrams)
{
    struct pair *pair = pair_with(version, SSL_OP_NO_QUERY_MTU);

    SSL_set_mtu(pair->ssl[CLIENT], 300);
    SSL_set_mtu(pair->ssl[SERVER], 300);
    pair_handshake(pair);
    CHECK_EQ(pair->link[SERVER].largest, 300);
    CHECK(pair->link[SERVER].sent >= 4);
    pair_free(pair);
}

/* "The minimum": less than 256 bytes with the headers around them are refused. */
TEST_DTLS(least_mtu)
{
    struct pair *pair = pair_with(version, SSL_OP_NO_QUERY_MTU);
    SSL *ssl = pair->ssl[CLIENT];

    CHECK_EQ(DTLS_get_link_min_mtu(ssl), 256);
    CHECK_EQ(SSL_set_mtu(ssl, 207), 0);
    CHECK_EQ(SSL_set_mtu(ssl, 0), 0);
    CHECK_EQ(SSL_set_mtu(ssl, 208), 208);
    CHECK_EQ(DTLS_set_link_mtu(ssl, 255), 0);
    CHECK_EQ(DTLS_set_link_mtu(ssl, 256), 1);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* DTLS_set_link_mtu(): what the BIO says is around a datagram counts as well. */
TEST_DTLS(link_mtu)
{
    struct pair *pair = pair_with(version, SSL_OP_NO_QUERY_MTU);

    CHECK_EQ(DTLS_set_link_mtu(pair->ssl[CLIENT], 500), 1);
    CHECK_EQ(DTLS_set_link_mtu(pair->ssl[SERVER], 500), 1);
    pair_handshake(pair);
    CHECK_EQ(pair->link[SERVER].largest, 500 - 28);
    CHECK(DTLS_get_data_mtu(pair->ssl[CLIENT]) < 500 - 28 - 13);
    pair_free(pair);
}

/* Without the option the BIO is asked, and what it says goes before what the program said. */
TEST_DTLS(mtu_of_the_bio)
{
    struct pair *pair = pair_with(version, 0);

    pair->link[CLIENT].mtu = pair->link[SERVER].mtu = 700;
    pair_handshake(pair);
    CHECK_EQ(pair->link[SERVER].largest, 700);
    CHECK(DTLS_get_data_mtu(pair->ssl[SERVER]) > 600 && DTLS_get_data_mtu(pair->ssl[SERVER]) < 700 - 13);
    pair_free(pair);
}

/* Where the BIO does not know it is the least that there is. */
TEST_DTLS(bio_that_knows_no_mtu)
{
    struct pair *pair = pair_with(version, 0);

    pair->link[CLIENT].mtu = pair->link[SERVER].mtu = 0;
    pair_handshake(pair);
    CHECK_EQ(pair->link[SERVER].largest, 256 - 28);
    CHECK(DTLS_get_data_mtu(pair->ssl[SERVER]) < 256 - 28 - 13 && DTLS_get_data_mtu(pair->ssl[SERVER]) > 170);
    pair_free(pair);
}

/* A program that says nothing, and a BIO that may not be asked: nothing is sent. */
TEST_DTLS(mtu_that_nobody_says)
{
    struct pair *pair = pair_with(version, SSL_OP_NO_QUERY_MTU);

    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], -1, SSL_ERROR_SYSCALL);
    CHECK_EQ(pair->link[CLIENT].sent, 0);
    pair_free(pair);
}

/* A path that is narrower than the BIO says, and does not tell. */
TEST_DTLS(path_that_loses_long_datagrams)
{
    struct pair *pair = pair_with(version, 0);
    int done = 0;

    pair->link[SERVER].limit = 600;
    pair->link[SERVER].swallow = 1;
    advance_clock(0);
    for (int turn = 0; turn < 20 && !done; turn++) {
        struct outcome outcome[2];

        pair_try(pair, outcome);
        done = outcome[CLIENT].ret == 1 && outcome[SERVER].ret == 1;
        advance_clock(60000000);
    }
    CHECK(done);
    check_alive(pair);
    pair_free(pair);
}

/* After the third timeout flights go out in datagrams of the fall-back size (RFC 6347, 4.1.1.1). */
TEST_DTLS(fall_back_after_timeouts)
{
    struct pair *pair = pair_with(version, 0);
    SSL *ssl = pair->ssl[SERVER];

    advance_clock(0);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
    CHECK(pair->link[SERVER].largest > 1000);
    for (int timeout = 1; timeout <= 5; timeout++) {
        datagrams_drop(&pair->datagrams[CLIENT]);
        pair->link[SERVER].largest = 0;
        advance_clock(60000000);
        CHECK_EQ(DTLSv1_handle_timeout(ssl), 1);
        CHECK_EQ(pair->link[SERVER].largest <= 548, timeout >= 3);
    }
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "Returns … 0 on failure": before there is a connection. */
TEST_DTLS(data_mtu_without_a_connection)
{
    struct pair *pair = pair_with(version, 0);

    CHECK_EQ(DTLS_get_data_mtu(pair->ssl[CLIENT]), 0);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_EQ(DTLS_get_data_mtu(pair->ssl[CLIENT]), 0);
    pair_handshake(pair);
    CHECK(DTLS_get_data_mtu(pair->ssl[CLIENT]) > 0);
    pair_free(pair);
}

/* TLS has no use for any of it. */
TEST(mtu_of_tls)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);

    CHECK_EQ(SSL_set_mtu(pair->ssl[CLIENT], 1000), 0);
    CHECK_EQ(DTLS_set_link_mtu(pair->ssl[CLIENT], 1000), 0);
    CHECK_EQ(DTLS_get_link_min_mtu(pair->ssl[CLIENT]), 0);
    ERR_clear_error();
    check_alive(pair);
    pair_free(pair);
}

/* The overhead of each kind of protection. */
static void check_data_mtu(const char *suite, uint64_t options, size_t expected)
{
    struct pair *pair = pair_contexts(DTLS1_2_VERSION);
    unsigned char *bytes = pattern(expected);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_security_level(pair->ctx[side], 0);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suite));
        SSL_CTX_set_options(pair->ctx[side], SSL_OP_NO_QUERY_MTU | options);
    }
    use_identity(pair->ctx[SERVER], "rsa");
    pair_over_datagrams(pair);
    SSL_set_mtu(pair->ssl[CLIENT], 1000);
    SSL_set_mtu(pair->ssl[SERVER], 1000);
    pair_handshake(pair);
    CHECK_EQ(DTLS_get_data_mtu(pair->ssl[CLIENT]), expected);
    CHECK_EQ(DTLS_get_data_mtu(pair->ssl[SERVER]), expected);
    pair->link[CLIENT].largest = 0;
    transfer(pair->ssl[CLIENT], pair->ssl[SERVER], bytes, expected);
    CHECK(pair->link[CLIENT].largest <= 1000);
    free(bytes);
    pair_free(pair);
}

TEST(data_mtu_of_suites)
{
    check_data_mtu("AES128-GCM-SHA256", 0, 1000 - 13 - 8 - 16);
    check_data_mtu("AES128-CCM", 0, 1000 - 13 - 8 - 16);
    check_data_mtu("AES128-CCM8", 0, 1000 - 13 - 8 - 8);
    check_data_mtu("ECDHE-RSA-CHACHA20-POLY1305", 0, 1000 - 13 - 16);
    /* Blocks of 16 bytes, one of them the IV; the MAC outside or inside of them, and a byte of padding at least. */
    check_data_mtu("AES128-SHA", 0, 1000 - 13 - 20 - 7 - 16 - 1);
    check_data_mtu("AES128-SHA", SSL_OP_NO_ENCRYPT_THEN_MAC, 1000 - 13 - 11 - 16 - 20 - 1);
    check_data_mtu("AES128-SHA256", 0, 1000 - 13 - 32 - 11 - 16 - 1);
    check_data_mtu("AES128-SHA256", SSL_OP_NO_ENCRYPT_THEN_MAC, 1000 - 13 - 11 - 16 - 32 - 1);
    check_data_mtu("NULL-SHA", 0, 1000 - 13 - 20);
    check_data_mtu("NULL-SHA256", 0, 1000 - 13 - 32);
}
