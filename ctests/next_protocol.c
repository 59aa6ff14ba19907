/* SSL_CTX_set_next_proto_select_cb(3): next protocol negotiation, the forerunner of ALPN. */
#include "support.h"

static const unsigned char listed[] = "\x03one\x03two";
static int list_result, list_calls, choice_result, choice_calls;
static const char *choice;

static int list(SSL *ssl, const unsigned char **out, unsigned int *length, void *argument)
{
    CHECK(SSL_is_server(ssl));
    CHECK_STR(argument, "list");
    list_calls++;
    *out = listed;
    *length = sizeof(listed) - 1;
    return list_result;
}

static int choose(SSL *ssl, unsigned char **out, unsigned char *length, const unsigned char *in,
                  unsigned int in_length, void *argument)
{
    CHECK(!SSL_is_server(ssl));
    CHECK_STR(argument, "choose");
    CHECK_EQ(in_length, sizeof(listed) - 1);
    CHECK_MEM(in, listed, sizeof(listed) - 1);
    choice_calls++;
    *out = (unsigned char *)choice;
    *length = (unsigned char)strlen(choice);
    return choice_result;
}

static struct pair *pair_with_protocols(int version, int tickets)
{
    struct pair *pair = pair_for_sessions(version, tickets);

    SSL_CTX_set_next_protos_advertised_cb(pair->ctx[SERVER], list, "list");
    SSL_CTX_set_next_proto_select_cb(pair->ctx[CLIENT], choose, "choose");
    list_result = choice_result = SSL_TLSEXT_ERR_OK;
    choice = "two";
    return pair;
}

static void check_negotiated(const SSL *ssl, const char *expected)
{
    const unsigned char *name = (const unsigned char *)"x";
    unsigned int length = 77;

    SSL_get0_next_proto_negotiated(ssl, &name, &length);
    CHECK_EQ(length, strlen(expected));
    if (length == 0)
        CHECK(name == NULL);
    else
        CHECK_MEM(name, expected, length);
}

TEST(client_chooses)
{
    for (int tickets = 0; tickets <= 1; tickets++) {
        struct pair *pair = pair_with_protocols(TLS1_2_VERSION, tickets);
        SSL_SESSION *session = connect_with(pair, NULL, 0);

        list_calls = choice_calls = 0;
        choice = "something else";
        pair_over_wire(pair);
        check_negotiated(pair->ssl[CLIENT], "");
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        pair_handshake(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
        CHECK_EQ(list_calls, 1);
        CHECK_EQ(choice_calls, 1);
        for (int side = CLIENT; side <= SERVER; side++)
            check_negotiated(pair->ssl[side], "something else");
        check_alive(pair);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

TEST(tls13_has_none)
{
    struct pair *pair = pair_with_protocols(TLS1_3_VERSION, 1);

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(list_calls, 0);
    CHECK_EQ(choice_calls, 0);
    for (int side = CLIENT; side <= SERVER; side++)
        check_negotiated(pair->ssl[side], "");
    pair_free(pair);
}

/* A server that does not list any, one without the callback, and a client without. */
TEST(nothing_is_listed)
{
    for (int i = 0; i < 3; i++) {
        struct pair *pair = pair_with_protocols(TLS1_2_VERSION, 1);

        list_result = SSL_TLSEXT_ERR_NOACK;
        list_calls = 0;
        if (i == 1)
            SSL_CTX_set_next_protos_advertised_cb(pair->ctx[SERVER], NULL, NULL);
        if (i == 2)
            SSL_CTX_set_next_proto_select_cb(pair->ctx[CLIENT], NULL, NULL);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(list_calls, i == 0);
        CHECK_EQ(choice_calls, 0);
        check_negotiated(pair->ssl[SERVER], "");
        pair_free(pair);
    }
}

TEST(choice_that_is_refused)
{
    for (int i = 0; i < 2; i++) {
        struct pair *pair = pair_with_protocols(TLS1_2_VERSION, 1);
        struct outcome outcome[2];

        if (i == 0)
            choice_result = SSL_TLSEXT_ERR_ALERT_FATAL;
        else
            choice = "";
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_BAD_EXTENSION);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
        pair_free(pair);
    }
}

static int select_alpn(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                       unsigned int in_length, void *argument)
{
    (void)ssl, (void)in_length, (void)argument;
    *out = in + 1;
    *length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

TEST(alpn_goes_before)
{
    struct pair *pair = pair_with_protocols(TLS1_2_VERSION, 1);
    const unsigned char *name;
    unsigned int length;

    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_alpn, NULL);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\x02h2", 3), 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(list_calls, 0);
    check_negotiated(pair->ssl[CLIENT], "");
    SSL_get0_alpn_selected(pair->ssl[CLIENT], &name, &length);
    CHECK_EQ(length, 2);
    pair_free(pair);
}

/* SSL_select_next_proto(): what is malformed or empty points nowhere. */
TEST(selection_from_odd_lists)
{
    static const struct {
        const char *server;
        unsigned int server_length;
        const char *client;
        unsigned int client_length;
        int result, chosen;
    } cases[] = {
        {"\001a", 2, "\001b\001a", 4, OPENSSL_NPN_NEGOTIATED, 'a'},
        {"\001a", 2, "\001b", 2, OPENSSL_NPN_NO_OVERLAP, 'b'},
        {"", 0, "\001b", 2, OPENSSL_NPN_NO_OVERLAP, 'b'},
        {"\001a", 2, "", 0, OPENSSL_NPN_NO_OVERLAP, 0},
        {"", 0, "", 0, OPENSSL_NPN_NO_OVERLAP, 0},
        {"\001a", 2, "\000", 1, OPENSSL_NPN_NO_OVERLAP, 0},
        {"\001a", 2, "\005b", 2, OPENSSL_NPN_NO_OVERLAP, 0},
        {"\001a", 2, "\001b\005c", 4, OPENSSL_NPN_NO_OVERLAP, 'b'},
        {"\005a", 2, "\001a", 2, OPENSSL_NPN_NO_OVERLAP, 'a'},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        unsigned char *out = (unsigned char *)"unset", length = 77;

        CHECK_EQ(SSL_select_next_proto(&out, &length, (const unsigned char *)cases[i].server,
                                       cases[i].server_length, (const unsigned char *)cases[i].client,
                                       cases[i].client_length),
                 cases[i].result);
        CHECK_EQ(length, cases[i].chosen != 0);
        if (cases[i].chosen != 0)
            CHECK_EQ(out[0], cases[i].chosen);
        else
            CHECK(out == NULL);
    }
}
