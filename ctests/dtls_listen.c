/*
 * DTLSv1_listen(3), SSL_CTX_set_cookie_generate_cb(3), SSL_OP_COOKIE_EXCHANGE of SSL_CTX_set_options(3): cookies against
 * forged addresses (RFC 6347, 4.2.1).
 */
#include "support.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>

static struct {
    int generated, verified; /* how often the callbacks ran */
    unsigned int length;     /* of the cookie */
    int fail_generate, fail_verify;
} cookies = {.length = 20};

static int generate_cookie(SSL *ssl, unsigned char *cookie, unsigned int *length)
{
    CHECK(ssl != NULL);
    cookies.generated++;
    if (cookies.length <= DTLS1_COOKIE_LENGTH)
        memset(cookie, 0x61, cookies.length);
    *length = cookies.length;
    return !cookies.fail_generate;
}

static int verify_cookie(SSL *ssl, const unsigned char *cookie, unsigned int length)
{
    CHECK(ssl != NULL);
    cookies.verified++;
    if (length != cookies.length || cookies.fail_verify)
        return 0;
    for (unsigned int i = 0; i < length; i++)
        if (cookie[i] != 0x61)
            return 0;
    return 1;
}

static struct pair *pair_with_cookies(int version)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_cookie_generate_cb(pair->ctx[SERVER], generate_cookie);
    SSL_CTX_set_cookie_verify_cb(pair->ctx[SERVER], verify_cookie);
    pair_over_datagrams(pair);
    return pair;
}

static int listen_once(struct pair *pair)
{
    BIO_ADDR *peer = BIO_ADDR_new();
    int ret = DTLSv1_listen(pair->ssl[SERVER], peer);

    /* "If the underlying BIO is unable to obtain the BIO_ADDR of the peer …, then *peer will be cleared and the family set
     * to AF_UNSPEC." */
    CHECK_EQ(BIO_ADDR_family(peer), AF_UNSPEC);
    BIO_ADDR_free(peer);
    return ret;
}

static void want_read(SSL *ssl)
{
    CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
}

/* The only record on the way to the client is a HelloVerifyRequest of this record number with the cookie. */
static void check_verify_request(struct pair *pair, uint64_t sequence)
{
    struct datagram *datagram = datagram_at(&pair->datagrams[CLIENT], 0);
    struct record record;
    unsigned char header[12];
    size_t at = 0;

    CHECK_EQ(pair->datagrams[CLIENT].count, 1);
    CHECK(next_record(datagram, &at, &record));
    CHECK_EQ(record.type, SSL3_RT_HANDSHAKE);
    /* RFC 6347, 4.2.1: DTLS 1.0's version, whatever is negotiated later, and the number of the ClientHello's record. */
    CHECK_EQ(record.version, DTLS1_VERSION);
    CHECK_EQ(record.epoch, 0);
    CHECK_EQ(record.sequence, sequence);
    CHECK_EQ(record.length, 12 + 3 + cookies.length);
    put_fragment_header(header, DTLS1_MT_HELLO_VERIFY_REQUEST, 3 + cookies.length, 0, 0, 3 + cookies.length);
    CHECK_MEM(record.body, header, 12);
    CHECK_EQ(record.body[12] << 8 | record.body[13], DTLS1_VERSION);
    CHECK_EQ(record.body[14], cookies.length);
    for (unsigned int i = 0; i < cookies.length; i++)
        CHECK_EQ(record.body[15 + i], 0x61);
    CHECK(!next_record(datagram, &at, &record));
}

/* "If a ClientHello is received that does not contain a cookie, then they respond with a request … If a ClientHello is
 * received with a cookie that is verified then the function returns." */
TEST_DTLS(listen)
{
    struct pair *pair = pair_with_cookies(version);

    /* "0 indicates a non-fatal error. This could be because of nonblocking IO." */
    CHECK_EQ(listen_once(pair), 0);
    CHECK_NO_ERRORS();
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(cookies.generated, 1);
    CHECK_EQ(cookies.verified, 0);
    check_verify_request(pair, 0);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 1);
    CHECK_NO_ERRORS();
    CHECK_EQ(cookies.generated, 1);
    CHECK_EQ(cookies.verified, 1);
    CHECK_EQ(SSL_is_server(pair->ssl[SERVER]), 1);
    CHECK(SSL_get_options(pair->ssl[SERVER]) & SSL_OP_COOKIE_EXCHANGE);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), version);
    check_alive(pair);
    pair_free(pair);
}

