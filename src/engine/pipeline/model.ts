import type { LatentColours, LatentFormat } from '../families/family.ts';
import type { ModelFamily } from '../families/index.ts';
import type { Pixels } from '../masks/inpainting.ts';
import type { Mask } from '../masks/mask.ts';
import type { SizeConditioning } from '../networks/size-conditioning.ts';
import type { NoiseSchedule } from '../noise/noise-schedule.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import type { TextStates } from '../text/conditioning.ts';
import type { PlannedPart } from '../text/prompt-plan.ts';
import type { Controls, ControlUse, ReadControls } from './controls.ts';
import type { Conditioning, Network } from './guidance.ts';
import type { LatentShape } from './latent-shape.ts';
import type { Shortcuts } from './shortcuts.ts';
import type { RgbImage } from './types.ts';

/** A prompt encoded for the diffusion network. */
export interface EncodedPrompt {
  readonly context: TextStates;
  /** The pooled vector, for families whose network takes it. */
  readonly pooled?: Float32Array;
  /** The same prompt encoded for the refiner. */
  readonly refined?: EncodedPrompt;
}

/** The two prompts of a run. */
export type PromptPair = Readonly<Record<Conditioning, EncodedPrompt>>;

/** The parts of both prompts in one pass. */
export type PlannedPrompts = Readonly<Record<Conditioning, readonly PlannedPart[]>>;

/** What a task needs in memory. */
export interface LoadRequest extends LatentShape, Shortcuts {
  readonly prompts: PlannedPrompts;
  /** Prompts of a second pass. */
  readonly laterPrompts?: PlannedPrompts;
  /** Whether the negative prompt will be evaluated. */
  readonly guided: boolean;
  readonly encodesImage: boolean;
  /** True if absent. */
  readonly decodesImage?: boolean;
  readonly controls?: Controls;
}

/** The texts that a task encodes, for each part of its prompts. */
export const textsToEncode = ({ prompts, guided }: LoadRequest): string[][] =>
  [...prompts.positive, ...(guided ? prompts.negative : [])].map(({ schedule }) =>
    schedule.map(({ text }) => text),
  );

/** Inputs of a network other than latent, time and prompts. Each family uses those that it supports. */
export interface NetworkConditions extends Shortcuts {
  /** Size conditioning of SDXL; the picture's own size if absent. */
  readonly size?: SizeConditioning;
  /** Additional input channels, the same for all latents of the batch: see InpaintingInput. */
  readonly beside?: Float32Array;
  /** Aesthetic scores for SDXL's refiner; 6 and 2.5 (negative prompt) if absent. */
  readonly aesthetic?: Readonly<Record<Conditioning, number>>;
  /** Guidance scale of a guidance-distilled network; 3.5 if absent, none if null. */
  readonly guidance?: number | null;
  /** The noise level at which the refiner takes over, for models with a refiner. */
  readonly refineFrom?: number;
  readonly controls?: ReadControls;
}

/** The additional input channels of an inpainting network. Height and width are in latent cells. */
export interface InpaintingInput {
  /**
   * For a run with a mask. `latent` is that of the picture with the masked region in grey, in model space.
   */
  readonly masked: (mask: Mask, latent: Float32Array, height: number, width: number) => Float32Array;
  /** For a run without a mask. */
  readonly unmasked: (height: number, width: number) => Float32Array;
}

/** The interface between img2img and a checkpoint of any family. */
export interface DiffusionModel {
  readonly family: ModelFamily;
  readonly latentChannels: number;
  /** Pixels per latent cell in each direction. */
  readonly cellSize: number;
  readonly latentFormat: LatentFormat;
  readonly schedule: NoiseSchedule;
  /** Present if the checkpoint's latents have other colours than the family's. */
  readonly latentColours?: LatentColours;
  /** The networks that a task will use, in order of use. */
  sources(request: LoadRequest): NetworkSource[] | Promise<NetworkSource[]>;
  /** Parses, weights and encodes a text. Results are cached for later tasks. */
  encodePrompt(text: string): Promise<EncodedPrompt>;
  /** The same for the alternating texts of a prompt, which some prompt styles weight jointly. */
  encodeTexts(texts: readonly string[]): Promise<EncodedPrompt[]>;
  /**
   * Encodes an image: the mean of the VAE's posterior [C,h,w], unscaled. Width and height must be multiples
   * of `cellSize`.
   */
  encodeImage(image: RgbImage | Pixels): Promise<Float32Array>;
  /** Present for networks that take a mask and a masked picture. */
  readonly inpainting?: InpaintingInput;
  /**
   * Present for networks that take the source's unscaled latent (Brooks et al. 2023); zeros if there is no
   * source.
   */
  readonly readsSource?: true;
  /**
   * Prepares controls; returns undefined if none has an effect. Absent if the network does not support
   * controls.
   */
  readonly controls?: (uses: readonly ControlUse[]) => Controls | undefined;
  /** The diffusion network with these prompts, for latents of this shape. */
  network(prompts: PromptPair, shape: LatentShape, conditions?: NetworkConditions): Network;
  /**
   * Decodes an unscaled latent [C,h,w]. Throws DeviceError if the pixels are not finite, DivergedError if the
   * latent has diverged.
   */
  decode(latent: Float32Array, height: number, width: number): Promise<Pixels>;
}
