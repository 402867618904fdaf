/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How an attempt ended. */
export type AttemptResult =
  /** By request. */
  | 'CANCELED'
  /** With an error. */
  | 'FAILED'
  /** Its worker disappeared. */
  | 'INTERRUPTED'
  /** In a way that only a newer version knows. */
  | 'OTHER'
  /** Its worker was stopped and returned the job to the queue; it does not count. */
  | 'RETURNED'
  /** With images. */
  | 'SUCCEEDED';

/** What a cancel did. */
export type CancelResult =
  /** Nothing: the job had been canceled before. */
  | 'ALREADY_CANCELED'
  /** Nothing: the job had succeeded or failed before. */
  | 'ALREADY_FINISHED'
  /** It has canceled the job. */
  | 'CANCELED';

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

/** File format of a picture. */
export type ImageFormat =
  /** Smallest, slow to make. */
  | 'AVIF'
  /** Supported everywhere. */
  | 'JPEG'
  /** Lossless, as it is stored; carries the settings that made it. */
  | 'PNG'
  /** Small, supported by every browser. */
  | 'WEBP';

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

/** File format of a preview. */
export type PreviewFormat =
  /** Supported everywhere. */
  | 'JPEG'
  /** Lossless. */
  | 'PNG'
  /** Small and quick. */
  | 'WEBP';

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

/** A network that reads prompts. */
export type TextEncoder =
  /** OpenCLIP ViT-bigG/14. */
  | 'CLIP_G'
  /** OpenCLIP ViT-H/14. */
  | 'CLIP_H'
  /** CLIP ViT-L/14. */
  | 'CLIP_L'
  /** T5 v1.1 XXL. */
  | 'T5';

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

export type ClusterQueryVariables = Exact<{ [key: string]: never; }>;


export type ClusterQuery = { models: Array<{ name: Model, installed: boolean, missingFiles: Array<string>, problem: string | null, workers: Array<string> }>, engine: { waiting: number, running: number, devices: Array<{ worker: string | null, provider: string, problem: string | null }> } };

export type ImagesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  text?: string | null | undefined;
  tags?: Array<string> | string | null | undefined;
}>;


