/* OCSP stapling: SSL_set_tlsext_status_type(3), SSL_CTX_set_tlsext_status_cb(3), SSL_set_tlsext_status_ids,
 * SSL_set_tlsext_status_exts. */
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "support.h"

#include <malloc.h>

static const char response[] = "not a real response";
static int server_calls, client_calls;
static int expected_ids, expected_extensions;

static int give(SSL *ssl, void *argument)
{
    STACK_OF(OCSP_RESPID) *ids = (STACK_OF(OCSP_RESPID) *)argument;
    STACK_OF(X509_EXTENSION) *extensions = (STACK_OF(X509_EXTENSION) *)argument;
    unsigned char *copy = OPENSSL_memdup(response, sizeof(response));

    server_calls++;
    CHECK_EQ(SSL_get_tlsext_status_ids(ssl, &ids), 1);
    CHECK_EQ(SSL_get_tlsext_status_exts(ssl, &extensions), 1);
    CHECK_EQ(ids == NULL ? 0 : sk_OCSP_RESPID_num(ids), expected_ids);
    CHECK_EQ(extensions == NULL ? 0 : sk_X509_EXTENSION_num(extensions), expected_extensions);
    if (expected_ids > 0) {
        X509 *certificate = load_certificate("root");

        CHECK_EQ(OCSP_RESPID_match(sk_OCSP_RESPID_value(ids, 0), certificate), 1);
        X509_free(certificate);
    }
    if (expected_extensions > 0) {
        ASN1_OBJECT *object = X509_EXTENSION_get_object(sk_X509_EXTENSION_value(extensions, 0));

        CHECK_EQ(OBJ_obj2nid(object), NID_id_pkix_OCSP_Nonce);
    }
    CHECK_EQ(SSL_set_tlsext_status_ocsp_resp(ssl, copy, sizeof(response)), 1);
    return SSL_TLSEXT_ERR_OK;
}

static int receive(SSL *ssl, void *argument)
{
    const unsigned char *received;

    (void)argument;
    client_calls++;
    CHECK_EQ(SSL_get_tlsext_status_ocsp_resp(ssl, &received), (long)sizeof(response));
    CHECK_MEM(received, response, sizeof(response));
    return 1;
}

TEST_VERSIONS(request_with_ids_and_extensions)
{
    for (int full = 0; full <= 1; full++) {
        struct pair *pair = pair_contexts(version);

        CHECK_EQ(SSL_CTX_set_tlsext_status_cb(pair->ctx[SERVER], give), 1);
        CHECK_EQ(SSL_CTX_set_tlsext_status_cb(pair->ctx[CLIENT], receive), 1);
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_tlsext_status_type(pair->ssl[CLIENT], TLSEXT_STATUSTYPE_ocsp), 1);
        if (full) {
            STACK_OF(OCSP_RESPID) *ids = sk_OCSP_RESPID_new_null(), *shown;
            STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null(), *shown_extensions;
            OCSP_RESPID *id = OCSP_RESPID_new();
            X509 *certificate = load_certificate("root");
            OCSP_REQUEST *request = OCSP_REQUEST_new();

            CHECK_EQ(OCSP_RESPID_set_by_name(id, certificate), 1);
            CHECK_EQ(OCSP_request_add1_nonce(request, NULL, 16), 1);
            CHECK_EQ(SSL_set_tlsext_status_ids(pair->ssl[CLIENT], ids), 1);
            CHECK_EQ(SSL_set_tlsext_status_exts(pair->ssl[CLIENT], extensions), 1);
            /* They may be filled later. */
            sk_OCSP_RESPID_push(ids, id);
            sk_X509_EXTENSION_push(extensions, X509_EXTENSION_dup(OCSP_REQUEST_get_ext(request, 0)));
            CHECK_EQ(SSL_get_tlsext_status_ids(pair->ssl[CLIENT], &shown), 1);
            CHECK(shown == ids);
            CHECK_EQ(SSL_get_tlsext_status_exts(pair->ssl[CLIENT], &shown_extensions), 1);
            CHECK(shown_extensions == extensions);
            OCSP_REQUEST_free(request);
            X509_free(certificate);
        }
        expected_ids = expected_extensions = full;
        server_calls = client_calls = 0;
        pair_handshake(pair);
        CHECK_EQ(server_calls, 1);
        CHECK_EQ(client_calls, 1);
        pair_free(pair);
    }
}

