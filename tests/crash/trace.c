/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace: runs the hook once, under ptrace, and kills it at, or fails, one of its system calls. */

/*
 * Theory of operation. A process of its own, named libvirtd because the hook looks for that among its parents, starts and
 * traces the hook, writes what came of it into shared memory, and ends. PTRACE_SYSCALL stops the hook at the entry of each
 * system call and again when it is done. A call that is to fail gets a number that no kernel knows and, when that is done, the
 * errno as its result. After the fault the hook runs on untraced.
 *
 * What the loader does before main() takes a third of the calls. Where the fault comes later, a seccomp filter makes the kernel stop the
 * hook at geteuid, main()'s first call, and the counting begins there.
 *
 * The hook is killed when a call is done. That is also the moment at which the next one is entered, because in between a process
 * changes nothing that anybody else could see.
 */
#include "trace.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define RESULT(regs)       ((regs)->rax)
#define ARGUMENT(regs)     ((regs)->rdi)
#define ARGUMENT_IS_RESULT 0
#elif defined(__aarch64__)
#define RESULT(regs)       ((regs)->regs[0])
#define ARGUMENT(regs)     ((regs)->regs[0])
#define ARGUMENT_IS_RESULT 1
#endif

/* Names for reports. */
#define N(name)                                                                                    \
	{                                                                                          \
		SYS_##name, #name                                                                  \
	}
static const struct {
	unsigned int nr;
	const char *name;
} names[] = {
	N(brk),
	N(clock_nanosleep),
	N(close),
	N(connect),
	N(execve),
	N(exit_group),
	N(faccessat),
	N(fchmod),
	N(fchmodat),
	N(fchown),
	N(fcntl),
	N(fdatasync),
	N(flock),
	N(fstat),
	N(fsync),
	N(ftruncate),
	N(futex),
	N(getdents64),
	N(getegid),
	N(geteuid),
	N(getgid),
	N(getpid),
	N(getppid),
	N(getrandom),
	N(gettid),
	N(getuid),
	N(ioctl),
	N(lseek),
	N(madvise),
	N(mkdirat),
	N(mmap),
	N(mprotect),
	N(mremap),
	N(munmap),
	N(newfstatat),
	N(openat),
	N(openat2),
	N(ppoll),
	N(pread64),
	N(prlimit64),
	N(pwrite64),
	N(read),
	N(readlinkat),
	N(readv),
	N(renameat),
	N(renameat2),
	N(rt_sigaction),
	N(rt_sigprocmask),
	N(rt_sigreturn),
	N(sched_yield),
	N(sendto),
	N(set_robust_list),
	N(set_tid_address),
	N(sigaltstack),
	N(socket),
	N(statx),
	N(unlinkat),
	N(write),
	N(writev),
#if defined(__x86_64__)
	N(access),
	N(arch_prctl),
	N(lstat),
	N(mkdir),
	N(open),
	N(poll),
	N(readlink),
	N(rename),
	N(rmdir),
	N(stat),
	N(unlink),
#endif
};

const char *trace_call_name(unsigned int nr)
{
	static char text[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].nr == nr)
			return names[i].name;
	snprintf(text, sizeof(text), "system call %u", nr);
	return text;
}

bool trace_cannot_fail(unsigned int nr)
{
	static const unsigned int sure[] = { SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid,
		SYS_geteuid, SYS_getgid, SYS_getegid, SYS_exit_group, SYS_rt_sigreturn,
		SYS_sched_yield,
#ifdef __SANITIZE_ADDRESS__ /* whose own memory it is, and which gives up without it */
		SYS_mmap, SYS_munmap, SYS_mprotect, SYS_madvise,
#endif
		SYS_futex /* with one thread */ };

	for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++)
		if (sure[i] == nr)
			return true;
	return false;
}

static void on_alarm(int number)
{
	(void)number; /* its whole purpose is to end waitpid() */
}

static void set_timer(unsigned int ms)
{
	struct itimerval timer = { .it_value = { ms / 1000, ms % 1000 * 1000L } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

#ifdef RESULT
/* At the entry of a call: it becomes one that does nothing. */
static void skip_call(pid_t pid)
{
#if defined(__x86_64__)
	struct user_regs_struct regs;
	struct iovec vec = { &regs, sizeof(regs) };

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vec);
	regs.orig_rax = (unsigned long)-1;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &vec);
#else
	int nr = -1;
	struct iovec vec = { &nr, sizeof(nr) };

	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &vec);
#endif
}

/* Replaces the first argument; returns what it was. */
static unsigned long set_argument(pid_t pid, unsigned long value)
{
	struct user_regs_struct regs;
	struct iovec vec = { &regs, sizeof(regs) };
	unsigned long old;

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vec);
	old = ARGUMENT(&regs);
	ARGUMENT(&regs) = value;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &vec);
	return old;
}

static void set_result(pid_t pid, int error)
{
	struct user_regs_struct regs;
	struct iovec vec = { &regs, sizeof(regs) };

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vec);
	RESULT(&regs) = (unsigned long)-(long)error;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &vec);
}
#else
static void skip_call(pid_t pid)
{
	(void)pid;
}
#define ARGUMENT_IS_RESULT 1
static unsigned long set_argument(pid_t pid, unsigned long value)
{
	(void)pid;
	return value;
}
static void set_result(pid_t pid, int error)
{
	(void)pid;
	(void)error;
}
#endif

