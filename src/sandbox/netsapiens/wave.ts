const RATE = 8_000;
const HEADER_BYTES = 44;

/** The size in kilobytes of a sound of this length, never less than one. */
export const toWaveSize = (seconds: number): number =>
  Math.max(1, Math.round((HEADER_BYTES + seconds * RATE) / 1024));

/** A tone as a WAV file: 8 kHz, one channel, 8 bits. The same for the same length and pitch. */
export const toWave = (seconds: number, hertz: number): Buffer => {
  const length = Math.floor(seconds * RATE);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_BYTES - 8 + length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(length, 40);
  // A second holds a whole number of waves, so that one second repeated is a tone.
  const second = Buffer.from(
    Array.from(
      { length: RATE },
      (_, place) => 128 + Math.round(60 * Math.sin((2 * Math.PI * hertz * place) / RATE)),
    ),
  );
  return Buffer.concat([header, Buffer.alloc(length, second)]);
};
