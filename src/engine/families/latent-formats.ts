import type { LatentFormat } from './family.ts';

/** Latent formats. The colours are least-squares fits to decoded pictures, as in ComfyUI's latent formats. */
export const LATENT_FORMATS = {
  sd: {
    channels: 4,
    scale: 0.18215,
    shift: 0,
    quantConvs: true,
    tiny: { title: 'TAESD', file: 'taesd_decoder.safetensors', named: /^tae[-_. ]?sd(?![-_. ]?(xl|3))/i },
    colours: {
      factors: [
        [0.3512, 0.2297, 0.3227],
        [0.325, 0.4974, 0.235],
        [-0.2829, 0.1762, 0.2721],
        [-0.212, -0.2616, -0.7177],
      ],
      bias: [0, 0, 0],
    },
  },
  sdxl: {
    channels: 4,
    scale: 0.13025,
    shift: 0,
    quantConvs: true,
    tiny: { title: 'TAESDXL', file: 'taesdxl_decoder.safetensors', named: /^tae[-_. ]?sd[-_. ]?xl/i },
    colours: {
      factors: [
        [0.3651, 0.4232, 0.4341],
        [-0.2533, -0.0042, 0.1068],
        [0.1076, 0.1111, -0.0362],
        [-0.3165, -0.2492, -0.2188],
      ],
      bias: [0.1084, -0.0175, -0.0011],
    },
  },
  flux: {
    channels: 16,
    scale: 0.3611,
    shift: 0.1159,
    quantConvs: false,
    tiny: { title: 'TAEF1', file: 'taef1_decoder.safetensors', named: /^tae[-_. ]?f(lux)?[-_. ]?1/i },
    colours: {
      factors: [
        [-0.0346, 0.0244, 0.0681],
        [0.0034, 0.021, 0.0687],
        [0.0275, -0.0668, -0.0433],
        [-0.0174, 0.016, 0.0617],
        [0.0859, 0.0721, 0.0329],
        [0.0004, 0.0383, 0.0115],
        [0.0405, 0.0861, 0.0915],
        [-0.0236, -0.0185, -0.0259],
        [-0.0245, 0.025, 0.118],
        [0.1008, 0.0755, -0.0421],
        [-0.0515, 0.0201, 0.0011],
        [0.0428, -0.0012, -0.0036],
        [0.0817, 0.0765, 0.0749],
        [-0.1264, -0.0522, -0.1103],
        [-0.028, -0.0881, -0.0499],
        [-0.1262, -0.0982, -0.0778],
      ],
      bias: [-0.0329, -0.0718, -0.0851],
    },
  },
} as const satisfies Record<string, LatentFormat>;
