/* SSL_CTX_set_cipher_list(3), SSL_get_ciphers(3), SSL_CIPHER_get_name(3). */
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

static int list_has(STACK_OF(SSL_CIPHER) *list, const char *name)
{
    for (int i = 0; i < sk_SSL_CIPHER_num(list); i++)
        if (strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, i)), name) == 0)
            return 1;
    return 0;
}

/* The TLS 1.3 suites come first, then those of the list in its order. */
TEST(cipher_list_in_order)
{
    STACK_OF(SSL_CIPHER) *list;

    start();
    CHECK_OK(SSL_CTX_set_cipher_list(context,
                                     "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"));
    list = SSL_CTX_get_ciphers(context);
    CHECK_EQ(sk_SSL_CIPHER_num(list), 5);
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, 0)), "TLS_AES_256_GCM_SHA384");
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, 1)), "TLS_CHACHA20_POLY1305_SHA256");
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, 2)), "TLS_AES_128_GCM_SHA256");
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, 3)), "ECDHE-RSA-AES256-GCM-SHA384");
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, 4)), "ECDHE-ECDSA-AES128-GCM-SHA256");
    /* A connection without a list of its own shows its context's. */
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)), 5);
    CHECK_OK(SSL_set_cipher_list(ssl, "ECDHE-RSA-AES128-GCM-SHA256"));
    CHECK_STR(SSL_get_cipher_list(ssl, 3), "ECDHE-RSA-AES128-GCM-SHA256");
    CHECK(SSL_get_cipher_list(ssl, 4) == NULL);
    finish();
}

/* A list that matches nothing is an error; what is unknown among known ones is passed over. */
TEST(cipher_list_without_match_fails)
{
    start();
    CHECK_EQ(SSL_CTX_set_cipher_list(context, "NO-SUCH-SUITE"), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
    CHECK_EQ(SSL_set_cipher_list(ssl, "NO-SUCH-SUITE"), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
    CHECK_OK(SSL_CTX_set_cipher_list(context, "NO-SUCH-SUITE:ECDHE-RSA-AES128-GCM-SHA256"));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 4);
    finish();
}

/* The words that programs use. */
TEST(cipher_list_words)
{
    STACK_OF(SSL_CIPHER) *list;

    start();
    CHECK_OK(SSL_CTX_set_cipher_list(context, "HIGH:!aNULL:!MD5"));
    list = SSL_CTX_get_ciphers(context);
    CHECK(list_has(list, "ECDHE-RSA-AES256-GCM-SHA384"));
    CHECK(list_has(list, "ECDHE-ECDSA-CHACHA20-POLY1305"));
    CHECK_OK(SSL_CTX_set_cipher_list(context, "DEFAULT:!AESGCM"));
    list = SSL_CTX_get_ciphers(context);
    CHECK(!list_has(list, "ECDHE-RSA-AES256-GCM-SHA384"));
    CHECK(list_has(list, "ECDHE-RSA-CHACHA20-POLY1305"));
    CHECK_OK(SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM"));
    list = SSL_CTX_get_ciphers(context);
    CHECK(list_has(list, "ECDHE-ECDSA-AES128-GCM-SHA256"));
    CHECK(!list_has(list, "ECDHE-RSA-CHACHA20-POLY1305"));
    CHECK_OK(SSL_CTX_set_cipher_list(context, "ALL:!RSA"));
    CHECK_OK(SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=2"));
    CHECK_EQ(SSL_CTX_get_security_level(context), 2);
    CHECK_OK(SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=1"));
    CHECK_EQ(SSL_CTX_get_security_level(context), 1);
    finish();
}

/* TLS 1.3 suites: their own list, in its order; unknown names are an error; empty is allowed. */
TEST(ciphersuites_of_tls13)
{
    STACK_OF(SSL_CIPHER) *list;

    start();
    CHECK_OK(SSL_CTX_set_ciphersuites(context, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"));
    list = SSL_CTX_get_ciphers(context);
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, 0)), "TLS_CHACHA20_POLY1305_SHA256");
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, 1)), "TLS_AES_128_GCM_SHA256");
    CHECK(!list_has(list, "TLS_AES_256_GCM_SHA384"));
    CHECK_EQ(SSL_CTX_set_ciphersuites(context, "NO_SUCH_SUITE"), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
    CHECK_OK(SSL_set_ciphersuites(ssl, "TLS_AES_256_GCM_SHA384"));
    CHECK_OK(SSL_CTX_set_ciphersuites(context, ""));
    CHECK(!list_has(SSL_CTX_get_ciphers(context), "TLS_AES_128_GCM_SHA256"));
    finish();
}

/* Every AEAD suite works, and is what the lists ask for. */
TEST(every_suite_connects)
{
    static const char *const suites[][2] = {
        {"TLS_AES_128_GCM_SHA256", "ec"},
        {"TLS_AES_256_GCM_SHA384", "ec"},
        {"TLS_CHACHA20_POLY1305_SHA256", "ec"},
        {"ECDHE-ECDSA-AES128-GCM-SHA256", "ec"},
        {"ECDHE-ECDSA-AES256-GCM-SHA384", "ec"},
        {"ECDHE-ECDSA-CHACHA20-POLY1305", "ec"},
        {"ECDHE-RSA-AES128-GCM-SHA256", "rsa"},
        {"ECDHE-RSA-AES256-GCM-SHA384", "rsa"},
        {"ECDHE-RSA-CHACHA20-POLY1305", "rsa"},
    };
    unsigned char *bytes = pattern(50000);

    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        int tls13 = strncmp(suites[i][0], "TLS_", 4) == 0;
        struct pair *pair = pair_contexts(tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);

        use_identity(pair->ctx[SERVER], suites[i][1]);
        if (tls13)
            CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], suites[i][0]));
        else
            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], suites[i][0]));
        pair_over_wire(pair);
        CHECK(SSL_get_current_cipher(pair->ssl[CLIENT]) == NULL);
        pair_handshake(pair);
        for (int side = CLIENT; side <= SERVER; side++) {
            CHECK_STR(SSL_get_cipher_name(pair->ssl[side]), suites[i][0]);
            CHECK(SSL_get_current_cipher(pair->ssl[side]) != NULL);
            CHECK(SSL_get_pending_cipher(pair->ssl[side]) != NULL);
        }
        pair_settle(pair);
        transfer(pair->ssl[CLIENT], pair->ssl[SERVER], bytes, 50000);
        transfer(pair->ssl[SERVER], pair->ssl[CLIENT], bytes, 50000);
        pair_free(pair);
    }
    free(bytes);
}

