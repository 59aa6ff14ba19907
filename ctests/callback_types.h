/* The types of callbacks as the Rust source has them. Written by `make headers`; the C compiler
 * compares them with those of the headers. */
typedef int (*SSL_CTX_alpn_select_cb_func)(SSL*, const unsigned char**, unsigned char*, const unsigned char*, unsigned int, void*);
typedef int (*SSL_async_callback_fn)(SSL*, void*);
typedef void (*SSL_CTX_keylog_cb_func)(const SSL*, const char*);
typedef int (*GEN_SESSION_CB)(SSL*, unsigned char*, unsigned int*);
typedef int (*SSL_client_hello_cb_fn)(SSL*, int*, void*);
typedef unsigned int (*DTLS_timer_cb)(SSL*, unsigned int);
typedef int (*SSL_allow_early_data_cb_fn)(SSL*, void*);
typedef int (*SSL_CTX_npn_advertised_cb_func)(SSL*, const unsigned char**, unsigned int*, void*);
typedef int (*SSL_CTX_npn_select_cb_func)(SSL*, unsigned char**, unsigned char*, const unsigned char*, unsigned int, void*);
typedef unsigned int (*SSL_psk_client_cb_func)(SSL*, const char*, char*, unsigned int, unsigned char*, unsigned int);
typedef unsigned int (*SSL_psk_server_cb_func)(SSL*, const char*, unsigned char*, unsigned int);
typedef int (*SSL_psk_use_session_cb_func)(SSL*, const EVP_MD*, const unsigned char**, size_t*, SSL_SESSION**);
typedef int (*SSL_psk_find_session_cb_func)(SSL*, const unsigned char*, size_t, SSL_SESSION**);
typedef int (*tls_session_secret_cb_fn)(SSL*, void*, int*, STACK_OF(SSL_CIPHER)*, const SSL_CIPHER**, void*);
typedef int (*tls_session_ticket_ext_cb_fn)(SSL*, const unsigned char*, int, void*);
typedef int (*SSL_CTX_generate_session_ticket_fn)(SSL*, void*);
typedef int (*SSL_CTX_decrypt_session_ticket_fn)(SSL*, SSL_SESSION*, const unsigned char*, size_t, int, void*);
typedef int (*ssl_ct_validation_cb)(const CT_POLICY_EVAL_CTX*, const STACK_OF(SCT)*, void*);
typedef int (*SSL_verify_cb)(int, X509_STORE_CTX*);
