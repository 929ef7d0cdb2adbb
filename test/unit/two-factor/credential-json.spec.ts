import fc from 'fast-check';
import { complaintAbout } from '../../../src/two-factor/passkeys/client-data-check.js';
import {
  readAssertion,
  readRegistration,
} from '../../../src/two-factor/passkeys/credential-json.js';

const text = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const clientData = { type: 'webauthn.get', challenge: 'YWJj', origin: 'https://example.com' };
const response = {
  clientDataJSON: text(clientData),
  authenticatorData: 'YWJj',
  signature: 'YWJj',
  attestationObject: 'YWJj',
};
const credential = { id: 'YWJj', rawId: 'YWJj', type: 'public-key', response };
const withData = (data: unknown) =>
  readAssertion({ ...credential, response: { ...response, clientDataJSON: text(data) } });

describe('What browsers write of a ceremony', () => {
  it('is read as it is', () => {
    expect(readAssertion(credential)).toEqual({
      id: 'YWJj',
      clientDataJSON: response.clientDataJSON,
      clientData: { ...clientData, isEmbedded: false },
      authenticatorData: 'YWJj',
      signature: 'YWJj',
      userHandle: undefined,
    });
  });

  it('keeps the transports that are known, once each', () => {
    const transports = ['usb', 'usb', 'pigeon', 7, 'internal'];
    const read = readRegistration({ ...credential, response: { ...response, transports } });
    expect(read?.transports).toEqual(['internal', 'usb']);
    const none = readRegistration({ ...credential, response: { ...response, transports: 'usb' } });
    expect(none?.transports).toEqual([]);
  });

  it('is nothing where it is anything else, and never an error', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readAssertion(value)).toBeUndefined();
        expect(readRegistration(value)).toBeUndefined();
        expect(readAssertion({ ...credential, response: value })).toBeUndefined();
        expect(withData(value === undefined ? null : JSON.stringify(value))).toBeUndefined();
      }),
    );
  });

  it('says bytes in one way only', () => {
    for (const id of ['YWJj=', 'YWJ+', 'YWI', 'YWJ', ' YWJj', 'YW\nJj', '', 7, null]) {
      const read = readAssertion({ ...credential, id, rawId: id });
      expect([id, read !== undefined]).toEqual([id, id === 'YWI']);
    }
  });

  it('may say whose it is, or not; nothing between', () => {
    const of = (userHandle: unknown) =>
      readAssertion({ ...credential, response: { ...response, userHandle } });
    expect(of('YW5u')?.userHandle).toBe('YW5u');
    expect(of(null)).toMatchObject({ userHandle: undefined });
    for (const wrong of ['', 'a+', 7, {}]) expect(of(wrong)).toBeUndefined();
  });

  it('tells a page within another one', () => {
    expect(withData({ ...clientData, crossOrigin: false })?.clientData.isEmbedded).toBe(false);
    expect(withData({ ...clientData, crossOrigin: true })?.clientData.isEmbedded).toBe(true);
    expect(withData({ ...clientData, topOrigin: 'x' })?.clientData.isEmbedded).toBe(true);
    expect(withData({ ...clientData, crossOrigin: 1 })).toBeUndefined();
  });
});

describe('What is wrong with it', () => {
  const expected = { type: 'webauthn.get', origins: ['https://example.com', 'android:x'] };
  const data = { ...clientData, isEmbedded: false };

  it('is nothing where all of it is as expected', () => {
    expect(complaintAbout(data, expected)).toBeUndefined();
    expect(complaintAbout({ ...data, origin: 'android:x' }, expected)).toBeUndefined();
  });

  it('is said of each', () => {
    expect(complaintAbout({ ...data, type: 'webauthn.create' }, expected)).toBe('type');
    expect(complaintAbout({ ...data, isEmbedded: true }, expected)).toBe('embedded');
    for (const origin of ['https://example.com/', 'https://example.com.', 'HTTPS://EXAMPLE.COM']) {
      expect(complaintAbout({ ...data, origin }, expected)).toBe('origin');
    }
  });
});
