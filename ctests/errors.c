/*
 * What is in the error queue after a failure, whole: library, reason and data of every entry (ERR_get_error_all(3)). Recorded from
 * OpenSSL 3.0. Files, lines and functions are not promised, and not compared.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/pkcs12.h>

#include <unistd.h>

/* The queue as text: "LIB:REASON(DATA)" for each entry. It is emptied. */
static const char *queue_text(void)
{
    static char text[4096];
    const char *data;
    unsigned long error;
    size_t used = 0;
    int flags;

    text[0] = '\0';
    while ((error = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%d:%d", used > 0 ? " " : "", ERR_GET_LIB(error),
                                 ERR_GET_REASON(error));
        if ((flags & ERR_TXT_STRING) && *data != '\0')
            used += (size_t)snprintf(text + used, sizeof(text) - used, "(%s)", data);
        CHECK(used < sizeof(text));
    }
    return text;
}

/* One call, and what it must leave. */
#define EXPECT(call, result, queue)                                                                \
    do {                                                                                           \
        ERR_clear_error();                                                                         \
        long long got_ = (long long)(call);                                                        \
        const char *left_ = queue_text();                                                          \
        if (getenv("CTEST_RECORD") != NULL)                                                        \
            printf("%d\t%lld\t%s\n", __LINE__, got_, left_);                                       \
        else if (got_ != (result) || strcmp(left_, queue) != 0)                                    \
            test_fail(__FILE__, __LINE__, "%s is %lld, not %lld, and leaves \"%s\", not \"%s\"",    \
                      #call, got_, (long long)(result), left_, queue);                             \
    } while (0)

#define IS_NULL(call) ((call) == NULL)

static char *write_file(const char *name, const void *bytes, size_t length)
{
    static char path[4][64];
    static int next;
    char *this = path[next++ % 4];
    FILE *file;

    snprintf(this, sizeof(path[0]), "/tmp/ctest_errors_%d_%s", (int)getpid(), name);
    file = fopen(this, "wb");
    CHECK(file != NULL);
    CHECK_EQ(fwrite(bytes, 1, length, file), length);
    fclose(file);
    return this;
}

#define GARBAGE "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
#define NO_FILE "/nonexistent/file"

TEST(certificate_files)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    char *empty = write_file("empty", "", 0), *garbage = write_file("garbage", GARBAGE, strlen(GARBAGE));
    char *text = write_file("text", "no PEM\n", 7);

    EXPECT(SSL_CTX_use_certificate_file(ctx, NO_FILE, SSL_FILETYPE_PEM), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_CTX_use_certificate_file(ctx, NO_FILE, 99), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_CTX_use_certificate_file(ctx, empty, SSL_FILETYPE_PEM), 0, "9:108(Expecting: CERTIFICATE) 20:524297");
    EXPECT(SSL_CTX_use_certificate_file(ctx, empty, SSL_FILETYPE_ASN1), 0, "20:524301");
    EXPECT(SSL_CTX_use_certificate_file(ctx, text, SSL_FILETYPE_PEM), 0, "9:108(Expecting: CERTIFICATE) 20:524297");
    EXPECT(SSL_CTX_use_certificate_file(ctx, text, SSL_FILETYPE_ASN1), 0, "13:142 20:524301");
    EXPECT(SSL_CTX_use_certificate_file(ctx, garbage, SSL_FILETYPE_PEM), 0, "13:168 13:524554(Type=X509) 9:524301 20:524297");
    EXPECT(SSL_CTX_use_certificate_file(ctx, cert_path("ec", "pem"), 0), 0, "20:124");
    EXPECT(SSL_CTX_use_certificate_file(ctx, cert_path("ec", "pem"), SSL_FILETYPE_ASN1), 0, "13:168 13:524554(Type=X509) 20:524301");
    EXPECT(SSL_CTX_use_certificate_file(ctx, cert_path("ec", "key"), SSL_FILETYPE_PEM), 0, "9:108(Expecting: CERTIFICATE) 20:524297");
    EXPECT(SSL_CTX_use_certificate_file(ctx, "/tmp", SSL_FILETYPE_PEM), 0, "9:108(Expecting: CERTIFICATE) 20:524297");
    EXPECT(SSL_use_certificate_file(ssl, NO_FILE, SSL_FILETYPE_PEM), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_use_certificate_file(ssl, text, SSL_FILETYPE_PEM), 0, "9:108(Expecting: CERTIFICATE) 20:524297");
    EXPECT(SSL_use_certificate_file(ssl, cert_path("ec", "pem"), 7), 0, "20:124");
    EXPECT(SSL_CTX_use_certificate_chain_file(ctx, NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_CTX_use_certificate_chain_file(ctx, empty), 0, "9:108(Expecting: TRUSTED CERTIFICATE) 20:524297");
    EXPECT(SSL_CTX_use_certificate_chain_file(ctx, text), 0, "9:108(Expecting: TRUSTED CERTIFICATE) 20:524297");
    EXPECT(SSL_CTX_use_certificate_chain_file(ctx, garbage), 0, "13:168 13:524554(Type=X509) 9:524301 20:524297");
    EXPECT(SSL_CTX_use_certificate_chain_file(ctx, cert_path("ec", "key")), 0, "9:108(Expecting: TRUSTED CERTIFICATE) 20:524297");
    EXPECT(SSL_use_certificate_chain_file(ssl, NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_use_certificate_chain_file(ssl, text), 0, "9:108(Expecting: TRUSTED CERTIFICATE) 20:524297");
    EXPECT(SSL_CTX_use_certificate(ctx, NULL), 0, "20:786690");
    EXPECT(SSL_use_certificate(ssl, NULL), 0, "20:786690");
    EXPECT(SSL_CTX_use_certificate_ASN1(ctx, 3, (const unsigned char *)"abc"), 0, "13:155 13:102 13:524554(Type=X509) 20:524301");
    EXPECT(SSL_CTX_use_certificate_ASN1(ctx, 0, (const unsigned char *)""), 0, "13:224 20:524301");
    EXPECT(SSL_use_certificate_ASN1(ssl, (const unsigned char *)"\x30\x03" "abc", 5), 0, "13:155 13:102 13:524554(Type=X509_CINF) 13:524554(Field=cert_info, Type=X509) 20:524301");
    unlink(empty);
    unlink(text);
    unlink(garbage);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

static int wrong_password(char *buf, int size, int rwflag, void *u)
{
    (void)size;
    (void)rwflag;
    (void)u;
    strcpy(buf, "wrong");
    return 5;
}

static int no_password(char *buf, int size, int rwflag, void *u)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)u;
    return -1;
}

/* Whether libcrypto sees by the padding that "wrong" is not the password; one time in 256 it looks right. */
static int shows_wrong_password(const char *bytes, long length)
{
    BIO *bio = BIO_new_mem_buf(bytes, (int)length);
    X509_SIG *sealed = PEM_read_bio_PKCS8(bio, NULL, NULL, NULL);
    PKCS8_PRIV_KEY_INFO *opened = PKCS8_decrypt(sealed, "wrong", 5);
    int lib = ERR_GET_LIB(ERR_peek_error());

    CHECK(opened == NULL);
    ERR_clear_error();
    X509_SIG_free(sealed);
    BIO_free(bio);
    return lib == ERR_LIB_PROV;
}

static char *encrypted_key(void)
{
    BIO *bio = NULL;
    EVP_PKEY *key = load_key("ec");
    char *bytes, *path;
    long length;

    do {
        BIO_free(bio);
        bio = BIO_new(BIO_s_mem());
        CHECK_EQ(PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_128_cbc(), (char *)"right", 5, NULL, NULL), 1);
        length = BIO_get_mem_data(bio, &bytes);
    } while (!shows_wrong_password(bytes, length));
    path = write_file("encrypted", bytes, (size_t)length);
    BIO_free(bio);
    EVP_PKEY_free(key);
    return path;
}

