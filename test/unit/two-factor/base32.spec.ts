import { randomBytes } from 'node:crypto';
import { toBase32 } from '../../../src/two-factor/totp/base32.js';
import { otpauthUri } from '../../../src/two-factor/totp/otpauth-uri.js';
import { qrCodeOf } from '../../../src/two-factor/totp/qr-code.js';

const secret = Buffer.from('12345678901234567890');

describe('Base32', () => {
  // RFC 4648, 10, without the padding
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('of %j is %s', (text, encoded) => {
    expect(toBase32(Buffer.from(text))).toBe(encoded);
  });

  it('says the same number as the bytes, whatever they are', () => {
    for (let i = 0; i < 500; i++) {
      const bytes = randomBytes(20);
      const digits = Array.from(toBase32(bytes), (char) =>
        BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char)),
      );
      const number = digits.reduce((sum, digit) => sum * 32n + digit, 0n);
      expect(number).toBe(BigInt(`0x${bytes.toString('hex')}`));
    }
  });
});

describe('What an authenticator app reads', () => {
  it('names the service and the account', () => {
    const uri = otpauthUri({ service: 'Gatehouse', email: 'ann@example.com', secret });
    expect(uri).toBe(
      'otpauth://totp/Gatehouse:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Gatehouse&algorithm=SHA1&digits=6&period=30',
    );
  });

  it('is one address whatever they are called', () => {
    const uri = otpauthUri({ service: 'Ä & B: C?#/%', email: 'a+b&c@bücher.example', secret });
    const { searchParams, pathname, hash } = new URL(uri);
    const [service = '', account = '', more] = pathname.slice(1).split(':');
    expect(decodeURIComponent(service.replace('/totp/', ''))).toContain('Ä & B  C?#/%');
    expect(decodeURIComponent(account)).toBe('a+b&c@bücher.example');
    expect([more, hash]).toEqual([undefined, '']);
    expect(Object.fromEntries(searchParams)).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      issuer: 'Ä & B  C?#/%',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });

  it('is a picture that carries nothing but its squares', async () => {
    const picture = await qrCodeOf('otpauth://totp/Gatehouse:ann%40example.com?secret=GEZDGNBV');
    expect(picture).toMatch(/^data:image\/svg\+xml;base64,[A-Za-z0-9+/]+=*$/);
    const svg = Buffer.from(picture.split(',')[1] ?? '', 'base64').toString();
    expect(svg).toMatch(/^<svg [^>]*>(?:<path [^>]*\/>){2}<\/svg>\n$/);
    expect(svg).not.toMatch(/script|href|GEZDGNBV/);
  });
});
