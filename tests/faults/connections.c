/* Connections of every kind: each has what its contexts need, and what is done on top of the usual. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "../../ctests/later.h"
#include "scenarios.h"
#include "../../ctests/toy_provider.h"

#include <openssl/engine.h>
#include <openssl/hmac.h>
#include <openssl/ocsp.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/srp.h>

/* ---- identities, suites and groups ---- */

/* The client looks at the names that the server knows, as programs do that choose among certificates. */
static int look_at_names(SSL *ssl, void *argument)
{
    (void)argument;
    return SSL_get0_peer_CA_list(ssl) != NULL;
}

static void both_verify(struct pair *pair)
{
    use_identity(pair->ctx[CLIENT], "rsa");
    SSL_CTX_set_cert_cb(pair->ctx[CLIENT], look_at_names, NULL);
    trust(pair->ctx[SERVER], "root");
    CHECK_OK(SSL_CTX_add_client_CA(pair->ctx[SERVER], lent_certificate("root")));
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

static void both_offer(struct pair *pair, const char *suites)
{
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suites));
}

static void dhe(struct pair *pair)
{
    SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "DHE-RSA-AES128-SHA256");
    use_identity(pair->ctx[SERVER], "rsa");
    SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
}

/* The server signs with this identity; the chain has other signatures. */
static void signs_with(struct pair *pair, const char *identity, const char *algorithms)
{
    use_identity(pair->ctx[SERVER], identity);
    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], algorithms));
}

static void rsa_transport(struct pair *pair)
{
    use_identity(pair->ctx[SERVER], "rsa");
    both_offer(pair, "AES128-SHA");
}

static void rsa_pss(struct pair *pair)
{
    signs_with(pair, "rsa-pss", "rsa_pss_pss_sha256:ECDSA+SHA256");
}

static void ccm(struct pair *pair)
{
    both_offer(pair, "ECDHE-ECDSA-AES128-CCM");
}

static void aria(struct pair *pair)
{
    both_offer(pair, "ECDHE-ECDSA-ARIA128-GCM-SHA256");
}

/* MAC, then encrypt: what is read is checked in constant time. */
static void camellia(struct pair *pair)
{
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_ENCRYPT_THEN_MAC);
    both_offer(pair, "ECDHE-ECDSA-CAMELLIA128-SHA256");
}

static void old_hashes(struct pair *pair)
{
    both_offer(pair, "DEFAULT:@SECLEVEL=0");
}

static void both_share(struct pair *pair, const char *groups)
{
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[side], groups));
}

static void curve448(struct pair *pair)
{
    signs_with(pair, "ed448", "ed448:ECDSA+SHA256");
    both_share(pair, "X448");
}

static void ffdhe(struct pair *pair)
{
    both_share(pair, "ffdhe2048");
}

static void suite_b(struct pair *pair)
{
    both_offer(pair, "SUITEB128");
}

/* A provider's own groups need a library context that has it. */
static void toy_groups(struct pair *pair, const char *group)
{
    OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();

    CHECK(OSSL_PROVIDER_load(library, "default") != NULL && toy_provider(library) != NULL);
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_free(pair->ctx[side]);
        pair->ctx[side] = SSL_CTX_new_ex(library, NULL, TLS_method());
        CHECK(pair->ctx[side] != NULL);
        CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[side], TLS1_3_VERSION));
    }
    both_share(pair, group);
    use_identity(pair->ctx[SERVER], "ec");
    trust(pair->ctx[CLIENT], "root");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, NULL);
}

static void toy_dh(struct pair *pair)
{
    toy_groups(pair, "toydh");
}

static void toy_kem(struct pair *pair)
{
    toy_groups(pair, "toykem");
}

/* A key that can be used, but not read. */
static int encrypt_elsewhere(int length, const unsigned char *from, unsigned char *to, RSA *rsa, int padding)
{
    (void)rsa;
    return RSA_private_encrypt(length, from, to, (RSA *)EVP_PKEY_get0_RSA(lent_key("rsa")), padding);
}

