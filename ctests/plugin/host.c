/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* host PLUGIN: loads the plugin, has it work, and unloads it, several times. Then come SIGPIPE and a fork, which must not
 * reach into what is gone. */
#define T_OWN_MAIN
#include "t.h"

int main(int argc, char **argv) {
  int p[2];
  CHECK(argc == 2);
  for (int i = 0; i < 20; i++) {
    void *plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!plugin) FAIL("%s", dlerror());
    int (*work)(void) = (int (*)(void))(uintptr_t)dlsym(plugin, "work");
    EQUAL(work(), 0);
    dlclose(plugin);
    CHECK(dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == NULL);
  }
  pid_t pid = child();
  if (pid == 0) done();
  join(pid);
  CHECK(pipe(p) == 0);
  close(p[0]);
  EQUAL(write(p[1], "x", 1), -1);
  EQUAL(errno, EPIPE);
  return 0;
}
