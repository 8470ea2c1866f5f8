/* Runs a command and tells what it cost: measure LIMIT_SECONDS REPORT COMMAND [ARGUMENT...]
 *
 * Writes one line to the file REPORT: wall time, user time and system time in microseconds, peak resident size in KiB, and the
 * exit status (128 and the number of the signal that ended it). The numbers are wait4(2)'s, so they are of the whole process with all
 * its threads, from exec to exit. A command that takes longer than LIMIT_SECONDS is ended by SIGALRM. Small on purpose: the peak size
 * that the kernel keeps begins with that of the process that forked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int count, char **words)
{
    if (count < 4) {
        fputs("usage: measure LIMIT_SECONDS REPORT COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }

    long long start = now();
    pid_t child = vfork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm((unsigned)atoi(words[1]));
        execvp(words[3], words + 3);
        _exit(127);
    }

    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("measure");
        return 2;
    }

    long long wall = (now() - start) / 1000;
    FILE *report = fopen(words[2], "w");
    if (report == NULL) {
        perror(words[2]);
        return 2;
    }

    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    fprintf(report, "%lld %lld %lld %ld %d\n", wall, microseconds(usage.ru_utime), microseconds(usage.ru_stime),
            usage.ru_maxrss, code);
    return fclose(report) == 0 ? 0 : 2;
}