static void external_key(struct pair *pair)
{
    const RSA *real = EVP_PKEY_get0_RSA(lent_key("rsa"));
    RSA_METHOD *method = RSA_meth_dup(RSA_get_default_method());
    RSA *key = RSA_new();
    EVP_PKEY *wrapped = EVP_PKEY_new();

    RSA_meth_set_priv_enc(method, encrypt_elsewhere);
    RSA_meth_set_flags(method, RSA_METHOD_FLAG_NO_CHECK);
    CHECK_OK(RSA_set0_key(key, BN_dup(RSA_get0_n(real)), BN_dup(RSA_get0_e(real)), NULL));
    CHECK_OK(RSA_set_method(key, method));
    CHECK_OK(EVP_PKEY_assign_RSA(wrapped, key));
    CHECK_OK(SSL_CTX_use_certificate(pair->ctx[SERVER], lent_certificate("rsa")));
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], wrapped));
    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "rsa_pss_rsae_sha256:ECDSA+SHA256"));
    EVP_PKEY_free(wrapped);
}

/* An engine knows the client's certificate. */
static int engine_certificate(ENGINE *engine, SSL *ssl, STACK_OF(X509_NAME) *names, X509 **certificate, EVP_PKEY **key,
                              STACK_OF(X509) **others, UI_METHOD *method, void *argument)
{
    (void)engine, (void)ssl, (void)names, (void)others, (void)method, (void)argument;
    *certificate = lent_certificate("client");
    *key = lent_key("client");
    return X509_up_ref(*certificate) && EVP_PKEY_up_ref(*key);
}

static int engine_ready(ENGINE *engine)
{
    return engine != NULL;
}

static void engine_client(struct pair *pair)
{
    ENGINE *engine = ENGINE_new();

    CHECK_OK(ENGINE_set_id(engine, "faults"));
    CHECK_OK(ENGINE_set_init_function(engine, engine_ready));
    CHECK_OK(ENGINE_set_load_ssl_client_cert_function(engine, engine_certificate));
    both_verify(pair);
    SSL_CTX_free(pair->ctx[CLIENT]);
    pair->ctx[CLIENT] = SSL_CTX_new(TLS_client_method());
    trust(pair->ctx[CLIENT], "root");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, NULL);
    CHECK_OK(SSL_CTX_set_client_cert_engine(pair->ctx[CLIENT], engine));
    ENGINE_free(engine);
}

static void in_jobs(struct pair *pair)
{
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_CTX_set_mode(pair->ctx[side], SSL_MODE_ASYNC);
}

LATER("3.2", int, SSL_CTX_set1_cert_comp_preference, SSL_CTX *, int *, size_t)

static void compressed(struct pair *pair)
{
    int zlib[] = {1};

    both_verify(pair);
    if (later_SSL_CTX_set1_cert_comp_preference == NULL)
        return;
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(later_SSL_CTX_set1_cert_comp_preference(pair->ctx[side], zlib, 1));
}

/* The program verifies more than the chain. */
static int accept_chain(int ok, X509_STORE_CTX *store)
{
    return ok && X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()) != NULL;
}

static void parameters(struct pair *pair)
{
    X509_VERIFY_PARAM *wanted = SSL_CTX_get0_param(pair->ctx[CLIENT]);

    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, accept_chain);
    CHECK_OK(X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER));
    CHECK_OK(X509_VERIFY_PARAM_set1_host(wanted, "server.example", 0));
}

static int wanted_host(struct pair *pair)
{
    return SSL_set1_host(pair->ssl[CLIENT], "server.example") == 1 && SSL_set_purpose(pair->ssl[CLIENT], X509_PURPOSE_SSL_SERVER) == 1
                && SSL_set_trust(pair->ssl[CLIENT], X509_TRUST_SSL_SERVER) == 1
             ? 1
             : -1;
}

/* ---- sessions ---- */

static SSL_SESSION *kept, *servers_own;

static int hmac_ticket_keys(SSL *ssl, unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, HMAC_CTX *mac, int seals)
{
    static const unsigned char key[32];

    (void)ssl;
    if (seals) {
        memset(name, 1, 16);
        memset(vector, 2, 16);
    }
    return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, vector, seals)
                && HMAC_Init_ex(mac, key, sizeof(key), EVP_sha256(), NULL)
             ? 1
             : -1;
}

