"""Reads a made-up web server's log and reports on it: parsing, regular expressions, JSON and counting.

A profile shows how the time divides between the regular expression, the JSON of each request's body, the counting, and
the sorting for the percentiles, which takes a larger share the longer it runs: it sorts all durations anew each time.

    pyflame -o profile.txt -t python3 examples/log_report.py
"""
import collections
import json
import random
import re
import sys
import time

LINE = re.compile(
    r'(?P<host>\d+\.\d+\.\d+\.\d+) - (?P<user>\S+) "(?P<method>[A-Z]+) (?P<path>\S+)" (?P<status>\d+) '
    r"(?P<milliseconds>[\d.]+)ms (?P<body>\{.*\})$")
PATHS = ["/", "/search", "/basket", "/api/v1/items", "/api/v1/orders", "/static/site.css"]


def make_lines(count):
    source = random.Random(2016)
    for number in range(count):
        body = json.dumps({"id": number, "tags": source.sample(["new", "sale", "gift", "bulk", "last"], 3),
                           "note": "item %d of the season" % source.randrange(1000)})
        yield '10.0.%d.%d - user%d "%s %s" %d %.1fms %s' % (
            source.randrange(256), source.randrange(256), source.randrange(500),
            source.choice(["GET", "GET", "GET", "POST"]), source.choice(PATHS),
            source.choice([200, 200, 200, 200, 304, 404, 500]), source.expovariate(1 / 40), body)


def parse(line):
    match = LINE.match(line)
    if match is None:
        raise ValueError("not a line of the log: %r" % line)
    return match.groupdict()


class Report:
    def __init__(self):
        self.hits = collections.Counter()
        self.errors = collections.Counter()
        self.words = collections.Counter()
        self.durations = collections.defaultdict(list)

    def add(self, entry):
        path = entry["path"]
        self.hits[path] += 1
        if entry["status"].startswith("5"):
            self.errors[path] += 1
        self.durations[path].append(float(entry["milliseconds"]))
        self.count_words(json.loads(entry["body"]))

    def count_words(self, body):
        self.words.update(word.lower() for word in body["note"].split())
        self.words.update(body["tags"])

    def percentile(self, path, share):
        ordered = sorted(self.durations[path])
        return ordered[int(share * (len(ordered) - 1))]

    def lines(self):
        for path, hits in self.hits.most_common():
            yield "%-18s %6d hits %5d errors   median %6.1f ms   99 %% below %6.1f ms" % (
                path, hits, self.errors[path], self.percentile(path, 0.5), self.percentile(path, 0.99))


def main():
    end = time.monotonic() + (float(sys.argv[1]) if len(sys.argv) > 1 else 3)
    report = Report()
    log = list(make_lines(20000))
    while time.monotonic() < end:
        for line in log:
            report.add(parse(line))
        summary = list(report.lines())
    print("\n".join(summary))


if __name__ == "__main__":
    main()
