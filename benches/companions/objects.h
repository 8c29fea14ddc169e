/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What some rows need besides texts: made once, for each library where it keeps something of its own in it. */
static stralloc sa, sb;
static array ra, rb;
/* With all elements, and with none. */
static iarray ia, no_elements;
static buffer buf, in;
static char space[1 << 16];
/* Of each library, the other one's first. */
static critbit0_tree small_tree[2], large_tree[2];
static char keys[100000][8];
/* A copy, a mapping that is soon copied, and one that stays. */
static struct cdb base, large_base, huge_base;
static char folder[4096], database[4112], file_1mi[4112];
static int64 pipe_end;
static char ip[16] = {0x20, 1, 0xd, (char)0xb8, 0, 0, 0, 0, 0, 0, 0, 0x12, 0, 0, 0, 1};
static unsigned long ul;
static long sl;
static unsigned ui;
static int si;
static unsigned short us;
static unsigned long long ull;
static uint32 u32;
static uint64 u64;
static double real;
static char *string, *domain;
static const char *piece;
static unsigned char type;
static tai64 t64;
static tai6464 t1, t2;
static time_t t;
static struct timespec ts;
static size_t size;

static int same(int good, const char *what) {
  if (good) return 1;
  perror(what);
  exit(1);
}

static ssize_t take(int fd, const void *x, size_t n, void *cookie) {
  (void)fd, (void)x, (void)cookie;
  return (ssize_t)n;
}

/* Every other one is a long one, and both random. */
static unsigned long mixed(long i) { return (unsigned long)i * 0x9e3779b97f4a7c15 >> (i * 7 & 63); }

static int count(const char *s, void *cookie) {
  ++*(size_t *)cookie;
  return s[0] != 0;
}

static size_t visit(const struct library *l, critbit0_tree *tree, const char *prefix) {
  size_t n = 0;
  l->critbit0_allprefixed(tree, prefix, count, &n);
  return n;
}

static size_t insert_and_clear(const struct library *l) {
  critbit0_tree tree = {0};
  for (int i = 0; i < 1000; i++) l->critbit0_insert(&tree, keys[i]);
  l->critbit0_clear(&tree);
  return 1;
}

static size_t find_some(const struct library *l, struct cdb *c, int records) {
  size_t n = 0;
  for (int i = 0; i < 1000; i++) n += (size_t)l->cdb_find(c, (unsigned char *)keys[i * (records / 1000)], 7);
  return n;
}

static size_t walk(const struct library *l, struct cdb *c) {
  size_t n = 0;
  uint32 at;
  for (int more = l->cdb_firstkey(c, &at); more == 1; more = l->cdb_nextkey(c, &at)) n++;
  return n;
}

static size_t make(const struct library *l, int records) {
  struct cdb_make c;
  char name[96 + 8];
  snprintf(name, sizeof name, "%.95s.new", database);
  FILE *f = fopen(name, "w+");
  same(f != NULL, name);
  same(l->cdb_make_start(&c, fileno(f)) == 2048, "cdb_make_start");
  for (int i = 0; i < records; i++) l->cdb_make_add(&c, (unsigned char *)keys[i], 7, (unsigned char *)keys[i], 7);
  same(l->cdb_make_finish(&c) == 0, "cdb_make_finish");
  fclose(f);
  return 1;
}

/* With zeros behind the tables, if it is to be so long. */
static void open_database(struct cdb *c, int records, off_t length) {
  char name[96 + 8];
  make(&ours, records);
  snprintf(name, sizeof name, "%.95s.new", database);
  same(rename(name, database) == 0 && (length == 0 || truncate(database, length) == 0), database);
  ours.cdb_init(c, fileno(fopen(database, "r")));
}

static size_t read_all(const struct library *l, const char *name) {
  sa.len = 0;
  same(l->openreadclose(name, &sa, 4096) == 1, name);
  return sa.len;
}

