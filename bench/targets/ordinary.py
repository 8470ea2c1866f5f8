"""ordinary.py KIND: ordinary work without end. web (handlers of a WSGI application), json, sorting or regex."""
import json
import re
import sys

import begin


class Person(object):
    def __init__(self, name, age, tags):
        self.name = name
        self.age = age
        self.tags = tags

    def to_dict(self):
        return {"name": self.name, "age": self.age, "tags": list(self.tags)}


def people(count):
    return [Person("person %d" % i, i * 7 % 90, ["t%d" % (i % 5), "u%d" % (i % 7)]) for i in range(count)]


def encode(persons):
    return json.dumps([person.to_dict() for person in persons], sort_keys=True)


def decode(text):
    return [Person(item["name"], item["age"], item["tags"]) for item in json.loads(text)]


def work_json():
    decode(encode(people(50)))


def by_age_and_name(person):
    return person.age, person.name


def work_sorting():
    sorted(people(300), key=by_age_and_name)


LOG_LINE = re.compile(r'(?P<host>\S+) \S+ \S+ \[(?P<time>[^\]]+)\] "(?P<verb>\w+) (?P<path>\S+)[^"]*" (?P<status>\d+)')
LINES = ['10.0.0.%d - - [20/Nov/2026:10:00:%02d +0000] "GET /page/%d?q=%d HTTP/1.1" 200 512' % (i, i % 60, i, i * 3)
         for i in range(200)]


def parse(line):
    match = LOG_LINE.match(line)
    return match.group("path"), int(match.group("status"))


def work_regex():
    seen = {}
    for line in LINES:
        path, status = parse(line)
        path = re.sub(r"\d+", "N", path)
        seen[path] = seen.get(path, 0) + status


class Router(object):
    """As small web frameworks do it: routes with parameters, middleware, templates."""

    def __init__(self):
        self.routes = []

    def route(self, pattern):
        def add(handler):
            self.routes.append((re.compile("^" + re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", pattern) + "$"), handler))
            return handler
        return add

    def __call__(self, environ, start_response):
        for pattern, handler in self.routes:
            match = pattern.match(environ["PATH_INFO"])
            if match:
                status, body = handler(environ, **match.groupdict())
                break
        else:
            status, body = "404 Not Found", "nothing here"
        body = body.encode("utf-8")
        start_response(status, [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
        return [body]


APPLICATION = Router()


@APPLICATION.route("/users/<name>")
def show_user(environ, name):
    rows = "".join(render_row(person) for person in people(20))
    return "200 OK", "<h1>%s</h1><table>%s</table>" % (escape(name), rows)


@APPLICATION.route("/api/users")
def list_users(environ):
    return "200 OK", encode(people(10))


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render_row(person):
    return "<tr><td>%s</td><td>%d</td></tr>" % (escape(person.name), person.age)


def with_cookies(application):
    from email.message import Message

    def wrapped(environ, start_response):
        headers = Message()
        headers["Cookie"] = environ.get("HTTP_COOKIE", "")
        environ["cookies"] = dict(part.split("=", 1) for part in headers["Cookie"].split("; ") if "=" in part)
        return application(environ, start_response)
    return wrapped


def work_web():
    from io import BytesIO
    from wsgiref.handlers import SimpleHandler

    application = with_cookies(APPLICATION)
    for path in ("/users/ada", "/api/users", "/nowhere"):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_COOKIE": "a=1; b=2"}
        handler = SimpleHandler(BytesIO(), BytesIO(), sys.stderr, environ)
        handler.run(application)


def main():
    work = globals()["work_" + sys.argv[1]]
    while True:
        work()


begin.ready()
main()
