import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compiledScript } from '../compiled-package.ts';
import { temporaryFolder } from './fixtures.ts';

const hasCompiler = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

/** Milliseconds that a sync takes: longer than a busy machine lets a process wait. */
const SYNC = 400;

it.skipIf(!hasCompiler)(
  'Where a sync takes long, jobs are accepted, started, ended and canceled without standing still for it',
  { timeout: 120_000 },
  async () => {
    const folder = await temporaryFolder();
    const library = join(folder.path, 'slow-sync.so');
    const source = join(import.meta.dirname, 'slow-sync.c');
    spawnSync('gcc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], { stdio: 'inherit' });
    const script = compiledScript('test/jobs/slow-disk-child.ts');
    const child = spawnSync(process.execPath, [script, join(folder.path, 'data'), String(SYNC)], {
      env: { ...process.env, LD_PRELOAD: library },
      encoding: 'utf8',
    });
    await folder.remove();
    expect(child).toMatchObject({ status: 0, stderr: '' });
    expect(Number(child.stdout)).toBeLessThan(SYNC / 2);
  },
);
