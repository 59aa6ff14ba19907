/*
 * A BIO over two byte queues in memory that can be told to move little, to ask for retries (in
 * fixed or random places), to end, and to fail.
 */
#include "support.h"

#include <errno.h>

#include <openssl/bio.h>

void queue_add(struct queue *queue, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    if (queue->end + length > queue->capacity) {
        if (queue->start > 0)
            memmove(queue->bytes, queue->bytes + queue->start, queue_length(queue));
        queue->end -= queue->start;
        queue->start = 0;
        if (queue->end + length > queue->capacity) {
            queue->capacity = 2 * (queue->end + length);
            queue->bytes = realloc(queue->bytes, queue->capacity);
            CHECK(queue->bytes != NULL);
        }
    }
    memcpy(queue->bytes + queue->end, bytes, length);
    queue->end += length;
}

size_t queue_length(const struct queue *queue)
{
    return queue->end - queue->start;
}

void queue_drop(struct queue *queue, size_t length)
{
    queue->start += length;
    if (queue->start == queue->end)
        queue->start = queue->end = 0;
}

uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t smaller(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* How much of `wanted` a call may move now, by chunk, room and chance. */
static size_t allowance(struct wire_end *end, size_t wanted, size_t chunk, size_t room)
{
    static const size_t sizes[] = {1, 5, 600, 9000, 60000};
    size_t allowed = smaller(wanted, smaller(chunk, room));

    if (end->random != 0) {
        uint64_t dice = next_random(&end->random);

        if (dice % 3 == 0)
            return 0;
        allowed = smaller(allowed, 1 + (dice >> 8) % sizes[(dice >> 40) % 5]);
    }
    return allowed;
}

static int wire_write(BIO *bio, const char *bytes, int length)
{
    struct wire_end *end = BIO_get_data(bio);
    size_t allowed;

    BIO_clear_retry_flags(bio);
    end->writes++;
    if (end->fail_write) {
        errno = EPIPE;
        return -1;
    }
    if (queue_length(end->out) >= end->out_limit)
        allowed = 0;
    else
        allowed = allowance(end, (size_t)length, end->write_chunk, end->write_room);
    if (allowed == 0) {
        BIO_set_retry_write(bio);
        return -1;
    }
    queue_add(end->out, bytes, allowed);
    if (end->write_room != SIZE_MAX)
        end->write_room -= allowed;
    end->bytes_written += allowed;
    return (int)allowed;
}

static int wire_read(BIO *bio, char *bytes, int length)
{
    struct wire_end *end = BIO_get_data(bio);
    size_t allowed;

    BIO_clear_retry_flags(bio);
    end->reads++;
    if ((size_t)length > end->largest_read_request)
        end->largest_read_request = (size_t)length;
    if (end->fail_read) {
        errno = ECONNRESET;
        return -1;
    }
    if (queue_length(end->in) == 0 && end->eof)
        return 0;
    allowed = smaller(queue_length(end->in),
                      allowance(end, (size_t)length, end->read_chunk, end->read_room));
    if (allowed == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(bytes, end->in->bytes + end->in->start, allowed);
    queue_drop(end->in, allowed);
    if (end->read_room != SIZE_MAX)
        end->read_room -= allowed;
    end->bytes_read += allowed;
    return (int)allowed;
}

static long wire_ctrl(BIO *bio, int command, long number, void *pointer)
{
    struct wire_end *end = BIO_get_data(bio);

    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH:
        end->flushes++;
        if (end->fail_flush > 0) {
            end->fail_flush--;
            BIO_set_retry_write(bio);
            return -1;
        }
        return 1;
    case BIO_CTRL_PENDING:
        return (long)queue_length(end->in);
    case BIO_CTRL_EOF:
        return end->eof && !end->hide_eof && queue_length(end->in) == 0;
    default:
        return 0;
    }
}

BIO *wire_bio(struct wire_end *end)
{
    static BIO_METHOD *method;
    BIO *bio;

    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
        CHECK(method != NULL);
        BIO_meth_set_write(method, wire_write);
        BIO_meth_set_read(method, wire_read);
        BIO_meth_set_ctrl(method, wire_ctrl);
    }
    bio = BIO_new(method);
    CHECK(bio != NULL);
    BIO_set_data(bio, end);
    BIO_set_init(bio, 1);
    return bio;
}
