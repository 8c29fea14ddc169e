/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * httpd: a small web server on libowfat's io.h and iob.h. It shows a folder to browsers: files, and a list of them
 * where there is no index.html.
 *
 *     httpd [-A] [-a address] [-p port] [-t seconds] [-d] [folder]
 *
 * With -d, names that begin with a dot are shown, too.
 *
 * With -A, libowfat-aio reads the files: one that has to come from the disk first does not hold up the other clients. Opening
 * files and listing folders waits as before.
 *
 * This file is about the event loop: one process, one thread, any number of clients, and never a wait
 * for one of them alone. What HTTP wants is in httpd/.
 *
 * The loop in five sentences. io_fd makes a descriptor known to the library, io_wantread and io_wantwrite
 * say what we are waiting for on it, and io_wait sleeps until something of that is possible. io_canread
 * and io_canwrite then name the descriptors, one by one, and io_timeouted those whose deadline has passed.
 * io_tryread and iob_send do what is possible right now, and never wait. A cookie, any pointer we like,
 * leads from the descriptor to what we know of it. io_close ends it all.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <fcntl.h>
#include <libowfat/io.h>
#include <libowfat/iob.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef HTTPD_AIO
#include "httpd/disk.h"
#endif
#include "httpd/http.h"

enum {
  ACCEPTS_PER_EVENT = 64, /* clients let in before those inside get their turn */
  STEPS_PER_EVENT = 16,   /* requests answered before another client gets its turn */
  SHARE = 1 << 20,        /* bytes of a file sent at once */
  TURN = 1 << 19,         /* bytes sent, after which others get their turn */
  LINGER_SECONDS = 2,
};

/* What we know of one client. It is the cookie of the client's descriptor. */
struct client {
  struct client *next, **link; /* all clients, for the farewell */
  int64 fd;
  enum { READING, SENDING, LINGERING } state;
  bool end_of_input; /* the client will send no more; it may still be reading */
  bool keep_alive;   /* after the answer under way, go on with the next request */
  struct answer answer; /* what of it is not queued yet */
  io_batch batch;       /* what is queued and not sent yet */
  struct piece *reading, *sending; /* pieces of the file, with -A */
  size_t in_len, in_scanned;
  char in[REQUEST_MAX]; /* requests come in here, in whatever pieces the network makes of them */
};

static struct client *clients;
static size_t client_count, client_limit;
static int64 listener = -1;
static bool full; /* no new connections until one is closed, or until try_again */
static tai6464 try_again;
static bool shutting_down;
static int root;
static long idle_seconds = 15;
static tai6464 now;
static uint64 sent_in_all; /* bytes */
static int64 signal_pipe[2];
#ifdef HTTPD_AIO
static int64 disk = -1; /* with -A: readable when something was read */
#endif

/* ---- room for newcomers ---------------------------------------------------------------------------- */

/* At the limit, accept would only fail, again and again. Newcomers wait in the kernel's queue until a client
   leaves; or for a second, because what is missing may also be held by another program. */
static void pause_accepting(void) {
  full = true;
  taia_addsec(&try_again, &now, 1);
  io_dontwantread(listener);
}

static void resume_accepting(void) {
  if (full && listener != -1) {
    full = false;
    io_wantread(listener);
  }
}

/* ---- one client ------------------------------------------------------------------------------------ */

/* The deadline of a descriptor is a moment, not a duration. Setting a new one replaces the old. */
static void set_deadline(struct client *c, long seconds) {
  tai6464 deadline;
  taia_addsec(&deadline, &now, seconds);
  io_timeout(c->fd, deadline);
}

/* A client is waited for in one direction at a time. While an answer is under way we do not read: a client
   that sends faster than it takes answers is slowed down by TCP, and nothing piles up here. */
static void wait_to_read(struct client *c) {
  io_dontwantwrite(c->fd);
  io_wantread(c->fd);
}

static void wait_to_write(struct client *c) {
  io_dontwantread(c->fd);
  io_wantwrite(c->fd);
}

