import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { inspectCheckpoint } from '../../../src/engine/checkpoint/inspect.ts';
import { checkNetworks } from '../../../src/engine/networks/check.ts';
import { asNobody } from '../../as-nobody.ts';
import { encode } from './encode.ts';
import { readTensors } from './repack.ts';
import { safetensors, temporaryFile, temporaryFolder } from './safetensors-file.ts';

const SD15 = 'test/golden/checkpoints/sd15-f16.safetensors';
const problemOf = async (path: string) => (await inspectCheckpoint(path, checkNetworks)).problem;
const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
const byte = new Uint8Array(1);
const MB = 1_000_000;

describe('a header that is made to harm', () => {
  test.for<[string, () => Buffer, RegExp]>([
    [
      'a string of 10 MB',
      () => encode(`{"__metadata__":{"t":"${'x'.repeat(10 * MB)}"}}`),
      /found something else/,
    ],
    [
      '10 MB of escapes',
      () => encode(`{"__metadata__":{"t":"${'\\n'.repeat(5 * MB)}"}}`),
      /found something else/,
    ],
    ['10 MB of blanks', () => encode(`{"a"${' '.repeat(10 * MB)}:${entry}}`, byte), /found something else/],
    [
      'lists a million deep',
      () => encode(`{"a":${'['.repeat(MB)}${']'.repeat(MB)}}`),
      /tensor "a": expected \{dtype/,
    ],
    [
      'objects a million deep',
      () => encode('{"a":'.repeat(MB) + '1' + '}'.repeat(MB)),
      /tensor "a": dtype undefined/,
    ],
    [
      'a shape a million deep',
      () => encode(`{"a":{"dtype":"U8","shape":${'['.repeat(MB)}${']'.repeat(MB)}}}`),
      /"a": shape a list of 1/,
    ],
    [
      'a shape of a million sizes',
      () => encode(`{"a":{"dtype":"U8","shape":[${'1,'.repeat(MB)}1]}}`),
      /shape a list of 1000001/,
    ],
    [
      'a key of 60 MB',
      () => encode(`{"${'k'.repeat(60 * MB)}":${entry}}`, byte),
      /key "k{80}…" has 60000000 characters/,
    ],
    [
      'a key of 100,000 dots',
      () => encode(`{"${'.'.repeat(100_000)}":${entry}}`, byte),
      /has 100000 characters, expected at/,
    ],
    [
      'a key of 400 dots',
      () => encode(`{"${'a.'.repeat(200)}":${entry}}`, byte),
      /has 201 levels, expected at most 50/,
    ],
    [
      'a type of 10 MB',
      () => encode(`{"a":{"dtype":"${'x'.repeat(10 * MB)}"}}`),
      /dtype "x{80}…" is not one of/,
    ],
    [
      'too many tensors',
      () => encode(`{${Array.from({ length: 60_000 }, (_, i) => `"${i}":0`).join()}}`),
      /60000 tensors, expected at most 50000/,
    ],
    ['metadata that is null', () => encode('{"__metadata__":null}'), /found something else \(0 keys/],
  ])("%s is that file's problem", async ([, bytes, message]) => {
    const problem = await problemOf(await temporaryFile(bytes()));
    expect(problem).toMatch(message);
    expect(problem!.length).toBeLessThan(500);
  });

  test.for([
    'model.diffusion_model.input_blocks.4294967295.0.weight',
    'model.diffusion_model.input_blocks.99999999999999999999.0.weight',
    'model.diffusion_model.middle_block.1.transformer_blocks.1000000.x',
    'first_stage_model.decoder.up.4294967295.block.0.norm1.weight',
    'first_stage_model.encoder.down.0.block.4000000000.norm1.weight',
    'cond_stage_model.transformer.text_model.encoder.layers.2147483648.x',
  ])('%s is too far to count to', async (key) => {
    const tensors = await readTensors(SD15);
    const path = await temporaryFile(safetensors({ ...tensors, [key]: { dtype: 'F16', shape: [1] } }));
    expect(await problemOf(path)).toMatch(
      /has an index beyond the number of keys|is missing|unexpected weights/,
    );
  });
});

describe('what is no file', () => {
  const pipe = (path: string) => execFileSync('mkfifo', [path]);

  test('is the problem of a checkpoint, and of its sidecar under our own name', async () => {
    const folder = await temporaryFolder();
    pipe(join(folder, 'a.safetensors'));
    await symlink('/dev/zero', join(folder, 'b.safetensors'));
    for (const name of ['a', 'b'])
      expect(await problemOf(join(folder, `${name}.safetensors`))).toMatch(
        /cannot be read: it is a pipe or a device/,
      );
    for (const [make, problem] of [
      [pipe, /^model\.latentql\.json cannot be read: it is a pipe or a device/],
      [(path: string) => symlink('/dev/zero', path), /^model\.latentql\.json cannot be read: it is a pipe/],
      [(path: string) => mkdir(path), /^model\.latentql\.json cannot be read: EISDIR/],
    ] as const) {
      const path = await temporaryFile(await readFile(SD15));
      await make(join(path, '..', 'model.latentql.json'));
      expect(await problemOf(path)).toMatch(problem);
    }
  });

  test.for(['model.json', 'model.vae.safetensors', 'model.safetensors.aria2'])(
    'is nothing to a checkpoint under the name %s',
    async (name) => {
      const kinds: ((path: string) => unknown)[] = [
        pipe,
        (path) => mkdir(path),
        (path) => symlink('/dev/zero', path),
        (path) => symlink(path, path),
      ];
      for (const make of kinds) {
        const path = await temporaryFile(await readFile(SD15));
        await make(join(path, '..', name));
        expect(await problemOf(path), String(make)).toBeNull();
        expect((await openCheckpoint(path)).sidecar).toEqual({});
      }
    },
  );

  test('and what may not be read is called by its name, where it is needed or ours alone', async () => {
    const problemBeside = async (name: string) => {
      const path = await temporaryFile(await readFile(SD15));
      await chmod(dirname(path), 0o755);
      await writeFile(join(dirname(path), name), '{}', { mode: 0 });
      return asNobody(() => problemOf(path));
    };
    expect(await problemBeside('model.json')).toBeNull();
    const flux = await temporaryFolder();
    await copyFile('test/golden/checkpoints/flux1-schnell-bf16.safetensors', join(flux, 'flux.safetensors'));
    for (const name of ['ae', 'clip_l', 't5xxl_fp16'])
      await copyFile(`test/golden/checkpoints/${name}.safetensors`, join(flux, `${name}.safetensors`));
    await chmod(flux, 0o755);
    await rename(join(flux, 'ae.safetensors'), join(flux, 'blob'));
    await symlink(join(flux, 'blob'), join(flux, 'ae.safetensors'));
    await chmod(join(flux, 'blob'), 0);
    expect(await asNobody(() => problemOf(join(flux, 'flux.safetensors')))).toBe(
      'ae.safetensors cannot be read: EACCES: permission denied',
    );
    expect(await problemBeside('model.latentql.json')).toBe(
      'model.latentql.json cannot be read: EACCES: permission denied',
    );
  });

  test('does not stand for a companion', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'flux.safetensors');
    await copyFile('test/golden/checkpoints/flux1-schnell-bf16.safetensors', path);
    pipe(join(folder, 'ae.safetensors'));
    await symlink('/dev/zero', join(folder, 'tokenizer.json'));
    expect(await inspectCheckpoint(path)).toMatchObject({
      missingFiles: ['ae.safetensors', 'clip_l.safetensors', 't5xxl_fp16.safetensors', 'tokenizer.json'],
    });
  });
});

