#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: machine=powernv9 kernel=64k smp=2 backend=ours timeout=1200 guest=yes rare=yes
# The host changes the memory under a running Linux guest: huge pages of both kinds, swap, KSM, the balloon,
# memory that is plugged and unplugged, the memory of a device that moves. All the time guest-state checks what it
# wrote. After each step the guest's files must be unchanged.

# shellcheck disable=SC2016 # what is for the guest's shell
# shellcheck source=tests/lab/guests/guests-lib.sh
. "$(dirname "$0")/guests-lib.sh"

# meminfo NAME, kvm NAME, ksm NAME, vmstat NAME, qemu NAME: print a number from these files of the host
meminfo() { sed -n "s/^$1: *\([0-9]*\).*/\1/p" /proc/meminfo; }
kvm() { cat "/sys/kernel/debug/kvm/$1"; }
ksm() { cat "/sys/kernel/mm/ksm/$1"; }
vmstat() { sed -n "s/^$1 //p" /proc/vmstat; }
qemu() { sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$(cat "/tmp/guest/$vm/pid")/status"; }

page_kb=4
case $(uname -r) in *-64k) page_kb=64 ;; esac
merged() { [ $(($(ksm pages_sharing) * page_kb)) -ge "$1" ]; }
resident() { echo $(($(qemu VmRSS) + $(qemu HugetlbPages))); }
balloon_is() { linux-guest --monitor one info balloon | grep -q "actual=$1\$"; }
unplugged() { [ -z "$(linux-guest --monitor one info memory-devices)" ]; }

# in_guest COMMAND: runs COMMAND in the guest; its status is that of COMMAND
in_guest()
{
	results=$(said result)
	echo "$1; echo result \$?" >&5
	within 120 has_said result "$results" || bail "the guest does not answer"
	[ "$(grep '^result' "$tmp/$vm.said" | tail -n 1)" = 'result 0' ]
}

# held: true if all of the guest's memory has kept its contents and is in use
held()
{
	in_guest 'md5sum -c sums >/dev/null' || return
	checks=$(said check)
	in_guest 'echo check >&4'
	within 120 has_said check "$checks" || bail "guest-state does not answer"
	grep '^check' "$tmp/$vm.said" | tail -n 1 >"$tmp/state"
	grep '^bad' "$tmp/$vm.said" | sed 's/^/# /'
	grep -q 'quiet=0 busy=0 .*back=0 ' "$tmp/state" && ! grep -q 'rounds=0 ' "$tmp/state"
}

# Puts the host back as it was.
# shellcheck disable=SC2317
give_back()
{
	cleanup
	echo 2 >/sys/kernel/mm/ksm/run
	echo 0 >/sys/kernel/mm/ksm/run
	echo $$ >/sys/fs/cgroup/cgroup.procs
	rmdir /sys/fs/cgroup/guest
	echo -memory >/sys/fs/cgroup/cgroup.subtree_control
	umount /sys/fs/cgroup /dev/hugepages
	echo 0 >/proc/sys/vm/nr_hugepages
	swapoff /dev/zram0 && echo 1 >/sys/block/zram0/reset
}
trap give_back EXIT
mkdir -p /dev/hugepages
{
	echo 128 >/proc/sys/vm/nr_hugepages && mount -t hugetlbfs huge /dev/hugepages &&
	mount -t cgroup2 cgroup /sys/fs/cgroup && echo +memory >/sys/fs/cgroup/cgroup.subtree_control &&
	mkdir /sys/fs/cgroup/guest && echo $$ >/sys/fs/cgroup/guest/cgroup.procs &&
	modprobe zram && echo 256M >/sys/block/zram0/disksize && mkswap /dev/zram0 >/dev/null && swapon /dev/zram0
} || bail "the host lacks something"

cat >"$tmp/guest.sh" <<'GUEST'
# sh guest.sh: executes commands. vCPU 0 works on the lower half of memory, vCPU 1 on the upper half.
tmp=/tmp
. ./tap.sh
mkfifo state
./guest-state 48 <state &
exec 4>state
cd /tmp
# A file of 16 MiB, which repeats the same 64 KiB, and a copy
cat >/usr/bin/same <<'SAME'
#!/bin/sh
dd if=/dev/urandom of=same bs=64k count=1 2>/dev/null
for doubling in 1 2 3 4 5 6 7 8; do
	cat same same >twice && mv twice same
done
cp same copy
SAME
chmod +x /usr/bin/same
memory_kb() { sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo; }
memory_is_above() { [ "$(memory_kb)" -gt "$1" ]; }
memory_above() { within 100 memory_is_above "$1"; }

# The device that the VMM shares memory with: its BAR 2 is at $bar
for device in /sys/bus/pci/devices/*; do
	[ "$(cat "$device/device")" != 0x1110 ] || break
done
bar=$(($(sed -n '3s/ .*//p' "$device/resource")))
config() { printf "$(printf '\\x%02x' $(($2 & 255)) $(($2 >> 8 & 255)) $(($2 >> 16 & 255)) $(($2 >> 24 & 255)))" | dd of="$device/config" bs=4 seek=$(($1 / 4)) conv=notrunc 2>/dev/null; }
move_bar() { config 4 0 && config 24 $(($1 & 0xffffffff | 12)) && config 28 $(($1 >> 32)) && config 4 2; }

