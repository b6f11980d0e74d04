import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { registerNode, splitKey } from '../global-id.ts';
import { badInput, isGiven } from '../input.ts';
import type { Device as DeviceModel } from '../upstream/netsapiens/device.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { Subscriber, ZonelessTime } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode('Device', 'subscriber', /^[^*~%,/\p{Cc}]{1,255}\/[^*~%,@/\p{Cc}]{1,255}$/u);

const DeviceMode = openEnum(
  'DeviceMode',
  'How a device stands to the platform, as it says. That of registered devices is inferred from the others.',
  {
    REGISTERED: { wire: 'registered_endpoint', description: 'It has registered.' },
    UNREGISTERED: { wire: 'unregistered_endpoint', description: 'It has not registered, or no longer.' },
  },
);

export const Device = builder.loadableNodeRef('Device', {
  id: {
    resolve: ({ domain, name }: DeviceModel) => `${domain}/${name}`,
    description: 'Names this device towards this gateway.',
  },
  load: async (keys: string[], { netsapiens }: Context) => {
    const parsed = keys.map(splitKey).map(([domain, name]) => ({ domain, name }));
    return (await netsapiens.devices.getMany(parsed)).map(
      orMissing('The subscriber API has no such device', 'subscriber'),
    );
  },
});

Device.implement({
  description:
    'A phone or an app of a subscriber, registered or not. Its SIP secrets are not part of this schema. Source: ' +
    '`object=device&action=read`.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      description: 'Name inside the domain; usually begins with the extension, such as `1001a`.',
    }),
    address: t.exposeString('aor', {
      nullable: false,
      description: 'Its SIP address, such as `sip:1001a@acme.12345.service`.',
    }),
    domainName: t.exposeString('domain', { nullable: false, description: 'Name of its domain.' }),
    domain: t.field({
      type: Domain,
      description: 'Its domain. Costs one upstream request for each domain.',
      resolve: ({ domain }) => domain,
    }),
    extension: t.exposeString('user', { description: 'The extension it belongs to.' }),
    subscriber: t.field({
      type: Subscriber,
      description:
        'Whose it is. Costs one upstream request, or one for a whole domain where three or more of it are asked for.',
      resolve: ({ domain, user }, _args, context, info) =>
        user === null ? null : loadSubscriber({ domain, user }, context, info),
    }),
    ownerName: t.exposeString('ownerName', { description: 'Name of whom it belongs to.' }),
    isRegistered: t.exposeBoolean('isRegistered', {
      nullable: false,
      description: 'Whether it can be reached now: it has registered, and that has not expired (inferred).',
    }),
    mode: t.field({
      type: DeviceMode.type,
      description: 'How it stands to the platform.',
      resolve: ({ mode }) => DeviceMode.read(mode),
    }),
    modeText: t.exposeString('mode', { description: 'The mode in the words of the platform.' }),
    registeredAt: t.expose('registeredAt', {
      type: ZonelessTime,
      description: 'When it last registered; null where it never did.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: ZonelessTime,
      description: 'When its registration ends unless it is renewed.',
    }),
    contactAddress: t.exposeString('contact', { description: 'Where it says it is.' }),
    receivedFrom: t.exposeString('receivedFrom', { description: 'Where its registration came from.' }),
    userAgent: t.exposeString('userAgent', { description: 'What it says it is.' }),
    server: t.exposeString('server', { description: 'The server it is registered at.' }),
    mac: t.exposeString('mac', { description: 'Its hardware address: 12 hexadecimal digits.' }),
    model: t.exposeString('model', { description: 'Its model, as the provisioning server calls it.' }),
    line: t.exposeString('line', { description: 'Which line of the phone it is.' }),
    transportText: t.exposeString('transport', {
      description: 'How it speaks to the platform, in the words of the platform.',
    }),
    provisioningError: t.exposeString('provisioningError', {
      description: 'What went wrong when it was provisioned.',
    }),
    emergencyCallerIdNumber: t.exposeString('emergencyCallerIdNumber', {
      description: 'Number shown on emergency calls.',
    }),
  }),
});

