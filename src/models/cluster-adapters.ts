import {
  adapterNamed,
  FITS,
  type AdapterCatalog,
  type AdapterCatalogs,
  type AdapterFile,
  type ControlModelInfo,
  type EmbeddingInfo,
  type LoraInfo,
  type Misfit,
  type UpscalerInfo,
  type VaeInfo,
} from './adapter-catalog.ts';
import { knownFamily } from './describe.ts';

/** The adapters of a worker; older versions do not announce every kind. */
export interface AnnouncedAdapters {
  readonly loras?: readonly LoraInfo[];
  readonly controls?: readonly ControlModelInfo[];
  readonly embeddings?: readonly EmbeddingInfo[];
  readonly vaes?: readonly VaeInfo[];
  readonly upscalers?: readonly UpscalerInfo[];
  /** Whether it answers a MisfitQuestion; older versions do not. */
  readonly comparesAdapters?: boolean;
}

/** The kinds of adapters whose fit is a matter of their keys. */
const COMPARED = ['loras', 'controls'] as const;

/** What keeps an adapter from fitting a model: a question to a machine that has both files. */
export interface MisfitQuestion {
  readonly kind: (typeof COMPARED)[number];
  readonly file: string;
  readonly sha256: string | null;
  readonly model: string;
}

/** The announcement of a machine's adapters. */
export async function adaptersOf(catalogs: AdapterCatalogs): Promise<Required<AnnouncedAdapters>> {
  const { loras, controls, embeddings, vaes, upscalers } = catalogs;
  return {
    loras: await loras.list(),
    controls: await controls.list(),
    embeddings: await embeddings.list(),
    vaes: await vaes.list(),
    upscalers: await upscalers.list(),
    comparesAdapters: true,
  };
}

/** The answer of a machine to a MisfitQuestion; undefined if it lacks the file or does not know the question. */
export async function answerMisfit(
  question: unknown,
  catalogs: AdapterCatalogs,
): Promise<Misfit | undefined> {
  const { kind, file, sha256, model } = question as MisfitQuestion;
  if (!COMPARED.includes(kind)) return undefined;
  const find = async <Description extends AdapterFile<object>>(catalog: AdapterCatalog<Description>) => {
    const found = await catalog.get(file);
    return found && found.sha256 === sha256 ? catalog.misfit(found, model) : undefined;
  };
  return kind === 'loras' ? find(catalogs.loras) : find(catalogs.controls);
}

/** Whether a worker can answer a question: it has announced the file, and knows how. */
export const canAnswer = (worker: AnnouncedAdapters, { kind, file, sha256 }: MisfitQuestion): boolean =>
  worker.comparesAdapters === true &&
  (worker[kind] ?? []).some((one) => one.file === file && one.sha256 === sha256);

/**
 * The adapters that the current workers of a cluster announce. `ask` has one of them answer; undefined if none does, and then the
 * job finds out. Prompts may distinguish embeddings of one name by their folders.
 */
export function clusterAdapters(
  workers: () => Promise<readonly AnnouncedAdapters[]>,
  ask: (question: MisfitQuestion) => Promise<Misfit | undefined> = () => Promise.resolve(undefined),
): AdapterCatalogs {
  const announced =
    <Description>(of: (worker: AnnouncedAdapters) => readonly Description[] | undefined) =>
    async () =>
      (await workers()).flatMap((worker) => of(worker) ?? []);
  const misfitOf =
    (kind: MisfitQuestion['kind']) =>
    async ({ file, sha256 }: AdapterFile<object>, model: string) =>
      (await ask({ kind, file, sha256, model })) ?? FITS;
  const [loras, controls] = [
    announcedCatalog(announced((worker) => worker.loras?.map(ofKnownFamily))),
    announcedCatalog(announced((worker) => worker.controls?.map(ofKnownFamily))),
  ];
  return {
    loras: { ...loras, misfit: misfitOf('loras') },
    controls: { ...controls, misfit: misfitOf('controls') },
    embeddings: announcedCatalog(
      announced(({ embeddings }) => embeddings?.map(ofKnownFamily)),
      'file',
    ),
    vaes: announcedCatalog(announced(({ vaes }) => vaes?.map(ofKnownFamilies))),
    upscalers: announcedCatalog(announced(({ upscalers }) => upscalers)),
  };
}

/** One of each name (or file), preferably with a known hash. Only the workers have the files. */
function announcedCatalog<Description extends AdapterFile<object>>(
  announced: () => Promise<readonly Description[]>,
  identity: 'name' | 'file' = 'name',
): AdapterCatalog<Description> {
  const list = async (): Promise<Description[]> => {
    const found = new Map<string, Description>();
    for (const one of await announced()) {
      const known = found.get(one[identity]);
      if (!known || (known.sha256 === null && one.sha256 !== null)) found.set(one[identity], one);
    }
    return [...found.values()];
  };
  return {
    list,
    get: async (name) => adapterNamed(name, await list()),
    misfit: () => Promise.resolve(FITS),
  };
}

/** Replaces a family that only newer versions know with null. */
const ofKnownFamily = <Description extends Pick<LoraInfo, 'family'>>(one: Description): Description => ({
  ...one,
  family: knownFamily(one.family),
});

const ofKnownFamilies = (vae: VaeInfo): VaeInfo => ({
  ...vae,
  families: vae.families.flatMap((family) => knownFamily(family) ?? []),
});
