import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCheckpoint } from '../../../src/engine/checkpoint/inspect.ts';
import { checkNetworks, networkFacts } from '../../../src/engine/networks/check.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFile, type TensorData } from '../checkpoint/safetensors-file.ts';

const GOLDEN = 'test/golden/checkpoints';
const CLIP = 'cond_stage_model.transformer.text_model.';
const UNET = 'model.diffusion_model.';

type Tensors = Record<string, TensorData>;
const changed = async (name: string, change: (tensors: Tensors) => Tensors) =>
  temporaryFile(safetensors(change(await readTensors(`${GOLDEN}/${name}.safetensors`))));
const problemOf = async (path: string) => (await inspectCheckpoint(path, checkNetworks)).problem;

const without =
  (pattern: RegExp) =>
  (tensors: Tensors): Tensors =>
    Object.fromEntries(Object.entries(tensors).filter(([key]) => !pattern.test(key)));
const withTensor =
  (key: string, shape: readonly number[]) =>
  (tensors: Tensors): Tensors => ({ ...tensors, [key]: { dtype: 'F16', shape } });

/** Training's keys, and the end of SDXL's first encoder, whose second-to-last layer is read. */
const UNUSED =
  /position_ids|logit_scale|^(model_ema|alphas|betas|denoiser)|^conditioner\.embedders\.0\..*(layers\.2\.|final_layer_norm)/;

describe('a file whose header shows that it cannot run', () => {
  test.for<[string, string, (tensors: Tensors) => Tensors, RegExp]>([
    [
      'lacks a key of its UNet',
      'sd15-f16',
      without(/middle_block\.0\.in_layers\.2\.bias/),
      /in_layers\.2\.bias" is missing/,
    ],
    [
      'lacks a key of its encoder',
      'sd15-f16',
      without(/encoder\.mid\.attn_1\.q\.bias/),
      /attn_1\.q\.bias" is missing/,
    ],
    [
      'lacks a key of its decoder',
      'sd15-f16',
      without(/post_quant_conv\.bias/),
      /post_quant_conv\.bias" is missing/,
    ],
    [
      'lacks a key of its text encoder',
      'sd15-f16',
      without(/layers\.1\.mlp\.fc2\.bias/),
      /fc2\.bias" is missing/,
    ],
    [
      "lacks a key of SDXL's second encoder",
      'sdxl-f16',
      without(/embedders\.1\..*ln_final\.bias/),
      /ln_final\.bias" is missing/,
    ],
    [
      'has a key too many',
      'sd15-f16',
      withTensor(`${UNET}input_blocks.1.0.extra.weight`, [1]),
      /unexpected weights: .*extra/,
    ],
    ['is an LCM', 'sd15-f16', withTensor(`${UNET}time_embed.cond_proj.weight`, [32, 256]), /an LCM/],
    [
      'has LongCLIP',
      'sd15-f16',
      withTensor(`${CLIP}embeddings.position_embedding.weight`, [248, 8]),
      /has shape \[248,8\], expected \[77,8\]/,
    ],
    [
      'has a weight without size',
      'sd15-f16',
      withTensor(`${UNET}out.2.weight`, [0]),
      /out\.2\.weight" has shape \[0\]/,
    ],
    [
      'has one size only',
      'sd15-f16',
      withTensor(`${UNET}out.2.weight`, []),
      /out\.2\.weight" has shape \[\]/,
    ],
    [
      'lacks the attention of its middle',
      'sdxl-f16',
      without(/middle_block\.1\./),
      /middle_block\.1\..*" is missing/,
    ],
  ])('%s', async ([, name, change, message]) => {
    expect(await problemOf(`${GOLDEN}/${name}.safetensors`)).toBeNull();
    expect(await problemOf(await changed(name, change))).toMatch(message);
  });

  test('has a sidecar with heads into which its channels do not divide', async () => {
    const path = await changed('sd15-f16', (tensors) => tensors);
    const sidecar = join(path, '..', 'model.latentql.json');
    await writeFile(sidecar, JSON.stringify({ unet: { num_heads: 5 } }));
    expect(await problemOf(path)).toMatch(/32 channels do not divide into 5 attention heads/);
    await writeFile(sidecar, JSON.stringify({ unet: { num_head_channels: 16 } }));
    expect(await problemOf(path)).toBeNull();
  });

  test('lacks the sidecar whose heads its widths need, which is a hindrance', async () => {
    const path = await changed('sd15-f16', (tensors) => tensors);
    const inspected = () =>
      inspectCheckpoint(path, (checkpoint) => {
        checkNetworks(checkpoint);
        return networkFacts(checkpoint);
      });
    expect(await inspected()).toMatchObject({
      problem: null,
      facts: {
        hindrance:
          '8 channels do not divide into 12 attention heads: set "clip_l.num_attention_heads" in the sidecar',
      },
    });
    const heads = { unet: { num_heads: 2 }, clip_l: { num_attention_heads: 2 } };
    await writeFile(join(path, '..', 'model.latentql.json'), JSON.stringify(heads));
    expect(await inspected()).toMatchObject({
      facts: { hindrance: undefined, textWidths: [8], prediction: 'eps', takesLatentAlone: true },
    });
  });

  test.for(['sd15-f16', 'sdxl-f16'])('lacks any one key of %s', async (name) => {
    const all = Object.keys(await readTensors(`${GOLDEN}/${name}.safetensors`));
    const weights = all.filter((key) => !UNUSED.test(key));
    for (const key of weights.filter((_, i) => i % 37 === 0)) {
      const path = await changed(name, ({ [key]: _, ...rest }) => rest);
      expect(await problemOf(path), key).toEqual(expect.stringContaining('.safetensors'));
    }
  });
});
