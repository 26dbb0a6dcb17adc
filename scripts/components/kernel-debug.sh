# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# kernel-debug: a 6.12 kernel with 64k pages that checks itself, built from Debian's linux-source. It has what
# kernel-64k has: vmlinux, lib/modules, config, release, and headers.

needs() { echo root; }

# fragment: prints the options that are set. make allnoconfig turns all others off.
fragment()
{
	cat <<-'OPTIONS'
		# the machine, as Debian's kernel is configured for it
		CONFIG_LOCALVERSION="-debug"
		CONFIG_EXPERT=y
		CONFIG_PPC64=y
		CONFIG_PPC_BOOK3S_64=y
		CONFIG_POWERPC64_CPU=y
		CONFIG_CPU_LITTLE_ENDIAN=y
		CONFIG_PPC_64K_PAGES=y
		CONFIG_PPC_POWERNV=y
		CONFIG_PPC_PSERIES=y
		CONFIG_PPC_SPLPAR=y
		CONFIG_PPC_RADIX_MMU=y
		CONFIG_PPC_RADIX_MMU_DEFAULT=y
		CONFIG_PPC_64S_HASH_MMU=y
		CONFIG_PPC_DT_CPU_FTRS=y
		CONFIG_PPC_MEM_KEYS=y
		CONFIG_PPC_QUEUED_SPINLOCKS=y
		CONFIG_PPC_DENORMALISATION=y
		CONFIG_PPC_KUAP=y
		CONFIG_PPC_DOORBELL=y
		CONFIG_PPC_OF_BOOT_TRAMPOLINE=y
		CONFIG_ALTIVEC=y
		CONFIG_VSX=y
		CONFIG_RELOCATABLE=y
		CONFIG_SMP=y
		CONFIG_NR_CPUS=64
		CONFIG_IRQ_ALL_CPUS=y
		CONFIG_NUMA=y
		CONFIG_NUMA_BALANCING=y
		CONFIG_SPARSEMEM_VMEMMAP=y
		CONFIG_SCHED_SMT=y
		CONFIG_HOTPLUG_CPU=y
		CONFIG_HZ_250=y
		CONFIG_HIGH_RES_TIMERS=y
		CONFIG_NO_HZ_FULL=y
		CONFIG_VIRT_CPU_ACCOUNTING_GEN=y
		CONFIG_CPU_IDLE=y
		CONFIG_CPU_IDLE_GOV_MENU=y
		CONFIG_POWERNV_CPUIDLE=y
		CONFIG_PSERIES_CPUIDLE=y
		CONFIG_JUMP_LABEL=y
		CONFIG_STRICT_KERNEL_RWX=y
		CONFIG_STRICT_MODULE_RWX=y
		CONFIG_STACKPROTECTOR=y
		CONFIG_STACKPROTECTOR_STRONG=y
		CONFIG_KEXEC=y

		# modules; CRCs as in Debian's, since the backend relies on them
		CONFIG_MODULES=y
		CONFIG_MODULE_UNLOAD=y
		CONFIG_MODVERSIONS=y
		CONFIG_MODULE_COMPRESS=y
		CONFIG_MODULE_COMPRESS_XZ=y
		CONFIG_MODULE_COMPRESS_ALL=y

		# KVM and passed-through devices
		CONFIG_VIRTUALIZATION=y
		CONFIG_KVM_BOOK3S_64=m
		CONFIG_KVM_BOOK3S_64_HV=m
		CONFIG_KVM_XICS=y
		CONFIG_KVM_XIVE=y
		CONFIG_IOMMU_SUPPORT=y
		CONFIG_SPAPR_TCE_IOMMU=y
		CONFIG_VFIO=m
		CONFIG_VFIO_CONTAINER=y
		CONFIG_VFIO_IOMMU_SPAPR_TCE=m
		CONFIG_VFIO_PCI=m

		# memory
		CONFIG_SWAP=y
		CONFIG_SHMEM=y
		CONFIG_MEMFD_CREATE=y
		CONFIG_USERFAULTFD=y
		CONFIG_COMPACTION=y
		CONFIG_MIGRATION=y
		CONFIG_HUGETLBFS=y
		CONFIG_TRANSPARENT_HUGEPAGE=y
		CONFIG_TRANSPARENT_HUGEPAGE_ALWAYS=y
		CONFIG_KSM=y
		CONFIG_CMA=y
		CONFIG_MEMORY_HOTPLUG=y
		CONFIG_MEMORY_HOTREMOVE=y
		CONFIG_LRU_GEN=y
		CONFIG_LRU_GEN_ENABLED=y
		CONFIG_PPC64_SUPPORTS_MEMORY_FAILURE=y
		CONFIG_MEMORY_FAILURE=y
		CONFIG_PROC_PAGE_MONITOR=y
		CONFIG_VM_EVENT_COUNTERS=y
		CONFIG_DAMON=y
		CONFIG_DAMON_VADDR=y
		CONFIG_DAMON_SYSFS=y
		CONFIG_ZRAM=m
		CONFIG_ZRAM_BACKEND_LZ4=y
		CONFIG_ZRAM_BACKEND_LZ4HC=y

		# what programs use
		CONFIG_BINFMT_ELF=y
		CONFIG_BINFMT_SCRIPT=y
		CONFIG_COREDUMP=y
		CONFIG_ELF_CORE=y
		CONFIG_MULTIUSER=y
		CONFIG_FUTEX=y
		CONFIG_EPOLL=y
		CONFIG_SIGNALFD=y
		CONFIG_TIMERFD=y
		CONFIG_EVENTFD=y
		CONFIG_AIO=y
		CONFIG_IO_URING=y
		CONFIG_MEMBARRIER=y
		CONFIG_RSEQ=y
		CONFIG_POSIX_TIMERS=y
		CONFIG_POSIX_MQUEUE=y
		CONFIG_SYSVIPC=y
		CONFIG_FILE_LOCKING=y
		CONFIG_INOTIFY_USER=y
		CONFIG_FHANDLE=y
		CONFIG_CROSS_MEMORY_ATTACH=y
		CONFIG_SECCOMP=y
		CONFIG_ADVISE_SYSCALLS=y
		CONFIG_SYSFS_SYSCALL=y
		CONFIG_NAMESPACES=y
		CONFIG_CGROUPS=y
		CONFIG_CPUSETS=y
		CONFIG_MEMCG=y
		CONFIG_TASKSTATS=y
		CONFIG_TASK_DELAY_ACCT=y
		CONFIG_SCHEDSTATS=y
		CONFIG_BLK_DEV_INITRD=y
		CONFIG_RD_GZIP=y
		CONFIG_PROC_FS=y
		CONFIG_PROC_SYSCTL=y
		CONFIG_PROC_KCORE=y
		CONFIG_SYSFS=y
		CONFIG_TMPFS=y
		CONFIG_DEVTMPFS=y
		CONFIG_DEVMEM=y
		CONFIG_OVERLAY_FS=y
		CONFIG_IKCONFIG=y
		CONFIG_IKCONFIG_PROC=y

		# devices of the emulated host
		CONFIG_TTY=y
		CONFIG_UNIX98_PTYS=y
		CONFIG_PRINTK=y
		CONFIG_LOG_BUF_SHIFT=20
		CONFIG_HVC_CONSOLE=y
		CONFIG_HVC_OPAL=y
		CONFIG_VIRTIO_CONSOLE=y
		CONFIG_HW_RANDOM=y
		CONFIG_PCI=y
		CONFIG_PCI_MSI=y
		CONFIG_PCI_IOV=y
		CONFIG_BLOCK=y
		CONFIG_BLK_DEV=y
		CONFIG_VIRTIO_MENU=y
		CONFIG_VIRTIO_PCI=y
		CONFIG_VIRTIO_BLK=y
		CONFIG_NET=y
		CONFIG_UNIX=y
		CONFIG_INET=y
		CONFIG_NETDEVICES=y
		CONFIG_ETHERNET=y
		CONFIG_NET_VENDOR_INTEL=y
		CONFIG_E1000E=m
		CONFIG_NETWORK_FILESYSTEMS=y
		CONFIG_NETFS_SUPPORT=m
		CONFIG_NET_9P=m
		CONFIG_NET_9P_VIRTIO=m
		CONFIG_9P_FS=m

		# tracing
		CONFIG_KALLSYMS=y
		CONFIG_KALLSYMS_ALL=y
		CONFIG_PERF_EVENTS=y
		CONFIG_BPF_SYSCALL=y
		CONFIG_BPF_JIT=y
		CONFIG_BPF_JIT_ALWAYS_ON=y
		CONFIG_FTRACE=y
		CONFIG_FUNCTION_TRACER=y
		CONFIG_FUNCTION_GRAPH_TRACER=y
		CONFIG_DYNAMIC_FTRACE=y
		CONFIG_FTRACE_SYSCALLS=y
		CONFIG_FPROBE=y
		CONFIG_HIST_TRIGGERS=y
		CONFIG_KPROBES=y
		CONFIG_KPROBE_EVENTS=y
		CONFIG_UPROBE_EVENTS=y
		CONFIG_BPF_EVENTS=y
		CONFIG_DEBUG_FS=y
		CONFIG_MAGIC_SYSRQ=y
		CONFIG_DEBUG_KERNEL=y
		CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y
		CONFIG_DEBUG_INFO_BTF=y
		CONFIG_DEBUG_INFO_BTF_MODULES=y

		# the checks
		CONFIG_BUG=y
		CONFIG_PREEMPT=y
		CONFIG_DEBUG_PREEMPT=y
		CONFIG_DEBUG_ATOMIC_SLEEP=y
		CONFIG_PROVE_LOCKING=y
		CONFIG_PROVE_RCU=y
		CONFIG_LOCKDEP_BITS=17
		CONFIG_LOCKDEP_CHAINS_BITS=18
		CONFIG_LOCKDEP_STACK_TRACE_BITS=20
		CONFIG_DEBUG_SPINLOCK=y
		CONFIG_DEBUG_MUTEXES=y
		CONFIG_DEBUG_LIST=y
		CONFIG_DEBUG_VM=y
		CONFIG_DEBUG_OBJECTS=y
		CONFIG_DEBUG_OBJECTS_FREE=y
		CONFIG_DEBUG_OBJECTS_TIMERS=y
		CONFIG_DEBUG_OBJECTS_WORK=y
		CONFIG_DEBUG_OBJECTS_RCU_HEAD=y
		CONFIG_DEBUG_OBJECTS_PERCPU_COUNTER=y
		CONFIG_SLUB_DEBUG=y
		CONFIG_SLUB_DEBUG_ON=y
		CONFIG_KASAN=y
		CONFIG_KASAN_GENERIC=y
		CONFIG_KASAN_OUTLINE=y
		CONFIG_KASAN_VMALLOC=y
		CONFIG_DEBUG_KMEMLEAK=y
		CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE=64000
		CONFIG_SOFTLOCKUP_DETECTOR=y
		CONFIG_DETECT_HUNG_TASK=y
	OPTIONS
}

