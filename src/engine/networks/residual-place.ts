/**
 * Where a residual can be added to a UNet: to the output of input block n, to the skip connection from input
 * block n, or to the output of the middle block.
 */
export type ResidualPlace = `input ${number}` | `skip ${number}` | 'middle';
