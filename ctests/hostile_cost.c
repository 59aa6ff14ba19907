/*
 * What a hostile peer's input costs: four times as much of it takes no more than about four times as long, and what is limited is
 * limited, as README.md says. A flood takes no memory.
 */
#include "support.h"

#include <malloc.h>
#include <time.h>

/* ---- the cost ---- */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Bytes that the program has from malloc(). */
static size_t heap(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

/* The seconds that the library has for `count` of something. */
typedef double cost_function(size_t count);

static double best_of_five(cost_function *cost, size_t count)
{
    double best = cost(count);

    for (int i = 1; i < 5; i++) {
        double again = cost(count);

        best = again < best ? again : best;
    }
    return best;
}

/* Four times as much costs less than eight times as much; what is quadratic costs sixteen times as much. */
static void check_linear(cost_function *cost, size_t count)
{
    double one = 0, four = 0;

    for (int attempt = 0; attempt < 5; attempt++) {
        one = best_of_five(cost, count);
        four = best_of_five(cost, 4 * count);
        if (four < 8 * one)
            return;
    }
    test_fail(__FILE__, __LINE__, "%zu cost %g ms, %zu cost %g ms", count, 1e3 * one, 4 * count, 1e3 * four);
}

/* ---- a ClientHello with much of something ---- */

enum part { NOTHING, EXTENSIONS, SUITES, GROUPS, SHARES, SCHEMES, PROTOCOLS, IDENTITIES, RESPONDERS, AUTHORITIES, PADDING };

static unsigned char message[140000];
static size_t length;

static void put(int width, size_t value)
{
    for (int i = width - 1; i >= 0; i--)
        message[length++] = (unsigned char)(value >> 8 * i);
}

static size_t open_list(int width)
{
    length += (size_t)width;
    return length;
}

static void close_list(int width, size_t start)
{
    size_t end = length;

    length = start - (size_t)width;
    put(width, end - start);
    length = end;
}

static size_t open_extension(int type)
{
    put(2, (size_t)type);
    return open_list(2);
}

/* An extension that is a list of numbers: what is needed, and `count` that nobody knows. */
static void put_numbers(int type, size_t needed, size_t count)
{
    size_t extension = open_extension(type), list = open_list(2);

    put(2, needed);
    for (size_t i = 0; i < count; i++)
        put(2, 0x4000 + i);
    close_list(2, list);
    close_list(2, extension);
}

/* How many shares of unknown groups go before the one that a server can use. */
static size_t shares_before;

static void put_shares(size_t count)
{
    size_t extension = open_extension(51), list = open_list(2);

    for (size_t i = 0; i <= count; i++) {
        put(2, i == shares_before ? 29 : 0x4000 + i);
        put(2, i == shares_before ? 32 : 1);
        memset(message + length, 9, 32);
        length += i == shares_before ? 32 : 1;
    }
    close_list(2, list);
    close_list(2, extension);
}

static void put_protocols(size_t count)
{
    size_t extension = open_extension(16), list = open_list(2);

    for (size_t i = 0; i < count; i++) {
        put(1, 1);
        put(1, 'a' + i % 26);
    }
    close_list(2, list);
    close_list(2, extension);
}

static void put_identities(size_t count)
{
    size_t extension = open_extension(45), list = open_list(1);

    put(1, 1);
    close_list(1, list);
    close_list(2, extension);
    extension = open_extension(41);
    list = open_list(2);
    for (size_t i = 0; i < count; i++) {
        put(2, 1);
        put(1, 'i');
        put(4, 0);
    }
    close_list(2, list);
    list = open_list(2);
    for (size_t i = 0; i < count; i++) {
        put(1, 32);
        length += 32;
    }
    close_list(2, list);
    close_list(2, extension);
}

/* Who may answer for a certificate's status (RFC 6066, 8): hashes of their keys. */
static void put_responders(size_t count)
{
    size_t extension = open_extension(5), list;

    put(1, 1);
    list = open_list(2);
    for (size_t i = 0; i < count; i++) {
        put(2, 24);
        put(4, 0xa2160414);
        length += 20;
    }
    close_list(2, list);
    put(2, 0);
    close_list(2, extension);
}

/* Names of authorities (RFC 8446, 4.2.4), each an organization of six letters. */
static void put_authorities(size_t count)
{
    size_t extension = open_extension(47), list = open_list(2);

    for (size_t i = 0; i < count; i++) {
        put(2, 19);
        put(8, 0x3011310f300d0603);
        put(5, 0x55040a0c06);
        for (int digit = 0; digit < 6; digit++)
            put(1, 'a' + (i >> 4 * digit) % 16);
    }
    close_list(2, list);
    close_list(2, extension);
}

/* A ClientHello of TLS 1.3, or of DTLS 1.2, with `count` of the part. */
static void make_hello(int dtls, enum part part, size_t count)
{
    size_t hello, list, extensions, extension;

    memset(message, 0, sizeof(message));
    length = 0;
    put(1, 1);
    hello = open_list(3);
    put(2, dtls ? DTLS1_2_VERSION : TLS1_2_VERSION);
    length += 32;
    put(1, 0);
    if (dtls)
        put(1, 0);
    list = open_list(2);
    put(2, dtls ? 0xc02b : 0x1301);
    for (size_t i = 0; part == SUITES && i < count; i++)
        put(2, 0x2000 + i);
    close_list(2, list);
    put(2, 0x0100);
    extensions = open_list(2);
    put_numbers(10, dtls ? 23 : 29, part == GROUPS || part == SHARES ? count + 1 : 0);
    put_numbers(13, 0x0403, part == SCHEMES ? count : 0);
    if (!dtls) {
        extension = open_extension(43);
        put(3, 0x020304);
        close_list(2, extension);
        put_shares(part == SHARES ? count : 0);
    }
    if (part == PADDING) {
        extension = open_extension(21);
        length += count;
        close_list(2, extension);
    }
    for (size_t i = 0; part == EXTENSIONS && i < count; i++)
        put(4, (0x4000 + i) << 16);
    if (part == PROTOCOLS)
        put_protocols(count);
    if (part == AUTHORITIES)
        put_authorities(count);
    if (part == RESPONDERS)
        put_responders(count);
    if (part == IDENTITIES)
        put_identities(count);
    close_list(2, extensions);
    close_list(3, hello);
    CHECK(length < sizeof(message));
}

/* The server's answer is a HelloRetryRequest (RFC 8446, 4.1.3). */
static int is_retry(const struct pair *pair)
{
    const struct queue *queue = &pair->queue[CLIENT];

    return memcmp(queue->bytes + queue->start + 5 + 4 + 2, "\xcf\x21\xad\x74\xe5\x9a\x61\x11", 8) == 0;
}

/* The message is on its way in records of this length. */
static void send_message(struct pair *pair, int side, size_t record)
{
    for (size_t at = 0; at < length; at += record) {
        size_t part = length - at < record ? length - at : record;
        unsigned char header[5] = {SSL3_RT_HANDSHAKE, 3, 3, (unsigned char)(part >> 8), (unsigned char)part};

        queue_add(&pair->queue[side], header, 5);
        queue_add(&pair->queue[side], message + at, part);
    }
}

static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_length, const unsigned char *offered,
                           unsigned int offered_length, void *argument)
{
    static const unsigned char ours[] = "\x02h2\x08http/1.1";
    unsigned char *protocol;

    (void)ssl, (void)argument;
    if (SSL_select_next_proto(&protocol, chosen_length, ours, sizeof(ours) - 1, offered, offered_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *chosen = protocol;
    return SSL_TLSEXT_ERR_OK;
}

/* The most that a call of the server's transport reads. */
static size_t read_chunk = SIZE_MAX;

static double cost_of_hello(enum part part, size_t count, size_t record)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    double start, end;

    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], choose_protocol, NULL);
    pair_over_wire(pair);
    pair->end[SERVER].read_chunk = read_chunk;
    make_hello(0, part, count);
    send_message(pair, SERVER, record);
    start = now();
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    if (part == AUTHORITIES)
        CHECK_EQ(sk_X509_NAME_num(SSL_get0_peer_CA_list(pair->ssl[SERVER])), (int)count);
    end = now();
    /* It was answered. */
    CHECK(queue_length(&pair->queue[CLIENT]) > 80);
    pair_free(pair);
    return end - start;
}

