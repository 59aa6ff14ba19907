/*
 * Small functions of OpenSSL 3.2 to 3.5, which a library of OpenSSL 3.0 lacks: SSL_get0_group_name(3),
 * SSL_get_handshake_rtt(3), SSL_write_ex2 in SSL_write(3), SSL_CTX_set_block_padding_ex(3), and so on.
 */
#include "later.h"

#include <sys/time.h>
#include <unistd.h>

#include <openssl/provider.h>

#include "support.h"

LATER("3.2", const char *, SSL_get0_group_name, SSL *)
LATER("3.2", int, SSL_get_handshake_rtt, const SSL *, uint64_t *)
LATER("3.2", int, SSL_is_tls, const SSL *)
LATER("3.2", int, SSL_is_quic, const SSL *)
LATER("3.2", int, SSL_is_connection, SSL *)
LATER("3.2", SSL *, SSL_get0_connection, SSL *)
LATER("3.5", int, SSL_is_listener, SSL *)
LATER("3.5", int, SSL_is_domain, SSL *)
LATER("3.5", SSL *, SSL_get0_listener, SSL *)
LATER("3.5", SSL *, SSL_get0_domain, SSL *)
LATER("3.2", int, SSL_handle_events, SSL *)
LATER("3.2", int, SSL_get_event_timeout, SSL *, struct timeval *, int *)
LATER("3.2", int, SSL_net_read_desired, SSL *)
LATER("3.2", int, SSL_net_write_desired, SSL *)
LATER("3.2", int, SSL_client_hello_get_extension_order, SSL *, uint16_t *, size_t *)
LATER("3.2", int, SSL_shutdown_ex, SSL *, uint64_t, const void *, size_t)
LATER("3.2", SSL_SESSION *, d2i_SSL_SESSION_ex, SSL_SESSION **, const unsigned char **, long, OSSL_LIB_CTX *,
      const char *)
LATER("3.3", int, SSL_write_ex2, SSL *, const void *, size_t, uint64_t, size_t *)
LATER("3.3", int, SSL_get_value_uint, SSL *, uint32_t, uint32_t, uint64_t *)
LATER("3.3", int, SSL_set_value_uint, SSL *, uint32_t, uint32_t, uint64_t)
LATER("3.3", time_t, SSL_SESSION_get_time_ex, const SSL_SESSION *)
LATER("3.3", time_t, SSL_SESSION_set_time_ex, SSL_SESSION *, time_t)
LATER("3.4", void, SSL_CTX_flush_sessions_ex, SSL_CTX *, time_t)
LATER("3.4", int, SSL_CTX_set_block_padding_ex, SSL_CTX *, size_t, size_t)
LATER("3.4", int, SSL_set_block_padding_ex, SSL *, size_t, size_t)
LATER("3.4", char *, SSL_get1_builtin_sigalgs, OSSL_LIB_CTX *)

/* "returns the name of the group that was used for the key agreement" */
TEST_VERSIONS(group_name_is_that_of_the_key_agreement)
{
    static const char *const groups[] = {"secp256r1", "secp384r1:secp256r1", "x25519:secp256r1", "x448:secp256r1"};
    char name[16];

    NEEDS(SSL_get0_group_name);
    for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
        struct pair *pair = pair_contexts(version);

        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], groups[i]));
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], groups[i]));
        pair_over_wire(pair);
        pair_handshake(pair);
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(groups[i], ":"), groups[i]);
        CHECK_STR(later_SSL_get0_group_name(pair->ssl[CLIENT]), name);
        CHECK_STR(later_SSL_get0_group_name(pair->ssl[SERVER]), name);
        pair_free(pair);
    }
}

/* "Returns 0 if the TLS handshake RTT cannot be determined yet." "represented in microseconds" */
TEST_VERSIONS(round_trip_is_known_after_the_handshake)
{
    struct pair *pair = pair_contexts(version);
    uint64_t time[2] = {0, 0};

    NEEDS(SSL_get_handshake_rtt);
    pair_over_wire(pair);
    CHECK_EQ(later_SSL_get_handshake_rtt(pair->ssl[CLIENT], &time[CLIENT]), 0);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_EQ(later_SSL_get_handshake_rtt(pair->ssl[CLIENT], &time[CLIENT]), 0);
    usleep(30000);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_EQ(later_SSL_get_handshake_rtt(pair->ssl[SERVER], &time[SERVER]), 0);
    usleep(20000);
    pair_handshake(pair);
    CHECK_EQ(later_SSL_get_handshake_rtt(pair->ssl[CLIENT], &time[CLIENT]), 1);
    CHECK_EQ(later_SSL_get_handshake_rtt(pair->ssl[SERVER], &time[SERVER]), 1);
    CHECK(time[CLIENT] >= 50000 && time[CLIENT] < 10000000);
    CHECK(time[SERVER] >= 20000 && time[SERVER] < 10000000);
    pair_free(pair);
}

