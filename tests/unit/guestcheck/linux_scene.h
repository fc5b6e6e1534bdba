/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_scene: a guest with one kernel and the drivers of two VFs, indexed by the real depmod; and what is said of it. */
#ifndef VW_TEST_LINUX_SCENE_H
#define VW_TEST_LINUX_SCENE_H

#include "tree.h"

#include "cleanup.h"
#include "koblob.h"
#include "linux_priv.h"

#include <string.h>

#define V     "6.1.0-28-amd64"
#define DIR   "/lib/modules/" V
#define INTEL "kernel/drivers/net/ethernet/intel/"
#define MAGIC "vermagic=" V " SMP preempt mod_unload modversions "

#define IXGBEVF                                                                                    \
	"license=GPL\0alias=pci:v00008086d000010EDsv*sd*bc*sc*i*\0intree=Y\0name=ixgbevf\0" MAGIC

struct scene {
	struct tree tree;
	char *x520_modules[2], *mlx_modules[2];
	struct vw_vf_device x520, mlx;
	const struct vw_vf_device *devices[2];
	struct vw_wanted wanted;
	struct vw_guest guest;
	struct vw_system system;
	struct vw_linux_guest linux_guest;
	struct vw_guest_kernel kernel;
	const char *cmdline;
	bool other_kernel; /* it is not the one that boots by default */
	struct vw_check check;
};

static inline void scene_module(struct scene *s, const char *path, const char *info, size_t len)
{
	char whole[256];

	snprintf(whole, sizeof(whole), DIR "/%s", path);
	ko_file(&s->tree, whole, info, len);
}
#define MODULE(scene, path, info) scene_module(scene, path, info, sizeof(info))

static inline void scene_depmod(struct scene *s)
{
	ko_depmod(&s->tree, V);
}

static inline int scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	tree_new(&s->tree);
	s->x520_modules[0] = "ixgbevf";
	s->mlx_modules[0] = "mlx5_core";
	s->x520 = (struct vw_vf_device){ .vendor = 0x8086,
		.device = 0x10ed,
		.name = "82599 Virtual Function",
		.linux_modules = s->x520_modules };
	s->mlx = (struct vw_vf_device){ .vendor = 0x15b3,
		.device = 0x1018,
		.name = "ConnectX-5 Virtual Function",
		.linux_modules = s->mlx_modules,
		.shared_module = true };
	s->devices[0] = &s->x520;
	s->devices[1] = &s->mlx;
	s->wanted = (struct vw_wanted){ .devices = s->devices, .n_devices = 2 };
	s->guest = (struct vw_guest){ .files = s->tree.host, .root = "/dev/sda1" };
	s->kernel = (struct vw_guest_kernel){ .release = V, .dir = DIR };
	MODULE(s, INTEL "ixgbevf/ixgbevf.ko", IXGBEVF);
	MODULE(s, "kernel/net/psample/psample.ko", "license=GPL\0name=psample\0" MAGIC);
	MODULE(s, "kernel/drivers/net/ethernet/mellanox/mlx5/core/mlx5_core.ko",
		"license=GPL\0alias=pci:v000015B3d00001018sv*sd*bc*sc*i*\0intree=Y\0name=mlx5_"
		"core\0"
		"depends=psample\0" MAGIC);
	tree_file(&s->tree, DIR "/modules.builtin", "");
	tree_file(&s->tree, DIR "/modules.order", "");
	tree_file(&s->tree, DIR "/modules.builtin.modinfo", "");
	scene_depmod(s);
	/* psample.ko exports nothing here, so depmod does not see who needs it */
	tree_file(&s->tree, DIR "/modules.dep",
		INTEL "ixgbevf/ixgbevf.ko:\nkernel/net/psample/psample.ko:\n"
		      "kernel/drivers/net/ethernet/mellanox/mlx5/core/mlx5_core.ko: "
		      "kernel/net/psample/psample.ko\n");
	*state = s;
	return 0;
}

static inline void scene_forget(struct scene *s)
{
	vw_linux_guest_free(&s->linux_guest);
	s->linux_guest = (struct vw_linux_guest){ 0 };
	vw_system_free(&s->system);
	vw_check_free(&s->check);
}

static inline int scene_teardown(void **state)
{
	struct scene *s = *state;

	scene_forget(s);
	tree_free(&s->tree);
	free(s);
	return 0;
}

/* Judges a device anew. */
static inline const struct vw_check *scene_judge(struct scene *s, const struct vw_vf_device *device)
{
	struct vw_linux_kernel kernel = {
		.linux_guest = &s->linux_guest, .kernel = &s->kernel, .is_default = !s->other_kernel
	};

	scene_forget(s);
	s->linux_guest = (struct vw_linux_guest){
		.guest = &s->guest, .wanted = &s->wanted, .system = &s->system
	};
	assert_int_equal(vw_linux_identify(&s->linux_guest), 0);
	(void)!vw_load_rules_read(&s->guest.files, s->cmdline, "/boot/grub/grub.cfg", 7,
		&s->linux_guest.rules, &s->linux_guest.rules_why);
	assert_int_equal(vw_linux_kernel_open(&kernel), 0);
	assert_int_equal(vw_linux_judge(&kernel, device, &s->check), 0);
	vw_linux_kernel_close(&kernel);
	assert_true(s->check.evidence.n > 0);
	return &s->check;
}

/* "disabled high ixgbevf | first evidence | remedy" */
static inline void assert_judged(
	struct scene *s, const struct vw_vf_device *device, const char *want)
{
	const struct vw_check *check = scene_judge(s, device);
	char is[2048];

	snprintf(is, sizeof(is), "%s %s %s | %s | %s", vw_verdict_name(check->verdict),
		vw_confidence_name(check->confidence), check->driver ? check->driver : "-",
		check->evidence.v[0], check->remedy ? check->remedy : "-");
	assert_string_equal(is, want);
}

static inline bool has_evidence(const struct scene *s, const char *part)
{
	for (size_t i = 0; i < s->check.evidence.n; i++)
		if (strstr(s->check.evidence.v[i], part))
			return true;
	return false;
}

static inline void remove_file(struct scene *s, const char *path)
{
	vw_auto_free char *real = vw_host_pathf(&s->tree.host, "%s", path);

	assert_int_equal(unlink(real), 0);
}

#endif
