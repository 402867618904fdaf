import { TaskTooLargeError } from '../errors.ts';
import { convolvesByTiles, withPlainConvolutions, type DeviceProfile } from '../graph/device-profile.ts';
import { preparedBytes, type NetworkGraph } from '../graph/graph.ts';
import type { Device } from './device.ts';
import { networkBytes, ownBytes, type NetworkBytes } from './network-bytes.ts';
import { PreparedWeights } from './prepared-weights.ts';
import { openSession, type Session } from './session.ts';

export interface ModelCacheOptions {
  readonly device: Device;
  /** Bytes that the loaded networks may take by estimate; the one in use is loaded however large it is. */
  readonly memoryLimit: number;
  /** Replaces openSession in tests. */
  readonly load?: typeof openSession;
}

/** Estimates that are kept; a network of another size or prompt length is another. */
const KEPT_ESTIMATES = 1000;

/** Networks that are kept without their weights: about a megabyte each. */
const KEPT_UNLOADED = 100;

/** Share of the memory that what comes and goes needs at least; networks that leave less cannot stay. */
const LEAST_SHARE = 1 / 16;

interface Entry {
  readonly source: NetworkSource;
  /** But for what is made of its weights. */
  readonly bytes: number;
  readonly weights: PreparedWeights;
  readonly stays: boolean;
  readonly session: Promise<Session>;
}

/**
 * Scratch memory that sessions may take at one time, by estimate: those that run in steps hold on to theirs until they are
 * released. Reloading takes tenths of a second on the CPU, but uploads all weights to an accelerator.
 */
const CPU_SCRATCH = 768 * 2 ** 20;

/** A network of a checkpoint and how to describe it. */
export interface NetworkSource {
  readonly checkpoint: { readonly path: string };
  /** Tells apart what is built for different sizes. */
  readonly name: string;
  /** Whether every step evaluates it: on a device it stays while others come and go. */
  readonly stays?: boolean;
  /** Whether it comes to the device and goes in every run: it is loaded again without being built again. */
  readonly passes?: boolean;
  /** Whether it takes turns with others of its kind in every run: these keep their scratch memory beside each other. */
  readonly alternates?: boolean;
  /** Tells apart what adapters make of one network; empty or absent: nothing. */
  readonly variant?: string;
  readonly build: (profile: DeviceProfile) => NetworkGraph;
}

/** Networks on one device, kept while memory allows; the least recently used go first. */
export class ModelCache {
  readonly device: Device;
  #memoryLimit: number;
  readonly #load: typeof openSession;
  /** In order of use, the latest last. */
  readonly #entries = new Map<string, Entry>();
  readonly #estimates = new Map<string, NetworkBytes>();
  /** Sessions that hold scratch memory, the latest used last. */
  readonly #warm = new Set<Session>();
  readonly #alternating = new WeakSet<Session>();
  /** Sessions of networks that pass through the device and are not there. */
  readonly #unloaded = new Map<string, Session>();

  constructor({ device, memoryLimit, load = openSession }: ModelCacheOptions) {
    this.device = device;
    this.#memoryLimit = memoryLimit;
    this.#load = load;
  }

