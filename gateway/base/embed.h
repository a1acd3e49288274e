/* A file that becomes part of the program, byte for byte, between NAME and NAME_end. Only as a statement outside of functions. The path is absolute, from
   CMake: the assembler looks for files from where it is started. */
#pragma once
#define EMBED(name, path)                                                                                                                            \
    __asm__(".section .rodata\n.global " #name "\n.global " #name "_end\n" #name ":\n.incbin \"" path "\"\n" #name "_end:\n.byte 0\n.previous\n")
