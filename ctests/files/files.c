/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* open.h, readclose.h, openreadclose.h, mmap.h and select.h. */
#include "t.h"

#include <fcntl.h>
#include <libowfat/mmap.h>
#include <libowfat/open.h>
#include <libowfat/openreadclose.h>
#include <libowfat/readclose.h>
#include <libowfat/select.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* Goes to a new folder, which clean_up() removes. */
static void in_a_folder(void) {
  char name[T_NAME];
  CHECK(mkdtemp(temporary(name, "files")) != 0);
  CHECK(chdir(name) == 0);
  umask(0);
}

static void clean_up(void) {
  char here[T_NAME];
  CHECK(getcwd(here, sizeof here) != 0);
  for (const char *const *name = (const char *const[]){"file", "other", "fifo", 0}; *name; name++) unlink(*name);
  CHECK(rmdir(here) == 0);
}

static void put(const char *name, const char *bytes, size_t n) {
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  CHECK(fd != -1);
  EQUAL(write(fd, bytes, n), n);
  close(fd);
}

static void check_file(const char *name, const char *contents, int mode) {
  char text[100] = {0};
  struct stat status;
  int fd = open(name, O_RDONLY);
  CHECK(fd != -1 && fstat(fd, &status) == 0);
  EQUAL(status.st_mode & 07777, mode);
  EQUAL(read(fd, text, sizeof text - 1), strlen(contents));
  CHECK(strcmp(text, contents) == 0);
  close(fd);
}

static void check_flags(int fd, int flags) {
  CHECK(fd != -1);
  EQUAL(fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK | O_APPEND), flags | O_NONBLOCK);
  EQUAL(fcntl(fd, F_GETFD), 0);
}

TEST(open_read_reads, .valgrind = 1) {
  in_a_folder();
  errno = 0;
  EQUAL(open_read("file"), -1);
  EQUAL(errno, ENOENT);
  put("file", "abc", 3);
  int fd = open_read("file");
  check_flags(fd, O_RDONLY);
  CHECK(mkfifo("fifo", 0600) == 0);
  CHECK(open_read("fifo") != -1);
  clean_up();
}

TEST(open_excl_creates, .valgrind = 1) {
  in_a_folder();
  int fd = open_excl("file");
  check_flags(fd, O_WRONLY);
  EQUAL(write(fd, "abc", 3), 3);
  check_file("file", "abc", 0600);
  EQUAL(open_excl("file"), -1);
  EQUAL(errno, EEXIST);
  check_file("file", "abc", 0600);
  clean_up();
}

TEST(open_append_appends, .valgrind = 1) {
  in_a_folder();
  int fd = open_append("file"), other = open_append("file");
  check_flags(fd, O_WRONLY | O_APPEND);
  EQUAL(write(fd, "abc", 3), 3);
  EQUAL(write(other, "d", 1), 1);
  EQUAL(write(fd, "e", 1), 1);
  check_file("file", "abcde", 0600);
  clean_up();
}

TEST(open_trunc_cuts, .valgrind = 1) {
  in_a_folder();
  check_flags(open_trunc("other"), O_WRONLY);
  check_file("other", "", 0644);
  put("file", "abc", 3);
  check_flags(open_trunc("file"), O_WRONLY);
  check_file("file", "", 0600);
  clean_up();
}

TEST(open_write_keeps, .valgrind = 1) {
  in_a_folder();
  check_flags(open_write("other"), O_WRONLY);
  check_file("other", "", 0644);
  put("file", "abc", 3);
  int fd = open_write("file");
  EQUAL(write(fd, "x", 1), 1);
  check_file("file", "xbc", 0600);
  clean_up();
}

TEST(open_rw_does_both, .valgrind = 1) {
  char text[4] = {0};
  in_a_folder();
  int fd = open_rw("file");
  check_flags(fd, O_RDWR);
  check_file("file", "", 0644);
  EQUAL(write(fd, "abc", 3), 3);
  EQUAL(lseek(fd, 0, SEEK_SET), 0);
  EQUAL(read(fd, text, 4), 3);
  CHECK(strcmp(text, "abc") == 0);
  clean_up();
}

TEST(names_that_are_none) {
  char *long_name = malloc(5000);
  memset(long_name, 'x', 5000);
  long_name[4999] = 0;
  EQUAL(open_read(long_name), -1);
  EQUAL(errno, ENAMETOOLONG);
  EQUAL(open_write((char *)1), -1);
  EQUAL(errno, EFAULT);
  EQUAL(open_rw(""), -1);
  EQUAL(errno, ENOENT);
}

static int is_open(int fd) { return fcntl(fd, F_GETFD) != -1; }