TEST(key_files)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    char *text = write_file("text", "no PEM\n", 7), *encrypted = encrypted_key();

    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, NO_FILE, SSL_FILETYPE_PEM), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, text, SSL_FILETYPE_PEM), 0, "60:524556(No supported data to decode. Input type: PEM) 20:524297");
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, text, SSL_FILETYPE_ASN1), 0, "13:142 20:524301");
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, cert_path("ec", "pem"), SSL_FILETYPE_PEM), 0, "60:524556(No supported data to decode. Input type: PEM) 20:524297");
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, cert_path("ec", "key"), 5), 0, "20:124");
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, cert_path("ec", "key"), SSL_FILETYPE_ASN1), 0, "60:524556(No supported data to decode.  Input type: DER, Input structure: type-specific) 60:524556(No supported data to decode.  Input type: DER, Input structure: PrivateKeyInfo) 60:524556(No supported data to decode. Input type: DER) 13:168 13:524554 13:168 13:524554(Type=RSAPrivateKey) 13:168 13:524554(Type=PKCS8_PRIV_KEY_INFO) 20:524301");
    EXPECT(SSL_use_PrivateKey_file(ssl, NO_FILE, SSL_FILETYPE_PEM), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_use_PrivateKey_file(ssl, text, SSL_FILETYPE_PEM), 0, "60:524556(No supported data to decode. Input type: PEM) 20:524297");
    EXPECT(SSL_CTX_use_RSAPrivateKey_file(ctx, NO_FILE, SSL_FILETYPE_PEM), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_CTX_use_RSAPrivateKey_file(ctx, cert_path("ec", "key"), SSL_FILETYPE_PEM), 0, "6:127 20:524297");
    EXPECT(SSL_CTX_use_RSAPrivateKey_file(ctx, text, SSL_FILETYPE_PEM), 0, "60:524556(No supported data to decode. Input type: PEM) 20:524297");
    EXPECT(SSL_CTX_use_RSAPrivateKey_file(ctx, text, SSL_FILETYPE_ASN1), 0, "13:142 20:524301");
    EXPECT(SSL_CTX_use_RSAPrivateKey_file(ctx, text, 3), 0, "20:124");
    SSL_CTX_set_default_passwd_cb(ctx, wrong_password);
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, encrypted, SSL_FILETYPE_PEM), 0, "57:100 35:116(maybe wrong password) 57:100 35:116(maybe wrong password) 20:524297");
    SSL_CTX_set_default_passwd_cb(ctx, no_password);
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, encrypted, SSL_FILETYPE_PEM), 0, "15:524553 15:524553 57:159 15:524553 9:104 20:524297");
    EXPECT(SSL_CTX_use_PrivateKey(ctx, NULL), 0, "20:786690");
    EXPECT(SSL_use_PrivateKey(ssl, NULL), 0, "20:786690");
    EXPECT(SSL_CTX_use_RSAPrivateKey(ctx, NULL), 0, "20:786690");
    EXPECT(SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_RSA, ctx, (const unsigned char *)"abc", 3), 0, "60:524556(No supported data to decode.  Input type: DER, Input structure: type-specific) 60:524556(No supported data to decode.  Input type: DER, Input structure: PrivateKeyInfo) 60:524556(No supported data to decode. Input type: DER) 13:155 13:102 13:524554(Type=RSAPrivateKey) 13:155 13:102 13:524554(Type=PKCS8_PRIV_KEY_INFO) 20:524301");
    EXPECT(SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_EC, ctx, (const unsigned char *)"\x30\x03\x02\x01\x01", 5), 0, "60:524556(No supported data to decode.  Input type: DER, Input structure: type-specific) 60:524556(No supported data to decode.  Input type: DER, Input structure: PrivateKeyInfo) 60:524556(No supported data to decode. Input type: DER) 13:121(Field=privateKey, Type=EC_PRIVATEKEY) 13:121(Field=pkeyalg, Type=PKCS8_PRIV_KEY_INFO) 20:524301");
    EXPECT(SSL_CTX_use_RSAPrivateKey_ASN1(ctx, (const unsigned char *)"abc", 3), 0, "13:155 13:102 13:524554(Type=RSAPrivateKey) 20:524301");
    EXPECT(SSL_use_RSAPrivateKey_ASN1(ssl, (const unsigned char *)"\x30\x03\x02\x01\x01", 5), 0, "13:121(Field=n, Type=RSAPrivateKey) 20:524301");
    unlink(text);
    unlink(encrypted);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

