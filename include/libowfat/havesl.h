/* Nothing: every system that this library knows has socklen_t. */
