/*
 * Macros that stand for a control or for an older name: what they do is what the function behind them does, for contexts and for
 * connections. SSL_CTX_add1_chain_cert(3), SSL_CTX_set1_verify_cert_store(3), SSL_CTX_set1_sigalgs(3), SSL_CTX_set_tmp_ecdh(3) …
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>

static STACK_OF(X509) *stack_of(const char *name)
{
    STACK_OF(X509) *stack = sk_X509_new_null();

    sk_X509_push(stack, load_certificate(name));
    return stack;
}

TEST(chains_of_a_connection)
{
    struct pair *pair = pair_contexts(0);
    STACK_OF(X509) *chain = stack_of("middle"), *found;
    X509 *root = load_certificate("root");
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_OK(SSL_set1_chain(ssl, chain));
    CHECK_OK(SSL_get0_chain_certs(ssl, &found));
    CHECK(found != chain && sk_X509_num(found) == 1);
    CHECK_OK(SSL_add1_chain_cert(ssl, root));
    CHECK_OK(SSL_get0_chain_certs(ssl, &found));
    CHECK_EQ(sk_X509_num(found), 2);
    CHECK_OK(SSL_add0_chain_cert(ssl, root));
    CHECK_OK(SSL_get0_chain_certs(ssl, &found));
    CHECK_EQ(sk_X509_num(found), 3);
    CHECK(sk_X509_value(found, 2) == root);
    CHECK_OK(SSL_clear_chain_certs(ssl));
    CHECK_OK(SSL_get0_chain_certs(ssl, &found));
    CHECK(found == NULL);
    CHECK_OK(SSL_set0_chain(ssl, chain));
    CHECK_OK(SSL_get0_chain_certs(ssl, &found));
    CHECK_EQ(sk_X509_num(found), 1);
    /* The context's is another. */
    CHECK_OK(SSL_CTX_get0_chain_certs(pair->ctx[SERVER], &found));
    CHECK(found == NULL);
    chain = stack_of("root");
    CHECK_OK(SSL_CTX_set1_chain(pair->ctx[SERVER], chain));
    CHECK_OK(SSL_CTX_get0_chain_certs(pair->ctx[SERVER], &found));
    CHECK_EQ(sk_X509_num(found), 1);
    sk_X509_pop_free(chain, X509_free);
    pair_free(pair);
}

TEST(chain_of_a_connection_is_built)
{
    struct pair *pair = pair_contexts(0);
    STACK_OF(X509) *found;

    pair_over_wire(pair);
    CHECK_EQ(SSL_build_cert_chain(pair->ssl[SERVER], 0), 0);
    ERR_clear_error();
    trust(pair->ctx[SERVER], "root");
    CHECK_EQ(SSL_build_cert_chain(pair->ssl[SERVER], SSL_BUILD_CHAIN_FLAG_NO_ROOT), 1);
    CHECK_EQ(SSL_build_cert_chain(pair->ssl[SERVER], 0), 1);
    CHECK_OK(SSL_get0_chain_certs(pair->ssl[SERVER], &found));
    CHECK_EQ(sk_X509_num(found), 1);
    pair_free(pair);
}

TEST(current_certificate_is_selected)
{
    struct pair *pair = pair_contexts(0);
    X509 *rsa = load_certificate("rsa"), *ec = load_certificate("ec"), *other = load_certificate("client");
    SSL *ssl;

    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_EQ(X509_cmp(SSL_CTX_get0_certificate(pair->ctx[SERVER]), rsa), 0);
    CHECK_EQ(SSL_CTX_select_current_cert(pair->ctx[SERVER], ec), 1);
    CHECK_EQ(X509_cmp(SSL_CTX_get0_certificate(pair->ctx[SERVER]), ec), 0);
    CHECK_EQ(SSL_CTX_select_current_cert(pair->ctx[SERVER], other), 0);
    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_EQ(SSL_select_current_cert(ssl, rsa), 1);
    CHECK_EQ(X509_cmp(SSL_get_certificate(ssl), rsa), 0);
    CHECK_EQ(SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST), 1);
    CHECK_EQ(X509_cmp(SSL_get_certificate(ssl), rsa), 0);
    CHECK_EQ(SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT), 1);
    CHECK_EQ(X509_cmp(SSL_get_certificate(ssl), ec), 0);
    CHECK_EQ(SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT), 0);
    X509_free(rsa);
    X509_free(ec);
    X509_free(other);
    pair_free(pair);
}

