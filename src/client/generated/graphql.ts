/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A part of the run: 0 is its beginning (noise), 1 its end (image). */
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
  /** With `CANNY`, the upper threshold: the gradient from which a pixel begins an edge, 0 to 2040. */
  cannyHigh?: number | null | undefined;
  /** With `CANNY`, the lower threshold: the gradient from which a pixel continues an edge, 0 to 2040. */
  cannyLow?: number | null | undefined;
  /** Where it ends, up to 1. */
  end?: number | null | undefined;
  /** Its picture as an upload. */
  image?: Blob | null | undefined;
  /** Its picture as the `id` of a stored picture. */
  imageId?: string | number | null | undefined;
  /** Its picture as an http(s) or data: URL, or as a path on this server. */
  imageUrl?: string | null | undefined;
  /** Kind of its picture, for a union ControlNet. Left out: the network receives no mode. */
  mode?: ControlMode | null | undefined;
  /** Its name in the `controlModels` query. */
  model: string;
  /** How the picture is processed first. */
  preprocessor?: ControlPreprocessor | null | undefined;
  /** Where it begins between noise (0) and image (1). */
  start?: number | null | undefined;
  /** Strength, 0 to 10; 0 turns it off. */
  strength?: number | null | undefined;
};

/** The kind of picture that a union ControlNet reads. */
export type ControlMode =
  /** A depth map. */
  | 'DEPTH'
  /** Lines: Canny, line art, straight lines. */
  | 'LINE'
  /** A normal map. */
  | 'NORMAL'
  /** A pose. */
  | 'OPENPOSE'
  /** The picture with the area to repaint in black; not every file supports it. */
  | 'REPAINT'
  /** A segmentation map. */
  | 'SEGMENT'
  /** Soft edges or scribbles (HED, PiDiNet, TED). */
  | 'SOFT_EDGE'
  /** A blurred or small version of the picture; not every file supports it. */
  | 'TILE';

/** How a picture is processed before a control reads it. */
export type ControlPreprocessor =
  /** Blurred. */
  | 'BLUR'
  /** Edges in white on black, as OpenCV's Canny finds them. */
  | 'CANNY'
  /** Inverted: black lines on white become white on black. */
  | 'INVERT'
  /** Lightness only, without colour. */
  | 'LUMINANCE'
  /** Nothing: the picture is what the control reads (edges, a depth map, a pose). */
  | 'NONE'
  /** Thick lines in white on black, where the picture is darker than around. */
  | 'SCRIBBLE';

/** What decodes latents into pictures. */
export type Decoder =
  /** The tiny decoder of the model's family, if its file is installed (TAESD, TAESDXL or TAEF1): much faster and with less memory, with less detail. */
  | 'TAESD'
  /** The model's VAE, or the one given as `vae`. */
  | 'VAE';

/** Reuses the output of the coarse layers of a UNet from an earlier evaluation (DeepCache): faster, but a different picture. */
export type DeepCacheInput = {
  /** The last input block that every evaluation computes, 0 to 11: the lower, the faster. SDXL has 9 blocks, SD1.5 12; beyond the last only the middle is reused. */
  depth?: number | null | undefined;
  /** One in so many evaluations computes everything, 1 to 10; 1 reuses nothing. */
  interval: number;
};

/** What weights do in A1111's syntax. */
export type Emphasis =
  /** Nothing. */
  | 'IGNORE'
  /** Nothing, and brackets are read literally. */
  | 'NONE'
  /** Multiplies the encoded prompt; often better for SDXL. */
  | 'NO_NORM'
  /** Multiplies the encoded prompt, then restores its mean. */
  | 'ORIGINAL';

