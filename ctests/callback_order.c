/* SSL_CTX_set_info_callback(3), SSL_CTX_set_msg_callback(3), SSL_CTX_sess_set_new_cb(3), SSL_CTX_set_session_ticket_cb(3),
 * SSL_CTX_add_custom_ext(3), SSL_CTX_set_keylog_callback(3): what comes before what, and what is known by then. */
#include "support.h"

#include <openssl/core_names.h>

#define EXTENSION 1000
#define CLIENT_HELLO_TYPE 1
#define NEW_SESSION_TICKET_TYPE 4

static char order[400];

static void note(const char *what)
{
    CHECK(strlen(order) + strlen(what) + 2 < sizeof(order));
    strcat(order, what);
    strcat(order, ",");
}

static void note_message(int written, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    (void)written, (void)version, (void)ssl, (void)argument;
    if (type == SSL3_RT_HANDSHAKE && length > 0 && *(const unsigned char *)bytes == NEW_SESSION_TICKET_TYPE)
        note("ticket");
}

static int note_new_session(SSL *ssl, SSL_SESSION *session)
{
    CHECK(SSL_get0_session(ssl) == session);
    note("new");
    return 0;
}

static int put_data(SSL *ssl, void *argument)
{
    note("made");
    CHECK(argument == order);
    CHECK_OK(SSL_SESSION_set1_ticket_appdata(SSL_get0_session(ssl), "data", 4));
    return 1;
}

static SSL_TICKET_RETURN take_data(SSL *ssl, SSL_SESSION *session, const unsigned char *name, size_t length,
                                   SSL_TICKET_STATUS status, void *argument)
{
    (void)ssl, (void)session, (void)name, (void)length, (void)argument;
    return status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW ? SSL_TICKET_RETURN_USE_RENEW
                                                                              : SSL_TICKET_RETURN_IGNORE_RENEW;
}

static int add_noted(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out, size_t *length,
                     X509 *certificate, size_t index, int *alert, void *argument)
{
    (void)ssl, (void)type, (void)context, (void)certificate, (void)index, (void)alert, (void)argument;
    *out = NULL;
    *length = 0;
    note("add");
    return 1;
}

static int parse_noted(SSL *ssl, unsigned int type, unsigned int context, const unsigned char *in, size_t length,
                       X509 *certificate, size_t index, int *alert, void *argument)
{
    (void)ssl, (void)type, (void)context, (void)in, (void)length, (void)certificate, (void)index, (void)alert, (void)argument;
    note("parse");
    return 1;
}

static void extension_of_tickets(SSL_CTX *context)
{
    CHECK_OK(SSL_CTX_add_custom_ext(context, EXTENSION, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_NEW_SESSION_TICKET, add_noted,
                                    NULL, NULL, parse_noted, NULL));
}

/* A TLS 1.3 server makes the ticket, asks for its extensions, and tells of the session before it sends it; with tickets that
 * stand for sessions in the cache as well. */
