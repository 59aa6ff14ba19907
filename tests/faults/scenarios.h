/* What a program does with the library while something in it fails. */
#ifndef FAULTS_SCENARIOS_H
#define FAULTS_SCENARIOS_H

#include "../../ctests/support.h"

struct scenario {
    const char *name;
    int version; /* of a connection; 0: `call` makes none, or makes its own */
    /* Once, while nothing fails yet. */
    void (*prepare)(struct pair *pair);
    /* 1: well; -1: a call failed; 0: it did not come to an end. Instead of a connection, before its handshake, or after data
     * went both ways. */
    int (*call)(void);
    int (*before)(struct pair *pair);
    int (*after)(struct pair *pair);
    int in_new_process; /* what is done once in a process fails as well */
};

/* connections.c and calls.c; both end with an entry without a name. */
extern const struct scenario connections[], calls[];

/* Which fault is to happen; 0: none, all must be as it should. */
extern long fault;

/* Nothing fails from here on: what follows only looks at what came of it. Returns the function that failed. */
extern const char *(*disarm)(void);

/* What must be so whatever failed, if the calls before it went well. */
extern const char *unexpected;
#define EXPECT(condition) \
    do { \
        if (!(condition)) \
            unexpected = #condition; \
    } while (0)

/* calls.c: certificates and keys for CT and stapling, made while nothing fails. */
void serve_timestamps(struct pair *pair);
void staple_timestamps(struct pair *pair);
int valid_timestamps(struct pair *pair);

#endif
