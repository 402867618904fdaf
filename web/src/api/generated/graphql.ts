/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** What a control is. */
export type ControlKind =
  /** A ControlNet: evaluated in every step. */
  | 'CONTROLNET'
  /** A T2I adapter: evaluated once. */
  | 'T2I_ADAPTER'
  /** A ControlNet trained on several kinds of pictures; `mode` selects one. */
  | 'UNION_CONTROLNET';

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

/** What an engine process is doing. */
export type EngineState =
  /** Working on a job. */
  | 'BUSY'
  /** Ready for a job. */
  | 'IDLE'
  /** Starting and checking its device. */
  | 'STARTING'
  /** Not running; the next job starts it. */
  | 'STOPPED';

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

/** Settings that replace those of another job. A field that is left out stays as it was; null means the same as in `Img2ImgInput`. An empty `imageUrl` removes the source. */
export type Img2ImgOverrides = {
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

/** How a download is doing. */
export type ModelPullState =
  /** `error` says why. Another pull resumes it. */
  | 'FAILED'
  /** Files are being downloaded or checked. */
  | 'RUNNING'
  /** Every file is in place. */
  | 'SUCCEEDED';

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

export type TilePartsFragment = { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, createdAt: string, input: { prompt: string, source: { sha256: string } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }> };

export type JobPartsFragment = { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> };

export type SettingsPartsFragment = { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null };

export type JobsQueryVariables = Exact<{
  first: number;
  status?: Array<JobStatus> | JobStatus | null | undefined;
}>;


export type JobsQuery = { jobs: { nodes: Array<{ id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }> } };

export type JobQueryVariables = Exact<{
  id: string | number;
}>;


export type JobQuery = { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: Array<{ name: Model, file: string, family: ModelFamily | null, installed: boolean, missingFiles: Array<string>, problem: string | null, licence: string | null, sizeBytes: number, loaded: boolean, thumbnail: string | null, recommended: { width: number, height: number, steps: number, cfg: number, samplerName: SamplerName, scheduler: Scheduler } }> };

export type ExtrasQueryVariables = Exact<{ [key: string]: never; }>;


export type ExtrasQuery = { loras: Array<{ name: string, family: ModelFamily | null, title: string | null, triggerWords: Array<string>, sizeBytes: number, problem: string | null }>, controlModels: Array<{ name: string, kind: ControlKind | null, family: ModelFamily | null, sizeBytes: number, problem: string | null }>, vaes: Array<{ name: string, decoder: Decoder, families: Array<ModelFamily>, problem: string | null }>, upscalers: Array<{ name: string, scale: number | null, problem: string | null }>, embeddings: Array<{ name: string, family: ModelFamily | null, problem: string | null }> };

export type ServerQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerQuery = { version: string, limits: { promptLength: number, uploadBytes: number, jobWork: number | null, retentionSeconds: number | null, steps: { min: number, max: number }, cfg: { min: number, max: number }, batchSize: { min: number, max: number } } };

export type TokensQueryVariables = Exact<{
  model: string;
  prompt: string;
  negativePrompt: string;
  promptStyle: PromptStyle;
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


export type SettingsOfQuery = { settingsOf: { tool: string | null, model: string | null, modelHash: string | null, installedModel: Model | null, prompt: string | null, negativePrompt: string | null, seed: string | null, steps: number | null, cfg: number | null, samplerName: SamplerName | null, scheduler: Scheduler | null, width: number | null, height: number | null, denoiseStrength: number | null, resizeMode: ResizeMode | null, leftOut: Array<string>, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality | null, tokenMerging: number | null, guidance: number | null, noiseDevice: NoiseDevice | null, promptStyle: PromptStyle | null, emphasis: Emphasis | null, clipSkip: number | null, vae: string | null, decoder: Decoder | null, tiling: Tiling | null, mask: { invert: boolean, grow: number | null, blur: number | null, fill: MaskFill | null, area: MaskArea | null, padding: number | null, differential: number | null } | null, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, strengthClip: number | null }>, controls: Array<{ model: string, mode: string | null, strength: number, start: number, end: number, preprocessor: ControlPreprocessor, cannyLow: number | null, cannyHigh: number | null, blur: number | null }>, refiner: { model: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, model: string | null, method: string, denoiseStrength: number, steps: number } | null } };

export type SubmitMutationVariables = Exact<{
  input: Img2ImgInput;
  idempotencyKey: string;
}>;


export type SubmitMutation = { img2img: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string, retryAfter: number | null }> } };

