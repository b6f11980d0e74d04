import { settleEach } from '../batch.ts';
import { toCount, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http, Passage, Upload } from '../http.ts';
import { findResource } from './account-resource.ts';
import { toAudit, type Audit } from './audit.ts';
import { inOurFields } from './refused-field.ts';
import { findAnswered, readId, readResource } from './reply.ts';

/** A file of a conversation. Its routes are known from an older version of the service only (facts §5.1). */
export interface Attachment extends Audit {
  readonly id: string;
  readonly conversationId: string;
  readonly name: string | null;
  readonly contentType: string | null;
  /** In bytes; null until it is uploaded. */
  readonly size: number | null;
}

export interface AttachmentKey {
  readonly conversationId: string;
  readonly attachmentId: string;
}

export interface NewAttachment {
  readonly name: string;
  readonly contentType: string;
}

/** The bytes of a file as they come from whoever uploads it. */
export type AttachmentContent = Pick<Upload, 'length' | 'body' | 'signal'>;

const toAttachment = (resource: Resource, conversationId: string): Attachment => ({
  id: readId(resource, 'attachmentId'),
  conversationId,
  name: toText(resource['name']),
  contentType: toText(resource['contentType']) ?? toText(resource['type']),
  size: toCount(resource['size']),
  ...toAudit(resource),
});

const refused = inOurFields([
  { upstream: /^name$/, ours: 'name' },
  { upstream: /^type$/, ours: 'contentType' },
]);

const refuse = (code: 'NOT_FOUND' | 'CONFLICT', message: string) =>
  new UpstreamError({ code, platform: 'cloudlink', message });

export const createAttachments = (chat: Http) => {
  const path = (conversationId: string) => ['conversations', conversationId, 'attachments'];

  return {
    /** An attachment, null or an `Error` per key, in order. One request each: upstream has no list. */
    getMany: (keys: readonly AttachmentKey[]): Promise<readonly (Attachment | null | Error)[]> =>
      settleEach<AttachmentKey, Attachment | null>(keys, {
        groupOf: ({ conversationId }) => conversationId,
        size: 1,
        load: async (conversationId, [key]) => {
          const resource = await findResource(chat, [...path(conversationId), key?.attachmentId ?? '']);
          return [resource === null ? null : toAttachment(resource, conversationId)];
        },
      }),
    /** The bytes of the file as they come. Throws NOT_FOUND where there are none, or not yet. */
    open: ({ conversationId, attachmentId }: AttachmentKey, passage: Passage) =>
      chat.open(
        { method: 'GET', path: [...path(conversationId), attachmentId, 'content'], effect: 'read' },
        passage,
      ),
    /** Says that a file is going to be uploaded: its name and what it is. */
    announce: async (conversationId: string, { name, contentType }: NewAttachment): Promise<Attachment> => {
      const reply = await chat
        .send({
          method: 'POST',
          path: path(conversationId),
          json: { name, type: contentType },
          effect: 'write',
        })
        .catch(refused);
      return toAttachment(readResource(reply), conversationId);
    },
    /**
     * Uploads the bytes of a file that was announced and has none yet. Throws NOT_FOUND where it was not announced, and
     * CONFLICT where it has them. Two requests: whether it may be written is read first, which also proves the token,
     * because bytes that come once cannot be sent again with another.
     */
    upload: async (
      { conversationId, attachmentId }: AttachmentKey,
      content: AttachmentContent,
    ): Promise<Attachment> => {
      const resource = await findResource(chat, [...path(conversationId), attachmentId]);
      const announced = resource === null ? null : toAttachment(resource, conversationId);
      if (announced?.name == null) throw refuse('NOT_FOUND', 'CloudLink has no such attachment.');
      if (announced.size !== null)
        throw refuse('CONFLICT', 'This file has been uploaded. Announce another by `uploadAttachment`.');
      const contentType = announced.contentType ?? 'application/octet-stream';
      const reply = await chat.send({
        method: 'PUT',
        // The platform wants the name, of all things (facts §5.1).
        path: [...path(conversationId), announced.name, 'content'],
        upload: { contentType, ...content },
        effect: 'write',
      });
      const answered = findAnswered(reply, 'attachmentId');
      if (answered !== null && readId(answered, 'attachmentId') !== attachmentId)
        throw refuse(
          'CONFLICT',
          'CloudLink gave these bytes to a newer file of the same name: announce it anew by another name.',
        );
      return { ...announced, contentType, size: content.length };
    },
  };
};
