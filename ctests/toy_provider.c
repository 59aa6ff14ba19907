/* See toy_provider.h. */
#include "toy_provider.h"

#include <string.h>

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/prov_ssl.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "test.h"

int toy_capabilities, toy_derivations, toy_encapsulations, toy_decapsulations;

/* ---- keys ---- */

struct toy_key {
    int has_public, has_private;
    unsigned char private[TOY_LENGTH], public[TOY_LENGTH];
};

/* What takes the place of a base point. */
static void make_public(unsigned char *public, const unsigned char *private)
{
    for (int i = 0; i < TOY_LENGTH; i++)
        public[i] = private[i] ^ 0x5a;
}

static void *key_new(void *context)
{
    (void)context;
    return OPENSSL_zalloc(sizeof(struct toy_key));
}

static void key_free(void *key)
{
    OPENSSL_free(key);
}

static void *key_dup(const void *key, int selection)
{
    struct toy_key *copy = OPENSSL_memdup(key, sizeof(struct toy_key));

    if (copy != NULL && !(selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY))
        copy->has_private = 0;
    if (copy != NULL && !(selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY))
        copy->has_public = 0;
    return copy;
}

static int key_has(const void *key, int selection)
{
    const struct toy_key *self = key;

    /* libcrypto asks this of a key that is not there yet, too. */
    return self != NULL && (!(selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) || self->has_private)
           && (!(selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) || self->has_public);
}

static int key_match(const void *one, const void *other, int selection)
{
    if (!(selection & OSSL_KEYMGMT_SELECT_KEYPAIR))
        return 1; /* there is but one set of parameters */
    return memcmp(((const struct toy_key *)one)->public, ((const struct toy_key *)other)->public, TOY_LENGTH) == 0;
}

static int key_get_params(void *key, OSSL_PARAM params[])
{
    struct toy_key *self = key;
    OSSL_PARAM *p;

    if ((p = OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_BITS)) != NULL && !OSSL_PARAM_set_int(p, 8 * TOY_LENGTH))
        return 0;
    if ((p = OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_SECURITY_BITS)) != NULL && !OSSL_PARAM_set_int(p, 128))
        return 0;
    if ((p = OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_MAX_SIZE)) != NULL && !OSSL_PARAM_set_int(p, TOY_LENGTH))
        return 0;
    if ((p = OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY)) != NULL
        && !(self->has_public && OSSL_PARAM_set_octet_string(p, self->public, TOY_LENGTH)))
        return 0;
    return 1;
}

static const OSSL_PARAM *key_gettable_params(void *context)
{
    static const OSSL_PARAM gettable[] = {OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
                                          OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
                                          OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
                                          OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, NULL, 0),
                                          OSSL_PARAM_END};

    (void)context;
    return gettable;
}

static int key_set_params(void *key, const OSSL_PARAM params[])
{
    struct toy_key *self = key;
    const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY);

    if (p == NULL)
        return 1;
    /* A share that begins with 0xff is none. */
    if (p->data_size != TOY_LENGTH || *(unsigned char *)p->data == 0xff)
        return 0;
    memcpy(self->public, p->data, TOY_LENGTH);
    self->has_public = 1;
    self->has_private = 0;
    return 1;
}

static const OSSL_PARAM *key_settable_params(void *context)
{
    static const OSSL_PARAM settable[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, NULL, 0),
                                          OSSL_PARAM_END};

    (void)context;
    return settable;
}

struct toy_generation {
    int selection;
    char group[32];
};

static void *gen_init(void *context, int selection, const OSSL_PARAM params[])
{
    struct toy_generation *generation = OPENSSL_zalloc(sizeof(*generation));

    (void)context;
    (void)params;
    if (generation != NULL)
        generation->selection = selection;
    return generation;
}

static int gen_set_template(void *generation, void *template)
{
    (void)generation;
    return template != NULL;
}

/* The group is called by its internal name. */
static int gen_set_params(void *generation, const OSSL_PARAM params[])
{
    struct toy_generation *self = generation;
    const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_GROUP_NAME);

    if (p == NULL)
        return 1;
    CHECK(p->data_type == OSSL_PARAM_UTF8_STRING && strncmp(p->data, "toy-", 4) == 0);
    OPENSSL_strlcpy(self->group, p->data, sizeof(self->group));
    return 1;
}

static const OSSL_PARAM *gen_settable_params(void *generation, void *context)
{
    static const OSSL_PARAM settable[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0), OSSL_PARAM_END};

    (void)generation;
    (void)context;
    return settable;
}

