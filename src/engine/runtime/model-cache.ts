import { TaskTooLargeError } from '../errors.ts';
import { tradesMemory, withLeastMemory, type DeviceProfile } from '../graph/device-profile.ts';
import { preparedBytes, type NetworkGraph } from '../graph/graph.ts';
import type { Device } from './device.ts';
import { networkBytes, ownBytes, type NetworkBytes } from './network-bytes.ts';
import type { NetworkSource } from './network-source.ts';
import { PreparedWeights } from './prepared-weights.ts';
import { ScratchTurns } from './scratch-turns.ts';
import { openSession, type Session } from './session.ts';

/** Options of a ModelCache. */
export interface ModelCacheOptions {
  readonly device: Device;
  /** Maximum estimated bytes of the loaded networks. The network in use is loaded however large it is. */
  readonly memoryLimit: number;
  /** Replaces openSession in tests. */
  readonly load?: typeof openSession;
}

/** Number of cached estimates: one per network, size and prompt length. */
const KEPT_ESTIMATES = 1000;

/** Number of networks that are kept without their weights, about a megabyte each. */
const KEPT_UNLOADED = 100;

/**
 * Minimum share of the memory for networks that are not resident. Networks that would leave less cannot stay.
 */
const LEAST_SHARE = 1 / 16;

interface Entry {
  readonly source: NetworkSource;
  /** Estimated bytes without prepared weights. */
  readonly bytes: number;
  readonly weights: PreparedWeights;
  readonly stays: boolean;
  readonly session: Promise<Session>;
}

/**
 * The networks loaded on a device. They are kept while memory allows; the least recently used are released
 * first.
 */
export class ModelCache {
  readonly device: Device;
  #memoryLimit: number;
  readonly #load: typeof openSession;
  readonly #scratch: ScratchTurns;
  /** In order of use, the most recent last. */
  readonly #entries = new Map<string, Entry>();
  readonly #estimates = new Map<string, NetworkBytes>();
  /** Sessions of networks that are uploaded in every run and are currently not loaded. */
  readonly #unloaded = new Map<string, Session>();

  constructor({ device, memoryLimit, load = openSession }: ModelCacheOptions) {
    this.device = device;
    this.#memoryLimit = memoryLimit;
    this.#load = load;
    this.#scratch = new ScratchTurns(device);
  }

  /** Paths of the checkpoints with a loaded network, the most recently used last. */
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

  /** Maximum estimated bytes of the loaded networks from now on. */
  set memoryLimit(bytes: number) {
    this.#memoryLimit = bytes;
  }

  /** The session of a network, valid until the next call. If loading fails, the next call tries again. */
  async open(source: NetworkSource): Promise<Session> {
    const unloaded = this.#unloaded.get(keyOf(source));
    return (
      this.#use(source) ??
      (unloaded ? this.#add(source, unloaded.graph, unloaded) : this.#add(source, this.#build(source)))
    );
  }

  /**
   * Opens the networks of a task in order of use, as long as all of them fit at once. The rest are only
   * built, which reveals a damaged checkpoint. Loading them now would evict those that are needed earlier.
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
   * Whether a network leaves half of the memory to others and its values are returned intact. On a device it
   * must also leave room for `resident`, unless those take nearly all of the memory by themselves.
   */
  leavesRoom(source: NetworkSource, resident: readonly NetworkSource[] = []): boolean {
    const { loaded, largestValue } = this.#estimate(source);
    return loaded <= this.#roomBeside(resident) && largestValue <= this.device.profile.largestValue;
  }

  /**
   * Whether networks can stay on a device while each of the others is loaded in turn; always true on the CPU.
   * With `leavingRoom`, the non-resident networks must also keep their minimum share of the memory.
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

  /** Whether a network fits beside others that must not be evicted. */
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

  /** Estimated bytes of a run of a network with no other network loaded, not counting the page cache. */
  runBytes(source: NetworkSource): number {
    return this.#estimate(source).run;
  }

  #estimate(source: NetworkSource): NetworkBytes {
    return this.#measure(source, this.#profileFor(source));
  }