static int evp_ticket_keys(SSL *ssl, unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seals)
{
    (void)ssl;
    return ticket_keys(name, vector, cipher, mac, seals) ? 1 : -1;
}

static void keep_session(struct pair *pair)
{
    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"faults", 6));
    kept = connect_with(pair, NULL, 0);
}

static void resumed(struct pair *pair)
{
    keep_session(pair);
}

static void sealed_by_evp(struct pair *pair)
{
    SSL_CTX_set_tlsext_ticket_key_evp_cb(pair->ctx[SERVER], evp_ticket_keys);
}

static void resumed_by_evp(struct pair *pair)
{
    sealed_by_evp(pair);
    keep_session(pair);
}

static void sealed_by_hmac(struct pair *pair)
{
    SSL_CTX_set_tlsext_ticket_key_cb(pair->ctx[SERVER], hmac_ticket_keys);
}

static void resumed_by_hmac(struct pair *pair)
{
    sealed_by_hmac(pair);
    keep_session(pair);
}

static int take_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    if (servers_own != NULL)
        return 0;
    servers_own = session;
    return 1;
}

static SSL_SESSION *find_session(SSL *ssl, const unsigned char *id, int length, int *copy)
{
    unsigned int own_length;
    const unsigned char *own = SSL_SESSION_get_id(servers_own, &own_length);

    (void)ssl;
    *copy = 0;
    return length == (int)own_length && memcmp(id, own, own_length) == 0 ? SSL_SESSION_dup(servers_own) : NULL;
}

static void resumed_from_cache(struct pair *pair)
{
    SSL_CTX *server = pair->ctx[SERVER];

    SSL_CTX_set_options(server, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(server, take_session);
    SSL_CTX_sess_set_get_cb(server, find_session);
    keep_session(pair);
    CHECK(servers_own != NULL);
}

/* A copy: a handshake that fails takes its session's right to be resumed. */
static int offer_session(struct pair *pair)
{
    SSL_SESSION *copy = SSL_SESSION_dup(kept);
    int offered = copy != NULL && SSL_set_session(pair->ssl[CLIENT], copy) == 1;

    SSL_SESSION_free(copy);
    return offered ? 1 : -1;
}

/* A session that could not be resumed is none: a whole handshake takes its place, and both know. */
static int agree_on_resumption(struct pair *pair)
{
    int reused;

    disarm();
    reused = SSL_session_reused(pair->ssl[CLIENT]);

    EXPECT(SSL_session_reused(pair->ssl[SERVER]) == reused);
    EXPECT(reused || fault != 0);
    return 1;
}

static void early(struct pair *pair)
{
    SSL_CTX_set_max_early_data(pair->ctx[SERVER], 1000);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_ANTI_REPLAY);
    keep_session(pair);
}

static int is_failure(SSL *ssl, int ret)
{
    int error = SSL_get_error(ssl, ret);

    return error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL;
}

static int write_early(struct pair *pair)
{
    SSL *client = pair->ssl[CLIENT], *server = pair->ssl[SERVER];
    char data[100];
    size_t length;
    int ret;

    if (offer_session(pair) != 1)
        return -1;
    if ((ret = SSL_write_early_data(client, "early", 5, &length)) != 1)
        return is_failure(client, ret) ? -1 : 0;
    ret = SSL_read_early_data(server, data, sizeof(data), &length);
    if (ret == SSL_READ_EARLY_DATA_ERROR && is_failure(server, 0))
        return -1;
    if (ret == SSL_READ_EARLY_DATA_SUCCESS)
        EXPECT(length == 5 && memcmp(data, "early", 5) == 0);
    if ((ret = SSL_do_handshake(client)) != 1 && is_failure(client, ret))
        return -1;
    if (SSL_read_early_data(server, data, sizeof(data), &length) == SSL_READ_EARLY_DATA_ERROR && is_failure(server, 0))
        return -1;
    return 1;
}

/* ---- keys and passwords that both know ---- */

