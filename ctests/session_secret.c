/* SSL_set_session_secret_cb, SSL_set_session_ticket_ext and SSL_set_session_ticket_ext_cb: how EAP-FAST (RFC 4851) resumes
 * sessions whose secret comes from elsewhere. In no manual page; wpa_supplicant and hostapd use them. */
#include "support.h"

static const unsigned char ticket[] = "what only the server understands";
static unsigned char secret[2][48];
static int secret_length[2] = {48, 48}, secret_return[2] = {1, 1}, calls[2], ticket_calls, ticket_return = 1;
static char argument[2];
static unsigned char randoms[2][2 * SSL3_RANDOM_SIZE];
static const char *const chosen = "ECDHE-RSA-AES128-GCM-SHA256";

static int give_secret(SSL *ssl, void *bytes, int *length, STACK_OF(SSL_CIPHER) *peer_ciphers,
                       const SSL_CIPHER **cipher, void *arg)
{
    int side = SSL_is_server(ssl);

    calls[side]++;
    CHECK(arg == &argument[side]);
    CHECK(*length >= 48);
    if (side == SERVER)
        CHECK(sk_SSL_CIPHER_num(peer_ciphers) > 0);
    else
        CHECK(peer_ciphers == NULL);
    SSL_get_client_random(ssl, randoms[side], SSL3_RANDOM_SIZE);
    SSL_get_server_random(ssl, randoms[side] + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);
    /* The system's library needs to be told the suite. */
    if (side == SERVER) {
        int i;

        for (i = 0; i < sk_SSL_CIPHER_num(peer_ciphers); i++)
            if (strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(peer_ciphers, i)), chosen) == 0)
                *cipher = sk_SSL_CIPHER_value(peer_ciphers, i);
    }
    memcpy(bytes, secret[side], 48);
    *length = secret_length[side];
    return secret_return[side];
}

static int see_ticket(SSL *ssl, const unsigned char *data, int length, void *arg)
{
    ticket_calls++;
    CHECK(arg == &argument[SERVER]);
    CHECK(SSL_is_server(ssl));
    CHECK_EQ(length, (int)sizeof(ticket));
    CHECK_MEM(data, ticket, sizeof(ticket));
    return ticket_return;
}

static struct pair *prepare(void)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_session_ticket_ext(pair->ssl[CLIENT], (void *)ticket, sizeof(ticket)), 1);
    CHECK_EQ(SSL_set_session_ticket_ext_cb(pair->ssl[SERVER], see_ticket, &argument[SERVER]), 1);
    CHECK_EQ(SSL_set_session_secret_cb(pair->ssl[CLIENT], give_secret, &argument[CLIENT]), 1);
    CHECK_EQ(SSL_set_session_secret_cb(pair->ssl[SERVER], give_secret, &argument[SERVER]), 1);
    return pair;
}

static void check_failure(struct pair *pair, int side, int reason)
{
    struct outcome outcome[2];

    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[side], reason);
    pair_free(pair);
}

TEST(secret_of_both_sides_makes_an_abbreviated_handshake)
{
    struct pair *pair = prepare();
    unsigned id_length;

    pair_handshake(pair);
    CHECK_EQ(calls[CLIENT], 1);
    CHECK_EQ(calls[SERVER], 1);
    CHECK_EQ(ticket_calls, 1);
    /* EAP-FAST derives the secret from both randoms. */
    CHECK_MEM(randoms[CLIENT], randoms[SERVER], sizeof(randoms[CLIENT]));
    SSL_SESSION_get_id(SSL_get_session(pair->ssl[SERVER]), &id_length);
    CHECK_EQ(id_length, 32);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL);
    CHECK_STR(SSL_get_cipher(pair->ssl[CLIENT]), chosen);
    CHECK_STR(SSL_get_cipher(pair->ssl[SERVER]), chosen);
    check_alive(pair);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* The server has no secret: a full handshake, although the client has one. */
TEST(server_without_a_secret)
{
    struct pair *pair = prepare();

    secret_return[SERVER] = 0;
    pair_handshake(pair);
    CHECK_EQ(calls[CLIENT], 1);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 0);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) != NULL);
    check_alive(pair);
    pair_free(pair);
}

TEST(client_without_a_secret)
{
    struct pair *pair = prepare();

    secret_return[CLIENT] = 0;
    check_failure(pair, CLIENT, ERR_R_INTERNAL_ERROR);
}

TEST(client_without_a_ticket_is_not_asked)
{
    struct pair *pair = prepare();

    CHECK_EQ(SSL_set_session_ticket_ext(pair->ssl[CLIENT], NULL, 0), 1);
    secret_return[SERVER] = 0;
    pair_handshake(pair);
    CHECK_EQ(calls[CLIENT], 0);
    CHECK_EQ(ticket_calls, 0);
    check_alive(pair);
    pair_free(pair);
}

TEST(secrets_that_differ)
{
    struct pair *pair = prepare();

    secret[SERVER][0] = 1;
    check_failure(pair, CLIENT, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
}

TEST(ticket_that_the_program_refuses)
{
    struct pair *pair = prepare();

    ticket_return = 0;
    check_failure(pair, SERVER, ERR_R_INTERNAL_ERROR);
}

TEST(null_connections)
{
    CHECK_EQ(SSL_set_session_secret_cb(NULL, give_secret, NULL), 0);
    CHECK_EQ(SSL_set_session_ticket_ext_cb(NULL, see_ticket, NULL), 0);
}

static int new_tickets;

static void count_tickets(int write, int version, int type, const void *bytes, size_t length, SSL *ssl, void *arg)
{
    (void)version;
    (void)ssl;
    (void)arg;
    if (!write && type == SSL3_RT_HANDSHAKE && length > 0 && *(const unsigned char *)bytes == SSL3_MT_NEWSESSION_TICKET)
        new_tickets++;
}

/* A server whose program may have the secret leaves tickets to it: it sends none of its own, neither when it resumes nor after a
 * full handshake, nor when the client asks for one. */
TEST(server_that_may_send_tickets)
{
    static const struct {
        int known, asks;
    } cases[] = {{1, 0}, {0, 0}, {0, 1}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pair *pair = prepare();

        new_tickets = 0;
        SSL_clear_options(pair->ssl[SERVER], SSL_OP_NO_TICKET);
        SSL_set_msg_callback(pair->ssl[CLIENT], count_tickets);
        if (cases[i].asks) {
            SSL_set_session_ticket_ext(pair->ssl[CLIENT], NULL, 0);
            SSL_set_session_ticket_ext_cb(pair->ssl[SERVER], NULL, NULL);
        }
        secret_return[SERVER] = cases[i].known;
        pair_handshake(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), cases[i].known);
        CHECK_EQ(new_tickets, 0);
        check_alive(pair);
        pair_free(pair);
    }
}
