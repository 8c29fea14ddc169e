/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Requests: from bytes to struct request, with nothing believed. */
#include "http.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

size_t request_length(const char *buf, size_t len, size_t *scanned) {
  const char *end = buf + len;
  /* The header ends at the first empty line: a line feed followed by another, or by CR LF. */
  for (const char *p = buf + *scanned; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) {
    const char *next = p + 1;
    if (next < end && *next == '\r')
      next++;
    if (next == end) { /* what follows this line feed is still to come: start here the next time */
      *scanned = (size_t)(p - buf);
      return 0;
    }
    if (*next == '\n')
      return (size_t)(next + 1 - buf);
  }
  *scanned = len;
  return 0;
}

int request_too_long(const char *buf, size_t len) {
  return memchr(buf, '\n', len) ? 431 : 414; /* too many fields, or is it the address already? */
}

/* RFC 9110's token: what methods and field names are made of. */
static bool is_token(const char *s) {
  if (!*s)
    return false;
  for (; *s; s++)
    if (!isalnum((unsigned char)*s) && !strchr("!#$%&'*+-.^_`|~", *s))
      return false;
  return true;
}

static int hex_digit(char c) {
  static const char digits[] = "0123456789abcdef";
  const char *found = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
  return found ? (int)(found - digits) : -1;
}

/* Decodes in place. A null byte would cut the name short behind the checks' back, and a backslash separates
   names on other systems: neither has any business here. */
static bool percent_decode(char *s) {
  char *out = s;
  for (; *s; s++, out++) {
    *out = *s;
    if (*s == '%') {
      int high = hex_digit(s[1]), low = high < 0 ? -1 : hex_digit(s[2]);
      if (low < 0)
        return false;
      *out = (char)(high * 16 + low);
      s += 2;
    }
    if (*out == '\0' || *out == '\\')
      return false;
  }
  *out = '\0';
  return true;
}

static bool has_dot_dot(const char *path) {
  for (const char *p = path; (p = strstr(p, "..")) != NULL; p += 2)
    if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
      return true;
  return false;
}

/* Is `word` in a comma-separated list such as "keep-alive, Upgrade"? */
static bool list_has(const char *list, const char *word) {
  size_t len = strlen(word);
  while (*list) {
    list += strspn(list, ", \t");
    size_t item = strcspn(list, ", \t");
    if (item == len && strncasecmp(list, word, len) == 0)
      return true;
    list += item;
  }
  return false;
}

/* Cuts the next line off and ends it with a null byte. NULL if a stray CR is in it: others might see two lines. */
static char *next_line(char **rest) {
  char *line = *rest, *end = strchr(line, '\n');
  *rest = end + 1;
  if (end > line && end[-1] == '\r')
    end--;
  *end = '\0';
  return strchr(line, '\r') ? NULL : line;
}

/* The address: "/path?query", or the same with "http://host" in front, as sent to a proxy. */
static int parse_target(struct request *r, char *target) {
  if (strlen(target) > TARGET_MAX)
    return 414;
  for (const char *p = target; *p; p++)
    if ((unsigned char)*p <= ' ' || *p == 0x7f)
      return 400;
  if (strncasecmp(target, "http://", 7) == 0) {
    target += 7 + strcspn(target + 7, "/?");
    if (*target != '/')
      return 400;
  }
  if (*target != '/')
    return 400;
  r->query = strchr(target, '?');
  if (r->query)
    *r->query++ = '\0';
  if (!percent_decode(target))
    return 400;
  r->path = target + strspn(target, "/");
  /* Browsers resolve ".." before they ask. A client that sends it wants out; folder_open would refuse as well. */
  return has_dot_dot(r->path) ? 403 : 0;
}

/* "GET /path HTTP/1.1" */
static int parse_first_line(struct request *r, char *line) {
  char *target = strchr(line, ' ');
  char *version = target ? strchr(target + 1, ' ') : NULL;
  if (!version)
    return 400;
  *target++ = *version++ = '\0';
  if (!is_token(line) || strncmp(version, "HTTP/", 5) != 0 || !isdigit((unsigned char)version[5]) ||
      version[6] != '.' || !isdigit((unsigned char)version[7]) || version[8])
    return 400;
  if (version[5] != '1')
    return 505;
  r->minor_1 = version[7] != '0';
  r->is_get = strcmp(line, "GET") == 0;
  r->is_head = strcmp(line, "HEAD") == 0;
  return parse_target(r, target);
}

static int parse(struct request *r, char *rest) {
  char *line = next_line(&rest);
  int error = line ? parse_first_line(r, line) : 400, hosts = 0;
  if (error)
    return error;
  bool close = false, keep_alive = r->minor_1;
  while ((line = next_line(&rest)) != NULL && *line) {
    char *value = strchr(line, ':');
    if (!value)
      return 400;
    *value++ = '\0';
    if (!is_token(line)) /* also catches a line that continues the one before, a trick to hide fields */
      return 400;
    value += strspn(value, " \t");
    if (strcasecmp(line, "Host") == 0)
      hosts++;
    else if (strcasecmp(line, "Connection") == 0) {
      close |= list_has(value, "close");
      keep_alive |= list_has(value, "keep-alive");
    } else if (strcasecmp(line, "Transfer-Encoding") == 0 ||
               (strcasecmp(line, "Content-Length") == 0 && strcmp(value, "0") != 0))
      /* A body is of no use to us, and a server that misjudges its length takes it for the next request. Instead of
         skipping it, end the connection after the answer. */
      close = true;
    else if (strcasecmp(line, "If-Modified-Since") == 0)
      r->if_modified_since = value;
    else if (strcasecmp(line, "If-Range") == 0)
      r->if_range = value;
    else if (strcasecmp(line, "Range") == 0)
      r->range = value;
  }
  if (!line || hosts > 1 || (r->minor_1 && hosts == 0))
    return 400;
  r->keep_alive = keep_alive && !close;
  return r->is_get || r->is_head ? 0 : 405;
}

void request_parse(struct request *r, char *buf, size_t len) {
  *r = (struct request){.error = 400};
  if (!memchr(buf, '\0', len)) /* from here on, everything is a string */
    r->error = parse(r, buf);
}
