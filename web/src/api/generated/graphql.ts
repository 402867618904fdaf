/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A part of the way from noise to image: 0 is its beginning, 1 its end. */
export type CfgInterval = {
  /** Where it ends, up to 1. */
  end?: number | null | undefined;
  /** Where guidance begins, from 0. */
  start?: number | null | undefined;
};

/** A ControlNet or T2I adapter. It reads the picture of `image`, `imageUrl` or `imageId`, or the source of the job. */
export type ControlInput = {
  /** With `BLUR`, its standard deviation in pixels, 0.3 to 100. */
  blur?: number | null | undefined;
  /** With `CANNY`, the gradient from which a pixel begins one, 0 to 2040. */
  cannyHigh?: number | null | undefined;
  /** With `CANNY`, the gradient from which a pixel continues an edge, 0 to 2040. */
  cannyLow?: number | null | undefined;
  /** Where it ends, up to 1. */
  end?: number | null | undefined;
  /** Its picture as an upload. */
  image?: Blob | null | undefined;
  /** Its picture as the `id` of a stored picture. */
  imageId?: string | number | null | undefined;
  /** Its picture as an http(s) or data: URL, or as a path on this server. */
  imageUrl?: string | null | undefined;
  /** Its name in the `controlModels` query. */
  model: string;
  /** What is made of the picture first. */
  preprocessor?: ControlPreprocessor | null | undefined;
  /** Where it begins on the way from noise to image, from 0. */
  start?: number | null | undefined;
  /** Strength, 0 to 10; 0 is without it. */
  strength?: number | null | undefined;
};

/** What is made of a picture before a control reads it. */
export type ControlPreprocessor =
  /** Blurred. */
  | 'BLUR'
  /** Edges in white on black, as OpenCV's Canny finds them. */
  | 'CANNY'
  /** Inverted: black lines on white become white on black. */
  | 'INVERT'
  /** Lightness alone, without colours. */
  | 'LUMINANCE'
  /** Nothing: the picture is what the control reads (edges, a depth map, a pose). */
  | 'NONE'
  /** Thick lines in white on black, where the picture is darker than around. */
  | 'SCRIBBLE';

/** What weights do in A1111's syntax. */
export type Emphasis =
  /** Nothing. */
  | 'IGNORE'
  /** Nothing, and brackets are read as words. */
  | 'NONE'
  /** Multiplies the states; often better for SDXL. */
  | 'NO_NORM'
  /** Multiplies the states, then brings their mean back. */
  | 'ORIGINAL';

/** What an engine process is doing. */
export type EngineState =
  /** Working on a job. */
  | 'BUSY'
  /** Ready for a job. */
  | 'IDLE'
  /** Coming up and checking its device. */
  | 'STARTING'
  /** Not running; the next job starts it. */
  | 'STOPPED';

/** Extends the source, fitted to `width` and `height`, beyond its sides. What is kept of it stays as it is, byte for byte. Not with `mask` or `upscale`. */
export type ExtendInput = {
  /** Pixels to add at this side, 0 to 1024, a multiple of 8 (16 for FLUX). */
  bottom?: number | null | undefined;
  /** Pixels over which what is new fades into the source, 0 to 256. */
  feather?: number | null | undefined;
  /** Pixels to add at this side, 0 to 1024, a multiple of 8 (16 for FLUX). */
  left?: number | null | undefined;
  /** Pixels to add at this side, 0 to 1024, a multiple of 8 (16 for FLUX). */
  right?: number | null | undefined;
  /** Pixels to add at this side, 0 to 1024, a multiple of 8 (16 for FLUX). */
  top?: number | null | undefined;
};

/** The settings of a job. A field that is left out has its default. null means what the model recommends for `width`, `height`, `steps`, `cfg`, `samplerName` and `scheduler`, a random seed for `seed`, and the default elsewhere. Without `image`, `imageId` and `imageUrl` the job starts from noise (text to image). */
export type Img2ImgInput = {
  /** Number of images, 1 to 16. */
  batchSize?: number | null | undefined;
  /** Guidance scale, 0 to 100: how closely to follow the prompts; 1 is without guidance. */
  cfg?: number | null | undefined;
  /** The part of the way on which guidance is applied; outside it the negative prompt costs nothing. */
  cfgInterval?: CfgInterval | null | undefined;
  /** Which layer of the text encoders is taken, counted from the end, 1 to 24: 1 is the last. null is the model's own: 1 for SD1.5 and FLUX, 2 for SDXL. */
  clipSkip?: number | null | undefined;
  /** ControlNets and T2I adapters; what they add is summed. At most 5. */
  controls?: Array<ControlInput> | null | undefined;
  /** How much of the source is replaced, 0 to 1: 0 keeps it, 1 ignores it. */
  denoiseStrength?: number | null | undefined;
  /** What weights do with promptStyle A1111; null is ORIGINAL. */
  emphasis?: Emphasis | null | undefined;
  /** Share of the noise that a stochastic sampler adds, 0 to 1; null is all of it. */
  eta?: number | null | undefined;
  /** Extends the source beyond its sides (outpainting). Left out: not at all. */
  extend?: ExtendInput | null | undefined;
  /** Timestep shift of a FLUX model, 0.1 to 100; null is the model's own (1 for schnell). */
  flowShift?: number | null | undefined;
  /** Scale for a model that was distilled from guidance, such as FLUX.1-dev, 0 to 100; left out: 3.5. Other models ignore it. */
  guidance?: number | null | undefined;
  /** Height in pixels, 64 to 2048, a multiple of 8 (16 for FLUX). */
  height?: number | null | undefined;
  /** The source image as an upload, instead of `imageUrl`. */
  image?: Blob | null | undefined;
  /** The source image as the `id` of an `Image` or `SourceImage`, instead of `imageUrl`. */
  imageId?: string | number | null | undefined;
  /** The source image as an http(s) or data: URL, or as a path on this server such as `/example.png`. */
  imageUrl?: string | null | undefined;
  /** LoRAs, the first added first; `<lora:name:0.8>` in a prompt adds one, too. At most 20. */
  loras?: Array<LoraInput> | null | undefined;
  /** Repaints only a part of the source. Left out: all of it. */
  mask?: MaskInput | null | undefined;
  /** Anything that is to be kept with the job, at most 4096 bytes. */
  metadata?: Record<string, unknown> | null | undefined;
  /** The checkpoint. */
  model?: Model | null | undefined;
  /** The checkpoint by its name as text, instead of `model`: also one that came a moment ago. */
  modelName?: string | null | undefined;
  /** Negative prompt, in the same form. */
  negativePrompt?: string | null | undefined;
  /** Whose random numbers the noise is made of. */
  noiseDevice?: NoiseDevice | null | undefined;
  /** Prompt. `(word:1.2)` sets a weight. At most 10000 characters. */
  prompt?: string | null | undefined;
  /** Whose prompt syntax is read; null is COMFY. */
  promptStyle?: PromptStyle | null | undefined;
  /** How far guidance is kept from raising contrast, 0 to 1; null is not at all. Not for FLUX.1. */
  rescaleCfg?: number | null | undefined;
  /** How the source is fitted to width × height. */
  resizeMode?: ResizeMode | null | undefined;
  /** Factor of the noise that a stochastic sampler adds, 0 to 2; null is 1. */
  sNoise?: number | null | undefined;
  /** Sampling algorithm (ComfyUI name). */
  samplerName?: SamplerName | null | undefined;
  /** Schedule of the noise levels (ComfyUI name). */
  scheduler?: Scheduler | null | undefined;
  /** Seed of the first image, image i has seed + i; null or -1 draws one. */
  seed?: string | number | null | undefined;
  /** Steps, 1 to 150. */
  steps?: number | null | undefined;
  /** Words by which `jobs` and `images` find it again: at most 20 of 64 characters. */
  tags?: Array<string> | null | undefined;
  /** Makes pictures whose sides meet without a seam. Not for FLUX.1. Left out: the sides know nothing of one another. */
  tiling?: Tiling | null | undefined;
  /** A second pass over the enlarged result. Left out: none. */
  upscale?: UpscaleInput | null | undefined;
  /** A VAE by its name in the `vaes` query, in the place of the model's own. */
  vae?: string | null | undefined;
  /** Turns the seed's noise towards another seed's. Left out: not at all. */
  variation?: VariationInput | null | undefined;
  /** Width in pixels, 64 to 2048, a multiple of 8 (16 for FLUX). */
  width?: number | null | undefined;
};