#define TEST_PART(name, part, count)                                                                                             \
    static double cost_of_##name(size_t how_many)                                                                                \
    {                                                                                                                            \
        return cost_of_hello(part, how_many, 16384);                                                                             \
    }                                                                                                                            \
    TEST(name)                                                                                                                   \
    {                                                                                                                            \
        check_linear(cost_of_##name, count);                                                                                     \
    }

TEST_PART(unknown_extensions, EXTENSIONS, 4000)
TEST_PART(unknown_suites, SUITES, 8000)
TEST_PART(unknown_groups, GROUPS, 8000)
TEST_PART(unknown_schemes, SCHEMES, 8000)
TEST_PART(key_shares, SHARES, 2250)
TEST_PART(protocols, PROTOCOLS, 8000)
TEST_PART(identities, IDENTITIES, 400)
TEST_PART(responders, RESPONDERS, 600)
TEST_PART(authorities, AUTHORITIES, 700)

static double cost_of_tiny_records(size_t count)
{
    return cost_of_hello(EXTENSIONS, count, 1);
}

TEST(hello_in_records_of_one_byte)
{
    check_linear(cost_of_tiny_records, 4000);
}

/* ---- a byte at a time ---- */

/* A record of so many bytes, over a transport that moves one a call; the program reads one a call. */
static double cost_of_single_bytes(size_t count)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    unsigned char *bytes = pattern(count), byte;
    double start;

    pair->end[CLIENT].write_chunk = 1;
    pair->end[SERVER].read_chunk = 1;
    start = now();
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], bytes, (int)count), (int)count);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(SSL_read(pair->ssl[SERVER], &byte, 1), 1);
        CHECK_EQ(byte, bytes[i]);
    }
    start = now() - start;
    free(bytes);
    pair_free(pair);
    return start;
}

