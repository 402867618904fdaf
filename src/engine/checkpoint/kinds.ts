import type { Recommended } from '../families/family.ts';
import { FAMILIES, isFlow, type ModelFamily } from '../families/index.ts';
import { withoutExtension } from './file-names.ts';
import type { SafetensorsFile } from './safetensors.ts';

/** Metadata fields in which trainers and publishers describe a file. */
const NOTES = ['modelspec.title', 'modelspec.tags', 'ss_output_name'] as const;

/** A kind of distilled checkpoint and its authors' recommended settings. */
interface Kind {
  /** Matches the words of its name, in lower case with a space before and after each. */
  readonly called: RegExp;
  readonly families: readonly ModelFamily[];
  readonly settings: Partial<Recommended>;
}

const FEW = { samplerName: 'euler', scheduler: 'sgm_uniform' } as const;
const LCM = { samplerName: 'lcm', scheduler: 'sgm_uniform' } as const;
const MERGED = { cfg: 2, samplerName: 'dpmpp_sde', scheduler: 'karras' } as const;
const UNETS = (Object.keys(FAMILIES) as ModelFamily[]).filter((family) => !isFlow(family));
const FLOWS = (Object.keys(FAMILIES) as ModelFamily[]).filter(isFlow);

/** The first match wins. A model and merges with it often have similar names; merges get some guidance. */
const KINDS: readonly Kind[] = [
  { called: / lcm /, families: UNETS, settings: { steps: 6, cfg: 1.5, ...LCM } },
  { called: / dmd /, families: UNETS, settings: { steps: 4, cfg: 1, ...LCM } },
  {
    called: /^ (sd|sd xl|sdxl) turbo /,
    families: UNETS,
    settings: {
      width: 512,
      height: 512,
      steps: 4,
      cfg: 1,
      samplerName: 'euler_ancestral',
      scheduler: 'normal',
    },
  },
  { called: / (lightning|hyper)( \w+)* steps? /, families: UNETS, settings: { steps: 4, cfg: 1, ...FEW } },
  { called: / lightning /, families: UNETS, settings: { steps: 6, ...MERGED } },
  { called: / hyper (?!real)/, families: UNETS, settings: { steps: 8, ...MERGED } },
  { called: / turbo /, families: UNETS, settings: { steps: 8, ...MERGED } },
  { called: / (turbo|lightning|hyper) (?!real)/, families: FLOWS, settings: { steps: 8 } },
];

/** Maximum number of steps that is taken from a name. */
const MAX_STEPS = 16;

/**
 * Settings that a checkpoint's kind requires in place of its family's, by its file name, metadata and keys.
 */
export function settingsOfKind(family: ModelFamily, file: SafetensorsFile): Partial<Recommended> {
  const own = readsGuidance(file) ? { steps: 20 } : {};
  const texts = [withoutExtension(file.name), ...NOTES.map((note) => file.metadata[note] ?? '')];
  for (const text of texts) {
    const words = ` ${wordsOf(text).join(' ')} `;
    const kind = KINDS.find(({ called, families }) => families.includes(family) && called.test(words));
    if (kind) return { ...own, ...kind.settings, ...stepsIn(text) };
  }
  return own;
}

/** Whether it is FLUX.1-dev, which needs more steps than schnell, whose settings are the family's. */
const readsGuidance = ({ tensors }: SafetensorsFile): boolean =>
  [...tensors.keys()].some((key) => /(^|\.)guidance_in\./.test(key));

/** `dreamshaperXL_v21TurboDPMSDE` → dreamshaper, xl, v, turbo, dpmsde. */
const wordsOf = (text: string): string[] =>
  text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');

/** The number of steps in a name such as `Hyper-SDXL-8steps`. */
function stepsIn(text: string): Pick<Partial<Recommended>, 'steps'> {
  const [, count] = /(?:^|[^\d.])(\d{1,2})[ _-]?steps?(?![a-z])/i.exec(text) ?? [];
  const steps = Number(count ?? 0);
  return steps >= 1 && steps <= MAX_STEPS ? { steps } : {};
}
