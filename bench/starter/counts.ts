/** Counts of correct cases by name. */
export class Counts {
  readonly #counts = new Map<string, { right: number; all: number }>();

  /** Counts one case. */
  add(name: string, right: boolean): void {
    const count = this.#counts.get(name) ?? { right: 0, all: 0 };
    this.#counts.set(name, { right: count.right + Number(right), all: count.all + 1 });
  }

  /** The number and share of correct cases by name. */
  shares(): Record<string, string> {
    const share = ({ right, all }: { right: number; all: number }) =>
      `${right}/${all} = ${(right / all).toFixed(3)}`;
    return Object.fromEntries([...this.#counts].map(([name, count]) => [name, share(count)]));
  }
}
