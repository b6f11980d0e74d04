import type { TestGateway } from './gateway.ts';
import { sendRaw } from './raw-request.ts';

export const json = { 'content-type': 'application/json' };

/** Posts a body of any kind to the endpoint; as JSON, unless headers say otherwise. */
export const post = (
  gateway: TestGateway,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = json,
): Promise<Response> => gateway.fetch('/graphql', { method: 'POST', headers, body });

/** Sends bytes that fetch would not send; the connection is to be closed by what is sent. */
export const raw = async (gateway: TestGateway, request: string): Promise<string> => {
  const { text } = await sendRaw(Number(new URL(gateway.url).port), request);
  gateway.record(text);
  return text;
};
