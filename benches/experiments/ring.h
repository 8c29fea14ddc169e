/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An io_uring by raw system calls, for epoll_ctl and epoll_wait in batches. Everything that makes it cheap is on: one
 * thread submits, completions are left until asked for, and the kernel does not look its descriptor up at each call. */
#ifndef EXPERIMENTS_RING_H
#define EXPERIMENTS_RING_H

#include <linux/io_uring.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "../programs/bench.h"

enum {
  RING_ENTRIES = 128,
  OP_EPOLL_WAIT = 59, /* since Linux 6.15; headers are often older */
  WAIT_TAG = -1,
};

struct ring_memory {
  void *rings, *entries;
  size_t rings_size, entries_size;
};

struct uring {
  int fd, registered;
  struct ring_memory memory;
  _Atomic unsigned *submission_tail, *completion_head, *completion_tail;
  unsigned *submission_array, submission_mask, completion_mask;
  struct io_uring_sqe *submissions;
  struct io_uring_cqe *completions;
  struct epoll_event events[RING_ENTRIES]; /* those of the registrations that are queued */
  unsigned queued;
};

static inline int uring_open(struct uring *ring) {
  struct io_uring_params p = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
  ring->fd = (int)syscall(SYS_io_uring_setup, RING_ENTRIES, &p);
  if (ring->fd == -1) return 0;
  struct ring_memory *m = &ring->memory;
  m->rings_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
  m->entries_size = p.sq_entries * sizeof(struct io_uring_sqe);
  m->rings = mmap(NULL, m->rings_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
  m->entries = mmap(NULL, m->entries_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
  must(m->rings != MAP_FAILED && m->entries != MAP_FAILED, "mmap");
  char *at = m->rings;
  ring->submission_tail = (_Atomic unsigned *)(at + p.sq_off.tail);
  ring->completion_head = (_Atomic unsigned *)(at + p.cq_off.head);
  ring->completion_tail = (_Atomic unsigned *)(at + p.cq_off.tail);
  ring->submission_array = (unsigned *)(at + p.sq_off.array);
  ring->submission_mask = p.sq_entries - 1;
  ring->completion_mask = p.cq_entries - 1;
  ring->completions = (struct io_uring_cqe *)(at + p.cq_off.cqes);
  ring->submissions = m->entries;
  ring->queued = 0;
  struct io_uring_rsrc_update update = {.offset = -1U, .data = (unsigned)ring->fd};
  must(syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_RING_FDS, &update, 1) == 1, "IORING_REGISTER_RING_FDS");
  ring->registered = (int)update.offset;
  return 1;
}

static inline void uring_close(struct uring *ring) {
  struct io_uring_rsrc_update update = {.offset = (unsigned)ring->registered};
  must(syscall(SYS_io_uring_register, ring->fd, IORING_UNREGISTER_RING_FDS, &update, 1) == 1, "IORING_UNREGISTER_RING_FDS");
  munmap(ring->memory.rings, ring->memory.rings_size);
  munmap(ring->memory.entries, ring->memory.entries_size);
  close(ring->fd);
}

static inline struct io_uring_sqe *uring_queue(struct uring *ring) {
  unsigned tail = atomic_load_explicit(ring->submission_tail, memory_order_relaxed);
  struct io_uring_sqe *entry = &ring->submissions[tail & ring->submission_mask];
  memset(entry, 0, sizeof *entry);
  ring->submission_array[tail & ring->submission_mask] = tail & ring->submission_mask;
  atomic_store_explicit(ring->submission_tail, tail + 1, memory_order_release);
  ring->queued++;
  return entry;
}

/* Queues epoll_ctl(EPOLL_CTL_ADD). The event stays here until the kernel has looked at it. */
static inline void uring_add(struct uring *ring, int instance, int fd, struct epoll_event event) {
  struct epoll_event *kept = &ring->events[ring->queued];
  *kept = event;
  struct io_uring_sqe *entry = uring_queue(ring);
  entry->opcode = IORING_OP_EPOLL_CTL;
  entry->fd = instance;
  entry->off = (uint64_t)fd;
  entry->len = EPOLL_CTL_ADD;
  entry->addr = (uintptr_t)kept;
  entry->user_data = (uint64_t)fd;
}

/* Queues epoll_wait. */
static inline void uring_wait(struct uring *ring, int instance, struct epoll_event *events, unsigned room) {
  struct io_uring_sqe *entry = uring_queue(ring);
  entry->opcode = OP_EPOLL_WAIT;
  entry->fd = instance;
  entry->addr = (uintptr_t)events;
  entry->len = room;
  entry->user_data = (uint64_t)WAIT_TAG;
}

/* One system call: has everything that is queued done, and waits until it is. Returns what the queued epoll_wait did, else 0;
 * -1 with errno if a registration has failed. */
static inline int uring_enter(struct uring *ring) {
  unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_REGISTERED_RING;
  int found = 0, failed = 0;
  int taken = (int)syscall(SYS_io_uring_enter, ring->registered, ring->queued, ring->queued, flags, NULL, 0);
  must(taken == (int)ring->queued, "io_uring_enter");
  unsigned head = atomic_load_explicit(ring->completion_head, memory_order_relaxed);
  unsigned tail = atomic_load_explicit(ring->completion_tail, memory_order_acquire);
  must(tail - head == ring->queued, "all are done");
  for (; head != tail; head++) {
    struct io_uring_cqe *done = &ring->completions[head & ring->completion_mask];
    if (done->user_data == (uint64_t)WAIT_TAG && done->res >= 0) found = done->res;
    else if (done->res != 0) failed = -done->res;
  }
  atomic_store_explicit(ring->completion_head, head, memory_order_release);
  ring->queued = 0;
  errno = failed;
  return failed ? -1 : found;
}

#endif