/* The server takes the client's first, or its own with SSL_OP_CIPHER_SERVER_PREFERENCE. */
TEST_VERSIONS(server_preference)
{
    for (int own = 0; own < 2; own++) {
        struct pair *pair = pair_contexts(version);
        const char *tls13 = own ? "TLS_CHACHA20_POLY1305_SHA256" : "TLS_AES_128_GCM_SHA256";
        const char *tls12 = own ? "ECDHE-ECDSA-CHACHA20-POLY1305" : "ECDHE-ECDSA-AES128-GCM-SHA256";

        if (own)
            SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_CIPHER_SERVER_PREFERENCE);
        SSL_CTX_set_ciphersuites(pair->ctx[CLIENT],
                                 "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256");
        SSL_CTX_set_ciphersuites(pair->ctx[SERVER],
                                 "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256");
        SSL_CTX_set_cipher_list(pair->ctx[CLIENT],
                                "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305");
        SSL_CTX_set_cipher_list(pair->ctx[SERVER],
                                "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256");
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_STR(SSL_get_cipher_name(pair->ssl[CLIENT]),
                  version == TLS1_3_VERSION ? tls13 : tls12);
        pair_free(pair);
    }
}

/* CVE-2015-3197: a client that offers nothing but a suite which the server does not have, or nobody has. */
TEST_VERSIONS(cve_2015_3197_suite_that_was_disabled)
{
    static const unsigned char suites[][2] = {
        {0xc0, 0x2b}, {0xc0, 0x09}, {0, 0x9c}, {0, 0x2f}, /* disabled ones, two of them of other keys */
        {0x13, 1},    {0x13, 3},    {0, 0x3b},            /* ... of TLS 1.3, and without encryption */
        {0, 3},       {0, 0x14},    {0x56, 0},            /* for export, and a signal */
        {0, 0},       {0xff, 0xff}, {7, 0},               /* no suite */
    };

    for (size_t i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];
        unsigned char *hello;
        size_t at = 5 + 4 + 2 + 32, length;

        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE-ECDSA-AES256-GCM-SHA384"));
        CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[SERVER], "TLS_AES_256_GCM_SHA384"));
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        hello = pair->queue[SERVER].bytes + pair->queue[SERVER].start;
        at += 1 + (size_t)hello[at];
        length = (size_t)(hello[at] << 8 | hello[at + 1]);
        CHECK(length >= 2);
        for (at += 2; length > 0; at += 2, length -= 2)
            memcpy(hello + at, suites[i], 2);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
        pair_free(pair);
    }
}

