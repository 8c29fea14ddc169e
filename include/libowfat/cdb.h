/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Constant databases: files in which records are found by their keys. cdb_make.h writes them.
 *
 * A position is a byte's number in the file. Keys and data are any bytes, and a key may have several records.
 * A file that is not a database, or a damaged one, is found out while it is read: -1 with errno EPROTO.
 */

#ifndef LIBOWFAT_CDB_H
#define LIBOWFAT_CDB_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include "uint32.h"
#include "uint64.h"

/* What cdb_hashadd starts with. */
#define CDB_HASHSTART 5381

/* A constant database. All zeros is one that is not open yet. */
struct cdb {
  /* The file in memory, NULL if it is not. */
  char *map;
  /* The file descriptor of the database, which belongs to the program. */
  int64 fd;
  /* Bytes of the file in memory, if it is. */
  uint32 size;
  /* How many slots of a hash table were looked at; 0 before the first cdb_findnext. */
  uint32 loop;
  /* The hash value of the key that is looked for. */
  uint32 khash;
  /* The position of the next slot; after a step from record to record, that of the key. */
  uint32 kpos;
  /* The position of the hash table. */
  uint32 hpos;
  /* Slots of the hash table. */
  uint32 hslots;
  /* The position of the data that was found. */
  uint32 dpos;
  /* Bytes of data that were found. */
  uint32 dlen;
};

#ifdef __cplusplus
extern "C" {
#endif

/* Adds the byte c to the hash value h. */
uint32 cdb_hashadd(uint32 h, unsigned char c) __attribute__((const));

/* Returns the hash value of the len bytes at buf. */
uint32 cdb_hash(const unsigned char *buf, unsigned long len) __attribute__((pure));

/* Releases the memory that cdb_init has taken. fd stays open. */
void cdb_free(struct cdb *c);

/*
 Opens the database in the file fd, which stays the program's and has to stay open. *c is all zeros, or was used
 before. A file of 64 KiB or less is read into memory, a longer one is mapped, if that can be done; if not, it is
 read as it is needed, and it shows in the functions below if it cannot be. On Linux a mapping of up to 16 MiB
 becomes a copy at the same address once it has been used for long.
 */
void cdb_init(struct cdb *c,
              int64 fd);

/*
 Copies len bytes from position pos of the file to buf. Returns 0, or -1 with errno EPROTO if the file ends
 before, or with that of read(2).
 */
int cdb_read(struct cdb *c, unsigned char *buf, unsigned long len, uint32 pos);

/* Prepares for the first cdb_findnext of a key. */
void cdb_findstart(struct cdb *c);

/*
 Finds the next record with the key of len bytes at key; they come in the order in which they were added. Returns 1,
 and cdb_datapos and cdb_datalen say where its data is; 0 if there are no more; -1 with errno.
 */
int cdb_findnext(struct cdb *c,
                 const unsigned char *key,
                 unsigned long len);

/* Finds the first record with a key: cdb_findstart and cdb_findnext. */
int cdb_find(struct cdb *c, const unsigned char *key, unsigned long len);

/*
 Goes to the first record of the file. Returns 1, and sets *kpos for cdb_nextkey; cdb_keypos, cdb_keylen,
 cdb_datapos and cdb_datalen say where the key and the data are. Returns 0 if there is none, or -1 with errno.
 */
int cdb_firstkey(struct cdb *c, uint32 *kpos);

/* Goes to the next record, the one at *kpos, in the same way. */
int cdb_nextkey(struct cdb *c, uint32 *kpos);

/*
 Goes to the first record of the file if key is NULL, else to the one behind the first record with that key; so a key
 that has several records comes up again and again. Returns 1 as cdb_firstkey does, 0 if there is no such key or
 nothing behind it, or -1 with errno.
 */
int cdb_successor(struct cdb *c,
                  const unsigned char *key,
                  unsigned long len);

/* Where the data of the record is that was found, and how many bytes it has. */
#define cdb_datapos(c) ((c)->dpos)
#define cdb_datalen(c) ((c)->dlen)

/* Where the key of the record is, and how many bytes it has: after cdb_firstkey, cdb_nextkey and cdb_successor. */
#define cdb_keypos(c) ((c)->kpos)
#define cdb_keylen(c) ((c)->dpos - (c)->kpos)

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_CDB_H */
