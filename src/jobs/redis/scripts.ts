import { CHANGES, JOINED } from './changes.ts';
import { PRELUDE } from './prelude.ts';
import { QUERIES } from './queries.ts';

/** Running jobs looked at by `unlocked`. */
const RUNNING = 1000;

/** id, revision, event, milliseconds to keep it or 0 → 1; 0 if the job has changed. */
const report = /* lua */ `
local id, revision, event, lifetime = unpack(ARGV)
if call('HGET', key('job', id), 'revision') ~= revision then return 0 end
if lifetime ~= '0' then call('SET', key('progress', id), event, 'PX', lifetime) end
call('PUBLISH', key('events', id), event)
return 1
`;

/** milliseconds, then id, model, revision and token of each lease: locks the entries again → ids of those that are lost. */
const renew = /* lua */ `
local lost = {}
for i = 2, #ARGV, 4 do
  local id, model, revision, token = unpack(ARGV, i, i + 3)
  if call('HGET', key('job', id), 'revision') == revision then
    call('SET', key('q', model, id .. ':lock'), token, 'PX', ARGV[1])
    call('SREM', key('q', model, 'stalled'), id)
  else lost[#lost + 1] = id end
end
return lost
`;

/** pause or resume: models, `*` for all. Resuming wakes the workers. */
const pause = /* lua */ `
if ARGV[1] == 'pause' then return call('SADD', key('paused'), ARGV[2]) end
call('SREM', key('paused'), ARGV[2])
for _, model in ipairs(call('SMEMBERS', key('models'))) do call('ZADD', key('q', model, 'marker'), 0, '0') end
`;

/** time, the present time, limit → ids of jobs that ended before it, and objects that no job refers to any more. */
const expire = /* lua */ `
local time = witnessed(ARGV[1], ARGV[2])
call('ZREMRANGEBYSCORE', key('served'), '-inf', time)
local ids, objects = call('ZRANGEBYSCORE', key('ended'), '-inf', '(' .. time, 'LIMIT', 0, ARGV[3]), {}
for _, id in ipairs(ids) do expire(id, objects) end
return {ids, objects}
`;

/** id → objects that no job refers to any more; nothing if the job has not ended or is not there. */
const remove = /* lua */ `
if not call('ZSCORE', key('ended'), ARGV[1]) then return nil end
local objects = {}
expire(ARGV[1], objects)
return objects
`;

/** id, revision, record, object or '' → objects that nothing refers to any more; nothing if the job has changed. */
const removeImage = /* lua */ `
local id, revision, record, object = unpack(ARGV)
if field(id, 'revision') ~= revision then return nil end
local kept, objects = {}, {}
for one in string.gmatch(field(id, 'objects'), '%S+') do
  if one == object then release(one, viewer(id, one), objects) else kept[#kept + 1] = one end
end
set(id, {record = record, revision = number(revision + 1), objects = table.concat(kept, ' ')})
return objects
`;

/** object, owner, time, limit → 1; 0 if the owner has as many uploads already. */
const keepUpload = /* lua */ `
local object, owner, at, limit = unpack(ARGV)
local upload = object .. ' ' .. owner
if not call('ZSCORE', key('uploads'), upload) then
  if tonumber(call('HGET', key('uploaders'), owner) or 0) >= tonumber(limit) then return 0 end
  call('HINCRBY', key('uploaders'), owner, 1)
  refer(object, owner)
end
call('ZADD', key('uploads'), at, upload)
return 1
`;

/** time, the present time, limit → number of uploads that were last kept before it, and objects that nothing refers to any more. */
const expireUploads = /* lua */ `
local time = witnessed(ARGV[1], ARGV[2])
local uploads, objects = call('ZRANGEBYSCORE', key('uploads'), '-inf', '(' .. time, 'LIMIT', 0, ARGV[3]), {}
for _, upload in ipairs(uploads) do
  local object, owner = string.match(upload, '^(%S+) (.*)$')
  call('ZREM', key('uploads'), upload)
  if call('HINCRBY', key('uploaders'), owner, -1) <= 0 then call('HDEL', key('uploaders'), owner) end
  release(object, owner, objects)
end
return {#uploads, objects}
`;