static SSL_SESSION *external_session(SSL *ssl)
{
    static const unsigned char id[] = {0x13, 0x01}, key[32] = {1, 2, 3};
    SSL_SESSION *session = SSL_SESSION_new();

    if (session != NULL && SSL_SESSION_set1_master_key(session, key, sizeof(key)) && SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, id))
        && SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION))
        return session;
    SSL_SESSION_free(session);
    return NULL;
}

static int use_external(SSL *ssl, const EVP_MD *digest, const unsigned char **id, size_t *length, SSL_SESSION **session)
{
    (void)digest;
    *id = (const unsigned char *)"me";
    *length = 2;
    *session = external_session(ssl);
    return *session != NULL;
}

static int find_external(SSL *ssl, const unsigned char *id, size_t length, SSL_SESSION **session)
{
    *session = NULL;
    if (length != 2 || memcmp(id, "me", 2) != 0)
        return 1;
    *session = external_session(ssl);
    return *session != NULL;
}

static void external_psk(struct pair *pair)
{
    SSL_CTX_set_psk_use_session_callback(pair->ctx[CLIENT], use_external);
    SSL_CTX_set_psk_find_session_callback(pair->ctx[SERVER], find_external);
}

static void ecdhe_psk(struct pair *pair)
{
    share_psk(pair);
    both_offer(pair, "ECDHE-PSK-AES128-CBC-SHA256");
    CHECK_OK(SSL_CTX_use_psk_identity_hint(pair->ctx[SERVER], "hint"));
}

static void rsa_psk(struct pair *pair)
{
    share_psk(pair);
    use_identity(pair->ctx[SERVER], "rsa");
    both_offer(pair, "RSA-PSK-AES128-CBC-SHA256");
}

static int find_user(SSL *ssl, int *alert, void *argument)
{
    (void)argument;
    if (SSL_set_srp_server_param_pw(ssl, SSL_get_srp_username(ssl), "password", "1024") == 1)
        return SSL_ERROR_NONE;
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL3_AL_FATAL;
}

static char *give_password(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    return OPENSSL_strdup("password");
}

static void srp(struct pair *pair)
{
    char user[] = "user";

    both_offer(pair, "SRP-AES-128-CBC-SHA:@SECLEVEL=0");
    CHECK_OK(SSL_CTX_set_srp_username(pair->ctx[CLIENT], user));
    CHECK_OK(SSL_CTX_set_srp_client_pwd_callback(pair->ctx[CLIENT], give_password));
    CHECK_OK(SSL_CTX_set_srp_username_callback(pair->ctx[SERVER], find_user));
}

/* ---- what else a peer may be known by ---- */

static unsigned char key_digest[32];

static void dane(struct pair *pair)
{
    unsigned char *der = NULL;
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(lent_certificate("ec")), &der);

    CHECK(length > 0);
    CHECK_OK(EVP_Digest(der, (size_t)length, key_digest, NULL, EVP_sha256(), NULL));
    OPENSSL_free(der);
    SSL_CTX_set_cert_store(pair->ctx[CLIENT], X509_STORE_new());
    CHECK_OK(SSL_CTX_dane_enable(pair->ctx[CLIENT]));
}

static int add_record(struct pair *pair)
{
    return SSL_dane_enable(pair->ssl[CLIENT], "server.example") == 1
                && SSL_dane_tlsa_add(pair->ssl[CLIENT], 3, 1, 1, key_digest, sizeof(key_digest)) == 1
             ? 1
             : -1;
}

static int matched_record(struct pair *pair)
{
    disarm();
    EXPECT(SSL_get0_dane_authority(pair->ssl[CLIENT], NULL, NULL) == 0);
    return 1;
}

LATER("3.2", int, SSL_CTX_set1_server_cert_type, SSL_CTX *, const unsigned char *, size_t)
LATER("3.2", EVP_PKEY *, SSL_get0_peer_rpk, const SSL *)

/* A key alone takes the place of the server's certificate. */
static void raw_key(struct pair *pair)
{
    static const unsigned char raw[] = {2};

    dane(pair);
    for (int side = CLIENT; side <= SERVER && later_SSL_CTX_set1_server_cert_type != NULL; side++)
        CHECK_OK(later_SSL_CTX_set1_server_cert_type(pair->ctx[side], raw, sizeof(raw)));
}