static void check_tickets(int stateful)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL_SESSION *session;
    void *data;
    size_t length;

    if (stateful)
        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(pair->ctx[SERVER], 1);
    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"order", 5));
    SSL_CTX_sess_set_new_cb(pair->ctx[SERVER], note_new_session);
    SSL_CTX_set_msg_callback(pair->ctx[SERVER], note_message);
    CHECK_OK(SSL_CTX_set_session_ticket_cb(pair->ctx[SERVER], put_data, take_data, order));
    extension_of_tickets(pair->ctx[CLIENT]);
    extension_of_tickets(pair->ctx[SERVER]);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(strstr(order, "made,add,new,ticket,") != NULL);
    pair_settle(pair);
    order[0] = 0;
    CHECK_EQ(SSL_new_session_ticket(pair->ssl[SERVER]), 1);
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), 1);
    CHECK_STR(order, "made,add,new,ticket,");
    pair_settle(pair);
    session = pair_leave(pair);
    order[0] = 0;
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK_OK(SSL_SESSION_get0_ticket_appdata(SSL_get0_session(pair->ssl[SERVER]), &data, &length));
    CHECK(length == 4 && memcmp(data, "data", 4) == 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(tickets_are_made_told_and_sent)
{
    check_tickets(0);
}

TEST(tickets_of_kept_sessions_are_made_told_and_sent)
{
    check_tickets(1);
}

static void note_ticket_read(const SSL *ssl, int where, int ret)
{
    (void)ret;
    if (where == SSL_CB_CONNECT_LOOP && strcmp(SSL_state_string(ssl), "TRST") == 0)
        note("left");
    else if (where == SSL_CB_CONNECT_EXIT)
        note("exit");
}

/* A client is told of the session before the ticket's state is left. */
TEST(session_of_a_ticket_is_told_before_its_end)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    char byte;

    SSL_CTX_set_num_tickets(pair->ctx[SERVER], 1);
    extension_of_tickets(pair->ctx[CLIENT]);
    extension_of_tickets(pair->ctx[SERVER]);
    SSL_CTX_set_session_cache_mode(pair->ctx[CLIENT], SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(pair->ctx[CLIENT], note_new_session);
    SSL_CTX_set_info_callback(pair->ctx[CLIENT], note_ticket_read);
    SSL_CTX_set_msg_callback(pair->ctx[CLIENT], note_message);
    pair_over_wire(pair);
    pair_handshake(pair);
    order[0] = 0;
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], &byte, 1), -1);
    CHECK_STR(order, "ticket,parse,new,left,exit,");
    pair_free(pair);
}

static int positions[3];

/* Where the server is when it is asked for the extensions of a message. */
static int add_and_look(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out, size_t *length,
                        X509 *certificate, size_t index, int *alert, void *argument)
{
    (void)type, (void)certificate, (void)index, (void)alert, (void)argument;
    *out = NULL;
    *length = 0;
    if (!SSL_is_server(ssl))
        return 1;
    if (context == SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST)
        positions[0] = SSL_get_state(ssl);
    else if (context == SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS)
        positions[1] = SSL_get_state(ssl);
    else if (context == SSL_EXT_TLS1_3_CERTIFICATE_REQUEST)
        positions[2] = SSL_get_state(ssl);
    return 1;
}

TEST(extensions_are_asked_for_in_their_messages)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[side], EXTENSION,
                                        SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST
                                            | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_3_CERTIFICATE_REQUEST,
                                        add_and_look, NULL, NULL, NULL, NULL));
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-256"));
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-256"));
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(positions[0], TLS_ST_SW_SRVR_HELLO);
    CHECK_EQ(positions[1], TLS_ST_SW_ENCRYPTED_EXTENSIONS);
    CHECK_EQ(positions[2], TLS_ST_SW_CERT_REQ);
    pair_free(pair);
}

static int added, seen_version;

/* Changes the suites in the middle of a ClientHello. */
static int add_and_change(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out, size_t *length,
                          X509 *certificate, size_t index, int *alert, void *argument)
{
    (void)type, (void)context, (void)certificate, (void)index, (void)alert, (void)argument;
    *out = NULL;
    *length = 0;
    added++;
    seen_version = SSL_client_version(ssl);
    CHECK_OK(SSL_set_cipher_list(ssl, "ECDHE-ECDSA-AES256-GCM-SHA384"));
    return 1;
}

static size_t offered_length;

static int look_at_suites(SSL *ssl, int *alert, void *argument)
{
    const unsigned char *suites;

    (void)alert, (void)argument;
    offered_length = SSL_client_hello_get0_ciphers(ssl, &suites);
    /* The suite, and the signal of secure renegotiation. */
    CHECK(offered_length == 4 && suites[0] == 0xc0 && suites[1] == 0x2b);
    return SSL_CLIENT_HELLO_SUCCESS;
}

