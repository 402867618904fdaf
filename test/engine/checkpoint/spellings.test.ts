import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint.ts';
import { inspectCheckpoint } from '../../../src/engine/checkpoint/inspect.ts';
import { checkNetworks } from '../../../src/engine/networks/check.ts';
import { clipTextGraph } from '../../../src/engine/networks/clip-text.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';
import { inDiffusersLayout } from './diffusers-vae.ts';
import { readTensors, withPrefix } from './repack.ts';
import { safetensors, temporaryFile, temporaryFolder, type TensorData } from './safetensors-file.ts';

const GOLDEN = 'test/golden/checkpoints';
const CLIP_G = 'conditioner.embedders.1.model.';
const HEADS = { clip_g: { num_attention_heads: 4 } };

type Tensors = Record<string, Required<TensorData>>;

/** A tensor [rows, columns] of two bytes each, turned. */
function turned({ dtype, shape, bytes }: Required<TensorData>): Required<TensorData> {
  const [rows, columns] = shape as [number, number];
  const from = new Uint16Array(Uint8Array.from(bytes).buffer);
  const to = Uint16Array.from(from, (_, i) => from[(i % rows) * columns + Math.floor(i / rows)]!);
  return { dtype, shape: [columns, rows], bytes: new Uint8Array(to.buffer) };
}

/** OpenCLIP's keys as the transformers library spells them, queries, keys and values apart. */
function inHuggingFace(tensors: Tensors): Tensors {
  const names: readonly (readonly [RegExp, string])[] = [
    [/^token_embedding/, 'embeddings.token_embedding'],
    [/^positional_embedding/, 'embeddings.position_embedding.weight'],
    [/^ln_final/, 'final_layer_norm'],
    [/^transformer\.resblocks/, 'encoder.layers'],
    [/ln_([12])/, 'layer_norm$1'],
    [/c_fc/, 'fc1'],
    [/c_proj/, 'fc2'],
    [/attn\.out/, 'self_attn.out'],
  ];
  const out: Tensors = {};
  for (const [key, tensor] of Object.entries(tensors)) {
    if (!key.startsWith(CLIP_G)) out[key] = tensor;
    else if (key.endsWith('text_projection')) {
      out[`${CLIP_G}transformer.text_projection.weight`] = turned(tensor);
    } else {
      const inner = names.reduce((name, rule) => name.replace(...rule), key.slice(CLIP_G.length));
      const spelled = `${CLIP_G}transformer.text_model.${inner}`;
      const [total, ...rest] = tensor.shape as [number, ...number[]];
      if (!spelled.includes('in_proj_')) out[spelled] = tensor;
      else {
        ['q_proj', 'k_proj', 'v_proj'].forEach((name, i) => {
          const size = tensor.bytes.length / 3;
          out[spelled.replace('attn.in_proj_', `self_attn.${name}.`)] = {
            dtype: tensor.dtype,
            shape: [total / 3, ...rest],
            bytes: tensor.bytes.subarray(i * size, (i + 1) * size),
          };
        });
      }
    }
  }
  return out;
}

describe('SDXL as ComfyUI saves and reads it', () => {
  const positions = { dtype: 'I64', shape: [1, 77], bytes: new Uint8Array(8 * 77) } as const;
  const variants: readonly [string, (tensors: Tensors) => Tensors][] = [
    [
      'with position_ids in its second encoder',
      (tensors) => ({ ...tensors, [`${CLIP_G}transformer.text_model.embeddings.position_ids`]: positions }),
    ],
    [
      'with a turned text_projection.weight',
      ({ [`${CLIP_G}text_projection`]: projection, ...rest }) => ({
        ...rest,
        [`${CLIP_G}text_projection.weight`]: turned(projection!),
      }),
    ],
    ["with its second encoder in the transformers library's keys", inHuggingFace],
  ];

  test.for(variants)('%s encodes prompts to the last bit alike', async ([, change]) => {
    const tensors = await readTensors(`${GOLDEN}/sdxl-f16.safetensors`);
    const path = await temporaryFile(safetensors(change(tensors)));
    expect(await inspectCheckpoint(path, checkNetworks)).toMatchObject({ family: 'sdxl', problem: null });
    const encode = async (file: string) => {
      const graph = clipTextGraph(await openCheckpoint(file, HEADS), { batch: 1, part: 'clip_g' });
      const session = await openSession(graph, CPU);
      const out = await session.run({ ids: Array.from({ length: 77 }, (_, i) => (i < 9 ? 320 + i : 49407)) });
      await session.release();
      return out;
    };
    const [expected, found] = [await encode(`${GOLDEN}/sdxl-f16.safetensors`), await encode(path)];
    for (const name of ['hidden', 'pooled'] as const) {
      expect(new Set(expected[name]).size).toBeGreaterThan(10);
      found[name]!.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[name]![i]!, 5);
      });
    }
  });
});

