/* SSL_CTX_set_options(3), SSL_CTX_set_min_proto_version(3), SSL_CTX_set1_groups(3),
 * SSL_CTX_set1_sigalgs(3), SSL_CTX_set_security_level(3), SSL_CTX_ctrl(3). */
#include "support.h"

#include <openssl/obj_mac.h>

static SSL_CTX *context;
static SSL *ssl;

static void start(void)
{
    context = SSL_CTX_new(TLS_method());
    ssl = SSL_new(context);
}

static void finish(void)
{
    CHECK_NO_ERRORS();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* ---- options ---- */

/* Options add, return the new set, and can be cleared; the defaults are these. */
TEST(options_add_and_clear)
{
    uint64_t start_options;

    start();
    start_options = SSL_CTX_get_options(context);
    CHECK_EQ(start_options, SSL_OP_NO_COMPRESSION | SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    CHECK_EQ(SSL_CTX_set_options(context, SSL_OP_NO_TICKET), start_options | SSL_OP_NO_TICKET);
    CHECK_EQ(SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE),
             start_options | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK_EQ(SSL_CTX_clear_options(context, SSL_OP_NO_TICKET),
             start_options | SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK_EQ(SSL_get_options(ssl), start_options);
    CHECK_EQ(SSL_set_options(ssl, SSL_OP_NO_TLSv1_3), start_options | SSL_OP_NO_TLSv1_3);
    CHECK_EQ(SSL_clear_options(ssl, SSL_OP_NO_TLSv1_3), start_options);
    finish();
}

/* SSL_OP_NO_TLSv1_3 and SSL_OP_NO_TLSv1_2 take versions away. */
TEST(options_disable_versions)
{
    struct pair *pair = pair_contexts(0);
    struct outcome outcome[2];

    SSL_CTX_set_min_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION);
    SSL_CTX_set_min_proto_version(pair->ctx[SERVER], TLS1_2_VERSION);
    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_TLSv1_3);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_2_VERSION);
    pair_disconnect(pair);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TLSv1_2);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_UNSUPPORTED_PROTOCOL);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    pair_disconnect(pair);
    /* Nothing left. */
    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_TLSv1_2);
    pair_over_wire(pair);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_R_NO_PROTOCOLS_AVAILABLE);
    pair_free(pair);
}

/* Without settings both sides choose TLS 1.3. */
TEST(best_common_version_is_chosen)
{
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_3_VERSION);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), TLS1_3_VERSION);
    pair_free(pair);
}

/* ---- versions ---- */

/* 0 means the default, the lowest or highest supported. */
TEST(proto_versions_set_and_get)
{
    start();
    CHECK_OK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION));
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), TLS1_2_VERSION);
    CHECK_OK(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION));
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), TLS1_3_VERSION);
    CHECK_OK(SSL_CTX_set_min_proto_version(context, 0));
    CHECK_OK(SSL_CTX_set_max_proto_version(context, 0));
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), 0);
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), 0);
    CHECK_OK(SSL_set_min_proto_version(ssl, TLS1_3_VERSION));
    CHECK_EQ(SSL_get_min_proto_version(ssl), TLS1_3_VERSION);
    finish();
}

/* A version that is none is refused. */
TEST(proto_version_unknown_is_refused)
{
    start();
    CHECK_EQ(SSL_CTX_set_min_proto_version(context, 0x1234), 0);
    CHECK_EQ(SSL_CTX_set_max_proto_version(context, 0x1234), 0);
    ERR_clear_error();
    /* A version of the other family is ignored. */
    CHECK_OK(SSL_set_min_proto_version(ssl, DTLS1_2_VERSION));
    CHECK_EQ(SSL_get_min_proto_version(ssl), 0);
    finish();
}

/* A range with nothing in it. */
TEST(proto_version_range_empty)
{
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
    SSL_set_min_proto_version(pair->ssl[CLIENT], TLS1_3_VERSION);
    SSL_set_options(pair->ssl[CLIENT], SSL_OP_NO_TLSv1_3);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_R_NO_PROTOCOLS_AVAILABLE);
    pair_free(pair);
}

