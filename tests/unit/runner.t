#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/test-lab detects each way in which a test can fail, and the other tests go on. A script replaces the
# emulated host and runs the tests on this machine. A test that ends with status 99 takes the host down, one that
# ends with 98 makes it hang. What a test writes to $KMSG is the kernel's log.

# The strings below are scripts, so their variables are for another shell.
# shellcheck disable=SC2016

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/scripts" "$tmp/tests/lab/folder"
cp "$here"/../../scripts/{test-lab*,tap-result,lab-run-tests,lib-*.sh} "$tmp/scripts"

cat >"$tmp/scripts/lab" <<'LAB'
#!/bin/bash
while [ "$1" != -- ]; do
	[ "$1" != -o ] || out=$2
	[ "$1" != -m ] || [ "$2" != absent ] || { echo 'no such machine' >&2; exit 1; }
	shift
done
shift 2
export KMSG=$out/dmesg.log
for ((i = 0; i < ${LAB_RESETS:-0}; i++)); do
	echo "the emulated host's firmware was reset" >&2
done
: >"$KMSG"
echo "$$ $*" >>"$out/../../boots"
for test; do
	name=${test%%:*}
	echo "hvlens-test: begin $name" >>"$KMSG"
	echo "@begin $name"
	test=$(dirname "$0")/../tests/lab/folder/${name%@*}
	if [ -e "$test.t" ]; then "$test.t"; else sh "$test.c"; fi
	status=$?
	[ $status != 99 ] || exit 125
	[ $status != 98 ] || exec sleep 1000
	echo "hvlens-test: end $name" >>"$KMSG"
	echo "@end $name $status"
	[ "$name" != "${LAB_APART:-}" ] || { echo "@apart $name 4711"; exit; }
done
LAB
chmod +x "$tmp/scripts/lab"

# add NAME SETTINGS...: adds a test with these "lab:" lines; stdin is the rest of its script
add()
{
	{
		printf '#!/bin/sh\n'
		printf '# lab: kernel=64k %s\n' "${@:2}"
		cat
	} >"$tmp/tests/lab/folder/$1.t"
	chmod +x "$tmp/tests/lab/folder/$1.t"
}

n=0 wrong=0
# check WHAT: prints a check for the status of the previous command; after a failure also test-lab's output
check()
{
	local status=$?

	if [ $status = 0 ]; then
		echo "ok $((++n)) - $1"
	else
		echo "not ok $((++n)) - $1"
		sed 's/^/#   /' "$tmp/said" | tee /dev/stderr
		wrong=1
	fi
}

# run ARGUMENT...: runs test-lab; $status is its status, $last the last line of its output
run()
{
	rm -f "$tmp/build/boots"
	HVLENS_PATIENCE=${PATIENCE:-10} HVLENS_CACHE=$tmp/cache LAB_BACKEND='' LAB_KERNEL=${KERNEL:-} "$tmp/scripts/test-lab" "$@" >"$tmp/said" 2>&1
	status=$?
	last=$(tail -n 1 "$tmp/said")
}

# says STATUS TEXT: true if the run ended with that status and its last line has TEXT
says() { [ "$status" = "$1" ] && [[ $last == *"$2"* ]]; }

add good machine=a 'machine=b quick=yes' 'machine=c rare=yes' <<<'echo "ok 1"; echo 1..1'
run
says 0 '2 passed, 0 failed'
check "all pass"
run --all
says 0 '3 passed, 0 failed'
check "--all takes rare ones"
run --quick
says 0 '1 passed, 0 failed' && [ -e "$tmp/build/test-lab/good@b.tap" ]
check "--quick takes only quick ones"
run good@b
says 0 '1 passed, 0 failed'
check "a pattern"
run nothing
[ $status = 1 ]
check "a pattern that matches nothing"

add no-plan machine=a <<<'echo "ok 1"'
add short machine=a <<<'echo "ok 1"; echo 1..2'
add silent machine=a <<<'exit 0'
add bad machine=a <<<'echo "not ok 1"; echo 1..1'
add exits machine=a <<<'echo "ok 1"; echo 1..1; exit 3'
add splat machine=a <<<'echo "WARNING: CPU: 0" >>$KMSG; echo "ok 1"; echo 1..1'
add outside machine=a <<<'echo "ok 1"; echo 1..1'
for name in no-plan short silent bad exits splat; do
	run "^($name|outside)\$"
	says 1 "1 passed, 1 failed" && [[ $last == *": $name" ]]
	check "$name fails, and is named"
done
run
says 1 '3 passed, 6 failed' && [[ $last == *': bad exits no-plan short silent splat' ]]
check "all of them at once"
grep -q 'exits failed: Non-zero exit status: 3' "$tmp/said" && grep -q 'short failed: Parse errors: Bad plan' "$tmp/said" &&
	grep -q 'splat failed: .* complained' "$tmp/said" && grep -q 'bad failed: not ok 1' "$tmp/said"
check "each is told at once, with the reason"