  /** Paths of the checkpoints that have a network loaded, the latest used last. */
  get loaded(): string[] {
    return [
      ...new Set([...this.#entries.values()].reverse().map(({ source }) => source.checkpoint.path)),
    ].reverse();
  }

  /** Estimated bytes of the loaded networks. */
  get bytes(): number {
    const entries = [...this.#entries.values()];
    const shared = [...new Set(entries.map(({ weights }) => weights))];
    return [...entries, ...shared].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** From now on loaded networks may take so many bytes. */
  set memoryLimit(bytes: number) {
    this.#memoryLimit = bytes;
  }

  /** The session of a network; valid until the next call. One that could not be loaded is tried again by the next call. */
  async open(source: NetworkSource): Promise<Session> {
    const unloaded = this.#unloaded.get(keyOf(source));
    return (
      this.#use(source) ??
      (unloaded ? this.#add(source, unloaded.graph, unloaded) : this.#add(source, this.#build(source)))
    );
  }

  /**
   * Opens what a task will need, in the order in which it will, as long as all of it has room at once. The rest is only
   * built, so that a damaged checkpoint shows: loaded now, it would drive out what is needed before.
   */
  async openAhead(sources: readonly NetworkSource[]): Promise<void> {
    let bytes = 0;
    for (const source of sources) {
      const known = this.#entries.get(keyOf(source));
      const graph = known ? undefined : this.#build(source);
      bytes += graph ? this.#addedBytes(source, graph) : known!.bytes;
      if (bytes > this.#memoryLimit) continue;
      await (graph ? this.#add(source, graph) : this.#use(source));
    }
  }

  /**
   * Whether a network would leave half of the memory to others, and come back whole from the device. There it also leaves
   * `resident` its place, unless that takes nearly all of the memory by itself.
   */
  leavesRoom(source: NetworkSource, resident: readonly NetworkSource[] = []): boolean {
    const { loaded, largestValue } = this.#estimate(source);
    return loaded <= this.#roomBeside(resident) && largestValue <= this.device.profile.largestValue;
  }

  /**
   * Whether networks can stay on a device while each of the others comes and goes; on the CPU nothing has to. `leavingRoom`:
   * and what else comes and goes keeps its least share of the memory.
   */
  canStay(
    resident: readonly NetworkSource[],
    others: readonly NetworkSource[],
    leavingRoom = false,
  ): boolean {
    if (this.device.profile.weights === 'file') return true;
    const least = leavingRoom ? this.#memoryLimit * LEAST_SHARE : 0;
    const largest = Math.max(least, ...others.map((other) => this.#estimate(other).loaded));
    return this.#loadedBytes(resident) + largest <= this.#memoryLimit;
  }

  /** Whether a network has room beside others that must not be driven out. */
  fitsBeside(source: NetworkSource, others: readonly NetworkSource[]): boolean {
    const { loaded, largestValue } = this.#estimate(source);
    return (
      this.#loadedBytes(others) + loaded <= this.#memoryLimit &&
      largestValue <= this.device.profile.largestValue
    );
  }

  #roomBeside(resident: readonly NetworkSource[]): number {
    const half = this.#memoryLimit / 2;
    if (this.device.profile.weights === 'file' || resident.length === 0) return half;
    const left = this.#memoryLimit - this.#loadedBytes(resident);
    return left < this.#memoryLimit * LEAST_SHARE ? half : Math.min(half, left);
  }

  #loadedBytes(sources: readonly NetworkSource[]): number {
    return sources.reduce((sum, source) => sum + this.#estimate(source).loaded, 0);
  }

  /** Estimate of the bytes that a run of a network takes with no other network loaded; the page cache is not counted. */
  runBytes(source: NetworkSource): number {
    return this.#estimate(source).run;
  }

  #estimate(source: NetworkSource): NetworkBytes {
    return this.#measure(source, this.#profileFor(source));
  }

  /** Convolutions by tiles are the first that memory is taken from: a network that would need half of it does without. */
  #profileFor(source: NetworkSource): DeviceProfile {
    const { profile } = this.device;
    if (!convolvesByTiles(profile)) return profile;
    const plain = withPlainConvolutions(profile);
    const takesHalf = (way: DeviceProfile) => this.#measure(source, way).run > this.#memoryLimit / 2;
    return takesHalf(plain) || takesHalf(profile) ? plain : profile;
  }

  #measure(source: NetworkSource, profile: DeviceProfile): NetworkBytes {
    const key = `${keyOf(source)} ${convolvesByTiles(profile) ? 'by tiles' : ''}`;
    const known = this.#estimates.get(key);
    if (known) return known;
    const estimate = networkBytes(source.build(profile), this.device);
    if (this.#estimates.size >= KEPT_ESTIMATES) this.#estimates.clear();
    this.#estimates.set(key, estimate);
    return estimate;
  }

  /** Throws TaskTooLargeError where the device would cut values in silence. */
  #build(source: NetworkSource): NetworkGraph {
    const graph = source.build(this.#profileFor(source));
    const { largestValue } = this.device.profile;
    if (graph.largestValue <= largestValue) return graph;
    throw new TaskTooLargeError(
      `${graph.name} has values of ${inMegabytes(graph.largestValue)} at this size, ${this.device.name} returns at most ` +
        `${inMegabytes(largestValue)}: choose a smaller size`,
    );
  }

  /** Bytes that a network adds: what is made of its weights may be there. */
  #addedBytes(source: NetworkSource, graph: NetworkGraph): number {
    const made = this.#preparedFor(source)?.bytes ?? 0;
    return ownBytes(graph, this.device) + Math.max(0, preparedBytes(graph) - made);
  }

  /** What was made of the same weights for a network of another size. */
  #preparedFor({ checkpoint, variant = '' }: NetworkSource): PreparedWeights | undefined {
    return [...this.#entries.values()].find(
      ({ source }) => source.checkpoint.path === checkpoint.path && (source.variant ?? '') === variant,
    )?.weights;
  }

  /** A network that is loaded becomes the latest used. */
  #use(source: NetworkSource): Promise<Session> | undefined {
    const key = keyOf(source);
    const known = this.#entries.get(key);
    if (!known) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, known);
    return known.session;
  }

  async #add(source: NetworkSource, graph: NetworkGraph, unloaded?: Session): Promise<Session> {
    const key = keyOf(source);
    if (this.device.profile.weights === 'device') await this.#releaseVariants(source);
    await this.#makeRoom(this.#addedBytes(source, graph));
    const weights = this.#preparedFor(source) ?? new PreparedWeights();
    const session = unloaded
      ? Promise.resolve(unloaded)
      : this.#load(graph, this.device, weights).then((loaded) => {
          if (source.alternates) this.#alternating.add(loaded);
          return this.#takingTurns(loaded);
        });
    const bytes = ownBytes(graph, this.device);
    this.#entries.set(key, { source, bytes, weights, stays: source.stays ?? false, session });
    session.catch(() => this.#entries.delete(key));
    return session;
  }

