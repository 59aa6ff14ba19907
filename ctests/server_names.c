/*
 * SSL_CTX_set_tlsext_servername_callback(3): the callback on the client, which the man page does not speak of, and what
 * SSL_get_servername() says before, in and after handshakes, which it does.
 */
#include "support.h"

static int calls, answer, alert, reused;
static char seen[32], state[64];

static const char *name_of(SSL *ssl)
{
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    CHECK_EQ(SSL_get_servername_type(ssl), name != NULL ? TLSEXT_NAMETYPE_host_name : -1);
    return name != NULL ? name : "none";
}

static int on_client(SSL *ssl, int *out, void *argument)
{
    CHECK_STR(argument, "client");
    CHECK_EQ(*out, SSL_AD_UNRECOGNIZED_NAME);
    calls++;
    snprintf(seen, sizeof(seen), "%s", name_of(ssl));
    snprintf(state, sizeof(state), "%s", SSL_state_string_long(ssl));
    reused = SSL_session_reused(ssl);
    if (alert != 0)
        *out = alert;
    return answer;
}

static int accept_name(SSL *ssl, int *out, void *argument)
{
    (void)ssl, (void)out, (void)argument;
    return SSL_TLSEXT_ERR_OK;
}

static struct pair *named_pair(int version)
{
    struct pair *pair = pair_for_sessions(version, 1);

    calls = alert = 0;
    answer = SSL_TLSEXT_ERR_OK;
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[CLIENT], on_client);
    SSL_CTX_set_tlsext_servername_arg(pair->ctx[CLIENT], (void *)"client");
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], accept_name);
    return pair;
}

TEST_VERSIONS(client_callback_comes_after_the_servers_extensions)
{
    for (int named = 0; named < 2; named++) {
        struct pair *pair = named_pair(version);

        pair_over_wire(pair);
        if (named)
            CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "a.example"));
        pair_handshake(pair);
        CHECK_EQ(calls, 1);
        CHECK_STR(seen, named ? "a.example" : "none");
        CHECK_STR(state, version == TLS1_3_VERSION ? "TLSv1.3 read encrypted extensions" : "SSLv3/TLS read server hello");
        pair_settle(pair);
        check_alive(pair);
        pair_free(pair);
    }
}

TEST_VERSIONS(client_callback_ends_the_handshake)
{
    static const struct {
        int alert, reason;
    } alerts[] = {
        {0, SSL_R_TLSV1_UNRECOGNIZED_NAME},
        {SSL_AD_INTERNAL_ERROR, SSL_R_TLSV1_ALERT_INTERNAL_ERROR},
    };

    for (int i = 0; i < 2; i++) {
        struct pair *pair = named_pair(version);
        struct outcome outcome[2];

        answer = SSL_TLSEXT_ERR_ALERT_FATAL;
        alert = alerts[i].alert;
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_CALLBACK_FAILED);
        CHECK_OUTCOME(outcome[SERVER], alerts[i].reason);
        CHECK_EQ(calls, 1);
        pair_free(pair);
    }
}

static int alerts_sent[4], alert_count;

static void note_alert(const SSL *ssl, int where, int value)
{
    (void)ssl;
    if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT && alert_count < 4)
        alerts_sent[alert_count++] = value;
}