static void *gen(void *generation, OSSL_CALLBACK *progress, void *argument)
{
    struct toy_generation *self = generation;
    struct toy_key *key = key_new(NULL);

    (void)progress;
    (void)argument;
    if (key == NULL || !(self->selection & OSSL_KEYMGMT_SELECT_KEYPAIR))
        return key;
    CHECK_EQ(RAND_bytes(key->private, TOY_LENGTH), 1);
    key->private[0] &= 0x7f; /* so that no share begins with 0xff */
    make_public(key->public, key->private);
    key->has_private = key->has_public = 1;
    return key;
}

static void gen_cleanup(void *generation)
{
    OPENSSL_free(generation);
}

static const OSSL_DISPATCH keys[] = {
    {OSSL_FUNC_KEYMGMT_NEW, (void (*)(void))key_new},
    {OSSL_FUNC_KEYMGMT_FREE, (void (*)(void))key_free},
    {OSSL_FUNC_KEYMGMT_DUP, (void (*)(void))key_dup},
    {OSSL_FUNC_KEYMGMT_HAS, (void (*)(void))key_has},
    {OSSL_FUNC_KEYMGMT_MATCH, (void (*)(void))key_match},
    {OSSL_FUNC_KEYMGMT_GET_PARAMS, (void (*)(void))key_get_params},
    {OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, (void (*)(void))key_gettable_params},
    {OSSL_FUNC_KEYMGMT_SET_PARAMS, (void (*)(void))key_set_params},
    {OSSL_FUNC_KEYMGMT_SETTABLE_PARAMS, (void (*)(void))key_settable_params},
    {OSSL_FUNC_KEYMGMT_GEN_INIT, (void (*)(void))gen_init},
    {OSSL_FUNC_KEYMGMT_GEN_SET_TEMPLATE, (void (*)(void))gen_set_template},
    {OSSL_FUNC_KEYMGMT_GEN_SET_PARAMS, (void (*)(void))gen_set_params},
    {OSSL_FUNC_KEYMGMT_GEN_SETTABLE_PARAMS, (void (*)(void))gen_settable_params},
    {OSSL_FUNC_KEYMGMT_GEN, (void (*)(void))gen},
    {OSSL_FUNC_KEYMGMT_GEN_CLEANUP, (void (*)(void))gen_cleanup},
    {0, NULL},
};

/* ---- what keys do ---- */

struct toy_operation {
    struct toy_key *own, *peer;
};

static void *operation_new(void *context)
{
    (void)context;
    return OPENSSL_zalloc(sizeof(struct toy_operation));
}

static void operation_free(void *operation)
{
    OPENSSL_free(operation);
}

static int operation_init(void *operation, void *key, const OSSL_PARAM params[])
{
    (void)params;
    ((struct toy_operation *)operation)->own = key;
    return key != NULL;
}

static int derive_set_peer(void *operation, void *key)
{
    ((struct toy_operation *)operation)->peer = key;
    return 1;
}

static int derive(void *operation, unsigned char *secret, size_t *length, size_t room)
{
    struct toy_operation *self = operation;

    *length = TOY_LENGTH;
    if (secret == NULL)
        return 1;
    if (room < TOY_LENGTH || !self->own->has_private || self->peer == NULL)
        return 0;
    for (int i = 0; i < TOY_LENGTH; i++)
        secret[i] = self->own->private[i] ^ self->peer->public[i];
    toy_derivations++;
    return 1;
}

static int encapsulate(void *operation, unsigned char *out, size_t *length, unsigned char *secret, size_t *secret_length)
{
    struct toy_operation *self = operation;

    if (length != NULL)
        *length = TOY_LENGTH;
    if (secret_length != NULL)
        *secret_length = TOY_LENGTH;
    if (out == NULL)
        return 1;
    if (!self->own->has_public || RAND_bytes(out, TOY_LENGTH) != 1)
        return 0;
    for (int i = 0; i < TOY_LENGTH; i++)
        secret[i] = out[i] ^ self->own->public[i];
    toy_encapsulations++;
    return 1;
}

static int decapsulate(void *operation, unsigned char *secret, size_t *secret_length, const unsigned char *in, size_t length)
{
    struct toy_operation *self = operation;

    if (secret_length != NULL)
        *secret_length = TOY_LENGTH;
    if (secret == NULL)
        return 1;
    if (length != TOY_LENGTH || !self->own->has_private)
        return 0;
    for (int i = 0; i < TOY_LENGTH; i++)
        secret[i] = in[i] ^ self->own->public[i];
    toy_decapsulations++;
    return 1;
}

static const OSSL_DISPATCH exchange[] = {
    {OSSL_FUNC_KEYEXCH_NEWCTX, (void (*)(void))operation_new},
    {OSSL_FUNC_KEYEXCH_FREECTX, (void (*)(void))operation_free},
    {OSSL_FUNC_KEYEXCH_INIT, (void (*)(void))operation_init},
    {OSSL_FUNC_KEYEXCH_SET_PEER, (void (*)(void))derive_set_peer},
    {OSSL_FUNC_KEYEXCH_DERIVE, (void (*)(void))derive},
    {0, NULL},
};

