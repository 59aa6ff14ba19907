/*
 * Bad input to the key exchanges of TLS 1.2: what a ServerKeyExchange or a ClientKeyExchange may not say, and where
 * they may not be missing or present. The alert and the reason are those of the system's library.
 */
#include "support.h"

#include <openssl/rsa.h>

enum { SERVER_KEY_EXCHANGE = 12, SERVER_HELLO_DONE = 14, CLIENT_KEY_EXCHANGE = 16 };

/* A handshake message of `side`'s queue, in a record alone; NULL if there is none. */
static unsigned char *find_message(struct pair *pair, int side, int type)
{
    struct queue *queue = &pair->queue[side];

    for (size_t at = queue->start; at + 9 <= queue->end;) {
        if (queue->bytes[at] == SSL3_RT_HANDSHAKE && queue->bytes[at + 5] == type)
            return queue->bytes + at;
        at += 5 + (size_t)(queue->bytes[at + 3] << 8 | queue->bytes[at + 4]);
    }
    return NULL;
}

/* Puts `length` bytes in place of the body of a message; none at all for a negative length. */
static void replace_body(struct pair *pair, int side, int type, const unsigned char *body, int length)
{
    struct queue *queue = &pair->queue[side];
    unsigned char *record = find_message(pair, side, type), *rest;
    size_t before, old_length, rest_length;

    CHECK(record != NULL);
    before = (size_t)(record - (queue->bytes + queue->start));
    old_length = 5 + (size_t)(record[3] << 8 | record[4]);
    rest_length = queue_length(queue) - before - old_length;
    rest = malloc(rest_length + 1);
    CHECK(rest != NULL);
    memcpy(rest, record + old_length, rest_length);
    queue->end = queue->start + before;
    if (length >= 0) {
        unsigned char header[9] = {SSL3_RT_HANDSHAKE,
                                   3,
                                   3,
                                   (unsigned char)((length + 4) >> 8),
                                   (unsigned char)(length + 4),
                                   (unsigned char)type,
                                   0,
                                   (unsigned char)(length >> 8),
                                   (unsigned char)length};
        queue_add(queue, header, 9);
        queue_add(queue, body, (size_t)length);
    }
    queue_add(queue, rest, rest_length);
    free(rest);
}

/* A body that is being made. */
struct body {
    unsigned char bytes[16384];
    int length;
};

static void add(struct body *body, const void *bytes, int length)
{
    CHECK(body->length + length <= (int)sizeof(body->bytes));
    memcpy(body->bytes + body->length, bytes, (size_t)length);
    body->length += length;
}

static void add_number(struct body *body, const unsigned char *bytes, int length)
{
    unsigned char header[2] = {(unsigned char)(length >> 8), (unsigned char)length};

    add(body, header, 2);
    add(body, bytes, length);
}

/* The i-th number of a ServerKeyExchange with prime, generator and public key. */
static int number_at(const struct body *body, int i, const unsigned char **number)
{
    int at = 0;

    for (;; i--) {
        int length = body->bytes[at] << 8 | body->bytes[at + 1];

        *number = body->bytes + at + 2;
        if (i == 0)
            return length;
        at += 2 + length;
    }
}

/* Puts a number in place of the i-th. */
static void set_number(struct body *body, int i, const unsigned char *bytes, int length)
{
    static struct body made;
    const unsigned char *number;

    made.length = 0;
    for (int j = 0; j < 3; j++) {
        int number_length = number_at(body, j, &number);

        if (j == i)
            add_number(&made, bytes, length);
        else
            add_number(&made, number, number_length);
        number += number_length;
    }
    /* What follows is the signature. */
    add(&made, number, (int)(body->bytes + body->length - number));
    *body = made;
}

/* What is done to a body. */
enum change {
    DROP,
    EMPTY,
    CUT,
    LONGER,
    BYTE_FIRST,
    BYTE_LAST,
    P_EMPTY,
    P_ZERO,
    P_ONE,
    P_EVEN,
    P_512,
    P_768,
    P_1024,
    P_HUGE,
    G_EMPTY,
    G_ZERO,
    G_ONE,
    Y_EMPTY,
    Y_ZERO,
    Y_ONE,
    Y_LAST,
    Y_P,
    GROUP_UNOFFERED,
    GROUP_UNKNOWN,
    CURVE_EXPLICIT,
    POINT_EMPTY,
    POINT_SHORT,
    POINT_OFF,
    POINT_COMPRESSED,
    POINT_INFINITY,
    LENGTH_ZERO,
    LENGTH_SHORT,
    LENGTH_LONG,
};

