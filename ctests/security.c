/* SSL_CTX_set_security_callback(3): the questions that the callback is asked, what its answers do, and the callback that
 * stands there by default. */
#include "support.h"

typedef int (*security_callback)(const SSL *, const SSL_CTX *, int, int, int, void *, void *);

struct question {
    int server, operation, bits, nid;
    unsigned number; /* a suite's id, or the bytes of a group or signature scheme */
    void *data;
};

static struct question asked[4096];
static size_t asked_count;
static struct question refused; /* the operation, and if not 0 the nid or the number */

static int answer(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid, void *other,
                  void *data)
{
    struct question it = {.operation = operation, .bits = bits, .nid = nid, .data = data};
    int type = operation & SSL_SECOP_OTHER_TYPE;

    CHECK((ssl != NULL) != (ctx != NULL));
    it.server = ssl != NULL ? SSL_is_server((SSL *)ssl) : -1;
    if (type == SSL_SECOP_OTHER_CIPHER)
        it.number = SSL_CIPHER_get_protocol_id(other);
    else if (type == SSL_SECOP_OTHER_CURVE || type == SSL_SECOP_OTHER_SIGALG)
        it.number = ((unsigned char *)other)[0] << 8 | ((unsigned char *)other)[1];
    else if (type == SSL_SECOP_OTHER_CERT)
        CHECK(X509_get0_pubkey(other) != NULL);
    else
        CHECK(other == NULL);
    if (asked_count < sizeof(asked) / sizeof(asked[0]))
        asked[asked_count++] = it;
    return !(operation == refused.operation && (refused.nid == 0 || nid == refused.nid)
             && (refused.number == 0 || it.number == refused.number));
}

static int was_asked(int server, int operation, int bits, int nid, unsigned number, void *data)
{
    for (size_t i = 0; i < asked_count; i++) {
        struct question *it = &asked[i];

        if (it->server == server && it->operation == operation && it->bits == bits && it->nid == nid
            && it->number == number && it->data == data)
            return 1;
    }
    return 0;
}

static struct pair *judged_pair(int version)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_security_callback(pair->ctx[side], answer);
        SSL_CTX_set0_security_ex_data(pair->ctx[side], pair);
    }
    asked_count = 0;
    memset(&refused, 0, sizeof(refused));
    return pair;
}

/* What a handshake uses was asked about before, on the side that decides, with its strength and number. */
TEST_VERSIONS(what_is_negotiated_was_asked_about)
{
    struct pair *pair = judged_pair(version);
    const SSL_CIPHER *cipher;
    unsigned id;
    int bits;

    pair_over_wire(pair);
    pair_handshake(pair);
    cipher = SSL_get_current_cipher(pair->ssl[CLIENT]);
    id = SSL_CIPHER_get_protocol_id(cipher);
    bits = SSL_CIPHER_get_bits(cipher, NULL);
    CHECK(was_asked(0, SSL_SECOP_VERSION, 0, version, 0, pair));
    CHECK(was_asked(1, SSL_SECOP_VERSION, 0, version, 0, pair));
    CHECK(was_asked(0, SSL_SECOP_CIPHER_SUPPORTED, bits, 0, id, pair));
    CHECK(was_asked(0, SSL_SECOP_CIPHER_CHECK, bits, 0, id, pair));
    CHECK(was_asked(1, SSL_SECOP_CIPHER_SHARED, bits, 0, id, pair));
    CHECK(was_asked(0, SSL_SECOP_CURVE_SUPPORTED, 128, NID_X25519, 0x001d, pair));
    CHECK(was_asked(0, SSL_SECOP_CURVE_SUPPORTED, 128, NID_X9_62_prime256v1, 0x0017, pair));
    CHECK(was_asked(0, SSL_SECOP_CURVE_SUPPORTED, 224, NID_X448, 0x001e, pair));
    CHECK(was_asked(0, SSL_SECOP_SIGALG_SUPPORTED, 128, NID_sha256, 0x0403, pair));
    CHECK(was_asked(0, SSL_SECOP_SIGALG_SUPPORTED, 128, NID_undef, 0x0807, pair));
    CHECK(was_asked(0, SSL_SECOP_SIGALG_SUPPORTED, 224, NID_undef, 0x0808, pair));
    if (version == TLS1_2_VERSION)
        CHECK(was_asked(0, SSL_SECOP_SIGALG_SUPPORTED, 64, NID_sha1, 0x0201, pair));
    CHECK(was_asked(0, SSL_SECOP_SIGALG_CHECK, 128, NID_sha256, 0x0403, pair));
    CHECK(was_asked(1, SSL_SECOP_SIGALG_SHARED, 256, NID_sha512, 0x0603, pair));
    CHECK(was_asked(0, SSL_SECOP_TICKET, 0, 0, 0, pair));
    pair_free(pair);
}