TEST(readclose_reads_all, .valgrind = 1) {
  static const size_t chunks[] = {1, 2, 7, 4096, 100000};
  char bytes[5000];
  in_a_folder();
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7);
  put("file", bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
    stralloc sa = {0};
    int fd = open_read("file");
    CHECK(stralloc_copys(&sa, "abc"));
    EQUAL(readclose_append(fd, &sa, chunks[i]), 0);
    CHECK(!is_open(fd));
    EQUAL(sa.len, 3 + sizeof bytes);
    CHECK(memcmp(sa.s, "abc", 3) == 0 && memcmp(sa.s + 3, bytes, sizeof bytes) == 0);
    EQUAL(readclose(open_read("file"), &sa, chunks[i]), 0);
    EQUAL(sa.len, sizeof bytes);
    CHECK(memcmp(sa.s, bytes, sizeof bytes) == 0);
    stralloc_free(&sa);
  }
  clean_up();
}

TEST(readclose_of_nothing_allocates, .valgrind = 1) {
  stralloc sa = {0};
  EQUAL(readclose(open_read("/dev/null"), &sa, 100), 0);
  CHECK(sa.s != 0);
  EQUAL(sa.len, 0);
  stralloc_free(&sa);
}

TEST(readclose_chooses_a_size, .valgrind = 1) {
  stralloc sa = {0}, other = {0};
  in_a_folder();
  put("file", "abc", 3);
  EQUAL(readclose(open_read("file"), &sa, 0), 0);
  EQUAL(readclose_append(open_read("file"), &sa, 0), 0);
  EQUAL(openreadclose("file", &other, 0), 1);
  clean_up();
  EQUAL(sa.len, 6);
  EQUAL(other.len, 3);
  stralloc_free(&sa);
  stralloc_free(&other);
}

