/*
 * The callbacks of handshakes. Each prints that it was called, does what was drawn when it was set (re-enter the
 * library, ask to be called again, fail) and returns its verdict.
 */
#include "runner.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>

/* What a callback does. */
struct behaviour {
    int verdict;
    int again; /* how often it asks to be called again before */
    int reentry;
};

static struct behaviour verify, cert, client_cert, client_hello, server_name, alpn, npn_select, ticket_key, ticket_made, ticket_read,
    psk_client, psk_server, psk_use, psk_find, session_new, session_get, security, status, extension_add, extension_parse,
    early_data, padding, resumable, session_id, cookie;

/* Draws a verdict: most often the first. */
static void draw(struct behaviour *behaviour, const int *verdicts, int count, int may_ask_again)
{
    behaviour->verdict = one_in(2) ? verdicts[0] : verdicts[below(count)];
    behaviour->again = may_ask_again && one_in(3) ? 1 + below(2) : 0;
    behaviour->reentry = one_in(2) ? 0 : below(16);
}
#define DRAW(behaviour, may_ask_again, ...)                                                  \
    do {                                                                                     \
        static const int verdicts[] = {__VA_ARGS__};                                         \
        draw(&(behaviour), verdicts, sizeof(verdicts) / sizeof(verdicts[0]), may_ask_again); \
    } while (0)

/* Calls the library from inside a callback. */
static void reenter(SSL *ssl, int which)
{
    switch (which) {
    case 1:
    case 2:
        say("      inside: %s, init %d, version %s, server %d, want %d, suite %s, reused %d, name %s", SSL_state_string_long(ssl),
            SSL_in_init(ssl), SSL_get_version(ssl), SSL_is_server(ssl), SSL_want(ssl),
            text(SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))), SSL_session_reused(ssl),
            text(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)));
        break;
    case 3:
        say("      inside: set the other context %d", SSL_set_SSL_CTX(ssl, world.context[OTHER]) == world.context[OTHER]);
        break;
    case 4:
        say("      inside: use certificate %d %d", SSL_use_certificate(ssl, certificate("rsa")),
            SSL_use_PrivateKey(ssl, private_key("rsa")));
        break;
    case 5:
        SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
        say("      inside: verify the peer, mode %d", SSL_get_verify_mode(ssl));
        break;
    case 6:
        SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
        say("      inside: do not verify the peer");
        break;
    case 7:
        say("      inside: options %llx", (unsigned long long)SSL_set_options(ssl, SSL_OP_NO_TICKET));
        break;
    case 8:
        say("      inside: suites %d", SSL_set_cipher_list(ssl, "ECDHE+AESGCM"));
        break;
    case 9:
        say("      inside: groups %ld", (long)SSL_set1_groups_list(ssl, "P-256"));
        break;
    case 10:
        say("      inside: certificate %d, peer %d, verified %ld, pending %d", SSL_get_certificate(ssl) != NULL,
            SSL_get0_peer_certificate(ssl) != NULL, SSL_get_verify_result(ssl), SSL_pending(ssl));
        break;
    case 11:
        say("      inside: session %d, version %x", SSL_get0_session(ssl) != NULL, SSL_version(ssl));
        break;
    case 12:
        say("      inside: client's suites %d, shared schemes %d", SSL_get_client_ciphers(ssl) != NULL ? sk_SSL_CIPHER_num(SSL_get_client_ciphers(ssl)) : -1,
            SSL_get_sigalgs(ssl, -1, NULL, NULL, NULL, NULL, NULL));
        break;
    default:
        break;
    }
}

/* True if the callback asks to be called again this time. */
static int asks_again(struct behaviour *behaviour)
{
    return behaviour->again > 0 && behaviour->again-- > 0;
}

/* ---- those that watch ---- */

static void info_callback(const SSL *ssl, int where, int ret)
{
    if (world.small_transport && (where & SSL_CB_EXIT) && ret < 0)
        return;
    say("      info %s %x %d %s", side_name(ssl), where, ret, SSL_state_string_long(ssl));
}

