import { readFileSync } from 'node:fs';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  printSchema,
  type GraphQLNamedType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../src/schema/index.ts';

interface Element {
  /** Such as `User.subscriber` or `Query.users(first:)`. */
  readonly name: string;
  readonly kind: 'type' | 'field' | 'argument' | 'input field' | 'enum value';
  readonly description: string | null | undefined;
}

const elementsOf = (type: GraphQLNamedType): Element[] => {
  const own: Element = { name: type.name, kind: 'type', description: type.description };
  if (isEnumType(type)) {
    const values = type.getValues().map(({ name, description }) => ({
      name: `${type.name}.${name}`,
      kind: 'enum value' as const,
      description,
    }));
    return [own, ...values];
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map(({ name, description }) => ({
      name: `${type.name}.${name}`,
      kind: 'input field' as const,
      description,
    }));
    return [own, ...fields];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [own];
  const fields = Object.values(type.getFields()).flatMap(({ name, description, args }): Element[] => [
    { name: `${type.name}.${name}`, kind: 'field', description },
    ...args.map((arg) => ({
      name: `${type.name}.${name}(${arg.name}:)`,
      kind: 'argument' as const,
      description: arg.description,
    })),
  ]);
  return [own, ...fields];
};

const elements = Object.values(schema.getTypeMap())
  .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
  .flatMap(elementsOf);

const count = (kind: Element['kind']) => elements.filter((element) => element.kind === kind).length;

describe('the schema', () => {
  it('is the one that is committed', () => {
    const committed = readFileSync(new URL('../schema/schema.graphql', import.meta.url), 'utf8');
    expect(committed, 'run `npm run schema` and commit schema/schema.graphql').toBe(
      `${printSchema(schema)}\n`,
    );
  });

  it('has elements of every kind to look at', () => {
    const kinds = ['type', 'field', 'argument', 'input field', 'enum value'] as const;
    expect(Object.fromEntries(kinds.map((kind) => [kind, count(kind) > 5]))).toEqual(
      Object.fromEntries(kinds.map((kind) => [kind, true])),
    );
    expect(elements.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'PageInfo.endCursor',
        'Node.id',
        'Query.nodes(ids:)',
        'UserEdge.cursor',
        'SubscriberFilter.kinds',
        'SubscriberScope.UNKNOWN',
        'DateTime',
      ]),
    );
  });

  it('describes all of them, in sentences', () => {
    const undescribed = elements.filter(
      ({ description }) => !/^\p{Lu}[\s\S]*[.)]$/u.test(description?.trim() ?? ''),
    );
    expect(undescribed).toEqual([]);
  });

  it('describes them without what its readers do not have', () => {
    expect(elements.filter(({ description }) => /§|\bfacts\b/.test(description ?? ''))).toEqual([]);
  });

  it('calls things by names in one style', () => {
    const styles = {
      type: /^[A-Z][A-Za-z]*$/,
      field: /\.[a-z][A-Za-z\d]*$/,
      argument: /\([a-z][A-Za-z]*:\)$/,
      'input field': /\.[a-z][A-Za-z]*$/,
      'enum value': /\.[A-Z][A-Z\d_]*$/,
    };
    expect(elements.filter(({ name, kind }) => !styles[kind].test(name))).toEqual([]);
  });

  it('has no field for a secret', () => {
    const secretive = /pin\b|pin[A-Z]|pwd|passw|passcode|secret|token|hash|credential|authenticationKey/i;
    const found = elements
      .filter(({ name, kind }) => kind !== 'type' && secretive.test(name.split('.').at(-1) ?? ''))
      .map(({ name }) => name);
    expect(found.toSorted()).toEqual([
      // How long tokens live, what a client sends to sign in, and the credentials that it gets, once.
      'Account.accessTokenHours',
      'Account.refreshTokenHours',
      'CloudlinkSignInInput.password',
      'NewClient.clientSecret',
      'RenewConnectionInput.cloudlinkToken',
      'RenewConnectionInput.subscriberToken',
      'SignInPayload.sessionToken',
      'SubscriberSignInInput.passcode',
      'SubscriberSignInInput.password',
    ]);
  });

  it('has an open enum wherever a platform may add a value, with the raw text beside it', () => {
    const open = Object.values(schema.getTypeMap()).filter(
      (type) => isEnumType(type) && type.getValue('UNKNOWN') !== undefined,
    );
    expect(open.map(({ name }) => name).toSorted()).toEqual([
      'AccountState',
      'ActionCardButtonAction',
      'ActiveCallState',
      'AgentAvailability',
      'Availability',
      'CallCause',
      'CallDetailRecordingStatus',
      'CallDetailType',
      'CallDirection',
      'CallQueueStrategy',
      'CallState',
      'ConferenceParticipantState',
      'ConferenceParticipantType',
      'ConferenceState',
      'ConferenceType',
      'ConversationVisibility',
      'DeviceMode',
      'EndpointState',
      'LobbyPolicy',
      'MessageContentType',
      'ParticipantStatus',
      'ParticipantType',
      'PresenceStatus',
      'SubscriberAccountStatus',
      'SubscriberPresence',
      'SubscriberScope',
      'TextMessageType',
      'UserRole',
      'VoicemailFolder',
      'VoicemailNotification',
    ]);
    const openNames = new Set(open.map(({ name }) => name));
    const bare = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type))
      .flatMap((type) => {
        const fields = type.getFields();
        return Object.values(fields)
          .filter((field) => openNames.has(String(field.type)) && fields[`${field.name}Text`] === undefined)
          .map((field) => `${type.name}.${field.name}`);
      });
    expect(bare).toEqual([]);
  });

  it('lets every field that comes from upstream be null, so that one failure stays where it is', () => {
    const query = schema.getQueryType()?.getFields() ?? {};
    const strict = Object.values(query).filter((field) => String(field.type).endsWith('!'));
    expect(strict.map(({ name }) => name).toSorted()).toEqual(['viewer']);
  });

  it('lets the result of every change be null, so that one that fails takes no other change of its operation with it', () => {
    const changes = Object.values(schema.getMutationType()?.getFields() ?? {});
    expect(changes.length).toBeGreaterThan(80);
    const strict = changes.filter((field) => String(field.type).endsWith('!'));
    expect(strict.map(({ name }) => name).toSorted()).toEqual(['signOut']);
  });

  describe('in what it tells as it happens', () => {
    const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
    const eventTypes = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type))
      .filter((type) => type.getInterfaces().some(({ name }) => name === 'Event'));

    it('has events only, which are all resumed by the same argument', () => {
      expect(fields.length).toBeGreaterThanOrEqual(10);
      const told = fields.flatMap(({ type }) => {
        const named = getNamedType(type);
        return isUnionType(named) ? named.getTypes().map(({ name }) => name) : [named.name];
      });
      expect(new Set(told)).toEqual(new Set(eventTypes.map(({ name }) => name)));
      expect(fields.filter(({ type }) => !String(type).endsWith('!'))).toEqual([]);
      const places = fields.map(({ args }) => args.find(({ name }) => name === 'after'));
      expect(new Set(places.map((place) => String(place?.type)))).toEqual(new Set(['String']));
    });

    it('has one noun in each event, which is always there, and lets be null what has to be read', () => {
      const own = eventTypes.map((type) => {
        const { id, cursor, occurredAt, change, ...rest } = type.getFields();
        expect([id, cursor, occurredAt, change].map((field) => String(field?.type))).toEqual([
          'ID!',
          'String!',
          'DateTime!',
          'Change!',
        ]);
        return Object.values(rest).filter(({ type: result }) => String(result).endsWith('!'));
      });
      expect(own.filter((nouns) => nouns.length !== 1)).toEqual([]);
    });

    it('says what it costs and what becomes of a client that does not keep up', () => {
      const silent = fields.filter(
        ({ description }) =>
          !/Opens (one|up to \w+) upstream/.test(description ?? '') ||
          !/SUBSCRIBER_TOO_SLOW|as it is then/.test(description ?? ''),
      );
      expect(silent.map(({ name }) => name)).toEqual([]);
    });
  });
});
