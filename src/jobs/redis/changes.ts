// The scripts by which a job's status changes. The keys are listed at the head of prelude.ts, which defines the functions they use.

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

/** Those that run as one with a script of BullMQ, which they call: see joined.ts. */
export const JOINED = { accept, addAgain, take, finish } as const;

/** Those that run alone. */
export const CHANGES = { claim, change, prioritize } as const;