/** Extends the source, fitted to `width` and `height`, beyond its sides. What is kept of it stays as it is, byte for byte. Not with `mask` or `upscale`. */
export type ExtendInput = {
  /** Pixels to add at this side, 0 to 1024, a multiple of 8 (16 for FLUX). */
  bottom?: number | null | undefined;
  /** Pixels over which the new area fades into the source, 0 to 256. */
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
  /** The part of the run in which guidance is applied; outside it the negative prompt costs nothing. */
  cfgInterval?: CfgInterval | null | undefined;
  /** Layer of the text encoders to use, counted from the end, 1 to 24: 1 is the last. null is the model's own: 1 for SD1.5 and FLUX, 2 for SDXL. */
  clipSkip?: number | null | undefined;
  /** ControlNets and T2I adapters; what they add is summed. At most 5. */
  controls?: Array<ControlInput> | null | undefined;
  /** What decodes the result. Left out: VAE. */
  decoder?: Decoder | null | undefined;
  /** Reuses deep features between evaluations. Not for FLUX.1. Left out: exact. */
  deepCache?: DeepCacheInput | null | undefined;
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
  /** LoRAs, applied in order; `<lora:name:0.8>` in a prompt adds one too. At most 20. */
  loras?: Array<LoraInput> | null | undefined;
  /** Repaints only a part of the source. Left out: all of it. */
  mask?: MaskInput | null | undefined;
  /** Any JSON to keep with the job, at most 4096 bytes. */
  metadata?: Record<string, unknown> | null | undefined;
  /** The checkpoint. */
  model?: Model | null | undefined;
  /** The checkpoint by its name, instead of `model`; a file that was added a moment ago counts too. */
  modelName?: string | null | undefined;
  /** Negative prompt, in the same syntax. */
  negativePrompt?: string | null | undefined;
  /** Source of the random numbers in the noise. */
  noiseDevice?: NoiseDevice | null | undefined;
  /** Prompt. `(word:1.2)` sets a weight. At most 10000 characters. */
  prompt?: string | null | undefined;
  /** Prompt syntax; null is COMFY. */
  promptStyle?: PromptStyle | null | undefined;
  /** Precision of the diffusion network. FAST computes most of it in 8 bits; it is refused for FLUX.1 and on devices other than CPUs with 8-bit dot products. Default: EXACT. */
  quality?: Quality | null | undefined;
  /** A second checkpoint for the last part of the run. Left out: none. */
  refiner?: RefinerInput | null | undefined;
  /** How strongly to counter the contrast that guidance adds, 0 to 1; null is off. Not for FLUX.1. */
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
  /** Labels by which `jobs` and `images` can be filtered: at most 20, of at most 64 characters each. */
  tags?: Array<string> | null | undefined;
  /** Makes pictures that tile without a seam. Not for FLUX.1. Left out: no sides join. */
  tiling?: Tiling | null | undefined;
  /** Share of the picture's tokens that are merged for self-attention at the finest level, 0 to 0.75. Not for FLUX.1. Left out: exact. */
  tokenMerging?: number | null | undefined;
  /** A second pass over the enlarged result. Left out: none. */
  upscale?: UpscaleInput | null | undefined;
  /** A VAE by its name in the `vaes` query, instead of the model's own. */
  vae?: string | null | undefined;
  /** Mixes the seed's noise with another seed's. Left out: no variation. */
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
  /** Its settings or adapters drove the numbers out of range: a cfg too high for the sampler, a weight too large, a LoRA too strong. */
  | 'DIVERGED'
  /** A fault of the server; its log says more under the id in the message. */
  | 'INTERNAL'
  /** Its worker disappeared in every attempt. */
  | 'INTERRUPTED'
  /** A reason of a newer version; the message says which. */
  | 'OTHER'
  /** The stored source image is gone or damaged. */
  | 'SOURCE_LOST'
  /** The object store failed in every attempt. */
  | 'STORAGE_FAILED'
  /** The job needs more memory than MEMORY_LIMIT allows. */
  | 'TOO_LARGE'
  /** The job asks for what the device that took it cannot do. */
  | 'UNSUPPORTED';

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
  /** Enlarging the result before its second pass. */
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

/** Something that the sender of a job may not expect. */
export type JobWarningCode =
  /** The guidance scale is far from what suits the model or the sampler. */
  | 'CFG_UNUSUAL'
  /** A prompt names an embedding that is ignored. */
  | 'EMBEDDING_IGNORED'
  /** A file of the job that is run again has changed since: the pictures will differ. */
  | 'FILE_CHANGED'
  /** A LoRA has keys that change nothing in the model. */
  | 'LORA_PARTLY_USED'
  /** A warning of another version; the message says which. */
  | 'OTHER'
  /** A prompt uses the syntax of another program, which has no effect here. */
  | 'PROMPT_SYNTAX'
  /** The size is far from what suits the model. */
  | 'SIZE_UNUSUAL'
  /** The number of steps is far from what suits the model or the sampler. */
  | 'STEPS_UNUSUAL'
  /** No image was given: the job starts from noise. */
  | 'TEXT_TO_IMAGE';

/** How a latent is resized (ComfyUI names). */
export type LatentMethod =
  /** The mean of the area that a value covers. */
  | 'area'
  /** Interpolates between the nearest sixteen values. */
  | 'bicubic'
  /** Interpolates between the nearest four values. */
  | 'bilinear'
  /** Spherical interpolation of the channel vectors. */
  | 'bislerp'
  /** The nearest value; `nearest-exact` in ComfyUI. */
  | 'nearest_exact';

/** A LoRA to add. */
export type LoraInput = {
  /** Its name in the `loras` query. */
  name: string;
  /** Strength, -10 to 10; 0 turns it off. */
  strength?: number | null | undefined;
  /** Strength in the text encoders; `strength` if left out. */
  textStrength?: number | null | undefined;
};

/** Which part of the picture is generated at width × height. */
export type MaskArea =
  /** Only the region around the mask, pasted back into the source; the result has the size of the source. */
  | 'MASKED'
  /** The whole picture; the result has that size. */
  | 'WHOLE';

/** What the masked area starts from. */
export type MaskFill =
  /** Grey; meant for a `denoiseStrength` of 1. An inpainting checkpoint always sees grey there. */
  | 'BLANK'
  /** The source, as far as `denoiseStrength` keeps it. */
  | 'ORIGINAL';

/** Repaints a part of the source and keeps the rest, byte for byte in the size of the result. White repaints, black keeps, grey blends. Give one of `image`, `imageUrl`, `imageId` and `sourceAlpha`; the picture is stretched to the source. */
export type MaskInput = {
  /** Which part of the picture is generated. */
  area?: MaskArea | null | undefined;
  /** Standard deviation of the blur of its edge in pixels, 0 to 64. */
  blur?: number | null | undefined;
  /** Strength of differential diffusion, 0 to 1: the darker a grey area, the later it may change. Left out: off. */
  differential?: number | null | undefined;
  /** What the masked area starts from. */
  fill?: MaskFill | null | undefined;
  /** Pixels by which it grows, -64 to 256; a negative number shrinks it. */
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

/** Source of the random numbers in the noise: the seed alone does not determine them. */
export type NoiseDevice =
  /** torch on a CPU: the pictures of ComfyUI. */
  | 'CPU'
  /** torch on a CUDA card, for the initial noise and that of samplers: the pictures of A1111's default and its `RNG: NV`. The numbers are the same on every device. */
  | 'GPU';

/** Prompt syntax; docs/prompts.md describes both. */
export type PromptStyle =
  /** A1111's: `(word:1.2)` multiplies the weight, `[word]` lowers it, `[a:b:0.5]` and `[a|b]` switch between steps, AND combines prompts, BREAK starts a new chunk, an embedding is written as its bare name. */
  | 'A1111'
  /** ComfyUI's: `(word:1.2)` sets a weight, `embedding:name` inserts an embedding. */
  | 'COMFY';

/** Precision of the diffusion network. */
export type Quality =
  /** Floating point: reproduces the reference pictures. */
  | 'EXACT'
  /** Most products and convolutions in 8 bits: a nearly identical picture in about half the time. UNets only, on CPUs with 8-bit dot products (VNNI). */
  | 'FAST';

/** A second checkpoint for the end of the run: SDXL's refiner, or another one with the same latents. */
export type RefinerInput = {
  /** Its name in the `models` query. */
  model: string;
  /** Fraction of the steps after which it takes over, 0 to 1; 1 turns it off. */
  switchAt?: number | null | undefined;
};

/** How the source image is fitted to the size of the result. */
export type ResizeMode =
  /** Scaled to cover the size; the excess is cropped equally on both sides. */
  | 'CROP'
  /** Scaled to fit inside the size; the rest is black. */
  | 'FIT'
  /** Scaled to the size, whatever its proportions. */
  | 'STRETCH';

/** Sampling algorithm; the names are those of ComfyUI. */
export type SamplerName =
  /** DDIM: the same as Euler here, except for the noise of masked areas. */
  | 'ddim'
  /** The original ancestral sampler: needs many steps. */
  | 'ddpm'
  /** DEIS: third-order exponential multistep, good with 10 to 20 steps. */
  | 'deis'
  /** DPM-Solver-2: second order by the midpoint, twice the time. */
  | 'dpm_2'
  /** DPM-Solver-2 with fresh noise each step, twice the time. */
  | 'dpm_2_ancestral'
  /** DPM-Solver that chooses its own step lengths; `steps` only sets where the noise schedule starts and ends. */
  | 'dpm_adaptive'
  /** DPM-Solver-fast: third-order steps; `steps` counts evaluations. */
  | 'dpm_fast'
  /** DPM-Solver++(2M): second order for one evaluation per step; a good default. */
  | 'dpmpp_2m'
  /** DPM-Solver++(2M) with CFG++ guidance: needs a low cfg. */
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
  /** DPM-Solver++(2S) with CFG++ guidance and fresh noise: needs a low cfg, twice the time. */
  | 'dpmpp_2s_ancestral_cfg_pp'
  /** DPM-Solver++(3M) for the SDE: third order, needs 25 steps or more. */
  | 'dpmpp_3m_sde'
  /** DPM-Solver++(3M) for the SDE: third order, needs 25 steps or more. The same pictures as dpmpp_3m_sde: `noiseDevice` says whose noise it is. */
  | 'dpmpp_3m_sde_gpu'
  /** DPM-Solver++ for the SDE: two evaluations per step, detailed with few steps. */
  | 'dpmpp_sde'
  /** DPM-Solver++ for the SDE: two evaluations per step, detailed with few steps. The same pictures as dpmpp_sde: `noiseDevice` says whose noise it is. */
  | 'dpmpp_sde_gpu'
  /** ER-SDE: third order with its own amount of fresh noise, good with 10 to 20 steps. */
  | 'er_sde'
  /** The plain first-order solver: fast, predictable. */
  | 'euler'
  /** Euler with fresh noise each step: varied, does not converge with more steps. */
  | 'euler_ancestral'
  /** Ancestral Euler with CFG++ guidance: needs a low cfg. */
  | 'euler_ancestral_cfg_pp'
  /** Euler with CFG++ guidance: needs a low cfg, about 0.5 to 2. */
  | 'euler_cfg_pp'
  /** Exponential Heun in the log signal-to-noise ratio: second order, twice the time. */
  | 'exp_heun_2_x0'
  /** Exponential Heun for the SDE: fresh noise each step, twice the time. */
  | 'exp_heun_2_x0_sde'
  /** Euler that follows the change of its slope: sharper with few steps. */
  | 'gradient_estimation'
  /** Gradient estimation with CFG++ guidance: needs a low cfg. */
  | 'gradient_estimation_cfg_pp'
  /** Second order by a trial step: more accurate, twice the time. */
  | 'heun'
  /** Heun that looks two steps ahead: three evaluations per step. */
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
  /** RES with CFG++ guidance and fresh noise: needs a low cfg. */
  | 'res_multistep_ancestral_cfg_pp'
  /** RES with CFG++ guidance: needs a low cfg. */
  | 'res_multistep_cfg_pp'
  /** Stochastic Adams: predicts and corrects, with fresh noise in the middle of the run. */
  | 'sa_solver'
  /** Stochastic Adams that evaluates the corrected point again: twice the time. */
  | 'sa_solver_pece'
  /** SEEDS of second order for the SDE: fresh noise each step, twice the time. */
  | 'seeds_2'
  /** SEEDS of third order for the SDE: fresh noise each step, three times the time. */
  | 'seeds_3'
  /** UniPC of order three: predictor and corrector for one evaluation per step. */
  | 'uni_pc'
  /** UniPC in its second variant, better with few steps. */
  | 'uni_pc_bh2';

/** How the noise levels of the steps are chosen; the names are those of ComfyUI. */
export type Scheduler =
  /** Noise levels optimised for ten steps of SD 1.5 and of SDXL (Sabour et al. 2024); not for other families. */
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
  /** Small even steps at first, then ever larger ones: made for Mochi, suits flow models. */
  | 'linear_quadratic'
  /** Even steps in the model's time; the usual choice. */
  | 'normal'
  /** Even steps in the model's time that stop short of its very last one. */
  | 'sgm_uniform'
  /** Every n-th noise level of the training schedule. */
  | 'simple';

/** Sides of a picture that join without a seam when copies are laid side by side. */
export type Tiling =
  /** All four sides. */
  | 'BOTH'
  /** Left and right, as in a panorama of 360°. */
  | 'HORIZONTAL'
  /** Top and bottom. */
  | 'VERTICAL';

/** Enlarges the result and samples it again (hires fix). Not with `mask` or `extend`. */
export type UpscaleInput = {
  /** Factor of both sides, 1 to 8; no side may be longer than 2048. */
  by?: number | null | undefined;
  /** How much of the enlarged picture is replaced, 0 to 1; 0 leaves it as it is. */
  denoiseStrength?: number | null | undefined;
  /** How the latent is resized, without `model`. */
  method?: LatentMethod | null | undefined;
  /** The upscaler by its name in the `upscalers` query: the picture is decoded, enlarged, resized and encoded. Left out: the latent is resized. */
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
  /** Only a waiting job can be changed this way. */
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

/** Mixes the seed's noise with another seed's, as A1111 does. With a strength above 0 the images of a batch share the seed, and image i is varied by `variation.seed` + i. */
export type VariationInput = {
  /** Variation seed; null or -1 draws one. */
  seed?: string | number | null | undefined;
  /** Strength, 0 to 1: 0 gives the picture of the seed, 1 that of the variation seed. */
  strength: number;
};

export type ClientJobFragment = { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> };

export type Img2ImgMutationVariables = Exact<{
  input: Img2ImgInput;
  priority?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type Img2ImgMutation = { img2img: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string, retryAfter: number | null }> } };

export type CancelJobMutationVariables = Exact<{
  id: string | number;
}>;


export type CancelJobMutation = { cancelJob: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string, retryAfter: number | null }> } };

