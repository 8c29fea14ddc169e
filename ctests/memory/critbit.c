/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* critbit.h. */
#include "edge.h"

#include <libowfat/critbit.h>
#include <pthread.h>

TEST(layout) { EQUAL(sizeof(critbit0_tree), sizeof(void *)); }

/* Notes what it is called with, and answers 1 until the arg-th call. */
struct visit {
  char seen[200];
  int calls, stop_at, answer;
};

static int note(const char *member, void *arg) {
  struct visit *visit = arg;
  strcat(strcat(visit->seen, member), ".");
  return ++visit->calls == visit->stop_at ? visit->answer : 1;
}

/* The members that start with prefix are these, in this order. */
#define MEMBERS(SET, PREFIX, WANTED)                                                                   \
  do {                                                                                                 \
    struct visit visit = {.calls = 0};                                                                 \
    EQUAL(critbit0_allprefixed((SET), string_at_the_edge(PREFIX), note, &visit), 1);                   \
    if (strcmp(visit.seen, WANTED) != 0) FAIL("they are %s", visit.seen);                              \
  } while (0)

static void insert_all(critbit0_tree *set, const char *const *members) {
  for (; *members; members++) EQUAL(critbit0_insert(set, string_at_the_edge(*members)), 2);
}

TEST(an_empty_set, .valgrind = 1) {
  critbit0_tree set = {0};
  EQUAL(critbit0_contains(&set, ""), 0);
  EQUAL(critbit0_delete(&set, "a"), 0);
  MEMBERS(&set, "", "");
  critbit0_clear(&set);
  CHECK(set.root == 0);
}

TEST(members_come_and_go, .valgrind = 1) {
  critbit0_tree set = {0};
  char name[] = "ab";
  EQUAL(critbit0_insert(&set, name), 2);
  EQUAL(critbit0_insert(&set, name), 1);
  /* The set has a copy. */
  name[0] = 'x';
  EQUAL(critbit0_contains(&set, string_at_the_edge("ab")), 1);
  EQUAL(critbit0_contains(&set, string_at_the_edge("a")), 0);
  EQUAL(critbit0_contains(&set, string_at_the_edge("abc")), 0);
  EQUAL(critbit0_contains(&set, string_at_the_edge("")), 0);
  insert_all(&set, (const char *const[]){"", "a", "abc", "b", 0});
  MEMBERS(&set, "", ".a.ab.abc.b.");
  EQUAL(critbit0_delete(&set, string_at_the_edge("ab")), 1);
  EQUAL(critbit0_delete(&set, string_at_the_edge("ab")), 0);
  EQUAL(critbit0_delete(&set, string_at_the_edge("")), 1);
  MEMBERS(&set, "", "a.abc.b.");
  critbit0_clear(&set);
  CHECK(set.root == 0);
  EQUAL(critbit0_insert(&set, "again"), 2);
  EQUAL(critbit0_delete(&set, "again"), 1);
  CHECK(set.root == 0);
}

TEST(bytes_are_unsigned, .valgrind = 1) {
  critbit0_tree set = {0};
  insert_all(&set, (const char *const[]){"\xff", "\x80", "\x7f", "\x01", "\xff\x80", "\xff\x01", "\xfe\xff", 0});
  MEMBERS(&set, "", "\x01.\x7f.\x80.\xfe\xff.\xff.\xff\x01.\xff\x80.");
  MEMBERS(&set, "\xff", "\xff.\xff\x01.\xff\x80.");
  MEMBERS(&set, "\xfe", "\xfe\xff.");
  MEMBERS(&set, "\xfd", "");
  critbit0_clear(&set);
}

TEST(prefixes, .valgrind = 1) {
  critbit0_tree set = {0};
  insert_all(&set, (const char *const[]){"io_wait", "io_fd", "io_wantread", "iob_send", "io_wantwrite", 0});
  MEMBERS(&set, "io", "io_fd.io_wait.io_wantread.io_wantwrite.iob_send.");
  MEMBERS(&set, "io_wa", "io_wait.io_wantread.io_wantwrite.");
  MEMBERS(&set, "io_wantread", "io_wantread.");
  MEMBERS(&set, "io_wantreads", "");
  MEMBERS(&set, "iom", "");
  critbit0_clear(&set);
}

TEST(the_function_may_stop_it, .valgrind = 1) {
  static const int answers[][2] = {{0, 0}, {1, 1}, {2, -1}, {-1, -1}, {-7, -1}};
  critbit0_tree set = {0};
  insert_all(&set, (const char *const[]){"a", "b", "c", 0});
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    struct visit visit = {.stop_at = 2, .answer = answers[i][0]};
    EQUAL(critbit0_allprefixed(&set, "", note, &visit), answers[i][1]);
    EQUAL(visit.calls, answers[i][0] == 1 ? 3 : 2);
  }
  critbit0_clear(&set);
}

static int delete_it(const char *member, void *set) { return critbit0_delete(set, member); }

TEST(a_lone_member_is_nothing_special) {
  critbit0_tree set = {0};
  struct visit visit = {.stop_at = 1, .answer = 2};
  EQUAL(critbit0_insert(&set, "a"), 2);
  EQUAL(critbit0_allprefixed(&set, "", note, &visit), -1);
}

TEST(a_member_that_is_visited_may_be_deleted, .valgrind = 1) {
  critbit0_tree set = {0};
  insert_all(&set, (const char *const[]){"ba", "bb", "a", "bab", "b", "c", "bca", 0});
  EQUAL(critbit0_allprefixed(&set, "b", delete_it, &set), 1);
  MEMBERS(&set, "", "a.c.");
  EQUAL(critbit0_allprefixed(&set, "", delete_it, &set), 1);
  CHECK(set.root == 0);
}

/* Every member is the beginning of the next one. */
enum { DEPTH = 3000 };

static int count(const char *member, void *arg) {
  (void)member;
  return ++*(int *)arg, 1;
}

static void *deep(void *unused) {
  critbit0_tree set = {0};
  static char longest[DEPTH + 1];
  int calls = 0;
  for (int length = 0; length < DEPTH; length++) {
    EQUAL(critbit0_insert(&set, longest), 2);
    longest[length] = 'x';
  }
  EQUAL(critbit0_allprefixed(&set, "", count, &calls), 1);
  EQUAL(calls, DEPTH);
  critbit0_clear(&set);
  CHECK(set.root == 0);
  return unused;
}

/* What little stack a thread may have is enough for any set. */
TEST(depth_costs_no_stack) {
  pthread_attr_t attributes;
  pthread_t thread;
  size_t size = 64 * 1024, least = (size_t)sysconf(_SC_THREAD_STACK_MIN);
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstacksize(&attributes, size < least ? least : size) == 0);
  CHECK(pthread_create(&thread, &attributes, deep, 0) == 0);
  CHECK(pthread_join(thread, 0) == 0);
}

TEST(a_hundred_thousand_members) {
  critbit0_tree set = {0};
  char name[20];
  int calls = 0;
  for (unsigned turn = 0; turn < 2; turn++)
    for (unsigned i = 0; i < 100000; i++) {
      snprintf(name, sizeof name, "%u", i * 2654435761u);
      EQUAL(critbit0_insert(&set, name), turn ? 1 : 2);
    }
  EQUAL(critbit0_allprefixed(&set, "", count, &calls), 1);
  EQUAL(calls, 100000);
  for (unsigned i = 0; i < 100000; i++) {
    snprintf(name, sizeof name, "%u", i * 2654435761u);
    EQUAL(critbit0_delete(&set, name), 1);
  }
  CHECK(set.root == 0);
}