static void message_callback(int written, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    const unsigned char *message = bytes;

    /* Sizes depend on signatures and tickets; the number of records depends on sizes. */
    if (type == SSL3_RT_HEADER)
        return;
    say("      message %s %s %x %d, %d %d (%s)", side_name(ssl), written ? "to" : "from", version, type, length > 0 ? message[0] : -1,
        type == SSL3_RT_ALERT && length > 1 ? message[1] : -1, text(argument));
}

static void key_log_callback(const SSL *ssl, const char *line)
{
    say("      key log %s %.*s", side_name(ssl), (int)strcspn(line, " "), line);
}

static void debug_callback(SSL *ssl, int client_server, int type, const unsigned char *data, int length, void *argument)
{
    (void)data;
    say("      extension %s %d %d %d (%s)", side_name(ssl), client_server, type, length >= 0, text(argument));
}

/* ---- those that decide ---- */

static int verify_callback(int ok, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

    say("      verify %s %d, error %d, depth %d", side_name(ssl), ok, X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_error_depth(store));
    reenter(ssl, verify.reentry);
    return verify.verdict == 2 ? ok : verify.verdict;
}

static int chain_callback(X509_STORE_CTX *store, void *argument)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

    say("      verify chain %s (%s)", side_name(ssl), text(argument));
    if (asks_again(&verify)) {
        SSL_set_retry_verify(ssl);
        return -1;
    }
    reenter(ssl, verify.reentry);
    if (verify.verdict == 2)
        return X509_verify_cert(store);
    if (verify.verdict == 0)
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return verify.verdict;
}

static int cert_callback(SSL *ssl, void *argument)
{
    say("      cert %s (%s), %s", side_name(ssl), text(argument), SSL_state_string_long(ssl));
    if (asks_again(&cert))
        return -1;
    reenter(ssl, cert.reentry);
    return cert.verdict;
}

static int client_cert_callback(SSL *ssl, X509 **chosen, EVP_PKEY **key)
{
    const STACK_OF(X509_NAME) *names = SSL_get_client_CA_list(ssl);
    const unsigned char *types;
    int count = (int)SSL_get0_certificate_types(ssl, &types);

    say("      client cert %s, %d names, %d types", side_name(ssl), names != NULL ? sk_X509_NAME_num(names) : -1, count);
    if (asks_again(&client_cert))
        return -1;
    reenter(ssl, client_cert.reentry);
    if (client_cert.verdict == 1) {
        *chosen = certificate("client");
        *key = private_key("client");
        X509_up_ref(*chosen);
        EVP_PKEY_up_ref(*key);
    }
    return client_cert.verdict;
}

static int client_hello_callback(SSL *ssl, int *alert, void *argument)
{
    const unsigned char *bytes;
    size_t length = 0, suites, compressions;
    int *types = NULL, present;

    suites = SSL_client_hello_get0_ciphers(ssl, &bytes);
    compressions = SSL_client_hello_get0_compression_methods(ssl, &bytes);
    present = SSL_client_hello_get1_extensions_present(ssl, &types, &length);
    OPENSSL_free(types);
    say("      client hello %s (%s), %x, v2 %d, suites %zu, compressions %zu, random %zu, session id %zu, extensions %d %d, groups %d, early %d",
        side_name(ssl), text(argument), SSL_client_hello_get0_legacy_version(ssl), SSL_client_hello_isv2(ssl), suites, compressions,
        SSL_client_hello_get0_random(ssl, &bytes), SSL_client_hello_get0_session_id(ssl, &bytes), present, length > 0,
        SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_groups, &bytes, &length),
        SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_early_data, &bytes, &length));
    if (asks_again(&client_hello))
        return SSL_CLIENT_HELLO_RETRY;
    reenter(ssl, client_hello.reentry);
    if (client_hello.verdict == SSL_CLIENT_HELLO_ERROR && client_hello.reentry % 2)
        *alert = SSL_AD_ACCESS_DENIED;
    return client_hello.verdict;
}