static unsigned int now;       /* the call that is being made */
static unsigned long argument; /* that a brk which fails was made with */

/* The hook stopped at the entry of a call. Is it one that is to fail? */
static bool at_entry(pid_t pid, unsigned int nr, const struct fault *fault, struct run *run)
{
	bool fails = false;

	run->calls++;
	now = nr;
	if (run->calls <= TRACE_CALLS_MAX)
		run->nr[run->calls] = (unsigned short)nr;
	if (nr == SYS_geteuid && !run->main_call) /* nothing before main() asks for it */
		run->main_call = run->calls;
	if (fault->what == FAIL)
		fails = run->calls == fault->call ||
			(run->hit && fault->stays && nr == run->nr[fault->call]);
	if (!fails)
		return false;
	run->hit = true;
	/* The kernel's close always closes, and its brk has no error, but leaves everything as it was. */
	if (nr == SYS_brk)
		argument = set_argument(pid, 0);
	else if (nr != SYS_close)
		skip_call(pid);
	return true;
}

/* Where the kernel has stopped the hook for something else than a call. */
static void at_event(pid_t pid, int status, const struct fault *fault, struct run *run, bool done)
{
	int deliver = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
	bool filter = status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8);

	if (filter && !run->calls)
		run->main_call = run->calls = fault->main_call;
	done |= fault->main_call && !run->calls;
	ptrace(done ? PTRACE_CONT : PTRACE_SYSCALL, pid, 0, deliver);
}

/* Where the kernel has stopped the hook at a call: lets it go on, and says whether more calls are of interest. */
static bool at_stop(pid_t pid, const struct fault *fault, struct run *run, bool *fails)
{
	struct __ptrace_syscall_info info;

	ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		*fails = at_entry(pid, (unsigned int)info.entry.nr, fault, run);
	} else if (*fails) {
		if (now == SYS_brk && !ARGUMENT_IS_RESULT)
			set_argument(pid, argument); /* which the caller still relies on */
		else if (now != SYS_brk)
			set_result(pid, fault->error);
		if (!fault->stays) {
			ptrace(PTRACE_CONT, pid, 0, 0);
			return false;
		}
	} else if (fault->what == KILL && run->calls == fault->call) {
		run->hit = true;
		kill(pid, SIGKILL);
		return false;
	}
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	return true;
}

static void follow(pid_t pid, const struct fault *fault, struct run *run)
{
	bool tracing = true, fails = false, first = true;
	int status;

	for (;;) {
		if (waitpid(pid, &status, 0) < 0) {
			if (errno != EINTR)
				return;
			run->hung = true;
			kill(pid, SIGKILL);
		} else if (!WIFSTOPPED(status)) {
			break;
		} else {
			if (first)
				ptrace(PTRACE_SETOPTIONS, pid, 0,
					PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
						PTRACE_O_TRACESECCOMP);
			first = false;
			if (WSTOPSIG(status) == (SIGTRAP | 0x80))
				tracing = at_stop(pid, fault, run, &fails);
			else
				at_event(pid, status, fault, run, !tracing);
		}
	}
	run->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	run->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void stop_at_geteuid(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_geteuid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(126);
}

static void become_hook(const struct command *c, const struct fault *fault, int out, int err)
{
	char *argv[] = { (char *)c->hook, (char *)c->name, (char *)c->operation, (char *)c->sub,
		(char *)c->extra, NULL };
	int in = open(c->xml, O_RDONLY | O_CLOEXEC);

	clearenv();
	setenv("VFWARD_ROOT", c->root, 1);
	/* What a sanitizer's leak check wants is ptrace itself. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(125);
	personality(ADDR_NO_RANDOMIZE); /* so that a number means the same call in each run */
	if (fault && ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		_exit(126);
	if (fault && fault->main_call)
		stop_at_geteuid();
	execv(c->hook, argv);
	_exit(127);
}

/* The body of the process named libvirtd. */
static void be_daemon(const struct command *command, const struct fault *fault,
	unsigned int limit_ms, struct run *run)
{
	int out = memfd_create("stdout", MFD_CLOEXEC), err = memfd_create("stderr", MFD_CLOEXEC);
	struct sigaction action = { .sa_handler = on_alarm };
	ssize_t len;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, command->unknown_daemon ? "crash" : "libvirtd");
	sigaction(SIGALRM, &action, NULL); /* without SA_RESTART */
	pid = fork();
	if (pid == 0)
		become_hook(command, fault, out, err);
	set_timer(limit_ms);
	if (pid > 0)
		follow(pid, fault, run);
	if (run->status == 126)
		run->untraceable = true;
	run->wrote_stdout = lseek(out, 0, SEEK_END) != 0;
	len = pread(err, run->err, sizeof(run->err) - 1, 0);
	run->err[len > 0 ? len : 0] = '\0';
	_exit(0);
}

const struct run *trace_hook(
	const struct command *command, const struct fault *fault, unsigned int limit_ms)
{
	static struct run *run;
	int status;
	pid_t pid;

	if (!run)
		run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (run == MAP_FAILED)
		abort();
	memset(run, 0, offsetof(struct run, nr));
	run->status = -1;
	pid = fork();
	if (pid == 0)
		be_daemon(command, fault, limit_ms, run);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		abort();
	return run;
}
