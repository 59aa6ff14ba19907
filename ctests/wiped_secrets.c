/*
 * Secrets do not outlive what they belong to: when a connection is freed, and when its sessions and contexts are, the heap is
 * searched for the master secret, for every secret of the key log, for the keys of the records that are derived from them, for
 * pre-shared keys and for a program's ticket keys.
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
#include <openssl/rand.h>

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
enum { PIECE = 16, MOST = 128 };
static const unsigned char mask = 0xa5;
static struct {
    char name[48];
    unsigned char bytes[PIECE];
    size_t found; /* how often, by the last search */
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

/* The key block of RFC 5246 6.3: two MAC keys and two keys; what follows for some suites is no secret. */
static void remember_key_block(SSL *ssl, const unsigned char *master, size_t master_length, size_t mac_length, size_t key_length)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    unsigned char seed[13 + 2 * SSL3_RANDOM_SIZE] = "key expansion", block[128];
    size_t length = 2 * (mac_length + key_length);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, (void *)master, master_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof(seed)),
        OSSL_PARAM_END,
    };

    SSL_get_server_random(ssl, seed + 13, SSL3_RANDOM_SIZE);
    SSL_get_client_random(ssl, seed + 13 + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);
    CHECK(length <= sizeof(block));
    CHECK_EQ(EVP_KDF_derive(context, block, length, parameters), 1);
    if (mac_length > 0)
        remember("MAC key", block, 2 * mac_length);
    remember("key", block + 2 * mac_length, 2 * key_length);
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
    if (strcmp(name, "CLIENT_EARLY_TRAFFIC_SECRET") == 0)
        remember_key("early key", secret, length, 16);
    else if (strstr(name, "TRAFFIC_SECRET") != NULL)
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
                pieces[piece].found++;
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
        pieces[i].found = 0;
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

/* Whether the last search found a piece of this name. */
static int was_found(const char *name)
{
    for (size_t i = 0; i < piece_count; i++) {
        if (strncmp(pieces[i].name, name, strlen(name)) == 0 && pieces[i].found > 0)
            return 1;
    }
    return 0;
}

/* Before anything else takes memory. Whether the search is possible. */
static int begin(void)
{
    /* There the search would take hours. */
    if (on_valgrind())
        return 0;
    window = malloc(WINDOW);
    CHECK(window != NULL);
    return 1;
}

/* OpenSSL 3.0 does not wipe an SSL that it frees, nor all that held a master secret: there the keys of records alone are gone. */
static void check_nothing_left(const char *wiped_by_the_oracle)
{
    if (on_the_oracle())
        forget_all_but(wiped_by_the_oracle);
    CHECK_EQ(search_heap(1), 0);
    free(window);
}

static int is_dtls(int version)
{
    return version == DTLS1_2_VERSION;
}

static struct pair *logged_pair(int version, const char *suite)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        if (version == TLS1_3_VERSION)
            CHECK_OK(SSL_CTX_set_ciphersuites(pair->ctx[side], suite));
        else
            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suite));
    }
    SSL_CTX_set_keylog_callback(pair->ctx[CLIENT], on_key_log);
    return pair;
}

static void open_pair(struct pair *pair, int version, SSL_SESSION *session)
{
    if (is_dtls(version))
        pair_over_datagrams(pair);
    else
        pair_over_wire(pair);
    if (session != NULL)
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
}

/* Completes the handshake, uses the connection, and notes its secrets, of which it must hold some. */
static void use_pair(struct pair *pair, int version, size_t mac_length, size_t key_length)
{
    unsigned char master[SSL_MAX_MASTER_KEY_LENGTH];
    size_t length;

    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    length = SSL_SESSION_get_master_key(SSL_get_session(pair->ssl[CLIENT]), master, sizeof(master));
    CHECK(length > 0);
    if (version != TLS1_3_VERSION)
        remember_key_block(pair->ssl[CLIENT], master, length, mac_length, key_length);
    remember("master", master, length);
    CHECK(search_heap(0) > 0);
    CHECK(was_found("key"));
    CHECK(was_found("master"));
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
}

/* One connection, or one and its resumption; then all is freed. */
static void check_wiped(int version, const char *suite, int resumed, size_t mac_length, size_t key_length)
{
    struct pair *pair;
    SSL_SESSION *session;

    if (!begin())
        return;
    pair = logged_pair(version, suite);
    for (int round = 0; round <= resumed; round++) {
        session = round > 0 ? SSL_get1_session(pair->ssl[CLIENT]) : NULL;
        pair_disconnect(pair);
        open_pair(pair, version, session);
        SSL_SESSION_free(session);
        use_pair(pair, version, mac_length, key_length);
        CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), round);
    }
    pair_free(pair);
    check_nothing_left("key");
}

