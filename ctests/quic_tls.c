/*
 * SSL_set_quic_tls_cbs(3), of OpenSSL 3.5: handshakes of TLS 1.3 for a QUIC stack of the program's own (RFC 9001), between
 * two connections in memory. What either sends and every secret is compared with the other's.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "later.h"

#include <stdarg.h>

#include "support.h"

/* The functions of <openssl/core_dispatch.h> and the levels of <openssl/ssl.h>. */
enum { CRYPTO_SEND = 2001, CRYPTO_RECEIVE, CRYPTO_RELEASE, YIELD_SECRET, GOT_PARAMETERS, ALERT };
enum { INITIAL, EARLY, HANDSHAKE, APPLICATION, LEVELS };
enum { READ, WRITE };

LATER("3.5", int, SSL_set_quic_tls_cbs, SSL *, const OSSL_DISPATCH *, void *)
LATER("3.5", int, SSL_set_quic_tls_transport_params, SSL *, const unsigned char *, size_t)
LATER("3.5", int, SSL_set_quic_tls_early_data_enabled, SSL *, int)

struct secret {
    unsigned char bytes[64];
    size_t length;
};

/* One end: what came for each level, and what its callbacks saw. */
struct end {
    struct end *peer;
    SSL *ssl;
    struct queue in[LEVELS];
    int level[2]; /* that is read, and that is written */
    struct secret secrets[LEVELS][2];
    unsigned char parameters[64];
    size_t parameters_length;
    int alert, alerts;
    size_t lent; /* what was received and not released */
    /* what the test wants */
    const char *own_parameters; /* set in the callback */
    size_t send_at_most, receive_at_most;
    int fail; /* the callback that fails, by its number */
    int reenter; /* the callback that calls the library, by its number */
    int depth; /* of callbacks that hand something out */
    char trace[4096];
    struct queue sent; /* all that it sent */
};

static void note(struct end *end, const char *format, ...)
{
    size_t length = strlen(end->trace);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(end->trace + length, sizeof(end->trace) - length, format, arguments);
    va_end(arguments);
}

/* Goes on with the handshake inside of a callback. */
static void reenter(struct end *end, int callback)
{
    char byte;

    CHECK_EQ(end->depth, 0); /* nothing is handed out before the last thing was taken */
    end->depth++;
    if (end->reenter == callback) {
        CHECK(SSL_do_handshake(end->ssl) <= 0 || SSL_is_init_finished(end->ssl));
        CHECK(SSL_read(end->ssl, &byte, 1) <= 0);
        CHECK_NO_ERRORS();
    }
    end->depth--;
}

static int on_send(SSL *ssl, const unsigned char *bytes, size_t length, size_t *consumed, void *argument)
{
    struct end *end = argument;

    CHECK(ssl == end->ssl);
    CHECK(length > 0);
    if (end->fail == CRYPTO_SEND)
        return 0;
    reenter(end, CRYPTO_SEND);
    if (length > end->send_at_most)
        length = end->send_at_most;
    queue_add(&end->peer->in[end->level[WRITE]], bytes, length);
    queue_add(&end->sent, bytes, length);
    *consumed = length;
    return 1;
}

static int on_receive(SSL *ssl, const unsigned char **bytes, size_t *length, void *argument)
{
    struct end *end = argument;
    struct queue *queue = &end->in[end->level[READ]];

    CHECK(ssl == end->ssl);
    CHECK_EQ(end->lent, 0);
    if (end->fail == CRYPTO_RECEIVE)
        return 0;
    reenter(end, CRYPTO_RECEIVE);
    end->lent = queue_length(queue);
    if (end->lent > end->receive_at_most)
        end->lent = end->receive_at_most;
    *length = end->lent;
    *bytes = queue->bytes + queue->start;
    return 1;
}