/** Settings that replace those of another job. A field that is left out is as it was; null means the same as in `Img2ImgInput`. An empty `imageUrl` says that there is to be no source. */
export type Img2ImgOverrides = {
  /** Number of images, 1 to 16. */
  batchSize?: number | null | undefined;
  /** Guidance scale, 0 to 100: how closely to follow the prompts; 1 is without guidance. */
  cfg?: number | null | undefined;
  /** The part of the way on which guidance is applied; outside it the negative prompt costs nothing. */
  cfgInterval?: CfgInterval | null | undefined;
  /** Which layer of the text encoders is taken, counted from the end, 1 to 24: 1 is the last. null is the model's own: 1 for SD1.5 and FLUX, 2 for SDXL. */
  clipSkip?: number | null | undefined;
  /** ControlNets and T2I adapters; what they add is summed. At most 5. */
  controls?: Array<ControlInput> | null | undefined;
  /** How much of the source is replaced, 0 to 1: 0 keeps it, 1 ignores it. */
  denoiseStrength?: number | null | undefined;
  /** What weights do with promptStyle A1111; null is ORIGINAL. */
  emphasis?: Emphasis | null | undefined;
  /** Share of the noise that a stochastic sampler adds, 0 to 1; null is all of it. */
  eta?: number | null | undefined;
  /** Extends the source beyond its sides (outpainting). Left out: not at all. */
  extend?: ExtendInput | null | undefined;
  /** Timestep shift of a FLUX model, 0.1 to 100; null is the model's own (1 for schnell). */
  flowShift?: number | null | undefined;
  /** Scale for a model that was distilled from guidance, such as FLUX.1-dev, 0 to 100; left out: 3.5. Other models ignore it. */
  guidance?: number | null | undefined;
  /** Height in pixels, 64 to 2048, a multiple of 8 (16 for FLUX). */
  height?: number | null | undefined;
  /** The source image as an upload, instead of `imageUrl`. */
  image?: Blob | null | undefined;
  /** The source image as the `id` of an `Image` or `SourceImage`, instead of `imageUrl`. */
  imageId?: string | number | null | undefined;
  /** The source image as an http(s) or data: URL, or as a path on this server such as `/example.png`. */
  imageUrl?: string | null | undefined;
  /** LoRAs, the first added first; `<lora:name:0.8>` in a prompt adds one, too. At most 20. */
  loras?: Array<LoraInput> | null | undefined;
  /** Repaints only a part of the source. Left out: all of it. */
  mask?: MaskInput | null | undefined;
  /** Anything that is to be kept with the job, at most 4096 bytes. */
  metadata?: Record<string, unknown> | null | undefined;
  /** The checkpoint. */
  model?: Model | null | undefined;
  /** The checkpoint by its name as text, instead of `model`: also one that came a moment ago. */
  modelName?: string | null | undefined;
  /** Negative prompt, in the same form. */
  negativePrompt?: string | null | undefined;
  /** Whose random numbers the noise is made of. */
  noiseDevice?: NoiseDevice | null | undefined;
  /** Prompt. `(word:1.2)` sets a weight. At most 10000 characters. */
  prompt?: string | null | undefined;
  /** Whose prompt syntax is read; null is COMFY. */
  promptStyle?: PromptStyle | null | undefined;
  /** How far guidance is kept from raising contrast, 0 to 1; null is not at all. Not for FLUX.1. */
  rescaleCfg?: number | null | undefined;
  /** How the source is fitted to width × height. */
  resizeMode?: ResizeMode | null | undefined;
  /** Factor of the noise that a stochastic sampler adds, 0 to 2; null is 1. */
  sNoise?: number | null | undefined;
  /** Sampling algorithm (ComfyUI name). */
  samplerName?: SamplerName | null | undefined;
  /** Schedule of the noise levels (ComfyUI name). */
  scheduler?: Scheduler | null | undefined;
  /** Seed of the first image, image i has seed + i; null or -1 draws one. */
  seed?: string | number | null | undefined;
  /** Steps, 1 to 150. */
  steps?: number | null | undefined;
  /** Words by which `jobs` and `images` find it again: at most 20 of 64 characters. */
  tags?: Array<string> | null | undefined;
  /** Makes pictures whose sides meet without a seam. Not for FLUX.1. Left out: the sides know nothing of one another. */
  tiling?: Tiling | null | undefined;
  /** A second pass over the enlarged result. Left out: none. */
  upscale?: UpscaleInput | null | undefined;
  /** A VAE by its name in the `vaes` query, in the place of the model's own. */
  vae?: string | null | undefined;
  /** Turns the seed's noise towards another seed's. Left out: not at all. */
  variation?: VariationInput | null | undefined;
  /** Width in pixels, 64 to 2048, a multiple of 8 (16 for FLUX). */
  width?: number | null | undefined;
};

