/*
 * One side of the protocol matrix: does a handshake and a transfer for every case of a list with the same program on
 * another libssl, and prints what was negotiated.
 *
 * usage: peer client|server SOCKET CERTIFICATES <CASES >RESULTS
 *
 * A case is a line "VERSION SUITE GROUPS CERTIFICATE", with "-" for what does not matter; both sides get the same list.
 * A result is a line "ok VERSION SUITE GROUP SIGNATURE KEY-BITS EXPORTED", or "failed REASON".
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
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/srp.h>
#include <openssl/ssl.h>

#define TRANSFER 20000 /* more than one record */
#define SECONDS 20

static const unsigned char psk[] = "a key of thirty-two bytes at all";
static const char *const user = "matrix", *const password = "between us";

static void die(const char *what)
{
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(2);
}

static unsigned int psk_client(SSL *ssl, const char *hint, char *identity, unsigned int max_identity,
                               unsigned char *key, unsigned int max_key)
{
    (void)ssl, (void)hint;
    if (max_key < sizeof(psk) - 1)
        return 0;
    snprintf(identity, max_identity, "%s", user);
    memcpy(key, psk, sizeof(psk) - 1);
    return sizeof(psk) - 1;
}

static unsigned int psk_server(SSL *ssl, const char *identity, unsigned char *key, unsigned int max_key)
{
    (void)ssl;
    if (strcmp(identity, user) != 0 || max_key < sizeof(psk) - 1)
        return 0;
    memcpy(key, psk, sizeof(psk) - 1);
    return sizeof(psk) - 1;
}

static char *srp_password(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    return OPENSSL_strdup(password);
}

static int srp_user(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    if (strcmp(SSL_get_srp_username(ssl), user) != 0)
        return SSL3_AL_FATAL;
    return SSL_set_srp_server_param_pw(ssl, user, password, "2048") == 1 ? SSL_ERROR_NONE : SSL3_AL_FATAL;
}

static int version_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } versions[] = {
        { "TLSv1", TLS1_VERSION },
        { "TLSv1.1", TLS1_1_VERSION },
        { "TLSv1.2", TLS1_2_VERSION },
        { "TLSv1.3", TLS1_3_VERSION },
    };

    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
        if (strcmp(name, versions[i].name) == 0)
            return versions[i].number;
    die(name);
    return 0;
}

/* Sets a context up for a case; returns 0 when the library refuses what the case asks for. */
static int configure(SSL_CTX *context, int server, const char *version, const char *suite, const char *groups,
                     const char *certificates, const char *certificate)
{
    char file[512];
    int number = version_number(version);

    SSL_CTX_set_security_level(context, 0);
    if (!SSL_CTX_set_min_proto_version(context, number) || !SSL_CTX_set_max_proto_version(context, number))
        return 0;
    if (number == TLS1_3_VERSION ? !SSL_CTX_set_ciphersuites(context, suite) : !SSL_CTX_set_cipher_list(context, suite))
        return 0;
    if (strcmp(groups, "-") != 0 && !SSL_CTX_set1_groups_list(context, groups))
        return 0;
    SSL_CTX_set_dh_auto(context, 1);
    if (strstr(suite, "PSK") != NULL) {
        SSL_CTX_set_psk_client_callback(context, server ? NULL : psk_client);
        SSL_CTX_set_psk_server_callback(context, server ? psk_server : NULL);
    }
    if (strstr(suite, "SRP") != NULL) {
        if (server) {
            SSL_CTX_set_srp_username_callback(context, srp_user);
        } else {
            SSL_CTX_set_srp_username(context, (char *)user);
            SSL_CTX_set_srp_client_pwd_callback(context, srp_password);
        }
    }
    if (strcmp(certificate, "-") == 0)
        return 1;
    snprintf(file, sizeof(file), "%s/%s.pem", certificates, certificate);
    if (!server) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
        return SSL_CTX_load_verify_locations(context, file, NULL);
    }
    return SSL_CTX_use_certificate_file(context, file, SSL_FILETYPE_PEM)
           && SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM);
}

static int send_all(SSL *ssl, unsigned char first)
{
    static unsigned char bytes[TRANSFER];

    for (int i = 0; i < TRANSFER; i++)
        bytes[i] = (unsigned char)(first + i * 7);
    return SSL_write(ssl, bytes, TRANSFER) == TRANSFER;
}

static int receive_all(SSL *ssl, unsigned char first)
{
    unsigned char byte[4096];
    int done = 0, got;

    while (done < TRANSFER && (got = SSL_read(ssl, byte, sizeof(byte))) > 0)
        for (int i = 0; i < got; i++, done++)
            if (byte[i] != (unsigned char)(first + done * 7))
                return 0;
    return done == TRANSFER;
}

static void print_connection(SSL *ssl, int server)
{
    int group = SSL_get_negotiated_group(ssl), nid = 0, bits = 0;
    unsigned char exported[16];
    EVP_PKEY *key = NULL;

    if (SSL_get_peer_tmp_key(ssl, &key)) {
        bits = EVP_PKEY_get_bits(key);
        EVP_PKEY_free(key);
    }
    if (server)
        SSL_get_signature_nid(ssl, &nid);
    else
        SSL_get_peer_signature_nid(ssl, &nid);
    printf("ok %s %s %d %s %d ", SSL_get_version(ssl), SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)), group,
           nid != 0 ? OBJ_nid2sn(nid) : "-", bits);
    if (!SSL_export_keying_material(ssl, exported, sizeof(exported), "EXPERIMENTAL matrix", 19, NULL, 0, 0))
        die("exporter");
    for (size_t i = 0; i < sizeof(exported); i++)
        printf("%02x", exported[i]);
    printf("\n");
}

static void run_case(SSL_CTX *context, int fd, int server)
{
    SSL *ssl = SSL_new(context);
    int done;

    if (ssl == NULL || !SSL_set_fd(ssl, fd))
        die("SSL_new");
    done = server ? SSL_accept(ssl) == 1 && receive_all(ssl, 3) && send_all(ssl, 5)
                  : SSL_connect(ssl) == 1 && send_all(ssl, 3) && receive_all(ssl, 5);
    if (done) {
        print_connection(ssl, server);
        SSL_shutdown(ssl);
    } else {
        const char *reason = ERR_reason_error_string(ERR_peek_error());

        printf("failed %s\n", reason != NULL ? reason : "no reason");
    }
    SSL_free(ssl);
}

static int next_connection(int listener, const struct sockaddr_un *address)
{
    struct timeval limit = { SECONDS, 0 };
    int fd = listener >= 0 ? accept(listener, NULL, NULL) : socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0 || (listener < 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0))
        die("connection");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    return fd;
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char line[512], version[16], suite[128], groups[128], certificate[64];
    int server, listener = -1;

    if (argc != 4)
        return 2;
    server = strcmp(argv[1], "server") == 0;
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
        int fd = next_connection(listener, &address);

        if (context == NULL || sscanf(line, "%15s %127s %127s %63s", version, suite, groups, certificate) != 4)
            die("case");
        ERR_clear_error();
        if (configure(context, server, version, suite, groups, argv[3], certificate))
            run_case(context, fd, server);
        else
            printf("failed configuration: %s\n", ERR_reason_error_string(ERR_peek_error()));
        close(fd);
        SSL_CTX_free(context);
    }
    return 0;
}
