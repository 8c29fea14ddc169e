/* Nothing: no system that this library knows has /dev/poll. */