static int server_name_callback(SSL *ssl, int *alert, void *argument)
{
    say("      server name %s (%s) %s %d, alert %d", side_name(ssl), text(argument), text(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)),
        SSL_get_servername_type(ssl), *alert);
    reenter(ssl, server_name.reentry);
    if (server_name.verdict == SSL_TLSEXT_ERR_ALERT_FATAL && server_name.reentry % 2)
        *alert = SSL_AD_INTERNAL_ERROR;
    return server_name.verdict;
}

static int alpn_callback(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
                         unsigned int in_length, void *argument)
{
    say("      alpn %s (%s) %u bytes", side_name(ssl), text(argument), in_length);
    reenter(ssl, alpn.reentry);
    if (alpn.verdict == SSL_TLSEXT_ERR_OK) {
        *out = in + 1;
        *out_length = in[0];
    }
    return alpn.verdict;
}

static int npn_advertise_callback(SSL *ssl, const unsigned char **out, unsigned int *length, void *argument)
{
    say("      npn advertised %s (%s)", side_name(ssl), text(argument));
    *out = (const unsigned char *)"\3one\3two";
    *length = 8;
    return SSL_TLSEXT_ERR_OK;
}

static int npn_select_callback(SSL *ssl, unsigned char **out, unsigned char *out_length, const unsigned char *in,
                               unsigned int in_length, void *argument)
{
    (void)in;
    say("      npn %s (%s) %u bytes", side_name(ssl), text(argument), in_length);
    *out = (unsigned char *)"two";
    *out_length = 3;
    reenter(ssl, npn_select.reentry);
    return npn_select.verdict;
}

static int ticket_key_callback(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int encrypts)
{
    static unsigned char key[32] = {1, 2, 3};
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_octet_string(OSSL_MAC_PARAM_KEY, key, sizeof(key)),
        OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_END,
    };

    say("      ticket key %s %d", side_name(ssl), encrypts);
    reenter(ssl, ticket_key.reentry);
    if (encrypts) {
        memset(name, 'n', 16);
        memset(iv, 'i', 16);
    }
    if (!EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, iv, encrypts) || !EVP_MAC_CTX_set_params(mac, parameters))
        return -1;
    /* Nothing is ever sealed by half: 2 means the same as 1 there. */
    return ticket_key.verdict;
}

static int ticket_made_callback(SSL *ssl, void *argument)
{
    say("      ticket made %s (%s) %d", side_name(ssl), text(argument), SSL_SESSION_set1_ticket_appdata(SSL_get0_session(ssl), "data", 4));
    reenter(ssl, ticket_made.reentry);
    return ticket_made.verdict;
}

static SSL_TICKET_RETURN ticket_read_callback(SSL *ssl, SSL_SESSION *session, const unsigned char *name, size_t length,
                                              SSL_TICKET_STATUS ticket_status, void *argument)
{
    void *data = NULL;
    size_t data_length = 0;

    (void)name;
    if (session != NULL)
        SSL_SESSION_get0_ticket_appdata(session, &data, &data_length);
    say("      ticket read %s (%s) %d, name %d, data %zu", side_name(ssl), text(argument), ticket_status, length > 0, data_length);
    reenter(ssl, ticket_read.reentry);
    return ticket_read.verdict == 99 ? (ticket_status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_IGNORE_RENEW)
                                     : (SSL_TICKET_RETURN)ticket_read.verdict;
}

static unsigned int psk_client_callback(SSL *ssl, const char *hint, char *identity, unsigned int identity_room, unsigned char *key,
                                        unsigned int key_room)
{
    say("      psk client %s, hint %s, room %u %u", side_name(ssl), text(hint), identity_room, key_room);
    reenter(ssl, psk_client.reentry);
    snprintf(identity, identity_room, "somebody");
    memset(key, 'k', 32);
    return (unsigned int)psk_client.verdict;
}

