import { QUERIES } from './queries.ts';

/**
 * Every change of a job in Redis: scripts that run whole or not at all, and may be sent again. KEYS[1] is the prefix of
 * all keys, which share one slot. `q:<model>:…` is BullMQ's (see entries.ts).
 *
 * job:<id>                     hash: record (JSON), revision, status, at, model, level, owner, key, source, objects, score, claim, token, write, unlocked
 * status:<status>              sorted set of ids, in order of age;   status:<status>:<owner>: those of an owner
 * own:<model>:<level>:<owner>  sorted set: an owner's waiting jobs → tag
 * turns:<model>:<level>        sorted set: owner → tag of its job that started last;   virtual:<model>: hash, level → tag of the last start
 * served                       sorted set: owner → time at which a job of it was started last
 * progress:<id>                the last event of a running job that was kept for late subscribers; expires
 * keys                         hash: owner and idempotency key → id
 * ended                        sorted set: id → end;   expired, gone: ids and objects that were forgotten
 * owners:expired, owners:gone  hash: id → its owner; object → whose source it was, `*` for a result
 * uses                         hash: object → number of jobs that refer to it
 * viewers:<object>             hash: owner whose source it is, or `*` of which it is a result → number of jobs
 * models, paused               sets: models that ever had a job; `*` or `:<model>`
 */

/** Ids of expired jobs, and hashes of their objects, that are remembered. */
const TOMBSTONES = 100_000;

/** Milliseconds after which it no longer counts when an owner was served last. */
const SERVED = 86_400_000;

/** Jobs of an owner that move up at most when one before them is canceled; the others keep a gap, and their order. */
const MOVING = 1000;

/** Running jobs looked at by `unlocked`. */
const RUNNING = 1000;

