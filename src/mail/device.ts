type Signs = readonly (readonly [sign: RegExp, name: string])[];

// The first that fits: most browsers also say that they are another one.
const BROWSERS: Signs = [
  [/\b(?:Edg|EdgA|EdgiOS|Edge)\//, 'Edge'],
  [/\b(?:OPR|OPiOS|Opera)\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ (?:Mobile\/\w+ )?Safari\//, 'Safari'],
  [/\bcurl\//, 'curl'],
  [/\bokhttp\//, 'okhttp'],
  [/\bDart\//, 'Dart'],
  [/\bCFNetwork\//, 'CFNetwork'],
  [/\bPostmanRuntime\//, 'Postman'],
  [/\bpython-requests\//, 'Python'],
];
const SYSTEMS: Signs = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:Mac OS X|Macintosh|Darwin)\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * What a user agent names itself, in our words: "Firefox, Windows". Whoever sends a request writes its
 * user agent, so none of it is quoted: a notice must not carry the words of the one it warns of.
 */
export function describeDevice(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined) return undefined;
  const known = [nameIn(BROWSERS, userAgent), nameIn(SYSTEMS, userAgent)];
  return known.filter((name) => name !== undefined).join(', ') || undefined;
}

function nameIn(signs: Signs, userAgent: string): string | undefined {
  return signs.find(([sign]) => sign.test(userAgent))?.[1];
}
