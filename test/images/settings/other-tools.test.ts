import { describe, expect, it } from 'vitest';
import { read } from './texts.ts';

describe('other programs', () => {
  it.each([
    [
      'SwarmUI in its first form',
      {
        parameters: JSON.stringify({
          sui_image_params: {
            ...{
              prompt: 'a',
              negativeprompt: '',
              model: 'm',
              seed: '7',
              steps: '20',
              cfgscale: '7',
              width: 512,
              height: 512,
            },
            ...{
              comfyuisampler: 'euler',
              comfyuischeduler: 'karras',
              initimagecreativity: 0.6,
              loras: 'x,y',
              loraweights: '1,0.5',
            },
          },
        }),
      },
      {
        denoiseStrength: 0.6,
        samplerName: 'euler',
        scheduler: 'karras',
        seed: '7',
        loras: [
          { name: 'x', strength: 1 },
          { name: 'y', strength: 0.5 },
        ],
      },
    ],
    [
      'NovelAI, with the prompt in the description only',
      {
        Software: 'NovelAI',
        Description: 'a {b}',
        Comment:
          '{"steps": 28, "sampler": "k_dpmpp_2m", "seed": 3, "strength": 0.7, "scale": 11.0, "uc": "c"}',
      },
      { prompt: 'a {b}', negativePrompt: 'c', samplerName: 'dpmpp_2m', steps: 28, cfg: 11, seed: '3' },
    ],
    [
      'NovelAI from another picture',
      {
        Software: 'NovelAI',
        Comment:
          '{"v4_prompt": {"caption": {"base_caption": "a", "char_captions": [{}]}}, "steps": 28, "seed": 3, "strength": 0.7, "request_type": "Img2ImgRequest", "sampler": "ddim_v3"}',
      },
      { prompt: 'a', steps: 28, seed: '3', denoiseStrength: 0.7 },
    ],
    [
      'InvokeAI from another picture',
      {
        invokeai_metadata:
          '{"generation_mode": "img2img", "positive_prompt": "a", "seed": 3, "strength": 0.4, "scheduler": "euler_a", "clip_skip": 1, "model": "m"}',
      },
      {
        prompt: 'a',
        seed: '3',
        denoiseStrength: 0.4,
        samplerName: 'euler_ancestral',
        clipSkip: 2,
        model: 'm',
      },
    ],
    [
      'Easy Diffusion with its names for people',
      {
        Prompt: 'a',
        'Negative Prompt': 'None',
        Sampler: 'dpm2_a',
        Seed: '4',
        Steps: '25',
        'LoRA model': 'x',
        'LoRA Strength': '0.5',
        'Clip Skip': 'False',
      },
      {
        prompt: 'a',
        samplerName: 'dpm_2_ancestral',
        seed: '4',
        steps: 25,
        loras: [{ name: 'x', strength: 0.5 }],
      },
    ],
    [
      'JSON with a model of its own',
      {
        parameters:
          '{"prompt": "a", "num_inference_steps": 28, "seed": 12345678901234567890, "guidance_scale": 7.0, "sampler": "Euler a", "Model": {"Model": "x", "Model hash": "e3c47aedb0"}}',
      },
      {
        prompt: 'a',
        steps: 28,
        cfg: 7,
        seed: '12345678901234567890',
        samplerName: 'euler_ancestral',
        model: 'x',
        modelHash: 'e3c47aedb0',
      },
    ],
    [
      'Dream from another picture',
      { Dream: '"a \\"b\\" [c]" -s 25 -S 43 -W576 -H512 -C7.5 -A k_euler_a -f 0.6 -G 0.8' },
      {
        ...{ prompt: 'a "b"', negativePrompt: 'c', steps: 25, seed: '43', width: 576, height: 512, cfg: 7.5 },
        ...{ samplerName: 'euler_ancestral', denoiseStrength: 0.6 },
      },
    ],
  ])('%s', async (_name, texts, expected) => {
    expect((await read(texts)).settings).toMatchObject(expected);
    expect(Object.keys((await read(texts)).settings).sort()).toEqual(
      expect.arrayContaining(Object.keys(expected).sort()),
    );
  });

  it('never shows who made a picture', async () => {
    const { leftOut } = await read({ Description: 'a --v 6 Job ID: 1', Author: 'someone' });
    expect(leftOut).toEqual(['--v 6']);
  });

  it('says of JSON that breaks off that it is damaged', async () => {
    expect(await read({ prompt: '{"3": {"class_type": "KSampler", "inputs": {"seed": 5, "st' })).toEqual({
      tool: null,
      settings: {},
      leftOut: ['prompt: damaged JSON'],
    });
  });
});