echo up
while read -r line; do
	eval "$line"
done
GUEST
start one '-c 2 -B -m 512M,slots=1,maxmem=768M -a memhp_default_state=online_movable -f /usr/bin/guest-state'" -f $tmp/guest.sh -f $(dirname "$0")/tap.sh" \
	'sh guest.sh' \
	"-object memory-backend-file,id=low,size=256M,mem-path=/dev/hugepages \
	-object memory-backend-ram,id=high,size=256M -numa node,nodeid=0,memdev=low -numa node,nodeid=1,memdev=high \
	-numa cpu,node-id=0,core-id=0 -numa cpu,node-id=1,core-id=1 \
	-object memory-backend-file,id=bar,size=1M,share=on,mem-path=$tmp/bar -device ivshmem-plain,memdev=bar"
{ within 120 has_said up 0 && within 120 has_said ready 0; } || bail "the guest does not boot"

# Huge pages: the lower half from hugetlbfs, the upper one transparent
in_guest 'for cpu in 0 1; do taskset -c $cpu dd if=/dev/urandom of=random$cpu bs=1M count=4; done 2>/dev/null; taskset -c 1 same; md5sum random* same copy >sums' && held
check "a guest's memory holds"
hugetlb=$(qemu HugetlbPages) transparent=$(meminfo AnonHugePages) large=$(kvm num_2M_pages)
[ "$hugetlb" -ge 32768 ] && [ "$transparent" -ge 16384 ] && [ "$large" -ge 24 ]
check "hugetlbfs: $hugetlb kB, transparent huge pages: $transparent kB; the guest has $large pages of 2 MiB"

# Swap: to compressed memory, while the guest writes
echo "64M swappiness=200" >/sys/fs/cgroup/guest/memory.reclaim
out=$(vmstat pswpout) in=$(vmstat pswpin)
[ $((out * page_kb)) -ge 16384 ]
check "swapped out: $((out * page_kb)) kB"
held && [ "$(vmstat pswpin)" -gt "$in" ]
check "memory holds when it is swapped in"

# KSM: one page for many, until the guest stores to it
echo 1000 >/sys/kernel/mm/ksm/pages_to_scan
echo 1 >/sys/kernel/mm/ksm/run
within 120 merged 24576
check "merged: $(($(ksm pages_sharing) * page_kb)) kB"
held
check "memory holds when it is merged"
echo 0 >/sys/kernel/mm/ksm/run
copied=$(vmstat cow_ksm)
in_guest 'dd if=random1 of=same conv=notrunc bs=64k 2>/dev/null; { cat random1; dd if=copy bs=1M skip=4 2>/dev/null; } | cmp - same && md5sum random* same copy >sums' &&
	[ "$(vmstat cow_ksm)" -gt "$copied" ]
check "a store to a merged page gives the guest a separate copy"
echo 2 >/sys/kernel/mm/ksm/run
[ "$(ksm pages_sharing)" = 0 ] && held
check "memory holds when it is no longer merged"

# The balloon, after the guest has used all of its memory
in_guest 'taskset -c 1 cat same same same same same same same same >fill; rm fill'
full=$(resident)
linux-guest --monitor one balloon 384
within 120 balloon_is 384
check "the balloon is inflated by 128 MiB"
[ $((full - $(resident))) -ge 16384 ]
check "the host gets memory back: $((full - $(resident))) kB"
held
check "memory holds beside the balloon"
linux-guest --monitor one balloon 512
within 120 balloon_is 512
check "the balloon is deflated"
in_guest 'guest-memory 96' && held
check "memory holds when the guest uses it again"

# Memory that is plugged and unplugged
linux-guest --monitor one object_add memory-backend-ram,id=plugged,size=256M
linux-guest --monitor one device_add pc-dimm,id=dimm,memdev=plugged,node=1
in_guest 'memory_above 655360 && taskset -c 1 sh -c "cat same same >more"; md5sum more >>sums' && held
check "plugged memory is used"
linux-guest --monitor one device_del dimm
within 120 unplugged
check "the memory is unplugged"
held
check "memory holds without the unplugged memory"
full=$(resident)
linux-guest --monitor one object_del plugged
[ $((full - $(resident))) -ge 24576 ]
check "the host gets the unplugged memory back: $((full - $(resident))) kB"

# Memory of a device: a slot that the guest moves
word() { od -A n -t x8 -N 8 "$tmp/bar" | tr -d ' '; }
in_guest 'move_bar $bar && devmem $bar 64 0x1122334455667788'
[ "$(word)" = 1122334455667788 ]
check "a store to a device's memory gets there"
in_guest 'new=$((bar + 0x40000000)); move_bar $new && [ $(($(devmem $new 64))) = $((0x1122334455667788)) ]'
check "moved: a load returns the value from there"
in_guest 'devmem $new 64 0x99aabbcc && [ $(($(devmem $bar 64))) != $((0x99aabbcc)) ]' && [ "$(word)" = 0000000099aabbcc ]
check "a store goes there; nothing is at the old address"
in_guest 'move_bar $bar && [ $(($(devmem $bar 64))) = $((0x99aabbcc)) ]' && held
check "moved back"

echo "exit 0" >&5
powers_off
echo "1..$n"
