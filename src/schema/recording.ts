import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, keyOf, registerNode } from '../global-id.ts';
import { isGiven, sendableText } from '../input.ts';
import type {
  MediaAddress as MediaAddressModel,
  Recording as RecordingModel,
  RecordingMedia as RecordingMediaModel,
} from '../upstream/cloudlink/recording.ts';
import { callKeyOf } from './call-id.ts';
import { CallRecord, toWindow } from './call-record.ts';
import { mediaPathOf } from './media-path.ts';
import { orMissing } from './missing.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { OrderDirection } from './order-direction.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';

registerNode('Recording', 'cloudlink', guidKey(1));

const formats = {
  WAV: { wire: 'wav', description: 'Uncompressed.' },
  MP3: { wire: 'mp3', description: 'Compressed.' },
} as const;

const RecordingFormat = builder.enumType('RecordingFormat', {
  description:
    'How a sound is written (assumed: CloudLink documents the parameter `media-format`, not its values).',
  values: formats,
});

const MediaAddress = builder.objectRef<MediaAddressModel>('MediaAddress').implement({
  description: 'Where a sound can be fetched without a token, for a time.',
  fields: (t) => ({
    url: t.exposeString('url', {
      nullable: false,
      description: 'The address, good for whoever has it until it expires: do not hand it on.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it stops to work.' }),
  }),
});

const RecordingChannel = builder
  .objectRef<RecordingMediaModel['channels'][number]>('RecordingChannel')
  .implement({
    description: 'One side of a recorded call.',
    fields: (t) => ({
      channelId: t.exposeString('channelId', { nullable: false, description: "CloudLink's name for it." }),
      address: t.field({
        type: MediaAddress,
        nullable: false,
        description: 'Where its sound is.',
        resolve: (channel) => channel,
      }),
    }),
  });

const RecordingMedia = builder.objectRef<RecordingMediaModel>('RecordingMedia').implement({
  description: 'The sound of a recording, as addresses that expire.',
  fields: (t) => ({
    contentType: t.exposeString('contentType', { description: 'Its media type.' }),
    whole: t.expose('whole', { type: MediaAddress, description: 'All sides together.' }),
    channels: t.field({
      type: [RecordingChannel],
      nullable: false,
      description: 'Each side for itself; empty where CloudLink keeps them together only.',
      resolve: ({ channels }) => [...channels],
    }),
  }),
});

export const Recording = builder.loadableNodeRef('Recording', {
  id: {
    resolve: ({ id }: RecordingModel) => id,
    description: 'Names this recording towards this gateway.',
  },
  load: async (ids: string[], { cloudlink }: Context) =>
    (await cloudlink.recordings.getMany(ids)).map(orMissing('CloudLink has no such recording')),
});

