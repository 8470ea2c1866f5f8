// Opens a profile in Firefox's profiler, by its own command-line front end, and prints as JSON what that says of it: the
// threads, and of each the functions, the top-down call tree and the markers, idle samples included.
//
// usage: node firefox.mjs FILE, with the packages of package.json in NODE_MODULES
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

const cli = path.join(process.env.NODE_MODULES, '@firefox-devtools/profiler-cli/dist/profiler-cli.js');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pyflame-firefox-'));
const env = { ...process.env, PROFILER_CLI_SESSION_DIR: folder, PROFILER_CLI_NO_SYMBOLICATE: '1' };
const run = (...args) => spawnSync(process.execPath, [cli, ...args], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
const query = (...args) => {
  const { status, stdout, stderr } = run(...args, '--json');
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
};

let daemon = 0;
try {
  const loaded = run('load', process.argv[2]);
  // On a busy machine the daemon takes longer to start than the command waits; it then answers a little later.
  daemon = Number(/as pid (\d+)/.exec(loaded.stderr + loaded.stdout)?.[1] ?? 0);
  if (loaded.status !== 0 && daemon === 0) throw new Error(loaded.stderr + loaded.stdout);
  let threads;
  for (let tries = 0; !threads; tries++) {
    const { status, stdout, stderr } = run('thread', 'list', '--limit', '0', '--json');
    if (status === 0) threads = JSON.parse(stdout).threads;
    else if (tries === 100 || /load failed/.test(stderr + stdout)) throw new Error(stderr + stdout);
  }

  const result = { profile: query('profile', 'info'), threads: [] };
  for (const thread of threads) {
    const of = ['--thread', thread.threadHandle];
    result.threads.push({
      ...thread,
      functions: query('thread', 'functions', '--include-idle', '--limit', '0', ...of).functions,
      tree: query('thread', 'samples-top-down', '--include-idle', ...of).regularCallTree,
      markers: query('thread', 'markers', ...of).byType,
    });
  }

  process.stdout.write(JSON.stringify(result, null, 1) + '\n');
} catch (error) {
  process.stderr.write(String(error.message) + '\n');
  process.exitCode = 1;
} finally {
  const stopped = run('stop', '--all');
  if (stopped.status !== 0 && daemon > 0) try { process.kill(daemon); } catch { /* it has ended */ }
  fs.rmSync(folder, { recursive: true, force: true });
}
