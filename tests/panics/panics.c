/*
 * Makes every function of the library panic (generate.py), on a library that was built with the feature
 * panic-test. Prints what it found wrong, and at the end how much was tried.
 */
#include "panics.h"
#include "../../ctests/support.h"

#include <dlfcn.h>
#include <openssl/srp.h>

static int (*panic_at)(int);
static int wrong;

void *find(const char *name)
{
    void *function = dlsym(RTLD_DEFAULT, name);

    if (function == NULL)
        test_fail(__FILE__, __LINE__, "%s is not exported", name);
    return function;
}

static void complain(const struct function *function, int place, const char *what, long value)
{
    printf("%s, panic at %d: %s (%ld)\n", function->name, place, what, value);
    ERR_print_errors_fp(stdout);
    wrong++;
}

/* Whether the queue holds our word for a panic; empties it. */
static int tells_of_panic(void)
{
    int found = 0;
    unsigned long error;

    while ((error = ERR_get_error()) != 0)
        found |= ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == ERR_R_INTERNAL_ERROR;
    return found;
}

/* Objects for one call, with references of their own, so that a call that took some and failed leaks them at worst. */
static void objects_make(struct objects *o, struct pair *pair)
{
    static char *arguments[] = { "-bugs", NULL };

    o->arguments = arguments;
    o->ssl_ctx = SSL_CTX_new(TLS_method());
    o->ssl = SSL_new(o->ssl_ctx);
    SSL_set_connect_state(o->ssl);
    o->ssl_session = SSL_SESSION_dup(SSL_get0_session(pair->ssl[CLIENT]));
    o->ssl_conf_ctx = SSL_CONF_CTX_new();
    o->ssl_cipher = SSL_get_current_cipher(pair->ssl[CLIENT]);
    o->ssl_method = TLS_method();
    o->bio = BIO_new(BIO_s_mem());
    BIO_up_ref(o->bio);
    o->ssl_bio = BIO_new_ssl(o->ssl_ctx, 1);
    o->file = fopen("/dev/null", "r+");
    o->x509 = load_certificate("ec");
    o->evp_pkey = load_key("ec");
    o->rsa = EVP_PKEY_get1_RSA(load_key("rsa"));
    o->x509_store = X509_STORE_new();
    o->x509_verify_param = X509_VERIFY_PARAM_new();
    o->x509_name = X509_get_subject_name(o->x509);
    o->room = calloc(1, 1 << 16);
    CHECK(o->ssl != NULL && o->ssl_session != NULL && o->bio != NULL && o->room != NULL);
    ERR_clear_error();
}

/* The objects that take no further calls. */
static int refusing(struct objects *o)
{
    int refused = 0;

    ERR_clear_error();
    if (SSL_get_ciphers(o->ssl) == NULL && tells_of_panic() && SSL_do_handshake(o->ssl) == -1 && tells_of_panic())
        refused |= 1;
    if (SSL_CTX_set_cipher_list(o->ssl_ctx, "ALL") == 0 && tells_of_panic() && SSL_new(o->ssl_ctx) == NULL && tells_of_panic())
        refused |= 2;
    if (SSL_SESSION_set_protocol_version(o->ssl_session, TLS1_2_VERSION) == 0 && tells_of_panic())
        refused |= 4;
    if (SSL_CONF_CTX_finish(o->ssl_conf_ctx) == 0 && tells_of_panic())
        refused |= 8;
    ERR_clear_error();
    return refused;
}

static void objects_free(struct objects *o)
{
    SSL_free(o->ssl);
    SSL_CTX_free(o->ssl_ctx);
    SSL_SESSION_free(o->ssl_session);
    SSL_CONF_CTX_free(o->ssl_conf_ctx);
    if (o->file != NULL)
        fclose(o->file);
}

/* Whether the function came to the place. */
static int strike(const struct function *function, int place, struct pair *pair)
{
    struct objects o;
    long value;
    int refused, told;

    objects_make(&o, pair);
    panic_at(place);
    value = function->call(&o);
    if (panic_at(0) != 0) {
        if (place == 1 && !(function->flags & PLAIN))
            complain(function, place, "does not come to the guard", value);
        ERR_clear_error();
        return 0;
    }
    told = tells_of_panic();
    if (function->flags & PLAIN)
        complain(function, place, "comes to the guard", value);
    if (value != FAILED)
        complain(function, place, "does not return that it failed", value);
    if (!told)
        complain(function, place, "no ERR_R_INTERNAL_ERROR in the queue", value);
    if (function->flags & NO_OBJECT)
        return 1;
    refused = refusing(&o);
    if (function->handles != 0 && !(refused & function->handles))
        complain(function, place, "the object goes on", refused);
    if (refused & ~function->handles)
        complain(function, place, "another object refuses", refused);
    objects_free(&o);
    ERR_clear_error();
    return 1;
}

static void check_handshakes(void)
{
    pair_free(pair_established(TLS1_2_VERSION));
    pair_free(pair_established(TLS1_3_VERSION));
}

TEST(every_function_panics_once)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);
    int struck[4] = { 0 };
    int count = 0;

    setvbuf(stdout, NULL, _IOLBF, 4096);
    panic_at = (int (*)(int))find("ferrossl_panic_at");
    for (int place = 1; place <= 3; place++)
        for (const struct function *function = functions; function->name != NULL; function++) {
            count += place == 1;
            struck[place] += strike(function, place, pair);
            if (count % 50 == 0)
                check_handshakes();
        }
    check_handshakes();
    check_alive(pair);
    pair_free(pair);
    printf("%d functions: %d panicked on the way in, %d with a context's lock held, %d with the core borrowed\n", count,
           struck[1], struck[2], struck[3]);
    /* 82 and 94 come there: a few fewer may be meant, many fewer mean that the places are no longer found. */
    CHECK(struck[2] >= 80);
    CHECK(struck[3] >= 90);
    CHECK_EQ(wrong, 0);
}
