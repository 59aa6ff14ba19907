/* SSL_CTX_set_security_callback(3): nothing is used that the callback was not asked about or refused, whichever way it is chosen. */
#include "support.h"

typedef int (*security_callback)(const SSL *, const SSL_CTX *, int, int, int, void *, void *);

static struct {
    int operation, what, skip; /* what is refused, or all of the operation's, but for the first so many times */
} refused;
static int asked_count;
static security_callback by_level;

static int what_of(int operation, int nid, void *other)
{
    switch (operation & SSL_SECOP_OTHER_TYPE) {
    case SSL_SECOP_OTHER_CIPHER: return SSL_CIPHER_get_protocol_id(other);
    case SSL_SECOP_OTHER_CURVE:
    case SSL_SECOP_OTHER_SIGALG: return ((unsigned char *)other)[0] << 8 | ((unsigned char *)other)[1];
    default: return nid;
    }
}

static int judge(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid, void *other, void *data)
{
    (void)ssl, (void)ctx, (void)bits, (void)data;
    asked_count++;
    if (operation != refused.operation || (refused.what != 0 && refused.what != what_of(operation, nid, other)))
        return 1;
    return refused.skip-- > 0;
}

static int pass_through(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid, void *other, void *data)
{
    return by_level(ssl, ctx, operation, bits, nid, other, data);
}

static void refuse(SSL_CTX *ctx, int operation, int what, int skip)
{
    SSL_CTX_set_security_callback(ctx, judge);
    refused.operation = operation;
    refused.what = what;
    refused.skip = skip;
}

static void for_versions(struct pair *pair, int client_highest)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_security_level(pair->ctx[side], 0);
        CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[side], TLS1_VERSION));
    }
    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], client_highest));
}

static void check_failure(struct pair *pair, int side, int reason)
{
    struct outcome outcome[2];

    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[side], reason);
    refused.operation = 0;
    pair_free(pair);
}

/* The server refuses this ClientHello. */
static void check_refused_hello(struct pair *pair, const unsigned char *hello, size_t length, int reason)
{
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    queue_add(pair->end[SERVER].in, hello, length);
    CHECK_EQ(SSL_do_handshake(ssl), -1);
    CHECK_EQ(SSL_get_error(ssl, -1), SSL_ERROR_SSL);
    CHECK_EQ(ERR_GET_REASON(ERR_get_error()), reason);
    ERR_clear_error();
    refused.operation = 0;
    pair_free(pair);
}

/* A ClientHello of TLS 1.2 with ECDHE-RSA-AES128-GCM-SHA256 and P-256, but no signature_algorithms. */
static const unsigned char unnamed_hello[] = {
    22, 3, 1, 0, 66, 1, 0, 0, 62, 3, 3,
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
    0, 0, 2, 0xc0, 0x2f, 1, 0, 0, 19,
    0, 10, 0, 4, 0, 2, 0, 23,
    0, 11, 0, 2, 1, 0,
    0xff, 1, 0, 1, 0,
};

/* A client that does not say what it takes means SHA-1, which is not used where it is not allowed. */
TEST(no_signature_with_what_is_refused_for_want_of_names)
{
    for (int i = 0; i < 2; i++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);

        use_identity(pair->ctx[SERVER], "rsa");
        by_level = SSL_CTX_get_security_callback(pair->ctx[SERVER]);
        SSL_CTX_set_security_level(pair->ctx[SERVER], i);
        if (i == 0)
            refuse(pair->ctx[SERVER], SSL_SECOP_SIGALG_SUPPORTED, 0, 0);
        else
            SSL_CTX_set_security_callback(pair->ctx[SERVER], pass_through);
        check_refused_hello(pair, unnamed_hello, sizeof(unnamed_hello), SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
    }
}

/* A ClientHello of TLS 1.2 with ECDHE-ECDSA-AES128-GCM-SHA256, but no supported_groups. */
static const unsigned char groupless_hello[] = {
    22, 3, 1, 0, 52, 1, 0, 0, 48, 3, 3,
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
    0, 0, 2, 0xc0, 0x2b, 1, 0, 0, 5,
    0xff, 1, 0, 1, 0,
};

/* A client that offers no curves does not thereby allow that of the certificate. */
TEST(curve_of_our_certificate)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    use_identity(pair->ctx[SERVER], "ec");
    SSL_CTX_set_security_level(pair->ctx[SERVER], 0);
    refuse(pair->ctx[SERVER], SSL_SECOP_CURVE_CHECK, 23, 0);
    check_refused_hello(pair, groupless_hello, sizeof(groupless_hello), SSL_R_NO_SHARED_CIPHER);
}