#ifdef HTTPD_AIO
static void drop_pieces(struct client *c) {
  if (c->sending)
    disk_free(c->sending);
  if (c->reading)
    c->reading->owner = NULL;
  c->sending = c->reading = NULL;
}
#endif

static void drop_answer(struct client *c) {
  iob_reset(&c->batch); /* frees the text and closes the file, if they are queued */
  free(c->answer.text);
#ifdef HTTPD_AIO
  drop_pieces(c);
#endif
  if (c->answer.file != -1)
    close(c->answer.file);
  c->answer = (struct answer){.file = -1};
}

static void client_close(struct client *c) {
  drop_answer(c);
  io_close(c->fd); /* not plain close: the library has to forget the number, too */
  *c->link = c->next;
  if (c->next)
    c->next->link = c->link;
  free(c);
  client_count--;
  resume_accepting();
}

/*
 * Closing at once would be rude: if the client has sent something that we did not read, the kernel tells
 * it "connection reset", and the answer may be lost with that. So only our direction is closed, and the rest
 * of the client's words goes unheard, for a moment.
 */
static void client_linger(struct client *c) {
  if (c->end_of_input || shutdown((int)c->fd, SHUT_WR) == -1) {
    client_close(c);
    return;
  }
  c->state = LINGERING;
  set_deadline(c, LINGER_SECONDS);
  wait_to_read(c);
}

#ifdef HTTPD_AIO
/* Asks for the next piece of the file. The one before it is sent. */
static bool read_piece(struct client *c) {
  struct answer *a = &c->answer;
  if (c->sending)
    disk_free(c->sending);
  c->sending = NULL;
  if (a->is_untyped)
    return (c->reading = disk_read(a->file, 0, TYPE_BYTES, c)) != NULL;
  size_t len = a->left < PIECE_MAX ? (size_t)a->left : PIECE_MAX;
  if (len == 0)
    return true;
  c->reading = disk_read(a->file, a->offset, len, c);
  a->offset += (off_t)len;
  a->left -= (off_t)len;
  return c->reading != NULL;
}
#endif

/*
 * Queues the next share of the answer: its text, and behind it what follows of the file. From then on the batch
 * owns both: it frees the text and closes the file when they are sent, or when it is reset. The file is sent
 * by the kernel itself; so a thousand slow clients need no memory for what they have not fetched.
 */
static bool queue_share(struct client *c) {
  struct answer *a = &c->answer;
  bool queued = true;
#ifdef HTTPD_AIO
  if (disk != -1 && !c->reading && !read_piece(c))
    return false;
#endif
  if (a->text && !a->is_untyped) {
    queued = iob_addbuf_free(&c->batch, a->text, a->text_len);
    a->text = NULL;
  }
#ifdef HTTPD_AIO
  if (disk != -1)
    return queued;
#endif
  if (queued && a->left > SHARE) {
    queued = iob_addfile(&c->batch, a->file, (uint64)a->offset, SHARE);
    a->offset += SHARE;
    a->left -= SHARE;
  } else if (queued && a->left > 0) {
    queued = iob_addfile_close(&c->batch, a->file, (uint64)a->offset, (uint64)a->left);
    a->file = -1;
    a->left = 0;
  }
  return queued;
}

/*
 * Sends what the socket takes of the answer, text and file in shared packets. Returns 1 when all of it is sent, 0
 * when there is more to send, -1 when it cannot be sent.
 */
static int send_share(struct client *c, bool *socket_full) {
  if (iob_bytesleft(&c->batch) == 0 && !queue_share(c))
    return -1;
  if (iob_bytesleft(&c->batch) == 0) { /* the disk is not as far yet */
    *socket_full = true;
    return 0;
  }
  int64 sent = iob_send(c->fd, &c->batch);
  if (sent > 0)
    sent_in_all += (uint64)sent;
  *socket_full = iob_bytesleft(&c->batch) > 0;
  if (sent == -3) /* the connection is gone, or the file became shorter than we promised */
    return -1;
  return !*socket_full && c->answer.left == 0 && !c->reading;
}

/* Takes the next request out of the buffer and prepares its answer. Returns 1, or 0 if there is no whole
   request yet, or -1 without memory. */
