/* TLS 1.0 and 1.1: SSL_CTX_set_min_proto_version(3), SSL_CTX_set_options(3), TLS_method(3), SSL_MODE_SEND_FALLBACK_SCSV. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

static void old_level(struct pair *pair)
{
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_CTX_set_security_level(pair->ctx[side], 0);
}

static struct pair *old_pair(int version)
{
    struct pair *pair = pair_contexts(version);

    old_level(pair);
    return pair;
}

static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION};
static const char *const names[] = {"TLSv1", "TLSv1.1"};

/* Both versions connect with keys of each kind that they know, and say what was signed. */
TEST(connects_with_rsa_and_ecdsa)
{
    static const struct {
        const char *identity, *suites;
        int type, hash;
    } keys[] = {{"rsa", "ECDHE-RSA-AES128-SHA", EVP_PKEY_RSA, NID_md5_sha1},
                {"ec", "ECDHE-ECDSA-AES256-SHA", EVP_PKEY_EC, NID_sha1},
                {"ec384", "ECDHE-ECDSA-AES128-SHA", EVP_PKEY_EC, NID_sha1},
                {"dsa", "DHE-DSS-AES128-SHA", EVP_PKEY_DSA, NID_sha1},
                {"rsa", "DHE-RSA-AES256-SHA", EVP_PKEY_RSA, NID_md5_sha1}};

    for (int i = 0; i < 10; i++) {
        struct pair *pair = old_pair(versions[i % 2]);
        int nid, key = i / 2;

        CHECK_EQ(SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1), 1);
        use_identity(pair->ctx[SERVER], keys[key].identity);
        for (int side = CLIENT; side <= SERVER; side++)
            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], keys[key].suites));
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_version(pair->ssl[CLIENT]), versions[i % 2]);
        CHECK_STR(SSL_get_version(pair->ssl[SERVER]), names[i % 2]);
        CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), keys[key].suites);
        CHECK_EQ(SSL_get_peer_signature_nid(pair->ssl[CLIENT], &nid), 1);
        CHECK_EQ(nid, keys[key].hash);
        CHECK_EQ(SSL_get_peer_signature_type_nid(pair->ssl[CLIENT], &nid), 1);
        CHECK_EQ(nid, keys[key].type);
        check_alive(pair);
        pair_free(pair);
    }
}

TEST(clients_authenticate)
{
    static const char *const identities[] = {"rsa", "ec", "dsa"};

    for (int i = 0; i < 6; i++) {
        struct pair *pair = old_pair(versions[i % 2]);
        X509 *peer;

        use_identity(pair->ctx[CLIENT], identities[i / 2]);
        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER],
                           SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        pair_over_wire(pair);
        pair_handshake(pair);
        peer = SSL_get1_peer_certificate(pair->ssl[SERVER]);
        CHECK(peer != NULL);
        X509_free(peer);
        check_alive(pair);
        pair_free(pair);
    }
}

/* A key that these versions have no signatures for is not used. */
TEST(client_without_a_key_that_fits_sends_none)
{
    static const char *const identities[] = {"ed25519", "rsa-pss"};

    for (int i = 0; i < 2; i++) {
        struct pair *pair = old_pair(TLS1_1_VERSION);

        use_identity(pair->ctx[CLIENT], identities[i]);
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
        pair_free(pair);
    }
}

/* Sessions resume, by ticket and by id, with an exporter that agrees. */
TEST(sessions_resume)
{
    for (int i = 0; i < 4; i++) {
        struct pair *pair = pair_for_sessions(0, i / 2);
        SSL_SESSION *first, *second;

        old_level(pair);
        for (int side = CLIENT; side <= SERVER; side++)
            CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[side], versions[i % 2]));
        first = connect_with(pair, NULL, 0);
        CHECK_EQ(SSL_SESSION_get_protocol_version(first), versions[i % 2]);
        second = connect_with(pair, first, 1);
        SSL_SESSION_free(first);
        SSL_SESSION_free(second);
        pair_free(pair);
    }
}