export type RerunMutationVariables = Exact<{
  jobId: string | number;
  overrides?: Img2ImgOverrides | null | undefined;
  idempotencyKey: string;
}>;


export type RerunMutation = { rerun: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string, retryAfter: number | null }> } };

export type UploadImageMutationVariables = Exact<{
  file: Blob;
}>;


export type UploadImageMutation = { uploadImage: { image: { id: string, sha256: string } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type CancelMutationVariables = Exact<{
  id: string | number;
}>;


export type CancelMutation = { cancelJob: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ message: string }> } };

export type CancelWaitingMutationVariables = Exact<{ [key: string]: never; }>;


export type CancelWaitingMutation = { cancelJobs: number };

export type RetryMutationVariables = Exact<{
  id: string | number;
}>;


export type RetryMutation = { retryJob: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ message: string }> } };

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


export type RunFirstMutation = { setPriority: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } | null, userErrors: Array<{ message: string }> } };

export type PauseMutationVariables = Exact<{ [key: string]: never; }>;


export type PauseMutation = { pauseQueue: { memoryLimit: number, waiting: number, running: number, paused: boolean, pausedModels: Array<string>, devices: Array<{ worker: string | null, problem: string | null, provider: string, reason: string, precision: string | null, state: EngineState, residentBytes: number, loaded: Array<Model> }> } };

export type ResumeMutationVariables = Exact<{ [key: string]: never; }>;


export type ResumeMutation = { resumeQueue: { memoryLimit: number, waiting: number, running: number, paused: boolean, pausedModels: Array<string>, devices: Array<{ worker: string | null, problem: string | null, provider: string, reason: string, precision: string | null, state: EngineState, residentBytes: number, loaded: Array<Model> }> } };

export type JobsChangedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type JobsChangedSubscription = { jobsChanged: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> } };

export type ProgressSubscriptionVariables = Exact<{
  id: string | number;
  size: number;
  hasFirst: boolean;
  hasAll: boolean;
}>;


export type ProgressSubscription = { img2imgProgress:
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
    | { step: number, totalSteps: number, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, queuePosition: number | null, waitReason: WaitReason | null, etaSeconds: number | null, priority: number, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, eta: number | null, sNoise: number | null, rescaleCfg: number | null, flowShift: number | null, quality: Quality, tokenMerging: number | null, guidance: number | null, noiseDevice: string, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, promptStyle: string, emphasis: string | null, clipSkip: number | null, decoder: Decoder, tiling: Tiling | null, resizeMode: string, imageUrl: string, cfgInterval: { start: number, end: number } | null, deepCache: { interval: number, depth: number } | null, loras: Array<{ name: string, strength: number, textStrength: number }>, controls: Array<{ name: string, mode: string | null, strength: number, start: number, end: number, preprocessor: string, cannyLow: number | null, cannyHigh: number | null, blur: number | null, image: { id: string, sha256: string } | null }>, embeddings: Array<{ name: string }>, vae: { name: string } | null, tinyDecoder: { name: string } | null, refiner: { name: string, switchAt: number } | null, variation: { seed: string, strength: number } | null, extend: { left: number, top: number, right: number, bottom: number, feather: number } | null, upscale: { by: number, width: number, height: number, method: string, denoiseStrength: number, steps: number, model: { name: string } | null } | null, source: { id: string, sha256: string, width: number, height: number } | null, mask: { fill: string, area: string, grow: number, blur: number, padding: number, differential: number | null, image: { id: string, sha256: string } } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, variationSeed: string | null, width: number, height: number }>, error: { code: JobErrorCode, message: string } | null, warnings: Array<{ code: JobWarningCode, message: string }> }, preview?: { dataUri: string } | null, previews?: Array<{ dataUri: string }> }
   };