export type ImagesQuery = { images: { totalCount: number, nodes: Array<{ id: string, seed: string }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type DeleteImageMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteImageMutation = { deleteImage: { deletedId: string | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type RerunMutationVariables = Exact<{
  jobId: string | number;
  overrides?: Img2ImgOverrides | null | undefined;
  priority?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type RerunMutation = { rerun: { job: { tags: Array<string>, metadata: Record<string, unknown> | null, id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string, retryAfter: number | null }> } };

export type LabelsQueryVariables = Exact<{
  id: string | number;
  tags?: Array<string> | string | null | undefined;
}>;


export type LabelsQuery = { job: { tags: Array<string>, metadata: Record<string, unknown> | null, finishedAt: string | null, expiresAt: string | null } | null, jobs: { totalCount: number } };

export type PromptTokensQueryVariables = Exact<{
  modelName: string;
  prompt: string;
}>;


export type PromptTokensQuery = { promptTokens: Array<{ encoder: TextEncoder, count: number | null, chunks: number | null, tokensPerChunk: number | null }> };

export type Img2ImgMutationVariables = Exact<{
  input: Img2ImgInput;
  priority?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type Img2ImgMutation = { img2img: { job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, warnings: Array<{ code: JobWarningCode, field: Array<string> | null, message: string }>, input: { model: string, seed: string, steps: number, batchSize: number, width: number, height: number, samplerName: string, cfg: number, denoiseStrength: number, scheduler: string, prompt: string, negativePrompt: string, imageUrl: string, resizeMode: string, source: { sha256: string, width: number, height: number } | null } } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string, retryAfter: number | null }> } };

export type CancelJobMutationVariables = Exact<{
  id: string | number;
  immediately?: boolean | null | undefined;
}>;


export type CancelJobMutation = { cancelJob: { result: CancelResult | null, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type JobStateFragment = { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number };

export type JobQueryVariables = Exact<{
  id: string | number;
  format?: ImageFormat | null | undefined;
  quality?: number | null | undefined;
}>;


export type JobQuery = { job: { queuePosition: number | null, etaSeconds: number | null, attempts: number, createdAt: string, startedAt: string | null, finishedAt: string | null, id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number, error: { code: JobErrorCode, message: string } | null, timings: Array<{ stage: JobStage, milliseconds: number }>, images: Array<{ id: string, index: number, url: string, dataUri: string, width: number, height: number, seed: string, sha256: string, byteSize: number }> } | null };

export type JobUrlsQueryVariables = Exact<{
  id: string | number;
}>;


export type JobUrlsQuery = { job: { images: Array<{ url: string }> } | null };

export type JobsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  status?: Array<JobStatus> | JobStatus | null | undefined;
}>;


export type JobsQuery = { jobs: { edges: Array<{ cursor: string, node: { id: string, status: JobStatus } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type NodesQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type NodesQuery = { nodes: Array<
    | { id: string, job: { id: string, status: JobStatus } }
    | { id: string }
    | { id: string }
    | { id: string }
   | null> };

export type NodeQueryVariables = Exact<{
  id: string | number;
}>;


export type NodeQuery = { node:
    | { __typename: 'Image', seed: string, id: string }
    | { __typename: 'Job', status: JobStatus, id: string }
    | { __typename: 'ModelInfo', id: string }
    | { __typename: 'SourceImage', id: string }
   | null };

export type ModelFilesQueryVariables = Exact<{
  size?: number | null | undefined;
}>;


export type ModelFilesQuery = { models: Array<{ id: string, name: Model, file: string, installed: boolean, precision: string | null, licence: string | null, hash: string | null, thumbnail: string | null }> };

export type ModelNodeQueryVariables = Exact<{
  id: string | number;
}>;


export type ModelNodeQuery = { node:
    | { __typename: 'Image' }
    | { __typename: 'Job' }
    | { __typename: 'ModelInfo', name: Model, installed: boolean }
    | { __typename: 'SourceImage' }
   | null };

export type ModelValuesQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelValuesQuery = { __type: { enumValues: Array<{ name: string }> | null } | null };

export type RefreshModelsMutationVariables = Exact<{ [key: string]: never; }>;


export type RefreshModelsMutation = { refreshModels: Array<{ name: Model }> };

export type UnloadModelsMutationVariables = Exact<{ [key: string]: never; }>;


export type UnloadModelsMutation = { unloadModels: { devices: Array<{ loaded: Array<Model> }> } };

export type PullModelMutationVariables = Exact<{
  name: string;
}>;


export type PullModelMutation = { pullModel: { pull: { name: string, state: ModelPullState, error: string | null } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type ModelPullProgressSubscriptionVariables = Exact<{
  name: string;
}>;


export type ModelPullProgressSubscription = { modelPullProgress: { name: string, state: ModelPullState, file: string | null, bytes: number, totalBytes: number | null, error: string | null } };

export type ProgressSubscriptionVariables = Exact<{
  jobId?: string | number | null | undefined;
  size?: number | null | undefined;
  format?: PreviewFormat | null | undefined;
  quality?: number | null | undefined;
}>;


export type ProgressSubscription = { img2imgProgress:
    | { __typename: 'Img2ImgCanceled', id: string, sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number }, preview: { dataUri: string, mimeType: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgCompleted', id: string, sequence: number, at: string, images: Array<{ sha256: string, seed: string }>, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number }, preview: { dataUri: string, mimeType: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgFailed', id: string, sequence: number, at: string, error: { code: JobErrorCode, message: string }, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number }, preview: { dataUri: string, mimeType: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgQueued', id: string, sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number }, preview: { dataUri: string, mimeType: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgStage', id: string, sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number }, preview: { dataUri: string, mimeType: string, width: number, height: number } | null }
    | { __typename: 'Img2ImgStep', step: number, totalSteps: number, sigma: number, etaSeconds: number | null, id: string, sequence: number, at: string, job: { id: string, status: JobStatus, stage: JobStage, step: number, totalSteps: number }, preview: { dataUri: string, mimeType: string, width: number, height: number } | null }
   };

export type BatchProgressSubscriptionVariables = Exact<{
  jobId?: string | number | null | undefined;
  size?: number | null | undefined;
}>;


export type BatchProgressSubscription = { img2imgProgress:
    | { __typename: 'Img2ImgCanceled', preview: { dataUri: string } | null, previews: Array<{ dataUri: string }> }
    | { __typename: 'Img2ImgCompleted', preview: { dataUri: string } | null, previews: Array<{ dataUri: string }> }
    | { __typename: 'Img2ImgFailed', preview: { dataUri: string } | null, previews: Array<{ dataUri: string }> }
    | { __typename: 'Img2ImgQueued', preview: { dataUri: string } | null, previews: Array<{ dataUri: string }> }
    | { __typename: 'Img2ImgStage', preview: { dataUri: string } | null, previews: Array<{ dataUri: string }> }
    | { __typename: 'Img2ImgStep', preview: { dataUri: string } | null, previews: Array<{ dataUri: string }> }
   };

export type PolledPreviewQueryVariables = Exact<{
  id: string | number;
  size?: number | null | undefined;
}>;


export type PolledPreviewQuery = { job: { preview: { dataUri: string, mimeType: string, width: number, height: number } | null, previews: Array<{ dataUri: string, mimeType: string, width: number, height: number }> } | null };

export type PreviewPictureFragment = { dataUri: string, mimeType: string, width: number, height: number };

export type PauseQueueMutationVariables = Exact<{
  model?: Model | null | undefined;
}>;


export type PauseQueueMutation = { pauseQueue: { paused: boolean, pausedModels: Array<string> } };

export type ResumeQueueMutationVariables = Exact<{
  model?: Model | null | undefined;
}>;


export type ResumeQueueMutation = { resumeQueue: { paused: boolean, pausedModels: Array<string> } };

export type SetPriorityMutationVariables = Exact<{
  id: string | number;
  priority: number;
}>;


export type SetPriorityMutation = { setPriority: { job: { id: string, priority: number, queuePosition: number | null } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type RetryJobMutationVariables = Exact<{
  id: string | number;
}>;


export type RetryJobMutation = { retryJob: { job: { id: string, status: JobStatus, input: { prompt: string } } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type CancelJobsMutationVariables = Exact<{
  status?: Array<JobStatus> | JobStatus | null | undefined;
  model?: string | null | undefined;
}>;


export type CancelJobsMutation = { cancelJobs: number };

export type DeleteJobMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteJobMutation = { deleteJob: { deletedId: string | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type FindJobsQueryVariables = Exact<{
  status?: Array<JobStatus> | JobStatus | null | undefined;
  model?: string | null | undefined;
  text?: string | null | undefined;
  createdFrom?: string | null | undefined;
  createdBefore?: string | null | undefined;
}>;


export type FindJobsQuery = { jobs: { totalCount: number, nodes: Array<{ id: string }> } };

export type JobHistoryQueryVariables = Exact<{
  id: string | number;
}>;


export type JobHistoryQuery = { job: { status: JobStatus, stage: JobStage, stageName: string, waitReason: WaitReason | null, attempts: number, attemptHistory: Array<{ worker: string, device: string, startedAt: string, endedAt: string | null, result: AttemptResult | null, reason: string | null }> } | null };

export type JobsChangedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type JobsChangedSubscription = { jobsChanged: { id: string, status: JobStatus } };

export type ServerQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerQuery = { models: Array<{ name: Model, file: string, family: ModelFamily | null, installed: boolean, missingFiles: Array<string>, problem: string | null, sizeBytes: number, loaded: boolean, recommended: { width: number, height: number, steps: number, cfg: number, samplerName: SamplerName, scheduler: Scheduler } }>, samplers: Array<{ name: SamplerName, description: string, stochastic: boolean, secondOrder: boolean, evaluationsPerStep: number }>, schedulers: Array<{ name: Scheduler, description: string }>, engine: { waiting: number, running: number, memoryLimit: number, paused: boolean, pausedModels: Array<string>, devices: Array<{ provider: string, reason: string, card: string | null, memoryBytes: number | null, memoryUsedBytes: number | null, precision: string | null, state: EngineState, processId: number | null, residentBytes: number, loaded: Array<Model>, runtimeVersion: string, problem: string | null, lastEventAt: string | null, interruptions: number, hung: number }> } };

export type SettingsOfQueryVariables = Exact<{
  image?: Blob | null | undefined;
  imageUrl?: string | null | undefined;
}>;


export type SettingsOfQuery = { settingsOf: { tool: string | null, model: string | null, modelHash: string | null, installedModel: Model | null, prompt: string | null, negativePrompt: string | null, seed: string | null, steps: number | null, cfg: number | null, samplerName: SamplerName | null, scheduler: Scheduler | null, width: number | null, height: number | null, denoiseStrength: number | null, resizeMode: ResizeMode | null, clipSkip: number | null, leftOut: Array<string>, mask: { invert: boolean, grow: number | null, blur: number | null, fill: MaskFill | null, area: MaskArea | null, padding: number | null, differential: number | null } | null, loras: Array<{ name: string, strength: number, strengthClip: number | null }> } };

export type SourceFragment = { id: string, url: string, sha256: string, width: number, height: number };

export type UploadImageMutationVariables = Exact<{
  file: Blob;
}>;


export type UploadImageMutation = { uploadImage: { image: { id: string, url: string, sha256: string, width: number, height: number } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type SourceOfJobQueryVariables = Exact<{
  id: string | number;
  size?: number | null | undefined;
}>;


export type SourceOfJobQuery = { job: { input: { imageUrl: string, source: { dataUri: string, id: string, url: string, sha256: string, width: number, height: number, thumbnail: string } | null }, images: Array<{ dataUri: string, thumbnail: string }> } | null };

export const JobStateFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}}]}}]} as unknown as DocumentNode<JobStateFragment, unknown>;
export const PreviewPictureFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PreviewPicture"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Preview"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUri"}},{"kind":"Field","name":{"kind":"Name","value":"mimeType"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}}]} as unknown as DocumentNode<PreviewPictureFragment, unknown>;
export const SourceFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Source"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceImage"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}}]} as unknown as DocumentNode<SourceFragment, unknown>;
export const ClusterDocument = {"__meta__":{"hash":"sha256:7f0448af446b3431d49615e3de666f15a169d0fce80ba372139ff63ad7b38c18"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"missingFiles"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"workers"}}]}},{"kind":"Field","name":{"kind":"Name","value":"engine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"devices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"worker"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}}]}},{"kind":"Field","name":{"kind":"Name","value":"waiting"}},{"kind":"Field","name":{"kind":"Name","value":"running"}}]}}]}}]} as unknown as DocumentNode<ClusterQuery, ClusterQueryVariables>;
export const ImagesDocument = {"__meta__":{"hash":"sha256:0caae1b1227789a0d742e094c73c4b8b53874759ff2dbf78a629cf1288fc9dc8"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Images"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"text"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"tags"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"images"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}},{"kind":"Argument","name":{"kind":"Name","value":"text"},"value":{"kind":"Variable","name":{"kind":"Name","value":"text"}}},{"kind":"Argument","name":{"kind":"Name","value":"tags"},"value":{"kind":"Variable","name":{"kind":"Name","value":"tags"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<ImagesQuery, ImagesQueryVariables>;
export const DeleteImageDocument = {"__meta__":{"hash":"sha256:cdae920397e79eb2c5eb31eb9fb35ed64f0de43eb6c085066f127587f7a760cc"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteImage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteImage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedId"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<DeleteImageMutation, DeleteImageMutationVariables>;
export const RerunDocument = {"__meta__":{"hash":"sha256:12a2c357e305ada4e49e6e3c961aabec5c84086fd16cce7057a33ab731600da6"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Rerun"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"overrides"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgOverrides"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"priority"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rerun"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"jobId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}}},{"kind":"Argument","name":{"kind":"Name","value":"overrides"},"value":{"kind":"Variable","name":{"kind":"Name","value":"overrides"}}},{"kind":"Argument","name":{"kind":"Name","value":"priority"},"value":{"kind":"Variable","name":{"kind":"Name","value":"priority"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}},{"kind":"Field","name":{"kind":"Name","value":"tags"}},{"kind":"Field","name":{"kind":"Name","value":"metadata"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}}]}}]} as unknown as DocumentNode<RerunMutation, RerunMutationVariables>;
export const LabelsDocument = {"__meta__":{"hash":"sha256:1275bbd1c92a50468abafdd9a51aebc48916324332517cacfe54da18d50aea13"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Labels"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"tags"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tags"}},{"kind":"Field","name":{"kind":"Name","value":"metadata"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"tags"},"value":{"kind":"Variable","name":{"kind":"Name","value":"tags"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]} as unknown as DocumentNode<LabelsQuery, LabelsQueryVariables>;
export const PromptTokensDocument = {"__meta__":{"hash":"sha256:1ee84d6a3c709e7eb9ed0aaa6390e19d946fd51f778eb93c24e0a965d11041ff"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PromptTokens"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"modelName"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"prompt"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"promptTokens"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"modelName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"modelName"}}},{"kind":"Argument","name":{"kind":"Name","value":"prompt"},"value":{"kind":"Variable","name":{"kind":"Name","value":"prompt"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"encoder"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"chunks"}},{"kind":"Field","name":{"kind":"Name","value":"tokensPerChunk"}}]}}]}}]} as unknown as DocumentNode<PromptTokensQuery, PromptTokensQueryVariables>;
export const Img2ImgDocument = {"__meta__":{"hash":"sha256:68e7424f76b611bff35fddccc850b0267efdf9c76562576aab9fc3bd26cbaaa7"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Img2Img"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"priority"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"img2img"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"priority"},"value":{"kind":"Variable","name":{"kind":"Name","value":"priority"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"batchSize"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"imageUrl"}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}}]}}]} as unknown as DocumentNode<Img2ImgMutation, Img2ImgMutationVariables>;
export const CancelJobDocument = {"__meta__":{"hash":"sha256:8670f2455c663c5d95411ac1840c7ce15f8b401f7bc8bbdd39257d8d31d7e173"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"immediately"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"immediately"},"value":{"kind":"Variable","name":{"kind":"Name","value":"immediately"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"result"}},{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}}]}}]} as unknown as DocumentNode<CancelJobMutation, CancelJobMutationVariables>;
export const JobDocument = {"__meta__":{"hash":"sha256:590fe61b6006d2ebe0582935c9db6bc426b5f96b2269548ef02ec8f2e7f3c74f"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Job"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"format"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ImageFormat"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"quality"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"timings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"milliseconds"}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"url"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"Variable","name":{"kind":"Name","value":"format"}}},{"kind":"Argument","name":{"kind":"Name","value":"quality"},"value":{"kind":"Variable","name":{"kind":"Name","value":"quality"}}}]},{"kind":"Field","name":{"kind":"Name","value":"dataUri"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"Variable","name":{"kind":"Name","value":"format"}}},{"kind":"Argument","name":{"kind":"Name","value":"quality"},"value":{"kind":"Variable","name":{"kind":"Name","value":"quality"}}}]},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"byteSize"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}}]}}]} as unknown as DocumentNode<JobQuery, JobQueryVariables>;
export const JobUrlsDocument = {"__meta__":{"hash":"sha256:18a52981e4d7e83795d90f0eb15336466f330a59023c200e534a6e3c7d1e89ac"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"JobUrls"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"url"}}]}}]}}]}}]} as unknown as DocumentNode<JobUrlsQuery, JobUrlsQueryVariables>;
export const JobsDocument = {"__meta__":{"hash":"sha256:0d026516cbcd7d79cabb963194a5f7359699352deff10fbb11c19d7b6ab362be"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Jobs"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"JobStatus"}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobs"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}},{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<JobsQuery, JobsQueryVariables>;
export const NodesDocument = {"__meta__":{"hash":"sha256:e047904613e4c1f103b8d820ef5fc02151bdfeb932857406821bca079ee9a7a7"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Nodes"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Image"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]}}]} as unknown as DocumentNode<NodesQuery, NodesQueryVariables>;
export const NodeDocument = {"__meta__":{"hash":"sha256:58aba7d61fff53ea87fe9122524cdc837be109a0910ee365af83e6a072c8db41"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Node"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Image"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seed"}}]}}]}}]}}]} as unknown as DocumentNode<NodeQuery, NodeQueryVariables>;
export const ModelFilesDocument = {"__meta__":{"hash":"sha256:8430a77524bd28faab86eda7926dca3db3aad416cb9e19ae30ee376beb4ab55f"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ModelFiles"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"size"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"file"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"precision"}},{"kind":"Field","name":{"kind":"Name","value":"licence"}},{"kind":"Field","name":{"kind":"Name","value":"hash"}},{"kind":"Field","name":{"kind":"Name","value":"thumbnail"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}}]}]}}]}}]} as unknown as DocumentNode<ModelFilesQuery, ModelFilesQueryVariables>;
export const ModelNodeDocument = {"__meta__":{"hash":"sha256:129847242c4bb0c5bc6695f2f0be55e4d02a4f38299f861bbc257383002ee603"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ModelNode"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ModelInfo"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}}]}}]}}]}}]} as unknown as DocumentNode<ModelNodeQuery, ModelNodeQueryVariables>;
export const ModelValuesDocument = {"__meta__":{"hash":"sha256:1cb0c791fb2755d457817ebb2f9cf61463e7345db5a9715be44d5ce4bd25e202"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ModelValues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__type"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"StringValue","value":"Model","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"enumValues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ModelValuesQuery, ModelValuesQueryVariables>;
export const RefreshModelsDocument = {"__meta__":{"hash":"sha256:0bfaf8b5851aa75867504751268c883b3622368a9fb8917ae0bdbdec1e8d9977"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RefreshModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"refreshModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<RefreshModelsMutation, RefreshModelsMutationVariables>;
export const UnloadModelsDocument = {"__meta__":{"hash":"sha256:9c48447c566ec1829026835018dbf45b8323c3c92eed3157b8c27715cab60e81"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UnloadModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unloadModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"devices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loaded"}}]}}]}}]}}]} as unknown as DocumentNode<UnloadModelsMutation, UnloadModelsMutationVariables>;
export const PullModelDocument = {"__meta__":{"hash":"sha256:fbbf9dd3faedc246ee22a9e8e1a7f0735fcace7832b417870dfc5c1183197be9"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PullModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pullModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pull"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<PullModelMutation, PullModelMutationVariables>;
export const ModelPullProgressDocument = {"__meta__":{"hash":"sha256:61e8a8e7cabac9d36b82252f8dc05466c59c6b687c57e718303ea76b1127ac3b"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ModelPullProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelPullProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"file"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"}},{"kind":"Field","name":{"kind":"Name","value":"totalBytes"}},{"kind":"Field","name":{"kind":"Name","value":"error"}}]}}]}}]} as unknown as DocumentNode<ModelPullProgressSubscription, ModelPullProgressSubscriptionVariables>;
export const ProgressDocument = {"__meta__":{"hash":"sha256:49db681c075d5df00c7c87083f064384f54cf824c86084dc8c14ae4539e8d188"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Progress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"size"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"format"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"PreviewFormat"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"quality"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"img2imgProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"jobId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"Variable","name":{"kind":"Name","value":"format"}}},{"kind":"Argument","name":{"kind":"Name","value":"quality"},"value":{"kind":"Variable","name":{"kind":"Name","value":"quality"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PreviewPicture"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgStep"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}},{"kind":"Field","name":{"kind":"Name","value":"sigma"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgCompleted"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Img2ImgFailed"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"step"}},{"kind":"Field","name":{"kind":"Name","value":"totalSteps"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PreviewPicture"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Preview"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUri"}},{"kind":"Field","name":{"kind":"Name","value":"mimeType"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}}]} as unknown as DocumentNode<ProgressSubscription, ProgressSubscriptionVariables>;
export const BatchProgressDocument = {"__meta__":{"hash":"sha256:b155b512270ce8e84232fc563c59dc5ab4a6a38de91d514354e68d8578d9f81e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"BatchProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"size"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"img2imgProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"jobId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"preview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"PNG"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUri"}}]}},{"kind":"Field","name":{"kind":"Name","value":"previews"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"PNG"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUri"}}]}}]}}]}}]} as unknown as DocumentNode<BatchProgressSubscription, BatchProgressSubscriptionVariables>;
export const PolledPreviewDocument = {"__meta__":{"hash":"sha256:2a0b12aa5b4f29e1895f12e8007c4b81226fa5cb29793bfc58e99b0c12c23149"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PolledPreview"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"size"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"preview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"PNG"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PreviewPicture"}}]}},{"kind":"Field","name":{"kind":"Name","value":"previews"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"PNG"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PreviewPicture"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PreviewPicture"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Preview"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUri"}},{"kind":"Field","name":{"kind":"Name","value":"mimeType"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}}]} as unknown as DocumentNode<PolledPreviewQuery, PolledPreviewQueryVariables>;
export const PauseQueueDocument = {"__meta__":{"hash":"sha256:fd32878bf58096f84a5059441293405be6bb6e16d42bb5cfa6416b70d6888274"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PauseQueue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pauseQueue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paused"}},{"kind":"Field","name":{"kind":"Name","value":"pausedModels"}}]}}]}}]} as unknown as DocumentNode<PauseQueueMutation, PauseQueueMutationVariables>;
export const ResumeQueueDocument = {"__meta__":{"hash":"sha256:f94347f9fb91bbd28f462c02be083dc966e8ef57ebecb7a586e0e5fd71ce85b7"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ResumeQueue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resumeQueue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paused"}},{"kind":"Field","name":{"kind":"Name","value":"pausedModels"}}]}}]}}]} as unknown as DocumentNode<ResumeQueueMutation, ResumeQueueMutationVariables>;
export const SetPriorityDocument = {"__meta__":{"hash":"sha256:8ca9d08cf978fd089585f8f2e372681ed2860a94fe722ec4f460a52422637ff0"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetPriority"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"priority"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setPriority"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"priority"},"value":{"kind":"Variable","name":{"kind":"Name","value":"priority"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"queuePosition"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SetPriorityMutation, SetPriorityMutationVariables>;
export const RetryJobDocument = {"__meta__":{"hash":"sha256:432032dac8503991ce49489ce72ecc7e1b04b47e48d3d32250be5ab28a7a9f9e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RetryJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"prompt"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<RetryJobMutation, RetryJobMutationVariables>;
export const CancelJobsDocument = {"__meta__":{"hash":"sha256:54146b30bc85bf4640306a39ca006a273df3d71af9cb3fa0a69812277ffb27ab"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelJobs"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"JobStatus"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelJobs"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}},{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}}]}]}}]} as unknown as DocumentNode<CancelJobsMutation, CancelJobsMutationVariables>;
export const DeleteJobDocument = {"__meta__":{"hash":"sha256:b5c66011afbba13a51475b32990374455170c436c5ac8e315e7f20289361eb73"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedId"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<DeleteJobMutation, DeleteJobMutationVariables>;
export const FindJobsDocument = {"__meta__":{"hash":"sha256:1bd2e2e49390c29ca0ec17f3b6f0753ddf6faa029e4a7adcee1aec30f06cf3de"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindJobs"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"JobStatus"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"model"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"text"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"createdFrom"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"createdBefore"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobs"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}},{"kind":"Argument","name":{"kind":"Name","value":"model"},"value":{"kind":"Variable","name":{"kind":"Name","value":"model"}}},{"kind":"Argument","name":{"kind":"Name","value":"text"},"value":{"kind":"Variable","name":{"kind":"Name","value":"text"}}},{"kind":"Argument","name":{"kind":"Name","value":"createdFrom"},"value":{"kind":"Variable","name":{"kind":"Name","value":"createdFrom"}}},{"kind":"Argument","name":{"kind":"Name","value":"createdBefore"},"value":{"kind":"Variable","name":{"kind":"Name","value":"createdBefore"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<FindJobsQuery, FindJobsQueryVariables>;
export const JobHistoryDocument = {"__meta__":{"hash":"sha256:7ace3774f536eb9216b7d0020e14c2ad4f2199641a9944ce4d90be7a0c6c5ea3"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"JobHistory"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"stageName"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"attemptHistory"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"worker"}},{"kind":"Field","name":{"kind":"Name","value":"device"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"result"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}}]} as unknown as DocumentNode<JobHistoryQuery, JobHistoryQueryVariables>;
export const JobsChangedDocument = {"__meta__":{"hash":"sha256:33ce566c15a95efac9a3ff9c0b33d2c89a1c9e330807d3e12d793a1f2a21da7a"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"JobsChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobsChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]} as unknown as DocumentNode<JobsChangedSubscription, JobsChangedSubscriptionVariables>;
export const ServerDocument = {"__meta__":{"hash":"sha256:3e9aa5df9c59384d6fe8c772a7ee48d097e8a870b88a6da89dfad52b2aa6bfa0"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"file"}},{"kind":"Field","name":{"kind":"Name","value":"family"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"missingFiles"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"loaded"}},{"kind":"Field","name":{"kind":"Name","value":"recommended"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"samplers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"stochastic"}},{"kind":"Field","name":{"kind":"Name","value":"secondOrder"}},{"kind":"Field","name":{"kind":"Name","value":"evaluationsPerStep"}}]}},{"kind":"Field","name":{"kind":"Name","value":"schedulers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}},{"kind":"Field","name":{"kind":"Name","value":"engine"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"waiting"}},{"kind":"Field","name":{"kind":"Name","value":"running"}},{"kind":"Field","name":{"kind":"Name","value":"memoryLimit"}},{"kind":"Field","name":{"kind":"Name","value":"paused"}},{"kind":"Field","name":{"kind":"Name","value":"pausedModels"}},{"kind":"Field","name":{"kind":"Name","value":"devices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"card"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}},{"kind":"Field","name":{"kind":"Name","value":"memoryUsedBytes"}},{"kind":"Field","name":{"kind":"Name","value":"precision"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"processId"}},{"kind":"Field","name":{"kind":"Name","value":"residentBytes"}},{"kind":"Field","name":{"kind":"Name","value":"loaded"}},{"kind":"Field","name":{"kind":"Name","value":"runtimeVersion"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"lastEventAt"}},{"kind":"Field","name":{"kind":"Name","value":"interruptions"}},{"kind":"Field","name":{"kind":"Name","value":"hung"}}]}}]}}]}}]} as unknown as DocumentNode<ServerQuery, ServerQueryVariables>;
export const SettingsOfDocument = {"__meta__":{"hash":"sha256:bc5166633ffe21ee52b193954f5f7a6a10bc1bbeab79e93de37a9b6201603cc2"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SettingsOf"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"image"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Upload"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"imageUrl"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settingsOf"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"image"},"value":{"kind":"Variable","name":{"kind":"Name","value":"image"}}},{"kind":"Argument","name":{"kind":"Name","value":"imageUrl"},"value":{"kind":"Variable","name":{"kind":"Name","value":"imageUrl"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tool"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"modelHash"}},{"kind":"Field","name":{"kind":"Name","value":"installedModel"}},{"kind":"Field","name":{"kind":"Name","value":"prompt"}},{"kind":"Field","name":{"kind":"Name","value":"negativePrompt"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"cfg"}},{"kind":"Field","name":{"kind":"Name","value":"samplerName"}},{"kind":"Field","name":{"kind":"Name","value":"scheduler"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}},{"kind":"Field","name":{"kind":"Name","value":"denoiseStrength"}},{"kind":"Field","name":{"kind":"Name","value":"resizeMode"}},{"kind":"Field","name":{"kind":"Name","value":"mask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"invert"}},{"kind":"Field","name":{"kind":"Name","value":"grow"}},{"kind":"Field","name":{"kind":"Name","value":"blur"}},{"kind":"Field","name":{"kind":"Name","value":"fill"}},{"kind":"Field","name":{"kind":"Name","value":"area"}},{"kind":"Field","name":{"kind":"Name","value":"padding"}},{"kind":"Field","name":{"kind":"Name","value":"differential"}}]}},{"kind":"Field","name":{"kind":"Name","value":"clipSkip"}},{"kind":"Field","name":{"kind":"Name","value":"loras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"strength"}},{"kind":"Field","name":{"kind":"Name","value":"strengthClip"}}]}},{"kind":"Field","name":{"kind":"Name","value":"leftOut"}}]}}]}}]} as unknown as DocumentNode<SettingsOfQuery, SettingsOfQueryVariables>;
export const UploadImageDocument = {"__meta__":{"hash":"sha256:080b3f63455777f3eecee3a3df79c9479fb469fc12c0be0975b582dcaffd9e89"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UploadImage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"file"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Upload"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadImage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"file"},"value":{"kind":"Variable","name":{"kind":"Name","value":"file"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"image"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Source"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Source"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceImage"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}}]} as unknown as DocumentNode<UploadImageMutation, UploadImageMutationVariables>;
export const SourceOfJobDocument = {"__meta__":{"hash":"sha256:6a20e3b6a2d8bec48b28e69c1723c17cf6a1d8f8e31d829265a731b3e4f34e17"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SourceOfJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"size"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"input"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"imageUrl"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Source"}},{"kind":"Field","alias":{"kind":"Name","value":"thumbnail"},"name":{"kind":"Name","value":"url"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"WEBP"}}]},{"kind":"Field","name":{"kind":"Name","value":"dataUri"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"JPEG"}}]}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"thumbnail"},"name":{"kind":"Name","value":"url"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"WEBP"}}]},{"kind":"Field","name":{"kind":"Name","value":"dataUri"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"size"},"value":{"kind":"Variable","name":{"kind":"Name","value":"size"}}}]}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Source"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceImage"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}}]} as unknown as DocumentNode<SourceOfJobQuery, SourceOfJobQueryVariables>;