/** Why a job failed. */
export type JobErrorCode =
  /** The model file cannot be used as it is. */
  | 'CHECKPOINT_INVALID'
  /** The device or its engine process failed in every attempt. */
  | 'DEVICE_FAILED'
  /** Its settings drove the numbers out of range: a cfg too high for the sampler, a weight too large. */
  | 'DIVERGED'
  /** A fault of the server; its log says more under the id in the message. */
  | 'INTERNAL'
  /** Its worker disappeared in every attempt. */
  | 'INTERRUPTED'
  /** A reason of a newer version; the message says which. */
  | 'OTHER'
  /** The stored source image is gone. */
  | 'SOURCE_LOST'
  /** The object store failed in every attempt. */
  | 'STORAGE_FAILED'
  /** The job needs more memory than MEMORY_LIMIT allows. */
  | 'TOO_LARGE';

/** What a job is doing. */
export type JobStage =
  /** Turning the latents into pictures. */
  | 'DECODING'
  /** Nothing more to do. */
  | 'DONE'
  /** Turning the source image into a latent. */
  | 'ENCODING_IMAGE'
  /** Turning the prompts into embeddings. */
  | 'ENCODING_PROMPT'
  /** Opening the checkpoint and building its networks. */
  | 'LOADING_MODEL'
  /** A stage of a newer version; `stageName` says which. */
  | 'OTHER'
  /** Denoising, step by step. */
  | 'SAMPLING'
  /** Writing the pictures. */
  | 'STORING'
  /** The result is made larger before its second pass. */
  | 'UPSCALING'
  /** Waiting in the queue. */
  | 'WAITING';

/** The status of a job. */
export type JobStatus =
  /** Canceled by request. */
  | 'CANCELED'
  /** Ended with an error. */
  | 'FAILED'
  /** Accepted and durable, waiting to run. */
  | 'QUEUED'
  /** A worker runs it. */
  | 'RUNNING'
  /** Ended with images. */
  | 'SUCCEEDED';

/** What the sender of a job may not have expected. */
export type JobWarningCode =
  /** The guidance scale is far from what suits the model or the sampler. */
  | 'CFG_UNUSUAL'
  /** A prompt mentions an embedding that is left out. */
  | 'EMBEDDING_IGNORED'
  /** A LoRA has keys that change nothing in the model. */
  | 'LORA_PARTLY_USED'
  /** A warning of another version; the message says which. */
  | 'OTHER'
  /** A prompt has the syntax of another program, which means nothing here. */
  | 'PROMPT_SYNTAX'
  /** The size is far from what suits the model. */
  | 'SIZE_UNUSUAL'
  /** The number of steps is far from what suits the model or the sampler. */
  | 'STEPS_UNUSUAL'
  /** No image was given: the job starts from noise. */
  | 'TEXT_TO_IMAGE';

/** How a latent is brought to another size (ComfyUI names). */
export type LatentMethod =
  /** The mean of what a value covers. */
  | 'area'
  /** Between the nearest sixteen. */
  | 'bicubic'
  /** Between the nearest four. */
  | 'bilinear'
  /** Turns the vector of channels from one neighbour to the next. */
  | 'bislerp'
  /** The nearest value; `nearest-exact` in ComfyUI. */
  | 'nearest_exact';

/** A LoRA to add. */
export type LoraInput = {
  /** Its name in the `loras` query. */
  name: string;
  /** Strength, -10 to 10; 0 is without it. */
  strength?: number | null | undefined;
  /** Strength in the text encoders; `strength` if left out. */
  textStrength?: number | null | undefined;
};

/** Which part of the picture is generated at width × height. */
export type MaskArea =
  /** The region around the mask alone, put back into the source; the result has the size of the source. */
  | 'MASKED'
  /** The whole picture; the result has that size. */
  | 'WHOLE';

/** What a masked place starts from. */
export type MaskFill =
  /** Grey; meant for a `denoiseStrength` of 1. An inpainting checkpoint always sees grey there. */
  | 'BLANK'
  /** The source, as far as `denoiseStrength` keeps it. */
  | 'ORIGINAL';

/** Repaints a part of the source and keeps the rest, byte for byte in the size of the result. White repaints, black keeps, grey does both. Give one of `image`, `imageUrl`, `imageId` and `sourceAlpha`; the picture is stretched to the source. */
export type MaskInput = {
  /** Which part of the picture is generated. */
  area?: MaskArea | null | undefined;
  /** Standard deviation of the blur of its edge in pixels, 0 to 64. */
  blur?: number | null | undefined;
  /** Strength of differential diffusion, 0 to 1: the greyer a place, the later it may change. Left out: not used. */
  differential?: number | null | undefined;
  /** What a masked place starts from. */
  fill?: MaskFill | null | undefined;
  /** Pixels by which it grows, -64 to 256; negative: shrinks. */
  grow?: number | null | undefined;
  /** The mask as an upload. */
  image?: Blob | null | undefined;
  /** The mask as the `id` of a stored picture. */
  imageId?: string | number | null | undefined;
  /** The mask as an http(s) or data: URL, or as a path on this server. */
  imageUrl?: string | null | undefined;
  /** Black repaints instead. */
  invert?: boolean | null | undefined;
  /** With `area: MASKED`, pixels of the source around the mask that are generated with it, 0 to 512. */
  padding?: number | null | undefined;
  /** Repaints where the source is transparent. */
  sourceAlpha?: boolean | null | undefined;
};

