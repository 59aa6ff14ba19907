/* DANE: SSL_CTX_dane_enable(3), with every usage, selector and matching type (RFC 6698, RFC 7671). */
#include "support.h"

enum { PKIX_TA, PKIX_EE, DANE_TA, DANE_EE };
enum { CERT, SPKI };
enum { FULL, SHA2_256, SHA2_512 };

/* What the server "chained" presents is itself and "middle"; "root" is at home on the client. */
static const char *const chain[] = {"chained", "middle", "root", "stranger"};

/* The data of a TLSA record for a certificate. */
static size_t record_data(const char *name, int selector, int matching_type, unsigned char *data)
{
    X509 *certificate = load_certificate(name);
    unsigned char *der = NULL;
    int length = selector == CERT ? i2d_X509(certificate, &der)
                                  : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    const EVP_MD *digest = matching_type == SHA2_256 ? EVP_sha256() : EVP_sha512();
    unsigned int size = (unsigned int)length;

    CHECK(length > 0 && length <= 4096);
    if (matching_type == FULL)
        memcpy(data, der, (size_t)length);
    else
        CHECK_EQ(EVP_Digest(der, (size_t)length, data, &size, digest, NULL), 1);
    OPENSSL_free(der);
    X509_free(certificate);
    return size;
}

static int add_record(SSL *ssl, int usage, int selector, int matching_type, const char *name)
{
    unsigned char data[4096];
    size_t length = record_data(name, selector, matching_type, data);

    return SSL_dane_tlsa_add(ssl, (uint8_t)usage, (uint8_t)selector, (uint8_t)matching_type, data, length);
}

/* A client of `host` that is ready for records, and a server with the identity "chained". */
static struct pair *dane_pair(int version, int trusts_root, const char *host)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "chained");
    if (!trusts_root)
        SSL_CTX_set_cert_store(pair->ctx[CLIENT], X509_STORE_new());
    CHECK_OK(SSL_CTX_dane_enable(pair->ctx[CLIENT]));
    pair_over_wire(pair);
    CHECK_OK(SSL_dane_enable(pair->ssl[CLIENT], host));
    return pair;
}

/* Where a record for an element of the chain has to match; -1 for nowhere. */
static int expected_depth(int usage, int selector, int matching_type, int element, int trusts_root)
{
    switch (usage) {
    case PKIX_TA:
        return trusts_root && (element == 1 || element == 2) ? element : -1;
    case PKIX_EE:
        return trusts_root && element == 0 ? 0 : -1;
    case DANE_TA:
        if (element == 1)
            return 1;
        /* An anchor that the server does not send has to stand in the record: the certificate itself extends the
         * chain, its key alone does not. */
        if (element == 2 && matching_type == FULL)
            return selector == CERT ? 2 : 1;
        return -1;
    default:
        return element == 0 ? 0 : -1;
    }
}

static void check_record(int version, int trusts_root, int usage, int selector, int matching_type, int element)
{
    struct pair *pair = dane_pair(version, trusts_root, "server.example");
    SSL *client = pair->ssl[CLIENT];
    int depth = expected_depth(usage, selector, matching_type, element, trusts_root);
    unsigned char data[4096];
    size_t length = record_data(chain[element], selector, matching_type, data);
    struct outcome outcome[2];
    X509 *matched = NULL;
    EVP_PKEY *key = NULL;
    uint8_t fields[3] = {9, 9, 9};
    const unsigned char *found = NULL;
    size_t found_length = 0;

    CHECK_OK(add_record(client, usage, selector, matching_type, chain[element]));
    pair_try(pair, outcome);
    CHECK_EQ(outcome[CLIENT].ret, depth >= 0 ? 1 : -1);
    CHECK_EQ(SSL_get0_dane_authority(client, &matched, &key), depth);
    CHECK_EQ(SSL_get0_dane_tlsa(client, &fields[0], &fields[1], &fields[2], &found, &found_length), depth);
    CHECK_EQ(SSL_get0_dane_tlsa(client, NULL, NULL, NULL, NULL, NULL), depth);
    CHECK_EQ(SSL_get0_dane_authority(client, NULL, NULL), depth);
    if (depth < 0) {
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
        CHECK(SSL_get_verify_result(client) != X509_V_OK);
        CHECK(matched == NULL && key == NULL && found == NULL && fields[0] == 9);
    } else {
        CHECK_EQ(SSL_get_verify_result(client), X509_V_OK);
        CHECK(fields[0] == usage && fields[1] == selector && fields[2] == matching_type);
        CHECK_EQ(found_length, length);
        CHECK_MEM(found, data, length);
        CHECK_STR(SSL_get0_peername(client), "server.example");
        /* A key that signed the top of the chain is given in place of a certificate. */
        CHECK_EQ(key != NULL, depth != element);
        CHECK_EQ(matched != NULL, depth == element);
        if (matched != NULL) {
            X509 *expected = load_certificate(chain[element]);

            CHECK_EQ(X509_cmp(matched, expected), 0);
            CHECK_EQ(X509_cmp(matched, sk_X509_value(SSL_get0_verified_chain(client), depth)), 0);
            X509_free(expected);
        }
        check_alive(pair);
    }
    pair_free(pair);
}