/* A certificate's key is asked about when it is set, on behalf of the context or of the connection. */
TEST(certificates_are_asked_about_when_they_are_set)
{
    struct pair *pair = judged_pair(0);

    use_identity(pair->ctx[SERVER], "rsa");
    CHECK(was_asked(-1, SSL_SECOP_EE_KEY, 112, 0, 0, pair));
    CHECK(was_asked(-1, SSL_SECOP_CA_MD, 128, NID_sha256, 0, pair));
    pair_over_wire(pair);
    asked_count = 0;
    use_identity_ssl(pair->ssl[SERVER], "rsa");
    CHECK(was_asked(1, SSL_SECOP_EE_KEY, 112, 0, 0, pair));
    refused.operation = SSL_SECOP_EE_KEY;
    CHECK_EQ(SSL_CTX_use_certificate_file(pair->ctx[SERVER], cert_path("rsa", "pem"),
                                          SSL_FILETYPE_PEM),
             0);
    CHECK_SSL_REASON(SSL_R_EE_KEY_TOO_SMALL);
    refused.operation = SSL_SECOP_CA_MD;
    CHECK_EQ(SSL_CTX_use_certificate_file(pair->ctx[SERVER], cert_path("rsa", "pem"),
                                          SSL_FILETYPE_PEM),
             0);
    CHECK_SSL_REASON(SSL_R_CA_MD_TOO_WEAK);
    pair_free(pair);
}

/* The level does not count beside a callback. */
static int asked_of_certificates(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid,
                                 void *other, void *data)
{
    (void)ctx;
    (void)nid;
    (void)other;
    if (ssl != NULL && (operation & SSL_SECOP_OTHER_TYPE) == SSL_SECOP_OTHER_CERT) {
        CHECK_EQ(SSL_get_state(ssl), SSL_is_server(ssl) ? TLS_ST_SW_CERT : TLS_ST_CW_CERT);
        asked_count++;
        return bits >= *(int *)data;
    }
    return 1;
}

/* What was set at a lower level is looked at again when it is sent: the certificate, and those after it. */
TEST_SIDES(own_certificate_is_judged_when_it_is_sent)
{
    static const struct {
        const char *name;
        int level, reason;
    } cases[] = {
        {"rsa", 3, SSL_R_EE_KEY_TOO_SMALL},
        {"ec384", 4, SSL_R_CA_MD_TOO_WEAK},
        {"ec384", 3, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int by_callback = 0; by_callback <= 1; by_callback++) {
            struct pair *pair = pair_contexts(version);
            struct outcome outcome[2];
            int bits = cases[i].level == 4 ? 192 : 128;

            SSL_CTX_set_security_level(pair->ctx[!server], 0);
            SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
            if (!server) {
                SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
                trust(pair->ctx[SERVER], "root");
                use_identity(pair->ctx[SERVER], "ec384");
            }
            pair_over_wire(pair);
            SSL_set_security_level(pair->ssl[server], 0);
            SSL_certs_clear(pair->ssl[server]);
            use_identity_ssl(pair->ssl[server], cases[i].name);
            asked_count = 0;
            if (by_callback) {
                SSL_set_security_callback(pair->ssl[server], asked_of_certificates);
                SSL_set0_security_ex_data(pair->ssl[server], &bits);
            } else {
                SSL_set_security_level(pair->ssl[server], cases[i].level);
            }
            pair_try(pair, outcome);
            if (cases[i].reason != 0)
                CHECK_OUTCOME(outcome[server], cases[i].reason);
            else
                CHECK_EQ(outcome[server].ret, 1);
            CHECK_EQ(asked_count > 0, by_callback);
            pair_free(pair);
        }
    }
}