/** A checkpoint by its file name without the extension. Values come and go with the files under MODELS_DIR; a name stays with its file. */
export type Model =
  /** The checkpoint sd1.5/dreamshaper-v8/dreamshaper_8.safetensors. */
  | 'dreamshaper_8'
  /** The checkpoint flux.1-schnell/flux1-schnell.safetensors. */
  | 'flux1_schnell'
  /** The checkpoint sd1.5/majicmixRealistic_betterV6.safetensors. */
  | 'majicmixRealistic_betterV6'
  /** The checkpoint sdxl/sd_xl_base_1.0.safetensors. */
  | 'sd_xl_base_1_0'
  /** The checkpoint assets/models/starter.safetensors. */
  | 'starter';

/** The architecture of a checkpoint, detected from its keys and shapes. */
export type ModelFamily =
  /** FLUX.1: schnell, dev and fill. */
  | 'FLUX'
  /** Stable Diffusion 2.0 and 2.1. */
  | 'SD2'
  /** Stable Diffusion 1.5. */
  | 'SD15'
  /** Stable Diffusion XL. */
  | 'SDXL'
  /** The refiner of Stable Diffusion XL, for the last part of a run. */
  | 'SDXL_REFINER';

/** Whose random numbers noise is made of: the seed alone does not say it. */
export type NoiseDevice =
  /** torch's on a CPU: the pictures of ComfyUI. */
  | 'CPU'
  /** torch's on a CUDA card, for the initial noise and that of samplers: the pictures of A1111's default and its `RNG: NV`. Computed alike on every device. */
  | 'GPU';

/** Whose prompt syntax is read; docs/prompts.md shows both. */
export type PromptStyle =
  /** A1111's: `(word:1.2)` multiplies the weight, `[word]` lowers it, `[a:b:0.5]` and `[a|b]` change between steps, AND joins prompts, BREAK begins a chunk, an embedding is its bare name. */
  | 'A1111'
  /** ComfyUI's: `(word:1.2)` sets a weight, `embedding:name` mentions an embedding. */
  | 'COMFY';

/** How the source image is brought to the size of the result. */
export type ResizeMode =
  /** Scaled to cover the size; the rest is cut off equally on both sides. */
  | 'CROP'
  /** Scaled to lie within the size, the rest is black. */
  | 'FIT'
  /** Scaled to the size, whatever its proportions. */
  | 'STRETCH';

/** Sampling algorithm; the names are those of ComfyUI. */
export type SamplerName =
  /** DDIM, the same as Euler here but for inpainting noise. */
  | 'ddim'
  /** The original ancestral sampler: wants many steps. */
  | 'ddpm'
  /** DEIS: third-order exponential multistep, good with 10 to 20 steps. */
  | 'deis'
  /** DPM-Solver-2: second order by the midpoint, twice the time. */
  | 'dpm_2'
  /** DPM-Solver-2 with fresh noise each step, twice the time. */
  | 'dpm_2_ancestral'
  /** DPM-Solver that chooses its own step lengths; `steps` only sets where the noise schedule starts and ends. */
  | 'dpm_adaptive'
  /** DPM-Solver-fast: third-order steps, as many evaluations as steps asked for. */
  | 'dpm_fast'
  /** DPM-Solver++(2M): second order at the price of one evaluation; a good default. */
  | 'dpmpp_2m'
  /** DPM-Solver++(2M) with CFG++ guidance: wants a low cfg. */
  | 'dpmpp_2m_cfg_pp'
  /** DPM-Solver++(2M) for the SDE: fresh noise each step, rich texture. */
  | 'dpmpp_2m_sde'
  /** DPM-Solver++(2M) for the SDE: fresh noise each step, rich texture. The same pictures as dpmpp_2m_sde: `noiseDevice` says whose noise it is. */
  | 'dpmpp_2m_sde_gpu'
  /** DPM-Solver++(2M) for the SDE with Heun's correction: a little sharper with few steps. */
  | 'dpmpp_2m_sde_heun'
  /** DPM-Solver++(2M) for the SDE with Heun's correction: a little sharper with few steps. The same pictures as dpmpp_2m_sde_heun: `noiseDevice` says whose noise it is. */
  | 'dpmpp_2m_sde_heun_gpu'
  /** DPM-Solver++(2S) with fresh noise each step, twice the time. */
  | 'dpmpp_2s_ancestral'
  /** DPM-Solver++(2S) with CFG++ guidance and fresh noise: wants a low cfg, twice the time. */
  | 'dpmpp_2s_ancestral_cfg_pp'
  /** DPM-Solver++(3M) for the SDE: third order, wants 25 steps or more. */
  | 'dpmpp_3m_sde'
  /** DPM-Solver++(3M) for the SDE: third order, wants 25 steps or more. The same pictures as dpmpp_3m_sde: `noiseDevice` says whose noise it is. */
  | 'dpmpp_3m_sde_gpu'
  /** DPM-Solver++ for the SDE: two evaluations a step, detailed with few steps. */
  | 'dpmpp_sde'
  /** DPM-Solver++ for the SDE: two evaluations a step, detailed with few steps. The same pictures as dpmpp_sde: `noiseDevice` says whose noise it is. */
  | 'dpmpp_sde_gpu'
  /** ER-SDE: third order with its own amount of fresh noise, good with 10 to 20 steps. */
  | 'er_sde'
  /** The plain first-order solver: fast, predictable. */
  | 'euler'
  /** Euler with fresh noise each step: varied, does not converge with more steps. */
  | 'euler_ancestral'
  /** Ancestral Euler with CFG++ guidance: wants a low cfg. */
  | 'euler_ancestral_cfg_pp'
  /** Euler with CFG++ guidance: wants a low cfg, about 0.5 to 2. */
  | 'euler_cfg_pp'
  /** Exponential Heun in the log signal-to-noise ratio: second order, twice the time. */
  | 'exp_heun_2_x0'
  /** Exponential Heun for the SDE: fresh noise each step, twice the time. */
  | 'exp_heun_2_x0_sde'
  /** Euler that follows the change of its slope: sharper with few steps. */
  | 'gradient_estimation'
  /** Gradient estimation with CFG++ guidance: wants a low cfg. */
  | 'gradient_estimation_cfg_pp'
  /** Second order by a trial step: more accurate, twice the time. */
  | 'heun'
  /** Heun with a look two steps ahead: three evaluations a step. */
  | 'heunpp2'
  /** Pseudo linear multistep of order four with the weights of equal steps. */
  | 'ipndm'
  /** Pseudo linear multistep with weights for unequal steps. */
  | 'ipndm_v'
  /** For latent consistency models: 4 to 8 steps, cfg 1 to 2. */
  | 'lcm'
  /** Linear multistep of order four: extrapolates from past steps. */
  | 'lms'
  /** RES: second order from the last prediction, good with few steps. */
  | 'res_multistep'
  /** RES with fresh noise each step. */
  | 'res_multistep_ancestral'
  /** RES with CFG++ guidance and fresh noise: wants a low cfg. */
  | 'res_multistep_ancestral_cfg_pp'
  /** RES with CFG++ guidance: wants a low cfg. */
  | 'res_multistep_cfg_pp'
  /** Stochastic Adams: predicts and corrects, with fresh noise in the middle of the way. */
  | 'sa_solver'
  /** Stochastic Adams that evaluates what it has corrected: twice the time. */
  | 'sa_solver_pece'
  /** SEEDS of second order for the SDE: fresh noise each step, twice the time. */
  | 'seeds_2'
  /** SEEDS of third order for the SDE: fresh noise each step, three times the time. */
  | 'seeds_3'
  /** UniPC of order three: predictor and corrector for one evaluation a step. */
  | 'uni_pc'
  /** UniPC in its second variant, better with few steps. */
  | 'uni_pc_bh2';

