import { PRELUDE } from './prelude.ts';
import { QUERIES } from './queries.ts';

/** Running jobs looked at by `unlocked`. */
const RUNNING = 1000;

/** Milliseconds for which it is remembered what a claimant has fetched. */
const REMEMBERED = 60_000;

/**
 * id, model, record, level, owner, owner and idempotency key or '', limit, limit for the owner or '', source or '', time, needs: accepts
 * a job and adds its entry → 'accepted' and its position; else 'full', 'own full', or the id that has the key.
 */
const accept = /* lua */ `
local id, model, record, level, owner, idempotency, limit, ownLimit, source, at, needs = unpack(ARGV)
if call('EXISTS', key('job', id)) == 1 then return {'accepted', position(id)} end
local refusal = idempotency ~= '' and call('HGET', key('keys'), idempotency)
if refusal then return {refusal} end
if count(key('jobs'), 'QUEUED') >= tonumber(limit) then return {'full'} end
if ownLimit ~= '' and count(key('jobs', owner), 'QUEUED') >= tonumber(ownLimit) then return {'own full'} end
local fields = {record = record, status = 'QUEUED', revision = '1', at = at, model = model, level = level, owner = owner, needs = needs}
fields.score = scoreOf(model, level, owner)
if idempotency ~= '' then
  fields.key = idempotency
  call('HSET', key('keys'), idempotency, id)
end
if source ~= '' then fields.source = source end
jobs[id] = {}
set(id, fields)
enter(id, 'QUEUED')
use(id, source)
addEntry(fields.score)
return {'accepted', announce(id)[5]}
`;

/** id: adds the entry that a waiting job lacks. */
const addAgain = /* lua */ `
if field(ARGV[1], 'status') == 'QUEUED' then addEntry(field(ARGV[1], 'score')) end
`;

/**
 * token, claim (JSON), time, claimant, what it can run (lines of `needs`), the present time, models: fetches the entry that is next
 * → its model and id, whether its job was started, and the row of its record. Only a job that has never been changed is started, and
 * only one whose needs are among these. Nothing if no entry is handed out.
 */
const take = /* lua */ `
local token, claim, at, claimant, able, now = unpack(ARGV)
local function answer(model, id) return {model, id, field(id, 'write') == token and 1 or 0, row(id)} end
local before = call('GET', key('taken', claimant))
if before and string.sub(before, 1, #token) == token then -- the answer was lost
  local id, model = string.match(before, '^%S+ (%S+) (.*)$')
  return answer(model, id)
end
local paused, models = {}, {}
for _, extent in ipairs(call('SMEMBERS', key('paused'))) do paused[extent] = true end
for i = 7, #ARGV do
  if not paused['*'] and not paused[':' .. ARGV[i]] then models[#models + 1] = ARGV[i] end
end
local function levelOf(id) return tonumber(field(id, 'level')) or 0 end
local function candidate(model)
  local function q(name) return key('q', model, name) end
  local first = call('LINDEX', q('wait'), -1)
  if first then return first end
  local head = call('ZRANGE', q('prioritized'), 0, 0)[1]
  local delayed = call('ZRANGEBYSCORE', q('delayed'), '-inf', number((now + 1) * 4096 - 1), 'LIMIT', 0, 1)[1]
  if delayed and (not head or levelOf(delayed) <= levelOf(head)) then return delayed end
  return head
end
local function served(id) return tonumber(call('ZSCORE', key('served'), field(id, 'owner')) or 0) end
local function isBefore(one, other)
  if levelOf(one) ~= levelOf(other) then return levelOf(one) < levelOf(other) end
  if served(one) ~= served(other) then return served(one) < served(other) end
  return one < other
end
local function nextModel()
  if #models == 1 then return 1 end
  local best, its
  for i, model in ipairs(models) do
    local id = candidate(model)
    if id and (not best or isBefore(id, best)) then best, its = id, i end
  end
  return its
end
repeat
  local place = nextModel()
  if not place then return nil end
  local model = table.remove(models, place)
  local id = fetchEntry(model)
  if id then
    call('SET', key('taken', claimant), token .. ' ' .. id .. ' ' .. model, 'PX', ${REMEMBERED})
    if field(id, 'record') ~= '' and field(id, 'revision') == '1' and string.find(able, '\\n' .. field(id, 'needs') .. '\\n', 1, true) then
      return {model, id, 1, start(id, token, claim, at)}
    end
    return answer(model, id)
  end
until #models == 0
`;

/** id, revision, token, claim (JSON), time → 1 if the job is running under this token; 0 if it has changed. */
const claim = /* lua */ `
local id, revision, token, text, at = unpack(ARGV)
if field(id, 'write') == token then return 1 end
if field(id, 'revision') ~= revision or field(id, 'status') ~= 'QUEUED' then return 0 end
start(id, token, text, at)
return 1
`;

/** id, revision, name of this write, status, record, time, time of the end or '', objects → 1; 0 if the job has changed. */
const change = /* lua */ `
local id, revision, write, status, record, at, endedAt, objects = unpack(ARGV)
if field(id, 'write') == write then return 1 end
if field(id, 'revision') ~= revision then return 0 end
if field(id, 'status') == 'RUNNING' then call('DEL', key('progress', id)) elseif status == 'CANCELED' then moveUp(id) end
become(id, status, {at = at, record = record, write = write})
if endedAt ~= '' then call('ZADD', key('ended'), endedAt, id) end
use(id, objects)
announce(id)
return 1
`;

/** As `change`, of a job that ends; with its entry, which its lease has locked. */
const finish = /* lua */ `
local function change()
${change}
end
local changed = change()
if changed == 1 then endEntry() end
return changed
`;

/** id, revision, name of this write, record, level, time → position; nothing if the job has changed. */
const prioritize = /* lua */ `
local id, revision, write, record, level, at = unpack(ARGV)
if field(id, 'write') == write then return position(id) end
if field(id, 'revision') ~= revision or field(id, 'status') ~= 'QUEUED' then return nil end
local model = field(id, 'model')
local score = scoreOf(model, level, field(id, 'owner'))
become(id, 'QUEUED', {at = at, record = record, write = write, level = level, score = score})
if call('EXISTS', key('q', model, id)) == 1 then call('HSET', key('q', model, id), 'priority', level) end
call('ZADD', key('q', model, 'prioritized'), 'XX', score, id)
return announce(id)[5]
`;

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
  claim,
  change,
  prioritize,
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

/** Scripts that run as one with a script of BullMQ, which they call: see entries.ts. */
const JOINED = { accept, addAgain, take, finish };

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