/* The suites of a ClientHello stand before its extensions. */
TEST(suites_are_chosen_before_extensions_are_asked_for)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];

    CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[CLIENT], EXTENSION, SSL_EXT_CLIENT_HELLO, add_and_change, NULL, NULL, NULL, NULL));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-GCM-SHA256"));
    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], look_at_suites, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_EQ(added, 1);
    CHECK_EQ(seen_version, TLS1_2_VERSION);
    CHECK_EQ(offered_length, 4);
    pair_disconnect(pair);

    /* Without suites nobody asks for extensions. */
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "eNULL"));
    added = 0;
    pair_over_wire(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_SSL_REASON(SSL_R_NO_CIPHERS_AVAILABLE);
    CHECK_EQ(added, 0);
    pair_free(pair);
}

static int protocols_asked;

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                           unsigned int in_length, void *argument)
{
    (void)ssl, (void)in_length, (void)argument;
    protocols_asked++;
    *out = in + 1;
    *out_length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static unsigned int protocol_length(const SSL *ssl)
{
    const unsigned char *protocol;
    unsigned int length;

    SSL_get0_alpn_selected(ssl, &protocol, &length);
    return length;
}

/* Protocols are negotiated once: a renegotiation has none, and forgets them. */
TEST(renegotiation_is_not_about_protocols)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    char byte;

    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\2h2", 3), 0);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], choose_protocol, NULL);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(protocols_asked, 1);
    CHECK_EQ(protocol_length(pair->ssl[CLIENT]), 2);
    CHECK_EQ(protocol_length(pair->ssl[SERVER]), 2);
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    for (int i = 0; i < 4; i++) {
        SSL_do_handshake(pair->ssl[CLIENT]);
        SSL_read(pair->ssl[SERVER], &byte, 1);
    }
    CHECK(!SSL_renegotiate_pending(pair->ssl[CLIENT]));
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), 1);
    CHECK_EQ(protocols_asked, 1);
    CHECK_EQ(protocol_length(pair->ssl[CLIENT]), 0);
    CHECK_EQ(protocol_length(pair->ssl[SERVER]), 0);
    check_alive(pair);
    pair_free(pair);
}

static char premaster_line[256];

static void keep_premaster(const SSL *ssl, const char *line)
{
    (void)ssl;
    if (strncmp(line, "RSA ", 4) == 0)
        snprintf(premaster_line, sizeof(premaster_line), "%s", line);
}

/* With the RSA key exchange the client's key log has the premaster secret, by the first bytes of what it sends. */
TEST(key_log_of_a_client_with_rsa_key_exchange)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "AES128-GCM-SHA256"));
    SSL_CTX_set_keylog_callback(pair->ctx[SERVER], keep_premaster);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(premaster_line, "");
    pair_disconnect(pair);
    SSL_CTX_set_keylog_callback(pair->ctx[CLIENT], keep_premaster);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(strlen(premaster_line), 4 + 16 + 1 + 96);
    CHECK(strncmp(premaster_line + 21, "0303", 4) == 0);
    pair_free(pair);
}

static char key_updates[200];

static void note_key_update(const SSL *ssl, const char *line)
{
    size_t length = strcspn(line, " ");

    (void)ssl;
    if (length > 2 && strncmp(line + length - 2, "_N", 2) == 0) {
        strncat(key_updates, line, length);
        strcat(key_updates, ",");
    }
}

/* A KeyUpdate's new secret is in the key log of who sends it and of who reads it. */
TEST_SIDES(key_log_of_key_updates)
{
    if (version == TLS1_3_VERSION) {
        struct pair *pair = pair_contexts(version);

        SSL_CTX_set_keylog_callback(pair->ctx[CLIENT], note_key_update);
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_OK(SSL_key_update(pair->ssl[server], SSL_KEY_UPDATE_NOT_REQUESTED));
        CHECK_EQ(SSL_do_handshake(pair->ssl[server]), 1);
        check_alive(pair);
        CHECK_STR(key_updates, server ? "SERVER_TRAFFIC_SECRET_N," : "CLIENT_TRAFFIC_SECRET_N,");
        pair_free(pair);
    }
}

static int finished_left;

static void count_finished(const SSL *ssl, int where, int ret)
{
    (void)ret;
    if (where == SSL_CB_ACCEPT_LOOP && SSL_get_state(ssl) == TLS_ST_OK)
        finished_left++;
}