static int take_request(struct client *c) {
  size_t blank = 0; /* empty lines between requests are allowed */
  while (blank < c->in_len && (c->in[blank] == '\r' || c->in[blank] == '\n'))
    blank++;
  if (blank) {
    memmove(c->in, c->in + blank, c->in_len -= blank);
    c->in_scanned = 0;
  }
  struct request r = {0};
  size_t len = request_length(c->in, c->in_len, &c->in_scanned);
  if (len)
    request_parse(&r, c->in, len);
  else if (c->in_len == sizeof c->in)
    r.error = request_too_long(c->in, len = c->in_len);
  else
    return 0;
  r.keep_alive &= !shutting_down;
  if (!answer_request(&c->answer, &r, root))
    return -1;
  c->keep_alive = r.keep_alive;
  memmove(c->in, c->in + len, c->in_len -= len); /* what follows is the next request already */
  c->in_scanned = 0;
  return 1;
}

/*
 * Gets as far with a client as possible without waiting, but no further than STEPS_PER_EVENT: a client with
 * a thousand requests in one packet, or a fast one with a large file, must not keep the others waiting.
 */
static void client_step(struct client *c) {
  for (int step = 0; step < STEPS_PER_EVENT; step++) {
    if (c->state == READING) {
      int taken = take_request(c);
      if (taken < 0 || (taken == 0 && c->end_of_input)) {
        client_close(c);
        return;
      }
      if (taken == 0) {
        wait_to_read(c);
        return;
      }
      c->state = SENDING;
      set_deadline(c, idle_seconds);
    }
    bool socket_full;
    int done = send_share(c, &socket_full);
    if (done < 0) {
      client_close(c);
      return;
    }
    if (done) {
      drop_answer(c);
      if (!c->keep_alive) {
        client_linger(c);
        return;
      }
      c->state = READING;
    } else { /* the socket is full, or a share of a large file is sent, which is enough for one turn */
      break;
    }
  }
  /* Either the socket is full, or our share is used up and the socket still takes more: then io_canwrite
     names it again in the next round, after all others. */
  wait_to_write(c);
  if (c->reading && iob_bytesleft(&c->batch) == 0)
    io_dontwantwrite(c->fd);
}

#ifdef HTTPD_AIO
/* What was read goes out behind what is queued, or completes the header. */
static bool take_piece(struct client *c, struct piece *piece) {
  c->reading = NULL;
  if (c->answer.is_untyped) {
    answer_add_type(&c->answer, piece->bytes, piece->len);
    disk_free(piece);
    return true;
  }
  c->sending = piece;
  return piece->len == piece->block.aio_nbytes && /* else an error, or the file became shorter than we promised */
         iob_addbuf(&c->batch, piece->bytes, piece->len);
}

/* Pieces of files are there: continue the connections that wait for them. What is left for the next turn keeps the
   descriptor readable. */
static void disk_readable(void) {
  uint64 enough = sent_in_all + TURN;
  for (struct piece *piece; sent_in_all < enough && (piece = disk_next()) != NULL;) {
    struct client *c = piece->owner;
    set_deadline(c, idle_seconds);
    if (take_piece(c, piece))
      client_step(c);
    else
      client_close(c);
  }
}
#endif

static void client_readable(struct client *c) {
  if (c->state == LINGERING) {
    static char unheard[65536];
    int64 got = io_tryread(c->fd, unheard, sizeof unheard);
    /* io_timeouted leaves out a connection with something to read, and this one may go on sending for ever. */
    if (got == 0 || got == -3 || io_timedout(c->fd))
      client_close(c);
    return;
  }
  /* One read is enough: if there is more, io_canread names the descriptor again. There is always room:
     take_request refuses a request that fills the buffer. */
  int64 got = io_tryread(c->fd, c->in + c->in_len, (int64)(sizeof c->in - c->in_len));
  if (got == -1) /* a false alarm */
    return;
  if (got == -3) {
    client_close(c);
    return;
  }
  if (got == 0)
    c->end_of_input = true;
  /* The clock starts with the first byte of a request and is not reset by the next ones: a client that sends a byte
     now and then does not stay for ever. */
  if (c->in_len == 0)
    set_deadline(c, idle_seconds);
  c->in_len += (size_t)got;
  client_step(c);
}

