/*
 * Handshakes in which one thing fails: the n-th call of libcrypto (with the preloaded shim), or the n-th
 * allocation in libcrypto. Each must end in an error or go well, and leave no memory behind.
 *
 * usage: handshakes calls|memory SCENARIO FIRST
 *
 * Goes on from the FIRST-th until nothing fails any more. Prints "n FUNCTION" before what it does is over, so
 * that whoever started it knows where it ended, and "leak n FUNCTION BYTES" and "silent n FUNCTION".
 */
#define _GNU_SOURCE
#include "../../ctests/support.h"

#include <dlfcn.h>
#include <malloc.h>
#include <unistd.h>

static void (*arm)(long);
static const char *(*disarm)(void);

/* ---- the n-th allocation in libcrypto ---- */

static long countdown;
static int failed;

static int is_to_fail(void)
{
    if (countdown > 0 && --countdown == 0)
        return failed = 1;
    return 0;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return is_to_fail() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return is_to_fail() ? NULL : realloc(memory, size);
}

static void release(void *memory, const char *file, int line)
{
    (void)file, (void)line;
    free(memory);
}

static void arm_memory(long n)
{
    countdown = n;
    failed = 0;
}

static const char *disarm_memory(void)
{
    countdown = 0;
    return failed ? "allocation" : NULL;
}

/* ---- the scenarios ---- */

static struct pair *contexts;

static int version_of(const char *scenario)
{
    if (strstr(scenario, "tls13") != NULL)
        return TLS1_3_VERSION;
    return strstr(scenario, "dtls") != NULL ? DTLS1_2_VERSION : TLS1_2_VERSION;
}

/* Both ends of a transport, made while nothing fails: they are the test's, not the library's. */
static void make_transport(BIO *bio[2], int datagrams)
{
    struct pair *pair = contexts;

    for (int side = CLIENT; side <= SERVER; side++) {
        if (datagrams) {
            pair->link[side] = (struct link_end){.in = &pair->datagrams[side],
                                                 .out = &pair->datagrams[!side],
                                                 .mtu = 1472,
                                                 .fallback_mtu = 548,
                                                 .limit = SIZE_MAX};
            bio[side] = link_bio(&pair->link[side]);
        } else {
            pair->end[side] = (struct wire_end){.in = &pair->queue[side],
                                                .out = &pair->queue[!side],
                                                .read_chunk = SIZE_MAX,
                                                .write_chunk = SIZE_MAX,
                                                .read_room = SIZE_MAX,
                                                .write_room = SIZE_MAX,
                                                .out_limit = SIZE_MAX};
            bio[side] = wire_bio(&pair->end[side]);
        }
    }
}

/* A program sets up a context. */
static int set_up(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    int well = 0;

    if (context != NULL)
        well = SSL_CTX_use_certificate_chain_file(context, cert_path("ec", "pem")) == 1
            && SSL_CTX_use_PrivateKey_file(context, cert_path("ec", "key"), SSL_FILETYPE_PEM) == 1
            && SSL_CTX_load_verify_locations(context, cert_path("root", "pem"), NULL) == 1
            && SSL_CTX_set_cipher_list(context, "DEFAULT") == 1 && SSL_CTX_get0_certificate(context) != NULL;
    SSL_CTX_free(context);
    return well;
}

static int is_failure(int error)
{
    return error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL;
}

/* A handshake, data both ways, and the end. 1: all went well; -1: a call failed for good; 0: nobody says so. */
static int connect_and_talk(void)
{
    struct pair *pair = contexts;
    struct outcome outcome[2];
    unsigned char data[1000], back[3000];

    pair_try(pair, outcome);
    for (int side = 0; side < 2; side++)
        if (outcome[side].ret != 1 && is_failure(outcome[side].error))
            return -1;
    if (outcome[0].ret != 1 || outcome[1].ret != 1)
        return 0;
    fill_pattern(data, sizeof(data), 7);
    for (int side = 0; side < 2; side++) {
        int count = SSL_write(pair->ssl[side], data, sizeof(data));

        if (count <= 0)
            return is_failure(SSL_get_error(pair->ssl[side], count)) ? -1 : 0;
        count = SSL_read(pair->ssl[!side], back, sizeof(back));
        if (count <= 0)
            return is_failure(SSL_get_error(pair->ssl[!side], count)) ? -1 : 0;
        if (count != sizeof(data) || memcmp(data, back, sizeof(data)) != 0) {
            printf("wrong data\n");
            abort();
        }
    }
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    return 1;
}