TEST(single_bytes)
{
    check_linear(cost_of_single_bytes, 4000);
}

static double cost_of_slow_hello(size_t count)
{
    read_chunk = 1;
    return cost_of_hello(EXTENSIONS, count, 16384);
}

TEST(hello_in_single_bytes)
{
    check_linear(cost_of_slow_hello, 4000);
}

/* ---- a ClientHello of DTLS in fragments of one byte ---- */

enum order { FORWARDS, BACKWARDS, EVERY_OTHER };

static double cost_of_fragments(size_t count, enum order order)
{
    struct pair *pair = pair_contexts(DTLS1_2_VERSION);
    double cost = 0;

    pair_over_datagrams(pair);
    make_hello(1, PADDING, count);
    for (size_t sent = 0, body = length - 12 + 8; sent < body;) {
        double start;

        for (int i = 0; i < 100 && sent < body; i++, sent++) {
            unsigned char datagram[26];
            size_t offset = order == BACKWARDS ? body - 1 - sent : sent;

            if (order == EVERY_OTHER)
                offset = 2 * sent < body ? 2 * sent : (2 * sent - body) | 1;

            put_record_header(datagram, SSL3_RT_HANDSHAKE, DTLS1_2_VERSION, 0, sent, 13);
            put_fragment_header(datagram + 13, SSL3_MT_CLIENT_HELLO, body, 0, offset, 1);
            datagram[25] = message[4 + offset];
            datagram_add(&pair->datagrams[SERVER], datagram, sizeof(datagram));
        }
        start = now();
        CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        cost += now() - start;
    }
    /* Ours keeps no more than some pieces with gaps between them. */
    CHECK(pair->datagrams[CLIENT].count > 0 || (order == EVERY_OTHER && !on_the_oracle()));
    pair_free(pair);
    return cost;
}