TEST(callback_replaces_the_level)
{
    struct pair *pair = judged_pair(0);

    SSL_CTX_set_security_level(pair->ctx[SERVER], 5);
    SSL_CTX_set_security_level(pair->ctx[CLIENT], 5);
    use_identity(pair->ctx[SERVER], "rsa");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_3_VERSION);
    pair_free(pair);
}

TEST(refused_version_is_not_negotiated)
{
    static const int reasons[] = {SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_UNSUPPORTED_PROTOCOL};

    for (int side = CLIENT; side <= SERVER; side++) {
        struct pair *pair = pair_contexts(0);
        struct outcome outcome[2];

        refused = (struct question){.operation = SSL_SECOP_VERSION, .nid = TLS1_2_VERSION};
        CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION));
        CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION));
        CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[SERVER], TLS1_2_VERSION));
        SSL_CTX_set_security_callback(pair->ctx[side], answer);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[side], reasons[side]);
        pair_free(pair);
    }
}

TEST_VERSIONS(refused_suite_is_not_negotiated)
{
    static const int operations[] = {SSL_SECOP_CIPHER_SUPPORTED, SSL_SECOP_CIPHER_SHARED};

    for (int i = 0; i < 2; i++) {
        struct pair *pair = judged_pair(version);
        const SSL_CIPHER *cipher;

        refused.operation = operations[i];
        refused.number = version == TLS1_3_VERSION ? 0x1302 : 0xc02c;
        pair_over_wire(pair);
        pair_handshake(pair);
        cipher = SSL_get_current_cipher(pair->ssl[CLIENT]);
        CHECK(SSL_CIPHER_get_protocol_id(cipher) != refused.number);
        pair_free(pair);
    }
}

TEST_VERSIONS(refused_group_is_not_negotiated)
{
    struct pair *pair = judged_pair(version);

    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-256"), 1);
    refused = (struct question){.operation = SSL_SECOP_CURVE_SUPPORTED, .nid = NID_X25519};
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_X9_62_prime256v1);
    pair_free(pair);
}

TEST_VERSIONS(refused_scheme_is_not_used)
{
    struct pair *pair = judged_pair(version);
    int nid;

    use_identity(pair->ctx[SERVER], "rsa");
    refused = (struct question){.operation = SSL_SECOP_SIGALG_SUPPORTED, .nid = NID_sha256};
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_peer_signature_nid(pair->ssl[CLIENT], &nid), 1);
    CHECK(nid != NID_sha256);
    pair_free(pair);
}

TEST(refused_tickets_are_not_sent)
{
    struct pair *pair = judged_pair(TLS1_2_VERSION);
    SSL_SESSION *session;

    refused.operation = SSL_SECOP_TICKET;
    pair_over_wire(pair);
    pair_handshake(pair);
    session = SSL_get0_session(pair->ssl[CLIENT]);
    CHECK(!SSL_SESSION_has_ticket(session));
    pair_free(pair);
}

/* A connection has its context's callback and data until it gets its own. */
TEST(connection_copies_callback_and_data)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    security_callback by_level = (security_callback)SSL_CTX_get_security_callback(ctx);
    SSL *ssl;
    int one, other;

    CHECK(by_level != NULL);
    CHECK(SSL_CTX_get0_security_ex_data(ctx) == NULL);
    SSL_CTX_set_security_callback(ctx, answer);
    SSL_CTX_set0_security_ex_data(ctx, &one);
    CHECK(SSL_CTX_get_security_callback(ctx) == answer);
    ssl = SSL_new(ctx);
    CHECK(SSL_get_security_callback(ssl) == answer);
    CHECK(SSL_get0_security_ex_data(ssl) == &one);
    SSL_set0_security_ex_data(ssl, &other);
    SSL_set_security_callback(ssl, by_level);
    CHECK(SSL_get0_security_ex_data(ssl) == &other);
    CHECK(SSL_CTX_get0_security_ex_data(ctx) == &one);
    CHECK((security_callback)SSL_get_security_callback(ssl) == by_level);
    CHECK(SSL_CTX_get_security_callback(ctx) == answer);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* The callback that is there by default may be called: it goes by the level. */