/* SSL_get_version() and SSL_is_dtls(). */
TEST_VERSIONS(version_names)
{
    struct pair *pair = pair_established(version);

    CHECK_STR(SSL_get_version(pair->ssl[CLIENT]),
              version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), version);
    CHECK_EQ(SSL_client_version(pair->ssl[SERVER]), TLS1_2_VERSION);
    CHECK_EQ(SSL_is_dtls(pair->ssl[CLIENT]), 0);
    pair_free(pair);
}

/* ---- groups ---- */

/* Every group works alone, and SSL_get_negotiated_group() tells it. */
TEST_VERSIONS(groups_connect)
{
    static const struct {
        const char *name;
        int nid;
    } groups[] = {{"X25519", NID_X25519},
                  {"P-256", NID_X9_62_prime256v1},
                  {"P-384", NID_secp384r1},
                  {"P-521", NID_secp521r1}};

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        struct pair *pair = pair_contexts(version);

        /* In TLS 1.2 the groups limit the curves of certificates as well. */
        use_identity(pair->ctx[SERVER], "rsa");
        CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "X25519:P-256:P-384:P-521"), 1);
        CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], groups[i].name), 1);
        pair_over_wire(pair);
        pair_handshake(pair);
        if (version == TLS1_3_VERSION) {
            CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), groups[i].nid);
            CHECK_EQ(SSL_get_negotiated_group(pair->ssl[SERVER]), groups[i].nid);
        }
        pair_settle(pair);
        check_alive(pair);
        pair_free(pair);
    }
}

/* A server that has none of the client's key shares asks again (HelloRetryRequest). */
TEST(hello_retry_request)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-384"), 1);
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"), 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_secp384r1);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Nothing in common. */
TEST_VERSIONS(groups_without_overlap)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519");
    SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-521");
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER],
                  version == TLS1_3_VERSION ? SSL_R_NO_SUITABLE_KEY_SHARE : SSL_R_NO_SHARED_CIPHER);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* Lists are checked. */
TEST(groups_list_is_checked)
{
    static const int nids[] = {NID_X25519, NID_X9_62_prime256v1};
    int known[2];

    start();
    CHECK_EQ(SSL_CTX_set1_groups_list(context, "no-such-group"), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_set1_groups_list(context, "P-256:P-256"), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_set1_groups_list(ssl, "prime256v1:secp384r1"), 1);
    CHECK_EQ(SSL_set1_groups(ssl, nids, 2), 1);
    CHECK_EQ(SSL_get1_groups(ssl, NULL), 0);
    CHECK_EQ(SSL_CTX_set1_groups(context, known, 0), 0);
    ERR_clear_error();
    finish();
}

/* What the peer offered and what both have. */
TEST_VERSIONS(peer_and_shared_groups)
{
    struct pair *pair = pair_contexts(version);
    int groups[8];

    SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256:X25519");
    SSL_CTX_set1_groups_list(pair->ctx[SERVER], "X25519:P-384");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get1_groups(pair->ssl[SERVER], groups), 2);
    CHECK_EQ(groups[0], NID_X9_62_prime256v1);
    CHECK_EQ(groups[1], NID_X25519);
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1), 1);
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], 0), NID_X25519);
    pair_free(pair);
}

/* The peer's temporary key. */
TEST_VERSIONS(peer_temporary_key)
{
    struct pair *pair = pair_contexts(version);
    EVP_PKEY *key = NULL;

    use_identity(pair->ctx[SERVER], "rsa");
    SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519");
    SSL_CTX_set1_groups_list(pair->ctx[SERVER], "X25519");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[SERVER], &key), version == TLS1_3_VERSION);
    EVP_PKEY_free(key);
    CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[CLIENT], &key), 1);
    CHECK_EQ(EVP_PKEY_get_id(key), EVP_PKEY_X25519);
    EVP_PKEY_free(key);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* ---- signature algorithms ---- */

