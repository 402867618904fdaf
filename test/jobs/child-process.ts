import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compiledScript } from '../compiled-package.ts';

/** What a child said, word by word. */
export type Line = readonly string[];

/**
 * Runs the jobs in a process of its own and kills it with SIGKILL as soon as `enough` says so; returns all that it said.
 * A child that ends by itself is an error.
 */
export async function runAndKill(
  { dataDir, accept, turns, ahead = 0 }: { dataDir: string; accept: number; turns: number; ahead?: number },
  enough: (line: Line, pid: number) => boolean,
): Promise<Line[]> {
  const args = [compiledScript('test/jobs/child.ts'), dataDir, String(accept), String(turns), String(ahead)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const said: Line[] = [];
  for await (const text of createInterface(child.stdout)) {
    const line = text.split(' ');
    said.push(line);
    if (enough(line, child.pid!)) child.kill('SIGKILL');
  }
  const [code, signal] = (await exited) as [number | null, NodeJS.Signals | null];
  if (signal !== 'SIGKILL') throw new Error(`the child ended by itself with code ${code ?? 'none'}`);
  return said;
}
