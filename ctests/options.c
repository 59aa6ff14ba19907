/* SSL_CTX_set_options(3): what single options do on the wire. */
#include "support.h"

/* How many records of the type are in the queue now. */
static int count_records(const struct queue *queue, int type)
{
    size_t position = queue->start;
    int count = 0;

    while (position + 5 <= queue->end) {
        const unsigned char *header = queue->bytes + position;

        count += header[0] == type;
        position += 5 + ((size_t)header[3] << 8 | header[4]);
    }
    CHECK_EQ(position, queue->end);
    return count;
}

/* SSL_OP_ENABLE_MIDDLEBOX_COMPAT, on by default: TLS 1.3 sends change_cipher_spec records and a
 * session id that mean nothing (RFC 8446, D.4). */
TEST(middlebox_compat)
{
    for (int on = 0; on < 2; on++) {
        struct pair *pair = pair_contexts(TLS1_3_VERSION);
        int from_server, from_client;

        for (int side = CLIENT; side <= SERVER && !on; side++)
            SSL_CTX_clear_options(pair->ctx[side], SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
        pair_over_wire(pair);
        CHECK_EQ(SSL_connect(pair->ssl[CLIENT]), -1);
        CHECK_EQ(pair->queue[SERVER].bytes[pair->queue[SERVER].start + 5 + 4 + 2 + 32], on ? 32 : 0);
        CHECK_EQ(SSL_accept(pair->ssl[SERVER]), -1);
        from_server = count_records(&pair->queue[CLIENT], SSL3_RT_CHANGE_CIPHER_SPEC);
        CHECK_OK(SSL_connect(pair->ssl[CLIENT]));
        from_client = count_records(&pair->queue[SERVER], SSL3_RT_CHANGE_CIPHER_SPEC);
        CHECK_EQ(from_server, on);
        CHECK_EQ(from_client, on);
        pair_handshake(pair);
        pair_settle(pair);
        check_alive(pair);
        pair_free(pair);
    }
}

/* A server without it answers a client with it, and the other way round. */
TEST(middlebox_compat_on_one_side)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        struct pair *pair = pair_contexts(TLS1_3_VERSION);

        SSL_CTX_clear_options(pair->ctx[side], SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        check_alive(pair);
        pair_free(pair);
    }
}

/* SSL_OP_NO_TICKET: TLS 1.2 has no ticket then; TLS 1.3 has one that only names a session. */
TEST_VERSIONS(no_ticket)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    if (version == TLS1_2_VERSION) {
        CHECK_EQ(SSL_SESSION_has_ticket(SSL_get_session(pair->ssl[CLIENT])), 0);
    } else {
        const unsigned char *ticket;
        size_t length;

        SSL_SESSION_get0_ticket(SSL_get_session(pair->ssl[CLIENT]), &ticket, &length);
        CHECK_EQ(length, 32);
    }
    pair_free(pair);
}

static int no_ticket_for_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
    return SSL_TLSEXT_ERR_OK;
}

static int no_ticket_for_extension(SSL *ssl, unsigned type, unsigned place, const unsigned char *data, size_t length,
                                   X509 *certificate, size_t index, int *alert, void *argument)
{
    (void)type, (void)place, (void)data, (void)length, (void)certificate, (void)index, (void)alert, (void)argument;
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
    return 1;
}

/* SSL_OP_NO_TICKET set by a callback that sees the ClientHello: there is no ticket, and after the servername callback the session
 * has an id instead. */
TEST(no_ticket_by_a_callback)
{
    for (int named = 0; named < 2; named++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        unsigned length;

        if (named)
            SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], no_ticket_for_name);
        else
            CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[SERVER], 1000, SSL_EXT_CLIENT_HELLO, NULL, NULL, NULL,
                                            no_ticket_for_extension, NULL));
        CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[CLIENT], 1000, SSL_EXT_CLIENT_HELLO, NULL, NULL, NULL, NULL, NULL));
        pair_over_wire(pair);
        CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example"));
        pair_handshake(pair);
        CHECK_EQ(SSL_SESSION_has_ticket(SSL_get_session(pair->ssl[CLIENT])), 0);
        SSL_SESSION_get_id(SSL_get_session(pair->ssl[CLIENT]), &length);
        CHECK_EQ(length, named ? 32 : 0);
        pair_free(pair);
    }
}

/* SSL_CTX_set_num_tickets(0): none at all. */
TEST(no_tickets_in_tls13)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    SSL_CTX_set_num_tickets(pair->ctx[SERVER], 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 0);
    CHECK_EQ(SSL_SESSION_is_resumable(SSL_get_session(pair->ssl[CLIENT])), 0);
    pair_free(pair);
}

