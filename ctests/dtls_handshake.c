/*
 * SSL_CTX_new(3), DTLS_method(3), SSL_CTX_set_min_proto_version(3), SSL_get_version(3): the methods of
 * DTLS and its versions, and what handshakes over datagrams bring about (RFC 6347).
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/evp.h>

/* ---- methods and versions ---- */

typedef const SSL_METHOD *method_function(void);

/* Which versions the methods speak, and on which side. */
TEST(methods)
{
    static const struct {
        method_function *function;
        int version, client, server;
    } methods[] = {
        {DTLS_method, DTLS1_2_VERSION, 1, 1},
        {DTLS_client_method, DTLS1_2_VERSION, 1, 0},
        {DTLS_server_method, DTLS1_2_VERSION, 0, 1},
        {DTLSv1_2_method, DTLS1_2_VERSION, 1, 1},
        {DTLSv1_2_client_method, DTLS1_2_VERSION, 1, 0},
        {DTLSv1_2_server_method, DTLS1_2_VERSION, 0, 1},
        {DTLSv1_method, DTLS1_VERSION, 1, 1},
        {DTLSv1_client_method, DTLS1_VERSION, 1, 0},
        {DTLSv1_server_method, DTLS1_VERSION, 0, 1},
    };

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        struct pair *pair = pair_contexts(DTLS_ANY_VERSION);
        struct outcome outcome[2];

        for (int side = CLIENT; side <= SERVER; side++) {
            SSL_CTX *context = SSL_CTX_new(methods[i].function());
            SSL *ssl;

            CHECK(context != NULL);
            CHECK(SSL_CTX_get_ssl_method(context) == methods[i].function());
            SSL_CTX_set_security_level(context, 0);
            use_identity(context, "ec");
            SSL_CTX_free(pair->ctx[side]);
            pair->ctx[side] = context;
            ssl = SSL_new(context);
            CHECK(ssl != NULL);
            CHECK_EQ(SSL_is_dtls(ssl), 1);
            CHECK_EQ(SSL_version(ssl), methods[i].function == DTLS_method || methods[i].function == DTLS_client_method
                                               || methods[i].function == DTLS_server_method
                                           ? DTLS1_2_VERSION : methods[i].version);
            CHECK_EQ(SSL_get_min_proto_version(ssl), 0);
            CHECK_EQ(SSL_get_max_proto_version(ssl), 0);
            SSL_free(ssl);
        }
        pair_over_datagrams(pair);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, methods[i].client && methods[i].server);
        CHECK_EQ(outcome[SERVER].ret == 1, methods[i].client && methods[i].server);
        if (outcome[CLIENT].ret == 1) {
            CHECK_EQ(SSL_version(pair->ssl[CLIENT]), methods[i].version);
            CHECK_EQ(SSL_version(pair->ssl[SERVER]), methods[i].version);
            check_alive(pair);
        } else {
            CHECK_OUTCOME(outcome[methods[i].client ? SERVER : CLIENT], ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
        }
        pair_free(pair);
    }
}

TEST_DTLS(handshake)
{
    struct pair *pair = pair_established(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(SSL_is_dtls(pair->ssl[side]), 1);
        CHECK_EQ(SSL_version(pair->ssl[side]), version);
        CHECK_EQ(SSL_client_version(pair->ssl[side]), version);
        CHECK_STR(SSL_get_version(pair->ssl[side]), version == DTLS1_VERSION ? "DTLSv1" : "DTLSv1.2");
        CHECK_EQ(SSL_SESSION_get_protocol_version(SSL_get_session(pair->ssl[side])), version);
        CHECK_EQ(SSL_is_init_finished(pair->ssl[side]), 1);
        CHECK_EQ(SSL_get_state(pair->ssl[side]), TLS_ST_OK);
        CHECK_EQ(SSL_get_secure_renegotiation_support(pair->ssl[side]), 1);
        CHECK_EQ(SSL_get_extms_support(pair->ssl[side]), 1);
    }
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    check_alive(pair);
    pair_free(pair);
}

