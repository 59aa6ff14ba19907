/* SRP (RFC 5054): SSL_CTX_set_srp_password(3) and its kin, which are deprecated. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/srp.h>

#include "support.h"

static const char *user = "user", *password = "password", *server_password = "password", *group = "1024";
static int user_return, user_alert = -1, pauses, verify_return = 1, calls[2], judged, sets_nothing;
static char client_argument[] = "client", server_argument[] = "server";

static int find_user(SSL *ssl, int *alert, void *argument)
{
    calls[SERVER]++;
    CHECK(argument == server_argument);
    CHECK_EQ(SSL_get_state(ssl), TLS_ST_SR_CLNT_HELLO);
    CHECK_EQ(*alert, SSL_AD_UNKNOWN_PSK_IDENTITY);
    CHECK_STR(SSL_get_srp_username(ssl), user);
    if (pauses-- > 0)
        return -1;
    if (user_alert >= 0)
        *alert = user_alert;
    if (user_return != 0)
        return user_return;
    if (!sets_nothing) {
        CHECK_EQ(SSL_set_srp_server_param_pw(ssl, SSL_get_srp_username(ssl), server_password, group), 1);
        CHECK(SSL_get_srp_N(ssl) != NULL);
    }
    return SSL_ERROR_NONE;
}

static char *give_password(SSL *ssl, void *argument)
{
    calls[CLIENT]++;
    CHECK(argument == client_argument);
    CHECK(!SSL_is_server(ssl));
    CHECK(SSL_get_srp_N(ssl) != NULL);
    CHECK(BN_is_word(SSL_get_srp_g(ssl), 2));
    return password != NULL ? OPENSSL_strdup(password) : NULL;
}

static int judge_group(SSL *ssl, void *argument)
{
    judged++;
    CHECK(argument == client_argument);
    CHECK(BN_is_word(SSL_get_srp_g(ssl), 2));
    return verify_return;
}

static struct pair *contexts(const char *suite)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    char list[100];

    snprintf(list, sizeof(list), "%s:@SECLEVEL=0", suite);
    CHECK_EQ(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], list), 1);
    CHECK_EQ(SSL_CTX_set_cipher_list(pair->ctx[SERVER], list), 1);
    CHECK_EQ(SSL_CTX_set_srp_username(pair->ctx[CLIENT], (char *)user), 1);
    CHECK_EQ(SSL_CTX_set_srp_client_pwd_callback(pair->ctx[CLIENT], give_password), 1);
    CHECK_EQ(SSL_CTX_set_srp_cb_arg(pair->ctx[CLIENT], client_argument), 1);
    CHECK_EQ(SSL_CTX_set_srp_username_callback(pair->ctx[SERVER], find_user), 1);
    CHECK_EQ(SSL_CTX_set_srp_cb_arg(pair->ctx[SERVER], server_argument), 1);
    return pair;
}

static void connect_pair(struct pair *pair, const char *suite)
{
    int i;

    pair_over_wire(pair);
    pair_handshake(pair);
    for (i = 0; i < 2; i++) {
        CHECK_STR(SSL_get_cipher(pair->ssl[i]), suite);
        CHECK_STR(SSL_get_srp_username(pair->ssl[i]), user);
        CHECK_EQ(BN_num_bits(SSL_get_srp_N(pair->ssl[i])), atoi(group));
    }
    check_alive(pair);
    CHECK_NO_ERRORS();
}

static void check_failure(struct pair *pair, int client_reason, int server_reason)
{
    struct outcome outcome[2];

    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], client_reason);
    CHECK_OUTCOME(outcome[SERVER], server_reason);
    pair_free(pair);
}

TEST(password_alone)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    connect_pair(pair, "SRP-AES-128-CBC-SHA");
    CHECK_EQ(calls[CLIENT], 1);
    CHECK_EQ(calls[SERVER], 1);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL);
    pair_free(pair);
}

TEST(password_and_certificate)
{
    struct pair *pair = contexts("SRP-RSA-AES-256-CBC-SHA");

    use_identity(pair->ctx[SERVER], "rsa");
    connect_pair(pair, "SRP-RSA-AES-256-CBC-SHA");
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) != NULL);
    pair_free(pair);
}

TEST(password_that_is_set_is_the_info)
{
    struct pair *pair = contexts("SRP-AES-256-CBC-SHA");

    CHECK_EQ(SSL_CTX_set_srp_password(pair->ctx[CLIENT], (char *)password), 1);
    connect_pair(pair, "SRP-AES-256-CBC-SHA");
    CHECK_EQ(calls[CLIENT], 0);
    CHECK_STR(SSL_get_srp_userinfo(pair->ssl[CLIENT]), password);
    pair_free(pair);
}

TEST(groups_of_all_sizes)
{
    static const char *const groups[] = {"1024", "1536", "2048", "3072", "4096"};
    size_t i;

    for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

        /* From 3072 on the generator is 5. */
        if (i >= 3)
            CHECK_EQ(SSL_CTX_set_srp_password(pair->ctx[CLIENT], (char *)password), 1);
        group = groups[i];
        connect_pair(pair, "SRP-AES-128-CBC-SHA");
        pair_free(pair);
    }
}

