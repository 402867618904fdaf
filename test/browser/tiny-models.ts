import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { openCheckpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import { clipWidth } from '../../src/engine/networks/clip-text.ts';
import { readNetsRecord } from '../conformance/checkpoints.ts';
import { RecipeCheckpoints } from '../conformance/recipes.ts';
import { unionControl } from '../engine/adapters/union-control.ts';
import { readTensors } from '../engine/checkpoint/repack.ts';
import { safetensors } from '../engine/checkpoint/safetensors-file.ts';

/** A folder of models as people have it: two tiny SD1.5, one with a thumbnail, a tiny SDXL, ControlNets, a VAE, upscalers and embeddings. */
export async function placeTinyModels(folder: string): Promise<void> {
  const recipes = new RecipeCheckpoints('test/golden/next', 'test/golden');
  const at = async (path: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    return join(folder, path);
  };
  const place = async (name: string, path: string) => copyFile(await recipes.path(name), await at(path));
  try {
    const { configs } = await readNetsRecord('test/golden');
    await place('sd15-f16', 'sd15/tiny.safetensors');
    await writeFile(join(folder, 'sd15/tiny.latentql.json'), JSON.stringify(configs['sd15-f16']));
    await place('sd15-f16', 'sd15/second.safetensors');
    await writeFile(join(folder, 'sd15/second.latentql.json'), JSON.stringify(configs['sd15-f16']));
    const red = { width: 64, height: 64, channels: 3, background: '#c33' } as const;
    await writeFile(join(folder, 'sd15/tiny.preview.png'), await sharp({ create: red }).png().toBuffer());
    await place('control_sd15-ldm-f16', 'ControlNet/edges_canny.safetensors');
    await place('control_sdxl-diffusers-f16', 'ControlNet/of_sdxl.safetensors');
    await copyFile('test/golden/checkpoints/sdxl-f16.safetensors', await at('sdxl/tiny-xl.safetensors'));
    await writeFile(join(folder, 'sdxl/tiny-xl.latentql.json'), JSON.stringify(configs['sdxl-f16']));
    await writeFile(await at('ControlNet/union.safetensors'), (await unionControl(recipes, 8)).file);
    await place('t2iadapter_sd15-f16', 't2i_adapter/sketch.safetensors');
    await copyFile(
      'test/golden/next/checkpoints/compact-x2.safetensors',
      await at('upscale_models/2x.safetensors'),
    );
    const tensors = Object.entries(await readTensors('test/golden/checkpoints/sd15-f16.safetensors'));
    const prefix = 'first_stage_model.';
    const vae = tensors.flatMap(([key, tensor]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : [],
    );
    await writeFile(await at('VAE/soft.safetensors'), safetensors(Object.fromEntries(vae)));
    const width = clipWidth(await openCheckpoint(join(folder, 'sd15/tiny.safetensors')), 'clip_l');
    const values = Float32Array.from({ length: 2 * width }, (_, i) => 0.3 * Math.sin(7 * i));
    const vectors = { dtype: 'F32' as const, shape: [2, width], bytes: new Uint8Array(values.buffer) };
    await writeFile(await at('embeddings/dusk.safetensors'), safetensors({ emb_params: vectors }));
  } finally {
    await recipes.close();
  }
}
