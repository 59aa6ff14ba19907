/* Private keys in PEM files, in the forms that programs write and in broken ones: SSL_CTX_use_PrivateKey_file(3) has the
 * key that PEM_read_PrivateKey(3) reads, or fails where that fails. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static char path[] = "/tmp/ctest-key-file-XXXXXX";
static int is_made;

/* The key as text: its numbers, and its written forms. */
static char *describe(EVP_PKEY *key)
{
    BIO *to = BIO_new(BIO_s_mem());
    char *data, *text;
    long length;

    CHECK_EQ(EVP_PKEY_print_private(to, key, 0, NULL), 1);
    CHECK_EQ(PEM_write_bio_PrivateKey(to, key, NULL, NULL, 0, NULL, NULL), 1);
    ERR_set_mark(); /* some kinds have no other form */
    PEM_write_bio_PrivateKey_traditional(to, key, NULL, NULL, 0, NULL, NULL);
    ERR_pop_to_mark();
    length = BIO_get_mem_data(to, &data);
    text = OPENSSL_strndup(data, (size_t)length);
    CHECK(text != NULL);
    BIO_free(to);
    return text;
}

static void write_file(BIO *from)
{
    char *data;
    long length = BIO_get_mem_data(from, &data);
    FILE *file;

    if (!is_made) {
        close(mkstemp(path));
        is_made = 1;
    }
    file = fopen(path, "w");
    CHECK(file != NULL);
    if (length > 0)
        CHECK_EQ((long)fwrite(data, 1, (size_t)length, file), length);
    fclose(file);
    BIO_free(from);
}

/* Whether the file's key is the one that libcrypto reads; both may have none. */
static int loads(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    FILE *file = fopen(path, "r");
    EVP_PKEY *wanted = PEM_read_PrivateKey(file, NULL, NULL, "secret");
    int loaded;

    fclose(file);
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb_userdata(context, "secret");
    loaded = SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM);
    CHECK_EQ(loaded, wanted != NULL);
    if (loaded) {
        char *text = describe(wanted), *found = describe(SSL_CTX_get0_privatekey(context));

        CHECK_NO_ERRORS();
        CHECK_STR(found, text);
        OPENSSL_free(text);
        OPENSSL_free(found);
    } else {
        CHECK_ERROR(ERR_LIB_SSL, ERR_R_PEM_LIB);
    }
    ERR_clear_error();
    EVP_PKEY_free(wanted);
    SSL_CTX_free(context);
    unlink(path);
    return loaded;
}

/* The forms that libcrypto itself writes, of every kind of key. */
static void check_forms(EVP_PKEY *key)
{
    BIO *file;

    file = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    write_file(file);
    CHECK(loads());

    file = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(file, key, EVP_aes_128_cbc(), NULL, 0, NULL, "secret");
    write_file(file);
    CHECK(loads());

    file = BIO_new(BIO_s_mem());
    if (PEM_write_bio_PrivateKey_traditional(file, key, NULL, NULL, 0, NULL, NULL) == 1) {
        write_file(file);
        CHECK(loads());
        file = BIO_new(BIO_s_mem());
        PEM_write_bio_PrivateKey_traditional(file, key, EVP_aes_128_cbc(), NULL, 0, NULL, "secret");
        write_file(file);
        CHECK(loads());
    } else {
        ERR_clear_error();
        BIO_free(file);
    }
    EVP_PKEY_free(key);
}