static const OSSL_DISPATCH kem[] = {
    {OSSL_FUNC_KEM_NEWCTX, (void (*)(void))operation_new},
    {OSSL_FUNC_KEM_FREECTX, (void (*)(void))operation_free},
    {OSSL_FUNC_KEM_ENCAPSULATE_INIT, (void (*)(void))operation_init},
    {OSSL_FUNC_KEM_ENCAPSULATE, (void (*)(void))encapsulate},
    {OSSL_FUNC_KEM_DECAPSULATE_INIT, (void (*)(void))operation_init},
    {OSSL_FUNC_KEM_DECAPSULATE, (void (*)(void))decapsulate},
    {0, NULL},
};

static const OSSL_ALGORITHM managements[] = {{"TOYDH", "provider=toy", keys, ""}, {"TOYKEM", "provider=toy", keys, ""}, {0}};
static const OSSL_ALGORITHM exchanges[] = {{"TOYDH", "provider=toy", exchange, ""}, {0}};
static const OSSL_ALGORITHM kems[] = {{"TOYKEM", "provider=toy", kem, ""}, {0}};

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache)
{
    (void)context;
    *no_cache = 0;
    switch (operation) {
    case OSSL_OP_KEYMGMT:
        return managements;
    case OSSL_OP_KEYEXCH:
        return exchanges;
    case OSSL_OP_KEM:
        return kems;
    }
    return NULL;
}

/* ---- what it can do in TLS ---- */

static int announce(const char *name, const char *internal, const char *algorithm, unsigned id, unsigned bits, unsigned is_kem,
                    int lowest, int highest, OSSL_CALLBACK *callback, void *argument)
{
    int no_dtls = -1;
    OSSL_PARAM params[] = {
        OSSL_PARAM_utf8_string(OSSL_CAPABILITY_TLS_GROUP_NAME, (char *)name, strlen(name) + 1),
        OSSL_PARAM_utf8_string(OSSL_CAPABILITY_TLS_GROUP_NAME_INTERNAL, (char *)internal, strlen(internal) + 1),
        OSSL_PARAM_utf8_string(OSSL_CAPABILITY_TLS_GROUP_ALG, (char *)algorithm, strlen(algorithm) + 1),
        OSSL_PARAM_uint(OSSL_CAPABILITY_TLS_GROUP_ID, &id),
        OSSL_PARAM_uint(OSSL_CAPABILITY_TLS_GROUP_SECURITY_BITS, &bits),
        OSSL_PARAM_uint(OSSL_CAPABILITY_TLS_GROUP_IS_KEM, &is_kem),
        OSSL_PARAM_int(OSSL_CAPABILITY_TLS_GROUP_MIN_TLS, &lowest),
        OSSL_PARAM_int(OSSL_CAPABILITY_TLS_GROUP_MAX_TLS, &highest),
        OSSL_PARAM_int(OSSL_CAPABILITY_TLS_GROUP_MIN_DTLS, &no_dtls),
        OSSL_PARAM_int(OSSL_CAPABILITY_TLS_GROUP_MAX_DTLS, &no_dtls),
        OSSL_PARAM_END,
    };

    return callback(params, argument);
}

static int capabilities(void *context, const char *capability, OSSL_CALLBACK *callback, void *argument)
{
    (void)context;
    if (strcmp(capability, "TLS-GROUP") != 0)
        return 0;
    toy_capabilities++;
    return announce("toydh", "toy-dh", "TOYDH", TOY_DH, 128, 0, TLS1_VERSION, 0, callback, argument)
           && announce("toykem", "toy-kem", "TOYKEM", TOY_KEM, 128, 1, TLS1_3_VERSION, 0, callback, argument)
           && announce("toydh13", "toy-dh13", "TOYDH", TOY_DH_TLS13, 192, 0, TLS1_3_VERSION, TLS1_3_VERSION, callback,
                       argument)
           && announce("toyweak", "toy-weak", "TOYDH", TOY_WEAK, 64, 0, TLS1_VERSION, 0, callback, argument)
           /* One whose keys nobody has. */
           && announce("toyorphan", "toy-orphan", "TOYNONE", TOY_ORPHAN, 128, 0, TLS1_VERSION, 0, callback, argument);
}

static const OSSL_DISPATCH functions[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
    {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))capabilities},
    {0, NULL},
};

static int start(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **context)
{
    (void)in;
    *out = functions;
    *context = (void *)handle;
    return 1;
}

OSSL_PROVIDER *toy_provider(OSSL_LIB_CTX *library)
{
    OSSL_PROVIDER *provider;

    CHECK_EQ(OSSL_PROVIDER_add_builtin(library, "toy", start), 1);
    provider = OSSL_PROVIDER_load(library, "toy");
    CHECK(provider != NULL);
    return provider;
}
