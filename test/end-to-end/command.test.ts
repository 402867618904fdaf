import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../cli/run-command.ts';

let clean: string;
beforeAll(async () => {
  clean = await mkdtemp(join(tmpdir(), 'latentql-command-'));
});
afterAll(async () => {
  await rm(clean, { recursive: true });
});

describe('img2img', () => {
  test('makes a picture without a server and leaves nothing else', { timeout: 120_000 }, async () => {
    const picture = join(import.meta.dirname, '../../assets/example.png');
    const words = ['img2img', picture, '--prompt', 'the sea', '--seed', '7', '--steps', '2', '-o', 'sea.png'];
    const { code, stdout, stderr } = await runCommand(clean, [...words, '--device', 'cpu'], {
      TMPDIR: clean,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'sea.png  seed 7  256×256\n' });
    expect(stderr).toMatch(/█+·* step 1 of 2/);
    expect((await readFile(join(clean, 'sea.png'))).subarray(1, 4).toString()).toBe('PNG');
    expect((await readdir(clean)).filter((name) => name.startsWith('latentql'))).toEqual([]);
  });
});
