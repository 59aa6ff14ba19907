/* The configuration languages: cipher strings, lists, SSL_CONF. */
#include "runner.h"

static void say_suites(SSL_CTX *context)
{
    STACK_OF(SSL_CIPHER) *suites = SSL_CTX_get_ciphers(context);
    char line[8192] = "";
    size_t used = 0;
    int index;

    for (index = 0; suites != NULL && index < sk_SSL_CIPHER_num(suites); index++)
        used += (size_t)snprintf(line + used, sizeof(line) - used, " %s", SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, index)));
    say("    %d:%s", suites != NULL ? sk_SSL_CIPHER_num(suites) : -1, line);
    say("    level %d, versions %lx %lx, options %llx", SSL_CTX_get_security_level(context), (long)SSL_CTX_get_min_proto_version(context), (long)SSL_CTX_get_max_proto_version(context), (unsigned long long)SSL_CTX_get_options(context));
}

static void cipher_string(void)
{
    SSL_CTX *context = world.context[below(CONTEXTS)];
    const char *string = any_cipher_string();

    called(SSL_CTX_set_cipher_list(context, string), "ciphers %s", string);
    say_suites(context);
}

static void suites_string(void)
{
    SSL_CTX *context = world.context[below(CONTEXTS)];
    const char *string = any_ciphersuites();

    called(SSL_CTX_set_ciphersuites(context, string), "suites %s", string);
    say_suites(context);
}

static void lists(void)
{
    SSL_CTX *context = world.context[below(CONTEXTS)];
    const char *string;

    switch (below(3)) {
    case 0:
        string = any_groups_list();
        called((long)SSL_CTX_set1_groups_list(context, string), "groups %s", string);
        break;
    case 1:
        string = any_sigalgs_list();
        called((long)SSL_CTX_set1_sigalgs_list(context, string), "schemes %s", string);
        break;
    default:
        string = any_sigalgs_list();
        called((long)SSL_CTX_set1_client_sigalgs_list(context, string), "client schemes %s", string);
        break;
    }
}

static const char *const commands[] = {
    "sigalgs", "client_sigalgs", "groups", "named_curve", "cipher", "ciphersuites", "cert", "key", "dhparam", "record_padding", "min_protocol", "max_protocol", "bugs",
    "comp", "no_comp", "no_ticket", "serverpref", "legacy_renegotiation", "legacyrenegotiation", "no_renegotiation", "no_resumption_on_reneg", "legacy_server_connect", "no_legacy_server_connect", "prioritize_chacha",
    "allow_no_dhe_kex", "no_middlebox", "anti_replay", "no_anti_replay", "no_etm", "no_ems", "strict", "no_ssl3", "no_tls1", "no_tls1_1", "no_tls1_2", "no_tls1_3", "curves", "ecdh_single", "no_tx_cert_comp", "client_renegotiation", "no_such",
    "SignatureAlgorithms", "ClientSignatureAlgorithms", "Groups", "Curves", "ECDHParameters", "CipherString", "Ciphersuites", "Certificate", "PrivateKey", "ServerInfoFile", "DHParameters", "RecordPadding", "SignatureAlgorithms",
    "MinProtocol", "MaxProtocol", "Protocol", "Options", "VerifyMode", "VerifyCAFile", "VerifyCAPath", "VerifyCAStore", "ChainCAFile", "ChainCAPath", "ChainCAStore", "RequestCAFile", "ClientCAFile", "RequestCAPath", "ClientCAPath", "RequestCAStore", "ClientCAStore", "NumTickets",
    "chainCAfile", "chainCApath", "chainCAstore", "verifyCAfile", "verifyCApath", "requestCAFile", "requestCAPath", "num_tickets", "NoSuch", "",
};

static const char *command_value(const char *command)
{
    static char built[512];
    static const char *const plain[] = {
        "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", "None", "DTLSv1", "DTLSv1.2", "0", "1", "2", "-1", "16384", "16385", "100", "", "yes", "no", "on", "true", "auto", "automatic", "ALL", "-ALL",
        "SessionTicket", "-SessionTicket,Compression", "ServerPreference", "-EmptyFragments", "Bugs", "Compression", "-Compression", "DHSingle", "ECDHSingle", "UnsafeLegacyRenegotiation",
        "UnsafeLegacyServerConnect", "EncryptThenMac", "-EncryptThenMac", "NoRenegotiation", "AllowNoDHEKEX", "PrioritizeChaCha", "MiddleboxCompat", "-MiddleboxCompat", "AntiReplay", "-AntiReplay", "ExtendedMasterSecret",
        "-ExtendedMasterSecret", "CANames", "KTLS", "-KTLS", "NoResumptionOnRenegotiation", "ClientRenegotiation", "StrictCertCheck", "TxCertificateCompression", "Peer", "Request", "Require", "Once", "RequestPostHandshake", "RequirePostHandshake", "Peer,Once", "ALL,-TLSv1", "-TLSv1.3", "ALL,-SSLv3,-TLSv1.2", "TLSv1.2, TLSv1.1", "SessionTicket, Garbage", "+SessionTicket",
        "tlsv1.2", " TLSv1.2", "P-256", "brainpoolP256r1", "/nonexistent",
    };
    int kind = below(10);

    if (kind == 0)
        return NULL;
    if (kind == 1)
        return any_cipher_string();
    if (strstr(command, "ipher") && strstr(command, "uites"))
        return any_ciphersuites();
    if (strstr(command, "ipher"))
        return any_cipher_string();
    if (strstr(command, "sigalgs") || strstr(command, "Signature"))
        return any_sigalgs_list();
    if (strstr(command, "roups") || strstr(command, "urves"))
        return any_groups_list();
    if (strstr(command, "cert") || strstr(command, "Cert") || strstr(command, "File") || strstr(command, "file")) {
        snprintf(built, sizeof(built), "%s", path_of(any_certificate_name(), kind == 2 ? "key" : "pem"));
        return built;
    }
    if (strstr(command, "rivateKey") || strcmp(command, "key") == 0) {
        snprintf(built, sizeof(built), "%s", path_of(any_certificate_name(), "key"));
        return built;
    }
    return ANY(plain);
}

