/*
 * What a connection shows before and during its handshake, and after a handshake that failed: SSL_get_version(3),
 * SSL_get_session(3), SSL_get_current_cipher(3), SSL_want(3), SSL_get_state(3); the extensions of the peer's messages.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

/* One step of one side, which has to wait for the other. */
static void step(struct pair *pair, int side)
{
    CHECK_WANTS(pair->ssl[side], SSL_do_handshake(pair->ssl[side]), SSL_ERROR_WANT_READ);
}

static struct pair *over_memory(int version)
{
    struct pair *pair = pair_contexts(version);

    pair_over_memory(pair);
    return pair;
}

/* A client speaks of the highest version that it offers, a server of the one that it chose. */
TEST(version_after_client_hello_is_the_highest_offered)
{
    struct pair *pair = pair_contexts(0);

    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION);
    pair_over_memory(pair);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_3_VERSION);
    step(pair, CLIENT);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_2_VERSION);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), TLS1_3_VERSION);
    step(pair, SERVER);
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), TLS1_2_VERSION);
    pair_free(pair);
}

/* What a client's program allows counts when the server has answered, whatever was offered. */
TEST_VERSIONS(version_that_is_no_longer_allowed_is_refused)
{
    struct pair *pair = pair_contexts(0);
    SSL *client;

    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], version));
    pair_over_memory(pair);
    client = pair->ssl[CLIENT];
    step(pair, CLIENT);
    step(pair, SERVER);
    if (version == TLS1_2_VERSION)
        CHECK_OK(SSL_set_min_proto_version(client, TLS1_3_VERSION));
    else
        CHECK_OK(SSL_set_max_proto_version(client, TLS1_2_VERSION));
    CHECK_FAILS(client, SSL_connect(client), SSL_R_UNSUPPORTED_PROTOCOL);
    pair_free(pair);
}

/* There is a session as soon as a hello is sent or read; nothing can resume it. */
TEST(session_is_there_from_the_hello_on)
{
    struct pair *pair = over_memory(TLS1_2_VERSION);

    CHECK(SSL_get_session(pair->ssl[CLIENT]) == NULL);
    step(pair, CLIENT);
    CHECK(SSL_get_session(pair->ssl[CLIENT]) != NULL);
    CHECK_EQ(SSL_SESSION_is_resumable(SSL_get_session(pair->ssl[CLIENT])), 0);
    CHECK(SSL_get_session(pair->ssl[SERVER]) == NULL);
    step(pair, SERVER);
    CHECK(SSL_get_session(pair->ssl[SERVER]) != NULL);
    CHECK_EQ(SSL_SESSION_get_protocol_version(SSL_get_session(pair->ssl[SERVER])), TLS1_2_VERSION);
    pair_free(pair);
}

/* The suite is pending until it is written with. */
TEST(suite_is_pending_before_it_is_current)
{
    struct pair *pair = over_memory(TLS1_2_VERSION);

    step(pair, CLIENT);
    step(pair, SERVER);
    CHECK(SSL_get_current_cipher(pair->ssl[SERVER]) == NULL);
    CHECK(SSL_get_pending_cipher(pair->ssl[SERVER]) != NULL);
    step(pair, CLIENT);
    CHECK(SSL_get_current_cipher(pair->ssl[CLIENT]) == SSL_get_pending_cipher(pair->ssl[SERVER]));
    pair_free(pair);
}

/* What failed while it read waits for reading, what failed in what it read for nothing. */
TEST(failure_shows_where_it_was_found)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-RSA-AES128-GCM-SHA256");
    pair_over_memory(pair);
    step(pair, CLIENT);
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_NO_SHARED_CIPHER);
    CHECK_EQ(SSL_want(pair->ssl[SERVER]), SSL_NOTHING);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    CHECK_EQ(SSL_want(pair->ssl[CLIENT]), SSL_READING);
    pair_free(pair);
}

/* A handshake that nothing can come of fails before it begins. */
TEST(handshake_without_versions_or_suites_fails_at_once)
{
    struct pair *pair = pair_contexts(0);

    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_SSL_MASK);
    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_1_VERSION);
    SSL_CTX_set_security_level(pair->ctx[SERVER], 0);
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE-ECDSA-AES128-GCM-SHA256"));
    pair_over_memory(pair);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_NO_PROTOCOLS_AVAILABLE);
    CHECK_EQ(SSL_get_state(pair->ssl[CLIENT]), TLS_ST_BEFORE);
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_NO_CIPHERS_AVAILABLE);
    CHECK_EQ(SSL_get_state(pair->ssl[SERVER]), TLS_ST_BEFORE);
    pair_free(pair);
}

