import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transformWithOxc } from 'vite';
import { COMPILED, FOLDERS } from './compiled-package.ts';

const ROOT = join(import.meta.dirname, '..');

/** Before the first test: compiles what has changed since the last time. */
export async function setup(): Promise<void> {
  for (const [from, to] of Object.entries(FOLDERS)) await compileFolder(from, join(COMPILED, to));
  await cp(join(ROOT, 'bin'), join(COMPILED, 'bin'), { recursive: true });
  await link(join(COMPILED, 'dist'), join(COMPILED, 'src')); // which tests import
  for (const name of ['package.json', 'assets']) await link(join(ROOT, name), join(COMPILED, name));
  await link(join(ROOT, 'dist/web'), join(COMPILED, 'dist/web'));
}

async function compileFolder(from: string, to: string): Promise<void> {
  const wanted = new Set<string>();
  for (const name of await readdir(join(ROOT, from), { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const target = name.replace(/\.ts$/, '.js');
    wanted.add(target);
    await compileFile(join(ROOT, from, name), join(to, target));
  }
  // What has no source any more must not be found.
  for (const name of await readdir(to, { recursive: true }))
    if (name.endsWith('.js') && !name.startsWith('web/') && !wanted.has(name)) await rm(join(to, name));
}

/** Whole at every moment: another run may be reading it. */
async function compileFile(source: string, target: string): Promise<void> {
  const text = await readFile(source, 'utf8');
  const { code } = await transformWithOxc(text, source, {
    sourcemap: false,
    typescript: { rewriteImportExtensions: 'rewrite' },
  });
  if (code === (await readFile(target, 'utf8').catch(() => undefined))) return;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(`${target}.${process.pid}`, code);
  await rename(`${target}.${process.pid}`, target);
}

async function link(to: string, from: string): Promise<void> {
  await symlink(to, from).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}
