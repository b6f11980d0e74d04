import { builder } from '../builder.ts';
import { encodeGlobalId } from '../global-id.ts';
import type { PastCall as PastCallModel } from '../past-call.ts';
import { CallDetail } from './call-detail.ts';
import { lookUpRecording, recordingKeyOf } from './call-detail-recording.ts';
import { CallParty, partyOfDetail, partyOfSide, type CallPartyModel } from './call-party.ts';
import { CallRecord } from './call-record.ts';
import type { Context } from '../context.ts';
import { RECORDINGS_PATH } from './media-path.ts';
import { recordingsOfCalls } from './recording.ts';

const sources = {
  CLOUDLINK: 'CloudLink, as a CallRecord.',
  SUBSCRIBER: 'The legacy platform, as a CallDetail.',
} as const;

export type SourceName = keyof typeof sources;

/** In the order in which they are named everywhere. */
export const sourceNames: readonly SourceName[] = ['CLOUDLINK', 'SUBSCRIBER'];

export const CallSource = builder.enumType('CallSource', {
  description: 'A platform that tells finished calls.',
  values: Object.fromEntries(
    Object.entries(sources).map(([name, description]) => [name, { description }]),
  ) as Record<SourceName, { description: string }>,
});

export const PastCallDirection = builder.enumType('PastCallDirection', {
  description: 'Which way a finished call went, seen from the company.',
  values: {
    INBOUND: { description: 'Somebody outside called.' },
    OUTBOUND: { description: 'Somebody outside was called.' },
    INTERNAL: { description: 'A colleague called a colleague, as one platform at least knows both.' },
  },
});

/** Who tells a call. */
export const sourcesOf = ({ record, detail }: PastCallModel): SourceName[] =>
  sourceNames.filter((name) => (name === 'CLOUDLINK' ? record : detail) !== null);

interface Recording {
  readonly source: SourceName;
  readonly id: string;
  readonly durationSeconds: number | null;
}

const PastCallRecording = builder.objectRef<Recording>('PastCallRecording').implement({
  description: 'What was recorded of a finished call, on either platform.',
  fields: (t) => ({
    source: t.field({
      type: CallSource,
      nullable: false,
      description: 'The platform that keeps it.',
      resolve: ({ source }) => source,
    }),
    id: t.exposeID('id', {
      nullable: false,
      description: 'The `id` of the Recording or CallDetailRecording, for `node`.',
    }),
    durationSeconds: t.exposeFloat('durationSeconds', { description: 'How long it is, in seconds.' }),
    path: t.string({
      nullable: false,
      description:
        'Where this gateway streams the sound, below its own address and for the same credentials as GraphQL; it takes ranges.',
      resolve: ({ id }) => `${RECORDINGS_PATH}${id}`,
    }),
  }),
});

const listRecordings = async (
  { record, detail, isMissed }: PastCallModel,
  context: Context,
): Promise<(Recording | Promise<never>)[]> => {
  const ofCloudlink = async (): Promise<Recording[]> => {
    const found =
      record === null || isMissed === true ? [] : await recordingsOfCalls(context).load(record.id);
    return found.map(({ id, durationSeconds }) => ({
      source: 'CLOUDLINK',
      id: encodeGlobalId('Recording', id),
      durationSeconds,
    }));
  };
  const ofSubscriber = async (): Promise<Recording[]> => {
    const recording = detail === null ? null : (await lookUpRecording(detail, context)).recording;
    if (recording === null) return [];
    const id = encodeGlobalId('CallDetailRecording', recordingKeyOf(recording));
    return [{ source: 'SUBSCRIBER', id, durationSeconds: recording.durationSeconds }];
  };
  const found = await Promise.allSettled([ofCloudlink(), ofSubscriber()]);
  // A failure stands in the list as what it is: the error of one place.
  return found.flatMap<Recording | Promise<never>>((source) =>
    source.status === 'fulfilled' ? source.value : [Promise.reject(source.reason)],
  );
};

const nobody: CallPartyModel = {
  place: { platform: 'cloudlink', accountId: null },
  number: null,
  name: null,
  extension: null,
  principal: null,
};

/** Somebody whom CloudLink knows by id is surely that one; else the legacy platform may know whose extension it is. */
const toParty = ({ record, detail }: PastCallModel, end: 'from' | 'to'): CallPartyModel => {
  const side = record?.[end];
  const other = detail?.[end === 'from' ? 'origin' : 'destination'];
  const name = side?.name ?? other?.name ?? null;
  if (detail && other && (!side || (side.principalId === null && other.extension !== null)))
    return { ...partyOfDetail(other, detail.domain), name };
  return side ? { ...partyOfSide(side), name } : nobody;
};

export const PastCall = builder.objectRef<PastCallModel>('PastCall').implement({
  description:
    'A call that is over, as CloudLink, the legacy platform, or both tell it. It has no id of its own: `record` and `detail` ' +
    'have one each.',
  fields: (t) => ({
    sources: t.field({
      type: [CallSource],
      nullable: false,
      description: 'Who tells it: one platform, or both.',
      resolve: sourcesOf,
    }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: false,
      description: 'When it began; the later time where the platforms do not agree.',
    }),
    answeredAt: t.expose('answeredAt', {
      type: 'DateTime',
      description:
        'When it was answered; null if never. As the legacy platform tells it, or after the ringing that CloudLink tells.',
    }),
    endedAt: t.expose('endedAt', { type: 'DateTime', description: 'When it ended.' }),
    direction: t.expose('direction', {
      type: PastCallDirection,
      description: 'Which way it went; null where neither platform says one that is known.',
    }),
    isMissed: t.exposeBoolean('isMissed', {
      description:
        'Whether nobody answered, whichever way it went. One that either platform calls answered was.',
    }),
    ringSeconds: t.exposeFloat('ringSeconds', { description: 'How long it rang.' }),
    talkSeconds: t.exposeFloat('talkSeconds', {
      description: 'How long was talked; 0 where nobody answered.',
    }),
    from: t.field({
      type: CallParty,
      nullable: false,
      description: 'Who called. Costs nothing itself.',
      resolve: (call) => toParty(call, 'from'),
    }),
    to: t.field({
      type: CallParty,
      nullable: false,
      description: 'Who was called. Costs nothing itself.',
      resolve: (call) => toParty(call, 'to'),
    }),
    record: t.expose('record', {
      type: CallRecord,
      description: 'The call as CloudLink tells it, or null where it does not. Costs nothing.',
    }),
    detail: t.expose('detail', {
      type: CallDetail,
      description: 'The call as the legacy platform tells it, or null where it does not. Costs nothing.',
    }),
    recordings: t.field({
      type: [PastCallRecording],
      nullable: { list: false, items: true },
      description:
        'What was recorded of it, on either platform, what CloudLink recorded first; null, with an error, in the place of what a ' +
        'platform has that cannot be asked. Costs nothing for a call that nobody answered, else one upstream request ' +
        'to CloudLink for every 50 of an operation, and one to the legacy platform for each that it tells: that platform has no ' +
        'list of recordings, and shows one only some minutes after the call.',
      resolve: (call, _args, context) => listRecordings(call, context),
    }),
  }),
});