TEST(keys_that_do_not_match)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);

    EXPECT(SSL_CTX_check_private_key(ctx), 0, "20:177");
    EXPECT(SSL_check_private_key(ssl), 0, "20:177");
    EXPECT(SSL_CTX_use_certificate_file(ctx, cert_path("ec", "pem"), SSL_FILETYPE_PEM), 1, "");
    EXPECT(SSL_CTX_check_private_key(ctx), 0, "20:190");
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, cert_path("chained", "key"), SSL_FILETYPE_PEM), 0, "11:116");
    EXPECT(SSL_CTX_use_PrivateKey_file(ctx, cert_path("ec", "key"), SSL_FILETYPE_PEM), 1, "");
    /* The key goes when another certificate of its kind comes. */
    EXPECT(SSL_CTX_use_certificate_file(ctx, cert_path("client", "pem"), SSL_FILETYPE_PEM), 1, "");
    EXPECT(SSL_CTX_check_private_key(ctx), 0, "20:190");
    EXPECT(SSL_CTX_use_cert_and_key(ctx, lent_certificate("ec"), lent_key("rsa"), NULL, 1), 0, "6:101 20:288");
    EXPECT(SSL_CTX_use_cert_and_key(ctx, lent_certificate("ec"), lent_key("client"), NULL, 1), 0, "20:288");
    EXPECT(SSL_CTX_use_cert_and_key(ctx, lent_certificate("ec"), lent_key("ec"), NULL, 0), 0, "20:289");
    EXPECT(SSL_CTX_use_cert_and_key(ctx, NULL, lent_key("ec"), NULL, 0), 0, "20:399");
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

