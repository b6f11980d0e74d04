import { randomBytes } from 'node:crypto';
import { readBody } from './body.ts';
import { Failure, notFound } from './failure.ts';
import { text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import { omit } from './omit.ts';
import { parsePublicationFilter } from './publication-filter.ts';
import type { Call, Handler } from './service.ts';
import { created, ok } from './service.ts';
import { isLive, type Subscription, type Wish } from './subscription-record.ts';
import type { ObjectSchema, Schema } from './validation.ts';

const name: Schema = { type: 'string', minLength: 1 };

const schema: ObjectSchema<Wish> = {
  type: 'object',
  properties: {
    transport: { type: 'string', enum: ['webhook', 'websocket'] },
    topic: name,
    subjectFilter: text,
    method: text,
    publicationFilter: text,
    deviceId: name,
    applicationId: name,
  },
  required: ['transport', 'topic', 'deviceId', 'applicationId'],
  // What else the service knows is not documented, so nothing is refused for being there.
  additionalProperties: true,
};

const toPattern = (filter: string): RegExp => {
  try {
    return new RegExp(filter);
  } catch {
    throw new Failure(400, 'data.subjectFilter should match format "regex"');
  }
};

/** An unanchored pattern explains all three forms of filter that are in use (facts §8.1). Throws a 400. */
const toFilter = ({ topic, subjectFilter = '', method, publicationFilter }: Wish): Subscription['wants'] => {
  const pattern = toPattern(subjectFilter);
  const test = publicationFilter === undefined ? () => true : parsePublicationFilter(publicationFilter);
  return (publication) =>
    publication.topic === topic &&
    (method === undefined || publication.method === method.toUpperCase()) &&
    pattern.test(publication.subject) &&
    test(publication);
};

const requireAddress = ({ transport, deviceId }: Wish): void => {
  // what the other transport needs is not known.
  if (transport === 'websocket') throw new Failure(400, 'The websocket transport is not available');
  if (!URL.canParse(deviceId) || !/^https?:$/.test(new URL(deviceId).protocol))
    throw new Failure(400, 'data.deviceId should be an http or https URL');
};

const toSubscription = (subscription: Subscription) =>
  toItem(omit(subscription, 'wants'), 'subscriptions', subscription.subscriptionId);

const ownSubscriptions = ({ store, principal, clock }: Call): readonly Subscription[] =>
  [...store.subscriptions.values()].filter(
    (one) =>
      one.principalId === principal.principalId &&
      one.accountId === principal.accountId &&
      isLive(one, clock.now()),
  );

/** What makes a subscription the same one. */
const tupleOf = ({
  topic,
  subjectFilter,
  method,
  publicationFilter,
  deviceId,
  applicationId,
}: Wish): string =>
  JSON.stringify([topic, subjectFilter, method, publicationFilter, deviceId, applicationId]);

/** A new subscription, or the one there is already, which lives on from now. */
export const postSubscription: Handler = (call) => {
  const { store, principal, clock, switches } = call;
  const wish = readBody(call, schema);
  requireAddress(wish);
  const wants = toFilter(wish);
  const known = ownSubscriptions(call).find((one) => tupleOf(one) === tupleOf(wish));
  const now = clock.now();
  const { transport, topic, subjectFilter, method, publicationFilter, deviceId, applicationId } = wish;
  const subscription: Subscription = {
    transport,
    topic,
    ...(subjectFilter !== undefined && { subjectFilter }),
    ...(method !== undefined && { method }),
    ...(publicationFilter !== undefined && { publicationFilter }),
    deviceId,
    applicationId,
    subscriptionId: known?.subscriptionId ?? randomBytes(16).toString('hex'),
    accountId: principal.accountId,
    principalId: principal.principalId,
    createdOn: known?.createdOn ?? new Date(now).toISOString(),
    expiresOn: new Date(now + switches.cloudlinkSubscriptionSeconds * 1000).toISOString(),
    wants,
  };
  store.subscriptions.set(subscription.subscriptionId, subscription);
  const answer = toSubscription(subscription);
  return known === undefined ? created(answer) : ok(answer);
};

/** The caller's own, oldest first. */
export const listSubscriptions: Handler = (call) =>
  toCollection(call, ownSubscriptions(call), { show: toSubscription });

export const deleteSubscription: Handler = (call) => {
  const id = call.parameter('subscriptionId');
  if (!ownSubscriptions(call).some(({ subscriptionId }) => subscriptionId === id)) throw notFound();
  call.store.subscriptions.delete(id);
  return ok({});
};