/* How often the info callback sees a server leave its end when the ClientHello of a renegotiation comes. */
TEST(renegotiation_leaves_the_end)
{
    for (int asks = 0; asks < 2; asks++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        char byte;

        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
        pair_over_wire(pair);
        pair_handshake(pair);
        if (asks) {
            CHECK_OK(SSL_renegotiate(pair->ssl[SERVER]));
            CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), 1);
        } else {
            CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
        }
        SSL_set_info_callback(pair->ssl[SERVER], count_finished);
        finished_left = 0;
        if (asks)
            SSL_read(pair->ssl[CLIENT], &byte, 1);
        else
            SSL_do_handshake(pair->ssl[CLIENT]);
        CHECK_EQ(SSL_read(pair->ssl[SERVER], &byte, 1), -1);
        CHECK_EQ(finished_left, 2);
        pair_free(pair);
    }
}

static int wants[8], want_count;

static int ask_again(SSL *ssl)
{
    CHECK(want_count < 8);
    wants[want_count] = SSL_want(ssl);
    return want_count++ % 2 == 0;
}

static int hello_again(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    return ask_again(ssl) ? SSL_CLIENT_HELLO_RETRY : SSL_CLIENT_HELLO_SUCCESS;
}

static int certificate_again(SSL *ssl, void *argument)
{
    (void)argument;
    return ask_again(ssl) ? -1 : 1;
}

/* A callback that is called again sees what it asked to wait for, and what comes after the ClientHello's, too. */
TEST_VERSIONS(callbacks_are_called_again)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], hello_again, NULL);
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], certificate_again, NULL);
    pair_over_wire(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_CLIENT_HELLO_CB);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_X509_LOOKUP);
    pair_handshake(pair);
    CHECK_EQ(want_count, 4);
    CHECK_EQ(wants[0], SSL_NOTHING);
    CHECK_EQ(wants[1], SSL_CLIENT_HELLO_CB);
    CHECK_EQ(wants[2], SSL_CLIENT_HELLO_CB);
    CHECK_EQ(wants[3], SSL_X509_LOOKUP);
    CHECK_EQ(SSL_want(pair->ssl[SERVER]), SSL_NOTHING);
    pair_free(pair);
}

/* What is known of the session when the program's callbacks run. */
static int no_session_yet, resumed_key, host_of_session;

static int look_for_keys(SSL *ssl, unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seals)
{
    if (!seals)
        no_session_yet = SSL_get0_session(ssl) == NULL;
    return ticket_keys(name, vector, cipher, mac, seals);
}

static int accept_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl, (void)alert, (void)argument;
    return SSL_TLSEXT_ERR_OK;
}

static int look_at_session(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                           unsigned int in_length, void *argument)
{
    SSL_SESSION *session = SSL_get0_session(ssl);
    const char *host = SSL_SESSION_get0_hostname(session);

    (void)in_length, (void)argument;
    resumed_key = SSL_SESSION_get_master_key(session, NULL, 0) > 0;
    host_of_session = host != NULL && strcmp(host, "server.example") == 0;
    *out = in + 1;
    *out_length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

/* While a server looks for a session it has none; then it has the one that it resumes, or a new one, with the client's name. */
TEST_VERSIONS(session_that_a_server_looks_for)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = NULL;

    SSL_CTX_set_tlsext_ticket_key_evp_cb(pair->ctx[SERVER], look_for_keys);
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], accept_name);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], look_at_session, NULL);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\2h2", 3), 0);
    for (int resumes = 0; resumes < 2; resumes++) {
        no_session_yet = resumed_key = host_of_session = 0;
        pair_over_wire(pair);
        CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"));
        if (resumes)
            CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), resumes);
        CHECK_EQ(no_session_yet, resumes);
        CHECK_EQ(resumed_key, resumes);
        CHECK_EQ(host_of_session, 1);
        CHECK(SSL_SESSION_get_master_key(SSL_get0_session(pair->ssl[SERVER]), NULL, 0) > 0);
        SSL_SESSION_free(session);
        session = pair_leave(pair);
    }
    SSL_SESSION_free(session);
    pair_free(pair);
}

