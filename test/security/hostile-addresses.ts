/** Stands for any server of the internet. */
export const PUBLIC_ADDRESS = '93.184.216.34';

/** Addresses that the namespace has: whoever is asked there answers. */
export const LOCAL_ADDRESSES: readonly string[] = [
  PUBLIC_ADDRESS,
  '169.254.169.254',
  '168.63.129.16',
  '100.100.100.200',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  'fd00:ec2::254',
  'fe80::1',
];

/** What a name leads to, each time that it is asked for; addresses of version 6 in full. */
export const NAMES: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['public.example', [[PUBLIC_ADDRESS]]],
  ['inside.example', [['10.0.0.1']]],
  ['metadata.example', [['169.254.169.254']]],
  ['mapped.example', [['0:0:0:0:0:ffff:7f00:1']]],
  ['local6.example', [['fd00:ec2:0:0:0:0:0:254']]],
  ['mixed.example', [[PUBLIC_ADDRESS, '127.0.0.1']]],
  ['mixed6.example', [[PUBLIC_ADDRESS, '0:0:0:0:0:0:0:1']]],
  // Asked for both kinds of address each time: public at first, then this machine.
  ['rebinding.example', [[PUBLIC_ADDRESS], [PUBLIC_ADDRESS], ['127.0.0.1']]],
]);

/** URLs that lead into the network of the server. */
export const INWARD: readonly string[] = [
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:169.254.169.254]/latest/meta-data/',
  'http://168.63.129.16/',
  'http://100.100.100.200/latest/meta-data/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.0.1/',
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0.0.0.0/',
  'http://[::]/',
  'http://[::1]/',
  'http://[::ffff:7f00:1]/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
  'http://localhost/',
  'http://inside.example/',
  'http://inside.example./',
  'http://metadata.example/latest/meta-data/',
  'http://mapped.example/',
  'http://local6.example/',
  'http://mixed.example/',
  'http://mixed6.example/',
];

/** What became of each fetch. */
export type Report = Readonly<
  Record<
    string,
    {
      readonly job: { readonly id: string } | null;
      readonly userErrors: readonly { readonly code: string; readonly message: string }[];
      /** The addresses that were asked, with the host that was named to them. */
      readonly asked: readonly string[];
    }
  >
>;
