# SPDX-License-Identifier: GPL-2.0-only
# Makes module/irq/icp.h from the output of "bpftool btf dump file VMLINUX format raw": the
# offsets of the fields that rm_complete.c and stand_in.c need in struct kvmppc_icp, which is
# private to the kernel. If the struct is missing, or a field has another type, ICP_KNOWN is 0.
# -v lacks=TEXT: there is no input; TEXT says why.

BEGIN {
	# the fields and their types
	wanted["rm_action"] = "u32"
	wanted["rm_kick_target"] = "* kvm_vcpu"
	wanted["rm_resend_icp"] = "* kvmppc_icp"
	wanted["rm_eoied_irq"] = "u32"
	wanted["n_rm_kick_vcpu"] = "long unsigned int"
	wanted["n_rm_check_resend"] = "long unsigned int"
	wanted["n_rm_notify_eoi"] = "long unsigned int"
	wanted["vcpu"] = "* kvm_vcpu"
	wanted["server_num"] = "long unsigned int"
}

# property(NAME): the number in NAME=NUMBER on this line, 0 without it
function property(name,	at)
{
	at = index($0, name "=")
	return at ? substr($0, at + length(name) + 1) + 0 : 0
}

/^\[/ {
	split($0, quoted, "'")
	id = substr($1, 2) + 0
	name[id] = quoted[2]
	if ($2 == "PTR")
		pointed[id] = property("type_id")
	inside = $2 == "STRUCT" && quoted[2] == "kvmppc_icp"
	structs += inside
	next
}

inside {
	split($0, quoted, "'")
	type[quoted[2]] = property("type_id")
	offset[quoted[2]] = property("bits_offset") / 8
}

END {
	if (!lacks && structs != 1)
		lacks = "the kernel's BTF has no struct kvmppc_icp"
	for (field in wanted) {
		of = type[field]
		is = of in pointed ? "* " name[pointed[of]] : name[of]
		if (!lacks && is != wanted[field])
			lacks = "struct kvmppc_icp has no field " field " of type " wanted[field]
	}
	print "/* Made by icp.awk: offsets in struct kvmppc_icp, in bytes */"
	print "#define ICP_KNOWN\t" !lacks
	for (field in wanted)
		print "#define ICP_" toupper(field) "\t" (lacks ? 0 : offset[field])
	if (lacks)
		print "kvm-hv: hvlens:rm_complete will not say what was done: " lacks >"/dev/stderr"
}