/* The client's list is kept to, and both sides tell what was used. */
TEST_VERSIONS(sigalgs_connect)
{
    static const struct {
        const char *name, *identity;
        int digest, type;
    } algorithms[] = {
        {"ECDSA+SHA256", "ec", NID_sha256, EVP_PKEY_EC},
        {"rsa_pss_rsae_sha256:ECDSA+SHA256", "rsa", NID_sha256, EVP_PKEY_RSA_PSS},
        {"rsa_pss_rsae_sha512:ECDSA+SHA256", "rsa", NID_sha512, EVP_PKEY_RSA_PSS},
        {"rsa_pss_pss_sha256:ECDSA+SHA256", "rsa-pss", NID_sha256, EVP_PKEY_RSA_PSS},
        {"ed25519:ECDSA+SHA256", "ed25519", NID_undef, EVP_PKEY_ED25519},
        {"ECDSA+SHA384:ECDSA+SHA256", "ec384", NID_sha384, EVP_PKEY_EC},
    };

    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        struct pair *pair = pair_contexts(version);
        int nid = -1;

        SSL_CTX_free(pair->ctx[SERVER]);
        pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
        SSL_CTX_set_max_proto_version(pair->ctx[SERVER], version);
        use_identity(pair->ctx[SERVER], algorithms[i].identity);
        CHECK_EQ(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], algorithms[i].name), 1);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_get_peer_signature_type_nid(pair->ssl[CLIENT], &nid), 1);
        CHECK_EQ(nid, algorithms[i].type);
        CHECK_EQ(SSL_get_signature_type_nid(pair->ssl[SERVER], &nid), 1);
        CHECK_EQ(nid, algorithms[i].type);
        if (algorithms[i].digest != NID_undef) {
            CHECK_EQ(SSL_get_peer_signature_nid(pair->ssl[CLIENT], &nid), 1);
            CHECK_EQ(nid, algorithms[i].digest);
        }
        CHECK_NO_ERRORS();
        pair_free(pair);
    }
}

/* No algorithm that both sides have. */
TEST_VERSIONS(sigalgs_with_nothing_shared)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    CHECK_EQ(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "RSA-PSS+SHA256"), 1);
    CHECK_EQ(SSL_CTX_set1_sigalgs_list(pair->ctx[SERVER], "ECDSA+SHA256"), 1);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* A PKCS#1 algorithm in common serves no certificate of TLS 1.3. */
TEST(sigalgs_with_pkcs1_shared)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    struct outcome outcome[2];

    CHECK_EQ(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "RSA+SHA256:RSA-PSS+SHA256"), 1);
    CHECK_EQ(SSL_CTX_set1_sigalgs_list(pair->ctx[SERVER], "RSA+SHA256:ECDSA+SHA256"), 1);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
    pair_free(pair);
}

/* No algorithm for the server's key. */
TEST_VERSIONS(sigalgs_without_overlap)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    CHECK_EQ(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "RSA-PSS+SHA256"), 1);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], version == TLS1_3_VERSION
                                       ? SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM
                                       : SSL_R_NO_SHARED_CIPHER);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* Lists are checked. */
TEST(sigalgs_list_is_checked)
{
    start();
    CHECK_EQ(SSL_CTX_set1_sigalgs_list(context, "no-such-algorithm"), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_set1_sigalgs_list(context, "ECDSA+SHA256:no+such"), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_set1_client_sigalgs_list(context, "ECDSA+SHA256:RSA-PSS+SHA384"), 1);
    CHECK_EQ(SSL_set1_sigalgs_list(ssl, "RSA+SHA256:ECDSA+SHA384:ed25519"), 1);
    finish();
}

/* What the peer offered. */
TEST_VERSIONS(sigalgs_of_the_peer)
{
    struct pair *pair = pair_contexts(version);
    int sign, hash, both;
    unsigned char raw_sign, raw_hash;

    SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "ECDSA+SHA256:ed25519");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_sigalgs(pair->ssl[SERVER], 0, &sign, &hash, &both, &raw_sign, &raw_hash), 2);
    CHECK_EQ(sign, EVP_PKEY_EC);
    CHECK_EQ(hash, NID_sha256);
    CHECK_EQ(both, NID_ecdsa_with_SHA256);
    CHECK_EQ(raw_hash, 4);
    CHECK_EQ(raw_sign, 3);
    CHECK_EQ(SSL_get_shared_sigalgs(pair->ssl[SERVER], 0, NULL, NULL, NULL, NULL, NULL), 2);
    pair_free(pair);
}

/* ---- the rest ---- */

/* The security level is kept per object, and lists of suites respect it. */
TEST(security_level)
{
    start();
    CHECK_EQ(SSL_get_security_level(ssl), 2);
    SSL_set_security_level(ssl, 4);
    CHECK_EQ(SSL_get_security_level(ssl), 4);
    CHECK_EQ(SSL_CTX_get_security_level(context), 2);
    finish();
}

