/* Certificates of every kind, on either side: what signs, what the getters say of it, and which of several is chosen. */
#include "support.h"

struct kind {
    const char *identity, *suites;
    int type, hash12, hash13; /* NIDs; -1: not in that version */
};

static const struct kind kinds[] = {
    {"ec", "ECDHE-ECDSA-AES128-GCM-SHA256", EVP_PKEY_EC, NID_sha256, NID_sha256},
    {"ec384", "ECDHE-ECDSA-AES128-GCM-SHA256", EVP_PKEY_EC, NID_sha256, NID_sha384},
    {"ec521", "ECDHE-ECDSA-AES128-GCM-SHA256", EVP_PKEY_EC, NID_sha256, NID_sha512},
    {"rsa", "ECDHE-RSA-AES128-GCM-SHA256", EVP_PKEY_RSA_PSS, NID_sha256, NID_sha256},
    {"rsa-pss", "ECDHE-RSA-AES128-GCM-SHA256", EVP_PKEY_RSA_PSS, NID_sha256, NID_sha256},
    {"rsa-pss-sha384", "ECDHE-RSA-AES128-GCM-SHA256", EVP_PKEY_RSA_PSS, NID_sha384, NID_sha384},
    {"ed25519", "ECDHE-ECDSA-AES128-GCM-SHA256", EVP_PKEY_ED25519, NID_undef, NID_undef},
    {"ed448", "ECDHE-ECDSA-AES128-GCM-SHA256", EVP_PKEY_ED448, NID_undef, NID_undef},
    {"brainpool", "ECDHE-ECDSA-AES128-GCM-SHA256", EVP_PKEY_EC, NID_sha256, -1},
    {"dsa", "DHE-DSS-AES128-GCM-SHA256", EVP_PKEY_DSA, NID_sha224, -1},
};

/* Lets both sides take the curve of "brainpool" and the parameters of DHE. */
static void allow_all(struct pair *pair)
{
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[side],
                                          "P-256:brainpoolP256r1:X25519:P-384:P-521"),
                 1);
    CHECK_EQ(SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1), 1);
}

static void check_signature(struct pair *pair, int signer, const struct kind *kind, int version)
{
    int expected = version == TLS1_3_VERSION ? kind->hash13 : kind->hash12, nid = -1;

    CHECK_EQ(SSL_get_peer_signature_type_nid(pair->ssl[!signer], &nid), 1);
    CHECK_EQ(nid, kind->type);
    CHECK_EQ(SSL_get_peer_signature_nid(pair->ssl[!signer], &nid), 1);
    CHECK_EQ(nid, expected);
    CHECK_EQ(SSL_get_signature_nid(pair->ssl[signer], &nid), 1);
    CHECK_EQ(nid, expected);
    CHECK_EQ(SSL_get_signature_type_nid(pair->ssl[signer], &nid), 1);
    CHECK_EQ(nid, kind->type);
}

TEST_VERSIONS(servers_of_every_kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct pair *pair;

        if (version == TLS1_3_VERSION && kinds[i].hash13 == -1)
            continue;
        pair = pair_contexts(version);
        allow_all(pair);
        SSL_CTX_free(pair->ctx[SERVER]);
        pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
        allow_all(pair);
        use_identity(pair->ctx[SERVER], kinds[i].identity);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], kinds[i].suites));
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], kinds[i].suites));
        pair_over_wire(pair);
        pair_handshake(pair);
        check_signature(pair, SERVER, &kinds[i], version);
        check_alive(pair);
        pair_free(pair);
    }
}

TEST_VERSIONS(clients_of_every_kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct pair *pair;

        if (version == TLS1_3_VERSION && kinds[i].hash13 == -1)
            continue;
        pair = pair_contexts(version);
        allow_all(pair);
        use_identity(pair->ctx[CLIENT], kinds[i].identity);
        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER],
                           SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        pair_over_wire(pair);
        pair_handshake(pair);
        check_signature(pair, CLIENT, &kinds[i], version);
        check_alive(pair);
        pair_free(pair);
    }
}

