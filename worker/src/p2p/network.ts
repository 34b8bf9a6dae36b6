/**
 * Where a node's peers are. `local`: on this machine or in this private network (tests, the playground, a cluster);
 * loopback and private addresses are used, and many peers behind one address are normal. `public`: on the internet;
 * such addresses are neither dialled nor remembered, whatever a peer says.
 */
export type NetworkKind = "local" | "public";
