import type { Stages } from './stages.ts';
import type { PreviewDecoder } from './tiny-decoder.ts';
import type { EngineEvent, Latent, LatentPictures, PreviewWish, RgbImage } from './types.ts';

type StepEvent = Extract<EngineEvent, { type: 'step' }>;

/** Creates the preview pictures of a task's steps. */
export interface StepPictures {
  readonly decode: PreviewDecoder;
  /** The requested preview of the completed step; undefined if nobody requested one. */
  readonly wanted: () => PreviewWish | undefined;
}

/** Announces steps. If a preview is requested and a decoder is available, small pictures are attached. */
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
    this.#work.catch(() => undefined); // callers that await it get the error
  }

  /** Resolves when all steps are announced. Must be awaited before the next network runs. */
  announced(): Promise<void> {
    return this.#work;
  }
}

/** Preview pictures of the requested images; undefined if memory is too short for one of them. */
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
