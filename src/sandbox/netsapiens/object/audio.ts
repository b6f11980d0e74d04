import { total, type Answer } from '../answer.ts';
import { audioColumns, audioTypes, toAudioKey, type AudioRecord } from '../audio-record.ts';
import { seesBelongings } from '../belonging.ts';
import { hasGiven, isSame } from '../filter.ts';
import { toSignedLink } from '../media.ts';
import {
  missingTarget,
  actionsOf,
  required,
  type Call,
  type DownloadRequest,
  type Media,
  type PlatformObject,
} from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toWave } from '../wave.ts';

const filters = { user: 'owner', owner: 'owner', type: 'type', index: 'index' } as const;

const visibleAudio = (call: Call): AudioRecord[] | undefined => {
  const { parameters, caller, state } = call;
  const domain = given(parameters, 'owner_domain') ?? required(parameters, 'domain');
  if (!seesDomain(caller, state, domain)) return undefined;
  return [...state.audio.values()].filter(
    (record) =>
      isSame(record.owner_domain, domain) &&
      hasGiven(parameters, record, filters) &&
      seesBelongings(call, { user: record.owner, domain: record.owner_domain }),
  );
};

const read = (call: Call): Answer => {
  const records = visibleAudio(call);
  if (records === undefined) return outOfScope(call.switches, audioColumns);
  const rows = records.map((record) => ({ ...record, play: toPlayLink(record, call) }));
  return page(rows, { ...call, columns: audioColumns, key: 'index' });
};

const count = (call: Call): Answer => {
  const records = visibleAudio(call);
  return records === undefined ? outOfScope(call.switches, audioColumns) : total(records.length);
};

export const toPlayLink = (
  { owner_domain: domain, index }: AudioRecord,
  { origin, now }: Pick<Call, 'origin' | 'now'>,
): string => toSignedLink(origin, { object: 'audio', action: 'play', domain, index }, now);

/** Moves a sound to another type, as from new to saved, or with `forward` copies it to another user. */
const update = (call: Call): Answer => {
  const { parameters, state } = call;
  const type = given(parameters, 'type');
  const forward = given(parameters, 'forward');
  if (type !== undefined && !audioTypes.includes(type)) throw new Refusal(400, 'Invalid parameter: type');
  return change(call, (key, record) => {
    state.audio.set(key, { ...record, ...(type !== undefined && { type }) });
    if (forward !== undefined) copy(call, record, forward);
  });
};

const copy = ({ state }: Call, record: AudioRecord, recipient: string): void => {
  const highest = Math.max(...[...state.audio.values()].map(({ index }) => Number(index)));
  const index = String(highest + 1);
  const owner = recipient.replace(/@.*$/, '');
  state.audio.set(toAudioKey(record.owner_domain, index), { ...record, index, owner, type: 'vmail/new' });
};

const remove = (call: Call): Answer =>
  change(call, (key) => {
    call.state.audio.delete(key);
  });

/** Makes a change of one sound, once the write delay is over. */
const change = (call: Call, run: (key: string, record: AudioRecord) => void): Answer => {
  const { parameters, state } = call;
  const domain = required(parameters, 'owner_domain');
  const key = toAudioKey(domain, required(parameters, 'index'));
  const found = state.audio.get(key);
  const owner = given(parameters, 'owner') ?? given(parameters, 'user') ?? found?.owner ?? call.caller.uid;
  if (!seesBelongings(call, { user: found?.owner ?? owner, domain })) return outOfScope(call.switches);
  if (found === undefined || !isSame(found.owner, owner)) return missingTarget(call, 'No such audio.');
  return call.write(() => {
    const record = state.audio.get(key);
    if (record !== undefined) run(key, record);
  });
};

const play = ({ parameters, state }: DownloadRequest): Media => {
  const key = toAudioKey(required(parameters, 'domain'), required(parameters, 'index'));
  const record = state.audio.get(key);
  if (record === undefined) throw new Refusal(404, 'No such audio.');
  return { type: 'audio/wav', content: toWave(Number(record.duration), 300 + (Number(record.index) % 500)) };
};

const targets = ['owner_domain', 'domain', 'owner', 'user', 'index', 'type'];

/** Voicemail, greetings and music on hold (facts §5.10). */
export const audio: PlatformObject = {
  element: 'audio',
  actions: actionsOf({
    read: {
      parameters: ['owner_domain', 'domain', ...Object.keys(filters), 'directurl', 'fax', ...pageParameters],
      run: read,
    },
    count: { parameters: ['owner_domain', 'domain', ...Object.keys(filters), 'fax'], run: count },
    update: { parameters: [...targets, 'forward'], run: update },
    delete: { parameters: targets, run: remove },
  }),
  downloads: new Map([['play', play]]),
};
