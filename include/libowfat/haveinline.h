/* Nothing: every compiler that this library knows has inline. */