/* What SSL_CIPHER_* tell. */
TEST(cipher_properties)
{
    static const struct {
        const char *name, *standard, *version;
        unsigned id;
        int bits, cipher, digest, key_exchange, auth, handshake;
    } known[] = {
        {"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "TLSv1.3", 0x1301, 128,
         NID_aes_128_gcm, NID_undef, NID_kx_any, NID_auth_any, NID_sha256},
        {"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", "TLSv1.3", 0x1302, 256,
         NID_aes_256_gcm, NID_undef, NID_kx_any, NID_auth_any, NID_sha384},
        {"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3", 0x1303, 256,
         NID_chacha20_poly1305, NID_undef, NID_kx_any, NID_auth_any, NID_sha256},
        {"ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLSv1.2",
         0xc02b, 128, NID_aes_128_gcm, NID_undef, NID_kx_ecdhe, NID_auth_ecdsa, NID_sha256},
        {"ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLSv1.2", 0xc030,
         256, NID_aes_256_gcm, NID_undef, NID_kx_ecdhe, NID_auth_rsa, NID_sha384},
        {"ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLSv1.2",
         0xcca8, 256, NID_chacha20_poly1305, NID_undef, NID_kx_ecdhe, NID_auth_rsa, NID_sha256},
    };

    start();
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        unsigned char code[2] = {(unsigned char)(known[i].id >> 8), (unsigned char)known[i].id};
        const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, code);
        int bits = 0;

        CHECK(cipher != NULL);
        CHECK_STR(SSL_CIPHER_get_name(cipher), known[i].name);
        CHECK_STR(SSL_CIPHER_standard_name(cipher), known[i].standard);
        CHECK_STR(OPENSSL_cipher_name(known[i].standard), known[i].name);
        CHECK_STR(SSL_CIPHER_get_version(cipher), known[i].version);
        CHECK_EQ(SSL_CIPHER_get_id(cipher), 0x03000000 | known[i].id);
        CHECK_EQ(SSL_CIPHER_get_protocol_id(cipher), known[i].id);
        CHECK_EQ(SSL_CIPHER_get_bits(cipher, &bits), known[i].bits);
        CHECK_EQ(bits, known[i].bits);
        CHECK_EQ(SSL_CIPHER_get_cipher_nid(cipher), known[i].cipher);
        CHECK_EQ(SSL_CIPHER_get_digest_nid(cipher), known[i].digest);
        CHECK_EQ(SSL_CIPHER_get_kx_nid(cipher), known[i].key_exchange);
        CHECK_EQ(SSL_CIPHER_get_auth_nid(cipher), known[i].auth);
        CHECK_EQ(EVP_MD_get_type(SSL_CIPHER_get_handshake_digest(cipher)), known[i].handshake);
        CHECK_EQ(SSL_CIPHER_is_aead(cipher), 1);
    }
    CHECK(SSL_CIPHER_find(ssl, (const unsigned char *)"\xff\xee") == NULL);
    CHECK_STR(SSL_CIPHER_get_name(NULL), "(NONE)");
    CHECK_STR(SSL_CIPHER_standard_name(NULL), "(NONE)");
    CHECK_STR(SSL_CIPHER_get_version(NULL), "(NONE)");
    CHECK_EQ(SSL_CIPHER_get_bits(NULL, NULL), 0);
    finish();
}