/* The handshake goes on with the ClientHello that was read: it need not come again. */
TEST_DTLS(handshake_goes_on_after_listen)
{
    struct pair *pair = pair_with_cookies(version);

    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 0);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 1);
    CHECK_EQ(pair->datagrams[SERVER].count, 0);
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    CHECK(pair->datagrams[CLIENT].count > 0);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* A ClientHello that was sent three times gets three answers; nothing is remembered. */
TEST_DTLS(listen_keeps_no_state)
{
    struct pair *pair = pair_with_cookies(version);

    advance_clock(0);
    want_read(pair->ssl[CLIENT]);
    for (int i = 0; i < 2; i++) {
        advance_clock(60000000);
        CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 1);
    }
    CHECK_EQ(listen_once(pair), 0);
    CHECK_EQ(cookies.generated, 3);
    CHECK_EQ(pair->datagrams[CLIENT].count, 3);
    for (int i = 0; i < 2; i++)
        free(datagram_take(&pair->datagrams[CLIENT], 0));
    check_verify_request(pair, 2);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 1);
    pair_handshake(pair);
    pair_free(pair);
}

/* A cookie that is not ours is no error, but gets a new one. */
TEST_DTLS(cookie_that_is_refused)
{
    struct pair *pair = pair_with_cookies(version);

    advance_clock(0);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 0);
    want_read(pair->ssl[CLIENT]);
    cookies.fail_verify = 1;
    CHECK_EQ(listen_once(pair), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(cookies.verified, 1);
    CHECK_EQ(cookies.generated, 2);
    check_verify_request(pair, 1);
    cookies.fail_verify = 0;
    want_read(pair->ssl[CLIENT]);
    /* A client answers one request only; its timer goes on. */
    CHECK_EQ(pair->datagrams[SERVER].count, 0);
    advance_clock(60000000);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 1);
    pair_handshake(pair);
    pair_free(pair);
}

/* Cookies of any length up to 255 bytes. */
TEST_DTLS(longest_cookie)
{
    struct pair *pair = pair_with_cookies(version);

    cookies.length = DTLS1_COOKIE_LENGTH;
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 0);
    check_verify_request(pair, 0);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 1);
    pair_handshake(pair);
    pair_free(pair);
}

/* "user code must ensure that cookie generation and verification callbacks have been set up" */
TEST_DTLS(listen_without_callbacks)
{
    struct pair *pair = pair_contexts(version);

    pair_over_datagrams(pair);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), -1);
    CHECK_SSL_REASON(SSL_R_COOKIE_GEN_CALLBACK_FAILURE);
    CHECK_EQ(pair->datagrams[CLIENT].count, 0);
    pair_free(pair);
}

/* A cookie without the callback that checks it. */
TEST_DTLS(listen_without_verify_callback)
{
    struct pair *pair = pair_with_cookies(version);
    BIO_ADDR *peer = BIO_ADDR_new();

    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 0);
    want_read(pair->ssl[CLIENT]);
    SSL_CTX_set_cookie_verify_cb(pair->ctx[SERVER], NULL);
    CHECK_EQ(DTLSv1_listen(pair->ssl[SERVER], peer), -1);
    CHECK_SSL_REASON(SSL_R_NO_VERIFY_COOKIE_CALLBACK);
    BIO_ADDR_free(peer);
    pair_free(pair);
}

/* "If a cookie cannot be generated, a zero return value can be used"; and the cookie may be no longer than 255 bytes. */
TEST_DTLS(cookie_that_cannot_be_made)
{
    for (int kind = 0; kind < 2; kind++) {
        struct pair *pair = pair_with_cookies(version);

        cookies.length = kind == 0 ? 20 : DTLS1_COOKIE_LENGTH + 1;
        cookies.fail_generate = kind == 0;
        want_read(pair->ssl[CLIENT]);
        CHECK_EQ(listen_once(pair), -1);
        CHECK_SSL_REASON(SSL_R_COOKIE_GEN_CALLBACK_FAILURE);
        CHECK_EQ(pair->datagrams[CLIENT].count, 0);
        pair_free(pair);
    }
}

