/* SSL_CTX_set_verify(3) on the server, SSL_CTX_set_client_CA_list(3), SSL_get_client_CA_list(3),
 * SSL_CTX_set_post_handshake_auth(3): certificates of clients. */
#include "support.h"

/* SSL_VERIFY_PEER on the server asks for one; with none the handshake goes on, unless
 * SSL_VERIFY_FAIL_IF_NO_PEER_CERT is set as well. */
TEST_VERSIONS(client_certificate_is_optional_or_not)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];
    X509 *expected = load_certificate("client"), *got;

    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
    pair_disconnect(pair);

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
    pair_disconnect(pair);

    use_identity(pair->ctx[CLIENT], "client");
    pair_over_wire(pair);
    pair_handshake(pair);
    got = SSL_get1_peer_certificate(pair->ssl[SERVER]);
    CHECK_EQ(X509_cmp(got, expected), 0);
    /* The server's view of the chain lacks the leaf: here it is the root, which the client found in
     * its store. */
    CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[SERVER])), 1);
    CHECK(X509_cmp(sk_X509_value(SSL_get_peer_cert_chain(pair->ssl[SERVER]), 0), expected) != 0);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
    X509_free(got);
    X509_free(expected);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Client certificates of every kind of key. */
TEST_VERSIONS(client_certificates_of_every_kind)
{
    static const char *const names[] = {"ec", "ec384", "rsa", "rsa-pss", "ed25519", "chained"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct pair *pair = pair_contexts(version);

        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           NULL);
        use_identity(pair->ctx[CLIENT], names[i]);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
        pair_settle(pair);
        check_alive(pair);
        pair_free(pair);
    }
}

/* A bad client certificate. */
TEST_VERSIONS(client_certificate_is_verified)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];
    char byte;

    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    use_identity(pair->ctx[CLIENT], "stranger");
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]),
             X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    if (version == TLS1_2_VERSION) {
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_UNKNOWN_CA);
    } else {
        CHECK_EQ(outcome[CLIENT].ret, 1);
        CHECK_FAILS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1),
                    SSL_R_TLSV1_ALERT_UNKNOWN_CA);
    }
    pair_free(pair);
}

/* The CA names of the server reach the client. */
TEST_VERSIONS(client_ca_names_are_sent)
{
    struct pair *pair = pair_contexts(version);
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(cert_path("root", "pem"));
    X509 *root = load_certificate("root"), *other = load_certificate("other");
    STACK_OF(X509_NAME) *received;

    CHECK_EQ(sk_X509_NAME_num(names), 1);
    SSL_CTX_set_client_CA_list(pair->ctx[SERVER], names);
    CHECK(SSL_CTX_get_client_CA_list(pair->ctx[SERVER]) == names);
    CHECK_OK(SSL_CTX_add_client_CA(pair->ctx[SERVER], other));
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    received = SSL_get_client_CA_list(pair->ssl[CLIENT]);
    CHECK_EQ(sk_X509_NAME_num(received), 2);
    CHECK_EQ(X509_NAME_cmp(sk_X509_NAME_value(received, 0), X509_get_subject_name(root)), 0);
    CHECK_EQ(X509_NAME_cmp(sk_X509_NAME_value(received, 1), X509_get_subject_name(other)), 0);
    CHECK(SSL_get0_peer_CA_list(pair->ssl[CLIENT]) == received);
    X509_free(root);
    X509_free(other);
    pair_free(pair);
}

/* A connection's CA names come before its context's, which are read when they are used; those for
 * clients come before those for either side, unless they are empty. */