static int on_release(SSL *ssl, size_t length, void *argument)
{
    struct end *end = argument;

    CHECK(ssl == end->ssl);
    CHECK(length == end->lent || end->alerts > 0);
    end->lent = 0;
    if (end->fail == CRYPTO_RELEASE)
        return 0;
    queue_drop(&end->in[end->level[READ]], length);
    return end->fail != CRYPTO_RELEASE;
}

static int on_secret(SSL *ssl, uint32_t level, int direction, const unsigned char *bytes, size_t length,
                     void *argument)
{
    struct end *end = argument;
    struct secret *secret;

    CHECK(ssl == end->ssl);
    CHECK(level < LEVELS && level != INITIAL && (direction == READ || direction == WRITE));
    CHECK(length == 32 || length == 48);
    secret = &end->secrets[level][direction];
    CHECK_EQ(secret->length, 0);
    reenter(end, YIELD_SECRET);
    memcpy(secret->bytes, bytes, length);
    secret->length = length;
    end->level[direction] = level;
    note(end, " %c%c", direction == READ ? 'r' : 'w', "?EHA"[level]);
    return end->fail != YIELD_SECRET;
}

static int on_parameters(SSL *ssl, const unsigned char *bytes, size_t length, void *argument)
{
    struct end *end = argument;

    CHECK(ssl == end->ssl);
    CHECK(length <= sizeof(end->parameters));
    memcpy(end->parameters, bytes, length);
    end->parameters_length = length;
    note(end, " p");
    if (end->own_parameters != NULL)
        CHECK_EQ(later_SSL_set_quic_tls_transport_params(ssl, (const unsigned char *)end->own_parameters,
                                                         strlen(end->own_parameters)),
                 1);
    return end->fail != GOT_PARAMETERS;
}

static int on_alert(SSL *ssl, unsigned char code, void *argument)
{
    struct end *end = argument;

    CHECK(ssl == end->ssl);
    end->alert = code;
    end->alerts++;
    note(end, " a%d", code);
    return end->fail != ALERT;
}

static const OSSL_DISPATCH callbacks[] = {
    {CRYPTO_SEND, (void (*)(void))on_send},
    {CRYPTO_RECEIVE, (void (*)(void))on_receive},
    {CRYPTO_RELEASE, (void (*)(void))on_release},
    {YIELD_SECRET, (void (*)(void))on_secret},
    {GOT_PARAMETERS, (void (*)(void))on_parameters},
    {ALERT, (void (*)(void))on_alert},
    {0, NULL},
};

static const unsigned char protocols[] = {2, 'h', '3'};

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                   unsigned int in_length, void *argument)
{
    (void)ssl;
    (void)argument;
    return SSL_select_next_proto((unsigned char **)out, length, protocols, sizeof(protocols), in, in_length) ==
                   OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static struct pair *pair;
static struct end ends[2];

static void make_contexts(void)
{
    pair = pair_contexts(TLS1_3_VERSION);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], on_alpn, NULL);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], protocols, sizeof(protocols)), 0);
}

static void connect_ends(void)
{
    ERR_clear_error();
    for (int side = CLIENT; side <= SERVER; side++) {
        free(ends[side].sent.bytes);
        for (int level = 0; level < LEVELS; level++)
            free(ends[side].in[level].bytes);
    }
    memset(ends, 0, sizeof(ends));
    for (int side = CLIENT; side <= SERVER; side++) {
        struct end *end = &ends[side];

        end->peer = &ends[!side];
        end->send_at_most = end->receive_at_most = SIZE_MAX;
        end->alert = -1;
        end->ssl = pair->ssl[side] = SSL_new(pair->ctx[side]);
        CHECK_OK(later_SSL_set_quic_tls_cbs(end->ssl, callbacks, end));
        if (side == CLIENT)
            SSL_set_connect_state(end->ssl);
        else
            SSL_set_accept_state(end->ssl);
    }
    CHECK_OK(later_SSL_set_quic_tls_transport_params(ends[CLIENT].ssl, (const unsigned char *)"of client", 9));
    CHECK_OK(later_SSL_set_quic_tls_transport_params(ends[SERVER].ssl, (const unsigned char *)"of server", 9));
}

