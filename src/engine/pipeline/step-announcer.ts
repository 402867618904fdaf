import type { Stages } from './stages.ts';
import type { PreviewDecoder } from './tiny-decoder.ts';
import type { EngineEvent, Latent, LatentPictures } from './types.ts';

type StepEvent = Extract<EngineEvent, { type: 'step' }>;

/** How a task's steps are shown. */
export interface StepPictures {
  readonly decode: PreviewDecoder;
  /** Longest side of the pictures that somebody wants of the step that is done; undefined: nobody does. */
  readonly wantedSize: () => number | undefined;
}

/** Announces steps; those that somebody wants to see with small pictures, where there is a decoder for them. */
export class StepAnnouncer {
  readonly #stages: Pick<Stages, 'announce'>;
  readonly #pictures: StepPictures | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(stages: Pick<Stages, 'announce'>, pictures: StepPictures | undefined) {
    this.#stages = stages;
    this.#pictures = pictures;
  }

  announce(event: StepEvent): void {
    const size = this.#pictures?.wantedSize();
    if (!this.#pictures || size === undefined) {
      this.#stages.announce(event);
      return;
    }
    const { decode } = this.#pictures;
    this.#work = picturesOf(event.denoised, size, decode).then((pictures) => {
      this.#stages.announce({ ...event, denoised: { ...event.denoised, ...(pictures && { pictures }) } });
    });
    this.#work.catch(() => undefined); // those who await it have the error
  }

  /** Resolves when every step is announced: to be awaited before the next network runs. */
  announced(): Promise<void> {
    return this.#work;
  }
}

/** Pictures of every image of a batch; undefined where one of them has no room. */
async function picturesOf(
  { data, images = 1, height, width }: Latent,
  size: number,
  decode: PreviewDecoder,
): Promise<LatentPictures | undefined> {
  const length = data.length / images;
  const parts = [];
  for (let i = 0; i < images; i++) {
    const picture = await decode(data.subarray(i * length, (i + 1) * length), height, width, size);
    if (!picture) return undefined;
    parts.push(picture);
  }
  const [first] = parts;
  const all = new Uint8Array(images * first!.data.length);
  parts.forEach((picture, i) => all.set(picture.data, i * first!.data.length));
  return { width: first!.width, height: first!.height, data: all };
}