export type GalleryPicturesQueryVariables = Exact<{
  after?: string | null | undefined;
  model?: string | null | undefined;
  text?: string | null | undefined;
  from?: string | null | undefined;
}>;


export type GalleryPicturesQuery = { images: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ index: number, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, createdAt: string, input: { prompt: string, source: { sha256: string } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }> } }> } };

export type GalleryJobsQueryVariables = Exact<{
  after?: string | null | undefined;
  status?: Array<JobStatus> | JobStatus | null | undefined;
  model?: string | null | undefined;
  text?: string | null | undefined;
  from?: string | null | undefined;
}>;


export type GalleryJobsQuery = { jobs: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, createdAt: string, input: { prompt: string, source: { sha256: string } | null }, images: Array<{ id: string, sha256: string, index: number, seed: string, width: number, height: number }> }> } };

export type PullPartsFragment = { name: string, state: ModelPullState, file: string | null, bytes: number, totalBytes: number | null, error: string | null };

export type PullModelMutationVariables = Exact<{
  name: string;
}>;


export type PullModelMutation = { pullModel: { pull: { name: string, state: ModelPullState, file: string | null, bytes: number, totalBytes: number | null, error: string | null } | null, userErrors: Array<{ message: string }> } };

export type PullProgressSubscriptionVariables = Exact<{
  name: string;
}>;