/* What flexible methods offer, and what options and bounds leave of it. */
TEST(versions)
{
    static const struct {
        int min[2], max[2];
        uint64_t options[2];
        int version; /* 0: the handshake fails */
    } cases[] = {
        {{0, 0}, {0, 0}, {0, 0}, DTLS1_2_VERSION},
        {{DTLS1_VERSION, DTLS1_VERSION}, {0, 0}, {0, 0}, DTLS1_2_VERSION},
        {{0, 0}, {DTLS1_VERSION, 0}, {0, 0}, DTLS1_VERSION},
        {{0, 0}, {0, DTLS1_VERSION}, {0, 0}, DTLS1_VERSION},
        {{DTLS1_2_VERSION, 0}, {0, DTLS1_VERSION}, {0, 0}, 0},
        {{0, DTLS1_2_VERSION}, {DTLS1_VERSION, 0}, {0, 0}, 0},
        {{0, 0}, {0, 0}, {SSL_OP_NO_DTLSv1_2, 0}, DTLS1_VERSION},
        {{0, 0}, {0, 0}, {0, SSL_OP_NO_DTLSv1_2}, DTLS1_VERSION},
        {{0, 0}, {0, 0}, {SSL_OP_NO_DTLSv1, SSL_OP_NO_DTLSv1_2}, 0},
        {{0, 0}, {0, 0}, {SSL_OP_NO_DTLSv1_2, SSL_OP_NO_DTLSv1}, 0},
        /* Options of TLS mean nothing here. */
        {{0, 0}, {0, 0}, {SSL_OP_NO_TLSv1_3, SSL_OP_NO_TLSv1_3}, DTLS1_2_VERSION},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(DTLS_ANY_VERSION);
        struct outcome outcome[2];

        for (int side = CLIENT; side <= SERVER; side++) {
            SSL_CTX_set_security_level(pair->ctx[side], 0);
            CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[side], cases[i].min[side]));
            CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[side], cases[i].max[side]));
            CHECK_EQ(SSL_CTX_get_min_proto_version(pair->ctx[side]), cases[i].min[side]);
            CHECK_EQ(SSL_CTX_get_max_proto_version(pair->ctx[side]), cases[i].max[side]);
            SSL_CTX_set_options(pair->ctx[side], cases[i].options[side]);
        }
        pair_over_datagrams(pair);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, cases[i].version != 0);
        CHECK_EQ(outcome[SERVER].ret == 1, cases[i].version != 0);
        if (cases[i].version != 0)
            CHECK_EQ(SSL_version(pair->ssl[CLIENT]), cases[i].version);
        pair_free(pair);
    }
}

/* "Currently supported versions are … DTLS1_VERSION, DTLS1_2_VERSION for DTLS": bounds of TLS are taken, and change
 * nothing. */
TEST(versions_of_tls_are_none_of_dtls)
{
    static const int wrong[] = {TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION, SSL3_VERSION};
    struct pair *pair = pair_contexts(DTLS_ANY_VERSION);
    SSL *ssl = SSL_new(pair->ctx[CLIENT]);

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[CLIENT], wrong[i]));
        CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], wrong[i]));
        CHECK_OK(SSL_set_min_proto_version(ssl, wrong[i]));
        CHECK_OK(SSL_set_max_proto_version(ssl, wrong[i]));
        CHECK_EQ(SSL_CTX_get_min_proto_version(pair->ctx[CLIENT]), 0);
        CHECK_EQ(SSL_CTX_get_max_proto_version(pair->ctx[CLIENT]), 0);
    }
    SSL_free(ssl);
    pair_free(pair);
}

/* DTLS 1.0 signs with SHA-1 and MD5: from security level 1 on it is not spoken. */
TEST(dtls10_needs_level_0)
{
    for (int level = 0; level <= 1; level++) {
        struct pair *pair = pair_contexts(DTLS1_VERSION);
        struct outcome outcome[2];

        SSL_CTX_set_security_level(pair->ctx[CLIENT], level);
        pair_over_datagrams(pair);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, level == 0);
        pair_free(pair);
    }
}

/* SSL_CTX_set_ssl_version() goes from TLS to DTLS. */
TEST(ssl_version_can_become_dtls)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;

    CHECK_OK(SSL_CTX_set_ssl_version(context, DTLS_method()));
    ssl = SSL_new(context);
    CHECK_EQ(SSL_is_dtls(ssl), 1);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* ---- what is negotiated ---- */

