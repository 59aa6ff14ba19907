/*
 * Key exchange: SSL_CTX_set1_groups(3), SSL_get_negotiated_group, SSL_get_peer_tmp_key(3),
 * SSL_CTX_set_tmp_dh_callback(3), SSL_CTX_set_dh_auto, RSA key transport and anonymous suites.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/dh.h>
#include <openssl/obj_mac.h>

/* ---- groups ---- */

static const struct {
    int nid, id, level; /* the highest level that takes it */
    int tls12, tls13;
    const char *name, *names[3];
} groups[] = {
    {NID_sect163k1, 1, 1, 1, 0, "sect163k1", {"K-163"}},
    {NID_sect163r1, 2, 1, 1, 0, "sect163r1", {0}},
    {NID_sect163r2, 3, 1, 1, 0, "sect163r2", {"B-163"}},
    {NID_sect193r1, 4, 1, 1, 0, "sect193r1", {0}},
    {NID_sect193r2, 5, 1, 1, 0, "sect193r2", {0}},
    {NID_sect233k1, 6, 2, 1, 0, "sect233k1", {"K-233"}},
    {NID_sect233r1, 7, 2, 1, 0, "sect233r1", {"B-233"}},
    {NID_sect239k1, 8, 2, 1, 0, "sect239k1", {0}},
    {NID_sect283k1, 9, 3, 1, 0, "sect283k1", {"K-283"}},
    {NID_sect283r1, 10, 3, 1, 0, "sect283r1", {"B-283"}},
    {NID_sect409k1, 11, 4, 1, 0, "sect409k1", {"K-409"}},
    {NID_sect409r1, 12, 4, 1, 0, "sect409r1", {"B-409"}},
    {NID_sect571k1, 13, 5, 1, 0, "sect571k1", {"K-571"}},
    {NID_sect571r1, 14, 5, 1, 0, "sect571r1", {"B-571"}},
    {NID_secp160k1, 15, 1, 1, 0, "secp160k1", {0}},
    {NID_secp160r1, 16, 1, 1, 0, "secp160r1", {0}},
    {NID_secp160r2, 17, 1, 1, 0, "secp160r2", {0}},
    {NID_secp192k1, 18, 1, 1, 0, "secp192k1", {0}},
    {NID_X9_62_prime192v1, 19, 1, 1, 0, "secp192r1", {"P-192", "prime192v1"}},
    {NID_secp224k1, 20, 2, 1, 0, "secp224k1", {0}},
    {NID_secp224r1, 21, 2, 1, 0, "secp224r1", {"P-224"}},
    {NID_secp256k1, 22, 3, 1, 0, "secp256k1", {0}},
    {NID_X9_62_prime256v1, 23, 3, 1, 1, "secp256r1", {"P-256", "prime256v1"}},
    {NID_secp384r1, 24, 4, 1, 1, "secp384r1", {"P-384"}},
    {NID_secp521r1, 25, 5, 1, 1, "secp521r1", {"P-521"}},
    {NID_brainpoolP256r1, 26, 3, 1, 0, "brainpoolP256r1", {0}},
    {NID_brainpoolP384r1, 27, 4, 1, 0, "brainpoolP384r1", {0}},
    {NID_brainpoolP512r1, 28, 5, 1, 0, "brainpoolP512r1", {0}},
    {NID_X25519, 29, 3, 1, 1, "x25519", {"X25519"}},
    {NID_X448, 30, 4, 1, 1, "x448", {"X448"}},
    {NID_ffdhe2048, 256, 2, 0, 1, "ffdhe2048", {0}},
    {NID_ffdhe3072, 257, 3, 0, 1, "ffdhe3072", {0}},
    {NID_ffdhe4096, 258, 3, 0, 1, "ffdhe4096", {0}},
    {NID_ffdhe6144, 259, 3, 0, 1, "ffdhe6144", {0}},
    {NID_ffdhe8192, 260, 4, 0, 1, "ffdhe8192", {0}},
};
enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