const COMMON = /* lua */ `
local prefix = KEYS[1]
local call = redis.call
local function key(...) return prefix .. table.concat({...}, ':') end
local function number(value) return string.format('%.0f', value) end

-- A job's fields but for its record, read at once; those that are not there are ''.
local FIELDS = {'revision', 'status', 'at', 'model', 'level', 'owner', 'key', 'source', 'objects', 'score', 'claim', 'token', 'write', 'unlocked'}
local jobs = {}
local function field(id, name)
  if not jobs[id] then
    jobs[id] = {}
    local values = call('HMGET', key('job', id), unpack(FIELDS))
    for i, one in ipairs(FIELDS) do jobs[id][one] = values[i] or '' end
  end
  return jobs[id][name]
end
local function set(id, ...)
  local known = jobs[id]
  if known then
    local values = {...}
    for i = 1, #values, 2 do known[values[i]] = tostring(values[i + 1]) end
  end
  call('HSET', key('job', id), ...)
end

-- Waiting jobs ahead. In 'wait', whose last one is next, BullMQ puts what has stalled: most of these do not wait any more.
local function position(id)
  local model, first, ahead = field(id, 'model'), tonumber(field(id, 'level')) * 4294967296, 0
  local prioritized = key('q', model, 'prioritized')
  local rank = call('ZRANK', prioritized, id) or call('ZCOUNT', prioritized, '-inf', '(' .. number(first))
  for _, other in ipairs(call('LRANGE', key('q', model, 'wait'), 0, -1)) do
    if other == id then ahead, rank = 0, 0
    elseif field(other, 'status') == 'QUEUED' then ahead = ahead + 1 end
  end
  return ahead + rank
end

local function row(id)
  local record, status = call('HGET', key('job', id), 'record'), field(id, 'status')
  if not record then return nil end
  return {record, field(id, 'revision'), field(id, 'at'), status, field(id, 'claim'), status == 'QUEUED' and position(id) or -1}
end

local function announce(id)
  local message = 'S' .. cjson.encode(row(id))
  call('PUBLISH', key('events', id), message)
  call('PUBLISH', key('changed'), message)
end

local function leave(id)
  call('ZREM', key('status', field(id, 'status')), id)
  call('ZREM', key('status', field(id, 'status'), field(id, 'owner')), id)
end
local function enter(id, status)
  call('ZADD', key('status', status), 0, id)
  call('ZADD', key('status', status, field(id, 'owner')), 0, id)
end
local function become(id, status, at, ...)
  leave(id)
  enter(id, status)
  set(id, 'status', status, 'at', at, 'revision', number(field(id, 'revision') + 1), ...)
end

-- Start-time fair queueing within a model and level: behind the owner's other jobs, never before the last start.
local function own(id) return key('own', field(id, 'model'), field(id, 'level'), field(id, 'owner')) end
local function arrive(id)
  local model, level, owner = field(id, 'model'), field(id, 'level'), field(id, 'owner')
  local started = tonumber(call('ZSCORE', key('turns', model, level), owner) or -1)
  local waiting = tonumber(call('ZREVRANGE', own(id), 0, 0, 'WITHSCORES')[2] or -1)
  local tag = math.max(tonumber(call('HGET', key('virtual', model), level) or 0), started + 1, waiting + 1)
  call('ZADD', own(id), tag, id)
  set(id, 'score', number(tonumber(level) * 4294967296 + tag))
end
local function start(id)
  local model, level = field(id, 'model'), field(id, 'level')
  local tag = call('ZSCORE', own(id), id)
  call('ZREM', own(id), id)
  if not tag or tonumber(tag) < tonumber(call('HGET', key('virtual', model), level) or 0) then return end
  call('HSET', key('virtual', model), level, tag)
  call('ZADD', key('turns', model, level), tag, field(id, 'owner'))
  call('ZREMRANGEBYSCORE', key('turns', model, level), '-inf', '(' .. tag)
end

-- A job that is canceled while it waits costs its owner no turn: the next ones move up.
local function moveUp(id)
  local tag = call('ZSCORE', own(id), id)
  if not tag then return end
  for _, later in ipairs(call('ZRANGEBYSCORE', own(id), '(' .. tag, '+inf', 'LIMIT', 0, ${MOVING})) do
    call('ZINCRBY', own(id), -1, later)
    call('HINCRBY', key('job', later), 'score', -1)
    call('ZADD', key('q', field(id, 'model'), 'prioritized'), 'XX', field(later, 'score'), later)
  end
end

-- To whom an object is shown for the sake of a job.
local function viewer(id, object) return object == field(id, 'source') and field(id, 'owner') or '*' end

local function use(id, objects)
  if objects == '' then return end
  local known, all = {}, {}
  for object in string.gmatch(field(id, 'objects'), '%S+') do known[object] = true; all[#all + 1] = object end
  for object in string.gmatch(objects, '%S+') do
    if not known[object] then
      known[object] = true
      all[#all + 1] = object
      call('HINCRBY', key('uses'), object, 1)
      call('HINCRBY', key('viewers', object), viewer(id, object), 1)
      call('ZREM', key('gone'), object)
      call('HDEL', key('owners', 'gone'), object)
    end
  end
  set(id, 'objects', table.concat(all, ' '))
end

local function withdrawEntry(id, model)
  if call('ZREM', key('q', model, 'prioritized'), id) == 1 then call('DEL', key('q', model, id)) end
end
-- Gives an entry that was just added its score, or takes it away if the job does not wait; returns its row.
local function settle(id, model)
  call('DEL', key('q', model, 'pc')) -- BullMQ puts a delayed entry behind this counter: from 1, it is the first of its level
  if field(id, 'status') ~= 'QUEUED' then
    withdrawEntry(id, model)
    return row(id)
  end
  local isNew = field(id, 'score') == ''
  if isNew then arrive(id) end
  call('ZADD', key('q', model, 'prioritized'), 'XX', field(id, 'score'), id)
  if isNew then announce(id) end
  return row(id)
end

local function remember(set, name, owner)
  call('ZADD', key(set), call('INCR', key('tombstones')), name)
  call('HSET', key('owners', set), name, owner)
  for _, old in ipairs(call('ZRANGE', key(set), 0, -${TOMBSTONES + 1})) do call('HDEL', key('owners', set), old) end
  call('ZREMRANGEBYRANK', key(set), 0, -${TOMBSTONES + 1})
end
-- Returns the objects that no job refers to any more.
local function forget(id, objects)
  for object in string.gmatch(field(id, 'objects'), '%S+') do
    local viewers, who = key('viewers', object), viewer(id, object)
    if call('HINCRBY', viewers, who, -1) <= 0 then call('HDEL', viewers, who) end
    if call('HINCRBY', key('uses'), object, -1) <= 0 then
      call('HDEL', key('uses'), object)
      remember('gone', object, who)
      objects[#objects + 1] = object
    end
  end
  if field(id, 'key') ~= '' then call('HDEL', key('keys'), field(id, 'key')) end
  call('ZREM', own(id), id)
  leave(id)
  call('ZREM', key('ended'), id)
  call('DEL', key('job', id), key('progress', id))
end
`;