/* "will clear the error queue when they start" */
TEST_DTLS(listen_clears_the_error_queue)
{
    struct pair *pair = pair_with_cookies(version);

    ERR_raise(ERR_LIB_USER, 7);
    CHECK_EQ(listen_once(pair), 0);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* Objects that cannot listen. */
TEST(listen_in_vain)
{
    struct pair *tls = pair_contexts(TLS1_2_VERSION), *pair = pair_with_cookies(DTLS1_2_VERSION);
    SSL *ssl = SSL_new(pair->ctx[SERVER]);
    BIO_ADDR *peer = BIO_ADDR_new();

    CHECK_EQ(DTLSv1_listen(ssl, peer), -1);
    CHECK_SSL_REASON(SSL_R_BIO_NOT_SET);
    SSL_free(ssl);
    pair_over_wire(tls);
    CHECK_EQ(DTLSv1_listen(tls->ssl[SERVER], peer), -1);
    CHECK_SSL_REASON(SSL_R_UNSUPPORTED_SSL_VERSION);
    BIO_ADDR_free(peer);
    pair_free(tls);
    pair_free(pair);
}

/* CVE-2015-0207: bad ClientHellos leave no state behind, be they as many as they may. "0 … could be because of … some
 * invalid message having been received from a peer." */
TEST_DTLS(cve_2015_0207_bad_hellos_before_a_good_one)
{
    static const struct {
        unsigned char bytes[32];
        size_t length;
        int reason;
    } inputs[] = {
        {"x", 1, SSL_R_RECORD_TOO_SMALL},
        {"\x16\xfe\xfd\0\0\0\0\0\0\0\0\0", 12, SSL_R_RECORD_TOO_SMALL},
        {"\x17\xfe\xfd\0\0\0\0\0\0\0\0\0\1x", 14, SSL_R_UNEXPECTED_MESSAGE},
        {"\x16\xfe\xfd\0\1\0\0\0\0\0\0\0\1x", 14, SSL_R_UNEXPECTED_MESSAGE},
        {"\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\1x", 14, SSL_R_LENGTH_MISMATCH},
        {"\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\2x", 14, SSL_R_LENGTH_MISMATCH},
        {"\x16\x03\x03\0\0\0\0\0\0\0\0\0\1x", 14, SSL_R_BAD_PROTOCOL_VERSION_NUMBER},
        {"\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x0c\x02\0\0\0\0\0\0\0\0\0\0\0", 25, SSL_R_UNEXPECTED_MESSAGE},
        {"\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x0c\x01\0\0\0\0\0\0\0\0\0\0\0", 25, SSL_R_LENGTH_MISMATCH},
        {"\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x0c\x01\0\0\5\0\0\0\0\0\0\0\0", 25, SSL_R_LENGTH_MISMATCH},
        {"\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x0c\x01\0\0\0\0\5\0\0\0\0\0\0", 25, SSL_R_INVALID_SEQUENCE_NUMBER},
    };
    struct pair *pair = pair_with_cookies(version);

    for (int turn = 0; turn < 500; turn++) {
        size_t i = (size_t)turn % (sizeof(inputs) / sizeof(inputs[0]));
        int ret;

        datagram_add(&pair->datagrams[SERVER], inputs[i].bytes, inputs[i].length);
        ret = listen_once(pair);
        CHECK_EQ(ret, 0);
        CHECK_SSL_REASON(inputs[i].reason);
        CHECK_EQ(pair->datagrams[CLIENT].count, 0);
    }
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 0);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 1);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "DTLSv1_listen() only supports ClientHellos that fit inside a single datagram": it knows nothing of a second part. */
TEST_DTLS(fragmented_hello)
{
    struct pair *pair = pair_with_cookies(version);
    struct datagram *hello;
    unsigned char bytes[13 + 12 + 90];

    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(listen_once(pair), 0);
    want_read(pair->ssl[CLIENT]);
    hello = datagram_take(&pair->datagrams[SERVER], 0);
    put_record_header(bytes, SSL3_RT_HANDSHAKE, DTLS1_VERSION, 0, 1, 12 + 90);
    put_fragment_header(bytes + 13, SSL3_MT_CLIENT_HELLO, hello->length - 25, 1, 5, 90);
    memcpy(bytes + 25, hello->bytes + 25, 90);
    datagram_add(&pair->datagrams[SERVER], bytes, sizeof(bytes));
    CHECK_EQ(listen_once(pair), 0);
    CHECK_SSL_REASON(SSL_R_FRAGMENTED_CLIENT_HELLO);
    datagram_add(&pair->datagrams[SERVER], hello->bytes, hello->length);
    CHECK_EQ(listen_once(pair), 1);
    free(hello);
    pair_handshake(pair);
    pair_free(pair);
}

