/*
 * What went wrong in TLS libraries before, where no other file has a test of it. docs/CVES.md says which test belongs to
 * which CVE.
 */
#include "later.h"
#include "support.h"

#include <malloc.h>

#include <openssl/ocsp.h>

LATER("3.2", int, SSL_CTX_set1_server_cert_type, SSL_CTX *, const unsigned char *, size_t)

static void inject_record(struct pair *pair, int side, int type, const void *bytes, size_t length)
{
    unsigned char header[5] = {(unsigned char)type, 3, 3, (unsigned char)(length >> 8), (unsigned char)length};

    queue_add(&pair->queue[side], header, 5);
    queue_add(&pair->queue[side], bytes, length);
}

/* CVE-2014-0160: a heartbeat request that says to be longer than it is gets no answer but an alert. */
TEST_SIDES(heartbeat_is_not_answered)
{
    static const unsigned char request[] = {1, 0xff, 0xff, 'a'};
    struct pair *pair = pair_contexts(version);
    struct queue *out;

    pair_over_wire(pair);
    if (server)
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[server]), -1);
    out = &pair->queue[!server];
    queue_drop(out, queue_length(out));
    inject_record(pair, server, 24, request, sizeof(request));
    CHECK_EQ(SSL_do_handshake(pair->ssl[server]), -1);
    CHECK_SSL_ERROR(pair->ssl[server], -1, SSL_ERROR_SSL);
    ERR_clear_error();
    CHECK(queue_length(out) < 40);
    pair_free(pair);
}

/* CVE-2014-0224: a ChangeCipherSpec before there are keys. */
TEST(early_change_cipher_spec)
{
    for (int server = 0; server < 2; server++) {
        for (int later = 0; later < 2; later++) {
            struct pair *pair = pair_contexts(TLS1_2_VERSION);
            struct queue *in;

            pair_over_wire(pair);
            in = &pair->queue[server];
            if (server || later)
                CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
            if (later) {
                CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
                /* Of the server's flight the ServerHello alone. */
                if (!server)
                    in->end = in->start + 5 + (size_t)(in->bytes[in->start + 3] << 8 | in->bytes[in->start + 4]);
            } else if (server) {
                queue_drop(in, queue_length(in));
            }
            inject_record(pair, server, SSL3_RT_CHANGE_CIPHER_SPEC, "\x01", 1);
            CHECK_FAILS(pair->ssl[server], SSL_do_handshake(pair->ssl[server]), SSL_R_UNEXPECTED_MESSAGE);
            in = &pair->queue[!server];
            CHECK_EQ(in->bytes[in->end - 1], SSL_AD_UNEXPECTED_MESSAGE);
            pair_free(pair);
        }
    }
}

/* CVE-2014-3511: a ClientHello in records of one byte is no reason for an older version. */
TEST_VERSIONS(client_hello_in_single_bytes)
{
    struct pair *pair = pair_contexts(version);
    struct queue *queue;
    unsigned char hello[2048];
    size_t length;

    pair_over_wire(pair);
    SSL_CTX_set_min_proto_version(pair->ctx[SERVER], 0);
    SSL_set_min_proto_version(pair->ssl[SERVER], 0);
    queue = &pair->queue[SERVER];
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    length = queue_length(queue);
    CHECK(length < sizeof(hello));
    memcpy(hello, queue->bytes + queue->start, length);
    queue_drop(queue, length);
    for (size_t i = 5; i < length; i++)
        inject_record(pair, SERVER, SSL3_RT_HANDSHAKE, hello + i, 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), version);
    check_alive(pair);
    pair_free(pair);
}

/* CVE-2014-3566, CVE-2014-3568, CVE-2014-3569: a ClientHello of SSL 3.0. */
TEST(ssl3_is_refused)
{
    unsigned char hello[43 + 4] = {1, 0, 0, 43, 3, 0};
    struct pair *pair = pair_contexts(0);
    const struct queue *answer;

    hello[39] = 0, hello[40] = 0, hello[41] = 4; /* no session, two suites */
    hello[42] = 0, hello[43] = 0x35, hello[44] = 0, hello[45] = 0x2f;
    hello[3] = 44;
    pair_over_wire(pair);
    queue_add(&pair->queue[SERVER], "\x16\x03\x00\x00\x30", 5);
    queue_add(&pair->queue[SERVER], hello, sizeof(hello));
    queue_add(&pair->queue[SERVER], "\x00", 1);
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    CHECK_SSL_ERROR(pair->ssl[SERVER], -1, SSL_ERROR_SSL);
    ERR_clear_error();
    answer = &pair->queue[CLIENT];
    CHECK_EQ(queue_length(answer), 7);
    CHECK_EQ(answer->bytes[answer->start], SSL3_RT_ALERT);
    pair_free(pair);
}