TEST(groups_are_found_by_names_and_numbers)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    for (int i = 0; i < GROUPS; i++) {
        CHECK_OK(SSL_CTX_set1_groups(context, &groups[i].nid, 1));
        CHECK_OK(SSL_CTX_set1_groups_list(context, groups[i].name));
        for (int j = 0; j < 3 && groups[i].names[j] != NULL; j++)
            CHECK_OK(SSL_CTX_set1_groups_list(context, groups[i].names[j]));
        CHECK_STR(SSL_group_to_name(ssl, groups[i].nid), groups[i].name);
        CHECK_STR(SSL_group_to_name(ssl, TLSEXT_nid_unknown | groups[i].id), groups[i].name);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
}

static struct pair *pair_of(int version, const char *identity, const char *suites)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_security_level(pair->ctx[side], 0);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suites));
    }
    use_identity(pair->ctx[SERVER], identity);
    return pair;
}

TEST_VERSIONS(every_group_is_negotiated_and_reported)
{
    for (int i = 0; i < GROUPS; i++) {
        struct pair *pair = pair_of(version, "rsa", "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0");
        int offered[4] = {0};

        for (int side = CLIENT; side <= SERVER; side++)
            CHECK_OK(SSL_CTX_set1_groups(pair->ctx[side], &groups[i].nid, 1));
        pair_over_wire(pair);
        if (version == TLS1_2_VERSION ? groups[i].tls12 : groups[i].tls13) {
            EVP_PKEY *key = NULL;

            pair_handshake(pair);
            CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), groups[i].nid);
            CHECK_EQ(SSL_get_negotiated_group(pair->ssl[SERVER]), groups[i].nid);
            CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], 0), groups[i].nid);
            CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1), 1);
            CHECK_EQ(SSL_get1_groups(pair->ssl[SERVER], offered), 1);
            CHECK_EQ(offered[0], groups[i].nid);
            CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[CLIENT], &key), 1);
            CHECK(EVP_PKEY_get_bits(key) > 0);
            EVP_PKEY_free(key);
            /* Our own key, and a server's view of the peer's, are there in TLS 1.3 alone. */
            for (int side = CLIENT; side <= SERVER; side++) {
                key = NULL;
                CHECK_EQ(SSL_get_tmp_key(pair->ssl[side], &key), version == TLS1_3_VERSION);
                EVP_PKEY_free(key);
            }
            key = NULL;
            CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[SERVER], &key), version == TLS1_3_VERSION);
            EVP_PKEY_free(key);
            pair_settle(pair);
            check_alive(pair);
        } else {
            struct outcome outcome[2];

            pair_try(pair, outcome);
            CHECK_EQ(outcome[CLIENT].ret, -1);
            CHECK_EQ(outcome[SERVER].ret, -1);
        }
        pair_free(pair);
    }
}

TEST_VERSIONS(security_level_bounds_groups)
{
    for (int i = 0; i < GROUPS; i++) {
        int usable = version == TLS1_2_VERSION ? groups[i].tls12 : groups[i].tls13;

        for (int level = groups[i].level; usable && level <= groups[i].level + 1 && level <= 5; level++) {
            struct pair *pair = pair_of(version, "rsa", "ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0");
            struct outcome outcome[2];

            SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
            /* The server's level bounds what it chooses; its certificate is judged when it is set. */
            CHECK_OK(SSL_CTX_set1_groups(pair->ctx[SERVER], &groups[i].nid, 1));
            CHECK_OK(SSL_CTX_set1_groups(pair->ctx[CLIENT], &groups[i].nid, 1));
            SSL_CTX_set_security_level(pair->ctx[CLIENT], level);
            pair_over_wire(pair);
            if (level > groups[i].level) {
                pair_try(pair, outcome);
                CHECK_EQ(outcome[CLIENT].ret, -1);
            }
            pair_free(pair);
        }
    }
}

/* ---- finite-field Diffie-Hellman in TLS 1.2 ---- */

#define DHE128 "DHE-RSA-AES128-GCM-SHA256"
#define DHE256 "DHE-RSA-AES256-GCM-SHA384"
#define ADH128 "ADH-AES128-GCM-SHA256"
#define ADH256 "ADH-AES256-GCM-SHA384"