TEST_VERSIONS(every_usage_selector_and_matching_type)
{
    for (int trusts_root = 0; trusts_root < 2; trusts_root++)
        for (int usage = PKIX_TA; usage <= DANE_EE; usage++)
            for (int selector = CERT; selector <= SPKI; selector++)
                for (int matching_type = FULL; matching_type <= SHA2_512; matching_type++)
                    for (int element = 0; element < 4; element++)
                        check_record(version, trusts_root, usage, selector, matching_type, element);
}

/* "No TLSA records matched the certificate chain": its X509_V_ERR and its alert. */
TEST_VERSIONS(no_match_is_told)
{
    struct pair *pair = dane_pair(version, 1, "server.example");
    struct outcome outcome[2];

    CHECK_OK(add_record(pair->ssl[CLIENT], DANE_EE, SPKI, SHA2_256, "stranger"));
    pair_try(pair, outcome);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_DANE_NO_MATCH);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_BAD_CERTIFICATE);
    pair_free(pair);
}

/* With SSL_VERIFY_NONE the handshake goes on. */
TEST_VERSIONS(no_match_may_be_ignored)
{
    struct pair *pair = dane_pair(version, 1, "server.example");

    SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_NONE, NULL);
    CHECK_OK(add_record(pair->ssl[CLIENT], DANE_EE, SPKI, SHA2_256, "stranger"));
    pair_handshake(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_DANE_NO_MATCH);
    CHECK_EQ(SSL_get0_dane_authority(pair->ssl[CLIENT], NULL, NULL), -1);
    pair_free(pair);
}

/* "If no TLSA records are added successfully ... authentication will be based on any configured traditional
 * trust-anchors". */