TEST_VERSIONS(ca_names_of_connection_and_context)
{
    struct pair *pair = pair_contexts(version);
    X509 *root = load_certificate("root"), *other = load_certificate("other");

    CHECK_EQ(sk_X509_NAME_num(SSL_CTX_get_client_CA_list(pair->ctx[SERVER])), 0);
    CHECK_EQ(sk_X509_NAME_num(SSL_CTX_get0_CA_list(pair->ctx[SERVER])), 0);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    for (int own = 0; own < 2; own++) {
        STACK_OF(X509_NAME) *received;
        SSL *server_ssl;

        pair_over_wire(pair);
        server_ssl = pair->ssl[SERVER];
        SSL_CTX_set0_CA_list(pair->ctx[SERVER], NULL);
        CHECK_OK(SSL_CTX_add1_to_CA_list(pair->ctx[SERVER], root));
        if (own)
            CHECK_OK(SSL_add_client_CA(server_ssl, other));
        CHECK_EQ(sk_X509_NAME_num(SSL_get_client_CA_list(server_ssl)), own);
        pair_handshake(pair);
        received = SSL_get_client_CA_list(pair->ssl[CLIENT]);
        CHECK_EQ(sk_X509_NAME_num(received), 1);
        CHECK_EQ(X509_NAME_cmp(sk_X509_NAME_value(received, 0),
                               X509_get_subject_name(own ? other : root)),
                 0);
        /* The client sent no certificate: the server's list of them is empty, but there. */
        CHECK(SSL_get_peer_cert_chain(server_ssl) != NULL);
        CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(server_ssl)), 0);
        pair_disconnect(pair);
    }
    X509_free(root);
    X509_free(other);
    pair_free(pair);
}

/* Nobody asks a client for its certificate unless told to. */
TEST_VERSIONS(client_certificate_is_not_sent_unasked)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[CLIENT], "client");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    pair_free(pair);
}

/* TLS 1.3: a certificate asked for after the handshake. */
TEST(post_handshake_authentication)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL *server_ssl;

    trust(pair->ctx[SERVER], "root");
    use_identity(pair->ctx[CLIENT], "client");
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    server_ssl = pair->ssl[SERVER];
    CHECK(SSL_get0_peer_certificate(server_ssl) == NULL);
    SSL_set_verify(server_ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    CHECK_OK(SSL_verify_client_post_handshake(server_ssl));
    CHECK_OK(SSL_do_handshake(server_ssl));
    CHECK(SSL_get0_peer_certificate(server_ssl) == NULL);
    pair_settle(pair);
    CHECK(SSL_get0_peer_certificate(server_ssl) != NULL);
    check_alive(pair);
    pair_free(pair);
}

/* A client that did not offer it cannot be asked. */
TEST(post_handshake_authentication_needs_the_extension)
{
    struct pair *pair = pair_established(TLS1_3_VERSION);

    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER, NULL);
    CHECK_EQ(SSL_verify_client_post_handshake(pair->ssl[SERVER]), 0);
    CHECK_SSL_REASON(SSL_R_EXTENSION_NOT_RECEIVED);
    CHECK_EQ(SSL_verify_client_post_handshake(pair->ssl[CLIENT]), 0);
    CHECK_SSL_REASON(SSL_R_NOT_SERVER);
    pair_free(pair);
}


static int requests;

static int give_certificate(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
    (void)ssl, (void)certificate, (void)key;
    requests++;
    return 0;
}

/*
 * SSL_VERIFY_CLIENT_ONCE: "only request a client certificate once during the connection. Do not ask for a client
 * certificate again during renegotiation or post-authentication if a certificate was requested during the initial
 * handshake".
 */
static struct pair *asking(int version, int mode)
{
    struct pair *pair = pair_contexts(version);

    requests = 0;
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], mode, NULL);
    SSL_CTX_set_client_cert_cb(pair->ctx[CLIENT], give_certificate);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(pair->ctx[SERVER], SSL_SESS_CACHE_OFF);
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    return pair;
}

/* The client renegotiates, with a new session. */
static void renegotiate(struct pair *pair)
{
    char byte;

    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    for (int i = 0; i < 4; i++) {
        SSL_do_handshake(pair->ssl[CLIENT]);
        CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
    }
    CHECK(!SSL_renegotiate_pending(pair->ssl[CLIENT]));
}

TEST(client_is_asked_once_or_in_each_renegotiation)
{
    for (int once = 0; once < 2; once++) {
        struct pair *pair = asking(TLS1_2_VERSION, SSL_VERIFY_PEER | (once ? SSL_VERIFY_CLIENT_ONCE : 0));

        CHECK_EQ(requests, 1);
        renegotiate(pair);
        renegotiate(pair);
        CHECK_EQ(requests, once ? 1 : 3);
        check_alive(pair);
        pair_free(pair);
    }
}

TEST(client_that_was_not_asked_is_asked_once_in_a_renegotiation)
{
    struct pair *pair = asking(TLS1_2_VERSION, SSL_VERIFY_NONE);

    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, NULL);
    CHECK_EQ(requests, 0);
    renegotiate(pair);
    CHECK_EQ(requests, 1);
    renegotiate(pair);
    CHECK_EQ(requests, 1);
    pair_free(pair);
}