describe('messages', () => {
  test('tell neither paths nor the content of a file that is not a checkpoint', async () => {
    const folder = await temporaryFolder();
    const secret = join(folder, 'passwd');
    for (const content of [
      'root:x:0:0:/root',
      '{"secret":"hunter2"}',
      'hunter2',
      '\u0003\0\0\0\0\0\0\0hunter2',
    ]) {
      await writeFile(secret, content);
      const problems = [];
      for (const name of ['m.safetensors', 's.latentql.json']) {
        await symlink(secret, join(folder, name)).catch(() => undefined);
      }
      await copyFile(SD15, join(folder, 's.safetensors'));
      problems.push(
        await problemOf(join(folder, 'm.safetensors')),
        await problemOf(join(folder, 's.safetensors')),
      );
      for (const problem of problems) {
        expect(problem).toBeTruthy();
        expect(problem).not.toMatch(/root:|hunter2|\/tmp|\/latentql-/);
        expect(problem).not.toContain(String(Buffer.from(content.padEnd(8)).readBigUInt64LE()));
      }
    }
  });
});

describe('a file that is something else', () => {
  const zeros = Buffer.alloc(10_000);
  test.for<[string, string | Uint8Array, RegExp]>([
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2132625894\n',
      /a Git LFS pointer .*git lfs pull/,
    ],
    [
      'a web page',
      '<!DOCTYPE html>\n<html><body>Sign in</body></html>',
      /a web page .*download the file itself/,
    ],
    ['a web page', '\u00ef\u00bb\u00bf<!doctype html><title>Sign in</title>', /a web page/],
    ['a JSON error', '\u00ef\u00bb\u00bf{"error":"Unauthorized"}', /JSON, such as a download/],
    ['a JSON error', Buffer.from('{"fehler":"Zugriff ungültig"}'), /JSON, such as a download/],
    ['a text', Buffer.from('访问被拒绝。'.repeat(10)), /text instead of the file/],
    ['an empty file', '', /an empty file: download the file itself/],
    ['a JSON error', '{"error":"Unauthorized","message":"log in"}', /JSON, .*download the file itself/],
    [
      'a pickle',
      Uint8Array.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20]),
      /a PyTorch file \(pickle\).*\.safetensors version/,
    ],
    ['a zipped pickle', 'PK\u0003\u0004................archive/data.pkl', /a PyTorch file \(pickle\)/],
    ['a ZIP archive', 'PK\u0003\u0004................model.safetensors', /a ZIP archive: unpack it/],
    ['a GGUF file', 'GGUF\u0003\0\0\0\0\0\0\0', /a GGUF file: use the \.safetensors version/],
    ['zeros', zeros, /only zeros .*start it again/],
    ['a text', 'Access denied by the proxy', /text instead of the file/],
    ['a picture', '\u0089PNG\r\n\u001a\n........', /a picture/],
  ])('is called %s', async ([, content, message]) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    expect(await problemOf(await temporaryFile(bytes))).toMatch(message);
  });

  test('or not yet whole is said to be still on its way', async () => {
    const path = await temporaryFile((await readFile(SD15)).subarray(0, 5000));
    await writeFile(`${path}.part`, '');
    expect(await problemOf(path)).toMatch(
      /\(model\.safetensors\.part is beside it: the download has not finished\)/,
    );
    await rm(`${path}.part`);
    await writeFile(`${path}.aria2`, '');
    expect(await problemOf(path)).toMatch(/truncated.* \(model\.safetensors\.aria2 is beside it/);
    await rm(`${path}.aria2`);
    await copyFile(SD15, path);
    await writeFile(`${path}.part`, '');
    expect(await problemOf(path)).toBeNull();
    await writeFile(`${path}.aria2`, '');
    expect(await problemOf(path)).toMatch(
      /is still being downloaded \(model\.safetensors\.aria2 is beside it\)/,
    );
  });
});