/* A server with everything follows the client's order of schemes. */
TEST_VERSIONS(client_chooses_among_all_certificates)
{
    static const struct {
        const char *list, *identity;
    } choices[] = {{"ed25519:ECDSA+SHA256", "ed25519"},
                   {"ed448:ed25519", "ed448"},
                   {"rsa_pss_pss_sha256:ECDSA+SHA256", "rsa-pss"},
                   {"rsa_pss_rsae_sha512:rsa_pss_pss_sha256", "rsa"},
                   {"ECDSA+SHA256:rsa_pss_rsae_sha256", "ec"}};
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "dsa");
    use_identity(pair->ctx[SERVER], "rsa");
    use_identity(pair->ctx[SERVER], "rsa-pss");
    use_identity(pair->ctx[SERVER], "ed25519");
    use_identity(pair->ctx[SERVER], "ed448");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    if (version == TLS1_2_VERSION)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES256-GCM-SHA384:"
                                                            "ECDHE-RSA-AES256-GCM-SHA384"));
    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        X509 *expected = load_certificate(choices[i].identity), *received;

        if (version == TLS1_2_VERSION && strncmp(choices[i].identity, "rsa", 3) == 0) {
            /* The suite comes first: one for the others is preferred. */
            X509_free(expected);
            continue;
        }
        CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], choices[i].list));
        pair_over_wire(pair);
        pair_handshake(pair);
        received = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
        CHECK_EQ(X509_cmp(received, expected), 0);
        CHECK_EQ(X509_cmp(SSL_get_certificate(pair->ssl[SERVER]), expected), 0);
        X509_free(received);
        X509_free(expected);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* A scheme by numbers: RSA-PSS stands for that of an RSA key. */
TEST(schemes_by_numbers)
{
    static const int pss[] = {NID_sha256, EVP_PKEY_RSA_PSS}, ed448[] = {NID_undef, EVP_PKEY_ED448},
                     dsa[] = {NID_sha256, EVP_PKEY_DSA};
    static const struct {
        const int *numbers;
        int raw_hash, raw_signature, sign, hash, both;
    } expected[] = {{pss, 0x08, 0x04, EVP_PKEY_RSA_PSS, NID_sha256, NID_undef},
                    {ed448, 0x08, 0x08, EVP_PKEY_ED448, NID_undef, NID_undef},
                    {dsa, 0x04, 0x02, EVP_PKEY_DSA, NID_sha256, NID_dsa_with_SHA256}};
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE+AESGCM:aDSS"));
    for (int i = 0; i < 3; i++) {
        struct outcome outcome[2];
        unsigned char raw_signature, raw_hash;
        int sign, hash, both;

        CHECK_EQ(SSL_CTX_set1_sigalgs(pair->ctx[CLIENT], expected[i].numbers, 2), 1);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_EQ(SSL_get_sigalgs(pair->ssl[SERVER], 0, &sign, &hash, &both, &raw_signature,
                                 &raw_hash),
                 1);
        CHECK_EQ(sign, expected[i].sign);
        CHECK_EQ(hash, expected[i].hash);
        CHECK_EQ(both, expected[i].both);
        CHECK_EQ(raw_signature, expected[i].raw_signature);
        CHECK_EQ(raw_hash, expected[i].raw_hash);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* A key on a curve that the client does not offer is not used. */
TEST(curve_that_is_not_offered_is_not_used)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];

    use_identity(pair->ctx[SERVER], "brainpool");
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    pair_free(pair);
}

/* An RSA-PSS key that is bound to a hash signs with no other. */
TEST_VERSIONS(bound_key_signs_with_its_hash_alone)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_free(pair->ctx[SERVER]);
    pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
    use_identity(pair->ctx[SERVER], "rsa-pss-sha384");
    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT],
                                       "rsa_pss_pss_sha256:rsa_pss_pss_sha512:ECDSA+SHA256"));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
    pair_free(pair);
}

/* A client offers no suite whose signatures it would not take. */
TEST(suites_of_a_client_go_with_its_schemes)
{
    static const struct {
        const char *schemes;
        int authentication;
    } cases[] = {{"RSA+SHA256", NID_auth_rsa}, {"rsa_pss_pss_sha256", NID_auth_rsa},
                 {"ed448", NID_auth_ecdsa}, {"ECDSA+SHA256", NID_auth_ecdsa},
                 {"DSA+SHA256", NID_auth_dss}};

    for (int i = 0; i < 5; i++) {
        SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
        STACK_OF(SSL_CIPHER) *ciphers;
        SSL *ssl;

        CHECK_OK(SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION));
        CHECK_OK(SSL_CTX_set_cipher_list(ctx, "aRSA:aECDSA:aDSS"));
        CHECK_OK(SSL_CTX_set1_sigalgs_list(ctx, cases[i].schemes));
        ssl = SSL_new(ctx);
        ciphers = SSL_get1_supported_ciphers(ssl);
        CHECK(sk_SSL_CIPHER_num(ciphers) > 0);
        for (int j = 0; j < sk_SSL_CIPHER_num(ciphers); j++)
            CHECK_EQ(SSL_CIPHER_get_auth_nid(sk_SSL_CIPHER_value(ciphers, j)),
                     cases[i].authentication);
        sk_SSL_CIPHER_free(ciphers);
        SSL_free(ssl);
        SSL_CTX_free(ctx);
    }
}

