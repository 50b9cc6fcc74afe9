/* Wine 8 has no bcryptprimitives.dll, from which Rust's standard library takes random bytes. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count) {
    for (ULONG part; count > 0; bytes += part, count -= part) {
        part = count > 0x10000000 ? 0x10000000 : (ULONG)count;
        if (!RtlGenRandom(bytes, part)) return FALSE;
    }
    return TRUE;
}
