/*
 * Whether what a server takes its time for depends on secrets, by statistics (the method of dudect): two classes of input that differ in
 * what must not show, taken in random order; Welch's t of the times, also without the slowest, which the machine makes. |t| above 10 is a
 * leak, below 4.5 none was seen; times on a busy machine say little. Nothing fails here: the figures are for people.
 *
 * usage: timing [SAMPLES]
 */
#define _GNU_SOURCE
#include "../ctests/support.h"

#include <math.h>
#include <time.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

static size_t samples = 20000;
static uint64_t random_state = 88172645463325252u;

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC_RAW, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* The times of both classes, in nanoseconds. */
struct times {
    double *of[2];
    size_t count[2];
};

static int ascending(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

/* Welch's t of the times up to `most`. */
static double welch(const struct times *times, double most, double mean[2])
{
    double variance[2], count[2];

    for (int class = 0; class < 2; class++) {
        double sum = 0, squares = 0, n = 0;

        for (size_t i = 0; i < times->count[class]; i++) {
            if (times->of[class][i] <= most) {
                sum += times->of[class][i];
                n++;
            }
        }
        mean[class] = n > 0 ? sum / n : 0;
        for (size_t i = 0; i < times->count[class]; i++) {
            if (times->of[class][i] <= most)
                squares += (times->of[class][i] - mean[class]) * (times->of[class][i] - mean[class]);
        }
        variance[class] = n > 1 ? squares / (n - 1) : 0;
        count[class] = n > 0 ? n : 1;
    }
    return (mean[0] - mean[1]) / sqrt(variance[0] / count[0] + variance[1] / count[1] + 1e-12);
}

static void report(const char *name, struct times *times)
{
    static const double parts[] = {0.5, 0.9, 0.99, 1};
    size_t all = times->count[0] + times->count[1];
    double *sorted = malloc(all * sizeof(double)), worst = 0, mean[2], shown[2] = {0, 0};

    memcpy(sorted, times->of[0], times->count[0] * sizeof(double));
    memcpy(sorted + times->count[0], times->of[1], times->count[1] * sizeof(double));
    qsort(sorted, all, sizeof(double), ascending);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        double t = welch(times, sorted[(size_t)((double)(all - 1) * parts[i])], mean);

        if (i == 1)
            memcpy(shown, mean, sizeof(shown));
        if (fabs(t) > fabs(worst))
            worst = t;
    }
    printf("%-52s %7zu  %9.0f %9.0f  %7.1f\n", name, all, shown[0], shown[1], worst);
    fflush(stdout);
    free(sorted);
    for (int class = 0; class < 2; class++)
        free(times->of[class]);
}

/* Measures `count` inputs. `prepare` makes one of the class ready; what `act` does is timed. */
static void measure(const char *name, size_t count, void (*prepare)(int class), void (*act)(void), void (*after)(void))
{
    struct times times = {{malloc(count * sizeof(double)), malloc(count * sizeof(double))}, {0, 0}};

    for (size_t i = 0; i < count + count / 20; i++) {
        int class = (int)(next_random(&random_state) >> 33 & 1);
        uint64_t start;

        prepare(class);
        start = now();
        act();
        if (i >= count / 20)
            times.of[class][times.count[class]++] = (double)(now() - start);
        after();
    }
    report(name, &times);
}

static struct pair *pair;

static void nothing(void)
{
    ERR_clear_error();
}

static void read_server(void)
{
    char byte;

    SSL_read(pair->ssl[SERVER], &byte, 1);
}

static void accept_server(void)
{
    SSL_do_handshake(pair->ssl[SERVER]);
}

static void drop_connection(void)
{
    pair_disconnect(pair);
    ERR_clear_error();
}

/* ---- CBC: records of DTLS, where a bad one ends nothing. An honest record with 16 bytes of padding is changed. ---- */

static struct datagram *honest;
static unsigned char changed[2048];
/* What becomes of the last byte, the length of the padding, and of the first byte of the content in both classes. */
static unsigned char last_change[2], first_change[2], version_change[2];

static void prepare_record(int class)
{
    memcpy(changed, honest->bytes, honest->length);
    changed[1] ^= version_change[class];
    changed[13] ^= first_change[class];
    changed[honest->length - 17] ^= last_change[class];
    datagram_add(&pair->datagrams[SERVER], changed, honest->length);
}