/* CVE-2015-0293, CVE-2016-0800: SSL 2.0 gets no answer of its kind. */
TEST(ssl2_is_refused)
{
    static const unsigned char hello[] = {0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10, 1, 0, 0x80, 2, 0, 0x80, 3, 0, 0x80,
                                          4, 0, 0x80, 5, 0, 0x80, 6, 0, 0x40, 7, 0, 0xc0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
                                          11, 12, 13, 14, 15, 16};
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
    queue_add(&pair->queue[SERVER], hello, sizeof(hello));
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    CHECK_SSL_ERROR(pair->ssl[SERVER], -1, SSL_ERROR_SSL);
    ERR_clear_error();
    CHECK(queue_length(&pair->queue[CLIENT]) <= 7);
    pair_free(pair);
}

/* CVE-2016-2183: nobody gets 3DES who does not ask for it. */
TEST(no_triple_des_by_default)
{
    struct pair *pair = pair_contexts(0);
    STACK_OF(SSL_CIPHER) *suites = SSL_CTX_get_ciphers(pair->ctx[CLIENT]);

    CHECK(sk_SSL_CIPHER_num(suites) > 10);
    for (int i = 0; i < sk_SSL_CIPHER_num(suites); i++)
        CHECK(SSL_CIPHER_get_cipher_nid(sk_SSL_CIPHER_value(suites, i)) != NID_des_ede3_cbc);
    pair_free(pair);
}

/* CVE-2022-1434: there is no RC4, by any name or number. */
TEST(cve_2022_1434_no_rc4)
{
    static const unsigned char numbers[][2] = {{0, 3}, {0, 4}, {0, 5}, {0, 0x18}, {0, 0x8a}, {0xc0, 7}, {0xc0, 0x11}, {0xc0, 0x33}};
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        CHECK(SSL_CIPHER_find(pair->ssl[CLIENT], numbers[i]) == NULL);
    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], ""));
    CHECK_EQ(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "RC4-MD5:RC4-SHA:RC4:@SECLEVEL=0"), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
    pair_free(pair);
}

/* CVE-2026-2673: the words of OpenSSL 3.5 for groups, which that got wrong, are no groups. */
TEST(cve_2026_2673_no_default_groups_by_name)
{
    static const char *const lists[] = {"DEFAULT", "DEFAULT:-X25519", "X25519:DEFAULT", "X25519/P-256", "*X25519:P-256", "-X25519:P-256"};
    struct pair *pair = pair_contexts(0);

    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists) && !(on_the_oracle() && OpenSSL_version_num() >= 0x30500000L); i++) {
        CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], lists[i]), 0);
        ERR_clear_error();
    }
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_free(pair);
}

/* CVE-2016-6309: a Certificate message far longer than a record, in small ones. */
TEST_VERSIONS(certificate_in_many_records)
{
    static const int counts[] = {30, 60, 150};

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct pair *pair = pair_contexts(version);

        for (int count = 0; count < counts[i]; count++)
            CHECK_EQ(SSL_CTX_add_extra_chain_cert(pair->ctx[SERVER], load_certificate("rsa")), 1);
        SSL_CTX_set_max_cert_list(pair->ctx[CLIENT], 500000);
        CHECK_EQ(SSL_CTX_set_max_send_fragment(pair->ctx[SERVER], 512), 1);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[CLIENT])), counts[i] + 1);
        check_alive(pair);
        pair_free(pair);
    }
}

/* CVE-2016-7054: a large record of ChaCha20-Poly1305 with any bit changed. */
TEST(large_chacha_record_changed)
{
    unsigned char *bytes = pattern(16384);
    uint64_t random = 7;

    for (int round = 0; round < 30; round++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        struct queue *queue;
        char received[100];

        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-CHACHA20-POLY1305"));
        pair_over_wire(pair);
        pair_handshake(pair);
        queue = &pair->queue[SERVER];
        CHECK_EQ(SSL_write(pair->ssl[CLIENT], bytes, 16384), 16384);
        queue->bytes[queue->start + 5 + next_random(&random) % (queue_length(queue) - 5)] ^= 4;
        CHECK_FAILS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], received, sizeof(received)),
                    SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        pair_free(pair);
    }
    free(bytes);
}