TEST_VERSIONS(connection_is_of_tls_and_no_object_of_quic)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[CLIENT];

    NEEDS(SSL_is_listener);
    CHECK_EQ(later_SSL_is_tls(ssl), 1);
    CHECK_EQ(later_SSL_is_tls(NULL), 0);
    CHECK_EQ(later_SSL_is_quic(ssl), 0);
    CHECK_EQ(later_SSL_is_connection(ssl), 1);
    CHECK(later_SSL_get0_connection(ssl) == ssl);
    CHECK_EQ(later_SSL_is_listener(ssl), 0);
    CHECK_EQ(later_SSL_is_domain(ssl), 0);
    CHECK(later_SSL_get0_listener(ssl) == NULL);
    CHECK(later_SSL_get0_domain(ssl) == NULL);
    CHECK_NO_ERRORS();
    pair_free(pair);
}

/* "If it is called on any other kind of SSL object, it always outputs infinity." */
TEST(tls_has_no_events_in_time)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    struct timeval timeout;
    int is_infinite = 0;

    NEEDS(SSL_get_event_timeout);
    CHECK_OK(later_SSL_handle_events(pair->ssl[CLIENT]));
    CHECK_OK(later_SSL_get_event_timeout(pair->ssl[CLIENT], &timeout, &is_infinite));
    CHECK_EQ(is_infinite, 1);
    pair_free(pair);
}

/* "function identically to calls to SSL_want_read() and SSL_want_write()" */
TEST_VERSIONS(network_is_desired_as_the_connection_wants)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    NEEDS(SSL_net_read_desired);
    pair_over_wire(pair);
    ssl = pair->ssl[CLIENT];
    CHECK_EQ(later_SSL_net_read_desired(ssl), 0);
    CHECK_EQ(later_SSL_net_write_desired(ssl), 0);
    pair->end[CLIENT].write_room = 1;
    CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_WRITE);
    CHECK_EQ(later_SSL_net_read_desired(ssl), 0);
    CHECK_EQ(later_SSL_net_write_desired(ssl), 1);
    pair->end[CLIENT].write_room = SIZE_MAX;
    CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
    CHECK_EQ(later_SSL_net_read_desired(ssl), 1);
    CHECK_EQ(later_SSL_net_write_desired(ssl), 0);
    pair_free(pair);
}

static uint16_t order[64];
static size_t order_length;

static int on_client_hello(SSL *ssl, int *alert, void *argument)
{
    int *present;
    size_t count = 0, room;

    (void)alert;
    (void)argument;
    CHECK_EQ(SSL_client_hello_get1_extensions_present(ssl, &present, &count), 1);
    CHECK(count > 3 && count <= 64);
    CHECK_EQ(later_SSL_client_hello_get_extension_order(ssl, NULL, &order_length), 1);
    CHECK_EQ(order_length, count);
    room = count - 1;
    CHECK_EQ(later_SSL_client_hello_get_extension_order(ssl, order, &room), 0);
    room = 64;
    CHECK_EQ(later_SSL_client_hello_get_extension_order(ssl, order, &room), 1);
    CHECK_EQ(room, count);
    for (size_t i = 0; i < count; i++)
        CHECK_EQ(order[i], present[i]);
    OPENSSL_free(present);
    return SSL_CLIENT_HELLO_SUCCESS;
}

/* "If the input *num_exts is smaller then the number of extensions in question, that is treated as an error." */
TEST_VERSIONS(extension_order_is_that_of_the_hello)
{
    struct pair *pair = pair_contexts(version);
    size_t room = 64;

    NEEDS(SSL_client_hello_get_extension_order);
    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], on_client_hello, NULL);
    pair_over_wire(pair);
    CHECK_EQ(later_SSL_client_hello_get_extension_order(pair->ssl[SERVER], order, &room), 0);
    pair_handshake(pair);
    CHECK(order_length > 3);
    pair_free(pair);
}

TEST_VERSIONS(shutdown_ex_shuts_down)
{
    struct pair *pair = pair_established(version);

    NEEDS(SSL_shutdown_ex);
    CHECK_EQ(later_SSL_shutdown_ex(pair->ssl[CLIENT], 0, NULL, 0), 0);
    CHECK_EQ(later_SSL_shutdown_ex(pair->ssl[SERVER], 0, NULL, 0), 0);
    CHECK_EQ(later_SSL_shutdown_ex(pair->ssl[SERVER], 1, NULL, 0), 1);
    CHECK_EQ(later_SSL_shutdown_ex(pair->ssl[CLIENT], 0, NULL, 0), 1);
    pair_free(pair);
}

