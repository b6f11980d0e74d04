import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode } from '../global-id.ts';
import { settleEach } from '../upstream/batch.ts';
import type { CallDetail as CallDetailModel } from '../upstream/netsapiens/call-detail.ts';
import type {
  CallRecording as CallRecordingModel,
  CallRecordingKey,
} from '../upstream/netsapiens/recording.ts';
import { CallDetail } from './call-detail.ts';
import { legacyCallKey, splitLegacyKey } from './legacy-key.ts';
import { orMissing } from './missing.ts';
import { MEDIA_PATH, mediaPathOf } from './media-path.ts';
import { openEnum } from './open-enum.ts';
import { ZonelessTime } from './subscriber.ts';

registerNode('CallDetailRecording', 'subscriber', legacyCallKey);

/** What names a recording in its id; no request is needed to know it. */
export const recordingKeyOf = ({ domain, originCallId, destinationCallId }: CallRecordingKey): string =>
  `${domain}/${originCallId} ${destinationCallId}`;

const toKey = (id: string): CallRecordingKey => {
  const [domain, originCallId, destinationCallId = ''] = splitLegacyKey(id, 1);
  return { domain, originCallId, destinationCallId };
};

const CallDetailRecordingStatus = openEnum(
  'CallDetailRecordingStatus',
  'What the legacy platform has made of a recording.',
  {
    UNCONVERTED: { wire: 'unconverted', description: 'It is there, as it was taken down.' },
    CONVERTED: { wire: 'converted', description: 'It is there, in the form in which it is kept.' },
    ARCHIVED: { wire: 'archived', description: 'It is there, in the archive.' },
  },
);

export const CallDetailRecording = builder.loadableNodeRef('CallDetailRecording', {
  id: {
    resolve: (recording: CallRecordingModel) => recordingKeyOf(recording),
    description:
      'Names this recording. The sound is at `GET /recordings/{id}` of this gateway, under the same tokens.',
  },
  load: async (ids: string[], { netsapiens }: Context) => {
    const found = await settleEach<string, CallRecordingModel | null>(ids, {
      groupOf: (id) => id,
      size: 1,
      load: async (id) => [await netsapiens.recordings.get(toKey(id))],
    });
    return found.map(orMissing('The subscriber API has no recording of this call', 'subscriber'));
  },
});

CallDetailRecording.implement({
  description:
    'What was recorded of a call on the legacy platform. Its address is not part of this schema, because it carries a ' +
    'credential of its own. Source: `object=recording&action=read`.',
  fields: (t) => ({
    path: t.string({
      nullable: false,
      description: `Where this gateway streams the sound, ${MEDIA_PATH}`,
      resolve: (recording) => mediaPathOf('CallDetailRecording', recordingKeyOf(recording)),
    }),
    status: t.field({
      type: CallDetailRecordingStatus.type,
      description: 'What has been made of it.',
      resolve: ({ status }) => CallDetailRecordingStatus.read(status),
    }),
    statusText: t.exposeString('status', { description: 'The status in the words of the platform.' }),
    openedAt: t.expose('openedAt', { type: ZonelessTime, description: 'When it begins.' }),
    closedAt: t.expose('closedAt', { type: ZonelessTime, description: 'When it ends.' }),
    durationSeconds: t.exposeFloat('durationSeconds', { description: 'How long it is, in seconds.' }),
    sizeKilobytes: t.exposeInt('sizeKilobytes', { description: 'How large it is, in kilobytes.' }),
  }),
});

const availabilities = {
  AVAILABLE: 'It is there.',
  EXPECTED: 'It is not there, but the call ended so little ago that it may still come.',
  NONE: 'There is none: the call was not recorded, or nobody answered it.',
} as const;

type Availability = keyof typeof availabilities;

const RecordingAvailability = builder.enumType('CallDetailRecordingAvailability', {
  description:
    'Whether there is a recording of a call. The platform shows one only minutes after the call has ended.',
  values: Object.fromEntries(
    Object.entries(availabilities).map(([name, description]) => [name, { description }]),
  ) as Record<Availability, { description: string }>,
});