/* SSL_CTX_set_max_send_fragment(): records are no larger. */
TEST_SIDES(max_send_fragment_limits_records)
{
    struct pair *pair = pair_established(version);
    unsigned char *bytes = pattern(5000), *received = malloc(5000);

    CHECK_EQ(SSL_set_max_send_fragment(pair->ssl[server], 511), 0);
    CHECK_EQ(SSL_set_max_send_fragment(pair->ssl[server], 16385), 0);
    CHECK_EQ(SSL_set_max_send_fragment(pair->ssl[server], 1000), 1);
    CHECK_EQ(SSL_write(pair->ssl[server], bytes, 5000), 5000);
    for (int i = 0; i < 5; i++)
        CHECK_EQ(SSL_read(pair->ssl[!server], received, 5000), 1000);
    free(bytes);
    free(received);
    pair_free(pair);
}

/* The certificate list limit. */
TEST_VERSIONS(max_cert_list_limits_the_chain)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    CHECK_EQ(SSL_CTX_get_max_cert_list(pair->ctx[CLIENT]), 102400);
    CHECK_EQ(SSL_CTX_set_max_cert_list(pair->ctx[CLIENT], 200), 102400);
    pair_over_wire(pair);
    CHECK_EQ(SSL_get_max_cert_list(pair->ssl[CLIENT]), 200);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_EXCESSIVE_MESSAGE_SIZE);
    pair_free(pair);
}

/* "a certificate chain [...] larger than max_cert_list": one byte over the limit and the message is refused, with
 * illegal_parameter, on either side; a message just as long as the limit is taken. */
TEST_SIDES(max_cert_list_is_the_longest_certificate_message)
{
    X509 *certificate = load_certificate(server ? "client" : "ec");
    long length = i2d_X509(certificate, NULL);

    /* The lengths of the list and the certificate; in TLS 1.3 a context and extensions, both empty, as well. */
    length += version == TLS1_3_VERSION ? 1 + 3 + 3 + 2 : 3 + 3;
    X509_free(certificate);
    for (int over = 0; over <= 1; over++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];
        char byte;

        SSL_CTX_set_mode(pair->ctx[!server], SSL_MODE_NO_AUTO_CHAIN);
        if (server) {
            trust(pair->ctx[SERVER], "root");
            SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
            use_identity(pair->ctx[CLIENT], "client");
        }
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_max_cert_list(pair->ssl[server], length - over), 102400);
        pair_try(pair, outcome);
        if (over) {
            CHECK_OUTCOME(outcome[server], SSL_R_EXCESSIVE_MESSAGE_SIZE);
            if (outcome[!server].ret == 1) /* A client of TLS 1.3 is done before the server reads its certificate. */
                CHECK_FAILS(pair->ssl[!server], SSL_read(pair->ssl[!server], &byte, 1),
                            SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
            else
                CHECK_OUTCOME(outcome[!server], SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
        } else {
            CHECK_EQ(outcome[CLIENT].ret, 1);
            CHECK_EQ(outcome[SERVER].ret, 1);
            check_alive(pair);
        }
        pair_free(pair);
    }
}

/* Settings without effect in today's TLS still answer. */
TEST(controls_that_answer)
{
    start();
    CHECK_EQ(SSL_CTX_set_ecdh_auto(context, 1), 1);
    CHECK_EQ(SSL_CTX_set_dh_auto(context, 1), 1);
    CHECK_EQ(SSL_CTX_set_max_send_fragment(context, 2048), 1);
    CHECK_EQ(SSL_CTX_set_split_send_fragment(context, 2048), 1);
    CHECK_EQ(SSL_CTX_set_max_pipelines(context, 1), 1);
    CHECK_EQ(SSL_CTX_set_max_pipelines(context, 0), 0);
    CHECK_EQ(SSL_CTX_set_tlsext_max_fragment_length(context, TLSEXT_max_fragment_length_2048), 1);
    CHECK_EQ(SSL_CTX_set_tlsext_max_fragment_length(context, 99), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_set_num_tickets(context, 0), 1);
    CHECK_EQ(SSL_CTX_get_num_tickets(context), 0);
    CHECK_EQ(SSL_CTX_set_block_padding(context, 512), 1);
    CHECK_EQ(SSL_CTX_set_block_padding(context, 20000), 0);
    CHECK_EQ(SSL_CTX_ctrl(context, 9999, 0, NULL), 0);
    CHECK_EQ(SSL_ctrl(ssl, 9999, 0, NULL), 0);
    finish();
}