/* "if TLSv1.3 has been negotiated then this return value is treated the same way as SSL_TLSEXT_ERR_NOACK." */
TEST_VERSIONS(client_callback_warns)
{
    struct pair *pair = named_pair(version);

    answer = SSL_TLSEXT_ERR_ALERT_WARNING;
    alert_count = 0;
    SSL_CTX_set_info_callback(pair->ctx[CLIENT], note_alert);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(alert_count, version == TLS1_2_VERSION);
    if (alert_count)
        CHECK_EQ(alerts_sent[0], SSL3_AL_WARNING << 8 | SSL_AD_UNRECOGNIZED_NAME);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

TEST(client_callback_of_a_resumption)
{
    struct pair *pair = named_pair(TLS1_2_VERSION);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    CHECK_EQ(reused, 0);
    SSL_SESSION_free(connect_with(pair, session, 1));
    CHECK_EQ(calls, 2);
    CHECK_EQ(reused, 1);
    answer = SSL_TLSEXT_ERR_ALERT_FATAL;
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_CALLBACK_FAILED);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* What each side says before and after a handshake in which the client asks for `asked`, and offers the session. */
static SSL_SESSION *check_names(struct pair *pair, SSL_SESSION *session, const char *asked, const char *before,
                                const char *client, const char *server)
{
    SSL_SESSION *result;

    pair_over_wire(pair);
    if (session != NULL)
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    if (asked != NULL)
        CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], asked));
    CHECK_STR(name_of(pair->ssl[CLIENT]), before);
    CHECK_STR(name_of(pair->ssl[SERVER]), "none");
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), session != NULL);
    CHECK_STR(seen, client);
    CHECK_STR(name_of(pair->ssl[CLIENT]), client);
    CHECK_STR(name_of(pair->ssl[SERVER]), server);
    result = SSL_get1_session(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    CHECK_STR(name_of(pair->ssl[CLIENT]), client);
    pair_disconnect(pair);
    return result;
}

TEST_VERSIONS(name_that_was_asked_for)
{
    struct pair *pair = named_pair(version);

    SSL_SESSION_free(check_names(pair, NULL, NULL, "none", "none", "none"));
    SSL_SESSION_free(check_names(pair, NULL, "a.example", "a.example", "a.example", "a.example"));
    pair_free(pair);
}

/* "in TLSv1.3 the servername is negotiated in every handshake. In TLSv1.2 the servername is only negotiated on initial
 * handshakes and not on resumption handshakes." */
TEST_VERSIONS(name_of_a_resumption)
{
    int old = version == TLS1_2_VERSION;
    struct pair *pair = named_pair(version);
    SSL_SESSION *session = check_names(pair, NULL, "a.example", "a.example", "a.example", "a.example");
    SSL_SESSION *nameless = check_names(pair, NULL, NULL, "none", "none", "none");

    SSL_SESSION_free(check_names(pair, session, "a.example", "a.example", "a.example", "a.example"));
    SSL_SESSION_free(session);
    session = check_names(pair, NULL, "a.example", "a.example", "a.example", "a.example");
    SSL_SESSION_free(check_names(pair, session, NULL, old ? "a.example" : "none", old ? "a.example" : "none",
                                 old ? "a.example" : "none"));
    SSL_SESSION_free(check_names(pair, nameless, "b.example", "b.example", "b.example", old ? "none" : "b.example"));
    SSL_SESSION_free(session);
    SSL_SESSION_free(nameless);
    pair_free(pair);
}

TEST(other_types_of_names_are_none)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);

    CHECK_OK(SSL_set_tlsext_host_name(ssl, "a.example"));
    CHECK(SSL_get_servername(ssl, 1) == NULL);
    CHECK(SSL_get_servername(ssl, -1) == NULL);
    CHECK_STR(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), "a.example");
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* A name that a server was given itself is there until the handshake begins. */
TEST_VERSIONS(name_that_the_server_was_given)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_OK(SSL_set_tlsext_host_name(ssl, "own.example"));
    CHECK_STR(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), "own.example");
    CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "a.example"));
    pair_handshake(pair);
    CHECK_STR(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), "a.example");
    pair_free(pair);
}

/* A server that sets a name after the client's came has that one. */
TEST_VERSIONS(name_that_the_server_sets_later)
{
    struct pair *pair = pair_contexts(version);
    SSL *host;

    pair_over_wire(pair);
    host = pair->ssl[SERVER];
    CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"));
    CHECK_OK(SSL_set_tlsext_host_name(host, "before.example"));
    pair_handshake(pair);
    CHECK_STR(SSL_get_servername(host, TLSEXT_NAMETYPE_host_name), "server.example");
    CHECK_OK(SSL_set_tlsext_host_name(host, "after.example"));
    CHECK_STR(SSL_get_servername(host, TLSEXT_NAMETYPE_host_name), "after.example");
    CHECK_OK(SSL_set_tlsext_host_name(host, NULL));
    CHECK(SSL_get_servername(host, TLSEXT_NAMETYPE_host_name) == NULL);
    CHECK_EQ(SSL_get_servername_type(host), -1);
    pair_free(pair);
}

