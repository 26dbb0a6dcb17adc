#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What bash completion offers after some words

# shellcheck source=tools/completion.bash
. "$(dirname "$0")/../../tools/completion.bash"

n=0
# offers WORDS EXPECTED...: checks what is offered for the last of WORDS. "=" is a word, as in an interactive bash.
offers()
{
	local got verdict=ok name=$1

	read -ra COMP_WORDS <<<"${1//=/ = }"
	[[ $1 != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	shift
	COMPREPLY=()
	_hvlens "${COMP_WORDS[0]}" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
	got=${COMPREPLY[*]}
	[ "$got" = "$*" ] || verdict='not ok'
	n=$((n + 1))
	echo "$verdict $n - $name"
	[ "$verdict" = ok ] || echo "#   offers $got"
}

offers 'kvmexit-top --it' --iterations
offers 'kvmexit-top --by c' cpu
offers 'kvmexit-top --by h' hcall
offers 'kvmexit-top --by=c' cpu
offers 'kvmexit-top --by=' vm vcpu reason hcall cpu
offers 'kvmexit-top -r hd' hdec hdsi hdoorbell
offers 'kvmexit-top --reason=hdec,hvi' hdec,hvirt
offers 'kvmexit-top --hcall H_CE' H_CEDE
offers 'kvmexit-top --sort p' p99 p50 prepare pod
offers 'kvmexit-top -o vm,exi' vm,exits vm,exit
offers 'kvmlat adv' advise
offers 'kvmexit-top -d '
echo "1..$n"
