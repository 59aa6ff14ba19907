/* Records without content, of a cipher in CBC mode with the MAC inside: good ones, and what is wrong with others. */
#include "support.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

enum { MAC = 20, KEY = 16, BLOCK = 16, SEALED = BLOCK + 32 };

/* What seals the records of one side, from its next record on. */
struct sealer {
    unsigned char mac_key[MAC], key[KEY];
    uint64_t sequence;
};

/* RFC 5246, 6.3. */
static struct sealer sealer_of(SSL *ssl, int side, uint64_t sequence)
{
    struct sealer sealer = {.sequence = sequence};
    unsigned char master[48], randoms[64], block[2 * (MAC + KEY)];
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SECRET, master, sizeof(master)),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SEED, (char *)"key expansion", 13),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SEED, randoms, sizeof(randoms)),
        OSSL_PARAM_END,
    };

    CHECK_EQ(SSL_SESSION_get_master_key(SSL_get0_session(ssl), master, sizeof(master)), sizeof(master));
    CHECK_EQ(SSL_get_server_random(ssl, randoms, 32), 32);
    CHECK_EQ(SSL_get_client_random(ssl, randoms + 32, 32), 32);
    CHECK_EQ(EVP_KDF_derive(context, block, sizeof(block), parameters), 1);
    memcpy(sealer.mac_key, block + side * MAC, MAC);
    memcpy(sealer.key, block + 2 * MAC + side * KEY, KEY);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return sealer;
}

enum fault { NONE, WRONG_MAC, WRONG_PADDING, WRONG_LENGTH_OF_PADDING, BOTH_WRONG, FAULTS };

/* Sends an empty record of application data. */
static void send_empty(struct pair *pair, int to, struct sealer *sealer, enum fault fault)
{
    unsigned char covered[13] = {0}, record[5 + SEALED] = {SSL3_RT_APPLICATION_DATA, 3, 3, 0, SEALED}, plain[32];
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int length;

    for (int i = 0; i < 8; i++)
        covered[i] = (unsigned char)(sealer->sequence >> (56 - 8 * i));
    sealer->sequence++;
    covered[8] = SSL3_RT_APPLICATION_DATA, covered[9] = covered[10] = 3;
    CHECK(HMAC(EVP_sha1(), sealer->mac_key, MAC, covered, sizeof(covered), plain, NULL) != NULL);
    memset(plain + MAC, 32 - MAC - 1, 32 - MAC);
    if (fault == WRONG_MAC || fault == BOTH_WRONG)
        plain[3] ^= 1;
    if (fault == WRONG_PADDING || fault == BOTH_WRONG)
        plain[MAC + 2] ^= 1;
    if (fault == WRONG_LENGTH_OF_PADDING)
        memset(plain + MAC, 200, 32 - MAC);
    CHECK_EQ(EVP_EncryptInit_ex(cipher, EVP_aes_128_cbc(), NULL, sealer->key, record + 5), 1);
    EVP_CIPHER_CTX_set_padding(cipher, 0);
    CHECK_EQ(EVP_EncryptUpdate(cipher, record + 5 + BLOCK, &length, plain, sizeof(plain)), 1);
    CHECK_EQ(length, 32);
    queue_add(&pair->queue[to], record, sizeof(record));
    EVP_CIPHER_CTX_free(cipher);
}

static struct pair *cbc_pair(void)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-SHA"));
    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_ENCRYPT_THEN_MAC);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    return pair;
}

/* CVE-2016-6305: empty records are no end and no reason to go on forever; what is behind them is read. */
TEST(cve_2016_6305_peek_at_empty_records)
{
    static int (*const reads[])(SSL *, void *, int) = {SSL_peek, SSL_read};

    for (int i = 0; i < 2 * 2; i++) {
        int server = i / 2;
        struct pair *pair = cbc_pair();
        SSL *self = pair->ssl[server];
        struct sealer sealer = sealer_of(self, !server, 1);
        char received[8];

        for (int count = 0; count < 20; count++)
            send_empty(pair, server, &sealer, NONE);
        for (int times = 0; times < 3; times++)
            CHECK_WANTS(self, reads[i % 2](self, received, sizeof(received)), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_pending(self), 0);
        send_empty(pair, server, &sealer, NONE);
        CHECK_EQ(SSL_has_pending(self), 0);
        CHECK_WANTS(self, reads[i % 2](self, received, sizeof(received)), SSL_ERROR_WANT_READ);
        /* Too many in a row. */
        for (int count = 0; count < 100; count++)
            send_empty(pair, server, &sealer, NONE);
        CHECK_FAILS(self, reads[i % 2](self, received, sizeof(received)), SSL_R_RECORD_TOO_SMALL);
        pair_free(pair);
    }
}

/* What a program, and the peer, see of a record that is refused. */
struct view {
    int ret[6], error[6], shutdown;
    unsigned long queue[6];
    unsigned more[6];
    size_t sent[6];
};

static void look(struct pair *pair, int side, struct view *view, int call, int ret)
{
    view->ret[call] = ret;
    view->error[call] = SSL_get_error(pair->ssl[side], ret);
    view->queue[call] = ERR_get_error();
    while (ERR_get_error() != 0)
        view->more[call]++;
    view->sent[call] = queue_length(&pair->queue[!side]);
}

/* CVE-2019-1559: nothing tells a wrong MAC from wrong padding, whatever the program calls then. */
TEST(cve_2019_1559_empty_records_that_are_wrong)
{
    for (int i = 0; i < 2 * 3; i++) {
        int server = i % 2, start = i / 2;
        struct view views[FAULTS] = {0};

        for (enum fault fault = WRONG_MAC; fault < FAULTS; fault++) {
            struct pair *pair = cbc_pair();
            SSL *self = pair->ssl[server];
            struct sealer sealer = sealer_of(self, !server, 1);
            struct view *view = &views[fault];
            char received[8];

            send_empty(pair, server, &sealer, fault);
            if (start == 0)
                look(pair, server, view, 0, SSL_read(self, received, sizeof(received)));
            else if (start == 1)
                look(pair, server, view, 0, SSL_peek(self, received, 0));
            look(pair, server, view, 1, SSL_shutdown(self));
            look(pair, server, view, 2, SSL_shutdown(self));
            look(pair, server, view, 3, SSL_read(self, received, sizeof(received)));
            look(pair, server, view, 4, SSL_write(self, "x", 1));
            look(pair, server, view, 5, SSL_shutdown(self));
            view->shutdown = SSL_get_shutdown(self);
            pair_free(pair);
            CHECK_MEM(view, &views[WRONG_MAC], sizeof(*view));
        }
    }
}