static double cost_forwards(size_t count)
{
    return cost_of_fragments(count, FORWARDS);
}

static double cost_backwards(size_t count)
{
    return cost_of_fragments(count, BACKWARDS);
}

static double cost_with_gaps(size_t count)
{
    return cost_of_fragments(count, EVERY_OTHER);
}

TEST(fragments_of_one_byte)
{
    check_linear(cost_forwards, 3000);
}

TEST(fragments_of_one_byte_backwards)
{
    check_linear(cost_backwards, 3000);
}

TEST(fragments_of_one_byte_with_gaps)
{
    check_linear(cost_with_gaps, 3000);
}

/* ---- what a client gets ---- */

/* The client deals with all that waits for it. */
static void shake_client(struct pair *pair)
{
    int ret = SSL_do_handshake(pair->ssl[CLIENT]);

    CHECK(ret == 1 || SSL_get_error(pair->ssl[CLIENT], ret) == SSL_ERROR_WANT_READ);
    CHECK_NO_ERRORS();
}

/* Of the connections to come. */
static int version_of_all;

static double cost_of_names(size_t count)
{
    struct pair *pair = pair_contexts(version_of_all);
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    double start, cost;

    for (size_t i = 0; i < count; i++) {
        X509_NAME *name = X509_NAME_new();
        char text[24];

        snprintf(text, sizeof(text), "%06zu", i);
        CHECK_EQ(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (unsigned char *)text, -1, -1, 0), 1);
        CHECK(sk_X509_NAME_push(names, name) > 0);
    }
    SSL_CTX_set_client_CA_list(pair->ctx[SERVER], names);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    pair_over_wire(pair);
    shake_client(pair);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    start = now();
    shake_client(pair);
    CHECK_EQ(sk_X509_NAME_num(SSL_get_client_CA_list(pair->ssl[CLIENT])), (int)count);
    cost = now() - start;
    pair_free(pair);
    return cost;
}

TEST_VERSIONS(names_of_authorities)
{
    version_of_all = version;
    check_linear(cost_of_names, 600);
}

static double cost_of_chain(size_t count)
{
    struct pair *pair = pair_contexts(version_of_all);
    X509 *certificate = lent_certificate("rsa");
    double start, cost;

    for (size_t i = 0; i < count; i++) {
        CHECK_OK(X509_up_ref(certificate));
        CHECK_EQ(SSL_CTX_add_extra_chain_cert(pair->ctx[SERVER], certificate), 1);
    }
    SSL_CTX_set_max_cert_list(pair->ctx[CLIENT], 1000000);
    pair_over_wire(pair);
    shake_client(pair);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    start = now();
    shake_client(pair);
    CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[CLIENT])), (int)count + 1);
    cost = now() - start;
    pair_free(pair);
    return cost;
}

TEST_VERSIONS(certificates_of_a_chain)
{
    version_of_all = version;
    check_linear(cost_of_chain, 100);
}

