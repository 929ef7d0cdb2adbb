/**
 * What `compare` takes as `also`: how many times as fast ours is as what it is compared with. A bar is `{ ours, against,
 * atLeast }`, by the names of subjects; where one of the two is not measured there is no row.
 */
export const barsAmong = (subjects, bars) =>
  bars.flatMap(({ ours, against, atLeast }) => {
    const [of, to] = [ours, against].map((name) => subjects.findIndex((it) => it.name === name));
    const name = `${ours.replace('Gatehouse ', '')}, to ${against}`;
    return of < 0 || to < 0 ? [] : [{ name, of, to, bar: { atLeast } }];
  });

/** Paragraphs about what was not measured. */
export const notesOn = (notMeasured) =>
  notMeasured.map(({ name, why }) => `Not measured: ${name} (${why}).`);
