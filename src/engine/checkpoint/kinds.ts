import type { Recommended } from '../families/family.ts';
import { FAMILIES, isFlow, type ModelFamily } from '../families/index.ts';
import { withoutExtension } from './file-names.ts';
import type { SafetensorsFile } from './safetensors.ts';

/** Notes of trainers and publishers that say what a file is. */
const NOTES = ['modelspec.title', 'modelspec.tags', 'ss_output_name'] as const;

/** What a checkpoint was distilled to, and the settings of its authors. */
interface Kind {
  /** Pattern of its name, in lower case with a blank before each word. */
  readonly called: RegExp;
  readonly families: readonly ModelFamily[];
  readonly settings: Partial<Recommended>;
}

const FEW = { samplerName: 'euler', scheduler: 'sgm_uniform' } as const;
const LCM = { samplerName: 'lcm', scheduler: 'sgm_uniform' } as const;
const MERGED = { cfg: 2, samplerName: 'dpmpp_sde', scheduler: 'karras' } as const;
const UNETS = (Object.keys(FAMILIES) as ModelFamily[]).filter((family) => !isFlow(family));
const FLOWS = (Object.keys(FAMILIES) as ModelFamily[]).filter(isFlow);

/** The first that fits holds. Models of that kind and merges with one are called alike; merges want some guidance. */
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

/** Most steps that a name of a distilled checkpoint may tell. */
const MAX_STEPS = 16;

/** Settings that a checkpoint's kind needs, by its name, its notes and its keys, where its family's do not suit it. */
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

/** FLUX.1-dev takes more steps than schnell, after which its family is named. */
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

/** `Hyper-SDXL-8steps` says how many it was made for. */
function stepsIn(text: string): Pick<Partial<Recommended>, 'steps'> {
  const [, count] = /(?:^|[^\d.])(\d{1,2})[ _-]?steps?(?![a-z])/i.exec(text) ?? [];
  const steps = Number(count ?? 0);
  return steps >= 1 && steps <= MAX_STEPS ? { steps } : {};
}
