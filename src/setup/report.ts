import { startEngine } from '../engine/index.ts';
import type { FoundLibrary } from './cuda-libraries.ts';
import { CUDA_PIN } from './cuda-pin.ts';

const WIDTH = 30;

/** Shows the progress of a download at each percent; without a terminal at each tenth. */
export function progressBar(
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  total: number = CUDA_PIN.byteLength,
): (bytes: number) => void {
  let shown = -1;
  return (bytes) => {
    const percent = Math.floor((100 * bytes) / total);
    if (percent === shown || (!out.isTTY && percent % 10 !== 0)) return;
    shown = percent;
    const bar = '█'.repeat(Math.round((WIDTH * percent) / 100)).padEnd(WIDTH, '·');
    out.write(`${out.isTTY ? '\r' : ''}${bar} ${percent} %${out.isTTY && percent < 100 ? '' : '\n'}`);
  };
}

/** Lines with the place of each library, or how to install it. */
export const showLibraries = (libraries: readonly FoundLibrary[]): string[] =>
  libraries.map(({ file, folder, remedy }) =>
    folder === undefined ? `${file}: missing: ${remedy}` : `${file}: ${folder}`,
  );

/** Why an engine process cannot open the card; undefined if it can. */
export async function tryCuda(): Promise<string | undefined> {
  const engine = startEngine({ device: 'cuda', memoryLimit: 2 ** 32 });
  try {
    await engine.open();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await engine.close();
  }
}
