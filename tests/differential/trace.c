/* What a sequence prints. */
#include "runner.h"

#include <stdarg.h>

static char *trace;
static size_t room, used;

void trace_to(char *buffer, size_t size)
{
    trace = buffer;
    room = size;
    used = 0;
    trace[0] = 0;
}

static void say_list(const char *format, va_list list)
{
    int length = vsnprintf(trace + used, room - used, format, list);

    if (length > 0)
        used = used + (size_t)length < room ? used + (size_t)length : room - 1;
}

void say(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say_list(format, list);
    va_end(list);
    if (used + 1 < room) {
        trace[used++] = '\n';
        trace[used] = 0;
    }
}

static void say_part(const char *format, ...) PRINTS(1, 2);
static void say_part(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say_list(format, list);
    va_end(list);
}

void say_errors(void)
{
    unsigned long code;
    const char *data;
    int flags;

    while ((code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0) {
        const char *reason = ERR_reason_error_string(code);

        say("    error %d:%d %s [%s]", ERR_GET_LIB(code), ERR_GET_REASON(code), reason != NULL ? reason : "",
            (flags & ERR_TXT_STRING) ? data : "");
    }
}

void called(long result, const char *format, ...)
{
    va_list list;

    say_part("  ");
    va_start(list, format);
    say_list(format, list);
    va_end(list);
    say(" = %ld", result);
    say_errors();
}

void tried(int side, int result, const char *format, ...)
{
    va_list list;

    say_part("  %s ", side == CLIENT ? "client" : "server");
    va_start(list, format);
    say_list(format, list);
    va_end(list);
    say(" = %d, error %d", result, SSL_get_error(world.ssl[side], result));
    say_errors();
    say_states();
}

const char *side_name(const SSL *ssl)
{
    return ssl == NULL ? "none" : ssl == world.ssl[CLIENT] ? "client" : ssl == world.ssl[SERVER] ? "server" : "unknown";
}

const char *text(const char *string)
{
    return string != NULL ? string : "(null)";
}

void say_states(void)
{
    static char last[2][512];
    char now[512];
    int side;

    for (side = 0; side < 2; side++) {
        SSL *ssl = world.ssl[side];

        if (ssl == NULL)
            continue;
        snprintf(now, sizeof(now),
                 "%s %s (%s), state %d, init %d, before %d, finished %d, shutdown %d, want %d, pending %d %d, server %d, "
                 "version %s, quiet %d, renegotiate %d, update %d",
                 side == CLIENT ? "client" : "server", SSL_state_string_long(ssl), SSL_state_string(ssl), SSL_get_state(ssl),
                 SSL_in_init(ssl), SSL_in_before(ssl), SSL_is_init_finished(ssl), SSL_get_shutdown(ssl), SSL_want(ssl),
                 SSL_pending(ssl), SSL_has_pending(ssl), SSL_is_server(ssl), SSL_get_version(ssl), SSL_get_quiet_shutdown(ssl),
                 SSL_renegotiate_pending(ssl), SSL_get_key_update_type(ssl));
        if (strcmp(now, last[side]) != 0)
            say("    %s", now);
        strcpy(last[side], now);
    }
    say_errors();
}

static const char *key_name(EVP_PKEY *key)
{
    static char name[64];

    if (key == NULL)
        return "none";
    snprintf(name, sizeof(name), "%s-%d", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
    return name;
}

static const char *subject(X509 *cert)
{
    static char name[128];

    if (cert == NULL)
        return "none";
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof(name));
    return name;
}

static void say_session(const char *side, SSL_SESSION *session)
{
    const unsigned char *bytes;
    const char *name;
    unsigned int length, context_length;
    size_t alpn_length;
    const SSL_CIPHER *cipher;

    if (session == NULL) {
        say("    %s session none", side);
        return;
    }
    SSL_SESSION_get_id(session, &length);
    SSL_SESSION_get0_id_context(session, &context_length);
    SSL_SESSION_get0_alpn_selected(session, &bytes, &alpn_length);
    cipher = SSL_SESSION_get0_cipher(session);
    name = SSL_SESSION_get0_hostname(session);
    say("    %s session version %x, suite %s, id %u, context %u, timeout %ld, ticket %d, hint %lu, alpn %zu, name %s, early %u, "
        "fragment %d, resumable %d, compression %u, peer %s, secret %zu",
        side, SSL_SESSION_get_protocol_version(session), text(cipher != NULL ? SSL_CIPHER_get_name(cipher) : NULL), length,
        context_length, SSL_SESSION_get_timeout(session), SSL_SESSION_has_ticket(session),
        SSL_SESSION_has_ticket(session) ? SSL_SESSION_get_ticket_lifetime_hint(session) : 0, alpn_length, text(name),
        SSL_SESSION_get_max_early_data(session), SSL_SESSION_get_max_fragment_length(session),
        SSL_SESSION_is_resumable(session), SSL_SESSION_get_compress_id(session), subject(SSL_SESSION_get0_peer(session)),
        SSL_SESSION_get_master_key(session, NULL, 0));
}

void say_negotiated(int side)
{
    SSL *ssl = world.ssl[side];
    const char *name = side_name(ssl);
    const SSL_CIPHER *cipher;
    EVP_PKEY *key = NULL;
    const unsigned char *protocol, *next;
    unsigned int protocol_length, next_length;
    int number = -1;
    char list[2048] = "";
    STACK_OF(X509) *chain;
    int count, index;

    if (ssl == NULL)
        return;
    cipher = SSL_get_current_cipher(ssl);
    say("    %s negotiated %s %x, suite %s, pending suite %s, reused %d, client version %x", name, SSL_get_version(ssl),
        SSL_version(ssl), text(SSL_CIPHER_get_name(cipher)),
        text(SSL_CIPHER_get_name(SSL_get_pending_cipher(ssl))), SSL_session_reused(ssl), SSL_client_version(ssl));
    /* The system's library crashes without a session. */
    if (SSL_get0_session(ssl) != NULL)
        say("    %s group %ld, shared groups %ld, first %ld", name, (long)SSL_get_negotiated_group(ssl),
            (long)SSL_get_shared_group(ssl, -1), (long)SSL_get_shared_group(ssl, 0));
    count = (int)SSL_get_peer_signature_nid(ssl, &number);
    say("    %s peer's hash %d %d", name, count, count ? number : 0);
    count = (int)SSL_get_signature_nid(ssl, &number);
    say("    %s own hash %d %d", name, count, count ? number : 0);
    count = SSL_get_peer_signature_type_nid(ssl, &number);
    say("    %s peer's signature %d %d", name, count, count ? number : 0);
    count = SSL_get_signature_type_nid(ssl, &number);
    say("    %s own signature %d %d", name, count, count ? number : 0);
    count = (int)SSL_get_peer_tmp_key(ssl, &key);
    say("    %s peer's key %d %s", name, count, key_name(count ? key : NULL));
    if (count)
        EVP_PKEY_free(key);
    key = NULL;
    count = (int)SSL_get_tmp_key(ssl, &key);
    say("    %s own key %d %s", name, count, key_name(count ? key : NULL));
    if (count)
        EVP_PKEY_free(key);
    SSL_get0_alpn_selected(ssl, &protocol, &protocol_length);
    SSL_get0_next_proto_negotiated(ssl, &next, &next_length);
    say("    %s alpn %.*s, npn %.*s, name %s (%d)", name, (int)protocol_length, (const char *)protocol, (int)next_length,
        (const char *)next, text(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)), SSL_get_servername_type(ssl));
    chain = SSL_get_peer_cert_chain(ssl);
    say("    %s peer %s, chain %d, verified %d, verify result %ld", name, subject(SSL_get0_peer_certificate(ssl)),
        chain != NULL ? sk_X509_num(chain) : -1,
        SSL_get0_verified_chain(ssl) != NULL ? sk_X509_num(SSL_get0_verified_chain(ssl)) : -1, SSL_get_verify_result(ssl));
    say("    %s own certificate %s, key %s", name, subject(SSL_get_certificate(ssl)), key_name(SSL_get_privatekey(ssl)));
    say("    %s ems %ld, renegotiation %ld, early data %d, renegotiations %ld, total %ld, compression %d, status %ld", name,
        (long)SSL_get_extms_support(ssl), (long)SSL_get_secure_renegotiation_support(ssl), SSL_get_early_data_status(ssl),
        (long)SSL_num_renegotiations(ssl), (long)SSL_total_renegotiations(ssl), SSL_get_current_compression(ssl) != NULL,
        (long)SSL_get_tlsext_status_type(ssl));
    say("    %s finished %zu %zu, srtp %d", name, SSL_get_finished(ssl, NULL, 0), SSL_get_peer_finished(ssl, NULL, 0),
        SSL_get_selected_srtp_profile(ssl) != NULL);
    say("    %s shared suites %s", name, text(SSL_get_shared_ciphers(ssl, list, sizeof(list))));
    count = SSL_get_sigalgs(ssl, -1, NULL, NULL, NULL, NULL, NULL);
    say("    %s peer's schemes %d, shared %d", name, count, SSL_get_shared_sigalgs(ssl, -1, NULL, NULL, NULL, NULL, NULL));
    for (index = 0; index < count && index < 4; index++) {
        int sign = 0, hash = 0, both = 0;
        unsigned char low = 0, high = 0;

        SSL_get_sigalgs(ssl, index, &sign, &hash, &both, &low, &high);
        say("      %s scheme %d %d %d %02x%02x", name, sign, hash, both, high, low);
    }
    say_session(name, SSL_get0_session(ssl));
    say_errors();
}
