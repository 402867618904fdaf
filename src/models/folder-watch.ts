import { watch, type FSWatcher } from 'node:fs';

/** Folders that are watched at most: systems give only so many watches to a process. */
const MAX_WATCHED = 1000;

/** Milliseconds from a change to the look at it: several files come together. */
const PAUSE = 300;

/** Milliseconds between two looks where nothing tells of a change, as on network drives. */
const INTERVAL = 10_000;

/** Looks take at most one part in so many of the time; while files change, half of it. */
const SHARE = 10;

/** How often, and at what, is looked. */
export interface FolderWatchOptions {
  /** Looks; resolves to the milliseconds after which it wants to look again, undefined if a change or the interval will do. */
  readonly look: () => Promise<number | undefined>;
  /** The folders in which a file that comes or goes matters, after a look. */
  readonly folders: () => readonly string[];
  readonly onError: (error: unknown) => void;
  readonly interval?: number;
}

/** Looks whenever a file came or went in one of some folders, and from time to time; one look at a time. */
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

  /** Resolves when no look runs any more. */
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

  /** Looks after so many milliseconds, unless that is planned for earlier. */
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
    const due = this.#dueAt; // what changed meanwhile
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

  /** Without a watch the interval finds what changed. */
  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (event) => {
        if (event === 'rename') this.#changed(); // came, went or was renamed; not: was written to
      });
      const end = () => {
        watcher.close();
        this.#watchers.delete(folder);
      };
      watcher.on('error', end);
      this.#watchers.set(folder, watcher);
    } catch {
      return; // gone again, or no watch is left
    }
  }
}
