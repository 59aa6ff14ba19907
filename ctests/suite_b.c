/*
 * Suite B (RFC 6460): the modes of SSL_CTX_set_cert_flags(3) and of the cipher strings that begin with SUITEB. What they leave of
 * groups, signatures, versions and certificates.
 */
#include "support.h"

static const struct mode {
    const char *name;
    unsigned char groups[5], schemes[5]; /* as in the extensions, behind their length */
    int curve;
} modes[] = {
    {"SUITEB128ONLY", {2, 0, 23}, {2, 4, 3}, NID_X9_62_prime256v1},
    {"SUITEB192", {2, 0, 24}, {2, 5, 3}, NID_secp384r1},
    {"SUITEB128", {4, 0, 23, 0, 24}, {4, 4, 3, 5, 3}, NID_X9_62_prime256v1},
    {"SUITEB128C2", {4, 0, 23, 0, 24}, {4, 4, 3, 5, 3}, NID_X9_62_prime256v1},
};
#define EACH_MODE(mode) (const struct mode *mode = modes; mode < modes + sizeof(modes) / sizeof(*modes); mode++)

static unsigned char groups[64], schemes[64], versions[64];

static void keep(unsigned char *kept, const unsigned char *data, int length)
{
    CHECK(length <= 64);
    memset(kept, 0, 64);
    memcpy(kept, data, (size_t)length);
}

static void on_extension(SSL *ssl, int from_server, int type, const unsigned char *data, int length, void *argument)
{
    (void)ssl;
    (void)argument;
    if (from_server)
        return;
    if (type == TLSEXT_TYPE_supported_groups)
        keep(groups, data, length);
    if (type == TLSEXT_TYPE_signature_algorithms)
        keep(schemes, data, length);
    if (type == TLSEXT_TYPE_supported_versions)
        keep(versions, data, length);
}

static struct pair *pair_in_mode(int version, int side, const char *name)
{
    struct pair *pair = pair_contexts(version);

    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], name));
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    use_identity(pair->ctx[SERVER], strcmp(name, "SUITEB192") == 0 ? "ec384" : "ec");
    return pair;
}

/* The client offers what the mode leaves, whatever else is set. */
TEST_VERSIONS(mode_decides_what_is_offered)
{
    for EACH_MODE (mode) {
        struct pair *pair = pair_in_mode(version, CLIENT, mode->name);
        struct outcome outcome[2];

        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-521"));
        CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "RSA+SHA256:ECDSA+SHA512"));
        pair_over_wire(pair);
        SSL_set_tlsext_debug_callback(pair->ssl[SERVER], on_extension);
        if (version == TLS1_2_VERSION && mode == &modes[3]) {
            /* The certificate's curve is not that of the only suite. */
            pair_try(pair, outcome);
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_WRONG_CURVE);
        } else {
            pair_handshake(pair);
            CHECK_EQ(SSL_get_negotiated_group(pair->ssl[SERVER]), mode->curve);
        }
        CHECK_EQ(groups[0], 0);
        CHECK_MEM(groups + 1, mode->groups, mode->groups[0] + 1u);
        CHECK_EQ(schemes[0], 0);
        CHECK_MEM(schemes + 1, mode->schemes, mode->schemes[0] + 1u);
        pair_free(pair);
    }
}

/* TLS 1.2 and 1.3 alone are offered; a range without them leaves nothing. */
TEST(mode_needs_tls12)
{
    static const unsigned char both[] = {4, 3, 4, 3, 3};
    struct pair *pair = pair_in_mode(0, CLIENT, "SUITEB128");
    struct outcome outcome[2];

    CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[CLIENT], TLS1_VERSION));
    pair_over_wire(pair);
    SSL_set_tlsext_debug_callback(pair->ssl[SERVER], on_extension);
    pair_handshake(pair);
    CHECK_MEM(versions, both, sizeof(both));
    pair_disconnect(pair);
    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_1_VERSION));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_NO_PROTOCOLS_AVAILABLE);
    pair_free(pair);
}