/* Extra padding of TLS 1.3 records hides the length. */
TEST(block_padding_hides_the_length)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    size_t sizes[2];
    char received[64];

    CHECK_EQ(SSL_set_block_padding(pair->ssl[CLIENT], 512), 1);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(SSL_write(pair->ssl[CLIENT], "0123456789012345678901234567890123456789", 1 + 30 * i),
                 1 + 30 * i);
        sizes[i] = queue_length(&pair->queue[SERVER]);
        CHECK_EQ(SSL_read(pair->ssl[SERVER], received, sizeof(received)), 1 + 30 * i);
    }
    CHECK_EQ(sizes[0], sizes[1]);
    CHECK(sizes[0] >= 512);
    pair_free(pair);
}

/* Numbers of SSL_ctrl(3) that are callbacks', and empty lists. */
TEST(controls_of_callbacks_and_empty_lists)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    int none[1] = {0};

    CHECK_EQ(SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_NOT_RESUMABLE_SESS_CB, NULL), 1);
    CHECK_EQ(SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, NULL), 0);
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, none, 0), 0);
    CHECK_SSL_REASON(ERR_R_MALLOC_FAILURE);
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, NULL, 0), 0);
    CHECK_SSL_REASON(ERR_R_MALLOC_FAILURE);
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, none, 1), 0);
    CHECK_EQ(ERR_peek_error(), 0);
    CHECK_EQ(SSL_CTX_set1_groups(context, NULL, 0), 0);
    CHECK_SSL_REASON(SSL_R_BAD_LENGTH);
    CHECK_EQ(SSL_CTX_set1_groups(context, none, -1), 0);
    CHECK_SSL_REASON(ERR_R_MALLOC_FAILURE);
    SSL_CTX_free(context);
}

/* SSL_CTX_set1_groups_list(): "The string is a colon separated list of group NIDs or names", each once, with names in one spelling and
 * nothing empty. A list that is refused leaves the one before. */
TEST(groups_list_spelling)
{
    static const struct { const char *list; int taken; } cases[] = {
        {"P-256", 1}, {"prime256v1", 1}, {"secp256r1", 1}, {"X25519", 1}, {"x25519", 1}, {"X448", 1}, {"ffdhe2048", 1},
        {"ffdhe8192", 1}, {"P-521:P-384:P-256:X25519:ffdhe2048", 1}, {"brainpoolP256r1", 1}, {"secp256k1", 1}, {"K-163", 1},
        {" P-256", 1}, {"P-256 ", 1}, {"", 0}, {":", 0}, {"P-256:", 0}, {":P-256", 0}, {"P-256::P-384", 0}, {"P-256:P-256", 0},
        {"P-256:prime256v1", 0}, {"p-256", 0}, {"FFDHE2048", 0}, {"23", 0}, {"415", 0}, {"P-256:nonsense", 0},
    };

    start();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (SSL_CTX_set1_groups_list(context, cases[i].list) != cases[i].taken)
            test_fail(__FILE__, __LINE__, "\"%s\"", cases[i].list);
        ERR_clear_error();
        if (SSL_set1_groups_list(ssl, cases[i].list) != cases[i].taken)
            test_fail(__FILE__, __LINE__, "\"%s\" of a connection", cases[i].list);
        ERR_clear_error();
    }
    finish();
}

/* SSL_CTX_set1_groups(): "The array consist of all NIDs of groups in preference order", each once. */
TEST(groups_by_number)
{
    int twice[] = {NID_X25519, NID_X25519}, digest[] = {NID_X25519, NID_sha256}, nothing[] = {NID_undef};
    int both[] = {NID_ffdhe2048, NID_X448};

    start();
    CHECK_EQ(SSL_CTX_set1_groups(context, twice, 2), 0);
    CHECK_EQ(SSL_CTX_set1_groups(context, digest, 2), 0);
    CHECK_EQ(SSL_CTX_set1_groups(context, nothing, 1), 0);
    CHECK_EQ(SSL_CTX_set1_groups(context, both, 2), 1);
    CHECK_EQ(SSL_CTX_set1_groups(context, both, 0), 0);
    CHECK_SSL_REASON(SSL_R_BAD_LENGTH);
    finish();
}