static void configuration(void)
{
    static const unsigned int flags[] = {SSL_CONF_FLAG_CLIENT, SSL_CONF_FLAG_SERVER, SSL_CONF_FLAG_CERTIFICATE, SSL_CONF_FLAG_SHOW_ERRORS, SSL_CONF_FLAG_REQUIRE_PRIVATE};
    static const char *const prefixes[] = {NULL, NULL, NULL, "-", "ssl_", "SSL"};
    SSL_CONF_CTX *configuration = SSL_CONF_CTX_new();
    SSL_CTX *context = world.context[below(CONTEXTS)];
    SSL *ssl = NULL;
    const char *prefix = ANY(prefixes);
    unsigned int all = one_in(2) ? SSL_CONF_FLAG_FILE : SSL_CONF_FLAG_CMDLINE;
    int count, target = below(12), finish = one_in(3);

    if (one_in(20))
        all |= SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CMDLINE;
    if (one_in(2))
        all |= SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE | SSL_CONF_FLAG_SHOW_ERRORS;
    for (count = below(4); count > 0; count--)
        all |= ANY(flags);
    called((long)SSL_CONF_CTX_set_flags(configuration, all), "flags %x", all);
    if (prefix != NULL)
        called(SSL_CONF_CTX_set1_prefix(configuration, prefix), "prefix %s", prefix);
    if (target == 0) {
        say("  nothing to configure");
    } else if (target < 4) {
        ssl = SSL_new(context);
        say_errors();
        if (ssl != NULL)
            SSL_CONF_CTX_set_ssl(configuration, ssl);
    } else {
        SSL_CONF_CTX_set_ssl_ctx(configuration, context);
    }
    for (count = 1 + below(3); count > 0; count--) {
        char name[64];
        const char *command = ANY(commands), *value = command_value(command);

        snprintf(name, sizeof(name), "%s%s", one_in(8) ? ANY(prefixes) != NULL ? "-" : "" : prefix != NULL ? prefix : (all & SSL_CONF_FLAG_CMDLINE) ? "-" : "", command);
        if (one_in(4)) {
            called(SSL_CONF_cmd_value_type(configuration, name), "value type of %s", name);
        } else if ((all & SSL_CONF_FLAG_CMDLINE) && one_in(3)) {
            char *words[] = {name, (char *)value, NULL}, **rest = words;
            int number = value != NULL ? 2 : 1, before = number, result;

            result = SSL_CONF_cmd_argv(configuration, &number, &rest);
            called(result, "argv %s %s", name, strrchr(text(value), '/') != NULL ? strrchr(value, '/') : text(value));
            say("    %d left, %d taken", number, (int)(rest - words));
            (void)before;
        } else {
            called(SSL_CONF_cmd(configuration, one_in(40) ? NULL : name, value), "%s %s", name, strrchr(text(value), '/') != NULL ? strrchr(value, '/') : text(value));
        }
    }
    if (finish)
        called(SSL_CONF_CTX_finish(configuration), "finish");
    if (ssl != NULL)
        say("    verify %d, options %llx, versions %lx %lx, certificate %d, key %d, tickets %zu", SSL_get_verify_mode(ssl), (unsigned long long)SSL_get_options(ssl), (long)SSL_get_min_proto_version(ssl), (long)SSL_get_max_proto_version(ssl), SSL_get_certificate(ssl) != NULL, SSL_get_privatekey(ssl) != NULL, SSL_get_num_tickets(ssl));
    else
        say_suites(context);
    say("    verify %d, certificate %d, key %d, CAs %d %d, tickets %zu", SSL_CTX_get_verify_mode(context), SSL_CTX_get0_certificate(context) != NULL, SSL_CTX_get0_privatekey(context) != NULL,
        SSL_CTX_get_client_CA_list(context) != NULL ? sk_X509_NAME_num(SSL_CTX_get_client_CA_list(context)) : -1, SSL_CTX_get0_CA_list(context) != NULL ? sk_X509_NAME_num(SSL_CTX_get0_CA_list(context)) : -1, SSL_CTX_get_num_tickets(context));
    SSL_free(ssl);
    SSL_CONF_CTX_free(configuration);
    say_errors();
}

