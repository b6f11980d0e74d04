import type { TestGateway } from './gateway.ts';
import { conversationId } from './chat.ts';

export const ANNOUNCE = 'POST /conversations/{conversationId}/attachments';
export const READ = 'GET /conversations/{conversationId}/attachments/{attachmentId}';
export const SEND = 'PUT /conversations/{conversationId}/attachments/{attachmentId}/content';
export const DOWNLOAD = 'GET /conversations/{conversationId}/attachments/{attachmentId}/content';

export const file = {
  conversation: conversationId(0),
  name: 'Grüße & more?.bin',
  contentType: 'application/octet-stream',
};

const announcement = `mutation ($input: UploadAttachmentInput!) {
  uploadAttachment(input: $input) {
    ... on UploadAttachmentSuccess {
      data { id attachmentId name contentType size path uploadPath conversation { id } }
    }
    ... on Rejection { code field message }
  }
}`;

type Headers = Readonly<Record<string, string>>;

/** Announces a file, as a client does before it sends its bytes. */
export const announce = (gateway: TestGateway, session: Headers, given: object = {}) =>
  gateway.execute(announcement, session, { input: { ...file, ...given } });

/** A file that was announced and has no bytes yet, and what sends them. */
export const announced = async (gateway: TestGateway, session: Headers, given: object = {}) => {
  const { data } = await announce(gateway, session, given);
  const { data: attachment } = data?.['uploadAttachment'] ?? {};
  const uploadPath: string = attachment.uploadPath;
  await gateway.bill();
  return {
    attachment,
    uploadPath,
    send: (body: BodyInit, headers: Headers = session) =>
      gateway.fetch(uploadPath, { method: 'PUT', headers, body }),
  };
};
