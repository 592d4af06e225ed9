"""The router's rule set as text, a pure function of what the API wants: Elastic IPs, security groups, doors.

Two parts, so that moving an Elastic IP is a change of map elements and touches nothing else: `structure`
(chains and rules) and `elements` (who has which public address). nft applies either as one transaction.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from lab import layout
from lab.plane.state import Instance, Rule, Snapshot

TABLE = "bmlab"
_DOORS = ", ".join(str(port) for port in layout.DOORS)
_INTERNET = ", ".join(layout.INTERNET.addresses)
# On EC2 a terminated instance has no network; a stopped one keeps its addresses.
_WITHOUT_NETWORK = frozenset({"terminated", "shutting-down"})


@dataclass(frozen=True)
class RuleSet:
    """The two parts of the rule set."""

    structure: str
    elements: str


def generate(snapshot: Snapshot) -> RuleSet:
    """Return the rule set that a snapshot asks for."""
    instances = [one for one in snapshot.instances if one.private_ip and one.state not in _WITHOUT_NETWORK]
    public = public_addresses(snapshot)
    chains = [
        line
        for instance in instances
        for line in _instance_chains(instance, instances, snapshot.rules, public)
    ]
    structure = "\n".join([
        f"table ip {TABLE} {{",
        "  map public_of { type ipv4_addr : ipv4_addr; }",
        "  map private_of { type ipv4_addr : ipv4_addr; }",
        "  set has_public { type ipv4_addr; }",
        "  set no_port_25 { type ipv4_addr; flags interval; }",
        *chains,
        *_base_chains(instances),
        "}",
        "",
    ])  # fmt: skip
    return RuleSet(structure, _elements(snapshot, public))


def public_addresses(snapshot: Snapshot) -> dict[str, str]:
    """Return by which public address each private one is seen outside the VPC."""
    elastic = {ip.private_ip: ip.public_ip for ip in snapshot.elastic_ips if ip.private_ip}
    tests = {
        layout.test_host(f"t{slot}", slot).addresses[0]: layout.test_host_public(slot)
        for slot in range(layout.TEST_HOSTS_MAX)
    }
    return {layout.APP: layout.NAT_GATEWAY, **tests, **elastic}


def port_25_elements(*, blocked: bool) -> str:
    """Return the part that keeps the VPC (not the test hosts) from port 25 outside, or lets it."""
    lines = [f"flush set ip {TABLE} no_port_25"]
    if blocked:
        last = layout.TEST_NETWORK.network_address - 1
        lines.append(f"add element ip {TABLE} no_port_25 {{ {layout.VPC.network_address}-{last} }}")
    return "\n".join(lines) + "\n"


def _elements(snapshot: Snapshot, public: dict[str, str]) -> str:
    elastic = {ip.public_ip: ip.private_ip for ip in snapshot.elastic_ips if ip.private_ip}
    out = [f"{private} : {address}" for private, address in sorted(public.items())]
    back = [f"{address} : {private}" for address, private in sorted(elastic.items())]
    lines = [f"flush {kind} ip {TABLE} {name}" for kind, name in
             (("map", "public_of"), ("map", "private_of"), ("set", "has_public"))]  # fmt: skip
    for name, entries in (("public_of", out), ("private_of", back), ("has_public", sorted(public))):
        if entries:
            lines.append(f"add element ip {TABLE} {name} {{ {', '.join(entries)} }}")
    return "\n".join(lines) + "\n"


def _base_chains(instances: list[Instance]) -> Iterator[str]:
    controller = layout.ROUTER_CONTROLLER_INTERFACE
    egress = ", ".join(f"{one.private_ip} : jump {_chain('egress', one)}" for one in instances)
    ingress = ", ".join(f"{one.private_ip} : goto {_chain('ingress', one)}" for one in instances)
    yield from _indent(
        "chain prerouting {",
        "  type nat hook prerouting priority dstnat; policy accept;",
        "  dnat to ip daddr map @private_of",
        f"  ip daddr {layout.CONTROLLER} tcp dport {layout.APT_CACHE_PORT}"
        f" dnat to {layout.CONTROLLER}:{layout.APT_CACHE_LISTEN_PORT}",
        "}",
        "chain postrouting {",
        "  type nat hook postrouting priority srcnat; policy accept;",
        f"  ip saddr {layout.VPC} ip daddr {layout.VPC} ct status dnat snat to ip saddr map @public_of",
        f"  ip saddr {layout.VPC} ip daddr {layout.PUBLIC} snat to ip saddr map @public_of",
        f"  ip saddr {layout.VPC} ip daddr {layout.PUBLIC} snat to {layout.NAT_GATEWAY}",
        "}",
        "chain input {",
        "  type filter hook input priority filter; policy drop;",
        "  ct state established,related accept",
        '  iifname "lo" accept',
        "  icmp type echo-request accept",
        f"  ip daddr {layout.IMDS} ip saddr {layout.VPC} tcp dport {layout.IMDS_PORT} accept",
        "}",
        "chain output {",
        "  type filter hook output priority mangle; policy accept;",
        # Keeps the answer from anything behind the instance, as EC2's HttpPutResponseHopLimit of 1 does.
        f"  ip saddr {layout.IMDS} ip ttl set 1",
        "}",
        "chain forward {",
        "  type filter hook forward priority filter; policy drop;",
        "  ct state established,related accept",
        "  ct state invalid drop",
        # Private addresses mean nothing outside the VPC: in is by an Elastic IP only.
        f"  ct original ip daddr {layout.VPC} ip saddr != {layout.VPC} drop",
    )
    if egress:
        yield f"    ip saddr vmap {{ {egress} }}"
    yield from _indent(
        # AWS drops rather than refuses: the sender sees a time-out.
        f"  ip saddr @no_port_25 ip daddr != {layout.VPC} tcp dport 25 drop",
        # The doors on the controller, and nothing else there or behind it.
        f'  oifname "{controller}" ip daddr {layout.CONTROLLER} tcp dport {{ {_DOORS} }} accept',
        f'  oifname "{controller}" ip daddr {layout.CONTROLLER} icmp type echo-request accept',
        f'  oifname "{controller}" reject with icmp admin-prohibited',
    )
    if ingress:
        yield f"    ip daddr vmap {{ {ingress} }}"
    yield from _indent(
        # The resolver stands for the VPC's own: also for hosts without a public address.
        f"  ip daddr {layout.RESOLVER} meta l4proto {{ tcp, udp }} th dport 53 accept",
        f"  ip daddr {{ {_INTERNET} }} ip saddr {layout.PUBLIC} accept",
        f"  ip daddr {{ {_INTERNET} }} ip saddr @has_public accept",
        f"  ip daddr {layout.APP} ip saddr {layout.VPC} accept",
        f"  ip daddr {layout.TEST_NETWORK} ip saddr {layout.TEST_NETWORK} accept",
        "}",
    )


def _indent(*lines: str) -> Iterator[str]:
    yield from (f"  {line}" for line in lines)


def _chain(kind: str, instance: Instance) -> str:
    return f"{kind}_{instance.instance_id.replace('-', '_')}"


def _instance_chains(
    instance: Instance, instances: list[Instance], rules: Iterable[Rule], public: dict[str, str]
) -> Iterator[str]:
    """Yield an instance's chains: what its groups allow in, in by Elastic IP from inside the VPC, and out."""
    own = [rule for rule in rules if rule.group_id in instance.security_group_ids]
    incoming = [rule for rule in own if rule.direction == "ingress"]
    hairpin = _chain("hairpin", instance)
    # Through a public address, a neighbour in the VPC is a stranger: it comes with its public address (EC2's
    # rules see that), and rules that name a group do not hold for it.
    yield f"  chain {hairpin} {{"
    for rule in incoming:
        yield from _allow(rule, "saddr", _behind(rule.cidrs, public), "accept")
    yield from ("    drop", "  }")
    yield f"  chain {_chain('ingress', instance)} {{"
    yield f"    ip saddr {layout.VPC} ct status dnat goto {hairpin}"
    for rule in incoming:
        yield from _allow(rule, "saddr", [*rule.cidrs, *_members(rule, instances)], "accept")
    yield from ("    drop", "  }")
    yield f"  chain {_chain('egress', instance)} {{"
    for rule in own:
        if rule.direction == "egress":
            yield from _allow(rule, "daddr", [*rule.cidrs, *_members(rule, instances)], "return")
    yield from ("    drop", "  }")