static void check_suite(int version, const char *suite, const char *identity)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_security_level(pair->ctx[side], 0);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suite));
        SSL_CTX_set_dh_auto(pair->ctx[side], 1);
    }
    if (identity != NULL)
        use_identity(pair->ctx[SERVER], identity);
    pair_over_datagrams(pair);
    pair_handshake(pair);
    CHECK_STR(SSL_get_cipher_name(pair->ssl[CLIENT]), suite);
    check_alive(pair);
    /* The data fill the datagram, and no more. */
    for (int side = CLIENT; side <= SERVER; side++) {
        size_t most = DTLS_get_data_mtu(pair->ssl[side]);
        unsigned char *bytes = pattern(most);

        CHECK(most > 1300 && most < 1472);
        transfer(pair->ssl[side], pair->ssl[!side], bytes, most);
        CHECK(pair->link[side].largest <= 1472);
        free(bytes);
    }
    pair_free(pair);
}

TEST_DTLS(suites)
{
    check_suite(version, "ECDHE-ECDSA-AES128-SHA", NULL);
    check_suite(version, "ECDHE-RSA-AES256-SHA", "rsa");
    check_suite(version, "DHE-RSA-AES128-SHA", "rsa");
    check_suite(version, "AES128-SHA", "rsa");
    check_suite(version, "CAMELLIA256-SHA", "rsa");
    check_suite(version, "NULL-SHA", "rsa");
}

TEST(suites_of_dtls12)
{
    static const char *const suites[] = {
        "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA384", "DHE-RSA-AES128-CCM", "DHE-RSA-AES128-CCM8",
        "AES128-GCM-SHA256", "AES256-SHA256", "NULL-SHA256", "ECDHE-ARIA128-GCM-SHA256", "ECDHE-RSA-CAMELLIA128-SHA256",
    };

    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        check_suite(DTLS1_2_VERSION, suites[i], "rsa");
}

/* Encrypt-then-MAC and the extended master secret can be left out. */
TEST_DTLS(without_extensions_of_security)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        struct pair *pair = pair_contexts(version);

        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE-ECDSA-AES128-SHA@SECLEVEL=0"));
        SSL_CTX_set_options(pair->ctx[side], SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_NO_EXTENDED_MASTER_SECRET);
        pair_over_datagrams(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_get_extms_support(pair->ssl[CLIENT]), 0);
        check_alive(pair);
        pair_free(pair);
    }
}

/* Stream ciphers have no place in DTLS (RFC 6347, 4.1.2.2), nor has TLS 1.3's. */
TEST(ciphers_of_dtls)
{
    struct pair *pair = pair_contexts(DTLS_ANY_VERSION);
    STACK_OF(SSL_CIPHER) *offered;

    pair_over_datagrams(pair);
    offered = SSL_get1_supported_ciphers(pair->ssl[CLIENT]);
    CHECK(offered != NULL && sk_SSL_CIPHER_num(offered) > 10);
    for (int i = 0; i < sk_SSL_CIPHER_num(offered); i++)
        CHECK(strcmp(SSL_CIPHER_get_version(sk_SSL_CIPHER_value(offered, i)), "TLSv1.3") != 0);
    sk_SSL_CIPHER_free(offered);
    pair_free(pair);
}

/* ALPN, server names and exported keys are as in TLS. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                           unsigned int in_length, void *argument)
{
    (void)ssl;
    (void)argument;
    return SSL_select_next_proto((unsigned char **)out, length, (const unsigned char *)"\4webr\4coap", 10, in, in_length)
                   == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

TEST_DTLS(extensions_and_exporter)
{
    struct pair *pair = pair_contexts(version);
    unsigned char exported[2][60];
    const unsigned char *protocol;
    unsigned int length;

    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], choose_protocol, NULL);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\4coap", 5), 0);
    pair_over_datagrams(pair);
    CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"));
    pair_handshake(pair);
    SSL_get0_alpn_selected(pair->ssl[CLIENT], &protocol, &length);
    CHECK_EQ(length, 4);
    CHECK_MEM(protocol, "coap", 4);
    CHECK_STR(SSL_get_servername(pair->ssl[SERVER], TLSEXT_NAMETYPE_host_name), "server.example");
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_export_keying_material(pair->ssl[side], exported[side], 60, "EXPORTER-x", 10, NULL, 0, 0));
    CHECK_MEM(exported[CLIENT], exported[SERVER], 60);
    pair_free(pair);
}

/* Certificates of clients. */
TEST_DTLS(client_authentication)
{
    for (int given = 0; given <= 1; given++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        if (given)
            use_identity(pair->ctx[CLIENT], "client");
        pair_over_datagrams(pair);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[SERVER].ret == 1, given);
        if (given) {
            CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
            CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
            check_alive(pair);
        } else {
            CHECK_OUTCOME(outcome[SERVER], SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
        }
        pair_free(pair);
    }
}

