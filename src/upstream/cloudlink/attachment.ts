import { settleEach } from '../batch.ts';
import { toCount, toText, type Resource } from '../decode.ts';
import type { Http, Passage } from '../http.ts';
import { findResource } from './account-resource.ts';
import { toAudit, type Audit } from './audit.ts';
import { inOurFields } from './refused-field.ts';
import { readId, readResource } from './reply.ts';

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
  readonly data: Buffer;
}

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
    /** Announces the file and sends its bytes: two writes. Where the second fails, an announcement without content stays. */
    upload: async (
      conversationId: string,
      { name, contentType, data }: NewAttachment,
    ): Promise<Attachment> => {
      const reply = await chat
        .send({
          method: 'POST',
          path: path(conversationId),
          json: { name, type: contentType },
          effect: 'write',
        })
        .catch(refused);
      const announced = toAttachment(readResource(reply), conversationId);
      await chat.send({
        method: 'PUT',
        path: [...path(conversationId), name, 'content'],
        bytes: { contentType, data },
        effect: 'write',
      });
      return { ...announced, contentType, size: data.length };
    },
  };
};
