import { watch, type FSWatcher } from 'node:fs';

/** The largest number of watched folders: systems limit watches per process. */
const MAX_WATCHED = 1000;

/** Milliseconds from a change to the scan: several files come together. */
const PAUSE = 300;

/** Milliseconds between two scans where changes are not reported, as on network drives. */
const INTERVAL = 10_000;

/** Scans take at most 1/SHARE of the time; while files change, half of it. */
const SHARE = 10;

/** Options of a folder watch. */
export interface FolderWatchOptions {
  /** Scans; resolves to the milliseconds after which to scan again, undefined to wait for a change or the interval. */
  readonly look: () => Promise<number | undefined>;
  /** The folders to watch, after a scan. */
  readonly folders: () => readonly string[];
  readonly onError: (error: unknown) => void;
  readonly interval?: number;
}

/** Scans when a file was added or removed in one of the folders, and at intervals; one scan at a time. */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Infinity;
  #looking: Promise<void> | undefined;
  #lastEnd = -Infinity;
  #lastTime = 0;
  #isClosed = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
    this.#watchFolders();
    this.#plan(this.#interval);
  }

  /** Stops; resolves when no scan is running. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    await this.#looking;
  }

  get #interval(): number {
    return Math.max(this.#options.interval ?? INTERVAL, SHARE * this.#lastTime);
  }

  /** Plans a scan, unless an earlier one is planned. */
  #plan(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    if (this.#isClosed || at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => {
      this.#looking ??= this.#look();
    }, milliseconds).unref();
  }

  async #look(): Promise<void> {
    this.#dueAt = Infinity;
    const start = performance.now();
    let wanted: number | undefined;
    try {
      wanted = await this.#options.look();
      this.#watchFolders();
    } catch (error) {
      if (!this.#isClosed) this.#options.onError(error);
    }
    this.#lastEnd = performance.now();
    this.#lastTime = this.#lastEnd - start;
    this.#looking = undefined;
    const due = this.#dueAt; // set by a change meanwhile
    this.#dueAt = Infinity;
    this.#plan(Math.min(wanted ?? Infinity, this.#interval, Math.max(0, due - this.#lastEnd)));
  }

  #changed(): void {
    const rest = this.#lastEnd + this.#lastTime - performance.now();
    this.#plan(Math.max(PAUSE, rest));
  }

  #watchFolders(): void {
    if (this.#isClosed) return;
    const wanted = new Set(this.#options.folders().slice(0, MAX_WATCHED));
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  /** Without a watch, changes are found at the interval. */
  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (event) => {
        if (event === 'rename') this.#changed(); // added, removed or renamed, not written to
      });
      const end = () => {
        watcher.close();
        this.#watchers.delete(folder);
      };
      watcher.on('error', end);
      this.#watchers.set(folder, watcher);
    } catch {
      return; // removed again, or no watches are left
    }
  }
}