TEST(aes_tls13) { check_wiped(TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", 0, 0, 16); }

TEST(aes_tls13_resumed) { check_wiped(TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", 1, 0, 16); }

TEST(aes_tls12) { check_wiped(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", 0, 0, 16); }

TEST(aes_tls12_resumed) { check_wiped(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", 1, 0, 16); }

TEST(chacha_tls12) { check_wiped(TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", 1, 0, 32); }

TEST(cbc_tls12) { check_wiped(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", 1, 32, 16); }

TEST(aes_dtls12) { check_wiped(DTLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", 1, 0, 16); }

TEST(cbc_dtls12) { check_wiped(DTLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", 0, 32, 16); }

/* The contexts go on, but keep no session: nothing of the connection is left with them. */
static void check_wiped_without_contexts(int version, const char *suite, size_t mac_length, size_t key_length)
{
    struct pair *pair;

    if (!begin())
        return;
    pair = logged_pair(version, suite);
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_CTX_set_session_cache_mode(pair->ctx[side], SSL_SESS_CACHE_OFF);
    open_pair(pair, version, NULL);
    use_pair(pair, version, mac_length, key_length);
    pair_disconnect(pair);
    check_nothing_left("key");
    pair_free(pair);
}

TEST(connection_tls13) { check_wiped_without_contexts(TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", 0, 16); }

TEST(connection_tls12) { check_wiped_without_contexts(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", 0, 16); }

TEST(connection_cbc_tls12) { check_wiped_without_contexts(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", 32, 16); }

TEST(connection_dtls12) { check_wiped_without_contexts(DTLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", 32, 16); }

/* Data that a resumption sends ahead is protected with keys of its own. */
TEST(early_data)
{
    struct pair *pair;
    SSL_SESSION *session;
    char data[10];
    size_t length;

    if (!begin())
        return;
    pair = logged_pair(TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256");
    CHECK_OK(SSL_CTX_set_max_early_data(pair->ctx[SERVER], 1000));
    open_pair(pair, TLS1_3_VERSION, NULL);
    use_pair(pair, TLS1_3_VERSION, 0, 16);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    pair_disconnect(pair);
    open_pair(pair, TLS1_3_VERSION, session);
    SSL_SESSION_free(session);
    CHECK_OK(SSL_write_early_data(pair->ssl[CLIENT], "early", 5, &length));
    CHECK(search_heap(0) > 0);
    CHECK(was_found("early key"));
    CHECK_EQ(SSL_read_early_data(pair->ssl[SERVER], data, sizeof(data), &length), SSL_READ_EARLY_DATA_SUCCESS);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_EQ(SSL_read_early_data(pair->ssl[SERVER], data, sizeof(data), &length), SSL_READ_EARLY_DATA_FINISH);
    use_pair(pair, TLS1_3_VERSION, 0, 16);
    pair_free(pair);
    check_nothing_left("key");
}

/* ---- what the program gives ---- */

/* The program's own copy is masked, as the list is. */
static unsigned char masked_psk[32];

static void unmask_psk(unsigned char *psk)
{
    for (size_t i = 0; i < sizeof(masked_psk); i++)
        psk[i] = masked_psk[i] ^ mask;
}

static void make_psk(void)
{
    unsigned char psk[sizeof(masked_psk)];

    CHECK_EQ(RAND_bytes(psk, sizeof(psk)), 1);
    for (size_t i = 0; i < sizeof(psk); i++)
        masked_psk[i] = psk[i] ^ mask;
    remember("PSK", psk, sizeof(psk));
}

static unsigned int client_psk(SSL *ssl, const char *hint, char *identity, unsigned int room, unsigned char *psk, unsigned int psk_room)
{
    (void)ssl;
    (void)hint;
    CHECK(room > 2 && psk_room >= sizeof(masked_psk));
    strcpy(identity, "me");
    unmask_psk(psk);
    return sizeof(masked_psk);
}

static unsigned int server_psk(SSL *ssl, const char *identity, unsigned char *psk, unsigned int room)
{
    (void)ssl;
    CHECK_STR(identity, "me");
    CHECK(room >= sizeof(masked_psk));
    unmask_psk(psk);
    return sizeof(masked_psk);
}

static void check_psk_wiped(int version, const char *suite, size_t mac_length)
{
    struct pair *pair;

    if (!begin())
        return;
    make_psk();
    pair = logged_pair(version, suite);
    SSL_CTX_set_psk_client_callback(pair->ctx[CLIENT], client_psk);
    SSL_CTX_set_psk_server_callback(pair->ctx[SERVER], server_psk);
    open_pair(pair, version, NULL);
    use_pair(pair, version, mac_length, 16);
    pair_free(pair);
    check_nothing_left("key");
}

TEST(psk_tls13) { check_psk_wiped(TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", 0); }

TEST(psk_tls12) { check_psk_wiped(TLS1_2_VERSION, "PSK-AES128-CBC-SHA256", 32); }

TEST(ecdhe_psk_tls12) { check_psk_wiped(TLS1_2_VERSION, "ECDHE-PSK-AES128-CBC-SHA256", 32); }

/* A name, the key of the MAC and that of the cipher. */
TEST(ticket_keys)
{
    unsigned char keys[80];
    struct pair *pair;
    SSL_SESSION *session;

    if (!begin())
        return;
    pair = pair_for_sessions(TLS1_2_VERSION, 1);
    CHECK_EQ(RAND_bytes(keys, sizeof(keys)), 1);
    CHECK_EQ(SSL_CTX_set_tlsext_ticket_keys(pair->ctx[SERVER], keys, sizeof(keys)), 1);
    remember("ticket key", keys + 16, 64);
    session = connect_with(pair, NULL, 0);
    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(session);
    CHECK(search_heap(0) > 0);
    CHECK(was_found("ticket key"));
    pair_free(pair);
    /* The oracle leaves these. */
    if (!on_the_oracle())
        check_nothing_left("ticket key");
}
