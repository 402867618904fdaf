/**
 * The changes of the cluster's jobs, each a script that Redis runs whole or not at all. They know states, places and
 * numbers; what a job is they leave to the caller, who hands them its JSON. KEYS[1] is the prefix of every key.
 *
 * job:<id>                      hash: job (JSON), status, revision, told, at, model, level, owner, key, objects, place, ticket, work
 * status:<status>               sorted set of ids (by id, which is by age)
 * line:<model>                  sorted set of places "<level><turn><id>": the waiting jobs in the order in which they run
 * own:<model>:<level>:<owner>   sorted set of the ids of one owner's waiting jobs of one priority, in order of arrival
 * turns:<model>                 hash: the turn that started last, by level and by level and owner
 * tickets                       hash: ticket → the job that was started on it
 * keys                          hash: owner and idempotency key → job
 * last:<id>                     a late event of a running job, with its preview, for late joiners; it expires
 * ended                         sorted set of ids by the time they ended; expired, gone: ids and hashes that were forgotten
 * uses                          hash: object → number of jobs that refer to it
 * paces                         hash: kind of work → what it takes (JSON); learnt: sorted set of the kinds by the time of the last
 */

/** How far a change of state moves a job's number: events within a state count up in between. */
export const LEAP = 100_000;

/** Ids of expired jobs, and hashes of their objects, that are remembered. */
const TOMBSTONES = 100_000;

/** Kinds of work whose pace is remembered. */
const KINDS = 1000;

const COMMON = /* lua */ `
local prefix = KEYS[1]
local call = redis.call
local function key(name, ...)
  return prefix .. table.concat({name, ...}, ':')
end
local function jobKey(id) return key('job', id) end
local function field(id, name) return call('HGET', jobKey(id), name) or '' end
local function turnOf(id) return tonumber(string.sub(field(id, 'place'), 7, 18)) end
local function lineOf(id) return key('line', field(id, 'model')) end
local function ownOf(id) return key('own', field(id, 'model'), field(id, 'level'), field(id, 'owner')) end

-- Puts a waiting job at a turn of its level.
local function settle(id, turn)
  local line = lineOf(id)
  local before = field(id, 'place')
  local place = field(id, 'level') .. string.format('%012d', turn) .. id
  if before == place then return end
  if before ~= '' then call('ZREM', line, before) end
  call('ZADD', line, 0, place)
  call('HSET', jobKey(id), 'place', place)
end

-- An owner's jobs have consecutive turns, in order of arrival.
local function settleFrom(own, index, base)
  local ids = call('ZRANGE', own, index, -1)
  for i, id in ipairs(ids) do settle(id, base + index + i - 1) end
end

local function lineUp(id)
  local own = ownOf(id)
  call('ZADD', own, 0, id)
  local index = call('ZRANK', own, id)
  local base
  if call('ZCARD', own) == 1 then
    local level = field(id, 'level')
    local turns = key('turns', field(id, 'model'))
    local clock = tonumber(call('HGET', turns, level) or 0)
    local last = tonumber(call('HGET', turns, level .. ':' .. field(id, 'owner')) or -1)
    base = math.max(clock, last + 1)
  else
    local neighbour = index == 0 and 1 or 0
    base = turnOf(call('ZRANGE', own, neighbour, neighbour)[1])
    if index == 0 then base = math.max(0, base - 1) end -- one that waits again gets its turn back
  end
  settleFrom(own, index, base)
end

local function leaveLine(id)
  local place = field(id, 'place')
  if place == '' then return end
  local own = ownOf(id)
  local index = call('ZRANK', own, id)
  local base = turnOf(call('ZRANGE', own, 0, 0)[1])
  call('ZREM', lineOf(id), place)
  call('ZREM', own, id)
  call('HSET', jobKey(id), 'place', '')
  settleFrom(own, index, base)
end

local function rank(id)
  local place = field(id, 'place')
  return place ~= '' and call('ZRANK', lineOf(id), place) or (field(id, 'status') == 'QUEUED' and 0 or -1)
end

local function record(id)
  local values = call('HMGET', jobKey(id), 'job', 'revision', 'told', 'at')
  if not values[1] then return nil end
  values[5] = rank(id)
  return values
end

local function use(id, objects)
  local known = {}
  for object in string.gmatch(field(id, 'objects'), '%S+') do known[object] = true end
  for object in string.gmatch(objects, '%S+') do
    if not known[object] then
      known[object] = true
      call('HINCRBY', key('uses'), object, 1)
      call('ZREM', key('gone'), object)
    end
  end
  local all = {}
  for object in pairs(known) do all[#all + 1] = object end
  call('HSET', jobKey(id), 'objects', table.concat(all, ' '))
end
`;

/**
 * id, JSON, model, level, owner, owner and idempotency key or '', limit, objects, time, work → 'accepted' and rank, 'known' and id,
 * or 'full'.
 */
const accept = /* lua */ `${COMMON}
local id, json, model, level, owner, idempotency, limit, objects, at, work = unpack(ARGV)
if call('EXISTS', jobKey(id)) == 1 then return {'accepted', rank(id)} end
local known = idempotency ~= '' and call('HGET', key('keys'), idempotency)
if known then return {'known', known} end
if call('ZCARD', key('status', 'QUEUED')) >= tonumber(limit) then return {'full'} end
call('HSET', jobKey(id), 'job', json, 'status', 'QUEUED', 'revision', 1, 'told', 1, 'at', at, 'model', model, 'level', level,
  'owner', owner, 'key', idempotency, 'place', '', 'ticket', '', 'work', work)
call('ZADD', key('status', 'QUEUED'), 0, id)
if idempotency ~= '' then call('HSET', key('keys'), idempotency, id) end
if id > (call('GET', key('lastId')) or '') then call('SET', key('lastId'), id) end
use(id, objects)
lineUp(id)
call('PUBLISH', key('changed'), model .. ' +')
return {'accepted', rank(id)}
`;