TEST(lists)
{
    static int numbers[3][2] = {{1, 1}, {NID_X25519, NID_X25519}, {NID_sha256, 1}};
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);

    EXPECT(SSL_CTX_set_cipher_list(ctx, "nothing"), 0, "20:185");
    EXPECT(SSL_CTX_set_cipher_list(ctx, ""), 0, "20:185");
    EXPECT(SSL_CTX_set_cipher_list(ctx, "ALL:@FOO"), 0, "20:280");
    EXPECT(SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=9"), 0, "20:280");
    EXPECT(SSL_CTX_set_cipher_list(ctx, "$"), 0, "20:280");
    EXPECT(SSL_set_cipher_list(ssl, "nothing"), 0, "20:185");
    EXPECT(SSL_set_cipher_list(ssl, "!"), 0, "20:280");
    EXPECT(SSL_CTX_set_ciphersuites(ctx, "nothing"), 0, "20:185");
    EXPECT(SSL_CTX_set_ciphersuites(ctx, ":"), 0, "20:185");
    EXPECT(SSL_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384"), 0, "20:185");
    EXPECT(SSL_CTX_set1_groups_list(ctx, "nothing"), 0, "20:524550(group 'nothing' cannot be set)");
    EXPECT(SSL_CTX_set1_groups_list(ctx, ""), 0, "");
    EXPECT(SSL_CTX_set1_groups_list(ctx, "P-256:"), 0, "");
    EXPECT(SSL_CTX_set1_groups_list(ctx, "P-256:P-256"), 0, "");
    EXPECT(SSL_CTX_set1_groups_list(ctx, ":P-256"), 0, "");
    EXPECT(SSL_set1_groups_list(ssl, "P-256:p-384"), 0, "20:524550(group 'p-384' cannot be set)");
    EXPECT(SSL_CTX_set1_groups(ctx, numbers[0], 1), 0, "");
    EXPECT(SSL_CTX_set1_groups(ctx, numbers[1], 2), 0, "");
    EXPECT(SSL_CTX_set1_groups(ctx, numbers[0], 0), 0, "20:271");
    EXPECT(SSL_CTX_set1_sigalgs_list(ctx, "nothing"), 0, "");
    EXPECT(SSL_CTX_set1_sigalgs_list(ctx, ""), 0, "");
    EXPECT(SSL_CTX_set1_sigalgs_list(ctx, "RSA+SHA256:RSA+SHA256"), 0, "");
    EXPECT(SSL_set1_client_sigalgs_list(ssl, "RSA+"), 0, "");
    EXPECT(SSL_CTX_set1_sigalgs(ctx, numbers[2], 2), 0, "");
    EXPECT(SSL_CTX_set1_sigalgs(ctx, numbers[2], 1), 0, "");
    EXPECT(SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)"\x05" "ab", 3), 1, "");
    EXPECT(SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)"\x00", 1), 1, "");
    EXPECT(SSL_set_tlsext_host_name(ssl, "a name that is longer than the two hundred and fifty five bytes which a server name may "
                                         "have a name that is longer than the two hundred and fifty five bytes which a server "
                                         "name may have a name that is longer than the two hundred and fifty five bytes which "
                                         "a server name may have"), 0, "20:319");
    EXPECT(SSL_set_tlsext_host_name(ssl, ""), 0, "20:319");
    EXPECT(SSL_set1_host(ssl, "a\0b"), 1, "");
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