/** When to look again, in minutes after the end of a call: clients of the platform do so (facts §5.9). */
const LOOK_AGAIN_MINUTES = [3, 5, 7, 10, 15];

/** Seconds until the next look is worth it, or null when no recording is to be expected any more. */
const toRetryAfter = (releasedAt: Date | null, now: number): number | null => {
  if (releasedAt === null) return null;
  const next = LOOK_AGAIN_MINUTES.map((minutes) => releasedAt.getTime() + minutes * 60_000).find(
    (time) => time > now,
  );
  return next === undefined ? null : Math.ceil((next - now) / 1000);
};

interface Lookup {
  readonly recording: CallRecordingModel | null;
  readonly retryAfterSeconds: number | null;
}

const CallDetailRecordingLookup = builder.objectRef<Lookup>('CallDetailRecordingLookup').implement({
  description: 'What is known of the recording of a finished call.',
  fields: (t) => ({
    availability: t.field({
      type: RecordingAvailability,
      nullable: false,
      description: 'Whether there is one.',
      resolve: ({ recording, retryAfterSeconds }) => {
        if (recording !== null) return 'AVAILABLE';
        return retryAfterSeconds === null ? 'NONE' : 'EXPECTED';
      },
    }),
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description:
        'When to ask again, in seconds, where one may still come: 3, 5, 7, 10 and 15 minutes after the end of the call.',
    }),
    recording: t.expose('recording', {
      type: CallDetailRecording,
      description: 'The recording; null where there is none, or not yet.',
    }),
  }),
});

/** A list that was read without the legs does not tell the ids by which a recording is asked for. */
const legsOf = async (
  { domain, cdrId, startedAt, originCallId, destinationCallId }: CallDetailModel,
  { netsapiens }: Context,
) => {
  if (originCallId !== null || startedAt === null) return { originCallId, destinationCallId };
  const [found] = await netsapiens.callDetails.getMany([{ domain, cdrId, startedAt }], true);
  if (found instanceof Error) throw found;
  return found ?? { originCallId: null, destinationCallId: null };
};

/** The recording of a finished call, or when to look again. Sends nothing for one that nobody answered. */
export const lookUpRecording = async (detail: CallDetailModel, context: Context): Promise<Lookup> => {
  const none = { recording: null, retryAfterSeconds: null };
  if (detail.answeredAt === null) return none;
  const { originCallId, destinationCallId } = await legsOf(detail, context);
  if (originCallId === null) return none;
  const key = { domain: detail.domain, originCallId, destinationCallId: destinationCallId ?? '' };
  const recording = await context.netsapiens.recordings.get(key);
  if (recording !== null) return { recording, retryAfterSeconds: null };
  return { ...none, retryAfterSeconds: toRetryAfter(detail.releasedAt, Date.now()) };
};

builder.objectFields(CallDetail, (t) => ({
  originCallId: t.string({
    description:
      'Id that the call had on the side of its origin while it went on. Costs nothing: the list is read with it.',
    resolve: async (detail, _args, context) => (await legsOf(detail, context)).originCallId,
  }),
  destinationCallId: t.string({
    description: 'The same on the other side. Costs nothing: the list is read with it.',
    resolve: async (detail, _args, context) => (await legsOf(detail, context)).destinationCallId,
  }),
  recording: t.field({
    type: CallDetailRecordingLookup,
    description:
      'Its recording, or when to ask for it again. Costs one upstream request for each call that somebody answered: the ' +
      'platform has no list of recordings.',
    resolve: async (detail, _args, context) => lookUpRecording(detail, context),
  }),
}));

builder.queryField('callDetailRecording', (t) =>
  t.field({
    type: CallDetailRecording,
    description:
      'A recording of the legacy platform, or null where there is none. Costs one upstream request.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a CallDetailRecording.' }) },
    resolve: (_root, { id }, context) =>
      CallDetailRecording.getDataloader(context)
        .load(keyOf('CallDetailRecording', id, 'id'))
        .catch(orNull),
  }),
);
