/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qcow2_tables: where the clusters of a qcow2 file lie (docs/interop/qcow2.rst of QEMU). */

/*
 * Theory of operation. QEMU reads zeros where a file has ended before a cluster that its tables name: a download that broke off looks
 * like a disk whose drivers are empty. So the two levels of tables are looked through for offsets behind the end of the file.
 */
#include "qcow2_tables.h"

#include "cleanup.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define L1_MAX        (32U << 20) /* bytes; as block/qcow2.h */
#define OFFSET_MASK   0x00fffffffffffe00ULL
#define L2_COMPRESSED (1ULL << 62)
#define EXTENDED_L2   (1U << 4)

struct tables {
	int fd;
	uint64_t size; /* of the file */
	unsigned int cluster_bits;
	size_t entry; /* bytes of an L2 entry */
	size_t read;
	uint64_t need;
};

static uint64_t be_at(const unsigned char *data, size_t offset, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | data[offset + i];
	return value;
}

static bool is_behind(struct tables *t, uint64_t offset)
{
	if (offset == 0 || offset < t->size)
		return false;
	t->need = offset;
	return true;
}

/* As many bytes as there are, up to len. */
static ssize_t read_at(struct tables *t, uint64_t offset, unsigned char *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len &&
		(n = pread(t->fd, buf + done, len - done, (off_t)(offset + done))) != 0) {
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	t->read += done;
	return (ssize_t)done;
}

static int look_at_l2(struct tables *t, uint64_t offset, unsigned char *buf)
{
	ssize_t len = read_at(t, offset, buf, (size_t)1 << t->cluster_bits);
	uint64_t packed = (1ULL << (62 - (t->cluster_bits - 8))) - 1;

	if (len < 0)
		return (int)len;
	for (size_t at = 0; at + t->entry <= (size_t)len; at += t->entry) {
		uint64_t entry = be_at(buf, at, 8);

		if (is_behind(t, entry & (entry & L2_COMPRESSED ? packed : OFFSET_MASK)))
			return 1;
	}
	return 0;
}

static int look_at_l1(struct tables *t, uint64_t offset, size_t n)
{
	vw_auto_free unsigned char *l1 = malloc(n * 8 + 1);
	vw_auto_free unsigned char *l2 = malloc((size_t)1 << t->cluster_bits);
	ssize_t len;
	int rc = 0;

	if (!l1 || !l2)
		return -ENOMEM;
	if (is_behind(t, offset))
		return 1;
	len = read_at(t, offset, l1, n * 8);
	if (len < 0)
		return (int)len;
	for (size_t at = 0; rc == 0 && at + 8 <= (size_t)len; at += 8) {
		uint64_t table = be_at(l1, at, 8) & OFFSET_MASK;

		if (t->read > VW_QCOW2_TABLES_MAX)
			return 0;
		if (is_behind(t, table))
			return 1;
		if (table)
			rc = look_at_l2(t, table, l2);
	}
	return rc;
}

int vw_qcow2_is_cut(int fd, uint64_t *need)
{
	unsigned char head[104] = { 0 };
	off_t size = lseek(fd, 0, SEEK_END);
	struct tables t = { .fd = fd, .size = (uint64_t)size };
	size_t n;
	int rc;

	if (size < 0)
		return -errno;
	rc = (int)read_at(&t, 0, head, sizeof(head));
	if (rc < 0)
		return rc;
	t.cluster_bits = (unsigned int)be_at(head, 20, 4);
	t.entry = be_at(head, 4, 4) == 3 && be_at(head, 72, 8) & EXTENDED_L2 ? 16 : 8;
	n = (size_t)be_at(head, 36, 4);
	if (t.cluster_bits < 9 || t.cluster_bits > 21 || n > L1_MAX / 8)
		return -EBADMSG;
	rc = n ? look_at_l1(&t, be_at(head, 40, 8), n) : 0;
	*need = t.need;
	return rc;
}