/* What a program does with the library, while the n-th of something fails; 0: nothing does. */
static int run(const char *scenario, long n)
{
    struct pair *pair = contexts;
    BIO *bio[2] = { NULL, NULL };
    int well = -1;

    ERR_clear_error();
    if (strcmp(scenario, "context") == 0) {
        arm(n);
        well = set_up();
        return well;
    }
    make_transport(bio, strstr(scenario, "dtls") != NULL);
    arm(n);
    pair->ssl[CLIENT] = SSL_new(pair->ctx[CLIENT]);
    pair->ssl[SERVER] = SSL_new(pair->ctx[SERVER]);
    if (pair->ssl[CLIENT] != NULL && pair->ssl[SERVER] != NULL) {
        for (int side = CLIENT; side <= SERVER; side++) {
            BIO_up_ref(bio[side]);
            SSL_set_bio(pair->ssl[side], bio[side], bio[side]);
        }
        SSL_set_connect_state(pair->ssl[CLIENT]);
        SSL_set_accept_state(pair->ssl[SERVER]);
        well = connect_and_talk();
    }
    pair_disconnect(pair);
    BIO_free(bio[CLIENT]);
    BIO_free(bio[SERVER]);
    return well;
}

static size_t used(void)
{
    return mallinfo2().uordblks;
}

int main(int count, char **arguments)
{
    const char *scenario, *function = "";

    if (count != 4)
        return 2;
    scenario = arguments[2];
    alarm(600);
    if (strcmp(arguments[1], "memory") == 0) {
        if (!CRYPTO_set_mem_functions(allocate, reallocate, release))
            return 2;
        arm = arm_memory;
        disarm = disarm_memory;
    } else {
        arm = (void (*)(long))dlsym(RTLD_DEFAULT, "fault_arm");
        disarm = (const char *(*)(void))dlsym(RTLD_DEFAULT, "fault_disarm");
        if (arm == NULL || disarm == NULL)
            return 2;
    }
    arm(0);
    contexts = pair_contexts(version_of(scenario));
    if (strstr(scenario, "client") != NULL) {
        use_identity(contexts->ctx[CLIENT], "rsa");
        trust(contexts->ctx[SERVER], "root");
        SSL_CTX_set_verify(contexts->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    if (strstr(scenario, "dhe") != NULL) {
        SSL_CTX_set_cipher_list(contexts->ctx[CLIENT], "DHE-RSA-AES128-SHA256:AES128-SHA");
        use_identity(contexts->ctx[SERVER], "rsa");
        SSL_CTX_set_dh_auto(contexts->ctx[SERVER], 1);
    }
    /* The error queue keeps the memory of its entries' texts. */
    for (int entry = 0; entry < 32; entry++)
        ERR_raise_data(ERR_LIB_USER, 1, "%0300d", entry);
    for (int warm = 0; warm < 3; warm++)
        if (run(scenario, 0) != 1)
            return 3;
    setvbuf(stdout, NULL, _IOLBF, 4096);
    for (long n = atol(arguments[3]); function != NULL; n++) {
        size_t growth = SIZE_MAX;
        int well = 0;

        /* What is left behind once may be kept for later; what is left behind each time is lost. */
        for (int round = 0; round < 40 && growth > 0; round++) {
            size_t before = used(), after;

            printf("%ld ...\n", n);
            well = run(scenario, n);
            function = disarm();
            after = used();
            if (round > 0 || after <= before)
                growth = after > before ? (after - before < growth ? after - before : growth) : 0;
        }
        if (function == NULL)
            break;
        if (growth > 0)
            printf("leak %ld %s %zu\n", n, function, growth);
        if (well == 0 && strncmp(scenario, "context", 7) != 0)
            printf("silent %ld %s\n", n, function);
        printf("%ld %s %s\n", n, function, well == 1 ? "well" : "error");
        for (int warm = 0; warm < 2; warm++)
            if (run(scenario, 0) != 1) {
                printf("broken %ld %s\n", n, function);
                return 4;
            }
    }
    printf("done\n");
    return 0;
}
