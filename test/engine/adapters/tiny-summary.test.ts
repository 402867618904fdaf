import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectTinyDecoder } from '../../../src/engine/adapters/tiny-summary.ts';
import { checkTinyDecoder } from '../../../src/engine/networks/check-parts.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFolder } from '../checkpoint/safetensors-file.ts';
import { op, tensor, torchArchive } from './torch-archive.ts';

const FILES = 'test/golden/next/checkpoints';
const SD = `${FILES}/taesd_decoder.safetensors`;
const FLUX = `${FILES}/taef1_decoder.safetensors`;

/** What a file is below a models folder, where it lies under a name. */
async function summaryAt(file: string, content: string | Uint8Array) {
  const path = join(await temporaryFolder(), file);
  await mkdir(dirname(path), { recursive: true });
  await (typeof content === 'string' ? copyFile(content, path) : writeFile(path, content));
  return inspectTinyDecoder(path, file, checkTinyDecoder);
}

describe('a tiny decoder', () => {
  it.each([
    [SD, 'vae_approx/taesd_decoder.safetensors', ['sd15', 'sd2']],
    [SD, 'VAE-approx/TAESD.safetensors', ['sd15', 'sd2']],
    [SD, 'taesd/diffusion_pytorch_model.safetensors', ['sd15', 'sd2']],
    [SD, 'vae_approx/taesdxl_decoder.safetensors', ['sdxl', 'sdxl_refiner']],
    [SD, 'vae_approx/tae-sd-xl.safetensors', ['sdxl', 'sdxl_refiner']],
    [SD, 'models--madebyollin--taesdxl/snapshots/1a/model.safetensors', ['sdxl', 'sdxl_refiner']],
    [SD, 'taesdxl/taesd_decoder.safetensors', ['sd15', 'sd2']], // its own name counts
    [FLUX, 'vae_approx/taef1_decoder.safetensors', ['flux']],
    [FLUX, 'taef1/diffusion_pytorch_model.safetensors', ['flux']],
    [FLUX, 'vae_approx/decoder.safetensors', ['flux']], // no other family has 16 channels
  ])('%s as %s is for %s', async (content, file, families) => {
    expect(await summaryAt(file, content)).toMatchObject({
      families,
      tiny: true,
      problem: null,
      tensors: 67,
    });
  });

  it.each([
    [SD, 'vae_approx/decoder.safetensors', '4 channels, its name does not contain a family'],
    [SD, 'vae_approx/taef1_decoder.safetensors', '4 channels, it is called taef1_decoder'],
    [FLUX, 'vae_approx/taesdxl_decoder.safetensors', '16 channels, it is called taesdxl_decoder'],
    [FLUX, 'vae_approx/taesd3_decoder.safetensors', '16 channels, it is called taesd3_decoder'],
    [SD, 'vae_approx/taew2_1.safetensors', '4 channels, it is called taew2_1'],
  ])('%s as %s has a problem', async (content, file, why) => {
    const summary = await summaryAt(file, content);
    expect(summary).toMatchObject({ families: [], tiny: true });
    expect(summary!.problem).toContain(why);
    expect(summary!.problem).toContain('taesdxl_decoder.safetensors (TAESDXL, 4 channels)');
  });

  it('may be a file of torch', async () => {
    const tensors = Object.entries(await readTensors(SD));
    const items = tensors.flatMap(([key, { shape }], i) => {
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, dim) => size * dim, 1));
      return [op.text(key), tensor('HalfStorage', String(i), shape, strides)];
    });
    const data = tensors.map(([, { bytes }], i) => [`data/${i}`, Buffer.from(bytes)] as const);
    const archive = torchArchive({
      'data.pkl': op.program(op.dictionary(...items)),
      ...Object.fromEntries(data),
    });
    expect(await summaryAt('vae_approx/taesdxl_decoder.pth', archive)).toMatchObject({
      ...{ families: ['sdxl', 'sdxl_refiner'], problem: null, tensors: 67 },
    });
  });

  it('that lacks a layer, has one too many, or one of another size, has the problem that names it', async () => {
    const whole = await readTensors(SD);
    const { '19.weight': last, ...without } = whole;
    const problemOf = async (tensors: typeof whole) =>
      (await summaryAt('taesd_decoder.safetensors', safetensors(tensors)))!.problem;
    expect(await problemOf(without)).toBe('taesd_decoder.safetensors: "19.weight" is missing');
    expect(await problemOf({ ...whole, '20.weight': last! })).toContain('"20.weight"');
    expect(await problemOf({ ...whole, '7.weight': last! })).toContain(
      '"7.weight" has shape [3,16,3,3], expected [16,16,3,3]',
    );
    const { '1.weight': first, ...headless } = whole;
    expect(await problemOf(headless)).toBe('taesd_decoder.safetensors: "1.weight" is missing');
    expect(await problemOf({ ...whole, '1.weight': { ...first!, shape: [64, 9] } })).toContain('"1.weight"');
  });

  it('that cannot be read has a problem, and another file is not taken for one', async () => {
    expect(await summaryAt('taesd_decoder.safetensors', Buffer.from('no safetensors'))).toMatchObject({
      tensors: 0,
      problem: expect.stringMatching(/^taesd_decoder\.safetensors: /) as string,
    });
    for (const other of [`${FILES}/taesd_encoder.safetensors`, `${FILES}/compact-x4.safetensors`])
      expect(await summaryAt('vae_approx/other.safetensors', other)).toBeUndefined();
  });
});
