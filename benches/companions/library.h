/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A library, opened by its name: every function that a row calls. */
#define FUNCTIONS(X)                                                                                              \
  X(byte_chr) X(byte_rchr) X(byte_copy) X(byte_copyr) X(byte_diff) X(byte_zero) X(byte_equal_notimingattack)      \
  X(str_copy) X(str_diff) X(str_diffn) X(str_len) X(str_chr) X(str_rchr) X(str_start)                             \
  X(case_lowers) X(case_lowerb) X(case_diffs) X(case_diffb) X(case_starts)                                        \
  X(scan_whitenskip) X(scan_nonwhitenskip) X(scan_charsetnskip) X(scan_noncharsetnskip)                           \
  X(fmt_base64) X(fmt_base64url) X(fmt_uuencoded) X(fmt_yenc) X(fmt_quotedprintable) X(fmt_quotedprintable2)      \
  X(fmt_urlencoded) X(fmt_urlencoded2) X(fmt_hexdump) X(fmt_html) X(fmt_html_tagarg) X(fmt_xml) X(fmt_cescape)    \
  X(fmt_foldwhitespace) X(fmt_ldapescape) X(fmt_jsonescape)                                                       \
  X(scan_base64) X(scan_base64url) X(scan_uuencoded) X(scan_yenc) X(scan_quotedprintable) X(scan_urlencoded)      \
  X(scan_urlencoded2) X(scan_hexdump) X(scan_html) X(scan_html_tagarg) X(scan_cescape) X(scan_ldapescape)         \
  X(scan_jsonescape) X(fmt_to_sa) X(scan_to_sa) X(fmt_to_array) X(scan_to_array)                                  \
  X(fmt_ulong) X(fmt_long) X(fmt_xlong) X(fmt_8long) X(fmt_ulonglong) X(fmt_longlong) X(fmt_ulong0)               \
  X(fmt_plusminus) X(fmt_minus) X(fmt_double) X(fmt_human) X(fmt_humank) X(fmt_httpdate) X(fmt_iso8601)           \
  X(fmt_escapecharxml) X(fmt_escapecharjson) X(fmt_escapecharquotedprintable) X(fmt_escapecharc)                  \
  X(fmt_utf8) X(fmt_asn1derlength) X(fmt_asn1dertag) X(fmt_varint) X(fmt_pb_int) X(fmt_pb_string)                 \
  X(fmt_pb_double) X(fmt_str) X(fmt_strn) X(fmt_pad) X(fmt_netstring) X(fmt_strm_internal)                        \
  X(scan_ulong) X(scan_ulongn) X(scan_xlong) X(scan_8long) X(scan_long) X(scan_ulonglong) X(scan_longlong)        \
  X(scan_uint) X(scan_int) X(scan_ushort) X(scan_short) X(scan_plusminus) X(scan_double) X(scan_httpdate)         \
  X(scan_iso8601) X(scan_utf8) X(scan_utf8_sem) X(scan_asn1derlength) X(scan_asn1dertag) X(scan_varint)           \
  X(scan_pb_tag) X(scan_pb_type0_int) X(scan_pb_type0_sint) X(scan_pb_type1_fixed64) X(scan_pb_type5_fixed32)     \
  X(scan_pb_type2_stringlen) X(scan_netstring)                                                                    \
  X(scan_ip4) X(fmt_ip4) X(scan_ip6) X(fmt_ip6) X(fmt_ip6c) X(scan_ip6if) X(fmt_ip6if)                            \
  X(array_allocate) X(array_get) X(array_truncate) X(array_bytes) X(array_length) X(array_catb) X(array_cats)     \
  X(array_cat0) X(array_trunc) X(array_reset) X(array_equal)                                                      \
  X(iarray_init) X(iarray_allocate) X(iarray_get)                                                                 \
  X(stralloc_ready) X(stralloc_readyplus) X(stralloc_copyb) X(stralloc_copys) X(stralloc_catb) X(stralloc_cats)   \
  X(stralloc_append) X(stralloc_catulong0) X(stralloc_catlong0) X(stralloc_starts) X(stralloc_diff)               \
  X(stralloc_diffs) X(stralloc_chop) X(stralloc_chomp) X(stralloc_catm_internal) X(stralloc_free)                 \
  X(critbit0_contains) X(critbit0_insert) X(critbit0_delete) X(critbit0_clear) X(critbit0_allprefixed)            \
  X(buffer_init) X(buffer_put) X(buffer_puts) X(buffer_putalign) X(buffer_putflush) X(buffer_putulong)            \
  X(buffer_putlong) X(buffer_putxlong) X(buffer_put8long) X(buffer_putulonglong) X(buffer_putnlflush)             \
  X(buffer_putspace) X(buffer_putsa) X(buffer_flush) X(buffer_frombuf) X(buffer_getc) X(buffer_getn)              \
  X(buffer_getline) X(buffer_get_token) X(buffer_getline_sa)                                                      \
  X(cdb_hash) X(cdb_init) X(cdb_find) X(cdb_free) X(cdb_firstkey) X(cdb_nextkey)                                  \
  X(cdb_make_start) X(cdb_make_add) X(cdb_make_finish)                                                            \
  X(tai_now) X(tai_pack) X(tai_unpack) X(taia_now) X(taia_add) X(taia_addsec) X(taia_sub) X(taia_less)            \
  X(taia_pack) X(taia_unpack)                                                                                     \
  X(dns_domain_fromdot) X(dns_domain_todot_cat) X(dns_domain_length) X(dns_domain_equal) X(dns_name4_domain)      \
  X(dns_packet_getname) X(dns_packet_skipname)                                                                    \
  X(openreadclose)                                                                                                \
  X(io_fd) X(io_nonblock) X(io_wantread) X(io_tryread) X(io_timeout) X(io_timedout) X(io_setcookie)               \
  X(io_getcookie) X(io_timeouted) X(io_canread) X(io_canwrite) X(io_dontwantread) X(io_dontwantwrite)             \
  X(io_eagain_read) X(iob_new) X(iob_addbuf) X(iob_free) X(iob_addfile) X(iob_write)

struct library {
#define X(name) __typeof__(&name) name;
  FUNCTIONS(X)
#undef X
};

static struct library ours, theirs;

static void load(struct library *l, const char *path) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!handle) fprintf(stderr, "%s\n", dlerror()), exit(1);
#define X(name)                                       \
  l->name = (__typeof__(l->name))dlsym(handle, #name); \
  if (!l->name) fprintf(stderr, "%s has no %s\n", path, #name), exit(1);
  FUNCTIONS(X)
#undef X
}
