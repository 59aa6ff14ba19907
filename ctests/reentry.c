/*
 * Callbacks re-enter the library: from each of them, and from the program's own BIO, every getter
 * and many setters of the same SSL and SSL_CTX work while a handshake is running.
 */
#include "support.h"

static int entered;

/* Asks and sets what programs ask and set in callbacks. */
static void use_everything(const SSL *constant)
{
    SSL *ssl = (SSL *)constant;
    SSL_CTX *context = SSL_get_SSL_CTX(ssl);
    const unsigned char *bytes;
    unsigned char random[32];
    unsigned int length;
    SSL_SESSION *session;
    X509 *peer;

    entered++;
    CHECK(context != NULL);
    CHECK(SSL_state_string(ssl) != NULL && SSL_state_string_long(ssl) != NULL);
    CHECK(SSL_get_version(ssl) != NULL);
    SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_get_current_cipher(ssl);
    SSL_get_pending_cipher(ssl);
    CHECK(SSL_get_ciphers(ssl) != NULL);
    SSL_get_client_ciphers(ssl);
    session = SSL_get1_session(ssl);
    SSL_SESSION_free(session);
    peer = SSL_get1_peer_certificate(ssl);
    X509_free(peer);
    SSL_get_peer_cert_chain(ssl);
    SSL_get0_verified_chain(ssl);
    SSL_get_certificate(ssl);
    SSL_get_verify_result(ssl);
    SSL_get_rbio(ssl);
    SSL_get_wbio(ssl);
    SSL_pending(ssl);
    SSL_has_pending(ssl);
    SSL_want(ssl);
    SSL_get_shutdown(ssl);
    SSL_in_init(ssl);
    SSL_is_server(ssl);
    SSL_session_reused(ssl);
    SSL_get_client_random(ssl, random, 32);
    SSL_get_server_random(ssl, random, 32);
    SSL_get0_alpn_selected(ssl, &bytes, &length);
    SSL_get_finished(ssl, random, 32);
    SSL_set_options(ssl, SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK(SSL_get_options(ssl) & SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_set_verify_depth(ssl, 20);
    CHECK_EQ(SSL_get_verify_depth(ssl), 20);
    CHECK_OK(SSL_set_ex_data(ssl, 0, &entered));
    CHECK(SSL_get_ex_data(ssl, 0) == &entered);
    SSL_get0_param(ssl);
    SSL_CTX_get_cert_store(context);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION);
    SSL_CTX_sess_number(context);
    SSL_CTX_get_verify_mode(context);
    CHECK_OK(SSL_up_ref(ssl));
    SSL_free(ssl);
}

static void on_info(const SSL *ssl, int where, int value)
{
    (void)where;
    (void)value;
    use_everything(ssl);
}

static void on_message(int writing, int version, int type, const void *bytes, size_t length,
                       SSL *ssl, void *argument)
{
    (void)writing;
    (void)version;
    (void)type;
    (void)bytes;
    (void)length;
    (void)argument;
    use_everything(ssl);
}

static void on_key(const SSL *ssl, const char *line)
{
    (void)line;
    use_everything(ssl);
}

static int on_hello(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    use_everything(ssl);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int on_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    use_everything(ssl);
    if (argument != NULL)
        SSL_set_SSL_CTX(ssl, argument);
    use_everything(ssl);
    return SSL_TLSEXT_ERR_OK;
}

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_length,
                   const unsigned char *in, unsigned int in_length, void *argument)
{
    (void)in_length;
    (void)argument;
    use_everything(ssl);
    *out = in + 1;
    *out_length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static int on_cert(SSL *ssl, void *argument)
{
    use_everything(ssl);
    use_identity_ssl(ssl, argument);
    use_everything(ssl);
    return 1;
}

static int on_verify(int ok, X509_STORE_CTX *store_context)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx());

    CHECK(ssl != NULL);
    use_everything(ssl);
    return ok;
}

static int on_new_session(SSL *ssl, SSL_SESSION *session)
{
    use_everything(ssl);
    CHECK_OK(SSL_SESSION_up_ref(session));
    SSL_SESSION_free(session);
    return 0;
}

static int on_status(SSL *ssl, void *argument)
{
    (void)argument;
    use_everything(ssl);
    return SSL_TLSEXT_ERR_NOACK;
}

