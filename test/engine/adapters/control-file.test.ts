import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectControl, readControl } from '../../../src/engine/adapters/control-file.ts';
import { checkControl } from '../../../src/engine/networks/check-control.ts';
import { RecipeCheckpoints } from '../../conformance/recipes.ts';
import { readTensors, withPrefix } from '../checkpoint/repack.ts';
import { safetensors, temporaryFile, type TensorData } from '../checkpoint/safetensors-file.ts';

const files = new RecipeCheckpoints('test/golden/next', 'test/golden');
afterAll(() => files.close());

type Tensors = Record<string, TensorData>;

const tensorsOf = async (name: string): Promise<Tensors> => readTensors(await files.path(name));
const written = (tensors: Tensors, name?: string) => temporaryFile(safetensors(tensors), name);
const renamed = (tensors: Tensors, name: (key: string) => string): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [name(key), tensor]));
const inspect = async (tensors: Tensors) => inspectControl(await written(tensors), checkControl);
const problemOf = async (tensors: Tensors) => (await inspect(tensors))?.problem;
const some: TensorData = { dtype: 'F16', shape: [4] };

describe('a ControlNet', () => {
  it('has the same keys in each layout, with or without a prefix', async () => {
    const original = await tensorsOf('control_sd15-ldm-f16');
    const { weights } = await readControl(await written(original));
    const bare = await readControl(
      await written(renamed(original, (key) => key.replace('control_model.', ''))),
    );
    const diffusers = await readControl(await files.path('control_sd15-diffusers-f16'));
    const keys = weights.keys().toSorted();
    expect(bare.weights.keys().toSorted()).toEqual(keys);
    expect(diffusers.weights.keys().toSorted()).toEqual(keys);
    expect([bare.kind, bare.family]).toEqual(['CONTROLNET', 'sd15']);
  });

  it('may call the layers of its vector by either of two names', async () => {
    const tensors = await tensorsOf('control_sdxl-diffusers-f16');
    const other = renamed(tensors, (key) => key.replace(/^add_embedding/, 'class_embedding'));
    expect(Object.keys(tensors).some((key) => key.startsWith('add_embedding'))).toBe(true);
    for (const one of [tensors, other])
      expect(await inspect(one)).toMatchObject({ kind: 'CONTROLNET', family: 'sdxl', problem: null });
  });

  it('counts by its means alone if its name ends in _shuffle', async () => {
    const path = await written(
      await tensorsOf('control_sd15-ldm-f16'),
      'control_v11e_sd15_shuffle.safetensors',
    );
    expect((await readControl(path)).pooled).toBe(true);
    const other = join(dirname(path), 'shuffle_canny.safetensors');
    await rename(path, other);
    expect((await readControl(other)).pooled).toBe(false);
  });

  it('cannot be used with a key that is missing, unknown or misshapen, and says which', async () => {
    const tensors = await tensorsOf('control_sd15-ldm-f16');
    const key = 'control_model.zero_convs.3.0.bias';
    const { [key]: bias, ...missing } = tensors;
    expect(await problemOf(missing)).toContain(`"${key}" is missing`);
    expect(await problemOf({ ...tensors, 'control_model.more.weight': some })).toContain('more.weight');
    expect(await problemOf({ ...tensors, [key]: { ...some, shape: [5] } })).toContain(
      `${key}" has shape [5]`,
    );
    expect(bias).toBeDefined();
  });

  it.each([
    ['lora_controlnet', 'Control-LoRA'],
    ['difference', 'difference'],
    ['controlnet_x_embedder.weight', 'an architecture other than'],
    ['lllite_unet_down.weight', 'LLLite'],
  ])('is refused by name with the key %s', async (key, named) => {
    const tensors = await tensorsOf('control_sd15-diffusers-f16');
    expect(await problemOf({ ...tensors, [key]: some })).toContain(named);
  });

  it('is for SD2 by the width of its text', async () => {
    const tensors = await tensorsOf('control_sd15-ldm-f16');
    const wide = Object.entries(tensors).map(([key, tensor]): [string, TensorData] => [
      key,
      /attn2\.to_[kv]\.weight$/.test(key) ? { dtype: 'F16', shape: [tensor.shape[0]!, 1024] } : tensor,
    ]);
    expect(await inspect(Object.fromEntries(wide))).toMatchObject({
      ...{ kind: 'CONTROLNET', family: 'sd2', problem: null },
    });
  });

  it('is none of what other files are, and one that cannot be read says so', async () => {
    expect(await inspect({ 'lora_unet_a.lora_up.weight': some })).toBeUndefined();
    expect(await inspect({ 'model.diffusion_model.a': some, 'control_model.b': some })).toBeUndefined();
    const path = await temporaryFile('no header');
    expect(await inspectControl(path, checkControl)).toMatchObject({ kind: null, tensors: 0 });
    await writeFile(path, Buffer.alloc(0));
    expect((await inspectControl(path, checkControl))?.problem).toContain('model.safetensors');
  });
});

describe('a T2I adapter', () => {
  it('has the same keys in each layout', async () => {
    const original = await tensorsOf('t2iadapter_sd15-f16');
    const diffusers = renamed(withPrefix('adapter.', original), (key) =>
      key.replace(/body\.(\d)\.(in_conv|block\d)/, (_, n: string, part: string) =>
        part === 'in_conv'
          ? `body.${Number(n) / 2}.in_conv`
          : `body.${Math.floor(Number(n) / 2)}.resnets.${Number(n) % 2}.${part}`,
      ),
    );
    expect(Object.keys(diffusers)).toContain('adapter.body.1.resnets.0.block1.weight');
    for (const one of [original, diffusers])
      expect(await inspect(one)).toMatchObject({ kind: 'T2I_ADAPTER', family: 'sd15', problem: null });
  });

  it('is SDXL’s if it folds 16 × 16 pixels, of three colours or one', async () => {
    const tensors = await tensorsOf('t2iadapter_sd15-f16');
    const [channels] = tensors['conv_in.weight']!.shape;
    for (const [inputs, family] of [
      [64, 'sd15'],
      [256, 'sdxl'],
      [768, 'sdxl'],
    ] as const) {
      const weight: TensorData = { dtype: 'F16', shape: [channels!, inputs, 3, 3] };
      expect(await inspect({ ...tensors, 'conv_in.weight': weight })).toMatchObject({
        family,
        problem: null,
      });
    }
    const odd: TensorData = { dtype: 'F16', shape: [channels!, 100, 3, 3] };
    expect(await problemOf({ ...tensors, 'conv_in.weight': odd })).toContain(
      'a family that is not supported',
    );
  });
});