/** How the noise levels of the steps are chosen; the names are those of ComfyUI. */
export type Scheduler =
  /** Noise levels found best for ten steps of SD 1.5 and of SDXL (Sabour et al. 2024); other families have none. */
  | 'align_your_steps'
  /** Time steps from a Beta(0.6, 0.6) distribution: smaller steps at both ends. */
  | 'beta'
  /** Every n-th time step of the training schedule, as DDIM takes them. */
  | 'ddim_uniform'
  /** Even steps in the logarithm of the noise level. */
  | 'exponential'
  /** Karras et al. 2022 with ρ = 7: smaller steps where little noise is left. */
  | 'karras'
  /** Even steps in the arctangent of the noise level (Sabour et al. 2024): good with few steps. */
  | 'kl_optimal'
  /** Small even steps at first, then ever larger ones: made for Mochi, for flow models. */
  | 'linear_quadratic'
  /** Even steps in the model's time; the usual choice. */
  | 'normal'
  /** Even steps in the model's time that stop short of its very last one. */
  | 'sgm_uniform'
  /** Every n-th noise level of the training schedule. */
  | 'simple';

/** Which sides of a picture meet, so that copies of it can be laid side by side without a seam. */
export type Tiling =
  /** All of them. */
  | 'BOTH'
  /** The left and the right one: a panorama all around. */
  | 'HORIZONTAL'
  /** The upper and the lower one. */
  | 'VERTICAL';

/** Makes the result larger and samples it once more (hires fix). Not with `mask` or `extend`. */
export type UpscaleInput = {
  /** Factor of both sides, 1 to 8; no side may be longer than 2048. */
  by?: number | null | undefined;
  /** How much of the enlarged picture is replaced, 0 to 1; 0 leaves it as it is. */
  denoiseStrength?: number | null | undefined;
  /** How the latent is resized, without `model`. */
  method?: LatentMethod | null | undefined;
  /** The upscaler by its name in the `upscalers` query: the picture is decoded, enlarged, brought to size and encoded. Left out: the latent is resized. */
  model?: string | null | undefined;
  /** Steps of the second pass, 1 to 150; those of the first if left out. */
  steps?: number | null | undefined;
};

/** What can be wrong with a request. */
export type UserErrorCode =
  /** The object was there, but its record has been removed. */
  | 'EXPIRED'
  /** The API key may not do this. */
  | 'FORBIDDEN'
  /** The idempotency key belongs to another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The source is not a picture that can be read. */
  | 'IMAGE_INVALID'
  /** The source has too many bytes or pixels. */
  | 'IMAGE_TOO_LARGE'
  /** The source image could not be fetched. */
  | 'IMAGE_UNREACHABLE'
  /** A value is out of its range or contradicts another. */
  | 'INVALID_VALUE'
  /** The model's file cannot be used; the message names the key or offset. */
  | 'MODEL_INVALID'
  /** A file of the model is missing; the message names it and its folder. */
  | 'MODEL_NOT_INSTALLED'
  /** The job has not ended yet. */
  | 'NOT_FINISHED'
  /** There is no such object. */
  | 'NOT_FOUND'
  /** Only a job that failed or was canceled can be retried, by a version that knows its settings. */
  | 'NOT_RETRYABLE'
  /** Only a waiting job can be changed so. */
  | 'NOT_WAITING'
  /** Too many jobs are waiting; try again after `retryAfter` seconds. */
  | 'QUEUE_FULL'
  /** The API key has used up a quota, which the message names; `retryAfter` says when it has some again. */
  | 'QUOTA_EXCEEDED'
  /** The record is kept, but this version cannot read it. */
  | 'RECORD_UNREADABLE'
  /** The job asks for more pixels × steps × images than this server takes. */
  | 'TOO_MUCH_WORK'
  /** The request is sound, but this server cannot do it. */
  | 'UNSUPPORTED';

/** Turns the noise of the seed towards another seed's, as A1111 does. With a strength above 0 the images of a batch share the seed, and image i is varied by `variation.seed` + i. */
export type VariationInput = {
  /** Seed of the variation; null or -1 draws one. */
  seed?: string | number | null | undefined;
  /** How far, 0 to 1: 0 is the picture of the seed, 1 that of the variation's. */
  strength: number;
};

/** Why a job waits. */
export type WaitReason =
  /** An attempt failed; the next one starts after a pause. */
  | 'BACKOFF'
  /** No worker has its model, knows its settings and has a device that opens. */
  | 'NO_WORKER'
  /** The queue, or that of its model, is paused. */
  | 'PAUSED'
  /** Other jobs run first, or a worker is about to take it. */
  | 'TURN';

export type JobPartsFragment = { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> };

export type SettingsPartsFragment = { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null };

export type JobsQueryVariables = Exact<{
  first: number;
  status?: Array<JobStatus> | JobStatus | null | undefined;
}>;


export type JobsQuery = { jobs: { nodes: Array<{ id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }> } };

export type JobQueryVariables = Exact<{
  id: string | number;
}>;


export type JobQuery = { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: Array<{ name: Model, file: string, family: ModelFamily | null, installed: boolean, missingFiles: Array<string>, problem: string | null, sizeBytes: number, loaded: boolean, recommended: { width: number, height: number, steps: number, cfg: number, samplerName: SamplerName, scheduler: Scheduler } }> };