/* A read of no bytes waits for some as any other. */
TEST(read_of_nothing_waits_for_data)
{
    struct pair *pair = over_memory(TLS1_2_VERSION);
    char byte;

    pair_handshake(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 0), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "x", 1), 1);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], &byte, 0), 0);
    CHECK_EQ(SSL_pending(pair->ssl[CLIENT]), 1);
    pair_free(pair);
}

static int extensions[2][64], extension_count[2];

static void note_extension(SSL *ssl, int from_server, int type, const unsigned char *data, int length, void *argument)
{
    (void)data;
    CHECK_STR(argument, "argument");
    CHECK(length >= 0);
    CHECK_EQ(from_server, !SSL_is_server(ssl));
    extensions[from_server][extension_count[from_server]++] = type;
}

static int was_told(int from_server, int type)
{
    for (int i = 0; i < extension_count[from_server]; i++)
        if (extensions[from_server][i] == type)
            return 1;
    return 0;
}

/* The program is told of the extensions in all messages that have some. */
TEST(extensions_are_told)
{
    struct pair *pair = over_memory(TLS1_3_VERSION);

    for (int side = 0; side < 2; side++) {
        CHECK_EQ(SSL_set_tlsext_debug_callback(pair->ssl[side], note_extension), 1);
        CHECK_EQ(SSL_set_tlsext_debug_arg(pair->ssl[side], "argument"), 1);
    }
    SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example");
    pair_handshake(pair);
    CHECK(was_told(0, TLSEXT_TYPE_server_name));
    CHECK(was_told(0, TLSEXT_TYPE_key_share));
    CHECK(was_told(0, TLSEXT_TYPE_supported_versions));
    CHECK(was_told(1, TLSEXT_TYPE_key_share));
    CHECK(was_told(1, TLSEXT_TYPE_supported_versions));
    CHECK(!was_told(1, TLSEXT_TYPE_psk_kex_modes));
    pair_free(pair);
}

/* The suites of all versions that both sides have, whatever was negotiated. */
TEST(shared_suites_are_those_of_all_versions)
{
    struct pair *pair = pair_contexts(0);
    char names[4096];

    SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_2_VERSION);
    pair_over_memory(pair);
    pair_handshake(pair);
    CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], names, sizeof(names)) == names);
    CHECK(strstr(names, "TLS_AES_128_GCM_SHA256") != NULL);
    CHECK(strstr(names, "ECDHE-ECDSA-AES128-GCM-SHA256") != NULL);
    pair_free(pair);
}

/* SSL_set_ssl_method(3): the method lasts until the next handshake begins, which SSL_clear() comes before. */
TEST(method_lasts_until_the_handshake)
{
    struct pair *pair = pair_contexts(0);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_ssl_method(pair->ssl[CLIENT], TLSv1_2_method()));
    CHECK_OK(SSL_set_ssl_method(pair->ssl[SERVER], TLSv1_2_method()));
    CHECK_EQ(SSL_version(pair->ssl[SERVER]), TLS1_2_VERSION);
    pair_handshake(pair);
    CHECK_EQ(SSL_version(pair->ssl[CLIENT]), TLS1_3_VERSION);
    pair_free(pair);
}

/* A flight that the transport does not take: the state is that of its last message, whoever watches. */
TEST_VERSIONS(state_of_a_flight_that_waits)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    pair->end[CLIENT].write_room = 10;
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_STR(SSL_state_string(pair->ssl[CLIENT]), "TWCH");
    pair->end[CLIENT].write_room = SIZE_MAX;
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    pair->end[SERVER].write_room = 10;
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
    CHECK_EQ(SSL_get_error(pair->ssl[SERVER], -1), SSL_ERROR_WANT_WRITE);
    CHECK_STR(SSL_state_string(pair->ssl[SERVER]), version == TLS1_3_VERSION ? "TWFIN" : "TWSD");
    pair->end[SERVER].write_room = SIZE_MAX;
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* A suite that the client took back after its hello is no longer good. */
TEST(suite_that_was_taken_back)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];

    pair_over_wire(pair);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_OK(SSL_set_cipher_list(pair->ssl[CLIENT], "RSA+AES"));
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_WRONG_CIPHER_RETURNED);
    pair_free(pair);
}

/* A message that is too long is the one that is being read. */
TEST_VERSIONS(state_at_a_chain_that_is_too_long)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];
    SSL *client;

    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    SSL_set_max_cert_list(client, 10);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_EXCESSIVE_MESSAGE_SIZE);
    CHECK_EQ(SSL_get_state(client), TLS_ST_CR_CERT);
    CHECK_EQ(SSL_want(client), SSL_NOTHING);
    pair_free(pair);
}