/* CVE-2017-3731: protected records too short for what protects them. */
TEST_SIDES(records_shorter_than_a_tag)
{
    for (size_t length = 1; length < 24; length++) {
        struct pair *pair = pair_established(version);
        char received[16];

        inject_record(pair, server, SSL3_RT_APPLICATION_DATA, "0123456789012345678901234567890", length);
        CHECK_EQ(SSL_read(pair->ssl[server], received, sizeof(received)), -1);
        CHECK_SSL_ERROR(pair->ssl[server], -1, SSL_ERROR_SSL);
        ERR_clear_error();
        pair_free(pair);
    }
}

/* CVE-2017-3737: nothing is sent in clear after a handshake that failed. */
TEST_SIDES(write_after_a_failed_handshake)
{
    struct pair *pair = pair_contexts(version);
    char received[8];
    size_t before;

    pair_over_wire(pair);
    inject_record(pair, server, SSL3_RT_HANDSHAKE, "\x14\x00\x00\x00", 4);
    CHECK_EQ(SSL_do_handshake(pair->ssl[server]), -1);
    ERR_clear_error();
    before = queue_length(&pair->queue[!server]);
    for (int i = 0; i < 3; i++) {
        CHECK(SSL_write(pair->ssl[server], "secret", 6) <= 0);
        CHECK(SSL_read(pair->ssl[server], received, sizeof(received)) <= 0);
        ERR_clear_error();
    }
    CHECK_EQ(queue_length(&pair->queue[!server]), before);
    pair_free(pair);
}

/* CVE-2021-4044: a verification that fails without a verdict is an error, and no reason to try again. */
static int verification_breaks(X509_STORE_CTX *context, void *argument)
{
    (void)context, (void)argument;
    return -1;
}

TEST_VERSIONS(verification_that_breaks)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], verification_breaks, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_EQ(outcome[CLIENT].error, SSL_ERROR_SSL);
    pair_free(pair);
}

/* CVE-2024-4741: buffers that hold part of a record are not freed. */
TEST_SIDES(buffers_with_part_of_a_record_stay)
{
    struct pair *pair = pair_established(version);
    char received[8];

    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    for (size_t length = 5; length < 12; length += 6) {
        pair->end[server].read_room = length == 5 ? 5 : 6;
        CHECK_WANTS(pair->ssl[server], SSL_read(pair->ssl[server], received, 5), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_free_buffers(pair->ssl[server]), 0);
    }
    pair->end[server].read_room = SIZE_MAX;
    CHECK_EQ(SSL_read(pair->ssl[server], received, 5), 5);
    CHECK_MEM(received, "hello", 5);
    CHECK_EQ(SSL_free_buffers(pair->ssl[server]), 1);
    check_alive(pair);
    pair_free(pair);
}

/* CVE-2025-15468: every suite's number gives a suite or nothing. */
TEST(every_number_of_a_suite)
{
    struct pair *pair = pair_contexts(0);
    int found = 0;

    pair_over_wire(pair);
    for (int id = 0; id < 65536; id++) {
        unsigned char bytes[2] = {(unsigned char)(id >> 8), (unsigned char)id};
        const SSL_CIPHER *suite = SSL_CIPHER_find(pair->ssl[CLIENT], bytes);

        if (suite != NULL && ++found > 0)
            CHECK_EQ(SSL_CIPHER_get_protocol_id(suite), id);
    }
    CHECK(found > 100);
    pair_free(pair);
}

static int compare_randoms(const void *one, const void *other)
{
    return memcmp(one, other, 32);
}

/* CVE-2015-0285: no two hellos have the same random. */
TEST_VERSIONS(randoms_of_clients_differ)
{
    enum { HELLOS = 10000 };
    static unsigned char randoms[HELLOS][32];
    struct pair *pair = pair_contexts(version);

    for (int i = 0; i < HELLOS; i++) {
        pair_over_wire(pair);
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        CHECK_EQ(SSL_get_client_random(pair->ssl[CLIENT], randoms[i], 32), 32);
        pair_disconnect(pair);
    }
    qsort(randoms, HELLOS, 32, compare_randoms);
    for (int i = 1; i < HELLOS; i++)
        CHECK(memcmp(randoms[i - 1], randoms[i], 32) != 0);
    pair_free(pair);
}