/* SSL_get_shared_group(): in the order of who is preferred. "If the value n is out of range, NID_undef is returned." "When called on a
 * client ssl, SSL_get_shared_group() has no meaning and returns -1": 0 in truth. */
TEST_VERSIONS(shared_groups_have_their_order)
{
    for (int servers = 0; servers < 2; servers++) {
        struct pair *pair = pair_contexts(version);
        int expected[] = {servers ? NID_X9_62_prime256v1 : NID_secp384r1, servers ? NID_secp384r1 : NID_X9_62_prime256v1};

        CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X448:P-384:P-256:brainpoolP256r1"), 1);
        CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-256:P-384:X25519"), 1);
        if (servers)
            SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_CIPHER_SERVER_PREFERENCE);
        pair_over_wire(pair);
        CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1), 0);
        CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], 0), NID_undef);
        pair_handshake(pair);
        CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1), 2);
        for (int i = 0; i < 2; i++)
            CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], i), expected[i]);
        CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], 2), NID_undef);
        CHECK_EQ(SSL_get_shared_group(pair->ssl[CLIENT], 0), 0);
        CHECK_EQ(SSL_get_shared_group(pair->ssl[CLIENT], -1), 0);
        CHECK_EQ(SSL_get1_groups(pair->ssl[CLIENT], NULL), 0);
        pair_free(pair);
    }
}

/* SSL_get_negotiated_group(): "For TLSv1.3 connections this typically reflects the state of the current connection … For earlier TLS
 * versions, when a session has been resumed, it always reflects the group used for key exchange during the initial handshake". Before
 * the handshake it is that of the session that is offered. */
TEST_VERSIONS(negotiated_group_of_a_resumption)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-384:P-256"), 1);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-521:P-256"), 1);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_secp384r1);
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_EQ(SSL_get_negotiated_group(pair->ssl[side]), version == TLS1_3_VERSION ? NID_secp521r1 : NID_secp384r1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_CTX_set1_sigalgs_list(): "either a combination of a public key algorithm and a digest separated by +, or a TLS 1.3-style named
 * SignatureScheme", each once, in one spelling but for the digests' names. */
TEST(sigalgs_list_spelling)
{
    static const struct { const char *list; int taken; } cases[] = {
        {"RSA+SHA256", 1}, {"RSA+sha256", 1}, {"RSA-PSS+SHA512", 1}, {"PSS+SHA256", 1}, {"ECDSA+SHA1", 1}, {"DSA+SHA224", 1},
        {"rsa_pss_pss_sha256", 1}, {"rsa_pss_rsae_sha384", 1}, {"ecdsa_secp256r1_sha256", 1}, {"rsa_pkcs1_sha1", 1}, {"ed25519", 1},
        {"ed448", 1}, {" RSA+SHA256", 1}, {"ECDSA+SHA512:RSA+SHA224", 1}, {"", 0}, {"RSA+SHA256:", 0}, {":RSA+SHA256", 0},
        {"RSA+SHA256:RSA+SHA256", 0}, {"RSA+SHA256:nonsense", 0}, {"rsa+sha256", 0}, {"RSA", 0}, {"RSA+", 0}, {"+SHA256", 0},
        {"RSA+SHA256+SHA1", 0}, {"RSA+SHA2-256", 0}, {"RSA+MD5", 0}, {"ed25519+SHA256", 0}, {"Ed25519", 0}, {"ED448", 0}, {"dsa_sha1", 0},
    };

    start();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (SSL_CTX_set1_sigalgs_list(context, cases[i].list) != cases[i].taken)
            test_fail(__FILE__, __LINE__, "\"%s\"", cases[i].list);
        ERR_clear_error();
        if (SSL_set1_client_sigalgs_list(ssl, cases[i].list) != cases[i].taken)
            test_fail(__FILE__, __LINE__, "\"%s\" of clients", cases[i].list);
        ERR_clear_error();
    }
    finish();
}

