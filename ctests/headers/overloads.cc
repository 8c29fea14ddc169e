// SPDX-License-Identifier: MIT OR Apache-2.0
// What C++ programs for 0.34 may hand to the functions of uint16.h, uint32.h and uint64.h besides char *: each overload does
// what the function does. Ends with 0, or with the line of what is wrong.
#define OWFAT_API 34
#include <libowfat/uint16.h>
#include <libowfat/uint32.h>
#include <libowfat/uint64.h>

#include <string.h>

#define IS(COND)                          \
  do {                                    \
    if (!(COND)) return __LINE__ & 0x7f;  \
  } while (0)

#define TRY(N, NUMBER, LITTLE, BIG)                                                                    \
  do {                                                                                                 \
    const uint##N number = NUMBER;                                                                     \
    const char *const little = LITTLE, *const big = BIG;                                               \
    char plain[N / 8];                                                                                 \
    unsigned char bytes[N / 8];                                                                        \
    uint##N word, out;                                                                                 \
    uint##N##_pack(plain, number);                                                                     \
    IS(memcmp(plain, little, sizeof plain) == 0 && uint##N##_read(plain) == number);                   \
    uint##N##_pack(bytes, number);                                                                     \
    IS(memcmp(bytes, little, sizeof bytes) == 0 && uint##N##_read(bytes) == number);                   \
    out = 0, uint##N##_unpack(bytes, &out);                                                            \
    IS(out == number);                                                                                 \
    out = 0, uint##N##_unpack(plain, &out);                                                            \
    IS(out == number);                                                                                 \
    uint##N##_pack(&word, number);                                                                     \
    IS(memcmp(&word, little, sizeof word) == 0 && uint##N##_read(&word) == number);                    \
    IS(uint_read(&word) == number);                                                                    \
    uint##N##_pack_big(plain, number);                                                                 \
    IS(memcmp(plain, big, sizeof plain) == 0 && uint##N##_read_big(plain) == number);                  \
    uint##N##_pack_big(bytes, number);                                                                 \
    IS(memcmp(bytes, big, sizeof bytes) == 0 && uint##N##_read_big(bytes) == number);                  \
    out = 0, uint##N##_unpack_big(bytes, &out);                                                        \
    IS(out == number);                                                                                 \
    out = 0, uint##N##_unpack_big(plain, &out);                                                        \
    IS(out == number);                                                                                 \
    uint##N##_pack_big(&word, number);                                                                 \
    IS(memcmp(&word, big, sizeof word) == 0 && uint##N##_read_big(&word) == number);                   \
    IS(uint_read_big(&word) == number);                                                                \
  } while (0)

int main() {
  TRY(16, 0x1234, "\x34\x12", "\x12\x34");
  TRY(32, 0x12345678u, "\x78\x56\x34\x12", "\x12\x34\x56\x78");
  TRY(64, 0x123456789abcdef0ULL, "\xf0\xde\xbc\x9a\x78\x56\x34\x12", "\x12\x34\x56\x78\x9a\xbc\xde\xf0");
  return 0;
}
