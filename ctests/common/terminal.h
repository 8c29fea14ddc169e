/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* openpty, which each system declares in a header of its own. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <sys/types.h>
#include <termios.h>

#if defined(__linux__)
#include <pty.h>
#elif defined(__FreeBSD__) || defined(__DragonFly__)
#include <sys/ioctl.h>
#include <libutil.h>
#elif __has_include(<util.h>)
#include <util.h>
#else
/* Headers of macOS that come without its SDK lack that one. */
struct winsize;
int openpty(int *master, int *slave, char *name, struct termios *mode, struct winsize *size);
#endif

#endif
