/* A TLS 1.3 handshake in memory, with a certificate made on the spot; valid C and C++. Prints the version, and the libssl that
 * is mapped into the process, if any. */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509.h>

static int fail(const char *what)
{
    fprintf(stderr, "%s failed\n", what);
    ERR_print_errors_fp(stderr);
    return 1;
}

/* A certificate for this key, signed with it, good for a day. */
static X509 *certificate_for(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);

    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    return certificate;
}

int main(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = certificate_for(key);
    SSL_CTX *server_ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX *client_ctx = SSL_CTX_new(TLS_client_method());

    if (server_ctx == NULL || client_ctx == NULL || SSL_CTX_use_certificate(server_ctx, certificate) != 1
        || SSL_CTX_use_PrivateKey(server_ctx, key) != 1)
        return fail("the server's certificate");
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client_ctx), certificate);
    SSL_CTX_set_verify(client_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_min_proto_version(client_ctx, TLS1_3_VERSION);

    SSL *server = SSL_new(server_ctx), *client = SSL_new(client_ctx);
    BIO *server_bio, *client_bio;
    BIO_new_bio_pair(&server_bio, 0, &client_bio, 0);
    SSL_set_bio(server, server_bio, server_bio);
    SSL_set_bio(client, client_bio, client_bio);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    SSL_set_tlsext_host_name(client, "localhost");
    SSL_set1_host(client, "localhost");

    for (int round = 0; round < 10 && (SSL_in_init(server) || SSL_in_init(client)); round++) {
        SSL_do_handshake(client);
        SSL_do_handshake(server);
    }
    char text[6] = "";
    if (SSL_write(client, "hello", 5) != 5 || SSL_read(server, text, 5) != 5 || strcmp(text, "hello") != 0)
        return fail("the handshake");
    printf("%s\n", SSL_get_version(client));

    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096], mapped[4096] = "";
    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
        if (strstr(line, "libssl") != NULL && strchr(line, '/') != NULL)
            strcpy(mapped, strchr(line, '/'));
    if (maps != NULL)
        fclose(maps);
    fputs(mapped, stdout);

    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return 0;
}
