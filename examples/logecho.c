/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An echo server that keeps a log, to start from. It shows io.h together with buffer.h, fmt.h, ip6.h, socket.h and
 * taia.h:
 *
 *     logecho [-a address] [-p port] [-t seconds] [-l file]
 *
 * Each client gets back what it sends, until it ends the connection or sends nothing for so many seconds (60). The log goes
 * to standard error or is appended to the file, a line for each connection that begins or ends:
 *
 *     @400000006928415c1a2b3c4d open 127.0.0.1:40404
 *     @400000006928415f0c0d0e0f close 127.0.0.1:40404 1234 bytes 2.718281 seconds
 *
 * The label in front is the time in TAI64N; tai64nlocal(8) turns it into a date. Lines wait in a buffer for up
 * to a second, so that a busy server writes many at once. A file on a disk is written to with aio_write, in order because of
 * O_APPEND, so the server does not wait for the disk. If the file is a pipe that is not read from, it does not wait either: it
 * drops lines, counts them, and says how many when there is room again. */
#define _POSIX_C_SOURCE 200809L
#include <aio.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libowfat/buffer.h>
#include <libowfat/fmt.h>
#include <libowfat/io.h>
#include <libowfat/ip6.h>
#include <libowfat/open.h>
#include <libowfat/scan.h>
#include <libowfat/socket.h>
#include <libowfat/taia.h>
#include <libowfat/textcode.h>

/* How many connections are accepted before those that are open already get their turn. */
enum { ACCEPTS_PER_EVENT = 16 };

struct peer {
  char ip[16];
  uint16 port;
  uint32 scope;         /* the interface, for addresses that mean nothing without it */
};

struct client {
  int64 fd;
  struct peer peer;
  tai6464 since;
  uint64 echoed;
  size_t len, sent;     /* bytes in text, and how many of them have gone back */
  struct client *next, **link;
  char text[16384];
};

static int64 listener, signal_pipe[2];
static unsigned int idle_seconds = 60;
static struct client *clients;
static int paused;      /* no descriptor or memory was left for another client */
static tai6464 now;
static tai6464 soon;    /* when to flush the log, and to accept again */

/* ---- the log's file -------------------------------------------------------------------------------- */

/* Writes that are under way at most; more would only show how far the disk is behind. */
enum { WRITES = 64 };

struct log_write {
  struct aiocb block;
  struct log_write *next;
  char text[];
};

static struct log_write *writes, **last_write = &writes;
static int writes_count, is_on_disk;
static unsigned long lost;

/* Frees the writes that are complete; all of them, if it shall wait. They complete in order. */
static void collect_writes(int wait) {
  for (struct log_write *w; (w = writes) != NULL; free(w)) {
    const struct aiocb *list[1] = {&w->block};
    while (wait && aio_error(&w->block) == EINPROGRESS)
      aio_suspend(list, 1, NULL);
    if (aio_error(&w->block) == EINPROGRESS)
      return;
    if (aio_return(&w->block) != (ssize_t)w->block.aio_nbytes) /* the disk is full: it ends within a line */
      lost++;
    if ((writes = w->next) == NULL)
      last_write = &writes;
    writes_count--;
  }
}

/* What the buffer writes with. */
static ssize_t write_log(int fd, const void *text, size_t len) {
  if (!is_on_disk)
    return write(fd, text, len);
  collect_writes(0);
  struct log_write *w = writes_count < WRITES ? malloc(sizeof *w + len) : NULL;
  if (!w) {
    errno = EAGAIN;
    return -1;
  }
  memset(&w->block, 0, sizeof w->block);
  memcpy(w->text, text, len);
  w->block.aio_fildes = fd;
  w->block.aio_buf = w->text;
  w->block.aio_nbytes = len;
  w->block.aio_sigevent.sigev_notify = SIGEV_NONE;
  if (aio_write(&w->block) == -1) {
    free(w);
    return -1;
  }
  w->next = NULL;
  *last_write = w;
  last_write = &w->next;
  writes_count++;
  return (ssize_t)len;
}

/* ---- the log --------------------------------------------------------------------------------------- */

static char log_memory[BUFFER_OUTSIZE * 8];
static buffer log_buffer = BUFFER_INIT((ssize_t(*)())write_log, 2, log_memory, sizeof log_memory);

struct line {
  size_t len;
  char text[256];       /* more than the longest line */
};

static void add(struct line *line, const char *s) { line->len += fmt_str(line->text + line->len, s); }

static void add_number(struct line *line, uint64 n) { line->len += fmt_ulonglong(line->text + line->len, n); }