/* A client whose schemes are all forbidden says nothing. */
TEST(no_scheme_left_fails)
{
    struct pair *pair = pair_contexts(0);
    struct outcome outcome[2];

    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "DSA+SHA1"));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
    pair_free(pair);
}

/* A server whose ECDSA key goes with none of its schemes of TLS 1.3 speaks TLS 1.2. */
TEST(key_without_a_scheme_falls_back)
{
    static const struct {
        const char *identity, *schemes;
        int version;
    } cases[] = {
        {"brainpool", NULL, TLS1_2_VERSION},
        {"ec", "ECDSA+SHA384:RSA-PSS+SHA256", TLS1_2_VERSION},
        {"ec", "ECDSA+SHA256", TLS1_3_VERSION},
        {"ec384", NULL, TLS1_3_VERSION},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(0);
        struct outcome outcome[2];

        SSL_CTX_free(pair->ctx[SERVER]);
        pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
        use_identity(pair->ctx[SERVER], cases[i].identity);
        if (cases[i].schemes != NULL)
            CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[SERVER], cases[i].schemes));
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_EQ(SSL_version(pair->ssl[SERVER]), cases[i].version);
        pair_free(pair);
    }
}

/* A scheme that goes with the key but is none of ours any more is refused with handshake_failure. */
TEST_VERSIONS(scheme_that_is_listed_no_more)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
        trust(pair->ctx[SERVER], "root");
        use_identity(pair->ctx[CLIENT], "client");
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        if (side == SERVER)
            CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        CHECK_OK(SSL_set1_sigalgs_list(pair->ssl[side], "ECDSA+SHA512"));
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[side], SSL_R_WRONG_SIGNATURE_TYPE);
        if (version == TLS1_2_VERSION || side == CLIENT)
            CHECK_OUTCOME(outcome[!side], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
        pair_free(pair);
    }
}

/* SSL_get_certificate(3): "before certificate selection has occurred, it returns the most recently added certificate"; afterwards "the
 * certificate which was selected during the handshake". A protocol is selected after that in TLS 1.2, before it in TLS 1.3. */
static const char *most_recent, *selected;
static int callbacks;

static int shows(SSL *ssl, const char *identity)
{
    return X509_cmp(SSL_get_certificate(ssl), lent_certificate(identity)) == 0
           && EVP_PKEY_eq(SSL_get_privatekey(ssl), lent_key(identity)) == 1;
}

static int at_the_hello(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    CHECK(shows(ssl, most_recent));
    callbacks++;
    return 1;
}

static int at_the_name(SSL *ssl, int *alert, void *argument)
{
    at_the_hello(ssl, alert, argument);
    return SSL_TLSEXT_ERR_OK;
}

static int before_the_choice(SSL *ssl, void *argument)
{
    return at_the_hello(ssl, NULL, argument);
}

static int after_the_choice(SSL *ssl, void *argument)
{
    (void)argument;
    CHECK(shows(ssl, selected));
    callbacks++;
    return SSL_TLSEXT_ERR_NOACK;
}