def _members(rule: Rule, instances: list[Instance]) -> list[str]:
    groups = set(rule.source_group_ids)
    return [one.private_ip for one in instances if groups.intersection(one.security_group_ids)]


def _behind(cidrs: Iterable[str], public: dict[str, str]) -> list[str]:
    """Return the private addresses whose public ones are in `cidrs`, as a set where that is all."""
    networks = [IPv4Network(cidr) for cidr in cidrs if ":" not in cidr]
    if any(layout.PUBLIC.subnet_of(net) for net in networks):
        return ["@has_public"]
    return sorted(
        private for private, address in public.items() if any(IPv4Address(address) in net for net in networks)
    )


def _allow(rule: Rule, side: str, addresses: Iterable[str], verdict: str) -> Iterator[str]:
    """Yield one line per address, because nft refuses sets of overlapping networks; the lab has no IPv6."""
    for address in dict.fromkeys(one for one in addresses if ":" not in one):
        where = "" if address == "0.0.0.0/0" else f"ip {side} {address} "
        yield f"    {where}{_protocol(rule)}{verdict}"


def _protocol(rule: Rule) -> str:
    """Return the match for a rule's protocol and ports; ports of None or -1 mean all of them."""
    name = {"6": "tcp", "17": "udp", "1": "icmp"}.get(rule.protocol, rule.protocol)
    if name == "-1":
        return ""
    first, last = rule.from_port, rule.to_port
    if name in {"tcp", "udp"} and first is not None and first >= 0:
        ports = str(first) if last in (None, first) else f"{first}-{last}"
        return f"{name} dport {ports} "
    if name == "icmp" and first is not None and first >= 0:
        return f"icmp type {first} "
    return f"ip protocol {name} "