TEST(client_is_asked_once_in_the_handshake_or_after_it)
{
    struct pair *pair = asking(TLS1_3_VERSION, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE);

    CHECK_EQ(requests, 1);
    CHECK_EQ(SSL_verify_client_post_handshake(pair->ssl[SERVER]), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_CONFIG);
    pair_free(pair);

    pair = asking(TLS1_3_VERSION, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE | SSL_VERIFY_POST_HANDSHAKE);
    CHECK_EQ(requests, 0);
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    pair_settle(pair);
    CHECK_EQ(requests, 1);
    CHECK_EQ(SSL_verify_client_post_handshake(pair->ssl[SERVER]), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_CONFIG);
    pair_free(pair);
}

static int give_nothing(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
    (void)ssl;
    (void)certificate;
    (void)key;
    return 0;
}

TEST(client_certificate_callback_is_given_back)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK(SSL_CTX_get_client_cert_cb(context) == NULL);
    SSL_CTX_set_client_cert_cb(context, give_nothing);
    CHECK(SSL_CTX_get_client_cert_cb(context) == give_nothing);
    SSL_CTX_set_client_cert_cb(context, NULL);
    CHECK(SSL_CTX_get_client_cert_cb(context) == NULL);
    SSL_CTX_free(context);
}

/* SSL_add_dir_cert_subjects_to_stack(): every file of the directory, each name once. */
TEST(names_come_from_a_directory)
{
    char directory[] = "/tmp/ctests-names-XXXXXX", path[64];
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    X509 *root = load_certificate("root");
    BIO *file;

    CHECK(mkdtemp(directory) != NULL);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%d.pem", directory, i);
        file = BIO_new_file(path, "w");
        CHECK_EQ(PEM_write_bio_X509(file, root), 1);
        BIO_free(file);
    }
    CHECK_OK(SSL_add_dir_cert_subjects_to_stack(names, directory));
    CHECK_EQ(sk_X509_NAME_num(names), 1);
    CHECK_EQ(X509_NAME_cmp(sk_X509_NAME_value(names, 0), X509_get_subject_name(root)), 0);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%d.pem", directory, i);
        CHECK_EQ(remove(path), 0);
    }
    CHECK_EQ(remove(directory), 0);
    CHECK_EQ(SSL_add_dir_cert_subjects_to_stack(names, directory), 0);
    ERR_clear_error();
    CHECK_EQ(sk_X509_NAME_num(names), 1);
    X509_free(root);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
}

/* SSL_VERIFY_POST_HANDSHAKE is about TLS 1.3 alone: before that there is nothing to ask with later. */
TEST(older_versions_ask_in_the_handshake_whatever_the_mode_says)
{
    struct pair *pair = asking(TLS1_2_VERSION, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE);

    CHECK_EQ(requests, 1);
    pair_free(pair);
}

static int shown;

static int refuse_certificate(X509_STORE_CTX *store, void *arg)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

    (void)arg;
    shown = SSL_get0_peer_certificate(ssl) != NULL;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

/* A certificate is the peer's when it is accepted, not before; the chain is there as it came. */
TEST_SIDES(certificate_that_is_refused_is_nobody_s)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    use_identity(pair->ctx[CLIENT], "client");
    SSL_CTX_set_verify(pair->ctx[server], SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(pair->ctx[server], refuse_certificate, NULL);
    shown = -1;
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[server], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(shown, 0);
    CHECK(SSL_get0_peer_certificate(pair->ssl[server]) == NULL);
    CHECK(SSL_get1_peer_certificate(pair->ssl[server]) == NULL);
    if (!server)
        CHECK(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[server])) > 0);
    pair_free(pair);
}

/* What a server of TLS 1.3 asks for may sign certificates as well: SHA-224 is among it, DSA is not. */
TEST(schemes_that_are_asked_for)
{
    struct pair *pair = asking(TLS1_3_VERSION, SSL_VERIFY_PEER);
    int count = SSL_get_sigalgs(pair->ssl[CLIENT], -1, NULL, NULL, NULL, NULL, NULL), sha224 = 0, dsa = 0;

    for (int i = 0; i < count; i++) {
        int sign, hash;

        SSL_get_sigalgs(pair->ssl[CLIENT], i, &sign, &hash, NULL, NULL, NULL);
        sha224 += hash == NID_sha224;
        dsa += sign == NID_dsa;
    }
    CHECK_EQ(sha224, 2);
    CHECK_EQ(dsa, 0);
    pair_free(pair);
}