static unsigned int psk_server_callback(SSL *ssl, const char *identity, unsigned char *key, unsigned int room)
{
    say("      psk server %s, %s, room %u", side_name(ssl), text(identity), room);
    reenter(ssl, psk_server.reentry);
    memset(key, 'k', 32);
    return (unsigned int)psk_server.verdict;
}

/* A TLS 1.3 session made of a key. */
static SSL_SESSION *psk_session(SSL *ssl, int kind)
{
    static const unsigned char suites[2][2] = {{0x13, 0x01}, {0x13, 0x02}};
    static const unsigned char key[48] = {7};
    SSL_SESSION *session = SSL_SESSION_new();

    SSL_SESSION_set1_master_key(session, key, kind == 2 ? 48 : 32);
    SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, suites[kind == 2]));
    SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION);
    if (kind == 3)
        SSL_SESSION_set_max_early_data(session, 1000);
    return session;
}

static int psk_use_callback(SSL *ssl, const EVP_MD *digest, const unsigned char **id, size_t *length, SSL_SESSION **session)
{
    say("      psk use %s, %s", side_name(ssl), digest != NULL ? EVP_MD_get0_name(digest) : "any");
    reenter(ssl, psk_use.reentry);
    *id = (const unsigned char *)"somebody";
    *length = 8;
    *session = psk_use.verdict > 0 ? psk_session(ssl, psk_use.verdict) : NULL;
    return psk_use.verdict >= 0;
}

static int psk_find_callback(SSL *ssl, const unsigned char *id, size_t length, SSL_SESSION **session)
{
    /* Tickets are shown here too. */
    int is_ours = length == 8 && memcmp(id, "somebody", 8) == 0;

    say("      psk find %s, %s", side_name(ssl), is_ours ? "somebody" : "another");
    reenter(ssl, psk_find.reentry);
    *session = is_ours && psk_find.verdict > 0 ? psk_session(ssl, psk_find.verdict) : NULL;
    return psk_find.verdict >= 0;
}

static int session_new_callback(SSL *ssl, SSL_SESSION *session)
{
    static int next;

    say("      new session %s, resumable %d, ticket %d", side_name(ssl), SSL_SESSION_is_resumable(session), SSL_SESSION_has_ticket(session));
    reenter(ssl, session_new.reentry);
    if (session_new.verdict) {
        next = (next + 1) % SESSIONS;
        SSL_SESSION_free(world.session[next]);
        world.session[next] = session;
    }
    return session_new.verdict;
}

static void session_remove_callback(SSL_CTX *context, SSL_SESSION *session)
{
    say("      session removed %d, resumable %d", context == world.context[SERVER] ? SERVER : context == world.context[CLIENT] ? CLIENT : OTHER,
        SSL_SESSION_is_resumable(session));
}

static SSL_SESSION *session_get_callback(SSL *ssl, const unsigned char *id, int length, int *copy)
{
    int index;

    say("      session asked %s, %d bytes, copy %d", side_name(ssl), length, *copy);
    reenter(ssl, session_get.reentry);
    *copy = 1;
    for (index = 0; session_get.verdict && index < SESSIONS; index++) {
        unsigned int known_length = 0;
        const unsigned char *known = world.session[index] != NULL ? SSL_SESSION_get_id(world.session[index], &known_length) : NULL;

        if (known != NULL && (int)known_length == length && memcmp(known, id, (size_t)length) == 0)
            return world.session[index];
    }
    return NULL;
}

static int security_callback(const SSL *ssl, const SSL_CTX *context, int operation, int bits, int nid, void *other, void *argument)
{
    (void)context, (void)other, (void)argument;
    say("      security %s %x %d %d", ssl == NULL ? "context" : side_name(ssl), operation, bits, nid);
    return security.verdict == 0 ? bits >= 128 : security.verdict == 1 ? 1 : nid != NID_X25519 && nid != NID_sha1;
}

