// Colours for lines of Python: keywords, strings, comments, numbers, and the names of what is defined.

const PYTHON_TOKEN = new RegExp(
  [
    "(?<comment>#.*)",
    "(?<triple>[rRbBuUfFtT]{0,2}(?:\"\"\"|'''))",
    "(?<string>[rRbBuUfFtT]{0,2}(?:\"(?:[^\"\\\\]|\\\\.)*\"?|'(?:[^'\\\\]|\\\\.)*'?))",
    "(?<number>\\b(?:0[xXoObB][\\da-fA-F_]+|\\d[\\d_]*(?:\\.[\\d_]*)?(?:[eE][+-]?\\d+)?[jJ]?)\\b)",
    "(?<decorator>^\\s*@[\\p{L}\\p{N}_.]+)",
    "(?<word>[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*)",
  ].join("|"),
  "gu",
);

const PYTHON_KEYWORDS = new Set((
  "False None True and as assert async await break case class continue def del elif else except finally for from global if "
  + "import in is lambda match nonlocal not or pass raise return try type while with yield"
).split(" "));

// Only words that are keywords everywhere: `match`, `case` and `type` are names more often than not.
const SOFT_KEYWORDS = new Set(["match", "case", "type"]);

/** Turns lines into nodes; keeps in mind, from line to line, whether it is within a triple-quoted string. */
class PythonTokens {
  constructor() {
    this.quote = "";
  }

  line(text) {
    const nodes = [];
    let position = 0;
    if (this.quote !== "") {
      const end = text.indexOf(this.quote);
      position = end < 0 ? text.length : end + 3;
      nodes.push(token("string", text.slice(0, position)));
      this.quote = end < 0 ? this.quote : "";
    }
    let defines = false;
    PYTHON_TOKEN.lastIndex = position;
    for (let match = PYTHON_TOKEN.exec(text); match; match = PYTHON_TOKEN.exec(text)) {
      if (match.index > position) {
        nodes.push(text.slice(position, match.index));
      }
      const kind = Object.keys(match.groups).find(name => match.groups[name] !== undefined);
      position = match.index + match[0].length;
      if (kind === "triple") {
        position = this.openQuote(text, match);
        nodes.push(token("string", text.slice(match.index, position)));
        PYTHON_TOKEN.lastIndex = position;
      } else if (kind === "word") {
        nodes.push(defines ? token("definition", match[0]) : wordToken(match[0], text, match.index));
        defines = match[0] === "def" || match[0] === "class";
      } else {
        nodes.push(token(kind, match[0]));
      }
    }
    nodes.push(text.slice(position));
    return nodes;
  }

  /** Where the triple-quoted string that begins here ends on this line. */
  openQuote(text, match) {
    const quote = match[0].slice(-3);
    const end = text.indexOf(quote, match.index + match[0].length);
    this.quote = end < 0 ? quote : "";
    return end < 0 ? text.length : end + 3;
  }
}

function wordToken(word, text, index) {
  const soft = SOFT_KEYWORDS.has(word) && !(/^\s*$/u.test(text.slice(0, index)) && /^\s+[^\s=.,)]/u.test(text.slice(index + word.length)));
  return PYTHON_KEYWORDS.has(word) && !soft ? token("keyword", word) : word;
}

function token(kind, text) {
  return element("span", { className: `token-${kind}` }, text);
}