/* Numbers of DTLS, which has tests of its own, and those that only later versions of OpenSSL have. */
static int is_left_out(int command)
{
    static const int left_out[] = {
        SSL_CTRL_SET_MTU, DTLS_CTRL_GET_TIMEOUT, DTLS_CTRL_HANDLE_TIMEOUT, DTLS_CTRL_SET_LINK_MTU, DTLS_CTRL_GET_LINK_MIN_MTU, 139, 140, 141,
    };
    size_t index;

    for (index = 0; index < sizeof(left_out) / sizeof(left_out[0]); index++)
        if (left_out[index] == command)
            return 1;
    return 0;
}

/* A control number with an argument that may or may not fit it, on a context and on a connection. */
static void control(void)
{
    static const long numbers[] = {0, 1, 2, 3, -1, 512, 16384, 80, 0x303, 0x304};
    static int integers[] = {NID_X9_62_prime256v1, NID_secp384r1, NID_sha256, EVP_PKEY_RSA};
    static unsigned char types[] = {1, 64, 0, 0, 0, 0, 0, 0};
    void *answer = NULL;
    SSL_CTX *context = world.context[below(CONTEXTS)];
    SSL *ssl = one_in(2) ? SSL_new(context) : NULL;
    int command = below(201), kind = below(6);
    long number = ANY(numbers), result;
    void *pointer = NULL;

    say_errors();
    if (is_left_out(command)) {
        SSL_free(ssl);
        return;
    }
    switch (command) {
    case SSL_CTRL_SET_GROUPS:
    case SSL_CTRL_SET_SIGALGS:
    case SSL_CTRL_SET_CLIENT_SIGALGS:
        pointer = kind == 0 ? NULL : integers;
        number = below(5);
        break;
    case SSL_CTRL_SET_CLIENT_CERT_TYPES:
        pointer = kind == 0 ? NULL : types;
        number = below(9);
        break;
    case SSL_CTRL_SET_GROUPS_LIST:
        pointer = (void *)any_groups_list();
        break;
    case SSL_CTRL_SET_SIGALGS_LIST:
    case SSL_CTRL_SET_CLIENT_SIGALGS_LIST:
        pointer = (void *)any_sigalgs_list();
        break;
    case SSL_CTRL_SET_TLSEXT_HOSTNAME:
        pointer = kind == 0 ? NULL : (void *)(kind == 1 ? "" : "server.example");
        break;
    case SSL_CTRL_CHAIN_CERT:
    case SSL_CTRL_SELECT_CURRENT_CERT:
        pointer = certificate(any_certificate_name());
        number = 1;
        break;
    case SSL_CTRL_EXTRA_CHAIN_CERT:
        pointer = certificate(any_certificate_name());
        X509_up_ref(pointer);
        break;
    case SSL_CTRL_GET_EXTRA_CHAIN_CERTS:
    case SSL_CTRL_GET_CHAIN_CERTS:
    case SSL_CTRL_GET_VERIFY_CERT_STORE:
    case SSL_CTRL_GET_CHAIN_CERT_STORE:
    case SSL_CTRL_GET_TLSEXT_STATUS_REQ_CB:
    case SSL_CTRL_GET_TLSEXT_STATUS_REQ_CB_ARG:
    case SSL_CTRL_GET_TLSEXT_STATUS_REQ_EXTS:
    case SSL_CTRL_GET_TLSEXT_STATUS_REQ_IDS:
    case SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP:
    case SSL_CTRL_GET_PEER_SIGNATURE_NID:
    case SSL_CTRL_GET_SIGNATURE_NID:
    case SSL_CTRL_GET_PEER_TMP_KEY:
    case SSL_CTRL_GET_TMP_KEY:
    case SSL_CTRL_GET_CLIENT_CERT_TYPES:
    case SSL_CTRL_GET_EC_POINT_FORMATS:
    case SSL_CTRL_GET_RAW_CIPHERLIST:
        pointer = &answer;
        break;
    default:
        break;
    }
    result = ssl != NULL ? SSL_ctrl(ssl, command, number, pointer) : SSL_CTX_ctrl(context, command, number, pointer);
    called(result, "%s control %d, %ld, %s", ssl != NULL ? "connection" : "context", command, number, pointer != NULL ? "pointer" : "null");
    if (pointer == &answer)
        say("    answer %s", answer != NULL ? "pointer" : "null");
    result = ssl != NULL ? SSL_callback_ctrl(ssl, command, NULL) : SSL_CTX_callback_ctrl(context, command, NULL);
    called(result, "callback control %d", command);
    SSL_free(ssl);
}

const struct step string_steps[] = {
    {"cipher string", cipher_string, {0, 0, 0, 20}},
    {"suites string", suites_string, {0, 0, 0, 5}},
    {"lists", lists, {0, 0, 0, 12}},
    {"control", control, {0, 0, 0, 20}},
    {"configuration", configuration, {1, 1, 0, 20}},
    {NULL, NULL, {0}},
};