/* ---- SSL_OP_COOKIE_EXCHANGE: the same within SSL_accept() ---- */

TEST_DTLS(cookie_exchange)
{
    struct pair *pair = pair_with_cookies(version);

    SSL_set_options(pair->ssl[SERVER], SSL_OP_COOKIE_EXCHANGE);
    want_read(pair->ssl[CLIENT]);
    want_read(pair->ssl[SERVER]);
    CHECK_STR(SSL_state_string_long(pair->ssl[SERVER]), "DTLS1 write hello verify request");
    check_verify_request(pair, 0);
    want_read(pair->ssl[CLIENT]);
    CHECK_STR(SSL_state_string_long(pair->ssl[CLIENT]), "SSLv3/TLS write client hello");
    want_read(pair->ssl[SERVER]);
    CHECK_EQ(cookies.generated, 1);
    CHECK_EQ(cookies.verified, 1);
    CHECK(pair->datagrams[CLIENT].count > 0);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* "Only affects DTLS connections." */
TEST(cookie_exchange_of_tls)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_COOKIE_EXCHANGE);
    SSL_CTX_set_cookie_generate_cb(pair->ctx[SERVER], generate_cookie);
    SSL_CTX_set_cookie_verify_cb(pair->ctx[SERVER], verify_cookie);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(cookies.generated + cookies.verified, 0);
    pair_free(pair);
}

static void exchange_fails(struct pair *pair, int server_reason, int client_reason)
{
    struct outcome outcome[2];

    SSL_set_options(pair->ssl[SERVER], SSL_OP_COOKIE_EXCHANGE);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], server_reason);
    if (client_reason != 0)
        CHECK_OUTCOME(outcome[CLIENT], client_reason);
    else
        CHECK_EQ(outcome[CLIENT].error, SSL_ERROR_WANT_READ);
    pair_free(pair);
}

TEST_DTLS(cookie_exchange_that_fails)
{
    struct pair *pair = pair_contexts(version);

    pair_over_datagrams(pair);
    exchange_fails(pair, SSL_R_COOKIE_GEN_CALLBACK_FAILURE, 0);
    cookies.fail_generate = 1;
    exchange_fails(pair_with_cookies(version), SSL_R_COOKIE_GEN_CALLBACK_FAILURE, 0);
    cookies.fail_generate = 0;
    cookies.length = DTLS1_COOKIE_LENGTH + 1;
    exchange_fails(pair_with_cookies(version), SSL_R_COOKIE_GEN_CALLBACK_FAILURE, 0);
    cookies.length = 20;
    cookies.fail_verify = 1;
    exchange_fails(pair_with_cookies(version), SSL_R_COOKIE_MISMATCH, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
}

/* Lost HelloVerifyRequests are made up for by the client's timer alone: the server keeps none. */
TEST_DTLS(verify_request_is_lost)
{
    struct pair *pair = pair_with_cookies(version);
    struct timeval left;

    SSL_set_options(pair->ssl[SERVER], SSL_OP_COOKIE_EXCHANGE);
    advance_clock(0);
    want_read(pair->ssl[CLIENT]);
    want_read(pair->ssl[SERVER]);
    CHECK_EQ(DTLSv1_get_timeout(pair->ssl[SERVER], &left), 0);
    datagrams_drop(&pair->datagrams[CLIENT]);
    advance_clock(1000000);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 1);
    want_read(pair->ssl[SERVER]);
    CHECK_EQ(cookies.generated, 2);
    check_verify_request(pair, 1);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Resumption and a cookie: the session is resumed by the second ClientHello. */
TEST_DTLS(resumption_with_a_cookie)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_COOKIE_EXCHANGE);
    SSL_CTX_set_cookie_generate_cb(pair->ctx[SERVER], generate_cookie);
    SSL_CTX_set_cookie_verify_cb(pair->ctx[SERVER], verify_cookie);
    session = connect_with(pair, NULL, 0);
    SSL_SESSION_free(connect_with(pair, session, 1));
    CHECK_EQ(cookies.verified, 2);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* ---- with sockets ---- */