TEST(exporters_agree)
{
    for (int i = 0; i < 2; i++) {
        struct pair *pair = old_pair(versions[i]);
        unsigned char ours[40], theirs[40];

        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_OK(SSL_export_keying_material(pair->ssl[CLIENT], ours, 40, "EXPORTER-x", 10, NULL, 0,
                                            0));
        CHECK_OK(SSL_export_keying_material(pair->ssl[SERVER], theirs, 40, "EXPORTER-x", 10, NULL,
                                            0, 0));
        CHECK_MEM(ours, theirs, 40);
        pair_free(pair);
    }
}

TEST(renegotiates)
{
    for (int i = 0; i < 2; i++) {
        struct pair *pair = old_pair(versions[i]);

        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
        for (int turn = 0; turn < 8; turn++) {
            char byte;

            SSL_do_handshake(pair->ssl[CLIENT]);
            CHECK(SSL_read(pair->ssl[SERVER], &byte, 1) <= 0);
        }
        CHECK_EQ(SSL_renegotiate_pending(pair->ssl[CLIENT]), 0);
        CHECK_EQ(SSL_version(pair->ssl[CLIENT]), versions[i]);
        check_alive(pair);
        pair_free(pair);
    }
}

/* Above level 0 the signatures of these versions are too weak: on which side decides what is said. */
TEST(level_one_forbids_their_signatures)
{
    static const int reasons[] = {SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED,
                                  SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM};

    for (int i = 0; i < 8; i++) {
        struct pair *pair = old_pair(versions[i % 2]);
        struct outcome outcome[2];
        int side = i / 2 % 2;

        SSL_CTX_set_security_level(pair->ctx[side], 1 + i / 4);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[side], reasons[side]);
        CHECK_OUTCOME(outcome[!side], SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
        pair_free(pair);
    }
}

/* Higher levels forbid the versions. */
TEST(level_three_and_four_forbid_versions)
{
    for (int level = 3; level <= 4; level++) {
        struct pair *pair = old_pair(versions[level - 3]);
        struct outcome outcome[2];

        SSL_CTX_set_security_level(pair->ctx[CLIENT], level);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_NO_PROTOCOLS_AVAILABLE);
        pair_free(pair);

        pair = old_pair(versions[level - 3]);
        SSL_CTX_set_security_level(pair->ctx[SERVER], level);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_PROTOCOLS_AVAILABLE);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
        pair_disconnect(pair);
        CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], 0));
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_UNSUPPORTED_PROTOCOL);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
        pair_free(pair);
    }
}

/* What is negotiated when options leave holes: a client offers nothing above one, a server chooses the best there is. */
TEST(holes_in_the_range)
{
    static const struct {
        uint64_t client, server;
        int version;
    } cases[] = {
        {0, 0, TLS1_3_VERSION},
        {SSL_OP_NO_TLSv1_3, 0, TLS1_2_VERSION},
        {SSL_OP_NO_TLSv1_2, 0, TLS1_1_VERSION},
        {SSL_OP_NO_TLSv1_1, 0, TLS1_VERSION},
        {SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1, 0, TLS1_3_VERSION},
        {SSL_OP_NO_TLSv1_3 | SSL_OP_NO_TLSv1_2, 0, TLS1_1_VERSION},
        {0, SSL_OP_NO_TLSv1_2, TLS1_3_VERSION},
        {SSL_OP_NO_TLSv1_3, SSL_OP_NO_TLSv1_3 | SSL_OP_NO_TLSv1_1, TLS1_2_VERSION},
        {0, SSL_OP_NO_TLSv1_3 | SSL_OP_NO_TLSv1_2, TLS1_1_VERSION},
        {0, SSL_OP_NO_TLSv1_3 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_1, TLS1_VERSION},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = old_pair(0);

        SSL_CTX_set_options(pair->ctx[CLIENT], cases[i].client);
        SSL_CTX_set_options(pair->ctx[SERVER], cases[i].server);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_version(pair->ssl[CLIENT]), cases[i].version);
        CHECK_EQ(SSL_version(pair->ssl[SERVER]), cases[i].version);
        pair_free(pair);
    }
}

