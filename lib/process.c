/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process: processes named by pid and start time, so that a reused pid is nobody we know. */
#include "process.h"

#include "cleanup.h"
#include "text.h"

#include <string.h>

/* What /proc/PID/stat says (proc_pid_stat(5)). */
struct stat_line {
	char comm[64]; /* 15 characters, more for kernel threads */
	char state;
	pid_t parent;
	uint64_t start;
};

#define FIELD_STATE  3
#define FIELD_PARENT 4
#define FIELD_START  22

/* Workers and daemons are processes of the machine that we run on, even while we look at a recorded one. */
static const struct vw_host real_host = { .root_fd = -1 };

/* Any process names itself as it likes (PR_SET_NAME), with blanks and ") R 1 (" as well: comm ends at the last ')' of
 * the line, because nothing but numbers follows it. */
static int parse_stat(char *line, struct stat_line *stat)
{
	char *open = strchr(line, '('), *close = strrchr(line, ')'), *field, *save = NULL;
	uint64_t number;
	int index = FIELD_STATE;

	if (!open || !close || close < open)
		return -EBADMSG;
	*close = '\0';
	if (strlen(open + 1) >= sizeof(stat->comm))
		return -EBADMSG;
	strcpy(stat->comm, open + 1);
	for (field = strtok_r(close + 1, " ", &save); field && index <= FIELD_START;
		field = strtok_r(NULL, " ", &save), index++) {
		if (index == FIELD_STATE) {
			stat->state = field[0];
		} else if (index == FIELD_PARENT) {
			if (vw_text_u64(field, 10, INT32_MAX, &number) < 0)
				return -EBADMSG;
			stat->parent = (pid_t)number;
		} else if (index == FIELD_START) {
			return vw_text_u64(field, 10, UINT64_MAX, &stat->start) < 0 ? -EBADMSG : 0;
		}
	}
	return -EBADMSG;
}

static int read_stat(pid_t pid, struct stat_line *stat)
{
	char line[2048];
	int rc = vw_host_readf(&real_host, line, sizeof(line), "/proc/%d/stat", (int)pid);

	return rc < 0 ? rc : parse_stat(line, stat);
}

struct vw_process vw_process_self(void)
{
	struct vw_process self = { .pid = getpid() };
	struct stat_line stat;

	if (read_stat(self.pid, &stat) == 0)
		self.start = stat.start;
	return self;
}

bool vw_process_alive(const struct vw_process *process)
{
	struct stat_line stat;
	int rc;

	if (process->pid <= 0)
		return false;
	rc = read_stat(process->pid, &stat);
	if (rc == -ENOENT || rc == -ESRCH)
		return false;
	/* Not being able to look is no proof of death: what a living worker holds must not be taken. */
	if (rc < 0)
		return true;
	return stat.start == process->start && stat.state != 'Z' && stat.state != 'X';
}

struct vw_process vw_process_daemon(void)
{
	static const char *const daemons[] = { "libvirtd", "virtqemud", "virtnetworkd" };
	struct stat_line stat;
	pid_t pid = getppid();

	/* Bounded, because parents may die and be replaced while we climb. */
	for (int depth = 0; depth < 32 && pid > 0 && read_stat(pid, &stat) == 0; depth++) {
		for (size_t i = 0; i < VW_ARRAY_SIZE(daemons); i++)
			if (strcmp(stat.comm, daemons[i]) == 0)
				return (struct vw_process){ .pid = pid, .start = stat.start };
		pid = stat.parent;
	}
	return (struct vw_process){ 0 };
}

void vw_process_comm(const struct vw_host *host, pid_t pid, char *buf, size_t size)
{
	char comm[64];

	if (vw_host_readf(host, comm, sizeof(comm), "/proc/%d/comm", (int)pid) < 0)
		comm[0] = '\0';
	snprintf(buf, size, "%s", comm);
}