/* SSL_OP_NO_EXTENDED_MASTER_SECRET. */
TEST_SIDES(no_extended_master_secret)
{
    struct pair *pair;

    if (version == TLS1_3_VERSION)
        return;
    pair = pair_contexts(version);
    SSL_CTX_set_options(pair->ctx[server], SSL_OP_NO_EXTENDED_MASTER_SECRET);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_extms_support(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_get_extms_support(pair->ssl[SERVER]), 0);
    check_alive(pair);
    pair_free(pair);
}

/* A session without the extended master secret is not resumed with it (RFC 7627, 5.3). */
TEST(session_without_extended_master_secret)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    SSL_SESSION *session;

    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_EXTENDED_MASTER_SECRET);
    pair_over_wire(pair);
    pair_handshake(pair);
    session = pair_leave(pair);
    SSL_CTX_clear_options(pair->ctx[CLIENT], SSL_OP_NO_EXTENDED_MASTER_SECRET);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 0);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_OP_ALLOW_NO_DHE_KEX: with it on both sides a resumption in TLS 1.3 still makes a key exchange
 * when it can. */
TEST(allow_no_dhe_kex)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL_SESSION *session;

    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_ALLOW_NO_DHE_KEX);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_NO_DHE_KEX);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    session = pair_leave(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    pair_settle(pair);
    check_alive(pair);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_OP_PRIORITIZE_CHACHA: a client that puts ChaCha20 first gets it, another gets AES. */
TEST_VERSIONS(prioritize_chacha)
{
    static const char *const suites[2][2] = {
        {"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305",
         "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256"},
        {"TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256",
         "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"},
    };

    for (int first = 0; first < 2; first++) {
        struct pair *pair = pair_contexts(version);
        int is_chacha;

        SSL_CTX_set_options(pair->ctx[SERVER],
                            SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], suites[0][0]));
        CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[SERVER], suites[1][0]));
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], suites[0][first]));
        CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], suites[1][first]));
        pair_over_wire(pair);
        pair_handshake(pair);
        is_chacha = strstr(SSL_get_cipher_name(pair->ssl[CLIENT]), "CHACHA20") != NULL;
        CHECK_EQ(is_chacha, first);
        pair_free(pair);
    }
}

/* The option of a connection does not touch its context or its sisters. */
TEST(options_of_a_connection_are_its_own)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *first = SSL_new(context), *second = SSL_new(context);

    SSL_set_options(first, SSL_OP_NO_TICKET);
    CHECK_EQ(SSL_get_options(second) & SSL_OP_NO_TICKET, 0);
    CHECK_EQ(SSL_CTX_get_options(context) & SSL_OP_NO_TICKET, 0);
    SSL_free(first);
    SSL_free(second);
    SSL_CTX_free(context);
}

/* A client of both versions gets on with a server of either. */
TEST(client_offers_both_versions_to_each_server)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

    for (int i = 0; i < 2; i++) {
        struct pair *pair = pair_contexts(0);

        SSL_CTX_set_min_proto_version(pair->ctx[SERVER], versions[i]);
        SSL_CTX_set_max_proto_version(pair->ctx[SERVER], versions[i]);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_version(pair->ssl[CLIENT]), versions[i]);
        pair_settle(pair);
        check_alive(pair);
        pair_free(pair);
    }
}

/* The extension of the ServerHello that a server of TLS 1.2 has just sent: where it stands, NULL where there is none. */
static unsigned char *server_extension(struct queue *queue, int type)
{
    unsigned char *message = queue->bytes + queue->start + 5, *at, *end;

    CHECK_EQ(message[0], SSL3_MT_SERVER_HELLO);
    at = message + 4 + 34;
    at += 1 + at[0] + 3;
    end = at + 2 + (at[0] << 8 | at[1]);
    for (at += 2; at < end; at += 4 + (at[2] << 8 | at[3]))
        if ((at[0] << 8 | at[1]) == type)
            return at;
    return NULL;
}

/* "If neither option is set then initial connections to unpatched servers will fail"; with SSL_OP_LEGACY_SERVER_CONNECT or
 * SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION they succeed. None is set by default. The extension gets another number on its way, as
 * if an unpatched server answered: the client goes on, to where it waits for the server's Finished. */
TEST(servers_without_secure_renegotiation)
{
    static const uint64_t options[] = {0, SSL_OP_LEGACY_SERVER_CONNECT, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION};

    for (int i = 0; i < 3; i++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        unsigned char *message, *extension;
        size_t length;

        SSL_CTX_set_options(pair->ctx[CLIENT], options[i]);
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_get_secure_renegotiation_support(pair->ssl[SERVER]), 1);
        extension = server_extension(&pair->queue[CLIENT], TLSEXT_TYPE_renegotiate);
        CHECK(extension != NULL);
        /* Cut out, and taken off the lengths of extensions, message and record. */
        message = pair->queue[CLIENT].bytes + pair->queue[CLIENT].start + 5;
        length = pair->queue[CLIENT].end - (size_t)(extension + 5 - pair->queue[CLIENT].bytes);
        memmove(extension, extension + 5, length);
        pair->queue[CLIENT].end -= 5;
        message[4 + 34 + 1 + message[4 + 34] + 3 + 1] -= 5;
        message[3] -= 5;
        message[-1] -= 5;
        if (options[i] == 0)
            CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED);
        else
            CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        CHECK_EQ(SSL_get_secure_renegotiation_support(pair->ssl[CLIENT]), 0);
        pair_free(pair);
    }
}