static void change_body(struct body *body, enum change change)
{
    static const unsigned char zero[1] = {0}, one[1] = {1}, infinity[1] = {0};
    const unsigned char *p;
    int length;
    unsigned char big[4096];

    memset(big, 0xff, sizeof(big));
    switch (change) {
    case DROP: body->length = -1; break;
    case EMPTY: body->length = 0; break;
    case CUT: body->length--; break;
    case LONGER: add(body, zero, 1); break;
    case BYTE_FIRST: body->bytes[0] ^= 1; break;
    case BYTE_LAST: body->bytes[body->length - 1] ^= 1; break;
    case P_EMPTY: set_number(body, 0, zero, 0); break;
    case P_ZERO: set_number(body, 0, zero, 1); break;
    case P_ONE: set_number(body, 0, one, 1); break;
    case P_EVEN:
        length = number_at(body, 0, &p);
        memcpy(big, p, (size_t)length);
        big[length - 1] ^= 1;
        set_number(body, 0, big, length);
        break;
    case P_512: set_number(body, 0, big, 64); break;
    case P_768: set_number(body, 0, big, 96); break;
    case P_1024: set_number(body, 0, big, 128); break;
    case P_HUGE: set_number(body, 0, big, 2048); break;
    case G_EMPTY: set_number(body, 1, zero, 0); break;
    case G_ZERO: set_number(body, 1, zero, 1); break;
    case G_ONE: set_number(body, 1, one, 1); break;
    case Y_EMPTY: set_number(body, 2, zero, 0); break;
    case Y_ZERO: set_number(body, 2, zero, 1); break;
    case Y_ONE: set_number(body, 2, one, 1); break;
    case Y_LAST:
    case Y_P:
        length = number_at(body, 0, &p);
        memcpy(big, p, (size_t)length);
        if (change == Y_LAST)
            big[length - 1] ^= 1;
        set_number(body, 2, big, length);
        break;
    case GROUP_UNOFFERED: body->bytes[2] = 25; break;
    case GROUP_UNKNOWN: body->bytes[1] = 0xfa; break;
    case CURVE_EXPLICIT: body->bytes[0] = 1; break;
    case POINT_EMPTY:
        memmove(body->bytes + 4, body->bytes + 69, (size_t)body->length - 69);
        body->bytes[3] = 0;
        body->length -= 65;
        break;
    case POINT_SHORT:
        memmove(body->bytes + 68, body->bytes + 69, (size_t)body->length - 69);
        body->bytes[3] = 64;
        body->length -= 1;
        break;
    case POINT_OFF: body->bytes[68] ^= 1; break;
    case POINT_COMPRESSED: body->bytes[4] = 2; break;
    case POINT_INFINITY:
        memmove(body->bytes + 5, body->bytes + 69, (size_t)body->length - 69);
        body->bytes[3] = 1;
        body->bytes[4] = infinity[0];
        body->length -= 64;
        break;
    case LENGTH_ZERO:
        body->bytes[0] = body->bytes[1] = 0;
        body->length = 2;
        break;
    case LENGTH_SHORT: body->bytes[1]--; break;
    case LENGTH_LONG: body->bytes[1]++; break;
    }
}

struct bad_input {
    const char *suite;
    int side; /* who reads it */
    enum change change;
    int level;
    int reason, alert_reason; /* what that side says, and what the other hears */
};

static void try_bad_input(const struct bad_input *bad)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];
    struct body body = {.length = 0};
    int type = bad->side == CLIENT ? SERVER_KEY_EXCHANGE : CLIENT_KEY_EXCHANGE;
    unsigned char *record;

    use_identity(pair->ctx[SERVER], "rsa");
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_security_level(pair->ctx[side], side == bad->side ? bad->level : 0);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], bad->suite));
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[side], "P-256"));
    }
    SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
    pair_over_wire(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    if (bad->side == SERVER)
        CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    record = find_message(pair, bad->side, type);
    CHECK(record != NULL);
    add(&body, record + 9, (record[3] << 8 | record[4]) - 4);
    change_body(&body, bad->change);
    replace_body(pair, bad->side, type, body.bytes, body.length);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[bad->side], bad->reason);
    CHECK_OUTCOME(outcome[!bad->side], bad->alert_reason);
    pair_free(pair);
}

