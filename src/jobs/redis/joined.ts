// Scripts of ours that run as one with a command of BullMQ: both or neither, in one round trip. Redis runs a script as a whole, so that
// BullMQ's becomes a function of ours. It is given stand-ins for the commands by which it keeps what nobody reads here.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IRedisClient } from 'bullmq';
import { type Command, type JoinedName, textOf } from './scripts.ts';

/** Entries of BullMQ's event streams, which nobody here reads. */
export const EVENTS = 100;

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
export async function joined(command: Command<JoinedName>, call: () => Promise<unknown>): Promise<unknown> {
  const joint: Joint = { command };
  try {
    await joints.run(joint, call);
  } catch (error) {
    if (joint.answer === undefined) throw error; // else BullMQ says why its part changed nothing
  }
  return joint.answer;
}

/** BullMQ's client, which joins scripts of ours to its commands; they get this prefix. */
export function joining(
  client: IRedisClient,
  prefix: string,
  { allowOom }: { allowOom: boolean },
): IRedisClient {
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
