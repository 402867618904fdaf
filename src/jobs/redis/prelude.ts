/**
 * Keys in Redis, each behind KEYS[1], the prefix of all, so that they share one slot. `q:<model>:…` is BullMQ's (see entries.ts).
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
 * uses                         hash: object → number of jobs and uploads that refer to it
 * viewers:<object>             hash: owner whose source it is, or `*` for a result → number of jobs and uploads
 * uploads                      sorted set: object and owner → when it was last kept;   uploaders: hash, owner → number of uploads
 * models, paused               sets: models that ever had a job; `*` or `:<model>`
 * unload                       calls to workers to unload their models, counted
 */

/** Ids of expired jobs, and hashes of their objects, that are remembered. */
const TOMBSTONES = 100_000;

/** Jobs of an owner that move up at most when one before them is canceled; the others keep a gap, and their order. */
const MOVING = 1000;

/** Lua in front of every script: the layout of the keys, and what several scripts do. */
export const PRELUDE = /* lua */ `
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

-- To whom an object is shown for the sake of a job; 'source' holds the hashes of what its request brought along.
local function viewer(id, object) return string.find(field(id, 'source'), object, 1, true) and field(id, 'owner') or '*' end

local function refer(object, who)
  call('HINCRBY', key('uses'), object, 1)
  call('HINCRBY', key('viewers', object), who, 1)
  call('ZREM', key('gone'), object)
  call('HDEL', key('owners', 'gone'), object)
end

local function use(id, objects)
  if objects == '' then return end
  local known, all = {}, {}
  for object in string.gmatch(field(id, 'objects'), '%S+') do known[object] = true; all[#all + 1] = object end
  for object in string.gmatch(objects, '%S+') do
    if not known[object] then
      known[object] = true
      all[#all + 1] = object
      refer(object, viewer(id, object))
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
-- Adds to the list objects those that nothing refers to any more.
local function release(object, who, objects)
  local viewers = key('viewers', object)
  if call('HINCRBY', viewers, who, -1) <= 0 then call('HDEL', viewers, who) end
  if call('HINCRBY', key('uses'), object, -1) <= 0 then
    call('HDEL', key('uses'), object)
    remember('gone', object, who)
    objects[#objects + 1] = object
  end
end
local function forget(id, objects)
  for object in string.gmatch(field(id, 'objects'), '%S+') do release(object, viewer(id, object), objects) end
  if field(id, 'key') ~= '' then call('HDEL', key('keys'), field(id, 'key')) end
  call('ZREM', own(id), id)
  leave(id)
  call('ZREM', key('ended'), id)
  call('DEL', key('job', id), key('progress', id))
end
`;
