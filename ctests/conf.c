/* SSL_CONF_cmd(3), SSL_CONF_CTX_new(3), SSL_CONF_cmd_argv(3), SSL_CTX_config(3). */
/* The methods for one version. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/dh.h>
#include <openssl/pem.h>
#include <unistd.h>

static SSL_CTX *context;
static SSL_CONF_CTX *conf;

static void start(unsigned int flags)
{
    context = SSL_CTX_new(TLS_method());
    conf = SSL_CONF_CTX_new();
    CHECK(conf != NULL);
    CHECK_EQ(SSL_CONF_CTX_set_flags(conf, flags), flags);
    SSL_CONF_CTX_set_ssl_ctx(conf, context);
}

static void finish(void)
{
    CHECK_OK(SSL_CONF_CTX_finish(conf));
    SSL_CONF_CTX_free(conf);
    SSL_CTX_free(context);
}

#define FILE_FLAGS                                                                                 \
    (SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE)
#define LINE_FLAGS (SSL_CONF_FLAG_CMDLINE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER)

/* The flags add up and can be cleared. */
TEST(conf_flags)
{
    start(SSL_CONF_FLAG_FILE);
    CHECK_EQ(SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_CLIENT),
             SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT);
    CHECK_EQ(SSL_CONF_CTX_clear_flags(conf, SSL_CONF_FLAG_FILE), SSL_CONF_FLAG_CLIENT);
    finish();
}

/* Commands of a file: 2 when the value was used. */
TEST(conf_file_commands)
{
    start(FILE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", "TLSv1.2"), 2);
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), TLS1_2_VERSION);
    CHECK_EQ(SSL_CONF_cmd(conf, "MaxProtocol", "TLSv1.2"), 2);
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), TLS1_2_VERSION);
    CHECK_EQ(SSL_CONF_cmd(conf, "maxprotocol", "None"), 2);
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "CipherString", "ECDHE-RSA-AES128-GCM-SHA256"), 2);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 4);
    CHECK_EQ(SSL_CONF_cmd(conf, "Ciphersuites", "TLS_AES_128_GCM_SHA256"), 2);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Groups", "P-256:X25519"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Curves", "P-256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "SignatureAlgorithms", "ECDSA+SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "ClientSignatureAlgorithms", "ECDSA+SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "-SessionTicket,ServerPreference"), 2);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TICKET);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "SessionTicket"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & SSL_OP_NO_TICKET, 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "-TLSv1.3"), 2);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TLSv1_3);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Peer"), 2);
    CHECK_EQ(SSL_CTX_get_verify_mode(context), SSL_VERIFY_PEER);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Require"), 2);
    CHECK_EQ(SSL_CTX_get_verify_mode(context), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "PrivateKey", cert_path("ec", "key")), 2);
    CHECK_OK(SSL_CTX_check_private_key(context));
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyCAFile", cert_path("root", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "ChainCAFile", cert_path("root", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "NumTickets", "3"), 2);
    CHECK_EQ(SSL_CTX_get_num_tickets(context), 3);
    CHECK_EQ(SSL_CONF_cmd(conf, "RecordPadding", "512"), 2);
    finish();
}

/* Options of a command line: 2 with a value, 1 without. */
TEST(conf_line_commands)
{
    start(LINE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "-min_protocol", "TLSv1.2"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-ciphersuites", "TLS_AES_128_GCM_SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-groups", "P-256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-curves", "P-256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-sigalgs", "ECDSA+SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_tls1_3", NULL), 1);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TLSv1_3);
    CHECK_EQ(SSL_CONF_cmd(conf, "-serverpref", NULL), 1);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_ticket", NULL), 1);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TICKET);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_middlebox", NULL), 1);
    CHECK_EQ(SSL_CTX_get_options(context) & SSL_OP_ENABLE_MIDDLEBOX_COMPAT, 0);
    finish();
}

/* What is unknown gives -2, a missing value -3, a bad value 0. */
TEST(conf_failures)
{
    start(LINE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_such_option", "x"), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "cipher", "x"), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-cipher", NULL), -3);
    CHECK_EQ(SSL_CONF_cmd(conf, NULL, NULL), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CONF_cmd(conf, "-min_protocol", "TLSv9"), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_SHOW_ERRORS) & SSL_CONF_FLAG_SHOW_ERRORS,
             SSL_CONF_FLAG_SHOW_ERRORS);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_such_option", "x"), -2);
    CHECK_SSL_REASON(SSL_R_UNKNOWN_CMD_NAME);
    CHECK_EQ(SSL_CONF_cmd(conf, "-cipher", "NO-SUCH-SUITE"), 0);
    CHECK(ERR_peek_error() != 0);
    ERR_clear_error();
    finish();
}