TEST(wrong_password)
{
    server_password = "another";
    check_failure(contexts("SRP-AES-128-CBC-SHA"), SSL_R_SSLV3_ALERT_BAD_RECORD_MAC,
                  SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
}

TEST(unknown_user)
{
    user_return = SSL3_AL_FATAL;
    check_failure(contexts("SRP-AES-128-CBC-SHA"), SSL_R_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY,
                  SSL_R_PSK_IDENTITY_NOT_FOUND);
}

TEST(user_refused_with_another_alert)
{
    user_return = SSL3_AL_FATAL;
    user_alert = SSL_AD_ACCESS_DENIED;
    check_failure(contexts("SRP-AES-128-CBC-SHA"), SSL_R_TLSV1_ALERT_ACCESS_DENIED, SSL_R_CLIENTHELLO_TLSEXT);
}

TEST(user_callback_that_returns_something_else)
{
    user_return = 1;
    check_failure(contexts("SRP-AES-128-CBC-SHA"), SSL_R_TLSV1_ALERT_INTERNAL_ERROR, SSL_R_MISSING_SRP_PARAM);
}

TEST(user_callback_that_sets_nothing)
{
    sets_nothing = 1;
    check_failure(contexts("SRP-AES-128-CBC-SHA"), SSL_R_TLSV1_ALERT_INTERNAL_ERROR, SSL_R_CLIENTHELLO_TLSEXT);
}

/* A program may look the user up outside of the handshake, as s_server does. */
TEST(user_callback_that_asks_for_time)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    int i;

    pauses = 2;
    pair_over_wire(pair);
    SSL_do_handshake(pair->ssl[CLIENT]);
    for (i = 0; i < 2; i++) {
        CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_X509_LOOKUP);
        CHECK_EQ(SSL_want(pair->ssl[SERVER]), SSL_X509_LOOKUP);
    }
    pair_handshake(pair);
    CHECK_EQ(calls[SERVER], 3);
    check_alive(pair);
    pair_free(pair);
}

TEST(client_without_a_name)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    CHECK_EQ(SSL_CTX_set_srp_username(pair->ctx[CLIENT], NULL), 1);
    check_failure(pair, SSL_R_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY, SSL_R_PSK_IDENTITY_NOT_FOUND);
    CHECK_EQ(calls[SERVER], 0);
}

TEST(client_without_a_password)
{
    password = NULL;
    check_failure(contexts("SRP-AES-128-CBC-SHA"), SSL_R_CALLBACK_FAILED, SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
}

TEST(client_without_a_password_callback)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    CHECK_EQ(SSL_CTX_set_srp_client_pwd_callback(pair->ctx[CLIENT], NULL), 1);
    check_failure(pair, ERR_R_INTERNAL_ERROR, SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
}

TEST(group_that_is_too_small)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    CHECK_EQ(SSL_CTX_set_srp_strength(pair->ctx[CLIENT], 1025), 1);
    check_failure(pair, SSL_R_INSUFFICIENT_SECURITY, SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY);
}

