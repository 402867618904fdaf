import type { Statements } from './embedded-statements.ts';
import type { Work } from './pace.ts';
import type { KnownPace } from './paces.ts';

/** Kinds of work that are remembered. */
const KINDS = 1000;

interface Row {
  model: string;
  width: number;
  height: number;
  batch_size: number;
  sampler_name: string;
  guided: number;
  before_steps: number;
  per_step: number;
  after_steps: number;
  jobs: number;
}

/** The statements on the `paces` table: what earlier jobs took. */
export class PaceTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  all(): KnownPace[] {
    const rows = this.#statements.prepare('SELECT * FROM paces').all() as Row[];
    return rows.map((row) => ({
      work: {
        model: row.model,
        width: row.width,
        height: row.height,
        batchSize: row.batch_size,
        samplerName: row.sampler_name as Work['samplerName'],
        guided: row.guided === 1,
      },
      pace: { before: row.before_steps, perStep: row.per_step, after: row.after_steps, jobs: row.jobs },
    }));
  }

  /** Stores a pace in the place of the earlier one of its kind; forgets the kinds that came longest ago. */
  put({ work, pace }: KnownPace): void {
    this.#statements.transaction(() => {
      this.#statements
        .prepare(
          `INSERT OR REPLACE INTO paces
             (model, width, height, batch_size, sampler_name, guided, before_steps, per_step, after_steps, jobs)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          work.model,
          work.width,
          work.height,
          work.batchSize,
          work.samplerName,
          work.guided ? 1 : 0,
          pace.before,
          pace.perStep,
          pace.after,
          pace.jobs,
        );
      this.#statements
        .prepare('DELETE FROM paces WHERE number <= (SELECT max(number) FROM paces) - ?')
        .run(KINDS);
    });
  }
}