static void add_peer(struct line *line, const struct peer *peer) {
  int v6 = !ip6_isv4mapped(peer->ip);
  add(line, v6 ? " [" : " ");
  line->len += fmt_ip6ifc(line->text + line->len, peer->ip, peer->scope);
  add(line, v6 ? "]:" : ":");
  add_number(line, peer->port);
}

static struct line line_about(const char *what) {
  struct line line = {0};
  char packed[TAIA_PACK];
  taia_pack(packed, &now); /* TAI64N is all of it but the last four bytes */
  add(&line, "@");
  line.len += fmt_hexdump(line.text + line.len, packed, sizeof packed - 4);
  add(&line, " ");
  add(&line, what);
  return line;
}

/* Whether something is left to do soon. */
static int pending(void) { return log_buffer.p > 0 || lost > 0 || paused; }

static void do_it_soon(void) {
  if (!pending())
    taia_addsec(&soon, &now, 1);
}

/* A line that is refused is not taken in part, because it is shorter than the buffer. */
static int log_put(struct line *line) {
  do_it_soon();
  add(line, "\n");
  return buffer_put(&log_buffer, line->text, line->len);
}

static void confess_losses(void) {
  if (lost) {
    struct line line = line_about("lost ");
    add_number(&line, lost);
    add(&line, " lines");
    if (log_put(&line) == 0)
      lost = 0;
  }
}

static void log_line(struct line line) {
  confess_losses();
  if (lost || log_put(&line) == -1)
    lost++;
}

/* Returns -1 if something is left. */
static int log_flush(void) {
  if (buffer_flush(&log_buffer) == -1)
    return -1;
  confess_losses();
  return buffer_flush(&log_buffer);
}

/* ---- one client ------------------------------------------------------------------------------------ */

static void client_close(struct client *c) {
  struct line line = line_about("close");
  char fraction[18];
  tai6464 lasted;
  taia_sub(&lasted, &now, &c->since);
  taia_fmtfrac(fraction, &lasted);
  add_peer(&line, &c->peer);
  add(&line, " ");
  add_number(&line, c->echoed);
  add(&line, " bytes ");
  add_number(&line, (uint64)taia_approx(&lasted));
  add(&line, ".");
  line.len += fmt_strn(line.text + line.len, fraction, 6);
  add(&line, " seconds");
  log_line(line);

  if ((*c->link = c->next) != NULL)
    c->next->link = c->link;
  io_close(c->fd);
  free(c);
}

/* Only one direction has interest at a time: a client that does not read its answers is not read from. */
static void client_step(struct client *c) {
  int64 sent = io_trywrite(c->fd, c->text + c->sent, (int64)(c->len - c->sent));
  if (sent == -3) {
    client_close(c);
    return;
  }
  if (sent > 0) {
    c->sent += (size_t)sent;
    c->echoed += (uint64)sent;
  }
  tai6464 end;
  taia_addsec(&end, &now, idle_seconds);
  io_timeout(c->fd, end);
  if (c->sent == c->len) {
    io_dontwantwrite(c->fd);
    io_wantread(c->fd);
  } else {
    io_dontwantread(c->fd);
    io_wantwrite(c->fd);
  }
}

static void client_readable(struct client *c) {
  int64 got = io_tryread(c->fd, c->text, sizeof c->text);
  if (got == -1) /* a false alarm */
    return;
  if (got <= 0) {
    client_close(c);
    return;
  }
  c->len = (size_t)got;
  c->sent = 0;
  client_step(c);
}

/* ---- all clients ----------------------------------------------------------------------------------- */

static void pause_accepting(void) {
  do_it_soon();
  paused = 1;
  io_dontwantread(listener);
}

/* Returns 0 if there is no room for another one. */
static int welcome(int fd, const struct peer *peer) {
  struct client *c = malloc(sizeof *c);
  io_nonblock(fd);
  io_closeonexec(fd);
  if (!c || !io_fd_flags(fd, IO_FD_NONBLOCK | IO_FD_CANWRITE)) {
    free(c);
    close(fd);
    return 0;
  }
  c->fd = fd;
  c->peer = *peer;
  c->since = now;
  c->echoed = c->len = c->sent = 0;
  if ((c->next = clients) != NULL)
    clients->link = &c->next;
  c->link = &clients;
  clients = c;
  io_setcookie(fd, c);

  struct line line = line_about("open");
  add_peer(&line, peer);
  log_line(line);
  client_step(c); /* nothing to send yet: sets the deadline and the interest */
  return 1;
}

