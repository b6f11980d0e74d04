import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode, splitKey } from '../global-id.ts';
import { badInput, isGiven, legacyName, sendableText } from '../input.ts';
import type { Device as DeviceModel, DeviceChange } from '../upstream/netsapiens/device.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { Domain, domainNameOf } from './domain.ts';
import { LONGEST_TEXT, notNull, optionalText, refuseNoChange } from './legacy-input.ts';
import { orMissing } from './missing.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { Subscriber, ZonelessTime } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode('Device', 'subscriber', /^[^*~%,/\p{Cc}]{1,255}\/[^*~%,@/\p{Cc}]{1,255}$/u);

const DeviceMode = openEnum(
  'DeviceMode',
  'How a device stands to the platform, as it says. That of registered devices is inferred from the others (facts §5.3).',
  {
    REGISTERED: { wire: 'registered_endpoint', description: 'It has registered.' },
    UNREGISTERED: { wire: 'unregistered_endpoint', description: 'It has not registered, or no longer.' },
  },
);

const DeviceTransport = builder.enumType('DeviceTransport', {
  description: 'How a device speaks to the platform (assumed: the values are not documented).',
  values: {
    UDP: { value: 'udp', description: 'UDP.' },
    TCP: { value: 'tcp', description: 'TCP.' },
    TLS: { value: 'tls', description: 'TLS, encrypted.' },
  } as const,
});

const Device = builder.loadableNodeRef('Device', {
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
      description:
        'Whether it can be reached now: it has registered, and that has not expired (inferred, facts §5.3).',
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
  total:
    'How many devices the domain has, filters left aside: upstream counts nothing else. Null where the caller may not ' +
    'count. Costs one upstream request.',
});

/** Devices by their owner: three or more owners of a domain share one read of it. */
const devicesOf = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader<SubscriberKey, readonly DeviceModel[], string>(
      (keys) => netsapiens.devices.getByUser(keys),
      { cacheKeyFn: ({ domain, user }) => `${domain}/${user}` },
    ),
);

/** After a change, what was read before is no longer true. */
const forgetDevices = (context: Context): void => {
  devicesOf(context).clearAll();
  Device.getDataloader(context).clearAll();
};