static double cost_of_tickets(size_t count)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    double start, cost;
    char byte;

    for (size_t i = 0; i < count; i++)
        CHECK_OK(SSL_new_session_ticket(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    start = now();
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
    cost = now() - start;
    pair_free(pair);
    return cost;
}

TEST(session_tickets)
{
    check_linear(cost_of_tickets, 300);
}


/* ---- floods and limits ---- */

/* README.md: limits where OpenSSL 3.0 has none, but for ChangeCipherSpecs. There what is one too many succeeds, too. */
enum { IN_A_ROW = 32, IDENTITIES_LOOKED_AT = 8, SHARES_LOOKED_AT = 16 };

/* The read after `count` of something that may come so often waits for more. One more ends ours. */
static void check_limit(struct pair *pair, int side, void (*send_one)(struct pair *, int), int reason)
{
    SSL *ssl = pair->ssl[side];
    char byte;

    for (int i = 0; i < IN_A_ROW; i++) {
        send_one(pair, side);
        CHECK_WANTS(ssl, SSL_read(ssl, &byte, 1), SSL_ERROR_WANT_READ);
    }
    send_one(pair, side);
    if (on_the_oracle() && reason != SSL_R_UNEXPECTED_CCS_MESSAGE)
        CHECK_WANTS(ssl, SSL_read(ssl, &byte, 1), SSL_ERROR_WANT_READ);
    else
        CHECK_FAILS(ssl, SSL_read(ssl, &byte, 1), reason);
    pair_free(pair);
}

static void send_key_update(struct pair *pair, int side)
{
    CHECK_OK(SSL_key_update(pair->ssl[!side], SSL_KEY_UPDATE_NOT_REQUESTED));
    CHECK_OK(SSL_do_handshake(pair->ssl[!side]));
}

TEST(key_updates_in_a_row)
{
    for (int side = CLIENT; side <= SERVER; side++)
        check_limit(pair_established(TLS1_3_VERSION), side, send_key_update, SSL_R_TOO_MANY_KEY_UPDATES);
}

static void send_change_cipher_spec(struct pair *pair, int side)
{
    queue_add(&pair->queue[side], "\x14\x03\x03\x00\x01\x01", 6);
}

TEST(change_cipher_specs_in_a_row)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    pair_over_wire(pair);
    shake_client(pair);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    check_limit(pair, SERVER, send_change_cipher_spec, SSL_R_UNEXPECTED_CCS_MESSAGE);
}

static void send_request(struct pair *pair, int side)
{
    CHECK_OK(SSL_renegotiate(pair->ssl[!side]));
    CHECK_OK(SSL_do_handshake(pair->ssl[!side]));
}

/* A client that says no to each. */
TEST(hello_requests_in_a_row)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_RENEGOTIATION);
    pair_over_wire(pair);
    pair_handshake(pair);
    check_limit(pair, CLIENT, send_request, SSL_R_NO_RENEGOTIATION);
}

/* In plain before the ServerHello they are ignored. */
static void send_plain_request(struct pair *pair, int side)
{
    queue_add(&pair->queue[side], "\x16\x03\x03\x00\x04\0\0\0", 9);
}

TEST(plain_hello_requests_in_a_row)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    pair_over_wire(pair);
    shake_client(pair);
    check_limit(pair, CLIENT, send_plain_request, SSL_R_NO_RENEGOTIATION);
}

/* A client that renegotiates again and again, which the server allows. */
TEST(renegotiations_in_a_row)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    char byte;

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    pair_over_wire(pair);
    pair_handshake(pair);
    for (int i = 0; i < IN_A_ROW; i++) {
        CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
        for (int turn = 0; SSL_renegotiate_pending(pair->ssl[CLIENT]); turn++) {
            CHECK(turn < 10);
            SSL_do_handshake(pair->ssl[CLIENT]);
            CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
        }
    }
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    if (on_the_oracle())
        CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
    else
        CHECK_FAILS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_R_NO_RENEGOTIATION);
    pair_free(pair);
}

static int identities_looked_at;

static int find_session(SSL *ssl, const unsigned char *identity, size_t identity_length, SSL_SESSION **session)
{
    (void)ssl, (void)identity, (void)identity_length;
    identities_looked_at++;
    *session = NULL;
    return 1;
}

TEST(identities_that_are_looked_at)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], find_session);
    pair_over_wire(pair);
    make_hello(0, IDENTITIES, 100);
    send_message(pair, SERVER, 16384);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_EQ(identities_looked_at, on_the_oracle() ? 100 : IDENTITIES_LOOKED_AT);
    pair_free(pair);
}

