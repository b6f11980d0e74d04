/** CloudLink's services. Each has a base URL of its own, with its own version (facts §1.2). */
export const cloudlinkServices = [
  'authentication',
  'admin',
  'chat',
  'media',
  'notifications',
  'presence',
] as const;
export type CloudlinkService = (typeof cloudlinkServices)[number];

/** Where the services are. Presence is documented nowhere, so that an environment may be without it. */
export type CloudlinkUrls = Readonly<Record<Exclude<CloudlinkService, 'presence'>, string>> & {
  readonly presence: string | null;
};

const preset = (suffix: string): Readonly<Record<CloudlinkService, string>> => ({
  authentication: `https://authentication${suffix}.api.mitel.io/2017-09-01`,
  admin: `https://admin${suffix}.api.mitel.io/2017-09-01`,
  chat: `https://chat${suffix}.api.mitel.io/2017-09-01`,
  media: `https://media${suffix}.api.mitel.io/2017-09-01`,
  notifications: `https://notifications${suffix}.api.mitel.io/2017-09-01`,
  presence: `https://presence${suffix}.api.mitel.io/2017-09-01`,
});

/** The global hosts of production and of Mitel's developer sandbox (facts §1.1). */
export const cloudlinkPresets = { production: preset(''), sandbox: preset('.dev') } as const;
