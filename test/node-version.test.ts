import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { whyNotOnNode } from '../src/node-version.ts';

const ROOT = join(import.meta.dirname, '..');

test.each(['20.19.0', '20.30.1', '22.15.0', '22.99.0', '23.0.0', '24.11.1', '26.0.0'])(
  'Node %s will do',
  (version) => {
    expect(whyNotOnNode(version)).toBeUndefined();
  },
);

test.each(['12.22.12', '18.20.8', '20.18.3', '21.7.3', '22.14.0', '22.0.0'])(
  'Node %s will not do, and is told what is needed',
  (version) => {
    expect(whyNotOnNode(version)).toBe(
      `LatentQL needs Node 20.19 or newer of version 20, or 22.15 or newer; this is Node ${version}.`,
    );
  },
);

test('The versions are those of package.json', async () => {
  const { engines } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  expect(engines.node).toBe('^20.19.0 || >=22.15.0');
});

/** Makes a process believe that it runs on an old Node. */
const OLD = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process.versions, 'node', { value: '18.20.8' })",
)}`;

test.each([
  ['src/main.ts', ['--import', 'tsx']],
  ['src/worker.ts', ['--import', 'tsx']],
  ['bin/latentql.cjs', []],
])('%s ends on an old Node with that sentence alone', async (entry, loader) => {
  const args = ['--import', OLD, ...loader, join(ROOT, entry)];
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT }, (error, stdout, stderr) => {
      resolve({ code: error?.code, stdout, stderr });
    });
  });
  expect(ended).toEqual({
    code: 1,
    stdout: '',
    stderr: 'LatentQL needs Node 20.19 or newer of version 20, or 22.15 or newer; this is Node 18.20.8.\n',
  });
});

test.each(['main', 'worker'])('src/%s.ts loads nothing else before it has looked', async (name) => {
  const text = await readFile(join(ROOT, `src/${name}.ts`), 'utf8');
  expect(text.match(/^import .*/gm)).toEqual(["import { mustRunOnThisNode } from './node-version.ts';"]);
});