/* The server asks, and the client follows. */
static void renegotiate(struct pair *pair)
{
    SSL *client = pair->ssl[CLIENT], *server_ssl = pair->ssl[SERVER];
    long wanted = SSL_num_renegotiations(client) + 1;
    char received[8];

    CHECK_OK(SSL_renegotiate(server_ssl));
    for (int turn = 0; turn == 0 || SSL_renegotiate_pending(server_ssl) || !SSL_is_init_finished(client); turn++) {
        CHECK(turn < 20);
        SSL_do_handshake(server_ssl);
        CHECK_NO_ERRORS();
        CHECK_WANTS(client, SSL_read(client, received, sizeof(received)), SSL_ERROR_WANT_READ);
        CHECK_WANTS(server_ssl, SSL_read(server_ssl, received, sizeof(received)), SSL_ERROR_WANT_READ);
    }
    CHECK_EQ(SSL_num_renegotiations(client), wanted);
}

/* The length of the record that five bytes of data make. */
static size_t length_of_five_bytes(struct pair *pair, int side)
{
    struct queue *queue = &pair->queue[!side];
    size_t length;
    char received[8];

    CHECK_EQ(SSL_write(pair->ssl[side], "bytes", 5), 5);
    length = queue_length(queue) - 5;
    CHECK_EQ(SSL_read(pair->ssl[!side], received, sizeof(received)), 5);
    return length;
}

/* CVE-2017-3733: a renegotiation agrees on encrypt-then-MAC, or on none, where the handshake before did not. */
TEST(cve_2017_3733_other_encrypt_then_mac_in_a_renegotiation)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        for (int first = 0; first < 2; first++) {
            struct pair *pair = pair_contexts(TLS1_2_VERSION);

            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-SHA"));
            pair_over_wire(pair);
            for (int round = 0; round < 5; round++) {
                int has = (first + round) % 2;

                if (has)
                    SSL_clear_options(pair->ssl[side], SSL_OP_NO_ENCRYPT_THEN_MAC);
                else
                    SSL_set_options(pair->ssl[side], SSL_OP_NO_ENCRYPT_THEN_MAC);
                if (round == 0)
                    pair_handshake(pair);
                else
                    renegotiate(pair);
                /* An explicit IV, a MAC of 20 bytes, and padding either behind it or before it. */
                CHECK_EQ(length_of_five_bytes(pair, CLIENT), has ? 16 + 16 + 20 : 16 + 32);
                CHECK_EQ(length_of_five_bytes(pair, SERVER), has ? 16 + 16 + 20 : 16 + 32);
            }
            pair_free(pair);
        }
    }
}

/* CVE-2016-6304: the responders that a client names in every renegotiation take no memory beyond the handshake. */
TEST(cve_2016_6304_responders_in_many_renegotiations)
{
    enum { KEY = 60000 };
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    STACK_OF(OCSP_RESPID) *ids = sk_OCSP_RESPID_new_null();
    unsigned char *encoded = pattern(8 + KEY);
    const unsigned char *at = encoded;
    size_t before = 0;

    /* byKey [2] OCTET STRING, as RFC 6960 has it, but for the length. */
    memcpy(encoded, (unsigned char[]){0xa2, 0x82, (KEY + 4) >> 8, (KEY + 4) & 0xff, 4, 0x82, KEY >> 8, KEY & 0xff}, 8);
    CHECK(sk_OCSP_RESPID_push(ids, d2i_OCSP_RESPID(NULL, &at, 8 + KEY)));
    CHECK(sk_OCSP_RESPID_value(ids, 0) != NULL);
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_CTX_set_session_cache_mode(pair->ctx[side], SSL_SESS_CACHE_OFF);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_tlsext_status_type(pair->ssl[CLIENT], TLSEXT_STATUSTYPE_ocsp));
    CHECK_OK(SSL_set_tlsext_status_ids(pair->ssl[CLIENT], ids));
    pair_handshake(pair);
    for (int times = 0; times < 120; times++) {
        STACK_OF(OCSP_RESPID) *shown = NULL;

        if (times == 20)
            before = mallinfo2().uordblks;
        renegotiate(pair);
        /* Renegotiations with nothing between them are limited. */
        check_alive(pair);
        CHECK_OK(SSL_get_tlsext_status_ids(pair->ssl[SERVER], &shown));
        CHECK_EQ(sk_OCSP_RESPID_num(shown), 1);
    }
    CHECK(mallinfo2().uordblks < before + 2 * KEY);
    check_alive(pair);
    pair_free(pair);
    free(encoded);
}

