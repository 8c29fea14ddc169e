# SPDX-License-Identifier: MIT OR Apache-2.0
"""What libowfat knows of file descriptors, shown by gdb, in a live process or a core file.

    (gdb) source owfat.py
    (gdb) owfat fds         every registered descriptor
    (gdb) owfat fd 7        one of them
    (gdb) print *entry      with full debug information: an entry of the descriptor table

The table is found by its symbol, so a library with symbols is enough, or its debug file. ctests/gdb.rs holds the numbers below
against src/evloop/word.rs and src/evloop/table.rs.
"""

import datetime
import re
import struct
import time

import gdb

# Bits of the state word.
FLAGS = {
    "REGISTERED": 0,
    "NONBLOCK": 1,
    "WATCHED": 2,
    "ALWAYS_READY": 3,
    "RETRY_REGISTRATION": 4,
    "HANGUP_SEEN": 5,
    "DRAINED": 6,
    "SHARED": 7,
    "STREAM_LIKE": 11,
    "ASSUMED_WRITABLE": 24,
    "ARMED": 25,
    "EXPIRED": 26,
    "READ_ONLY": 27,
    "LEVEL_TRIGGERED": 28,
    "NO_LEVEL": 29,
    "HAD_INTEREST": 30,
    "URGENT_SEEN": 31,
    "SHORT_READ": 32,
}
DIRECTION_SHIFT = 12
DIRECTION_BITS = 6
PER_DIRECTION = ("interest", "ready", "stale", "queued", "forced", "error")
GENERATION_SHIFT = 45

# The table: the first chunk has 1 << FIRST_CHUNK_BITS entries, each following one as many as all before it.
FIRST_CHUNK_BITS = 14
CHUNKS = 32 - 1 - FIRST_CHUNK_BITS + 1
ENTRY_SIZE = 40

# A deadline: seconds since 1970-01-01 00:00:00 TAI, and behind them the nanoseconds. The clock of UTC was 10 seconds behind.
NANO_BITS = 30
UNPACKED = 2**64 - 1
EPOCH = 10

SYMBOL = "owfat::evloop::TABLE"


class Entry:
    """One entry: the word, the cookie, the deadline."""

    def __init__(self, memory):
        self.word, self.cookie, packed = struct.unpack_from("=QQQ", memory)
        seconds, nanoseconds = packed >> NANO_BITS, packed & ((1 << NANO_BITS) - 1)
        self.deadline = None if packed == UNPACKED else seconds - EPOCH + nanoseconds / 1e9

    def has(self, name):
        return bool(self.word >> FLAGS[name] & 1)

    def direction(self, number):
        bits = self.word >> (DIRECTION_SHIFT + DIRECTION_BITS * number)
        return [name for at, name in enumerate(PER_DIRECTION) if bits >> at & 1]

    def when(self):
        if not self.has("ARMED"):
            return "-"
        if self.deadline is None:
            return "before 1970 or after 2514"
        if is_core():
            moment = datetime.datetime.fromtimestamp(self.deadline, datetime.timezone.utc)
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        left = self.deadline - time.time()
        return f"in {left:.1f} s" if left >= 0 else f"{-left:.1f} s ago"

    def flags(self):
        return [name for name in FLAGS if name not in ("REGISTERED", "ARMED") and self.has(name)]

    def row(self, fd):
        return (
            str(fd),
            ",".join(self.direction(0)) or "-",
            ",".join(self.direction(1)) or "-",
            self.when(),
            f"{self.cookie:#x}" if self.cookie else "-",
            str(self.word >> GENERATION_SHIFT),
            " ".join(self.flags()),
        )


HEADINGS = ("fd", "read", "write", "deadline", "cookie", "generation", "flags")


def is_core():
    connection = getattr(gdb.selected_inferior(), "connection", None)
    return connection is not None and connection.type == "core"


def table_address():
    """The address of the table. The symbol is local to the library; some compilers add a hash to its name."""
    listing = gdb.execute(f"info variables -q ^{SYMBOL}", to_string=True)
    found = re.search(rf"^(0x[0-9a-f]+)\s+{SYMBOL}(::h[0-9a-f]+)?\s*$", listing, re.MULTILINE)
    if found:
        return int(found.group(1), 16)
    try:
        return int(gdb.parse_and_eval(f"(unsigned long) &'{SYMBOL}'"))
    except gdb.error:
        raise gdb.GdbError(f"no symbol {SYMBOL}: libowfat is not loaded, or has no symbols; install its debug file")


def chunk_of(fd):
    return 0 if fd < 1 << FIRST_CHUNK_BITS else fd.bit_length() - FIRST_CHUNK_BITS


def place(chunk):
    """Where the entry of descriptor 0 would be if this chunk reached down to it; 0 if there is no such chunk."""
    width = gdb.lookup_type("char").pointer().sizeof
    memory = gdb.selected_inferior().read_memory(table_address() + width * chunk, width)
    return int.from_bytes(bytes(memory), "little")


def entry_of(fd):
    start = place(chunk_of(fd)) if fd >= 0 else 0
    if not start:
        return None
    address = (start + fd * ENTRY_SIZE) % 2**64
    return Entry(bytes(gdb.selected_inferior().read_memory(address, ENTRY_SIZE)))


def registered():
    """(number, entry) of every registered descriptor."""
    step = 1024  # entries at a time: a core file may lack pages that were never touched
    for chunk in range(CHUNKS):
        start = place(chunk)
        if not start:
            continue
        first = 0 if chunk == 0 else 1 << (FIRST_CHUNK_BITS + chunk - 1)
        end = 1 << (FIRST_CHUNK_BITS + chunk)
        for fd in range(first, end, step):
            address = (start + fd * ENTRY_SIZE) % 2**64
            try:
                memory = bytes(gdb.selected_inferior().read_memory(address, step * ENTRY_SIZE))
            except gdb.MemoryError:
                continue
            if not any(memory):
                continue
            for at in range(step):
                entry = Entry(memory[at * ENTRY_SIZE : (at + 1) * ENTRY_SIZE])
                if entry.has("REGISTERED"):
                    yield fd + at, entry


def show(rows):
    rows = [HEADINGS] + rows
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


class Owfat(gdb.Command):
    """What libowfat knows of file descriptors: owfat fds, owfat fd NUMBER."""

    def __init__(self):
        super().__init__("owfat", gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


class Fds(gdb.Command):
    """Every registered descriptor: interest and readiness by direction, deadline, cookie, generation, flags."""

    def __init__(self):
        super().__init__("owfat fds", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        rows = [entry.row(fd) for fd, entry in registered()]
        show(rows)
        print(f"{len(rows)} registered")


class Fd(gdb.Command):
    """One registered descriptor: owfat fd NUMBER."""

    def __init__(self):
        super().__init__("owfat fd", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        fd = int(gdb.parse_and_eval(argument))
        entry = entry_of(fd)
        if entry is None or not entry.has("REGISTERED"):
            print(f"{fd} is not registered")
        else:
            show([entry.row(fd)])


class EntryPrinter:
    """An entry of the descriptor table, where there is debug information about its type."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        memory = gdb.selected_inferior().read_memory(int(self.value.address), ENTRY_SIZE)
        row = Entry(bytes(memory)).row("")
        return "; ".join(f"{name}: {cell}" for name, cell in zip(HEADINGS[1:], row[1:]) if cell not in ("", "-"))


def printer(value):
    if str(value.type.strip_typedefs()) == "owfat::evloop::table::Entry" and value.address is not None:
        return EntryPrinter(value)
    return None


Owfat()
Fds()
Fd()
gdb.pretty_printers.append(printer)