/* The answers of both sides' last calls. */
static int result[2], error[2];

static void try_handshake(void)
{
    int quiet = 0;
    size_t before = 0;

    while (quiet < 3) {
        for (int side = CLIENT; side <= SERVER; side++) {
            result[side] = SSL_do_handshake(ends[side].ssl);
            error[side] = SSL_get_error(ends[side].ssl, result[side]);
            if (error[side] == SSL_ERROR_SSL)
                return;
        }
        if (result[CLIENT] == 1 && result[SERVER] == 1)
            return;
        quiet = before == queue_length(&ends[CLIENT].sent) + queue_length(&ends[SERVER].sent) ? quiet + 1 : 0;
        before = queue_length(&ends[CLIENT].sent) + queue_length(&ends[SERVER].sent);
    }
}

static void handshake(void)
{
    try_handshake();
    CHECK_EQ(result[CLIENT], 1);
    CHECK_EQ(result[SERVER], 1);
    CHECK_NO_ERRORS();
}

/* What is there after the handshake (tickets) is dealt with by a read of nothing. */
static void settle(void)
{
    char byte;

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_WANTS(ends[side].ssl, SSL_read(ends[side].ssl, &byte, 1), SSL_ERROR_WANT_READ);
}

static void check_same_secrets(int level)
{
    for (int direction = READ; direction <= WRITE; direction++) {
        struct secret *ours = &ends[CLIENT].secrets[level][direction];
        struct secret *theirs = &ends[SERVER].secrets[level][!direction];

        CHECK_EQ(ours->length, theirs->length);
        CHECK_MEM(ours->bytes, theirs->bytes, ours->length);
    }
}

static void disconnect(void)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_set_shutdown(ends[side].ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(ends[side].ssl);
        pair->ssl[side] = NULL;
    }
}


/* The lines of the key log: both sides log the same. */
static char logged[2][16][256];
static int log_lines[2];

static void on_key_log(const SSL *ssl, const char *line)
{
    int side = ssl == ends[SERVER].ssl;

    CHECK(log_lines[side] < 16 && strlen(line) < 256);
    strcpy(logged[side][log_lines[side]++], line);
}

/* The secret of this label as the key log has it is the one that the side was given. */
static void check_logged(int side, const char *label, const struct secret *secret)
{
    for (int i = 0; i < log_lines[side]; i++) {
        const char *digits = strrchr(logged[side][i], ' ') + 1;

        if (strncmp(logged[side][i], label, strlen(label)) != 0 || logged[side][i][strlen(label)] != ' ')
            continue;
        CHECK_EQ(strlen(digits), 2 * secret->length);
        for (size_t at = 0; at < secret->length; at++) {
            char expected[3];

            snprintf(expected, sizeof(expected), "%02x", secret->bytes[at]);
            CHECK_MEM(digits + 2 * at, expected, 2);
        }
        return;
    }
    test_fail(__FILE__, __LINE__, "no %s in the key log", label);
}

/* Finds an extension of a ClientHello; its length, or -1. */
static int extension_length(const unsigned char *hello, size_t length, int type)
{
    size_t at = 4 + 2 + 32;

    at += 1 + hello[at];
    at += 2 + (hello[at] << 8 | hello[at + 1]);
    at += 1 + hello[at];
    for (at += 2; at + 4 <= length; at += 4 + (hello[at + 2] << 8 | hello[at + 3])) {
        if ((hello[at] << 8 | hello[at + 1]) == type)
            return hello[at + 2] << 8 | hello[at + 3];
    }
    return -1;
}

/* How many messages of this type a side sent. */
static int sent_messages(const struct end *end, int type)
{
    const unsigned char *bytes = end->sent.bytes + end->sent.start;
    size_t length = queue_length(&end->sent);
    int count = 0;

    for (size_t at = 0; at + 4 <= length; at += 4 + (bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]))
        count += bytes[at] == type;
    return count;
}

