import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode } from '../global-id.ts';
import type { Voicemail as VoicemailModel, VoicemailKey } from '../upstream/netsapiens/voicemail.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { legacyKey, splitLegacyKey } from './legacy-key.ts';
import { MEDIA_PATH, mediaPathOf } from './media-path.ts';
import { orMissing } from './missing.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';
import { Subscriber, ZonelessTime } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode('Voicemail', 'subscriber', legacyKey(1));

const toKey = (id: string): VoicemailKey => {
  const [domain, user, index = ''] = splitLegacyKey(id, 1);
  return { domain, user, index };
};

const folders = {
  NEW: { wire: 'vmail/new', description: 'Not heard yet.' },
  SAVED: { wire: 'vmail/save', description: 'Heard and kept.' },
  TRASH: { wire: 'trash', description: 'Thrown away.' },
} as const;

const VoicemailFolder = openEnum('VoicemailFolder', 'Where a voicemail lies.', folders);

const WantedVoicemailFolder = VoicemailFolder.closed(
  'WantedVoicemailFolder',
  'Voicemail that lies in one place.',
);

const Voicemail = builder.loadableNodeRef('Voicemail', {
  id: {
    resolve: ({ domain, user, index }: VoicemailModel) => `${domain}/${user} ${index}`,
    description:
      'Names this voicemail. The sound is at `GET /recordings/{id}` of this gateway, under the same tokens.',
  },
  load: async (ids: string[], { netsapiens }: Context) =>
    (await netsapiens.voicemails.getMany(ids.map(toKey))).map(
      orMissing('The subscriber API has no such voicemail', 'subscriber'),
    ),
});

Voicemail.implement({
  description:
    'A message in the mailbox of a subscriber. Its fields are those that apps of the platform show; they are not documented. ' +
    'Its address is not part of this schema, because it carries a credential. Source: `object=audio&action=read`.',
  fields: (t) => ({
    subscriber: t.field({
      type: Subscriber,
      description: 'Whose mailbox it is in. Costs one upstream request; three or more of a domain share one.',
      resolve: ({ domain, user }, _args, context, info) => loadSubscriber({ domain, user }, context, info),
    }),
    index: t.exposeString('index', { nullable: false, description: "The platform's own number of it." }),
    folder: t.field({
      type: VoicemailFolder.type,
      description: 'Where it lies.',
      resolve: ({ folder }) => VoicemailFolder.read(folder),
    }),
    folderText: t.exposeString('folder', { description: 'The same in the words of the platform.' }),
    receivedAt: t.expose('receivedAt', { type: ZonelessTime, description: 'When it was left.' }),
    durationSeconds: t.exposeInt('durationSeconds', { description: 'How long it is, in seconds.' }),
    sizeBytes: t.exposeInt('sizeBytes', { description: 'How large it is, in bytes (assumed).' }),
    callerNumber: t.exposeString('callerNumber', { description: 'Number of the caller.' }),
    callerName: t.exposeString('callerName', { description: 'Name of the caller.' }),
    transcription: t.exposeString('transcription', {
      description: 'What was said, where somebody writes it down.',
    }),
    fileName: t.exposeString('fileName', { description: 'Name of the file.' }),
    path: t.string({
      nullable: false,
      description: `Where this gateway plays it, ${MEDIA_PATH}`,
      resolve: ({ domain, user, index }) => mediaPathOf('Voicemail', `${domain}/${user} ${index}`),
    }),
  }),
});

const VoicemailConnection = connectionOf(Voicemail, {
  name: 'Voicemail',
  plural: 'voicemail messages',
  of: 'subscriber',
  total: 'How many lie there. Costs one upstream request.',
});

builder.objectField(Subscriber, 'voicemails', (t) =>
  t.field({
    type: VoicemailConnection,
    description: `The messages in the mailbox that lie in one place, the newest first. Costs one upstream request for each subscriber. ${ROUND_COUNT}`,
    args: {
      folder: t.arg({
        type: WantedVoicemailFolder,
        required: true,
        defaultValue: 'NEW',
        description: 'Which ones.',
      }),
      ...pageArguments,
    },
    extensions: { reads: ['user', 'domain'] },
    resolve: ({ domain, user }, { folder, ...args }, { netsapiens }) => {
      const { wire } = folders[folder];
      return toConnection(
        ['voicemails', domain, user, folder],
        args,
        (page) => netsapiens.voicemails.list({ domain, user }, wire, page),
        () => netsapiens.voicemails.count({ domain, user }, wire),
      );
    },
  }),
);

builder.queryField('voicemail', (t) =>
  t.field({
    type: Voicemail,
    description: 'A voicemail, or null where there is none. Costs one upstream request.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a Voicemail.' }) },
    resolve: (_root, { id }, context) =>
      Voicemail.getDataloader(context)
        .load(keyOf('Voicemail', id, 'id'))
        .catch(orNull),
  }),
);

const MoveVoicemailInput = builder.inputType('MoveVoicemailInput', {
  description: 'Which voicemail, and where it goes.',
  fields: (t) => ({
    voicemail: t.id({ required: true, description: 'The `id` of a Voicemail.' }),
    folder: t.field({
      type: WantedVoicemailFolder,
      required: true,
      defaultValue: 'SAVED',
      description: 'Where it goes: SAVED marks it as heard.',
    }),
  }),
});

const DeleteVoicemailInput = builder.inputType('DeleteVoicemailInput', {
  description: 'Which voicemail to delete.',
  fields: (t) => ({
    voicemail: t.id({ required: true, description: 'The `id` of a Voicemail.' }),
  }),
});

const VISIBLE = 'Costs one upstream request, sent once, and at least one more to see that it shows.';

builder.mutationFields((t) => ({
  moveVoicemail: t.field({
    type: Voicemail,
    errors: rejections,
    description: `Marks a voicemail as heard, as new again, or throws it away. ${VISIBLE}`,
    args: {
      input: t.arg({ type: MoveVoicemailInput, required: true, description: 'The voicemail and the place.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input }, context) => {
      const key = toKey(keyOf('Voicemail', input.voicemail, 'input.voicemail'));
      const moved = await context.netsapiens.voicemails.move(key, folders[input.folder].wire);
      Voicemail.getDataloader(context).clearAll();
      return moved;
    }),
  }),
  deleteVoicemail: t.field({
    type: 'ID',
    errors: rejections,
    description: `Deletes a voicemail for good. ${VISIBLE}`,
    args: {
      input: t.arg({ type: DeleteVoicemailInput, required: true, description: 'The voicemail.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input }, context) => {
      await context.netsapiens.voicemails.remove(
        toKey(keyOf('Voicemail', input.voicemail, 'input.voicemail')),
      );
      Voicemail.getDataloader(context).clearAll();
      return input.voicemail;
    }),
  }),
}));