static int look_at_key(struct pair *pair)
{
    return later_SSL_get0_peer_rpk == NULL || later_SSL_get0_peer_rpk(pair->ssl[CLIENT]) != NULL ? 1 : -1;
}

static int give_response(SSL *ssl, void *argument)
{
    STACK_OF(OCSP_RESPID) *ids = NULL;
    STACK_OF(X509_EXTENSION) *extensions = NULL;
    unsigned char *copy = OPENSSL_memdup("response", 8);

    (void)argument;
    SSL_get_tlsext_status_ids(ssl, &ids);
    SSL_get_tlsext_status_exts(ssl, &extensions);
    if (copy != NULL && sk_OCSP_RESPID_num(ids) == 1 && sk_X509_EXTENSION_num(extensions) == 1
        && SSL_set_tlsext_status_ocsp_resp(ssl, copy, 8) == 1)
        return SSL_TLSEXT_ERR_OK;
    OPENSSL_free(copy);
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int take_response(SSL *ssl, void *argument)
{
    const unsigned char *response;

    (void)argument;
    return SSL_get_tlsext_status_ocsp_resp(ssl, &response) == 8;
}

static void stapling(struct pair *pair)
{
    CHECK_OK(SSL_CTX_set_tlsext_status_cb(pair->ctx[SERVER], give_response));
    CHECK_OK(SSL_CTX_set_tlsext_status_cb(pair->ctx[CLIENT], take_response));
}

static int ask_for_response(struct pair *pair)
{
    STACK_OF(OCSP_RESPID) *ids = sk_OCSP_RESPID_new_null();
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    OCSP_RESPID *id = OCSP_RESPID_new();
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    X509_EXTENSION *nonce = NULL;
    int asked = 0;

    if (ids != NULL && extensions != NULL && id != NULL && request != NULL
        && OCSP_RESPID_set_by_name(id, lent_certificate("root")) == 1 && OCSP_request_add1_nonce(request, NULL, 16) == 1)
        nonce = X509_EXTENSION_dup(OCSP_REQUEST_get_ext(request, 0));
    if (nonce != NULL && sk_OCSP_RESPID_push(ids, id)) {
        id = NULL;
        if (sk_X509_EXTENSION_push(extensions, nonce)) {
            nonce = NULL;
            asked = SSL_set_tlsext_status_type(pair->ssl[CLIENT], TLSEXT_STATUSTYPE_ocsp) == 1;
        }
    }
    if (asked && SSL_set_tlsext_status_ids(pair->ssl[CLIENT], ids) == 1)
        ids = NULL;
    if (asked && SSL_set_tlsext_status_exts(pair->ssl[CLIENT], extensions) == 1)
        extensions = NULL;
    asked = ids == NULL && extensions == NULL;
    sk_OCSP_RESPID_pop_free(ids, OCSP_RESPID_free);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    OCSP_RESPID_free(id);
    X509_EXTENSION_free(nonce);
    OCSP_REQUEST_free(request);
    return asked ? 1 : -1;
}

/* ---- after the handshake ---- */

/* One side's handshake goes on while the other reads. */
static int go_on(SSL *ssl, SSL *peer)
{
    int ret, got;
    char byte;

    for (int turn = 0; turn < 10; turn++) {
        ret = SSL_do_handshake(ssl);
        if (ret != 1 && is_failure(ssl, ret))
            return -1;
        got = SSL_read(peer, &byte, 1);
        if (got <= 0 && is_failure(peer, got))
            return -1;
        got = SSL_read(ssl, &byte, 1);
        if (got <= 0 && is_failure(ssl, got))
            return -1;
    }
    return ret == 1 && !SSL_in_init(ssl) && !SSL_in_init(peer);
}

static void may_renegotiate(struct pair *pair)
{
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
}

static int renegotiate(struct pair *pair)
{
    return SSL_renegotiate(pair->ssl[CLIENT]) == 1 ? go_on(pair->ssl[CLIENT], pair->ssl[SERVER]) : -1;
}

static void authenticated_later(struct pair *pair)
{
    use_identity(pair->ctx[CLIENT], "rsa");
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
}

static int authenticate(struct pair *pair)
{
    SSL *client = pair->ssl[CLIENT], *server = pair->ssl[SERVER];
    int went;

    SSL_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    if (SSL_verify_client_post_handshake(server) != 1)
        return -1;
    went = go_on(server, client);
    disarm();
    if (went == 1)
        EXPECT(SSL_get0_peer_certificate(server) != NULL);
    return went;
}

/* The chain that was verified can be looked at. */
static int look_at_chain(struct pair *pair)
{
    disarm();
    EXPECT(sk_X509_num(SSL_get0_verified_chain(pair->ssl[CLIENT])) == 2);
    return 1;
}

static int update_and_export(struct pair *pair)
{
    unsigned char secret[2][40];

    for (int side = CLIENT; side <= SERVER; side++)
        if (SSL_export_keying_material(pair->ssl[side], secret[side], 40, "EXPORTER-faults", 15, (const unsigned char *)"context", 7, 1) != 1)
            return -1;
    EXPECT(memcmp(secret[0], secret[1], 40) == 0);
    if (SSL_version(pair->ssl[CLIENT]) != TLS1_3_VERSION)
        return 1;
    if (SSL_key_update(pair->ssl[CLIENT], SSL_KEY_UPDATE_REQUESTED) != 1)
        return -1;
    return go_on(pair->ssl[CLIENT], pair->ssl[SERVER]);
}

/* ---- cookies ---- */

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned int *length)
{
    (void)ssl;
    memcpy(cookie, "a cookie", 8);
    *length = 8;
    return 1;
}