/* SSL_OP_NO_ENCRYPT_THEN_MAC: "Clients will not propose, and servers will not accept the extension." */
TEST(no_encrypt_then_mac)
{
    for (int without = -1; without <= SERVER; without++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);

        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-SHA"));
        if (without >= 0)
            SSL_CTX_set_options(pair->ctx[without], SSL_OP_NO_ENCRYPT_THEN_MAC);
        pair_over_wire(pair);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        CHECK_EQ(server_extension(&pair->queue[CLIENT], TLSEXT_TYPE_encrypt_then_mac) != NULL, without < 0);
        pair_handshake(pair);
        pair_settle(pair);
        check_alive(pair);
        pair_free(pair);
    }
}

/* SSL_OP_PRIORITIZE_CHACHA: "Requires SSL_OP_CIPHER_SERVER_PREFERENCE." Without either the client's order counts. */
TEST_VERSIONS(orders_of_suites)
{
    static const uint64_t options[] = {0, SSL_OP_PRIORITIZE_CHACHA, SSL_OP_CIPHER_SERVER_PREFERENCE};

    for (int i = 0; i < 3; i++) {
        struct pair *pair = pair_contexts(version);

        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"));
        CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[CLIENT], "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"));
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"));
        CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[SERVER], "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"));
        pair_over_wire(pair);
        /* "During a handshake, the option settings of the SSL object are used." */
        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_CIPHER_SERVER_PREFERENCE);
        SSL_set_options(pair->ssl[SERVER], options[i]);
        pair_handshake(pair);
        CHECK_EQ(SSL_CIPHER_get_bits(SSL_get_current_cipher(pair->ssl[CLIENT]), NULL),
                 options[i] == SSL_OP_CIPHER_SERVER_PREFERENCE ? 256 : 128);
        pair_free(pair);
    }
}

/* Every bit can be set and cleared, and the calls return the mask after them. "SSL_clear() does not affect the settings." */
TEST(every_option_is_kept)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;

    CHECK_EQ(SSL_CTX_clear_options(context, UINT64_MAX), 0);
    ssl = SSL_new(context);
    for (int bit = 0; bit < 64; bit++) {
        uint64_t option = (uint64_t)1 << bit;

        CHECK_EQ(SSL_CTX_set_options(context, option), option);
        CHECK_EQ(SSL_CTX_set_options(context, 0), option);
        CHECK_EQ(SSL_get_options(ssl), 0);
        CHECK_EQ(SSL_set_options(ssl, option), option);
        CHECK_OK(SSL_clear(ssl));
        CHECK_EQ(SSL_get_options(ssl), option);
        CHECK_EQ(SSL_CTX_clear_options(context, option), 0);
        CHECK_EQ(SSL_clear_options(ssl, option), 0);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "SSL_OP_DISABLE_TLSEXT_CA_NAMES: Disable TLS Extension CA Names." A client's of TLS 1.3 name nobody then. */
TEST(client_names_no_authorities)
{
    for (int disabled = 0; disabled < 2; disabled++) {
        struct pair *pair = pair_contexts(TLS1_3_VERSION);

        CHECK_OK(SSL_CTX_add1_to_CA_list(pair->ctx[CLIENT], lent_certificate("root")));
        if (disabled)
            SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_DISABLE_TLSEXT_CA_NAMES);
        pair_over_wire(pair);
        pair_handshake(pair);
        if (disabled)
            CHECK(sk_X509_NAME_num(SSL_get0_peer_CA_list(pair->ssl[SERVER])) <= 0);
        else
            CHECK_EQ(sk_X509_NAME_num(SSL_get0_peer_CA_list(pair->ssl[SERVER])), 1);
        pair_free(pair);
    }
}

/* SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS: "Disables a countermeasure against a SSL 3.0/TLS 1.0 protocol vulnerability affecting CBC ciphers …
 * This option has no effect for connections using other ciphers", nor for later versions, and is one of SSL_OP_ALL. It counts from the
 * handshake on. */