  /**
   * Winograd convolutions and the arenas of pictures are given up first when memory is short: a network that
   * would need half of it does without.
   */
  #profileFor(source: NetworkSource): DeviceProfile {
    const { profile } = this.device;
    if (!tradesMemory(profile)) return profile;
    const least = withLeastMemory(profile);
    const takesHalf = (way: DeviceProfile) => this.#measure(source, way).run > this.#memoryLimit / 2;
    return takesHalf(least) || takesHalf(profile) ? least : profile;
  }

  #measure(source: NetworkSource, profile: DeviceProfile): NetworkBytes {
    const key = `${keyOf(source)} ${tradesMemory(profile) ? '' : 'least'}`;
    const known = this.#estimates.get(key);
    if (known) return known;
    const estimate = networkBytes(source.build(profile), this.device);
    if (this.#estimates.size >= KEPT_ESTIMATES) this.#estimates.clear();
    this.#estimates.set(key, estimate);
    return estimate;
  }

  /** Builds a network. Throws TaskTooLargeError if the device would silently truncate values. */
  #build(source: NetworkSource): NetworkGraph {
    const graph = source.build(this.#profileFor(source));
    const { largestValue } = this.device.profile;
    if (graph.largestValue <= largestValue) return graph;
    throw new TaskTooLargeError(
      `${graph.name} has values of ${inMegabytes(graph.largestValue)} at this size, ${this.device.name} returns at most ` +
        `${inMegabytes(largestValue)}: choose a smaller size`,
    );
  }

  /** Bytes that a network adds. Its prepared weights may exist already. */
  #addedBytes(source: NetworkSource, graph: NetworkGraph): number {
    const made = this.#preparedFor(source)?.bytes ?? 0;
    return ownBytes(graph, this.device) + Math.max(0, preparedBytes(graph) - made);
  }

  /** The prepared weights of the same weights, from a network of another size. */
  #preparedFor({ checkpoint, variant = '' }: NetworkSource): PreparedWeights | undefined {
    return [...this.#entries.values()].find(
      ({ source }) => source.checkpoint.path === checkpoint.path && (source.variant ?? '') === variant,
    )?.weights;
  }

  /** Returns a loaded network and marks it as the most recently used. */
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
      : this.#load(graph, this.device, weights).then((loaded) => this.#scratch.wrap(loaded, source));
    const bytes = ownBytes(graph, this.device);
    this.#entries.set(key, { source, bytes, weights, stays: source.stays ?? false, session });
    session.catch(() => this.#entries.delete(key));
    return session;
  }

  /** Releases networks that hold the same weights in device memory with other changes. */
  async #releaseVariants({ checkpoint, name }: NetworkSource): Promise<void> {
    for (const [key, entry] of this.#entries) {
      const { source } = entry;
      if (source.name === name && source.checkpoint.path === checkpoint.path) await this.#release(key, entry);
    }
  }

  /** Releases the networks of a checkpoint whose file has changed. */
  async forget(path: string): Promise<void> {
    this.#estimates.clear();
    for (const [key, entry] of this.#entries)
      if (entry.source.checkpoint.path === path) await this.#release(key, entry);
    this.#unloaded.clear();
  }

  /** Gives back scratch memory that a finished task left behind, as far as it is too much to be kept. */
  async rest(): Promise<void> {
    await this.#scratch.rest();
  }

  /** Releases all networks. */
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

  /** The least recently used first. On a device, where loading is an upload, resident networks come last. */
  #inOrderOfRelease(): [string, Entry][] {
    const entries = [...this.#entries];
    if (this.device.profile.weights === 'file') return entries;
    return entries.sort(([, a], [, b]) => Number(a.stays) - Number(b.stays));
  }

  async #release(key: string, { session, source }: Entry): Promise<void> {
    this.#entries.delete(key);
    await session.then(
      (opened) => {
        if (source.passes && this.#unloaded.size >= KEPT_UNLOADED) this.#unloaded.clear();
        if (source.passes) this.#unloaded.set(key, opened);
        return opened.release();
      },
      () => undefined, // its caller gets the error
    );
  }
}

const keyOf = ({ checkpoint, name, variant = '' }: NetworkSource): string =>
  JSON.stringify([checkpoint.path, name, variant]);

const inMegabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
