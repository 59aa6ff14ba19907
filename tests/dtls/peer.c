/*
 * One side of the simulated network: an endpoint of DTLS that lives in the time and on the datagrams that the driver
 * (simulate.py) gives it, so that a lossy minute passes in a millisecond.
 *
 * usage: peer CERTIFICATES <REQUESTS >ANSWERS
 *
 * A request is its length (4 bytes, of what follows), a letter, the time in microseconds (8 bytes) and a payload; numbers
 * are little-endian:
 *
 *   S   begin a connection; the payload is text, "side version suite certificate client-auth resumption cookie mtu query renegotiate"
 *   D   a datagram arrives
 *   T   time has passed
 *   W   send the payload as a message
 *   N   begin a renegotiation
 *   Q   shut down
 *   E   end the connection
 *
 * An answer is its length, a letter (h: in the handshake, o: open, c: closed by the peer, f: failed), the time until the
 * next timeout in microseconds (8 bytes, -1: none), the longest message (4 bytes), then items: a letter, a length (4 bytes) and
 * bytes: d, a datagram to send; m, a message that arrived; t, text (what failed; for E what was negotiated).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#define LONGEST 70000
#define MAX_CONTEXTS 4096

static void die(const char *what)
{
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(2);
}

/* ---- the clock ---- */

static int64_t began, now; /* microseconds */

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (began == 0)
        return (int)syscall(SYS_clock_gettime, clock, time);
    time->tv_sec = (began + now) / 1000000;
    time->tv_nsec = (began + now) % 1000000 * 1000;
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec precise;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    time->tv_sec = precise.tv_sec;
    time->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *seconds)
{
    struct timespec precise;

    clock_gettime(CLOCK_REALTIME, &precise);
    if (seconds != NULL)
        *seconds = precise.tv_sec;
    return precise.tv_sec;
}

/* ---- answers ---- */

static unsigned char *answer;
static size_t answer_length, answer_room;

static void put(const void *bytes, size_t length)
{
    if (answer_length + length > answer_room) {
        answer_room = 2 * (answer_length + length);
        answer = realloc(answer, answer_room);
        if (answer == NULL)
            die("realloc");
    }
    memcpy(answer + answer_length, bytes, length);
    answer_length += length;
}

static void put_item(char kind, const void *bytes, size_t length)
{
    uint32_t count = (uint32_t)length;

    put(&kind, 1);
    put(&count, 4);
    put(bytes, length);
}

static void put_text(const char *text)
{
    put_item('t', text, strlen(text));
}

/* ---- the link ---- */

static struct {
    unsigned char bytes[LONGEST];
    size_t length;
    int there;
    long mtu;
} arriving;

static int link_write(BIO *bio, const char *bytes, int length)
{
    BIO_clear_retry_flags(bio);
    put_item('d', bytes, (size_t)length);
    return length;
}

static int link_read(BIO *bio, char *bytes, int length)
{
    BIO_clear_retry_flags(bio);
    if (!arriving.there) {
        BIO_set_retry_read(bio);
        return -1;
    }
    arriving.there = 0;
    if ((size_t)length > arriving.length)
        length = (int)arriving.length;
    memcpy(bytes, arriving.bytes, (size_t)length);
    return length;
}

static long link_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
        return arriving.mtu;
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return arriving.mtu < 548 ? arriving.mtu : 548;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
        return 28;
    default:
        return 0;
    }
}

static BIO *link_bio(void)
{
    static BIO_METHOD *method;
    BIO *bio;

    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "link");
        BIO_meth_set_write(method, link_write);
        BIO_meth_set_read(method, link_read);
        BIO_meth_set_ctrl(method, link_ctrl);
    }
    bio = BIO_new(method);
    BIO_set_init(bio, 1);
    return bio;
}

/* ---- connections ---- */

struct options {
    char side[8], version[8], suite[64], certificate[32], resumption[8], query[8];
    int client_auth, cookie, mtu, renegotiate;
};

/* A context and the session to resume, for each set of options. */
static struct {
    char name[256];
    SSL_CTX *context;
    SSL_SESSION *session;
} contexts[MAX_CONTEXTS];

static SSL *ssl;
static int current, opened, closed, failed;
static const char *certificates;

static unsigned int psk_client(SSL *it, const char *hint, char *identity, unsigned int max_identity, unsigned char *key,
                               unsigned int max_key)
{
    (void)it, (void)hint, (void)max_key;
    snprintf(identity, max_identity, "simulated");
    memset(key, 0x5c, 16);
    return 16;
}

static unsigned int psk_server(SSL *it, const char *identity, unsigned char *key, unsigned int max_key)
{
    (void)it, (void)max_key;
    memset(key, strcmp(identity, "simulated") == 0 ? 0x5c : 0x36, 16);
    return 16;
}

static int make_cookie(SSL *it, unsigned char *cookie, unsigned int *length)
{
    (void)it;
    memset(cookie, 0x63, 32);
    *length = 32;
    return 1;
}

