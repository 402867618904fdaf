/** Where files are downloaded from. */
export type Host = 'huggingface' | 'civitai';

/** A file of a model and its address. */
export interface ModelFile {
  /** Relative to MODELS_DIR. */
  readonly file: string;
  readonly host: Host;
  /** Path at the host and at its mirrors. */
  readonly path: string;
  /** null: unknown. */
  readonly byteLength: number | null;
  /** Lower-case hex; null: unknown. */
  readonly sha256: string | null;
}

/** A model that can be downloaded. */
export interface ModelSource {
  readonly name: string;
  /** The page with licence, author and conditions. */
  readonly page: string;
  readonly licence: string;
  /** The host's requirements for a download; null if none are known. */
  readonly conditions: string | null;
  /** The checkpoint first, then its companions. */
  readonly files: readonly [ModelFile, ...ModelFile[]];
}

const huggingFace = (
  file: string,
  repository: string,
  name: string,
  byteLength: number | null,
  sha256: string | null,
): ModelFile => ({
  file,
  host: 'huggingface',
  path: `/${repository}/resolve/main/${name}`,
  byteLength,
  sha256,
});

const FLUX = 'flux.1-schnell';
const SCHNELL = 'black-forest-labs/FLUX.1-schnell';
const ENCODERS = 'comfyanonymous/flux_text_encoders';

/**
 * The known models. Sizes and hashes are those that several public projects list for these files; none was verified by a
 * download. A wrong one ends `models pull` with an error, never with a wrong file.
 */
export const MODEL_SOURCES: readonly ModelSource[] = [
  {
    name: 'majicmixRealistic_betterV6',
    page: 'https://civitai.com/models/43331?modelVersionId=94640',
    licence: "CreativeML Open RAIL-M with the author's conditions",
    conditions: 'Civitai requires an account: create a token in its settings and set CIVITAI_TOKEN',
    files: [
      {
        file: 'sd1.5/majicmixRealistic_betterV6.safetensors',
        host: 'civitai',
        path: '/api/download/models/94640?type=Model&format=SafeTensor',
        byteLength: null,
        sha256: null,
      },
    ],
  },
  {
    name: 'dreamshaper_8',
    page: 'https://huggingface.co/Lykon/DreamShaper',
    licence: 'CreativeML Open RAIL-M',
    conditions: null,
    files: [
      huggingFace(
        'sd1.5/dreamshaper-v8/dreamshaper_8.safetensors',
        'Lykon/DreamShaper',
        'DreamShaper_8_pruned.safetensors',
        2_132_625_894,
        '879db523c30d3b9017143d56705015e15a2cb5628762c11d086fed9538abd7fd',
      ),
    ],
  },
  {
    name: 'sd_xl_base_1_0',
    page: 'https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0',
    licence: 'CreativeML Open RAIL++-M',
    conditions: null,
    files: [
      huggingFace(
        'sdxl/sd_xl_base_1.0.safetensors',
        'stabilityai/stable-diffusion-xl-base-1.0',
        'sd_xl_base_1.0.safetensors',
        6_938_078_334,
        '31e35c80fc4829d14f90153f4c74cd59c90b779f6afe05a74cd6120b893f7e5b',
      ),
    ],
  },
  {
    name: 'flux1_schnell',
    page: 'https://huggingface.co/black-forest-labs/FLUX.1-schnell',
    licence: 'Apache-2.0',
    conditions:
      'Hugging Face requires an account that has accepted the conditions on the page: accept them, create a token at huggingface.co/settings/tokens and set HF_TOKEN',
    files: [
      huggingFace(
        `${FLUX}/flux1-schnell.safetensors`,
        SCHNELL,
        'flux1-schnell.safetensors',
        23_782_506_688,
        '9403429e0052277ac2a87ad800adece5481eecefd9ed334e1f348723621d2a0a',
      ),
      huggingFace(
        `${FLUX}/ae.safetensors`,
        SCHNELL,
        'ae.safetensors',
        335_304_388,
        'afc8e28272cd15db3919bacdb6918ce9c1ed22e96cb12c4d5ed0fba823529e38',
      ),
      huggingFace(
        `${FLUX}/clip_l.safetensors`,
        ENCODERS,
        'clip_l.safetensors',
        246_144_152,
        '660c6f5b1abae9dc498ac2d21e1347d2abdb0cf6c0c0c8576cd796491d9a6cdd',
      ),
      huggingFace(
        `${FLUX}/t5xxl_fp16.safetensors`,
        ENCODERS,
        't5xxl_fp16.safetensors',
        9_787_841_024,
        '6e480b09fae049a72d2a8c5fbccb8d3e92febeb233bbe9dfe7256958a9167635',
      ),
      huggingFace(`${FLUX}/tokenizer.json`, SCHNELL, 'tokenizer_2/tokenizer.json', null, null),
    ],
  },
];