/** id: takes back a job that was accepted and has not been started. */
const withdraw = /* lua */ `
if field(ARGV[1], 'revision') == '1' then forget(ARGV[1], {}) end
`;

/** owner and idempotency key, id: frees the key of a job whose record is gone. */
const freeKey = /* lua */ `
local isKept = call('HEXISTS', key('job', ARGV[2]), 'record') == 1
if not isKept and call('HGET', key('keys'), ARGV[1]) == ARGV[2] then call('HDEL', key('keys'), ARGV[1]) end
`;

/** ids of jobs whose record is gone: they count no more, except among those of their owners, which are not known. */
const dropVanished = /* lua */ `
for _, id in ipairs(ARGV) do
  if call('HEXISTS', key('job', id), 'record') == 0 then
    call('ZREM', key('jobs'), id)
    call('ZREM', key('ended'), id)
    call('DEL', key('job', id), key('progress', id))
    for _, model in ipairs(call('SMEMBERS', key('models'))) do
      if call('ZREM', key('q', model, 'prioritized'), id) + call('ZREM', key('q', model, 'delayed'), id) > 0 then
        call('DEL', key('q', model, id))
      end
    end
  end
end
`;

/** → ids of running jobs whose entry nobody holds, and nobody held at the last look either. */
const unlocked = /* lua */ `
local found = {}
for _, id in ipairs(first(key('jobs'), 'RUNNING', ${RUNNING})) do
  local revision, seen = field(id, 'revision'), field(id, 'unlocked')
  if call('EXISTS', key('q', field(id, 'model'), id .. ':lock')) == 1 then
    if seen ~= '' then set(id, {unlocked = ''}) end
  elseif seen == revision then found[#found + 1] = id
  else set(id, {unlocked = revision}) end
end
return found
`;

/** Each runs whole or not at all, and may be sent again. Their keys: see prelude.ts. */
const SCRIPTS = {
  ...QUERIES,
  ...CHANGES,
  report,
  renew,
  pause,
  expire,
  remove,
  removeImage,
  keepUpload,
  expireUploads,
  withdraw,
  freeKey,
  dropVanished,
  unlocked,
};

export type ScriptName = keyof typeof SCRIPTS;

export type JoinedName = keyof typeof JOINED;

/** A script of ours and its arguments. */
export type Command<Name = ScriptName | JoinedName> = [name: Name, args: (string | number)[]];

/** Those that must also work while Redis has no memory left: they end jobs or make room. */
const WITHOUT_MEMORY: readonly (ScriptName | JoinedName)[] = [
  'change',
  'finish',
  'renew',
  'expire',
  'remove',
  'removeImage',
  'expireUploads',
  'withdraw',
  'dropVanished',
];

/** The Lua of a script, for a server of this version. */
export function textOf(
  name: ScriptName | JoinedName,
  { allowOom }: { allowOom: boolean },
): { readonly flags: string; readonly text: string } {
  const flags = allowOom && WITHOUT_MEMORY.includes(name) ? '#!lua flags=allow-oom\n' : '';
  return { flags, text: withPrelude({ ...SCRIPTS, ...JOINED }[name]) };
}

/** A script behind the definitions that it needs, directly or not: Redis makes them anew for each run. */
function withPrelude(script: string): string {
  let text = script;
  for (const definition of PRELUDE.split(/^(?=local )/m).reverse()) {
    const [, name] = /^local (?:function )?(\w+)/.exec(definition) ?? [];
    if (name !== undefined && new RegExp(`\\b${name}\\b`).test(text)) text = definition + text;
  }
  return text;
}

export const SCRIPT_NAMES = Object.keys(SCRIPTS) as ScriptName[];
