import type { Device } from './device.ts';
import { scratchBytes } from './network-bytes.ts';
import type { Session } from './session.ts';

/**
 * Maximum estimated scratch memory of all sessions on the CPU. Sessions with an arena keep theirs until they
 * are released. Reloading takes tenths of a second on the CPU; an accelerator would have to upload all
 * weights.
 */
const CPU_SCRATCH = 768 * 2 ** 20;

/** Bounds the scratch memory that the sessions of a CPU keep between their runs. */
export class ScratchTurns {
  readonly #device: Device;
  /** Sessions that hold scratch memory, the most recently used last. */
  readonly #warm = new Set<Session>();
  readonly #alternating = new WeakSet<Session>();

  constructor(device: Device) {
    this.#device = device;
  }

  /**
   * Wraps a session: before each run, other sessions release their scratch memory if the total would be too
   * large. Sessions that alternate keep theirs.
   */
  wrap(session: Session, { alternates = false }: { readonly alternates?: boolean }): Session {
    if (alternates) this.#alternating.add(session);
    return {
      graph: session.graph,
      run: async (inputs) => {
        await this.#makeRoom(session);
        if (session.graph.scratch === 'ARENA') this.#warm.add(session);
        return session.run(inputs);
      },
      release: () => {
        this.#warm.delete(session);
        return session.release();
      },
    };
  }

  /** Releases scratch memory beyond what may be kept between tasks, the least recently used first. */
  async rest(): Promise<void> {
    if (this.#device.name === 'cpu') await this.#release([]);
  }

  async #makeRoom(session: Session): Promise<void> {
    this.#warm.delete(session);
    if (this.#device.name === 'cpu') await this.#release([session]);
  }

  /** Releases scratch memory until the rest and that of `next` is not too much. */
  async #release(next: readonly Session[]): Promise<void> {
    for (const session of this.#warm) {
      const all = [...next, ...this.#warm];
      const held = all.reduce((sum, { graph }) => sum + scratchBytes(graph, this.#device), 0);
      if (held <= CPU_SCRATCH) return;
      if (this.#alternating.has(session) && next.some((other) => this.#alternating.has(other))) continue;
      this.#warm.delete(session);
      await session.release();
    }
  }
}