/* A key share after the 16th is none: the server asks for another. */
TEST(key_shares_that_are_looked_at)
{
    for (int beyond = 0; beyond < 2; beyond++) {
        struct pair *pair = pair_contexts(TLS1_3_VERSION);

        pair_over_wire(pair);
        shares_before = SHARES_LOOKED_AT - 1 + (size_t)beyond;
        make_hello(0, SHARES, 20);
        send_message(pair, SERVER, 16384);
        CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        CHECK_EQ(is_retry(pair), beyond && !on_the_oracle());
        pair_free(pair);
    }
}

/* The client gets many tickets, and reads them one by one: nothing but the last is kept. */
TEST(tickets_take_no_memory)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    size_t before = 0;
    char byte;

    for (int i = 0; i < 2000; i++) {
        CHECK_OK(SSL_new_session_ticket(pair->ssl[SERVER]));
        CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
        CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
        if (i == 100)
            before = heap();
    }
    CHECK(heap() < before + 20000);
    pair_free(pair);
}

/* A server that asks for a certificate again and again. */
TEST(certificate_requests_take_no_memory)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    size_t before = 0;
    char byte;

    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER, NULL);
    for (int i = 0; i < 500; i++) {
        CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
        CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
        CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
        CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
        if (i == 100)
            before = heap();
    }
    CHECK(heap() < before + 20000);
    pair_free(pair);
}

/* A HelloVerifyRequest, and another, each with a cookie of its own (RFC 6347, 4.2.1): each has one answer, and nothing stays. */
TEST(verify_requests_take_no_memory)
{
    struct pair *pair = pair_contexts(DTLS1_2_VERSION);
    size_t before = 0;

    pair_over_datagrams(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    for (int i = 0; i < 1000; i++) {
        unsigned char datagram[25 + 203] = "";

        datagrams_drop(&pair->datagrams[SERVER]);
        put_record_header(datagram, SSL3_RT_HANDSHAKE, DTLS1_VERSION, 0, (uint64_t)i, 12 + 203);
        put_fragment_header(datagram + 13, DTLS1_MT_HELLO_VERIFY_REQUEST, 203, i, 0, 203);
        memcpy(datagram + 25, "\xfe\xff\xc8", 3);
        memcpy(datagram + 28, &i, sizeof(i));
        datagram_add(&pair->datagrams[CLIENT], datagram, sizeof(datagram));
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        CHECK_EQ(pair->datagrams[SERVER].count, 1);
        if (i == 100)
            before = heap();
    }
    CHECK(heap() < before + 20000);
    pair_free(pair);
}

/* A ClientHello that comes again and again, as from a forged address, has the server send its flight once. */
TEST(hellos_again_have_no_answer)
{
    struct pair *pair = pair_contexts(DTLS1_2_VERSION);
    unsigned char datagram[2000] = "";
    size_t before = 0;

    pair_over_datagrams(pair);
    make_hello(1, NOTHING, 0);
    put_fragment_header(datagram + 13, SSL3_MT_CLIENT_HELLO, length - 4, 0, 0, length - 4);
    memcpy(datagram + 25, message + 4, length - 4);
    for (int i = 0; i < 1000; i++) {
        put_record_header(datagram, SSL3_RT_HANDSHAKE, DTLS1_2_VERSION, 0, (uint64_t)i, 12 + length - 4);
        datagram_add(&pair->datagrams[SERVER], datagram, 25 + length - 4);
        CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        CHECK_EQ(pair->datagrams[CLIENT].count > 0, i == 0);
        datagrams_drop(&pair->datagrams[CLIENT]);
        if (i == 100)
            before = heap();
    }
    CHECK(heap() < before + 20000);
    pair_free(pair);
}

/* A message that is announced takes the room of what came of it. The system's library has room for all of it. */
TEST(announced_message_takes_no_memory)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    size_t before;

    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    before = heap();
    queue_add(&pair->queue[SERVER], "\x16\x03\x01\x00\x05\x01\x01\xff\xff\x03", 10);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK(heap() < before + (on_the_oracle() ? 200000 : 20000));
    pair_free(pair);
}
