/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The pages that the server writes itself: the list of a folder, and what a browser shows when there is no answer. */
#define _GNU_SOURCE /* fstatat, fdopendir, gmtime_r, strdup */
#include "http.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool dot_files;

void put_percent_encoded(FILE *out, const char *text) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  for (; *text; text++)
    if (strchr(plain, *text))
      putc(*text, out);
    else
      fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

static void put_html_escaped(FILE *out, const char *text) {
  for (; *text; text++)
    switch (*text) {
    case '&': fputs("&amp;", out); break;
    case '<': fputs("&lt;", out); break;
    case '>': fputs("&gt;", out); break;
    case '"': fputs("&quot;", out); break;
    case '\'': fputs("&#39;", out); break;
    default: putc(*text, out);
    }
}

/* Colours are the browser's, light or dark. On a narrow screen the time of day is left out, and names break anywhere. */
static void begin_page(FILE *out, const char *title) {
  fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>", out);
  put_html_escaped(out, title);
  fputs("</title>\n<style>\n:root { color-scheme: light dark; }\n"
        "body { max-width: 52em; margin: 0 auto; padding: 1em; font: 1em/1.6 system-ui, sans-serif; }\n"
        "a { text-decoration: none; } a:hover { text-decoration: underline; }\n"
        "nav { font-size: 1.2em; margin-bottom: .8em; overflow-wrap: anywhere; }\n"
        "table { width: 100%; border-collapse: collapse; }\n"
        "td { padding: .3em .2em; border-top: 1px solid #8884; vertical-align: top; }\n"
        "td:first-child { overflow-wrap: anywhere; width: 100%; padding-left: 0; }\n"
        "td + td { white-space: nowrap; text-align: right; padding-left: 1em; font-variant-numeric: tabular-nums; }\n"
        "td:last-child { padding-right: 0; }\n"
        "td + td, footer { color: light-dark(#666, #aaa); }\n"
        "footer { font-size: .85em; padding-top: .6em; border-top: 1px solid #8884; }\n"
        "@media (max-width: 34em) { td span { display: none; } }\n"
        "</style></head>\n<body>\n", out);
}

/* The way from the top to here; every step but the last is a link. */
static void put_breadcrumbs(FILE *out, const char *path) {
  fputs("<nav><a href=\"/\">Top</a>", out);
  char way[TARGET_MAX + 2] = "/";
  size_t len = 1;
  for (path += strspn(path, "/"); *path;) {
    size_t n = strcspn(path, "/");
    const char *next = path + n + strspn(path + n, "/");
    memcpy(way + len, path, n);
    way[len + n] = '\0';
    fputs(" / ", out);
    if (*next) {
      fputs("<a href=\"", out);
      put_percent_encoded(out, way);
      fputs("/\">", out);
    }
    put_html_escaped(out, way + len);
    if (*next)
      fputs("</a>", out);
    way[len + n] = '/';
    len += n + 1;
    path = next;
  }
  fputs("</nav>\n", out);
}

void status_page(FILE *out, int status, const char *reason) {
  char title[64];
  snprintf(title, sizeof title, "%d %s", status, reason);
  begin_page(out, title);
  fprintf(out, "<h1>%s</h1>\n<p>%s<a href=\"/\">To the top</a></p>\n</body></html>\n", title,
          status == 404 ? "There is nothing under this address. " : "");
}

struct entry {
  char *name;
  bool is_folder, is_file;
  off_t size;
  time_t modified;
};

/* Folders first, then by name, as a reader looks for it: case matters only between names that are else the same. */
static int in_order(const void *left, const void *right) {
  const struct entry *a = left, *b = right;
  if (a->is_folder != b->is_folder)
    return b->is_folder - a->is_folder;
  int order = strcasecmp(a->name, b->name);
  return order ? order : strcmp(a->name, b->name);
}

/* What a list says of one name. Symbolic links are not followed: what they lead to may lie outside. */
static bool look_at(struct entry *e, int folder, const char *name) {
  struct stat st;
  *e = (struct entry){.name = strdup(name)};
  if (e->name && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
    e->is_folder = S_ISDIR(st.st_mode);
    e->is_file = S_ISREG(st.st_mode);
    e->size = st.st_size;
    e->modified = st.st_mtime;
  }
  return e->name != NULL;
}

static void put_size(FILE *out, off_t size) {
  static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (size < 1024) {
    fprintf(out, "%jd B", (intmax_t)size);
    return;
  }
  double n = (double)size / 1024;
  size_t unit = 0;
  for (; n >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
    n /= 1024;
  fprintf(out, n < 10 ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

static void put_entry(FILE *out, const struct entry *e) {
  const char *slash = e->is_folder ? "/" : "";
  fputs("<tr><td><a href=\"", out);
  put_percent_encoded(out, e->name);
  fprintf(out, "%s\">", slash);
  put_html_escaped(out, e->name);
  fprintf(out, "%s</a></td><td>", slash);
  if (e->is_file)
    put_size(out, e->size);
  fputs("</td><td>", out);
  struct tm tm;
  char day[32], hour[32];
  if (e->modified && gmtime_r(&e->modified, &tm) && strftime(day, sizeof day, "%Y-%m-%d", &tm) &&
      strftime(hour, sizeof hour, "%H:%M", &tm))
    fprintf(out, "%s<span> %s</span>", day, hour);
  fputs("</td></tr>\n", out);
}

bool folder_list(FILE *out, int fd, const char *path) {
  /* A page of bounded size: it waits in memory until a slow client has taken it. */
  enum { NAMES_MAX = 10000 };
  struct entry *entries = malloc(NAMES_MAX * sizeof *entries);
  DIR *folder = entries ? fdopendir(fd) : NULL;
  if (!folder) {
    free(entries);
    close(fd);
    return false;
  }
  size_t count = 0;
  bool more = false;
  for (struct dirent *d; (d = readdir(folder)) != NULL && !more;) {
    if (d->d_name[0] == '.' && (!dot_files || strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0))
      continue;
    more = count == NAMES_MAX || !look_at(&entries[count], fd, d->d_name);
    count += !more;
  }
  qsort(entries, count, sizeof *entries, in_order);

  char title[TARGET_MAX + 2];
  snprintf(title, sizeof title, "/%s", path);
  begin_page(out, title);
  put_breadcrumbs(out, path);
  fputs("<table>\n", out);
  if (*path)
    fputs("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n", out);
  for (size_t i = 0; i < count; i++) {
    put_entry(out, &entries[i]);
    free(entries[i].name);
  }
  fprintf(out, "</table>\n%s</body></html>\n",
          more         ? "<p>&hellip; and more.</p>\n"
          : count == 0 ? "<p>This folder is empty.</p>\n"
                       : "<footer>Dates are in UTC.</footer>\n");
  free(entries);
  closedir(folder); /* closes fd as well */
  return true;
}
