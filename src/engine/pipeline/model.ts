import type { LatentColours, LatentFormat } from '../families/family.ts';
import type { ModelFamily } from '../families/index.ts';
import type { Pixels } from '../masks/inpainting.ts';
import type { Mask } from '../masks/mask.ts';
import type { SizeConditioning } from '../networks/size-conditioning.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import type { NetworkSource } from '../runtime/model-cache.ts';
import type { TextStates } from '../text/conditioning.ts';
import type { PlannedPart } from '../text/prompt-plan.ts';
import type { Controls, ControlUse, ReadControls } from './controls.ts';
import type { Conditioning, Network } from './guidance.ts';
import type { LatentShape } from './latent-shape.ts';
import type { Shortcuts } from './shortcuts.ts';
import type { RgbImage } from './types.ts';

/** A prompt as the diffusion network reads it. */
export interface EncodedPrompt {
  readonly context: TextStates;
  /** The prompt as a whole, for the families whose network takes it. */
  readonly pooled?: Float32Array;
  /** The same as a refiner reads it. */
  readonly refined?: EncodedPrompt;
}

/** The two prompts of a run. */
export type PromptPair = Readonly<Record<Conditioning, EncodedPrompt>>;

/** The parts of both prompts, as a pass takes them. */
export type PlannedPrompts = Readonly<Record<Conditioning, readonly PlannedPart[]>>;

/** What must be in memory before a task starts. */
export interface LoadRequest extends LatentShape, Shortcuts {
  readonly prompts: PlannedPrompts;
  /** Of a second pass. */
  readonly laterPrompts?: PlannedPrompts;
  /** Whether the negative prompt will be evaluated. */
  readonly guided: boolean;
  readonly encodesImage: boolean;
  /** Left out: it does. */
  readonly decodesImage?: boolean;
  readonly controls?: Controls;
}

/** What a task will have encoded: the texts of each part of its prompts. */
export const textsToEncode = ({ prompts, guided }: LoadRequest): string[][] =>
  [...prompts.positive, ...(guided ? prompts.negative : [])].map(({ schedule }) =>
    schedule.map(({ text }) => text),
  );

/** What a network reads beside latent, time and prompts; each family takes what it knows. */
export interface NetworkConditions extends Shortcuts {
  /** Size conditioning of SDXL; the picture's own size if left out. */
  readonly size?: SizeConditioning;
  /** Channels beside the latent's, the same for every latent of the batch: see InpaintingInput. */
  readonly beside?: Float32Array;
  /** Aesthetic score for SDXL's refiner; 6, and 2.5 for the negative prompt, if left out. */
  readonly aesthetic?: Readonly<Record<Conditioning, number>>;
  /** The scale of a network that was distilled from guidance; 3.5 if left out, null: it receives none. */
  readonly guidance?: number | null;
  /** The noise level from which on a refiner predicts, for a model that has one. */
  readonly refineFrom?: number;
  readonly controls?: ReadControls;
}

/** What an inpainting network reads beside the latent; height and width count latent cells. */
export interface InpaintingInput {
  /** `latent` is that of the picture with grey under the mask, in model space. */
  readonly masked: (mask: Mask, latent: Float32Array, height: number, width: number) => Float32Array;
  /** For a run without a mask. */
  readonly unmasked: (height: number, width: number) => Float32Array;
}

/** A checkpoint of any family, as img2img sees it: text, pixels and latents in, the same out. */
export interface DiffusionModel {
  readonly family: ModelFamily;
  readonly latentChannels: number;
  /** Pixels per latent cell, each way. */
  readonly cellSize: number;
  readonly latentFormat: LatentFormat;
  readonly schedule: NoiseSchedule;
  /** Set where the checkpoint's latents have other colours than the family's. */
  readonly latentColours?: LatentColours;
  /** The networks that a task will use, in that order. */
  sources(request: LoadRequest): NetworkSource[] | Promise<NetworkSource[]>;
  /** A text, parsed, weighted and encoded; remembered for the next task. */
  encodePrompt(text: string): Promise<EncodedPrompt>;
  /** The same of texts that take turns in a prompt, which some weigh together. */
  encodeTexts(texts: readonly string[]): Promise<EncodedPrompt[]>;
  /** The mean of the autoencoder's posterior [C,h,w], unscaled; width and height are multiples of `cellSize`. */
  encodeImage(image: RgbImage | Pixels): Promise<Float32Array>;
  /** Set for a network that reads a mask and a masked picture beside the latent. */
  readonly inpainting?: InpaintingInput;
  /** Set for a network that reads the source's unscaled latent beside its own (Brooks et al. 2023); zeros without a source. */
  readonly readsSource?: true;
  /** What these controls add to the diffusion network; undefined: nothing. Set where it can take anything. */
  readonly controls?: (uses: readonly ControlUse[]) => Controls | undefined;
  /** The diffusion network with these prompts, for latents of this shape. */
  network(prompts: PromptPair, shape: LatentShape, conditions?: NetworkConditions): Network;
  /** Pixels of one unscaled latent [C,h,w]. Throws DeviceError if it is not finite. */
  decode(latent: Float32Array, height: number, width: number): Promise<Pixels>;
}