TEST(default_callback_goes_by_the_level)
{
    static const int least[] = {0, 80, 112, 128, 192, 256};
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    security_callback by_level = (security_callback)SSL_CTX_get_security_callback(ctx);

    for (int level = 0; level <= 5; level++) {
        static const int operations[] = {SSL_SECOP_CURVE_SUPPORTED, SSL_SECOP_SIGALG_CHECK,
                                         SSL_SECOP_EE_KEY, SSL_SECOP_PEER_CA_MD};
        const int lowest = level < 2    ? SSL3_VERSION
                           : level == 2 ? TLS1_VERSION
                           : level == 3 ? TLS1_1_VERSION
                                        : TLS1_2_VERSION;

        SSL_CTX_set_security_level(ctx, level);
        SSL_set_security_level(ssl, level);
        for (int i = 0; i < 4; i++) {
            CHECK_EQ(by_level(ssl, NULL, operations[i], least[level], 0, NULL, NULL), 1);
            CHECK_EQ(by_level(NULL, ctx, operations[i], least[level], 0, NULL, NULL), 1);
            CHECK_EQ(by_level(ssl, NULL, operations[i], least[level] - 1, 0, NULL, NULL),
                     level == 0);
        }
        CHECK_EQ(by_level(ssl, NULL, SSL_SECOP_TMP_DH, 79, 0, NULL, NULL), 0);
        CHECK_EQ(by_level(ssl, NULL, SSL_SECOP_TMP_DH, 80, 0, NULL, NULL), level < 2);
        CHECK_EQ(by_level(ssl, NULL, SSL_SECOP_TICKET, 0, 0, NULL, NULL), level < 3);
        CHECK_EQ(by_level(ssl, NULL, SSL_SECOP_COMPRESSION, 0, 0, NULL, NULL), level < 2);
        for (int version = SSL3_VERSION; version <= TLS1_3_VERSION; version++)
            CHECK_EQ(by_level(ssl, NULL, SSL_SECOP_VERSION, 0, version, NULL, NULL),
                     version >= lowest);
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* What it says of each suite is what the level leaves of the list. */
TEST(default_callback_agrees_with_the_suites_of_each_level)
{
    for (int level = 0; level <= 5; level++) {
        SSL_CTX *ctx = SSL_CTX_new(TLS_method());
        security_callback by_level = (security_callback)SSL_CTX_get_security_callback(ctx);
        STACK_OF(SSL_CIPHER) *all, *left;
        SSL *ssl;

        CHECK_OK(SSL_CTX_set_cipher_list(ctx, "ALL:COMPLEMENTOFALL"));
        SSL_CTX_set_security_level(ctx, level);
        ssl = SSL_new(ctx);
        all = SSL_get_ciphers(ssl);
        left = SSL_get1_supported_ciphers(ssl);
        for (int i = 0; i < sk_SSL_CIPHER_num(all); i++) {
            const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(all, i);
            int allowed = by_level(ssl, NULL, SSL_SECOP_CIPHER_SUPPORTED,
                                   SSL_CIPHER_get_bits(cipher, NULL), 0, (void *)cipher, NULL);

            if (SSL_CIPHER_get_auth_nid(cipher) == NID_auth_psk
                || SSL_CIPHER_get_auth_nid(cipher) == NID_auth_srp
                || SSL_CIPHER_get_kx_nid(cipher) == NID_kx_srp
                || SSL_CIPHER_get_kx_nid(cipher) == NID_kx_rsa_psk)
                continue; /* not without a key or a password */
            CHECK_EQ(sk_SSL_CIPHER_find(left, (SSL_CIPHER *)cipher) >= 0, allowed);
        }
        sk_SSL_CIPHER_free(left);
        SSL_free(ssl);
        SSL_CTX_free(ctx);
    }
}

/* Asked anew for each handshake, of what is offered before the server has answered, and of what it chose after that. */
TEST_VERSIONS(each_handshake_is_asked_about)
{
    struct pair *pair = judged_pair(version);
    unsigned id;

    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "X25519"), 1);
    for (int i = 0; i < 2; i++) {
        pair_over_wire(pair);
        asked_count = 0;
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        id = version == TLS1_3_VERSION ? 0x1302 : 0xc02c;
        CHECK(was_asked(0, SSL_SECOP_CIPHER_SUPPORTED, 256, 0, id, pair));
        CHECK(was_asked(0, SSL_SECOP_SIGALG_MASK, 128, NID_sha256, 0x0403, pair)
              || was_asked(0, SSL_SECOP_SIGALG_SUPPORTED, 128, NID_sha256, 0x0403, pair));
        asked_count = 0;
        pair_handshake(pair);
        CHECK(was_asked(1, SSL_SECOP_CIPHER_SHARED, 256, 0, id, pair));
        CHECK(was_asked(1, SSL_SECOP_CURVE_SHARED, 128, NID_X25519, 0x001d, pair)
              || was_asked(1, SSL_SECOP_CURVE_SUPPORTED, 128, NID_X25519, 0x001d, pair));
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* What is refused only when the server has chosen it was offered, and fails the handshake. */
TEST_VERSIONS(suite_is_refused_after_it_was_offered)
{
    struct pair *pair = judged_pair(version);
    struct outcome outcome[2];

    pair_over_wire(pair);
    refused.operation = SSL_SECOP_CIPHER_CHECK;
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_WRONG_CIPHER_RETURNED);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
    /* The next handshake is asked again. */
    memset(&refused, 0, sizeof(refused));
    pair_disconnect(pair);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_free(pair);
}

/* SSL_CTX_set_security_level(): whatever is set is given back, and is copied to connections, which keep theirs over SSL_clear(). */
TEST(level_is_given_back)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx), *copy;

    for (int level = -2; level < 8; level++) {
        SSL_CTX_set_security_level(ctx, level);
        CHECK_EQ(SSL_CTX_get_security_level(ctx), level);
        SSL_set_security_level(ssl, level);
        CHECK_EQ(SSL_get_security_level(ssl), level);
    }
    SSL_CTX_set_security_level(ctx, 1);
    CHECK_EQ(SSL_get_security_level(ssl), 7);
    CHECK_OK(SSL_clear(ssl));
    CHECK_EQ(SSL_get_security_level(ssl), 7);
    SSL_set_accept_state(ssl);
    copy = SSL_dup(ssl);
    CHECK_EQ(SSL_get_security_level(copy), 7);
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* "Attempts to set certificates or parameters with insufficient security are also blocked": certificates by their keys and signatures,
 * each level on. Keys alone are not looked at. */
