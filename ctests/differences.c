/* What FERROSSL_LOG says of functions that differ from OpenSSL's on purpose: each once in a process. README has the list. */
#include "support.h"

#include <unistd.h>

TESTS_OF_FIRST_USE

/* How often the text stands in the file. */
static int occurrences(const char *path, const char *text)
{
    char line[512];
    FILE *file = fopen(path, "r");
    int count = 0;

    CHECK(file != NULL);
    while (fgets(line, sizeof(line), file) != NULL)
        count += strstr(line, text) != NULL;
    fclose(file);
    return count;
}

TEST(functions_that_differ_say_so_once)
{
    static const char *const functions[] = { "SSL_CTX_set_tlsext_use_srtp", "SSL_set_tlsext_use_srtp",
                                             "SSL_export_keying_material", "SSL_set_ssl_method" };
    char path[] = "/tmp/differences-XXXXXX";
    unsigned char out[16];
    struct pair *pair;

    close(mkstemp(path));
    CHECK_EQ(setenv("FERROSSL_LOG", path, 1), 0);
    pair = pair_contexts(TLS1_2_VERSION);
    for (int twice = 0; twice < 2; twice++) {
        SSL *self;

        CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[SERVER], "SRTP_AES128_CM_SHA1_80"), 0);
        pair_over_wire(pair);
        self = pair->ssl[CLIENT];
        CHECK_EQ(SSL_set_tlsext_use_srtp(self, "SRTP_AES128_CM_SHA1_80"), 0);
        CHECK(SSL_set_ssl_method(self, TLS_client_method()) == 1);
        if (on_the_oracle()) {
            pair_disconnect(pair);
            continue;
        }
        if (twice == 0)
            CHECK_EQ(occurrences(path, "SSL_set_ssl_method"), 0);
        CHECK_EQ(SSL_connect(self), -1);
        CHECK(SSL_export_keying_material(self, out, sizeof(out), "label", 5, NULL, 0, 0) <= 0);
        CHECK(SSL_set_ssl_method(self, TLS_client_method()) == 1);
        pair_disconnect(pair);
    }
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        char text[64];

        snprintf(text, sizeof(text), "note: %s differs", functions[i]);
        CHECK_EQ(occurrences(path, text), !on_the_oracle());
    }
    unlink(path);
    ERR_clear_error();
    pair_free(pair);
}