const DeviceConnection = connectionOf(Device, {
  name: 'Device',
  plural: 'devices',
  of: 'subscriber',
  total:
    'How many devices the domain has, filters left aside: upstream counts nothing else. Null where the caller may not ' +
    'count. Costs one upstream request.',
});

/** Devices by their owner: three or more owners of a domain share one read of it. */
const devicesOfSubscribers = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader<SubscriberKey, readonly DeviceModel[], string>(
      (keys) => netsapiens.devices.getByUser(keys),
      { cacheKeyFn: ({ domain, user }) => `${domain}/${user}` },
    ),
);

/** After a change, what was read before is no longer true. */
export const forgetDevices = (context: Context): void => {
  devicesOfSubscribers(context).clearAll();
  Device.getDataloader(context).clearAll();
};

/** The devices of a subscriber; those of many are read together. */
export const devicesOf = async (
  { domain, user }: SubscriberKey,
  context: Context,
): Promise<DeviceModel[]> => [...(await devicesOfSubscribers(context).load({ domain, user }))];

builder.objectField(Subscriber, 'devices', (t) =>
  t.field({
    type: [Device],
    description:
      'The devices of the subscriber. Costs one upstream request, or one for a whole domain where three or more of it are ' +
      `asked for (one more for every 1,000 devices). ${ROUND_COUNT}`,
    extensions: { reads: ['user', 'domain'] },
    resolve: (subscriber, _args, context) => devicesOf(subscriber, context),
  }),
);

const listArguments = {
  ...builder.args((t) => ({
    isRegistered: t.boolean({ description: 'True for registered devices only, false for the others only.' }),
  })),
  ...pageArguments,
};

const list = (
  domain: string,
  { isRegistered, ...args }: PageArguments & { readonly isRegistered?: boolean | null | undefined },
  { netsapiens }: Context,
) => {
  const keep = isGiven(isRegistered)
    ? (device: DeviceModel) => device.isRegistered === isRegistered
    : undefined;
  return toConnection(
    ['devices', domain, isRegistered],
    args,
    (page) => netsapiens.devices.list(domain, page, keep),
    () => netsapiens.devices.count(domain),
  );
};

const LIST_COST = `Costs one upstream request; with a filter, one for every 1,000 devices that are looked through. ${ROUND_COUNT}`;

builder.objectField(Domain, 'devices', (t) =>
  t.field({
    type: DeviceConnection,
    description: `The devices of the domain that the caller may see. ${LIST_COST}`,
    args: listArguments,
    resolve: ({ name }, args, context) => list(name, args, context),
  }),
);

/** The name of a device alone, without the address around it. */
export const deviceName = (argument: string, value: string): string => {
  if (!/^[\w.-]{1,64}$/.test(value)) {
    throw badInput(
      argument,
      'must be a name such as `1001a`: 1 to 64 letters, digits, dots, dashes or underscores.',
    );
  }
  return value;
};

builder.queryFields((t) => ({
  device: t.field({
    type: Device,
    description:
      'A device by its name inside a domain, or null where there is none. Costs one upstream request.',
    args: {
      domain: t.arg.string({ description: "Name of a domain; the caller's own where absent." }),
      name: t.arg.string({ required: true, description: 'Name of the device, such as `1001a`.' }),
    },
    resolve: async (_root, { domain, name }, context) => {
      const device = deviceName('name', name);
      return Device.getDataloader(context)
        .load(`${await domainNameOf(domain, context)}/${device}`)
        .catch(orNull);
    },
  }),
  devices: t.field({
    type: DeviceConnection,
    description: `The devices of a legacy domain that the caller may see; of the caller's own domain where none is named. ${LIST_COST}`,
    args: { domain: t.arg.string({ description: 'Name of a domain.' }), ...listArguments },
    resolve: async (_root, { domain, ...args }, context) =>
      list(await domainNameOf(domain, context), args, context),
  }),
}));
