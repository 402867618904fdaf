import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { inspectCheckpoint } from '../../../src/engine/checkpoint/inspect.ts';
import { CheckpointError } from '../../../src/engine/errors.ts';
import { encode } from './encode.ts';
import { safetensors, temporaryFile, temporaryFolder } from './safetensors-file.ts';

const GOLDEN = 'test/golden/checkpoints';
const SD15 = `${GOLDEN}/sd15-f16.safetensors`;
const STARTER = 'assets/models/starter.safetensors';

describe('opening a checkpoint', () => {
  test('finds each network of SD1.5 under its prefix, without the keys that are no weights', async () => {
    const checkpoint = await openCheckpoint(SD15);
    expect(checkpoint).toMatchObject({ family: 'sd15', prediction: 'eps', sidecar: {} });
    const clip = checkpoint.weights('clip_l').keys();
    expect(clip).toContain('embeddings.token_embedding.weight');
    expect(clip).not.toContain('embeddings.position_ids');
    expect(checkpoint.weights('unet').get('time_embed.0.bias').key).toBe(
      'model.diffusion_model.time_embed.0.bias',
    );
    expect(checkpoint.weights('vae').has('quant_conv')).toBe(true);
    expect(() => checkpoint.weights('t5')).toThrow(/a sd15 checkpoint has no t5/);
  });

  test('gathers the networks of FLUX from the files beside it', async () => {
    const { family, prediction, weights } = await openCheckpoint(`${GOLDEN}/flux1-schnell-bf16.safetensors`);
    expect({ family, prediction }).toEqual({ family: 'flux', prediction: 'flow' });
    expect(weights('unet').get('img_in.weight').file).toMatch(/flux1-schnell-bf16\.safetensors$/);
    expect(weights('vae').get('encoder.conv_in.weight').file).toMatch(/ae\.safetensors$/);
    expect(weights('clip_l').get('final_layer_norm.bias').key).toBe('text_model.final_layer_norm.bias');
    expect(weights('t5').get('shared.weight').file).toMatch(/t5xxl_fp16\.safetensors$/);
  });

  test('reads the sidecar beside the file', async () => {
    const { sidecar } = await openCheckpoint(STARTER);
    expect(sidecar.clip_l?.num_attention_heads).toBe(4);
  });

  test('lets overrides replace the sidecar', async () => {
    const { sidecar, prediction } = await openCheckpoint(STARTER, { prediction: 'v', clip_g: null });
    expect(prediction).toBe('v');
    expect(sidecar.clip_l).toBeUndefined();
  });

  test.for([
    ['sd15-f16', 'flow', /prediction is "flow", expected eps or v for sd15/],
    ['flux1-schnell-bf16', 'eps', /prediction is "eps", expected flow for flux/],
  ] as const)('refuses for %s the prediction %s', async ([name, prediction, message]) => {
    const opening = openCheckpoint(`${GOLDEN}/${name}.safetensors`, { prediction });
    await expect(opening).rejects.toThrow(CheckpointError);
    await expect(opening).rejects.toThrow(message);
  });

  test('accepts the older layout without a text_model level', async () => {
    const tensor = { dtype: 'F16', shape: [320, 4, 3, 3] } as const;
    const path = await temporaryFile(
      safetensors({
        'model.diffusion_model.input_blocks.0.0.weight': tensor,
        'first_stage_model.decoder.conv_in.weight': tensor,
        'cond_stage_model.transformer.embeddings.token_embedding.weight': tensor,
      }),
    );
    const { weights } = await openCheckpoint(path);
    expect(weights('clip_l').keys()).toEqual(['embeddings.token_embedding.weight']);
  });

  test('names the network that a file lacks', async () => {
    const tensor = { dtype: 'F16', shape: [320, 4, 3, 3] } as const;
    const path = await temporaryFile(
      safetensors({
        'model.diffusion_model.input_blocks.0.0.weight': tensor,
        'cond_stage_model.transformer.text_model.embeddings.token_embedding.weight': tensor,
      }),
    );
    await expect(openCheckpoint(path)).rejects.toThrow(
      /missing key "first_stage_model\.decoder\.conv_in\.weight" \(vae\)/,
    );
  });
});

describe('a sidecar', () => {
  test.for([
    ['{"unet": {"num_heads": 0}}', /^model\.latentql\.json: unet\.num_heads: /],
    ['{"clip-l": {}}', /Unrecognized key: "clip-l"/],
    ['{"prediction": "x0"}', /prediction: /],
    ['{', /^model\.latentql\.json: not JSON/],
  ] as const)('%s is refused by its field', async ([text, message]) => {
    const folder = await temporaryFolder();
    await copyFile(SD15, join(folder, 'model.safetensors'));
    await writeFile(join(folder, 'model.latentql.json'), text);
    const opening = openCheckpoint(join(folder, 'model.safetensors'));
    await expect(opening).rejects.toThrow(CheckpointError);
    await expect(opening).rejects.toThrow(message);
  });
});