TEST_VERSIONS(no_records_leave_it_to_the_anchors)
{
    struct pair *pair = dane_pair(version, 1, "server.example");

    pair_handshake(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    CHECK_EQ(SSL_get0_dane_authority(pair->ssl[CLIENT], NULL, NULL), -1);
    CHECK_EQ(SSL_get0_dane_tlsa(pair->ssl[CLIENT], NULL, NULL, NULL, NULL, NULL), -1);
    pair_free(pair);
}

/* "The basedomain ... will be the primary peer reference identifier for certificate name checks." */
static long result_for_host(int version, const char *host, const char *another, int usage, int flags)
{
    struct pair *pair = dane_pair(version, 1, host);
    SSL *client = pair->ssl[CLIENT];
    struct outcome outcome[2];
    long result;

    if (another != NULL)
        CHECK_OK(SSL_add1_host(client, another));
    CHECK_EQ(SSL_dane_set_flags(client, (unsigned long)flags), 0);
    CHECK_OK(add_record(client, usage, SPKI, SHA2_256, usage == DANE_EE ? "chained" : "middle"));
    pair_try(pair, outcome);
    result = SSL_get_verify_result(client);
    CHECK_EQ(outcome[CLIENT].ret, result == X509_V_OK ? 1 : -1);
    CHECK_EQ(SSL_get0_peername(client) != NULL,
             result == X509_V_OK && host != NULL && !(usage == DANE_EE && flags != 0));
    pair_free(pair);
    return result;
}

TEST_VERSIONS(names_are_checked)
{
    const int no_name_checks = DANE_FLAG_NO_DANE_EE_NAMECHECKS;

    CHECK_EQ(result_for_host(version, "bad.example", NULL, DANE_EE, 0), X509_V_ERR_HOSTNAME_MISMATCH);
    CHECK_EQ(result_for_host(version, "bad.example", NULL, DANE_TA, 0), X509_V_ERR_HOSTNAME_MISMATCH);
    CHECK_EQ(result_for_host(version, "bad.example", "server.example", DANE_EE, 0), X509_V_OK);
    CHECK_EQ(result_for_host(version, "bad.example", "server.example", DANE_TA, 0), X509_V_OK);
    CHECK_EQ(result_for_host(version, NULL, NULL, DANE_EE, 0), X509_V_OK);
    CHECK_EQ(result_for_host(version, "bad.example", NULL, DANE_EE, no_name_checks), X509_V_OK);
    CHECK_EQ(result_for_host(version, "bad.example", NULL, DANE_TA, no_name_checks),
             X509_V_ERR_HOSTNAME_MISMATCH);
}

/* Of several records one that matches is enough, and of those that do, the first in rank is told. */
TEST_VERSIONS(records_have_a_rank)
{
    struct pair *pair = dane_pair(version, 1, "server.example");
    SSL *client = pair->ssl[CLIENT];
    uint8_t usage, selector, matching_type;

    CHECK_OK(add_record(client, DANE_TA, SPKI, SHA2_256, "middle"));
    CHECK_OK(add_record(client, DANE_EE, CERT, SHA2_512, "chained"));
    CHECK_OK(add_record(client, DANE_EE, SPKI, SHA2_512, "stranger"));
    CHECK_OK(add_record(client, DANE_EE, SPKI, FULL, "chained"));
    pair_handshake(pair);
    CHECK_EQ(SSL_get0_dane_tlsa(client, &usage, &selector, &matching_type, NULL, NULL), 0);
    CHECK(usage == DANE_EE && selector == SPKI && matching_type == FULL);
    pair_free(pair);
}

/* Digest agility (RFC 7671 section 9): of one usage and selector only the strongest digest counts. */
TEST_VERSIONS(weaker_digests_are_passed_over)
{
    struct pair *pair = dane_pair(version, 1, "server.example");
    struct outcome outcome[2];

    CHECK_OK(add_record(pair->ssl[CLIENT], DANE_EE, SPKI, SHA2_256, "chained"));
    CHECK_OK(add_record(pair->ssl[CLIENT], DANE_EE, SPKI, SHA2_512, "stranger"));
    pair_try(pair, outcome);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_DANE_NO_MATCH);
    pair_free(pair);
}

static int reason_of(int result, int expected)
{
    CHECK_EQ(result, expected);
    return ERR_GET_REASON(test_first_error(ERR_LIB_SSL));
}

/* "a return value of 0 indicates incorrect usage or invalid input". */
TEST(unusable_records)
{
    struct pair *pair = dane_pair(0, 1, "server.example");
    SSL *ssl = pair->ssl[CLIENT];
    unsigned char data[4097] = {0x30};
    size_t length;

    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 4, 1, 1, data, 32), 0), SSL_R_DANE_TLSA_BAD_CERTIFICATE_USAGE);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 2, 1, data, 32), 0), SSL_R_DANE_TLSA_BAD_SELECTOR);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 3, data, 32), 0), SSL_R_DANE_TLSA_BAD_MATCHING_TYPE);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 1, data, 31), 0), SSL_R_DANE_TLSA_BAD_DIGEST_LENGTH);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 2, data, 32), 0), SSL_R_DANE_TLSA_BAD_DIGEST_LENGTH);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 1, data, 0), 0), SSL_R_DANE_TLSA_BAD_DIGEST_LENGTH);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 1, NULL, 32), 0), SSL_R_DANE_TLSA_NULL_DATA);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 0, data, (size_t)INT_MAX + 1), 0),
             SSL_R_DANE_TLSA_BAD_DATA_LENGTH);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 0, data, 0), -1), ERR_R_MALLOC_FAILURE);
    for (int usage = PKIX_TA; usage <= DANE_EE; usage++) {
        length = record_data("ec", CERT, FULL, data);
        CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, (uint8_t)usage, 0, 0, data, length - 1), 0),
                 SSL_R_DANE_TLSA_BAD_CERTIFICATE);
        CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, (uint8_t)usage, 0, 0, data, length + 1), 0),
                 SSL_R_DANE_TLSA_BAD_CERTIFICATE);
        length = record_data("ec", SPKI, FULL, data);
        CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, (uint8_t)usage, 1, 0, data, length - 1), 0),
                 SSL_R_DANE_TLSA_BAD_PUBLIC_KEY);
        CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, (uint8_t)usage, 1, 0, data, length + 1), 0),
                 SSL_R_DANE_TLSA_BAD_PUBLIC_KEY);
    }
    /* None was taken. */
    pair_handshake(pair);
    CHECK_EQ(SSL_get0_dane_authority(ssl, NULL, NULL), -1);
    pair_free(pair);
}

