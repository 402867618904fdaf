import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** A folder of models. */
export interface ModelsFolder {
  readonly path: string;
  readonly checkpoint: (model: GoldenModel) => string;
  readonly remove: () => Promise<void>;
}

/** A MODELS_DIR with the tiny golden checkpoints in the known models' places, each with its sidecar, and a tokenizer for FLUX. */
export async function goldenModels(): Promise<ModelsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'latentql-models-'));
  const stem = (model: GoldenModel) => join(path, LAYOUT[model].folder, LAYOUT[model].checkpoint);
  const { configs } = JSON.parse(await readFile(join(GOLDEN, 'nets/nets.json'), 'utf8')) as {
    configs: Record<string, unknown>;
  };
  for (const model of Object.keys(LAYOUT) as GoldenModel[]) {
    const { folder, files, checkpoint } = LAYOUT[model];
    await mkdir(join(path, folder));
    for (const [name, golden] of Object.entries(files)) {
      const to = name === 'checkpoint' ? checkpoint : name;
      const from = join(GOLDEN, 'checkpoints', `${golden}.safetensors`);
      await copyFile(from, join(path, folder, `${to}.safetensors`));
    }
    const config = configs[`${model}-f16`] ?? configs[model];
    await writeFile(`${stem(model)}.json`, JSON.stringify(config));
  }
  await writeFile(join(dirname(stem('flux')), 'tokenizer.json'), JSON.stringify(goldenT5()));
  return {
    path,
    checkpoint: (model) => `${stem(model)}.safetensors`,
    remove: () => rm(path, { recursive: true }),
  };
}
