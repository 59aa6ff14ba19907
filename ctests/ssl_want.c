#include "support.h"
TEST_VERSIONS(smoke)
{
    struct pair *pair = pair_established(version);
    check_alive(pair);
    pair_free(pair);
    pair = pair_contexts(version);
    pair_over_memory(pair);
    pair_handshake(pair);
    check_alive(pair);
    pair_disconnect(pair);
    pair_over_bio_pair(pair, 100);
    pair_handshake(pair);
    pair_free(pair);
}