/* SSL_CIPHER_description() is a line that `openssl ciphers -v` prints. */
TEST(cipher_description)
{
    char line[128];

    start();
    CHECK(SSL_CIPHER_description(SSL_CIPHER_find(ssl, (const unsigned char *)"\x13\x01"), line,
                                 sizeof(line))
          == line);
    CHECK_STR(line, "TLS_AES_128_GCM_SHA256         TLSv1.3 Kx=any      Au=any   "
                    "Enc=AESGCM(128)            Mac=AEAD\n");
    CHECK(SSL_CIPHER_description(SSL_CIPHER_find(ssl, (const unsigned char *)"\xc0\x30"), line,
                                 sizeof(line))
          == line);
    CHECK_STR(line, "ECDHE-RSA-AES256-GCM-SHA384    TLSv1.2 Kx=ECDH     Au=RSA   "
                    "Enc=AESGCM(256)            Mac=AEAD\n");
    finish();
}

/* What the client offered and what both have. */
TEST_VERSIONS(shared_and_client_ciphers)
{
    struct pair *pair = pair_contexts(version);
    const char *expected = version == TLS1_3_VERSION
                               ? "TLS_AES_128_GCM_SHA256"
                               : "ECDHE-ECDSA-AES128-GCM-SHA256";
    char shared[200];

    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-GCM-SHA256"));
    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256"));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(SSL_get_client_ciphers(pair->ssl[CLIENT]) == NULL);
    CHECK(list_has(SSL_get_client_ciphers(pair->ssl[SERVER]), expected));
    CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], shared, sizeof(shared)) == shared);
    CHECK(strstr(shared, expected) != NULL);
    CHECK(SSL_get_shared_ciphers(pair->ssl[CLIENT], shared, sizeof(shared)) == NULL);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* SSL_get1_supported_ciphers() leaves out what the versions do not allow. */
TEST(supported_ciphers_by_version)
{
    STACK_OF(SSL_CIPHER) *list;

    start();
    SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
    list = SSL_get1_supported_ciphers(ssl);
    CHECK(list != NULL);
    CHECK(!list_has(list, "TLS_AES_128_GCM_SHA256"));
    CHECK(list_has(list, "ECDHE-RSA-AES128-GCM-SHA256"));
    sk_SSL_CIPHER_free(list);
    SSL_set_max_proto_version(ssl, 0);
    SSL_set_min_proto_version(ssl, TLS1_3_VERSION);
    list = SSL_get1_supported_ciphers(ssl);
    CHECK_EQ(sk_SSL_CIPHER_num(list), 3);
    sk_SSL_CIPHER_free(list);
    finish();
}

/* SSL_set1_client_sigalgs(3): a server supports the suites of kinds of keys that it takes from clients. */
TEST(supported_ciphers_by_signature)
{
    STACK_OF(SSL_CIPHER) *list;

    start();
    SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
    SSL_set_accept_state(ssl);
    CHECK_OK(SSL_set1_client_sigalgs_list(ssl, "ECDSA+SHA256"));
    list = SSL_get1_supported_ciphers(ssl);
    CHECK(list_has(list, "ECDHE-ECDSA-AES128-GCM-SHA256"));
    CHECK(!list_has(list, "ECDHE-RSA-AES128-GCM-SHA256"));
    sk_SSL_CIPHER_free(list);
    SSL_set_connect_state(ssl);
    list = SSL_get1_supported_ciphers(ssl);
    CHECK(list_has(list, "ECDHE-RSA-AES128-GCM-SHA256"));
    sk_SSL_CIPHER_free(list);
    finish();
}

/* What a connection negotiated counts until it begins again. */
TEST(supported_ciphers_after_a_connection)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    STACK_OF(SSL_CIPHER) *list;

    SSL_set_accept_state(pair->ssl[SERVER]);
    list = SSL_get1_supported_ciphers(pair->ssl[SERVER]);
    CHECK_EQ(sk_SSL_CIPHER_num(list), 3);
    sk_SSL_CIPHER_free(list);
    pair_free(pair);
}