/* "SSL_CTX_dane_enable() must be called first". */
TEST(order_of_calls)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context), *other;
    unsigned char data[32] = {0};
    char long_name[257];

    CHECK(SSL_get0_dane(ssl) != NULL);
    CHECK_EQ(reason_of(SSL_dane_enable(ssl, "a.example"), 0), SSL_R_CONTEXT_NOT_DANE_ENABLED);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 1, data, 32), -1), SSL_R_DANE_NOT_ENABLED);
    CHECK_OK(SSL_CTX_dane_enable(context));
    CHECK_OK(SSL_CTX_dane_enable(context));
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(ssl, 3, 1, 1, data, 32), -1), SSL_R_DANE_NOT_ENABLED);
    CHECK_OK(SSL_dane_enable(ssl, "a.example"));
    CHECK_EQ(reason_of(SSL_dane_enable(ssl, "b.example"), 0), SSL_R_DANE_ALREADY_ENABLED);

    /* "The basedomain is used as the default SNI hint". */
    CHECK_STR(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), "a.example");
    SSL_free(ssl);
    ssl = SSL_new(context);
    CHECK_EQ(SSL_set_tlsext_host_name(ssl, "sni.example"), 1);
    CHECK_OK(SSL_dane_enable(ssl, "a.example"));
    CHECK_STR(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), "sni.example");
    SSL_free(ssl);

    memset(long_name, 'a', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = 0;
    ssl = SSL_new(context);
    CHECK_EQ(reason_of(SSL_dane_enable(ssl, long_name), -1), SSL_R_SSL3_EXT_INVALID_SERVERNAME);
    CHECK_OK(SSL_dane_enable(ssl, "a.example"));
    other = SSL_dup(ssl);
    CHECK_OK(SSL_dane_enable(other, "a.example"));
    SSL_free(other);
    CHECK_OK(SSL_dane_tlsa_add(ssl, 3, 1, 1, data, 32));
    other = SSL_dup(ssl);
    CHECK_EQ(reason_of(SSL_dane_enable(other, "a.example"), 0), SSL_R_DANE_ALREADY_ENABLED);
    SSL_free(other);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "adjust the supported digest algorithms". */
TEST_VERSIONS(matching_types_can_be_set)
{
    struct pair *pair = dane_pair(version, 0, "server.example");
    SSL_CTX *context = pair->ctx[CLIENT];
    SSL *client = pair->ssl[CLIENT];
    X509 *certificate = load_certificate("chained");
    unsigned char data[64];
    unsigned int length;
    uint8_t matching_type = 0;

    CHECK_EQ(reason_of(SSL_CTX_dane_mtype_set(context, EVP_sha1(), 0, 9), 0),
             SSL_R_DANE_CANNOT_OVERRIDE_MTYPE_FULL);
    CHECK_OK(SSL_CTX_dane_mtype_set(context, EVP_sha384(), 5, 9));
    CHECK_OK(SSL_CTX_dane_mtype_set(context, NULL, 1, 0));
    CHECK_EQ(X509_digest(certificate, EVP_sha384(), data, &length), 1);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(client, 3, 0, 4, data, length), 0), SSL_R_DANE_TLSA_BAD_MATCHING_TYPE);
    CHECK_EQ(reason_of(SSL_dane_tlsa_add(client, 3, 0, 1, data, 32), 0), SSL_R_DANE_TLSA_BAD_MATCHING_TYPE);
    CHECK_OK(SSL_dane_tlsa_add(client, 3, 0, 5, data, length));
    pair_handshake(pair);
    CHECK_EQ(SSL_get0_dane_tlsa(client, NULL, NULL, &matching_type, NULL, NULL), 0);
    CHECK_EQ(matching_type, 5);
    X509_free(certificate);
    pair_free(pair);
}