/* What both sides have is what they have in the version of the connection. */
TEST(shared_groups_are_those_of_the_version)
{
    struct pair *pair = pair_contexts(0);
    long before;

    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION));
    pair_over_wire(pair);
    pair_handshake(pair);
    before = SSL_get_shared_group(pair->ssl[SERVER], -1);
    CHECK(before > 0);
    CHECK_OK(SSL_set_min_proto_version(pair->ssl[SERVER], TLS1_3_VERSION));
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1), before);
    pair_free(pair);
}

/* Without a certificate that fits, the server has still looked at the client's share. */
TEST(group_of_a_handshake_without_a_certificate)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    struct outcome outcome[2];
    EVP_PKEY *key;

    use_identity(pair->ctx[SERVER], "ed25519");
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256"));
    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[SERVER], "rsa_pss_rsae_sha256"));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM);
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[SERVER]), NID_X9_62_prime256v1);
    CHECK_OK(SSL_get_peer_tmp_key(pair->ssl[SERVER], &key));
    EVP_PKEY_free(key);
    CHECK(SSL_SESSION_get0_cipher(SSL_get0_session(pair->ssl[SERVER])) == NULL);
    pair_free(pair);
}

static SSL_CTX *other_context;

static int change_context(SSL *ssl, void *argument)
{
    (void)argument;
    CHECK(SSL_set_SSL_CTX(ssl, other_context) == other_context);
    return 1;
}

/* A client's session is made in the id context that there was when its hello was sent. */
TEST_VERSIONS(id_context_is_that_of_the_hello)
{
    struct pair *pair = pair_contexts(version);
    unsigned int length;

    other_context = pair->ctx[SERVER];
    CHECK_OK(SSL_CTX_set_session_id_context(other_context, (const unsigned char *)"other", 5));
    SSL_CTX_set_verify(other_context, SSL_VERIFY_PEER, NULL);
    trust(other_context, "root");
    use_identity(pair->ctx[CLIENT], "client");
    SSL_CTX_set_cert_cb(pair->ctx[CLIENT], change_context, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    SSL_SESSION_get0_id_context(SSL_get0_session(pair->ssl[CLIENT]), &length);
    CHECK_EQ(length, 0);
    pair_free(pair);
}

/* The transport's callback changes the context while the body of the ServerHello is read. */
static SSL_CTX *changed;
static int reads, logged;

static void count_line(const SSL *ssl, const char *line)
{
    (void)ssl;
    (void)line;
    logged++;
}

static long change_while_reading(BIO *bio, int operation, const char *bytes, size_t length, int number, long argument,
                                 int result, size_t *processed)
{
    (void)bio, (void)bytes, (void)length, (void)number, (void)argument, (void)processed;
    if (operation == BIO_CB_READ && ++reads == 2)
        SSL_CTX_set_keylog_callback(changed, count_line);
    return result;
}

TEST(context_that_changes_in_a_read_counts_at_once)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_accept(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    changed = pair->ctx[CLIENT];
    reads = logged = 0;
    BIO_set_callback_ex(SSL_get_rbio(pair->ssl[CLIENT]), change_while_reading);
    pair_handshake(pair);
    CHECK(reads > 2);
    /* Two secrets of the handshake, two of the traffic, and the exporter's. */
    CHECK_EQ(logged, 5);
    pair_free(pair);
}

/* A method of the other kind lasts until the handshake begins, too. */
TEST(method_of_the_other_kind_lasts_until_the_handshake)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_ssl_method(pair->ssl[CLIENT], DTLS_client_method()));
    pair_handshake(pair);
    check_alive(pair);
    CHECK_STR(SSL_get_version(pair->ssl[CLIENT]), "TLSv1.2");
    pair_free(pair);
}

/* A hello that a server refuses has taken the place of what the server was told of the client before. */
TEST(server_forgets_what_it_was_told_with_the_hello)
{
    struct pair *pair = pair_contexts(0);
    SSL *self;

    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_2_VERSION);
    SSL_CTX_set_min_proto_version(pair->ctx[SERVER], TLS1_3_VERSION);
    pair_over_wire(pair);
    self = pair->ssl[SERVER];
    CHECK_OK(SSL_set_tlsext_host_name(self, "server.example"));
    CHECK_OK(SSL_set_tlsext_status_type(self, TLSEXT_STATUSTYPE_ocsp));
    step(pair, SERVER);
    CHECK_STR(SSL_get_servername(self, TLSEXT_NAMETYPE_host_name), "server.example");
    CHECK_EQ(SSL_get_tlsext_status_type(self), TLSEXT_STATUSTYPE_ocsp);
    step(pair, CLIENT);
    CHECK_FAILS(self, SSL_do_handshake(self), SSL_R_UNSUPPORTED_PROTOCOL);
    CHECK(SSL_get_servername(self, TLSEXT_NAMETYPE_host_name) == NULL);
    CHECK_EQ(SSL_get_tlsext_status_type(self), -1);
    pair_free(pair);
}

