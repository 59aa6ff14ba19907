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
