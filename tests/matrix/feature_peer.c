/*
 * One side of the tests of features between two processes: session files, PSKs, early data, key updates, post-handshake
 * authentication, renegotiation, next protocols, short records, channel bindings.
 *
 * usage: feature_peer client|server SOCKET FILES <CASES >RESULTS
 *
 * A case is a line "VERSION FEATURE"; both sides get the same list. A result is a line that begins with "ok" and ends with
 * what must be the same on both sides, or "failed REASON".
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

static const unsigned char psk[] = "a key of thirty-two bytes at all";
static const char *files, *feature;
static int server;

static void die(const char *what)
{
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(2);
}

static int is(const char *name)
{
    return strcmp(feature, name) == 0;
}

static SSL_SESSION *psk_session(SSL *ssl)
{
    static const unsigned char suite[] = {0x13, 0x01};
    SSL_SESSION *session = SSL_SESSION_new();

    if (session == NULL || !SSL_SESSION_set1_master_key(session, psk, 32)
        || !SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, suite))
        || !SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION)
        || !SSL_SESSION_set1_id_context(session, (const unsigned char *)"matrix", 6))
        die("psk");
    SSL_SESSION_set_max_early_data(session, is("early-data-psk") ? 1000 : 0);
    return session;
}

static int use_session(SSL *ssl, const EVP_MD *digest, const unsigned char **id, size_t *length, SSL_SESSION **session)
{
    (void)digest;
    *id = (const unsigned char *)"matrix";
    *length = 6;
    *session = psk_session(ssl);
    return 1;
}

static int find_session(SSL *ssl, const unsigned char *id, size_t length, SSL_SESSION **session)
{
    *session = length == 6 && memcmp(id, "matrix", 6) == 0 ? psk_session(ssl) : NULL;
    return 1;
}

static int advertise(SSL *ssl, const unsigned char **out, unsigned int *length, void *argument)
{
    (void)ssl, (void)argument;
    *out = (const unsigned char *)"\x02h2\x03old";
    *length = 7;
    return SSL_TLSEXT_ERR_OK;
}

static int select_protocol(SSL *ssl, unsigned char **out, unsigned char *length, const unsigned char *in,
                           unsigned int in_length, void *argument)
{
    (void)ssl, (void)argument;
    SSL_select_next_proto(out, length, in, in_length, (const unsigned char *)"\x03old", 4);
    return SSL_TLSEXT_ERR_OK;
}

static int staple(SSL *ssl, void *argument)
{
    (void)argument;
    if (server) {
        unsigned char *response = OPENSSL_malloc(5);

        memcpy(response, "a lie", 5);
        SSL_set_tlsext_status_ocsp_resp(ssl, response, 5);
        return SSL_TLSEXT_ERR_OK;
    }
    return 1;
}

static int add_custom(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out, size_t *length,
                      X509 *x, size_t index, int *alert, void *argument)
{
    (void)ssl, (void)type, (void)context, (void)x, (void)index, (void)alert, (void)argument;
    *out = (const unsigned char *)(server ? "from server" : "from client");
    *length = 11;
    return 1;
}

static int parse_custom(SSL *ssl, unsigned int type, unsigned int context, const unsigned char *in, size_t length,
                        X509 *x, size_t index, int *alert, void *argument)
{
    (void)ssl, (void)type, (void)context, (void)x, (void)index, (void)alert, (void)argument;
    return length == 11 && memcmp(in, server ? "from client" : "from server", 11) == 0;
}

/* Sends one byte and gets one: what was waiting to be read or written is. */
static int ping(SSL *ssl)
{
    char byte = 'x';

    return server ? SSL_read(ssl, &byte, 1) == 1 && SSL_write(ssl, &byte, 1) == 1
                  : SSL_write(ssl, &byte, 1) == 1 && SSL_read(ssl, &byte, 1) == 1;
}

static int is_early(void)
{
    return strncmp(feature, "early-data", 10) == 0;
}