/* Which suite comes first is also decided by SSL_OP_PRIORITIZE_CHACHA. */
TEST(suite_of_a_client_without_aes)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256"));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305"));
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(SSL_get_cipher(pair->ssl[SERVER]), "ECDHE-ECDSA-CHACHA20-POLY1305");
    pair_disconnect(pair);
    refuse(pair->ctx[SERVER], SSL_SECOP_CIPHER_SHARED, 0xcca9, 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(SSL_get_cipher(pair->ssl[SERVER]), "ECDHE-ECDSA-AES128-GCM-SHA256");
    pair_free(pair);
}

static struct pair *psk_pair(int version)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_free(pair->ctx[SERVER]);
    pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
    CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[SERVER], version));
    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], version));
    share_psk(pair);
    return pair;
}

/* A PSK of old goes with SHA-256: the suite of another hash is taken before one that is refused, and fails. */
TEST(suite_of_a_psk)
{
    struct pair *pair = psk_pair(TLS1_3_VERSION);

    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"));
    refuse(pair->ctx[SERVER], SSL_SECOP_CIPHER_SHARED, 0x1301, 0);
    pair_over_wire(pair);
    check_failure(pair, SERVER, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
}

/* The group beside a PSK is another than the one refused. */
TEST(group_beside_a_psk)
{
    struct pair *pair = psk_pair(TLS1_2_VERSION);

    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "ECDHE-PSK-AES128-CBC-SHA256"));
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[side], "X25519:P-256"));
    }
    refuse(pair->ctx[SERVER], SSL_SECOP_CURVE_SHARED, 29, 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[SERVER]), NID_X9_62_prime256v1);
    pair_free(pair);
}

/* TLS 1.3 is allowed, but nothing authenticates the server there; TLS 1.2 is refused. */
TEST(version_of_a_server_without_certificate)
{
    struct pair *pair = psk_pair(0);

    for_versions(pair, TLS1_3_VERSION);
    SSL_CTX_set_psk_server_callback(pair->ctx[SERVER], NULL);
    SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "ADH-AES128-SHA256:ADH-AES128-SHA"));
    refuse(pair->ctx[SERVER], SSL_SECOP_VERSION, TLS1_2_VERSION, 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), TLS1_1_VERSION);
    pair_free(pair);
}

static int refuse_new_versions(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid, void *other, void *data)
{
    (void)ssl, (void)ctx, (void)bits, (void)other, (void)data;
    /* The first question is whether a handshake may begin. */
    return asked_count++ == 0 || operation != SSL_SECOP_VERSION || nid < TLS1_2_VERSION;
}

/* A server that may not speak more does not tell its client that it could, nor takes it for one that fell back. */
TEST(higher_versions_that_are_refused)
{
    for (int falls_back = 0; falls_back < 2; falls_back++) {
        struct pair *pair = pair_contexts(0);

        for_versions(pair, falls_back ? TLS1_1_VERSION : TLS1_2_VERSION);
        if (falls_back)
            SSL_CTX_set_mode(pair->ctx[CLIENT], SSL_MODE_SEND_FALLBACK_SCSV);
        SSL_CTX_set_security_callback(pair->ctx[SERVER], refuse_new_versions);
        asked_count = 0;
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_version(pair->ssl[SERVER]), TLS1_1_VERSION);
        pair_free(pair);
    }
}

/* The client looks at the versions once more when the server chose. */
TEST(version_that_is_refused_when_it_was_chosen)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[CLIENT], TLS1_VERSION));
    refuse(pair->ctx[CLIENT], SSL_SECOP_VERSION, TLS1_2_VERSION, 0);
    pair_over_wire(pair);
    refused.operation = 0;
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    refused.operation = SSL_SECOP_VERSION;
    check_failure(pair, CLIENT, SSL_R_UNSUPPORTED_PROTOCOL);
}

static SSL_CTX *other_context;

static int switch_context(SSL *ssl, int *alert, void *data)
{
    (void)alert, (void)data;
    SSL_set_SSL_CTX(ssl, other_context);
    return SSL_TLSEXT_ERR_OK;
}

/* The callback comes with the context that the servername chooses, when the group was looked at by the level. */
TEST(group_of_another_context)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    SSL_CTX_set_security_level(pair->ctx[CLIENT], 0);
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519"));
    other_context = SSL_CTX_new(TLS_server_method());
    for (int i = 0; i < 2; i++) {
        SSL_CTX *ctx = i == 0 ? pair->ctx[SERVER] : other_context;

        use_identity(ctx, "ec384");
        SSL_CTX_set_security_level(ctx, 4);
    }
    by_level = SSL_CTX_get_security_callback(other_context);
    SSL_CTX_set_security_callback(other_context, pass_through);
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], switch_context);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "test.example"));
    check_failure(pair, SERVER, SSL_R_NO_SUITABLE_KEY_SHARE);
    SSL_CTX_free(other_context);
}