/* A certificate that is not trusted. */
TEST_DTLS(certificate_that_is_refused)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    use_identity(pair->ctx[SERVER], "selfsigned");
    pair_over_datagrams(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_TLSV1_ALERT_UNKNOWN_CA);
    pair_free(pair);
}

/* Sessions: by id and by ticket. */
TEST_DTLS(resumption)
{
    for (int tickets = 0; tickets <= 1; tickets++) {
        struct pair *pair = pair_for_sessions(version, tickets);
        SSL_SESSION *first = connect_with(pair, NULL, 0), *second;

        CHECK_EQ(SSL_SESSION_has_ticket(first), tickets);
        second = connect_with(pair, first, 1);
        SSL_SESSION_free(connect_with(pair, second, 1));
        SSL_SESSION_free(first);
        SSL_SESSION_free(second);
        pair_free(pair);
    }
}

/* A session of TLS is none of DTLS, though it be TLS 1.2's. */
TEST(session_of_tls)
{
    struct pair *tls = pair_for_sessions(TLS1_2_VERSION, 1), *dtls = pair_for_sessions(DTLS1_2_VERSION, 1);
    SSL_SESSION *session = connect_with(tls, NULL, 0);
    struct outcome outcome[2];

    pair_over_datagrams(dtls);
    CHECK_OK(SSL_set_session(dtls->ssl[CLIENT], session));
    pair_try(dtls, outcome);
    CHECK_EQ(outcome[CLIENT].ret, 1);
    CHECK_EQ(outcome[SERVER].ret, 1);
    CHECK_EQ(SSL_session_reused(dtls->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_session_reused(dtls->ssl[SERVER]), 0);
    SSL_SESSION_free(session);
    pair_free(tls);
    pair_free(dtls);
}

/* The ASN.1 form keeps a session of DTLS. */
TEST_DTLS(session_in_asn1)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *copy;
    unsigned char *bytes = NULL;
    const unsigned char *at;
    int length = i2d_SSL_SESSION(session, &bytes);

    CHECK(length > 0);
    at = bytes;
    copy = d2i_SSL_SESSION(NULL, &at, length);
    CHECK(copy != NULL);
    CHECK_EQ(SSL_SESSION_get_protocol_version(copy), version);
    SSL_SESSION_free(connect_with(pair, copy, 1));
    SSL_SESSION_free(copy);
    SSL_SESSION_free(session);
    OPENSSL_free(bytes);
    pair_free(pair);
}

/* Pre-shared keys. */
static unsigned int psk_client(SSL *ssl, const char *hint, char *identity, unsigned int max_identity,
                               unsigned char *key, unsigned int max_key)
{
    (void)ssl;
    CHECK_STR(hint, "which of them");
    CHECK(max_key >= 16);
    snprintf(identity, max_identity, "thing 7");
    memset(key, 0x31, 16);
    return 16;
}

static unsigned int psk_server(SSL *ssl, const char *identity, unsigned char *key, unsigned int max_key)
{
    (void)ssl;
    CHECK(max_key >= 16);
    memset(key, strcmp(identity, "thing 7") == 0 ? 0x31 : 0x32, 16);
    return 16;
}

TEST_DTLS(pre_shared_keys)
{
    static const char *const suites[] = {"PSK-AES128-CBC-SHA", "ECDHE-PSK-AES128-CBC-SHA", "DHE-PSK-AES256-CBC-SHA",
                                         "PSK-AES128-CCM8", "PSK-AES128-GCM-SHA256"};

    for (size_t i = 0; i < (version == DTLS1_VERSION ? 3 : 5); i++) {
        struct pair *pair = pair_contexts(version);

        for (int side = CLIENT; side <= SERVER; side++) {
            SSL_CTX_set_security_level(pair->ctx[side], 0);
            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suites[i]));
        }
        SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
        SSL_CTX_set_psk_client_callback(pair->ctx[CLIENT], psk_client);
        SSL_CTX_set_psk_server_callback(pair->ctx[SERVER], psk_server);
        CHECK_OK(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], "which of them"));
        pair_over_datagrams(pair);
        pair_handshake(pair);
        CHECK_STR(SSL_get_cipher_name(pair->ssl[SERVER]), suites[i]);
        CHECK_STR(SSL_get_psk_identity(pair->ssl[SERVER]), "thing 7");
        check_alive(pair);
        pair_free(pair);
    }
}

