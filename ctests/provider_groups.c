/* provider-base(7), CAPABILITIES: groups that a provider of the program adds, in the library context that has it. */
#include "support.h"

#include <openssl/provider.h>

#include "toy_provider.h"

static OSSL_LIB_CTX *library;
static OSSL_PROVIDER *providers[2];

/* Contexts of both sides in a library context with the provider of OpenSSL and ours. */
static struct pair *toy_pair(int version, const char *groups)
{
    struct pair *pair = pair_contexts(0);

    library = OSSL_LIB_CTX_new();
    providers[0] = OSSL_PROVIDER_load(library, "default");
    CHECK(providers[0] != NULL);
    providers[1] = toy_provider(library);
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_free(pair->ctx[side]);
        pair->ctx[side] = SSL_CTX_new_ex(library, NULL, TLS_method());
        CHECK(pair->ctx[side] != NULL);
        CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[side], version));
        CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[side], version));
        if (groups != NULL)
            CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[side], groups));
    }
    CHECK_OK(SSL_CTX_use_certificate_file(pair->ctx[SERVER], cert_path("ec", "pem"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_CTX_use_PrivateKey_file(pair->ctx[SERVER], cert_path("ec", "key"), SSL_FILETYPE_PEM));
    return pair;
}

static void check_group(struct pair *pair, int id)
{
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_EQ(SSL_get_negotiated_group(pair->ssl[side]), 0x1000000 | id);
    check_alive(pair);
}

static void free_all(struct pair *pair)
{
    pair_free(pair);
    OSSL_PROVIDER_unload(providers[0]);
    OSSL_PROVIDER_unload(providers[1]);
    OSSL_LIB_CTX_free(library);
}

/* The share of the other side is a key of the provider's. */
static void check_shares(struct pair *pair, int side, int own, int peer)
{
    EVP_PKEY *key = NULL;

    CHECK_EQ(SSL_get_tmp_key(pair->ssl[side], &key), own);
    if (own)
        CHECK(EVP_PKEY_is_a(key, "TOYDH") || EVP_PKEY_is_a(key, "TOYKEM"));
    EVP_PKEY_free(key);
    key = NULL;
    CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[side], &key), peer);
    if (peer)
        CHECK(EVP_PKEY_is_a(key, "TOYDH") || EVP_PKEY_is_a(key, "TOYKEM"));
    EVP_PKEY_free(key);
}

TEST(group_with_agreement)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, "toydh");

    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_group(pair, TOY_DH);
    CHECK_EQ(toy_derivations, 2);
    check_shares(pair, CLIENT, 1, 1);
    check_shares(pair, SERVER, 1, 1);
    free_all(pair);
}

/* What encapsulates a secret is no key: only the client's share is one. */
TEST(group_with_encapsulation)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, "toykem");

    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_group(pair, TOY_KEM);
    CHECK(toy_encapsulations == 1 && toy_decapsulations == 1 && toy_derivations == 0);
    check_shares(pair, CLIENT, 1, 0);
    check_shares(pair, SERVER, 0, 1);
    free_all(pair);
}

/* The server asks for a share of a group that only the provider has. */
TEST(group_asked_for_in_a_retry)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, "P-256:toykem:toydh");

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "toydh"));
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_group(pair, TOY_DH);
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], 0), 0x1000000 | TOY_DH);
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1), 1);
    free_all(pair);
}

/* Sessions are resumed with a new exchange on the group. */
TEST(group_in_a_resumption)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, "toykem");
    SSL_SESSION *session, *second;

    session = connect_with(pair, NULL, 0);
    second = connect_with(pair, session, 1);
    CHECK_EQ(toy_encapsulations, 2);
    SSL_SESSION_free(session);
    SSL_SESSION_free(second);
    free_all(pair);
}

