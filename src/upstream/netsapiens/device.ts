import { toInteger, toText, type Resource } from '../decode.ts';
import { collectAll, collectPage, type Page, type PageRequest } from '../page.ts';
import type { Confirm } from './confirm.ts';
import type { Parameters, Requests } from './request.ts';
import { createReadRows, pickEach } from './rows.ts';
import { isSame, shows } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';
import { toZonelessTime, type ZonelessTime } from './time.ts';

/** A phone or an app (facts §5.3). Its SIP secrets are not asked for and go no further. */
export interface Device {
  /** The part of its address before the `@`. */
  readonly name: string;
  readonly domain: string;
  readonly aor: string;
  /** Extension of its owner. */
  readonly user: string | null;
  readonly mode: string | null;
  readonly isRegistered: boolean;
  readonly contact: string | null;
  readonly receivedFrom: string | null;
  readonly userAgent: string | null;
  readonly server: string | null;
  readonly registeredAt: ZonelessTime | null;
  readonly expiresAt: ZonelessTime | null;
  readonly mac: string | null;
  readonly model: string | null;
  readonly line: string | null;
  readonly transport: string | null;
  readonly provisioningError: string | null;
  readonly ownerName: string | null;
  readonly emergencyCallerIdNumber: string | null;
}

export interface DeviceKey {
  readonly domain: string;
  readonly name: string;
}

/** What a client can set. What is undefined stays as it is; an empty text takes a value away. */
export interface DeviceChange {
  readonly user?: string | undefined;
  readonly mac?: string | undefined;
  readonly model?: string | undefined;
  readonly line?: string | undefined;
  readonly transport?: string | undefined;
  readonly emergencyCallerIdNumber?: string | undefined;
}

/** The columns that are asked for, so that no secret even leaves the platform. */
const columns = [
  'aor',
  'subscriber_name',
  'subscriber_domain',
  'mode',
  'contact',
  'received_from',
  'user_agent',
  'server',
  'registration_time',
  'registration_expires_time',
  'expires',
  'mac',
  'model',
  'line',
  'transport',
  'ndperror',
  'sub_fullname',
  'callid_emgr',
].join(',');

const REGISTERED = 'registered_endpoint';

/** The name in an address such as `sip:1001a@acme.12345.service`. */
const toName = (aor: string) => aor.replace(/^sips?:/i, '').replace(/@[^@]*$/, '');

/** A registered mode that is not over (facts §5.3). Seconds left are preferred to a time without a zone. */
const isOnline = (record: Resource, expiresAt: ZonelessTime | null): boolean => {
  if (toText(record['mode'])?.toLowerCase() !== REGISTERED) return false;
  const left = toInteger(record['expires']);
  if (left !== null) return left > 0;
  return expiresAt === null || expiresAt.instant === null || expiresAt.instant.getTime() > Date.now();
};

const toDevice = (record: Resource, domain: string, timeZone: string): Device => {
  const aor = toText(record['aor']) ?? '';
  const expiresAt = toZonelessTime(record['registration_expires_time'], timeZone);
  return {
    name: toName(aor),
    domain: toText(record['subscriber_domain']) ?? domain,
    aor,
    user: toText(record['subscriber_name']),
    mode: toText(record['mode']),
    isRegistered: isOnline(record, expiresAt),
    contact: toText(record['contact']),
    receivedFrom: toText(record['received_from']),
    userAgent: toText(record['user_agent']),
    server: toText(record['server']),
    registeredAt: toZonelessTime(record['registration_time'], timeZone),
    expiresAt,
    mac: toText(record['mac']),
    model: toText(record['model']),
    line: toText(record['line']),
    transport: toText(record['transport']),
    provisioningError: toText(record['ndperror']),
    ownerName: toText(record['sub_fullname']),
    emergencyCallerIdNumber: toText(record['callid_emgr']),
  };
};

const hasKey = (record: Resource) => toText(record['aor']) !== null;

const withoutZeros = (extension: string) => extension.replace(/^0+(?=\d)/, '').toLowerCase();

const isOwner = (device: Device, user: string) => withoutZeros(device.user ?? '') === withoutZeros(user);

const toParameters = ({ emergencyCallerIdNumber, ...change }: DeviceChange): Parameters => ({
  ...change,
  callid_emgr: emergencyCallerIdNumber,
});