add dies machine=a <<<'echo "ok 1"; echo 1..1; exit 99'
run '^(dies|good|outside)$'
says 1 '2 passed, 1 failed' && [[ $last == *': dies' ]] && [ "$(wc -l <"$tmp/build/boots")" = 2 ]
check "a test that takes the host down fails, another boot runs the rest"
add hangs 'machine=a timeout=1' <<<'echo "ok 1"; echo 1..1; exit 98'
sed -i 's/^GRACE=.*/GRACE=1/' "$tmp/scripts/test-lab-boot"
PATIENCE=1 run '^(hangs|good|outside)$'
says 1 '2 passed, 1 failed' && [[ $last == *': hangs' ]]
check "a host that hangs is ended"
add lost machine=absent <<<'echo "ok 1"; echo 1..1'
run '^(lost|good)$'
says 1 '1 passed, 1 failed' && [[ $last == *': lost' ]]
check "a host that does not come up"
grep -q 'no such machine' "$tmp/build/test-lab/lost.tap"
check "it says why"

# The .c file is run as a script, which skips the lines of the comment.
printf '%s\n' ': <<"*/"' ' * lab: machine=a' ' * lab: machine=b rare=yes' '*/' 'echo "ok 1"; echo 1..1' >"$tmp/tests/lab/folder/program.c"
printf 'exit 1\n' >"$tmp/tests/lab/folder/helper.c"
run --all '^(program|helper)'
says 0 '2 passed, 0 failed' && [ -e "$tmp/build/test-lab/program@b.tap" ]
check "a program with lab: lines is a test, one without is none"
run --all --list '^(program|good)'
[ $status = 0 ] && grep -q '^program@b backend=ours machine=b timeout=60$' "$tmp/said"
check "--list"
add other-backend 'machine=a backend=none' <<<'echo "ok 1"; echo 1..1'
run '^(good|other-backend|outside)$'
says 0 '3 passed, 0 failed' && [ "$(sed 's/^[0-9]* //' "$tmp/build/boots")" = \
	'other-backend:600:none: good:600:ours: outside:600:ours:' ]
check "tests of different backends share a boot, and each backend is loaded once"
rm "$tmp/tests/lab/folder/other-backend.t"
mkdir "$tmp/tests/lab/other"
cp "$tmp/tests/lab/folder/good.t" "$tmp/tests/lab/other/good.t"
run good
[ $status = 1 ] && grep -q 'two tests have the name good' "$tmp/said"
check "two tests of one name"
rm -r "$tmp/tests/lab/other"

printf '%s\n' ': <<"*/"' ' * lab: machine=a kernel=64k' ' * lab: machine=a kernel=4k quick=yes' \
	' * lab: machine=b kernel=4k' '*/' 'echo "ok 1"; echo 1..1' >"$tmp/tests/lab/folder/pages.c"
KERNEL=debug run --list '^pages'
diff -u - "$tmp/said" <<'LIST'
pages backend=ours kernel=debug machine=a timeout=60
pages@b backend=ours kernel=debug machine=b timeout=60
LIST
check "LAB_KERNEL: another kernel for each run, and none twice"
rm "$tmp/tests/lab/folder/pages.c"

# What the emulator does wrong
LAB_RESETS=1 run good@b
says 0 '1 passed, 0 failed' && grep -q 'in 1 of 1 boots .* firmware was reset' "$tmp/said"
check "firmware that was reset is told"
LAB_RESETS=3 run good@b
says 1 '0 passed, 1 failed' && [[ $last == *': firmware' ]]
check "it is a failure when it is not rare"
LAB_APART=good run '^(good|outside)$'
says 0 '2 passed, 0 failed' && grep -q 'in 1 of 2 boots .* apart: good 4711' "$tmp/said" && [ "$(wc -l <"$tmp/build/boots")" = 2 ]
check "timebases that are apart are told, and another boot runs the rest"

# This test ends only if two hosts run at the same time.
meet='touch "$0.$$"; until [ "$(ls "$0".* | wc -l)" = 2 ]; do sleep 0.1; done; echo "ok 1"; echo 1..1'
add meet machine=a machine=b <<<"$meet"
run -j 2 meet
says 0 '2 passed'
check "two hosts at a time"
alone='mkdir "$0.lock" && sleep 1.5 && rmdir "$0.lock" && echo "ok 1"; echo 1..1'
add alone 'machine=a alone=yes' 'machine=b alone=yes' 'machine=c alone=yes' <<<"$alone"
run -j 3 '^(alone|good)'
says 0 '5 passed'
check "nothing runs beside a test that is to be alone"
grep -q '5 of 5 tests, .* so far, about 0:00 left; done: ' "$tmp/said"
check "progress"
grep -E -q '^alone ([2-9]|[1-9][0-9]+)$' "$tmp/build/test-lab.times" && grep -q '^meet ' "$tmp/build/test-lab.times"
check "durations are remembered"
# A process of the runner that is killed reports nothing.
add killer machine=a <<<'sleep 1; kill -KILL $(cat /proc/$PPID/status | sed -n "s/^PPid:[^0-9]*//p"); sleep 1'
run '^(killer|good)'
says 1 '2 passed, 1 failed' && [[ $last == *': killer' ]]
check "a part of the runner that is killed"
echo "1..$n"
exit $wrong
