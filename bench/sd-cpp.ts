import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A text-to-image job of stable-diffusion.cpp's `sd-cli`. */
export interface SdCppJob {
  readonly checkpoint: string;
  readonly size: number;
}

/** Steps of the longer one of two jobs. */
const STEPS = 3;

/**
 * CPU time of a guided step: the difference between a job of 3 steps and one of 1 step, which excludes
 * loading, text encoder and decoder. Requires bash. Throws with the program's output if it fails.
 */
export async function runSdCpp(program: string, job: SdCppJob): Promise<{ stepCpuSeconds: number }> {
  const short = await cpuSecondsOf(program, job, 1);
  const long = await cpuSecondsOf(program, job, STEPS);
  return { stepCpuSeconds: (long - short) / (STEPS - 1) };
}

async function cpuSecondsOf(program: string, { checkpoint, size }: SdCppJob, steps: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'latentql-bench-'));
  try {
    const options = {
      ...{ '-m': checkpoint, '-p': 'a red house', '-n': 'text', '-o': join(folder, 'out.png') },
      ...{
        '-W': size,
        '-H': size,
        '--steps': steps,
        '--cfg-scale': 8,
        '-s': 1,
        '-t': availableParallelism(),
      },
    };
    // The shell builtin `times` reports the CPU time of its children.
    const script = '"$@" >"$LOG" 2>&1; code=$?; times; exit $code';
    const log = join(folder, 'log');
    const args = Object.entries(options).flatMap(([flag, value]) => [flag, String(value)]);
    const child = spawn('bash', ['-c', script, 'sd', program, ...args], {
      env: { ...process.env, LOG: log },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${await readFile(log, 'utf8')}`);
    const [user, system] = printed.trim().split('\n').at(-1)!.split(' ').map(seconds) as [number, number];
    return user + system;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Parses `1m2.345s`. */
function seconds(text: string): number {
  const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(text)!;
  return Number(minutes) * 60 + Number(rest);
}