TEST(group_that_is_strong_enough)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    CHECK_EQ(SSL_CTX_set_srp_strength(pair->ctx[CLIENT], 2048), 1);
    group = "2048";
    connect_pair(pair, "SRP-AES-128-CBC-SHA");
    pair_free(pair);
}

TEST(program_judges_the_group)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    CHECK_EQ(SSL_CTX_set_srp_verify_param_callback(pair->ctx[CLIENT], judge_group), 1);
    connect_pair(pair, "SRP-AES-128-CBC-SHA");
    CHECK_EQ(judged, 1);
    pair_free(pair);
}

TEST(program_refuses_the_group)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    verify_return = 0;
    CHECK_EQ(SSL_CTX_set_srp_verify_param_callback(pair->ctx[CLIENT], judge_group), 1);
    check_failure(pair, SSL_R_CALLBACK_FAILED, SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY);
}

/* ---- servers without a callback ---- */

TEST(parameters_without_a_key)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    CHECK_EQ(SSL_CTX_set_srp_username_callback(pair->ctx[SERVER], NULL), 1);
    check_failure(pair, SSL_R_TLSV1_ALERT_INTERNAL_ERROR, SSL_R_MISSING_SRP_PARAM);
}

TEST(parameters_that_are_set_beforehand)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    int alert = 7;

    CHECK_EQ(SSL_CTX_set_srp_username_callback(pair->ctx[SERVER], NULL), 1);
    pair_over_wire(pair);
    CHECK_EQ(SSL_srp_server_param_with_username(pair->ssl[SERVER], &alert), SSL3_AL_FATAL);
    CHECK_EQ(alert, SSL_AD_INTERNAL_ERROR);
    CHECK_EQ(SSL_set_srp_server_param_pw(pair->ssl[SERVER], user, password, group), 1);
    CHECK_EQ(SSL_srp_server_param_with_username(pair->ssl[SERVER], &alert), SSL_ERROR_NONE);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* A verifier file has salt and verifier, not the password. */
TEST(parameters_out_of_a_verifier)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    SRP_gN *known = SRP_get_default_gN("1536");
    BIGNUM *salt = NULL, *verifier = NULL;
    int alert;

    CHECK_EQ(SRP_create_verifier_BN(user, password, &salt, &verifier, known->N, known->g), 1);
    CHECK_EQ(SSL_CTX_set_srp_username_callback(pair->ctx[SERVER], NULL), 1);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_srp_server_param(pair->ssl[SERVER], NULL, NULL, NULL, NULL, NULL), -1);
    CHECK_EQ(SSL_set_srp_server_param(pair->ssl[SERVER], known->N, known->g, salt, verifier, "info"), 1);
    CHECK_STR(SSL_get_srp_userinfo(pair->ssl[SERVER]), "info");
    CHECK(SSL_get_srp_N(pair->ssl[SERVER]) != known->N);
    CHECK_EQ(BN_cmp(SSL_get_srp_N(pair->ssl[SERVER]), known->N), 0);
    CHECK_EQ(SSL_set_srp_server_param(pair->ssl[SERVER], NULL, NULL, NULL, NULL, NULL), 1);
    CHECK_STR(SSL_get_srp_userinfo(pair->ssl[SERVER]), "info");
    CHECK_EQ(SSL_srp_server_param_with_username(pair->ssl[SERVER], &alert), SSL_ERROR_NONE);
    pair_handshake(pair);
    CHECK_EQ(BN_num_bits(SSL_get_srp_N(pair->ssl[CLIENT])), 1536);
    check_alive(pair);
    BN_free(salt);
    BN_clear_free(verifier);
    pair_free(pair);
}

/* ---- whether SRP is used at all ---- */

TEST(client_that_has_nothing_to_do_with_srp)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    CHECK_EQ(SSL_CTX_SRP_CTX_free(pair->ctx[CLIENT]), 1);
    CHECK_EQ(SSL_CTX_SRP_CTX_init(pair->ctx[CLIENT]), 1);
    pair_over_wire(pair);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_NO_CIPHERS_AVAILABLE);
    pair_free(pair);
}

