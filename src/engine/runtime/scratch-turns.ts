import type { Device } from './device.ts';
import type { Session } from './session.ts';

/**
 * Maximum estimated scratch memory of all sessions on the CPU. Sessions that run in steps keep theirs until
 * they are released. Reloading takes tenths of a second on the CPU; an accelerator would have to upload all
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
        if (session.graph.runs === 'steps') this.#warm.add(session);
        return session.run(inputs);
      },
      release: () => {
        this.#warm.delete(session);
        return session.release();
      },
    };
  }

  async #makeRoom(session: Session): Promise<void> {
    this.#warm.delete(session);
    if (this.#device.name !== 'cpu') return;
    for (const other of this.#warm) {
      const held = [session, ...this.#warm].reduce((sum, { graph }) => sum + graph.activationBytes, 0);
      if (held <= CPU_SCRATCH) return;
      if (this.#alternating.has(session) && this.#alternating.has(other)) continue;
      this.#warm.delete(other);
      await other.release();
    }
  }
}