static int status_callback(SSL *ssl, void *argument)
{
    const unsigned char *response;
    unsigned char *made;

    if (SSL_is_server(ssl)) {
        say("      status %s (%s), type %ld", side_name(ssl), text(argument), (long)SSL_get_tlsext_status_type(ssl));
        made = OPENSSL_malloc(8);
        memcpy(made, "response", 8);
        SSL_set_tlsext_status_ocsp_resp(ssl, made, 8);
    } else {
        say("      status %s (%s), response %ld", side_name(ssl), text(argument), (long)SSL_get_tlsext_status_ocsp_resp(ssl, &response));
    }
    reenter(ssl, status.reentry);
    return status.verdict;
}

static int add_callback(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out, size_t *length, X509 *x, size_t at,
                        int *alert, void *argument)
{
    say("      add extension %s %u %x, certificate %d at %zu (%s)", side_name(ssl), type, context, x != NULL, at, text(argument));
    reenter(ssl, extension_add.reentry);
    *out = (const unsigned char *)"extension";
    *length = 9;
    /* OpenSSL does not set it before. */
    if (extension_add.verdict < 0)
        *alert = extension_add.reentry % 2 ? SSL_AD_ACCESS_DENIED : SSL_AD_INTERNAL_ERROR;
    return extension_add.verdict;
}

static void free_callback(SSL *ssl, unsigned int type, unsigned int context, const unsigned char *out, void *argument)
{
    (void)out;
    say("      free extension %s %u %x (%s)", side_name(ssl), type, context, text(argument));
}

static int parse_callback(SSL *ssl, unsigned int type, unsigned int context, const unsigned char *in, size_t length, X509 *x, size_t at,
                          int *alert, void *argument)
{
    (void)in;
    say("      parse extension %s %u %x, %zu bytes, certificate %d at %zu (%s)", side_name(ssl), type, context, length, x != NULL, at,
        text(argument));
    reenter(ssl, extension_parse.reentry);
    if (extension_parse.verdict <= 0)
        *alert = extension_parse.reentry % 2 ? SSL_AD_ACCESS_DENIED : SSL_AD_INTERNAL_ERROR;
    return extension_parse.verdict;
}

static int old_add_callback(SSL *ssl, unsigned int type, const unsigned char **out, size_t *length, int *alert, void *argument)
{
    return add_callback(ssl, type, 0, out, length, NULL, 0, alert, argument);
}

static void old_free_callback(SSL *ssl, unsigned int type, const unsigned char *out, void *argument)
{
    free_callback(ssl, type, 0, out, argument);
}

static int old_parse_callback(SSL *ssl, unsigned int type, const unsigned char *in, size_t length, int *alert, void *argument)
{
    return parse_callback(ssl, type, 0, in, length, NULL, 0, alert, argument);
}

static int early_data_callback(SSL *ssl, void *argument)
{
    say("      allow early data %s (%s)", side_name(ssl), text(argument));
    reenter(ssl, early_data.reentry);
    return early_data.verdict;
}

static size_t padding_callback(SSL *ssl, int type, size_t length, void *argument)
{
    (void)length;
    if (type == SSL3_RT_APPLICATION_DATA)
        say("      padding %s %d (%s)", side_name(ssl), type, text(argument));
    return (size_t)padding.verdict;
}

static int not_resumable_callback(SSL *ssl, int is_forward_secure)
{
    say("      not resumable %s %d", side_name(ssl), is_forward_secure);
    reenter(ssl, resumable.reentry);
    return resumable.verdict;
}

static int session_id_callback(SSL *ssl, unsigned char *id, unsigned int *length)
{
    static unsigned char next;

    say("      session id %s, %u bytes", side_name(ssl), *length);
    memset(id, ++next, *length);
    if (session_id.verdict > 1)
        *length = (unsigned int)session_id.verdict;
    return session_id.verdict != 0;
}