TEST(keys_of_every_kind_load)
{
    check_forms(EVP_RSA_gen(2048));
    check_forms(EVP_EC_gen("P-256"));
    check_forms(EVP_EC_gen("P-384"));
    check_forms(EVP_EC_gen("P-521"));
    check_forms(EVP_EC_gen("secp256k1"));
    check_forms(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
    check_forms(EVP_PKEY_Q_keygen(NULL, NULL, "ED448"));
}

/* RSA with three primes, RSA-PSS. */
TEST(unusual_rsa_keys_load)
{
    EVP_PKEY_CTX *making = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;

    CHECK_EQ(EVP_PKEY_keygen_init(making), 1);
    CHECK_EQ(EVP_PKEY_CTX_set_rsa_keygen_primes(making, 3), 1);
    CHECK_EQ(EVP_PKEY_CTX_set_rsa_keygen_bits(making, 2048), 1);
    CHECK_EQ(EVP_PKEY_generate(making, &key), 1);
    EVP_PKEY_CTX_free(making);
    check_forms(key);

    making = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    key = NULL;
    CHECK_EQ(EVP_PKEY_keygen_init(making), 1);
    CHECK_EQ(EVP_PKEY_CTX_set_rsa_keygen_bits(making, 2048), 1);
    CHECK_EQ(EVP_PKEY_generate(making, &key), 1);
    EVP_PKEY_CTX_free(making);
    check_forms(key);
}

/* Compressed points, curves that are spelt out, keys without their public half. */
TEST(unusual_ec_keys_load)
{
    for (int i = 0; i < 4; i++) {
        EVP_PKEY *key = EVP_PKEY_new();
        EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
        EC_KEY *ec = EC_KEY_new();

        EC_GROUP_set_asn1_flag(group, i == 1 ? OPENSSL_EC_EXPLICIT_CURVE : OPENSSL_EC_NAMED_CURVE);
        CHECK_EQ(EC_KEY_set_group(ec, group), 1);
        CHECK_EQ(EC_KEY_generate_key(ec), 1);
        if (i == 0)
            EC_KEY_set_conv_form(ec, POINT_CONVERSION_COMPRESSED);
        if (i >= 2)
            EC_KEY_set_enc_flags(ec, i == 2 ? EC_PKEY_NO_PUBKEY : EC_PKEY_NO_PUBKEY | EC_PKEY_NO_PARAMETERS);
        CHECK_EQ(EVP_PKEY_assign_EC_KEY(key, ec), 1);
        EC_GROUP_free(group);
        BIO *file = BIO_new(BIO_s_mem());
        CHECK_EQ(PEM_write_bio_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
        write_file(file);
        CHECK(loads());
        file = BIO_new(BIO_s_mem());
        CHECK_EQ(PEM_write_bio_ECPrivateKey(file, ec, NULL, NULL, 0, NULL, NULL), 1);
        write_file(file);
        loads();
        EVP_PKEY_free(key);
    }
}

/* What stands before the key, and the ends of lines. */
TEST(files_with_more_than_the_key_load)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = load_certificate("ec");
    EC_GROUP *other = EC_GROUP_new_by_curve_name(NID_secp384r1);
    BIO *plain = BIO_new(BIO_s_mem()), *file;
    char *data;
    long length;

    PEM_write_bio_PrivateKey_traditional(plain, key, NULL, NULL, 0, NULL, NULL);
    length = BIO_get_mem_data(plain, &data);
    for (int i = 0; i < 9; i++) {
        EVP_PKEY *before = NULL;

        file = BIO_new(BIO_s_mem());
        if (i == 0) { /* as `openssl ecparam -genkey` writes it */
            PEM_write_bio_ECPKParameters(file, other);
        } else if (i == 1) {
            PEM_write_bio_X509(file, certificate);
            PEM_write_bio_X509(file, certificate);
        } else if (i == 2) {
            BIO_puts(file, "Bag Attributes\r\n\r\n    localKeyID: 01\n");
        } else if (i == 3) {
            before = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
            PEM_write_bio_PUBKEY(file, before);
        } else if (i == 4) { /* a certificate that is none */
            BIO_puts(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        } else if (i == 5) { /* one that is not even base64 */
            BIO_puts(file, "-----BEGIN CERTIFICATE-----\nA!AA\n-----END CERTIFICATE-----\n");
        } else if (i == 6) {
            BIO_puts(file, " -----BEGIN CERTIFICATE-----\n");
        } else if (i == 7) { /* a key before the key */
            before = EVP_EC_gen("P-384");
            PEM_write_bio_PrivateKey(file, before, NULL, NULL, 0, NULL, NULL);
        } else {
            for (int n = 0; n < 3000; n++) /* a long file */
                BIO_puts(file, "a comment in a line of its own\n");
        }
        BIO_write(file, data, (int)length);
        BIO_puts(file, "and more behind it\n-----BEGIN NOTHING-----\n");
        write_file(file);
        loads();
        EVP_PKEY_free(before);
    }
    file = BIO_new(BIO_s_mem());
    for (long n = 0; n < length; n++)
        BIO_printf(file, data[n] == '\n' ? "\r%c" : "%c", data[n]);
    write_file(file);
    CHECK(loads());
    file = BIO_new(BIO_s_mem()); /* without the last end of line */
    BIO_write(file, data, (int)length - 1);
    write_file(file);
    CHECK(loads());
    BIO_free(plain);
    EC_GROUP_free(other);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* Every byte of a file changed, or cut off there: it loads exactly where libcrypto reads it, and has the same numbers. */
static void check_damage(EVP_PKEY *key, int step)
{
    BIO *plain = BIO_new(BIO_s_mem());
    char *data;
    long length;
    int loaded = 0;

    PEM_write_bio_PrivateKey(plain, key, NULL, NULL, 0, NULL, NULL);
    length = BIO_get_mem_data(plain, &data);
    for (long n = 0; n < length; n += step) {
        BIO *file = BIO_new(BIO_s_mem());

        BIO_write(file, data, (int)n);
        BIO_write(file, &"=\nA "[n / step % 4], 1);
        BIO_write(file, data + n + 1, (int)(length - n - 1));
        write_file(file);
        loaded += loads();
        file = BIO_new(BIO_s_mem());
        BIO_write(file, data, (int)n);
        write_file(file);
        loads();
    }
    CHECK(loaded > 0);
    BIO_free(plain);
    EVP_PKEY_free(key);
}

TEST(damaged_files_load_where_libcrypto_reads_them)
{
    check_damage(EVP_EC_gen("P-256"), 1);
    check_damage(EVP_RSA_gen(2048), 7);
}

/* What cannot be read twice is read once. */
TEST(key_from_a_pipe_loads)
{
    EVP_PKEY *key = load_key("ec");
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    char fifo[] = "/tmp/ctest-fifo-XXXXXX";
    pid_t child;
    int status;

    CHECK(mkdtemp(fifo) != NULL);
    char name[64];
    snprintf(name, sizeof(name), "%s/key", fifo);
    CHECK_EQ(mkfifo(name, 0600), 0);
    child = fork();
    if (child == 0) {
        FILE *file = fopen(name, "w");

        PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
        fclose(file);
        _exit(0);
    }
    CHECK_OK(SSL_CTX_use_PrivateKey_file(context, name, SSL_FILETYPE_PEM));
    CHECK_EQ(EVP_PKEY_eq(SSL_CTX_get0_privatekey(context), key), 1);
    CHECK_EQ(waitpid(child, &status, 0), child);
    unlink(name);
    rmdir(fifo);
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
}

/* A directory opens as a file, but has nothing in it. */
TEST(directory_is_no_key_file)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_EQ(SSL_CTX_use_PrivateKey_file(context, "/tmp", SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PEM_LIB);
    SSL_CTX_free(context);
}