/* In TLS 1.2 a client's key must be on one of the server's curves. */
TEST(curve_of_a_clients_key)
{
    static const struct {
        const char *identity, *groups;
        int is_taken;
    } cases[] = {{"ec", "X25519", 0}, {"ec", "X25519:P-256", 1}, {"brainpool", NULL, 0}, {"brainpool", "X25519:brainpoolP256r1", 1}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        struct outcome outcome[2];

        use_identity(pair->ctx[SERVER], "rsa");
        use_identity(pair->ctx[CLIENT], cases[i].identity);
        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "X25519:P-256:brainpoolP256r1"));
        if (cases[i].groups != NULL)
            CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], cases[i].groups));
        pair_over_wire(pair);
        if (cases[i].is_taken) {
            pair_handshake(pair);
            CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
        } else {
            pair_try(pair, outcome);
            CHECK_OUTCOME(outcome[SERVER], SSL_R_WRONG_CURVE);
        }
        pair_free(pair);
    }
}

static int names_in(const STACK_OF(X509_NAME) *names)
{
    return names == NULL ? -1 : sk_X509_NAME_num(names);
}

static int names_at_the_client(struct pair *pair)
{
    int count;

    pair_handshake(pair);
    count = names_in(SSL_get0_peer_CA_list(pair->ssl[CLIENT]));
    CHECK_EQ(names_in(SSL_get_client_CA_list(pair->ssl[CLIENT])), count);
    pair_disconnect(pair);
    return count;
}

/* "Where a mix of the two types of functions has been used on the server side then the 'client CA list' functions take precedence." An
 * empty list of theirs does not in truth: the other is sent. A connection's list overrides that of its context, of either kind. No
 * list is an empty one in TLS 1.2 and none in TLS 1.3. */
TEST_VERSIONS(lists_of_ca_names_take_precedence)
{
    struct pair *pair = pair_contexts(version);
    int none = version == TLS1_3_VERSION ? -1 : 0;

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    pair_over_wire(pair);
    CHECK_EQ(names_at_the_client(pair), none);
    CHECK_OK(SSL_CTX_add1_to_CA_list(pair->ctx[SERVER], lent_certificate("root")));
    CHECK_OK(SSL_CTX_add1_to_CA_list(pair->ctx[SERVER], lent_certificate("other")));
    pair_over_wire(pair);
    CHECK_EQ(names_in(SSL_get0_CA_list(pair->ssl[SERVER])), 2);
    CHECK_EQ(names_in(SSL_get_client_CA_list(pair->ssl[SERVER])), 0);
    CHECK_EQ(names_at_the_client(pair), 2);
    CHECK_OK(SSL_CTX_add_client_CA(pair->ctx[SERVER], lent_certificate("middle")));
    pair_over_wire(pair);
    CHECK_EQ(names_at_the_client(pair), 1);
    pair_over_wire(pair);
    SSL_set_client_CA_list(pair->ssl[SERVER], sk_X509_NAME_new_null());
    CHECK_EQ(names_at_the_client(pair), 2);
    pair_over_wire(pair);
    SSL_set_client_CA_list(pair->ssl[SERVER], sk_X509_NAME_new_null());
    CHECK_OK(SSL_add1_to_CA_list(pair->ssl[SERVER], lent_certificate("other")));
    CHECK_EQ(names_in(SSL_get0_CA_list(pair->ssl[SERVER])), 1);
    CHECK_EQ(names_in(SSL_CTX_get0_CA_list(pair->ctx[SERVER])), 2);
    CHECK_EQ(names_at_the_client(pair), 1);
    SSL_CTX_set_client_CA_list(pair->ctx[SERVER], NULL);
    pair_over_wire(pair);
    SSL_set0_CA_list(pair->ssl[SERVER], sk_X509_NAME_new_null());
    CHECK_EQ(names_at_the_client(pair), none);
    pair_free(pair);
}

/* "retrieves any previously set list of CAs set for s or if none are set the list from the parent SSL_CTX": from the context as it is
 * at the time. What is added twice is there twice. */
