import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../logger.ts';
import { StateError } from '../state/errors.ts';
import { discardBody, readBody } from '../request-body.ts';
import type { PlatformName } from '../upstream/errors.ts';
import type { Hub, Receive } from './hub.ts';
import { createRefusalLog, type RefusalReason } from './refusal-log.ts';
import { parseWebhookPath, type WebhookAddress } from './webhook-address.ts';
import type { WebhookProof } from './webhook-proof.ts';

/** As large as a delivery may be, and as deep (S25). */
const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 32;

/** Whether a text of JSON is nested deeper than anything that the platforms send; looked at before it is parsed. */
const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInText) {
      if (character === '\\') index += 1;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
};

const parse = (text: string): unknown => {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const close = (response: ServerResponse, status: number) => {
  response.writeHead(status, { 'content-length': 0 }).end();
};

/** Refuses a delivery of which nothing, or no more, is to be read. */
const refuse = (request: IncomingMessage, response: ServerResponse, status: number) => {
  close(response, status);
  discardBody(request);
};

export interface WebhookOptions {
  readonly hub: Hub;
  readonly proof: WebhookProof;
  readonly log: Logger;
}

/**
 * Takes what the platforms send. 2xx only once everything of it is kept (R26): 503 tells the platform to send it again,
 * 401, 404 and 410 that it is not wanted, 400 and 413 that it is nothing we know. Nothing of it is read before it is known
 * where it goes to, and where it comes from.
 */
export const createWebhookRoute = ({ hub, proof, log }: WebhookOptions) => {
  const tellRefusal = createRefusalLog(log);

  const noteRefused = (platform: PlatformName, reason: RefusalReason, request: IncomingMessage) => {
    hub.noteRefused();
    tellRefusal(platform, reason, proof.addressOf(request));
  };

  /** What `ask` gives, or a word to come again. */
  const orLater = async <Result>(
    request: IncomingMessage,
    response: ServerResponse,
    ask: () => Promise<Result>,
  ): Promise<{ readonly value: Result } | null> => {
    try {
      return { value: await ask() };
    } catch (error) {
      // That the state is out of reach is told once, by whoever notices.
      log[error instanceof StateError ? 'debug' : 'error']({ err: error }, 'a delivery could not be kept');
      response.setHeader('retry-after', '1');
      refuse(request, response, 503);
      return null;
    }
  };

  const take = async (
    { receive, platform }: Pick<WebhookAddress, 'platform'> & { readonly receive: Receive },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const text = await readBody(request, MAX_BYTES);
    if (!proof.isSigned(platform, request.headers, text)) {
      noteRefused(platform, 'signature', request);
      return close(response, 401);
    }
    const body = parse(text);
    if (typeof body !== 'object' || body === null) return close(response, 400);
    const kept = await orLater(request, response, () => receive(body));
    if (kept !== null) close(response, kept.value ? 204 : 400);
  };

  return async (request: IncomingMessage, response: ServerResponse, { pathname }: URL): Promise<void> => {
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      return refuse(request, response, 405);
    }
    const address = parseWebhookPath(pathname);
    if (address === null) return refuse(request, response, 404);
    const { platform } = address;
    if (!proof.isFromNetwork(platform, request)) {
      noteRefused(platform, 'network', request);
      return refuse(request, response, 401);
    }
    const found = await orLater(request, response, () => hub.receiverOf(address));
    if (found === null) return;
    // 410 rather than 404: nobody will ever want it there again.
    if (found.value === null) return refuse(request, response, 410);
    await take({ receive: found.value, platform }, request, response);
  };
};
