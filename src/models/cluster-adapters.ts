import {
  adapterNamed,
  FITS,
  type AdapterCatalog,
  type AdapterCatalogs,
  type AdapterFile,
  type ControlModelInfo,
  type EmbeddingInfo,
  type LoraInfo,
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
  };
}

/** The adapters that the current workers of a cluster announce. Prompts may distinguish embeddings of one name by their folders. */
export function clusterAdapters(workers: () => Promise<readonly AnnouncedAdapters[]>): AdapterCatalogs {
  const announced =
    <Description>(of: (worker: AnnouncedAdapters) => readonly Description[] | undefined) =>
    async () =>
      (await workers()).flatMap((worker) => of(worker) ?? []);
  return {
    loras: announcedCatalog(announced(({ loras }) => loras?.map(ofKnownFamily))),
    controls: announcedCatalog(announced(({ controls }) => controls?.map(ofKnownFamily))),
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
