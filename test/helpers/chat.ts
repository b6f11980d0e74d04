import { guid } from '../../src/sandbox/company.ts';
import { globalId } from './global-id.ts';

const ACME_START = 1_000_000;

/** The seeded conversation at this place of Ada's account, the newest first. */
export const conversationGuid = (index: number): string => guid(32, ACME_START + index);

export const conversationId = (index: number): string =>
  globalId('cloudlink', 'Conversation', conversationGuid(index));

/** A message of it, the oldest first; the odd ones of the first conversation are Ada's. */
export const messageId = (index: number, number: number): string =>
  globalId(
    'cloudlink',
    'Message',
    `${conversationGuid(index)}/${guid(33, (ACME_START + index) * 1000 + number)}`,
  );