export type JobQueryVariables = Exact<{
  id: string | number;
}>;


export type JobQuery = { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> } | null };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: Array<{ name: Model, file: string, family: ModelFamily | null, installed: boolean, missingFiles: Array<string>, problem: string | null, recommended: { width: number, height: number, steps: number, cfg: number, samplerName: SamplerName, scheduler: Scheduler } }> };

export type Img2ImgProgressSubscriptionVariables = Exact<{
  jobId?: string | number | null | undefined;
  size: number;
  withPreview: boolean;
}>;


export type Img2ImgProgressSubscription = { img2imgProgress:
    | { __typename: 'Img2ImgCanceled', sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> }, preview?: { dataUri: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgCompleted', sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> }, preview?: { dataUri: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgFailed', sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> }, preview?: { dataUri: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgQueued', sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> }, preview?: { dataUri: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgStage', sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> }, preview?: { dataUri: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgStep', attempt: number, step: number, totalSteps: number, sigma: number, etaSeconds: number | null, sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, etaSeconds: number | null, images: Array<{ id: string, url: string, width: number, height: number, seed: string, sha256: string }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }> }, preview?: { dataUri: string, width: number, height: number } | null }
   };

export const ClientJobFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ClientJob"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<ClientJobFragment, unknown>;
export const Img2ImgDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Img2Img"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"priority"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"img2img"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"priority"},"value":{"kind":"Variable","name":{"kind":"Name","value":"priority"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ClientJob"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ClientJob"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<Img2ImgMutation, Img2ImgMutationVariables>;
export const CancelJobDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ClientJob"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ClientJob"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<CancelJobMutation, CancelJobMutationVariables>;
export const JobDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Job"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ClientJob"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ClientJob"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<JobQuery, JobQueryVariables>;
export const ModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Models"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"file"}},{"kind":"Field","name":{"kind":"Name","value":"family"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"missingFiles"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"recommended"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}}]}}]}}]}}]} as unknown as DocumentNode<ModelsQuery, ModelsQueryVariables>;
export const Img2ImgProgressDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Img2ImgProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"size"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"withPreview"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"img2imgProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"jobId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ClientJob"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"withPreview"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUri"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgStep"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"attempt"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"sigma"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ClientJob"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<Img2ImgProgressSubscription, Img2ImgProgressSubscriptionVariables>;