/* "pairs of NIDs corresponding to digest and public key algorithms": Ed25519 has no digest; a pair may be there twice. */
TEST(sigalgs_by_number)
{
    int rsa[] = {NID_sha256, EVP_PKEY_RSA, NID_sha256, EVP_PKEY_RSA}, md5[] = {NID_md5, EVP_PKEY_RSA};
    int pss[] = {NID_sha256, EVP_PKEY_RSA_PSS}, ed[] = {NID_undef, EVP_PKEY_ED25519}, digest[] = {NID_sha256, EVP_PKEY_ED25519};

    start();
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, rsa, 4), 1);
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, pss, 2), 1);
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, ed, 2), 1);
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, md5, 2), 0);
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, digest, 2), 0);
    CHECK_EQ(SSL_CTX_set1_sigalgs(context, rsa, 3), 0);
    ERR_clear_error();
    finish();
}

/* "The supported signature algorithms set by a server … are used to determine the set of shared signature algorithms and (if server
 * preferences are set with SSL_OP_CIPHER_SERVER_PREFERENCE) their order." */
TEST_VERSIONS(shared_sigalgs_have_their_order)
{
    static const int digests[] = {NID_sha256, NID_sha384, NID_sha512};

    for (int servers = 0; servers < 2; servers++) {
        struct pair *pair = pair_contexts(version);
        int digest = 0;

        use_identity(pair->ctx[SERVER], "rsa");
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-RSA-AES128-GCM-SHA256"));
        CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "RSA-PSS+SHA512:RSA-PSS+SHA384:RSA-PSS+SHA256:ECDSA+SHA256"));
        CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[SERVER], "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512"));
        if (servers)
            SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_CIPHER_SERVER_PREFERENCE);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_OK(SSL_get_peer_signature_nid(pair->ssl[CLIENT], &digest));
        CHECK_EQ(digest, servers ? NID_sha256 : NID_sha512);
        CHECK_EQ(SSL_get_shared_sigalgs(pair->ssl[SERVER], 0, NULL, NULL, NULL, NULL, NULL), 3);
        for (int i = 0; i < 3; i++) {
            CHECK_EQ(SSL_get_shared_sigalgs(pair->ssl[SERVER], i, NULL, &digest, NULL, NULL, NULL), 3);
            CHECK_EQ(digest, digests[servers ? i : 2 - i]);
        }
        CHECK_EQ(SSL_get_shared_sigalgs(pair->ssl[CLIENT], 0, NULL, NULL, NULL, NULL, NULL), 0);
        pair_free(pair);
    }
}

/* SSL_set_max_cert_list(): "This setting stays valid until a new value is set", over SSL_clear(), too; the context's counts no more. 0 is
 * no room at all; a negative one is no value. */
TEST_SIDES(max_cert_list_of_one_connection)
{
    static const struct { long size, kept; } cases[] = {{0, 0}, {100, 100}, {-1, 102400}, {1000000, 1000000}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        use_identity(pair->ctx[CLIENT], "client");
        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_max_cert_list(pair->ssl[server], cases[i].size), cases[i].size < 0 ? 0 : 102400);
        CHECK_EQ(SSL_CTX_set_max_cert_list(pair->ctx[server], 1), 102400);
        CHECK_EQ(SSL_get_max_cert_list(pair->ssl[server]), cases[i].kept);
        pair_try(pair, outcome);
        if (cases[i].kept < 102400)
            CHECK_OUTCOME(outcome[server], SSL_R_EXCESSIVE_MESSAGE_SIZE);
        else
            CHECK_EQ(outcome[server].ret, 1);
        CHECK_OK(SSL_clear(pair->ssl[server]));
        CHECK_EQ(SSL_get_max_cert_list(pair->ssl[server]), cases[i].kept);
        pair_free(pair);
    }
}