TEST(empty_fragments)
{
    static const struct { int version; uint64_t options; int records; } cases[] = {
        {TLS1_VERSION, 0, 2},   {TLS1_VERSION, SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS, 1}, {TLS1_VERSION, SSL_OP_ALL, 1},
        {TLS1_1_VERSION, 0, 1}, {TLS1_VERSION, SSL_OP_NO_ENCRYPT_THEN_MAC, 2},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(cases[i].version);

        for (int side = CLIENT; side <= SERVER; side++) {
            SSL_CTX_set_security_level(pair->ctx[side], 0);
            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "ECDHE-ECDSA-AES128-SHA"));
        }
        SSL_CTX_set_options(pair->ctx[SERVER], cases[i].options);
        pair_over_wire(pair);
        pair_handshake(pair);
        pair_settle(pair);
        for (int late = 0; late < 2; late++) {
            CHECK_EQ(SSL_write(pair->ssl[SERVER], "hello", 5), 5);
            CHECK_EQ(count_records(&pair->queue[CLIENT], SSL3_RT_APPLICATION_DATA), cases[i].records);
            queue_drop(&pair->queue[CLIENT], queue_length(&pair->queue[CLIENT]));
            SSL_set_options(pair->ssl[SERVER], SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS);
        }
        pair_free(pair);
    }
}

/* How long the ClientHello is that the client sends first; with its header. */
static size_t hello_size(struct pair *pair)
{
    int is_datagram = SSL_is_dtls(pair->ssl[CLIENT]);
    unsigned char *message;

    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    message = is_datagram ? datagram_at(&pair->datagrams[SERVER], 0)->bytes + 13 : pair->queue[SERVER].bytes + pair->queue[SERVER].start + 5;
    CHECK_EQ(message[0], SSL3_MT_CLIENT_HELLO);
    return (is_datagram ? 12 : 4) + ((size_t)message[2] << 8 | message[3]);
}

/* The same, with as many bytes of protocols. */
static size_t hello_with_protocols(struct pair *pair, size_t length, int padded)
{
    unsigned char protocols[300];
    size_t size;

    memset(protocols, 'a', sizeof(protocols));
    protocols[0] = (unsigned char)length;
    if (SSL_CTX_get_ssl_method(pair->ctx[CLIENT]) == DTLS_client_method())
        pair_over_datagrams(pair);
    else
        pair_over_wire(pair);
    if (padded)
        SSL_set_options(pair->ssl[CLIENT], SSL_OP_TLSEXT_PADDING);
    CHECK_EQ(SSL_set_alpn_protos(pair->ssl[CLIENT], protocols, (unsigned)length + 1), 0);
    size = hello_size(pair);
    pair_disconnect(pair);
    return size;
}

static void check_padding(int version)
{
    struct pair *pair = pair_contexts(version);
    int padded = 0;

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256"));
    for (size_t length = 1; length < 250; length++) {
        size_t size = hello_with_protocols(pair, length, 0), with = hello_with_protocols(pair, length, 1);

        if (size < 256 || size > 511)
            CHECK_EQ(with, size);
        else
            CHECK_EQ(with, size < 508 ? 512 : size + 4);
        padded += with != size;
    }
    CHECK(padded > 100);
    pair_free(pair);
}

/* SSL_OP_TLSEXT_PADDING: "Adds a padding extension to ensure the ClientHello size is never between 256 and 511 bytes in length." */
TEST_VERSIONS(hello_is_padded)
{
    check_padding(version);
}

TEST(hello_of_dtls_is_padded)
{
    check_padding(DTLS1_2_VERSION);
}

/* A session counts. In TLS 1.3 its binder is over the padding, and it stands behind that. */
TEST_VERSIONS(hello_with_a_session_is_padded)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256"));
    pair_over_wire(pair);
    SSL_set_options(pair->ssl[CLIENT], SSL_OP_TLSEXT_PADDING);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    CHECK_EQ(hello_size(pair), 512);
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* After a HelloRetryRequest (RFC 8446 §4.1.2) the padding is another. */
TEST(second_hello_is_padded)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256:P-521"));
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-521"));
    SSL_CTX_clear_options(pair->ctx[CLIENT], SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_TLSEXT_PADDING);
    pair_over_wire(pair);
    CHECK(hello_size(pair) < 256);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_EQ(hello_size(pair), 512);
    pair_handshake(pair);
    pair_free(pair);
}

/* SSL_OP_DISABLE_TLSEXT_CA_NAMES: "Disable TLS Extension CA Names." The list of TLS 1.2's CertificateRequest is empty then. */
TEST(ca_names_are_not_sent)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    use_identity(pair->ctx[CLIENT], "client");
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_DISABLE_TLSEXT_CA_NAMES);
    CHECK_OK(SSL_CTX_add_client_CA(pair->ctx[SERVER], lent_certificate("root")));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    CHECK(sk_X509_NAME_num(SSL_get0_peer_CA_list(pair->ssl[CLIENT])) <= 0);
    pair_free(pair);
}
