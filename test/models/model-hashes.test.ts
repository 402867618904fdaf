import { createHash } from 'node:crypto';
import { mkdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelHashes } from '../../src/models/model-hashes.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let model: string;
let remembered: string;
const errors: unknown[] = [];
const open = () => new ModelHashes(remembered, (error) => errors.push(error));
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

beforeEach(async () => {
  folder = await temporaryFolder();
  model = join(folder.path, 'a.safetensors');
  remembered = join(folder.path, 'data', 'model-hashes.json');
  errors.length = 0;
  await writeFile(model, 'weights');
});
afterEach(() => folder.remove());

describe('ModelHashes', () => {
  it('hashes a small file at once', async () => {
    expect(await open().of(model)).toBe(sha256('weights'));
  });

  it('leaves the hash of a large file unknown until it is computed in the background', async () => {
    await truncate(model, 2 ** 28 + 1); // a hole: no bytes on disk
    const hashes = open();
    expect(await hashes.of(model)).toBeUndefined();
    await hashes.settled();
    expect(await hashes.of(model)).toBe(
      createHash('sha256')
        .update('weights')
        .update(Buffer.alloc(2 ** 28 - 6))
        .digest('hex'),
    );
  });

  it('computes it once: another process finds it as long as the file is the same', async () => {
    await open().of(model);
    const entries = JSON.parse(await readFile(remembered, 'utf8')) as Record<string, { sha256: string }>;
    entries[model]!.sha256 = '0'.repeat(64);
    await writeFile(remembered, JSON.stringify(entries));
    expect(await open().of(model)).toBe('0'.repeat(64));
    await utimes(model, 1, 1);
    expect(await open().of(model)).toBe(sha256('weights'));
  });

  it('notices a file that was replaced', async () => {
    const hashes = open();
    await hashes.of(model);
    await writeFile(model, 'others!');
    expect(await hashes.of(model)).toBe(sha256('others!'));
  });

  it('knows nothing of a file that is not there, and starts anew from a damaged memory', async () => {
    expect(await open().of(join(folder.path, 'b.safetensors'))).toBeUndefined();
    await open().of(model);
    await writeFile(remembered, '{"a":');
    expect(await open().of(model)).toBe(sha256('weights'));
    expect(errors).toEqual([]);
  });

  it('finds a tensor with numbers that are not finite while it hashes, and remembers that', async () => {
    const f32 = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
    const tensors = (b: number) =>
      safetensors({
        a: { dtype: 'F32', shape: [2], bytes: f32(1, 2) },
        b: { dtype: 'F32', shape: [1], bytes: f32(b) },
      });
    const examine = (hashes: ModelHashes) => hashes.examine(model);
    await writeFile(model, tensors(NaN));
    const damaged = { damaged: 'b', sha256: sha256(tensors(NaN)) };
    const hashes = open();
    expect(await hashes.examined(model)).toBeUndefined();
    expect(await examine(hashes)).toMatchObject(damaged);
    expect(await open().examined(model)).toMatchObject(damaged);
    await writeFile(model, tensors(3));
    expect(await examine(hashes)).toMatchObject({ damaged: null, sha256: sha256(tensors(3)) });
    expect(await hashes.examine(join(folder.path, 'gone.safetensors'))).toBeUndefined();
  });

  it('keeps the hash that an older version has stored, and reads the file again only to examine it', async () => {
    await open().of(model);
    const entries = JSON.parse(await readFile(remembered, 'utf8')) as Record<string, { state: string }>;
    const old = { state: entries[model]!.state, sha256: '0'.repeat(64) };
    await writeFile(remembered, JSON.stringify({ [model]: old }));
    const hashes = open();
    expect(await hashes.read(model)).toBe(old.sha256);
    expect(await hashes.examine(model)).toMatchObject({ sha256: sha256('weights'), damaged: null });
    expect(await hashes.read(model)).toBe(sha256('weights'));
  });

  it('stops hashing when it is closed, without an error', async () => {
    await truncate(model, 2 ** 28 + 1);
    const hashes = open();
    expect(await hashes.of(model)).toBeUndefined();
    await hashes.close();
    expect(await hashes.of(model)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it('makes of a folder or a split checkpoint the hash of what sha256sum prints for the files that are read', async () => {
    await mkdir(join(folder.path, 'unet'));
    await writeFile(join(folder.path, 'model_index.json'), '{"unet": ["diffusers", "UNet2DConditionModel"]}');
    await writeFile(join(folder.path, 'unet/diffusion_pytorch_model.safetensors'), 'weights');
    await writeFile(join(folder.path, 'unet/config.json'), '{}');
    await writeFile(join(folder.path, 'README.md'), 'not read');
    const index = join(folder.path, 'model_index.json');
    const lines = [
      `${sha256('{"unet": ["diffusers", "UNet2DConditionModel"]}')}  model_index.json\n`,
      `${sha256('{}')}  unet/config.json\n`,
      `${sha256('weights')}  unet/diffusion_pytorch_model.safetensors\n`,
    ];
    const hashes = open();
    expect(await hashes.of(index)).toBe(sha256(lines.join('')));
    expect(await hashes.known(index)).toBe(sha256(lines.join('')));
    await writeFile(join(folder.path, 'unet/config.json'), '{"a": 1}');
    expect(await hashes.known(index)).toBeUndefined();
    expect(await hashes.read(index)).not.toBe(sha256(lines.join('')));

    const list = '{"weight_map": {"a": "a-00001-of-00001.safetensors"}}';
    await writeFile(join(folder.path, 'a.safetensors.index.json'), list);
    await writeFile(join(folder.path, 'a-00001-of-00001.safetensors'), 'weights');
    expect(await hashes.read(join(folder.path, 'a.safetensors.index.json'))).toBe(
      sha256(
        `${sha256('weights')}  a-00001-of-00001.safetensors\n${sha256(list)}  a.safetensors.index.json\n`,
      ),
    );
  });
});
