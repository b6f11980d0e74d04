import { randomUUID } from 'node:crypto';
import { stampChange, stampCreation } from './access.ts';
import { readBody } from './body.ts';
import { findConversation } from './conversation-access.ts';
import { notFound } from './failure.ts';
import { text } from './field.ts';
import { toLink } from './hal.ts';
import { omit } from './omit.ts';
import type { Call, Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { Attachment, Store } from './store.ts';
import { Table } from '../table.ts';
import type { ObjectSchema } from './validation.ts';

type NewAttachment = Pick<Attachment, 'name' | 'type'>;

const schema: ObjectSchema<NewAttachment> = {
  type: 'object',
  properties: { name: { type: 'string', minLength: 1 }, type: text },
  required: ['name'],
};

/** What there is to know about an attachment; its size and content type only once it is uploaded. */
export const toAttachment = (attachment: Attachment) => {
  const { conversationId, attachmentId, content } = attachment;
  const path = ['conversations', conversationId, 'attachments', attachmentId];
  return {
    ...omit(attachment, 'content'),
    ...(content !== undefined && { size: content.bytes.length, contentType: content.contentType }),
    _links: { self: toLink(...path), content: toLink(...path, 'content') },
  };
};

export const keepAttachment = (store: Store, attachment: Attachment): void => {
  const { conversationId, attachmentId } = attachment;
  const attachments =
    store.attachments.get(conversationId) ?? new Table<Attachment>('attachment', store.listeners);
  store.attachments.set(conversationId, attachments.set(attachmentId, attachment));
};

/** By id, or by name as the upload wants it (facts §5.1); of several with that name the newest. */
const findAttachment = (call: Call): Attachment => {
  const { conversationId } = findConversation(call);
  const attachments = call.store.attachments.get(conversationId) ?? new Map<string, Attachment>();
  const wanted = call.parameter('attachmentId');
  const found = attachments.get(wanted) ?? [...attachments.values()].findLast(({ name }) => name === wanted);
  if (found === undefined) throw notFound();
  return found;
};

/** The first of three steps: announces what is going to be uploaded. */
export const postAttachment: Handler = (call) => {
  const { conversationId, accountId } = findConversation(call);
  const attachment: Attachment = {
    ...readBody(call, schema),
    attachmentId: randomUUID(),
    conversationId,
    accountId,
    ...stampCreation(call),
  };
  keepAttachment(call.store, attachment);
  return created(toAttachment(attachment));
};

/** The second: the bytes as they are, under their own content type. */
export const putAttachmentContent: Handler = (call) => {
  const attachment = findAttachment(call);
  const { body: bytes, headers } = call.incoming;
  const contentType = headers['content-type'] ?? (attachment.type || 'application/octet-stream');
  const changed = { ...attachment, content: { bytes, contentType }, ...stampChange(call) };
  keepAttachment(call.store, changed);
  return ok(toAttachment(changed));
};

export const getAttachment: Handler = (call) => ok(toAttachment(findAttachment(call)));

export const getAttachmentContent: Handler = (call) => {
  const { content } = findAttachment(call);
  if (content === undefined) throw notFound();
  return { status: 200, headers: { 'Content-Type': content.contentType }, body: content.bytes };
};