static int set_groups(SSL *ssl, void *data)
{
    (void)data;
    return SSL_set1_groups_list(ssl, "P-256");
}

/* The certificate callback puts a group there that is refused. */
TEST(group_that_comes_later)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256:X25519"));
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "X25519"));
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], set_groups, NULL);
    refuse(pair->ctx[SERVER], SSL_SECOP_CURVE_CHECK, 23, 0);
    pair_over_wire(pair);
    check_failure(pair, SERVER, SSL_R_NO_SUITABLE_KEY_SHARE);
}

static int groups_sent;

static void find_groups(int written, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    const unsigned char *hello = bytes;

    (void)version, (void)ssl, (void)argument;
    for (size_t i = 43; written && type == SSL3_RT_HANDSHAKE && hello[0] == 1 && i + 5 < length; i++)
        groups_sent |= hello[i] == 0 && hello[i + 1] == 10 && hello[i + 2] == 0 && hello[i + 4] == 0 && hello[i + 3] == hello[i + 5] + 2;
}

/* A client that may use no group offers none. */
TEST(no_group_at_all)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], side == CLIENT ? "ECDHE+AESGCM:AES128-SHA" : "AES128-SHA"));
    use_identity(pair->ctx[SERVER], "rsa");
    SSL_CTX_set_msg_callback(pair->ctx[CLIENT], find_groups);
    groups_sent = 0;
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(groups_sent, 1);
    pair_disconnect(pair);
    refuse(pair->ctx[CLIENT], SSL_SECOP_CURVE_SUPPORTED, 0, 0);
    groups_sent = 0;
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(groups_sent, 0);
    pair_free(pair);
}

/* So is the key of a client's certificate. */
TEST(curve_of_a_client_certificate)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    use_identity(pair->ctx[SERVER], "rsa");
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    use_identity(pair->ctx[CLIENT], "ec");
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-RSA-AES128-GCM-SHA256"));
    refuse(pair->ctx[SERVER], SSL_SECOP_CURVE_CHECK, 23, 0);
    pair_over_wire(pair);
    check_failure(pair, SERVER, SSL_R_WRONG_CURVE);
}

static void give_certificate_late(int written, int version, int type, const void *bytes, size_t length, SSL *ssl, void *data)
{
    (void)version, (void)data;
    if (!written && type == SSL3_RT_HANDSHAKE && length > 0 && *(const unsigned char *)bytes == SSL3_MT_CERTIFICATE_REQUEST)
        use_identity_ssl(ssl, "rsa");
}

static int give_certificate(SSL *ssl, void *data)
{
    (void)data;
    use_identity_ssl(ssl, "rsa");
    return 1;
}

/* Before TLS 1.2 the key says what is signed with, and it may come from a callback. */
TEST(certificate_from_a_callback)
{
    for (int from_callback = 0; from_callback < 3; from_callback++) {
        struct pair *pair = pair_contexts(TLS1_1_VERSION);

        for (int side = CLIENT; side <= SERVER; side++)
            SSL_CTX_set_security_level(pair->ctx[side], 0);
        use_identity(pair->ctx[SERVER], "rsa");
        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "AES128-SHA"));
        if (from_callback == 2)
            SSL_CTX_set_msg_callback(pair->ctx[CLIENT], give_certificate_late);
        else if (from_callback)
            SSL_CTX_set_cert_cb(pair->ctx[CLIENT], give_certificate, NULL);
        else
            use_identity(pair->ctx[CLIENT], "rsa");
        refuse(pair->ctx[CLIENT], SSL_SECOP_SIGALG_SUPPORTED, 0, 0);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
        refused.operation = 0;
        pair_free(pair);
    }
}

/* A ticket is not opened where none may be given: by the callback, and from level 3 on. */
TEST(ticket_that_may_not_be_used)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *again;

    again = connect_with(pair, session, 1);
    SSL_SESSION_free(again);
    refuse(pair->ctx[SERVER], SSL_SECOP_TICKET, 0, 0);
    again = connect_with(pair, session, 0);
    SSL_SESSION_free(again);
    pair_free(pair);
    refused.operation = 0;
    SSL_SESSION_free(session);

    pair = pair_for_sessions(TLS1_2_VERSION, 1);
    session = connect_with(pair, NULL, 0);
    SSL_CTX_set_security_level(pair->ctx[SERVER], 3);
    again = connect_with(pair, session, 0);
    SSL_SESSION_free(again);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A refusal before a KeyUpdate ends the connection. */