static int check_cookie(SSL *it, const unsigned char *cookie, unsigned int length)
{
    (void)it;
    for (unsigned int i = 0; i < length; i++)
        if (cookie[i] != 0x63)
            return 0;
    return length == 32;
}

static void use_certificate(SSL_CTX *context, const char *name)
{
    char file[512];

    snprintf(file, sizeof(file), "%s/%s.pem", certificates, name);
    if (!SSL_CTX_use_certificate_chain_file(context, file) || !SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM))
        die(file);
}

static void trust(SSL_CTX *context, const char *name)
{
    char file[512];

    snprintf(file, sizeof(file), "%s/%s.crt", certificates, name);
    if (!SSL_CTX_load_verify_locations(context, file, NULL))
        die(file);
}

static SSL_CTX *new_context(const struct options *options)
{
    int server = strcmp(options->side, "server") == 0;
    int version = strcmp(options->version, "1.0") == 0 ? DTLS1_VERSION : DTLS1_2_VERSION;
    SSL_CTX *context = SSL_CTX_new(server ? DTLS_server_method() : DTLS_client_method());

    if (context == NULL)
        die("SSL_CTX_new");
    SSL_CTX_set_security_level(context, 0);
    if (!SSL_CTX_set_min_proto_version(context, version) || !SSL_CTX_set_max_proto_version(context, version)
        || !SSL_CTX_set_cipher_list(context, options->suite))
        die(options->suite);
    SSL_CTX_set_dh_auto(context, 1);
    SSL_CTX_set_options(context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"simulated", 9);
    if (strcmp(options->resumption, "ticket") != 0)
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    if (strcmp(options->query, "program") == 0)
        SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
    if (strstr(options->suite, "PSK") != NULL) {
        SSL_CTX_set_psk_client_callback(context, server ? NULL : psk_client);
        SSL_CTX_set_psk_server_callback(context, server ? psk_server : NULL);
    }
    if (server && strcmp(options->certificate, "-") != 0)
        use_certificate(context, options->certificate);
    if (!server && strcmp(options->certificate, "-") != 0) {
        trust(context, options->certificate);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    }
    if (server && options->client_auth) {
        trust(context, "client");
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    if (!server && options->client_auth)
        use_certificate(context, "client");
    if (server && options->cookie) {
        SSL_CTX_set_options(context, SSL_OP_COOKIE_EXCHANGE);
        SSL_CTX_set_cookie_generate_cb(context, make_cookie);
        SSL_CTX_set_cookie_verify_cb(context, check_cookie);
    }
    return context;
}

static int find_context(const struct options *options)
{
    char name[256];
    int i;

    snprintf(name, sizeof(name), "%s %s %s %s %d %s %d %s", options->side, options->version, options->suite,
             options->certificate, options->client_auth, options->resumption, options->cookie, options->query);
    for (i = 0; i < MAX_CONTEXTS && contexts[i].context != NULL; i++)
        if (strcmp(contexts[i].name, name) == 0)
            return i;
    if (i == MAX_CONTEXTS)
        die("too many contexts");
    snprintf(contexts[i].name, sizeof(contexts[i].name), "%s", name);
    contexts[i].context = new_context(options);
    return i;
}

static void begin(const char *text)
{
    struct options options = {0};
    BIO *bio;

    if (sscanf(text, "%7s %7s %63s %31s %d %7s %d %d %7s %d", options.side, options.version, options.suite, options.certificate,
               &options.client_auth, options.resumption, &options.cookie, &options.mtu, options.query, &options.renegotiate)
        != 10)
        die("options");
    current = find_context(&options);
    ssl = SSL_new(contexts[current].context);
    if (ssl == NULL)
        die("SSL_new");
    arriving.mtu = options.mtu;
    arriving.there = 0;
    if (strcmp(options.query, "program") == 0 && SSL_set_mtu(ssl, options.mtu) != options.mtu)
        die("SSL_set_mtu");
    bio = link_bio();
    SSL_set_bio(ssl, bio, bio);
    opened = closed = failed = 0;
    if (strcmp(options.side, "server") == 0) {
        SSL_set_accept_state(ssl);
    } else {
        SSL_set_connect_state(ssl);
        if (contexts[current].session != NULL && !SSL_set_session(ssl, contexts[current].session))
            die("SSL_set_session");
    }
}

static void fail(int error)
{
    char text[512];
    unsigned long code = ERR_get_error();
    const char *reason = ERR_reason_error_string(code);

    snprintf(text, sizeof(text), "error %d: %s (%s)", error, reason != NULL ? reason : "no reason", SSL_state_string_long(ssl));
    put_text(text);
    failed = 1;
}

static void opened_now(void)
{
    opened = 1;
    if (!SSL_is_server(ssl) && !SSL_session_reused(ssl)) {
        SSL_SESSION_free(contexts[current].session);
        contexts[current].session = SSL_get1_session(ssl);
    }
}

/* Goes on as far as the library gets. */
static void pump(void)
{
    unsigned char message[LONGEST];
    int ret, error;

    if (failed)
        return;
    ERR_clear_error();
    if (!opened) {
        ret = SSL_do_handshake(ssl);
        if (ret == 1)
            opened_now();
        else if ((error = SSL_get_error(ssl, ret)) != SSL_ERROR_WANT_READ)
            fail(error);
    }
    while (opened && !failed && !closed) {
        ERR_clear_error();
        ret = SSL_read(ssl, message, sizeof(message));
        if (ret > 0) {
            put_item('m', message, (size_t)ret);
            continue;
        }
        error = SSL_get_error(ssl, ret);
        if (error == SSL_ERROR_ZERO_RETURN)
            closed = 1;
        else if (error != SSL_ERROR_WANT_READ)
            fail(error);
        break;
    }
    if (ERR_peek_error() != 0 && !failed)
        fail(-1);
}

static void say_what_was_negotiated(void)
{
    unsigned char exported[16] = {0};
    char text[256], *at = text;

    at += sprintf(at, "%s %s %s %ld ", SSL_get_version(ssl), SSL_get_cipher_name(ssl),
                  SSL_session_reused(ssl) ? "reused" : "new", SSL_num_renegotiations(ssl));
    if (opened && SSL_export_keying_material(ssl, exported, sizeof(exported), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0) != 1)
        fail(-2);
    for (size_t i = 0; i < sizeof(exported); i++)
        at += sprintf(at, "%02x", exported[i]);
    put_text(text);
}

static void handle(char kind, unsigned char *payload, size_t length)
{
    int ret;

    switch (kind) {
    case 'S':
        begin((char *)payload);
        if (!SSL_is_server(ssl))
            pump();
        break;
    case 'D':
        memcpy(arriving.bytes, payload, length);
        arriving.length = length;
        arriving.there = 1;
        pump();
        break;
    case 'T':
        if (!failed && (ret = DTLSv1_handle_timeout(ssl)) < 0)
            fail(SSL_get_error(ssl, ret));
        pump();
        break;
    case 'W':
        ERR_clear_error();
        if (!failed && (ret = SSL_write(ssl, payload, (int)length)) != (int)length
            && SSL_get_error(ssl, ret) != SSL_ERROR_WANT_READ)
            fail(SSL_get_error(ssl, ret));
        break;
    case 'N':
        if (!failed && (SSL_renegotiate(ssl) != 1 || ((ret = SSL_do_handshake(ssl)) != 1 && SSL_get_error(ssl, ret) != SSL_ERROR_WANT_READ)))
            fail(SSL_ERROR_SSL);
        pump();
        break;
    case 'Q':
        ERR_clear_error();
        if (!failed && (ret = SSL_shutdown(ssl)) < 0 && SSL_get_error(ssl, ret) != SSL_ERROR_WANT_READ)
            fail(SSL_get_error(ssl, ret));
        pump();
        break;
    case 'E':
        say_what_was_negotiated();
        SSL_free(ssl);
        ssl = NULL;
        break;
    default:
        die("request");
    }
}

static int read_all(void *bytes, size_t length)
{
    return fread(bytes, 1, length, stdin) == length;
}

int main(int argc, char **argv)
{
    static unsigned char request[LONGEST + 16];
    struct timespec started;
    uint32_t length;

    if (argc != 2)
        return 2;
    certificates = argv[1];
    clock_gettime(CLOCK_REALTIME, &started);
    began = (int64_t)started.tv_sec * 1000000;
    while (read_all(&length, 4)) {
        struct timeval left;
        int64_t timeout = -1;
        uint32_t longest = 0;
        char state;

        if (length < 9 || length > sizeof(request) - 1 || !read_all(request, length))
            die("request");
        request[length] = 0;
        memcpy(&now, request + 1, 8);
        answer_length = 0;
        put("\0\0\0\0", 4);
        put("\0\0\0\0\0\0\0\0\0\0\0\0\0", 13);
        handle((char)request[0], request + 9, length - 9);
        if (ssl != NULL && !failed) {
            if (DTLSv1_get_timeout(ssl, &left) == 1)
                timeout = (int64_t)left.tv_sec * 1000000 + left.tv_usec;
            longest = (uint32_t)DTLS_get_data_mtu(ssl);
        }
        state = failed ? 'f' : closed ? 'c' : opened && (ssl == NULL || SSL_is_init_finished(ssl)) ? 'o' : 'h';
        memcpy(answer + 4, &state, 1);
        memcpy(answer + 5, &timeout, 8);
        memcpy(answer + 13, &longest, 4);
        length = (uint32_t)answer_length - 4;
        memcpy(answer, &length, 4);
        if (fwrite(answer, 1, answer_length, stdout) != answer_length || fflush(stdout) != 0)
            die("answer");
    }
    return 0;
}