builder.objectField(Subscriber, 'devices', (t) =>
  t.field({
    type: [Device],
    description:
      'The devices of the subscriber. Costs one upstream request, or one for a whole domain where three or more of it are ' +
      'asked for (one more for every 1,000 devices).',
    extensions: { reads: ['user', 'domain'] },
    resolve: async ({ domain, user }, _args, context) => [
      ...(await devicesOf(context).load({ domain, user })),
    ],
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

const LIST_COST =
  'Costs one upstream request; with a filter, one for every 1,000 devices that are looked through.';

builder.objectField(Domain, 'devices', (t) =>
  t.field({
    type: DeviceConnection,
    description: `The devices of the domain that the caller may see. ${LIST_COST}`,
    args: listArguments,
    resolve: ({ name }, args, context) => list(name, args, context),
  }),
);

/** The name of a device alone, without the address around it. */
const deviceName = (argument: string, value: string): string => {
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

const CreateDeviceInput = builder.inputType('CreateDeviceInput', {
  description: 'A new device. It is registered when a phone registers under its name.',
  fields: (t) => ({
    domain: t.string({ description: "Name of a domain; the caller's own where absent." }),
    name: t.string({ required: true, description: 'Its name, such as `1001a`.' }),
    extension: t.string({ required: true, description: 'The extension it shall belong to.' }),
    mac: t.string({ required: true, description: 'Its hardware address, with or without separators.' }),
    model: t.string({ required: true, description: 'Its model, as the provisioning server calls it.' }),
    line: t.int({ description: 'Which line of the phone it is.' }),
    transport: t.field({ type: DeviceTransport, description: 'How it shall speak to the platform.' }),
    emergencyCallerIdNumber: t.string({ description: 'Number shown on emergency calls.' }),
  }),
});

const UpdateDeviceInput = builder.inputType('UpdateDeviceInput', {
  description: 'What to change of a device. What is left out stays as it is; null takes a value away.',
  fields: (t) => ({
    device: t.id({ required: true, description: 'The `id` of a Device.' }),
    extension: t.string({ description: 'The extension it shall belong to.' }),
    mac: t.string({ description: 'Its hardware address, with or without separators.' }),
    model: t.string({ description: 'Its model, as the provisioning server calls it.' }),
    line: t.int({ description: 'Which line of the phone it is.' }),
    transport: t.field({ type: DeviceTransport, description: 'How it shall speak to the platform.' }),
    emergencyCallerIdNumber: t.string({ description: 'Number shown on emergency calls.' }),
  }),
});

const DeviceInput = builder.inputType('DeviceInput', {
  description: 'A device.',
  fields: (t) => ({ device: t.id({ required: true, description: 'The `id` of a Device.' }) }),
});

/** Twelve hexadecimal digits, as upstream wants them (facts §5.3). */
const macAddress = (value: string): string => {
  const digits = value.replaceAll(/[:.-]/g, '').toLowerCase();
  if (!/^[\da-f]{12}$/.test(digits)) {
    throw badInput('mac', 'must be 12 hexadecimal digits, with or without `:`, `-` or `.` between them.');
  }
  return digits;
};

const lineNumber = (value: number): string => {
  if (value < 1) throw badInput('line', `must be 1 or more, not ${value}.`);
  return String(value);
};

const toChange = (input: Omit<typeof UpdateDeviceInput.$inferInput, 'device'>): DeviceChange => {
  const extension = notNull('extension', input.extension);
  const mac = notNull('mac', input.mac);
  const model = notNull('model', input.model);
  const line = notNull('line', input.line);
  return {
    user: isGiven(extension) ? legacyName('extension', extension) : undefined,
    mac: isGiven(mac) ? macAddress(mac) : undefined,
    model: isGiven(model) ? sendableText('model', model, LONGEST_TEXT) : undefined,
    line: isGiven(line) ? lineNumber(line) : undefined,
    transport: notNull('transport', input.transport),
    emergencyCallerIdNumber: optionalText('emergencyCallerIdNumber', input.emergencyCallerIdNumber),
  };
};

const keyOfDevice = (id: string) => {
  const [domain, name] = splitKey(keyOf('Device', id, 'device'));
  return { domain, name };
};

const COST =
  'For office managers and above. Costs one upstream request and one for each look at whether the change shows: up to five ' +
  'within 3.5 seconds, then ACCEPTED_NOT_VISIBLE.';

builder.mutationFields((t) => ({
  createDevice: t.field({
    type: Device,
    errors: rejections,
    description: `Makes a device for a subscriber; CONFLICT where its name is taken. ${COST}`,
    args: {
      input: t.arg({ type: CreateDeviceInput, required: true, description: 'What it shall be.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { domain, name, ...input } }, context) => {
      const device = deviceName('name', name);
      const wanted = toChange(input);
      const key = { domain: await domainNameOf(domain, context), name: device };
      const made = await context.netsapiens.devices.create(key, wanted);
      forgetDevices(context);
      return made;
    }),
  }),
  updateDevice: t.field({
    type: Device,
    errors: rejections,
    description: `Changes a device, or gives it to another subscriber of its domain. ${COST}`,
    args: {
      input: t.arg({ type: UpdateDeviceInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { device, ...input } }, context) => {
      const key = keyOfDevice(device);
      const wanted = toChange(input);
      refuseNoChange({ ...wanted });
      const changed = await context.netsapiens.devices.update(key, wanted);
      forgetDevices(context);
      return changed;
    }),
  }),
  deleteDevice: t.field({
    type: 'ID',
    errors: rejections,
    description: `Deletes a device. ${COST}`,
    args: {
      input: t.arg({ type: DeviceInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { device } }, context) => {
      await context.netsapiens.devices.remove(keyOfDevice(device));
      forgetDevices(context);
      return device;
    }),
  }),
  resyncDevice: t.field({
    type: Device,
    errors: rejections,
    description:
      'Has a device fetch its settings from the provisioning server again. Nothing shows whether it did. For office ' +
      'managers and above. Costs two upstream requests.',
    args: {
      input: t.arg({ type: DeviceInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { device } }, context) => {
      const synced = await context.netsapiens.devices.resync(keyOfDevice(device));
      forgetDevices(context);
      return synced;
    }),
  }),
}));
