/**
 * Where a UNet can be given something to add: behind input block n, to what input block n hands over to the way up, or behind
 * the middle.
 */
export type ResidualPlace = `input ${number}` | `skip ${number}` | 'middle';
