import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const soak = fileURLToPath(new URL('./soak/main.ts', import.meta.url));

it.skipIf(process.platform !== 'linux')(
  'exports five thousand calls in little memory, whole and in pieces that make the whole',
  { timeout: 120_000 },
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [soak, '5000']);
    expect(stdout).toMatch(/^in one go +5000 calls, 0 cuts/m);
    expect(stdout).toMatch(/^in pieces +5000 calls, 4 cuts/m);
    expect(stdout).not.toContain('FAILED');
  },
);