/* Commands of the certificate need their flag; those of the server its. */
TEST(conf_flags_allow_commands)
{
    start(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", "x"), -2);
    finish();
}

/* A prefix is taken off. */
TEST(conf_prefix)
{
    start(FILE_FLAGS);
    CHECK_OK(SSL_CONF_CTX_set1_prefix(conf, "SSL"));
    CHECK_EQ(SSL_CONF_cmd(conf, "SSLMinProtocol", "TLSv1.2"), 2);
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), TLS1_2_VERSION);
    CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", "TLSv1.2"), -2);
    finish();
}

/* What kind of value a command takes. */
TEST(conf_value_types)
{
    start(FILE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "CipherString"), SSL_CONF_TYPE_STRING);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "Certificate"), SSL_CONF_TYPE_FILE);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "VerifyCAPath"), SSL_CONF_TYPE_DIR);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "NoSuchCommand"), SSL_CONF_TYPE_UNKNOWN);
    SSL_CONF_CTX_clear_flags(conf, SSL_CONF_FLAG_FILE);
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_CMDLINE);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "-no_tls1_3"), SSL_CONF_TYPE_NONE);
    finish();
}

/* argv: the arguments that were used are passed over. */
TEST(conf_argv)
{
    char *arguments[] = {(char *)"-min_protocol", (char *)"TLSv1.2", (char *)"-no_ticket",
                         (char *)"rest", NULL};
    char **position = arguments;
    int count = 4;

    start(LINE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), 2);
    CHECK_EQ(count, 2);
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), 1);
    CHECK_EQ(count, 1);
    CHECK_STR(*position, "rest");
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), 0);
    finish();
}

/* On a connection. */
TEST(conf_of_a_connection)
{
    SSL *ssl;

    start(FILE_FLAGS);
    ssl = SSL_new(context);
    SSL_CONF_CTX_set_ssl(conf, ssl);
    CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", "TLSv1.3"), 2);
    CHECK_EQ(SSL_get_min_proto_version(ssl), TLS1_3_VERSION);
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), 0);
    finish();
    SSL_free(ssl);
}

/* A method for one version keeps it, and says that it took the command. */
TEST(conf_leaves_a_method_of_one_version_alone)
{
    const SSL_METHOD *(*const methods[])(void) = {TLSv1_2_method, TLSv1_1_client_method, DTLSv1_2_method};
    size_t i;

    for (i = 0; i < 3; i++) {
        SSL *ssl;

        start(FILE_FLAGS);
        SSL_CTX_free(context);
        context = SSL_CTX_new(methods[i]());
        SSL_CONF_CTX_set_ssl_ctx(conf, context);
        CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", i == 2 ? "DTLSv1" : "TLSv1"), 2);
        CHECK_EQ(SSL_CONF_cmd(conf, "MaxProtocol", i == 2 ? "DTLSv1.2" : "TLSv1.3"), 2);
        CHECK_EQ(SSL_CTX_get_min_proto_version(context), 0);
        CHECK_EQ(SSL_CTX_get_max_proto_version(context), 0);
        ssl = SSL_new(context);
        SSL_CONF_CTX_set_ssl(conf, ssl);
        CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", i == 2 ? "DTLSv1.2" : "TLSv1.2"), 2);
        CHECK_EQ(SSL_get_min_proto_version(ssl), 0);
        SSL_CONF_CTX_set_ssl_ctx(conf, context);
        SSL_free(ssl);
        finish();
    }
}

/* Writes to a file of this process. */
static const char *file_of(const char *text, long length)
{
    static char path[64];
    BIO *file;

    snprintf(path, sizeof(path), "/tmp/ctest_conf_%ld", (long)getpid());
    file = BIO_new_file(path, "wb");
    CHECK(file != NULL);
    CHECK_EQ(BIO_write(file, text, (int)length), length);
    BIO_free(file);
    return path;
}

