// A process of its own decodes one HEIC picture and ends: what it meets in a file of a stranger ends with it.

/** What the process is given. */
export interface HeicTask {
  readonly heic: Uint8Array;
  /** Bytes of memory that the decoder may take. */
  readonly maxBytes: number;
}

/** What it answers. */
export type HeicAnswer =
  | { readonly width: number; readonly height: number; readonly rgba: Uint8Array }
  | { readonly problem: string };

/** The part of libheif-js that is used; it comes without types. */
interface LibHeif {
  readonly ready?: Promise<unknown>;
  readonly HeifDecoder: new () => { decode(file: Uint8Array): HeifImage[] };
}

interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(into: Pixels, done: (decoded: Pixels | null) => void): void;
}

interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

process.once('message', ({ heic, maxBytes }: HeicTask) => {
  boundMemory(maxBytes);
  decoded(heic).then(
    ({ width, height, data }) => answer({ width, height, rgba: new Uint8Array(data.buffer) }),
    (error: unknown) => answer({ problem: (error as Error).message }),
  );
});
process.once('disconnect', () => process.exit());

const answer = (message: HeicAnswer): boolean => process.send!(message);

/** WebAssembly's memory counts to no limit of Node. */
function boundMemory(most: number): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its memory below
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65_536 > most) throw new RangeError(`more than ${most} bytes`);
    return grow.call(this, pages);
  };
}

async function decoded(heic: Uint8Array): Promise<Pixels> {
  const libheif = await library();
  const images = new libheif.HeifDecoder().decode(heic);
  const image = images.find((each) => each.is_primary()) ?? images[0];
  if (!image) throw new Error('it contains no picture');
  const [width, height] = [image.get_width(), image.get_height()];
  return await new Promise((resolve, reject) => {
    image.display({ data: new Uint8ClampedArray(4 * width * height), width, height }, (pixels) => {
      if (pixels) resolve(pixels);
      else reject(new Error('its pixels cannot be decoded'));
    });
  });
}

/** It has no types of its own, so that the compiler must not look for them. */
const LIBRARY = ['libheif-js', 'wasm-bundle.js'].join('/');

async function library(): Promise<LibHeif> {
  try {
    const { default: libheif } = (await import(LIBRARY)) as { default: LibHeif };
    await libheif.ready;
    return libheif;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(
      'libheif-js is not installed with this server. Save it as JPEG (on the phone: Settings, Camera, Formats, Most Compatible)',
      { cause: error },
    );
  }
}