static int check_cookie(SSL *ssl, const unsigned char *cookie, unsigned int length)
{
    (void)ssl;
    return length == 8 && memcmp(cookie, "a cookie", 8) == 0;
}

static void cookies(struct pair *pair)
{
    SSL_CTX_set_cookie_generate_cb(pair->ctx[SERVER], make_cookie);
    SSL_CTX_set_cookie_verify_cb(pair->ctx[SERVER], check_cookie);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_COOKIE_EXCHANGE);
}

static int stateless_cookie(SSL *ssl, unsigned char *cookie, size_t *length)
{
    unsigned int count;

    *length = 8;
    return make_cookie(ssl, cookie, &count);
}

static int check_stateless_cookie(SSL *ssl, const unsigned char *cookie, size_t length)
{
    return check_cookie(ssl, cookie, (unsigned int)length);
}

static void stateless_cookies(struct pair *pair)
{
    SSL_CTX_set_stateless_cookie_generate_cb(pair->ctx[SERVER], stateless_cookie);
    SSL_CTX_set_stateless_cookie_verify_cb(pair->ctx[SERVER], check_stateless_cookie);
}

/* 1 when the listener is done, with the second ClientHello. */
static int listen_for(struct pair *pair, int (*listen)(SSL *))
{
    for (int turn = 0; turn < 3; turn++) {
        int ret = SSL_do_handshake(pair->ssl[CLIENT]);

        if (ret != 1 && is_failure(pair->ssl[CLIENT], ret))
            return -1;
        ret = listen(pair->ssl[SERVER]);
        if (ret != 0)
            return ret;
    }
    return 0;
}

static int listen_dtls(SSL *ssl)
{
    BIO_ADDR *peer = BIO_ADDR_new();
    int ret = peer != NULL ? DTLSv1_listen(ssl, peer) : -1;

    BIO_ADDR_free(peer);
    return ret;
}

static int listen_to_datagrams(struct pair *pair)
{
    return listen_for(pair, listen_dtls);
}

static int listen_to_hellos(struct pair *pair)
{
    return listen_for(pair, SSL_stateless);
}