/* A server in a mode takes what the mode leaves of an ordinary client's offer, in its own order. */
TEST_VERSIONS(mode_decides_what_a_server_takes)
{
    for EACH_MODE (mode) {
        struct pair *pair = pair_in_mode(version, SERVER, mode->name);
        struct outcome outcome[2];

        pair_over_wire(pair);
        if (version == TLS1_2_VERSION && mode == &modes[1]) {
            /* ec384 is signed with SHA-256. */
            pair_try(pair, outcome);
            CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
        } else if (version == TLS1_2_VERSION) {
            /* The suite decides about the group. */
            pair_handshake(pair);
            CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), mode == &modes[3] ? "ECDHE-ECDSA-AES256-GCM-SHA384"
                                                                           : "ECDHE-ECDSA-AES128-GCM-SHA256");
            CHECK_EQ(SSL_get_negotiated_group(pair->ssl[SERVER]), mode == &modes[3] ? NID_secp384r1 : NID_X9_62_prime256v1);
        } else {
            pair_handshake(pair);
            CHECK_EQ(SSL_get_negotiated_group(pair->ssl[SERVER]), mode->curve);
        }
        pair_free(pair);
    }
}

/* Other certificates do not do. */
TEST_VERSIONS(other_certificates_are_of_no_use)
{
    static const char *const names[] = {"rsa", "ec521", "ed25519", "ec384"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        for (int side = CLIENT; side <= SERVER; side++) {
            struct pair *pair = pair_in_mode(version, side, "SUITEB128ONLY");
            struct outcome outcome[2];

            pair_over_wire(pair);
            SSL_certs_clear(pair->ssl[SERVER]);
            use_identity_ssl(pair->ssl[SERVER], names[i]);
            pair_try(pair, outcome);
            CHECK_OUTCOME(outcome[SERVER], version == TLS1_2_VERSION ? SSL_R_NO_SHARED_CIPHER
                                                                     : SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
            pair_free(pair);
        }
    }
}

/* In TLS 1.2 the suite decides about the curve: AES-128 goes with P-256, AES-256 with P-384. */
TEST(suite_decides_about_the_curve)
{
    struct pair *pair = pair_in_mode(TLS1_2_VERSION, CLIENT, "SUITEB128");
    struct outcome outcome[2];

    pair_over_wire(pair);
    SSL_certs_clear(pair->ssl[SERVER]);
    use_identity_ssl(pair->ssl[SERVER], "ec384");
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_WRONG_CURVE);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
    pair_free(pair);
}

/* libcrypto checks the peer's chain by the rules of the mode. */
TEST_VERSIONS(chain_is_checked_by_the_mode)
{
    struct pair *pair = pair_in_mode(version, CLIENT, "SUITEB128");
    struct outcome outcome[2];

    use_identity(pair->ctx[SERVER], "ec384");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, NULL);
    pair_over_wire(pair);
    SSL_certs_clear(pair->ssl[SERVER]);
    use_identity_ssl(pair->ssl[SERVER], "ec384");
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_SUITE_B_CANNOT_SIGN_P_384_WITH_P_256);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN);
    pair_free(pair);
}

/* The flags alone do, and go away again. */
TEST(flags_are_the_mode)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    CHECK_EQ(SSL_CTX_set_cert_flags(pair->ctx[CLIENT], SSL_CERT_FLAG_SUITEB_128_LOS_ONLY), SSL_CERT_FLAG_SUITEB_128_LOS_ONLY);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_X9_62_prime256v1);
    pair_disconnect(pair);
    SSL_CTX_clear_cert_flags(pair->ctx[CLIENT], SSL_CERT_FLAG_SUITEB_128_LOS);
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519"));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_X25519);
    pair_free(pair);
}

/* CERT_PKEY_SUITEB */
TEST(check_chain_knows_the_mode)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    X509 *ec = load_certificate("ec"), *rsa = load_certificate("rsa");
    EVP_PKEY *ec_key = load_key("ec"), *rsa_key = load_key("rsa");
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_EQ(SSL_check_chain(ssl, ec, ec_key, NULL) & CERT_PKEY_SUITEB, 0);
    SSL_set_cert_flags(ssl, SSL_CERT_FLAG_SUITEB_128_LOS);
    CHECK_EQ(SSL_check_chain(ssl, ec, ec_key, NULL) & CERT_PKEY_SUITEB, CERT_PKEY_SUITEB);
    CHECK_EQ(SSL_check_chain(ssl, rsa, rsa_key, NULL) & (CERT_PKEY_SUITEB | CERT_PKEY_VALID), 0);
    X509_free(ec);
    X509_free(rsa);
    EVP_PKEY_free(ec_key);
    EVP_PKEY_free(rsa_key);
    pair_free(pair);
}