TEST_VERSIONS(write_ex2_writes_and_knows_no_flag)
{
    struct pair *pair = pair_established(version);
    size_t written = 99;
    char buffer[8];

    NEEDS(SSL_write_ex2);
    for (uint64_t flag = 1; flag != 0; flag <<= 1) {
        CHECK_EQ(later_SSL_write_ex2(pair->ssl[CLIENT], "hello", 5, flag, &written), 0);
        /* SSL_R_UNSUPPORTED_WRITE_FLAG */
        CHECK_SSL_REASON(412);
        CHECK_EQ(written, 99);
    }
    CHECK_OK(later_SSL_write_ex2(pair->ssl[CLIENT], "hello", 5, 0, &written));
    CHECK_EQ(written, 5);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], buffer, sizeof(buffer)), 5);
    CHECK_OK(later_SSL_write_ex2(pair->ssl[CLIENT], "hello", 0, 0, &written));
    CHECK_EQ(written, 0);
    pair_free(pair);
}

TEST(tls_has_no_values)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    uint64_t value = 7;

    NEEDS(SSL_get_value_uint);
    for (uint32_t class = 0; class < 4; class++) {
        for (uint32_t id = 0; id < 12; id++) {
            CHECK_EQ(later_SSL_get_value_uint(pair->ssl[CLIENT], class, id, &value), 0);
            CHECK_SSL_REASON(SSL_R_UNSUPPORTED_PROTOCOL);
            CHECK_EQ(later_SSL_set_value_uint(pair->ssl[CLIENT], class, id, 1), 0);
            CHECK_SSL_REASON(SSL_R_UNSUPPORTED_PROTOCOL);
        }
    }
    CHECK_EQ(value, 7);
    pair_free(pair);
}

TEST(session_has_times_beyond_2038)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    SSL_SESSION *session = SSL_get1_session(pair->ssl[CLIENT]);
    const time_t late = 5000000000;

    NEEDS(SSL_SESSION_get_time_ex);
    CHECK_EQ(later_SSL_SESSION_get_time_ex(session), SSL_SESSION_get_time(session));
    CHECK_EQ(later_SSL_SESSION_set_time_ex(session, late), late);
    CHECK_EQ(later_SSL_SESSION_get_time_ex(session), late);
    CHECK_EQ(SSL_SESSION_get_time(session), late);
    CHECK_EQ(later_SSL_SESSION_get_time_ex(NULL), 0);
    CHECK_EQ(later_SSL_SESSION_set_time_ex(NULL, late), 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(flush_sessions_ex_flushes_what_expired)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    struct pair *pair = pair_established(TLS1_2_VERSION);
    SSL_SESSION *session = SSL_get1_session(pair->ssl[SERVER]);
    time_t end;

    NEEDS(SSL_CTX_flush_sessions_ex);
    end = SSL_SESSION_get_time(session) + SSL_SESSION_get_timeout(session);
    CHECK_EQ(SSL_SESSION_set1_id(session, (const unsigned char *)"id", 2), 1);
    CHECK_EQ(SSL_CTX_add_session(context, session), 1);
    later_SSL_CTX_flush_sessions_ex(context, end - 5);
    CHECK_EQ(SSL_CTX_sess_number(context), 1);
    later_SSL_CTX_flush_sessions_ex(context, end + 5);
    CHECK_EQ(SSL_CTX_sess_number(context), 0);
    SSL_SESSION_free(session);
    SSL_CTX_free(context);
    pair_free(pair);
}

TEST_VERSIONS(session_is_read_in_a_library_context)
{
    struct pair *pair = pair_established(version);
    OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();
    SSL_SESSION *session = SSL_get1_session(pair->ssl[CLIENT]), *copy;
    unsigned char *form = NULL;
    const unsigned char *from;
    int length = i2d_SSL_SESSION(session, &form);

    NEEDS(d2i_SSL_SESSION_ex);
    CHECK(length > 0);
    from = form;
    copy = later_d2i_SSL_SESSION_ex(NULL, &from, length, library, "provider=default");
    CHECK(copy != NULL && from == form + length);
    CHECK_EQ(SSL_SESSION_get_protocol_version(copy), version);
    CHECK(SSL_SESSION_get0_peer(copy) != NULL);
    CHECK_EQ(X509_cmp(SSL_SESSION_get0_peer(copy), SSL_SESSION_get0_peer(session)), 0);
    SSL_SESSION_free(copy);
    from = form;
    CHECK(later_d2i_SSL_SESSION_ex(NULL, &from, length - 1, library, NULL) == NULL);
    ERR_clear_error();
    SSL_SESSION_free(session);
    OPENSSL_free(form);
    pair_free(pair);
    OSSL_LIB_CTX_free(library);
}