/* "The flags set for an SSL_CTX context are copied to each SSL handle ... at the time the handle is created." */
TEST(flags)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *before = SSL_new(context), *after, *copy;

    CHECK_EQ(SSL_CTX_dane_set_flags(context, 5), 0);
    CHECK_EQ(SSL_CTX_dane_set_flags(context, 2), 5);
    CHECK_EQ(SSL_CTX_dane_clear_flags(context, 1), 7);
    after = SSL_new(context);
    CHECK_EQ(SSL_dane_set_flags(before, 1), 0);
    CHECK_EQ(SSL_dane_clear_flags(before, 1), 1);
    CHECK_EQ(SSL_dane_clear_flags(before, 0), 0);
    CHECK_EQ(SSL_dane_set_flags(after, 8), 6);
    copy = SSL_dup(after);
    CHECK_EQ(SSL_dane_clear_flags(copy, 0), 6);
    SSL_free(copy);
    CHECK_OK(SSL_CTX_dane_enable(context));
    CHECK_OK(SSL_dane_enable(after, NULL));
    CHECK_OK(add_record(after, DANE_EE, SPKI, SHA2_256, "ec"));
    copy = SSL_dup(after);
    CHECK_EQ(SSL_dane_clear_flags(copy, 0), 14);
    CHECK_NO_ERRORS();
    SSL_free(copy);
    SSL_free(before);
    SSL_free(after);
    SSL_CTX_free(context);
}

/* A copy made by SSL_dup() has the records as well. */
TEST_VERSIONS(records_are_duplicated)
{
    struct pair *pair = dane_pair(version, 0, "server.example");
    SSL *copy;

    CHECK_OK(add_record(pair->ssl[CLIENT], DANE_TA, CERT, FULL, "root"));
    CHECK_OK(add_record(pair->ssl[CLIENT], DANE_TA, SPKI, SHA2_256, "stranger"));
    copy = SSL_dup(pair->ssl[CLIENT]);
    SSL_set_bio(copy, wire_bio(&pair->end[CLIENT]), NULL);
    SSL_set0_wbio(copy, wire_bio(&pair->end[CLIENT]));
    SSL_free(pair->ssl[CLIENT]);
    pair->ssl[CLIENT] = copy;
    pair_handshake(pair);
    CHECK_EQ(SSL_get0_dane_authority(copy, NULL, NULL), 2);
    pair_free(pair);
}

/* A resumed session keeps its result; which record matched is not known. SSL_clear() forgets it. */
TEST_VERSIONS(resumption_and_clear_forget_the_match)
{
    struct pair *pair = dane_pair(version, 0, "server.example");
    SSL_SESSION *session;

    CHECK_OK(add_record(pair->ssl[CLIENT], DANE_EE, SPKI, SHA2_256, "chained"));
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_get0_dane_authority(pair->ssl[CLIENT], NULL, NULL), 0);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_clear(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_get0_dane_authority(pair->ssl[CLIENT], NULL, NULL), -1);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_dane_enable(pair->ssl[CLIENT], "server.example"));
    CHECK_OK(add_record(pair->ssl[CLIENT], DANE_EE, SPKI, SHA2_256, "chained"));
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    CHECK_EQ(SSL_get0_dane_authority(pair->ssl[CLIENT], NULL, NULL), -1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* "The basedomain … is also used as the primary reference identifier": the one name, even if it reads like an address. */
TEST(base_domain_that_is_an_address)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl;
    char *address;

    CHECK_OK(SSL_CTX_dane_enable(context));
    ssl = SSL_new(context);
    CHECK_OK(SSL_set1_host(ssl, "other.example"));
    CHECK_OK(SSL_dane_enable(ssl, "192.0.2.1"));
    CHECK_STR(X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 0), "192.0.2.1");
    CHECK(X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 1) == NULL);
    address = X509_VERIFY_PARAM_get1_ip_asc(SSL_get0_param(ssl));
    CHECK(address == NULL);
    SSL_free(ssl);
    SSL_CTX_free(context);
}
