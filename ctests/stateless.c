/*
 * SSL_stateless(3), SSL_CTX_set_stateless_cookie_generate_cb(3): servers that keep nothing of a TLS 1.3
 * client before it has brought a cookie back.
 */
#include "support.h"

static int generated, verified, generate_answer = 1, verify_answer = 1;
static size_t cookie_length = 5;

static int on_generate(SSL *ssl, unsigned char *cookie, size_t *length)
{
    CHECK(SSL_is_server(ssl));
    generated++;
    fill_pattern(cookie, cookie_length, 3);
    *length = cookie_length;
    return generate_answer;
}

static int on_verify(SSL *ssl, const unsigned char *cookie, size_t length)
{
    unsigned char expected[4096];

    CHECK(SSL_is_server(ssl));
    verified++;
    CHECK_EQ(length, cookie_length);
    fill_pattern(expected, cookie_length, 3);
    CHECK_MEM(cookie, expected, cookie_length);
    return verify_answer;
}

static struct pair *listening(int version)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_stateless_cookie_generate_cb(pair->ctx[SERVER], on_generate);
    SSL_CTX_set_stateless_cookie_verify_cb(pair->ctx[SERVER], on_verify);
    pair_over_wire(pair);
    return pair;
}

static void client_step(struct pair *pair)
{
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
}

/* Another SSL takes the place of the server's: nothing is kept in it. */
static void replace_server(struct pair *pair)
{
    SSL *fresh = SSL_new(pair->ctx[SERVER]);

    SSL_set_bio(fresh, wire_bio(&pair->end[SERVER]), NULL);
    SSL_set0_wbio(fresh, wire_bio(&pair->end[SERVER]));
    SSL_free(pair->ssl[SERVER]);
    pair->ssl[SERVER] = fresh;
}

/* With middlebox compatibility a ChangeCipherSpec comes before the second ClientHello, for which one call
 * may be in vain. */
static int listen_again(struct pair *pair)
{
    int listened = SSL_stateless(pair->ssl[SERVER]);

    if (listened == -1 && ERR_peek_error() == 0)
        listened = SSL_stateless(pair->ssl[SERVER]);
    return listened;
}

static void connect_through(struct pair *pair)
{
    client_step(pair);
    CHECK_EQ(SSL_stateless(pair->ssl[SERVER]), 0);
    CHECK_NO_ERRORS();
    client_step(pair);
    replace_server(pair);
    CHECK_EQ(listen_again(pair), 1);
    CHECK_NO_ERRORS();
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_OK(SSL_accept(pair->ssl[SERVER]));
    pair_settle(pair);
    check_alive(pair);
}

TEST(client_brings_the_cookie_back)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    connect_through(pair);
    CHECK_EQ(generated, 1);
    CHECK_EQ(verified, 1);
    pair_free(pair);
}

TEST(without_middlebox_compatibility)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    SSL_clear_options(pair->ssl[CLIENT], SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_clear_options(pair->ctx[SERVER], SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_clear_options(pair->ssl[SERVER], SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    connect_through(pair);
    pair_free(pair);
}

/* One HelloRetryRequest asks for a share and brings the cookie. */
TEST(another_group_is_wanted_as_well)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    CHECK_OK(SSL_set1_groups_list(pair->ssl[CLIENT], "X25519:P-384"));
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"));
    CHECK_OK(SSL_set1_groups_list(pair->ssl[SERVER], "P-384"));
    connect_through(pair);
    pair_free(pair);
}

TEST(large_cookie)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    cookie_length = 255;
    connect_through(pair);
    pair_free(pair);
}

TEST(program_that_refuses_the_cookie)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    verify_answer = 0;
    client_step(pair);
    CHECK_EQ(SSL_stateless(pair->ssl[SERVER]), 0);
    client_step(pair);
    CHECK_EQ(listen_again(pair), -1);
    CHECK_SSL_REASON(SSL_R_COOKIE_MISMATCH);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]),
                SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
    pair_free(pair);
}

TEST(program_that_makes_no_cookie)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    generate_answer = 0;
    client_step(pair);
    CHECK_EQ(SSL_stateless(pair->ssl[SERVER]), -1);
    CHECK_SSL_REASON(SSL_R_COOKIE_GEN_CALLBACK_FAILURE);
    pair_free(pair);

    pair = listening(TLS1_3_VERSION);
    SSL_CTX_set_stateless_cookie_generate_cb(pair->ctx[SERVER], NULL);
    client_step(pair);
    CHECK_EQ(SSL_stateless(pair->ssl[SERVER]), -1);
    CHECK_SSL_REASON(SSL_R_NO_COOKIE_CALLBACK_SET);
    pair_free(pair);
}

/* A cookie that was changed, or that another context made, is none. */
TEST(cookie_of_another_server)
{
    struct pair *pair = listening(TLS1_3_VERSION);
    struct pair *other = listening(TLS1_3_VERSION);

    client_step(pair);
    CHECK_EQ(SSL_stateless(pair->ssl[SERVER]), 0);
    client_step(pair);
    SSL_free(pair->ssl[SERVER]);
    pair->ssl[SERVER] = SSL_new(other->ctx[SERVER]);
    SSL_set_bio(pair->ssl[SERVER], wire_bio(&pair->end[SERVER]), NULL);
    SSL_set0_wbio(pair->ssl[SERVER], wire_bio(&pair->end[SERVER]));
    CHECK_EQ(listen_again(pair), -1);
    CHECK_SSL_REASON(SSL_R_COOKIE_MISMATCH);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]),
                SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
    pair_free(pair);
    pair_free(other);
}

/* TLS 1.2 knows no cookies. */
TEST(client_of_tls12)
{
    struct pair *pair = listening(TLS1_2_VERSION);

    client_step(pair);
    CHECK_EQ(SSL_stateless(pair->ssl[SERVER]), -1);
    CHECK_EQ(generated, 0);
    pair_free(pair);
}

/* SSL_accept(3) asks for no cookie, whatever callbacks there are. */
TEST(callbacks_without_the_call)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    pair_handshake(pair);
    CHECK_EQ(generated + verified, 0);
    pair_free(pair);
}

TEST(nothing_has_come)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    CHECK_WANTS(pair->ssl[SERVER], SSL_stateless(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    pair_free(pair);
}