static int cookie_make_callback(SSL *ssl, unsigned char *made, size_t *length)
{
    say("      cookie made %s", side_name(ssl));
    memcpy(made, "cookie", 6);
    *length = 6;
    return cookie.verdict;
}

static int cookie_verify_callback(SSL *ssl, const unsigned char *shown, size_t length)
{
    say("      cookie verified %s", side_name(ssl));
    return cookie.verdict && length == 6 && memcmp(shown, "cookie", 6) == 0;
}

/* ---- the steps that set them ---- */

static SSL_CTX *any_context(int *which)
{
    *which = below(CONTEXTS);
    return world.context[*which];
}

/* A connection in its phases, sometimes; else NULL. */
static SSL *maybe_ssl(int *side)
{
    *side = below(2);
    return one_in(2) ? world.ssl[*side] : NULL;
}

static void set_watchers(void)
{
    int which, side, kind = below(5);
    SSL_CTX *context = any_context(&which);
    SSL *ssl = maybe_ssl(&side);

    say("  watcher %d on %s %d", kind, ssl != NULL ? "connection" : "context", ssl != NULL ? side : which);
    switch (kind) {
    case 0:
        if (ssl != NULL)
            SSL_set_info_callback(ssl, info_callback);
        else
            SSL_CTX_set_info_callback(context, info_callback);
        break;
    case 1:
        if (ssl != NULL) {
            SSL_set_msg_callback(ssl, message_callback);
            SSL_set_msg_callback_arg(ssl, "connection");
        } else {
            SSL_CTX_set_msg_callback(context, message_callback);
            SSL_CTX_set_msg_callback_arg(context, "context");
        }
        break;
    case 2:
        SSL_CTX_set_keylog_callback(context, key_log_callback);
        break;
    case 3:
        if (ssl != NULL) {
            called((long)SSL_set_tlsext_debug_callback(ssl, debug_callback), "set debug callback");
            called((long)SSL_set_tlsext_debug_arg(ssl, "argument"), "set debug argument");
        }
        break;
    default:
        if (ssl != NULL)
            SSL_set_info_callback(ssl, one_in(4) ? NULL : info_callback);
        else
            SSL_CTX_set_info_callback(context, one_in(4) ? NULL : info_callback);
        break;
    }
}

static void set_verify_callbacks(void)
{
    static const int modes[] = {
        SSL_VERIFY_PEER, SSL_VERIFY_PEER, SSL_VERIFY_PEER, SSL_VERIFY_NONE, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE,
        SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    };
    int which, side, mode = ANY(modes), callback = below(2), chain = one_in(4);
    SSL_CTX *context = any_context(&which);
    SSL *ssl = maybe_ssl(&side);

    DRAW(verify, 1, 2, 1, 0, 2, 1);
    say("  verify mode %d, callback %d, chain %d, verdict %d, again %d, re-entry %d, on %s %d", mode, callback, chain, verify.verdict,
        verify.again, verify.reentry, ssl != NULL ? "connection" : "context", ssl != NULL ? side : which);
    if (ssl != NULL)
        SSL_set_verify(ssl, mode, callback ? verify_callback : NULL);
    else
        SSL_CTX_set_verify(context, mode, callback ? verify_callback : NULL);
    if (chain)
        SSL_CTX_set_cert_verify_callback(context, chain_callback, "chain");
}