/* A share that the provider does not take. */
TEST(bad_share)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, "toydh");
    struct queue *queue = &pair->queue[0];
    unsigned char *share = NULL;

    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    if (queue_length(queue) == 0)
        queue = &pair->queue[1];
    for (size_t i = queue->start; i + 4 < queue->end; i++)
        if (memcmp(&queue->bytes[i], "\xfe\x01\x00\x20", 4) == 0)
            share = &queue->bytes[i + 4];
    CHECK(share != NULL);
    *share = 0xff;
    CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
    CHECK_SSL_ERROR(pair->ssl[SERVER], -1, SSL_ERROR_SSL);
    CHECK(ERR_get_error() != 0);
    ERR_clear_error();
    CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
    CHECK_SSL_REASON(SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
    free_all(pair);
}

/* A groups list may call it by either name; nothing has groups whose keys nobody has. */
TEST(names_in_lists)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, NULL);
    static const char *const good[] = {"toydh", "toy-dh", "toykem:X25519", "toyweak", "toydh:toydh13"};
    static const char *const unknown[] = {"TOYDH", "toyorphan", "toydh:toynothing"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], good[i]));
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        const char *data = NULL;
        char expected[64];
        int flags = 0;
        unsigned long error;

        CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], unknown[i]), 0);
        error = ERR_get_error_all(NULL, NULL, NULL, &data, &flags);
        CHECK_EQ(ERR_GET_REASON(error), ERR_R_PASSED_INVALID_ARGUMENT);
        snprintf(expected, sizeof(expected), "group '%s' cannot be set", i == 2 ? "toynothing" : unknown[i]);
        CHECK_STR(data, expected);
        ERR_clear_error();
    }
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "toydh:toy-dh"), 0);
    CHECK_NO_ERRORS();
    free_all(pair);
}

TEST(names_of_numbers)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, NULL);
    SSL *ssl = SSL_new(pair->ctx[CLIENT]);

    CHECK_STR(SSL_group_to_name(ssl, 0x1000000 | TOY_DH), "toydh");
    CHECK_STR(SSL_group_to_name(ssl, 0x1000000 | TOY_KEM), "toykem");
    CHECK(SSL_group_to_name(ssl, 0x1000000 | TOY_ORPHAN) == NULL);
    CHECK(SSL_group_to_name(ssl, TOY_DH) == NULL);
    SSL_free(ssl);
    free_all(pair);
}

/* The level counts for them, too. */
TEST(weak_group_is_passed_over)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, "toyweak:toydh");

    pair_over_wire(pair);
    pair_handshake(pair);
    check_group(pair, TOY_DH);
    pair_disconnect(pair);
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_CTX_set_security_level(pair->ctx[side], 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    check_group(pair, TOY_WEAK);
    free_all(pair);
}

/* Without a word of the program they are not offered. */
TEST(not_among_the_default)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, NULL);
    int groups[64], count;

    pair_over_wire(pair);
    pair_handshake(pair);
    count = SSL_get1_groups(pair->ssl[SERVER], groups);
    CHECK(count > 5);
    for (int i = 0; i < count; i++)
        CHECK(groups[i] < (0x1000000 | TOY_DH) || groups[i] > (0x1000000 | TOY_ORPHAN));
    free_all(pair);
}

/* The provider is asked when a context is made, and not for each connection. */
TEST(asked_once_for_a_context)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, "toykem");
    int asked = toy_capabilities;

    CHECK(asked > 0);
    for (int i = 0; i < 3; i++) {
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_disconnect(pair);
    }
    CHECK_EQ(toy_capabilities, asked);
    free_all(pair);
}

/* In another library context there is no such group. */
TEST(only_where_the_provider_is)
{
    struct pair *pair = toy_pair(TLS1_3_VERSION, NULL);
    SSL_CTX *other = SSL_CTX_new(TLS_method());

    CHECK_EQ(SSL_CTX_set1_groups_list(other, "toydh"), 0);
    ERR_clear_error();
    SSL_CTX_free(other);
    free_all(pair);
}

/* TLS 1.2 has other groups: one that is for TLS 1.3 alone is passed over. */
TEST(not_in_tls12)
{
    struct pair *pair = toy_pair(TLS1_2_VERSION, "toykem:toydh13:P-256");

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_X9_62_prime256v1);
    free_all(pair);
}
