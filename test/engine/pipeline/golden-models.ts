import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenT5 } from '../text/golden-t5.ts';

const GOLDEN = 'test/golden';

/** Where the known models lie, and which golden files stand for them there. */
const LAYOUT = {
  sd15: { folder: 'sd1.5', checkpoint: 'majicmixRealistic_betterV6', files: { checkpoint: 'sd15-f16' } },
  sdxl: { folder: 'sdxl', checkpoint: 'sd_xl_base_1.0', files: { checkpoint: 'sdxl-f16' } },
  flux: {
    folder: 'flux.1-schnell',
    checkpoint: 'flux1-schnell',
    files: {
      checkpoint: 'flux1-schnell-bf16',
      ae: 'ae',
      clip_l: 'clip_l',
      t5xxl_fp16: 't5xxl_fp16',
    },
  },
} as const;
export type GoldenModel = keyof typeof LAYOUT;

/** Where the same files lie in a folder of ComfyUI, by what they are; what is not named lies in the model's own folder. */
const COMFYUI: Readonly<Record<GoldenModel, Readonly<Record<string, string>>>> = {
  sd15: { checkpoint: 'checkpoints' },
  sdxl: { checkpoint: 'checkpoints/SDXL' },
  flux: {
    checkpoint: 'unet/FLUX1',
    ae: 'vae/FLUX1',
    clip_l: 'clip',
    t5xxl_fp16: 'text_encoders/t5',
    tokenizer: 'text_encoders',
  },
};

/** A folder of models. */
export interface ModelsFolder {
  readonly path: string;
  readonly checkpoint: (model: GoldenModel) => string;
  readonly remove: () => Promise<void>;
}

/**
 * A MODELS_DIR with the tiny golden checkpoints in the known models' places, or in those of ComfyUI, each with its sidecar, and a
 * tokenizer for FLUX.
 */
export async function goldenModels(tree: 'own' | 'ComfyUI' = 'own'): Promise<ModelsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'latentql-models-'));
  const folderOf = (model: GoldenModel, part: string) =>
    join(path, (tree === 'own' ? undefined : COMFYUI[model][part]) ?? LAYOUT[model].folder);
  const stem = (model: GoldenModel) => join(folderOf(model, 'checkpoint'), LAYOUT[model].checkpoint);
  const { configs } = JSON.parse(await readFile(join(GOLDEN, 'nets/nets.json'), 'utf8')) as {
    configs: Record<string, unknown>;
  };
  for (const model of Object.keys(LAYOUT) as GoldenModel[]) {
    const { files, checkpoint } = LAYOUT[model];
    for (const [name, golden] of Object.entries(files)) {
      const to = name === 'checkpoint' ? checkpoint : name;
      const from = join(GOLDEN, 'checkpoints', `${golden}.safetensors`);
      const folder = folderOf(model, name);
      await mkdir(folder, { recursive: true });
      await copyFile(from, join(folder, `${to}.safetensors`));
    }
    const config = configs[`${model}-f16`] ?? configs[model];
    await writeFile(`${stem(model)}.json`, JSON.stringify(config));
  }
  await writeFile(join(folderOf('flux', 'tokenizer'), 'tokenizer.json'), JSON.stringify(goldenT5()));
  return {
    path,
    checkpoint: (model) => `${stem(model)}.safetensors`,
    remove: () => rm(path, { recursive: true }),
  };
}