const struct scenario connections[] = {
    {"tls13", TLS1_3_VERSION, .after = update_and_export},
    {"tls12", TLS1_2_VERSION, .after = update_and_export},
    {"tls13-client", TLS1_3_VERSION, .prepare = both_verify, .after = look_at_chain},
    {"tls12-client", TLS1_2_VERSION, .prepare = both_verify, .after = look_at_chain},
    {"tls12-dhe", TLS1_2_VERSION, .prepare = dhe},
    {"dtls12-client", DTLS1_2_VERSION, .prepare = both_verify},
    {"tls12-rsa", TLS1_2_VERSION, .prepare = rsa_transport},
    {"tls13-pss", TLS1_3_VERSION, .prepare = rsa_pss},
    {"tls12-ccm", TLS1_2_VERSION, .prepare = ccm},
    {"tls12-aria", TLS1_2_VERSION, .prepare = aria},
    {"tls12-camellia", TLS1_2_VERSION, .prepare = camellia},
    {"tls10", TLS1_VERSION, .prepare = old_hashes},
    {"tls13-448", TLS1_3_VERSION, .prepare = curve448},
    {"tls13-ffdhe", TLS1_3_VERSION, .prepare = ffdhe},
    {"tls13-toydh", TLS1_3_VERSION, .prepare = toy_dh},
    {"tls13-toykem", TLS1_3_VERSION, .prepare = toy_kem},
    {"tls12-suiteb", TLS1_2_VERSION, .prepare = suite_b},
    {"tls13-external-key", TLS1_3_VERSION, .prepare = external_key},
    {"tls12-engine", TLS1_2_VERSION, .prepare = engine_client},
    {"tls13-raw-key", TLS1_3_VERSION, .prepare = raw_key, .before = add_record, .after = look_at_key},
    {"tls13-jobs", TLS1_3_VERSION, .prepare = in_jobs},
    {"tls13-compressed", TLS1_3_VERSION, .prepare = compressed},
    {"tls13-parameters", TLS1_3_VERSION, .prepare = parameters, .before = wanted_host},
    {"tls13-resumed", TLS1_3_VERSION, .prepare = resumed, .before = offer_session, .after = agree_on_resumption},
    {"tls13-resumed-evp", TLS1_3_VERSION, .prepare = resumed_by_evp, .before = offer_session, .after = agree_on_resumption},
    {"tls12-resumed-evp", TLS1_2_VERSION, .prepare = resumed_by_evp, .before = offer_session, .after = agree_on_resumption},
    {"tls12-resumed-hmac", TLS1_2_VERSION, .prepare = resumed_by_hmac, .before = offer_session, .after = agree_on_resumption},
    {"tls13-sealed-evp", TLS1_3_VERSION, .prepare = sealed_by_evp},
    {"tls12-sealed-hmac", TLS1_2_VERSION, .prepare = sealed_by_hmac},
    {"tls12-resumed-cache", TLS1_2_VERSION, .prepare = resumed_from_cache, .before = offer_session, .after = agree_on_resumption},
    {"tls13-early", TLS1_3_VERSION, .prepare = early, .before = write_early, .after = agree_on_resumption},
    {"tls13-psk", TLS1_3_VERSION, .prepare = external_psk},
    {"tls12-psk", TLS1_2_VERSION, .prepare = ecdhe_psk},
    {"tls12-rsa-psk", TLS1_2_VERSION, .prepare = rsa_psk},
    {"tls12-srp", TLS1_2_VERSION, .prepare = srp},
    {"tls13-dane", TLS1_3_VERSION, .prepare = dane, .before = add_record, .after = matched_record},
    {"tls12-stapling", TLS1_2_VERSION, .prepare = stapling, .before = ask_for_response},
    {"tls13-timestamps", TLS1_3_VERSION, .prepare = serve_timestamps, .after = valid_timestamps},
    {"tls12-stapled-timestamps", TLS1_2_VERSION, .prepare = staple_timestamps, .after = valid_timestamps},
    {"tls12-renegotiation", TLS1_2_VERSION, .prepare = may_renegotiate, .after = renegotiate},
    {"tls13-authenticated-later", TLS1_3_VERSION, .prepare = authenticated_later, .after = authenticate},
    {"tls13-stateless", TLS1_3_VERSION, .prepare = stateless_cookies, .before = listen_to_hellos},
    {"dtls12-cookies", DTLS1_2_VERSION, .prepare = cookies},
    {"dtls12-listen", DTLS1_2_VERSION, .prepare = cookies, .before = listen_to_datagrams},
    {.name = NULL},
};