TEST(server_that_has_nothing_to_do_with_srp)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    CHECK_EQ(SSL_CTX_SRP_CTX_free(pair->ctx[SERVER]), 1);
    CHECK_EQ(SSL_CTX_SRP_CTX_init(pair->ctx[SERVER]), 1);
    check_failure(pair, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_NO_SHARED_CIPHER);
}

TEST(connection_gives_up_srp_and_takes_it_again)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    pair_over_wire(pair);
    CHECK_EQ(SSL_SRP_CTX_free(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_SRP_CTX_init(pair->ssl[CLIENT]), 1);
    pair_handshake(pair);
    CHECK_STR(SSL_get_srp_username(pair->ssl[CLIENT]), user);
    pair_free(pair);
}

TEST(tls13_goes_before_srp)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], 0);
    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(SSL_get_version(pair->ssl[CLIENT]), "TLSv1.3");
    CHECK_EQ(calls[SERVER], 0);
    pair_free(pair);
}

/* ---- sessions ---- */

TEST(session_names_the_user)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    BIO *bio = BIO_new(BIO_s_mem());
    SSL_SESSION *session;
    char *text;
    int i;

    CHECK_EQ(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"x", 1), 1);
    connect_pair(pair, "SRP-AES-128-CBC-SHA");
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_SESSION_print(bio, session), 1);
    CHECK(BIO_write(bio, "", 1) == 1);
    BIO_get_mem_data(bio, &text);
    CHECK(strstr(text, "SRP username: user\n") != NULL);
    for (i = 0; i < 2; i++)
        SSL_set_shutdown(pair->ssl[i], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_session(pair->ssl[CLIENT], session), 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK_EQ(calls[CLIENT], 1);
    /* The server is asked about the user all the same. */
    CHECK_EQ(calls[SERVER], 2);
    SSL_SESSION_free(session);
    BIO_free(bio);
    pair_free(pair);
}

/* ---- setters and getters ---- */

TEST(names_have_1_to_255_bytes)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    char name[257];

    memset(name, 'n', sizeof(name));
    name[256] = 0;
    CHECK_EQ(SSL_CTX_set_srp_username(pair->ctx[CLIENT], name), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_SRP_USERNAME);
    name[255] = 0;
    CHECK_OK(SSL_CTX_set_srp_username(pair->ctx[CLIENT], name));
    user = name;
    connect_pair(pair, "SRP-AES-128-CBC-SHA");
    CHECK_EQ(SSL_CTX_set_srp_username(pair->ctx[CLIENT], ""), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_SRP_USERNAME);
    CHECK_OK(SSL_CTX_set_srp_username(pair->ctx[CLIENT], NULL));
    pair_free(pair);
}

TEST(connection_without_parameters)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    SSL *ssl;

    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK(SSL_get_srp_N(ssl) == NULL);
    CHECK(SSL_get_srp_g(ssl) == NULL);
    CHECK(SSL_get_srp_username(ssl) == NULL);
    CHECK(SSL_get_srp_userinfo(ssl) == NULL);
    CHECK_EQ(SRP_Calc_A_param(ssl), 0);
    CHECK_EQ(SSL_set_srp_server_param_pw(ssl, "user", "password", "77"), -1);
    CHECK_EQ(SSL_set_srp_server_param_pw(ssl, "user", "password", "2048"), 1);
    CHECK_EQ(SRP_Calc_A_param(ssl), 1);
    CHECK_EQ(SSL_SRP_CTX_free(ssl), 1);
    CHECK(SSL_get_srp_N(ssl) == NULL);
    CHECK_EQ(SSL_SRP_CTX_free(NULL), 0);
    CHECK_EQ(SSL_SRP_CTX_init(NULL), 0);
    CHECK_EQ(SSL_CTX_SRP_CTX_free(NULL), 0);
    CHECK_EQ(SSL_CTX_SRP_CTX_init(NULL), 0);
    pair_free(pair);
}

