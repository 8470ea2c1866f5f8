// Opens a .cpuprofile with the model that Chrome DevTools has of it (CPUProfileDataModel), bundled from DevTools' own sources,
// and prints as JSON: each node with self and total time, hits and lines; and the time of each sample.
//
// usage: node devtools.mjs FILE, with the packages of package.json in NODE_MODULES
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const modules = process.env.NODE_MODULES;
const { buildSync } = createRequire(path.join(modules, 'x.js'))('esbuild');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pyflame-devtools-'));
try {
  const bundle = path.join(folder, 'model.mjs');
  buildSync({
    entryPoints: [path.join(modules, 'chrome-devtools-frontend/front_end/models/cpu_profile/cpu_profile.ts')],
    outfile: bundle, bundle: true, format: 'esm', platform: 'node', logLevel: 'error',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  const { CPUProfileDataModel } = await import(pathToFileURL(bundle));
  const model = new CPUProfileDataModel.CPUProfileDataModel(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')));
  const nodes = [];
  const visit = (node, depth) => {
    nodes.push({
      depth, name: node.callFrame.functionName, url: node.callFrame.url, line: node.callFrame.lineNumber,
      self: node.self, total: node.total, ticks: node.positionTicks ?? [],
    });
    for (const child of node.children) visit(child, depth + 1);
  };
  visit(model.profileHead, 0);
  process.stdout.write(JSON.stringify({
    start: model.profileStartTime, end: model.profileEndTime, total: model.profileHead.total,
    times: Array.from(model.timestamps), samples: model.samples.map(id => model.nodeById(id).callFrame.functionName), nodes,
  }, null, 1) + '\n');
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