static int refusal;

static int refuse_name(SSL *ssl, int *out, void *argument)
{
    (void)ssl, (void)out, (void)argument;
    return refusal;
}

/* A name that the server did not accept, with a warning or without a word: this connection shows it on both sides, the session does
 * not have it. In TLS 1.2 a resumption then has what the client asks for, and the server NULL; in TLS 1.3 "the servername is
 * negotiated in every handshake". */
TEST_VERSIONS(name_that_was_not_accepted)
{
    static const int refusals[] = {SSL_TLSEXT_ERR_NOACK, SSL_TLSEXT_ERR_ALERT_WARNING};

    for (int i = 0; i < 2; i++) {
        struct pair *pair = pair_for_sessions(version, 1);
        SSL_SESSION *session;

        refusal = refusals[i];
        SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], refuse_name);
        pair_over_wire(pair);
        CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "a.example"));
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_STR(name_of(pair->ssl[CLIENT]), "a.example");
        CHECK_STR(name_of(pair->ssl[SERVER]), "a.example");
        CHECK(SSL_SESSION_get0_hostname(SSL_get_session(pair->ssl[CLIENT])) == NULL);
        CHECK(SSL_SESSION_get0_hostname(SSL_get_session(pair->ssl[SERVER])) == NULL);
        session = pair_leave(pair);
        for (int asked = 0; asked < 2; asked++) {
            pair_over_wire(pair);
            CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
            CHECK(SSL_get_servername(pair->ssl[CLIENT], TLSEXT_NAMETYPE_host_name) == NULL);
            CHECK_EQ(SSL_get_servername_type(pair->ssl[CLIENT]), -1);
            if (asked)
                CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "b.example"));
            pair_handshake(pair);
            pair_settle(pair);
            CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
            CHECK_STR(name_of(pair->ssl[CLIENT]), asked ? "b.example" : "none");
            CHECK_STR(name_of(pair->ssl[SERVER]), asked && version == TLS1_3_VERSION ? "b.example" : "none");
            SSL_SESSION_free(pair_leave(pair));
        }
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* "SSL_get_servername_type() returns the servername type or -1 if no servername is present." */
TEST_VERSIONS(type_of_a_name)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    CHECK_EQ(SSL_get_servername_type(pair->ssl[CLIENT]), -1);
    CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "a.example"));
    CHECK_EQ(SSL_get_servername_type(pair->ssl[CLIENT]), TLSEXT_NAMETYPE_host_name);
    CHECK_EQ(SSL_get_servername_type(pair->ssl[SERVER]), -1);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_servername_type(pair->ssl[SERVER]), TLSEXT_NAMETYPE_host_name);
    /* Of another type there is no name. */
    CHECK(SSL_get_servername(pair->ssl[SERVER], TLSEXT_NAMETYPE_host_name + 1) == NULL);
    pair_free(pair);
}

static SSL_CTX *host;

static int change_to_host(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    CHECK(SSL_set_SSL_CTX(ssl, host) == host);
    if (argument != NULL)
        SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    return SSL_TLSEXT_ERR_OK;
}

/* "Typically a server will call SSL_set_SSL_CTX() in the callback", which is called for a client without a name, too: its session is
 * resumed. Ours does not where clients are verified: nobody knows which host's client it was. */
TEST_VERSIONS(nameless_session_is_resumed_after_a_switch_of_contexts)
{
    for (int verifies = 0; verifies < 2; verifies++) {
        struct pair *pair = pair_for_sessions(version, 1);
        SSL_SESSION *session;

        host = SSL_CTX_new(TLS_method());
        use_identity(host, "ec");
        CHECK_OK(SSL_CTX_set_session_id_context(host, (const unsigned char *)"second", 6));
        SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], change_to_host);
        session = connect_with(pair, NULL, 0);
        if (verifies)
            SSL_CTX_set_tlsext_servername_arg(pair->ctx[SERVER], host);
        SSL_SESSION_free(connect_with(pair, session, !verifies || on_the_oracle()));
        SSL_SESSION_free(session);
        pair_free(pair);
        SSL_CTX_free(host);
    }
}