/* DHParameters: the parameters in a PEM file serve DHE suites. */
TEST(conf_dh_parameters)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    EVP_PKEY_CTX *generator = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *parameters = NULL, *used = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    const char *path;
    char *text;
    long length;

    CHECK(EVP_PKEY_paramgen_init(generator) == 1 && EVP_PKEY_CTX_set_group_name(generator, "ffdhe3072") == 1);
    CHECK_EQ(EVP_PKEY_generate(generator, &parameters), 1);
    CHECK_EQ(PEM_write_bio_Parameters(memory, parameters), 1);
    length = BIO_get_mem_data(memory, &text);
    path = file_of(text, length);
    start(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE);
    SSL_CONF_CTX_set_ssl_ctx(conf, pair->ctx[SERVER]);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", path), 2);
    CHECK_NO_ERRORS();
    CHECK(SSL_CONF_CTX_finish(conf));
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", cert_path("ec", "pem")), 0);
    ERR_clear_error();
    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "DHE-RSA-AES128-GCM-SHA256"));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[CLIENT], &used), 1);
    CHECK_EQ(EVP_PKEY_get_bits(used), 3072);
    unlink(path);
    EVP_PKEY_free(used);
    EVP_PKEY_free(parameters);
    EVP_PKEY_CTX_free(generator);
    BIO_free(memory);
    pair_free(pair);
}

/* ServerInfoFile: the extensions in a PEM file go with the certificate. */
TEST(conf_server_info)
{
    static const char info[] = "-----BEGIN SERVERINFO FOR CTEST-----\nA+oAAmFi\n-----END SERVERINFO FOR CTEST-----\n";
    const char *path = file_of(info, sizeof(info) - 1);
    SSL *ssl;

    start(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE);
    SSL_CONF_CTX_set_ssl_ctx(conf, context);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "ServerInfoFile", path), 2);
    ERR_clear_error(); /* OpenSSL leaves the end of the file there */
    /* A context has each extension but once. */
    CHECK_EQ(SSL_CTX_add_server_custom_ext(context, 1002, NULL, NULL, NULL, NULL, NULL), 0);
    /* A connection has none of its own. */
    ssl = SSL_new(context);
    SSL_CONF_CTX_set_ssl(conf, ssl);
    CHECK_EQ(SSL_CONF_cmd(conf, "ServerInfoFile", "/nonexistent/file"), 2);
    CHECK_NO_ERRORS();
    unlink(path);
    SSL_free(ssl);
}

/* RequestCAStore takes names from a URI; without a target DHParameters looks at no file. */
TEST(conf_ca_stores)
{
    start(FILE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "RequestCAStore", cert_path("root", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "RequestCAStore", "/no/such/store"), 0);
    ERR_clear_error();
    SSL_CONF_CTX_set_ssl_ctx(conf, NULL);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", "/no/such/file"), 2);
    CHECK_NO_ERRORS();
    finish();
}

/* DHParameters takes the first parameters of Diffie-Hellman in a PEM file, and tells what else was there. */
TEST(conf_dh_parameters_alone)
{
    static const char curve[] = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    EVP_PKEY_CTX *generator = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *parameters = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    const char *path;
    char *text;
    long length;

    start(FILE_FLAGS | SSL_CONF_FLAG_SHOW_ERRORS);
    path = file_of(curve, sizeof(curve) - 1);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", path), 0);
    CHECK_EQ(ERR_GET_LIB(ERR_get_error()), ERR_LIB_OSSL_DECODER);
    CHECK_EQ(ERR_GET_LIB(ERR_get_error()), ERR_LIB_OSSL_DECODER);
    CHECK_SSL_REASON(SSL_R_BAD_VALUE);
    ERR_clear_error();

    CHECK(EVP_PKEY_paramgen_init(generator) == 1 && EVP_PKEY_CTX_set_dh_nid(generator, NID_ffdhe2048) == 1);
    CHECK_EQ(EVP_PKEY_paramgen(generator, &parameters), 1);
    CHECK(BIO_puts(memory, curve) > 0 && PEM_write_bio_Parameters(memory, parameters));
    length = BIO_get_mem_data(memory, &text);
    path = file_of(text, length);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", path), 2);
    ERR_clear_error();
    unlink(path);
    if (!on_the_oracle())
        /* The system's library never comes back. */
        CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", "/"), 0);
    ERR_clear_error();
    BIO_free(memory);
    EVP_PKEY_free(parameters);
    EVP_PKEY_CTX_free(generator);
    finish();
}