/**
 * id, model, record, level, owner, owner and idempotency key or '', limit, limit for the owner or '', source or '', time: accepts
 * a job whose entry was just added → 'accepted' and its row; 'full', 'own full', or the id that has the key, without the entry.
 */
const accept = /* lua */ `
local id, model, record, level, owner, idempotency, limit, ownLimit, source, at = unpack(ARGV)
if call('EXISTS', key('job', id)) == 0 then
  local refusal = idempotency ~= '' and call('HGET', key('keys'), idempotency)
  if not refusal and call('ZCARD', key('status', 'QUEUED')) >= tonumber(limit) then refusal = 'full' end
  if not refusal and ownLimit ~= '' and call('ZCARD', key('status', 'QUEUED', owner)) >= tonumber(ownLimit) then
    refusal = 'own full'
  end
  if refusal then
    withdrawEntry(id, model)
    return {refusal}
  end
  set(id, 'record', record, 'status', 'QUEUED', 'revision', 1, 'at', at, 'model', model,
    'level', level, 'owner', owner, 'key', idempotency, 'source', source)
  enter(id, 'QUEUED')
  call('SADD', key('models'), model)
  if idempotency ~= '' then call('HSET', key('keys'), idempotency, id) end
  if id > (call('GET', key('lastId')) or '') then call('SET', key('lastId'), id) end
  use(id, source)
end
return {'accepted', settle(id, model)}
`;

/** id, model: gives an entry that was just added its score, or takes it away if the job does not wait → nothing or its row. */
const resettle = /* lua */ `return {'', settle(unpack(ARGV))}`;

/** id, revision, token, claim (JSON), time → 1 if the job is running under this token; 0 if it has changed. */
const claim = /* lua */ `
local id, revision, token, text, at = unpack(ARGV)
if field(id, 'token') == token then return 1 end
if field(id, 'revision') ~= revision or field(id, 'status') ~= 'QUEUED' then return 0 end
start(id)
become(id, 'RUNNING', at, 'token', token, 'claim', text)
call('ZADD', key('served'), at, field(id, 'owner'))
call('ZREMRANGEBYSCORE', key('served'), '-inf', number(at - ${SERVED}))
announce(id)
return 1
`;

/** id, revision, name of this write, status, record, time, time of the end or '', objects → row; nothing if the job has changed. */
const change = /* lua */ `
local id, revision, write, status, record, at, endedAt, objects = unpack(ARGV)
if field(id, 'write') == write then return row(id) end
if field(id, 'revision') ~= revision then return nil end
if status == 'CANCELED' then moveUp(id) end
call('ZREM', own(id), id)
become(id, status, at, 'record', record, 'write', write, 'claim', '', 'token', '')
call('DEL', key('progress', id))
if endedAt ~= '' then call('ZADD', key('ended'), endedAt, id) end
use(id, objects)
announce(id)
return row(id)
`;

