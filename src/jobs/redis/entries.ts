import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createIORedisClient,
  createRedisBackend,
  type IRedisClient,
  type JobJson,
  type MinimalJob,
  type RedisQueueBackend,
} from 'bullmq';
import { isFinished, type Job } from '../job.ts';
import type { Client } from './connection.ts';
import { type Command, type JoinedName, textOf } from './scripts.ts';
import type { RedisStore } from './store.ts';

/** Entries of BullMQ's event streams, which nobody here reads. */
const EVENTS = 100;

/** BullMQ never gives an entry up: the record counts the attempts. */
const STALLS = 1_000_000;

/** How soon the death of a worker is noticed, in milliseconds. */
export interface LockTimes {
  /** Life of a lock; its holder renews it four times as often. */
  readonly duration: number;
  /** Between two looks for locks that have expired. */
  readonly check: number;
}

/** What stands for a job in BullMQ's queue of its model. */
export interface Entry {
  readonly id: string;
  readonly model: string;
}

/** Collaborators and settings of Entries. */
export interface EntriesParts {
  readonly store: RedisStore;
  /** The store's, or another connection. */
  readonly redis: Client;
  readonly lock: LockTimes;
  /** Shown in BullMQ's dashboards. */
  readonly worker: string;
  readonly allowOom: boolean;
}

/**
 * The entries of waiting and running jobs in BullMQ, in a queue for each model, under the job's id. BullMQ keeps locks,
 * stalled check, delays and order; what a job is and whether it may run says its record. Of BullMQ's inside the scripts
 * know wait, prioritized, delayed, marker, meta.paused, pc, :lock and stalled.
 */
export class Entries {
  readonly #parts: EntriesParts;
  readonly #client: IRedisClient;
  readonly #backends = new Map<string, Promise<RedisQueueBackend>>();

  constructor(parts: EntriesParts) {
    this.#parts = parts;
    this.#client = joiningClient(parts.redis, parts.store.key(), parts);
  }

  /** Runs a script that may add the entry of a job, at the level of its priority (see levelOf); its answer. */
  async add({ id, model }: Entry, level: number, add: Command<'accept' | 'addAgain'>): Promise<unknown> {
    const backend = await this.#backend(model);
    const job = {
      ...{ id, name: 'img2img', data: '{}', timestamp: Date.now() },
      opts: { priority: level, removeOnComplete: true },
    };
    return this.#parts.store.answer(() => joined(add, () => backend.addJob(job as unknown as JobJson, id)));
  }

  /** Runs the script that takes the next entry of some models, locks it and perhaps starts its job; its answer. */
  async take(models: readonly string[], token: string, take: Command<'take'>): Promise<unknown> {
    const { store, worker } = this.#parts;
    const backend = await this.#backend(models[0]!);
    return store.answer(() => joined(take, () => backend.moveToActive(token, worker)));
  }

  /** Removes a locked entry: its job has ended. */
  async end({ id, model }: Entry, token: string): Promise<void> {
    await this.#settle(model, id, (backend) => completed(backend, id, token));
  }

  /** Runs the script that ends a job and, if it has, removes the locked entry; its answer. */
  async endWith(end: Command<'finish'>, { id, model }: Entry, token: string): Promise<unknown> {
    const backend = await this.#backend(model);
    return this.#parts.store.answer(() => joined(end, () => completed(backend, id, token)));
  }