/* The handshake, with early data before it. */
static int shake_hands(SSL *ssl)
{
    char data[100];
    size_t count;
    int status;

    if (!is_early())
        return SSL_do_handshake(ssl) == 1;
    if (!server) {
        if (SSL_SESSION_get_max_early_data(SSL_get0_session(ssl) != NULL ? SSL_get0_session(ssl) : psk_session(ssl)) > 0
            && (SSL_write_early_data(ssl, "early", 5, &count) != 1 || count != 5))
            return 0;
        return SSL_do_handshake(ssl) == 1;
    }
    while ((status = SSL_read_early_data(ssl, data, sizeof(data), &count)) == SSL_READ_EARLY_DATA_SUCCESS)
        if (count != 5 || memcmp(data, "early", 5) != 0)
            return 0;
    return status == SSL_READ_EARLY_DATA_FINISH && SSL_do_handshake(ssl) == 1;
}

/* What happens after the handshake. */
static int afterwards(SSL *ssl)
{
    if (is("key-update") && !SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED))
        return 0;
    if (is("post-handshake-auth") && server) {
        SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        if (!SSL_verify_client_post_handshake(ssl) || SSL_do_handshake(ssl) != 1)
            return 0;
    }
    if (is("renegotiation-by-server") && server && (!SSL_renegotiate(ssl) || SSL_do_handshake(ssl) != 1))
        return 0;
    if (is("renegotiation-by-client") && !server && (!SSL_renegotiate(ssl) || SSL_do_handshake(ssl) != 1))
        return 0;
    return 1;
}

static int configure(SSL_CTX *context, int version)
{
    char file[512];

    snprintf(file, sizeof(file), "%s/rsa.pem", files);
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_set_options(context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION | SSL_OP_NO_ANTI_REPLAY);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"matrix", 6);
    SSL_CTX_load_verify_locations(context, file, NULL);
    if (is("psk") || is("early-data-psk")) {
        SSL_CTX_set_psk_use_session_callback(context, server ? NULL : use_session);
        SSL_CTX_set_psk_find_session_callback(context, server ? find_session : NULL);
        SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
    }
    if (is("next-protocol")) {
        SSL_CTX_set_next_protos_advertised_cb(context, advertise, NULL);
        SSL_CTX_set_next_proto_select_cb(context, select_protocol, NULL);
    }
    if (is("stapling")) {
        SSL_CTX_set_tlsext_status_cb(context, staple);
        if (!server)
            SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
    }
    if (is("custom-extension"))
        SSL_CTX_add_custom_ext(context, 1234,
                               SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS,
                               add_custom, NULL, NULL, parse_custom, NULL);
    if (is("fragment-length") && !server)
        SSL_CTX_set_tlsext_max_fragment_length(context, TLSEXT_max_fragment_length_512);
    if (is("early-data-retry") && server)
        SSL_CTX_set1_groups_list(context, "P-384");
    if (server && is_early())
        SSL_CTX_set_max_early_data(context, is("early-data-refused") ? 0 : 1000);
    if (is("stateful"))
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_verify(context, server ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    if (!server)
        SSL_CTX_set_post_handshake_auth(context, is("post-handshake-auth"));
    return SSL_CTX_use_certificate_file(context, file, SSL_FILETYPE_PEM)
           && SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM);
}

static void print_result(SSL *ssl)
{
    unsigned char finished[64], exported[8];
    const unsigned char *protocol = (const unsigned char *)"-";
    unsigned int length = 1;
    size_t count = server ? SSL_get_peer_finished(ssl, finished, sizeof(finished))
                          : SSL_get_finished(ssl, finished, sizeof(finished));

    if (is("next-protocol"))
        SSL_get0_next_proto_negotiated(ssl, &protocol, &length);
    if (!SSL_export_keying_material(ssl, exported, sizeof(exported), "EXPORTER-Channel-Binding", 24, NULL, 0, 1))
        die("exporter");
    printf("ok %s reused %d early %d protocol %.*s peer %d renegotiated %ld fragment %d staple %ld binding ", SSL_get_version(ssl),
           SSL_session_reused(ssl), SSL_get_early_data_status(ssl), (int)length, (const char *)protocol,
           is("post-handshake-auth") && server ? SSL_get0_peer_certificate(ssl) != NULL : -1,
           SSL_total_renegotiations(ssl), SSL_SESSION_get_max_fragment_length(SSL_get_session(ssl)),
           is("stapling") && !server ? SSL_get_tlsext_status_ocsp_resp(ssl, &protocol) : -1);
    for (size_t i = 0; i < sizeof(exported); i++)
        printf("%02x", exported[i]);
    /* The client's Finished; its name is tls-unique in a full handshake. */
    for (size_t i = 0; i < count && i < 8; i++)
        printf("%02x", finished[i]);
    printf("\n");
}

