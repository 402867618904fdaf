import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

/** Packs this checkout, which must have been built, into a folder; the tarball's path. */
export async function pack(folder: string): Promise<{ path: string; size: number; files: string[] }> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    maxBuffer: 2 ** 24,
  });
  const [packed] = JSON.parse(stdout) as { filename: string; size: number; files: { path: string }[] }[];
  return {
    path: join(folder, packed!.filename),
    size: packed!.size,
    files: packed!.files.map(({ path }) => path),
  };
}

/**
 * Installs packages into an empty folder as a user without any files of npm's does, but for its cache: with an empty one the
 * same takes minutes. No install scripts: that of onnxruntime-node downloads CUDA libraries which LatentQL does not use.
 */
export async function installInto(folder: string, ...packages: string[]): Promise<void> {
  const { stdout } = await run('npm', ['config', 'get', 'cache'], { cwd: ROOT });
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error'];
  await run('npm', ['install', ...options, '--cache', stdout.trim(), ...packages], {
    cwd: folder,
    env: { ...process.env, HOME: home },
  });
}