/* "The secret itself will be in the buffer pointed to by secret", "CRYPTO data should be sent using the most recent write
 * encryption level" */
TEST(handshake_gives_both_sides_the_same_secrets)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    SSL_CTX_set_keylog_callback(pair->ctx[CLIENT], on_key_log);
    SSL_CTX_set_keylog_callback(pair->ctx[SERVER], on_key_log);
    connect_ends();
    handshake();
    for (int level = HANDSHAKE; level <= APPLICATION; level++) {
        check_same_secrets(level);
        CHECK(ends[CLIENT].secrets[level][READ].length > 0);
        CHECK(memcmp(ends[CLIENT].secrets[level][READ].bytes, ends[CLIENT].secrets[level][WRITE].bytes, 32) != 0);
    }
    CHECK_EQ(ends[CLIENT].secrets[EARLY][WRITE].length, 0);
    for (int side = CLIENT; side <= SERVER; side++) {
        check_logged(side, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", &ends[CLIENT].secrets[HANDSHAKE][WRITE]);
        check_logged(side, "SERVER_HANDSHAKE_TRAFFIC_SECRET", &ends[CLIENT].secrets[HANDSHAKE][READ]);
        check_logged(side, "CLIENT_TRAFFIC_SECRET_0", &ends[CLIENT].secrets[APPLICATION][WRITE]);
        check_logged(side, "SERVER_TRAFFIC_SECRET_0", &ends[CLIENT].secrets[APPLICATION][READ]);
        CHECK_EQ(ends[side].alerts, 0);
        CHECK(SSL_is_init_finished(ends[side].ssl));
        CHECK_EQ(SSL_version(ends[side].ssl), TLS1_3_VERSION);
    }
    CHECK_EQ(SSL_get_verify_result(ends[CLIENT].ssl), X509_V_OK);
    /* The server's parameters, shown and secrets, in OpenSSL's order. */
    CHECK_STR(ends[SERVER].trace, " p wH rH wA rA");
    disconnect();
    pair_free(pair);
}

/* "switch off the SSL_OP_ENABLE_MIDDLEBOX_COMPAT option", "the minimum TLS protocol version will be set to TLS1_3_VERSION" */
TEST(hello_has_parameters_and_nothing_for_middleboxes)
{
    unsigned char *hello;

    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    connect_ends();
    CHECK_EQ(SSL_get_min_proto_version(ends[CLIENT].ssl), TLS1_3_VERSION);
    CHECK_EQ(SSL_get_options(ends[CLIENT].ssl) & SSL_OP_ENABLE_MIDDLEBOX_COMPAT, 0);
    CHECK_WANTS(ends[CLIENT].ssl, SSL_do_handshake(ends[CLIENT].ssl), SSL_ERROR_WANT_READ);
    hello = ends[CLIENT].sent.bytes + ends[CLIENT].sent.start;
    CHECK_EQ(hello[0], 1);
    CHECK_EQ(hello[4 + 2 + 32], 0); /* legacy_session_id */
    CHECK_EQ(extension_length(hello, queue_length(&ends[CLIENT].sent), 57), 9);
    handshake();
    CHECK_EQ(ends[SERVER].parameters_length, 9);
    CHECK_MEM(ends[SERVER].parameters, "of client", 9);
    CHECK_EQ(ends[CLIENT].parameters_length, 9);
    CHECK_MEM(ends[CLIENT].parameters, "of server", 9);
    disconnect();
    pair_free(pair);
}

/* "For a server this might typically occur during the got_transport_params_cb." */
TEST(server_sets_its_parameters_when_it_sees_the_clients)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    connect_ends();
    ends[SERVER].own_parameters = "made to measure";
    handshake();
    CHECK_EQ(ends[CLIENT].parameters_length, strlen(ends[SERVER].own_parameters));
    CHECK_MEM(ends[CLIENT].parameters, ends[SERVER].own_parameters, ends[CLIENT].parameters_length);
    disconnect();
    pair_free(pair);
}