/* The bits of the prime that the server chooses. */
static int bits_chosen(struct pair *pair)
{
    EVP_PKEY *key = NULL;
    int bits;

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[CLIENT], &key), 1);
    CHECK_EQ(EVP_PKEY_get_id(key), EVP_PKEY_DH);
    bits = EVP_PKEY_get_bits(key);
    EVP_PKEY_free(key);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), 0);
    pair_settle(pair);
    check_alive(pair);
    pair_disconnect(pair);
    return bits;
}

TEST(dh_auto_goes_by_certificate_suite_and_level)
{
    static const struct {
        const char *identity, *suite;
        int automatic, level, bits;
    } choices[] = {
        {"rsa", DHE128, 1, 0, 2048},     {"rsa", DHE256, 1, 0, 2048},     {"rsa1024", DHE256, 1, 0, 1024},
        {"rsa1024", DHE128, 1, 1, 1024}, {"rsa", DHE128, 2, 0, 1024},     {"rsa", DHE128, 2, 1, 1024},
        {"rsa", DHE128, 2, 2, 2048},     {"rsa", DHE128, 1, 2, 2048},     {"rsa", ADH128, 1, 0, 1024},
        {"rsa", ADH256, 1, 0, 3072},     {"rsa", ADH256, 2, 0, 1024},
    };

    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        struct pair *pair = pair_of(TLS1_2_VERSION, choices[i].identity, choices[i].suite);

        SSL_CTX_set_security_level(pair->ctx[SERVER], choices[i].level);
        CHECK_EQ(SSL_CTX_set_dh_auto(pair->ctx[SERVER], choices[i].automatic), 1);
        CHECK_EQ(bits_chosen(pair), choices[i].bits);
        pair_free(pair);
    }
}

static EVP_PKEY *parameters_of(const char *group)
{
    EVP_PKEY_CTX *operation = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *key = NULL;

    CHECK_OK(EVP_PKEY_paramgen_init(operation));
    CHECK_OK(EVP_PKEY_CTX_set_group_name(operation, group));
    CHECK_OK(EVP_PKEY_paramgen(operation, &key));
    EVP_PKEY_CTX_free(operation);
    return key;
}

TEST(parameters_of_the_program_are_used)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);

    CHECK_EQ(SSL_CTX_set0_tmp_dh_pkey(pair->ctx[SERVER], parameters_of("ffdhe3072")), 1);
    CHECK_EQ(bits_chosen(pair), 3072);
    /* Automatic ones go before them. */
    SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
    CHECK_EQ(bits_chosen(pair), 2048);
    SSL_CTX_set_dh_auto(pair->ctx[SERVER], 0);
    CHECK_EQ(bits_chosen(pair), 3072);
    pair_free(pair);
}

TEST(parameters_of_a_connection_are_its_own)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);
    EVP_PKEY *key = NULL;

    CHECK_EQ(SSL_CTX_set0_tmp_dh_pkey(pair->ctx[SERVER], parameters_of("ffdhe2048")), 1);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set0_tmp_dh_pkey(pair->ssl[SERVER], parameters_of("ffdhe3072")), 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[CLIENT], &key), 1);
    CHECK_EQ(EVP_PKEY_get_bits(key), 3072);
    EVP_PKEY_free(key);
    pair_disconnect(pair);
    CHECK_EQ(bits_chosen(pair), 2048);
    pair_free(pair);
}

TEST(dh_object_is_copied)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);
    DH *dh = DH_new_by_nid(NID_ffdhe3072);

    CHECK_EQ(SSL_CTX_set_tmp_dh(pair->ctx[SERVER], dh), 1);
    DH_free(dh);
    CHECK_EQ(bits_chosen(pair), 3072);
    pair_free(pair);
}

/* RFC 5114 2.3, as a program takes it from libcrypto. */
TEST(x942_parameters_serve)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);
    DH *dh = DH_get_2048_256();

    CHECK_EQ(SSL_CTX_set_tmp_dh(pair->ctx[SERVER], dh), 1);
    DH_free(dh);
    CHECK_EQ(bits_chosen(pair), 2048);
    pair_free(pair);
}