/* Renegotiation, asked for by either side. */
TEST_DTLS_SIDES(renegotiation)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl[2];

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    pair_over_datagrams(pair);
    pair_handshake(pair);
    memcpy(ssl, pair->ssl, sizeof(ssl));
    CHECK_EQ(SSL_num_renegotiations(ssl[server]), 0);
    CHECK_OK(SSL_renegotiate(ssl[server]));
    CHECK_EQ(SSL_renegotiate_pending(ssl[server]), 1);
    for (int turn = 0; turn < 20; turn++) {
        char byte;
        int ret = SSL_do_handshake(ssl[server]);

        if (ret != 1)
            CHECK_SSL_ERROR(ssl[server], ret, SSL_ERROR_WANT_READ);
        ret = SSL_read(ssl[!server], &byte, 1);
        CHECK_SSL_ERROR(ssl[!server], ret, SSL_ERROR_WANT_READ);
        if (turn > 5 && SSL_is_init_finished(ssl[0]) && SSL_is_init_finished(ssl[1]))
            break;
        ret = SSL_read(ssl[server], &byte, 1);
        CHECK_SSL_ERROR(ssl[server], ret, SSL_ERROR_WANT_READ);
    }
    CHECK_EQ(SSL_session_reused(ssl[CLIENT]), 0);
    CHECK_EQ(SSL_renegotiate_pending(ssl[server]), 0);
    CHECK_EQ(SSL_num_renegotiations(ssl[server]), 1);
    CHECK_EQ(SSL_num_renegotiations(ssl[!server]), server);
    check_alive(pair);
    pair_free(pair);
}

/* SSL_OP_NO_RENEGOTIATION: the peer is told no, and takes that for an error. */
TEST_DTLS(renegotiation_refused)
{
    struct pair *pair = pair_contexts(version);
    char byte;
    int ret;

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_RENEGOTIATION);
    pair_over_datagrams(pair);
    pair_handshake(pair);
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    ret = SSL_do_handshake(pair->ssl[CLIENT]);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_READ);
    ret = SSL_read(pair->ssl[SERVER], &byte, 1);
    CHECK_SSL_ERROR(pair->ssl[SERVER], ret, SSL_ERROR_WANT_READ);
    ret = SSL_do_handshake(pair->ssl[CLIENT]);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_NO_RENEGOTIATION);
    pair_free(pair);
}

/* Key updates are TLS 1.3's. */
TEST_DTLS(no_key_update)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_key_update(pair->ssl[CLIENT], SSL_KEY_UPDATE_NOT_REQUESTED), 0);
    CHECK_SSL_REASON(SSL_R_WRONG_SSL_VERSION);
    pair_free(pair);
}

/* SSL_clear() and another handshake with the same objects. */
TEST_DTLS(clear_and_again)
{
    struct pair *pair = pair_established(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_shutdown(pair->ssl[side]);
        CHECK_OK(SSL_clear(pair->ssl[side]));
        datagrams_drop(&pair->datagrams[0]);
        datagrams_drop(&pair->datagrams[1]);
    }
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* A copy of an object is one of DTLS. */
TEST(copy_of_an_object)
{
    struct pair *pair = pair_contexts(DTLS1_2_VERSION);
    SSL *copy;

    pair_over_datagrams(pair);
    copy = SSL_dup(pair->ssl[CLIENT]);
    CHECK(copy != NULL);
    CHECK_EQ(SSL_is_dtls(copy), 1);
    CHECK_EQ(SSL_get_max_proto_version(copy), DTLS1_2_VERSION);
    SSL_free(copy);
    pair_free(pair);
}

/* Over datagram sockets, blocking on one side. */
TEST_DTLS(over_blocking_sockets)
{
    struct pair *pair = pair_contexts(version);
    pthread_t serving;

    pair_over_datagram_sockets(pair, 0);
    serving = background(do_handshake, pair->ssl[SERVER]);
    do_handshake(pair->ssl[CLIENT]);
    background_join(serving);
    check_alive(pair);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 1);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 1);
    pair_free(pair);
}

TEST_DTLS(over_nonblocking_sockets)
{
    struct pair *pair = pair_contexts(version);

    pair_over_datagram_sockets(pair, 1);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Memory BIOs keep no boundaries of datagrams, yet one record after the other gets across. */
TEST_DTLS(over_memory)
{
    struct pair *pair = pair_contexts(version);

    pair_over_memory(pair);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}
