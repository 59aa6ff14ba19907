/* Contexts: how they are made, and the calls that configure them (or, in its phases, a connection). */
#include "runner.h"

/* Groups that both libraries offer by default; ours prefers a hybrid one, on purpose. */
#define COMMON_GROUPS "X25519:P-256:X448:P-521:P-384:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192"

void make_contexts(void)
{
    static const SSL_METHOD *(*const client_methods[])(void) = {
        TLS_client_method, TLS_method, TLSv1_2_client_method, TLSv1_2_method, TLSv1_1_client_method, TLSv1_client_method, TLS_server_method,
    };
    static const SSL_METHOD *(*const server_methods[])(void) = {
        TLS_server_method, TLS_method, TLSv1_2_server_method, TLSv1_2_method, TLSv1_1_server_method, TLSv1_server_method, TLS_client_method,
    };
    static const int versions[] = {0, 0, TLS1_3_VERSION, TLS1_2_VERSION, TLS1_2_VERSION, TLS1_1_VERSION, TLS1_VERSION};
    const char *name = usual_certificate_name();
    int client = one_in(5) ? below(7) : 0, server = one_in(5) ? below(7) : 0, version = ANY(versions), which;

    say("  client method %d, server method %d, version %x, certificate %s", client, server, version, name);
    for (which = 0; which < CONTEXTS; which++) {
        SSL_CTX *context = SSL_CTX_new(which == CLIENT ? client_methods[client]() : server_methods[server]());

        world.context[which] = context;
        called((long)SSL_CTX_set1_groups_list(context, COMMON_GROUPS), "groups");
        if (version != 0 && version < TLS1_2_VERSION) {
            SSL_CTX_set_security_level(context, 0);
            SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
        }
        if (version != 0) {
            called((long)SSL_CTX_set_min_proto_version(context, version), "least version");
            called((long)SSL_CTX_set_max_proto_version(context, version), "greatest version");
        }
        if (!one_in(8))
            X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate("root"));
        if (which != CLIENT) {
            if (!one_in(20)) {
                SSL_CTX_use_certificate_chain_file(context, path_of(which == OTHER ? "second" : name, "pem"));
                SSL_CTX_use_PrivateKey(context, private_key(which == OTHER ? "second" : name));
            }
            if (!one_in(10))
                SSL_CTX_set_session_id_context(context, (const unsigned char *)"runner", 6);
        } else if (!one_in(3)) {
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
        }
        say_errors();
    }
}

/* Which object a step works on: a context, or in a connection's phases half the times a connection. */
struct target {
    SSL_CTX *context;
    SSL *ssl;
};

static struct target any_target(void)
{
    struct target target = {NULL, NULL};
    int which = below(CONTEXTS), side = below(2);