TEST(x942_parameters_as_a_key_serve)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);
    EVP_PKEY *key = EVP_PKEY_new();

    CHECK_EQ(EVP_PKEY_assign(key, EVP_PKEY_DHX, DH_get_2048_256()), 1);
    CHECK_EQ(SSL_CTX_set0_tmp_dh_pkey(pair->ctx[SERVER], key), 1);
    CHECK_EQ(bits_chosen(pair), 2048);
    pair_free(pair);
}

static int calls, is_export, key_length;
static DH *answer;

static DH *give_parameters(SSL *ssl, int exported, int length)
{
    CHECK(ssl != NULL);
    calls++;
    is_export = exported;
    key_length = length;
    return answer;
}

TEST(callback_gives_parameters_when_none_are_set)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);

    answer = DH_new_by_nid(NID_ffdhe2048);
    SSL_CTX_set_tmp_dh_callback(pair->ctx[SERVER], give_parameters);
    CHECK_EQ(bits_chosen(pair), 2048);
    CHECK_EQ(calls, 1);
    CHECK_EQ(is_export, 0);
    CHECK_EQ(key_length, 1024);
    CHECK_EQ(SSL_CTX_set0_tmp_dh_pkey(pair->ctx[SERVER], parameters_of("ffdhe3072")), 1);
    CHECK_EQ(bits_chosen(pair), 3072);
    CHECK_EQ(calls, 1);
    DH_free(answer);
    pair_free(pair);
}

TEST(callback_without_parameters_fails_the_handshake)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);
    struct outcome outcome[2];

    answer = NULL;
    SSL_CTX_set_tmp_dh_callback(pair->ctx[SERVER], give_parameters);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], ERR_R_INTERNAL_ERROR);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
    pair_free(pair);
}

TEST(parameters_too_small_for_the_level_are_refused)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    EVP_PKEY *key = parameters_of("ffdhe2048");
    DH *dh = DH_new_by_nid(NID_ffdhe2048);

    SSL_CTX_set_security_level(context, 3);
    CHECK_EQ(SSL_CTX_set0_tmp_dh_pkey(context, key), 0);
    CHECK_SSL_REASON(SSL_R_DH_KEY_TOO_SMALL);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_set_tmp_dh(context, dh), 0);
    CHECK_SSL_REASON(SSL_R_DH_KEY_TOO_SMALL);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_set_tmp_dh(context, NULL), 0);
    ERR_clear_error();
    DH_free(dh);
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
}

TEST(server_without_parameters_has_no_shared_cipher)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);
    struct outcome outcome[2];

    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* CVE-2015-4000 (Logjam). */
TEST(client_refuses_a_prime_that_is_too_small)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", DHE128);
    struct outcome outcome[2];

    SSL_CTX_set_dh_auto(pair->ctx[SERVER], 2);
    SSL_CTX_set_security_level(pair->ctx[CLIENT], 2);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_DH_KEY_TOO_SMALL);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* ---- anonymous suites ---- */

TEST(anonymous_suite_shows_no_certificate)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", ADH128);

    SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), ADH128);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

TEST(anonymous_server_needs_no_certificate)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", ADH128);
    SSL_CTX *bare = SSL_CTX_new(TLS_server_method());

    SSL_CTX_set_security_level(bare, 0);
    CHECK_OK(SSL_CTX_set_cipher_list(bare, "ALL:@SECLEVEL=0"));
    CHECK_OK(SSL_CTX_set_max_proto_version(bare, TLS1_2_VERSION));
    SSL_CTX_set_dh_auto(bare, 1);
    SSL_CTX_free(pair->ctx[SERVER]);
    pair->ctx[SERVER] = bare;
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

TEST(anonymous_suites_are_not_offered_above_level_zero)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", ADH128 ":AES128-GCM-SHA256");

    SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
    SSL_CTX_set_security_level(pair->ctx[CLIENT], 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), "AES128-GCM-SHA256");
    pair_free(pair);
}

/* ---- RSA key transport ---- */

static int extension_types[64];
static size_t extension_count;