static void set_deciding_callback(void)
{
    int which, side, kind = below(20);
    SSL_CTX *context = any_context(&which);
    SSL *ssl = maybe_ssl(&side);

    say("  callback %d on %s %d", kind, ssl != NULL ? "connection" : "context", ssl != NULL ? side : which);
    switch (kind) {
    case 0:
        DRAW(cert, 1, 1, 0, 1);
        if (ssl != NULL)
            SSL_set_cert_cb(ssl, cert_callback, "connection");
        else
            SSL_CTX_set_cert_cb(context, cert_callback, "context");
        break;
    case 1:
        DRAW(client_cert, 1, 1, 0, 1);
        SSL_CTX_set_client_cert_cb(context, client_cert_callback);
        break;
    case 2:
        DRAW(client_hello, 1, SSL_CLIENT_HELLO_SUCCESS, SSL_CLIENT_HELLO_ERROR);
        SSL_CTX_set_client_hello_cb(context, client_hello_callback, "hello");
        break;
    case 3:
        DRAW(server_name, 0, SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_NOACK, SSL_TLSEXT_ERR_ALERT_FATAL, SSL_TLSEXT_ERR_ALERT_WARNING, SSL_TLSEXT_ERR_OK);
        called((long)SSL_CTX_set_tlsext_servername_callback(context, server_name_callback), "set servername callback");
        called((long)SSL_CTX_set_tlsext_servername_arg(context, "name"), "set servername argument");
        break;
    case 4:
        DRAW(alpn, 0, SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_NOACK, SSL_TLSEXT_ERR_ALERT_FATAL, SSL_TLSEXT_ERR_ALERT_WARNING, SSL_TLSEXT_ERR_OK);
        SSL_CTX_set_alpn_select_cb(context, alpn_callback, "alpn");
        break;
    case 5:
        DRAW(npn_select, 0, SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_NOACK, SSL_TLSEXT_ERR_OK);
        SSL_CTX_set_next_protos_advertised_cb(world.context[SERVER], npn_advertise_callback, "npn");
        SSL_CTX_set_next_proto_select_cb(world.context[CLIENT], npn_select_callback, "npn");
        break;
    case 6:
        DRAW(ticket_key, 0, 1, 2, 1, 0, -1);
        called(SSL_CTX_set_tlsext_ticket_key_evp_cb(context, ticket_key_callback), "set ticket key callback");
        break;
    case 7:
        DRAW(ticket_made, 0, 1, 1, 1, 0);
        DRAW(ticket_read, 0, 99, SSL_TICKET_RETURN_USE, SSL_TICKET_RETURN_IGNORE, SSL_TICKET_RETURN_USE_RENEW, SSL_TICKET_RETURN_IGNORE_RENEW,
             SSL_TICKET_RETURN_ABORT);
        called(SSL_CTX_set_session_ticket_cb(context, ticket_made_callback, ticket_read_callback, "ticket"), "set ticket callbacks");
        break;
    case 8:
        DRAW(psk_client, 0, 32, 32, 0, 16, 1000);
        if (ssl != NULL)
            SSL_set_psk_client_callback(ssl, psk_client_callback);
        else
            SSL_CTX_set_psk_client_callback(context, psk_client_callback);
        break;
    case 9:
        DRAW(psk_server, 0, 32, 32, 0, 16, 1000);
        if (ssl != NULL)
            SSL_set_psk_server_callback(ssl, psk_server_callback);
        else
            SSL_CTX_set_psk_server_callback(context, psk_server_callback);
        break;
    case 10:
        DRAW(psk_use, 0, 1, 2, 3, 0, -1, 1);
        if (ssl != NULL)
            SSL_set_psk_use_session_callback(ssl, psk_use_callback);
        else
            SSL_CTX_set_psk_use_session_callback(context, psk_use_callback);
        break;
    case 11:
        DRAW(psk_find, 0, 1, 2, 3, 0, -1, 1);
        if (ssl != NULL)
            SSL_set_psk_find_session_callback(ssl, psk_find_callback);
        else
            SSL_CTX_set_psk_find_session_callback(context, psk_find_callback);
        break;
    case 12:
        DRAW(session_new, 0, 1, 0);
        DRAW(session_get, 0, 1, 0);
        SSL_CTX_sess_set_new_cb(context, session_new_callback);
        SSL_CTX_sess_set_remove_cb(context, session_remove_callback);
        if (one_in(2))
            SSL_CTX_sess_set_get_cb(context, session_get_callback);
        break;
    case 13:
        DRAW(security, 0, 1, 0, 2);
        if (ssl != NULL)
            SSL_set_security_callback(ssl, security_callback);
        else
            SSL_CTX_set_security_callback(context, security_callback);
        break;
    case 14:
        DRAW(status, 0, SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_NOACK, SSL_TLSEXT_ERR_ALERT_FATAL, 1);
        called((long)SSL_CTX_set_tlsext_status_cb(context, status_callback), "set status callback");
        called((long)SSL_CTX_set_tlsext_status_arg(context, "status"), "set status argument");
        break;
    case 15: {
        static const unsigned int types[] = {1000, 1001, 65000, TLSEXT_TYPE_server_name, TLSEXT_TYPE_signed_certificate_timestamp};
        static const unsigned int places[] = {
            SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_2_SERVER_HELLO,
            SSL_EXT_CLIENT_HELLO, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE,
            SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_SERVER_HELLO,
            SSL_EXT_TLS1_3_CERTIFICATE_REQUEST, SSL_EXT_TLS1_3_NEW_SESSION_TICKET, SSL_EXT_CLIENT_HELLO | SSL_EXT_IGNORE_ON_RESUMPTION | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS,
            SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST,
        };
        unsigned int type = ANY(types), place = ANY(places);

        DRAW(extension_add, 0, 1, 1, 0, -1);
        DRAW(extension_parse, 0, 1, 1, 1, 0, -1);
        called(SSL_CTX_add_custom_ext(context, type, place, add_callback, free_callback, "argument", parse_callback, "argument"),
               "add extension %u %x", type, place);
        break;
    }
    case 16: {
        unsigned int type = 1000 + (unsigned int)below(3);

        DRAW(extension_add, 0, 1, 1, 0, -1);
        DRAW(extension_parse, 0, 1, 1, 1, 0, -1);
        /* A client of the system's library also sends what is added for servers. */
        called(SSL_CTX_add_client_custom_ext(world.context[CLIENT], type, old_add_callback, old_free_callback, "client",
                                             old_parse_callback, "client"),
               "add client extension %u", type);
        called(SSL_CTX_add_server_custom_ext(world.context[SERVER], type, old_add_callback, old_free_callback, "server", old_parse_callback, "server"),
               "add server extension %u", type);
        break;
    }
    case 17:
        DRAW(early_data, 0, 1, 0);
        if (ssl != NULL)
            SSL_set_allow_early_data_cb(ssl, early_data_callback, "early");
        else
            SSL_CTX_set_allow_early_data_cb(context, early_data_callback, "early");
        break;
    case 18:
        DRAW(resumable, 0, 0, 1);
        DRAW(session_id, 0, 1, 16, 0, 33);
        if (one_in(2)) {
            if (ssl != NULL)
                SSL_set_not_resumable_session_callback(ssl, not_resumable_callback);
            else
                SSL_CTX_set_not_resumable_session_callback(context, not_resumable_callback);
        } else if (ssl != NULL) {
            called(SSL_set_generate_session_id(ssl, session_id_callback), "set session id callback");
        } else {
            called(SSL_CTX_set_generate_session_id(context, session_id_callback), "set session id callback");
        }
        break;
    default:
        DRAW(padding, 0, 10, 0, 100, 20000);
        DRAW(cookie, 0, 1, 0);
        if (one_in(2)) {
            SSL_CTX_set_record_padding_callback(context, padding_callback);
            SSL_CTX_set_record_padding_callback_arg(context, "context");
        } else {
            SSL_CTX_set_stateless_cookie_generate_cb(context, cookie_make_callback);
            SSL_CTX_set_stateless_cookie_verify_cb(context, cookie_verify_callback);
        }
        break;
    }
    say_errors();
}

const struct step callback_steps[] = {
    {"watch", set_watchers, {12, 10, 1, 0}},
    {"verify", set_verify_callbacks, {8, 6, 1, 0}},
    {"decide", set_deciding_callback, {16, 10, 1, 0}},
    {NULL, NULL, {0}},
};
