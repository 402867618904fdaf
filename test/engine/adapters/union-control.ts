import type { RecipeCheckpoints } from '../../conformance/recipes.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, type TensorData } from '../checkpoint/safetensors-file.ts';

/** Small numbers that differ. */
export const numbers = (shape: readonly number[], seed: number): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.3 * Math.sin(seed + 1.7 * i));

/** SDXL's tiny ControlNet with what makes it a union of so many kinds; `values` are its numbers by key. */
export async function unionControl(files: Pick<RecipeCheckpoints, 'path'>, kinds: number, isQuiet = false) {
  const tensors = await readTensors(await files.path('control_sdxl-diffusers-f16'));
  const [width] = tensors['conv_in.bias']!.shape as [number];
  const [time] = tensors['time_embedding.linear_2.bias']!.shape as [number];
  const at = 'transformer_layes.0';
  const shapes: Record<string, number[]> = {
    task_embedding: [kinds, width],
    [`${at}.attn.in_proj_weight`]: [3 * width, width],
    [`${at}.attn.in_proj_bias`]: [3 * width],
    [`${at}.attn.out_proj.weight`]: [width, width],
    [`${at}.attn.out_proj.bias`]: [width],
    [`${at}.ln_1.weight`]: [width],
    [`${at}.ln_1.bias`]: [width],
    [`${at}.mlp.c_fc.weight`]: [4 * width, width],
    [`${at}.mlp.c_fc.bias`]: [4 * width],
    [`${at}.mlp.c_proj.weight`]: [width, 4 * width],
    [`${at}.mlp.c_proj.bias`]: [width],
    [`${at}.ln_2.weight`]: [width],
    [`${at}.ln_2.bias`]: [width],
    'spatial_ch_projs.weight': [width, width],
    'spatial_ch_projs.bias': [width],
    'control_add_embedding.linear_1.weight': [time, 256 * kinds],
    'control_add_embedding.linear_1.bias': [time],
    'control_add_embedding.linear_2.weight': [time, time],
    'control_add_embedding.linear_2.bias': [time],
  };
  const values: Record<string, Float32Array> = {};
  Object.entries(shapes).forEach(([key, shape], i) => {
    const isZero = isQuiet && key.startsWith('control_add_embedding.linear_2');
    values[key] = isZero ? new Float32Array(numbers(shape, i).length) : numbers(shape, i);
  });
  const added = Object.entries(values).map(([key, data]): [string, TensorData] => [
    key,
    { dtype: 'F32', shape: shapes[key]!, bytes: Buffer.from(data.buffer) },
  ]);
  return { file: safetensors({ ...tensors, ...Object.fromEntries(added) }), width, time, values };
}