export const createDevices = (requests: Requests, timeZone: string, confirm: Confirm) => {
  const projection = { fields: columns, sort: 'aor ASC' };
  const toModel = (domain: string) => (row: Resource) => toDevice(row, domain, timeZone);

  /** Offset paging over live data may show a row twice (facts §3.6). */
  const listAll = async (
    parameters: Parameters & { readonly domain: string },
  ): Promise<readonly Device[]> => {
    const rows = await collectAll(createReadRows(requests, 'device read', { ...parameters, ...projection }));
    const devices = rows.filter(hasKey).map(toModel(parameters.domain));
    return [...new Map(devices.map((device) => [device.aor, device])).values()];
  };

  const oneOf = ({ domain, name }: DeviceKey) => ({
    domain,
    device: name,
    ...projection,
    start: '0',
    limit: '2',
  });
  const isIt = (name: string) => (row: Resource) => isSame(toName(toText(row['aor']) ?? ''), name);

  const readOne = async (key: DeviceKey): Promise<Device | null> => {
    const row = (await requests.read('device read', oneOf(key))).find(isIt(key.name));
    return row === undefined ? null : toModel(key.domain)(row);
  };

  const confirmRow = async (key: DeviceKey, isVisible: (row: Resource | undefined) => boolean) => {
    const readRow = async () => (await requests.readAnew('device read', oneOf(key))).find(isIt(key.name));
    return confirm(readRow, isVisible);
  };

  /** The device once it shows what was sent. */
  const confirmDevice = async (key: DeviceKey, sent: Parameters): Promise<Device> => {
    const columnsOfSent = { user: 'subscriber_name' };
    const row = await confirmRow(key, (found) => found !== undefined && shows(found, sent, columnsOfSent));
    return toModel(key.domain)(row ?? {});
  };

  return {
    /** A device, null or an `Error` per key, in key order. */
    getMany: (keys: readonly DeviceKey[]) =>
      pickEach<DeviceKey, Device | null>(keys, {
        domainOf: ({ domain }) => domain,
        readOne,
        readDomain: async (domain) => {
          const byName = new Map(
            (await listAll({ domain })).map((device) => [device.name.toLowerCase(), device]),
          );
          return ({ name }) => byName.get(name.toLowerCase()) ?? null;
        },
      }),
    /** The devices of each subscriber, or an `Error`, in key order. */
    getByUser: (keys: readonly SubscriberKey[]) =>
      pickEach<SubscriberKey, readonly Device[]>(keys, {
        domainOf: ({ domain }) => domain,
        readOne: async ({ domain, user }) =>
          (await listAll({ domain, user })).filter((device) => isOwner(device, user)),
        readDomain: async (domain) => {
          const byUser = Map.groupBy(await listAll({ domain }), ({ user }) => user?.toLowerCase() ?? '');
          return ({ user }) => byUser.get(user.toLowerCase()) ?? [];
        },
        // A number has lost the zeros that its owner's extension begins with.
        isInDoubt: ({ user }, devices) => user.startsWith('0') && devices.length === 0,
      }),
    list: async (
      domain: string,
      page: PageRequest,
      keep?: (device: Device) => boolean,
    ): Promise<Page<Device>> => {
      const found = await collectPage(
        page,
        createReadRows(requests, 'device read', { domain, ...projection }),
        {
          keep: (row) => hasKey(row) && (keep === undefined || keep(toModel(domain)(row))),
          keepsMost: keep === undefined,
        },
      );
      return {
        ...found,
        items: found.items.map(({ value, next }) => ({ value: toModel(domain)(value), next })),
      };
    },
    count: (domain: string): Promise<number | null> => requests.count('device count', { domain }),

    create: async (key: DeviceKey, change: DeviceChange): Promise<Device> => {
      const sent = toParameters(change);
      await requests.write('device create', { domain: key.domain, device: key.name, ...sent });
      return confirmDevice(key, sent);
    },
    update: async (key: DeviceKey, change: DeviceChange): Promise<Device> => {
      const sent = toParameters(change);
      await requests.write('device update', { domain: key.domain, device: key.name, ...sent });
      return confirmDevice(key, sent);
    },
    /** Has a device fetch its settings again. Nothing shows that it did, so that the device is read once. */
    resync: async (key: DeviceKey): Promise<Device> => {
      await requests.write('device update', { domain: key.domain, device: key.name, 'check-sync': 'yes' });
      return confirmDevice(key, {});
    },
    remove: async (key: DeviceKey): Promise<void> => {
      await requests.write('device delete', { domain: key.domain, device: key.name });
      await confirmRow(key, (row) => row === undefined);
    },
  };
};