describe('FLUX as ComfyUI saves and reads it', () => {
  const flux = () => readTensors(`${GOLDEN}/flux1-schnell-bf16.safetensors`);
  const renamed = (tensors: Tensors, pattern: RegExp, to: string): Tensors =>
    Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key.replace(pattern, to), tensor]));

  async function folderWith(files: Readonly<Record<string, Tensors>>): Promise<string> {
    const folder = await temporaryFolder();
    for (const name of ['ae', 'clip_l', 't5xxl_fp16'])
      await copyFile(`${GOLDEN}/${name}.safetensors`, join(folder, `${name}.safetensors`));
    await writeFile(join(folder, 'tokenizer.json'), '{}');
    for (const [name, tensors] of Object.entries({ flux: await flux(), ...files }))
      await writeFile(join(folder, `${name}.safetensors`), safetensors(tensors));
    return join(folder, 'flux.safetensors');
  }
  const sound = { family: 'flux', problem: null, missingFiles: [] };

  test('takes the norms of queries and keys under the newer name', async () => {
    const path = await folderWith({
      flux: renamed(await flux(), /(query|key)_norm\.scale$/, '$1_norm.weight'),
    });
    expect(await inspectCheckpoint(path, checkNetworks)).toMatchObject(sound);
    const source = (await openCheckpoint(path)).weights('unet');
    expect(source.get('double_blocks.0.img_attn.norm.query_norm.scale').key).toMatch(/query_norm\.weight$/);
  });

  test.for(['model.', 'diffusion_model.', 'model.diffusion_model.'])(
    'takes its keys behind %s',
    async (prefix) => {
      const path = await folderWith({ flux: withPrefix(prefix, await flux()) });
      expect(await inspectCheckpoint(path, checkNetworks)).toMatchObject(sound);
    },
  );

  test.for([
    ['encoder.embed_tokens alone', false],
    ['both names of its embedding', true],
  ] as const)('takes a T5 with %s', async ([, keepsShared]) => {
    const t5 = await readTensors(`${GOLDEN}/t5xxl_fp16.safetensors`);
    const { 'shared.weight': shared, ...rest } = t5;
    const path = await folderWith({
      t5xxl_fp16: {
        ...rest,
        'encoder.embed_tokens.weight': shared!,
        ...(keepsShared && { 'shared.weight': shared! }),
        logit_scale: { dtype: 'F32', shape: [], bytes: new Uint8Array(4) },
      },
    });
    expect(await inspectCheckpoint(path, checkNetworks)).toMatchObject(sound);
  });

  test('takes a VAE in the layout of Diffusers', async () => {
    const ae = await readTensors(`${GOLDEN}/ae.safetensors`);
    const diffusers = inDiffusersLayout(ae);
    expect(Object.keys(diffusers)).toContain('decoder.up_blocks.0.resnets.0.norm1.weight');
    expect(await inspectCheckpoint(await folderWith({ ae: diffusers }), checkNetworks)).toMatchObject(sound);
    const { 'decoder.up_blocks.0.resnets.0.norm1.weight': _, ...incomplete } = diffusers;
    const found = await inspectCheckpoint(await folderWith({ ae: incomplete }), checkNetworks);
    expect(found.problem).toBe('ae.safetensors: "decoder.up.3.block.0.norm1.weight" is missing');
  });

  test('refuses a VAE of another family in its place', async () => {
    const sd = Object.entries(await readTensors(`${GOLDEN}/sd15-f16.safetensors`))
      .filter(([key]) => key.startsWith('first_stage_model.'))
      .map(([key, tensor]) => [key.slice('first_stage_model.'.length), tensor] as const);
    const other = await inspectCheckpoint(await folderWith({ ae: Object.fromEntries(sd) }), checkNetworks);
    expect(other.problem).toMatch(
      /^ae\.safetensors: .* takes 4 channels, expected 16: it is the VAE of another/,
    );
  });
});

describe('a checkpoint without a VAE', () => {
  test('takes the one that is called after it', async () => {
    const all = Object.entries(await readTensors(`${GOLDEN}/sd15-f16.safetensors`));
    const isVae = ([key]: readonly [string, unknown]) => key.startsWith('first_stage_model.');
    const folder = await temporaryFolder();
    const path = join(folder, 'mix.safetensors');
    await writeFile(path, safetensors(Object.fromEntries(all.filter((entry) => !isVae(entry)))));
    const lacking = await inspectCheckpoint(path, checkNetworks);
    expect(lacking).toMatchObject({ family: 'sd15', missingFiles: ['mix.vae.safetensors'] });
    expect(lacking.problem).toMatch(/\(vae\): put mix\.vae\.safetensors beside it$/);
    const vae = all
      .filter(isVae)
      .map(([key, tensor]) => [key.slice('first_stage_model.'.length), tensor] as const);
    await writeFile(join(folder, 'mix.vae.safetensors'), safetensors(Object.fromEntries(vae)));
    expect(await inspectCheckpoint(path, checkNetworks)).toMatchObject({ problem: null, missingFiles: [] });
    const { weights } = await openCheckpoint(path);
    expect(weights('vae').get('decoder.conv_in.weight').file).toMatch(/mix\.vae\.safetensors$/);
  });
});