/* "The callback may choose to consume less data than was supplied in the buffer." */
TEST(data_moves_in_small_pieces)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    connect_ends();
    ends[CLIENT].send_at_most = 7;
    ends[SERVER].send_at_most = 100;
    ends[CLIENT].receive_at_most = 33;
    ends[SERVER].receive_at_most = 5;
    handshake();
    check_same_secrets(APPLICATION);
    disconnect();
    connect_ends();
    ends[CLIENT].send_at_most = 0;
    CHECK_WANTS(ends[CLIENT].ssl, SSL_do_handshake(ends[CLIENT].ssl), SSL_ERROR_WANT_WRITE);
    ends[CLIENT].send_at_most = 50;
    handshake();
    disconnect();
    pair_free(pair);
}

/* What is handed out stays in its order whatever a callback calls, and nothing is lent twice. In OpenSSL 3.5 that is an internal
   error. */
TEST(callbacks_that_call_the_library_change_no_order)
{
    NEEDS(SSL_set_quic_tls_cbs);
    if (OpenSSL_version_num() >= 0x30500000) {
        printf("  skipped: this may be OpenSSL's own\n");
        return;
    }
    make_contexts();
    for (int callback = CRYPTO_SEND; callback <= YIELD_SECRET; callback++) {
        /* What was released is the library's to answer. */
        if (callback == CRYPTO_RELEASE)
            continue;
        connect_ends();
        ends[CLIENT].reenter = ends[SERVER].reenter = callback;
        ends[CLIENT].send_at_most = ends[SERVER].send_at_most = 50;
        handshake();
        check_same_secrets(HANDSHAKE);
        check_same_secrets(APPLICATION);
        CHECK_STR(ends[SERVER].trace, " p wH rH wA rA");
        settle();
        disconnect();
    }
    pair_free(pair);
}

static int sign_not_at_all(int length, const unsigned char *from, unsigned char *to, RSA *rsa, int padding)
{
    (void)length;
    (void)from;
    (void)to;
    (void)rsa;
    (void)padding;
    return -1;
}

/* A server whose key does not work is done with ServerHello and Certificate before it knows. OpenSSL 3.5 makes no more while the
 * QUIC stack takes nothing; who did, tells it the alert at once. */
TEST(alert_does_not_wait_for_what_is_not_taken)
{
    RSA_METHOD *method;
    EVP_PKEY *usual, *key;
    RSA *rsa;

    NEEDS(SSL_set_quic_tls_cbs);
    method = RSA_meth_dup(RSA_get_default_method());
    usual = load_key("rsa");
    key = EVP_PKEY_new();
    rsa = RSA_new();
    RSA_meth_set_priv_enc(method, sign_not_at_all);
    RSA_meth_set_flags(method, RSA_METHOD_FLAG_NO_CHECK);
    CHECK_EQ(RSA_set0_key(rsa, BN_dup(RSA_get0_n(EVP_PKEY_get0_RSA(usual))),
                          BN_dup(RSA_get0_e(EVP_PKEY_get0_RSA(usual))), NULL),
             1);
    CHECK_EQ(RSA_set_method(rsa, method), 1);
    CHECK_EQ(EVP_PKEY_assign_RSA(key, rsa), 1);
    make_contexts();
    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], key));
    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "RSA-PSS+SHA256"));
    connect_ends();
    ends[SERVER].send_at_most = 0;
    try_handshake();
    if (error[SERVER] == SSL_ERROR_SSL) {
        CHECK_EQ(ends[SERVER].alerts, 1);
        CHECK_EQ(ends[SERVER].alert, SSL_AD_INTERNAL_ERROR);
        CHECK_EQ(ends[SERVER].secrets[HANDSHAKE][WRITE].length, 0);
    } else {
        CHECK_EQ(error[SERVER], SSL_ERROR_WANT_WRITE);
        CHECK_EQ(ends[SERVER].alerts, 0);
    }
    ERR_clear_error();
    disconnect();
    pair_free(pair);
    EVP_PKEY_free(usual);
    EVP_PKEY_free(key);
    RSA_meth_free(method);
}