/* A client does not offer a version for which it has no suite at its security level. */
TEST(suites_that_the_level_forbids_are_no_suites_of_the_highest_version)
{
    struct pair *pair = pair_contexts(0);

    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256"));
    pair_over_wire(pair);
    SSL_set_security_level(pair->ssl[CLIENT], 4);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_NO_CIPHERS_AVAILABLE);
    pair_free(pair);
}

/* A list that leaves nothing leaves nothing; one that is none leaves the list as it was, but its level counts. */
TEST(wrong_cipher_lists_leave_traces)
{
    start();
    CHECK_EQ(SSL_CTX_set_cipher_list(context, "@SECLEVEL=3:@NONSENSE"), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_COMMAND);
    CHECK_EQ(SSL_CTX_get_security_level(context), 3);
    CHECK(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)) > 3);
    CHECK_EQ(SSL_CTX_set_cipher_list(context, "@SECLEVEL=1:NOSUCH"), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
    CHECK_EQ(SSL_CTX_get_security_level(context), 1);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 3);
    finish();
}

/* Behind an unknown word nothing counts up to the next separator. */
TEST(rest_behind_an_unknown_word_is_skipped)
{
    start();
    CHECK_OK(SSL_CTX_set_cipher_list(context, "ECDHE-RSA-AES128-GCM-SHA256:NOSUCH+$"));
    CHECK_EQ(SSL_CTX_set_cipher_list(context, "ECDHE-RSA-AES128-GCM-SHA256:AES+$"), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_COMMAND);
    finish();
}

/* The name of a suite says nothing of the version: what follows it and a version is looked at. */
TEST(name_and_version_do_not_exclude_each_other)
{
    start();
    CHECK_EQ(SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES256-GCM-SHA384+TLSv1+$"), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_COMMAND);
    CHECK_EQ(SSL_CTX_set_cipher_list(context, "TLSv1.2+TLSv1+$"), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
    finish();
}

/* Suite B: two suites at most, and no other list any more. */
TEST(suite_b_lists_stay)
{
    start();
    CHECK_OK(SSL_CTX_set_cipher_list(context, "SUITEB128:ALL"));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 5);
    CHECK_EQ(SSL_CTX_set_cert_flags(context, 0), SSL_CERT_FLAG_SUITEB_128_LOS);
    CHECK_OK(SSL_CTX_set_cipher_list(context, "ALL"));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 5);
    CHECK_OK(SSL_CTX_set_cipher_list(context, "SUITEB192"));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 4);
    finish();
}

static int suites_of_tls13(const SSL_CTX *from)
{
    STACK_OF(SSL_CIPHER) *list = SSL_CTX_get_ciphers(from);
    int count = 0;

    for (int i = 0; i < sk_SSL_CIPHER_num(list); i++)
        count += strcmp(SSL_CIPHER_get_version(sk_SSL_CIPHER_value(list, i)), "TLSv1.3") == 0;
    return count;
}

/* SSL_CTX_set_ciphersuites(): "a simple colon (":") separated list of TLSv1.3 ciphersuite names … An empty list is permissible." What
 * is unknown is left out; a list of which nothing is left is refused, and the one before stays. */
TEST(ciphersuites_spelling)
{
    static const struct { const char *list; int taken, count; } cases[] = {
        {"TLS_AES_128_GCM_SHA256", 1, 1},
        {"TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256", 1, 2},
        {"TLS_AES_128_GCM_SHA256:nonsense", 1, 1},
        {"nonsense:TLS_AES_128_GCM_SHA256", 1, 1},
        {" TLS_AES_128_GCM_SHA256", 1, 1},
        {"", 1, 0},
        {"TLS_AES_128_GCM_SHA256:TLS_AES_128_GCM_SHA256", 1, 2},
        {"nonsense", 0, 3},
        {":", 0, 3},
        {"tls_aes_128_gcm_sha256", 0, 3},
        {"ECDHE-ECDSA-AES128-GCM-SHA256", 0, 3},
        {"TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384", 0, 3},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start();
        if (SSL_CTX_set_ciphersuites(context, cases[i].list) != cases[i].taken)
            test_fail(__FILE__, __LINE__, "\"%s\"", cases[i].list);
        if (!cases[i].taken)
            CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
        CHECK_EQ(suites_of_tls13(context), cases[i].count);
        finish();
    }
}