Recording.implement({
  description: 'What was recorded of a call. Source: the Media service, `/recordings/{recordingId}`.',
  fields: (t) => ({
    recordingId: t.exposeString('id', { nullable: false, description: "CloudLink's own id, a GUID." }),
    callRecord: t.field({
      type: CallRecord,
      description:
        'The call, or null where it is not, or no longer, in the history. Costs one upstream request for every 50 of an operation.',
      resolve: ({ callId }, _args, context) => CallRecord.getDataloader(context).load(callId).catch(orNull),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    durationSeconds: t.exposeFloat('durationSeconds', { description: 'How long it is, in seconds.' }),
    contentType: t.exposeString('contentType', { description: 'Media type of the sound as it is kept.' }),
    label: t.exposeString('label', { description: 'What people wrote on it.' }),
    path: t.string({
      nullable: false,
      description:
        'Where this gateway streams the sound, below its own address and for the same credentials as GraphQL: it takes ranges, ' +
        '`?format=wav` or `mp3`, and `?channel=` with a `channelId`.',
      resolve: ({ id }) => mediaPathOf('Recording', id),
    }),
    media: t.field({
      type: RecordingMedia,
      description:
        'Addresses of the sound at the platform, for a short time. Costs one upstream request for each recording and format, ten at a time.',
      args: {
        format: t.arg({
          type: RecordingFormat,
          description: "How it is written; the platform's own way where absent.",
        }),
      },
      resolve: ({ id }, { format }, { cloudlink }) =>
        cloudlink.recordings.media(id, isGiven(format) ? formats[format].wire : undefined),
    }),
  }),
});

/** The recordings of calls, 50 calls to a request. */
export const recordingsOfCalls = createContextCache(
  ({ cloudlink }: Context) =>
    new DataLoader<string, readonly RecordingModel[]>((callIds) => cloudlink.recordings.listByCalls(callIds)),
);

builder.objectField(CallRecord, 'recordings', (t) =>
  t.field({
    type: [Recording],
    description:
      'What was recorded of the call. Costs one upstream request for every 50 calls of an operation.',
    resolve: async ({ id }, _args, context) => [...(await recordingsOfCalls(context).load(id))],
  }),
);

const RecordingConnection = connectionOf(Recording, { name: 'Recording', plural: 'recordings' });

const LONGEST_LABEL = 256;

const RecordingFilter = builder.inputType('RecordingFilter', {
  description:
    'Which recordings are wanted. All that is given must hold. Filters by other fields than `callRecord` are assumed (A-26).',
  fields: (t) => ({
    callRecord: t.id({ description: 'The `id` of the CallRecord they belong to.' }),
    label: t.string({ description: 'The whole label, letter for letter.' }),
    from: t.field({ type: 'DateTime', description: 'The time from which on they were made.' }),
    to: t.field({ type: 'DateTime', description: 'The time before which they were made; after `from`.' }),
  }),
});

const orderFields = {
  CREATED_AT: { wire: 'createdOn', description: 'When they were made.' },
  DURATION: { wire: 'durationInSeconds', description: 'How long they are.' },
} as const;

const RecordingOrderField = builder.enumType('RecordingOrderField', {
  description: 'What recordings can be put in order by.',
  values: orderFields,
});

const RecordingOrder = builder.inputType('RecordingOrder', {
  description: 'The order of recordings.',
  fields: (t) => ({
    field: t.field({ type: RecordingOrderField, required: true, description: 'By what.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which end first.' }),
  }),
});

const toFilter = ({ callRecord, label, from, to }: typeof RecordingFilter.$inferInput) => ({
  callId: isGiven(callRecord) ? callKeyOf('CallRecord', callRecord, 'filter.callRecord') : undefined,
  label: isGiven(label) ? sendableText('filter.label', label, LONGEST_LABEL) : undefined,
  ...toWindow({ from, to }),
});

builder.queryFields((t) => ({
  recording: t.field({
    type: Recording,
    description: 'A recording, or null where there is none. Costs one upstream request.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a Recording.' }) },
    resolve: (_root, { id }, context) =>
      Recording.getDataloader(context)
        .load(keyOf('Recording', id, 'id'))
        .catch(orNull),
  }),
  recordings: t.field({
    type: RecordingConnection,
    description: 'The recordings of the account that the caller may hear. Costs one upstream request.',
    args: {
      filter: t.arg({ type: RecordingFilter, description: 'Which recordings; all of them where absent.' }),
      orderBy: t.arg({
        type: RecordingOrder,
        description: "In which order; the platform's own where absent.",
      }),
      ...pageArguments,
    },
    resolve: (_root, { filter, orderBy, ...args }, { cloudlink }) => {
      const wanted = toFilter(filter ?? {});
      const order = isGiven(orderBy)
        ? ({
            field: orderFields[orderBy.field].wire,
            direction: orderBy.direction === 'ASC' ? 'asc' : 'desc',
          } as const)
        : undefined;
      return toConnection(['recordings', filter ?? {}, order], args, (page) =>
        cloudlink.recordings.list(wanted, page, order),
      );
    },
  }),
}));

const LabelRecordingInput = builder.inputType('LabelRecordingInput', {
  description: 'A recording and what to write on it.',
  fields: (t) => ({
    recording: t.id({ required: true, description: 'The `id` of a Recording.' }),
    label: t.string({
      required: true,
      description: `What to write on it, 1 to ${LONGEST_LABEL} characters.`,
    }),
  }),
});

const DeleteRecordingInput = builder.inputType('DeleteRecordingInput', {
  description: 'A recording to delete.',
  fields: (t) => ({
    recording: t.id({ required: true, description: 'The `id` of a Recording.' }),
  }),
});

builder.mutationFields((t) => ({
  labelRecording: t.field({
    type: Recording,
    description:
      'Writes on a recording. Costs two upstream requests: the change, sent once, and a read of what became of it.',
    errors: rejections,
    args: {
      input: t.arg({ type: LabelRecordingInput, required: true, description: 'Which, and what to write.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const id = keyOf('Recording', input.recording, 'recording');
      const label = sendableText('label', input.label, LONGEST_LABEL);
      Recording.getDataloader(context).clear(id);
      return context.cloudlink.recordings.label(id, label);
    }),
  }),
  deleteRecording: t.field({
    type: 'ID',
    description:
      'Deletes a recording, for good. For administrators. Costs one upstream request, sent once; CloudLink may still be at it when it answers.',
    errors: rejections,
    args: {
      input: t.arg({ type: DeleteRecordingInput, required: true, description: 'What to delete.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const id = keyOf('Recording', input.recording, 'recording');
      Recording.getDataloader(context).clear(id);
      await context.cloudlink.recordings.remove(id);
      return input.recording;
    }),
  }),
}));
