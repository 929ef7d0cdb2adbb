const ASCII = /^[a-z0-9-]*$/;

/** Scripts in which a label may be written whole; `-` and digits may stand in any. */
const SCRIPTS = [
  /^[\p{Script=Latin}\p{M}0-9-]+$/u,
  /^[\p{Script=Cyrillic}\p{M}0-9-]+$/u,
  /^[\p{Script=Greek}\p{M}0-9-]+$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc0-9a-z-]+$/u,
  /^[\p{Script=Han}\p{Script=Hangul}0-9a-z-]+$/u,
  /^[\p{Script=Arabic}\p{M}0-9-]+$/u,
  /^[\p{Script=Hebrew}\p{M}0-9-]+$/u,
  /^[\p{Script=Devanagari}\p{M}0-9-]+$/u,
  /^[\p{Script=Thai}\p{M}0-9-]+$/u,
] as const;

// Letters that pass for Latin ones: after the lists by which browsers decide to show punycode (UTS 39).
const LATIN_LOOKALIKES = /^[асԁеһіјӏорԗԛѕԝхуъьҽпгѵѡкмвтнασϲικνρυωηοτμхγχεβ0-9-]+$/u;
// Latin letters that pass for others: dotless i and j, small capitals, insular and open forms, kra.
const ODD_LATIN = /[ıȷɑɡɩʟʀɪʏɢʜɴʙɛɔɹǀǃĸſꞌ]/u;

/** Whether a domain label (in Unicode, lower case) could be taken for another one by a reader. */
export function isConfusableLabel(label: string): boolean {
  if (ASCII.test(label)) return false;
  if (!SCRIPTS.some((script) => script.test(label))) return true;
  return LATIN_LOOKALIKES.test(label) || ODD_LATIN.test(label);
}
