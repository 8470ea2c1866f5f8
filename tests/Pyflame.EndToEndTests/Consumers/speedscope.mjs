// Opens a profile in speedscope's own bundle, as its page would, and prints as JSON what speedscope shows of it: the title;
// for each profile its name and total, and the rows of the sandwich view; and the frames with lines, from what it saves.
//
// usage: node speedscope.mjs FILE, with the packages of package.json in NODE_MODULES
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const modules = process.env.NODE_MODULES ?? path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), 'node_modules');
const { JSDOM } = createRequire(path.join(modules, 'x.js'))('jsdom');
const release = path.join(modules, 'speedscope/dist/release');
const bundle = fs.readdirSync(release).find(name => /^speedscope-.*\.js$/.test(name));

// With a local profile's path in its address, the page waits for loadFileFromBase64.
const { window } = new JSDOM('<!doctype html><body></body>', {
  url: 'http://localhost/#localProfilePath=/x.js', pretendToBeVisual: true,
});

// Nothing is drawn: every constant is 1, and every call gives something that is neither null nor an error.
const canvasContext = (canvas, kind) => new Proxy({ canvas }, {
  get: (target, key) => key in target ? target[key]
    : /^[A-Z0-9_]+$/.test(String(key)) ? 1 : () => kind === '2d' ? { width: 10 } : 1,
  set: (target, key, value) => { target[key] = value; return true; },
});
window.HTMLCanvasElement.prototype.getContext = function (kind) { return canvasContext(this, kind); };
window.matchMedia = () => ({ matches: false, addListener() {}, removeListener() {}, addEventListener() {}, removeEventListener() {} });
window.Element.prototype.scrollIntoView = () => {};
window.Element.prototype.scrollTo = () => {};
// The table renders the rows that its box has room for.
window.Element.prototype.getBoundingClientRect = () => ({ width: 1000, height: 100000, left: 0, top: 0, right: 1000, bottom: 100000 });
window.HTMLAnchorElement.prototype.click = () => {};
const fail = text => { process.stderr.write(text + '\n'); process.exit(1); };
window.alert = fail;
for (const key of Object.getOwnPropertyNames(window)) {
  if (!(key in globalThis) || key === 'navigator') {
    Object.defineProperty(globalThis, key, { get: () => window[key], configurable: true });
  }
}
globalThis.addEventListener = window.addEventListener.bind(window);
let saved;
globalThis.URL.createObjectURL = window.URL.createObjectURL = blob => { saved = blob; return 'blob:saved'; };
console.log = console.time = console.timeEnd = () => {};
process.on('uncaughtException', error => fail(error.message));
process.on('unhandledRejection', error => fail(String(error)));

await import(path.join(release, bundle));

const until = async (what, test) => {
  for (let tries = 0; tries < 3000; tries++) {
    const value = test();
    if (value) return value;
    if (/Something went wrong/.test(document.body.textContent)) fail('speedscope refused the file');
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return fail('speedscope never came to: ' + what);
};
const press = key => window.dispatchEvent(new window.KeyboardEvent('keypress', { key }));
const cells = row => [...row.querySelectorAll('td')];
const texts = row => cells(row).map(cell => cell.textContent);

const file = process.argv[2];
window.speedscope.loadFileFromBase64(path.basename(file), fs.readFileSync(file).toString('base64'));
await until('a title', () => /- speedscope$/.test(document.title));

// In the sandwich view, the rows of functions have a file in the title of their last cell.
press('3');
const functionRows = () => [...document.querySelectorAll('tr')].filter(row => cells(row).length === 3 && / \(/.test(texts(row)[0]));
const profileRows = () => [...document.querySelectorAll('tr')].filter(row => row.title && cells(row).length === 3);
await until('a table', () => functionRows().length > 0);
const listed = profileRows().map(texts);
const shownName = () => /^(.*) \((\d+)\/(\d+)\)$/.exec(
  [...document.querySelectorAll('span')].map(span => span.textContent).find(text => / \(\d+\/\d+\)$/.test(text)) ?? '');

const shown = () => shownName()?.[2] ?? '1';
const profiles = [];
const count = Math.max(1, listed.length);
while (Number(shown()) > 1) {
  const before = shown();
  press('p');
  await until('the profile before', () => shown() !== before);
}

for (let index = 0; index < count; index++) {
  await until('profile ' + (index + 1), () => shown() === String(index + 1));
  profiles.push({
    name: listed[index]?.[1],
    total: listed[index]?.[2] ?? null,
    functions: functionRows().map(row => ({
      total: texts(row)[0], self: texts(row)[1], name: texts(row)[2], file: cells(row)[2].title,
    })),
  });
  press('n');
}

window.dispatchEvent(new window.KeyboardEvent('keydown', { key: 's', ctrlKey: true }));
const blob = await until('a saved file', () => saved);
const text = await new Promise(resolve => {
  const reader = new window.FileReader();
  reader.onload = () => resolve(reader.result);
  blob instanceof window.Blob ? reader.readAsText(blob) : blob.text().then(resolve);
});
const written = JSON.parse(text);
// A profile that is the only one is not listed.
profiles.forEach((profile, index) => {
  const { name, startValue, endValue } = written.profiles[index];
  profile.name ??= name;
  profile.length = endValue - startValue;
});
process.stdout.write(JSON.stringify({
  title: document.title,
  profiles,
  frames: written.shared.frames,
  units: written.profiles.map(profile => profile.unit),
}, null, 1) + '\n', () => process.exit(0));