static void measure_cbc(const char *suite, size_t mac)
{
    static unsigned char content[512];
    /* As many bytes as end right before a block of the hash, so that the padding decides how many blocks there are. */
    size_t length = 224 - mac % 16;
    char name[64];

    pair = pair_contexts(DTLS1_2_VERSION);
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_security_level(pair->ctx[side], 0);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suite));
        SSL_CTX_set_options(pair->ctx[side], SSL_OP_NO_ENCRYPT_THEN_MAC);
    }
    pair_over_datagrams(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], content, (int)length), (int)length);
    honest = datagram_take(&pair->datagrams[SERVER], 0);

    /* What may show: one of them is not looked into. The method must see it. */
    memcpy(first_change, (unsigned char[]){1, 1}, 2);
    memcpy(version_change, (unsigned char[]){0, 0x40}, 2);
    memcpy(last_change, (unsigned char[]){0, 0}, 2);
    measure("to compare: a record of another version", samples, prepare_record, read_server, nothing);
    memcpy(version_change, (unsigned char[]){0, 0}, 2);
    memcpy(last_change, (unsigned char[]){0, 0x40}, 2);
    snprintf(name, sizeof(name), "cbc: padding right or wrong, %s", suite + 12);
    measure(name, samples * 5, prepare_record, read_server, nothing);
    memcpy(last_change, (unsigned char[]){0, 0x0f}, 2);
    snprintf(name, sizeof(name), "cbc: 16 bytes of padding or 1, %s", suite + 12);
    measure(name, samples * 5, prepare_record, read_server, nothing);
    memcpy(last_change, (unsigned char[]){0x0f, 0x40}, 2);
    snprintf(name, sizeof(name), "cbc: 1 byte of padding or wrong, %s", suite + 12);
    measure(name, samples * 5, prepare_record, read_server, nothing);
    /* All those records were looked at: the honest one is still good. */
    datagram_add(&pair->datagrams[SERVER], honest->bytes, honest->length);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], content, sizeof(content)), (int)length);
    free(honest);
    pair_free(pair);
}

/* ---- RSA key exchange: what the client encrypts is well padded or not; the handshake fails at its Finished. ---- */

static EVP_PKEY_CTX *raw;
/* Which bytes of the padded secret are wrong in the second class. */
static void (*spoil)(unsigned char *padded, size_t length);

static void wrong_type(unsigned char *padded, size_t length)
{
    (void)length;
    padded[1] = 1;
}

static void no_end(unsigned char *padded, size_t length)
{
    padded[length - 49] = 7;
}

static void wrong_version(unsigned char *padded, size_t length)
{
    padded[length - 48] = 1;
}

/* As far as the client's last flight, which waits for the server. */
static void let_client_answer(void)
{
    pair_over_wire(pair);
    SSL_do_handshake(pair->ssl[CLIENT]);
    SSL_do_handshake(pair->ssl[SERVER]);
    SSL_do_handshake(pair->ssl[CLIENT]);
    ERR_clear_error();
}

static void prepare_key_exchange(int class)
{
    unsigned char padded[256], *flight;
    size_t length = sizeof(padded);

    let_client_answer();
    flight = pair->queue[SERVER].bytes + pair->queue[SERVER].start;
    CHECK(flight[0] == 22 && flight[5] == 16 && (flight[9] << 8 | flight[10]) == 256);
    RAND_bytes(padded, sizeof(padded));
    for (size_t i = 0; i < sizeof(padded); i++)
        padded[i] |= padded[i] == 0;
    padded[0] = 0;
    padded[1] = 2;
    padded[sizeof(padded) - 49] = 0;
    padded[sizeof(padded) - 48] = 3;
    padded[sizeof(padded) - 47] = 3;
    if (class == 1)
        spoil(padded, sizeof(padded));
    CHECK_EQ(EVP_PKEY_encrypt(raw, flight + 11, &length, padded, sizeof(padded)), 1);
}

static void measure_rsa(void)
{
    X509 *certificate = load_certificate("rsa");

    pair = pair_contexts(TLS1_2_VERSION);
    use_identity(pair->ctx[SERVER], "rsa");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "AES128-GCM-SHA256"));
    raw = EVP_PKEY_CTX_new(X509_get0_pubkey(certificate), NULL);
    CHECK(EVP_PKEY_encrypt_init(raw) == 1 && EVP_PKEY_CTX_set_rsa_padding(raw, RSA_NO_PADDING) == 1);
    spoil = wrong_type;
    measure("rsa: type of the padding right or wrong", samples / 4, prepare_key_exchange, accept_server, drop_connection);
    spoil = no_end;
    measure("rsa: padding ends in its place or earlier or later", samples / 4, prepare_key_exchange, accept_server, drop_connection);
    spoil = wrong_version;
    measure("rsa: version right or wrong", samples / 4, prepare_key_exchange, accept_server, drop_connection);
    EVP_PKEY_CTX_free(raw);
    X509_free(certificate);
    pair_free(pair);
}

/* ---- TLS 1.3: binders and tickets that are wrong in their first or in their last byte. ---- */

static unsigned char hello[4096];
static size_t hello_length, wrong_byte[2];

static void prepare_hello(int class)
{
    pair_over_wire(pair);
    memcpy(changed, hello, hello_length);
    changed[wrong_byte[class]] ^= 0x10;
    queue_add(&pair->queue[SERVER], changed, hello_length);
}