static void client_writable(struct client *c) {
  if (c->state == SENDING) /* progress: a slow reader is welcome as long as it reads */
    set_deadline(c, idle_seconds);
  client_step(c);
}

/* ---- all clients ----------------------------------------------------------------------------------- */

static void accept_clients(void) {
  for (int i = 0; i < ACCEPTS_PER_EVENT; i++) {
    if (client_count >= client_limit) {
      pause_accepting();
      return;
    }
    int fd = accept4((int)listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd == -1)
      switch (errno) {
      case EAGAIN:
        io_eagain_read(listener); /* accept is not the library's: tell it what we found */
        return;
      case EMFILE: case ENFILE: case ENOBUFS: case ENOMEM:
        pause_accepting();
        return;
      default:
        continue; /* that one client hung up while it waited */
      }
    struct client *c = malloc(sizeof *c);
    /* We know that it is nonblocking, and that a new connection can be written to: no need to ask. */
    if (!c || !io_fd_flags(fd, IO_FD_NONBLOCK | IO_FD_CANWRITE)) {
      free(c);
      close(fd);
      pause_accepting();
      return;
    }
    c->fd = fd;
    c->state = READING;
    c->end_of_input = c->keep_alive = false;
    c->answer = (struct answer){.file = -1};
    memset(&c->batch, 0, sizeof c->batch); /* all zeros is an empty batch */
    c->in_len = c->in_scanned = 0;
    c->reading = c->sending = NULL;
    c->next = clients;
    c->link = &clients;
    if (clients)
      clients->link = &c->next;
    clients = c;
    client_count++;
    io_setcookie(fd, c);
    set_deadline(c, idle_seconds);
    io_wantread(fd);
  }
}

/* ---- the farewell ---------------------------------------------------------------------------------- */

/* A signal can come at any instant, between any two lines; the only safe thing is to note it. A pipe makes
   the note wake io_wait, even if the signal came just before. */
static void on_signal(int number) {
  int error = errno;
  ssize_t ignored = write((int)signal_pipe[1], "", 1);
  (void)ignored; /* a full pipe holds notes enough */
  (void)number;
  errno = error;
}

/* The first signal asks for a good end: answers under way go out, the idle are sent home. The second one
   ends everything. */
static void shut_down(void) {
  char notes[16];
  while (io_tryread(signal_pipe[0], notes, sizeof notes) > 0)
    ;
  if (listener != -1)
    io_close(listener);
  listener = -1;
  full = false;
  for (struct client *c = clients, *next; c; c = next) {
    next = c->next;
    c->keep_alive = false;
    if (shutting_down || c->state != SENDING)
      client_close(c);
  }
  shutting_down = true;
}

/* ---- start ----------------------------------------------------------------------------------------- */

static void die(const char *what, const char *why) {
  fprintf(stderr, "httpd: %s: %s\n", what, why);
  exit(1);
}

static void start_listening(const char *address, const char *port) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST};
  struct addrinfo *found;
  int error = getaddrinfo(address, port, &hints, &found);
  if (error)
    die(address, gai_strerror(error));
  listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int fd = (int)listener, on = 1;
  /* REUSEADDR: start again without waiting for the last connections of the one before us to fade.
     NODELAY, which clients inherit: answers are written whole, so waiting to collect more is no use. */
  bool ready = fd != -1 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
               setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
               bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
  if (!ready && errno == EADDRINUSE) {
    long number = atol(port);
    fprintf(stderr, "httpd: port %s is taken: make serve PORT=%ld\n", port, number < 65535 ? number + 1 : 8000);
    exit(1);
  }
  if (!ready)
    die(port, strerror(errno));
  freeaddrinfo(found);
  io_nonblock(listener);
  if (!io_fd(listener))
    die("io_fd", strerror(errno));
  io_wantread(listener);
}