/* "allow the caller to separately specify the padding block size to be applied to handshake and application data
 * messages" */
TEST(handshake_and_data_are_padded_apart)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    size_t before;

    NEEDS(SSL_CTX_set_block_padding_ex);
    CHECK_EQ(later_SSL_CTX_set_block_padding_ex(pair->ctx[SERVER], 16385, 0), 0);
    CHECK_EQ(later_SSL_CTX_set_block_padding_ex(pair->ctx[SERVER], 0, 16385), 0);
    CHECK_EQ(later_SSL_CTX_set_block_padding_ex(pair->ctx[SERVER], 512, 8192), 1);
    CHECK_NO_ERRORS();
    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    /* EncryptedExtensions, Certificate, CertificateVerify and Finished, each in a record of 8192 bytes. */
    CHECK(pair->end[SERVER].bytes_written > 4 * 8192);
    pair_handshake(pair);
    before = pair->end[SERVER].bytes_written;
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "x", 1), 1);
    CHECK_EQ(pair->end[SERVER].bytes_written - before, 5 + 512 + 16);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_EQ(later_SSL_set_block_padding_ex(pair->ssl[SERVER], 1, 16384), 1);
    pair_handshake(pair);
    before = pair->end[SERVER].bytes_written;
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "x", 1), 1);
    CHECK_EQ(pair->end[SERVER].bytes_written - before, 5 + 2 + 16);
    pair_free(pair);
}

/* "The string may be empty … if none of the built-in TLS signature algorithms can be activated" */
TEST(builtin_signature_algorithms_are_those_of_the_providers)
{
    OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *provider;
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    char *names;

    NEEDS(SSL_get1_builtin_sigalgs);
    names = later_SSL_get1_builtin_sigalgs(NULL);
    CHECK(strstr(names, "ecdsa_secp256r1_sha256:") != NULL);
    CHECK(strstr(names, "rsa_pss_rsae_sha512") != NULL && strstr(names, "ed25519") != NULL);
    CHECK_EQ(strspn(names, ":"), 0);
    CHECK(strstr(names, "::") == NULL);
    OPENSSL_free(names);
    provider = OSSL_PROVIDER_load(library, "null");
    CHECK(provider != NULL);
    names = later_SSL_get1_builtin_sigalgs(library);
    CHECK_STR(names, "");
    OPENSSL_free(names);
    CHECK_NO_ERRORS();
    OSSL_PROVIDER_unload(provider);
    OSSL_LIB_CTX_free(library);
    SSL_CTX_free(context);
}

/* SSL_CTX_get0_implemented_groups() of OpenSSL 3.5, SSL_CTRL_GET0_IMPLEMENTED_GROUPS. */
TEST(implemented_groups_are_those_of_the_versions)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    int count;

    NEEDS(SSL_is_domain);
    for (int all = 0; all < 2; all++) {
        STACK_OF(OPENSSL_CSTRING) *names = sk_OPENSSL_CSTRING_new_null();
        int curves = 0, aliases = 0, hybrids = 0;

        CHECK_EQ(SSL_CTX_set_max_proto_version(context, all ? TLS1_2_VERSION : 0), 1);
        CHECK_OK(SSL_CTX_ctrl(context, 139, all, names));
        count = sk_OPENSSL_CSTRING_num(names);
        for (int i = 0; i < count; i++) {
            curves += strcmp(sk_OPENSSL_CSTRING_value(names, i), "secp256r1") == 0;
            aliases += strcmp(sk_OPENSSL_CSTRING_value(names, i), "P-256") == 0;
            hybrids += strcmp(sk_OPENSSL_CSTRING_value(names, i), "X25519MLKEM768") == 0;
        }
        CHECK_EQ(curves, 1);
        CHECK_EQ(aliases, all);
        CHECK_EQ(hybrids, !all);
        sk_OPENSSL_CSTRING_free(names);
    }
    SSL_CTX_free(context);
}

/* CVE-2026-34183 and others of OpenSSL's own QUIC stack: our library has none. */
TEST(no_quic_stack)
{
    int has_client = dlvsym(RTLD_DEFAULT, "OSSL_QUIC_client_method", "OPENSSL_3.2.0") != NULL;
    int has_server = dlvsym(RTLD_DEFAULT, "OSSL_QUIC_server_method", "OPENSSL_3.5.0") != NULL;

    CHECK_EQ(has_client, on_the_oracle() && OpenSSL_version_num() >= 0x30200000L);
    CHECK_EQ(has_server, on_the_oracle() && OpenSSL_version_num() >= 0x30500000L);
}
