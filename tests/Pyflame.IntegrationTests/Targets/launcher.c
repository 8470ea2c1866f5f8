/* Stands in for the programs that PyInstaller makes: launcher fork|exec FOLDER LIBRARY ARGUMENT...
   It runs itself again, as a child that it waits for or in its own place, with the folder of an unpacked libpython in
   LD_LIBRARY_PATH, and then loads that and runs Python in itself. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    if (!getenv("LAUNCHED")) {
        setenv("LAUNCHED", "1", 1);
        setenv("LD_LIBRARY_PATH", argv[2], 1);
        if (strcmp(argv[1], "fork") == 0) {
            int status = 0;
            pid_t child = fork();
            if (child > 0) {
                waitpid(child, &status, 0);
                return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
            }
        }
        execv("/proc/self/exe", argv);
        return 4;
    }
    void *library = dlopen(argv[3], RTLD_NOW | RTLD_GLOBAL);
    int (*run)(int, char **) = library ? (int (*)(int, char **))dlsym(library, "Py_BytesMain") : 0;
    return run ? run(argc - 3, argv + 3) : 5;
}
