import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** `broken`: a worker whose devices never open; `hanging`: one whose engines hang now and then. */
export type Role = 'api' | 'worker' | 'broken' | 'hanging';

/** A running process of the cluster. */
export interface Member {
  readonly role: Role;
  readonly process: ChildProcess;
  /** What it said, word by word. */
  readonly said: (readonly string[])[];
}

/** Times that a process is started until it opens. */
const TRIES = 20;

/** The processes of a cluster (see cluster-child.ts), to be killed. */
export class ClusterProcesses {
  readonly running = new Set<Member>();
  /** Lines of all of them, in the order in which they came. */
  readonly said: (readonly string[])[] = [];
  /** Processes that ended by themselves after they had opened: exit code and last error. */
  readonly crashed: string[] = [];
  readonly #url: string;
  readonly #folder: string;
  #onLine: (line: readonly string[]) => void = () => undefined;

  /** `url` of Redis, `folder` of the objects. */
  constructor(url: string, folder: string) {
    this.#url = url;
    this.#folder = folder;
  }

  /** Resolves when it has opened; one that ends before (Redis is away) is started again. Throws where none opens. */
  async start(role: Role, steps = 4): Promise<Member> {
    for (let tries = 1; ; tries++) {
      const member = this.#spawn(role, steps);
      const problem = await member.opened;
      if (problem === null) return member;
      if (tries >= TRIES) throw new Error(`no ${role} process opens: ${problem}`);
    }
  }

  /** SIGKILL. */
  async kill(member: Member): Promise<void> {
    if (!this.running.delete(member)) return;
    const exited = once(member.process, 'exit');
    member.process.kill('SIGKILL');
    await exited;
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.running].map((member) => this.kill(member)));
  }

  /** Asks an API process to accept no more and to follow its jobs to their ends; tells whether it ended in time. */
  async finish(member: Member, milliseconds: number): Promise<boolean> {
    const exited = once(member.process, 'exit', { signal: AbortSignal.timeout(milliseconds) });
    this.running.delete(member);
    member.process.kill('SIGTERM');
    try {
      await exited;
      return true;
    } catch {
      member.process.kill('SIGKILL');
      return false;
    }
  }

  /** Resolves when a process says a line that is the one. */
  until(isIt: (line: readonly string[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onLine = (line) => {
        if (isIt(line)) resolve();
      };
    });
  }

  #spawn(role: Role, steps: number): Member & { readonly opened: Promise<string | null> } {
    const script = join(import.meta.dirname, 'cluster-child.ts');
    const args = ['--import', 'tsx', script, role, this.#url, this.#folder, String(steps)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let isOpen = false;
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-1000)));
    const opened = new Promise<string | null>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        if (line === 'opened') {
          isOpen = true;
          resolve(null);
        }
        const words = line.split(' ');
        member.said.push(words);
        this.said.push(words);
        this.#onLine(words);
      });
      child.once('exit', (code) => {
        const problem = `exit code ${code ?? 'none'} ${errors}`;
        resolve(problem);
        if (this.running.delete(member) && isOpen) this.crashed.push(`${role}: ${problem}`);
      });
    });
    const member = { role, process: child, said: [] as string[][], opened };
    this.running.add(member);
    return member;
  }
}