/* Staples that are none: cut, of another form, and a signed one that speaks of no certificate. */
enum { STAPLES = 6, LONGEST = 16000 };
static unsigned char *staples[STAPLES];
static int staple_lengths[STAPLES], chosen_staple;

static void make_staples(void)
{
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    X509 *signer = load_certificate("root");
    EVP_PKEY *key = load_key("root");
    OCSP_RESPONSE *whole;

    CHECK_EQ(OCSP_basic_sign(basic, signer, key, EVP_sha256(), NULL, 0), 1);
    whole = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    staple_lengths[0] = i2d_OCSP_RESPONSE(whole, &staples[0]);
    CHECK(staple_lengths[0] > 100);
    for (int i = 1; i < STAPLES; i++) {
        staple_lengths[i] = i == 4 ? 1 : i == 5 ? LONGEST : staple_lengths[0] - 10 * i;
        staples[i] = OPENSSL_zalloc((size_t)staple_lengths[i]);
        CHECK(staples[i] != NULL);
        if (i < 4)
            memcpy(staples[i], staples[0], (size_t)staple_lengths[i]);
    }
    OCSP_RESPONSE_free(whole);
    OCSP_BASICRESP_free(basic);
    X509_free(signer);
    EVP_PKEY_free(key);
}

static int give_staple(SSL *ssl, void *argument)
{
    int length = staple_lengths[chosen_staple];
    unsigned char *copy = OPENSSL_memdup(staples[chosen_staple], (size_t)length);

    (void)argument;
    CHECK_EQ(SSL_set_tlsext_status_ocsp_resp(ssl, copy, length), 1);
    return SSL_TLSEXT_ERR_OK;
}

static int take_staple(SSL *ssl, void *argument)
{
    const unsigned char *received;

    (void)argument;
    CHECK_EQ(SSL_get_tlsext_status_ocsp_resp(ssl, &received), staple_lengths[chosen_staple]);
    CHECK_MEM(received, staples[chosen_staple], (size_t)staple_lengths[chosen_staple]);
    client_calls++;
    return 1;
}

/* CVE-2026-35188, CVE-2026-42765, CVE-2026-54876: what a staple says is for the client's callback to find out. Handshakes with any succeed, also
 * where the chain ends at a certificate that its own key did not sign, and leave no memory behind. */
TEST_VERSIONS(staples_that_are_none)
{
    struct pair *pair = pair_contexts(version);
    X509_STORE *store = X509_STORE_new();
    X509 *anchor = load_certificate("ec");
    size_t before = 0;

    make_staples();
    CHECK_EQ(X509_STORE_add_cert(store, anchor), 1);
    SSL_CTX_set_cert_store(pair->ctx[CLIENT], store);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(pair->ctx[CLIENT]), X509_V_FLAG_PARTIAL_CHAIN);
    SSL_CTX_set_tlsext_status_cb(pair->ctx[SERVER], give_staple);
    SSL_CTX_set_tlsext_status_cb(pair->ctx[CLIENT], take_staple);
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_CTX_set_session_cache_mode(pair->ctx[side], SSL_SESS_CACHE_OFF);
    client_calls = 0;
    for (int times = 0; times < 100 * STAPLES; times++) {
        if (times == 50 * STAPLES)
            before = mallinfo2().uordblks;
        chosen_staple = times % STAPLES;
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_tlsext_status_type(pair->ssl[CLIENT], TLSEXT_STATUSTYPE_ocsp), 1);
        pair_handshake(pair);
        CHECK_EQ(sk_X509_num(SSL_get0_verified_chain(pair->ssl[CLIENT])), 1);
        pair_disconnect(pair);
    }
    CHECK_EQ(client_calls, 100 * STAPLES);
    CHECK(mallinfo2().uordblks < before + 100000);
    for (int i = 0; i < STAPLES; i++)
        OPENSSL_free(staples[i]);
    X509_free(anchor);
    pair_free(pair);
}
