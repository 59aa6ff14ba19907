/*
 * growth - what an operation costs, and how much memory it takes, against how many things there are.
 *
 *     growth CERTS-DIRECTORY MEASURE NUMBER
 *
 * Prints tab-separated rows: measure, number, metric, value, unit. CPU times are of the calling thread. It uses the
 * public C interface only; growth.py runs it on two libraries.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

static const char *certs, *measure;
static long number;
static X509 *leaf, *intermediate;
static EVP_PKEY *key;

static void die(const char *what)
{
	fprintf(stderr, "growth: %s\n", what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static double cpu_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static double heap_bytes(void)
{
	struct mallinfo2 m = mallinfo2();
	return (double)m.uordblks + (double)m.hblkhd;
}

static void row(const char *metric, double value, const char *unit)
{
	printf("%s\t%ld\t%s\t%.4g\t%s\n", measure, number, metric, value, unit);
}

static X509 *read_certificate(const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s.pem", certs, name);
	FILE *file = fopen(path, "r");
	X509 *certificate = file != NULL ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	if (certificate == NULL)
		die(path);
	fclose(file);
	return certificate;
}

static void read_files(void)
{
	char path[512];
	leaf = read_certificate("ecdsa-leaf");
	intermediate = read_certificate("ecdsa-inter");
	snprintf(path, sizeof path, "%s/ecdsa-leaf.key", certs);
	FILE *file = fopen(path, "r");
	key = file != NULL ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
	if (key == NULL)
		die(path);
	fclose(file);
}

static SSL_CTX *server_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	if (ctx == NULL || SSL_CTX_use_certificate(ctx, leaf) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
		die("a server's context");
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"growth", 6);
	return ctx;
}

static SSL_CTX *client_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	if (ctx == NULL)
		die("a client's context");
	return ctx;
}

struct pair {
	SSL *client, *server;
	double client_us, server_us;
};

static int turn(SSL *ssl)
{
	int ret = SSL_do_handshake(ssl);
	if (ret != 1 && SSL_get_error(ssl, ret) != SSL_ERROR_WANT_READ)
		die("the handshake failed");
	return ret == 1;
}

static struct pair establish(SSL_CTX *cctx, SSL_CTX *sctx, const char *name)
{
	struct pair c = {SSL_new(cctx), SSL_new(sctx), 0, 0};
	BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
	if (c.client == NULL || c.server == NULL || up == NULL || down == NULL)
		die("out of memory");
	BIO_set_mem_eof_return(up, -1);
	BIO_set_mem_eof_return(down, -1);
	BIO_up_ref(up);
	BIO_up_ref(down);
	SSL_set_bio(c.client, down, up);
	SSL_set_bio(c.server, up, down);
	SSL_set_connect_state(c.client);
	SSL_set_accept_state(c.server);
	if (name != NULL)
		SSL_set_tlsext_host_name(c.client, name);
	for (int done = 0; done != 3;) {
		double t0 = cpu_us();
		if ((done & 1) == 0)
			done |= turn(c.client);
		double t1 = cpu_us();
		if ((done & 2) == 0)
			done |= turn(c.server) << 1;
		c.client_us += t1 - t0;
		c.server_us += cpu_us() - t1;
	}
	return c;
}

static void disband(struct pair c)
{
	SSL_free(c.client);
	SSL_free(c.server);
}

/* Some handshakes; the server's and the client's time for one. */
static void handshakes(SSL_CTX *cctx, SSL_CTX *sctx, const char *name)
{
	enum { COUNT = 200 };
	double client = 0, server = 0;
	disband(establish(cctx, sctx, name));
	for (int i = 0; i < COUNT; i++) {
		struct pair c = establish(cctx, sctx, name);
		client += c.client_us;
		server += c.server_us;
		disband(c);
	}
	row("client", client / COUNT, "us");
	row("server", server / COUNT, "us");
}

/* ------------------------------------------------- contexts chosen by name */

static SSL_CTX **contexts;

static int choose(SSL *ssl, int *alert, void *argument)
{
	(void)alert;
	(void)argument;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	long index = name != NULL ? strtol(name + 1, NULL, 10) : 0;
	SSL_set_SSL_CTX(ssl, contexts[index % number]);
	return SSL_TLSEXT_ERR_OK;
}

static void measure_contexts(void)
{
	contexts = calloc((size_t)number, sizeof *contexts);
	SSL_CTX *first = server_context(), *cctx = client_context();
	SSL_CTX_set_tlsext_servername_callback(first, choose);
	double heap = heap_bytes(), t0 = cpu_us();
	for (long i = 0; i < number; i++)
		contexts[i] = server_context();
	row("make", (cpu_us() - t0) / (double)number, "us");
	row("memory", (heap_bytes() - heap) / (double)number, "B");
	char name[32];
	snprintf(name, sizeof name, "n%ld.example", number - 1);
	handshakes(cctx, first, name);
	t0 = cpu_us();
	for (long i = 0; i < number; i++)
		SSL_CTX_free(contexts[i]);
	row("free", (cpu_us() - t0) / (double)number, "us");
}