/* A HelloRetryRequest changes nothing about it. */
TEST(second_hello_is_sent_at_the_initial_level)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"));
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-384"));
    connect_ends();
    handshake();
    CHECK_EQ(sent_messages(&ends[CLIENT], 1), 2);
    check_same_secrets(HANDSHAKE);
    disconnect();
    pair_free(pair);
}

TEST(client_authenticates_itself)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    use_identity(pair->ctx[CLIENT], "client");
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    connect_ends();
    handshake();
    CHECK(SSL_get0_peer_certificate(ends[SERVER].ssl) != NULL);
    check_same_secrets(APPLICATION);
    disconnect();
    pair_free(pair);
}

static SSL_SESSION *session_with_early_data(void)
{
    SSL_SESSION *session;

    connect_ends();
    CHECK_OK(later_SSL_set_quic_tls_early_data_enabled(ends[SERVER].ssl, 1));
    CHECK_EQ(later_SSL_set_quic_tls_early_data_enabled(ends[CLIENT].ssl, 1), 0); /* without a session */
    ERR_clear_error();
    handshake();
    settle();
    session = SSL_get1_session(ends[CLIENT].ssl);
    CHECK(SSL_SESSION_is_resumable(session));
    /* RFC 9001 section 4.6.1 */
    CHECK_EQ(SSL_SESSION_get_max_early_data(session), 0xffffffff);
    disconnect();
    return session;
}

/* RFC 9001 section 8.3: there is no EndOfEarlyData; section 4.6: early data has keys of its own. */
TEST(early_data_has_its_secret_and_no_end)
{
    SSL_SESSION *session;

    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    session = session_with_early_data();
    connect_ends();
    CHECK_OK(later_SSL_set_quic_tls_early_data_enabled(ends[SERVER].ssl, 1));
    CHECK_OK(SSL_set_session(ends[CLIENT].ssl, session));
    CHECK_OK(later_SSL_set_quic_tls_early_data_enabled(ends[CLIENT].ssl, 1));
    CHECK_WANTS(ends[CLIENT].ssl, SSL_do_handshake(ends[CLIENT].ssl), SSL_ERROR_WANT_READ);
    CHECK_STR(ends[CLIENT].trace, " wE");
    CHECK_WANTS(ends[SERVER].ssl, SSL_do_handshake(ends[SERVER].ssl), SSL_ERROR_WANT_READ);
    CHECK_STR(ends[SERVER].trace, " p rE wH wA rH");
    /* The client's data of the handshake comes at its own level. */
    ends[CLIENT].level[WRITE] = INITIAL;
    handshake();
    CHECK_EQ(SSL_session_reused(ends[CLIENT].ssl), 1);
    for (int level = HANDSHAKE; level <= APPLICATION; level++)
        check_same_secrets(level);
    CHECK(ends[CLIENT].secrets[EARLY][WRITE].length > 0);
    CHECK_MEM(ends[CLIENT].secrets[EARLY][WRITE].bytes, ends[SERVER].secrets[EARLY][READ].bytes,
              ends[CLIENT].secrets[EARLY][WRITE].length);
    CHECK_EQ(ends[SERVER].secrets[EARLY][READ].length, ends[CLIENT].secrets[EARLY][WRITE].length);
    CHECK_EQ(SSL_get_early_data_status(ends[CLIENT].ssl), SSL_EARLY_DATA_ACCEPTED);
    CHECK_EQ(SSL_get_early_data_status(ends[SERVER].ssl), SSL_EARLY_DATA_ACCEPTED);
    CHECK_EQ(sent_messages(&ends[CLIENT], 5), 0);
    CHECK_EQ(sent_messages(&ends[CLIENT], 20), 1);
    SSL_SESSION_free(session);
    disconnect();
    pair_free(pair);
}

