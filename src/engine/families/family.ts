/** The networks of a checkpoint, named as in the sidecar. */
export type PartName = 'unet' | 'vae' | TextEncoderName;
/** The text encoders. */
export type TextEncoderName = ClipName | 't5';
/** The CLIP text encoders. */
export type ClipName = 'clip_l' | 'clip_g' | 'clip_h';

/** Where a checkpoint keeps the keys of one network. */
export interface PartLayout {
  readonly name: PartName;
  /** Possible key prefixes; the first one under which a key of `probes` exists is used. */
  readonly prefixes: readonly string[];
  /** Keys, without the prefix, of which every such part has at least one. */
  readonly probes: readonly string[];
  /** Alternative spellings of keys, and the network's own, which takes precedence if both exist. */
  readonly spellings?: readonly (readonly [RegExp, string])[];
  /** Keys below the prefix that are not weights of the network. All others must be used. */
  readonly ignored?: RegExp;
  /**
   * Possible names of the companion file that holds the part if the checkpoint does not, in order of
   * preference.
   */
  readonly companions?: readonly string[];
}

/** How a family scales VAE latents: (latent - shift) · scale has about unit variance. */
export interface LatentFormat {
  readonly channels: number;
  readonly scale: number;
  readonly shift: number;
  /** Whether its VAE has 1×1 convolutions between encoder or decoder and the latent. */
  readonly quantConvs: boolean;
  /** Approximate colours of a latent in model space. */
  readonly colours: LatentColours;
  readonly tiny: TinyAutoencoder;
}

/** The tiny autoencoder for a latent format (TAESD and its siblings, Bohan 2023). */
export interface TinyAutoencoder {
  readonly title: string;
  /** Usual name of its decoder's file. */
  readonly file: string;
  /** Matches the name of its file or folder. Shapes alone do not distinguish the tiny autoencoders. */
  readonly named: RegExp;
}

/** A linear approximation of a latent's colours: rgb = Σ_c latent_c · factors_c + bias, in -1..1. */
export interface LatentColours {
  readonly factors: readonly (readonly [r: number, g: number, b: number])[];
  readonly bias: readonly [r: number, g: number, b: number];
}

/** Which outputs of a CLIP text encoder a family uses. */
export interface ClipUse {
  /** The layer whose hidden states are used. */
  readonly states: 'last' | 'penultimate';
  /** Whether the final layer norm is applied to them; always true for the last layer. */
  readonly normalised: boolean;
  /**
   * The pooled vector: the last layer's state at the end-of-text token, as it is or after the text
   * projection.
   */
  readonly pooled: 'none' | 'state' | 'projected';
}

/** Attention heads of a UNet: a fixed number, or a fixed width of each head. */
export type UNetHeads = { readonly count: number } | { readonly width: number };

/** What a diffusion network predicts: noise (eps), v, or flow velocity. */
export type Prediction = 'eps' | 'v' | 'flow';

/** Recommended settings for a model. */
export interface Recommended {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly cfg: number;
  readonly samplerName: 'euler' | 'euler_ancestral' | 'dpmpp_sde' | 'lcm';
  readonly scheduler: 'normal' | 'simple' | 'karras' | 'sgm_uniform';
}

/** How LoRAs of a family are recognised. */
export interface LoraSigns {
  /** Width of the text context of the UNet's cross-attention. */
  readonly contextWidth?: number;
  /** Matches the trainer's metadata, in lower case. */
  readonly noted: RegExp;
  /** Matches names of layers that only this family has. */
  readonly layers?: RegExp;
}

/** How ControlNets and T2I adapters of a family are recognised. */
export interface ControlSigns {
  /** Whether a ControlNet takes the size vector, as the UNet does. */
  readonly readsVector: boolean;
  /** Factor of the pixel unshuffle of a T2I adapter. */
  readonly fold: 8 | 16;
  /**
   * Width of a ControlNet's text context, if it is needed to identify the family. T2I adapters of the family
   * are then not recognised.
   */
  readonly contextWidth?: number;
}

/** A model family: everything known about it before any file is opened. */
export interface Family {
  /** Name in messages, such as `SD1.5`. */
  readonly title: string;
  /** Name in the API, such as `SD15`. */
  readonly apiName: string;
  /** Description in the API: one sentence. */
  readonly description: string;
  readonly marks: Marks;
  readonly input: InputLayer;
  readonly parts: readonly PartLayout[];
  /** Where a folder in Diffusers' layout keeps its networks. */
  readonly folder: FolderLayout;
  /** Companion files without weights that it needs. */
  readonly extraFiles: readonly ExtraFile[];
  /** The architecture of its diffusion network. */
  readonly network: NetworkName;
  /** Attention heads, if the network is a UNet. */
  readonly heads?: UNetHeads;
  readonly clip: Readonly<Partial<Record<ClipName, ClipUse>>>;
  readonly latent: LatentFormat;
  /** Possible predictions, the default first. */
  readonly predictions: readonly [Prediction, ...Prediction[]];
  /**
   * A weight vector of the diffusion network whose standard deviation, if above `above`, indicates
   * v-prediction when nothing else does.
   */
  readonly velocitySign?: { readonly key: string; readonly above: number };
  /** Table of the `align_your_steps` scheduler; absent if it does not support the family. */
  readonly aligned?: 'SD1' | 'SDXL';
  /** Width and height of a picture must be multiples of this many pixels. */
  readonly sizeMultiple: number;
  /** Default settings, unless the checkpoint recommends others. */
  readonly recommended: Recommended;
  /** Default sizes that depend on the prediction. */
  readonly sizes?: Readonly<Partial<Record<Prediction, Pick<Recommended, 'width' | 'height'>>>>;
  /** Matches the paths of its checkpoints in MODELS_DIR. */
  readonly home: RegExp;
  readonly lora: LoraSigns;
  /** Absent if the family does not support controls. */
  readonly control?: ControlSigns;
  readonly comfy: ComfyNodes;
}

/** Supported architectures of diffusion networks. */
export type NetworkName = 'unet' | 'flux';

/** A companion file without weights. */
export type ExtraFile = 'tokenizer.json';

/**
 * Key prefixes that identify a checkpoint: those of the diffusion network (after its own prefix), and others.
 */
export interface Marks {
  readonly network: readonly [string, ...string[]];
  readonly beside: readonly string[];
}

/** The layout of a folder in Diffusers' format. */
export interface FolderLayout {
  /**
   * A key of the diffusion network and its tensor's rank, which distinguish families with the same text
   * encoders.
   */
  readonly sign: { readonly key: RegExp; readonly rank: number };
  readonly networks: Readonly<Partial<Record<PartName, FolderNetwork>>>;
}

/** The subfolder of a network, and the prefix that its keys have in a single file. */
export interface FolderNetwork {
  readonly folder: string;
  readonly prefix: string;
}

/** The first layer of a diffusion network. */
export interface InputLayer {
  readonly key: string;
  /** Supported input widths. */
  readonly widths: readonly number[];
  /** Words for messages: the unit, the supported widths, and what is not supported. */
  readonly unit: 'channels' | 'values';
  readonly expected: string;
  readonly unsupported: string;
}

/** Names of a family's nodes in ComfyUI graphs. */
export interface ComfyNodes {
  readonly emptyLatent: string;
  /** `type` of the text encoder loader, for checkpoints without text encoders. */
  readonly clipType?: string;
}
