import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, keyOf, registerNode, splitKey } from '../global-id.ts';
import { badInput } from '../input.ts';
import type { Attachment as AttachmentModel } from '../upstream/cloudlink/attachment.ts';
import { auditField } from './audit.ts';
import { Conversation } from './conversation.ts';
import { MEDIA_PATH, mediaPathOf, uploadPathOf } from './media-path.ts';
import { orMissing } from './missing.ts';
import { change, keyArgument, rejections } from './mutation.ts';

registerNode('Attachment', 'cloudlink', guidKey(2));

const Attachment = builder.loadableNodeRef('Attachment', {
  id: {
    resolve: ({ conversationId, id }: AttachmentModel) => `${conversationId}/${id}`,
    description: 'Names this attachment towards this gateway.',
  },
  load: async (keys: string[], { cloudlink }: Context) => {
    const parsed = keys
      .map(splitKey)
      .map(([conversationId, attachmentId]) => ({ conversationId, attachmentId }));
    return (await cloudlink.attachments.getMany(parsed)).map(orMissing('CloudLink has no such attachment'));
  },
});

Attachment.implement({
  description:
    'A file of a conversation. CloudLink has no list of them: keep the `id` that uploading one answers. Its routes were seen ' +
    'in an older version of the Chat service only, `/conversations/{id}/attachments`.',
  fields: (t) => ({
    attachmentId: t.exposeString('id', { nullable: false, description: "CloudLink's own id." }),
    conversation: t.field({
      type: Conversation,
      description: 'Where it is. Costs one upstream request where the conversation was not read before.',
      resolve: ({ conversationId }) => conversationId,
    }),
    name: t.exposeString('name', { description: 'Name of the file.' }),
    contentType: t.exposeString('contentType', {
      description: 'What kind of file it is, such as `image/png`.',
    }),
    size: t.exposeInt('size', { description: 'How many bytes it has; null until they were sent.' }),
    path: t.string({
      nullable: false,
      description: `Where this gateway streams its bytes, ${MEDIA_PATH} Answers 404 until they were sent.`,
      resolve: ({ conversationId, id }) => mediaPathOf('Attachment', `${conversationId}/${id}`),
    }),
    uploadPath: t.string({
      description:
        'Where to send its bytes, once: by `PUT` below the address of this gateway and for the same credentials as GraphQL. Null ' +
        'once they were sent.',
      resolve: ({ conversationId, id, isUploaded }) =>
        isUploaded ? null : uploadPathOf('Attachment', `${conversationId}/${id}`),
    }),
    audit: auditField(t),
  }),
});

const UploadAttachmentInput = builder.inputType('UploadAttachmentInput', {
  description: 'A file for a conversation.',
  fields: (t) => ({
    conversation: t.id({ required: true, description: 'The `id` of a Conversation.' }),
    name: t.string({
      required: true,
      description: 'Name of the file, 1 to 255 characters without `/`, `\\` or control characters.',
    }),
    contentType: t.string({ required: true, description: 'What kind of file it is, such as `image/png`.' }),
  }),
});

/** The name becomes a segment of a path, where it must not lead anywhere else. */
const toName = (name: string): string => {
  const isPath = /[/\\\p{Cc}]|^\.{1,2}$/u.test(name);
  if (name.trim() !== '' && name.length <= 255 && !isPath && name.isWellFormed()) return name;
  throw badInput(
    'name',
    'must be the name of a file: 1 to 255 characters without `/`, `\\` or control characters.',
  );
};

const toContentType = (contentType: string): string => {
  if (/^[\w.+-]{1,127}\/[\w.+-]{1,127}$/.test(contentType)) return contentType;
  throw badInput('contentType', 'must be a media type without parameters, such as `image/png`.');
};

builder.mutationField('uploadAttachment', (t) =>
  t.field({
    type: Attachment,
    description:
      'Announces a file for a conversation. Its bytes follow as they are: `PUT` them to the `uploadPath` of the answer, for the ' +
      'same credentials as GraphQL, up to MAX_UPLOAD_BYTES (25 MB unless set otherwise). They are not part of the operation, ' +
      'because this endpoint takes JSON and nothing else: forms, of which multipart is one, can be sent by any web page without ' +
      'being asked. A file takes its bytes once, within ten minutes, and by its name, which is to be its own in the conversation: ' +
      'CloudLink gives them to the newest of several. Costs one upstream request, and three more when the bytes are sent.',
    errors: rejections,
    args: {
      input: t.arg({ type: UploadAttachmentInput, required: true, description: 'The file, and where to.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, { cloudlink }) => {
      const id = keyOf('Conversation', input.conversation, 'conversation');
      return cloudlink.attachments.announce(id, {
        name: toName(input.name),
        contentType: toContentType(input.contentType),
      });
    }),
  }),
);
