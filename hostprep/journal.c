/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal: writing and removing it. */
#include "journal_priv.h"

#include "cleanup.h"
#include "text.h"
#include "writer.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define PARENT_DIR "/var/lib/vfward"

void vw_boot_id(const struct vw_host *host, char id[40])
{
	if (vw_host_readf(host, id, 40, "/proc/sys/kernel/random/boot_id") < 0)
		id[0] = '\0';
}

bool vw_journals_await_reboot(const struct vw_host *host, const struct vw_journals *journals)
{
	char id[40];

	vw_boot_id(host, id);
	for (size_t i = 0; i < journals->n; i++)
		if (journals->v[i].plan.reboot && !strcmp(journals->v[i].boot_id, id))
			return true;
	return false;
}

/* Is the open directory still the one of this name? Who undoes everything removes it. */
static bool is_current(const struct vw_host *host, int fd)
{
	vw_auto_close int now = vw_host_openf(host, O_PATH | O_DIRECTORY, VW_JOURNAL_DIR);
	struct stat a, b;

	return now >= 0 && fstat(fd, &a) == 0 && fstat(now, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static int make_private_directory(
	const struct vw_host *host, const char *path, struct vw_error *err)
{
	vw_auto_close int parent = -1;
	int rc = vw_host_mkdirf(host, 0700, "%s", path);

	if (rc == 0)
		rc = parent = vw_host_openf(host, O_RDONLY | O_DIRECTORY, "%s/..", path);
	if (rc >= 0)
		rc = fsync(parent) < 0 ? -errno : 0;
	return rc < 0 ? vw_error_errno(err, -rc, "cannot make the directory %s", path) : 0;
}

int vw_journal_lock(const struct vw_host *host, bool make, struct vw_error *err)
{
	for (;;) {
		int fd, rc = make ? make_private_directory(host, VW_JOURNAL_DIR, err) : 0;

		if (rc < 0) {
			vw_remove_directory(host, PARENT_DIR, NULL);
			return rc;
		}
		fd = vw_host_openf(host, O_RDONLY | O_DIRECTORY, VW_JOURNAL_DIR);
		if (fd == -ENOENT && !make)
			return fd;
		if (fd < 0)
			return vw_error_errno(err, -fd, "cannot open %s", VW_JOURNAL_DIR);
		rc = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
		if (rc == 0 && is_current(host, fd))
			return fd;
		close(fd);
		if (rc == -EWOULDBLOCK)
			return vw_error_set(
				err, EBUSY, "another vfward-hostprep is at work on this host");
		if (rc < 0)
			return vw_error_errno(err, -rc, "cannot lock %s", VW_JOURNAL_DIR);
	}
}

void vw_journal_path(char path[PATH_MAX], unsigned int number, const char *name)
{
	snprintf(path, PATH_MAX, VW_JOURNAL_DIR "/%u%s%s", number, *name ? "/" : "", name);
}

void vw_journal_content_path(
	char path[PATH_MAX], unsigned int number, size_t step, const char *when)
{
	char name[40];

	snprintf(name, sizeof(name), "%zu.%s", step, when);
	vw_journal_path(path, number, name);
}

int vw_journal_complete(const struct vw_host *host, unsigned int number, struct vw_error *err)
{
	int rc = vw_host_lookf(host, VW_JOURNAL_DIR "/%u/" VW_JOURNAL_PLAN, number);

	return rc < 0 ? vw_error_errno(err, -rc, "cannot look at %s/%u", VW_JOURNAL_DIR, number)
		      : rc;
}

/* "01" would name another one. */
bool vw_journal_number(const char *name, unsigned int *number)
{
	uint64_t value;

	if (*name == '0' || vw_text_u64(name, 10, UINT_MAX - 1, &value) < 0)
		return false;
	*number = (unsigned int)value;
	return true;
}

/* The number after the highest that is taken. */
static int choose_number(const struct vw_host *host, unsigned int *number, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_host_listf(host, &names, VW_JOURNAL_DIR);
	unsigned int taken;

	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", VW_JOURNAL_DIR);
	*number = 1;
	for (size_t i = 0; i < names.n; i++)
		if (vw_journal_number(names.v[i], &taken) && taken >= *number)
			*number = taken + 1;
	return 0;
}

static int save_content(const struct vw_host *host, const struct vw_journal *journal, size_t step,
	const char *when, const struct vw_bytes *text, struct vw_error *err)
{
	char path[PATH_MAX];

	vw_journal_content_path(path, journal->number, step, when);
	return vw_write_file(host, path, NULL, text, 0600, err);
}

int vw_journal_create(const struct vw_host *host, struct vw_journal *journal, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	char path[PATH_MAX];
	int rc = choose_number(host, &journal->number, err);

	if (rc < 0)
		return rc;
	rc = vw_journal_format(journal, &text, err);
	vw_journal_path(path, journal->number, "");
	if (rc == 0)
		rc = make_private_directory(host, path, err);
	for (size_t i = 0; rc == 0 && i < journal->plan.n; i++) {
		const struct vw_step *step = &journal->plan.steps[i];

		if (step->existed)
			rc = save_content(host, journal, i, "before", &step->before, err);
		if (rc == 0 && step->kind == VW_STEP_FILE)
			rc = save_content(host, journal, i, "after", &step->after, err);
	}
	vw_journal_path(path, journal->number, VW_JOURNAL_PLAN);
	return rc < 0 ? rc : vw_write_file(host, path, NULL, &text, 0600, err);
}

int vw_journal_save_after(const struct vw_host *host, const struct vw_journal *journal, size_t step,
	struct vw_error *err)
{
	return save_content(host, journal, step, "after", &journal->plan.steps[step].after, err);
}

static int read_plan_json(const struct vw_host *host, const struct vw_journal *journal,
	char path[PATH_MAX], struct vw_bytes *text, struct vw_error *err)
{
	vw_auto_free char *data = NULL;
	size_t len;
	int rc;

	vw_journal_path(path, journal->number, VW_JOURNAL_PLAN);
	rc = vw_host_slurpf(host, 16U << 20, &data, &len, "%s", path);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", path);
	vw_bytes_add(text, data, len);
	return text->lost ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

int vw_journal_save(
	const struct vw_host *host, const struct vw_journal *journal, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes was = { 0 }, text = { 0 };
	char path[PATH_MAX];
	int rc = read_plan_json(host, journal, path, &was, err);

	if (rc == 0)
		rc = vw_journal_format(journal, &text, err);
	return rc < 0 ? rc : vw_write_file(host, path, &was, &text, 0600, err);
}

/* Is it a name that a journal's directory can have in it? */
static bool is_ours(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	return !strcmp(name, VW_WRITER_TEMP) || !strcmp(name, VW_JOURNAL_PLAN) ||
	       (digits && (!strcmp(name + digits, ".before") || !strcmp(name + digits, ".after")));
}

/* Removes a journal's directory; plan.json first, so that what is left says that nothing is to be undone. What is not
 * ours in it stays, and is an error. */
static int remove_files(const struct vw_host *host, unsigned int number, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	vw_auto_close int dir = -1;
	char path[PATH_MAX];
	int rc;

	vw_journal_path(path, number, "");
	rc = dir = vw_host_openf(host, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, "%s", path);
	if (rc >= 0 && unlinkat(dir, VW_JOURNAL_PLAN, 0) < 0 && errno != ENOENT)
		rc = -errno;
	if (rc >= 0 && fsync(dir) < 0)
		rc = -errno;
	if (rc >= 0)
		rc = vw_host_listf(host, &names, "%s", path);
	for (size_t i = 0; rc >= 0 && i < names.n; i++)
		if (is_ours(names.v[i]) && unlinkat(dir, names.v[i], 0) < 0)
			rc = -errno;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot remove %s", path);
	return vw_remove_directory(host, path, err);
}

int vw_journal_remove(
	const struct vw_host *host, const struct vw_journal *journal, struct vw_error *err)
{
	int rc = 0;

	/* Before plan.json, which is all that knows of them. */
	for (size_t i = journal->directories.n; rc == 0 && i-- > 0;)
		rc = vw_remove_directory(host, journal->directories.v[i], err);
	return rc < 0 ? rc : remove_files(host, journal->number, err);
}

int vw_journal_drop_made(const struct vw_host *host, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	vw_auto_close int dir = vw_host_openf(host, O_RDONLY | O_DIRECTORY, VW_MADE_DIR);
	int rc = dir < 0 ? dir : vw_host_listf(host, &names, VW_MADE_DIR);

	if (rc == -ENOENT)
		return 0;
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		if (unlinkat(dir, names.v[i], 0) < 0)
			rc = -errno;
	return rc < 0 ? vw_error_errno(err, -rc, "cannot empty " VW_MADE_DIR)
		      : vw_remove_directory(host, VW_MADE_DIR, err);
}

int vw_journals_tidy(const struct vw_host *host, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_host_listf(host, &names, VW_JOURNAL_DIR);
	unsigned int number;

	if (rc == -ENOENT)
		return vw_remove_directory(host, PARENT_DIR, err);
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read %s", VW_JOURNAL_DIR);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		if (!vw_journal_number(names.v[i], &number))
			continue;
		rc = vw_journal_complete(host, number, err);
		if (rc >= 0)
			rc = rc ? 0 : remove_files(host, number, err);
	}
	if (rc == 0)
		rc = vw_journal_drop_made(host, err);
	if (rc == 0)
		rc = vw_remove_directory(host, VW_JOURNAL_DIR, err);
	return rc < 0 ? rc : vw_remove_directory(host, PARENT_DIR, err);
}