# programs DIR: what building a kernel takes and the build root lacks, in DIR/wrapped. The packages come from today's
# archive and the build root may be older, so each program runs with the libraries that came with it.
programs()
{
	local dir=$1 wanted=(bc bison flex m4 python3) name

	mkdir "$dir"
	from_suites amd64 "${ROOT_SUITES[@]}" -- fetch_closure "$dir" "${wanted[@]}"
	mkdir "$dir/wrapped"
	for name in "${wanted[@]}"; do
		cat >"$dir/wrapped/$name" <<-END
			#!/bin/sh
			export M4=$dir/wrapped/m4 BISON_PKGDATADIR=$dir/usr/share/bison PYTHONHOME=$dir/usr
			exec $dir/lib64/ld-linux-x86-64.so.2 --library-path $dir/lib/x86_64-linux-gnu $dir/bin/$name "\$@"
		END
		chmod +x "$dir/wrapped/$name"
	done
}

# headers SOURCE DIR: copies from the built kernel what building modules takes
headers()
{
	mkdir "$2"
	(cd "$1" && cp -a --parents -t "$2" .config Makefile Module.symvers arch/powerpc/{Makefile,Makefile.postlink,include,tools} \
		include scripts tools/bpf/resolve_btfids/resolve_btfids)
	# Debian's header trees name their compiler here.
	# shellcheck disable=SC2016
	echo 'CC = $(CROSS_COMPILE)gcc' >"$2/.kernelvariables"
}