  /** Releases what holds the same weights in memory of its own, under other changes. */
  async #releaseVariants({ checkpoint, name }: NetworkSource): Promise<void> {
    for (const [key, entry] of this.#entries) {
      const { source } = entry;
      if (source.name === name && source.checkpoint.path === checkpoint.path) await this.#release(key, entry);
    }
  }

  /** Releases the networks of one checkpoint: its file is no longer what it was. */
  async forget(path: string): Promise<void> {
    this.#estimates.clear();
    for (const [key, entry] of this.#entries)
      if (entry.source.checkpoint.path === path) await this.#release(key, entry);
    this.#unloaded.clear();
  }

  /** Releases everything. */
  async clear(): Promise<void> {
    await this.#makeRoom(Infinity);
    this.#unloaded.clear();
  }

  async #makeRoom(bytes: number): Promise<void> {
    for (const [key, entry] of this.#inOrderOfRelease()) {
      if (this.bytes + bytes <= this.#memoryLimit) return;
      await this.#release(key, entry);
    }
  }

  /** The least recently used first; on a device, where loading is an upload, what stays comes last. */
  #inOrderOfRelease(): [string, Entry][] {
    const entries = [...this.#entries];
    if (this.device.profile.weights === 'file') return entries;
    return entries.sort(([, a], [, b]) => Number(a.stays) - Number(b.stays));
  }

  async #release(key: string, { session, source }: Entry): Promise<void> {
    this.#entries.delete(key);
    await session.then(
      (opened) => {
        if (source.passes) this.#keepUnloaded(key, opened);
        return opened.release();
      },
      () => undefined, // its caller has the error
    );
  }

  #keepUnloaded(key: string, session: Session): void {
    if (this.#unloaded.size >= KEPT_UNLOADED) this.#unloaded.clear();
    this.#unloaded.set(key, session);
  }

  /** The session, before each run of which others give their scratch memory back if it would be too much together. */
  #takingTurns(session: Session): Session {
    return {
      graph: session.graph,
      run: async (inputs) => {
        this.#warm.delete(session);
        for (const other of this.#warm) {
          const held = [session, ...this.#warm].reduce((sum, { graph }) => sum + graph.activationBytes, 0);
          if (held <= CPU_SCRATCH || this.device.name !== 'cpu') break;
          if (this.#alternating.has(session) && this.#alternating.has(other)) continue;
          this.#warm.delete(other);
          await other.release();
        }
        if (session.graph.runs === 'steps') this.#warm.add(session);
        return session.run(inputs);
      },
      release: () => {
        this.#warm.delete(session);
        return session.release();
      },
    };
  }
}

const keyOf = ({ checkpoint, name, variant = '' }: NetworkSource): string =>
  JSON.stringify([checkpoint.path, name, variant]);

const inMegabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