export type PullProgressSubscription = { modelPullProgress: { name: string, state: ModelPullState, file: string | null, bytes: number, totalBytes: number | null, error: string | null } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const TilePartsFragmentDoc = new TypedDocumentString(`
    fragment TileParts on Job {
  id
  status
  stage
  step
  totalSteps
  createdAt
  input {
    prompt
    source {
      sha256
    }
  }
  images {
    id
    sha256
    index
    seed
    width
    height
  }
}
    `, {"fragmentName":"TileParts"}) as unknown as TypedDocumentString<TilePartsFragment, unknown>;
export const SettingsPartsFragmentDoc = new TypedDocumentString(`
    fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}
    `, {"fragmentName":"SettingsParts"}) as unknown as TypedDocumentString<SettingsPartsFragment, unknown>;
export const JobPartsFragmentDoc = new TypedDocumentString(`
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
    fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"fragmentName":"JobParts"}) as unknown as TypedDocumentString<JobPartsFragment, unknown>;
export const TokensPartsFragmentDoc = new TypedDocumentString(`
    fragment TokensParts on PromptTokens {
  count
  chunks
  tokensPerChunk
}
    `, {"fragmentName":"TokensParts"}) as unknown as TypedDocumentString<TokensPartsFragment, unknown>;
export const EnginePartsFragmentDoc = new TypedDocumentString(`
    fragment EngineParts on EngineStatus {
  memoryLimit
  waiting
  running
  paused
  pausedModels
  devices {
    worker
    problem
    provider
    reason
    precision
    state
    residentBytes
    loaded
  }
}
    `, {"fragmentName":"EngineParts"}) as unknown as TypedDocumentString<EnginePartsFragment, unknown>;
export const PullPartsFragmentDoc = new TypedDocumentString(`
    fragment PullParts on ModelPull {
  name
  state
  file
  bytes
  totalBytes
  error
}
    `, {"fragmentName":"PullParts"}) as unknown as TypedDocumentString<PullPartsFragment, unknown>;
export const JobsDocument = new TypedDocumentString(`
    query Jobs($first: Int!, $status: [JobStatus!]) {
  jobs(first: $first, status: $status) {
    nodes {
      ...JobParts
    }
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:8fb9c97f06c059ce5097e8565941da5faf85e5e0df4f297915e344f38aa4edc3"}) as unknown as TypedDocumentString<JobsQuery, JobsQueryVariables>;
export const JobDocument = new TypedDocumentString(`
    query Job($id: ID!) {
  job(id: $id) {
    ...JobParts
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:f1cbea6d80e07ea7dc6b63dffb4e4275368be6ff83efdd0fc1cb09c8d8f4db90"}) as unknown as TypedDocumentString<JobQuery, JobQueryVariables>;
export const ModelsDocument = new TypedDocumentString(`
    query Models {
  models {
    name
    file
    family
    installed
    missingFiles
    problem
    licence
    sizeBytes
    loaded
    thumbnail(size: 128, format: WEBP)
    recommended {
      width
      height
      steps
      cfg
      samplerName
      scheduler
    }
  }
}
    `, {"hash":"sha256:6d1ecf8eee5837fe198d1f3a6fa4df6f00f3ad57e92d42c37a9bbf95025cf039"}) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const ExtrasDocument = new TypedDocumentString(`
    query Extras {
  loras {
    name
    family
    title
    triggerWords
    sizeBytes
    problem
  }
  controlModels {
    name
    kind
    family
    sizeBytes
    problem
  }
  vaes {
    name
    decoder
    families
    problem
  }
  upscalers {
    name
    scale
    problem
  }
  embeddings {
    name
    family
    problem
  }
}
    `, {"hash":"sha256:9eaecdb52d7274669466ef913fa0484e1d24f76f23ae9cf6cbc9c3af6ab78024"}) as unknown as TypedDocumentString<ExtrasQuery, ExtrasQueryVariables>;
export const ServerDocument = new TypedDocumentString(`
    query Server {
  version
  limits {
    steps {
      min
      max
    }
    cfg {
      min
      max
    }
    batchSize {
      min
      max
    }
    promptLength
    uploadBytes
    jobWork
    retentionSeconds
  }
}
    `, {"hash":"sha256:38fb2f93a11c3fb87bd5d625c98e49b40ee98cbee6ba7f5d30a1fb8d61af8968"}) as unknown as TypedDocumentString<ServerQuery, ServerQueryVariables>;
export const TokensDocument = new TypedDocumentString(`
    query Tokens($model: String!, $prompt: String!, $negativePrompt: String!, $promptStyle: PromptStyle!) {
  prompt: promptTokens(
    modelName: $model
    prompt: $prompt
    promptStyle: $promptStyle
  ) {
    ...TokensParts
  }
  negativePrompt: promptTokens(
    modelName: $model
    prompt: $negativePrompt
    promptStyle: $promptStyle
  ) {
    ...TokensParts
  }
}
    fragment TokensParts on PromptTokens {
  count
  chunks
  tokensPerChunk
}`, {"hash":"sha256:8610133c93282c247001f92520ab7c6c7939bf579ae34679cb3d2b486d53ec73"}) as unknown as TypedDocumentString<TokensQuery, TokensQueryVariables>;
export const SamplersDocument = new TypedDocumentString(`
    query Samplers {
  samplers {
    name
    description
  }
  schedulers {
    name
    description
  }
}
    `, {"hash":"sha256:8420841f4a0ffa5ddc9b13840bc146333eccb2c01e1cfe8472c5a768f524bbfe"}) as unknown as TypedDocumentString<SamplersQuery, SamplersQueryVariables>;
export const EngineDocument = new TypedDocumentString(`
    query Engine {
  engine {
    ...EngineParts
  }
}
    fragment EngineParts on EngineStatus {
  memoryLimit
  waiting
  running
  paused
  pausedModels
  devices {
    worker
    problem
    provider
    reason
    precision
    state
    residentBytes
    loaded
  }
}`, {"hash":"sha256:6ae70b1b131c22eaa8f0a3429334c268191a423528e8304dc395508cd79b4bf3"}) as unknown as TypedDocumentString<EngineQuery, EngineQueryVariables>;
export const SettingsOfDocument = new TypedDocumentString(`
    query SettingsOf($image: Upload, $imageUrl: String) {
  settingsOf(image: $image, imageUrl: $imageUrl) {
    tool
    model
    modelHash
    installedModel
    prompt
    negativePrompt
    seed
    steps
    cfg
    samplerName
    scheduler
    width
    height
    denoiseStrength
    resizeMode
    mask {
      invert
      grow
      blur
      fill
      area
      padding
      differential
    }
    leftOut
    eta
    sNoise
    rescaleCfg
    cfgInterval {
      start
      end
    }
    flowShift
    quality
    deepCache {
      interval
      depth
    }
    tokenMerging
    guidance
    noiseDevice
    promptStyle
    emphasis
    clipSkip
    loras {
      name
      strength
      strengthClip
    }
    controls {
      model
      mode
      strength
      start
      end
      preprocessor
      cannyLow
      cannyHigh
      blur
    }
    vae
    decoder
    refiner {
      model
      switchAt
    }
    variation {
      seed
      strength
    }
    tiling
    extend {
      left
      top
      right
      bottom
      feather
    }
    upscale {
      by
      model
      method
      denoiseStrength
      steps
    }
  }
}
    `, {"hash":"sha256:cea51a935f85db6b46775832a4ff9579ca7c5aa48db6483f47ac43465e5812b3"}) as unknown as TypedDocumentString<SettingsOfQuery, SettingsOfQueryVariables>;
export const SubmitDocument = new TypedDocumentString(`
    mutation Submit($input: Img2ImgInput!, $idempotencyKey: String!) {
  img2img(input: $input, idempotencyKey: $idempotencyKey) {
    job {
      ...JobParts
    }
    userErrors {
      code
      field
      message
      retryAfter
    }
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:35f826040b2efb56dc2951bb12a8d90e79228282b2e358890fc1f08f9168d2c1"}) as unknown as TypedDocumentString<SubmitMutation, SubmitMutationVariables>;
export const RerunDocument = new TypedDocumentString(`
    mutation Rerun($jobId: ID!, $overrides: Img2ImgOverrides, $idempotencyKey: String!) {
  rerun(jobId: $jobId, overrides: $overrides, idempotencyKey: $idempotencyKey) {
    job {
      ...JobParts
    }
    userErrors {
      code
      field
      message
      retryAfter
    }
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:efa250c587091e5db3c9c7260b382f5b162d3a770b05465f5df7f29e642ada79"}) as unknown as TypedDocumentString<RerunMutation, RerunMutationVariables>;
export const UploadImageDocument = new TypedDocumentString(`
    mutation UploadImage($file: Upload!) {
  uploadImage(file: $file) {
    image {
      id
      sha256
    }
    userErrors {
      code
      field
      message
    }
  }
}
    `, {"hash":"sha256:6997657db4a3f73fe657e38f9b86da3cd73131fd1e68c797b52379cdf40d78f1"}) as unknown as TypedDocumentString<UploadImageMutation, UploadImageMutationVariables>;
export const CancelDocument = new TypedDocumentString(`
    mutation Cancel($id: ID!) {
  cancelJob(id: $id) {
    job {
      ...JobParts
    }
    userErrors {
      message
    }
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:4c0c7126c4ba5a60edb6997b456fa89d1cbdc1aa411dff9651faf1754a425128"}) as unknown as TypedDocumentString<CancelMutation, CancelMutationVariables>;
export const CancelWaitingDocument = new TypedDocumentString(`
    mutation CancelWaiting {
  cancelJobs(status: [QUEUED])
}
    `, {"hash":"sha256:3d2bf6862a682415f1fc1f36fbd93b16b9ff7c1fd506105482714d8f693737eb"}) as unknown as TypedDocumentString<CancelWaitingMutation, CancelWaitingMutationVariables>;
export const RetryDocument = new TypedDocumentString(`
    mutation Retry($id: ID!) {
  retryJob(id: $id) {
    job {
      ...JobParts
    }
    userErrors {
      message
    }
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:240fa71fedea38a70f87b54f7938450ce8b378cfad74d8264dff40833dca5d3b"}) as unknown as TypedDocumentString<RetryMutation, RetryMutationVariables>;
export const DeleteDocument = new TypedDocumentString(`
    mutation Delete($id: ID!) {
  deleteJob(id: $id) {
    deletedId
    userErrors {
      code
      message
    }
  }
}
    `, {"hash":"sha256:359edabfbc423f7706512213fa74091ee8a6fd82e9c2f59880353bd7ccf3dabc"}) as unknown as TypedDocumentString<DeleteMutation, DeleteMutationVariables>;
export const DeletePictureDocument = new TypedDocumentString(`
    mutation DeletePicture($id: ID!) {
  deleteImage(id: $id) {
    deletedId
    userErrors {
      code
      message
    }
  }
}
    `, {"hash":"sha256:477e25075b9b51b3baa4aa7e4cc3bb05866cf9143e2147e4e25b9689b8e9b5ef"}) as unknown as TypedDocumentString<DeletePictureMutation, DeletePictureMutationVariables>;
export const RunFirstDocument = new TypedDocumentString(`
    mutation RunFirst($id: ID!, $priority: Int!) {
  setPriority(id: $id, priority: $priority) {
    job {
      ...JobParts
    }
    userErrors {
      message
    }
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:7aff60a9b584bc0d1cfea7561eb7a2a1b5fa8eb2c53639e4e121dd471f6c037f"}) as unknown as TypedDocumentString<RunFirstMutation, RunFirstMutationVariables>;
export const PauseDocument = new TypedDocumentString(`
    mutation Pause {
  pauseQueue {
    ...EngineParts
  }
}
    fragment EngineParts on EngineStatus {
  memoryLimit
  waiting
  running
  paused
  pausedModels
  devices {
    worker
    problem
    provider
    reason
    precision
    state
    residentBytes
    loaded
  }
}`, {"hash":"sha256:a27e80d24e6bbff8060db0fb26c7cd227e8172407e59e0426eb451fe75feb2b5"}) as unknown as TypedDocumentString<PauseMutation, PauseMutationVariables>;
export const ResumeDocument = new TypedDocumentString(`
    mutation Resume {
  resumeQueue {
    ...EngineParts
  }
}
    fragment EngineParts on EngineStatus {
  memoryLimit
  waiting
  running
  paused
  pausedModels
  devices {
    worker
    problem
    provider
    reason
    precision
    state
    residentBytes
    loaded
  }
}`, {"hash":"sha256:44a996ed5f4fa8d0710044d8356c366736df22d8a3c243021b57a11e9a1ae8e1"}) as unknown as TypedDocumentString<ResumeMutation, ResumeMutationVariables>;
export const JobsChangedDocument = new TypedDocumentString(`
    subscription JobsChanged {
  jobsChanged {
    ...JobParts
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:7c16c93b8bf22d1af510143d2980b4f96789f0ef6fe5a674e9dccc23ff36dc1b"}) as unknown as TypedDocumentString<JobsChangedSubscription, JobsChangedSubscriptionVariables>;
export const ProgressDocument = new TypedDocumentString(`
    subscription Progress($id: ID!, $size: Int!, $hasFirst: Boolean!, $hasAll: Boolean!) {
  img2imgProgress(jobId: $id) {
    job {
      ...JobParts
    }
    preview(size: $size, format: WEBP, quality: 75) @include(if: $hasFirst) {
      dataUri
    }
    previews(size: $size, format: WEBP, quality: 75) @include(if: $hasAll) {
      dataUri
    }
    ... on Img2ImgStep {
      step
      totalSteps
    }
  }
}
    fragment JobParts on Job {
  id
  status
  stage
  step
  totalSteps
  queuePosition
  waitReason
  etaSeconds
  priority
  attempts
  createdAt
  startedAt
  finishedAt
  input {
    ...SettingsParts
  }
  images {
    id
    sha256
    index
    seed
    variationSeed
    width
    height
  }
  error {
    code
    message
  }
  warnings {
    code
    message
  }
}
fragment SettingsParts on Img2ImgSettings {
  model
  seed
  steps
  batchSize
  width
  height
  samplerName
  cfg
  eta
  sNoise
  rescaleCfg
  cfgInterval {
    start
    end
  }
  flowShift
  quality
  deepCache {
    interval
    depth
  }
  tokenMerging
  guidance
  noiseDevice
  denoiseStrength
  scheduler
  prompt
  negativePrompt
  promptStyle
  emphasis
  clipSkip
  loras {
    name
    strength
    textStrength
  }
  controls {
    name
    mode
    strength
    start
    end
    preprocessor
    cannyLow
    cannyHigh
    blur
    image {
      id
      sha256
    }
  }
  embeddings {
    name
  }
  vae {
    name
  }
  decoder
  tinyDecoder {
    name
  }
  refiner {
    name
    switchAt
  }
  variation {
    seed
    strength
  }
  tiling
  extend {
    left
    top
    right
    bottom
    feather
  }
  upscale {
    by
    width
    height
    model {
      name
    }
    method
    denoiseStrength
    steps
  }
  resizeMode
  imageUrl
  source {
    id
    sha256
    width
    height
  }
  mask {
    image {
      id
      sha256
    }
    fill
    area
    grow
    blur
    padding
    differential
  }
}`, {"hash":"sha256:6a31e3e63583a94f8ffed7dc8f4100cb88eebaa202fa48343616bb670505c5a5"}) as unknown as TypedDocumentString<ProgressSubscription, ProgressSubscriptionVariables>;
export const GalleryPicturesDocument = new TypedDocumentString(`
    query GalleryPictures($after: String, $model: String, $text: String, $from: DateTime) {
  images(first: 48, after: $after, model: $model, text: $text, createdFrom: $from) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      index
      job {
        ...TileParts
      }
    }
  }
}
    fragment TileParts on Job {
  id
  status
  stage
  step
  totalSteps
  createdAt
  input {
    prompt
    source {
      sha256
    }
  }
  images {
    id
    sha256
    index
    seed
    width
    height
  }
}`, {"hash":"sha256:61dbd50b01f99161c83ec9b6993632a1e46aa3718b6d5d23daf2433f8759267e"}) as unknown as TypedDocumentString<GalleryPicturesQuery, GalleryPicturesQueryVariables>;
export const GalleryJobsDocument = new TypedDocumentString(`
    query GalleryJobs($after: String, $status: [JobStatus!], $model: String, $text: String, $from: DateTime) {
  jobs(
    first: 48
    after: $after
    status: $status
    model: $model
    text: $text
    createdFrom: $from
  ) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...TileParts
    }
  }
}
    fragment TileParts on Job {
  id
  status
  stage
  step
  totalSteps
  createdAt
  input {
    prompt
    source {
      sha256
    }
  }
  images {
    id
    sha256
    index
    seed
    width
    height
  }
}`, {"hash":"sha256:96669ab9c093b143f6d8c3115f933e4c4a2eb3439fd9147ed45b36d324b94001"}) as unknown as TypedDocumentString<GalleryJobsQuery, GalleryJobsQueryVariables>;
export const PullModelDocument = new TypedDocumentString(`
    mutation PullModel($name: String!) {
  pullModel(name: $name) {
    pull {
      ...PullParts
    }
    userErrors {
      message
    }
  }
}
    fragment PullParts on ModelPull {
  name
  state
  file
  bytes
  totalBytes
  error
}`, {"hash":"sha256:40b53f8fc6a14bfc891f4dd22aa40f771e3df0cb82f102e16ddfc1a42c934a12"}) as unknown as TypedDocumentString<PullModelMutation, PullModelMutationVariables>;
export const PullProgressDocument = new TypedDocumentString(`
    subscription PullProgress($name: String!) {
  modelPullProgress(name: $name) {
    ...PullParts
  }
}
    fragment PullParts on ModelPull {
  name
  state
  file
  bytes
  totalBytes
  error
}`, {"hash":"sha256:2f64f883253e4fdbebe7aac356a01c1a3206c133670d8e7c13f6fd90a5030a43"}) as unknown as TypedDocumentString<PullProgressSubscription, PullProgressSubscriptionVariables>;