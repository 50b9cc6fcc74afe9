/* Stands for python.exe under Wine, which starts no Linux program with pipes: hands arguments, folder, environment and
 * standard streams to relay.py over loopback, and ends as the real Python does.
 *
 * To the relay: the secret, the folder, the number of arguments, the arguments, the number of variables, the variables, each
 * with its length before it; then frames of standard input. From the relay: frames of output ('O'), errors ('E') and the
 * exit code ('X'). A frame is a letter, four bytes of length, and the bytes. */
#include <winsock2.h>
#include <windows.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static SOCKET relay;

static void fail(const char *why) {
    fprintf(stderr, "the relay for Python: %s (%lu)\n", why, GetLastError());
    exit(120);
}

static void put(const char *bytes, int count) {
    for (int sent; count > 0; bytes += sent, count -= sent)
        if ((sent = send(relay, bytes, count, 0)) <= 0) exit(121);
}

static int take(char *bytes, int count) {
    for (int taken; count > 0; bytes += taken, count -= taken)
        if ((taken = recv(relay, bytes, count, 0)) <= 0) return 0;
    return 1;
}

static void put_number(uint32_t number) { put((char *)&number, 4); }

static void put_text(const wchar_t *text) {
    int bytes = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *utf8 = malloc(bytes);
    WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, bytes, NULL, NULL);
    put_number(bytes - 1);
    put(utf8, bytes - 1);
    free(utf8);
}

static DWORD WINAPI forward_input(void *unused) {
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    char bytes[4096];
    DWORD count = 0;
    do {
        if (!ReadFile(input, bytes, sizeof bytes, &count, NULL)) count = 0;
        put("I", 1);
        put_number(count);
        put(bytes, count);
    } while (count > 0);
    return 0;
}

static void connect_to_relay(void) {
    WSADATA data;
    const char *port = getenv("LIVEGATE_RELAY_PORT");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port ? atoi(port) : 0)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (WSAStartup(MAKEWORD(2, 2), &data)) fail("no sockets");
    relay = socket(AF_INET, SOCK_STREAM, 0);
    /* The real Python must not keep it open: its end ends the connection. */
    SetHandleInformation((HANDLE)relay, HANDLE_FLAG_INHERIT, 0);
    if (connect(relay, (struct sockaddr *)&address, sizeof address)) fail("nothing listens");
}

static void introduce(int count, wchar_t **arguments) {
    wchar_t folder[32768];
    GetCurrentDirectoryW(32768, folder);
    put_text(_wgetenv(L"LIVEGATE_RELAY_SECRET"));
    put_text(folder);
    put_number(count - 1);
    for (int index = 1; index < count; index++) put_text(arguments[index]);
    wchar_t *block = GetEnvironmentStringsW();
    uint32_t variables = 0;
    for (wchar_t *variable = block; *variable; variable += wcslen(variable) + 1) variables++;
    put_number(variables);
    for (wchar_t *variable = block; *variable; variable += wcslen(variable) + 1) put_text(variable);
}

int wmain(int count, wchar_t **arguments) {
    if (!_wgetenv(L"LIVEGATE_RELAY_SECRET")) fail("LIVEGATE_RELAY_SECRET is not set");
    connect_to_relay();
    introduce(count, arguments);
    CreateThread(NULL, 0, forward_input, NULL, 0, NULL);
    char kind, bytes[65536];
    uint32_t length;
    while (take(&kind, 1) && take((char *)&length, 4) && length <= sizeof bytes && take(bytes, length)) {
        DWORD written;
        if (kind == 'X') ExitProcess(*(uint32_t *)bytes);
        HANDLE output = GetStdHandle(kind == 'O' ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
        for (char *next = bytes; length > 0; next += written, length -= written)
            if (!WriteFile(output, next, length, &written, NULL)) break;
    }
    return 122;
}