static size_t get_all(const struct library *l, size_t n) {
  char c;
  size_t sum = 0;
  l->buffer_frombuf(&in, text, n);
  while (l->buffer_getc(&in, &c) == 1) sum += (size_t)c;
  return sum;
}

static size_t get_lines(const struct library *l, size_t n) {
  size_t sum = 0;
  ssize_t got;
  l->buffer_frombuf(&in, text, n);
  while ((got = l->buffer_getline(&in, out, 4096)) > 0) sum += (size_t)got + 1, in.p += in.p < in.n;
  return sum;
}

static size_t scan_each(size_t (*scan)(const char *, size_t, uint32 *), size_t n) {
  size_t at = 0, used;
  for (; at < n && (used = scan(text + at, n - at, &u32)) > 0;) at += used;
  return at;
}

static size_t put(const struct library *l, const char *x, size_t n) {
  buf.p = 0;
  return (size_t)l->buffer_put(&buf, x, n);
}

static int64 take_part(int64 d, const void *x, uint64 n) {
  (void)d, (void)x;
  return n < 1000 ? (int64)n : 1000;
}

/* A batch that goes out by 1,000 bytes. */
static size_t write_parts(const struct library *l, int with_file) {
  io_batch *b = l->iob_new(2);
  static int fd = -1;
  if (fd == -1) fd = fileno(fopen(file_1mi, "r"));
  with_file ? l->iob_addfile(b, fd, 0, 65536) : l->iob_addbuf(b, text, MOST);
  while (l->iob_write(1, b, take_part) > 0);
  l->iob_free(b);
  return 1;
}

static size_t batch_of_16(const struct library *l) {
  io_batch *b = l->iob_new(16);
  for (int i = 0; i < 16; i++) l->iob_addbuf(b, text, 100);
  l->iob_free(b);
  return 1;
}

static void prepare(void) {
  prepare_best();
  letters(MOST);
  const char *place = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/owfat-companions-XXXXXX", place && *place ? place : "/tmp");
  same(mkdtemp(folder) != NULL, folder);
  snprintf(database, sizeof database, "%s/cdb", folder);
  snprintf(file_1mi, sizeof file_1mi, "%s/1mi", folder);
  FILE *f = fopen(file_1mi, "w");
  same(f && fwrite(text, 1, MOST, f) == MOST && fclose(f) == 0, file_1mi);
  for (unsigned i = 0; i < 100000; i++) snprintf(keys[i], sizeof keys[i], "%07u", i * 7919 % 9999991);
  for (int i = 0; i < 100000; i++) {
    ours.critbit0_insert(&large_tree[1], keys[i]), theirs.critbit0_insert(&large_tree[0], keys[i]);
    if (i < 1000) ours.critbit0_insert(&small_tree[1], keys[i]), theirs.critbit0_insert(&small_tree[0], keys[i]);
  }
  open_database(&base, 1000, 0);
  open_database(&large_base, 30000, 0);
  open_database(&huge_base, 1000, 17 << 20);
  ours.iarray_init(&ia, 64);
  for (size_t i = 0; i < 1000; i++) ours.iarray_allocate(&ia, i);
  ours.iarray_init(&no_elements, 64);
  ours.array_allocate(&ra, 8, 9999);
  ours.stralloc_ready(&sa, 2 * MOST);
  ours.stralloc_copys(&sb, "twenty-four bytes of it");
  ours.buffer_init(&buf, (ssize_t(*)())take, -1, space, sizeof space);
  int ends[2];
  same(pipe(ends) == 0, "pipe");
  pipe_end = ends[0];
  ours.io_fd(pipe_end), theirs.io_fd(pipe_end);
  ours.io_nonblock(pipe_end), theirs.io_nonblock(pipe_end);
  ours.io_wantread(pipe_end), theirs.io_wantread(pipe_end);
  ours.taia_now(&t1), ours.taia_now(&t2);
}