    if (one_in(2))
        target.ssl = world.ssl[side];
    if (target.ssl == NULL)
        target.context = world.context[which];
    say("  on %s %d", target.ssl != NULL ? "connection" : "context", target.ssl != NULL ? side : which);
    return target;
}
#define ON(target, name, ...) \
    ((target).ssl != NULL ? SSL_##name((target).ssl, ##__VA_ARGS__) : SSL_CTX_##name((target).context, ##__VA_ARGS__))

static void set_options(void)
{
    struct target target = any_target();
    uint64_t options = any_options();

    if (one_in(3))
        say("  clear options %llx: %llx", (unsigned long long)options, (unsigned long long)ON(target, clear_options, options));
    else
        say("  set options %llx: %llx", (unsigned long long)options, (unsigned long long)ON(target, set_options, options));
    say("  options %llx", (unsigned long long)ON(target, get_options));
    say_errors();
}

static void set_modes(void)
{
    static const long modes[] = {SSL_MODE_ENABLE_PARTIAL_WRITE, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, SSL_MODE_AUTO_RETRY,
                                 SSL_MODE_RELEASE_BUFFERS, SSL_MODE_NO_AUTO_CHAIN, SSL_MODE_SEND_FALLBACK_SCSV};
    struct target target = any_target();
    long mode = ANY(modes);

    if (one_in(2))
        called(ON(target, clear_mode, mode), "clear mode %lx", mode);
    else
        called(ON(target, set_mode, mode), "set mode %lx", mode);
}

static void set_versions(void)
{
    struct target target = any_target();
    int version = any_version();

    if (one_in(2))
        called(ON(target, set_min_proto_version, version), "least version %x", version);
    else
        called(ON(target, set_max_proto_version, version), "greatest version %x", version);
    say("  versions %lx %lx", (long)ON(target, get_min_proto_version), (long)ON(target, get_max_proto_version));
}

static void set_suites(void)
{
    struct target target = any_target();
    const char *string = one_in(3) ? NULL : any_cipher_string();

    if (string == NULL) {
        string = any_ciphersuites();
        called(ON(target, set_ciphersuites, string), "suites %s", string);
    } else {
        called(ON(target, set_cipher_list, string), "ciphers %s", string);
    }
}

static void set_groups(void)
{
    struct target target = any_target();
    const char *list = any_groups_list();

    called(ON(target, set1_groups_list, list), "groups %s", list);
}

static void set_sigalgs(void)
{
    struct target target = any_target();
    const char *list = any_sigalgs_list();

    if (one_in(2))
        called(ON(target, set1_sigalgs_list, list), "schemes %s", list);
    else
        called(ON(target, set1_client_sigalgs_list, list), "client schemes %s", list);
}

static void use_certificate(void)
{
    struct target target = any_target();
    const char *name = any_certificate_name();
    const char *key = one_in(6) ? any_certificate_name() : name;

    switch (below(7)) {
    case 0:
        called(ON(target, use_certificate, certificate(name)), "use certificate %s", name);
        break;
    case 1:
        called(ON(target, use_PrivateKey, private_key(key)), "use key %s", key);
        break;
    case 2:
        called(ON(target, use_certificate_chain_file, path_of(name, "pem")), "use chain file %s", name);
        called(ON(target, use_PrivateKey_file, path_of(key, "key"), SSL_FILETYPE_PEM), "use key file %s", key);
        break;
    case 3:
        called(ON(target, use_cert_and_key, certificate(name), private_key(key), NULL, one_in(2)), "use both %s %s", name, key);
        break;
    case 4:
        called(ON(target, use_certificate_file, path_of(name, "pem"), one_in(4) ? SSL_FILETYPE_ASN1 : one_in(8) ? 7 : SSL_FILETYPE_PEM), "use file %s", name);
        break;
    case 5:
        called(ON(target, add1_chain_cert, certificate(name)), "add to chain %s", name);
        break;
    default:
        called(ON(target, use_certificate, certificate(name)), "use certificate %s", name);
        called(ON(target, use_PrivateKey, private_key(key)), "use key %s", key);
        break;
    }
    called(ON(target, check_private_key), "check key");
}

static void set_security_level(void)
{
    struct target target = any_target();
    int level = one_in(2) ? 0 : below(7) - 1;

    ON(target, set_security_level, level);
    say("  level %d: %d", level, ON(target, get_security_level));
}

static void set_sizes(void)
{
    static const long numbers[] = {0, 1, 511, 512, 513, 1000, 4096, 16383, 16384, 16385, 100000, -1, 32, 33, 2};
    struct target target = any_target();
    long number = ANY(numbers);

    switch (below(10)) {
    case 0:
        called(ON(target, set_max_send_fragment, number), "max send fragment %ld", number);
        break;
    case 1:
        called(ON(target, set_split_send_fragment, number), "split send fragment %ld", number);
        break;
    case 2:
        called(ON(target, set_max_pipelines, number), "max pipelines %ld", number);
        break;
    case 3:
        called(ON(target, set_max_cert_list, number), "max cert list %ld", number);
        called(ON(target, get_max_cert_list), "max cert list");
        break;
    case 4:
        called(ON(target, set_num_tickets, (size_t)below(4)), "tickets");
        called((long)ON(target, get_num_tickets), "tickets");
        break;
    case 5:
        called(ON(target, set_max_early_data, (uint32_t)number), "max early data %ld", number);
        called(ON(target, set_recv_max_early_data, (uint32_t)(number + below(100))), "max early data received");
        say("  early data %u %u", ON(target, get_max_early_data), ON(target, get_recv_max_early_data));
        break;
    case 6:
        called(ON(target, set_tlsext_max_fragment_length, (uint8_t)below(7)), "max fragment length");
        break;
    case 7:
        called(ON(target, set_block_padding, (size_t)number), "block padding %ld", number);
        break;
    case 8:
        ON(target, set_default_read_buffer_len, (size_t)(number & 0xffff));
        say("  read buffer %ld", number);
        break;
    default:
        ON(target, set_verify_depth, below(4) - 1);
        say("  depth %d", ON(target, get_verify_depth));
        break;
    }
}

static void set_session_settings(void)
{
    static const long modes[] = {SSL_SESS_CACHE_OFF, SSL_SESS_CACHE_CLIENT, SSL_SESS_CACHE_SERVER, SSL_SESS_CACHE_BOTH,
                                 SSL_SESS_CACHE_BOTH | SSL_SESS_CACHE_NO_INTERNAL, SSL_SESS_CACHE_BOTH | SSL_SESS_CACHE_NO_INTERNAL_STORE, SSL_SESS_CACHE_BOTH | SSL_SESS_CACHE_NO_INTERNAL_LOOKUP};
    static unsigned char keys[80] = {1};
    int which = below(CONTEXTS);
    SSL_CTX *context = world.context[which];
    long number;

    say("  on context %d", which);
    switch (below(6)) {
    case 0:
        number = ANY(modes);
        called(SSL_CTX_set_session_cache_mode(context, number), "cache mode %lx", number);
        break;
    case 1:
        number = below(4) - 1;
        called(SSL_CTX_sess_set_cache_size(context, number), "cache size %ld", number);
        break;
    case 2:
        number = below(4) * 100 - 1;
        called(SSL_CTX_set_timeout(context, number), "time-out %ld", number);
        break;
    case 3:
        number = below(3) * 16;
        called(SSL_CTX_set_session_id_context(context, (const unsigned char *)"a long session id context that is too long", (unsigned int)number + (one_in(4) ? 8 : 0)), "id context");
        break;
    case 4:
        called(SSL_CTX_set_tlsext_ticket_keys(context, keys, one_in(4) ? 48 : 80), "ticket keys");
        break;
    default:
        say("  number %ld, connect %ld %ld %ld, accept %ld %ld %ld, hits %ld %ld, misses %ld, time-outs %ld, full %ld", SSL_CTX_sess_number(context), SSL_CTX_sess_connect(context), SSL_CTX_sess_connect_good(context), SSL_CTX_sess_connect_renegotiate(context), SSL_CTX_sess_accept(context), SSL_CTX_sess_accept_good(context), SSL_CTX_sess_accept_renegotiate(context), SSL_CTX_sess_hits(context), SSL_CTX_sess_cb_hits(context), SSL_CTX_sess_misses(context), SSL_CTX_sess_timeouts(context), SSL_CTX_sess_cache_full(context));
        break;
    }
}

static void set_protocols(void)
{
    static const struct {
        const char *bytes;
        unsigned int length;
    } lists[] = {{"\3one\3two", 8}, {"\2h2", 3}, {"", 0}, {"\3one\4two", 8}, {"\0", 1}, {"\3one", 4}};
    struct target target = any_target();
    int which = below(6);

    called(ON(target, set_alpn_protos, (const unsigned char *)lists[which].bytes, lists[which].length), "alpn %d", which);
}

static void set_miscellany(void)
{
    struct target target = any_target();

    switch (below(9)) {
    case 0:
        ON(target, set_read_ahead, one_in(2));
        say("  read ahead %ld", (long)ON(target, get_read_ahead));
        break;
    case 1:
        ON(target, set_quiet_shutdown, one_in(2));
        say("  quiet shutdown %d", ON(target, get_quiet_shutdown));
        break;
    case 2:
        ON(target, set_post_handshake_auth, one_in(4) ? 0 : 1);
        say("  post-handshake authentication");
        break;
    case 3:
        called(ON(target, set_dh_auto, one_in(3) ? 0 : 1 + below(2)), "dh auto");
        break;
    case 4:
        called(ON(target, add_client_CA, certificate(any_certificate_name())), "add client CA");
        break;
    case 5:
        called(target.ssl != NULL ? SSL_set_tlsext_status_type(target.ssl, TLSEXT_STATUSTYPE_ocsp) : SSL_CTX_set_tlsext_status_type(target.context, TLSEXT_STATUSTYPE_ocsp), "status type");
        break;
    case 6:
        called(ON(target, use_psk_identity_hint, one_in(6) ? NULL : "hint"), "hint");
        break;
    case 7:
        called(ON(target, enable_ct, one_in(2) ? SSL_CT_VALIDATION_PERMISSIVE : SSL_CT_VALIDATION_STRICT), "transparency");
        break;
    default:
        called(ON(target, set_purpose, 1 + below(3)), "purpose");
        break;
    }
}

const struct step context_steps[] = {
    {"options", set_options, {14, 8, 1, 1}},
    {"modes", set_modes, {3, 3, 1, 0}},
    {"versions", set_versions, {6, 5, 1, 1}},
    {"suites", set_suites, {6, 5, 1, 0}},
    {"groups", set_groups, {4, 4, 1, 0}},
    {"schemes", set_sigalgs, {4, 4, 1, 0}},
    {"certificate", use_certificate, {8, 7, 1, 1}},
    {"level", set_security_level, {3, 3, 1, 1}},
    {"sizes", set_sizes, {6, 5, 2, 1}},
    {"sessions", set_session_settings, {6, 2, 1, 0}},
    {"protocols", set_protocols, {6, 6, 1, 0}},
    {"miscellany", set_miscellany, {6, 5, 1, 0}},
    {NULL, NULL, {0}},
};