TEST(stores_are_given_back)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    X509_STORE *store = X509_STORE_new(), *found = store;

    CHECK_OK(SSL_CTX_get0_verify_cert_store(context, &found));
    CHECK(found == NULL);
    CHECK_OK(SSL_CTX_get0_chain_cert_store(context, &found));
    CHECK(found == NULL);
    CHECK_OK(SSL_CTX_set1_verify_cert_store(context, store));
    CHECK_OK(SSL_CTX_get0_verify_cert_store(context, &found));
    CHECK(found == store);
    CHECK_OK(SSL_CTX_set1_chain_cert_store(context, store));
    CHECK_OK(SSL_CTX_get0_chain_cert_store(context, &found));
    CHECK(found == store);
    CHECK_OK(SSL_get0_verify_cert_store(ssl, &found));
    CHECK(found == NULL);
    CHECK_OK(SSL_set1_chain_cert_store(ssl, store));
    CHECK_OK(SSL_get0_chain_cert_store(ssl, &found));
    CHECK(found == store);
    /* These four take the reference. */
    for (int i = 0; i < 3; i++)
        CHECK_EQ(X509_STORE_up_ref(store), 1);
    CHECK_OK(SSL_CTX_set0_verify_cert_store(context, store));
    CHECK_OK(SSL_CTX_set0_chain_cert_store(context, store));
    CHECK_OK(SSL_set0_verify_cert_store(ssl, store));
    CHECK_OK(SSL_set0_chain_cert_store(ssl, store));
    CHECK_OK(SSL_get0_verify_cert_store(ssl, &found));
    CHECK(found == store);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* The store of a connection verifies its peer in place of the context's. */
TEST_VERSIONS(store_of_a_connection_verifies)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    pair_over_wire(pair);
    CHECK_OK(SSL_set0_verify_cert_store(pair->ssl[CLIENT], X509_STORE_new()));
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    pair_free(pair);
}

/* "slist … consist of pairs of NIDs" */
TEST(signature_schemes_by_number)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    int sha384[] = {NID_sha384, EVP_PKEY_EC}, sha512[] = {NID_sha512, EVP_PKEY_EC}, odd[] = {NID_sha384};
    int both[] = {NID_sha384, EVP_PKEY_EC, NID_sha512, EVP_PKEY_EC};
    int nid = 0;

    use_identity(pair->ctx[CLIENT], "client");
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    CHECK_EQ(SSL_CTX_set1_client_sigalgs(pair->ctx[SERVER], odd, 1), 0);
    CHECK_OK(SSL_CTX_set1_client_sigalgs(pair->ctx[SERVER], sha512, 2));
    pair_over_wire(pair);
    CHECK_OK(SSL_set1_sigalgs(pair->ssl[CLIENT], both, 4));
    pair_handshake(pair);
    CHECK_OK(SSL_get_peer_signature_nid(pair->ssl[CLIENT], &nid));
    CHECK_EQ(nid, NID_sha384);
    CHECK_OK(SSL_get_peer_signature_nid(pair->ssl[SERVER], &nid));
    CHECK_EQ(nid, NID_sha512);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set1_client_sigalgs(pair->ssl[SERVER], sha384, 2));
    CHECK_OK(SSL_set1_sigalgs(pair->ssl[CLIENT], sha384, 2));
    pair_handshake(pair);
    CHECK_OK(SSL_get_peer_signature_nid(pair->ssl[SERVER], &nid));
    CHECK_EQ(nid, NID_sha384);
    pair_free(pair);
}

