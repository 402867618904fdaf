/**
 * Keys in Redis, each behind KEYS[1], the prefix of all, so that they share one slot. `q:<model>:…` is BullMQ's (see entries.ts).
 *
 * job:<id>                     hash: record (JSON), revision, status, at, model, level, owner, needs, key, source, objects, score, claim, write, unlocked
 * jobs, jobs:<owner>           sorted sets: id → number of the status × 2^48 + time in the id
 * turns:<model>:<level>        sorted set: owner → tag of its last job; `*` → greatest tag of a start
 * served                       sorted set: owner → time at which a job of it was started last
 * taken:<worker>:<device>      token and id of the entry that it has fetched last; expires
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

/** Jobs of an owner that are looked at when one before them is canceled, to move up; the others keep a gap, and their order. */
const MOVING = 1000;

/** Lua in front of every script: the layout of the keys, and what several scripts do. */
export const PRELUDE = /* lua */ `
local prefix = KEYS[1]
local call = redis.call
local function key(name, more, most)
  if most then return prefix .. name .. ':' .. more .. ':' .. most end
  return more and prefix .. name .. ':' .. more or prefix .. name
end
local function number(value) return string.format('%.0f', value) end

-- A job's fields, read at once, but for the record, which is long; those that are not there are ''.
local FIELDS = {'revision', 'status', 'at', 'model', 'level', 'owner', 'needs', 'key', 'source', 'objects', 'score', 'claim', 'write', 'unlocked', 'record'}
local jobs = {}
local function field(id, name)
  local known = jobs[id]
  if not known then
    known = {}
    jobs[id] = known
    for i, value in ipairs(call('HMGET', key('job', id), unpack(FIELDS, 1, name == 'record' and #FIELDS or #FIELDS - 1))) do
      known[FIELDS[i]] = value or ''
    end
  elseif name == 'record' and not known.record then known.record = call('HGET', key('job', id), name) or '' end
  return known[name] or ''
end
local function set(id, fields)
  local known, values = jobs[id] or {}, {}
  for name, value in pairs(fields) do
    known[name] = value
    values[#values + 1] = name
    values[#values + 1] = value
  end
  call('HSET', key('job', id), unpack(values))
end

-- Jobs by status, owner and time: the jobs of a status lie between its first score and that of the next one.
local STATUSES = {QUEUED = 0, RUNNING = 1, SUCCEEDED = 2, FAILED = 3, CANCELED = 4}
local function timeOf(id) return tonumber(string.sub(id, 1, 8) .. string.sub(id, 10, 13), 16) or 0 end
local function place(status, time) return number(STATUSES[status] * 2 ^ 48 + time) end
local function count(index, status) return call('ZCOUNT', index, place(status, 0), place(status, 2 ^ 48 - 1)) end
local function first(index, status, size)
  return call('ZRANGEBYSCORE', index, place(status, 0), place(status, 2 ^ 48 - 1), 'LIMIT', 0, size)
end
local function latest(status, offset, size)
  return call('ZREVRANGEBYSCORE', key('jobs'), place(status, 2 ^ 48 - 1), place(status, 0), 'LIMIT', offset, size)
end
local function jobsOf(owner) return owner == '*' and key('jobs') or key('jobs', owner) end
local function enter(id, status)
  local at = place(status, timeOf(id))
  call('ZADD', key('jobs'), at, id)
  call('ZADD', key('jobs', field(id, 'owner')), at, id)
end

-- Waiting jobs ahead. In 'wait', whose last one is next, BullMQ puts what has stalled: most of these do not wait any more.
local waitLists = {}
local function position(id)
  local model, start, ahead = field(id, 'model'), tonumber(field(id, 'level')) * 4294967296, 0
  local prioritized = key('q', model, 'prioritized')
  local rank = call('ZRANK', prioritized, id) or call('ZCOUNT', prioritized, '-inf', '(' .. number(start))
  waitLists[model] = waitLists[model] or call('LRANGE', key('q', model, 'wait'), 0, -1)
  for _, other in ipairs(waitLists[model]) do
    if other == id then ahead, rank = 0, 0
    elseif field(other, 'status') == 'QUEUED' then ahead = ahead + 1 end
  end
  return ahead + rank
end

local function row(id)
  local record, status = field(id, 'record'), field(id, 'status')
  if record == '' then return nil end
  return {field(id, 'revision'), field(id, 'at'), status, field(id, 'claim'), status == 'QUEUED' and position(id) or -1, record}
end

-- Its id and its row, a line for each value: no JSON here holds a line break.
local function announce(id)
  local shown = row(id)
  call('PUBLISH', key('changed'), id .. '\\n' .. table.concat(shown, '\\n'))
  return shown
end

local function become(id, status, fields)
  enter(id, status)
  fields.status = status
  fields.revision = number(field(id, 'revision') + 1)
  set(id, fields)
end

-- Start-time fair queueing within a model and level: behind the owner's other jobs, never before the last start.
local function scoreOf(model, level, owner)
  local turns = key('turns', model, level)
  local started, last = unpack(call('ZMSCORE', turns, '*', owner))
  local tag = math.max(tonumber(started or 0), tonumber(last or -1) + 1)
  if not started then call('SADD', key('models'), model) end
  call('ZADD', turns, tag, owner)
  return number(level * 4294967296 + tag)
end

-- Starts a waiting job, for the token of a lease; its row.
local function start(id, token, claim, at)
  local turns, tag = key('turns', field(id, 'model'), field(id, 'level')), number(field(id, 'score') % 4294967296)
  call('ZADD', turns, 'GT', tag, '*')
  call('ZREMRANGEBYSCORE', turns, '-inf', '(' .. tag) -- owners who are level with the others again
  become(id, 'RUNNING', {at = at, claim = claim, write = token})
  call('ZADD', key('served'), at, field(id, 'owner'))
  return announce(id)
end

-- A job that is canceled while it waits costs its owner no turn: the next ones move up.
local function moveUp(id)
  local model, level, owner, score = field(id, 'model'), field(id, 'level'), field(id, 'owner'), tonumber(field(id, 'score'))
  local index = key('jobs', owner)
  local behind = call('ZRANGEBYSCORE', index, place('QUEUED', timeOf(id)), place('QUEUED', 2 ^ 48 - 1), 'LIMIT', 0, ${MOVING})
  for _, later in ipairs(behind) do
    local itsModel, itsLevel, itsScore = unpack(call('HMGET', key('job', later), 'model', 'level', 'score'))
    if itsModel == model and itsLevel == level and tonumber(itsScore) > score then
      call('HINCRBY', key('job', later), 'score', -1)
      call('ZADD', key('q', model, 'prioritized'), 'XX', number(itsScore - 1), later)
    end
  end
  if call('ZSCORE', key('turns', model, level), owner) then call('ZINCRBY', key('turns', model, level), -1, owner) end
end

-- To whom an object is shown for the sake of a job; 'source' holds the hashes of what its request brought along.
local function viewer(id, object) return string.find(field(id, 'source'), object, 1, true) and field(id, 'owner') or '*' end

local function refer(object, who)
  call('HINCRBY', key('viewers', object), who, 1)
  if call('HINCRBY', key('uses'), object, 1) > 1 then return end
  if call('ZREM', key('gone'), object) == 1 then call('HDEL', key('owners', 'gone'), object) end
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
  set(id, {objects = table.concat(all, ' ')})
end

-- A clock that was set forward must not make young jobs old: that of Redis is the second witness of the present time.
local function witnessed(time, now) return number(time - math.max(0, now - (call('TIME')[1] + 1) * 1000)) end

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
-- Takes a job away; adds to the list the objects that nothing refers to any more.
local function forget(id, objects)
  for object in string.gmatch(field(id, 'objects'), '%S+') do release(object, viewer(id, object), objects) end
  if field(id, 'key') ~= '' then call('HDEL', key('keys'), field(id, 'key')) end
  call('ZREM', key('jobs'), id)
  call('ZREM', key('jobs', field(id, 'owner')), id)
  call('ZREM', key('ended'), id)
  call('DEL', key('job', id), key('progress', id))
end
local function expire(id, objects)
  remember('expired', id, field(id, 'owner'))
  forget(id, objects)
end
`;