TEST(early_data_is_rejected_by_a_server_without_it)
{
    SSL_SESSION *session;

    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    session = session_with_early_data();
    connect_ends();
    CHECK_OK(SSL_set_session(ends[CLIENT].ssl, session));
    CHECK_OK(later_SSL_set_quic_tls_early_data_enabled(ends[CLIENT].ssl, 1));
    handshake();
    CHECK_EQ(SSL_get_early_data_status(ends[CLIENT].ssl), SSL_EARLY_DATA_REJECTED);
    CHECK_EQ(ends[SERVER].secrets[EARLY][READ].length, 0);
    check_same_secrets(APPLICATION);
    SSL_SESSION_free(session);
    disconnect();
    pair_free(pair);
}

/* "Once the SSL handshake is complete, the QUIC stack must arrange to call one of the SSL_read() variants whenever a
 * post-handshake CRYPTO frame is received. The number of bytes requested may be zero." */
TEST(tickets_come_by_reading)
{
    SSL_SESSION *session;
    size_t count;

    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    connect_ends();
    handshake();
    CHECK(queue_length(&ends[CLIENT].in[APPLICATION]) > 0);
    CHECK_EQ(sent_messages(&ends[SERVER], 4), 2);
    SSL_read_ex(ends[CLIENT].ssl, NULL, 0, &count);
    settle();
    CHECK_EQ(queue_length(&ends[CLIENT].in[APPLICATION]), 0);
    session = SSL_get1_session(ends[CLIENT].ssl);
    CHECK(SSL_SESSION_is_resumable(session));
    disconnect();
    connect_ends();
    CHECK_OK(SSL_set_session(ends[CLIENT].ssl, session));
    handshake();
    CHECK_EQ(SSL_session_reused(ends[SERVER].ssl), 1);
    SSL_SESSION_free(session);
    disconnect();
    pair_free(pair);
}

/* "called when OpenSSL is attempting to send an alert to the peer" */
TEST(failure_is_told_as_an_alert)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256"));
    CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[SERVER], "TLS_AES_256_GCM_SHA384"));
    connect_ends();
    try_handshake();
    CHECK_EQ(error[SERVER], SSL_ERROR_SSL);
    CHECK_SSL_REASON(SSL_R_NO_SHARED_CIPHER);
    CHECK_EQ(ends[SERVER].alert, SSL_AD_HANDSHAKE_FAILURE);
    CHECK_EQ(ends[SERVER].alerts, 1);
    disconnect();
    pair_free(pair);
}

/* Bytes that are left when the keys change, which RFC 9001 section 4.1.3 forbids. */
TEST(data_beyond_the_end_of_a_level_is_refused)
{
    struct queue *queue = &ends[SERVER].in[INITIAL];

    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    connect_ends();
    CHECK_WANTS(ends[CLIENT].ssl, SSL_do_handshake(ends[CLIENT].ssl), SSL_ERROR_WANT_READ);
    queue_add(queue, "\x14\0\0", 3);
    CHECK_FAILS(ends[SERVER].ssl, SSL_do_handshake(ends[SERVER].ssl), SSL_R_NOT_ON_RECORD_BOUNDARY);
    CHECK_EQ(ends[SERVER].alert, SSL_AD_UNEXPECTED_MESSAGE);
    disconnect();
    pair_free(pair);
}

/* RFC 9001 section 6: "Endpoints MUST NOT send a TLS KeyUpdate message." */
TEST(key_update_is_refused)
{
    char byte;

    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    connect_ends();
    handshake();
    settle();
    queue_add(&ends[CLIENT].in[APPLICATION], "\x18\0\0\1\0", 5);
    CHECK(SSL_read(ends[CLIENT].ssl, &byte, 1) <= 0);
    CHECK_EQ(ends[CLIENT].alert, SSL_AD_UNEXPECTED_MESSAGE);
    ERR_clear_error();
    disconnect();
    pair_free(pair);
}