fill()
{
	local dir=$1 source=$1/source tools=$1/programs make

	from_suites ppc64el "${TARGET_SUITES[@]}" -- fetch "$dir" linux-source-6.12
	programs "$tools"
	grep -v '^suite' "$tools/versions" >>"$dir/versions"
	mkdir "$source"
	tar -x -J -C "$source" --strip-components=1 -f "$(echo "$dir"/usr/src/linux-source-*.tar.xz)"
	rm -rf "${dir:?}/usr"
	fragment >"$source/fragment"

	make=(nice make -s -C "$source" -j"$(nproc)" ARCH=powerpc CROSS_COMPILE=powerpc64le-linux-gnu-)
	say "building Linux, 10 to 20 minutes"
	(
		PATH=$tools/wrapped:$PATH
		"${make[@]}" KCONFIG_ALLCONFIG=fragment allnoconfig
		"${make[@]}" vmlinux modules
		"${make[@]}" INSTALL_MOD_PATH="$dir" INSTALL_MOD_STRIP=1 modules_install
	)
	cp "$source/.config" "$dir/config"
	"${make[@]}" kernelrelease >"$dir/release"
	# with the symbols and BTF, without the debugging information
	powerpc64le-linux-gnu-strip -g -o "$dir/vmlinux" "$source/vmlinux"
	headers "$source" "$dir/headers"
	ln "$dir/vmlinux" "$dir/headers/vmlinux"
	rm -rf "$source" "$tools" "$dir"/lib/modules/*/build
}