export type LorasQueryVariables = Exact<{ [key: string]: never; }>;


export type LorasQuery = { loras: Array<{ name: string, family: ModelFamily | null, title: string | null, triggerWords: Array<string>, sizeBytes: number, problem: string | null }> };

export type ServerQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerQuery = { version: string, limits: { promptLength: number, uploadBytes: number, jobWork: number | null, steps: { min: number, max: number }, cfg: { min: number, max: number }, batchSize: { min: number, max: number } } };

export type TokensQueryVariables = Exact<{
  model: string;
  prompt: string;
  negativePrompt: string;
}>;


export type TokensQuery = { prompt: Array<{ count: number | null, chunks: number | null, tokensPerChunk: number | null }>, negativePrompt: Array<{ count: number | null, chunks: number | null, tokensPerChunk: number | null }> };

export type TokensPartsFragment = { count: number | null, chunks: number | null, tokensPerChunk: number | null };

export type SamplersQueryVariables = Exact<{ [key: string]: never; }>;


export type SamplersQuery = { samplers: Array<{ name: SamplerName, description: string }>, schedulers: Array<{ name: Scheduler, description: string }> };

export type EnginePartsFragment = { memoryLimit: number, waiting: number, running: number, paused: boolean, pausedModels: Array<string>, devices: Array<{ worker: string | null, problem: string | null, provider: string, reason: string, precision: string | null, state: EngineState, residentBytes: number, loaded: Array<Model> }> };

export type EngineQueryVariables = Exact<{ [key: string]: never; }>;


export type EngineQuery = { engine: { memoryLimit: number, waiting: number, running: number, paused: boolean, pausedModels: Array<string>, devices: Array<{ worker: string | null, problem: string | null, provider: string, reason: string, precision: string | null, state: EngineState, residentBytes: number, loaded: Array<Model> }> } };

export type SettingsOfQueryVariables = Exact<{
  image?: Blob | null | undefined;
  imageUrl?: string | null | undefined;
}>;


export type SettingsOfQuery = { settingsOf: { tool: string | null, model: string | null, modelHash: string | null, installedModel: Model | null, prompt: string | null, negativePrompt: string | null, seed: string | null, steps: number | null, cfg: number | null, samplerName: SamplerName | null, scheduler: Scheduler | null, width: number | null, height: number | null, denoiseStrength: number | null, leftOut: Array<string>, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, noiseDevice: NoiseDevice | null, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number }> } };

export type SubmitMutationVariables = Exact<{
  input: Img2ImgInput;
  idempotencyKey: string;
}>;


export type SubmitMutation = { img2img: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string, retryAfter: number | null }> } };

export type RerunMutationVariables = Exact<{
  jobId: string | number;
  overrides?: Img2ImgOverrides | null | undefined;
  idempotencyKey: string;
}>;


export type RerunMutation = { rerun: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string, retryAfter: number | null }> } };

export type UploadImageMutationVariables = Exact<{
  file: Blob;
}>;


export type UploadImageMutation = { uploadImage: { image: { id: string } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type CancelMutationVariables = Exact<{
  id: string | number;
}>;


export type CancelMutation = { cancelJob: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ message: string }> } };

export type CancelWaitingMutationVariables = Exact<{ [key: string]: never; }>;


export type CancelWaitingMutation = { cancelJobs: number };

export type RetryMutationVariables = Exact<{
  id: string | number;
}>;


export type RetryMutation = { retryJob: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ message: string }> } };

export type DeleteMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteMutation = { deleteJob: { deletedId: string | null, userErrors: Array<{ code: UserErrorCode, message: string }> } };

export type DeletePictureMutationVariables = Exact<{
  id: string | number;
}>;


export type DeletePictureMutation = { deleteImage: { deletedId: string | null, userErrors: Array<{ code: UserErrorCode, message: string }> } };

export type RunFirstMutationVariables = Exact<{
  id: string | number;
  priority: number;
}>;


export type RunFirstMutation = { setPriority: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ message: string }> } };

export type PauseMutationVariables = Exact<{ [key: string]: never; }>;


export type PauseMutation = { pauseQueue: { memoryLimit: number, waiting: number, running: number, paused: boolean, pausedModels: Array<string>, devices: Array<{ worker: string | null, problem: string | null, provider: string, reason: string, precision: string | null, state: EngineState, residentBytes: number, loaded: Array<Model> }> } };

export type ResumeMutationVariables = Exact<{ [key: string]: never; }>;


export type ResumeMutation = { resumeQueue: { memoryLimit: number, waiting: number, running: number, paused: boolean, pausedModels: Array<string>, devices: Array<{ worker: string | null, problem: string | null, provider: string, reason: string, precision: string | null, state: EngineState, residentBytes: number, loaded: Array<Model> }> } };

export type JobsChangedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type JobsChangedSubscription = { jobsChanged: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } };

export type ProgressSubscriptionVariables = Exact<{
  id: string | number;
  size: number;
  hasFirst: boolean;
  hasAll: boolean;
}>;


export type ProgressSubscription = { img2imgProgress:
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { step: number, totalSteps: number, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
   };

export type GalleryPicturesQueryVariables = Exact<{
  after?: string | null | undefined;
  model?: string | null | undefined;
  text?: string | null | undefined;
  from?: string | null | undefined;
}>;


export type GalleryPicturesQuery = { images: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ index: number, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } }> } };

export type GalleryJobsQueryVariables = Exact<{
  after?: string | null | undefined;
  status?: Array<JobStatus> | JobStatus | null | undefined;
  model?: string | null | undefined;
  text?: string | null | undefined;
  from?: string | null | undefined;
}>;


export type GalleryJobsQuery = { jobs: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, resizeMode: string, cfgInterval: { start: number, end: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }> } };

