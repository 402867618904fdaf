/** The networks of a checkpoint, named as in the sidecar. */
export type PartName = 'unet' | 'vae' | TextEncoderName;
/** Those that read prompts. */
export type TextEncoderName = ClipName | 't5';
export type ClipName = 'clip_l' | 'clip_g' | 'clip_h';

/** Where one network's keys lie. */
export interface PartLayout {
  readonly name: PartName;
  /** Possible prefixes of its keys; the first that leads to one of `probes` holds. */
  readonly prefixes: readonly string[];
  /** Keys, without the prefix, one of which every such part has. */
  readonly probes: readonly string[];
  /** What keys are called by other writers, and what the network calls them; a key in its own spelling comes first. */
  readonly spellings?: readonly (readonly [RegExp, string])[];
  /** Keys below the prefix that are no weights of the network. All others must be used. */
  readonly ignored?: RegExp;
  /** Names of the file beside the checkpoint that holds the part, best first, unless the checkpoint itself does. */
  readonly companions?: readonly string[];
}

/** How a family's networks see the autoencoder's latent: (latent - shift) · scale has about unit variance. */
export interface LatentFormat {
  readonly channels: number;
  readonly scale: number;
  readonly shift: number;
  /** Whether its autoencoder has 1×1 convolutions between its halves and the latent. */
  readonly quantConvs: boolean;
  /** How a latent in model space looks. */
  readonly colours: LatentColours;
  readonly tiny: TinyAutoencoder;
}

/** The tiny autoencoder of a kind of latents (TAESD and its siblings, Bohan 2023). */
export interface TinyAutoencoder {
  readonly title: string;
  /** What its decoder's file is called. */
  readonly file: string;
  /** What a file or its folder is called: shapes alone do not tell one from another. */
  readonly named: RegExp;
}

/** A linear look at a latent: rgb = Σ_c latent_c · factors_c + bias, in -1..1. */
export interface LatentColours {
  readonly factors: readonly (readonly [r: number, g: number, b: number])[];
  readonly bias: readonly [r: number, g: number, b: number];
}

/** What a family takes of one of CLIP's text encoders. */
export interface ClipUse {
  /** The layer whose states are taken: the last, or the one before. */
  readonly states: 'last' | 'penultimate';
  /** Whether they go through the final normalisation, as those of the last layer always do. */
  readonly normalised: boolean;
  /** The whole prompt as one vector: the last layer's state at the prompt's end, as it is or through the text projection. */
  readonly pooled: 'none' | 'state' | 'projected';
}

/** Attention heads of a UNet: so many, or one for so many channels. */
export type UNetHeads = { readonly count: number } | { readonly width: number };

/** What a diffusion network predicts: noise, velocity or flow. */
export type Prediction = 'eps' | 'v' | 'flow';

/** Settings that suit a model. */
export interface Recommended {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly cfg: number;
  readonly samplerName: 'euler' | 'euler_ancestral' | 'dpmpp_sde' | 'lcm';
  readonly scheduler: 'normal' | 'simple' | 'karras' | 'sgm_uniform';
}

/** What distinguishes the family's LoRAs from others. */
export interface LoraSigns {
  /** Width of the text that the UNet's attention listens to. */
  readonly contextWidth?: number;
  /** A part of what trainers note, in lower case. */
  readonly noted: RegExp;
  /** Names of layers that this family alone has. */
  readonly layers?: RegExp;
}

/** What distinguishes the family's ControlNets and T2I adapters from others. */
export interface ControlSigns {
  /** Whether a ControlNet reads the picture's size, as the UNet does. */
  readonly readsVector: boolean;
  /** Pixels of a side that a T2I adapter folds into channels. */
  readonly fold: 8 | 16;
  /** Width of the text that a ControlNet listens to, where it tells the family; its T2I adapters are then not known. */
  readonly contextWidth?: number;
}

/** A family of models: what is known about it before any of its files is open. */
export interface Family {
  /** `SD1.5`: how messages call it. */
  readonly title: string;
  /** `SD15`: how the API calls it. */
  readonly apiName: string;
  /** One sentence for the API. */
  readonly description: string;
  readonly marks: Marks;
  readonly input: InputLayer;
  readonly parts: readonly PartLayout[];
  /** Its networks in a folder in Diffusers' layout. */
  readonly folder: FolderLayout;
  /** Files without weights that it needs beside its checkpoint. */
  readonly extraFiles: readonly ExtraFile[];
  /** The architecture of its diffusion network. */
  readonly network: NetworkName;
  /** Of a UNet. */
  readonly heads?: UNetHeads;
  readonly clip: Readonly<Partial<Record<ClipName, ClipUse>>>;
  readonly latent: LatentFormat;
  /** The usual one first. */
  readonly predictions: readonly [Prediction, ...Prediction[]];
  /** A vector of the diffusion network whose standard deviation tells, where nothing else does, that it predicts velocity. */
  readonly velocitySign?: { readonly key: string; readonly above: number };
  /** Whose noise levels `align_your_steps` takes for it; absent if the scheduler does not support the family. */
  readonly aligned?: 'SD1' | 'SDXL';
  /** Sides of a picture are multiples of so many pixels. */
  readonly sizeMultiple: number;
  /** Settings that suit it, where a checkpoint does not know better. */
  readonly recommended: Recommended;
  /** Another size for networks of one prediction. */
  readonly sizes?: Readonly<Partial<Record<Prediction, Pick<Recommended, 'width' | 'height'>>>>;
  /** Where MODELS_DIR keeps its checkpoints. */
  readonly home: RegExp;
  readonly lora: LoraSigns;
  /** Left out: it takes no controls. */
  readonly control?: ControlSigns;
  readonly comfy: ComfyNodes;
}

/** The diffusion networks that can be built. */
export type NetworkName = 'unet' | 'flux';

/** A file without weights beside a checkpoint. */
export type ExtraFile = 'tokenizer.json';

/** What tells a checkpoint: keys that begin so, in the diffusion network (after its prefix) and beside it. */
export interface Marks {
  readonly network: readonly [string, ...string[]];
  readonly beside: readonly string[];
}

/** The networks of a folder in Diffusers' layout. */
export interface FolderLayout {
  /** A key of its diffusion network that with this rank tells the family among those with the same text encoders. */
  readonly sign: { readonly key: RegExp; readonly rank: number };
  readonly networks: Readonly<Partial<Record<PartName, FolderNetwork>>>;
}

/** Where a network lies, and what goes before its keys to make them those of a single file. */
export interface FolderNetwork {
  readonly folder: string;
  readonly prefix: string;
}

/** The first layer of a diffusion network. */
export interface InputLayer {
  readonly key: string;
  /** What it may read. */
  readonly widths: readonly number[];
  /** The same in words, and what is not supported. */
  readonly unit: 'channels' | 'values';
  readonly expected: string;
  readonly unsupported: string;
}

/** What ComfyUI's graphs call its nodes. */
export interface ComfyNodes {
  readonly emptyLatent: string;
  /** The type of a loader of text encoders, where checkpoints do not carry theirs. */
  readonly clipType?: string;
}
