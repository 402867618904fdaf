import {
  FAMILIES,
  isFlow,
  MODEL_FAMILIES,
  SAMPLERS,
  type ModelFamily,
  type SamplerSpec,
  type SamplingOptions,
} from '../engine/index.ts';
import type { Img2ImgSettings } from '../jobs/request.ts';
import type { ModelDescription } from '../models/catalog.ts';
import { IMG2IMG_LIMITS, type Img2ImgInput } from './img2img-fields.ts';
import { parseShortcuts } from './parse-shortcuts.ts';

type Fault = (path: string, message: string, code?: 'INVALID_VALUE' | 'UNSUPPORTED') => void;
type Chosen = Pick<Img2ImgSettings, 'samplerName' | 'scheduler'>;

/** Checks rarely used options; null and absent mean the usual. Reports those that the sampler or family does not support. */
export function parseSamplingOptions(
  fields: Img2ImgInput,
  { samplerName, scheduler }: Chosen,
  model: ModelDescription | undefined,
  fault: Fault,
): SamplingOptions | undefined {
  const sampler: SamplerSpec = SAMPLERS[samplerName];
  const unless = (isTaken: boolean, field: keyof Img2ImgInput, message: string) => {
    if (fields[field] != null && !isTaken) fault(`input.${field}`, message, 'UNSUPPORTED');
  };
  const withEta = `its samplers are ${samplersWith('takesEta')}`;
  const withNoise = `its samplers are ${samplersWith('takesNoiseScale')}`;
  unless(sampler.takesEta === true, 'eta', `the sampler ${samplerName} takes no eta; ${withEta}`);
  unless(
    sampler.takesNoiseScale === true,
    'sNoise',
    `the sampler ${samplerName} takes no sNoise; ${withNoise}`,
  );
  if (model?.family) {
    const flows = isFlow(model.family);
    unless(flows, 'flowShift', `flowShift is for ${titles(isFlow)} models, which ${model.name} is not`);
    unless(
      !flows,
      'rescaleCfg',
      `rescaleCfg is for ${titles((family) => !isFlow(family))} models, which ${model.name} is not`,
    );
    if (!hasAligned(model.family) && scheduler === 'align_your_steps') {
      fault(
        'input.scheduler',
        `align_your_steps is for ${titles(hasAligned)} models, which ${model.name} is not`,
        'UNSUPPORTED',
      );
    }
  }
  const options: SamplingOptions = {
    ...given(fields, 'eta', fault),
    ...given(fields, 'sNoise', fault),
    ...given(fields, 'rescaleCfg', fault),
    ...intervalOf(fields, fault),
    ...given(fields, 'flowShift', fault),
    ...parseShortcuts(fields, model, fault),
  };
  return Object.keys(options).length > 0 ? options : undefined;
}

const hasAligned = (family: ModelFamily): boolean => FAMILIES[family].aligned !== undefined;

/** The titles of the matching families, as text. */
const titles = (isMeant: (family: ModelFamily) => boolean): string =>
  new Intl.ListFormat('en-GB').format(
    MODEL_FAMILIES.filter(isMeant)
      .map((family) => FAMILIES[family].title)
      .reverse(),
  );

const samplersWith = (need: 'takesEta' | 'takesNoiseScale'): string =>
  Object.entries<SamplerSpec>(SAMPLERS)
    .flatMap(([name, spec]) => (spec[need] ? [name] : []))
    .join(', ');

function given<Name extends 'eta' | 'sNoise' | 'rescaleCfg' | 'flowShift'>(
  fields: Img2ImgInput,
  name: Name,
  fault: Fault,
): Readonly<Partial<Record<Name, number>>> {
  const value = fields[name];
  if (value == null) return {} as Partial<Record<Name, number>>;
  const [least, most] = IMG2IMG_LIMITS[name];
  if (!(value >= least && value <= most)) {
    fault(`input.${name}`, `${name} must be from ${least} to ${most}, got ${value}`);
  }
  return { [name]: value } as Record<Name, number>;
}

function intervalOf({ cfgInterval }: Img2ImgInput, fault: Fault): Pick<SamplingOptions, 'cfgInterval'> {
  if (cfgInterval == null) return {};
  const { start, end } = { start: cfgInterval.start ?? 0, end: cfgInterval.end ?? 1 };
  if (!(start >= 0 && start < end && end <= 1)) {
    fault(
      'input.cfgInterval',
      `cfgInterval must go from a start of at least 0 to a later end of at most 1, got ${start} to ${end}`,
    );
  }
  return { cfgInterval: { start, end } };
}