static void accept_clients(void) {
  for (int i = 0; i < ACCEPTS_PER_EVENT; i++) {
    struct peer peer;
    int fd = socket_accept6((int)listener, peer.ip, &peer.port, &peer.scope);
    if (fd == -1 && (errno == ECONNABORTED || errno == EINTR)) /* that one has gone again */
      continue;
    if (fd == -1 && errno == EAGAIN) {
      io_eagain_read(listener);
      return;
    }
    if (fd == -1 || !welcome(fd, &peer)) {
      pause_accepting();
      return;
    }
  }
}

/* What waits for a second, but no longer. The log's descriptor may be full: then again in a second. */
static void do_it_now(void) {
  log_flush();
  if (paused)
    io_wantread(listener);
  paused = 0;
  taia_addsec(&soon, &now, 1);
}

/* ---- start and end --------------------------------------------------------------------------------- */

static void on_signal(int number) {
  int error = errno;
  ssize_t ignored = write((int)signal_pipe[1], "", 1); /* wakes io_wait, whenever it comes */
  (void)ignored, (void)number;
  errno = error;
}

static void die(const char *what) {
  buffer_putm(buffer_2, "logecho: ", what, ": ");
  buffer_puterror(buffer_2);
  buffer_putnlflush(buffer_2);
  exit(1);
}

static void catch_signals(void) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  if (!io_pipe(signal_pipe))
    die("pipe");
  for (int i = 0; i < 2; i++) {
    io_nonblock(signal_pipe[i]);
    io_closeonexec(signal_pipe[i]);
  }
  io_wantread(signal_pipe[0]);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_IGN); /* for the log, if that is a pipe */
}

static void start_listening(const char *address, uint16 port) {
  struct peer self = {0};
  struct line line = {0};
  listener = socket_tcp6();
  if (listener == -1)
    die("socket");
  if (!address[scan_ip6(address, self.ip)] && socket_bind6_reuse((int)listener, self.ip, port, 0) == 0 &&
      socket_listen((int)listener, 1024) == 0 && io_fd(listener) &&
      socket_local6((int)listener, self.ip, &self.port, &self.scope) == 0) {
    io_closeonexec(listener);
    io_wantread(listener);
    add_peer(&line, &self);
    buffer_puts(buffer_1, "Echoing at");
    buffer_put(buffer_1, line.text, line.len);
    buffer_putnlflush(buffer_1);
  } else
    die(address);
}

int main(int argc, char **argv) {
  const char *address = "127.0.0.1", *file = NULL;
  unsigned int port = 8007;
  for (int option; (option = getopt(argc, argv, "a:p:t:l:")) != -1;) {
    char *number = option == 'p' || option == 't' ? optarg : NULL;
    unsigned int *place = option == 'p' ? &port : &idle_seconds;
    if (option == 'a')
      address = optarg;
    else if (option == 'l')
      file = optarg;
    else if (!number || number[scan_uint(number, place)] || port > 65535 || !idle_seconds) {
      buffer_putsflush(buffer_2, "usage: logecho [-a address] [-p port] [-t seconds] [-l file]\n");
      return 2;
    }
  }
  if (file && (log_buffer.fd = open_append(file)) == -1)
    die(file);
  struct stat log_status;
  is_on_disk = file && fstat((int)log_buffer.fd, &log_status) == 0 && S_ISREG(log_status.st_mode);
  catch_signals();
  start_listening(address, (uint16)port);

  for (int ending = 0; !ending;) {
    if (pending())
      io_waituntil(soon);
    else
      io_wait();
    taia_now(&now);
    for (int64 fd; (fd = io_canread()) != -1;)
      if (fd == listener)
        accept_clients();
      else if (fd == signal_pipe[0])
        ending = 1;
      else
        client_readable(io_getcookie(fd));
    for (int64 fd; (fd = io_canwrite()) != -1;)
      client_step(io_getcookie(fd));
    for (int64 fd; (fd = io_timeouted()) != -1;)
      client_close(io_getcookie(fd));
    if (pending() && !taia_less(&now, &soon))
      do_it_now();
  }

  while (clients)
    client_close(clients);
  io_close(listener);
  io_close(signal_pipe[0]);
  io_close(signal_pipe[1]);
  /* The reader of the log gets a second for the rest. */
  for (int i = 0; i < 10 && log_flush() == -1 && errno == EAGAIN; i++)
    poll(NULL, 0, 100);
  collect_writes(1);
  buffer_close(&log_buffer);
  io_finishandshutdown();
  return 0;
}