/* The session that a handshake begins knows its group, also when another connection is given it. */
TEST_VERSIONS(session_that_began_knows_its_group)
{
    struct pair *pair = pair_contexts(version);
    SSL_SESSION *session;

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-256"));
    pair_over_memory(pair);
    step(pair, CLIENT);
    step(pair, SERVER);
    session = SSL_get1_session(pair->ssl[SERVER]);
    pair_disconnect(pair);
    pair_over_memory(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    CHECK_EQ(SSL_get_negotiated_group(pair->ssl[CLIENT]), NID_X25519);
    SSL_SESSION_free(session);
    pair_free(pair);
}

static SSL_SESSION *given;
static int chains_seen;

/* The handshake has a session of its own, of which nothing is known yet but in TLS 1.3. */
static int look_at_session(X509_STORE_CTX *store, void *argument)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    int is_tls13 = SSL_version(ssl) == TLS1_3_VERSION;

    (void)argument;
    chains_seen++;
    CHECK(SSL_get_session(ssl) != NULL && SSL_get_session(ssl) != given);
    CHECK_EQ(SSL_SESSION_is_resumable(SSL_get_session(ssl)), 0);
    CHECK_EQ(SSL_get_current_cipher(ssl) != NULL, is_tls13);
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

/* A session that the server does not resume is no longer that of the connection; that this fails is nothing to it. */
TEST_VERSIONS(session_that_is_not_resumed_makes_way)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL *client;

    given = connect_with(pair, NULL, 0);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_OFF);
    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], look_at_session, NULL);
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    CHECK_OK(SSL_set_session(client, given));
    step(pair, CLIENT);
    CHECK(SSL_get_session(client) == given);
    step(pair, SERVER);
    CHECK_FAILS(client, SSL_do_handshake(client), SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(chains_seen, 1);
    CHECK_EQ(SSL_SESSION_is_resumable(given), 1);
    SSL_SESSION_free(given);
    pair_free(pair);
}

/* A session that cannot be resumed makes way at once, also one of a version that is not offered. */
TEST(session_that_cannot_be_resumed_makes_way_at_once)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 1);
    SSL *client;

    given = connect_with(pair, NULL, 0);
    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_3_VERSION);
    SSL_CTX_set_min_proto_version(pair->ctx[CLIENT], TLS1_3_VERSION);
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    CHECK_OK(SSL_set_session(client, given));
    CHECK(SSL_get_session(client) == given);
    step(pair, CLIENT);
    CHECK(SSL_get_session(client) != given);
    CHECK_EQ(SSL_SESSION_get_protocol_version(SSL_get_session(client)), TLS1_3_VERSION);
    SSL_SESSION_free(given);
    pair_free(pair);
}

static int has_gcm(STACK_OF(SSL_CIPHER) *list)
{
    for (int i = 0; i < sk_SSL_CIPHER_num(list); i++)
        if (strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, i)), "ECDHE-ECDSA-AES128-GCM-SHA256") == 0)
            return 1;
    return 0;
}

/* With a method of one version it is the version that SSL_version() says, be it that of a hello that was refused. */
TEST(supported_ciphers_after_a_hello_of_another_version)
{
    struct pair *pair = pair_contexts(0);
    STACK_OF(SSL_CIPHER) *list;
    SSL *self;

    SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], TLS1_1_VERSION);
    SSL_CTX_set_security_level(pair->ctx[CLIENT], 0);
    CHECK_OK(SSL_CTX_set_ssl_version(pair->ctx[SERVER], TLSv1_2_method()));
    pair_over_wire(pair);
    self = pair->ssl[SERVER];
    list = SSL_get1_supported_ciphers(self);
    CHECK(has_gcm(list));
    sk_SSL_CIPHER_free(list);
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
    CHECK_FAILS(self, SSL_do_handshake(self), SSL_R_WRONG_SSL_VERSION);
    list = SSL_get1_supported_ciphers(self);
    CHECK(!has_gcm(list));
    sk_SSL_CIPHER_free(list);
    pair_free(pair);
}