describe('a sidecar under a name that other programs write, too', () => {
  const A1111 = {
    description: 'x',
    'sd version': 'SD1',
    'activation text': '',
    'preferred weight': 0,
    notes: '',
  };
  const opened = async (files: Readonly<Record<string, string | Uint8Array>>) => {
    const path = await temporaryFile(await readFile(SD15));
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, '..', name), text);
    return openCheckpoint(path);
  };
  const recommended = { steps: 7 };

  test.for([
    JSON.stringify(A1111),
    JSON.stringify({ ...A1111, vae: 'Automatic' }),
    '\ufeff{"baseModel":"SD 1.5","modelId":4384,"images":[]}',
    '["unet"]',
    'null',
    'no JSON',
    ' '.repeat(2_000_000),
  ])('does not count where none of the fields is ours', async (text) => {
    expect((await opened({ 'model.json': text })).sidecar).toEqual({});
  });

  test('counts with the fields that are, whatever stands beside them', async () => {
    const { sidecar } = await opened({
      'model.json': JSON.stringify({ ...A1111, vae: 'None', recommended }),
    });
    expect(sidecar).toEqual({ recommended });
  });

  test('gives way to the one of our own name', async () => {
    const own = JSON.stringify({ recommended });
    expect(
      (await opened({ 'model.json': '{"prediction":"v"}', 'model.latentql.json': own })).sidecar,
    ).toEqual({
      recommended,
    });
  });

  test('may begin with a byte order mark', async () => {
    const text = `\ufeff${JSON.stringify({ recommended })}`;
    expect((await opened({ 'model.latentql.json': text })).sidecar).toEqual({ recommended });
    expect((await opened({ 'model.json': text })).sidecar).toEqual({ recommended });
  });
});

describe('a sidecar with impossible values', () => {
  const rows = (count: number) => Array.from({ length: count }, () => [0.1, 0.2, 0.3]);
  test.for<[object, RegExp]>([
    [{ recommended: { steps: 2 ** 31 } }, /recommended\.steps/],
    [{ recommended: { width: 1e300 } }, /recommended\.width/],
    [
      { latent_rgb: { factors: rows(3), bias: [0, 0, 0] } },
      /latent_rgb\.factors has 3 rows, expected 4 for sd15/,
    ],
    [{ latent_rgb: { factors: rows(16), bias: [0, 0, 0] } }, /latent_rgb\.factors has 16 rows, expected 4/],
  ])('%j is the problem of its checkpoint', async ([sidecar, message]) => {
    const path = await temporaryFile(await readFile(SD15));
    await writeFile(join(path, '..', 'model.latentql.json'), JSON.stringify(sidecar));
    expect((await inspectCheckpoint(path)).problem).toMatch(message);
  });
});

describe('inspecting a model folder', () => {
  test('tells family and size', async () => {
    const { size } = await stat(SD15);
    expect(await inspectCheckpoint(SD15)).toEqual({
      family: 'sd15',
      precision: 'f16',
      licence: null,
      missingFiles: [],
      sizeBytes: size,
      problem: null,
      recommended: {},
      files: [{ name: basename(SD15), content: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string }],
    });
  });

  test('passes on what the sidecar recommends', async () => {
    const { recommended } = await inspectCheckpoint(STARTER);
    expect(recommended).toEqual({ width: 256, height: 256, steps: 20, cfg: 6 });
  });

  test('lists what FLUX misses and adds up what is there', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'flux1-schnell.safetensors');
    await copyFile(`${GOLDEN}/flux1-schnell-bf16.safetensors`, path);
    await copyFile(`${GOLDEN}/ae.safetensors`, join(folder, 'ae.safetensors'));
    await copyFile(`${GOLDEN}/t5xxl_fp16.safetensors`, join(folder, 't5xxl_fp8_e4m3fn.safetensors'));
    const summary = await inspectCheckpoint(path);
    expect(summary.family).toBe('flux');
    expect(summary.missingFiles).toEqual(['clip_l.safetensors', 'tokenizer.json']);
    expect(summary.sizeBytes).toBe(
      (await stat(path)).size +
        (await stat(`${GOLDEN}/ae.safetensors`)).size +
        (await stat(`${GOLDEN}/t5xxl_fp16.safetensors`)).size,
    );
    expect(summary.problem).toMatch(/missing beside it: clip_l\.safetensors, tokenizer\.json/);
    await expect(openCheckpoint(path)).rejects.toThrow(
      /missing beside it: clip_l\.safetensors, tokenizer\.json$/,
    );
  });

  test('tells why a truncated checkpoint cannot be used', async () => {
    const path = await temporaryFile((await readFile(SD15)).subarray(0, -1));
    const { family, problem } = await inspectCheckpoint(path);
    expect(family).toBeNull();
    expect(problem).toMatch(/tensor ".+": ends at byte \d+ of a file of \d+ bytes/);
  });

  test('tells why a file that is no checkpoint cannot be used', async () => {
    expect((await inspectCheckpoint(await temporaryFile(encode('{}')))).problem).toMatch(/0 keys/);
  });

  test('rejects when there is no file', async () => {
    await expect(inspectCheckpoint('/no/such.safetensors')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