/* Bounds of the other kind of protocol are taken, and mean nothing; connections keep theirs over SSL_clear(). */
TEST(proto_versions_of_the_other_kind)
{
    static const int tls[] = {SSL3_VERSION, TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
    static const int dtls[] = {DTLS1_VERSION, DTLS1_2_VERSION};

    for (int datagrams = 0; datagrams < 2; datagrams++) {
        SSL_CTX *contexts = SSL_CTX_new(datagrams ? DTLS_method() : TLS_method());
        const int *own = datagrams ? dtls : tls, *others = datagrams ? tls : dtls;
        SSL *connection;

        for (int i = 0; i < (datagrams ? 2 : 5); i++) {
            CHECK_EQ(SSL_CTX_set_min_proto_version(contexts, own[i]), 1);
            CHECK_EQ(SSL_CTX_get_min_proto_version(contexts), own[i]);
            connection = SSL_new(contexts);
            CHECK_EQ(SSL_CTX_set_min_proto_version(contexts, 0), 1);
            CHECK_EQ(SSL_set_max_proto_version(connection, own[i]), 1);
            CHECK_OK(SSL_clear(connection));
            CHECK_EQ(SSL_get_min_proto_version(connection), own[i]);
            CHECK_EQ(SSL_get_max_proto_version(connection), own[i]);
            SSL_free(connection);
        }
        for (int i = 0; i < (datagrams ? 5 : 2); i++) {
            CHECK_EQ(SSL_CTX_set_min_proto_version(contexts, others[i]), 1);
            CHECK_EQ(SSL_CTX_set_max_proto_version(contexts, others[i]), 1);
            CHECK_EQ(SSL_CTX_get_min_proto_version(contexts), 0);
            CHECK_EQ(SSL_CTX_get_max_proto_version(contexts), 0);
        }
        SSL_CTX_free(contexts);
    }
}

/* SSL_CTX_set_num_tickets(3): "return the number of tickets set by a previous call …, or 2 if no such call has been made"; connections
 * keep theirs over SSL_clear(). */
TEST(number_of_tickets_of_one_connection)
{
    start();
    CHECK_EQ(SSL_get_num_tickets(ssl), 2);
    CHECK_EQ(SSL_CTX_set_num_tickets(context, 5), 1);
    CHECK_EQ(SSL_get_num_tickets(ssl), 2);
    CHECK_EQ(SSL_set_num_tickets(ssl, 0), 1);
    CHECK_OK(SSL_clear(ssl));
    CHECK_EQ(SSL_get_num_tickets(ssl), 0);
    CHECK_EQ(SSL_CTX_get_num_tickets(context), 5);
    finish();
}

/* SSL_CTX_set1_sigalgs(3): "a combination of a public key algorithm and a digest separated by +", in either order. */
TEST(digest_may_come_before_the_algorithm)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_OK(SSL_CTX_set1_sigalgs_list(context, "SHA256+RSA"));
    CHECK_OK(SSL_CTX_set1_client_sigalgs_list(context, "SHA384+ECDSA:RSA+SHA256"));
    CHECK_EQ(SSL_CTX_set1_sigalgs_list(context, "SHA256+SHA256"), 0);
    CHECK_EQ(SSL_CTX_set1_sigalgs_list(context, "RSA+ECDSA"), 0);
    SSL_CTX_free(context);
}

/* A bound may be the version that some called DTLS before 1.0: above it is all of DTLS, below it nothing that we have. */
TEST(bad_dtls_version_is_a_bound)
{
    SSL_CTX *context = SSL_CTX_new(DTLS_method()), *tls = SSL_CTX_new(TLS_method());

    CHECK_OK(SSL_CTX_set_min_proto_version(context, DTLS1_BAD_VER));
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), DTLS1_BAD_VER);
    CHECK_OK(SSL_CTX_set_max_proto_version(context, DTLS1_BAD_VER));
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), DTLS1_BAD_VER);
    CHECK_OK(SSL_CTX_set_min_proto_version(tls, DTLS1_BAD_VER));
    CHECK_EQ(SSL_CTX_get_min_proto_version(tls), 0);
    SSL_CTX_free(context);
    SSL_CTX_free(tls);
}

/* No handshake comes of such a bound at the wrong end. */
TEST(no_version_of_dtls_is_below_the_bad_one)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        struct pair *pair = pair_contexts(DTLS_ANY_VERSION);
        struct outcome outcome[2];

        CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[side], DTLS1_BAD_VER));
        pair_over_datagrams(pair);
        pair_try(pair, outcome);
        CHECK(outcome[CLIENT].ret != 1);
        CHECK(outcome[SERVER].ret != 1);
        pair_free(pair);
    }
}

/* "If the value n is out of range, NID_undef is returned": -2 is in range. */
TEST(shared_group_minus_2_is_the_first)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);

    CHECK(SSL_get_shared_group(pair->ssl[SERVER], 0) != NID_undef);
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -2), SSL_get_shared_group(pair->ssl[SERVER], 0));
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -3), NID_undef);
    pair_free(pair);
}