/* "A failure response is fatal to the connection." */
TEST(callback_that_fails_ends_the_connection)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    for (int callback = CRYPTO_SEND; callback <= GOT_PARAMETERS; callback++) {
        for (int side = CLIENT; side <= SERVER; side++) {
            connect_ends();
            ends[side].fail = callback;
            try_handshake();
            CHECK_EQ(error[side], SSL_ERROR_SSL);
            if (callback == GOT_PARAMETERS)
                CHECK_SSL_REASON(SSL_R_BAD_EXTENSION);
            else
                CHECK_SSL_REASON(ERR_R_INTERNAL_ERROR);
            CHECK(!SSL_is_init_finished(ends[side].ssl));
            CHECK_EQ(ends[side].alerts, callback != CRYPTO_SEND);
            if (callback != CRYPTO_SEND && callback != GOT_PARAMETERS)
                CHECK_EQ(ends[side].alert, SSL_AD_INTERNAL_ERROR);
            ends[side].fail = 0;
            CHECK(SSL_do_handshake(ends[side].ssl) <= 0);
            disconnect();
        }
    }
    pair_free(pair);
}

/* Application data is the QUIC stack's own. */
TEST(application_data_is_not_carried)
{
    int written;

    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    connect_ends();
    handshake();
    settle();
    written = SSL_write(ends[CLIENT].ssl, "x", 1);
    CHECK(written <= 0);
    CHECK_SSL_ERROR(ends[CLIENT].ssl, written, SSL_ERROR_SSL);
    CHECK_SSL_REASON(ERR_R_INTERNAL_ERROR);
    disconnect();
    pair_free(pair);
}

TEST(shutdown_is_told_as_close_notify)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    connect_ends();
    handshake();
    settle();
    CHECK_EQ(SSL_shutdown(ends[SERVER].ssl), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(ends[SERVER].alerts, 1);
    CHECK_EQ(ends[SERVER].alert, SSL_AD_CLOSE_NOTIFY);
    disconnect();
    pair_free(pair);
}

/* RFC 9001 section 8.2: no parameters, no connection. OpenSSL 3.5 does without. */
TEST(parameters_must_be_there)
{
    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    for (int side = CLIENT; side <= SERVER; side++) {
        struct end *other = &ends[!side];

        connect_ends();
        SSL_free(ends[side].ssl);
        ends[side].ssl = pair->ssl[side] = SSL_new(pair->ctx[side]);
        CHECK_OK(later_SSL_set_quic_tls_cbs(ends[side].ssl, callbacks, &ends[side]));
        if (side == CLIENT)
            SSL_set_connect_state(ends[side].ssl);
        else
            SSL_set_accept_state(ends[side].ssl);
        try_handshake();
        if (result[CLIENT] != 1 || result[SERVER] != 1) {
            CHECK_EQ(error[!side], SSL_ERROR_SSL);
            CHECK_SSL_REASON(SSL_R_BAD_EXTENSION);
            CHECK_EQ(other->alert, 109); /* missing_extension */
        }
        disconnect();
    }
    pair_free(pair);
}

TEST(functions_want_their_order_and_all_callbacks)
{
    static const OSSL_DISPATCH few[] = {{CRYPTO_SEND, (void (*)(void))on_send}, {0, NULL}};
    SSL *ssl;

    NEEDS(SSL_set_quic_tls_cbs);
    make_contexts();
    ssl = SSL_new(pair->ctx[CLIENT]);
    CHECK_EQ(later_SSL_set_quic_tls_transport_params(ssl, (const unsigned char *)"x", 1), 0);
    CHECK_SSL_REASON(ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
    CHECK_EQ(later_SSL_set_quic_tls_early_data_enabled(ssl, 1), 0);
    CHECK_SSL_REASON(ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
    CHECK_EQ(later_SSL_set_quic_tls_cbs(ssl, few, NULL), 0);
    CHECK_SSL_REASON(423); /* SSL_R_MISSING_QUIC_TLS_FUNCTIONS */
    SSL_free(ssl);
    pair_free(pair);
}