/** id, revision, name of this write, record, level, time → row; nothing if the job has changed. */
const prioritize = /* lua */ `
local id, revision, write, record, level, at = unpack(ARGV)
if field(id, 'write') == write then return row(id) end
if field(id, 'revision') ~= revision or field(id, 'status') ~= 'QUEUED' then return nil end
call('ZREM', own(id), id)
become(id, 'QUEUED', at, 'record', record, 'level', level, 'write', write)
arrive(id)
local entry = key('q', field(id, 'model'), id)
if call('EXISTS', entry) == 1 then call('HSET', entry, 'priority', level) end
call('ZADD', key('q', field(id, 'model'), 'prioritized'), 'XX', field(id, 'score'), id)
announce(id)
return row(id)
`;

/** id, revision, event, milliseconds to keep it or 0 → 1; 0 if the job has changed. */
const report = /* lua */ `
local id, revision, event, lifetime = unpack(ARGV)
if field(id, 'revision') ~= revision then return 0 end
if lifetime ~= '0' then call('SET', key('progress', id), event, 'PX', lifetime) end
call('PUBLISH', key('events', id), event)
return 1
`;

/** milliseconds, then id, model, revision and token of each lease: locks the entries again → ids of those that are lost. */
const renew = /* lua */ `
local lost = {}
for i = 2, #ARGV, 4 do
  local id, model, revision, token = unpack(ARGV, i, i + 3)
  if field(id, 'revision') == revision then
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

/** time, limit → ids of jobs that ended before it, and objects that no job refers to any more. */
const expire = /* lua */ `
local ids, objects = call('ZRANGEBYSCORE', key('ended'), '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2]), {}
for _, id in ipairs(ids) do
  remember('expired', id, field(id, 'owner'))
  forget(id, objects)
end
return {ids, objects}
`;

/** id → objects that no job refers to any more; nothing if the job has not ended or is not there. */
const remove = /* lua */ `
if not call('ZSCORE', key('ended'), ARGV[1]) then return nil end
local objects = {}
remember('expired', ARGV[1], field(ARGV[1], 'owner'))
forget(ARGV[1], objects)
return objects
`;

/** id: takes back a job that was accepted and has not been started. */
const withdraw = /* lua */ `
if field(ARGV[1], 'revision') == '1' then forget(ARGV[1], {}) end
`;

/** → ids of running jobs whose entry nobody holds, and nobody held at the last look either. */
const unlocked = /* lua */ `
local found = {}
for _, id in ipairs(call('ZRANGE', key('status', 'RUNNING'), 0, ${RUNNING - 1})) do
  local revision, seen = field(id, 'revision'), field(id, 'unlocked')
  if call('EXISTS', key('q', field(id, 'model'), id .. ':lock')) == 1 then
    if seen ~= '' then set(id, 'unlocked', '') end
  elseif seen == revision then found[#found + 1] = id
  else set(id, 'unlocked', revision) end
end
return found
`;

const SCRIPTS = {
  ...QUERIES,
  accept,
  resettle,
  claim,
  change,
  prioritize,
  report,
  renew,
  pause,
  expire,
  remove,
  withdraw,
  unlocked,
};

export type ScriptName = keyof typeof SCRIPTS;

/** Those that must also work while Redis has no memory left: they end jobs or make room. */
const WITHOUT_MEMORY: readonly ScriptName[] = ['change', 'renew', 'expire', 'remove', 'withdraw'];

/** The text of every script, for a server of this version. */
export function scriptsFor({ allowOom }: { allowOom: boolean }): [ScriptName, string][] {
  return (Object.entries(SCRIPTS) as [ScriptName, string][]).map(([name, body]) => {
    const flags = allowOom && WITHOUT_MEMORY.includes(name) ? '#!lua flags=allow-oom\n' : '';
    return [name, flags + COMMON + body];
  });
}