export const SettingsPartsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}}]} as unknown as DocumentNode<SettingsPartsFragment, unknown>;
export const JobPartsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}}]} as unknown as DocumentNode<JobPartsFragment, unknown>;
export const TokensPartsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TokensParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PromptTokens"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"chunks"}},{"kind":"Field","name":{"kind":"Name","value":"tokensPerChunk"}}]}}]} as unknown as DocumentNode<TokensPartsFragment, unknown>;
export const EnginePartsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EngineParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EngineStatus"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"memoryLimit"}},{"kind":"Field","name":{"kind":"Name","value":"waiting"}},{"kind":"Field","name":{"kind":"Name","value":"running"}},{"kind":"Field","name":{"kind":"Name","value":"paused"}},{"kind":"Field","name":{"kind":"Name","value":"pausedModels"}},{"kind":"Field","name":{"kind":"Name","value":"devices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"worker"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"precision"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"residentBytes"}},{"kind":"Field","name":{"kind":"Name","value":"loaded"}}]}}]}}]} as unknown as DocumentNode<EnginePartsFragment, unknown>;
export const JobsDocument = {"__meta__":{"hash":"sha256:96e0591ec00ac69035faa9a1de5562e34f13c60e5332d64dd544996948caf587"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Jobs"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"JobStatus"}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobs"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<JobsQuery, JobsQueryVariables>;
export const JobDocument = {"__meta__":{"hash":"sha256:efa8e4bc34f4f56d23959ba606fb92032ecdc2db0a8de988c811d6ab947a9d27"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Job"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<JobQuery, JobQueryVariables>;
export const ModelsDocument = {"__meta__":{"hash":"sha256:506dea6a05ac177c9aa15c05f82c4882e31cc3a50a444b14d093da433014d5a0"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Models"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"file"}},{"kind":"Field","name":{"kind":"Name","value":"family"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"missingFiles"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"loaded"}},{"kind":"Field","name":{"kind":"Name","value":"recommended"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}}]}}]}}]}}]} as unknown as DocumentNode<ModelsQuery, ModelsQueryVariables>;
export const LorasDocument = {"__meta__":{"hash":"sha256:5ae3ddde13f15136e6941d4cd409e2f38ce2e0d44d251573506acb16bc172d5b"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"family"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"triggerWords"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}}]}}]}}]} as unknown as DocumentNode<LorasQuery, LorasQueryVariables>;
export const ServerDocument = {"__meta__":{"hash":"sha256:44cd477c6c62e8a902b6601640a73eadd9f5f2b44fef207270e5578dd322bd4c"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"limits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"min"}},{"kind":"Field","name":{"kind":"Name","value":"max"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cfg"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"min"}},{"kind":"Field","name":{"kind":"Name","value":"max"}}]}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"min"}},{"kind":"Field","name":{"kind":"Name","value":"max"}}]}},{"kind":"Field","name":{"kind":"Name","value":"promptLength"}},{"kind":"Field","name":{"kind":"Name","value":"uploadBytes"}},{"kind":"Field","name":{"kind":"Name","value":"jobWork"}}]}}]}}]} as unknown as DocumentNode<ServerQuery, ServerQueryVariables>;
export const TokensDocument = {"__meta__":{"hash":"sha256:7ee67fcf3573b04da76a95b562ce232b32a5a3eca7ee7c08c29491d44c2b19ab"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Tokens"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"prompt"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"negativePrompt"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"prompt"},"name":{"kind":"Name","value":"promptTokens"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"modelName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}},{"kind":"Argument","name":{"kind":"Name","value":"prompt"},"value":{"kind":"Variable","name":{"kind":"Name","value":"prompt"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TokensParts"}}]}},{"kind":"Field","alias":{"kind":"Name","value":"negativePrompt"},"name":{"kind":"Name","value":"promptTokens"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"modelName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}},{"kind":"Argument","name":{"kind":"Name","value":"prompt"},"value":{"kind":"Variable","name":{"kind":"Name","value":"negativePrompt"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TokensParts"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TokensParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PromptTokens"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"chunks"}},{"kind":"Field","name":{"kind":"Name","value":"tokensPerChunk"}}]}}]} as unknown as DocumentNode<TokensQuery, TokensQueryVariables>;
export const SamplersDocument = {"__meta__":{"hash":"sha256:8420841f4a0ffa5ddc9b13840bc146333eccb2c01e1cfe8472c5a768f524bbfe"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Samplers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"samplers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}},{"kind":"Field","name":{"kind":"Name","value":"schedulers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}}]} as unknown as DocumentNode<SamplersQuery, SamplersQueryVariables>;
export const EngineDocument = {"__meta__":{"hash":"sha256:6ae70b1b131c22eaa8f0a3429334c268191a423528e8304dc395508cd79b4bf3"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Engine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"engine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EngineParts"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EngineParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EngineStatus"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"memoryLimit"}},{"kind":"Field","name":{"kind":"Name","value":"waiting"}},{"kind":"Field","name":{"kind":"Name","value":"running"}},{"kind":"Field","name":{"kind":"Name","value":"paused"}},{"kind":"Field","name":{"kind":"Name","value":"pausedModels"}},{"kind":"Field","name":{"kind":"Name","value":"devices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"worker"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"precision"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"residentBytes"}},{"kind":"Field","name":{"kind":"Name","value":"loaded"}}]}}]}}]} as unknown as DocumentNode<EngineQuery, EngineQueryVariables>;
export const SettingsOfDocument = {"__meta__":{"hash":"sha256:114f1e88ac534b0634d6a2ede14c9ab046efaad35719dcfc46520627548a2c11"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SettingsOf"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"image"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Upload"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"imageUrl"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settingsOf"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"image"},"value":{"kind":"Variable","name":{"kind":"Name","value":"image"}}},{"kind":"Argument","name":{"kind":"Name","value":"imageUrl"},"value":{"kind":"Variable","name":{"kind":"Name","value":"imageUrl"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tool"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"modelHash"}},{"kind":"Field","name":{"kind":"Name","value":"installedModel"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"leftOut"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}}]}}]}}]}}]} as unknown as DocumentNode<SettingsOfQuery, SettingsOfQueryVariables>;
export const SubmitDocument = {"__meta__":{"hash":"sha256:af95df95390b364e200956c765b81ed92edab42a64469326fc3b9073b4b94732"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Submit"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"img2img"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<SubmitMutation, SubmitMutationVariables>;
export const RerunDocument = {"__meta__":{"hash":"sha256:66e3d5af7566daa1462df8fafda099d89add865960b4c98ad6a37ade72474f00"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Rerun"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"overrides"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgOverrides"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rerun"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"jobId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}}},{"kind":"Argument","name":{"kind":"Name","value":"overrides"},"value":{"kind":"Variable","name":{"kind":"Name","value":"overrides"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<RerunMutation, RerunMutationVariables>;
export const UploadImageDocument = {"__meta__":{"hash":"sha256:a2728197d85214795e075b67fcfd32f9a187153c7601ace19d9a3c86648b2b79"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UploadImage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"file"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Upload"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadImage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"file"},"value":{"kind":"Variable","name":{"kind":"Name","value":"file"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<UploadImageMutation, UploadImageMutationVariables>;
export const CancelDocument = {"__meta__":{"hash":"sha256:af0511eeaac451b92645ddf9dc13701f71b35cacde947b28137c5821457f2b08"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Cancel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<CancelMutation, CancelMutationVariables>;
export const CancelWaitingDocument = {"__meta__":{"hash":"sha256:3d2bf6862a682415f1fc1f36fbd93b16b9ff7c1fd506105482714d8f693737eb"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelWaiting"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelJobs"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"QUEUED"}]}}]}]}}]} as unknown as DocumentNode<CancelWaitingMutation, CancelWaitingMutationVariables>;
export const RetryDocument = {"__meta__":{"hash":"sha256:46c7e97909f79b65c8e689b134ebaed94b45724226b81d808364caa2c7481c32"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Retry"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<RetryMutation, RetryMutationVariables>;
export const DeleteDocument = {"__meta__":{"hash":"sha256:359edabfbc423f7706512213fa74091ee8a6fd82e9c2f59880353bd7ccf3dabc"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Delete"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedId"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<DeleteMutation, DeleteMutationVariables>;
export const DeletePictureDocument = {"__meta__":{"hash":"sha256:477e25075b9b51b3baa4aa7e4cc3bb05866cf9143e2147e4e25b9689b8e9b5ef"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeletePicture"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteImage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedId"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<DeletePictureMutation, DeletePictureMutationVariables>;
export const RunFirstDocument = {"__meta__":{"hash":"sha256:032c4ee527f6d7de9b1475c63d3f72bad8511ae92f7795d4d9b531d53be10d21"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RunFirst"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"priority"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setPriority"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"priority"},"value":{"kind":"Variable","name":{"kind":"Name","value":"priority"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<RunFirstMutation, RunFirstMutationVariables>;
export const PauseDocument = {"__meta__":{"hash":"sha256:a27e80d24e6bbff8060db0fb26c7cd227e8172407e59e0426eb451fe75feb2b5"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Pause"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pauseQueue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EngineParts"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EngineParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EngineStatus"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"memoryLimit"}},{"kind":"Field","name":{"kind":"Name","value":"waiting"}},{"kind":"Field","name":{"kind":"Name","value":"running"}},{"kind":"Field","name":{"kind":"Name","value":"paused"}},{"kind":"Field","name":{"kind":"Name","value":"pausedModels"}},{"kind":"Field","name":{"kind":"Name","value":"devices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"worker"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"precision"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"residentBytes"}},{"kind":"Field","name":{"kind":"Name","value":"loaded"}}]}}]}}]} as unknown as DocumentNode<PauseMutation, PauseMutationVariables>;
export const ResumeDocument = {"__meta__":{"hash":"sha256:44a996ed5f4fa8d0710044d8356c366736df22d8a3c243021b57a11e9a1ae8e1"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Resume"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resumeQueue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"EngineParts"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EngineParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EngineStatus"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"memoryLimit"}},{"kind":"Field","name":{"kind":"Name","value":"waiting"}},{"kind":"Field","name":{"kind":"Name","value":"running"}},{"kind":"Field","name":{"kind":"Name","value":"paused"}},{"kind":"Field","name":{"kind":"Name","value":"pausedModels"}},{"kind":"Field","name":{"kind":"Name","value":"devices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"worker"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"precision"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"residentBytes"}},{"kind":"Field","name":{"kind":"Name","value":"loaded"}}]}}]}}]} as unknown as DocumentNode<ResumeMutation, ResumeMutationVariables>;
export const JobsChangedDocument = {"__meta__":{"hash":"sha256:943fa6cb70dd062e346deebaee85c51ece7c7c1b998eff590c98fcb521081c73"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"JobsChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobsChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<JobsChangedSubscription, JobsChangedSubscriptionVariables>;
export const ProgressDocument = {"__meta__":{"hash":"sha256:052fd58c869aea11f44c35c5136f12f9c28af6e6622d744abd7f63d5cde5903d"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Progress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"size"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"hasFirst"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"hasAll"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"img2imgProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"jobId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"WEBP"}},{"kind":"Argument","name":{"kind":"Name","value":"quality"},"value":{"kind":"IntValue","value":"75"}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"hasFirst"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUri"}}]}},{"kind":"Field","name":{"kind":"Name","value":"previews"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"WEBP"}},{"kind":"Argument","name":{"kind":"Name","value":"quality"},"value":{"kind":"IntValue","value":"75"}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"hasAll"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUri"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgStep"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<ProgressSubscription, ProgressSubscriptionVariables>;
export const GalleryPicturesDocument = {"__meta__":{"hash":"sha256:9daacb3af99dcf3e602e84133b5ea31f4e27895bb1291c9a436a3f8a81db324d"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GalleryPictures"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"text"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"images"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"36"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}},{"kind":"Argument","name":{"kind":"Name","value":"text"},"value":{"kind":"Variable","name":{"kind":"Name","value":"text"}}},{"kind":"Argument","name":{"kind":"Name","value":"createdFrom"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<GalleryPicturesQuery, GalleryPicturesQueryVariables>;
export const GalleryJobsDocument = {"__meta__":{"hash":"sha256:5132d2f0ca47b293a31d15da95064a24bbb1232c778b1a07f7463634ea95a331"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GalleryJobs"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"JobStatus"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"text"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobs"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"36"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}},{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}},{"kind":"Argument","name":{"kind":"Name","value":"text"},"value":{"kind":"Variable","name":{"kind":"Name","value":"text"}}},{"kind":"Argument","name":{"kind":"Name","value":"createdFrom"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobParts"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"eta"}},{"kind":"Field","name":{"kind":"Name","value":"sNoise"}},{"kind":"Field","name":{"kind":"Name","value":"rescaleCfg"}},{"kind":"Field","name":{"kind":"Name","value":"cfgInterval"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"Field","name":{"kind":"Name","value":"flowShift"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}},{"kind":"Field","name":{"kind":"Name","value":"noiseDevice"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"textStrength"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobParts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsParts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<GalleryJobsQuery, GalleryJobsQueryVariables>;