  /** Lets a locked entry wait for some milliseconds or at once, as the first of its level. */
  async release({ id, model }: Entry, token: string, milliseconds = 0): Promise<void> {
    await this.#settle(model, id, async (backend) => {
      if (milliseconds > 0) {
        await backend.moveToDelayed(id, Date.now(), Math.ceil(milliseconds), token);
        return;
      }
      await backend.moveJobFromActiveToWait(id, token);
      await this.#parts.redis.zadd(backend.keys['marker']!, 0, '0'); // BullMQ adds none here
    });
  }

  /** Lets a locked entry follow its job, of which there is perhaps no record: it goes with its end, else it waits again. */
  async follow(entry: Entry, token: string, job: Job | undefined): Promise<void> {
    if (!job || isFinished(job.status)) await this.end(entry, token);
    else await this.release(entry, token, (job.notBefore ?? 0) - this.#parts.store.now());
  }

  /** Removes an entry unless somebody has locked it. */
  async remove({ id, model }: Entry): Promise<void> {
    await this.#settle(model, id, (backend) => backend.remove(id, true));
  }

  /** Lets the entries wait again whose lock has expired; does so at the second look. */
  async recoverStalled(models: readonly string[]): Promise<void> {
    const { store } = this.#parts;
    const backends = await Promise.all(models.map((model) => this.#backend(model)));
    await store.answer(() => Promise.all(backends.map((backend) => backend.moveStalledJobsToWait())));
  }

  /** The key in which BullMQ marks that something waits. */
  markerOf(model: string): string {
    return this.#parts.store.key('q', model, 'marker');
  }

  /** Forgets what was set up in Redis, because its data are gone. */
  reset(): void {
    this.#backends.clear();
  }

  /** An entry that cannot be moved is locked by another, or stalls and is met again: its record decides. */
  async #settle(
    model: string,
    id: string,
    move: (backend: RedisQueueBackend) => Promise<unknown>,
  ): Promise<void> {
    try {
      const backend = await this.#backend(model);
      await this.#parts.store.answer(() => move(backend));
    } catch (error) {
      const isRefused = typeof (error as { code?: unknown }).code === 'number';
      if (!isRefused) this.#parts.store.log.warn({ jobId: id, err: error }, 'queue entry was not moved');
    }
  }

  #backend(model: string): Promise<RedisQueueBackend> {
    const known = this.#backends.get(model);
    if (known) return known;
    const opened = this.#open(model);
    this.#backends.set(model, opened);
    opened.catch(() => this.#backends.delete(model));
    return opened;
  }

  async #open(model: string): Promise<RedisQueueBackend> {
    const { store, lock, worker } = this.#parts;
    const options = {
      connection: this.#client,
      prefix: store.key('q'),
      name: worker,
      lockDuration: lock.duration,
      stalledInterval: lock.check,
      maxStalledCount: STALLS,
      skipVersionCheck: true,
    };
    const backend = createRedisBackend(model, options);
    backend.on('error', () => undefined); // the connection logs its own
    await store.answer(() => backend.waitUntilReady());
    backend.setQueueMeta({ 'opts.maxLenEvents': EVENTS }).catch(() => undefined); // a full Redis: longer streams
    return backend;
  }
}

const completed = (backend: RedisQueueBackend, id: string, token: string): Promise<unknown> =>
  backend.moveToCompleted({ id, opts: { attempts: 1 } } as unknown as MinimalJob, null, true, token, false);

/** The level of a job's entry by its priority: 1 to 201, the lowest first. */
export const levelOf = (priority: number): number => 101 - priority;

/** A script that runs as one with a command of BullMQ, and what it has answered. */
interface Joint {
  readonly command: Command<JoinedName>;
  answer?: unknown;
}

/** How a script of ours runs as one with a command of BullMQ. */
interface Join {
  readonly command: string;
  /** The function, in Lua, by which the script calls it. */
  readonly call: string;
  /** Stands for commands by which it keeps what nobody reads here: flows, deduplication, counters, all of its job. */
  readonly unused: string;
}

const LIMIT_OF_EVENTS = /* lua */ `
  HGET = function(name, field)
    if field == 'opts.maxLenEvents' then return '${EVENTS}' end
    return redis.call('HGET', name, field)
  end`;

/** The score is ours, not that of its counter; the counter stays away, so that a delayed entry comes to the front of its level. */
const ADDING: Join = {
  command: 'addPrioritizedJob',
  call: /* lua */ `
local function addEntry(score)
  given = score
  theirs()
end`,
  unused: /* lua */ `INCR = one, ${LIMIT_OF_EVENTS},
  ZADD = function(name, score, member) return redis.call('ZADD', name, name == KEYS[4] and given or score, member) end`,
};