static int note_extensions(SSL *ssl, int *alert, void *argument)
{
    int *types;

    (void)alert, (void)argument;
    CHECK_OK(SSL_client_hello_get1_extensions_present(ssl, &types, &extension_count));
    CHECK(extension_count <= 64);
    memcpy(extension_types, types, extension_count * sizeof(*types));
    OPENSSL_free(types);
    return SSL_CLIENT_HELLO_SUCCESS;
}

/* RFC 8422 5.1: a client without a suite that runs on a curve does not speak of curves. */
TEST(client_without_elliptic_curves_offers_no_groups)
{
    static const char *const suites[] = {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"};

    for (int i = 0; i < 2; i++) {
        struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", suites[i]);
        int found = 0;

        SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], note_extensions, NULL);
        pair_over_wire(pair);
        pair_handshake(pair);
        for (size_t j = 0; j < extension_count; j++)
            found += extension_types[j] == TLSEXT_TYPE_supported_groups
                     || extension_types[j] == TLSEXT_TYPE_ec_point_formats;
        CHECK_EQ(found, i == 0 ? 0 : 2);
        pair_free(pair);
    }
}

TEST(rsa_key_transport_has_no_temporary_key)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa", "AES256-GCM-SHA384");
    EVP_PKEY *key = NULL;

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[CLIENT], &key), 0);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

TEST(rsa_pss_certificate_takes_no_key_transport)
{
    struct pair *pair = pair_of(TLS1_2_VERSION, "rsa-pss", "AES256-GCM-SHA384");
    struct outcome outcome[2];

    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    pair_free(pair);
}

TEST(sessions_of_every_kind_resume)
{
    static const char *const suites[] = {DHE128, ADH128, "AES128-GCM-SHA256"};

    for (int i = 0; i < 3; i++) {
        for (int tickets = 0; tickets <= 1; tickets++) {
            struct pair *pair = pair_for_sessions(TLS1_2_VERSION, tickets);
            SSL_SESSION *session, *second;

            use_identity(pair->ctx[SERVER], "rsa");
            SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
            for (int side = CLIENT; side <= SERVER; side++) {
                SSL_CTX_set_security_level(pair->ctx[side], 0);
                CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suites[i]));
            }
            session = connect_with(pair, NULL, 0);
            second = connect_with(pair, session, 1);
            SSL_SESSION_free(second);
            SSL_SESSION_free(session);
            pair_free(pair);
        }
    }
}

/* A hybrid's keys are what the client sent: its own, and the server's peer's. libcrypto has such from 3.5 on. */
TEST(hybrid_key_is_the_clients)
{
    static const char *const names[] = {"X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"};
    int known = OpenSSL_version_num() >= 0x30500000;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct pair *pair = pair_contexts(TLS1_3_VERSION);
        EVP_PKEY *own = NULL, *peer = NULL, *none = NULL;

        if (SSL_CTX_set1_groups_list(pair->ctx[CLIENT], names[i]) != 1) {
            printf("  skipped: this libssl has no %s\n", names[i]);
            pair_free(pair);
            return;
        }
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], names[i]));
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_get_tmp_key(pair->ssl[CLIENT], &own), known);
        CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[SERVER], &peer), known);
        CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[CLIENT], &none), 0);
        CHECK_EQ(SSL_get_tmp_key(pair->ssl[SERVER], &none), 0);
        if (known) {
            CHECK_STR(EVP_PKEY_get0_type_name(own), names[i]);
            CHECK_EQ(EVP_PKEY_eq(own, peer), 1);
        }
        EVP_PKEY_free(own);
        EVP_PKEY_free(peer);
        CHECK_NO_ERRORS();
        pair_free(pair);
    }
}

/* SSL_CTX_set0_tmp_dh_pkey() takes a key of another kind too, as long as it is strong enough; other suites go on working. */
TEST(key_that_is_none_of_diffie_hellman_is_taken)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    CHECK_OK(SSL_CTX_set0_tmp_dh_pkey(pair->ctx[SERVER], load_key("rsa")));
    pair_over_wire(pair);
    CHECK_OK(SSL_set0_tmp_dh_pkey(pair->ssl[SERVER], load_key("ec")));
    pair_handshake(pair);
    pair_free(pair);
}

