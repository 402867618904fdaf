import { AsyncLocalStorage } from 'node:async_hooks';
import { createIORedisClient, type IRedisClient } from 'bullmq';
import type { Client } from './connection.ts';
import { type ScriptName, textOf } from './scripts.ts';

/** A script of ours and its arguments. */
export type Command = [name: ScriptName, args: (string | number)[]];

/** A script that runs as one with a command of BullMQ, and what it has answered. */
interface Joint {
  readonly command: Command;
  answer?: unknown;
}

/** Which scripts run as one with which command, and in what order; both answers are returned. */
const JOINTS: Partial<Record<ScriptName, { readonly command: string; readonly lua: string }>> = {
  accept: { command: 'addPrioritizedJob', lua: 'local added = theirs() return {added, ours()}' },
  resettle: { command: 'addPrioritizedJob', lua: 'local added = theirs() return {added, ours()}' },
  claim: {
    command: 'moveToActive',
    lua: `
local id, _, token = unpack(ourArguments)
if redis.call('HGET', KEYS[#KEYS] .. 'job:' .. id, 'write') == token then return {{{}, id}, 1} end -- its answer was lost
local fetched = theirs()
ourArguments[#ourArguments + 1] = fetched[2]
return {fetched, type(fetched[2]) == 'string' and ours()}`,
  },
  change: {
    command: 'moveToFinished',
    lua: 'local changed = ours() return {changed == 1 and theirs() or 0, changed}',
  },
};

const joints = new AsyncLocalStorage<Joint>();

/** Calls BullMQ, whose command runs as one with a script of ours: both or neither, in one round trip; our answer. */
export async function joined(command: Command, call: () => Promise<unknown>): Promise<unknown> {
  const joint: Joint = { command };
  try {
    await joints.run(joint, call);
  } catch (error) {
    if (joint.answer === undefined) throw error; // else BullMQ says why its part changed nothing
  }
  return joint.answer;
}

/** A client for BullMQ that joins scripts of ours, which get this prefix, to its commands. */
export function joiningClient(
  redis: Client,
  prefix: string,
  { allowOom }: { allowOom: boolean },
): IRedisClient {
  const client = createIORedisClient(redis) as IRedisClient;
  const keys = new Map<string, number>();
  const defineCommand: IRedisClient['defineCommand'] = (name, definition) => {
    client.defineCommand(name, definition);
    keys.set(name, definition.numberOfKeys);
    for (const [script, { command, lua }] of Object.entries(JOINTS)) {
      if (!name.startsWith(`${command}:`)) continue;
      const { flags, text } = textOf(script as ScriptName, { allowOom });
      client.defineCommand(joinedName(script), {
        numberOfKeys: definition.numberOfKeys + 1,
        lua: flags + together(definition.lua, text) + lua,
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

const joinedName = (script: string): string => `latentql:joined:${script}`;

/** Lua with both scripts as functions: their parameters hide what Redis gives to the whole. */
const together = (theirs: string, ours: string): string => /* lua */ `
local count = tonumber(ARGV[1])
local ourArguments = {unpack(ARGV, count + 2)}
local function theirScript(KEYS, ARGV)
${theirs}
end
local function ourScript(KEYS, ARGV)
${ours}
end
local function theirs() return theirScript({unpack(KEYS, 1, #KEYS - 1)}, {unpack(ARGV, 2, count + 1)}) end
local function ours() return ourScript({KEYS[#KEYS]}, ourArguments) end
`;