TEST(refused_key_update)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL *ssl;

    refuse(pair->ctx[CLIENT], 0, 0, 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    ssl = pair->ssl[CLIENT];
    refused.operation = SSL_SECOP_VERSION;
    CHECK_OK(SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED));
    CHECK_EQ(SSL_do_handshake(ssl), -1);
    refused.operation = 0;
    ERR_clear_error();
    CHECK_EQ(SSL_do_handshake(ssl), -1);
    CHECK_EQ(SSL_write(ssl, "x", 1), -1);
    CHECK_STR(SSL_state_string_long(ssl), "error");
    ERR_clear_error();
    pair_free(pair);
}

static int reads, entered;

static int enter_again(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid, void *other, void *data)
{
    char byte;

    (void)ctx, (void)operation, (void)bits, (void)nid, (void)other, (void)data;
    if (ssl != NULL && !SSL_is_server((SSL *)ssl) && entered++ == 0)
        CHECK(reads ? SSL_read((SSL *)ssl, &byte, 1) <= 0 : SSL_do_handshake((SSL *)ssl) <= 0);
    return 1;
}

/* The callback may call the library about the very connection, also before the handshake has begun. */
TEST_VERSIONS(calls_from_the_first_question)
{
    for (reads = 0; reads < 2; reads++) {
        struct pair *pair = pair_contexts(version);

        entered = 0;
        SSL_CTX_set_security_callback(pair->ctx[CLIENT], enter_again);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK(entered > 0);
        ERR_clear_error();
        check_alive(pair);
        pair_free(pair);
    }
}

/* A message of a peer that repeats itself does not multiply the questions. */
TEST(repetitions)
{
    static unsigned char hello[sizeof(unnamed_hello) + 2000];
    size_t suites = 46, head = suites, rest = sizeof(unnamed_hello) - suites - 2;
    int once = 0;

    for (int i = 0; i < 2; i++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        size_t count = i == 0 ? 1 : 1000, length = head + 2 * count + rest;

        memcpy(hello, unnamed_hello, head);
        for (size_t j = 0; j < count; j++)
            memcpy(hello + head + 2 * j, unnamed_hello + suites, 2);
        memcpy(hello + head + 2 * count, unnamed_hello + suites + 2, rest);
        hello[3] = (length - 5) >> 8, hello[4] = (length - 5) & 255;
        hello[7] = (length - 9) >> 8, hello[8] = (length - 9) & 255;
        hello[suites - 2] = 2 * count >> 8, hello[suites - 1] = 2 * count & 255;
        use_identity(pair->ctx[SERVER], "rsa");
        SSL_CTX_set_security_level(pair->ctx[SERVER], 0);
        refuse(pair->ctx[SERVER], SSL_SECOP_CIPHER_SHARED, 0, 0);
        asked_count = 0;
        pair_over_wire(pair);
        queue_add(pair->end[SERVER].in, hello, length);
        CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
        CHECK_EQ(ERR_GET_REASON(ERR_get_error()), SSL_R_NO_SHARED_CIPHER);
        ERR_clear_error();
        if (i == 0)
            once = asked_count;
        else if (!on_the_oracle())
            CHECK_EQ(asked_count, once);
        refused.operation = 0;
        pair_free(pair);
    }
}

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned *length)
{
    (void)ssl;
    memset(cookie, 1, *length = 16);
    return 1;
}

static int check_cookie(SSL *ssl, const unsigned char *cookie, unsigned length)
{
    (void)ssl, (void)cookie;
    return length == 16;
}

/* Each ClientHello is asked about, also the one that brings a cookie. */
TEST(hello_with_a_cookie)
{
    struct pair *pair = pair_contexts(DTLS_ANY_VERSION);
    int first;

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_COOKIE_EXCHANGE);
    SSL_CTX_set_cookie_generate_cb(pair->ctx[SERVER], make_cookie);
    SSL_CTX_set_cookie_verify_cb(pair->ctx[SERVER], check_cookie);
    refuse(pair->ctx[CLIENT], 0, 0, 0);
    pair_over_datagrams(pair);
    asked_count = 0;
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    first = asked_count;
    CHECK(first > 50);
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    /* But for whether a handshake may begin. */
    CHECK_EQ(asked_count, 2 * first - 3);
    ERR_clear_error();
    pair_handshake(pair);
    pair_free(pair);
}
