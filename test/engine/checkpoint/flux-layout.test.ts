import { copyFile, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { isCompanionFile } from '../../../src/engine/checkpoint/file-names.ts';
import { inspectCheckpoint } from '../../../src/engine/checkpoint/inspect.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import type { PartName } from '../../../src/engine/families/family.ts';
import { readTensors, withPrefix } from './repack.ts';
import { safetensors, temporaryFile, temporaryFolder } from './safetensors-file.ts';

const GOLDEN = 'test/golden/checkpoints';
const FLUX = `${GOLDEN}/flux1-schnell-bf16.safetensors`;
const PARTS: readonly PartName[] = ['unet', 'vae', 'clip_l', 't5'];

/** All parts of the golden FLUX in one file, as ComfyUI saves them. */
async function allInOne(): Promise<string> {
  const read = (name: string) => readTensors(`${GOLDEN}/${name}.safetensors`);
  const tensors = {
    ...withPrefix('model.diffusion_model.', await read('flux1-schnell-bf16')),
    ...withPrefix('vae.', await read('ae')),
    ...withPrefix('text_encoders.clip_l.transformer.', await read('clip_l')),
    ...withPrefix('text_encoders.t5xxl.transformer.', await read('t5xxl_fp16')),
    'text_encoders.clip_l.logit_scale': { dtype: 'F32', shape: [] },
    'text_encoders.t5xxl.logit_scale': { dtype: 'F32', shape: [] },
  } as const;
  return temporaryFile(safetensors(tensors));
}

describe('FLUX in one file', () => {
  test('has the same networks as in four', async () => {
    const one = await openCheckpoint(await allInOne());
    const four = await openCheckpoint(FLUX);
    expect(one.family).toBe('flux');
    for (const part of PARTS)
      expect(one.weights(part).keys().sort(), part).toEqual(four.weights(part).keys().sort());
    expect(one.weights('t5').get('shared.weight').file).toBe(await realpath(one.path));
  });

  test('misses only the tokenizer', async () => {
    const path = await allInOne();
    expect(await inspectCheckpoint(path)).toMatchObject({ family: 'flux', missingFiles: ['tokenizer.json'] });
    await writeFile(join(dirname(path), 'tokenizer.json'), '{}');
    expect(await inspectCheckpoint(path)).toMatchObject({ missingFiles: [], problem: null });
  });
});

describe('FLUX in four files', () => {
  test('takes an 8-bit T5 when there is no other, and the tokenizer beside it', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'flux1-schnell.safetensors');
    await copyFile(FLUX, path);
    const t5 = 't5xxl_fp8_e4m3fn.safetensors';
    await copyFile(`${GOLDEN}/t5xxl_fp16.safetensors`, join(folder, t5));
    for (const name of ['ae.safetensors', 'clip_l.safetensors'])
      await copyFile(join(GOLDEN, name), join(folder, name));
    await writeFile(join(folder, 'tokenizer.json'), '{}');
    const { extraFile, weights } = await openCheckpoint(path);
    expect(await readFile(extraFile('tokenizer.json'), 'utf8')).toBe('{}');
    expect(weights('t5').get('shared.weight').file.endsWith(t5)).toBe(true);
  });

  test('says that the tokenizer is missing when it is asked for', async () => {
    const { extraFile } = await openCheckpoint(FLUX);
    expect(() => extraFile('tokenizer.json')).toThrow(CheckpointError);
    expect(() => extraFile('tokenizer.json')).toThrow(
      /flux1-schnell-bf16.*missing beside it: tokenizer\.json/,
    );
  });

  test('knows its companions by name', () => {
    const names = ['ae', 'clip_l', 't5xxl_fp16', 't5xxl_fp8_e4m3fn', 'flux1-schnell', 'sd_xl_base_1.0'];
    expect(names.filter((name) => isCompanionFile(`${name}.safetensors`))).toEqual(names.slice(0, 4));
  });
});

describe('marker keys', () => {
  const marker = { dtype: 'F32', shape: [0] } as const;
  const withMarkers = async (...keys: string[]) => {
    const sdxl = await readTensors(`${GOLDEN}/sdxl-f16.safetensors`);
    return temporaryFile(safetensors({ ...sdxl, ...Object.fromEntries(keys.map((key) => [key, marker])) }));
  };

  test('tell that a checkpoint predicts velocity, unless the sidecar knows better', async () => {
    const path = await withMarkers('v_pred');
    expect(await openCheckpoint(path)).toMatchObject({ prediction: 'v', zeroTerminalSnr: false });
    expect((await openCheckpoint(path, { prediction: 'eps' })).prediction).toBe('eps');
    expect((await openCheckpoint(`${GOLDEN}/sdxl-f16.safetensors`)).prediction).toBe('eps');
  });

  test('tell that its schedule ends in pure noise, and so does the sidecar', async () => {
    expect(await openCheckpoint(await withMarkers('v_pred', 'ztsnr'))).toMatchObject({
      prediction: 'v',
      zeroTerminalSnr: true,
    });
    const path = `${GOLDEN}/sdxl-f16.safetensors`;
    const sidecar = { prediction: 'v', zero_terminal_snr: true };
    expect(await openCheckpoint(path, sidecar)).toMatchObject({ zeroTerminalSnr: true });
    await expect(openCheckpoint(path, { zero_terminal_snr: true })).rejects.toThrow(
      /zero_terminal_snr requires the prediction "v", found "eps"/,
    );
  });
});