static int checked_chains;

static int check_chain(SSL *ssl, void *argument)
{
    static const char *const identities[] = {"ec", "rsa", "ed25519", "rsa-pss"};

    (void)argument;
    for (size_t i = 0; i < sizeof(identities) / sizeof(*identities); i++) {
        X509 *certificate = load_certificate(identities[i]);
        EVP_PKEY *key = load_key(identities[i]);

        SSL_check_chain(ssl, certificate, key, NULL);
        checked_chains++;
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    return 1;
}

/* Adds an extension to the ClientHello that waits for the server. */
static void add_extension(struct queue *queue, const unsigned char *extension, size_t length)
{
    unsigned char *record, copy[4096];
    size_t size = queue_length(queue), at = 5 + 4 + 2 + 32;

    CHECK(size + length <= sizeof(copy));
    memcpy(copy, queue->bytes + queue->start, size);
    queue_drop(queue, size);
    at += 1 + (size_t)copy[at];
    at += 2 + (size_t)(copy[at] << 8 | copy[at + 1]);
    at += 1 + (size_t)copy[at];
    CHECK_EQ(at + 2 + (size_t)(copy[at] << 8 | copy[at + 1]), size);
    memcpy(copy + size, extension, length);
    size += length;
    record = copy;
    record[3] = (unsigned char)((size - 5) >> 8), record[4] = (unsigned char)(size - 5);
    record[7] = (unsigned char)((size - 9) >> 8), record[8] = (unsigned char)(size - 9);
    record[at] = (unsigned char)((size - at - 2) >> 8), record[at + 1] = (unsigned char)(size - at - 2);
    queue_add(queue, copy, size);
}

/* CVE-2020-1967: a program asks about chains when the client has named no known scheme for certificates. */
TEST_VERSIONS(cve_2020_1967_unknown_schemes_of_certificates)
{
    static const unsigned char lists[][10] = {
        {0, 50, 0, 4, 0, 2, 0xfe, 0xfe},
        {0, 50, 0, 4, 0, 2, 0, 0},
        {0, 50, 0, 6, 0, 4, 0xff, 0xff, 8, 0x99},
        {0, 50, 0, 6, 0, 4, 0xfe, 0xfe, 4, 3},
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        struct pair *pair = pair_contexts(version);

        SSL_CTX_set_cert_cb(pair->ctx[SERVER], check_chain, NULL);
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        add_extension(&pair->queue[SERVER], lists[i], 4 + (size_t)lists[i][3]);
        checked_chains = 0;
        /* The last list has the scheme of the server's certificate. */
        if (i + 1 == sizeof(lists) / sizeof(*lists))
            CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        else
            CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
        CHECK_EQ(checked_chains, 4);
        pair_free(pair);
    }
}

/* CVE-2026-14457: a server with a raw public key and no certificate gets schemes for certificates. */
TEST_VERSIONS(cve_2026_14457_schemes_of_certificates_and_no_certificate)
{
    /* 2: raw public keys (RFC 7250). */
    static const unsigned char raw_only[] = {2};
    static const unsigned char lists[][8] = {{0, 50, 0, 4, 0, 2, 4, 3}, {0, 50, 0, 4, 0, 2, 0xfe, 0xfe}};

    NEEDS(SSL_CTX_set1_server_cert_type);
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        struct pair *pair = pair_contexts(version);
        EVP_PKEY *key = load_key("ec");

        SSL_CTX_free(pair->ctx[SERVER]);
        pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
        CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], key));
        EVP_PKEY_free(key);
        CHECK_OK(later_SSL_CTX_set1_server_cert_type(pair->ctx[SERVER], raw_only, 1));
        CHECK_OK(later_SSL_CTX_set1_server_cert_type(pair->ctx[CLIENT], raw_only, 1));
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        add_extension(&pair->queue[SERVER], lists[i], sizeof(lists[i]));
        /* Nobody signed the key, so that no scheme is asked of it. */
        CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        pair_free(pair);
    }
}
