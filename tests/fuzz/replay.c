/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay: stands in for libFuzzer: runs every file of the given directories (and the files given) through a target once. */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static char at[4096];

/* Whoever dies says where. The name stands ready, because nothing else may be done in a handler. */
static void on_death(int signal)
{
	static const char said[] = "replay: died at ";

	if (write(STDERR_FILENO, said, sizeof(said) - 1) < 0 ||
		write(STDERR_FILENO, at, strlen(at)) < 0 || write(STDERR_FILENO, "\n", 1) < 0)
		_exit(1);
	raise(signal); /* SA_RESETHAND: this time for good */
}

static void fail(const char *path)
{
	fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
	exit(1);
}

static void run_file(const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	uint8_t *data;
	size_t size;

	if (!f || fstat(fileno(f), &st))
		fail(path);
	size = (size_t)st.st_size;
	data = malloc(size); /* no byte more: AddressSanitizer sees what looks behind the end */
	if ((!data && size) || fread(data, 1, size, f) != size)
		fail(path);
	fclose(f);
	snprintf(at, sizeof(at), "%s", path);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static size_t run_path(const char *path)
{
	struct dirent **entries;
	char file[4096];
	size_t count = 0;
	struct stat st;
	int n;

	if (stat(path, &st))
		fail(path);
	if (!S_ISDIR(st.st_mode)) {
		run_file(path);
		return 1;
	}
	n = scandir(path, &entries, NULL, alphasort);
	if (n < 0)
		fail(path);
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			count += run_path(file);
		free(entries[i]);
	}
	free(entries);
	return count;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_death, .sa_flags = (int)SA_RESETHAND };
	size_t count = 0;

	sigaction(SIGABRT, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
#ifndef __SANITIZE_ADDRESS__ /* which says more of these itself */
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
#endif
	for (int i = 1; i < argc; i++)
		count += run_path(argv[i]);
	printf("%zu inputs\n", count);
	return count ? 0 : 1;
}