static int udp_socket(struct sockaddr_in *name)
{
    socklen_t length = sizeof(*name);
    int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

    CHECK(fd >= 0);
    CHECK_EQ(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
    CHECK_EQ(bind(fd, (struct sockaddr *)name, sizeof(*name)), 0);
    CHECK_EQ(getsockname(fd, (struct sockaddr *)name, &length), 0);
    return fd;
}

/* "The BIO_ADDR pointed to by peer will be filled in with details of the peer that sent the ClientHello." The socket is then
 * connected to it, and the handshake goes on. */
TEST_DTLS(listen_on_a_socket)
{
    struct pair *pair = pair_contexts(version);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, client = name;
    BIO_ADDR *address = BIO_ADDR_new(), *peer = BIO_ADDR_new();
    BIO *bio;
    struct in_addr raw;
    size_t length = sizeof(raw);
    int ret;

    pair->sockets[SERVER] = udp_socket(&name);
    pair->sockets[CLIENT] = udp_socket(&client);
    SSL_CTX_set_cookie_generate_cb(pair->ctx[SERVER], generate_cookie);
    SSL_CTX_set_cookie_verify_cb(pair->ctx[SERVER], verify_cookie);

    for (int side = CLIENT; side <= SERVER; side++) {
        pair->ssl[side] = SSL_new(pair->ctx[side]);
        set_nonblocking(pair->sockets[side]);
        bio = BIO_new_dgram(pair->sockets[side], BIO_NOCLOSE);
        SSL_set_bio(pair->ssl[side], bio, bio);
    }
    SSL_set_connect_state(pair->ssl[CLIENT]);
    CHECK_OK(BIO_ADDR_rawmake(address, AF_INET, &name.sin_addr, sizeof(name.sin_addr), name.sin_port));
    CHECK_EQ(connect(pair->sockets[CLIENT], (struct sockaddr *)&name, sizeof(name)), 0);
    BIO_ctrl_set_connected(SSL_get_wbio(pair->ssl[CLIENT]), address);

    for (int turn = 0; (ret = DTLSv1_listen(pair->ssl[SERVER], peer)) == 0; turn++) {
        CHECK(turn < 20);
        want_read(pair->ssl[CLIENT]);
    }
    CHECK_EQ(ret, 1);
    CHECK_EQ(BIO_ADDR_family(peer), AF_INET);
    CHECK_EQ(BIO_ADDR_rawport(peer), client.sin_port);
    CHECK_OK(BIO_ADDR_rawaddress(peer, &raw, &length));
    CHECK_EQ(raw.s_addr, client.sin_addr.s_addr);
    CHECK_EQ(connect(pair->sockets[SERVER], (struct sockaddr *)&client, sizeof(client)), 0);
    BIO_ctrl_set_connected(SSL_get_rbio(pair->ssl[SERVER]), peer);
    pair_handshake(pair);
    check_alive(pair);
    BIO_ADDR_free(peer);
    BIO_ADDR_free(address);
    pair_free(pair);
}

/* SSL_CTX_set_cookie_generate_cb(), SSL_CTX_set_cookie_verify_cb(): only a context has them, and they count for connections that are
 * there. */
TEST_DTLS(cookie_callbacks_count_at_once)
{
    struct pair *pair = pair_contexts(version);

    pair_over_datagrams(pair);
    SSL_set_options(pair->ssl[SERVER], SSL_OP_COOKIE_EXCHANGE);
    SSL_CTX_set_cookie_generate_cb(pair->ctx[SERVER], generate_cookie);
    SSL_CTX_set_cookie_verify_cb(pair->ctx[SERVER], verify_cookie);
    pair_handshake(pair);
    CHECK_EQ(cookies.generated, 1);
    CHECK_EQ(cookies.verified, 1);
    check_alive(pair);
    pair_free(pair);
}
