import { EventBuffer } from '../event-buffer.ts';
import { isFinished, type Job } from '../job.ts';
import { LatestJobs } from '../latest-jobs.ts';
import { type JobAbsence, type JobEvent, QueueLostError, stateEvent } from '../queue.ts';
import type { Client } from './connection.ts';
import { decodeReport, isReport } from './frame.ts';
import { type Row, type StoredJob, storedFrom } from './record.ts';
import type { RedisStore } from './store.ts';

/** Milliseconds over which changes of positions are gathered: at least, and for each watched job. */
const GATHERING = 25;
const GATHERING_PER_JOB = 0.1;

/** Jobs read at a time. */
const PAGE = 500;

/** The subscribers of one job in this process. */
interface Audience {
  readonly buffers: Set<EventBuffer>;
  /** Watches that are being opened. */
  opening: number;
  /** The newest event. */
  last: JobEvent | undefined;
}

/**
 * The jobs' events between processes. Each watched job is one subscription, however many watch it; events are ordered by
 * their sequence, and one that comes late is dropped. What a broken connection missed is read again.
 */
export class RedisEvents {
  readonly #store: RedisStore;
  readonly #subscriber: Client;
  readonly #audiences = new Map<string, Audience>();
  readonly #readers = new Set<LatestJobs>();
  readonly #onControl: (message: string) => void;
  readonly #channels: { readonly job: string; readonly changed: string; readonly control: string };
  #gathering: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * `subscriber` is a connection of its own, in subscriber mode; `onControl` gets what other processes send to the
   * workers.
   */
  constructor(store: RedisStore, subscriber: Client, onControl: (message: string) => void) {
    this.#store = store;
    this.#subscriber = subscriber;
    this.#onControl = onControl;
    this.#channels = {
      job: store.key('events', ''),
      changed: store.key('changed'),
      control: store.key('control'),
    };
    subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      try {
        this.#receive(channel.toString(), message);
      } catch (error) {
        store.log.warn({ err: error }, 'event of another version cannot be read');
      }
    });
  }

  /** Listens to what concerns every process. */
  async open(): Promise<void> {
    const { changed, control } = this.#channels;
    await this.#store.answer(() => this.#subscriber.subscribe(changed, control));
  }

  /** See JobQueue. Subscribes before it reads, so that no change is missed. */
  async watch(id: string): Promise<AsyncIterableIterator<JobEvent> | JobAbsence> {
    const audience = this.#audiences.get(id) ?? { buffers: new Set(), opening: 0, last: undefined };
    this.#audiences.set(id, audience);
    audience.opening++;
    try {
      await this.#store.answer(() => this.#subscriber.subscribe(this.#channels.job + id));
      const present = await this.#store.present(id);
      if (typeof present === 'string') return present;
      this.#take(present);
      const first = newest(audience.last, present);
      if (!isFinished(first.job.status) && this.#audiences.get(id) !== audience && !this.#closed) {
        return await this.watch(id); // its subscribers have left meanwhile
      }
      const buffer = new EventBuffer(() => {
        audience.buffers.delete(buffer);
        this.#dropUnwatched(id, audience);
      });
      buffer.push(first);
      if (this.#closed) buffer.end();
      else if (!isFinished(first.job.status)) audience.buffers.add(buffer);
      return buffer;
    } finally {
      audience.opening--;
      this.#dropUnwatched(id, audience);
    }
  }

  /** See JobQueue. */
  changes(): AsyncIterableIterator<Job> {
    const reader: LatestJobs = new LatestJobs(() => this.#readers.delete(reader));
    if (this.#closed) reader.end();
    else this.#readers.add(reader);
    return reader;
  }

  /** Reads again what is watched: an event may have been lost with a connection. */
  async refresh(): Promise<void> {
    await this.open();
    this.#gather();
    const ids = [...this.#audiences.keys()];
    for (let i = 0; i < ids.length; i += PAGE) {
      const page = ids.slice(i, i + PAGE);
      const channels = page.map((id) => this.#channels.job + id);
      await this.#store.answer(() => this.#subscriber.subscribe(...channels));
      (await this.#store.findMany(page)).forEach((found, j) => {
        if (typeof found !== 'string') this.#take(stateOf(found));
        else if (found !== 'unreadable') this.#fail(page[j]!, new QueueLostError(lost(page[j]!)));
      });
    }
  }

  /** Ends every watch with an error: the jobs are gone. */
  lose(error: QueueLostError): void {
    for (const id of [...this.#audiences.keys()]) this.#fail(id, error);
  }

  /** Ends every watch, after the events that wait to be read. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#gathering);
    for (const { buffers } of this.#audiences.values()) for (const buffer of buffers) buffer.end();
    for (const reader of this.#readers) reader.end();
    this.#audiences.clear();
    this.#readers.clear();
  }

  #receive(channel: string, message: Buffer): void {
    if (channel === this.#channels.control) this.#onControl(message.toString());
    else if (channel === this.#channels.changed) {
      this.#gather();
      const stored = this.#readers.size > 0 ? decodeState(message) : undefined;
      if (stored) for (const reader of this.#readers) reader.push(stored.job);
    } else if (isReport(message)) this.#take(decodeReport(message));
    else {
      const stored = decodeState(message);
      if (stored) this.#take(stateOf(stored));
    }
  }

  #take(event: JobEvent): void {
    const { id, status } = event.job;
    const audience = this.#audiences.get(id);
    if (!audience || event.sequence <= (audience.last?.sequence ?? -1)) return;
    audience.last = event;
    for (const buffer of audience.buffers) buffer.push(event);
    if (isFinished(status)) this.#drop(id);
  }

  #gather(): void {
    const watched = this.#waiting().length;
    if (this.#gathering || watched === 0) return;
    const pause = Math.max(GATHERING, watched * GATHERING_PER_JOB);
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#move().catch((error: unknown) => {
        if (!this.#closed) this.#store.log.warn({ err: error }, 'queue positions were not read');
      });
    }, pause);
  }

  /** Publishes to this process's subscribers how the jobs that they wait for have moved. */
  async #move(): Promise<void> {
    for (const found of await this.#store.findMany(this.#waiting())) {
      if (typeof found === 'string' || found.job.status !== 'QUEUED') continue;
      const last = this.#audiences.get(found.job.id)?.last;
      const { queuePosition } = found.job;
      if (last?.type !== 'queued' || last.job.queuePosition === queuePosition) continue;
      this.#take({ ...last, job: { ...last.job, queuePosition }, sequence: last.sequence + 1 });
    }
  }

  #waiting(): string[] {
    return [...this.#audiences].flatMap(([id, { last }]) => (last?.type === 'queued' ? [id] : []));
  }

  #fail(id: string, error: QueueLostError): void {
    for (const buffer of this.#audiences.get(id)?.buffers ?? []) buffer.fail(error);
    this.#drop(id);
  }

  #dropUnwatched(id: string, audience: Audience): void {
    const isWatched = audience.buffers.size > 0 || audience.opening > 0;
    if (!isWatched && this.#audiences.get(id) === audience) this.#drop(id);
  }

  #drop(id: string): void {
    if (!this.#audiences.delete(id) || this.#closed) return;
    this.#subscriber.unsubscribe(this.#channels.job + id).catch(() => undefined); // gone with its connection
  }
}

/** Reads what the scripts publish: "S" and a row. */
const decodeState = (message: Buffer): StoredJob | undefined =>
  storedFrom(JSON.parse(message.toString('utf8', 1)) as Row);

/** The state that a stored job is in, as an event. */
const stateOf = ({ job, sequence, at }: StoredJob): JobEvent => stateEvent(job, { sequence, at });

/** What a late subscriber gets first: the newer one, as a state. */
function newest(last: JobEvent | undefined, present: JobEvent): JobEvent {
  if (!last || last.sequence <= present.sequence) return present;
  if (last.type === 'queued' && present.type === 'queued') return { ...present, sequence: last.sequence };
  return stateEvent(last.job, { ...last, preview: 'preview' in last ? last.preview : null });
}

const lost = (id: string): string => `job ${id} is no longer in Redis`;
