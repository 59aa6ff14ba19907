/*
 * Secrets do not outlive what they belong to: when a connection, its sessions and its contexts are freed, the heap is searched
 * for the master secret, for every secret of the key log, and for the keys of the records that are derived from it.
 */
#define _GNU_SOURCE
#include "support.h"

#include <inttypes.h>
#include <malloc.h>
#include <sys/uio.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* No memory is given back, here or in the libraries: nothing can come to lie where a secret was left. */
void free(void *memory)
{
    (void)memory;
}

void *realloc(void *memory, size_t length)
{
    size_t before = memory != NULL ? malloc_usable_size(memory) : 0;
    void *moved = malloc(length);

    if (moved != NULL && memory != NULL)
        memcpy(moved, memory, before < length ? before : length);
    return moved;
}
#endif

/* What is looked for, masked, or the search would find the list. Every piece of a secret is looked for: the
 * first may have been written over. */
enum { PIECE = 16, MOST = 64 };
static const unsigned char mask = 0xa5;
static struct {
    char name[48];
    unsigned char bytes[PIECE];
} pieces[MOST];
static size_t piece_count;

static void remember(const char *name, unsigned char *secret, size_t length)
{
    for (size_t start = 0; start + PIECE <= length; start += PIECE) {
        CHECK(piece_count < MOST);
        snprintf(pieces[piece_count].name, sizeof(pieces->name), "%s+%zu", name, start);
        for (size_t i = 0; i < PIECE; i++)
            pieces[piece_count].bytes[i] = secret[start + i] ^ mask;
        piece_count++;
    }
    OPENSSL_cleanse(secret, length);
}

/* HKDF-Expand-Label(secret, "key", "", length), RFC 8446 7.1 and 7.3. */
static void remember_key(const char *name, const unsigned char *secret, size_t secret_length, size_t key_length)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    unsigned char info[] = {0, (unsigned char)key_length, 9, 't', 'l', 's', '1', '3', ' ', 'k', 'e', 'y', 0};
    unsigned char key[32];
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, secret_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof(info)),
        OSSL_PARAM_END,
    };

    CHECK_EQ(EVP_KDF_derive(context, key, key_length, parameters), 1);
    remember(name, key, key_length);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

static void on_key_log(const SSL *ssl, const char *line)
{
    unsigned char secret[64];
    char name[40];
    const char *hex = strrchr(line, ' ') + 1;
    size_t length = strlen(hex) / 2;

    (void)ssl;
    CHECK(length <= sizeof(secret));
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(line, " "), line);
    for (size_t i = 0; i < length; i++)
        CHECK(sscanf(hex + 2 * i, "%2hhx", &secret[i]) == 1);
    if (strstr(name, "TRAFFIC_SECRET") != NULL)
        remember_key("key", secret, length, 16);
    remember(name, secret, length);
}

/* Looks for nothing else from here on. */
static void forget_all_but(const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < piece_count; i++) {
        if (strncmp(pieces[i].name, name, strlen(name)) == 0)
            pieces[kept++] = pieces[i];
    }
    piece_count = kept;
}

/* Calls of the search are no reason to move anything: its buffer is taken once. */
static unsigned char *window;
enum { WINDOW = 1 << 18 };
/* Whether a piece begins with this byte. */
static char begins[256];

/* The pieces in memory from `start` to `end`. */
static size_t search(uintptr_t start, uintptr_t end, int tell)
{
    size_t found = 0;

    for (; start + PIECE < end; start += WINDOW - PIECE) {
        size_t length = end - start < WINDOW ? end - start : WINDOW;
        struct iovec here = {window, length}, there = {(void *)start, length};
        ssize_t got;

        /* Not the window itself. */
        if (start < (uintptr_t)window + WINDOW && (uintptr_t)window < start + length) {
            if (start < (uintptr_t)window)
                found += search(start, (uintptr_t)window, tell);
            start = (uintptr_t)window + WINDOW - (WINDOW - PIECE);
            continue;
        }
        got = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
        for (ssize_t at = 0; at + PIECE <= got; at++) {
            if (!begins[window[at]])
                continue;
            for (size_t piece = 0; piece < piece_count; piece++) {
                size_t same = 0;

                while (same < PIECE && (window[at + same] ^ mask) == pieces[piece].bytes[same])
                    same++;
                if (same < PIECE)
                    continue;
                found++;
                if (tell)
                    fprintf(stderr, "%s is left\n", pieces[piece].name);
            }
        }
        OPENSSL_cleanse(window, length);
    }
    return found;
}

/* How many pieces the heap holds: the memory that can be written and belongs to no file and no stack. */
static size_t search_heap(int tell)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    size_t found = 0;

    memset(begins, 0, sizeof(begins));
    for (size_t i = 0; i < piece_count; i++)
        begins[pieces[i].bytes[0] ^ mask] = 1;
    CHECK(maps != NULL);
    while (fgets(line, sizeof(line), maps) != NULL) {
        uintptr_t start, end;
        char rights[8], path[256] = "";

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s %*s %*s %*s %255s", &start, &end, rights, path) < 3)
            continue;
        if (strncmp(rights, "rw", 2) == 0 && (path[0] == '\0' || strcmp(path, "[heap]") == 0) && end - start < 1u << 28)
            found += search(start, end, tell);
    }
    fclose(maps);
    return found;
}

static void check_wiped(int version, const char *suite, int resumed)
{
    struct pair *pair;
    SSL_SESSION *session;
    unsigned char master[SSL_MAX_MASTER_KEY_LENGTH];
    size_t length;

    /* Set where valgrind runs the tests, under which the search would take hours. */
    if (getenv("CTEST_WARM_UP") != NULL)
        return;
    window = malloc(WINDOW);
    CHECK(window != NULL);
    pair = pair_contexts(version);
    for (int side = CLIENT; side <= SERVER; side++) {
        if (version == TLS1_3_VERSION)
            CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[side], suite));
        else
            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suite));
    }
    SSL_CTX_set_keylog_callback(pair->ctx[CLIENT], on_key_log);
    for (int round = 0; round <= resumed; round++) {
        session = round > 0 ? SSL_get1_session(pair->ssl[CLIENT]) : NULL;
        pair_disconnect(pair);
        pair_over_wire(pair);
        if (session != NULL)
            CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        SSL_SESSION_free(session);
        pair_handshake(pair);
        pair_settle(pair);
        check_alive(pair);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), round);
        session = SSL_get_session(pair->ssl[CLIENT]);
        length = SSL_SESSION_get_master_key(session, master, sizeof(master));
        remember("master", master, length);
        SSL_shutdown(pair->ssl[CLIENT]);
        SSL_shutdown(pair->ssl[SERVER]);
    }
    CHECK(search_heap(0) > 0);
    pair_free(pair);
    /* OpenSSL 3.0 does not wipe an SSL that it frees, nor all that held a master secret: there the keys of TLS 1.3 alone are gone.
     * run.sh says which library it is. */
    if (getenv("CTEST_NOT_YET") == NULL)
        forget_all_but("key");
    CHECK_EQ(search_heap(1), 0);
    free(window);
}

TEST(aes_tls13) { check_wiped(TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", 0); }

TEST(aes_tls13_resumed) { check_wiped(TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", 1); }

TEST(aes_tls12) { check_wiped(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", 0); }

TEST(aes_tls12_resumed) { check_wiped(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", 1); }

TEST(chacha_tls12) { check_wiped(TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", 1); }

TEST(cbc_tls12) { check_wiped(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", 1); }
