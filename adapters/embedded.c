#include "adapters/embedded.h"

/* NQS_ADAPTERS is this folder, from CMake: the assembler looks for files from where it is started. */
#define EMBED(name, file)                                                                                                                            \
    __asm__(".section .rodata\n.global " #name "\n.global " #name "_end\n" #name ":\n.incbin \"" NQS_ADAPTERS "/" file "\"\n" #name "_end:\n.byte 0\n"   \
            ".previous\n")

EMBED(openapi_json, "openapi.json");
EMBED(sync_wsdl, "sync.wsdl");