/* "The list of ciphers is inherited by all ssl objects created from ctx": until one has a list of its own it has the context's, as that
 * is then. */
TEST(lists_of_suites_of_context_and_connection)
{
    start();
    CHECK_OK(SSL_CTX_set_cipher_list(context, "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)), 5);
    CHECK_OK(SSL_set_cipher_list(ssl, "AES128-SHA"));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)), 4);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 5);
    CHECK_OK(SSL_CTX_set_cipher_list(context, "ECDHE-RSA-AES128-GCM-SHA256"));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)), 4);
    CHECK(list_has(SSL_get_ciphers(ssl), "AES128-SHA"));
    CHECK_OK(SSL_clear(ssl));
    CHECK(list_has(SSL_get_ciphers(ssl), "AES128-SHA"));
    finish();
}

/* "When these conditions are not met for any cipher in the list … the 'no shared cipher' (SSL_R_NO_SHARED_CIPHER) error is generated and
 * the handshake will fail." A side without suites of TLS 1.3 that may do nothing else fails with itself. */
TEST_SIDES(no_suites_of_the_version)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    if (version == TLS1_3_VERSION) {
        CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[server], ""));
    } else {
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[server], "ECDHE-RSA-AES128-GCM-SHA256"));
    }
    pair_over_wire(pair);
    pair_try(pair, outcome);
    if (version == TLS1_3_VERSION)
        CHECK_OUTCOME(outcome[server], SSL_R_NO_CIPHERS_AVAILABLE);
    else
        CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    pair_free(pair);
}

/* "An RSA cipher can only be chosen, when an RSA certificate is available. RSA ciphers using DHE need a certificate and key and
 * additional DH-parameters"; "ADH ciphers don't need a certificate, but DH-parameters must have been set." */
TEST(suites_need_what_they_use)
{
    static const struct { const char *suite, *identity; int dh, works; } cases[] = {
        {"AES128-GCM-SHA256", "ec", 0, 0},          {"AES128-GCM-SHA256", "rsa", 0, 1},
        {"DHE-RSA-AES128-GCM-SHA256", "rsa", 0, 0}, {"DHE-RSA-AES128-GCM-SHA256", "rsa", 1, 1},
        {"DHE-RSA-AES128-GCM-SHA256", "ec", 1, 0},  {"ADH-AES128-GCM-SHA256", NULL, 0, 0},
        {"ADH-AES128-GCM-SHA256", NULL, 1, 1},      {"AECDH-AES128-SHA", NULL, 0, 1},
        {"DHE-DSS-AES128-GCM-SHA256", "dsa", 1, 1}, {"DHE-DSS-AES128-GCM-SHA256", "dsa", 0, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        struct outcome outcome[2];

        SSL_CTX_free(pair->ctx[SERVER]);
        pair->ctx[SERVER] = SSL_CTX_new(TLS_method());
        for (int side = CLIENT; side <= SERVER; side++) {
            SSL_CTX_set_security_level(pair->ctx[side], 0);
            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], cases[i].suite));
        }
        if (cases[i].identity != NULL)
            use_identity(pair->ctx[SERVER], cases[i].identity);
        if (cases[i].dh)
            CHECK_EQ(SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1), 1);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (cases[i].works)
            CHECK_STR(SSL_get_cipher_name(pair->ssl[CLIENT]), cases[i].suite);
        else
            CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
        CHECK_EQ(outcome[CLIENT].ret == 1, cases[i].works);
        pair_free(pair);
    }
}

/* A list of which no suite is known is refused, and leaves none below TLS 1.3. */
TEST(cipher_list_without_match_leaves_none)
{
    start();
    CHECK_OK(SSL_CTX_set_cipher_list(context, "AES128-SHA"));
    CHECK_OK(SSL_set_cipher_list(ssl, "AES128-SHA:AES256-SHA"));
    CHECK_EQ(SSL_CTX_set_cipher_list(context, "NO-SUCH-SUITE"), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 3);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)), 5);
    CHECK_EQ(SSL_set_cipher_list(ssl, "NO-SUCH-SUITE"), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHER_MATCH);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)), 3);
    finish();
}