TEST(control_commands)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    SSL_CTX *ctx = pair->ctx[CLIENT];

    user = "by command";
    CHECK_EQ(SSL_CTX_ctrl(ctx, SSL_CTRL_SET_TLS_EXT_SRP_USERNAME, 0, (char *)user), 1);
    CHECK_EQ(SSL_CTX_ctrl(ctx, SSL_CTRL_SET_TLS_EXT_SRP_STRENGTH, 1025, NULL), 1);
    CHECK_EQ(SSL_CTX_ctrl(ctx, SSL_CTRL_SET_TLS_EXT_SRP_PASSWORD, 0, (char *)password), 1);
    CHECK_EQ(SSL_CTX_callback_ctrl(ctx, SSL_CTRL_SET_SRP_VERIFY_PARAM_CB, (void (*)(void))judge_group), 1);
    CHECK_EQ(SSL_CTX_callback_ctrl(ctx, SSL_CTRL_SET_SRP_GIVE_CLIENT_PWD_CB, (void (*)(void))give_password), 1);
    CHECK_EQ(SSL_CTX_callback_ctrl(pair->ctx[SERVER], SSL_CTRL_SET_TLS_EXT_SRP_USERNAME_CB,
                                   (void (*)(void))find_user), 1);
    group = "2048";
    connect_pair(pair, "SRP-AES-128-CBC-SHA");
    CHECK_EQ(judged, 1);
    CHECK_EQ(calls[CLIENT], 1);
    pair_free(pair);
}

/* ---- what a peer should not send (CVE-2014-3512) ---- */

static size_t find_message(const struct queue *queue, int type)
{
    size_t at = queue->start;

    while (at < queue->end && queue->bytes[at + 5] != type)
        at += 5 + (size_t)(queue->bytes[at + 3] << 8 | queue->bytes[at + 4]);
    CHECK(at < queue->end);
    return at + 5 + 4;
}

/* The client's public number is overwritten: 0, or N and more. */
TEST(client_key_out_of_range)
{
    int fill;

    for (fill = 0; fill <= 0xff; fill += 0xff) {
        struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
        size_t at;

        pair_over_wire(pair);
        SSL_do_handshake(pair->ssl[CLIENT]);
        SSL_do_handshake(pair->ssl[SERVER]);
        SSL_do_handshake(pair->ssl[CLIENT]);
        at = find_message(pair->end[SERVER].in, SSL3_MT_CLIENT_KEY_EXCHANGE);
        memset(pair->end[SERVER].in->bytes + at + 2, fill, pair->end[SERVER].in->bytes[at + 1]);
        ERR_clear_error();
        CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_BAD_SRP_PARAMETERS);
        pair_free(pair);
    }
}

TEST(client_key_with_a_wrong_length)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    size_t at;

    pair_over_wire(pair);
    SSL_do_handshake(pair->ssl[CLIENT]);
    SSL_do_handshake(pair->ssl[SERVER]);
    SSL_do_handshake(pair->ssl[CLIENT]);
    at = find_message(pair->end[SERVER].in, SSL3_MT_CLIENT_KEY_EXCHANGE);
    pair->end[SERVER].in->bytes[at + 1] += 1;
    ERR_clear_error();
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_BAD_SRP_A_LENGTH);
    pair_free(pair);
}

/* The server's parameters are modulus, generator, salt and public number. */
static void edit_server_parameters(int which, int fill, int reason)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
    unsigned char *bytes;
    size_t at, length;
    int i;

    pair_over_wire(pair);
    SSL_do_handshake(pair->ssl[CLIENT]);
    SSL_do_handshake(pair->ssl[SERVER]);
    at = find_message(pair->end[CLIENT].in, SSL3_MT_SERVER_KEY_EXCHANGE);
    bytes = pair->end[CLIENT].in->bytes;
    for (i = 0;; i++) {
        length = i == 2 ? bytes[at] : (size_t)(bytes[at] << 8 | bytes[at + 1]);
        at += i == 2 ? 1 : 2;
        if (i == which)
            break;
        at += length;
    }
    memset(bytes + at, fill, length);
    ERR_clear_error();
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), reason);
    CHECK_EQ(calls[CLIENT], 0);
    pair_free(pair);
}

