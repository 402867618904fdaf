import type { AdapterKind } from '../engine/index.ts';

/** Folder names of ComfyUI and A1111, in lower case, and the kinds of their files. */
const FOLDERS: Readonly<Record<AdapterKind, readonly string[]>> = {
  lora: ['lora', 'loras', 'lycoris'],
  vae: ['vae', 'vaes'],
  tinyVae: ['vae_approx', 'vae-approx', 'vae-taesd', 'vae_taesd'],
  embedding: ['embedding', 'embeddings', 'textual_inversion'],
  controlnet: ['controlnet', 'controlnets', 't2i_adapter', 't2i-adapter'],
  upscaler: [
    ...['upscaler', 'upscalers', 'upscale_models', 'esrgan', 'realesrgan', 'bsrgan'],
    ...['swinir', 'scunet', 'ldsr', 'latent_upscale_models'],
  ],
  textEncoder: ['text_encoder', 'text_encoders', 'clip', 'text-encoders'],
  other: [
    ...['clip_vision', 'style_models', 'hypernetwork', 'hypernetworks', 'gligen', 'photomaker', 'pulid'],
    ...['ipadapter', 'ipadapter-flux', 'ip_adapter', 'insightface', 'instantid'],
    ...['gfpgan', 'codeformer', 'facerestore_models', 'animatediff_models', 'animatediff_motion_lora'],
    ...['audio_encoders', 'model_patches', 'sams', 'ultralytics', 'deepbooru', 'blip', 'llm', 'vlm'],
  ],
};

const KINDS = new Map(
  Object.entries(FOLDERS).flatMap(([kind, names]) => names.map((name) => [name, kind as AdapterKind])),
);

/** The kind of the innermost known folder in a path relative to MODELS_DIR; undefined if it has none. */
export function folderKind(file: string): AdapterKind | undefined {
  const folders = file.split('/').slice(0, -1);
  const meant = folders.findLast((folder) => KINDS.has(folder.toLowerCase()));
  return meant === undefined ? undefined : KINDS.get(meant.toLowerCase());
}
