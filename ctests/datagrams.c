/*
 * A BIO over two queues of datagrams in memory, what tests ask of datagrams of DTLS (RFC 6347, 4.1
 * and 4.2.2), and a clock that tests move: both libraries ask libc what time it is.
 */
#include "support.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <openssl/bio.h>

void datagram_add(struct datagrams *queue, const void *bytes, size_t length)
{
    struct datagram **last = &queue->first, *datagram = malloc(sizeof(*datagram) + length);

    CHECK(datagram != NULL);
    while (*last != NULL)
        last = &(*last)->next;
    datagram->next = NULL;
    datagram->length = length;
    memcpy(datagram->bytes, bytes, length);
    *last = datagram;
    queue->count++;
}

struct datagram *datagram_at(struct datagrams *queue, size_t place)
{
    struct datagram *datagram = queue->first;

    while (place-- > 0 && datagram != NULL)
        datagram = datagram->next;
    CHECK(datagram != NULL);
    return datagram;
}

struct datagram *datagram_take(struct datagrams *queue, size_t place)
{
    struct datagram **link = &queue->first, *datagram;

    while (place-- > 0 && *link != NULL)
        link = &(*link)->next;
    datagram = *link;
    CHECK(datagram != NULL);
    *link = datagram->next;
    datagram->next = NULL;
    queue->count--;
    return datagram;
}

void datagrams_drop(struct datagrams *queue)
{
    while (queue->count > 0)
        free(datagram_take(queue, 0));
}

/* ---- the BIO ---- */

static int link_write(BIO *bio, const char *bytes, int length)
{
    struct link_end *end = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    end->mtu_exceeded = 0;
    if (end->fail_write) {
        errno = ECONNREFUSED;
        return -1;
    }
    if (end->full) {
        BIO_set_retry_write(bio);
        return -1;
    }
    if ((size_t)length > end->limit) {
        if (end->swallow)
            return length;
        end->mtu_exceeded = 1;
        errno = EMSGSIZE;
        return -1;
    }
    datagram_add(end->out, bytes, (size_t)length);
    end->sent++;
    if ((size_t)length > end->largest)
        end->largest = (size_t)length;
    return length;
}

static int link_read(BIO *bio, char *bytes, int length)
{
    struct link_end *end = BIO_get_data(bio);
    struct datagram *datagram;
    size_t taken;

    BIO_clear_retry_flags(bio);
    if (end->in->count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    datagram = datagram_take(end->in, 0);
    taken = datagram->length < (size_t)length ? datagram->length : (size_t)length;
    memcpy(bytes, datagram->bytes, taken);
    free(datagram);
    return (int)taken;
}

static long link_ctrl(BIO *bio, int command, long number, void *pointer)
{
    struct link_end *end = BIO_get_data(bio);

    (void)number;
    switch (command) {
    case BIO_CTRL_FLUSH:
        end->flushed = end->sent;
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
        return end->mtu;
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return end->fallback_mtu;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
        return 28;
    case BIO_CTRL_DGRAM_SET_MTU:
        return number;
    case BIO_CTRL_DGRAM_MTU_EXCEEDED: {
        int exceeded = end->mtu_exceeded;

        end->mtu_exceeded = 0;
        return exceeded;
    }
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
        end->timer_set++;
        end->has_deadline = ((struct timeval *)pointer)->tv_sec != 0 || ((struct timeval *)pointer)->tv_usec != 0;
        return 1;
    default:
        return 0;
    }
}

BIO *link_bio(struct link_end *end)
{
    static BIO_METHOD *method;
    BIO *bio;

    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "link");
        CHECK(method != NULL);
        BIO_meth_set_write(method, link_write);
        BIO_meth_set_read(method, link_read);
        BIO_meth_set_ctrl(method, link_ctrl);
    }
    bio = BIO_new(method);
    CHECK(bio != NULL);
    BIO_set_data(bio, end);
    BIO_set_init(bio, 1);
    return bio;
}

/* ---- the clock ---- */

static struct timespec stopped;
static int is_stopped;

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (is_stopped) {
        *now = stopped;
        return 0;
    }
    return (int)syscall(SYS_clock_gettime, clock, now);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec time;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &time);
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    if (now != NULL)
        *now = time.tv_sec;
    return time.tv_sec;
}

void advance_clock(long microseconds)
{
    if (!is_stopped)
        clock_gettime(CLOCK_REALTIME, &stopped);
    is_stopped = 1;
    stopped.tv_sec += microseconds / 1000000;
    stopped.tv_nsec += microseconds % 1000000 * 1000;
    if (stopped.tv_nsec >= 1000000000) {
        stopped.tv_sec++;
        stopped.tv_nsec -= 1000000000;
    }
}

/* ---- what is in a datagram ---- */

static uint64_t number(const unsigned char *bytes, int length)
{
    uint64_t value = 0;

    for (int i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void put(unsigned char *bytes, int length, uint64_t value)
{
    for (int i = length - 1; i >= 0; i--, value >>= 8)
        bytes[i] = (unsigned char)value;
}

int next_record(struct datagram *datagram, size_t *offset, struct record *record)
{
    unsigned char *header = datagram->bytes + *offset;

    if (*offset == datagram->length)
        return 0;
    CHECK(datagram->length - *offset >= DTLS1_RT_HEADER_LENGTH);
    *record = (struct record){.type = header[0],
                              .version = (int)number(header + 1, 2),
                              .epoch = (int)number(header + 3, 2),
                              .sequence = number(header + 5, 6),
                              .length = (size_t)number(header + 11, 2),
                              .header = header,
                              .body = header + DTLS1_RT_HEADER_LENGTH};
    *offset += DTLS1_RT_HEADER_LENGTH + record->length;
    CHECK(*offset <= datagram->length);
    return 1;
}

void put_record_header(unsigned char header[13], int type, int version, int epoch, uint64_t sequence,
                       size_t length)
{
    put(header, 1, (uint64_t)type);
    put(header + 1, 2, (uint64_t)version);
    put(header + 3, 2, (uint64_t)epoch);
    put(header + 5, 6, sequence);
    put(header + 11, 2, length);
}

void put_fragment_header(unsigned char header[12], int type, size_t message_length, int sequence,
                         size_t offset, size_t length)
{
    put(header, 1, (uint64_t)type);
    put(header + 1, 3, message_length);
    put(header + 4, 2, (uint64_t)sequence);
    put(header + 6, 3, offset);
    put(header + 9, 3, length);
}
