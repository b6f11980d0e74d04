import { settleEach } from '../batch.ts';
import { toCount, toText, type Resource } from '../decode.ts';
import { UpstreamError, type UpstreamCode } from '../errors.ts';
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
  /** In bytes; null until it is uploaded, and where there are more than can be told. */
  readonly size: number | null;
  readonly isUploaded: boolean;
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
  isUploaded: (resource['size'] ?? null) !== null,
  ...toAudit(resource),
});

const refused = inOurFields([
  { upstream: /^name$/, ours: 'name' },
  { upstream: /^type$/, ours: 'contentType' },
]);

const refuse = (code: UpstreamCode, message: string) =>
  new UpstreamError({ code, platform: 'cloudlink', message });

export const createAttachments = (chat: Http) => {
  const path = (conversationId: string) => ['conversations', conversationId, 'attachments'];

  const find = async (conversationId: string, idOrName: string): Promise<Attachment | null> => {
    const resource = await findResource(chat, [...path(conversationId), idOrName]);
    return resource === null ? null : toAttachment(resource, conversationId);
  };

  return {
    /** An attachment, null or an `Error` per key, in order. One request each: upstream has no list. */
    getMany: (keys: readonly AttachmentKey[]): Promise<readonly (Attachment | null | Error)[]> =>
      settleEach<AttachmentKey, Attachment | null>(keys, {
        groupOf: ({ conversationId }) => conversationId,
        size: 1,
        load: async (conversationId, [key]) => {
          return [await find(conversationId, key?.attachmentId ?? '')];
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
     * Uploads the bytes of a file that was announced and has none yet. Throws NOT_FOUND where it was not announced,
     * CONFLICT where it has them, and BAD_USER_INPUT where its name is that of a newer file: the platform takes the bytes
     * by the name, of all things (facts §5.1). Three requests: what is there is read first, which also proves the token,
     * because bytes that come once cannot be sent again with another.
     */
    upload: async (
      { conversationId, attachmentId }: AttachmentKey,
      content: AttachmentContent,
    ): Promise<Attachment> => {
      const announced = await find(conversationId, attachmentId);
      if (announced?.name == null) throw refuse('NOT_FOUND', 'CloudLink has no such attachment.');
      if (announced.isUploaded)
        throw refuse('CONFLICT', 'This file has been uploaded. Announce another by `uploadAttachment`.');
      const { name } = announced;
      const meant = await find(conversationId, name);
      if (meant !== null && meant.id !== attachmentId)
        throw refuse(
          'BAD_USER_INPUT',
          'A newer file of this conversation has the same name, and would get these bytes. Announce it by a name of its own.',
        );
      const contentType = announced.contentType ?? 'application/octet-stream';
      const reply = await chat.send({
        method: 'PUT',
        path: [...path(conversationId), name, 'content'],
        upload: { contentType, ...content },
        effect: 'write',
      });
      const answered = findAnswered(reply, 'attachmentId');
      const kept = answered && toAttachment(answered, conversationId);
      if (kept && (kept.id !== attachmentId || (kept.size !== null && kept.size !== content.length)))
        throw refuse(
          'UPSTREAM_PROTOCOL',
          'CloudLink kept these bytes under another file, or not all of them.',
        );
      return { ...announced, contentType, size: content.length, isUploaded: true };
    },
  };
};
