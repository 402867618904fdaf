import { describe, expect, test } from 'vitest';
import { settingsOfKind } from '../../../src/engine/checkpoint/kinds.ts';
import type { SafetensorsFile } from '../../../src/engine/checkpoint/safetensors.ts';
import type { ModelFamily } from '../../../src/engine/families/index.ts';

const fileCalled = (name: string, metadata: Record<string, string> = {}): SafetensorsFile => ({
  ...{ file: `/models/${name}`, name, sizeBytes: 0, metadata },
  tensors: new Map(),
});
const MERGE = { cfg: 2, samplerName: 'dpmpp_sde', scheduler: 'karras' };
const FEW = { cfg: 1, samplerName: 'euler', scheduler: 'sgm_uniform' };

describe('settings by the kind of a checkpoint', () => {
  test.for<[string, ModelFamily, object]>([
    ['DreamShaper8_LCM.safetensors', 'sd15', { steps: 6, cfg: 1.5, samplerName: 'lcm' }],
    ['sd_xl_turbo_1.0_fp16.safetensors', 'sdxl', { width: 512, steps: 4, samplerName: 'euler_ancestral' }],
    ['sd_turbo.safetensors', 'sd2', { width: 512, steps: 4, cfg: 1 }],
    ['dreamshaperXL_v21TurboDPMSDE.safetensors', 'sdxl', { steps: 8, ...MERGE }],
    ['TurboVisionXL.safetensors', 'sdxl', { steps: 8, ...MERGE }],
    ['sdxl_lightning_2step.safetensors', 'sdxl', { steps: 2, ...FEW }],
    ['Hyper-SDXL-8steps.safetensors', 'sdxl', { steps: 8, ...FEW }],
    ['juggernautXL_v9Rdphoto2Lightning.safetensors', 'sdxl', { steps: 6, ...MERGE }],
    ['realvisxlV50_v50HyperBakedvae.safetensors', 'sdxl', { steps: 8, ...MERGE }],
    ['some_DMD2.safetensors', 'sdxl', { steps: 4, cfg: 1, samplerName: 'lcm' }],
    ['flux1-dev-hyper-8step.sft', 'flux', { steps: 8 }],
  ])('%s as %s', ([name, family, settings]) => {
    expect(settingsOfKind(family, fileCalled(name))).toMatchObject(settings);
  });

  test.for<[string, ModelFamily]>([
    ['hyperRealism_v3.safetensors', 'sd15'],
    ['HyperRealistic_v2.safetensors', 'sd15'],
    ['majicmixRealistic_betterV6.safetensors', 'sd15'],
    ['turbocharged.safetensors', 'sdxl'],
    ['v1-5-pruned-emaonly.safetensors', 'sd15'],
    ['trained_20steps.safetensors', 'sdxl'],
    ['flux-lcm.safetensors', 'flux'],
  ])('%s as %s has those of its family', ([name, family]) => {
    expect(settingsOfKind(family, fileCalled(name))).toEqual({});
  });

  test('what its publisher noted counts where the name says nothing', () => {
    const noted = (key: string, text: string) =>
      settingsOfKind('sdxl', fileCalled('model.safetensors', { [key]: text }));
    expect(noted('modelspec.title', 'My Model Lightning 4-step')).toMatchObject({ steps: 4, ...FEW });
    expect(noted('modelspec.tags', 'anime, lcm')).toMatchObject({ samplerName: 'lcm' });
    expect(noted('ss_output_name', 'my-turbo')).toMatchObject(MERGE);
    expect(noted('modelspec.description', 'better than turbo')).toEqual({});
  });
});