TEST(no_version_left)
{
    struct pair *pair = old_pair(0);
    struct outcome outcome[2];

    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_SSL_MASK);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_NO_PROTOCOLS_AVAILABLE);
    pair_free(pair);
}

/* A server says in its random that it was made to speak less, and the client believes it. */
TEST(downgrade_is_noticed)
{
    struct pair *pair = old_pair(0);
    struct outcome outcome[2];

    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_1_VERSION));
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TLSv1_1);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_INAPPROPRIATE_FALLBACK);
    pair_free(pair);
}

/* RFC 7507: a client that fell back says so, and a server that knows better refuses. */
TEST(fallback_signal)
{
    static const struct {
        int client, server, refused;
    } cases[] = {{TLS1_2_VERSION, 0, 1},
                 {TLS1_1_VERSION, TLS1_2_VERSION, 1},
                 {TLS1_VERSION, TLS1_1_VERSION, 1},
                 {TLS1_1_VERSION, TLS1_1_VERSION, 0},
                 {0, 0, 0}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = old_pair(0);
        struct outcome outcome[2];

        CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], cases[i].client));
        CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], cases[i].server));
        SSL_CTX_set_mode(pair->ctx[CLIENT], SSL_MODE_SEND_FALLBACK_SCSV);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (cases[i].refused) {
            CHECK_OUTCOME(outcome[SERVER], SSL_R_INAPPROPRIATE_FALLBACK);
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_INAPPROPRIATE_FALLBACK);
        } else {
            CHECK_EQ(outcome[CLIENT].ret, 1);
            CHECK_EQ(outcome[SERVER].ret, 1);
        }
        pair_free(pair);
    }
}

/* Methods of one version know no other, whatever the settings say. */
TEST(methods_of_one_version)
{
    static const struct {
        const SSL_METHOD *(*client)(void), *(*server)(void);
        int version, client_reason, server_reason;
    } cases[] = {
        {TLSv1_client_method, TLS_server_method, TLS1_VERSION, 0, 0},
        {TLSv1_1_client_method, TLS_server_method, TLS1_1_VERSION, 0, 0},
        {TLSv1_2_client_method, TLS_server_method, TLS1_2_VERSION, 0, 0},
        {TLS_client_method, TLSv1_server_method, TLS1_VERSION, 0, 0},
        {TLS_client_method, TLSv1_1_server_method, TLS1_1_VERSION, 0, 0},
        {TLS_client_method, TLSv1_2_server_method, TLS1_2_VERSION, 0, 0},
        {TLSv1_1_method, TLSv1_1_method, TLS1_1_VERSION, 0, 0},
        {TLSv1_client_method, TLSv1_1_server_method, 0, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
         SSL_R_WRONG_SSL_VERSION},
        {TLSv1_1_client_method, TLSv1_server_method, 0, SSL_R_WRONG_SSL_VERSION, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = old_pair(0);
        struct outcome outcome[2];

        for (int side = CLIENT; side <= SERVER; side++) {
            SSL_CTX_free(pair->ctx[side]);
            pair->ctx[side] = SSL_CTX_new(side ? cases[i].server() : cases[i].client());
            SSL_CTX_set_options(pair->ctx[side], cases[i].version ? SSL_OP_NO_TLSv1_3 : 0);
        }
        old_level(pair);
        use_identity(pair->ctx[SERVER], "ec");
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (cases[i].version) {
            CHECK_EQ(outcome[CLIENT].ret, 1);
            CHECK_EQ(SSL_version(pair->ssl[SERVER]), cases[i].version);
        } else {
            CHECK_OUTCOME(outcome[CLIENT], cases[i].client_reason);
            if (cases[i].server_reason)
                CHECK_OUTCOME(outcome[SERVER], cases[i].server_reason);
        }
        pair_free(pair);
    }
}

TEST(method_of_one_version_ignores_its_option)
{
    struct pair *pair = old_pair(0);

    SSL_CTX_free(pair->ctx[CLIENT]);
    pair->ctx[CLIENT] = SSL_CTX_new(TLSv1_2_client_method());
    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_TLSv1_2);
    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_1_VERSION));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_2_VERSION);
    pair_free(pair);
}