static int protocol_beside_the_choice(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                                      unsigned total, void *argument)
{
    (void)total;
    (void)argument;
    CHECK(shows(ssl, SSL_version(ssl) == TLS1_3_VERSION ? most_recent : selected));
    callbacks++;
    *out = in + 1;
    *length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

TEST_VERSIONS(certificate_before_and_after_the_choice)
{
    struct pair *pair = pair_contexts(version);

    most_recent = "rsa", selected = "ec";
    use_identity(pair->ctx[SERVER], most_recent);
    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], at_the_hello, NULL);
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], at_the_name);
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], before_the_choice, NULL);
    SSL_CTX_set_tlsext_status_cb(pair->ctx[SERVER], after_the_choice);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], protocol_beside_the_choice, NULL);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\2h2", 3), 0);
    SSL_CTX_set_tlsext_status_type(pair->ctx[CLIENT], TLSEXT_STATUSTYPE_ocsp);
    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "ECDSA+SHA256:RSA-PSS+SHA256"));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-GCM-SHA256"));
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"), 1);
    CHECK(shows(pair->ssl[SERVER], most_recent));
    CHECK(SSL_get_certificate(pair->ssl[CLIENT]) == NULL && SSL_get_privatekey(pair->ssl[CLIENT]) == NULL);
    pair_handshake(pair);
    CHECK_EQ(callbacks, 5);
    CHECK(shows(pair->ssl[SERVER], selected));
    CHECK(SSL_get_certificate(pair->ssl[CLIENT]) == NULL && SSL_get_privatekey(pair->ssl[CLIENT]) == NULL);
    pair_free(pair);
}

struct scheme {
    int sign, hash, both;
    unsigned char raw_sign, raw_hash;
};

static void check_scheme(SSL *ssl, int shared, int index, const struct scheme *expected, int count)
{
    struct scheme found = {-1, -1, -1, 0, 0};
    int (*get)(SSL *, int, int *, int *, int *, unsigned char *, unsigned char *) = shared ? SSL_get_shared_sigalgs
                                                                                           : SSL_get_sigalgs;

    CHECK_EQ(get(ssl, index, &found.sign, &found.hash, &found.both, &found.raw_sign, &found.raw_hash), count);
    CHECK_EQ(found.sign, expected->sign);
    CHECK_EQ(found.hash, expected->hash);
    CHECK_EQ(found.both, expected->both);
    CHECK_EQ(found.raw_sign, expected->raw_sign);
    CHECK_EQ(found.raw_hash, expected->raw_hash);
}

/*
 * SSL_get_sigalgs(): "information about all signature algorithms ... in the order they were sent by the peer", known to us or not;
 * SSL_get_shared_sigalgs(): "ordered according to configuration and peer preferences". "0 if the idx parameter is out of range"; "Any or
 * all of the parameters ... can be set to NULL".
 */
TEST_VERSIONS(schemes_of_the_peer)
{
    static const struct scheme ecdsa = {NID_X9_62_id_ecPublicKey, NID_sha256, NID_ecdsa_with_SHA256, 3, 4},
                               pss = {EVP_PKEY_RSA_PSS, NID_sha384, NID_undef, 5, 8},
                               ed25519 = {NID_ED25519, NID_undef, NID_undef, 7, 8};
    struct pair *pair = pair_contexts(version);
    SSL *self;

    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "ed25519:RSA-PSS+SHA384:ECDSA+SHA256"));
    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[SERVER], "ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384"));
    for (int servers = 0; servers <= 1; servers++) {
        if (servers)
            SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_CIPHER_SERVER_PREFERENCE);
        pair_over_wire(pair);
        self = pair->ssl[SERVER];
        CHECK_EQ(SSL_get_sigalgs(self, 0, NULL, NULL, NULL, NULL, NULL), 0);
        CHECK_EQ(SSL_get_shared_sigalgs(self, 0, NULL, NULL, NULL, NULL, NULL), 0);
        pair_handshake(pair);
        check_scheme(self, 0, 0, &ed25519, 3);
        check_scheme(self, 0, 1, &pss, 3);
        check_scheme(self, 0, 2, &ecdsa, 3);
        check_scheme(self, 1, servers, &pss, 2);
        check_scheme(self, 1, !servers, &ecdsa, 2);
        CHECK_EQ(SSL_get_sigalgs(self, 0, NULL, NULL, NULL, NULL, NULL), 3);
        CHECK_EQ(SSL_get_sigalgs(self, 3, NULL, NULL, NULL, NULL, NULL), 0);
        CHECK_EQ(SSL_get_shared_sigalgs(self, 2, NULL, NULL, NULL, NULL, NULL), 0);
        CHECK_EQ(SSL_get_shared_sigalgs(self, -1, NULL, NULL, NULL, NULL, NULL), 0);
        /* A client was asked for nothing. */
        CHECK_EQ(SSL_get_sigalgs(pair->ssl[CLIENT], 0, NULL, NULL, NULL, NULL, NULL), 0);
        CHECK_NO_ERRORS();
        pair_disconnect(pair);
    }
    pair_free(pair);
}