TEST(values_out_of_range)
{
    static unsigned char bytes[64];
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    SSL_SESSION *session = SSL_SESSION_new();

    EXPECT(SSL_CTX_set_session_id_context(ctx, bytes, 33), 0, "20:273");
    EXPECT(SSL_set_session_id_context(ssl, bytes, 33), 0, "20:273");
    EXPECT(SSL_SESSION_set1_id(session, bytes, 33), 0, "20:408");
    EXPECT(SSL_SESSION_set1_id_context(session, bytes, 33), 0, "20:273");
    EXPECT(SSL_SESSION_set1_master_key(session, bytes, 1000), 0, "");
    EXPECT(SSL_CTX_set_max_send_fragment(ctx, 100), 0, "");
    EXPECT(SSL_CTX_set_max_send_fragment(ctx, 20000), 0, "");
    EXPECT(SSL_CTX_set_split_send_fragment(ctx, 0), 0, "");
    EXPECT(SSL_CTX_set_max_pipelines(ctx, 100), 0, "");
    EXPECT(SSL_CTX_set_tlsext_max_fragment_length(ctx, 9), 0, "20:232");
    EXPECT(SSL_set_tlsext_max_fragment_length(ssl, 9), 0, "20:232");
    EXPECT(SSL_CTX_set_min_proto_version(ctx, 1), 0, "");
    EXPECT(SSL_CTX_set_max_proto_version(ctx, 0x0305), 0, "");
    EXPECT(SSL_CTX_set_block_padding(ctx, 100000), 0, "");
    EXPECT(SSL_set_block_padding(ssl, 100000), 0, "");
    EXPECT(SSL_CTX_set_tlsext_ticket_keys(ctx, bytes, 5), 0, "20:325");
    EXPECT(SSL_CTX_set_purpose(ctx, 99), 0, "34:146");
    EXPECT(SSL_set_trust(ssl, 99), 0, "11:123");
    EXPECT(SSL_CTX_use_psk_identity_hint(ctx, "a hint that is longer than the two hundred and fifty six bytes which a hint may have a "
                                              "hint that is longer than the two hundred and fifty six bytes which a hint may have "
                                              "a hint that is longer than the two hundred and fifty six bytes which a hint may "
                                              "have and some more"), 0, "20:146");
    EXPECT(SSL_CTX_set_num_tickets(ctx, 1000000), 1, "");
    EXPECT(SSL_read(ssl, bytes, -1), -1, "20:271");
    EXPECT(SSL_peek(ssl, bytes, -1), -1, "20:271");
    EXPECT(SSL_write(ssl, bytes, -1), -1, "20:271");
    EXPECT(SSL_CTX_enable_ct(ctx, 99), 0, "20:212");
    EXPECT(SSL_CTX_set_tlsext_status_type(ctx, 5), 1, "");
    SSL_SESSION_free(session);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

TEST(wrong_state)
{
    static unsigned char bytes[64];
    size_t count;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx), *copy;

    EXPECT(SSL_do_handshake(ssl), -1, "20:144");
    EXPECT(SSL_read(ssl, bytes, 1), -1, "20:276");
    EXPECT(SSL_write(ssl, bytes, 1), -1, "20:276");
    EXPECT(SSL_shutdown(ssl), -1, "20:276");
    EXPECT(SSL_renegotiate(ssl), 1, "");
    EXPECT(SSL_renegotiate_abbreviated(ssl), 1, "");
    EXPECT(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 0, "20:266");
    EXPECT(SSL_key_update(ssl, 7), 0, "20:266");
    EXPECT(SSL_verify_client_post_handshake(ssl), 0, "20:266");
    EXPECT(SSL_new_session_ticket(ssl), 0, "");
    EXPECT(SSL_sendfile(ssl, 0, 0, 1, 0), -1, "20:276");
    EXPECT(SSL_write_early_data(ssl, bytes, 1, &count), 0, "20:786689");
    SSL_free(ssl);
    ssl = SSL_new(ctx);
    EXPECT(SSL_read_early_data(ssl, bytes, 1, &count), 0, "20:211");
    SSL_free(ssl);
    ssl = SSL_new(ctx);
    EXPECT(SSL_export_keying_material(ssl, bytes, 8, "label", 5, NULL, 0, 0), -1, "");
    EXPECT(SSL_export_keying_material_early(ssl, bytes, 8, "label", 5, NULL, 0), 0, "");
    EXPECT(SSL_client_hello_get0_random(ssl, NULL), 0, "");
    EXPECT(SSL_dane_tlsa_add(ssl, 3, 1, 1, bytes, 32), -1, "20:175");
    EXPECT(SSL_dane_enable(ssl, "example.org"), 0, "20:167");
    EXPECT(SSL_dane_set_flags(ssl, 1), 0, "");
    copy = SSL_dup(ssl);
    EXPECT(copy == NULL, 0, "");
    SSL_free(copy);
    SSL_set_connect_state(ssl);
    EXPECT(SSL_shutdown(ssl), -1, "20:407");
    EXPECT(SSL_verify_client_post_handshake(ssl), 0, "20:266");
    EXPECT(SSL_read_early_data(ssl, bytes, 1, &count), 0, "20:786689");
    EXPECT(SSL_get_fd(ssl), -1, "32:786690");
    SSL_free(ssl);
    ssl = SSL_new(ctx);
    SSL_set_accept_state(ssl);
    EXPECT(SSL_do_handshake(ssl), -1, "20:211");
    EXPECT(SSL_write_early_data(ssl, bytes, 1, &count), 0, "20:786689");
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

TEST_VERSIONS(wrong_state_after_the_handshake)
{
    static unsigned char bytes[64];
    int tls13 = version == TLS1_3_VERSION;
    struct pair *pair = pair_established(version);
    SSL *client = pair->ssl[CLIENT], *other = pair->ssl[SERVER];

    EXPECT(SSL_verify_client_post_handshake(client), 0, tls13 ? "20:284" : "20:266");
    EXPECT(SSL_verify_client_post_handshake(other), 0, tls13 ? "20:279" : "20:266");
    EXPECT(SSL_key_update(client, 9), 0, tls13 ? "20:120" : "20:266");
    EXPECT(SSL_key_update(client, SSL_KEY_UPDATE_REQUESTED), tls13 ? 1 : 0, tls13 ? "" : "20:266");
    EXPECT(SSL_renegotiate(client), tls13 ? 0 : 1, tls13 ? "20:266" : "");
    EXPECT(SSL_new_session_ticket(client), 0, "");
    EXPECT(SSL_export_keying_material(client, bytes, 8, "client finished", 15, NULL, 0, 0), tls13 ? 1 : 0, tls13 ? "" : "20:367");
    EXPECT(SSL_use_certificate_file(client, cert_path("ec", "pem"), SSL_FILETYPE_PEM), 1, "");
    SSL_set_shutdown(client, SSL_SENT_SHUTDOWN);
    EXPECT(SSL_write(client, bytes, 1), -1, "20:207");
    SSL_set_shutdown(client, SSL_RECEIVED_SHUTDOWN);
    EXPECT(SSL_read(client, bytes, 1), 0, "");
    pair_free(pair);
}

TEST(objects_without)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL_CTX *servers = SSL_CTX_new(TLS_server_method()), *clients = SSL_CTX_new(TLS_client_method());
    SSL *ssl;

    EXPECT(IS_NULL(SSL_new(NULL)), 1, "20:195");
    EXPECT(IS_NULL(SSL_CTX_new(NULL)), 1, "20:196");
    EXPECT(IS_NULL(BIO_new_ssl(NULL, 1)), 1, "20:195");
    EXPECT(SSL_CTX_check_private_key(NULL), 0, "20:177");
    EXPECT(SSL_check_private_key(NULL), 0, "20:786690");
    ssl = SSL_new(servers);
    EXPECT(SSL_connect(ssl), 0, "20:786689");
    SSL_free(ssl);
    ssl = SSL_new(clients);
    EXPECT(SSL_accept(ssl), 0, "20:786689");
    SSL_free(ssl);
    EXPECT(SSL_CTX_load_verify_locations(ctx, NO_FILE, NULL), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:128 11:524290");
    EXPECT(SSL_CTX_load_verify_locations(ctx, NULL, NULL), 0, "");
    EXPECT(SSL_CTX_load_verify_file(ctx, NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:128 11:524290");
    EXPECT(SSL_CTX_load_verify_file(ctx, NULL), 0, "");
    EXPECT(SSL_CTX_load_verify_dir(ctx, NULL), 0, "");
    EXPECT(SSL_CTX_load_verify_store(ctx, NO_FILE), 0, "44:105(scheme=file) 2:2(calling stat(/nonexistent/file))");
    EXPECT(IS_NULL(SSL_load_client_CA_file(NO_FILE)), 1, "2:2(calling fopen(/nonexistent/file, r)) 32:524290");
    EXPECT(IS_NULL(SSL_load_client_CA_file(cert_path("ec", "key"))), 1, "9:108(Expecting: CERTIFICATE)");
    EXPECT(SSL_CTX_set_ctlog_list_file(ctx, NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, rb)) 32:128 14:114 50:109");
    EXPECT(SSL_CTX_use_serverinfo_file(ctx, NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290");
    EXPECT(SSL_CTX_use_serverinfo_file(ctx, NULL), 0, "20:786690");
    EXPECT(SSL_CTX_use_serverinfo_file(ctx, cert_path("ec", "pem")), 0, "20:392");
    EXPECT(SSL_CTX_use_serverinfo(ctx, NULL, 0), 0, "20:786690");
    EXPECT(SSL_CTX_use_serverinfo(ctx, (const unsigned char *)"abc", 3), 0, "20:388");
    EXPECT(SSL_CTX_use_serverinfo_ex(ctx, 3, (const unsigned char *)"abc", 3), 0, "20:388");
    EXPECT(SSL_CTX_config(ctx, "nothing"), 0, "20:113(name=nothing)");
    EXPECT(SSL_CTX_config(ctx, NULL), 0, "20:113(name=<NULL>)");
    EXPECT(SSL_CTX_dane_mtype_set(ctx, EVP_sha256(), 1, 1), 1, "");
    EXPECT(SSL_CTX_set_default_verify_file(ctx), 1, "");
    EXPECT(SSL_CTX_set_client_cert_engine(ctx, NULL), 0, "38:786690 20:524326");
    SSL_CTX_free(servers);
    SSL_CTX_free(clients);
    SSL_CTX_free(ctx);
}

/* Whether these bytes are a session. */
static int is_session(const char *bytes, long length)
{
    const unsigned char *start = (const unsigned char *)bytes;
    SSL_SESSION *session = d2i_SSL_SESSION(NULL, &start, length);

    SSL_SESSION_free(session);
    return session != NULL;
}

/* What is no session at all is told by libcrypto's reader of ASN.1, in words of its own. */
TEST(sessions_in_der)
{
    EXPECT(is_session("\x30\x0f\x02\x01\x01\x02\x02\x03\x03\x04\x02\xc0\x2f\x04\x00\x04\x00", 17), 1, "");
    EXPECT(is_session("\x30\x0f\x02\x01\x02\x02\x02\x03\x03\x04\x02\xc0\x2f\x04\x00\x04\x00", 17), 0, "20:254");
    EXPECT(is_session("\x30\x0f\x02\x01\x01\x02\x02\x09\x09\x04\x02\xc0\x2f\x04\x00\x04\x00", 17), 0, "20:259");
    EXPECT(is_session("\x30\x10\x02\x01\x01\x02\x02\x03\x03\x04\x03\xc0\x2f\x01\x04\x00\x04\x00", 18), 0, "20:137");
    EXPECT(is_session("\x30\x0e\x02\x01\x01\x02\x01\x03\x04\x02\xc0\x2f\x04\x00\x04\x00", 16), 0, "20:259");
    CHECK(!is_session("abc", 3) && ERR_get_error() != 0);
    ERR_clear_error();
}

TEST(configuration_commands)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();

    EXPECT(SSL_CONF_cmd(conf, "Options", "Bugs"), -2, "");
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_CERTIFICATE
                                     | SSL_CONF_FLAG_SHOW_ERRORS);
    SSL_CONF_CTX_set_ssl_ctx(conf, ctx);
    EXPECT(SSL_CONF_cmd(conf, NULL, "x"), 0, "20:385");
    EXPECT(SSL_CONF_cmd(conf, "Nothing", "x"), -2, "20:386(cmd=Nothing)");
    EXPECT(SSL_CONF_cmd(conf, "Options", NULL), -3, "20:384(cmd=Options, value=<EMPTY>)");
    EXPECT(SSL_CONF_cmd(conf, "Options", "Nothing"), 0, "20:384(cmd=Options, value=Nothing)");
    EXPECT(SSL_CONF_cmd(conf, "CipherString", "nothing"), 0, "20:185 20:384(cmd=CipherString, value=nothing)");
    EXPECT(SSL_CONF_cmd(conf, "Ciphersuites", "nothing"), 0, "20:185 20:384(cmd=Ciphersuites, value=nothing)");
    EXPECT(SSL_CONF_cmd(conf, "Groups", "nothing"), 0, "20:524550(group 'nothing' cannot be set) 20:384(cmd=Groups, value=nothing)");
    EXPECT(SSL_CONF_cmd(conf, "SignatureAlgorithms", "nothing"), 0, "20:384(cmd=SignatureAlgorithms, value=nothing)");
    EXPECT(SSL_CONF_cmd(conf, "MinProtocol", "nothing"), 0, "20:384(cmd=MinProtocol, value=nothing)");
    EXPECT(SSL_CONF_cmd(conf, "MaxProtocol", "TLSv9"), 0, "20:384(cmd=MaxProtocol, value=TLSv9)");
    EXPECT(SSL_CONF_cmd(conf, "Protocol", "nothing"), 0, "20:384(cmd=Protocol, value=nothing)");
    EXPECT(SSL_CONF_cmd(conf, "Certificate", NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290 20:384(cmd=Certificate, value=/nonexistent/file)");
    EXPECT(SSL_CONF_cmd(conf, "PrivateKey", NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290 20:384(cmd=PrivateKey, value=/nonexistent/file)");
    EXPECT(SSL_CONF_cmd(conf, "ServerInfoFile", NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:524290 20:384(cmd=ServerInfoFile, value=/nonexistent/file)");
    EXPECT(SSL_CONF_cmd(conf, "ChainCAFile", NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:128 11:524290 20:384(cmd=ChainCAFile, value=/nonexistent/file)");
    EXPECT(SSL_CONF_cmd(conf, "VerifyCAFile", NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:128 11:524290 20:384(cmd=VerifyCAFile, value=/nonexistent/file)");
    EXPECT(SSL_CONF_cmd(conf, "ClientCAFile", NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:384(cmd=ClientCAFile, value=/nonexistent/file)");
    EXPECT(SSL_CONF_cmd(conf, "DHParameters", NO_FILE), 0, "2:2(calling fopen(/nonexistent/file, r)) 32:524290 20:384(cmd=DHParameters, value=/nonexistent/file)");
    EXPECT(SSL_CONF_cmd(conf, "VerifyMode", "nothing"), 0, "20:384(cmd=VerifyMode, value=nothing)");
    EXPECT(SSL_CONF_cmd(conf, "RecordPadding", "99999"), 0, "20:384(cmd=RecordPadding, value=99999)");
    EXPECT(SSL_CONF_cmd(conf, "NumTickets", "-1"), 0, "20:384(cmd=NumTickets, value=-1)");
    SSL_CONF_CTX_free(conf);
    SSL_CTX_free(ctx);
}

/* The texts of all reasons that OpenSSL 3.0 has, by a checksum over numbers and texts. */
TEST(texts_of_the_reasons)
{
    static const int ranges[][2] = {
        {0, 0}, {100, 137}, {139, 142}, {144, 312}, {314, 315}, {318, 320}, {324, 325}, {328, 345}, {347,
        347}, {352, 354}, {357, 364}, {367, 374}, {376, 378}, {380, 381}, {383, 386}, {388, 392}, {394, 394},
        {396, 410}, {443, 443}, {999, 999}, {1010, 1010}, {1020, 1022}, {1030, 1030}, {1040, 1051}, {1060,
        1060}, {1070, 1071}, {1080, 1080}, {1086, 1086}, {1090, 1090}, {1100, 1100}, {1109, 1116}, {1120,
        1120}};
    unsigned long long sum = 14695981039346656037ULL;

    OPENSSL_init_ssl(0, NULL);
    CHECK_EQ(ERR_load_SSL_strings(), 1);
    CHECK_STR(ERR_lib_error_string(ERR_PACK(ERR_LIB_SSL, 0, 1)), "SSL routines");
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        for (int reason = ranges[i][0]; reason <= ranges[i][1]; reason++) {
            const char *text = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason));
            char line[256];

            CHECK(text != NULL);
            snprintf(line, sizeof(line), "%d %s\n", reason, text);
            for (const char *byte = line; *byte != '\0'; byte++)
                sum = (sum ^ (unsigned char)*byte) * 1099511628211ULL;
        }
    CHECK(sum == 1263543653125403148ULL);
    CHECK(ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, 1)) == NULL);
}

static int leave_error_for_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl, (void)alert, (void)argument;
    ERR_raise(ERR_LIB_USER, 5);
    return SSL_TLSEXT_ERR_OK;
}

static int leave_error_for_certificate(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    ERR_raise(ERR_LIB_USER, 5);
    return 1;
}

/* What a callback leaves in the queue is gone where the chain is looked for, and the handshake that waits says so; it stays where
 * none is, and the handshake looks as if it had failed. */
TEST_VERSIONS(error_that_a_callback_leaves)
{
    for (int kind = 0; kind < 4; kind++) {
        struct pair *pair = pair_contexts(version);
        int looked_for = kind % 2;

        if (!looked_for)
            SSL_CTX_set_mode(pair->ctx[SERVER], SSL_MODE_NO_AUTO_CHAIN);
        if (kind < 2)
            SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], leave_error_for_name);
        else
            SSL_CTX_set_cert_cb(pair->ctx[SERVER], leave_error_for_certificate, NULL);
        pair_over_wire(pair);
        CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"));
        CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
        CHECK_SSL_ERROR(pair->ssl[SERVER], -1, looked_for ? SSL_ERROR_WANT_READ : SSL_ERROR_SSL);
        CHECK_STR(queue_text(), looked_for ? "" : "128:5");
        pair_free(pair);
    }
}
