/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Constant databases, written. cdb.h reads them.
 *
 * The functions return 0, or -1 with errno: ENOMEM if there is no memory, or if the file would have 4 GiB or more;
 * then nothing has been written, and the records so far can be finished. Else it is that of write(2). Write to
 * a new file, and rename it when it is finished: programs that read the old one go on.
 */

#ifndef LIBOWFAT_CDB_MAKE_H
#define LIBOWFAT_CDB_MAKE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include "buffer.h"
#include "uint32.h"
#include "uint64.h"

/* Records that a cdb_hplist has room for. */
#define CDB_HPLIST 1000

/* A record: the hash value of its key, and its position. */
struct cdb_hp {
  /* The hash value. */
  uint32 h;
  /* The position; 0 for none. */
  uint32 p;
};

/* Some of the records so far, in memory from malloc. */
struct cdb_hplist {
  /* The records. */
  struct cdb_hp hp[CDB_HPLIST];
  /* Those before these, or NULL. */
  struct cdb_hplist *next;
  /* How many there are. */
  int num;
};

/* A constant database that is being written. It must stay where it is until it is finished. */
struct cdb_make {
  /* The memory of b. */
  char bspace[8192];
  /* The header of the file, in the end. */
  char final[2048];
  /* How many records each hash table has, in the end. */
  uint32 count[256];
  /* Where in split those of each hash table are, in the end. */
  uint32 start[256];
  /* The records so far. */
  struct cdb_hplist *head;
  /* Used by cdb_make_finish. */
  struct cdb_hp *split;
  /* Used by cdb_make_finish. */
  struct cdb_hp *hash;
  /* How many records there are. */
  uint32 numentries;
  /* What the file is written through: keys and data, after cdb_make_addbegin. */
  buffer b;
  /* Where in the file the next record begins. */
  uint32 pos;
  /* The file, which belongs to the program. */
  int64 fd;
};

#ifdef __cplusplus
extern "C" {
#endif

/*
 Begins a database in the file fd, which is open for writing and stays the program's; what is in it is not cut off.
 Returns the position of the first record, which is 2048, or -1 with the errno of lseek(2).
 */
int cdb_make_start(struct cdb_make *c,
                   int64 fd);

/*
 Begins a record: writes both lengths. The key and the data have to follow, through the buffer c->b, and then
 cdb_make_addend.
 */
int cdb_make_addbegin(struct cdb_make *c, unsigned long keylen, unsigned long datalen);

/* Ends a record with the same lengths; h is the cdb_hash of its key. */
int cdb_make_addend(struct cdb_make *c, unsigned long keylen, unsigned long datalen, uint32 h);

/* Adds a record with the keylen bytes at key and the datalen bytes at data. Several may have the same key. */
int cdb_make_add(struct cdb_make *c,
                 const unsigned char *key,
                 unsigned long keylen,
                 const unsigned char *data,
                 unsigned long datalen);

/*
 Writes the hash tables and then the header, without which the file is no database, and frees the memory that
 the records took, even if it fails: after an error there is nothing left to do but to begin again. EINVAL says that
 the file's position is not where the records end, because an error was not looked at, or a record is not as long
 as announced. The file is neither synced nor closed.
 */
int cdb_make_finish(struct cdb_make *c);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_CDB_MAKE_H */