/* The session of a case: a client writes it to a file and reads it from there, or another client does, in PEM or in DER. */
static SSL_SESSION *session_file(SSL *ssl, int version)
{
    const char *form = strrchr(feature, '-');
    char name[512];
    SSL_SESSION *session;
    FILE *file;
    int pem;

    form = form != NULL ? form + 1 : feature;
    pem = strcmp(form, "pem") == 0;
    snprintf(name, sizeof(name), "%s/session-%x-%s", files, version, form);
    file = fopen(name, ssl != NULL ? "w" : "r");
    if (file == NULL)
        die(name);
    if (ssl == NULL) {
        BIO *bio = BIO_new_fp(file, BIO_NOCLOSE);
        session = pem ? PEM_read_SSL_SESSION(file, NULL, NULL, NULL)
                      : ASN1_d2i_bio((void *(*)(void))SSL_SESSION_new, (d2i_of_void *)d2i_SSL_SESSION, bio, NULL);
        BIO_free(bio);
    } else {
        BIO *bio = BIO_new_fp(file, BIO_NOCLOSE);
        session = SSL_get1_session(ssl);
        if (!(pem ? PEM_write_SSL_SESSION(file, session)
                  : ASN1_i2d_bio((i2d_of_void *)i2d_SSL_SESSION, bio, (unsigned char *)session)))
            die("session");
        BIO_flush(bio);
        BIO_free(bio);
    }
    fclose(file);
    if (session == NULL)
        die("session file");
    return session;
}

static int connection(int listener, const struct sockaddr_un *address)
{
    struct timeval limit = {20, 0};
    int fd = listener >= 0 ? accept(listener, NULL, NULL) : socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0 || (listener < 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0))
        die("connection");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    return fd;
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char line[128], version_name[16], feature_name[64];
    int listener = -1;

    if (argc != 4)
        return 2;
    server = strcmp(argv[1], "server") == 0;
    files = argv[3];
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[2]);
    if (server) {
        listener = socket(AF_UNIX, SOCK_STREAM, 0);
        if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(listener, 8) != 0)
            die("listen");
    }
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("ready\n");
    while (fgets(line, sizeof(line), stdin) != NULL) {
        SSL_CTX *context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
        SSL_SESSION *session = NULL;
        int version, again, failed = 0;

        if (context == NULL || sscanf(line, "%15s %63s", version_name, feature_name) != 2)
            die("case");
        version = strcmp(version_name, "TLSv1.3") == 0 ? TLS1_3_VERSION : TLS1_2_VERSION;
        feature = feature_name;
        again = strncmp(feature, "resume", 6) == 0 || is("stateful") || (is_early() && !is("early-data-psk"));
        if (!configure(context, version))
            die("configure");
        if (strncmp(feature, "read-", 5) == 0)
            session = session_file(NULL, version);
        for (int round = 0; round <= again && !failed; round++) {
            int fd = connection(listener, &address);
            SSL *ssl = SSL_new(context);

            ERR_clear_error();
            SSL_set_fd(ssl, fd);
            if (server)
                SSL_set_accept_state(ssl);
            else
                SSL_set_connect_state(ssl);
            if (is("early-data-refused") && server && round == 0)
                SSL_set_max_early_data(ssl, 1000);
            if (session != NULL)
                SSL_set_session(ssl, session);
            if (shake_hands(ssl) && ping(ssl) && afterwards(ssl) && ping(ssl) && ping(ssl)) {
                if (strncmp(feature, "write-", 6) == 0)
                    SSL_SESSION_free(session_file(ssl, version));
                if (round == again)
                    print_result(ssl);
                else if (!server)
                    session = session_file(ssl, version), SSL_SESSION_free(session), session = session_file(NULL, version);
                SSL_shutdown(ssl);
            } else {
                const char *reason = ERR_reason_error_string(ERR_peek_error());

                printf("failed %s\n", reason != NULL ? reason : "no reason");
                failed = 1;
            }
            SSL_free(ssl);
            close(fd);
        }
        SSL_SESSION_free(session);
        SSL_CTX_free(context);
    }
    return 0;
}