static int on_client_status(SSL *ssl, void *argument)
{
    (void)argument;
    use_everything(ssl);
    return 1;
}

static void install(struct pair *pair)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX *context = pair->ctx[side];

        SSL_CTX_set_info_callback(context, on_info);
        SSL_CTX_set_msg_callback(context, on_message);
        SSL_CTX_set_keylog_callback(context, on_key);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_BOTH);
        SSL_CTX_sess_set_new_cb(context, on_new_session);
        SSL_CTX_set_cert_cb(context, on_cert, side == SERVER ? "second" : "client");
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
        trust(context, "root");
    }
    SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"x", 1);
    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], on_hello, NULL);
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], on_name);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], on_alpn, NULL);
    SSL_CTX_set_tlsext_status_cb(pair->ctx[SERVER], on_status);
    SSL_CTX_set_tlsext_status_cb(pair->ctx[CLIENT], on_client_status);
    SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\x02h2", 3);
}

/* All callbacks at once, twice: a full handshake and a resumed one, in small pieces. */
TEST_VERSIONS(every_callback_reenters)
{
    struct pair *pair = pair_contexts(version);
    SSL_SESSION *session = NULL;

    install(pair);
    for (int round = 0; round < 2; round++) {
        pair_over_wire(pair);
        pair->end[CLIENT].read_chunk = pair->end[SERVER].read_chunk = 50;
        if (session != NULL)
            CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        SSL_set_tlsext_host_name(pair->ssl[CLIENT], "second.example");
        SSL_set_tlsext_status_type(pair->ssl[CLIENT], TLSEXT_STATUSTYPE_ocsp);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), round);
        check_alive(pair);
        SSL_SESSION_free(session);
        session = pair_leave(pair);
    }
    CHECK(entered > 40);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* The context is switched in the middle of all that. */
TEST_VERSIONS(context_switch_reenters)
{
    struct pair *pair = pair_contexts(version);
    SSL_CTX *other = SSL_CTX_new(TLS_server_method());

    use_identity(other, "second");
    trust(other, "root");
    install(pair);
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], NULL, NULL);
    SSL_CTX_set_tlsext_servername_arg(pair->ctx[SERVER], other);
    pair_over_wire(pair);
    SSL_set_tlsext_host_name(pair->ssl[CLIENT], "second.example");
    CHECK_OK(SSL_set1_host(pair->ssl[CLIENT], "second.example"));
    pair_handshake(pair);
    pair_settle(pair);
    CHECK(SSL_get_SSL_CTX(pair->ssl[SERVER]) == other);
    check_alive(pair);
    pair_free(pair);
    SSL_CTX_free(other);
}

/* ---- the program's own BIO ---- */

static SSL *bio_ssl[2];
static struct pair *bio_pair;

static long on_bio(BIO *bio, int operation, const char *bytes, size_t length, int number,
                   long long_number, int ret, size_t *processed)
{
    (void)operation;
    (void)bytes;
    (void)length;
    (void)number;
    (void)long_number;
    (void)processed;
    for (int side = CLIENT; side <= SERVER; side++)
        if (bio_pair != NULL && BIO_get_data(bio) == &bio_pair->end[side])
            use_everything(bio_ssl[side]);
    return ret;
}

/* A BIO that looks at its SSL whenever it is read, written or controlled. */
TEST_VERSIONS(bio_reenters)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        bio_ssl[side] = pair->ssl[side];
        BIO_set_callback_ex(SSL_get_rbio(pair->ssl[side]), on_bio);
    }
    bio_pair = pair;
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK(entered > 20);
    bio_pair = NULL;
    pair_free(pair);
}

/* A callback ends the connection: SSL_shutdown() and an SSL_CTX that goes away. */
static int on_name_free(SSL *ssl, int *alert, void *argument)
{
    (void)ssl;
    (void)alert;
    SSL_CTX_free(argument);
    return SSL_TLSEXT_ERR_OK;
}

TEST_VERSIONS(context_is_freed_in_a_callback)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], on_name_free);
    SSL_CTX_set_tlsext_servername_arg(pair->ctx[SERVER], pair->ctx[SERVER]);
    pair_over_wire(pair);
    pair->ctx[SERVER] = NULL;
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}
