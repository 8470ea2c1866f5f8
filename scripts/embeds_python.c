/* A program that embeds Python from a shared libpython and is not called python: what application servers and plug-ins
 * look like to a profiler. It brings its own entry point, so that it links against the C library of any suite, older or
 * newer than the one of the machine that compiles it. PYTHON_MAIN is Py_BytesMain, or Py_Main for 2.7. */
extern int PYTHON_MAIN(int argc, char **argv);
extern void exit(int status) __attribute__((noreturn));

__attribute__((used, noreturn)) static void run(int argc, char **argv)
{
    exit(PYTHON_MAIN(argc, argv));
}

/* The kernel leaves argc and then argv on the stack; the ABI wants it aligned to 16 bytes at a call. */
__asm__(".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov (%rsp), %edi\n"
        "    lea 8(%rsp), %rsi\n"
        "    and $-16, %rsp\n"
        "    call run\n");