/* Level 3: "RSA, DSA and DH keys shorter than 3072 bits … are prohibited", and so on. */
TEST(dh_parameters_by_level)
{
    static const struct { int nid, level; } highest[] = {{NID_modp_1536, 1}, {NID_ffdhe2048, 2}, {NID_ffdhe3072, 3}, {NID_ffdhe8192, 4}};

    for (size_t i = 0; i < sizeof(highest) / sizeof(highest[0]); i++)
        for (int level = 0; level <= 5; level++) {
            SSL_CTX *ctx = SSL_CTX_new(TLS_method());
            SSL *ssl;
            DH *parameters = DH_new_by_nid(highest[i].nid);
            EVP_PKEY *key = EVP_PKEY_new();

            CHECK(EVP_PKEY_set1_DH(key, parameters));
            SSL_CTX_set_security_level(ctx, level);
            ssl = SSL_new(ctx);
            CHECK_EQ(SSL_CTX_set_tmp_dh(ctx, parameters), level <= highest[i].level);
            CHECK_EQ(SSL_set_tmp_dh(ssl, parameters), level <= highest[i].level);
            if (level > highest[i].level)
                CHECK_SSL_REASON(SSL_R_DH_KEY_TOO_SMALL);
            /* "the caller should not free it if the function call is successful" */
            if (level <= highest[i].level) {
                CHECK_OK(SSL_CTX_set0_tmp_dh_pkey(ctx, key));
            } else {
                CHECK_EQ(SSL_CTX_set0_tmp_dh_pkey(ctx, key), 0);
                CHECK_SSL_REASON(SSL_R_DH_KEY_TOO_SMALL);
                EVP_PKEY_free(key);
            }
            DH_free(parameters);
            SSL_free(ssl);
            SSL_CTX_free(ctx);
        }
}

/* SSL_CTX_set_dh_auto(): "Passing a value of 0 switches it off. The default setting is off." While it is on, parameters of the program
 * are not used. Connections have both from SSL_new() on. */
TEST(parameters_of_context_and_connection)
{
    enum { AUTO = 1, OFF = 2, OWN = 4, LATE_AUTO = 8, LATE_OWN = 16 };
    static const struct { int calls, bits; } cases[] = {
        {0, 0}, {AUTO | OFF, 0}, {AUTO, 2048}, {OWN, 3072}, {OWN | AUTO, 2048}, {LATE_AUTO, 0}, {OWN | LATE_OWN, 3072}, {OWN | LATE_AUTO, 3072},
    };
    DH *own = DH_new_by_nid(NID_ffdhe3072), *late = DH_new_by_nid(NID_ffdhe4096);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        struct outcome outcome[2];
        EVP_PKEY *key = NULL;

        use_identity(pair->ctx[SERVER], "rsa");
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "DHE-RSA-AES128-GCM-SHA256"));
        if (cases[i].calls & OWN)
            CHECK_EQ(SSL_CTX_set_tmp_dh(pair->ctx[SERVER], own), 1);
        if (cases[i].calls & AUTO)
            CHECK_EQ(SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1), 1);
        if (cases[i].calls & OFF)
            CHECK_EQ(SSL_CTX_set_dh_auto(pair->ctx[SERVER], 0), 1);
        pair_over_wire(pair);
        if (cases[i].calls & LATE_AUTO)
            CHECK_EQ(SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1), 1);
        if (cases[i].calls & LATE_OWN)
            CHECK_EQ(SSL_CTX_set_tmp_dh(pair->ctx[SERVER], late), 1);
        pair_try(pair, outcome);
        if (cases[i].bits == 0) {
            CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
        } else {
            CHECK_OK(SSL_get_server_tmp_key(pair->ssl[CLIENT], &key));
            CHECK_EQ(EVP_PKEY_get_bits(key), cases[i].bits);
            EVP_PKEY_free(key);
        }
        pair_free(pair);
    }
    DH_free(own);
    DH_free(late);
}