static const STACK_OF(SSL_CIPHER) *suites_at_name, *suites_at_certificate;

static int look_at_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    suites_at_name = SSL_get_client_ciphers(ssl);
    return SSL_TLSEXT_ERR_OK;
}

static int look_at_certificate(SSL *ssl, void *argument)
{
    (void)argument;
    suites_at_certificate = SSL_get_client_ciphers(ssl);
    return 1;
}

/* The client's suites are known to SSL_get_client_ciphers() after the servername callback. */
TEST_VERSIONS(suites_are_known_after_the_name)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], look_at_name);
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], look_at_certificate, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(suites_at_name == NULL);
    CHECK(suites_at_certificate != NULL);
    pair_free(pair);
}

static void note_line(const SSL *ssl, const char *line)
{
    char label[40];

    (void)ssl;
    snprintf(label, sizeof(label), "%.*s", (int)strcspn(line, " "), line);
    note(label);
}

static void note_change(const SSL *ssl, int where, int value)
{
    (void)value;
    if (where == SSL_CB_CONNECT_LOOP && SSL_get_state(ssl) == TLS_ST_CW_CHANGE)
        note("change");
}

/* A client's key log has the secret of its own flight at the head of that, behind the ChangeCipherSpec. */
TEST(key_log_of_a_client)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    SSL_CTX_set_keylog_callback(pair->ctx[CLIENT], note_line);
    SSL_CTX_set_info_callback(pair->ctx[CLIENT], note_change);
    for (int compatible = 0; compatible < 2; compatible++) {
        pair_over_wire(pair);
        if (!compatible)
            SSL_clear_options(pair->ssl[CLIENT], SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
        order[0] = 0;
        pair_handshake(pair);
        CHECK_EQ(strncmp(order, "SERVER_HANDSHAKE_TRAFFIC_SECRET,EXPORTER_SECRET,SERVER_TRAFFIC_SECRET_0,", 72), 0);
        CHECK_STR(order + 72, compatible ? "change,CLIENT_HANDSHAKE_TRAFFIC_SECRET,CLIENT_TRAFFIC_SECRET_0,"
                                         : "CLIENT_HANDSHAKE_TRAFFIC_SECRET,CLIENT_TRAFFIC_SECRET_0,");
        pair_disconnect(pair);
    }
    pair_free(pair);
}

static void note_state(const SSL *ssl, int where, int value)
{
    (void)value;
    if (where == SSL_CB_CONNECT_LOOP || where == SSL_CB_WRITE_ALERT)
        note(where == SSL_CB_WRITE_ALERT ? "alert" : SSL_state_string(ssl));
}

static void note_received(int written, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    char name[8];

    (void)version, (void)length, (void)ssl, (void)argument;
    snprintf(name, sizeof(name), "%d", *(const unsigned char *)bytes);
    if (!written && type == SSL3_RT_HANDSHAKE)
        note(name);
}

/* A message that is not expected ends the state before it, and is not told. */
TEST(unexpected_message)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];

    /* RFC 5246, 7.4.4: a server without a certificate asks for none. */
    for (int side = 0; side < 2; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "AECDH:@SECLEVEL=0"));
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_info_callback(pair->ctx[CLIENT], note_state);
    SSL_CTX_set_msg_callback(pair->ctx[CLIENT], note_received);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_UNEXPECTED_MESSAGE);
    CHECK_STR(order, "PINIT,TWCH,TWCH,2,TRSH,12,TRSKE,alert,");
    pair_free(pair);
}

/* The message callback is told of a HelloRequest also where a renegotiation is under way (RFC 5246, 7.4.1.1). */
TEST(hello_request_in_a_renegotiation)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);

    CHECK_OK(SSL_renegotiate(pair->ssl[SERVER]));
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    SSL_set_msg_callback(pair->ssl[CLIENT], note_received);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_STR(order, "0,");
    pair_free(pair);
}
