/**
 * @generated SignedSource<<572e1f94b8a003f7b3821eb3036e5b04>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type ControlMode = "DEPTH" | "LINE" | "NORMAL" | "OPENPOSE" | "REPAINT" | "SEGMENT" | "SOFT_EDGE" | "TILE" | "%future added value";
export type ControlPreprocessor = "BLUR" | "CANNY" | "INVERT" | "LUMINANCE" | "NONE" | "SCRIBBLE" | "%future added value";
export type Decoder = "TAESD" | "VAE" | "%future added value";
export type Emphasis = "IGNORE" | "NONE" | "NO_NORM" | "ORIGINAL" | "%future added value";
export type JobStatus = "CANCELED" | "FAILED" | "QUEUED" | "RUNNING" | "SUCCEEDED" | "%future added value";
export type LatentMethod = "area" | "bicubic" | "bilinear" | "bislerp" | "nearest_exact" | "%future added value";
export type MaskArea = "MASKED" | "WHOLE" | "%future added value";
export type MaskFill = "BLANK" | "ORIGINAL" | "%future added value";
export type Model = "dreamshaper_8" | "flux1_schnell" | "majicmixRealistic_betterV6" | "sd_xl_base_1_0" | "starter" | "%future added value";
export type NoiseDevice = "CPU" | "GPU" | "%future added value";
export type PromptStyle = "A1111" | "COMFY" | "%future added value";
export type Quality = "EXACT" | "FAST" | "%future added value";
export type ResizeMode = "CROP" | "FIT" | "STRETCH" | "%future added value";
export type SamplerName = "ddim" | "ddpm" | "deis" | "dpm_2" | "dpm_2_ancestral" | "dpm_adaptive" | "dpm_fast" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_2m_sde_gpu" | "dpmpp_2m_sde_heun" | "dpmpp_2m_sde_heun_gpu" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_3m_sde" | "dpmpp_3m_sde_gpu" | "dpmpp_sde" | "dpmpp_sde_gpu" | "er_sde" | "euler" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "euler_cfg_pp" | "exp_heun_2_x0" | "exp_heun_2_x0_sde" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "heun" | "heunpp2" | "ipndm" | "ipndm_v" | "lcm" | "lms" | "res_multistep" | "res_multistep_ancestral" | "res_multistep_ancestral_cfg_pp" | "res_multistep_cfg_pp" | "sa_solver" | "sa_solver_pece" | "seeds_2" | "seeds_3" | "uni_pc" | "uni_pc_bh2" | "%future added value";
export type Scheduler = "align_your_steps" | "beta" | "ddim_uniform" | "exponential" | "karras" | "kl_optimal" | "linear_quadratic" | "normal" | "sgm_uniform" | "simple" | "%future added value";
export type Tiling = "BOTH" | "HORIZONTAL" | "VERTICAL" | "%future added value";
export type Img2ImgInput = {
  batchSize?: number | null | undefined;
  cfg?: number | null | undefined;
  cfgInterval?: CfgInterval | null | undefined;
  clipSkip?: number | null | undefined;
  controls?: ReadonlyArray<ControlInput> | null | undefined;
  decoder?: Decoder | null | undefined;
  deepCache?: DeepCacheInput | null | undefined;
  denoiseStrength?: number | null | undefined;
  emphasis?: Emphasis | null | undefined;
  eta?: number | null | undefined;
  extend?: ExtendInput | null | undefined;
  flowShift?: number | null | undefined;
  guidance?: number | null | undefined;
  height?: number | null | undefined;
  image?: any | null | undefined;
  imageId?: string | null | undefined;
  imageUrl?: string | null | undefined;
  loras?: ReadonlyArray<LoraInput> | null | undefined;
  mask?: MaskInput | null | undefined;
  metadata?: any | null | undefined;
  model?: Model | null | undefined;
  modelName?: string | null | undefined;
  negativePrompt?: string | null | undefined;
  noiseDevice?: NoiseDevice | null | undefined;
  prompt?: string | null | undefined;
  promptStyle?: PromptStyle | null | undefined;
  quality?: Quality | null | undefined;
  refiner?: RefinerInput | null | undefined;
  rescaleCfg?: number | null | undefined;
  resizeMode?: ResizeMode | null | undefined;
  sNoise?: number | null | undefined;
  samplerName?: SamplerName | null | undefined;
  scheduler?: Scheduler | null | undefined;
  seed?: string | null | undefined;
  steps?: number | null | undefined;
  tags?: ReadonlyArray<string> | null | undefined;
  tiling?: Tiling | null | undefined;
  tokenMerging?: number | null | undefined;
  upscale?: UpscaleInput | null | undefined;
  vae?: string | null | undefined;
  variation?: VariationInput | null | undefined;
  width?: number | null | undefined;
};
export type CfgInterval = {
  end?: number | null | undefined;
  start?: number | null | undefined;
};
export type DeepCacheInput = {
  depth?: number | null | undefined;
  interval: number;
};
export type LoraInput = {
  name: string;
  strength?: number | null | undefined;
  textStrength?: number | null | undefined;
};
export type ControlInput = {
  blur?: number | null | undefined;
  cannyHigh?: number | null | undefined;
  cannyLow?: number | null | undefined;
  end?: number | null | undefined;
  image?: any | null | undefined;
  imageId?: string | null | undefined;
  imageUrl?: string | null | undefined;
  mode?: ControlMode | null | undefined;
  model: string;
  preprocessor?: ControlPreprocessor | null | undefined;
  start?: number | null | undefined;
  strength?: number | null | undefined;
};
export type MaskInput = {
  area?: MaskArea | null | undefined;
  blur?: number | null | undefined;
  differential?: number | null | undefined;
  fill?: MaskFill | null | undefined;
  grow?: number | null | undefined;
  image?: any | null | undefined;
  imageId?: string | null | undefined;
  imageUrl?: string | null | undefined;
  invert?: boolean | null | undefined;
  padding?: number | null | undefined;
  sourceAlpha?: boolean | null | undefined;
};
export type ExtendInput = {
  bottom?: number | null | undefined;
  feather?: number | null | undefined;
  left?: number | null | undefined;
  right?: number | null | undefined;
  top?: number | null | undefined;
};
export type UpscaleInput = {
  by?: number | null | undefined;
  denoiseStrength?: number | null | undefined;
  method?: LatentMethod | null | undefined;
  model?: string | null | undefined;
  steps?: number | null | undefined;
};
export type RefinerInput = {
  model: string;
  switchAt?: number | null | undefined;
};
export type VariationInput = {
  seed?: string | null | undefined;
  strength: number;
};
export type documentsMakeMutation$variables = {
  input: Img2ImgInput;
};
export type documentsMakeMutation$data = {
  readonly img2img: {
    readonly job: {
      readonly id: string;
      readonly status: JobStatus;
    } | null | undefined;
    readonly userErrors: ReadonlyArray<{
      readonly message: string;
    }>;
  };
};
export type documentsMakeMutation = {
  response: documentsMakeMutation$data;
  variables: documentsMakeMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "input",
        "variableName": "input"
      }
    ],
    "concreteType": "Img2ImgPayload",
    "kind": "LinkedField",
    "name": "img2img",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "concreteType": "Job",
        "kind": "LinkedField",
        "name": "job",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "status",
            "storageKey": null
          }
        ],
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": "UserError",
        "kind": "LinkedField",
        "name": "userErrors",
        "plural": true,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "message",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsMakeMutation",
    "selections": (v1/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "documentsMakeMutation",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "3644f2e3038c712f5755e1fc5c242474",
    "id": null,
    "metadata": {},
    "name": "documentsMakeMutation",
    "operationKind": "mutation",
    "text": "mutation documentsMakeMutation(\n  $input: Img2ImgInput!\n) {\n  img2img(input: $input) {\n    job {\n      id\n      status\n    }\n    userErrors {\n      message\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "f5e95b35c906f456512c7bb56b049fb1";

export default node;