static void measure_hello(void)
{
    SSL_SESSION *session;
    size_t end;

    pair = pair_contexts(TLS1_3_VERSION);
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[side], "TLS_AES_128_GCM_SHA256"));
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    /* Or it may not be resumed. */
    SSL_shutdown(pair->ssl[CLIENT]);
    drop_connection();
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    SSL_do_handshake(pair->ssl[CLIENT]);
    hello_length = queue_length(&pair->queue[SERVER]);
    CHECK(hello_length < sizeof(hello) && hello_length < sizeof(changed));
    memcpy(hello, pair->queue[SERVER].bytes + pair->queue[SERVER].start, hello_length);
    CHECK(hello_length > 400);
    drop_connection();
    /* The last extension: its binder of 32 bytes; before the list of binders the age, and before that the ticket, which ends in its MAC. */
    wrong_byte[0] = hello_length - 32;
    wrong_byte[1] = hello_length - 1;
    measure("binder: first or last byte wrong", samples, prepare_hello, accept_server, drop_connection);
    end = hello_length - 35 - 4;
    wrong_byte[0] = end - 32;
    wrong_byte[1] = end - 1;
    measure("ticket: first or last byte of its mac wrong", samples / 2, prepare_hello, accept_server, drop_connection);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* ---- Finished of a client of TLS 1.3, wrong in its first or in its last byte. ---- */

static unsigned char traffic_secret[32];

static void on_key_log(const SSL *ssl, const char *line)
{
    const char *hex = strrchr(line, ' ') + 1;

    (void)ssl;
    if (strncmp(line, "CLIENT_HANDSHAKE", 16) == 0) {
        for (size_t i = 0; i < sizeof(traffic_secret); i++)
            CHECK_EQ(sscanf(hex + 2 * i, "%2hhx", &traffic_secret[i]), 1);
    }
}

/* HKDF-Expand-Label (RFC 8446 7.1) of the traffic secret. */
static void expand(const char *label, unsigned char *out, size_t length)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    unsigned char info[32] = {0, (unsigned char)length, (unsigned char)(6 + strlen(label)), 't', 'l', 's', '1', '3', ' '};
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, traffic_secret, sizeof(traffic_secret)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, 10 + strlen(label)),
        OSSL_PARAM_END,
    };

    memcpy(info + 9, label, strlen(label));
    CHECK_EQ(EVP_KDF_derive(context, out, length, parameters), 1);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

static void prepare_finished(int class)
{
    unsigned char key[16], iv[12], plain[37], *record;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int length;

    let_client_answer();
    record = pair->queue[SERVER].bytes + pair->queue[SERVER].start;
    if (record[0] == 20)
        record += 6;
    CHECK(record[0] == 23 && (record[3] << 8 | record[4]) == sizeof(plain) + 16);
    expand("key", key, sizeof(key));
    expand("iv", iv, sizeof(iv));
    CHECK_EQ(EVP_DecryptInit_ex(cipher, EVP_aes_128_gcm(), NULL, key, iv), 1);
    CHECK_EQ(EVP_DecryptUpdate(cipher, NULL, &length, record, 5), 1);
    CHECK_EQ(EVP_DecryptUpdate(cipher, plain, &length, record + 5, sizeof(plain)), 1);
    CHECK_EQ(plain[0], 20);
    plain[class == 0 ? 4 : 35] ^= 0x10;
    CHECK_EQ(EVP_EncryptInit_ex(cipher, EVP_aes_128_gcm(), NULL, key, iv), 1);
    CHECK_EQ(EVP_EncryptUpdate(cipher, NULL, &length, record, 5), 1);
    CHECK_EQ(EVP_EncryptUpdate(cipher, record + 5, &length, plain, sizeof(plain)), 1);
    CHECK_EQ(EVP_EncryptFinal_ex(cipher, NULL, &length), 1);
    CHECK_EQ(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, 16, record + 5 + sizeof(plain)), 1);
    EVP_CIPHER_CTX_free(cipher);
}

static void measure_finished(void)
{
    pair = pair_contexts(TLS1_3_VERSION);
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[side], "TLS_AES_128_GCM_SHA256"));
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_keylog_callback(pair->ctx[SERVER], on_key_log);
    measure("finished: first or last byte wrong", samples / 2, prepare_finished, accept_server, drop_connection);
    pair_free(pair);
}

int main(int count, char **arguments)
{
    if (count > 1)
        samples = strtoul(arguments[1], NULL, 10);
    printf("%-52s %7s  %9s %9s  %7s\n", "", "samples", "ns", "ns", "t");
    measure_cbc("ECDHE-ECDSA-AES128-SHA256", 32);
    measure_cbc("ECDHE-ECDSA-AES128-SHA", 20);
    measure_hello();
    measure_finished();
    measure_rsa();
    return 0;
}
