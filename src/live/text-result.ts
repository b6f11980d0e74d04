import type { ExecutionResult } from 'graphql';
import { print } from './event-result.ts';

/** What the protocol prints in the place of a result. */
const PLACE = '{}';

/**
 * Puts results into the messages that carry them as text that was made once for all who are sent the same one. The
 * protocol prints a message and hands it over in one go: what was asked for its text last is what the message holds.
 */
export const createTextResults = () => {
  let asked: string | null = null;
  return {
    /** Stands for a result in its message. */
    place: (result: ExecutionResult) => ({
      toJSON: () => {
        asked = print(result);
        return {};
      },
    }),
    /** The message that was just printed, with the text of its result in place. */
    fill: (message: string): string => {
      const text = asked;
      asked = null;
      return text === null ? message : `${message.slice(0, -`${PLACE}}`.length)}${text}}`;
    },
  };
};
