/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What Rust's core asks for where it unwinds, for processors on which rt.rs cannot say it in assembly. */
int rust_eh_personality(void);

/* "Nothing to be done here", for every frame: _URC_CONTINUE_UNWIND. */
__attribute__((weak, visibility("hidden"))) int rust_eh_personality(void) { return 8; }