TEST(server_key_out_of_range)
{
    edit_server_parameters(3, 0, SSL_R_BAD_DATA);
    edit_server_parameters(3, 0xff, SSL_R_BAD_DATA);
}

TEST(group_that_nobody_knows)
{
    edit_server_parameters(1, 3, SSL_R_INSUFFICIENT_SECURITY);
    edit_server_parameters(0, 0xff, SSL_R_INSUFFICIENT_SECURITY);
    edit_server_parameters(0, 0, SSL_R_BAD_DATA);
}

/* CVE-2014-5139: the server picks a suite of SRP, which a client without a name has in its list but does not offer. */
TEST(cve_2014_5139_suite_that_was_not_offered)
{
    static const unsigned char numbers[] = {0x1d, 0x1e, 0x20, 0x21};

    for (size_t i = 0; i < sizeof(numbers); i++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        unsigned char *bytes;
        size_t at;

        CHECK_EQ(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ALL:SRP:@SECLEVEL=0"), 1);
        pair_over_wire(pair);
        SSL_do_handshake(pair->ssl[CLIENT]);
        SSL_do_handshake(pair->ssl[SERVER]);
        bytes = pair->end[CLIENT].in->bytes;
        at = find_message(pair->end[CLIENT].in, SSL3_MT_SERVER_HELLO) + 2 + 32;
        at += 1 + (size_t)bytes[at];
        CHECK_EQ(bytes[at], 0xc0);
        bytes[at + 1] = numbers[i];
        ERR_clear_error();
        CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_WRONG_CIPHER_RETURNED);
        pair_free(pair);
    }
}

static char *give_wrong_password(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    return OPENSSL_strdup("wrong");
}

/* SSL_CTX_set_srp_password(): "This overrides the effect of SSL_CTX_set_srp_client_pwd_callback()", which "overrides the effect of
 * SSL_CTX_set_srp_password()": what was called last counts. */
TEST(password_and_its_callback_override_each_other)
{
    for (int callback_last = 0; callback_last < 2; callback_last++) {
        struct pair *pair = contexts("SRP-AES-128-CBC-SHA");
        struct outcome outcome[2];

        CHECK_EQ(SSL_CTX_set_srp_client_pwd_callback(pair->ctx[CLIENT], give_wrong_password), 1);
        CHECK_EQ(SSL_CTX_set_srp_password(pair->ctx[CLIENT], (char *)password), 1);
        if (callback_last)
            CHECK_EQ(SSL_CTX_set_srp_client_pwd_callback(pair->ctx[CLIENT], give_wrong_password), 1);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, !callback_last);
        pair_free(pair);
    }
}

/* What a context has of SRP is copied by SSL_new(): another name, callback or argument, or another strength, comes too late. */
TEST(settings_are_copied_to_connections)
{
    struct pair *pair = contexts("SRP-AES-128-CBC-SHA");

    pair_over_wire(pair);
    CHECK_EQ(SSL_CTX_set_srp_username(pair->ctx[CLIENT], (char *)"another"), 1);
    CHECK_EQ(SSL_CTX_set_srp_client_pwd_callback(pair->ctx[CLIENT], give_wrong_password), 1);
    CHECK_EQ(SSL_CTX_set_srp_cb_arg(pair->ctx[CLIENT], server_argument), 1);
    CHECK_EQ(SSL_CTX_set_srp_strength(pair->ctx[CLIENT], 8192), 1);
    CHECK_EQ(SSL_CTX_set_srp_username_callback(pair->ctx[SERVER], NULL), 1);
    CHECK_STR(SSL_get_srp_username(pair->ssl[CLIENT]), user);
    pair_handshake(pair);
    CHECK_EQ(calls[CLIENT], 1);
    CHECK_EQ(calls[SERVER], 1);
    CHECK_STR(SSL_get_srp_username(pair->ssl[SERVER]), user);
    pair_free(pair);
}