TEST_VERSIONS(ca_names_of_the_context_are_live)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    pair_over_wire(pair);
    CHECK_OK(SSL_CTX_add_client_CA(pair->ctx[SERVER], lent_certificate("root")));
    CHECK_OK(SSL_CTX_add_client_CA(pair->ctx[SERVER], lent_certificate("root")));
    CHECK_EQ(names_in(SSL_get_client_CA_list(pair->ssl[SERVER])), 2);
    CHECK_EQ(names_at_the_client(pair), 2);
    pair_over_wire(pair);
    CHECK_OK(SSL_add_client_CA(pair->ssl[SERVER], lent_certificate("other")));
    SSL_set_client_CA_list(pair->ssl[SERVER], NULL);
    CHECK_EQ(names_in(SSL_get_client_CA_list(pair->ssl[SERVER])), 2);
    CHECK_EQ(names_at_the_client(pair), 2);
    pair_free(pair);
}

/* "For TLS 1.3 the list of CA names … may be sent by a client", from the generic list alone; below "any list of CA names set is never
 * sent from client to server". */
TEST_VERSIONS(ca_names_of_a_client)
{
    for (int generic = 0; generic < 2; generic++) {
        struct pair *pair = pair_contexts(version);

        if (generic)
            CHECK_OK(SSL_CTX_add1_to_CA_list(pair->ctx[CLIENT], lent_certificate("root")));
        else
            CHECK_OK(SSL_CTX_add_client_CA(pair->ctx[CLIENT], lent_certificate("root")));
        pair_over_wire(pair);
        CHECK(SSL_get0_peer_CA_list(pair->ssl[SERVER]) == NULL);
        pair_handshake(pair);
        CHECK_EQ(names_in(SSL_get0_peer_CA_list(pair->ssl[SERVER])), generic && version == TLS1_3_VERSION ? 1 : -1);
        pair_free(pair);
    }
}

static int installs;

static int install_certificate(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
    (void)ssl;
    installs++;
    *certificate = load_certificate("client");
    *key = load_key("client");
    return 1;
}

/* SSL_CTX_set_client_cert_cb(3): "called when a client certificate is requested by a server and no certificate was yet set for the SSL
 * object"; with 0 "no certificate will be sent"; "it will permanently install the certificate and key for this SSL object. It will not
 * be reset by calling SSL_clear(3)." */
TEST_VERSIONS(client_certificate_callback_installs)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;

    trust(pair->ctx[SERVER], "root");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_client_cert_cb(pair->ctx[CLIENT], give_nothing);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(SSL_get_certificate(pair->ssl[CLIENT]) == NULL);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    pair_disconnect(pair);
    SSL_CTX_set_client_cert_cb(pair->ctx[CLIENT], install_certificate);
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    pair_handshake(pair);
    CHECK_EQ(installs, 1);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    CHECK_EQ(X509_cmp(SSL_get_certificate(client), lent_certificate("client")), 0);
    CHECK(SSL_CTX_get0_certificate(pair->ctx[CLIENT]) == NULL);
    pair_settle(pair);
    SSL_shutdown(client);
    SSL_shutdown(pair->ssl[SERVER]);
    CHECK_OK(SSL_clear(client));
    CHECK_EQ(X509_cmp(SSL_get_certificate(client), lent_certificate("client")), 0);
    pair_disconnect(pair);
    use_identity(pair->ctx[CLIENT], "client");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(installs, 1);
    pair_free(pair);
}

/* SSL_CTX_set0_CA_list(3): "SSL_add1_to_CA_list() appends the CA subject name extracted from x to the list of CAs sent to the peer for
 * s". A duplicate has lists of its own: another thread may work on it. */
TEST(ca_names_of_a_duplicate)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL *ssl = SSL_new(context), *copy;

    CHECK_OK(SSL_add1_to_CA_list(ssl, lent_certificate("root")));
    CHECK_OK(SSL_add_client_CA(ssl, lent_certificate("root")));
    copy = SSL_dup(ssl);
    CHECK_OK(SSL_add1_to_CA_list(ssl, lent_certificate("other")));
    CHECK_OK(SSL_add_client_CA(ssl, lent_certificate("other")));
    CHECK_EQ(sk_X509_NAME_num(SSL_get0_CA_list(copy)), 1);
    CHECK_EQ(sk_X509_NAME_num(SSL_get_client_CA_list(copy)), 1);
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(context);
}