/* The port is the one asked for, or, for port 0, the one that the system picked. */
static void say_where(const char *folder) {
  struct sockaddr_storage bound;
  socklen_t len = sizeof bound;
  char host[64], service[16];
  if (getsockname((int)listener, (struct sockaddr *)&bound, &len) == -1 ||
      getnameinfo((struct sockaddr *)&bound, len, host, sizeof host, service, sizeof service,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    die("address", "unknown");
  bool v6 = strchr(host, ':') != NULL;
  printf("Serving %s at http://%s%s%s:%s/ (Ctrl-C ends it)\n", folder, v6 ? "[" : "", host, v6 ? "]" : "",
         service);
  fflush(stdout);
}

static void catch_signals(void) {
  if (!io_pipe(signal_pipe)) /* both ends are known to the library already */
    die("pipe", strerror(errno));
  for (int i = 0; i < 2; i++) {
    io_nonblock(signal_pipe[i]);
    io_closeonexec(signal_pipe[i]);
  }
  io_wantread(signal_pipe[0]);
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

/* Files are read by libowfat-aio, so that the loop never waits for the disk. */
static void start_disk(void) {
#ifdef HTTPD_AIO
  disk = disk_descriptor();
  if (disk == -1 || !io_fd(disk))
    die("aio", strerror(errno));
  io_wantread(disk);
  answers_never_wait = true;
#else
  die("-A", "compiled without HTTPD_AIO");
#endif
}

static void usage(void) {
  fputs("usage: httpd [-A] [-a address] [-p port] [-t seconds] [-d] [folder]\n", stderr);
  exit(2);
}

int main(int argc, char **argv) {
  const char *address = "127.0.0.1", *port = "8000";
#if defined HTTPD_AIO && HTTPD_AIO > 1
  bool read_ahead = true;
#else
  bool read_ahead = false;
#endif
  for (int option; (option = getopt(argc, argv, "Aa:dp:t:")) != -1;)
    switch (option) {
    case 'A': read_ahead = true; break;
    case 'a': address = optarg; break;
    case 'd': dot_files = true; break;
    case 'p': port = optarg; break;
    case 't': idle_seconds = atol(optarg); break;
    default: usage();
    }
  const char *folder = optind < argc ? argv[optind] : ".";
  if (idle_seconds < 1 || optind + 1 < argc)
    usage();
  root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root == -1)
    die(folder, strerror(errno));

  /* Each client needs a socket and perhaps a file, and we a few for ourselves. */
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == -1 || files.rlim_cur < 18)
    die("open files", "the limit is too low");
  client_limit = ((files.rlim_cur < 200000 ? files.rlim_cur : 200000) - 16) / 2;

  start_listening(address, port);
  catch_signals();
  if (read_ahead)
    start_disk();
  say_where(folder);

  while (!shutting_down || client_count > 0) {
    if (full)
      io_waituntil(try_again);
    else
      io_wait();
    taia_now(&now);
    if (full && taia_less(&try_again, &now))
      resume_accepting();
    for (int64 fd; (fd = io_canread()) != -1;)
      if (fd == listener)
        accept_clients();
      else if (fd == signal_pipe[0])
        shut_down();
#ifdef HTTPD_AIO
      else if (fd == disk)
        disk_readable();
#endif
      else
        client_readable(io_getcookie(fd));
    /* What has come since then should not wait until all clients have got a share. Those that are left over come first
       in the next turn. */
    uint64 enough = sent_in_all + TURN;
    for (int64 fd; sent_in_all < enough && (fd = io_canwrite()) != -1;)
      client_writable(io_getcookie(fd));
    for (int64 fd; (fd = io_timeouted()) != -1;)
      client_close(io_getcookie(fd));
  }

  /* The system would take all of this back anyway; doing it lets a memory checker see that nothing leaks. */
#ifdef HTTPD_AIO
  if (disk != -1)
    disk_end();
#endif
  io_close(signal_pipe[0]);
  io_close(signal_pipe[1]);
  io_finishandshutdown();
  close(root);
  return 0;
}
