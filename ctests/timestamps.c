/* A log of certificates that is the test's own (RFC 6962). */
#include <unistd.h>

#include <openssl/ct.h>
#include <openssl/ocsp.h>
#include <openssl/sha.h>

#include "support.h"

void know_log(SSL_CTX *context, EVP_PKEY *key)
{
    char path[] = "/tmp/logs-XXXXXX", text[400];
    unsigned char *der = NULL;
    int length = i2d_PUBKEY(key, &der);
    FILE *file = fdopen(mkstemp(path), "w");

    CHECK(length > 0 && length < 200);
    EVP_EncodeBlock((unsigned char *)text, der, length);
    fprintf(file, "enabled_logs = ours\n[ours]\ndescription = Ours\nkey = %s\n", text);
    fclose(file);
    CHECK_OK(SSL_CTX_set_ctlog_list_file(context, path));
    unlink(path);
    OPENSSL_free(der);
}

/* RFC 6962 3.2: what a log signs about a certificate. */
static size_t sign_timestamp(EVP_PKEY *key, X509 *certificate, uint64_t timestamp, unsigned char signature[100])
{
    unsigned char signed_data[4000] = {0}, *out = signed_data + 15;
    EVP_MD_CTX *operation = EVP_MD_CTX_new();
    size_t length = 100;
    int der_length = i2d_X509(certificate, NULL);

    /* Version, type of the signature, type of the entry and the length of the extensions are all 0. */
    CHECK(der_length > 0 && der_length < 3900);
    for (int i = 0; i < 8; i++)
        signed_data[2 + i] = (unsigned char)(timestamp >> (56 - 8 * i));
    signed_data[13] = (unsigned char)(der_length >> 8);
    signed_data[14] = (unsigned char)der_length;
    i2d_X509(certificate, &out);
    CHECK_OK(EVP_DigestSignInit(operation, NULL, EVP_sha256(), NULL, key));
    CHECK_OK(EVP_DigestSign(operation, signature, &length, signed_data, 15 + (size_t)der_length + 2));
    EVP_MD_CTX_free(operation);
    return length;
}

size_t make_signed_list(EVP_PKEY *key, X509 *certificate, uint64_t timestamp, unsigned char list[200])
{
    unsigned char log[SHA256_DIGEST_LENGTH], signature[100], *der = NULL, *out = list;
    size_t signature_length = sign_timestamp(key, certificate, timestamp, signature);
    int length = i2d_PUBKEY(key, &der);
    SCT *sct = SCT_new();
    STACK_OF(SCT) *all = sk_SCT_new_null();

    SHA256(der, (size_t)length, log);
    OPENSSL_free(der);
    CHECK_EQ(SCT_set_version(sct, SCT_VERSION_V1), 1);
    CHECK_EQ(SCT_set1_log_id(sct, log, sizeof(log)), 1);
    SCT_set_timestamp(sct, timestamp);
    CHECK_EQ(SCT_set_signature_nid(sct, NID_ecdsa_with_SHA256), 1);
    CHECK_EQ(SCT_set1_signature(sct, signature, signature_length), 1);
    sk_SCT_push(all, sct);
    length = i2o_SCT_LIST(all, &out);
    CHECK(length > 0 && length < 200);
    SCT_LIST_free(all);
    return (size_t)length;
}

void serve_list(SSL_CTX *context, const unsigned char *list, size_t length)
{
    unsigned char info[300] = {0, 0, 0x11, 0x80, 0, 18, 0, (unsigned char)length};

    memcpy(info + 8, list, length);
    CHECK_OK(SSL_CTX_use_serverinfo_ex(context, SSL_SERVERINFOV2, info, 8 + length));
}

static unsigned char *response;
static int response_length;

static int give_response(SSL *ssl, void *argument)
{
    unsigned char *copy = OPENSSL_memdup(response, (size_t)response_length);

    (void)argument;
    if (copy != NULL && SSL_set_tlsext_status_ocsp_resp(ssl, copy, response_length) == 1)
        return SSL_TLSEXT_ERR_OK;
    OPENSSL_free(copy);
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void staple_list(SSL_CTX *context, const unsigned char *list, size_t length)
{
    X509 *issuer = lent_certificate("root");
    OCSP_CERTID *id = OCSP_cert_to_id(NULL, lent_certificate("ec"), issuer);
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    STACK_OF(SCT) *all = o2i_SCT_LIST(NULL, &list, length);
    ASN1_TIME *now = X509_gmtime_adj(NULL, 0);
    OCSP_SINGLERESP *single = OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0, NULL, now, NULL);
    OCSP_RESPONSE *whole;

    CHECK(single != NULL && all != NULL);
    CHECK_OK(OCSP_SINGLERESP_add1_ext_i2d(single, NID_ct_cert_scts, all, 0, 0));
    CHECK_OK(OCSP_basic_sign(basic, issuer, lent_key("root"), EVP_sha256(), NULL, 0));
    whole = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    OPENSSL_free(response);
    response = NULL;
    response_length = i2d_OCSP_RESPONSE(whole, &response);
    CHECK(response_length > 0);
    SCT_LIST_free(all);
    ASN1_TIME_free(now);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(whole);
    CHECK_OK(SSL_CTX_set_tlsext_status_cb(context, give_response));
}