/* ------------------------------------------------------ the session cache */

static SSL_SESSION *session_of(SSL_SESSION *model, uint64_t index)
{
	unsigned char id[32] = {0};
	/* Spread as random identifiers are. */
	uint64_t mixed = index * 0x9e3779b97f4a7c15u;
	memcpy(id, &mixed, sizeof mixed);
	memcpy(id + 8, &index, sizeof index);
	SSL_SESSION *session = SSL_SESSION_dup(model);
	/* A later one expires later, as in real life. */
	SSL_SESSION_set_timeout(session, 100 + (long)(index * 1000 / (uint64_t)number));
	if (session == NULL || SSL_SESSION_set1_id(session, id, sizeof id) != 1)
		die("a session");
	return session;
}

static void measure_sessions(void)
{
	SSL_CTX *sctx = server_context(), *cctx = client_context();
	SSL_CTX_set_max_proto_version(cctx, TLS1_2_VERSION);
	SSL_CTX_set_options(sctx, SSL_OP_NO_TICKET);
	struct pair c = establish(cctx, sctx, NULL);
	SSL_SESSION *model = SSL_get1_session(c.server);
	disband(c);
	SSL_CTX_sess_set_cache_size(sctx, 0);
	double heap = heap_bytes(), spent = 0;
	long expiring = 0;
	long now = SSL_SESSION_get_time(model);
	for (long i = 0; i < number; i++) {
		SSL_SESSION *session = session_of(model, (uint64_t)i);
		expiring += i * 1000 / number < 500;
		double t0 = cpu_us();
		if (SSL_CTX_add_session(sctx, session) != 1)
			die("SSL_CTX_add_session");
		spent += cpu_us() - t0;
		SSL_SESSION_free(session);
	}
	row("insert", spent / (double)number, "us");
	row("memory", (heap_bytes() - heap) / (double)number, "B");
	spent = 0;
	long looks = 0;
	/* OpenSSL goes through all of them each time. */
	for (; looks < 10000 && spent < 2e6; looks++) {
		SSL_SESSION *session = session_of(model, (uint64_t)(looks * 7919 % number));
		double t0 = cpu_us();
		SSL_CTX_add_session(sctx, session); /* it is there: found, and replaced */
		spent += cpu_us() - t0;
		SSL_SESSION_free(session);
	}
	row("replace", spent / (double)looks, "us");
	double t0 = cpu_us();
	SSL_CTX_flush_sessions(sctx, now + 600);
	row("expire", (cpu_us() - t0) / (double)expiring, "us");
	handshakes(cctx, sctx, NULL);
	SSL_SESSION_free(model);
}

/* ------------------------------------------- names of CAs, chains, writes */

static void measure_names(void)
{
	SSL_CTX *sctx = server_context(), *cctx = client_context();
	STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
	for (long i = 0; i < number; i++) {
		char text[96];
		snprintf(text, sizeof text, "An authority with a name of usual length, number %ld", i);
		X509_NAME *name = X509_NAME_new();
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0);
		sk_X509_NAME_push(names, name);
	}
	SSL_CTX_set_client_CA_list(sctx, names);
	SSL_CTX_set_verify(sctx, SSL_VERIFY_PEER, NULL);
	handshakes(cctx, sctx, NULL);
}

static void measure_chain(void)
{
	SSL_CTX *sctx = server_context(), *cctx = client_context();
	for (long i = 1; i < number; i++)
		if (SSL_CTX_add1_chain_cert(sctx, intermediate) != 1)
			die("SSL_CTX_add1_chain_cert");
	handshakes(cctx, sctx, NULL);
}

static void measure_writes(void)
{
	SSL_CTX *sctx = server_context(), *cctx = client_context();
	struct pair c = establish(cctx, sctx, NULL);
	char byte = 'x';
	double t0 = cpu_us();
	for (long i = 0; i < number; i++)
		if (SSL_write(c.client, &byte, 1) != 1 || SSL_read(c.server, &byte, 1) != 1 ||
		    SSL_write(c.server, &byte, 1) != 1 || SSL_read(c.client, &byte, 1) != 1)
			die("a byte each way");
	row("turn", (cpu_us() - t0) / (double)number, "us");
	disband(c);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} measures[] = {
		{"contexts", measure_contexts}, {"sessions", measure_sessions}, {"names", measure_names},
		{"chain", measure_chain},       {"writes", measure_writes},
	};
	if (argc != 4 || (number = strtol(argv[3], NULL, 10)) < 1)
		die("usage: growth CERTS-DIRECTORY MEASURE NUMBER");
	certs = argv[1];
	measure = argv[2];
	read_files();
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
		if (strcmp(measure, measures[i].name) == 0) {
			measures[i].run();
			return 0;
		}
	die("no such measure");
}