TEST(settings_by_macro)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;
    void *argument = context;
    int (*callback)(SSL *, void *) = NULL;

    CHECK_EQ(SSL_CTX_get_default_read_ahead(context), 0);
    SSL_CTX_set_default_read_ahead(context, 1);
    CHECK_EQ(SSL_CTX_get_default_read_ahead(context), 1);
    CHECK_EQ(SSL_CTX_get_read_ahead(context), 1);
    CHECK_EQ(SSL_CTX_get_tlsext_status_type(context), -1);
    SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
    CHECK_EQ(SSL_CTX_get_tlsext_status_type(context), TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_set_tlsext_status_arg(context, "argument");
    CHECK_OK(SSL_CTX_get_tlsext_status_arg(context, &argument));
    CHECK_STR(argument, "argument");
    CHECK_OK(SSL_CTX_get_tlsext_status_cb(context, &callback));
    CHECK(callback == NULL);
    ssl = SSL_new(context);
    CHECK_EQ(SSL_set_max_send_fragment(ssl, 8192), 1);
    CHECK_EQ(SSL_set_split_send_fragment(ssl, 4096), 1);
    CHECK_EQ(SSL_set_split_send_fragment(ssl, 8193), 0);
    CHECK_EQ(SSL_set_split_send_fragment(ssl, 0), 0);
    SSL_COMP_free_compression_methods();
    ERR_clear_error();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

static int tickets;

static int seal_or_open(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, HMAC_CTX *mac, int encrypting)
{
    static unsigned char key[32] = "a key for tickets, thirty-two b";

    (void)ssl;
    tickets++;
    if (encrypting) {
        memset(name, 'n', 16);
        memset(iv, 'v', 16);
    }
    CHECK_EQ(EVP_CipherInit_ex(cipher, EVP_aes_128_cbc(), NULL, key, iv, encrypting), 1);
    CHECK_EQ(HMAC_Init_ex(mac, key, sizeof(key), EVP_sha256(), NULL), 1);
    return 1;
}

/* The callback of OpenSSL 1.1, with an HMAC_CTX. */
TEST_VERSIONS(old_ticket_key_callback)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    tickets = 0;
    CHECK_OK(SSL_CTX_set_tlsext_ticket_key_cb(pair->ctx[SERVER], seal_or_open));
    session = connect_with(pair, NULL, 0);
    CHECK(tickets > 0);
    tickets = 0;
    SSL_SESSION_free(connect_with(pair, session, 1));
    CHECK(tickets > 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(temporary_diffie_hellman_of_a_connection)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    DH *parameters = DH_new_by_nid(NID_ffdhe2048);
    struct outcome outcome[2];
    EVP_PKEY *key = NULL;

    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "DHE-RSA-AES128-GCM-SHA256"));
    pair_over_wire(pair);
    CHECK_OK(SSL_set_dh_auto(pair->ssl[SERVER], 1));
    pair_handshake(pair);
    CHECK_OK(SSL_get_server_tmp_key(pair->ssl[CLIENT], &key));
    CHECK_EQ(EVP_PKEY_get_base_id(key), EVP_PKEY_DH);
    EVP_PKEY_free(key);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_tmp_dh(pair->ssl[SERVER], parameters));
    pair_handshake(pair);
    CHECK_OK(SSL_get_server_tmp_key(pair->ssl[CLIENT], &key));
    CHECK_EQ(EVP_PKEY_get_bits(key), 2048);
    EVP_PKEY_free(key);
    pair_disconnect(pair);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    DH_free(parameters);
    pair_free(pair);
}

/* SSL_CTX_set_tmp_ecdh(): the curve of the key is the only group from then on; SSL_set_ecdh_auto() does nothing any more. */
TEST(temporary_curve)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    EC_KEY *p256 = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1), *p384 = EC_KEY_new_by_curve_name(NID_secp384r1);

    CHECK_OK(SSL_CTX_set_tmp_ecdh(pair->ctx[SERVER], p384));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_secp384r1);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_tmp_ecdh(pair->ssl[SERVER], p256));
    CHECK_EQ(SSL_set_ecdh_auto(pair->ssl[SERVER], 1) != 0, 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_X9_62_prime256v1);
    EC_KEY_free(p256);
    EC_KEY_free(p384);
    pair_free(pair);
}

TEST_VERSIONS(state_and_suite_by_macro)
{
    struct pair *pair = pair_contexts(version);
    SSL *ends[2];
    int bits = 0;

    pair_over_wire(pair);
    memcpy(ends, pair->ssl, sizeof(ends));
    CHECK(SSL_in_connect_init(ends[CLIENT]) && !SSL_in_accept_init(ends[CLIENT]));
    CHECK(SSL_in_accept_init(ends[SERVER]) && !SSL_in_connect_init(ends[SERVER]));
    pair_handshake(pair);
    CHECK(!SSL_in_connect_init(ends[CLIENT]) && !SSL_in_accept_init(ends[SERVER]));
    CHECK_EQ(SSL_get_cipher_bits(ends[CLIENT], &bits), 256);
    CHECK_EQ(bits, 256);
    CHECK_STR(SSL_get_cipher_version(ends[CLIENT]), version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2");
    CHECK_EQ(SSL_CTX_sess_accept_renegotiate(pair->ctx[SERVER]), 0);
    pair_free(pair);
}

/* Names of SSLeay for what is said of sessions. */
TEST(old_names_of_session_times)
{
    SSL_SESSION *session = SSL_SESSION_new();

    CHECK_EQ(SSL_set_time(session, 12345), 12345);
    CHECK_EQ(SSL_get_time(session), 12345);
    CHECK_EQ(SSL_set_timeout(session, 99), 1);
    CHECK_EQ(SSL_get_timeout(session), 99);
    CHECK(SSL_SESSION_get_app_data(session) == NULL);
    CHECK_OK(SSL_SESSION_set_app_data(session, "data"));
    CHECK_STR(SSL_SESSION_get_app_data(session), "data");
    SSL_SESSION_free(session);
}
