# Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
#
# What compiler and linker were told, seen in the program: a mistake of ours is to be hard to use.

# in_program OPTION PATTERN: readelf has a line like that.
in_program() {
    readelf --wide "$1" "$tool" >"$logs/out" && grep -qE -- "$2" "$logs/out"
}
# Without optimisation the C library has no checked calls.
optimised() {
    ! grep -q '^CMAKE_BUILD_TYPE:[A-Z]*=Debug$' "$build/CMakeCache.txt"
}

line='(the program itself)'
check 'its code is where the system puts it' in_program --file-header 'Type: +DYN '
check 'its stack holds no code' in_program --program-headers 'GNU_STACK .* RW +0x'
check 'its tables can be made read-only' in_program --program-headers 'GNU_RELRO'
check 'all of them, as it starts' in_program --dynamic 'BIND_NOW|FLAGS.* NOW'
check 'overrun buffers of the stack are noticed' in_program --dyn-syms '__stack_chk_fail'
checked=0
optimised && ! in_program --dyn-syms '__[a-z]+_chk@' && checked=1
check 'and those that the C library writes to' [ "$checked" = 0 ]