/* "If buf is provided, it must be at least 128 bytes. If buf is NULL it will be allocated"; "If the provided buffer is too small ...
 * NULL is returned". */
TEST(description_needs_room)
{
    const SSL_CIPHER *suite;
    char room[128], *made;

    start();
    suite = sk_SSL_CIPHER_value(SSL_CTX_get_ciphers(context), 3);
    CHECK(SSL_CIPHER_description(suite, room, 127) == NULL);
    CHECK(SSL_CIPHER_description(suite, room, 128) == room);
    made = SSL_CIPHER_description(suite, NULL, 0);
    CHECK_STR(made, room);
    OPENSSL_free(made);
    finish();
}

/* "If the cipher is NULL, it returns "(NONE)""; names that are none; bytes that are no suite. */
TEST(names_of_no_suite)
{
    start();
    CHECK_STR(SSL_CIPHER_get_name(NULL), "(NONE)");
    CHECK_STR(SSL_CIPHER_standard_name(NULL), "(NONE)");
    CHECK_STR(SSL_CIPHER_get_version(NULL), "(NONE)");
    CHECK_EQ(SSL_CIPHER_get_bits(NULL, NULL), 0);
    CHECK_STR(OPENSSL_cipher_name(NULL), "(NONE)");
    CHECK_STR(OPENSSL_cipher_name("no such name"), "(NONE)");
    CHECK_STR(OPENSSL_cipher_name("AES128-SHA"), "(NONE)");
    CHECK_STR(OPENSSL_cipher_name("TLS_RSA_WITH_AES_128_CBC_SHA"), "AES128-SHA");
    CHECK(SSL_CIPHER_find(ssl, (const unsigned char *)"\xff\xff") == NULL);
    finish();
}

/* "If ssl is NULL, no ciphers are available, or there are less ciphers than priority available, NULL is returned." */
TEST(lists_end)
{
    STACK_OF(SSL_CIPHER) *supported;
    int count;

    start();
    CHECK(SSL_get_ciphers(NULL) == NULL && SSL_get1_supported_ciphers(NULL) == NULL && SSL_get_client_ciphers(NULL) == NULL);
    CHECK(SSL_get_cipher_list(NULL, 0) == NULL);
    count = sk_SSL_CIPHER_num(SSL_get_ciphers(ssl));
    CHECK(SSL_get_cipher_list(ssl, -1) == NULL);
    CHECK(SSL_get_cipher_list(ssl, count - 1) != NULL);
    CHECK(SSL_get_cipher_list(ssl, count) == NULL);
    CHECK_OK(SSL_set_min_proto_version(ssl, TLS1_3_VERSION));
    supported = SSL_get1_supported_ciphers(ssl);
    CHECK_EQ(sk_SSL_CIPHER_num(supported), 3);
    sk_SSL_CIPHER_free(supported);
    SSL_set_options(ssl, SSL_OP_NO_TLSv1_3);
    CHECK(SSL_get1_supported_ciphers(ssl) == NULL);
    /* What could be had is not looked at. */
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)), count);
    finish();
}

/* "If the supplied buffer is not large enough to contain the complete list of names then a truncated list of names will be returned":
 * whole names, and NULL where not even one finds room. */
TEST_VERSIONS(shared_suites_find_room_or_not)
{
    struct pair *pair = pair_contexts(version);
    char all[4000], some[4000];
    size_t first;

    pair_over_wire(pair);
    CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], all, sizeof(all)) == NULL);
    pair_handshake(pair);
    CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], all, sizeof(all)) == all);
    first = strcspn(all, ":");
    CHECK(all[first] == ':');
    for (size_t room = 0; room < first + 1; room++)
        CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], some, (int)room) == NULL);
    CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], some, (int)first + 2) == some);
    CHECK_EQ(strlen(some), first);
    CHECK_MEM(some, all, first);
    for (size_t room = first + 3; room < 200; room++) {
        CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], some, (int)room) == some);
        CHECK(strlen(some) < room);
        CHECK_MEM(some, all, strlen(some));
        CHECK(all[strlen(some)] == ':' || all[strlen(some)] == 0);
    }
    pair_free(pair);
}

