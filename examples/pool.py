"""A pool of processes that count primes, as uneven shares of the same work.

Sampled with --subprocesses, a profile has a frame for each process: the last of them works long after the others are done.

    pyflame record --subprocesses -o profile.svg -- python3 examples/pool.py
"""
import multiprocessing

LIMIT = 150_000
PROCESSES = 3


def is_prime(number):
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 1
    return number > 1


def count_primes(numbers):
    return sum(is_prime(number) for number in numbers)


def main():
    # Equally many numbers for each, but the higher ones take longer.
    share = LIMIT // PROCESSES
    shares = [range(first, first + share) for first in range(0, LIMIT, share)]
    with multiprocessing.Pool(PROCESSES) as pool:
        print(sum(pool.map(count_primes, shares, chunksize=1)), "primes below", LIMIT)


if __name__ == "__main__":
    main()