TEST(readclose_tells_errors, .valgrind = 1) {
  stralloc sa = {0};
  int fd = open_read("/"), ends[2];
  EQUAL(readclose(fd, &sa, 10), -1);
  EQUAL(errno, EISDIR);
  CHECK(!is_open(fd));
  EQUAL(readclose(-1, &sa, 10), -1);
  EQUAL(errno, EBADF);
  CHECK(pipe(ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
  EQUAL(write(ends[1], "abc", 3), 3);
  EQUAL(readclose(ends[0], &sa, 10), -1);
  EQUAL(errno, EAGAIN);
  CHECK(!is_open(ends[0]));
  EQUAL(sa.len, 3);
  stralloc_free(&sa);
}

TEST(readclose_without_memory) {
  stralloc sa = {0};
  int fd = open_read("/dev/zero");
  CHECK(stralloc_copys(&sa, "abc"));
  errno = 0;
  EQUAL(readclose_append(fd, &sa, SIZE_MAX - 1), -1);
  EQUAL(errno, ENOMEM);
  CHECK(!is_open(fd));
  EQUAL(sa.len, 3);
  fd = open_read("/dev/zero");
  errno = 0;
  EQUAL(readclose_append(fd, &sa, SIZE_MAX / 2), -1);
  EQUAL(errno, ENOMEM);
  CHECK(!is_open(fd));
}

static void ignore(int number) { (void)number; }

TEST(readclose_goes_on_after_signals) {
  stralloc sa = {0};
  int ends[2];
  struct sigaction action = {.sa_handler = ignore};
  CHECK(pipe(ends) == 0 && sigaction(SIGUSR1, &action, 0) == 0);
  pid_t reader = getpid(), pid = child();
  if (pid == 0) {
    close(ends[0]);
    for (int i = 0; i < 20; i++) {
      sleep_ms(5);
      kill(reader, SIGUSR1);
    }
    EQUAL(write(ends[1], "abc", 3), 3);
    done();
  }
  close(ends[1]);
  EQUAL(readclose(ends[0], &sa, 10), 0);
  EQUAL(sa.len, 3);
  join(pid);
}

TEST(openreadclose_knows_three_answers, .valgrind = 1) {
  stralloc sa = {0};
  in_a_folder();
  CHECK(stralloc_copys(&sa, "abc"));
  EQUAL(openreadclose("file", &sa, 10), 0);
  EQUAL(errno, ENOENT);
  EQUAL(sa.len, 3);
  put("file", "", 0);
  EQUAL(openreadclose("file", &sa, 10), 1);
  EQUAL(sa.len, 0);
  put("file", "x\0y", 3);
  EQUAL(openreadclose("file", &sa, 1), 1);
  EQUAL(sa.len, 3);
  CHECK(memcmp(sa.s, "x\0y", 3) == 0);
  EQUAL(openreadclose(".", &sa, 10), -1);
  EQUAL(errno, EISDIR);
  EQUAL(openreadclose("file/x", &sa, 10), -1);
  EQUAL(errno, ENOTDIR);
  stralloc_free(&sa);
  clean_up();
}

TEST(mmap_read_maps, .valgrind = 1) {
  size_t size = 77;
  in_a_folder();
  put("file", "abc", 3);
  const char *map = mmap_read("file", &size);
  CHECK(map != 0);
  EQUAL(size, 3);
  EQUAL((size_t)map % (size_t)sysconf(_SC_PAGESIZE), 0);
  CHECK(memcmp(map, "abc", 3) == 0);
  int fd = open_write("file");
  EQUAL(write(fd, "x", 1), 1);
  EQUAL(map[0], 'x');
  EQUAL(mmap_unmap(map, size), 0);
  close(fd);
  EQUAL(open_read("file"), fd);
  clean_up();
}

TEST(mmap_readat_looks_in_a_folder, .valgrind = 1) {
  size_t size = 77;
  in_a_folder();
  put("file", "abc", 3);
  int here = open_read(".");
  CHECK(chdir("/") == 0);
  const char *map = mmap_readat("file", &size, here);
  CHECK(map != 0);
  EQUAL(size, 3);
  CHECK(memcmp(map, "abc", 3) == 0);
  EQUAL(mmap_unmap(map, size), 0);
  CHECK(mmap_readat("file", &size, -1) == 0);
  EQUAL(errno, EBADF);
  CHECK(fchdir(here) == 0);
  clean_up();
}

TEST(mmap_private_keeps_to_itself, .valgrind = 1) {
  size_t size;
  in_a_folder();
  put("file", "abc", 3);
  CHECK(chmod("file", 0400) == 0);
  char *map = mmap_private("file", &size);
  CHECK(map != 0);
  EQUAL(size, 3);
  map[0] = 'x';
  check_file("file", "abc", 0400);
  EQUAL(mmap_unmap(map, size), 0);
  clean_up();
}

TEST(mmap_shared_writes, .valgrind = 1) {
  size_t size;
  in_a_folder();
  put("file", "abc", 3);
  char *map = mmap_shared("file", &size);
  CHECK(map != 0);
  EQUAL(size, 3);
  map[0] = 'x';
  check_file("file", "xbc", 0600);
  EQUAL(mmap_unmap(map, size), 0);
  clean_up();
}

TEST(mmap_shared_creates_nothing) {
  size_t size = 77;
  in_a_folder();
  char *map = mmap_shared("file", &size);
  int because = errno, is_there = access("file", F_OK) == 0;
  clean_up();
  CHECK(map == 0);
  EQUAL(because, ENOENT);
  EQUAL(size, 77);
  EQUAL(is_there, 0);
}

#define EACH_FAILS(NAME)                                        \
  do {                                                          \
    size_t size = 77;                                           \
    CHECK(mmap_read(NAME, &size) == 0);                         \
    CHECK(mmap_readat(NAME, &size, AT_FDCWD) == 0);             \
    CHECK(mmap_private(NAME, &size) == 0);                      \
    CHECK(mmap_shared(NAME, &size) == 0);                       \
    EQUAL(size, 77);                                            \
  } while (0)

TEST(empty_files_are_not_mapped, .valgrind = 1) {
  in_a_folder();
  put("file", "", 0);
  errno = 0;
  EACH_FAILS("file");
  EQUAL(errno, 0);
  clean_up();
}

TEST(mapping_what_is_not_there) {
  size_t size = 77;
  in_a_folder();
  CHECK(mmap_read("file", &size) == 0 && errno == ENOENT);
  CHECK(mmap_private("file", &size) == 0 && errno == ENOENT);
  CHECK(mmap_readat("file", &size, AT_FDCWD) == 0 && errno == ENOENT);
  CHECK(mmap_read("/proc", &size) == 0);
  CHECK(mmap_shared(".", &size) == 0 && errno == EISDIR);
  clean_up();
}

TEST(sizes_are_stored_for_mappings_alone) {
  size_t size = 77;
  CHECK(mmap_read("/", &size) == 0);
  EQUAL(size, 77);
}

TEST(what_has_no_size_is_not_mapped) {
  size_t size = 77;
  char name[40];
  int ends[2];
  CHECK(pipe(ends) == 0);
  snprintf(name, sizeof name, "/proc/self/fd/%d", ends[0]);
  CHECK(mmap_read(name, &size) == 0);
  EQUAL(errno, ESPIPE);
  CHECK(mmap_readat(name, &size, AT_FDCWD) == 0);
  EQUAL(errno, ESPIPE);
  CHECK(mmap_private(name, &size) == 0);
  EQUAL(errno, ESPIPE);
  CHECK(mmap_shared(name, &size) == 0);
  EQUAL(errno, ESPIPE);
  EQUAL(size, 77);
}

TEST(mapping_leaves_no_descriptors) {
  size_t size;
  in_a_folder();
  put("file", "abc", 3);
  put("other", "", 0);
  int before = dup(0);
  close(before);
  for (int i = 0; i < 10; i++) {
    CHECK(mmap_read("file", &size) && mmap_private("file", &size) && mmap_shared("file", &size));
    CHECK(!mmap_read("other", &size) && !mmap_read(".", &size) && !mmap_shared("other", &size));
  }
  EQUAL(dup(0), before);
  clean_up();
}

TEST(mmap_unmap_reports_errors) {
  EQUAL(mmap_unmap("x", 0), 0);
  EQUAL(mmap_unmap(0, 0), 0);
  EQUAL(mmap_unmap((char *)4097, 100), -1);
  EQUAL(errno, EINVAL);
  EQUAL(mmap_unmap((char *)4096, SIZE_MAX), -1);
  EQUAL(errno, EINVAL);
}