/* "Unsupported cipher suites are ignored", what is repeated is not; the lists may be left out. */
TEST(suites_from_the_wire_are_those_known)
{
    static const unsigned char wire[] = {0x13, 0x01, 0x99, 0x99, 0x00, 0x2f, 0x00, 0x2f};
    static const unsigned char unknown[] = {0x99, 0x99};
    STACK_OF(SSL_CIPHER) *suites = NULL;

    start();
    CHECK_OK(SSL_bytes_to_cipher_list(ssl, wire, sizeof(wire), 0, &suites, NULL));
    CHECK_EQ(sk_SSL_CIPHER_num(suites), 3);
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, 1)), "AES128-SHA");
    CHECK(sk_SSL_CIPHER_value(suites, 1) == sk_SSL_CIPHER_value(suites, 2));
    sk_SSL_CIPHER_free(suites);
    CHECK_OK(SSL_bytes_to_cipher_list(ssl, unknown, sizeof(unknown), 0, &suites, NULL));
    CHECK_EQ(sk_SSL_CIPHER_num(suites), 0);
    sk_SSL_CIPHER_free(suites);
    CHECK_OK(SSL_bytes_to_cipher_list(ssl, wire, sizeof(wire), 0, NULL, NULL));
    finish();
}

/* SSL_get_ciphers(3): the suites go "into the returned stacks of SSL_CIPHER objects sk and Signalling Cipher-Suite Values scsvs". */
TEST(signalling_values_have_a_list_of_their_own)
{
    static const unsigned char wire[] = {0x13, 0x01, 0x00, 0xff, 0x56, 0x00};
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    STACK_OF(SSL_CIPHER) *suites = NULL, *signals = NULL;
    const SSL_CIPHER *signal;
    char line[128];

    CHECK_OK(SSL_bytes_to_cipher_list(ssl, wire, sizeof(wire), 0, &suites, &signals));
    CHECK_EQ(sk_SSL_CIPHER_num(suites), 1);
    CHECK_EQ(sk_SSL_CIPHER_num(signals), 2);
    CHECK_EQ(SSL_CIPHER_get_id(sk_SSL_CIPHER_value(signals, 0)), 0x030000ff);
    CHECK_EQ(SSL_CIPHER_get_id(sk_SSL_CIPHER_value(signals, 1)), 0x03005600);
    CHECK(SSL_CIPHER_find(ssl, wire + 2) == sk_SSL_CIPHER_value(signals, 0));
    signal = sk_SSL_CIPHER_value(signals, 1);
    CHECK_STR(SSL_CIPHER_get_name(signal), "TLS_FALLBACK_SCSV");
    CHECK_STR(SSL_CIPHER_standard_name(signal), "TLS_FALLBACK_SCSV");
    CHECK_STR(OPENSSL_cipher_name("TLS_FALLBACK_SCSV"), "TLS_FALLBACK_SCSV");
    CHECK_STR(SSL_CIPHER_get_version(signal), "unknown");
    CHECK_STR(SSL_CIPHER_description(signal, line, sizeof(line)),
              "TLS_FALLBACK_SCSV              unknown Kx=any      Au=any   Enc=unknown                Mac=unknown\n");
    CHECK_EQ(SSL_CIPHER_get_bits(signal, NULL), 0);
    CHECK_EQ(SSL_CIPHER_is_aead(signal), 0);
    CHECK_EQ(SSL_CIPHER_get_cipher_nid(signal), NID_undef);
    CHECK_EQ(SSL_CIPHER_get_digest_nid(signal), NID_md5_sha1);
    CHECK(SSL_CIPHER_get_handshake_digest(signal) == EVP_md5());
    CHECK_EQ(SSL_CIPHER_get_kx_nid(signal), NID_kx_any);
    CHECK_EQ(SSL_CIPHER_get_auth_nid(signal), NID_auth_any);
    CHECK_EQ(SSL_set_cipher_list(ssl, "TLS_FALLBACK_SCSV"), 0);
    ERR_clear_error();
    sk_SSL_CIPHER_free(suites);
    sk_SSL_CIPHER_free(signals);
    SSL_free(ssl);
    SSL_CTX_free(context);
}
