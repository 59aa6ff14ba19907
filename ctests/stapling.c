/* OCSP stapling: SSL_set_tlsext_status_type(3), SSL_CTX_set_tlsext_status_cb(3), SSL_set_tlsext_status_ids,
 * SSL_set_tlsext_status_exts. */
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "support.h"

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
