# SPDX-License-Identifier: GPL-2.0-only
# bash completion for kvmlat and kvmexit-top. The words come from the tools' --help.

# _hvlens_list NAME WORD-SO-FAR: completes the last element of a list with commas
_hvlens_list()
{
	local done_part=

	[[ $2 != *,* ]] || done_part=${2%,*},
	mapfile -t COMPREPLY < <(compgen -P "$done_part" -W "$1" -- "${2##*,}")
	compopt -o nospace 2>/dev/null
}

# _hvlens_help TOOL HEADING: the words after "HEADING:" in the tool's help
_hvlens_help()
{
	"$1" --help 2>/dev/null | sed -n "/^$2: /,/^\$/p" | sed "s/^$2: //" | tr -d '.'
}

# _hvlens_columns TOOL: the names of its columns
_hvlens_columns() { "$1" --columns=help 2>/dev/null | awk '{ print $1 }'; }

# _hvlens_options TOOL: its long options
_hvlens_options() { "$1" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*' | sort -u; }

_hvlens()
{
	local tool=$1 word=$2 previous=$3

	COMPREPLY=()
	# "--by=vm" is three words: "=" is in COMP_WORDBREAKS.
	if [ "$word" = = ]; then
		word=
	elif [ "$previous" = = ]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $previous in
	-p|--vm|--pid)	mapfile -t COMPREPLY < <(compgen -W "$(pgrep -f qemu-system 2>/dev/null)" -- "$word") ;;
	-r|--reason)	_hvlens_list "$("$tool" --reason=help 2>/dev/null | awk '{ print $2 }')" "$word" ;;
	-k|--hcall)	_hvlens_list "$("$tool" --hcall=help 2>/dev/null | awk '{ print $2 }')" "$word" ;;
	-f|--phase)	_hvlens_list "$(_hvlens_help "$tool" Phases)" "$word" ;;
	-s|--sort)	mapfile -t COMPREPLY < <(compgen -W "$(_hvlens_columns "$tool")" -- "$word") ;;
	-b|--by)
		if [[ $tool == *kvmlat ]]; then
			mapfile -t COMPREPLY < <(compgen -W "none reason hcall vcpu vm cpu" -- "$word")
		else
			mapfile -t COMPREPLY < <(compgen -W "vm vcpu reason hcall cpu" -- "$word")
		fi ;;
	-v|--vcpu|-c|--cpu|-d|--delay|-n|--iterations|-t|--over) ;;
	-o|--columns)	_hvlens_list "$(_hvlens_columns "$tool")" "$word" ;;
	*kvmlat)	mapfile -t COMPREPLY < <(compgen -W "advise $(_hvlens_options "$tool")" -- "$word") ;;
	*)		mapfile -t COMPREPLY < <(compgen -W "$(_hvlens_options "$tool")" -- "$word") ;;
	esac
}

complete -F _hvlens kvmlat kvmexit-top
