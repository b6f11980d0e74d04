import { settleEach } from '../batch.ts';
import { toBoolean, toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { findResource } from './account-resource.ts';
import { getAll } from './collection.ts';
import { findAnswered, readId } from './reply.ts';

/** Somebody in a conference, or asked to come to it (facts §6.5). */
export interface ConferenceParticipant {
  readonly conferenceId: string;
  readonly id: string;
  readonly state: string | null;
  readonly participantType: string | null;
  readonly externalId: string | null;
  readonly muted: boolean | null;
}

export interface ParticipantKey {
  readonly conferenceId: string;
  readonly participantId: string;
}

export interface ParticipantChange {
  readonly muted?: boolean;
  readonly action?: 'leave';
}

/** A participant in our words. */
export const toParticipant = (resource: Resource, conferenceId: string): ConferenceParticipant => ({
  conferenceId,
  id: readId(resource, 'participantId'),
  state: toText(resource['state']),
  participantType: toText(resource['type']),
  externalId: toText(resource['externalId']),
  muted: toBoolean(resource['muted']),
});

const pathOf = (conferenceId: string, ...rest: readonly string[]) => [
  'conferences',
  conferenceId,
  'participants',
  ...rest,
];

export const createConferenceParticipants = (media: Http) => {
  const find = async ({
    conferenceId,
    participantId,
  }: ParticipantKey): Promise<ConferenceParticipant | null> => {
    const resource = await findResource(media, pathOf(conferenceId, participantId));
    return resource === null ? null : toParticipant(resource, conferenceId);
  };

  return {
    /** All of them, for a conference that does not embed them. */
    listOf: (conferenceId: string) =>
      getAll(media, { path: pathOf(conferenceId), toModel: (item) => toParticipant(item, conferenceId) }),
    /** A participant, null or an `Error` per key, in order; one request for each. */
    getMany: (keys: readonly ParticipantKey[]) =>
      settleEach<ParticipantKey, ConferenceParticipant | null>(keys, {
        groupOf: ({ conferenceId, participantId }) => pathOf(conferenceId, participantId).join('/'),
        size: 1,
        load: async (_group, group) => Promise.all(group.map(find)),
      }),
    /** Asks somebody to come. The answer need not hold them (facts §6.5): then they are read back. */
    invite: async (key: ParticipantKey): Promise<ConferenceParticipant | null> => {
      const { conferenceId, participantId } = key;
      const path = pathOf(conferenceId);
      const reply = await media.send({ method: 'POST', path, json: { participantId }, effect: 'write' });
      const resource = findAnswered(reply, 'participantId');
      return resource === null ? find(key) : toParticipant(resource, conferenceId);
    },
    /** Changes a participant and reads them back; null where the conference has them no more. */
    change: async (key: ParticipantKey, json: ParticipantChange): Promise<ConferenceParticipant | null> => {
      const path = pathOf(key.conferenceId, key.participantId);
      await media.send({ method: 'PUT', path, json, effect: 'write' });
      return find(key);
    },
    /** Brings somebody in, by a connection of theirs. Nothing is documented but its route. */
    connect: async (key: ParticipantKey): Promise<ConferenceParticipant | null> => {
      const path = pathOf(key.conferenceId, key.participantId, 'connections');
      await media.send({ method: 'POST', path, json: {}, effect: 'write' });
      return find(key);
    },
    remove: async ({ conferenceId, participantId }: ParticipantKey): Promise<void> => {
      await media.send({ method: 'DELETE', path: pathOf(conferenceId, participantId), effect: 'write' });
    },
  };
};
