import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../server-process.ts';

const MARK = 'memory-probe ';

/** Loaded before a server: on SIGUSR2 it collects all garbage and prints what is left. */
const PROBE = `
import v8 from 'node:v8';
import vm from 'node:vm';
v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
process.on('SIGUSR2', () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  console.error('${MARK}' + (heapUsed + external));
});`;

/** The environment of a server whose memory is to be looked at. */
export const PROBED = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(PROBE)}` };

/** Looks at the memory, of which the least counts: what is under way at one moment is done with at another. */
const LOOKS = 5;

/** Milliseconds between two looks. */
const PAUSE = 300;

/** Bytes that a server holds when all garbage is collected: objects, and buffers outside the heap. */
export async function retainedBy({ process, log }: Pick<ServerProcess, 'process' | 'log'>): Promise<number> {
  const found: number[] = [];
  while (found.length < LOOKS) {
    const from = log.length;
    if (!process.kill('SIGUSR2')) throw new Error('the server has ended');
    let line: string | undefined;
    while (line === undefined && process.exitCode === null && process.signalCode === null) {
      await sleep(PAUSE);
      line = log.slice(from).find((one) => one.startsWith(MARK));
    }
    found.push(line === undefined ? Infinity : Number(line.slice(MARK.length)));
  }
  return Math.min(...found);
}
