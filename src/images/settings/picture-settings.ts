import type {
  DeepCache,
  Emphasis,
  JoinedSides,
  MaskFill,
  NoiseDevice,
  PromptStyle,
  Quality,
  SamplerName,
  SchedulerName,
} from '../../engine/index.ts';
import type { JobExtend, MaskArea, ResizeMode } from '../../jobs/request.ts';
import type { PictureControl } from './controls.ts';
import type { PictureRefiner } from './refiner.ts';

/** A LoRA by its file's name without folder and extension. */
export interface PictureLora {
  readonly name: string;
  readonly strength: number;
  /** For the text encoder, where it differs or is given apart. */
  readonly strengthClip?: number;
}

/** Another seed towards whose noise that of the seed was turned. */
export interface PictureVariation {
  /** Unsigned 64-bit in decimal. */
  readonly seed: string;
  /** 0..1 */
  readonly strength: number;
}

/** The settings that a picture's file states, in the words of `img2img`. What it does not state is missing. */
export interface PictureSettings {
  /** The checkpoint's file name without folder and extension. */
  readonly model?: string;
  /** Lower-case hex: ten digits begin the file's SHA-256, 64 are the whole of it, eight the old short hash of A1111. */
  readonly modelHash?: string;
  readonly prompt?: string;
  readonly negativePrompt?: string;
  /** Unsigned 64-bit in decimal. */
  readonly seed?: string;
  /** Whose random numbers the noise was made of. */
  readonly noiseDevice?: NoiseDevice;
  readonly variation?: PictureVariation;
  readonly tiling?: JoinedSides;
  readonly refiner?: PictureRefiner;
  readonly steps?: number;
  readonly cfg?: number;
  readonly samplerName?: SamplerName;
  readonly scheduler?: SchedulerName;
  readonly eta?: number;
  readonly sNoise?: number;
  readonly rescaleCfg?: number;
  readonly cfgInterval?: { readonly start: number; readonly end: number };
  readonly flowShift?: number;
  readonly quality?: Quality;
  readonly deepCache?: DeepCache;
  /** Share of the tokens that were merged for self-attention, 0..0.75. */
  readonly tokenMerging?: number;
  /** Of a model that was distilled from guidance. */
  readonly guidance?: number;
  readonly width?: number;
  readonly height?: number;
  /** Only of a picture that was made from another one. */
  readonly denoiseStrength?: number;
  readonly resizeMode?: ResizeMode;
  readonly mask?: PictureMask;
  /** Only of programs that write whose syntax their prompts have, and have one of those known here. */
  readonly promptStyle?: PromptStyle;
  readonly emphasis?: Emphasis;
  /** 2: the text encoder's last layer but one. */
  readonly clipSkip?: number;
  readonly loras?: readonly PictureLora[];
  readonly controls?: readonly PictureControl[];
  /** The VAE's file name without folder and extension. */
  readonly vae?: string;
  readonly decoder?: 'VAE' | 'TAESD';
  readonly upscale?: PictureUpscale;
  readonly extend?: JobExtend;
}

/** How a mask was used, in the words of `MaskInput`; what is not stated is missing. Its picture is not in the file. */
export interface PictureMask {
  readonly invert?: boolean;
  readonly grow?: number;
  readonly blur?: number;
  readonly fill?: MaskFill;
  readonly area?: MaskArea;
  readonly padding?: number;
  readonly differential?: number;
}

/** A second pass over the enlarged picture. */
export interface PictureUpscale {
  readonly by: number;
  /** The upscaler's name; absent: the latent was resized. */
  readonly model?: string;
  /** How latents are resized, in ComfyUI's words. */
  readonly method: string;
  readonly denoiseStrength: number;
  readonly steps: number;
}

/** What a reader made of a picture's texts. */
export interface SettingsReading {
  /** The program that wrote them. */
  readonly tool: string;
  readonly settings: PictureSettings;
  /** What stands there too and is not in `settings`, a line each: `Sampler: Restart`. */
  readonly leftOut: readonly string[];
}