const JOINS: Record<JoinedName, Join> = {
  accept: ADDING,
  addAgain: ADDING,
  take: {
    command: 'moveToActive',
    call: /* lua */ `
local function fetchEntry(model)
  local other, its = theirArguments[1], KEYS[#KEYS] .. 'q:' .. model .. ':'
  for i, name in ipairs(theirKeys) do theirKeys[i] = its .. string.sub(name, #other + 1) end
  theirArguments[1] = its
  local id = theirs()[2]
  return type(id) == 'string' and id
end`,
    unused: /* lua */ `HINCRBY = one, HGETALL = none,
  INCR = function(name) return string.sub(name, -3) == ':pc' and 1 or redis.call('INCR', name) end`,
  },
  finish: {
    command: 'moveToFinished',
    call: /* lua */ `
local function endEntry() theirs() end`,
    unused: /* lua */ `HINCRBY = one, LLEN = one, SCARD = zero, ZCARD = zero, HMGET = none, ${LIMIT_OF_EVENTS}`,
  },
};

const joints = new AsyncLocalStorage<Joint>();

/** Calls BullMQ, whose command runs as one with a script of ours: both or neither, in one round trip; our answer. */
async function joined(command: Command<JoinedName>, call: () => Promise<unknown>): Promise<unknown> {
  const joint: Joint = { command };
  try {
    await joints.run(joint, call);
  } catch (error) {
    if (joint.answer === undefined) throw error; // else BullMQ says why its part changed nothing
  }
  return joint.answer;
}

/** A client for BullMQ that joins scripts of ours, which get this prefix, to its commands. */
function joiningClient(redis: Client, prefix: string, { allowOom }: { allowOom: boolean }): IRedisClient {
  const client = createIORedisClient(redis) as IRedisClient;
  const keys = new Map<string, number>();
  const defineCommand: IRedisClient['defineCommand'] = (name, definition) => {
    client.defineCommand(name, definition);
    keys.set(name, definition.numberOfKeys);
    for (const script of Object.keys(JOINS) as JoinedName[]) {
      if (!name.startsWith(`${JOINS[script].command}:`)) continue;
      const { flags, text } = textOf(script, { allowOom });
      client.defineCommand(joinedName(script), {
        numberOfKeys: definition.numberOfKeys + 1,
        lua: flags + together(definition.lua, JOINS[script], text),
      });
    }
  };
  const runCommand: IRedisClient['runCommand'] = async (name, args: unknown[]) => {
    const joint = joints.getStore();
    if (!joint) return client.runCommand(name, args) as Promise<unknown>;
    const [script, ours] = joint.command;
    const count = keys.get(name)!;
    const all = [...args.slice(0, count), prefix, args.length - count, ...args.slice(count), ...ours];
    const [theirs, answer] = (await client.runCommand(joinedName(script), all)) as [unknown, unknown];
    joint.answer = answer;
    return theirs;
  };
  const own = new Map<PropertyKey, unknown>(Object.entries({ defineCommand, runCommand }));
  return new Proxy(client, {
    get: (target, name) => own.get(name) ?? (Reflect.get(target, name) as unknown),
  });
}

const joinedName = (script: JoinedName): string => `latentql:joined:${script}`;

/** Lua with both scripts as functions: their parameters hide what Redis gives to the whole. Returns both answers. */
const together = (theirs: string, { call, unused }: Join, ours: string): string => /* lua */ `
local count = tonumber(ARGV[1])
local theirKeys, theirArguments, given, answer = {unpack(KEYS, 1, #KEYS - 1)}, {unpack(ARGV, 2, count + 1)}
local function none() return {} end
local function zero() return 0 end
local function one() return 1 end
local unused = {XADD = none, XTRIM = none, ${unused}}
local function call(command, ...)
  local standIn = unused[command]
  if standIn then return standIn(...) end
  return redis.call(command, ...)
end
local sparing = setmetatable({call = call}, {__index = redis})
local function theirScript(redis, KEYS, ARGV)
${theirs}
end
local function theirs()
  answer = theirScript(sparing, theirKeys, theirArguments)
  return answer
end
${call}
local function ourScript(KEYS, ARGV)
${ours}
end
local ours = ourScript({KEYS[#KEYS]}, {unpack(ARGV, count + 2)})
return {answer or 0, ours}
`;
