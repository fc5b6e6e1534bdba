/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace: runs the hook once, under ptrace, and kills it at, or fails, one of its system calls. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

#define TRACE_CALLS_MAX 8192

/* As libvirtd calls it. */
struct command {
	const char *hook, *root;
	const char *name, *operation, *sub, *extra;
	const char *xml;     /* the file that becomes standard input */
	bool unknown_daemon; /* nobody is named libvirtd: such a claim is believed for ten minutes */
};

/* What happens to the call-th system call after execve. */
struct fault {
	enum { NO_FAULT, KILL, FAIL } what;
	unsigned int call;
	int error; /* FAIL: the errno; the call itself is not made (close is, as the kernel does) */
	bool stays; /* FAIL: every later call of the same kind, too */
	unsigned int
		main_call; /* of an earlier run, where `call` comes after it: what is before is not looked at; or 0 */
};

/* How the run ended. */
struct run {
	bool untraceable;              /* ptrace is not allowed here */
	bool hit;                      /* the fault happened */
	bool hung;                     /* it was still there after `limit_ms`, and was killed */
	int signal;                    /* that ended it; 0 = it exited */
	int status;                    /* exit status */
	unsigned int calls, main_call; /* how many calls; the first that main() makes */
	unsigned short nr[TRACE_CALLS_MAX + 1]; /* the kinds of calls 1 to `calls` */
	bool wrote_stdout;
	char err[8192]; /* its stderr */
};

/* Runs the hook as the child of a process called libvirtd, which is dead afterwards. fault NULL: not traced at all. The
 * result is overwritten by the next call. */
const struct run *trace_hook(
	const struct command *command, const struct fault *fault, unsigned int limit_ms);

/* "rename", or "system call 82" where we have no name for it; valid until the next call. */
const char *trace_call_name(unsigned int nr);
/* A call that cannot fail in any kernel: to fail it all the same would test nothing. */
bool trace_cannot_fail(unsigned int nr);

#endif