#define DHE "DHE-RSA-AES128-GCM-SHA256"
#define ADH "ADH-AES128-GCM-SHA256"
#define ECDHE "ECDHE-RSA-AES128-GCM-SHA256"
#define RSA_ALONE "AES128-GCM-SHA256"

TEST(server_key_exchange_is_checked)
{
    static const struct bad_input inputs[] = {
        {DHE, CLIENT, DROP, 0, SSL_R_UNEXPECTED_MESSAGE, SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE},
        {DHE, CLIENT, EMPTY, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, CLIENT, CUT, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, CLIENT, LONGER, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, CLIENT, BYTE_FIRST, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, CLIENT, BYTE_LAST, 0, SSL_R_BAD_SIGNATURE, SSL_R_TLSV1_ALERT_DECRYPT_ERROR},
        {DHE, CLIENT, P_EMPTY, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, P_ZERO, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, P_ONE, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, P_EVEN, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, P_512, 2, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, P_768, 2, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, P_1024, 2, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, P_HUGE, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, G_EMPTY, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, G_ZERO, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, G_ONE, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, Y_EMPTY, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, Y_ZERO, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, Y_ONE, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, Y_LAST, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {DHE, CLIENT, Y_P, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, DROP, 0, SSL_R_UNEXPECTED_MESSAGE, SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE},
        {ADH, CLIENT, EMPTY, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, CLIENT, CUT, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, CLIENT, LONGER, 0, SSL_R_EXTRA_DATA_IN_MESSAGE, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, CLIENT, BYTE_FIRST, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, CLIENT, P_EMPTY, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, P_ZERO, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, P_ONE, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, P_EVEN, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, P_512, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, P_768, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, P_HUGE, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, G_EMPTY, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, G_ZERO, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, G_ONE, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, Y_EMPTY, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, Y_ZERO, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, Y_ONE, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, Y_LAST, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ADH, CLIENT, Y_P, 0, SSL_R_BAD_DH_VALUE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, CLIENT, DROP, 0, SSL_R_UNEXPECTED_MESSAGE, SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE},
        {ECDHE, CLIENT, EMPTY, 0, SSL_R_LENGTH_TOO_SHORT, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ECDHE, CLIENT, CUT, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ECDHE, CLIENT, LONGER, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ECDHE, CLIENT, BYTE_FIRST, 0, SSL_R_WRONG_CURVE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, CLIENT, BYTE_LAST, 0, SSL_R_BAD_SIGNATURE, SSL_R_TLSV1_ALERT_DECRYPT_ERROR},
        {ECDHE, CLIENT, GROUP_UNOFFERED, 0, SSL_R_WRONG_CURVE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, CLIENT, GROUP_UNKNOWN, 0, SSL_R_WRONG_CURVE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, CLIENT, CURVE_EXPLICIT, 0, SSL_R_WRONG_CURVE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, CLIENT, POINT_EMPTY, 0, SSL_R_BAD_ECPOINT, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, CLIENT, POINT_SHORT, 0, SSL_R_BAD_ECPOINT, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, CLIENT, POINT_OFF, 0, SSL_R_BAD_ECPOINT, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, CLIENT, POINT_COMPRESSED, 0, SSL_R_BAD_ECPOINT, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
    };

    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
        try_bad_input(&inputs[i]);
}

TEST(client_key_exchange_is_checked)
{
    static const struct bad_input inputs[] = {
        {DHE, SERVER, DROP, 0, SSL_R_UNEXPECTED_MESSAGE, SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE},
        {DHE, SERVER, EMPTY, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, SERVER, CUT, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, SERVER, LONGER, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, SERVER, BYTE_FIRST, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, SERVER, LENGTH_ZERO, 0, SSL_R_MISSING_TMP_DH_KEY, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, SERVER, LENGTH_SHORT, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {DHE, SERVER, LENGTH_LONG, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, SERVER, DROP, 0, SSL_R_UNEXPECTED_MESSAGE, SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE},
        {ADH, SERVER, EMPTY, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, SERVER, CUT, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, SERVER, LONGER, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, SERVER, BYTE_FIRST, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, SERVER, LENGTH_ZERO, 0, SSL_R_MISSING_TMP_DH_KEY, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, SERVER, LENGTH_SHORT, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ADH, SERVER, LENGTH_LONG, 0, SSL_R_DH_PUBLIC_VALUE_LENGTH_IS_WRONG, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ECDHE, SERVER, DROP, 0, SSL_R_UNEXPECTED_MESSAGE, SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE},
        {ECDHE, SERVER, EMPTY, 0, SSL_R_MISSING_TMP_ECDH_KEY, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE},
        {ECDHE, SERVER, CUT, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ECDHE, SERVER, LONGER, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ECDHE, SERVER, BYTE_FIRST, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ECDHE, SERVER, BYTE_LAST, 0, SSL_R_BAD_KEY_SHARE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, SERVER, LENGTH_ZERO, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {ECDHE, SERVER, LENGTH_SHORT, 0, SSL_R_BAD_KEY_SHARE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {ECDHE, SERVER, LENGTH_LONG, 0, SSL_R_BAD_KEY_SHARE, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER},
        {RSA_ALONE, SERVER, DROP, 0, SSL_R_UNEXPECTED_MESSAGE, SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE},
        {RSA_ALONE, SERVER, EMPTY, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {RSA_ALONE, SERVER, CUT, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {RSA_ALONE, SERVER, LONGER, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {RSA_ALONE, SERVER, BYTE_FIRST, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {RSA_ALONE, SERVER, BYTE_LAST, 0, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_SSLV3_ALERT_BAD_RECORD_MAC},
        {RSA_ALONE, SERVER, LENGTH_ZERO, 0, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_SSLV3_ALERT_BAD_RECORD_MAC},
        {RSA_ALONE, SERVER, LENGTH_SHORT, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
        {RSA_ALONE, SERVER, LENGTH_LONG, 0, SSL_R_LENGTH_MISMATCH, SSL_R_TLSV1_ALERT_DECODE_ERROR},
    };

    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
        try_bad_input(&inputs[i]);
}

/* CVE-2015-0204 (FREAK): with RSA alone no ServerKeyExchange comes. */
TEST(server_key_exchange_beside_rsa_is_unexpected)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];
    unsigned char message[64] = {0, 1, 3, 0, 1, 3}, *done;
    struct queue *queue;
    unsigned char rest[9];

    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], RSA_ALONE));
    pair_over_wire(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK(find_message(pair, CLIENT, SERVER_KEY_EXCHANGE) == NULL);
    /* ServerHelloDone becomes a ServerKeyExchange, and comes once more behind it. */
    queue = &pair->queue[CLIENT];
    done = find_message(pair, CLIENT, SERVER_HELLO_DONE);
    CHECK(done != NULL);
    memcpy(rest, done, 9);
    done[5] = SERVER_KEY_EXCHANGE;
    replace_body(pair, CLIENT, SERVER_KEY_EXCHANGE, message, 6);
    queue_add(queue, rest, 9);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_UNEXPECTED_MESSAGE);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE);
    pair_free(pair);
}

/* RFC 5246 7.4.7.1: nothing tells a wrong padding, a wrong version and a wrong secret apart. */
TEST(rsa_premaster_that_is_none_fails_as_late_as_a_wrong_one)
{
    EVP_PKEY *key = load_key("rsa");
    unsigned char secret[256], encrypted[258];

    for (int kind = 0; kind < 6; kind++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        struct outcome outcome[2];
        EVP_PKEY_CTX *operation = EVP_PKEY_CTX_new(key, NULL);
        size_t length = 256;

        memset(secret, 7, sizeof(secret));
        secret[0] = 0;
        secret[1] = kind == 1 ? 1 : 2;                   /* a block of the wrong type */
        secret[207] = kind == 2 ? 7 : 0;                 /* no zero before the secret */
        secret[100] = kind == 3 ? 0 : 7;                 /* a secret that is too long */
        secret[208] = 3, secret[209] = kind == 4 ? 1 : 3; /* a wrong version */
        if (kind == 5)
            secret[2] = 0;                                /* a zero in the padding */
        CHECK_OK(EVP_PKEY_encrypt_init(operation));
        CHECK_OK(EVP_PKEY_CTX_set_rsa_padding(operation, RSA_NO_PADDING));
        CHECK_OK(EVP_PKEY_encrypt(operation, encrypted + 2, &length, secret, 256));
        encrypted[0] = 1, encrypted[1] = 0;
        use_identity(pair->ctx[SERVER], "rsa");
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], RSA_ALONE));
        pair_over_wire(pair);
        CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
        CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
        CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
        replace_body(pair, SERVER, CLIENT_KEY_EXCHANGE, encrypted, 258);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
        EVP_PKEY_CTX_free(operation);
        pair_free(pair);
    }
    EVP_PKEY_free(key);
}
