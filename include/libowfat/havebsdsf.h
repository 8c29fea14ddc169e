/* Nothing: for the sendfile() of FreeBSD there is no macro here. */
