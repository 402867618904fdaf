import type { Stages } from './stages.ts';
import type { PreviewDecoder } from './tiny-decoder.ts';
import type { EngineEvent, Latent, LatentPictures, PreviewWish, RgbImage } from './types.ts';

type StepEvent = Extract<EngineEvent, { type: 'step' }>;

/** How a task's steps are shown. */
export interface StepPictures {
  readonly decode: PreviewDecoder;
  /** What somebody wants to see of the step that is done; undefined: nobody does. */
  readonly wanted: () => PreviewWish | undefined;
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
    const wish = this.#pictures?.wanted();
    if (!this.#pictures || !wish) {
      this.#stages.announce(event);
      return;
    }
    const { decode } = this.#pictures;
    this.#work = picturesOf(event.denoised, wish, decode).then((pictures) => {
      this.#stages.announce({ ...event, denoised: { ...event.denoised, ...(pictures && { pictures }) } });
    });
    this.#work.catch(() => undefined); // those who await it have the error
  }

  /** Resolves when every step is announced: to be awaited before the next network runs. */
  announced(): Promise<void> {
    return this.#work;
  }
}

/** Pictures of the images that somebody wants to see; undefined where one of them has no room. */
async function picturesOf(
  { data, images: all = 1, height, width }: Latent,
  { size, images }: PreviewWish,
  decode: PreviewDecoder,
): Promise<LatentPictures | undefined> {
  const length = data.length / all;
  const pictures: RgbImage[] = [];
  for (let i = 0; i < Math.min(images, all); i++) {
    const picture = await decode(data.subarray(i * length, (i + 1) * length), height, width, size);
    if (!picture) return undefined;
    pictures.push(picture);
  }
  const [first] = pictures;
  return first && { ...first, images: pictures.length, data: joinedBytes(pictures) };
}

function joinedBytes(pictures: readonly RgbImage[]): Uint8Array {
  const [first] = pictures;
  const bytes = new Uint8Array(pictures.length * (first?.data.length ?? 0));
  pictures.forEach(({ data }, i) => bytes.set(data, i * data.length));
  return bytes;
}