/** model, ticket → the job to run on this ticket, as `look` has it: the one it was given before, else the next; nil if none. */
const assign = /* lua */ `${COMMON}
local model, ticket = unpack(ARGV)
local bound = call('HGET', key('tickets'), ticket)
if bound then return record(bound) end
local line = key('line', model)
local place = call('ZRANGE', line, 0, 0)[1]
if not place then return nil end
local level, turn, id = string.sub(place, 1, 6), tonumber(string.sub(place, 7, 18)), string.sub(place, 19)
call('HSET', key('turns', model), level, turn, level .. ':' .. field(id, 'owner'), turn)
call('ZREM', line, place)
call('ZREM', ownOf(id), id)
call('HSET', jobKey(id), 'place', '', 'ticket', ticket)
call('HSET', key('tickets'), ticket, id)
return record(id)
`;

/**
 * id, its revision as the caller knows it, new status, JSON, time, time of the end or '', objects, body of the event →
 * new revision and rank; nothing if the job has changed since.
 */
const change = /* lua */ `${COMMON}
local id, revision, status, json, at, endedAt, objects, body = unpack(ARGV)
if field(id, 'revision') ~= revision then return nil end
local before = field(id, 'status')
local new = tonumber(revision) + ${LEAP}
if before == 'QUEUED' and status ~= 'RUNNING' then leaveLine(id) end
call('HSET', jobKey(id), 'job', json, 'status', status, 'revision', string.format('%d', new), 'at', at,
  'told', string.format('%d', new))
call('ZREM', key('status', before), id)
call('ZADD', key('status', status), 0, id)
if status ~= 'RUNNING' then
  call('HDEL', key('tickets'), field(id, 'ticket'))
  call('HSET', jobKey(id), 'ticket', '')
end
if status == 'QUEUED' then lineUp(id) end
if endedAt ~= '' then call('ZADD', key('ended'), endedAt, id) end
use(id, objects)
call('DEL', key('last', id))
local place = rank(id)
call('PUBLISH', key('events', id), string.format('%d %d\\n', new, place) .. body)
call('PUBLISH', key('changed'), field(id, 'model') .. (status == 'QUEUED' and ' +' or ' -'))
return {new, place}
`;

/**
 * id, revision, number of the event, JSON, time, body of the event, milliseconds to keep it or 0 → 1; 0 if the job has changed
 * since.
 */
const report = /* lua */ `${COMMON}
local id, revision, sequence, json, at, body, lifetime = unpack(ARGV)
if field(id, 'revision') ~= revision then return 0 end
local message = sequence .. ' -1\\n' .. body
call('HSET', jobKey(id), 'job', json, 'at', at, 'told', sequence)
if lifetime ~= '0' then call('SET', key('last', id), message, 'PX', lifetime) end
call('PUBLISH', key('events', id), message)
return 1
`;

/** ids → for each { JSON, revision, number of the last event, time, rank }, 'expired' or 'unknown'. */
const look = /* lua */ `${COMMON}
local found = {}
for i, id in ipairs(ARGV) do
  found[i] = record(id) or (call('ZSCORE', key('expired'), id) and 'expired' or 'unknown')
end
return found
`;

/** limit, models → for each model the waiting jobs as { place, work }, the next one first. */
const lines = /* lua */ `${COMMON}
local found = {}
for i = 2, #ARGV do
  local line = {}
  for j, place in ipairs(call('ZRANGE', key('line', ARGV[i]), 0, ARGV[1] - 1)) do
    line[j] = {place, field(string.sub(place, 19), 'work')}
  end
  found[i - 1] = line
end
return found
`;

/** kind of work, JSON, time */
const learn = /* lua */ `${COMMON}
local kind, json, at = unpack(ARGV)
call('HSET', key('paces'), kind, json)
call('ZADD', key('learnt'), at, kind)
while call('ZCARD', key('learnt')) > ${KINDS} do
  call('HDEL', key('paces'), call('ZPOPMIN', key('learnt'))[1])
end
`;

/** time, limit → { ids, objects } of jobs that ended before it. */
const expire = /* lua */ `${COMMON}
local time, limit = unpack(ARGV)
local ids = call('ZRANGEBYSCORE', key('ended'), '-inf', '(' .. time, 'LIMIT', 0, limit)
local objects = {}
local function remember(set, name)
  call('ZADD', key(set), call('INCR', key('tombstones')), name)
  call('ZREMRANGEBYRANK', key(set), 0, -${TOMBSTONES} - 1)
end
for _, id in ipairs(ids) do
  for object in string.gmatch(field(id, 'objects'), '%S+') do
    if call('HINCRBY', key('uses'), object, -1) <= 0 then
      call('HDEL', key('uses'), object)
      remember('gone', object)
      objects[#objects + 1] = object
    end
  end
  if field(id, 'key') ~= '' then call('HDEL', key('keys'), field(id, 'key')) end
  call('ZREM', key('status', field(id, 'status')), id)
  call('ZREM', key('ended'), id)
  call('DEL', jobKey(id))
  remember('expired', id)
end
return {ids, objects}
`;

/** Every script by the name of its command. */
export const SCRIPTS = { accept, assign, change, report, look, lines, learn, expire } as const;