TEST(certificates_by_level)
{
    static const struct { const char *name; int level; int key_too_small; } highest[] = {
        {"rsa1024", 1, 2}, {"rsa", 2, 3}, {"dsa", 2, 3}, {"ec", 3, 4}, {"ed25519", 3, 4},
        /* Signed with SHA-256, these stop before their keys do. */
        {"ec384", 3, 5}, {"ed448", 3, 5}, {"ec521", 3, 6},
    };

    for (size_t i = 0; i < sizeof(highest) / sizeof(highest[0]); i++)
        for (int level = 0; level <= 5; level++) {
            SSL_CTX *ctx = SSL_CTX_new(TLS_method());

            SSL_CTX_set_security_level(ctx, level);
            CHECK_OK(SSL_CTX_use_PrivateKey(ctx, lent_key(highest[i].name)));
            CHECK_EQ(SSL_CTX_use_certificate(ctx, lent_certificate(highest[i].name)), level <= highest[i].level);
            if (level > highest[i].level)
                CHECK_SSL_REASON(level >= highest[i].key_too_small ? SSL_R_EE_KEY_TOO_SMALL : SSL_R_CA_MD_TOO_WEAK);
            SSL_CTX_free(ctx);
        }
}

/* Level 3: "Session tickets are disabled": those of TLS 1.2, on either side. */
TEST_SIDES(tickets_by_level)
{
    for (int level = 2; level <= 3; level++) {
        struct pair *pair = pair_for_sessions(version, 1);

        SSL_CTX_set_security_level(pair->ctx[server], level);
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_SESSION_has_ticket(SSL_get_session(pair->ssl[CLIENT])), level < 3 || version == TLS1_3_VERSION);
        pair_free(pair);
    }
}
